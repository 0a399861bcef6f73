//! Takes back what a journal tells, from its last line to its first.
//!
//! It looks at what is there rather than trusting that a step was taken, so it works after a
//! crash in the middle of the operation, and in the middle of an undo.

use super::disk::{Disk, RealDisk, exists, hash_of, is_same_file};
use super::journal::{Journal, JournalError, Record, read};
use super::report::Failure;
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// What an undo did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct UndoReport {
    /// Files that have their old names again.
    pub renamed: usize,
    /// Copies that were removed.
    pub removed: usize,
    /// What was left as it is, and why.
    pub kept: Vec<Failure>,
    /// Lines of the journal that were not understood: a crash leaves one.
    pub unreadable_lines: usize,
    /// Whether it had been undone before; then nothing was done.
    pub was_undone: bool,
}

impl fmt::Display for UndoReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.was_undone {
            return writeln!(f, "it was undone before");
        }
        write!(f, "undone: {} renamed back, {} copies removed", self.renamed, self.removed)?;
        writeln!(f, ", {} left as they are", self.kept.len())?;
        for Failure { path, reason } in &self.kept {
            writeln!(f, "{path}: {reason}")?;
        }
        Ok(())
    }
}

/// Takes back what `journal` tells. A copy that was changed meanwhile is kept, and a name that
/// somebody else has taken is not taken from him; both are in the report, and another undo
/// tries them again.
///
/// # Errors
/// When it is no journal, or cannot be written to.
pub fn undo(journal: &Path) -> Result<UndoReport, JournalError> {
    undo_on(&RealDisk, journal)
}

/// [`undo`] with a file system of the caller's.
///
/// # Errors
/// As [`undo`].
pub fn undo_on(disk: &dyn Disk, journal: &Path) -> Result<UndoReport, JournalError> {
    let (records, unreadable_lines) = read(journal)?;
    let mut report = UndoReport { unreadable_lines, ..UndoReport::default() };
    if records.iter().any(|(_, record)| *record == Record::Undone) {
        report.was_undone = true;
        return Ok(report);
    }
    let settled = settled(&records);
    let writer = Journal::open(disk, journal)?;
    let mut work = Work { disk, journal: writer, report };
    let mut abandoned: HashMap<&Path, usize> = HashMap::new();
    for (line, record) in records.iter().rev() {
        let mut was_abandoned = |path: &'_ Path| match abandoned.get_mut(path) {
            Some(count) if *count > 0 => {
                *count -= 1;
                true
            }
            _ => false,
        };
        match record {
            Record::Abandoned { path } => *abandoned.entry(&path.0).or_default() += 1,
            Record::Create { path, temporary, hash } => {
                let is_ours = !was_abandoned(&path.0);
                work.remove_copy(&path.0, &temporary.0, hash, is_ours);
            }
            Record::Folder { path } => work.remove_folder(&path.0),
            Record::Rename { from, to } => {
                if !was_abandoned(&to.0) && !settled.contains(line) {
                    work.rename_back(*line, &from.0, &to.0);
                }
            }
            Record::Start { .. }
            | Record::Undoing { .. }
            | Record::Kept { .. }
            | Record::Undone => {}
        }
    }
    if work.report.kept.is_empty() {
        // Without it another undo would look again, and find nothing to do.
        work.journal.append(&Record::Undone).ok();
    }
    Ok(work.report)
}

/// The lines of renamings that an earlier undo has taken back. Of the last one that it was at
/// nobody knows: its files tell, since nothing was done after it.
fn settled(records: &[(usize, Record)]) -> HashSet<usize> {
    let mut settled = HashSet::new();
    let mut last = None;
    for (_, record) in records {
        match record {
            Record::Undoing { line } => {
                settled.insert(*line);
                last = Some(*line);
            }
            Record::Kept { line } => {
                settled.remove(line);
            }
            _ => {}
        }
    }
    if let Some(last) = last {
        settled.remove(&last);
    }
    settled
}

struct Work<'a> {
    disk: &'a dyn Disk,
    journal: Journal<'a>,
    report: UndoReport,
}

impl Work<'_> {
    fn remove_copy(&mut self, path: &Path, temporary: &Path, hash: &str, is_ours: bool) {
        if exists(temporary)
            && let Err(error) = self.disk.remove(temporary)
        {
            self.keep(temporary, format!("cannot remove it: {error}"));
        }
        if !is_ours || !exists(path) {
            return;
        }
        let found = hash_of(path).map(|hash| blake3::Hash::from_bytes(hash).to_hex());
        if found.is_none_or(|found| found.as_str() != hash) {
            return self.keep(path, "it was changed since, so it stays".into());
        }
        match self.disk.remove(path) {
            Ok(()) => self.report.removed += 1,
            Err(error) => self.keep(path, format!("cannot remove it: {error}")),
        }
    }

    fn remove_folder(&mut self, path: &Path) {
        match self.disk.remove_folder(path) {
            Ok(()) => {}
            // What others have put into it keeps it.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound
                        | io::ErrorKind::DirectoryNotEmpty
                        | io::ErrorKind::NotADirectory
                ) => {}
            Err(error) => self.keep(path, format!("cannot remove the folder: {error}")),
        }
    }

    fn rename_back(&mut self, line: usize, from: &Path, to: &Path) {
        // Also where there is nothing to do: once later steps are taken back, an earlier look
        // at these names would find something else.
        if let Err(error) = self.journal.append(&Record::Undoing { line }) {
            return self.keep(to, format!("cannot write to the journal: {error}"));
        }
        let done = match (exists(from), exists(to)) {
            // Broken off between the new name and the old one.
            (true, true) if is_same_file(from, to) && are_two_names(from, to) => {
                self.disk.remove(to)
            }
            // It was never renamed.
            (true, true) if !is_same_file(from, to) => return,
            (true, false) => return,
            (_, true) => self.disk.rename_new(to, from),
            (false, false) => Err(io::Error::other("it is under neither of its names")),
        };
        match done {
            Ok(()) => {
                self.disk.sync_folder(from.parent().unwrap_or(Path::new("."))).ok();
                self.report.renamed += 1;
            }
            Err(error) => {
                self.keep(to, format!("cannot give it its old name {}: {error}", from.display()));
                self.journal.append(&Record::Kept { line }).ok();
            }
        }
    }

    fn keep(&mut self, path: &Path, reason: String) {
        self.report.kept.push(Failure { path: path.display().to_string(), reason });
    }
}

/// Whether a folder lists both: where case does not count, one file answers to two names.
fn are_two_names(a: &Path, b: &Path) -> bool {
    let lists = |path: &Path| {
        let folder: PathBuf = path.parent().map(Into::into).unwrap_or_default();
        let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
        let mut names = entries.map(|entry| entry.file_name());
        names.any(|name| Some(name.as_os_str()) == path.file_name())
    };
    lists(a) && lists(b)
}
