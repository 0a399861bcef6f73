//! The synthesizer the callback plays: a trait, and its implementation on rustysynth-ext.
//!
//! An instance belongs to one track that sounds. It weighs 16 KB with 16 voices, 26 KB with
//! 32, 47 KB with 64; the font is shared. It is built away from the callback and
//! never allocates, locks or waits afterwards. Effects inside it are off: reverb and chorus
//! are the mixer's business.
//!
//! # What is not heard
//!
//! rustysynth-ext lacks these, and nothing in front of it can stand in for them:
//! polyphonic aftertouch; portamento (CC 5, 65, 84); balance (CC 8); the sound controllers
//! CC 70–79 (filter, resonance, envelope and vibrato settings); half pedalling (the hold
//! pedal is on or off); data increment and decrement (CC 96, 97); NRPNs; a melodic program on
//! channel 10 (GS "rhythm part off"); SysEx but for the resets, the GS rhythm part and the
//! master volume; and in the font: modulators, the reverb and chorus sends of a zone
//! (effects are off), 24-bit sample extensions, and stereo links (each side sounds as a zone).
//!
//! What this module maps in front of it: bank select takes effect with the next program
//! change and falls back (MSB, then LSB, then bank 0; a missing kit falls to its family and
//! then to the standard kit); drums on any channel; sostenuto (CC 66); soft pedal (CC 67, as
//! lower velocity); channel pressure (as vibrato depth beside CC 1, the SoundFont default);
//! mono and poly mode (as the all-notes-off they imply).

mod front;
mod rusty;
mod shadow;

pub use rusty::RustySynth;

/// Linear gain applied to every voice of every instance: a dense General MIDI file (fifteen
/// four-note chords and drums at velocity 110, channel volume 100) through the built-in bank
/// peaks near -2 dBFS with the mixer's faders at 0 dB. Full volume and velocity everywhere
/// are 7 dB more: that is the limiter's case.
pub const MASTER_GAIN: f32 = 0.5;

/// Frames a message may come late: the synth's block. 16 frames are 0.33 ms at 48 kHz and
/// cost 10 % over blocks of 64.
pub const BLOCK_FRAMES: usize = 16;

/// How an instance is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SynthConfig {
    /// Frames per second of the output, 16,000 to 192,000.
    pub rate: u32,
    /// Voices that may sound at once; taken into 8..=256.
    pub polyphony: u16,
}

impl Default for SynthConfig {
    fn default() -> Self {
        Self { rate: 48_000, polyphony: 64 }
    }
}

/// Why an instance could not be built.
#[derive(Debug, thiserror::Error)]
pub enum SynthError {
    /// The synthesizer works at 16,000 to 192,000 frames a second.
    #[error("the synthesizer cannot run at {rate} Hz")]
    Rate {
        /// The rate asked for, in frames per second.
        rate: u32,
    },
    /// The synthesizer refused its settings for another reason.
    #[error("the synthesizer refused its settings: {0}")]
    Refused(#[from] rustysynth_ext::SynthesizerError),
}

/// A player of channel messages. Nothing here allocates, locks, waits or panics, so the
/// callback may call all of it.
pub trait Synth: Send {
    /// Takes one channel message; `status` may carry a channel in its low half, `channel`
    /// (0–15) decides. It is heard from the next block of [`BLOCK_FRAMES`] on.
    fn message(&mut self, channel: u8, status: u8, data1: u8, data2: u8);
    /// Takes a system exclusive message, with or without its F0 and F7.
    fn system_exclusive(&mut self, data: &[u8]);
    /// Replaces both buffers with the next frames; the shorter one decides how many.
    fn render(&mut self, left: &mut [f32], right: &mut [f32]);
    /// Voices believed to sound; 0 means that rendering would give silence until the next
    /// message, so the instance may be skipped.
    fn active_voices(&self) -> usize;
    /// Silences every voice at once and lifts every pedal; programs and controllers stay.
    fn all_sound_off(&mut self);
    /// Puts every channel back to its state at power-on, in silence.
    fn reset(&mut self);
}

#[cfg(test)]
mod tests;
