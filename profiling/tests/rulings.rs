//! Every example and ruling of the profiling contract, with the value written there.

use std::time::{Duration, Instant};

use profiling::{
    ProfilingState,
    memory::{AllocationPool, MemoryCache, MemoryMetrics, MemoryTracker, SharedPool},
    query_cache::{QueryCache, QueryKey},
    render_metrics::{Phase, PhaseTimes, RenderMetrics, UiUpdateMetrics, VirtualScrollMetrics},
};

fn frames(times: &[f64]) -> RenderMetrics {
    let mut metrics = RenderMetrics::new();
    for &ms in times {
        metrics.record_frame(ms);
    }
    metrics
}

mod render {
    use super::*;

    #[test]
    fn three_frames_are_45_87_fps_one_dropped_and_not_smooth() {
        let metrics = frames(&[16.0, 33.4, 16.0]);
        assert_eq!((metrics.fps() * 100.0).round() / 100.0, 45.87);
        assert_eq!(metrics.dropped_frames(), 1);
        assert_eq!(metrics.dropped_frame_rate(), 1.0 / 3.0);
        assert!(!metrics.is_smooth());
    }

    #[test]
    fn a_frame_is_dropped_above_16_67_ms_and_not_at_it() {
        assert_eq!(frames(&[16.67]).dropped_frames(), 0);
        assert_eq!(frames(&[16.670_001]).dropped_frames(), 1);
    }

    #[test]
    fn the_budget_and_the_target_are_fields() {
        let mut metrics = RenderMetrics::new();
        assert_eq!((metrics.budget_ms, metrics.target_fps), (16.67, 60.0));
        metrics.budget_ms = 4.0;
        metrics.record_frame(5.0);
        assert_eq!(metrics.dropped_frames(), 1);
        assert_eq!(RenderMetrics::new().with_target_fps(60.0).budget_ms, 16.67);
        assert_eq!(RenderMetrics::new().with_target_fps(144.0).budget_ms, 6.94);
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY, 5e-324] {
            assert_eq!(RenderMetrics::new().with_target_fps(bad).budget_ms, 16.67, "{bad}");
        }
    }

    #[test]
    fn without_frames_every_figure_is_zero() {
        let metrics = RenderMetrics::new();
        assert_eq!(metrics.fps(), 0.0);
        assert_eq!(metrics.average_frame_time(), 0.0);
        assert_eq!((metrics.min_frame_time(), metrics.max_frame_time()), (0.0, 0.0));
        assert_eq!((metrics.percentile(50.0), metrics.dropped_frame_rate()), (0.0, 0.0));
        assert!(metrics.is_smooth());
    }

    #[test]
    fn a_rate_of_59_99_is_smooth_and_59_8_is_not() {
        assert!(frames(&[1000.0 / 59.99]).is_smooth());
        assert!(!frames(&[1000.0 / 59.8]).is_smooth());
    }

    #[test]
    fn a_thousand_frames_at_the_limit_are_smooth() {
        assert!(frames(&[16.67; 1000]).is_smooth());
    }

    #[test]
    fn minimum_maximum_total_and_dropped_are_of_the_whole_life() {
        let mut metrics = RenderMetrics::with_history(2);
        for ms in [1.0, 100.0, 10.0, 12.0] {
            metrics.record_frame(ms);
        }
        assert_eq!((metrics.min_frame_time(), metrics.max_frame_time()), (1.0, 100.0));
        assert_eq!((metrics.total_frames(), metrics.dropped_frames()), (4, 1));
        assert_eq!(metrics.average_frame_time(), 11.0);
        assert_eq!(metrics.percentile(100.0), 12.0);
    }

    #[test]
    fn new_keeps_a_thousand_frames_a_headless_run_all_and_no_history_one() {
        let kept = |mut metrics: RenderMetrics| {
            (0..5000).for_each(|_| metrics.record_frame(1.0));
            metrics.window_frames()
        };
        assert_eq!(kept(RenderMetrics::new()), 1000);
        assert_eq!(kept(RenderMetrics::unbounded()), 5000);
        assert_eq!(kept(RenderMetrics::with_history(0)), 1);
        assert_eq!(kept(RenderMetrics::with_history(usize::MAX)), 5000);
    }

    #[test]
    fn times_that_are_not_finite_or_negative_are_ignored_and_counted() {
        let metrics = frames(&[f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 5.0]);
        assert_eq!((metrics.total_frames(), metrics.ignored()), (1, 4));
        assert_eq!(metrics.average_frame_time(), 5.0);
    }

    #[test]
    fn a_frame_whose_total_is_no_time_leaves_no_phases_behind() {
        let mut metrics = RenderMetrics::new();
        let phases = PhaseTimes { ui_ms: Some(1.0), ..PhaseTimes::default() };
        for bad in [f64::NAN, f64::INFINITY, -0.5] {
            metrics.record_measured_frame(bad, &phases);
        }
        assert_eq!((metrics.total_frames(), metrics.ignored()), (0, 3));
        assert_eq!(metrics.phase_percentile(Phase::Ui, 50.0), None);
        assert_eq!(metrics.ui_thread_times().count(), 0);
        let bad_phase = PhaseTimes { ui_ms: Some(1.0), logic_ms: Some(-1.0), ..phases };
        metrics.record_measured_frame(2.0, &bad_phase);
        assert_eq!((metrics.total_frames(), metrics.ignored()), (1, 4));
        assert_eq!(metrics.ui_thread_percentile(50.0), 1.0);
    }

    #[test]
    fn intervals_between_presents_are_no_frame_times() {
        let mut metrics = frames(&[2.0]);
        metrics.record_interval(16.0);
        assert_eq!((metrics.total_frames(), metrics.average_frame_time()), (1, 2.0));
        assert_eq!(metrics.interval_percentile(95.0), 16.0);
        assert_eq!(metrics.presented_fps(), 62.5);
        assert_eq!(metrics.fps(), 500.0);
    }

    #[test]
    fn warm_up_is_in_no_percentile() {
        let mut metrics = frames(&[2.0]);
        metrics.record_warmup(100.0);
        metrics.record_warmup(50.0);
        assert_eq!((metrics.percentile(100.0), metrics.max_frame_time()), (2.0, 2.0));
        assert_eq!(metrics.report().warmup_ms, 150.0);
    }

    #[test]
    fn reset_forgets_the_life_too() {
        let mut metrics = frames(&[20.0, f64::NAN]);
        metrics.reset();
        assert_eq!(metrics.report(), RenderMetrics::new().report());
    }
}

