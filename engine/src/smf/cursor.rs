//! Walks the events of one track: a straight path for what is right, repairs for
//! what is not. Allocates nothing per event and never looks outside its bytes.

use super::chunk::{find, is_plausible_chunk, is_track_chunk, is_track_start};
use super::event::{ChannelEvent, Message, RawEvent, meta};
use super::problem::{Action, ProblemKind, Problems};
use crate::time::Tempo;
use std::hint::select_unpredictable;

const MTRK: u32 = u32::from_le_bytes(*b"MTrk");

/// The velocity of a note whose own is damaged: the middle (MIDI 1.0, "Note-On").
const ASSUMED_VELOCITY: u8 = 64;

/// Where a track's events stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TrackPlace {
    /// Which MTrk it is, counted from 0.
    pub(super) index: u16,
    /// First byte of its events.
    pub(super) body: usize,
    /// Where its chunk says it ends, clamped to the bytes there are.
    pub(super) announced_end: usize,
}

/// Hands out one track's events in order.
#[derive(Clone, Debug)]
pub(super) struct TrackCursor<'a> {
    /// Everything up to where the music may reach.
    all: &'a [u8],
    /// Everything up to where this track is believed to end.
    within: &'a [u8],
    pos: usize,
    tick: u64,
    /// What a data byte right here would continue.
    running: Running,
    /// Bit n is set when there was a message on channel n.
    channels: u16,
    /// The last channel status there was, for files that rely on it after meta events.
    last_status: u8,
    index: u16,
    ended: Option<Ended>,
}

/// Reads what needs no care, and stops wherever it meets anything else. So little that a loop
/// over many events keeps it in registers.
#[derive(Clone, Debug)]
pub(super) struct Straight<'a> {
    /// What was not read yet.
    rest: &'a [u8],
    /// Where `rest` ends, in bytes from the start of the file.
    end: usize,
    running: Running,
    channels: u16,
}

/// A status that holds until another comes, and the data bytes that its messages have.
#[derive(Clone, Copy, Debug)]
struct Running {
    /// 0 for none.
    status: u8,
    /// Which bits of the two bytes that follow are theirs; 0 for what is no channel message.
    mask: u16,
}

impl Running {
    const NONE: Self = Self { status: 0, mask: 0 };

    /// Masks by the upper half of a status byte (MIDI 1.0, table I).
    const MASKS: [u16; 16] = {
        let mut masks = [0xFFFF; 16];
        masks[0xC] = 0x00FF;
        masks[0xD] = 0x00FF;
        masks[0xF] = 0;
        let mut data_byte = 0;
        while data_byte < 8 {
            masks[data_byte] = 0;
            data_byte += 1;
        }
        masks
    };

    const fn of(status: u8) -> Self {
        Self { status, mask: Self::MASKS[(status >> 4) as usize] }
    }

    /// How many data bytes; 1 also for none.
    const fn length(self) -> usize {
        1 + (self.mask >> 15) as usize
    }

    /// A message of this status.
    #[inline]
    fn event(self, delta: u64, data: u16) -> ChannelEvent {
        let bytes = u32::from(self.status) | u32::from(data) << 8;
        ChannelEvent { delta: delta as u32, bytes: bytes.to_le_bytes() }
    }
}

/// More ticks than any file can hold whose deltas fit two bytes, and far from the end of time.
const LATEST_STRAIGHT: u64 = 1 << 62;

/// Why a track is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    EndOfTrack,
    NextTrack,
    AnnouncedEnd,
    Broken,
}

/// An event that does not fit into the bytes left.
#[derive(Clone, Copy, Debug)]
enum Cut {
    Event,
    Meta,
    Sysex { body: usize },
}

impl<'a> TrackCursor<'a> {
    /// `all` ends where nothing more can belong to the song; offsets count from its start.
    pub(super) fn new(all: &'a [u8], place: TrackPlace) -> Self {
        Self {
            all,
            within: all.get(..place.announced_end).unwrap_or(all),
            pos: place.body,
            tick: 0,
            running: Running::NONE,
            channels: 0,
            last_status: 0,
            index: place.index,
            ended: None,
        }
    }

