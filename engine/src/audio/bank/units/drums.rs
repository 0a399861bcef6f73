//! Drum kits (bank 128): keys 27–87 of General MIDI 2, eight kits.

use std::f32::consts::TAU;

use super::overdrive;
use crate::audio::bank::dsp::{Noise, fade_in, key_hz};
use crate::audio::bank::patch::{Layer, Part, Play, THREE, Unit};
use crate::audio::bank::tone::{Hiss, Motion, Partial, Shape, Wave, render};

const RATE: f32 = 30_000.0;
/// Drums are made at this key's pitch; their zones play it unchanged.
const ROOT: u8 = 60;
const ROOT_HZ: f32 = 261.625_58;

/// A skin or a tube: its pitch falls from `(1 + bend) * hz`.
#[derive(Clone, Copy)]
struct Skin {
    hz: f32,
    bend: f32,
    /// Per second.
    bend_rate: f32,
    amp: f32,
    /// Per second.
    decay: f32,
}

const fn skin(hz: f32, bend: f32, bend_rate: f32, amp: f32, decay: f32) -> Skin {
    Skin { hz, bend, bend_rate, amp, decay }
}

fn hiss(hz: f32, q: f32, amp: f32, decay: f32) -> Hiss {
    Hiss { hz, q, amp, motion: Motion::falling(decay) }
}

/// One stroke: skins, steady modes of (hertz, level, decay), and noise.
fn hit(secs: f32, skins: &[Skin], modes: &[(f32, f32, f32)], hisses: &[Hiss]) -> Wave {
    let partials: Vec<Partial> = modes
        .iter()
        .map(|(hz, amp, decay)| Partial::new(hz / ROOT_HZ, *amp).moving(Motion::falling(*decay)))
        .collect();
    let shape = Shape { rate: RATE, evolve: secs, looped: 0.0 };
    let mut wave = render(ROOT, shape, &partials, hisses);
    for skin in skins {
        let mut phase = 0.0_f32;
        for (frame, sample) in wave.data.iter_mut().enumerate() {
            let time = frame as f32 / RATE;
            phase += skin.hz * (1.0 + skin.bend * (-skin.bend_rate * time).exp()) / RATE;
            phase = phase.fract();
            let level = skin.amp * (-skin.decay * time).exp() * fade_in(time, 0.0008);
            *sample += (TAU * phase).sin() * level;
        }
    }
    end_softly(&mut wave);
    wave
}

fn end_softly(wave: &mut Wave) {
    for (left, sample) in wave.data.iter_mut().rev().take(500).enumerate() {
        *sample *= left as f32 / 500.0;
    }
}

/// Dense modes between two frequencies: a cymbal's plate. Higher modes die sooner.
fn plate(seed: u64, from: f32, to: f32, count: usize, decay: f32) -> Vec<(f32, f32, f32)> {
    let mut random = Noise::new(seed);
    (0..count)
        .map(|n| {
            let place = (n as f32 + random.unit()) / count as f32;
            let hz = from * (to / from).powf(place);
            (hz, 0.05 + 0.10 * random.unit(), decay * (0.5 + 1.3 * place))
        })
        .collect()
}

/// A drum of a kit: where it lies, how it sounds, how it is played.
struct Voice {
    key: u8,
    wave: Wave,
    /// Decibels over the common level, and pan.
    gain: f32,
    pan: f32,
    class: u8,
    /// Hertz of the softest stroke.
    soft: f32,
}

fn voice(key: u8, wave: Wave, gain: f32, pan: f32) -> Voice {
    Voice { key, wave, gain, pan, class: 0, soft: 2_500.0 }
}

pub(super) fn kits() -> Unit {
    let mut unit = Unit::default();
    let mut standard = standard_kit(&mut unit);
    standard.sort_by_key(|part| part.keys);
    let room = replaced(&mut unit, &retuned(&standard, -150.0), Vec::new(), 40.0);
    let power = replaced(&mut unit, &retuned(&standard, -300.0), power(), 30.0);
    let electronic = replaced(&mut unit, &standard, electronic(), 18.0);
    let eight = replaced(&mut unit, &standard, eight_oh_eight(), 10.0);
    let jazz = replaced(&mut unit, &retuned(&standard, 200.0), jazz(), 22.0);
    let brush = replaced(&mut unit, &jazz, brushes(), 22.0);
    let mut orchestra = replaced(&mut unit, &standard, orchestra(), 45.0);
    timpani(&mut unit, &mut orchestra);
    let kits = [
        (0, "Standard Kit", standard),
        (8, "Room Kit", room),
        (16, "Power Kit", power),
        (24, "Electronic Kit", electronic),
        (25, "808 Kit", eight),
        (32, "Jazz Kit", jazz),
        (40, "Brush Kit", brush),
        (48, "Orchestra Kit", orchestra),
    ];
    for (program, name, parts) in kits {
        unit.kit(program, name, parts);
    }
    unit
}

