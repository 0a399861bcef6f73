//! The overlay in a headless egui: what it shows, what its buttons do, and
//! whose scopes are in the flame graph. No GPU is needed.

mod faces;

use egui_kittest::{Harness, kittest::Queryable as _};
use parking_lot::{Mutex, MutexGuard};
use profiling::{
    ProfilingState, Report,
    overlay::{Overlay, OverlayAction, OverlayExtra, OverlayJob, OverlayTab},
};

/// puffin collects for the whole process: one test at a time, or they would
/// see each other's frames.
static PUFFIN: Mutex<()> = Mutex::new(());

struct Shown {
    overlay: Overlay,
    state: ProfilingState,
    extra: OverlayExtra,
    actions: Vec<OverlayAction>,
    has_faces: bool,
    _one_at_a_time: MutexGuard<'static, ()>,
}

fn shown(tab: OverlayTab) -> Harness<'static, Shown> {
    let one_at_a_time = PUFFIN.lock();
    let mut overlay = Overlay::new();
    overlay.tab = tab;
    let shown = Shown {
        overlay,
        state: ProfilingState::new(),
        extra: OverlayExtra::default(),
        actions: Vec::new(),
        has_faces: false,
        _one_at_a_time: one_at_a_time,
    };
    let mut harness = Harness::builder().with_size([1200.0, 500.0]).build_ui_state(
        |ui, shown: &mut Shown| {
            let Shown { overlay, state, extra, actions, has_faces, .. } = shown;
            // A face is there from the frame after the one that installs it.
            if !std::mem::replace(has_faces, true) {
                faces::install(ui.ctx());
                return;
            }
            actions.extend(overlay.overlay_ui(ui, state, extra));
        },
        shown,
    );
    harness.step();
    harness
}

fn run_frames(harness: &mut Harness<'static, Shown>, n: usize) {
    for _ in 0..n {
        harness.step();
        puffin::GlobalProfiler::lock().new_frame();
    }
}

#[test]
fn every_tab_draws_without_and_with_figures() {
    for tab in OverlayTab::ALL {
        let mut harness = shown(tab);
        harness.step();
        let state = harness.state().state.clone();
        state.record_frame(20.0);
        state.set_component("document", 1 << 20);
        state.update_virtual_list("tracks", 1000, 0, 50);
        state.record_query("SELECT 1", 0.5, 1);
        harness.state_mut().extra.jobs.push(OverlayJob::default());
        run_frames(&mut harness, 12);
        harness.get_by_label(tab.label());
    }
}

#[test]
fn components_are_named_with_their_bytes() {
    let mut harness = shown(OverlayTab::Memory);
    harness.state().state.set_component("sequencer", 7 * 1024);
    run_frames(&mut harness, 2);
    harness.get_by_label("sequencer");
    assert!(harness.query_all_by_label("7.00 KB").next().is_some());
}

/// Whether the text shows.
fn shows(harness: &Harness<'static, Shown>, text: &str) -> bool {
    harness.query_all_by_label(text).next().is_some()
}

#[test]
fn a_leak_is_named_with_its_slope_where_memory_shows() {
    let mut harness = shown(OverlayTab::Memory);
    run_frames(&mut harness, 2);
    assert!(shows(&harness, "Still watching: growth is judged over two minutes."));
    let start = std::time::Instant::now();
    let state = harness.state().state.clone();
    for second in 0..130 {
        state.set_component("undo", second * 65_536);
        state.sample_at(start + std::time::Duration::from_secs(second as u64));
    }
    run_frames(&mut harness, 12);
    let leak = state.leaks()[0].to_string();
    assert!(leak.starts_with("undo grows by 6") && shows(&harness, &leak), "{leak}");
}

#[test]
fn a_statement_shows_with_its_times_rows_and_plan() {
    let mut harness = shown(OverlayTab::Caches);
    run_frames(&mut harness, 2);
    assert!(shows(&harness, "None yet. Searches in the library show here with their plans."));
    let state = harness.state().state.clone();
    let sql = "SELECT id FROM files WHERE tag = ?";
    state.record_query(sql, 1.25, 40);
    run_frames(&mut harness, 12);
    assert!(shows(&harness, sql) && shows(&harness, "1.25") && shows(&harness, "40"));
    assert!(shows(&harness, "No plan known."));
    state.set_query_plan(sql, "SEARCH files USING INDEX files_tag (tag=?)");
    run_frames(&mut harness, 12);
    assert!(shows(&harness, "SEARCH files USING INDEX files_tag (tag=?)"));
}

#[test]
fn frames_show_their_percentiles_and_what_was_dropped() {
    let mut harness = shown(OverlayTab::Frames);
    let state = harness.state().state.clone();
    for n in 1..=1000 {
        state.record_frame(f64::from(n) / 50.0);
    }
    run_frames(&mut harness, 12);
    for text in ["50 %", "95 %", "99 %", "99.9 %", "10.00 ms", "19.00 ms", "19.80 ms", "19.98 ms"] {
        assert!(shows(&harness, text), "{text}");
    }
    assert!(shows(&harness, "167 (16.7%)"));
}

