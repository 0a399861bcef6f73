//! Where playback is, and what it sounds like.

use super::AudioMode;
use crate::model::{Project, TrackId};
use crate::time::{Tick, TickRange};
use std::sync::Arc;

/// Where playback is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TransportView {
    /// Whether it moves.
    pub playing: bool,
    /// The playhead, in ticks with their fraction.
    pub position: f64,
    /// The playhead, in seconds from the start.
    pub secs: f64,
    /// What is played again and again.
    pub loop_range: Option<TickRange>,
    /// Whether the metronome sounds.
    pub metronome: bool,
}

/// How loud something is, left and right, as linear amplitudes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Level {
    /// Highest sample since the last look.
    pub peak: [f32; 2],
    /// Root mean square over the last block.
    pub rms: [f32; 2],
}

/// How loud everything is.
#[derive(Debug, Default)]
pub struct Meters;

impl Meters {
    /// A track's level.
    pub fn track(&self, _: TrackId) -> Level {
        Level::default()
    }

    /// The master's level.
    pub fn master(&self) -> Level {
        Level::default()
    }
}

/// What sound costs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AudioStats {
    /// Share of a block's time that its callback took, 0..=1.
    pub load: f32,
    /// 99th percentile of the callback's time.
    pub callback_p99_us: f64,
    /// A block's time.
    pub budget_us: f64,
    /// Blocks that came too late.
    pub dropouts: u64,
    /// Voices sounding.
    pub voices: usize,
    /// Heap bytes of the schedule.
    pub schedule_bytes: usize,
}

/// Where sound goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceState {
    /// A device plays.
    Running {
        /// Its name.
        name: String,
        /// Frames a second.
        rate: u32,
        /// Frames a block.
        block: u32,
    },
    /// There is none, which is a normal state.
    None {
        /// Why not.
        why: String,
    },
    /// It went away and is looked for.
    Lost {
        /// What it said.
        why: String,
    },
}

pub(super) struct Transport {
    view: TransportView,
    meters: Meters,
}

impl Transport {
    pub(super) fn new(_: AudioMode) -> Self {
        Self { view: TransportView::default(), meters: Meters }
    }

    pub(super) fn play(&mut self) {
        self.view.playing = true;
    }

    pub(super) fn stop(&mut self) {
        self.view.playing = false;
    }

    pub(super) fn seek(&mut self, tick: Tick, project: &Project) {
        self.view.position = tick.0 as f64;
        self.view.secs = project.conductor.tempo.secs_from_tick(tick);
    }

    pub(super) fn set_loop(&mut self, range: Option<TickRange>) {
        self.view.loop_range = range;
    }

    pub(super) fn set_metronome(&mut self, on: bool) {
        self.view.metronome = on;
    }

    pub(super) fn set_project(&mut self, _: &Arc<Project>) {}

    pub(super) fn poll(&mut self, _: &Project) {}

    pub(super) fn view(&self, _: &Project) -> TransportView {
        self.view
    }

    pub(super) fn meters(&self) -> &Meters {
        &self.meters
    }

    pub(super) fn stats(&self) -> AudioStats {
        AudioStats::default()
    }

    pub(super) fn device(&self) -> DeviceState {
        DeviceState::None { why: "no device was opened".to_owned() }
    }

    pub(super) fn live(&mut self, _: TrackId, _: [u8; 3]) {}

    pub(super) fn panic(&mut self) {}

    pub(super) fn advance(&mut self, frames: usize, project: &Project) {
        if self.view.playing {
            self.view.secs += frames as f64 / 48_000.0;
            self.view.position = project.conductor.tempo.tick_from_secs(self.view.secs);
        }
    }
}
