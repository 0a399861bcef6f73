//! Putting files into the index: the only one that does.
//!
//! Lives on the pipeline's write thread. A batch is one transaction; a process that is killed
//! loses the batch that it was writing, never one that was acknowledged, and no place is
//! there twice. After an error nothing of the batch is there, and it can be tried again.

use super::folders::{Folder, Folders, bounds, trimmed};
use super::record::{INSERT, Split, UPDATE, facet_row, indexed_text, put};
use super::saved::{MOST_UNSAVED, present, save, unsaved};
use super::twins::{self, Changed, Touched};
use super::{IndexState, Inner, StoreError, blob, grams, meta_number, order, similar, words};
use crate::library::date::secs_of;
use crate::library::facets::FacetRow;
use crate::library::row::{Place, Row, Stamp};
use roaring::RoaringBitmap;
use rusqlite::{CachedStatement, Connection, OptionalExtension, TransactionBehavior, params};
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Puts files into the index. There is one at a time.
pub struct Writer {
    pub(super) inner: Arc<Inner>,
    pub(super) folders: Folders,
    pub(super) tags: HashMap<String, u16>,
    /// The words of files with ids up to this one are indexed.
    pub(super) searched_upto: u32,
    /// The largest id there was when the facets were written last.
    saved_upto: u32,
    /// How many files have changed since.
    unsaved: usize,
    /// Whether any file is in quarantine.
    any_failed: bool,
    /// Files up to this id lie in the blocks of `grams`, and how many are pending.
    grams_upto: u32,
    grams_pending: usize,
    /// What this transaction has touched.
    touched: Touched,
    /// Files that were put in or taken out since the order of names was read.
    pub(super) unordered: u64,
}

/// What a batch has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Files that are new.
    pub inserted: u64,
    /// Files that were there.
    pub updated: u64,
}

/// A file that could not be analysed, to be left alone until it or the analysis changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Where it lies.
    pub place: Place,
    /// How it looked from outside.
    pub stamp: Stamp,
    /// The analysis that failed.
    pub version: u32,
    /// Why, for the user.
    pub reason: String,
}

/// A change that the facets take in when it is committed.
pub(super) enum Change {
    /// Boxed, since the others are small and can be many.
    Put(u32, Box<FacetRow>),
    /// With the name, tempo and key that it had.
    Again(u32, Box<FacetRow>),
    Gone(u32),
    Twin(Changed),
}

impl Writer {
    pub(super) fn new(inner: Arc<Inner>) -> Result<Self, StoreError> {
        inner.index()?;
        if inner.writing.swap(true, Ordering::AcqRel) {
            return Err(StoreError::Writing);
        }
        let mut writer = Self {
            inner,
            folders: Folders::default(),
            tags: HashMap::new(),
            searched_upto: 0,
            saved_upto: 0,
            unsaved: 0,
            any_failed: true,
            grams_upto: 0,
            grams_pending: 0,
            touched: Touched::default(),
            unordered: 0,
        };
        // Dropping it on an error lets the next one in.
        writer.reload()?;
        Ok(writer)
    }

    /// Adds what the user wants in the library: a folder, or a single file. Returns its id.
    pub fn add_source(&mut self, path: &[u8]) -> Result<u32, StoreError> {
        self.commit(|writer, to, _| writer.folders.source(to, path))
    }

    /// Writes files in one transaction: new ones, and new versions of those that are there.
    pub fn write(&mut self, rows: &[Row]) -> Result<Written, StoreError> {
        self.commit(|writer, to, changes| {
            let mut batch = Batch::new(to)?;
            let mut written = Written::default();
            for row in rows {
                let new = writer.write_row(to, &mut batch, row, changes)?;
                written.inserted += u64::from(new);
                written.updated += u64::from(!new);
            }
            batch.finish(to)?;
            Ok(written)
        })
    }

