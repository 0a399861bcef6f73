//! Edits of a clip of a million notes: what a worker does, and what a drag does each frame.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use engine::doc::Document;
use engine::edit::ops::{Edges, Grid, Percent, Quantize};
use engine::edit::select::{Among, Criterion as Wanted, Likeness, select};
use engine::edit::{
    Command, Lane, LaneEdit, LaneKind, LanePoint, NoteOp, NoteSelection, NoteSet, apply,
};
use engine::model::{ClipRef, Note, Project};
use engine::testkit;
use engine::theory::{PitchClass, Scale, ScaleKind};
use engine::time::{Tick, TickRange};
use midi_daw_benches::suites::frames::with_controllers;
use std::sync::Arc;

fn million() -> (Arc<Project>, ClipRef) {
    let project = testkit::one_clip(1, 1_000_000);
    let track = &project.tracks[0];
    let at = ClipRef { track: track.id, clip: track.clips[0].id };
    (Arc::new(project), at)
}

fn everything(project: &Project, at: ClipRef) -> NoteSelection {
    NoteSelection::of(at, NoteSet::all(&project.tracks[0].clips[0].notes))
}

fn operations(criterion: &mut Criterion) {
    let (project, at) = million();
    let notes = everything(&project, at);
    let quarter = project.division.ticks_per_quarter();
    let mut group = criterion.benchmark_group("operation_1m");
    group.sample_size(10);
    let op =
        Quantize { grid: Grid::straight(quarter / 7), edges: Edges::Both, strength: Percent::FULL };
    let quantize = Command::Transform { notes: notes.clone(), op: NoteOp::Quantize(op) };
    group.bench_function("quantize_1m", |b| b.iter(|| apply(&project, &quantize)));
    let scale = Scale::new(PitchClass::C, ScaleKind::Major);
    for (place, op) in NoteOp::defaults(quarter, scale).into_iter().enumerate() {
        let name = format!("{place:02} {}", op.name());
        let command = Command::Transform { notes: notes.clone(), op };
        group.bench_function(name, |b| b.iter(|| apply(&project, &command)));
    }
    group.finish();
}

fn dragging(criterion: &mut Criterion) {
    let (project, at) = million();
    let clip = &project.tracks[0].clips[0];
    let refs = || clip.notes.iter().map(Note::reference);
    let mut group = criterion.benchmark_group("drag_1000_of_1m");
    for (name, notes) in [
        ("neighbours", NoteSelection::new(at, refs().skip(500_000).take(1000))),
        ("spread", NoteSelection::new(at, refs().step_by(1000))),
    ] {
        let mut document = Document::new(Arc::clone(&project));
        let mut ticks = 0;
        group.bench_function(name, |b| {
            b.iter(|| {
                ticks = (ticks + 7) % 1000;
                document.preview(&Command::MoveNotes { notes: notes.clone(), ticks, keys: 1 })
            });
        });
    }
    group.finish();
}

/// A clip with a million values of a controller: all of them scaled, and a stroke among them.
fn lanes(criterion: &mut Criterion) {
    let Ok(project) = with_controllers(&testkit::one_clip(1, 100_000), 1_000_000) else { return };
    let track = &project.tracks[0];
    let at = ClipRef { track: track.id, clip: track.clips[0].id };
    let lane = Lane { kind: LaneKind::Controller(1), channel: track.channel };
    let whole = TickRange::between(Tick(0), Tick(track.clips[0].length));
    let middle = Tick(whole.len() / 2);
    let stroke = TickRange::between(middle, middle.after(4000));
    let points = (0..100).map(|index| LanePoint::new(middle.after(index * 40), 64.0)).collect();
    let mut group = criterion.benchmark_group("lane_1m");
    group.sample_size(10);
    for (name, edit) in [
        ("scale_all", LaneEdit::Scale { range: whole, base: 64.0, factor: 0.5 }),
        ("stroke", LaneEdit::Draw { range: stroke, points }),
    ] {
        let command = Command::Lane { clip: at, lane, edit };
        group.bench_function(name, |b| b.iter(|| apply(&project, &command)));
    }
    group.finish();
}

fn undoing(criterion: &mut Criterion) {
    let (project, at) = million();
    let delete = Command::DeleteNotes { notes: everything(&project, at) };
    criterion.bench_function("undo_1m", |b| {
        let edited = || {
            let mut document = Document::with_history(Arc::clone(&project), usize::MAX);
            drop(document.apply(&delete));
            document
        };
        b.iter_batched_ref(edited, Document::undo, BatchSize::SmallInput);
    });
}

fn selecting(criterion: &mut Criterion) {
    let (project, at) = million();
    let first = project.tracks[0].clips[0].notes.iter().next().map(Note::reference);
    let now = NoteSelection::new(at, first);
    let mut group = criterion.benchmark_group("select_1m");
    group.sample_size(20);
    for (name, wanted) in [
        ("keys", Wanted::Keys(40..=60)),
        ("similar_length", Wanted::Similar(Likeness::Length(10))),
        ("similar_place", Wanted::Similar(Likeness::Place(10))),
    ] {
        group.bench_function(name, |b| b.iter(|| select(&project, &now, Among::Clip, &wanted)));
    }
    group.finish();
}

criterion_group!(benches, operations, dragging, lanes, undoing, selecting);
criterion_main!(benches);
