//! What crosses the line between the callback and everybody else.
//!
//! UI → callback: [`Command`]; compiler ⇄ callback: [`Stage`], made and freed on the
//! compiler thread; callback → UI: [`BlockReport`] and the atomics of [`Shared`].
//! Nothing here allocates, locks or waits.

use super::meters::{LevelCell, TrackMeter};
use super::rt::Slot;
use crate::io::PlayClock;
use crate::model::TrackId;
use crate::sequence::Schedule;
use crate::time::{Tick, TickRange};
use profiling::HeapSize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

/// What the UI thread asks of the callback.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Command {
    /// Start from where it stands.
    Play,
    /// Stop where it stands.
    Stop,
    /// Go to a tick.
    Seek(Tick),
    /// Repeat a range, or stop repeating.
    Loop(Option<TickRange>),
    /// Clicks on or off.
    Metronome(bool),
    /// A message for a track, now.
    Live(TrackId, [u8; 3]),
    /// Silence everything at once.
    Panic,
}

/// A command with its number, so that the UI knows which of its wishes has come true.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Numbered {
    pub(super) serial: u64,
    pub(super) command: Command,
}

/// What one call of the callback cost.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct BlockReport {
    /// Wall time, in microseconds.
    pub(super) micros: f32,
    /// Time the block lasts, in microseconds.
    pub(super) budget_micros: f32,
}

/// Where the callback stands in a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TrackState {
    /// Index of the next message.
    pub(super) cursor: u32,
    /// Its frame; `u32::MAX` when there is none.
    pub(super) next: u32,
    /// The instrument that plays the track; [`NO_SLOT`] when it is silent.
    pub(super) slot: u32,
}

/// No instrument.
pub(super) const NO_SLOT: u32 = u32::MAX;

impl Default for TrackState {
    fn default() -> Self {
        Self { cursor: 0, next: u32::MAX, slot: NO_SLOT }
    }
}

/// Instruments, some of which may be missing: a larger pool leaves the places free
/// of those that the callback has already.
pub(super) type Pool = Vec<Option<Box<Slot>>>;

/// A schedule with all the memory the callback needs to play it.
pub(super) struct Stage {
    pub(super) schedule: Schedule,
    /// One for each track of the schedule.
    pub(super) tracks: Vec<TrackState>,
    /// One for each track of the schedule.
    pub(super) meters: Vec<Arc<TrackMeter>>,
    /// On the way in a pool that takes the place of the callback's, on the way out the old one.
    pub(super) pool: Option<Pool>,
    /// The pool is of another font or rate: nothing of the old one plays on.
    pub(super) fresh: bool,
}

impl Stage {
    /// Nothing to play and nothing to play it with.
    pub(super) fn empty(rate: u32) -> Self {
        Self {
            schedule: Schedule::empty(rate),
            tracks: Vec::new(),
            meters: Vec::new(),
            pool: None,
            fresh: false,
        }
    }
}

/// Beside its schedule and its instruments, which are weighed apart.
impl HeapSize for Stage {
    fn heap_bytes(&self) -> usize {
        size_of::<Self>()
            + self.tracks.capacity() * size_of::<TrackState>()
            + self.meters.capacity() * size_of::<Arc<TrackMeter>>()
    }
}

/// What the callback says about itself, for anybody to read.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// The number of the last command that was carried out.
    done: AtomicU64,
    /// Position in ticks, as the bits of an `f64`.
    ticks: AtomicU64,
    /// Position in seconds, as the bits of an `f64`.
    secs: AtomicU64,
    playing: AtomicBool,
    /// Voices that sound.
    pub(super) voices: AtomicU32,
    /// The most voices that ever sounded.
    pub(super) voices_max: AtomicU32,
    /// Instruments that were rendered in the last block.
    pub(super) instruments: AtomicU32,
    /// Share of the block spent, as the bits of an `f32`, smoothed.
    load: AtomicU32,
    /// Blocks that took longer than they last, and those the device reports.
    pub(super) dropouts: AtomicU64,
    /// Schedules taken.
    pub(super) schedules: AtomicU64,
    /// The sum of all tracks, after the limiter.
    pub(super) master: LevelCell,
    /// Where the song is in physical time, for the MIDI-out thread.
    pub(super) clock: Arc<PlayClock>,
}

impl Shared {
    /// Publishes where the transport stands. `done` goes last: who sees it sees the rest.
    pub(super) fn publish(&self, done: u64, playing: bool, ticks: f64, secs: f64) {
        self.playing.store(playing, Ordering::Relaxed);
        self.ticks.store(ticks.to_bits(), Ordering::Relaxed);
        self.secs.store(secs.to_bits(), Ordering::Relaxed);
        self.done.store(done, Ordering::Release);
    }

    /// The number of the last command that was carried out.
    pub(super) fn done(&self) -> u64 {
        self.done.load(Ordering::Acquire)
    }

    /// Whether it plays.
    pub(super) fn is_playing(&self) -> bool {
        self.playing.load(Ordering::Relaxed)
    }

    /// Position: ticks and seconds.
    pub(super) fn position(&self) -> (f64, f64) {
        (
            f64::from_bits(self.ticks.load(Ordering::Relaxed)),
            f64::from_bits(self.secs.load(Ordering::Relaxed)),
        )
    }

    /// Share of the time that blocks take, smoothed.
    pub(super) fn load(&self) -> f32 {
        f32::from_bits(self.load.load(Ordering::Relaxed))
    }

    /// Counts one block in; only the callback calls this.
    pub(super) fn count_block(&self, share: f32) {
        let smoothed = self.load() * 0.95 + share * 0.05;
        self.load.store(smoothed.to_bits(), Ordering::Relaxed);
        if share > 1.0 {
            self.dropouts.fetch_add(1, Ordering::Relaxed);
        }
    }
}
