//! A small picture of a song's notes, for lists of results.
//!
//! The encoding, at most 244 bytes; nothing for a song without notes:
//!
//! | Byte | Holds |
//! |---|---|
//! | 0 | 1, the version |
//! | 1 | lowest pitch, outside the drums; 255 where only drums play |
//! | 2 | highest pitch |
//! | 3 | columns, 1..=80 |
//! | 4.. | three bytes a column, low byte first: bit 0 (lowest) to 20 are rows of pitches, 21 is set by bass drums, 22 by snares, toms and other drums, 23 by cymbals and hi-hats |
//!
//! Columns share the song evenly, from the first onset to the end of the last note; a column
//! is never shorter than a sixteenth. Up to 21 pitches have a row each, more share them evenly.

use super::sheet::{GRAINS, Mark, Sheet};

const VERSION: u8 = 1;
const HEADER: usize = 4;
/// Columns at most.
const COLUMNS: u32 = 80;
/// Rows of pitches.
const ROWS: u32 = 21;
/// Columns are at least this long, in grains.
const SHORTEST: u32 = GRAINS / 4;
const NO_PITCH: u8 = u8::MAX;

/// A decoded picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thumbnail {
    /// Lowest and highest pitch; none where only drums play.
    pub pitches: Option<(u8, u8)>,
    /// From left to right: bit 0 (lowest) to 20 are pitches, 21 to 23 drums.
    pub columns: Vec<u32>,
}

/// Draws a song.
pub fn thumbnail(sheet: &Sheet<'_>) -> Vec<u8> {
    let Some(start) = sheet.marks.first().map(|mark| mark.start) else { return Vec::new() };
    let (lowest, highest) = sheet.pitches.unwrap_or((NO_PITCH, 0));
    let end = sheet.last_end.max(start + 1);
    let n_columns = (end - start).div_ceil(SHORTEST).clamp(1, COLUMNS);
    // Columns and rows as fixed-point factors: a division for each note would cost as much
    // as all the rest. Neither product can leave its range: 2²² grains × 2⁸, 7 bits × 2²¹.
    let length = (end - start).div_ceil(n_columns).max(1);
    let per_grain = (1_u64 << 40) / u64::from(length) + 1;
    let column_of = |grain: u32| ((u64::from(grain - start) * per_grain) >> 40) as usize & 127;
    let span = u32::from(highest.saturating_sub(lowest)) + 1;
    let per_key = (ROWS.min(span) << 16).div_ceil(span);
    let row_of = |key: u8| ((u32::from(key.saturating_sub(lowest)) * per_key) >> 16).min(ROWS - 1);
    // As many as seven bits can tell, so that none is asked whether it is there.
    let mut columns = [0_u32; 128];
    // Every key's bit at once: there are fewer keys than notes, nearly always.
    let [mut pitched, mut drums] = [[0_u32; 128]; 2];
    for ((pitched, drum), key) in pitched.iter_mut().zip(&mut drums).zip(0..) {
        *pitched = 1 << row_of(key);
        *drum = 1 << drum_row(key);
    }
    for mark in sheet.pitched {
        let bit = pitched[usize::from(mark.key & 127)];
        let (first, last) = (column_of(mark.start), column_of(mark.end() - 1));
        // Most notes have one column or two, at random: both ends without asking which.
        columns[first] |= bit;
        columns[last] |= bit;
        if last > first + 1 {
            for column in columns.get_mut(first + 1..last).unwrap_or_default() {
                *column |= bit;
            }
        }
    }
    for mark in sheet.drums {
        columns[column_of(mark.start)] |= drums[usize::from(mark.key & 127)];
    }
    let columns = columns.get(..n_columns as usize).unwrap_or_default();
    let mut bytes = Vec::with_capacity(HEADER + columns.len() * 3);
    bytes.extend([VERSION, lowest, highest, n_columns as u8]);
    bytes.extend(columns.iter().flat_map(|column| {
        let [a, b, c, _] = column.to_le_bytes();
        [a, b, c]
    }));
    bytes
}

/// Which row a drum is drawn in.
const fn drum_row(key: u8) -> u32 {
    match key {
        35 | 36 => ROWS,
        42 | 44 | 46 | 49 | 51 | 52 | 53 | 55 | 57 | 59 | 69 | 70 | 80 | 81 | 82 => ROWS + 2,
        _ => ROWS + 1,
    }
}

