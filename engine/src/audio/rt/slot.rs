//! An instrument of the pool. Built on the compiler thread, played in the callback.

use crate::audio::meters::Loudness;
use crate::audio::synth::Synth;
use crate::sequence::{Chased, HeldNotes, Message, StateTable, Timed};

/// The channel of drums, whose notes are not struck again when playing starts inside them.
const DRUMS: u8 = 9;
/// A track's gain reaches a new value in about 5 ms, so that no change clicks.
const GLIDE_SECS: f32 = 0.002;

/// A synthesizer with what it was told and which keys it holds.
pub(in crate::audio) struct Slot {
    synth: Box<dyn Synth>,
    /// Index of the track it plays, in the current schedule.
    pub(super) track: Option<usize>,
    told: StateTable,
    /// Channels that were told anything.
    spoken: u16,
    /// Keys that the schedule holds down.
    held: HeldNotes,
    /// Keys that fingers hold down.
    live: HeldNotes,
    left: f32,
    right: f32,
    glide: f32,
    /// When it was last given a note, in frames since the engine started.
    pub(super) used: u64,
    /// Its track fell silent by a mute or a solo: it fades out and is free.
    pub(super) leaving: bool,
}

impl Slot {
    /// From this reluctance on it holds a key.
    pub(super) const HOLDS: u8 = 3;

    /// Wraps a synthesizer that was just made.
    pub(in crate::audio) fn new(synth: Box<dyn Synth>, rate: u32) -> Self {
        Self {
            synth,
            track: None,
            told: StateTable::default(),
            spoken: 0,
            held: HeldNotes::default(),
            live: HeldNotes::default(),
            left: 0.0,
            right: 0.0,
            glide: 1.0 - (-1.0 / (GLIDE_SECS * rate.max(1) as f32)).exp(),
            used: 0,
            leaving: false,
        }
    }

    /// Takes a track: forgets everything about the last one.
    pub(super) fn bind(&mut self, track: usize, left: f32, right: f32, now: u64) {
        self.synth.reset();
        self.told.reset();
        self.spoken = 0;
        self.held.clear();
        self.live.clear();
        (self.left, self.right) = (left, right);
        self.used = now;
        self.leaving = false;
        self.track = Some(track);
    }

    /// Silences it at once and sets it free; the track it played, if any.
    pub(super) fn free(&mut self) -> Option<usize> {
        self.synth.all_sound_off();
        self.held.clear();
        self.live.clear();
        self.leaving = false;
        self.track.take()
    }

    pub(super) fn voices(&self) -> usize {
        self.synth.active_voices()
    }

    /// How little it would hurt to take it away: least first.
    pub(super) fn reluctance(&self) -> (u8, u64) {
        let rank = match (self.track, self.live.is_empty(), self.held.is_empty()) {
            (None, _, _) => 0,
            (_, true, true) if self.synth.active_voices() == 0 => 1,
            (_, true, true) => 2,
            (_, true, false) => Self::HOLDS,
            (_, false, _) => Self::HOLDS + 1,
        };
        (rank, self.used)
    }

    /// Plays a message of the schedule.
    pub(super) fn play(&mut self, message: Message) {
        let (channel, key) = (message.channel(), message.data1);
        self.spoken |= 1 << channel;
        if message.is_note_on() {
            self.held.press(channel, key, message.data2);
        } else if message.is_note_off() {
            self.held.release(channel, key);
            if self.live.is_down(channel, key) {
                return;
            }
        } else {
            self.told.apply(message);
            self.held.apply(message);
        }
        self.send(message);
    }

    /// Plays a message of a keyboard.
    pub(super) fn play_live(&mut self, message: Message, now: u64) {
        let (channel, key) = (message.channel(), message.data1);
        self.spoken |= 1 << channel;
        if message.is_note_on() {
            self.live.press(channel, key, message.data2);
            self.used = now;
        } else if message.is_note_off() {
            self.live.release(channel, key);
            if self.held.is_down(channel, key) {
                return;
            }
        } else {
            self.told.apply(message);
        }
        self.send(message);
    }

    fn send(&mut self, message: Message) {
        self.synth.message(message.channel(), message.kind(), message.data1, message.data2);
    }

    /// Tells it what it should know at a place; `mask` are the channels of its track.
    pub(super) fn learn(&mut self, wanted: &Chased, mask: u16) {
        let Self { synth, told, spoken, .. } = self;
        *spoken |= mask;
        told.send_changes(&wanted.state, *spoken, |message| {
            synth.message(message.channel(), message.kind(), message.data1, message.data2);
        });
    }

