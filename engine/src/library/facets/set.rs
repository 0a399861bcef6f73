//! A set of files within one block: a sorted list while it is small, bits when it is not.
//!
//! The containers of `roaring` hold the same, but its counting merges two sorted lists
//! where both sides are lists, entry by entry; against the bits of the wanted files a list
//! costs one probe an entry whatever they are, which keeps the worst case in bounds.

/// Ids in a block.
pub(super) const BLOCK: usize = 65_536;

/// One bit for each id of a block.
pub(super) type Bits = [u64; BLOCK / 64];

/// Beyond this a list is longer than the bits.
const LONGEST_LIST: usize = BLOCK / 16;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Set {
    List(Vec<u16>),
    Bits { bits: Box<Bits>, len: u32 },
}

impl Default for Set {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

impl Set {
    pub(super) fn len(&self) -> u32 {
        match self {
            Self::List(list) => list.len() as u32,
            Self::Bits { len, .. } => *len,
        }
    }

    pub(super) fn insert(&mut self, id: u16) {
        match self {
            Self::List(list) => {
                // Files come with rising ids, nearly always.
                if list.last().is_none_or(|last| *last < id) {
                    list.push(id);
                } else if let Err(place) = list.binary_search(&id) {
                    list.insert(place, id);
                }
                if list.len() > LONGEST_LIST {
                    let len = list.len() as u32;
                    let mut bits = no_bits();
                    self.add_to(&mut bits);
                    *self = Self::Bits { bits, len };
                }
            }
            Self::Bits { bits, len } => {
                if let Some(word) = bits.get_mut(usize::from(id >> 6)) {
                    let bit = 1 << (id & 63);
                    *len += u32::from(*word & bit == 0);
                    *word |= bit;
                }
            }
        }
    }

    pub(super) fn remove(&mut self, id: u16) {
        match self {
            Self::List(list) => {
                if let Ok(place) = list.binary_search(&id) {
                    list.remove(place);
                }
            }
            Self::Bits { bits, len } => {
                if let Some(word) = bits.get_mut(usize::from(id >> 6)) {
                    let bit = 1 << (id & 63);
                    *len -= u32::from(*word & bit != 0);
                    *word &= !bit;
                }
                if (*len as usize) < LONGEST_LIST / 2 {
                    *self = Self::List(ids(bits).collect());
                }
            }
        }
    }

    /// How many of its files are among `wanted`.
    pub(super) fn count_in(&self, wanted: &Bits) -> u32 {
        match self {
            Self::List(list) => list
                .iter()
                .map(|id| {
                    let word = wanted.get(usize::from(id >> 6)).copied().unwrap_or(0);
                    (word >> (id & 63)) as u32 & 1
                })
                .sum(),
            Self::Bits { bits, .. } => {
                bits.iter().zip(wanted).map(|(a, b)| (a & b).count_ones()).sum()
            }
        }
    }

    /// How many of its files are among a few, each given once.
    pub(super) fn count_of(&self, wanted: &[u16]) -> u32 {
        wanted.iter().map(|id| u32::from(self.contains(*id))).sum()
    }

    pub(super) fn contains(&self, id: u16) -> bool {
        match self {
            Self::List(list) => list.binary_search(&id).is_ok(),
            Self::Bits { bits, .. } => has(bits, id),
        }
    }

    pub(super) fn add_to(&self, to: &mut Bits) {
        match self {
            Self::List(list) => {
                for id in list {
                    set(to, *id);
                }
            }
            Self::Bits { bits, .. } => {
                for (to, from) in to.iter_mut().zip(&**bits) {
                    *to |= from;
                }
            }
        }
    }

    pub(super) fn heap_bytes(&self) -> usize {
        match self {
            Self::List(list) => list.capacity() * 2,
            Self::Bits { .. } => BLOCK / 8,
        }
    }

    pub(super) fn shrink(&mut self) {
        if let Self::List(list) = self {
            list.shrink_to_fit();
        }
    }

