//! What the notes of a file are like, in figures. Formulas: docs/library.md.

use super::NoteEvent;
use super::phases::Phases;
use super::sheet::{GRAINS, Mark, Sheet};
use crate::library::row::NoteFacts;
use bumpalo::Bump;
use std::hint::select_unpredictable;

/// Steps of a quarter in which polyphony is counted: a legato overlap of less than half a
/// step is not heard as a second voice.
const STEPS: u32 = 12;
const GRAINS_IN_STEP: u32 = GRAINS / STEPS;
/// Between a sixteenth, an eighth, a quarter, a half and a whole: the geometric means, in
/// grains and hundredths (48 × √2, and so on, rounded).
const CLASS_ENDS: [u16; 4] = [68, 136, 272, 543];
/// Fewer pairs say nothing about swing.
const FEWEST_PAIRS: u32 = 8;

/// The figures of notes that come by onset.
pub fn note_facts(
    notes: &[NoteEvent],
    sheet: &Sheet<'_>,
    phases: &Phases,
    arena: &Bump,
) -> NoteFacts {
    let Some(first) = notes.first() else { return NoteFacts::default() };
    let loudness = Loudness::of(notes);
    let secs = (loudness.end_secs - first.start_secs).max(1e-3);
    let (mean, max) = polyphony(sheet, arena);
    let (lowest, highest) = sheet.pitches.unzip();
    NoteFacts {
        lowest,
        highest,
        density: (notes.len() as f64 / secs) as f32,
        polyphony_mean: mean,
        polyphony_max: max,
        velocity_min: loudness.min,
        velocity_mean: loudness.mean,
        velocity_max: loudness.max,
        velocity_deviation: loudness.deviation,
        length_classes: if sheet.has_beats { length_classes(sheet.marks) } else { [0.0; 5] },
        swing: sheet
            .has_beats
            .then(|| swing(sheet.marks.iter().copied(), sheet.last_end, arena))
            .flatten(),
        off_grid: if sheet.has_beats { phases.off_grid() } else { 0.0 },
    }
}

/// Where the second of two notes in a quarter lies, as the first's length by the second's; of
/// quarters that hold an onset at their start, one later on, and no other, with an onset at the
/// start of the next quarter. The same is counted in eighths, for swung sixteenths, and the one
/// with more pairs wins. The mean of all pairs; `None` for fewer than eight. Marks come by onset;
/// none begins after `last_end`.
pub fn swing(marks: impl Iterator<Item = Mark>, last_end: u32, arena: &Bump) -> Option<f32> {
    let mut quarters = Pairs::<GRAINS>::new(last_end, arena);
    let mut eighths = Pairs::<{ GRAINS / 2 }>::new(last_end, arena);
    let mut before = u32::MAX;
    for mark in marks {
        let is_new = mark.start != before;
        before = mark.start;
        quarters.hear(mark.start, is_new);
        eighths.hear(mark.start, is_new);
    }
    let (quarters, eighths) = (quarters.count(), eighths.count());
    let (count, long, short) = if eighths.0 > quarters.0 { eighths } else { quarters };
    (count >= FEWEST_PAIRS).then(|| long as f32 / short as f32)
}

/// Pairs of onsets in units of so many grains. Onsets are irregular by nature: they are added to
/// their units without a branch, and units are looked at in the end.
struct Pairs<'s, const UNIT: u32> {
    /// For each unit [`Self::BEGINS`] where an onset stands at its start; otherwise the number of
    /// later onsets in the upper half and the sum of their places in the lower.
    units: &'s mut [u32],
}

impl<'s, const UNIT: u32> Pairs<'s, UNIT> {
    /// What begins a little early belongs to the unit that it begins.
    const EARLY: u32 = UNIT / 12;
    const BEGINS: u32 = 1 << 31;
    const ONE: u32 = 1 << 16;

    fn new(last_end: u32, arena: &'s Bump) -> Self {
        let n_units = (last_end + Self::EARLY) / UNIT + 1;
        Self { units: arena.alloc_slice_fill_copy(n_units as usize, 0) }
    }