mod scroll {
    use super::*;

    #[test]
    fn a_thousand_items_with_50_visible_save_95_percent() {
        let mut metrics = VirtualScrollMetrics::new(1000, 50, 20);
        metrics.update_viewport(0, 50);
        metrics.update_viewport(50, 100);
        assert_eq!(metrics.visible_items(), 50);
        assert_eq!(metrics.memory_savings(), 0.95);
        assert_eq!(metrics.viewport_updates(), 2);
    }

    #[test]
    fn visible_is_clamped_to_the_list() {
        let mut metrics = VirtualScrollMetrics::new(10, 50, 20);
        metrics.update_viewport(0, usize::MAX);
        assert_eq!((metrics.visible_items(), metrics.memory_savings()), (10, 0.0));
        metrics.update_viewport(500, 550);
        assert_eq!((metrics.visible_items(), metrics.memory_savings()), (0, 1.0));
    }

    #[test]
    fn an_empty_list_saves_nothing() {
        let mut metrics = VirtualScrollMetrics::new(0, 50, 20);
        metrics.update_viewport(0, 50);
        assert_eq!((metrics.visible_items(), metrics.memory_savings()), (0, 0.0));
    }

    #[test]
    fn a_reversed_range_is_an_empty_one() {
        let mut metrics = VirtualScrollMetrics::new(100, 10, 20);
        metrics.update_viewport(50, 20);
        assert_eq!((metrics.visible_items(), metrics.viewport_updates()), (0, 1));
        assert!(metrics.format_report().contains("Viewport: 50 - 50\n"));
    }

