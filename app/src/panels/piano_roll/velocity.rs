//! Gestures that change velocities: painting in the lane, pulling up and down.

use super::gesture::{Wish, World};
use super::hit;
use super::open::for_each_clip;
use super::verbs::Verb;
use crate::state::Selection;
use egui::{Pos2, pos2};
use engine::edit::{Command, Selected, VelocityChange};
use engine::model::{ClipRef, Note, NoteRef, Velocity};
use std::collections::BTreeMap;

/// Points beside a stem that still take hold of it.
const REACH: f32 = 5.0;
/// Points of a pull that make a step of velocity.
const POINTS_PER_STEP: f32 = 1.0;

/// A stroke through the velocity lane. It changes the selected notes, or every note
/// when none is selected.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Paint {
    /// Ends of the part of the stroke that counts next; the first stays put for a ramp.
    last: Pos2,
    is_ramp: bool,
    changed: BTreeMap<(ClipRef, NoteRef), Velocity>,
    /// Something was shown, and has to be kept or taken back.
    shown: bool,
    /// What was selected before; painting leaves it so.
    pub(super) before: Selection,
}

impl Paint {
    /// The button goes down in the lane: for a stroke, or for a straight line.
    pub(super) fn press(world: &World<'_>, pos: Pos2, verb: Verb, wishes: &mut Vec<Wish>) -> Self {
        let before = world.selection.clone();
        let is_ramp = verb == Verb::Line;
        let mut paint = Self { last: pos, is_ramp, changed: BTreeMap::new(), shown: false, before };
        // The nearest stem, and with it the chord it belongs to.
        if let Some(near) = world.onset_near(pos.x, REACH) {
            let x = world.layout.x_from_tick(near.0 as f64);
            paint.stroke(world, pos2(x - 0.5, pos.y), pos2(x + 0.5, pos.y));
        }
        paint.show(wishes);
        paint
    }

    /// The pointer has moved to `pos`.
    pub(super) fn follow(&mut self, world: &World<'_>, pos: Pos2, wishes: &mut Vec<Wish>) {
        if pos == self.last {
            return;
        }
        if self.is_ramp {
            self.changed.clear();
        }
        self.stroke(world, self.last, pos);
        if !self.is_ramp {
            self.last = pos;
        }
        self.show(wishes);
    }

    /// The button goes up.
    pub(super) fn end(self, wishes: &mut Vec<Wish>) {
        if self.shown {
            wishes.push(Wish::Commit);
        }
        wishes.push(Wish::Select(self.before));
    }

    /// Velocities along a straight line.
    fn stroke(&mut self, world: &World<'_>, from: Pos2, to: Pos2) {
        let any = !self.before.has_notes();
        for part in world.open {
            let chosen = self.before.notes_of(part.at);
            for note in hit::onsets_between(world.layout, part.clip, from.x, to.x) {
                let reference = note.reference();
                if !any && !chosen.contains(reference) {
                    continue;
                }
                let x = world.layout.x_from_tick(part.song(note.start).0 as f64);
                let width = to.x - from.x;
                let along = if width == 0.0 { 1.0 } else { ((x - from.x) / width).clamp(0.0, 1.0) };
                let y = from.y + (to.y - from.y) * along;
                self.changed.insert((part.at, reference), world.layout.velocity_from_y(y));
            }
        }
    }

    fn show(&mut self, wishes: &mut Vec<Wish>) {
        if self.changed.is_empty() {
            // A line that was pulled away again from every note it had passed.
            if std::mem::take(&mut self.shown) {
                wishes.push(Wish::Cancel);
            }
            return;
        }
        self.shown = true;
        let changed = self.changed.iter().map(|(&(at, note), &velocity)| (at, note, velocity));
        let command = for_each_clip(changed, |notes, each| {
            let change = VelocityChange::Each(each);
            Command::ChangeVelocity { notes, change }
        });
        wishes.extend(command.map(Wish::Preview));
        wishes.push(Wish::Select(self.before.clone()));
    }
}

/// Velocities that follow the pointer up and down.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Trim {
    notes: Selected,
    grabbed: Note,
    from_y: f32,
    last: i16,
    /// What was selected before.
    pub(super) before: Selection,
}

impl Trim {
    /// Taken hold of at `y`.
    pub(super) fn new(notes: Selected, grabbed: Note, y: f32, before: Selection) -> Self {
        Self { notes, grabbed, from_y: y, last: 0, before }
    }

    /// The pointer has moved to `pos`.
    pub(super) fn follow(&mut self, _world: &World<'_>, pos: Pos2, wishes: &mut Vec<Wish>) {
        let by = ((self.from_y - pos.y) / POINTS_PER_STEP).round().clamp(-127.0, 127.0) as i16;
        if by == self.last {
            return;
        }
        self.last = by;
        let command = self.notes.each(|notes| {
            let change = VelocityChange::By(by);
            Command::ChangeVelocity { notes, change }
        });
        wishes.extend(command.map(Wish::Preview));
    }

    /// The velocity of the note that was taken hold of, as it is now.
    pub(super) fn velocity(&self) -> Velocity {
        (i16::from(self.grabbed.velocity) + self.last).clamp(1, 127) as u8
    }
}
