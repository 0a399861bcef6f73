//! Gestures that make notes, and the one that wipes them away.

use super::gesture::{DRAG_THRESHOLD, NextNote, Press, Wish, World};
use super::layout::Spot;
use super::open::for_each_clip;
use super::verbs::Constraint;
use crate::state::{NoteSet, Selection};
use egui::Pos2;
use engine::edit::{Command, NewNote};
use engine::model::{ClipRef, Key, NoteRef, Velocity};
use engine::time::{Tick, TickRange};
use std::collections::{BTreeMap, BTreeSet};

/// Points along the way of a fast sweep at which it is looked what lies there.
const SWEEP_STEP: f32 = 3.0;

/// A note in the making.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Create {
    /// The clip that takes it, and where that begins.
    at: ClipRef,
    origin: Tick,
    /// Onset in the clip.
    start: Tick,
    key: Key,
    length: u32,
    velocity: Velocity,
    pos: Pos2,
    pub(super) before: Selection,
}

impl Create {
    /// `None` before the clip, where it cannot hold notes.
    pub(super) fn begin(
        world: &World<'_>,
        press: &Press,
        hold: Constraint,
        wishes: &mut Vec<Wish>,
    ) -> Option<Self> {
        let spot = press.from;
        let tick = if world.is_free(hold) {
            Tick(spot.tick.max(0.0) as u64)
        } else {
            world.grid.floor(spot.tick)
        };
        let grid = u32::try_from(world.grid.step().whole()).unwrap_or(u32::MAX);
        let (at, clip) = world.home(tick);
        let create = Self {
            at,
            origin: clip.start,
            start: (tick >= clip.start).then(|| Tick(tick.since(clip.start)))?,
            key: spot.key(),
            length: world.next.length.unwrap_or(grid).max(1),
            velocity: world.next.velocity,
            pos: press.pos,
            before: press.before.clone(),
        };
        if at != world.at {
            wishes.push(Wish::Select(world.selection.activated(at)));
        }
        wishes.push(Wish::Preview(create.command()));
        wishes.push(Wish::Sound(at.track, create.key, create.velocity));
        Some(create)
    }

    /// The pointer has moved to `pos`.
    pub(super) fn follow(
        &mut self,
        world: &World<'_>,
        pos: Pos2,
        hold: Constraint,
        wishes: &mut Vec<Wish>,
    ) {
        if (pos.x - self.pos.x).abs() < DRAG_THRESHOLD {
            return;
        }
        // From here on every move counts, even back to where it began.
        self.pos.x = f32::MAX;
        let start = self.origin.after(self.start.0).0 as f64;
        let end = world.layout.tick_from_x(pos.x);
        let length = if world.is_free(hold) {
            (end - start).round().max(1.0)
        } else {
            let step = world.grid.step().whole() as f64;
            let line = world.grid.snap(end).0 as f64;
            if line > start { line - start } else { step }
        };
        let length = length.min(f64::from(u32::MAX)) as u32;
        if length != self.length {
            self.length = length;
            wishes.push(Wish::Preview(self.command()));
            wishes.push(Wish::Adopt(NextNote { length: Some(length), velocity: self.velocity }));
        }
    }

    fn command(&self) -> Command {
        let Self { at: clip, start, key, length, velocity, .. } = *self;
        Command::AddNotes {
            clip,
            notes: vec![NewNote { start, length, key, velocity, channel: None }],
        }
    }
}

/// Notes in the making, one on every grid step that the pointer has passed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Brush {
    /// The clip that takes them.
    at: ClipRef,
    last: Spot,
    /// The row it began in.
    row: Key,
    /// A step has the key that the pointer came to it with.
    painted: BTreeMap<Tick, Key>,
    pub(super) before: Selection,
}

impl Brush {
    pub(super) fn begin(world: &World<'_>, press: &Press, wishes: &mut Vec<Wish>) -> Self {
        let (last, row) = (press.from, press.from.key());
        let before = press.before.clone();
        let (at, _) = world.home(Tick(last.tick.max(0.0) as u64));
        let mut brush = Self { at, last, row, painted: BTreeMap::new(), before };
        if at != world.at {
            wishes.push(Wish::Select(world.selection.activated(at)));
        }
        brush.paint(world, last.tick, row);
        brush.show(world, row, wishes);
        brush
    }

