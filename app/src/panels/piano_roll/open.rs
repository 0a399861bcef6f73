//! The clips that are open in the roll, as a frame sees them.

use super::gesture::World;
use super::hit::{self, Hit};
use crate::state::NoteSet;
use egui::Pos2;
use engine::edit::{Command, NoteSelection};
use engine::model::{Clip, ClipRef, Note, NoteRef, Notes, Track};
use engine::time::Tick;
use std::collections::BTreeMap;

/// An open clip that is not hidden.
#[derive(Clone, Debug)]
pub(super) struct Open<'a> {
    /// Where to find it.
    pub(super) at: ClipRef,
    /// Its track.
    pub(super) track: &'a Track,
    /// The clip as it is now, the running preview included.
    pub(super) clip: &'a Clip,
    /// Its selected notes themselves.
    pub(super) chosen: Notes,
}

impl Open<'_> {
    /// A tick of the clip on the song's time line.
    pub(super) const fn song(&self, tick: Tick) -> Tick {
        self.clip.start.after(tick.0)
    }

    /// First and last tick of the selected notes, on the song's time line.
    pub(super) fn chosen_span(&self) -> Option<(Tick, Tick)> {
        let (first, last) = self.chosen.span()?;
        Some((self.song(first), self.song(last)))
    }
}

/// The first tick and the last of everything selected, on the song's time line.
pub(super) fn chosen_span(open: &[Open<'_>]) -> Option<(Tick, Tick)> {
    let spans = || open.iter().filter_map(Open::chosen_span);
    Some((spans().map(|(first, _)| first).min()?, spans().map(|(_, last)| last).max()?))
}

impl<'a> World<'a> {
    /// An open clip.
    pub(super) fn part(&self, at: ClipRef) -> Option<&'a Open<'a>> {
        self.open.iter().find(|part| part.at == at)
    }

    /// The note at `pos` in any open clip. Of several, a selected one wins, then the one of
    /// the active clip, then the one that begins last.
    pub(super) fn note_at(&self, pos: Pos2) -> Option<Hit> {
        self.nearest(pos, |at| self.selection.notes_of(at))
    }

    /// The same, whatever is selected.
    pub(super) fn any_note_at(&self, pos: Pos2) -> Option<Hit> {
        let none = NoteSet::default();
        self.nearest(pos, |_| &none)
    }

    fn nearest<'b>(&self, pos: Pos2, selected: impl Fn(ClipRef) -> &'b NoteSet) -> Option<Hit> {
        let found = self.open.iter().filter_map(|part| {
            let (rank, hit) =
                hit::ranked(self.layout, (part.at, part.clip), selected(part.at), pos)?;
            Some(((rank, part.at == self.at), hit))
        });
        found.max_by_key(|(rank, hit)| (*rank, hit.note.reference())).map(|(_, hit)| hit)
    }

    /// The song tick of the onset nearest to `x` in any open clip, no further than `reach`.
    pub(super) fn onset_near(&self, x: f32, reach: f32) -> Option<Tick> {
        let near = self.open.iter().filter_map(|part| {
            hit::onset_near(self.layout, part.clip, x, reach).map(|tick| part.song(tick))
        });
        let away = |tick: &Tick| (self.layout.x_from_tick(tick.0 as f64) - x).abs();
        near.min_by(|a, b| away(a).total_cmp(&away(b)))
    }

    /// The clip that takes a new note at a tick of the song: the active one, or another open
    /// clip of its track where that lies and the active one does not.
    pub(super) fn home(&self, tick: Tick) -> (ClipRef, &'a Clip) {
        let own = (self.at, self.clip);
        if self.clip.range().contains(tick) {
            return own;
        }
        let here =
            |part: &&Open<'_>| part.at.track == self.at.track && part.clip.range().contains(tick);
        self.open.iter().find(here).map_or(own, |part| (part.at, part.clip))
    }
}

/// The same for some notes of each clip, as one step; `None` when there are none.
pub(super) fn for_each_clip<T>(
    notes: impl IntoIterator<Item = (ClipRef, NoteRef, T)>,
    command: impl Fn(NoteSelection, Vec<(NoteRef, T)>) -> Command,
) -> Option<Command> {
    let mut clips: BTreeMap<ClipRef, Vec<(NoteRef, T)>> = BTreeMap::new();
    for (clip, note, value) in notes {
        clips.entry(clip).or_default().push((note, value));
    }
    Command::several(clips.into_iter().map(|(clip, notes)| {
        let selection = NoteSelection::new(clip, notes.iter().map(|(note, _)| *note));
        command(selection, notes)
    }))
}

/// The notes of each clip, as the commands of one step want them.
pub(super) fn gathered<'a>(
    notes: impl IntoIterator<Item = (ClipRef, &'a Note)>,
) -> impl Iterator<Item = (ClipRef, NoteRef, ())> {
    notes.into_iter().map(|(clip, note)| (clip, note.reference(), ()))
}
