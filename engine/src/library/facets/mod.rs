//! What every file of the library has, in memory: to count by, to narrow down by, to compare.
//!
//! Files lie in blocks of 65,536 ids. What a file has one of (key, tempo, meter, length,
//! notes, bars, year) is in columns, 18 bytes a file; what it may have many of (programs,
//! tags) and what few have is in compressed sets; where it stands in the order of names is its
//! rank, 4 bytes (`order`). Together they take about 38 bytes a file, so that six million files
//! fit into 230 MB. Sets of files go in and out as [`RoaringBitmap`]s.
//!
//! Counting all facets costs one look at each wanted file (or at each of the others in its
//! block, where those are fewer) and one probe for each entry of the sets, over a few threads.
//! Roaring bitmaps alone, one for each value, were rejected: where both sides are sorted lists
//! they merge entry by entry, which at six million files and some hundred values takes several
//! times the 50 ms that there are.
//!
//! Does no I/O. The store loads and saves the blocks and keeps them true.

mod block;
mod buckets;
mod columns;
mod count;
mod order;
mod set;
mod wanted;

use block::{Block, bits_between, bits_within};
pub use buckets::{
    BAR_STEPS, DURATION_STEPS, Facet, FacetValue, NOTE_STEPS, meter_of, meter_value,
};
pub use count::FacetCount;
pub use order::{Along, First};
pub(crate) use order::{LoadedRanks, Order, read_ranks};
use roaring::RoaringBitmap;
use set::{BLOCK, Bits, has, no_bits};
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU64, Ordering};

/// What the facets take in of one file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FacetRow {
    /// The winning tempo.
    pub bpm: Option<f64>,
    /// The winning key's code.
    pub key: Option<u8>,
    /// The first time signature.
    pub meter: Option<(u8, u16)>,
    /// How long it lasts.
    pub secs: f64,
    /// Bars.
    pub bars: Option<u32>,
    /// Note-ons.
    pub notes: u64,
    /// MTrk chunks.
    pub tracks: u16,
    /// The drum class's code, or 0.
    pub class: u8,
    /// The drum feel's code, or 0.
    pub feel: u8,
    /// When the file was changed last.
    pub year: Option<i64>,
    /// Bit n: family n sounds.
    pub families: u16,
    /// Bit n: program n sounds.
    pub programs: [u64; 2],
    /// Whether the drum channel has notes.
    pub drums: bool,
    /// Ids of its tags.
    pub tags: Vec<u16>,
    /// Id of its source.
    pub source: u32,
    /// Id of its folder just under the source.
    pub folder: u32,
    /// Whether anything had to be mended.
    pub salvaged: bool,
    /// Whether it was missing at the last look.
    pub absent: bool,
    /// Whether another file has the same bytes.
    pub has_copy: bool,
    /// Whether another file is a version of the same piece.
    pub has_version: bool,
    /// What the user's own database says.
    pub user: Vec<FacetValue>,
}

/// What is known of one file without asking the database.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Numbers {
    /// The winning tempo, to a hundredth.
    pub bpm: Option<f64>,
    /// The winning key's code.
    pub key: Option<u8>,
    /// How long it lasts, to a thousandth.
    pub secs: f64,
    /// Bars; the most that is told apart is 65,535.
    pub bars: Option<u32>,
    /// Note-ons.
    pub notes: u32,
}

/// The facets of all files.
#[derive(Debug, Default)]
pub struct Facets {
    blocks: Vec<Option<Box<Block>>>,
    /// Sources that are away as a whole.
    absent_sources: Vec<u32>,
    revision: u64,
    /// Which reading of the order of names the ranks are of.
    order: u64,
    /// Files that have changed since that order is being read anew.
    changed_since: Option<RoaringBitmap>,
}

/// Counts the changes of all facets of this process, so that no two states have one number.
static CHANGES: AtomicU64 = AtomicU64::new(0);

