//! A cache bounded in bytes that forgets what was used longest ago.

use std::sync::Arc;

use lru::LruCache;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use crate::{HeapSize, units::share};

/// Bound of [`MemoryCache::default`]: 100 MiB.
pub const DEFAULT_CACHE_BYTES: usize = 100 * 1024 * 1024;
/// Most entries of any cache here, so that values said to be of size 0 cannot
/// grow it for ever.
pub const MAX_CACHE_ENTRIES: usize = 1 << 20;

/// How a cache is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CacheStats {
    /// Entries held.
    pub entries: usize,
    /// Bytes held, as told on insert.
    pub current_size: usize,
    /// The bound in bytes.
    pub max_size: usize,
    /// Lookups that found something.
    pub hits: u64,
    /// Lookups that did not.
    pub misses: u64,
    /// Entries that made room for others.
    pub evictions: u64,
    /// hits / (hits + misses); 0 when nothing was looked up.
    pub hit_rate: f64,
}

impl CacheStats {
    /// The share of lookups that found something; 0 without any.
    pub(crate) fn rate(hits: u64, misses: u64) -> f64 {
        share(hits, hits.saturating_add(misses))
    }
}

#[derive(Debug)]
struct Inner<T> {
    entries: LruCache<String, (T, usize)>,
    current: usize,
    max: usize,
    hits: u64,
    misses: u64,
    evictions: u64,
}

/// A byte-bounded LRU cache; thread-safe, and clones share one cache.
///
/// `get` returns a clone: make large values `Arc`s. Both are O(1).
///
/// ```
/// use profiling::memory::MemoryCache;
///
/// let cache = MemoryCache::new(1024 * 1024);
/// assert!(cache.insert("song.mid".to_owned(), vec![1, 2, 3], 3));
/// assert_eq!(cache.get("song.mid"), Some(vec![1, 2, 3]));
/// assert_eq!(cache.stats().hit_rate, 1.0);
/// ```
#[derive(Debug)]
pub struct MemoryCache<T> {
    inner: Arc<Mutex<Inner<T>>>,
}

impl<T> Clone for MemoryCache<T> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

/// Bound to 100 MiB.
impl<T: Clone> Default for MemoryCache<T> {
    fn default() -> Self {
        Self::new(DEFAULT_CACHE_BYTES)
    }
}

impl<T: Clone> MemoryCache<T> {
    /// Holds at most `max_bytes` of values.
    pub fn new(max_bytes: usize) -> Self {
        Self {
            inner: Arc::new(Mutex::new(Inner {
                entries: LruCache::unbounded(),
                current: 0,
                max: max_bytes,
                hits: 0,
                misses: 0,
                evictions: 0,
            })),
        }
    }

    /// Keeps `value`, which takes `size` bytes, and says whether it did.
    ///
    /// A value larger than the whole cache is refused and evicts nothing, not
    /// even what its key holds. Replacing a key counts the difference in size.
    pub fn insert(&self, key: String, value: T, size: usize) -> bool {
        let mut out = Vec::new();
        let kept = self.inner.lock().insert(key, value, size, &mut out);
        // Old values are freed outside the lock: they may be large.
        drop(out);
        kept
    }

    /// Keeps `value` with the size it tells of itself.
    pub fn insert_sized(&self, key: String, value: T) -> bool
    where
        T: HeapSize,
    {
        let size = value.total_bytes().saturating_add(key.len());
        self.insert(key, value, size)
    }

    /// A clone of the value, which is now the newest.
    pub fn get(&self, key: &str) -> Option<T> {
        let mut inner = self.inner.lock();
        let found = inner.entries.get(key).map(|(value, _)| value.clone());
        let counter = if found.is_some() { &mut inner.hits } else { &mut inner.misses };
        *counter = counter.saturating_add(1);
        found
    }

    /// Whether the key is held; counts as no lookup and makes nothing newer.
    pub fn contains(&self, key: &str) -> bool {
        self.inner.lock().entries.contains(key)
    }

    /// Takes a value out; no eviction.
    pub fn remove(&self, key: &str) -> Option<T> {
        let mut inner = self.inner.lock();
        let (value, size) = inner.entries.pop(key)?;
        inner.current = inner.current.saturating_sub(size);
        Some(value)
    }

    /// Forgets all values; the counters stay.
    pub fn clear(&self) {
        let mut inner = self.inner.lock();
        let old = std::mem::replace(&mut inner.entries, LruCache::unbounded());
        inner.current = 0;
        drop(inner);
        drop(old);
    }

    /// Sets the counters to zero; the values stay.
    pub fn reset(&self) {
        let mut inner = self.inner.lock();
        (inner.hits, inner.misses, inner.evictions) = (0, 0, 0);
    }

    /// How the cache is doing.
    pub fn stats(&self) -> CacheStats {
        let inner = self.inner.lock();
        CacheStats {
            entries: inner.entries.len(),
            current_size: inner.current,
            max_size: inner.max,
            hits: inner.hits,
            misses: inner.misses,
            evictions: inner.evictions,
            hit_rate: CacheStats::rate(inner.hits, inner.misses),
        }
    }
}

impl<T> Inner<T> {
    /// Values that leave go to `out`.
    fn insert(&mut self, key: String, value: T, size: usize, out: &mut Vec<T>) -> bool {
        if size > self.max {
            out.push(value);
            return false;
        }
        if let Some((old, old_size)) = self.entries.put(key, (value, size)) {
            self.current = self.current.saturating_sub(old_size);
            out.push(old);
        }
        // Each size is at most `max`, so the sum may pass it by one value at most.
        self.current = self.current.saturating_add(size);
        while self.current > self.max || self.entries.len() > MAX_CACHE_ENTRIES {
            let Some((_, (old, old_size))) = self.entries.pop_lru() else { break };
            self.current = self.current.saturating_sub(old_size);
            self.evictions = self.evictions.saturating_add(1);
            out.push(old);
        }
        true
    }
}
