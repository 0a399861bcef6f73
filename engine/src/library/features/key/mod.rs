//! Which key music is in.
//!
//! Every one of the 24 keys gets a score from eleven pieces of evidence; the scores are
//! weighed together by a logistic model (docs/library.md: formula, learning, accuracy).

mod evidence;
mod profiles;
#[cfg(test)]
mod tests;

use super::NoteEvent;
use crate::theory::Key;
use evidence::{Evidence, sum};
use profiles::{ALBRECHT_SHANAHAN, Histogram, PerKey, TEMPERLEY_KOSTKA_PAYNE, softmax};

/// Music of fewer pitch classes has no key worth naming.
const FEWEST_CLASSES: usize = 3;
/// How sharply a window decides: its correlations times this are log-odds.
const WINDOW_SHARPNESS: f64 = 10.0;
/// Blocks that make the opening: 24 seconds, in which classical music states its key.
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
    /// From where, in seconds; as exact as the eight seconds between two decisions.
    pub start_secs: f64,
    /// In which key.
    pub key: Key,
}

/// The key of notes in any order. `None` when nothing pitched sounds (drums have no key), when
/// fewer than three pitch classes do, or when all sound for equally long.
pub fn infer_key(notes: &[NoteEvent]) -> Option<KeyEstimate> {
    let evidence = Evidence::of(notes)?;
    let total = evidence.total();
    let classes = total.iter().filter(|time| **time > 0.0).count();
    let whole = ALBRECHT_SHANAHAN.correlate(&total);
    if classes < FEWEST_CLASSES || whole.iter().all(|&fit| fit <= 1e-9) {
        return None;
    }
    let windows: Vec<(usize, PerKey)> = evidence
        .windows()
        .map(|(at, window)| (at, TEMPERLEY_KOSTKA_PAYNE.correlate(&window)))
        .collect();
    let probabilities = softmax(&scores(&evidence, &total, &whole, &windows));
    let mut ranked: Vec<(Key, f64)> = Key::all().zip(probabilities).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
    let &[first, second, third, ..] = ranked.as_slice() else { return None };
    Some(KeyEstimate {
        key: first.0,
        confidence: first.1,
        candidates: [first, second, third],
        passages: passages(&evidence, &windows, &probabilities),
    })
}

fn scores(
    evidence: &Evidence,
    total: &Histogram,
    whole: &PerKey,
    windows: &[(usize, PerKey)],
) -> PerKey {
    let temperley = TEMPERLEY_KOSTKA_PAYNE.correlate(total);
    let bass = TEMPERLEY_KOSTKA_PAYNE.correlate(&evidence.bass);
    let opening = sum(evidence.blocks.iter().take(OPENING_BLOCKS));
    let opening_as = ALBRECHT_SHANAHAN.correlate(&opening);
    let opening_tkp = TEMPERLEY_KOSTKA_PAYNE.correlate(&opening);
    let windows = window_shares(windows);
    let sounding: f64 = total.iter().sum();
    let triads: f64 = evidence.major_triads.iter().chain(&evidence.minor_triads).sum();
    let share = |histogram: &Histogram, key: Key, degree: i32, of: f64| {
        let class = usize::from(key.tonic.transposed(degree).index());
        histogram.get(class).copied().unwrap_or_default() / of.max(1e-9)
    };
    let each = whole.iter().zip(&temperley).zip(&bass).zip(&opening_as).zip(&opening_tkp);
    let mut scores = [0.0; 24];
    for (((score, key), fits), window) in scores.iter_mut().zip(Key::all()).zip(each).zip(&windows)
    {
        let ((((whole, temperley), bass), opening_as), opening_tkp) = fits;
        *score = weight::ALBRECHT_SHANAHAN * whole
            + weight::TEMPERLEY * temperley
            + weight::WINDOWS * window
            + weight::BASS * bass
            + weight::OPENING_ALBRECHT_SHANAHAN * opening_as
            + weight::OPENING_TEMPERLEY * opening_tkp
            + weight::DOMINANT * share(&evidence.major_triads, key, 7, triads);
        if key.minor {
            *score += weight::MINOR
                + weight::MINOR_THIRD * share(total, key, 3, sounding)
                + weight::MINOR_FLAT_SECOND * share(total, key, 1, sounding)
                + weight::MINOR_SEVENTH * share(total, key, 10, sounding);
        }
    }
    scores
}

/// How much of the song each key claims, window by window: the mean of the windows'
/// probabilities. A modulation then counts for as long as it lasts, not for its colour.
fn window_shares(windows: &[(usize, PerKey)]) -> PerKey {
    let mut shares = [0.0; 24];
    for (_, fits) in windows {
        let claims = softmax(&fits.map(|fit| fit * WINDOW_SHARPNESS));
        for (share, claim) in shares.iter_mut().zip(claims) {
            *share += claim;
        }
    }
    shares.map(|share| share / windows.len().max(1) as f64)
}

/// The likeliest sequence of keys over the windows (Viterbi): each window speaks by its
/// correlations, the song as a whole by a prior, and a change costs [`MODULATION_COST`].
fn passages(evidence: &Evidence, windows: &[(usize, PerKey)], song: &PerKey) -> Vec<KeyPassage> {
    // No key is impossible, but one that the whole song denies must be clear where it stands.
    let prior = song.map(|probability| (probability + 0.01).ln() * 0.25);
    let mut best = [0.0; 24];
    let mut steps: Vec<(usize, [u8; 24])> = Vec::new();
    for (at, fits) in windows {
        let (leader, highest) = strongest(&best);
        let mut from = [0_u8; 24];
        for (index, ((value, from), (fit, prior))) in
            best.iter_mut().zip(&mut from).zip(fits.iter().zip(&prior)).enumerate()
        {
            let stays = steps.is_empty() || *value >= highest - MODULATION_COST;
            *from = if stays { index } else { leader } as u8;
            *value = if stays { *value } else { highest - MODULATION_COST };
            *value += WINDOW_SHARPNESS * fit + prior;
        }
        steps.push((*at, from));
    }
    let keys: Vec<Key> = Key::all().collect();
    let mut index = strongest(&best).0;
    let mut found: Vec<KeyPassage> = Vec::new();
    for (at, from) in steps.iter().rev() {
        let start_secs = evidence.start_secs + *at as f64 * evidence.block_secs;
        if let Some(&key) = keys.get(index) {
            match found.last_mut().filter(|passage| passage.key == key) {
                Some(passage) => passage.start_secs = start_secs,
                None => found.push(KeyPassage { start_secs, key }),
            }
        }
        index = from.get(index).map_or(index, |&before| usize::from(before));
    }
    found.reverse();
    found
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
