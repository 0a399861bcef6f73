//! What a scan needs to skip what has not changed: folder by folder, so that it takes no more
//! memory for more files.

use super::folders::{bounds, trimmed};
use super::{Reader, StoreError};
use crate::library::row::{Place, Stamp};
use rusqlite::{Connection, OptionalExtension, params};

/// What is known of the files, for one thread of a scan.
pub struct Known {
    reader: Reader,
}

/// The files of one folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownFolder {
    /// Its id, for [`super::Writer::set_unseen_absent`]; none when the index has no such folder.
    pub id: Option<u32>,
    /// Sorted by file, then by member.
    pub files: Vec<KnownFile>,
}

/// A file that was analysed before, or that could not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownFile {
    /// Its id; of a file in quarantine, none.
    pub id: Option<u32>,
    /// Its name in the folder.
    pub file: Box<[u8]>,
    /// Of a member of an archive, its name in the archive; else empty.
    pub member: Box<[u8]>,
    /// How it looked when it was read.
    pub stamp: Stamp,
    /// Which analysis has read it.
    pub version: u32,
    /// Whether it was missing at the last look.
    pub absent: bool,
}

impl KnownFolder {
    /// What is known of a file, and of an archive's members, by its name.
    pub fn get(&self, file: &[u8]) -> &[KnownFile] {
        let from = self.files.partition_point(|known| *known.file < *file);
        let rest = self.files.get(from..).unwrap_or_default();
        let count = rest.partition_point(|known| *known.file == *file);
        rest.get(..count).unwrap_or_default()
    }
}

impl Known {
    pub(super) const fn new(reader: Reader) -> Self {
        Self { reader }
    }

    /// The files that are known in a folder, those in quarantine included.
    pub fn folder(&self, path: &[u8]) -> Result<KnownFolder, StoreError> {
        let find = "SELECT id FROM folders WHERE path = ?1";
        let mut find = self.reader.prepare_cached(find)?;
        let Some(id) = find.query_row([trimmed(path)], |it| it.get(0)).optional()? else {
            return Ok(KnownFolder::default());
        };
        let mut files = files(
            &self.reader,
            "SELECT id, file, member, bytes, mtime, version, absent
             FROM files WHERE folder = ?1 ORDER BY file, member",
            id,
        )?;
        let failed = files_failed(&self.reader, id)?;
        if !failed.is_empty() {
            // A file that was analysed once and failed later is in both: the later one counts.
            let later = |it: &KnownFile| {
                failed.iter().any(|failed| (&failed.file, &failed.member) == (&it.file, &it.member))
            };
            files.retain(|it| !later(it));
            files.extend(failed);
            files.sort_unstable_by(|a, b| (&a.file, &a.member).cmp(&(&b.file, &b.member)));
        }
        Ok(KnownFolder { id: Some(id), files })
    }

    /// The paths of all folders at or under `path` that hold files, sorted, one at a time.
    pub fn for_folders_under(
        &self,
        path: &[u8],
        mut found: impl FnMut(u32, &[u8]),
    ) -> Result<(), StoreError> {
        let (first, end) = bounds(path);
        let mut list = self.reader.prepare_cached(
            "SELECT id, path FROM folders
             WHERE (path = ?1 OR path >= ?2 AND path < ?3)
             AND EXISTS (SELECT 1 FROM files WHERE folder = folders.id) ORDER BY path",
        )?;
        let mut rows = list.query(params![trimmed(path), first, end])?;
        while let Some(row) = rows.next()? {
            found(row.get(0)?, row.get_ref(1)?.as_blob().unwrap_or_default());
        }
        Ok(())
    }

    /// The places of files whose analysis is older than `version`, the oldest ids first, to
    /// be done again: up to `limit` after the id `after`. Absent files are left out.
    pub fn outdated(
        &self,
        version: u32,
        after: u32,
        limit: u32,
    ) -> Result<Vec<(u32, Place)>, StoreError> {
        let mut list = self.reader.prepare_cached(
            "SELECT files.id, path, file, member FROM files JOIN folders ON folders.id = folder
             WHERE files.id > ?2 AND version < ?1 AND absent = 0 ORDER BY files.id LIMIT ?3",
        )?;
        let places = list.query_map([version, after, limit], |row| {
            let member: Vec<u8> = row.get(3)?;
            let path = row.get_ref(1)?.as_blob()?;
            let path = super::record::join_path(path, row.get_ref(2)?.as_blob()?);
            let member = (!member.is_empty()).then_some(member.into());
            Ok((row.get(0)?, Place { path, member }))
        })?;
        Ok(places.collect::<Result<_, _>>()?)
    }
}

fn files(reader: &Connection, list: &str, folder: u32) -> Result<Vec<KnownFile>, StoreError> {
    let mut list = reader.prepare_cached(list)?;
    let files = list.query_map([folder], |row| {
        Ok(KnownFile {
            id: row.get(0)?,
            file: row.get::<_, Vec<u8>>(1)?.into(),
            member: row.get::<_, Vec<u8>>(2)?.into(),
            stamp: Stamp { bytes: row.get::<_, i64>(3)? as u64, mtime_nanos: row.get(4)? },
            version: row.get(5)?,
            absent: row.get(6)?,
        })
    })?;
    Ok(files.collect::<Result<_, _>>()?)
}

fn files_failed(reader: &Connection, folder: u32) -> Result<Vec<KnownFile>, StoreError> {
    files(
        reader,
        "SELECT NULL, file, member, bytes, mtime, version, 0
         FROM failed WHERE folder = ?1 ORDER BY file, member",
        folder,
    )
}
