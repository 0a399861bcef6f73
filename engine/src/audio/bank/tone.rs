//! Waves made of partials that loop without a click by construction.
//!
//! A wave evolves for `evolve` seconds, then its levels stand still for one loop. Every
//! partial's frequency lies on the loop's grid (a whole number of cycles in it), so the end
//! meets the beginning exactly, inharmonic partials and noise included. The root's cycles are
//! a whole number too, and the sample rate takes up the rest: tuning is exact.

use std::f64::consts::TAU;

use super::dsp::{Biquad, Noise, Spectrum, fade_in, key_hz};

/// Frames between two level updates; levels are straight lines in between.
const STEP: usize = 64;
/// Partials above this share of the sample rate are left out.
const TOP: f64 = 0.46;

/// A rendered sample before it is scaled to 16 bits.
#[derive(Clone, Debug)]
pub(super) struct Wave {
    pub(super) data: Vec<f32>,
    pub(super) rate: u32,
    pub(super) root: u8,
    pub(super) loop_start: Option<usize>,
}

/// How long a wave evolves and loops.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// Wanted frames per second; the true one differs a little so that the root is in tune.
    pub(super) rate: f32,
    /// Seconds until the levels stand still.
    pub(super) evolve: f32,
    /// Seconds of loop, about: it is a power of two in frames. 0 makes a one-shot.
    pub(super) looped: f32,
}

/// How a level moves with time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Motion {
    /// Seconds of silence first.
    pub(super) delay: f32,
    /// Seconds to rise.
    pub(super) attack: f32,
    /// Per second: the falling share falls as `exp(-decay * t)`.
    pub(super) decay: f32,
    /// Share that does not fall.
    pub(super) floor: f32,
}

impl Motion {
    pub(super) const STEADY: Self = Self { delay: 0.0, attack: 0.0, decay: 0.0, floor: 1.0 };

    pub(super) fn falling(decay: f32) -> Self {
        Self { decay, floor: 0.0, ..Self::STEADY }
    }

    pub(super) fn rising(attack: f32) -> Self {
        Self { attack, ..Self::STEADY }
    }

    pub(super) fn level(&self, time: f32) -> f32 {
        let time = time - self.delay;
        if time < 0.0 {
            return 0.0;
        }
        let rise = if self.attack > 0.0 { fade_in(time, self.attack) } else { 1.0 };
        rise * (self.floor + (1.0 - self.floor) * (-self.decay * time).exp())
    }
}

/// One sine of a tone.
#[derive(Clone, Copy, Debug)]
pub(super) struct Partial {
    /// Frequency over the root's.
    pub(super) ratio: f32,
    pub(super) amp: f32,
    /// In turns.
    pub(super) phase: f32,
    pub(super) motion: Motion,
    /// Cycles a loop off its place: the beating twin of a string or a section.
    pub(super) beat: i32,
}

impl Partial {
    pub(super) fn new(ratio: f32, amp: f32) -> Self {
        Self { ratio, amp, phase: 0.0, motion: Motion::STEADY, beat: 0 }
    }

    pub(super) fn moving(self, motion: Motion) -> Self {
        Self { motion, ..self }
    }

    pub(super) fn turned(self, phase: f32) -> Self {
        Self { phase, ..self }
    }

    pub(super) fn beating(self, beat: i32) -> Self {
        Self { beat, ..self }
    }
}

/// Filtered noise beside the partials: breath, bow, hammer, click.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hiss {
    /// Centre of its band in hertz.
    pub(super) hz: f32,
    /// Sharpness of the band.
    pub(super) q: f32,
    pub(super) amp: f32,
    pub(super) motion: Motion,
}

