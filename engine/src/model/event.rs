//! Everything in a track that is not a note.

use crate::time::Tick;
use profiling::HeapSize;
use std::sync::Arc;

/// Orders from here on belong to events made here rather than read from a file.
/// At one tick they come after everything that was read.
pub const FIRST_ORDER_OF_NEW: u32 = 0x8000_0000;

/// A MIDI channel, 0..=15; people count from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Channel(u8);

impl Channel {
    /// Channel 10 as people count: drums in General MIDI.
    pub const DRUMS: Self = Self(9);

    /// The low four bits of `number`.
    pub const fn new(number: u8) -> Self {
        Self(number & 0x0F)
    }

    /// 0..=15.
    pub const fn index(self) -> u8 {
        self.0
    }
}

/// One event that is not a note, at a tick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When: from the clip's start inside a clip, from the song's start elsewhere.
    pub tick: Tick,
    /// Place among events of the same tick: the event's index in its source MTrk,
    /// or at least [`FIRST_ORDER_OF_NEW`].
    pub order: u32,
    /// What.
    pub kind: EventKind,
}

/// What happens. Values are the wire's own: seven bits unless said otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// A note-off that closes nothing; kept so that a file goes back as it came.
    StrayNoteOff {
        /// On which channel.
        channel: Channel,
        /// Which key.
        key: u8,
        /// How it was written and how fast it was let go.
        release: super::Release,
    },
    /// Polyphonic key pressure.
    PolyPressure {
        /// On which channel.
        channel: Channel,
        /// Which key.
        key: u8,
        /// How hard.
        value: u8,
    },
    /// A controller.
    Control {
        /// On which channel.
        channel: Channel,
        /// Controller number.
        number: u8,
        /// Its value.
        value: u8,
    },
    /// A program change.
    Program {
        /// On which channel.
        channel: Channel,
        /// 0..=127; people count from 1.
        program: u8,
    },
    /// Channel pressure.
    ChannelPressure {
        /// On which channel.
        channel: Channel,
        /// How hard.
        value: u8,
    },
    /// Pitch bend.
    PitchBend {
        /// On which channel.
        channel: Channel,
        /// −8192..=8191, 0 is the centre.
        value: i16,
    },
    /// A meta event, known or not, with its bytes as they were.
    Meta {
        /// The meta type, such as 0x51 for tempo.
        kind: u8,
        /// The payload.
        data: Arc<[u8]>,
    },
    /// System exclusive: the payload after F0, with its closing F7 if it has one.
    Sysex(Arc<[u8]>),
    /// The payload of an F7 event: a continued or escaped message.
    Escape(Arc<[u8]>),
}

impl EventKind {
    /// The same message on another channel; what has no channel stays as it is.
    #[must_use]
    pub fn on_channel(&self, to: Channel) -> Self {
        let mut kind = self.clone();
        match &mut kind {
            Self::StrayNoteOff { channel, .. }
            | Self::PolyPressure { channel, .. }
            | Self::Control { channel, .. }
            | Self::Program { channel, .. }
            | Self::ChannelPressure { channel, .. }
            | Self::PitchBend { channel, .. } => *channel = to,
            Self::Meta { .. } | Self::Sysex(_) | Self::Escape(_) => {}
        }
        kind
    }

    /// The channel of a channel message.
    pub const fn channel(&self) -> Option<Channel> {
        match self {
            Self::StrayNoteOff { channel, .. }
            | Self::PolyPressure { channel, .. }
            | Self::Control { channel, .. }
            | Self::Program { channel, .. }
            | Self::ChannelPressure { channel, .. }
            | Self::PitchBend { channel, .. } => Some(*channel),
            Self::Meta { .. } | Self::Sysex(_) | Self::Escape(_) => None,
        }
    }
}

impl HeapSize for EventKind {
    fn heap_bytes(&self) -> usize {
        match self {
            Self::Meta { data, .. } | Self::Sysex(data) | Self::Escape(data) => data.heap_bytes(),
            _ => 0,
        }
    }
}

impl HeapSize for Event {
    fn heap_bytes(&self) -> usize {
        self.kind.heap_bytes()
    }
}
