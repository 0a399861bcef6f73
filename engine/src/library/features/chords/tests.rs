use super::super::NoteEvent;
use super::super::pulses::pulses;
use super::super::sheet::tests::{note, sheet, sheet_in};
use super::book::Book;
use super::*;
use crate::theory::PitchClass;
use bumpalo::Bump;
use proptest::prelude::*;

fn c(minor: bool) -> Key {
    Key { tonic: PitchClass::C, minor }
}

fn heard(notes: &mut [NoteEvent], key: Key) -> (String, String) {
    let arena = Bump::new();
    let sheet = sheet(notes, &arena);
    let found = harmony(sheet.bars, pulses(&sheet, &arena), Some(key));
    (found.chords, found.numerals)
}

/// Chords of so many quarters each.
fn blocks(chords: &[&[u8]], quarters: f64) -> Vec<NoteEvent> {
    let at = |index: usize| index as f64 * quarters;
    let chords = chords.iter().enumerate();
    chords
        .flat_map(|(index, keys)| keys.iter().map(move |&key| note(at(index), quarters, key)))
        .collect()
}

#[test]
fn the_book_names_what_theory_names() {
    for mask in 1_u16..1 << 12 {
        for bass in (0..12).filter(|bass| mask >> bass & 1 == 1) {
            let above = (0..12).filter(|class| mask >> class & 1 == 1).map(|class| class + 12);
            let expected = Chord::recognize(above.chain([bass]));
            let mut pulse = Pulse::SILENT;
            for (class, weight) in pulse.weights.iter_mut().enumerate() {
                *weight = mask >> class & 1;
            }
            pulse.lowest = bass;
            if let Some(expected) = expected {
                let pulse = Pulse { weights: pulse.weights.map(|w| w * 100), ..pulse };
                let fit = Book::get().fit(&pulse, pulse.total());
                // Chords of many notes give each less than a tenth of the time.
                if mask.count_ones() < 10 {
                    assert_eq!(fit.map(Named::chord), Some(expected), "{mask:b} over {bass}");
                }
            }
        }
    }
}

#[test]
fn a_cadence_is_named_and_counted() {
    let progression: [&[u8]; 4] =
        [&[50, 62, 65, 69, 72], &[43, 59, 62, 65], &[48, 60, 64, 67], &[48, 60, 64, 67]];
    let (chords, numerals) = heard(&mut blocks(&progression, 4.0), c(false));
    assert_eq!(chords, "Dm7 G7 C");
    assert_eq!(numerals, "ii V I");
}

#[test]
fn two_chords_in_half_a_bar_are_two_though_together_they_are_one() {
    // C and A minor together are C6.
    let (chords, _) = heard(&mut blocks(&[&[60, 64, 67], &[57, 60, 64]], 1.0), c(false));
    assert_eq!(chords, "C Am");
}

#[test]
fn a_broken_chord_is_one_chord() {
    let keys = [48, 55, 64, 55, 45, 52, 60, 52];
    let mut notes: Vec<NoteEvent> =
        keys.iter().enumerate().map(|(at, &key)| note(at as f64 / 2.0, 0.5, key)).collect();
    assert_eq!(heard(&mut notes, c(false)).0, "C Am");
    // A waltz: bass, chord, chord.
    let waltz = [(0.0, 48), (1.0, 64), (1.0, 67), (2.0, 64), (2.0, 67), (3.0, 43), (4.0, 59)];
    let mut notes: Vec<NoteEvent> = waltz.iter().map(|&(at, key)| note(at, 1.0, key)).collect();
    let arena = Bump::new();
    let sheet = sheet_in(&mut notes, 3, 2, &arena);
    let found = harmony(sheet.bars, pulses(&sheet, &arena), Some(c(false)));
    assert_eq!(found.chords, "C G");
}

#[test]
fn passing_notes_do_not_change_a_chord() {
    let mut notes = blocks(&[&[48, 60, 64, 67]], 4.0);
    notes.extend(
        [(0.0, 76), (0.25, 74), (0.5, 72), (0.75, 71)].map(|(at, key)| note(at, 0.25, key)),
    );
    assert_eq!(heard(&mut notes, c(false)).0, "C");
}