/// The kit with its toms tuned higher or lower.
fn retuned(kit: &Layer, cents: f32) -> Layer {
    let mut kit = kit.clone();
    let is_tom = |key: u8| matches!(key, 41 | 43 | 45 | 47 | 48 | 50);
    for part in kit.iter_mut().filter(|part| part.keys.is_some_and(|(key, _)| is_tom(key))) {
        part.play.tune = cents;
    }
    kit
}

fn add(unit: &mut Unit, voice: Voice) -> Part {
    let secs = voice.wave.data.len() as f32 / RATE;
    let play = Play {
        // A stroke rings on whatever the key does.
        release: (secs * 3.0).max(0.5),
        scale: 0.0,
        gain: voice.gain,
        pan: voice.pan,
        class: voice.class,
        cutoff: (voice.soft, 20_000.0),
        velocities: THREE,
        reverb: 18.0,
        ..Play::default()
    };
    let wave = unit.wave(voice.wave, &play);
    Part { wave, play, keys: Some((voice.key, voice.key)) }
}

/// The kit with some of its drums exchanged.
fn replaced(unit: &mut Unit, kit: &Layer, voices: Vec<Voice>, reverb: f32) -> Layer {
    let mut kit = kit.clone();
    for voice in voices {
        let new = add(unit, voice);
        match kit.iter_mut().find(|part| part.keys == new.keys) {
            Some(part) => *part = new,
            None => kit.push(new),
        }
    }
    for part in &mut kit {
        part.play.reverb = reverb;
    }
    kit
}

fn standard_kit(unit: &mut Unit) -> Layer {
    let mut voices = Vec::new();
    voices.extend(clicks());
    voices.extend(kicks_and_snares());
    voices.extend(toms());
    voices.extend(hats());
    voices.extend(cymbals());
    voices.extend(hand_drums());
    voices.extend(small_percussion());
    voices.into_iter().map(|voice| add(unit, voice)).collect()
}

fn kicks_and_snares() -> Vec<Voice> {
    let kick = |hz: f32, decay: f32, click: f32| {
        let skins = [skin(hz, 2.6, 48.0, 1.0, decay), skin(hz * 1.6, 1.0, 40.0, 0.28, decay * 2.2)];
        hit(0.45, &skins, &[], &[hiss(3_000.0, 0.8, click, 160.0), hiss(420.0, 0.8, 0.10, 60.0)])
    };
    let snare = |hz: f32, wires: f32, decay: f32| {
        let skins = [
            skin(hz, 0.5, 60.0, 0.75, 22.0),
            skin(hz * 1.72, 0.3, 60.0, 0.42, 28.0),
            skin(hz * 2.4, 0.2, 60.0, 0.2, 36.0),
        ];
        let noise = [
            hiss(2_300.0, 0.5, 0.42 * wires, decay),
            hiss(5_600.0, 0.6, 0.42 * wires, decay * 1.15),
            hiss(8_500.0, 0.7, 0.25, 60.0),
        ];
        hit(0.42, &skins, &[], &noise)
    };
    let stick = hit(
        0.16,
        &[],
        &[(820.0, 0.5, 55.0), (1_720.0, 0.6, 70.0), (2_650.0, 0.3, 90.0)],
        &[hiss(3_200.0, 0.8, 0.3, 150.0)],
    );
    vec![
        voice(35, kick(46.0, 10.5, 0.08), 7.0, 0.0),
        voice(36, kick(54.0, 12.0, 0.16), 7.0, 0.0),
        voice(37, stick, 0.0, 0.0),
        voice(38, snare(186.0, 1.0, 15.0), 5.0, 0.0),
        voice(39, clap(), 2.0, 0.0),
        voice(40, snare(232.0, 1.25, 19.0), 5.0, 0.0),
    ]
}

