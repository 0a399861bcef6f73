//! Draws real pixels on whatever adapter there is; says so and passes without one.

use super::{
    KeyRows, NoteBox, NoteLayer, NoteRun, NoteShape, NoteSource, NoteStyle, NoteTransform,
    counters, install,
};
use egui::{Color32, Rect, Vec2, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::wgpu::{WgpuTestRenderer, create_render_state, default_wgpu_setup};
use engine::model::{Channel, ClipId, Note, NoteRef, Notes, Release};
use engine::time::Tick;
use std::cell::RefCell;
use std::rc::Rc;

const SIZE: Vec2 = vec2(400.0, 200.0);
const FILL: Color32 = Color32::GREEN;

fn note(start: u64, length: u32, key: u8) -> Note {
    Note {
        start: Tick(start),
        length,
        id: start as u32,
        off_order: 0,
        key,
        velocity: 127,
        release: Release::DEFAULT,
        channel: Channel::new(0),
    }
}

/// Runs that the test changes between frames, and the harness that draws them.
type Stage = (Rc<RefCell<Vec<NoteRun>>>, Harness<'static>);

fn stage(runs: Vec<NoteRun>) -> Option<Stage> {
    let instance = wgpu::Instance::default();
    let adapters = pollster::block_on(instance.enumerate_adapters(wgpu::Backends::all()));
    if adapters.is_empty() {
        eprintln!("no wgpu adapter here: nothing was drawn");
        return None;
    }
    let state = create_render_state(default_wgpu_setup(), egui_wgpu::RendererOptions::PREDICTABLE);
    {
        let mut renderer = state.renderer.write();
        let resources = &mut renderer.callback_resources;
        install(&state.device, &state.queue, state.target_format, resources);
    }
    let runs = Rc::new(RefCell::new(runs));
    let shown = Rc::clone(&runs);
    let harness = Harness::builder()
        .with_size(SIZE)
        .renderer(WgpuTestRenderer::from_render_state(state.clone()))
        .build_ui(move |ui| {
            let mut layer = NoteLayer::new(Rect::from_min_size(pos2(0.0, 0.0), SIZE));
            shown.borrow().iter().for_each(|run| layer.push(run.clone()));
            layer.paint(ui.painter());
        });
    Some((runs, harness))
}

fn run(notes: &Notes, left: f64, points_per_tick: f64) -> NoteRun {
    NoteRun {
        source: NoteSource::Clip { clip: ClipId(1), notes: notes.clone() },
        // Key 60 is between y = 90 and y = 100.
        transform: NoteTransform {
            left,
            points_per_tick,
            bottom: 700.0,
            key_height: 10.0,
            rows: KeyRows::ALL,
        },
        x_range: egui::Rangef::new(0.0, SIZE.x),
        style: NoteStyle { low: FILL, high: FILL, ..NoteStyle::default() },
    }
}

/// Whether the pixel shows a note.
fn lit(image: &image::RgbaImage, x: u32, y: u32) -> bool {
    image.get_pixel(x, y).0 == FILL.to_array()
}

#[test]
fn a_note_is_drawn_where_it_sounds() {
    let notes: Notes = [note(100, 50, 60)].into_iter().collect();
    let Some((_, mut harness)) = stage(vec![run(&notes, 0.0, 1.0)]) else { return };
    let image = harness.render().unwrap();
    assert!(lit(&image, 100, 90) && lit(&image, 149, 99) && lit(&image, 125, 95));
    assert!(!lit(&image, 98, 95) && !lit(&image, 151, 95));
    assert!(!lit(&image, 125, 89) && !lit(&image, 125, 100));
}

#[test]
fn notes_ten_million_ticks_in_are_as_exact_as_the_first() {
    // One chunk from the start of the clip to far beyond what an f32 counts exactly.
    let far = 40_000_000;
    let notes: Notes = [note(0, 10, 60), note(far + 1, 3, 60)].into_iter().collect();
    let Some((_, mut harness)) = stage(vec![run(&notes, far as f64, 20.0)]) else { return };
    let image = harness.render().unwrap();
    assert!(lit(&image, 20, 95) && lit(&image, 79, 95));
    assert!(!lit(&image, 18, 95) && !lit(&image, 81, 95));
}

#[test]
fn notes_are_cut_off_at_the_edges_of_their_run() {
    let notes: Notes = [note(0, 400, 60)].into_iter().collect();
    let mut narrow = run(&notes, 0.0, 1.0);
    narrow.x_range = egui::Rangef::new(50.0, 60.0);
    let Some((_, mut harness)) = stage(vec![narrow]) else { return };
    let image = harness.render().unwrap();
    assert!(lit(&image, 51, 95) && lit(&image, 59, 95));
    assert!(!lit(&image, 48, 95) && !lit(&image, 62, 95));
}

#[test]
fn a_frame_uploads_only_the_chunks_that_an_edit_touched() {
    let notes: Notes = (0..12_000).map(|i| note(i * 10, 8, 60)).collect();
    let Some((runs, mut harness)) = stage(vec![run(&notes, 0.0, 0.03)]) else { return };
    harness.run_steps(2);
    harness.render().unwrap();
    let first = counters(&harness.ctx).unwrap().uploaded_bytes();
    harness.run_steps(1);
    harness.render().unwrap();
    let again = counters(&harness.ctx).unwrap().uploaded_bytes();
    assert!(first > 20_000 && again <= 256 * 16, "{first}, then {again}");

    let removed = NoteRef { start: Tick(300), id: 300 };
    let close = |notes: &Notes| run(notes, 0.0, 1.0);
    *runs.borrow_mut() = vec![close(&notes)];
    harness.run_steps(1);
    harness.render().unwrap();
    *runs.borrow_mut() = vec![close(&notes.edited(vec![removed], vec![]))];
    harness.run_steps(1);
    harness.render().unwrap();
    let edit = counters(&harness.ctx).unwrap().uploaded_bytes();
    assert!(edit > 1000 && edit < 12 * 2048 + 256 * 4, "{edit}");
}

#[test]
fn zoomed_out_a_hundred_thousand_notes_are_few_instances_and_still_there() {
    let notes: Notes = (0..100_000).map(|i| note(i * 10, 8, 60 + (i % 3) as u8)).collect();
    let Some((_, mut harness)) = stage(vec![run(&notes, 0.0, 0.0004)]) else { return };
    // The levels of a clip this long are built by a thread.
    for _ in 0..500 {
        harness.run_steps(1);
        harness.render().unwrap();
        if counters(&harness.ctx).unwrap().instances() < 5000 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    let image = harness.render().unwrap();
    let counters = counters(&harness.ctx).unwrap();
    assert!(counters.instances() < 5000, "{} instances", counters.instances());
    assert!(lit(&image, 5, 95) && lit(&image, 200, 75) && lit(&image, 395, 85));
}

#[test]
fn single_notes_are_drawn_over_the_clip() {
    let notes: Notes = [note(100, 50, 60)].into_iter().collect();
    let below = run(&notes, 0.0, 1.0);
    let boxes = vec![NoteBox { start: Tick(110), length: 10, key: 60, velocity: 1 }];
    let mut above = NoteRun { source: NoteSource::List(boxes), ..below.clone() };
    above.style.low = Color32::RED;
    above.style.high = Color32::RED;
    let Some((_, mut harness)) = stage(vec![below, above]) else { return };
    let image = harness.render().unwrap();
    assert!(lit(&image, 105, 95) && lit(&image, 125, 95));
    assert_eq!(image.get_pixel(115, 95).0, Color32::RED.to_array());
}

#[test]
fn folded_keys_lie_next_to_each_other_and_others_are_not_drawn() {
    let notes: Notes =
        [note(100, 50, 60), note(200, 50, 72), note(300, 50, 65)].into_iter().collect();
    let mut folded = run(&notes, 0.0, 1.0);
    folded.transform.bottom = 100.0;
    folded.transform.rows.shown = 1 << 60 | 1 << 72;
    let Some((_, mut harness)) = stage(vec![folded]) else { return };
    let image = harness.render().unwrap();
    assert!(lit(&image, 125, 95) && lit(&image, 225, 85));
    assert!((0..200).all(|y| !lit(&image, 325, y)));
}

#[test]
fn raised_notes_are_drawn_higher() {
    let notes: Notes = [note(100, 50, 60)].into_iter().collect();
    let mut raised = run(&notes, 0.0, 1.0);
    raised.transform.rows.raise = 2;
    let Some((_, mut harness)) = stage(vec![raised]) else { return };
    let image = harness.render().unwrap();
    assert!(lit(&image, 125, 75) && !lit(&image, 125, 95));
}

#[test]
fn loud_notes_are_higher_than_soft_ones_where_velocity_is_height() {
    let soft = Note { velocity: 1, ..note(200, 50, 60) };
    let notes: Notes = [note(100, 50, 60), soft].into_iter().collect();
    let mut scaled = run(&notes, 0.0, 1.0);
    scaled.style.velocity_height = true;
    let Some((_, mut harness)) = stage(vec![scaled]) else { return };
    let image = harness.render().unwrap();
    assert!(lit(&image, 125, 91) && lit(&image, 125, 98));
    assert!(!lit(&image, 225, 93) && lit(&image, 225, 98));
}

#[test]
fn hits_are_diamonds_on_the_onset_with_a_faint_tail() {
    let notes: Notes = [note(100, 100, 60)].into_iter().collect();
    let mut hits = run(&notes, 0.0, 1.0);
    hits.style.shape = NoteShape::Hit;
    let Some((_, mut harness)) = stage(vec![hits]) else { return };
    let image = harness.render().unwrap();
    assert!(lit(&image, 98, 95) && lit(&image, 101, 95), "the diamond lies around the onset");
    assert!(!lit(&image, 103, 91) && !lit(&image, 150, 91), "and is no bar");
    let tail = image.get_pixel(150, 95).0[1];
    let ground = image.get_pixel(150, 80).0[1];
    assert!(tail > ground + 40 && tail < 250, "{tail} on {ground}");
}
