//! The list on its own, with real pointer and key events.

use super::{EventsView, events_ui};
use crate::command::{AppCommand, CommandSender, Facts};
use crate::panels::fixture;
use crate::state::Selection;
use crate::theme;
use crate::view_ctx::{FrameReport, HintSlot};
use egui::{Event, Key, Modifiers, PointerButton, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use engine::edit::{Command, Lane, LaneEdit, LaneKind, LanePoint};
use engine::model::{Channel, EventKind, Project};
use engine::studio::Studio;
use engine::time::{Tick, TickRange};
use std::sync::Arc;

const SIZE: Vec2 = vec2(900.0, 300.0);

struct Host {
    studio: Studio,
    selection: Selection,
    view: EventsView,
    commands: CommandSender,
    hint: HintSlot,
    report: FrameReport,
    struck: Vec<(u8, u8)>,
    last_hint: String,
}

impl Host {
    fn ui(&mut self, ui: &mut egui::Ui) {
        let Self { studio, selection, view, commands, hint, report, .. } = self;
        let ctx = fixture::view_ctx(studio, selection, Facts::default(), (commands, hint, report));
        events_ui(&ctx, ui, view);
        self.last_hint = self.hint.take();
        for command in self.commands.drain() {
            let selected = match command {
                AppCommand::Apply(command) => self.studio.apply(&command).unwrap(),
                AppCommand::Select(selection) => {
                    self.selection = selection;
                    None
                }
                AppCommand::Strike { key, velocity, .. } => {
                    self.struck.push((key, velocity));
                    None
                }
                other => panic!("the list does not send {other:?}"),
            };
            if let Some(notes) = selected {
                self.selection = self.selection.showing(&notes);
            }
        }
    }
}

struct Events(Harness<'static, Host>);

impl Events {
    /// Notes of a sixteenth, on each sixteenth, from key 60 up.
    fn new(count: u8) -> Self {
        let (mut studio, clip) = fixture::studio(&Command::AddTrack { name: "Piano".into() });
        let note = |n: u8| fixture::note(u64::from(n) * 240, 240, 60 + n % 60);
        let notes = (0..count).map(note).collect();
        studio.apply(&Command::AddNotes { clip, notes }).unwrap();
        let host = Host {
            studio,
            selection: Selection::of_clip(clip),
            view: EventsView::default(),
            commands: CommandSender::default(),
            hint: HintSlot::default(),
            report: FrameReport::default(),
            struck: Vec::new(),
            last_hint: String::new(),
        };
        let build = |ui: &mut egui::Ui, host: &mut Host| {
            theme::fonts::install(ui.ctx());
            host.ui(ui);
        };
        let mut harness =
            Harness::builder().with_size(SIZE).with_step_dt(1.0 / 60.0).build_ui_state(build, host);
        harness.run_steps(2);
        Self(harness)
    }

    fn project(&self) -> Arc<Project> {
        Arc::clone(self.0.state().studio.snapshot())
    }

    /// Clicks the row that says this, some points from its left edge.
    fn click(&mut self, row: &str, x: f32, modifiers: Modifiers, times: usize) {
        let rect = self.0.get_by_label_contains(row).rect();
        let pos = rect.left_center() + vec2(x, 0.0);
        self.0.event(Event::ModifiersChanged(modifiers));
        for _ in 0..times {
            self.0.event(Event::PointerMoved(pos));
            for pressed in [true, false] {
                let button = PointerButton::Primary;
                self.0.event(Event::PointerButton { pos, button, pressed, modifiers });
                self.0.step();
            }
        }
        self.0.event(Event::ModifiersChanged(Modifiers::NONE));
        self.0.run_steps(2);
    }

    /// The list of a clip with these values of controller 1, at ticks of the clip.
    fn with_controls(points: &[(u64, u8)]) -> Self {
        let mut events = Self::new(1);
        let studio = &mut events.0.state_mut().studio;
        let track = &studio.snapshot().tracks[0];
        let clip = engine::model::ClipRef { track: track.id, clip: track.clips[0].id };
        let lane = Lane { kind: LaneKind::Controller(1), channel: track.channel };
        let range = TickRange::between(Tick(0), Tick(9999));
        let points = points.iter();
        let points = points.map(|&(tick, value)| LanePoint::new(Tick(tick), f64::from(value)));
        let edit = LaneEdit::Draw { range, points: points.collect() };
        studio.apply(&Command::Lane { clip, lane, edit }).unwrap();
        events.0.run_steps(2);
        events
    }

    /// (tick, channel, number, value) of the controllers.
    fn controls(&self) -> Vec<(u64, u8, u8, u8)> {
        let clip = Arc::clone(&self.project().tracks[0].clips[0]);
        let said = |event: &engine::model::Event| match event.kind {
            EventKind::Control { channel, number, value } => {
                Some((event.tick.0, channel.index(), number, value))
            }
            _ => None,
        };
        clip.events.iter().filter_map(said).collect()
    }

    /// Types into a cell, some points from the left edge of the row that says this.
    fn type_into(&mut self, row: &str, x: f32, text: &str) {
        self.click(row, x, Modifiers::NONE, 2);
        self.0.run_steps(2);
        self.retype(text);
    }

    /// Types something else into the cell that is open.
    fn retype(&mut self, text: &str) {
        self.0.key_press_modifiers(Modifiers::COMMAND, Key::A);
        self.0.event(Event::Text(text.to_owned()));
        self.0.run_steps(2);
        self.0.key_press(Key::Enter);
        self.0.run_steps(3);
    }

    fn selected(&self) -> Vec<u8> {
        let clip = Arc::clone(&self.project().tracks[0].clips[0]);
        let refs = self.0.state().selection.notes().clone();
        refs.iter().filter_map(|note| clip.notes.get(note)).map(|note| note.key).collect()
    }
}

#[test]
fn clicks_select_like_everywhere() {
    let mut events = Events::new(6);
    events.click("C4 (60)", 20.0, Modifiers::NONE, 1);
    assert_eq!(events.selected(), [60]);
    events.click("D♯4 (63)", 20.0, Modifiers::SHIFT, 1);
    assert_eq!(events.selected(), [60, 61, 62, 63]);
    events.click("C♯4 (61)", 20.0, Modifiers::COMMAND, 1);
    assert_eq!(events.selected(), [60, 62, 63]);
}

#[test]
fn arrows_move_the_selection_and_delete_deletes_it() {
    let mut events = Events::new(6);
    events.click("C4 (60)", 20.0, Modifiers::NONE, 1);
    events.0.key_press(Key::ArrowDown);
    events.0.run_steps(2);
    assert_eq!(events.selected(), [61]);
    events.0.key_press_modifiers(Modifiers::SHIFT, Key::ArrowDown);
    events.0.run_steps(2);
    assert_eq!(events.selected(), [61, 62]);
    events.0.key_press(Key::Delete);
    events.0.run_steps(2);
    assert_eq!(events.project().tracks[0].clips[0].notes.len(), 4);
}

#[test]
fn a_velocity_is_typed_and_undone_as_one_step() {
    let mut events = Events::new(3);
    events.type_into("C♯4 (61)", 480.0, "31");
    let velocities = |events: &Events| -> Vec<u8> {
        events.project().tracks[0].clips[0].notes.iter().map(|note| note.velocity).collect()
    };
    assert_eq!(velocities(&events), [96, 31, 96]);
    events.0.state_mut().studio.undo();
    assert_eq!(velocities(&events), [96, 96, 96]);
}

#[test]
fn a_selection_made_elsewhere_comes_into_view() {
    let mut events = Events::new(60);
    let shown = |events: &Events| events.0.query_by_label_contains("B8 (119)").is_some();
    assert!(!shown(&events), "far below");
    let clip = Arc::clone(&events.project().tracks[0].clips[0]);
    let last = clip.notes.iter().last().unwrap().reference();
    let host = events.0.state_mut();
    host.selection = host.selection.with_notes([last].into_iter().collect());
    events.0.run_steps(3);
    assert!(shown(&events));
    let row = events.0.get_by_label_contains("B8 (119)");
    assert!(row.accesskit_node().is_selected().unwrap_or(false), "and says that it is selected");
}

#[test]
fn controllers_are_typed_value_number_channel_and_position() {
    let mut events = Events::with_controls(&[(0, 10), (480, 20)]);
    events.type_into("CC 1 = 20", 270.0, "77");
    assert_eq!(events.controls(), [(0, 0, 1, 10), (480, 0, 1, 77)]);
    events.type_into("CC 1 = 77", 270.0, "11 = 78");
    assert_eq!(events.controls(), [(0, 0, 1, 10), (480, 0, 11, 78)]);
    events.type_into("CC 11 = 78", 670.0, "16");
    assert_eq!(events.controls(), [(0, 0, 1, 10), (480, 15, 11, 78)]);
    events.type_into("CC 11 = 78", 20.0, "1.2.120");
    assert_eq!(events.controls(), [(0, 0, 1, 10), (1080, 15, 11, 78)]);
    events.0.state_mut().studio.undo();
    assert_eq!(events.controls(), [(0, 0, 1, 10), (480, 15, 11, 78)], "a step each");
}

#[test]
fn what_is_no_value_changes_nothing_and_says_why() {
    let mut events = Events::with_controls(&[(0, 10)]);
    events.type_into("CC 1 = 10", 670.0, "17");
    assert_eq!(events.controls(), [(0, 0, 1, 10)]);
    assert_eq!(events.0.state().last_hint, "A channel is a number from 1 to 16");
    events.retype("2");
    assert_eq!(events.controls(), [(0, 1, 1, 10)], "the field stayed open");
}

#[test]
fn a_note_is_typed_onto_another_channel() {
    let mut events = Events::new(3);
    events.type_into("C♯4 (61)", 670.0, "5");
    let clip = Arc::clone(&events.project().tracks[0].clips[0]);
    let channels: Vec<Channel> = clip.notes.iter().map(|note| note.channel).collect();
    assert_eq!(channels, [Channel::new(0), Channel::new(4), Channel::new(0)]);
}

#[test]
fn alt_and_the_wheel_change_a_controller_and_delete_deletes_it() {
    let mut events = Events::with_controls(&[(0, 10), (480, 20)]);
    let rect = events.0.get_by_label_contains("CC 1 = 20").rect();
    events.0.hover_at(rect.left_center() + vec2(270.0, 0.0));
    events.0.event(Event::ModifiersChanged(Modifiers::ALT));
    events.0.event(Event::MouseWheel {
        unit: egui::MouseWheelUnit::Line,
        delta: vec2(0.0, 1.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Unknown,
        modifiers: Modifiers::ALT,
    });
    events.0.run_steps(2);
    events.0.event(Event::ModifiersChanged(Modifiers::NONE));
    assert_eq!(events.controls(), [(0, 0, 1, 10), (480, 0, 1, 21)]);
    events.click("CC 1 = 10", 270.0, Modifiers::NONE, 1);
    events.0.key_press(Key::Delete);
    events.0.run_steps(2);
    assert_eq!(events.controls(), [(480, 0, 1, 21)]);
    let notes = events.project().tracks[0].clips[0].notes.len();
    assert_eq!(notes, 1, "the note is left alone");
}

#[test]
fn a_row_that_is_reached_is_heard() {
    let mut events = Events::new(6);
    events.click("C4 (60)", 20.0, Modifiers::NONE, 1);
    events.0.key_press(Key::ArrowDown);
    events.0.run_steps(2);
    assert_eq!(events.0.state().struck, [(60, 96), (61, 96)]);
}
