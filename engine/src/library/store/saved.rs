//! The facets as the index keeps them: read at the start, written when enough has changed.
//!
//! `facets` has the blocks as they were when they were written last, `facets_upto` in `meta`
//! the largest id there was then. Newer files are read from `files`, and those that
//! `facets_dirty` lists are read again; both are at most [`MOST_UNSAVED`], after a crash too.

use super::order::NUMBER;
use super::record::{SELECT_FACETS, facet_row_of};
use super::{Readers, StoreError, meta_number, set_meta_number};
use crate::library::facets::{
    Facets, LoadedBlock, LoadedRanks, block_index, read_block, read_ranks,
};
use parking_lot::{Mutex, RwLock};
use roaring::RoaringBitmap;
use rusqlite::{Connection, OptionalExtension};
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

/// Reads all facets, with as many threads as there are readers, up to four; or leaves them
/// where they are.
pub(super) fn load(readers: &Readers, with_facets: bool) -> Result<Loaded, StoreError> {
    let reader = readers.get()?;
    // One view of the index for all that is read on this connection.
    let view = reader.unchecked_transaction()?;
    let building = meta_number(&view, "bulk")?.is_some();
    let twins = meta_number(&view, super::twins::KNOWN)?.is_some();
    if !with_facets {
        return Ok(Loaded { facets: Facets::default(), building, twins });
    }
    let upto = meta_number(&view, "facets_upto")?.unwrap_or(0);
    let indexes: Vec<u32> = {
        let mut statement = view.prepare("SELECT block FROM facets ORDER BY block")?;
        statement.query_map([], |it| it.get(0))?.collect::<Result<_, _>>()?
    };
    let order = meta_number(&view, NUMBER)?.unwrap_or(0) as u64;
    let mut facets = Facets::default();
    facets.set_order(order);
    let mut unread = BTreeSet::new();
    for (index, block, ranks) in read_blocks(readers, &view, &indexes, order)? {
        match block {
            Some(block) => facets.put_blocks([(index, block)]),
            None => drop(unread.insert(index)),
        }
        if let Some(ranks) = ranks {
            facets.put_ranks(index, ranks);
        }
    }
    for index in unread {
        read_files(&view, &mut facets, "WHERE files.id BETWEEN ?1 AND ?2", ids_of(index))?;
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

/// Writes the blocks with files that have changed since they were written, in one transaction:
/// as they are in `facets`, or out of the index where none are kept.
pub(super) fn save(
    connection: &mut Connection,
    facets: Option<&RwLock<Facets>>,
) -> Result<(), StoreError> {
    let transaction = connection.transaction()?;
    let (changed, _) = unsaved(&transaction)?;
    {
        let mut put = transaction
            .prepare_cached("INSERT OR REPLACE INTO facets (block, data) VALUES (?1, ?2)")?;
        for index in changed {
            let (bytes, ranks) = if let Some(facets) = facets {
                let mut facets = facets.write();
                (facets.block_bytes(index), facets.rank_bytes(index))
            } else {
                let mut facets = renewed(&transaction, index)?;
                (facets.block_bytes(index), facets.rank_bytes(index))
            };
            if let Some(bytes) = bytes {
                put.execute(rusqlite::params![index, bytes])?;
            }
            save_ranks(&transaction, index, ranks)?;
        }
    }
    transaction.execute("DELETE FROM facets_dirty", [])?;
    let last: Option<i64> =
        transaction.query_row("SELECT max(id) FROM files", [], |it| it.get(0))?;
    set_meta_number(&transaction, "facets_upto", last.unwrap_or(0))?;
    transaction.commit()?;
    Ok(())
}

/// A block as it was saved last, with what has changed in it since. No other is in the facets.
fn renewed(from: &Connection, index: u32) -> Result<Facets, StoreError> {
    let mut facets = Facets::default();
    let range = ids_of(index);
    let order = meta_number(from, NUMBER)?.unwrap_or(0) as u64;
    let (block, ranks) = read_saved(from, index, order)?;
    let Some(block) = block else {
        read_files(from, &mut facets, "WHERE files.id BETWEEN ?1 AND ?2", range)?;
        return Ok(facets);
    };
    facets.set_order(order);
    facets.put_blocks([(index, block)]);
    if let Some(ranks) = ranks {
        facets.put_ranks(index, ranks);
    }
    let mut dirty =
        from.prepare_cached("SELECT id FROM facets_dirty WHERE id BETWEEN ?1 AND ?2")?;
    let mut dirty = dirty.query(range)?;
    while let Some(row) = dirty.next()? {
        facets.remove(row.get(0)?);
    }
    let changed = "WHERE files.id IN (SELECT id FROM facets_dirty WHERE id BETWEEN ?1 AND ?2)";
    read_files(from, &mut facets, changed, range)?;
    let upto = meta_number(from, "facets_upto")?.unwrap_or(0);
    let new = [range[0].max(upto + 1), range[1]];
    read_files(from, &mut facets, "WHERE files.id BETWEEN ?1 AND ?2", new)?;
    Ok(facets)
}

/// The files that are there, out of the index.
pub(super) fn present(from: &Connection) -> Result<RoaringBitmap, StoreError> {
    let mut list = from.prepare(
        "SELECT files.id FROM files WHERE absent = 0 AND NOT EXISTS (SELECT 1 FROM sources
         JOIN folders ON source = sources.id WHERE folders.id = folder AND sources.absent <> 0)",
    )?;
    let ids = list.query_map([], |row| row.get::<_, u32>(0))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

/// Writes the ranks of a block's files: what is pending there is pending at the next start.
pub(super) fn save_ranks(
    to: &Connection,
    index: u32,
    ranks: Option<Vec<u8>>,
) -> Result<(), StoreError> {
    if let Some(bytes) = ranks {
        to.prepare_cached("INSERT OR REPLACE INTO ranks (block, data) VALUES (?1, ?2)")?
            .execute(rusqlite::params![index, bytes])?;
    } else {
        to.prepare_cached("DELETE FROM ranks WHERE block = ?1")?.execute([index])?;
    }
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

/// The ids of a block's files: the first and the last.
fn ids_of(index: u32) -> [i64; 2] {
    let first = i64::from(index) << 16;
    [first, first | 0xFFFF]
}

/// A block and its ranks as they were saved; none where they are not there, or damaged, and no
/// ranks of another reading of the order.
fn read_saved(
    from: &Connection,
    index: u32,
    order: u64,
) -> Result<(Option<LoadedBlock>, Option<LoadedRanks>), StoreError> {
    let mut find = from.prepare_cached("SELECT data FROM facets WHERE block = ?1")?;
    let read = |row: &rusqlite::Row<'_>| Ok(row.get_ref(0)?.as_blob().ok().and_then(read_block));
    let block = find.query_row([index], read).optional()?.flatten();
    let mut find = from.prepare_cached("SELECT data FROM ranks WHERE block = ?1")?;
    let read = |row: &rusqlite::Row<'_>| {
        Ok(row.get_ref(0)?.as_blob().ok().and_then(|bytes| read_ranks(bytes, order)))
    };
    Ok((block, find.query_row([index], read).optional()?.flatten()))
}

type Read = Vec<(u32, Option<LoadedBlock>, Option<LoadedRanks>)>;

fn read_blocks(
    readers: &Readers,
    view: &Connection,
    indexes: &[u32],
    order: u64,
) -> Result<Read, StoreError> {
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Vec::with_capacity(indexes.len()));
    let work = |connection: &Connection| -> Result<(), StoreError> {
        while let Some(index) = indexes.get(next.fetch_add(1, Ordering::Relaxed)) {
            let (block, ranks) = read_saved(connection, *index, order)?;
            found.lock().push((*index, block, ranks));
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
