//! Which notes a command is about, and which are selected after it.

use super::Command;
use crate::model::{ClipRef, Note, NoteRef, Notes};
use std::sync::{Arc, OnceLock};

/// A set of notes of one clip. Cloning copies a pointer, however many there are, and so
/// does selecting everything.
#[derive(Clone, Debug)]
pub struct NoteSet(Repr);

#[derive(Clone, Debug)]
enum Repr {
    /// Sorted, each once.
    Some(Arc<[NoteRef]>),
    All(Arc<Whole>),
}

/// Every note of a clip as it was when they were selected.
#[derive(Debug)]
struct Whole {
    notes: Notes,
    /// Listed when somebody asks for it: sixteen bytes a note.
    refs: OnceLock<Arc<[NoteRef]>>,
}

impl NoteSet {
    /// Every note of a clip.
    pub fn all(notes: &Notes) -> Self {
        Self(Repr::All(Arc::new(Whole { notes: notes.clone(), refs: OnceLock::new() })))
    }

    /// Whether a note is in the set. O(log n).
    pub fn contains(&self, note: NoteRef) -> bool {
        match &self.0 {
            Repr::Some(refs) => refs.binary_search(&note).is_ok(),
            Repr::All(whole) => whole.notes.get(note).is_some(),
        }
    }

    /// How many notes.
    pub fn len(&self) -> usize {
        match &self.0 {
            Repr::Some(refs) => refs.len(),
            Repr::All(whole) => whole.notes.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The notes, sorted, each once. Lists them the first time when the set is a whole clip.
    pub fn as_slice(&self) -> &[NoteRef] {
        match &self.0 {
            Repr::Some(refs) => refs,
            Repr::All(whole) => {
                whole.refs.get_or_init(|| whole.notes.iter().map(Note::reference).collect())
            }
        }
    }

    /// The notes, sorted; costs what [`Self::as_slice`] does.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = NoteRef> + DoubleEndedIterator + '_ {
        self.as_slice().iter().copied()
    }

    /// The first note and the last.
    pub fn ends(&self) -> Option<(NoteRef, NoteRef)> {
        match &self.0 {
            Repr::Some(refs) => Some((*refs.first()?, *refs.last()?)),
            Repr::All(whole) => {
                let mut notes = whole.notes.iter().map(Note::reference);
                let first = notes.next()?;
                Some((first, notes.next_back().unwrap_or(first)))
            }
        }
    }

    /// Whether both are the very same value: a cheap test for "nothing changed".
    pub fn is_same(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Repr::Some(a), Repr::Some(b)) => Arc::ptr_eq(a, b),
            (Repr::All(a), Repr::All(b)) => a.notes.is_same(&b.notes),
            _ => false,
        }
    }

    /// Whether these are all of `notes`, known without looking at any.
    pub fn is_all_of(&self, notes: &Notes) -> bool {
        matches!(&self.0, Repr::All(whole) if whole.notes.is_same(notes))
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

    /// Those of `notes` that are in the set.
    pub fn of(&self, notes: &Notes) -> Notes {
        if self.is_all_of(notes) {
            return notes.clone();
        }
        self.among(notes).into_iter().copied().collect()
    }

    /// Heap bytes that no clip shares.
    pub fn heap_bytes(&self) -> usize {
        match &self.0 {
            Repr::Some(refs) => size_of_val::<[NoteRef]>(refs),
            Repr::All(whole) => whole.refs.get().map_or(0, |refs| size_of_val::<[NoteRef]>(refs)),
        }
    }

    /// The notes of `notes` that are in the set, in order. A set of most of them walks both
    /// lists; a small one looks each note up.
    pub(super) fn among<'a>(&self, notes: &'a Notes) -> Vec<&'a Note> {
        if self.is_all_of(notes) {
            return notes.iter().collect();
        }
        if self.len() < notes.len() / 16 {
            return self.iter().filter_map(|reference| notes.get(reference)).collect();
        }
        let mut refs = self.iter().peekable();
        let chosen = |note: &&Note| {
            while refs.next_if(|reference| *reference < note.reference()).is_some() {}
            refs.peek() == Some(&note.reference())
        };
        notes.iter().filter(chosen).collect()
    }
}

impl Default for NoteSet {
    fn default() -> Self {
        Self(Repr::Some(Arc::from([])))
    }
}

impl PartialEq for NoteSet {
    fn eq(&self, other: &Self) -> bool {
        self.is_same(other) || (self.len() == other.len() && self.as_slice() == other.as_slice())
    }
}

impl Eq for NoteSet {}

impl FromIterator<NoteRef> for NoteSet {
    fn from_iter<I: IntoIterator<Item = NoteRef>>(notes: I) -> Self {
        let mut notes: Vec<NoteRef> = notes.into_iter().collect();
        if !notes.is_sorted() {
            notes.sort_unstable();
        }
        notes.dedup();
        Self(Repr::Some(notes.into()))
    }
}

/// Some notes of one clip. Cloning copies a pointer, however many there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSelection {
    /// In which clip.
    pub clip: ClipRef,
    /// Which of its notes.
    pub notes: NoteSet,
}

