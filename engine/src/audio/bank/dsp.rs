//! Small signal tools of the generator: noise, filters, a transform, loudness.
//!
//! All deterministic: the same bits on every run of the same build.

use std::f32::consts::{PI, TAU};
use std::sync::OnceLock;

/// xorshift64*: enough for noise, and the same everywhere.
#[derive(Clone, Debug)]
pub(super) struct Noise(u64);

impl Noise {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// 0 to 1.
    pub(super) fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u64 << 24) as f32
    }

    /// -1 to 1.
    pub(super) fn bipolar(&mut self) -> f32 {
        self.unit() * 2.0 - 1.0
    }
}

/// A two-pole filter (Robert Bristow-Johnson's cookbook).
#[derive(Clone, Debug)]
pub(super) struct Biquad {
    b: [f32; 3],
    a: [f32; 2],
    z: [f32; 2],
}

impl Biquad {
    pub(super) fn low_pass(rate: f32, hz: f32, q: f32) -> Self {
        let (cos, alpha) = angle(rate, hz, q);
        Self::new([0.5 - cos / 2.0, 1.0 - cos, 0.5 - cos / 2.0], cos, alpha)
    }

    pub(super) fn high_pass(rate: f32, hz: f32, q: f32) -> Self {
        let (cos, alpha) = angle(rate, hz, q);
        Self::new([0.5 + cos / 2.0, -1.0 - cos, 0.5 + cos / 2.0], cos, alpha)
    }

    /// Peak gain 1 at `hz`.
    pub(super) fn band_pass(rate: f32, hz: f32, q: f32) -> Self {
        let (cos, alpha) = angle(rate, hz, q);
        Self::new([alpha, 0.0, -alpha], cos, alpha)
    }

    /// The shelf of ITU-R BS.1770's K weighting: +4 dB above 1.7 kHz.
    fn k_shelf(rate: f32) -> Self {
        let a = 10_f32.powf(4.0 / 40.0);
        let (cos, alpha) = angle(rate, 1682.0, 0.707);
        let root = 2.0 * a.sqrt() * alpha;
        let a0 = (a + 1.0) - (a - 1.0) * cos + root;
        let b = [
            a * ((a + 1.0) + (a - 1.0) * cos + root) / a0,
            -2.0 * a * ((a - 1.0) + (a + 1.0) * cos) / a0,
            a * ((a + 1.0) + (a - 1.0) * cos - root) / a0,
        ];
        let a =
            [2.0 * ((a - 1.0) - (a + 1.0) * cos) / a0, ((a + 1.0) - (a - 1.0) * cos - root) / a0];
        Self { b, a, z: [0.0; 2] }
    }

    fn new(b: [f32; 3], cos: f32, alpha: f32) -> Self {
        let a0 = 1.0 + alpha;
        Self { b: b.map(|b| b / a0), a: [-2.0 * cos / a0, (1.0 - alpha) / a0], z: [0.0; 2] }
    }

    /// Takes another filter's tuning and keeps its own memory.
    pub(super) fn retune(&mut self, to: &Self) {
        self.b = to.b;
        self.a = to.a;
    }

    pub(super) fn step(&mut self, x: f32) -> f32 {
        let y = self.b[0] * x + self.z[0];
        self.z[0] = self.b[1] * x - self.a[0] * y + self.z[1];
        self.z[1] = self.b[2] * x - self.a[1] * y;
        y
    }

    pub(super) fn run(&mut self, data: &mut [f32]) {
        for sample in data {
            *sample = self.step(*sample);
        }
    }
}

fn angle(rate: f32, hz: f32, q: f32) -> (f32, f32) {
    let w = TAU * hz.min(rate * 0.49) / rate;
    (w.cos(), w.sin() / (2.0 * q))
}

/// Sines on a loop's grid: bin `k` makes `k` cycles in a loop of `frames`, a power of two.
#[derive(Clone, Debug)]
pub(super) struct Spectrum {
    re: Vec<f32>,
    im: Vec<f32>,
}

impl Spectrum {
    pub(super) fn new(frames: usize) -> Self {
        Self { re: vec![0.0; frames], im: vec![0.0; frames] }
    }

