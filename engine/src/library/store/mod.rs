//! Where the library is kept: the index, the user's own data, and the way in and out.
//!
//! Two SQLite databases lie side by side: the index FILE, which can be made again from the
//! files, and the user's own FILE.user, which cannot. `schema` says what they look like,
//! `words` how text is indexed and looked for, `codes` which small numbers stand for what.
//!
//! | Who | Does what |
//! |---|---|
//! | [`Store`] | opens both, repairs, hands out readers and facets; any thread, any number of clones |
//! | [`Writer`] | the only one that puts files in; one at a time |
//! | [`Known`] | what a scan needs to skip what has not changed |
//! | [`Readers`] | a warm pool of connections |
//!
//! One process writes: it holds a lock on FILE.lock. Others open the library for reading.
//! Nothing here runs on the UI thread but what says that it is quick.

mod blob;
mod bulk;
mod check;
mod codes;
mod damage;
mod digest;
mod error;
mod folders;
pub mod grams;
mod known;
mod marks;
mod open;
mod order;
mod overview;
mod paths;
mod pool;
mod record;
mod saved;
pub mod schema;
mod similar;
mod tagging;
mod twins;
pub mod words;
mod writer;

pub use bulk::BuildStep;
pub use check::Check;
pub use codes::{
    class_code, class_of, feel_code, feel_of, key_code, key_of, method_code, method_of,
};
pub use error::StoreError;
pub use known::{Known, KnownFile, KnownFolder};
pub use open::{Notice, StoreOptions};
pub use overview::{Counts, SourceInfo};
pub use paths::NamedFolders;
pub use pool::{Reader, ReaderStats, Readers};
pub use similar::Near;
pub use writer::{Failure, Writer, Written};

use super::facets::Facets;
use super::row::Row;
use super::user::UserData;
use parking_lot::{Mutex, RwLock, RwLockReadGuard};
use paths::FolderNames;
use rusqlite::{Connection, OptionalExtension};
use std::collections::HashMap;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// How much of the index is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexState {
    /// A first import runs, or was broken off: no secondary indexes, no words yet.
    Building,
    /// Everything is there.
    Ready,
}

/// The library's databases, open; clones share them.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

pub(super) struct Inner {
    options: StoreOptions,
    readers: Readers,
    facets: RwLock<Facets>,
    /// None when the library is open for reading only.
    index: Option<Mutex<Connection>>,
    /// May be locked while `index` is, not the other way round.
    user: Mutex<UserData>,
    /// Whether a [`Writer`] is about.
    writing: AtomicBool,
    building: AtomicBool,
    /// Whether `twins` is true.
    twins: AtomicBool,
    /// Whether the order of names is being read.
    ordering: AtomicBool,
    damaged: AtomicBool,
    tag_names: RwLock<HashMap<u16, String>>,
    /// What a search in folders needs; read when one is asked for.
    folder_names: Mutex<FolderNames>,
    /// How often folders have gone.
    removals: AtomicU64,
    /// Held for as long as the store is open for writing.
    _lock: Option<File>,
}

impl Store {
    /// A reader: at once when one is free, else when one comes free.
    pub fn reader(&self) -> Result<Reader, StoreError> {
        self.0.readers.get()
    }

    /// The pool of readers, to be watched.
    pub fn readers(&self) -> &Readers {
        &self.0.readers
    }

