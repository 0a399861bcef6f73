//! Channel messages, alone and on a time line.

/// The last frame anything is scheduled on: at 48 kHz a little over a day.
/// Frames are kept in 32 bits because a million notes then take 16 MB rather than 32.
pub const LAST_FRAME: u32 = u32::MAX - 1;

/// A channel message as it goes over the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Message {
    /// Kind in the high four bits, channel in the low four.
    pub status: u8,
    /// First data byte, 0 if there is none.
    pub data1: u8,
    /// Second data byte, 0 if there is none.
    pub data2: u8,
}

impl Message {
    /// Puts a message together; data bytes lose their eighth bit.
    pub const fn new(kind: u8, channel: u8, data1: u8, data2: u8) -> Self {
        Self { status: (kind & 0xF0) | (channel & 0x0F), data1: data1 & 0x7F, data2: data2 & 0x7F }
    }

    /// A note-on.
    pub const fn note_on(channel: u8, key: u8, velocity: u8) -> Self {
        Self::new(0x90, channel, key, velocity)
    }

    /// A note-off with release velocity 64.
    pub const fn note_off(channel: u8, key: u8) -> Self {
        Self::new(0x80, channel, key, 64)
    }

    /// A controller.
    pub const fn control(channel: u8, number: u8, value: u8) -> Self {
        Self::new(0xB0, channel, number, value)
    }

    /// The kind: 0x80 to 0xE0.
    pub const fn kind(self) -> u8 {
        self.status & 0xF0
    }

    /// The channel, 0..=15.
    pub const fn channel(self) -> u8 {
        self.status & 0x0F
    }

    /// Whether this starts a note.
    pub const fn is_note_on(self) -> bool {
        self.kind() == 0x90 && self.data2 > 0
    }

    /// Whether this ends a note.
    pub const fn is_note_off(self) -> bool {
        self.kind() == 0x80 || (self.kind() == 0x90 && self.data2 == 0)
    }

    /// The same message on another channel.
    pub const fn on_channel(self, channel: u8) -> Self {
        Self { status: self.kind() | (channel & 0x0F), ..self }
    }

    /// The three bytes.
    pub const fn bytes(self) -> [u8; 3] {
        [self.status, self.data1, self.data2]
    }

    /// How many of the bytes go over the wire.
    pub const fn len_on_wire(self) -> usize {
        if matches!(self.kind(), 0xC0 | 0xD0) { 2 } else { 3 }
    }

    const fn pack(self) -> u64 {
        (self.status as u64) << 16 | (self.data1 as u64) << 8 | self.data2 as u64
    }
}

/// A message at a frame, in eight bytes. Orders by frame first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timed(u64);

impl Timed {
    /// Puts `message` at `frame`.
    pub const fn new(frame: u32, message: Message) -> Self {
        Self((frame as u64) << 32 | message.pack())
    }

    /// When.
    pub const fn frame(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// What.
    pub const fn message(self) -> Message {
        Message { status: (self.0 >> 16) as u8, data1: (self.0 >> 8) as u8, data2: self.0 as u8 }
    }
}
