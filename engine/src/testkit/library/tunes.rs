//! Made-up melodies: mostly steps, phrases that come back, and themes that many files share.

use crate::library::features::Contour;
use crate::testkit::Rng;

/// Themes that files share, the first far more often than the last.
const THEMES: u64 = 512;
/// Every so manieth file has a theme.
const WITH_THEME: u64 = 12;
/// Intervals as often as melodies have them: in hundredths.
const STEPS: [(i32, u64); 17] = [
    (0, 22),
    (2, 14),
    (-2, 17),
    (1, 8),
    (-1, 9),
    (3, 5),
    (-3, 5),
    (4, 3),
    (-4, 3),
    (5, 4),
    (-5, 3),
    (7, 2),
    (-7, 2),
    (12, 1),
    (-12, 1),
    (9, 1),
    (-14, 0),
];

/// The melody of a file with that many notes in it.
pub(super) fn tune(rng: &mut Rng, notes: usize) -> Contour {
    let mut keys = Vec::with_capacity(notes + 24);
    if rng.below(WITH_THEME) == 0 && notes >= 24 {
        let most = rng.below(THEMES) + 1;
        keys = theme(rng.below(most));
    }
    let mut phrases: Vec<Vec<i32>> = Vec::new();
    while keys.len() < notes {
        // Half of a song has been heard before.
        let old = rng.below(phrases.len().max(1) as u64) as usize;
        let old = phrases.get(old).filter(|_| rng.chance(50)).cloned();
        let phrase = old.unwrap_or_else(|| {
            let length = rng.between(4, 12);
            (0..length).map(|_| step(rng)).collect()
        });
        for by in &phrase {
            let last = keys.last().map_or(67, |key| i32::from(*key));
            let next = last + by;
            let next = if (48..96).contains(&next) { next } else { last - by };
            keys.push(next.clamp(36, 108) as u8);
        }
        phrases.push(phrase);
    }
    keys.truncate(notes);
    Contour::of(keys)
}

/// The keys of a theme that some files of every made-up library begin with; twelve notes.
pub fn theme(number: u64) -> Vec<u8> {
    let mut rng = Rng::new(number.wrapping_mul(0x2545_F491_4F6C_DD1D) ^ 0x7E3A);
    let mut key = 67;
    let notes = (0..12).map(|_| {
        key = (key + step(&mut rng)).clamp(48, 95);
        key as u8
    });
    notes.collect()
}

fn step(rng: &mut Rng) -> i32 {
    let mut left = rng.below(100);
    for (by, weight) in STEPS {
        if left < weight {
            return by;
        }
        left -= weight;
    }
    0
}
