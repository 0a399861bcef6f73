//! What is asked of all tracks, asked once a change: which match the filter,
//! whether one is soloed, where the song ends. Nothing of it is asked every frame.

use super::sound;
use engine::model::{Channel, Clip, ClipId, Event, Notes, Output, Project, Track, TrackId};
use engine::time::Tick;
use profiling::CacheCounters;
use std::collections::HashMap;
use std::sync::Arc;

/// Above this many chunks a clip's key range is remembered.
const MANY_CHUNKS: usize = 16;
/// Answers kept about clips and tracks that may long be out of sight.
const REMEMBERED: usize = 4096;

/// Answers about one snapshot.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    /// Keeps the snapshot's address from being used again.
    of: Option<Arc<[Arc<Track>]>>,
    filter: String,
    /// Track indices that match; `None` when all do.
    matching: Option<Arc<[u32]>>,
    any_solo: bool,
    end: Tick,
    keys: HashMap<ClipId, (Notes, (u8, u8))>,
    sounds: HashMap<TrackId, Sound>,
    /// How often an answer was at hand.
    pub(super) counters: CacheCounters,
}

/// A track's description, and what it was made from.
#[derive(Clone, Debug)]
struct Sound {
    clips: Arc<[Arc<Clip>]>,
    events: Arc<[Event]>,
    channel: Channel,
    output: Output,
    text: Arc<str>,
}

/// Whether clips hold the same events at the same places: a drag of notes changes neither,
/// and must not look through a million of them each frame.
fn same_events(before: &Arc<[Arc<Clip>]>, now: &Arc<[Arc<Clip>]>) -> bool {
    let same = |(before, now): (&Arc<Clip>, &Arc<Clip>)| {
        Arc::ptr_eq(before, now)
            || before.start == now.start && Arc::ptr_eq(&before.events, &now.events)
    };
    Arc::ptr_eq(before, now) || before.len() == now.len() && before.iter().zip(now.iter()).all(same)
}

impl PartialEq for Rows {
    /// What was only remembered makes no difference.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Rows {
    /// Asks again if the tracks or the filter changed.
    pub(super) fn update(&mut self, project: &Project, filter: &str) {
        if self.counters.take_clear() {
            self.keys.clear();
            self.sounds.clear();
            self.hold();
        }
        let same_tracks = self.of.as_ref().is_some_and(|of| Arc::ptr_eq(of, &project.tracks));
        if same_tracks && self.filter == filter {
            return;
        }
        if !same_tracks {
            self.any_solo = project.any_solo();
            self.end = project.end();
            self.of = Some(Arc::clone(&project.tracks));
        }
        filter.clone_into(&mut self.filter);
        let wanted = filter.trim().to_lowercase();
        self.matching = (!wanted.is_empty()).then(|| {
            let tracks = project.tracks.iter().zip(0u32..);
            tracks
                .filter(|(track, _)| track.name.to_lowercase().contains(&wanted))
                .map(|(_, index)| index)
                .collect()
        });
    }

    /// How many rows are shown.
    pub(super) fn len(&self) -> usize {
        let all = self.of.as_ref().map_or(0, |tracks| tracks.len());
        self.matching.as_ref().map_or(all, |rows| rows.len())
    }

    /// The track on a row.
    pub(super) fn track(&self, row: usize) -> Option<&Arc<Track>> {
        let index = match &self.matching {
            Some(rows) => *rows.get(row)? as usize,
            None => row,
        };
        self.of.as_ref()?.get(index)
    }

    /// Whether any track is soloed.
    pub(super) const fn any_solo(&self) -> bool {
        self.any_solo
    }

    /// Where the song ends.
    pub(super) const fn end(&self) -> Tick {
        self.end
    }

    /// Lowest and highest key of a clip's notes.
    pub(super) fn keys(&mut self, clip: ClipId, notes: &Notes) -> Option<(u8, u8)> {
        if notes.chunks().len() <= MANY_CHUNKS {
            return notes.keys();
        }
        if let Some((of, keys)) = self.keys.get(&clip)
            && std::ptr::eq(of.chunks(), notes.chunks())
        {
            self.counters.hit();
            return Some(*keys);
        }
        self.counters.miss();
        let keys = notes.keys()?;
        if self.keys.len() > REMEMBERED {
            self.counters.evict(self.keys.len() as u64);
            self.keys.clear();
        }
        self.keys.insert(clip, (notes.clone(), keys));
        self.hold();
        Some(keys)
    }

    /// What a track sounds like, in words.
    pub(super) fn sound(&mut self, track: &Track) -> Arc<str> {
        if let Some(sound) = self.sounds.get_mut(&track.id)
            && Arc::ptr_eq(&sound.events, &track.events)
            && same_events(&sound.clips, &track.clips)
            && sound.channel == track.channel
            && sound.output == track.output
        {
            sound.clips = Arc::clone(&track.clips);
            self.counters.hit();
            return Arc::clone(&sound.text);
        }
        self.counters.miss();
        if self.sounds.len() > REMEMBERED {
            self.counters.evict(self.sounds.len() as u64);
            self.sounds.clear();
        }
        let text: Arc<str> = sound::describe(track).into();
        let sound = Sound {
            clips: Arc::clone(&track.clips),
            events: Arc::clone(&track.events),
            channel: track.channel,
            output: track.output.clone(),
            text: Arc::clone(&text),
        };
        self.sounds.insert(track.id, sound);
        self.hold();
        text
    }

    /// Tells what it holds: its two tables; descriptions are a few words each.
    fn hold(&self) {
        const WORDS: usize = 48;
        let bytes = self.keys.capacity() * size_of::<(ClipId, (Notes, (u8, u8)))>()
            + self.sounds.capacity() * size_of::<(TrackId, Sound)>()
            + self.sounds.len() * WORDS;
        let entries = self.keys.len() + self.sounds.len();
        self.counters.set_held(entries as u64, bytes as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::testkit;

    #[test]
    fn a_track_is_described_anew_for_other_events_and_not_for_other_notes() {
        let project = testkit::project(1, 1, 400);
        let mut track = Track::clone(&project.tracks[0]);
        let mut rows = Rows::default();
        let text = rows.sound(&track);
        let mut clip = Clip::clone(&track.clips[0]);
        clip.notes = Notes::default();
        track.clips = [Arc::new(clip.clone())]
            .into_iter()
            .chain(track.clips.iter().skip(1).cloned())
            .collect();
        assert!(Arc::ptr_eq(&rows.sound(&track), &text), "other notes");
        clip.events = clip.events.iter().cloned().collect();
        track.clips =
            [Arc::new(clip)].into_iter().chain(track.clips.iter().skip(1).cloned()).collect();
        assert!(!Arc::ptr_eq(&rows.sound(&track), &text), "other events");
    }
}
