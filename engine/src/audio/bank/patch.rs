//! From waves and playing instructions to presets and their zones.

use super::dsp::{db, loudness};
use super::sf2::{Gen, Preset, Sample, Zone};
use super::tone::Wave;

/// K-weighted level every sample is brought to, in dBFS over its loudest 200 ms. A full-scale
/// sine is at -3: the rest is room for peaks.
const TARGET_DB: f32 = -18.0;
/// Highest peak of a stored sample.
const PEAK: f32 = 0.97;
/// rustysynth's envelope falls by this many dB in its decay or release time.
const ENVELOPE_DB: f32 = 80.0;
/// Above the audible range: rustysynth then leaves its filter out. Others clamp it.
const OPEN: f32 = 20_000.0;

/// Where the velocity layers of a filtered zone end, and how open each is (0 soft, 1 loud).
const FIVE: &[(u8, u8, f32)] =
    &[(0, 36, 0.0), (37, 64, 0.3), (65, 88, 0.55), (89, 110, 0.8), (111, 127, 1.0)];

/// The same in three steps, enough for a drum.
pub(super) const THREE: &[(u8, u8, f32)] = &[(0, 55, 0.15), (56, 95, 0.65), (96, 127, 1.0)];

/// How a wave is played.
#[derive(Clone, Debug)]
pub(super) struct Play {
    /// Seconds.
    pub(super) delay: f32,
    /// Seconds, straight line.
    pub(super) attack: f32,
    /// Seconds.
    pub(super) hold: f32,
    /// Decibels a second while the key is down.
    pub(super) fall: f32,
    /// Decibels below full where the fall ends.
    pub(super) sustain: f32,
    /// Seconds until a released note is gone.
    pub(super) release: f32,
    /// Low-pass in hertz for the softest and the loudest velocity.
    pub(super) cutoff: (f32, f32),
    /// Velocities from, to, and how far between soft and loud their cutoff lies.
    pub(super) velocities: &'static [(u8, u8, f32)],
    /// Resonance in decibels.
    pub(super) q: f32,
    /// Modulation envelope.
    pub(super) sweep: Sweep,
    /// Delay in seconds, hertz, cents.
    pub(super) vibrato: (f32, f32, f32),
    /// Hertz, decibels, cents of the filter, cents of pitch.
    pub(super) lfo: (f32, f32, f32, f32),
    /// -50 left, 50 right.
    pub(super) pan: f32,
    /// Cents.
    pub(super) tune: f32,
    /// Frames skipped at the start.
    pub(super) skip: usize,
    /// Decibels over or under the common level.
    pub(super) gain: f32,
    /// Decibels of attenuation written into the zone, for waves shared at several levels.
    pub(super) quieter: f32,
    /// Cents from key to key.
    pub(super) scale: f32,
    /// Notes of one class cut each other; 0 is none.
    pub(super) class: u8,
    /// Percent.
    pub(super) reverb: f32,
    /// Percent.
    pub(super) chorus: f32,
}

impl Default for Play {
    fn default() -> Self {
        Self {
            delay: 0.0,
            attack: 0.0,
            hold: 0.0,
            fall: 0.0,
            sustain: 0.0,
            release: 0.15,
            cutoff: (OPEN, OPEN),
            velocities: FIVE,
            q: 0.0,
            sweep: Sweep::default(),
            vibrato: (0.0, 0.0, 0.0),
            lfo: (0.0, 0.0, 0.0, 0.0),
            pan: 0.0,
            tune: 0.0,
            skip: 0,
            gain: 0.0,
            quieter: 0.0,
            scale: 100.0,
            class: 0,
            reverb: 15.0,
            chorus: 0.0,
        }
    }
}

impl Play {
    /// Level of the envelope `time` seconds after the key went down.
    pub(super) fn level(&self, time: f32) -> f32 {
        let time = time - self.delay;
        if time < 0.0 {
            return 0.0;
        }
        if time < self.attack {
            return time / self.attack;
        }
        let fallen = self.fall * (time - self.attack - self.hold).max(0.0);
        db(-fallen.min(self.sustain_db()))
    }

    /// Where the fall ends: nowhere audible unless a sustain was set.
    fn sustain_db(&self) -> f32 {
        if self.fall > 0.0 && self.sustain == 0.0 { 100.0 } else { self.sustain }
    }

