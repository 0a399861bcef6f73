//! The first of some files in an order, without asking the database.
//!
//! Each file has a **rank**: its place in the order of names (and tempos, and ids, where names
//! are the same), as it was when the order was read from the index last. A file that is new, or
//! has changed in what names are ordered by, has none until it is read again: it is
//! **pending**, and is looked at by itself. So what has a rank is as it was ranked, and of two
//! such files the ranks say which is first, however old they are.
//!
//! Tempos and lengths are in columns; files that share one come by their ids.

use super::block::{Block, Columns, word_of};
use super::set::BLOCK;
use super::wanted::Wanted;
use super::{Facets, bits_of};
use roaring::RoaringBitmap;

/// So many times the files that are wanted are gathered before the farthest are let go.
const GATHERED: usize = 8;

/// In a place: there is nothing to order by.
const LACKING: u64 = 1 << 63;
/// Of 64 files more than this are compared all at once.
const WORTH_COMPARING: u32 = 12;

/// The first files with their places, and those that are pending.
type Gathered = (Vec<(u64, u32)>, Vec<u32>);

/// What files are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Along {
    /// Names, by rank.
    Name,
    /// Keys, and names within a key; those without a key come last in either direction.
    Key,
    /// Tempos to a hundredth, then ids; those without come last in either direction.
    Bpm,
    /// Lengths to a thousandth, then ids.
    Duration,
}

/// The first files of a set in an order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct First {
    /// Those with a rank, in order.
    pub ranked: Vec<u32>,
    /// All of the set that are pending, wherever they belong.
    pub pending: Vec<u32>,
}

/// The ranks of the files of a block; 0 for none.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Ranks {
    /// Empty when no file has any.
    all: Vec<u32>,
    /// How many files have one.
    ranked: u32,
}

impl Ranks {
    /// Those of a block; nothing else is as long.
    pub(super) fn of(all: Vec<u32>) -> Option<Self> {
        let ranked = all.iter().filter(|rank| **rank > 0).count() as u32;
        (all.len() == BLOCK).then_some(Self { all, ranked })
    }

    pub(super) fn get(&self, low: u16) -> u32 {
        self.all.get(usize::from(low)).copied().unwrap_or(0)
    }

    pub(super) fn put(&mut self, low: u16, rank: u32) {
        if let Some(place) = self.all.get_mut(usize::from(low)) {
            self.ranked = self.ranked - u32::from(*place > 0) + u32::from(rank > 0);
            *place = rank;
        }
    }

    pub(super) fn heap_bytes(&self) -> usize {
        self.all.capacity() * 4
    }

    pub(super) fn all(&self) -> &[u32] {
        &self.all
    }
}

/// Takes the ranks in the order of names, file by file.
#[derive(Debug, Default)]
pub(crate) struct Order {
    blocks: Vec<Vec<u32>>,
    last: u32,
}

impl Order {
    /// The next file.
    pub(crate) fn push(&mut self, id: u32) {
        let index = id as usize / BLOCK;
        if index >= self.blocks.len() {
            self.blocks.resize_with(index + 1, Vec::new);
        }
        self.last += 1;
        if let Some(block) = self.blocks.get_mut(index) {
            if block.is_empty() {
                *block = vec![0; BLOCK];
            }
            if let Some(rank) = block.get_mut(id as usize % BLOCK) {
                *rank = self.last;
            }
        }
    }
}

impl Facets {
    /// Which reading of the order the ranks are of; those of another do not compare.
    pub const fn order(&self) -> u64 {
        self.order
    }

    /// How many files have no rank.
    pub fn pending(&self) -> u64 {
        let ranked: u64 = self.blocks().map(|(_, block)| u64::from(block.ranks.ranked)).sum();
        self.len().saturating_sub(ranked)
    }

    /// A file's place in the order of names; none when it is pending, or not there.
    pub fn rank(&self, id: u32) -> Option<u32> {
        let (block, low) = self.block_of(id)?;
        Some(block.ranks.get(low)).filter(|rank| *rank > 0)
    }

