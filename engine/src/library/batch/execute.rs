//! Does what a plan says: every step is in the journal before it is taken.

use super::apply::{Applied, Made, Remark, apply};
use super::disk::{Disk, RealDisk, exists};
use super::journal::{Journal, JournalError, Record, Written as PathWritten};
use super::names::next_name;
use super::order::{Kind, Step, steps};
use super::plan::{Destination, Item, Outcome, Output, Plan, Watch};
use super::report::{Failure, Report, Written};
use super::source::{Reader, SourceError};
use crate::smf::Limits;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Names that are tried when others take them between the preview and the deed.
const TRIES: u32 = 1000;

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError {
    /// Without a journal there is no undo, and without an undo nothing is done.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// Why one file was not done.
#[derive(Debug, thiserror::Error)]
enum StepError {
    #[error("it has changed since the preview")]
    Changed,
    #[error("cannot write its journal: {0}")]
    Journal(io::Error),
    #[error("cannot write it: {0}")]
    Write(io::Error),
    #[error("cannot rename it: {0}")]
    Rename(io::Error),
    #[error("cannot rename it: {source}; it is called {} for now", path.display())]
    Parked { source: io::Error, path: PathBuf },
    #[error("all names like it are taken")]
    NoName,
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error("{0}")]
    Apply(String),
}

/// Carries out `plan`, writing `journal` (a file that does not exist yet), which [`super::undo`]
/// takes. A file that fails is in the report; the others are done.
///
/// # Errors
/// When the journal cannot be begun: then nothing was done.
pub fn execute(plan: &Plan, journal: &Path, watch: &Watch<'_>) -> Result<Report, ExecuteError> {
    execute_on(&RealDisk, plan, journal, watch)
}

/// [`execute`] with a file system of the caller's.
///
/// # Errors
/// As [`execute`].
pub fn execute_on(
    disk: &dyn Disk,
    plan: &Plan,
    journal: &Path,
    watch: &Watch<'_>,
) -> Result<Report, ExecuteError> {
    let mut report = Report { operation: plan.operation.to_string(), ..Report::default() };
    for Item { source, outcome, .. } in &plan.items {
        match outcome {
            Outcome::Write(_) => {}
            Outcome::Unchanged(why) => report.unchanged.push((source.place.to_string(), *why)),
            Outcome::Failed(reason) => report
                .failed
                .push(Failure { path: source.place.to_string(), reason: reason.clone() }),
        }
    }
    if plan.outputs() == 0 {
        return Ok(report);
    }
    let path = std::path::absolute(journal).unwrap_or_else(|_| journal.into());
    let begun = Journal::create(disk, &path, plan.operation.name())?;
    report.journal = Some(path.display().to_string());
    let mut work = Work { disk, journal: begun, plan, report, parts: 0 };
    match plan.destination {
        Destination::InPlace => work.rename_all(watch),
        Destination::Folder { .. } => work.copy_all(watch),
    }
    Ok(work.report)
}

struct Work<'a> {
    disk: &'a dyn Disk,
    journal: Journal<'a>,
    plan: &'a Plan,
    report: Report,
    /// Counts temporary files.
    parts: usize,
}

