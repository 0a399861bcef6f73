//! Gestures of the canvas as a state machine: the modifier at press picks the verb, by the
//! map in [`super::verbs`], a modifier during the drag the constraint. Knows no egui context
//! and changes nothing itself: what should happen goes into [`Wish`].
//!
//! Anchors are kept in musical terms, so that a drag goes on while the view scrolls.

use super::cut::Cut;
use super::drags::{Resize, Shift, Stretch};
use super::grid::Grid;
use super::hit::{Hit, Part};
use super::layout::{Layout, Spot};
use super::making::{Brush, Create, Erase};
use super::marquee::Marquee;
use super::open::Open;
use super::ramp::Ramp;
use super::velocity::{Paint, Trim};
use super::verbs::{Act, Button, Constraint, Hand, Held, Place, Verb};
use crate::state::{NoteSet, Selection};
use egui::Pos2;
use engine::edit::{Command, NoteSelection, Selected};
use engine::model::{Clip, ClipRef, Key, Notes, Track, TrackId, Velocity};

/// Points the pointer may move before a click becomes a drag.
pub(super) const DRAG_THRESHOLD: f32 = 4.0;

/// What a gesture may look at.
#[derive(Clone, Copy)]
pub(super) struct World<'a> {
    /// Where things are.
    pub(super) layout: &'a Layout,
    /// Every clip that is open and shown.
    pub(super) open: &'a [Open<'a>],
    /// The active clip's track.
    pub(super) track: &'a Track,
    /// The active clip as it is now, the running preview included.
    pub(super) clip: &'a Clip,
    /// Where to find it.
    pub(super) at: ClipRef,
    /// What is selected.
    pub(super) selection: &'a Selection,
    /// The selected notes of the active clip.
    pub(super) chosen: &'a Notes,
    /// Where things snap to.
    pub(super) grid: Grid<'a>,
    /// Whether they do.
    pub(super) snap: bool,
    /// What a new note takes over.
    pub(super) next: NextNote,
    /// The tool in hand, and whose habits it follows.
    pub(super) hand: Hand,
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
    /// This is selected now.
    Select(Selection),
    /// Show what this would do.
    Preview(Command),
    /// Make the last preview a step.
    Commit,
    /// Do this: one step.
    Apply(Command),
    /// Take the preview back.
    Cancel,
    /// Let this key of a track sound until told otherwise.
    Sound(TrackId, Key, Velocity),
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
    /// Changing places and lengths in proportion.
    Stretch(Stretch),
    /// Drawing a rectangle around notes.
    Marquee(Marquee),
    /// Making a note.
    Create(Create),
    /// Making one on every grid step.
    Brush(Brush),
    /// Painting in the velocity lane.
    Paint(Paint),
    /// Changing velocities up and down.
    Trim(Trim),
    /// Wiping notes away.
    Erase(Erase),
    /// Cutting notes in two.
    Cut(Cut),
    /// Laying velocities along a line.
    Ramp(Ramp),
}

/// How the button went down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct How {
    /// Which one.
    pub(super) button: Button,
    /// With what held.
    pub(super) held: Held,
    /// For the second time, shortly after the first.
    pub(super) again: bool,
}

/// A button held down where it was pressed, and what that may become.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Press {
    pub(super) from: Spot,
    pub(super) pos: Pos2,
    pub(super) hit: Option<Hit>,
    click: Option<Verb>,
    drag: Option<Verb>,
    /// What was selected before.
    pub(super) before: Selection,
}

impl World<'_> {
    /// How far something at song tick `origin` goes when pulled by `pull` ticks: to a grid
    /// line or back to where it was, whichever is nearer, so that a note off the grid can
    /// change its pitch alone.
    pub(super) fn snapped(&self, origin: f64, pull: f64, hold: Constraint) -> i64 {
        if self.is_free(hold) {
            return pull.round() as i64;
        }
        let target = (origin + pull).max(0.0);
        let line = self.grid.snap(target).0 as f64;
        if (target - origin).abs() <= (target - line).abs() { 0 } else { (line - origin) as i64 }
    }

    /// Whether the grid does not hold.
    pub(super) const fn is_free(&self, hold: Constraint) -> bool {
        hold.free || !self.snap
    }
}

impl Place {
    /// Where on the canvas a hit is.
    pub(super) fn of(hit: Option<Hit>) -> Self {
        match hit.map(|hit| hit.part) {
            None => Self::Empty,
            Some(Part::Body) => Self::Body,
            Some(Part::Start | Part::End) => Self::Edge,
        }
    }
}