    /// Where a file stands in an order: what compares as the files do. None when it is pending.
    pub fn place_along(&self, along: Along, descending: bool, id: u32) -> Option<u64> {
        let (block, low) = self.block_of(id)?;
        let (first, low) = (id & 0xFFFF_0000, usize::from(low));
        match along {
            Along::Name => name_place(block, first, low, descending),
            Along::Key => key_place(block, first, low, descending),
            Along::Bpm => bpm_place(block, first, low, descending),
            Along::Duration => duration_place(block, first, low, descending),
        }
    }

    /// Where something of that tempo stands, as [`Self::place_along`] has it.
    pub fn place_of_bpm(bpm: Option<f64>, descending: bool, id: u32) -> u64 {
        lacking_last(Columns::hundredths(bpm).into(), id, descending)
    }

    /// Where something of that length stands.
    pub fn place_of_duration(secs: f64, descending: bool, id: u32) -> u64 {
        turned(u64::from(Columns::thousandths(secs)) << 32 | u64::from(id), descending)
    }

    /// The first `count` files of a set whose place is not before `from`, and those pending;
    /// none when more than `most` are.
    pub fn first_along(
        &self,
        along: Along,
        descending: bool,
        among: &RoaringBitmap,
        from: u64,
        [count, most]: [usize; 2],
    ) -> Option<First> {
        let found = match along {
            Along::Name => {
                self.first(among, from, [count, most], Self::any, |block, first, low| {
                    name_place(block, first, low, descending)
                })
            }
            Along::Key => self.first(among, from, [count, most], Self::any, |block, first, low| {
                key_place(block, first, low, descending)
            }),
            Along::Bpm => {
                let near = |block: &Block, word: usize, end: u64| {
                    if end & LACKING != 0 {
                        return u64::MAX;
                    }
                    let end = ((turned(end, descending) & !LACKING) >> 32) as u32;
                    word_of(&block.columns.bpm, word, up_to(end, descending))
                };
                self.first(among, from, [count, most], near, |block, first, low| {
                    bpm_place(block, first, low, descending)
                })
            }
            Along::Duration => {
                let near = |block: &Block, word: usize, end: u64| {
                    let end = (turned(end, descending) >> 32) as u32;
                    word_of(&block.columns.millis, word, up_to(end, descending))
                };
                self.first(among, from, [count, most], near, |block, first, low| {
                    duration_place(block, first, low, descending)
                })
            }
        };
        found.map(|(mut ranked, pending)| {
            ranked.sort_unstable();
            ranked.truncate(count);
            First { ranked: ranked.into_iter().map(|(_, id)| id).collect(), pending }
        })
    }

    /// Nothing is known of which files are near enough.
    const fn any(_: &Block, _: usize, _: u64) -> u64 {
        u64::MAX
    }

    /// `near` tells of 64 files which may have a place up to the end, or be pending.
    fn first(
        &self,
        among: &RoaringBitmap,
        from: u64,
        [count, most]: [usize; 2],
        near: impl Fn(&Block, usize, u64) -> u64,
        place: impl Fn(&Block, u32, usize) -> Option<u64>,
    ) -> Option<Gathered> {
        let wanted = Wanted::of(among);
        let full = count.max(1) * GATHERED;
        let mut found: Vec<(u64, u32)> = Vec::with_capacity(full);
        let mut pending = Vec::new();
        // What lies beyond is not among the first.
        let mut end = u64::MAX;
        for (index, block) in self.blocks() {
            let bits = match &wanted {
                Some(wanted) => wanted.bits(index).map(|(bits, _)| bits),
                None => Some(bits_of(among, index)),
            };
            let Some(bits) = bits else { continue };
            let first = index << 16;
            for ((word, bits), files) in (0_u32..).zip(bits.iter()).zip(block.files.iter()) {
                let mut rest = bits & files;
                if rest.count_ones() > WORTH_COMPARING && end < u64::MAX {
                    rest &= near(block, word as usize, end);
                }
                while rest != 0 {
                    let low = (word << 6 | rest.trailing_zeros()) as usize;
                    rest &= rest - 1;
                    let Some(place) = place(block, first, low) else {
                        pending.push(first | low as u32);
                        continue;
                    };
                    if place < from || place > end {
                        continue;
                    }
                    found.push((place, first | low as u32));
                    if found.len() == full {
                        found.select_nth_unstable(count);
                        found.truncate(count);
                        end = found.iter().map(|(place, _)| *place).max().unwrap_or(end);
                    }
                }
            }
            if pending.len() > most {
                return None;
            }
        }
        Some((found, pending))
    }

