//! What happens to tracks.

use super::{Action, AppCommand, edit};
use crate::app::MidiApp;
use crate::panels::prompt::{Prompt, Purpose};
use engine::edit::{Command, TrackChange};
use engine::model::{Gain, Pan, TrackColor, TrackId};
use std::sync::Arc;

/// Runs a command of the Track menu.
pub(super) fn run(app: &mut MidiApp, action: Action) {
    match action {
        Action::AddTrack => add(app),
        Action::UnmuteAll => unmute_all(app),
        _ => of_selected(app, action),
    }
}

fn of_selected(app: &mut MidiApp, action: Action) {
    let selected = app.selection.track.and_then(|id| app.studio.snapshot().track(id));
    let Some(track) = selected.map(Arc::clone) else { return };
    let one = [track.id];
    match action {
        Action::RenameTrack => {
            app.prompt = Some(Prompt::new(Purpose::RenameTrack(track.id), &track.name));
        }
        Action::RecolorTrack => {
            let color = TrackColor(track.color.0.wrapping_add(1) % 10);
            change(app, &one, TrackChange::Recolor(color));
        }
        Action::MuteTrack => change(app, &one, TrackChange::Mute(!track.mix.muted)),
        Action::SoloTrack => change(app, &one, TrackChange::Solo(!track.mix.soloed)),
        Action::ResetMix => {
            change(app, &one, TrackChange::Gain(Gain::UNITY));
            change(app, &one, TrackChange::Pan(Pan::CENTER));
        }
        _ => {}
    }
}

fn add(app: &mut MidiApp) {
    let name = format!("Track {}", app.studio.snapshot().tracks.len() + 1);
    edit::change(app, AppCommand::Apply(Command::AddTrack { name: name.into() }));
    if let Some(track) = app.studio.snapshot().tracks.last() {
        app.select(crate::state::Selection::of_track(track.id));
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
