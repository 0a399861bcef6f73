//! What happens to tracks.

use super::{Action, AppCommand, edit};
use crate::app::MidiApp;
use crate::panels::arrangement::kit_after;
use crate::panels::prompt::{Prompt, Purpose};
use crate::state::EditorTab;
use engine::edit::{Command, TrackChange};
use engine::model::{ClipRef, Gain, Pan, Track, TrackColor, TrackId};
use engine::time::{Tick, TickRange};
use std::sync::Arc;

/// Runs a command of the Track menu.
pub(super) fn run(app: &mut MidiApp, action: Action) {
    match action {
        Action::AddTrack => add(app, false),
        Action::AddDrumTrack => add(app, true),
        Action::UnmuteAll => unmute_all(app),
        _ => of_selected(app, action),
    }
}

fn of_selected(app: &mut MidiApp, action: Action) {
    let selected = app.selection.track().and_then(|id| app.studio.snapshot().track(id));
    let Some(track) = selected.map(Arc::clone) else { return };
    let one = [track.id];
    match action {
        Action::AddClip => add_clip(app, &track),
        Action::RenameTrack => {
            app.prompt = Some(Prompt::new(Purpose::RenameTrack(track.id), &track.name));
        }
        Action::RecolorTrack => {
            let color = TrackColor(track.color.0.wrapping_add(1) % 10);
            change(app, &one, TrackChange::Recolor(color));
        }
        Action::NextSound => change(app, &one, next_sound(&track, 1)),
        Action::PreviousSound => change(app, &one, next_sound(&track, -1)),
        Action::MuteTrack => change(app, &one, TrackChange::Mute(!track.mix.muted)),
        Action::SoloTrack => change(app, &one, TrackChange::Solo(!track.mix.soloed)),
        Action::ResetMix => {
            change(app, &one, TrackChange::Gain(Gain::UNITY));
            change(app, &one, TrackChange::Pan(Pan::CENTER));
        }
        _ => {}
    }
}

/// The sound so many steps on; after the last one comes the first.
fn next_sound(track: &Track, by: i16) -> TrackChange {
    if track.is_drums() {
        return TrackChange::Program(kit_after(track.program().unwrap_or(0), by));
    }
    let now = i16::from(track.program().unwrap_or(0));
    TrackChange::Program((now + by).rem_euclid(128) as u8)
}

fn add(app: &mut MidiApp, drums: bool) {
    let number = app.studio.snapshot().tracks.len() + 1;
    let command = if drums {
        Command::AddDrumTrack { name: format!("Drums {number}").into() }
    } else {
        Command::AddTrack { name: format!("Track {number}").into() }
    };
    edit::change(app, AppCommand::Apply(command));
    if let Some(track) = app.studio.snapshot().tracks.last() {
        app.select(crate::state::Selection::of_track(track.id));
    }
}

/// Four bars from the bar of the playhead on, or behind the clip that is there, as far as
/// there is room; the roll opens it and gets the keyboard.
fn add_clip(app: &mut MidiApp, track: &Track) {
    const BARS: u64 = 4;
    let project = Arc::clone(app.studio.snapshot());
    let meter = &project.conductor.meter;
    let playhead = Tick(app.studio.transport().position.max(0.0) as u64);
    let mut start = meter.bar_start(meter.position(playhead).bar);
    while let Some(there) = track.clips.iter().find(|clip| clip.range().contains(start)) {
        let end = meter.ceil_to_bar(there.end());
        // A clip without length could hold us here.
        start = if end > start { end } else { meter.bar_start(meter.position(start).bar + 1) };
    }
    let next = track.clips.iter().map(|clip| clip.start).filter(|at| *at > start).min();
    let end = meter.bar_start(meter.position(start).bar + BARS);
    let range = TickRange::between(start, next.map_or(end, |next| end.min(next)));
    edit::change(app, AppCommand::Apply(Command::AddClip { track: track.id, range }));
    let made = app.studio.snapshot().track(track.id).and_then(|track| {
        let clip = track.clips.iter().find(|clip| clip.start == start)?;
        Some(ClipRef { track: track.id, clip: clip.id })
    });
    if let Some(clip) = made {
        app.select(crate::state::Selection::of_clip(clip));
        app.layout.editor_tab = EditorTab::PianoRoll;
        app.layout.editor_open = true;
        app.layout.piano_roll.take_focus();
    }
}

fn unmute_all(app: &mut MidiApp) {
    let pick = |wanted: fn(&engine::model::Mix) -> bool| -> Vec<TrackId> {
        let tracks = app.studio.snapshot().tracks.iter();
        tracks.filter(|track| wanted(&track.mix)).map(|track| track.id).collect()
    };
    let (muted, soloed) = (pick(|mix| mix.muted), pick(|mix| mix.soloed));
    if !muted.is_empty() {
        change(app, &muted, TrackChange::Mute(false));
    }
    if !soloed.is_empty() {
        change(app, &soloed, TrackChange::Solo(false));
    }
}

fn change(app: &mut MidiApp, tracks: &[TrackId], change: TrackChange) {
    let command = Command::ChangeTracks { tracks: tracks.into(), change };
    edit::change(app, AppCommand::Apply(command));
}
