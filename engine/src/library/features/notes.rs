//! The plain notes that every feature is computed from.

use crate::model::Note;
use crate::time::{TempoClock, TempoMap, Tick};

/// The channel of percussion in General MIDI, counted from 0: its keys are instruments, not
/// pitches.
pub const DRUM_CHANNEL: u8 = 9;

/// A note of a file as it was paired: two words, which pairing, sorting and laying out move
/// about. Seconds are for the few who ask for them: [`timed`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlayedNote {
    /// Onset, in ticks.
    pub tick: u64,
    /// Length, in ticks.
    pub ticks: u32,
    /// Status, key and velocity of its note-on, and the program in force.
    pub(super) bytes: [u8; 4],
}

impl PlayedNote {
    /// Pitch, 0..=127.
    #[inline]
    pub const fn key(&self) -> u8 {
        self.bytes[1] & 0x7F
    }

    /// How hard, 1..=127.
    #[inline]
    pub const fn velocity(&self) -> u8 {
        self.bytes[2] & 0x7F
    }

    /// Which channel, 0..=15.
    #[inline]
    pub const fn channel(&self) -> u8 {
        self.bytes[0] & 0x0F
    }

    /// The program in force on its channel, 0..=127; on the drum channel it names a kit.
    #[inline]
    pub const fn program(&self) -> u8 {
        self.bytes[3] & 0x7F
    }

    /// Whether its key is a pitch: not on the drum channel.
    #[inline]
    pub const fn is_pitched(&self) -> bool {
        self.channel() != DRUM_CHANNEL
    }

    fn timed(&self, starts: &mut TempoClock<'_>, ends: &mut TempoClock<'_>) -> NoteEvent {
        NoteEvent {
            start_secs: starts.secs_from_tick(Tick(self.tick)),
            end_secs: ends.secs_from_tick(Tick(self.tick + u64::from(self.ticks))),
            tick: self.tick,
            ticks: self.ticks,
            key: self.key(),
            velocity: self.velocity(),
            channel: self.channel(),
            program: self.program(),
        }
    }
}

impl From<&NoteEvent> for PlayedNote {
    fn from(note: &NoteEvent) -> Self {
        let NoteEvent { tick, ticks, key, velocity, channel, program, .. } = *note;
        Self { tick, ticks, bytes: [0x90 | channel, key, velocity, program] }
    }
}

/// Notes with their times in seconds, in the same order.
pub fn timed(notes: &[PlayedNote], tempo: &TempoMap) -> Vec<NoteEvent> {
    let (mut starts, mut ends) = (tempo.clock(), tempo.clock());
    notes.iter().map(|note| note.timed(&mut starts, &mut ends)).collect()
}

/// A note as those see it who follow time.
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
