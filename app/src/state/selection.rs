//! What is selected, as a value that panels read and commands replace.

use engine::edit::NoteSelection;
use engine::model::{ClipRef, NoteRef, TrackId};
use std::sync::Arc;

/// A set of notes of one clip. Cloning copies a pointer.
#[derive(Clone, Debug, Default)]
pub struct NoteSet(Arc<[NoteRef]>);

impl NoteSet {
    /// Whether the note is in the set. O(log n).
    pub fn contains(&self, note: NoteRef) -> bool {
        self.0.binary_search(&note).is_ok()
    }

    /// How many notes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The notes, sorted.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = NoteRef> + DoubleEndedIterator + '_ {
        self.0.iter().copied()
    }

    /// The notes, sorted.
    pub fn as_slice(&self) -> &[NoteRef] {
        &self.0
    }

    /// The first and the last note.
    pub fn ends(&self) -> Option<(NoteRef, NoteRef)> {
        self.0.first().copied().zip(self.0.last().copied())
    }

    /// Whether both are the very same value: a cheap test for "nothing changed".
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// This set and `more` together.
    #[must_use]
    pub fn with(&self, more: impl IntoIterator<Item = NoteRef>) -> Self {
        self.iter().chain(more).collect()
    }

    /// This set without `note` if it is there, else with it.
    #[must_use]
    pub fn toggled(&self, note: NoteRef) -> Self {
        if self.contains(note) {
            self.iter().filter(|&other| other != note).collect()
        } else {
            self.with([note])
        }
    }
}

impl PartialEq for NoteSet {
    fn eq(&self, other: &Self) -> bool {
        self.is_same(other) || self.0 == other.0
    }
}

impl Eq for NoteSet {}

impl FromIterator<NoteRef> for NoteSet {
    fn from_iter<I: IntoIterator<Item = NoteRef>>(notes: I) -> Self {
        let mut notes: Vec<NoteRef> = notes.into_iter().collect();
        notes.sort_unstable();
        notes.dedup();
        Self(notes.into())
    }
}

/// What the user points at. Panels send a new one with [`crate::command::AppCommand::Select`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The track that live input plays and that track commands mean.
    pub track: Option<TrackId>,
    /// The clip that the piano roll shows.
    pub clip: Option<ClipRef>,
    /// Selected notes of that clip.
    pub notes: NoteSet,
}

impl Selection {
    /// A track, with no clip.
    pub fn of_track(track: TrackId) -> Self {
        Self { track: Some(track), ..Self::default() }
    }

    /// A clip and its track, with no notes.
    pub fn of_clip(clip: ClipRef) -> Self {
        Self { track: Some(clip.track), clip: Some(clip), notes: NoteSet::default() }
    }

    /// What a command or an undo step wants selected: its clip and its notes.
    pub fn of_notes(notes: &NoteSelection) -> Self {
        Self {
            track: Some(notes.clip.track),
            clip: Some(notes.clip),
            notes: notes.refs().iter().copied().collect(),
        }
    }

    /// The selected notes as commands take them; `None` when there are none. Copies the
    /// references: once a gesture, not once a frame.
    pub fn note_selection(&self) -> Option<NoteSelection> {
        let clip = self.clip.filter(|_| !self.notes.is_empty())?;
        Some(NoteSelection::new(clip, self.notes.iter()))
    }

    /// The same track and clip with these notes.
    #[must_use]
    pub fn with_notes(&self, notes: NoteSet) -> Self {
        Self { notes, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::time::Tick;

    fn note(start: u64) -> NoteRef {
        NoteRef { start: Tick(start), id: 1 }
    }

    #[test]
    fn toggling_twice_changes_nothing() {
        let set: NoteSet = [note(3), note(1)].into_iter().collect();
        assert_eq!(set.toggled(note(2)).toggled(note(2)), set);
        assert_eq!(set.toggled(note(1)).as_slice(), [note(3)]);
    }

    #[test]
    fn a_note_added_twice_is_there_once() {
        let set = NoteSet::default().with([note(1), note(1)]);
        assert_eq!(set.len(), 1);
        assert!(set.contains(note(1)) && !set.contains(note(2)));
    }
}