    #[test]
    fn the_first_page_shows_before_anybody_scrolls() {
        let metrics = VirtualScrollMetrics::new(1000, 50, 60);
        assert_eq!((metrics.visible_items(), metrics.viewport_updates()), (50, 0));
        assert_eq!(metrics.total_height(), 60_000);
    }
}

mod updates {
    use super::*;

    #[test]
    fn three_batches_average_15_updates_in_7_5_ms() {
        let mut metrics = UiUpdateMetrics::new();
        for (n, ms) in [(10, 5.0), (20, 10.0), (15, 7.5)] {
            metrics.record_batch(n, ms);
        }
        assert_eq!(metrics.average_batch_size(), 15.0);
        assert_eq!(metrics.average_batch_time(), 7.5);
        assert_eq!((metrics.max_batch_time(), metrics.total_updates()), (10.0, 45));
    }

    #[test]
    fn a_batch_without_a_time_is_ignored_and_counted() {
        let mut metrics = UiUpdateMetrics::new();
        metrics.record_batch(5, f64::NAN);
        assert_eq!(
            (metrics.total_batches(), metrics.total_updates(), metrics.ignored()),
            (0, 0, 1)
        );
        assert_eq!((metrics.average_batch_size(), metrics.average_batch_time()), (0.0, 0.0));
    }
}

mod memory {
    use super::*;

    fn metrics(components: &[(&str, usize)]) -> MemoryMetrics {
        let mut metrics = MemoryMetrics::new();
        for &(name, bytes) in components {
            metrics.track_allocation(name, bytes);
        }
        metrics
    }

    #[test]
    fn the_sources_example_adds_up() {
        let mut m = metrics(&[("sequencer", 1024), ("mixer", 2048)]);
        assert_eq!((m.total_allocated(), m.component_allocation("sequencer")), (3072, 1024));
        let before = m.snapshot();
        m.track_allocation("database", 4096);
        assert_eq!(m.snapshot().diff(&before).total_allocated(), 4096);
    }

    #[test]
    fn every_sum_saturates_per_component_too() {
        let m = metrics(&[("a", usize::MAX), ("a", usize::MAX), ("b", usize::MAX)]);
        assert_eq!(m.component_allocation("a"), usize::MAX);
        assert_eq!(m.total_allocated(), usize::MAX);
    }

    #[test]
    fn releasing_too_much_takes_nothing_from_the_others() {
        let mut m = metrics(&[("a", 100), ("b", 50)]);
        m.track_deallocation("a", 1000);
        m.track_deallocation("unknown", 1000);
        assert_eq!((m.component_allocation("a"), m.component_allocation("b")), (0, 50));
        assert_eq!((m.total_allocated(), m.tracked_objects()), (50, 1));
    }

    #[test]
    fn a_difference_is_signed_so_that_shrinkage_and_removal_show() {
        let mut m = metrics(&[("gone", 100), ("shrunk", 100), ("same", 7)]);
        let before = m.snapshot();
        m.track_deallocation("gone", 100);
        m.track_deallocation("shrunk", 40);
        let diff = m.snapshot().diff(&before);
        assert_eq!(diff.component_allocation("gone"), -100);
        assert_eq!(diff.component_allocation("shrunk"), -40);
        assert_eq!(diff.component_allocation("same"), 0);
        assert_eq!((diff.total_allocated(), diff.tracked_objects()), (-140, -2));
    }

