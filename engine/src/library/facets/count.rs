//! Counting the values of all facets among any set of files.

use super::block::{Block, Histogram};
use super::set::{Bits, has, ids, no_bits, set};
use super::{FacetValue, Facets, ones};
use roaring::RoaringBitmap;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Fewer files than this are counted on the caller's thread: starting others takes 0.1 ms.
const WORTH_THREADS: u64 = 20_000;
/// Threads at most; with more, memory is what they wait for.
const MOST_THREADS: usize = 4;
/// Up to this many wanted files of a block are looked for in a set one by one.
const FEW: u32 = 24;

/// How many files have a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FacetCount {
    /// Which value of which facet.
    pub value: FacetValue,
    /// How many files, never 0.
    pub files: u64,
}

#[derive(Default)]
struct Tally {
    columns: Option<Histogram>,
    sets: BTreeMap<FacetValue, u64>,
}

impl Facets {
    /// Counts the values of all facets among some files, or among all; sorted by facet and
    /// value, without those that no file has.
    pub fn counts(&self, among: Option<&RoaringBitmap>) -> Vec<FacetCount> {
        let blocks: Vec<(u32, &Block)> = self.blocks().collect();
        let wanted = among.map_or(0, RoaringBitmap::len);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = if wanted < WORTH_THREADS { 1 } else { cores.min(MOST_THREADS) };
        let next = AtomicUsize::new(0);
        let work = || {
            let mut tally = Tally::default();
            while let Some((index, block)) = blocks.get(next.fetch_add(1, Ordering::Relaxed)) {
                tally.count(*index, block, among);
            }
            tally
        };
        let mut tally = std::thread::scope(|scope| {
            let helpers: Vec<_> = (1..threads)
                .filter_map(|_| {
                    let named = std::thread::Builder::new().name("facets".to_owned());
                    named.spawn_scoped(scope, work).ok()
                })
                .collect();
            let mut tally = work();
            for helper in helpers {
                match helper.join() {
                    Ok(more) => tally.add(more),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            tally
        });
        if let Some(columns) = tally.columns.take() {
            for (value, files) in columns.values() {
                *tally.sets.entry(value).or_default() += u64::from(files);
            }
        }
        let counts = tally.sets.into_iter().filter(|(_, files)| *files > 0);
        counts.map(|(value, files)| FacetCount { value, files }).collect()
    }
}

impl Tally {
    fn count(&mut self, index: u32, block: &Block, among: Option<&RoaringBitmap>) {
        let columns = self.columns.get_or_insert_with(Histogram::new);
        let there = ones(&block.files);
        let wanted = among.map(|among| wanted(among, index, &block.files));
        let Some((bits, count)) = wanted.filter(|(_, count)| *count < there) else {
            // All of them.
            columns.add(&block.totals);
            for (value, set) in &block.sets {
                *self.sets.entry(*value).or_default() += u64::from(set.len());
            }
            return;
        };
        if count == 0 {
            return;
        }
        if count > there / 2 {
            let mut others = Histogram::new();
            let mut rest = block.files.clone();
            rest.iter_mut().zip(&*bits).for_each(|(rest, bits)| *rest &= !bits);
            others.count(&block.columns, &ids(&rest).collect::<Vec<_>>(), 1);
            columns.add(&block.totals.clone().without(&others));
        } else {
            columns.count(&block.columns, &ids(&bits).collect::<Vec<_>>(), 1);
        }
        if count <= FEW {
            let few: Vec<u16> = ids(&bits).collect();
            for (value, set) in &block.sets {
                self.found(*value, set.count_of(&few));
            }
        } else {
            for (value, set) in &block.sets {
                self.found(*value, set.count_in(&bits));
            }
        }
    }

    fn found(&mut self, value: FacetValue, files: u32) {
        if files > 0 {
            *self.sets.entry(value).or_default() += u64::from(files);
        }
    }

    fn add(&mut self, other: Self) {
        match (&mut self.columns, other.columns) {
            (Some(mine), Some(more)) => mine.add(&more),
            (mine, more) => *mine = mine.take().or(more),
        }
        for (value, files) in other.sets {
            *self.sets.entry(value).or_default() += files;
        }
    }
}

/// The wanted files of a block, and how many.
fn wanted(among: &RoaringBitmap, index: u32, files: &Bits) -> (Box<Bits>, u32) {
    let mut bits = no_bits();
    let first = index << 16;
    let mut run = [0; 1_024];
    let mut rest = among.range(first..=first | 0xFFFF);
    loop {
        let found = rest.next_many(&mut run);
        if found.is_empty() {
            break;
        }
        found.iter().filter(|id| has(files, **id as u16)).for_each(|id| set(&mut bits, *id as u16));
    }
    let count = ones(&bits);
    (bits, count)
}
