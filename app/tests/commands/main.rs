//! Every command that edits notes, by its keys or from the palette, in the whole application:
//! (before, keys, after), with real key events.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod clips;

use egui::{Event, Key, Modifiers, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use engine::edit::{Command, NewNote};
use engine::model::ClipRef;
use engine::theory::{PitchClass, Scale, ScaleKind};
use engine::time::{Tick, TickRange};
use midi_daw::app::{MidiApp, Start};
use midi_daw::command::operation::Operation;
use midi_daw::command::{Action, AppCommand, Family, Keymap, Scope};
use midi_daw::panels::piano_roll::{Fold, GridChoice, NoteValue, ScaleChoice};
use midi_daw::state::{GesturePreset, Layout, RollTool, Selection};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

/// Ticks of a sixteenth, the roll's grid here, in a new song.
const STEP: u64 = 240;

/// The application with a song of one clip, four bars long. Notes are written
/// `key@step+steps` in sixteenths, with `*` before the selected ones and `:velocity` behind.
struct Program {
    harness: Harness<'static, MidiApp>,
}

impl Program {
    fn new(notes: &str) -> Self {
        Self::start(notes, None)
    }

    fn start(notes: &str, keymap: Option<PathBuf>) -> Self {
        let mut layout = Layout::default();
        layout.piano_roll.grid = GridChoice::Fixed(NoteValue::straight(16));
        let mut harness = Harness::builder()
            .with_size(vec2(1280.0, 900.0))
            .with_step_dt(1.0 / 60.0)
            .build_eframe(move |cc| {
                MidiApp::new(&cc.egui_ctx, Start { keymap, ..Start::headless(layout) })
            });
        harness.run_steps(2);
        let mut program = Self { harness };
        program.send(Command::AddTrack { name: "Piano".into() });
        let track = program.app().studio().snapshot().tracks[0].id;
        let range = TickRange::between(Tick(0), Tick(64 * STEP));
        program.send(Command::AddClip { track, range });
        let clip = program.app().studio().snapshot().tracks[0].clips[0].id;
        let at = ClipRef { track, clip };
        let mut chosen = Vec::new();
        for word in notes.split_whitespace() {
            let (marked, word) = word.strip_prefix('*').map_or((false, word), |word| (true, word));
            program.send(Command::AddNotes { clip: at, notes: vec![parse(word)] });
            if marked {
                chosen.extend(program.app().selection().notes().iter());
            }
        }
        let selection = Selection::of_clip(at).with_notes(chosen.into_iter().collect());
        program.send(AppCommand::Select(selection));
        program
    }

    fn app(&self) -> &MidiApp {
        self.harness.state()
    }

    fn send(&mut self, command: impl Into<AppCommand>) {
        self.harness.state().send(command);
        self.harness.run_steps(2);
    }

    /// The notes as they were written; fractions of a sixteenth in ticks behind a dot.
    fn notes(&self) -> String {
        self.notes_of(0)
    }

    /// The same of the first clip of another track.
    fn notes_of(&self, track: usize) -> String {
        let track = &self.app().studio().snapshot().tracks[track];
        let clip = &track.clips[0];
        let at = ClipRef { track: track.id, clip: clip.id };
        let selection = self.app().selection().notes_of(at);
        let steps = |ticks: u64| match (ticks / STEP, ticks % STEP) {
            (steps, 0) => steps.to_string(),
            (steps, rest) => format!("{steps}.{rest}"),
        };
        let word = |note: &engine::model::Note| {
            let mark = if selection.contains(note.reference()) { "*" } else { "" };
            let velocity =
                if note.velocity == 96 { String::new() } else { format!(":{}", note.velocity) };
            let (start, length) = (steps(note.start.0), steps(u64::from(note.length)));
            format!("{mark}{}@{start}+{length}{velocity}", note.key)
        };
        clip.notes.iter().map(word).collect::<Vec<_>>().join(" ")
    }

    /// Presses keys as the keymap file writes them.
    fn press(&mut self, keys: &str) {
        for keys in keys.split_whitespace() {
            let keys = midi_daw::command::keymap::file::parse_keys(keys).unwrap();
            self.harness.key_press_modifiers(keys.modifiers, keys.logical_key);
            self.harness.run_steps(2);
        }
    }

    fn type_text(&mut self, text: &str) {
        self.harness.event(Event::Text(text.to_owned()));
        self.harness.run_steps(2);
    }

    /// What a screen reader was told last.
    fn said(&self) -> String {
        let live = |node: &egui_kittest::Node<'_>| {
            node.accesskit_node().data().live() == Some(egui::accesskit::Live::Polite)
        };
        let found = self.harness.root().children_recursive().find(live).unwrap();
        let node = found.accesskit_node();
        node.value().or_else(|| node.label()).unwrap_or_default()
    }
}

