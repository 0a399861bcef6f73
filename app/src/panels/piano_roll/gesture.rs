//! Gestures of the canvas as a state machine: the modifier at press picks the verb,
//! a modifier during the drag the constraint. Knows no egui context and changes nothing
//! itself: what should happen goes into [`Wish`].
//!
//! Anchors are kept in musical terms, so that a drag goes on while the view scrolls.

use super::grid::Grid;
use super::hit::{self, Hit, Part};
use super::layout::{Layout, Spot};
use super::velocity::{Paint, Trim};
use crate::state::{NoteSet, Selection};
use egui::{Modifiers, Pos2};
use engine::edit::{Command, Edge, NewNote, NoteSelection};
use engine::model::{Clip, ClipRef, Key, Note, NoteRef, Track, Velocity};
use engine::time::Tick;
use std::collections::BTreeSet;

/// Points the pointer may move before a click becomes a drag.
pub(super) const DRAG_THRESHOLD: f32 = 4.0;

/// What a gesture may look at.
pub(super) struct World<'a> {
    /// Where things are.
    pub(super) layout: &'a Layout,
    /// The clip's track.
    pub(super) track: &'a Track,
    /// The clip as it is now, the running preview included.
    pub(super) clip: &'a Clip,
    /// Where to find it.
    pub(super) at: ClipRef,
    /// What is selected.
    pub(super) selection: &'a Selection,
    /// Where things snap to.
    pub(super) grid: Grid<'a>,
    /// Whether they do.
    pub(super) snap: bool,
    /// What a new note takes over.
    pub(super) next: NextNote,
}

/// Length and velocity that the next new note takes: those of the note clicked last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NextNote {
    /// In ticks; the grid's when `None`.
    pub(super) length: Option<u32>,
    /// How hard.
    pub(super) velocity: Velocity,
}

impl Default for NextNote {
    fn default() -> Self {
        Self { length: None, velocity: 96 }
    }
}

/// One thing that a gesture asks for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Wish {
    /// These notes are selected now.
    Select(NoteSet),
    /// Show what this would do.
    Preview(Command),
    /// Make the last preview a step.
    Commit,
    /// Take the preview back.
    Cancel,
    /// Let this key sound until told otherwise.
    Sound(Key, Velocity),
    /// Let it end.
    Hush,
    /// New notes are like this one from now on.
    Adopt(NextNote),
}

/// What the pointer is doing to the canvas.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Gesture {
    /// Nothing.
    #[default]
    Idle,
    /// Held down, not moved yet.
    Press(Press),
    /// Moving or copying notes.
    Shift(Shift),
    /// Moving an edge of notes.
    Resize(Resize),
    /// Drawing a rectangle around notes.
    Marquee(Marquee),
    /// Making a note.
    Create(Create),
    /// Painting in the velocity lane.
    Paint(Paint),
    /// Changing velocities up and down.
    Trim(Trim),
    /// Wiping notes away with the right button.
    Erase(Erase),
}

/// A button held down where it was pressed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Press {
    from: Spot,
    pos: Pos2,
    hit: Option<Hit>,
    modifiers: Modifiers,
    /// What was selected before.
    before: NoteSet,
}

/// Notes that follow the pointer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shift {
    from: Spot,
    grabbed: Note,
    notes: NoteSelection,
    copies: bool,
    last: (i64, i16),
    before: NoteSet,
}

/// Edges that follow the pointer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Resize {
    from: Spot,
    grabbed: Note,
    notes: NoteSelection,
    edge: Edge,
    last: i64,
    before: NoteSet,
}

/// Notes that the right button has swept over.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Erase {
    pos: Pos2,
    last: Pos2,
    swept: BTreeSet<NoteRef>,
    before: NoteSet,
}

/// A rectangle between where the pointer was pressed and where it is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Marquee {
    /// One corner.
    pub(super) from: Spot,
    /// The other.
    pub(super) to: Spot,
    mode: Mode,
    before: NoteSet,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Replace,
    Add,
    Toggle,
}

/// A note in the making.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Create {
    /// Onset in the clip.
    start: Tick,
    key: Key,
    length: u32,
    velocity: Velocity,
    pos: Pos2,
    before: NoteSet,
}

