//! Which level of the pulse is the beat: a train of pulses is counted in ones, twos, threes…,
//! and each count of each train is a candidate.

use super::accents::Accent;
use super::periods::Path;
use super::pulse::{self, Pulses};

/// How many pulses make a beat.
const COUNTS: [usize; 6] = [1, 2, 3, 4, 6, 8];
/// Shorter trains say nothing.
const FEWEST_PULSES: usize = 8;
/// Beats a minute that annotators of real music use, with room to either side.
const RANGE: std::ops::RangeInclusive<f64> = 13.0..=430.0;
/// The centre of the tempo prior: 100 beats a minute, where tempo is most salient (Parncutt,
/// "A perceptual model of pulse salience", Music Perception 11, 1994).
const SALIENT_SECS: f64 = 0.6;

/// What each piece of evidence counts for. Learned by conditional logistic regression over
/// the candidates of POP909 and of ASAP's performances (docs/library.md: how, and how well).
mod weight {
    pub(super) const TRAIN: f64 = 0.0947;
    pub(super) const PATH: f64 = 5.04;
    pub(super) const MISSED: f64 = -8.81;
    pub(super) const STRAY: f64 = -1.47;
    pub(super) const JITTER: f64 = -5.21;
    pub(super) const SPREAD: f64 = -9.42;
    pub(super) const PERIOD: f64 = -0.601;
    pub(super) const PERIOD_SQUARED: f64 = -0.513;
    pub(super) const DENSITY_SQUARED: f64 = -0.223;
    pub(super) const UNCOUNTED: f64 = -0.602;
    pub(super) const LENGTH_BETWEEN: f64 = -3.13;
    pub(super) const BEAT_ODDS: f64 = 1.58;
}

/// A tempo, and the log-odds of its being the beat.
pub(super) struct Candidate {
    pub(super) bpm: f64,
    pub(super) score: f64,
}

/// Every count of the train along one path.
pub(super) fn candidates(accents: &[Accent], path: &Path, found: &mut Vec<Candidate>) {
    let Some(pulses) = pulse::lay(accents, path) else { return };
    if pulses.secs.len() < FEWEST_PULSES {
        return;
    }
    let train = Train::of(accents, path, &pulses);
    found.extend(COUNTS.iter().filter_map(|&count| train.counted(accents, &pulses, count)));
}

/// What all counts of a train share.
struct Train {
    score: f64,
    /// Onsets for each pulse.
    density: f64,
    length: Contour,
}

impl Train {
    fn of(accents: &[Accent], path: &Path, pulses: &Pulses) -> Self {
        let n_pulses = pulses.secs.len() as f64;
        let missed = pulses.accent.iter().filter(|accent| accent.is_none()).count() as f64;
        Self {
            score: weight::TRAIN * pulses.score
                + weight::PATH * path.strength
                + weight::MISSED * missed / n_pulses
                + weight::STRAY * strays(accents, pulses) / n_pulses
                + weight::JITTER * jitter(pulses),
            density: accents.len() as f64 / n_pulses,
            length: Contour::of(accents, pulses, &|accent| accent.length.clamp(0.02, 2.0).ln()),
        }
    }

    fn counted(&self, accents: &[Accent], pulses: &Pulses, count: usize) -> Option<Candidate> {
        if pulses.secs.len() < count * 4 {
            return None;
        }
        let later = pulses.secs.iter().skip(count);
        let mut beats: Vec<f64> = later.zip(&pulses.secs).map(|(end, start)| end - start).collect();
        beats.sort_unstable_by(f64::total_cmp);
        let period = quantile(&beats, 2);
        let bpm = 60.0 / period;
        if !RANGE.contains(&bpm) {
            return None;
        }
        let spread = (quantile(&beats, 3) / quantile(&beats, 1)).ln();
        let log_period = (period / SALIENT_SECS).log2();
        let log_density = (self.density * count as f64).log2();
        let score = self.score
            + weight::SPREAD * spread
            + weight::PERIOD * log_period
            + weight::PERIOD_SQUARED * log_period * log_period
            + weight::DENSITY_SQUARED * log_density * log_density
            + weight::UNCOUNTED * f64::from(u8::from(count == 1))
            // Long notes that come back after one beat and a half speak for another count.
            + weight::LENGTH_BETWEEN * self.length.repeats(count * 3 / 2)
            + weight::BEAT_ODDS * beat_odds(accents, pulses, count) / accents.len() as f64;
        score.is_finite().then_some(Candidate { bpm, score })
    }
}

