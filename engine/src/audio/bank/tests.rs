use std::sync::Arc;

use super::dsp::key_hz;
use super::patch::Play;
use super::tone::{Motion, Partial, Shape, render};
use super::*;
use crate::audio::soundfont::SoundFont;
use crate::audio::synth::{RustySynth, Synth, SynthConfig};

const RATE: u32 = 32_000;

/// A font of two presets in a few kilobytes.
pub(in crate::audio) fn small_sf2() -> Vec<u8> {
    let mut unit = Unit::default();
    let shape = Shape { rate: 8_000.0, evolve: 0.02, looped: 0.05 };
    let partials = [Partial::new(1.0, 1.0), Partial::new(2.0, 0.3).moving(Motion::falling(9.0))];
    let play = Play { cutoff: (900.0, 3_000.0), ..Play::default() };
    let layer = unit.layer(&[48, 72], |key| (render(key, shape, &partials, &[]), play.clone()));
    unit.melodic(0, vec![layer.clone()]);
    unit.kit(0, "Kit", layer);
    let (mut samples, mut presets) = (Vec::new(), Vec::new());
    unit.finish(&mut samples, &mut presets);
    sf2::write("Small", &samples, &presets)
}

fn synth() -> RustySynth {
    let config = SynthConfig { rate: RATE, polyphony: 128 };
    RustySynth::new(&SoundFont::built_in(), config).unwrap()
}

fn play(synth: &mut RustySynth, secs: f32) -> (Vec<f32>, Vec<f32>) {
    let frames = (secs * RATE as f32) as usize;
    let (mut left, mut right) = (vec![0.0; frames], vec![0.0; frames]);
    synth.render(&mut left, &mut right);
    (left, right)
}

fn peak(sound: &(Vec<f32>, Vec<f32>)) -> f32 {
    let all = sound.0.iter().chain(&sound.1);
    all.fold(0.0, |peak, x| if x.is_finite() { peak.max(x.abs()) } else { f32::INFINITY })
}

fn note(program: u8, key: u8, velocity: u8, secs: f32) -> (Vec<f32>, Vec<f32>) {
    let mut synth = synth();
    synth.message(0, 0xC0, program, 0);
    synth.message(0, 0x90, key, velocity);
    play(&mut synth, secs)
}

#[test]
fn generated_twice_it_is_the_same() {
    // Two threads race for the recipes each time; the order must not show.
    let bytes = sf2_bytes();
    let font = SoundFont::from_bytes(&bytes).unwrap();
    let built_in = SoundFont::built_in();
    let (a, b) = (font.loaded().unwrap(), built_in.loaded().unwrap());
    assert!(a.get_wave_data() == b.get_wave_data());
    assert_eq!(font.presets(), built_in.presets());
}

#[test]
fn a_damaged_cache_file_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let first = cache::cached_in(folder.path(), small_sf2);
    let file = folder.path().read_dir().unwrap().next().unwrap().unwrap().path();
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x40;
    std::fs::write(&file, &bytes).unwrap();
    assert!(cache::cached_in(folder.path(), small_sf2) == first);
    bytes[middle] ^= 0x40;
    assert!(std::fs::read(&file).unwrap() == bytes);
    assert!(cache::cached_in(folder.path(), || panic!("a whole file is not made again")) == first);
}

#[test]
fn every_program_sounds_at_every_height_and_never_clips() {
    for program in 0..128 {
        for key in [36, 60, 84] {
            let secs = if program == 119 { 1.0 } else { 0.3 };
            let level = peak(&note(program, key, 100, secs));
            let name = PROGRAM_NAMES[usize::from(program)];
            // The reverse cymbal needs seconds to arrive at low keys.
            let least = if program == 119 { 1e-5 } else { 0.005 };
            assert!(level > least, "{name} at {key} is silent: {level}");
            assert!(level < 0.5, "{name} at {key} is too loud: {level}");
        }
    }
}

