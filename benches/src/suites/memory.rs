//! Heap bytes with a large project open.

use super::frames;
use crate::report::Row;
use anyhow::Result;
use engine::edit::{Command, TrackChange};
use engine::testkit;
use midi_daw::command::Action;
use midi_daw::state::Layout;

/// Megabytes that document, undo, schedule, interface and program may hold together.
const HEAP_MB: f64 = 100.0;
/// Share of the heap that may belong to nobody.
const UNEXPLAINED: f64 = 0.2;
/// Bounded and reported apart.
const APART: [&str; 2] = ["soundfont", "file_cache"];
/// Shown beside the sum.
const SHOWN: [&str; 8] =
    ["document", "undo", "sequencer", "mixer", "synth", "interface", "egui and wgpu", "soundfont"];

/// 1,000 tracks of 1,000,000 notes, open and playing in the real interface.
///
/// # Errors
/// When there is no graphics adapter.
pub fn rows() -> Result<Vec<Row>> {
    let mut session = frames::open(&Layout::default(), testkit::project(1, 1000, 1_000_000))?;
    // Playing brings in the schedule and the instruments, an edit the history.
    let first = session.app().selection().track();
    if let Some(track) = first {
        let (tracks, change) = ([track].into(), TrackChange::Rename("First".into()));
        session.app_mut().send(Command::ChangeTracks { tracks, change });
    }
    session.app_mut().send(Action::PlayStop);
    for _ in 0..60 {
        session.frame(Vec::new())?;
    }
    let memory = session.report().memory;
    let known = |name: &str| memory.components.get(name).copied().unwrap_or(0);
    let apart: u64 = APART.iter().map(|name| known(name)).sum();
    let rest = memory.heap_bytes.saturating_sub(apart);
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    let mut beside = vec![("live", megabytes(memory.heap_bytes))];
    beside.extend(SHOWN.iter().map(|name| (*name, megabytes(known(name)))));
    let owned = memory.explained * memory.heap_bytes as f64 - apart as f64;
    Ok(vec![
        Row {
            id: "heap_1m",
            what: "heap with 1,000 tracks of 1,000,000 notes open and playing, less the SoundFont"
                .to_owned(),
            value: megabytes(rest),
            budget: Some(HEAP_MB),
            unit: "MB",
            beside,
        },
        Row {
            id: "heap_unexplained",
            what: "share of that heap which no component accounts for".to_owned(),
            // Below nothing, something would be counted twice: that breaks the budget too.
            value: (1.0 - owned / rest.max(1) as f64).abs(),
            budget: Some(UNEXPLAINED),
            unit: "",
            beside: vec![("explained with the SoundFont", memory.explained)],
        },
    ])
}