/// Three slaps and the room.
fn clap() -> Wave {
    let strokes = [0.0, 0.011, 0.023, 0.034].map(|delay| {
        let decay = if delay > 0.03 { 18.0 } else { 140.0 };
        let motion = Motion { delay, decay, floor: 0.0, attack: 0.0 };
        Hiss { hz: 1_250.0, q: 0.9, amp: 0.5, motion }
    });
    let mut all = strokes.to_vec();
    all.push(hiss(2_600.0, 0.7, 0.18, 20.0));
    hit(0.4, &[], &[], &all)
}

fn toms() -> Vec<Voice> {
    let keys = [
        (41, 82.0, 24.0),
        (43, 98.0, 15.0),
        (45, 118.0, 6.0),
        (47, 142.0, -4.0),
        (48, 170.0, -13.0),
        (50, 205.0, -22.0),
    ];
    keys.into_iter()
        .map(|(key, hz, pan)| {
            let skins = [
                skin(hz, 0.45, 20.0, 1.0, 6.6),
                skin(hz * 1.56, 0.3, 20.0, 0.45, 10.5),
                skin(hz * 2.14, 0.2, 20.0, 0.22, 15.0),
            ];
            let stroke = [hiss(700.0, 0.6, 0.14, 36.0), hiss(3_500.0, 0.7, 0.10, 110.0)];
            voice(key, hit(0.7, &skins, &[], &stroke), 4.0, pan)
        })
        .collect()
}

fn hats() -> Vec<Voice> {
    let hat = |secs: f32, decay: f32| {
        let modes: Vec<(f32, f32, f32)> = plate(42, 2_800.0, 13_000.0, 30, decay)
            .into_iter()
            .map(|(hz, amp, d)| (hz, amp * 0.7, d))
            .collect();
        let noise = [
            hiss(8_200.0, 0.9, 0.40, decay),
            hiss(11_500.0, 0.8, 0.35, decay * 1.1),
            hiss(4_600.0, 1.0, 0.10, decay * 1.5),
        ];
        hit(secs, &[], &modes, &noise)
    };
    let mut pedal = hat(0.16, 38.0);
    for (frame, sample) in pedal.data.iter_mut().enumerate() {
        *sample *= fade_in(frame as f32 / RATE, 0.012);
    }
    [(42, hat(0.16, 46.0), -3.0), (44, pedal, -5.0), (46, hat(0.9, 6.5), -4.0)]
        .into_iter()
        .map(|(key, wave, gain)| Voice { class: 1, soft: 5_500.0, ..voice(key, wave, gain, -12.0) })
        .collect()
}

fn cymbals() -> Vec<Voice> {
    let crash = |seed: u64, from: f32, decay: f32, secs: f32| {
        let modes = plate(seed, from, 12_500.0, 48, decay);
        let wash = [
            hiss(3_600.0, 0.5, 0.30, decay * 1.3),
            hiss(7_500.0, 0.6, 0.42, decay * 1.1),
            hiss(11_000.0, 0.8, 0.35, decay * 1.6),
            hiss(5_000.0, 0.4, 0.5, 26.0),
        ];
        hit(secs, &[], &modes, &wash)
    };
    let ride = |seed: u64, bell: f32| {
        let mut modes = plate(seed, 520.0, 11_000.0, 30, 3.2);
        for mode in &mut modes {
            mode.1 *= 0.55;
        }
        let bells = [(1_180.0, 2.2), (1_870.0, 2.6), (2_930.0, 3.4), (4_120.0, 4.5)];
        modes.extend(bells.map(|(hz, decay)| (hz, bell, decay)));
        let tip = [hiss(6_500.0, 0.7, 0.25, 34.0), hiss(9_500.0, 0.8, 0.12, 4.5)];
        hit(1.3, &[], &modes, &tip)
    };
    let china = {
        let mut wave = crash(52, 340.0, 3.4, 1.4);
        overdrive(&mut wave, 1.6);
        wave
    };
    vec![
        Voice { soft: 5_000.0, ..voice(49, crash(49, 420.0, 2.4, 1.6), 0.0, -20.0) },
        Voice { soft: 5_000.0, ..voice(51, ride(51, 0.06), -3.0, 22.0) },
        Voice { soft: 5_000.0, ..voice(52, china, -1.0, 26.0) },
        Voice { soft: 6_000.0, ..voice(53, ride(53, 0.36), -3.0, 22.0) },
        Voice { soft: 5_500.0, ..voice(55, crash(55, 650.0, 5.0, 0.9), -1.0, -8.0) },
        Voice { soft: 5_000.0, ..voice(57, crash(57, 360.0, 2.2, 1.6), 0.0, 24.0) },
        Voice { soft: 5_000.0, ..voice(59, ride(59, 0.03), -3.0, 26.0) },
    ]
}

