//! Edits of large clips: those of a drag on the UI thread, the slow ones as a worker sees them.

use crate::measure::{Samples, best_run, cpu_ms};
use crate::report::Row;
use anyhow::{Context as _, Result};
use engine::doc::Document;
use engine::edit::ops::{Edges, Grid, Percent, Quantize};
use engine::edit::{Command, EditError, NoteOp, NoteSelection, NoteSet, apply};
use engine::model::{ClipRef, Note, NoteRef, Notes, Project};
use engine::testkit;
use std::sync::Arc;

/// Milliseconds in which a worker quantizes a million notes.
const QUANTIZE_MS: f64 = 300.0;
/// Milliseconds of a frame that drags a thousand notes of a million.
const DRAG_MS: f64 = 4.0;
/// Milliseconds in which anything is undone.
const UNDO_MS: f64 = 5.0;
const MILLION: usize = 1_000_000;

/// Quantizing, dragging and undoing in a clip of a million notes, moving one of ten million.
///
/// # Errors
/// When a command fails.
pub fn rows() -> Result<Vec<Row>> {
    let song = Large::new(MILLION)?;
    let mut rows = vec![quantize(&song)?];
    let from = MILLION / 2;
    let neighbours = song.refs().skip(from).take(1000).collect();
    rows.push(drag(&song, neighbours, "drag_1k_of_1m", Some(DRAG_MS), "neighbours")?);
    let spread = song.refs().step_by(1000).collect();
    let what = "one of each thousand, which the application leaves to a worker";
    rows.push(drag(&song, spread, "drag_1k_spread", None, what)?);
    rows.push(undo(&song)?);
    drop(song);
    rows.push(move_everything(&Large::new(10 * MILLION)?)?);
    Ok(rows)
}

/// A song of one clip.
struct Large {
    project: Arc<Project>,
    at: ClipRef,
    notes: Notes,
}

impl Large {
    fn new(notes: usize) -> Result<Self> {
        let project = testkit::one_clip(1, notes);
        let track = project.tracks.first().context("the song has a track")?;
        let clip = track.clips.first().context("the track has a clip")?;
        let (at, notes) = (ClipRef { track: track.id, clip: clip.id }, clip.notes.clone());
        Ok(Self { project: Arc::new(project), at, notes })
    }

    fn refs(&self) -> impl Iterator<Item = NoteRef> + '_ {
        self.notes.iter().map(Note::reference)
    }

    fn all(&self) -> NoteSelection {
        NoteSelection::of(self.at, NoteSet::all(&self.notes))
    }

    /// A grid that almost no note lies on.
    fn quantize(&self) -> Command {
        let grid = Grid::straight(self.project.division.ticks_per_quarter() / 7);
        let op = Quantize { grid, edges: Edges::Both, strength: Percent::FULL };
        Command::Transform { notes: self.all(), op: NoteOp::Quantize(op) }
    }
}

fn quantize(song: &Large) -> Result<Row> {
    let command = song.quantize();
    let mut landing = Vec::new();
    let times = best_run(50.0, || {
        let mut times = Vec::new();
        for _ in 0..3 {
            let mut document = Document::new(Arc::clone(&song.project));
            let base = document.base();
            let (ms, edited) = cpu_ms(|| apply(&base.project, &command));
            times.push(ms);
            let edited = edited?;
            landing.push(cpu_ms(|| document.land(&base, &command, edited)).0);
        }
        Ok::<_, EditError>(Samples::new(times))
    })?;
    Ok(Row {
        id: "quantize_1m",
        what: "all of 1,000,000 notes quantized, start and end, on a worker".to_owned(),
        value: times.median(),
        budget: Some(QUANTIZE_MS),
        unit: "ms",
        beside: vec![("max", times.max()), ("landing", Samples::new(landing).max())],
    })
}

fn drag(
    song: &Large,
    refs: Vec<NoteRef>,
    id: &'static str,
    budget: Option<f64>,
    which: &str,
) -> Result<Row> {
    let notes = NoteSelection::new(song.at, refs);
    let mut document = Document::new(Arc::clone(&song.project));
    let times = best_run(95.0, || {
        let mut times = Vec::new();
        for step in 1..=60 {
            let command = Command::MoveNotes { notes: notes.clone(), ticks: step * 7, keys: 1 };
            let (ms, shown) = cpu_ms(|| document.preview(&command));
            shown?;
            times.push(ms);
        }
        document.cancel();
        Ok::<_, EditError>(Samples::new(times))
    })?;
    Ok(Row {
        id,
        what: format!("a frame of dragging 1,000 of 1,000,000 notes: {which}"),
        value: times.percentile(95.0),
        budget,
        unit: "ms",
        beside: vec![("p50", times.median()), ("max", times.max())],
    })
}

fn undo(song: &Large) -> Result<Row> {
    let mut document = Document::with_history(Arc::clone(&song.project), usize::MAX);
    document.apply(&song.quantize())?;
    document.apply(&Command::DeleteNotes { notes: all_of(&document, song.at)? })?;
    let times = best_run(100.0, || {
        let times = (0..20).flat_map(|_| {
            [
                cpu_ms(|| document.undo()).0,
                cpu_ms(|| document.undo()).0,
                cpu_ms(|| document.redo()).0,
                cpu_ms(|| document.redo()).0,
            ]
        });
        Ok::<_, EditError>(Samples::new(times.collect()))
    })?;
    Ok(Row {
        id: "undo_1m",
        what: "undo and redo of what changed or removed 1,000,000 notes".to_owned(),
        value: times.max(),
        budget: Some(UNDO_MS),
        unit: "ms",
        beside: vec![("p50", times.median())],
    })
}

fn all_of(document: &Document, at: ClipRef) -> Result<NoteSelection> {
    let clip = document.current().clip(at).context("the clip is still there")?;
    Ok(NoteSelection::of(at, NoteSet::all(&clip.notes)))
}

fn move_everything(song: &Large) -> Result<Row> {
    let command = Command::MoveNotes { notes: song.all(), ticks: 10, keys: 0 };
    let mut landing = Vec::new();
    let times = best_run(50.0, || {
        let mut document = Document::new(Arc::clone(&song.project));
        let base = document.base();
        let (ms, edited) = cpu_ms(|| apply(&base.project, &command));
        let edited = edited?;
        landing.push(cpu_ms(|| document.land(&base, &command, edited)).0);
        Ok::<_, EditError>(Samples::new(vec![ms]))
    })?;
    Ok(Row {
        id: "move_10m",
        what: "all of 10,000,000 notes moved, on a worker".to_owned(),
        value: times.median(),
        budget: None,
        unit: "ms",
        beside: vec![("landing", Samples::new(landing).max())],
    })
}
