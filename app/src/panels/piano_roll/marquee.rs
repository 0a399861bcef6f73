//! A rectangle that selects.

use super::gesture::{Press, World};
use super::hit;
use super::layout::Spot;
use super::verbs::Verb;
use crate::state::{NoteSet, Selection};
use engine::model::{Clip, ClipRef, Note, NoteRef};

/// A rectangle between where the pointer was pressed and where it is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Marquee {
    /// One corner.
    pub(super) from: Spot,
    /// The other.
    pub(super) to: Spot,
    mode: Mode,
    pub(super) before: Selection,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Replace,
    Add,
    Toggle,
}

impl Marquee {
    pub(super) fn new(press: &Press, verb: Verb) -> Self {
        let mode = match verb {
            Verb::MarqueeAdd => Mode::Add,
            Verb::MarqueeToggle => Mode::Toggle,
            _ => Mode::Replace,
        };
        Self { from: press.from, to: press.from, mode, before: press.before.clone() }
    }

    /// Whether a note looks selected while the rectangle is drawn.
    pub(super) fn shows(&self, (at, clip): (ClipRef, &Clip), note: &Note) -> bool {
        let before = || self.before.notes_of(at).contains(note.reference());
        let inside = hit::touches(clip, self.from, self.to, note);
        match self.mode {
            Mode::Replace => inside,
            Mode::Add => inside || before(),
            Mode::Toggle => inside != before(),
        }
    }

    /// What is selected in the end, in every open clip.
    pub(super) fn selects(&self, world: &World<'_>) -> Selection {
        let each = world.open.iter().map(|part| (part.at, self.selects_in(part.at, part.clip)));
        self.before.with_each(each)
    }

    fn selects_in(&self, at: ClipRef, clip: &Clip) -> NoteSet {
        let inside = || hit::notes_between(clip, self.from, self.to).map(Note::reference);
        let before = self.before.notes_of(at);
        match self.mode {
            Mode::Replace if hit::touches_all(clip, self.from, self.to) => {
                NoteSet::all(&clip.notes)
            }
            Mode::Replace => inside().collect(),
            _ if inside().next().is_none() => before.clone(),
            Mode::Add => before.with(inside()),
            Mode::Toggle => {
                let inside: NoteSet = inside().collect();
                let kept = before.iter().filter(|note| !inside.contains(*note));
                let new = inside.iter().filter(|note| !before.contains(*note));
                kept.chain(new).collect::<Vec<NoteRef>>().into_iter().collect()
            }
        }
    }
}
