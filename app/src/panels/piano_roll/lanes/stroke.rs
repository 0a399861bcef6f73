//! What the pointer does in a lane, as a state machine: the modifier at press picks the verb,
//! a modifier during the drag the constraint. Knows no egui context and changes nothing
//! itself: what should happen goes into [`Ask`].

use super::super::grid::Grid;
use super::super::hit;
use super::super::layout::Layout;
use super::super::verbs::{Constraint, Hand, Verb};
use super::cache::Read;
use super::layout::Axis;
use crate::state::{NoteSet, RollTool};
use egui::{Pos2, Rect, pos2};
use engine::edit::{
    Command, CurveShape, Lane, LaneEdit, LaneKind, LanePoint, NoteSelection, VelocityChange, curve,
};
use engine::model::{Clip, ClipRef, Note, NoteRef};
use engine::time::{Tick, TickRange};
use std::collections::{BTreeMap, BTreeSet};

/// Points beside a point of the lane that still take hold of it.
pub(super) const REACH: f32 = 5.0;
/// Points the pointer may move before a click becomes a drag.
const DRAG_THRESHOLD: f32 = 4.0;

/// What a stroke may look at.
pub(super) struct LaneWorld<'a> {
    pub(super) lane: Lane,
    pub(super) at: ClipRef,
    pub(super) clip: &'a Clip,
    pub(super) layout: &'a Layout,
    pub(super) plot: Rect,
    pub(super) axis: Axis,
    pub(super) grid: &'a Grid<'a>,
    pub(super) snap: bool,
    /// Whose habits, with which tool.
    pub(super) hand: Hand,
    /// Ticks between the points of a curve at least.
    pub(super) spacing: u64,
    /// How ramps bend.
    pub(super) shape: CurveShape,
    pub(super) read: &'a Read,
    /// The selected notes; where there are some, only their values change.
    pub(super) notes: &'a NoteSet,
}

/// One thing that a stroke asks for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ask {
    /// Show what this would do.
    Preview(Command),
    /// Do this.
    Apply(Command),
    /// Make the last preview a step.
    Commit,
    /// Take the preview back.
    Cancel,
    /// Choose the points of a range, or none.
    Choose(Option<TickRange>),
    /// The notes that were selected are so again.
    Select(NoteSet),
}

/// What the pointer is doing to a lane.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Stroke {
    /// Drawing values.
    Paint(Paint),
    /// Drawing a ramp.
    Ramp(Ramp),
    /// Choosing a range of points.
    Choose { from: f64, to: f64, pos: Pos2, before: Option<TickRange> },
    /// Moving the chosen points.
    Shift(Shift),
    /// Wiping points away.
    Erase(Erase),
    /// Drawing values of notes.
    Notes(NoteStroke),
}

/// Values drawn by hand.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Paint {
    pos: Pos2,
    last: (Tick, f64),
    drawn: BTreeMap<Tick, f64>,
    covered: (Tick, Tick),
}

/// A ramp from where the button went down.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ramp {
    from: (Tick, f64),
}

/// Chosen points that follow the pointer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shift {
    pos: Pos2,
    tick: f64,
    range: TickRange,
    /// First and last of the points.
    ends: (Tick, Tick),
    last: (i64, f64),
    moved: bool,
}

/// Points that were swept over.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Erase {
    pos: Pos2,
    swept: (f64, f64),
    /// With the right button, which held still opens a menu.
    pub(super) is_right: bool,
    moved: bool,
    hits: bool,
}

/// Values of notes, drawn.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NoteStroke {
    last: Pos2,
    is_ramp: bool,
    changed: BTreeMap<NoteRef, u8>,
    before: NoteSet,
}

