//! Saxophones, double reeds, clarinet, bagpipe, shanai (64–71, 109, 111).

use super::{Blown, Formant, formants};
use crate::audio::bank::dsp::key_hz;
use crate::audio::bank::patch::{Play, Sweep, Unit};

struct Reed {
    program: u8,
    roots: &'static [u8],
    body: &'static [Formant],
    /// Level of the even overtones: a cylinder suppresses the low ones, a cone does not.
    even: f32,
    slope: f32,
    dark: f32,
    /// Level outside the peaks.
    base: f32,
    attack: (f32, f32),
    breath: f32,
    vibrato: (f32, f32, f32),
    /// Cutoff of the softest and loudest note.
    cutoff: (f32, f32),
    waver: f32,
}

const REEDS: [Reed; 10] = [
    Reed {
        program: 64,
        roots: &[57, 67, 76, 86],
        body: &[(900.0, 350.0, 1.0), (1_900.0, 500.0, 0.7), (3_300.0, 900.0, 0.4)],
        even: 1.0,
        slope: 0.6,
        dark: 6_500.0,
        base: 0.5,
        attack: (0.03, 0.003),
        breath: 0.018,
        vibrato: (0.3, 5.4, 15.0),
        cutoff: (1_300.0, 14_000.0),
        waver: 0.08,
    },
    Reed {
        program: 65,
        roots: &[50, 58, 65, 72, 80],
        body: &[(650.0, 260.0, 1.0), (1_450.0, 400.0, 0.8), (2_700.0, 800.0, 0.4)],
        even: 0.95,
        slope: 0.5,
        dark: 6_000.0,
        base: 0.45,
        attack: (0.03, 0.003),
        breath: 0.022,
        vibrato: (0.3, 5.2, 14.0),
        cutoff: (1_000.0, 13_000.0),
        waver: 0.10,
    },
    Reed {
        program: 66,
        roots: &[45, 52, 60, 68, 75],
        body: &[(480.0, 200.0, 1.0), (1_150.0, 350.0, 0.8), (2_300.0, 700.0, 0.4)],
        even: 0.95,
        slope: 0.5,
        dark: 5_000.0,
        base: 0.45,
        attack: (0.035, 0.003),
        breath: 0.028,
        vibrato: (0.3, 5.0, 14.0),
        cutoff: (800.0, 11_000.0),
        waver: 0.12,
    },
    Reed {
        program: 67,
        roots: &[37, 45, 52, 60, 68],
        body: &[(320.0, 140.0, 1.0), (800.0, 260.0, 0.8), (1_700.0, 500.0, 0.45)],
        even: 0.95,
        slope: 0.5,
        dark: 3_600.0,
        base: 0.4,
        attack: (0.035, 0.003),
        breath: 0.028,
        vibrato: (0.4, 4.8, 10.0),
        cutoff: (700.0, 9_000.0),
        waver: 0.12,
    },
    Reed {
        program: 68,
        roots: &[59, 66, 74, 82, 89],
        body: &[(1_050.0, 260.0, 1.5), (2_900.0, 600.0, 1.2), (4_600.0, 900.0, 0.4)],
        even: 1.0,
        slope: 0.4,
        dark: 6_000.0,
        base: 0.16,
        attack: (0.025, 0.0015),
        breath: 0.008,
        vibrato: (0.35, 5.6, 10.0),
        cutoff: (1_800.0, 15_000.0),
        waver: 0.05,
    },
    Reed {
        program: 69,
        roots: &[53, 60, 68, 76, 83],
        body: &[(880.0, 240.0, 1.5), (2_000.0, 450.0, 0.7), (3_200.0, 700.0, 0.4)],
        even: 1.0,
        slope: 0.5,
        dark: 4_200.0,
        base: 0.18,
        attack: (0.03, 0.002),
        breath: 0.01,
        vibrato: (0.35, 5.3, 11.0),
        cutoff: (1_300.0, 12_000.0),
        waver: 0.06,
    },
    Reed {
        program: 70,
        roots: &[35, 44, 53, 62, 71],
        body: &[(470.0, 130.0, 1.6), (1_180.0, 250.0, 0.7), (2_100.0, 500.0, 0.25)],
        even: 1.0,
        slope: 0.5,
        dark: 2_600.0,
        base: 0.2,
        attack: (0.025, 0.002),
        breath: 0.012,
        vibrato: (0.4, 5.0, 8.0),
        cutoff: (800.0, 8_000.0),
        waver: 0.06,
    },
    Reed {
        program: 71,
        roots: &[51, 60, 69, 78, 87],
        body: &[(1_300.0, 700.0, 0.6), (3_100.0, 900.0, 0.3)],
        even: 0.10,
        slope: 0.75,
        dark: 3_600.0,
        base: 0.6,
        attack: (0.03, 0.003),
        breath: 0.010,
        vibrato: (0.6, 5.0, 4.0),
        cutoff: (1_000.0, 11_000.0),
        waver: 0.05,
    },
    Reed {
        program: 109,
        roots: &[53, 62, 71, 80],
        body: &[(1_000.0, 300.0, 1.2), (2_200.0, 500.0, 1.2), (3_800.0, 900.0, 0.6)],
        even: 1.0,
        slope: 0.35,
        dark: 6_500.0,
        base: 0.25,
        attack: (0.02, 0.001),
        breath: 0.01,
        vibrato: (0.0, 5.0, 0.0),
        cutoff: (9_000.0, 15_000.0),
        waver: 0.08,
    },
    Reed {
        program: 111,
        roots: &[56, 65, 74, 83],
        body: &[(1_250.0, 250.0, 1.6), (2_600.0, 500.0, 1.0), (4_000.0, 800.0, 0.4)],
        even: 1.0,
        slope: 0.4,
        dark: 5_500.0,
        base: 0.15,
        attack: (0.03, 0.002),
        breath: 0.025,
        vibrato: (0.25, 5.6, 22.0),
        cutoff: (2_000.0, 14_000.0),
        waver: 0.09,
    },
];

