//! What the notes of a file are like, in figures. Formulas: docs/library.md.

use super::notes::PlayedNote;
use super::phases::Phases;
use super::sheet::{GRAINS, Mark, Sheet};
use crate::library::row::NoteFacts;
use bumpalo::Bump;

/// Steps of a quarter in which polyphony is counted: a legato overlap of less than half a
/// step is not heard as a second voice.
const STEPS: u32 = 12;
const GRAINS_IN_STEP: u32 = GRAINS / STEPS;
/// Between a sixteenth, an eighth, a quarter, a half and a whole: the geometric means, in
/// grains and hundredths (48 × √2, and so on, rounded).
const CLASS_ENDS: [u16; 4] = [68, 136, 272, 543];
/// Fewer pairs say nothing about swing.
const FEWEST_PAIRS: u32 = 8;

/// The figures of notes that come by onset, and so many seconds from the first onset to the end of
/// the last note.
pub fn note_facts(
    notes: &[PlayedNote],
    secs: f64,
    sheet: &Sheet<'_>,
    phases: &Phases,
    arena: &Bump,
) -> NoteFacts {
    if notes.is_empty() {
        return NoteFacts::default();
    }
    let loudness = Loudness::of(notes);
    let (mean, max) = polyphony(sheet, arena);
    let (lowest, highest) = sheet.pitches.unzip();
    NoteFacts {
        lowest,
        highest,
        density: (notes.len() as f64 / secs.max(1e-3)) as f32,
        polyphony_mean: mean,
        polyphony_max: max,
        velocity_min: loudness.min,
        velocity_mean: loudness.mean,
        velocity_max: loudness.max,
        velocity_deviation: loudness.deviation,
        length_classes: if sheet.has_beats { length_classes(sheet.marks) } else { [0.0; 5] },
        swing: sheet.has_beats.then(|| swing(sheet.marks, sheet.last_end, arena)).flatten(),
        off_grid: if sheet.has_beats { phases.off_grid() } else { 0.0 },
    }
}

/// Where the second of two notes in a quarter lies, as the first's length by the second's; of
/// quarters that hold an onset at their start, one later on, and no other, with an onset at the
/// start of the next quarter. The same is counted in eighths, for swung sixteenths, and the one
/// with more pairs wins. The mean of all pairs; `None` for fewer than eight. Marks come by onset;
/// none begins after `last_end`.
///
/// Onsets are irregular by nature: they are marked as bits, a quarter in three words, without a
/// branch, and quarters are looked at in the end.
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

/// What begins this little early, in grains, belongs to the quarter that it begins.
const EARLY: u32 = GRAINS / 12;
/// The first places of a quarter, early ones and as many late ones; the last third of it may hold
/// an offbeat in just as many, counted from 5/12 on.
const QUARTER_BEGINS: u64 = (1 << (2 * EARLY + 1)) - 1;
/// The same of an eighth.
const EIGHTH_BEGINS: u64 = (1 << (EARLY + 1)) - 1;

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

/// How hard keys are pressed.
struct Loudness {
    min: u8,
    max: u8,
    mean: f32,
    deviation: f32,
}

impl Loudness {
    fn of(notes: &[PlayedNote]) -> Self {
        let mut counts = [0_u32; 128];
        for note in notes {
            counts[usize::from(note.velocity())] += 1;
        }
        let (mut sum, mut squares) = (0_u64, 0_u64);
        for (&count, velocity) in counts.iter().zip(0_u32..) {
            sum += u64::from(count) * u64::from(velocity);
            squares += u64::from(count) * u64::from(velocity * velocity);
        }
        let min = counts.iter().position(|&count| count > 0).unwrap_or_default() as u8;
        let max = counts.iter().rposition(|&count| count > 0).unwrap_or_default() as u8;
        let n_notes = notes.len().max(1) as f64;
        let mean = sum as f64 / n_notes;
        let variance = (squares as f64 / n_notes - mean * mean).max(0.0);
        Self { min, max, mean: mean as f32, deviation: variance.sqrt() as f32 }
    }
}

