use super::*;
use crate::audio::synth::{RustySynth, Synth, SynthConfig};

#[test]
fn the_built_in_bank_has_every_program_and_a_kit() {
    let font = SoundFont::built_in();
    for program in 0..128 {
        assert!(font.has(0, program), "program {program} is missing");
    }
    assert!(font.has(128, 0));
    assert!(!font.has(3, 0));
    assert_eq!(font.preset_name(0, 0), Some("Acoustic Grand"));
    assert_eq!(font.preset_name(128, 25), Some("808 Kit"));
    assert_eq!(font.name(), bank::BANK_NAME);
    assert_eq!(font.path(), None);
}

#[test]
fn a_font_from_a_file_is_the_one_from_its_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("small.sf2");
    std::fs::write(&path, bank::small_sf2()).unwrap();
    let file = SoundFont::open(&path).unwrap();
    let bytes = SoundFont::from_bytes(&bank::small_sf2()).unwrap();
    assert_eq!(file.presets(), bytes.presets());
    assert_eq!(file.name(), "Small");
    assert_eq!(file.path(), Some(path.as_path()));
    let (file, bytes) = (file.loaded().unwrap(), bytes.loaded().unwrap());
    assert_eq!(file.get_wave_data(), bytes.get_wave_data());
}

#[test]
fn a_missing_file_is_an_error_that_names_it() {
    let error = SoundFont::open("/nowhere/at/all.sf2").unwrap_err();
    assert!(error.to_string().ends_with("(/nowhere/at/all.sf2)"), "{error}");
}

#[test]
fn a_font_that_announces_more_than_it_holds_is_refused_before_loading() {
    let mut bytes = bank::small_sf2();
    bytes.resize(314_000, 0);
    for chunk in [b"RIFF", b"LIST", b"sdta", b"smpl", b"phdr", b"igen", b"shdr"] {
        let mut bytes = bytes.clone();
        let found = bytes.windows(4).position(|w| w == chunk).unwrap();
        let at = if chunk == b"sdta" { found - 4 } else { found + 4 };
        bytes[at..at + 4].copy_from_slice(&2_300_000_000_u32.to_le_bytes());
        let error = SoundFont::from_bytes(&bytes).unwrap_err();
        assert!(matches!(error, FontError::Damaged(Damage::ChunkTooLong { .. })), "{error}");
    }
}

#[test]
fn what_is_no_font_is_refused() {
    for bytes in [&b""[..], b"RIFF", b"MThd\0\0\0\x06\0\0\0\x01\0\x60", &[0; 64]] {
        let error = SoundFont::from_bytes(bytes).unwrap_err();
        assert!(matches!(error, FontError::Damaged(Damage::NotAFont)), "{error}");
    }
}

#[test]
fn unknown_chunks_do_not_keep_a_font_from_loading() {
    let mut bytes = bank::small_sf2();
    let at = bytes.windows(4).position(|w| w == b"isng").unwrap();
    bytes[at..at + 4].copy_from_slice(b"xyzw");
    bytes.extend_from_slice(b"junk after the end");
    assert_eq!(SoundFont::from_bytes(&bytes).unwrap().presets().len(), 2);
}

#[test]
fn compressed_samples_that_would_burst_are_refused() {
    // Every header asks for the same stream, of which each byte may be a packet.
    let mut bytes = bank::small_sf2();
    let smpl = bytes.windows(4).position(|w| w == b"smpl").unwrap() + 8;
    let shdr = bytes.windows(4).position(|w| w == b"shdr").unwrap() + 8;
    let length = u32::from_le_bytes(bytes[smpl - 4..smpl].try_into().unwrap());
    bytes[smpl..smpl + 4].copy_from_slice(b"OggS");
    bytes[smpl + 26] = 255;
    for header in [shdr, shdr + 46] {
        bytes[header + 20..header + 24].copy_from_slice(&0_u32.to_le_bytes());
        bytes[header + 24..header + 28].copy_from_slice(&length.to_le_bytes());
    }
    // Whatever the checker makes of it, it must neither panic nor fill the memory.
    assert!(SoundFont::from_bytes(&bytes).is_err());
    bytes[shdr + 24..shdr + 28].copy_from_slice(&(length + 1).to_le_bytes());
    let error = SoundFont::from_bytes(&bytes).unwrap_err();
    assert!(matches!(error, FontError::Damaged(Damage::Table { .. })), "{error}");
}

/// xorshift, so that every run breaks the fonts alike.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

#[test]
fn damaged_fonts_load_or_are_refused_and_never_panic() {
    let healthy = bank::small_sf2();
    let tables = healthy.windows(4).position(|w| w == b"pdta").unwrap();
    let mut dice = Dice(0x5EED);
    let (mut loaded, mut refused) = (0, 0);
    for round in 0..3_000 {
        let mut bytes = healthy.clone();
        for _ in 0..=dice.below(6) {
            // Most of what can go wrong is in the tables.
            let from = if round % 4 == 0 { 0 } else { tables };
            let at = from + dice.below(bytes.len() - from - 4);
            match dice.below(4) {
                0 => bytes[at] ^= 1 << dice.below(8),
                1 => bytes[at] = [0, 0x7F, 0x80, 0xFF][dice.below(4)],
                2 => bytes[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes()),
                _ => bytes[at..at + 2].copy_from_slice(&(dice.below(65_536) as u16).to_le_bytes()),
            }
        }
        if round % 10 == 0 {
            bytes.truncate(dice.below(bytes.len()));
        }
        let Ok(font) = SoundFont::from_bytes(&bytes) else {
            refused += 1;
            continue;
        };
        loaded += 1;
        let mut synth = RustySynth::new(&font, SynthConfig::default()).unwrap();
        let (mut left, mut right) = ([0.0; 512], [0.0; 512]);
        for (channel, key) in [(0, 12), (0, 60), (0, 127), (9, 40)] {
            synth.message(channel, 0x90, key, 100);
            synth.message(channel, 0xE0, 0, 127);
            synth.render(&mut left, &mut right);
        }
    }
    assert!(loaded > 300 && refused > 300, "{loaded} loaded, {refused} refused");
}
