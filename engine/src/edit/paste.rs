//! Notes that were copied, and where they go.

use super::notes::{find, insert_new};
use super::{EditError, Edited, NoteSet, Selected};
use crate::model::{Channel, Clip, ClipRef, Note, Notes, Project, Track};
use crate::time::Tick;
use std::sync::Arc;

/// Copied notes: they fit into any clip of any song. Cloning copies pointers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopiedNotes {
    notes: Notes,
    quarter: u32,
    own: Channel,
}

impl CopiedNotes {
    /// Selected notes of a song; `None` when there are none. Those of several clips keep their
    /// places to each other, and count as one track's.
    pub fn of(project: &Project, selected: &Selected) -> Option<Self> {
        let quarter = project.division.ticks_per_quarter();
        let parts = selected.parts().iter().filter(|part| !part.is_empty());
        let found = parts.filter_map(|part| {
            Some((project.track(part.clip.track)?, project.clip(part.clip)?, &part.notes))
        });
        let found: Vec<(&Arc<Track>, &Arc<Clip>, &NoteSet)> = found.collect();
        let (first, ..) = *found.first()?;
        if let [(track, clip, notes)] = found.as_slice() {
            return Self::new(notes.of(&clip.notes), quarter, track.channel);
        }
        let base = found.iter().map(|(_, clip, _)| clip.start).min()?;
        let mut all = Vec::new();
        for (track, clip, notes) in &found {
            for note in notes.of(&clip.notes).iter() {
                let start = Tick(clip.start.since(base)).after(note.start.0);
                let is_own = note.channel == track.channel;
                let channel = if is_own { first.channel } else { note.channel };
                all.push(Note { start, channel, ..*note });
            }
        }
        // Ids are unique in one clip alone.
        all.sort_by_key(|note| note.start);
        for (note, id) in all.iter_mut().zip(0..) {
            note.id = id;
        }
        Self::new(all.into_iter().collect(), quarter, first.channel)
    }

    /// Notes that count `quarter` ticks a quarter, of a track on the channel `own`; `None`
    /// when there are none.
    pub fn new(notes: Notes, quarter: u32, own: Channel) -> Option<Self> {
        (!notes.is_empty()).then_some(Self { notes, quarter: quarter.max(1), own })
    }

    /// How many.
    pub const fn len(&self) -> usize {
        self.notes.len()
    }

    /// Never: there is always one.
    pub const fn is_empty(&self) -> bool {
        self.notes.is_empty()
    }

    /// The notes, where they were.
    pub const fn notes(&self) -> &Notes {
        &self.notes
    }

    /// Ticks that they count a quarter.
    pub const fn quarter(&self) -> u32 {
        self.quarter
    }

    /// The channel that their track plays on.
    pub const fn own_channel(&self) -> Channel {
        self.own
    }

    /// The notes with the first one at `at`, in a song that counts `quarter` ticks. Onsets and
    /// ends are rounded each from where they were, so that neighbours stay neighbours.
    fn placed(&self, at: Tick, quarter: u32, own: Channel) -> Vec<Note> {
        let first = self.notes.span().map_or(0, |(first, _)| first.0);
        let (from, to) = (u128::from(self.quarter), u128::from(quarter));
        let place = |tick: Tick| {
            let scaled = (u128::from(tick.0 - first.min(tick.0)) * to + from / 2) / from;
            at.after(u64::try_from(scaled).unwrap_or(u64::MAX))
        };
        let placed = |note: &Note| {
            let (start, end) = (place(note.start), place(note.end()));
            let length = u32::try_from(end.since(start)).unwrap_or(u32::MAX).max(1);
            let channel = if note.channel == self.own { own } else { note.channel };
            Note { start, length, channel, ..*note }
        };
        self.notes.iter().map(placed).collect()
    }
}

