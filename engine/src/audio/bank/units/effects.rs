//! Synthesizer effects (programs 96–103): pads, bells and what happens between them.

use super::{Formant, Pluck, Section, formants, ring, struck, wide};
use crate::audio::bank::dsp::key_hz;
use crate::audio::bank::patch::{Layer, Play, Sweep, Unit};
use crate::audio::bank::tone::{Hiss, Motion, Partial, Shape, Wave, render};

const ROOTS: [u8; 3] = [43, 60, 77];
const SOFT: Section = Section { rate: 24_000.0, frames: 32_768, cents: 10.0, blur: 0.7, seed: 96 };
const NASAL: &[Formant] = &[(420.0, 120.0, 1.0), (1_400.0, 220.0, 0.5), (2_300.0, 300.0, 0.2)];

pub(super) fn effects() -> Unit {
    let mut unit = Unit::default();
    rain(&mut unit);
    soundtrack(&mut unit);
    let crystal = crystal(&mut unit);
    atmosphere(&mut unit);
    brightness(&mut unit, crystal);
    goblins(&mut unit);
    echoes(&mut unit);
    star_theme(&mut unit);
    unit
}

fn slow(attack: f32, release: f32, cutoff: (f32, f32)) -> Play {
    Play { attack, release, cutoff, reverb: 45.0, chorus: 20.0, ..Play::default() }
}

/// Drops fall around a soft fifth.
fn rain(unit: &mut Unit) {
    let drops = unit.layer(&[48, 60, 72, 84], |key| {
        // Scattered strokes of the series, each a small bell.
        const DROPS: [(f32, f32); 9] = [
            (4.0, 0.0),
            (6.0, 0.09),
            (3.0, 0.17),
            (8.0, 0.26),
            (5.0, 0.33),
            (4.0, 0.44),
            (9.0, 0.53),
            (6.0, 0.61),
            (3.0, 0.72),
        ];
        let mut partials = vec![Partial::new(1.0, 0.5).moving(Motion::rising(0.01))];
        for (ratio, delay) in DROPS {
            let drop = Motion { delay, attack: 0.002, decay: 13.0, floor: 0.02 };
            partials.push(Partial::new(ratio, 0.55).moving(drop));
            let chime = Motion { decay: 24.0, ..drop };
            partials.push(Partial::new(ratio * 2.74, 0.16).moving(chime));
        }
        let shape = Shape { rate: 27_000.0, evolve: 1.2, looped: 0.3 };
        let play = Play {
            fall: 60.0 / ring(key, 5.0, 30.0),
            release: 0.9,
            cutoff: (2_000.0, 12_000.0),
            reverb: 50.0,
            ..Play::default()
        };
        (render(key, shape, &partials, &[]), play)
    });
    let section = Section { seed: 97, ..SOFT };
    let bed = unit.layer(&ROOTS, |key| {
        let wave = section.wave(key, |n, _| n.powf(-1.5), &[(1.5, 0.25)]);
        (wave, Play { gain: -7.0, ..slow(0.4, 0.9, (700.0, 3_000.0)) })
    });
    unit.melodic(96, vec![drops, bed]);
}

/// Strings of light in open fifths, opening slowly.
fn soundtrack(unit: &mut Unit) {
    let section = Section { cents: 12.0, seed: 98, ..SOFT };
    let layers = wide(unit, &ROOTS, section, |key| {
        let wave = section.wave(
            key,
            |n, _| n.powf(-1.05),
            &[(1.5, 0.55), (3.0, 0.3), (0.5, 0.35), (4.5, 0.15)],
        );
        let play = Play {
            q: 4.0,
            sweep: Sweep {
                filter: 2_400.0,
                attack: 1.6,
                decay: 6.0,
                sustain: 0.5,
                release: 1.0,
                ..Sweep::default()
            },
            lfo: (0.18, 0.0, 300.0, 0.0),
            ..slow(0.55, 1.3, (500.0, 1_400.0))
        };
        (wave, play)
    });
    unit.melodic(97, layers);
}

fn crystal(unit: &mut Unit) -> Layer {
    let layer = unit.layer(&[48, 60, 72, 84], |key| {
        let modes = [
            (1.0, 1.0, 0.0),
            (2.0, 0.18, 1.0),
            (3.5, 0.5, 2.6),
            (5.19, 0.32, 4.0),
            (7.0, 0.34, 5.0),
            (10.5, 0.16, 9.0),
            (14.0, 0.07, 14.0),
        ];
        let shape = Shape { rate: 40_000.0, evolve: 0.9, looped: 0.35 };
        let play = Play {
            fall: 60.0 / ring(key, 3.6, 26.0),
            release: 0.9,
            cutoff: (2.5 * key_hz(f32::from(key)), 16_000.0),
            reverb: 45.0,
            chorus: 25.0,
            ..Play::default()
        };
        (struck(key, shape, &modes, (0.03, 6_000.0, 120.0)), play)
    });
    unit.melodic(98, vec![layer.clone()]);
    layer
}

