//! "Night Ferry": the song that opens at first start.
//!
//! F♯ minor, 124 bpm, 64 bars. A hook in threes (3 + 3 + 2 sixteenths) is hinted at by the
//! piano, sung by the lead, answered by brass, and comes home in F♯ major.
//!
//! | Bars | Section |
//! |---|---|
//! | 1–4 | Intro |
//! | 5–12 | Verse |
//! | 13–20 | Chorus |
//! | 21–24 | Interlude |
//! | 25–32 | Verse 2 |
//! | 33–36 | Build |
//! | 37–44 | Chorus 2 |
//! | 45–52 | Bridge |
//! | 53–60 | Last chorus |
//! | 61–64 | Outro |

mod backing;
mod melody;
mod rhythm;

use super::super::encode::{self, TrackEvents};
use super::harmony::half_bars;
use super::score::{BAR, Changes, PPQ};

/// First bars of the sections, from 0, and their markers.
const SECTIONS: [(u64, &str); 10] = [
    (0, "Intro"),
    (INTRO_END, "Verse"),
    (VERSE_END, "Chorus"),
    (CHORUS_END, "Interlude"),
    (INTERLUDE_END, "Verse 2"),
    (VERSE2_END, "Build"),
    (BUILD_END, "Chorus 2"),
    (CHORUS2_END, "Bridge"),
    (BRIDGE_END, "Last chorus"),
    (LAST_END, "Outro"),
];
const INTRO_END: u64 = 4;
const VERSE_END: u64 = 12;
const CHORUS_END: u64 = 20;
const INTERLUDE_END: u64 = 24;
const VERSE2_END: u64 = 32;
const BUILD_END: u64 = 36;
const CHORUS2_END: u64 = 44;
const BRIDGE_END: u64 = 52;
const LAST_END: u64 = 60;
const BARS: u64 = 64;

const INTRO: &str = "F#m9 | Dmaj7 | Bm9 | C#7sus4 C#7";
const VERSE: &str = "F#m9 | Dmaj7 | Aadd9 | E | F#m9 | Bm7 | D6 | C#7sus4 C#7";
const CHORUS: &str = "D6 | E | F#m7 | A/C# | D6 | E | C#7/E# | F#m";
const INTERLUDE: &str = "F#m9 | Dmaj7 | F#m9 | E";
const BUILD: &str = "Bm7 | C#m7 | Dmaj7 | C#7sus4 C#7";
const BRIDGE: &str = "Bm9 | E13 | Amaj9 | Dmaj7 | G#m7b5 | C#7b9 | F#m F#m7 | C#7sus4 C#7";
/// The last chord brightens: F♯ major, after a song in F♯ minor.
const OUTRO: &str = "F#madd9 | Dmaj7 | Bm6 | F#add9";

/// The whole file.
pub(super) fn compose() -> Vec<u8> {
    let form = [INTRO, VERSE, CHORUS, INTERLUDE, VERSE, BUILD, CHORUS, BRIDGE, CHORUS, OUTRO];
    let changes = Changes::new(form.into_iter().flat_map(half_bars).collect(), BAR);
    let tracks = vec![
        conductor(),
        backing::piano(&changes).finish(),
        backing::strings(&changes).finish(),
        rhythm::bass(&changes).finish(),
        rhythm::drums().finish(),
        melody::lead().finish(),
        backing::choir(&changes).finish(),
        backing::guitar(&changes).finish(),
        backing::marimba(&changes).finish(),
        melody::brass(&changes).finish(),
        backing::pluck(&changes).finish(),
        melody::celesta().finish(),
        melody::flute().finish(),
    ];
    encode::file(1, PPQ as u16, tracks, BARS * BAR, true)
}

fn conductor() -> TrackEvents {
    let mut events = TrackEvents::default();
    events.text(0, 0x03, "Night Ferry");
    events.text(0, 0x01, "Composed for MIDI Software Center");
    events.text(0, 0x02, "MIDI Software Center contributors, MIT OR Apache-2.0");
    events.tempo(0, 124.0);
    events.meta(0, 0x58, &[4, 2, 24, 8]);
    events.meta(0, 0x59, &[3, 1]);
    for (bar, name) in SECTIONS {
        events.text(bar * BAR, 0x06, name);
    }
    // The engines stop: the last three bars slow down, half a bar at a time.
    for (half, bpm) in [121.0, 117.0, 111.0, 104.0, 95.0, 84.0].into_iter().enumerate() {
        events.tempo((BARS - 3) * BAR + half as u64 * BAR / 2, bpm);
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_has_a_chord_for_each_of_its_bars() {
        let ends = SECTIONS.iter().map(|(bar, _)| *bar).skip(1).chain([BARS]);
        let forms = [INTRO, VERSE, CHORUS, INTERLUDE, VERSE, BUILD, CHORUS, BRIDGE, CHORUS, OUTRO];
        for (((start, name), end), form) in SECTIONS.into_iter().zip(ends).zip(forms) {
            assert_eq!(half_bars(form).len() as u64, 2 * (end - start), "{name}");
        }
    }
}
