//! Gestures on the real panel, with real pointer and key events, as (before, gesture, after).

mod clipboard;
mod drums;
mod keys;
mod lanes;
mod looking;
mod looks;
mod making;
mod moves;
mod presets;
mod selecting;
mod several;
mod tools;
mod velocities;

use super::layout::{Layout, Viewport};
use super::{GridChoice, NoteValue, PianoRollView, perform, piano_roll_tools_ui, piano_roll_ui};
use crate::command::shortcuts::{self, HeldKeys};
use crate::command::{Action, AppCommand, CommandSender, Facts, Keymap, Scope};
use crate::panels::fixture;
use crate::state::{GesturePreset, NoteSet, RollTool, Selection};
use crate::theme;
use crate::view_ctx::{FrameReport, HintSlot};
use egui::{
    Event, Key, Modifiers, MouseWheelUnit, PointerButton, Pos2, Rect, UiBuilder, Vec2, pos2, vec2,
};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use engine::edit::{Command, NewNote, Selected};
use engine::model::{ClipId, ClipRef, TrackId};
use engine::studio::Studio;
use engine::theory::{PitchClass, Scale, ScaleKind};
use engine::time::{Tick, TickRange};
use std::sync::Arc;

const SIZE: Vec2 = vec2(1064.0, STRIP + 420.0);
/// Height of the tool strip above the panel.
const STRIP: f32 = 32.0;
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
    /// The system's clipboard.
    copied: String,
    held: HeldKeys,
    report: FrameReport,
    /// Where the panel was drawn.
    rect: Rect,
}

impl Host {
    /// Takes the keys like the application, before the panel is drawn.
    fn logic(&mut self, ctx: &egui::Context) {
        let scope = match () {
            () if self.view.has_focus(ctx) => Some(Scope::Roll),
            () if self.view.live.lanes.has_focus() => Some(Scope::Global),
            () => None,
        };
        if let Some(scope) = scope {
            let facts = self.facts();
            let (keymap, held) = (Keymap::standard(), &mut self.held);
            shortcuts::take(ctx, scope, keymap, &facts, held, &self.commands);
        }
        for command in self.commands.drain() {
            self.dispatch(command);
        }
    }

    fn facts(&self) -> Facts {
        let facts = Facts { has_clip: true, has_clip_notes: true, ..Facts::default() };
        Facts {
            has_notes: self.selection.has_notes(),
            has_clips: self.selection.parts().len() > 1,
            has_points: self.view.has_points(),
            has_copied: self.view.has_copied(),
            roll_keys: true,
            ..facts
        }
    }

