//! The user's own table of tags, and files whose tags are those of another table.
//!
//! The table lies beside the index as FILE.tags.tsv, written like the one that comes with the
//! program (`assets/tags.tsv`). `tags_version` in `meta` is the table that all files have their
//! tags from; it is gone from where a scan begins with another one until all files have been
//! tagged anew, which needs no file: what a tag goes by is in the index. `tags_next` and
//! `tags_upto` say by which table and how far, so that it goes on where it was broken off.

use super::damage::beside;
use super::record::{SELECT, Split, row_of};
use super::writer::{Change, Search};
use super::{Store, StoreError, Writer, blob, meta_number, set_meta_number};
use crate::library::features::TagTable;
use crate::library::features::tags::TagLineError;
use crate::library::row::Row;
use rusqlite::{Connection, params};
use std::collections::HashMap;
use std::io::ErrorKind;
use std::ops::ControlFlow;
use std::path::PathBuf;

/// Files that are tagged in one transaction.
const FILES_AT_A_TIME: u32 = 512;
const DONE: &str = "tags_version";
const NEXT: &str = "tags_next";
const UPTO: &str = "tags_upto";

impl Store {
    /// Where the user's own table of tags lies; it need not exist.
    pub fn tags_path(&self) -> PathBuf {
        beside(&self.0.options.index, ".tags.tsv")
    }

    /// The table of tags with the user's own on top, and the lines of it that are left out.
    /// Without one, or where it cannot be read, the table that comes with the program.
    pub fn tag_table(&self) -> (TagTable, Vec<TagLineError>) {
        let path = self.tags_path();
        match std::fs::read(&path) {
            Ok(bytes) => TagTable::with_user(&String::from_utf8_lossy(&bytes)),
            Err(error) => {
                if error.kind() != ErrorKind::NotFound {
                    log::warn!("your table of tags cannot be read: {error}: {}", path.display());
                }
                (TagTable::bundled(), Vec::new())
            }
        }
    }
}

impl Writer {
    /// Takes note that files are going to have their tags from a table of this version.
    pub fn begin_tagging(&mut self, version: u64) -> Result<(), StoreError> {
        let version = version as i64;
        self.commit(|_, to, _| {
            if meta_number(to, DONE)? == Some(version) {
                return Ok(());
            }
            let any = "SELECT EXISTS (SELECT 1 FROM files)";
            if !to.query_row(any, [], |it| it.get::<_, bool>(0))? {
                return set_meta_number(to, DONE, version);
            }
            to.execute("DELETE FROM meta WHERE name = ?1", [DONE])?;
            if meta_number(to, NEXT)? != Some(version) {
                set_meta_number(to, NEXT, version)?;
                set_meta_number(to, UPTO, 0)?;
            }
            Ok(())
        })
    }

    /// Has `tag` give every file its tags that does not have them from the table of this
    /// version, as [`Self::begin_tagging`] has noted. Stops where `watch` says so, and goes on
    /// there the next time. Returns how many files have other tags now.
    pub fn retag(
        &mut self,
        version: u64,
        mut tag: impl FnMut(&mut Row),
        mut watch: impl FnMut() -> ControlFlow<()>,
    ) -> Result<u64, StoreError> {
        let version = version as i64;
        let mut changed = 0;
        loop {
            let more = self.commit(|writer, to, changes| {
                if meta_number(to, NEXT)? != Some(version) {
                    return Ok(None);
                }
                let after = meta_number(to, UPTO)?.unwrap_or(0);
                let Some((last, different)) = writer.retag_some(to, after, &mut tag, changes)?
                else {
                    to.execute("DELETE FROM meta WHERE name IN (?1, ?2)", [NEXT, UPTO])?;
                    set_meta_number(to, DONE, version)?;
                    return Ok(None);
                };
                set_meta_number(to, UPTO, last)?;
                Ok(Some(different))
            })?;
            let Some(different) = more else { return Ok(changed) };
            changed += different;
            if watch().is_break() {
                return Ok(changed);
            }
        }
    }

    /// Tags the next files after an id; the last of them, and how many have changed.
    fn retag_some(
        &mut self,
        to: &Connection,
        after: i64,
        tag: &mut impl FnMut(&mut Row),
        changes: &mut Vec<Change>,
    ) -> Result<Option<(i64, u64)>, StoreError> {
        let names: HashMap<u16, String> =
            self.tags.iter().map(|(name, id)| (*id, name.clone())).collect();
        let list = [SELECT, " WHERE files.id > ?1 ORDER BY files.id LIMIT ?2"].concat();
        let mut list = to.prepare_cached(&list)?;
        let mut rows = list.query(params![after, FILES_AT_A_TIME])?;
        let mut different = Vec::new();
        let mut last = None;
        while let Some(found) = rows.next()? {
            let id: u32 = found.get("id")?;
            last = Some(i64::from(id));
            let (mut row, tags) = row_of(found)?;
            // What cannot be read is analysed again as a whole.
            if row.version == 0 {
                continue;
            }
            row.facts.tags = tags.iter().filter_map(|tag| names.get(tag).cloned()).collect();
            row.facts.tags.sort_unstable();
            let before = (row.facts.tags.clone(), row.facts.named.instrument.clone());
            tag(&mut row);
            row.facts.tags.sort_unstable();
            if (&row.facts.tags, &row.facts.named.instrument) != (&before.0, &before.1) {
                different.push((id, row));
            }
        }
        drop(rows);
        for (id, row) in &different {
            self.retag_row(to, *id, row, changes)?;
        }
        Ok(last.map(|last| (last, different.len() as u64)))
    }

    fn retag_row(
        &mut self,
        to: &Connection,
        id: u32,
        row: &Row,
        changes: &mut Vec<Change>,
    ) -> Result<(), StoreError> {
        let split = Split::of(&row.place);
        let folder = self.folders.folder(to, split.folder)?;
        let tags = self.tag_ids(to, &row.facts.tags)?;
        let tags: Vec<u8> = tags.iter().flat_map(|tag| tag.to_le_bytes()).collect();
        to.prepare_cached("UPDATE files SET tags = ?2 WHERE id = ?1")?
            .execute(params![id, tags])?;
        to.prepare_cached("UPDATE details SET data = ?2 WHERE id = ?1")?
            .execute(params![id, blob::encode(&row.facts)])?;
        if id <= self.searched_upto {
            let mut search = Search::new(to)?;
            search.remove(id, &split.name())?;
            search.put(id, &split.name(), &folder, row)?;
        }
        self.reread(to, id, changes)
    }
}
