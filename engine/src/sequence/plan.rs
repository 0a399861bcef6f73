//! One track as a list of messages at frames, with what it takes to start anywhere.

use super::chase::{HeldNotes, StateTable};
use super::frames::{FrameCursor, FrameMap};
use super::message::{LAST_FRAME, Message, Timed};
use crate::model::{Event, EventKind, Note, Track};
use crate::time::Tick;
use profiling::HeapSize;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Messages between two checkpoints: finding a place costs at most that many steps,
/// less than a microsecond, and checkpoints a few percent of the list.
const CHECKPOINT: usize = 256;
/// A note sounds at least this part of a second, however short it is written.
const SHORTEST: u32 = 100;
/// Note-offs waiting in a sorted list; past that a heap takes them. Few tracks hold
/// more keys at once, and in a short list an insertion is cheaper than a heap.
const PENDING: usize = 64;

/// A message of a track that is not a note, on the song's time line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Control {
    pub(super) tick: Tick,
    pub(super) order: u32,
    pub(super) message: Message,
}

/// A compiled track. Immutable; shared by every schedule that has the track unchanged.
#[derive(Debug, Default)]
pub struct TrackPlan {
    events: Box<[Timed]>,
    /// Where each checkpoint's messages end in `told`; the first checkpoint is empty.
    checkpoints: Box<[u32]>,
    told: Box<[Message]>,
    spans: Box<[(u32, u32)]>,
    channels: u16,
}

/// Room for the state at a place; made once, then filled without a heap.
#[derive(Clone, Debug, Default)]
pub struct Chased {
    /// What the instrument should know there.
    pub state: StateTable,
    /// Which notes sound there.
    pub held: HeldNotes,
}

impl TrackPlan {
    /// Compiles `track`; `inherited` are the sorted controls that it takes from tracks
    /// which share its channels.
    pub(super) fn compile(track: &Track, inherited: &[Control], frames: &FrameMap) -> Self {
        let mut controls = own_controls(track);
        if !inherited.is_empty() {
            controls.extend_from_slice(inherited);
        }
        controls.sort_by_key(|control| (control.tick, control.order));
        let mut builder = Builder::new(track.note_count(), &controls, frames);
        if clips_follow_each_other(track) {
            for clip in track.clips.iter() {
                for chunk in clip.notes.chunks() {
                    chunk.notes().iter().for_each(|note| builder.note(clip.start, note));
                }
            }
        } else {
            for (start, note) in sorted_notes(track) {
                builder.note(start, note);
            }
        }
        builder.finish()
    }

    /// Every message, in the order it is played.
    pub fn events(&self) -> &[Timed] {
        &self.events
    }

    /// Stretches with notes, `[start, end)`, apart by more than a second.
    pub fn spans(&self) -> &[(u32, u32)] {
        &self.spans
    }

    /// The channels it speaks on, one bit each.
    pub const fn channels(&self) -> u16 {
        self.channels
    }

    /// The index of the first message at or after `frame`.
    pub fn index_at(&self, frame: u32) -> usize {
        self.events.partition_point(|event| event.frame() < frame)
    }

    /// Whether notes may sound at `frame`.
    pub fn is_busy_at(&self, frame: u32) -> bool {
        let after = self.spans.partition_point(|&(start, _)| start < frame);
        after
            .checked_sub(1)
            .and_then(|index| self.spans.get(index))
            .is_some_and(|&(_, end)| frame < end)
    }

    /// Fills `into` with the state before the message at `index`. Bounded: one checkpoint
    /// and the messages after it.
    pub fn chase(&self, index: usize, into: &mut Chased) {
        into.state.reset();
        into.held.clear();
        let index = index.min(self.events.len());
        let checkpoint = (index / CHECKPOINT).min(self.checkpoints.len().saturating_sub(1));
        let bound = |at: usize| self.checkpoints.get(at).map_or(0, |end| *end as usize);
        let told = bound(checkpoint.wrapping_sub(1))..bound(checkpoint);
        for message in self.told.get(told).unwrap_or_default() {
            into.state.apply(*message);
            into.held.apply(*message);
        }
        for event in self.events.get(checkpoint * CHECKPOINT..index).unwrap_or_default() {
            into.state.apply(event.message());
            into.held.apply(event.message());
        }
    }
}

impl HeapSize for TrackPlan {
    fn heap_bytes(&self) -> usize {
        let Self { events, checkpoints, told, spans, channels: _ } = self;
        size_of_val::<[Timed]>(events)
            + size_of_val::<[u32]>(checkpoints)
            + size_of_val::<[Message]>(told)
            + size_of_val::<[(u32, u32)]>(spans)
    }
}

