//! Names by one character and by two in a row, for parts of names that are too short for three:
//! one row for each such gram of a block, with the files whose names have it.

use super::ids::Gathered;
use super::{BLOCK_FILES, dirty_in, file_of, ids};
use crate::library::store::StoreError;
use roaring::RoaringBitmap;
use rusqlite::{Connection, params};
use std::collections::BTreeMap;

/// Bits that a character takes.
const BITS: u32 = 21;
/// A block's rows are made in so many passes over its names, which cost little: each holds a
/// part of the 4 MB that the rows of long names take.
const PARTS: u32 = 8;

/// Asks for the files of a gram in a block, by [`Gram::row_of`].
pub const BY_GRAM: &str = "SELECT data FROM name_grams WHERE id = ?1";
/// The names of what is pending: files after an id, and those that have changed.
pub const PENDING: &str = "SELECT id, name FROM files WHERE id > ?1 UNION ALL \
    SELECT files.id, name FROM grams_dirty CROSS JOIN files USING (id)";

/// One character, or two in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gram(u64);

impl Gram {
    const fn one(a: char) -> Self {
        Self((a as u64) << BITS)
    }

    const fn two(a: char, b: char) -> Self {
        // No name has the character 0, which stands for none.
        Self((a as u64) << BITS | b as u64)
    }

    /// What a name must have to hold a text, which is in small letters: its grams of two
    /// characters, or its only character.
    pub fn all_of(text: &str) -> Vec<Self> {
        let chars: Vec<char> = text.chars().collect();
        match chars.as_slice() {
            [only] => vec![Self::one(*only)],
            chars => {
                let pairs = chars.iter().zip(chars.iter().skip(1));
                pairs.map(|(a, b)| Self::two(*a, *b)).collect()
            }
        }
    }

    /// The id of its row in a block.
    pub const fn row_of(self, block: u32) -> i64 {
        (block as i64) << (BITS * 2) | self.0 as i64
    }
}

/// The files of a block whose names have a gram, by what [`BY_GRAM`] gave for it; also some
/// whose names have changed.
pub fn with_gram(block: u32, found: &[u8]) -> RoaringBitmap {
    ids::bitmap(block, found)
}

/// A block's rows.
type Rows = BTreeMap<Gram, Gathered>;

/// Grams of ASCII, which nearly all are, by their characters: a look into the tree for each
/// character would take half of the time.
struct Ascii(Vec<Gathered>);

impl Ascii {
    const CHARS: usize = 128;

    fn files(&mut self, gram: Gram) -> Option<&mut Gathered> {
        let (a, b) = (gram.0 >> BITS, gram.0 & ((1 << BITS) - 1));
        let is_ascii = (a | b) < Self::CHARS as u64;
        self.0.get_mut(a as usize * Self::CHARS + b as usize).filter(|_| is_ascii)
    }

    fn into_rows(self) -> impl Iterator<Item = (Gram, Gathered)> {
        let grams = (0..)
            .map(|at: usize| Gram(((at / Self::CHARS) as u64) << BITS | (at % Self::CHARS) as u64));
        grams.zip(self.0).filter(|(_, files)| !files.is_empty())
    }
}

/// The rows of the grams whose first character is `wanted`.
fn rows(
    from: &Connection,
    range: [i64; 2],
    wanted: impl Fn(char) -> bool,
) -> Result<Rows, StoreError> {
    let grams = std::iter::repeat_with(Gathered::default);
    let mut ascii = Ascii(grams.take(Ascii::CHARS * Ascii::CHARS).collect());
    let mut found = Rows::new();
    let mut add = |gram: Gram, id: u16| match ascii.files(gram) {
        Some(files) => files.add(id),
        None => found.entry(gram).or_default().add(id),
    };
    let list = "SELECT id, name FROM files WHERE id BETWEEN ?1 AND ?2 ORDER BY id";
    let mut list = from.prepare_cached(list)?;
    let mut names = list.query(range)?;
    while let Some(row) = names.next()? {
        let id = row.get::<_, u32>(0)? as u16;
        let mut before = None;
        for letter in row.get_ref(1)?.as_str().unwrap_or_default().to_lowercase().chars() {
            if let Some(before) = before {
                add(Gram::two(before, letter), id);
            }
            before = wanted(letter).then_some(letter);
            if before.is_some() {
                add(Gram::one(letter), id);
            }
        }
    }
    found.extend(ascii.into_rows());
    Ok(found)
}

/// Makes the rows of a block.
pub(super) fn build(to: &Connection, block: u32, range: [i64; 2]) -> Result<(), StoreError> {
    to.execute("DELETE FROM name_grams WHERE id BETWEEN ?1 AND ?2", rows_of(block))?;
    let mut put = to.prepare_cached("INSERT INTO name_grams (id, data) VALUES (?1, ?2)")?;
    for part in 0..PARTS {
        for (gram, files) in rows(to, range, |first| first as u32 % PARTS == part)? {
            put.execute(params![gram.row_of(block), files.bytes()])?;
        }
    }
    Ok(())
}

/// Whether the rows of a block are what [`build`] would make, but for pending files.
pub(super) fn is_true(from: &Connection, block: u32) -> Result<bool, StoreError> {
    let first = i64::from(block) * i64::from(BLOCK_FILES);
    let dirty = dirty_in(from, block)?;
    let upto = super::Built::read(from)?.upto;
    let counts = |id: &u16| {
        let id = file_of(block, *id);
        id <= upto && dirty.binary_search(&id).is_err()
    };
    let range = [first, first + i64::from(BLOCK_FILES) - 1];
    let mut expected = rows(from, range, |_| true)?;
    let decoded = |bytes: &[u8]| {
        let mut files = ids::decode(bytes);
        files.retain(counts);
        files
    };
    let mut list = from.prepare("SELECT id, data FROM name_grams WHERE id BETWEEN ?1 AND ?2")?;
    let mut found = list.query(rows_of(block))?;
    while let Some(row) = found.next()? {
        let gram = Gram(row.get::<_, i64>(0)? as u64 & ((1 << (BITS * 2)) - 1));
        let files = decoded(row.get_ref(1)?.as_blob().unwrap_or_default());
        let wanted = expected.remove(&gram).unwrap_or_default();
        if files != decoded(wanted.bytes()) {
            return Ok(false);
        }
    }
    Ok(expected.values().all(|files| decoded(files.bytes()).is_empty()))
}

const fn rows_of(block: u32) -> [i64; 2] {
    let first = (block as i64) << (BITS * 2);
    [first, first + (1 << (BITS * 2)) - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_asks_for_its_pairs_or_its_only_character() {
        assert_eq!(Gram::all_of("a"), [Gram::one('a')]);
        assert_eq!(Gram::all_of("夜曲b"), [Gram::two('夜', '曲'), Gram::two('曲', 'b')]);
        assert_eq!(Gram::all_of(""), []);
        let last = Gram::two(char::MAX, char::MAX).row_of(65_535);
        assert!(last > 0 && Gram::one('a').row_of(65_535) < last);
        assert!(rows_of(3)[1] < rows_of(4)[0]);
    }
}