    /// From now on takes note of what changes, until [`Self::put_order`].
    pub(crate) fn begin_order(&mut self) {
        self.changed_since = Some(RoaringBitmap::new());
    }

    /// Takes in the order as it was at [`Self::begin_order`]. What has changed since is pending.
    pub(crate) fn put_order(&mut self, order: Order, number: u64) {
        let changed = self.changed_since.take().unwrap_or_default();
        let mut read = order.blocks.into_iter();
        for block in &mut self.blocks {
            let ranks = read.next().unwrap_or_default();
            if let Some(block) = block {
                block.ranks = Ranks::of(ranks).unwrap_or_default();
            }
        }
        self.order = number;
        for id in &changed {
            self.unrank(id);
        }
    }

    /// The blocks of the order as it was at [`Self::begin_order`], as bytes, without taking them
    /// in.
    pub(crate) fn bytes_of_order(
        &mut self,
        order: Order,
        number: u64,
    ) -> impl Iterator<Item = (u32, Vec<u8>)> {
        let changed = self.changed_since.take().unwrap_or_default();
        let blocks = (0_u32..).zip(order.blocks).filter(|(_, ranks)| !ranks.is_empty());
        blocks.map(move |(index, mut ranks)| {
            for id in changed.range(index << 16..=index << 16 | 0xFFFF) {
                if let Some(rank) = ranks.get_mut(id as usize % BLOCK) {
                    *rank = 0;
                }
            }
            (index, bytes_of(&ranks, number))
        })
    }

    /// Has a file be pending: it is about to change.
    pub(crate) fn unrank(&mut self, id: u32) {
        if let Some(changed) = &mut self.changed_since {
            changed.insert(id);
        }
        if let Some(block) = self.block_mut(id) {
            block.ranks.put(id as u16, 0);
        }
    }

    /// Which reading of the order the ranks of [`Self::put_ranks`] are of.
    pub(crate) fn set_order(&mut self, number: u64) {
        self.order = number;
    }

    /// The ranks of a block as the index keeps them; none where there are none.
    pub(crate) fn rank_bytes(&self, index: u32) -> Option<Vec<u8>> {
        let block = self.blocks.get(index as usize)?.as_ref()?;
        if block.ranks.all().is_empty() {
            return None;
        }
        Some(bytes_of(block.ranks.all(), self.order))
    }

    /// Takes in the ranks of a block that is there.
    pub(crate) fn put_ranks(&mut self, index: u32, ranks: LoadedRanks) {
        if let Some(Some(block)) = self.blocks.get_mut(index as usize) {
            block.ranks = ranks.0;
        }
    }

    /// The blocks that there are.
    pub(crate) fn indexes(&self) -> Vec<u32> {
        self.blocks().map(|(index, _)| index).collect()
    }
}

fn bytes_of(ranks: &[u32], order: u64) -> Vec<u8> {
    let mut bytes = order.to_le_bytes().to_vec();
    bytes.extend(ranks.iter().flat_map(|rank| rank.to_le_bytes()));
    let digest = blake3::hash(&bytes);
    bytes.extend_from_slice(digest.as_bytes());
    bytes
}

/// The ranks of a block, as they were read.
pub(crate) struct LoadedRanks(Ranks);

