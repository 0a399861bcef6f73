//! Heap bytes with a large project open.

use super::frames;
use crate::report::Row;
use anyhow::Result;
use engine::edit::{Command, TrackChange};
use engine::testkit;
use midi_daw::command::Action;
use midi_daw::state::Layout;
use profiling::alloc;

/// Megabytes that document, undo, schedule, interface and program may hold together.
const HEAP_MB: f64 = 100.0;
/// Bounded and reported apart.
const APART: [&str; 2] = ["soundfont", "file_cache"];

/// 1,000 tracks of 1,000,000 notes, open and playing in the real interface.
///
/// # Errors
/// When there is no graphics adapter.
pub fn rows() -> Result<Vec<Row>> {
    let mut session = frames::open(&Layout::default(), testkit::project(1, 1000, 1_000_000))?;
    // Playing brings in the schedule and the instruments, an edit the history.
    let first = session.app().selection().track;
    if let Some(track) = first {
        let (tracks, change) = ([track].into(), TrackChange::Rename("First".into()));
        session.app_mut().send(Command::ChangeTracks { tracks, change });
    }
    session.app_mut().send(Action::PlayStop);
    for _ in 0..60 {
        session.frame(Vec::new())?;
    }
    let components = session.app().studio().component_bytes();
    let apart: usize =
        components.iter().filter(|(name, _)| APART.contains(name)).map(|(_, bytes)| *bytes).sum();
    let live = alloc::live_bytes();
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    let mut beside = vec![("live", megabytes(live))];
    beside.extend(components.iter().map(|(name, bytes)| (*name, megabytes(*bytes as u64))));
    Ok(vec![Row {
        id: "heap_1m",
        what: "heap with 1,000 tracks of 1,000,000 notes open and playing, less the SoundFont"
            .to_owned(),
        value: megabytes(live.saturating_sub(apart as u64)),
        budget: Some(HEAP_MB),
        unit: "MB",
        beside,
    }])
}
