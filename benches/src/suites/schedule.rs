//! From snapshot to schedule.

use crate::measure::{Samples, best_run, cpu_ms};
use crate::report::Row;
use engine::edit::{self, Command, TrackChange};
use engine::sequence::Compiler;
use engine::testkit;
use std::convert::Infallible;
use std::hint::black_box;
use std::time::Instant;

/// Milliseconds that compiling a million notes may take: wall time, since every core helps.
const COMPILE_MS: f64 = 20.0;

/// Compiling 1,000 tracks of 1,000,000 notes from nothing, and after one track was changed.
pub fn rows() -> Vec<Row> {
    let project = testkit::project(1, 1000, 1_000_000);
    let whole = best_run(50.0, || {
        let times = (0..3).map(|_| {
            let since = Instant::now();
            let schedule = black_box(Compiler::new().compile(&project, 48_000));
            let ms = since.elapsed().as_secs_f64() * 1e3;
            drop(schedule);
            ms
        });
        Ok::<_, Infallible>(Samples::new(times.collect()))
    })
    .unwrap_or_default();
    let mut rows = vec![Row {
        id: "compile_1m",
        what: "a schedule of 1,000,000 notes on 1,000 tracks, from nothing, wall time".to_owned(),
        value: whole.median(),
        budget: Some(COMPILE_MS),
        unit: "ms",
        beside: vec![("max", whole.max())],
    }];
    let first = project.tracks.first().map(|track| track.id);
    let muted = first.and_then(|track| {
        let (tracks, change) = ([track].into(), TrackChange::Mute(true));
        edit::apply(&project, &Command::ChangeTracks { tracks, change }).ok()
    });
    if let Some(muted) = muted.map(|edited| edited.project) {
        let mut compiler = Compiler::new();
        drop(compiler.compile(&project, 48_000));
        let mut toggle = false;
        let again = best_run(95.0, || {
            let times = (0..40).map(|_| {
                toggle = !toggle;
                let next = if toggle { &muted } else { &project };
                cpu_ms(|| compiler.compile(next, 48_000)).0
            });
            Ok::<_, Infallible>(Samples::new(times.collect()))
        })
        .unwrap_or_default();
        rows.push(Row {
            id: "compile_1m_mix",
            what: "the same after a change of the mix".to_owned(),
            value: again.percentile(95.0),
            budget: None,
            unit: "ms",
            beside: vec![("p50", again.median())],
        });
    }
    rows
}