/// Reads what [`Facets::rank_bytes`] has written; none when it is damaged, or of another
/// reading of the order.
pub(crate) fn read_ranks(bytes: &[u8], order: u64) -> Option<LoadedRanks> {
    let (body, digest) = bytes.split_last_chunk::<32>()?;
    let (number, ranks) = body.split_first_chunk::<8>()?;
    if u64::from_le_bytes(*number) != order || blake3::hash(body).as_bytes() != digest {
        return None;
    }
    let ranks = ranks.as_chunks::<4>().0.iter().map(|rank| u32::from_le_bytes(*rank));
    Ranks::of(ranks.collect()).map(LoadedRanks)
}

/// The numbers that are not beyond an end.
const fn up_to(end: u32, descending: bool) -> [u32; 2] {
    if descending { [end, u32::MAX] } else { [0, end] }
}

fn turned(place: u64, descending: bool) -> u64 {
    if descending { !place } else { place }
}

/// A number that is 0 where there is none, and what decides between equals.
fn lacking_last(number: u32, then: u32, descending: bool) -> u64 {
    let place = turned(u64::from(number) << 32 | u64::from(then), descending) & !LACKING;
    if number == 0 { place | LACKING } else { place }
}

#[inline]
fn name_place(block: &Block, _first: u32, low: usize, descending: bool) -> Option<u64> {
    let rank = *block.ranks.all().get(low)?;
    (rank > 0).then(|| turned(rank.into(), descending))
}

#[inline]
fn key_place(block: &Block, _first: u32, low: usize, descending: bool) -> Option<u64> {
    let rank = *block.ranks.all().get(low)?;
    let key = block.columns.key.get(low).copied().unwrap_or(0);
    (rank > 0).then(|| lacking_last(key.into(), rank, descending))
}

#[inline]
fn bpm_place(block: &Block, first: u32, low: usize, descending: bool) -> Option<u64> {
    let bpm = block.columns.bpm.get(low)?;
    Some(lacking_last((*bpm).into(), first | low as u32, descending))
}

#[inline]
fn duration_place(block: &Block, first: u32, low: usize, descending: bool) -> Option<u64> {
    let millis = block.columns.millis.get(low)?;
    Some(turned(u64::from(*millis) << 32 | u64::from(first) | low as u64, descending))
}

#[cfg(test)]
mod tests {
    use super::super::FacetRow;
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// What a file is ordered by, in the plainest way: lacking, and the rest.
    type Plain = (bool, u64, u64);

    #[derive(Clone, Debug)]
    struct File {
        name: u32,
        row: FacetRow,
        is_pending: bool,
    }

    fn plain(along: Along, id: u32, file: &File) -> Plain {
        let (name, id) = (u64::from(file.name), u64::from(id));
        match along {
            Along::Name => (false, name, id),
            Along::Key => {
                (file.row.key.is_none(), file.row.key.map_or(0, u64::from), name << 32 | id)
            }
            Along::Bpm => {
                let bpm = file.row.bpm.map_or(0.0, |bpm| (bpm * 100.0).round());
                (file.row.bpm.is_none(), bpm as u64, id)
            }
            Along::Duration => (false, (file.row.secs * 1_000.0).round() as u64, id),
        }
    }

