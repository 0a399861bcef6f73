//! What happens to notes by key, menu and palette.

use super::operation::{Bench, Operation, Values, song_scale};
use super::{Action, AppCommand, dispatch};
use crate::app::MidiApp;
use crate::panels::operation::OperationDialog;
use crate::panels::piano_roll::perform;
use crate::state::{Part, Selection};
use engine::edit::select::select_in_each;
use engine::edit::{Command, NoteSelection, Selected};
use engine::theory::{PitchClass, Scale, ScaleKind};
use engine::time::Tick;
use std::sync::Arc;

/// Runs a command of the Notes menu, or another one whose keys work in the piano roll.
pub(super) fn run(app: &mut MidiApp, action: Action) {
    if let Some((operation, asks)) = Operation::of(action) {
        if asks {
            ask(app, operation);
        } else {
            apply(app, operation);
        }
        return;
    }
    let project = Arc::clone(app.studio.snapshot());
    let track = app.selection.clip().and_then(|at| project.track(at.track));
    if let Some(said) = track.and_then(|track| app.layout.piano_roll.looks.change(action, track)) {
        app.layout.piano_roll.say(said);
        return;
    }
    // Finding the key listens to notes: only for who needs it.
    let scale = match action {
        Action::ScaleUp | Action::ScaleDown => scale(app),
        _ => Scale::new(PitchClass::C, ScaleKind::Major),
    };
    let asked = perform(action, &project, &app.selection, scale, &mut app.layout.piano_roll);
    for command in asked {
        dispatch(app, command);
    }
}

/// What an operation becomes for these notes; `None` when something is missing.
pub(crate) fn build(
    app: &MidiApp,
    operation: Operation,
    values: &Values,
    notes: &Selected,
) -> Option<Command> {
    let (project, roll) = (app.studio.snapshot(), &app.layout.piano_roll);
    let at = app.selection.clip()?;
    let clip = project.clip(at)?;
    let playhead = Tick(app.studio.transport().position.max(0.0) as u64);
    let cursor = roll.cursor_in(at).map(|tick| clip.start.after(tick.0));
    let cuts = cursor.into_iter().chain([playhead]);
    let looped = app.studio.transport().loop_range;
    let bench = Bench::new(project, &app.selection, roll.step_ticks(project), cuts, looped)?;
    bench.in_scale(shown_scale(app)).command(operation, values, notes)
}

/// What an operation that selects makes of a selection.
pub(crate) fn choose(
    app: &MidiApp,
    operation: Operation,
    values: &Values,
    before: &Selection,
) -> Option<Selection> {
    let project = app.studio.snapshot();
    let bench = Bench::new(project, before, 1, [], None)?.in_scale(shown_scale(app));
    let (among, criterion) = bench.criterion(operation, values)?;
    let now = before.shown().map(Part::selection).collect();
    let chosen = select_in_each(project, &now, among, &criterion).ok()?;
    let chosen = chosen.parts().iter().map(|part| (part.clip, part.notes.clone()));
    Some(before.with_each(chosen))
}

/// Does it at once, with the parameters used last.
fn apply(app: &mut MidiApp, operation: Operation) {
    if operation.selects() {
        if let Some(chosen) = choose(app, operation, &app.layout.operations, &app.selection) {
            app.select(chosen);
        }
        return;
    }
    if app.layout.piano_roll.is_busy() {
        return;
    }
    let Some(notes) = app.selection.selected() else { return };
    let Some(command) = build(app, operation, &app.layout.operations, &notes) else {
        return app.notices.warning(&missing(operation));
    };
    dispatch(app, AppCommand::Apply(command));
    app.layout.operations.vary(operation);
}

/// Asks for the parameters, and shows meanwhile what they do.
fn ask(app: &mut MidiApp, operation: Operation) {
    if app.layout.piano_roll.is_busy() {
        return;
    }
    let notes = app.selection.selected();
    let none = || Some(Selected::from(NoteSelection::new(app.selection.clip()?, [])));
    let notes = notes.or_else(|| none().filter(|_| operation.selects()));
    let Some(notes) = notes else { return };
    let project = app.studio.snapshot();
    let values = app.layout.operations.clone();
    let before = app.selection.clone();
    app.operation = Some(OperationDialog::new(operation, values, notes, before, project));
}

/// Why an operation does nothing.
pub(crate) fn missing(operation: Operation) -> String {
    let why = match operation {
        Operation::Groove => "there is no such clip with notes",
        Operation::CropToLoop => "there is no loop",
        _ => "the clip is gone",
    };
    format!("{} did nothing: {why}", operation.label())
}

/// The scale that the roll tints its rows by.
fn shown_scale(app: &MidiApp) -> Option<Scale> {
    let project = app.studio.snapshot();
    let at = app.selection.clip()?;
    let track = project.track(at.track)?;
    app.layout.piano_roll.looks.scale_in(project, track, track.clip(at.clip)?)
}

/// What steps in the scale go by: the scale chosen in a dialog, the roll's, or the song's.
fn scale(app: &MidiApp) -> Scale {
    let project = app.studio.snapshot();
    let clip = app.selection.clip().and_then(|at| project.clip(at));
    let Some(clip) = clip else { return Scale::new(PitchClass::C, ScaleKind::Major) };
    let bench = Bench::new(project, &app.selection, 1, [], None);
    bench.map_or_else(
        || song_scale(project, clip),
        |bench| {
            bench.in_scale(shown_scale(app)).scale(Operation::StepInScale, &app.layout.operations)
        },
    )
}
