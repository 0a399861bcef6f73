//! The reports for people, letter by letter, and the JSON report key by key.

use profiling::{
    ProfilingState, Report,
    memory::{MemoryCache, MemoryMetrics, SharedPool},
    render_metrics::{PhaseTimes, RenderMetrics, UiUpdateMetrics, VirtualScrollMetrics},
    report::AudioReport,
};

#[test]
fn memory_metrics() {
    let mut metrics = MemoryMetrics::new();
    metrics.track_allocation("sequencer", 1024);
    metrics.track_allocation("mixer", 2048);
    metrics.track_allocation("database", 4096);
    assert_eq!(
        metrics.format_report(),
        "\
Memory Metrics Report
====================
Total Allocated: 7.00 KB
Total Used: 0 B
Tracked Objects: 3

Component Allocations:
  database: 4.00 KB (57.1%)
  mixer: 2.00 KB (28.6%)
  sequencer: 1.00 KB (14.3%)
"
    );
}

#[test]
fn memory_metrics_without_components() {
    let mut metrics = MemoryMetrics::new();
    metrics.set_heap_used(3 << 20);
    assert_eq!(
        metrics.format_report(),
        "\
Memory Metrics Report
====================
Total Allocated: 0 B
Total Used: 3.00 MB
Tracked Objects: 0
"
    );
}

#[test]
fn memory_difference() {
    let mut metrics = MemoryMetrics::new();
    metrics.track_allocation("gone", 512);
    metrics.track_allocation("shrunk", 2048);
    let before = metrics.snapshot();
    metrics.track_deallocation("gone", 512);
    metrics.track_deallocation("shrunk", 1024);
    metrics.track_allocation("new", 4096);
    assert_eq!(
        metrics.diff(&before).format_report(),
        "\
Memory Difference
=================
Total Allocated: +2.50 KB
Total Used: 0 B
Tracked Objects: -1

Components:
  new: +4.00 KB
  gone: -512 B
  shrunk: -1.00 KB
"
    );
}

#[test]
fn render_metrics() {
    let mut metrics = RenderMetrics::new();
    metrics.record_frame(16.0);
    for _ in 0..984 {
        metrics.record_frame(16.4665);
    }
    for _ in 0..15 {
        metrics.record_frame(33.4);
    }
    assert_eq!(
        metrics.format_report(),
        "\
Render Metrics Report
====================
FPS: 59.8
Average Frame Time: 16.72 ms
Min Frame Time: 16.00 ms
Max Frame Time: 33.40 ms
Total Frames: 1000
Dropped Frames: 15 (1.5%)
Smooth: No
"
    );
}

#[test]
fn virtual_scroll_metrics() {
    let mut metrics = VirtualScrollMetrics::new(1000, 50, 20);
    metrics.update_viewport(0, 50);
    metrics.update_viewport(50, 100);
    assert_eq!(
        metrics.format_report(),
        "\
Virtual Scroll Metrics
======================
Total Items: 1000
Visible Items: 50
Viewport: 50 - 100
Memory Savings: 95.0%
Viewport Updates: 2
"
    );
}

#[test]
fn ui_update_metrics() {
    let mut metrics = UiUpdateMetrics::new();
    for _ in 0..100 {
        metrics.record_batch(15, 7.5);
    }
    assert_eq!(
        metrics.format_report(),
        "\
UI Update Metrics
=================
Total Batches: 100
Total Updates: 1500
Average Batch Size: 15.0
Average Batch Time: 7.50 ms
"
    );
}

#[test]
fn the_rule_under_a_title_has_the_length_the_format_says() {
    let rule = |report: String| report.lines().nth(1).unwrap().len();
    assert_eq!(rule(MemoryMetrics::new().format_report()), 20);
    assert_eq!(rule(RenderMetrics::new().format_report()), 20);
    assert_eq!(rule(VirtualScrollMetrics::new(0, 0, 0).format_report()), 22);
    assert_eq!(rule(UiUpdateMetrics::new().format_report()), 17);
}

