//! A set of files, block by block, as bits.
//!
//! A bitmap gives its ids one by one, which for millions takes longer than all that is done
//! with them. Its serialized form, which is specified and does not change, holds each block's
//! bits or list as a whole: that is read here.

use super::set::{BLOCK, Bits, no_bits, set};
use roaring::RoaringBitmap;

/// The cookies at the start: without and with runs.
const PLAIN: u32 = 12_346;
const WITH_RUNS: u32 = 12_347;
/// With runs, fewer blocks than this have no table of where they begin.
const WITHOUT_PLACES: usize = 4;
/// Beyond this a block is bits, not a list.
const LONGEST_LIST: usize = 4_096;

/// The wanted files.
pub(super) struct Wanted {
    bytes: Vec<u8>,
    /// Rising by block.
    blocks: Vec<Block>,
}

struct Block {
    index: u32,
    files: usize,
    is_runs: bool,
    at: usize,
}

impl Wanted {
    /// None when a bitmap is written in another way than is known here.
    pub(super) fn of(files: &RoaringBitmap) -> Option<Self> {
        let mut bytes = Vec::with_capacity(files.serialized_size());
        files.serialize_into(&mut bytes).ok()?;
        let blocks = blocks(&bytes)?;
        Some(Self { bytes, blocks })
    }

    /// The bits of a block, and how many are set; none where there are none.
    pub(super) fn bits(&self, index: u32) -> Option<(Box<Bits>, u32)> {
        let place = self.blocks.binary_search_by_key(&index, |block| block.index).ok()?;
        let block = self.blocks.get(place)?;
        let mut bits = no_bits();
        let data = self.bytes.get(block.at..)?;
        if block.is_runs {
            let (count, data) = data.split_first_chunk::<2>()?;
            let runs = data.get(..usize::from(u16::from_le_bytes(*count)) * 4)?;
            for [a, b, c, d] in runs.as_chunks().0 {
                let (first, more) = (u16::from_le_bytes([*a, *b]), u16::from_le_bytes([*c, *d]));
                (first..=first.saturating_add(more)).for_each(|id| set(&mut bits, id));
            }
        } else if block.files > LONGEST_LIST {
            let words = data.get(..BLOCK / 8)?.as_chunks::<8>().0;
            for (to, from) in bits.iter_mut().zip(words) {
                *to = u64::from_le_bytes(*from);
            }
        } else {
            for id in data.get(..block.files * 2)?.as_chunks::<2>().0 {
                set(&mut bits, u16::from_le_bytes(*id));
            }
        }
        Some((bits, block.files as u32))
    }
}

/// Where the blocks lie.
fn blocks(bytes: &[u8]) -> Option<Vec<Block>> {
    let (cookie, mut rest) = bytes.split_first_chunk::<4>()?;
    let cookie = u32::from_le_bytes(*cookie);
    let (count, runs) = if cookie == PLAIN {
        let (count, after) = rest.split_first_chunk::<4>()?;
        rest = after;
        (u32::from_le_bytes(*count) as usize, &[][..])
    } else if cookie & 0xFFFF == WITH_RUNS {
        let count = (cookie >> 16) as usize + 1;
        let (runs, after) = rest.split_at_checked(count.div_ceil(8))?;
        rest = after;
        (count, runs)
    } else {
        return None;
    };
    let (heads, after) = rest.split_at_checked(count * 4)?;
    rest = after;
    if runs.is_empty() || count >= WITHOUT_PLACES {
        rest = rest.get(count * 4..)?;
    }
    let mut found = Vec::with_capacity(count);
    for (nth, [a, b, c, d]) in heads.as_chunks().0.iter().enumerate() {
        let index = u32::from(u16::from_le_bytes([*a, *b]));
        let files = usize::from(u16::from_le_bytes([*c, *d])) + 1;
        let is_runs = runs.get(nth / 8).is_some_and(|byte| byte >> (nth % 8) & 1 == 1);
        let length = if is_runs {
            2 + usize::from(u16::from_le_bytes(*rest.first_chunk::<2>()?)) * 4
        } else if files > LONGEST_LIST {
            BLOCK / 8
        } else {
            files * 2
        };
        found.push(Block { index, files, is_runs, at: bytes.len() - rest.len() });
        rest = rest.get(length..)?;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::facets::set::ids;

    fn check(files: &RoaringBitmap) {
        let wanted = Wanted::of(files).unwrap();
        let mut found = RoaringBitmap::new();
        for index in 0..40 {
            let Some((bits, count)) = wanted.bits(index) else { continue };
            assert_eq!(ids(&bits).count(), count as usize);
            found.extend(ids(&bits).map(|low| index << 16 | u32::from(low)));
        }
        assert_eq!(found, *files);
    }

    #[test]
    fn lists_bits_and_runs_are_read_as_they_are_written() {
        let few: RoaringBitmap = (0..4_096_u32).map(|it| it * 16).collect();
        let many: RoaringBitmap = (65_536..200_000_u32).filter(|it| it % 3 == 0).collect();
        let mut run = RoaringBitmap::new();
        run.insert_range(300_000..2_300_000);
        run.insert(2_621_439);
        for files in
            [RoaringBitmap::new(), few.clone(), many.clone(), run.clone(), few | many | run]
        {
            check(&files);
            let mut packed = files;
            packed.optimize();
            check(&packed);
        }
        let mut one_run = RoaringBitmap::new();
        one_run.insert_range(7..70_000);
        one_run.optimize();
        check(&one_run);
    }
}
