//! Melodies by runs of six notes.
//!
//! `melodies` keeps the contour of each file that has one, five bits an interval: what the runs
//! are made of, and what a longer phrase is compared with. A run's 25 bits are scattered: 13 say
//! which of 8,192 buckets it is in, 12 stay. A bucket of a block is one row: numbers of 12 bits
//! of run and 16 of file, rising, each as the distance from the one before. In common runs that
//! is a byte a file, in rare ones three; no list has a head that would cost more than its one
//! entry, which most have.

use super::{BLOCK_FILES, dirty_in, file_of, ids};
use crate::library::features::Contour;
use crate::library::features::contour::{runs, unpack};
use crate::library::store::StoreError;
use rusqlite::{Connection, OptionalExtension, params};

/// Bits of a run, and those of them that name a bucket.
const RUN_BITS: u32 = 25;
const BUCKET_BITS: u32 = 13;
const LOW_BITS: u32 = RUN_BITS - BUCKET_BITS;
const BUCKETS: u32 = 1 << BUCKET_BITS;
/// Runs that are sorted at a time, of four bytes each. A block takes several passes over its
/// melodies, so that a library of millions asks for no more memory than one of thousands.
const MOST_AT_ONCE: usize = 1 << 20;

/// Asks for a bucket of a block, by [`Run::row_of`].
pub const BY_BUCKET: &str = "SELECT data FROM melody_grams WHERE id = ?1";
/// Asks for the melody of a file.
pub const BY_ID: &str = "SELECT data FROM melodies WHERE id = ?1";
/// The melodies of what is pending: files after an id, and those that have changed.
pub const PENDING: &str = "SELECT id, data FROM melodies WHERE id > ?1 UNION ALL \
    SELECT melodies.id, data FROM grams_dirty CROSS JOIN melodies USING (id)";

/// Six notes in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Run {
    bucket: u32,
    low: u32,
}

impl Run {
    fn of(run: u32) -> Self {
        // An odd factor takes no two runs to one number.
        let scattered = run.wrapping_mul(0x9E37_79B1) & ((1 << RUN_BITS) - 1);
        Self { bucket: scattered >> LOW_BITS, low: scattered & ((1 << LOW_BITS) - 1) }
    }