    #[test]
    fn equal_sizes_sort_by_name() {
        let m = metrics(&[("b", 5), ("c", 9), ("a", 5)]);
        let names: Vec<_> =
            m.component_allocations_sorted().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["c", "a", "b"]);
    }

    #[test]
    fn total_used_is_the_heap_and_zero_only_before_the_first_sample() {
        let tracker = MemoryTracker::new();
        assert_eq!(tracker.total_used(), 0);
        tracker.set_heap_used(4096);
        tracker.track_allocation("a", 1024);
        assert_eq!(tracker.snapshot().total_used(), 4096);
        assert_eq!(tracker.snapshot().explained(), 0.25);
        assert_eq!(tracker.diff(&MemoryMetrics::new()).total_used(), 4096);
    }

    #[test]
    fn bytes_outside_the_heap_explain_none_of_it() {
        let tracker = MemoryTracker::new();
        tracker.set_heap_used(1000);
        tracker.set_component("document", 800);
        tracker.set_external("gpu", 5000);
        assert_eq!(tracker.snapshot().explained(), 0.8);
        assert_eq!(tracker.total_allocated(), 5800);
    }

    #[test]
    fn many_threads_share_one_tracker() {
        let tracker = MemoryTracker::new();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                let mine = tracker.clone();
                scope.spawn(move || {
                    for _ in 0..500 {
                        mine.track_allocation("notes", 10);
                        mine.track_allocation("notes", 10);
                        mine.track_deallocation("notes", 10);
                    }
                });
            }
        });
        assert_eq!((tracker.total_allocated(), tracker.tracked_objects()), (20_000, 2000));
        assert_eq!(tracker.component_allocation("notes"), 20_000);
        assert_eq!(tracker.component_allocations_sorted(), [("notes".to_owned(), 20_000)]);
        assert!(tracker.format_report().contains("  notes: 19.53 KB (100.0%)\n"));
        tracker.set_heap_used(40_000);
        assert_eq!(tracker.explained(), 0.5);
    }

    #[test]
    fn tracked_objects_are_allocations_less_deallocations_and_never_below_none() {
        let mut m = metrics(&[("a", 10), ("a", 10), ("b", 10)]);
        for _ in 0..5 {
            m.track_deallocation("a", 1);
        }
        assert_eq!((m.tracked_objects(), m.component_allocation("a")), (1, 15));
        m.reset();
        assert_eq!((m.tracked_objects(), m.total_allocated(), m.total_used()), (0, 0, 0));
    }

    #[test]
    fn a_component_that_measures_itself_counts_as_one_object() {
        let tracker = MemoryTracker::new();
        tracker.set_component("document", 10);
        tracker.set_component("document", 30);
        assert_eq!((tracker.total_allocated(), tracker.tracked_objects()), (30, 1));
        tracker.set_component("document", 0);
        assert_eq!((tracker.total_allocated(), tracker.tracked_objects()), (0, 0));
        tracker.measure("list", &vec![0_u64; 4]);
        assert_eq!(tracker.component_allocation("list"), 32 + size_of::<Vec<u64>>());
        tracker.reset();
        assert_eq!(tracker.component_allocations_sorted(), []);
    }
}

mod pool {
    use super::*;

    #[test]
    fn acquire_always_gives_an_empty_buffer_of_the_capacity() {
        let mut pool: AllocationPool<u8> = AllocationPool::new(1, 1024);
        let mut first = pool.acquire();
        first.extend_from_slice(&[7; 2000]);
        pool.release(first);
        for _ in 0..3 {
            let buffer = pool.acquire();
            assert!(buffer.is_empty() && buffer.capacity() >= 1024);
        }
        let (acquired, released, hits, misses, rate) = pool.stats();
        assert_eq!((acquired, released, hits, misses), (4, 1, 2, 2));
        assert_eq!((rate, pool.hit_rate()), (0.5, 0.5));
    }

    #[test]
    fn a_miss_joins_the_pool_on_release_up_to_four_times_n() {
        let mut pool: AllocationPool<u8> = AllocationPool::new(2, 16);
        let buffers: Vec<_> = (0..20).map(|_| pool.acquire()).collect();
        assert_eq!((pool.available(), pool.stats().3), (0, 18));
        for buffer in buffers {
            pool.release(buffer);
        }
        assert_eq!((pool.available(), pool.bound()), (8, 8));
    }

    #[test]
    fn the_bound_can_be_another() {
        let mut pool: AllocationPool<u8> = AllocationPool::with_bound(1, 16, 3);
        let buffers: Vec<_> = (0..9).map(|_| pool.acquire()).collect();
        for buffer in buffers {
            pool.release(buffer);
        }
        assert_eq!(pool.available(), 3);
        assert_eq!(AllocationPool::<u8>::with_bound(5, 16, 1).bound(), 5);
    }

