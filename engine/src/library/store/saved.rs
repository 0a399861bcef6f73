//! The facets as the index keeps them: read at the start, written when enough has changed.
//!
//! `facets` has the blocks as they were when they were written last, `facets_upto` in `meta`
//! the largest id there was then. Newer files are read from `files`, and those that
//! `facets_dirty` lists are read again; both are at most [`MOST_UNSAVED`], after a crash too.

use super::record::{SELECT_FACETS, facet_row_of};
use super::{Readers, StoreError, meta_number, set_meta_number};
use crate::library::facets::{Facets, LoadedBlock, block_index, read_block};
use parking_lot::{Mutex, RwLock};
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Files that have changed since the blocks were written, at most: reading them takes 0.2 s.
pub(super) const MOST_UNSAVED: usize = 32_768;
/// Threads that read blocks, at most.
const MOST_THREADS: u32 = 4;

/// What opening an index has read.
pub(super) struct Loaded {
    pub(super) facets: Facets,
    pub(super) building: bool,
    pub(super) twins: bool,
}

/// Reads all facets, with as many threads as there are readers, up to four.
pub(super) fn load(readers: &Readers) -> Result<Loaded, StoreError> {
    let reader = readers.get()?;
    // One view of the index for all that is read on this connection.
    let view = reader.unchecked_transaction()?;
    let building = meta_number(&view, "bulk")?.is_some();
    let twins = meta_number(&view, super::twins::KNOWN)?.is_some();
    let upto = meta_number(&view, "facets_upto")?.unwrap_or(0);
    let indexes: Vec<u32> = {
        let mut statement = view.prepare("SELECT block FROM facets ORDER BY block")?;
        statement.query_map([], |it| it.get(0))?.collect::<Result<_, _>>()?
    };
    let mut facets = Facets::default();
    let mut unread = BTreeSet::new();
    for (index, block) in read_blocks(readers, &view, &indexes)? {
        match block {
            Some(block) => facets.put_blocks([(index, block)]),
            None => drop(unread.insert(index)),
        }
    }
    for index in unread {
        let (first, last) = (i64::from(index) << 16, i64::from(index) << 16 | 0xFFFF);
        read_files(&view, &mut facets, "WHERE files.id BETWEEN ?1 AND ?2", [first, last])?;
    }
    let dirty: Vec<u32> = {
        let mut statement = view.prepare("SELECT id FROM facets_dirty")?;
        statement.query_map([], |it| it.get(0))?.collect::<Result<_, _>>()?
    };
    for id in dirty {
        facets.remove(id);
    }
    read_files(&view, &mut facets, "WHERE files.id IN (SELECT id FROM facets_dirty)", [])?;
    read_files(&view, &mut facets, "WHERE files.id > ?1", [upto])?;
    let mut statement = view.prepare("SELECT id FROM sources WHERE absent <> 0")?;
    let absent = statement.query_map([], |it| it.get(0))?.collect::<Result<_, _>>()?;
    facets.set_absent_sources(absent);
    Ok(Loaded { facets, building, twins })
}

/// Writes the blocks with files that have changed since they were written, in one transaction.
pub(super) fn save(connection: &mut Connection, facets: &RwLock<Facets>) -> Result<(), StoreError> {
    let transaction = connection.transaction()?;
    let (changed, _) = unsaved(&transaction)?;
    {
        let mut put = transaction
            .prepare_cached("INSERT OR REPLACE INTO facets (block, data) VALUES (?1, ?2)")?;
        for index in changed {
            let bytes = facets.write().block_bytes(index);
            if let Some(bytes) = bytes {
                put.execute(rusqlite::params![index, bytes])?;
            }
        }
    }
    transaction.execute("DELETE FROM facets_dirty", [])?;
    let last: Option<i64> =
        transaction.query_row("SELECT max(id) FROM files", [], |it| it.get(0))?;
    set_meta_number(&transaction, "facets_upto", last.unwrap_or(0))?;
    transaction.commit()?;
    Ok(())
}

/// The blocks that hold files which have changed since the last save: of files that are dirty,
/// and of new ones.
pub(super) fn unsaved(connection: &Connection) -> Result<(BTreeSet<u32>, usize), StoreError> {
    let upto = meta_number(connection, "facets_upto")?.unwrap_or(0);
    let mut blocks = BTreeSet::new();
    let mut count = 0;
    let list = "SELECT id FROM facets_dirty UNION ALL SELECT id FROM files WHERE id > ?1";
    let mut statement = connection.prepare_cached(list)?;
    let mut rows = statement.query([upto])?;
    while let Some(row) = rows.next()? {
        blocks.insert(block_index(row.get(0)?));
        count += 1;
    }
    Ok((blocks, count))
}

type Read = Vec<(u32, Option<LoadedBlock>)>;

fn read_blocks(readers: &Readers, view: &Connection, indexes: &[u32]) -> Result<Read, StoreError> {
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Vec::with_capacity(indexes.len()));
    let work = |connection: &Connection| -> Result<(), StoreError> {
        let mut statement =
            connection.prepare_cached("SELECT data FROM facets WHERE block = ?1")?;
        while let Some(index) = indexes.get(next.fetch_add(1, Ordering::Relaxed)) {
            let block = statement.query_row([index], |row| {
                Ok(row.get_ref(0)?.as_blob().ok().and_then(read_block))
            })?;
            found.lock().push((*index, block));
        }
        Ok(())
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from) as u32;
    let threads = MOST_THREADS.min(cores).min(readers.size()).min(indexes.len() as u32);
    std::thread::scope(|scope| {
        let helpers: Vec<_> = (1..threads)
            .filter_map(|_| {
                let named = std::thread::Builder::new().name("library facets".to_owned());
                let help = || work(&*readers.get()?);
                named.spawn_scoped(scope, help).ok()
            })
            .collect();
        let mut done = work(view);
        for helper in helpers {
            match helper.join() {
                Ok(result) => done = done.and(result),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    })?;
    Ok(found.into_inner())
}

fn read_files<P: rusqlite::Params>(
    connection: &Connection,
    facets: &mut Facets,
    which: &str,
    params: P,
) -> Result<(), StoreError> {
    let mut statement = connection.prepare(&format!("{SELECT_FACETS} {which}"))?;
    let mut rows = statement.query(params)?;
    while let Some(row) = rows.next()? {
        let (id, _, facet_row) = facet_row_of(row)?;
        facets.insert(id, &facet_row);
    }
    Ok(())
}
