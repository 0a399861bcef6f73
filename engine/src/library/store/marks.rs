//! What the user says of files, and how the index and the facets follow.
//!
//! Every call is one transaction of the user's own database, and where a tempo or a key
//! changes one of the index. While a first import runs, finding a file by its hash reads all
//! files: then these belong on a thread that may take a second.

use super::record::{Edits, SELECT, SELECT_FACETS, facet_row_of, row_of};
use super::{Inner, Store, StoreError};
use crate::library::facets::{FacetRow, FacetValue};
use crate::library::user::{Collection, FileHash, Mark, UserData, UserTag, backups};
use crate::theory::Key;
use rusqlite::{Connection, OptionalExtension, params};
use std::path::PathBuf;
use std::sync::atomic::Ordering;

impl Store {
    /// What the user says of a file.
    pub fn mark(&self, hash: &FileHash) -> Mark {
        self.0.user.lock().marks().get(hash).cloned().unwrap_or_default()
    }

    /// Rates files from 1 to 5, or takes their rating away.
    pub fn rate(&self, files: &[FileHash], rating: Option<u8>) -> Result<(), StoreError> {
        self.change_each(files, |user, hash| user.rate(hash, rating))
    }

    /// Makes files favourites, or no longer.
    pub fn set_favourite(&self, files: &[FileHash], on: bool) -> Result<(), StoreError> {
        self.change_each(files, |user, hash| user.set_favourite(hash, on))
    }

    /// Says which tempo a file has, whatever else says; none leaves it to the others.
    pub fn set_bpm(&self, file: &FileHash, bpm: Option<f32>) -> Result<(), StoreError> {
        self.change_user(|user| user.set_bpm(file, bpm))?;
        self.0.rewrite_winners(file)
    }

    /// Says in which key a file is, whatever else says; none leaves it to the others.
    pub fn set_key(&self, file: &FileHash, key: Option<Key>) -> Result<(), StoreError> {
        self.change_user(|user| user.set_key(file, key))?;
        self.0.rewrite_winners(file)
    }

    /// Tags files; returns the tag's id.
    pub fn tag(&self, files: &[FileHash], name: &str) -> Result<Option<u32>, StoreError> {
        let mut id = None;
        self.change_each(files, |user, hash| {
            id = Some(user.tag(hash, name)?);
            Ok(())
        })?;
        Ok(id)
    }

    /// Takes a tag off files.
    pub fn untag(&self, files: &[FileHash], tag: u32) -> Result<(), StoreError> {
        self.change_each(files, |user, hash| user.untag(hash, tag))
    }

    /// Gives a tag another name.
    pub fn rename_tag(&self, tag: u32, name: &str) -> Result<(), StoreError> {
        self.change_user(|user| user.rename_tag(tag, name))?;
        // The files have what they had, under another name.
        self.0.facets.write().changed();
        Ok(())
    }

    /// Takes a tag off all files, and forgets it.
    pub fn delete_tag(&self, tag: u32) -> Result<(), StoreError> {
        self.change_user(|user| user.delete_tag(tag))?;
        self.0.mark_all()
    }

    /// The user's tags by name.
    pub fn user_tags(&self) -> Result<Vec<UserTag>, StoreError> {
        self.0.user.lock().tags()
    }

    /// Makes a collection; returns its id, or that of the one that has the name.
    pub fn create_collection(&self, name: &str) -> Result<u32, StoreError> {
        self.change_user(|user| user.create_collection(name))
    }

    /// Gives a collection another name.
    pub fn rename_collection(&self, id: u32, name: &str) -> Result<(), StoreError> {
        self.change_user(|user| user.rename_collection(id, name))
    }

    /// Forgets a collection; its files stay.
    pub fn delete_collection(&self, id: u32) -> Result<(), StoreError> {
        self.change_user(|user| user.delete_collection(id))?;
        self.0.mark_all()
    }

    /// The user's collections by name.
    pub fn collections(&self) -> Result<Vec<Collection>, StoreError> {
        self.0.user.lock().collections()
    }

    /// Puts files at the end of a collection; those that are in it stay where they are.
    pub fn collect(&self, id: u32, files: &[FileHash]) -> Result<(), StoreError> {
        self.change_user(|user| user.collect(id, files))?;
        self.0.mark_each(files)
    }

    /// Takes files out of a collection.
    pub fn uncollect(&self, id: u32, files: &[FileHash]) -> Result<(), StoreError> {
        self.change_user(|user| user.uncollect(id, files))?;
        self.0.mark_each(files)
    }

    /// The files of a collection in their order.
    pub fn collected(&self, id: u32) -> Result<Vec<FileHash>, StoreError> {
        self.0.user.lock().collected(id)
    }

    /// Puts the files of a collection into a new order.
    pub fn reorder(&self, id: u32, order: &[FileHash]) -> Result<(), StoreError> {
        self.change_user(|user| user.reorder(id, order))
    }

    /// The ids of the files with these bytes.
    pub fn ids_of(&self, hash: &FileHash) -> Result<Vec<u32>, StoreError> {
        Inner::ids_of(&*self.reader()?, hash)
    }

