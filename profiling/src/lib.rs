//! Metrics, pools, caches and the profiler overlay.
