//! Guitars, basses, harp, pizzicato, plucked strings of the world (24–37, 45, 46, 104–108).

use super::{Formant, Pluck, overdrive, ring, struck};
use crate::audio::bank::dsp::key_hz;
use crate::audio::bank::patch::{Play, Sweep, Unit};
use crate::audio::bank::tone::{Hiss, Motion, Partial, Shape, Wave, render};

const GUITAR: [u8; 5] = [41, 50, 58, 67, 78];
const BASS: [u8; 4] = [29, 37, 46, 58];
const WOOD: &[Formant] =
    &[(105.0, 40.0, 0.9), (210.0, 70.0, 0.8), (430.0, 160.0, 0.5), (1_200.0, 600.0, 0.3)];

pub(super) fn guitars() -> Unit {
    let mut unit = Unit::default();
    let nylon = Pluck {
        at: 0.17,
        slope: 1.0,
        dark: 3_000.0,
        ring: (3.6, 22.0),
        damp: 3.2,
        click: (0.05, 700.0, 70.0),
        body: WOOD,
        ..Pluck::PLAIN
    };
    pluck(&mut unit, 24, &GUITAR, nylon, (700.0, 9_000.0), 0.18);
    let steel = Pluck {
        at: 0.13,
        slope: 0.65,
        dark: 5_000.0,
        stiff: 1.6e-4,
        ring: (5.0, 22.0),
        damp: 2.0,
        twin: 0.3,
        click: (0.05, 2_400.0, 90.0),
        body: WOOD,
        evolve: 0.8,
        looped: 0.3,
        ..Pluck::PLAIN
    };
    pluck(&mut unit, 25, &GUITAR, steel, (1_100.0, 14_000.0), 0.2);
    let jazz = Pluck {
        at: 0.28,
        slope: 1.3,
        dark: 1_700.0,
        ring: (5.5, 22.0),
        damp: 3.0,
        click: (0.02, 500.0, 70.0),
        body: &[(250.0, 150.0, 0.7), (700.0, 400.0, 0.6)],
        ..Pluck::PLAIN
    };
    pluck(&mut unit, 26, &GUITAR, jazz, (600.0, 6_000.0), 0.15);
    let clean = Pluck {
        at: 0.15,
        slope: 0.9,
        dark: 3_600.0,
        stiff: 1.2e-4,
        ring: (6.5, 22.0),
        damp: 1.8,
        twin: 0.25,
        click: (0.03, 2_000.0, 100.0),
        body: &[(600.0, 500.0, 0.5), (2_800.0, 1_200.0, 0.9)],
        evolve: 0.8,
        looped: 0.3,
        ..Pluck::PLAIN
    };
    pluck(&mut unit, 27, &GUITAR, clean, (900.0, 12_000.0), 0.15);
    let muted = Pluck { ring: (0.55, 26.0), damp: 9.0, click: (0.10, 900.0, 60.0), ..clean };
    pluck(&mut unit, 28, &GUITAR, muted, (900.0, 9_000.0), 0.08);
    amplified(&mut unit, 29, clean, 3.5, 5.0);
    amplified(&mut unit, 30, Pluck { at: 0.1, slope: 0.75, ..clean }, 14.0, 2.5);
    harmonics(&mut unit);
    unit
}

/// One plucked program; `cutoff` is the softest and the loudest pluck's, in hertz at middle C.
fn pluck(
    unit: &mut Unit,
    program: u8,
    roots: &[u8],
    string: Pluck,
    cutoff: (f32, f32),
    release: f32,
) {
    let layer = unit.layer(roots, |key| {
        let hz = key_hz(f32::from(key));
        let play = Play {
            fall: string.fall(key),
            release,
            cutoff: (cutoff.0 + 1.5 * hz, (cutoff.1 + hz).min(16_000.0)),
            ..Play::default()
        };
        (string.wave(key), play)
    });
    unit.melodic(program, vec![layer]);
}

/// A string through an overdriven amplifier and its loudspeaker, which ends at 5 kHz.
fn amplified(unit: &mut Unit, program: u8, string: Pluck, drive: f32, fall: f32) {
    let layer = unit.layer(&GUITAR, |key| {
        let string = Pluck { twin: 0.2, stiff: 2e-5, rate: 26_000.0, ..string };
        let mut wave = string.wave(key);
        flatten(&mut wave);
        overdrive(&mut wave, drive);
        let play = Play {
            fall,
            release: 0.12,
            cutoff: (3_200.0, 5_400.0),
            q: 1.5,
            vibrato: (0.0, 5.4, 0.0),
            ..Play::default()
        };
        (wave, play)
    });
    unit.melodic(program, vec![layer]);
}

/// Evens out the level over time, as an amplifier's compression does before it clips.
fn flatten(wave: &mut Wave) {
    let (mut level, rise) = (0.0_f32, 0.02_f32);
    let fall = 1.0 - (-1.0 / (0.05 * wave.rate as f32)).exp();
    let loop_start = wave.loop_start.unwrap_or(wave.data.len());
    let mut held = 1.0;
    for (frame, sample) in wave.data.iter_mut().enumerate() {
        let x = sample.abs();
        level += (x - level) * if x > level { rise } else { fall };
        // One gain throughout the loop: its end must meet its beginning.
        if frame < loop_start {
            held = 1.0 / level.max(0.02).powf(0.8);
        }
        *sample *= held;
    }
}