    fn row() -> impl Strategy<Value = (u32, FacetRow)> {
        let bpm = proptest::option::of(proptest::sample::select(vec![60.0, 119.999, 120.0, 300.0]));
        let secs = proptest::sample::select(vec![0.0, 1.0004, 1.0, 9_000.0]);
        (0..8_u32, proptest::option::of(0..24_u8), bpm, secs).prop_map(|(name, key, bpm, secs)| {
            (name, FacetRow { bpm, key, secs, ..FacetRow::default() })
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_first_of_a_set_are_those_of_a_plain_sort(
            files in proptest::collection::btree_map(0..400_u32, row(), 1..200),
            during in proptest::collection::vec((0..400_u32, proptest::option::of(row())), 0..8),
            later in proptest::collection::vec((0..400_u32, proptest::option::of(row())), 0..8),
            among in proptest::collection::btree_set(0..400_u32, 0..300),
            again in 0..400_u32,
            count in 1..40_usize,
            passed in 0..60_usize,
            descending in any::<bool>(),
        ) {
            let spread = |place: u32| place * 401;
            let (mut facets, mut rows) = (Facets::default(), BTreeMap::new());
            let change = |facets: &mut Facets, rows: &mut BTreeMap<u32, File>, place, row: Option<(u32, FacetRow)>| {
                let id = spread(place);
                if let Some((name, row)) = row {
                    facets.insert(id, &row);
                    rows.insert(id, File { name, row, is_pending: true });
                } else {
                    facets.remove(id);
                    rows.remove(&id);
                }
            };
            for (place, row) in files {
                change(&mut facets, &mut rows, place, Some(row));
            }
            facets.begin_order();
            let mut order = Order::default();
            let mut names: Vec<(u32, u32)> = rows.iter().map(|(id, file)| (file.name, *id)).collect();
            names.sort_unstable();
            for (_, id) in names {
                order.push(id);
            }
            for file in rows.values_mut() {
                file.is_pending = false;
            }
            for (place, row) in during {
                change(&mut facets, &mut rows, place, row);
            }
            facets.put_order(order, 7);
            for (place, row) in later {
                change(&mut facets, &mut rows, place, row);
            }
            // What is looked at again keeps its rank.
            if let Some(file) = rows.get(&spread(again)) {
                facets.put(spread(again), &file.row);
            }
            let pending = rows.values().filter(|file| file.is_pending).count();
            prop_assert_eq!(facets.pending(), pending as u64);

            // And so after it was written and read.
            let mut read = Facets::default();
            read.set_order(7);
            for index in facets.indexes() {
                let block = super::super::read_block(&facets.block_bytes(index).unwrap()).unwrap();
                read.put_blocks([(index, block)]);
                let mut bytes = facets.rank_bytes(index).unwrap_or_default();
                if let Some(ranks) = read_ranks(&bytes, 7) {
                    read.put_ranks(index, ranks);
                    prop_assert!(read_ranks(&bytes, 6).is_none());
                    bytes[99] ^= 1;
                    prop_assert!(read_ranks(&bytes, 7).is_none());
                }
            }
            let among: RoaringBitmap = among.into_iter().map(spread).collect();
            for facets in [facets, read] {
                for along in [Along::Name, Along::Key, Along::Bpm, Along::Duration] {
                    let has_place = |file: &File| {
                        !file.is_pending || matches!(along, Along::Bpm | Along::Duration)
                    };
                    let mut all: Vec<(Plain, u32)> = rows
                        .iter()
                        .filter(|(id, file)| among.contains(**id) && has_place(file))
                        .map(|(id, file)| (plain(along, *id, file), *id))
                        .collect();
                    all.sort_unstable_by(|(a, _), (b, _)| {
                        let rest = (a.1, a.2).cmp(&(b.1, b.2));
                        a.0.cmp(&b.0).then(if descending { rest.reverse() } else { rest })
                    });
                    let wanted: Vec<u32> = all.iter().map(|(_, id)| *id).collect();
                    let from = match wanted.get(passed) {
                        Some(id) => facets.place_along(along, descending, *id).unwrap(),
                        None => 0,
                    };
                    let passed = if wanted.len() > passed { passed } else { 0 };
                    let expected: Vec<u32> =
                        wanted.iter().skip(passed).take(count).copied().collect();
                    let found =
                        facets.first_along(along, descending, &among, from, [count, 400]).unwrap();
                    prop_assert_eq!(&found.ranked, &expected, "{:?}", along);
                    let pending = rows.iter().filter(|(id, file)| {
                        among.contains(**id) && !has_place(file)
                    });
                    let pending: Vec<u32> = pending.map(|(id, _)| *id).collect();
                    prop_assert_eq!(&found.pending, &pending);
                    if !pending.is_empty() {
                        let most = [count, pending.len() - 1];
                        prop_assert_eq!(
                            facets.first_along(along, descending, &among, from, most),
                            None
                        );
                    }
                }
            }
        }
    }
}
