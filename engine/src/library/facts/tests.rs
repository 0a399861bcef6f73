use super::*;
use crate::library::features::{Thumbnail, notes_of};
use crate::library::row::key_text;
use crate::smf::{Limits, read};
use proptest::prelude::*;

/// A file of one track at 96 ticks a quarter.
fn file(events: &[u8]) -> Vec<u8> {
    let mut bytes = b"MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk".to_vec();
    bytes.extend((events.len() as u32 + 4).to_be_bytes());
    bytes.extend(events);
    bytes.extend([0, 0xFF, 0x2F, 0]);
    bytes
}

fn tempo(micros: u32) -> [u8; 7] {
    let [_, a, b, c] = micros.to_be_bytes();
    [0, 0xFF, 0x51, 3, a, b, c]
}

/// Two bars in quarters: D minor 7, G 7, C and C, broken, moved and with a velocity.
fn notes(up: u8, velocity: u8) -> Vec<u8> {
    let keys = [62, 65, 69, 72, 67, 71, 74, 65, 60, 64, 67, 72, 60, 64, 67, 60].map(|key| key + up);
    keys.iter().flat_map(|&key| [0, 0x90, key, velocity, 0x60, 0x80, key, 0]).collect()
}

fn facts(bytes: &[u8], path: &str, infer: InferTempo) -> Option<Facts> {
    let song = read(bytes, &Limits::SCAN).ok()?;
    let tags = TagTable::bundled();
    Some(facts_of(&song, &notes_of(&song), path.as_bytes(), &tags, infer, &Bump::new()))
}

fn of(events: &[&[u8]]) -> Facts {
    facts(&file(&events.concat()), "x.mid", InferTempo::Auto).expect("healthy")
}

#[test]
fn a_file_is_known_by_what_it_declares_what_it_sounds_and_its_name() {
    let title: &[u8] = &[0, 0xFF, 3, 4, b'S', b'o', b'n', b'g'];
    let meter: &[u8] = &[0, 0xFF, 0x58, 4, 4, 2, 24, 8];
    let key: &[u8] = &[0, 0xFF, 0x59, 2, 0xFF, 0];
    let bytes = file(&[title, meter, key, &tempo(600_000), &notes(0, 90)].concat());
    let found = facts(&bytes, "jazz/Loop_90_Gmin_x.mid", InferTempo::Auto).expect("healthy");
    assert_eq!((found.shape.note_ons, found.shape.bars, found.shape.ppq), (16, Some(4), Some(96)));
    assert_eq!((found.shape.duration_secs, found.shape.last_note_secs), (9.6, Some(9.6)));
    assert_eq!((found.bpm(), found.tempo.method), (Some(100.0), BpmMethod::Declared));
    assert_eq!((found.tempo.inferred, found.tempo.confidence), (None, 1.0));
    assert_eq!((found.key().map(key_text).as_deref(), found.meter), (Some("F"), Some((4, 4))));
    assert_eq!(found.key.inferred.map(key_text).as_deref(), Some("C"));
    assert_eq!(
        (found.named.bpm, found.named.key.map(key_text).as_deref()),
        (Some(90.0), Some("Gm"))
    );
    assert_eq!((found.text.title.as_str(), found.instruments.programs), ("Song", [1, 0]));
    assert_eq!(found.harmony.chords, "Dm7 G7 C");
    assert_eq!(found.tags, ["jazz", "loop", "monophonic", "piano"]);
}

#[test]
fn of_several_tempi_all_four_figures_are_told() {
    let found = of(&[
        &tempo(500_000),
        &notes(0, 90)[..8],
        &tempo(250_000),
        &notes(0, 90)[..8],
        &tempo(1_000_000),
        &notes(0, 90),
    ]);
    let TempoFacts { declared, first, min, max, .. } = found.tempo;
    assert_eq!((declared, first, min, max), (Some(60.0), Some(120.0), Some(60.0), Some(240.0)));
    let none = of(&[&notes(0, 90)[..32]]).tempo;
    assert_eq!((none.declared, none.first, none.method), (None, None, BpmMethod::None));
}

#[test]
fn the_tempo_is_inferred_where_it_is_asked_for_or_not_to_be_trusted() {
    let bytes = file(&[&tempo(600_000)[..], &notes(0, 90)].concat());
    let always = facts(&bytes, "x.mid", InferTempo::Always).expect("healthy").tempo;
    assert!(always.inferred.is_some());
    assert_eq!((always.declared, always.method), (Some(100.0), BpmMethod::Declared));
    assert!(of(&[&notes(0, 90)]).tempo.inferred.is_some());
}

#[test]
fn tempo_velocity_and_key_leave_the_prints_and_the_numerals() {
    let here = of(&[&tempo(600_000), &notes(0, 90)]);
    let signature: &[u8] = &[0, 0xFF, 0x59, 2, 2, 0];
    let there = of(&[&tempo(400_000), signature, &notes(2, 40)]);
    assert_eq!(here.prints.musical, there.prints.musical);
    assert_eq!(here.prints.version, there.prints.version);
    assert_eq!(here.harmony.numerals, "ii V I");
    assert_eq!(there.harmony.numerals, "ii V I");
    assert_eq!(there.harmony.chords, "Em7 A7 D");
    assert_eq!(there.key.inferred, here.key.inferred.map(|key| key.transposed(2)));
    assert_ne!(of(&[&notes(0, 90)[..120]]).prints.musical, here.prints.musical);
}

#[test]
fn silence_is_no_error() {
    let found = of(&[]);
    assert_eq!((found.shape.bars, found.bpm(), found.key()), (None, None, None));
    assert_eq!((found.prints.musical, found.thumbnail.len()), (0, 0));
    assert_eq!(found.tags, [""; 0]);
}

proptest! {
    #[test]
    fn whatever_can_be_read_can_be_analysed(
        changes in prop::collection::vec((0usize..220, any::<u8>()), 0..40), cut in 0usize..220,
    ) {
        let program: &[u8] = &[0, 0xC0, 73];
        let drums: Vec<u8> = notes(0, 70).iter().map(|&byte| match byte {
            0x80 | 0x90 => byte | 9,
            byte => byte,
        }).collect();
        let mut bytes = file(&[&tempo(500_000)[..], program, &notes(0, 90), &drums].concat());
        for (at, byte) in changes {
            if let Some(place) = bytes.get_mut(at + 14) {
                *place = byte;
            }
        }
        bytes.truncate(bytes.len() - cut.min(bytes.len()) / 2);
        if let Some(found) = facts(&bytes, "x.mid", InferTempo::Always) {
            prop_assert!(found.thumbnail.len() <= 256 && found.form.sections.len() <= 64);
            prop_assert_eq!(found.form.sections.len(), found.form.starts.len());
            let picture = Thumbnail::decode(&found.thumbnail);
            prop_assert_eq!(picture.is_some(), found.prints.musical != 0);
            prop_assert!(found.notes.density.is_finite() && found.notes.polyphony_mean.is_finite());
        }
    }
}
