//! What the notes of a file are like, in figures. Formulas: docs/library.md.

use super::NoteEvent;
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
        swing: sheet.has_beats.then(|| swing(sheet.marks.iter().copied())).flatten(),
        off_grid: if sheet.has_beats { phases.off_grid() } else { 0.0 },
    }
}

/// Where the second of two notes in a quarter lies, as the first's length by the second's; of
/// quarters that hold an onset at their start, one later on, and no other, with an onset at the
/// start of the next quarter. The same is counted in eighths, for swung sixteenths, and the one with more pairs wins. The mean of
/// all pairs; `None` for fewer than eight.
pub fn swing(marks: impl Iterator<Item = Mark>) -> Option<f32> {
    let mut quarters = Pairs::<GRAINS>::default();
    let mut eighths = Pairs::<{ GRAINS / 2 }>::default();
    let mut before = u32::MAX;
    for mark in marks {
        if mark.start != before {
            before = mark.start;
            quarters.hear(mark.start);
            eighths.hear(mark.start);
        }
    }
    let (quarters, eighths) = (quarters.finish(), eighths.finish());
    let (count, long, short) = if eighths.0 > quarters.0 { eighths } else { quarters };
    (count >= FEWEST_PAIRS).then(|| long as f32 / short as f32)
}

/// Pairs of onsets in units of so many grains.
#[derive(Clone, Copy)]
struct Pairs<const UNIT: u32> {
    /// Where the unit that is being heard begins, moved by what is early, and where in it its
    /// off-beat is.
    start: u32,
    offbeat: u32,
    is_pair: bool,
    count: u32,
    long: u64,
    short: u64,
}

impl<const UNIT: u32> Default for Pairs<UNIT> {
    fn default() -> Self {
        // No onset lies in the unit that begins here.
        Self { start: 1 << 31, offbeat: 0, is_pair: false, count: 0, long: 0, short: 0 }
    }
}

impl<const UNIT: u32> Pairs<UNIT> {
    /// What begins a little early belongs to the unit that it begins.
    const EARLY: u32 = UNIT / 12;

    #[inline]
    fn hear(&mut self, start: u32) {
        let place = start.wrapping_add(Self::EARLY);
        let since = place.wrapping_sub(self.start);
        if since < UNIT {
            let phase = since.saturating_sub(Self::EARLY);
            if phase > Self::EARLY {
                let is_late = phase * 12 >= UNIT * 5 && phase * 12 <= UNIT * 9;
                self.is_pair &= is_late && self.offbeat == 0;
                self.offbeat = phase;
            }
            return;
        }
        // A division only after a gap: nearly always the next unit begins.
        let is_next = since < 2 * UNIT;
        let within = if is_next { since - UNIT } else { place % UNIT };
        self.start = place - within;
        let begins = within.saturating_sub(Self::EARLY) <= Self::EARLY;
        // Long, short, and the next long one: a triplet goes on otherwise.
        if is_next && begins && self.is_pair && self.offbeat > 0 {
            self.count += 1;
            self.long += u64::from(self.offbeat);
            self.short += u64::from(UNIT - self.offbeat);
        }
        self.offbeat = 0;
        self.is_pair = begins;
    }

    const fn finish(self) -> (u32, u64, u64) {
        (self.count, self.long, self.short)
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
        let (mut min, mut max, mut sum, mut squares) = (u8::MAX, 0, 0_u64, 0_u64);
        let mut end_secs = f64::NEG_INFINITY;
        for note in notes {
            end_secs = if note.end_secs > end_secs { note.end_secs } else { end_secs };
            let velocity = u32::from(note.velocity);
            min = min.min(note.velocity);
            max = max.max(note.velocity);
            sum += u64::from(velocity);
            squares += u64::from(velocity * velocity);
        }
        let n_notes = notes.len().max(1) as f64;
        let mean = sum as f64 / n_notes;
        let variance = (squares as f64 / n_notes - mean * mean).max(0.0);
        Self { end_secs, min, max, mean: mean as f32, deviation: variance.sqrt() as f32 }
    }
}

/// Mean while anything sounds, and maximum, of the notes that sound at once, by twelfths of a
/// quarter.
///
/// One pass over notes that come by onset: the mean is their lengths by the length of what they
/// cover together, and what sounds with a note are those before it less those that have ended.
fn polyphony(sheet: &Sheet<'_>, arena: &Bump) -> (f32, u16) {
    let step_of = |grain: u32| (grain + GRAINS_IN_STEP / 2) / GRAINS_IN_STEP;
    let Some(origin) = sheet.marks.first().map(|mark| step_of(mark.start)) else {
        return (0.0, 0);
    };
    // How many notes end at each step.
    let n_steps = (step_of(sheet.last_end) + 2 - origin) as usize;
    let ended = arena.alloc_slice_fill_copy(n_steps, 0_u32);
    let (mut now, mut max, mut sum, mut sounding) = (0_u32, 0_u32, 0_u64, 0_u64);
    let (mut heard, mut covered) = (0, 0);
    for mark in sheet.marks {
        let start = step_of(mark.start) - origin;
        let stop = (step_of(mark.end()) - origin).max(start + 1);
        sum += u64::from(stop - start);
        sounding += u64::from(stop.saturating_sub(covered.max(start)));
        covered = covered.max(stop);
        if let Some(count) = ended.get_mut(stop as usize) {
            *count += 1;
        }
        now += 1;
        if heard < start {
            let passed = ended.get(heard as usize + 1..=start as usize).unwrap_or_default();
            now -= passed.iter().sum::<u32>();
            heard = start;
        }
        max = max.max(now);
    }
    let mean = sum as f64 / sounding.max(1) as f64;
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
}
