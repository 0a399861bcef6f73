//! Random but plausible parts: melodies, chords, basses, drums, arpeggios.
//!
//! A part plays for some bars and rests for some, as real tracks do. Parts that want
//! more notes than a long song holds are written as dense as the files known as
//! "black MIDI", so that a million notes stay within [`LONGEST_BARS`].

use super::rng::Rng;
use std::ops::Range;

/// No part is longer than this many bars unless its density has reached its limit.
const LONGEST_BARS: usize = 2048;
/// Notes of an ordinary bar, on average; parts that need more than this times
/// [`LONGEST_BARS`] are written densely.
const ORDINARY_PER_BAR: usize = 12;
/// Steps in a densely written bar.
const DENSE_STEPS: usize = 64;
/// Keys struck at once in a densely written bar, at most.
const DENSE_KEYS: usize = 76;

/// A note on the song's time line.
#[derive(Clone, Copy, Debug)]
pub(super) struct SketchNote {
    pub(super) start: u64,
    pub(super) length: u32,
    pub(super) key: u8,
    pub(super) velocity: u8,
}

/// Bars played in one go, and which of the part's notes they hold.
#[derive(Clone, Debug)]
pub(super) struct Phrase {
    pub(super) first_bar: u64,
    pub(super) bars: u64,
    pub(super) notes: Range<usize>,
}

/// One part: what a track needs to be made of it. Notes are sorted by onset, and
/// no two of the same key overlap.
#[derive(Clone, Debug)]
pub(super) struct Sketch {
    pub(super) name: String,
    pub(super) channel: u8,
    pub(super) program: u8,
    pub(super) notes: Vec<SketchNote>,
    pub(super) phrases: Vec<Phrase>,
}

#[derive(Clone, Copy)]
enum Role {
    Chords,
    Pad,
    Bass,
    Drums,
    Melody,
    Arpeggio,
    Stabs,
}

/// Name, General MIDI program (from 0) and role of the parts, in the order in which tracks take them.
const PARTS: [(&str, u8, Role); 12] = [
    ("Grand Piano", 0, Role::Chords),
    ("Warm Strings", 48, Role::Pad),
    ("Fretless Bass", 35, Role::Bass),
    ("Drum Kit", 0, Role::Drums),
    ("Synth Lead", 81, Role::Melody),
    ("Choir Pad", 52, Role::Pad),
    ("Nylon Guitar", 24, Role::Arpeggio),
    ("Marimba", 12, Role::Arpeggio),
    ("Brass Section", 61, Role::Stabs),
    ("Flute", 73, Role::Melody),
    ("Electric Piano", 4, Role::Chords),
    ("Music Box", 10, Role::Melody),
];

/// Roots of four-bar progressions in semitones above the tonic of a minor key.
const PROGRESSIONS: [[u8; 4]; 4] = [[0, 8, 3, 10], [0, 5, 8, 7], [8, 10, 0, 0], [0, 3, 10, 5]];
/// The natural minor scale.
const SCALE: [u8; 7] = [0, 2, 3, 5, 7, 8, 10];

/// The part of track `index`, with exactly `n_notes` notes, in 4/4.
pub(super) fn sketch(seed: u64, index: usize, n_notes: usize, ppq: u64) -> Sketch {
    // Harmony comes from the seed alone, so that all tracks agree on it.
    let mut harmony = Rng::new(seed);
    let tonic = harmony.below(12) as u8;
    let progression = harmony.pick(&PROGRESSIONS).unwrap_or(PROGRESSIONS[0]);
    let mut writer = Writer {
        rng: Rng::new(seed ^ (index as u64 + 1).wrapping_mul(0xA076_1D64_78BD_642F)),
        ppq,
        tonic,
        progression,
        degree: 0,
        bar_start: 0,
        notes: Vec::with_capacity(n_notes + DENSE_KEYS),
    };
    let (name, program, role) = PARTS.get(index % PARTS.len()).copied().unwrap_or(PARTS[0]);
    let per_bar = n_notes / LONGEST_BARS;
    let dense = (per_bar > ORDINARY_PER_BAR).then(|| per_bar.div_ceil(DENSE_STEPS) + 1);
    let mut phrases = Vec::new();
    let mut bar = if index == 0 { 0 } else { writer.rng.below(4) * 4 };
    while writer.notes.len() < n_notes {
        let first_bar = bar;
        let first_note = writer.notes.len();
        let wanted = phrase_bars(&mut writer.rng, n_notes);
        while bar < first_bar + wanted && writer.notes.len() < n_notes {
            writer.bar(bar, role, dense);
            bar += 1;
        }
        writer.notes.truncate(n_notes);
        let notes = first_note..writer.notes.len();
        phrases.push(Phrase { first_bar, bars: bar - first_bar, notes });
        bar += 2 + writer.rng.below(4);
    }
    let name = if index < PARTS.len() {
        name.to_owned()
    } else {
        format!("{name} {}", index / PARTS.len() + 1)
    };
    Sketch { name, channel: channel_of(index, role), program, notes: writer.notes, phrases }
}