/// Mean while anything sounds, and maximum, of the notes that sound at once, by twelfths of a
/// quarter; right where less than 32,768 begin or end in one of them.
///
/// A count for each step costs less than to ask each note what sounds with it: that is a branch
/// that nobody can guess. Four counts are worked out at once, in the parts of one word.
fn polyphony(sheet: &Sheet<'_>, arena: &Bump) -> (f32, u16) {
    /// One in each of the four parts.
    const EACH: u64 = u64::MAX / 0xFFFF;
    let step_of = |grain: u32| (grain + GRAINS_IN_STEP / 2) / GRAINS_IN_STEP;
    let Some(origin) = sheet.marks.first().map(|mark| step_of(mark.start)) else {
        return (0.0, 0);
    };
    // How many more notes sound at each step than at the one before.
    let n_steps = (step_of(sheet.last_end) + 2 - origin) as usize;
    let steps = arena.alloc_slice_fill_copy(n_steps.div_ceil(8), [0_u16; 8]);
    let changes = steps.as_flattened_mut();
    let mut sum = 0_u64;
    for mark in sheet.marks {
        let start = step_of(mark.start) - origin;
        let stop = (step_of(mark.end()) - origin).max(start + 1);
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
        // What is less than nothing takes one from the part above it; the product then is the sum
        // of all parts up to each, which never is less than nothing.
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

fn length_classes(marks: &[Mark]) -> [f32; 5] {
    let mut above = [0_u32; 4];
    for mark in marks {
        for (count, end) in above.iter_mut().zip(CLASS_ENDS) {
            *count += u32::from(mark.length > end);
        }
    }
    let all = marks.len() as u32;
    let [a, b, c, d] = above;
    [all - a, a - b, b - c, c - d, d].map(|count| count as f32 / all.max(1) as f32)
}

#[cfg(test)]
mod tests {
    use super::super::NoteEvent;
    use super::super::sheet::tests::{drum, note, played, sheet};
    use super::*;
    use proptest::prelude::*;

    fn facts(mut notes: Vec<NoteEvent>) -> NoteFacts {
        let arena = Bump::new();
        let sheet = sheet(&mut notes, &arena);
        let ends = notes.iter().map(|note| note.end_secs);
        let secs = ends.fold(0.0, f64::max) - notes.first().map_or(0.0, |note| note.start_secs);
        note_facts(&played(&notes), secs, &sheet, &Phases::of(sheet.marks), &arena)
    }

    #[test]
    fn a_chord_of_three_over_a_bass_is_four_voices() {
        let mut notes = vec![note(0.0, 4.0, 36)];
        notes.extend([60, 64, 67].map(|key| note(2.0, 2.0, key)));
        let found = facts(notes);
        assert_eq!((found.lowest, found.highest), (Some(36), Some(67)));
        assert_eq!((found.polyphony_max, found.polyphony_mean), (4, 2.5));
        // Four notes in four quarters of half a second.
        assert_eq!(found.density, 2.0);
        assert_eq!(found.length_classes, [0.0, 0.0, 0.0, 0.75, 0.25]);
        assert_eq!(found.off_grid, 0.0);
    }

    #[test]
    fn legato_is_one_voice_and_silence_counts_for_nothing() {
        let found = facts(vec![note(0.0, 1.02, 60), note(1.0, 1.0, 62), note(20.0, 1.0, 64)]);
        assert_eq!((found.polyphony_max, found.polyphony_mean), (1, 1.0));
    }

    #[test]
    fn drums_have_no_range() {
        let found = facts(vec![drum(0.0, 36), note(0.0, 1.0, 60)]);
        assert_eq!((found.lowest, found.highest), (Some(60), Some(60)));
        assert_eq!(facts(vec![drum(0.0, 36)]).lowest, None);
        assert_eq!(facts(Vec::new()), NoteFacts::default());
    }

    #[test]
    fn velocities_have_mean_and_deviation() {
        let at = |velocity| NoteEvent { velocity, ..note(0.0, 1.0, 60) };
        let found = facts(vec![at(60), at(100)]);
        assert_eq!((found.velocity_min, found.velocity_max), (60, 100));
        assert_eq!((found.velocity_mean, found.velocity_deviation), (80.0, 20.0));
    }

    fn pairs(offbeat: f64, unit: f64) -> Option<f32> {
        let at = |pair: i32| f64::from(pair) * unit;
        let both = |pair| [note(at(pair), 0.2, 60), note(at(pair) + offbeat, 0.2, 62)];
        facts((0..12).flat_map(both).collect()).swing
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
        assert_eq!(facts(triplets.collect()).swing, None);
    }

    /// Polyphony by asking every step what sounds.
    fn plain_polyphony(sheet: &Sheet<'_>) -> (f32, u16) {
        let step_of = |grain: u32| (grain + GRAINS_IN_STEP / 2) / GRAINS_IN_STEP;
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
        fn what_is_counted_by_steps_and_units_is_what_the_rules_say(
            notes in prop::collection::vec((0u32..200, 1u32..60, 40u8..80), 1..60),
            grid in 4u32..13,
        ) {
            let of = |&(start, length, key): &(u32, u32, u8)| {
                note(f64::from(start) / f64::from(grid), f64::from(length) / 16.0, key)
            };
            let mut notes: Vec<NoteEvent> = notes.iter().map(of).collect();
            let arena = Bump::new();
            let sheet = sheet(&mut notes, &arena);
            prop_assert_eq!(polyphony(&sheet, &arena), plain_polyphony(&sheet));
            let mut starts: Vec<u32> = sheet.marks.iter().map(|mark| mark.start).collect();
            starts.dedup();
            let both = [plain_pairs(&starts, GRAINS), plain_pairs(&starts, GRAINS / 2)];
            let (count, long, short) = if both[1].0 > both[0].0 { both[1] } else { both[0] };
            let expected = (count >= FEWEST_PAIRS).then(|| long as f32 / short as f32);
            prop_assert_eq!(swing(sheet.marks, sheet.last_end, &arena), expected);
        }
    }
}
