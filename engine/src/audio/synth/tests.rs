use std::sync::Arc;

use super::*;
use crate::audio::soundfont::SoundFont;

fn synth() -> RustySynth {
    RustySynth::new(&SoundFont::built_in(), SynthConfig::default()).unwrap()
}

/// Renders and gives the peak.
fn peak(synth: &mut RustySynth, secs: f32) -> f32 {
    let frames = (secs * 48_000.0) as usize;
    let (mut left, mut right) = (vec![0.0; frames], vec![0.0; frames]);
    synth.render(&mut left, &mut right);
    left.iter().chain(&right).fold(0.0, |peak, sample| peak.max(sample.abs()))
}

/// What a channel plays for these messages, as a fingerprint.
fn heard(messages: &[(u8, u8, u8, u8)]) -> Vec<u32> {
    let mut synth = synth();
    for (channel, status, data1, data2) in messages {
        synth.message(*channel, *status, *data1, *data2);
    }
    let (mut left, mut right) = (vec![0.0; 2_048], vec![0.0; 2_048]);
    synth.render(&mut left, &mut right);
    left.iter().map(|sample| sample.to_bits()).collect()
}

#[test]
fn rendering_and_messages_do_not_allocate() {
    let mut synth = synth();
    let (mut left, mut right) = (vec![0.0; 256], vec![0.0; 256]);
    assert_no_alloc::assert_no_alloc(|| {
        for step in 0..200_u8 {
            let channel = step % 16;
            synth.message(channel, 0xB0, 0, step % 3);
            synth.message(channel, 0xC0, step % 128, 0);
            synth.message(channel, 0x90, 36 + step % 48, 100);
            synth.message(channel, 0xB0, [1, 7, 64, 66, 67, 121, 123][usize::from(step % 7)], step);
            synth.message(channel, 0xD0, step % 128, 0);
            synth.message(channel, 0x80, 36 + step.wrapping_sub(5) % 48, 0);
            synth.system_exclusive(&[0xF0, 0x41, 0x10, 0x42, 0x12, 0x40, 0x11, 0x15, 1, 0, 0xF7]);
            synth.render(&mut left, &mut right);
            assert!(synth.active_voices() > 0);
        }
        synth.all_sound_off();
        synth.reset();
    });
}

#[test]
fn a_note_is_heard_until_released_and_then_dies() {
    let mut synth = synth();
    assert_eq!(synth.active_voices(), 0);
    synth.message(0, 0xC0, 19, 0);
    synth.message(0, 0x90, 60, 100);
    assert!(peak(&mut synth, 0.5) > 0.001);
    assert_eq!(synth.active_voices(), 1);
    synth.message(0, 0x80, 60, 0);
    peak(&mut synth, 3.0);
    assert_eq!(peak(&mut synth, 0.1), 0.0);
    assert_eq!(synth.active_voices(), 0);
}

#[test]
fn sostenuto_holds_only_the_notes_that_were_down() {
    let mut synth = synth();
    synth.message(0, 0xC0, 19, 0);
    synth.message(0, 0x90, 60, 100);
    synth.message(0, 0xB0, 66, 127);
    synth.message(0, 0x80, 60, 0);
    peak(&mut synth, 3.0);
    assert!(peak(&mut synth, 0.1) > 0.001);
    synth.message(0, 0xB0, 66, 0);
    synth.message(0, 0x90, 62, 100);
    synth.message(0, 0x80, 62, 0);
    peak(&mut synth, 3.0);
    assert_eq!(peak(&mut synth, 0.1), 0.0);
}

#[test]
fn an_unknown_bank_falls_back_to_general_midi() {
    let plain = heard(&[(0, 0xC0, 40, 0), (0, 0x90, 60, 100)]);
    let banked = [(0, 0xB0, 0, 121), (0, 0xB0, 32, 3), (0, 0xC0, 40, 0), (0, 0x90, 60, 100)];
    assert!(heard(&banked) == plain);
}

#[test]
fn a_bank_change_waits_for_its_program_change() {
    let plain = heard(&[(0, 0xC0, 40, 0), (0, 0x90, 60, 100)]);
    assert!(heard(&[(0, 0xC0, 40, 0), (0, 0xB0, 0, 8), (0, 0x90, 60, 100)]) == plain);
}

#[test]
fn drums_sound_on_any_channel_that_asks_for_them() {
    let drum = heard(&[(9, 0x90, 38, 100)]);
    assert!(drum.iter().any(|bits| *bits != 0));
    assert!(heard(&[(3, 0xB0, 0, 127), (3, 0xC0, 0, 0), (3, 0x90, 38, 100)]) == drum);
    assert!(heard(&[(9, 0xB0, 0, 127), (9, 0xC0, 5, 0), (9, 0x90, 38, 100)]) == drum);
}

#[test]
fn all_sound_off_is_silence_at_once() {
    let mut synth = synth();
    synth.message(0, 0xB0, 64, 127);
    for key in 40..80 {
        synth.message(0, 0x90, key, 120);
    }
    assert!(peak(&mut synth, 0.1) > 0.001);
    synth.all_sound_off();
    peak(&mut synth, 0.001);
    assert_eq!(peak(&mut synth, 0.1), 0.0);
    assert_eq!(synth.active_voices(), 0);
}

#[test]
fn a_silent_font_renders_silence() {
    let mut synth = RustySynth::new(&SoundFont::silent(), SynthConfig::default()).unwrap();
    synth.message(0, 0x90, 60, 100);
    assert_eq!(peak(&mut synth, 0.1), 0.0);
}

#[test]
fn a_rate_no_synthesizer_runs_at_is_an_error() {
    let config = SynthConfig { rate: 8_000, polyphony: 64 };
    assert!(RustySynth::new(&SoundFont::built_in(), config).is_err());
}

#[test]
fn instances_share_one_font() {
    let font = SoundFont::built_in();
    let before = Arc::strong_count(&font);
    let synth = RustySynth::new(&font, SynthConfig::default()).unwrap();
    assert!(Arc::ptr_eq(synth.font(), &font));
    assert!(Arc::strong_count(&font) > before);
}

/// Makes `assert_no_alloc` count, in every test of this crate.
#[global_allocator]
static ALLOCATOR: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;