impl Thumbnail {
    /// Reads what [`thumbnail`] wrote; `None` for anything else.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let [VERSION, lowest, highest, n_columns, columns @ ..] = bytes else { return None };
        let (columns, rest) = columns.as_chunks::<3>();
        if columns.len() != usize::from(*n_columns) || !rest.is_empty() {
            return None;
        }
        let columns = columns.iter().map(|&[a, b, c]| u32::from_le_bytes([a, b, c, 0]));
        let pitches = (*lowest != NO_PITCH).then_some((*lowest, *highest));
        Some(Self { pitches, columns: columns.collect() })
    }

    /// Rows that pitches use, from below: at least 1, at most 21; 0 where only drums play.
    pub fn rows(&self) -> u32 {
        self.pitches.map_or(0, |(low, high)| ROWS.min(u32::from(high.saturating_sub(low)) + 1))
    }

    /// Whether anything is drawn at a column and row.
    pub fn is_set(&self, column: usize, row: u32) -> bool {
        self.columns.get(column).is_some_and(|bits| bits.checked_shr(row).unwrap_or(0) & 1 == 1)
    }
}

/// The marks of a picture's notes must not be taken for more than they are.
const _: () = assert!(HEADER + COLUMNS as usize * 3 <= 256 && size_of::<Mark>() == 8);

#[cfg(test)]
mod tests {
    use super::super::NoteEvent;
    use super::super::sheet::tests::{drum, note, sheet};
    use super::*;
    use bumpalo::Bump;
    use proptest::prelude::*;

    fn drawn(mut notes: Vec<NoteEvent>) -> Vec<u8> {
        let arena = Bump::new();
        let sheet = sheet(&mut notes, &arena);
        thumbnail(&sheet)
    }

    #[test]
    fn a_scale_is_a_staircase() {
        let scale = (0..8).map(|step| note(2.0 + f64::from(step) / 4.0, 0.25, 60 + step));
        let picture = Thumbnail::decode(&drawn(scale.collect())).unwrap();
        assert_eq!(picture.pitches, Some((60, 67)));
        assert_eq!(picture.columns, [1, 2, 4, 8, 16, 32, 64, 128]);
        assert_eq!((picture.rows(), picture.is_set(3, 3), picture.is_set(3, 4)), (8, true, false));
    }

    #[test]
    fn wide_ranges_share_rows_and_held_notes_span_columns() {
        let picture = Thumbnail::decode(&drawn(vec![note(0.0, 1.0, 0), note(0.0, 0.5, 127)]));
        assert_eq!(picture.unwrap().columns, [1 | 1 << 20, 1 | 1 << 20, 1, 1]);
    }

    #[test]
    fn drums_have_three_rows_of_their_own() {
        let picture = Thumbnail::decode(&drawn(vec![drum(0.0, 36), drum(0.25, 38), drum(0.5, 42)]));
        let picture = picture.unwrap();
        assert_eq!((picture.pitches, picture.rows()), (None, 0));
        assert_eq!(picture.columns, [1 << 21, 1 << 22, 1 << 23]);
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        assert_eq!(drawn(Vec::new()), [0; 0]);
        for bytes in [&[][..], &[2, 0, 0, 0], &[1, 60, 60, 1, 0, 0], &[1, 60, 60, 0, 1]] {
            assert_eq!(Thumbnail::decode(bytes), None);
        }
    }

    proptest! {
        #[test]
        fn every_note_is_seen_and_no_picture_is_large(
            notes in prop::collection::vec((0u16..4000, 1u16..400, 0u8..128), 1..60),
        ) {
            let notes: Vec<NoteEvent> = notes.into_iter().map(|(start, length, key)| {
                note(f64::from(start) / 7.0, f64::from(length) / 7.0, key)
            }).collect();
            let bytes = drawn(notes.clone());
            prop_assert!(bytes.len() <= 256);
            let picture = Thumbnail::decode(&bytes).unwrap();
            let low = notes.iter().map(|note| note.key).min();
            let high = notes.iter().map(|note| note.key).max();
            prop_assert_eq!(picture.pitches, low.zip(high));
            // The outer rows are used, and nothing lies outside them.
            let seen = picture.columns.iter().fold(0, |seen, column| seen | column);
            prop_assert!(seen & 1 == 1 && seen >> (picture.rows() - 1) == 1, "{seen:b}");
        }
    }
}