    /// The facets of all files; none where the store was opened without. Held while they are
    /// read, and not longer: the writer waits.
    pub fn facets(&self) -> RwLockReadGuard<'_, Facets> {
        debug_assert!(self.0.options.facets, "who searches opens the store with them");
        self.0.facets.read()
    }

    /// Whether the secondary indexes and the word index are there.
    pub fn state(&self) -> IndexState {
        if self.0.building.load(Ordering::Acquire) {
            IndexState::Building
        } else {
            IndexState::Ready
        }
    }

    /// Whether the facets tell which files have others like them.
    pub fn has_twins(&self) -> bool {
        self.0.twins.load(Ordering::Acquire)
    }

    /// Whether another program writes the library, or nobody can.
    pub fn is_read_only(&self) -> bool {
        self.0.index.is_none()
    }

    /// Where the index lies.
    pub fn path(&self) -> &std::path::Path {
        &self.0.options.index
    }

    /// Where the user's own data lie.
    pub fn user_path(&self) -> PathBuf {
        self.0.options.user_path()
    }

    /// The only writer.
    ///
    /// # Errors
    ///
    /// [`StoreError::Writing`] while there is one, [`StoreError::ReadOnly`] when the library is
    /// open for reading only.
    pub fn writer(&self) -> Result<Writer, StoreError> {
        Writer::new(Arc::clone(&self.0))
    }

    /// What is known of the files, folder by folder.
    pub fn known(&self) -> Result<Known, StoreError> {
        Ok(Known::new(self.reader()?))
    }

    /// All that is kept of a file; none when there is no such file. A row whose facts cannot
    /// be read any more has version 0.
    pub fn row(&self, id: u32) -> Result<Option<Row>, StoreError> {
        let reader = self.reader()?;
        let find = [record::SELECT, " WHERE files.id = ?1"].concat();
        let mut statement = reader.prepare_cached(&find)?;
        let Some((mut row, tags)) = statement.query_row([id], record::row_of).optional()? else {
            return Ok(None);
        };
        row.facts.tags = self.tag_names(&reader, &tags)?;
        row.facts.prints.vector = similar::vector_of(&reader, id)?;
        row.facts.prints.melody = grams::melodies::melody_of(&reader, id)?;
        Ok(Some(row))
    }

    /// The names of tags by their ids, sorted.
    pub fn tag_names(&self, reader: &Connection, ids: &[u16]) -> Result<Vec<String>, StoreError> {
        let mut names = Vec::with_capacity(ids.len());
        for id in ids {
            let known = self.0.tag_names.read().get(id).cloned();
            if let Some(name) = known {
                names.push(name);
                continue;
            }
            let find = "SELECT name FROM tags WHERE id = ?1";
            let found: Option<String> =
                reader.prepare_cached(find)?.query_row([id], |it| it.get(0)).optional()?;
            if let Some(name) = found {
                self.0.tag_names.write().insert(*id, name.clone());
                names.push(name);
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    /// Takes note of an error that reading has met: after damage the index is put aside and
    /// made anew at the next start. Returns whether it is damaged.
    pub fn report(&self, error: &StoreError) -> bool {
        if matches!(error, StoreError::Damaged(_)) {
            self.0.note_damage();
        }
        self.0.damaged.load(Ordering::Relaxed)
    }

    /// Reads the whole index and checks that it is sound; takes seconds for each gigabyte.
    pub fn verify(&self) -> Result<bool, StoreError> {
        let sound = damage::is_sound(&*self.reader()?)?;
        if !sound {
            self.0.note_damage();
        }
        Ok(sound)
    }

    /// Whether what was made of names and melodies, to find them by, is what would be made of
    /// them now; takes seconds for each million files.
    pub fn verify_grams(&self) -> Result<bool, StoreError> {
        let reader = self.reader()?;
        let view = reader.unchecked_transaction()?;
        grams::is_true(&view)
    }

    /// A number that is the same for the same contents, in whatever order they came.
    pub fn content_digest(&self) -> Result<[u8; 32], StoreError> {
        digest::content_digest(self, &*self.reader()?)
    }

    /// Makes today's backup of the user's own data if it is due; returns whether it did.
    pub fn backup_if_due(&self) -> Result<bool, StoreError> {
        if self.is_read_only() {
            return Ok(false);
        }
        let Inner { options, user, .. } = &*self.0;
        super::user::backup_if_due(&user.lock(), &options.user_path(), (options.now)())
    }

    /// Reads the facets again when another program has changed the index since; for a store
    /// that is open for reading only. Returns whether it did.
    pub fn refresh(&self) -> Result<bool, StoreError> {
        if !self.is_read_only() {
            return Ok(false);
        }
        let loaded = saved::load(&self.0.readers, self.0.options.facets)?;
        let building = loaded.building;
        let changed = self.0.building.swap(building, Ordering::AcqRel) != building;
        self.0.twins.store(loaded.twins, Ordering::Release);
        self.0.removals.fetch_add(1, Ordering::AcqRel);
        let facets = loaded.facets;
        let mut ours = self.0.facets.write();
        let same = !changed && ours.counts(None) == facets.counts(None);
        *ours = facets;
        drop(ours);
        self.0.mark_all()?;
        Ok(!same)
    }
}

impl Inner {
    fn index(&self) -> Result<&Mutex<Connection>, StoreError> {
        self.index.as_ref().ok_or(StoreError::ReadOnly)
    }

    fn note_damage(&self) {
        if !self.damaged.swap(true, Ordering::Relaxed)
            && self.index.is_some()
            && let Err(error) = damage::mark_damaged(&self.options.index)
        {
            log::warn!("the damage of the library could not be noted: {error}");
        }
    }
}

/// Lets go of the pages that a connection keeps: up to 8 MB after much was written.
fn give_back_memory(connection: &Connection) {
    if let Err(error) = connection.execute_batch("PRAGMA shrink_memory") {
        log::warn!("pages are kept in memory: {error}");
    }
}

/// A number out of `meta`.
fn meta_number(connection: &Connection, name: &str) -> Result<Option<i64>, StoreError> {
    let find = "SELECT value FROM meta WHERE name = ?1";
    Ok(connection.prepare_cached(find)?.query_row([name], |it| it.get(0)).optional()?)
}

fn set_meta_number(connection: &Connection, name: &str, value: i64) -> Result<(), StoreError> {
    let put = "INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)";
    connection.prepare_cached(put)?.execute(rusqlite::params![name, value])?;
    Ok(())
}
