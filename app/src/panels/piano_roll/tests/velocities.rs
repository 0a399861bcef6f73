//! Velocities, on the notes and in the lane.

use super::*;

#[test]
fn alt_dragging_a_note_changes_the_velocity_of_the_selection() {
    let mut roll = Roll::new("*72@960+960 *60@0+480 64@0+480");
    let from = roll.at(72, 1400.0);
    roll.drag(from, from - vec2(0.0, 20.0), ALT);
    assert_eq!(roll.velocities(), [116, 96, 116]);
    assert_eq!(roll.notes(), "*60@0+480 64@0+480 *72@960+960");
    roll.undo();
    assert_eq!(roll.velocities(), [96, 96, 96]);
}

#[test]
fn turns_of_the_wheel_with_alt_make_one_step() {
    let mut roll = Roll::new("*72@960+960 60@0+480");
    let pos = roll.at(66, 3000.0);
    roll.wheel(pos, vec2(0.0, 1.0), ALT);
    roll.wheel(pos, vec2(0.0, 1.0), ALT);
    assert_eq!(roll.velocities(), [96, 104]);
    roll.harness.run_steps(60);
    roll.undo();
    assert_eq!(roll.velocities(), [96, 96]);
}

#[test]
fn painting_in_the_lane_sets_velocities_and_leaves_the_selection() {
    let mut roll = Roll::new("60@0+480 60@960+480 60@1920+480 60@2880+480");
    let (from, to) = (roll.lane(-20.0, 20.0), roll.lane(2000.0, 20.0));
    roll.drag(from + vec2(4.0, 0.0), to, NONE);
    assert_eq!(roll.velocities(), [20, 20, 20, 96]);
    assert_eq!(roll.notes(), "60@0+480 60@960+480 60@1920+480 60@2880+480");
    roll.undo();
    assert_eq!(roll.velocities(), [96; 4]);
}

#[test]
fn painting_changes_the_selected_notes_alone_when_there_are_some() {
    let mut roll = Roll::new("*60@960+480 64@960+480");
    let pos = roll.lane(970.0, 40.0);
    roll.click(pos, NONE);
    assert_eq!(roll.velocities(), [40, 96]);
    assert_eq!(roll.notes(), "*60@960+480 64@960+480");
}

#[test]
fn ctrl_dragging_in_the_lane_makes_a_straight_ramp() {
    let mut roll = Roll::new("60@960+480 60@1920+480 60@2880+480");
    let (from, to) = (roll.lane(960.0, 40.0), roll.lane(2880.0, 100.0));
    roll.press(from, CTRL);
    // What lies between is not painted with: the line is straight.
    let detour = roll.lane(1900.0, 10.0);
    roll.drag_to(detour);
    roll.drag_to(to);
    roll.release(to);
    assert_eq!(roll.velocities(), [40, 70, 100]);
}

#[test]
fn a_line_pulled_away_from_every_note_changes_nothing() {
    let mut roll = Roll::new("60@960+480 60@1920+480");
    let (from, over) = (roll.lane(700.0, 40.0), roll.lane(1500.0, 100.0));
    roll.press(from, CTRL);
    roll.drag_to(over);
    assert_ne!(roll.velocities(), [96, 96]);
    let away = roll.lane(600.0, 60.0);
    roll.drag_to(away);
    assert_eq!(roll.velocities(), [96, 96]);
    roll.release(away);
    roll.harness.run_steps(2);
    assert_eq!(roll.velocities(), [96, 96]);
    assert_eq!(
        roll.harness.state().studio.undo_name(),
        Some("Add notes"),
        "no step, and nothing under way"
    );
}

#[test]
fn the_wheel_in_the_lane_changes_the_stem_under_the_pointer() {
    let mut roll = Roll::new("60@960+480 60@1920+480");
    let pos = roll.lane(960.0, 50.0);
    roll.wheel(pos, vec2(0.0, -1.0), NONE);
    assert_eq!(roll.velocities(), [95, 96]);
}
