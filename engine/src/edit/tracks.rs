//! Commands about tracks.

use super::{EditError, Edited, empty_clip, take_id, with_track};
use crate::model::{
    Channel, ClipId, Event, EventKind, FIRST_ORDER_OF_NEW, Gain, Mix, MtrkShape, NameMeta, Output,
    Pan, Project, Track, TrackColor, TrackId,
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
    /// Another sound to begin with: the first program change, 0..=127, made if there is none.
    Program(u8),
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
            Self::Program(_) => "Change sound",
        }
    }

    pub(super) const fn changes_file(&self) -> bool {
        matches!(self, Self::Gain(_) | Self::Pan(_) | Self::Rename(_) | Self::Program(_))
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
            Self::Program(program) => set_program(track, (*program).min(127)),
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

/// Changes the program change that comes first, wherever it stands, or makes one at the start.
fn set_program(track: &mut Track, program: u8) {
    let channel = track.channel;
    let is_ours = |event: &Event| matches!(event.kind, EventKind::Program { channel: of, .. } if of == channel);
    let outside = track.events.iter().position(is_ours);
    let first = outside.and_then(|index| track.events.get(index)).map(|event| event.tick);
    let inside = track.clips.iter().enumerate().filter_map(|(index, clip)| {
        let place = clip.events.iter().position(is_ours)?;
        Some((clip.start.after(clip.events.get(place)?.tick.0), index, place))
    });
    let inside = inside.min().filter(|(tick, ..)| first.is_none_or(|first| *tick < first));
    let kind = EventKind::Program { channel, program };
    if let Some((_, index, place)) = inside {
        let clip = Arc::make_mut(&mut track.clips).get_mut(index);
        let event =
            clip.and_then(|clip| Arc::make_mut(&mut Arc::make_mut(clip).events).get_mut(place));
        if let Some(event) = event {
            event.kind = kind;
        }
    } else if let Some(index) = outside {
        let event = Arc::make_mut(&mut track.events).get_mut(index);
        if let Some(event) = event {
            event.kind = kind;
        }
    } else {
        let at_start = track.events.iter().filter(|event| event.tick == Tick::ZERO);
        let last = at_start.map(|event| event.order).filter(|order| *order >= FIRST_ORDER_OF_NEW);
        let order = last.max().map_or(FIRST_ORDER_OF_NEW, |order| order.saturating_add(1));
        let new = Event { tick: Tick::ZERO, order, kind };
        let after =
            track.events.partition_point(|event| (event.tick, event.order) <= (new.tick, order));
        let mut events = track.events.to_vec();
        events.insert(after, new);
        track.events = events.into();
    }
}

/// At the bottom, on `channel` or else the first one that is free.
pub(super) fn add_track(
    project: &Project,
    name: &Arc<str>,
    channel: Option<Channel>,
) -> Result<Edited, EditError> {
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
        channel: channel.unwrap_or_else(|| free_channel(&project)),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::{Command, apply};
    use crate::testkit;

    fn with_sound(project: &Project, track: TrackId, program: u8) -> Project {
        let change = TrackChange::Program(program);
        apply(project, &Command::ChangeTracks { tracks: [track].into(), change }).unwrap().project
    }

    #[test]
    fn a_sound_is_changed_where_it_stands_and_else_made_at_the_start() {
        let project = testkit::project(1, 2, 100);
        let id = project.tracks[0].id;
        let events = project.tracks[0].events.len();
        let changed = with_sound(&project, id, 33);
        let track = &changed.tracks[0];
        assert_eq!((track.program(), track.events.len()), (Some(33), events));

        let drums = Command::AddDrumTrack { name: "Drums".into() };
        let project = apply(&project, &drums).unwrap().project;
        let drums = project.tracks.last().unwrap();
        assert!(drums.is_drums() && drums.program().is_none());
        let changed = with_sound(&project, drums.id, 25);
        assert_eq!(changed.tracks.last().unwrap().program(), Some(25));
        let again = with_sound(&changed, drums.id, 200);
        let track = again.tracks.last().unwrap();
        assert_eq!((track.program(), track.events.len()), (Some(127), 1));
    }
}