fn hand_drums() -> Vec<Voice> {
    let drum = |hz: f32, decay: f32, slap: f32| {
        let skins = [
            skin(hz, 0.22, 60.0, 1.0, decay),
            skin(hz * 1.83, 0.1, 60.0, 0.35, decay * 1.9),
            skin(hz * 2.7, 0.1, 60.0, 0.18, decay * 2.6),
        ];
        hit(0.5, &skins, &[], &[hiss(hz * 4.5, 0.7, slap, 70.0)])
    };
    let timbale = |hz: f32| {
        let modes = [
            (hz * 2.3, 0.35, 9.0),
            (hz * 3.6, 0.25, 12.0),
            (hz * 5.1, 0.2, 14.0),
            (hz * 7.3, 0.12, 18.0),
        ];
        hit(
            0.6,
            &[skin(hz, 0.1, 40.0, 1.0, 9.0), skin(hz * 1.6, 0.1, 40.0, 0.6, 11.0)],
            &modes,
            &[hiss(4_200.0, 0.7, 0.2, 60.0)],
        )
    };
    vec![
        voice(60, drum(405.0, 20.0, 0.22), 2.0, 18.0),
        voice(61, drum(275.0, 16.0, 0.18), 2.0, 14.0),
        voice(62, drum(355.0, 44.0, 0.35), 2.0, -14.0),
        voice(63, drum(330.0, 12.0, 0.16), 3.0, -14.0),
        voice(64, drum(222.0, 10.0, 0.14), 3.0, -18.0),
        voice(65, timbale(430.0), 1.0, 16.0),
        voice(66, timbale(290.0), 1.0, 12.0),
        voice(86, drum(74.0, 16.0, 0.10), 5.0, 4.0),
        voice(87, drum(70.0, 5.5, 0.10), 5.0, 4.0),
    ]
}