impl Gesture {
    /// A button goes down on the canvas. Also says which modifiers have picked the verb.
    pub(super) fn press(
        world: &World<'_>,
        pos: Pos2,
        how: How,
        wishes: &mut Vec<Wish>,
    ) -> (Self, Held) {
        let How { button, held, again } = how;
        let hit = world.note_at(pos);
        let place = Place::of(hit);
        let find = |act| world.hand.verb(place, button, held, act);
        let press = Press {
            from: world.layout.spot(pos),
            pos,
            hit,
            click: find(Act::Click),
            drag: find(Act::Drag),
            before: world.selection.clone(),
        };
        let double = again.then(|| find(Act::Double)).flatten();
        let at_once = double.or_else(|| press.drag.filter(|_| press.click == press.drag));
        let act = if double.is_some() { Act::Double } else { Act::Drag };
        let spent = world.hand.spent(place, button, held, act);
        let hold = world.hand.constraint(held.without(spent));
        let begun = at_once.and_then(|verb| press.begin(verb, world, hold, wishes));
        let gesture = begun.unwrap_or_else(|| {
            press.touch(button, wishes);
            Self::Press(press)
        });
        (gesture, spent)
    }

    /// The pointer is at `pos` with the button held.
    pub(super) fn drag(
        &mut self,
        world: &World<'_>,
        pos: Pos2,
        hold: Constraint,
        wishes: &mut Vec<Wish>,
    ) {
        if let Self::Press(press) = self
            && press.pos.distance(pos) >= DRAG_THRESHOLD
            && let Some(verb) = press.drag.take()
            && let Some(begun) = press.begin(verb, world, hold, wishes)
        {
            *self = begun;
        }
        match self {
            Self::Idle | Self::Press(_) => {}
            Self::Shift(shift) => shift.follow(world, pos, hold, wishes),
            Self::Resize(resize) => resize.follow(world, pos, hold, wishes),
            Self::Stretch(stretch) => stretch.follow(world, pos, hold, wishes),
            Self::Marquee(marquee) => marquee.to = world.layout.spot(pos),
            Self::Create(create) => create.follow(world, pos, hold, wishes),
            Self::Brush(brush) => brush.follow(world, pos, hold, wishes),
            Self::Paint(paint) => paint.follow(world, pos, wishes),
            Self::Trim(trim) => trim.follow(world, pos, wishes),
            Self::Erase(erase) => erase.follow(world, pos, wishes),
            Self::Cut(cut) => cut.follow(world, pos, hold),
            Self::Ramp(ramp) => ramp.follow(world, pos, hold, wishes),
        }
    }

    /// The button goes up.
    pub(super) fn release(&mut self, world: &World<'_>, wishes: &mut Vec<Wish>) {
        match std::mem::take(self) {
            Self::Idle => return,
            Self::Press(press) => press.release(wishes),
            Self::Shift(_)
            | Self::Resize(_)
            | Self::Stretch(_)
            | Self::Create(_)
            | Self::Trim(_) => wishes.push(Wish::Commit),
            Self::Marquee(marquee) => wishes.push(Wish::Select(marquee.selects(world))),
            Self::Brush(brush) => brush.end(wishes),
            Self::Paint(paint) => paint.end(wishes),
            Self::Erase(erase) => erase.end(wishes),
            Self::Cut(cut) => cut.end(world, wishes),
            Self::Ramp(ramp) => ramp.end(world, wishes),
        }
        wishes.push(Wish::Hush);
    }

    /// Escape, or something that makes going on senseless. False when nothing was under way.
    pub(super) fn cancel(&mut self, wishes: &mut Vec<Wish>) -> bool {
        let before = match std::mem::take(self) {
            Self::Idle => return false,
            Self::Press(Press { before, .. })
            | Self::Marquee(Marquee { before, .. })
            | Self::Cut(Cut { before, .. }) => before,
            Self::Shift(Shift { before, .. })
            | Self::Resize(Resize { before, .. })
            | Self::Stretch(Stretch { before, .. })
            | Self::Create(Create { before, .. })
            | Self::Brush(Brush { before, .. })
            | Self::Paint(Paint { before, .. })
            | Self::Trim(Trim { before, .. })
            | Self::Erase(Erase { before, .. })
            | Self::Ramp(Ramp { before, .. }) => {
                wishes.push(Wish::Cancel);
                before
            }
        };
        wishes.push(Wish::Select(before));
        wishes.push(Wish::Hush);
        true
    }

