//! The tool strip and what each tool does.

use super::*;
use egui::accesskit::{Role, Toggled};
use egui_kittest::kittest::NodeT;

/// Which tools say that they are in hand.
fn in_hand(roll: &Roll) -> Vec<RollTool> {
    let says = |tool: &RollTool| {
        let name = format!("{} tool", tool.label());
        let node = roll.harness.get_by_role_and_label(Role::Button, &name);
        node.accesskit_node().toggled() == Some(Toggled::True)
    };
    RollTool::ALL.into_iter().filter(says).collect()
}

#[test]
fn a_click_in_the_strip_takes_up_a_tool_and_says_so() {
    let mut roll = Roll::new("");
    assert_eq!(in_hand(&roll), [RollTool::Select]);
    for tool in RollTool::ALL {
        let name = format!("{} tool", tool.label());
        roll.harness.get_by_role_and_label(Role::Button, &name).click();
        roll.harness.run_steps(3);
        assert_eq!((roll.host().view.tool, in_hand(&roll)), (tool, vec![tool]));
    }
}

#[test]
fn a_held_tool_goes_before_the_chosen_one() {
    let mut roll = Roll::new("");
    roll.harness.state_mut().view.momentary_tool = Some(RollTool::Erase);
    roll.harness.run_steps(2);
    assert_eq!(in_hand(&roll), [RollTool::Erase]);
    assert_eq!(roll.host().view.tool, RollTool::Select);
}

const DRAW: By = By::tool(RollTool::Draw);
const ERASE: By = By::tool(RollTool::Erase);
const KNIFE: By = By::tool(RollTool::Knife);
const RAMP: By = By::tool(RollTool::Ramp);

#[test]
fn drawing_makes_a_note_as_long_as_the_drag() {
    DRAW.drags("", NONE, [(72, 1000.0), (72, 1900.0)], "*72@960+960");
    DRAW.clicks("", NONE, (72, 1000.0), "*72@960+240");
}

#[test]
fn drawing_over_a_note_still_moves_and_resizes_it() {
    DRAW.drags("72@960+960", NONE, [(72, 1400.0), (74, 1910.0)], "*74@1440+960");
    DRAW.drags("72@960+960", NONE, [(72, 1900.0), (72, 2380.0)], "*72@960+1440");
}

#[test]
fn drawing_with_ctrl_paints_a_note_on_every_free_step() {
    let after = "*72@960+240 *72@1200+240 72@1440+240 *72@1680+240 *72@1920+240";
    DRAW.drags("72@1440+240", CTRL, [(72, 1000.0), (72, 2000.0)], after);
    DRAW.drags("", CTRL, [(73, 1000.0), (71, 1500.0)], "*73@960+240 *72@1200+240 *71@1440+240");
}

#[test]
fn painting_back_and_forth_doubles_nothing() {
    let mut roll = DRAW.roll("");
    let (from, to) = (roll.at(72, 1000.0), roll.at(72, 1500.0));
    roll.press(from, CTRL);
    for pos in [to, from, to] {
        roll.drag_to(pos);
    }
    roll.release(to);
    assert_eq!(roll.notes(), "*72@960+240 *72@1200+240 *72@1440+240");
}

#[test]
fn the_eraser_deletes_what_it_touches() {
    let before = "72@0+480 72@480+480 *72@960+480 60@0+480";
    ERASE.clicks(before, NONE, (72, 700.0), "72@0+480 60@0+480 *72@960+480");
    ERASE.drags(before, NONE, [(72, 600.0), (72, 1300.0)], "72@0+480 60@0+480");
}

#[test]
fn the_knife_cuts_at_the_grid() {
    KNIFE.clicks("72@960+960 60@960+960", NONE, (72, 1450.0), CUT_ONE);
    let mut roll = KNIFE.roll("72@960+960");
    let pos = roll.at(72, 1530.0);
    roll.click(pos, SHIFT);
    assert_eq!(unmarked(&roll.notes()), "72@960+570 72@1530+390", "Shift: no snap");
    roll.undo();
    assert_eq!(unmarked(&roll.notes()), "72@960+960");
}

const CUT_ONE: &str = "*72@960+480 60@960+960 *72@1440+480";