/// 4, 8 or 16 bars; longer in parts so long that they would have hundreds of phrases.
fn phrase_bars(rng: &mut Rng, n_notes: usize) -> u64 {
    let bars = (n_notes / ORDINARY_PER_BAR).min(LONGEST_BARS) as u64;
    rng.pick(&[4, 8, 8, 16]).unwrap_or(8).max(bars / 64)
}

/// Drums on channel 10, everything else anywhere but there.
fn channel_of(index: usize, role: Role) -> u8 {
    match (role, (index % 15) as u8) {
        (Role::Drums, _) => 9,
        (_, below) if below < 9 => below,
        (_, rest) => rest + 1,
    }
}

struct Writer {
    rng: Rng,
    ppq: u64,
    tonic: u8,
    progression: [u8; 4],
    /// Where the melody stands, in steps of the scale.
    degree: i64,
    bar_start: u64,
    notes: Vec<SketchNote>,
}

impl Writer {
    /// Appends one bar, sorted by onset.
    fn bar(&mut self, bar: u64, role: Role, dense: Option<usize>) {
        self.bar_start = bar * self.ppq * 4;
        let written = self.notes.len();
        let root = self.progression.get((bar % 4) as usize).copied().unwrap_or(0);
        match (dense, role) {
            (Some(keys), _) => self.dense(bar, keys.min(DENSE_KEYS)),
            (None, Role::Chords) => self.chords(root, &[0, 6, 10], 48),
            (None, Role::Stabs) => self.chords(root, &[0, 3, 6], 60),
            (None, Role::Pad) => self.pad(root),
            (None, Role::Bass) => self.bass(root),
            (None, Role::Drums) => self.drums(),
            (None, Role::Melody) => self.melody(),
            (None, Role::Arpeggio) => self.arpeggio(root),
        }
        if let Some(new) = self.notes.get_mut(written..) {
            new.sort_by_key(|note| (note.start, note.key));
        }
    }

    /// `at` and `length` in sixteenths of the bar, less a sliver of air at the end.
    fn push(&mut self, at: u64, length: u64, key: i64, velocity: i64) {
        let sixteenth = self.ppq / 4;
        self.notes.push(SketchNote {
            start: self.bar_start + at * sixteenth,
            length: (length * sixteenth).saturating_sub(sixteenth / 8).max(1) as u32,
            key: key.clamp(0, 127) as u8,
            velocity: (velocity + self.rng.between(-9, 9)).clamp(1, 127) as u8,
        });
    }

    /// Root, third and fifth by the scale, from `floor` up.
    fn triad(&self, root: u8, floor: i64) -> [i64; 3] {
        let third = if matches!(root, 3 | 8 | 10) { 4 } else { 3 };
        [0, third, 7].map(|interval| {
            let class = i64::from(self.tonic) + i64::from(root) + interval;
            floor + (class - floor).rem_euclid(12)
        })
    }

    fn chords(&mut self, root: u8, onsets: &[u64], floor: i64) {
        let triad = self.triad(root, floor);
        for (place, &at) in onsets.iter().enumerate() {
            let next = onsets.get(place + 1).copied().unwrap_or(16);
            for key in triad {
                self.push(at, next - at, key, if at == 0 { 88 } else { 74 });
            }
        }
    }

