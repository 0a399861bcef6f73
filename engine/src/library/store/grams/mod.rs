//! Indexes over blocks of 65,536 files: names by one and two characters (`names`), melodies by
//! six notes (`melodies`).
//!
//! A block's rows are made anew as a whole, out of `files` and `melodies`, in one transaction:
//! nothing is merged, nothing stale is left, and a killed process loses nothing that could not
//! be made again. What has changed since is **pending**: files above `grams_upto` in `meta`, and
//! those that `grams_dirty` lists. A search looks at these one by one, at most
//! 16,384 of them but for a first import, which builds all blocks at its end.
//!
//! Segments merged in levels were rejected: they make writing in no order cheap, which hardly
//! happens (names never change, melodies only with their file), and they need marks for what is
//! gone, and two forms of everything.

mod ids;
pub mod melodies;
pub mod names;

use super::{StoreError, meta_number, set_meta_number};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};
use std::ops::ControlFlow;

/// Files in a block.
pub const BLOCK_FILES: u32 = 65_536;
/// Files that are looked at one by one: a search takes some 10 ms for it.
pub(super) const MOST_PENDING: usize = 16_384;

/// A file of a block by the low bits of its id.
pub const fn file_of(block: u32, low: u16) -> u32 {
    block * BLOCK_FILES + low as u32
}

/// Fewer files than this are as quickly looked at one by one: a first import makes no blocks
/// of them, which would take 30 ms.
pub(super) const FEWEST_IN_BLOCKS: usize = 1_024;

/// What lies in blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Built {
    /// Files up to this id, but for those in `grams_dirty`.
    pub upto: u32,
}

impl Built {
    /// How far the blocks reach.
    pub fn read(from: &Connection) -> Result<Self, StoreError> {
        let upto = meta_number(from, "grams_upto")?.unwrap_or(0);
        Ok(Self { upto: u32::try_from(upto).unwrap_or(0) })
    }

    /// The blocks that hold files.
    pub fn blocks(self) -> std::ops::Range<u32> {
        if self.upto == 0 { 0..0 } else { 0..self.upto / BLOCK_FILES + 1 }
    }
}

/// Takes note of a file whose name or melody is not what its block says.
pub(super) fn note(to: &Connection, id: u32) -> Result<(), StoreError> {
    to.prepare_cached("INSERT OR IGNORE INTO grams_dirty (id) VALUES (?1)")?.execute([id])?;
    Ok(())
}

/// How many files are pending.
pub(super) fn pending(from: &Connection) -> Result<usize, StoreError> {
    let built = Built::read(from)?;
    let dirty: i64 = from.query_row("SELECT count(*) FROM grams_dirty", [], |it| it.get(0))?;
    let count = "SELECT count(*) FROM files WHERE id > ?1";
    let new: i64 = from.prepare_cached(count)?.query_row([built.upto], |it| it.get(0))?;
    Ok((dirty + new) as usize)
}

/// Builds the blocks of all pending files, one transaction each; `watch` is told the share that
/// is done and may break it off. Returns whether it came to its end.
pub(super) fn build(
    index: &mut Connection,
    mut watch: impl FnMut(f32) -> ControlFlow<()>,
) -> Result<bool, StoreError> {
    let mut first = 0;
    while let Some((block, last)) = next_block(index, first)? {
        let done = block as f32 / (last + 1) as f32;
        if watch(done).is_break() {
            return Ok(false);
        }
        let transaction = index.transaction_with_behavior(TransactionBehavior::Immediate)?;
        build_block(&transaction, block)?;
        transaction.commit()?;
        first = block + 1;
    }
    Ok(true)
}

/// The first block from `first` on with a pending file, and the last there is.
fn next_block(index: &Connection, first: u32) -> Result<Option<(u32, u32)>, StoreError> {
    let built = Built::read(index)?;
    let last: Option<u32> = index.query_row("SELECT max(id) FROM files", [], |it| it.get(0))?;
    let dirty: Option<u32> = index
        .prepare_cached("SELECT min(id) FROM grams_dirty WHERE id >= ?1")?
        .query_row([i64::from(first) * i64::from(BLOCK_FILES)], |it| it.get(0))?;
    let next = "SELECT min(id) FROM files WHERE id > ?1";
    let new: Option<u32> =
        index.prepare_cached(next)?.query_row([built.upto], |it| it.get(0)).optional()?.flatten();
    let block = [dirty, new].into_iter().flatten().min().map(|id| id / BLOCK_FILES);
    let last = last.into_iter().chain(dirty).max().unwrap_or(0) / BLOCK_FILES;
    Ok(block.map(|block| (block, last)))
}

fn build_block(to: &Connection, block: u32) -> Result<(), StoreError> {
    let first = i64::from(block) * i64::from(BLOCK_FILES);
    let range = [first, first + i64::from(BLOCK_FILES) - 1];
    names::build(to, block, range)?;
    melodies::build(to, block, range)?;
    to.execute("DELETE FROM grams_dirty WHERE id BETWEEN ?1 AND ?2", range)?;
    let built = Built::read(to)?;
    let largest = "SELECT max(id) FROM files WHERE id BETWEEN ?1 AND ?2";
    let largest: Option<u32> = to.query_row(largest, range, |it| it.get(0))?;
    if let Some(upto) = largest.filter(|id| *id > built.upto) {
        set_meta_number(to, "grams_upto", upto.into())?;
    }
    Ok(())
}

/// Whether every block holds just what it was made of: for tests, and for who doubts. A minute
/// for ten million files.
pub(super) fn is_true(from: &Connection) -> Result<bool, StoreError> {
    for block in Built::read(from)?.blocks() {
        if !names::is_true(from, block)? || !melodies::is_true(from, block)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Ids of a block that are pending, or gone: what a block says of them does not count.
fn dirty_in(from: &Connection, block: u32) -> Result<Vec<u32>, StoreError> {
    let first = i64::from(block) * i64::from(BLOCK_FILES);
    let list = "SELECT id FROM grams_dirty WHERE id BETWEEN ?1 AND ?2";
    let mut list = from.prepare_cached(list)?;
    let ids = list.query_map([first, first + i64::from(BLOCK_FILES) - 1], |it| it.get(0))?;
    Ok(ids.collect::<Result<_, _>>()?)
}
