//! The feature vectors, and the files nearest to one.
//!
//! They are not kept in memory: six million take 139 MB. They lie in the index in blocks of
//! 4,096, about 100 KB each, which a search reads one after the other, over a few readers.

use super::schema::{VECTOR_BYTES, VECTORS_PER_BLOCK};
use super::{Store, StoreError};
use crate::library::features::distance;
use parking_lot::Mutex;
use roaring::RoaringBitmap;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BinaryHeap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// A feature vector.
type Vector = [u8; VECTOR_BYTES];

/// Vectors between two looks whether to go on; some 10 µs.
const VECTORS_A_LOOK: u32 = 1_024;
/// Threads that read blocks, at most.
const MOST_THREADS: u32 = 4;
const BLOCK_BYTES: usize = VECTORS_PER_BLOCK as usize * VECTOR_BYTES;

/// A file, and how far its vector is from the one that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Near {
    /// [`distance`] of the two.
    pub distance: u32,
    /// The file.
    pub id: u32,
}

impl Store {
    /// The `limit` files whose vectors are nearest to one, the nearest first, among some files
    /// or among all; ties go by id. Files without notes have no vector. `stop` is asked every
    /// 1,024 vectors; once it says so, those are given that were looked at, with false.
    pub fn similar(
        &self,
        to: &[u8; VECTOR_BYTES],
        limit: usize,
        among: Option<&RoaringBitmap>,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<(Vec<Near>, bool), StoreError> {
        let reader = self.reader()?;
        let blocks: Vec<u32> = {
            let mut list = reader.prepare_cached("SELECT block FROM vectors")?;
            list.query_map([], |it| it.get(0))?.collect::<Result<_, _>>()?
        };
        let next = AtomicUsize::new(0);
        let whole = AtomicBool::new(true);
        let nearest = Mutex::new(Vec::new());
        let work = |reader: &Connection| -> Result<(), StoreError> {
            let mut mine = BinaryHeap::with_capacity(limit + 1);
            let mut read = reader.prepare_cached("SELECT data FROM vectors WHERE block = ?1")?;
            while let Some(block) = blocks.get(next.fetch_add(1, Ordering::Relaxed)) {
                let mut rows = read.query([block])?;
                let Some(row) = rows.next()? else { continue };
                let data = row.get_ref(0)?.as_blob().unwrap_or_default();
                let first = block * VECTORS_PER_BLOCK;
                let parts = data.chunks(VECTORS_A_LOOK as usize * VECTOR_BYTES);
                for (part, nth) in parts.zip(0..) {
                    if stop() {
                        whole.store(false, Ordering::Relaxed);
                        nearest.lock().extend(mine);
                        return Ok(());
                    }
                    scan(part, first + nth * VECTORS_A_LOOK, to, limit, among, &mut mine);
                }
            }
            nearest.lock().extend(mine);
            Ok(())
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from) as u32;
        let readers = self.readers();
        let threads = MOST_THREADS.min(cores).min(readers.size()).min(blocks.len() as u32);
        std::thread::scope(|scope| {
            let helpers: Vec<_> = (1..threads)
                .filter_map(|_| {
                    let named = std::thread::Builder::new().name("similar files".to_owned());
                    named.spawn_scoped(scope, || work(&*readers.get()?)).ok()
                })
                .collect();
            let mut done = work(&reader);
            for helper in helpers {
                match helper.join() {
                    Ok(result) => done = done.and(result),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            done
        })?;
        let mut nearest: Vec<Near> = nearest.into_inner();
        nearest.sort_unstable();
        nearest.truncate(limit);
        Ok((nearest, whole.into_inner()))
    }
}

/// Writes the vectors of files; makes the blocks that are not there.
pub(super) fn put_vectors(
    to: &Connection,
    vectors: &mut Vec<(u32, Vector)>,
) -> Result<(), StoreError> {
    vectors.sort_by_key(|(id, _)| *id);
    let mut make =
        to.prepare_cached("INSERT OR IGNORE INTO vectors (block, data) VALUES (?1, zeroblob(?2))")?;
    for of_block in
        vectors.chunk_by(|(a, _), (b, _)| a / VECTORS_PER_BLOCK == b / VECTORS_PER_BLOCK)
    {
        let Some((first, _)) = of_block.first() else { continue };
        let block = first / VECTORS_PER_BLOCK;
        make.execute(params![block, BLOCK_BYTES as i64])?;
        let mut data = to.blob_open("main", "vectors", "data", i64::from(block), false)?;
        // Neighbours are written in one go.
        for run in of_block.chunk_by(|(a, _), (b, _)| *b == *a + 1) {
            let Some((first, _)) = run.first() else { continue };
            let bytes: Vec<u8> = run.iter().flat_map(|(_, vector)| *vector).collect();
            let at = (first % VECTORS_PER_BLOCK) as usize * VECTOR_BYTES;
            data.write_at(&bytes, at)?;
        }
        data.close()?;
    }
    vectors.clear();
    Ok(())
}

/// The vector of a file; zeros where there is none.
pub(super) fn vector_of(reader: &Connection, id: u32) -> Result<Vector, StoreError> {
    let find = "SELECT substr(data, ?2, ?3) FROM vectors WHERE block = ?1";
    let at = (id % VECTORS_PER_BLOCK) as usize * VECTOR_BYTES + 1;
    let found: Option<Vec<u8>> = reader
        .prepare_cached(find)?
        .query_row(params![id / VECTORS_PER_BLOCK, at as i64, VECTOR_BYTES as i64], |it| it.get(0))
        .optional()?;
    Ok(found.and_then(|it| it.try_into().ok()).unwrap_or([0; VECTOR_BYTES]))
}

fn scan(
    data: &[u8],
    first: u32,
    to: &Vector,
    limit: usize,
    among: Option<&RoaringBitmap>,
    nearest: &mut BinaryHeap<Near>,
) {
    let (vectors, _) = data.as_chunks::<VECTOR_BYTES>();
    for (vector, id) in vectors.iter().zip(first..) {
        let near = Near { distance: distance(vector, to), id };
        // Nearly all stop here.
        if nearest.len() >= limit && nearest.peek().is_none_or(|last| *last <= near) {
            continue;
        }
        if *vector == [0; VECTOR_BYTES] || among.is_some_and(|among| !among.contains(id)) {
            continue;
        }
        nearest.push(near);
        if nearest.len() > limit {
            nearest.pop();
        }
    }
}