    fn ui(&mut self, ui: &mut egui::Ui) {
        self.logic(ui.ctx());
        let facts = self.facts();
        let Self { studio, selection, view, commands, hint, report, .. } = self;
        let row = egui::Layout::left_to_right(egui::Align::Center);
        let ctx = fixture::view_ctx(studio, selection, facts, (commands, hint, report));
        let all = ui.available_rect_before_wrap();
        let (strip, rect) = all.split_top_bottom_at_y(all.top() + STRIP);
        self.rect = rect;
        ui.scope_builder(UiBuilder::new().max_rect(strip).layout(row), |ui| {
            piano_roll_tools_ui(&ctx, ui, view);
        });
        ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| piano_roll_ui(&ctx, ui, view));
        self.last_hint = self.hint.take();
        for command in self.commands.drain() {
            self.dispatch(command);
        }
    }

    fn clip(&mut self, action: Action) -> Option<Selected> {
        let project = Arc::clone(self.studio.snapshot());
        let playhead = self.studio.transport().position;
        for command in self.view.clip(action, &project, &self.selection, playhead) {
            self.dispatch(command);
        }
        None
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
            AppCommand::HoldTool(action) => {
                self.view.hold_tool(action);
                None
            }
            AppCommand::PasteText(text) => {
                self.view.take_text(&text);
                self.clip(Action::Paste)
            }
            AppCommand::CopyText(text) => {
                self.copied = text;
                None
            }
            AppCommand::Run(action @ (Action::Cut | Action::Copy | Action::Paste)) => {
                self.clip(action)
            }
            AppCommand::Run(action) => {
                let project = Arc::clone(self.studio.snapshot());
                let scale = Scale::new(PitchClass::C, ScaleKind::Major);
                for command in perform(action, &project, &self.selection, scale, &mut self.view) {
                    self.dispatch(command);
                }
                None
            }
            other => panic!("the roll does not send {other:?}"),
        };
        if let Some(notes) = selected {
            self.selection = self.selection.showing(&notes);
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
        Self::on(&Command::AddTrack { name: "Piano".into() }, notes)
    }

    /// The same on the track that a command adds.
    fn on(add_track: &Command, notes: &str) -> Self {
        let (mut studio, clip) = fixture::studio(add_track);
        let mut selected = Vec::new();
        for word in notes.split_whitespace() {
            let (marked, word) = word.strip_prefix('*').map_or((false, word), |word| (true, word));
            let new = parse(word);
            let added = studio.apply(&Command::AddNotes { clip, notes: vec![new] }).unwrap();
            if marked {
                selected.extend(added.unwrap().parts()[0].notes.iter());
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
            selection: Selection::of_clip(clip).with_notes(notes),
            view,
            live: Vec::new(),
            commands: CommandSender::default(),
            hint: HintSlot::default(),
            last_hint: String::new(),
            copied: String::new(),
            held: HeldKeys::default(),
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
                let mark = if host.selection.notes().contains(note.reference()) { "*" } else { "" };
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
        let host = self.host();
        let track = &host.studio.snapshot().tracks[0];
        let frame = super::frame(track, &host.view.looks);
        let layout = Layout::with_lanes(rect, viewport, frame, &host.view.lanes.shown, 0.0);
        super::sized(Layout { rows: host.view.live.rows, ..layout }, track, 960, &host.view.looks)
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
        self.let_go(pos, PointerButton::Primary);
    }

    fn let_go(&mut self, pos: Pos2, button: PointerButton) {
        self.button(pos, button, false, Modifiers::NONE);
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
        host.selection = host.selection.cleared();
        if let Some(notes) = host.studio.undo() {
            host.selection = host.selection.showing(&notes);
        }
        self.step();
    }
}

/// Key 84 at the top: with a canvas 316 points high, keys down to 58 show.
const VIEWPORT: Viewport = Viewport { left: 0.0, scale: SCALE, top: 43.0, row_height: ROW };

fn parse(word: &str) -> NewNote {
    let (key, rest) = word.split_once('@').unwrap();
    let (start, length) = rest.split_once('+').unwrap();
    fixture::note(start.parse().unwrap(), length.parse().unwrap(), key.parse().unwrap())
}

const NONE: Modifiers = Modifiers::NONE;
const SHIFT: Modifiers = Modifiers::SHIFT;
const CTRL: Modifiers = Modifiers::COMMAND;
const ALT: Modifiers = Modifiers::ALT;

/// Whose hand does it: habits, tool and button.
#[derive(Clone, Copy, Debug)]
struct By {
    preset: GesturePreset,
    tool: RollTool,
    button: PointerButton,
}

impl By {
    const STANDARD: Self = Self {
        preset: GesturePreset::Standard,
        tool: RollTool::Select,
        button: PointerButton::Primary,
    };

    const fn tool(tool: RollTool) -> Self {
        Self { tool, ..Self::STANDARD }
    }

    const fn preset(preset: GesturePreset) -> Self {
        Self { preset, ..Self::STANDARD }
    }

    const fn right(self) -> Self {
        Self { button: PointerButton::Secondary, ..self }
    }

    fn roll(self, notes: &str) -> Roll {
        let mut roll = Roll::new(notes);
        let view = &mut roll.harness.state_mut().view;
        (view.gestures, view.tool) = (self.preset, self.tool);
        roll.step();
        roll
    }

    /// Drags from one (key, tick) to another and compares the notes; then undoes once. Then
    /// does it again, gives it up with Escape, and nothing has happened.
    fn drags(self, before: &str, modifiers: Modifiers, way: [(u8, f64); 2], after: &str) {
        let mut roll = self.roll(before);
        let [start, end] = way.map(|(key, tick)| roll.at(key, tick));
        roll.hold(modifiers);
        roll.button(start, self.button, true, modifiers);
        roll.drag_to(start + (end - start) / 2.0);
        roll.drag_to(end);
        roll.let_go(end, self.button);
        assert_eq!(roll.notes(), after, "{before} dragged by {self:?} with {modifiers:?}");
        roll.undo();
        assert_eq!(unmarked(&roll.notes()), unmarked(&ordered(before)), "one undo step");

        let mut roll = self.roll(before);
        let last_step = roll.host().studio.undo_name();
        roll.hold(modifiers);
        roll.button(start, self.button, true, modifiers);
        roll.drag_to(start + (end - start) / 2.0);
        roll.drag_to(end);
        roll.key(Key::Escape, Modifiers::NONE);
        roll.drag_to(end + vec2(20.0, 0.0));
        roll.let_go(end, self.button);
        assert_eq!(roll.notes(), ordered(before), "given up");
        assert_eq!(roll.host().studio.undo_name(), last_step, "no step");
    }

    /// Presses and lets go in one place, and compares.
    fn clicks(self, before: &str, modifiers: Modifiers, at: (u8, f64), after: &str) {
        let mut roll = self.roll(before);
        let pos = roll.at(at.0, at.1);
        roll.hold(modifiers);
        roll.button(pos, self.button, true, modifiers);
        roll.let_go(pos, self.button);
        assert_eq!(roll.notes(), after, "{before} clicked by {self:?} with {modifiers:?}");
    }

    /// Clicks twice, and compares.
    fn double_clicks(self, before: &str, at: (u8, f64), after: &str) {
        let mut roll = self.roll(before);
        let pos = roll.at(at.0, at.1);
        for _ in 0..2 {
            roll.button(pos, self.button, true, Modifiers::NONE);
            roll.let_go(pos, self.button);
        }
        assert_eq!(roll.notes(), after, "{before} clicked twice by {self:?}");
    }
}

fn unmarked(notes: &str) -> String {
    notes.replace('*', "")
}

/// Notes as [`Roll::notes`] writes them: in order of onset.
fn ordered(notes: &str) -> String {
    Roll::new(notes).notes()
}

/// Drags with the left button and no tool but the first; see [`By::drags`].
fn check_drag(before: &str, modifiers: Modifiers, from: (u8, f64), to: (u8, f64), after: &str) {
    By::STANDARD.drags(before, modifiers, [from, to], after);
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