    fn generators(&self, openness: f32) -> Vec<(Gen, i16)> {
        let mut out = Vec::with_capacity(24);
        let (soft, loud) = self.cutoff;
        let cutoff = soft * (loud / soft).powf(openness);
        let mut put = |generator, amount: f32, default: f32| {
            if amount.round() != default {
                out.push((generator, amount.round() as i16));
            }
        };
        put(Gen::StartOffset, (self.skip % 32_768) as f32, 0.0);
        put(Gen::ModLfoToPitch, self.lfo.3, 0.0);
        put(Gen::VibLfoToPitch, self.vibrato.2, 0.0);
        put(Gen::ModEnvToPitch, self.sweep.pitch, 0.0);
        let open = 14_000.0;
        put(Gen::FilterCutoff, if cutoff >= OPEN { open } else { cents(cutoff) }, 13_500.0);
        put(Gen::FilterQ, self.q * 10.0, 0.0);
        put(Gen::ModLfoToFilter, self.lfo.2, 0.0);
        put(Gen::ModEnvToFilter, self.sweep.filter, 0.0);
        put(Gen::ModLfoToVolume, self.lfo.1 * 10.0, 0.0);
        put(Gen::ChorusSend, self.chorus * 10.0, 0.0);
        put(Gen::ReverbSend, self.reverb * 10.0, 0.0);
        put(Gen::Pan, self.pan * 10.0, 0.0);
        if self.lfo.0 > 0.0 {
            put(Gen::ModLfoRate, cents(self.lfo.0), 0.0);
        }
        put(Gen::VibLfoDelay, time_cents(self.vibrato.0), -12_000.0);
        // The modulation wheel moves this one, so it always has a musical speed.
        put(Gen::VibLfoRate, cents(if self.vibrato.1 > 0.0 { self.vibrato.1 } else { 5.4 }), 0.0);
        if self.sweep.pitch != 0.0 || self.sweep.filter != 0.0 {
            put(Gen::ModAttack, time_cents(self.sweep.attack), -12_000.0);
            put(Gen::ModHold, time_cents(self.sweep.hold), -12_000.0);
            put(Gen::ModDecay, time_cents(self.sweep.decay), -12_000.0);
            put(Gen::ModSustain, (1.0 - self.sweep.sustain) * 1000.0, 0.0);
            put(Gen::ModRelease, time_cents(self.sweep.release), -12_000.0);
        }
        put(Gen::VolDelay, time_cents(self.delay), -12_000.0);
        put(Gen::VolAttack, time_cents(self.attack), -12_000.0);
        put(Gen::VolHold, time_cents(self.hold), -12_000.0);
        if self.fall > 0.0 {
            put(Gen::VolDecay, time_cents(ENVELOPE_DB / self.fall), -12_000.0);
            put(Gen::VolSustain, self.sustain_db() * 10.0, 0.0);
        }
        // Audible until 60 of its 80 dB are gone.
        put(Gen::VolRelease, time_cents(self.release / 0.75), -12_000.0);
        // Synthesizers take 0.4 of what is written, as the EMU8000 did.
        put(Gen::Attenuation, self.quieter * 25.0, 0.0);
        let semitones = (self.tune / 100.0).trunc();
        put(Gen::CoarseTune, semitones, 0.0);
        put(Gen::FineTune, self.tune - semitones * 100.0, 0.0);
        put(Gen::ScaleTuning, self.scale, 100.0);
        put(Gen::ExclusiveClass, f32::from(self.class), 0.0);
        out
    }
}

/// The modulation envelope: what it moves, and how.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sweep {
    /// Cents at its top.
    pub(super) filter: f32,
    /// Cents at its top.
    pub(super) pitch: f32,
    /// Seconds.
    pub(super) attack: f32,
    /// Seconds.
    pub(super) hold: f32,
    /// Seconds from top to nothing.
    pub(super) decay: f32,
    /// Share of the top that stays.
    pub(super) sustain: f32,
    /// Seconds.
    pub(super) release: f32,
}

/// A wave of the unit and how it is played.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) wave: usize,
    pub(super) play: Play,
    /// Keys it answers; none means the ones nearest to its root.
    pub(super) keys: Option<(u8, u8)>,
}

/// Parts that share the keyboard between them.
pub(super) type Layer = Vec<Part>;

#[derive(Clone, Debug)]
struct Patch {
    name: &'static str,
    bank: u16,
    program: u8,
    layers: Vec<Layer>,
}

/// Presets that share waves: what one worker makes in one go.
#[derive(Clone, Debug, Default)]
pub(super) struct Unit {
    waves: Vec<Wave>,
    patches: Vec<Patch>,
}