fn harmonics(unit: &mut Unit) {
    let layer = unit.layer(&[52, 64, 76, 88], |key| {
        let modes = [
            (1.0, 1.0, 0.0),
            (2.0, 0.25, 1.2),
            (3.0, 0.10, 2.2),
            (4.0, 0.04, 4.0),
            (0.5, 0.06, 5.0),
        ];
        let shape = Shape { rate: 27_000.0, evolve: 0.6, looped: 0.3 };
        let play = Play {
            fall: 60.0 / ring(key, 4.0, 26.0),
            release: 0.4,
            reverb: 25.0,
            ..Play::default()
        };
        (struck(key, shape, &modes, (0.05, 2_600.0, 110.0)), play)
    });
    unit.melodic(31, vec![layer]);
}

pub(super) fn basses() -> Unit {
    let mut unit = Unit::default();
    let upright = Pluck {
        rate: 22_050.0,
        at: 0.24,
        slope: 1.2,
        dark: 900.0,
        ring: (1.3, 26.0),
        damp: 3.0,
        click: (0.10, 380.0, 45.0),
        body: &[(95.0, 50.0, 1.0), (210.0, 90.0, 0.7), (600.0, 300.0, 0.4)],
        ..Pluck::PLAIN
    };
    pluck(&mut unit, 32, &BASS, upright, (400.0, 4_500.0), 0.12);
    let finger = Pluck {
        rate: 22_050.0,
        at: 0.17,
        slope: 1.05,
        dark: 1_300.0,
        ring: (3.2, 26.0),
        damp: 2.6,
        click: (0.04, 600.0, 60.0),
        evolve: 0.9,
        ..Pluck::PLAIN
    };
    pluck(&mut unit, 33, &BASS, finger, (450.0, 5_500.0), 0.1);
    let pick = Pluck {
        at: 0.09,
        slope: 0.85,
        dark: 2_400.0,
        click: (0.10, 2_600.0, 110.0),
        rate: 27_000.0,
        ..finger
    };
    pluck(&mut unit, 34, &BASS, pick, (700.0, 9_000.0), 0.1);
    fretless(&mut unit, finger);
    let slap = Pluck {
        rate: 27_000.0,
        at: 0.06,
        slope: 0.65,
        dark: 3_600.0,
        ring: (2.6, 26.0),
        damp: 2.4,
        click: (0.16, 3_000.0, 90.0),
        body: &[(90.0, 60.0, 1.2), (2_600.0, 1_400.0, 1.0)],
        evolve: 0.9,
        ..Pluck::PLAIN
    };
    pluck(&mut unit, 36, &BASS, slap, (900.0, 13_000.0), 0.08);
    let pop = Pluck { at: 0.04, slope: 0.55, click: (0.24, 4_200.0, 120.0), ..slap };
    pluck(&mut unit, 37, &BASS, pop, (1_300.0, 15_000.0), 0.08);
    unit
}

/// The tone opens after the attack and sings.
fn fretless(unit: &mut Unit, string: Pluck) {
    let string = Pluck {
        at: 0.12,
        dark: 1_500.0,
        damp: 1.2,
        ring: (3.6, 26.0),
        body: &[(420.0, 180.0, 1.4), (900.0, 300.0, 0.6)],
        ..string
    };
    let layer = unit.layer(&BASS, |key| {
        let play = Play {
            attack: 0.018,
            fall: string.fall(key) * 0.8,
            release: 0.12,
            cutoff: (380.0, 1_700.0),
            q: 4.0,
            sweep: Sweep {
                filter: 1_500.0,
                attack: 0.16,
                decay: 2.5,
                sustain: 0.3,
                release: 0.3,
                ..Sweep::default()
            },
            vibrato: (0.35, 5.0, 11.0),
            ..Play::default()
        };
        (string.wave(key), play)
    });
    unit.melodic(35, vec![layer]);
}

