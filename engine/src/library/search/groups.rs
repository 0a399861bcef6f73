//! Copies: files with the same bytes, and versions of one piece, with the one to keep.
//! Nothing is deleted by itself.

use super::budget::Bounded;
use crate::library::query::Flag;
use crate::library::store::{IndexState, Store, StoreError};
use rusqlite::types::Value;
use std::cmp::{Ordering, Reverse};
use std::ops::ControlFlow;

/// Files that are the same, or versions of one piece.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// At least two, the one to keep first.
    pub copies: Vec<Copy>,
}

/// One of a group.
#[derive(Clone, Debug, PartialEq)]
pub struct Copy {
    /// The file's id in the index.
    pub id: u32,
    /// Its name for display.
    pub name: String,
    /// The folder it lies in, for display.
    pub folder: String,
    /// How long it lasts.
    pub duration_secs: f64,
    /// How many notes it has.
    pub note_ons: u64,
    /// Whether anything had to be mended.
    pub salvaged: bool,
}

/// Groups, and where the next begin.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Groups {
    /// In the order of their fingerprints.
    pub groups: Vec<Group>,
    /// What they have in common, of the last one; none when there are no more.
    pub next: Option<Value>,
    /// False when time ran out.
    pub whole: bool,
}

impl Copy {
    /// Which of two is to be kept: the whole one, then the longer, the one with more notes,
    /// the one with the cleaner name, the one found first.
    pub fn better_first(&self, other: &Self) -> Ordering {
        let key = |it: &Self| (it.salvaged, Reverse((it.duration_secs * 1e3).round() as u64));
        key(self)
            .cmp(&key(other))
            .then(other.note_ons.cmp(&self.note_ons))
            .then_with(|| untidiness(&self.name).cmp(&untidiness(&other.name)))
            .then(self.id.cmp(&other.id))
    }
}

/// How much in a name looks as if a copy had made it, then its length.
fn untidiness(name: &str) -> (usize, usize) {
    const WORDS: [&str; 8] =
        ["copy", "kopie", "copie", "copia", "backup", "new", "untitled", "unnamed"];
    let lower = name.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric());
    let of_copies = words.filter(|word| WORDS.contains(word)).count();
    let numbered = lower.trim_end().strip_suffix(')').and_then(|rest| rest.rsplit_once('('));
    let numbered = numbered.is_some_and(|(_, number)| number.parse::<u32>().is_ok());
    let signs = name.chars().filter(|c| matches!(c, '_' | '~' | '%' | '\u{FFFD}')).count();
    (of_copies * 4 + usize::from(numbered) * 4 + signs, name.chars().count())
}

/// At most `limit` groups after a fingerprint; only files that are there.
pub(super) fn groups(
    store: &Store,
    on: &Bounded<'_>,
    flag: Flag,
    after: Option<&Value>,
    limit: usize,
) -> Result<Groups, StoreError> {
    const BY_HASH: &str = "SELECT id, substr(hash, 1, 8) FROM files INDEXED BY files_by_hash \
        WHERE substr(hash, 1, 8) > ?1 ORDER BY substr(hash, 1, 8), id";
    const BY_PIECE: &str = "SELECT id, piece FROM files INDEXED BY files_by_piece \
        WHERE piece <> 0 AND piece > ?1 ORDER BY piece, id";
    if store.state() == IndexState::Building {
        return Ok(Groups::default());
    }
    let (sql, first) = match flag {
        Flag::Version => (BY_PIECE, Value::Integer(i64::MIN)),
        Flag::Duplicate | Flag::Salvaged => (BY_HASH, Value::Blob(Vec::new())),
    };
    let present = store.facets().present();
    let mut alike: Vec<Vec<u32>> = Vec::new();
    let (mut here, mut print): (Vec<u32>, Option<Value>) = (Vec::new(), None);
    let mut next = None;
    let whole = on.rows(sql, &[after.unwrap_or(&first)], |row| {
        let (id, this): (u32, Value) = (row.get(0)?, row.get(1)?);
        if !present.contains(id) {
            return Ok(ControlFlow::Continue(()));
        }
        if print.as_ref() != Some(&this) {
            let before = std::mem::take(&mut here);
            if before.len() > 1 {
                alike.push(before);
                if alike.len() == limit {
                    next.clone_from(&print);
                    return Ok(ControlFlow::Break(()));
                }
            }
            print = Some(this);
        }
        here.push(id);
        Ok(ControlFlow::Continue(()))
    })?;
    if next.is_none() && here.len() > 1 {
        alike.push(here);
    }
    let groups = alike.iter().map(|ids| group(on, ids)).collect::<Result<_, _>>()?;
    Ok(Groups { groups, next, whole })
}

/// A group of these files, the one to keep first.
fn group(on: &Bounded<'_>, ids: &[u32]) -> Result<Group, StoreError> {
    const FIND: &str = "SELECT name, folders.display, duration, note_ons, salvaged \
        FROM files JOIN folders ON folders.id = files.folder WHERE files.id = ?1";
    let mut copies = Vec::with_capacity(ids.len());
    for id in ids {
        on.rows(FIND, &[id], |row| {
            copies.push(Copy {
                id: *id,
                name: row.get(0)?,
                folder: row.get(1)?,
                duration_secs: row.get(2)?,
                note_ons: row.get::<_, i64>(3)? as u64,
                salvaged: row.get(4)?,
            });
            Ok(ControlFlow::Continue(()))
        })?;
    }
    copies.sort_by(Copy::better_first);
    Ok(Group { copies })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copy_to_keep_is_whole_long_full_and_cleanly_named() {
        let copy = |id, name: &str, duration_secs, note_ons, salvaged| Copy {
            id,
            name: name.to_owned(),
            folder: String::new(),
            duration_secs,
            note_ons,
            salvaged,
        };
        let mut copies = [
            copy(1, "Blue Moon", 99.0, 900, true),
            copy(2, "Blue Moon (1)", 60.0, 500, false),
            copy(3, "Blue_Moon", 60.0, 500, false),
            copy(4, "Blue Moon", 60.0, 500, false),
            copy(5, "Blue Moon", 60.0, 400, false),
            copy(6, "Copy of Blue Moon", 61.0, 10, false),
        ];
        copies.sort_by(Copy::better_first);
        assert_eq!(copies.map(|it| it.id), [6, 4, 3, 2, 5, 1]);
    }
}