fn small_percussion() -> Vec<Voice> {
    let bell = |hz: f32, decay: f32, secs: f32| {
        let modes = [
            (hz, 1.0, decay),
            (hz * 2.62, 0.5, decay * 1.6),
            (hz * 3.9, 0.3, decay * 2.2),
            (hz * 5.3, 0.25, decay * 3.0),
        ];
        hit(secs, &[], &modes, &[hiss(3_000.0, 0.8, 0.1, 110.0)])
    };
    let wood = |hz: f32, decay: f32| {
        hit(
            0.2,
            &[],
            &[(hz, 1.0, decay), (hz * 1.7, 0.3, decay * 1.5), (hz * 2.6, 0.25, decay * 2.0)],
            &[hiss(hz * 2.0, 0.8, 0.15, 140.0)],
        )
    };
    let cowbell = hit(
        0.45,
        &[],
        &[
            (562.0, 0.9, 11.0),
            (845.0, 1.0, 10.0),
            (1_690.0, 0.35, 20.0),
            (2_530.0, 0.3, 26.0),
            (3_900.0, 0.12, 40.0),
        ],
        &[hiss(2_500.0, 0.8, 0.2, 120.0)],
    );
    let triangle = |decay: f32, secs: f32| {
        let modes = [
            (1_320.0, 0.15, decay),
            (2_870.0, 0.4, decay),
            (4_560.0, 0.6, decay),
            (6_230.0, 0.6, decay * 1.2),
            (8_900.0, 0.5, decay * 1.5),
            (11_400.0, 0.3, decay * 1.9),
        ];
        hit(secs, &[], &modes, &[hiss(9_000.0, 0.8, 0.1, 120.0)])
    };
    let classed = |class: u8, voice: Voice| Voice { class, ..voice };
    vec![
        Voice { soft: 5_000.0, ..voice(54, jingles(54, 0.32), -2.0, 10.0) },
        voice(56, cowbell, 0.0, 8.0),
        voice(58, rattle(0.9, 27.0, 3.2, 2_700.0), -1.0, -20.0),
        voice(67, bell(1_060.0, 9.0, 0.5), -2.0, 20.0),
        voice(68, bell(790.0, 8.0, 0.5), -2.0, 20.0),
        Voice { soft: 5_000.0, ..voice(69, shaker(0.16, 0.02, 30.0), -4.0, -22.0) },
        Voice { soft: 5_000.0, ..voice(70, shaker(0.11, 0.008, 50.0), -4.0, -24.0) },
        classed(2, voice(71, whistle(0.16), -4.0, 14.0)),
        classed(2, voice(72, whistle(0.5), -4.0, 14.0)),
        classed(3, voice(73, guiro(0.13), -2.0, 22.0)),
        classed(3, voice(74, guiro(0.45), -2.0, 22.0)),
        voice(75, wood(2_480.0, 36.0), -1.0, 16.0),
        voice(76, wood(1_120.0, 38.0), -1.0, 18.0),
        voice(77, wood(790.0, 34.0), -1.0, 18.0),
        classed(4, voice(78, cuica(0.2, 520.0, 1.5), -1.0, -16.0)),
        classed(4, voice(79, cuica(0.45, 330.0, 0.7), -1.0, -16.0)),
        classed(5, voice(80, triangle(26.0, 0.3), -4.0, -24.0)),
        classed(5, voice(81, triangle(2.4, 1.8), -4.0, -24.0)),
        Voice { soft: 5_000.0, ..voice(82, shaker(0.14, 0.025, 38.0), -5.0, 20.0) },
        Voice { soft: 6_000.0, ..voice(83, jingles(83, 0.6), -4.0, 18.0) },
        voice(84, bell_tree(), -4.0, -10.0),
        voice(85, wood(1_650.0, 60.0), -1.0, -8.0),
    ]
}

fn jingles(seed: u64, secs: f32) -> Wave {
    let modes = plate(seed, 4_200.0, 12_500.0, 26, 5.0 / secs);
    let noise = [hiss(7_800.0, 1.0, 0.3, 8.0 / secs), hiss(10_500.0, 1.2, 0.25, 6.0 / secs)];
    hit(secs, &[], &modes, &noise)
}

fn shaker(secs: f32, attack: f32, decay: f32) -> Wave {
    let grain = |hz, amp| {
        let motion = Motion { delay: 0.0, attack, decay, floor: 0.0 };
        Hiss { hz, q: 0.9, amp, motion }
    };
    hit(secs, &[], &[], &[grain(6_200.0, 0.4), grain(9_500.0, 0.4)])
}

/// Teeth that rattle in their box, ever softer.
fn rattle(secs: f32, per_sec: f32, decay: f32, hz: f32) -> Wave {
    let mut wave = hit(
        secs,
        &[],
        &[(hz, 0.2, 6.0), (hz * 1.6, 0.15, 8.0)],
        &[hiss(hz, 1.4, 0.6, decay), hiss(hz * 2.1, 1.2, 0.3, decay)],
    );
    for (frame, sample) in wave.data.iter_mut().enumerate() {
        let stroke = (frame as f32 / RATE * per_sec).fract();
        *sample *= fade_in(stroke, 0.05) * (-stroke * 5.0).exp();
    }
    wave
}

fn whistle(secs: f32) -> Wave {
    let mut wave = hit(
        secs,
        &[skin(2_320.0, 0.03, 60.0, 0.8, 0.5), skin(2_390.0, 0.03, 60.0, 0.5, 0.5)],
        &[],
        &[hiss(2_400.0, 2.0, 0.12, 1.0)],
    );
    for (frame, sample) in wave.data.iter_mut().enumerate() {
        let time = frame as f32 / RATE;
        // The pea interrupts the jet.
        *sample *= fade_in(time, 0.02) * (0.65 + 0.35 * (TAU * 34.0 * time).sin());
    }
    wave
}