    /// The backups of the user's own data, the newest first.
    pub fn backups(&self) -> Vec<PathBuf> {
        backups(&self.user_path())
    }

    fn change_user<T>(
        &self,
        change: impl FnOnce(&mut UserData) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if self.is_read_only() {
            return Err(StoreError::ReadOnly);
        }
        change(&mut self.0.user.lock())
    }

    fn change_each(
        &self,
        files: &[FileHash],
        mut change: impl FnMut(&mut UserData, &FileHash) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.change_user(|user| files.iter().try_for_each(|hash| change(user, hash)))?;
        self.0.mark_each(files)
    }
}

impl Inner {
    /// What the user says of the winners of a file, and the values that it gives the file.
    pub(super) fn said_of(&self, hash: &FileHash) -> (Edits, Vec<FacetValue>) {
        let user = self.user.lock();
        let Some(mark) = user.marks().get(hash) else { return Default::default() };
        (Edits { bpm: mark.bpm, key: mark.key }, mark.values())
    }

    /// What the facets take in of a file as it is now; none when it is gone.
    pub(super) fn read_facets(
        &self,
        from: &Connection,
        id: u32,
    ) -> Result<Option<FacetRow>, StoreError> {
        let find = [SELECT_FACETS, " WHERE files.id = ?1"].concat();
        let found = from.prepare_cached(&find)?.query_row([id], facet_row_of).optional()?;
        Ok(found.map(|(_, hash, row)| FacetRow { user: self.said_of(&hash).1, ..row }))
    }

    /// Gives all files the values of their marks, and takes away what none has any more.
    pub(super) fn mark_all(&self) -> Result<(), StoreError> {
        let marks: Vec<(FileHash, Vec<FacetValue>)> = {
            let user = self.user.lock();
            let marks = user.marks().iter().map(|(hash, mark)| (*hash, mark.values()));
            marks.filter(|(_, values)| !values.is_empty()).collect()
        };
        let reader = self.readers.get()?;
        let mut found = Vec::new();
        if self.building.load(Ordering::Acquire) && !marks.is_empty() {
            let marks: std::collections::HashMap<_, _> = marks.into_iter().collect();
            let mut list = reader.prepare("SELECT id, hash FROM files")?;
            let mut rows = list.query([])?;
            while let Some(row) = rows.next()? {
                if let Some(values) = marks.get(&row.get::<_, FileHash>(1)?) {
                    found.push((row.get(0)?, values.clone()));
                }
            }
        } else {
            for (hash, values) in marks {
                found.extend(
                    Self::ids_of(&reader, &hash)?.into_iter().map(|id| (id, values.clone())),
                );
            }
        }
        let mut facets = self.facets.write();
        facets.forget(|value| value.facet.is_users());
        for (id, values) in found {
            for value in values {
                facets.mark(id, value, true);
            }
        }
        Ok(())
    }

    fn mark_each(&self, files: &[FileHash]) -> Result<(), StoreError> {
        let reader = self.readers.get()?;
        for hash in files {
            let ids = Self::ids_of(&reader, hash)?;
            let (_, values) = self.said_of(hash);
            let mut facets = self.facets.write();
            for id in ids {
                facets.set_users(id, &values);
            }
        }
        Ok(())
    }

    /// Writes the winners of all files with these bytes anew.
    fn rewrite_winners(&self, hash: &FileHash) -> Result<(), StoreError> {
        let mut index = self.index()?.lock();
        let transaction = index.transaction()?;
        let ids = Self::ids_of(&transaction, hash)?;
        let (edits, _) = self.said_of(hash);
        let mut rows = Vec::new();
        for id in ids {
            let find = [SELECT, " WHERE files.id = ?1"].concat();
            let (row, _) = transaction.prepare_cached(&find)?.query_row([id], row_of)?;
            let bpm = edits.bpm.or(row.facts.bpm()).map(f64::from);
            let key = edits.key.or(row.facts.key()).map(super::key_code);
            transaction
                .prepare_cached("UPDATE files SET bpm = ?2, key = ?3 WHERE id = ?1")?
                .execute(params![id, bpm, key])?;
            transaction
                .prepare_cached("INSERT OR IGNORE INTO facets_dirty (id) VALUES (?1)")?
                .execute([id])?;
            rows.extend(self.read_facets(&transaction, id)?.map(|row| (id, row)));
        }
        {
            // Who reads what is committed now finds no rank of before.
            let mut facets = self.facets.write();
            for (id, _) in &rows {
                facets.unrank(*id);
            }
        }
        transaction.commit()?;
        let mut facets = self.facets.write();
        for (id, row) in &rows {
            facets.insert(*id, row);
        }
        Ok(())
    }

    fn ids_of(from: &Connection, hash: &FileHash) -> Result<Vec<u32>, StoreError> {
        let find = "SELECT id FROM files WHERE substr(hash, 1, 8) = substr(?1, 1, 8) AND hash = ?1";
        let mut find = from.prepare_cached(find)?;
        Ok(find.query_map([hash], |it| it.get(0))?.collect::<Result<_, _>>()?)
    }
}
