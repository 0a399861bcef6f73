//! Random sequences of calls on what many threads share: nothing panics, and
//! what is reported agrees with itself.

use std::time::{Duration, Instant};

use proptest::{collection::vec, prelude::*};

use profiling::{
    ProfilingState, Report,
    alerts::Alerts,
    memory::{MemoryCache, MemoryTracker, SharedPool},
    query_cache::{QueryCache, QueryKey},
    regression::{Thresholds, compare},
    render_metrics::PhaseTimes,
    report::AudioReport,
};

fn any_time() -> impl Strategy<Value = f64> {
    prop_oneof![0.0..50.0_f64, any::<f64>(), Just(f64::NAN), Just(f64::INFINITY), Just(-1.0)]
}

fn any_size() -> impl Strategy<Value = usize> {
    prop_oneof![0..5000_usize, Just(usize::MAX), any::<usize>()]
}

/// What has to hold in every report, whatever came before.
#[expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
fn check(report: &Report) -> Result<(), TestCaseError> {
    let render = &report.render;
    prop_assert!(render.dropped <= render.frames);
    prop_assert!(render.p50_ms <= render.p95_ms && render.p95_ms <= render.p99_ms);
    prop_assert!(render.p99_ms <= render.max_ms && render.min_ms <= render.max_ms);
    prop_assert!(render.ui_thread_p50_ms <= render.ui_thread_p95_ms);
    prop_assert!(render.ui_thread_p95_ms <= render.ui_thread_max_ms);
    for (name, phase) in render.phases.iter() {
        prop_assert!(phase.p50_ms <= phase.p95_ms && phase.p95_ms <= phase.max_ms, "{}", name);
    }
    for cache in report.caches.values() {
        prop_assert!(cache.bytes <= cache.max_bytes);
        prop_assert!((0.0..=1.0).contains(&cache.hit_rate));
    }
    for pool in report.pools.values() {
        prop_assert_eq!(pool.acquired, pool.hits + pool.misses);
        prop_assert!((0.0..=1.0).contains(&pool.hit_rate));
    }
    for list in report.scroll.values() {
        prop_assert!((0.0..=1.0).contains(&list.memory_savings));
        prop_assert!(list.visible <= list.total);
    }
    prop_assert!(report.memory.explained >= 0.0);
    prop_assert!(report.audio.callback_p99_us >= 0.0 && report.audio.budget_us >= 0.0);
    let read_back = Report::from_json(&report.to_json().unwrap()).unwrap();
    // Shares may differ in their last digit; what was counted may not.
    prop_assert_eq!(&read_back.memory.components, &report.memory.components);
    prop_assert_eq!(read_back.scroll.len(), report.scroll.len());
    prop_assert_eq!(read_back.render.frames, report.render.frames);
    prop_assert_eq!(read_back.queries.len(), report.queries.len());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_calls_on_the_state_leave_a_report_that_agrees_with_itself(
        calls in vec((0..18_u8, 0..4_u8, any_size(), any_time()), 0..60),
    ) {
        let state = ProfilingState::new();
        let files = MemoryCache::new(5000);
        let rows = QueryCache::with_limits(Duration::from_secs(5), 5000);
        let buffers: SharedPool<u8> = SharedPool::new(2, 64);
        state.register_cache("files", files.clone());
        state.register_cache("rows", rows.clone());
        state.register_pool("buffers", buffers.clone());
        let mut now = Instant::now();
        for (call, who, size, ms) in calls {
            let name = ["document", "undo", "", "\u{1F3B9}"][usize::from(who)];
            match call {
                0 => state.track_allocation(name, size),
                1 => state.track_deallocation(name, size),
                2 => state.set_component(name, size),
                3 => state.set_external(name, size),
                4 => state.record_frame(ms),
                5 => {
                    let phases = PhaseTimes { ui_ms: Some(ms), ..PhaseTimes::default() };
                    state.record_measured_frame(ms, &phases);
                }
                6 => state.update_virtual_scroll(name, size / 2, size),
                7 => state.update_virtual_list(name, size, who.into(), size),
                8 => state.record_update_batch(size, ms),
                9 => state.record_query(name, ms, size as u64),
                10 => state.set_query_plan(name, "SCAN"),
                11 => drop(files.insert(name.to_owned(), who, size % 7000)),
                12 => drop(rows.insert_at(QueryKey::from_query(name, &[who]), who, now)),
                13 => drop((files.get(name), rows.get_at(&QueryKey::from_query(name, &[who]), now))),
                14 => buffers.acquire().resize(size % 500, 1),
                15 => {
                    now += Duration::from_secs(u64::from(who) * 9);
                    state.tick_at(now);
                }
                16 => state.clear_caches(),
                _ => {
                    state.set_audio(AudioReport { callback_p99_us: ms, ..AudioReport::default() });
                    if who == 0 {
                        state.reset();
                    }
                }
            }
        }
        let report = state.report();
        check(&report)?;
        let same = compare(&report, &report, &Thresholds::default());
        prop_assert_eq!(same, Ok(Vec::new()));
        for leak in state.leaks() {
            prop_assert!(leak.bytes_per_sec.is_finite());
        }
    }

    #[test]
    fn a_shared_pool_is_true_in_any_order_of_guards(
        n in 0..6_usize,
        bound in 0..12_usize,
        calls in vec((0..7_u8, 0..300_usize), 0..120),
    ) {
        let pool: SharedPool<u8> = SharedPool::with_bound(n, 100, bound);
        let mut guards = Vec::new();
        let (mut acquired, mut released) = (0_u64, 0_u64);
        for (call, arg) in calls {
            match call {
                0 | 1 => {
                    let mut guard = pool.acquire();
                    prop_assert!(guard.is_empty() && guard.capacity() >= 100);
                    guard.resize(arg, 1);
                    guards.push(guard);
                    acquired += 1;
                }
                2 => released += u64::from(guards.pop().is_some()),
                3 => drop(guards.pop().map(profiling::memory::PooledBuffer::detach)),
                4 => {
                    pool.release(vec![0; arg]);
                    released += 1;
                }
                5 => pool.expand(arg % 4),
                _ => pool.clear(),
            }
            let (a, r, hits, misses, rate) = pool.stats();
            prop_assert_eq!((a, r, hits + misses), (acquired, released, acquired));
            prop_assert!((0.0..=1.0).contains(&rate));
        }
        released += guards.len() as u64;
        drop(guards);
        prop_assert_eq!(pool.stats().1, released);
        pool.reset();
        prop_assert_eq!(pool.stats(), (0, 0, 0, 0, 0.0));
    }

    #[test]
    fn a_tracker_says_what_its_snapshot_says(
        calls in vec((0..4_u8, 0..3_u8, any_size()), 0..60),
    ) {
        let tracker = MemoryTracker::new();
        for (call, who, size) in calls {
            let name = ["a", "b", "c"][usize::from(who)];
            match call {
                0 => tracker.track_allocation(name, size),
                1 => tracker.track_deallocation(name, size),
                2 => tracker.set_component(name, size),
                _ => tracker.set_heap_used(size as u64),
            }
            let snapshot = tracker.snapshot();
            prop_assert_eq!(tracker.total_allocated(), snapshot.total_allocated());
            prop_assert_eq!(tracker.total_used(), snapshot.total_used());
            prop_assert_eq!(tracker.tracked_objects(), snapshot.tracked_objects());
            prop_assert_eq!(tracker.explained(), snapshot.explained());
            prop_assert_eq!(tracker.diff(&snapshot).total_allocated(), 0);
        }
    }

    #[test]
    fn there_is_never_more_than_one_alert_a_minute(
        frames in vec((any_time(), 0..3000_u64), 0..200),
    ) {
        let mut alerts = Alerts::new();
        let mut now = Instant::now();
        let mut told: Vec<Instant> = Vec::new();
        for (ms, passed) in frames {
            now += Duration::from_millis(passed);
            alerts.record_frame_at(ms, 16.67, now);
            told.extend(alerts.take_at(now).map(|_| now));
        }
        let minute = Duration::from_mins(1);
        prop_assert!(told.is_sorted_by(|a, b| b.duration_since(*a) >= minute));
    }
}
