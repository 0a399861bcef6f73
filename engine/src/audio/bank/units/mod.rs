//! The recipes: one a family, each makes its presets and the waves they share.
//!
//! The builders here are the instruments' physics in short: a struck or plucked string, a
//! struck bar, a blown or bowed harmonic tone, a section of many players.

mod bars;
mod brass;
mod drums;
mod effects;
mod keyboards;
mod lead;
mod organ;
mod pads;
mod pipe;
mod plucked;
mod reed;
mod sounds;
mod strings;

use super::dsp::{Biquad, Noise, Spectrum, fade_in, hill, key_hz};
use super::patch::{Play, Unit};
use super::tone::{Hiss, Motion, Partial, Shape, Wave, render};

/// Every unit of the bank, the longest first: each runs alone on a worker.
pub(super) const RECIPES: &[fn() -> Unit] = &[
    drums::kits,
    keyboards::pianos,
    pads::pads,
    strings::sections,
    effects::effects,
    strings::solo,
    strings::voices,
    organ::organs,
    brass::brass,
    reed::reeds,
    lead::leads,
    plucked::guitars,
    plucked::basses,
    plucked::harps,
    pipe::pipes,
    keyboards::electric,
    bars::mallets,
    bars::percussion,
    sounds::sounds,
];

/// A peak of a body or a mouth: hertz, half width in hertz, gain.
type Formant = (f32, f32, f32);

fn formants(hz: f32, peaks: &[Formant]) -> f32 {
    peaks.iter().map(|(centre, width, gain)| gain * hill(hz, *centre, *width)).sum()
}

/// Seconds a note of `key` takes to fall by 60 dB: `at_60` at middle C, half every `halving`
/// keys.
fn ring(key: u8, at_60: f32, halving: f32) -> f32 {
    at_60 * (-(f32::from(key) - 60.0) / halving).exp2()
}

/// A string that rings after a stroke.
#[derive(Clone, Copy)]
struct Pluck {
    rate: f32,
    evolve: f32,
    looped: f32,
    /// Where it is struck, as a share of its length.
    at: f32,
    /// Partials fall with this power of their number.
    slope: f32,
    /// Hertz above which they fall faster.
    dark: f32,
    /// Stiffness: partials run sharp.
    stiff: f32,
    /// Seconds for 60 dB at middle C, and keys to half that.
    ring: (f32, f32),
    /// Per second and kilohertz: how much sooner high partials die.
    damp: f32,
    /// Share of a second, slightly detuned string or plane of vibration.
    twin: f32,
    /// Noise of the stroke: level, hertz, decay per second.
    click: (f32, f32, f32),
    body: &'static [Formant],
}

impl Pluck {
    const PLAIN: Self = Self {
        rate: 27_000.0,
        evolve: 0.7,
        looped: 0.25,
        at: 0.2,
        slope: 1.2,
        dark: 4_000.0,
        stiff: 1e-4,
        ring: (5.0, 24.0),
        damp: 3.0,
        twin: 0.2,
        click: (0.0, 1_000.0, 60.0),
        body: &[],
    };

    /// Decibels a second the envelope takes over from the partials.
    fn fall(&self, key: u8) -> f32 {
        60.0 / ring(key, self.ring.0, self.ring.1)
    }

    fn partials(&self, key: u8) -> Vec<Partial> {
        let hz = key_hz(f32::from(key));
        let top = (self.rate * 0.45).min(self.dark * 6.0);
        let mut partials = Vec::new();
        for k in 1..=64 {
            let n = k as f32;
            let ratio = n * ((1.0 + self.stiff * n * n) / (1.0 + self.stiff)).sqrt();
            let f = hz * ratio;
            if f > top {
                break;
            }
            let comb = (std::f32::consts::PI * n * self.at).sin().abs().max(0.03);
            let body = if self.body.is_empty() { 1.0 } else { 0.4 + formants(f, self.body) };
            let amp = comb * n.powf(-self.slope) * (-(f / self.dark)).exp() * body;
            let motion = Motion {
                decay: 0.6 + self.damp * (f - hz) / 1000.0,
                floor: 0.35 / (1.0 + self.damp * (f - hz) / 700.0),
                ..Motion::STEADY
            };
            partials.push(Partial::new(ratio, amp).moving(motion));
            // The fundamental has none: it would pull the pitch.
            if self.twin > 0.0 && (2..=10).contains(&k) {
                let (beat, near) = (if k % 2 == 0 { 1 } else { -1 }, (self.looped / 0.6).min(1.0));
                let twin = Partial::new(ratio, amp * self.twin * near);
                partials.push(twin.moving(motion).beating(beat));
            }
        }
        partials
    }