/// A guitar of nylon and mist.
fn atmosphere(unit: &mut Unit) {
    let string = Pluck {
        at: 0.2,
        slope: 1.1,
        dark: 3_000.0,
        ring: (3.6, 24.0),
        damp: 2.6,
        twin: 0.3,
        click: (0.05, 1_200.0, 80.0),
        ..Pluck::PLAIN
    };
    let guitar = unit.layer(&[40, 50, 60, 70, 82], |key| {
        let play = Play {
            fall: string.fall(key),
            release: 0.6,
            cutoff: (1_000.0 + key_hz(f32::from(key)), 10_000.0),
            reverb: 40.0,
            ..Play::default()
        };
        (string.wave(key), play)
    });
    let section = Section { seed: 99, ..SOFT };
    let mist = unit.layer(&ROOTS, |key| {
        let wave =
            section.wave(key, |n, f| n.powf(-1.0) * (0.2 + formants(f, NASAL)), &[(2.0, 0.3)]);
        (wave, Play { gain: -5.0, ..slow(0.35, 1.0, (900.0, 4_000.0)) })
    });
    unit.melodic(99, vec![guitar, mist]);
}

/// The crystal over a choir of saws that fades in behind it.
fn brightness(unit: &mut Unit, mut bell: Layer) {
    for part in &mut bell {
        part.play.cutoff = (4_000.0, 18_000.0);
    }
    let section = Section { cents: 7.0, seed: 100, rate: 27_000.0, ..SOFT };
    let choir = unit.layer(&ROOTS, |key| {
        let wave = section.wave(key, |n, _| n.powf(-0.85), &[]);
        (wave, Play { gain: -4.0, ..slow(0.12, 0.7, (2_500.0, 9_000.0)) })
    });
    unit.melodic(100, vec![bell, choir]);
}

/// Voices that waver between pitches behind a veil.
fn goblins(unit: &mut Unit) {
    let section = Section { cents: 22.0, blur: 1.6, seed: 101, ..SOFT };
    let layers = wide(unit, &ROOTS, section, |key| {
        let wave = section.wave(
            key,
            |n, f| n.powf(-0.7) * (0.06 + formants(f, NASAL)),
            &[(1.414, 0.3), (0.5, 0.3)],
        );
        let play = Play {
            q: 6.0,
            lfo: (0.9, 0.0, 900.0, 35.0),
            sweep: Sweep {
                filter: 1_800.0,
                attack: 1.2,
                decay: 2.5,
                sustain: 0.4,
                release: 1.0,
                ..Sweep::default()
            },
            ..slow(0.4, 1.2, (500.0, 2_400.0))
        };
        (wave, play)
    });
    unit.melodic(101, layers);
}

/// A plucked tone and three repeats, each softer and on the other side.
fn echoes(unit: &mut Unit) {
    let mut first = unit.layer(&[40, 52, 64, 76, 88], |key| {
        let modes = [
            (1.0, 1.0, 0.0),
            (2.0, 0.5, 3.0),
            (3.0, 0.32, 5.0),
            (4.0, 0.2, 8.0),
            (5.0, 0.12, 10.0),
            (7.0, 0.06, 16.0),
        ];
        let shape = Shape { rate: 26_000.0, evolve: 0.5, looped: 0.25 };
        let play = Play {
            fall: 60.0,
            release: 0.5,
            cutoff: (1_200.0 + key_hz(f32::from(key)), 9_000.0),
            reverb: 40.0,
            ..Play::default()
        };
        (struck(key, shape, &modes, (0.05, 2_000.0, 90.0)), play)
    });
    let mut layers = Vec::new();
    for echo in 0..4_u8 {
        let step = f32::from(echo);
        for part in &mut first {
            part.play.delay = 0.26 * step;
            part.play.pan = [0.0, 30.0, -30.0, 22.0][usize::from(echo % 4)];
            // Softer and duller each time; the filter's skirt does the lowering.
            part.play.cutoff = (900.0 / (1.0 + step), 9_000.0 / (1.0 + 2.2 * step * step));
            part.play.quieter = 6.0 * step;
        }
        layers.push(first.clone());
    }
    unit.melodic(102, layers);
}

/// A comet: metal that slides, sparks at its tail.
fn star_theme(unit: &mut Unit) {
    let layer = unit.layer(&[48, 60, 72, 84], |key| {
        let bell = |ratio, amp, decay: f32| {
            Partial::new(ratio, amp).moving(Motion { decay, floor: 0.3, attack: 0.02, delay: 0.0 })
        };
        let partials = [
            bell(1.0, 1.0, 0.4),
            bell(1.5, 0.4, 0.6),
            bell(2.67, 0.4, 1.0),
            bell(4.1, 0.35, 1.6),
            bell(5.33, 0.3, 2.0),
            bell(8.2, 0.18, 3.0),
            bell(10.9, 0.1, 5.0),
        ];
        let spark = Hiss { hz: 7_000.0, q: 3.0, amp: 0.03, motion: Motion::falling(1.5) };
        let shape = Shape { rate: 36_000.0, evolve: 1.0, looped: 0.5 };
        let play = Play {
            q: 3.0,
            lfo: (3.2, 0.0, 700.0, 12.0),
            sweep: Sweep {
                pitch: 0.0,
                filter: 1_500.0,
                attack: 0.8,
                decay: 3.0,
                sustain: 0.3,
                release: 1.0,
                ..Sweep::default()
            },
            fall: 4.0,
            sustain: 14.0,
            ..slow(0.06, 1.2, (1_500.0, 6_000.0))
        };
        let wave: Wave = render(key, shape, &partials, &[spark]);
        (wave, play)
    });
    unit.melodic(103, vec![layer]);
}
