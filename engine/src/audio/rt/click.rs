//! The metronome's sound. Runs in the callback.

use std::f32::consts::TAU;

/// A short decaying sine, higher and louder on the first beat of a bar.
#[derive(Debug)]
pub(super) struct Click {
    rate: f32,
    phase: f32,
    step: f32,
    level: f32,
    decay: f32,
}

impl Click {
    pub(super) fn new(rate: u32) -> Self {
        let rate = rate.max(1) as f32;
        // Falls to a thousandth in 60 ms.
        let decay = 0.001_f32.powf(1.0 / (0.06 * rate));
        Self { rate, phase: 0.0, step: 0.0, level: 0.0, decay }
    }

    pub(super) fn strike(&mut self, accent: bool) {
        let (frequency, level) = if accent { (1_760.0, 0.4) } else { (1_174.7, 0.25) };
        self.phase = 0.0;
        self.step = TAU * frequency / self.rate;
        self.level = level;
    }

    pub(super) fn silence(&mut self) {
        self.level = 0.0;
    }

    pub(super) fn is_silent(&self) -> bool {
        self.level == 0.0
    }

    pub(super) fn add_to(&mut self, left: &mut [f32], right: &mut [f32]) {
        if self.is_silent() {
            return;
        }
        for (left, right) in left.iter_mut().zip(right) {
            let sample = self.phase.sin() * self.level;
            *left += sample;
            *right += sample;
            self.phase = (self.phase + self.step) % TAU;
            self.level *= self.decay;
        }
        if self.level < 1e-5 {
            self.level = 0.0;
        }
    }
}
