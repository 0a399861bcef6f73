//! Pads (programs 88–95): wide sections that breathe.

use super::{Formant, Section, formants, ring, struck, wide};
use crate::audio::bank::dsp::key_hz;
use crate::audio::bank::patch::{Play, Sweep, Unit};
use crate::audio::bank::tone::Shape;

const ROOTS: [u8; 4] = [38, 53, 68, 83];
const CHOIR: &[Formant] = &[(600.0, 160.0, 1.0), (1_050.0, 180.0, 0.6), (2_600.0, 350.0, 0.25)];

struct Pad {
    program: u8,
    section: Section,
    level: fn(f32, f32) -> f32,
    /// Partials outside the series: ratio and level.
    extra: &'static [(f32, f32)],
    attack: f32,
    release: f32,
    cutoff: (f32, f32),
    q: f32,
    /// Hertz, decibels, cents of filter, cents of pitch.
    lfo: (f32, f32, f32, f32),
    sweep: Sweep,
}

const STILL: (f32, f32, f32, f32) = (0.0, 0.0, 0.0, 0.0);
const NONE: Sweep = Sweep {
    filter: 0.0,
    pitch: 0.0,
    attack: 0.0,
    hold: 0.0,
    decay: 0.0,
    sustain: 0.0,
    release: 0.0,
};
const WIDE: Section = Section { rate: 26_000.0, frames: 32_768, cents: 12.0, blur: 0.6, seed: 88 };

const PADS: [Pad; 7] = [
    Pad {
        program: 89,
        section: WIDE,
        level: |n, _| n.powf(-1.25),
        extra: &[(0.5, 0.2)],
        attack: 0.35,
        release: 0.9,
        cutoff: (500.0, 2_600.0),
        q: 1.0,
        lfo: (0.2, 0.0, 300.0, 0.0),
        sweep: NONE,
    },
    Pad {
        program: 90,
        section: Section { cents: 8.0, seed: 90, ..WIDE },
        level: |n, _| 1.0 / n,
        extra: &[],
        attack: 0.012,
        release: 0.45,
        cutoff: (1_000.0, 5_500.0),
        q: 3.0,
        lfo: STILL,
        sweep: Sweep { filter: 1_600.0, decay: 0.9, sustain: 0.25, release: 0.4, ..NONE },
    },
    Pad {
        program: 91,
        section: Section { cents: 17.0, blur: 1.0, seed: 91, ..WIDE },
        level: |n, f| n.powf(-0.8) * (0.05 + formants(f, CHOIR)),
        extra: &[],
        attack: 0.3,
        release: 0.9,
        cutoff: (1_500.0, 7_000.0),
        q: 0.0,
        lfo: (0.3, 1.0, 0.0, 0.0),
        sweep: NONE,
    },
    // Glass bowed at its rim: few overtones, out of the series, slow to speak.
    Pad {
        program: 92,
        section: Section { cents: 5.0, blur: 0.5, seed: 92, ..WIDE },
        level: |n, _| if n < 4.0 { n.powf(-1.6) } else { 0.0 },
        extra: &[(2.32, 0.22), (4.25, 0.2), (6.63, 0.1), (9.38, 0.05)],
        attack: 0.55,
        release: 1.0,
        cutoff: (1_500.0, 9_000.0),
        q: 0.0,
        lfo: (4.6, 1.4, 0.0, 3.0),
        sweep: NONE,
    },
    Pad {
        program: 93,
        section: Section { cents: 7.0, blur: 0.8, seed: 93, ..WIDE },
        level: |n, _| n.powf(-0.9) * if (n as u32).is_multiple_of(3) { 1.0 } else { 0.45 },
        extra: &[(1.41, 0.28), (2.76, 0.35), (3.9, 0.22), (5.4, 0.3), (7.1, 0.16)],
        attack: 0.2,
        release: 1.0,
        cutoff: (1_200.0, 9_000.0),
        q: 2.0,
        lfo: (0.4, 0.0, 500.0, 0.0),
        sweep: NONE,
    },
    Pad {
        program: 94,
        section: Section { cents: 20.0, blur: 1.4, seed: 94, ..WIDE },
        level: |n, f| n.powf(-0.9) * (0.12 + formants(f, CHOIR)),
        extra: &[(0.5, 0.25), (1.5, 0.2), (3.0, 0.2)],
        attack: 0.7,
        release: 1.5,
        cutoff: (900.0, 5_000.0),
        q: 1.0,
        lfo: (0.15, 0.0, 600.0, 0.0),
        sweep: NONE,
    },
    Pad {
        program: 95,
        section: Section { cents: 9.0, seed: 95, ..WIDE },
        level: |n, _| 1.0 / n,
        extra: &[],
        attack: 0.25,
        release: 1.2,
        cutoff: (350.0, 900.0),
        q: 7.0,
        lfo: (0.12, 0.0, 500.0, 0.0),
        sweep: Sweep {
            filter: 4_200.0,
            attack: 2.4,
            decay: 5.0,
            sustain: 0.3,
            release: 1.5,
            ..NONE
        },
    },
];

pub(super) fn pads() -> Unit {
    let mut unit = Unit::default();
    for pad in &PADS {
        let layers = wide(&mut unit, &ROOTS, pad.section, |key| {
            let hz = key_hz(f32::from(key));
            let play = Play {
                attack: pad.attack,
                release: pad.release,
                cutoff: (pad.cutoff.0 + hz, pad.cutoff.1 + hz),
                q: pad.q,
                lfo: pad.lfo,
                sweep: pad.sweep,
                reverb: 45.0,
                chorus: 20.0,
                ..Play::default()
            };
            (pad.section.wave(key, pad.level, pad.extra), play)
        });
        if pad.program == 89 {
            new_age(&mut unit, layers.clone());
        }
        unit.melodic(pad.program, layers);
    }
    unit
}

/// The warm pad behind a glassy bell.
fn new_age(unit: &mut Unit, mut layers: Vec<crate::audio::bank::patch::Layer>) {
    for part in layers.iter_mut().flatten() {
        part.play.attack = 0.6;
    }
    let bell = unit.layer(&[48, 60, 72, 84], |key| {
        let modes = [
            (1.0, 1.0, 0.0),
            (2.0, 0.3, 1.0),
            (3.0, 0.35, 1.6),
            (5.0, 0.2, 3.0),
            (7.02, 0.12, 6.0),
        ];
        let shape = Shape { rate: 30_000.0, evolve: 0.7, looped: 0.4 };
        let play = Play {
            fall: 60.0 / ring(key, 4.0, 26.0),
            release: 0.9,
            cutoff: (1_200.0 + key_hz(f32::from(key)), 12_000.0),
            reverb: 45.0,
            ..Play::default()
        };
        (struck(key, shape, &modes, (0.02, 2_500.0, 90.0)), play)
    });
    layers.push(bell);
    unit.melodic(88, layers);
}
