//! Chord symbols and how to lead voices from one chord to the next.

use crate::theory::PitchClass;

/// A chord: a bass note and tones, as pitch classes (0 is C), most telling tone first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chord {
    pub(super) bass: u8,
    /// Third (or fourth), seventh, extension, root, fifth: in this order a small voicing needs them.
    tones: Vec<u8>,
}

/// Symbol, then intervals in the order of [`Chord::tones`].
const QUALITIES: [(&str, &[u8]); 16] = [
    ("", &[4, 0, 7]),
    ("m", &[3, 0, 7]),
    ("7", &[4, 10, 0, 7]),
    ("maj7", &[4, 11, 0, 7]),
    ("m7", &[3, 10, 0, 7]),
    ("m9", &[3, 10, 2, 0, 7]),
    ("maj9", &[4, 11, 2, 0, 7]),
    ("13", &[4, 10, 9, 0, 7]),
    ("6", &[4, 9, 0, 7]),
    ("m6", &[3, 9, 0, 7]),
    ("add9", &[4, 2, 0, 7]),
    ("madd9", &[3, 2, 0, 7]),
    ("sus4", &[5, 0, 7]),
    ("7sus4", &[5, 10, 0, 7]),
    ("m7b5", &[3, 6, 10, 0]),
    ("7b9", &[4, 10, 1, 7, 0]),
];

/// One entry for each half bar of `text`: bars parted by `|`, one or two chords in each.
pub(super) fn half_bars(text: &str) -> Vec<Chord> {
    let mut halves = Vec::new();
    for bar in text.split('|') {
        let mut symbols = bar.split_whitespace().filter_map(chord);
        let Some(first) = symbols.next() else { continue };
        let second = symbols.next().unwrap_or_else(|| first.clone());
        halves.extend([first, second]);
    }
    halves
}

fn chord(symbol: &str) -> Option<Chord> {
    let (name, bass) = symbol.split_once('/').map_or((symbol, None), |(n, b)| (n, Some(b)));
    let (root, quality) = root_of(name)?;
    let (_, intervals) = QUALITIES.iter().find(|(known, _)| *known == quality)?;
    let bass = bass.and_then(root_of).map_or(root, |(bass, _)| bass);
    Some(Chord { bass, tones: intervals.iter().map(|tone| (root + tone) % 12).collect() })
}

/// The pitch class that `text` begins with, and what follows it.
pub(super) fn root_of(text: &str) -> Option<(u8, &str)> {
    PitchClass::read(text, 1).map(|(root, rest)| (root.index(), rest))
}

impl Chord {
    /// The lowest key from `floor` up that is the bass.
    pub(super) fn bass_from(&self, floor: u8) -> u8 {
        up_to(self.bass, floor)
    }

    /// The lowest key from `floor` up that is the perfect fifth of the chord, or else its
    /// last tone.
    pub(super) fn fifth_from(&self, floor: u8) -> u8 {
        let fifth = (self.bass + 7) % 12;
        let tone = if self.tones.contains(&fifth) { Some(&fifth) } else { self.tones.last() };
        up_to(*tone.unwrap_or(&fifth), floor)
    }

    /// The lowest key from `floor` up that is the chord's third.
    pub(super) fn third_from(&self, floor: u8) -> u8 {
        up_to(self.tones.first().copied().unwrap_or(self.bass), floor)
    }

    /// Every chord tone in `low..=high`, rising.
    pub(super) fn keys(&self, low: u8, high: u8) -> Vec<u8> {
        (low..=high).filter(|key| self.tones.contains(&(key % 12))).collect()
    }

    /// `voices` keys in `low..=high` that say the chord and lie closest to `before`.
    pub(super) fn voiced(&self, before: &[u8], (low, high): (u8, u8), voices: usize) -> Vec<u8> {
        let candidates = self.keys(low, high);
        let mut best = (i32::MAX, Vec::new());
        let mut picked = Vec::with_capacity(voices);
        self.search(&candidates, voices, before, &mut picked, &mut best);
        best.1
    }

    fn search(
        &self,
        candidates: &[u8],
        missing: usize,
        before: &[u8],
        picked: &mut Vec<u8>,
        best: &mut (i32, Vec<u8>),
    ) {
        if missing == 0 {
            let cost = self.cost(picked, before);
            if cost < best.0 {
                *best = (cost, picked.clone());
            }
            return;
        }
        for (index, key) in candidates.iter().enumerate() {
            picked.push(*key);
            let rest = candidates.get(index + 1..).unwrap_or_default();
            self.search(rest, missing - 1, before, picked, best);
            picked.pop();
        }
    }

    /// Movement, plus what a teacher of harmony would mark.
    fn cost(&self, keys: &[u8], before: &[u8]) -> i32 {
        let moved: i32 = keys
            .iter()
            .zip(before)
            .map(|(a, b)| {
                let step = i32::from(a.abs_diff(*b));
                // A leap hurts more than its steps.
                step + (step - 4).max(0) * 2
            })
            .sum();
        let spacing: i32 = keys
            .windows(2)
            .map(|pair| match pair {
                [a, b] if b - a < 2 => 14,
                [a, b] if b - a > 9 => 8,
                _ => 0,
            })
            .sum();
        // A minor ninth between two voices grates; the same tones a major seventh apart do not.
        let ninths = keys.iter().flat_map(|a| keys.iter().filter(move |b| **b == a + 13)).count();
        let weights = [40, 26, 18, 10, 5];
        let missing: i32 = self
            .tones
            .iter()
            .zip(weights)
            .filter(|(tone, _)| !keys.iter().any(|key| key % 12 == **tone))
            .map(|(_, weight)| weight)
            .sum();
        moved + spacing + missing + 18 * ninths as i32
    }
}

fn up_to(class: u8, floor: u8) -> u8 {
    floor + (class + 120 - floor) % 12
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_are_read() {
        let chords = half_bars("F#m9 | C#7sus4 C#7 | A/C#");
        assert_eq!(chords.len(), 6);
        assert_eq!(chords[0].keys(60, 71), [61, 64, 66, 68, 69]);
        assert_eq!((chords[3].third_from(60), chords[4].bass_from(36)), (65, 37));
    }

    #[test]
    fn voices_move_little_and_keep_the_third() {
        let chords = half_bars("D | E | F#m | C#7 | F#m");
        let mut before = Vec::new();
        for chord in chords {
            let now = chord.voiced(&before, (54, 76), 4);
            assert_eq!(now.len(), 4);
            assert!(now.iter().any(|key| key % 12 == chord.third_from(0)));
            let furthest = now.iter().zip(&before).map(|(a, b)| a.abs_diff(*b)).max();
            assert!(furthest.is_none_or(|keys| keys <= 5), "{before:?} to {now:?}");
            before = now;
        }
    }
}
