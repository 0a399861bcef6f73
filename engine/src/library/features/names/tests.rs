use super::*;
use crate::library::row::key_text;

fn of(path: &str) -> Named {
    named(path.as_bytes(), &TagTable::bundled())
}

fn key(path: &str) -> Option<String> {
    of(path).key.map(key_text)
}

#[test]
fn a_sample_packs_name_is_read() {
    let found = of("packs/OS_RFL_174_Gmin_Wonder Bass.mid");
    assert_eq!((found.bpm, found.key.map(key_text).as_deref()), (Some(174.0), Some("Gm")));
    assert_eq!((found.instrument.as_deref(), found.artist), (Some("bass"), None));
}

#[test]
fn a_chord_packs_name_is_read() {
    let found = of("12 - B Major - G# Minor/4 Triads/VII - F#maj9 (V1).mid");
    assert_eq!(found.key.map(key_text).as_deref(), Some("G#m"));
    assert_eq!((found.chords.as_deref(), found.bpm), (Some("F#maj9"), None));
    assert_eq!(found.artist, None);
    assert_eq!(key("12 - B Major - G# Minor/I - Bmaj9.mid").as_deref(), Some("B"));
}

#[test]
fn tempi_stand_beside_their_word_or_between_marks() {
    for (path, bpm) in [
        ("Loop 120bpm.mid", Some(120.0)),
        ("Loop 98.5 BPM.mid", Some(98.5)),
        ("bpm_90_beat.mid", Some(90.0)),
        ("140 bpm/kick.mid", Some(140.0)),
        ("99 Luftballons.mid", None),
        ("Song 99 Times.mid", None),
        ("Mozart_K_120_allegro.mid", None),
        ("BWV_846_prelude.mid", None),
        ("208.mid", None),
        ("140/kick.mid", None),
        ("house_loop_128.mid", Some(128.0)),
        ("Loop 120 Am.mid", Some(120.0)),
        ("a_100_b_120_c.mid", None),
    ] {
        assert_eq!(of(path).bpm, bpm, "{path}");
    }
}

#[test]
fn keys_are_read_as_people_write_them() {
    for (path, expected) in [
        ("Melody F#m.mid", Some("F#m")),
        ("Melody_Am_90.mid", Some("Am")),
        ("Lead in C Minor.mid", Some("Cm")),
        ("Sonate cis-moll.mid", Some("C#m")),
        ("Messe h-moll.mid", Some("Bm")),
        ("Trio B-Dur.mid", Some("Bb")),
        ("Sonate As-Dur.mid", Some("Ab")),
        ("Der Des Moll.mid", Some("C#m")),
        ("Prisoner Des Mondes.mid", None),
        ("Prelude in D flat major.mid", Some("Db")),
        ("Pad Ebmaj.mid", Some("Eb")),
        ("key of G.mid", Some("G")),
        ("I Am The Walrus.mid", None),
        ("A Day In The Life.mid", None),
        ("Badge.mid", None),
        ("Major Tom.mid", None),
        ("A Minor Thing.mid", Some("Am")),
        ("Loop_Bb_90.mid", Some("Bb")),
    ] {
        assert_eq!(key(path).as_deref(), expected, "{path}");
    }
}

#[test]
fn progressions_are_kept_as_written() {
    for (path, expected) in [
        ("Cm7-F7-Bbmaj7 jazz.mid", Some("Cm7-F7-Bbmaj7")),
        ("ii-V-I swing.mid", Some("ii-V-I")),
        ("Am F C G.mid", Some("Am F C G")),
        ("I-V-vi-IV.mid", Some("I-V-vi-IV")),
        ("Plan A.mid", None),
        ("World War II.mid", None),
        ("Vitamin C.mid", None),
    ] {
        assert_eq!(of(path).chords.as_deref(), expected, "{path}");
    }
}

#[test]
fn bars_sections_and_artists() {
    let found = of("Verse2_4bars_piano.mid");
    assert_eq!((found.bars, found.section.as_deref()), (Some(4), Some("verse")));
    assert_eq!(of("Pre-Chorus 8 bars.mid").section.as_deref(), Some("prechorus"));
    assert_eq!(of("Fills/07.mid").section.as_deref(), Some("fill"));
    assert_eq!(of("Some Body - Some Song.mid").artist.as_deref(), Some("Some Body"));
    assert_eq!(of("DION.Where_does_my_heart_k.mid").artist.as_deref(), Some("DION"));
    assert_eq!(of("BOB_SEGER.Night.mid").artist.as_deref(), Some("BOB SEGER"));
    assert_eq!(of("Verse - Bass.mid").artist, None);
    assert_eq!(of("12 - Song.mid").artist, None);
    assert_eq!(of("Homecoming.mid").instrument, None);
}

#[test]
fn any_bytes_are_taken() {
    assert_eq!(named(b"", &TagTable::bundled()), Named::default());
    assert_eq!(named(b"///", &TagTable::bundled()), Named::default());
    assert_eq!(named(b"a\xFF\xFE_120_Gmin_x.mid", &TagTable::bundled()).bpm, Some(120.0));
}
