//! "Paper Boats": a short waltz in D major, 96 bpm, 24 bars, that ends in 6/8.
//!
//! Format 0, with its parts in one chunk: what opens it must part them again.

use super::super::encode::{self, TrackEvents};
use super::harmony::half_bars;
use super::score::{Changes, PPQ, Part, STEP, Voice};

/// Ticks in a bar: three quarters or six eighths, which is the same.
const BAR: u64 = PPQ * 3;
const BARS: u64 = 24;

const CHORDS: &str = "D | A/C# | Bm7 | F#m7 | Gmaj7 | D/F# | Em7 | A7sus4 \
     | D | A/C# | Bm7 | F#7 | Gmaj7 | A7 | Dadd9 | D7 \
     | Gmaj7 | A7 | F#m7 | Bm7 | Em7 | A7sus4 | Dadd9 | D";

const TUNE: [&str; 24] = [
    "F#5.8 E5.4",
    "E5.4 C#5.4 A4.4",
    "D5.8 C#5.2 B4.2",
    "A4.12",
    "B4.4 D5.4 F#5.4",
    "A5.8 F#5.4",
    "G5.4 F#5.4 E5.4",
    "E5.8 r.4",
    "F#5.8 E5.4",
    "E5.4 A5.4 C#6.4",
    "B5.8 A5.2 B5.2",
    "A#5.8 F#5.4",
    "B5.4 A5.4 G5.4",
    "G5.4 E5.4 C#5.4",
    "D5.12",
    "r.4 A4.4 D5.4",
    "G5.6 F#5.2 G5.4",
    "A5.6 G5.2 E5.4",
    "F#5.6 E5.2 C#5.4",
    "D5.6 C#5.2 B4.4",
    "G5.2 F#5.2 E5.2 D5.2 E5.2 G5.2",
    "A5.6 E5.6",
    "F#5.6 E5.2 A4.4",
    "D5.12",
];

/// The whole file.
pub(super) fn compose() -> Vec<u8> {
    let changes = Changes::new(half_bars(CHORDS), BAR);
    let mut all = conductor();
    all.append(flute().finish());
    all.append(piano(&changes).finish());
    all.append(strings(&changes).finish());
    encode::file(0, PPQ as u16, vec![all], BARS * BAR, true)
}

fn conductor() -> TrackEvents {
    let mut events = TrackEvents::default();
    events.text(0, 0x01, "Paper Boats, composed for MIDI Software Center");
    events.text(0, 0x02, "MIDI Software Center contributors, MIT OR Apache-2.0");
    events.tempo(0, 96.0);
    events.meta(0, 0x58, &[3, 2, 24, 8]);
    events.meta(0, 0x59, &[2, 0]);
    events.text(0, 0x06, "Waltz");
    events.meta(16 * BAR, 0x58, &[6, 3, 36, 8]);
    events.text(16 * BAR, 0x06, "Barcarole");
    events.tempo(22 * BAR, 84.0);
    events.tempo(23 * BAR, 70.0);
    events
}

fn flute() -> Part {
    let mut part = Part::new(
        Voice { name: "", channel: 0, program: 73, volume: 100, pan: 70, reverb: 60 },
        BAR,
    );
    for (bar, line) in (0..).zip(TUNE) {
        part.line(bar, line, 0, 84, 97);
    }
    part
}

fn piano(changes: &Changes) -> Part {
    let mut part =
        Part::new(Voice { name: "", channel: 1, program: 0, volume: 96, pan: 54, reverb: 44 }, BAR);
    let basses: Vec<u8> =
        changes.spans(0..BARS).iter().map(|(_, _, chord)| chord.bass_from(38)).collect();
    for ((at, length, keys), bass) in changes.voiced(0..BARS, (57, 74), 3).into_iter().zip(basses) {
        part.note(at, length - 30, bass, 66);
        // Two hands in three until bar 16, then rocking in sixes.
        if at < 16 * BAR {
            part.chord(at + PPQ, PPQ - 60, &keys, 56, 3);
            part.chord(at + 2 * PPQ, PPQ - 60, &keys, 52, 3);
        } else {
            for (eighth, voice) in [(1, 0), (2, 1), (3, 2), (4, 1), (5, 0)] {
                let Some(key) = keys.get(voice) else { continue };
                part.note(at + eighth * 2 * STEP, 2 * STEP, *key, 54);
            }
        }
        part.pedal(at, at + length);
    }
    part
}

fn strings(changes: &Changes) -> Part {
    let mut part = Part::new(
        Voice { name: "", channel: 2, program: 48, volume: 76, pan: 46, reverb: 70 },
        BAR,
    );
    for (at, length, keys) in changes.voiced(8..BARS, (50, 74), 4) {
        part.chord(at, length - 16, &keys, 54, 0);
    }
    part
}

#[cfg(test)]
mod tests {
    use super::super::score::tokens;
    use super::*;

    #[test]
    fn every_bar_of_the_tune_is_full() {
        for line in TUNE {
            assert_eq!(tokens(line).map(|(_, steps)| steps).sum::<u64>(), 12, "{line}");
        }
        assert_eq!(half_bars(CHORDS).len() as u64, 2 * BARS);
    }
}
