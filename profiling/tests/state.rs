//! What the shared state owes its callers: sweeping, queries, leaks, and saved
//! reports that are told apart. Time is passed in: nothing here sleeps.

use std::time::{Duration, Instant};

use profiling::{
    ProfilingState, Report,
    memory::MemoryCache,
    query_cache::{QueryCache, QueryKey},
    regression::{Thresholds, compare},
    render_metrics::{Phase, PhaseTimes},
    state::SWEEP_EVERY,
};

#[test]
fn the_calls_that_took_the_place_of_the_sources_commands_answer_and_serialise() {
    let state = ProfilingState::new();
    state.record_frame(16.0);
    state.render_metrics.write().record_frame(33.4);
    state.memory_tracker.track_allocation("mixer", 2048);
    state.register_list("tracks", 1000, 50, 46);
    state.update_virtual_scroll("tracks", 50, 100);
    state.record_update_batch(15, 7.5);
    let before = state.get_memory_metrics();
    state.track_deallocation("mixer", 48);
    assert_eq!(state.get_memory_metrics().diff(&before).component_allocation("mixer"), -48);
    assert_eq!(state.get_memory_report(), state.get_memory_metrics().format_report());

    let json = |value: serde_json::Result<String>| value.unwrap();
    assert!(json(serde_json::to_string(&state.get_memory_metrics())).contains("\"mixer\""));
    let render = json(serde_json::to_string(&state.get_render_metrics()));
    assert!(render.contains("\"frames\":2") && render.contains("\"dropped\":1"), "{render}");
    assert_eq!(json(serde_json::to_string(&state.get_cache_stats())), "{}");
    let report = state.report();
    assert_eq!(report.scroll["tracks"].memory_savings, 0.95);
    assert_eq!(report.updates.average_batch_time_ms, 7.5);
}

#[test]
fn what_has_expired_goes_every_30_seconds_though_nobody_inserts() {
    assert_eq!(SWEEP_EVERY, Duration::from_secs(30));
    let state = ProfilingState::new();
    let rows = QueryCache::with_default_ttl();
    let files = MemoryCache::new(1000);
    state.register_cache("rows", rows.clone());
    state.register_cache("files", files.clone());
    let start = Instant::now();
    assert!(state.tick_at(start));
    let key = QueryKey::from_query("SELECT name FROM files WHERE id = ?", &[1]);
    rows.insert_with_ttl_at(key, 7_u64, Duration::from_secs(10), start);
    files.insert("song.mid".to_owned(), 1_u8, 100);

    let held_after = |secs: u64| {
        state.tick_at(start + Duration::from_secs(secs));
        (rows.stats().entries, rows.stats().current_size > 0, files.stats().entries)
    };
    assert_eq!(held_after(29), (1, true, 1));
    assert_eq!(held_after(30), (0, false, 1));
    assert_eq!(rows.stats().expirations, 1);
}

#[test]
fn a_cache_is_swept_again_after_another_30_seconds() {
    let state = ProfilingState::new();
    let rows = QueryCache::new(Duration::from_secs(1));
    state.register_cache("rows", rows.clone());
    let start = Instant::now();
    let entries_at = |secs: u64| {
        let now = start + Duration::from_secs(secs);
        state.tick_at(now);
        let left = rows.stats().entries;
        rows.insert_at(QueryKey::from_query("SELECT ?", &[secs]), 1_u8, now);
        left
    };
    assert_eq!([0, 20, 40, 50, 69, 70].map(entries_at), [0, 1, 0, 1, 1, 0]);
}

#[test]
fn a_statement_is_fed_as_the_library_feeds_it_and_its_plan_is_asked_for_once() {
    const SEARCH: &str = "SELECT id, name FROM files WHERE tag = ? ORDER BY name";
    let state = ProfilingState::new();
    let mut explained = 0;
    for (ms, rows) in [(4.0, 40), (1.0, 12), (2.0, 0)] {
        state.record_query(SEARCH, ms, rows);
        if state.wants_query_plan(SEARCH) {
            explained += 1;
            state.set_query_plan(SEARCH, "SEARCH files USING INDEX files_tag (tag=?)");
        }
    }
    state.record_query("COMMIT", f64::NAN, 0);
    let report = state.report();
    let [search] = report.queries.as_slice() else {
        unreachable!("one statement ran, not {:?}", report.queries);
    };
    assert_eq!((explained, search.sql.as_str(), search.count), (1, SEARCH, 3));
    assert_eq!((search.p50_ms, search.p95_ms, search.max_ms, search.rows), (2.0, 4.0, 4.0, 52));
    assert_eq!(search.plan, "SEARCH files USING INDEX files_tag (tag=?)");
    let read_back = Report::from_json(&state.to_json()).unwrap();
    assert_eq!(read_back.queries, report.queries);

    state.reset();
    assert!(state.report().queries.is_empty() && state.wants_query_plan(SEARCH));
}

