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

#[test]
fn ctrl_dragging_an_edge_stretches_in_proportion() {
    let before = "*72@960+480 *76@1920+480";
    check_drag(before, CTRL, (76, 2390.0), (76, 3830.0), "*72@960+960 *76@2880+960");
    check_drag(before, CTRL, (72, 970.0), (72, 1690.0), "*72@1680+240 *76@2160+240");
}

#[test]
fn a_stretch_stops_a_grid_step_from_what_stays() {
    check_drag("*72@960+960", CTRL, (72, 1900.0), (72, 100.0), "*72@960+240");
}

#[test]
fn shift_while_stretching_leaves_the_grid() {
    let mut roll = Roll::new("*72@960+960");
    let (from, to) = (roll.at(72, 1910.0), roll.at(72, 2040.0));
    roll.press(from, CTRL);
    roll.hold(SHIFT);
    roll.drag_to(to);
    roll.release(to);
    assert_eq!(roll.notes(), "*72@960+1090");
}

#[test]
fn without_snap_a_drag_keeps_to_no_grid() {
    let mut roll = Roll::new("72@960+960");
    roll.harness.state_mut().view.snap = false;
    let (from, to) = (roll.at(72, 1400.0), roll.at(72, 1530.0));
    roll.drag(from, to, NONE);
    assert_eq!(roll.notes(), "*72@1090+960");
}

#[test]
fn a_drag_of_very_many_notes_is_done_on_release_as_one_step() {
    let mut roll = Roll::new("72@960+480");
    let host = roll.harness.state_mut();
    let clip = host.selection.clip().unwrap();
    let new =
        |n: u64| NewNote { start: Tick(n / 4), length: 10, key: 40, velocity: 96, channel: None };
    let many = Command::AddNotes { clip, notes: (0..25_000).map(new).collect() };
    host.studio.apply(&many).unwrap();
    let project = Arc::clone(host.studio.snapshot());
    let notes = &project.clip(clip).unwrap().notes;
    let all: NoteSet = notes.iter().map(engine::model::Note::reference).collect();
    host.selection = Selection::of_clip(clip).with_notes(all);
    roll.step();
    let first = |roll: &Roll| {
        let project = roll.host().studio.snapshot();
        let first = *project.clip(clip).unwrap().notes.iter().next().unwrap();
        (first.start.0, first.key)
    };
    let (from, to) = (roll.at(72, 1200.0), roll.at(74, 1690.0));
    for gives_up in [true, false] {
        let revision = roll.host().studio.revision();
        roll.press(from, NONE);
        roll.drag_to(to);
        assert_eq!(roll.host().studio.revision(), revision, "nothing is done yet");
        assert!(roll.host().last_hint.starts_with("Move notes on release"));
        if gives_up {
            roll.key(Key::Escape, NONE);
        }
        roll.release(to);
        assert_eq!(first(&roll), if gives_up { (0, 40) } else { (480, 42) });
    }
    roll.undo();
    assert_eq!(first(&roll), (0, 40));
}
