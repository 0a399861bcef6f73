//! The whole song.

use super::{Clip, ClipRef, Conductor, Track, TrackId};
use crate::time::{Division, Tick};
use profiling::HeapSize;
use std::sync::Arc;

/// What a track chunk was, beyond its events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MtrkShape {
    /// Where its End of Track stood. Writing never ends a track before its last event.
    pub end: Tick,
}

/// A chunk that is neither MThd nor MTrk, kept for the way back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlienChunk {
    /// How many MTrk chunks come before it.
    pub after_mtrks: u16,
    /// Its four letters.
    pub kind: [u8; 4],
    /// Its bytes.
    pub data: Arc<[u8]>,
}

/// The shape of the file that a project was read from and is written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileShape {
    /// SMF format: 0, 1 or 2.
    pub format: u8,
    /// Its track chunks, in order.
    pub mtrks: Vec<MtrkShape>,
    /// Its other chunks, in order.
    pub alien: Vec<AlienChunk>,
}

/// A song: immutable, cheap to clone, changed by `edit::apply` alone. Two versions compare
/// in the time that what they do not share takes: `Arc`s of `Eq` values that are the same
/// pointer are equal at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// What the interface calls it: the file's stem, or "Untitled".
    pub name: Arc<str>,
    /// What a tick is worth.
    pub division: Division,
    /// How it is laid out in a file.
    pub shape: Arc<FileShape>,
    /// Tempo, meter, keys, markers.
    pub conductor: Conductor,
    /// Its tracks, from top to bottom.
    pub tracks: Arc<[Arc<Track>]>,
    /// The bytes it was read from, for as long as its music is what they say;
    /// writing gives these back. The first edit of the music drops them.
    pub source: Option<Arc<[u8]>>,
    /// The id that the next new track or clip takes.
    pub next_id: u32,
}

impl Project {
    /// An empty song at 960 PPQ, format 1.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            division: Division::DEFAULT,
            shape: Arc::new(FileShape {
                format: 1,
                mtrks: vec![MtrkShape { end: Tick::ZERO }],
                alien: Vec::new(),
            }),
            conductor: Conductor::empty(Division::DEFAULT),
            tracks: Arc::from([]),
            source: None,
            next_id: 1,
        }
    }

    /// The track with this id.
    pub fn track(&self, id: TrackId) -> Option<&Arc<Track>> {
        self.tracks.iter().find(|track| track.id == id)
    }

    /// The clip at this place.
    pub fn clip(&self, at: ClipRef) -> Option<&Arc<Clip>> {
        self.track(at.track)?.clip(at.clip)
    }

    /// First tick after everything: the last clip's end or the last End of Track.
    pub fn end(&self) -> Tick {
        let clips = self.tracks.iter().map(|track| track.end()).max().unwrap_or(Tick::ZERO);
        let mtrks = self.shape.mtrks.iter().map(|mtrk| mtrk.end).max().unwrap_or(Tick::ZERO);
        clips.max(mtrks)
    }

    /// How many notes all tracks hold.
    pub fn note_count(&self) -> usize {
        self.tracks.iter().map(|track| track.note_count()).sum()
    }

    /// Whether any track is soloed, which silences the others.
    pub fn any_solo(&self) -> bool {
        self.tracks.iter().any(|track| track.mix.soloed)
    }
}

/// The bytes it was read from are not counted: [`Project::source`] is a component of its
/// own. What is shared with other versions is counted in full.
impl HeapSize for Project {
    fn heap_bytes(&self) -> usize {
        let shape = size_of_val(self.shape.mtrks.as_slice())
            + self.shape.alien.iter().map(|chunk| chunk.data.len()).sum::<usize>();
        self.name.heap_bytes() + shape + self.tracks.heap_bytes() + self.conductor.heap_bytes()
    }
}
