//! Which key music is in.
//!
//! Every one of the 24 keys gets a score from eleven pieces of evidence; the scores are
//! weighed together by a logistic model (docs/library.md: formula, learning, accuracy).

mod evidence;
mod profiles;
#[cfg(test)]
mod tests;

use super::NoteEvent;
use super::pulses::{Pulse, hear};
use super::sheet::{GRAINS, MOST_QUARTERS, Mark, nearest};
use crate::theory::{Key, PitchClass};
use bumpalo::Bump;
use evidence::{BLOCK, Evidence, sum};
use profiles::{
    ALBRECHT_SHANAHAN, Fits, Histogram, PerKey, TEMPERLEY_KOSTKA_PAYNE, softmax, softmax_of_fits,
};

/// Music of fewer pitch classes has no key worth naming.
const FEWEST_CLASSES: usize = 3;
/// How sharply a window decides: its correlations times this are log-odds.
const WINDOW_SHARPNESS: f32 = 10.0;
/// Blocks that make the opening: 48 quarters, in which classical music states its key.
const OPENING_BLOCKS: usize = 3;
/// What a change of key must gain over staying, in log-odds: about three windows of clear
/// evidence, so that a secondary dominant is no modulation.
const MODULATION_COST: f64 = 6.0;

/// What each piece of evidence counts for.
///
/// Learned by conditional logistic regression on 454 songs of POP909 (key) and 108 scores of
/// ASAP (signature) with an L2 penalty of 0.0005 on standardised evidence; figures for unseen
/// halves are in docs/library.md. The window, the minor third, seventh and flat second, and
/// the dominant decide between relatives.
mod weight {
    pub(super) const ALBRECHT_SHANAHAN: f64 = 4.4;
    pub(super) const TEMPERLEY: f64 = 2.8;
    pub(super) const MINOR: f64 = -0.8;
    pub(super) const WINDOWS: f64 = 13.6;
    pub(super) const MINOR_THIRD: f64 = 14.7;
    pub(super) const MINOR_FLAT_SECOND: f64 = -37.1;
    pub(super) const MINOR_SEVENTH: f64 = 18.3;
    pub(super) const DOMINANT: f64 = 4.2;
    pub(super) const BASS: f64 = -5.7;
    pub(super) const OPENING_ALBRECHT_SHANAHAN: f64 = -0.9;
    pub(super) const OPENING_TEMPERLEY: f64 = 3.6;
}

/// The key of a song, inferred from its notes.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyEstimate {
    /// The likeliest key.
    pub key: Key,
    /// Its probability under the model, 0..=1.
    pub confidence: f64,
    /// The three likeliest keys with their probabilities, the likeliest first.
    pub candidates: [(Key, f64); 3],
    /// The keys that the song passes through; always at least one.
    pub passages: Vec<KeyPassage>,
}

/// A stretch in one key, which lasts until the next one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KeyPassage {
    /// From where, in quarters; as exact as the sixteen between two decisions.
    pub start_quarters: u32,
    /// In which key.
    pub key: Key,
}

/// The key of notes in any order, of which only times in seconds are known: half a second is taken
/// for a quarter and a pulse. See [`key_of_pulses`].
pub fn infer_key(notes: &[NoteEvent]) -> Option<KeyEstimate> {
    const PER_SEC: f64 = GRAINS as f64 * 2.0;
    const LAST: f64 = (MOST_QUARTERS * GRAINS) as f64;
    let sounding = notes.iter().filter(|note| note.is_pitched() && note.secs() > 0.0);
    let start = sounding.clone().map(|note| note.start_secs).fold(f64::INFINITY, f64::min);
    let mut marks: Vec<Mark> = sounding
        .filter(|note| (note.start_secs - start) * PER_SEC < LAST)
        .map(|note| Mark {
            start: nearest((note.start_secs - start) * PER_SEC) as u32,
            length: nearest((note.secs() * PER_SEC).clamp(1.0, f64::from(u16::MAX))) as u16,
            key: note.key,
            channel: note.channel,
        })
        .collect();
    marks.sort_by_key(|mark| mark.start);
    let end = marks.iter().map(|mark| mark.end()).max()?;
    let starts: Vec<u32> = (0..end).step_by(GRAINS as usize).collect();
    let ends: Vec<u32> = starts.iter().map(|start| start + GRAINS).collect();
    key_of_pulses(hear(&marks, &ends, &Bump::new()), &starts)
}

/// The key of what sounds in pulses, each of which begins where `starts` says, in grains. `None`
/// when nothing pitched sounds (drums have no key), when fewer than three pitch classes do, or when
/// all sound for equally long.
pub fn key_of_pulses(pulses: &[Pulse], starts: &[u32]) -> Option<KeyEstimate> {
    let evidence = Evidence::of(pulses, starts)?;
    let total = evidence.total();
    let classes = total.iter().filter(|time| **time > 0.0).count();
    let whole = ALBRECHT_SHANAHAN.correlate(&total);
    if classes < FEWEST_CLASSES || whole.iter().all(|&fit| fit <= 1e-6) {
        return None;
    }
    let windows: Vec<(usize, Fits)> = evidence
        .windows()
        .map(|(at, window)| (at, TEMPERLEY_KOSTKA_PAYNE.correlate(&window)))
        .collect();
    let probabilities = softmax(&scores(&evidence, &total, &whole, &windows));
    let candidates = likeliest(&probabilities);
    let (key, confidence) = candidates[0];
    Some(KeyEstimate {
        key,
        confidence,
        candidates,
        passages: passages(&evidence, &windows, &probabilities),
    })
}