/// Two minutes and a bit of a program whose undo history holds `bytes(second)`.
fn watched(bytes: impl Fn(usize) -> usize) -> ProfilingState {
    let state = ProfilingState::new();
    let start = Instant::now();
    for second in 0..130 {
        state.set_component("undo", bytes(second));
        state.set_component("document", 40_000_000);
        state.sample_at(start + Duration::from_secs(second as u64));
    }
    state
}

#[test]
fn a_leak_on_purpose_is_reported_with_its_slope() {
    // What is kept by mistake: 64 KiB a second.
    let leaks = watched(|second| 1_000_000 + second * 65_536).leaks();
    assert_eq!(leaks.len(), 1, "{leaks:?}");
    assert_eq!(leaks[0].component, "undo");
    assert!((leaks[0].bytes_per_sec - 65_536.0).abs() < 1_000.0, "{leaks:?}");
    let told = leaks[0].to_string();
    assert!(told.starts_with("undo grows by 6"), "{told}");
    assert!(told.ends_with(" and never comes back down"), "{told}");
}

#[test]
fn editing_that_ends_and_a_history_at_its_bound_are_no_leaks() {
    for (what, bytes) in [
        ("grows for a minute, then rests", (|s: usize| s.min(60) * 65_536) as fn(usize) -> usize),
        ("is cut to its bound again and again", |s| (s % 30) * 65_536),
        ("steps up once", |s| if s < 70 { 1_000 } else { 50_000_000 }),
        ("shrinks", |s| 100_000_000 - s * 65_536),
        ("stands still", |_| 5_000_000),
    ] {
        let leaks = watched(bytes).leaks();
        assert!(leaks.is_empty(), "{what}: {leaks:?}");
    }
}

/// A saved report of 200 frames; `slower` makes one phase that much slower.
fn saved(slower: Phase, by: f64) -> String {
    let state = ProfilingState::headless();
    for frame in 0..200 {
        let mut phases = PhaseTimes::default();
        for (phase, ms) in Phase::ALL.into_iter().zip([0.4, 1.0, 4.0, 2.0, 0.8, 1.6]) {
            let wobble = 1.0 + f64::from(frame % 7) / 100.0;
            phases.add(phase, ms * wobble * if phase == slower { by } else { 1.0 });
        }
        let total = phases.ui_thread_ms().unwrap_or(0.0);
        state.record_measured_frame(total, &phases);
    }
    state.to_json()
}

#[test]
fn of_two_saved_reports_with_one_20_percent_slower_the_phase_is_named() {
    for phase in Phase::ALL {
        let before = Report::from_json(&saved(phase, 1.0)).unwrap();
        let after = Report::from_json(&saved(phase, 1.2)).unwrap();
        let thresholds = Thresholds { min_bytes: f64::INFINITY, ..Thresholds::default() };
        let found = compare(&before, &after, &thresholds).unwrap();
        let worst = found.first().map(ToString::to_string).unwrap_or_default();
        let named = format!("render.phases.{}.p", phase.name());
        assert!(worst.starts_with(&named) && worst.contains(": 20.0% slower ("), "{found:?}");
        let others = found
            .iter()
            .filter(|r| r.metric.starts_with("render.phases.") && !r.metric.starts_with(&named));
        assert_eq!(others.count(), 0, "{found:?}");
        let same = compare(&before, &before, &thresholds).unwrap();
        assert!(same.is_empty(), "{same:?}");
    }
}

#[test]
fn the_name_of_the_source_finds_the_updates_in_the_documentation() {
    let source = include_str!("../src/render_metrics/ui_updates.rs");
    assert!(source.contains("#[doc(alias = \"DomUpdateMetrics\")]\n"));
}
