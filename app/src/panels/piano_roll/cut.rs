//! The knife.

use super::gesture::{Press, Wish, World};
use super::open::{for_each_clip, gathered};
use super::verbs::Constraint;
use crate::state::Selection;
use egui::Pos2;
use engine::edit::Command;
use engine::edit::ops::{NoteOp, Split};
use engine::model::{Clip, Key, Note};
use engine::time::{Tick, TickRange};

/// A cut across the rows from where the button went down to where the pointer is. Nothing
/// changes before the release: what would be cut is drawn.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cut {
    from: Key,
    line: CutLine,
    pub(super) before: Selection,
}

/// Where a cut goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CutLine {
    /// On the song's time line.
    pub(super) tick: Tick,
    /// The lowest and the highest row.
    pub(super) keys: (Key, Key),
}

impl Cut {
    pub(super) fn begin(world: &World<'_>, press: &Press, hold: Constraint) -> Self {
        let line = CutLine::at(world, press.pos, hold);
        Self { from: press.from.key(), line, before: press.before.clone() }
    }

    /// The pointer has moved to `pos`.
    pub(super) fn follow(&mut self, world: &World<'_>, pos: Pos2, hold: Constraint) {
        let CutLine { tick, keys: (key, _) } = CutLine::at(world, pos, hold);
        // Locked, the cut stays where it is in time.
        let tick = if hold.lock { self.line.tick } else { tick };
        self.line = CutLine { tick, keys: (key.min(self.from), key.max(self.from)) };
    }

    /// The button goes up.
    pub(super) fn end(self, world: &World<'_>, wishes: &mut Vec<Wish>) {
        let cut = world.open.iter().flat_map(|part| {
            let notes = self.line.notes(part.clip);
            notes.map(move |note| (part.at, note))
        });
        let command = for_each_clip(gathered(cut), |notes, _| {
            let start = world.part(notes.clip).map_or(Tick::ZERO, |part| part.clip.start);
            let op = NoteOp::Split(Split::At(Tick(self.line.tick.since(start))));
            Command::Transform { notes, op }
        });
        wishes.extend(command.map(Wish::Apply));
    }

    /// Where it goes through.
    pub(super) const fn line(&self) -> CutLine {
        self.line
    }
}

impl CutLine {
    /// Through the row at `pos` alone.
    pub(super) fn at(world: &World<'_>, pos: Pos2, hold: Constraint) -> Self {
        let spot = world.layout.spot(pos);
        let tick = if world.is_free(hold) {
            Tick(spot.tick.round().max(0.0) as u64)
        } else {
            world.grid.snap(spot.tick)
        };
        Self { tick, keys: (spot.key(), spot.key()) }
    }

    /// The notes that it cuts.
    pub(super) fn notes(self, clip: &Clip) -> impl Iterator<Item = &Note> {
        let tick = Tick(self.tick.since(clip.start));
        let keys = self.keys.0..=self.keys.1;
        clip.notes
            .sounding_in(TickRange::between(tick, tick.after(1)))
            .filter(move |note| note.start < tick && tick < note.end() && keys.contains(&note.key))
    }
}
