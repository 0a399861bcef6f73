//! Counting the facets that come from columns, for all wanted files of a block at once.
//!
//! A file is looked at once: one pass over the wanted bits, eight loads and five counters a
//! file. Lengths, bars and notes share one counter, and so do key and drums; they are told
//! apart at the end.

use super::block::{Columns, Histogram, class_place, feel_place};
use super::buckets::{DURATION_STEPS, Facet};
use super::set::{BLOCK, Bits};

const LONGEST: usize = DURATION_STEPS[DURATION_STEPS.len() - 1] as usize;
/// What the places of bars come after: none is 0.
const BARS: usize = 9;
const NOTES: usize = 8;

/// How many files have each value. Files in a row are mostly alike: counting them in turn in
/// two places lets the processor go on without waiting for the last sum.
#[derive(Clone, Debug, Default)]
pub(super) struct Counters {
    one: Turn,
    other: Turn,
}

#[derive(Clone, Debug)]
struct Turn {
    /// Length, bars, notes.
    shapes: [u32; 1_024],
    /// The key and four bits of drums.
    keys: [u32; 512],
    meters: [u32; 256],
    tempos: [u32; 128],
    years: [u32; 256],
}

impl Default for Turn {
    fn default() -> Self {
        Self {
            shapes: [0; 1_024],
            keys: [0; 512],
            meters: [0; 256],
            tempos: [0; 128],
            years: [0; 256],
        }
    }
}

/// The step of a length in whole seconds, up to the longest.
const DURATION_PLACES: [u8; LONGEST + 1] = {
    let mut places = [0; LONGEST + 1];
    let (mut secs, mut place) = (0, 0);
    while secs <= LONGEST {
        while place + 1 < DURATION_STEPS.len() && DURATION_STEPS[place + 1] as usize <= secs {
            place += 1;
        }
        places[secs] = place as u8;
        secs += 1;
    }
    places
};

/// The step of a number of notes by its length in bits: the steps are powers of four.
const NOTE_PLACES: [u8; 33] = {
    let mut places = [7; 33];
    places[0] = 0;
    let mut bits = 1;
    while bits < 15 {
        places[bits] = if bits < 5 { 1 } else { (bits as u8 - 1) / 2 };
        bits += 1;
    }
    places
};

/// The step of a number of bars, and 1, by the length in bits of the number less one: the steps
/// begin after powers of two. 0 less one has all 32.
const BAR_PLACES: [u8; 33] = {
    let mut places = [8; 33];
    let mut bits = 0;
    while bits < 7 {
        places[bits] = bits as u8 + 1;
        bits += 1;
    }
    places[32] = 0;
    places
};

const fn bits_in(number: u32) -> usize {
    (u32::BITS - number.leading_zeros()) as usize & 63
}

impl Counters {
    /// Counts the wanted files of a block.
    pub(super) fn count(&mut self, columns: &Columns, wanted: &Bits) {
        let Columns { bpm, bars, tracks: _, millis, notes, key, meter, drums, year } = columns;
        // Columns are as long as a block: said once, it need not be checked for each file.
        let (Some(bpm), Some(bars)) = (bpm.first_chunk::<BLOCK>(), bars.first_chunk::<BLOCK>())
        else {
            return;
        };
        let (Some(millis), Some(notes)) =
            (millis.first_chunk::<BLOCK>(), notes.first_chunk::<BLOCK>())
        else {
            return;
        };
        let (Some(key), Some(meter)) = (key.first_chunk::<BLOCK>(), meter.first_chunk::<BLOCK>())
        else {
            return;
        };
        let (Some(drums), Some(year)) = (drums.first_chunk::<BLOCK>(), year.first_chunk::<BLOCK>())
        else {
            return;
        };
        let Self { one, other } = self;
        let file = |turn: &mut Turn, at: u16| {
            let at = usize::from(at);
            let secs = (millis[at] / 1_000) as usize;
            let length = usize::from(DURATION_PLACES[secs.min(LONGEST)]);
            let bars =
                usize::from(BAR_PLACES[bits_in(u32::from(bars[at]).wrapping_sub(1)).min(32)]);
            let notes = usize::from(NOTE_PLACES[bits_in(notes[at]).min(32)]);
            turn.shapes[((length * BARS + bars) * NOTES + notes) & 1_023] += 1;
            let key = usize::from(key[at]) << 4 | usize::from(drums[at] & 15);
            turn.keys[key & 511] += 1;
            turn.meters[usize::from(meter[at])] += 1;
            // One that there is none of is told apart from the slowest.
            let tempo = usize::from(bpm[at] / 1_000) + usize::from(bpm[at] > 0);
            turn.tempos[tempo & 127] += 1;
            turn.years[usize::from(year[at])] += 1;
        };
        for (word, bits) in (0_u16..).zip(wanted) {
            let mut rest = *bits;
            while rest != 0 {
                file(one, word << 6 | rest.trailing_zeros() as u16);
                rest &= rest - 1;
                if rest == 0 {
                    break;
                }
                file(other, word << 6 | rest.trailing_zeros() as u16);
                rest &= rest - 1;
            }
        }
    }

