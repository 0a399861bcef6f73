//! Sorts the events of one MTrk into notes, track events and conductor events.

use super::event::{Message, RawEvent, meta};
use super::problem::{Action, Problem, ProblemKind};
use super::song::{RawTrack, Song};
use crate::model::{Channel, ConductorEvent, Event, EventKind, NameMeta, Note, Release, UNCLOSED};
use crate::time::Tick;

/// What one row of the arrangement is made of; ticks count from the song's start.
#[derive(Default)]
pub(super) struct Part {
    pub(super) notes: Vec<Note>,
    pub(super) events: Vec<Event>,
    pub(super) name_meta: Option<NameMeta>,
    pub(super) channel: Channel,
}

/// How an MTrk becomes parts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Split {
    /// One part, which also holds what belongs to no channel.
    Whole,
    /// One part for each channel; what belongs to none goes to the conductor.
    ByChannel,
}

/// What one MTrk holds.
#[derive(Default)]
pub(super) struct Gathered {
    /// What becomes rows.
    pub(super) parts: Vec<Part>,
    /// What belongs to the whole song.
    pub(super) conductor: Vec<ConductorEvent>,
    /// What was found on this walk alone.
    pub(super) problems: Vec<Problem>,
}

/// Walks one MTrk again and gathers what it holds.
pub(super) struct Gatherer {
    into: Gathered,
    mtrk: u16,
    split: Split,
    /// Index + 1 of the first and last open note of each channel and key. The notes
    /// between are chained through their `length`, which means nothing while they are open.
    open: Box<[(u32, u32); 2048]>,
    per_channel: [u32; 16],
}

impl Gatherer {
    pub(super) fn new(mtrk: u16, split: Split) -> Self {
        let parts = if split == Split::Whole { 1 } else { 16 };
        let parts = std::iter::repeat_with(Part::default).take(parts).collect();
        Self {
            into: Gathered { parts, ..Gathered::default() },
            mtrk,
            split,
            open: Box::new([(0, 0); 2048]),
            per_channel: [0; 16],
        }
    }

    /// Walks `track`, then closes what it left open and drops parts without a channel message.
    pub(super) fn gather(mut self, song: &Song<'_>, track: &RawTrack<'_>) -> Gathered {
        if let (Split::Whole, Some(part)) = (self.split, self.into.parts.first_mut()) {
            part.notes.reserve_exact(usize::try_from(track.note_ons).unwrap_or_default());
        }
        for (order, event) in song.events(track).enumerate() {
            self.take(order as u32, &event, track.has_channels());
        }
        self.close(track.end);
        let busiest = (0..16_u8).max_by_key(|&channel| {
            let notes = self.per_channel.get(usize::from(channel)).copied().unwrap_or_default();
            (notes, track.channels >> channel & 1, u8::MAX - channel)
        });
        for (index, part) in self.into.parts.iter_mut().enumerate() {
            part.channel = Channel::new(match self.split {
                Split::Whole => busiest.unwrap_or_default(),
                Split::ByChannel => index as u8,
            });
        }
        self.into.parts.retain(|part| !part.notes.is_empty() || !part.events.is_empty());
        self.into
    }

    fn take(&mut self, order: u32, event: &RawEvent<'_>, has_channels: bool) {
        let tick = Tick(event.tick);
        let kind = match event.message {
            Message::Channel { status, data } => {
                return self.take_channel(order, event, status, data);
            }
            Message::EndOfTrack => return,
            Message::Meta { kind, data } => EventKind::Meta { kind, data: data.into() },
            Message::Sysex(data) => EventKind::Sysex(data.into()),
            Message::Escape(data) => EventKind::Escape(data.into()),
        };
        let whole = self.split == Split::Whole && has_channels;
        let part = self.into.parts.first_mut().filter(|_| whole);
        match (kind, part) {
            (EventKind::Meta { kind: meta::TRACK_NAME, data }, Some(part))
                if part.name_meta.is_none() =>
            {
                part.name_meta = Some(NameMeta { tick, order, bytes: data });
            }
            (kind, Some(part)) if !belongs_to_conductor(&kind) => {
                part.events.push(Event { tick, order, kind });
            }
            (kind, _) => {
                let event = Event { tick, order, kind };
                self.into.conductor.push(ConductorEvent { mtrk: self.mtrk, event });
            }
        }
    }

