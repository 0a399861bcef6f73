//! Mallets and bells (programs 8–15), pitched and other percussion (47, 112–119).

use super::{Pluck, ring, struck};
use crate::audio::bank::dsp::key_hz;
use crate::audio::bank::patch::{Play, Sweep, Unit};
use crate::audio::bank::tone::{Hiss, Motion, Partial, Shape, Wave, render};

const BARS: [u8; 4] = [50, 64, 78, 92];

/// Modes as (ratio, level, decay per second beyond the first's).
type Modes = &'static [(f32, f32, f32)];

struct Mallet {
    program: u8,
    modes: Modes,
    /// Level, hertz, decay per second.
    click: (f32, f32, f32),
    ring: (f32, f32),
    release: f32,
    /// Cutoff of the softest stroke over the note's frequency.
    soft: f32,
}

const MALLETS: [Mallet; 7] = [
    Mallet {
        program: 8,
        modes: &[
            (1.0, 1.0, 0.0),
            (2.0, 0.16, 2.5),
            (3.0, 0.07, 4.0),
            (4.0, 0.25, 3.0),
            (9.2, 0.05, 12.0),
        ],
        click: (0.03, 2_500.0, 120.0),
        ring: (3.2, 18.0),
        release: 0.5,
        soft: 3.0,
    },
    Mallet {
        program: 9,
        modes: &[(1.0, 1.0, 0.0), (2.756, 0.34, 3.5), (5.404, 0.22, 7.0), (8.933, 0.10, 14.0)],
        click: (0.05, 5_000.0, 150.0),
        ring: (4.5, 20.0),
        release: 1.6,
        soft: 4.0,
    },
    Mallet {
        program: 10,
        modes: &[
            (1.0, 1.0, 0.0),
            (2.0, 0.10, 2.0),
            (3.01, 0.05, 3.0),
            (6.27, 0.16, 7.0),
            (10.1, 0.05, 16.0),
        ],
        click: (0.04, 4_000.0, 160.0),
        ring: (2.6, 20.0),
        release: 1.2,
        soft: 4.0,
    },
    Mallet {
        program: 11,
        modes: &[(1.0, 1.0, 0.0), (3.98, 0.22, 2.6), (9.9, 0.07, 12.0), (6.2, 0.02, 10.0)],
        click: (0.015, 900.0, 90.0),
        ring: (6.0, 20.0),
        release: 0.7,
        soft: 2.5,
    },
    Mallet {
        program: 12,
        modes: &[(1.0, 1.0, 0.0), (3.93, 0.32, 12.0), (9.6, 0.14, 30.0), (16.2, 0.04, 60.0)],
        click: (0.07, 700.0, 70.0),
        ring: (1.5, 16.0),
        release: 0.5,
        soft: 2.5,
    },
    Mallet {
        program: 13,
        modes: &[(1.0, 1.0, 0.0), (3.0, 0.5, 9.0), (6.1, 0.28, 18.0), (10.2, 0.10, 35.0)],
        click: (0.10, 2_600.0, 110.0),
        ring: (0.8, 18.0),
        release: 0.4,
        soft: 5.0,
    },
    // The strike note of a tube is not there: it is an octave below modes 4 to 6.
    Mallet {
        program: 14,
        modes: &[
            (0.617, 0.10, 0.6),
            (1.0, 0.22, 0.8),
            (1.21, 0.16, 0.9),
            (2.0, 1.0, 0.0),
            (2.99, 0.72, 0.5),
            (4.17, 0.45, 0.9),
            (5.56, 0.24, 1.5),
            (7.1, 0.12, 2.6),
        ],
        click: (0.05, 1_800.0, 60.0),
        ring: (7.0, 30.0),
        release: 2.2,
        soft: 4.0,
    },
];