    /// The pointer has moved to `pos`.
    pub(super) fn follow(
        &mut self,
        world: &World<'_>,
        pos: Pos2,
        hold: Constraint,
        wishes: &mut Vec<Wish>,
    ) {
        let n_before = self.painted.len();
        let (from, to) = (world.layout.pos(self.last), pos);
        for at in way(from, to) {
            let spot = world.layout.spot(at);
            let key = if hold.lock { self.row } else { spot.key() };
            self.paint(world, spot.tick, key);
        }
        self.last = world.layout.spot(pos);
        if self.painted.len() > n_before {
            let key = if hold.lock { self.row } else { self.last.key() };
            self.show(world, key, wishes);
        }
    }

    /// The button goes up.
    pub(super) fn end(self, wishes: &mut Vec<Wish>) {
        if !self.painted.is_empty() {
            wishes.push(Wish::Commit);
        }
    }

    /// A note on the step that holds `tick`, if there is none yet.
    fn paint(&mut self, world: &World<'_>, tick: f64, key: Key) {
        let Some(clip) = world.part(self.at).map(|part| part.clip) else { return };
        let line = world.grid.floor(tick);
        if line < clip.start || self.painted.contains_key(&Tick(line.since(clip.start))) {
            return;
        }
        let start = Tick(line.since(clip.start));
        let step = TickRange::between(start, start.after(world.grid.step().whole()));
        let mut there = clip.notes.sounding_in(step);
        if !there.any(|note| note.key == key) {
            self.painted.insert(start, key);
        }
    }

    fn show(&self, world: &World<'_>, heard: Key, wishes: &mut Vec<Wish>) {
        if self.painted.is_empty() {
            return;
        }
        let length = u32::try_from(world.grid.step().whole()).unwrap_or(u32::MAX);
        let velocity = world.next.velocity;
        let note =
            |(&start, &key): (&Tick, &Key)| NewNote { start, length, key, velocity, channel: None };
        let notes = self.painted.iter().map(note).collect();
        wishes.push(Wish::Preview(Command::AddNotes { clip: self.at, notes }));
        wishes.push(Wish::Sound(self.at.track, heard, velocity));
    }
}

/// Notes that have been swept over.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Erase {
    last: Pos2,
    swept: BTreeSet<(ClipRef, NoteRef)>,
    pub(super) before: Selection,
}

impl Erase {
    pub(super) fn begin(world: &World<'_>, press: &Press, wishes: &mut Vec<Wish>) -> Self {
        let before = press.before.clone();
        let mut erase = Self { last: press.pos, swept: BTreeSet::new(), before };
        erase.follow(world, press.pos, wishes);
        erase
    }

    /// The pointer has moved to `pos`. A fast sweep skips no note.
    pub(super) fn follow(&mut self, world: &World<'_>, pos: Pos2, wishes: &mut Vec<Wish>) {
        let n_before = self.swept.len();
        for at in way(self.last, pos) {
            let hit = world.any_note_at(at);
            self.swept.extend(hit.map(|hit| (hit.at, hit.note.reference())));
        }
        self.last = pos;
        if self.swept.len() > n_before {
            let swept = self.swept.iter().map(|&(at, note)| (at, note, ()));
            let command = for_each_clip(swept, |notes, _| Command::DeleteNotes { notes });
            wishes.extend(command.map(Wish::Preview));
            wishes.push(Wish::Select(self.kept()));
        }
    }

    /// The button goes up.
    pub(super) fn end(self, wishes: &mut Vec<Wish>) {
        if !self.swept.is_empty() {
            wishes.push(Wish::Commit);
            wishes.push(Wish::Select(self.kept()));
        }
    }

    /// What was selected and is still there.
    fn kept(&self) -> Selection {
        let mut kept = Vec::new();
        for part in self.before.parts() {
            let is_kept = |note: &NoteRef| !self.swept.contains(&(part.clip, *note));
            let notes: NoteSet = part.notes.iter().filter(is_kept).collect();
            kept.push((part.clip, notes));
        }
        self.before.with_each(kept)
    }
}

/// Places from one to the other, close enough for nothing to be missed.
fn way(from: Pos2, to: Pos2) -> impl Iterator<Item = Pos2> {
    let way = to - from;
    let steps = (way.length() / SWEEP_STEP).ceil().clamp(1.0, 4096.0) as u16;
    (0..=steps).map(move |step| from + way * (f32::from(step) / f32::from(steps)))
}
