//! Makes what the callback plays with: schedules, level cells, instruments.
//!
//! Runs on the compiler thread, or with whoever bounces; never in the callback.

use super::boundary::{Pool, Stage, TrackState};
use super::meters::TrackMeter;
use super::rt::{MOST_INSTRUMENTS, Slot};
use super::synth::Synth;
use crate::model::{Project, TrackId};
use crate::sequence::{Compiler, Schedule};
use profiling::alloc::measured;
use profiling::{CacheCounters, HeapSize};
use std::collections::HashMap;
use std::sync::Arc;

/// Instruments kept ready beyond what the schedule needs, for live notes.
const SPARE_INSTRUMENTS: usize = 2;

/// Makes a synthesizer for a rate in frames per second and a polyphony; `None` if it cannot.
pub(super) type MakeSynth = Arc<dyn Fn(u32, u16) -> Option<Box<dyn Synth>> + Send + Sync>;

/// Turns snapshots into stages and remembers what the callback has already.
pub(super) struct StageBuilder {
    compiler: Compiler,
    rate: u32,
    make: MakeSynth,
    /// How many instruments the callback has or is about to get.
    instruments: usize,
    /// The instruments are to be made anew.
    fresh: bool,
    meters: HashMap<TrackId, Arc<TrackMeter>>,
    /// Heap bytes of the instruments that live, as the allocator counted them.
    synth_bytes: usize,
}

impl StageBuilder {
    pub(super) fn new(rate: u32, make: MakeSynth) -> Self {
        Self {
            compiler: Compiler::new(),
            rate,
            make,
            instruments: 0,
            fresh: true,
            meters: HashMap::new(),
            synth_bytes: 0,
        }
    }

    /// Plans that are kept from schedule to schedule.
    pub(super) const fn plans(&self) -> &CacheCounters {
        self.compiler.counters()
    }

    /// Heap bytes that the compiler keeps beside the schedule.
    pub(super) fn compiler_bytes(&self) -> usize {
        self.compiler.heap_bytes()
    }

    /// Heap bytes of the level cells and of the table that finds them.
    pub(super) fn meter_bytes(&self) -> usize {
        let entry = size_of::<(TrackId, Arc<TrackMeter>)>() + 1;
        self.meters.capacity() * entry + self.meters.len() * (size_of::<TrackMeter>() + 16)
    }

    /// Heap bytes of the instruments, without their font.
    pub(super) const fn synth_bytes(&self) -> usize {
        self.synth_bytes
    }

    /// Whether this is another rate than before.
    pub(super) fn set_rate(&mut self, rate: u32) -> bool {
        let changed = rate != self.rate;
        self.rate = rate;
        self.fresh |= changed;
        changed
    }

    pub(super) fn set_instruments(&mut self, make: MakeSynth) {
        self.make = make;
        self.fresh = true;
    }

    /// Instruments made so far.
    pub(super) const fn instruments(&self) -> usize {
        self.instruments
    }

    pub(super) fn build(&mut self, project: &Project) -> Box<Stage> {
        let schedule = self.compiler.compile(project, self.rate);
        Box::new(Stage {
            tracks: vec![TrackState::default(); schedule.tracks.len()],
            meters: self.meters_of(&schedule),
            pool: self.pool_for(&schedule),
            fresh: std::mem::take(&mut self.fresh),
            schedule,
        })
    }

    /// A track keeps its cell from schedule to schedule, since the interface watches it.
    fn meters_of(&mut self, schedule: &Schedule) -> Vec<Arc<TrackMeter>> {
        let mut known = std::mem::take(&mut self.meters);
        let meters: Vec<Arc<TrackMeter>> = schedule
            .tracks
            .iter()
            .map(|entry| {
                known.remove(&entry.id).unwrap_or_else(|| Arc::new(TrackMeter::new(entry.id)))
            })
            .collect();
        self.meters = meters.iter().map(|meter| (meter.id, Arc::clone(meter))).collect();
        meters
    }

    /// A new pool, if the callback's is too small or of the wrong kind.
    fn pool_for(&mut self, schedule: &Schedule) -> Option<Pool> {
        let wanted =
            (schedule.most_sounding + SPARE_INSTRUMENTS).next_multiple_of(8).min(MOST_INSTRUMENTS);
        if !self.fresh && wanted <= self.instruments {
            return None;
        }
        let kept = if self.fresh { 0 } else { self.instruments };
        let polyphony = polyphony(wanted);
        let (pool, bytes) = measured(|| {
            let mut pool: Pool = Vec::with_capacity(wanted);
            // The callback fills these places with the instruments it has.
            pool.resize_with(kept, || None);
            while pool.len() < wanted {
                let Some(synth) = (self.make)(self.rate, polyphony) else { break };
                pool.push(Some(Box::new(Slot::new(synth, self.rate))));
            }
            pool
        });
        let before = if self.fresh { 0 } else { self.synth_bytes };
        self.synth_bytes = before.saturating_add(usize::try_from(bytes).unwrap_or(0));
        self.instruments = pool.len();
        Some(pool)
    }
}

/// Few instruments may have many voices each; many share what the processor can do.
fn polyphony(instruments: usize) -> u16 {
    match instruments {
        0..=16 => 128,
        17..=64 => 64,
        _ => 32,
    }
}
