//! Brass, alone, muted, in sections and synthetic (programs 56–63).

use super::{Blown, Formant, Section, formants, wide};
use crate::audio::bank::dsp::key_hz;
use crate::audio::bank::patch::{Play, Sweep, Unit};

struct Horn {
    program: u8,
    roots: &'static [u8],
    /// Where its spectrum turns down, in hertz, and how steeply.
    corner: (f32, f32),
    bell: &'static [Formant],
    /// Seconds of the fundamental, and more for each overtone.
    attack: (f32, f32),
    vibrato: (f32, f32, f32),
    /// Cutoff of the softest and loudest note at middle C: brass is all about that.
    cutoff: (f32, f32),
    breath: f32,
}

const HORNS: [Horn; 5] = [
    Horn {
        program: 56,
        roots: &[55, 62, 70, 78, 85],
        corner: (2_100.0, 1.9),
        bell: &[(1_350.0, 700.0, 0.8), (2_900.0, 1_200.0, 0.5)],
        attack: (0.022, 0.0045),
        vibrato: (0.45, 5.2, 9.0),
        cutoff: (900.0, 14_000.0),
        breath: 0.012,
    },
    Horn {
        program: 57,
        roots: &[37, 46, 55, 64, 73],
        corner: (1_150.0, 1.7),
        bell: &[(550.0, 280.0, 0.8), (1_400.0, 600.0, 0.35)],
        attack: (0.03, 0.004),
        vibrato: (0.5, 4.8, 6.0),
        cutoff: (600.0, 11_000.0),
        breath: 0.012,
    },
    Horn {
        program: 58,
        roots: &[29, 37, 45, 53, 61],
        corner: (330.0, 1.7),
        bell: &[(230.0, 120.0, 0.9), (480.0, 250.0, 0.4)],
        attack: (0.04, 0.004),
        vibrato: (0.6, 4.6, 4.0),
        cutoff: (320.0, 5_000.0),
        breath: 0.014,
    },
    // A straight mute leaves a narrow, nasal band.
    Horn {
        program: 59,
        roots: &[55, 62, 70, 78, 85],
        corner: (3_600.0, 2.0),
        bell: &[(1_900.0, 420.0, 2.2), (3_300.0, 700.0, 1.2), (800.0, 250.0, 0.3)],
        attack: (0.02, 0.003),
        vibrato: (0.4, 5.3, 9.0),
        cutoff: (1_500.0, 14_000.0),
        breath: 0.02,
    },
    Horn {
        program: 60,
        roots: &[37, 45, 53, 62, 70, 78],
        corner: (560.0, 1.8),
        bell: &[(360.0, 180.0, 0.9), (800.0, 350.0, 0.35)],
        attack: (0.045, 0.006),
        vibrato: (0.6, 4.8, 4.0),
        cutoff: (450.0, 6_500.0),
        breath: 0.01,
    },
];

pub(super) fn brass() -> Unit {
    let mut unit = Unit::default();
    for horn in &HORNS {
        let layer = unit.layer(horn.roots, |key| {
            let hz = key_hz(f32::from(key));
            let tone = Blown {
                attack: horn.attack,
                waver: 0.06,
                breath: (horn.breath, (2.0 * hz).clamp(600.0, 3_000.0), 0.5),
                // The lips' first slap, before the horn answers.
                chiff: (0.06, (1.6 * hz).clamp(300.0, 2_000.0), 38.0),
                ..Blown::PLAIN
            };
            let wave = tone.wave(key, |n, f| lips(n, f, horn.corner, horn.bell));
            let play = Play {
                release: 0.1,
                cutoff: (horn.cutoff.0 + hz, (horn.cutoff.1 + hz).min(15_000.0)),
                vibrato: horn.vibrato,
                // Notes are scooped into, and the tone opens while they are.
                sweep: Sweep { pitch: -22.0, filter: 0.0, decay: 0.07, ..Sweep::default() },
                reverb: 25.0,
                ..Play::default()
            };
            (wave, play)
        });
        unit.melodic(horn.program, vec![layer]);
    }
    sections(&mut unit);
    unit
}

/// Lips against a horn: rising to the corner, then falling by its power.
fn lips(n: f32, f: f32, (corner, power): (f32, f32), bell: &[Formant]) -> f32 {
    let tilt = (1.0 + (f / corner).powf(2.0 * power)).powf(-0.5);
    n.powf(-0.25) * tilt * (0.6 + formants(f, bell))
}

fn sections(unit: &mut Unit) {
    let roots = [36, 45, 54, 62, 70, 79];
    let section = Section { cents: 8.0, blur: 0.6, seed: 61, rate: 27_000.0, ..Section::PLAIN };
    let bell: &[Formant] = &[(1_000.0, 600.0, 0.7), (2_400.0, 900.0, 0.3)];
    let make = |key: u8| {
        let hz = key_hz(f32::from(key));
        let play = Play {
            attack: 0.03,
            release: 0.14,
            cutoff: (700.0 + hz, 9_000.0),
            sweep: Sweep {
                filter: 1_000.0,
                attack: 0.06,
                decay: 0.9,
                sustain: 0.35,
                release: 0.2,
                ..Sweep::default()
            },
            vibrato: (0.5, 5.0, 4.0),
            reverb: 28.0,
            ..Play::default()
        };
        (section.wave(key, |n, f| lips(n, f, (1_500.0, 1.8), bell), &[]), play)
    };
    let layers = wide(unit, &roots, section, make);
    unit.melodic(61, layers);

    let saws = Section { cents: 5.0, blur: 0.8, seed: 62, ..Section::PLAIN };
    let make = |key: u8| {
        let hz = key_hz(f32::from(key));
        let play = Play {
            attack: 0.012,
            release: 0.2,
            cutoff: (350.0 + hz, 1_800.0 + 2.0 * hz),
            q: 3.0,
            sweep: Sweep {
                filter: 2_900.0,
                attack: 0.05,
                decay: 1.1,
                sustain: 0.4,
                release: 0.3,
                ..Sweep::default()
            },
            chorus: 25.0,
            ..Play::default()
        };
        (saws.wave(key, |n, _| 1.0 / n, &[]), play)
    };
    let first = wide(unit, &[36, 48, 60, 72, 84], saws, make);
    let mut second = first.clone();
    for part in second.iter_mut().flatten() {
        part.play.attack = 0.05;
        part.play.release = 0.35;
        part.play.q = 1.0;
        part.play.sweep.attack = 0.16;
        part.play.sweep.filter = 1_900.0;
        part.play.sweep.decay = 2.4;
        part.play.sweep.sustain = 0.6;
    }
    unit.melodic(62, first);
    unit.melodic(63, second);
}
