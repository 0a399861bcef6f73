//! Turns events into the bytes of a file.
//!
//! Our own rather than midly's: its writer takes whole vectors of its own event type
//! (80 MB for a million notes), and knows neither deltas of 2²⁸ ticks nor raw metas
//! that share a type with a parsed one. midly reads back what this writes in the tests.

use super::event::meta;
use crate::model::{Channel, EventKind, Note, Release};

/// The largest number that four bytes of seven bits hold.
const MAX_NUMBER: u64 = 0x0FFF_FFFF;

/// A payload or a track that its length field cannot say.
#[derive(Debug)]
pub(super) struct TooLong;

/// Writes the events of one track.
pub(super) struct TrackEncoder {
    bytes: Vec<u8>,
    tick: u64,
    running: u8,
    bridges: u32,
}

impl TrackEncoder {
    pub(super) fn new(n_events: usize) -> Self {
        Self { bytes: Vec::with_capacity(n_events * 4 + 16), tick: 0, running: 0, bridges: 0 }
    }

    pub(super) fn note_on(&mut self, tick: u64, note: &Note) {
        self.channel(tick, 0x90, note.channel, &[note.key, note.velocity.max(1)]);
    }

    pub(super) fn note_off(&mut self, tick: u64, channel: Channel, key: u8, release: Release) {
        match release.velocity() {
            Some(velocity) => self.channel(tick, 0x80, channel, &[key, velocity]),
            None => self.channel(tick, 0x90, channel, &[key, 0]),
        }
    }

    pub(super) fn event(&mut self, tick: u64, kind: &EventKind) -> Result<(), TooLong> {
        match *kind {
            EventKind::StrayNoteOff { channel, key, release } => {
                self.note_off(tick, channel, key, release);
            }
            EventKind::PolyPressure { channel, key, value } => {
                self.channel(tick, 0xA0, channel, &[key, value]);
            }
            EventKind::Control { channel, number, value } => {
                self.channel(tick, 0xB0, channel, &[number, value]);
            }
            EventKind::Program { channel, program } => {
                self.channel(tick, 0xC0, channel, &[program]);
            }
            EventKind::ChannelPressure { channel, value } => {
                self.channel(tick, 0xD0, channel, &[value]);
            }
            EventKind::PitchBend { channel, value } => {
                let raw = (i32::from(value) + 8192).clamp(0, 0x3FFF);
                self.channel(tick, 0xE0, channel, &[raw as u8, (raw >> 7) as u8]);
            }
            EventKind::Meta { kind, ref data } => self.payload(tick, &[0xFF, kind], data)?,
            EventKind::Sysex(ref data) => self.payload(tick, &[0xF0], data)?,
            EventKind::Escape(ref data) => self.payload(tick, &[0xF7], data)?,
        }
        Ok(())
    }

    pub(super) fn meta(&mut self, tick: u64, kind: u8, data: &[u8]) -> Result<(), TooLong> {
        self.payload(tick, &[0xFF, kind], data)
    }

    /// Ends the track and gives its chunk, head included.
    pub(super) fn finish(mut self, end: u64) -> Result<Vec<u8>, TooLong> {
        self.delta(end);
        self.bytes.extend_from_slice(&[0xFF, meta::END_OF_TRACK, 0]);
        chunk(*b"MTrk", &self.bytes)
    }

    fn channel(&mut self, tick: u64, status: u8, channel: Channel, data: &[u8]) {
        self.delta(tick);
        let status = status | channel.index();
        // Running data after a delta of 77 could spell the name of a chunk, and a reader that
        // mends files would take it for one.
        let spells_a_name = self.bytes.last() == Some(&b'M') && data.first() == Some(&b'T');
        if status != self.running || spells_a_name {
            self.bytes.push(status);
            self.running = status;
        }
        self.bytes.extend(data.iter().map(|byte| byte & 0x7F));
    }

    fn payload(&mut self, tick: u64, head: &[u8], data: &[u8]) -> Result<(), TooLong> {
        if data.len() as u64 > MAX_NUMBER {
            return Err(TooLong);
        }
        self.delta(tick);
        self.bytes.extend_from_slice(head);
        push_number(&mut self.bytes, data.len() as u64);
        self.bytes.extend_from_slice(data);
        self.running = 0;
        Ok(())
    }

    /// A delta beyond four bytes is bridged by empty texts, which mean nothing.
    fn delta(&mut self, tick: u64) {
        let mut delta = tick.saturating_sub(self.tick);
        while delta > MAX_NUMBER && self.bridges < MAX_BRIDGES {
            push_number(&mut self.bytes, MAX_NUMBER);
            self.bytes.extend_from_slice(&[0xFF, 0x01, 0]);
            self.running = 0;
            self.bridges += 1;
            delta -= MAX_NUMBER;
        }
        push_number(&mut self.bytes, delta.min(MAX_NUMBER));
        self.tick = self.tick.max(tick);
    }
}

/// How many texts of 2²⁸ ticks may bridge the silences of a track: decades of music.
/// Longer ones, which only damage makes, are cut.
const MAX_BRIDGES: u32 = 4096;

/// A chunk with its head.
pub(super) fn chunk(kind: [u8; 4], data: &[u8]) -> Result<Vec<u8>, TooLong> {
    let length = u32::try_from(data.len()).ok().ok_or(TooLong)?;
    let mut bytes = Vec::with_capacity(data.len() + 8);
    bytes.extend_from_slice(&kind);
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(data);
    Ok(bytes)
}

/// Writes `value`, at most 2²⁸ − 1, seven bits a byte.
fn push_number(bytes: &mut Vec<u8>, value: u64) {
    for shift in [21, 14, 7] {
        if value >> shift != 0 {
            bytes.push((value >> shift) as u8 | 0x80);
        }
    }
    bytes.push(value as u8 & 0x7F);
}
