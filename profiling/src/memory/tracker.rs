//! [`MemoryMetrics`] behind `&self`.

use std::sync::Arc;

use parking_lot::RwLock;

use super::{MemoryMetrics, MemorySnapshot};
use crate::HeapSize;

/// [`MemoryMetrics`] for many threads; clones share one set of figures.
///
/// ```
/// use profiling::memory::MemoryTracker;
///
/// let tracker = MemoryTracker::new();
/// let in_a_worker = tracker.clone();
/// in_a_worker.track_allocation("library", 512);
/// assert_eq!(tracker.total_allocated(), 512);
/// ```
#[derive(Clone, Debug, Default)]
pub struct MemoryTracker {
    metrics: Arc<RwLock<MemoryMetrics>>,
}

impl MemoryTracker {
    /// No component yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// See [`MemoryMetrics::track_allocation`].
    pub fn track_allocation(&self, component: &str, bytes: usize) {
        self.metrics.write().track_allocation(component, bytes);
    }

    /// See [`MemoryMetrics::track_deallocation`].
    pub fn track_deallocation(&self, component: &str, bytes: usize) {
        self.metrics.write().track_deallocation(component, bytes);
    }

    /// See [`MemoryMetrics::set_component`].
    pub fn set_component(&self, component: &str, bytes: usize) {
        self.metrics.write().set_component(component, bytes);
    }

    /// Sets a component to what its owner measures of itself.
    pub fn measure<T: HeapSize>(&self, component: &str, owner: &T) {
        // Measured before the lock is taken: it may walk a large value.
        let bytes = owner.total_bytes();
        self.set_component(component, bytes);
    }

    /// See [`MemoryMetrics::set_external`].
    pub fn set_external(&self, component: &str, bytes: usize) {
        self.metrics.write().set_external(component, bytes);
    }

    /// See [`MemoryMetrics::set_heap_used`].
    pub fn set_heap_used(&self, bytes: u64) {
        self.metrics.write().set_heap_used(bytes);
    }

    /// See [`MemoryMetrics::total_allocated`].
    pub fn total_allocated(&self) -> usize {
        self.metrics.read().total_allocated()
    }

    /// See [`MemoryMetrics::total_used`].
    pub fn total_used(&self) -> u64 {
        self.metrics.read().total_used()
    }

    /// See [`MemoryMetrics::tracked_objects`].
    pub fn tracked_objects(&self) -> u64 {
        self.metrics.read().tracked_objects()
    }

    /// See [`MemoryMetrics::component_allocation`].
    pub fn component_allocation(&self, component: &str) -> usize {
        self.metrics.read().component_allocation(component)
    }

    /// See [`MemoryMetrics::component_allocations_sorted`].
    pub fn component_allocations_sorted(&self) -> Vec<(String, usize)> {
        self.metrics.read().component_allocations_sorted()
    }

    /// See [`MemoryMetrics::explained`].
    pub fn explained(&self) -> f64 {
        self.metrics.read().explained()
    }

    /// How things are now.
    pub fn snapshot(&self) -> MemorySnapshot {
        self.metrics.read().snapshot()
    }

    /// What changed since `before`, signed per component.
    pub fn diff(&self, before: &MemorySnapshot) -> super::MemoryDiff {
        self.metrics.read().diff(before)
    }

    /// See [`MemoryMetrics::format_report`].
    pub fn format_report(&self) -> String {
        self.metrics.read().format_report()
    }

    /// Forgets everything.
    pub fn reset(&self) {
        self.metrics.write().reset();
    }
}