    #[test]
    fn expand_adds_buffers_and_raises_the_bound_if_needed() {
        let mut pool: AllocationPool<u8> = AllocationPool::new(2, 16);
        pool.expand(20);
        assert_eq!((pool.available(), pool.bound()), (22, 22));
        let mut pool: AllocationPool<u8> = AllocationPool::new(2, 16);
        pool.expand(3);
        assert_eq!((pool.available(), pool.bound()), (5, 8));
    }

    #[test]
    fn buffers_below_the_capacity_are_dropped_on_release() {
        let mut pool: AllocationPool<u8> = AllocationPool::new(1, 1024);
        pool.release(Vec::with_capacity(10));
        assert_eq!((pool.available(), pool.stats().1), (1, 1));
    }

    #[test]
    fn clear_frees_the_buffers_and_only_reset_clears_the_counters() {
        let mut pool: AllocationPool<u8> = AllocationPool::new(4, 16);
        drop(pool.acquire());
        pool.clear();
        assert_eq!((pool.available(), pool.stats().0), (0, 1));
        pool.reset();
        assert_eq!(pool.stats(), (0, 0, 0, 0, 0.0));
    }

    #[test]
    fn a_pool_of_absurd_size_neither_panics_nor_takes_the_machine_down() {
        let pool: AllocationPool<u64> = AllocationPool::new(usize::MAX, usize::MAX);
        assert!(pool.available() <= 1 && pool.capacity() == (1 << 30) / 8);
        let mut pool: AllocationPool<()> = AllocationPool::new(usize::MAX, usize::MAX);
        pool.expand(usize::MAX);
        assert!(pool.available() <= 1 << 17);
    }

    #[test]
    fn the_guard_returns_its_buffer_on_drop_and_a_detached_one_does_not() {
        let pool: SharedPool<u8> = SharedPool::new(2, 64);
        let mut guard = pool.acquire();
        guard.extend_from_slice(b"abc");
        assert_eq!((guard.len(), pool.available()), (3, 1));
        drop(guard);
        assert_eq!(pool.available(), 2);
        let kept = pool.acquire().detach();
        assert_eq!((kept.capacity() >= 64, pool.available()), (true, 1));
        pool.release(kept);
        pool.expand(1);
        assert_eq!((pool.available(), pool.capacity(), pool.hit_rate()), (3, 64, 1.0));
        pool.clear();
        pool.reset();
        assert_eq!((pool.idle_bytes(), pool.stats().0), (0, 0));
    }

    #[test]
    fn the_guard_returns_its_buffer_though_its_user_panics() {
        let pool: SharedPool<u8> = SharedPool::new(1, 64);
        let worker = std::thread::scope(|scope| {
            let work = scope.spawn(|| {
                let buffer = pool.acquire();
                assert!(buffer.len() > 1, "a file that makes its reader panic");
            });
            work.join()
        });
        assert!(worker.is_err());
        let (acquired, released, ..) = pool.stats();
        assert_eq!((pool.available(), acquired, released), (1, 1, 1));
    }

    #[test]
    fn a_buffer_that_grew_joins_with_what_it_has_and_one_taken_out_of_its_guard_does_not() {
        let pool: SharedPool<u8> = SharedPool::with_bound(1, 64, 1);
        pool.acquire().resize(1000, 1);
        assert!(pool.acquire().capacity() >= 1000);
        let taken = std::mem::take(&mut *pool.acquire());
        assert_eq!((pool.available(), pool.stats().1), (0, 3));
        pool.release(taken);
        assert_eq!(pool.available(), 1);
    }

    #[test]
    fn many_threads_share_one_pool() {
        let pool: SharedPool<u8> = SharedPool::new(4, 64);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..500).for_each(|_| pool.acquire().push(1)));
            }
        });
        let (acquired, released, hits, misses, _) = pool.stats();
        assert_eq!((acquired, released, hits + misses), (2000, 2000, 2000));
        assert!(pool.available() >= 4 && pool.available() <= 16);
    }
}

mod cache {
    use super::*;

    fn insert(cache: &MemoryCache<u32>, key: &str, size: usize) -> bool {
        cache.insert(key.to_owned(), 1, size)
    }

