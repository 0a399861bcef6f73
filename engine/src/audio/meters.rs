//! Levels: written by the callback, read by the interface.

use crate::model::TrackId;
use profiling::HeapSize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Peak meters fall by this many decibels a second (IEC 60268-10 type I falls 20 dB in 1.7 s).
const FALL_DB_PER_SEC: f32 = 12.0;

/// How loud something is, linear; 1 is full scale.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Level {
    /// Peaks of the left and the right side, falling slowly.
    pub peak: [f32; 2],
    /// Root mean squares of the left and the right side over the last third of a second or so.
    pub rms: [f32; 2],
}

impl Level {
    /// The louder side's peak.
    pub fn peak(&self) -> f32 {
        let [left, right] = self.peak;
        left.max(right)
    }
}

/// A level in flight. Non-negative floats order like their bits, so peaks are maxima of bits.
#[derive(Debug, Default)]
pub(super) struct LevelCell {
    peaks: [AtomicU32; 2],
    mean_squares: [AtomicU32; 2],
}

impl LevelCell {
    /// Adds a stretch of sound. `weight` is how much of the mean it is worth, 0..=1.
    pub(super) fn add(&self, loudness: Loudness, weight: f32) {
        for (cell, peak) in self.peaks.iter().zip(loudness.peaks) {
            cell.fetch_max(peak.max(0.0).to_bits(), Ordering::Relaxed);
        }
        for (cell, mean_square) in self.mean_squares.iter().zip(loudness.mean_squares) {
            // Only the callback writes, so reading and writing need not be one step.
            let old = f32::from_bits(cell.load(Ordering::Relaxed));
            let new = old + (mean_square - old) * weight;
            let new = if new < 1e-12 { 0.0 } else { new };
            cell.store(new.to_bits(), Ordering::Relaxed);
        }
    }

    /// The peaks since the last call, which start afresh, and the means.
    fn take(&self) -> Level {
        let value = |bits: u32| f32::from_bits(bits);
        Level {
            peak: self.peaks.each_ref().map(|cell| value(cell.swap(0, Ordering::Relaxed))),
            rms: self
                .mean_squares
                .each_ref()
                .map(|cell| value(cell.load(Ordering::Relaxed)).sqrt()),
        }
    }
}

/// What a stretch of sound was like, left and right.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Loudness {
    pub(super) peaks: [f32; 2],
    pub(super) mean_squares: [f32; 2],
}

/// The level of one track.
#[derive(Debug)]
pub(super) struct TrackMeter {
    pub(super) id: TrackId,
    pub(super) cell: LevelCell,
}

impl TrackMeter {
    pub(super) fn new(id: TrackId) -> Self {
        Self { id, cell: LevelCell::default() }
    }
}

/// The levels of all tracks and of their sum, as the interface shows them.
#[derive(Debug, Default)]
pub struct Meters {
    /// The sum, after the limiter.
    pub master: Level,
    tracks: Vec<(TrackId, Level)>,
    cells: Arc<[Arc<TrackMeter>]>,
    /// Whether any track was above silence at the last update.
    moving: bool,
}

/// Without the cells, which are the compiler's.
impl HeapSize for Meters {
    fn heap_bytes(&self) -> usize {
        self.tracks.capacity() * size_of::<(TrackId, Level)>()
            + self.cells.len() * size_of::<Arc<TrackMeter>>()
    }
}

impl Meters {
    /// A track's level; silence for one that is not known.
    pub fn track(&self, id: TrackId) -> Level {
        self.tracks
            .binary_search_by_key(&id, |(id, _)| *id)
            .ok()
            .and_then(|index| self.tracks.get(index))
            .map_or_else(Level::default, |(_, level)| *level)
    }

    /// Whether nothing moves, so that an interface at rest may stay at rest.
    pub fn is_silent(&self) -> bool {
        !self.moving && silent(&self.master)
    }

    /// Watches these cells from now on; levels of tracks that stay are kept.
    pub(super) fn watch(&mut self, cells: &Arc<[Arc<TrackMeter>]>) {
        if Arc::ptr_eq(&self.cells, cells) {
            return;
        }
        self.cells = Arc::clone(cells);
        let mut tracks: Vec<(TrackId, Level)> =
            cells.iter().map(|meter| (meter.id, self.track(meter.id))).collect();
        tracks.sort_unstable_by_key(|(id, _)| *id);
        self.tracks = tracks;
    }

    /// Takes what the callback measured since the last call, `secs` ago. `instruments`
    /// says how many tracks it renders: with none, and none still falling, a hundred
    /// thousand silent tracks are not looked at.
    pub(super) fn update(&mut self, master: &LevelCell, secs: f32, instruments: u32) {
        let fall = 10.0_f32.powf(-FALL_DB_PER_SEC * secs.clamp(0.0, 1.0) / 20.0);
        self.master = fallen(self.master, master.take(), fall);
        if instruments == 0 && !self.moving {
            return;
        }
        let cells = Arc::clone(&self.cells);
        self.moving = instruments > 0;
        for meter in cells.iter() {
            let place = self.tracks.binary_search_by_key(&meter.id, |(id, _)| *id);
            if let Some((_, level)) = place.ok().and_then(|index| self.tracks.get_mut(index)) {
                *level = fallen(*level, meter.cell.take(), fall);
                self.moving |= !silent(level);
            }
        }
    }
}

fn silent(level: &Level) -> bool {
    // The mean never stands above the peak.
    level.peak() < 1e-4
}

fn fallen(old: Level, new: Level, fall: f32) -> Level {
    let side = |old: f32, new: f32| {
        let value = new.max(old * fall);
        if value < 1e-5 { 0.0 } else { value }
    };
    let ([old_left, old_right], [left, right]) = (old.peak, new.peak);
    let (left, right) = (side(old_left, left), side(old_right, right));
    // A track that is not rendered any more writes no mean: its peaks take it down with them.
    let [rms_left, rms_right] = new.rms;
    Level { peak: [left, right], rms: [rms_left.min(left), rms_right.min(right)] }
}
