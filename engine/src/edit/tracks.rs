//! Commands about tracks.

use super::{EditError, Edited, empty_clip, take_id, with_track};
use crate::model::{
    Channel, ClipId, FIRST_ORDER_OF_NEW, Gain, Mix, MtrkShape, NameMeta, Output, Pan, Project,
    Track, TrackColor, TrackId,
};
use crate::time::{Tick, TickRange};
use std::collections::HashSet;
use std::sync::Arc;

/// What to change about a track.
#[derive(Clone, Debug, PartialEq)]
pub enum TrackChange {
    /// Mute or unmute.
    Mute(bool),
    /// Solo or unsolo.
    Solo(bool),
    /// Move the fader.
    Gain(Gain),
    /// Turn the pan pot.
    Pan(Pan),
    /// Give another name.
    Rename(Arc<str>),
    /// Give another colour.
    Recolor(TrackColor),
    /// Play somewhere else.
    Route(Output),
}

impl TrackChange {
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Mute(true) => "Mute",
            Self::Mute(false) => "Unmute",
            Self::Solo(true) => "Solo",
            Self::Solo(false) => "Unsolo",
            Self::Gain(_) => "Set volume",
            Self::Pan(_) => "Set pan",
            Self::Rename(_) => "Rename track",
            Self::Recolor(_) => "Recolour track",
            Self::Route(_) => "Change output",
        }
    }

    pub(super) const fn changes_file(&self) -> bool {
        matches!(self, Self::Gain(_) | Self::Pan(_) | Self::Rename(_))
    }

    fn apply(&self, track: &mut Track) {
        match self {
            Self::Mute(on) => track.mix.muted = *on,
            Self::Solo(on) => track.mix.soloed = *on,
            Self::Gain(gain) => track.mix.gain = *gain,
            Self::Pan(pan) => track.mix.pan = *pan,
            Self::Rename(name) => rename(track, name),
            Self::Recolor(color) => track.color = *color,
            Self::Route(output) => track.output = output.clone(),
        }
    }
}

pub(super) fn change(
    project: &Project,
    ids: &[TrackId],
    change: &TrackChange,
) -> Result<Edited, EditError> {
    if let [id] = ids {
        let project = with_track(project, *id, |track| {
            change.apply(track);
            Ok(())
        })?;
        return Ok(Edited { project, selection: None });
    }
    let mut sorted = ids.to_vec();
    sorted.sort_unstable();
    // A set, since asking the project for each of 100,000 tracks takes seconds.
    let known: HashSet<TrackId> = project.tracks.iter().map(|track| track.id).collect();
    if let Some(&gone) = sorted.iter().find(|id| !known.contains(id)) {
        return Err(EditError::NoSuchTrack(gone));
    }
    Ok(for_each_track(project, |track| {
        if sorted.binary_search(&track.id).is_ok() {
            change.apply(Arc::make_mut(track));
        }
    }))
}

pub(super) fn solo_only(project: &Project, id: TrackId) -> Result<Edited, EditError> {
    project.track(id).ok_or(EditError::NoSuchTrack(id))?;
    Ok(for_each_track(project, |track| {
        let soloed = track.id == id;
        if track.mix.soloed != soloed {
            Arc::make_mut(track).mix.soloed = soloed;
        }
    }))
}

pub(super) fn mute_others(project: &Project, id: TrackId) -> Result<Edited, EditError> {
    project.track(id).ok_or(EditError::NoSuchTrack(id))?;
    Ok(for_each_track(project, |track| {
        let muted = track.id != id;
        if track.mix.muted != muted {
            Arc::make_mut(track).mix.muted = muted;
        }
    }))
}

pub(super) fn add_track(project: &Project, name: &Arc<str>) -> Result<Edited, EditError> {
    let mut project = project.clone();
    // A format 0 file has one MTrk, whatever it plays.
    let mtrk = if project.shape.format == 0 {
        0
    } else {
        let mtrk = u16::try_from(project.shape.mtrks.len());
        let shape = Arc::make_mut(&mut project.shape);
        shape.mtrks.push(MtrkShape { end: Tick::ZERO });
        mtrk.ok().filter(|&mtrk| mtrk < u16::MAX).ok_or(EditError::TooManyTracks)?
    };
    let id = take_id(&mut project);
    let mut track = Track {
        id: TrackId(id),
        name: Arc::clone(name),
        name_meta: None,
        color: TrackColor((project.tracks.len() % 256) as u8),
        mtrk,
        channel: free_channel(&project),
        mix: Mix::default(),
        output: Output::Synth,
        clips: Arc::from([]),
        events: Arc::from([]),
    };
    rename(&mut track, name);
    project.tracks = project.tracks.iter().cloned().chain([Arc::new(track)]).collect();
    Ok(Edited { project, selection: None })
}

pub(super) fn add_clip(
    project: &Project,
    id: TrackId,
    range: TickRange,
) -> Result<Edited, EditError> {
    let mut with_id = project.clone();
    let clip_id = ClipId(take_id(&mut with_id));
    let project = with_track(&with_id, id, |track| {
        let clip = Arc::new(empty_clip(clip_id, &track.name, range));
        let at = track.clips.partition_point(|other| other.start <= range.start());
        let mut clips = track.clips.to_vec();
        clips.insert(at, clip);
        track.clips = clips.into();
        Ok(())
    })?;
    Ok(Edited { project, selection: None })
}

fn for_each_track(project: &Project, change: impl FnMut(&mut Arc<Track>)) -> Edited {
    let mut tracks = Arc::clone(&project.tracks);
    Arc::make_mut(&mut tracks).iter_mut().for_each(change);
    Edited { project: Project { tracks, ..project.clone() }, selection: None }
}

/// The name is a meta event too, so that the file says it.
fn rename(track: &mut Track, name: &Arc<str>) {
    let (tick, order) = track
        .name_meta
        .as_ref()
        .map_or((Tick::ZERO, FIRST_ORDER_OF_NEW), |meta| (meta.tick, meta.order));
    track.name_meta = Some(NameMeta { tick, order, bytes: Arc::from(name.as_bytes()) });
    track.name = Arc::clone(name);
}

/// The first channel no track uses, drums left out; the first of all when none is free.
fn free_channel(project: &Project) -> Channel {
    let used = |channel| project.tracks.iter().any(|track| track.channel == channel);
    (0..16)
        .map(Channel::new)
        .find(|&channel| channel != Channel::DRUMS && !used(channel))
        .unwrap_or_default()
}
