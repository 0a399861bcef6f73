//! Sounds that are no instruments (programs 120–127).

use std::f32::consts::TAU;

use crate::audio::bank::dsp::{Biquad, Noise, fade_in};
use crate::audio::bank::patch::{Play, Unit};
use crate::audio::bank::tone::{Hiss, Motion, Partial, Shape, Wave, render};

const RATE: f32 = 26_000.0;
const ROOT: u8 = 60;

pub(super) fn sounds() -> Unit {
    let mut unit = Unit::default();
    let one = |unit: &mut Unit, program: u8, wave: Wave, play: Play| {
        let layer = unit.layer(&[ROOT], |_| (wave.clone(), play.clone()));
        unit.melodic(program, vec![layer]);
    };
    let ringing = Play { release: 0.4, reverb: 25.0, ..Play::default() };
    one(&mut unit, 120, fret_noise(), Play { release: 0.15, ..ringing.clone() });
    one(&mut unit, 121, breath(), Play { attack: 0.06, release: 0.2, ..ringing.clone() });
    let surf = Play {
        attack: 1.2,
        release: 1.6,
        cutoff: (1_500.0, 5_000.0),
        lfo: (0.13, 9.0, 1_300.0, 0.0),
        ..ringing.clone()
    };
    one(
        &mut unit,
        122,
        loop_noise(&[(600.0, 0.4, 0.6), (2_400.0, 0.5, 0.5), (180.0, 0.6, 0.4)]),
        surf,
    );
    one(&mut unit, 123, tweet(), ringing.clone());
    one(&mut unit, 124, telephone(), Play { release: 0.3, ..ringing.clone() });
    one(&mut unit, 125, helicopter(), Play { attack: 0.3, release: 0.8, ..ringing.clone() });
    one(&mut unit, 126, applause(), Play { attack: 0.25, release: 0.9, ..ringing.clone() });
    one(&mut unit, 127, gunshot(), Play { release: 1.5, reverb: 40.0, ..ringing });
    unit
}

fn one_shot(secs: f32, at: impl FnMut(f32) -> f32) -> Wave {
    let frames = (secs * RATE) as usize;
    let mut data: Vec<f32> = (0..frames).map(|frame| frame as f32 / RATE).map(at).collect();
    for (left, sample) in data.iter_mut().rev().take(600).enumerate() {
        *sample *= left as f32 / 600.0;
    }
    Wave { data, rate: RATE as u32, root: ROOT, loop_start: None }
}

/// A finger along a wound string: a squeak that rises and stops.
fn fret_noise() -> Wave {
    let mut noise = Noise::new(120);
    let (mut phase, mut band) = (0.0_f32, Biquad::band_pass(RATE, 2_400.0, 1.2));
    one_shot(0.32, |time| {
        let x = time / 0.32;
        phase += (900.0 + 1_700.0 * x * x) / RATE;
        let squeak = (TAU * phase).sin() * 0.3 + (TAU * 2.0 * phase).sin() * 0.2;
        let scrape = band.step(noise.bipolar()) * (1.0 + (TAU * phase * 0.1).sin());
        (squeak + scrape) * fade_in(time, 0.03) * (1.0 - x).powf(0.6)
    })
}

fn breath() -> Wave {
    loop_noise(&[(1_200.0, 0.8, 0.7), (3_200.0, 0.6, 0.6), (5_600.0, 0.8, 0.25)])
}

/// Bands of (hertz, sharpness, level) that loop.
fn loop_noise(bands: &[(f32, f32, f32)]) -> Wave {
    let hisses: Vec<Hiss> = bands
        .iter()
        .map(|(hz, q, amp)| Hiss { hz: *hz, q: *q, amp: *amp, motion: Motion::STEADY })
        .collect();
    render(ROOT, Shape { rate: RATE, evolve: 0.0, looped: 1.8 }, &[], &hisses)
}

/// Three calls, each a fast trill that falls.
fn tweet() -> Wave {
    let mut phase = 0.0_f32;
    one_shot(1.1, |time| {
        let (call, start) = [(0.0, 0.0), (1.0, 0.32), (2.0, 0.62)]
            .into_iter()
            .rev()
            .find(|(_, start)| time >= *start)
            .unwrap_or((0.0, 0.0));
        let t = time - start;
        let glide = 3_400.0 + 500.0 * call + 1_700.0 * (-t * 9.0).exp();
        let trill = 1.0 + 0.16 * (TAU * (26.0 + 6.0 * call) * t).sin();
        phase += glide * trill / RATE;
        let level = fade_in(t, 0.015) * (-t * 9.0).exp() * (0.6 + 0.4 * (TAU * 13.0 * t).cos());
        (TAU * phase).sin() * level
    })
}

