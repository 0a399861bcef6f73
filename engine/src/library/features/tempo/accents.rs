//! How strongly each onset asks to be a beat.

use super::hints::hints;
use super::network::log_odds;
use crate::library::features::NoteEvent;
use crate::library::features::onsets::{groups, mean};

/// Onsets of the longest song that is followed to its end; the tempo of what comes after
/// does not change the answer enough to pay for it.
const MOST_ONSETS: usize = 12_000;
/// Seconds after which no more is listened to.
const LONGEST_SECS: f64 = 1800.0;
/// How much likely beats stand out for the autocorrelation: their probability to this power.
/// Between 1 and 3 it matters little.
const CONTRAST: f64 = 2.5;

/// An onset, and what speaks for a beat there.
pub(super) struct Accent {
    /// When, in seconds.
    pub(super) secs: f64,
    /// The log-odds of a beat there.
    pub(super) log_odds: f64,
    /// How strong; 1 on average.
    pub(super) strength: f64,
    /// How long the longest note sounds, in seconds.
    pub(super) length: f64,
}

/// Accents of onsets of which nothing else is known. Expects them sorted.
pub(super) fn plain(onset_secs: &[f64]) -> Vec<Accent> {
    let note = |&secs: &f64| NoteEvent {
        start_secs: secs,
        end_secs: secs + 0.1,
        tick: 0,
        ticks: 1,
        key: 60,
        velocity: 64,
        channel: 0,
        program: 0,
    };
    accents(&onset_secs.iter().map(note).collect::<Vec<_>>())
}

/// The accents of a song, in order.
pub(super) fn accents(notes: &[NoteEvent]) -> Vec<Accent> {
    let mut groups = groups(notes);
    groups.truncate(MOST_ONSETS);
    let start = groups.first().and_then(|group| group.first()).map_or(0.0, |note| note.start_secs);
    groups.retain(|group| group.iter().all(|note| note.start_secs - start < LONGEST_SECS));
    let heard = groups.iter().zip(log_odds(&hints(&groups)));
    let mut accents: Vec<Accent> = heard
        .map(|(group, log_odds)| Accent {
            secs: mean(group, |note| note.start_secs),
            log_odds,
            strength: (1.0 + (-log_odds).exp()).powf(-CONTRAST),
            length: group.iter().map(NoteEvent::secs).fold(0.0, f64::max),
        })
        .collect();
    let mean_strength = mean(&accents, |accent| accent.strength).max(1e-9);
    for accent in &mut accents {
        accent.strength /= mean_strength;
    }
    accents
}