    /// The first byte that was not read.
    pub(super) const fn position(&self) -> usize {
        self.pos
    }

    /// Ticks read so far: where the track ends once it has.
    pub(super) const fn tick(&self) -> u64 {
        self.tick
    }

    /// Bit n is set when there was a message on channel n.
    pub(super) const fn channels(&self) -> u16 {
        self.channels
    }

    /// Why there are no more events; `None` while there may be.
    pub(super) const fn ended(&self) -> Option<Ended> {
        self.ended
    }

    /// Reads channel messages for as long as they need no care; gives those that were read.
    /// Where it is fewer than there is room for, [`Self::next_careful`] has the next event.
    pub(super) fn read_straight<'b>(&mut self, room: &'b mut [ChannelEvent]) -> &'b [ChannelEvent] {
        let mut straight = self.straight();
        let mut n_read = 0;
        while let Some(place) = room.get_mut(n_read)
            && let Some((event, has_status)) = straight.step()
        {
            *place = event;
            n_read += 1;
            // What had no status of its own is seldom alone.
            if !has_status {
                n_read += straight.run(room.get_mut(n_read..).unwrap_or_default());
            }
        }
        let read = room.get(..n_read).unwrap_or_default();
        self.resume(&straight, read.iter().map(|event| u64::from(event.delta)).sum());
        read
    }

    /// The next event; `None` once the track is over.
    #[inline]
    pub(super) fn next(&mut self, problems: &mut Problems) -> Option<RawEvent<'a>> {
        let offset = self.pos;
        let mut straight = self.straight();
        let Some(event) = straight.next() else { return self.next_careful(problems) };
        self.resume(&straight, u64::from(event.delta));
        let [status, first, second, _] = event.bytes;
        let message = Message::Channel { status, data: [first, second] };
        Some(RawEvent { tick: self.tick, offset, message })
    }

    /// The straight path from here on.
    #[inline]
    pub(super) fn straight(&self) -> Straight<'a> {
        let near = self.within.get(self.pos..).filter(|_| self.tick <= LATEST_STRAIGHT);
        let rest = near.unwrap_or_default();
        let Self { pos, running, channels, .. } = *self;
        Straight { rest, end: pos + rest.len(), running, channels }
    }

    /// Goes on where `straight` stopped, so many ticks later.
    #[inline]
    const fn resume(&mut self, straight: &Straight<'a>, ticks: u64) {
        self.pos = straight.position();
        self.tick += ticks;
        self.running = straight.running;
        self.channels = straight.channels;
    }

    /// The next event, whatever it takes; `None` once the track is over.
    #[cold]
    #[inline(never)]
    pub(super) fn next_careful(&mut self, problems: &mut Problems) -> Option<RawEvent<'a>> {
        while self.ended.is_none() {
            let mut attempt = self.clone();
            match attempt.read_event(problems) {
                Ok(event) => {
                    *self = attempt;
                    if event.is_some() {
                        return event;
                    }
                }
                Err(cut) => {
                    if let Some(event) = self.face_cut(cut, problems) {
                        return Some(event);
                    }
                }
            }
        }
        None
    }

    /// An event runs past the believed end: believe less, cut it, or end the track.
    fn face_cut(&mut self, cut: Cut, problems: &mut Problems) -> Option<RawEvent<'a>> {
        let end = self.within.len();
        if end < self.all.len() && !is_plausible_chunk(self.all, end) {
            self.report(problems, end, ProblemKind::ChunkTooShort, Action::ReadOn);
            self.within = self.all;
            return None;
        }
        if let Cut::Sysex { body } = cut {
            // Not beyond the next track: every byte is searched once, whatever the damage.
            let rest = self.within.get(body..).unwrap_or_default();
            let rest = find(rest, *b"MTrk").and_then(|next| rest.get(..next)).unwrap_or(rest);
            if let Some(length) = rest.iter().position(|&byte| byte == 0xF7) {
                self.report(problems, self.pos, ProblemKind::SysexOverrun, Action::Shortened);
                let (delta, _) = read_number(self.within, self.pos).unwrap_or_default();
                let offset = self.pos;
                self.tick = self.tick.saturating_add(delta);
                self.pos = body + length + 1;
                self.running = Running::NONE;
                let data = rest.get(..=length).unwrap_or_default();
                return Some(RawEvent { tick: self.tick, offset, message: Message::Sysex(data) });
            }
        }
        if self.pos >= end {
            self.report(problems, end, ProblemKind::MissingEndOfTrack, Action::Added);
            self.end(Ended::AnnouncedEnd);
        } else {
            let kind = match cut {
                Cut::Event => ProblemKind::TruncatedEvent,
                Cut::Meta => ProblemKind::MetaOverrun,
                Cut::Sysex { .. } => ProblemKind::SysexOverrun,
            };
            self.report(problems, self.pos, kind, Action::EndedTrack);
            self.end(Ended::Broken);
        }
        None
    }

    /// Reads whatever stands here. `Ok(None)` when it was skipped or ends the track
    /// without an event. On `Err` the caller throws this attempt away.
    fn read_event(&mut self, problems: &mut Problems) -> Result<Option<RawEvent<'a>>, Cut> {
        let offset = self.pos;
        if offset < self.within.len() && is_track_start(self.all, offset) {
            self.report(problems, offset, ProblemKind::TrackInsideTrack, Action::EndedTrack);
            self.end(Ended::NextTrack);
            return Ok(None);
        }
        let mut found = Findings::default();
        let (delta, mut at) = read_number(self.within, offset).ok_or(Cut::Event)?;
        if at - offset > 4 {
            found.add(offset, ProblemKind::LongNumber, Action::Accepted);
        }
        self.tick = self.tick.saturating_add(delta);
        let mut status = self.byte(at)?;
        if status >= 0x80 {
            at += 1;
        } else if self.running.status != 0 {
            status = self.running.status;
        } else if self.last_status != 0 {
            found.add(at, ProblemKind::RunningStatus, Action::Accepted);
            status = self.last_status;
        } else {
            found.add(at, ProblemKind::MissingStatus, Action::Skipped);
            while status < 0x80 {
                at += 1;
                if is_track_chunk(self.all, at) {
                    self.pos = at;
                    found.report(self.index, problems);
                    return Ok(None);
                }
                status = self.byte(at)?;
            }
            at += 1;
        }
        let message = match status {
            0xFF => self.read_meta(at, &mut found)?,
            0xF0 | 0xF7 => Some(self.read_sysex(status, at, &mut found)?),
            0xF1..=0xFE => {
                found.add(at - 1, ProblemKind::SystemMessage, Action::Skipped);
                self.pos = at + system_data_bytes(status);
                if self.pos > self.within.len() {
                    return Err(Cut::Event);
                }
                None
            }
            _ => Some(self.read_channel(status, at, &mut found)?),
        };
        found.report(self.index, problems);
        Ok(message.map(|message| RawEvent { tick: self.tick, offset, message }))
    }

    fn read_channel(
        &mut self,
        status: u8,
        at: usize,
        found: &mut Findings,
    ) -> Result<Message<'a>, Cut> {
        let has_two = status & 0xE0 != 0xC0;
        let data = [self.byte(at)?, if has_two { self.byte(at + 1)? } else { 0 }];
        let mut masked = data.map(|byte| byte & 0x7F);
        if masked != data {
            found.add(at, ProblemKind::DataByte, Action::Masked);
            // A velocity of 128 was meant to sound: masked to 0 it would end the note.
            if status & 0xF0 == 0x90 && data[1] == 0x80 {
                masked[1] = ASSUMED_VELOCITY;
            }
        }
        self.running = Running::of(status);
        self.channels |= 1 << (status & 0x0F);
        self.last_status = status;
        self.pos = at + 1 + usize::from(has_two);
        Ok(Message::Channel { status, data: masked })
    }

    fn read_meta(&mut self, at: usize, found: &mut Findings) -> Result<Option<Message<'a>>, Cut> {
        let kind = self.byte(at)?;
        let (length, body) = read_number(self.within, at + 1).ok_or(Cut::Event)?;
        if kind == meta::END_OF_TRACK {
            let data = take(self.within, body, length);
            if data.is_none() {
                found.add(at - 1, ProblemKind::MetaOverrun, Action::EndedTrack);
            }
            self.pos = body + data.map_or(0, <[u8]>::len);
            self.end(Ended::EndOfTrack);
            return Ok(Some(Message::EndOfTrack));
        }
        let data = take(self.within, body, length).ok_or(Cut::Meta)?;
        self.interrupt();
        self.pos = body + data.len();
        if let Some(problem) = meta_problem(kind, data) {
            found.add(at - 1, problem, Action::Dropped);
            return Ok(None);
        }
        Ok(Some(Message::Meta { kind, data }))
    }

    fn read_sysex(
        &mut self,
        status: u8,
        at: usize,
        found: &mut Findings,
    ) -> Result<Message<'a>, Cut> {
        let (length, body) = read_number(self.within, at).ok_or(Cut::Event)?;
        let data = take(self.within, body, length).ok_or(Cut::Sysex { body })?;
        if body - at > 4 {
            found.add(at, ProblemKind::LongNumber, Action::Accepted);
        }
        self.interrupt();
        self.pos = body + data.len();
        Ok(if status == 0xF0 { Message::Sysex(data) } else { Message::Escape(data) })
    }

    fn interrupt(&mut self) {
        if self.running.status != 0 {
            self.last_status = self.running.status;
            self.running = Running::NONE;
        }
    }

    /// Nothing more is read, by either path.
    fn end(&mut self, why: Ended) {
        self.ended = Some(why);
        self.within = &[];
    }

    fn byte(&self, at: usize) -> Result<u8, Cut> {
        self.within.get(at).copied().ok_or(Cut::Event)
    }

    fn report(&self, problems: &mut Problems, at: usize, kind: ProblemKind, action: Action) {
        problems.push(Some(self.index), at, kind, action);
    }
}

