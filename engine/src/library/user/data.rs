//! The user database, and its contents in memory.

use super::FileHash;
use crate::library::facets::{Facet, FacetValue};
use crate::library::store::{StoreError, key_code, key_of};
use crate::theory::Key;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use std::collections::HashMap;

/// What the user says of one file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mark {
    /// 1..=5.
    pub rating: Option<u8>,
    /// Whether it is a favourite.
    pub favourite: bool,
    /// The user's own tempo.
    pub bpm: Option<f32>,
    /// The user's own key.
    pub key: Option<Key>,
    /// Ids of the user's tags on it, rising.
    pub tags: Vec<u32>,
    /// Ids of the collections that it is in, rising.
    pub collections: Vec<u32>,
}

/// A tag of the user's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserTag {
    /// Its id, as in [`Facet::UserTag`].
    pub id: u32,
    /// What it says.
    pub name: String,
}

/// A collection of the user's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collection {
    /// Its id, as in [`Facet::Collection`].
    pub id: u32,
    /// What it is called.
    pub name: String,
}

#[derive(Debug)]
pub(crate) struct UserData {
    connection: Connection,
    marks: HashMap<FileHash, Mark>,
}

impl Mark {
    /// The values that it gives a file.
    pub fn values(&self) -> Vec<FacetValue> {
        let rating = self.rating.map(|it| FacetValue::new(Facet::Rating, u32::from(it)));
        let favourite = self.favourite.then_some(FacetValue::new(Facet::Favourite, 1));
        let tags = self.tags.iter().map(|it| FacetValue::new(Facet::UserTag, *it));
        let collections = self.collections.iter();
        let collections = collections.map(|it| FacetValue::new(Facet::Collection, *it));
        rating.into_iter().chain(favourite).chain(tags).chain(collections).collect()
    }
}

impl UserData {
    /// Takes over a database that has the newest form.
    pub(crate) fn new(connection: Connection) -> Result<Self, StoreError> {
        let mut data = Self { connection, marks: HashMap::new() };
        data.load()?;
        Ok(data)
    }

    pub(crate) const fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(crate) const fn marks(&self) -> &HashMap<FileHash, Mark> {
        &self.marks
    }

    pub(crate) fn rate(&mut self, hash: &FileHash, rating: Option<u8>) -> Result<(), StoreError> {
        let rating = rating.map(|it| it.clamp(1, 5));
        self.set(hash, "rating", &rating)?;
        self.marks.entry(*hash).or_default().rating = rating;
        Ok(())
    }

    pub(crate) fn set_favourite(&mut self, hash: &FileHash, on: bool) -> Result<(), StoreError> {
        self.set(hash, "favourite", &on)?;
        self.marks.entry(*hash).or_default().favourite = on;
        Ok(())
    }

    pub(crate) fn set_bpm(&mut self, hash: &FileHash, bpm: Option<f32>) -> Result<(), StoreError> {
        let bpm = bpm.filter(|it| it.is_finite() && *it > 0.0);
        self.set(hash, "bpm", &bpm.map(f64::from))?;
        self.marks.entry(*hash).or_default().bpm = bpm;
        Ok(())
    }

    pub(crate) fn set_key(&mut self, hash: &FileHash, key: Option<Key>) -> Result<(), StoreError> {
        self.set(hash, "key", &key.map(key_code))?;
        self.marks.entry(*hash).or_default().key = key;
        Ok(())
    }

    /// Tags a file; returns the tag's id.
    pub(crate) fn tag(&mut self, hash: &FileHash, name: &str) -> Result<u32, StoreError> {
        let name = name.trim();
        let id = self.change(|transaction| {
            transaction.execute("INSERT OR IGNORE INTO tags (name) VALUES (?1)", [name])?;
            let id =
                transaction
                    .query_row("SELECT id FROM tags WHERE name = ?1", [name], |it| it.get(0))?;
            let put = "INSERT OR IGNORE INTO tagged (tag, hash) VALUES (?1, ?2)";
            transaction.execute(put, params![id, hash])?;
            Ok(id)
        })?;
        insert_sorted(&mut self.marks.entry(*hash).or_default().tags, id);
        Ok(id)
    }

