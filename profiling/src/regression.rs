//! What got slower or larger between two saved reports.
//! Pure; any thread.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{report::Report, units::format_bytes};

/// What a figure measures, and so how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Milliseconds.
    Millis,
    /// Microseconds.
    Micros,
    /// Bytes.
    Bytes,
}

/// How much worse a figure has to be to be named.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// Relative: 0.1 is ten per cent.
    pub ratio: f64,
    /// And in ms: below this, times are noise.
    pub min_ms: f64,
    /// And in bytes: below this, sizes are noise.
    pub min_bytes: f64,
}

impl Default for Thresholds {
    /// Ten per cent, 0.05 ms, 256 KiB.
    fn default() -> Self {
        Self { ratio: 0.1, min_ms: 0.05, min_bytes: 262_144.0 }
    }
}

/// One figure that got worse.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Regression {
    /// The figure's path in the report: `render.phases.ui.p95_ms`.
    pub metric: String,
    /// What it measures.
    pub kind: Kind,
    /// As it was.
    pub before: f64,
    /// As it is.
    pub after: f64,
}

impl Regression {
    /// How much worse, as a share of what it was; `None` when that was 0.
    pub fn change(&self) -> Option<f64> {
        (self.before > 0.0).then(|| self.after / self.before - 1.0)
    }
}

impl fmt::Display for Regression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let worse = if self.kind == Kind::Bytes { "larger" } else { "slower" };
        match self.change() {
            Some(change) => write!(f, "{}: {:.1}% {worse}", self.metric, change * 100.0)?,
            None => write!(f, "{}: {worse}", self.metric)?,
        }
        let write = |value: f64| match self.kind {
            Kind::Millis => format!("{value:.2} ms"),
            Kind::Micros => format!("{value:.0} µs"),
            Kind::Bytes => format_bytes(value as u64),
        };
        write!(f, " ({}, was {})", write(self.after), write(self.before))
    }
}

/// Why two reports cannot be compared.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum CompareError {
    /// They come from different machines.
    #[error("the reports are of different machines: {before} and {after}")]
    Machine {
        /// Of the older one.
        before: String,
        /// Of the newer one.
        after: String,
    },
    /// They come from different scenarios.
    #[error("the reports are of different scenarios: {before} and {after}")]
    Scenario {
        /// Of the older one.
        before: String,
        /// Of the newer one.
        after: String,
    },
}

/// Names what got slower or larger from `before` to `after`, the worst first.
///
/// ```
/// use profiling::{regression::{Thresholds, compare}, Report};
///
/// let mut before = Report::default();
/// before.render.phases.ui.p95_ms = 1.0;
/// let mut after = before.clone();
/// after.render.phases.ui.p95_ms = 1.2;
///
/// let found = compare(&before, &after, &Thresholds::default()).unwrap();
/// assert_eq!(
///     found[0].to_string(),
///     "render.phases.ui.p95_ms: 20.0% slower (1.20 ms, was 1.00 ms)"
/// );
/// ```
///
/// # Errors
/// When both reports name their machine or scenario and these differ.
pub fn compare(
    before: &Report,
    after: &Report,
    thresholds: &Thresholds,
) -> Result<Vec<Regression>, CompareError> {
    if let (Some(b), Some(a)) = (&before.machine, &after.machine)
        && b != a
    {
        return Err(CompareError::Machine { before: b.clone(), after: a.clone() });
    }
    if let (Some(b), Some(a)) = (&before.scenario, &after.scenario)
        && b != a
    {
        return Err(CompareError::Scenario { before: b.clone(), after: a.clone() });
    }
    let mut found: Vec<Regression> =
        figures(before, after).into_iter().filter(|figure| is_worse(figure, thresholds)).collect();
    // What was not there before is the worst of all.
    let rank = |r: &Regression| r.change().unwrap_or(f64::INFINITY);
    found.sort_by(|a, b| rank(b).total_cmp(&rank(a)).then_with(|| a.metric.cmp(&b.metric)));
    Ok(found)
}

fn is_worse(figure: &Regression, thresholds: &Thresholds) -> bool {
    let &Regression { before, after, kind, .. } = figure;
    let least = match kind {
        Kind::Millis => thresholds.min_ms,
        Kind::Micros => thresholds.min_ms * 1000.0,
        Kind::Bytes => thresholds.min_bytes,
    };
    // A time that was not measured before is no slower now.
    let is_known = before > 0.0 || kind == Kind::Bytes;
    // A hair below the ratio, so that exactly ten per cent counts.
    let is_more = after >= before * (1.0 + thresholds.ratio) - before.abs() * 1e-9;
    is_known && is_more && after - before >= least && after > before
}

/// Every figure of which more is worse, in both reports.
fn figures(before: &Report, after: &Report) -> Vec<Regression> {
    let mut figures = Vec::new();
    let mut add = |metric: String, kind: Kind, before: f64, after: f64| {
        figures.push(Regression { metric, kind, before, after });
    };
    let (b, a) = (&before.render, &after.render);
    for (name, b, a) in [
        ("mean_ms", b.mean_ms, a.mean_ms),
        ("p50_ms", b.p50_ms, a.p50_ms),
        ("p95_ms", b.p95_ms, a.p95_ms),
        ("p99_ms", b.p99_ms, a.p99_ms),
        ("ui_thread_p50_ms", b.ui_thread_p50_ms, a.ui_thread_p50_ms),
        ("ui_thread_p95_ms", b.ui_thread_p95_ms, a.ui_thread_p95_ms),
        ("interval_p95_ms", b.interval_p95_ms, a.interval_p95_ms),
    ] {
        add(format!("render.{name}"), Kind::Millis, b, a);
    }
    for (name, after_phase) in a.phases.iter() {
        let phase = b.phases.iter().find(|&(other, _)| other == name).map(|(_, phase)| phase);
        let Some(phase) = phase else { continue };
        let path = |figure: &str| format!("render.phases.{name}.{figure}");
        add(path("p50_ms"), Kind::Millis, phase.p50_ms, after_phase.p50_ms);
        add(path("p95_ms"), Kind::Millis, phase.p95_ms, after_phase.p95_ms);
    }
    let (b, a) = (&before.memory, &after.memory);
    add("memory.heap_bytes".to_owned(), Kind::Bytes, b.heap_bytes as f64, a.heap_bytes as f64);
    add("memory.rss_bytes".to_owned(), Kind::Bytes, b.rss_bytes as f64, a.rss_bytes as f64);
    for (name, &bytes) in &a.components {
        let then = b.components.get(name).copied().unwrap_or(0);
        add(format!("memory.components.{name}"), Kind::Bytes, then as f64, bytes as f64);
    }
    let (b, a) = (before.updates.average_batch_time_ms, after.updates.average_batch_time_ms);
    add("updates.average_batch_time_ms".to_owned(), Kind::Millis, b, a);
    let (b, a) = (before.audio.callback_p99_us, after.audio.callback_p99_us);
    add("audio.callback_p99_us".to_owned(), Kind::Micros, b, a);
    for query in &after.queries {
        if let Some(then) = before.queries.iter().find(|then| then.sql == query.sql) {
            add(format!("queries.{}.p95_ms", query.sql), Kind::Millis, then.p95_ms, query.p95_ms);
        }
    }
    figures
}
