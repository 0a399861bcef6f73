//! What is about to happen, written down before it does: one JSON object a line.
//!
//! A line that was begun and not ended is one whose step was never taken.

use super::disk::Disk;
use crate::library::row::{bytes_path, path_bytes};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// What the first line of a journal says.
const VERSION: u32 = 1;

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file system said no.
    #[error("cannot use the journal: {source}: {}", path.display())]
    Io {
        /// Why.
        source: io::Error,
        /// Which.
        path: PathBuf,
    },
    /// It is something else, or of a newer version.
    #[error("no journal of operations that this version understands: {}", .0.display())]
    Unknown(PathBuf),
}

/// A path of any bytes: as text where it is text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Written(pub(super) PathBuf);

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum WrittenForm {
    Text(String),
    Bytes(Vec<u8>),
}

impl Serialize for Written {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let form = match self.0.to_str() {
            Some(text) => WrittenForm::Text(text.into()),
            None => WrittenForm::Bytes(path_bytes(&self.0).into()),
        };
        form.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match WrittenForm::deserialize(deserializer)? {
            WrittenForm::Text(text) => text.into(),
            WrittenForm::Bytes(bytes) => bytes_path(&bytes),
        }))
    }
}

/// A line of a journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Record {
    /// The first line.
    Start { version: u32, operation: String },
    /// A folder is about to be made.
    Folder { path: Written },
    /// A file of these bytes (BLAKE3) is about to be made, first under its temporary name.
    Create { path: Written, temporary: Written, hash: String },
    /// A file is about to get another name.
    Rename { from: Written, to: Written },
    /// The last step towards this path was not taken after all.
    Abandoned { path: Written },
    /// The step on this line, counted from 0, is about to be taken back.
    Undoing { line: usize },
    /// It could not be taken back.
    Kept { line: usize },
    /// Everything was taken back.
    Undone,
}

/// A journal that is being written.
pub(super) struct Journal<'a> {
    disk: &'a dyn Disk,
    file: File,
    /// Whether the last line has no end.
    torn: bool,
}

impl<'a> Journal<'a> {
    /// Begins a new one; never writes over a file.
    pub(super) fn create(
        disk: &'a dyn Disk,
        path: &Path,
        operation: &str,
    ) -> Result<Self, JournalError> {
        let fail = |source| JournalError::Io { source, path: path.into() };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(fail)?;
        }
        let file = disk.create_new(path).map_err(fail)?;
        let mut journal = Self { disk, file, torn: false };
        let start = Record::Start { version: VERSION, operation: operation.into() };
        let begun = journal.append(&start).and_then(|()| match path.parent() {
            Some(folder) => disk.sync_folder(folder),
            None => Ok(()),
        });
        begun.map_err(|source| {
            disk.remove(path).ok();
            fail(source)
        })?;
        Ok(journal)
    }

    /// Goes on with one that is there.
    pub(super) fn open(disk: &'a dyn Disk, path: &Path) -> Result<Self, JournalError> {
        let fail = |source| JournalError::Io { source, path: path.into() };
        let mut file = OpenOptions::new().read(true).append(true).open(path).map_err(fail)?;
        let mut last = [b'\n'];
        if file.metadata().map_err(fail)?.len() > 0 {
            file.seek(SeekFrom::End(-1)).map_err(fail)?;
            file.read_exact(&mut last).map_err(fail)?;
        }
        Ok(Self { disk, file, torn: last != [b'\n'] })
    }

    /// Writes a line and brings it to the medium. On failure the step must not be taken.
    pub(super) fn append(&mut self, record: &Record) -> io::Result<()> {
        let mut line = if self.torn { vec![b'\n'] } else { Vec::new() };
        serde_json::to_writer(&mut line, record)?;
        line.push(b'\n');
        // Until it has succeeded nobody knows how much of it is there.
        self.torn = true;
        self.disk.write(&mut self.file, &line)?;
        self.torn = false;
        self.disk.sync(&self.file)
    }
}

/// The records of a journal with the numbers of their lines, and how many lines were not
/// understood.
pub(super) fn read(path: &Path) -> Result<(Vec<(usize, Record)>, usize), JournalError> {
    let bytes =
        std::fs::read(path).map_err(|source| JournalError::Io { source, path: path.into() })?;
    let (mut records, mut unreadable) = (Vec::new(), 0);
    for (line, text) in bytes.split(|&byte| byte == b'\n').enumerate() {
        if text.is_empty() {
            continue;
        }
        match serde_json::from_slice(text) {
            Ok(record) => records.push((line, record)),
            Err(_) => unreadable += 1,
        }
    }
    match records.first() {
        Some((_, Record::Start { version: VERSION, .. })) => Ok((records, unreadable)),
        _ => Err(JournalError::Unknown(path.into())),
    }
}

/// A name for a new journal in `folder`: `midi-undo-1.jsonl`, or the next that is free.
pub fn free_journal(folder: &Path) -> PathBuf {
    let free = (1..u32::MAX).map(|number| folder.join(format!("midi-undo-{number}.jsonl")));
    let mut free = free.filter(|path| !super::disk::exists(path));
    free.next().unwrap_or_else(|| folder.join("midi-undo.jsonl"))
}

#[cfg(test)]
mod tests {
    use super::super::disk::RealDisk;
    use super::*;
    use std::io::Write;

    #[test]
    fn lines_come_back_and_a_torn_one_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = free_journal(folder.path());
        let mut journal = Journal::create(&RealDisk, &path, "rename").unwrap();
        let record = Record::Rename {
            from: Written(bytes_path(b"/x/\xFF.mid")),
            to: Written("/x/a.mid".into()),
        };
        journal.append(&record).unwrap();
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"ren").unwrap();
        let mut journal = Journal::open(&RealDisk, &path).unwrap();
        journal.append(&Record::Undone).unwrap();
        let (records, unreadable) = read(&path).unwrap();
        assert_eq!(records[1..], [(1, record), (3, Record::Undone)]);
        assert_eq!(unreadable, 1);
        assert_ne!(free_journal(folder.path()), path);
    }

    #[test]
    fn other_files_are_no_journals() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        for other in
            ["", "{}\n", "\"undone\"\n", "{\"start\":{\"version\":9,\"operation\":\"x\"}}\n"]
        {
            std::fs::write(&path, other).unwrap();
            assert!(matches!(read(&path), Err(JournalError::Unknown(_))), "{other}");
        }
    }
}