/// Two gongs under a hammer, twenty strokes a second.
fn telephone() -> Wave {
    let mut data = Vec::new();
    let shape = Shape { rate: RATE, evolve: 0.0, looped: 1.0 };
    let partials =
        [(4.95, 0.8), (6.1, 0.7), (8.3, 0.35), (11.9, 0.4), (13.8, 0.3), (19.2, 0.2), (22.6, 0.15)]
            .map(|(ratio, amp)| Partial::new(ratio, amp));
    let bells = render(ROOT, shape, &partials, &[]);
    let frames = bells.data.len() as f32;
    for (frame, sample) in bells.data.iter().enumerate() {
        // Twenty strokes in the loop, so it stays seamless.
        let stroke = (frame as f32 * 20.0 / frames).fract();
        data.push(sample * (fade_in(stroke, 0.04) * (-stroke * 1.6).exp() + 0.12));
    }
    smooth_seam(&mut data);
    Wave { data, ..bells }
}

/// Blades chop the air eleven times a second over the engine's whine.
fn helicopter() -> Wave {
    let base = loop_noise(&[(140.0, 0.7, 0.9), (420.0, 0.6, 0.5), (1_500.0, 0.6, 0.16)]);
    let whine = render(
        ROOT,
        Shape { rate: RATE, evolve: 0.0, looped: 1.8 },
        &[Partial::new(1.1, 0.03), Partial::new(2.9, 0.025), Partial::new(5.3, 0.02)],
        &[],
    );
    let frames = base.data.len() as f32;
    let mut data: Vec<f32> = base
        .data
        .iter()
        .zip(&whine.data)
        .enumerate()
        .map(|(frame, (noise, whine))| {
            let blade = (frame as f32 * 20.0 / frames).fract();
            let chop = fade_in(blade, 0.12) * (-(blade - 0.12).max(0.0) * 5.0).exp();
            noise * (0.12 + chop) + whine
        })
        .collect();
    smooth_seam(&mut data);
    Wave { data, ..base }
}

/// Hundreds of hands: each clap a short band of noise somewhere in the loop.
fn applause() -> Wave {
    let mut random = Noise::new(126);
    let base = loop_noise(&[(1_300.0, 0.4, 0.10)]);
    let mut data = base.data;
    let frames = data.len();
    for _ in 0..420 {
        let start = (random.unit() * frames as f32) as usize;
        let hz = 700.0 + 1_900.0 * random.unit();
        let level = 0.15 + 0.85 * random.unit().powi(3);
        let mut band = Biquad::band_pass(RATE, hz, 1.6);
        for frame in 0..900 {
            let hit = random.bipolar() * (-(frame as f32) / (0.004 * RATE)).exp();
            if let Some(sample) = data.get_mut((start + frame) % frames.max(1)) {
                *sample += band.step(hit) * level * 3.0;
            }
        }
    }
    Wave { data, ..base }
}

fn gunshot() -> Wave {
    let mut noise = Noise::new(127);
    let (mut low, mut body) =
        (Biquad::low_pass(RATE, 900.0, 0.7), Biquad::low_pass(RATE, 160.0, 0.8));
    one_shot(1.4, |time| {
        let white = noise.bipolar();
        let crack = white * (-time * 60.0).exp();
        let tail = low.step(white) * (-time * 5.5).exp() * 1.4;
        let boom = body.step(white) * (-time * 9.0).exp() * 3.0;
        (crack + tail + boom).tanh()
    })
}

/// Levels that move inside a loop meet at its seam: the last frames lean to the first.
fn smooth_seam(data: &mut [f32]) {
    let first = data.first().copied().unwrap_or(0.0);
    let last = data.last().copied().unwrap_or(0.0);
    let gap = first - last;
    for (left, sample) in data.iter_mut().rev().take(64).enumerate() {
        *sample += gap * (1.0 - left as f32 / 64.0) * 0.5;
    }
}
