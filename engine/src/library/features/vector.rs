//! Where a piece stands among all music, in 24 bytes, and how far it is from another.
//!
//! | Byte | Holds | Widest |
//! |---|---|---|
//! | 0..=11 | share of time of each degree, from the tonic of the inferred key up, a note in sixteen pulses at most, × 200 | 200 |
//! | 12 | tempo: 32 an octave above 30 beats a minute; 0 without one | 128 |
//! | 13 | notes a second: 24 an octave above a half | 144 |
//! | 14 | mean polyphony: 32 an octave above 1 | 128 |
//! | 15 | mean pitch of all but the drums | 127 |
//! | 16 | range in semitones | 127 |
//! | 17 | share of drums among the notes × 160 | 160 |
//! | 18 | mean length: 20 an octave above a 64th | 160 |
//! | 19 | swing: (ratio − 1) × 60 | 90 |
//! | 20 | mean distance from the grid × 1,200 (quarters) | 100 |
//! | 21 | standard deviation of the velocities × 2 | 100 |
//! | 22 | minor key: 60 | 60 |
//! | 23 | instruments: 12 a family, at most 10 of them | 120 |
//!
//! Near in all of them is near to the ear; how wide a byte is, is how much it counts. Key and
//! velocity move nothing but what they should: a transposed piece differs in byte 15 alone.

use super::pulses::{LANES, Pulse};
use super::sheet::{GRAINS, Sheet};
use crate::library::row::{Instruments, NoteFacts};
use crate::theory::{Key, PitchClass};

/// Bytes of a vector.
pub const LENGTH: usize = 24;

/// The vector of a piece; `heard` is what sounds in its pulses.
pub fn vector(
    sheet: &Sheet<'_>,
    heard: &[Pulse],
    notes: &NoteFacts,
    instruments: &Instruments,
    bpm: Option<f32>,
    key: Option<Key>,
) -> [u8; LENGTH] {
    let mut vector = [0; LENGTH];
    if sheet.marks.is_empty() {
        return vector;
    }
    let times = times(heard);
    let total: u64 = times.iter().map(|&time| u64::from(time)).sum();
    let tonic = key.map_or_else(|| loudest(&times), |key| key.tonic);
    let (degrees, rest) = vector.split_at_mut(12);
    for (place, up) in degrees.iter_mut().zip(0..) {
        let class = usize::from(tonic.transposed(up).index());
        let time = times.get(class).copied().unwrap_or_default();
        *place = scaled(time as f32 / total.max(1) as f32, 200.0, 200.0);
    }
    let n_marks = sheet.marks.len() as f32;
    let n_pitched = sheet.pitched.len();
    let range = notes.lowest.zip(notes.highest).map_or(0, |(low, high)| high.saturating_sub(low));
    let quarters = sheet.lengths as f32 / (n_marks * GRAINS as f32);
    let values = [
        bpm.map_or(0, |bpm| octaves(bpm / 30.0, 32.0, 128.0)),
        octaves(notes.density * 2.0, 24.0, 144.0),
        octaves(notes.polyphony_mean, 32.0, 128.0),
        scaled(sheet.keys as f32 / n_pitched.max(1) as f32, 1.0, 127.0),
        range,
        scaled(1.0 - n_pitched as f32 / n_marks, 160.0, 160.0),
        octaves(quarters * 16.0, 20.0, 160.0),
        notes.swing.map_or(0, |swing| scaled(swing - 1.0, 60.0, 90.0)),
        scaled(notes.off_grid, 1200.0, 100.0),
        scaled(notes.velocity_deviation, 2.0, 100.0),
        if key.is_some_and(|key| key.minor) { 60 } else { 0 },
        (instruments.families.count_ones() as u8).min(10) * 12,
    ];
    for (place, value) in rest.iter_mut().zip(values) {
        *place = value;
    }
    vector
}

/// How far two pieces are from each other: the sum of what their bytes differ by, 0..=6120.
#[inline]
pub fn distance(a: &[u8; LENGTH], b: &[u8; LENGTH]) -> u32 {
    // Bytes apart, without a branch: the compiler makes it one instruction for sixteen.
    a.iter().zip(b).map(|(a, b)| u32::from(a.abs_diff(*b))).sum()
}

