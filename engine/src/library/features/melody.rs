//! The melody of a song, and what it is searched by: runs of intervals.

use super::sheet::{GRAINS, Sheet};
use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;

/// Intervals in what a melody is searched by: six notes, fewer are in every song.
pub const NGRAM: usize = 5;
/// Bits that an interval takes: it is cut at 15 semitones up or down.
const BITS: u32 = 5;
const WIDEST: i32 = 15;
/// Notes that begin within this of each other are a chord, in grains: a 64th.
const TOGETHER: u32 = GRAINS / 16;
/// A lower note is no melody while a higher one sounds that began at most this long ago: a
/// half note, after which an accompaniment may have taken over.
const HIDDEN: u32 = GRAINS * 2;

/// A note of a melody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MelodyNote {
    /// When, in grains of 1/192 quarter.
    pub start: u32,
    /// Pitch, 0..=127.
    pub key: u8,
}

/// Five intervals in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ngram {
    /// The intervals, five bits each: whatever the key, tempo and rhythm.
    pub code: u32,
    /// Which note of the melody it begins with, counted from 0.
    pub note: u32,
}

/// The melody: the skyline, that is the highest note of each chord unless a higher one is
/// still sounding (Uitdenbogerd and Zobel, "Melodic matching techniques for large music
/// databases", 1999). Drums are left out.
pub fn melody<'s>(sheet: &Sheet<'_>, arena: &'s Bump) -> &'s [MelodyNote] {
    let mut found: ArenaVec<'s, MelodyNote> =
        ArenaVec::with_capacity_in(sheet.marks.len() / 2 + 1, arena);
    let mut last_end = 0;
    for mark in sheet.marks.iter().filter(|mark| !mark.is_drum()) {
        let next = MelodyNote { start: mark.start, key: mark.key };
        match found.last_mut() {
            Some(last) if mark.start - last.start <= TOGETHER => {
                if mark.key > last.key {
                    last.key = mark.key;
                    last_end = mark.end();
                }
            }
            Some(last)
                if mark.key < last.key
                    && mark.start + TOGETHER < last_end
                    && mark.start - last.start < HIDDEN => {}
            _ => {
                found.push(next);
                last_end = mark.end();
            }
        }
    }
    found.into_bump_slice()
}

/// What a melody is found by: each run of five intervals, with the note it begins with. The
/// same in every key and tempo. Runs that stand still (one pitch all along) are left out.
pub fn melody_ngrams(keys: impl IntoIterator<Item = u8>) -> impl Iterator<Item = Ngram> {
    let mut before: Option<u8> = None;
    let mut code = 0;
    let mut n_intervals = 0_u32;
    keys.into_iter().filter_map(move |key| {
        let interval = i32::from(key) - i32::from(before.replace(key)?);
        let cell = (interval.clamp(-WIDEST, WIDEST) + WIDEST + 1) as u32;
        code = (code << BITS | cell) & ((1 << (BITS * NGRAM as u32)) - 1);
        n_intervals += 1;
        let note = n_intervals.checked_sub(NGRAM as u32)?;
        (code != STILL).then_some(Ngram { code, note })
    })
}

/// The code of one pitch all along.
const STILL: u32 = {
    let mut code = 0;
    let mut index = 0;
    while index < NGRAM {
        code = code << BITS | (WIDEST as u32 + 1);
        index += 1;
    }
    code
};

#[cfg(test)]
mod tests {
    use super::super::NoteEvent;
    use super::super::sheet::tests::{drum, note, sheet};
    use super::*;
    use proptest::prelude::*;

    fn keys(notes: &mut [NoteEvent]) -> Vec<u8> {
        let arena = Bump::new();
        let sheet = sheet(notes, &arena);
        melody(&sheet, &arena).iter().map(|note| note.key).collect()
    }

    #[test]
    fn the_melody_lies_on_top() {
        let mut notes = vec![note(0.0, 4.0, 48), note(0.0, 1.0, 72), note(0.0, 1.0, 64)];
        notes.extend([note(1.0, 1.0, 74), note(1.5, 0.5, 60), note(2.0, 1.0, 76), drum(2.5, 100)]);
        assert_eq!(keys(&mut notes), [72, 74, 76]);
    }

    #[test]
    fn when_the_top_is_silent_another_voice_leads() {
        assert_eq!(
            keys(&mut [note(0.0, 1.0, 72), note(1.0, 1.0, 60), note(8.0, 1.0, 62)]),
            [72, 60, 62]
        );
    }

    #[test]
    fn an_ngram_is_six_notes() {
        let found: Vec<Ngram> = melody_ngrams([60, 62, 64, 65, 67, 69, 71]).collect();
        assert_eq!(found.iter().map(|it| it.note).collect::<Vec<_>>(), [0, 1]);
        assert_ne!(found[0].code, found[1].code);
        assert_eq!(melody_ngrams([60; 20]).count(), 0);
        assert_eq!(melody_ngrams([60, 62, 64]).count(), 0);
    }

    proptest! {
        #[test]
        fn ngrams_are_the_same_in_every_key(
            keys in prop::collection::vec(20u8..100, 0..40), by in 0u8..28,
        ) {
            let here: Vec<Ngram> = melody_ngrams(keys.iter().copied()).collect();
            let there: Vec<Ngram> = melody_ngrams(keys.iter().map(|key| key + by)).collect();
            prop_assert_eq!(here, there);
        }
    }
}