/// Renders a tone at `key`.
pub(super) fn render(key: u8, shape: Shape, partials: &[Partial], hisses: &[Hiss]) -> Wave {
    let hz = f64::from(key_hz(f32::from(key)));
    let grid = Grid::new(hz, shape);
    let evolve = (shape.evolve * grid.rate as f32) as usize;
    let mut data = vec![0.0; evolve + grid.frames];
    let mut groups = Groups::new(grid.frames, grid.rate as f32, evolve);
    for partial in partials {
        let Some(cycles) = grid.cycles(partial, hz) else { continue };
        if grid.frames == 0 {
            add_sine(&mut data, evolve, grid.rate as f32, partial, cycles);
        } else if partial.motion.attack > 0.0 || partial.motion.delay > 0.0 {
            let (before, _) = data.split_at_mut(evolve);
            add_sine(before, evolve, grid.rate as f32, partial, cycles);
            groups.add_loop_only(partial, (cycles * grid.frames as f64).round() as usize);
        } else {
            groups.add(partial, (cycles * grid.frames as f64).round() as usize);
        }
    }
    groups.render(&mut data);
    for (number, hiss) in hisses.iter().enumerate() {
        let seed = u64::from(key) * 64 + number as u64 + 1;
        add_hiss(&mut data, evolve, grid.rate as f32, hiss, seed);
    }
    let loop_start = (grid.frames > 0).then_some(evolve);
    Wave { data, rate: grid.rate, root: key, loop_start }
}

/// Frames and sample rate of a loop that holds whole cycles of its root.
struct Grid {
    frames: usize,
    rate: u32,
}

impl Grid {
    fn new(hz: f64, shape: Shape) -> Self {
        if shape.looped <= 0.0 {
            return Self { frames: 0, rate: shape.rate as u32 };
        }
        let wanted = (shape.rate * shape.looped).max(256.0).log2().round();
        let frames = 1_usize << (wanted as u32).clamp(8, 16);
        // An even number, so that the octave below has a place too.
        let cycles = 2.0 * (hz * frames as f64 / f64::from(shape.rate) / 2.0).round().max(1.0);
        // Half a hertz off at most: 0.04 cents at 22 kHz.
        let rate = (hz * frames as f64 / cycles).round();
        Self { frames, rate: rate as u32 }
    }

    /// Cycles a frame of a partial, put on the loop's grid; none if it would alias.
    fn cycles(&self, partial: &Partial, hz: f64) -> Option<f64> {
        let wanted = hz * f64::from(partial.ratio) / f64::from(self.rate);
        let cycles = if self.frames == 0 {
            wanted
        } else {
            let frames = self.frames as f64;
            ((wanted * frames).round().max(1.0) + f64::from(partial.beat)).max(1.0) / frames
        };
        (cycles < TOP).then_some(cycles)
    }
}

/// Rates at which groups of partials die, per second; a partial between two is shared out.
const DECAYS: [f32; 8] = [0.7, 1.5, 3.0, 6.0, 12.0, 24.0, 48.0, 96.0];

/// Partials gathered by how they decay: one transform and one envelope a group make them as
/// many partials for the price of nine.
struct Groups {
    frames: usize,
    rate: f32,
    evolve: usize,
    steady: Option<Spectrum>,
    dying: [Option<Spectrum>; DECAYS.len()],
    after: Option<Spectrum>,
}

impl Groups {
    fn new(frames: usize, rate: f32, evolve: usize) -> Self {
        let dying = std::array::from_fn(|_| None);
        Self { frames, rate, evolve, steady: None, dying, after: None }
    }

    fn add(&mut self, partial: &Partial, bin: usize) {
        let Partial { amp, phase, motion, .. } = *partial;
        let frames = self.frames;
        let floor = if motion.decay > 0.0 { motion.floor } else { 1.0 };
        if floor > 0.0 {
            let steady = self.steady.get_or_insert_with(|| Spectrum::new(frames));
            steady.add(bin, amp * floor, phase);
        }
        if floor >= 1.0 {
            return;
        }
        let place = (motion.decay / DECAYS[0]).log2().clamp(0.0, (DECAYS.len() - 1) as f32);
        let (low, share) = (place as usize, place.fract());
        for (group, share) in [(low, 1.0 - share), (low + 1, share)] {
            if let Some(dying) = self.dying.get_mut(group).filter(|_| share > 0.0) {
                let dying = dying.get_or_insert_with(|| Spectrum::new(frames));
                dying.add(bin, amp * (1.0 - floor) * share, phase);
            }
        }
    }

    /// For partials drawn one by one before the loop.
    fn add_loop_only(&mut self, partial: &Partial, bin: usize) {
        let level = partial.amp * partial.motion.level(self.evolve as f32 / self.rate);
        let frames = self.frames;
        let after = self.after.get_or_insert_with(|| Spectrum::new(frames));
        after.add(bin, level, partial.phase);
    }