/// Adds copied notes to a clip, the first one at `at`.
pub(super) fn paste(
    project: &Project,
    clip: ClipRef,
    at: Tick,
    copied: &CopiedNotes,
) -> Result<Edited, EditError> {
    find(project, clip)?;
    let track = project.track(clip.track).ok_or(EditError::NoSuchTrack(clip.track))?;
    let quarter = project.division.ticks_per_quarter();
    insert_new(project, clip, copied.placed(at, quarter, track.channel))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::{Command, apply};
    use crate::model::{Conductor, Release};
    use crate::time::{Division, TickRange};

    fn song(ppq: u16, drums: bool) -> (Project, ClipRef) {
        let mut project = Project::new("song");
        project.division = Division::Ppq(ppq);
        project.conductor = Conductor::empty(project.division);
        let name = "Track".into();
        let add = if drums { Command::AddDrumTrack { name } } else { Command::AddTrack { name } };
        let project = apply(&project, &add).unwrap().project;
        let track = project.tracks[0].id;
        let range = TickRange::between(Tick(0), Tick(u64::from(ppq) * 4));
        let project = apply(&project, &Command::AddClip { track, range }).unwrap().project;
        let clip = project.tracks[0].clips[0].id;
        (project, ClipRef { track, clip })
    }

    /// (start, length, key, channel) in the track's own channel 0 and another.
    fn copied(quarter: u32) -> CopiedNotes {
        let note = |start, length, key, channel| Note {
            start: Tick(start),
            length,
            id: start as u32,
            off_order: 7,
            key,
            velocity: 33,
            release: Release::note_off(12),
            channel: Channel::new(channel),
        };
        let notes = [note(100, 37, 60, 0), note(137, 10, 61, 0), note(147, 96, 62, 5)];
        CopiedNotes::new(notes.into_iter().collect(), quarter, Channel::new(0)).unwrap()
    }

    fn pasted(project: &Project, clip: ClipRef, notes: CopiedNotes) -> (Project, Vec<Note>) {
        let edited = apply(project, &Command::PasteNotes { clip, at: Tick(480), notes }).unwrap();
        let notes: Vec<Note> = edited.project.clip(clip).unwrap().notes.iter().copied().collect();
        let selected = edited.selection.unwrap();
        assert!(
            notes.iter().all(|note| selected.parts()[0].contains(note.reference())),
            "selected"
        );
        (edited.project, notes)
    }

    #[test]
    fn pasted_notes_keep_everything_but_their_place() {
        let (project, clip) = song(96, false);
        let (_, notes) = pasted(&project, clip, copied(96));
        let said = |note: &Note| (note.start.0, note.length, note.key, note.channel.index());
        let expected = [(480, 37, 60, 0), (517, 10, 61, 0), (527, 96, 62, 5)];
        assert_eq!(notes.iter().map(said).collect::<Vec<_>>(), expected);
        let kept = |note: &Note| note.velocity == 33 && note.release == Release::note_off(12);
        assert!(notes.iter().all(kept));
    }

    #[test]
    fn another_resolution_scales_exactly_and_leaves_no_gap() {
        let (fine, clip) = song(960, false);
        let (_, notes) = pasted(&fine, clip, copied(96));
        let ends = |notes: &[Note]| -> Vec<(u64, u64)> {
            notes.iter().map(|note| (note.start.0, note.end().0)).collect()
        };
        assert_eq!(ends(&notes), [(480, 850), (850, 950), (950, 1910)]);
        let (coarse, clip) = song(24, false);
        let (_, notes) = pasted(&coarse, clip, copied(96));
        assert_eq!(ends(&notes), [(480, 489), (489, 492), (492, 516)], "still neighbours");
    }

    #[test]
    fn notes_play_the_sound_of_the_track_they_come_to() {
        let (drums, clip) = song(96, true);
        let (_, notes) = pasted(&drums, clip, copied(96));
        let channels: Vec<u8> = notes.iter().map(|note| note.channel.index()).collect();
        assert_eq!(channels, [9, 9, 5]);
    }

    #[test]
    fn notes_of_several_clips_keep_their_places_to_each_other() {
        let (project, first) = song(96, false);
        let add = Command::AddClip {
            track: first.track,
            range: TickRange::between(Tick(768), Tick(1152)),
        };
        let project = apply(&project, &add).unwrap().project;
        let second = ClipRef { clip: project.tracks[0].clips[1].id, ..first };
        let note = |start| crate::edit::NewNote {
            start: Tick(start),
            length: 10,
            key: 60,
            velocity: 90,
            channel: None,
        };
        let mut project = project;
        for (clip, start) in [(first, 50), (second, 7)] {
            let add = Command::AddNotes { clip, notes: vec![note(start)] };
            project = apply(&project, &add).unwrap().project;
        }
        let all = |clip| {
            let notes = NoteSet::all(&project.clip(clip).unwrap().notes);
            crate::edit::NoteSelection::of(clip, notes)
        };
        let selected: Selected = [all(second), all(first)].into_iter().collect();
        let copied = CopiedNotes::of(&project, &selected).unwrap();
        let starts: Vec<u64> = copied.notes().iter().map(|note| note.start.0).collect();
        assert_eq!(starts, [50, 775]);
    }

    #[test]
    fn a_clip_grows_to_hold_what_is_pasted_behind_it() {
        let (project, clip) = song(96, false);
        let paste = Command::PasteNotes { clip, at: Tick(1000), notes: copied(96) };
        let project = apply(&project, &paste).unwrap().project;
        assert_eq!(project.clip(clip).unwrap().length, 384 * 3);
    }
}
