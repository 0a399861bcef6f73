//! The piano roll inside the whole application: focus, shortcuts and undo work together.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use egui::{Event, Key, Modifiers, PointerButton, Pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use engine::edit::{Command, Lane, LaneEdit, LaneKind, NewNote};
use engine::model::{Channel, Clip};
use engine::time::{Tick, TickRange};
use midi_daw::app::{MidiApp, Start};
use midi_daw::notices::Grade;
use midi_daw::state::{EditorTab, Layout};
use std::sync::Arc;
use std::time::{Duration, Instant};

fn demo() -> Harness<'static, MidiApp> {
    let mut harness = Harness::builder()
        .with_size(vec2(1600.0, 1000.0))
        .with_step_dt(1.0 / 60.0)
        .build_eframe(|cc| {
            let start = Start { demo: true, ..Start::headless(Layout::default()) };
            MidiApp::new(&cc.egui_ctx, start)
        });
    harness.run_steps(4);
    harness
}

/// The clip that the roll shows.
fn clip(harness: &Harness<'_, MidiApp>) -> Arc<Clip> {
    let app = harness.state();
    let at = app.selection().clip().unwrap();
    Arc::clone(app.studio().snapshot().clip(at).unwrap())
}

fn n_selected(harness: &Harness<'_, MidiApp>) -> usize {
    harness.state().selection().notes().len()
}

/// An empty place of the canvas: its top right corner, in from the edge.
fn click_canvas(harness: &mut Harness<'_, MidiApp>) {
    let rect = harness.get_by_label_contains("Piano roll of").rect();
    let pos: Pos2 = rect.right_top() + vec2(-3.0, 3.0);
    harness.hover_at(pos);
    for pressed in [true, false] {
        harness.event(button(pos, pressed));
    }
    harness.run_steps(3);
}

#[test]
fn shortcuts_work_while_the_roll_has_the_focus() {
    let mut harness = demo();
    click_canvas(&mut harness);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run_steps(3);
    let before = clip(&harness);
    assert_eq!(n_selected(&harness), before.notes.len());

    harness.key_press(Key::ArrowUp);
    harness.run_steps(3);
    let raised = clip(&harness);
    assert!(before.notes.iter().zip(raised.notes.iter()).all(|(a, b)| a.key + 1 == b.key));

    harness.key_press(Key::Delete);
    harness.run_steps(3);
    assert!(clip(&harness).notes.is_empty());

    for _ in 0..2 {
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        harness.run_steps(3);
    }
    assert_eq!(clip(&harness).notes, before.notes);

    harness.key_press(Key::Space);
    harness.run_steps(3);
    assert!(harness.state().studio().transport().playing);
}

/// Steps until the workers are done.
fn settle(harness: &mut Harness<'_, MidiApp>) {
    let until = Instant::now() + Duration::from_secs(50);
    harness.run_steps(1);
    while !harness.state().studio().jobs().is_empty() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(2));
        harness.run_steps(1);
    }
    harness.run_steps(1);
}

#[test]
fn very_many_notes_are_edited_in_the_background_and_undone_as_one_step() {
    let mut harness = demo();
    click_canvas(&mut harness);
    let at = harness.state().selection().clip().unwrap();
    let note = |index: u64| NewNote {
        start: Tick(index % 3000),
        length: 10,
        key: 40 + (index % 60) as u8,
        velocity: 90,
        channel: None,
    };
    harness.state().send(Command::AddNotes { clip: at, notes: (0..40_000).map(note).collect() });
    settle(&mut harness);
    assert_eq!(n_selected(&harness), 40_000);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run_steps(2);
    let before = clip(&harness);
    assert_eq!(n_selected(&harness), before.notes.len());

    harness.key_press(Key::ArrowUp);
    settle(&mut harness);
    let raised = clip(&harness);
    assert!(before.notes.iter().zip(raised.notes.iter()).all(|(a, b)| a.key + 1 == b.key));
    assert_eq!(n_selected(&harness), before.notes.len());

    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run_steps(3);
    assert_eq!(clip(&harness).notes, before.notes);
}

#[test]
fn undo_of_new_notes_leaves_nothing_selected_that_is_gone() {
    let mut harness = demo();
    click_canvas(&mut harness);
    let at = harness.state().selection().clip().unwrap();
    let note = NewNote { start: Tick(0), length: 240, key: 100, velocity: 90, channel: None };
    harness.state().send(Command::AddNotes { clip: at, notes: vec![note] });
    harness.run_steps(2);
    assert_eq!(n_selected(&harness), 1);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run_steps(3);
    assert_eq!(n_selected(&harness), 0);
}

#[test]
fn undo_of_a_new_clip_closes_it() {
    let mut harness = demo();
    let track = harness.state().selection().track().unwrap();
    harness.state().send(midi_daw::command::Action::AddClip);
    harness.run_steps(3);
    let new = harness.state().selection().clip().unwrap();
    assert!(harness.state().studio().snapshot().clip(new).is_some());
    while harness.state().studio().snapshot().clip(new).is_some() {
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        harness.run_steps(3);
    }
    let selection = harness.state().selection();
    assert_eq!((selection.track(), selection.clip()), (Some(track), None));
}