    #[inline]
    fn hear(&mut self, start: u32, is_new: bool) {
        let place = start + Self::EARLY;
        let Some(unit) = self.units.get_mut((place / UNIT) as usize) else { return };
        let phase = (place % UNIT).saturating_sub(Self::EARLY);
        let is_later = phase > Self::EARLY;
        let begins = select_unpredictable(is_later, 0, Self::BEGINS);
        *unit = (*unit + select_unpredictable(is_later && is_new, Self::ONE + phase, 0)) | begins;
    }

    /// How many pairs there are, and the sums of their longer and shorter parts.
    fn count(&self) -> (u32, u64, u64) {
        let (mut count, mut long) = (0, 0);
        for pair in self.units.windows(2) {
            let &[unit, next] = pair else { continue };
            // One offbeat, and it alone: its place is the sum.
            let offbeat = unit.wrapping_sub(Self::BEGINS + Self::ONE);
            // Long, short, and the next long one: a triplet goes on otherwise.
            let is_pair = offbeat < Self::ONE
                && offbeat * 12 >= UNIT * 5
                && offbeat * 12 <= UNIT * 9
                && next & Self::BEGINS != 0;
            count += u32::from(is_pair);
            long += u64::from(select_unpredictable(is_pair, offbeat, 0));
        }
        (count, long, u64::from(count) * u64::from(UNIT) - long)
    }
}

/// What one pass over the notes themselves adds up.
struct Loudness {
    end_secs: f64,
    min: u8,
    max: u8,
    mean: f32,
    deviation: f32,
}

impl Loudness {
    fn of(notes: &[NoteEvent]) -> Self {
        let mut counts = [0_u32; 128];
        let mut end_secs = f64::NEG_INFINITY;
        for note in notes {
            end_secs = if note.end_secs > end_secs { note.end_secs } else { end_secs };
            counts[usize::from(note.velocity & 127)] += 1;
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
        Self { end_secs, min, max, mean: mean as f32, deviation: variance.sqrt() as f32 }
    }
}

/// Mean while anything sounds, and maximum, of the notes that sound at once, by twelfths of a
/// quarter.
///
/// A count for each step costs less than to ask each note what sounds with it: that is a branch
/// that nobody can guess, and a step is four additions.
fn polyphony(sheet: &Sheet<'_>, arena: &Bump) -> (f32, u16) {
    let step_of = |grain: u32| (grain + GRAINS_IN_STEP / 2) / GRAINS_IN_STEP;
    let Some(origin) = sheet.marks.first().map(|mark| step_of(mark.start)) else {
        return (0.0, 0);
    };
    // How many more notes sound at each step than at the one before.
    let n_steps = (step_of(sheet.last_end) + 2 - origin) as usize;
    let changes = arena.alloc_slice_fill_copy(n_steps, 0_i32);
    let mut sum = 0_u64;
    for mark in sheet.marks {
        let start = step_of(mark.start) - origin;
        let stop = (step_of(mark.end()) - origin).max(start + 1);
        sum += u64::from(stop - start);
        for (step, change) in [(start, 1), (stop, -1)] {
            if let Some(all) = changes.get_mut(step as usize) {
                *all += change;
            }
        }
    }
    let (mut now, mut max, mut sounding) = (0, 0, 0_u32);
    for change in changes.iter() {
        now += change;
        max = max.max(now);
        sounding += u32::from(now > 0);
    }
    let mean = sum as f64 / f64::from(sounding.max(1));
    (mean as f32, u16::try_from(max).unwrap_or(u16::MAX))
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
    use super::super::sheet::tests::{drum, note, sheet};
    use super::*;
    use proptest::prelude::*;

    fn facts(mut notes: Vec<NoteEvent>) -> NoteFacts {
        let arena = Bump::new();
        let sheet = sheet(&mut notes, &arena);
        note_facts(&notes, &sheet, &Phases::of(sheet.marks), &arena)
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
            let marks = sheet.marks.iter().copied();
            prop_assert_eq!(swing(marks, sheet.last_end, &arena), expected);
        }
    }
}
