//! A copy of the figures, so that a paused overlay holds still.

use std::collections::BTreeMap;

use crate::{
    ProfilingState, Report,
    leak::{Leak, MemoryPoint},
    state::HEAP,
};

/// Components whose history is drawn.
const MAX_SERIES: usize = 6;

/// One component's bytes over time.
pub(super) struct Series {
    pub name: String,
    pub points: Vec<MemoryPoint>,
}

/// The figures at one moment.
pub(super) struct Snapshot {
    /// The host's time when it was taken, in seconds.
    pub taken: f64,
    pub report: Report,
    /// Newest last, in ms.
    pub frame_times: Vec<f64>,
    pub budget_ms: f64,
    /// 50th, 95th, 99th and 99.9th, in ms.
    pub percentiles: [f64; 4],
    pub presented_fps: f64,
    pub leaks: Vec<Leak>,
    /// The heap first, then the largest components.
    pub series: Vec<Series>,
    pub pools_available: BTreeMap<String, usize>,
}

impl Snapshot {
    pub(super) fn take(state: &ProfilingState, now: f64) -> Self {
        state.tick();
        let report = state.report_of_last_sample();
        let (frame_times, budget_ms, percentiles, presented_fps) = {
            let render = state.render_metrics.read();
            (
                // A headless run keeps all its frames: the newest will do.
                render.frame_times().rev().take(crate::render_metrics::DEFAULT_HISTORY).collect(),
                render.budget_ms,
                render.percentiles([50.0, 95.0, 99.0, 99.9]),
                render.presented_fps(),
            )
        };
        let mut frame_times: Vec<f64> = frame_times;
        frame_times.reverse();
        Self {
            taken: now,
            frame_times,
            budget_ms,
            percentiles,
            presented_fps,
            leaks: state.leaks(),
            series: series(state, &report),
            pools_available: state.get_pool_availability(),
            report,
        }
    }
}

fn series(state: &ProfilingState, report: &Report) -> Vec<Series> {
    let mut largest: Vec<(&String, u64)> =
        report.memory.components.iter().map(|(name, &bytes)| (name, bytes)).collect();
    largest.sort_by_key(|&(_, bytes)| std::cmp::Reverse(bytes));
    let detector = state.leak_detector.read();
    std::iter::once(HEAP)
        .chain(largest.into_iter().map(|(name, _)| name.as_str()))
        .map(|name| Series { name: name.to_owned(), points: detector.history(name).collect() })
        .filter(|series| !series.points.is_empty())
        .take(MAX_SERIES + 1)
        .collect()
}
