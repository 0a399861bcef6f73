//! A train of pulses laid through the accents of a song.

use super::accents::Accent;
use super::periods::Path;

/// What a squared deviation of one period costs, in accents, with the deviation as a logarithm.
const DEVIATION_COST: f64 = 12.0;
/// What a pulse without an onset costs, in accents.
const MISS_COST: f64 = 0.3;
/// Pulses that may go by without an onset, and for how long.
const MOST_MISSED: f64 = 8.0;
const LONGEST_WAIT_SECS: f64 = 3.0;
/// What a pulse gains on an onset: so much for each unit of log-odds above those of onsets
/// that just miss being likely enough, within [`MOST_ODDS`], and so much in any case.
const ODDS_GAIN: f64 = 0.7;
const ONSET_GAIN: f64 = 0.3;
const MOST_ODDS: f64 = 3.0;
/// The share of pulses that are expected to fall on onsets.
const HIT_SHARE: f64 = 0.9;
/// How far an interval may stray from its period.
const STRAY: std::ops::RangeInclusive<f64> = 0.65..=1.5;
/// What it costs to start anew after a silence.
const RESTART_COST: f64 = 2.0;

/// Pulses in order: when, and which accent they fall on.
pub(super) struct Pulses {
    pub(super) secs: Vec<f64>,
    pub(super) accent: Vec<Option<usize>>,
    /// What the train scored for each pulse.
    pub(super) score: f64,
}

/// How a train reaches an accent.
#[derive(Clone, Copy)]
enum Step {
    /// It begins here.
    First,
    /// So many periods after an earlier accent.
    After(usize, u8),
    /// After a silence too long to count.
    Anew(usize),
}

/// The best train by dynamic programming over the accents (after Ellis, "Beat tracking by
/// dynamic programming", 2007, with onsets in place of frames and with pulses that fall on
/// no onset).
pub(super) fn lay(accents: &[Accent], path: &Path) -> Option<Pulses> {
    let start = accents.first()?.secs;
    let end = accents.last()?.secs;
    let gains = gains(accents, path);
    let mut scores: Vec<f64> = Vec::with_capacity(accents.len());
    let mut steps: Vec<Step> = Vec::with_capacity(accents.len());
    // The best so far, for a train that starts anew.
    let mut leader = 0;
    for (accent, gain) in accents.iter().zip(gains) {
        let period = path.period(accent.secs);
        let (mut best, mut step) = (f64::MIN, Step::First);
        if accent.secs - start < 1.5 * period {
            best = 0.0;
        }
        let most = (LONGEST_WAIT_SECS / period).floor().clamp(2.0, MOST_MISSED);
        let index = scores.len();
        for (before, (earlier, score)) in accents.iter().zip(&scores).enumerate().rev() {
            let periods = (accent.secs - earlier.secs) / period;
            if periods > most * 1.15 {
                break;
            }
            let count = periods.round().clamp(1.0, most);
            if periods < *STRAY.start() || !STRAY.contains(&(periods / count)) {
                continue;
            }
            let deviation = (periods / count).ln();
            let value =
                score - DEVIATION_COST * deviation * deviation * count - MISS_COST * (count - 1.0);
            if value > best {
                (best, step) = (value, Step::After(before, count as u8));
            }
        }
        if best == f64::MIN {
            best = scores.get(leader).copied().unwrap_or_default() - RESTART_COST;
            step = if index > 0 { Step::Anew(leader) } else { Step::First };
        }
        let score = best + gain;
        if scores.get(leader).is_none_or(|most| score >= *most) {
            leader = index;
        }
        scores.push(score);
        steps.push(step);
    }
    let ending = |index: &usize| {
        let secs = accents.get(*index).map_or(f64::MIN, |accent| accent.secs);
        end - secs < 1.5 * path.period(end)
    };
    let score_of = |index: usize| scores.get(index).copied().unwrap_or(f64::MIN);
    let last =
        (0..accents.len()).filter(ending).max_by(|&a, &b| score_of(a).total_cmp(&score_of(b)))?;
    let mut pulses = Pulses { secs: Vec::new(), accent: Vec::new(), score: score_of(last) };
    pulses.trace_back(accents, &steps, last);
    pulses.score /= pulses.secs.len().max(1) as f64;
    Some(pulses)
}

/// What a pulse gains on each accent. As many accents are worth a pulse as the path has
/// pulses: with every accent worth one, fast trains would win by their number.
fn gains(accents: &[Accent], path: &Path) -> Vec<f64> {
    let later = accents.iter().skip(1);
    let pulses = accents.iter().zip(later).map(|(accent, next)| {
        // A silence has no more pulses than two.
        ((next.secs - accent.secs) / path.period(accent.secs)).min(2.0)
    });
    let share = (HIT_SHARE * pulses.sum::<f64>() / accents.len().max(1) as f64).min(0.95);
    let mut odds: Vec<f64> = accents.iter().map(|accent| accent.log_odds).collect();
    let rank = ((1.0 - share) * odds.len().saturating_sub(1) as f64) as usize;
    let least =
        if rank < odds.len() { *odds.select_nth_unstable_by(rank, f64::total_cmp).1 } else { 0.0 };
    let gain = |accent: &Accent| {
        ODDS_GAIN * (accent.log_odds - least).clamp(-MOST_ODDS, MOST_ODDS) + ONSET_GAIN
    };
    accents.iter().map(gain).collect()
}

impl Pulses {
    fn trace_back(&mut self, accents: &[Accent], steps: &[Step], last: usize) {
        let mut at = last;
        while let (Some(accent), Some(step)) = (accents.get(at), steps.get(at)) {
            self.secs.push(accent.secs);
            self.accent.push(Some(at));
            match *step {
                Step::First => break,
                Step::Anew(before) => at = before,
                Step::After(before, count) => {
                    let earlier = accents.get(before).map_or(0.0, |accent| accent.secs);
                    let period = (accent.secs - earlier) / f64::from(count);
                    for missed in 1..count {
                        self.secs.push(accent.secs - period * f64::from(missed));
                        self.accent.push(None);
                    }
                    at = before;
                }
            }
        }
        self.secs.reverse();
        self.accent.reverse();
    }
}
