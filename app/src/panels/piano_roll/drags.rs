//! Gestures that take notes along: moving, copying, resizing, stretching.

use super::gesture::{Press, Wish, World};
use super::hit::{Hit, Part};
use super::layout::Spot;
use super::verbs::Constraint;
use crate::state::NoteSet;
use egui::Pos2;
use engine::edit::ops::{NoteOp, Ratio, Stretch as StretchOp, StretchAnchor};
use engine::edit::{Command, Edge, NoteSelection};
use engine::model::Note;
use engine::time::Tick;

/// Notes that follow the pointer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shift {
    from: Spot,
    grabbed: Note,
    notes: NoteSelection,
    copies: bool,
    last: (i64, i16),
    pub(super) before: NoteSet,
}

impl Shift {
    pub(super) fn new(press: &Press, grabbed: Note, notes: NoteSelection, copies: bool) -> Self {
        let before = press.before.clone();
        Self { from: press.from, grabbed, notes, copies, last: (0, 0), before }
    }

    /// The pointer has moved to `pos`.
    pub(super) fn follow(
        &mut self,
        world: &World<'_>,
        pos: Pos2,
        hold: Constraint,
        wishes: &mut Vec<Wish>,
    ) {
        let spot = world.layout.spot(pos);
        let start = world.layout.pos(self.from);
        let sideways = (pos.x - start.x).abs() >= (pos.y - start.y).abs();
        let pull = spot.tick - self.from.tick;
        let keys = i16::from(spot.key()) - i16::from(self.from.key());
        let ticks = world.snapped(world.song_tick(self.grabbed.start), pull, hold);
        let step = match (hold.lock, sideways) {
            (false, _) => (ticks, keys),
            (true, true) => (ticks, 0),
            (true, false) => (0, keys),
        };
        if step == self.last {
            return;
        }
        if step.1 != self.last.1 {
            let key = (i16::from(self.grabbed.key) + step.1).clamp(0, 127) as u8;
            wishes.push(Wish::Sound(key, self.grabbed.velocity));
        }
        self.last = step;
        let (notes, (ticks, keys)) = (self.notes.clone(), step);
        wishes.push(Wish::Preview(if self.copies {
            Command::CopyNotes { notes, ticks, keys }
        } else {
            Command::MoveNotes { notes, ticks, keys }
        }));
    }

    /// Whether the originals stay.
    pub(super) const fn copies(&self) -> bool {
        self.copies
    }
}

/// Edges that follow the pointer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Resize {
    from: Spot,
    grabbed: Note,
    notes: NoteSelection,
    edge: Edge,
    last: i64,
    pub(super) before: NoteSet,
}

impl Resize {
    /// `None` when no edge was taken hold of.
    pub(super) fn new(press: &Press, hit: Hit, notes: NoteSelection) -> Option<Self> {
        let before = press.before.clone();
        let edge = edge(hit.part)?;
        Some(Self { from: press.from, grabbed: hit.note, notes, edge, last: 0, before })
    }

    /// The pointer has moved to `pos`.
    pub(super) fn follow(
        &mut self,
        world: &World<'_>,
        pos: Pos2,
        hold: Constraint,
        wishes: &mut Vec<Wish>,
    ) {
        let Self { from, grabbed, notes, edge, last, .. } = self;
        let pull = world.layout.spot(pos).tick - from.tick;
        // A snapped edge leaves the note a grid step, or what little it had.
        let least = if world.is_free(hold) {
            1
        } else {
            world.grid.step().whole().min(grabbed.length.into())
        };
        let slack = i64::from(grabbed.length) - least.max(1) as i64;
        let ticks = match edge {
            Edge::Start => {
                let first = -(grabbed.start.0 as i64);
                world.snapped(world.song_tick(grabbed.start), pull, hold).clamp(first, slack.max(0))
            }
            Edge::End => world.snapped(world.song_tick(grabbed.end()), pull, hold).max(-slack),
        };
        if ticks == *last {
            return;
        }
        *last = ticks;
        let notes = notes.clone();
        wishes.push(Wish::Preview(Command::ResizeNotes { notes, edge: *edge, ticks }));
    }
}

/// Places and lengths that follow an edge in proportion; the far end of the selection stays.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stretch {
    from: Spot,
    /// Where the edge was, in ticks of the clip.
    edge: Tick,
    /// What stays, in ticks of the clip.
    fixed: Tick,
    notes: NoteSelection,
    last: i64,
    pub(super) before: NoteSet,
}

impl Stretch {
    /// `None` when no edge was taken hold of.
    pub(super) fn new(
        press: &Press,
        world: &World<'_>,
        hit: Hit,
        notes: NoteSelection,
    ) -> Option<Self> {
        let alone = notes.len() == 1;
        let (first, _) = notes.notes.ends()?;
        let last = if alone { hit.note.end() } else { world.chosen.last_end() };
        let (edge, fixed) = match edge(hit.part)? {
            Edge::Start => (hit.note.start, last.max(hit.note.end())),
            Edge::End => (hit.note.end(), first.start.min(hit.note.start)),
        };
        let before = press.before.clone();
        Some(Self { from: press.from, edge, fixed, notes, last: 0, before })
    }

    /// The pointer has moved to `pos`.
    pub(super) fn follow(
        &mut self,
        world: &World<'_>,
        pos: Pos2,
        hold: Constraint,
        wishes: &mut Vec<Wish>,
    ) {
        let pull = world.layout.spot(pos).tick - self.from.tick;
        let ticks = world.snapped(world.song_tick(self.edge), pull, hold);
        if ticks == self.last {
            return;
        }
        let whole = self.edge.0 as i64 - self.fixed.0 as i64;
        let least = if world.is_free(hold) { 1 } else { world.grid.step().whole() as i64 };
        // The edge stays on its side of what is fixed, at least a grid step away from it.
        let wanted = (whole + ticks) * whole.signum();
        let wanted = wanted.max(least.min(whole.abs()));
        let sizes = (u32::try_from(wanted), u32::try_from(whole.abs()));
        let (Ok(wanted), Ok(whole)) = sizes else { return };
        let Some(factor) = Ratio::new(wanted, whole) else { return };
        self.last = ticks;
        let op = NoteOp::Stretch(StretchOp { anchor: StretchAnchor::At(self.fixed), factor });
        wishes.push(Wish::Preview(Command::Transform { notes: self.notes.clone(), op }));
    }
}

const fn edge(part: Part) -> Option<Edge> {
    match part {
        Part::Start => Some(Edge::Start),
        Part::End => Some(Edge::End),
        Part::Body => None,
    }
}
