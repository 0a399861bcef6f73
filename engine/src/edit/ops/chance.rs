//! Seeded chance: each note draws its own numbers, whatever the order of the notes.

/// A number in `low..=high` that `seed`, the note's id and `lane` name; `low` when the range is empty.
///
/// The mixing function of SplitMix64 (Steele, Lea and Flood, "Fast Splittable
/// Pseudorandom Number Generators", 2014).
pub(super) fn between(seed: u64, id: u32, lane: u64, low: i64, high: i64) -> i64 {
    if high <= low {
        return low;
    }
    let span = high.abs_diff(low) as u128 + 1;
    let place =
        seed.wrapping_add(((u64::from(id) << 2) | lane).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let mut bits = mix(mix(place).wrapping_add(0x9E37_79B9_7F4A_7C15));
    bits ^= bits >> 29;
    low.saturating_add_unsigned(((u128::from(bits) * span) >> 64) as u64)
}

const fn mix(bits: u64) -> u64 {
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::between;

    #[test]
    fn draws_stay_inside_reach_both_ends_and_have_no_bias() {
        let drawn: Vec<i64> = (0..10_000).map(|id| between(7, id, 1, -5, 5)).collect();
        assert_eq!((drawn.iter().min(), drawn.iter().max()), (Some(&-5), Some(&5)));
        let mean = drawn.iter().sum::<i64>() as f64 / drawn.len() as f64;
        assert!(mean.abs() < 0.15, "{mean}");
        assert_ne!(between(1, 5, 0, 0, 1 << 40), between(2, 5, 0, 0, 1 << 40));
    }
}