/// A state in which every part of the report has something to say.
fn full_state() -> ProfilingState {
    let state = ProfilingState::headless();
    let phases = PhaseTimes {
        input_ms: Some(0.5),
        logic_ms: Some(1.0),
        ui_ms: Some(2.0),
        tessellate_ms: Some(1.5),
        upload_ms: Some(0.25),
        gpu_ms: Some(3.0),
    };
    {
        let mut render = state.render_metrics.write();
        render.record_warmup(80.0);
        render.record_measured_frame(6.0, &phases);
        render.record_interval(16.5);
    }
    state.track_allocation("document", 1000);
    state.set_external("gpu_buffers", 5000);
    let cache = MemoryCache::new(1 << 20);
    cache.insert("a".to_owned(), 1_u8, 100);
    assert_eq!((cache.get("a"), cache.get("b")), (Some(1), None));
    state.register_cache("files", cache);
    let pool: SharedPool<u8> = SharedPool::new(1, 64);
    drop((pool.acquire(), pool.acquire()));
    state.register_pool("file_buffers", pool);
    state.register_list("tracks", 1000, 50, 46);
    state.update_virtual_scroll("tracks", 0, 50);
    state.record_update_batch(12, 0.5);
    let audio = AudioReport { callback_p99_us: 900.0, budget_us: 5333.0, dropouts: 1, voices: 32 };
    state.set_audio(audio);
    state
}

#[test]
fn the_json_report_has_every_key_of_the_schema() {
    let json: serde_json::Value = serde_json::from_str(&full_state().to_json()).unwrap();
    let number = |path: &str| {
        json.pointer(path).and_then(serde_json::Value::as_f64).unwrap_or_else(|| {
            unreachable!("{path} is no number in {json:#}");
        })
    };
    for (path, expected) in [
        ("/render/frames", 1.0),
        ("/render/fps", 1000.0 / 6.0),
        ("/render/mean_ms", 6.0),
        ("/render/p50_ms", 6.0),
        ("/render/p95_ms", 6.0),
        ("/render/p99_ms", 6.0),
        ("/render/max_ms", 6.0),
        ("/render/dropped", 0.0),
        ("/render/interval_p95_ms", 16.5),
        ("/render/ui_thread_p50_ms", 5.25),
        ("/render/ui_thread_p95_ms", 5.25),
        ("/render/ui_thread_max_ms", 5.25),
        ("/render/warmup_ms", 80.0),
        ("/render/phases/input/p50_ms", 0.5),
        ("/render/phases/logic/p95_ms", 1.0),
        ("/render/phases/ui/max_ms", 2.0),
        ("/render/phases/tessellate/p50_ms", 1.5),
        ("/render/phases/upload/p95_ms", 0.25),
        ("/render/phases/gpu/max_ms", 3.0),
        ("/memory/components/document", 1000.0),
        ("/memory/components/gpu_buffers", 5000.0),
        ("/caches/files/entries", 1.0),
        ("/caches/files/bytes", 100.0),
        ("/caches/files/max_bytes", 1_048_576.0),
        ("/caches/files/hits", 1.0),
        ("/caches/files/misses", 1.0),
        ("/caches/files/evictions", 0.0),
        ("/caches/files/hit_rate", 0.5),
        ("/pools/file_buffers/acquired", 2.0),
        ("/pools/file_buffers/released", 2.0),
        ("/pools/file_buffers/hits", 1.0),
        ("/pools/file_buffers/misses", 1.0),
        ("/pools/file_buffers/hit_rate", 0.5),
        ("/scroll/tracks/total", 1000.0),
        ("/scroll/tracks/visible", 50.0),
        ("/scroll/tracks/memory_savings", 0.95),
        ("/scroll/tracks/viewport_updates", 1.0),
        ("/updates/total_batches", 1.0),
        ("/updates/total_updates", 12.0),
        ("/updates/average_batch_size", 12.0),
        ("/updates/average_batch_time_ms", 0.5),
        ("/audio/callback_p99_us", 900.0),
        ("/audio/budget_us", 5333.0),
        ("/audio/dropouts", 1.0),
        ("/audio/voices", 32.0),
    ] {
        assert_eq!(number(path), expected, "{path}");
    }
    for path in [
        "/memory/heap_bytes",
        "/memory/rss_bytes",
        "/memory/explained",
        "/process/cpu_share",
        "/process/read_bytes",
        "/process/written_bytes",
        "/process/open_files",
    ] {
        assert!(number(path) >= 0.0, "{path}");
    }
    assert_eq!(json.pointer("/render/is_smooth"), Some(&serde_json::Value::Bool(true)));
}

#[test]
fn without_timestamp_queries_the_gpu_is_null() {
    let state = ProfilingState::new();
    state.record_frame(1.0);
    let json: serde_json::Value = serde_json::from_str(&state.to_json()).unwrap();
    assert_eq!(json.pointer("/render/phases/gpu"), Some(&serde_json::Value::Null));
}

#[test]
fn a_saved_report_reads_back_as_it_was() {
    let report = full_state().report();
    assert_eq!(Report::from_json(&report.to_json().unwrap()).unwrap(), report);
    assert_eq!(Report::from_json("{}").unwrap(), Report::default());
    assert!(Report::from_json("[1, 2]").unwrap_err().to_string().starts_with("not a profiling"));
}