    /// Puts files in quarantine. What was known of them is kept.
    pub fn fail(&mut self, failures: &[Failure]) -> Result<(), StoreError> {
        let at = secs_of((self.inner.options.now)());
        self.commit(|writer, to, _| {
            let mut put = to.prepare_cached(
                "INSERT OR REPLACE INTO failed
                 (folder, file, member, bytes, mtime, version, reason, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?;
            for Failure { place, stamp, version, reason } in failures {
                let Split { folder, file, member } = Split::of(place);
                let folder = writer.folders.folder(to, folder)?.id;
                let (bytes, mtime) = (stamp.bytes as i64, stamp.mtime_nanos);
                put.execute(params![folder, file, member, bytes, mtime, version, reason, at])?;
                writer.any_failed = true;
            }
            Ok(())
        })
    }

    /// Takes a file out of quarantine.
    pub fn unfail(&mut self, place: &Place) -> Result<(), StoreError> {
        self.commit(|writer, to, _| {
            let Split { folder, file, member } = Split::of(place);
            let folder = writer.folders.folder(to, folder)?.id;
            delete_failed(to, folder, file, member)
        })
    }

    /// Says of files whether they were there at the last look.
    pub fn set_absent(&mut self, ids: &[u32], absent: bool) -> Result<(), StoreError> {
        self.commit(|writer, to, changes| {
            let mut change =
                to.prepare_cached("UPDATE files SET absent = ?2 WHERE id = ?1 AND absent <> ?2")?;
            for id in ids {
                if change.execute(params![id, absent])? > 0 {
                    writer.touched.add_file(to, *id)?;
                    writer.reread(to, *id, changes)?;
                }
            }
            Ok(())
        })
    }

    /// Marks all files absent that lie at or under `path` in folders that are not among
    /// `seen`: after a walk, those whose folders are gone. Returns how many.
    pub fn set_unseen_absent(
        &mut self,
        path: &[u8],
        seen: &RoaringBitmap,
    ) -> Result<u64, StoreError> {
        self.commit(|writer, to, changes| {
            let (first, end) = bounds(path);
            let mut list = to.prepare_cached(
                "SELECT files.id, folder FROM folders CROSS JOIN files ON folder = folders.id
                 WHERE (folders.path = ?1 OR folders.path >= ?2 AND folders.path < ?3)
                 AND absent = 0",
            )?;
            let mut gone: Vec<u32> = Vec::new();
            let mut rows = list.query(params![trimmed(path), first, end])?;
            while let Some(row) = rows.next()? {
                if !seen.contains(row.get(1)?) {
                    gone.push(row.get(0)?);
                }
            }
            let mut mark = to.prepare_cached("UPDATE files SET absent = 1 WHERE id = ?1")?;
            for id in &gone {
                mark.execute([id])?;
                writer.touched.add_file(to, *id)?;
                writer.reread(to, *id, changes)?;
            }
            Ok(gone.len() as u64)
        })
    }

    /// Says of a source whether it is there at all. Its files keep their own marks.
    pub fn set_source_absent(&mut self, source: u32, absent: bool) -> Result<(), StoreError> {
        let all = self.commit(|_, to, _| {
            to.execute("UPDATE sources SET absent = ?2 WHERE id = ?1", params![source, absent])?;
            let mut list = to.prepare_cached("SELECT id FROM sources WHERE absent <> 0")?;
            let all: Vec<u32> = list.query_map([], |it| it.get(0))?.collect::<Result<_, _>>()?;
            // Copies that are away are none.
            to.execute("DELETE FROM meta WHERE name = ?1", [twins::KNOWN])?;
            Ok(all)
        })?;
        self.inner.twins.store(false, Ordering::Release);
        self.inner.facets.write().set_absent_sources(all);
        if self.is_ready() { self.rebuild_twins() } else { Ok(()) }
    }

    /// Remembers that a scan of a source came to its end now.
    pub fn scanned(&mut self, source: u32) -> Result<(), StoreError> {
        let at = secs_of((self.inner.options.now)());
        self.commit(|_, to, _| {
            to.execute("UPDATE sources SET scanned = ?2 WHERE id = ?1", params![source, at])?;
            Ok(())
        })
    }

    /// Forgets absent files that lie somewhere else now, by their hash; returns how many.
    /// What the user said of them goes by the hash, and so goes with them.
    pub fn forget_moved(&mut self) -> Result<u64, StoreError> {
        if !self.is_ready() {
            return Ok(0);
        }
        self.commit(|writer, to, changes| {
            let mut list = to.prepare_cached(
                "SELECT id FROM files AS gone WHERE absent <> 0 AND EXISTS (
                     SELECT 1 FROM files AS there
                     WHERE substr(there.hash, 1, 8) = substr(gone.hash, 1, 8)
                     AND there.hash = gone.hash AND there.absent = 0)",
            )?;
            let ids: Vec<u32> = list.query_map([], |it| it.get(0))?.collect::<Result<_, _>>()?;
            writer.delete_rows(to, &ids, changes)?;
            Ok(ids.len() as u64)
        })
    }

    /// Takes files out of the index. What the user said of them stays.
    pub fn delete(&mut self, ids: &[u32]) -> Result<(), StoreError> {
        self.commit(|writer, to, changes| writer.delete_rows(to, ids, changes))
    }

    /// Takes a source out of the library with all that lies in it, a part at a time.
    pub fn remove_source(&mut self, source: u32) -> Result<(), StoreError> {
        loop {
            let left = self.commit(|writer, to, changes| {
                let mut list = to.prepare_cached(
                    "SELECT files.id FROM folders CROSS JOIN files ON folder = folders.id
                     WHERE source = ?1 LIMIT 4096",
                )?;
                let ids: Vec<u32> =
                    list.query_map([source], |it| it.get(0))?.collect::<Result<_, _>>()?;
                writer.delete_rows(to, &ids, changes)?;
                Ok(ids.len())
            })?;
            if left == 0 {
                break;
            }
        }
        self.commit(|writer, to, _| {
            let failed = "DELETE FROM failed WHERE folder IN
                          (SELECT id FROM folders WHERE source = ?1)";
            to.execute(failed, [source])?;
            to.execute("DELETE FROM folders WHERE source = ?1", [source])?;
            to.execute("DELETE FROM sources WHERE id = ?1", [source])?;
            writer.folders.forget();
            Ok(())
        })?;
        self.inner.removals.fetch_add(1, Ordering::AcqRel);
        Ok(())
    }

    /// Writes the facets, so that the next start need not read what has changed. Also done
    /// from time to time, and when the writer is dropped.
    pub fn save_facets(&mut self) -> Result<(), StoreError> {
        if self.unsaved == 0 {
            return Ok(());
        }
        let mut index = self.inner.index()?.lock();
        save(&mut index, self.inner.options.facets.then_some(&self.inner.facets))?;
        self.unsaved = 0;
        self.saved_upto = meta_number(&index, "facets_upto")?.unwrap_or(0) as u32;
        Ok(())
    }

    pub(super) fn is_ready(&self) -> bool {
        !self.inner.building.load(Ordering::Acquire)
    }

    /// One transaction. The facets take in its changes once it is committed; when it fails,
    /// what was remembered on the way is forgotten.
    pub(super) fn commit<T>(
        &mut self,
        work: impl FnOnce(&mut Self, &Connection, &mut Vec<Change>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let inner = Arc::clone(&self.inner);
        let mut changes = Vec::new();
        let done = {
            let mut index = inner.index()?.lock();
            let transaction = index.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = work(self, &transaction, &mut changes).and_then(|done| {
                self.settle_twins(&transaction, &mut changes)?;
                // Who reads what is committed now finds no rank of before.
                let mut facets = inner.facets.write();
                for change in &changes {
                    if let Change::Put(id, _) | Change::Gone(id) = change {
                        facets.unrank(*id);
                    }
                }
                drop(facets);
                Ok((done, transaction.commit()?))
            });
            let done = match done {
                Ok((done, ())) => done,
                Err(error) => {
                    drop(index);
                    if matches!(error, StoreError::Damaged(_)) {
                        inner.note_damage();
                    }
                    self.forget();
                    return Err(error);
                }
            };
            // Still under the lock, so that facets change in the order of the transactions.
            let mut facets = inner.facets.write();
            for change in changes {
                match change {
                    Change::Put(id, row) => facets.insert(id, &row),
                    Change::Again(id, row) => facets.put(id, &row),
                    Change::Gone(id) => facets.remove(id),
                    Change::Twin(Changed { id, kinds }) => {
                        for (value, has) in twins::facets_of(kinds) {
                            facets.mark(id, value, has);
                        }
                    }
                }
            }
            done
        };
        if self.unsaved >= MOST_UNSAVED
            && let Err(error) = self.save_facets()
        {
            // They can be read again from the files; what was asked for is done.
            log::warn!("the facets could not be written: {error}");
        }
        if order::is_due_meanwhile(&inner)
            && let Err(error) = order::renew(&Arc::downgrade(&inner))
        {
            // Pages are found along the index meanwhile.
            log::warn!("the order of names could not be read: {error}");
        }
        if self.is_ready()
            && self.grams_pending >= grams::MOST_PENDING
            && let Err(error) = self.build_grams(|_| ControlFlow::Continue(()))
        {
            // A search looks at what is pending, however much it is.
            log::warn!("names and melodies could not be indexed: {error}");
        }
        Ok(done)
    }

    /// Brings the blocks of names and melodies up to date; says whether it came to its end.
    pub(super) fn build_grams(
        &mut self,
        watch: impl FnMut(f32) -> ControlFlow<()>,
    ) -> Result<bool, StoreError> {
        let inner = Arc::clone(&self.inner);
        let mut index = inner.index()?.lock();
        let whole = grams::build(&mut index, watch)?;
        self.grams_upto = grams::Built::read(&index)?.upto;
        self.grams_pending = grams::pending(&index)?;
        Ok(whole)
    }

    /// Makes all blocks of names and melodies anew.
    pub fn remake_grams(&mut self) -> Result<(), StoreError> {
        self.commit(|_, to, _| {
            to.execute_batch(
                "DELETE FROM name_grams; DELETE FROM melody_grams; DELETE FROM grams_dirty;
                 DELETE FROM meta WHERE name = 'grams_upto';",
            )?;
            Ok(())
        })?;
        self.build_grams(|_| ControlFlow::Continue(())).map(drop)
    }

    /// Works out anew which files have others like them.
    pub(super) fn rebuild_twins(&mut self) -> Result<(), StoreError> {
        let present = if self.inner.options.facets {
            self.inner.facets.read().present()
        } else {
            present(&self.inner.index()?.lock())?
        };
        self.commit(|writer, to, changes| {
            for changed in twins::rebuild(to, &present)? {
                writer.note_unsaved(to, changed.id)?;
                writer.note(changes, Change::Twin(changed));
            }
            Ok(())
        })?;
        self.inner.twins.store(true, Ordering::Release);
        Ok(())
    }

    fn settle_twins(
        &mut self,
        to: &Connection,
        changes: &mut Vec<Change>,
    ) -> Result<(), StoreError> {
        if !self.is_ready() || !self.inner.twins.load(Ordering::Acquire) {
            self.touched = Touched::default();
            return Ok(());
        }
        let mut touched = std::mem::take(&mut self.touched);
        for changed in touched.settle(to)? {
            self.note_unsaved(to, changed.id)?;
            self.note(changes, Change::Twin(changed));
        }
        Ok(())
    }

    /// Has the facets take in a change, where there are any.
    fn note(&self, changes: &mut Vec<Change>, change: Change) {
        if self.inner.options.facets {
            changes.push(change);
        }
    }

    fn forget(&mut self) {
        self.folders.forget();
        self.touched = Touched::default();
        if let Err(error) = self.reload() {
            // The next transaction meets the same trouble and says so.
            log::warn!("the library could not be read again: {error}");
        }
    }

    fn reload(&mut self) -> Result<(), StoreError> {
        let inner = Arc::clone(&self.inner);
        let index = inner.index()?.lock();
        let mut list = index.prepare_cached("SELECT name, id FROM tags")?;
        self.tags =
            list.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
        self.saved_upto = meta_number(&index, "facets_upto")?.unwrap_or(0) as u32;
        self.unsaved = unsaved(&index)?.1;
        self.searched_upto = if self.inner.building.load(Ordering::Acquire) {
            meta_number(&index, "words_upto")?.unwrap_or(0) as u32
        } else {
            u32::MAX
        };
        let any = "SELECT EXISTS (SELECT 1 FROM failed)";
        self.any_failed = index.query_row(any, [], |it| it.get(0))?;
        self.grams_upto = grams::Built::read(&index)?.upto;
        // While a first import runs, all are.
        self.grams_pending = if self.is_ready() { grams::pending(&index)? } else { 0 };
        Ok(())
    }

    /// Returns whether it is new.
    fn write_row<'c>(
        &mut self,
        to: &'c Connection,
        batch: &mut Batch<'c>,
        row: &Row,
        changes: &mut Vec<Change>,
    ) -> Result<bool, StoreError> {
        let split = Split::of(&row.place);
        let folder = self.folders.folder(to, split.folder)?;
        let tags = self.tag_ids(to, &row.facts.tags)?;
        let (edits, values) = self.inner.said_of(&row.hash);
        let mut old = None;
        let melody = &row.facts.prints.melody;
        let new = put(&mut batch.insert, folder.id, row, &tags, edits)? > 0;
        let id = if new {
            let id = u32::try_from(to.last_insert_rowid());
            let id = id.ok().ok_or(StoreError::TooMany("files"))?;
            self.touched.add(row.hash, row.facts.prints.version as i64);
            if !melody.is_empty() {
                grams::melodies::put(to, id, melody)?;
            }
            self.note_gram(to, id)?;
            id
        } else {
            let place = params![folder.id, split.file, split.member];
            let found = batch.find.query_row(place, Old::of)?;
            let id = found.id;
            let piece = row.facts.prints.version as i64;
            if found.is_absent || found.hash != row.hash || found.piece != piece {
                self.touched.add(found.hash, found.piece);
                self.touched.add(row.hash, piece);
            }
            if grams::melodies::melody_of(to, id)? != *melody {
                grams::melodies::put(to, id, melody)?;
                self.note_gram(to, id)?;
            }
            old = Some(found);
            put(&mut batch.update, folder.id, row, &tags, edits)?;
            id
        };
        batch.details.execute(params![id, blob::encode(&row.facts)])?;
        batch.vectors.push((id, row.facts.prints.vector));
        if self.any_failed {
            delete_failed(to, folder.id, split.file, split.member)?;
        }
        if id <= self.searched_upto {
            let search = match &mut batch.search {
                Some(search) => search,
                none => none.insert(Search::new(to)?),
            };
            if let Some(old) = &old {
                search.remove(id, &old.name)?;
            }
            search.put(id, &split.name(), &folder, row)?;
        }
        self.note_unsaved(to, id)?;
        if !self.inner.options.facets {
            return Ok(new);
        }
        let kinds = old.map_or(0, |old| old.kinds);
        let facets = FacetRow {
            has_copy: kinds & twins::SAME_BYTES != 0,
            has_version: kinds & twins::SAME_PIECE != 0,
            source: folder.source,
            folder: folder.top,
            user: values,
            ..facet_row(row, tags, edits)
        };
        changes.push(Change::Put(id, Box::new(facets)));
        Ok(new)
    }

    fn delete_rows(
        &mut self,
        to: &Connection,
        ids: &[u32],
        changes: &mut Vec<Change>,
    ) -> Result<(), StoreError> {
        let mut search = Search::new(to)?;
        let mut name = to.prepare_cached("SELECT name FROM files WHERE id = ?1")?;
        let mut file = to.prepare_cached("DELETE FROM files WHERE id = ?1")?;
        let mut details = to.prepare_cached("DELETE FROM details WHERE id = ?1")?;
        let mut twin = to.prepare_cached("DELETE FROM twins WHERE id = ?1")?;
        let mut vectors = Vec::new();
        for id in ids {
            let found: Option<String> = name.query_row([id], |it| it.get(0)).optional()?;
            let Some(found) = found else { continue };
            if *id <= self.searched_upto {
                search.remove(*id, &found)?;
            }
            self.touched.add_file(to, *id)?;
            file.execute([id])?;
            details.execute([id])?;
            twin.execute([id])?;
            grams::melodies::remove(to, *id)?;
            self.note_gram(to, *id)?;
            vectors.push((*id, [0; 24]));
            self.note_unsaved(to, *id)?;
            self.note(changes, Change::Gone(*id));
        }
        similar::put_vectors(to, &mut vectors)
    }

    /// Has the facets take in a file as it is now; its name, tempo and key are what they were.
    pub(super) fn reread(
        &mut self,
        to: &Connection,
        id: u32,
        changes: &mut Vec<Change>,
    ) -> Result<(), StoreError> {
        if let Some(row) = self.inner.read_facets(to, id)? {
            self.note_unsaved(to, id)?;
            self.note(changes, Change::Again(id, Box::new(row)));
        }
        Ok(())
    }

    /// A file has another melody, or is new, or is gone.
    fn note_gram(&mut self, to: &Connection, id: u32) -> Result<(), StoreError> {
        self.grams_pending += 1;
        self.unordered += 1;
        if id <= self.grams_upto { grams::note(to, id) } else { Ok(()) }
    }

    fn note_unsaved(&mut self, to: &Connection, id: u32) -> Result<(), StoreError> {
        self.unsaved += 1;
        if id <= self.saved_upto {
            to.prepare_cached("INSERT OR IGNORE INTO facets_dirty (id) VALUES (?1)")?
                .execute([id])?;
        }
        Ok(())
    }

    pub(super) fn tag_ids(
        &mut self,
        to: &Connection,
        names: &[String],
    ) -> Result<Vec<u16>, StoreError> {
        let mut ids = Vec::with_capacity(names.len());
        for name in names {
            let id = if let Some(id) = self.tags.get(name) {
                *id
            } else {
                to.prepare_cached("INSERT INTO tags (name) VALUES (?1)")?.execute([name])?;
                let id = to.last_insert_rowid();
                let id = u16::try_from(id).ok().ok_or(StoreError::TooMany("tags"))?;
                self.tags.insert(name.clone(), id);
                id
            };
            ids.push(id);
        }
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if let Err(error) = self.save_facets() {
            log::warn!("the facets could not be written: {error}");
        }
        if let Some(index) = &self.inner.index {
            super::give_back_memory(&index.lock());
        }
        self.inner.writing.store(false, Ordering::Release);
    }
}

/// What was known of a file that is written again.
struct Old {
    id: u32,
    name: String,
    hash: [u8; 32],
    piece: i64,
    is_absent: bool,
    /// Bits of `twins`.
    kinds: u8,
}

impl Old {
    fn of(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            name: row.get(1)?,
            hash: row.get(2)?,
            piece: row.get(3)?,
            is_absent: row.get(4)?,
            kinds: row.get(5)?,
        })
    }
}