/// A quantity from pulse to pulse, centred; 0 where a pulse has no onset.
struct Contour {
    values: Vec<f64>,
    variance: f64,
}

impl Contour {
    fn of(accents: &[Accent], pulses: &Pulses, value: &dyn Fn(&Accent) -> f64) -> Self {
        let at = |accent: &Option<usize>| accent.and_then(|index| accents.get(index)).map(value);
        let heard: Vec<f64> = pulses.accent.iter().filter_map(at).collect();
        let mean = heard.iter().sum::<f64>() / heard.len().max(1) as f64;
        let centred = |accent| at(accent).map_or(0.0, |value| value - mean);
        let values: Vec<f64> = pulses.accent.iter().map(centred).collect();
        let variance = values.iter().map(|value| value * value).sum::<f64>() + 1e-9;
        Self { values, variance }
    }

    /// Autocorrelation at a lag of so many pulses. Counted in pulses, rubato does not blur it.
    fn repeats(&self, lag: usize) -> f64 {
        let later = self.values.iter().skip(lag);
        later.zip(&self.values).map(|(a, b)| a * b).sum::<f64>() / self.variance
    }
}

/// The log-odds of all beats together, counted from the pulse that makes the most of them:
/// but for a constant, the log-likelihood of just these onsets being the beats.
fn beat_odds(accents: &[Accent], pulses: &Pulses, count: usize) -> f64 {
    let sum_from = |first: usize| {
        let beats = pulses.accent.iter().skip(first).step_by(count);
        let heard = beats.filter_map(|accent| accents.get((*accent)?));
        heard.map(|accent| accent.log_odds).sum::<f64>()
    };
    (0..count).map(sum_from).fold(f64::MIN, f64::max)
}

/// Onsets that fall neither on a pulse nor on its half or thirds.
fn strays(accents: &[Accent], pulses: &Pulses) -> f64 {
    let mut pulse = 0;
    let mut strays = 0.0;
    let at = |index: usize| pulses.secs.get(index).copied();
    for accent in accents {
        while at(pulse + 1).is_some_and(|next| next <= accent.secs + 1e-9) {
            pulse += 1;
        }
        let (Some(start), Some(end)) = (at(pulse), at(pulse + 1)) else { break };
        let phase = (accent.secs - start) / (end - start);
        let near = |place: f64, within: f64| (phase - place).abs() < within;
        let explained =
            near(0.5, 0.09) || near(1.0 / 3.0, 0.075) || near(2.0 / 3.0, 0.075) || phase < 0.02;
        strays += f64::from(u8::from(!explained));
    }
    strays
}

/// The median change from one interval to the next, as a logarithm.
fn jitter(pulses: &Pulses) -> f64 {
    let secs = &pulses.secs;
    let intervals: Vec<f64> = secs.iter().skip(1).zip(secs).map(|(b, a)| b - a).collect();
    let later = intervals.iter().skip(1);
    let mut changes: Vec<f64> = later.zip(&intervals).map(|(b, a)| (b / a).ln().abs()).collect();
    changes.sort_unstable_by(f64::total_cmp);
    quantile(&changes, 2)
}

/// A quarter of the way, half of it, or three quarters, into sorted values.
fn quantile(sorted: &[f64], quarters: usize) -> f64 {
    sorted.get(sorted.len() * quarters / 4).copied().unwrap_or_default()
}