impl World<'_> {
    /// A clip's tick on the song's time line.
    pub(super) fn song_tick(&self, tick: Tick) -> f64 {
        self.clip.start.after(tick.0).0 as f64
    }

    /// These notes as commands name them.
    pub(super) fn selection_of(&self, notes: &NoteSet) -> NoteSelection {
        NoteSelection::new(self.at, notes.iter())
    }

    /// How far something at song tick `origin` goes when pulled by `pull` ticks: to a grid
    /// line or back to where it was, whichever is nearer, so that a note off the grid can
    /// change its pitch alone.
    fn snapped(&self, origin: f64, pull: f64, free: bool) -> i64 {
        if free || !self.snap {
            return pull.round() as i64;
        }
        let target = (origin + pull).max(0.0);
        let line = self.grid.snap(target).0 as f64;
        if (target - origin).abs() <= (target - line).abs() { 0 } else { (line - origin) as i64 }
    }
}

impl Gesture {
    /// The left button goes down on the canvas; `again` when it is a second click.
    pub(super) fn press(
        world: &World<'_>,
        pos: Pos2,
        modifiers: Modifiers,
        again: bool,
        wishes: &mut Vec<Wish>,
    ) -> Self {
        let selected = &world.selection.notes;
        let hit = hit::note_at(world.layout, world.clip, selected, pos);
        let Some(Hit { note, .. }) = hit else {
            return match again.then(|| Create::begin(world, pos, modifiers)).flatten() {
                Some(create) => {
                    wishes.push(Wish::Preview(create.command(world.at)));
                    wishes.push(Wish::Sound(create.key, create.velocity));
                    Self::Create(create)
                }
                None => Self::Press(Press::new(world, pos, None, modifiers)),
            };
        };
        wishes.push(Wish::Sound(note.key, note.velocity));
        let next = NextNote { length: Some(note.length), velocity: note.velocity };
        wishes.push(Wish::Adopt(next));
        let reference = note.reference();
        if modifiers.shift && !selected.contains(reference) {
            wishes.push(Wish::Select(selected.with([reference])));
        } else if !modifiers.command && !modifiers.shift && !selected.contains(reference) {
            wishes.push(Wish::Select([reference].into_iter().collect()));
        }
        Self::Press(Press::new(world, pos, hit, modifiers))
    }

    /// The right button goes down on the canvas: held still it is a menu, dragged an eraser.
    /// The menu is about the note under the pointer, which is selected for it.
    pub(super) fn press_right(world: &World<'_>, pos: Pos2, wishes: &mut Vec<Wish>) -> Self {
        let before = world.selection.notes.clone();
        if let Some(Hit { note, .. }) = hit::note_at(world.layout, world.clip, &before, pos)
            && !before.contains(note.reference())
        {
            wishes.push(Wish::Select([note.reference()].into_iter().collect()));
        }
        Self::Erase(Erase { pos, last: pos, swept: BTreeSet::new(), before })
    }

    /// The pointer is at `pos` with the button held.
    pub(super) fn drag(
        &mut self,
        world: &World<'_>,
        pos: Pos2,
        modifiers: Modifiers,
        wishes: &mut Vec<Wish>,
    ) {
        if let Self::Press(press) = self
            && press.pos.distance(pos) >= DRAG_THRESHOLD
        {
            *self = press.begin(world);
        }
        match self {
            Self::Idle | Self::Press(_) => {}
            Self::Shift(shift) => shift.follow(world, pos, modifiers, wishes),
            Self::Resize(resize) => resize.follow(world, pos, modifiers, wishes),
            Self::Marquee(marquee) => marquee.to = world.layout.spot(pos),
            Self::Create(create) => create.follow(world, pos, modifiers, wishes),
            Self::Paint(paint) => paint.follow(world, pos, wishes),
            Self::Trim(trim) => trim.follow(world, pos, wishes),
            Self::Erase(erase) => erase.follow(world, pos, wishes),
        }
    }

    /// The button goes up.
    pub(super) fn release(&mut self, world: &World<'_>, wishes: &mut Vec<Wish>) {
        match std::mem::take(self) {
            Self::Idle => return,
            Self::Press(press) => press.click(wishes),
            Self::Shift(_) | Self::Resize(_) | Self::Create(_) | Self::Trim(_) => {
                wishes.push(Wish::Commit);
            }
            Self::Marquee(marquee) => wishes.push(Wish::Select(marquee.selects(world.clip))),
            Self::Paint(paint) => paint.end(wishes),
            Self::Erase(erase) => erase.end(wishes),
        }
        wishes.push(Wish::Hush);
    }