impl NoteSelection {
    /// Sorts the references and drops doubles.
    pub fn new(clip: ClipRef, refs: impl IntoIterator<Item = NoteRef>) -> Self {
        Self { clip, notes: refs.into_iter().collect() }
    }

    /// These notes of that clip.
    pub const fn of(clip: ClipRef, notes: NoteSet) -> Self {
        Self { clip, notes }
    }

    /// The references, sorted, each once; see [`NoteSet::as_slice`].
    pub fn refs(&self) -> &[NoteRef] {
        self.notes.as_slice()
    }

    /// How many notes.
    pub fn len(&self) -> usize {
        self.notes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.notes.is_empty()
    }

    /// Whether a note is among them, in O(log n).
    pub fn contains(&self, reference: NoteRef) -> bool {
        self.notes.contains(reference)
    }
}

/// Selected notes of one clip or of several, each clip once. Cloning copies a pointer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selected(Arc<[NoteSelection]>);

impl Selected {
    /// The notes of each clip; none of a clip may be selected.
    pub fn parts(&self) -> &[NoteSelection] {
        &self.0
    }

    /// How many notes, in all clips together.
    pub fn len(&self) -> usize {
        self.0.iter().map(NoteSelection::len).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(NoteSelection::is_empty)
    }

    /// The notes of a clip, if it is among the clips.
    pub fn of(&self, clip: ClipRef) -> Option<&NoteSet> {
        self.0.iter().find(|part| part.clip == clip).map(|part| &part.notes)
    }

    /// The one note, when there is just one.
    pub fn single(&self) -> Option<(ClipRef, NoteRef)> {
        let mut filled = self.0.iter().filter(|part| !part.is_empty());
        let part = filled.next().filter(|part| part.len() == 1)?;
        let (note, _) = part.notes.ends()?;
        filled.next().is_none().then_some((part.clip, note))
    }

    /// A command for the notes of each clip, all as one step; `None` when there are no notes.
    pub fn each(&self, command: impl FnMut(NoteSelection) -> Command) -> Option<Command> {
        let filled = self.0.iter().filter(|part| !part.is_empty()).cloned();
        Command::several(filled.map(command))
    }

    /// Heap bytes that no clip shares.
    pub fn heap_bytes(&self) -> usize {
        size_of_val::<[NoteSelection]>(&self.0)
            + self.0.iter().map(|part| part.notes.heap_bytes()).sum::<usize>()
    }
}

impl From<NoteSelection> for Selected {
    fn from(notes: NoteSelection) -> Self {
        Self(Arc::from([notes]))
    }
}

impl FromIterator<NoteSelection> for Selected {
    /// Where a clip comes again, what comes last counts.
    fn from_iter<I: IntoIterator<Item = NoteSelection>>(parts: I) -> Self {
        let mut unique: Vec<NoteSelection> = Vec::new();
        for part in parts {
            match unique.iter_mut().find(|known| known.clip == part.clip) {
                Some(known) => *known = part,
                None => unique.push(part),
            }
        }
        Self(unique.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Channel, Release};
    use crate::time::Tick;

    fn notes(count: u32) -> Notes {
        let note = |id| Note {
            start: Tick(u64::from(id) * 7),
            length: 5,
            id,
            off_order: 0,
            key: (id % 100) as u8,
            velocity: 90,
            release: Release::DEFAULT,
            channel: Channel::new(0),
        };
        (0..count).map(note).collect()
    }

    #[test]
    fn everything_is_a_set_like_any_other() {
        let notes = notes(5000);
        let (all, listed) =
            (NoteSet::all(&notes), notes.iter().map(Note::reference).collect::<NoteSet>());
        assert_eq!(all, listed);
        assert_eq!((all.len(), all.ends()), (5000, listed.ends()));
        assert_eq!(all.of(&notes), notes);
        let first = listed.as_slice()[0];
        assert!(all.contains(first) && !all.contains(NoteRef { start: Tick(1), id: 1 }));
        assert_eq!(all.toggled(first).len(), 4999);
    }

    #[test]
    fn everything_of_an_older_version_names_what_is_still_there() {
        let old = notes(3000);
        let gone = old.iter().step_by(2).map(Note::reference).collect();
        let new = old.edited(gone, Vec::new());
        let all = NoteSet::all(&old);
        assert_eq!((all.is_all_of(&new), all.of(&new)), (false, new));
    }

    #[test]
    fn small_and_large_sets_find_the_same_notes() {
        let notes = notes(3000);
        for every in [1, 2, 7, 100, 2999] {
            let refs: Vec<NoteRef> = notes.iter().step_by(every).map(Note::reference).collect();
            let set: NoteSet = refs.iter().copied().collect();
            assert!(set.of(&notes).iter().map(Note::reference).eq(refs));
        }
    }

    #[test]
    fn toggling_twice_changes_nothing_and_a_note_added_twice_is_there_once() {
        let note = |start| NoteRef { start: Tick(start), id: 1 };
        let set: NoteSet = [note(3), note(1), note(1)].into_iter().collect();
        assert_eq!(set.len(), 2);
        assert_eq!(set.toggled(note(2)).toggled(note(2)), set);
        assert_eq!(set.toggled(note(1)).as_slice(), [note(3)]);
    }
}
