//! The end of a first import: indexes and words are built over the bare table, which is
//! several times faster than keeping them true from the start. Can be killed at any point and
//! goes on where it was.

use super::open::WRITER_CACHE_KB;
use super::record::{SELECT, Split, row_of};
use super::schema::SECONDARY;
use super::writer::Search;
use super::{StoreError, Writer, grams, meta_number, order, set_meta_number};
use rusqlite::{Connection, TransactionBehavior};
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Files whose words go in with one transaction.
const FILES_AT_A_TIME: u32 = 32_768;
/// The page cache while an index is built, in kilobytes: the memory for sorting goes by it.
const SORTING_KB: i32 = 1_024;
/// Rows that are looked at for each index, to tell the planner what is in it.
const ANALYSED_ROWS: u32 = 1_000;

/// How far the building is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BuildStep {
    /// What is being built now.
    pub what: &'static str,
    /// Share of all that is done, 0..=1.
    pub done: f32,
}

impl Writer {
    /// Ends a first import: builds the secondary indexes and the word indexes; does nothing
    /// where they are there. Returns whether they are there now: `watch` may break it off.
    pub fn finish(
        &mut self,
        mut watch: impl FnMut(BuildStep) -> ControlFlow<()>,
    ) -> Result<bool, StoreError> {
        if !self.is_ready() && !self.build(&mut watch)? {
            return Ok(false);
        }
        // A library of an older program has none of them.
        if !self.inner.twins.load(Ordering::Acquire) {
            self.rebuild_twins()?;
        }
        self.save_facets()?;
        if order::is_due_after(&self.inner, self.unordered)? {
            match order::renew(&Arc::downgrade(&self.inner)) {
                Ok(_) => self.unordered = 0,
                // Pages are found along the index until it can be.
                Err(error) => log::warn!("the order of names could not be read: {error}"),
            }
        }
        Ok(true)
    }

    fn build(
        &mut self,
        watch: &mut impl FnMut(BuildStep) -> ControlFlow<()>,
    ) -> Result<bool, StoreError> {
        let inner = Arc::clone(&self.inner);
        for ((name, statement), place) in SECONDARY.iter().zip(0_u8..) {
            // About half of the time goes into the words.
            let done = f32::from(place) / SECONDARY.len() as f32 * 0.4;
            if watch(BuildStep { what: name, done }).is_break() {
                return Ok(false);
            }
            let index = inner.index()?.lock();
            if !has_index(&index, name)? {
                index.pragma_update(None, "cache_size", -SORTING_KB)?;
                let built = index.execute_batch(statement);
                index.pragma_update(None, "cache_size", -WRITER_CACHE_KB)?;
                built?;
            }
        }
        loop {
            let mut index = inner.index()?.lock();
            let (upto, last) = words_to_do(&index)?;
            if upto >= last {
                break;
            }
            let done = 0.4 + 0.5 * upto as f32 / last as f32;
            if watch(BuildStep { what: "words", done }).is_break() {
                return Ok(false);
            }
            self.add_words(&mut index, upto)?;
        }
        let step = |done| BuildStep { what: "names and melodies", done: 0.9 + 0.1 * done };
        let is_worth_it = grams::pending(&inner.index()?.lock())? >= grams::FEWEST_IN_BLOCKS;
        if is_worth_it && !self.build_grams(|done| watch(step(done)))? {
            return Ok(false);
        }
        let mut index = inner.index()?.lock();
        index.pragma_update(None, "analysis_limit", ANALYSED_ROWS)?;
        index.execute_batch("ANALYZE")?;
        let transaction = index.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute("DELETE FROM meta WHERE name IN ('bulk', 'words_upto')", [])?;
        transaction.commit()?;
        self.searched_upto = u32::MAX;
        inner.building.store(false, Ordering::Release);
        Ok(true)
    }

    /// The words of the next files after an id.
    fn add_words(&mut self, index: &mut Connection, after: i64) -> Result<(), StoreError> {
        let names: HashMap<u16, &String> = self.tags.iter().map(|(name, id)| (*id, name)).collect();
        let upto = after + i64::from(FILES_AT_A_TIME);
        let transaction = index.transaction_with_behavior(TransactionBehavior::Immediate)?;
        {
            let mut search = Search::new(&transaction)?;
            let list = [SELECT, " WHERE files.id > ?1 AND files.id <= ?2"].concat();
            let mut list = transaction.prepare_cached(&list)?;
            let mut rows = list.query([after, upto])?;
            while let Some(row) = rows.next()? {
                let (mut found, tags) = row_of(row)?;
                let tags = tags.iter().filter_map(|tag| names.get(tag));
                found.facts.tags = tags.map(|name| (*name).clone()).collect();
                let split = Split::of(&found.place);
                let folder = self.folders.folder(&transaction, split.folder)?;
                search.put(row.get(0)?, &split.name(), &folder, &found)?;
            }
            set_meta_number(&transaction, "words_upto", upto)?;
        }
        transaction.commit()?;
        self.searched_upto = u32::try_from(upto).unwrap_or(u32::MAX);
        Ok(())
    }
}

fn has_index(index: &Connection, name: &str) -> Result<bool, StoreError> {
    let find = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = ?1)";
    Ok(index.query_row(find, [name], |it| it.get(0))?)
}

/// How far the words are, and how far they have to come.
fn words_to_do(index: &Connection) -> Result<(i64, i64), StoreError> {
    let upto = meta_number(index, "words_upto")?.unwrap_or(0);
    let last: Option<i64> = index.query_row("SELECT max(id) FROM files", [], |it| it.get(0))?;
    Ok((upto, last.unwrap_or(0)))
}
