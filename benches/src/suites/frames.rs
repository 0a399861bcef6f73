//! Frames of the real interface, drawn offscreen: what they take of the UI thread.

use crate::measure::{Samples, best_run};
use crate::report::Row;
use anyhow::{Context as _, Result};
use egui::{Event, Modifiers, MouseWheelSource, MouseWheelUnit, Pos2, TouchPhase, Vec2, vec2};
use engine::model::{ClipRef, Project};
use engine::testkit;
use midi_daw::headless::{Session, SessionOptions};
use midi_daw::state::{Layout, Selection};
use std::sync::Arc;

/// Frames in a run: half of them scroll, half of them zoom.
const FRAMES: u32 = 240;
/// Where the wheel turns, as shares of the window: over the notes of the editor.
const EDITOR: Vec2 = vec2(0.6, 0.75);
/// The same over the lanes of the arrangement.
const LANES: Vec2 = vec2(0.6, 0.4);

/// Piano roll and arrangement at their sizes.
///
/// # Errors
/// When there is no graphics adapter, or the song has no clip.
pub fn rows() -> Result<Vec<Row>> {
    let roll = Layout { editor_height: 620.0, ..Layout::default() };
    let lanes = Layout { editor_open: false, ..Layout::default() };
    Ok(vec![
        row("roll_10k", "the roll with 10,000 notes", 1.0, &roll, EDITOR, || {
            testkit::one_clip(1, 10_000)
        })?,
        row("roll_1m", "the roll with 1,000,000 notes", 2.0, &roll, EDITOR, || {
            testkit::one_clip(1, 1_000_000)
        })?,
        row("roll_10m", "the roll with 10,000,000 notes", 4.0, &roll, EDITOR, || {
            testkit::one_clip(1, 10_000_000)
        })?,
        row("tracks_1k", "the arrangement with 1,000 tracks", 2.0, &lanes, LANES, || {
            testkit::project(1, 1000, 1_000_000)
        })?,
        row("tracks_100k", "the arrangement with 100,000 tracks", 2.5, &lanes, LANES, || {
            testkit::project(1, 100_000, 1_000_000)
        })?,
    ])
}

fn row(
    id: &'static str,
    what: &str,
    budget_ms: f64,
    layout: &Layout,
    place: Vec2,
    project: impl FnOnce() -> Project,
) -> Result<Row> {
    let mut session = open(layout, project())?;
    let samples = best_run(95.0, || scroll_and_zoom(&mut session, place))?;
    Ok(Row {
        id,
        what: format!("scrolling and zooming {what}: UI thread a frame, 95th percentile"),
        value: samples.percentile(95.0),
        budget: Some(budget_ms),
        unit: "ms",
        beside: vec![
            ("p50", samples.median()),
            ("p99", samples.percentile(99.0)),
            ("max", samples.max()),
        ],
    })
}

/// A session with this project open and its first clip selected, drawn until nothing is new.
///
/// # Errors
/// When there is no graphics adapter, or the song has no clip.
pub fn open(layout: &Layout, project: Project) -> Result<Session> {
    let track = Arc::clone(project.tracks.first().context("no track")?);
    let clip = track.clips.first().context("no clip")?.id;
    // The software rasterizer would take most of the run and is not what is measured.
    let options =
        SessionOptions { layout: layout.clone(), rasterize: false, ..SessionOptions::default() };
    let mut session = Session::new(options)?;
    let app = session.app_mut();
    app.studio_mut().open_project(project);
    app.select(Selection {
        track: Some(track.id),
        clip: Some(ClipRef { track: track.id, clip }),
        ..Selection::default()
    });
    session.settle()?;
    Ok(session)
}

/// Half a second one way and half a second back, first scrolling, then zooming.
///
/// # Errors
/// When the GPU does not answer.
pub fn scroll_and_zoom(session: &mut Session, place: Vec2) -> Result<Samples> {
    let size = session.rect().size();
    let pointer = Pos2::new(size.x * place.x, size.y * place.y);
    let mut times = Vec::with_capacity(FRAMES as usize);
    for frame in 0..FRAMES {
        let zooming = frame >= FRAMES / 2;
        let modifiers = if zooming { Modifiers::COMMAND } else { Modifiers::NONE };
        let way = if (frame / 30) % 2 == 0 { -1.0 } else { 1.0 };
        let delta = if zooming { vec2(0.0, way * 12.0) } else { vec2(way * 40.0, way * 24.0) };
        let wheel = Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta,
            modifiers,
            phase: TouchPhase::Move,
            source: MouseWheelSource::Wheel,
        };
        let events = vec![Event::ModifiersChanged(modifiers), Event::PointerMoved(pointer), wheel];
        let phases = session.frame(events)?;
        times.push(phases.ui_thread_ms().unwrap_or(0.0));
    }
    Ok(Samples::new(times))
}