impl Straight<'_> {
    /// Where the next event begins, in bytes from the start of the file.
    const fn position(&self) -> usize {
        self.end - self.rest.len()
    }

    /// Where the event begins that comes after so many.
    pub(super) fn position_after(mut self, n_events: usize) -> usize {
        self.by_ref().take(n_events).for_each(drop);
        self.position()
    }
}

impl Straight<'_> {
    /// A channel message with a delta of one or two bytes, eight bytes in sight, and whether it has
    /// a status of its own. `None`, without a step, leaves everything else to the careful path.
    #[inline]
    fn step(&mut self) -> Option<(ChannelEvent, bool)> {
        let word = u64::from_le_bytes(*self.rest.first_chunk::<8>()?);
        let Next { is_long, delta, mut message } = Next::of(word)?;
        let (mut running, mut rest_length, mut new_channel) = (self.running, 1, 0);
        // Files write either every status or few: this goes the same way most of the time.
        let has_status = message & 0x80 != 0;
        if has_status {
            running = Running::of(message as u8);
            new_channel = 1 << (message & 0x0F);
            message >>= 8;
            rest_length += 1;
        } else if word as u32 == MTRK {
            return None;
        }
        // Both bytes as one number: written one by one and read back as a pair they would
        // wait for the store buffer, which cost more than all the rest.
        let data = message as u16 & running.mask;
        if running.mask == 0 || data & 0x8080 != 0 {
            return None;
        }
        // The next event waits for this sum: only its first term comes out of the bytes.
        let length = usize::from(is_long) + (rest_length + running.length());
        self.rest = self.rest.get(length..)?;
        self.running = running;
        self.channels |= new_channel;
        Some((running.event(delta, data), has_status))
    }

    /// Fills `room` with what follows without a status, as [`Self::step`] would, with less to look
    /// at; tells how many events there are.
    #[inline]
    fn run(&mut self, room: &mut [ChannelEvent]) -> usize {
        let (running, mut rest) = (self.running, self.rest);
        let length = 1 + running.length();
        let mut n_read = 0;
        for place in room {
            let Some(word) = rest.first_chunk::<8>().map(|bytes| u64::from_le_bytes(*bytes)) else {
                break;
            };
            let Some(Next { is_long, delta, message }) = Next::of(word) else { break };
            let data = message as u16 & running.mask;
            // A status has the upper bit where a data byte has none.
            if data & 0x8080 != 0 || word as u32 == MTRK {
                break;
            }
            let Some(later) = rest.get(usize::from(is_long) + length..) else { break };
            rest = later;
            *place = running.event(delta, data);
            n_read += 1;
        }
        self.rest = rest;
        n_read
    }
}