/// A stick along notches, speeding up.
fn guiro(secs: f32) -> Wave {
    let mut wave =
        hit(secs, &[], &[], &[hiss(2_600.0, 1.6, 0.6, 0.5), hiss(4_800.0, 1.4, 0.4, 0.5)]);
    for (frame, sample) in wave.data.iter_mut().enumerate() {
        let time = frame as f32 / RATE;
        let notch = (time * (46.0 + 60.0 * time / secs)).fract();
        *sample *= (-notch * 4.5).exp() * (0.4 + 0.6 * time / secs);
    }
    end_softly(&mut wave);
    wave
}

fn cuica(secs: f32, hz: f32, bend: f32) -> Wave {
    let mut wave = hit(
        secs,
        &[
            skin(hz, bend, 9.0, 0.8, 2.0),
            skin(hz * 2.0, bend, 9.0, 0.35, 2.5),
            skin(hz * 3.0, bend, 9.0, 0.15, 3.0),
        ],
        &[],
        &[hiss(1_800.0, 0.8, 0.08, 6.0)],
    );
    for (frame, sample) in wave.data.iter_mut().enumerate() {
        *sample *= fade_in(frame as f32 / RATE, 0.02);
    }
    wave
}

/// A hand down a row of little bells.
fn bell_tree() -> Wave {
    let shape = Shape { rate: RATE, evolve: 1.8, looped: 0.0 };
    let bells: Vec<Partial> = (0..26_u8)
        .map(|n| {
            let n = f32::from(n);
            let hz = 8_400.0 * (-n / 17.0).exp2();
            let motion = Motion { delay: n * 0.035, attack: 0.001, decay: 5.0, floor: 0.0 };
            Partial::new(hz / ROOT_HZ, 0.3).moving(motion)
        })
        .collect();
    let mut wave = render(ROOT, shape, &bells, &[]);
    end_softly(&mut wave);
    wave
}

/// Keys 27–34: clicks and scratches of General MIDI 2.
fn clicks() -> Vec<Voice> {
    let scratch = |up: f32| {
        let mut wave =
            hit(0.16, &[skin(900.0, up, 14.0, 0.3, 8.0)], &[], &[hiss(1_900.0, 1.2, 0.6, 7.0)]);
        for (frame, sample) in wave.data.iter_mut().enumerate() {
            *sample *= fade_in(frame as f32 / RATE, 0.03);
        }
        wave
    };
    let tick = |hz: f32| hit(0.08, &[], &[(hz, 1.0, 70.0), (hz * 2.0, 0.3, 90.0)], &[]);
    vec![
        voice(27, hit(0.12, &[skin(500.0, 7.0, 40.0, 1.0, 30.0)], &[], &[]), -2.0, 0.0),
        voice(
            28,
            hit(0.14, &[skin(240.0, 0.4, 60.0, 0.7, 40.0)], &[], &[hiss(1_800.0, 0.8, 0.6, 60.0)]),
            0.0,
            0.0,
        ),
        voice(29, scratch(1.2), -2.0, 0.0),
        voice(30, scratch(-0.5), -2.0, 0.0),
        voice(
            31,
            hit(
                0.1,
                &[],
                &[(1_900.0, 0.8, 60.0), (3_300.0, 0.5, 80.0)],
                &[hiss(4_500.0, 0.8, 0.3, 140.0)],
            ),
            -2.0,
            0.0,
        ),
        voice(32, tick(1_000.0), -4.0, 0.0),
        voice(33, tick(1_600.0), -4.0, 0.0),
        voice(34, hit(0.6, &[], &[(2_100.0, 1.0, 9.0), (5_700.0, 0.3, 16.0)], &[]), -4.0, 0.0),
    ]
}

fn power() -> Vec<Voice> {
    let mut snare = hit(
        0.6,
        &[skin(172.0, 0.7, 50.0, 0.9, 14.0), skin(300.0, 0.4, 50.0, 0.4, 20.0)],
        &[],
        &[hiss(2_100.0, 0.5, 0.5, 9.0), hiss(5_200.0, 0.6, 0.45, 11.0)],
    );
    overdrive(&mut snare, 1.5);
    let mut kick =
        hit(0.5, &[skin(50.0, 3.4, 42.0, 1.0, 8.0)], &[], &[hiss(3_600.0, 0.8, 0.25, 150.0)]);
    overdrive(&mut kick, 1.6);
    vec![voice(36, kick, 8.0, 0.0), voice(38, snare, 6.0, 0.0)]
}