#[test]
fn undo_in_the_middle_of_a_drag_takes_the_drag_back() {
    let mut harness = demo();
    // A step that a premature undo would take back.
    rename(&mut harness);
    click_canvas(&mut harness);
    let before = clip(&harness);
    let corner = draw_a_note_without_end(&mut harness);
    assert_eq!(clip(&harness).notes.len(), before.notes.len() + 1);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run_steps(3);
    for x in [-50.0, -20.0] {
        harness.hover_at(corner + vec2(x, 0.0));
        harness.run_steps(2);
    }
    harness.event(button(corner + vec2(-20.0, 0.0), false));
    harness.run_steps(3);
    assert_eq!(clip(&harness).notes, before.notes);
    assert_eq!(harness.state().notices().iter().count(), 0);
    assert_eq!(n_selected(&harness), 0);
    assert_eq!(harness.state().studio().undo_name(), Some("Rename track"));
}

/// Draws a note with the button still down; returns the top right corner of the canvas.
fn draw_a_note_without_end(harness: &mut Harness<'_, MidiApp>) -> Pos2 {
    harness.key_press(Key::Num2);
    harness.run_steps(3);
    let corner = harness.get_by_label_contains("Piano roll of").rect().right_top() + vec2(0.0, 3.0);
    harness.hover_at(corner + vec2(-120.0, 0.0));
    harness.event(button(corner + vec2(-120.0, 0.0), true));
    harness.run_steps(2);
    harness.hover_at(corner + vec2(-60.0, 0.0));
    harness.run_steps(2);
    corner
}

fn button(pos: Pos2, pressed: bool) -> Event {
    let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
    Event::PointerButton { pos, button, pressed, modifiers }
}

fn rename(harness: &mut Harness<'_, MidiApp>) {
    let track = harness.state().selection().track().unwrap();
    let change = engine::edit::TrackChange::Rename("Other".into());
    harness.state().send(Command::ChangeTracks { tracks: [track].into(), change });
    harness.run_steps(2);
}

#[test]
fn undo_gives_the_selection_back() {
    let mut harness = demo();
    click_canvas(&mut harness);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run_steps(2);
    let all = n_selected(&harness);
    harness.key_press(Key::Backspace);
    harness.run_steps(3);
    assert_eq!(n_selected(&harness), 0);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run_steps(3);
    assert_eq!(n_selected(&harness), all);
}

#[test]
fn the_grid_menu_offers_bars_triplets_and_dotted_notes() {
    let mut harness = demo();
    for label in ["4 bars", "1/16 D", "1/128 T", "Adaptive"] {
        harness.get_by_label_contains("Grid ").click();
        harness.run_steps(3);
        harness.get_by_label(label).click();
        harness.run_steps(3);
        let says = if label == "Adaptive" { "Grid 1/8 auto" } else { label };
        harness.get_by_label_contains(says);
    }
}

#[test]
fn a_tool_taken_up_by_its_key_works_on_the_canvas() {
    let mut harness = demo();
    click_canvas(&mut harness);
    let before = clip(&harness).notes.len();
    harness.key_press(Key::Num2);
    harness.run_steps(3);
    let rect = harness.get_by_label_contains("Piano roll of").rect();
    let (from, to) = (rect.right_top() + vec2(-120.0, 3.0), rect.right_top() + vec2(-60.0, 3.0));
    let button = |pos: Pos2, pressed: bool| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    harness.hover_at(from);
    harness.event(button(from, true));
    harness.run_steps(2);
    harness.hover_at(to);
    harness.run_steps(2);
    harness.event(button(to, false));
    harness.run_steps(3);
    assert_eq!(clip(&harness).notes.len(), before + 1);
    assert_eq!(n_selected(&harness), 1);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run_steps(3);
    assert_eq!(clip(&harness).notes.len(), before);
}

#[test]
fn what_the_wheel_changed_is_a_step_once_another_tab_is_shown() {
    let mut harness = demo();
    click_canvas(&mut harness);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run_steps(2);
    let before = clip(&harness);
    harness.event(Event::ModifiersChanged(Modifiers::ALT));
    harness.event(Event::MouseWheel {
        unit: egui::MouseWheelUnit::Line,
        delta: vec2(0.0, -1.0),
        modifiers: Modifiers::ALT,
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
    });
    harness.run_steps(1);
    assert!(harness.state().studio().in_gesture());
    harness.event(Event::ModifiersChanged(Modifiers::NONE));
    harness.state_mut().layout_mut().editor_tab = EditorTab::Events;
    harness.run_steps(2);
    let changed = clip(&harness);
    assert!(!harness.state().studio().in_gesture());
    assert_ne!(changed.notes, before.notes);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run_steps(2);
    assert_eq!(clip(&harness).notes, before.notes);
}

#[test]
fn a_drag_is_taken_back_when_the_editor_is_closed_in_its_middle() {
    let mut harness = demo();
    click_canvas(&mut harness);
    let before = clip(&harness);
    draw_a_note_without_end(&mut harness);
    assert_eq!(clip(&harness).notes.len(), before.notes.len() + 1);
    assert_eq!(n_selected(&harness), 1);
    harness.state_mut().layout_mut().editor_open = false;
    harness.run_steps(2);
    assert!(!harness.state().studio().in_gesture());
    assert_eq!(clip(&harness).notes, before.notes);
    assert_eq!(n_selected(&harness), 0);
}

#[test]
fn deleting_where_a_lane_has_nothing_is_told_and_is_no_error() {
    let mut harness = demo();
    let clip = harness.state().selection().clip().unwrap();
    let lane = Lane { kind: LaneKind::Controller(119), channel: Channel::new(0) };
    let range = TickRange::between(Tick(0), Tick(96));
    harness.state().send(Command::Lane { clip, lane, edit: LaneEdit::Delete { range } });
    harness.run_steps(2);
    let notices: Vec<_> = harness.state().notices().iter().collect();
    assert!(
        matches!(notices.as_slice(), [notice] if notice.grade == Grade::Warning),
        "{notices:?}"
    );
}
