//! Playing.

use super::Action;
use super::edit::song_span;
use crate::app::MidiApp;
use engine::time::{Tick, TickRange};

/// Runs a command of the transport.
pub(super) fn run(app: &mut MidiApp, action: Action) {
    match action {
        Action::PlayStop if app.studio.transport().playing => app.studio.stop(),
        Action::PlayStop => app.studio.play(),
        Action::ToStart => app.studio.seek(Tick::ZERO),
        Action::ToggleLoop => toggle_loop(app),
        Action::LoopSelection => {
            if let Some(range) = selected_range(app) {
                set_loop(app, Some(range));
            }
        }
        Action::ToggleMetronome => {
            let on = app.studio.transport().metronome;
            app.studio.set_metronome(!on);
        }
        Action::Panic => app.studio.panic(),
        _ => {}
    }
}

/// Sets or clears what repeats, and remembers it for the loop button.
pub(super) fn set_loop(app: &mut MidiApp, range: Option<TickRange>) {
    let range = range.filter(|range| !range.is_empty());
    if range.is_some() {
        app.last_loop = range;
    }
    app.studio.set_loop(range);
}

fn toggle_loop(app: &mut MidiApp) {
    if app.studio.transport().loop_range.is_some() {
        app.studio.set_loop(None);
        return;
    }
    let range = app.last_loop.or_else(|| selected_range(app)).unwrap_or_else(|| four_bars(app));
    set_loop(app, Some(range));
}

/// The selected notes, or else the open clips, on the song's time line.
fn selected_range(app: &MidiApp) -> Option<TickRange> {
    let project = app.studio.snapshot();
    let notes = app.selection.selected().and_then(|notes| song_span(project, &notes));
    let clips = || {
        let clips = app.selection.shown().filter_map(|part| project.clip(part.clip));
        clips.map(|clip| (clip.start, clip.end())).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    };
    notes.or_else(clips).map(|(start, end)| TickRange::between(start, end))
}

/// Four bars from the bar that the playhead is in.
fn four_bars(app: &MidiApp) -> TickRange {
    let meter = &app.studio.snapshot().conductor.meter;
    let bar = meter.position(Tick(app.studio.transport().position.max(0.0) as u64)).bar;
    TickRange::between(meter.bar_start(bar), meter.bar_start(bar + 4))
}
