//! The keyboard while the roll has the focus.

use super::*;

#[test]
fn keys_of_the_keyboard_edit_the_selection() {
    let before = "*72@960+480 60@0+480";
    let check = |keys: &[(Key, Modifiers)], after| check_keys(before, keys, after);
    check(&[(Key::Backspace, NONE)], "60@0+480");
    check(&[(Key::ArrowUp, NONE)], "60@0+480 *73@960+480");
    check(&[(Key::ArrowDown, SHIFT)], "60@0+480 *60@960+480");
    check(&[(Key::ArrowRight, NONE), (Key::ArrowRight, NONE)], "60@0+480 *72@1440+480");
    check(&[(Key::ArrowLeft, NONE)], "60@0+480 *72@720+480");
    check(&[(Key::ArrowLeft, ALT)], "60@0+480 *72@959+480");
    check(&[(Key::ArrowRight, SHIFT)], "60@0+480 *72@960+720");
    check(&[(Key::Escape, NONE)], "60@0+480 72@960+480");
    check(&[(Key::ArrowLeft, CTRL)], "*60@0+480 72@960+480");
}

#[test]
fn ctrl_up_and_down_change_velocities() {
    let mut roll = Roll::new("*72@960+480 60@0+480");
    roll.focus();
    roll.key(Key::ArrowUp, CTRL);
    roll.key(Key::ArrowDown, CTRL.plus(SHIFT));
    assert_eq!(roll.velocities(), [96, 103]);
}

#[test]
fn z_zooms_to_the_selection_and_shift_z_goes_back() {
    let mut roll = Roll::new("*72@9600+960 60@0+480");
    roll.focus();
    roll.key(Key::Z, NONE);
    let (from, to) = roll.layout().visible_ticks();
    assert!(from < 9600.0 && to > 10560.0 && to - from < 1200.0);
    roll.key(Key::Z, SHIFT);
    assert_eq!(roll.layout().viewport, VIEWPORT);
}

#[test]
fn enter_in_the_key_strip_lets_the_key_sound() {
    let mut roll = Roll::new("60@0+480");
    roll.harness.get_by_label("Piano keys").focus();
    roll.harness.run_steps(2);
    let key = |roll: &Roll| roll.host().view.live.strip.focused_key();
    let first = key(&roll).unwrap();
    roll.key(Key::ArrowUp, SHIFT);
    assert_eq!(key(&roll), Some(first + 12));
    roll.harness.state_mut().live.clear();
    roll.key(Key::Enter, NONE);
    assert_eq!(roll.host().live.first(), Some(&[0x90, first + 12, 96]));
    roll.key(Key::Enter, SHIFT);
    assert_eq!(roll.host().view.live.marks, 1 << (first + 12));
}