impl Work<'_> {
    fn copy_all(&mut self, watch: &Watch<'_>) {
        let items: Vec<(&Item, &[Output])> = to_write(self.plan).collect();
        let mut reader = Reader::default();
        for (index, (item, outputs)) in items.iter().enumerate() {
            if !watch.goes_on(index, items.len()) {
                self.report.not_reached = items.len() - index;
                return;
            }
            match self.make(&mut reader, item) {
                Err(error) => self.fail(item, &error),
                Ok(made) => {
                    for (made, output) in made.iter().zip(*outputs) {
                        match self.write_new(&output.path, &made.bytes) {
                            Ok(path) => self.wrote(item, output, &path),
                            Err(error) => self.fail(item, &error),
                        }
                    }
                }
            }
        }
        watch.goes_on(items.len(), items.len());
    }

    /// The files that the preview has promised.
    fn make(&self, reader: &mut Reader, item: &Item) -> Result<Vec<Made>, StepError> {
        let limits = Limits::default();
        let bytes: Arc<[u8]> = reader.read(&item.source.place, &limits)?;
        if item.hash != Some(*blake3::hash(&bytes).as_bytes()) {
            return Err(StepError::Changed);
        }
        let stem = item.source.stem();
        let applied = apply(&self.plan.operation, &bytes, &stem.to_string_lossy(), &limits);
        match applied.map_err(|error| StepError::Apply(error.to_string()))? {
            (Applied::Files(made), _) => Ok(made),
            (Applied::Unchanged(_), _) => Err(StepError::Changed),
        }
    }

    /// Writes a file under a temporary name and gives it its own: that exists whole or not
    /// at all, and takes nobody's place.
    fn write_new(&mut self, path: &Path, bytes: &[u8]) -> Result<PathBuf, StepError> {
        let folder = path.parent().unwrap_or(Path::new("."));
        self.make_folder(folder)?;
        let temporary = self.temporary(folder);
        let hash = blake3::hash(bytes).to_hex().to_string();
        let create = |target: &Path| Record::Create {
            path: PathWritten(target.into()),
            temporary: PathWritten(temporary.clone()),
            hash: hash.clone(),
        };
        self.journal.append(&create(path)).map_err(StepError::Journal)?;
        if let Err(error) = self.write_part(&temporary, bytes) {
            self.abandon(path).ok();
            return Err(StepError::Write(error));
        }
        let mut target = path.to_path_buf();
        for number in 2..TRIES {
            let Err(error) = self.disk.rename_new(&temporary, &target) else {
                // It has its name; a folder that cannot be synced is no reason to say it has not.
                self.disk.sync_folder(folder).ok();
                return Ok(target);
            };
            let told = self.abandon(&target);
            if error.kind() != io::ErrorKind::AlreadyExists {
                self.remove_part(&temporary);
                return Err(StepError::Write(error));
            }
            target = next_name(path, number);
            if let Err(error) = told.and_then(|()| self.journal.append(&create(&target))) {
                self.remove_part(&temporary);
                return Err(StepError::Journal(error));
            }
        }
        self.remove_part(&temporary);
        Err(StepError::NoName)
    }

    /// A name in `folder` that nobody has.
    fn temporary(&mut self, folder: &Path) -> PathBuf {
        loop {
            self.parts += 1;
            let part = format!(".midi-part-{}-{}.tmp", std::process::id(), self.parts);
            let path = folder.join(part);
            if !exists(&path) {
                return path;
            }
        }
    }

    fn write_part(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = self.disk.create_new(path)?;
        let write = || {
            self.disk.write(&mut file, bytes)?;
            self.disk.sync(&file)?;
            drop(file);
            // The medium may lie: what it gives back counts.
            if std::fs::read(path)? == bytes {
                Ok(())
            } else {
                Err(io::Error::other("it does not read as it was written"))
            }
        };
        write().inspect_err(|_| self.remove_part(path))
    }

    /// Whatever is left of it goes with the undo.
    fn remove_part(&self, path: &Path) {
        self.disk.remove(path).ok();
    }

    fn make_folder(&mut self, folder: &Path) -> Result<(), StepError> {
        let missing: Vec<&Path> = folder.ancestors().take_while(|it| !exists(it)).collect();
        for path in missing.into_iter().rev() {
            let record = Record::Folder { path: PathWritten(path.into()) };
            self.journal.append(&record).map_err(StepError::Journal)?;
            match self.disk.create_folder(path) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                    return Err(StepError::Write(error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn rename_all(&mut self, watch: &Watch<'_>) {
        let total = self.plan.outputs();
        let mut done = 0;
        for group in steps(&self.plan.items) {
            if !watch.goes_on(done, total) {
                self.report.not_reached = total - done;
                return;
            }
            let items = group.iter().filter(|step| step.kind != Kind::Park).count();
            // When one cannot be parked the ring stays closed, and nobody moves.
            let mut parked = Ok(());
            for step in &group {
                let Some(item) = self.plan.items.get(step.item) else { continue };
                match self.rename(step) {
                    Ok(path) if step.kind == Kind::Park => debug_assert_eq!(path, step.to),
                    Ok(path) => {
                        if let Outcome::Write(outputs) = &item.outcome
                            && let Some(output) = outputs.first()
                        {
                            self.wrote(item, output, &path);
                        }
                    }
                    Err(error) => {
                        self.fail(item, &error);
                        if step.kind == Kind::Park {
                            parked = Err(());
                            break;
                        }
                    }
                }
            }
            if parked.is_err() {
                for step in group.iter().filter(|step| step.kind == Kind::Whole) {
                    let Some(item) = self.plan.items.get(step.item) else { continue };
                    let error = io::Error::other("a file whose name it needs could not be moved");
                    self.fail(item, &StepError::Rename(error));
                }
            }
            done += items;
        }
        watch.goes_on(total, total);
    }

    fn rename(&mut self, step: &Step) -> Result<PathBuf, StepError> {
        let Step { from, to, kind, .. } = step;
        let mut target = to.clone();
        for number in 2..TRIES {
            match self.rename_to(from, &target) {
                Ok(()) => return Ok(target),
                Err(StepError::Rename(error))
                    if error.kind() == io::ErrorKind::AlreadyExists && *kind != Kind::Park =>
                {
                    target = next_name(to, number);
                }
                Err(error) if *kind == Kind::Unpark => return Err(self.put_back(step, error)),
                Err(error) => return Err(error),
            }
        }
        Err(StepError::NoName)
    }

    fn rename_to(&mut self, from: &Path, to: &Path) -> Result<(), StepError> {
        let (old, new) = (PathWritten(from.into()), PathWritten(to.into()));
        let record = Record::Rename { from: old, to: new };
        self.journal.append(&record).map_err(StepError::Journal)?;
        if let Err(error) = self.disk.rename_new(from, to) {
            return Err(match self.abandon(to) {
                Ok(()) => StepError::Rename(error),
                Err(error) => StepError::Journal(error),
            });
        }
        let folder = to.parent().unwrap_or(Path::new("."));
        // It has its name; whether the medium knows is seen when the journal is read.
        self.disk.sync_folder(folder).ok();
        Ok(())
    }

    /// A parked file that cannot get its new name gets its old one back.
    fn put_back(&mut self, step: &Step, error: StepError) -> StepError {
        let own = self.plan.items.get(step.item).map(|item| item.source.place.to_path());
        let back = own.map(|own| self.rename_to(&step.from, &own));
        match (back, error) {
            (Some(Ok(())), error) => error,
            (_, StepError::Rename(source) | StepError::Journal(source)) => {
                StepError::Parked { source, path: step.from.clone() }
            }
            (_, error) => error,
        }
    }

    fn abandon(&mut self, path: &Path) -> io::Result<()> {
        self.journal.append(&Record::Abandoned { path: PathWritten(path.into()) })
    }

    fn wrote(&mut self, item: &Item, output: &Output, path: &Path) {
        let mut remarks = item.remarks.clone();
        if *path != *output.path && !remarks.contains(&Remark::Numbered) {
            remarks.push(Remark::Numbered);
        }
        self.report.bytes += output.bytes;
        self.report.written.push(Written {
            source: item.source.place.to_string(),
            path: path.display().to_string(),
            notes: output.notes,
            remarks,
        });
    }

    fn fail(&mut self, item: &Item, error: &StepError) {
        let (path, reason) = (item.source.place.to_string(), error.to_string());
        self.report.failed.push(Failure { path, reason });
    }
}

fn to_write(plan: &Plan) -> impl Iterator<Item = (&Item, &[Output])> {
    plan.items.iter().filter_map(|item| match &item.outcome {
        Outcome::Write(outputs) => Some((item, outputs.as_slice())),
        Outcome::Unchanged(_) | Outcome::Failed(_) => None,
    })
}