impl LaneWorld<'_> {
    /// The song tick of the lane's tick 0.
    pub(super) fn origin(&self) -> f64 {
        if self.lane.kind == LaneKind::Tempo { 0.0 } else { self.clip.start.0 as f64 }
    }

    /// First tick after the lane.
    pub(super) const fn end(&self) -> u64 {
        if matches!(self.lane.kind, LaneKind::Tempo) { u64::MAX >> 2 } else { self.clip.length }
    }

    /// The whole lane.
    pub(super) fn whole(&self) -> TickRange {
        TickRange::between(Tick::ZERO, Tick(self.end()))
    }

    /// Where a tick of the lane lies.
    pub(super) fn x_from_tick(&self, tick: f64) -> f32 {
        self.layout.x_from_tick(self.origin() + tick)
    }

    /// The lane's tick at `x`, with its fraction.
    pub(super) fn tick_from_x(&self, x: f32) -> f64 {
        self.layout.tick_from_x(x) - self.origin()
    }

    /// The value at `y`: a pedal is down or up.
    pub(super) fn value_from_y(&self, y: f32) -> f64 {
        let value = self.lane.kind.nearest(self.axis.value_from_y(self.plot, y));
        match self.lane.kind {
            LaneKind::Controller(64..=69) if value >= 64.0 => 127.0,
            LaneKind::Controller(64..=69) => 0.0,
            _ => value,
        }
    }

    /// The nearest point to `x`, no further than a few points of the screen.
    pub(super) fn near(&self, x: f32) -> Option<LanePoint> {
        let range = self.ticks(self.tick_from_x(x - REACH), self.tick_from_x(x + REACH));
        let away = |point: &&LanePoint| (self.x_from_tick(point.tick.0 as f64) - x).abs();
        let points = self.read.data.points_in(range).iter();
        points.min_by(|a, b| away(a).total_cmp(&away(b))).copied()
    }

    /// Ticks of the lane from `a` to `b`, the last one included.
    pub(super) fn ticks(&self, a: f64, b: f64) -> TickRange {
        ticks_within(self.end(), a, b)
    }

    /// Whether the pointer draws on the grid: what is stepped, and tempo.
    fn draws_on_grid(&self, free: bool) -> bool {
        let kind = self.lane.kind;
        self.snap && !free && (kind.is_stepped() || kind == LaneKind::Tempo)
    }

    /// Where drawing begins at `x`: on the point that is there, else on the grid's step, or
    /// freely.
    fn place(&self, x: f32, free: bool) -> Tick {
        if let Some(point) = self.near(x) {
            return point.tick;
        }
        let tick = self.tick_from_x(x);
        if self.draws_on_grid(free) { self.floored(tick) } else { self.within(tick.round()) }
    }

    /// Where a ramp ends: on a grid line, or freely.
    fn ramp_place(&self, x: f32, free: bool) -> Tick {
        let tick = self.tick_from_x(x);
        if self.snap && !free {
            let line = self.grid.snap((tick + self.origin()).max(0.0)).0 as f64;
            self.within(line - self.origin())
        } else {
            self.within(tick.round())
        }
    }

    fn floored(&self, tick: f64) -> Tick {
        self.within(self.grid.floor((tick + self.origin()).max(0.0)).0 as f64 - self.origin())
    }

    fn within(&self, tick: f64) -> Tick {
        Tick((tick.max(0.0) as u64).min(self.end().saturating_sub(1)))
    }

    fn command(&self, edit: LaneEdit) -> Command {
        Command::Lane { clip: self.at, lane: self.lane, edit }
    }
}

impl Stroke {
    /// The left button goes down in a lane. `None` where it is the velocity lane's own
    /// business, or outside the clip.
    pub(super) fn press(
        world: &LaneWorld<'_>,
        pos: Pos2,
        verb: Option<Verb>,
        tool: RollTool,
        chosen: Option<TickRange>,
        asks: &mut Vec<Ask>,
    ) -> Option<Self> {
        let tick = world.tick_from_x(pos.x);
        if verb == Some(Verb::Choose) {
            return Some(Self::Choose { from: tick, to: tick, pos, before: chosen });
        }
        let ramps = verb == Some(Verb::Line);
        if !ramps
            && let Some(range) =
                chosen.filter(|range| world.ticks(tick, tick).start() >= range.start())
            && tick < range.end().0 as f64
            && let Some(shift) = Shift::new(world, pos, range)
        {
            return Some(Self::Shift(shift));
        }
        match world.lane.kind {
            LaneKind::Velocity => return None,
            LaneKind::ReleaseVelocity => {
                return Some(Self::Notes(NoteStroke::press(world, pos, ramps, asks)));
            }
            _ => {}
        }
        if tick < 0.0 || tick >= world.end() as f64 {
            return None;
        }
        if tool == RollTool::Erase {
            let mut erase =
                Erase { pos, swept: (tick, tick), is_right: false, moved: true, hits: false };
            erase.follow(world, pos, asks);
            return Some(Self::Erase(erase));
        }
        if ramps && !world.lane.kind.is_stepped() {
            let near = world.near(pos.x).map(|point| point.tick);
            let tick = near.unwrap_or_else(|| world.ramp_place(pos.x, false));
            let from = (tick, world.value_from_y(pos.y));
            return Some(Self::Ramp(Ramp { from }));
        }
        Some(Self::Paint(Paint::press(world, pos, asks)))
    }

