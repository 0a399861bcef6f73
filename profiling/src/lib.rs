//! Metrics, pools, caches and the profiler overlay.
//!
//! Owns what the program knows about its own cost: bytes by component, frame
//! times by phase, caches and pools, queries, the process. It is fed by the
//! rest of the program and depends on nothing else of ours. Pure logic: no
//! I/O, except [`process`] (reads what the system says about this process) and
//! `overlay` (draws, behind the feature of that name). Nothing here panics or
//! overflows on any input: sums saturate, bad times are counted and ignored.
//!
//! ```
//! use profiling::state::ProfilingState;
//!
//! let state = ProfilingState::new();
//! state.track_allocation("sequencer", 1024);
//! state.record_frame(4.2);
//! assert_eq!(state.get_memory_metrics().total_allocated(), 1024);
//! assert_eq!(state.get_render_metrics().frames, 1);
//! ```

pub mod alerts;
pub mod alloc;
mod cache_counters;
pub mod heap_size;
pub mod leak;
pub mod memory;
#[cfg(feature = "overlay")]
pub mod overlay;
pub mod process;
pub mod query_cache;
pub mod query_stats;
pub mod regression;
pub mod render_metrics;
pub mod report;
pub mod state;
pub mod thread_cpu;
pub mod units;
mod window;

pub use cache_counters::CacheCounters;
pub use heap_size::HeapSize;
pub use report::Report;
pub use state::ProfilingState;