impl Iterator for Straight<'_> {
    type Item = ChannelEvent;

    #[inline]
    fn next(&mut self) -> Option<ChannelEvent> {
        self.step().map(|(event, _)| event)
    }
}

/// What the next eight bytes say before it is known what they mean.
struct Next {
    /// Whether the delta has two bytes.
    is_long: bool,
    delta: u64,
    /// The bytes after it.
    message: u64,
}

impl Next {
    /// `None` where the delta has more than two bytes. Whether it has one or two nobody can guess:
    /// both are worked out and one is chosen, without a branch.
    #[inline]
    fn of(word: u64) -> Option<Self> {
        if word & 0x8080 == 0x8080 {
            return None;
        }
        let low = word & 0x7F;
        let is_long = word & 0x80 != 0;
        let delta = select_unpredictable(is_long, low << 7 | word >> 8 & 0x7F, low);
        Some(Self { is_long, delta, message: select_unpredictable(is_long, word >> 16, word >> 8) })
    }
}

/// What is wrong with one event: held back until the event is known to be whole.
#[derive(Default)]
struct Findings {
    list: [Option<(usize, ProblemKind, Action)>; 3],
}

impl Findings {
    fn add(&mut self, at: usize, kind: ProblemKind, action: Action) {
        if let Some(free) = self.list.iter_mut().find(|slot| slot.is_none()) {
            *free = Some((at, kind, action));
        }
    }

