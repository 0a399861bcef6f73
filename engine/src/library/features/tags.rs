//! Tags: words of a table that names bear out, and what notes are like.
//!
//! The table is a text file that comes with the program (`assets/tags.tsv`, which says how it
//! is written); a file of the user's is read on top. Words are matched whole: `home` is not
//! `house`.

mod condition;
mod table;

use super::names::for_each_word;
use crate::library::row::Facts;
pub use condition::Condition;
pub use table::{Tag, TagKind, TagLineError, TagTable};

/// Words that one entry of the table may have.
const LONGEST_PHRASE: usize = 3;
/// Folders whose names are looked at.
const FOLDERS: usize = 3;

/// The tags of a file: of its path and of everything else that is already known of it. Sorted,
/// each once.
pub fn tags_of(path: &[u8], facts: &Facts, table: &TagTable) -> Vec<String> {
    let mut found = vec![false; table.tags().len()];
    let path = String::from_utf8_lossy(path);
    for part in path.rsplit(['/', '\\']).filter(|part| !part.is_empty()).take(FOLDERS + 1) {
        table.search_indices(part, |index| set(&mut found, index));
    }
    table.search_indices(&facts.text.title, |index| set(&mut found, index));
    // What a track is called says what plays, not what is played.
    table.search_indices(&facts.text.tracks, |index| {
        let tag = table.tags().get(index);
        if tag.is_some_and(|tag| tag.kind == TagKind::Instrument) {
            set(&mut found, index);
        }
    });
    for (found, tag) in found.iter_mut().zip(table.tags()) {
        let holds = !tag.features.is_empty() && tag.features.iter().all(|it| it.holds(facts));
        *found = *found || holds;
    }
    // The table is sorted by name, so the tags are.
    let names = table.tags().iter().zip(found).filter(|(_, found)| *found);
    let mut names: Vec<String> = names.map(|(tag, _)| tag.name.clone()).collect();
    names.dedup();
    names
}

fn set(found: &mut [bool], index: usize) {
    if let Some(found) = found.get_mut(index) {
        *found = true;
    }
}

impl TagTable {
    /// Calls `hear` with the tag of each word and phrase of a text, in the order of the text.
    pub fn search(&self, text: &str, mut hear: impl FnMut(&Tag)) {
        self.search_indices(text, |index| {
            if let Some(tag) = self.tags().get(index) {
                hear(tag);
            }
        });
    }

    fn search_indices(&self, text: &str, mut hear: impl FnMut(usize)) {
        // What the last words and those before them hash to, for phrases of one to three.
        let mut last = [0_u64; LONGEST_PHRASE];
        for_each_word(text, |word| {
            let mut next = [table::hash(table::START, word); LONGEST_PHRASE];
            for (next, before) in next.iter_mut().skip(1).zip(&last) {
                *next = if *before == 0 { 0 } else { table::hash(*before, word) };
            }
            // The longest first: `electric piano` is no piano when the first of them counts.
            for hash in next.iter().rev().filter(|hash| **hash != 0) {
                self.look(*hash).for_each(&mut hear);
            }
            last = next;
        });
    }
}

#[cfg(test)]
mod tests;
