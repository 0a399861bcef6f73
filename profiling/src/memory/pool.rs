//! Buffers that are used again.
//!
//! A pool pays where buffers are large and short-lived. For small ones the
//! allocator's own thread cache is as fast: measure before you add one.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use crate::{HeapSize, report::PoolReport, units::share};

/// Largest capacity of one buffer, in bytes; a pool made for more gets this.
pub const MAX_BUFFER_BYTES: usize = 1 << 30;
/// Most buffers that are allocated ahead; the rest come as they are asked for.
pub const MAX_PREALLOCATED_BUFFERS: usize = 1 << 16;
/// Most bytes that are allocated ahead.
const MAX_PREALLOCATED_BYTES: usize = 1 << 30;

/// acquired, released, hits, misses, hit rate.
pub type PoolStats = (u64, u64, u64, u64, f64);

/// Counters of a pool. acquired = hits + misses, always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Counters {
    released: u64,
    hits: u64,
    misses: u64,
}

impl Counters {
    fn acquired(&self) -> u64 {
        self.hits.saturating_add(self.misses)
    }

    fn hit_rate(&self) -> f64 {
        share(self.hits, self.acquired())
    }
}

/// A pool of empty buffers of one capacity.
///
/// `acquire` always returns an empty buffer of at least the pool's capacity
/// (as far as the allocator has one to give). A miss allocates it, and on
/// release it joins the pool, up to the bound: the pool grows by itself.
///
/// ```
/// use profiling::memory::AllocationPool;
///
/// let mut pool: AllocationPool<u8> = AllocationPool::new(10, 1024);
/// let mut buffer = pool.acquire();
/// assert!(buffer.capacity() >= 1024);
/// buffer.extend_from_slice(b"MThd");
/// pool.release(buffer);
///
/// let (acquired, released, hits, misses, hit_rate) = pool.stats();
/// assert_eq!((acquired, released, hits, misses), (1, 1, 1, 0));
/// assert_eq!(hit_rate, 1.0);
/// ```
#[derive(Debug)]
pub struct AllocationPool<T> {
    free: Vec<Vec<T>>,
    /// In items, above 0.
    capacity: usize,
    bound: usize,
    counters: Counters,
}

impl<T> AllocationPool<T> {
    /// `n` buffers of `capacity` items each, bound to 4 × n.
    ///
    /// What is allocated ahead ends at [`MAX_PREALLOCATED_BUFFERS`] and at one
    /// gibibyte; a capacity above [`MAX_BUFFER_BYTES`] is that.
    pub fn new(n: usize, capacity: usize) -> Self {
        Self::with_bound(n, capacity, n.saturating_mul(4))
    }

    /// `n` buffers of `capacity` items each; never more than `bound` of them
    /// lie in the pool. A bound below `n` is `n`.
    pub fn with_bound(n: usize, capacity: usize, bound: usize) -> Self {
        let largest = MAX_BUFFER_BYTES / size_of::<T>().max(1);
        let mut pool = Self {
            free: Vec::new(),
            capacity: capacity.min(largest),
            bound: bound.max(n),
            counters: Counters::default(),
        };
        pool.fill(n);
        pool
    }

    /// An empty buffer of at least the pool's capacity.
    pub fn acquire(&mut self) -> Vec<T> {
        self.take().unwrap_or_else(|| allocate(self.capacity))
    }

    /// Gives a buffer back. It is emptied; a buffer below the pool's capacity,
    /// or one too many, is dropped.
    pub fn release(&mut self, mut buffer: Vec<T>) {
        buffer.clear();
        // The refused buffer is dropped right here.
        let _refused = self.put(buffer);
    }

    /// Buffers that lie in the pool.
    pub fn available(&self) -> usize {
        self.free.len()
    }

    /// Capacity of a buffer, in items.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Most buffers that may lie in the pool.
    pub fn bound(&self) -> usize {
        self.bound
    }

    /// Share of the acquired buffers that came from the pool; 0 when none was.
    pub fn hit_rate(&self) -> f64 {
        self.counters.hit_rate()
    }

    /// (acquired, released, hits, misses, hit rate); acquired = hits + misses.
    pub fn stats(&self) -> PoolStats {
        let c = &self.counters;
        (c.acquired(), c.released, c.hits, c.misses, c.hit_rate())
    }

    /// Adds `k` buffers and raises the bound if needed.
    pub fn expand(&mut self, k: usize) {
        self.bound = self.bound.max(self.free.len().saturating_add(k));
        self.fill(k);
    }

    /// Frees the buffers that lie in the pool; the counters stay.
    pub fn clear(&mut self) {
        self.free = Vec::new();
    }

    /// Sets the counters to zero; the buffers stay.
    pub fn reset(&mut self) {
        self.counters = Counters::default();
    }

    /// For programs: one pool of the report's `pools` object.
    pub fn report(&self) -> PoolReport {
        let (acquired, released, hits, misses, hit_rate) = self.stats();
        PoolReport { acquired, released, hits, misses, hit_rate }
    }

    /// Bytes of the buffers that lie in the pool.
    pub fn idle_bytes(&self) -> usize {
        self.free.iter().fold(self.free.capacity() * size_of::<Vec<T>>(), |sum, buffer| {
            sum.saturating_add(buffer.capacity().saturating_mul(size_of::<T>()))
        })
    }

