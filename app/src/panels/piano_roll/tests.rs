//! Gestures on the real panel, with real pointer and key events, as (before, gesture, after).

use super::layout::{Layout, Viewport};
use super::{GridChoice, NoteValue, PianoRollView, piano_roll_ui};
use crate::command::{AppCommand, CommandSender};
use crate::state::{NoteSet, Selection};
use crate::theme::{self, Theme};
use crate::view_ctx::{FrameReport, HintSlot, ViewCtx};
use egui::{Event, Key, Modifiers, MouseWheelUnit, PointerButton, Pos2, Rect, Vec2, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use engine::edit::{Command, NewNote};
use engine::model::{ClipId, ClipRef, TrackId};
use engine::studio::{AudioMode, Studio, StudioOptions};
use engine::time::{Tick, TickRange};
use std::sync::Arc;

const SIZE: Vec2 = vec2(1064.0, 420.0);
/// Points a tick, and points a row, of the roll under test.
const SCALE: f64 = 0.1;
const ROW: f32 = 12.0;

/// The panel with a studio behind it and a dispatcher like the application's.
struct Host {
    studio: Studio,
    selection: Selection,
    view: PianoRollView,
    live: Vec<[u8; 3]>,
    commands: CommandSender,
    hint: HintSlot,
    last_hint: String,
    report: FrameReport,
    /// Where the panel was drawn.
    rect: Rect,
}

impl Host {
    fn ui(&mut self, ui: &mut egui::Ui) {
        let Self { studio, selection, view, commands, hint, report, .. } = self;
        let ctx = ViewCtx {
            theme: Theme::of(theme::ThemeKind::Dark),
            snapshot: studio.snapshot(),
            revision: studio.revision(),
            transport: studio.transport(),
            meters: studio.meters(),
            selection,
            follow: true,
            facts: crate::command::Facts::default(),
            costs: crate::view_ctx::Costs::default(),
            lamps: studio.lamps(),
            outputs: &[],
            commands,
            hint,
            report,
        };
        self.rect = ui.available_rect_before_wrap();
        piano_roll_ui(&ctx, ui, view);
        self.last_hint = self.hint.take();
        for command in self.commands.drain() {
            self.dispatch(command);
        }
    }

    fn dispatch(&mut self, command: AppCommand) {
        let selected = match command {
            AppCommand::Apply(command) => self.studio.apply(&command).unwrap(),
            AppCommand::Preview(command) => self.studio.preview(&command).unwrap(),
            AppCommand::Commit => {
                self.studio.commit();
                None
            }
            AppCommand::Cancel => {
                self.studio.cancel();
                None
            }
            AppCommand::Select(selection) => {
                self.selection = selection;
                None
            }
            AppCommand::Seek(tick) => {
                self.studio.seek(tick);
                None
            }
            AppCommand::Live { message, .. } => {
                self.live.push(message);
                None
            }
            other => panic!("the roll does not send {other:?}"),
        };
        if let Some(notes) = selected {
            self.selection = Selection::of_notes(&notes);
        }
    }
}

struct Roll {
    harness: Harness<'static, Host>,
}

impl Roll {
    /// A roll of one clip at tick 0, four bars long at 960 PPQ. `notes` are written
    /// `key@start+length` with `*` before the selected ones.
    fn new(notes: &str) -> Self {
        let mut studio = Studio::new(StudioOptions {
            audio: AudioMode::Offline,
            soundfont: None,
            midi: false,
            wake: Arc::new(|| {}),
        });
        studio.apply(&Command::AddTrack { name: "Piano".into() }).unwrap();
        let track = studio.snapshot().tracks[0].id;
        let range = TickRange::between(Tick(0), Tick(4 * 3840));
        studio.apply(&Command::AddClip { track, range }).unwrap();
        let clip = ClipRef { track, clip: studio.snapshot().tracks[0].clips[0].id };
        let mut selected = Vec::new();
        for word in notes.split_whitespace() {
            let (marked, word) = word.strip_prefix('*').map_or((false, word), |word| (true, word));
            let new = parse(word);
            let added = studio.apply(&Command::AddNotes { clip, notes: vec![new] }).unwrap();
            if marked {
                selected.extend(added.unwrap().refs().to_vec());
            }
        }
        let notes: NoteSet = selected.into_iter().collect();
        let mut view = PianoRollView {
            grid: GridChoice::Fixed(NoteValue::straight(16)),
            ..PianoRollView::default()
        };
        view.live.shown = Some((clip, VIEWPORT));
        Self::of(Host {
            studio,
            selection: Selection { notes, ..Selection::of_clip(clip) },
            view,
            live: Vec::new(),
            commands: CommandSender::default(),
            hint: HintSlot::default(),
            last_hint: String::new(),
            report: FrameReport::default(),
            rect: Rect::NOTHING,
        })
    }

    fn of(host: Host) -> Self {
        let mut harness =
            Harness::builder().with_size(SIZE).with_step_dt(1.0 / 60.0).build_ui_state(
                |ui, host: &mut Host| {
                    theme::fonts::install(ui.ctx());
                    host.ui(ui);
                },
                host,
            );
        harness.run_steps(2);
        Self { harness }
    }

    fn host(&self) -> &Host {
        self.harness.state()
    }

    /// The notes as they were written, in order of onset.
    fn notes(&self) -> String {
        let host = self.host();
        let project = host.studio.snapshot();
        let clip = &project.tracks[0].clips[0];
        let words: Vec<String> = clip
            .notes
            .iter()
            .map(|note| {
                let mark = if host.selection.notes.contains(note.reference()) { "*" } else { "" };
                format!("{mark}{}@{}+{}", note.key, note.start.0, note.length)
            })
            .collect();
        words.join(" ")
    }

    fn velocities(&self) -> Vec<u8> {
        let project = self.host().studio.snapshot();
        project.tracks[0].clips[0].notes.iter().map(|note| note.velocity).collect()
    }

    fn layout(&self) -> Layout {
        let rect = self.host().rect;
        let viewport = self.host().view.live.shown.unwrap().1;
        Layout::new(rect, viewport, self.host().view.lane_height)
    }

    fn at(&self, key: u8, tick: f64) -> Pos2 {
        let layout = self.layout();
        let row = layout.viewport.row_height;
        pos2(layout.x_from_tick(tick), layout.y_from_key(key) + row / 2.0)
    }

    fn lane(&self, tick: f64, velocity: f32) -> Pos2 {
        let layout = self.layout();
        pos2(layout.x_from_tick(tick), layout.y_from_velocity(velocity))
    }

    fn step(&mut self) {
        self.harness.step();
    }

    fn hold(&mut self, modifiers: Modifiers) {
        self.harness.event(Event::ModifiersChanged(modifiers));
        self.step();
    }

    fn button(&mut self, pos: Pos2, button: PointerButton, pressed: bool, modifiers: Modifiers) {
        self.harness.event(Event::PointerMoved(pos));
        self.harness.event(Event::PointerButton { pos, button, pressed, modifiers });
        self.step();
    }

    fn press(&mut self, pos: Pos2, modifiers: Modifiers) {
        self.hold(modifiers);
        self.button(pos, PointerButton::Primary, true, modifiers);
    }

    fn drag_to(&mut self, pos: Pos2) {
        self.harness.hover_at(pos);
        self.step();
    }

    fn release(&mut self, pos: Pos2) {
        self.button(pos, PointerButton::Primary, false, Modifiers::NONE);
        self.hold(Modifiers::NONE);
        self.step();
    }

    fn click(&mut self, pos: Pos2, modifiers: Modifiers) {
        self.press(pos, modifiers);
        self.release(pos);
        // Long enough for the next one not to be a double click.
        self.harness.run_steps(30);
    }

    fn drag(&mut self, from: Pos2, to: Pos2, modifiers: Modifiers) {
        self.press(from, modifiers);
        self.drag_to(from + (to - from) / 2.0);
        self.drag_to(to);
        self.release(to);
    }

    fn key(&mut self, key: Key, modifiers: Modifiers) {
        self.harness.key_press_modifiers(modifiers, key);
        self.step();
        self.step();
    }

    /// Gives the canvas the focus without touching the selection.
    fn focus(&mut self) {
        self.harness.get_by_label_contains("Piano roll of").focus();
        self.step();
        self.step();
    }

    fn wheel(&mut self, pos: Pos2, delta: Vec2, modifiers: Modifiers) {
        self.harness.hover_at(pos);
        self.hold(modifiers);
        self.harness.event(Event::MouseWheel {
            unit: MouseWheelUnit::Line,
            delta,
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Unknown,
            modifiers,
        });
        self.step();
        self.hold(Modifiers::NONE);
    }

    fn undo(&mut self) {
        let host = self.harness.state_mut();
        host.selection.notes = NoteSet::default();
        if let Some(notes) = host.studio.undo() {
            host.selection = Selection::of_notes(&notes);
        }
        self.step();
    }
}

/// Key 84 at the top: with a canvas 316 points high, keys down to 58 show.
const VIEWPORT: Viewport = Viewport { left: 0.0, scale: SCALE, top: 43.0, row_height: ROW };

fn parse(word: &str) -> NewNote {
    let (key, rest) = word.split_once('@').unwrap();
    let (start, length) = rest.split_once('+').unwrap();
    NewNote {
        start: Tick(start.parse().unwrap()),
        length: length.parse().unwrap(),
        key: key.parse().unwrap(),
        velocity: 96,
        channel: None,
    }
}

const NONE: Modifiers = Modifiers::NONE;
const SHIFT: Modifiers = Modifiers::SHIFT;
const CTRL: Modifiers = Modifiers::COMMAND;
const ALT: Modifiers = Modifiers::ALT;

/// Drags from one (key, tick) to another and compares the notes; then undoes once.
fn check_drag(before: &str, modifiers: Modifiers, from: (u8, f64), to: (u8, f64), after: &str) {
    let mut roll = Roll::new(before);
    let unmarked = roll.notes();
    let (start, end) = (roll.at(from.0, from.1), roll.at(to.0, to.1));
    roll.drag(start, end, modifiers);
    assert_eq!(roll.notes(), after, "{before} dragged with {modifiers:?}");
    roll.undo();
    assert_eq!(roll.notes().replace('*', ""), unmarked.replace('*', ""), "one undo step");
}

/// Clicks and compares the selection.
fn check_click(before: &str, modifiers: Modifiers, at: (u8, f64), after: &str) {
    let mut roll = Roll::new(before);
    let pos = roll.at(at.0, at.1);
    roll.click(pos, modifiers);
    assert_eq!(roll.notes(), after, "{before} clicked with {modifiers:?}");
}

/// Presses keys one after another and compares the notes.
fn check_keys(before: &str, keys: &[(Key, Modifiers)], after: &str) {
    let mut roll = Roll::new(before);
    roll.focus();
    for &(key, modifiers) in keys {
        roll.key(key, modifiers);
    }
    assert_eq!(roll.notes(), after, "{before} then {keys:?}");
}

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
fn a_right_click_selects_the_note_and_opens_a_menu() {
    let mut roll = Roll::new("72@0+480 *76@0+480");
    let pos = roll.at(72, 200.0);
    roll.button(pos, PointerButton::Secondary, true, NONE);
    roll.button(pos, PointerButton::Secondary, false, NONE);
    roll.harness.run_steps(3);
    assert_eq!(roll.notes(), "*72@0+480 76@0+480");
    roll.harness.get_by_label("Delete notes");
}

#[test]
fn a_new_note_is_like_the_one_clicked_last() {
    let mut roll = Roll::new("72@0+720");
    let pos = roll.at(72, 300.0);
    roll.click(pos, NONE);
    let pos = roll.at(76, 2000.0);
    roll.press(pos, NONE);
    roll.release(pos);
    roll.press(pos, NONE);
    roll.release(pos);
    assert_eq!(roll.notes(), "72@0+720 *76@1920+720");
}

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
fn alt_dragging_a_note_changes_the_velocity_of_the_selection() {
    let mut roll = Roll::new("*72@960+960 *60@0+480 64@0+480");
    let from = roll.at(72, 1400.0);
    roll.drag(from, from - vec2(0.0, 20.0), ALT);
    assert_eq!(roll.velocities(), [116, 96, 116]);
    assert_eq!(roll.notes(), "*60@0+480 64@0+480 *72@960+960");
    roll.undo();
    assert_eq!(roll.velocities(), [96, 96, 96]);
}

#[test]
fn turns_of_the_wheel_with_alt_make_one_step() {
    let mut roll = Roll::new("*72@960+960 60@0+480");
    let pos = roll.at(66, 3000.0);
    roll.wheel(pos, vec2(0.0, 1.0), ALT);
    roll.wheel(pos, vec2(0.0, 1.0), ALT);
    assert_eq!(roll.velocities(), [96, 104]);
    roll.harness.run_steps(60);
    roll.undo();
    assert_eq!(roll.velocities(), [96, 96]);
}

#[test]
fn painting_in_the_lane_sets_velocities_and_leaves_the_selection() {
    let mut roll = Roll::new("60@0+480 60@960+480 60@1920+480 60@2880+480");
    let (from, to) = (roll.lane(-20.0, 20.0), roll.lane(2000.0, 20.0));
    roll.drag(from + vec2(4.0, 0.0), to, NONE);
    assert_eq!(roll.velocities(), [20, 20, 20, 96]);
    assert_eq!(roll.notes(), "60@0+480 60@960+480 60@1920+480 60@2880+480");
    roll.undo();
    assert_eq!(roll.velocities(), [96; 4]);
}

#[test]
fn painting_changes_the_selected_notes_alone_when_there_are_some() {
    let mut roll = Roll::new("*60@960+480 64@960+480");
    let pos = roll.lane(970.0, 40.0);
    roll.click(pos, NONE);
    assert_eq!(roll.velocities(), [40, 96]);
    assert_eq!(roll.notes(), "*60@960+480 64@960+480");
}

#[test]
fn ctrl_dragging_in_the_lane_makes_a_straight_ramp() {
    let mut roll = Roll::new("60@960+480 60@1920+480 60@2880+480");
    let (from, to) = (roll.lane(960.0, 40.0), roll.lane(2880.0, 100.0));
    roll.press(from, CTRL);
    // What lies between is not painted with: the line is straight.
    let detour = roll.lane(1900.0, 10.0);
    roll.drag_to(detour);
    roll.drag_to(to);
    roll.release(to);
    assert_eq!(roll.velocities(), [40, 70, 100]);
}

#[test]
fn the_wheel_in_the_lane_changes_the_stem_under_the_pointer() {
    let mut roll = Roll::new("60@960+480 60@1920+480");
    let pos = roll.lane(960.0, 50.0);
    roll.wheel(pos, vec2(0.0, -1.0), NONE);
    assert_eq!(roll.velocities(), [95, 96]);
}

#[test]
fn notes_and_keys_sound_while_they_are_held() {
    let mut roll = Roll::new("72@960+960");
    let pos = roll.at(72, 1400.0);
    roll.click(pos, NONE);
    assert_eq!(roll.host().live, [[0x90, 72, 96], [0x80, 72, 64]]);
    roll.harness.state_mut().live.clear();
    let keys = |roll: &Roll, key| pos2(20.0, roll.at(key, 0.0).y);
    let (from, to) = (keys(&roll, 65), keys(&roll, 64));
    roll.press(from, NONE);
    roll.drag_to(to);
    roll.release(to);
    let expected = [[0x90, 65, 96], [0x80, 65, 64], [0x90, 64, 96], [0x80, 64, 64]];
    assert_eq!(roll.host().live, expected);
}

#[test]
fn alt_click_on_a_key_selects_its_pitch() {
    let mut roll = Roll::new("72@0+960 72@1920+960 60@0+960");
    let pos = pos2(20.0, roll.at(72, 0.0).y);
    roll.click(pos, ALT);
    assert_eq!(roll.notes(), "*72@0+960 60@0+960 *72@1920+960");
    assert!(roll.host().live.is_empty());
}

#[test]
fn a_click_in_the_ruler_moves_the_playhead() {
    let mut roll = Roll::new("");
    let layout = roll.layout();
    let pos = pos2(layout.x_from_tick(1000.0), layout.ruler.center().y);
    roll.click(pos, NONE);
    assert_eq!(roll.host().studio.transport().position, 960.0);
}

#[test]
fn the_wheel_scrolls_and_zooms_at_the_pointer() {
    let viewport = |roll: &Roll| roll.host().view.live.shown.unwrap().1;
    let mut roll = Roll::new("72@12000+960");
    let pos = roll.at(70, 4000.0);
    roll.wheel(pos, vec2(0.0, -1.0), NONE);
    assert_eq!(viewport(&roll), Viewport { top: 47.0, ..VIEWPORT });
    roll.wheel(pos, vec2(0.0, -1.0), SHIFT);
    assert!((viewport(&roll).left - 480.0).abs() < 1e-6);

    let before = roll.layout().spot(pos);
    roll.wheel(pos, vec2(0.0, 2.0), CTRL);
    let after = roll.layout().spot(pos);
    assert!(viewport(&roll).scale > SCALE * 1.3);
    assert!((before.tick - after.tick).abs() < 0.5, "{before:?} {after:?}");

    roll.wheel(pos, vec2(0.0, 1.0), CTRL.plus(SHIFT));
    let after = roll.layout().spot(pos);
    assert!(viewport(&roll).row_height > ROW * 1.2);
    assert!((before.row - after.row).abs() < 0.01, "{before:?} {after:?}");
}

#[test]
fn a_pinch_zooms_time() {
    let mut roll = Roll::new("72@12000+960");
    let pos = roll.at(70, 4000.0);
    let before = roll.layout().spot(pos);
    roll.harness.hover_at(pos);
    roll.harness.event(Event::Zoom(1.5));
    roll.step();
    assert!((roll.layout().viewport.scale - 1.5 * SCALE).abs() < 1e-9);
    assert!((before.tick - roll.layout().spot(pos).tick).abs() < 0.5);
}

#[test]
fn the_middle_button_and_space_pan() {
    let mut roll = Roll::new("72@12000+960");
    let (from, to) = (roll.at(70, 4000.0), roll.at(72, 3000.0));
    roll.button(from, PointerButton::Middle, true, NONE);
    roll.drag_to(to);
    roll.button(to, PointerButton::Middle, false, NONE);
    let viewport = roll.layout().viewport;
    assert!((viewport.left - 1000.0).abs() < 1.0 && (viewport.top - 45.0).abs() < 0.1);

    roll.harness.key_down(Key::Space);
    roll.step();
    roll.press(to, NONE);
    roll.drag_to(from);
    roll.release(from);
    roll.harness.key_up(Key::Space);
    roll.step();
    let viewport = roll.layout().viewport;
    assert!(viewport.left.abs() < 1.0 && (viewport.top - 43.0).abs() < 0.1, "{viewport:?}");
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
fn the_view_follows_a_playhead_that_leaves_it_unless_it_was_scrolled_away() {
    let mut roll = Roll::new("72@12000+960");
    let play = |roll: &mut Roll, tick: u64| {
        let host = roll.harness.state_mut();
        host.studio.seek(Tick(tick));
        host.studio.play();
        roll.harness.run_steps(2);
    };
    play(&mut roll, 9000);
    assert_eq!(roll.layout().viewport.left, 0.0);
    play(&mut roll, 10_100);
    let (from, to) = roll.layout().visible_ticks();
    assert!(from < 10_100.0 && to > 15_000.0, "{from}..{to}");
    roll.harness.state_mut().studio.stop();
    roll.harness.run_steps(2);
    roll.harness.state_mut().view.live.shown.as_mut().unwrap().1 = VIEWPORT;
    play(&mut roll, 11_000);
    assert_eq!(roll.layout().viewport.left, 0.0);
}

#[test]
fn what_the_pointer_is_over_is_explained() {
    let mut roll = Roll::new("72@960+960");
    let layout = roll.layout();
    let over_note = roll.at(72, 1400.0);
    let mut hint = |pos: Pos2| {
        roll.harness.hover_at(pos);
        roll.step();
        roll.host().last_hint.clone()
    };
    assert!(hint(over_note).starts_with("Drag note to move · Ctrl copies"));
    assert!(hint(over_note + vec2(0.0, 40.0)).starts_with("Drag to select"));
    assert!(hint(layout.keys.center()).starts_with("Click or drag to hear"));
    assert!(hint(layout.lane.center()).starts_with("Drag to paint velocities"));
}

#[test]
fn every_part_names_itself_and_an_empty_roll_says_what_to_do() {
    let roll = Roll::new("*72@960+960 60@0+480");
    roll.harness.get_by_label("Piano roll of Piano, 2 notes, 1 selected");
    roll.harness.get_by_label("Velocity lane");
    roll.harness.get_by_label("Piano keys");

    let mut roll = Roll::new("");
    roll.harness.state_mut().selection = Selection::of_track(TrackId(1));
    roll.step();
    roll.step();
    roll.harness.get_by_label("Piano roll, no clip selected");
}

#[test]
fn another_clip_comes_into_view_and_ends_a_drag() {
    let mut roll = Roll::new("72@960+960");
    let (from, to) = (roll.at(72, 1400.0), roll.at(75, 2400.0));
    roll.press(from, NONE);
    roll.drag_to(to);
    let host = roll.harness.state_mut();
    let track = host.studio.snapshot().tracks[0].id;
    host.selection = Selection::of_clip(ClipRef { track, clip: ClipId(999) });
    roll.step();
    roll.step();
    let host = roll.harness.state_mut();
    host.selection =
        Selection::of_clip(ClipRef { track, clip: host.studio.snapshot().tracks[0].clips[0].id });
    roll.step();
    assert_eq!(roll.notes(), "72@960+960");
}

#[test]
fn a_double_click_on_another_clip_of_the_track_opens_it() {
    let mut roll = Roll::new("72@960+960");
    let host = roll.harness.state_mut();
    let track = host.studio.snapshot().tracks[0].id;
    let range = TickRange::between(Tick(5 * 3840), Tick(6 * 3840));
    host.studio.apply(&Command::AddClip { track, range }).unwrap();
    host.view.live.shown.as_mut().unwrap().1.scale = 0.04;
    roll.harness.run_steps(2);
    let pos = roll.at(72, 5.5 * 3840.0);
    for _ in 0..2 {
        roll.press(pos, NONE);
        roll.release(pos);
    }
    let clips = &roll.host().studio.snapshot().tracks[0].clips;
    assert_eq!(roll.host().selection.clip, Some(ClipRef { track, clip: clips[1].id }));
    assert!(clips[1].notes.is_empty());
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
