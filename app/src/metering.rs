//! Feeds the profiler: frames with their phases, lists, updates, bytes, sound.
//!
//! Runs on the UI thread. Times are CPU time of that thread, so that a busy machine does
//! not look like a slow program; in the window the rest of a frame is what eframe reports.

use crate::view_ctx::{Costs, FrameReport};
use engine::studio::Studio;
use profiling::ProfilingState;
use profiling::render_metrics::{Phase, PhaseTimes};
use profiling::report::AudioReport;
use profiling::thread_cpu::ThreadCpuTimer;
use std::time::Instant;

/// Seconds between two readings of the figures on show: fast enough to live, slow enough to read.
const SHOW_EVERY_SECS: f64 = 0.25;
/// Seconds between two looks at who holds how many bytes.
const WEIGH_EVERY_SECS: f64 = 1.0;

/// The window's or the headless run's own meter.
pub struct Metering {
    /// Everything that is known about the program's cost.
    pub state: ProfilingState,
    phases: PhaseTimes,
    timer: Option<ThreadCpuTimer>,
    animating: bool,
    last_frame: Option<Instant>,
    costs: Costs,
    shown: f64,
    weighed: f64,
}

impl Metering {
    /// For a window, or for a headless run that keeps every frame.
    pub fn new(window: bool) -> Self {
        Self {
            state: if window { ProfilingState::new() } else { ProfilingState::headless() },
            phases: PhaseTimes::default(),
            timer: None,
            animating: false,
            last_frame: None,
            costs: Costs::default(),
            shown: f64::MIN,
            weighed: f64::MIN,
        }
    }

    /// Whether frames follow each other by themselves: only then their distance means anything.
    pub fn set_animating(&mut self, animating: bool) {
        self.animating = animating;
        if !animating {
            self.last_frame = None;
        }
    }

    /// What is shown in the bars.
    pub const fn costs(&self) -> Costs {
        self.costs
    }

    pub(crate) fn begin(&mut self) {
        self.timer = Some(ThreadCpuTimer::start());
    }

    pub(crate) fn end_logic(&mut self) {
        self.end(Phase::Logic);
    }

    pub(crate) fn end_ui(&mut self) {
        self.end(Phase::Ui);
    }

    fn end(&mut self, phase: Phase) {
        if let Some(timer) = self.timer.take() {
            self.phases.add(phase, timer.elapsed_ms());
        }
    }

    /// Records the frame before, whose work eframe says took `cpu_usage` seconds:
    /// what logic and ui did not take is tessellation and submission.
    pub(crate) fn finish_window_frame(&mut self, cpu_usage: Option<f32>) {
        let mut phases = std::mem::take(&mut self.phases);
        let Some(own) = phases.ui_thread_ms() else { return };
        let total = cpu_usage.map_or(own, |secs| f64::from(secs) * 1000.0).max(own);
        phases.add(Phase::Tessellate, total - own);
        self.state.record_measured_frame(total, &phases);
        self.interval();
        self.state.tick();
    }

    /// Records a frame whose phases were all measured outside, as headless runs do.
    pub fn record(&mut self, phases: &PhaseTimes) {
        // A frame's time is its work up to submission: what the GPU takes is told apart.
        let total = phases.ui_thread_ms().unwrap_or(0.0);
        self.state.record_measured_frame(total, phases);
        self.state.tick();
    }

    fn interval(&mut self) {
        if !self.animating {
            return;
        }
        let now = Instant::now();
        if let Some(last) = self.last_frame.replace(now) {
            let ms = now.duration_since(last).as_secs_f64() * 1000.0;
            self.state.render_metrics.write().record_interval(ms);
        }
    }

    /// Weighs again with the next frame: another song has come.
    pub(crate) const fn weigh_soon(&mut self) {
        self.weighed = f64::MIN;
    }

    /// Takes what the panels measured, and every second who holds how many bytes.
    pub(crate) fn feed(
        &mut self,
        now: f64,
        studio: &Studio,
        report: &FrameReport,
        interface: usize,
    ) {
        let (scrolls, gpu_bytes) = report.take();
        for list in scrolls {
            self.state.update_virtual_list(list.list, list.total, list.start, list.end);
        }
        if now - self.weighed >= WEIGH_EVERY_SECS {
            self.weighed = now;
            for (name, bytes) in studio.component_bytes() {
                self.state.set_component(name, bytes);
            }
            self.state.set_component("interface", interface);
            self.state.set_external("gpu buffers", gpu_bytes);
            let audio = studio.audio_stats();
            self.state.set_audio(AudioReport {
                callback_p99_us: audio.callback_p99_us,
                budget_us: audio.budget_us,
                dropouts: audio.dropouts,
                voices: audio.voices as u64,
            });
        }
        if now - self.shown >= SHOW_EVERY_SECS || self.costs.ui_ms == 0.0 {
            self.shown = now;
            let render = self.state.render_metrics.read();
            self.costs = Costs {
                dsp: studio.audio_stats().load,
                ui_ms: render.ui_thread_times().next_back().unwrap_or(0.0) as f32,
                fps: if self.animating { render.presented_fps() as f32 } else { 0.0 },
                dropped: render.dropped_frames(),
            };
        }
    }
}