#[test]
fn sweeping_the_knife_cuts_every_note_on_its_way() {
    let before = "72@960+960 71@0+480 70@960+960 65@960+960";
    let after = "71@0+480 65@960+960 *70@960+480 *72@960+480 *70@1440+480 *72@1440+480";
    let mut roll = KNIFE.roll(before);
    let (from, to) = (roll.at(73, 1450.0), roll.at(69, 1450.0));
    roll.drag(from, to, NONE);
    let sorted = |notes: &str| {
        let mut words: Vec<String> = unmarked(notes).split(' ').map(str::to_owned).collect();
        words.sort();
        words
    };
    assert_eq!(sorted(&roll.notes()), sorted(after));
    roll.undo();
    assert_eq!(sorted(&roll.notes()), sorted(before), "one undo step");

    roll.press(from, NONE);
    roll.drag_to(to);
    roll.key(Key::Escape, NONE);
    roll.release(to);
    assert_eq!(sorted(&roll.notes()), sorted(before), "given up");
}

#[test]
fn the_knife_leaves_alone_what_its_line_only_touches() {
    KNIFE.clicks("72@960+480 72@1440+480", NONE, (72, 1450.0), "72@960+480 72@1440+480");
}

/// Where the ramp tool has this velocity.
fn height(roll: &Roll, tick: f64, velocity: f32) -> Pos2 {
    let layout = roll.layout();
    let share = (velocity - 1.0) / 126.0;
    pos2(layout.x_from_tick(tick), layout.canvas.bottom() - share * layout.canvas.height())
}

#[test]
fn the_ramp_lays_velocities_along_its_line() {
    let before = "60@960+480 60@1920+480 60@2880+480 60@3840+480";
    let mut roll = RAMP.roll(before);
    let (from, to) = (height(&roll, 960.0, 40.0), height(&roll, 2880.0, 100.0));
    roll.drag(from, to, NONE);
    assert_eq!(roll.velocities(), [40, 70, 100, 96]);
    assert_eq!(roll.notes(), before, "nothing is selected");
    roll.undo();
    assert_eq!(roll.velocities(), [96; 4], "one undo step");

    roll.press(from, NONE);
    roll.drag_to(to);
    assert_eq!(roll.velocities(), [40, 70, 100, 96], "shown meanwhile");
    roll.key(Key::Escape, NONE);
    roll.release(to);
    assert_eq!(roll.velocities(), [96; 4], "given up");
    assert_eq!(roll.host().studio.undo_name(), Some("Add notes"), "no step");
}

#[test]
fn alt_bends_the_ramp_and_a_selection_limits_it() {
    let mut roll = RAMP.roll("60@960+480 *60@1920+480 *60@2880+480");
    let (from, to) = (height(&roll, 960.0, 40.0), height(&roll, 2880.0, 100.0));
    roll.press(from, NONE);
    roll.hold(ALT);
    roll.drag_to(to);
    roll.release(to);
    assert_eq!(roll.velocities(), [96, 55, 100]);
    assert_eq!(roll.notes(), "60@960+480 *60@1920+480 *60@2880+480");
}

#[test]
fn the_ramp_draws_a_straight_line_in_the_lane_too() {
    let mut roll = RAMP.roll("60@960+480 60@1920+480 60@2880+480");
    let (from, to) = (roll.lane(960.0, 40.0), roll.lane(2880.0, 100.0));
    roll.press(from, NONE);
    let detour = roll.lane(1900.0, 10.0);
    roll.drag_to(detour);
    roll.drag_to(to);
    roll.release(to);
    assert_eq!(roll.velocities(), [40, 70, 100]);
}

#[test]
fn every_tool_still_selects_by_click_and_sweeps_with_the_right_button() {
    let before = "72@0+480 72@480+480 60@0+480";
    for tool in RollTool::ALL {
        By::tool(tool).right().drags(before, NONE, [(72, 100.0), (72, 900.0)], "60@0+480");
    }
    RAMP.clicks(before, NONE, (72, 200.0), "*72@0+480 60@0+480 72@480+480");
    DRAW.clicks(before, NONE, (72, 200.0), "*72@0+480 60@0+480 72@480+480");
}

#[test]
fn two_quick_presses_of_a_tool_are_two_presses() {
    for by in [ERASE, KNIFE, RAMP] {
        by.double_clicks("72@0+480", (76, 2000.0), "72@0+480");
    }
}

#[test]
fn a_tool_whose_key_is_held_works_for_this_moment() {
    let mut roll = Roll::new("72@0+480 60@0+480");
    roll.focus();
    roll.harness.key_down(Key::Num3);
    roll.step();
    let pos = roll.at(72, 200.0);
    roll.press(pos, NONE);
    roll.release(pos);
    roll.harness.key_up(Key::Num3);
    roll.harness.run_steps(2);
    assert_eq!(roll.notes(), "60@0+480");
    assert_eq!(in_hand(&roll), [RollTool::Select]);
}
