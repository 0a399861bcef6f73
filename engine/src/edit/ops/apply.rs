//! Applies an operation to a selection: gathers the notes, runs it, puts the result in place.

use super::{Crop, NoteOp, groove, length, pattern, pitch, timing, velocity};
use crate::edit::several::Group;
use crate::edit::{EditError, Edited, NoteSelection, Watch, notes};
use crate::model::{Clip, Note, NoteRef, Project, UNCLOSED};
use crate::time::{MeterMap, Tick};

/// More notes than this are not made by one operation: 400 MB of them are a slip of the hand.
const MOST_MADE: u64 = 1 << 24;
/// Notes between two looks at whether the work is still wanted.
const STRIDE: usize = 1 << 14;

/// What an operation may look at.
pub(super) struct Scene<'a> {
    pub(super) clip: &'a Clip,
    pub(super) meter: &'a MeterMap,
    /// Ticks in a quarter note.
    quarter: u64,
    /// What these notes have in common with those of other clips.
    group: Option<&'a Group>,
    watch: &'a Watch,
}

impl<'a> Scene<'a> {
    /// What these notes have in common with those of other clips, if there are any.
    pub(super) const fn group(&self) -> Option<&'a Group> {
        self.group
    }

    /// The first onset and the last end of everything selected, in ticks of the clip.
    pub(super) fn span(&self, notes: &[Note]) -> (i64, i64) {
        let own = || {
            let (first, last) = timing::span(notes);
            (timing::signed(first), timing::signed(last))
        };
        self.group.map_or_else(own, |group| group.span(self.clip.start))
    }

    /// Changes each note in order.
    pub(super) fn each(
        &self,
        notes: &mut [Note],
        mut change: impl FnMut(&mut Note),
    ) -> Result<(), EditError> {
        let total = notes.len();
        for (index, part) in notes.chunks_mut(STRIDE).enumerate() {
            self.step(index * STRIDE, total)?;
            part.iter_mut().for_each(&mut change);
        }
        Ok(())
    }

    /// Looks at each note in order.
    pub(super) fn look(
        &self,
        notes: &[Note],
        mut look: impl FnMut(&Note),
    ) -> Result<(), EditError> {
        for (index, part) in notes.chunks(STRIDE).enumerate() {
            self.step(index * STRIDE, notes.len())?;
            part.iter().for_each(&mut look);
        }
        Ok(())
    }

    /// Changes each chord, that is notes whose onsets lie together, in order.
    pub(super) fn chords(
        &self,
        mut notes: &mut [Note],
        mut change: impl FnMut(&mut [Note]),
    ) -> Result<(), EditError> {
        let total = notes.len();
        while let Some(first) = notes.first() {
            let last = first.start.0.saturating_add(self.together());
            let count = notes.partition_point(|note| note.start.0 <= last);
            let (chord, rest) = notes.split_at_mut(count);
            change(chord);
            notes = rest;
            self.step(total - notes.len(), total)?;
        }
        Ok(())
    }

    /// Onsets this many ticks apart are one chord: a sixty-fourth note.
    pub(super) const fn together(&self) -> u64 {
        self.quarter / 16
    }

    /// Says how far the operation is; fails when it is no longer wanted.
    pub(super) fn step(&self, done: usize, total: usize) -> Result<(), EditError> {
        if done.is_multiple_of(STRIDE) {
            // Gathering the notes took the first tenth, putting them back takes the last four.
            self.watch.reached(0.1 + 0.5 * done as f32 / total.max(1) as f32)?;
        }
        Ok(())
    }
}

pub(in crate::edit) fn transform(
    project: &Project,
    selection: &NoteSelection,
    op: &NoteOp,
    group: Option<&Group>,
    watch: &Watch,
) -> Result<Edited, EditError> {
    let clip = notes::find(project, selection.clip)?;
    let chosen = notes::chosen(clip, selection)?;
    watch.reached(0.1)?;
    let scene = Scene {
        clip,
        meter: &project.conductor.meter,
        quarter: u64::from(project.division.ticks_per_quarter()),
        group,
        watch,
    };
    let mut changed: Vec<Note> = chosen.iter().map(|note| **note).collect();
    let made = run(&scene, &mut changed, op)?;
    watch.reached(0.6)?;
    if matches!(op, NoteOp::Crop(Crop::Others)) {
        let refs = clip.notes.iter().map(Note::reference);
        let others = refs.filter(|&note| !selection.contains(note)).collect();
        return notes::put(project, selection.clip, others, &[], &changed, made);
    }
    let different = count_different(&chosen, &changed);
    if chosen.len() == clip.notes.len() && different > chosen.len() / 2 {
        // Little could be shared: three lists of millions of notes are spared.
        drop(chosen);
        return notes::rebuild(project, selection.clip, changed, made);
    }
    let (removed, inserted) = difference(&chosen, &changed);
    notes::put(project, selection.clip, removed, &inserted, &changed, made)
}

