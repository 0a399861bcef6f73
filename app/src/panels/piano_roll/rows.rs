//! Which keys have a row, and which: pure geometry of a folded roll.
//!
//! Rows count from the top, keys from the bottom. What is folded away has no row of its own.

use super::drums::KIT;
use engine::model::Key;
use engine::theory::Scale;
use serde::{Deserialize, Serialize};

/// Which keys the roll shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fold {
    /// All 128.
    #[default]
    All,
    /// Those that the shown notes are on.
    Used,
    /// Those of the scale, and others that are used.
    Scale,
}

impl Fold {
    /// Every choice, in the order of the menu.
    pub const ALL: [Self; 3] = [Self::All, Self::Used, Self::Scale];

    /// What it is called.
    pub const fn label(self) -> &'static str {
        match self {
            Self::All => "All keys",
            Self::Used => "Used pitches",
            Self::Scale => "Scale pitches",
        }
    }
}

/// Rows that a fold leaves at least: fewer would be too high to read, and leave no place for
/// a note on another pitch.
const LEAST_ROWS: u32 = 12;
/// Where an empty clip's rows lie.
const MIDDLE: Key = 60;

/// The keys that have a row, a bit for each; at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rows(u128);

impl Default for Rows {
    fn default() -> Self {
        Self::ALL
    }
}

impl Rows {
    /// A row for every key.
    pub(super) const ALL: Self = Self(u128::MAX);

    /// What `fold` leaves when these keys are used.
    pub(super) fn new(fold: Fold, used: u128, scale: Option<Scale>, drums: bool) -> Self {
        let wanted = match (fold, scale) {
            (Fold::All, _) => return Self::ALL,
            (Fold::Scale, Some(scale)) if !drums => used | scale_keys(scale),
            (Fold::Used | Fold::Scale, _) => used,
        };
        Self(padded(wanted, drums))
    }

    /// The keys, a bit for each.
    pub(super) const fn shown(self) -> u128 {
        self.0
    }

    /// How many rows there are.
    pub(super) const fn len(self) -> u8 {
        self.0.count_ones() as u8
    }

    /// Whether nothing is folded away.
    pub(super) const fn is_all(self) -> bool {
        self.0 == u128::MAX
    }

    /// Whether a key has a row.
    #[cfg(test)]
    pub(super) const fn shows(self, key: Key) -> bool {
        self.0 >> (key & 127) & 1 == 1
    }

    /// The row of a key; where it would lie when it has none.
    pub(super) const fn row(self, key: Key) -> u8 {
        let key = key & 127;
        let above = if key == 127 { 0 } else { (self.0 >> (key + 1)).count_ones() as u8 };
        let last = self.len() - 1;
        if above < last { above } else { last }
    }

    /// The key of a row; the lowest one's behind the last row.
    pub(super) fn key(self, row: u8) -> Key {
        let mut left = self.0;
        for _ in 0..row.min(self.len() - 1) {
            // Take away the highest key that is left.
            left &= !(1_u128 << left.ilog2());
        }
        (127 - left.leading_zeros().min(127)) as Key
    }

    /// The key `by` semitones up, or the next one that has a row beyond it.
    pub(super) fn stepped(self, key: Key, by: i16) -> Key {
        let to = (i16::from(key) + by).clamp(0, 127) as u8;
        let shown = |key: &Key| self.0 >> key & 1 == 1;
        let beyond = if by > 0 { (to..128).find(shown) } else { (0..=to).rev().find(shown) };
        beyond.unwrap_or(key)
    }

    /// The keys of the rows `first..=last`, from the top down.
    pub(super) fn keys(self, first: u8, last: u8) -> impl Iterator<Item = Key> + Clone {
        let (high, low) = (self.key(first), self.key(last));
        (low..=high).rev().filter(move |key| self.0 >> key & 1 == 1)
    }
}

/// The keys of a scale, a bit for each.
pub(super) fn scale_keys(scale: Scale) -> u128 {
    (0..128).filter(|key| scale.contains(*key)).fold(0, |keys, key| keys | 1 << key)
}

/// `keys` with as many more around them as a fold has at least.
fn padded(keys: u128, drums: bool) -> u128 {
    let mut keys = keys;
    let enough = |keys: u128| keys.count_ones() >= LEAST_ROWS;
    if drums {
        for drum in KIT {
            if enough(keys) {
                break;
            }
            keys |= 1 << drum;
        }
    }
    if keys == 0 {
        keys = 1 << MIDDLE;
    }
    while !enough(keys) {
        let lowest = keys.trailing_zeros();
        let highest = keys.ilog2();
        keys |= 1 << highest.saturating_add(1).min(127) | 1 << lowest.saturating_sub(1);
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::theory::{PitchClass, ScaleKind};
    use proptest::prelude::*;

    #[test]
    fn a_scale_fold_keeps_what_is_used_outside_of_it() {
        let scale = Scale::new(PitchClass::C, ScaleKind::Major);
        let rows = Rows::new(Fold::Scale, 1 << 61, Some(scale), false);
        assert!(rows.shows(60) && rows.shows(61) && rows.shows(62) && !rows.shows(63));
        assert_eq!(rows.row(60) - rows.row(62), 2);
    }

    #[test]
    fn few_pitches_get_neighbours_and_few_drums_the_usual_kit() {
        let rows = Rows::new(Fold::Used, 1 << 72, None, false);
        assert!(rows.len() >= 12 && rows.shows(72) && rows.shows(71) && rows.shows(73));
        let drums = Rows::new(Fold::Used, 1 << 56, None, true);
        assert!(drums.len() == 12 && drums.shows(56) && drums.shows(36) && drums.shows(38));
        assert!(Rows::new(Fold::Used, 0, None, false).shows(60));
    }

    #[test]
    fn steps_skip_what_is_folded_away() {
        let rows = Rows(1 << 60 | 1 << 64 | 1 << 72);
        assert_eq!([1, 12, -1].map(|by| rows.stepped(60, by)), [64, 72, 60]);
        assert_eq!((rows.stepped(64, -1), Rows::ALL.stepped(64, -1)), (60, 63));
    }

    proptest! {
        #[test]
        fn keys_and_rows_are_inverse_on_what_is_shown(used in 0..u128::MAX, drums: bool) {
            let rows = Rows::new(Fold::Used, used, None, drums);
            for row in 0..rows.len() {
                prop_assert!(rows.shows(rows.key(row)));
                prop_assert_eq!(rows.row(rows.key(row)), row);
            }
            prop_assert!((0..128).filter(|key| used >> key & 1 == 1).all(|key| rows.shows(key)));
        }

        #[test]
        fn a_hidden_key_lies_between_its_neighbours(used in 1..u128::MAX, key in 0u8..128) {
            let rows = Rows::new(Fold::Used, used, None, false);
            let row = rows.row(key);
            prop_assert!(row < rows.len());
            prop_assert!(rows.key(row) <= key || row == rows.len() - 1);
            if row > 0 {
                prop_assert!(rows.key(row - 1) > key || row == rows.len() - 1);
            }
        }

        #[test]
        fn the_keys_of_some_rows_come_from_the_top_down(used in 1..u128::MAX, a in 0u8..128, b in 0u8..128) {
            let rows = Rows::new(Fold::Used, used, None, false);
            let (first, last) = (a.min(b).min(rows.len() - 1), a.max(b).min(rows.len() - 1));
            let keys: Vec<u8> = rows.keys(first, last).collect();
            let expected: Vec<u8> = (first..=last).map(|row| rows.key(row)).collect();
            prop_assert_eq!(keys, expected);
        }
    }
}
