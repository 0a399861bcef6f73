use super::*;

#[test]
fn the_built_in_bank_has_every_program_and_a_kit() {
    let font = SoundFont::built_in();
    for program in 0..128 {
        assert!(font.has(0, program), "program {program} is missing");
    }
    assert!(font.has(128, 0));
    assert_eq!(font.preset_name(0, 0), Some("Acoustic Grand"));
}

#[test]
fn a_font_that_announces_more_than_it_holds_is_refused_before_loading() {
    let mut bytes = bank::sf2_bytes();
    let at = bytes.windows(4).position(|w| w == b"smpl").unwrap() + 4;
    bytes[at..at + 4].copy_from_slice(&2_300_000_000_u32.to_le_bytes());
    bytes.truncate(314_000);
    let error = SoundFont::from_bytes(&bytes).unwrap_err();
    assert!(matches!(error, FontError::Damaged(Damage::ChunkTooLong { .. })), "{error}");
}

#[test]
fn what_is_no_font_is_refused() {
    for bytes in [&b""[..], b"RIFF", b"MThd\0\0\0\x06\0\0\0\x01\0\x60", &[0; 64]] {
        let error = SoundFont::from_bytes(bytes).unwrap_err();
        assert!(matches!(error, FontError::Damaged(Damage::NotAFont)), "{error}");
    }
}
