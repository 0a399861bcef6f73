//! Bytes and objects of each component, and what changed between two moments.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use serde::{Deserialize, Serialize};

use crate::units::{format_bytes, format_percent, format_signed_bytes, share};

/// One component's share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Component {
    bytes: usize,
    objects: u64,
    /// Not on the program's heap: GPU buffers, mapped files.
    #[serde(default)]
    external: bool,
}

/// What each component holds.
///
/// Every sum saturates. Releasing more than a component holds, or from one
/// that is not known, takes nothing from the others.
///
/// ```
/// use profiling::memory::MemoryMetrics;
///
/// let mut metrics = MemoryMetrics::new();
/// metrics.track_allocation("sequencer", 1024);
/// metrics.track_allocation("mixer", 2048);
/// assert_eq!(metrics.total_allocated(), 3072);
///
/// let before = metrics.snapshot();
/// metrics.track_allocation("database", 4096);
/// let diff = metrics.snapshot().diff(&before);
/// assert_eq!(diff.total_allocated(), 4096);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemoryMetrics {
    components: BTreeMap<String, Component>,
    heap_used: u64,
}

/// [`MemoryMetrics`] as they were at one moment.
pub type MemorySnapshot = MemoryMetrics;

impl MemoryMetrics {
    /// No component yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// `component` has allocated one object of `bytes`.
    pub fn track_allocation(&mut self, component: &str, bytes: usize) {
        self.update(component, |entry| {
            entry.bytes = entry.bytes.saturating_add(bytes);
            entry.objects = entry.objects.saturating_add(1);
        });
    }

    /// `component` has freed one object of `bytes`.
    pub fn track_deallocation(&mut self, component: &str, bytes: usize) {
        let Some(entry) = self.components.get_mut(component) else { return };
        entry.bytes = entry.bytes.saturating_sub(bytes);
        entry.objects = entry.objects.saturating_sub(1);
        if entry.bytes == 0 && entry.objects == 0 {
            self.components.remove(component);
        }
    }

    /// `component` holds `bytes` now, whatever was told before: for owners
    /// that measure themselves. It counts as one object, or none at 0 bytes.
    pub fn set_component(&mut self, component: &str, bytes: usize) {
        self.set(component, Component { bytes, objects: u64::from(bytes > 0), external: false });
    }

    /// Like [`Self::set_component`], for bytes that are not on the heap (GPU
    /// buffers, mapped files): they explain none of it.
    pub fn set_external(&mut self, component: &str, bytes: usize) {
        self.set(component, Component { bytes, objects: u64::from(bytes > 0), external: true });
    }

    /// What the allocator says is in use, in bytes.
    pub fn set_heap_used(&mut self, bytes: u64) {
        self.heap_used = bytes;
    }

    /// Net sum of the components in bytes, saturating.
    pub fn total_allocated(&self) -> usize {
        self.components.values().fold(0, |sum: usize, c| sum.saturating_add(c.bytes))
    }

    /// The allocator's heap in bytes; 0 before the first sample.
    pub fn total_used(&self) -> u64 {
        self.heap_used
    }

    /// Allocations minus deallocations, saturating per component.
    pub fn tracked_objects(&self) -> u64 {
        self.components.values().fold(0, |sum: u64, c| sum.saturating_add(c.objects))
    }

    /// What one component holds, in bytes; 0 when it is not known.
    pub fn component_allocation(&self, component: &str) -> usize {
        self.components.get(component).map_or(0, |c| c.bytes)
    }

    /// Components in bytes, largest first; equal sizes by name.
    pub fn component_allocations_sorted(&self) -> Vec<(String, usize)> {
        let mut sorted: Vec<_> =
            self.components.iter().map(|(name, c)| (name.clone(), c.bytes)).collect();
        // Stable, and the map is in the order of names.
        sorted.sort_by_key(|&(_, bytes)| std::cmp::Reverse(bytes));
        sorted
    }

    /// Components in bytes by name.
    pub fn components(&self) -> impl Iterator<Item = (&str, usize)> {
        self.components.iter().map(|(name, c)| (name.as_str(), c.bytes))
    }

    /// Share of the heap that the components on it account for; 0 before the
    /// first sample. Above 1, somebody counts something twice.
    pub fn explained(&self) -> f64 {
        let on_heap = self
            .components
            .values()
            .filter(|c| !c.external)
            .fold(0, |sum: u64, c| sum.saturating_add(c.bytes as u64));
        share(on_heap, self.heap_used)
    }

