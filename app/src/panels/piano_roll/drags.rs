//! Gestures that take notes along: moving, copying, resizing, stretching.

use super::gesture::{Press, Wish, World};
use super::hit::{Hit, Part};
use super::layout::Spot;
use super::open;
use super::verbs::Constraint;
use crate::state::Selection;
use egui::Pos2;
use engine::edit::ops::{NoteOp, Ratio, Stretch as StretchOp, StretchAnchor};
use engine::edit::{Command, Edge, Selected};
use engine::time::Tick;

/// Notes that follow the pointer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shift {
    from: Spot,
    grabbed: Hit,
    notes: Selected,
    copies: bool,
    last: (i64, i16),
    pub(super) before: Selection,
}

impl Shift {
    pub(super) fn new(press: &Press, grabbed: Hit, notes: Selected, copies: bool) -> Self {
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
        let ticks = world.snapped(self.grabbed.start(), pull, hold);
        let step = match (hold.lock, sideways) {
            (false, _) => (ticks, keys),
            (true, true) => (ticks, 0),
            (true, false) => (0, keys),
        };
        if step == self.last {
            return;
        }
        if step.1 != self.last.1 {
            let Hit { at, note, .. } = self.grabbed;
            let key = (i16::from(note.key) + step.1).clamp(0, 127) as u8;
            wishes.push(Wish::Sound(at.track, key, note.velocity));
        }
        self.last = step;
        let ((ticks, keys), copies) = (step, self.copies);
        let command = self.notes.each(|notes| {
            if copies {
                Command::CopyNotes { notes, ticks, keys }
            } else {
                Command::MoveNotes { notes, ticks, keys }
            }
        });
        wishes.extend(command.map(Wish::Preview));
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
    grabbed: Hit,
    notes: Selected,
    edge: Edge,
    last: i64,
    pub(super) before: Selection,
}

impl Resize {
    /// `None` when no edge was taken hold of.
    pub(super) fn new(press: &Press, hit: Hit, notes: Selected) -> Option<Self> {
        let before = press.before.clone();
        let edge = edge(hit.part)?;
        Some(Self { from: press.from, grabbed: hit, notes, edge, last: 0, before })
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
            world.grid.step().whole().min(grabbed.note.length.into())
        };
        let slack = i64::from(grabbed.note.length) - least.max(1) as i64;
        let ticks = match edge {
            Edge::Start => {
                let first = -(grabbed.note.start.0 as i64);
                world.snapped(grabbed.start(), pull, hold).clamp(first, slack.max(0))
            }
            Edge::End => world.snapped(grabbed.end(), pull, hold).max(-slack),
        };
        if ticks == *last {
            return;
        }
        *last = ticks;
        let edge = *edge;
        let command = notes.each(|notes| Command::ResizeNotes { notes, edge, ticks });
        wishes.extend(command.map(Wish::Preview));
    }
}

/// Places and lengths that follow an edge in proportion; the far end of the selection stays.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stretch {
    from: Spot,
    /// Where the edge was, on the song's time line.
    edge: Tick,
    /// What stays, on the song's time line.
    fixed: Tick,
    notes: Selected,
    last: i64,
    pub(super) before: Selection,
}

impl Stretch {
    /// `None` when no edge was taken hold of.
    pub(super) fn new(press: &Press, world: &World<'_>, hit: Hit, notes: Selected) -> Option<Self> {
        let own = (hit.origin.after(hit.note.start.0), hit.origin.after(hit.note.end().0));
        // One note alone may be one that is not selected yet.
        let all = if notes.len() == 1 { None } else { open::chosen_span(world.open) };
        let (first, last) = all.unwrap_or(own);
        let (edge, fixed) = match edge(hit.part)? {
            Edge::Start => (own.0, last.max(own.1)),
            Edge::End => (own.1, first.min(own.0)),
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
        let ticks = world.snapped(self.edge.0 as f64, pull, hold);
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
        let op = NoteOp::Stretch(StretchOp { anchor: StretchAnchor::OnSong(self.fixed), factor });
        let command = self.notes.each(|notes| Command::Transform { notes, op: op.clone() });
        wishes.extend(command.map(Wish::Preview));
    }
}

const fn edge(part: Part) -> Option<Edge> {
    match part {
        Part::Start => Some(Edge::Start),
        Part::End => Some(Edge::End),
        Part::Body => None,
    }
}