    /// Strikes the notes that sound at a place, drums excepted: they are struck where they begin.
    pub(super) fn strike_held(&mut self, wanted: &Chased) {
        for (channel, key, velocity) in wanted.held.iter() {
            if channel != DRUMS && !self.held.is_down(channel, key) {
                self.play(Message::note_on(channel, key, velocity));
            }
        }
    }

    /// Lets go of the schedule's keys; fingers keep theirs.
    pub(super) fn release_held(&mut self) {
        let Self { synth, held, live, .. } = self;
        for (channel, key, _) in held.iter() {
            if !live.is_down(channel, key) {
                synth.message(channel, 0x80, key, 64);
            }
        }
        held.clear();
    }

    /// Lets go of the keys that are not held at a place.
    pub(super) fn release_all_but(&mut self, wanted: &HeldNotes) {
        let Self { synth, held, live, .. } = self;
        let mut kept = HeldNotes::default();
        for (channel, key, velocity) in held.iter() {
            if wanted.is_down(channel, key) {
                kept.press(channel, key, velocity);
            } else if !live.is_down(channel, key) {
                synth.message(channel, 0x80, key, 64);
            }
        }
        *held = kept;
    }

    /// Lets go of the schedule's keys and of the pedals, and leaves what was sounding to fade.
    pub(super) fn stop(&mut self) {
        self.release_held();
        let spoken = self.spoken;
        for channel in (0..16_u8).filter(|channel| spoken & (1 << channel) != 0) {
            for pedal in [64, 66] {
                if self.told.channel(channel).control(pedal) > 0 {
                    let up = Message::control(channel, pedal, 0);
                    self.told.apply(up);
                    self.send(up);
                }
            }
        }
    }

    /// Cuts what sounds; it still knows what it was told.
    pub(super) fn hush(&mut self) {
        self.synth.all_sound_off();
        self.live.clear();
    }

    /// Silences it at once and puts it back to power-on.
    pub(super) fn panic(&mut self) {
        self.synth.all_sound_off();
        self.synth.reset();
        self.told.reset();
        self.held.clear();
        self.live.clear();
    }

    /// Renders `left.len()` frames from frame `from` on and plays the events that fall into
    /// them; how many were played. Replaces both buffers.
    pub(super) fn render(
        &mut self,
        events: &[Timed],
        from: u64,
        now: u64,
        left: &mut [f32],
        right: &mut [f32],
    ) -> usize {
        let frames = left.len().min(right.len());
        let (mut at, mut played) = (0_usize, 0_usize);
        while at < frames {
            let due = |event: &&Timed| u64::from(event.frame()) <= from + at as u64;
            while let Some(event) = events.get(played).filter(due) {
                if event.message().is_note_on() {
                    self.used = now + at as u64;
                }
                self.play(event.message());
                played += 1;
            }
            let next = events.get(played).map_or(frames, |event| {
                usize::try_from(u64::from(event.frame()).saturating_sub(from)).unwrap_or(frames)
            });
            let until = next.clamp(at + 1, frames);
            if let (Some(left), Some(right)) = (left.get_mut(at..until), right.get_mut(at..until)) {
                if self.synth.active_voices() == 0 {
                    left.fill(0.0);
                    right.fill(0.0);
                } else {
                    self.synth.render(left, right);
                }
            }
            at = until;
        }
        played
    }

    /// Adds what was rendered to the mix through the strip's gains.
    pub(super) fn mix(
        &mut self,
        target: (f32, f32),
        source: (&[f32], &[f32]),
        left: &mut [f32],
        right: &mut [f32],
    ) -> Loudness {
        let target = if self.leaving { (0.0, 0.0) } else { target };
        let (mut peaks, mut squares) = ([0.0_f32; 2], [0.0_f32; 2]);
        let frames = left.len().max(1) as f32;
        let ((from_left, from_right), (to_left, to_right)) = (source, target);
        let steady = (self.left, self.right) == target;
        for (((left, right), from_left), from_right) in
            left.iter_mut().zip(right).zip(from_left).zip(from_right)
        {
            if !steady {
                self.left += (to_left - self.left) * self.glide;
                self.right += (to_right - self.right) * self.glide;
            }
            let (l, r) = (from_left * self.left, from_right * self.right);
            *left += l;
            *right += r;
            let ([peak_left, peak_right], [square_left, square_right]) = (peaks, squares);
            peaks = [peak_left.max(l.abs()), peak_right.max(r.abs())];
            squares = [square_left + l * l, square_right + r * r];
        }
        if (self.left - to_left).abs() < 1e-4 && (self.right - to_right).abs() < 1e-4 {
            (self.left, self.right) = target;
        }
        Loudness { peaks, mean_squares: squares.map(|sum| sum / frames) }
    }

    /// Whether it has faded out and can be set free.
    pub(super) fn has_left(&self) -> bool {
        self.leaving && self.left == 0.0 && self.right == 0.0
    }
}