fn parse(word: &str) -> NewNote {
    let (word, velocity) = word.split_once(':').unwrap_or((word, "96"));
    let (key, rest) = word.split_once('@').unwrap();
    let (start, length) = rest.split_once('+').unwrap();
    NewNote {
        start: Tick(start.parse::<u64>().unwrap() * STEP),
        length: length.parse::<u32>().unwrap() * STEP as u32,
        key: key.parse().unwrap(),
        velocity: velocity.parse().unwrap(),
        channel: None,
    }
}

/// Presses `keys` on `before`, expects `after`, and that one undo brings `before` back.
#[track_caller]
fn check(before: &str, keys: &str, after: &str) {
    let mut program = Program::new(before);
    program.press(keys);
    assert_eq!(program.notes(), after, "after {keys} on {before}");
}

/// Runs a command that has no keys, as menu and palette do.
#[track_caller]
fn check_run(before: &str, action: Action, after: &str) {
    let mut program = Program::new(before);
    program.send(action);
    assert_eq!(program.notes(), after, "after {action:?} on {before}");
    let original = Program::new(before).notes();
    if original != after {
        program.press("Ctrl+Z");
        assert_eq!(program.notes(), original, "after undoing {action:?}");
    }
}

#[test]
fn arrows_move_the_selected_notes() {
    check("*72@4+2 60@0+2", "Up", "60@0+2 *73@4+2");
    check("*72@4+2 60@0+2", "Down", "60@0+2 *71@4+2");
    check("*72@4+2", "Shift+Up", "*84@4+2");
    check("*72@4+2", "Shift+Down", "*60@4+2");
    check("*72@4+2", "Right Right", "*72@6+2");
    check("*72@4+2", "Left", "*72@3+2");
    check("*72@4+2", "Alt+Right", "*72@4.1+2");
    check("*72@4+2", "Alt+Left", "*72@3.239+2");
    check("*60@0+2 *64@0+2 *67@0+2", "Alt+Up", "*62@0+2 *65@0+2 *69@0+2");
    check("*60@0+2 *64@0+2 *67@0+2", "Alt+Down", "*59@0+2 *62@0+2 *65@0+2");
}

#[test]
fn keys_change_lengths_and_velocities() {
    check("*72@4+2", "Shift+Right", "*72@4+3");
    check("*72@4+2", "Shift+Left", "*72@4+1");
    check("*72@4+2 60@0+1", "Ctrl+Up", "60@0+1 *72@4+2:104");
    check("*72@4+2", "Ctrl+Down", "*72@4+2:88");
    check("*72@4+2", "Ctrl+Shift+Up", "*72@4+2:97");
    check("*72@4+2", "Ctrl+Shift+Down", "*72@4+2:95");
}

#[test]
fn delete_and_duplicate_work_on_the_selection() {
    check("*72@4+2 60@0+2", "Delete", "60@0+2");
    check("*72@4+2 60@0+2", "Backspace", "60@0+2");
    check("*60@0+2", "Ctrl+D", "60@0+2 *60@4+2");
}

