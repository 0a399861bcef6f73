//! Which notes a command is about.

use crate::model::{ClipRef, Note, NoteRef, Notes};
use std::sync::Arc;

/// Some notes of one clip. Cloning copies a pointer, however many there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSelection {
    /// In which clip.
    pub clip: ClipRef,
    refs: Arc<[NoteRef]>,
}

impl NoteSelection {
    /// Sorts the references and drops doubles.
    pub fn new(clip: ClipRef, refs: impl IntoIterator<Item = NoteRef>) -> Self {
        let mut refs: Vec<NoteRef> = refs.into_iter().collect();
        if !refs.is_sorted() {
            refs.sort_unstable();
        }
        refs.dedup();
        Self { clip, refs: refs.into() }
    }

    /// The references, sorted, each once.
    pub fn refs(&self) -> &[NoteRef] {
        &self.refs
    }

    /// How many notes.
    pub fn len(&self) -> usize {
        self.refs.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.refs.is_empty()
    }

    /// Whether a note is among them, in O(log n).
    pub fn contains(&self, reference: NoteRef) -> bool {
        self.refs.binary_search(&reference).is_ok()
    }

    /// The notes of `notes` that are selected, in order. A selection of most of
    /// them walks both lists; a small one looks each note up.
    pub(super) fn notes_in<'a>(&'a self, notes: &'a Notes) -> Vec<&'a Note> {
        if self.refs.len() < notes.len() / 16 {
            return self.refs.iter().filter_map(|&reference| notes.get(reference)).collect();
        }
        let mut refs = self.refs.iter().peekable();
        let chosen = |note: &&Note| {
            while refs.next_if(|reference| **reference < note.reference()).is_some() {}
            refs.peek().is_some_and(|reference| **reference == note.reference())
        };
        notes.iter().filter(chosen).collect()
    }
}
