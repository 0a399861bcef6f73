//! How notes swing: where offbeats lie between beats.
//!
//! A pair is a quarter that holds an onset at its start, one later on, and no other, with an onset
//! at the start of the next quarter. The same is counted in eighths, for swung sixteenths.
//! Onsets are irregular by nature: they are marked as bits, a quarter in three words, without a
//! branch, and quarters are looked at in the end.

use super::sheet::{GRAINS, Mark};
use bumpalo::Bump;

/// Fewer pairs say nothing.
const FEWEST_PAIRS: u32 = 8;
/// What begins this little early, in grains, belongs to the quarter that it begins.
const EARLY: u32 = GRAINS / 12;
/// The first places of a quarter, early ones and as many late ones; the last third of it may hold
/// an offbeat in just as many, counted from 5/12 on.
const QUARTER_BEGINS: u64 = (1 << (2 * EARLY + 1)) - 1;
/// The same of an eighth.
const EIGHTH_BEGINS: u64 = (1 << (EARLY + 1)) - 1;

/// The longer part of the pairs by the shorter one, mean of all, in quarters or in eighths,
/// whichever are more; `None` for fewer than eight. Marks may come in any order; none begins after
/// `last_end`.
pub fn swing(marks: &[Mark], last_end: u32, arena: &Bump) -> Option<f32> {
    // One quarter more, in which nothing begins.
    let n_quarters = (last_end + EARLY) / GRAINS + 2;
    let quarters = arena.alloc_slice_fill_copy(n_quarters as usize, [0_u64; 3]);
    let bits = quarters.as_flattened_mut();
    for mark in marks {
        let place = mark.start + EARLY;
        if let Some(word) = bits.get_mut((place / 64) as usize) {
            *word |= 1 << (place % 64);
        }
    }
    let (mut in_quarters, mut in_eighths) = (Pairs::default(), Pairs::default());
    for pair in quarters.windows(2) {
        let &[[a, b, c], [next, ..]] = pair else { continue };
        in_quarters.hear(Unit {
            begins: a & QUARTER_BEGINS,
            offbeat: u128::from(b >> 32) | u128::from(c & QUARTER_BEGINS) << 32,
            others: a & !QUARTER_BEGINS | b << 32 | c & !QUARTER_BEGINS,
            next: next & QUARTER_BEGINS,
        });
        // Halves of a quarter are early by half as much.
        const LATER: u32 = EARLY / 2;
        let [a, b, c] = [(a, b), (b, c), (c, next)].map(|(a, b)| a >> LATER | b << (64 - LATER));
        let second = b >> 32 | c << 32;
        in_eighths.hear(Unit::eighth(a, b & u64::from(u32::MAX), second));
        in_eighths.hear(Unit::eighth(second, c >> 32, next >> LATER));
    }
    let (quarters, eighths) = (in_quarters.sums(GRAINS), in_eighths.sums(GRAINS / 2));
    let (count, long, short) = if eighths.0 > quarters.0 { eighths } else { quarters };
    (count >= FEWEST_PAIRS).then(|| long as f32 / short as f32)
}

/// The onsets of a quarter or an eighth, a bit for each place.
#[derive(Clone, Copy)]
struct Unit {
    /// Those that begin it.
    begins: u64,
    /// Those from 5/12 to 9/12 of it.
    offbeat: u128,
    /// All others.
    others: u64,
    /// Those that begin the next one.
    next: u64,
}

impl Unit {
    /// An eighth of 64 places and 32 more.
    const fn eighth(head: u64, tail: u64, next: u64) -> Self {
        Self {
            begins: head & EIGHTH_BEGINS,
            offbeat: (head >> 48 | (tail & EIGHTH_BEGINS) << 16) as u128,
            others: (head & !EIGHTH_BEGINS) << 16 | tail & !EIGHTH_BEGINS,
            next: next & EIGHTH_BEGINS,
        }
    }
}

/// Pairs of onsets: how many, and the sum of the places of their second ones after 5/12.
#[derive(Clone, Copy, Default)]
struct Pairs {
    count: u32,
    places: u64,
}