    fn report(self, track: u16, problems: &mut Problems) {
        for (at, kind, action) in self.list.into_iter().flatten() {
            problems.push(Some(track), at, kind, action);
        }
    }
}

/// The longest number that is followed to its end: padding with zeros is known, but a
/// whole file of top bits is no number.
const MAX_NUMBER_BYTES: usize = 64;

/// Reads a variable-length number; gives it, saturated, and where it ends.
fn read_number(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let mut value = 0_u64;
    for (index, &byte) in bytes.get(at..)?.iter().take(MAX_NUMBER_BYTES).enumerate() {
        let low = u64::from(byte & 0x7F);
        value = if value >> 57 == 0 { value << 7 | low } else { u64::MAX };
        if byte < 0x80 {
            return Some((value, at + index + 1));
        }
    }
    None
}

fn take(bytes: &[u8], at: usize, length: u64) -> Option<&[u8]> {
    let end = at.checked_add(usize::try_from(length).ok()?)?;
    bytes.get(at..end)
}

/// Data bytes of a system common message (MIDI 1.0, table II).
const fn system_data_bytes(status: u8) -> usize {
    match status {
        0xF1 | 0xF3 => 1,
        0xF2 => 2,
        _ => 0,
    }
}

fn meta_problem(kind: u8, data: &[u8]) -> Option<ProblemKind> {
    match (kind, data) {
        (meta::TEMPO, [a, b, c, ..]) => {
            let micros = u32::from_be_bytes([0, *a, *b, *c]);
            Tempo::from_micros(micros).is_none().then_some(ProblemKind::BadTempo)
        }
        // A beat shorter than a 128th is damage, and would put thousands of bars into a second.
        (meta::METER, [numerator, power, ..]) => {
            (*numerator == 0 || *power > 7).then_some(ProblemKind::BadMeter)
        }
        (meta::KEY, [sharps, scale, ..]) => {
            let sharps = sharps.cast_signed();
            (!(-7..=7).contains(&sharps) || *scale > 1).then_some(ProblemKind::BadKeySignature)
        }
        (meta::TEMPO | meta::METER | meta::KEY, _) => Some(ProblemKind::ShortMeta),
        _ => None,
    }
}
