//! The list on its own, with real pointer and key events.

use super::{EventsView, events_ui};
use crate::command::{AppCommand, CommandSender, Facts, Keymap};
use crate::state::Selection;
use crate::theme::{self, Theme};
use crate::view_ctx::{Costs, FrameReport, HintSlot, ViewCtx};
use egui::{Event, Key, Modifiers, PointerButton, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use engine::edit::{Command, NewNote};
use engine::model::{ClipRef, Project};
use engine::studio::{AudioMode, Studio, StudioOptions};
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
}

impl Host {
    fn ui(&mut self, ui: &mut egui::Ui) {
        let Self { studio, selection, view, commands, hint, report } = self;
        let ctx = ViewCtx {
            theme: Theme::of(theme::ThemeKind::Dark),
            snapshot: studio.snapshot(),
            revision: studio.revision(),
            transport: studio.transport(),
            meters: studio.meters(),
            selection,
            follow: false,
            facts: Facts::default(),
            keymap: Keymap::standard(),
            costs: Costs::default(),
            lamps: studio.lamps(),
            outputs: &[],
            commands,
            hint,
            report,
        };
        events_ui(&ctx, ui, view);
        for command in self.commands.drain() {
            let selected = match command {
                AppCommand::Apply(command) => self.studio.apply(&command).unwrap(),
                AppCommand::Select(selection) => {
                    self.selection = selection;
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
        let note = |n: u8| NewNote {
            start: Tick(u64::from(n) * 240),
            length: 240,
            key: 60 + n % 60,
            velocity: 96,
            channel: None,
        };
        let notes = (0..count).map(note).collect();
        studio.apply(&Command::AddNotes { clip, notes }).unwrap();
        let host = Host {
            studio,
            selection: Selection::of_clip(clip),
            view: EventsView::default(),
            commands: CommandSender::default(),
            hint: HintSlot::default(),
            report: FrameReport::default(),
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
    events.click("C♯4 (61)", 480.0, Modifiers::NONE, 2);
    events.0.run_steps(2);
    events.0.key_press_modifiers(Modifiers::COMMAND, Key::A);
    events.0.event(Event::Text("31".to_owned()));
    events.0.run_steps(2);
    events.0.key_press(Key::Enter);
    events.0.run_steps(3);
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