    fn take_channel(&mut self, order: u32, event: &RawEvent<'_>, status: u8, [a, b]: [u8; 2]) {
        let channel = Channel::new(status);
        let part = match self.split {
            Split::Whole => 0,
            Split::ByChannel => usize::from(channel.index()),
        };
        let Some(part) = self.into.parts.get_mut(part) else { return };
        let slot = usize::from(channel.index()) << 7 | usize::from(a);
        let Some(open) = self.open.get_mut(slot) else { return };
        let tick = Tick(event.tick);
        let release = match status & 0xF0 {
            0x80 => Release::note_off(b),
            _ => Release::NOTE_ON_ZERO,
        };
        let kind = match status & 0xF0 {
            0x90 if b > 0 => {
                part.notes.push(Note {
                    start: tick,
                    length: 0,
                    id: order,
                    off_order: UNCLOSED,
                    key: a,
                    velocity: b,
                    release: Release::DEFAULT,
                    channel,
                });
                let index = part.notes.len() as u32;
                match open.1.checked_sub(1).and_then(|last| part.notes.get_mut(last as usize)) {
                    Some(last) => last.length = index,
                    None => open.0 = index,
                }
                open.1 = index;
                if let Some(count) = self.per_channel.get_mut(usize::from(channel.index())) {
                    *count += 1;
                }
                return;
            }
            0x80 | 0x90 => {
                let first = open.0.checked_sub(1);
                if let Some(note) = first.and_then(|index| part.notes.get_mut(index as usize)) {
                    *open = if note.length == 0 { (0, 0) } else { (note.length, open.1) };
                    note.off_order = order;
                    note.release = release;
                    let length = tick.since(note.start);
                    note.length =
                        clamp_length(length, self.mtrk, event.offset, &mut self.into.problems);
                    return;
                }
                EventKind::StrayNoteOff { channel, key: a, release }
            }
            0xA0 => EventKind::PolyPressure { channel, key: a, value: b },
            0xB0 => EventKind::Control { channel, number: a, value: b },
            0xC0 => EventKind::Program { channel, program: a },
            0xD0 => EventKind::ChannelPressure { channel, value: a },
            _ => {
                let value = i16::from(b) << 7 | i16::from(a);
                EventKind::PitchBend { channel, value: value - 8192 }
            }
        };
        part.events.push(Event { tick, order, kind });
    }

    /// A key that is never let go sounds until its track ends.
    fn close(&mut self, end: Tick) {
        if self.open.iter().all(|&(first, _)| first == 0) {
            return;
        }
        for part in &mut self.into.parts {
            for note in part.notes.iter_mut().filter(|note| note.off_order == UNCLOSED) {
                note.length = u32::try_from(end.since(note.start)).unwrap_or(u32::MAX);
            }
        }
    }
}

fn clamp_length(length: u64, mtrk: u16, offset: usize, problems: &mut Vec<Problem>) -> u32 {
    u32::try_from(length).unwrap_or_else(|_| {
        problems.push(Problem {
            track: Some(mtrk),
            offset: offset as u64,
            kind: ProblemKind::NoteTooLong,
            action: Action::Shortened,
        });
        u32::MAX
    })
}

const fn belongs_to_conductor(kind: &EventKind) -> bool {
    use meta::{CUE, KEY, MARKER, METER, TEMPO};
    matches!(kind, EventKind::Meta { kind: TEMPO | METER | KEY | MARKER | CUE, .. })
}