#[test]
fn a_chord_that_fills_up_is_one_and_goes_by_its_clearest_name() {
    let heard = |chords: &[&[u8]]| heard(&mut blocks(chords, 2.0), c(false)).0;
    assert_eq!(heard(&[&[48, 55], &[48, 60, 64, 67], &[52, 60, 64, 67, 71]]), "C");
    assert_eq!(heard(&[&[48, 60, 64, 67], &[48, 60, 64, 70], &[53, 60, 65, 69]]), "C C7 F");
    assert_eq!(heard(&[&[48, 60, 65, 67], &[48, 60, 64, 67]]), "Csus4 C");
}

#[test]
fn black_keys_are_written_as_the_key_has_them() {
    let in_key = |tonic| {
        let key = Key { tonic: PitchClass::new(tonic), minor: false };
        heard(&mut blocks(&[&[58, 62, 65], &[61, 65, 68]], 4.0), key).0
    };
    assert_eq!((in_key(0).as_str(), in_key(5).as_str()), ("Bb C#", "Bb Db"));
    assert_eq!(in_key(4), "A# C#");
}

#[test]
fn chords_of_every_kind_are_heard() {
    let names = |keys: &[u8]| heard(&mut blocks(&[keys], 4.0), c(false)).0;
    for (keys, expected) in [
        (&[52, 60, 67][..], "C/E"),
        (&[60, 65, 67], "Csus4"),
        (&[60, 64, 67, 74], "Cadd9"),
        (&[60, 63, 66, 69], "Cdim7"),
        (&[60, 64, 68], "Caug"),
        (&[48, 58, 64, 69, 74], "C13"),
        (&[54, 57, 60, 64], "F#m7b5"),
        (&[48, 52, 55, 58, 62, 65], "C11"),
        (&[60, 64], "C"),
        (&[60, 67], "C5"),
        (&[60, 72], ""),
    ] {
        assert_eq!(names(keys), expected, "{keys:?}");
    }
}

#[test]
fn minor_keys_count_by_natural_minor() {
    let progression: [&[u8]; 4] = [&[60, 63, 67], &[56, 60, 63], &[58, 62, 65], &[55, 59, 62]];
    let (_, numerals) = heard(&mut blocks(&progression, 2.0), c(true));
    assert_eq!(numerals, "i VI VII V");
}

#[test]
fn drums_and_silence_have_no_chords() {
    let drums = super::super::sheet::tests::drum;
    assert_eq!(heard(&mut [drums(0.0, 36), drums(0.0, 40), drums(0.0, 43)], c(false)).0, "");
    assert_eq!(heard(&mut [], c(false)).0, "");
}

proptest! {
    #[test]
    fn transposition_moves_the_chords_and_leaves_the_numerals(
        notes in prop::collection::vec((0u8..64, 1u8..9, 30u8..90), 1..80), by in 1i32..12,
        minor: bool,
    ) {
        let at = |up: i32| {
            let note = |&(start, length, key): &(u8, u8, u8)| {
                note(f64::from(start) / 4.0, f64::from(length) / 4.0, key + up as u8)
            };
            let mut notes: Vec<NoteEvent> = notes.iter().map(note).collect();
            let arena = Bump::new();
            let sheet = sheet(&mut notes, &arena);
            let mut found = Vec::new();
            let pulses = pulses(&sheet, &arena);
            chords(sheet.bars, pulses, |sounding| {
                found.push(sounding);
                ControlFlow::Continue(())
            });
            let numerals = harmony(sheet.bars, pulses, Some(c(minor).transposed(up))).numerals;
            (found, numerals)
        };
        let (here, there) = (at(0), at(by));
        let moved: Vec<Sounding> = here.0.iter().map(|it| Sounding {
            chord: it.chord.transposed(by), ..*it
        }).collect();
        prop_assert_eq!(moved, there.0);
        prop_assert_eq!(here.1, there.1);
    }
}
