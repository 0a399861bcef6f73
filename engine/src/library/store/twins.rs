//! Which files have others like them: the same bytes, or the same piece.
//!
//! `twins` lists the files that are there and have such a mate that is there, so that a search
//! need not walk the prints of all files. A batch looks at the groups that it has touched, at
//! its end and in its transaction. While the prints have no index, and where `twins` in `meta`
//! is missing, the table says nothing.

use super::{StoreError, set_meta_number};
use crate::library::facets::{Facet, FacetValue};
use roaring::RoaringBitmap;
use rusqlite::{Connection, params};
use std::collections::BTreeSet;

/// Bit of a file with the same bytes as another.
pub(super) const SAME_BYTES: u8 = 1;
/// Bit of a file that is a version of the same piece as another.
pub(super) const SAME_PIECE: u8 = 2;

/// What tells that the table is true.
pub(super) const KNOWN: &str = "twins";

/// Prints of files that have come, gone or changed.
#[derive(Debug, Default)]
pub(super) struct Touched {
    hashes: BTreeSet<[u8; 32]>,
    pieces: BTreeSet<i64>,
}

/// What has become of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Changed {
    pub(super) id: u32,
    pub(super) kinds: u8,
}

impl Touched {
    pub(super) fn add(&mut self, hash: [u8; 32], piece: i64) {
        self.hashes.insert(hash);
        if piece != 0 {
            self.pieces.insert(piece);
        }
    }

    /// Adds the prints of a file; nothing when there is none.
    pub(super) fn add_file(&mut self, from: &Connection, id: u32) -> Result<(), StoreError> {
        let mut find = from.prepare_cached("SELECT hash, piece FROM files WHERE id = ?1")?;
        let mut rows = find.query([id])?;
        if let Some(row) = rows.next()? {
            self.add(row.get(0)?, row.get(1)?);
        }
        Ok(())
    }

    /// Brings the table up to date for the groups of these prints, and forgets them.
    pub(super) fn settle(&mut self, to: &Connection) -> Result<Vec<Changed>, StoreError> {
        const BY_HASH: &str = "SELECT files.id, absent = 0 AND source NOT IN
                (SELECT id FROM sources WHERE absent <> 0), ifnull(kinds, 0)
            FROM files INDEXED BY files_by_hash
            CROSS JOIN folders ON folders.id = folder LEFT JOIN twins ON twins.id = files.id
            WHERE substr(hash, 1, 8) = substr(?1, 1, 8) AND hash = ?1";
        const BY_PIECE: &str = "SELECT files.id, absent = 0 AND source NOT IN
                (SELECT id FROM sources WHERE absent <> 0), ifnull(kinds, 0)
            FROM files INDEXED BY files_by_piece
            CROSS JOIN folders ON folders.id = folder LEFT JOIN twins ON twins.id = files.id
            WHERE piece = ?1 AND piece <> 0";
        let Self { hashes, pieces } = std::mem::take(self);
        let mut changed = Vec::new();
        for hash in hashes {
            settle_group(to, BY_HASH, &hash, SAME_BYTES, &mut changed)?;
        }
        for piece in pieces {
            settle_group(to, BY_PIECE, &piece, SAME_PIECE, &mut changed)?;
        }
        Ok(changed)
    }
}

fn settle_group(
    to: &Connection,
    group: &str,
    print: &dyn rusqlite::ToSql,
    kind: u8,
    changed: &mut Vec<Changed>,
) -> Result<(), StoreError> {
    let mut list = to.prepare_cached(group)?;
    let members = list.query_map([print], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let members: Vec<(u32, bool, u8)> = members.collect::<Result<_, _>>()?;
    let several = members.iter().filter(|it| it.1).count() > 1;
    for (id, is_present, kinds) in members {
        let wanted = if several && is_present { kinds | kind } else { kinds & !kind };
        if wanted != kinds {
            put(to, id, wanted)?;
            changed.push(Changed { id, kinds: wanted });
        }
    }
    Ok(())
}

/// Works the whole table out anew, by two walks over the prints in order: three seconds for six
/// million files. `present` are the files that are there. Returns what has changed.
pub(super) fn rebuild(
    to: &Connection,
    present: &RoaringBitmap,
) -> Result<Vec<Changed>, StoreError> {
    // Eight bytes of a hash tell six million files apart but for one chance in a million.
    const BY_HASH: &str = "SELECT id, substr(hash, 1, 8) AS start
        FROM files INDEXED BY files_by_hash ORDER BY start, id";
    const BY_PIECE: &str = "SELECT id, piece FROM files INDEXED BY files_by_piece
        WHERE piece <> 0 ORDER BY piece, id";
    let mut found = [RoaringBitmap::new(), RoaringBitmap::new()];
    for (list, found) in [BY_HASH, BY_PIECE].into_iter().zip(&mut found) {
        let mut list = to.prepare(list)?;
        let mut rows = list.query([])?;
        let mut last: Option<(u32, rusqlite::types::Value)> = None;
        while let Some(row) = rows.next()? {
            let id = row.get(0)?;
            if !present.contains(id) {
                continue;
            }
            let print: rusqlite::types::Value = row.get(1)?;
            if let Some((before, _)) = last.as_ref().filter(|(_, it)| *it == print) {
                found.insert(*before);
                found.insert(id);
            }
            last = Some((id, print));
        }
    }
    let [same_bytes, same_piece] = found;
    let mut old = to.prepare("SELECT id, kinds FROM twins")?;
    let old = old.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let old: Vec<(u32, u8)> = old.collect::<Result<_, _>>()?;
    let kinds_of = |id: u32| {
        let bytes = if same_bytes.contains(id) { SAME_BYTES } else { 0 };
        bytes | if same_piece.contains(id) { SAME_PIECE } else { 0 }
    };
    let mut new = &same_bytes | &same_piece;
    let mut changed = Vec::new();
    for (id, kinds) in old {
        new.remove(id);
        if kinds_of(id) != kinds {
            changed.push(Changed { id, kinds: kinds_of(id) });
        }
    }
    changed.extend(new.iter().map(|id| Changed { id, kinds: kinds_of(id) }));
    for Changed { id, kinds } in &changed {
        put(to, *id, *kinds)?;
    }
    set_meta_number(to, KNOWN, 1)?;
    Ok(changed)
}

fn put(to: &Connection, id: u32, kinds: u8) -> Result<(), StoreError> {
    if kinds == 0 {
        to.prepare_cached("DELETE FROM twins WHERE id = ?1")?.execute([id])?;
    } else {
        to.prepare_cached("INSERT OR REPLACE INTO twins (id, kinds) VALUES (?1, ?2)")?
            .execute(params![id, kinds])?;
    }
    Ok(())
}

/// The facets of a file's kinds, each with whether it has it.
pub(super) const fn facets_of(kinds: u8) -> [(FacetValue, bool); 2] {
    [
        (FacetValue::new(Facet::Duplicate, 1), kinds & SAME_BYTES != 0),
        (FacetValue::new(Facet::Version, 1), kinds & SAME_PIECE != 0),
    ]
}