    /// The right button goes down in a lane: held still it is a menu, dragged an eraser.
    pub(super) fn press_right(world: &LaneWorld<'_>, pos: Pos2) -> Option<Self> {
        let tick = world.tick_from_x(pos.x);
        let erase = Erase { pos, swept: (tick, tick), is_right: true, moved: false, hits: false };
        (!world.lane.kind.is_of_notes()).then_some(Self::Erase(erase))
    }

    /// The pointer is at `pos` with the button held.
    pub(super) fn follow(
        &mut self,
        world: &LaneWorld<'_>,
        pos: Pos2,
        held: Constraint,
        asks: &mut Vec<Ask>,
    ) {
        match self {
            Self::Paint(paint) => paint.follow(world, pos, held.free, asks),
            Self::Ramp(ramp) => ramp.follow(world, pos, held, asks),
            Self::Choose { to, .. } => *to = world.tick_from_x(pos.x),
            Self::Shift(shift) => shift.follow(world, pos, held, asks),
            Self::Erase(erase) => erase.follow(world, pos, asks),
            Self::Notes(notes) => notes.follow(world, pos, asks),
        }
    }

    /// The button goes up.
    pub(super) fn release(self, world: &LaneWorld<'_>, pos: Pos2, asks: &mut Vec<Ask>) {
        match self {
            Self::Paint(_) | Self::Ramp(_) | Self::Erase(_) => asks.push(Ask::Commit),
            Self::Notes(notes) => {
                asks.push(Ask::Commit);
                asks.push(Ask::Select(notes.before));
            }
            Self::Choose { from, to, pos: pressed, .. } => {
                let range = if pressed.distance(pos) < DRAG_THRESHOLD {
                    world
                        .near(pos.x)
                        .map(|point| TickRange::between(point.tick, point.tick.after(1)))
                } else {
                    Some(world.ticks(from, to))
                };
                asks.push(Ask::Choose(range));
            }
            Self::Shift(shift) => {
                asks.push(Ask::Commit);
                let (ticks, _) = shift.last;
                let range = shift.range;
                let moved =
                    TickRange::between(range.start().offset(ticks), range.end().offset(ticks));
                asks.push(Ask::Choose(shift.moved.then_some(moved)));
            }
        }
    }

    /// Escape, or something that makes going on senseless.
    pub(super) fn cancel(self, asks: &mut Vec<Ask>) {
        match self {
            Self::Choose { before, .. } => asks.push(Ask::Choose(before)),
            Self::Notes(notes) => {
                asks.push(Ask::Cancel);
                asks.push(Ask::Select(notes.before));
            }
            _ => asks.push(Ask::Cancel),
        }
    }

    /// The range that is being chosen.
    pub(super) fn choosing(&self, end: u64) -> Option<TickRange> {
        match self {
            Self::Choose { from, to, .. } => Some(ticks_within(end, *from, *to)),
            Self::Shift(shift) => {
                let (ticks, _) = shift.last;
                let range = shift.range;
                Some(TickRange::between(range.start().offset(ticks), range.end().offset(ticks)))
            }
            _ => None,
        }
    }
}

impl Paint {
    fn press(world: &LaneWorld<'_>, pos: Pos2, asks: &mut Vec<Ask>) -> Self {
        let (tick, value) = (world.place(pos.x, false), world.value_from_y(pos.y));
        let drawn = BTreeMap::from([(tick, value)]);
        let paint = Self { pos, last: (tick, value), drawn, covered: (tick, tick) };
        paint.show(world, asks);
        paint
    }

    fn follow(&mut self, world: &LaneWorld<'_>, pos: Pos2, free: bool, asks: &mut Vec<Ask>) {
        if pos == self.pos {
            return;
        }
        let upright = (pos.x - self.pos.x).abs() < 1.0;
        self.pos = pos;
        let tick = world.tick_from_x(pos.x);
        let tick = if upright {
            self.last.0
        } else if world.draws_on_grid(free) {
            world.floored(tick)
        } else {
            world.within(tick.round())
        };
        let now = (tick, world.value_from_y(pos.y));
        let before = std::mem::replace(&mut self.last, now);
        let (first, last) = (before.0.min(now.0), before.0.max(now.0));
        let inside: Vec<Tick> = self.drawn.range(first..=last).map(|(tick, _)| *tick).collect();
        for tick in inside {
            self.drawn.remove(&tick);
        }
        for (tick, value) in between(world, before, now, free) {
            self.drawn.insert(tick, value);
        }
        self.covered = (self.covered.0.min(first), self.covered.1.max(last));
        self.show(world, asks);
    }

