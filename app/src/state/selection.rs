//! What is selected, as a value that panels read and commands replace.

use engine::edit::{NoteSelection, Selected};
use engine::model::{Clip, ClipRef, Note, NoteRef, Project, TrackId};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};

pub use engine::edit::NoteSet;

/// What the user points at: a track, and the clips that are open in the piano roll, each with
/// its selected notes. One of these clips is the active one: new notes go there, and what
/// shows one clip shows that one. Panels send a new selection with
/// [`crate::command::AppCommand::Select`]. Cloning copies a pointer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    track: Option<TrackId>,
    /// Each clip once, in the order in which they were opened.
    parts: Arc<[Part]>,
    /// Which of them is active: there is one unless there are none.
    active: usize,
}

/// A clip that is open, and its selected notes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which clip.
    pub clip: ClipRef,
    /// Its selected notes; none while it is hidden.
    pub notes: NoteSet,
    /// It is open, but neither drawn nor edited.
    pub hidden: bool,
}

impl Part {
    const fn new(clip: ClipRef, notes: NoteSet) -> Self {
        Self { clip, notes, hidden: false }
    }

    /// The notes as commands take them.
    pub fn selection(&self) -> NoteSelection {
        NoteSelection::of(self.clip, self.notes.clone())
    }
}

static NO_NOTES: LazyLock<NoteSet> = LazyLock::new(NoteSet::default);

impl Selection {
    /// Clips that can be open together: a frame looks at each of them.
    pub const MOST_CLIPS: usize = 256;

    /// A track, with no clip.
    pub fn of_track(track: TrackId) -> Self {
        Self { track: Some(track), ..Self::default() }
    }

    /// A clip and its track, with no notes.
    pub fn of_clip(clip: ClipRef) -> Self {
        Self::of_parts(vec![Part::new(clip, NoteSet::default())], clip)
    }

    /// These clips, with no notes; at most [`Self::MOST_CLIPS`] of them. `active` is the
    /// active one if it is among them, else the first is.
    pub fn of_clips(clips: impl IntoIterator<Item = ClipRef>, active: ClipRef) -> Self {
        let mut parts: Vec<Part> = Vec::new();
        for clip in clips {
            if parts.len() == Self::MOST_CLIPS {
                break;
            }
            if parts.iter().all(|part| part.clip != clip) {
                parts.push(Part::new(clip, NoteSet::default()));
            }
        }
        Self::of_parts(parts, active)
    }

    /// What a command or an undo step wants selected: its clips and their notes.
    pub fn of_notes(notes: &Selected) -> Self {
        let parts = notes.parts().iter();
        let parts: Vec<Part> = parts.map(|part| Part::new(part.clip, part.notes.clone())).collect();
        let first = parts.first().map(|part| part.clip);
        first.map_or_else(Self::default, |first| Self::of_parts(parts, first))
    }

    fn of_parts(parts: Vec<Part>, active: ClipRef) -> Self {
        let index = parts.iter().position(|part| part.clip == active).unwrap_or(0);
        let track = parts.get(index).map(|part| part.clip.track);
        Self { track, parts: parts.into(), active: index }
    }

    /// The track that live input plays and that track commands mean: the active clip's, if
    /// there is a clip.
    pub const fn track(&self) -> Option<TrackId> {
        self.track
    }

    /// The active clip.
    pub fn clip(&self) -> Option<ClipRef> {
        self.active().map(|part| part.clip)
    }

    /// Selected notes of the active clip.
    pub fn notes(&self) -> &NoteSet {
        self.active().map_or(&NO_NOTES, |part| &part.notes)
    }

    /// Selected notes of an open clip; none of another one.
    pub fn notes_of(&self, clip: ClipRef) -> &NoteSet {
        self.part(clip).map_or(&NO_NOTES, |part| &part.notes)
    }

    /// Every open clip, in the order in which they were opened.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The open clips that are not hidden.
    pub fn shown(&self) -> impl Iterator<Item = &Part> + Clone {
        self.parts.iter().filter(|part| !part.hidden)
    }

    /// Whether a clip is open.
    pub fn is_open(&self, clip: ClipRef) -> bool {
        self.part(clip).is_some()
    }

    /// How many notes are selected, in all clips together.
    pub fn n_notes(&self) -> usize {
        self.parts.iter().map(|part| part.notes.len()).sum()
    }

    /// Whether any note is selected.
    pub fn has_notes(&self) -> bool {
        self.parts.iter().any(|part| !part.notes.is_empty())
    }

    /// The selected notes of the active clip as commands take them; `None` when there are none.
    pub fn note_selection(&self) -> Option<NoteSelection> {
        self.active().filter(|part| !part.notes.is_empty()).map(Part::selection)
    }

