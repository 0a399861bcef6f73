//! How fast music is: from what its file declares, checked against its notes, or from the
//! notes alone.
//!
//! What is around each onset → how likely a beat falls on it → the autocorrelation of that,
//! second by second → paths of periods → trains of pulses → counts of pulses that may be the
//! beat, weighed by a logistic model. No Fourier transform.
//! docs/library.md has the method, its cost and its accuracy.

mod accents;
mod fit;
mod hints;
mod levels;
mod network;
mod periods;
mod pulse;
#[cfg(test)]
mod tests;

use super::NoteEvent;
use accents::Accent;
pub use fit::{Declared, fits};
use levels::Candidate;
use serde::Serialize;

/// Fewer onsets have no tempo.
const FEWEST_ONSETS: usize = 8;
/// Candidates within this (as a logarithm) are the same answer.
const SAME: f64 = 0.03;
/// Within this an inferred tempo confirms a declared one.
const AGREES: f64 = 0.04;
/// How many other answers are told.
const ALTERNATIVES: usize = 3;

/// Where a tempo comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BpmMethod {
    /// The file says it, and its notes lie on the grid it makes.
    Declared,
    /// Heard in the onsets: the file says nothing, or its notes contradict it.
    Onsets,
    /// The notes do not lie on the grid, yet the tempo that they have is the declared one.
    Hybrid,
    /// There is none.
    #[default]
    None,
}

/// A tempo, and how it was found.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct BpmDetectionResult {
    /// Beats a minute; `None` where there are none to count.
    pub bpm: Option<f64>,
    /// Where it comes from.
    pub method: BpmMethod,
    /// 0..=1: the fit of a declared tempo, the probability of an inferred one.
    pub confidence: f64,
    /// What else it may be, the likeliest first: often half or double.
    pub alternatives: Vec<f64>,
}

/// The tempo of onsets (in seconds, any order) of which nothing else is known.
pub fn detect_bpm_from_onsets(onset_secs: &[f64]) -> BpmDetectionResult {
    let mut sorted: Vec<f64> = onset_secs.iter().copied().filter(|secs| secs.is_finite()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.dedup();
    decide(&accents::plain(&sorted))
}

/// The tempo of notes, whatever their file declares.
pub fn infer_tempo(notes: &[NoteEvent]) -> BpmDetectionResult {
    decide(&accents::accents(notes))
}

/// The declared tempo where the notes fit it, else the one inferred from them, else the
/// declared one.
pub fn detect_bpm_hybrid(notes: &[NoteEvent], declared: Option<&Declared>) -> BpmDetectionResult {
    choose(notes, declared, || infer_tempo(notes))
}

/// [`detect_bpm_hybrid`] with an inference that may have been made already.
pub fn choose(
    notes: &[NoteEvent],
    declared: Option<&Declared>,
    infer: impl FnOnce() -> BpmDetectionResult,
) -> BpmDetectionResult {
    let Some(declared) = declared else { return infer() };
    let fit = fits(notes, declared.ppq);
    let from_file = |method, confidence| BpmDetectionResult {
        bpm: Some(declared.bpm),
        method,
        confidence,
        alternatives: Vec::new(),
    };
    if fit.trusted {
        return from_file(BpmMethod::Declared, fit.strength);
    }
    let inferred = infer();
    match inferred.bpm {
        None => from_file(BpmMethod::Declared, 0.0),
        Some(bpm) if (bpm / declared.bpm).ln().abs() <= AGREES => {
            from_file(BpmMethod::Hybrid, inferred.confidence)
        }
        Some(_) => inferred,
    }
}

/// Weighs the candidates of all paths: those of the same tempo add up.
fn decide(accents: &[Accent]) -> BpmDetectionResult {
    if accents.len() < FEWEST_ONSETS {
        return BpmDetectionResult::default();
    }
    let mut candidates = Vec::new();
    for path in periods::paths(accents) {
        levels::candidates(accents, &path, &mut candidates);
    }
    candidates.sort_by(|a, b| a.bpm.total_cmp(&b.bpm));
    let highest = candidates.iter().map(|candidate| candidate.score).fold(f64::MIN, f64::max);
    let odds = |candidate: &Candidate| (candidate.score - highest).exp();
    let total: f64 = candidates.iter().map(odds).sum();
    let near = |bpm: f64| {
        let same = move |other: &&Candidate| (other.bpm / bpm).ln().abs() < SAME;
        candidates.iter().filter(same)
    };
    let mut answers: Vec<(f64, f64)> = candidates
        .iter()
        .map(|candidate| (candidate.bpm, near(candidate.bpm).map(odds).sum::<f64>() / total))
        .collect();
    // The first of equals, as the candidates are sorted.
    answers.sort_by(|a, b| b.1.total_cmp(&a.1));
    let Some(&(leader, confidence)) = answers.first() else {
        return BpmDetectionResult::default();
    };
    let mut alternatives: Vec<f64> = Vec::new();
    for &(bpm, _) in &answers {
        let told =
            alternatives.iter().chain([&leader]).any(|other| (other / bpm).ln().abs() < 0.06);
        if !told && alternatives.len() < ALTERNATIVES {
            alternatives.push(bpm);
        }
    }
    let half = near(leader).map(odds).sum::<f64>() / 2.0;
    let mut below = 0.0;
    let middle = near(leader).find(|candidate| {
        below += odds(candidate);
        below >= half
    });
    BpmDetectionResult {
        bpm: Some(middle.map_or(leader, |candidate| candidate.bpm)),
        method: BpmMethod::Onsets,
        confidence: confidence.clamp(0.0, 1.0),
        alternatives,
    }
}
