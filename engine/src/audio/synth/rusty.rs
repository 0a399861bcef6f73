//! [`Synth`] over rustysynth-ext. Built on any thread, then owned by whoever renders.

use std::sync::Arc;

use rustysynth_ext::{Synthesizer, SynthesizerSettings};

use super::front::Front;
use super::shadow::Shadow;
use super::{BLOCK_FRAMES, MASTER_GAIN, Synth, SynthConfig, SynthError};
use crate::audio::soundfont::SoundFont;

const CHANNELS: u8 = 16;
/// rustysynth-ext plays drums on this channel alone.
const DRUM_CHANNEL: u8 = 9;
const NOTE_OFF: i32 = 0x80;
const NOTE_ON: i32 = 0x90;
const CONTROLLER: i32 = 0xB0;
const PROGRAM: i32 = 0xC0;
/// Measured with a counting allocator: what one voice holds, its block included.
const BYTES_PER_VOICE: usize = 592;
/// Measured likewise: an instance without its voices, with a font of 137 presets.
const BYTES_PER_INSTANCE: usize = 4_200;

/// One instance: sixteen channels sharing a pool of voices and one font.
pub struct RustySynth {
    font: Arc<SoundFont>,
    /// None for the silent font.
    inner: Option<Synthesizer>,
    fronts: [Front; CHANNELS as usize],
    shadow: Shadow,
    polyphony: usize,
}

impl RustySynth {
    /// Builds an instance; the font is shared, not copied.
    ///
    /// # Errors
    /// A rate outside 16,000..=192,000.
    pub fn new(font: &Arc<SoundFont>, config: SynthConfig) -> Result<Self, SynthError> {
        if !(16_000..=192_000).contains(&config.rate) {
            return Err(SynthError::Rate { rate: config.rate });
        }
        let polyphony = usize::from(config.polyphony).clamp(8, 256);
        let mut settings = SynthesizerSettings::new(config.rate as i32);
        settings.block_size = BLOCK_FRAMES;
        settings.maximum_polyphony = polyphony;
        settings.enable_reverb_and_chorus = false;
        let inner = match font.loaded() {
            Some(loaded) => Some(Synthesizer::new(loaded, &settings)?),
            None => None,
        };
        let shadow = Shadow::new(polyphony, config.rate);
        let mut synth = Self {
            font: Arc::clone(font),
            inner,
            fronts: [Front::default(); CHANNELS as usize],
            shadow,
            polyphony,
        };
        synth.reset();
        Ok(synth)
    }

    /// Heap and own size of this instance in bytes, the shared font not counted.
    pub fn bytes(&self) -> usize {
        let voices = if self.inner.is_some() { self.polyphony * BYTES_PER_VOICE } else { 0 };
        size_of::<Self>() + BYTES_PER_INSTANCE + voices + self.shadow.bytes()
    }

    /// The font it plays.
    pub fn font(&self) -> &Arc<SoundFont> {
        &self.font
    }

    fn send(&mut self, route: u8, status: i32, data1: u8, data2: u8) {
        if let Some(inner) = &mut self.inner {
            inner.process_midi_message(
                i32::from(route),
                status,
                i32::from(data1),
                i32::from(data2),
            );
        }
    }

    fn front(&mut self, channel: u8) -> &mut Front {
        &mut self.fronts[usize::from(channel % CHANNELS)]
    }

    /// The channel of the synthesizer that plays this one: drums all meet on one.
    fn route(&self, channel: u8) -> u8 {
        let front = &self.fronts[usize::from(channel % CHANNELS)];
        if front.drums { DRUM_CHANNEL } else { channel }
    }

    fn note_on(&mut self, channel: u8, key: u8, velocity: u8) {
        let route = self.route(channel);
        let front = self.front(channel);
        let velocity = front.velocity(velocity);
        front.key_down(key);
        self.send(route, NOTE_ON, key, velocity);
        self.shadow.note_on(route, key);
    }

    fn note_off(&mut self, channel: u8, key: u8) {
        let route = self.route(channel);
        let front = self.front(channel);
        let hold = front.hold;
        if front.key_up(key) {
            self.send(route, NOTE_OFF, key, 0);
            self.shadow.note_off(route, key, hold);
        }
    }

    fn controller(&mut self, channel: u8, number: u8, value: u8) {
        let route = self.route(channel);
        match number {
            0 => self.front(channel).bank_msb = value,
            32 => self.front(channel).bank_lsb = value,
            1 => {
                self.front(channel).modulation = value;
                self.send_vibrato(channel, route);
            }
            64 => {
                self.front(channel).hold = value >= 64;
                self.send(route, CONTROLLER, 64, value);
                if value < 64 {
                    self.shadow.pedal_up(route);
                }
            }
            66 if value >= 64 => self.front(channel).sostenuto_down(),
            66 => self.release_sostenuto(channel, route),
            67 => self.front(channel).soft = value >= 64,
            120 => {
                self.front(channel).keys_gone();
                self.send(route, CONTROLLER, 120, 0);
                self.shadow.channel_gone(route);
            }
            121 => self.reset_controllers(channel, route),
            // Omni and mono/poly messages imply all notes off.
            123..=127 => {
                let front = self.front(channel);
                front.keys_gone();
                let hold = front.hold;
                self.send(route, CONTROLLER, 123, 0);
                self.shadow.channel_off(route, hold);
            }
            _ => self.send(route, CONTROLLER, number, value),
        }
    }

