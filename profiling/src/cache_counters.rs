//! How a cache is doing that keeps its values in a form of its own.
//!
//! Owns the counters alone. The cache counts while it works and the registry reads, on
//! whatever threads they are: plain atomics, no lock.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use crate::{memory::CacheStats, state::CacheSource};

#[derive(Debug, Default)]
struct Cells {
    entries: AtomicU64,
    bytes: AtomicU64,
    max_bytes: AtomicU64,
    hits: AtomicU64,
    misses: AtomicU64,
    evictions: AtomicU64,
    is_clear_wanted: AtomicBool,
}

/// Counters of one cache; clones share them.
///
/// ```
/// use profiling::{CacheCounters, ProfilingState};
///
/// let counters = CacheCounters::new();
/// let state = ProfilingState::new();
/// state.register_cache("glyphs", counters.clone());
///
/// counters.miss();
/// counters.set_held(1, 96);
/// counters.hit();
/// assert_eq!(state.get_cache_stats()["glyphs"].hit_rate, 0.5);
///
/// state.clear_caches();
/// assert!(counters.take_clear(), "the owner is asked to forget");
/// ```
#[derive(Clone, Debug, Default)]
pub struct CacheCounters(Arc<Cells>);

impl CacheCounters {
    /// Nothing held, nothing asked, no bound.
    pub fn new() -> Self {
        Self::default()
    }

    /// The cache holds at most so many bytes.
    #[must_use]
    pub fn with_bound(self, max_bytes: u64) -> Self {
        self.0.max_bytes.store(max_bytes, Ordering::Relaxed);
        self
    }

    /// Whether both count for the same cache.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// A lookup found something.
    pub fn hit(&self) {
        add(&self.0.hits, 1);
    }

    /// A lookup found nothing.
    pub fn miss(&self) {
        add(&self.0.misses, 1);
    }

    /// So many lookups found something, and so many did not.
    pub fn count(&self, hits: u64, misses: u64) {
        add(&self.0.hits, hits);
        add(&self.0.misses, misses);
    }

    /// So many entries made room.
    pub fn evict(&self, n: u64) {
        add(&self.0.evictions, n);
    }

    /// What it holds now.
    pub fn set_held(&self, entries: u64, bytes: u64) {
        self.0.entries.store(entries, Ordering::Relaxed);
        self.0.bytes.store(bytes, Ordering::Relaxed);
    }

    /// Bytes that it holds, as last told.
    pub fn bytes(&self) -> u64 {
        self.0.bytes.load(Ordering::Relaxed)
    }

    /// Whether the owner was asked to forget its values since it last looked.
    pub fn take_clear(&self) -> bool {
        self.0.is_clear_wanted.load(Ordering::Relaxed)
            && self.0.is_clear_wanted.swap(false, Ordering::Relaxed)
    }
}

impl CacheSource for CacheCounters {
    fn stats(&self) -> CacheStats {
        let cells = &*self.0;
        let read = |cell: &AtomicU64| cell.load(Ordering::Relaxed);
        let size = |cell: &AtomicU64| usize::try_from(read(cell)).unwrap_or(usize::MAX);
        let (hits, misses) = (read(&cells.hits), read(&cells.misses));
        let asked = hits.saturating_add(misses);
        CacheStats {
            entries: size(&cells.entries),
            current_size: size(&cells.bytes),
            max_size: size(&cells.max_bytes),
            hits,
            misses,
            evictions: read(&cells.evictions),
            hit_rate: if asked == 0 { 0.0 } else { hits as f64 / asked as f64 },
        }
    }

    /// Asks the owner; it forgets when it next looks.
    fn clear(&self) {
        self.0.is_clear_wanted.store(true, Ordering::Relaxed);
    }

    fn reset(&self) {
        for cell in [&self.0.hits, &self.0.misses, &self.0.evictions] {
            cell.store(0, Ordering::Relaxed);
        }
    }
}

fn add(cell: &AtomicU64, n: u64) {
    // Saturates: a counter that starts anew would make rates of more than one.
    if cell.fetch_add(n, Ordering::Relaxed).checked_add(n).is_none() {
        cell.store(u64::MAX, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lookups_are_counted_and_only_a_reset_forgets_them() {
        let counters = CacheCounters::new().with_bound(100);
        counters.hit();
        counters.count(2, 1);
        counters.evict(2);
        counters.set_held(5, 80);
        counters.clear();
        let stats = counters.stats();
        assert_eq!((stats.entries, stats.current_size, stats.max_size), (5, 80, 100));
        assert_eq!((stats.hits, stats.misses, stats.evictions, stats.hit_rate), (3, 1, 2, 0.75));
        assert!(counters.take_clear() && !counters.take_clear());
        counters.reset();
        assert_eq!(counters.stats().hit_rate, 0.0);
        assert_eq!(counters.bytes(), 80);
    }

    #[test]
    fn counters_stay_at_their_limit() {
        let counters = CacheCounters::new();
        counters.evict(u64::MAX);
        counters.evict(1);
        assert_eq!(counters.stats().evictions, u64::MAX);
    }
}
