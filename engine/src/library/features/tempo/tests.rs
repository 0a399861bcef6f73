//! Small rhythms whose tempo is known.

use super::*;
use proptest::prelude::*;

fn note(start_secs: f64, secs: f64, key: u8, velocity: u8) -> NoteEvent {
    NoteEvent {
        start_secs,
        end_secs: start_secs + secs,
        tick: (start_secs * 960.0).round() as u64,
        ticks: (secs * 960.0) as u32,
        key,
        velocity,
        channel: 0,
        program: 0,
    }
}

/// Bars of four beats: a low note on the first, chords on the others, eighths above.
fn march(bpm: f64, bars: u32) -> Vec<NoteEvent> {
    let beat = 60.0 / bpm;
    let mut notes = Vec::new();
    for index in 0..bars * 4 {
        let at = f64::from(index) * beat;
        let low = if index % 4 == 0 { 36 } else { 43 };
        notes.push(note(at, beat * 0.9, low, 100));
        notes.extend([60, 64, 67].map(|key| note(at, beat * 0.9, key, 90)));
        notes.push(note(at, beat * 0.5, 72, 95));
        notes.push(note(at + beat * 0.5, beat * 0.4, 74, 60));
    }
    notes
}

fn octaves_off(found: f64, expected: f64) -> f64 {
    (found / expected).log2()
}

#[test]
fn a_march_keeps_its_time() {
    for bpm in [72.0, 96.0, 120.0] {
        let found = infer_tempo(&march(bpm, 24));
        let off = octaves_off(found.bpm.expect("a tempo"), bpm);
        assert!(off.abs() < 0.06, "{bpm}: {found:?}");
        assert_eq!(found.method, BpmMethod::Onsets);
        assert!((0.0..=1.0).contains(&found.confidence), "{found:?}");
    }
}

#[test]
fn without_notes_there_is_no_tempo() {
    assert_eq!(infer_tempo(&[]), BpmDetectionResult::default());
    assert_eq!(detect_bpm_from_onsets(&[]).bpm, None);
    assert_eq!(detect_bpm_from_onsets(&[0.0, 0.5, 1.0]).method, BpmMethod::None);
    let silent: Vec<NoteEvent> = (0..40).map(|at| note(f64::from(at), 0.5, 60, 0)).collect();
    assert_eq!(infer_tempo(&silent).bpm, None);
}

#[test]
fn even_onsets_have_their_own_tempo_or_an_octave_of_it() {
    let onsets: Vec<f64> = (0..200).map(|index| f64::from(index) * 0.5).collect();
    let off = octaves_off(detect_bpm_from_onsets(&onsets).bpm.expect("a tempo"), 120.0);
    assert!((off - off.round()).abs() < 0.06, "{off}");
}

#[test]
fn a_declared_tempo_that_the_notes_fit_wins() {
    // 960 ticks a second are 480 a quarter at 120.
    let declared = Declared { bpm: 120.0, ppq: 480 };
    let found = detect_bpm_hybrid(&march(120.0, 16), Some(&declared));
    assert_eq!((found.bpm, found.method), (Some(120.0), BpmMethod::Declared));
    assert!(found.confidence > 0.9);
}

#[test]
fn a_declared_tempo_that_the_notes_contradict_loses() {
    let declared = Declared { bpm: 120.0, ppq: 480 };
    let found = detect_bpm_hybrid(&march(87.3, 24), Some(&declared));
    assert_eq!(found.method, BpmMethod::Onsets);
    let off = octaves_off(found.bpm.expect("a tempo"), 87.3);
    assert!((off - off.round()).abs() < 0.06, "{found:?}");
}

#[test]
fn a_declared_tempo_without_notes_stands() {
    let found = detect_bpm_hybrid(&[], Some(&Declared { bpm: 90.0, ppq: 96 }));
    assert_eq!((found.bpm, found.method), (Some(90.0), BpmMethod::Declared));
    assert_eq!(detect_bpm_hybrid(&[], None).bpm, None);
}

