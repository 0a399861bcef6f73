//! Published key profiles, and how well a histogram of pitch classes fits them.

use std::f32::consts::{LN_2, LOG2_E};
use std::sync::LazyLock;

/// Time by pitch class, from C up; any unit.
pub(super) type Histogram = [f32; 12];

/// A number for each of [`Key::all`].
pub(super) type PerKey = [f64; 24];

/// How well each of [`Key::all`] fits, -1..=1. Half the width is half the work, and there is a
/// fit for every key of every window.
pub(super) type Fits = [f32; 24];

/// How well each degree fits a key, from the tonic up; centred, with a length of 1.
pub(super) struct Profiles {
    major: [f32; 12],
    minor: [f32; 12],
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
    pub(super) fn correlate(&self, histogram: &Histogram) -> Fits {
        let histogram = standardised(histogram);
        // Twice over, so that the degrees of every key stand in a row; the twelve tonics then
        // are what the compiler makes vectors of.
        let mut twice = [0.0; 24];
        for (place, time) in twice.iter_mut().zip(histogram.iter().chain(&histogram)) {
            *place = *time;
        }
        let (mut major, mut minor) = ([0.0; 12], [0.0; 12]);
        for (degree, (in_major, in_minor)) in self.major.iter().zip(&self.minor).enumerate() {
            let times = twice.get(degree..).and_then(|times| times.first_chunk::<12>());
            let Some(times) = times else { continue };
            for ((major, minor), time) in major.iter_mut().zip(&mut minor).zip(times) {
                *major += time * in_major;
                *minor += time * in_minor;
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
fn standardised(values: &Histogram) -> Histogram {
    let sum: f32 = values.iter().sum();
    let centred = values.map(|value| value - sum / 12.0);
    let length = centred.iter().map(|value| value * value).sum::<f32>().sqrt();
    // What rounding leaves of an even histogram is no difference.
    let scale = if length > sum * 1e-6 { 1.0 / length } else { 0.0 };
    centred.map(|value| value * scale)
}

/// Scores as probabilities that sum to 1.
pub(super) fn softmax(scores: &PerKey) -> PerKey {
    let highest = scores.iter().copied().fold(f64::MIN, f64::max);
    let powers = scores.map(|score| (score - highest).exp());
    let sum: f64 = powers.iter().sum();
    powers.map(|power| power / sum)
}

/// The same of fits times `sharpness`, for which half the width and all the speed will do.
pub(super) fn softmax_of_fits(fits: &Fits, sharpness: f32) -> Fits {
    let highest = fits.iter().fold(f32::MIN, |a, &b| if b > a { b } else { a });
    let powers = fits.map(|fit| power_of_two((fit - highest) * sharpness * LOG2_E));
    let scale = 1.0 / powers.iter().sum::<f32>();
    powers.map(|power| power * scale)
}

/// Two to a power from -126 to 0, within a millionth: a polynomial for the fraction (of Taylor's
/// series, whose next term is the error), and the whole part put into the exponent. Without
/// branches or calls, so that four are worked out at once.
fn power_of_two(power: f32) -> f32 {
    const SHIFT: f32 = (3_u32 << 22) as f32;
    const TERMS: [f32; 6] =
        [1.540_353e-4, 1.333_356e-3, 9.618_129e-3, 5.550_411e-2, 0.240_226_5, LN_2];
    let power = if power > -126.0 { power } else { -126.0 };
    // Beside this number no fraction has room: the sum is rounded, and its last bits are whole.
    let shifted = power + SHIFT;
    let fraction = power - (shifted - SHIFT);
    let value = TERMS.iter().fold(0.0, |value, term| (value + term) * fraction) + 1.0;
    f32::from_bits(value.to_bits().wrapping_add(shifted.to_bits() << 23))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_are_right_within_a_millionth() {
        for step in 0..100_000 {
            let power = -f32::from_bits(0x3000_0000 + step * 5_000);
            let (found, right) = (power_of_two(power), power.max(-126.0).exp2());
            assert!((found - right).abs() <= right * 1e-6, "{power}: {found} {right}");
        }
        assert_eq!(power_of_two(0.0), 1.0);
    }

    #[test]
    fn fits_become_the_same_probabilities_in_either_width() {
        let fits: Fits = std::array::from_fn(|key| (key as f32 * 0.7).sin());
        let wide = softmax(&fits.map(|fit| f64::from(fit) * 10.0));
        for (narrow, wide) in softmax_of_fits(&fits, 10.0).into_iter().zip(wide) {
            assert!((f64::from(narrow) - wide).abs() < 1e-6);
        }
    }
}
