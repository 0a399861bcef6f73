//! Which key music is in, from how long each pitch class sounds.

use super::{PitchClass, Scale, ScaleKind, Spelling};

/// How well each degree fits a major key, from the tonic up: the probe-tone ratings of
/// Krumhansl and Kessler, "Tracing the dynamic changes in perceived tonal organization
/// in a spatial representation of musical keys", Psychological Review 89 (1982).
const MAJOR: [f64; 12] = [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88];
/// The same for a minor key.
const MINOR: [f64; 12] = [6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17];
/// Music of fewer pitch classes has no key worth naming.
const FEWEST_CLASSES: usize = 3;

/// A key, and how sure that is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KeyEstimate {
    /// Its first degree.
    pub tonic: PitchClass,
    /// Minor rather than major.
    pub minor: bool,
    /// 0..=1: the correlation with the key's profile, scaled down where another key that
    /// shares fewer than six pitches with it fits nearly as well.
    pub confidence: f32,
}

impl KeyEstimate {
    /// Major or natural minor on the tonic.
    pub const fn scale(self) -> Scale {
        let kind = if self.minor { ScaleKind::NaturalMinor } else { ScaleKind::Major };
        Scale::new(self.tonic, kind)
    }

    /// How its black keys are written: as its key signature does.
    pub const fn spelling(self) -> Spelling {
        let major = if self.minor { self.tonic.transposed(3) } else { self.tonic };
        // F, B♭, E♭, A♭ and D♭ major, and their relatives, have flats.
        if matches!(major.index(), 1 | 3 | 5 | 8 | 10) { Spelling::Flats } else { Spelling::Sharps }
    }
}

/// The key that fits best, from key numbers and how long each sounds (in any unit).
/// `None` when nothing sounds, when fewer than three pitch classes do, or when they sound so
/// evenly that no key fits. Drums have no key: leave them out.
///
/// The method of Krumhansl and Schmuckler (Krumhansl, "Cognitive Foundations of Musical
/// Pitch", 1990, chapter 4): the key whose profile correlates best (Pearson).
pub fn estimate_key(sounding: impl IntoIterator<Item = (u8, u64)>) -> Option<KeyEstimate> {
    let mut weights = [0.0f64; 12];
    for (key, length) in sounding {
        if let Some(weight) = weights.get_mut(usize::from(key % 12)) {
            *weight += length as f64;
        }
    }
    if weights.iter().filter(|weight| **weight > 0.0).count() < FEWEST_CLASSES {
        return None;
    }
    let keys = PitchClass::ALL.iter().flat_map(|&tonic| [(tonic, false), (tonic, true)]);
    let mut fits: Vec<(f64, KeyEstimate)> = keys
        .filter_map(|(tonic, minor)| {
            let fit = correlation(&weights, tonic, if minor { &MINOR } else { &MAJOR })?;
            Some((fit, KeyEstimate { tonic, minor, confidence: 0.0 }))
        })
        .collect();
    fits.sort_by(|a, b| b.0.total_cmp(&a.0));
    let &(best, key) = fits.first()?;
    if best <= 0.0 {
        return None;
    }
    let rival = fits.iter().skip(1).find(|(_, other)| shared_pitches(key, *other) < 6);
    let rival = rival.map_or(0.0, |(fit, _)| fit.max(0.0));
    let confidence = (best * (1.0 - (rival / best).powi(4))).clamp(0.0, 1.0) as f32;
    Some(KeyEstimate { confidence, ..key })
}

fn shared_pitches(a: KeyEstimate, b: KeyEstimate) -> usize {
    let other = b.scale();
    a.scale().pitch_classes().filter(|class| other.contains(class.index())).count()
}

/// Pearson's; `None` when all weights are alike.
fn correlation(weights: &[f64; 12], tonic: PitchClass, profile: &[f64; 12]) -> Option<f64> {
    let rotated = weights.iter().cycle().skip(usize::from(tonic.index()));
    let mean = weights.iter().sum::<f64>() / 12.0;
    let profile_mean = profile.iter().sum::<f64>() / 12.0;
    let (mut both, mut own, mut other) = (0.0, 0.0, 0.0);
    for (weight, rating) in rotated.zip(profile) {
        let (weight, rating) = (weight - mean, rating - profile_mean);
        both += weight * rating;
        own += weight * weight;
        other += rating * rating;
    }
    let fit = both / (own * other).sqrt();
    fit.is_finite().then_some(fit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A phrase as (key, length): tonic chord, subdominant, dominant, tonic.
    const CADENCE: [(u8, u64); 12] = [
        (60, 4),
        (64, 4),
        (67, 4),
        (65, 2),
        (69, 2),
        (60, 2),
        (67, 2),
        (71, 2),
        (62, 2),
        (60, 4),
        (64, 4),
        (67, 4),
    ];

    #[test]
    fn a_cadence_is_in_its_key() {
        let key = estimate_key(CADENCE).unwrap();
        assert_eq!((key.tonic, key.minor), (PitchClass::C, false));
        assert!(key.confidence > 0.3, "{}", key.confidence);
        let minor = [
            (57, 4),
            (60, 4),
            (64, 4),
            (62, 2),
            (65, 2),
            (57, 2),
            (64, 3),
            (68, 2),
            (71, 2),
            (57, 4),
        ];
        let key = estimate_key(minor).unwrap();
        assert_eq!((key.tonic, key.minor), (PitchClass::of(57), true));
    }

    #[test]
    fn a_chromatic_run_a_single_note_and_silence_are_in_no_key() {
        assert_eq!(estimate_key((60..72).map(|key| (key, 1))), None);
        assert_eq!(estimate_key([(60, 100)]), None);
        assert_eq!(estimate_key([]), None);
    }

    #[test]
    fn keys_are_spelt_as_their_signatures() {
        let key =
            |tonic, minor| KeyEstimate { tonic: PitchClass::new(tonic), minor, confidence: 1.0 };
        assert_eq!(key(5, false).spelling(), Spelling::Flats);
        assert_eq!(key(0, true).spelling(), Spelling::Flats);
        assert_eq!(key(6, true).spelling(), Spelling::Sharps);
    }

    proptest! {
        #[test]
        fn transposing_the_music_moves_its_key(
            notes in proptest::collection::vec((36u8..84, 1u64..9), 3..40), by in 0u8..12,
        ) {
            let moved = estimate_key(notes.iter().map(|&(key, length)| (key + by, length)));
            let expected = estimate_key(notes).map(|key| key.tonic.transposed(i32::from(by)));
            // Keys that fit equally well may change places.
            if let (Some(moved), Some(expected)) = (moved, expected)
                && moved.confidence > 0.05 {
                prop_assert_eq!(moved.tonic, expected);
            }
        }

        #[test]
        fn confidence_is_a_share(notes in proptest::collection::vec((0u8..128, 0u64..9), 0..40)) {
            if let Some(key) = estimate_key(notes) {
                prop_assert!((0.0..=1.0).contains(&key.confidence));
            }
        }
    }
}