#[test]
fn cut_copy_and_paste_work_by_keys_menu_and_the_systems_own_events() {
    check("*60@4+2 62@8+1", "Ctrl+C Ctrl+V", "*60@0+2 60@4+2 62@8+1");
    check("*60@4+2 62@8+1", "Ctrl+X", "62@8+1");
    check("*60@4+2 62@8+1", "Ctrl+V", "*60@4+2 62@8+1");
    check("*60@4+2:70 62@8+1", "Ctrl+X Ctrl+V", "*60@0+2:70 62@8+1");

    let mut program = Program::new("*60@4+2 62@8+1");
    assert!(!program.app().can_run(&program.harness.ctx, Action::Paste), "nothing was copied");
    program.harness.event(Event::Copy);
    program.harness.run_steps(2);
    assert!(program.app().can_run(&program.harness.ctx, Action::Paste));
    program.send(Action::OpenDemo);
    program.harness.get_by_label("Discard").click();
    let opened = |program: &Program| program.app().studio().snapshot().tracks.len() > 1;
    for _ in 0..200 {
        program.harness.run_steps(2);
        if opened(&program) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert!(opened(&program), "another song");
    let count = |program: &Program| {
        let clip = program.app().selection().clip().unwrap();
        program.app().studio().snapshot().clip(clip).unwrap().notes.len()
    };
    let before = count(&program);
    program.harness.event(Event::Paste("not of this program".to_owned()));
    program.harness.run_steps(2);
    assert_eq!(count(&program), before + 1);
    assert_eq!(program.app().studio().undo_name(), Some("Paste notes"));
}

#[test]
fn rows_fold_and_the_scale_shows_by_keys() {
    let mut program = Program::new("60@4+2 62@8+1");
    let looks = |program: &Program| program.app().layout().piano_roll.looks;
    program.press("U");
    assert_eq!(looks(&program).fold, Fold::Used);
    program.press("Shift+U");
    assert_eq!((looks(&program).fold, program.said()), (Fold::Scale, "Rows: scale pitches".into()));
    program.press("Shift+U");
    assert_eq!(looks(&program).fold, Fold::All);
    program.press("H");
    assert_eq!(looks(&program).scale, ScaleChoice::FromNotes);
    let chosen = ScaleChoice::fixed(Scale::new(PitchClass::of(9), ScaleKind::Major));
    program.harness.state_mut().layout_mut().piano_roll.looks.tint(chosen);
    program.press("H");
    assert_eq!(looks(&program).scale, ScaleChoice::Off);
    program.press("H");
    assert_eq!((looks(&program).scale, program.said()), (chosen, "Scale A major".into()));

    program.send(Action::AddDrumTrack);
    program.send(Action::AddClip);
    program.press("Ctrl+1");
    assert!(looks(&program).drum_fold);
    program.press("U");
    assert!(!looks(&program).drum_fold && looks(&program).fold == Fold::All);
    assert!(!program.app().can_run(&program.harness.ctx, Action::FoldScale), "drums have none");
}

#[test]
fn the_key_strip_is_played_by_the_keyboard() {
    let mut program = Program::new("60@0+2");
    program.harness.get_by_label("Piano keys").focus();
    program.harness.run_steps(2);
    let here = |program: &Program| program.harness.get_by_label("Piano keys").value().unwrap();
    program.press("Up");
    let first = here(&program);
    program.press("Up Down Down Shift+Up Shift+Down Up");
    assert_eq!(here(&program), first, "where it was");
    program.press("Shift+Up Enter");
    assert_ne!(here(&program), first);
    assert_eq!(program.notes(), "60@0+2", "the notes are left alone");
    program.press("Shift+Enter");
    assert_eq!(program.said(), format!("{} marked", here(&program)));
}

#[test]
fn undo_takes_a_drag_back_even_where_nothing_was_done_before() {
    let mut program = Program::new("60@4+4");
    // The same song, as if it had come from a file: nothing to undo.
    let project = engine::model::Project::clone(program.app().studio().snapshot());
    let selection = program.app().selection().clone();
    program.harness.state_mut().studio_mut().open_project(project);
    program.send(AppCommand::Select(selection));
    assert!(!program.app().can_run(&program.harness.ctx, Action::Undo));
    let canvas = program.harness.get_by_label_contains("Piano roll of").rect();
    // The note lies somewhere on the canvas: a marquee over all of it is a drag, too.
    let (from, to) = (canvas.left_bottom() + vec2(40.0, -8.0), canvas.center());
    let button = |pos, pressed| Event::PointerButton {
        pos,
        button: egui::PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    program.harness.event(Event::PointerMoved(from));
    program.harness.event(button(from, true));
    program.harness.run_steps(2);
    program.harness.event(Event::PointerMoved(to));
    program.harness.run_steps(2);
    assert!(program.app().layout().piano_roll.is_busy());
    program.press("Ctrl+Z");
    assert!(!program.app().layout().piano_roll.is_busy(), "given up");
    program.harness.event(button(to, false));
    program.harness.run_steps(2);
    assert_eq!(program.notes(), "60@4+4");
}

#[test]
fn ctrl_and_arrows_go_from_note_to_note_and_with_shift_take_them_along() {
    let notes = "60@0+1 *62@4+1 64@8+1 65@12+1";
    check(notes, "Ctrl+Right", "60@0+1 62@4+1 *64@8+1 65@12+1");
    check(notes, "Ctrl+Left", "*60@0+1 62@4+1 64@8+1 65@12+1");
    check(notes, "Ctrl+Shift+Right Ctrl+Shift+Right", "60@0+1 *62@4+1 *64@8+1 *65@12+1");
    check(notes, "Ctrl+Shift+Right Ctrl+Shift+Left", "60@0+1 *62@4+1 64@8+1 65@12+1");
    let back = "Ctrl+Shift+Right Ctrl+Shift+Left Ctrl+Shift+Left";
    check(notes, back, "*60@0+1 *62@4+1 64@8+1 65@12+1");
    check(notes, "Ctrl+Shift+End", "60@0+1 *62@4+1 *64@8+1 *65@12+1");
    check(notes, "Ctrl+Shift+Home", "*60@0+1 *62@4+1 64@8+1 65@12+1");
    check(notes, "Ctrl+A", "*60@0+1 *62@4+1 *64@8+1 *65@12+1");
    check(notes, "Ctrl+Shift+A", "60@0+1 62@4+1 64@8+1 65@12+1");
    check(notes, "Escape", "60@0+1 62@4+1 64@8+1 65@12+1");
}

#[test]
fn a_melody_is_written_by_the_keyboard_alone() {
    check("", "Enter Enter Enter", "60@0+1 60@1+1 60@2+1");
    check("", "Enter Up Up Enter Down Enter", "60@0+1 62@1+1 61@2+1");
    check("", "Shift+Right Enter Enter", "60@0+2 60@2+2");
    check("", "Shift+Enter Up Up Up Up Shift+Enter", "60@0+1 64@0+1");
    check("", "Right Right Right Left Enter", "60@2+1");
    check("", "Alt+Up Enter Alt+Down Alt+Down Enter", "62@0+1 59@1+1");
    check(
        "",
        "PageDown Enter PageDown PageUp PageUp Enter",
        "60@16+1 60@0+1".split(' ').rev().collect::<Vec<_>>().join(" ").as_str(),
    );
    check("", "Ctrl+Up Enter", "60@0+1:104");
    check("", "Enter Enter Backspace", "60@0+1");
    check("60@0+4 62@4+4", "Ctrl+End Enter", "60@0+4 62@4+4 60@8+1");
    check("60@0+1", "Right Right Ctrl+Home Enter Up", "*61@0+1");
    check("60@0+1 64@0+1", "Enter Escape Up Up Up Up Shift+Enter", "60@0+1 *64@0+1");
    check("", "Period Enter", "60@0+0.120");
    check("", "Comma Enter", "60@0+2");
    check("", "T Enter", "60@0+0.160");
}

#[test]
fn a_track_and_a_clip_for_the_melody_are_made_by_keys_too() {
    let mut program = Program::new("60@0+1");
    program.press("Ctrl+T Ctrl+Shift+N Enter Up Enter");
    let track = Arc::clone(&program.app().studio().snapshot().tracks[1]);
    assert_eq!((track.clips[0].start, track.clips[0].length), (Tick(0), 64 * STEP));
    let keys: Vec<u8> = track.clips[0].notes.iter().map(|note| note.key).collect();
    assert_eq!(keys, [60, 61]);
    program.press("Ctrl+Shift+N");
    let track = Arc::clone(&program.app().studio().snapshot().tracks[1]);
    assert_eq!(track.clips[1].start, Tick(64 * STEP), "the second one stands behind the first");
}

#[test]
fn q_s_j_and_alt_keys_carry_out_operations() {
    let mut program = Program::new("*60@0+2");
    program.press("Alt+Right Alt+Right Q");
    assert_eq!(program.notes(), "*60@0+2");
    check("*60@0+4", "S", "*60@0+2 *60@2+2");
    check("*60@0+2 *60@2+2", "J", "*60@0+4");
    check("*60@0+1 *62@4+2", "Alt+L", "*60@0+4 *62@4+2");
    check("*60@0+4", "Alt+S", "*60@0+2");
    check("*60@0+1 *62@4+2", "Alt+R", "*62@0+2 *60@5+1");
    check("*60@0+1 *64@4+1 *72@8+1", "Alt+I", "*72@0+1 *68@4+1 *60@8+1");
    check("*60@0+6 *60@4+2", "Alt+O", "*60@0+4 *60@4+2");
}

#[test]
fn operations_without_keys_work_from_menu_and_palette() {
    check_run("*60@0+2 *62@4+2", Action::DoubleTime, "*60@0+1 *62@2+1");
    check_run("*60@0+1 *62@2+1", Action::HalfTime, "*60@0+2 *62@4+2");
    check_run("*60@0+1", Action::Transpose, "*67@0+1");
    check_run("*60@0+1 *60@0+1", Action::RemoveDoubles, "*60@0+1");
    check_run("*60@0+4", Action::Chord, "*60@0+4 *64@0+4 *67@0+4");
    check_run("*60@0+2 62@4+2", Action::Crop, "*60@0+2");
    check_run("*60@0+2 *62@4+2:40", Action::SetVelocity, "*60@0+2:100 *62@4+2:100");
    check_run("*60@0+4 *64@0+4", Action::Repeat, "*60@0+4 *64@0+4 *60@16+4 *64@16+4");
    check_run(
        "*61@0+1 *60@4+1 *64@5+1 *67@6+1",
        Action::FitToScale,
        "*60@0+1 *60@4+1 *64@5+1 *67@6+1",
    );
}

#[test]
fn what_is_left_to_chance_or_shape_changes_notes_and_undoes() {
    let before = "*60@0+4 *64@0+4 *67@0+4";
    for action in [Action::Humanize, Action::Strum, Action::Arpeggiate] {
        let mut program = Program::new(before);
        program.send(action);
        assert_ne!(program.notes(), before, "{action:?}");
        program.press("Ctrl+Z");
        assert_eq!(program.notes(), before, "{action:?}");
    }
}

#[test]
fn the_loop_crops_what_lies_outside() {
    let mut program = Program::new("*60@0+8");
    program.send(AppCommand::SetLoop(Some(TickRange::between(Tick(2 * STEP), Tick(6 * STEP)))));
    program.send(Action::CropToLoop);
    assert_eq!(program.notes(), "*60@2+4");
}

#[test]
fn digits_and_b_take_up_tools_and_other_keys_change_the_grid() {
    let mut program = Program::new("");
    let tools =
        [RollTool::Select, RollTool::Draw, RollTool::Erase, RollTool::Knife, RollTool::Ramp];
    for (digit, tool) in ["1", "2", "3", "4", "5"].into_iter().zip(tools) {
        program.press(digit);
        assert_eq!(program.app().layout().piano_roll.tool, tool);
    }
    program.press("B");
    assert_eq!(program.app().layout().piano_roll.tool, RollTool::Draw);
    program.press("B");
    assert_eq!(program.app().layout().piano_roll.tool, RollTool::Select);
    program.press("N");
    assert!(!program.app().layout().piano_roll.snap);
}

#[test]
fn a_tools_key_is_held_for_this_moment() {
    let mut program = Program::new("");
    let key = |pressed| Event::Key {
        key: Key::Num3,
        physical_key: None,
        pressed,
        repeat: false,
        modifiers: Modifiers::NONE,
    };
    program.harness.event(key(true));
    program.harness.run_steps(2);
    assert_eq!(program.app().layout().piano_roll.active_tool(), RollTool::Erase);
    let pos = program.harness.get_by_label_contains("Piano roll of").rect().center();
    for pressed in [true, false] {
        let (button, modifiers) = (egui::PointerButton::Primary, Modifiers::NONE);
        program.harness.event(Event::PointerButton { pos, button, pressed, modifiers });
        program.harness.run_steps(2);
    }
    program.harness.event(key(false));
    program.harness.run_steps(2);
    assert_eq!(program.app().layout().piano_roll.active_tool(), RollTool::Select);
}

#[test]
fn edits_and_the_note_cursor_speak() {
    let mut program = Program::new("*64@36+2:90 60@0+1");
    program.press("Up");
    assert_eq!(program.said(), "F4, bar 3 beat 2, velocity 90");
    program.press("Ctrl+A Up");
    assert_eq!(program.said(), "2 notes moved up 1 semitone");
    program.press("Ctrl+Z");
    assert_eq!(program.said(), "Undone: Move notes");
    program.press("Escape");
    assert_eq!(program.said(), "Nothing selected");
    program.press("Right Up");
    assert!(program.said().starts_with("Cursor C♯4, bar 1 beat 1 tick 240"), "{}", program.said());
    program.press("Enter");
    assert_eq!(program.said(), "C♯4, bar 1 beat 1 tick 240, velocity 96");
}

#[test]
fn a_dialog_shows_what_it_does_and_escape_takes_it_back() {
    let before = "*60@0+4 *64@4+4";
    let mut program = Program::new(before);
    program.send(Action::StaccatoWith);
    program.harness.run_steps(3);
    assert_eq!(program.notes(), "*60@0+2 *64@4+2", "shown at once");
    program.press("Escape");
    program.harness.run_steps(2);
    assert_eq!(program.notes(), before);
    assert_eq!(program.app().studio().undo_name(), Some("Add notes"), "no step was made");
}

#[test]
fn enter_applies_a_dialog_as_one_step_and_its_parameters_are_remembered() {
    let mut program = Program::new("*60@0+4");
    program.send(Action::TransposeWith);
    program.harness.run_steps(3);
    program.press("Enter");
    program.harness.run_steps(3);
    assert_eq!(program.notes(), "*67@0+4");
    program.press("Ctrl+Z");
    assert_eq!(program.notes(), "*60@0+4");
    let kept = serde_json::to_value(&program.app().layout().operations).unwrap();
    assert_eq!(kept["notes.transpose.keys"], 7);
}

#[test]
fn every_dialog_opens_previews_and_closes() {
    for &action in Action::all() {
        if !Operation::of(action).is_some_and(|(_, asks)| asks) {
            continue;
        }
        let before = "*60@0+4 *64@0+4 *67@8+4 71@12+2";
        let mut program = Program::new(before);
        program.send(action);
        program.harness.run_steps(3);
        let title = action.info().label.trim_end_matches('…');
        assert!(program.harness.query_by_label("Apply").is_some(), "{title} asks nothing");
        program.press("Escape");
        program.harness.run_steps(2);
        assert!(program.harness.query_by_label("Apply").is_none(), "{title} stays");
        assert_eq!(program.notes(), before, "{title} leaves something");
    }
}

#[test]
fn notes_are_selected_by_what_they_are() {
    let before = "*60@0+1 72@4+2:40 62@6+1";
    check(before, "Ctrl+I", "60@0+1 *72@4+2:40 *62@6+1");
    let mut program = Program::new(before);
    program.send(Action::SelectLike);
    assert_eq!(program.notes(), before, "no other note has that key");
    program.press("Ctrl+Shift+F");
    program.harness.run_steps(3);
    assert_eq!(program.notes(), "*60@0+1 72@4+2:40 *62@6+1", "keys from 48 to 71");
    program.press("Escape");
    program.harness.run_steps(2);
    assert_eq!(program.notes(), before);
    program.press("Ctrl+Shift+F");
    program.harness.run_steps(2);
    program.press("Enter");
    program.harness.run_steps(2);
    assert_eq!(program.notes(), "*60@0+1 72@4+2:40 *62@6+1");
}

#[test]
fn the_palette_finds_and_runs_by_keys_alone() {
    let mut program = Program::new("*60@0+4");
    program.press("Ctrl+P");
    program.harness.run_steps(2);
    program.type_text("octave up");
    program.harness.run_steps(2);
    program.press("Enter");
    program.harness.run_steps(2);
    assert_eq!(program.notes(), "*72@0+4");
    assert_eq!(program.app().layout().recent, ["roll.octave-up"]);
    program.press("Ctrl+P");
    program.harness.run_steps(2);
    // What was run last is the first one now.
    program.press("Enter");
    program.harness.run_steps(2);
    assert_eq!(program.notes(), "*84@0+4");
    program.press("Ctrl+P");
    program.harness.run_steps(2);
    program.press("Escape");
    program.harness.run_steps(2);
    assert_eq!(program.notes(), "*84@0+4");
    program.press("Up");
    assert_eq!(program.notes(), "*85@0+4", "the keys are the roll's again");
}

#[test]
fn the_palette_finds_tracks_by_name() {
    let mut program = Program::new("*60@0+4");
    program.send(Command::AddTrack { name: "Strings".into() });
    let strings = program.app().studio().snapshot().tracks[1].id;
    program.press("Ctrl+P");
    program.harness.run_steps(2);
    program.type_text("@string");
    program.press("Enter");
    program.harness.run_steps(2);
    assert_eq!(program.app().selection().track(), Some(strings));
}

#[test]
fn every_command_is_in_a_menu_or_submenu() {
    let program = Program::new("*60@0+4");
    for family in Family::ALL {
        let rows = Action::all().iter().filter(|action| action.info().family == family).count();
        assert!(rows > 0, "{family:?}");
        assert!(program.harness.query_by_label(family.label()).is_some(), "{family:?}");
    }
    let mut program = program;
    program.harness.get_by_label("Notes").click();
    program.harness.run_steps(3);
    let submenus: BTreeSet<&str> = Action::all()
        .iter()
        .filter(|action| action.info().family == Family::Notes)
        .filter_map(|action| action.info().submenu)
        .collect();
    for name in submenus {
        assert!(program.harness.query_all_by_label_contains(name).next().is_some(), "{name}");
    }
    program.harness.get_by_label_contains("Pitch").click();
    program.harness.run_steps(4);
    program.harness.get_by_label("Invert").click();
    program.harness.run_steps(3);
    assert_eq!(program.app().studio().undo_name(), Some("Invert"));
}

#[test]
fn the_users_file_gives_keys_and_its_wrong_lines_are_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keymap.txt");
    std::fs::write(&path, "notes.reverse = Ctrl+Alt+R\nnonsense\npreset = Live\n").unwrap();
    let mut program = Program::start("*60@0+1 *62@4+2", Some(path));
    let said = program.app().notices().iter().next().map(|notice| notice.text.clone()).unwrap();
    assert!(said.contains("line 2") && said.contains("keymap.txt"), "{said}");
    assert_eq!(program.app().layout().piano_roll.gestures, GesturePreset::Live);
    program.press("Ctrl+Alt+R");
    assert_eq!(program.notes(), "*62@0+2 *60@5+1");
    program.press("Ctrl+U");
    assert_eq!(program.app().studio().undo_name(), Some("Quantize"), "Live's key");
}

#[test]
fn settings_give_a_command_other_keys_and_ask_before_they_take_them_away() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keymap.txt");
    let mut program = Program::start("*60@0+4", Some(path.clone()));
    program.press("Ctrl+Comma");
    program.harness.run_steps(3);
    program.harness.get_by_label("Keys").click();
    program.harness.run_steps(3);
    program.harness.get_by_label("Search the commands").click();
    program.harness.run_steps(2);
    program.type_text("notes.reverse");
    program.harness.get_by_label("Keys of Reverse: Alt+R").click();
    program.harness.run_steps(3);
    program.press("Ctrl+D");
    program.harness.run_steps(2);
    assert_eq!(program.app().keymap(), Keymap::standard(), "it asks first");
    program.harness.get_by_label("Take it").click();
    program.harness.run_steps(3);
    let keymap = program.app().keymap();
    let found = keymap.find(Scope::Roll, Modifiers::COMMAND, Key::D);
    assert_eq!(found, Some(Action::Reverse));
    assert!(keymap.keys(Action::Duplicate).is_empty());
    for _ in 0..500 {
        if path.exists() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains("notes.reverse = Ctrl+D\n"), "{text}");
    assert!(text.contains("edit.duplicate = none\n"), "{text}");
}

