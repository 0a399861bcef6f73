//! Onsets: which note-ons sound, and which sound together.

use super::NoteEvent;

/// Notes that begin within this of the first of a group are heard as one onset.
pub const GROUP_SECS: f64 = 0.03;

/// How many velocities make one word of the vectorised path.
const LANES: usize = 64;

/// Indices of the velocities above 0, in order: a note-on with velocity 0 is a note-off.
///
/// Looks at 64 velocities at a time, without branches, so that the compiler can use vector
/// instructions; a property test holds it equal to [`detect_onsets_scalar`].
pub fn detect_onsets_simd_vectorized(velocities: &[u8]) -> Vec<usize> {
    let mut onsets = Vec::with_capacity(velocities.len());
    let (words, rest) = velocities.as_chunks::<LANES>();
    for (word_idx, word) in words.iter().enumerate() {
        let first = word_idx * LANES;
        let silent = word.iter().fold(0_u8, |silent, &velocity| silent | u8::from(velocity == 0));
        if silent == 0 {
            // Every one sounds, as nearly always: no bit is looked at.
            onsets.extend(first..first + LANES);
            continue;
        }
        let mut bits = word
            .iter()
            .enumerate()
            .fold(0_u64, |bits, (lane, &velocity)| bits | u64::from(velocity > 0) << lane);
        while bits != 0 {
            onsets.push(first + bits.trailing_zeros() as usize);
            bits &= bits - 1;
        }
    }
    let first = words.len() * LANES;
    let tail = rest.iter().enumerate().filter(|(_, velocity)| **velocity > 0);
    onsets.extend(tail.map(|(index, _)| first + index));
    onsets
}

/// The plain form of [`detect_onsets_simd_vectorized`].
pub fn detect_onsets_scalar(velocities: &[u8]) -> Vec<usize> {
    let mut onsets = Vec::new();
    for (index, &velocity) in velocities.iter().enumerate() {
        if velocity > 0 {
            onsets.push(index);
        }
    }
    onsets
}

/// [`detect_onsets_simd_vectorized`] of each track.
pub fn batch_detect_onsets_simd(tracks: &[&[u8]]) -> Vec<Vec<usize>> {
    tracks.iter().map(|velocities| detect_onsets_simd_vectorized(velocities)).collect()
}

/// When something begins to sound, in seconds: the mean of each group of notes that begin
/// within [`GROUP_SECS`] of its first. Notes may come in any order.
pub fn extract_onsets_simd(notes: &[NoteEvent]) -> Vec<f64> {
    groups(notes).iter().map(|group| mean(group, |note| note.start_secs)).collect()
}

/// The sounding notes by onset, cut where more than [`GROUP_SECS`] lie after a group's first.
pub(super) fn groups(notes: &[NoteEvent]) -> Vec<Vec<NoteEvent>> {
    let velocities: Vec<u8> = notes.iter().map(|note| note.velocity).collect();
    let sounding = detect_onsets_simd_vectorized(&velocities);
    let mut sounding: Vec<NoteEvent> = sounding
        .into_iter()
        .filter_map(|index| notes.get(index).copied())
        .filter(|note| note.start_secs.is_finite() && note.end_secs >= note.start_secs)
        .collect();
    sounding.sort_by(|a, b| a.start_secs.total_cmp(&b.start_secs));
    let mut rest = sounding.as_slice();
    let mut groups = Vec::new();
    while let Some(first) = rest.first() {
        let together = |note: &NoteEvent| note.start_secs - first.start_secs <= GROUP_SECS;
        let (group, later) = rest.split_at(rest.partition_point(together));
        groups.push(group.to_vec());
        rest = later;
    }
    groups
}

/// The mean of something over the notes of a group; 0 for none.
pub(super) fn mean<T>(items: &[T], value: impl Fn(&T) -> f64) -> f64 {
    items.iter().map(value).sum::<f64>() / items.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(start_secs: f64, velocity: u8) -> NoteEvent {
        NoteEvent {
            start_secs,
            end_secs: start_secs + 0.1,
            tick: 0,
            ticks: 1,
            key: 60,
            velocity,
            channel: 0,
            program: 0,
        }
    }

    #[test]
    fn velocity_0_is_no_onset() {
        assert_eq!(detect_onsets_simd_vectorized(&[0, 64, 0, 127]), [1, 3]);
        assert_eq!(batch_detect_onsets_simd(&[&[1, 0], &[]]), [vec![0], vec![]]);
    }

    #[test]
    fn a_chord_is_one_onset() {
        let notes = [at(1.0, 90), at(0.0, 90), at(1.02, 90), at(1.04, 90), at(0.5, 0)];
        let onsets = extract_onsets_simd(&notes);
        assert_eq!(onsets.len(), 3);
        assert!((onsets[1] - 1.01).abs() < 1e-9, "{onsets:?}");
    }

    proptest! {
        #[test]
        fn the_vectorised_form_equals_the_scalar_one(
            velocities in proptest::collection::vec(prop_oneof![3 => 1u8..128, 1 => Just(0u8)], 0..500),
            loud in 0usize..300,
        ) {
            let mut velocities = velocities;
            velocities.extend(vec![100; loud]);
            prop_assert_eq!(
                detect_onsets_simd_vectorized(&velocities),
                detect_onsets_scalar(&velocities)
            );
        }
    }
}