    fn wave(&self, key: u8) -> Wave {
        let (amp, hz, decay) = self.click;
        let hiss = Hiss { hz, q: 0.8, amp, motion: Motion::falling(decay) };
        let hisses: &[Hiss] = if amp > 0.0 { &[hiss] } else { &[] };
        render(key, self.shape(), &self.partials(key), hisses)
    }

    fn shape(&self) -> Shape {
        Shape { rate: self.rate, evolve: self.evolve, looped: self.looped }
    }
}

/// A bar, bell or skin: modes of (ratio, level, decay per second beyond the first's).
fn struck(key: u8, shape: Shape, modes: &[(f32, f32, f32)], click: (f32, f32, f32)) -> Wave {
    let partials: Vec<Partial> = modes
        .iter()
        .map(|(ratio, amp, decay)| {
            let motion = if *decay > 0.0 { Motion::falling(*decay) } else { Motion::STEADY };
            Partial::new(*ratio, *amp).moving(motion)
        })
        .collect();
    let (amp, hz, decay) = click;
    let hiss = Hiss { hz, q: 0.7, amp, motion: Motion::falling(decay) };
    render(key, shape, &partials, &[hiss])
}

/// A tone kept up by breath or bow.
#[derive(Clone, Copy)]
struct Blown {
    rate: f32,
    looped: f32,
    /// Seconds the fundamental takes to speak, and how much longer each partial takes.
    attack: (f32, f32),
    /// Share of each partial that wavers, as a player's does.
    waver: f32,
    /// Steady noise: level, hertz, sharpness.
    breath: (f32, f32, f32),
    /// Noise of the attack: level, hertz, decay per second.
    chiff: (f32, f32, f32),
    most: u32,
}

impl Blown {
    const PLAIN: Self = Self {
        rate: 27_000.0,
        looped: 0.5,
        attack: (0.03, 0.004),
        waver: 0.08,
        breath: (0.0, 2_000.0, 0.7),
        chiff: (0.0, 2_000.0, 30.0),
        most: 48,
    };

    /// `level(number, hertz)` of each partial.
    fn wave(&self, key: u8, level: impl Fn(f32, f32) -> f32) -> Wave {
        let hz = key_hz(f32::from(key));
        let mut noise = Noise::new(u64::from(key) + 7);
        let mut partials = Vec::new();
        let count = self.most.min((self.rate * 0.45 / hz) as u32).max(1);
        let power: f32 = (1..=count).map(|k| level(k as f32, hz * k as f32).powi(2)).sum();
        let full = power.sqrt().max(1e-6);
        for k in 1..=count {
            let n = k as f32;
            let amp = level(n, hz * n) / full;
            if amp < 2e-4 {
                continue;
            }
            let partial = Partial::new(n, amp).turned(noise.unit());
            partials.push(partial);
            if self.waver > 0.0 && k <= 24 {
                let depth = amp * self.waver;
                let side = 1 + (noise.unit() * 3.0) as i32;
                partials.push(Partial { amp: depth, beat: side, phase: noise.unit(), ..partial });
                partials.push(Partial { amp: depth, beat: -side, phase: noise.unit(), ..partial });
            }
        }
        let (breath, breath_hz, q) = self.breath;
        let (chiff, chiff_hz, decay) = self.chiff;
        let air = Hiss { hz: breath_hz, q, amp: breath, motion: Motion::STEADY };
        let spit = Hiss { hz: chiff_hz, q: 1.0, amp: chiff, motion: Motion::falling(decay) };
        let airs: &[Hiss] = if breath > 0.0 { &[air] } else { &[] };
        // A chiff that has not died when the loop begins would stay for ever.
        let chiff_secs = if chiff > 0.0 { 7.0 / decay } else { 0.0 };
        let speak = (self.attack.0 + 16.0 * self.attack.1).min(0.3);
        let evolve = speak.max(chiff_secs);
        let shape = Shape { rate: self.rate, evolve, looped: self.looped };
        let mut wave = render(key, shape, &partials, airs);
        self.open(&mut wave, hz, speak);
        if chiff > 0.0 {
            let start = render(key, Shape { looped: 0.0, ..shape }, &[], &[spit]);
            for (out, noise) in wave.data.iter_mut().zip(start.data) {
                *out += noise;
            }
        }
        wave
    }

