//! Which row each key is drawn on. Plain data; the shader gets it as a table.

use engine::model::Key;

/// Marks a key in the table that is not drawn.
const HIDDEN: u32 = 0x80;

/// The rows that keys are drawn on, counted from the bottom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyRows {
    /// The keys that have a row, a bit for each. Others are not drawn, but where a coarse
    /// piece reaches over them.
    pub shown: u128,
    /// Notes are drawn as if they were so many keys higher. With it nothing is left out:
    /// a key without a row is drawn on the next one above that has one.
    pub raise: i16,
}

impl KeyRows {
    /// A row for every key.
    pub const ALL: Self = Self { shown: u128::MAX, raise: 0 };

    /// For the shader: a byte for each key, four to a number.
    pub(super) fn table(self) -> [[u32; 4]; 8] {
        let mut table = [[0_u32; 4]; 8];
        let mut entries = (0..128).map(|key| self.entry(key));
        for word in table.iter_mut().flatten() {
            *word = entries
                .by_ref()
                .take(4)
                .enumerate()
                .fold(0, |word, (place, entry)| word | entry << (place * 8));
        }
        table
    }

    /// The row in the low seven bits.
    fn entry(self, key: Key) -> u32 {
        let drawn = (i16::from(key) + self.raise).clamp(0, 127);
        let bit = 1_u128 << drawn;
        let below = (self.shown & (bit - 1)).count_ones();
        let row = below.min(self.shown.count_ones().saturating_sub(1));
        if self.shown & bit == 0 && self.raise == 0 { row | HIDDEN } else { row }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entries(rows: KeyRows) -> Vec<u32> {
        rows.table().iter().flatten().flat_map(|word| word.to_le_bytes()).map(u32::from).collect()
    }

    #[test]
    fn without_a_fold_a_key_is_its_row() {
        assert_eq!(entries(KeyRows::ALL), (0..128).collect::<Vec<u32>>());
        let raised = entries(KeyRows { raise: 5, ..KeyRows::ALL });
        assert_eq!((raised[0], raised[60], raised[127]), (5, 65, 127));
    }

    proptest! {
        #[test]
        fn shown_keys_have_neighbouring_rows_and_others_are_hidden(shown in 1..u128::MAX) {
            let entries = entries(KeyRows { shown, raise: 0 });
            let is_shown = |key: &u8| shown >> key & 1 == 1;
            let drawn: Vec<u32> =
                (0..128).filter(is_shown).map(|key| entries[usize::from(key)]).collect();
            prop_assert_eq!(drawn, (0..shown.count_ones()).collect::<Vec<u32>>());
            let hidden = |key: u8| entries[usize::from(key)] & HIDDEN != 0;
            prop_assert!((0..128).filter(|key| !is_shown(key)).all(hidden));
        }
    }
}
