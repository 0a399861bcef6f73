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
