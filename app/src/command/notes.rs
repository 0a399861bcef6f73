//! What happens to notes by key, menu and palette.

use super::{Action, dispatch};
use crate::app::MidiApp;
use crate::panels::piano_roll::perform;

/// Runs a command of the Notes menu, or another one whose keys work in the piano roll.
pub(super) fn run(app: &mut MidiApp, action: Action) {
    let project = std::sync::Arc::clone(app.studio.snapshot());
    let asked = perform(action, &project, &app.selection, &mut app.layout.piano_roll);
    for command in asked {
        dispatch(app, command);
    }
}
