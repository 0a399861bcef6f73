//! Undo, gestures, and what happens to the selected notes.

use super::{Action, AppCommand, dispatch};
use crate::app::MidiApp;
use crate::panels::palette::Palette;
use crate::state::{NoteSet, Selection};
use engine::edit::{Command, EditError, Selected};
use engine::model::{ClipRef, Project, TrackId};
use engine::time::Tick;
use std::sync::Arc;

/// Runs a command of the Edit menu.
pub(super) fn run(app: &mut MidiApp, action: Action) {
    match action {
        // In the middle of a drag it is the drag that is taken back.
        Action::Undo | Action::Redo if app.layout.piano_roll.is_busy() => {
            app.layout.piano_roll.give_up();
        }
        Action::Undo => {
            say(app, "Undone", app.studio.undo_name());
            let notes = app.studio.undo();
            app.show_notes(notes.as_ref());
        }
        Action::Redo => {
            say(app, "Done again", app.studio.redo_name());
            let notes = app.studio.redo();
            app.show_notes(notes.as_ref());
        }
        Action::SelectAll => select_all(app),
        Action::SelectNone => app.selection = app.selection.cleared(),
        Action::Cut | Action::Copy | Action::Paste => clip(app, action),
        Action::Duplicate => duplicate(app),
        Action::History => app.history_open = !app.history_open,
        Action::Palette => app.palette = Some(Palette::default()),
        _ => {}
    }
}

/// Goes to where this many steps of the history are done.
pub(super) fn jump(app: &mut MidiApp, done: usize) {
    let notes = app.studio.jump(done);
    app.show_notes(notes.as_ref());
    let name = app.studio.undo_name().unwrap_or("the song as it came");
    app.layout.piano_roll.say(format!("Back at: {name}"));
}

/// Carries out a gesture's command.
pub(super) fn change(app: &mut MidiApp, command: AppCommand) {
    app.updates += 1;
    match command {
        AppCommand::Apply(command) => {
            // A heavy one is worked out elsewhere and comes back with the notes to select.
            if app.studio.is_slow(&command) {
                let name = command.name();
                match app.studio.apply_in_background(command.clone()) {
                    Ok(_) => {
                        app.layout.piano_roll.await_edit(command);
                        app.layout.piano_roll.say(format!("Working: {name}"));
                    }
                    Err(error) => report(app, &Err(error)),
                }
                return;
            }
            let result = app.studio.apply(&command);
            if let Ok(after) = &result {
                app.layout.piano_roll.tell(app.studio.snapshot(), &command, after.as_ref());
            }
            report(app, &result);
            if let (Ok(_), Command::AddClip { track, .. }) = (&result, &command) {
                open_newest(app, *track);
            }
        }
        AppCommand::Preview(command) => {
            let result = app.studio.preview(&command);
            if let Ok(after) = &result {
                app.layout.piano_roll.prepare(app.studio.snapshot(), &command, after.as_ref());
            }
            report(app, &result);
        }
        AppCommand::Commit => {
            app.studio.commit();
            app.layout.piano_roll.confirm();
        }
        AppCommand::Cancel => {
            app.studio.cancel();
            // Notes that a drag had made are gone with it.
            app.selection = app.selection.within(app.studio.snapshot());
        }
        _ => {}
    }
}

/// A new clip is made to be written in.
fn open_newest(app: &mut MidiApp, track: TrackId) {
    let clips = app.studio.snapshot().track(track).map(|track| Arc::clone(&track.clips));
    let newest = clips.iter().flat_map(|clips| clips.iter()).map(|clip| clip.id).max();
    if let Some(clip) = newest {
        app.select(Selection::of_clip(ClipRef { track, clip }));
    }
}

/// Cut, copy, paste.
pub(super) fn clip(app: &mut MidiApp, action: Action) {
    let project = Arc::clone(app.studio.snapshot());
    let playhead = app.studio.transport().position;
    for command in app.layout.piano_roll.clip(action, &project, &app.selection, playhead) {
        dispatch(app, command);
    }
}

fn report(app: &mut MidiApp, result: &Result<Option<Selected>, EditError>) {
    match result {
        Ok(notes) => app.show_notes(notes.as_ref()),
        // Delete, where nothing was chosen that can be deleted, is no mistake of the program's.
        Err(error @ EditError::NoSuchPoints) => {
            app.notices.warning(&format!("Nothing was changed: {error}"));
        }
        Err(error) => app.notices.error(&format!("Nothing was changed: {error}")),
    }
}

/// Tells a screen reader which step was taken back or made again.
fn say(app: &mut MidiApp, what: &str, step: Option<&str>) {
    if let Some(step) = step {
        app.layout.piano_roll.say(format!("{what}: {step}"));
    }
}

/// Every note of the clips that are open and shown: a pointer for each clip.
fn select_all(app: &mut MidiApp) {
    let project = app.studio.snapshot();
    let all = app.selection.shown().filter_map(|part| {
        let clip = project.clip(part.clip)?;
        Some((part.clip, NoteSet::all(&clip.notes)))
    });
    app.selection = app.selection.with_each(all);
}

/// Copies the selected notes so that the copy begins on the first beat line at or after
/// the end of the originals.
fn duplicate(app: &mut MidiApp) {
    let Some(selected) = app.selection.selected() else { return };
    let project = app.studio.snapshot();
    let Some((start, end)) = song_span(project, &selected) else { return };
    let beat = project.conductor.meter.beat_ticks_at(start).max(1);
    let ticks = end.since(start).div_ceil(beat) * beat;
    let ticks = i64::try_from(ticks).unwrap_or(i64::MAX);
    let copies = selected.each(|notes| Command::CopyNotes { notes, ticks, keys: 0 });
    if let Some(command) = copies {
        change(app, AppCommand::Apply(command));
    }
}

/// The first onset and the last end of notes, on the song's time line.
pub(super) fn song_span(project: &Project, notes: &Selected) -> Option<(Tick, Tick)> {
    let spans = notes.parts().iter().filter_map(|part| {
        let clip = project.clip(part.clip)?;
        let (start, end) = part.notes.of(&clip.notes).span()?;
        Some((clip.start.after(start.0), clip.start.after(end.0)))
    });
    spans.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}
