//! What sounds in each pulse of a song: chords and key are heard from this, not from the notes.

use super::sheet::{Mark, Sheet};
use crate::theory::PitchClass;
use bumpalo::Bump;
use std::hint::select_unpredictable;

/// A note is heard in this many pulses at most: what is held longer is a drone.
const LONGEST_PULSES: usize = 16;
/// What sounds in a pulse for less than this, in grains, only grazes it: a quarter of a
/// sixteenth.
const GRAZE: u32 = 12;
/// No key is this low a note.
pub(super) const SILENCE: u8 = u8::MAX;
/// Twelve pitch classes, and lanes that stay empty: sixteen make one vector.
pub(super) const LANES: usize = 16;

/// The bit of each lane.
pub(super) const BITS: [u16; LANES] = {
    let mut bits = [1; LANES];
    let mut lane = 1;
    while lane < bits.len() {
        bits[lane] = bits[lane - 1] << 1;
        lane += 1;
    }
    bits
};

/// What sounds in a pulse, or in several.
#[derive(Clone, Copy, Debug)]
pub struct Pulse {
    /// Grains by pitch class.
    pub(super) weights: [u16; LANES],
    /// The lowest key; [`SILENCE`] without any.
    pub(super) lowest: u8,
}

impl Pulse {
    pub(super) const SILENT: Self = Self { weights: [0; LANES], lowest: SILENCE };

    pub(super) fn add(&mut self, other: &Self) {
        for (weight, more) in self.weights.iter_mut().zip(&other.weights) {
            *weight = weight.saturating_add(*more);
        }
        // The bass of several pulses is that of the first that has one.
        if self.lowest == SILENCE {
            self.lowest = other.lowest;
        }
    }

    /// Hears a key for so many grains. Nobody can guess which notes only graze a pulse: nothing
    /// branches on it. (Of hundreds of notes on one key at once the sum is no time any more.)
    #[inline]
    fn hear(&mut self, class: usize, key: u8, grains: u32) {
        let weight = &mut self.weights[class % LANES];
        *weight = weight.wrapping_add(grains as u16);
        let bass = select_unpredictable(grains >= GRAZE, key, SILENCE);
        self.lowest = select_unpredictable(bass < self.lowest, bass, self.lowest);
    }

    pub(super) fn total(&self) -> u32 {
        self.weights.iter().map(|&weight| u32::from(weight)).sum()
    }

    /// Bit n is set when pitch class n has at least `least`.
    #[inline]
    pub(super) fn mask(&self, least: u32) -> u16 {
        let least = u16::try_from(least.max(1)).unwrap_or(u16::MAX);
        let lane = |lane: usize| if self.weights[lane] >= least { BITS[lane] } else { 0 };
        // Halved by hand, as a fold over sixteen is widened to half of one a word.
        let eight: [u16; 8] = std::array::from_fn(|at| lane(at) | lane(at + 8));
        let four: [u16; 4] = std::array::from_fn(|at| eight[at] | eight[at + 4]);
        (four[0] | four[2]) | (four[1] | four[3])
    }

    /// How much of it belongs to the pitch classes of `mask`.
    pub(super) fn inside(&self, mask: u16) -> u32 {
        let own = |(&weight, bit): (&u16, u16)| if mask & bit == 0 { 0 } else { weight };
        self.weights.iter().zip(BITS).map(own).map(u32::from).sum()
    }

    /// Whether no two pitch classes sound.
    pub(super) fn is_single(&self) -> bool {
        let mask = self.mask(1);
        mask & mask.wrapping_sub(1) == 0
    }

    pub(super) fn bass(&self) -> PitchClass {
        PitchClass::of(self.lowest)
    }
}

/// What sounds in each pulse of a sheet.
pub fn pulses<'s>(sheet: &Sheet<'_>, arena: &'s Bump) -> &'s [Pulse] {
    hear(sheet.pitched, sheet.pulses.get(1..).unwrap_or_default(), arena)
}

/// Time by pitch class for each of the pulses that end at `ends`, in order, the first beginning
/// at 0. A pulse that a note only grazes does not hear it, unless the note begins there.
pub(super) fn hear<'s>(pitched: &[Mark], ends: &[u32], arena: &'s Bump) -> &'s [Pulse] {
    // One more than there are: what sounds on from the last pulse is heard there, and forgotten.
    let heard = arena.alloc_slice_fill_copy(ends.len() + 1, Pulse::SILENT);
    lay(heard, pitched, ends);
    heard.get(..ends.len()).unwrap_or_default()
}

fn lay(mut heard: &mut [Pulse], pitched: &[Mark], mut ends: &[u32]) {
    let end_of = |ends: &[u32], pulse: usize| ends.get(pulse).copied().unwrap_or(u32::MAX);
    let (mut first_end, mut second_end) = (end_of(ends, 0), end_of(ends, 1));
    for mark in pitched {
        while first_end <= mark.start {
            heard = heard.split_first_mut().map(|(_, later)| later).unwrap_or_default();
            ends = ends.get(1..).unwrap_or_default();
            (first_end, second_end) = (second_end, end_of(ends, 1));
        }
        let [one, two, later @ ..] = &mut *heard else { return };
        let (class, end) = (mark.class(), mark.end());
        // Half of all notes end in the first pulse, most others in the second: both hear it,
        // the second often for no time.
        one.hear(class, mark.key, end.min(first_end) - mark.start);
        let sounds = end.min(second_end).saturating_sub(first_end);
        let is_heard = sounds >= GRAZE;
        two.hear(class, mark.key, select_unpredictable(is_heard, sounds, 0));
        if end <= second_end || !is_heard {
            continue;
        }
        let mut from = second_end;
        let ends = ends.get(2..).unwrap_or_default();
        for (pulse, &to) in later.iter_mut().zip(ends).take(LONGEST_PULSES - 2) {
            let sounds = end.min(to) - from;
            if sounds < GRAZE {
                break;
            }
            pulse.hear(class, mark.key, sounds);
            if end <= to {
                break;
            }
            from = to;
        }
    }
}
