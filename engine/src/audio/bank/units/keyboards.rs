//! Pianos, electric pianos, harpsichord, clavinet (programs 0–7).

use super::{Pluck, formants, ring, struck};
use crate::audio::bank::dsp::key_hz;
use crate::audio::bank::patch::{Layer, Play, Unit};
use crate::audio::bank::tone::{Hiss, Motion, Partial, Shape, Wave, render};

const PIANO_ROOTS: [u8; 15] = [24, 30, 36, 42, 48, 54, 60, 66, 72, 78, 84, 90, 96, 102, 108];
const OCTAVES: [u8; 6] = [36, 48, 60, 71, 82, 95];

pub(super) fn pianos() -> Unit {
    let mut unit = Unit::default();
    let grand = unit.layer(&PIANO_ROOTS, |key| (piano(key), piano_play(key)));
    let bright = with(&grand, |key, play| {
        let hz = key_hz(key);
        play.cutoff = (1_200.0 + 2.5 * hz, 20_000.0);
    });
    let honky = [-9.0, 8.0].map(|tune| {
        with(&bright, |_, play| {
            play.tune = tune;
            play.pan = tune * 2.0;
        })
    });
    unit.melodic(0, vec![grand]);
    unit.melodic(1, vec![bright]);
    unit.melodic(3, honky.to_vec());
    unit
}

/// The layer's parts again, played differently; `change` gets the root.
fn with(layer: &Layer, change: impl Fn(f32, &mut Play)) -> Layer {
    let mut layer = layer.clone();
    for (part, root) in layer.iter_mut().zip(PIANO_ROOTS) {
        change(f32::from(root), &mut part.play);
    }
    layer
}

fn piano_ring(key: u8) -> f32 {
    // Concert grands ring for half a minute in the bass and a second at the top.
    ring(key, 8.5, 21.0).min(26.0)
}

fn piano_play(key: u8) -> Play {
    let hz = key_hz(f32::from(key));
    Play {
        fall: 60.0 / piano_ring(key),
        // The top octaves have no dampers.
        release: if key > 88 { 0.9 } else { 0.28 },
        cutoff: ((350.0 + 2.0 * hz).min(7_000.0), (6_500.0 + 3.0 * hz).min(15_000.0)),
        pan: (f32::from(key) - 64.0) * 0.35,
        ..Play::default()
    }
}

/// Struck strings in twos and threes: partials sharpened by stiffness, a quick first decay, a
/// slow second one with beats, the knock of key and hammer.
fn piano(key: u8) -> Wave {
    let hz = key_hz(f32::from(key));
    let position = f32::from(key) - 60.0;
    let stiff = 3.2e-4 * (position / 12.0 * if key > 48 { 1.1 } else { -0.1 }).exp2();
    let slow = 6.9 / piano_ring(key);
    let corner = 1_900.0 + 2.1 * hz;
    let mut partials = Vec::new();
    for k in 1..=46 {
        let n = k as f32;
        let ratio = n * ((1.0 + stiff * n * n) / (1.0 + stiff)).sqrt();
        let f = hz * ratio;
        if f > 13_500.0 {
            break;
        }
        // Hammers strike at an eighth; soundboards radiate little below 90 Hz.
        let comb = 0.25 + 0.75 * (std::f32::consts::PI * n / 8.3).sin().abs();
        let board = (f * f / (f * f + 95.0 * 95.0)) * (0.75 + formants(f, BOARD));
        let amp = comb * board * n.powf(-0.75) * (-f / corner).exp();
        let fast = slow * 2.1 + 0.75 * (f / 1000.0).powf(1.15);
        let floor = 0.34 / (1.0 + 0.18 * (n - 1.0) + f / 6_000.0);
        let motion = Motion { decay: fast, floor, ..Motion::STEADY };
        partials.push(Partial::new(ratio, amp).moving(motion));
        if k <= 14 && key > 30 {
            let twin = Motion { decay: fast * 0.5, floor: floor * 0.8, ..Motion::STEADY };
            let beat = if k % 2 == 0 { -1 } else { 1 + k / 5 };
            partials.push(Partial::new(ratio, amp * 0.2).moving(twin).beating(beat));
        }
    }
    let high = 1.0 + (position / 24.0).max(-0.6);
    let hisses = [
        Hiss { hz: 170.0, q: 0.9, amp: 0.10 * high, motion: Motion::falling(28.0) },
        Hiss { hz: 1_100.0, q: 0.7, amp: 0.05 * high, motion: Motion::falling(60.0) },
        Hiss { hz: 3_600.0, q: 0.7, amp: 0.02 * high, motion: Motion::falling(120.0) },
    ];
    let evolve = (1.5 * (-position / 40.0).exp2()).clamp(0.6, 1.7);
    let looped = (0.7 * (-position / 48.0).exp2()).clamp(0.35, 1.0);
    render(key, Shape { rate: 27_000.0, evolve, looped }, &partials, &hisses)
}

/// Soundboard modes.
const BOARD: &[super::Formant] =
    &[(130.0, 60.0, 0.4), (280.0, 120.0, 0.35), (620.0, 240.0, 0.3), (1_500.0, 600.0, 0.25)];

pub(super) fn electric() -> Unit {
    let mut unit = Unit::default();
    let layer = unit.layer(&OCTAVES, electric_grand);
    unit.melodic(2, vec![layer]);
    let layer = unit.layer(&OCTAVES, tine);
    unit.melodic(4, vec![layer]);
    let layer = unit.layer(&OCTAVES, fm_piano);
    unit.melodic(5, vec![layer]);
    let layer = unit.layer(&[36, 43, 50, 57, 64, 71, 78, 86], harpsichord);
    unit.melodic(6, vec![layer]);
    let layer = unit.layer(&[36, 44, 52, 60, 68, 76, 86], clavinet);
    unit.melodic(7, vec![layer]);
    unit
}