    /// Takes a tag off a file.
    pub(crate) fn untag(&mut self, hash: &FileHash, tag: u32) -> Result<(), StoreError> {
        self.change(|it| {
            it.execute("DELETE FROM tagged WHERE tag = ?1 AND hash = ?2", params![tag, hash])
        })?;
        if let Some(mark) = self.marks.get_mut(hash) {
            mark.tags.retain(|it| *it != tag);
        }
        Ok(())
    }

    pub(crate) fn rename_tag(&mut self, tag: u32, name: &str) -> Result<(), StoreError> {
        self.change(|it| {
            it.execute("UPDATE tags SET name = ?2 WHERE id = ?1", params![tag, name.trim()])
        })?;
        Ok(())
    }

    /// Takes a tag off all files.
    pub(crate) fn delete_tag(&mut self, tag: u32) -> Result<(), StoreError> {
        self.change(|it| it.execute("DELETE FROM tags WHERE id = ?1", [tag]))?;
        self.marks.values_mut().for_each(|mark| mark.tags.retain(|it| *it != tag));
        Ok(())
    }

    /// By name.
    pub(crate) fn tags(&self) -> Result<Vec<UserTag>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT id, name FROM tags ORDER BY name COLLATE NOCASE")?;
        let tags =
            statement.query_map([], |it| Ok(UserTag { id: it.get(0)?, name: it.get(1)? }))?;
        Ok(tags.collect::<Result<_, _>>()?)
    }

    /// The id of the new collection, or of the one that has the name.
    pub(crate) fn create_collection(&mut self, name: &str) -> Result<u32, StoreError> {
        let name = name.trim();
        self.change(|transaction| {
            transaction.execute("INSERT OR IGNORE INTO collections (name) VALUES (?1)", [name])?;
            let find = "SELECT id FROM collections WHERE name = ?1";
            transaction.query_row(find, [name], |it| it.get(0))
        })
    }

    pub(crate) fn rename_collection(&mut self, id: u32, name: &str) -> Result<(), StoreError> {
        self.change(|it| {
            let rename = "UPDATE collections SET name = ?2 WHERE id = ?1";
            it.execute(rename, params![id, name.trim()])
        })?;
        Ok(())
    }

    pub(crate) fn delete_collection(&mut self, id: u32) -> Result<(), StoreError> {
        self.change(|it| it.execute("DELETE FROM collections WHERE id = ?1", [id]))?;
        self.marks.values_mut().for_each(|mark| mark.collections.retain(|it| *it != id));
        Ok(())
    }

    /// By name.
    pub(crate) fn collections(&self) -> Result<Vec<Collection>, StoreError> {
        let find = "SELECT id, name FROM collections ORDER BY name COLLATE NOCASE";
        let mut statement = self.connection.prepare_cached(find)?;
        let read = |it: &rusqlite::Row<'_>| Ok(Collection { id: it.get(0)?, name: it.get(1)? });
        Ok(statement.query_map([], read)?.collect::<Result<_, _>>()?)
    }

    /// Puts files at the end of a collection; those that are in it stay where they are.
    pub(crate) fn collect(&mut self, id: u32, files: &[FileHash]) -> Result<(), StoreError> {
        self.change(|transaction| {
            let last = "SELECT max(place) FROM collected WHERE collection = ?1";
            let last: Option<i64> = transaction.query_row(last, [id], |it| it.get(0))?;
            let put =
                "INSERT OR IGNORE INTO collected (collection, place, hash) VALUES (?1, ?2, ?3)";
            let mut put = transaction.prepare_cached(put)?;
            for (place, hash) in (last.unwrap_or(0) + 1..).zip(files) {
                put.execute(params![id, place, hash])?;
            }
            Ok(())
        })?;
        for hash in files {
            insert_sorted(&mut self.marks.entry(*hash).or_default().collections, id);
        }
        Ok(())
    }

    /// Takes files out of a collection.
    pub(crate) fn uncollect(&mut self, id: u32, files: &[FileHash]) -> Result<(), StoreError> {
        self.change(|transaction| {
            let delete = "DELETE FROM collected WHERE collection = ?1 AND hash = ?2";
            let mut delete = transaction.prepare_cached(delete)?;
            for hash in files {
                delete.execute(params![id, hash])?;
            }
            Ok(())
        })?;
        for hash in files {
            if let Some(mark) = self.marks.get_mut(hash) {
                mark.collections.retain(|it| *it != id);
            }
        }
        Ok(())
    }

    /// The files of a collection in their order.
    pub(crate) fn collected(&self, id: u32) -> Result<Vec<FileHash>, StoreError> {
        let find = "SELECT hash FROM collected WHERE collection = ?1 ORDER BY place";
        let mut statement = self.connection.prepare_cached(find)?;
        Ok(statement.query_map([id], |it| it.get(0))?.collect::<Result<_, _>>()?)
    }

    /// Puts the files of a collection into a new order; those that are not named stay behind
    /// them.
    pub(crate) fn reorder(&mut self, id: u32, order: &[FileHash]) -> Result<(), StoreError> {
        let rest = self.collected(id)?;
        self.change(|transaction| {
            let put = "UPDATE collected SET place = ?3 WHERE collection = ?1 AND hash = ?2";
            let mut put = transaction.prepare_cached(put)?;
            let rest = rest.iter().filter(|hash| !order.contains(hash));
            for (place, hash) in (1_i64..).zip(order.iter().chain(rest)) {
                put.execute(params![id, hash, place])?;
            }
            Ok(())
        })
    }

    fn set(
        &mut self,
        hash: &FileHash,
        column: &'static str,
        value: &dyn rusqlite::ToSql,
    ) -> Result<(), StoreError> {
        self.change(|transaction| {
            let put = format!(
                "INSERT INTO marks (hash, {column}) VALUES (?1, ?2)
                 ON CONFLICT (hash) DO UPDATE SET {column} = ?2"
            );
            transaction.prepare_cached(&put)?.execute(params![hash, value])
        })?;
        Ok(())
    }

    /// One transaction, and one more in the count of changes that backups go by.
    fn change<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let transaction = self.connection.transaction()?;
        let done = work(&transaction)?;
        transaction.execute("UPDATE meta SET value = value + 1 WHERE name = 'changes'", [])?;
        transaction.commit()?;
        Ok(done)
    }

    fn load(&mut self) -> Result<(), StoreError> {
        let mut marks: HashMap<FileHash, Mark> = HashMap::new();
        let mut statement =
            self.connection.prepare("SELECT hash, rating, favourite, bpm, key FROM marks")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let mark = marks.entry(row.get(0)?).or_default();
            mark.rating = row.get(1)?;
            mark.favourite = row.get(2)?;
            mark.bpm = row.get::<_, Option<f64>>(3)?.map(|it| it as f32);
            mark.key = row.get::<_, Option<u8>>(4)?.and_then(key_of);
        }
        for (table, column) in [("tagged", "tag"), ("collected", "collection")] {
            let list = format!("SELECT hash, {column} FROM {table} ORDER BY {column}");
            let mut statement = self.connection.prepare(&list)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let mark = marks.entry(row.get(0)?).or_default();
                let list = if table == "tagged" { &mut mark.tags } else { &mut mark.collections };
                list.push(row.get(1)?);
            }
        }
        self.marks = marks;
        Ok(())
    }

    /// Says something that the program remembers about itself; no change of the user's.
    pub(crate) fn note(&self, name: &str, value: &str) -> Result<(), StoreError> {
        let put = "INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)";
        self.connection.execute(put, [name, value])?;
        Ok(())
    }

    pub(crate) fn noted(&self, name: &str) -> Result<Option<String>, StoreError> {
        let find = "SELECT CAST(value AS TEXT) FROM meta WHERE name = ?1";
        Ok(self.connection.query_row(find, [name], |it| it.get(0)).optional()?)
    }
}

fn insert_sorted(list: &mut Vec<u32>, id: u32) {
    if let Err(place) = list.binary_search(&id) {
        list.insert(place, id);
    }
}