#[test]
fn the_rolls_keys_leave_the_arrangement_alone() {
    let mut program = Program::new("*60@0+4");
    let before = program.notes();
    let pos = egui::pos2(700.0, 300.0);
    for pressed in [true, false] {
        let (button, modifiers) = (egui::PointerButton::Primary, Modifiers::NONE);
        program.harness.event(Event::PointerMoved(pos));
        program.harness.event(Event::PointerButton { pos, button, pressed, modifiers });
        program.harness.run_steps(2);
    }
    program.press("Up Q Delete");
    assert_eq!(program.notes().replace('*', ""), before.replace('*', ""));
    let track = &program.app().studio().snapshot().tracks[0];
    let clip = ClipRef { track: track.id, clip: track.clips[0].id };
    program.send(AppCommand::Select(Selection::of_clip(clip)));
    program.press("Ctrl+1");
    program.harness.run_steps(2);
    program.press("Ctrl+A Up");
    assert_eq!(program.notes(), "*61@0+4", "the roll was given the keys");
}

#[test]
fn the_history_lists_every_step_and_jumps_to_any() {
    let mut program = Program::new("*60@0+4");
    program.press("Up Ctrl+Up Shift+Right");
    assert_eq!(program.notes(), "*61@0+5:104");
    program.press("Ctrl+H");
    program.harness.run_steps(3);
    program.harness.get_by_label("Move notes").click();
    program.harness.run_steps(3);
    assert_eq!(program.notes(), "*61@0+4");
    program.harness.get_by_label("As it came").click();
    program.harness.run_steps(3);
    assert!(program.app().studio().snapshot().tracks.is_empty());
    program.harness.get_by_label("Resize notes, undone").click();
    program.harness.run_steps(3);
    assert_eq!(program.notes(), "*61@0+5:104");
    program.press("Escape");
    program.harness.run_steps(2);
    assert!(program.harness.query_by_label("As it came").is_none());
}

#[test]
fn no_command_that_edits_notes_is_left_out_of_these_tests() {
    let source = concat!(include_str!("main.rs"), include_str!("clips.rs"));
    let keymap = Keymap::standard();
    for &action in Action::all() {
        if action.info().family != Family::Notes {
            continue;
        }
        let named = source.contains(&format!("Action::{action:?}"));
        let pressed = keymap.keys(action).iter().any(|keys| {
            let text = midi_daw::command::keymap::file::keys_text(*keys);
            source.split(|c: char| c.is_whitespace() || c == '"').any(|word| word == text)
        });
        let asks = Operation::of(action).is_some_and(|(_, asks)| asks);
        assert!(named || pressed || asks, "{action:?} has no test");
    }
}