/// The three likeliest keys, the likeliest first; of equals the earlier.
fn likeliest(probabilities: &PerKey) -> [(Key, f64); 3] {
    let mut left = *probabilities;
    std::array::from_fn(|_| {
        let (index, probability) = strongest(&left);
        if let Some(found) = left.get_mut(index) {
            *found = f64::MIN;
        }
        (key_at(index), probability)
    })
}

fn scores(
    evidence: &Evidence,
    total: &Histogram,
    whole: &Fits,
    windows: &[(usize, Fits)],
) -> PerKey {
    let temperley = TEMPERLEY_KOSTKA_PAYNE.correlate(total);
    let bass = TEMPERLEY_KOSTKA_PAYNE.correlate(&evidence.bass);
    let opening = sum(evidence.blocks.iter().take(OPENING_BLOCKS));
    let opening_as = ALBRECHT_SHANAHAN.correlate(&opening);
    let opening_tkp = TEMPERLEY_KOSTKA_PAYNE.correlate(&opening);
    let windows = window_shares(windows);
    let sounding: f32 = total.iter().sum();
    let triads: f32 = evidence.major_triads.iter().chain(&evidence.minor_triads).sum();
    let share = |histogram: &Histogram, tonic: usize, degree: usize, of: f32| {
        let part = histogram.get((tonic + degree) % 12).copied().unwrap_or_default();
        f64::from(part / of.max(1e-9))
    };
    std::array::from_fn(|index| {
        let of = |fits: &Fits| fits.get(index).copied().map_or(0.0, f64::from);
        let score = weight::ALBRECHT_SHANAHAN * of(whole)
            + weight::TEMPERLEY * of(&temperley)
            + weight::WINDOWS * of(&windows)
            + weight::BASS * of(&bass)
            + weight::OPENING_ALBRECHT_SHANAHAN * of(&opening_as)
            + weight::OPENING_TEMPERLEY * of(&opening_tkp)
            + weight::DOMINANT * share(&evidence.major_triads, index, 7, triads);
        let is_minor = index >= 12;
        if !is_minor {
            return score;
        }
        score
            + weight::MINOR
            + weight::MINOR_THIRD * share(total, index, 3, sounding)
            + weight::MINOR_FLAT_SECOND * share(total, index, 1, sounding)
            + weight::MINOR_SEVENTH * share(total, index, 10, sounding)
    })
}

/// How much of the song each key claims, window by window: the mean of the windows'
/// probabilities. A modulation then counts for as long as it lasts, not for its colour.
fn window_shares(windows: &[(usize, Fits)]) -> Fits {
    let mut shares = [0.0; 24];
    for (_, fits) in windows {
        let claims = softmax_of_fits(fits, WINDOW_SHARPNESS);
        for (share, claim) in shares.iter_mut().zip(claims) {
            *share += claim;
        }
    }
    shares.map(|share| share / windows.len().max(1) as f32)
}

/// The likeliest sequence of keys over the windows (Viterbi): each window speaks by its
/// correlations, the song as a whole by a prior, and a change costs [`MODULATION_COST`].
fn passages(evidence: &Evidence, windows: &[(usize, Fits)], song: &PerKey) -> Vec<KeyPassage> {
    // No key is impossible, but one that the whole song denies must be clear where it stands.
    let prior = song.map(|probability| (probability + 0.01).ln() * 0.25);
    let mut best = [0.0; 24];
    let mut steps: Vec<(usize, [u8; 24])> = Vec::with_capacity(windows.len());
    for (at, fits) in windows {
        let (leader, highest) = strongest(&best);
        let floor = if steps.is_empty() { f64::MIN } else { highest - MODULATION_COST };
        let mut from = [0_u8; 24];
        for (index, from) in from.iter_mut().enumerate() {
            *from = index as u8;
        }
        let each = best.iter_mut().zip(&mut from).zip(fits.iter().zip(&prior));
        for ((value, from), (fit, prior)) in each {
            *from = if *value >= floor { *from } else { leader as u8 };
            *value = if *value >= floor { *value } else { floor };
            *value += f64::from(WINDOW_SHARPNESS * fit) + prior;
        }
        steps.push((*at, from));
    }
    let mut index = strongest(&best).0;
    let mut found: Vec<KeyPassage> = Vec::new();
    for (at, from) in steps.iter().rev() {
        let start_quarters = (evidence.start + *at as u32 * BLOCK) / GRAINS;
        let key = key_at(index);
        match found.last_mut().filter(|passage| passage.key == key) {
            Some(passage) => passage.start_quarters = start_quarters,
            None => found.push(KeyPassage { start_quarters, key }),
        }
        index = from.get(index).map_or(index, |&before| usize::from(before));
    }
    found.reverse();
    found
}

/// The key at a place of [`Key::all`].
const fn key_at(index: usize) -> Key {
    Key { tonic: PitchClass::of((index % 12) as u8), minor: index >= 12 }
}

fn strongest(values: &PerKey) -> (usize, f64) {
    let mut best = (0, f64::MIN);
    for (index, &value) in values.iter().enumerate() {
        if value > best.1 {
            best = (index, value);
        }
    }
    best
}