impl Unit {
    /// Takes a wave, scales it to the common level as `play` plays it, and names it.
    pub(super) fn wave(&mut self, mut wave: Wave, play: &Play) -> usize {
        remove_offset(&mut wave);
        let measured = loudness(&wave.data, wave.rate as f32, |time| play.level(time));
        let peak = wave.data.iter().fold(1e-9_f32, |peak, sample| peak.max(sample.abs()));
        // High notes pierce: they get a little less.
        let tilt = -0.07 * (f32::from(wave.root) - 72.0).max(0.0);
        let gain = (db(TARGET_DB + tilt + play.gain) / measured.max(1e-9)).min(PEAK / peak);
        for sample in &mut wave.data {
            *sample *= gain;
        }
        self.waves.push(wave);
        self.waves.len() - 1
    }

    /// Waves at several roots as one layer, each with its own way to be played.
    pub(super) fn layer(
        &mut self,
        roots: &[u8],
        mut make: impl FnMut(u8) -> (Wave, Play),
    ) -> Layer {
        roots
            .iter()
            .map(|root| {
                let (wave, play) = make(*root);
                Part { wave: self.wave(wave, &play), play, keys: None }
            })
            .collect()
    }

    /// A preset of bank 0.
    pub(super) fn melodic(&mut self, program: u8, layers: Vec<Layer>) {
        let name = super::names::PROGRAMS.get(usize::from(program)).copied().unwrap_or_default();
        self.patches.push(Patch { name, bank: 0, program, layers });
    }

    /// A drum kit.
    pub(super) fn kit(&mut self, program: u8, name: &'static str, parts: Layer) {
        self.patches.push(Patch { name, bank: 128, program, layers: vec![parts] });
    }

    /// Hands samples and presets over to the font being built.
    pub(super) fn finish(self, samples: &mut Vec<Sample>, presets: &mut Vec<Preset>) {
        let first = samples.len();
        let owner = self.patches.first().map_or("", |patch| patch.name);
        for (number, wave) in self.waves.iter().enumerate() {
            let name = format!("{:.12} {number} {}", owner, wave.root);
            samples.push(Sample {
                name,
                data: wave.data.iter().map(|x| (x * 32_767.0).round() as i16).collect(),
                rate: wave.rate,
                root: wave.root,
                loop_start: wave.loop_start,
            });
        }
        for patch in &self.patches {
            let zones = patch.layers.iter().flat_map(|layer| self.zones(layer, first)).collect();
            presets.push(Preset {
                name: patch.name.to_owned(),
                bank: patch.bank,
                program: u16::from(patch.program),
                zones,
            });
        }
    }

    fn zones(&self, layer: &Layer, first: usize) -> Vec<Zone> {
        let roots: Vec<u8> =
            layer.iter().filter_map(|part| Some(self.waves.get(part.wave)?.root)).collect();
        let mut zones = Vec::new();
        for (number, part) in layer.iter().enumerate() {
            let keys = part.keys.unwrap_or_else(|| nearest(&roots, number));
            let looped = self.waves.get(part.wave).is_some_and(|w| w.loop_start.is_some());
            let (soft, loud) = part.play.cutoff;
            let layers: &[(u8, u8, f32)] =
                if soft == loud { &[(0, 127, 1.0)] } else { part.play.velocities };
            for (low, high, openness) in layers {
                let mut generators = part.play.generators(*openness);
                generators.push((Gen::SampleModes, i16::from(looped)));
                zones.push(Zone {
                    keys,
                    velocities: (*low, *high),
                    generators,
                    sample: first + part.wave,
                });
            }
        }
        zones
    }
}

/// The keys nearest to root `number` of `roots`, which rise.
fn nearest(roots: &[u8], number: usize) -> (u8, u8) {
    let root = |n: usize| roots.get(n).copied();
    let middle = |a: u8, b: u8| a.midpoint(b);
    let own = root(number).unwrap_or(60);
    let low = number.checked_sub(1).and_then(root).map_or(0, |before| middle(before, own) + 1);
    let high = root(number + 1).map_or(127, |after| middle(own, after));
    (low, high)
}

fn remove_offset(wave: &mut Wave) {
    // Only the loop's mean is heard for long; a constant taken from all keeps it seamless.
    let part = wave.data.get(wave.loop_start.unwrap_or(0)..).unwrap_or_default();
    let mean = part.iter().sum::<f32>() / part.len().max(1) as f32;
    for sample in &mut wave.data {
        *sample -= mean;
    }
}

fn cents(hz: f32) -> f32 {
    (1200.0 * (hz.max(0.001) / 8.176).log2()).clamp(-16_000.0, 13_500.0)
}

fn time_cents(secs: f32) -> f32 {
    (1200.0 * secs.max(0.001).log2()).clamp(-12_000.0, 8_000.0)
}
