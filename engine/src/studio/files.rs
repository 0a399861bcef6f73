//! Files in and out, on worker threads.

use super::Studio;
use crate::model::Project;
use std::path::PathBuf;

/// Something that happened since the last poll.
#[derive(Clone, Debug, PartialEq)]
pub enum StudioEvent {
    /// A file is now the project.
    Opened(Opened),
    /// A file could not be opened; the project is as it was.
    OpenFailed {
        /// What and why, for people; names the file last.
        message: String,
        /// Which file.
        path: PathBuf,
    },
    /// A file was written.
    Exported {
        /// Which file.
        path: PathBuf,
    },
    /// A file was not written; what was there before still is.
    ExportFailed {
        /// What and why, for people; names the file last.
        message: String,
        /// Which file.
        path: PathBuf,
    },
}

/// What was opened.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    /// The project's name.
    pub name: String,
    /// How many repairs and oddities the reader noted.
    pub problems: usize,
    /// Whether anything had to be repaired.
    pub salvaged: bool,
}

impl Studio {
    /// Starts again from an empty project.
    pub fn new_project(&mut self) {
        self.replace_document(Project::new("Untitled"));
    }

    pub(super) fn take_in_files(&mut self) -> Vec<StudioEvent> {
        let outcomes = self.jobs.take();
        outcomes.into_iter().filter_map(|outcome| outcome(self)).collect()
    }
}