    fn fill(&mut self, n: usize) {
        let affordable =
            MAX_PREALLOCATED_BYTES / self.capacity.saturating_mul(size_of::<T>()).max(1);
        for _ in 0..n.min(MAX_PREALLOCATED_BUFFERS).min(affordable) {
            let buffer = allocate(self.capacity);
            if buffer.capacity() < self.capacity {
                return;
            }
            self.free.push(buffer);
        }
    }

    /// A pooled buffer, or `None` after counting the miss.
    fn take(&mut self) -> Option<Vec<T>> {
        let buffer = self.free.pop();
        let counter =
            if buffer.is_some() { &mut self.counters.hits } else { &mut self.counters.misses };
        *counter = counter.saturating_add(1);
        buffer
    }

    /// Takes an emptied buffer back, or returns it when it may not join.
    fn put(&mut self, buffer: Vec<T>) -> Option<Vec<T>> {
        self.counters.released = self.counters.released.saturating_add(1);
        if buffer.capacity() < self.capacity || self.free.len() >= self.bound {
            return Some(buffer);
        }
        self.free.push(buffer);
        None
    }
}

/// A buffer of `capacity` items; smaller when the allocator refuses, since
/// running out of memory must not take the program down here.
fn allocate<T>(capacity: usize) -> Vec<T> {
    let mut buffer = Vec::new();
    // A refusal leaves the buffer empty: it grows, or fails, where it is used.
    let _refused = buffer.try_reserve_exact(capacity);
    buffer
}

impl<T> HeapSize for AllocationPool<T> {
    fn heap_bytes(&self) -> usize {
        self.idle_bytes()
    }
}

/// A pool for many threads; clones share one pool.
///
/// ```
/// use profiling::memory::SharedPool;
///
/// let pool: SharedPool<u8> = SharedPool::new(2, 4096);
/// {
///     let mut buffer = pool.acquire();
///     buffer.push(1);
///     assert_eq!(pool.available(), 1);
/// } // the guard returns the buffer
/// assert_eq!(pool.available(), 2);
/// ```
#[derive(Debug)]
pub struct SharedPool<T> {
    pool: Arc<Mutex<AllocationPool<T>>>,
}

impl<T> Clone for SharedPool<T> {
    fn clone(&self) -> Self {
        Self { pool: Arc::clone(&self.pool) }
    }
}

impl<T> From<AllocationPool<T>> for SharedPool<T> {
    fn from(pool: AllocationPool<T>) -> Self {
        Self { pool: Arc::new(Mutex::new(pool)) }
    }
}

impl<T> SharedPool<T> {
    /// See [`AllocationPool::new`].
    pub fn new(n: usize, capacity: usize) -> Self {
        AllocationPool::new(n, capacity).into()
    }

    /// See [`AllocationPool::with_bound`].
    pub fn with_bound(n: usize, capacity: usize, bound: usize) -> Self {
        AllocationPool::with_bound(n, capacity, bound).into()
    }

    /// An empty buffer that goes back to the pool when it is dropped.
    pub fn acquire(&self) -> PooledBuffer<T> {
        let (pooled, capacity) = {
            let mut pool = self.pool.lock();
            (pool.take(), pool.capacity)
        };
        // Allocated outside the lock: a miss keeps nobody else waiting.
        let buffer = pooled.unwrap_or_else(|| allocate(capacity));
        PooledBuffer { buffer, pool: self.clone(), is_detached: false }
    }

    /// Gives a buffer back that was taken out of its guard.
    pub fn release(&self, mut buffer: Vec<T>) {
        buffer.clear();
        let refused = self.pool.lock().put(buffer);
        drop(refused);
    }

    /// See [`AllocationPool::available`].
    pub fn available(&self) -> usize {
        self.pool.lock().available()
    }

    /// See [`AllocationPool::capacity`].
    pub fn capacity(&self) -> usize {
        self.pool.lock().capacity()
    }

    /// See [`AllocationPool::hit_rate`].
    pub fn hit_rate(&self) -> f64 {
        self.pool.lock().hit_rate()
    }

    /// See [`AllocationPool::stats`].
    pub fn stats(&self) -> PoolStats {
        self.pool.lock().stats()
    }

    /// See [`AllocationPool::report`].
    pub fn report(&self) -> PoolReport {
        self.pool.lock().report()
    }

    /// See [`AllocationPool::idle_bytes`].
    pub fn idle_bytes(&self) -> usize {
        self.pool.lock().idle_bytes()
    }

    /// See [`AllocationPool::expand`].
    pub fn expand(&self, k: usize) {
        self.pool.lock().expand(k);
    }

    /// See [`AllocationPool::clear`].
    pub fn clear(&self) {
        self.pool.lock().clear();
    }

    /// See [`AllocationPool::reset`].
    pub fn reset(&self) {
        self.pool.lock().reset();
    }
}

/// A buffer on loan; dropping it gives it back.
#[derive(Debug)]
pub struct PooledBuffer<T> {
    buffer: Vec<T>,
    pool: SharedPool<T>,
    is_detached: bool,
}

impl<T> PooledBuffer<T> {
    /// Keeps the buffer: it does not go back.
    pub fn detach(mut self) -> Vec<T> {
        self.is_detached = true;
        std::mem::take(&mut self.buffer)
    }
}

impl<T> Deref for PooledBuffer<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.buffer
    }
}

impl<T> DerefMut for PooledBuffer<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        &mut self.buffer
    }
}

impl<T> Drop for PooledBuffer<T> {
    fn drop(&mut self) {
        if !self.is_detached {
            self.pool.release(std::mem::take(&mut self.buffer));
        }
    }
}
