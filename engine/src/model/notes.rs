//! The notes of a clip: sorted, in chunks that edits share.

use super::note::{Note, NoteRef};
use crate::time::{Tick, TickRange};
use profiling::HeapSize;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Notes in a chunk when it is made. Chunks grow to twice this, then split.
/// Copying one for an edit costs about a microsecond a thousand notes.
pub const CHUNK_TARGET: usize = 1024;

/// A run of notes sorted by [`NoteRef`]; never empty, never changed once made.
#[derive(Debug)]
pub struct NoteChunk {
    id: u64,
    notes: Box<[Note]>,
    last_end: Tick,
    /// The keys that it uses, a bit for each; never 0.
    used: u128,
}

impl NoteChunk {
    /// `None` when there is nothing to hold. Expects sorted notes.
    fn new(notes: Box<[Note]>) -> Option<Arc<Self>> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let first = notes.first()?;
        let (last_end, used) = notes.iter().fold((first.end(), 0), |(end, used), note| {
            (end.max(note.end()), used | 1u128 << (note.key & 127))
        });
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        Some(Arc::new(Self { id, notes, last_end, used }))
    }

    /// Unique in the process: the same id means the same notes, so that what was
    /// uploaded for it need not be uploaded again.
    pub const fn id(&self) -> u64 {
        self.id
    }

    /// The notes, sorted by onset, then id.
    pub const fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// Onset of the first note.
    pub fn start(&self) -> Tick {
        self.notes.first().map_or(Tick::ZERO, |note| note.start)
    }

    /// Onset of the last note.
    pub fn last_start(&self) -> Tick {
        self.notes.last().map_or(Tick::ZERO, |note| note.start)
    }

    /// End of the note that ends last.
    pub const fn last_end(&self) -> Tick {
        self.last_end
    }

    /// Lowest and highest key.
    pub const fn keys(&self) -> (u8, u8) {
        ends(self.used)
    }

    /// The keys that its notes are on, a bit for each.
    pub const fn used_keys(&self) -> u128 {
        self.used
    }

    fn summary(&self) -> Summary {
        Summary {
            first: self.notes.first().map_or(NoteRef { start: Tick::ZERO, id: 0 }, Note::reference),
            last_end: self.last_end,
            len: self.notes.len() as u32,
            used: self.used,
        }
    }
}

/// What is asked of every chunk, side by side: with ten thousand chunks, fetching each
/// from its own place in memory would take milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Summary {
    first: NoteRef,
    last_end: Tick,
    len: u32,
    /// The keys that it uses, a bit for each; never 0.
    used: u128,
}

/// All notes of a clip, sorted by [`NoteRef`]. Cloning copies pointers.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    chunks: Arc<[Arc<NoteChunk>]>,
    /// One for each chunk.
    summaries: Arc<[Summary]>,
    len: usize,
}

impl Notes {
    /// Sorts `notes` and cuts them into chunks.
    pub fn new(mut notes: Vec<Note>) -> Self {
        sort(&mut notes);
        let mut builder = Builder::default();
        builder.cut(&notes);
        builder.finish()
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The chunks, in order.
    pub fn chunks(&self) -> &[Arc<NoteChunk>] {
        &self.chunks
    }

    /// Every note, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Note> + Clone {
        self.chunks.iter().flat_map(|chunk| chunk.notes().iter())
    }

    /// The note a reference names, if it is still there.
    pub fn get(&self, reference: NoteRef) -> Option<&Note> {
        let chunk = self.chunks.get(self.chunk_index(reference))?;
        let index = chunk.notes.binary_search_by_key(&reference, Note::reference).ok()?;
        chunk.notes.get(index)
    }

