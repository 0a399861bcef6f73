//! Random sequences of calls: nothing panics, every sum adds up.

use std::time::{Duration, Instant};

use proptest::{collection::vec, prelude::*};

use profiling::{
    Report,
    leak::LeakDetector,
    memory::{AllocationPool, MemoryCache, MemoryMetrics},
    query_cache::{QueryCache, QueryKey},
    query_stats::QueryStats,
    regression::{Thresholds, compare},
    render_metrics::{Phase, PhaseTimes, RenderMetrics, UiUpdateMetrics, VirtualScrollMetrics},
};

/// Sizes of all magnitudes, the edges among them.
fn any_size() -> impl Strategy<Value = usize> {
    prop_oneof![0..5000_usize, Just(0), Just(usize::MAX), Just(usize::MAX / 2), any::<usize>()]
}

/// Times of all kinds, no times among them.
fn any_time() -> impl Strategy<Value = f64> {
    prop_oneof![0.0..50.0_f64, any::<f64>(), Just(f64::NAN), Just(f64::INFINITY), Just(-1.0)]
}

fn any_name() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("a"), Just("b"), Just("c"), Just("")]
}

proptest! {
    #[test]
    fn memory_metrics_always_add_up(
        calls in vec((0..4_u8, any_name(), any_size()), 0..200),
    ) {
        let mut metrics = MemoryMetrics::new();
        let before = metrics.snapshot();
        for (call, name, size) in calls {
            let others: Vec<_> = ["a", "b", "c", ""]
                .into_iter()
                .filter(|&other| other != name)
                .map(|other| (other, metrics.component_allocation(other)))
                .collect();
            match call {
                0 => metrics.track_allocation(name, size),
                1 => metrics.track_deallocation(name, size),
                2 => metrics.set_component(name, size),
                _ => metrics.set_external(name, size),
            }
            for (other, bytes) in others {
                prop_assert_eq!(metrics.component_allocation(other), bytes);
            }
            let sum = metrics
                .component_allocations_sorted()
                .iter()
                .fold(0_usize, |sum, (_, bytes)| sum.saturating_add(*bytes));
            prop_assert_eq!(metrics.total_allocated(), sum);
            let diff = metrics.diff(&before);
            let expected = i64::try_from(metrics.total_allocated()).unwrap_or(i64::MAX);
            prop_assert_eq!(diff.total_allocated(), expected);
            prop_assert!(metrics.format_report().starts_with("Memory Metrics Report\n"));
            prop_assert!(!diff.format_report().is_empty());
        }
    }

    #[test]
    fn pool_statistics_are_true_in_any_order(
        n in 0..20_usize,
        capacity in 0..100_usize,
        bound in 0..50_usize,
        calls in vec((0..6_u8, 0..200_usize), 0..200),
    ) {
        let mut pool: AllocationPool<u16> = AllocationPool::with_bound(n, capacity, bound);
        let mut out = Vec::new();
        let (mut acquired, mut released) = (0_u64, 0_u64);
        for (call, arg) in calls {
            match call {
                0 | 1 => {
                    let buffer = pool.acquire();
                    prop_assert!(buffer.is_empty() && buffer.capacity() >= capacity);
                    out.push(buffer);
                    acquired += 1;
                }
                2 => if let Some(mut buffer) = out.pop() {
                    buffer.resize(arg, 7);
                    pool.release(buffer);
                    released += 1;
                },
                3 => {
                    pool.release(Vec::with_capacity(arg));
                    released += 1;
                }
                4 => pool.expand(arg % 10),
                _ => pool.clear(),
            }
            let (a, r, hits, misses, rate) = pool.stats();
            prop_assert_eq!((a, r, hits + misses), (acquired, released, acquired));
            prop_assert!((0.0..=1.0).contains(&rate));
            prop_assert!(pool.available() <= pool.bound());
        }
    }

    #[test]
    fn the_cache_never_holds_more_than_its_bound(
        max in any_size(),
        calls in vec((0..4_u8, 0..12_u8, any_size()), 0..200),
    ) {
        let cache = MemoryCache::new(max);
        let mut lookups = 0;
        for (call, key, size) in calls {
            let key = key.to_string();
            match call {
                0 => {
                    let before = cache.stats();
                    let kept = cache.insert(key.clone(), size, size);
                    prop_assert_eq!(kept, size <= max);
                    if kept {
                        prop_assert!(cache.contains(&key));
                    } else {
                        prop_assert_eq!(cache.stats(), before);
                    }
                }
                1 | 2 => {
                    lookups += 1;
                    let is_held = cache.contains(&key);
                    prop_assert_eq!(cache.get(&key).is_some(), is_held);
                }
                _ => {
                    cache.remove(&key);
                    prop_assert!(!cache.contains(&key));
                }
            }
            let stats = cache.stats();
            prop_assert!(stats.current_size <= max);
            prop_assert_eq!(stats.hits + stats.misses, lookups);
            prop_assert!((0.0..=1.0).contains(&stats.hit_rate));
        }
        cache.clear();
        prop_assert_eq!((cache.stats().current_size, cache.stats().entries), (0, 0));
    }

    #[test]
    fn the_query_cache_never_shows_what_is_over_or_written(
        max in prop_oneof![0..2000_usize, Just(usize::MAX)],
        calls in vec((0..5_u8, 0..6_u8, 0..100_u64), 0..150),
    ) {
        let cache = QueryCache::with_limits(Duration::from_secs(20), max);
        let start = Instant::now();
        let mut now = start;
        // When each result that was kept ends, as this test understands it.
        let mut ends: std::collections::BTreeMap<u8, Instant> = std::collections::BTreeMap::new();
        for (call, table, secs) in calls {
            let key = QueryKey::from_query(&format!("SELECT * FROM t{table}"), &[1]);
            match call {
                0 | 1 => {
                    let ttl = Duration::from_secs(secs);
                    if cache.insert_with_ttl_at(key, secs, ttl, now) {
                        ends.insert(table, now + ttl);
                    }
                }
                2 => {
                    let found = cache.get_at(&key, now).is_some();
                    prop_assert!(!found || ends.get(&table).is_some_and(|&end| now < end));
                }
                3 => {
                    cache.invalidate_pattern(&format!("T{table}"));
                    ends.remove(&table);
                    prop_assert_eq!(cache.get_at(&key, now), None);
                }
                _ => {
                    now += Duration::from_secs(secs % 15);
                    cache.cleanup_expired_at(now);
                }
            }
            let stats = cache.stats();
            prop_assert!(stats.current_size <= max);
            prop_assert_eq!(stats.entries == 0, stats.current_size == 0);
        }
    }

    #[test]
    fn any_text_makes_a_query_key(sql in any::<String>(), pattern in any::<String>()) {
        let key = QueryKey::from_query(&sql, &[pattern.as_str()]);
        let _named = key.names(&pattern);
        prop_assert_eq!(key.sql(), sql.trim());
    }

    #[test]
    fn frame_figures_always_agree(
        history in prop_oneof![0..50_usize, Just(usize::MAX)],
        times in vec(any_time(), 0..200),
        p in any::<f64>(),
    ) {
        let mut metrics = RenderMetrics::with_history(history);
        for &ms in &times {
            metrics.record_frame(ms);
            metrics.record_interval(ms);
            metrics.record_warmup(ms);
            let phases = PhaseTimes { ui_ms: Some(ms), gpu_ms: Some(ms), ..Default::default() };
            metrics.record_measured_frame(ms, &phases);
        }
        let counted = times.iter().filter(|ms| ms.is_finite() && **ms >= 0.0).count() as u64;
        prop_assert_eq!(metrics.total_frames(), counted * 2);
        prop_assert!(metrics.dropped_frames() <= metrics.total_frames());
        prop_assert!((0.0..=1.0).contains(&metrics.dropped_frame_rate()));
        prop_assert!(metrics.fps().is_finite() && metrics.fps() >= 0.0);
        let mean = metrics.average_frame_time();
        prop_assert!(mean >= 0.0 && mean <= metrics.max_frame_time() * (1.0 + 1e-12));
        prop_assert!(metrics.min_frame_time() <= metrics.max_frame_time());
        prop_assert!(metrics.percentile(50.0) <= metrics.percentile(95.0));
        prop_assert!(metrics.percentile(p) <= metrics.max_frame_time());
        prop_assert_eq!(metrics.is_smooth(), mean <= 16.67);
        prop_assert_eq!(metrics.phase_percentile(Phase::Logic, 50.0), None);
        let json = serde_json::to_string(&metrics.report()).unwrap();
        prop_assert!(serde_json::from_str::<profiling::report::RenderReport>(&json).is_ok());
        prop_assert!(metrics.format_report().starts_with("Render Metrics Report\n"));
    }

    #[test]
    fn savings_lie_between_nothing_and_all(
        total in any_size(),
        per_page in any_size(),
        height in any_size(),
        ranges in vec((any_size(), any_size()), 0..20),
    ) {
        let mut metrics = VirtualScrollMetrics::new(total, per_page, height);
        for (n, (start, end)) in ranges.into_iter().enumerate() {
            metrics.update_viewport(start, end);
            prop_assert!((0.0..=1.0).contains(&metrics.memory_savings()));
            prop_assert!(metrics.visible_items() <= total);
            prop_assert_eq!(metrics.viewport_updates(), n as u64 + 1);
            prop_assert!(metrics.total_height() >= height.min(total));
            prop_assert!(metrics.format_report().contains("Viewport Updates: "));
        }
    }

    #[test]
    fn batches_always_add_up(batches in vec((any_size(), any_time()), 0..100)) {
        let mut metrics = UiUpdateMetrics::new();
        for &(n, ms) in &batches {
            metrics.record_batch(n, ms);
        }
        prop_assert_eq!(metrics.total_batches() + metrics.ignored(), batches.len() as u64);
        prop_assert!(metrics.average_batch_time() <= metrics.max_batch_time() * (1.0 + 1e-9));
        prop_assert!(metrics.average_batch_size() >= 0.0);
        prop_assert!(metrics.format_report().starts_with("UI Update Metrics\n"));
    }

    #[test]
    fn statements_are_kept_whatever_they_cost(
        runs in vec((any::<String>(), any_time(), any::<u64>()), 0..50),
    ) {
        let mut stats = QueryStats::new();
        for (sql, ms, rows) in &runs {
            stats.record(sql, *ms, *rows);
            stats.set_plan(sql, "SCAN");
        }
        let count: u64 = stats.statements().iter().map(|statement| statement.count).sum();
        prop_assert_eq!(count + stats.ignored(), runs.len() as u64);
    }

    #[test]
    fn the_leak_detector_bears_any_history(
        window in any::<u32>(),
        samples in vec((any_name(), any::<u64>(), any::<u32>()), 0..200),
    ) {
        let mut detector = LeakDetector::new(Duration::from_millis(u64::from(window)));
        for (name, bytes, at) in samples {
            detector.sample(name, bytes, Duration::from_millis(u64::from(at)));
        }
        for leak in detector.leaks() {
            prop_assert!(leak.bytes_per_sec.is_finite());
        }
    }

    #[test]
    fn a_report_never_got_worse_than_itself(ms in 0.0..1e6_f64, bytes in any::<u64>()) {
        let mut report = Report::default();
        report.render.p95_ms = ms;
        report.render.phases.ui.p95_ms = ms;
        report.memory.heap_bytes = bytes;
        report.memory.components.insert("document".to_owned(), bytes);
        prop_assert_eq!(compare(&report, &report, &Thresholds::default()), Ok(Vec::new()));
    }
}
