//! What the library holds, told briefly: sources, counts, quarantine, and files by their place.

use super::record::{Split, join_path};
use super::{Failure, Store, StoreError};
use crate::library::row::{Place, Stamp, bytes_path};
use rusqlite::{OptionalExtension, params};
use std::path::PathBuf;

/// What the user added to the library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceInfo {
    /// Its id.
    pub id: u32,
    /// A folder, or a single file.
    pub path: PathBuf,
    /// Whether it was there at the last look.
    pub absent: bool,
    /// When a scan of it came to its end, in seconds since 1970.
    pub scanned: Option<i64>,
}

/// How many files there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// In the index, absent ones included.
    pub files: u64,
    /// Of those, not there at the last look.
    pub absent: u64,
    /// In quarantine.
    pub failed: u64,
}

impl Store {
    /// What the user added, in that order.
    pub fn sources(&self) -> Result<Vec<SourceInfo>, StoreError> {
        let reader = self.reader()?;
        let mut list =
            reader.prepare_cached("SELECT id, path, absent, scanned FROM sources ORDER BY id")?;
        let sources = list.query_map([], |row| {
            Ok(SourceInfo {
                id: row.get(0)?,
                path: bytes_path(row.get_ref(1)?.as_blob()?),
                absent: row.get(2)?,
                scanned: row.get(3)?,
            })
        })?;
        Ok(sources.collect::<Result<_, _>>()?)
    }

    /// Counts files; reads an index from end to end.
    pub fn counts(&self) -> Result<Counts, StoreError> {
        let reader = self.reader()?;
        let count = |of: &str| -> Result<u64, StoreError> {
            let number: i64 = reader.prepare_cached(of)?.query_row([], |row| row.get(0))?;
            Ok(number as u64)
        };
        Ok(Counts {
            files: count("SELECT count(*) FROM files")?,
            absent: count("SELECT count(*) FROM files WHERE absent <> 0")?,
            failed: count("SELECT count(*) FROM failed")?,
        })
    }

    /// Files in quarantine, the newest first, at most `limit`.
    pub fn failures(&self, limit: usize) -> Result<Vec<Failure>, StoreError> {
        let reader = self.reader()?;
        let mut list = reader.prepare_cached(
            "SELECT path, file, member, bytes, mtime, version, reason
             FROM failed JOIN folders ON folders.id = folder ORDER BY failed.id DESC LIMIT ?1",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let failures = list.query_map([limit], |row| {
            let path = join_path(row.get_ref(0)?.as_blob()?, row.get_ref(1)?.as_blob()?);
            let member: Vec<u8> = row.get(2)?;
            Ok(Failure {
                place: Place { path, member: (!member.is_empty()).then(|| member.into()) },
                stamp: Stamp { bytes: row.get::<_, i64>(3)? as u64, mtime_nanos: row.get(4)? },
                version: row.get(5)?,
                reason: row.get(6)?,
            })
        })?;
        Ok(failures.collect::<Result<_, _>>()?)
    }

    /// The ids of files above `after`, rising, at most `limit`.
    pub fn ids_after(&self, after: u32, limit: u32) -> Result<Vec<u32>, StoreError> {
        let reader = self.reader()?;
        let mut list =
            reader.prepare_cached("SELECT id FROM files WHERE id > ?1 ORDER BY id LIMIT ?2")?;
        let ids = list.query_map([after, limit], |row| row.get(0))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// The id of the file at a place.
    pub fn find(&self, place: &Place) -> Result<Option<u32>, StoreError> {
        let reader = self.reader()?;
        let Split { folder, file, member } = Split::of(place);
        let mut find = reader.prepare_cached(
            "SELECT files.id FROM folders JOIN files ON folder = folders.id
             WHERE folders.path = ?1 AND file = ?2 AND member = ?3",
        )?;
        Ok(find.query_row(params![folder, file, member], |row| row.get(0)).optional()?)
    }
}
