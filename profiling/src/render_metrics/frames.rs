//! The times of frames, their phases and their intervals.

use std::fmt::Write as _;

use super::{Phase, PhaseTimes};
use crate::{
    HeapSize,
    report::{PhaseReport, PhasesReport, RenderReport},
    units::format_percent,
    window::{Window, counted_ms},
};

/// Frames that [`RenderMetrics::new`] keeps.
pub const DEFAULT_HISTORY: usize = 1_000;
/// A frame that took longer than this was dropped, in ms: one sixtieth of a
/// second, written as everybody writes it, so that 16.67 itself is in time.
pub const DEFAULT_BUDGET_MS: f64 = 16.67;
/// Frames per second that are aimed at.
pub const DEFAULT_TARGET_FPS: f64 = 60.0;

/// What drawing costs, frame by frame.
///
/// Minimum, maximum, total and dropped are of the whole life; averages and
/// percentiles are of the window. Times that are negative or not finite are
/// ignored and counted.
///
/// ```
/// use profiling::render_metrics::RenderMetrics;
///
/// let mut metrics = RenderMetrics::new();
/// metrics.record_frame(16.0); // in time
/// metrics.record_frame(33.4); // dropped
/// metrics.record_frame(16.0);
///
/// assert_eq!(format!("{:.2}", metrics.fps()), "45.87"); // 1000 / 21.8
/// assert_eq!(metrics.dropped_frames(), 1);
/// assert_eq!(metrics.dropped_frame_rate(), 1.0 / 3.0);
/// assert!(!metrics.is_smooth());
/// ```
#[derive(Clone, Debug)]
pub struct RenderMetrics {
    /// A frame above this was dropped, in ms; default [`DEFAULT_BUDGET_MS`].
    pub budget_ms: f64,
    /// The rate aimed at, in frames per second; default 60.
    pub target_fps: f64,
    frames: Window,
    intervals: Window,
    ui_thread: Window,
    phases: [Window; 6],
    min_ms: Option<f64>,
    max_ms: f64,
    total: u64,
    dropped: u64,
    ignored: u64,
    warmup_frames: u64,
    warmup_ms: f64,
}

impl Default for RenderMetrics {
    fn default() -> Self {
        Self::new()
    }
}

impl HeapSize for RenderMetrics {
    fn heap_bytes(&self) -> usize {
        let windows = [&self.frames, &self.intervals, &self.ui_thread];
        let all = windows.into_iter().chain(&self.phases);
        all.fold(0, |sum: usize, window| sum.saturating_add(window.heap_bytes()))
    }
}

impl RenderMetrics {
    /// Keeps the newest 1,000 frames.
    pub fn new() -> Self {
        Self::with_history(DEFAULT_HISTORY)
    }

    /// Keeps the newest `n` frames; 0 keeps one.
    pub fn with_history(n: usize) -> Self {
        let window = || Window::new(n);
        Self {
            budget_ms: DEFAULT_BUDGET_MS,
            target_fps: DEFAULT_TARGET_FPS,
            frames: window(),
            intervals: window(),
            ui_thread: window(),
            phases: std::array::from_fn(|_| window()),
            min_ms: None,
            max_ms: 0.0,
            total: 0,
            dropped: 0,
            ignored: 0,
            warmup_frames: 0,
            warmup_ms: 0.0,
        }
    }

    /// Keeps every frame: for headless runs, which have an end.
    pub fn unbounded() -> Self {
        Self::with_history(usize::MAX)
    }

    /// Aims at another rate: the budget becomes one frame of it, to a
    /// hundredth of a ms (60 is 16.67). A rate that is not above 0 changes nothing.
    #[must_use]
    pub fn with_target_fps(mut self, fps: f64) -> Self {
        let budget = (100_000.0 / fps).round() / 100.0;
        if fps.is_finite() && fps > 0.0 && budget.is_finite() {
            self.target_fps = fps;
            self.budget_ms = budget;
        }
        self
    }

    /// Counts one frame that took `ms` of work.
    pub fn record_frame(&mut self, ms: f64) {
        let Some(ms) = counted_ms(ms) else {
            self.ignored = self.ignored.saturating_add(1);
            return;
        };
        self.frames.push(ms);
        self.total = self.total.saturating_add(1);
        if ms > self.budget_ms {
            self.dropped = self.dropped.saturating_add(1);
        }
        self.min_ms = Some(self.min_ms.map_or(ms, |min| min.min(ms)));
        self.max_ms = self.max_ms.max(ms);
    }

