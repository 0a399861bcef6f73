//! What the real program tells the profiler: the whole report of a headless run.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use egui::vec2;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use engine::testkit;
use midi_daw::app::{MidiApp, Start};
use midi_daw::command::Action;
use midi_daw::headless::{Scenario, Session, SessionOptions};
use midi_daw::state::{EditorTab, Layout, Selection};
use parking_lot::Mutex;
use profiling::Report;
use profiling::alloc::CountingAlloc;
use profiling::leak::Leak;
use profiling::report::MemoryReport;
use serde_json::Value;

/// As in the program itself.
#[global_allocator]
static ALLOC: CountingAlloc = CountingAlloc::system();

/// The allocator counts the whole process: one program at a time.
static ALONE: Mutex<()> = Mutex::new(());

/// Frames that are drawn: more than half a second, so that every figure has come.
const FRAMES: u32 = 40;

fn session() -> Session {
    let options =
        SessionOptions { rasterize: false, size: [1280, 800], ..SessionOptions::default() };
    Session::new(options).unwrap()
}

/// The demo song, edited while it plays.
fn edited() -> Report {
    let mut session = session();
    session.app_mut().send(Action::OpenDemo);
    session.settle().unwrap();
    for index in 0..FRAMES {
        let events = Scenario::Edit.step(&mut session, index);
        session.frame(events).unwrap();
    }
    session.report()
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

fn check_share(value: f64, what: &str) {
    assert!((0.0..=1.0).contains(&value), "{what}: {value}");
}

/// PROFILING.md's "The report as JSON", key by key.
#[test]
fn the_report_of_an_edited_song_is_whole_and_consistent_with_itself() {
    let _alone = ALONE.lock();
    let report = edited();
    let json: Value = serde_json::from_str(&report.to_json().unwrap()).unwrap();
    for (group, wanted) in [
        (
            "render",
            "frames fps mean_ms p50_ms p95_ms p99_ms max_ms dropped is_smooth interval_p95_ms \
            ui_thread_p50_ms ui_thread_p95_ms ui_thread_max_ms phases warmup_ms",
        ),
        ("memory", "heap_bytes rss_bytes components explained"),
        ("updates", "total_batches total_updates average_batch_size average_batch_time_ms"),
        ("audio", "callback_p99_us budget_us dropouts voices"),
        ("process", "cpu_share read_bytes written_bytes open_files"),
    ] {
        let there = keys(&json[group]);
        for key in wanted.split_whitespace() {
            assert!(there.contains(&key), "{group}.{key} is missing");
        }
    }
    for phase in ["input", "logic", "ui", "tessellate", "upload", "gpu"] {
        assert_eq!(keys(&json["render"]["phases"][phase]), ["max_ms", "p50_ms", "p95_ms"]);
    }

    let render = &report.render;
    assert_eq!(render.frames, u64::from(FRAMES));
    assert!(render.p50_ms > 0.0 && render.p50_ms <= render.p95_ms);
    assert!(render.p95_ms <= render.p99_ms && render.p99_ms <= render.max_ms);
    assert!(render.ui_thread_p50_ms <= render.ui_thread_p95_ms);
    assert!(render.ui_thread_p95_ms <= render.ui_thread_max_ms);
    assert!((render.fps - 1000.0 / render.mean_ms).abs() < 1e-6);
    assert!(render.warmup_frames > 0 && render.warmup_ms > 0.0);
    for (name, phase) in render.phases.iter() {
        assert!(phase.max_ms > 0.0, "nothing was measured of {name}");
        assert!(phase.p50_ms <= phase.p95_ms && phase.p95_ms <= phase.max_ms, "{name}");
    }

    let updates = &report.updates;
    assert!(updates.total_batches > 0 && updates.total_updates > updates.total_batches);
    let mean = updates.total_updates as f64 / updates.total_batches as f64;
    assert!((updates.average_batch_size - mean).abs() < 1e-6);
    assert!(updates.average_batch_time_ms > 0.0);

    let audio = &report.audio;
    // 256 frames at 48 kHz.
    assert!((audio.budget_us - 256.0 / 0.048).abs() < 1.0, "{audio:?}");
    assert!(audio.callback_p99_us > 0.0 && audio.voices > 0, "{audio:?}");

    assert!(report.process.open_files > 0 || !cfg!(target_os = "linux"));
    check_lists(&report);
    check_memory(&report);
}

fn check_lists(report: &Report) {
    for name in ["track_rows", "note_blocks", "note_levels", "track_plans"] {
        let cache = report.caches[name];
        let asked = cache.hits + cache.misses;
        assert_eq!(cache.hit_rate, if asked == 0 { 0.0 } else { cache.hits as f64 / asked as f64 });
        check_share(cache.hit_rate, name);
    }
    for name in ["track_rows", "note_blocks", "track_plans"] {
        let cache = report.caches[name];
        assert!(cache.hits > 0 && cache.misses > 0 && cache.bytes > 0, "{name}: {cache:?}");
    }
    let pool = report.pools["file_buffers"];
    assert_eq!(pool.acquired, pool.hits + pool.misses);
    for name in ["tracks", "keys"] {
        let list = report.scroll[name];
        assert!(list.visible > 0 && list.visible <= list.total, "{name}: {list:?}");
        let savings = 1.0 - list.visible as f64 / list.total as f64;
        assert!((list.memory_savings - savings).abs() < 1e-9, "{name}: {list:?}");
        assert!(list.viewport_updates > 0, "{name}");
    }
}

/// The components explain the heap, with the large SoundFont and without it.
fn check_explained(memory: &MemoryReport) {
    assert!((0.8..=1.0).contains(&memory.explained), "{memory:#?}");
    let font = memory.components["soundfont"] as f64;
    let heap = memory.heap_bytes as f64;
    let rest = (memory.explained * heap - font) / (heap - font);
    assert!((0.8..=1.0).contains(&rest), "{rest}: {memory:#?}");
}

fn check_memory(report: &Report) {
    let memory = &report.memory;
    let wanted = [
        "document",
        "sequencer",
        "mixer",
        "synth",
        "player",
        "soundfont",
        "interface",
        "egui and wgpu",
        "gpu buffers",
        "profiler",
        "undo",
    ];
    for name in wanted {
        assert!(memory.components.get(name).is_some_and(|&bytes| bytes > 0), "{name}: {memory:?}");
    }
    let on_heap = memory.components.iter().filter(|(name, _)| *name != "gpu buffers");
    let sum: u64 = on_heap.map(|(_, bytes)| bytes).sum();
    let explained = sum as f64 / memory.heap_bytes as f64;
    assert!((memory.explained - explained).abs() < 1e-9);
    check_explained(memory);
    assert!(memory.rss_bytes > memory.heap_bytes / 4, "{memory:?}");
}

#[test]
fn most_of_the_heap_has_an_owner_with_many_tracks_and_notes() {
    let _alone = ALONE.lock();
    let mut session = session();
    let project = testkit::project(1, 50, 20_000);
    let track = &project.tracks[0];
    let clip = engine::model::ClipRef { track: track.id, clip: track.clips[0].id };
    session.app_mut().studio_mut().open_project(project);
    session.app_mut().select(Selection::of_clip(clip));
    session.settle().unwrap();
    session.app_mut().send(Action::PlayStop);
    for _ in 0..10 {
        session.frame(Vec::new()).unwrap();
    }
    check_explained(&session.report().memory);
}

#[test]
fn a_file_is_read_through_the_pool() {
    let _alone = ALONE.lock();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("song.mid");
    std::fs::write(&path, midi_daw::demo::song()).unwrap();
    let mut session = session();
    for _ in 0..2 {
        let before = session.report().pools["file_buffers"];
        session.app_mut().studio_mut().open(path.clone()).unwrap();
        session.settle().unwrap();
        let after = session.report().pools["file_buffers"];
        assert_eq!(after.acquired, before.acquired + 1);
        assert_eq!(after.released, before.released + 1);
    }
    assert!(session.report().pools["file_buffers"].hits > 0);
}

#[test]
fn a_picture_keeps_its_report_and_the_next_one_is_compared_with_it() {
    let _alone = ALONE.lock();
    let folder = tempfile::tempdir().unwrap();
    let dir = midi_daw::profile_dir::ProfileDir::open(folder.path(), "still").unwrap();
    for run in 0..2 {
        let mut session = session();
        session.app_mut().keep_reports(dir.clone(), std::time::Instant::now());
        session.app_mut().layout_mut().clone_from(&Layout::default());
        session.settle().unwrap();
        session.frame(Vec::new()).unwrap();
        let kept = session.keep_last_report().unwrap().unwrap();
        assert_eq!(kept.before.is_some(), run > 0);
        assert!(kept.path.exists());
        assert!(session.keep_last_report().is_none(), "once is enough");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn the_chip_says_what_and_since_when_and_opens_the_profiler() {
    let _alone = ALONE.lock();
    let mut harness = Harness::builder()
        .with_size(vec2(1600.0, 1000.0))
        .build_eframe(|cc| MidiApp::new(&cc.egui_ctx, Start::headless(Layout::default())));
    harness.run_steps(4);
    assert!(harness.query_by_label_contains("Memory grows").is_none());
    let leak = Leak {
        component: "document".to_owned(),
        bytes_per_sec: 1_048_576.0,
        growth_bytes: 120 << 20,
        window_secs: 120.0,
    };
    harness.state_mut().metering_mut().alerts.set_leaks(&[leak]);
    harness.run_steps(2);
    assert!(harness.state().alarm().unwrap().text.contains("1.00 MB/s"));
    harness.get_by_label("Memory grows: document").click();
    harness.run_steps(3);
    assert!(harness.query_by_label_contains("Memory grows").is_none());
    assert_eq!(harness.state().layout().editor_tab, EditorTab::Profiler);
}
