//! The callback: everything that runs on the audio thread, and nothing else.
//!
//! No allocation, free, lock, wait, system call, log, or panic path; loops are bounded by
//! the schedule's tracks, the pool and the block. What it holds was made elsewhere and goes
//! back to be freed. Offline rendering and tests drive the very same [`Renderer`].

mod click;
mod denormals;
mod limiter;
mod slot;
mod swap;
mod transport;

pub use limiter::{CEILING, LOOKAHEAD};
pub(super) use slot::Slot;

use super::boundary::{BlockReport, NO_SLOT, Numbered, Pool, Shared, Stage, TrackState};
use super::meters::Loudness;
use crate::sequence::{Chased, Schedule, TrackEntry};
use crate::time::TickRange;
use click::Click;
use denormals::FlushDenormals;
use limiter::Limiter;
use rtrb::{Consumer, Producer};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// Frames rendered in one go; longer blocks are cut.
pub(super) const CHUNK: usize = 256;
/// Messages one track may have in a chunk. What is beyond is not played but chased: a
/// damaged file must not hold up the callback.
const MOST_MESSAGES: usize = 4_096;

/// Voices that may sound at once while somebody listens: what half of a block pays for on
/// one core. Beyond, the tracks that will be missed least fade out.
pub(super) const MOST_VOICES: u32 = 256;
/// Tracks that may fade out for that in one chunk.
const MOST_THINNED: usize = 16;

/// Tracks that get an instrument in one chunk while somebody listens; the next ones wait
/// for the next chunk, 5 ms later. Getting one ready costs some microseconds.
const MOST_BOUND: usize = 48;
/// A note keeps its instrument at least this part of a second before another takes it.
const YOUNGEST_TAKEN: u64 = 20;
/// Instruments that are compared when one is wanted; the pool has no more.
pub(super) const MOST_INSTRUMENTS: usize = 256;

/// The queues' ends on this side.
pub(super) struct Ends {
    pub(super) commands: Consumer<Numbered>,
    pub(super) reports: Producer<BlockReport>,
    pub(super) stages: Consumer<Box<Stage>>,
    pub(super) returns: Producer<Box<Stage>>,
}

/// Plays schedules. Lives on the audio thread, or with whoever renders offline.
pub(super) struct Renderer {
    ends: Ends,
    shared: Arc<Shared>,
    stage: Box<Stage>,
    pool: Pool,
    playing: bool,
    /// The next frame to be played.
    position: u64,
    looped: Option<TickRange>,
    /// `looped` in frames.
    loop_frames: Option<(u64, u64)>,
    metronome: bool,
    /// The frame of the next click, and whether it begins a bar.
    next_click: (u64, bool),
    click: Click,
    limiter: Limiter,
    /// Frames rendered since the start.
    now: u64,
    done: u64,
    chased: Box<Chased>,
    scratch: Box<Buffers>,
    sum: Box<Buffers>,
    voices: u32,
    most_voices: u32,
    instruments: u32,
    spare: Box<Spare>,
}

/// The instruments in the order in which they would be missed least, as of this segment.
struct Spare {
    order: [((u8, u64), u16); MOST_INSTRUMENTS],
    /// `None` before they were put in order.
    len: Option<usize>,
    taken: usize,
    /// How many tracks may still get one in this chunk.
    left: usize,
}

struct Buffers {
    left: [f32; CHUNK],
    right: [f32; CHUNK],
}

impl Buffers {
    fn new() -> Box<Self> {
        Box::new(Self { left: [0.0; CHUNK], right: [0.0; CHUNK] })
    }
}

impl Renderer {
    /// Made on the UI thread.
    pub(super) fn new(rate: u32, ends: Ends, shared: Arc<Shared>) -> Self {
        Self {
            ends,
            shared,
            stage: Box::new(Stage::empty(rate)),
            pool: Vec::new(),
            playing: false,
            position: 0,
            looped: None,
            loop_frames: None,
            metronome: false,
            next_click: (u64::MAX, false),
            click: Click::new(rate),
            limiter: Limiter::new(rate),
            now: 0,
            done: 0,
            chased: Box::default(),
            scratch: Buffers::new(),
            sum: Buffers::new(),
            voices: 0,
            most_voices: MOST_VOICES,
            instruments: 0,
            spare: Box::new(Spare {
                order: [((0, 0), 0); MOST_INSTRUMENTS],
                len: None,
                taken: 0,
                left: 0,
            }),
        }
    }

