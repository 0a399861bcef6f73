//! Velocities along a line drawn over the notes: the canvas is as high as the velocities go.

use super::gesture::{Press, Wish, World};
use super::layout::Layout;
use super::open::{Open, for_each_clip};
use super::verbs::Constraint;
use crate::state::Selection;
use egui::{Pos2, pos2};
use engine::edit::{Command, VelocityChange};
use engine::model::{CHUNK_TARGET, Clip, ClipRef, Note, NoteRef, Velocity};
use engine::time::{Tick, TickRange};

/// Notes under the line from which on it shows what it does on release only.
const PREVIEWED: usize = 20_000;

/// A line from where the button went down. It changes the selected notes that begin under
/// it, or every note when none is selected.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ramp {
    from: End,
    to: End,
    bent: bool,
    pub(super) before: Selection,
}

/// An end of the line.
#[derive(Clone, Copy, Debug, PartialEq)]
struct End {
    /// On the song's time line.
    tick: f64,
    velocity: f32,
}

impl Ramp {
    pub(super) fn begin(world: &World<'_>, press: &Press) -> Self {
        let from = End::at(world.layout, press.pos);
        Self { from, to: from, bent: false, before: press.before.clone() }
    }

    /// The pointer has moved to `pos`.
    pub(super) fn follow(
        &mut self,
        world: &World<'_>,
        pos: Pos2,
        hold: Constraint,
        wishes: &mut Vec<Wish>,
    ) {
        let to = End::at(world.layout, pos);
        if (to, hold.lock) == (self.to, self.bent) {
            return;
        }
        (self.to, self.bent) = (to, hold.lock);
        let chunks = |part: &Open<'_>| part.clip.notes.chunks_in(self.ticks(part.clip)).count();
        let n_chunks: usize = world.open.iter().map(chunks).sum();
        if n_chunks * CHUNK_TARGET > PREVIEWED {
            return;
        }
        // A line that leaves all notes again takes back what it did to them.
        wishes.push(self.command(world).map_or(Wish::Cancel, Wish::Preview));
        wishes.push(Wish::Select(self.before.clone()));
    }

    /// The button goes up.
    pub(super) fn end(self, world: &World<'_>, wishes: &mut Vec<Wish>) {
        // Taken back and done again, so that it is one step however it was shown.
        wishes.push(Wish::Cancel);
        wishes.extend(self.command(world).map(Wish::Apply));
        wishes.push(Wish::Select(self.before));
    }

    /// Points of the line on the screen, and the velocities at its ends.
    pub(super) fn line(&self, layout: &Layout) -> (Vec<Pos2>, (Velocity, Velocity)) {
        let pieces = if self.bent { 24_u8 } else { 1 };
        let x = |end: End| layout.x_from_tick(end.tick);
        let point = |piece: u8| {
            let along = f32::from(piece) / f32::from(pieces);
            let y = y_from_velocity(layout, self.velocity(along));
            pos2(x(self.from) + (x(self.to) - x(self.from)) * along, y)
        };
        let ends = (rounded(self.from.velocity), rounded(self.to.velocity));
        ((0..=pieces).map(point).collect(), ends)
    }

    /// What the line has at this part of its way.
    fn velocity(&self, along: f32) -> f32 {
        let along = if self.bent { along * along } else { along };
        self.from.velocity + (self.to.velocity - self.from.velocity) * along
    }

    /// A clip's ticks under the line.
    fn ticks(&self, clip: &Clip) -> TickRange {
        let origin = clip.start.0 as f64;
        let tick = |tick: f64| Tick((tick - origin).max(0.0) as u64);
        let (first, last) = (self.from.tick.min(self.to.tick), self.from.tick.max(self.to.tick));
        TickRange::between(tick(first.ceil()), tick(last.floor() + 1.0).max(tick(first.ceil())))
    }

    /// `None` when no note begins under the line.
    fn command(&self, world: &World<'_>) -> Option<Command> {
        let each = world.open.iter().flat_map(|part| self.velocities(part));
        for_each_clip(each, |notes, each| {
            let change = VelocityChange::Each(each);
            Command::ChangeVelocity { notes, change }
        })
    }

    /// What the line gives to the notes of a clip.
    fn velocities<'a>(
        &'a self,
        part: &'a Open<'a>,
    ) -> impl Iterator<Item = (ClipRef, NoteRef, Velocity)> + 'a {
        let ticks = self.ticks(part.clip);
        let any = !self.before.has_notes();
        let chosen = self.before.notes_of(part.at);
        let wanted = move |note: &&Note| {
            ticks.contains(note.start) && (any || chosen.contains(note.reference()))
        };
        let width = self.to.tick - self.from.tick;
        let notes = part.clip.notes.sounding_in(ticks).filter(wanted);
        notes.map(move |note| {
            let tick = part.song(note.start).0 as f64;
            let along = if width == 0.0 { 1.0 } else { (tick - self.from.tick) / width };
            let velocity = self.velocity((along as f32).clamp(0.0, 1.0));
            (part.at, note.reference(), rounded(velocity))
        })
    }
}

impl End {
    fn at(layout: &Layout, pos: Pos2) -> Self {
        let height = layout.canvas.height().max(1.0);
        let share = ((layout.canvas.bottom() - pos.y) / height).clamp(0.0, 1.0);
        Self { tick: layout.tick_from_x(pos.x), velocity: 1.0 + share * 126.0 }
    }
}

fn y_from_velocity(layout: &Layout, velocity: f32) -> f32 {
    layout.canvas.bottom() - (velocity - 1.0) / 126.0 * layout.canvas.height()
}

fn rounded(velocity: f32) -> Velocity {
    velocity.round().clamp(1.0, 127.0) as u8
}
