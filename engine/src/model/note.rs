//! One note.

use super::event::Channel;
use crate::time::Tick;

/// A key number, 0..=127; 60 is middle C (C4 here).
pub type Key = u8;

/// A note-on velocity, 1..=127.
pub type Velocity = u8;

/// The `off_order` of a note that its file never closed: it is written back without a note-off.
pub const UNCLOSED: u32 = u32::MAX;

/// How a note ends on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Release(u8);

impl Release {
    /// A note-on with velocity 0: no release velocity.
    pub const NOTE_ON_ZERO: Self = Self(0xFF);
    /// A note-off with velocity 64, which is what "no information" means (MIDI 1.0).
    pub const DEFAULT: Self = Self(Self::DEFAULT_VELOCITY);
    /// The velocity that says nothing.
    pub const DEFAULT_VELOCITY: u8 = 64;

    /// A note-off message with this velocity (seven bits).
    pub const fn note_off(velocity: u8) -> Self {
        Self(velocity & 0x7F)
    }

    /// The release velocity; `None` when the note ends by a note-on with velocity 0.
    pub const fn velocity(self) -> Option<u8> {
        if self.0 == 0xFF { None } else { Some(self.0) }
    }
}

/// A note: 24 bytes, since there are millions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note {
    /// Onset, in ticks from the start of the clip.
    pub start: Tick,
    /// Length in ticks. A note of 2³² ticks and more is shortened on reading, with a `Problem`.
    pub length: u32,
    /// Unique in its clip, and the place of the note-on among events of the same tick
    /// (see [`super::Event::order`]).
    pub id: u32,
    /// The place of the note-off among events of the same tick; [`UNCLOSED`] if there is none;
    /// 0 for a note made here, so that it ends before the next begins.
    pub off_order: u32,
    /// Pitch.
    pub key: Key,
    /// How hard, 1..=127.
    pub velocity: Velocity,
    /// How it ends.
    pub release: Release,
    /// On which channel.
    pub channel: Channel,
}

impl Note {
    /// The first tick after the note.
    pub const fn end(&self) -> Tick {
        self.start.after(self.length as u64)
    }

    /// How to find this note again.
    pub const fn reference(&self) -> NoteRef {
        NoteRef { start: self.start, id: self.id }
    }
}

/// Names a note in a clip so that it is found in O(log n). Notes are sorted by this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NoteRef {
    /// The note's onset in its clip.
    pub start: Tick,
    /// The note's id.
    pub id: u32,
}
