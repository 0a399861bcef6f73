//! Commands: play, stop, jump, loop, live notes, clicks. Runs in the callback.

use super::{Renderer, plays_here};
use crate::audio::boundary::{Command, NO_SLOT, Numbered};
use crate::model::TrackId;
use crate::sequence::{Message, Schedule};
use crate::time::{BarPosition, Tick};

/// Commands carried out in one block; the rest waits for the next.
const MOST_COMMANDS: usize = 256;

impl Renderer {
    pub(super) fn take_commands(&mut self) {
        for _ in 0..MOST_COMMANDS {
            let Ok(Numbered { serial, command }) = self.ends.commands.pop() else { return };
            self.carry_out(command);
            self.done = serial;
        }
    }

    fn carry_out(&mut self, command: Command) {
        match command {
            Command::Play => {
                if !self.playing {
                    self.playing = true;
                    self.jump(self.position);
                }
            }
            Command::Stop => self.stop(),
            Command::Seek(tick) => {
                let frame = self.stage.schedule.frame(tick);
                self.jump(frame);
            }
            Command::Loop(range) => {
                self.looped = range.filter(|range| !range.is_empty());
                self.find_loop();
            }
            Command::Metronome(on) => {
                self.metronome = on;
                self.find_click();
            }
            Command::Live(track, [status, data1, data2]) => {
                self.play_live(track, Message { status, data1, data2 });
            }
            Command::Panic => {
                self.pool.iter_mut().flatten().for_each(|slot| slot.panic());
                self.click.silence();
                self.shared.clock.interrupt();
                if self.playing {
                    self.jump(self.position);
                }
            }
        }
    }

    fn stop(&mut self) {
        self.playing = false;
        self.pool.iter_mut().flatten().for_each(|slot| slot.stop());
    }

    /// Goes to `frame`: what sounds there sounds on, what does not is let go.
    pub(super) fn jump(&mut self, frame: u64) {
        self.position = frame;
        self.spare.len = None;
        let frame = u32::try_from(frame).unwrap_or(u32::MAX);
        for index in 0..self.stage.tracks.len() {
            let Some(entry) = self.stage.schedule.tracks.get(index) else { break };
            let cursor = entry.plan.index_at(frame);
            self.place(index, cursor);
        }
        for slot in 0..self.pool.len() {
            self.relearn(slot);
        }
        if self.playing {
            for index in 0..self.stage.tracks.len() {
                self.strike_held(index);
            }
        }
        self.find_click();
        self.shared.clock.interrupt();
    }

    /// Lets an instrument go of the schedule's notes and tells it what holds at the cursor.
    pub(super) fn relearn(&mut self, slot: usize) {
        let Some(slot) = self.pool.get_mut(slot).and_then(Option::as_mut) else { return };
        slot.release_held();
        let Some(track) = slot.track else { return };
        if let (Some(entry), Some(state)) =
            (self.stage.schedule.tracks.get(track), self.stage.tracks.get(track))
        {
            entry.plan.chase(state.cursor as usize, &mut self.chased);
            slot.learn(&self.chased, entry.plan.channels());
        }
    }

    /// Strikes the notes of a track that sound at the current position.
    pub(super) fn strike_held(&mut self, track: usize) {
        let frame = u32::try_from(self.position).unwrap_or(u32::MAX);
        let Some(entry) = self.stage.schedule.tracks.get(track) else { return };
        let Some(state) = self.stage.tracks.get(track).copied() else { return };
        let busy = plays_here(entry) && entry.plan.is_busy_at(frame);
        if !busy || (state.slot == NO_SLOT && !self.has_spare()) {
            return;
        }
        let Some(entry) = self.stage.schedule.tracks.get(track) else { return };
        entry.plan.chase(state.cursor as usize, &mut self.chased);
        if self.chased.held.is_empty() {
            return;
        }
        let Some(slot) = self.bind(track) else { return };
        // Binding may have used the table for itself.
        if let (Some(entry), Some(state)) =
            (self.stage.schedule.tracks.get(track), self.stage.tracks.get(track))
        {
            entry.plan.chase(state.cursor as usize, &mut self.chased);
        }
        if let Some(slot) = self.pool.get_mut(slot).and_then(Option::as_mut) {
            slot.strike_held(&self.chased);
        }
    }

    fn play_live(&mut self, track: TrackId, message: Message) {
        self.spare.len = None;
        let Some(index) = self.stage.schedule.index_of(track) else { return };
        let Some(entry) = self.stage.schedule.tracks.get(index) else { return };
        let message = message.on_channel(entry.channel.index());
        let starts = message.is_note_on();
        if starts && !plays_here(entry) {
            return;
        }
        let bound = self.stage.tracks.get(index).is_some_and(|state| state.slot != NO_SLOT);
        if !bound && !starts {
            return;
        }
        let Some(slot) = self.bind(index) else { return };
        let now = self.now;
        if let Some(slot) = self.pool.get_mut(slot).and_then(Option::as_mut) {
            slot.play_live(message, now);
        }
    }

    /// Goes back to the start of the loop when its end is reached.
    pub(super) fn wrap(&mut self) {
        if let Some((start, end)) = self.loop_frames
            && self.position == end
        {
            self.jump(start);
        }
    }

    /// The loop in frames of the current schedule; at least a hundredth of a second, so
    /// that a block never wraps more than a few times.
    pub(super) fn find_loop(&mut self) {
        let schedule = &self.stage.schedule;
        self.loop_frames = self.looped.map(|range| {
            let start = schedule.frame(range.start());
            let shortest = start.saturating_add(u64::from(schedule.rate / 100).max(1));
            (start, schedule.frame(range.end()).max(shortest))
        });
    }

    pub(super) fn find_click(&mut self) {
        self.next_click = if self.metronome && self.playing {
            next_beat(&self.stage.schedule, self.position)
        } else {
            (u64::MAX, false)
        };
    }

    /// Strikes the clicks of a segment and adds their sound.
    pub(super) fn strike_clicks(&mut self, at: usize, until: usize) {
        let mut done = at;
        let end = self.position + (until - at) as u64;
        // Beats are at least a frame apart, so this ends.
        while self.next_click.0 < end {
            let (frame, accent) = self.next_click;
            let offset = usize::try_from(frame.saturating_sub(self.position)).unwrap_or(0);
            let place = (at + offset).clamp(done, until);
            self.add_click(done, place);
            self.click.strike(accent);
            done = place;
            self.next_click = next_beat(&self.stage.schedule, frame + 1);
        }
        self.add_click(done, until);
    }

    fn add_click(&mut self, from: usize, until: usize) {
        if let (Some(left), Some(right)) =
            (self.sum.left.get_mut(from..until), self.sum.right.get_mut(from..until))
        {
            self.click.add_to(left, right);
        }
    }
}

/// The first beat at or after `frame`, and whether it begins a bar.
fn next_beat(schedule: &Schedule, frame: u64) -> (u64, bool) {
    let meter = &schedule.meter;
    let mut tick = Tick(schedule.tick(frame) as u64);
    let mut place = meter.position(tick);
    tick = meter.tick(BarPosition { tick: 0, ..place });
    // The tick is rounded down: at most two beats later one has not passed yet.
    for _ in 0..4 {
        let beat = schedule.frame(tick);
        if beat >= frame {
            return (beat, place.beat == 0);
        }
        let after = meter.tick(BarPosition { beat: place.beat + 1, tick: 0, ..place });
        tick = after.min(meter.bar_start(place.bar + 1));
        place = meter.position(tick);
    }
    (u64::MAX, false)
}
