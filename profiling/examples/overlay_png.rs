//! Draws the overlay into a picture, with figures made up for the purpose:
//! `cargo run -p midi-daw-profiling --features overlay --example overlay_png -- out.png frames light`.

#[path = "../tests/faces/mod.rs"]
mod faces;

use std::{sync::Arc, time::Duration};

use egui_kittest::Harness;
use profiling::{
    ProfilingState, Report,
    memory::{MemoryCache, SharedPool},
    overlay::{Overlay, OverlayExtra, OverlayJob, OverlayTab},
    render_metrics::PhaseTimes,
    report::AudioReport,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let path = args.next().unwrap_or_else(|| "overlay.png".to_owned());
    let tab = args.next().unwrap_or_default();
    let is_light = args.next().is_some_and(|theme| theme == "light");
    let state = made_up_state();
    let mut overlay = Overlay::new();
    if tab == "compare" {
        let mut faster: Report = state.report();
        faster.render.phases.ui.p95_ms *= 0.8;
        overlay.set_baseline("yesterday.json", faster);
    }
    overlay.tab = OverlayTab::ALL
        .into_iter()
        .find(|known| known.label().to_lowercase().starts_with(&tab))
        .unwrap_or_default();
    let extra = OverlayExtra {
        audio_load: Some(0.23),
        jobs: vec![OverlayJob { label: "Opening big.mid".to_owned(), progress: Some(0.4) }],
    };
    let mut has_faces = false;
    let mut harness = Harness::builder().with_size([1280.0, 720.0]).build_ui(|ui| {
        puffin::profile_scope!("panels");
        // A face is there from the frame after the one that installs it.
        if !std::mem::replace(&mut has_faces, true) {
            faces::install(ui.ctx());
            return;
        }
        egui::Frame::central_panel(ui.style()).show(ui, |ui| {
            if let Some(action) = overlay.overlay_ui(ui, &state, &extra) {
                drop(action);
            }
        });
    });
    harness.ctx.set_theme(if is_light { egui::Theme::Light } else { egui::Theme::Dark });
    for _ in 0..12 {
        harness.step();
        puffin::GlobalProfiler::lock().new_frame();
    }
    harness.render()?.save(path)?;
    Ok(())
}

fn made_up_state() -> ProfilingState {
    let state = ProfilingState::new();
    for n in 0..900_u32 {
        let slow = if n % 97 == 0 { 9.0 } else { 0.0 };
        let ui_ms = 1.1 + f64::from(n * 37 % 100) / 100.0;
        let phases = PhaseTimes {
            input_ms: Some(0.02),
            logic_ms: Some(0.2),
            ui_ms: Some(ui_ms),
            tessellate_ms: Some(0.6),
            upload_ms: Some(0.1),
            gpu_ms: None,
        };
        let total = phases.ui_thread_ms().unwrap_or(0.0) + 0.9 + slow * f64::from(n % 5);
        state.record_measured_frame(total, &phases);
    }
    for (name, bytes) in
        [("document", 38_000_000), ("undo", 4_000_000), ("schedule", 21_000_000), ("mixer", 40_960)]
    {
        state.set_component(name, bytes);
    }
    let start = std::time::Instant::now();
    for second in 0..120 {
        state.set_component("undo", 1_000_000 + second * 40_000);
        state.sample_at(start + Duration::from_secs(second as u64));
    }
    let files = MemoryCache::<Arc<[u8]>>::default();
    files.insert("song.mid".to_owned(), Arc::from([0_u8; 4096]), 4096);
    for key in ["song.mid", "song.mid", "song.mid", "other.mid"] {
        let _looked_up = files.get(key);
    }
    state.register_cache("files", files);
    let pool: SharedPool<u8> = SharedPool::new(8, 65_536);
    drop(pool.acquire());
    state.register_pool("file buffers", pool);
    state.update_virtual_list("tracks", 1000, 20, 41);
    state.record_update_batch(15, 0.4);
    state.record_query("SELECT id FROM files WHERE tag = ? ORDER BY name", 1.4, 40);
    state.set_audio(AudioReport {
        callback_p99_us: 1240.0,
        budget_us: 5333.0,
        dropouts: 0,
        voices: 31,
    });
    state
}