    /// Frames per second of what it plays.
    pub(super) fn rate(&self) -> u32 {
        self.stage.schedule.rate
    }

    /// What it plays.
    pub(super) const fn schedule(&self) -> &Schedule {
        &self.stage.schedule
    }

    /// Whether there is nothing to hear: stopped, and every instrument has faded.
    pub(super) fn is_at_rest(&self) -> bool {
        !self.playing
            && self.click.is_silent()
            && self.pool.iter().flatten().all(|slot| slot.voices() == 0)
    }

    /// Silences every instrument, for a device that went away.
    pub(super) fn silence(&mut self) {
        self.pool.iter_mut().flatten().for_each(|slot| slot.stop());
        self.pool.iter_mut().flatten().for_each(|slot| slot.hush());
    }

    /// The callback: fills both sides with what comes next.
    pub(super) fn process(&mut self, left: &mut [f32], right: &mut [f32]) {
        let start = Instant::now();
        let _flush = FlushDenormals::new();
        self.listen();
        let frames = left.len().min(right.len());
        self.shared.clock.tick(self.position, self.playing, start);
        for (left, right) in left.chunks_mut(CHUNK).zip(right.chunks_mut(CHUNK)) {
            self.render_chunk(left, right);
        }
        self.publish();
        let budget = frames as f32 * 1e6 / self.rate().max(1) as f32;
        let micros = start.elapsed().as_secs_f32() * 1e6;
        self.shared.count_block(micros / budget.max(1.0));
        // A full queue means that nobody looks; a report is no loss then.
        self.ends.reports.push(BlockReport { micros, budget_micros: budget }).ok();
    }

    /// Carries out what was asked, without rendering.
    pub(super) fn listen(&mut self) {
        self.take_stages();
        self.take_commands();
        self.publish_position();
    }

    fn render_chunk(&mut self, left: &mut [f32], right: &mut [f32]) {
        let frames = left.len().min(right.len()).min(CHUNK);
        let (sum_left, sum_right) = (&mut self.sum.left, &mut self.sum.right);
        sum_left.fill(0.0);
        sum_right.fill(0.0);
        self.thin_out();
        self.spare.left = if self.most_voices == u32::MAX { usize::MAX } else { MOST_BOUND };
        let mut at = 0;
        while at < frames {
            let mut until = frames;
            if let Some((_, end)) = self.loop_frames.filter(|&(_, end)| self.position < end)
                && self.playing
            {
                let left = usize::try_from(end - self.position).unwrap_or(frames);
                until = until.min(at + left);
            }
            self.render_segment(at, until);
            if self.playing {
                self.position += (until - at) as u64;
                self.wrap();
            }
            self.now += (until - at) as u64;
            at = until;
        }
        let (sum_left, sum_right) = (
            self.sum.left.get_mut(..frames).unwrap_or_default(),
            self.sum.right.get_mut(..frames).unwrap_or_default(),
        );
        self.limiter.process(sum_left, sum_right);
        measure(&self.shared, sum_left, sum_right, self.stage.schedule.rate);
        left.iter_mut().zip(sum_left.iter()).for_each(|(to, from)| *to = *from);
        right.iter_mut().zip(sum_right.iter()).for_each(|(to, from)| *to = *from);
    }

    /// Renders `at..until` of the chunk; no loop end lies inside.
    fn render_segment(&mut self, at: usize, until: usize) {
        self.spare.len = None;
        if self.playing {
            self.wake_tracks(self.position + (until - at) as u64);
            self.strike_clicks(at, until);
        }
        (self.voices, self.instruments) = (0, 0);
        for index in 0..self.pool.len() {
            self.render_slot(index, at, until);
        }
    }

    /// Lets tracks fade out while more voices sound than can be paid for: first those that
    /// only ring on, then those whose last note is the oldest. They join in again with
    /// their next note.
    fn thin_out(&mut self) {
        if self.voices <= self.most_voices {
            return;
        }
        let staying = self.pool.iter().flatten().filter(|slot| !slot.leaving);
        let mut voices: u32 = staying.map(|slot| slot.voices() as u32).sum();
        for _ in 0..MOST_THINNED {
            if voices <= self.most_voices {
                return;
            }
            let least = self
                .pool
                .iter_mut()
                .flatten()
                .filter(|slot| !slot.leaving && slot.track.is_some() && slot.voices() > 0)
                .min_by_key(|slot| slot.reluctance());
            let Some(slot) = least else { return };
            slot.leaving = true;
            voices = voices.saturating_sub(slot.voices() as u32);
        }
    }

