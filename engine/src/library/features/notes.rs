//! The plain notes that every feature is computed from.

use crate::model::Note;
use crate::time::{TempoMap, Tick};

/// The channel of percussion in General MIDI, counted from 0: its keys are instruments, not
/// pitches.
pub const DRUM_CHANNEL: u8 = 9;

/// A note as the analysis sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NoteEvent {
    /// Onset, in seconds through the tempo map.
    pub start_secs: f64,
    /// End, in seconds through the tempo map.
    pub end_secs: f64,
    /// Onset, in ticks.
    pub tick: u64,
    /// Length, in ticks.
    pub ticks: u32,
    /// Pitch, 0..=127.
    pub key: u8,
    /// How hard, 1..=127.
    pub velocity: u8,
    /// Which channel, 0..=15.
    pub channel: u8,
    /// The program in force on its channel, 0..=127; on the drum channel it names a kit.
    pub program: u8,
}

impl NoteEvent {
    /// A note of the document, its onset `origin` ticks after the start of the song.
    pub fn of(note: &Note, origin: u64, tempo: &TempoMap) -> Self {
        let tick = note.start.0 + origin;
        let end = tick + u64::from(note.length);
        Self {
            start_secs: tempo.secs_from_tick(Tick(tick)),
            end_secs: tempo.secs_from_tick(Tick(end)),
            tick,
            ticks: note.length,
            key: note.key,
            velocity: note.velocity,
            channel: note.channel.index(),
            program: 0,
        }
    }

    /// Whether its key is a pitch: not on the drum channel.
    pub const fn is_pitched(&self) -> bool {
        self.channel != DRUM_CHANNEL
    }

    /// How long it sounds, in seconds.
    pub const fn secs(&self) -> f64 {
        self.end_secs - self.start_secs
    }
}
