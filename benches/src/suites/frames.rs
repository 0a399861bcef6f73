//! Frames of the real interface, drawn offscreen: what they take of the UI thread.

use crate::measure::{Samples, best_run};
use crate::report::Row;
use anyhow::{Context as _, Result};
use egui::{Event, Modifiers, MouseWheelSource, MouseWheelUnit, Pos2, TouchPhase, Vec2, vec2};
use engine::edit::{Command, Lane, LaneEdit, LaneKind, LanePoint, NoteSelection, apply};
use engine::model::{ClipRef, Note, Project};
use engine::testkit;
use engine::time::{Tick, TickRange};
use midi_daw::command::{Action, AppCommand};
use midi_daw::headless::{Session, SessionOptions};
use midi_daw::panels::piano_roll::LaneView;
use midi_daw::state::{EditorTab, Layout, Selection};
use std::sync::Arc;

/// Frames in a run: half of them scroll, half of them zoom.
const FRAMES: u32 = 240;
/// Where the wheel turns, as shares of the window: over the notes of the editor.
const EDITOR: Vec2 = vec2(0.6, 0.75);
/// The same over the lanes of the arrangement.
const LANES: Vec2 = vec2(0.6, 0.4);
/// Notes that are dragged.
const DRAGGED: usize = 1000;
/// Milliseconds of a frame that drags them.
const DRAG_MS: f64 = 4.0;

/// Piano roll and arrangement at their sizes.
///
/// # Errors
/// When there is no graphics adapter, or the song has no clip.
pub fn rows() -> Result<Vec<Row>> {
    let roll = Layout { editor_height: 620.0, ..Layout::default() };
    let lanes = Layout { editor_open: false, ..Layout::default() };
    let mut rows =
        Vec::from(roll_rows(&roll, ["roll_10k", "roll_10k_all"], "10,000", 1.0, 10_000)?);
    rows.extend(roll_rows(&roll, ["roll_1m", "roll_1m_all"], "1,000,000", 2.0, 1_000_000)?);
    rows.extend(roll_rows(&roll, ["roll_10m", "roll_10m_all"], "10,000,000", 4.0, 10_000_000)?);
    rows.push(drag(&roll)?);
    rows.push(lane(&roll)?);
    rows.push(events(&roll)?);
    for (id, count, tracks, budget_ms) in
        [("tracks_1k", "1,000", 1000, 2.0), ("tracks_100k", "100,000", 100_000, 2.5)]
    {
        let mut session = open(&lanes, testkit::project(1, tracks, 1_000_000))?;
        let what = format!("the arrangement with {count} tracks");
        rows.push(row(id, &what, budget_ms, &mut session, LANES)?);
    }
    Ok(rows)
}

/// The roll with so many notes, and once more with all of them selected.
fn roll_rows(
    layout: &Layout,
    [id, id_all]: [&'static str; 2],
    count: &str,
    budget_ms: f64,
    notes: usize,
) -> Result<[Row; 2]> {
    let mut session = open(layout, testkit::one_clip(1, notes))?;
    let what = format!("the roll with {count} notes");
    let plain = row(id, &what, budget_ms, &mut session, EDITOR)?;
    session.app_mut().send(Action::SelectAll);
    session.settle()?;
    let what = format!("{what}, all selected");
    Ok([plain, row(id_all, &what, budget_ms, &mut session, EDITOR)?])
}

/// The roll over a lane of a million values of a controller.
fn lane(layout: &Layout) -> Result<Row> {
    let mut layout = layout.clone();
    let modulation = LaneView { kind: LaneKind::Controller(1), channel: None, height: 160.0 };
    layout.piano_roll.lanes.shown = vec![LaneView::VELOCITY, modulation];
    let project = with_controllers(&testkit::one_clip(1, 100_000), 1_000_000)?;
    let mut session = open(&layout, project)?;
    let what = "the roll with a lane of 1,000,000 controller events";
    row("lane_1m", what, 2.0, &mut session, EDITOR)
}

/// The list of a million notes.
fn events(layout: &Layout) -> Result<Row> {
    let layout = Layout { editor_tab: EditorTab::Events, ..layout.clone() };
    let mut session = open(&layout, testkit::one_clip(1, 1_000_000))?;
    row("events_1m", "the event list with 1,000,000 rows", 2.0, &mut session, EDITOR)
}

/// A project whose first clip has so many values of controller 1, all over it.
///
/// # Errors
/// When it has no clip that is long enough.
pub fn with_controllers(project: &Project, count: u64) -> Result<Project> {
    let track = project.tracks.first().context("no track")?;
    let clip = track.clips.first().context("no clip")?;
    anyhow::ensure!(clip.length >= count, "a clip of {} ticks is too short", clip.length);
    let step = clip.length / count;
    let point = |index: u64| {
        let value = (index / 8 % 128).abs_diff(index / 1024 % 128);
        LanePoint::new(Tick(index * step), value as f64)
    };
    let range = TickRange::between(Tick(0), Tick(clip.length));
    let edit = LaneEdit::Draw { range, points: (0..count).map(point).collect() };
    let lane = Lane { kind: LaneKind::Controller(1), channel: track.channel };
    let clip = ClipRef { track: track.id, clip: clip.id };
    Ok(apply(project, &Command::Lane { clip, lane, edit })?.project)
}

/// A thousand neighbours of a million notes follow the pointer: each frame works the move
/// out again, plays and draws it.
fn drag(layout: &Layout) -> Result<Row> {
    let mut session = open(layout, testkit::one_clip(1, 1_000_000))?;
    let at = session.app().selection().clip().context("no clip")?;
    let clip = Arc::clone(session.app().studio().snapshot().clip(at).context("no clip")?);
    let refs = clip.notes.iter().take(DRAGGED).map(Note::reference);
    let notes = NoteSelection::new(at, refs);
    session.app_mut().select(Selection::of_notes(&notes.clone().into()));
    session.settle()?;
    let samples = best_run(95.0, || {
        let mut times = Vec::new();
        for step in 1..=60 {
            let notes = notes.clone();
            let keys = i16::from(step % 2 == 0);
            let command = Command::MoveNotes { notes, ticks: step * 7, keys };
            session.app_mut().send(AppCommand::Preview(command));
            times.push(session.frame(Vec::new())?.ui_thread_ms().unwrap_or(0.0));
        }
        session.app_mut().send(AppCommand::Cancel);
        session.settle()?;
        Ok::<_, anyhow::Error>(Samples::new(times))
    })?;
    Ok(Row {
        id: "drag_frame_1m",
        what: "dragging 1,000 of 1,000,000 notes: UI thread a frame, 95th percentile".to_owned(),
        value: samples.percentile(95.0),
        budget: Some(DRAG_MS),
        unit: "ms",
        beside: vec![("p50", samples.median()), ("max", samples.max())],
    })
}

fn row(
    id: &'static str,
    what: &str,
    budget_ms: f64,
    session: &mut Session,
    place: Vec2,
) -> Result<Row> {
    let samples = best_run(95.0, || scroll_and_zoom(session, place))?;
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
    app.select(Selection::of_clip(ClipRef { track: track.id, clip }));
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
