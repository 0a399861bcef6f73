//! Damage as it is found in the wild, done to healthy files.

use super::rng::Rng;

/// `bytes` with one to four wounds: flipped bits, cut ends, wrong lengths and counts,
/// missing or doubled stretches. The same seed and bytes give the same wreck.
pub fn damaged(seed: u64, bytes: &[u8]) -> Vec<u8> {
    let mut rng = Rng::new(seed);
    let mut wreck = bytes.to_vec();
    for _ in 0..=rng.below(4) {
        wound(&mut rng, &mut wreck);
    }
    wreck
}

fn wound(rng: &mut Rng, bytes: &mut Vec<u8>) {
    if bytes.is_empty() {
        return;
    }
    let at = rng.below(bytes.len() as u64) as usize;
    match rng.below(10) {
        0 => bytes.truncate(at),
        1 => set(bytes, at, rng.next_u64() as u8),
        2 => flip(bytes, at, 0x80),
        3 => flip(bytes, at, 1 << rng.below(8)),
        4 => {
            let end = (at + 1 + rng.below(64) as usize).min(bytes.len());
            bytes.drain(at..end);
        }
        5 => {
            let junk: Vec<u8> = (0..=rng.below(32)).map(|_| rng.next_u64() as u8).collect();
            bytes.splice(at..at, junk);
        }
        6 => {
            let end = (at + 1 + rng.below(256) as usize).min(bytes.len());
            let again = bytes.get(at..end).unwrap_or_default().to_vec();
            bytes.splice(at..at, again);
        }
        7 => wrong_length(rng, bytes),
        // The header's own fields: length, format, count, division.
        8 => set(bytes, 4 + rng.below(10) as usize, rng.next_u64() as u8),
        _ => {
            let end = (at + 1 + rng.below(32) as usize).min(bytes.len());
            bytes.get_mut(at..end).unwrap_or_default().fill(0);
        }
    }
}

/// Lets a track chunk lie about its size.
fn wrong_length(rng: &mut Rng, bytes: &mut [u8]) {
    let tracks: Vec<usize> = bytes
        .windows(4)
        .enumerate()
        .filter(|(_, window)| *window == b"MTrk")
        .map(|(index, _)| index + 4)
        .collect();
    let Some(at) = rng.pick(&tracks) else { return };
    let Some(field) = bytes.get_mut(at..at + 4) else { return };
    let lie = match rng.below(4) {
        0 => 0,
        1 => u32::MAX,
        2 => rng.below(1 << 16) as u32,
        _ => {
            let truth = field.iter().fold(0u32, |sum, byte| sum << 8 | u32::from(*byte));
            truth.wrapping_add_signed(rng.between(-9, 9) as i32)
        }
    };
    field.copy_from_slice(&lie.to_be_bytes());
}

fn set(bytes: &mut [u8], at: usize, value: u8) {
    if let Some(byte) = bytes.get_mut(at) {
        *byte = value;
    }
}

fn flip(bytes: &mut [u8], at: usize, mask: u8) {
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= mask;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::{SmfShape, smf_file};

    #[test]
    fn damage_is_done_and_can_be_done_again() {
        let healthy = smf_file(2, &SmfShape { tracks: 3, notes: 90, ..SmfShape::default() });
        let wrecks = (0..200).filter(|&seed| damaged(seed, &healthy) != healthy).count();
        assert!(wrecks > 190, "only {wrecks} of 200 were hurt");
        assert_eq!(damaged(17, &healthy), damaged(17, &healthy));
    }

    #[test]
    fn nothing_is_no_reason_to_panic() {
        for seed in 0..50 {
            damaged(seed, &[]);
            damaged(seed, b"MTrk");
        }
    }
}