    /// Adds what was counted to a histogram, or takes it away.
    pub(super) fn add_to(&self, to: &mut Histogram, takes_away: bool) {
        let mut add = |facet, place: Option<u32>, files: u32| {
            if let Some(place) = place.filter(|_| files > 0) {
                let files = if takes_away { files.wrapping_neg() } else { files };
                to.add_at(facet, place, files);
            }
        };
        for turn in [&self.one, &self.other] {
            for (at, files) in (0_u32..).zip(turn.shapes) {
                let (length, bars, notes) = (
                    at / (BARS * NOTES) as u32,
                    at / NOTES as u32 % BARS as u32,
                    at % NOTES as u32,
                );
                add(Facet::Duration, Some(length), files);
                add(Facet::Bars, bars.checked_sub(1), files);
                add(Facet::Notes, Some(notes), files);
            }
            for (at, files) in (0_u16..).zip(turn.keys) {
                add(Facet::Key, u32::from(at >> 4).checked_sub(1), files);
                add(Facet::DrumClass, class_place(at as u8 & 15), files);
                add(Facet::DrumFeel, feel_place(at as u8 & 15), files);
            }
            for (at, files) in (0_u32..).zip(turn.meters) {
                add(Facet::Meter, Some(at).filter(|it| *it > 0), files);
            }
            for (at, files) in (0_u32..).zip(turn.tempos) {
                add(Facet::Tempo, at.checked_sub(1), files);
            }
            for (at, files) in (0_u32..).zip(turn.years) {
                add(Facet::Year, at.checked_sub(1), files);
            }
        }
    }

    /// Adds what others have counted.
    pub(super) fn add(&mut self, other: &Self) {
        for (mine, more) in [(&mut self.one, &other.one), (&mut self.other, &other.other)] {
            let Turn { shapes, keys, meters, tempos, years } = mine;
            let sums = shapes.iter_mut().zip(&more.shapes);
            let sums = sums.chain(keys.iter_mut().zip(&more.keys));
            let sums = sums.chain(meters.iter_mut().zip(&more.meters));
            let sums = sums.chain(tempos.iter_mut().zip(&more.tempos));
            sums.chain(years.iter_mut().zip(&more.years)).for_each(|(mine, more)| *mine += more);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::block::{bars_place, duration_place, notes_place};
    use super::*;

    #[test]
    fn the_tables_say_what_the_steps_say() {
        for number in (0..70_000_u32).chain([u32::MAX, 1 << 31]) {
            let secs = DURATION_PLACES[(number as usize).min(LONGEST)];
            assert_eq!(Some(u32::from(secs)), duration_place(number.saturating_mul(1_000)));
            assert_eq!(Some(u32::from(NOTE_PLACES[bits_in(number)])), notes_place(number));
            if let Ok(bars) = u16::try_from(number) {
                let place = BAR_PLACES[bits_in(number.wrapping_sub(1))];
                assert_eq!(u32::from(place).checked_sub(1), bars_place(bars), "{number}");
            }
        }
    }
}
