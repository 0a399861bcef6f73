//! The window's frame, worked with pointer and keys: menus, transport, shortcuts, questions.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::Queryable;
use egui_kittest::{Harness, kittest::by};
use engine::edit::{Command, TrackChange};
use engine::time::Tick;
use midi_daw::app::{MidiApp, Start};
use midi_daw::command::Action;
use midi_daw::state::Layout;
use midi_daw::theme::ThemeKind;

/// The application with the demo song open.
fn demo() -> Harness<'static, MidiApp> {
    start(true)
}

fn start(demo: bool) -> Harness<'static, MidiApp> {
    let mut harness = Harness::builder()
        .with_size(vec2(1600.0, 1000.0))
        .with_step_dt(1.0 / 60.0)
        .with_max_steps(64)
        .build_eframe(|cc| {
            let start = Start { demo, ..Start::headless(Layout::default()) };
            MidiApp::new(&cc.egui_ctx, start)
        });
    harness.run_steps(4);
    harness
}

fn playing(harness: &Harness<'_, MidiApp>) -> bool {
    harness.state().studio().transport().playing
}

fn rename_first_track(harness: &mut Harness<'_, MidiApp>, name: &str) {
    let track = harness.state().studio().snapshot().tracks.first().map(|track| track.id).unwrap();
    let change = TrackChange::Rename(name.into());
    harness.state().send(Command::ChangeTracks { tracks: [track].into(), change });
    harness.run_steps(2);
}

fn first_name(harness: &Harness<'_, MidiApp>) -> String {
    harness.state().studio().snapshot().tracks.first().unwrap().name.to_string()
}

#[test]
fn space_plays_and_space_again_stops() {
    let mut harness = demo();
    harness.key_press(Key::Space);
    harness.run_steps(2);
    assert!(playing(&harness));
    harness.key_press(Key::Space);
    harness.run_steps(2);
    assert!(!playing(&harness));
}

#[test]
fn the_play_button_plays() {
    let mut harness = demo();
    harness.get_by_label("Play or stop").click();
    harness.run_steps(2);
    assert!(playing(&harness));
}

#[test]
fn the_loop_button_repeats_four_bars_or_the_selected_clip() {
    let mut harness = demo();
    harness.get_by_label("Loop").click();
    harness.run_steps(2);
    assert!(harness.state().studio().transport().loop_range.is_some());
    harness.key_press(Key::L);
    harness.run_steps(2);
    assert_eq!(harness.state().studio().transport().loop_range, None);
}

#[test]
fn the_edit_menu_undoes_by_name() {
    let mut harness = demo();
    let before = first_name(&harness);
    rename_first_track(&mut harness, "Other");
    harness.get_by_label("Edit").click();
    harness.run_steps(3);
    harness.get_by_label("Undo rename track").click();
    harness.run_steps(3);
    assert_eq!(first_name(&harness), before);
    assert!(harness.query_by_label("Undo rename track").is_none(), "the menu closes");
}

#[test]
fn control_z_undoes_and_control_shift_z_redoes() {
    let mut harness = demo();
    let before = first_name(&harness);
    rename_first_track(&mut harness, "Other");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run_steps(2);
    assert_eq!(first_name(&harness), before);
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    harness.run_steps(2);
    assert_eq!(first_name(&harness), "Other");
}

#[test]
fn a_new_song_asks_first_when_the_old_one_was_changed() {
    let mut harness = demo();
    rename_first_track(&mut harness, "Other");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::N);
    harness.run_steps(3);
    assert!(!harness.state().studio().snapshot().tracks.is_empty(), "nothing is lost yet");
    harness.get_by_label("Cancel").click();
    harness.run_steps(3);
    assert_eq!(first_name(&harness), "Other");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::N);
    harness.run_steps(3);
    harness.get_by_label("Discard").click();
    harness.run_steps(3);
    assert!(harness.state().studio().snapshot().tracks.is_empty());
}

#[test]
fn an_empty_song_says_what_to_do_next() {
    let mut harness = start(false);
    harness.get_by_label("Open the demo song").click();
    harness.run_steps(3);
    assert!(!harness.state().studio().snapshot().tracks.is_empty());
}

#[test]
fn delete_removes_the_selected_notes_in_one_step() {
    let mut harness = demo();
    let count = |harness: &Harness<'_, MidiApp>| harness.state().studio().snapshot().note_count();
    let before = count(&harness);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run_steps(2);
    let selected = harness.state().selection().notes().len();
    assert!(selected > 0);
    harness.key_press(Key::Delete);
    harness.run_steps(2);
    assert_eq!(count(&harness), before - selected);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run_steps(2);
    assert_eq!(count(&harness), before);
}

#[test]
fn a_typed_position_moves_the_playhead() {
    let mut harness = demo();
    harness.get_by(|node| node.label().is_some_and(|label| label.starts_with("Position"))).click();
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.event(egui::Event::Text("5".to_owned()));
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    let project = harness.state().studio().snapshot();
    let expected = project.conductor.meter.bar_start(4);
    let at = harness.state().studio().transport().position;
    assert_eq!(Tick(at.round() as u64), expected);
}

#[test]
fn the_view_menu_changes_the_theme() {
    let mut harness = demo();
    harness.get_by_label("View").click();
    harness.run_steps(3);
    harness.get_by_label("Light theme").click();
    harness.run_steps(3);
    assert_eq!(harness.state().layout().theme, ThemeKind::Light);
}

#[test]
fn the_editor_closes_and_comes_back() {
    let mut harness = demo();
    harness.get_by_label("Close the editor").click();
    harness.run_steps(3);
    assert!(harness.query_by_label("Piano roll").is_none());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::J);
    harness.run_steps(3);
    assert!(harness.query_by_label("Piano roll").is_some());
}

#[test]
fn without_a_file_dialog_a_path_can_be_typed() {
    let mut harness = demo();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("written.mid");
    harness.state().send(Action::ExportMidi);
    harness.run_steps(4);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.event(egui::Event::Text(path.to_string_lossy().into_owned()));
    harness.run_steps(2);
    harness.get(by().label("Export").predicate(|_| true)).click();
    for _ in 0..500 {
        harness.run_steps(1);
        if path.exists() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    // An untouched song is written back byte for byte.
    assert_eq!(std::fs::read(&path).unwrap(), &*midi_daw::demo::song());
}

#[test]
fn a_file_that_does_not_open_says_why_and_leaves_the_song() {
    let mut harness = demo();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("no.mid");
    std::fs::write(&path, b"this is no MIDI file").unwrap();
    let tracks = harness.state().studio().snapshot().tracks.len();
    harness.state().send(midi_daw::command::AppCommand::Open(vec![path]));
    for _ in 0..500 {
        harness.run_steps(1);
        if harness.state().notices().iter().next().is_some() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let said = harness.state().notices().iter().next().map(|notice| notice.text.clone());
    assert!(said.is_some_and(|text| text.contains("no.mid")));
    assert_eq!(harness.state().studio().snapshot().tracks.len(), tracks);
}

#[test]
fn an_idle_window_asks_for_no_frame() {
    let mut harness = demo();
    harness.run_steps(10);
    let output = harness.output();
    let delay = output.viewport_output.values().map(|view| view.repaint_delay).min().unwrap();
    assert!(delay > std::time::Duration::from_secs(1), "a frame is asked for in {delay:?}");
}