fn electronic() -> Vec<Voice> {
    let mut voices = vec![
        voice(
            36,
            hit(0.4, &[skin(48.0, 5.0, 36.0, 1.0, 9.0)], &[], &[hiss(4_500.0, 0.9, 0.2, 220.0)]),
            8.0,
            0.0,
        ),
        voice(
            38,
            hit(0.35, &[skin(180.0, 1.4, 45.0, 0.8, 18.0)], &[], &[hiss(3_400.0, 0.4, 0.6, 14.0)]),
            5.0,
            0.0,
        ),
        voice(
            40,
            hit(0.4, &[skin(240.0, 1.8, 35.0, 0.8, 16.0)], &[], &[hiss(4_800.0, 0.4, 0.6, 11.0)]),
            5.0,
            0.0,
        ),
    ];
    voices.extend(synthetic_toms(1.6, 7.0));
    voices
}

fn synthetic_toms(bend: f32, decay: f32) -> Vec<Voice> {
    let keys = [
        (41, 78.0, 20.0),
        (43, 94.0, 12.0),
        (45, 114.0, 5.0),
        (47, 138.0, -5.0),
        (48, 165.0, -12.0),
        (50, 200.0, -20.0),
    ];
    keys.into_iter()
        .map(|(key, hz, pan)| {
            let wave = hit(
                0.6,
                &[skin(hz, bend, 9.0, 1.0, decay)],
                &[],
                &[hiss(2_000.0, 0.7, 0.06, 40.0)],
            );
            voice(key, wave, 4.0, pan)
        })
        .collect()
}

fn eight_oh_eight() -> Vec<Voice> {
    // Six square oscillators that never agree: the machine's cowbell, hats and cymbal.
    const SQUARES: [f32; 6] = [205.3, 304.4, 369.6, 522.7, 540.0, 800.0];
    let metal = |from: f32, decay: f32| -> Vec<(f32, f32, f32)> {
        SQUARES
            .iter()
            .flat_map(|hz| (0..26_u8).map(move |k| (hz * (2.0 * f32::from(k) + 1.0), f32::from(k))))
            .filter(|(hz, _)| *hz > from && *hz < 14_000.0)
            .map(|(hz, k)| (hz, 1.0 / (2.0 * k + 1.0).sqrt() * 0.2, decay))
            .collect()
    };
    let hat = |key: u8, decay: f32, secs: f32| Voice {
        class: 1,
        ..voice(
            key,
            hit(secs, &[], &metal(6_500.0, decay), &[hiss(10_000.0, 0.9, 0.2, decay)]),
            -4.0,
            -10.0,
        )
    };
    let mut voices = vec![
        voice(
            35,
            hit(1.0, &[skin(44.0, 0.8, 60.0, 1.0, 3.4)], &[], &[hiss(1_800.0, 0.8, 0.06, 220.0)]),
            7.0,
            0.0,
        ),
        voice(
            36,
            hit(0.9, &[skin(50.0, 1.0, 60.0, 1.0, 4.6)], &[], &[hiss(1_800.0, 0.8, 0.08, 220.0)]),
            7.0,
            0.0,
        ),
        voice(37, hit(0.12, &[], &[(1_667.0, 1.0, 70.0), (455.0, 0.5, 70.0)], &[]), -1.0, 0.0),
        voice(
            38,
            hit(
                0.3,
                &[skin(176.0, 0.1, 60.0, 0.8, 17.0), skin(331.0, 0.1, 60.0, 0.5, 22.0)],
                &[],
                &[hiss(4_800.0, 0.4, 0.5, 18.0)],
            ),
            4.0,
            0.0,
        ),
        hat(42, 48.0, 0.14),
        hat(44, 60.0, 0.12),
        hat(46, 6.0, 0.8),
        voice(
            49,
            hit(1.4, &[], &metal(2_400.0, 2.6), &[hiss(7_500.0, 0.5, 0.2, 3.0)]),
            -2.0,
            -14.0,
        ),
        voice(
            56,
            hit(
                0.4,
                &[],
                &[
                    (540.0, 0.8, 9.0),
                    (800.0, 0.9, 9.0),
                    (1_620.0, 0.25, 16.0),
                    (2_400.0, 0.25, 16.0),
                ],
                &[],
            ),
            -1.0,
            8.0,
        ),
        voice(62, hit(0.2, &[skin(370.0, 0.1, 60.0, 1.0, 24.0)], &[], &[]), 1.0, -12.0),
        voice(63, hit(0.3, &[skin(280.0, 0.1, 60.0, 1.0, 15.0)], &[], &[]), 1.0, -12.0),
        voice(64, hit(0.4, &[skin(190.0, 0.1, 60.0, 1.0, 12.0)], &[], &[]), 1.0, -12.0),
        voice(75, hit(0.1, &[], &[(2_500.0, 1.0, 60.0)], &[]), -2.0, 12.0),
    ];
    voices.extend(synthetic_toms(0.35, 6.0));
    voices
}

