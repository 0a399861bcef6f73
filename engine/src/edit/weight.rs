//! How much work an edit is, before it is done.

use super::ops::{Arpeggiate, ChordShape, Crop, NoteOp, Split};
use super::{Command, NoteSelection};
use crate::model::{CHUNK_TARGET, Clip, Project};

/// Chunks looked at to guess how many a selection touches.
const SAMPLES: usize = 256;
/// Copying a note of a touched chunk costs this many times less than changing one.
const COPY: usize = 16;

/// How heavy a command is: the number of notes it changes or makes, more or less. Notes
/// that are copied because others in their chunk change count a little. Too high at worst
/// for operations that cut long notes. Costs a few microseconds.
pub fn weight(project: &Project, command: &Command) -> usize {
    match command {
        Command::AddSong { song, .. } => song.note_count(),
        Command::AddNotes { notes, .. } => notes.len(),
        Command::Transform { notes, op } => {
            let clip = project.clip(notes.clip);
            let made = clip.map_or(1, |clip| made_of_each(op, clip));
            match (op, clip) {
                (NoteOp::Crop(Crop::Others), Some(clip)) => clip.notes.len(),
                _ => notes.len().saturating_mul(made).saturating_add(copied(project, notes)),
            }
        }
        _ => command
            .selection()
            .map_or(0, |notes| notes.len().saturating_add(copied(project, notes))),
    }
}

/// Notes that take the place of one, at most.
fn made_of_each(op: &NoteOp, clip: &Clip) -> usize {
    let steps = |step: u32| usize::try_from(clip.length / u64::from(step)).unwrap_or(usize::MAX);
    match op {
        NoteOp::Split(Split::Into(parts)) => usize::from(parts.get()),
        NoteOp::Split(Split::Grid(grid)) => steps(grid.step.get()).max(1),
        NoteOp::Arpeggiate(Arpeggiate { step, .. }) => steps(step.get()).max(1),
        NoteOp::Chord(ChordShape::Fixed(kind)) => kind.intervals().len(),
        NoteOp::Chord(ChordShape::InScale { notes, .. }) => usize::from((*notes).max(1)),
        NoteOp::Repeat(repeat) => usize::from(repeat.times.get()) + 1,
        _ => 1,
    }
}

/// The weight of the chunks that a selection touches: neighbours share them, notes far
/// apart have one each.
fn copied(project: &Project, selection: &NoteSelection) -> usize {
    let Some(clip) = project.clip(selection.clip) else { return 0 };
    let chunks = clip.notes.chunks().len();
    if selection.notes.is_all_of(&clip.notes) {
        return 0;
    }
    let refs = selection.refs();
    let step = refs.len().div_ceil(SAMPLES).max(1);
    let mut places = refs.iter().step_by(step).map(|&note| clip.notes.chunk_index(note));
    let mut last = places.next();
    let mut touched = usize::from(last.is_some());
    for place in places {
        touched += usize::from(last != Some(place));
        last = Some(place);
    }
    let touched = if touched >= SAMPLES / 2 { refs.len().min(chunks) } else { touched };
    touched * CHUNK_TARGET / COPY
}
