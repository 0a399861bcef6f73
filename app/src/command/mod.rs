//! Everything the interface can do, as data.
//!
//! Panels send an [`AppCommand`]; one place drains the queue once a frame.
//! What has a name, a menu entry and a shortcut is an [`Action`].

mod action;

pub use action::{Action, Context, Family, Info};

use crate::state::{EditorTab, Selection};
use crate::theme::ThemeKind;
use engine::edit::Command;
use engine::model::TrackId;
use engine::time::{Tick, TickRange};
use std::cell::RefCell;
use std::path::PathBuf;

/// What a panel asks for.
#[derive(Clone, Debug)]
pub enum AppCommand {
    /// Something with a name, as if chosen from its menu.
    Run(Action),
    /// Change the song: one undo step. Notes that the change returns become the selection.
    Apply(Command),
    /// Show what a gesture would do, always from where it began.
    Preview(Command),
    /// Make the last preview one undo step.
    Commit,
    /// Go back to where the gesture began.
    Cancel,
    /// Replace the selection.
    Select(Selection),
    /// Move the playhead.
    Seek(Tick),
    /// Set or clear what repeats.
    SetLoop(Option<TickRange>),
    /// Send a live message to a track: to audition a note, or from the key strip.
    Live {
        /// Whose sound.
        track: TrackId,
        /// A channel message; its channel is replaced by the track's.
        message: [u8; 3],
    },
    /// Open a file beside nothing: it takes the place of the song.
    Open(PathBuf),
    /// Show a tab of the editor, opening the editor if it is closed.
    ShowTab(EditorTab),
    /// Change the palette.
    SetTheme(ThemeKind),
    /// Change the size of the interface.
    SetUiScale(f32),
}

impl From<Action> for AppCommand {
    fn from(action: Action) -> Self {
        Self::Run(action)
    }
}

impl From<Command> for AppCommand {
    fn from(command: Command) -> Self {
        Self::Apply(command)
    }
}

/// The queue from panels to the application. One thread, so no lock.
#[derive(Debug, Default)]
pub struct CommandSender(RefCell<Vec<AppCommand>>);

impl CommandSender {
    /// Queues a command for the end of this frame's panels.
    pub fn send(&self, command: impl Into<AppCommand>) {
        self.0.borrow_mut().push(command.into());
    }

    /// Takes everything queued.
    pub fn drain(&self) -> Vec<AppCommand> {
        std::mem::take(&mut self.0.borrow_mut())
    }
}
