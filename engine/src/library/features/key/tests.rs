//! Small songs whose key is known.

use super::*;
use crate::smf::key_name;
use proptest::prelude::*;

fn note(start: f64, secs: f64, key: u8) -> NoteEvent {
    NoteEvent {
        start_secs: start,
        end_secs: start + secs,
        tick: (start * 960.0) as u64,
        ticks: (secs * 960.0) as u32,
        key,
        velocity: 90,
        channel: 0,
        program: 0,
    }
}

/// One chord a second: a bass note an octave down and three notes.
fn chords(start: f64, chords: &[[u8; 3]]) -> Vec<NoteEvent> {
    let mut notes = Vec::new();
    for (index, chord) in chords.iter().enumerate() {
        let at = start + index as f64;
        notes.push(note(at, 1.0, chord[0] - 12));
        notes.extend(chord.iter().map(|&key| note(at, 1.0, key)));
    }
    notes
}

/// I IV V I.
fn major_cadence(tonic: u8) -> [[u8; 3]; 4] {
    let triad = |root: u8| [root, root + 4, root + 7];
    [triad(tonic), triad(tonic + 5), triad(tonic + 7), triad(tonic)]
}

/// i iv V i.
fn minor_cadence(tonic: u8) -> [[u8; 3]; 4] {
    let minor = |root: u8| [root, root + 3, root + 7];
    [minor(tonic), minor(tonic + 5), [tonic + 7, tonic + 11, tonic + 14], minor(tonic)]
}

fn name(key: Key) -> String {
    key_name(key.signature(), key.minor)
}

#[test]
fn a_cadence_is_in_its_key() {
    let major = infer_key(&chords(0.0, &major_cadence(63))).expect("a key");
    assert_eq!(name(major.key), "Eb");
    let minor = infer_key(&chords(0.0, &minor_cadence(54))).expect("a key");
    assert_eq!(name(minor.key), "F#m");
    assert!(minor.confidence > 0.5, "{minor:?}");
    assert_eq!(minor.candidates[0], (minor.key, minor.confidence));
}

#[test]
fn silence_drums_and_single_pitches_have_no_key() {
    assert_eq!(infer_key(&[]), None);
    let mut drums = chords(0.0, &major_cadence(60));
    for hit in &mut drums {
        hit.channel = crate::library::features::notes::DRUM_CHANNEL;
    }
    assert_eq!(infer_key(&drums), None);
    assert_eq!(infer_key(&[note(0.0, 1.0, 60), note(1.0, 1.0, 67)]), None);
    let chromatic: Vec<NoteEvent> = (60..72).map(|key| note(0.0, 1.0, key)).collect();
    assert_eq!(infer_key(&chromatic), None);
    assert_eq!(infer_key(&[note(0.0, 0.0, 60), note(f64::NAN, 1.0, 64)]), None);
}

#[test]
fn drums_do_not_colour_the_key() {
    let mut notes = chords(0.0, &major_cadence(60));
    let plain = infer_key(&notes);
    for beat in 0..40 {
        let channel = crate::library::features::notes::DRUM_CHANNEL;
        notes.push(NoteEvent { channel, ..note(f64::from(beat) * 0.1, 0.1, 37) });
    }
    assert_eq!(infer_key(&notes), plain);
}

#[test]
fn a_modulation_is_a_passage_of_its_own() {
    let mut notes = Vec::new();
    for repeat in 0..12 {
        let tonic = if repeat < 6 { 60 } else { 62 };
        notes.extend(chords(f64::from(repeat) * 4.0, &major_cadence(tonic)));
    }
    let passages = infer_key(&notes).expect("a key").passages;
    let names: Vec<String> = passages.iter().map(|passage| name(passage.key)).collect();
    assert_eq!(names, ["C", "D"]);
    assert!((32..=64).contains(&passages[1].start_quarters), "{passages:?}");
}

#[test]
fn a_note_of_a_day_costs_no_more_than_a_short_one() {
    let mut notes = chords(0.0, &major_cadence(60));
    notes.push(note(0.0, 1e9, 60));
    assert!(infer_key(&notes).is_some());
}

proptest! {
    #[test]
    fn transposing_the_notes_transposes_the_key(
        keys in proptest::collection::vec((48u8..72, 1u8..8), 8..80),
        by in 1u8..12,
    ) {
        let at = |shift: u8| -> Vec<NoteEvent> {
            let mut start = 0.0;
            let mut notes = Vec::new();
            for &(key, length) in &keys {
                notes.push(note(start, f64::from(length) * 0.25, key + shift));
                start += 0.25;
            }
            notes
        };
        let (before, after) = (infer_key(&at(0)), infer_key(&at(by)));
        prop_assert_eq!(before.is_some(), after.is_some());
        if let (Some(before), Some(after)) = (before, after) {
            // Two keys of the very same score may change places.
            let clear = before.candidates[0].1 - before.candidates[1].1 > 1e-6;
            prop_assert!((before.confidence - after.confidence).abs() < 1e-6);
            prop_assert!(!clear || before.key.transposed(i32::from(by)) == after.key);
        }
    }

    #[test]
    fn the_order_of_the_notes_does_not_matter(
        keys in proptest::collection::vec((40u8..80, 0u8..60, 1u8..8), 3..60),
    ) {
        let notes: Vec<NoteEvent> = keys
            .iter()
            .map(|&(key, start, length)| note(f64::from(start), f64::from(length), key))
            .collect();
        let reversed: Vec<NoteEvent> = notes.iter().rev().copied().collect();
        let (one, other) = (infer_key(&notes), infer_key(&reversed));
        prop_assert_eq!(one.is_some(), other.is_some());
        if let (Some(one), Some(other)) = (one, other) {
            prop_assert!((one.confidence - other.confidence).abs() < 1e-6);
        }
    }
}
