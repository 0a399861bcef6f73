//! Feeds the profiler: frames with their phases, lists, updates, bytes, sound.
//!
//! Runs on the UI thread. Times are CPU time of that thread, so that a busy machine does
//! not look like a slow program; in the window the rest of a frame is what eframe reports.

use crate::view_ctx::{Costs, FrameReport};
use engine::studio::Studio;
use profiling::ProfilingState;
use profiling::alerts::Alerts;
use profiling::alloc;
use profiling::render_metrics::{Phase, PhaseTimes};
use profiling::report::AudioReport;
use profiling::thread_cpu::ThreadCpuTimer;
use std::time::{Duration, Instant};

/// Seconds between two readings of the figures on show: fast enough to live, slow enough to read.
const SHOW_EVERY_SECS: f64 = 0.25;
/// What a frame of a headless run stands for.
const FRAME: Duration = Duration::from_nanos(1_000_000_000 / 60);
/// Frames after which egui and wgpu hold what they hold: their faces, their pipelines,
/// what they remember of the panels.
const WARM_FRAMES: u32 = 6;

/// The window's or the headless run's own meter.
pub struct Metering {
    /// Everything that is known about the program's cost.
    pub state: ProfilingState,
    /// What the user should be told of it.
    pub alerts: Alerts,
    phases: PhaseTimes,
    timer: Option<ThreadCpuTimer>,
    animating: bool,
    last_frame: Option<Instant>,
    costs: Costs,
    shown: f64,
    weighed: f64,
    foreign: Foreign,
    /// Simulated time of a headless run; `None` in the window, where the clock counts.
    simulated: Option<Instant>,
}

/// What libraries hold whose structures cannot be asked: egui and wgpu. The counting
/// allocator tells what the UI thread kept while only they were at work, over the device's
/// making and the first frames; what comes later is not followed, so that an object which
/// changes hands between them and us never looks like growth.
#[derive(Default)]
struct Foreign {
    bytes: i64,
    since: Option<i64>,
    frames: u32,
}

impl Metering {
    /// For a window, or for a headless run that keeps every frame.
    pub fn new(window: bool) -> Self {
        Self {
            state: if window { ProfilingState::new() } else { ProfilingState::headless() },
            alerts: Alerts::new(),
            phases: PhaseTimes::default(),
            timer: None,
            animating: false,
            last_frame: None,
            costs: Costs::default(),
            shown: f64::MIN,
            weighed: f64::MIN,
            foreign: Foreign::default(),
            simulated: (!window).then(Instant::now),
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

    /// Heap bytes that making the graphics device left behind.
    pub fn add_graphics_bytes(&mut self, bytes: i64) {
        self.foreign.bytes = self.foreign.bytes.saturating_add(bytes);
    }

    /// From here on egui and wgpu are at work; what the application does is done
    /// [`apart`](alloc::apart).
    pub(crate) fn enter_foreign(&mut self) {
        let warm = self.foreign.frames >= WARM_FRAMES;
        self.foreign.since = (!warm).then(alloc::thread_net_bytes);
    }

    /// Until here. `own` are the heap bytes that our panels hold by themselves.
    pub(crate) fn leave_foreign(&mut self, own: usize) {
        let Some(since) = self.foreign.since.take() else { return };
        let kept = alloc::thread_net_bytes().wrapping_sub(since);
        self.foreign.bytes = self.foreign.bytes.saturating_add(kept);
        self.foreign.frames += 1;
        if self.foreign.frames == WARM_FRAMES {
            self.weigh_soon();
            let own = i64::try_from(own).unwrap_or(i64::MAX);
            self.foreign.bytes = self.foreign.bytes.saturating_sub(own);
        }
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
    /// what logic, ui and upload did not take is tessellation and submission.
    pub(crate) fn finish_window_frame(&mut self, cpu_usage: Option<f32>, upload_ms: f64) {
        let mut phases = std::mem::take(&mut self.phases);
        if phases.ui_thread_ms().is_none() {
            return;
        }
        phases.add(Phase::Upload, upload_ms);
        let own = phases.ui_thread_ms().unwrap_or(0.0);
        let total = cpu_usage.map_or(own, |secs| f64::from(secs) * 1000.0).max(own);
        phases.add(Phase::Tessellate, total - own);
        self.interval();
        self.take_frame(total, &phases);
    }

    /// Records a frame whose phases were all measured outside, as headless runs do.
    pub fn record(&mut self, phases: &PhaseTimes) {
        // A frame's time is its work up to submission: what the GPU takes is told apart.
        let total = phases.ui_thread_ms().unwrap_or(0.0);
        self.take_frame(total, phases);
    }

    fn take_frame(&mut self, total_ms: f64, phases: &PhaseTimes) {
        self.state.record_measured_frame(total_ms, phases);
        // A software driver may take a second for a frame: a headless run's own seconds
        // hold sixty frames each, however long they take.
        let now = match &mut self.simulated {
            Some(now) => {
                *now += FRAME;
                *now
            }
            None => Instant::now(),
        };
        if self.animating {
            let budget = self.state.render_metrics.read().budget_ms;
            self.alerts.record_frame_at(total_ms, budget, now);
        }
        if self.simulated.is_some() {
            // What a driver without a GPU takes two minutes for is a few seconds of use:
            // the process is sampled, but nothing is called a leak.
            self.state.tick_at(Instant::now());
        } else {
            self.sample_at(Instant::now());
        }
    }

    /// Once a second asks the process and looks for what only grows.
    pub fn sample_at(&mut self, now: Instant) {
        if self.state.tick_at(now) {
            self.alerts.set_leaks(&self.state.leaks());
        }
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

    /// Takes what the panels measured, and a few times a second who holds how many bytes.
    /// `interface` are the heap bytes of the application's own parts.
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
        for (name, counters) in report.take_new_caches() {
            self.state.register_cache(name, counters);
        }
        if gpu_bytes > 0 {
            self.state.set_external("gpu buffers", gpu_bytes);
        }
        if now - self.weighed >= SHOW_EVERY_SECS {
            self.weighed = now;
            self.weigh(studio, interface);
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

    /// Who holds how many bytes, and how the sound does. Every owner weighs itself by
    /// revision, so that this costs nothing while nothing changes.
    pub(crate) fn weigh(&self, studio: &Studio, interface: usize) {
        puffin::profile_function!();
        for (name, bytes) in studio.component_bytes() {
            self.state.set_component(name, bytes);
        }
        self.state.set_component("interface", interface);
        let foreign = usize::try_from(self.foreign.bytes).unwrap_or(0);
        self.state.set_component("egui and wgpu", foreign);
        self.state.measure_self();
        let audio = studio.audio_stats();
        self.state.set_audio(AudioReport {
            callback_p99_us: audio.callback_p99_us,
            budget_us: audio.budget_us,
            dropouts: audio.dropouts,
            voices: audio.voices as u64,
        });
    }
}
