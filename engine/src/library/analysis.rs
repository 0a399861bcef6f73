//! What a file declares and what its notes say, side by side.

use super::facts::declared;
use super::features::pulses::pulses;
use super::features::tempo::{Declared, choose};
use super::features::{BpmMethod, Sheet, infer_tempo, key_of_pulses, notes_of, timed};
use crate::model::KeySignature;
use crate::smf::{Song, key_name};
use crate::theory::Key;
use crate::time::Division;
use bumpalo::Bump;
use serde::Serialize;

/// Key and tempo of a file. Declared and inferred are never mixed: `bpm` and `key` are the
/// winners, the others are always told beside them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Analysis {
    /// Beats a minute; null where there are none.
    pub bpm: Option<f64>,
    /// Where `bpm` comes from.
    pub bpm_method: BpmMethod,
    /// 0..=1.
    pub bpm_confidence: f64,
    /// The declared tempo that lasts longest; null when the file declares none.
    pub bpm_declared: Option<f64>,
    /// What the notes alone say; null when they say nothing.
    pub bpm_inferred: Option<f64>,
    /// What else the notes may say, often half or double.
    pub bpm_alternatives: Vec<f64>,
    /// The key as it is written: `F#m`, `Eb`; null where there is none.
    pub key: Option<String>,
    /// The probability of the inferred key, 0..=1; null where none is inferred.
    pub key_confidence: Option<f64>,
    /// The first declared key; null when the file declares none.
    pub key_signature: Option<String>,
    /// The key that the notes alone are in.
    pub key_inferred: Option<String>,
}

/// Analyses a file that was read.
pub fn analyse(song: &Song<'_>) -> Analysis {
    let (played, arena) = (notes_of(song), Bump::new());
    let notes = timed(&played, &song.tempo_map());
    let declared = declared_tempo(song);
    let inferred = infer_tempo(&notes);
    let winner = choose(&notes, declared.as_ref(), || inferred.clone());
    let sheet = Sheet::of(song, &played, &arena);
    let key = key_of_pulses(pulses(&sheet, &arena), sheet.pulses);
    let key_inferred = key.as_ref().map(|it| key_name(it.key.signature(), it.key.minor));
    let key_signature = song.keys.first().map(|key| key_name(key.sharps, key.minor));
    let trusted = key_signature.clone().filter(|_| !is_default(&song.keys));
    Analysis {
        bpm: winner.bpm,
        bpm_method: winner.method,
        bpm_confidence: winner.confidence,
        bpm_declared: declared.map(|declared| declared.bpm),
        bpm_inferred: inferred.bpm,
        bpm_alternatives: inferred.alternatives,
        key: trusted.or_else(|| key_inferred.clone()).or_else(|| key_signature.clone()),
        key_confidence: key.map(|it| it.confidence),
        key_signature,
        key_inferred,
    }
}

/// A lone C major is what programs write that know nothing of keys.
pub(super) fn is_default(keys: &[KeySignature]) -> bool {
    matches!(keys, [only] if only.sharps == 0 && !only.minor)
}

/// The key that a signature stands for.
pub(super) fn key_of(signature: &KeySignature) -> Key {
    Key::of_signature(signature.sharps.clamp(-7, 7), signature.minor)
}

/// Of the declared tempi the one that lasts longest; `None` when no event says one, or when
/// the file counts in frames and has no beats.
fn declared_tempo(song: &Song<'_>) -> Option<Declared> {
    let Division::Ppq(ppq) = song.division else { return None };
    let bpm = declared(song, &song.tempo_map()).longest?;
    Some(Declared { bpm, ppq })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::smf::{Limits, read};

    /// A file of one track at 96 ticks a quarter.
    fn file(events: &[u8]) -> Vec<u8> {
        let mut bytes = b"MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk".to_vec();
        let length = events.len() as u32 + 4;
        bytes.extend(length.to_be_bytes());
        bytes.extend(events);
        bytes.extend([0, 0xFF, 0x2F, 0]);
        bytes
    }

    /// Quarters on the grid: C, F and G major chords, broken.
    fn notes() -> Vec<u8> {
        let keys = [60, 64, 67, 64, 65, 69, 72, 69, 67, 71, 74, 71, 60, 64, 67, 60];
        keys.iter().flat_map(|&key| [0, 0x90, key, 90, 0x60, 0x80, key, 0]).collect()
    }

    fn analysed(before: &[u8]) -> Analysis {
        let bytes = file(&[before, &notes()].concat());
        analyse(&read(&bytes, &Limits::default()).expect("healthy"))
    }

    #[test]
    fn declared_wins_where_the_notes_agree() {
        // 100 beats a minute, one flat.
        let found = analysed(&[0, 0xFF, 0x51, 3, 9, 0x27, 0xC0, 0, 0xFF, 0x59, 2, 0xFF, 0]);
        assert_eq!((found.bpm, found.bpm_method), (Some(100.0), BpmMethod::Declared));
        assert_eq!(found.bpm_declared, Some(100.0));
        assert_eq!(found.key.as_deref(), Some("F"));
        assert_eq!(found.key_signature.as_deref(), Some("F"));
        assert_eq!(found.key_inferred.as_deref(), Some("C"));
    }

    #[test]
    fn a_lone_c_major_ranks_after_what_the_notes_say() {
        let mut found = analysed(&[0, 0xFF, 0x59, 2, 0, 0]);
        assert_eq!(found.key, found.key_inferred);
        let silent = file(&[0, 0xFF, 0x59, 2, 0, 0]);
        found = analyse(&read(&silent, &Limits::default()).expect("healthy"));
        assert_eq!((found.key.as_deref(), found.key_inferred), (Some("C"), None));
    }

    #[test]
    fn without_a_tempo_event_none_is_declared() {
        let found = analysed(&[]);
        assert_eq!(found.bpm_declared, None);
        assert_eq!(found.bpm, found.bpm_inferred);
        let silent = analyse(&read(&file(&[]), &Limits::default()).expect("healthy"));
        assert_eq!((silent.bpm, silent.bpm_method), (None, BpmMethod::None));
        assert_eq!((silent.key, silent.key_confidence), (None, None));
    }

    #[test]
    fn of_several_tempi_the_longest_lasting_is_declared() {
        let tempo = |micros: u32| {
            let [_, a, b, c] = micros.to_be_bytes();
            [0, 0xFF, 0x51, 3, a, b, c]
        };
        let events = [&tempo(1_000_000)[..], &notes()[..8], &tempo(400_000), &notes()].concat();
        let found = analyse(&read(&file(&events), &Limits::default()).expect("healthy"));
        assert_eq!(found.bpm_declared, Some(150.0));
    }
}
