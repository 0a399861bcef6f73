//! Batched updates of the interface.

use std::fmt::Write as _;

use crate::{report::UpdatesReport, window::counted_ms};

/// Batches of updates applied in one go: document changes of a frame, note
/// instances uploaded. (The source called them DOM updates.)
///
/// ```
/// use profiling::render_metrics::UiUpdateMetrics;
///
/// let mut metrics = UiUpdateMetrics::new();
/// metrics.record_batch(10, 5.0); // 10 updates in 5 ms
/// metrics.record_batch(20, 10.0);
/// metrics.record_batch(15, 7.5);
///
/// assert_eq!(metrics.average_batch_size(), 15.0);
/// assert_eq!(metrics.average_batch_time(), 7.5);
/// assert_eq!(metrics.total_updates(), 45);
/// ```
#[doc(alias = "DomUpdateMetrics")]
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UiUpdateMetrics {
    batches: u64,
    updates: u64,
    total_ms: f64,
    max_ms: f64,
    ignored: u64,
}

impl UiUpdateMetrics {
    /// Nothing recorded yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts a batch of `n` updates that took `ms`; a batch whose time is
    /// negative or not finite is ignored and counted as such.
    pub fn record_batch(&mut self, n: usize, ms: f64) {
        let Some(ms) = counted_ms(ms) else {
            self.ignored = self.ignored.saturating_add(1);
            return;
        };
        self.batches = self.batches.saturating_add(1);
        self.updates = self.updates.saturating_add(n as u64);
        // 2^64 batches of the longest counted time stay finite.
        self.total_ms += ms;
        self.max_ms = self.max_ms.max(ms);
    }

    /// Updates per batch; 0 when there is none.
    pub fn average_batch_size(&self) -> f64 {
        crate::units::share(self.updates, self.batches)
    }

    /// Mean time of a batch in ms; 0 when there is none.
    pub fn average_batch_time(&self) -> f64 {
        if self.batches == 0 { 0.0 } else { self.total_ms / self.batches as f64 }
    }

    /// The longest batch in ms; 0 when there is none.
    pub fn max_batch_time(&self) -> f64 {
        self.max_ms
    }

    /// Batches so far.
    pub fn total_batches(&self) -> u64 {
        self.batches
    }

    /// Updates so far, in all batches.
    pub fn total_updates(&self) -> u64 {
        self.updates
    }

    /// Batches whose time was negative or not finite.
    pub fn ignored(&self) -> u64 {
        self.ignored
    }

    /// Forgets everything.
    pub fn reset(&mut self) {
        *self = Self::new();
    }

    /// For people.
    pub fn format_report(&self) -> String {
        let mut out = String::from("UI Update Metrics\n=================\n");
        // Writing to a string cannot fail.
        let _infallible = write!(
            out,
            "Total Batches: {}\nTotal Updates: {}\nAverage Batch Size: {:.1}\n\
             Average Batch Time: {:.2} ms\n",
            self.batches,
            self.updates,
            self.average_batch_size(),
            self.average_batch_time(),
        );
        out
    }

    /// For programs: the report's `updates` object.
    pub fn report(&self) -> UpdatesReport {
        UpdatesReport {
            total_batches: self.batches,
            total_updates: self.updates,
            average_batch_size: self.average_batch_size(),
            average_batch_time_ms: self.average_batch_time(),
        }
    }
}
