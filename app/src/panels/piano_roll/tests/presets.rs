//! Whose habits the pointer follows.

use super::*;

const FL: By = By::preset(GesturePreset::Fl);
const REAPER: By = By::preset(GesturePreset::Reaper);
const LIVE: By = By::preset(GesturePreset::Live);

const TWO: &str = "72@0+960 74@960+960";

#[test]
fn in_fl_a_click_draws_and_the_right_button_erases() {
    FL.clicks(TWO, NONE, (76, 2000.0), "72@0+960 74@960+960 *76@1920+240");
    FL.drags(TWO, NONE, [(76, 2000.0), (76, 2870.0)], "72@0+960 74@960+960 *76@1920+960");
    FL.right().clicks(TWO, NONE, (72, 400.0), "74@960+960");
    FL.right().drags(TWO, NONE, [(72, 400.0), (74, 1400.0)], "");
}

#[test]
fn in_fl_ctrl_drags_a_marquee_and_shift_copies() {
    let mut roll = FL.roll(TWO);
    let (from, to) = (roll.at(76, 500.0), roll.at(73, 1200.0));
    roll.drag(from, to, CTRL);
    assert_eq!(roll.notes(), "72@0+960 *74@960+960");
    let after = "72@0+960 74@960+960 *72@1920+960";
    // Shift has picked the verb: it locks no axis, and the copy goes sideways and up.
    FL.drags(TWO, SHIFT, [(72, 400.0), (72, 2320.0)], after);
    let after = "72@0+960 74@960+960 *75@1920+960";
    FL.drags(TWO, SHIFT, [(72, 400.0), (75, 2320.0)], after);
}

#[test]
fn in_fl_the_menu_opens_with_shift_only() {
    for (modifiers, opens) in [(NONE, false), (SHIFT, true)] {
        let mut roll = FL.roll(TWO);
        let pos = roll.at(76, 2000.0);
        roll.hold(modifiers);
        roll.button(pos, PointerButton::Secondary, true, modifiers);
        roll.let_go(pos, PointerButton::Secondary);
        roll.harness.run_steps(3);
        let menu = roll.harness.query_by_label("Delete notes").is_some();
        assert_eq!(menu, opens, "{modifiers:?}");
    }
}

#[test]
fn in_reaper_a_drag_draws_and_a_right_drag_selects() {
    REAPER.drags(TWO, NONE, [(76, 2000.0), (76, 2870.0)], "72@0+960 74@960+960 *76@1920+960");
    let mut roll = REAPER.roll(TWO);
    let (from, to) = (roll.at(76, 500.0), roll.at(73, 1200.0));
    roll.button(from, PointerButton::Secondary, true, NONE);
    roll.drag_to(to);
    roll.let_go(to, PointerButton::Secondary);
    assert_eq!(roll.notes(), "72@0+960 *74@960+960");
    REAPER.double_clicks(TWO, (72, 400.0), "74@960+960");
    REAPER.drags(TWO, CTRL, [(72, 400.0), (72, 2320.0)], "72@0+960 74@960+960 *72@1920+960");
}

#[test]
fn in_live_a_double_click_makes_and_deletes() {
    LIVE.double_clicks(TWO, (76, 2000.0), "72@0+960 74@960+960 *76@1920+240");
    LIVE.double_clicks(TWO, (72, 400.0), "74@960+960");
}

#[test]
fn in_live_alt_leaves_the_grid_and_shift_locks_an_axis() {
    for (modifiers, after) in [(ALT, "*74@1090+960"), (SHIFT, "*72@1200+960")] {
        let mut roll = LIVE.roll("72@960+960");
        let (from, to) = (roll.at(72, 1400.0), roll.at(74, 1530.0));
        roll.press(from, NONE);
        roll.hold(modifiers);
        // A little further sideways than up.
        let to = if modifiers == SHIFT { to + vec2(12.0, 0.0) } else { to };
        roll.drag_to(to);
        roll.release(to);
        assert_eq!(roll.notes(), after, "{modifiers:?}");
    }
}

#[test]
fn in_every_preset_the_notes_can_be_moved_and_resized() {
    for preset in GesturePreset::ALL {
        let by = By::preset(preset);
        by.drags("72@960+960", NONE, [(72, 1400.0), (74, 1910.0)], "*74@1440+960");
        by.drags("72@960+960", NONE, [(72, 1900.0), (72, 2380.0)], "*72@960+1440");
        let before = "*72@960+480 *76@1920+480";
        let after = "*72@960+960 *76@2880+960";
        by.drags(before, CTRL, [(76, 2390.0), (76, 3830.0)], after);
    }
}