    fn show(&self, world: &LaneWorld<'_>, asks: &mut Vec<Ask>) {
        let range = TickRange::between(self.covered.0, self.covered.1.after(1));
        let mut held = None;
        let says_more =
            |(_, value): &(&Tick, &f64)| held.replace(value.to_bits()) != Some(value.to_bits());
        let points = self.drawn.iter().filter(says_more);
        let points = points.map(|(&tick, &value)| LanePoint::new(tick, value)).collect();
        asks.push(Ask::Preview(world.command(LaneEdit::Draw { range, points })));
    }
}

/// What a stroke from one place to another draws.
fn between(
    world: &LaneWorld<'_>,
    from: (Tick, f64),
    to: (Tick, f64),
    free: bool,
) -> Vec<(Tick, f64)> {
    let kind = world.lane.kind;
    if world.draws_on_grid(free) {
        let (first, last) = (from.0.min(to.0), from.0.max(to.0));
        let (start, end) = (world.origin() + first.0 as f64, world.origin() + last.0 as f64);
        let length = to.0.0 as f64 - from.0.0 as f64;
        let value = |tick: Tick| {
            let share =
                (tick.0 as f64 - from.0.0 as f64) / if length == 0.0 { 1.0 } else { length };
            let bent = from.1 + (to.1 - from.1) * share;
            kind.nearest(if kind.is_stepped() { to.1 } else { bent })
        };
        let lines = world.grid.lines(start, end + 1.0);
        let ticks = lines.map(|line| world.within(line.tick.0 as f64 - world.origin()));
        let mut ticks: BTreeSet<Tick> =
            ticks.filter(|tick| (first..=last).contains(tick)).collect();
        ticks.extend([from.0, to.0]);
        return ticks
            .into_iter()
            .map(|tick| {
                (
                    tick,
                    if tick == from.0 && tick != to.0 {
                        from.1
                    } else if tick == to.0 {
                        to.1
                    } else {
                        value(tick)
                    },
                )
            })
            .collect();
    }
    if kind.is_stepped() {
        return vec![to];
    }
    let points = curve(kind, CurveShape::Line, from, to, world.spacing);
    points.into_iter().map(|point| (point.tick, point.value)).collect()
}

impl Ramp {
    fn follow(&self, world: &LaneWorld<'_>, pos: Pos2, held: Constraint, asks: &mut Vec<Ask>) {
        let to = (world.ramp_place(pos.x, held.free), world.value_from_y(pos.y));
        let shape = match (held.lock, world.shape) {
            (false, shape) => shape,
            (true, CurveShape::Line) => CurveShape::Sine,
            (true, _) => CurveShape::Line,
        };
        let points = curve(world.lane.kind, shape, self.from, to, world.spacing);
        let range = TickRange::between(self.from.0.min(to.0), self.from.0.max(to.0).after(1));
        let edit = LaneEdit::Draw { range, points: points.into() };
        asks.push(Ask::Preview(world.command(edit)));
    }
}

impl Shift {
    /// `None` when there is nothing in the range.
    fn new(world: &LaneWorld<'_>, pos: Pos2, range: TickRange) -> Option<Self> {
        let ends = if world.lane.kind.is_of_notes() {
            (range.start(), range.start())
        } else {
            let points = world.read.data.points_in(range);
            (points.first()?.tick, points.last()?.tick)
        };
        let tick = world.tick_from_x(pos.x);
        Some(Self { pos, tick, range, ends, last: (0, 0.0), moved: false })
    }

