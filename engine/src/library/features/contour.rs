//! A melody as it is kept and searched: its intervals alone, so that key, tempo and rhythm make
//! no difference.
//!
//! An interval is a **cell** of five bits: 1 to 31 for −15 to 15 semitones, wider ones cut; 0
//! stands for none. A **run** of five cells is what the index of melodies goes by: 25 bits.

use super::melody::MelodyNote;

/// Intervals in a run, by which melodies are found: six notes, fewer are in every song.
pub const RUN: usize = 5;
/// The notes of a run.
pub const FEWEST_NOTES: usize = RUN + 1;
/// Notes of a melody that are kept. A quarter of an hour of melody: beyond it are recordings of
/// whole concerts, of which nobody knows a bar near the end, and each would take kilobytes.
pub const MOST_NOTES: usize = 2_048;
/// Bits of a cell, and the widest interval that has one of its own.
const BITS: usize = 5;
const WIDEST: i32 = 15;
const RUN_MASK: u32 = (1 << (BITS * RUN)) - 1;

/// The intervals of a melody, packed; empty where it has fewer than [`FEWEST_NOTES`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Contour(Vec<u8>);

impl Contour {
    /// Of the keys of a melody, at most [`MOST_NOTES`] of them.
    pub fn of(keys: impl IntoIterator<Item = u8>) -> Self {
        let mut packed = Vec::new();
        let (mut bits, mut held, mut notes) = (0_u32, 0, 0_usize);
        let mut before: Option<u8> = None;
        for key in keys.into_iter().take(MOST_NOTES) {
            notes += 1;
            let Some(last) = before.replace(key) else { continue };
            bits = bits << BITS | u32::from(cell(last, key));
            held += BITS;
            if held >= 8 {
                held -= 8;
                packed.push((bits >> held) as u8);
            }
        }
        if notes < FEWEST_NOTES {
            return Self::default();
        }
        if held > 0 {
            packed.push((bits << (8 - held)) as u8);
        }
        packed.shrink_to_fit();
        Self(packed)
    }

    /// Of a melody.
    pub fn of_melody(melody: &[MelodyNote]) -> Self {
        Self::of(melody.iter().map(|note| note.key))
    }

    /// As it is kept.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// What [`Self::bytes`] gave.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    /// Whether it is too short to be kept.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Its cells.
    pub fn cells(&self) -> Vec<u8> {
        let mut cells = Vec::new();
        unpack(&self.0, &mut cells);
        cells
    }
}

/// The cell of the interval between two keys.
pub fn cell(from: u8, to: u8) -> u8 {
    let interval = i32::from(to) - i32::from(from);
    (interval.clamp(-WIDEST, WIDEST) + WIDEST + 1) as u8
}

/// The cells of a contour's bytes, in place of what `cells` held.
pub fn unpack(bytes: &[u8], cells: &mut Vec<u8>) {
    cells.clear();
    let (mut bits, mut held) = (0_u32, 0);
    for byte in bytes {
        bits = bits << 8 | u32::from(*byte);
        held += 8;
        while held >= BITS {
            held -= BITS;
            let cell = (bits >> held) as u8 & 31;
            // What fills up the last byte is no interval.
            if cell == 0 {
                return;
            }
            cells.push(cell);
        }
    }
}

/// The runs of some cells, with the note that each begins with. Those that stand still (one
/// pitch all along) are left out: they are in every song, and no melody.
pub fn runs(cells: &[u8]) -> impl Iterator<Item = (usize, u32)> + '_ {
    let mut run = 0;
    cells.iter().enumerate().filter_map(move |(at, cell)| {
        run = (run << BITS | u32::from(*cell)) & RUN_MASK;
        let first = (at + 1).checked_sub(RUN)?;
        (run != STILL).then_some((first, run))
    })
}

/// Where in a melody a phrase begins, both as cells: the notes, from 0.
pub fn places<'c>(phrase: &'c [u8], melody: &'c [u8]) -> impl Iterator<Item = usize> + 'c {
    let windows = melody.windows(phrase.len().max(1)).enumerate();
    windows.filter(move |(_, window)| *window == phrase).map(|(at, _)| at)
}

/// The run of one pitch all along.
const STILL: u32 = {
    let mut run = 0;
    let mut index = 0;
    while index < RUN {
        run = run << BITS | (WIDEST as u32 + 1);
        index += 1;
    }
    run
};

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn runs_of(keys: &[u8]) -> Vec<(usize, u32)> {
        runs(&Contour::of(keys.iter().copied()).cells()).collect()
    }

    #[test]
    fn a_run_is_six_notes() {
        let found = runs_of(&[60, 62, 64, 65, 67, 69, 71]);
        assert_eq!(found.iter().map(|it| it.0).collect::<Vec<_>>(), [0, 1]);
        assert_ne!(found[0].1, found[1].1);
        assert_eq!((runs_of(&[60; 20]), runs_of(&[60, 62, 64, 65, 67])), (vec![], vec![]));
    }

    #[test]
    fn a_melody_is_kept_up_to_its_limit() {
        let keys = |n: usize| (0..n).map(|at| 60 + (at % 7) as u8);
        let whole = Contour::of(keys(MOST_NOTES));
        assert_eq!(whole.cells().len(), MOST_NOTES - 1);
        assert_eq!(Contour::of(keys(MOST_NOTES + 99)), whole);
        assert!(Contour::of(keys(5)).is_empty() && !Contour::of(keys(6)).is_empty());
    }

    #[test]
    fn a_phrase_is_found_wherever_it_begins() {
        let melody = Contour::of([60, 62, 64, 60, 62, 64, 67, 60, 62, 64, 60]).cells();
        let phrase = |keys: &[u8]| {
            let mut cells = Vec::new();
            let keys: Vec<u8> = keys.iter().copied().chain([0; 6]).collect();
            unpack(Contour::of(keys.clone()).bytes(), &mut cells);
            cells.truncate(keys.len() - 7);
            cells
        };
        assert_eq!(places(&phrase(&[70, 72, 74]), &melody).collect::<Vec<_>>(), [0, 3, 7]);
        assert_eq!(places(&phrase(&[70, 72, 76]), &melody).count(), 0);
    }

    proptest! {
        #[test]
        fn the_key_makes_no_difference_and_nothing_is_lost(
            keys in prop::collection::vec(30u8..90, 6..80), by in 0u8..30,
        ) {
            let here = Contour::of(keys.iter().copied());
            prop_assert_eq!(&here, &Contour::of(keys.iter().map(|key| key + by)));
            let cells = here.cells();
            prop_assert_eq!(cells.len(), keys.len() - 1);
            for (cell, pair) in cells.iter().zip(keys.windows(2)) {
                let interval = (i32::from(pair[1]) - i32::from(pair[0])).clamp(-15, 15);
                prop_assert_eq!(i32::from(*cell) - 16, interval);
            }
            prop_assert_eq!(Contour::from_bytes(here.bytes()), here);
        }
    }
}