/// Grains by pitch class.
fn times(heard: &[Pulse]) -> [u32; LANES] {
    let mut times = [0_u32; LANES];
    for pulse in heard {
        for (time, weight) in times.iter_mut().zip(pulse.weights) {
            *time = time.wrapping_add(u32::from(weight));
        }
    }
    times
}

/// Stands for the tonic where there is none.
fn loudest(times: &[u32; LANES]) -> PitchClass {
    let best = PitchClass::ALL.into_iter().zip(times).max_by_key(|(_, time)| **time);
    best.map_or(PitchClass::C, |(class, _)| class)
}

fn scaled(value: f32, by: f32, most: f32) -> u8 {
    (value * by).round().clamp(0.0, most) as u8
}

fn octaves(ratio: f32, each: f32, most: f32) -> u8 {
    if ratio > 1.0 { scaled(ratio.log2(), each, most) } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::super::NoteEvent;
    use super::super::instruments::instruments;
    use super::super::phases::Phases;
    use super::super::pulses::pulses;
    use super::super::sheet::tests::{drum, note, played, sheet};
    use super::super::stats::note_facts;
    use super::*;
    use bumpalo::Bump;
    use proptest::prelude::*;

    fn of(mut notes: Vec<NoteEvent>, bpm: f32, key: Option<Key>) -> [u8; LENGTH] {
        let arena = Bump::new();
        let sheet = sheet(&mut notes, &arena);
        let ends = notes.iter().map(|note| note.end_secs);
        let secs = ends.fold(0.0, f64::max) - notes.first().map_or(0.0, |note| note.start_secs);
        let notes = played(&notes);
        let facts = note_facts(&notes, secs, &sheet, &Phases::of(sheet.marks), &arena);
        let playing = instruments(&notes);
        vector(&sheet, pulses(&sheet, &arena), &facts, &playing, Some(bpm), key)
    }

    fn scale(from: u8) -> Vec<NoteEvent> {
        let steps = [0, 2, 4, 5, 7, 9, 11, 12];
        steps.iter().enumerate().map(|(at, up)| note(at as f64, 1.0, from + up)).collect()
    }

    #[test]
    fn silence_is_all_zero_and_a_scale_is_even() {
        assert_eq!(of(Vec::new(), 120.0, None), [0; LENGTH]);
        let c = Key { tonic: PitchClass::C, minor: false };
        let found = of(scale(60), 120.0, Some(c));
        assert_eq!(found[..12], [50, 0, 25, 0, 25, 25, 0, 25, 0, 25, 0, 25]);
        assert_eq!((found[12], found[13], found[14]), (64, 48, 0));
        assert_eq!((found[15], found[16], found[17], found[18]), (66, 12, 0, 80));
    }

    #[test]
    fn what_sounds_alike_is_nearer() {
        let c = Key { tonic: PitchClass::C, minor: false };
        let song = of(scale(60), 120.0, Some(c));
        let slower = of(scale(60), 110.0, Some(c));
        let beat = of((0..8).map(|beat| drum(f64::from(beat), 36)).collect(), 120.0, None);
        assert!(distance(&song, &slower) < 10);
        assert!(distance(&song, &beat) > 300);
    }

    proptest! {
        #[test]
        fn transposition_moves_only_the_mean_pitch(
            notes in prop::collection::vec((0u8..64, 1u8..9, 30u8..80), 1..60), by in 1u8..24,
        ) {
            let c = Key { tonic: PitchClass::C, minor: true };
            let at = |up: u8| {
                let note = |&(start, length, key): &(u8, u8, u8)| {
                    note(f64::from(start) / 4.0, f64::from(length) / 4.0, key + up)
                };
                of(notes.iter().map(note).collect(), 90.0, Some(c.transposed(i32::from(up))))
            };
            let (here, there) = (at(0), at(by));
            prop_assert_eq!(distance(&here, &there), u32::from(there[15] - here[15]));
        }

        #[test]
        fn distance_is_a_metric(a: [u8; LENGTH], b: [u8; LENGTH], c: [u8; LENGTH]) {
            prop_assert_eq!(distance(&a, &b), distance(&b, &a));
            prop_assert_eq!(distance(&a, &a), 0);
            prop_assert!(distance(&a, &c) <= distance(&a, &b) + distance(&b, &c));
        }
    }
}
