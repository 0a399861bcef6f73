//! Bowed strings, alone and in sections, voices, orchestra hit (40–44, 48–55, 110).

use super::{Blown, Formant, Section, formants, wide};
use crate::audio::bank::dsp::{db, key_hz};
use crate::audio::bank::patch::{Play, Sweep, Unit};
use crate::audio::bank::tone::{Hiss, Motion, Wave};

struct Bowed {
    program: u8,
    roots: &'static [u8],
    body: &'static [Formant],
    /// Seconds the bow takes.
    attack: f32,
    bow_noise: f32,
    /// Delay, hertz, cents.
    vibrato: (f32, f32, f32),
    /// Overtones above it fall away, in hertz.
    dark: f32,
}

const VIOLIN: &[Formant] = &[
    (280.0, 60.0, 0.9),
    (460.0, 80.0, 1.0),
    (560.0, 90.0, 0.8),
    (1_000.0, 350.0, 0.5),
    (2_500.0, 800.0, 1.2),
    (3_900.0, 900.0, 0.5),
];
const VIOLA: &[Formant] = &[
    (220.0, 60.0, 0.9),
    (360.0, 80.0, 1.0),
    (620.0, 140.0, 0.8),
    (1_200.0, 350.0, 0.6),
    (2_100.0, 700.0, 0.6),
];
const CELLO: &[Formant] = &[
    (100.0, 35.0, 0.9),
    (180.0, 50.0, 1.0),
    (290.0, 90.0, 0.8),
    (600.0, 200.0, 0.6),
    (1_300.0, 500.0, 0.5),
    (2_200.0, 700.0, 0.3),
];
const BASS: &[Formant] = &[
    (70.0, 30.0, 0.9),
    (110.0, 40.0, 1.0),
    (240.0, 90.0, 0.7),
    (520.0, 200.0, 0.5),
    (1_000.0, 500.0, 0.25),
];

const SOLO: [Bowed; 5] = [
    Bowed {
        program: 40,
        roots: &[56, 65, 74, 83, 92],
        body: VIOLIN,
        attack: 0.07,
        bow_noise: 0.02,
        vibrato: (0.28, 5.9, 20.0),
        dark: 4_800.0,
    },
    Bowed {
        program: 41,
        roots: &[49, 57, 64, 72, 80],
        body: VIOLA,
        attack: 0.08,
        bow_noise: 0.02,
        vibrato: (0.3, 5.6, 18.0),
        dark: 3_800.0,
    },
    Bowed {
        program: 42,
        roots: &[37, 45, 52, 60, 68],
        body: CELLO,
        attack: 0.09,
        bow_noise: 0.025,
        vibrato: (0.3, 5.3, 17.0),
        dark: 3_800.0,
    },
    Bowed {
        program: 43,
        roots: &[29, 37, 44, 52],
        body: BASS,
        attack: 0.11,
        bow_noise: 0.03,
        vibrato: (0.4, 4.9, 10.0),
        dark: 1_900.0,
    },
    // A fiddle digs in: harder, drier, little vibrato.
    Bowed {
        program: 110,
        roots: &[56, 64, 72, 79, 87],
        body: VIOLIN,
        attack: 0.035,
        bow_noise: 0.045,
        vibrato: (0.4, 5.8, 9.0),
        dark: 6_500.0,
    },
];

pub(super) fn solo() -> Unit {
    let mut unit = Unit::default();
    for bowed in &SOLO {
        let layer = unit.layer(bowed.roots, |key| {
            let hz = key_hz(f32::from(key));
            let tone = Blown {
                rate: 27_000.0,
                looped: 0.55,
                attack: (bowed.attack, 0.004),
                waver: 0.10,
                breath: (bowed.bow_noise, 2_600.0_f32.min(bowed.dark), 0.5),
                chiff: (bowed.bow_noise * 3.0, 1_500.0, 22.0),
                ..Blown::PLAIN
            };
            let wave = tone.wave(key, |n, f| saw(n, f, bowed.body, bowed.dark));
            let play = Play {
                release: 0.16,
                cutoff: (1_100.0 + 1.6 * hz, 15_000.0),
                vibrato: bowed.vibrato,
                // The bow's grip pulls the string a little flat at first.
                sweep: Sweep { pitch: -14.0, decay: 0.09, ..Sweep::default() },
                reverb: 28.0,
                ..Play::default()
            };
            (wave, play)
        });
        unit.melodic(bowed.program, vec![layer]);
    }
    unit
}