fn electric_grand(key: u8) -> (Wave, Play) {
    let hz = key_hz(f32::from(key));
    let string = Pluck {
        at: 0.14,
        slope: 0.75,
        dark: 2_300.0 + 1.5 * hz,
        stiff: 5e-4,
        ring: (7.0, 22.0),
        damp: 2.2,
        twin: 0.25,
        click: (0.04, 500.0, 50.0),
        evolve: 0.9,
        looped: 0.5,
        ..Pluck::PLAIN
    };
    let play = Play {
        fall: string.fall(key),
        release: 0.2,
        cutoff: (600.0 + 2.0 * hz, 12_000.0),
        chorus: 20.0,
        ..Play::default()
    };
    (string.wave(key), play)
}

/// A tine and its tone bar: nearly a sine that the pickup bends, and a bell at the start.
fn tine(key: u8) -> (Wave, Play) {
    let hz = key_hz(f32::from(key));
    let bark = (1.0 - (f32::from(key) - 48.0) / 70.0).clamp(0.3, 1.1);
    let modes = [
        (1.0, 1.0, 0.0),
        (2.0, 0.42 * bark, 0.9),
        (3.0, 0.20 * bark, 1.6),
        (4.0, 0.09 * bark, 2.4),
        (5.0, 0.05 * bark, 3.2),
        (6.0, 0.02 * bark, 4.0),
        (7.1, 0.13, 8.0),
        (11.4, 0.03, 16.0),
    ];
    let shape = Shape { rate: 26_000.0, evolve: 1.0, looped: 0.3 };
    let play = Play {
        fall: 60.0 / ring(key, 9.0, 26.0),
        release: 0.22,
        cutoff: (350.0 + 1.3 * hz, 9_000.0),
        lfo: (4.8, 1.2, 0.0, 0.0),
        chorus: 15.0,
        ..Play::default()
    };
    (struck(key, shape, &modes, (0.03, 400.0, 60.0)), play)
}

/// Two pairs of operators, as spectra: a soft body, and a bell fourteen times higher.
fn fm_piano(key: u8) -> (Wave, Play) {
    let hz = key_hz(f32::from(key));
    let high = (1.0 - (f32::from(key) - 60.0) / 60.0).clamp(0.25, 1.2);
    let mut partials: Vec<Partial> = [1.0, 0.44, 0.13, 0.045, 0.012]
        .iter()
        .zip(1_u8..)
        .flat_map(|(amp, k)| {
            let k = f32::from(k);
            let motion = Motion { decay: 0.5 * k, floor: 0.5, ..Motion::STEADY };
            let partial = Partial::new(k, *amp).moving(motion);
            [partial, Partial { amp: amp * 0.35, ..partial }.beating(1)]
        })
        .collect();
    for (ratio, amp) in [(12.0, 0.012), (13.0, 0.06), (14.0, 0.14), (15.0, 0.06), (16.0, 0.012)] {
        let bell = Motion { decay: 5.5, floor: 0.04, ..Motion::STEADY };
        partials.push(Partial::new(ratio, amp * high).moving(bell));
        partials.push(Partial::new(ratio * 0.5 + 0.5, amp * 0.5).moving(Motion::falling(9.0)));
    }
    let wave = render(key, Shape { rate: 27_000.0, evolve: 1.0, looped: 0.5 }, &partials, &[]);
    let play = Play {
        fall: 60.0 / ring(key, 8.0, 26.0),
        release: 0.25,
        cutoff: (500.0 + 1.5 * hz, 16_000.0),
        chorus: 30.0,
        ..Play::default()
    };
    (wave, play)
}

/// Two choirs of strings, an octave apart, plucked by quills.
fn harpsichord(key: u8) -> (Wave, Play) {
    let string = Pluck {
        at: 0.11,
        slope: 0.45,
        dark: 4_200.0,
        stiff: 8e-5,
        ring: (4.5, 26.0),
        damp: 1.1,
        twin: 0.15,
        evolve: 0.8,
        looped: 0.35,
        ..Pluck::PLAIN
    };
    let mut partials = string.partials(key);
    let octave: Vec<Partial> = partials
        .iter()
        .map(|p| Partial { ratio: p.ratio * 2.0, amp: p.amp * 0.45, ..*p })
        .collect();
    partials.extend(octave);
    let quill = [
        Hiss { hz: 2_800.0, q: 0.8, amp: 0.06, motion: Motion::falling(90.0) },
        Hiss { hz: 240.0, q: 1.0, amp: 0.05, motion: Motion::falling(40.0) },
    ];
    let play = Play { fall: string.fall(key), release: 0.12, reverb: 22.0, ..Play::default() };
    (render(key, string.shape(), &partials, &quill), play)
}

fn clavinet(key: u8) -> (Wave, Play) {
    let hz = key_hz(f32::from(key));
    let string = Pluck {
        at: 0.07,
        slope: 0.55,
        dark: 3_200.0 + hz,
        stiff: 2e-4,
        ring: (3.0, 24.0),
        damp: 2.4,
        twin: 0.0,
        click: (0.05, 1_600.0, 90.0),
        evolve: 0.6,
        looped: 0.2,
        body: &[(900.0, 500.0, 1.0), (2_600.0, 900.0, 0.9)],
        ..Pluck::PLAIN
    };
    let play = Play {
        fall: string.fall(key),
        release: 0.06,
        cutoff: (1_000.0 + 2.0 * hz, 14_000.0),
        ..Play::default()
    };
    (string.wave(key), play)
}
