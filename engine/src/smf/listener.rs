//! Hearing the channel messages of a file while it is read, and pairing its notes.

use super::event::ChannelEvent;
use crate::time::Tick;
use std::hint::select_unpredictable;

/// Hears the channel messages of a file while it is read, and pairs its notes, so that one
/// walk serves all.
pub trait Listener {
    /// A track begins.
    fn begin(&mut self);
    /// The next messages of that track, in order, the first of them its own delta after `tick`.
    /// Tells which is the first that strikes a key that sounds already.
    fn hear(&mut self, tick: u64, events: &[ChannelEvent]) -> Option<usize>;
    /// That track ends.
    fn end(&mut self, end: Tick) -> Paired;
}

/// What became of the notes of a track.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paired {
    /// Note-ons with a velocity above 0.
    pub note_ons: u64,
    /// Those that were let go.
    pub ended: u64,
    /// When the last one was let go, in ticks; 0 when none was.
    pub last_end: u64,
}

/// Counts notes and keeps none.
pub(super) struct Counter {
    /// How many notes sound on each of 16 × 128 keys. A track whose notes are all closed
    /// leaves it zeroed.
    open: Box<[u32; 2048]>,
    counted: Paired,
}

impl Default for Counter {
    fn default() -> Self {
        Self { open: Box::new([0; 2048]), counted: Paired::default() }
    }
}

impl Listener for Counter {
    fn begin(&mut self) {
        self.counted = Paired::default();
    }

    /// Pairs note-ons and note-offs without branching on which is which: they alternate
    /// unpredictably, and a wrong guess costs more than the arithmetic.
    fn hear(&mut self, mut tick: u64, events: &[ChannelEvent]) -> Option<usize> {
        let mut counted = self.counted;
        let mut first_overlap = None;
        for (index, event) in events.iter().enumerate() {
            tick += u64::from(event.delta);
            let Some(sounding) = self.open.get_mut(event.slot()).filter(|_| event.is_note()) else {
                continue;
            };
            let is_on = event.is_note_on();
            let was_open = *sounding > 0;
            let closes = !is_on & was_open;
            *sounding = *sounding + u32::from(is_on) - u32::from(closes);
            counted.note_ons += u64::from(is_on);
            counted.ended += u64::from(closes);
            counted.last_end = select_unpredictable(closes, tick, counted.last_end);
            if is_on & was_open {
                first_overlap.get_or_insert(index);
            }
        }
        self.counted = counted;
        first_overlap
    }

    fn end(&mut self, _end: Tick) -> Paired {
        if self.counted.ended < self.counted.note_ons {
            self.open.fill(0);
        }
        self.counted
    }
}