    /// The runs of some cells, each once.
    pub fn all_of(cells: &[u8]) -> Vec<Self> {
        let mut all: Vec<Self> = runs(cells).map(|(_, run)| Self::of(run)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The id of its bucket in a block.
    pub const fn row_of(self, block: u32) -> i64 {
        (block as i64) << BUCKET_BITS | self.bucket as i64
    }

    /// The files of its bucket's bytes that have it, as the low bits of their ids, rising.
    pub fn files(self, mut bucket: &[u8]) -> Vec<u16> {
        let mut found = Vec::new();
        let mut entry = 0_u32;
        while let Some(gap) = ids::take(&mut bucket) {
            entry = entry.wrapping_add(gap);
            if entry >> 16 == self.low {
                found.push(entry as u16);
            } else if entry >> 16 > self.low {
                break;
            }
        }
        found
    }
}

/// The files that are in both lists; both rise.
pub fn both(a: &[u16], b: &[u16]) -> Vec<u16> {
    ids::both(a, b)
}

/// Writes the melody of a file, or takes it away.
pub(in crate::library::store) fn put(
    to: &Connection,
    id: u32,
    melody: &Contour,
) -> Result<(), StoreError> {
    if melody.is_empty() {
        return remove(to, id);
    }
    to.prepare_cached("INSERT OR REPLACE INTO melodies (id, data) VALUES (?1, ?2)")?
        .execute(params![id, melody.bytes()])?;
    Ok(())
}

/// Takes the melody of a file away.
pub(in crate::library::store) fn remove(to: &Connection, id: u32) -> Result<(), StoreError> {
    to.prepare_cached("DELETE FROM melodies WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// The melody of a file; empty where it has none.
pub(in crate::library::store) fn melody_of(
    from: &Connection,
    id: u32,
) -> Result<Contour, StoreError> {
    let mut find = from.prepare_cached(BY_ID)?;
    let read = |row: &rusqlite::Row<'_>| Ok(Contour::from_bytes(row.get_ref(0)?.as_blob()?));
    Ok(find.query_row([id], read).optional()?.unwrap_or_default())
}

/// Makes the rows of a block.
pub(super) fn build(to: &Connection, block: u32, range: [i64; 2]) -> Result<(), StoreError> {
    to.execute("DELETE FROM melody_grams WHERE id BETWEEN ?1 AND ?2", rows_of(block))?;
    let mut put = to.prepare_cached("INSERT INTO melody_grams (id, data) VALUES (?1, ?2)")?;
    for_buckets(to, range, |bucket, data| {
        put.execute(params![(i64::from(block) << BUCKET_BITS) | i64::from(bucket), data])?;
        Ok(())
    })
}

/// Calls `each` with the bytes of every bucket that is not empty.
fn for_buckets(
    from: &Connection,
    range: [i64; 2],
    mut each: impl FnMut(u32, &[u8]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    // Where each bucket begins, when all of them are laid one after the other.
    let mut starts = vec![0_usize; BUCKETS as usize + 1];
    for_runs(from, range, |run, _| {
        if let Some(count) = starts.get_mut(run.bucket as usize + 1) {
            *count += 1;
        }
    })?;
    for at in 1..starts.len() {
        let before = starts.get(at - 1).copied().unwrap_or(0);
        if let Some(start) = starts.get_mut(at) {
            *start += before;
        }
    }
    let start_of = |bucket: usize| starts.get(bucket).copied().unwrap_or(0);
    let (mut first, mut data) = (0, Vec::new());
    while first < BUCKETS as usize {
        let begin = start_of(first);
        let fits = |end: &usize| start_of(*end) - begin <= MOST_AT_ONCE;
        let end = (first + 1..=BUCKETS as usize).take_while(fits).last().unwrap_or(first + 1);
        let mut next: Vec<usize> = (first..end).map(|bucket| start_of(bucket) - begin).collect();
        let mut entries = vec![0_u32; start_of(end) - begin];
        for_runs(from, range, |run, id| {
            let place = (run.bucket as usize).checked_sub(first).and_then(|at| next.get_mut(at));
            if let Some(place) = place {
                if let Some(entry) = entries.get_mut(*place) {
                    *entry = run.low << 16 | u32::from(id);
                }
                *place += 1;
            }
        })?;
        for bucket in first..end {
            let range = start_of(bucket) - begin..start_of(bucket + 1) - begin;
            let Some(entries) = entries.get_mut(range).filter(|it| !it.is_empty()) else {
                continue;
            };
            entries.sort_unstable();
            data.clear();
            let mut last = None;
            for entry in entries {
                if last != Some(*entry) {
                    ids::put(&mut data, *entry - last.unwrap_or(0));
                }
                last = Some(*entry);
            }
            each(bucket as u32, &data)?;
        }
        first = end;
    }
    Ok(())
}

/// Every run of every melody among some ids, as often as it is there.
fn for_runs(
    from: &Connection,
    range: [i64; 2],
    mut found: impl FnMut(Run, u16),
) -> Result<(), StoreError> {
    let list = "SELECT id, data FROM melodies WHERE id BETWEEN ?1 AND ?2";
    let mut list = from.prepare_cached(list)?;
    let mut rows = list.query(range)?;
    let mut cells = Vec::new();
    while let Some(row) = rows.next()? {
        let id = row.get::<_, u32>(0)? as u16;
        unpack(row.get_ref(1)?.as_blob().unwrap_or_default(), &mut cells);
        runs(&cells).for_each(|(_, run)| found(Run::of(run), id));
    }
    Ok(())
}

/// Whether the rows of a block are what [`build`] would make, but for pending files.
pub(super) fn is_true(from: &Connection, block: u32) -> Result<bool, StoreError> {
    let first = i64::from(block) * i64::from(BLOCK_FILES);
    let dirty = dirty_in(from, block)?;
    let upto = super::Built::read(from)?.upto;
    let counts = |entry: &u32| {
        let id = file_of(block, *entry as u16);
        id <= upto && dirty.binary_search(&id).is_err()
    };
    let read = |mut bytes: &[u8]| {
        let (mut entries, mut entry) = (Vec::new(), 0_u32);
        while let Some(gap) = ids::take(&mut bytes) {
            entry = entry.wrapping_add(gap);
            entries.push(entry);
        }
        entries.retain(counts);
        entries
    };
    let mut same = true;
    let mut kept = 0_u64;
    let mut find = from.prepare_cached(BY_BUCKET)?;
    for_buckets(from, [first, first + i64::from(BLOCK_FILES) - 1], |bucket, data| {
        let id = i64::from(block) << BUCKET_BITS | i64::from(bucket);
        let found = find.query_row([id], |row| row.get::<_, Vec<u8>>(0)).optional()?;
        let wanted = read(data);
        kept += u64::from(found.is_some());
        same &= read(&found.unwrap_or_default()) == wanted;
        Ok(())
    })?;
    // A bucket that should be empty may hold pending files alone.
    let mut list = from.prepare("SELECT data FROM melody_grams WHERE id BETWEEN ?1 AND ?2")?;
    let mut rows = list.query(rows_of(block))?;
    let (mut all, mut pending_alone) = (0_u64, 0_u64);
    while let Some(row) = rows.next()? {
        all += 1;
        let nothing = read(row.get_ref(0)?.as_blob().unwrap_or_default()).is_empty();
        pending_alone += u64::from(nothing);
    }
    Ok(same && all <= kept + pending_alone)
}

const fn rows_of(block: u32) -> [i64; 2] {
    let first = (block as i64) << BUCKET_BITS;
    [first, first + BUCKETS as i64 - 1]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_two_runs_are_one() {
        let mut seen = HashSet::new();
        for run in (0..1 << RUN_BITS).step_by(97) {
            let run = Run::of(run);
            assert!(run.bucket < BUCKETS && run.low < 1 << LOW_BITS);
            assert!(seen.insert((run.bucket, run.low)));
        }
    }

    #[test]
    fn damaged_bytes_say_nothing_wrong_or_less() {
        let run = Run::of(12_345);
        assert_eq!(run.files(&[]), [0; 0]);
        assert_eq!(run.files(&[0xFF; 12]), [0; 0]);
    }
}