    fn pad(&mut self, root: u8) {
        for key in self.triad(root, 55) {
            self.push(0, 16, key, 62);
        }
    }

    fn bass(&mut self, root: u8) {
        let [low, _, fifth] = self.triad(root, 28);
        for at in (0..16).step_by(2) {
            if at == 0 || self.rng.chance(75) {
                let key = if at >= 12 && self.rng.chance(40) { fifth } else { low };
                self.push(at, 2, key, if at % 8 == 0 { 100 } else { 84 });
            }
        }
    }

    fn drums(&mut self) {
        for at in 0..16 {
            if at % 2 == 0 || self.rng.chance(20) {
                self.push(at, 1, 42, if at % 4 == 0 { 82 } else { 60 });
            }
            if at % 8 == 0 || (at > 8 && self.rng.chance(15)) {
                self.push(at, 1, 36, 108);
            }
            if at % 8 == 4 || self.rng.chance(4) {
                self.push(at, 1, 38, 98);
            }
        }
    }

    fn melody(&mut self) {
        let mut at = 0;
        while at < 16 {
            let length = self.rng.pick(&[1, 2, 2, 2, 3, 4, 4, 6]).unwrap_or(2).min(16 - at);
            if self.rng.chance(82) {
                self.degree = (self.degree + self.rng.between(-2, 2)).clamp(-5, 9);
                let scale = SCALE.get(self.degree.rem_euclid(7) as usize).copied().unwrap_or(0);
                let octave = self.degree.div_euclid(7) * 12;
                let key = 66 + i64::from(self.tonic) % 12 + octave + i64::from(scale);
                self.push(at, length, key, if at % 4 == 0 { 96 } else { 82 });
            }
            at += length;
        }
    }

    fn arpeggio(&mut self, root: u8) {
        let [a, b, c] = self.triad(root, 57);
        let figure = [a, b, c, a + 12, c, b, a, c];
        let step = if self.rng.chance(50) { 2 } else { 1 };
        for (place, at) in (0..16).step_by(step).enumerate() {
            let key = figure.get(place % figure.len()).copied().unwrap_or(a);
            self.push(at, step as u64, key, if at % 4 == 0 { 84 } else { 68 });
        }
    }

    /// Clusters that sweep up and down the keyboard, [`DENSE_STEPS`] times a bar.
    fn dense(&mut self, bar: u64, keys: usize) {
        let step = (self.ppq * 4 / DENSE_STEPS as u64).max(1);
        let span = 108 - 21 - keys as i64;
        for place in 0..DENSE_STEPS as u64 {
            let phase = (bar * DENSE_STEPS as u64 + place) as i64 % (2 * span.max(1));
            let lowest = 21 + if phase < span { phase } else { 2 * span - phase };
            for key in 0..keys as i64 {
                self.notes.push(SketchNote {
                    start: self.bar_start + place * step,
                    length: step as u32,
                    key: (lowest + key).clamp(0, 127) as u8,
                    velocity: self.rng.between(30, 110) as u8,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_has_the_notes_it_was_asked_for_and_none_overlaps_its_like() {
        for (index, n_notes) in [(0, 1), (1, 300), (3, 5000), (6, 2000), (4, 120_000)] {
            let part = sketch(7, index, n_notes, 480);
            assert_eq!(part.notes.len(), n_notes);
            assert!(part.notes.is_sorted_by_key(|note| note.start));
            let mut free = [0u64; 128];
            for note in &part.notes {
                assert!(note.start >= free[usize::from(note.key)], "track {index}");
                free[usize::from(note.key)] = note.start + u64::from(note.length);
            }
        }
    }

    #[test]
    fn a_million_notes_fit_a_long_song() {
        let part = sketch(1, 0, 1_000_000, 480);
        let last = part.phrases.last().unwrap();
        assert!(last.first_bar + last.bars < 3000 && part.phrases.len() < 256);
    }
}