    /// Lets any number of voices sound, where nobody waits for them.
    pub(super) const fn allow_all_voices(&mut self) {
        self.most_voices = u32::MAX;
    }

    /// Gives an instrument to every track that starts a note before frame `until`, and
    /// moves silent tracks along.
    fn wake_tracks(&mut self, until: u64) {
        let limit = u32::try_from(until).unwrap_or(u32::MAX);
        for index in 0..self.stage.tracks.len() {
            let (Some(state), Some(entry)) =
                (self.stage.tracks.get(index), self.stage.schedule.tracks.get(index))
            else {
                return;
            };
            if state.next >= limit || state.slot != NO_SLOT {
                continue;
            }
            let due = entry.plan.events().get(state.cursor as usize..).unwrap_or_default();
            let starts = plays_here(entry)
                && due
                    .iter()
                    .take_while(|event| event.frame() < limit)
                    .take(MOST_MESSAGES)
                    .any(|event| event.message().is_note_on());
            if starts {
                let late = self.position.saturating_sub(u64::from(state.next));
                let may_wait = late < u64::from(self.rate()) / YOUNGEST_TAKEN;
                if self.spare.left == 0 && may_wait || self.bind(index).is_some() {
                    continue;
                }
            }
            let next = self.stage.schedule.tracks.get(index).map_or(0, |e| e.plan.index_at(limit));
            self.place(index, next);
        }
    }

    fn render_slot(&mut self, index: usize, at: usize, until: usize) {
        let Self { pool, stage, scratch, sum, .. } = self;
        let Some(slot) = pool.get_mut(index).and_then(Option::as_mut) else { return };
        let Some(track) = slot.track else { return };
        let Stage { schedule, tracks, meters, .. } = &mut **stage;
        let (Some(entry), Some(state)) = (schedule.tracks.get(track), tracks.get_mut(track)) else {
            return;
        };
        let frames = until - at;
        let plan = &entry.plan;
        let end = if self.playing && !slot.leaving { self.position + frames as u64 } else { 0 };
        let busy = u64::from(state.next) < end;
        if !busy && slot.voices() == 0 {
            if slot.leaving {
                slot.free();
                state.slot = NO_SLOT;
            }
            return;
        }
        let due = if busy { due_events(plan.events(), state.cursor, end) } else { &[] };
        let (Some(left), Some(right)) =
            (scratch.left.get_mut(..frames), scratch.right.get_mut(..frames))
        else {
            return;
        };
        let played = slot.render(due, self.position, self.now, left, right);
        let (Some(sum_left), Some(sum_right)) =
            (sum.left.get_mut(at..until), sum.right.get_mut(at..until))
        else {
            return;
        };
        let loudness = slot.mix((entry.left, entry.right), (left, right), sum_left, sum_right);
        if let Some(meter) = meters.get(track) {
            let weight = meter_weight(frames, schedule.rate);
            meter.cell.add(loudness, weight);
        }
        self.voices += slot.voices() as u32;
        self.instruments += 1;
        if slot.has_left() {
            slot.free();
            state.slot = NO_SLOT;
        }
        if busy {
            let next = state.cursor as usize + played;
            *state = TrackState { slot: state.slot, ..placed(entry, next) };
            // A damaged file may put a million messages on one frame: skip them.
            if u64::from(state.next) < end {
                let skipped = plan.index_at(u32::try_from(end).unwrap_or(u32::MAX));
                *state = TrackState { slot: state.slot, ..placed(entry, skipped) };
                plan.chase(skipped, &mut self.chased);
                slot.release_all_but(&self.chased.held);
                slot.learn(&self.chased, plan.channels());
            }
        }
    }

    /// Puts a track's cursor on the message at `index`.
    fn place(&mut self, track: usize, index: usize) {
        if let (Some(state), Some(entry)) =
            (self.stage.tracks.get_mut(track), self.stage.schedule.tracks.get(track))
        {
            *state = TrackState { slot: state.slot, ..placed(entry, index) };
        }
    }

