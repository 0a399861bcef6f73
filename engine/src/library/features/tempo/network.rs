//! A small convolutional network that says how likely each onset is a beat, from what the
//! onsets around it are like. docs/library.md says how its weights were learned.

use super::hints::{FROM_LAST, Hints, N_HINTS, TO_NEXT};

/// Values that each onset has inside the network.
const WIDTH: usize = 20;
/// Intervals are also read in triangular bands, half an octave apart, from 1/23 s to 2.8 s.
const N_BANDS: usize = 13;
const FIRST_BAND: f32 = -4.5;
const BAND_OCTAVES: f32 = 0.5;
const N_INPUTS: usize = N_HINTS + 2 * N_BANDS;
/// Each layer sees an onset and one to either side, so far away: 63 onsets on the whole
/// (dilated convolutions after Bai, Kolter and Koltun, "An empirical evaluation of generic
/// convolutional and recurrent networks for sequence modeling", 2018).
const REACHES: [usize; 5] = [1, 2, 4, 8, 16];
const TAPS: usize = 3;

/// Little-endian `f32`s: mean and spread of the inputs; the first layer's weights [tap][input]
/// [output] and offsets; those of the layers of [`REACHES`]; the weights and offset of the
/// answer.
static WEIGHTS: &[u8] = include_bytes!("network.f32");
const N_WEIGHTS: usize = 2 * N_HINTS
    + (TAPS * N_INPUTS + 1) * WIDTH
    + REACHES.len() * (TAPS * WIDTH + 1) * WIDTH
    + WIDTH
    + 1;
const _: () = assert!(WEIGHTS.len() == 4 * N_WEIGHTS, "the weights fit the network");

type Values = [f32; WIDTH];

/// The log-odds of each onset's being a beat.
pub(super) fn log_odds(hints: &[Hints]) -> Vec<f64> {
    let mut weights = Weights { rest: WEIGHTS };
    let means: Hints = weights.take();
    let spreads: Hints = weights.take();
    let inputs: Vec<[f32; N_INPUTS]> =
        hints.iter().map(|hints| input(hints, &means, &spreads)).collect();
    let first = Layer::<N_INPUTS>::read(&mut weights, 1);
    let mut values: Vec<Values> =
        (0..inputs.len()).map(|at| first.at(&inputs, at).map(f32::tanh)).collect();
    for reach in REACHES {
        let layer = Layer::<WIDTH>::read(&mut weights, reach);
        let next = |(at, own): (usize, &Values)| {
            let mut sum = layer.at(&values, at);
            for (sum, own) in sum.iter_mut().zip(own) {
                *sum = own + sum.max(0.0);
            }
            sum
        };
        values = values.iter().enumerate().map(next).collect();
    }
    let answer: Values = weights.take();
    let [offset] = weights.take();
    let weigh = |values: &Values| values.iter().zip(&answer).map(|(a, b)| a * b).sum::<f32>();
    values.iter().map(|values| f64::from(weigh(values) + offset)).collect()
}

/// The hints of an onset on one scale, and its two intervals in bands.
fn input(hints: &Hints, means: &Hints, spreads: &Hints) -> [f32; N_INPUTS] {
    let mut input = [0.0; N_INPUTS];
    let scaled = hints.iter().zip(means).zip(spreads).map(|((hint, mean), spread)| {
        let scaled = (hint - mean) / spread;
        if scaled.is_finite() { scaled } else { 0.0 }
    });
    let bands = [TO_NEXT, FROM_LAST].into_iter().flat_map(|which| {
        let interval = hints.get(which).copied().unwrap_or_default();
        (0..N_BANDS).map(move |band| {
            let middle = FIRST_BAND + BAND_OCTAVES * band as f32;
            (1.0 - (interval - middle).abs() / BAND_OCTAVES).max(0.0)
        })
    });
    for (input, value) in input.iter_mut().zip(scaled.chain(bands)) {
        *input = value;
    }
    input
}

/// One convolution over [`TAPS`] onsets; nothing sounds before the first and after the last.
struct Layer<const INPUTS: usize> {
    weights: [[Values; INPUTS]; TAPS],
    offsets: Values,
    reach: usize,
}

impl<const INPUTS: usize> Layer<INPUTS> {
    fn read(weights: &mut Weights, reach: usize) -> Self {
        let taps = std::array::from_fn(|_| std::array::from_fn(|_| weights.take()));
        Self { weights: taps, offsets: weights.take(), reach }
    }

    fn at(&self, inputs: &[[f32; INPUTS]], at: usize) -> Values {
        let mut sum = self.offsets;
        for (tap, weights) in self.weights.iter().enumerate() {
            let Some(input) = (at + tap * self.reach)
                .checked_sub(self.reach)
                .and_then(|source| inputs.get(source))
            else {
                continue;
            };
            for (value, weights) in input.iter().zip(weights) {
                // Most bands are empty.
                if *value != 0.0 {
                    for (sum, weight) in sum.iter_mut().zip(weights) {
                        *sum += value * weight;
                    }
                }
            }
        }
        sum
    }
}

/// What is left to read of [`WEIGHTS`].
struct Weights {
    rest: &'static [u8],
}

impl Weights {
    fn take<const N: usize>(&mut self) -> [f32; N] {
        std::array::from_fn(|_| {
            let Some((value, rest)) = self.rest.split_first_chunk::<4>() else { return 0.0 };
            self.rest = rest;
            f32::from_le_bytes(*value)
        })
    }
}
