//! What operations do to the music of a file: pure functions over projects.
//!
//! A project keeps every event of its file with its place (`order`), so what an operation does
//! not touch is written back as it was.

mod change;
mod split;
mod trim;

pub(super) use change::{end_notes, remove_doubles, shared_channels, transpose};
pub(super) use split::split;
pub(super) use trim::trim_start;

use crate::model::{Clip, Event, Note, Notes, Project, Track};
use crate::time::Tick;
use std::sync::Arc;

/// A song that is to be written.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// What tells it from the other parts.
    pub(super) label: Option<String>,
    pub(super) project: Project,
}

/// The project with other tracks; what was read is no longer what it holds.
fn with_tracks(project: &Project, tracks: impl Iterator<Item = Track>) -> Project {
    let tracks = tracks.map(Arc::new).collect();
    Project { tracks, source: None, ..project.clone() }
}

/// The track with its clips changed.
fn with_clips(track: &Track, change: impl Fn(&Clip) -> Clip) -> Track {
    let clips = track.clips.iter().map(|clip| Arc::new(change(clip))).collect();
    Track { clips, ..track.clone() }
}

/// The clip with other notes.
fn with_notes(clip: &Clip, notes: impl Iterator<Item = Note>) -> Clip {
    Clip { notes: Notes::new(notes.collect()), ..clip.clone() }
}

/// Every event that is not a note, and when on the song's time line.
fn events(track: &Track) -> impl Iterator<Item = (Tick, &Event)> {
    let outside = track.events.iter().map(|event| (event.tick, event));
    let inside = track.clips.iter().flat_map(|clip| {
        clip.events.iter().map(move |event| (clip.start.after(event.tick.0), event))
    });
    outside.chain(inside)
}
