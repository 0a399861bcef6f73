//! Organs, accordions, harmonica (programs 16–23).

use super::{Formant, Section, formants, overdrive};
use crate::audio::bank::dsp::{Noise, key_hz};
use crate::audio::bank::patch::{Layer, Play, Unit};
use crate::audio::bank::tone::{Hiss, Motion, Partial, Shape, Wave, render};

const ROOTS: [u8; 6] = [32, 43, 54, 65, 76, 88];
const PIPE_ROOTS: [u8; 7] = [30, 40, 50, 60, 70, 80, 92];
/// The drawbars' pitches over the key's, from 16' to 1'.
const DRAWBARS: [f32; 9] = [0.5, 1.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0];

pub(super) fn organs() -> Unit {
    let mut unit = Unit::default();
    drawbars(&mut unit);
    church(&mut unit);
    reeds(&mut unit);
    unit
}

/// Three dB a step of a drawbar; 0 is off.
fn drawbar(setting: u8) -> f32 {
    if setting == 0 { 0.0 } else { 10_f32.powf((f32::from(setting) - 8.0) * 0.15) }
}

fn drawbars(unit: &mut Unit) {
    // A rotor at speed: pitch, level and tone sway together.
    let leslie = Play {
        release: 0.06,
        vibrato: (0.0, 6.4, 9.0),
        lfo: (6.4, 1.6, 0.0, 0.0),
        ..Play::default()
    };
    let layer = unit.layer(&ROOTS, |key| {
        let wave = tonewheels(key, [8, 8, 8, 5, 3, 2, 0, 0, 3], 0.0, 0.05);
        (wave, Play { lfo: (0.9, 1.0, 0.0, 0.0), vibrato: (0.0, 6.0, 4.0), ..leslie.clone() })
    });
    unit.melodic(16, vec![layer]);
    let layer = unit.layer(&ROOTS, |key| {
        let wave = tonewheels(key, [8, 8, 8, 0, 0, 0, 0, 0, 0], 0.9, 0.08);
        (wave, Play { vibrato: (0.0, 6.6, 6.0), ..leslie.clone() })
    });
    unit.melodic(17, vec![layer]);
    let layer = unit.layer(&ROOTS, |key| {
        let mut wave = tonewheels(key, [8, 8, 8, 6, 5, 6, 4, 4, 7], 0.0, 0.06);
        overdrive(&mut wave, 2.2);
        (wave, leslie.clone())
    });
    unit.melodic(18, vec![layer]);
}

/// Sines with the wheels' crosstalk, the key's click, and percussion on the second drawbars.
fn tonewheels(key: u8, settings: [u8; 9], percussion: f32, click: f32) -> Wave {
    let mut noise = Noise::new(u64::from(key));
    let hz = key_hz(f32::from(key));
    let mut partials = Vec::new();
    for (ratio, setting) in DRAWBARS.iter().zip(settings) {
        // Wheels fold back an octave above 5.9 kHz.
        let ratio = if ratio * hz > 5_900.0 { ratio / 2.0 } else { *ratio };
        let amp = drawbar(setting);
        if amp > 0.0 {
            let contact = Motion::rising(0.002 + 0.004 * noise.unit());
            partials.push(Partial::new(ratio, amp).moving(contact).turned(noise.unit()));
            // A wheel is not quite a sine, and its neighbours leak.
            partials.push(Partial::new(ratio * 2.0, amp * 0.03).turned(noise.unit()));
            partials.push(Partial::new(ratio * 3.0, amp * 0.02).turned(noise.unit()));
            partials.push(Partial::new(ratio * 1.0595, amp * 0.006).turned(noise.unit()));
        }
    }
    if percussion > 0.0 {
        let knock = Motion { attack: 0.002, ..Motion::falling(9.0) };
        partials.push(Partial::new(2.0, percussion).moving(knock));
        partials.push(Partial::new(3.0, percussion * 0.9).moving(knock));
    }
    let hiss = Hiss { hz: 1_900.0, q: 0.6, amp: click, motion: Motion::falling(260.0) };
    let evolve = if percussion > 0.0 { 0.8 } else { 0.06 };
    render(key, Shape { rate: 27_000.0, evolve, looped: 0.3 }, &partials, &[hiss])
}

