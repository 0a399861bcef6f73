//! How strongly each onset asks to be a beat.

use crate::library::features::NoteEvent;
use crate::library::features::onsets::{groups, mean};

/// Onsets of the longest song that is followed to its end; the tempo of what comes after
/// does not change the answer enough to pay for it.
const MOST_ONSETS: usize = 12_000;
/// Seconds after which no more is listened to.
const LONGEST_SECS: f64 = 1800.0;

/// An onset, and what speaks for a beat there.
pub(super) struct Accent {
    /// When, in seconds.
    pub(super) secs: f64,
    /// How strong; 1 on average.
    pub(super) strength: f64,
    /// How long the longest note sounds, in seconds.
    pub(super) length: f64,
}

/// Accents of onsets of which nothing else is known. Expects them sorted.
pub(super) fn plain(onset_secs: &[f64]) -> Vec<Accent> {
    let start = onset_secs.first().copied().unwrap_or_default();
    onset_secs
        .iter()
        .take(MOST_ONSETS)
        .take_while(|secs| **secs - start < LONGEST_SECS)
        .map(|&secs| Accent { secs, strength: 1.0, length: 0.1 })
        .collect()
}

/// The accents of a song, in order. An onset is strong when it is followed by silence, holds
/// long, is loud, low, or a chord: the agogic, dynamic and registral accents of Lerdahl and
/// Jackendoff, "A Generative Theory of Tonal Music" (1983), rules MPR 3–6.
pub(super) fn accents(notes: &[NoteEvent]) -> Vec<Accent> {
    let mut groups = groups(notes);
    groups.truncate(MOST_ONSETS);
    let start = groups.first().and_then(|group| group.first()).map_or(0.0, |note| note.start_secs);
    groups.retain(|group| group.iter().all(|note| note.start_secs - start < LONGEST_SECS));
    let loudness = |group: &[NoteEvent]| {
        f64::from(group.iter().map(|note| note.velocity).max().unwrap_or_default()) / 127.0
    };
    let lowest = |group: &[NoteEvent]| {
        let pitched = group.iter().filter(|note| note.is_pitched());
        pitched.map(|note| f64::from(note.key)).reduce(f64::min)
    };
    let mean_loudness = mean(&groups, |group| loudness(group)).max(0.05);
    let basses: Vec<f64> = groups.iter().filter_map(|group| lowest(group)).collect();
    let mean_bass = mean(&basses, |bass| *bass);
    let mut accents: Vec<Accent> = Vec::with_capacity(groups.len());
    for (index, group) in groups.iter().enumerate() {
        let secs = mean(group, |note| note.start_secs);
        let next = groups.get(index + 1).map(|next| mean(next, |note| note.start_secs));
        let length = group.iter().map(NoteEvent::secs).fold(0.0, f64::max);
        let bass = lowest(group).unwrap_or(mean_bass);
        let wait = next.map_or(length, |next| next - secs).min(1.0);
        let strength = 0.5
            + 0.5 * ((group.len() as f64).sqrt() - 1.0).min(1.5)
            + 1.5 * wait.min(length.max(0.1)).min(0.8)
            + 0.7 * ((mean_bass - bass) / 12.0).clamp(0.0, 1.5)
            + 0.7 * ((loudness(group) - mean_loudness) / mean_loudness).clamp(-0.6, 1.0);
        accents.push(Accent { secs, strength: strength.max(0.1), length });
    }
    let mean_strength = mean(&accents, |accent| accent.strength).max(1e-9);
    for accent in &mut accents {
        accent.strength /= mean_strength;
    }
    accents
}