    fn send_vibrato(&mut self, channel: u8, route: u8) {
        let depth = self.front(channel).vibrato();
        self.send(route, CONTROLLER, 1, depth);
    }

    fn release_sostenuto(&mut self, channel: u8, route: u8) {
        let front = self.front(channel);
        let hold = front.hold;
        let mut owed = front.sostenuto_up();
        while owed != 0 {
            let key = owed.trailing_zeros() as u8;
            owed &= owed - 1;
            self.send(route, NOTE_OFF, key, 0);
            self.shadow.note_off(route, key, hold);
        }
    }

    fn reset_controllers(&mut self, channel: u8, route: u8) {
        self.release_sostenuto(channel, route);
        let front = self.front(channel);
        front.modulation = 0;
        front.pressure = 0;
        front.soft = false;
        front.hold = false;
        self.send(route, CONTROLLER, 121, 0);
        self.shadow.pedal_up(route);
    }

    fn program(&mut self, channel: u8, program: u8) {
        let front = self.front(channel);
        let drums = channel == DRUM_CHANNEL || front.drums || front.asks_for_drums();
        self.set_drums(channel, drums);
        let route = self.route(channel);
        let front = self.fronts[usize::from(channel % CHANNELS)];
        let (bank, program) = front.preset(&self.font, program);
        self.send(route, CONTROLLER, 0, bank);
        self.send(route, PROGRAM, program, 0);
    }

    fn set_drums(&mut self, channel: u8, drums: bool) {
        if self.front(channel).drums == drums {
            return;
        }
        let before = self.route(channel);
        self.send(before, CONTROLLER, 123, 0);
        self.shadow.channel_off(before, false);
        let front = self.front(channel);
        front.keys_gone();
        front.drums = drums;
    }

    fn set_master_volume(&mut self, fine: u8, coarse: u8) {
        let value = f32::from(u16::from(coarse & 127) << 7 | u16::from(fine & 127)) / 16_383.0;
        if let Some(inner) = &mut self.inner {
            // Squared, as channel volume is.
            inner.set_master_volume(MASTER_GAIN * value * value);
        }
    }
}

impl Synth for RustySynth {
    fn message(&mut self, channel: u8, status: u8, data1: u8, data2: u8) {
        let channel = channel % CHANNELS;
        let (data1, data2) = (data1 & 127, data2 & 127);
        self.shadow.wake();
        match status & 0xF0 {
            0x90 if data2 > 0 => self.note_on(channel, data1, data2),
            0x80 | 0x90 => self.note_off(channel, data1),
            0xB0 => self.controller(channel, data1, data2),
            0xC0 => self.program(channel, data1),
            0xD0 => {
                self.front(channel).pressure = data1;
                let route = self.route(channel);
                self.send_vibrato(channel, route);
            }
            0xE0 => {
                let route = self.route(channel);
                self.send(route, 0xE0, data1, data2);
            }
            _ => {}
        }
    }

    fn system_exclusive(&mut self, data: &[u8]) {
        let data = data.strip_prefix(&[0xF0]).unwrap_or(data);
        let data = data.strip_suffix(&[0xF7]).unwrap_or(data);
        match *data {
            // General MIDI on, off, and level 2; GS reset; XG system on.
            [0x7E, _, 0x09, 1..=3]
            | [0x41, _, 0x42, 0x12, 0x40, 0x00, 0x7F, 0x00, ..]
            | [0x43, _, 0x4C, 0x00, 0x00, 0x7E, 0x00] => self.reset(),
            // GS "use for rhythm part": part 0 is channel 10, 1–9 and A–F are the others.
            [0x41, _, 0x42, 0x12, 0x40, part @ 0x10..=0x1F, 0x15, map, ..] => {
                let channel = match part & 15 {
                    0 => DRUM_CHANNEL,
                    part @ 1..=9 => part - 1,
                    part => part,
                };
                self.set_drums(channel, map > 0 || channel == DRUM_CHANNEL);
            }
            [0x7F, _, 0x04, 0x01, fine, coarse] => self.set_master_volume(fine, coarse),
            _ => {}
        }
        self.shadow.wake();
    }

    fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        let frames = left.len().min(right.len());
        let (Some(left), Some(right)) = (left.get_mut(..frames), right.get_mut(..frames)) else {
            return;
        };
        let Some(inner) = &mut self.inner else {
            left.fill(0.0);
            right.fill(0.0);
            return;
        };
        inner.render(left, right);
        let silent = left.iter().chain(right.iter()).all(|sample| *sample == 0.0);
        self.shadow.advance(frames, silent);
    }

    fn active_voices(&self) -> usize {
        if self.inner.is_some() { self.shadow.active() } else { 0 }
    }

    fn all_sound_off(&mut self) {
        if let Some(inner) = &mut self.inner {
            inner.note_off_all(true);
        }
        for channel in 0..CHANNELS {
            self.front(channel).keys_gone();
            self.controller(channel, 64, 0);
            self.controller(channel, 66, 0);
        }
        self.shadow.clear();
    }

    fn reset(&mut self) {
        if let Some(inner) = &mut self.inner {
            inner.reset();
            inner.set_master_volume(MASTER_GAIN);
        }
        for channel in 0..CHANNELS {
            *self.front(channel) = Front::new(channel);
        }
        self.shadow.clear();
    }
}