pub(super) fn mallets() -> Unit {
    let mut unit = Unit::default();
    for mallet in &MALLETS {
        let shape = Shape { rate: 32_000.0, evolve: 0.5, looped: 0.2 };
        let layer = unit.layer(&BARS, |key| {
            let hz = key_hz(f32::from(key));
            let play = Play {
                fall: 60.0 / ring(key, mallet.ring.0, mallet.ring.1),
                release: mallet.release,
                cutoff: ((mallet.soft * hz).clamp(600.0, 12_000.0), 18_000.0),
                // The motor of the vibraphone turns its discs.
                lfo: if mallet.program == 11 { (5.6, 3.0, 0.0, 0.0) } else { (0.0, 0.0, 0.0, 0.0) },
                reverb: 25.0,
                ..Play::default()
            };
            (struck(key, shape, mallet.modes, mallet.click), play)
        });
        unit.melodic(mallet.program, vec![layer]);
    }
    let layer = unit.layer(&[43, 52, 61, 70, 79, 88], |key| {
        let string = Pluck {
            at: 0.13,
            slope: 0.8,
            dark: 4_000.0,
            ring: (4.0, 26.0),
            damp: 1.8,
            twin: 0.5,
            click: (0.06, 1_800.0, 80.0),
            evolve: 0.7,
            looped: 0.4,
            ..Pluck::PLAIN
        };
        let soft = 1_200.0 + 2.0 * key_hz(f32::from(key));
        let play = Play {
            fall: string.fall(key),
            release: 0.9,
            cutoff: (soft, 15_000.0),
            ..Play::default()
        };
        (string.wave(key), play)
    });
    unit.melodic(15, vec![layer]);
    unit
}

pub(super) fn percussion() -> Unit {
    let mut unit = Unit::default();
    timpani(&mut unit);
    bells(&mut unit);
    steel_drums(&mut unit);
    skins(&mut unit);
    reverse_cymbal(&mut unit);
    unit
}

fn timpani(unit: &mut Unit) {
    let layer = unit.layer(&[36, 43, 50, 58], |key| {
        let modes = [
            (1.0, 1.0, 0.0),
            (1.5, 0.62, 0.5),
            (1.98, 0.38, 1.0),
            (2.44, 0.25, 1.8),
            (2.9, 0.16, 2.6),
            (0.66, 0.3, 6.0),
            (3.4, 0.08, 4.0),
            (4.1, 0.05, 6.0),
        ];
        let shape = Shape { rate: 22_050.0, evolve: 0.9, looped: 0.4 };
        let play = Play {
            fall: 60.0 / ring(key, 2.2, 24.0),
            release: 1.2,
            cutoff: (300.0, 6_000.0),
            reverb: 25.0,
            ..Play::default()
        };
        (struck(key, shape, &modes, (0.25, 260.0, 22.0)), play)
    });
    unit.melodic(47, vec![layer]);
}

fn bells(unit: &mut Unit) {
    let layer = unit.layer(&[60, 72, 84, 96], |key| {
        let modes = [
            (1.0, 1.0, 0.0),
            (2.74, 0.6, 1.5),
            (4.1, 0.3, 2.5),
            (5.35, 0.45, 3.0),
            (6.9, 0.15, 5.0),
            (8.9, 0.2, 7.0),
        ];
        let shape = Shape { rate: 40_000.0, evolve: 0.6, looped: 0.25 };
        let play = Play {
            fall: 60.0 / ring(key, 4.0, 22.0),
            release: 2.0,
            reverb: 35.0,
            ..Play::default()
        };
        (struck(key, shape, &modes, (0.03, 6_000.0, 100.0)), play)
    });
    unit.melodic(112, vec![layer]);
    let layer = unit.layer(&[60, 72, 84], |key| {
        let modes = [
            (1.0, 1.0, 0.0),
            (2.62, 0.55, 3.0),
            (3.9, 0.3, 6.0),
            (5.1, 0.35, 9.0),
            (7.6, 0.2, 16.0),
        ];
        let shape = Shape { rate: 27_000.0, evolve: 0.4, looped: 0.15 };
        let play = Play { fall: 60.0 / ring(key, 0.9, 24.0), release: 0.6, ..Play::default() };
        (struck(key, shape, &modes, (0.12, 2_200.0, 90.0)), play)
    });
    unit.melodic(113, vec![layer]);
    let layer = unit.layer(&[60, 76], |key| {
        let modes = [(1.0, 1.0, 0.0), (1.71, 0.35, 12.0), (2.57, 0.4, 20.0), (4.2, 0.2, 40.0)];
        let shape = Shape { rate: 27_000.0, evolve: 0.25, looped: 0.1 };
        let play = Play { fall: 260.0, release: 0.3, ..Play::default() };
        (struck(key, shape, &modes, (0.3, 1_600.0, 80.0)), play)
    });
    unit.melodic(115, vec![layer]);
}

