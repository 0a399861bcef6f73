//! Slow edits: worked out elsewhere from a snapshot, they land here when they are done.

use super::{Document, Gesture, Previewed, Version};
use crate::edit::{Command, Edited, Selected, graft};
use crate::model::Project;
use std::sync::Arc;

/// What a slow edit starts from.
#[derive(Clone, Debug)]
pub struct Base {
    /// The project to work on.
    pub project: Arc<Project>,
    revision: u64,
}

/// The document has changed in a way that an edit does not fit any more: it has to be
/// worked out again from a new [`Base`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the song was changed meanwhile")]
pub struct Stale;

impl Document {
    /// What a slow edit may start from: the project without a running gesture's preview.
    pub fn base(&self) -> Base {
        let project = self.gesture.as_ref().map_or(&self.current, |gesture| &gesture.base);
        Base { project: Arc::clone(&project.project), revision: self.revision }
    }

    /// Takes in what a command made of `base`, as one undo step, and returns the notes to
    /// select. When the document has changed since, a command about clips still lands as
    /// long as these clips and the meter are what they were; everything else of the newer
    /// version stays.
    ///
    /// # Errors
    ///
    /// [`Stale`] when it does not fit any more, or while a gesture is under way; nothing
    /// has changed then.
    pub fn land(
        &mut self,
        base: &Base,
        command: &Command,
        edited: Edited,
    ) -> Result<Option<Selected>, Stale> {
        if self.in_gesture() {
            return Err(Stale);
        }
        let project = if self.revision == base.revision {
            edited.project
        } else {
            let current = &self.current.project;
            command
                .clips()
                .and_then(|clips| graft(current, &base.project, &edited.project, &clips))
                .ok_or(Stale)?
        };
        let before = self.current.clone();
        self.put(&before, command, project);
        self.remember(before, command.name(), command.selection(), edited.selection.clone());
        Ok(edited.selection)
    }

    /// Begins a gesture whose previews are worked out elsewhere, unless one is under way.
    pub fn begin(&mut self) {
        if self.gesture.is_none() {
            self.gesture = Some(Gesture { base: self.current.clone(), last: None });
        }
    }

    /// Shows what a command made of `base`, where the gesture under way began.
    ///
    /// # Errors
    ///
    /// [`Stale`] when no gesture that began there is under way; nothing has changed then.
    pub fn land_preview(
        &mut self,
        base: &Base,
        command: &Command,
        edited: Edited,
    ) -> Result<Option<Selected>, Stale> {
        let from: Version = match &self.gesture {
            Some(gesture) if Arc::ptr_eq(&gesture.base.project, &base.project) => {
                gesture.base.clone()
            }
            _ => return Err(Stale),
        };
        self.put(&from, command, edited.project);
        let last = Some(Previewed::of(command, edited.selection.as_ref()));
        self.gesture = Some(Gesture { base: from, last });
        Ok(edited.selection)
    }
}