/// The prepared statements of one transaction, and what is written at its end.
struct Batch<'c> {
    insert: CachedStatement<'c>,
    update: CachedStatement<'c>,
    find: CachedStatement<'c>,
    details: CachedStatement<'c>,
    vectors: Vec<(u32, [u8; 24])>,
    search: Option<Search<'c>>,
}

impl<'c> Batch<'c> {
    fn new(to: &'c Connection) -> Result<Self, StoreError> {
        let find = "SELECT files.id, name, hash, piece, absent, ifnull(kinds, 0)
                    FROM files LEFT JOIN twins ON twins.id = files.id
                    WHERE folder = ?1 AND file = ?2 AND member = ?3";
        Ok(Self {
            insert: to.prepare_cached(INSERT)?,
            update: to.prepare_cached(UPDATE)?,
            find: to.prepare_cached(find)?,
            details: to
                .prepare_cached("INSERT OR REPLACE INTO details (id, data) VALUES (?1, ?2)")?,
            vectors: Vec::new(),
            search: None,
        })
    }

    fn finish(mut self, to: &Connection) -> Result<(), StoreError> {
        similar::put_vectors(to, &mut self.vectors)
    }
}

/// The statements of the three word indexes.
pub(super) struct Search<'c> {
    words: CachedStatement<'c>,
    trigrams: CachedStatement<'c>,
    degrees: CachedStatement<'c>,
    no_words: CachedStatement<'c>,
    no_trigrams: CachedStatement<'c>,
    no_degrees: CachedStatement<'c>,
}