    #[test]
    fn the_default_is_100_mib() {
        assert_eq!(MemoryCache::<u8>::default().stats().max_size, 100 * 1024 * 1024);
    }

    #[test]
    fn what_was_used_longest_ago_makes_room() {
        let cache = MemoryCache::new(100);
        for key in ["a", "b"] {
            assert!(insert(&cache, key, 50));
        }
        assert_eq!(cache.get("a"), Some(1));
        insert(&cache, "c", 50);
        assert_eq!(
            (cache.contains("a"), cache.contains("b"), cache.contains("c")),
            (true, false, true)
        );
        let stats = cache.stats();
        assert_eq!((stats.entries, stats.current_size, stats.evictions), (2, 100, 1));
    }

    #[test]
    fn a_value_larger_than_the_cache_is_refused_and_evicts_nothing() {
        let cache = MemoryCache::new(100);
        insert(&cache, "a", 100);
        assert!(!insert(&cache, "b", 101));
        assert!(!insert(&cache, "a", 101));
        let stats = cache.stats();
        assert_eq!((stats.entries, stats.current_size, stats.evictions), (1, 100, 0));
    }

    #[test]
    fn replacing_a_key_counts_the_difference_once() {
        let cache = MemoryCache::new(100);
        insert(&cache, "a", 60);
        insert(&cache, "a", 80);
        insert(&cache, "a", 30);
        let stats = cache.stats();
        assert_eq!((stats.entries, stats.current_size, stats.evictions), (1, 30, 0));
    }

    #[test]
    fn counters_are_cleared_only_by_reset() {
        let cache = MemoryCache::new(100);
        insert(&cache, "a", 1);
        assert_eq!((cache.get("a"), cache.get("b")), (Some(1), None));
        cache.clear();
        let stats = cache.stats();
        assert_eq!((stats.entries, stats.current_size), (0, 0));
        assert_eq!((stats.hits, stats.misses, stats.hit_rate), (1, 1, 0.5));
        cache.reset();
        assert_eq!((cache.stats().hits, cache.stats().hit_rate), (0, 0.0));
    }

    #[test]
    fn removing_takes_the_value_out_and_evicts_nothing() {
        let cache = MemoryCache::new(100);
        assert!(cache.insert_sized("key".to_owned(), 5_u32));
        assert_eq!(cache.stats().current_size, 4 + 3);
        assert_eq!((cache.remove("key"), cache.remove("key")), (Some(5), None));
        assert_eq!((cache.stats().current_size, cache.stats().evictions), (0, 0));
    }

    #[test]
    fn sizes_at_the_edge_do_not_overflow() {
        let cache = MemoryCache::new(usize::MAX);
        insert(&cache, "a", usize::MAX);
        insert(&cache, "b", usize::MAX);
        assert!(cache.stats().current_size == usize::MAX);
        cache.remove("a");
        cache.remove("b");
        assert_eq!(cache.stats().current_size, 0);
    }
}

mod query_cache {
    use super::*;

    const NO_PARAMS: &[i64] = &[];

    fn key(sql: &str) -> QueryKey {
        QueryKey::from_query(sql, NO_PARAMS)
    }

    #[test]
    fn the_default_lives_300_seconds_and_not_one_longer() {
        let cache = QueryCache::with_default_ttl();
        let start = Instant::now();
        cache.insert_at(key("SELECT 1"), 7_u32, start);
        assert_eq!(cache.get_at(&key("SELECT 1"), start + Duration::from_secs(299)), Some(7));
        assert_eq!(cache.get_at(&key("SELECT 1"), start + Duration::from_mins(5)), None);
        let stats = cache.stats();
        assert_eq!((stats.hits, stats.misses, stats.expirations, stats.entries), (1, 1, 1, 0));
        assert_eq!(stats.current_size, 0);
    }

