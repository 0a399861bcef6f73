//! Moving, copying and resizing notes.

use super::*;

#[test]
fn dragging_a_note_moves_it_to_the_grid_as_one_undo_step() {
    check_drag("72@960+960", NONE, (72, 1400.0), (74, 1910.0), "*74@1440+960");
}

#[test]
fn dragging_one_of_several_moves_them_all_and_keeps_their_shape() {
    let before = "*72@960+960 *76@1000+240 60@0+480";
    check_drag(before, NONE, (72, 1400.0), (71, 1880.0), "60@0+480 *71@1440+960 *75@1480+240");
}

#[test]
fn dragging_a_note_that_is_not_selected_moves_it_alone() {
    let before = "*72@960+960 76@2880+960";
    check_drag(before, NONE, (76, 3300.0), (76, 3780.0), "72@960+960 *76@3360+960");
}

#[test]
fn a_note_off_the_grid_changes_its_pitch_alone_when_dragged_straight_up() {
    check_drag("72@1003+960", NONE, (72, 1400.0), (75, 1420.0), "*75@1003+960");
}

#[test]
fn shift_while_dragging_leaves_the_grid() {
    let mut roll = Roll::new("72@960+960");
    let (from, to) = (roll.at(72, 1400.0), roll.at(72, 1530.0));
    roll.press(from, NONE);
    roll.hold(SHIFT);
    roll.drag_to(to);
    roll.release(to);
    assert_eq!(roll.notes(), "*72@1090+960");
}

#[test]
fn alt_while_dragging_locks_the_axis() {
    for (to, after) in [((74, 2360.0), "*72@1920+960"), ((80, 1480.0), "*80@960+960")] {
        let mut roll = Roll::new("72@960+960");
        let (from, to) = (roll.at(72, 1400.0), roll.at(to.0, to.1));
        roll.press(from, NONE);
        roll.hold(ALT);
        roll.drag_to(to);
        roll.release(to);
        assert_eq!(roll.notes(), after);
    }
}

#[test]
fn ctrl_dragging_copies() {
    let after = "72@960+960 *74@1920+960";
    check_drag("72@960+960", CTRL, (72, 1400.0), (74, 2360.0), after);
}

#[test]
fn a_group_stops_at_the_start_of_its_clip() {
    let before = "*72@240+240 *76@960+240";
    check_drag(before, NONE, (76, 1080.0), (76, 120.0), "*72@0+240 *76@720+240");
}

#[test]
fn dragging_an_edge_resizes_all_selected() {
    let before = "*72@960+960 *76@0+480";
    check_drag(before, NONE, (72, 1900.0), (72, 2380.0), "*76@0+960 *72@960+1440");
    check_drag("72@960+960", NONE, (72, 970.0), (72, 730.0), "*72@720+1200");
}

#[test]
fn a_note_cannot_be_resized_to_nothing() {
    check_drag("72@960+960", NONE, (72, 1900.0), (72, 100.0), "*72@960+240");
}

#[test]
fn escape_takes_a_drag_back_and_then_clears_the_selection() {
    let mut roll = Roll::new("*72@960+960");
    let (from, to) = (roll.at(72, 1400.0), roll.at(75, 2400.0));
    roll.press(from, NONE);
    roll.drag_to(to);
    assert_eq!(roll.notes(), "*75@1920+960");
    roll.key(Key::Escape, NONE);
    assert_eq!(roll.notes(), "*72@960+960");
    roll.drag_to(to + vec2(50.0, 0.0));
    roll.release(to);
    assert_eq!(roll.notes(), "*72@960+960");
    roll.key(Key::Escape, NONE);
    assert_eq!(roll.notes(), "72@960+960");
}