    /// Whether both are the very same list: a cheap test for "nothing changed".
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.chunks, &other.chunks)
    }

    /// The place of the chunk that holds, or would hold, `reference`.
    pub fn chunk_index(&self, reference: NoteRef) -> usize {
        self.summaries.partition_point(|chunk| chunk.first <= reference).saturating_sub(1)
    }

    /// The chunks with notes that may sound within `range`; costs one look at each
    /// earlier chunk's end, not at its notes.
    pub fn chunks_in(&self, range: TickRange) -> impl Iterator<Item = &Arc<NoteChunk>> + Clone {
        let after = self.summaries.partition_point(|chunk| chunk.first.start < range.end());
        let before = self.summaries.get(..after).unwrap_or_default();
        let sounding = before.iter().zip(self.chunks.iter());
        sounding.filter(move |(chunk, _)| chunk.last_end >= range.start()).map(|(_, chunk)| chunk)
    }

    /// The notes that sound within `range`.
    pub fn sounding_in(&self, range: TickRange) -> impl Iterator<Item = &Note> + Clone {
        self.chunks_in(range)
            .flat_map(|chunk| chunk.notes().iter())
            .filter(move |note| note.start < range.end() && note.end() > range.start())
    }

    /// The first note whose onset is at `tick` or later.
    pub fn first_from(&self, tick: Tick) -> Option<&Note> {
        let at = self.chunks.partition_point(|chunk| chunk.last_start() < tick);
        let notes = self.chunks.get(at)?.notes();
        notes.get(notes.partition_point(|note| note.start < tick))
    }

    /// End of the note that ends last.
    pub fn last_end(&self) -> Tick {
        self.summaries.iter().map(|chunk| chunk.last_end).max().unwrap_or(Tick::ZERO)
    }

    /// The first onset and the end of the note that ends last; `None` when there are no notes.
    pub fn span(&self) -> Option<(Tick, Tick)> {
        Some((self.summaries.first()?.first.start, self.last_end()))
    }

    /// Lowest and highest key; `None` when there are no notes.
    pub fn keys(&self) -> Option<(u8, u8)> {
        (!self.is_empty()).then(|| ends(self.used_keys()))
    }

    /// The keys that the notes are on, a bit for each. Looks at chunks, not at notes.
    pub fn used_keys(&self) -> u128 {
        self.summaries.iter().fold(0, |used, chunk| used | chunk.used)
    }

    /// The largest id in use; `None` when there are no notes.
    pub fn last_id(&self) -> Option<u32> {
        self.iter().map(|note| note.id).max()
    }

    /// These notes less those that `remove` names, plus `insert`. Both are sorted here.
    /// Chunks that neither touches are shared; references that name nothing are ignored.
    /// Costs what the touched chunks hold, and a look at each other chunk.
    #[must_use]
    pub fn edited(&self, mut remove: Vec<NoteRef>, mut insert: Vec<Note>) -> Self {
        if remove.is_empty() && insert.is_empty() {
            return self.clone();
        }
        if !remove.is_sorted() {
            remove.sort_unstable();
        }
        sort(&mut insert);
        let (mut remove, mut insert) = (remove.as_slice(), insert.as_slice());
        let mut builder = Builder::with_capacity(self.chunks.len() + 1);
        let mut next = 0;
        while let Some(first) =
            remove.first().copied().into_iter().chain(insert.first().map(Note::reference)).min()
        {
            let at = self.chunk_index(first).max(next);
            let Some(chunk) = self.chunks.get(at) else { break };
            builder.share(self, next..at);
            // This chunk answers for every reference below the next chunk's first.
            let limit = self.summaries.get(at + 1).map(|next| next.first);
            let below = |reference: &NoteRef| limit.is_none_or(|limit| *reference < limit);
            let (removed, remove_rest) = remove.split_at(remove.partition_point(below));
            let (added, insert_rest) =
                insert.split_at(insert.partition_point(|note| below(&note.reference())));
            (remove, insert) = (remove_rest, insert_rest);
            builder.merge(chunk.notes(), removed, added);
            next = at + 1;
        }
        builder.pending.extend_from_slice(insert);
        builder.share(self, next..self.chunks.len());
        builder.finish()
    }
}