    /// Adds a sine that starts at `phase` turns; what would alias is left out.
    pub(super) fn add(&mut self, bin: usize, amp: f32, phase: f32) {
        if bin == 0 || bin >= self.re.len() / 2 {
            return;
        }
        let (sin, cos) = (TAU * (phase - 0.25)).sin_cos();
        if let (Some(re), Some(im)) = (self.re.get_mut(bin), self.im.get_mut(bin)) {
            *re += amp * cos;
            *im += amp * sin;
        }
    }

    /// The loop in time: an inverse transform, so its end meets its beginning exactly.
    pub(super) fn wave(mut self) -> Vec<f32> {
        transform(&mut self.re, &mut self.im);
        self.re
    }
}

/// The longest loop of the bank in frames.
const LONGEST: usize = 1 << 16;

/// Cosines and sines of half a turn in steps of one part in [`LONGEST`].
fn twiddles() -> &'static [(f32, f32)] {
    static TABLE: OnceLock<Vec<(f32, f32)>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let step = std::f64::consts::TAU / LONGEST as f64;
        (0..LONGEST / 2)
            .map(|k| {
                let (sin, cos) = (step * k as f64).sin_cos();
                (cos as f32, sin as f32)
            })
            .collect()
    })
}

/// Radix-2, in place, positive exponent, unscaled.
fn transform(re: &mut [f32], im: &mut [f32]) {
    let n = re.len().min(im.len());
    let bits = n.trailing_zeros();
    for i in 0..n {
        let j = i.reverse_bits() >> (usize::BITS - bits);
        if i < j {
            re.swap(i, j);
            im.swap(i, j);
        }
    }
    let twiddles = twiddles();
    let n = n.min(2 * twiddles.len());
    let mut half = 1;
    while half < n {
        let stride = twiddles.len() / half;
        for (re, im) in re.chunks_exact_mut(2 * half).zip(im.chunks_exact_mut(2 * half)) {
            let (re_low, re_high) = re.split_at_mut(half);
            let (im_low, im_high) = im.split_at_mut(half);
            let low = re_low.iter_mut().zip(im_low);
            let high = re_high.iter_mut().zip(im_high);
            let pairs = low.zip(high).zip(twiddles.iter().step_by(stride));
            for (((ar, ai), (br, bi)), (cos, sin)) in pairs {
                let (tr, ti) = (*br * cos - *bi * sin, *br * sin + *bi * cos);
                *br = *ar - tr;
                *bi = *ai - ti;
                *ar += tr;
                *ai += ti;
            }
        }
        half *= 2;
    }
}

/// The loudest 200 ms of a signal, K-weighted, as a linear RMS; `envelope` gives the level at
/// a time in seconds.
pub(super) fn loudness(data: &[f32], rate: f32, envelope: impl Fn(f32) -> f32) -> f32 {
    const BLOCK: usize = 256;
    let mut shelf = Biquad::k_shelf(rate);
    let mut high = Biquad::high_pass(rate, 38.0, 0.5);
    let powers: Vec<f32> = data
        .chunks(BLOCK)
        .take((1.2 * rate) as usize / BLOCK)
        .enumerate()
        .map(|(block, samples)| {
            let level = envelope((block * BLOCK) as f32 / rate);
            let sum: f32 = samples
                .iter()
                .map(|sample| {
                    let weighted = high.step(shelf.step(sample * level));
                    weighted * weighted
                })
                .sum();
            sum / BLOCK as f32
        })
        .collect();
    let span = ((0.2 * rate / BLOCK as f32) as usize).max(1);
    let mut best = 0.0_f32;
    for start in 0..powers.len().saturating_sub(span).max(1) {
        let window = powers.iter().skip(start).take(span);
        best = best.max(window.sum::<f32>() / span as f32);
    }
    best.sqrt()
}

/// Equal-tempered frequency of a key in hertz.
pub(super) fn key_hz(key: f32) -> f32 {
    440.0 * ((key - 69.0) / 12.0).exp2()
}

/// Decibels as a linear factor.
pub(super) fn db(decibels: f32) -> f32 {
    10_f32.powf(decibels / 20.0)
}

/// A hill of height 1 at `centre`, falling to half a `width` away.
pub(super) fn hill(hz: f32, centre: f32, width: f32) -> f32 {
    let x = (hz - centre) / width;
    1.0 / (1.0 + x * x)
}

/// A raised cosine from 0 to 1 over `length` seconds.
pub(super) fn fade_in(time: f32, length: f32) -> f32 {
    if time >= length { 1.0 } else { 0.5 - 0.5 * (PI * (time / length).max(0.0)).cos() }
}