impl Pairs {
    #[inline]
    fn hear(&mut self, unit: Unit) {
        let Unit { begins, offbeat, others, next } = unit;
        // Long, short, and the next long one: a triplet goes on otherwise.
        if others != 0 || begins == 0 || next == 0 || !offbeat.is_power_of_two() {
            return;
        }
        self.count += 1;
        self.places += u64::from(offbeat.trailing_zeros());
    }

    /// How many pairs there are, and the sums of their longer and shorter parts.
    fn sums(self, unit: u32) -> (u32, u64, u64) {
        let count = u64::from(self.count);
        let long = count * u64::from(unit * 5 / 12) + self.places;
        (self.count, long, count * u64::from(unit) - long)
    }
}

#[cfg(test)]
mod tests {
    use super::super::NoteEvent;
    use super::super::sheet::tests::{note, sheet};
    use super::*;
    use proptest::prelude::*;

    fn swing_of(mut notes: Vec<NoteEvent>) -> Option<f32> {
        let arena = Bump::new();
        let sheet = sheet(&mut notes, &arena);
        swing(sheet.marks, sheet.last_end, &arena)
    }

    fn pairs(offbeat: f64, unit: f64) -> Option<f32> {
        let at = |pair: i32| f64::from(pair) * unit;
        let both = |pair| [note(at(pair), 0.2, 60), note(at(pair) + offbeat, 0.2, 62)];
        swing_of((0..12).flat_map(both).collect())
    }

    #[test]
    fn swing_is_one_when_straight_and_two_in_triplets() {
        assert_eq!(pairs(0.5, 1.0), Some(1.0));
        assert!((pairs(2.0 / 3.0, 1.0).unwrap() - 2.0).abs() < 0.02);
        assert!((pairs(0.6, 1.0).unwrap() - 1.5).abs() < 0.03);
        // Sixteenths, swung.
        assert!((pairs(1.0 / 3.0, 0.5).unwrap() - 2.0).abs() < 0.02);
        // Full triplets do not swing, and a dotted rhythm lies past it.
        let triplets = (0..36).map(|third| note(f64::from(third) / 3.0, 0.2, 60));
        assert_eq!(swing_of(triplets.collect()), None);
    }

    /// Pairs in units of so many grains, unit by unit as the rule is told: count, long, short.
    fn plain_pairs(starts: &[u32], unit: u32) -> (u32, u64, u64) {
        let early = unit / 12;
        let places = |index: u32| -> Vec<u32> {
            let own = starts.iter().filter(|start| (**start + early) / unit == index);
            own.map(|start| ((start + early) % unit).saturating_sub(early)).collect()
        };
        let begins = |places: &[u32]| places.first().is_some_and(|place| *place <= early);
        let n_units = starts.last().map_or(0, |last| (last + early) / unit + 1);
        (0..n_units).fold((0, 0, 0), |(count, long, short), index| {
            let (own, next) = (places(index), places(index + 1));
            let later: Vec<u32> = own.iter().copied().filter(|place| *place > early).collect();
            match later[..] {
                [offbeat]
                    if begins(&own)
                        && begins(&next)
                        && offbeat * 12 >= unit * 5
                        && offbeat * 12 <= unit * 9 =>
                {
                    (count + 1, long + u64::from(offbeat), short + u64::from(unit - offbeat))
                }
                _ => (count, long, short),
            }
        })
    }

    proptest! {
        #[test]
        fn what_is_counted_by_bits_is_what_the_rules_say(
            places in prop::collection::vec(0u32..200, 1..90), grid in 4u32..13,
        ) {
            let of = |&place: &u32| note(f64::from(place) / f64::from(grid), 0.2, 60);
            let mut notes: Vec<NoteEvent> = places.iter().map(of).collect();
            let arena = Bump::new();
            let sheet = sheet(&mut notes, &arena);
            let mut starts: Vec<u32> = sheet.marks.iter().map(|mark| mark.start).collect();
            starts.dedup();
            let both = [plain_pairs(&starts, GRAINS), plain_pairs(&starts, GRAINS / 2)];
            let (count, long, short) = if both[1].0 > both[0].0 { both[1] } else { both[0] };
            let expected = (count >= FEWEST_PAIRS).then(|| long as f32 / short as f32);
            prop_assert_eq!(swing(sheet.marks, sheet.last_end, &arena), expected);
        }
    }
}