    /// A copy of how things are now.
    pub fn snapshot(&self) -> Self {
        self.clone()
    }

    /// What changed since `before`, signed per component.
    pub fn diff(&self, before: &Self) -> MemoryDiff {
        let names: BTreeSet<&String> =
            self.components.keys().chain(before.components.keys()).collect();
        let components = names
            .into_iter()
            .map(|name| {
                let now = self.component_allocation(name);
                let then = before.component_allocation(name);
                (name.clone(), signed_difference(now as u64, then as u64))
            })
            .filter(|&(_, change)| change != 0)
            .collect();
        MemoryDiff {
            total: signed_difference(
                self.total_allocated() as u64,
                before.total_allocated() as u64,
            ),
            heap: signed_difference(self.heap_used, before.heap_used),
            objects: signed_difference(self.tracked_objects(), before.tracked_objects()),
            components,
        }
    }

    /// Forgets everything.
    pub fn reset(&mut self) {
        *self = Self::new();
    }

    /// For people.
    pub fn format_report(&self) -> String {
        let total = self.total_allocated();
        let mut out = String::from("Memory Metrics Report\n====================\n");
        // Writing to a string cannot fail.
        let _infallible = write!(
            out,
            "Total Allocated: {}\nTotal Used: {}\nTracked Objects: {}\n",
            format_bytes(total as u64),
            format_bytes(self.heap_used),
            self.tracked_objects(),
        );
        if !self.components.is_empty() {
            out.push_str("\nComponent Allocations:\n");
        }
        for (name, bytes) in self.component_allocations_sorted() {
            let _infallible = writeln!(
                out,
                "  {name}: {} ({})",
                format_bytes(bytes as u64),
                format_percent(share(bytes as u64, total as u64)),
            );
        }
        out
    }

    fn set(&mut self, component: &str, now: Component) {
        if now.bytes == 0 {
            self.components.remove(component);
        } else {
            self.update(component, |entry| *entry = now);
        }
    }

    /// Owners tell their sizes in every frame: only a name that is new costs
    /// an allocation.
    fn update(&mut self, component: &str, change: impl FnOnce(&mut Component)) {
        if let Some(known) = self.components.get_mut(component) {
            change(known);
            return;
        }
        let mut new = Component::default();
        change(&mut new);
        self.components.insert(component.to_owned(), new);
    }
}

/// What changed between two snapshots; growth is positive.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemoryDiff {
    total: i64,
    heap: i64,
    objects: i64,
    components: BTreeMap<String, i64>,
}

impl MemoryDiff {
    /// Change of the net sum, in bytes.
    pub fn total_allocated(&self) -> i64 {
        self.total
    }

    /// Change of the allocator's heap, in bytes.
    pub fn total_used(&self) -> i64 {
        self.heap
    }

    /// Change in the number of objects.
    pub fn tracked_objects(&self) -> i64 {
        self.objects
    }

    /// Change of one component in bytes; 0 when it is as it was.
    pub fn component_allocation(&self, component: &str) -> i64 {
        self.components.get(component).copied().unwrap_or(0)
    }

    /// Components that changed, most growth first; equal changes by name.
    pub fn component_allocations_sorted(&self) -> Vec<(String, i64)> {
        let mut sorted: Vec<_> =
            self.components.iter().map(|(name, &change)| (name.clone(), change)).collect();
        sorted.sort_by_key(|&(_, change)| std::cmp::Reverse(change));
        sorted
    }

    /// For people.
    pub fn format_report(&self) -> String {
        let mut out = String::from("Memory Difference\n=================\n");
        // Writing to a string cannot fail.
        let _infallible = write!(
            out,
            "Total Allocated: {}\nTotal Used: {}\nTracked Objects: {:+}\n",
            format_signed_bytes(self.total),
            format_signed_bytes(self.heap),
            self.objects,
        );
        if !self.components.is_empty() {
            out.push_str("\nComponents:\n");
        }
        for (name, change) in self.component_allocations_sorted() {
            let _infallible = writeln!(out, "  {name}: {}", format_signed_bytes(change));
        }
        out
    }
}

/// `now - then`, held to the range of the type.
fn signed_difference(now: u64, then: u64) -> i64 {
    let difference = i128::from(now) - i128::from(then);
    i64::try_from(difference).unwrap_or(if difference < 0 { i64::MIN } else { i64::MAX })
}
