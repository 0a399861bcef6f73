//! What the notes of a file are like, in figures. Formulas: docs/library.md.

use super::notes::PlayedNote;
use super::phases::Phases;
use super::polyphony::polyphony;
use super::sheet::{Mark, Sheet};
use super::swing::swing;
use crate::library::row::NoteFacts;
use bumpalo::Bump;

/// Between a sixteenth, an eighth, a quarter, a half and a whole: the geometric means, in
/// grains and hundredths (48 × √2, and so on, rounded).
const CLASS_ENDS: [u16; 4] = [68, 136, 272, 543];

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
}
