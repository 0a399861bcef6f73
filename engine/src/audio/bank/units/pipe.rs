//! Flutes, bottles, whistles (programs 72–79).

use super::Blown;
use crate::audio::bank::dsp::key_hz;
use crate::audio::bank::patch::{Play, Sweep, Unit};

struct Pipe {
    program: u8,
    roots: &'static [u8],
    /// Overtones in decibels under the fundamental, from the second on.
    overtones: &'static [f32],
    attack: (f32, f32),
    /// Level, centre over the note's frequency, sharpness.
    breath: (f32, f32, f32),
    /// Level, centre over the note's frequency, decay per second.
    chiff: (f32, f32, f32),
    vibrato: (f32, f32, f32),
    /// Hertz and decibels of the breath's own tremor.
    tremor: (f32, f32),
    /// Cents the note is scooped from.
    scoop: f32,
    release: f32,
}

const PIPES: [Pipe; 8] = [
    Pipe {
        program: 72,
        roots: &[75, 84, 94, 103],
        overtones: &[-16.0, -22.0, -32.0, -40.0],
        attack: (0.03, 0.004),
        breath: (0.016, 1.6, 0.6),
        chiff: (0.05, 2.0, 30.0),
        vibrato: (0.3, 5.6, 10.0),
        tremor: (5.6, 0.8),
        scoop: -12.0,
        release: 0.09,
    },
    Pipe {
        program: 73,
        roots: &[61, 71, 80, 90],
        overtones: &[-7.0, -13.0, -20.0, -27.0, -33.0, -38.0],
        attack: (0.045, 0.006),
        breath: (0.022, 2.2, 0.5),
        chiff: (0.07, 2.4, 26.0),
        vibrato: (0.35, 5.2, 9.0),
        tremor: (5.2, 1.8),
        scoop: -15.0,
        release: 0.11,
    },
    Pipe {
        program: 74,
        roots: &[61, 70, 79, 88],
        overtones: &[-22.0, -12.0, -30.0, -24.0, -38.0],
        attack: (0.025, 0.003),
        breath: (0.010, 2.5, 0.6),
        chiff: (0.07, 3.0, 40.0),
        vibrato: (0.6, 5.0, 4.0),
        tremor: (5.0, 0.4),
        scoop: -10.0,
        release: 0.07,
    },
    Pipe {
        program: 75,
        roots: &[56, 65, 74, 83],
        overtones: &[-24.0, -11.0, -34.0, -22.0, -40.0, -32.0],
        attack: (0.03, 0.006),
        breath: (0.10, 1.2, 1.5),
        chiff: (0.35, 2.6, 18.0),
        vibrato: (0.4, 5.0, 6.0),
        tremor: (5.0, 1.0),
        scoop: -20.0,
        release: 0.12,
    },
    Pipe {
        program: 76,
        roots: &[44, 53, 62, 71],
        overtones: &[-26.0, -28.0, -38.0],
        attack: (0.06, 0.01),
        breath: (0.16, 1.1, 2.2),
        chiff: (0.30, 3.0, 14.0),
        vibrato: (0.5, 4.6, 4.0),
        tremor: (4.6, 0.8),
        scoop: -18.0,
        release: 0.14,
    },
    Pipe {
        program: 77,
        roots: &[51, 60, 69, 78],
        overtones: &[-9.0, -11.0, -19.0, -22.0, -30.0, -34.0],
        attack: (0.06, 0.008),
        breath: (0.12, 2.0, 0.6),
        chiff: (0.40, 2.8, 16.0),
        vibrato: (0.5, 4.8, 22.0),
        tremor: (4.8, 2.2),
        scoop: -70.0,
        release: 0.14,
    },
    Pipe {
        program: 78,
        roots: &[72, 79, 86, 94],
        overtones: &[-30.0, -38.0],
        attack: (0.03, 0.004),
        breath: (0.02, 1.0, 3.0),
        chiff: (0.04, 1.5, 30.0),
        vibrato: (0.3, 5.6, 18.0),
        tremor: (0.0, 0.0),
        scoop: -45.0,
        release: 0.07,
    },
    Pipe {
        program: 79,
        roots: &[60, 67, 74, 82],
        overtones: &[-22.0, -24.0, -36.0],
        attack: (0.035, 0.004),
        breath: (0.022, 1.3, 0.8),
        chiff: (0.08, 2.0, 30.0),
        vibrato: (0.5, 5.0, 7.0),
        tremor: (0.0, 0.0),
        scoop: -18.0,
        release: 0.08,
    },
];

pub(super) fn pipes() -> Unit {
    let mut unit = Unit::default();
    for pipe in &PIPES {
        let layer = unit.layer(pipe.roots, |key| {
            let hz = key_hz(f32::from(key));
            let (breath, over, q) = pipe.breath;
            let (chiff, chiff_over, decay) = pipe.chiff;
            let tone = Blown {
                rate: 27_000.0,
                looped: 0.6,
                attack: pipe.attack,
                waver: 0.07,
                breath: (breath, (over * hz).min(6_000.0), q),
                chiff: (chiff, (chiff_over * hz).min(7_000.0), decay),
                most: 8,
            };
            let wave = tone.wave(key, |n, _| {
                let number = n as usize;
                let under =
                    number.checked_sub(2).map_or(Some(0.0), |n| pipe.overtones.get(n).copied());
                under.map_or(0.0, |under| 10_f32.powf(under / 20.0))
            });
            let play = Play {
                release: pipe.release,
                cutoff: (1_600.0 + 1.5 * hz, 15_000.0),
                vibrato: pipe.vibrato,
                lfo: (pipe.tremor.0, pipe.tremor.1, 0.0, 0.0),
                sweep: Sweep { pitch: pipe.scoop, decay: 0.09, ..Sweep::default() },
                reverb: 30.0,
                ..Play::default()
            };
            (wave, play)
        });
        unit.melodic(pipe.program, vec![layer]);
    }
    unit
}