#[test]
fn every_program_dies_after_its_release() {
    for bank in 0..16_u8 {
        let mut synth = synth();
        for slot in 0..8 {
            synth.message(slot, 0xC0, bank * 8 + slot, 0);
            synth.message(slot, 0x90, 62, 110);
        }
        play(&mut synth, 0.1);
        for slot in 0..8 {
            synth.message(slot, 0x80, 62, 0);
        }
        play(&mut synth, 3.2);
        let rest = peak(&play(&mut synth, 0.05));
        assert_eq!(rest, 0.0, "programs {}..{} still sound", bank * 8, bank * 8 + 8);
    }
}

#[test]
fn every_drum_of_every_kit_sounds() {
    let font = SoundFont::built_in();
    let kits: Vec<u8> =
        font.presets().iter().filter(|p| p.bank == 128).map(|p| p.program).collect();
    assert_eq!(kits, [0, 8, 16, 24, 25, 32, 40, 48]);
    let mut synth = synth();
    for kit in kits {
        for key in 35..=81 {
            synth.reset();
            synth.message(9, 0xC0, kit, 0);
            synth.message(9, 0x90, key, 110);
            let level = peak(&play(&mut synth, 0.06));
            assert!(level > 0.004, "drum {key} of kit {kit} is silent: {level}");
            assert!(level < 0.6, "drum {key} of kit {kit} is too loud: {level}");
        }
    }
}

#[test]
fn programs_are_balanced_within_four_decibels() {
    let levels: Vec<(u8, f32)> = (0..120)
        .filter(|program| *program != 119)
        .map(|program| {
            let (left, right) = note(program, 60, 100, 1.0);
            let rate = RATE as f32;
            let (l, r) =
                (dsp::loudness(&left, rate, |_| 1.0), dsp::loudness(&right, rate, |_| 1.0));
            (program, 10.0 * (l * l + r * r).log10())
        })
        .collect();
    let mut sorted: Vec<f32> = levels.iter().map(|(_, level)| *level).collect();
    sorted.sort_by(f32::total_cmp);
    let middle = sorted[sorted.len() / 2];
    for (program, level) in levels {
        let name = PROGRAM_NAMES[usize::from(program)];
        assert!((level - middle).abs() < 4.0, "{name}: {level} dB against {middle}");
    }
}

/// How far a steady tone lies from `hz`, in cents: its phase against a reference's, over time.
fn cents_off(sound: &[f32], hz: f32, from: f32) -> f32 {
    let angle = |start: f32| {
        let first = (start * RATE as f32) as usize;
        let length = (0.06 * RATE as f32) as usize;
        let (mut re, mut im) = (0.0_f64, 0.0_f64);
        for frame in 0..length {
            let window = 0.5 - 0.5 * (std::f64::consts::TAU * frame as f64 / length as f64).cos();
            let turn = (first + frame) as f64 * f64::from(hz) / f64::from(RATE);
            let (sin, cos) = (std::f64::consts::TAU * turn.fract()).sin_cos();
            let x = f64::from(sound[first + frame]) * window;
            re += x * cos;
            im -= x * sin;
        }
        im.atan2(re)
    };
    let step = 0.05;
    let mut moved = angle(from + step) - angle(from);
    moved -= (moved / std::f64::consts::TAU).round() * std::f64::consts::TAU;
    let off = moved / std::f64::consts::TAU / f64::from(step);
    (1_200.0 * (1.0 + off / f64::from(hz)).log2()) as f32
}

#[test]
fn steady_programs_are_in_tune() {
    // Without a vibrato that has set in, beating twins or a glide.
    for program in [6, 12, 23, 24, 26, 32, 33, 38, 39, 46, 70, 71, 73, 74, 80] {
        for key in [57, 64, 69] {
            let (left, _) = note(program, key, 127, 0.4);
            let off = cents_off(&left, key_hz(f32::from(key)), 0.18);
            let name = PROGRAM_NAMES[usize::from(program)];
            assert!(off.abs() < 2.0, "{name} at {key} is {off} cents off");
        }
    }
}