fn jazz() -> Vec<Voice> {
    let kick = hit(
        0.5,
        &[skin(62.0, 1.0, 36.0, 1.0, 9.0), skin(98.0, 0.6, 30.0, 0.4, 14.0)],
        &[],
        &[hiss(900.0, 0.7, 0.10, 60.0)],
    );
    let snare = hit(
        0.4,
        &[skin(208.0, 0.3, 50.0, 0.7, 17.0), skin(345.0, 0.2, 50.0, 0.45, 22.0)],
        &[],
        &[hiss(3_000.0, 0.5, 0.30, 13.0), hiss(6_800.0, 0.6, 0.30, 16.0)],
    );
    vec![voice(35, kick.clone(), 6.0, 0.0), voice(36, kick, 6.0, 0.0), voice(38, snare, 4.0, 0.0)]
}

fn brushes() -> Vec<Voice> {
    let brush = |secs: f32, attack: f32, decay: f32, body: f32| {
        let sweep = |hz, amp| Hiss {
            hz,
            q: 0.5,
            amp,
            motion: Motion { delay: 0.0, attack, decay, floor: 0.0 },
        };
        hit(
            secs,
            &[skin(200.0, 0.2, 40.0, body, 24.0)],
            &[],
            &[sweep(3_200.0, 0.4), sweep(7_000.0, 0.4)],
        )
    };
    vec![
        voice(38, brush(0.3, 0.004, 20.0, 0.25), 2.0, 0.0),
        voice(39, brush(0.22, 0.002, 30.0, 0.4), 2.0, 0.0),
        voice(40, brush(0.6, 0.16, 5.0, 0.0), -1.0, 0.0),
    ]
}

/// As in GS, keys 41 to 53 hold timpani: three drums, tuned.
fn timpani(unit: &mut Unit, kit: &mut Layer) {
    for (root, keys) in [(43_u8, 41..=45_u8), (47, 46..=49), (51, 50..=53)] {
        let hz = key_hz(f32::from(root));
        let modes =
            [(hz, 1.0, 2.4), (hz * 1.5, 0.6, 3.0), (hz * 1.98, 0.36, 4.0), (hz * 2.44, 0.2, 5.5)];
        let wave = hit(1.3, &[], &modes, &[hiss(260.0, 0.7, 0.25, 26.0)]);
        let made = add(unit, voice(root, wave, 4.0, 0.0));
        kit.retain(|part| part.keys.is_none_or(|(key, _)| !keys.contains(&key)));
        for key in keys {
            let mut part = made.clone();
            part.keys = Some((key, key));
            part.play.tune = 100.0 * (f32::from(key) - f32::from(root));
            part.play.reverb = 45.0;
            kit.push(part);
        }
    }
}

/// Concert drums.
fn orchestra() -> Vec<Voice> {
    let bass_drum = |hz: f32| {
        hit(
            1.2,
            &[skin(hz, 0.25, 14.0, 1.0, 3.2), skin(hz * 1.6, 0.2, 14.0, 0.4, 4.6)],
            &[],
            &[hiss(320.0, 0.6, 0.25, 18.0)],
        )
    };
    let snare = hit(
        0.5,
        &[skin(196.0, 0.2, 40.0, 0.5, 16.0)],
        &[],
        &[hiss(2_800.0, 0.5, 0.4, 11.0), hiss(6_500.0, 0.6, 0.4, 13.0)],
    );
    vec![
        voice(35, bass_drum(42.0), 6.0, 0.0),
        voice(36, bass_drum(48.0), 6.0, 0.0),
        voice(38, snare, 3.0, 0.0),
    ]
}