    /// Gives `track` an instrument that knows what the track has said so far: a free one,
    /// else the one that will be missed least.
    fn bind(&mut self, track: usize) -> Option<usize> {
        let bound = self.stage.tracks.get(track)?.slot as usize;
        if let Some(slot) = self.pool.get_mut(bound).and_then(Option::as_mut) {
            if !slot.leaving {
                return Some(bound);
            }
            // Called back while it fades: its cursor has stood still, so it starts anew.
            slot.free();
            let frame = u32::try_from(self.position).unwrap_or(u32::MAX);
            let cursor = self.stage.schedule.tracks.get(track)?.plan.index_at(frame);
            *self.stage.tracks.get_mut(track)? =
                placed(self.stage.schedule.tracks.get(track)?, cursor);
        }
        let state = *self.stage.tracks.get(track)?;
        let index = self.take_spare()?;
        let slot = self.pool.get_mut(index)?.as_mut()?;
        if let Some(previous) = slot.track.and_then(|track| self.stage.tracks.get_mut(track)) {
            previous.slot = NO_SLOT;
        }
        let entry = self.stage.schedule.tracks.get(track)?;
        slot.bind(track, entry.left, entry.right, self.now);
        entry.plan.chase(state.cursor as usize, &mut self.chased);
        slot.learn(&self.chased, entry.plan.channels());
        self.stage.tracks.get_mut(track)?.slot = index as u32;
        Some(index)
    }

    /// The instrument that will be missed least; none when all have just been given a note.
    fn take_spare(&mut self) -> Option<usize> {
        let len = self.order_spare();
        let spare = &mut self.spare;
        let ((rank, used), index) = *spare.order.get(..len)?.get(spare.taken)?;
        let young = used + u64::from(self.stage.schedule.rate) / YOUNGEST_TAKEN > self.now;
        if rank >= Slot::HOLDS && young {
            return None;
        }
        spare.taken += 1;
        spare.left = spare.left.saturating_sub(1);
        Some(usize::from(index))
    }

    /// Puts the instruments in order, once a segment.
    fn order_spare(&mut self) -> usize {
        if let Some(len) = self.spare.len {
            return len;
        }
        let places = self.pool.iter().zip(0_u16..);
        let slots = places.filter_map(|(slot, index)| Some((slot.as_ref()?.reluctance(), index)));
        let mut len = 0;
        for (place, slot) in self.spare.order.iter_mut().zip(slots) {
            *place = slot;
            len += 1;
        }
        self.spare.order.get_mut(..len).unwrap_or_default().sort_unstable();
        self.spare.len = Some(len);
        self.spare.taken = 0;
        len
    }

    /// Whether a track without an instrument could get one now.
    fn has_spare(&mut self) -> bool {
        let len = self.order_spare();
        self.spare.taken < len
    }

    fn publish(&self) {
        self.shared.voices.store(self.voices, Ordering::Relaxed);
        self.shared.voices_max.fetch_max(self.voices, Ordering::Relaxed);
        self.shared.instruments.store(self.instruments, Ordering::Relaxed);
        self.publish_position();
    }

    fn publish_position(&self) {
        let schedule = &self.stage.schedule;
        let secs = self.position as f64 / f64::from(schedule.rate.max(1));
        self.shared.publish(self.done, self.playing, schedule.tick(self.position), secs);
    }
}

/// Whether the built-in synthesizer plays this track and somebody would hear it.
fn plays_here(entry: &TrackEntry) -> bool {
    entry.is_internal() && entry.is_audible()
}

fn placed(entry: &TrackEntry, index: usize) -> TrackState {
    let next = entry.plan.events().get(index).map_or(u32::MAX, |event| event.frame());
    TrackState { cursor: index as u32, next, slot: NO_SLOT }
}

/// The events from `cursor` on that fall before `end`, at most [`MOST_MESSAGES`].
fn due_events(
    events: &[crate::sequence::Timed],
    cursor: u32,
    end: u64,
) -> &[crate::sequence::Timed] {
    let rest = events.get(cursor as usize..).unwrap_or_default();
    let rest = rest.get(..MOST_MESSAGES).unwrap_or(rest);
    let due = rest.partition_point(|event| u64::from(event.frame()) < end);
    rest.get(..due).unwrap_or_default()
}

/// How much a stretch of `frames` counts in a mean over 300 ms.
fn meter_weight(frames: usize, rate: u32) -> f32 {
    (frames as f32 / (0.3 * rate.max(1) as f32)).min(1.0)
}

fn measure(shared: &Shared, left: &[f32], right: &[f32], rate: u32) {
    let peak = |side: &[f32]| side.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
    let mean_square = |side: &[f32]| {
        side.iter().map(|sample| sample * sample).sum::<f32>() / side.len().max(1) as f32
    };
    let loudness = Loudness {
        peaks: [peak(left), peak(right)],
        mean_squares: [mean_square(left), mean_square(right)],
    };
    shared.master.add(loudness, meter_weight(left.len(), rate));
}