impl<'c> Search<'c> {
    pub(super) fn new(to: &'c Connection) -> Result<Self, StoreError> {
        Ok(Self {
            words: to.prepare_cached(
                "INSERT INTO words (rowid, name, folder, text, tags, grams)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?,
            trigrams: to
                .prepare_cached("INSERT INTO name_trigrams (rowid, name) VALUES (?1, ?2)")?,
            degrees: to
                .prepare_cached("INSERT INTO progressions (rowid, degrees) VALUES (?1, ?2)")?,
            no_words: to.prepare_cached("DELETE FROM words WHERE rowid = ?1")?,
            no_trigrams: to.prepare_cached(
                "INSERT INTO name_trigrams (name_trigrams, rowid, name) VALUES ('delete', ?1, ?2)",
            )?,
            no_degrees: to.prepare_cached("DELETE FROM progressions WHERE rowid = ?1")?,
        })
    }

    pub(super) fn put(
        &mut self,
        id: u32,
        name: &str,
        folder: &Folder,
        row: &Row,
    ) -> Result<(), StoreError> {
        let text = indexed_text(&row.facts);
        let tags = words::fold(&row.facts.tags.join("\n"));
        let grams = words::grams(&[name, &folder.words, &text].join("\n"));
        self.words.execute(params![id, words::fold(name), folder.words, text, tags, grams])?;
        self.trigrams.execute(params![id, name])?;
        let degrees = words::degrees(&row.facts.harmony.numerals);
        if !degrees.is_empty() {
            self.degrees.execute(params![id, degrees])?;
        }
        Ok(())
    }

    pub(super) fn remove(&mut self, id: u32, name: &str) -> Result<(), StoreError> {
        self.no_words.execute([id])?;
        self.no_trigrams.execute(params![id, name])?;
        self.no_degrees.execute([id])?;
        Ok(())
    }
}

fn delete_failed(
    to: &Connection,
    folder: u32,
    file: &[u8],
    member: &[u8],
) -> Result<(), StoreError> {
    to.prepare_cached("DELETE FROM failed WHERE folder = ?1 AND file = ?2 AND member = ?3")?
        .execute(params![folder, file, member])?;
    Ok(())
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = if self.is_ready() { IndexState::Ready } else { IndexState::Building };
        f.debug_struct("Writer").field("state", &state).finish_non_exhaustive()
    }
}
