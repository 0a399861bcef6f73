//! Opening, writing, leaving.

use super::Action;
use crate::app::{Guarded, MidiApp};
use crate::dialogs::Ask;
use std::path::PathBuf;

/// Runs a command of the File menu.
pub(super) fn run(app: &mut MidiApp, action: Action) {
    match action {
        Action::New => app.guard(Guarded::New),
        Action::Open => app.dialogs.ask(Ask::Open, app.layout.folder.as_deref(), ""),
        Action::OpenDemo => app.guard(Guarded::Demo),
        Action::ExportMidi => ask_where(app, None),
        Action::ExportType0 => ask_where(app, Some(0)),
        Action::ExportType1 => ask_where(app, Some(1)),
        Action::Settings => app.settings_open = !app.settings_open,
        Action::Quit => app.guard(Guarded::Quit),
        _ => {}
    }
}

/// Opens files, after asking when that would lose something.
pub(super) fn open(app: &mut MidiApp, paths: Vec<PathBuf>) {
    app.guard(Guarded::Open(paths));
}

/// Asks for a file to write to.
pub(crate) fn ask_where(app: &mut MidiApp, format: Option<u8>) {
    let name = format!("{}.mid", app.studio.snapshot().name);
    app.dialogs.ask(Ask::Export(format), app.layout.folder.as_deref(), &name);
}

/// Writes the song in the background.
pub(super) fn export(app: &mut MidiApp, path: PathBuf, format: Option<u8>) {
    app.layout.folder = path.parent().map(PathBuf::from);
    app.write_to(path, format);
}

/// Plays with another SoundFont from now on and at the next start.
pub(super) fn set_soundfont(app: &mut MidiApp, path: Option<PathBuf>) {
    app.use_soundfont(path);
}