#[test]
fn loops_have_no_clicks_and_no_offset() {
    let font = SoundFont::built_in();
    let font = font.loaded().unwrap();
    let wave = font.get_wave_data();
    // How sharply the signal bends at a frame, going on at `next` after `end`.
    let bend = |a: i16, b: i16, c: i16| (i32::from(a) - 2 * i32::from(b) + i32::from(c)).abs();
    let mut looped = 0;
    for header in font.get_sample_headers() {
        let (start, end) = (header.get_start_loop() as usize, header.get_end_loop() as usize);
        if end <= start + 2 || !is_looped(font, header) {
            continue;
        }
        looped += 1;
        let body = &wave[start..end];
        let most = body.windows(3).map(|w| bend(w[0], w[1], w[2])).max().unwrap_or(0);
        let n = body.len();
        let seam = bend(body[n - 2], body[n - 1], body[0]).max(bend(body[n - 1], body[0], body[1]));
        let name = header.get_name();
        assert!(seam <= most * 5 / 4 + 40, "{name} clicks: {seam} against {most}");
        if start > header.get_start() as usize + 2 {
            let entry = bend(wave[start - 2], wave[start - 1], wave[start]).max(bend(
                wave[start - 1],
                wave[start],
                wave[start + 1],
            ));
            assert!(entry <= most * 5 / 4 + 400, "{name} clicks on entry: {entry} against {most}");
        }
        let mean = body.iter().map(|x| f64::from(*x)).sum::<f64>() / n as f64;
        assert!(mean.abs() < 33.0, "{name} has an offset of {mean}");
    }
    assert!(looped > 400, "only {looped} loops");
}

/// Whether a zone plays the sample in a loop.
fn is_looped(font: &rustysynth_ext::SoundFont, header: &rustysynth_ext::SampleHeader) -> bool {
    font.get_instruments().iter().flat_map(rustysynth_ext::Instrument::get_regions).any(|region| {
        region.get_sample_start() == header.get_start()
            && region.get_sample_modes() != rustysynth_ext::LoopMode::NoLoop
    })
}

#[test]
fn harder_strokes_are_louder_and_brighter() {
    // Brightness: the level of differences over the level.
    let measure = |velocity| {
        let (left, _) = note(0, 60, velocity, 0.4);
        let level: f32 = left.iter().map(|x| x * x).sum();
        let edge: f32 = left.windows(2).map(|w| (w[1] - w[0]).powi(2)).sum();
        (level, edge / level)
    };
    let [soft, middle, loud] = [30, 80, 125].map(measure);
    assert!(soft.0 < middle.0 && middle.0 < loud.0);
    assert!(soft.1 < middle.1 && middle.1 < loud.1);
}

#[test]
fn a_dense_file_stays_below_full_scale() {
    // Fifteen channels of four-note chords and the whole kit, everything at velocity 110.
    let font = SoundFont::built_in();
    let config = SynthConfig { rate: RATE, polyphony: 256 };
    let mut synth = RustySynth::new(&Arc::clone(&font), config).unwrap();
    let programs = [0, 4, 16, 25, 30, 33, 48, 52, 56, 0, 61, 65, 73, 81, 89, 102];
    let mut most = 0.0_f32;
    for beat in 0..8_u8 {
        for (channel, program) in (0_u8..16).zip(programs) {
            synth.message(channel, 0xC0, program, 0);
            for voice in [0_u8, 4, 7, 12] {
                let key = if channel == 9 { 35 + voice + beat } else { 48 + voice + beat % 3 };
                synth.message(channel, 0x90, key, 110);
            }
        }
        most = most.max(peak(&play(&mut synth, 0.25)));
        for channel in 0..16 {
            synth.message(channel, 0xB0, 123, 0);
        }
    }
    assert!(most < 1.0, "peaks at {most}");
    assert!(most > 0.15, "peaks at {most} only");
}