impl Facets {
    /// How many files there are, absent ones included.
    pub fn len(&self) -> u64 {
        self.blocks().map(|(_, block)| u64::from(ones(&block.files))).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Which state of the library this is: another number after any change, the user's marks
    /// and a look from outside among them. What was answered at another one is stale.
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// Makes what was answered stale.
    pub(crate) fn changed(&mut self) {
        self.revision = CHANGES.fetch_add(1, Ordering::Relaxed) + 1;
    }

    /// Every file, absent ones included.
    pub fn files(&self) -> RoaringBitmap {
        self.collect(|block| Some(block.files.clone()))
    }

    /// Every file that was there at the last look.
    pub fn present(&self) -> RoaringBitmap {
        let away = self.absent_sources.iter().map(|it| FacetValue::new(Facet::Source, *it));
        let away: Vec<_> = away.chain([FacetValue::new(Facet::Absent, 1)]).collect();
        self.collect(|block| {
            let mut gone = no_bits();
            away.iter().filter_map(|it| block.sets.get(it)).for_each(|it| it.add_to(&mut gone));
            let mut files = block.files.clone();
            files.iter_mut().zip(&*gone).for_each(|(files, gone)| *files &= !gone);
            Some(files)
        })
    }

    /// Whether there is such a file, and it was there at the last look.
    pub fn is_present(&self, id: u32) -> bool {
        let Some((block, low)) = self.block_of(id) else { return false };
        let has_value = |it: FacetValue| block.sets.get(&it).is_some_and(|it| it.contains(low));
        let mut away = self.absent_sources.iter().map(|it| FacetValue::new(Facet::Source, *it));
        has(&block.files, low)
            && !has_value(FacetValue::new(Facet::Absent, 1))
            && !away.any(has_value)
    }

    /// The files that have a value.
    pub fn with(&self, value: FacetValue) -> RoaringBitmap {
        self.collect(|block| block.with(value))
    }

    /// The files that have any of some values.
    pub fn with_each(&self, values: &[FacetValue]) -> RoaringBitmap {
        if values.is_empty() {
            return RoaringBitmap::new();
        }
        self.collect(|block| {
            let mut bits: Option<Box<Bits>> = None;
            for more in values.iter().filter_map(|value| block.with(*value)) {
                match &mut bits {
                    Some(bits) => bits.iter_mut().zip(&*more).for_each(|(to, from)| *to |= from),
                    None => bits = Some(more),
                }
            }
            bits
        })
    }

    /// The files that have any value of a facet.
    pub fn having(&self, facet: Facet) -> RoaringBitmap {
        if buckets::SINGLE.contains(&facet) {
            return self.among_files(|block| block.columns.having(facet));
        }
        self.collect(|block| {
            let mut bits = no_bits();
            let sets = block.sets.iter().filter(|(value, _)| value.facet == facet);
            sets.for_each(|(_, set)| set.add_to(&mut bits));
            Some(bits)
        })
    }

    /// The files whose winning tempo, to a hundredth, lies in a range.
    pub fn with_bpm(&self, range: RangeInclusive<f64>) -> RoaringBitmap {
        let [low, high] = [range.start(), range.end()].map(|it| (it * 100.0).round());
        // A float that is too large becomes the largest number, one below 0 becomes 0.
        let range = (low as u16).max(1)..=high as u16;
        self.among_files(|block| bits_within(&block.columns.bpm, &range))
    }

    /// The files whose length in seconds, to a thousandth, lies in a range.
    pub fn with_duration(&self, range: RangeInclusive<f64>) -> RoaringBitmap {
        let [low, high] = [range.start(), range.end()].map(|it| (it * 1000.0).round());
        let range = low as u32..=high as u32;
        self.among_files(|block| bits_within(&block.columns.millis, &range))
    }

    /// The files whose number of note-ons lies in a range.
    pub fn with_notes(&self, range: RangeInclusive<u32>) -> RoaringBitmap {
        self.among_files(|block| bits_within(&block.columns.notes, &range))
    }

    /// The files whose number of tracks lies in a range.
    pub fn with_tracks(&self, range: RangeInclusive<u16>) -> RoaringBitmap {
        self.among_files(|block| bits_within(&block.columns.tracks, &range))
    }

    /// The files whose number of bars is known and lies in a range.
    pub fn with_bars(&self, range: RangeInclusive<u32>) -> RoaringBitmap {
        let (first, last) = ((*range.start()).max(1), *range.end());
        self.among_files(|block| bits_between(&block.columns.bars, first, last))
    }

    /// What is known of a file; none when there is no such file.
    pub fn numbers(&self, id: u32) -> Option<Numbers> {
        let (block, low) = self.block_of(id)?;
        if !has(&block.files, low) {
            return None;
        }
        let (columns, at) = (&block.columns, usize::from(low));
        Some(Numbers {
            bpm: columns.bpm.get(at).filter(|it| **it > 0).map(|it| f64::from(*it) / 100.0),
            key: columns.key.get(at).and_then(|it| it.checked_sub(1)),
            secs: columns.millis.get(at).map_or(0.0, |it| f64::from(*it) / 1000.0),
            bars: columns.bars.get(at).filter(|it| **it > 0).map(|it| u32::from(*it)),
            notes: columns.notes.get(at).copied().unwrap_or(0),
        })
    }

    /// Whether a file has a value.
    pub fn has(&self, id: u32, value: FacetValue) -> bool {
        let Some((block, low)) = self.block_of(id) else { return false };
        match block.sets.get(&value) {
            Some(set) => set.contains(low),
            None => block.with(value).is_some_and(|bits| has(&bits, low)),
        }
    }

    /// Bytes on the heap.
    pub fn heap_bytes(&self) -> usize {
        self.blocks().map(|(_, block)| block.heap_bytes()).sum()
    }

    /// Puts a file in, in place of what was known of it. It is pending in the order of names.
    pub(crate) fn insert(&mut self, id: u32, row: &FacetRow) {
        self.unrank(id);
        self.put(id, row);
    }

    /// The same for a file that has the name, tempo and key that it had: it keeps its rank.
    pub(crate) fn put(&mut self, id: u32, row: &FacetRow) {
        self.changed();
        let index = id as usize / BLOCK;
        if index >= self.blocks.len() {
            self.blocks.resize_with(index + 1, || None);
        }
        if let Some(block) = self.blocks.get_mut(index) {
            block.get_or_insert_with(|| Box::new(Block::new())).insert(id as u16, row);
        }
    }

    /// Takes a file out.
    pub(crate) fn remove(&mut self, id: u32) {
        self.changed();
        self.unrank(id);
        if let Some(block) = self.block_mut(id) {
            block.remove(id as u16);
        }
    }

    /// Gives a value to a file that there is, or takes it away; only of facets that a file
    /// may have many values of.
    pub(crate) fn mark(&mut self, id: u32, value: FacetValue, on: bool) {
        self.changed();
        let Some(block) = self.block_mut(id) else { return };
        if on && has(&block.files, id as u16) {
            block.sets.entry(value).or_default().insert(id as u16);
        } else if let Some(set) = block.sets.get_mut(&value) {
            set.remove(id as u16);
        }
    }

    /// Gives a file the values that the user's own database says, and no others of that kind.
    pub(crate) fn set_users(&mut self, id: u32, values: &[FacetValue]) {
        self.changed();
        let Some(block) = self.block_mut(id) else { return };
        for (value, set) in &mut block.sets {
            if value.facet.is_users() {
                set.remove(id as u16);
            }
        }
        for value in values {
            self.mark(id, *value, true);
        }
    }

    /// Takes values away from all files.
    pub(crate) fn forget(&mut self, gone: impl Fn(FacetValue) -> bool) {
        self.changed();
        for block in self.blocks.iter_mut().flatten() {
            block.sets.retain(|value, _| !gone(*value));
        }
    }

    /// Which sources are away as a whole.
    pub(crate) fn set_absent_sources(&mut self, sources: Vec<u32>) {
        self.changed();
        self.absent_sources = sources;
    }

    /// A block as the index keeps it; none where there are no files.
    pub(crate) fn block_bytes(&mut self, index: u32) -> Option<Vec<u8>> {
        Some(self.blocks.get_mut(index as usize)?.as_mut()?.bytes())
    }

    /// Takes in blocks that [`Self::block_bytes`] has made and [`read_block`] read.
    pub(crate) fn put_blocks(&mut self, blocks: impl IntoIterator<Item = (u32, LoadedBlock)>) {
        self.changed();
        for (index, LoadedBlock(block)) in blocks {
            let index = index as usize;
            if index >= self.blocks.len() {
                self.blocks.resize_with(index + 1, || None);
            }
            if let Some(place) = self.blocks.get_mut(index) {
                *place = Some(block);
            }
        }
    }

    fn blocks(&self) -> impl Iterator<Item = (u32, &Block)> {
        let blocks = self.blocks.iter().enumerate();
        blocks.filter_map(|(index, block)| Some((index as u32, &**block.as_ref()?)))
    }

    fn block_of(&self, id: u32) -> Option<(&Block, u16)> {
        let block = self.blocks.get(id as usize / BLOCK)?.as_ref()?;
        Some((block, id as u16))
    }

    fn block_mut(&mut self, id: u32) -> Option<&mut Block> {
        Some(&mut **self.blocks.get_mut(id as usize / BLOCK)?.as_mut()?)
    }

    fn among_files(&self, of: impl Fn(&Block) -> Box<Bits>) -> RoaringBitmap {
        self.collect(|block| {
            let mut bits = of(block);
            bits.iter_mut().zip(&*block.files).for_each(|(bits, files)| *bits &= files);
            Some(bits)
        })
    }

    fn collect(&self, of: impl Fn(&Block) -> Option<Box<Bits>>) -> RoaringBitmap {
        let mut all = RoaringBitmap::new();
        let mut bytes = vec![0; BLOCK / 8];
        for (index, block) in self.blocks() {
            let Some(bits) = of(block) else { continue };
            let (words, _) = bytes.as_chunks_mut::<8>();
            for (bytes, word) in words.iter_mut().zip(&*bits) {
                *bytes = word.to_le_bytes();
            }
            all |= RoaringBitmap::from_lsb0_bytes(index << 16, &bytes);
        }
        all
    }
}

/// A block that was read, ready to be put in.
pub(crate) struct LoadedBlock(Box<Block>);

/// Reads a block off its bytes; none when they are damaged.
pub(crate) fn read_block(bytes: &[u8]) -> Option<LoadedBlock> {
    Block::of_bytes(bytes).map(|block| LoadedBlock(Box::new(block)))
}

/// The block that a file lies in.
pub(crate) const fn block_index(id: u32) -> u32 {
    id / BLOCK as u32
}

impl Block {
    /// The bits of the files that have a value; none where no file has it.
    fn with(&self, value: FacetValue) -> Option<Box<Bits>> {
        let mut bits = if let Some(set) = self.sets.get(&value) {
            let mut bits = no_bits();
            set.add_to(&mut bits);
            bits
        } else if buckets::SINGLE.contains(&value.facet) {
            self.columns.with_value(value.facet, value.value)
        } else {
            return None;
        };
        bits.iter_mut().zip(&*self.files).for_each(|(bits, files)| *bits &= files);
        Some(bits)
    }
}

impl FacetRow {
    fn for_each_value(&self, mut found: impl FnMut(FacetValue)) {
        let mut each = |facet, value: u32| found(FacetValue::new(facet, value));
        (0..16).filter(|n| self.families >> n & 1 == 1).for_each(|n| each(Facet::Family, n));
        for (word, first) in self.programs.iter().zip([0, 64]) {
            let mut rest = *word;
            while rest != 0 {
                each(Facet::Program, first + rest.trailing_zeros());
                rest &= rest - 1;
            }
        }
        for (facet, holds) in [
            (Facet::Drums, self.drums),
            (Facet::Salvaged, self.salvaged),
            (Facet::Absent, self.absent),
            (Facet::Duplicate, self.has_copy),
            (Facet::Version, self.has_version),
        ] {
            if holds {
                each(facet, 1);
            }
        }
        self.tags.iter().for_each(|tag| each(Facet::Tag, u32::from(*tag)));
        each(Facet::Source, self.source);
        each(Facet::Folder, self.folder);
        self.user.iter().for_each(|value| each(value.facet, value.value));
    }
}

/// The bits of a block's files out of a bitmap, id by id.
fn bits_of(among: &RoaringBitmap, index: u32) -> Box<Bits> {
    let mut bits = no_bits();
    let first = index << 16;
    let mut run = [0; 1_024];
    let mut rest = among.range(first..=first | 0xFFFF);
    loop {
        let found = rest.next_many(&mut run);
        if found.is_empty() {
            return bits;
        }
        for id in found {
            set::set(&mut bits, *id as u16);
        }
    }
}

fn ones(bits: &Bits) -> u32 {
    bits.iter().map(|word| word.count_ones()).sum()
}

#[cfg(test)]
mod tests;