/// Chunks that are shared with other versions are counted in full.
impl HeapSize for Notes {
    fn heap_bytes(&self) -> usize {
        self.len * size_of::<Note>()
            + self.chunks.len()
                * (size_of::<NoteChunk>() + size_of::<Arc<NoteChunk>>() + size_of::<Summary>() + 32)
            + 32
    }
}

impl PartialEq for Notes {
    fn eq(&self, other: &Self) -> bool {
        if self.is_same(other) {
            return true;
        }
        let cut_alike = self.summaries.len() == other.summaries.len()
            && self.summaries.iter().zip(other.summaries.iter()).all(|(a, b)| a.len == b.len);
        if cut_alike {
            let mut pairs = self.chunks.iter().zip(other.chunks.iter());
            return pairs.all(|(a, b)| Arc::ptr_eq(a, b) || a.notes == b.notes);
        }
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl Eq for Notes {}

impl FromIterator<Note> for Notes {
    fn from_iter<I: IntoIterator<Item = Note>>(notes: I) -> Self {
        Self::new(notes.into_iter().collect())
    }
}

/// Lists chunks in order: old ones that are shared, new ones that are cut from what is pending.
#[derive(Default)]
struct Builder {
    chunks: Vec<Arc<NoteChunk>>,
    summaries: Vec<Summary>,
    /// Sorted notes behind the last chunk.
    pending: Vec<Note>,
}

/// Pending notes are cut before there are more: an edit of ten million notes needs no
/// second list of all of them.
const MOST_PENDING: usize = 64 * CHUNK_TARGET;

impl Builder {
    fn with_capacity(chunks: usize) -> Self {
        Self {
            chunks: Vec::with_capacity(chunks),
            summaries: Vec::with_capacity(chunks),
            pending: Vec::new(),
        }
    }

    fn share(&mut self, notes: &Notes, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        self.cut_pending();
        self.chunks.extend_from_slice(notes.chunks.get(range.clone()).unwrap_or_default());
        self.summaries.extend_from_slice(notes.summaries.get(range).unwrap_or_default());
    }

    /// Appends `notes` less what is removed, plus what is added; all are sorted. What lies
    /// between is copied in whole runs.
    fn merge(&mut self, notes: &[Note], removed: &[NoteRef], added: &[Note]) {
        let mut removed = removed.iter().peekable();
        let mut added = added.iter().peekable();
        self.pending.reserve(notes.len() + added.len());
        let mut run = 0;
        for (index, note) in notes.iter().enumerate() {
            let reference = note.reference();
            while removed.next_if(|removed| **removed < reference).is_some() {}
            let gone = removed.next_if_eq(&&reference).is_some();
            if gone || added.peek().is_some_and(|new| new.reference() < reference) {
                self.pending.extend_from_slice(notes.get(run..index).unwrap_or_default());
                while let Some(new) = added.next_if(|new| new.reference() < reference) {
                    self.pending.push(*new);
                }
                run = index + usize::from(gone);
            }
        }
        self.pending.extend_from_slice(notes.get(run..).unwrap_or_default());
        self.pending.extend(added);
        if self.pending.len() > MOST_PENDING {
            self.cut_pending();
        }
    }

    fn cut_pending(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        self.cut(&pending);
        self.pending = pending;
        self.pending.clear();
    }

    fn cut(&mut self, notes: &[Note]) {
        // Even pieces, so that a split never leaves a crumb behind.
        let whole = notes.len() <= 2 * CHUNK_TARGET;
        let pieces = if whole { 1 } else { notes.len().div_ceil(CHUNK_TARGET) };
        for piece in notes.chunks(notes.len().div_ceil(pieces).max(1)) {
            if let Some(chunk) = NoteChunk::new(piece.into()) {
                self.summaries.push(chunk.summary());
                self.chunks.push(chunk);
            }
        }
    }

    fn finish(mut self) -> Notes {
        self.cut_pending();
        let len = self.summaries.iter().map(|chunk| chunk.len as usize).sum();
        Notes { chunks: self.chunks.into(), summaries: self.summaries.into(), len }
    }
}

/// By reference. Edited lists are nearly sorted, which the stable sort is quick at.
fn sort(notes: &mut [Note]) {
    if !notes.is_sorted_by_key(Note::reference) {
        notes.sort_by_key(Note::reference);
    }
}

/// The lowest and the highest of some keys, a bit for each and at least one.
const fn ends(used: u128) -> (u8, u8) {
    (used.trailing_zeros() as u8, 127 - used.leading_zeros() as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Channel, Release};
    use proptest::prelude::*;

    fn note(start: u64, id: u32) -> Note {
        Note {
            start: Tick(start),
            length: 10,
            id,
            off_order: 0,
            key: (id % 128) as u8,
            velocity: 100,
            release: Release::DEFAULT,
            channel: Channel::new(0),
        }
    }

    #[test]
    fn a_note_takes_24_bytes() {
        assert_eq!(size_of::<Note>(), 24);
    }

    #[test]
    fn an_edit_shares_the_chunks_it_does_not_touch() {
        let before: Notes = (0..10_000).map(|i| note(i, i as u32)).collect();
        let after = before.edited(vec![NoteRef { start: Tick(5000), id: 5000 }], vec![]);
        let shared = after
            .chunks()
            .iter()
            .filter(|chunk| before.chunks().iter().any(|old| old.id() == chunk.id()))
            .count();
        assert_eq!((after.len(), shared), (9_999, before.chunks().len() - 1));
    }

    #[test]
    fn the_keys_in_use_are_those_of_the_notes() {
        let keys = [0, 60, 127, 60];
        let notes: Notes = keys.into_iter().map(|key| note(u64::from(key), key)).collect();
        assert_eq!(notes.used_keys(), 1 | 1 << 60 | 1 << 127);
        assert_eq!((notes.keys(), Notes::default().keys()), (Some((0, 127)), None));
        assert_eq!(notes.chunks()[0].keys(), (0, 127));
    }

    #[test]
    fn a_long_note_is_found_long_after_its_onset() {
        let mut notes: Vec<Note> = (0..5000).map(|i| note(i * 10, i as u32)).collect();
        notes[3].length = 1_000_000;
        let notes = Notes::new(notes);
        let range = TickRange::between(Tick(900_000), Tick(900_001));
        assert_eq!(notes.sounding_in(range).map(|note| note.id).collect::<Vec<_>>(), [3]);
    }

    proptest! {
        #[test]
        fn edits_equal_the_plain_form(
            starts in proptest::collection::vec(0u64..5000, 0..4000),
            new in proptest::collection::vec(0u64..6000, 0..200),
            every in 1usize..50,
        ) {
            let before: Vec<Note> =
                starts.iter().enumerate().map(|(i, &start)| note(start, i as u32)).collect();
            let inserted: Vec<Note> =
                new.iter().enumerate().map(|(i, &start)| note(start, 100_000 + i as u32)).collect();
            let removed: Vec<NoteRef> = before.iter().step_by(every).map(Note::reference).collect();
            let mut expected: Vec<Note> =
                before.iter().filter(|n| !removed.contains(&n.reference())).copied().collect();
            expected.extend(&inserted);
            expected.sort_by_key(Note::reference);
            let after = Notes::new(before).edited(removed, inserted);
            prop_assert_eq!(after.iter().copied().collect::<Vec<_>>(), expected.clone());
            prop_assert_eq!(after.len(), expected.len());
            // However a list is cut, it is equal to another of the same notes, and to no other.
            prop_assert_eq!(&after, &Notes::new(expected.clone()));
            if let Some(first) = expected.first() {
                let other = Note { velocity: first.velocity + 1, ..*first };
                prop_assert_ne!(&after, &after.edited(vec![first.reference()], vec![other]));
            }
            prop_assert!(after.chunks().iter().all(|chunk| chunk.notes().len() <= 2 * CHUNK_TARGET));
            for note in &expected {
                prop_assert_eq!(after.get(note.reference()), Some(note));
            }
        }
    }
}
