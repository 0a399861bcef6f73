//! Sets of files of one block as bytes: distances from one to the next in seven bits a byte, or
//! one bit a file where that is shorter.

use super::BLOCK_FILES;
use roaring::RoaringBitmap;

const LIST: u8 = 0;
const BITS: u8 = 1;
const BIT_BYTES: usize = BLOCK_FILES as usize / 8;

/// Appends a number, seven bits a byte, the lowest first.
pub(super) fn put(out: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Takes a number off the front.
#[inline]
pub(super) fn take(bytes: &mut &[u8]) -> Option<u32> {
    let mut number = 0_u32;
    for shift in [0, 7, 14, 21, 28] {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u32::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// A set that is being gathered, in the bytes that are kept of it: never more than the bits take.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// Empty for no files.
    bytes: Vec<u8>,
    /// One more than the last id.
    next: u32,
}

impl Gathered {
    /// Adds the low bits of an id, which come rising; again is nothing new.
    #[inline]
    pub(super) fn add(&mut self, id: u16) {
        let at = u32::from(id);
        if at < self.next {
            return;
        }
        if self.bytes.is_empty() {
            self.bytes.push(LIST);
        }
        if self.bytes.first() == Some(&LIST) {
            put(&mut self.bytes, at - self.next);
            if self.bytes.len() > BIT_BYTES {
                self.bytes = bits_of(&decode(&self.bytes));
            }
        } else {
            set(&mut self.bytes, id);
        }
        self.next = at + 1;
    }

    /// Whether nothing was added.
    pub(super) const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// What [`decode`] takes.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

fn bits_of(ids: &[u16]) -> Vec<u8> {
    let mut bytes = vec![0; BIT_BYTES + 1];
    if let Some(form) = bytes.first_mut() {
        *form = BITS;
    }
    for id in ids {
        set(&mut bytes, *id);
    }
    bytes
}

/// Sets the bit of an id, after the byte that says the form.
fn set(bytes: &mut [u8], id: u16) {
    if let Some(byte) = bytes.get_mut(1 + usize::from(id >> 3)) {
        *byte |= 1 << (id & 7);
    }
}

/// The low bits of ids that [`Gathered`] was given; less where the bytes are damaged.
pub(super) fn decode(bytes: &[u8]) -> Vec<u16> {
    let Some((form, mut rest)) = bytes.split_first() else { return Vec::new() };
    let mut ids = Vec::with_capacity(rest.len());
    if *form == BITS {
        for (at, byte) in (0_u32..).zip(rest) {
            let mut bits = *byte;
            while bits != 0 {
                ids.push((at * 8 + bits.trailing_zeros()) as u16);
                bits &= bits - 1;
            }
        }
        return ids;
    }
    let mut next = 0_u32;
    while let Some(gap) = take(&mut rest) {
        let id = next.wrapping_add(gap);
        let Ok(low) = u16::try_from(id) else { break };
        ids.push(low);
        next = id + 1;
    }
    ids
}

/// The same as the ids of a block's files.
pub(super) fn bitmap(block: u32, bytes: &[u8]) -> RoaringBitmap {
    match bytes.split_first() {
        Some((&BITS, bits)) if bits.len() == BIT_BYTES => {
            RoaringBitmap::from_lsb0_bytes(block * BLOCK_FILES, bits)
        }
        _ => {
            let ids = decode(bytes).into_iter().map(|low| super::file_of(block, low));
            RoaringBitmap::from_sorted_iter(ids).unwrap_or_default()
        }
    }
}

/// The ids that are in both; both rise.
pub(super) fn both(a: &[u16], b: &[u16]) -> Vec<u16> {
    let (few, many) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let mut rest = many;
    let mut found = Vec::new();
    for id in few {
        // Galloping pays where one is much shorter, and costs little where it is not.
        let mut step = 1;
        while rest.get(step).is_some_and(|it| it < id) {
            step *= 2;
        }
        let near = rest.get(..rest.len().min(step + 1)).unwrap_or(rest);
        let at = near.partition_point(|it| it < id);
        rest = rest.get(at..).unwrap_or_default();
        match rest.first() {
            Some(first) if first == id => found.push(*id),
            Some(_) => {}
            None => break,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn gathered(ids: &[u16]) -> Vec<u8> {
        let mut all = Gathered::default();
        for id in ids {
            all.add(*id);
            all.add(*id);
        }
        all.bytes().to_vec()
    }

    #[test]
    fn many_take_a_bit_each_and_few_a_byte() {
        let few: Vec<u16> = (0..100).map(|it| it * 600).collect();
        let many: Vec<u16> = (0..30_000).map(|it| it * 2).collect();
        assert_eq!((gathered(&few).len(), gathered(&many).len()), (200, BIT_BYTES + 1));
        for ids in [few, many] {
            let bytes = gathered(&ids);
            let of_block: Vec<u32> = ids.iter().map(|low| 3 << 16 | u32::from(*low)).collect();
            assert_eq!(bitmap(3, &bytes).iter().collect::<Vec<_>>(), of_block);
            assert_eq!(decode(&bytes), ids);
        }
    }

    proptest! {
        #[test]
        fn sets_come_back_and_meet(
            a in prop::collection::btree_set(any::<u16>(), 0..300),
            b in prop::collection::btree_set(0u16..900, 0..600),
        ) {
            let list = |set: &BTreeSet<u16>| set.iter().copied().collect::<Vec<_>>();
            prop_assert_eq!(decode(&gathered(&list(&a))), list(&a));
            let expected: Vec<u16> = a.intersection(&b).copied().collect();
            prop_assert_eq!(&both(&list(&a), &list(&b)), &expected);
            prop_assert_eq!(&both(&list(&b), &list(&a)), &expected);
        }

        #[test]
        fn numbers_come_back_and_damage_ends(number: u32, bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let mut out = Vec::new();
            put(&mut out, number);
            prop_assert_eq!(take(&mut &out[..]), Some(number));
            decode(&bytes);
        }
    }
}