    /// Counts one frame with its phases; `total_ms` is the whole of its work.
    /// A frame whose total is no time is ignored as a whole, or the windows of
    /// the phases would be of other frames than the totals.
    pub fn record_measured_frame(&mut self, total_ms: f64, phases: &PhaseTimes) {
        self.record_frame(total_ms);
        if counted_ms(total_ms).is_none() {
            return;
        }
        for phase in Phase::ALL {
            if let Some(ms) = phases.get(phase) {
                self.record_phase(phase, ms);
            }
        }
        if let Some(ms) = phases.ui_thread_ms() {
            self.ui_thread.push(ms);
        }
    }

    /// One phase of a frame alone; the GPU's answer comes frames later.
    pub fn record_phase(&mut self, phase: Phase, ms: f64) {
        match counted_ms(ms) {
            Some(ms) => self.phase_mut(phase).push(ms),
            None => self.ignored = self.ignored.saturating_add(1),
        }
    }

    /// Time between two presents, in ms; call it only while something animates.
    pub fn record_interval(&mut self, ms: f64) {
        match counted_ms(ms) {
            Some(ms) => self.intervals.push(ms),
            None => self.ignored = self.ignored.saturating_add(1),
        }
    }

    /// A frame of the warm-up: reported apart, in no average and no percentile.
    pub fn record_warmup(&mut self, ms: f64) {
        let Some(ms) = counted_ms(ms) else {
            self.ignored = self.ignored.saturating_add(1);
            return;
        };
        self.warmup_frames = self.warmup_frames.saturating_add(1);
        self.warmup_ms = counted_ms(self.warmup_ms + ms).unwrap_or(self.warmup_ms);
    }

    /// Frames per second the work would allow: 1000 / mean of the window, 0
    /// when the window is empty or its frames took no time at all.
    pub fn fps(&self) -> f64 {
        fps_of(self.frames.mean())
    }

    /// Frames per second that were really presented while animating.
    pub fn presented_fps(&self) -> f64 {
        fps_of(self.intervals.mean())
    }

    /// Mean of the window in ms; 0 when there is none.
    pub fn average_frame_time(&self) -> f64 {
        self.frames.mean()
    }

    /// The shortest frame ever, in ms; 0 when there is none.
    pub fn min_frame_time(&self) -> f64 {
        self.min_ms.unwrap_or(0.0)
    }

    /// The longest frame ever, in ms; 0 when there is none.
    pub fn max_frame_time(&self) -> f64 {
        self.max_ms
    }

    /// The `p`th percentile of the window in ms, by nearest rank; `p` in 0..=100.
    pub fn percentile(&self, p: f64) -> f64 {
        self.frames.sorted().percentile(p)
    }

    /// Several percentiles for one sort.
    pub fn percentiles<const N: usize>(&self, ps: [f64; N]) -> [f64; N] {
        let sorted = self.frames.sorted();
        ps.map(|p| sorted.percentile(p))
    }

    /// The `p`th percentile of the intervals between presents, in ms.
    pub fn interval_percentile(&self, p: f64) -> f64 {
        self.intervals.sorted().percentile(p)
    }

    /// The `p`th percentile of what a frame takes on the UI thread, in ms.
    pub fn ui_thread_percentile(&self, p: f64) -> f64 {
        self.ui_thread.sorted().percentile(p)
    }

    /// The `p`th percentile of a phase in ms; `None` where it was never measured.
    pub fn phase_percentile(&self, phase: Phase, p: f64) -> Option<f64> {
        let window = self.phase(phase);
        (!window.is_empty()).then(|| window.sorted().percentile(p))
    }