/// Principals from 16' to a mixture, each rank a little off the others, in a large room.
fn church(unit: &mut Unit) {
    const RANKS: [(f32, f32, f32); 8] = [
        // Pitch over the key's, level, how fast its overtones fall.
        (0.5, 0.5, 1.7),
        (1.0, 1.0, 1.25),
        (2.0, 0.75, 1.15),
        (3.0, 0.35, 1.5),
        (4.0, 0.50, 1.2),
        (6.0, 0.22, 1.4),
        (8.0, 0.24, 1.3),
        (12.0, 0.10, 1.5),
    ];
    let play = Play { attack: 0.05, release: 0.55, reverb: 45.0, ..Play::default() };
    let make = |key: u8| {
        let hz = key_hz(f32::from(key));
        // Mixtures break back: nothing whistles above 7 kHz.
        let mut tones: Vec<(f32, f32)> = Vec::new();
        for (pitch, level, slope) in RANKS {
            let mut pitch = pitch;
            while pitch * hz > 5_000.0 && pitch > 1.0 {
                pitch /= 2.0;
            }
            for k in 1..=9 {
                let n = k as f32;
                tones.push((pitch * n, level * n.powf(-slope) * 0.8_f32.powf(n - 1.0)));
            }
        }
        let section = Section { rate: 27_000.0, cents: 1.2, blur: 0.7, seed: 19, ..Section::PLAIN };
        (section.wave(key, |_, _| 0.0, &tones), play.clone())
    };
    let layers = super::wide(unit, &PIPE_ROOTS, Section::PLAIN, make);
    unit.melodic(19, layers);
}

struct Reed {
    program: u8,
    /// Sets of reeds: pitch over the key's, level.
    sets: &'static [(f32, f32)],
    /// The whole again for each of these, so many cents off.
    tunings: &'static [f32],
    /// How fast overtones fall.
    slope: f32,
    /// Level of the even ones.
    even: f32,
    body: &'static [Formant],
    vibrato: (f32, f32, f32),
}

const REEDS: [Reed; 4] = [
    Reed {
        program: 20,
        sets: &[(1.0, 1.0), (0.5, 0.35)],
        tunings: &[-2.0, 5.0],
        slope: 0.95,
        even: 0.85,
        body: &[(500.0, 350.0, 1.0), (1_500.0, 700.0, 0.5), (3_000.0, 1_200.0, 0.2)],
        vibrato: (0.0, 0.0, 0.0),
    },
    // Two reeds, one of them sharp: the musette's beating.
    Reed {
        program: 21,
        sets: &[(1.0, 1.0)],
        tunings: &[-3.0, 13.0],
        slope: 0.65,
        even: 0.9,
        body: &[(800.0, 500.0, 0.8), (2_000.0, 900.0, 0.9), (4_200.0, 1_500.0, 0.4)],
        vibrato: (0.0, 0.0, 0.0),
    },
    Reed {
        program: 22,
        sets: &[(1.0, 1.0)],
        tunings: &[0.0],
        slope: 0.55,
        even: 0.75,
        body: &[(900.0, 400.0, 0.9), (2_300.0, 700.0, 1.0), (3_600.0, 900.0, 0.4)],
        vibrato: (0.3, 5.2, 14.0),
    },
    Reed {
        program: 23,
        sets: &[(1.0, 1.0), (2.0, 0.55)],
        tunings: &[0.0],
        slope: 0.7,
        even: 0.8,
        body: &[(600.0, 300.0, 1.0), (1_700.0, 600.0, 0.6), (3_300.0, 900.0, 0.3)],
        vibrato: (0.0, 0.0, 0.0),
    },
];

fn reeds(unit: &mut Unit) {
    for reed in &REEDS {
        let layer: Layer = unit.layer(&[40, 49, 58, 67, 76, 87], |key| {
            let play = Play {
                attack: 0.02,
                release: 0.09,
                cutoff: (2_200.0 + 2.0 * key_hz(f32::from(key)), 16_000.0),
                vibrato: reed.vibrato,
                reverb: 20.0,
                gain: if reed.tunings.len() > 1 { -1.5 } else { 0.0 },
                ..Play::default()
            };
            (free_reed(key, reed), play)
        });
        let layers = reed.tunings.iter().map(|cents| {
            let mut layer = layer.clone();
            for part in &mut layer {
                part.play.tune = *cents;
                // The second set is the softer one: equal ones would cancel as they beat.
                part.play.quieter = if *cents > 0.0 { 4.0 } else { 0.0 };
            }
            layer
        });
        unit.melodic(reed.program, layers.collect());
    }
}

fn free_reed(key: u8, reed: &Reed) -> Wave {
    let hz = key_hz(f32::from(key));
    let mut noise = Noise::new(u64::from(key) + u64::from(reed.program));
    let mut partials = Vec::new();
    for (pitch, level) in reed.sets {
        for k in 1..=32 {
            let n = k as f32;
            let f = hz * pitch * n;
            if f > 12_500.0 {
                break;
            }
            let parity = if k % 2 == 0 { reed.even } else { 1.0 };
            let amp = level * parity * n.powf(-reed.slope) * (0.25 + formants(f, reed.body));
            // A reed speaks from its fundamental upwards.
            let motion = Motion::rising(0.02 + 0.003 * n);
            partials.push(Partial::new(pitch * n, amp).moving(motion).turned(noise.unit()));
        }
    }
    let breath = Hiss { hz: 2_400.0, q: 0.6, amp: 0.02, motion: Motion::rising(0.05) };
    render(key, Shape { rate: 27_000.0, evolve: 0.12, looped: 0.6 }, &partials, &[breath])
}