#[test]
fn odd_times_do_no_harm() {
    let mut notes = march(100.0, 8);
    notes.push(note(1e12, 1.0, 60, 90));
    notes.push(note(f64::NAN, 1.0, 60, 90));
    notes.push(note(2.0, -5.0, 60, 90));
    assert!(infer_tempo(&notes).bpm.is_some());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn playing_faster_is_heard_as_faster(bpm in 70.0f64..110.0, faster in 1.0f64..1.3) {
        let found = |bpm| infer_tempo(&march(bpm, 16)).bpm.expect("a tempo");
        let off = octaves_off(found(bpm * faster), found(bpm) * faster);
        // It may be counted at another level, but it is the same pulse.
        prop_assert!((off - off.round()).abs() < 0.06, "{off}");
    }

    #[test]
    fn transposing_leaves_the_tempo(by in 1u8..20) {
        let notes = march(93.0, 12);
        let mut higher = notes.clone();
        for note in &mut higher {
            note.key += by;
        }
        let (one, other) = (infer_tempo(&notes).bpm, infer_tempo(&higher).bpm);
        let off = octaves_off(other.expect("a tempo"), one.expect("a tempo"));
        prop_assert!(off.abs() < 1e-6, "{off}");
    }
}

#[test]
fn beats_are_likelier_than_what_lies_between_them() {
    let accents = accents::accents(&march(96.0, 24));
    let mean_of = |parity: usize| {
        let odds: Vec<f64> =
            accents.iter().skip(parity).step_by(2).map(|accent| accent.log_odds).collect();
        odds.iter().sum::<f64>() / odds.len() as f64
    };
    assert_eq!(accents.len(), 24 * 8);
    let (on, between) = (mean_of(0), mean_of(1));
    assert!(on > between + 1.0, "{on} {between}");
}

#[test]
fn the_network_hears_sixty_three_onsets_and_no_more() {
    let hints = |last: f32| {
        let mut hints = vec![[0.5; hints::N_HINTS]; 65];
        hints[64][3] = last;
        hints
    };
    let (one, other) = (network::log_odds(&hints(0.0)), network::log_odds(&hints(2.0)));
    assert_eq!(one.len(), 65);
    assert!((one[32] - other[32]).abs() > 0.0, "{} {}", one[32], other[32]);
    assert_eq!(one[31].to_bits(), other[31].to_bits());
    assert!(network::log_odds(&[]).is_empty());
}

#[test]
fn hints_tell_a_bass_from_what_lies_over_it() {
    let mut notes = Vec::new();
    for beat in 0..16 {
        let at = f64::from(beat) * 0.5;
        notes.push(note(at, 0.4, 36, 100));
        notes.push(note(at + 0.25, 0.2, 60, 70));
    }
    let hints = hints::hints(&crate::library::features::onsets::groups(&notes));
    let (bass, above) = (hints[8], hints[9]);
    // To the next and from the last onset: a quarter of a second.
    assert_eq!([bass[0], bass[1], above[0], above[1]], [-2.0; 4]);
    assert!(bass[3] > 0.5 && above[3] < -0.5, "louder: {} {}", bass[3], above[3]);
    assert!(bass[4] < -0.5 && above[4] > 0.5, "lower: {} {}", bass[4], above[4]);
    // The next as low: the next bass for a bass, and for what lies over it as well.
    assert_eq!([bass[8], above[8]], [-1.0, -2.0]);
}

#[test]
fn drums_alone_have_a_tempo() {
    let mut notes = march(110.0, 16);
    for note in &mut notes {
        note.channel = 9;
    }
    let off = octaves_off(infer_tempo(&notes).bpm.expect("a tempo"), 110.0);
    assert!((off - off.round()).abs() < 0.06, "{off}");
}
