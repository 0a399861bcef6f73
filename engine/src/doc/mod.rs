//! The document: the current project, its history, and the gesture under way.
//!
//! Lives on the UI thread. Does no I/O. Undo is a pointer swap, since every step
//! keeps the whole project it leads back to and shares what did not change.

mod cost;
mod history;
mod landing;

use crate::edit::{Command, EditError, Edited, Selected, apply};
use crate::model::Project;
use history::{History, Step};
pub use landing::{Base, Stale};
use profiling::HeapSize;
use std::sync::Arc;

/// Bytes of old versions kept for undo, beyond what the current project shares.
pub const DEFAULT_HISTORY_BYTES: usize = 64 << 20;

/// A version of the project, with what decides whether a file needs writing.
#[derive(Clone, Debug)]
struct Version {
    project: Arc<Project>,
    /// Differs whenever a MIDI file written from it would.
    content: u64,
}

/// A drag under way: every preview starts again from `base`.
#[derive(Debug)]
struct Gesture {
    base: Version,
    /// The last command previewed, and the selections before and after it.
    last: Option<Previewed>,
}

#[derive(Debug)]
struct Previewed {
    name: &'static str,
    before: Option<Selected>,
    after: Option<Selected>,
}

impl Previewed {
    fn of(command: &Command, after: Option<&Selected>) -> Self {
        let before = command.selection();
        Self { name: command.name(), before, after: after.cloned() }
    }
}

/// A step of the history as a list shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryStep {
    /// What it did.
    pub name: &'static str,
    /// Whether it is done rather than undone.
    pub done: bool,
}

/// The one mutable place in which a project lives.
#[derive(Debug)]
pub struct Document {
    current: Version,
    /// The content that is safe on disk.
    clean: u64,
    next_content: u64,
    revision: u64,
    history: History,
    gesture: Option<Gesture>,
}

impl Document {
    /// A document around a project that needs no saving, keeping
    /// [`DEFAULT_HISTORY_BYTES`] of history.
    pub fn new(project: Arc<Project>) -> Self {
        Self::with_history(project, DEFAULT_HISTORY_BYTES)
    }

    /// The same with another bound; the newest step is kept even if it alone exceeds it.
    pub fn with_history(project: Arc<Project>, history_bytes: usize) -> Self {
        Self {
            current: Version { project, content: 0 },
            clean: 0,
            next_content: 1,
            revision: 1,
            history: History::new(history_bytes),
            gesture: None,
        }
    }

    /// Puts another project in place of this one: nothing can be undone, nothing needs
    /// saving, and the revision goes on, so that nobody takes it for the old one.
    pub fn replace(&mut self, project: Arc<Project>) {
        let revision = self.revision + 1;
        *self = Self { revision, ..Self::with_history(project, self.history.max_bytes()) };
    }

    /// What there is now, a running gesture's preview included.
    pub const fn current(&self) -> &Arc<Project> {
        &self.current.project
    }

    /// Goes up whenever [`Document::current`] changes.
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// Whether a file written now would differ from the one on disk.
    pub const fn is_edited(&self) -> bool {
        self.current.content != self.clean
    }

    /// Names what a file written now would hold; the same number means the same file.
    pub const fn content(&self) -> u64 {
        self.current.content
    }

    /// Says that a file with this content is safe on disk.
    pub const fn mark_saved(&mut self, content: u64) {
        self.clean = content;
    }

    /// Applies a command as one undo step and returns the notes to select.
    /// A gesture under way is cancelled first.
    ///
    /// # Errors
    ///
    /// The command's own; no step is made then.
    pub fn apply(&mut self, command: &Command) -> Result<Option<Selected>, EditError> {
        self.cancel();
        let base = self.current.clone();
        let after = self.show(&base, command)?;
        self.remember(base, command.name(), command.selection(), after.clone());
        Ok(after)
    }

    /// Shows what a command would do, from where the gesture began; the first
    /// preview begins one. Returns the notes to select meanwhile.
    ///
    /// # Errors
    ///
    /// The command's own; the previous preview stays.
    pub fn preview(&mut self, command: &Command) -> Result<Option<Selected>, EditError> {
        let base = match &self.gesture {
            Some(gesture) => gesture.base.clone(),
            None => self.current.clone(),
        };
        let after = self.show(&base, command)?;
        self.gesture = Some(Gesture { base, last: Some(Previewed::of(command, after.as_ref())) });
        Ok(after)
    }

