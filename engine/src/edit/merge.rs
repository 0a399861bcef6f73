//! Bringing another song's tracks into this one.

use super::{EditError, Edited, take_id};
use crate::model::{
    Clip, ClipId, Event, MtrkShape, NameMeta, Note, Notes, Project, Track, TrackColor, TrackId,
};
use crate::time::{Division, Tick};
use std::sync::Arc;

/// Adds the tracks of `song` below the project's own, its start at `at`. They keep
/// their bars and beats and take on the project's tempo; a song in SMPTE time, or
/// one that comes into such a project, keeps its seconds instead.
pub(super) fn add_song(project: &Project, song: &Project, at: Tick) -> Result<Edited, EditError> {
    let mut project = project.clone();
    let scale = Scale::between(song, &project, at);
    let first_mtrk = project.shape.mtrks.len();
    if project.shape.format != 0 {
        if first_mtrk + song.shape.mtrks.len() > usize::from(u16::MAX) {
            return Err(EditError::TooManyTracks);
        }
        let ends = song.shape.mtrks.iter().map(|mtrk| MtrkShape { end: scale.tick(mtrk.end) });
        Arc::make_mut(&mut project.shape).mtrks.extend(ends);
    }
    let mut tracks = project.tracks.to_vec();
    for track in song.tracks.iter() {
        let mtrk = if project.shape.format == 0 {
            0
        } else {
            u16::try_from(first_mtrk + usize::from(track.mtrk)).unwrap_or(u16::MAX)
        };
        let clips = track.clips.iter().map(|clip| Arc::new(scale.clip(clip, &mut project)));
        let clips = clips.collect();
        let name_meta = track
            .name_meta
            .as_ref()
            .map(|meta| NameMeta { tick: scale.tick(meta.tick), ..meta.clone() });
        tracks.push(Arc::new(Track {
            id: TrackId(take_id(&mut project)),
            color: TrackColor((tracks.len() % 256) as u8),
            mtrk,
            clips,
            name_meta,
            events: scale.events(&track.events, Tick::ZERO, Tick::ZERO),
            ..Track::clone(track)
        }));
    }
    project.tracks = tracks.into();
    Ok(Edited { project, selection: None })
}

/// How one song's ticks become another's: each is rounded once, from its source.
struct Scale<'a> {
    from: &'a Project,
    division: Division,
    tempo: Arc<crate::time::TempoMap>,
    at: Tick,
}

impl<'a> Scale<'a> {
    fn between(from: &'a Project, to: &Project, at: Tick) -> Self {
        Self { from, division: to.division, tempo: Arc::clone(&to.conductor.tempo), at }
    }

    /// A tick of the source's time line on the target's.
    fn tick(&self, tick: Tick) -> Tick {
        if let (Division::Ppq(from), Division::Ppq(to)) = (self.from.division, self.division) {
            let (from, to) = (u128::from(from.max(1)), u128::from(to));
            let scaled = (u128::from(tick.0) * to + from / 2) / from;
            return self.at.after(u64::try_from(scaled).unwrap_or(u64::MAX));
        }
        let start = self.tempo.secs_from_tick(self.at);
        let secs = start + self.from.conductor.tempo.secs_from_tick(tick);
        Tick(self.tempo.tick_from_secs(secs).round() as u64)
    }

    fn clip(&self, clip: &Clip, project: &mut Project) -> Clip {
        let start = self.tick(clip.start);
        let note = |note: &Note| {
            let begin = self.tick(clip.start.after(note.start.0));
            let end = self.tick(clip.start.after(note.end().0));
            let length = u32::try_from(end.since(begin)).unwrap_or(u32::MAX);
            Note {
                start: Tick(begin.since(start)),
                // A note that had a length keeps one.
                length: length.max(note.length.min(1)),
                ..*note
            }
        };
        Clip {
            id: ClipId(take_id(project)),
            start,
            length: self.tick(clip.end()).since(start),
            notes: clip.notes.iter().map(note).collect::<Notes>(),
            events: self.events(&clip.events, clip.start, start),
            ..clip.clone()
        }
    }

    /// Events that count from `base` in the source, counting from `new_base` here.
    fn events(&self, events: &[Event], base: Tick, new_base: Tick) -> Arc<[Event]> {
        let event = |event: &Event| Event {
            tick: Tick(self.tick(base.after(event.tick.0)).since(new_base)),
            ..event.clone()
        };
        events.iter().map(event).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::edit::{Command, NewNote, apply};
    use crate::model::{ClipRef, Conductor, Project};
    use crate::time::{Division, Tick, TickRange};
    use std::sync::Arc;

    fn song(ppq: u16, start: u64, length: u32) -> Project {
        let mut project = Project::new("song");
        project.division = Division::Ppq(ppq);
        project.conductor = Conductor::empty(project.division);
        let project = apply(&project, &Command::AddTrack { name: "Bass".into() }).unwrap().project;
        let track = project.tracks[0].id;
        let range = TickRange::between(Tick(0), Tick(u64::from(ppq) * 4));
        let project = apply(&project, &Command::AddClip { track, range }).unwrap().project;
        let clip = ClipRef { track, clip: project.tracks[0].clips[0].id };
        let note = NewNote { start: Tick(start), length, key: 40, velocity: 90, channel: None };
        apply(&project, &Command::AddNotes { clip, notes: vec![note] }).unwrap().project
    }

    #[test]
    fn another_songs_tracks_keep_their_beats_at_another_resolution() {
        let target = song(960, 0, 960);
        let command = Command::AddSong { song: Arc::new(song(96, 48, 24)), at: Tick(3840) };
        let merged = apply(&target, &command).unwrap().project;
        let clip = &merged.tracks[1].clips[0];
        let note = clip.notes.iter().next().unwrap();
        assert_eq!((clip.start, note.start, note.length), (Tick(3840), Tick(480), 240));
        assert_eq!(merged.shape.mtrks.len(), target.shape.mtrks.len() + 2);
    }

    #[test]
    fn ids_stay_unique_after_a_merge() {
        let target = song(960, 0, 960);
        let command = Command::AddSong { song: Arc::new(song(480, 0, 1)), at: Tick(0) };
        let merged = apply(&target, &command).unwrap().project;
        let mut ids: Vec<u32> = merged
            .tracks
            .iter()
            .flat_map(|track| track.clips.iter().map(|c| c.id.0).chain([track.id.0]))
            .collect();
        ids.sort_unstable();
        let count = ids.len();
        ids.dedup();
        assert_eq!((ids.len(), ids.last() < Some(&merged.next_id)), (count, true));
    }
}