    fn follow(&mut self, world: &LaneWorld<'_>, pos: Pos2, held: Constraint, asks: &mut Vec<Ask>) {
        if !self.moved && pos.distance(self.pos) < DRAG_THRESHOLD {
            return;
        }
        self.moved = true;
        let pull = world.tick_from_x(pos.x) - self.tick;
        let mut ticks = pull.round() as i64;
        if world.snap && !held.free {
            let origin = world.origin() + self.ends.0.0 as f64;
            let target = (origin + pull).max(0.0);
            let line = world.grid.snap(target).0 as f64;
            let stays = (target - origin).abs() <= (target - line).abs();
            ticks = if stays { 0 } else { (line - origin) as i64 };
        }
        let by = f64::from(self.pos.y - pos.y) * world.axis.per_point(world.plot);
        let mut by = if world.lane.kind == LaneKind::Tempo { by } else { by.round() };
        if held.lock {
            let sideways = (pos.x - self.pos.x).abs() >= (pos.y - self.pos.y).abs();
            (ticks, by) = if sideways { (ticks, 0.0) } else { (0, by) };
        }
        if world.lane.kind.is_of_notes() {
            ticks = 0;
        }
        let most = world.end().saturating_sub(1).saturating_sub(self.ends.1.0);
        let least = -i64::try_from(self.ends.0.0).unwrap_or(i64::MAX);
        let ticks = ticks.clamp(least, i64::try_from(most).unwrap_or(i64::MAX));
        if (ticks, by.to_bits()) == (self.last.0, self.last.1.to_bits()) {
            return;
        }
        self.last = (ticks, by);
        let edit = LaneEdit::Move { range: self.range, ticks, by };
        asks.push(Ask::Preview(world.command(edit)));
    }
}

impl Erase {
    fn follow(&mut self, world: &LaneWorld<'_>, pos: Pos2, asks: &mut Vec<Ask>) {
        if !self.moved && pos.distance(self.pos) < DRAG_THRESHOLD {
            return;
        }
        self.moved = true;
        let reach = f64::from(REACH) / world.layout.viewport.scale;
        let tick = world.tick_from_x(pos.x);
        let before = self.swept;
        self.swept = (before.0.min(tick - reach), before.1.max(tick + reach));
        let range = world.ticks(self.swept.0, self.swept.1);
        // What a preview has taken away does not show any more, but was hit before.
        self.hits |= !world.read.data.points_in(range).is_empty();
        if self.hits && self.swept != before {
            asks.push(Ask::Preview(world.command(LaneEdit::Delete { range })));
        }
    }
}

impl NoteStroke {
    fn press(world: &LaneWorld<'_>, pos: Pos2, is_ramp: bool, asks: &mut Vec<Ask>) -> Self {
        let before = world.notes.clone();
        let mut stroke = Self { last: pos, is_ramp, changed: BTreeMap::new(), before };
        if let Some(near) = hit::onset_near(world.layout, world.clip, pos.x, REACH) {
            let x = world.x_from_tick(near.0 as f64);
            stroke.draw(world, pos2(x - 0.5, pos.y), pos2(x + 0.5, pos.y));
        }
        stroke.show(world, asks);
        stroke
    }

    fn follow(&mut self, world: &LaneWorld<'_>, pos: Pos2, asks: &mut Vec<Ask>) {
        if pos == self.last {
            return;
        }
        if self.is_ramp {
            self.changed.clear();
        }
        self.draw(world, self.last, pos);
        if !self.is_ramp {
            self.last = pos;
        }
        self.show(world, asks);
    }

    /// Values along a straight line.
    fn draw(&mut self, world: &LaneWorld<'_>, from: Pos2, to: Pos2) {
        for note in hit::onsets_between(world.layout, world.clip, from.x, to.x) {
            let reference = note.reference();
            if !self.before.is_empty() && !self.before.contains(reference) {
                continue;
            }
            let x = world.x_from_tick(note.start.0 as f64);
            let width = to.x - from.x;
            let along = if width == 0.0 { 1.0 } else { ((x - from.x) / width).clamp(0.0, 1.0) };
            let value = world.value_from_y(from.y + (to.y - from.y) * along);
            self.changed.insert(reference, value as u8);
        }
    }

    fn show(&self, world: &LaneWorld<'_>, asks: &mut Vec<Ask>) {
        if self.changed.is_empty() {
            return;
        }
        let notes = NoteSelection::new(world.at, self.changed.keys().copied());
        let each = self.changed.iter().map(|(&note, &value)| (note, value)).collect();
        let change = VelocityChange::Each(each);
        asks.push(Ask::Preview(Command::ChangeRelease { notes, change }));
        asks.push(Ask::Select(self.before.clone()));
    }
}

/// Ticks from `a` to `b` of a lane of `end` ticks, the last one included.
fn ticks_within(end: u64, a: f64, b: f64) -> TickRange {
    let tick = |tick: f64| Tick((tick.max(0.0) as u64).min(end.saturating_sub(1)));
    TickRange::between(tick(a.min(b)), tick(a.max(b)).after(1))
}

/// The value of a note in a lane of notes' values.
pub(super) fn value_of(kind: LaneKind, note: &Note) -> f64 {
    match kind {
        LaneKind::ReleaseVelocity => f64::from(note.release.velocity().unwrap_or(64)),
        _ => f64::from(note.velocity),
    }
}
