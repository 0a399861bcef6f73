//! Everything the interface can do, as data.
//!
//! Panels send an [`AppCommand`]; one place drains the queue once a frame.
//! What has a name, a menu entry and a shortcut is an [`Action`].

mod action;
mod actions;
mod edit;
mod facts;
mod file;
pub mod fuzzy;
pub mod keymap;
mod notes;
pub mod operation;
pub mod shortcuts;
mod track;
mod transport;
mod view;

pub use action::Action;
pub use actions::{Family, Info, Needs, Scope};
pub use facts::Facts;
pub(crate) use file::ask_where as file_ask_where;
pub use keymap::Keymap;
pub(crate) use notes::{build as build_operation, choose as choose_notes, missing as missing_for};

use crate::app::MidiApp;
use crate::dialogs::Ask;
use crate::state::{EditorTab, GesturePreset, Selection};
use crate::theme::ThemeKind;
use engine::edit::Command;
use engine::model::{Key, TrackId, Velocity};
use engine::studio::JobId;
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
    /// Put text on the system's clipboard.
    CopyText(String),
    /// Paste what the system's clipboard holds, else what was copied here.
    PasteText(String),
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
    /// Let a key of a track sound for a moment.
    Strike {
        /// Whose sound.
        track: TrackId,
        /// Which key.
        key: Key,
        /// How hard.
        velocity: Velocity,
    },
    /// Open files: the first takes the place of the song, the others are added to it.
    Open(Vec<PathBuf>),
    /// Ask for a file.
    Ask(Ask),
    /// Write the song to this file, as this SMF format or as it came.
    Export(PathBuf, Option<u8>),
    /// Give up a piece of background work.
    CancelJob(JobId),
    /// Play with this SoundFont, or with the built-in bank.
    SetSoundFont(Option<PathBuf>),
    /// Show a tab of the editor, opening the editor if it is closed.
    ShowTab(EditorTab),
    /// Hold the tool of this command for as long as its key is down, or none any more.
    HoldTool(Option<Action>),
    /// Use these keys from now on, and keep them.
    SetKeymap(Box<Keymap>),
    /// Read the keymap's file again.
    ReloadKeymap,
    /// Go to where this many steps of the history are done.
    Jump(usize),
    /// Use the keys and gestures of this preset.
    SetPreset(GesturePreset),
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

/// Carries out one command.
pub(crate) fn dispatch(app: &mut MidiApp, command: AppCommand) {
    puffin::profile_function!();
    match command {
        AppCommand::Run(action) => run(app, action),
        AppCommand::Apply(_) | AppCommand::Preview(_) | AppCommand::Commit | AppCommand::Cancel => {
            edit::change(app, command);
        }
        AppCommand::CopyText(text) => app.ctx.copy_text(text),
        AppCommand::PasteText(text) => {
            app.layout.piano_roll.take_text(&text);
            edit::clip(app, Action::Paste);
        }
        // What was chosen a moment ago may have gone meanwhile.
        AppCommand::Select(selection) => app.select(selection.within(app.studio.snapshot())),
        AppCommand::Seek(tick) => app.studio.seek(tick),
        AppCommand::SetLoop(range) => transport::set_loop(app, range),
        AppCommand::Live { track, message } => app.studio.live(track, message),
        AppCommand::Strike { track, key, velocity } => app.strike(track, key, velocity),
        AppCommand::Open(paths) => file::open(app, paths),
        AppCommand::Ask(ask) => app.dialogs.ask(ask, app.layout.folder.as_deref(), ""),
        AppCommand::Export(path, format) => file::export(app, path, format),
        AppCommand::CancelJob(job) => app.studio.cancel_job(job),
        AppCommand::SetSoundFont(path) => file::set_soundfont(app, path),
        AppCommand::ShowTab(tab) => {
            app.layout.editor_tab = tab;
            app.layout.editor_open = true;
        }
        AppCommand::HoldTool(action) => app.layout.piano_roll.hold_tool(action),
        AppCommand::SetKeymap(keymap) => app.change_keymap(*keymap),
        AppCommand::ReloadKeymap => app.reload_keymap(),
        AppCommand::Jump(done) => edit::jump(app, done),
        AppCommand::SetPreset(preset) => {
            let mut keymap = app.keymap.clone();
            keymap.set_preset(preset);
            app.change_keymap(keymap);
        }
        AppCommand::SetTheme(kind) => app.layout.theme = kind,
        AppCommand::SetUiScale(scale) => app.layout.ui_scale = scale.clamp(0.5, 3.0),
    }
}

fn run(app: &mut MidiApp, action: Action) {
    let info = action.info();
    match info.family {
        _ if info.scope == Scope::Roll || operation::Operation::of(action).is_some() => {
            notes::run(app, action);
        }
        Family::File => file::run(app, action),
        Family::Edit => edit::run(app, action),
        Family::Notes => notes::run(app, action),
        Family::Track => track::run(app, action),
        Family::Transport => transport::run(app, action),
        Family::View => view::run(app, action),
    }
}