pub(super) fn harps() -> Unit {
    let mut unit = Unit::default();
    let harp = Pluck {
        at: 0.36,
        slope: 1.15,
        dark: 3_200.0,
        ring: (4.2, 20.0),
        damp: 2.4,
        click: (0.03, 900.0, 80.0),
        body: &[(200.0, 120.0, 0.7), (450.0, 250.0, 0.6), (1_400.0, 700.0, 0.3)],
        ..Pluck::PLAIN
    };
    pluck(&mut unit, 46, &[31, 43, 55, 67, 79, 92], harp, (900.0, 11_000.0), 0.9);
    pizzicato(&mut unit);
    sitar(&mut unit);
    let banjo = Pluck {
        at: 0.1,
        slope: 0.6,
        dark: 3_400.0,
        ring: (1.3, 24.0),
        damp: 3.4,
        click: (0.10, 1_500.0, 80.0),
        body: &[(380.0, 150.0, 0.8), (900.0, 300.0, 0.9), (2_300.0, 900.0, 0.6)],
        evolve: 0.6,
        ..Pluck::PLAIN
    };
    pluck(&mut unit, 105, &[45, 52, 59, 66, 74, 84], banjo, (1_500.0, 14_000.0), 0.15);
    let shamisen = Pluck {
        at: 0.07,
        slope: 0.75,
        dark: 2_800.0,
        ring: (1.0, 24.0),
        damp: 3.2,
        click: (0.28, 1_100.0, 60.0),
        body: &[(330.0, 120.0, 0.9), (1_300.0, 500.0, 0.8)],
        evolve: 0.5,
        ..Pluck::PLAIN
    };
    pluck(&mut unit, 106, &[45, 54, 63, 72, 82], shamisen, (1_400.0, 12_000.0), 0.15);
    let koto = Pluck {
        at: 0.06,
        slope: 0.8,
        dark: 3_600.0,
        ring: (3.4, 22.0),
        damp: 2.4,
        click: (0.08, 1_900.0, 80.0),
        body: &[(260.0, 120.0, 0.7), (800.0, 300.0, 0.6), (1_700.0, 600.0, 0.4)],
        twin: 0.35,
        evolve: 0.8,
        looped: 0.4,
        ..Pluck::PLAIN
    };
    pluck(&mut unit, 107, &[43, 52, 61, 70, 80], koto, (1_300.0, 13_000.0), 0.5);
    kalimba(&mut unit);
    unit
}

/// A section's pluck: short, woody, a little spread.
fn pizzicato(unit: &mut Unit) {
    let string = Pluck {
        at: 0.22,
        slope: 1.15,
        dark: 1_900.0,
        ring: (0.55, 22.0),
        damp: 6.0,
        twin: 0.6,
        click: (0.10, 500.0, 60.0),
        body: &[(280.0, 120.0, 1.0), (480.0, 200.0, 0.7), (1_100.0, 500.0, 0.4)],
        evolve: 0.4,
        looped: 0.3,
        ..Pluck::PLAIN
    };
    let layer = unit.layer(&[31, 43, 55, 67, 80], |key| {
        let play = Play {
            fall: string.fall(key),
            release: 0.35,
            cutoff: (900.0 + key_hz(f32::from(key)), 9_000.0),
            reverb: 30.0,
            ..Play::default()
        };
        (string.wave(key), play)
    });
    unit.melodic(45, vec![layer]);
}

/// The flat bridge buzzes: overtones bloom one after another. Sympathetic strings answer.
fn sitar(unit: &mut Unit) {
    let layer = unit.layer(&[40, 48, 56, 64, 73], |key| {
        let hz = key_hz(f32::from(key));
        let mut partials = Vec::new();
        for k in 1..=40 {
            let n = k as f32;
            let f = hz * n;
            if f > 12_000.0 {
                break;
            }
            let amp = n.powf(-0.55) * (-f / 4_200.0).exp();
            let motion = Motion {
                attack: 0.004 + 0.012 * n.min(24.0),
                decay: 0.8 + 0.9 * f / 1000.0,
                floor: 0.16,
                ..Motion::STEADY
            };
            partials.push(Partial::new(n, amp).moving(motion));
        }
        for (ratio, amp) in [(1.5, 0.05), (2.0, 0.07), (3.0, 0.05), (4.0, 0.04)] {
            let answer = Motion { attack: 0.5, decay: 0.5, floor: 0.5, ..Motion::STEADY };
            partials.push(Partial::new(ratio, amp).moving(answer).beating(2));
        }
        let pick = Hiss { hz: 3_200.0, q: 0.8, amp: 0.08, motion: Motion::falling(90.0) };
        let shape = Shape { rate: 27_000.0, evolve: 1.0, looped: 0.4 };
        let play = Play {
            fall: 60.0 / ring(key, 4.0, 26.0),
            release: 0.5,
            cutoff: (1_500.0 + 2.0 * hz, 14_000.0),
            sweep: Sweep { pitch: 18.0, decay: 0.25, ..Sweep::default() },
            ..Play::default()
        };
        (render(key, shape, &partials, &[pick]), play)
    });
    unit.melodic(104, vec![layer]);
}

fn kalimba(unit: &mut Unit) {
    let layer = unit.layer(&[48, 60, 72, 84], |key| {
        let modes = [
            (1.0, 1.0, 0.0),
            (2.0, 0.05, 3.0),
            (5.4, 0.20, 14.0),
            (6.9, 0.08, 20.0),
            (11.0, 0.04, 35.0),
        ];
        let shape = Shape { rate: 27_000.0, evolve: 0.5, looped: 0.2 };
        let play = Play {
            fall: 60.0 / ring(key, 1.6, 22.0),
            release: 0.5,
            cutoff: (3.0 * key_hz(f32::from(key)), 14_000.0),
            ..Play::default()
        };
        (struck(key, shape, &modes, (0.14, 1_300.0, 70.0)), play)
    });
    unit.melodic(108, vec![layer]);
}
