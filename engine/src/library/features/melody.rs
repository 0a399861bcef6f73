//! The melody of a song; `contour` has what it is searched by.

use super::sheet::{GRAINS, Sheet};
use bumpalo::Bump;
use std::hint::select_unpredictable;

/// Notes that begin within this of each other are a chord, in grains: a 64th.
pub const TOGETHER: u32 = GRAINS / 16;
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

/// The melody: the skyline, that is the highest note of each chord unless a higher one is
/// still sounding (Uitdenbogerd and Zobel, "Melodic matching techniques for large music
/// databases", 1999). Drums are left out.
#[expect(clippy::needless_bitwise_bool, reason = "a lazy operator is a branch")]
pub fn melody<'s>(sheet: &Sheet<'_>, arena: &'s Bump) -> &'s [MelodyNote] {
    let Some((first, marks)) = sheet.pitched.split_first() else { return &[] };
    let found = arena.alloc_slice_fill_copy(sheet.pitched.len(), MelodyNote { start: 0, key: 0 });
    let (mut n_found, mut last_end) = (1, first.end());
    let mut last = MelodyNote { start: first.start, key: first.key };
    // What a note is to the one before nobody can guess: the last note of the melody is written
    // each time, as it was or anew.
    for mark in marks {
        let since = mark.start - last.start;
        let is_chord = since <= TOGETHER;
        let sounds_on = mark.start + TOGETHER < last_end;
        let is_hidden = (mark.key < last.key) & sounds_on & (since < HIDDEN);
        let begins = !(is_chord | is_hidden);
        let leads = begins | (is_chord & (mark.key > last.key));
        if let Some(place) = found.get_mut(n_found - 1) {
            *place = last;
        }
        n_found += usize::from(begins);
        last.start = select_unpredictable(begins, mark.start, last.start);
        last.key = select_unpredictable(leads, mark.key, last.key);
        last_end = select_unpredictable(leads, mark.end(), last_end);
    }
    if let Some(place) = found.get_mut(n_found - 1) {
        *place = last;
    }
    found.get(..n_found).unwrap_or_default()
}

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

    /// The same note by note, as the rule is told.
    fn plain(sheet: &Sheet<'_>) -> Vec<MelodyNote> {
        let mut found: Vec<MelodyNote> = Vec::new();
        let mut last_end = 0;
        for mark in sheet.marks.iter().filter(|mark| !mark.is_drum()) {
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
                    found.push(MelodyNote { start: mark.start, key: mark.key });
                    last_end = mark.end();
                }
            }
        }
        found
    }

    proptest! {
        #[test]
        fn the_form_without_branches_is_the_rule(
            notes in prop::collection::vec((0u32..600, 1u32..60, 50u8..80, any::<bool>()), 0..90),
        ) {
            let of = |&(start, length, key, is_drum): &(u32, u32, u8, bool)| {
                let at = f64::from(start) / 24.0;
                if is_drum { drum(at, key) } else { note(at, f64::from(length) / 16.0, key) }
            };
            let mut notes: Vec<NoteEvent> = notes.iter().map(of).collect();
            let arena = Bump::new();
            let sheet = sheet(&mut notes, &arena);
            prop_assert_eq!(melody(&sheet, &arena), plain(&sheet));
        }
    }
}
