//! What belongs to the song rather than to a track: tempo, meter, key, markers.

use super::Event;
use crate::time::{MeterMap, TempoMap, Tick};
use profiling::HeapSize;
use std::sync::Arc;

/// An event that no track owns, and the MTrk it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConductorEvent {
    /// Which MTrk chunk it goes back to.
    pub mtrk: u16,
    /// The event, on the song's time line.
    pub event: Event,
}

/// A named place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    /// Where.
    pub tick: Tick,
    /// What it is called, decoded and free of control characters.
    pub name: Arc<str>,
}

/// A key signature as the file declares it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeySignature {
    /// From where it holds.
    pub tick: Tick,
    /// Sharps (positive) or flats (negative), −7..=7.
    pub sharps: i8,
    /// Minor rather than major.
    pub minor: bool,
}

/// The song's own lane. The maps are derived from the events when it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conductor {
    /// Tempo, meter, key signatures, markers and whatever no track owns,
    /// sorted by MTrk, then tick, then order.
    pub events: Arc<[ConductorEvent]>,
    /// Ticks to seconds.
    pub tempo: Arc<TempoMap>,
    /// Ticks to bars.
    pub meter: Arc<MeterMap>,
    /// Key signatures, by tick.
    pub keys: Arc<[KeySignature]>,
    /// Markers, by tick.
    pub markers: Arc<[Marker]>,
}

impl Conductor {
    /// A lane without events: 120 bpm assumed, 4/4.
    pub fn empty(division: crate::time::Division) -> Self {
        Self {
            events: Arc::from([]),
            tempo: Arc::new(TempoMap::new(division, [])),
            meter: Arc::new(MeterMap::new(division, [])),
            keys: Arc::from([]),
            markers: Arc::from([]),
        }
    }

    /// The key signature in force at `tick`.
    pub fn key_at(&self, tick: Tick) -> Option<KeySignature> {
        let after = self.keys.partition_point(|key| key.tick <= tick);
        after.checked_sub(1).and_then(|index| self.keys.get(index)).copied()
    }
}

impl HeapSize for ConductorEvent {
    fn heap_bytes(&self) -> usize {
        self.event.heap_bytes()
    }
}

impl HeapSize for Marker {
    fn heap_bytes(&self) -> usize {
        self.name.heap_bytes()
    }
}

/// What is shared with other versions is counted in full.
impl HeapSize for Conductor {
    fn heap_bytes(&self) -> usize {
        let Self { events, tempo, meter, keys, markers } = self;
        events.heap_bytes()
            + tempo.points().len() * 40
            + meter.points().len() * 24
            + size_of_val::<[KeySignature]>(keys)
            + markers.heap_bytes()
    }
}