/// A bowed string's sawtooth through its body.
fn saw(n: f32, f: f32, body: &[Formant], dark: f32) -> f32 {
    n.powf(-0.8) * (0.26 + formants(f, body)) * (1.0 + (f / dark).powi(4)).powf(-0.5)
}

const SECTION_ROOTS: [u8; 7] = [28, 38, 48, 57, 66, 75, 87];

pub(super) fn sections() -> Unit {
    let mut unit = Unit::default();
    let section = Section { cents: 13.0, blur: 0.5, seed: 48, ..Section::PLAIN };
    let make = |key: u8| {
        let hz = key_hz(f32::from(key));
        let body = match key {
            0..=42 => BASS,
            43..=54 => CELLO,
            55..=64 => VIOLA,
            _ => VIOLIN,
        };
        let wave = section.wave(key, |n, f| saw(n, f, body, 4_200.0), &[]);
        let play = Play {
            attack: 0.09,
            release: 0.32,
            cutoff: (900.0 + 1.8 * hz, 10_000.0),
            vibrato: (0.3, 5.4, 5.0),
            reverb: 38.0,
            ..Play::default()
        };
        (wave, play)
    };
    let fast = wide(&mut unit, &SECTION_ROOTS, section, make);
    let mut slow = fast.clone();
    let mut tremolo = fast.clone();
    for (layers, is_slow) in [(&mut slow, true), (&mut tremolo, false)] {
        for part in layers.iter_mut().flatten() {
            if is_slow {
                part.play.attack = 0.42;
                part.play.release = 0.7;
                part.play.cutoff.1 *= 0.55;
            } else {
                // Bows to and fro, some thirteen strokes a second.
                part.play.lfo = (6.6, 7.0, 500.0, 0.0);
            }
        }
    }
    unit.melodic(48, fast);
    unit.melodic(49, slow);
    unit.melodic(44, tremolo);
    synth_strings(&mut unit);
    unit
}

fn synth_strings(unit: &mut Unit) {
    let section = Section { cents: 9.0, blur: 0.7, seed: 50, frames: 32_768, ..Section::PLAIN };
    let make = |key: u8| {
        let hz = key_hz(f32::from(key));
        let wave =
            section.wave(key, |n, f| n.powf(-0.85) * (1.0 + (f / 6_000.0).powi(4)).powf(-0.5), &[]);
        let play = Play {
            attack: 0.06,
            release: 0.35,
            cutoff: (1_100.0 + 1.5 * hz, 8_000.0),
            reverb: 30.0,
            chorus: 30.0,
            ..Play::default()
        };
        (wave, play)
    };
    let bright = wide(unit, &[36, 48, 60, 72, 85], section, make);
    let mut warm = bright.clone();
    for part in warm.iter_mut().flatten() {
        part.play.attack = 0.28;
        part.play.release = 0.8;
        part.play.cutoff = (500.0, 2_600.0);
        part.play.q = 2.0;
        part.play.lfo = (0.25, 0.0, 420.0, 0.0);
    }
    unit.melodic(50, bright);
    unit.melodic(51, warm);
}

/// Peaks of sung vowels, of several singers between bass and soprano.
const AH: &[Formant] =
    &[(750.0, 130.0, 1.0), (1_180.0, 140.0, 0.75), (2_750.0, 260.0, 0.32), (3_600.0, 320.0, 0.2)];
