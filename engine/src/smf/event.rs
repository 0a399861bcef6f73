//! What the walker hands out: events that borrow from the file.

/// An event as it stands in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawEvent<'a> {
    /// Ticks from the start of its track.
    pub tick: u64,
    /// Where its delta time begins, in bytes from the start of the file.
    pub offset: usize,
    /// What it says.
    pub message: Message<'a>,
}

/// The body of an event; slices borrow from the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message<'a> {
    /// A channel message. Data bytes are below 128; the second is 0 where there is only one.
    Channel {
        /// 0x80..=0xEF, with running status resolved.
        status: u8,
        /// First and second data byte.
        data: [u8; 2],
    },
    /// A meta event other than End of Track.
    Meta {
        /// Its type.
        kind: u8,
        /// Its payload.
        data: &'a [u8],
    },
    /// The payload of an F0 event.
    Sysex(&'a [u8]),
    /// The payload of an F7 event.
    Escape(&'a [u8]),
    /// End of Track: the last event of its track.
    EndOfTrack,
}

/// A channel message as the walker hands it to a [`Listener`](super::Listener), with running
/// status resolved. One word, for there are many of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChannelEvent {
    /// Ticks since the one before.
    pub delta: u32,
    /// Status (0x80..=0xEF), first and second data byte, and 0. Data is below 128; the second
    /// byte is 0 where there is one.
    pub bytes: [u8; 4],
}

impl ChannelEvent {
    /// Whether it is a note-on or a note-off.
    pub const fn is_note(self) -> bool {
        self.bytes[0] & 0xE0 == 0x80
    }

    /// Of a note, whether it begins: a note-on with a velocity above 0.
    pub const fn is_note_on(self) -> bool {
        self.bytes[0] >= 0x90 && self.bytes[2] > 0
    }

    /// Its channel, 0..=15.
    pub const fn channel(self) -> u8 {
        self.bytes[0] & 0x0F
    }

    /// Of a note, its channel and key as a number below 2,048.
    pub const fn slot(self) -> usize {
        (self.channel() as usize) << 7 | (self.bytes[1] & 0x7F) as usize
    }
}

/// Meta types that the reader understands.
pub(super) mod meta {
    /// Every kind of text.
    pub(in crate::smf) const TEXTS: std::ops::RangeInclusive<u8> = 0x01..=0x0F;
    pub(in crate::smf) const TRACK_NAME: u8 = 0x03;
    pub(in crate::smf) const MARKER: u8 = 0x06;
    pub(in crate::smf) const CUE: u8 = 0x07;
    pub(in crate::smf) const END_OF_TRACK: u8 = 0x2F;
    pub(in crate::smf) const TEMPO: u8 = 0x51;
    pub(in crate::smf) const METER: u8 = 0x58;
    pub(in crate::smf) const KEY: u8 = 0x59;
}