#[test]
fn caches_pools_and_lists_show_their_rates() {
    let mut harness = shown(OverlayTab::Caches);
    run_frames(&mut harness, 2);
    for text in [
        "None yet. Parsed files and library searches fill their caches on first use.",
        "None yet. Reading files takes its buffers from a pool.",
        "None yet. Long lists tell their rows as soon as they are drawn.",
    ] {
        assert!(shows(&harness, text), "{text}");
    }
    let state = harness.state().state.clone();
    let files = profiling::memory::MemoryCache::new(1 << 20);
    files.insert("song.mid".to_owned(), 1_u8, 2048);
    for key in ["song.mid", "song.mid", "song.mid", "other.mid"] {
        files.get(key);
    }
    state.register_cache("parsed files", files);
    let pool: profiling::memory::SharedPool<u8> = profiling::memory::SharedPool::new(1, 64);
    drop((pool.acquire(), pool.acquire()));
    state.register_pool("read buffers", pool);
    state.update_virtual_list("tracks", 1000, 50, 100);
    run_frames(&mut harness, 12);
    for text in ["parsed files", "75.0%", "2.00 KB", "read buffers", "50.0%", "50 of 1000", "95.0%"]
    {
        assert!(shows(&harness, text), "{text}");
    }
}

#[test]
fn background_work_and_the_callbacks_load_show() {
    let mut harness = shown(OverlayTab::Audio);
    run_frames(&mut harness, 2);
    assert!(shows(&harness, "Nothing is running. Opening and exporting files shows here."));
    let job = OverlayJob { label: "Opening big.mid".to_owned(), progress: Some(0.4) };
    harness.state_mut().extra = OverlayExtra { audio_load: Some(0.25), jobs: vec![job] };
    run_frames(&mut harness, 12);
    assert!(shows(&harness, "Opening big.mid") && shows(&harness, "25.0%"));
}

#[test]
fn pausing_holds_the_figures_still() {
    let mut harness = shown(OverlayTab::Memory);
    harness.get_by_label("Pause").click();
    run_frames(&mut harness, 2);
    assert!(harness.state().overlay.is_paused());
    harness.state().state.set_component("latecomer", 1024);
    run_frames(&mut harness, 30);
    assert!(harness.query_by_label("latecomer").is_none());
    harness.get_by_label("Resume").click();
    run_frames(&mut harness, 30);
    harness.get_by_label("latecomer");
}

#[test]
fn reset_starts_every_counter_anew() {
    let mut harness = shown(OverlayTab::Frames);
    harness.state().state.record_frame(20.0);
    harness.get_by_label("Reset").click();
    run_frames(&mut harness, 2);
    assert_eq!(harness.state().state.get_render_metrics().frames, 0);
}

#[test]
fn saving_hands_the_report_to_the_host() {
    let mut harness = shown(OverlayTab::Overview);
    harness.state().state.record_frame(20.0);
    harness.get_by_label("Save report…").click();
    run_frames(&mut harness, 2);
    let actions = &harness.state().actions;
    let [OverlayAction::SaveReport(report)] = actions.as_slice() else {
        unreachable!("one report is saved, not {actions:?}");
    };
    assert_eq!(report.render.frames, 1);
}

#[test]
fn a_baseline_names_the_phase_that_got_slower() {
    let mut harness = shown(OverlayTab::Overview);
    harness.get_by_label("Compare with…").click();
    run_frames(&mut harness, 2);
    assert_eq!(harness.state().actions, [OverlayAction::LoadBaseline]);

    let mut before = Report::default();
    before.render.phases.ui.p95_ms = 1.0;
    let phases = profiling::render_metrics::PhaseTimes { ui_ms: Some(1.2), ..Default::default() };
    harness.state().state.record_measured_frame(1.2, &phases);
    harness.state_mut().overlay.set_baseline("before.json", before);
    run_frames(&mut harness, 12);
    harness.get_by_label("render.phases.ui.p95_ms: 20.0% slower (1.20 ms, was 1.00 ms)");
}

#[test]
fn the_flame_graph_has_eguis_own_scopes_but_not_those_of_the_old_egui() {
    let mut harness = shown(OverlayTab::Flame);
    run_frames(&mut harness, 6);
    let overlay = &harness.state().overlay;
    assert!(overlay.flame_frames() > 0);
    let names = overlay.scope_names();
    assert!(names.iter().any(|name| name == "profiler overlay"), "{names:?}");
    assert!(names.iter().any(|name| name.contains("Context::")), "{names:?}");
    // Shown at all, and by the egui that draws everything else.
    harness.get_by_label("Flame graph");
    let shown = overlay.shown_scopes();
    assert!(shown.iter().any(|name| name == "profiler: flame graph"), "{shown:?}");
    assert!(!shown.iter().any(|name| name.starts_with("ProfilerUi")), "{shown:?}");
}

#[test]
fn a_closed_overlay_turns_the_scopes_off_unless_somebody_wants_them() {
    let _one_at_a_time = PUFFIN.lock();
    let mut overlay = Overlay::new();
    overlay.open();
    assert!(overlay.is_open());
    overlay.keep_scopes_on = true;
    overlay.close();
    assert!(!overlay.is_open());
    assert!(puffin::are_scopes_on());
}