pub(super) fn reeds() -> Unit {
    let mut unit = Unit::default();
    for reed in &REEDS {
        let layer = unit.layer(reed.roots, |key| {
            let hz = key_hz(f32::from(key));
            let tone = Blown {
                attack: reed.attack,
                waver: reed.waver,
                breath: (reed.breath, (3.0 * hz).clamp(1_200.0, 4_000.0), 0.4),
                chiff: (reed.breath * 3.0 + 0.01, (2.0 * hz).min(2_500.0), 34.0),
                ..Blown::PLAIN
            };
            let wave = tone.wave(key, |n, f| level(reed, n, f));
            let play = Play {
                release: 0.09,
                cutoff: (reed.cutoff.0 + hz, reed.cutoff.1),
                vibrato: reed.vibrato,
                sweep: Sweep { pitch: -25.0, decay: 0.06, ..Sweep::default() },
                reverb: 24.0,
                ..Play::default()
            };
            (wave, play)
        });
        let mut layers = vec![layer];
        if reed.program == 109 {
            layers.push(drone(&mut unit));
        }
        unit.melodic(reed.program, layers);
    }
    unit
}

fn level(reed: &Reed, n: f32, f: f32) -> f32 {
    let number = n as u32;
    // A clarinet's even overtones come back from the eighth on.
    let parity = if number.is_multiple_of(2) {
        (reed.even + (1.0 - reed.even) * ((n - 4.0) / 8.0)).clamp(reed.even, 1.0)
    } else {
        1.0
    };
    let tilt = (1.0 + (f / reed.dark).powi(4)).powf(-0.5);
    parity * n.powf(-reed.slope) * (reed.base + formants(f, reed.body)) * tilt
}

/// The pipes that always sound: an octave and two below A, whatever the chanter plays.
fn drone(unit: &mut Unit) -> crate::audio::bank::patch::Layer {
    let tone = Blown { attack: (0.25, 0.0), waver: 0.1, ..Blown::PLAIN };
    let play = Play { attack: 0.1, release: 0.25, scale: 0.0, gain: -13.0, ..Play::default() };
    let mut layer = unit.layer(&[57], |key| {
        let level = |n: f32, f: f32| n.powf(-0.5) * (0.3 + formants(f, &[(500.0, 300.0, 1.0)]));
        (tone.wave(key, level), play.clone())
    });
    for part in &mut layer {
        part.keys = Some((0, 127));
        // The zone plays its root at any key, an octave down; scale 0 leaves it there.
        part.play.tune = 0.0;
    }
    layer
}