    /// Makes the gesture's last preview one undo step. Without a gesture, or when
    /// it changed nothing, no step is made.
    pub fn commit(&mut self) {
        let Some(Gesture { base, last }) = self.gesture.take() else { return };
        let Some(Previewed { name, before, after }) = last else { return };
        if *base.project == *self.current.project {
            self.current = base;
            self.revision += 1;
        } else {
            self.remember(base, name, before, after);
        }
    }

    /// Goes back to where the gesture began.
    pub fn cancel(&mut self) {
        if let Some(Gesture { base, .. }) = self.gesture.take() {
            self.current = base;
            self.revision += 1;
        }
    }

    /// Whether a gesture is under way.
    pub const fn in_gesture(&self) -> bool {
        self.gesture.is_some()
    }

    /// Takes the last step back and returns the notes that were selected before it.
    /// A gesture under way is cancelled instead.
    pub fn undo(&mut self) -> Option<Selected> {
        if self.in_gesture() {
            self.cancel();
            return None;
        }
        let step = self.history.undo(&self.current)?;
        self.go(&step.version);
        step.before
    }

    /// Does the last undone step again and returns the notes that were selected after it.
    pub fn redo(&mut self) -> Option<Selected> {
        if self.in_gesture() {
            return None;
        }
        let step = self.history.redo(&self.current)?;
        self.go(&step.version);
        step.after
    }

    /// Every step that is remembered, from the oldest on: those that are done, then those
    /// that were undone.
    pub fn history(&self) -> impl ExactSizeIterator<Item = HistoryStep> + '_ {
        let (done, _) = self.history.position();
        self.history
            .names()
            .enumerate()
            .map(move |(index, name)| HistoryStep { name, done: index < done })
    }

    /// Goes to where exactly `done` steps of [`Document::history`] are done (more than there
    /// are means all) and returns the notes that were selected there; `None` when it
    /// stands there already. A gesture under way is cancelled first.
    pub fn jump(&mut self, done: usize) -> Option<Selected> {
        self.cancel();
        let mut selection = None;
        while self.history.position().0 > done {
            selection = self.undo();
        }
        while self.history.position().0 < done.min(self.history.position().1) {
            selection = self.redo();
        }
        selection
    }

    /// What undo would take back.
    pub fn undo_name(&self) -> Option<&'static str> {
        self.history.undo_name()
    }

    /// What redo would do again.
    pub fn redo_name(&self) -> Option<&'static str> {
        self.history.redo_name()
    }

    /// Heap bytes that only the history holds.
    pub const fn history_bytes(&self) -> usize {
        self.history.bytes()
    }

    fn show(&mut self, base: &Version, command: &Command) -> Result<Option<Selected>, EditError> {
        let Edited { project, selection } = apply(&base.project, command)?;
        self.put(base, command, project);
        Ok(selection)
    }

    /// Shows what a command made of `base`.
    fn put(&mut self, base: &Version, command: &Command, project: Project) {
        let content = if command.changes_file() {
            self.next_content += 1;
            self.next_content
        } else {
            base.content
        };
        self.current = Version { project: Arc::new(project), content };
        self.revision += 1;
    }

    fn remember(
        &mut self,
        base: Version,
        name: &'static str,
        before: Option<Selected>,
        after: Option<Selected>,
    ) {
        let selected = [&before, &after].into_iter().flatten();
        let bytes = cost::unshared_bytes(&base.project, &self.current.project)
            + selected.map(Selected::heap_bytes).sum::<usize>();
        self.history.push(Step { version: base, name, before, after, bytes });
    }

    fn go(&mut self, version: &Version) {
        self.current = version.clone();
        self.revision += 1;
    }
}

/// What is kept for undo. The project itself is weighed by who shows it.
impl HeapSize for Document {
    fn heap_bytes(&self) -> usize {
        self.history.heap_bytes()
    }
}

#[cfg(test)]
mod tests;
