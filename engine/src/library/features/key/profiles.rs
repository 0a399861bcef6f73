//! Published key profiles, and how well a histogram of pitch classes fits them.

use std::sync::LazyLock;

/// Time by pitch class, from C up; any unit.
pub(super) type Histogram = [f64; 12];

/// A number for each of [`Key::all`].
pub(super) type PerKey = [f64; 24];

/// How well each degree fits a key, from the tonic up; centred, with a length of 1.
pub(super) struct Profiles {
    major: [f64; 12],
    minor: [f64; 12],
}

/// Albrecht and Shanahan, "The use of large corpora to train a new type of key-finding
/// algorithm", Music Perception 31 (2013): the best single profile on both sets.
pub(super) static ALBRECHT_SHANAHAN: LazyLock<Profiles> = LazyLock::new(|| Profiles {
    major: standardised(&[
        0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081,
    ]),
    minor: standardised(&[
        0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052,
    ]),
});

/// Temperley, "Music and Probability" (2007), chapter 6: from the Kostka–Payne corpus.
pub(super) static TEMPERLEY_KOSTKA_PAYNE: LazyLock<Profiles> = LazyLock::new(|| Profiles {
    major: standardised(&[
        0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400,
    ]),
    minor: standardised(&[
        0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330,
    ]),
});

impl Profiles {
    /// Pearson's correlation of a histogram with the profile of every key, as in Krumhansl,
    /// "Cognitive Foundations of Musical Pitch" (1990), chapter 4. 0 for an even histogram.
    pub(super) fn correlate(&self, histogram: &Histogram) -> PerKey {
        let histogram = standardised(histogram);
        // Twice over, so that the degrees of every key stand in a row; the twelve tonics then
        // are what the compiler makes vectors of.
        let mut twice = [0.0; 24];
        for (place, time) in twice.iter_mut().zip(histogram.iter().chain(&histogram)) {
            *place = *time;
        }
        let (mut major, mut minor) = ([0.0; 12], [0.0; 12]);
        for (fits, profile) in [(&mut major, &self.major), (&mut minor, &self.minor)] {
            for (degree, weight) in profile.iter().enumerate() {
                let times = twice.get(degree..).and_then(|times| times.first_chunk::<12>());
                let Some(times) = times else { continue };
                for (fit, time) in fits.iter_mut().zip(times) {
                    *fit += time * weight;
                }
            }
        }
        let mut fits = [0.0; 24];
        for (fit, found) in fits.iter_mut().zip(major.iter().chain(&minor)) {
            *fit = *found;
        }
        fits
    }
}

/// Centred, with a length of 1; all 0 when there is nothing to tell apart.
fn standardised(values: &[f64; 12]) -> [f64; 12] {
    let mean = values.iter().sum::<f64>() / 12.0;
    let centred = values.map(|value| value - mean);
    let length = centred.iter().map(|value| value * value).sum::<f64>().sqrt();
    if length > 1e-12 { centred.map(|value| value / length) } else { [0.0; 12] }
}

/// Scores as probabilities that sum to 1.
pub(super) fn softmax(scores: &PerKey) -> PerKey {
    let highest = scores.iter().copied().fold(f64::MIN, f64::max);
    let mut powers = *scores;
    let mut sum = 0.0;
    for power in &mut powers {
        *power = (*power - highest).exp();
        sum += *power;
    }
    for power in &mut powers {
        *power /= sum;
    }
    powers
}
