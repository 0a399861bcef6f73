//! A new schedule takes the place of the old one. Runs in the callback.

use super::click::Click;
use super::limiter::Limiter;
use super::{Renderer, placed, plays_here};
use crate::audio::boundary::{NO_SLOT, Stage, TrackState};
use crate::sequence::Schedule;
use crate::time::Tick;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Schedules taken in one block.
const MOST_STAGES: usize = 4;

impl Renderer {
    /// Takes new schedules, but only while the old ones have a place to go to be freed.
    pub(in crate::audio) fn take_stages(&mut self) {
        for _ in 0..MOST_STAGES {
            if self.ends.returns.slots() == 0 {
                return;
            }
            let Ok(stage) = self.ends.stages.pop() else { return };
            let old = self.swap(stage);
            self.shared.schedules.fetch_add(1, Ordering::Relaxed);
            // There is room: it was looked at above, and only this end fills it.
            self.ends.returns.push(old).ok();
        }
    }

    fn swap(&mut self, stage: Box<Stage>) -> Box<Stage> {
        let mut old = std::mem::replace(&mut self.stage, stage);
        self.spare.len = None;
        let fresh = self.stage.fresh;
        old.pool = self.stage.pool.take().map(|pool| std::mem::replace(&mut self.pool, pool));
        if let Some(before) = old.pool.as_mut().filter(|_| !fresh) {
            // Instruments that play go on playing, each in its old place.
            for (slot, kept) in self.pool.iter_mut().zip(before) {
                if kept.is_some() {
                    std::mem::swap(slot, kept);
                }
            }
        }
        if self.stage.schedule.rate != old.schedule.rate {
            self.limiter = Limiter::new(self.stage.schedule.rate);
            self.click = Click::new(self.stage.schedule.rate);
        }
        let moved = self.keep_place(&old.schedule);
        self.keep_cursors(&old, moved);
        self.keep_instruments(&old);
        self.find_loop();
        if fresh && self.playing {
            self.jump(self.position);
        } else {
            self.follow_audibility(&old);
        }
        self.find_click();
        old
    }

    /// Stays at the same musical place when the tempo changed; whether frames moved.
    fn keep_place(&mut self, old: &Schedule) -> bool {
        let new = &self.stage.schedule;
        let same =
            new.rate == old.rate && (Arc::ptr_eq(&new.tempo, &old.tempo) || new.tempo == old.tempo);
        if !same {
            let tick = old.tick(self.position);
            let whole = Tick(tick as u64);
            let (from, to) = (new.frame(whole), new.frame(whole.after(1)));
            let part = to.saturating_sub(from) as f64 * tick.fract();
            self.position = from.saturating_add(part.round() as u64);
            self.shared.clock.interrupt();
        }
        !same
    }

    fn keep_cursors(&mut self, old: &Stage, moved: bool) {
        let frame = u32::try_from(self.position).unwrap_or(u32::MAX);
        let Stage { schedule, tracks, .. } = &mut *self.stage;
        for (index, (state, entry)) in tracks.iter_mut().zip(&schedule.tracks).enumerate() {
            let before = old.schedule.tracks.get(index).zip(old.tracks.get(index));
            let unchanged = before.filter(|(old, _)| !moved && Arc::ptr_eq(&old.plan, &entry.plan));
            *state = match unchanged {
                Some((_, before)) => TrackState { slot: NO_SLOT, ..*before },
                None => placed(entry, entry.plan.index_at(frame)),
            };
        }
    }

    /// Gives the instruments back to the tracks they played; those of removed tracks fall silent.
    fn keep_instruments(&mut self, old: &Stage) {
        for index in 0..self.pool.len() {
            let Some(slot) = self.pool.get_mut(index).and_then(Option::as_mut) else { continue };
            let Some(before) = slot.track.and_then(|track| old.schedule.tracks.get(track)) else {
                slot.free();
                continue;
            };
            let now = self.stage.schedule.index_of(before.id);
            let entry = now.and_then(|track| self.stage.schedule.tracks.get(track));
            let (Some(track), Some(entry)) = (now, entry.filter(|entry| entry.is_internal()))
            else {
                slot.free();
                continue;
            };
            slot.track = Some(track);
            let Some(state) = self.stage.tracks.get_mut(track) else { continue };
            state.slot = index as u32;
            if !Arc::ptr_eq(&before.plan, &entry.plan) {
                entry.plan.chase(state.cursor as usize, &mut self.chased);
                slot.release_all_but(&self.chased.held);
                slot.learn(&self.chased, entry.plan.channels());
            }
            slot.leaving |= !entry.is_audible();
        }
    }

    /// Tracks that were silent by mute or solo and are not any more join in.
    fn follow_audibility(&mut self, old: &Stage) {
        if !self.playing {
            return;
        }
        for index in 0..self.stage.tracks.len() {
            let Some(entry) = self.stage.schedule.tracks.get(index) else { return };
            let Some(before) = old.schedule.tracks.get(index) else { continue };
            if before.id != entry.id || plays_here(before) || !plays_here(entry) {
                continue;
            }
            // Its cursor stood still, and so did an instrument that was fading out.
            let frame = u32::try_from(self.position).unwrap_or(u32::MAX);
            let cursor = entry.plan.index_at(frame);
            self.place(index, cursor);
            if let Some(slot) = self.stage.tracks.get(index).map(|state| state.slot as usize) {
                if let Some(slot) = self.pool.get_mut(slot).and_then(Option::as_mut) {
                    slot.leaving = false;
                }
                self.relearn(slot);
            }
            self.strike_held(index);
        }
    }
}
