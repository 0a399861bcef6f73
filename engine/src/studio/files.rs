//! Files in and out, on worker threads.

use super::jobs::{Outcome, Ticket};
use super::{JobId, Studio};
use crate::doc::Base;
use crate::edit::{Command, Edited, Selected, apply};
use crate::model::Project;
use crate::smf::{self, ExportOptions, Imported, Limits, Problem};
use crate::time::Tick;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Something that happened since the last poll.
#[derive(Clone, Debug, PartialEq)]
pub enum StudioEvent {
    /// A file is now the project.
    Opened(Opened),
    /// Another song's tracks were added to the project.
    Added(Opened),
    /// A file could not be read; the project is as it was.
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
    /// An edit that was worked out in the background is part of the song now.
    Edited {
        /// What it did.
        name: &'static str,
        /// The notes to select, when it was about notes.
        selection: Option<Selected>,
    },
    /// Background work came to nothing; the project is as it was.
    Failed {
        /// What and why, for people.
        message: String,
    },
    /// A SoundFont now plays.
    FontLoaded {
        /// What it calls itself.
        name: String,
    },
    /// A SoundFont could not be used; the one before still plays.
    FontFailed {
        /// What and why, for people; names the file last.
        message: String,
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

impl Opened {
    fn of(imported: &Imported) -> Self {
        Self {
            name: imported.project.name.to_string(),
            problems: imported.problems.len(),
            salvaged: imported.salvaged,
        }
    }
}

/// A file's contents, or why there are none.
type Loaded = Result<Box<Imported>, String>;

impl Studio {
    /// Starts again from an empty project.
    pub fn new_project(&mut self) {
        self.replace_document(Project::new("Untitled"), Vec::new());
    }

    /// Opens a MIDI file in place of the project, in the background; what was asked
    /// for before is given up. [`StudioEvent::Opened`] or [`StudioEvent::OpenFailed`] tells.
    ///
    /// # Errors
    ///
    /// When the system gives no thread.
    pub fn open(&mut self, path: PathBuf) -> std::io::Result<JobId> {
        self.open_with(path, Vec::new())
    }

    /// Opens a MIDI file and adds the tracks of `more`, in order, each from the song's start.
    ///
    /// # Errors
    ///
    /// When the system gives no thread.
    pub fn open_with(&mut self, path: PathBuf, more: Vec<PathBuf>) -> std::io::Result<JobId> {
        if let Some(earlier) = self.opening.take() {
            self.cancel_job(earlier);
        }
        let id = self.jobs.start(label("Opening", &path), move |ticket: &Ticket| {
            let files = more.len() + 1;
            let loaded = load(&path, ticket, 0, files);
            let more: Vec<(PathBuf, Loaded)> = more
                .into_iter()
                .zip(1..)
                .map(|(path, before)| {
                    let loaded = load(&path, ticket, before, files);
                    (path, loaded)
                })
                .collect();
            let outcome: Outcome = Box::new(move |studio: &mut Self| {
                studio.opening = None;
                let mut events = vec![match loaded {
                    Ok(imported) => studio.take_in(*imported),
                    Err(message) => StudioEvent::OpenFailed { message, path },
                }];
                let add = |(path, loaded): (PathBuf, Loaded)| {
                    let song = loaded.map(|imported| Song::of(*imported, Tick::ZERO));
                    studio.add_in(song, None, path)
                };
                events.extend(more.into_iter().map(add));
                events
            });
            outcome
        })?;
        self.opening = Some(id);
        Ok(id)
    }

    /// Opens a file that is already in memory, at once: the demo song, say.
    ///
    /// # Errors
    ///
    /// When it is not MIDI; the project is as it was.
    pub fn open_bytes(&mut self, name: &str, bytes: Arc<[u8]>) -> Result<Opened, smf::ReadError> {
        let imported = smf::import(bytes, name, &Limits::default())?;
        let opened = Opened::of(&imported);
        self.replace_document(imported.project, imported.problems);
        Ok(opened)
    }

    /// Puts a project in the document's place, as if it had been opened.
    pub fn open_project(&mut self, project: Project) {
        self.replace_document(project, Vec::new());
    }

    /// Adds the tracks of a MIDI file to the project with its start at `at`, in the
    /// background, as one undo step.
    ///
    /// # Errors
    ///
    /// When the system gives no thread.
    pub fn add(&mut self, path: PathBuf, at: Tick) -> std::io::Result<JobId> {
        let base = self.document.base();
        self.jobs.start(label("Adding", &path), move |ticket: &Ticket| {
            let song = load(&path, ticket, 0, 1).map(|imported| Song::of(*imported, at));
            let merged = song.as_ref().ok().and_then(|song| apply(&base.project, &song.add).ok());
            let outcome: Outcome = Box::new(move |studio: &mut Self| {
                vec![studio.add_in(song, merged.map(|edited| (base, edited)), path)]
            });
            outcome
        })
    }

    /// Writes the project as it is now to a MIDI file, in the background. The old
    /// file is there until the new one is whole.
    ///
    /// # Errors
    ///
    /// When the system gives no thread.
    pub fn export(&mut self, path: PathBuf, options: ExportOptions) -> std::io::Result<JobId> {
        let project = Arc::clone(self.document.current());
        let content = self.document.content();
        self.jobs.start(label("Writing", &path), move |_: &Ticket| {
            let written = write(&project, options, &path);
            let outcome: Outcome = Box::new(move |studio: &mut Self| {
                vec![match written {
                    Ok(()) => {
                        studio.document.mark_saved(content);
                        StudioEvent::Exported { path }
                    }
                    Err(message) => StudioEvent::ExportFailed { message, path },
                }]
            });
            outcome
        })
    }

    pub(super) fn take_in_files(&mut self) -> Vec<StudioEvent> {
        let outcomes = self.jobs.take();
        outcomes.into_iter().flat_map(|outcome| outcome(self)).collect()
    }

    fn take_in(&mut self, imported: Imported) -> StudioEvent {
        let opened = Opened::of(&imported);
        self.replace_document(imported.project, imported.problems);
        StudioEvent::Opened(opened)
    }

    /// Adds a song: what a worker made of it if that still fits, else here and now.
    fn add_in(
        &mut self,
        song: Result<Song, String>,
        merged: Option<(Base, Edited)>,
        path: PathBuf,
    ) -> StudioEvent {
        let Song { add, problems, opened } = match song {
            Ok(song) => song,
            Err(message) => return StudioEvent::OpenFailed { message, path },
        };
        let landed =
            merged.is_some_and(|(base, edited)| self.document.land(&base, &add, edited).is_ok());
        if landed {
            self.publish();
        } else if let Err(error) = self.apply(&add) {
            let message = named("could not add the song", &error, &path);
            return StudioEvent::OpenFailed { message, path };
        }
        self.problems.extend(problems);
        StudioEvent::Added(opened)
    }
}

/// Another song on its way into the project.
struct Song {
    add: Command,
    problems: Vec<Problem>,
    opened: Opened,
}

impl Song {
    fn of(imported: Imported, at: Tick) -> Self {
        let opened = Opened::of(&imported);
        let add = Command::AddSong { song: Arc::new(imported.project), at };
        Self { add, problems: imported.problems, opened }
    }
}

/// Loads a file, the one after `before` of `files`.
fn load(path: &Path, ticket: &Ticket, before: usize, files: usize) -> Loaded {
    let limits = Limits::default();
    let explain = |error: smf::ReadError| named("could not open the file", &error, path);
    let reached = |share: f32| ticket.reached((before as f32 + share) / files as f32);
    let given_up = || Err("cancelled".to_owned());
    if !reached(0.0) {
        return given_up();
    }
    let bytes = smf::load(path, &limits).map_err(explain)?;
    if !reached(LOADED) {
        return given_up();
    }
    let stem = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy();
    // An import that is no longer wanted runs to its end; nobody waits for it.
    let importing = |share: f32| {
        reached(LOADED + (1.0 - LOADED) * share);
    };
    smf::import_watched(bytes, &stem, &limits, &importing).map(Box::new).map_err(explain)
}

/// What is done when a file is in memory; taking it in is slower than reading it.
const LOADED: f32 = 0.1;

/// What failed, why, and the file last, once.
fn named(what: &str, why: &dyn std::error::Error, path: &Path) -> String {
    let (why, file) = (why.to_string(), path.display().to_string());
    if why.ends_with(&file) { format!("{what}: {why}") } else { format!("{what}: {why}: {file}") }
}

fn write(project: &Project, options: ExportOptions, path: &Path) -> Result<(), String> {
    let bytes = smf::export(project, options)
        .map_err(|error| named("could not write the song", &error, path))?;
    smf::save_atomically(path, &bytes)
        .map_err(|error| named("could not write the file", &error, path))
}

fn label(verb: &str, path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    format!("{verb} {name}")
}