/// The message of an event that is heard; notes are kept elsewhere, and what closes
/// nothing, sysex and metas make no sound.
pub(super) fn message_of(kind: &EventKind) -> Option<Message> {
    Some(match *kind {
        EventKind::PolyPressure { channel, key, value } => {
            Message::new(0xA0, channel.index(), key, value)
        }
        EventKind::Control { channel, number, value } => {
            Message::control(channel.index(), number, value)
        }
        EventKind::Program { channel, program } => Message::new(0xC0, channel.index(), program, 0),
        EventKind::ChannelPressure { channel, value } => {
            Message::new(0xD0, channel.index(), value, 0)
        }
        EventKind::PitchBend { channel, value } => {
            let bits = (i32::from(value) + 0x2000).clamp(0, 0x3FFF);
            Message::new(0xE0, channel.index(), (bits & 0x7F) as u8, (bits >> 7) as u8)
        }
        EventKind::StrayNoteOff { .. }
        | EventKind::Meta { .. }
        | EventKind::Sysex(_)
        | EventKind::Escape(_) => return None,
    })
}

pub(super) fn own_controls(track: &Track) -> Vec<Control> {
    let control = |start: Tick, event: &Event| {
        let message = message_of(&event.kind)?;
        Some(Control { tick: start.after(event.tick.0), order: event.order, message })
    };
    let outside = track.events.iter().filter_map(|event| control(Tick::ZERO, event));
    let inside = track
        .clips
        .iter()
        .flat_map(|clip| clip.events.iter().filter_map(move |event| control(clip.start, event)));
    outside.chain(inside).collect()
}

/// Whether the clips' notes, one clip after the other, come sorted by onset.
fn clips_follow_each_other(track: &Track) -> bool {
    let mut reached = Tick::ZERO;
    track.clips.iter().all(|clip| {
        let chunks = clip.notes.chunks();
        let (Some(first), Some(last)) = (chunks.first(), chunks.last()) else { return true };
        let follows = clip.start.after(first.start().0) >= reached;
        reached = clip.start.after(last.last_start().0);
        follows
    })
}

fn sorted_notes(track: &Track) -> Vec<(Tick, &Note)> {
    let mut notes: Vec<(Tick, &Note)> = track
        .clips
        .iter()
        .flat_map(|clip| clip.notes.iter().map(|note| (clip.start, note)))
        .collect();
    notes.sort_by_key(|(start, note)| start.after(note.start.0));
    notes
}

struct Builder<'a> {
    frames: &'a FrameMap,
    starts: FrameCursor,
    ends: FrameCursor,
    shortest: u32,
    controls: Vec<Timed>,
    next_control: usize,
    /// Note-offs to come from `pending_from` on, the soonest first.
    pending: Vec<Timed>,
    pending_from: usize,
    overflow: BinaryHeap<Reverse<Timed>>,
    /// The frame of the first of all these.
    soonest: u32,
    /// How often each key is down, since an overlapping note must not cut the other, and
    /// how hard it was struck last.
    down: Box<[[(u16, u8); 128]; 16]>,
    state: Box<StateTable>,
    events: Vec<Timed>,
    until_checkpoint: usize,
    checkpoints: Vec<u32>,
    told: Vec<Message>,
    spans: Vec<(u32, u32)>,
    channels: u16,
}

impl<'a> Builder<'a> {
    fn new(notes: usize, controls: &[Control], frames: &'a FrameMap) -> Self {
        let mut cursor = FrameCursor::default();
        let controls: Vec<Timed> = controls
            .iter()
            .filter_map(|control| {
                Some(Timed::new(frames.frame(&mut cursor, control.tick)?, control.message))
            })
            .collect();
        Self {
            frames,
            starts: FrameCursor::default(),
            ends: FrameCursor::default(),
            shortest: (frames.rate() / SHORTEST).max(1),
            next_control: 0,
            pending: Vec::with_capacity(PENDING * 4),
            pending_from: 0,
            overflow: BinaryHeap::new(),
            soonest: controls.first().map_or(u32::MAX, |control| control.frame()),
            down: Box::new([[(0, 0); 128]; 16]),
            state: Box::default(),
            events: Vec::with_capacity(notes * 2 + controls.len()),
            until_checkpoint: 0,
            controls,
            checkpoints: Vec::new(),
            told: Vec::new(),
            spans: Vec::new(),
            channels: 0,
        }
    }

    fn note(&mut self, clip: Tick, note: &Note) {
        let start = clip.after(note.start.0);
        let Some(on) = self.frames.frame(&mut self.starts, start) else { return };
        let end = start.after(u64::from(note.length));
        let off = self.frames.frame(&mut self.ends, end).unwrap_or(LAST_FRAME);
        let off = off.max(on.saturating_add(self.shortest)).min(LAST_FRAME);
        if self.soonest <= on {
            self.advance(on);
        }
        let (channel, key) = (note.channel.index(), note.key & 0x7F);
        let velocity = note.velocity.clamp(1, 127);
        self.count_event(channel);
        if let Some((times, struck)) = self.key(channel, key) {
            (*times, *struck) = (times.saturating_add(1), velocity);
        }
        self.events.push(Timed::new(on, Message::note_on(channel, key, velocity)));
        let release = note.release.velocity().unwrap_or(64);
        self.wait(Timed::new(off, Message::new(0x80, channel, key, release)));
        match self.spans.last_mut() {
            Some((_, busy_until)) if on <= busy_until.saturating_add(self.frames.rate()) => {
                *busy_until = (*busy_until).max(off);
            }
            _ => self.spans.push((on, off)),
        }
    }