    /// The selected notes of every clip that has some; `None` when there are none.
    pub fn selected(&self) -> Option<Selected> {
        let filled = self.parts.iter().filter(|part| !part.notes.is_empty());
        let parts: Vec<NoteSelection> = filled.map(Part::selection).collect();
        (!parts.is_empty()).then(|| parts.into_iter().collect())
    }

    /// Whether the same clips are open, and in each the very same notes are selected: a cheap
    /// test for "nothing changed".
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.parts, &other.parts)
            || self.parts.len() == other.parts.len()
                && self.parts.iter().zip(other.parts.iter()).all(|(one, other)| {
                    one.clip == other.clip
                        && (one.notes.is_same(&other.notes)
                            || one.notes.is_empty() && other.notes.is_empty())
                })
    }

    /// Heap bytes that no clip shares.
    pub fn heap_bytes(&self) -> usize {
        size_of_val::<[Part]>(&self.parts)
            + self.parts.iter().map(|part| part.notes.heap_bytes()).sum::<usize>()
    }

    /// These notes of the active clip, and none of the others.
    #[must_use]
    pub fn with_notes(&self, notes: NoteSet) -> Self {
        match self.clip() {
            Some(clip) => self.with_each([(clip, notes)]),
            None => self.clone(),
        }
    }

    /// These notes of these open clips, and none of the others.
    #[must_use]
    pub fn with_each(&self, notes: impl IntoIterator<Item = (ClipRef, NoteSet)>) -> Self {
        let mut given: HashMap<ClipRef, NoteSet> = notes.into_iter().collect();
        self.changed(|part| Part {
            notes: given.remove(&part.clip).filter(|_| !part.hidden).unwrap_or_default(),
            ..part.clone()
        })
    }

    /// With notes of one clip instead of those of it that were selected; it is active then.
    #[must_use]
    pub fn with_notes_of(&self, clip: ClipRef, notes: NoteSet) -> Self {
        let mut notes = Some(notes);
        let with = |part: &Part| match notes.take_if(|_| part.clip == clip) {
            Some(notes) => Part::new(clip, notes),
            None => part.clone(),
        };
        self.opened(clip).changed(with).activated(clip)
    }

    /// Notes of one clip, which is active then, and none of the others.
    #[must_use]
    pub fn only(&self, clip: ClipRef, notes: NoteSet) -> Self {
        self.cleared().with_notes_of(clip, notes)
    }

    /// With another note of a clip, which is active then.
    #[must_use]
    pub fn added(&self, clip: ClipRef, note: NoteRef) -> Self {
        self.with_notes_of(clip, self.notes_of(clip).with([note]))
    }

    /// Without a note if it is selected, else with it; its clip is active then.
    #[must_use]
    pub fn toggled(&self, clip: ClipRef, note: NoteRef) -> Self {
        self.with_notes_of(clip, self.notes_of(clip).toggled(note))
    }

    /// The same clips with no notes.
    #[must_use]
    pub fn cleared(&self) -> Self {
        self.with_each([])
    }

    /// What an edit or an undo step wants selected. Clips that are open stay open; if it is
    /// about another one, its clips are.
    #[must_use]
    pub fn showing(&self, notes: &Selected) -> Self {
        let parts = notes.parts();
        if parts.is_empty() || !parts.iter().all(|part| self.is_open(part.clip)) {
            return Self::of_notes(notes);
        }
        let given = parts.iter().map(|part| (part.clip, part.notes.clone()));
        self.changed(|part| {
            let wanted = parts.iter().any(|other| other.clip == part.clip && !other.is_empty());
            Part { hidden: part.hidden && !wanted, ..part.clone() }
        })
        .with_each(given)
    }

    /// With another clip open, which is active then.
    #[must_use]
    pub fn with_clip(&self, clip: ClipRef) -> Self {
        self.opened(clip).activated(clip)
    }

    /// With a clip closed. When it was active, the one opened last is.
    #[must_use]
    pub fn without_clip(&self, clip: ClipRef) -> Self {
        let left: Vec<Part> = self.parts.iter().filter(|part| part.clip != clip).cloned().collect();
        let last = left.iter().rev().find(|part| !part.hidden).or(left.last());
        let active = self.clip().filter(|active| *active != clip).or(last.map(|part| part.clip));
        match active {
            Some(active) => Self::of_parts(left, active).unveiled(active),
            None => Self { track: self.track, ..Self::default() },
        }
    }

    /// With another open clip active; it is shown then.
    #[must_use]
    pub fn activated(&self, clip: ClipRef) -> Self {
        match self.parts.iter().position(|part| part.clip == clip) {
            Some(active) => Self { track: Some(clip.track), active, ..self.clone() }.unveiled(clip),
            None => self.clone(),
        }
    }

    /// The open clip after the active one, or before it; hidden ones are passed over.
    pub fn neighbour(&self, forward: bool) -> Option<ClipRef> {
        let (before, from) = (self.parts.get(..self.active)?, self.parts.get(self.active..)?);
        let around = from.iter().skip(1).chain(before).filter(|part| !part.hidden);
        let mut around = around.map(|part| part.clip);
        if forward { around.next() } else { around.next_back() }
    }

    /// With a clip hidden or shown. One stays shown: hiding the active clip makes the next
    /// one active.
    #[must_use]
    pub fn with_hidden(&self, clip: ClipRef, hidden: bool) -> Self {
        if !hidden {
            return self.unveiled(clip);
        }
        let active = self.clip();
        let next = if active == Some(clip) { self.neighbour(true) } else { active };
        let Some(next) = next.filter(|_| self.is_open(clip)) else { return self.clone() };
        let hide = |part: &Part| {
            let hidden = Part { notes: NoteSet::default(), hidden: true, ..part.clone() };
            if part.clip == clip { hidden } else { part.clone() }
        };
        self.changed(hide).activated(next)
    }

    /// With every open clip shown.
    #[must_use]
    pub fn all_shown(&self) -> Self {
        self.changed(|part| Part { hidden: false, ..part.clone() })
    }

    /// The active clip alone.
    #[must_use]
    pub fn alone(&self) -> Self {
        match self.active() {
            Some(part) => Self::of_parts(vec![part.clone()], part.clip),
            None => self.clone(),
        }
    }

    /// What of it is in `project`. Looks at every selected note, unless that is the whole clip.
    #[must_use]
    pub fn within(&self, project: &Project) -> Self {
        let track = self.track.filter(|track| project.track(*track).is_some());
        let clips = self.resolve(project);
        let left = self.parts.iter().zip(clips).filter_map(|(part, clip)| {
            let notes = left_of(&part.notes, clip.as_ref()?);
            Some(Part { notes, ..part.clone() })
        });
        let left: Vec<Part> = left.collect();
        let active = self.clip().filter(|clip| left.iter().any(|part| part.clip == *clip));
        match active.or(left.first().map(|part| part.clip)) {
            Some(active) => Self::of_parts(left, active).unveiled(active),
            None => Self { track, ..Self::default() },
        }
    }

    /// The open clips in a project, each at its place; one pass over the tracks.
    fn resolve(&self, project: &Project) -> Vec<Option<Arc<Clip>>> {
        if let [part] = &*self.parts {
            return vec![project.clip(part.clip).cloned()];
        }
        let wanted: HashSet<TrackId> = self.parts.iter().map(|part| part.clip.track).collect();
        let tracks = project.tracks.iter().filter(|track| wanted.contains(&track.id));
        let found: HashMap<TrackId, _> = tracks.map(|track| (track.id, track)).collect();
        let find = |part: &Part| found.get(&part.clip.track)?.clip(part.clip.clip).cloned();
        self.parts.iter().map(find).collect()
    }

    fn active(&self) -> Option<&Part> {
        self.parts.get(self.active)
    }

    fn part(&self, clip: ClipRef) -> Option<&Part> {
        self.parts.iter().find(|part| part.clip == clip)
    }

    /// With a clip open.
    fn opened(&self, clip: ClipRef) -> Self {
        if self.is_open(clip) || self.parts.len() >= Self::MOST_CLIPS {
            return self.clone();
        }
        let new = Part::new(clip, NoteSet::default());
        let parts: Vec<Part> = self.parts.iter().cloned().chain([new]).collect();
        let active = self.clip().unwrap_or(clip);
        Self::of_parts(parts, active)
    }

    fn unveiled(&self, clip: ClipRef) -> Self {
        if self.part(clip).is_none_or(|part| !part.hidden) {
            return self.clone();
        }
        self.changed(|part| Part { hidden: part.hidden && part.clip != clip, ..part.clone() })
    }

    fn changed(&self, change: impl FnMut(&Part) -> Part) -> Self {
        Self { parts: self.parts.iter().map(change).collect(), ..self.clone() }
    }
}

/// What of a set is in a clip.
fn left_of(set: &NoteSet, clip: &Clip) -> NoteSet {
    let left = set.of(&clip.notes);
    if left.len() == set.len() { set.clone() } else { left.iter().map(Note::reference).collect() }
}

#[cfg(test)]
mod tests;
