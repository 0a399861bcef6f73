//! A plain encoder of SMF bytes, written apart from the product's reader and writer,
//! so that an error in those cannot hide in the files that test them.

/// What stands in a track at one tick, in the order in which it is written there.
#[derive(Clone, Debug)]
pub(super) enum Message {
    /// A channel message of two or three bytes.
    Short { bytes: [u8; 3], len: u8 },
    /// A meta event.
    Meta(u8, Vec<u8>),
    /// The payload after F0, closing F7 included.
    Sysex(Vec<u8>),
}

/// The events of one MTrk, in any order.
#[derive(Clone, Debug, Default)]
pub(super) struct TrackEvents(Vec<(u64, u8, Message)>);

/// Order at one tick: ends of notes, then set-up, then onsets.
const RANK_OFF: u8 = 0;
const RANK_SETUP: u8 = 1;
const RANK_ON: u8 = 2;

impl TrackEvents {
    pub(super) fn with_capacity(events: usize) -> Self {
        Self(Vec::with_capacity(events))
    }

    pub(super) fn short(&mut self, tick: u64, status: u8, data: u8, more: Option<u8>) {
        let bytes = [status, data & 0x7F, more.unwrap_or(0) & 0x7F];
        let len = if more.is_some() { 3 } else { 2 };
        self.0.push((tick, RANK_SETUP, Message::Short { bytes, len }));
    }

    pub(super) fn control(&mut self, tick: u64, channel: u8, number: u8, value: u8) {
        self.short(tick, 0xB0 | channel, number, Some(value));
    }

    pub(super) fn program(&mut self, tick: u64, channel: u8, program: u8) {
        self.short(tick, 0xC0 | channel, program, None);
    }

    /// `value` from −8192 to 8191.
    pub(super) fn bend(&mut self, tick: u64, channel: u8, value: i32) {
        let wire = (value.clamp(-8192, 8191) + 8192) as u16;
        self.short(tick, 0xE0 | channel, (wire & 0x7F) as u8, Some((wire >> 7) as u8));
    }

    pub(super) fn meta(&mut self, tick: u64, kind: u8, data: &[u8]) {
        self.0.push((tick, RANK_SETUP, Message::Meta(kind, data.to_vec())));
    }

    pub(super) fn text(&mut self, tick: u64, kind: u8, text: &str) {
        self.meta(tick, kind, text.as_bytes());
    }

    pub(super) fn tempo(&mut self, tick: u64, bpm: f64) {
        let micros = (60_000_000.0 / bpm).round() as u32;
        let [_, high, middle, low] = micros.to_be_bytes();
        self.meta(tick, 0x51, &[high, middle, low]);
    }

    pub(super) fn sysex(&mut self, tick: u64, payload: &[u8]) {
        self.0.push((tick, RANK_SETUP, Message::Sysex(payload.to_vec())));
    }

    /// Ends with a note-off, or with a note-on of velocity 0 when `release` is `None`.
    pub(super) fn note(
        &mut self,
        channel: u8,
        start: u64,
        length: u64,
        (key, velocity): (u8, u8),
        release: Option<u8>,
    ) {
        let on = [0x90 | channel, key & 0x7F, velocity & 0x7F];
        let off = match release {
            Some(release) => [0x80 | channel, key & 0x7F, release & 0x7F],
            None => [0x90 | channel, key & 0x7F, 0],
        };
        self.0.push((start, RANK_ON, Message::Short { bytes: on, len: 3 }));
        self.0.push((start + length, RANK_OFF, Message::Short { bytes: off, len: 3 }));
    }

    pub(super) fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// The chunk, header included; it ends at `end` or at its last event if that is later.
    fn encode(mut self, end: u64, running_status: bool, out: &mut Vec<u8>) {
        self.0.sort_by_key(|(tick, rank, _)| (*tick, *rank));
        out.extend(b"MTrk\0\0\0\0");
        let body = out.len();
        let mut now = 0;
        let mut running = 0;
        for (tick, _, message) in &self.0 {
            push_vlq(out, tick - now);
            now = *tick;
            match message {
                Message::Short { bytes: [status, data, more], len } => {
                    if !(running_status && *status == running) {
                        out.push(*status);
                    }
                    running = *status;
                    out.push(*data);
                    if *len == 3 {
                        out.push(*more);
                    }
                }
                Message::Meta(kind, data) => {
                    running = 0;
                    out.extend([0xFF, *kind]);
                    push_vlq(out, data.len() as u64);
                    out.extend(data);
                }
                Message::Sysex(payload) => {
                    running = 0;
                    out.push(0xF0);
                    push_vlq(out, payload.len() as u64);
                    out.extend(payload);
                }
            }
        }
        push_vlq(out, end.saturating_sub(now));
        out.extend([0xFF, 0x2F, 0x00]);
        let length = ((out.len() - body) as u32).to_be_bytes();
        if let Some(field) = out.get_mut(body - 4..body) {
            field.copy_from_slice(&length);
        }
    }
}

/// A whole file. Every track ends at `end` ticks or at its own last event.
pub(super) fn file(
    format: u8,
    ppq: u16,
    tracks: Vec<TrackEvents>,
    end: u64,
    running_status: bool,
) -> Vec<u8> {
    let events: usize = tracks.iter().map(|track| track.0.len()).sum();
    let mut out = Vec::with_capacity(64 + tracks.len() * 16 + events * 5);
    out.extend(b"MThd\0\0\0\x06\0");
    out.push(format);
    out.extend((tracks.len().min(usize::from(u16::MAX)) as u16).to_be_bytes());
    out.extend(ppq.to_be_bytes());
    for track in tracks {
        track.encode(end, running_status, &mut out);
    }
    out
}

/// A variable-length quantity: seven bits a byte, the high bit on all but the last.
fn push_vlq(out: &mut Vec<u8>, value: u64) {
    let mut shift = 63;
    while shift > 0 {
        if value >> shift != 0 {
            out.push(0x80 | (value >> shift & 0x7F) as u8);
        }
        shift -= 7;
    }
    out.push((value & 0x7F) as u8);
}

#[cfg(test)]
mod tests {
    use super::push_vlq;

    #[test]
    fn lengths_are_written_as_the_standard_shows() {
        // The table of "Standard MIDI Files 1.0", page 2.
        for (value, bytes) in [
            (0x00, &[0x00][..]),
            (0x7F, &[0x7F]),
            (0x80, &[0x81, 0x00]),
            (0x2000, &[0xC0, 0x00]),
            (0x1F_FFFF, &[0xFF, 0xFF, 0x7F]),
            (0x0FFF_FFFF, &[0xFF, 0xFF, 0xFF, 0x7F]),
        ] {
            let mut out = Vec::new();
            push_vlq(&mut out, value);
            assert_eq!(out, bytes);
        }
    }
}
