//! The table of tags: read once, then only looked up.

use super::super::names::for_each_word;
use super::{Condition, LONGEST_PHRASE};
use std::collections::BTreeMap;
use thiserror::Error;

/// The table that comes with the program.
const BUNDLED: &str = include_str!("../../../../../assets/tags.tsv");

/// What a tag speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TagKind {
    /// A kind of music.
    Genre,
    /// What plays.
    Instrument,
    /// How it is played, or what it is for.
    Style,
    /// What it feels like.
    Mood,
}

/// A row of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Tag {
    /// What it speaks of.
    pub kind: TagKind,
    /// What it is called.
    pub name: String,
    /// What has to hold together for notes to bear it out; nothing when only words do.
    pub features: Vec<Condition>,
    /// What words are enough, in lower case.
    words: Vec<String>,
}

/// Why a line of a table was left out.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line} of the tag table {reason}: {text}")]
pub struct TagLineError {
    /// Which line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: &'static str,
    /// The line, or the part of it that is wrong.
    pub text: String,
}

/// All tags, by name, and the words that lead to them.
#[derive(Clone, Debug)]
pub struct TagTable {
    tags: Vec<Tag>,
    /// Hash of a word or phrase, and the index of its tag + 1; 0 is free. Open addressing in a
    /// power of two at least twice the number of words.
    slots: Vec<(u64, u16)>,
    version: u64,
}

impl TagTable {
    /// The table that comes with the program.
    pub fn bundled() -> Self {
        Self::with_user("").0
    }

    /// The table that comes with the program, with a file of the user's read on top. Lines that
    /// cannot be read are left out and told.
    pub fn with_user(text: &str) -> (Self, Vec<TagLineError>) {
        let mut rows = BTreeMap::new();
        let mut problems = Vec::new();
        for text in [BUNDLED, text] {
            for (index, line) in text.lines().enumerate() {
                let problem = |(reason, text): (&'static str, &str)| TagLineError {
                    line: index + 1,
                    reason,
                    text: text.to_owned(),
                };
                if let Err(wrong) = read_line(line, &mut rows) {
                    problems.push(problem(wrong));
                }
            }
        }
        let mut hasher = blake3::Hasher::new();
        hasher.update(BUNDLED.as_bytes()).update(&[0]).update(text.as_bytes());
        let digest = hasher.finalize();
        let start = digest.as_bytes().first_chunk().copied().unwrap_or_default();
        let table = Self::new(rows.into_values().collect());
        (Self { version: u64::from_le_bytes(start), ..table }, problems)
    }

    /// Another number for another table: what tells whether files have their tags from it.
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// All tags, sorted by name.
    pub fn tags(&self) -> &[Tag] {
        &self.tags
    }

    fn new(mut tags: Vec<Tag>) -> Self {
        tags.truncate(usize::from(u16::MAX) - 1);
        let n_words: usize = tags.iter().map(|tag| tag.words.len()).sum();
        let mut slots = vec![(0_u64, 0_u16); (n_words * 2 + 2).next_power_of_two()];
        let mask = slots.len() - 1;
        for (index, tag) in tags.iter().enumerate() {
            for words in &tag.words {
                let hash = phrase_hash(words);
                let mut at = hash as usize & mask;
                while slots.get(at).is_some_and(|slot| slot.1 != 0) {
                    at = (at + 1) & mask;
                }
                if let Some(slot) = slots.get_mut(at) {
                    *slot = (hash, index as u16 + 1);
                }
            }
        }
        Self { tags, slots, version: 0 }
    }

    /// The tags that a word or phrase leads to, by its hash.
    pub(super) fn look(&self, wanted: u64) -> impl Iterator<Item = usize> {
        let mask = self.slots.len() - 1;
        let slots = (0..self.slots.len()).map_while(move |step| {
            self.slots.get((wanted as usize + step) & mask).filter(|slot| slot.1 != 0)
        });
        slots.filter(move |slot| slot.0 == wanted).map(|slot| usize::from(slot.1) - 1)
    }
}

type Wrong<'l> = (&'static str, &'l str);

fn read_line<'l>(line: &'l str, rows: &mut BTreeMap<String, Tag>) -> Result<(), Wrong<'l>> {
    let line = line.trim_end();
    if line.is_empty() || line.starts_with('#') {
        return Ok(());
    }
    if let Some(name) = line.strip_prefix('-') {
        rows.remove(name.trim()).map(|_| ()).ok_or(("takes away a tag that is not there", name))?;
        return Ok(());
    }
    let mut columns = line.split('\t').map(str::trim);
    let kind = match columns.next().unwrap_or_default() {
        "genre" => TagKind::Genre,
        "instrument" => TagKind::Instrument,
        "style" => TagKind::Style,
        "mood" => TagKind::Mood,
        other => return Err(("names no kind of tag", other)),
    };
    let name = columns.next().filter(|name| !name.is_empty()).ok_or(("has no tag", line))?;
    let words = columns.next().unwrap_or_default().split(',');
    let words: Vec<String> = words.map(normalised).filter(|word| !word.is_empty()).collect();
    if words.iter().any(|word| word.split(' ').count() > LONGEST_PHRASE) {
        return Err(("has a phrase of more than three words", line));
    }
    let features = columns.next().unwrap_or_default().split_whitespace();
    let features: Result<Vec<Condition>, Wrong<'l>> = features
        .map(|text| Condition::parse(text).ok_or(("has a feature that is not known", text)))
        .collect();
    let tag = Tag { kind, name: name.to_owned(), features: features?, words };
    rows.insert(tag.name.clone(), tag);
    Ok(())
}

/// A phrase as texts are cut: its words in lower case, with single spaces.
fn normalised(phrase: &str) -> String {
    let mut text = String::new();
    for_each_word(phrase, |word| {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&String::from_utf8_lossy(word));
    });
    text
}

fn phrase_hash(words: &str) -> u64 {
    words.split(' ').fold(START, |hash_before, word| hash(hash_before, word.as_bytes()))
}

/// The offset of FNV-1a (Fowler, Noll and Vo), 64 bits.
pub(super) const START: u64 = 0xCBF2_9CE4_8422_2325;

/// FNV-1a of a word, after what stands before it. Never 0, which is "no phrase".
pub(super) fn hash(before: u64, word: &[u8]) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
    // 255 is in no text: words must not run together.
    word.iter().chain(&[0xFF]).fold(before, step).max(1)
}
