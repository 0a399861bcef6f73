//! How many notes sound at once.
//!
//! A count for each step costs less than to ask each note what sounds with it: that is a branch
//! that nobody can guess. Four counts are worked out at once, in the parts of one word.

use super::sheet::{GRAINS, Sheet};
use bumpalo::Bump;

/// Steps of a quarter: a legato overlap of less than half a step is not heard as a second voice.
const STEPS: u32 = 12;
const GRAINS_IN_STEP: u32 = GRAINS / STEPS;
/// One in each of the four parts of a word.
const EACH: u64 = u64::MAX / 0xFFFF;

/// Mean while anything sounds, and maximum; right where less than 32,768 notes begin or end in one
/// step.
pub fn polyphony(sheet: &Sheet<'_>, arena: &Bump) -> (f32, u16) {
    // How many more notes sound at each step than at the one before.
    let n_steps = step_of(sheet.last_end) as usize + 2;
    let steps = arena.alloc_slice_fill_copy(n_steps.div_ceil(8), [0_u16; 8]);
    let changes = steps.as_flattened_mut();
    let mut sum = 0_u64;
    for mark in sheet.marks {
        let start = step_of(mark.start);
        let stop = step_of(mark.end()).max(start + 1);
        sum += u64::from(stop - start);
        for (step, change) in [(start, 1), (stop, u16::MAX)] {
            if let Some(all) = changes.get_mut(step as usize) {
                *all = all.wrapping_add(change);
            }
        }
    }
    let mut now = 0_u64;
    for four in changes.as_chunks_mut::<4>().0 {
        let [a, b, c, d] = four.map(u64::from);
        let changes = a | b << 16 | c << 32 | d << 48;
        // What is less than nothing takes one from the part above it; the product then is the
        // sum of all parts up to each, which never is less than nothing.
        let changes = changes.wrapping_sub((changes >> 15 & EACH) << 16);
        let counts = changes.wrapping_add(now).wrapping_mul(EACH);
        now = counts >> 48;
        *four = [counts, counts >> 16, counts >> 32, now].map(|count| count as u16);
    }
    // Neither can overflow: no sheet has more than 26,000 times eight steps.
    let (mut most, mut sounding) = ([0_u16; 8], [0_u16; 8]);
    for eight in steps {
        for ((most, sounding), count) in most.iter_mut().zip(&mut sounding).zip(eight) {
            *most = (*most).max(*count);
            *sounding += u16::from(*count > 0);
        }
    }
    let sounding: u32 = sounding.into_iter().map(u32::from).sum();
    let max = most.into_iter().max().unwrap_or_default();
    ((sum as f64 / f64::from(sounding.max(1))) as f32, max)
}

const fn step_of(grain: u32) -> u32 {
    (grain + GRAINS_IN_STEP / 2) / GRAINS_IN_STEP
}

#[cfg(test)]
mod tests {
    use super::super::NoteEvent;
    use super::super::sheet::tests::{note, sheet};
    use super::*;
    use proptest::prelude::*;

    /// Polyphony by asking every step what sounds.
    fn plain(sheet: &Sheet<'_>) -> (f32, u16) {
        let sounds = |step: u32| {
            let sounding = sheet.marks.iter().filter(|mark| {
                let (begin, end) = (step_of(mark.start), step_of(mark.end()));
                begin <= step && step < end.max(begin + 1)
            });
            sounding.count()
        };
        let counts: Vec<usize> = (0..=step_of(sheet.last_end)).map(sounds).collect();
        let sounding = counts.iter().filter(|count| **count > 0).count().max(1);
        let mean = counts.iter().sum::<usize>() as f64 / sounding as f64;
        (mean as f32, counts.iter().max().copied().unwrap_or(0) as u16)
    }

    proptest! {
        #[test]
        fn what_is_counted_by_steps_is_what_sounds(
            notes in prop::collection::vec((0u32..200, 1u32..60, 40u8..80), 1..60),
            grid in 4u32..13,
        ) {
            let of = |&(start, length, key): &(u32, u32, u8)| {
                note(f64::from(start) / f64::from(grid), f64::from(length) / 16.0, key)
            };
            let mut notes: Vec<NoteEvent> = notes.iter().map(of).collect();
            let arena = Bump::new();
            let sheet = sheet(&mut notes, &arena);
            prop_assert_eq!(polyphony(&sheet, &arena), plain(&sheet));
        }
    }
}