    #[test]
    fn a_result_can_have_a_time_of_its_own() {
        let cache = QueryCache::new(Duration::from_secs(10));
        let start = Instant::now();
        cache.insert_with_ttl_at(key("a"), 1_u8, Duration::from_secs(1), start);
        cache.insert_with_ttl_at(key("b"), 2_u8, Duration::MAX, start);
        cache.insert_with_ttl_at(key("c"), 3_u8, Duration::ZERO, start);
        let later = start + Duration::from_secs(2);
        assert_eq!(cache.get_at(&key("a"), later), None);
        assert_eq!(cache.get_at(&key("b"), start + Duration::from_secs(1 << 30)), Some(2));
        assert_eq!(cache.get_at(&key("c"), start), None);
    }

    #[test]
    fn expired_results_go_on_insert_and_on_cleanup() {
        let cache = QueryCache::new(Duration::from_secs(10));
        let start = Instant::now();
        for sql in ["a", "b", "c"] {
            cache.insert_at(key(sql), 1_u8, start);
        }
        cache.insert_at(key("d"), 1_u8, start + Duration::from_secs(11));
        assert_eq!((cache.stats().entries, cache.stats().expirations), (1, 3));
        assert_eq!(cache.cleanup_expired_at(start + Duration::from_secs(22)), 1);
        assert_eq!(cache.stats().current_size, 0);
    }

    #[test]
    fn files_matches_the_table_files_and_not_profiles() {
        for (sql, expected) in [
            ("SELECT * FROM files WHERE id = ?", true),
            ("SELECT * FROM profiles", false),
            ("SELECT * FROM FILES", true),
            ("SELECT * FROM \"files\" JOIN tags", true),
            ("SELECT * FROM [files]", true),
            ("SELECT * FROM `files`", true),
            ("SELECT * FROM main.files", true),
            ("SELECT files.id FROM x", true),
            ("SELECT * FROM files_fts", false),
            ("SELECT * FROM t WHERE name = 'files'", false),
            ("SELECT * FROM t WHERE name = 'it''s files'", false),
            ("SELECT 1 -- files\n FROM t", false),
            ("SELECT 1 /* files */ FROM t", false),
            ("SELECT 1 /* files", false),
            ("SELECT 'files", false),
        ] {
            let cache = QueryCache::with_default_ttl();
            cache.insert(key(sql), 1_u8);
            assert_eq!(cache.invalidate_pattern("files"), usize::from(expected), "{sql}");
            assert_eq!(cache.get(&key(sql)).is_none(), expected, "{sql}");
        }
    }

    #[test]
    fn a_pattern_of_several_identifiers_has_to_follow_and_an_empty_one_matches_nothing() {
        assert!(key("SELECT * FROM main.files").names("main.files"));
        assert!(!key("SELECT main FROM temp.files").names("main.files"));
        assert!(!key("SELECT 1").names(""));
        assert!(!key("").names("files"));
    }

    #[test]
    fn parameters_are_told_apart() {
        let key = |params: &[&str]| QueryKey::from_query("SELECT ?", params);
        assert_ne!(key(&["a", "b"]), key(&["a\", \"b"]));
        assert_eq!(key(&["a"]), key(&["a"]));
        assert_ne!(QueryKey::from_query("SELECT ?", &[1]), key(&["1"]));
        assert_eq!(QueryKey::from_query("  SELECT 1 ", NO_PARAMS).sql(), "SELECT 1");
    }

    #[test]
    fn the_cache_is_bounded_in_bytes_and_refuses_what_is_larger() {
        let cache = QueryCache::with_limits(Duration::from_mins(1), 4000);
        for n in 0..20 {
            assert!(cache.insert(key(&format!("SELECT {n}")), vec![0_u8; 1000]));
            assert!(cache.stats().current_size <= 4000);
        }
        let before = cache.stats();
        assert!(!cache.insert(key("big"), vec![0_u8; 4000]));
        assert_eq!(cache.stats(), before);
        assert!(before.evictions > 15 && before.entries >= 2, "{before:?}");
    }

