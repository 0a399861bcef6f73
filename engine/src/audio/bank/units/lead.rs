//! Synthesizer basses and leads (programs 38, 39, 80–87).

use super::{Blown, Formant, Pluck, formants, overdrive};
use crate::audio::bank::dsp::{Noise, key_hz};
use crate::audio::bank::patch::{Layer, Play, Sweep, Unit};
use crate::audio::bank::tone::{Motion, Partial, Shape, Wave, render};

const ROOTS: [u8; 6] = [32, 45, 57, 68, 79, 92];
const LOW: [u8; 4] = [26, 36, 46, 58];

/// One oscillator of a synthesizer: pitch over the key's, level, shape. Detuning is for the
/// zones: two of one wave drift freely, whatever the key.
type Voice = (f32, f32, Form);

#[derive(Clone, Copy)]
enum Form {
    Saw,
    Square,
    /// A pulse whose width is this share of the cycle.
    Pulse(f32),
    Triangle,
}

impl Form {
    fn level(self, k: u32) -> f32 {
        let n = k as f32;
        let odd = !k.is_multiple_of(2);
        match self {
            Self::Saw => 1.0 / n,
            Self::Square if odd => 1.1 / n,
            Self::Triangle if odd => 1.2 / (n * n),
            Self::Square | Self::Triangle => 0.0,
            Self::Pulse(width) => (std::f32::consts::PI * n * width).sin().abs() / n,
        }
    }
}

/// Oscillators summed.
fn oscillators(key: u8, voices: &[Voice]) -> Wave {
    let hz = key_hz(f32::from(key));
    let rate = 36_000.0;
    let mut noise = Noise::new(u64::from(key) + 80);
    let mut partials = Vec::new();
    for (pitch, level, form) in voices {
        for k in 1..=160_u32 {
            let n = k as f32;
            let f = hz * pitch * n;
            if f > 0.44 * rate {
                break;
            }
            // The last octave leans away, as a converter's filter does.
            let amp = level * form.level(k) * (1.0 + (f / 11_000.0).powi(6)).powf(-0.5);
            if amp > 3e-4 {
                partials.push(Partial::new(pitch * n, amp).turned(noise.unit()));
            }
        }
    }
    render(key, Shape { rate, evolve: 0.0, looped: 0.12 }, &partials, &[])
}

pub(super) fn leads() -> Unit {
    let mut unit = Unit::default();
    basses(&mut unit);
    let glide = Play {
        attack: 0.004,
        release: 0.12,
        vibrato: (0.35, 5.6, 8.0),
        reverb: 22.0,
        chorus: 15.0,
        ..Play::default()
    };
    let open = |key: u8, low: f32, high: f32| (low + 2.0 * key_hz(f32::from(key)), high);

    let square: &[Voice] = &[(1.0, 1.0, Form::Square)];
    let layer = unit.layer(&ROOTS, |key| {
        (oscillators(key, square), Play { cutoff: open(key, 1_400.0, 11_000.0), ..glide.clone() })
    });
    unit.melodic(80, vec![layer]);

    let saws: &[Voice] = &[(1.0, 1.0, Form::Saw)];
    let saw = unit.layer(&ROOTS, |key| {
        let play = Play {
            cutoff: open(key, 1_600.0, 13_000.0),
            q: 1.0,
            sweep: Sweep { filter: 900.0, decay: 0.5, release: 0.2, ..Sweep::default() },
            gain: -1.8,
            ..glide.clone()
        };
        (oscillators(key, saws), play)
    });
    unit.melodic(81, [-6.0, 7.0].map(|cents| tuned(&saw, cents)).to_vec());

    blown(&mut unit, &glide);
    charang(&mut unit, &glide);
    voice(&mut unit, &glide);

    // Pure, as a synthesizer's second oscillator is tuned by ear.
    unit.melodic(86, vec![tuned(&saw, -2.0), tuned(&saw, 701.955)]);

    let layered: &[Voice] =
        &[(1.0, 1.0, Form::Saw), (0.5, 0.9, Form::Square), (0.5, 0.3, Form::Saw)];
    let layer = unit.layer(&ROOTS, |key| {
        let play = Play {
            cutoff: open(key, 500.0, 3_800.0),
            q: 5.0,
            gain: -1.5,
            sweep: Sweep {
                filter: 2_200.0,
                decay: 0.55,
                sustain: 0.15,
                release: 0.2,
                ..Sweep::default()
            },
            ..glide.clone()
        };
        (oscillators(key, layered), play)
    });
    unit.melodic(87, [-4.0, 5.0].map(|cents| tuned(&layer, cents)).to_vec());
    unit
}

/// The layer again, this many cents off.
fn tuned(layer: &Layer, cents: f32) -> Layer {
    let mut layer = layer.clone();
    for part in &mut layer {
        part.play.tune = cents;
        // The second oscillator is the softer one: equal ones would cancel as they beat.
        part.play.quieter = if cents > 0.0 { 3.0 } else { 0.0 };
    }
    layer
}