    /// Appends it as bytes: its length, then the list or the bits, little-endian.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.len().to_le_bytes());
        match self {
            Self::List(list) => {
                out.push(0);
                out.extend(list.iter().flat_map(|id| id.to_le_bytes()));
            }
            Self::Bits { bits, .. } => {
                out.push(1);
                out.extend(bits.iter().flat_map(|word| word.to_le_bytes()));
            }
        }
    }

    /// Reads what [`Self::write`] has written off the front; none when it is something else.
    pub(super) fn read(bytes: &mut &[u8]) -> Option<Self> {
        let (len, rest) = bytes.split_first_chunk::<4>()?;
        let (kind, rest) = rest.split_first()?;
        let len = u32::from_le_bytes(*len);
        let size = if *kind == 0 { len as usize * 2 } else { BLOCK / 8 };
        let (data, rest) = rest.split_at_checked(size)?;
        *bytes = rest;
        if *kind == 0 {
            let (pairs, _) = data.as_chunks::<2>();
            let list: Vec<u16> = pairs.iter().map(|it| u16::from_le_bytes(*it)).collect();
            return list.is_sorted_by(|a, b| a < b).then_some(Self::List(list));
        }
        let mut bits = no_bits();
        let (words, _) = data.as_chunks::<8>();
        for (to, from) in bits.iter_mut().zip(words) {
            *to = u64::from_le_bytes(*from);
        }
        let found: u32 = bits.iter().map(|word| word.count_ones()).sum();
        (found == len).then_some(Self::Bits { bits, len })
    }
}

pub(super) fn no_bits() -> Box<Bits> {
    Box::new([0; BLOCK / 64])
}

pub(super) const fn set(bits: &mut Bits, id: u16) {
    bits[(id >> 6) as usize] |= 1 << (id & 63);
}

pub(super) const fn has(bits: &Bits, id: u16) -> bool {
    bits[(id >> 6) as usize] & (1 << (id & 63)) != 0
}

/// The ids whose bits are set, rising.
pub(super) fn ids(bits: &Bits) -> impl Iterator<Item = u16> + '_ {
    bits.iter().enumerate().flat_map(|(index, word)| {
        let mut rest = *word;
        std::iter::from_fn(move || {
            let bit = rest.trailing_zeros();
            rest &= rest.wrapping_sub(1);
            (bit < 64).then_some((index as u32 * 64 + bit) as u16)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_set_holds_what_was_put_in_and_not_taken_out() {
        let (mut set, mut model) = (Set::default(), BTreeSet::new());
        let mut random = 1_u64;
        for step in 0..40_000_u32 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let id = (random >> 40) as u16;
            // Grows past the list's bound, then shrinks below it again.
            let grows = if step < 20_000 { step % 5 > 0 } else { step % 5 == 0 };
            if grows {
                set.insert(id);
                model.insert(id);
            } else {
                let gone = model.range(id..).next().copied().unwrap_or(id);
                set.remove(gone);
                model.remove(&gone);
            }
            if step == 19_999 {
                assert!(matches!(set, Set::Bits { .. }));
            }
        }
        assert!(matches!(set, Set::List(_)), "{}", model.len());
        let mut bits = no_bits();
        set.add_to(&mut bits);
        assert_eq!(ids(&bits).collect::<BTreeSet<_>>(), model);
        assert_eq!(set.len() as usize, model.len());
    }

    #[test]
    fn both_forms_count_alike_and_come_back_from_bytes() {
        let few: Set = of((0..900).map(|it| it * 7));
        let many: Set = of((0..9_000).map(|it| it * 7));
        let mut wanted = no_bits();
        of((0..20_000).map(|it| it * 3)).add_to(&mut wanted);
        assert_eq!((few.count_in(&wanted), many.count_in(&wanted)), (300, 2_858));
        assert_eq!(many.count_of(&[0, 7, 8]), 2);
        for set in [few, many, Set::default()] {
            let mut bytes = Vec::new();
            set.write(&mut bytes);
            for cut in 0..bytes.len() {
                assert_eq!(Set::read(&mut &bytes[..cut]), None);
            }
            assert_eq!(Set::read(&mut &bytes[..]), Some(set));
        }
    }

    fn of(ids: impl Iterator<Item = u32>) -> Set {
        let mut set = Set::default();
        ids.for_each(|id| set.insert(id as u16));
        set
    }
}