    fn key(&mut self, channel: u8, key: u8) -> Option<&mut (u16, u8)> {
        self.down.get_mut(usize::from(channel)).and_then(|row| row.get_mut(usize::from(key)))
    }

    fn wait(&mut self, off: Timed) {
        self.soonest = self.soonest.min(off.frame());
        if self.pending.len() - self.pending_from >= PENDING {
            self.overflow.push(Reverse(off));
            return;
        }
        // A note that begins later mostly ends later, so few have to move.
        let mut place = self.pending.len();
        self.pending.push(off);
        while place > self.pending_from
            && self.pending.get(place - 1).is_some_and(|before| *before > off)
        {
            self.pending.swap(place - 1, place);
            place -= 1;
        }
    }

    fn forget_pending(&mut self) {
        self.pending_from += 1;
        if self.pending_from == self.pending.len() {
            self.pending.clear();
            self.pending_from = 0;
        } else if self.pending_from >= PENDING * 3 {
            self.pending.drain(..self.pending_from);
            self.pending_from = 0;
        }
    }

    /// Plays out note-offs and controls up to and including `frame`.
    fn advance(&mut self, frame: u32) {
        loop {
            let control = self.controls.get(self.next_control).copied();
            let waiting = self.next_off();
            let off_first = match (waiting, control) {
                (Some(off), Some(control)) => off.frame() <= control.frame(),
                (off, _) => off.is_some(),
            };
            let next = if off_first { waiting } else { control };
            let Some(event) = next.filter(|event| event.frame() <= frame) else {
                self.soonest = next.map_or(u32::MAX, Timed::frame);
                return;
            };
            if off_first {
                if self.pending.get(self.pending_from) == Some(&event) {
                    self.forget_pending();
                } else {
                    self.overflow.pop();
                }
                self.note_off(event);
            } else {
                self.next_control += 1;
                self.control(event);
            }
        }
    }

    fn next_off(&self) -> Option<Timed> {
        let pending = self.pending.get(self.pending_from).copied();
        match self.overflow.peek() {
            Some(Reverse(off)) => Some(pending.map_or(*off, |pending| pending.min(*off))),
            None => pending,
        }
    }

    fn note_off(&mut self, event: Timed) {
        let message = event.message();
        let Some((times, _)) = self.key(message.channel(), message.data1 & 0x7F) else { return };
        // The checkpoint must still see the key down.
        if *times > 1 {
            *times -= 1;
            return;
        }
        self.count_event(message.channel());
        if let Some((times, _)) = self.key(message.channel(), message.data1 & 0x7F) {
            *times = 0;
        }
        self.events.push(event);
    }

    fn control(&mut self, event: Timed) {
        let message = event.message();
        self.count_event(message.channel());
        self.state.apply(message);
        if message.kind() == 0xB0
            && matches!(message.data1, 120 | 123..=127)
            && let Some(row) = self.down.get_mut(usize::from(message.channel()))
        {
            // Still to be counted down, but no longer to be struck.
            for (_, struck) in row.iter_mut() {
                *struck = 0;
            }
        }
        self.events.push(event);
    }

    /// Comes before every event.
    #[inline]
    fn count_event(&mut self, channel: u8) {
        if self.until_checkpoint == 0 {
            self.until_checkpoint = CHECKPOINT;
            self.checkpoint();
        }
        self.until_checkpoint -= 1;
        self.channels |= 1 << channel;
    }

    #[cold]
    fn checkpoint(&mut self) {
        let Self { told, state, channels, down, checkpoints, .. } = self;
        StateTable::default().send_changes(state, *channels, |message| told.push(message));
        for (row, channel) in down.iter().zip(0_u8..) {
            if *channels & (1 << channel) == 0 {
                continue;
            }
            let keys =
                row.iter().zip(0_u8..).filter(|((times, struck), _)| *times > 0 && *struck > 0);
            told.extend(keys.map(|((_, velocity), key)| Message::note_on(channel, key, *velocity)));
        }
        checkpoints.push(told.len() as u32);
    }

    fn finish(mut self) -> TrackPlan {
        self.advance(u32::MAX);
        TrackPlan {
            events: self.events.into_boxed_slice(),
            checkpoints: self.checkpoints.into_boxed_slice(),
            told: self.told.into_boxed_slice(),
            spans: self.spans.into_boxed_slice(),
            channels: self.channels,
        }
    }
}
