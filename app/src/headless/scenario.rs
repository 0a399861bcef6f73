//! What a headless run does while it is measured.

use super::Session;
use crate::command::{Action, AppCommand};
use egui::{Event, Modifiers, MouseWheelSource, MouseWheelUnit, Pos2, TouchPhase, vec2};
use engine::edit::Command;

/// A repeatable piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Scenario {
    /// Scrolls both canvases back and forth.
    Scroll,
    /// Zooms time in and out at the pointer.
    Zoom,
    /// Plays from the start.
    Play,
    /// While it plays, drags every note of the clip about, drops them, and takes it back.
    Edit,
}

impl Scenario {
    /// Its name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scroll => "scroll",
            Self::Zoom => "zoom",
            Self::Play => "play",
            Self::Edit => "edit",
        }
    }

    /// What happens in frame `index`: sends commands and returns events.
    pub fn step(self, session: &mut Session, index: u32) -> Vec<Event> {
        match self {
            Self::Scroll => wheel(session, index, Modifiers::NONE),
            Self::Zoom => wheel(session, index, Modifiers::COMMAND),
            Self::Play => {
                if index == 0 {
                    session.app_mut().send(Action::PlayStop);
                }
                Vec::new()
            }
            Self::Edit => {
                // Under a running song, as in real life: every step is heard at once.
                if index == 0 {
                    session.app_mut().send(Action::PlayStop);
                }
                edit(session, index);
                Vec::new()
            }
        }
    }
}

/// Half a second one way, half a second back; over the arrangement and the editor in turn.
fn wheel(session: &Session, index: u32, modifiers: Modifiers) -> Vec<Event> {
    let rect = session.rect();
    let low = !(index / 60).is_multiple_of(2);
    let share = if low { 0.75 } else { 0.35 };
    let place = Pos2::new(rect.width() * 0.6, rect.height() * share);
    let way = if (index / 30).is_multiple_of(2) { -1.0 } else { 1.0 };
    let delta = if modifiers.any() { vec2(0.0, way * 12.0) } else { vec2(way * 40.0, way * 24.0) };
    let wheel = Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta,
        modifiers,
        phase: TouchPhase::Move,
        source: MouseWheelSource::Wheel,
    };
    vec![Event::ModifiersChanged(modifiers), Event::PointerMoved(place), wheel]
}

/// A drag of 20 frames, its drop, and an undo, again and again.
fn edit(session: &mut Session, index: u32) {
    let app = session.app_mut();
    match index % 24 {
        0 => app.send(Action::SelectAll),
        21 => app.send(AppCommand::Commit),
        22 => {}
        23 => app.send(Action::Undo),
        step => {
            if step == 1 {
                session.held = app.selection().note_selection();
            }
            let Some(notes) = session.held.clone() else { return };
            let (ticks, keys) = (i64::from(step) * 10, 1);
            let app = session.app_mut();
            app.send(AppCommand::Preview(Command::MoveNotes { notes, ticks, keys }));
        }
    }
}
