//! Keeps the sum below full scale. Runs in the callback.
//!
//! Looks [`LOOKAHEAD`] frames ahead: the gain a peak needs is held for that long and
//! averaged over as long, so it arrives on time without a step and never overshoots.

/// By how many frames the sound is late.
pub const LOOKAHEAD: usize = 64;
/// The loudest sample that leaves, −0.3 dBFS.
pub const CEILING: f32 = 0.966;
/// The gain recovers by this share of what is missing in a second's 1/20.
const RELEASE_SECS: f32 = 0.15;

/// A stereo peak limiter.
#[derive(Debug)]
pub(super) struct Limiter {
    left: [f32; LOOKAHEAD],
    right: [f32; LOOKAHEAD],
    /// The gains that the last `LOOKAHEAD + 1` frames need.
    needs: [f32; LOOKAHEAD + 1],
    /// The last gains before averaging.
    gains: [f32; LOOKAHEAD],
    at: usize,
    needs_at: usize,
    held: f32,
    /// Frames for which `held` remains the least of `needs`.
    held_for: usize,
    envelope: f32,
    release: f32,
    /// Frames since anything but 1 went into `gains`.
    calm: usize,
}

impl Limiter {
    pub(super) fn new(rate: u32) -> Self {
        Self {
            left: [0.0; LOOKAHEAD],
            right: [0.0; LOOKAHEAD],
            needs: [1.0; LOOKAHEAD + 1],
            gains: [1.0; LOOKAHEAD],
            at: 0,
            needs_at: 0,
            held: 1.0,
            held_for: 0,
            envelope: 1.0,
            release: 1.0 - (-1.0 / (RELEASE_SECS * rate.max(1) as f32)).exp(),
            calm: LOOKAHEAD,
        }
    }

    /// Limits both sides in place, [`LOOKAHEAD`] frames late.
    pub(super) fn process(&mut self, left: &mut [f32], right: &mut [f32]) {
        for (left, right) in left.iter_mut().zip(right) {
            let gain = self.gain(left.abs().max(right.abs()));
            self.swap(left, right);
            *left *= gain;
            *right *= gain;
        }
    }

    /// Puts the newest frame into the delay and takes the oldest out.
    fn swap(&mut self, left: &mut f32, right: &mut f32) {
        let finite = |sample: f32| if sample.is_finite() { sample } else { 0.0 };
        if let (Some(old_left), Some(old_right)) =
            (self.left.get_mut(self.at), self.right.get_mut(self.at))
        {
            let (new_left, new_right) = (finite(*left), finite(*right));
            (*left, *right) = (*old_left, *old_right);
            (*old_left, *old_right) = (new_left, new_right);
        }
        self.at = (self.at + 1) % LOOKAHEAD;
    }

    fn gain(&mut self, peak: f32) -> f32 {
        let need = if peak.is_finite() && peak > CEILING { CEILING / peak } else { 1.0 };
        if let Some(slot) = self.needs.get_mut(self.needs_at) {
            *slot = need;
        }
        self.needs_at = (self.needs_at + 1) % (LOOKAHEAD + 1);
        if need <= self.held {
            self.held = need;
            self.held_for = LOOKAHEAD + 1;
        }
        self.held_for = self.held_for.saturating_sub(1);
        if self.held_for == 0 && self.held < 1.0 {
            // The least left the window: look for the next. Rare, and bounded by the window.
            self.held = self.needs.iter().copied().fold(1.0, f32::min);
            let age = self.age_of(self.held);
            self.held_for = LOOKAHEAD + 1 - age;
        }
        self.envelope = if self.held < self.envelope {
            self.held
        } else {
            self.envelope + (self.held - self.envelope) * self.release
        };
        if self.envelope > 0.99999 {
            self.envelope = 1.0;
        }
        self.calm = if self.envelope < 1.0 { 0 } else { (self.calm + 1).min(LOOKAHEAD) };
        if let Some(slot) = self.gains.get_mut(self.at) {
            *slot = self.envelope;
        }
        if self.calm >= LOOKAHEAD {
            return 1.0;
        }
        self.gains.iter().sum::<f32>() / LOOKAHEAD as f32 * 0.99999
    }

    /// How many frames ago the newest need equal to `value` came.
    fn age_of(&self, value: f32) -> usize {
        (0..=LOOKAHEAD)
            .find(|age| {
                let index = (self.needs_at + LOOKAHEAD - age) % (LOOKAHEAD + 1);
                self.needs.get(index).is_some_and(|need| *need <= value)
            })
            .unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nothing_leaves_above_the_ceiling(
            levels in proptest::collection::vec((0.0f32..8.0, 1usize..90), 1..40),
        ) {
            let mut limiter = Limiter::new(48_000);
            for (level, frames) in levels {
                let mut left: Vec<f32> = (0..frames).map(|i| level * (i as f32).sin()).collect();
                let mut right: Vec<f32> = left.iter().map(|sample| -sample * 0.9).collect();
                limiter.process(&mut left, &mut right);
                for sample in left.iter().chain(&right) {
                    prop_assert!(sample.abs() <= CEILING, "{}", sample);
                }
            }
        }
    }

    #[test]
    fn quiet_sound_passes_unchanged_but_late() {
        let mut limiter = Limiter::new(48_000);
        let sound: Vec<f32> = (0..500).map(|i| (i as f32 * 0.1).sin() * 0.9).collect();
        let (mut left, mut right) = (sound.clone(), sound.clone());
        limiter.process(&mut left, &mut right);
        assert_eq!(left[LOOKAHEAD..], sound[..500 - LOOKAHEAD]);
        assert_eq!(left, right);
    }

    #[test]
    fn what_is_not_a_number_becomes_silence() {
        let mut limiter = Limiter::new(48_000);
        let (mut left, mut right) = (vec![f32::NAN; 200], vec![f32::INFINITY; 200]);
        limiter.process(&mut left, &mut right);
        assert!(left.iter().chain(&right).all(|sample| *sample == 0.0));
    }
}