    /// The frames of the window in ms, oldest first.
    pub fn frame_times(&self) -> impl DoubleEndedIterator<Item = f64> + '_ {
        self.frames.iter()
    }

    /// What each frame of the window took on the UI thread in ms, oldest first.
    pub fn ui_thread_times(&self) -> impl DoubleEndedIterator<Item = f64> + '_ {
        self.ui_thread.iter()
    }

    /// Frames in the window.
    pub fn window_frames(&self) -> usize {
        self.frames.len()
    }

    /// Frames ever recorded, without the warm-up.
    pub fn total_frames(&self) -> u64 {
        self.total
    }

    /// Frames ever that took more than the budget.
    pub fn dropped_frames(&self) -> u64 {
        self.dropped
    }

    /// Dropped frames as a share of all, 0..=1.
    pub fn dropped_frame_rate(&self) -> f64 {
        crate::units::share(self.dropped, self.total)
    }

    /// Times that were negative or not finite.
    pub fn ignored(&self) -> u64 {
        self.ignored
    }

    /// Whether the mean frame keeps the budget; an empty window does.
    pub fn is_smooth(&self) -> bool {
        self.frames.mean() <= self.budget_ms
    }

    /// Forgets everything but the bounds, the budget and the target.
    pub fn reset(&mut self) {
        let Self {
            budget_ms: _,
            target_fps: _,
            frames,
            intervals,
            ui_thread,
            phases,
            min_ms,
            max_ms,
            total,
            dropped,
            ignored,
            warmup_frames,
            warmup_ms,
        } = self;
        frames.clear();
        intervals.clear();
        ui_thread.clear();
        phases.iter_mut().for_each(Window::clear);
        *min_ms = None;
        (*max_ms, *warmup_ms) = (0.0, 0.0);
        (*total, *dropped, *ignored, *warmup_frames) = (0, 0, 0, 0);
    }

    /// For people.
    pub fn format_report(&self) -> String {
        let mut out = String::from("Render Metrics Report\n====================\n");
        // Writing to a string cannot fail.
        let _infallible = write!(
            out,
            "FPS: {:.1}\nAverage Frame Time: {:.2} ms\nMin Frame Time: {:.2} ms\n\
             Max Frame Time: {:.2} ms\nTotal Frames: {}\nDropped Frames: {} ({})\nSmooth: {}\n",
            self.fps(),
            self.average_frame_time(),
            self.min_frame_time(),
            self.max_frame_time(),
            self.total,
            self.dropped,
            format_percent(self.dropped_frame_rate()),
            if self.is_smooth() { "Yes" } else { "No" },
        );
        out
    }

    /// For programs: the `render` object of the report.
    pub fn report(&self) -> RenderReport {
        let frames = self.frames.sorted();
        let ui_thread = self.ui_thread.sorted();
        RenderReport {
            frames: self.total,
            fps: self.fps(),
            mean_ms: self.average_frame_time(),
            min_ms: self.min_frame_time(),
            p50_ms: frames.percentile(50.0),
            p95_ms: frames.percentile(95.0),
            p99_ms: frames.percentile(99.0),
            max_ms: self.max_ms,
            dropped: self.dropped,
            is_smooth: self.is_smooth(),
            interval_p95_ms: self.interval_percentile(95.0),
            ui_thread_p50_ms: ui_thread.percentile(50.0),
            ui_thread_p95_ms: ui_thread.percentile(95.0),
            ui_thread_max_ms: ui_thread.max(),
            warmup_frames: self.warmup_frames,
            warmup_ms: self.warmup_ms,
            ignored: self.ignored,
            phases: PhasesReport {
                input: self.phase_report(Phase::Input).unwrap_or_default(),
                logic: self.phase_report(Phase::Logic).unwrap_or_default(),
                ui: self.phase_report(Phase::Ui).unwrap_or_default(),
                tessellate: self.phase_report(Phase::Tessellate).unwrap_or_default(),
                upload: self.phase_report(Phase::Upload).unwrap_or_default(),
                gpu: self.phase_report(Phase::Gpu),
            },
        }
    }

    /// Window of one phase; `None` where it was never measured.
    fn phase_report(&self, phase: Phase) -> Option<PhaseReport> {
        let window = self.phase(phase);
        (!window.is_empty()).then(|| {
            let sorted = window.sorted();
            PhaseReport {
                p50_ms: sorted.percentile(50.0),
                p95_ms: sorted.percentile(95.0),
                max_ms: sorted.max(),
            }
        })
    }

    fn phase(&self, phase: Phase) -> &Window {
        let [input, logic, ui, tessellate, upload, gpu] = &self.phases;
        match phase {
            Phase::Input => input,
            Phase::Logic => logic,
            Phase::Ui => ui,
            Phase::Tessellate => tessellate,
            Phase::Upload => upload,
            Phase::Gpu => gpu,
        }
    }

    fn phase_mut(&mut self, phase: Phase) -> &mut Window {
        let [input, logic, ui, tessellate, upload, gpu] = &mut self.phases;
        match phase {
            Phase::Input => input,
            Phase::Logic => logic,
            Phase::Ui => ui,
            Phase::Tessellate => tessellate,
            Phase::Upload => upload,
            Phase::Gpu => gpu,
        }
    }
}

fn fps_of(mean_ms: f64) -> f64 {
    if mean_ms > 0.0 { (1000.0 / mean_ms).min(f64::MAX) } else { 0.0 }
}