const OOH: &[Formant] = &[(340.0, 90.0, 1.0), (780.0, 110.0, 0.32), (2_600.0, 300.0, 0.06)];
const DOO: &[Formant] =
    &[(450.0, 110.0, 1.0), (900.0, 140.0, 0.6), (2_400.0, 250.0, 0.25), (3_300.0, 300.0, 0.15)];

fn sung(n: f32, f: f32, vowel: &[Formant]) -> f32 {
    n.powf(-0.75) * (0.035 + formants(f, vowel))
}

pub(super) fn voices() -> Unit {
    let mut unit = Unit::default();
    let roots = [40, 48, 55, 62, 69, 76, 84];
    let choir = [(52, AH, 16.0, 0.12, 9_000.0), (53, OOH, 11.0, 0.10, 6_000.0)];
    for (program, vowel, cents, attack, loud) in choir {
        let section = Section { cents, blur: 0.9, seed: u64::from(program), ..Section::PLAIN };
        let make = |key: u8| {
            let play = Play {
                attack,
                release: 0.4,
                cutoff: (1_500.0, loud),
                vibrato: (0.4, 5.2, 9.0),
                reverb: 42.0,
                ..Play::default()
            };
            (section.wave(key, |n, f| sung(n, f, vowel), &[]), play)
        };
        let layers = wide(&mut unit, &roots, section, make);
        unit.melodic(program, layers);
    }
    let section = Section { cents: 5.0, blur: 0.4, seed: 54, ..Section::PLAIN };
    let layer = unit.layer(&[43, 52, 61, 70, 80], |key| {
        let play = Play {
            attack: 0.05,
            release: 0.3,
            cutoff: (1_800.0, 8_000.0),
            vibrato: (0.2, 5.4, 14.0),
            chorus: 25.0,
            reverb: 30.0,
            ..Play::default()
        };
        (section.wave(key, |n, f| sung(n, f, DOO), &[]), play)
    });
    unit.melodic(54, vec![layer]);
    orchestra_hit(&mut unit);
    unit
}

/// Everybody at once, in four octaves, with the drum: then the hall.
fn orchestra_hit(unit: &mut Unit) {
    let layer = unit.layer(&[48, 60, 72], |key| {
        let octaves =
            [(0.5_f32, -3.0_f32), (1.0, 0.0), (2.0, -2.0), (4.0, -6.0), (1.5, -9.0), (3.0, -10.0)];
        let mut tones = Vec::new();
        for (pitch, level) in octaves {
            for k in 1..=20 {
                let n = k as f32;
                tones.push((pitch * n, db(level) * n.powf(-0.85)));
            }
        }
        let section = Section { cents: 15.0, blur: 1.5, seed: 55, frames: 32_768, rate: 27_000.0 };
        let body = section.wave(key, |_, _| 0.0, &tones);
        let drum = Hiss { hz: 120.0, q: 0.7, amp: 0.5, motion: Motion::falling(14.0) };
        let snare = Hiss { hz: 3_000.0, q: 0.5, amp: 0.25, motion: Motion::falling(24.0) };
        let shape = super::Shape {
            rate: body.rate as f32,
            evolve: body.data.len() as f32 / body.rate as f32,
            looped: 0.0,
        };
        let noise = super::render(key, shape, &[], &[drum, snare]);
        let mut data = body.data;
        for (frame, (sample, hit)) in data.iter_mut().zip(noise.data).enumerate() {
            let time = frame as f32 / body.rate as f32;
            *sample = *sample * (0.12 + (-time * 6.0).exp()) * 0.8 + hit * 0.5;
        }
        let last = data.len();
        for (left, sample) in data.iter_mut().rev().take(4_000).enumerate() {
            *sample *= left as f32 / 4_000.0;
        }
        debug_assert!(last > 4_000);
        let wave = Wave { data, rate: body.rate, root: key, loop_start: None };
        (wave, Play { release: 0.35, cutoff: (2_500.0, 14_000.0), reverb: 40.0, ..Play::default() })
    });
    unit.melodic(55, vec![layer]);
}