    /// Escape, or something that makes going on senseless. False when nothing was under way.
    pub(super) fn cancel(&mut self, wishes: &mut Vec<Wish>) -> bool {
        let before = match std::mem::take(self) {
            Self::Idle => return false,
            Self::Press(Press { before, .. }) | Self::Marquee(Marquee { before, .. }) => before,
            Self::Erase(Erase { before, swept, .. }) => {
                if !swept.is_empty() {
                    wishes.push(Wish::Cancel);
                }
                before
            }
            Self::Shift(Shift { before, .. })
            | Self::Resize(Resize { before, .. })
            | Self::Create(Create { before, .. }) => {
                wishes.push(Wish::Cancel);
                before
            }
            Self::Paint(paint) => {
                wishes.push(Wish::Cancel);
                paint.before
            }
            Self::Trim(trim) => {
                wishes.push(Wish::Cancel);
                trim.before
            }
        };
        wishes.push(Wish::Select(before));
        wishes.push(Wish::Hush);
        true
    }

    /// Whether the view should follow a pointer that leaves the canvas.
    pub(super) const fn scrolls(&self) -> bool {
        matches!(self, Self::Shift(_) | Self::Resize(_) | Self::Marquee(_) | Self::Create(_))
    }
}

impl Press {
    fn new(world: &World<'_>, pos: Pos2, hit: Option<Hit>, modifiers: Modifiers) -> Self {
        let before = world.selection.notes.clone();
        Self { from: world.layout.spot(pos), pos, hit, modifiers, before }
    }

    /// The pointer has moved far enough: which verb is it?
    fn begin(&self, world: &World<'_>) -> Gesture {
        let Self { from, hit, modifiers, before, .. } = self.clone();
        let Some(Hit { note, part }) = hit else {
            let mode = if modifiers.shift {
                Mode::Add
            } else if modifiers.command {
                Mode::Toggle
            } else {
                Mode::Replace
            };
            return Gesture::Marquee(Marquee { from, to: from, mode, before });
        };
        let reference = note.reference();
        let chosen = if before.contains(reference) {
            before.clone()
        } else if modifiers.shift {
            before.with([reference])
        } else {
            [reference].into_iter().collect()
        };
        let notes = world.selection_of(&chosen);
        let edge = match part {
            Part::Start => Some(Edge::Start),
            Part::End => Some(Edge::End),
            Part::Body => None,
        };
        match edge {
            _ if modifiers.alt => Gesture::Trim(Trim::new(notes, note, self.pos.y, before)),
            Some(edge) if !modifiers.command => {
                Gesture::Resize(Resize { from, grabbed: note, notes, edge, last: 0, before })
            }
            _ => {
                let copies = modifiers.command;
                let last = (0, 0);
                Gesture::Shift(Shift { from, grabbed: note, notes, copies, last, before })
            }
        }
    }

    /// Released where it was pressed.
    fn click(&self, wishes: &mut Vec<Wish>) {
        let Self { hit, modifiers, before, .. } = self;
        match hit {
            Some(hit) if modifiers.command => {
                wishes.push(Wish::Select(before.toggled(hit.note.reference())));
            }
            Some(hit) if !modifiers.shift && before.len() > 1 => {
                wishes.push(Wish::Select([hit.note.reference()].into_iter().collect()));
            }
            None if !modifiers.shift && !modifiers.command && !before.is_empty() => {
                wishes.push(Wish::Select(NoteSet::default()));
            }
            _ => {}
        }
    }
}

