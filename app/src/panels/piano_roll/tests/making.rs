//! Notes that come and go.

use super::*;

#[test]
fn a_double_click_makes_a_note_and_dragging_on_sets_its_length() {
    let mut roll = Roll::new("");
    let pos = roll.at(72, 1000.0);
    roll.press(pos, NONE);
    roll.release(pos);
    roll.press(pos, NONE);
    assert_eq!(roll.notes(), "*72@960+240");
    let end = roll.at(72, 1900.0);
    roll.drag_to(end);
    roll.release(end);
    assert_eq!(roll.notes(), "*72@960+960");
    roll.undo();
    assert_eq!(roll.notes(), "");
}

#[test]
fn sweeping_with_the_right_button_erases_as_one_undo_step() {
    let mut roll = Roll::new("72@0+480 *72@480+480 72@960+480 60@0+480 *76@0+480");
    let (from, to) = (roll.at(72, 600.0), roll.at(72, 1300.0));
    roll.button(from, PointerButton::Secondary, true, NONE);
    roll.drag_to(to);
    roll.button(to, PointerButton::Secondary, false, NONE);
    roll.step();
    assert_eq!(roll.notes(), "72@0+480 60@0+480 *76@0+480");
    roll.undo();
    assert_eq!(roll.notes().replace('*', ""), "72@0+480 60@0+480 76@0+480 72@480+480 72@960+480");
}

#[test]
fn a_new_note_is_as_long_and_as_hard_as_the_one_clicked_last() {
    let mut roll = Roll::new("*72@0+720");
    roll.focus();
    roll.key(Key::ArrowUp, CTRL);
    let pos = roll.at(72, 300.0);
    roll.click(pos, NONE);
    let pos = roll.at(76, 2000.0);
    for _ in 0..2 {
        roll.press(pos, NONE);
        roll.release(pos);
    }
    assert_eq!(roll.notes(), "72@0+720 *76@1920+720");
    assert_eq!(roll.velocities(), [104, 104]);
}