fn basses(unit: &mut Unit) {
    let saw: &[Voice] = &[(1.0, 1.0, Form::Saw), (1.0, 0.6, Form::Square)];
    let layer = unit.layer(&LOW, |key| {
        let hz = key_hz(f32::from(key));
        let play = Play {
            fall: 9.0,
            sustain: 8.0,
            release: 0.07,
            gain: 2.0,
            cutoff: (160.0 + 2.0 * hz, 700.0 + 3.0 * hz),
            q: 7.0,
            sweep: Sweep {
                filter: 3_000.0,
                decay: 0.42,
                sustain: 0.08,
                release: 0.1,
                ..Sweep::default()
            },
            reverb: 5.0,
            ..Play::default()
        };
        (oscillators(key, saw), play)
    });
    unit.melodic(38, vec![layer]);
    // A rubbery pulse with a hard edge that closes at once.
    let pulse: &[Voice] =
        &[(1.0, 1.0, Form::Pulse(0.3)), (1.0, 0.5, Form::Triangle), (0.5, 0.25, Form::Triangle)];
    let layer = unit.layer(&LOW, |key| {
        let hz = key_hz(f32::from(key));
        let play = Play {
            fall: 14.0,
            sustain: 12.0,
            release: 0.08,
            gain: -3.0,
            cutoff: (220.0 + 2.0 * hz, 1_000.0 + 3.0 * hz),
            q: 2.0,
            sweep: Sweep {
                filter: 3_600.0,
                decay: 0.16,
                sustain: 0.05,
                release: 0.1,
                ..Sweep::default()
            },
            reverb: 5.0,
            ..Play::default()
        };
        (oscillators(key, pulse), play)
    });
    unit.melodic(39, vec![layer]);
}

/// A steam organ, and the same with a spit of air in front.
fn blown(unit: &mut Unit, glide: &Play) {
    for (program, chiff, decay) in [(82, 0.14, 24.0), (83, 0.5, 15.0)] {
        let layer = unit.layer(&[44, 53, 62, 71, 80, 90], |key| {
            let hz = key_hz(f32::from(key));
            let tone = Blown {
                attack: (0.02, 0.003),
                waver: 0.12,
                breath: (0.035, (1.5 * hz).min(5_000.0), 0.8),
                chiff: (chiff, (3.0 * hz).min(7_000.0), decay),
                looped: 0.4,
                most: 14,
                ..Blown::PLAIN
            };
            let wave = tone.wave(key, |n, f| {
                let odd = if n as u32 % 2 == 1 { 1.0 } else { 0.45 };
                odd * n.powf(-1.35) * (1.0 + (f / 6_000.0).powi(4)).powf(-0.5)
            });
            let play = Play {
                cutoff: (1_800.0 + 1.5 * hz, 14_000.0),
                vibrato: (0.2, 5.8, 7.0),
                ..glide.clone()
            };
            (wave, play)
        });
        unit.melodic(program, vec![layer]);
    }
}

/// A plucked string and a saw through one amplifier.
fn charang(unit: &mut Unit, glide: &Play) {
    let string = Pluck {
        rate: 27_000.0,
        at: 0.12,
        slope: 0.8,
        dark: 3_800.0,
        ring: (9.0, 24.0),
        damp: 0.8,
        stiff: 1e-5,
        evolve: 0.4,
        looped: 0.5,
        click: (0.08, 2_500.0, 90.0),
        ..Pluck::PLAIN
    };
    let layer = unit.layer(&[36, 44, 52, 60, 68, 77, 88], |key| {
        let mut partials = string.partials(key);
        for k in 1..=20_u8 {
            let n = f32::from(k);
            if key_hz(f32::from(key)) * n < 8_000.0 {
                let saw = Partial::new(n, 0.35 / n).beating(i32::from(k % 4));
                partials.push(saw.moving(Motion::rising(0.08)));
            }
        }
        let mut wave = render(key, string.shape(), &partials, &[]);
        overdrive(&mut wave, 4.0);
        let play = Play {
            fall: 1.2,
            sustain: 6.0,
            cutoff: (2_400.0, 7_000.0),
            q: 2.0,
            vibrato: (0.4, 5.6, 7.0),
            ..glide.clone()
        };
        (wave, play)
    });
    unit.melodic(84, vec![layer]);
}

fn voice(unit: &mut Unit, glide: &Play) {
    const VOWEL: &[Formant] = &[
        (620.0, 130.0, 1.0),
        (1_080.0, 160.0, 0.7),
        (2_500.0, 280.0, 0.35),
        (3_400.0, 350.0, 0.2),
    ];
    let layer: Layer = unit.layer(&[43, 50, 57, 64, 71, 79, 88], |key| {
        let tone = Blown {
            attack: (0.04, 0.002),
            waver: 0.12,
            breath: (0.018, 2_500.0, 0.5),
            ..Blown::PLAIN
        };
        let wave = tone.wave(key, |n, f| n.powf(-0.8) * (0.05 + formants(f, VOWEL)));
        let play = Play {
            attack: 0.02,
            release: 0.18,
            cutoff: (1_800.0, 10_000.0),
            vibrato: (0.25, 5.5, 16.0),
            reverb: 32.0,
            ..glide.clone()
        };
        (wave, play)
    });
    unit.melodic(85, vec![layer]);
}