    /// Whether the view should follow a pointer that leaves the canvas.
    pub(super) const fn scrolls(&self) -> bool {
        matches!(
            self,
            Self::Shift(_)
                | Self::Resize(_)
                | Self::Stretch(_)
                | Self::Marquee(_)
                | Self::Create(_)
                | Self::Brush(_)
        )
    }

    /// Whether a release where the button went down would open the menu.
    pub(super) fn may_open_menu(&self) -> bool {
        matches!(self, Self::Press(Press { click: Some(Verb::Menu), .. }))
    }
}

impl Press {
    /// What the press itself does, before anything is known of a drag.
    fn touch(&self, button: Button, wishes: &mut Vec<Wish>) {
        let Self { hit: Some(hit), click, before, .. } = self else { return };
        let note = hit.note;
        if button == Button::Left {
            wishes.push(Wish::Sound(hit.at.track, note.key, note.velocity));
            let next = NextNote { length: Some(note.length), velocity: note.velocity };
            wishes.push(Wish::Adopt(next));
        }
        let reference = note.reference();
        let is_selected = before.notes_of(hit.at).contains(reference);
        match click {
            Some(Verb::Add) if !is_selected => {
                wishes.push(Wish::Select(before.added(hit.at, reference)));
            }
            // The menu is about the note under the pointer, which is selected for it.
            Some(Verb::Select | Verb::Menu) if !is_selected => {
                wishes.push(Wish::Select(before.only(hit.at, [reference].into_iter().collect())));
            }
            // The clip of the note that is taken hold of is the one worked on.
            _ if before.clip() != Some(hit.at) => {
                wishes.push(Wish::Select(before.activated(hit.at)));
            }
            _ => {}
        }
    }

    /// The notes that a drag from here is about.
    fn chosen(&self, hit: Hit) -> Option<Selected> {
        let reference = hit.note.reference();
        if self.before.notes_of(hit.at).contains(reference) {
            self.before.selected()
        } else if self.click == Some(Verb::Add) {
            self.before.added(hit.at, reference).selected()
        } else {
            Some(NoteSelection::new(hit.at, [reference]).into())
        }
    }

    /// What `verb` makes of this press; `None` where it makes no sense.
    fn begin(
        &self,
        verb: Verb,
        world: &World<'_>,
        hold: Constraint,
        wishes: &mut Vec<Wish>,
    ) -> Option<Gesture> {
        let grabbed = self.hit;
        let notes = || Some((grabbed?, self.chosen(grabbed?)?));
        Some(match verb {
            Verb::Move | Verb::Copy => {
                let (note, notes) = notes()?;
                Gesture::Shift(Shift::new(self, note, notes, verb == Verb::Copy))
            }
            Verb::Resize => {
                let (_, notes) = notes()?;
                Gesture::Resize(Resize::new(self, grabbed?, notes)?)
            }
            Verb::Stretch => {
                let (_, notes) = notes()?;
                Gesture::Stretch(Stretch::new(self, world, grabbed?, notes)?)
            }
            Verb::Velocity => {
                let (note, notes) = notes()?;
                Gesture::Trim(Trim::new(notes, note.note, self.pos.y, self.before.clone()))
            }
            Verb::Marquee | Verb::MarqueeAdd | Verb::MarqueeToggle => {
                Gesture::Marquee(Marquee::new(self, verb))
            }
            Verb::Create => Gesture::Create(Create::begin(world, self, hold, wishes)?),
            Verb::Paint => Gesture::Brush(Brush::begin(world, self, wishes)),
            Verb::Erase => Gesture::Erase(Erase::begin(world, self, wishes)),
            Verb::Cut => Gesture::Cut(Cut::begin(world, self, hold)),
            Verb::Ramp => Gesture::Ramp(Ramp::begin(world, self)),
            _ => return None,
        })
    }

    /// Released where it was pressed.
    fn release(&self, wishes: &mut Vec<Wish>) {
        let Self { hit, click, before, .. } = self;
        match (click, hit) {
            (Some(Verb::Toggle), Some(hit)) => {
                wishes.push(Wish::Select(before.toggled(hit.at, hit.note.reference())));
            }
            (Some(Verb::Select), Some(hit)) if before.n_notes() > 1 => {
                let note: NoteSet = [hit.note.reference()].into_iter().collect();
                wishes.push(Wish::Select(before.only(hit.at, note)));
            }
            (Some(Verb::Clear), _) if before.has_notes() => {
                wishes.push(Wish::Select(before.cleared()));
            }
            _ => {}
        }
    }
}
