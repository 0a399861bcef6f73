//! A clip: a stretch of a track that holds notes.

use super::{Event, Notes, TrackId};
use crate::time::{Tick, TickRange};
use profiling::HeapSize;
use std::sync::Arc;

/// Unique in its project, never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClipId(pub u32);

/// Where to find a clip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClipRef {
    /// On which track.
    pub track: TrackId,
    /// Which clip.
    pub clip: ClipId,
}

/// Notes and events on a stretch of a track. Ticks inside count from its start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clip {
    /// Unique in the project.
    pub id: ClipId,
    /// What the interface calls it.
    pub name: Arc<str>,
    /// Where on the song's time line it begins.
    pub start: Tick,
    /// How long it is, in ticks.
    pub length: u64,
    /// Its notes.
    pub notes: Notes,
    /// Its other events, sorted by tick, then order.
    pub events: Arc<[Event]>,
    /// The id that its next new note takes.
    pub next_note: u32,
}

impl Clip {
    /// First tick after the clip, on the song's time line.
    pub const fn end(&self) -> Tick {
        self.start.after(self.length)
    }

    /// Where it lies on the song's time line.
    pub fn range(&self) -> TickRange {
        TickRange::between(self.start, self.end())
    }
}

/// What is shared with other versions is counted in full.
impl HeapSize for Clip {
    fn heap_bytes(&self) -> usize {
        self.name.heap_bytes() + self.notes.heap_bytes() + self.events.heap_bytes()
    }
}
