//! The melody of a song; `contour` has what it is searched by.

use super::sheet::{GRAINS, Sheet};
use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;

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

#[cfg(test)]
mod tests {
    use super::super::NoteEvent;
    use super::super::sheet::tests::{drum, note, sheet};
    use super::*;

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
}
