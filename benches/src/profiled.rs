//! What the window tells the profiler in one frame.

use profiling::ProfilingState;
use profiling::render_metrics::{Phase, PhaseTimes};
use profiling::report::AudioReport;
use std::time::{Duration, Instant};

/// Components of a program with a song open.
const COMPONENTS: [&str; 12] = [
    "document",
    "undo",
    "schedule",
    "mixer",
    "synth",
    "soundfont",
    "library_cache",
    "database",
    "piano_roll_cache",
    "egui",
    "textures",
    "gpu_buffers",
];

/// The figures of one frame.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    n: u32,
    phases: PhaseTimes,
}

impl Frame {
    /// The `n`th of a scenario, no two in a row alike.
    pub fn nth(n: u32) -> Self {
        let mut phases = PhaseTimes::default();
        for (phase, ms) in Phase::ALL.into_iter().zip([0.02, 0.2, 1.1, 0.5, 0.1, 1.4]) {
            phases.add(phase, ms + f64::from(n % 7) / 100.0);
        }
        Self { n, phases }
    }
}

/// A state as the window has it.
#[derive(Debug)]
pub struct Scenario {
    state: ProfilingState,
    started: Instant,
}

impl Default for Scenario {
    fn default() -> Self {
        Self::new()
    }
}

impl Scenario {
    /// Nothing recorded yet; the process is asked once, so that no frame pays for it.
    pub fn new() -> Self {
        let started = Instant::now();
        let state = ProfilingState::new();
        state.tick_at(started);
        Self { state, started }
    }

    /// Records what one frame costs and holds.
    pub fn record(&self, frame: &Frame) {
        let Self { state, started } = self;
        let n = frame.n as usize;
        let total = frame.phases.ui_thread_ms().unwrap_or(0.0);
        state.record_measured_frame(total, &frame.phases);
        state.render_metrics.write().record_interval(16.6);
        for (list, rows) in [("tracks", 1000), ("files", 100_000), ("history", 400)] {
            state.update_virtual_list(list, rows, n % rows, n % rows + 40);
        }
        state.record_update_batch(n % 12, 0.05);
        state.record_update_batch(1 + n % 3, 0.02);
        for (idx, component) in COMPONENTS.into_iter().enumerate() {
            state.set_component(component, 1_000_000 * (idx + 1) + n % 4096);
        }
        state.set_audio(AudioReport {
            callback_p99_us: 900.0,
            budget_us: 5333.0,
            dropouts: 0,
            voices: 32,
        });
        // The clock is read as in a frame; the time is held, since samples are
        // measured apart.
        let _now = std::hint::black_box(Instant::now());
        state.tick_at(*started);
    }

    /// What comes on top once a second.
    pub fn sample(&self) {
        self.state.sample_at(Instant::now() + Duration::from_secs(1));
    }

    /// Frames recorded so far.
    pub fn frames(&self) -> u64 {
        self.state.get_render_metrics().frames
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recorded_frame_is_in_every_part_of_the_report() {
        let scenario = Scenario::new();
        for n in 0..10 {
            scenario.record(&Frame::nth(n));
        }
        scenario.sample();
        let report = scenario.state.report();
        assert_eq!((scenario.frames(), report.render.frames), (10, 10));
        assert!(report.render.phases.gpu.is_some() && report.render.interval_p95_ms > 0.0);
        assert_eq!(report.memory.components.len(), COMPONENTS.len());
        assert_eq!((report.scroll.len(), report.updates.total_batches), (3, 20));
        assert!(report.scroll["files"].memory_savings > 0.99);
        assert_eq!(report.audio.voices, 32);
    }
}