    fn render(self, data: &mut [f32]) {
        if let Some(after) = self.after {
            let (_, looped) = data.split_at_mut(self.evolve);
            for (out, sample) in looped.iter_mut().zip(after.wave()) {
                *out += sample;
            }
        }
        let dying = self.dying.into_iter().zip(DECAYS);
        for (spectrum, decay) in dying.chain([(self.steady, 0.0)]) {
            let Some(spectrum) = spectrum else { continue };
            let factor = (-decay / self.rate).exp();
            let mut level = 1.0;
            let (before, looped) = data.split_at_mut(self.evolve);
            let wave = spectrum.wave();
            for (out, sample) in before.iter_mut().zip(ending_with(&wave, self.evolve)) {
                *out += sample * level;
                level *= factor;
            }
            for (out, sample) in looped.iter_mut().zip(&wave) {
                *out += sample * level;
            }
        }
    }
}

/// `frames` of a loop played so that its next frame would be its first.
fn ending_with(wave: &[f32], frames: usize) -> impl Iterator<Item = &f32> {
    let len = wave.len().max(1);
    let (part, rounds) = (frames % len, frames / len);
    let tail = wave.get(len - part..).unwrap_or_default();
    let first = if part == 0 { [].iter() } else { tail.iter() };
    first.chain((0..rounds).flat_map(move |_| wave.iter()))
}

/// Draws one sine sample by sample, its level a straight line over each step.
fn add_sine(data: &mut [f32], evolve: usize, rate: f32, partial: &Partial, cycles: f64) {
    let level = |frame: usize| partial.amp * partial.motion.level(frame.min(evolve) as f32 / rate);
    let twice_cos = 2.0 * (TAU * cycles).cos();
    let mut from = level(0);
    for (block, out) in data.chunks_mut(STEP).enumerate() {
        let start = block * STEP;
        let to = level(start + STEP);
        let (mut now, slope) = (from, (to - from) / STEP as f32);
        from = to;
        if now.abs().max(to.abs()) < 1e-6 {
            continue;
        }
        // Phases count from the loop's start.
        let phase = (start as f64 - evolve as f64) * cycles + f64::from(partial.phase);
        let mut before = (TAU * (phase - cycles).fract()).sin();
        let mut sine = (TAU * phase.fract()).sin();
        for out in out {
            *out += sine as f32 * now;
            now += slope;
            (sine, before) = (twice_cos * sine - before, sine);
        }
    }
}

fn add_hiss(data: &mut [f32], evolve: usize, rate: f32, hiss: &Hiss, seed: u64) {
    let looped = data.len() - evolve;
    let noise = noise_loop(if looped == 0 { data.len() } else { looped }, rate, hiss, seed);
    if noise.is_empty() {
        return;
    }
    let (before, looped) = data.split_at_mut(evolve);
    let mut turned = ending_with(&noise, evolve);
    for (block, out) in before.chunks_mut(STEP).enumerate() {
        let level = |frame: usize| hiss.motion.level(frame as f32 / rate);
        let (mut now, to) = (level(block * STEP), level((block + 1) * STEP));
        let slope = (to - now) / STEP as f32;
        for (out, noise) in out.iter_mut().zip(turned.by_ref()) {
            *out += noise * now;
            now += slope;
        }
    }
    let last = hiss.motion.level(evolve as f32 / rate);
    if last > 1e-5 {
        for (out, noise) in looped.iter_mut().zip(&noise) {
            *out += noise * last;
        }
    }
}

/// Band noise that loops: the filter goes round twice and keeps the second time.
fn noise_loop(frames: usize, rate: f32, hiss: &Hiss, seed: u64) -> Vec<f32> {
    let mut source = Noise::new(seed);
    let white: Vec<f32> = (0..frames).map(|_| source.bipolar()).collect();
    let mut filter = Biquad::band_pass(rate, hiss.hz, hiss.q);
    let mut out = white.clone();
    filter.run(&mut out);
    out.copy_from_slice(&white);
    filter.run(&mut out);
    // A band holds about hz / q of the noise's power over half the rate.
    let share = (hiss.hz / hiss.q / (rate / 2.0)).clamp(1e-4, 1.0);
    let gain = hiss.amp * (3.0 / share).sqrt();
    for sample in &mut out {
        *sample *= gain;
    }
    out
}
