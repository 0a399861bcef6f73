//! Clicks, marquees, menus and what they leave selected.

use super::*;

#[test]
fn clicks_select_add_and_toggle() {
    let before = "*72@0+960 *74@960+960 76@1920+960";
    check_click(before, NONE, (76, 2400.0), "72@0+960 74@960+960 *76@1920+960");
    check_click(before, NONE, (72, 400.0), "*72@0+960 74@960+960 76@1920+960");
    check_click(before, SHIFT, (76, 2400.0), "*72@0+960 *74@960+960 *76@1920+960");
    check_click(before, CTRL, (76, 2400.0), "*72@0+960 *74@960+960 *76@1920+960");
    check_click(before, CTRL, (72, 400.0), "72@0+960 *74@960+960 76@1920+960");
    check_click(before, NONE, (80, 2400.0), "72@0+960 74@960+960 76@1920+960");
    check_click(before, SHIFT, (80, 2400.0), before);
}

#[test]
fn a_toggle_waits_for_the_release() {
    let mut roll = Roll::new("*72@0+960");
    let pos = roll.at(72, 400.0);
    roll.press(pos, CTRL);
    assert_eq!(roll.notes(), "*72@0+960");
    roll.release(pos);
    assert_eq!(roll.notes(), "72@0+960");
}

#[test]
fn a_marquee_selects_what_it_touches() {
    let before = "72@0+960 74@960+960 *60@0+480";
    let roll = |modifiers| {
        let mut roll = Roll::new(before);
        let (from, to) = (roll.at(76, 500.0), roll.at(71, 1200.0));
        roll.drag(from, to, modifiers);
        roll.notes()
    };
    assert_eq!(roll(NONE), "*72@0+960 60@0+480 *74@960+960");
    assert_eq!(roll(SHIFT), "*72@0+960 *60@0+480 *74@960+960");
    assert_eq!(roll(CTRL), "*72@0+960 *60@0+480 *74@960+960");
}

#[test]
fn ctrl_with_a_marquee_toggles() {
    let mut roll = Roll::new("*72@0+960 74@960+960");
    let (from, to) = (roll.at(76, 500.0), roll.at(71, 1200.0));
    roll.drag(from, to, CTRL);
    assert_eq!(roll.notes(), "72@0+960 *74@960+960");
}

#[test]
fn a_right_click_selects_the_note_and_opens_a_menu() {
    let mut roll = Roll::new("72@0+480 *76@0+480");
    let pos = roll.at(72, 200.0);
    roll.button(pos, PointerButton::Secondary, true, NONE);
    roll.button(pos, PointerButton::Secondary, false, NONE);
    roll.harness.run_steps(3);
    assert_eq!(roll.notes(), "*72@0+480 76@0+480");
    roll.harness.get_by_label("Delete notes");
    roll.harness.get_by_label_contains("Length");
}

#[test]
fn alt_click_on_a_key_selects_its_pitch() {
    let mut roll = Roll::new("72@0+960 72@1920+960 60@0+960");
    let pos = pos2(20.0, roll.at(72, 0.0).y);
    // Some window managers take Alt.
    for modifiers in [ALT, CTRL] {
        let host = roll.harness.state_mut();
        host.selection = host.selection.cleared();
        roll.click(pos, modifiers);
        assert_eq!(roll.notes(), "*72@0+960 60@0+960 *72@1920+960");
        assert!(roll.host().live.is_empty());
    }
}

#[test]
fn a_million_selected_notes_are_looked_at_once_and_not_once_a_frame() {
    let mut roll = Roll::new("");
    let project = engine::testkit::one_clip(5, 50_000);
    let clip = Arc::clone(&project.tracks[0].clips[0]);
    let all: NoteSet = clip.notes.iter().map(engine::model::Note::reference).collect();
    let cache = &mut roll.harness.state_mut().view.live.cache;
    let first = cache.chosen(&clip, &all).clone();
    let second = cache.chosen(&clip, &all.clone()).clone();
    assert!(std::ptr::eq(first.chunks(), second.chunks()));
}

#[test]
fn escape_gives_a_marquee_up() {
    let mut roll = Roll::new("*72@0+960 74@960+960");
    let (from, to) = (roll.at(76, 500.0), roll.at(71, 1200.0));
    roll.press(from, NONE);
    roll.drag_to(to);
    roll.key(Key::Escape, NONE);
    roll.release(to);
    assert_eq!(roll.notes(), "*72@0+960 74@960+960");
}

#[test]
fn another_button_in_the_middle_of_a_drag_changes_nothing() {
    let mut roll = Roll::new("72@960+960 60@960+960");
    let (from, to) = (roll.at(72, 1400.0), roll.at(72, 1880.0));
    roll.press(from, NONE);
    roll.drag_to(to);
    roll.button(to, PointerButton::Secondary, true, NONE);
    roll.button(to, PointerButton::Secondary, false, NONE);
    roll.release(to);
    assert_eq!(roll.notes(), "60@960+960 *72@1440+960");
    assert!(roll.harness.query_by_label("Delete notes").is_none(), "no menu");
}

#[test]
fn a_click_on_an_edge_selects_like_one_on_the_note() {
    check_click("72@0+960 *74@960+960", NONE, (72, 950.0), "*72@0+960 74@960+960");
}

#[test]
fn a_right_press_that_is_given_up_opens_no_menu() {
    let mut roll = Roll::new("72@0+480 *76@0+480");
    let pos = roll.at(72, 200.0);
    roll.button(pos, PointerButton::Secondary, true, NONE);
    roll.key(Key::Escape, NONE);
    roll.let_go(pos, PointerButton::Secondary);
    roll.harness.run_steps(3);
    assert_eq!(roll.notes(), "72@0+480 *76@0+480");
    assert!(roll.harness.query_by_label("Delete notes").is_none());
}