    #[test]
    fn remove_and_clear_keep_the_counters() {
        let cache = QueryCache::with_default_ttl();
        cache.insert(key("a"), 1_u8);
        cache.insert(key("b"), 2_u8);
        assert_eq!((cache.get(&key("a")), cache.remove(&key("a"))), (Some(1), Some(1)));
        cache.clear();
        let stats = cache.stats();
        assert_eq!((stats.entries, stats.current_size, stats.hits), (0, 0, 1));
        assert_eq!(cache.cleanup_expired(), 0);
        cache.reset();
        assert_eq!(cache.stats().hits, 0);
    }
}

mod state {
    use super::*;

    #[test]
    fn the_calls_of_the_source_are_all_there() {
        let state = ProfilingState::new();
        state.track_allocation("sequencer", 1024);
        state.track_allocation("sequencer", 1024);
        state.track_deallocation("sequencer", 1024);
        assert_eq!(state.get_memory_metrics().component_allocation("sequencer"), 1024);
        assert!(state.get_memory_report().contains("  sequencer: 1.00 KB (100.0%)\n"));
        state.record_frame(16.7);
        assert_eq!(state.get_render_metrics().dropped, 1);
        state.reset_render_metrics();
        assert_eq!(state.get_render_metrics().frames, 0);
        state.update_virtual_scroll("never registered", 0, 10);
        assert_eq!(state.report().scroll["never registered"].memory_savings, 0.0);
    }

    #[test]
    fn caches_and_pools_are_registered_cleared_and_reset() {
        let state = ProfilingState::new();
        let files = MemoryCache::new(100);
        let queries = QueryCache::with_default_ttl();
        state.register_cache("files", files.clone());
        state.register_cache("queries", queries.clone());
        let pool: SharedPool<u8> = SharedPool::new(3, 16);
        state.register_pool("buffers", pool.clone());
        files.insert("a".to_owned(), 1_u8, 10);
        queries.insert(QueryKey::from_query("SELECT ?", &[1]), 1_u8);
        drop((files.get("a"), pool.acquire()));
        assert_eq!(state.get_cache_stats()["files"].hits, 1);
        assert_eq!(state.get_cache_stats()["queries"].entries, 1);
        assert_eq!(state.get_pool_stats()["buffers"].hits, 1);
        assert_eq!(state.get_pool_availability()["buffers"], 3);

        state.clear_caches();
        assert_eq!(state.get_cache_stats()["files"].entries, 0);
        assert_eq!(state.get_cache_stats()["files"].hits, 1);
        state.record_query("SELECT 1", 1.0, 1);
        state.record_update_batch(1, 1.0);
        state.reset();
        assert_eq!(state.get_cache_stats()["files"].hits, 0);
        assert_eq!(state.get_pool_stats()["buffers"].acquired, 0);
        assert_eq!((state.report().queries.len(), state.report().updates.total_batches), (0, 0));
    }

    #[test]
    fn the_process_is_asked_once_a_second() {
        let state = ProfilingState::new();
        let start = Instant::now();
        assert!(state.tick_at(start));
        assert!(!state.tick_at(start + Duration::from_millis(999)));
        assert!(state.tick_at(start + Duration::from_secs(1)));
    }

    #[test]
    fn a_component_that_leaks_on_purpose_is_reported_and_one_that_does_not_is_not() {
        let state = ProfilingState::new();
        let start = Instant::now();
        for second in 0..130_u32 {
            state.set_component("leaky", second as usize * 100_000);
            state.set_component("steady", 10_000_000 + (second as usize % 7) * 500_000);
            state.sample_at(start + Duration::from_secs(u64::from(second)));
        }
        let leaks = state.leaks();
        assert_eq!(leaks.len(), 1, "{leaks:?}");
        assert_eq!(leaks[0].component, "leaky");
        assert!((leaks[0].bytes_per_sec - 100_000.0).abs() < 5_000.0, "{leaks:?}");
    }

    #[test]
    fn audio_times_that_are_no_numbers_count_as_zero() {
        let state = ProfilingState::new();
        state.set_audio(profiling::report::AudioReport {
            callback_p99_us: f64::NAN,
            budget_us: f64::INFINITY,
            dropouts: 2,
            voices: 3,
        });
        let audio = state.audio();
        assert_eq!((audio.callback_p99_us, audio.budget_us, audio.dropouts), (0.0, 0.0, 2));
    }
}