impl Shift {
    fn follow(
        &mut self,
        world: &World<'_>,
        pos: Pos2,
        modifiers: Modifiers,
        wishes: &mut Vec<Wish>,
    ) {
        let spot = world.layout.spot(pos);
        let start = world.layout.pos(self.from);
        let sideways = (pos.x - start.x).abs() >= (pos.y - start.y).abs();
        let pull = spot.tick - self.from.tick;
        let keys = i16::from(spot.key()) - i16::from(self.from.key());
        let ticks = world.snapped(world.song_tick(self.grabbed.start), pull, modifiers.shift);
        let step = match (modifiers.alt, sideways) {
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
}

impl Resize {
    fn follow(
        &mut self,
        world: &World<'_>,
        pos: Pos2,
        modifiers: Modifiers,
        wishes: &mut Vec<Wish>,
    ) {
        let Self { from, grabbed, notes, edge, last, .. } = self;
        let pull = world.layout.spot(pos).tick - from.tick;
        let free = modifiers.shift || !world.snap;
        // A snapped edge leaves the note a grid step, or what little it had.
        let least = if free { 1 } else { world.grid.step().whole().min(grabbed.length.into()) };
        let slack = i64::from(grabbed.length) - least.max(1) as i64;
        let ticks = match edge {
            Edge::Start => {
                let first = -(grabbed.start.0 as i64);
                world.snapped(world.song_tick(grabbed.start), pull, free).clamp(first, slack.max(0))
            }
            Edge::End => world.snapped(world.song_tick(grabbed.end()), pull, free).max(-slack),
        };
        if ticks == *last {
            return;
        }
        *last = ticks;
        let notes = notes.clone();
        wishes.push(Wish::Preview(Command::ResizeNotes { notes, edge: *edge, ticks }));
    }
}

impl Erase {
    fn follow(&mut self, world: &World<'_>, pos: Pos2, wishes: &mut Vec<Wish>) {
        if self.swept.is_empty() && self.pos.distance(pos) < DRAG_THRESHOLD {
            return;
        }
        // A fast sweep skips no note: every few points of its way are looked at.
        let way = pos - self.last;
        let steps = (way.length() / 3.0).ceil().clamp(1.0, 4096.0) as u16;
        let n_before = self.swept.len();
        for step in 0..=steps {
            let at = self.last + way * (f32::from(step) / f32::from(steps));
            let hit = hit::note_at(world.layout, world.clip, &NoteSet::default(), at);
            self.swept.extend(hit.map(|hit| hit.note.reference()));
        }
        self.last = pos;
        if self.swept.len() > n_before {
            let notes = NoteSelection::new(world.at, self.swept.iter().copied());
            wishes.push(Wish::Preview(Command::DeleteNotes { notes }));
            wishes.push(Wish::Select(self.kept()));
        }
    }

    fn end(self, wishes: &mut Vec<Wish>) {
        if !self.swept.is_empty() {
            wishes.push(Wish::Commit);
            wishes.push(Wish::Select(self.kept()));
        }
    }

    /// What was selected and is still there.
    fn kept(&self) -> NoteSet {
        self.before.iter().filter(|note| !self.swept.contains(note)).collect()
    }
}

impl Marquee {
    /// Whether a note looks selected while the rectangle is drawn.
    pub(super) fn shows(&self, clip: &Clip, note: &Note) -> bool {
        let before = || self.before.contains(note.reference());
        let inside = hit::touches(clip, self.from, self.to, note);
        match self.mode {
            Mode::Replace => inside,
            Mode::Add => inside || before(),
            Mode::Toggle => inside != before(),
        }
    }

    fn selects(&self, clip: &Clip) -> NoteSet {
        let inside = hit::notes_between(clip, self.from, self.to).map(Note::reference);
        match self.mode {
            Mode::Replace => inside.collect(),
            Mode::Add => self.before.with(inside),
            Mode::Toggle => {
                let inside: NoteSet = inside.collect();
                let kept = self.before.iter().filter(|note| !inside.contains(*note));
                let new = inside.iter().filter(|note| !self.before.contains(*note));
                kept.chain(new).collect::<Vec<NoteRef>>().into_iter().collect()
            }
        }
    }
}

impl Create {
    /// `None` before the clip, where it cannot hold notes.
    fn begin(world: &World<'_>, pos: Pos2, modifiers: Modifiers) -> Option<Self> {
        let spot = world.layout.spot(pos);
        let free = modifiers.shift || !world.snap;
        let tick = if free { Tick(spot.tick.max(0.0) as u64) } else { world.grid.floor(spot.tick) };
        if tick < world.clip.start {
            return None;
        }
        let grid = u32::try_from(world.grid.step().whole()).unwrap_or(u32::MAX);
        Some(Self {
            start: Tick(tick.since(world.clip.start)),
            key: spot.key(),
            length: world.next.length.unwrap_or(grid).max(1),
            velocity: world.next.velocity,
            pos,
            before: world.selection.notes.clone(),
        })
    }

    fn follow(
        &mut self,
        world: &World<'_>,
        pos: Pos2,
        modifiers: Modifiers,
        wishes: &mut Vec<Wish>,
    ) {
        if (pos.x - self.pos.x).abs() < DRAG_THRESHOLD {
            return;
        }
        // From here on every move counts, even back to where it began.
        self.pos.x = f32::MAX;
        let start = world.song_tick(self.start);
        let end = world.layout.tick_from_x(pos.x);
        let length = if modifiers.shift || !world.snap {
            (end - start).round().max(1.0)
        } else {
            let step = world.grid.step().whole() as f64;
            let line = world.grid.snap(end).0 as f64;
            if line > start { line - start } else { step }
        };
        let length = length.min(f64::from(u32::MAX)) as u32;
        if length != self.length {
            self.length = length;
            wishes.push(Wish::Preview(self.command(world.at)));
            wishes.push(Wish::Adopt(NextNote { length: Some(length), velocity: self.velocity }));
        }
    }

    fn command(&self, clip: ClipRef) -> Command {
        let Self { start, key, length, velocity, .. } = *self;
        Command::AddNotes {
            clip,
            notes: vec![NewNote { start, length, key, velocity, channel: None }],
        }
    }
}
