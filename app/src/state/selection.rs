//! What is selected, as a value that panels read and commands replace.

use engine::edit::NoteSelection;
pub use engine::edit::NoteSet;
use engine::model::{ClipRef, Note, Project, TrackId};

/// What the user points at. Panels send a new one with [`crate::command::AppCommand::Select`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The track that live input plays and that track commands mean.
    pub track: Option<TrackId>,
    /// The clip that the piano roll shows.
    pub clip: Option<ClipRef>,
    /// Selected notes of that clip.
    pub notes: NoteSet,
}

impl Selection {
    /// A track, with no clip.
    pub fn of_track(track: TrackId) -> Self {
        Self { track: Some(track), ..Self::default() }
    }

    /// A clip and its track, with no notes.
    pub fn of_clip(clip: ClipRef) -> Self {
        Self { track: Some(clip.track), clip: Some(clip), notes: NoteSet::default() }
    }

    /// What a command or an undo step wants selected: its clip and its notes.
    pub fn of_notes(notes: &NoteSelection) -> Self {
        Self { track: Some(notes.clip.track), clip: Some(notes.clip), notes: notes.notes.clone() }
    }

    /// The selected notes as commands take them; `None` when there are none.
    pub fn note_selection(&self) -> Option<NoteSelection> {
        let clip = self.clip.filter(|_| !self.notes.is_empty())?;
        Some(NoteSelection::of(clip, self.notes.clone()))
    }

    /// What of it is in `project`. Looks at every selected note, unless that is the whole clip.
    #[must_use]
    pub fn within(&self, project: &Project) -> Self {
        let track = self.track.filter(|track| project.track(*track).is_some());
        let Some((at, clip)) = self.clip.and_then(|at| Some((at, project.clip(at)?))) else {
            return Self { track, ..Self::default() };
        };
        let left = self.notes.of(&clip.notes);
        let notes = if left.len() == self.notes.len() {
            self.notes.clone()
        } else {
            left.iter().map(Note::reference).collect()
        };
        Self { track, clip: Some(at), notes }
    }

    /// The same track and clip with these notes.
    #[must_use]
    pub fn with_notes(&self, notes: NoteSet) -> Self {
        Self { notes, ..self.clone() }
    }
}
