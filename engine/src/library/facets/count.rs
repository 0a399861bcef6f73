//! Counting the values of all facets among any set of files.

use super::block::{Block, Histogram};
use super::columns::Counters;
use super::set::{Bits, ids};
use super::wanted::Wanted;
use super::{FacetValue, Facets, bits_of, ones};
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
    /// Of blocks as a whole.
    totals: Option<Histogram>,
    /// Of files, and of those that are to be taken away from the totals.
    files: Option<Box<Counters>>,
    others: Option<Box<Counters>>,
    sets: BTreeMap<FacetValue, u64>,
}

/// The files to count among.
#[derive(Clone, Copy)]
struct Among<'a> {
    files: &'a RoaringBitmap,
    read: Option<&'a Wanted>,
}

impl Among<'_> {
    /// The wanted files of a block, and how many.
    fn wanted(self, index: u32, files: &Bits) -> Option<(Box<Bits>, u32)> {
        let mut bits = match self.read {
            Some(read) => read.bits(index)?.0,
            None => bits_of(self.files, index),
        };
        bits.iter_mut().zip(files).for_each(|(bits, files)| *bits &= files);
        let count = ones(&bits);
        Some((bits, count))
    }
}

impl Facets {
    /// Counts the values of all facets among some files, or among all; sorted by facet and
    /// value, without those that no file has.
    pub fn counts(&self, among: Option<&RoaringBitmap>) -> Vec<FacetCount> {
        let blocks: Vec<(u32, &Block)> = self.blocks().collect();
        let wanted = among.map_or(0, RoaringBitmap::len);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = if wanted < WORTH_THREADS { 1 } else { cores.min(MOST_THREADS) };
        let read = among.and_then(Wanted::of);
        let among = among.map(|files| Among { files, read: read.as_ref() });
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
        for (value, files) in tally.columns().values() {
            *tally.sets.entry(value).or_default() += u64::from(files);
        }
        let counts = tally.sets.into_iter().filter(|(_, files)| *files > 0);
        counts.map(|(value, files)| FacetCount { value, files }).collect()
    }
}

impl Tally {
    fn count(&mut self, index: u32, block: &Block, among: Option<Among<'_>>) {
        let there = ones(&block.files);
        let wanted = among.map(|among| among.wanted(index, &block.files));
        let (bits, count) = match wanted {
            Some(None) => return,
            Some(Some((bits, count))) if count < there => (bits, count),
            _ => {
                self.totals().add(&block.totals);
                for (value, set) in &block.sets {
                    self.found(*value, set.len());
                }
                return;
            }
        };
        if count == 0 {
            return;
        }
        if count > there / 2 {
            // All, but for the others.
            let mut rest = bits;
            rest.iter_mut().zip(&*block.files).for_each(|(rest, files)| *rest = !*rest & files);
            self.totals().add(&block.totals);
            self.others.get_or_insert_default().count(&block.columns, &rest);
            self.in_sets(block, &rest, there - count, |set, found| set - found);
        } else {
            self.files.get_or_insert_default().count(&block.columns, &bits);
            self.in_sets(block, &bits, count, |_, found| found);
        }
    }

    /// Counts each set's files among `bits`, of which there are `count`; `of` makes what is
    /// counted out of the set's length and that.
    fn in_sets(&mut self, block: &Block, bits: &Bits, count: u32, of: fn(u32, u32) -> u32) {
        if count <= FEW {
            let few: Vec<u16> = ids(bits).collect();
            for (value, set) in &block.sets {
                self.found(*value, of(set.len(), set.count_of(&few)));
            }
        } else {
            for (value, set) in &block.sets {
                self.found(*value, of(set.len(), set.count_in(bits)));
            }
        }
    }

    fn totals(&mut self) -> &mut Histogram {
        self.totals.get_or_insert_with(Histogram::new)
    }

    /// What was counted of the columns' facets.
    fn columns(&mut self) -> Histogram {
        let mut columns = self.totals.take().unwrap_or_else(Histogram::new);
        if let Some(files) = &self.files {
            files.add_to(&mut columns, false);
        }
        if let Some(others) = &self.others {
            others.add_to(&mut columns, true);
        }
        columns
    }

    fn found(&mut self, value: FacetValue, files: u32) {
        if files > 0 {
            *self.sets.entry(value).or_default() += u64::from(files);
        }
    }

    fn add(&mut self, other: Self) {
        if let Some(totals) = &other.totals {
            self.totals().add(totals);
        }
        for (mine, more) in [(&mut self.files, other.files), (&mut self.others, other.others)] {
            match (mine.as_mut(), more) {
                (Some(mine), Some(more)) => mine.add(&more),
                (None, more) => *mine = more,
                (Some(_), None) => {}
            }
        }
        for (value, files) in other.sets {
            *self.sets.entry(value).or_default() += files;
        }
    }
}