/// A pan's note: fundamental, octave and twelfth that bloom after the stroke.
fn steel_drums(unit: &mut Unit) {
    let layer = unit.layer(&[48, 58, 68, 78, 88], |key| {
        let bloom = |ratio, amp, attack, decay| {
            let motion = Motion { attack, decay, floor: 0.1, ..Motion::STEADY };
            Partial::new(ratio, amp).moving(motion)
        };
        let partials = [
            bloom(1.0, 1.0, 0.004, 0.8),
            bloom(2.0, 0.75, 0.03, 1.4).beating(1),
            bloom(2.0, 0.25, 0.05, 1.0).beating(-1),
            bloom(3.0, 0.30, 0.05, 2.5),
            bloom(4.02, 0.22, 0.06, 3.5),
            bloom(5.05, 0.08, 0.01, 6.0),
            bloom(6.3, 0.07, 0.0, 12.0),
        ];
        let hiss = Hiss { hz: 1_400.0, q: 0.8, amp: 0.08, motion: Motion::falling(70.0) };
        let shape = Shape { rate: 27_000.0, evolve: 0.6, looped: 0.4 };
        let soft = 2.5 * key_hz(f32::from(key));
        let play = Play {
            fall: 60.0 / ring(key, 2.0, 26.0),
            release: 0.6,
            cutoff: (soft, 14_000.0),
            reverb: 22.0,
            ..Play::default()
        };
        (render(key, shape, &partials, &[hiss]), play)
    });
    unit.melodic(114, vec![layer]);
}

fn skins(unit: &mut Unit) {
    let drop = |cents: f32, decay: f32| Sweep { pitch: cents, decay, ..Sweep::default() };
    let layer = unit.layer(&[40, 54], |key| {
        let modes = [
            (1.0, 1.0, 0.0),
            (1.59, 0.5, 4.0),
            (2.14, 0.35, 6.0),
            (2.3, 0.2, 8.0),
            (2.65, 0.2, 10.0),
            (2.92, 0.15, 12.0),
            (3.6, 0.1, 16.0),
        ];
        let shape = Shape { rate: 22_050.0, evolve: 0.8, looped: 0.3 };
        let play = Play {
            fall: 34.0,
            release: 1.0,
            cutoff: (500.0, 9_000.0),
            sweep: drop(180.0, 0.12),
            reverb: 28.0,
            ..Play::default()
        };
        (struck(key, shape, &modes, (0.5, 420.0, 30.0)), play)
    });
    unit.melodic(116, vec![layer]);
    let layer = unit.layer(&[45, 60], |key| {
        let modes = [(1.0, 1.0, 0.0), (1.6, 0.4, 5.0), (2.2, 0.2, 8.0), (2.9, 0.12, 12.0)];
        let shape = Shape { rate: 22_050.0, evolve: 0.6, looped: 0.2 };
        let play = Play {
            fall: 60.0,
            release: 0.7,
            cutoff: (600.0, 10_000.0),
            sweep: drop(350.0, 0.15),
            ..Play::default()
        };
        (struck(key, shape, &modes, (0.25, 900.0, 60.0)), play)
    });
    unit.melodic(117, vec![layer]);
    let layer = unit.layer(&[45, 60], |key| {
        let modes = [(1.0, 1.0, 0.0), (2.0, 0.2, 3.0), (3.0, 0.08, 6.0)];
        let shape = Shape { rate: 22_050.0, evolve: 0.5, looped: 0.2 };
        let play = Play { fall: 70.0, release: 0.6, sweep: drop(1_300.0, 0.35), ..Play::default() };
        (struck(key, shape, &modes, (0.12, 2_000.0, 80.0)), play)
    });
    unit.melodic(118, vec![layer]);
}

fn reverse_cymbal(unit: &mut Unit) {
    let layer = unit.layer(&[60], |key| {
        let mut wave = cymbal(key, 1.6);
        wave.data.reverse();
        let length = wave.data.len();
        for (frame, sample) in wave.data.iter_mut().rev().take(400).enumerate() {
            *sample *= frame as f32 / 400.0;
        }
        debug_assert!(length > 400);
        (wave, Play { release: 0.3, reverb: 20.0, scale: 30.0, ..Play::default() })
    });
    unit.melodic(119, vec![layer]);
}

fn cymbal(key: u8, secs: f32) -> Wave {
    let hiss = |hz, q, amp, decay| Hiss { hz, q, amp, motion: Motion::falling(decay) };
    let hisses =
        [hiss(5_200.0, 0.6, 0.5, 2.6), hiss(9_000.0, 0.7, 0.5, 3.4), hiss(3_000.0, 1.0, 0.25, 3.0)];
    render(key, Shape { rate: 36_000.0, evolve: secs, looped: 0.0 }, &[], &hisses)
}