/// Runs an operation on the notes, sorted as in the clip. It may change, remove and reorder
/// them; what it returns is added under new ids.
fn run(scene: &Scene<'_>, notes: &mut Vec<Note>, op: &NoteOp) -> Result<Vec<Note>, EditError> {
    let mut made = Vec::new();
    match op {
        NoteOp::Quantize(op) => timing::quantize(scene, notes, *op)?,
        NoteOp::Groove(op) => groove::apply(scene, notes, op)?,
        NoteOp::Humanize(op) => timing::humanize(scene, notes, *op)?,
        NoteOp::Transpose(op) => pitch::transpose(scene, notes, *op)?,
        NoteOp::Legato(op) => length::legato(scene, notes, *op)?,
        NoteOp::Staccato(op) => length::staccato(scene, notes, *op)?,
        NoteOp::Split(op) => made = length::split(scene, notes, *op)?,
        NoteOp::Join(op) => length::join(scene, notes, *op)?,
        NoteOp::Reverse => timing::reverse(scene, notes)?,
        NoteOp::Invert(op) => pitch::invert(scene, notes, *op)?,
        NoteOp::Stretch(op) => timing::stretch(scene, notes, *op)?,
        NoteOp::RemoveOverlaps => length::remove_overlaps(scene, notes)?,
        NoteOp::RemoveDoubles(op) => length::remove_doubles(scene, notes, *op)?,
        NoteOp::FitToScale(op) => pitch::fit(scene, notes, *op)?,
        NoteOp::Strum(op) => pattern::strum(scene, notes, *op)?,
        NoteOp::Arpeggiate(op) => {
            made = pattern::arpeggiate(scene, notes, *op)?;
            notes.clear();
        }
        NoteOp::Chord(op) => made = pitch::chord(scene, notes, *op)?,
        NoteOp::Velocity(op) => velocity::change(scene, notes, *op)?,
        NoteOp::Crop(Crop::Others) => {}
        NoteOp::Crop(Crop::Range(range)) => pattern::crop(notes, *range),
        NoteOp::Repeat(op) => made = pattern::repeat(scene, notes, *op)?,
    }
    Ok(made)
}

/// How many notes are not what they were; all, when they are not the same notes in the same order.
fn count_different(chosen: &[&Note], changed: &[Note]) -> usize {
    if is_aligned(chosen, changed) {
        chosen.iter().zip(changed).filter(|(old, new)| **old != *new).count()
    } else {
        chosen.len()
    }
}

/// What is removed and inserted, less what stayed as it was, so that its chunks are shared.
fn difference(chosen: &[&Note], changed: &[Note]) -> (Vec<NoteRef>, Vec<Note>) {
    if !is_aligned(chosen, changed) {
        return (chosen.iter().map(|note| note.reference()).collect(), changed.to_vec());
    }
    let different = || chosen.iter().zip(changed).filter(|(old, new)| **old != *new);
    (
        different().map(|(old, _)| old.reference()).collect(),
        different().map(|(_, new)| *new).collect(),
    )
}

fn is_aligned(chosen: &[&Note], changed: &[Note]) -> bool {
    chosen.len() == changed.len() && chosen.iter().zip(changed).all(|(old, new)| old.id == new.id)
}

/// Puts a note elsewhere. Its note-off no longer stands where its file put it, so it
/// comes before what begins there.
pub(super) fn move_to(note: &mut Note, start: Tick) {
    if note.start != start {
        note.start = start;
        if note.off_order != UNCLOSED {
            note.off_order = 0;
        }
    }
}

/// Gives a note another length, at least a tick; it is closed then, even if its file never did.
pub(super) fn set_length(note: &mut Note, length: u64) {
    let length = length.clamp(1, u64::from(u32::MAX)) as u32;
    if note.length != length {
        note.length = length;
        note.off_order = 0;
    }
}

/// # Errors
///
/// When an operation would make more notes than anyone wants.
pub(super) const fn too_many(made: u64) -> Result<(), EditError> {
    if made > MOST_MADE { Err(EditError::TooManyNotes) } else { Ok(()) }
}
