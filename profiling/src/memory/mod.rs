//! Bytes by component, pools of buffers, a byte-bounded cache.
//!
//! Plain data and locks; no I/O, no clock. Any thread but the audio callback:
//! the shared forms lock.

mod cache;
mod metrics;
mod pool;
mod tracker;

pub use cache::{CacheStats, DEFAULT_CACHE_BYTES, MAX_CACHE_ENTRIES, MemoryCache};
pub use metrics::{MemoryDiff, MemoryMetrics, MemorySnapshot};
pub use pool::{
    AllocationPool, MAX_BUFFER_BYTES, MAX_PREALLOCATED_BUFFERS, PoolStats, PooledBuffer, SharedPool,
};
pub use tracker::MemoryTracker;