    /// The attack: the steady tone fades in while a low-pass opens over it, so overtones
    /// speak one after another.
    fn open(&self, wave: &mut Wave, hz: f32, secs: f32) {
        const BLOCK: usize = 32;
        let rate = wave.rate as f32;
        let frames = (secs * rate) as usize;
        let mut filter = Biquad::low_pass(rate, hz, 0.7);
        let (mut blocks, top) = (wave.data.chunks_mut(BLOCK).enumerate(), 0.42 * rate);
        while let Some((block, samples)) = blocks.next().filter(|(block, _)| block * BLOCK < frames)
        {
            let x = (block * BLOCK) as f32 / frames as f32;
            let low = (1.3 * hz).min(top);
            filter.retune(&Biquad::low_pass(rate, low * (top / low).powf(x), 0.7));
            for (frame, sample) in samples.iter_mut().enumerate() {
                let frame = (block * BLOCK + frame) as f32;
                let dry = fade_in(frame - 0.6 * frames as f32, 0.4 * frames as f32);
                let filtered = filter.step(*sample);
                let tone = filtered + (*sample - filtered) * dry;
                *sample = tone * fade_in(frame / rate, self.attack.0);
            }
        }
    }
}

/// Share of a section's partial that stays still: bands alone swell and fade by 10 dB.
const CORE: f32 = 0.87;

/// Many players at once: every partial is a band of noise around its place (PADsynth).
#[derive(Clone, Copy)]
struct Section {
    rate: f32,
    /// Frames of the loop, a power of two.
    frames: usize,
    /// Half the spread of the players in cents.
    cents: f32,
    /// Added to the spread, in hertz whatever the partial.
    blur: f32,
    seed: u64,
}

impl Section {
    const PLAIN: Self = Self { rate: 26_000.0, frames: 32_768, cents: 14.0, blur: 0.4, seed: 1 };

    /// `level(number, hertz)` of each partial, and single partials of any ratio beside them.
    fn wave(&self, key: u8, level: impl Fn(f32, f32) -> f32, extra: &[(f32, f32)]) -> Wave {
        let hz = key_hz(f32::from(key));
        let cycles = 2.0 * (hz * self.frames as f32 / self.rate / 2.0).round().max(1.0);
        let rate = hz * self.frames as f32 / cycles;
        let mut spectrum = Spectrum::new(self.frames);
        let mut noise = Noise::new(self.seed * 1_000 + u64::from(key));
        let top = 0.45 * rate;
        let tones = (1..=80)
            .map(|k| (k as f32, level(k as f32, hz * k as f32)))
            .chain(extra.iter().copied())
            .filter(|(ratio, amp)| ratio * hz < top && *amp > 1e-4);
        let per_hz = self.frames as f32 / rate;
        for (ratio, amp) in tones {
            let centre = ratio * cycles;
            let spread = self.cents / 1_731.0 * centre + self.blur * per_hz;
            let reach = (spread * 2.5).ceil();
            let from = (centre - reach).max(1.0) as usize;
            let to = (centre + reach) as usize;
            let shape = |bin: usize| (-((bin as f32 - centre) / spread).powi(2)).exp();
            let power: f32 = (from..=to).map(|bin| shape(bin).powi(2)).sum();
            let gain = amp * (1.0 - CORE * CORE).sqrt() / power.sqrt().max(1e-6);
            for bin in from..=to {
                spectrum.add(bin, gain * shape(bin), noise.unit());
            }
            // On an even bin, so that half a loop later it is in phase: the two sides of a wide
            // patch then add up in mono.
            spectrum.add(2 * (centre / 2.0).round() as usize, amp * CORE, noise.unit());
        }
        let mut data = spectrum.wave();
        let peak = data.iter().fold(1e-9_f32, |peak, x| peak.max(x.abs()));
        for sample in &mut data {
            *sample /= peak;
        }
        Wave { data, rate: rate.round() as u32, root: key, loop_start: Some(0) }
    }
}

/// The same part twice, left and right, the second half a loop later: wide without a second
/// sample.
fn wide(
    unit: &mut Unit,
    roots: &[u8],
    section: Section,
    make: impl Fn(u8) -> (Wave, Play),
) -> Vec<super::patch::Layer> {
    let left = unit.layer(roots, |key| {
        let (wave, play) = make(key);
        (wave, Play { pan: -32.0, gain: play.gain - 3.0, ..play })
    });
    let mut right = left.clone();
    for part in &mut right {
        part.play.pan = 32.0;
        part.play.skip = (section.frames / 2).min(16_384);
    }
    vec![left, right]
}

/// Bends a wave's peaks as an overdriven amplifier does; whole cycles stay whole, so the loop
/// stays seamless. `drive` 1 is mild, 10 heavy.
fn overdrive(wave: &mut Wave, drive: f32) {
    let peak = wave.data.iter().fold(1e-9_f32, |peak, x| peak.max(x.abs()));
    for sample in &mut wave.data {
        let x = *sample / peak * drive;
        *sample = (x + 0.15).tanh() - 0.15_f32.tanh();
    }
}
