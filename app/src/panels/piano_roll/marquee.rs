//! A rectangle that selects.

use super::gesture::Press;
use super::hit;
use super::layout::Spot;
use super::verbs::Verb;
use crate::state::NoteSet;
use engine::model::{Clip, Note, NoteRef};

/// A rectangle between where the pointer was pressed and where it is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Marquee {
    /// One corner.
    pub(super) from: Spot,
    /// The other.
    pub(super) to: Spot,
    mode: Mode,
    pub(super) before: NoteSet,
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
    pub(super) fn shows(&self, clip: &Clip, note: &Note) -> bool {
        let before = || self.before.contains(note.reference());
        let inside = hit::touches(clip, self.from, self.to, note);
        match self.mode {
            Mode::Replace => inside,
            Mode::Add => inside || before(),
            Mode::Toggle => inside != before(),
        }
    }

    /// What is selected in the end.
    pub(super) fn selects(&self, clip: &Clip) -> NoteSet {
        let inside = hit::notes_between(clip, self.from, self.to).map(Note::reference);
        match self.mode {
            Mode::Replace if hit::touches_all(clip, self.from, self.to) => {
                NoteSet::all(&clip.notes)
            }
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
