//! The tree of folders, and the sources that it hangs from.

use super::StoreError;
use super::record::{display, split_path};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::HashMap;
use std::path::MAIN_SEPARATOR;

/// Folders that are remembered; files come folder by folder.
const REMEMBERED: usize = 1_024;

/// A folder in the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Folder {
    pub(super) id: u32,
    pub(super) source: u32,
    pub(super) top: u32,
    /// Its path under the source and the source's last name, for the word index.
    pub(super) words: String,
}

/// What the writer remembers of folders and sources. Forgotten after a transaction that
/// failed, since what it remembers may never have been committed.
#[derive(Debug, Default)]
pub(super) struct Folders {
    known: HashMap<Box<[u8]>, Folder>,
    sources: Option<Vec<Source>>,
}

#[derive(Clone, Debug)]
struct Source {
    id: u32,
    path: Box<[u8]>,
}

impl Folders {
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// The id of a source, put in where it is new.
    pub(super) fn source(&mut self, to: &Connection, path: &[u8]) -> Result<u32, StoreError> {
        let path = trimmed(path);
        to.prepare_cached("INSERT OR IGNORE INTO sources (path, display) VALUES (?1, ?2)")?
            .execute(params![path, display(path)])?;
        let find = "SELECT id FROM sources WHERE path = ?1";
        let id = to.prepare_cached(find)?.query_row([path], |it| it.get(0))?;
        self.sources = None;
        Ok(id)
    }

    /// A folder by its path, put in with all folders between it and its source. One that lies
    /// in no source becomes a source of its own.
    pub(super) fn folder(&mut self, to: &Connection, path: &[u8]) -> Result<Folder, StoreError> {
        if let Some(folder) = self.known.get(path) {
            return Ok(folder.clone());
        }
        let source = match self.source_of(to, path)? {
            Some(source) => source,
            None => Source { id: self.source(to, path)?, path: path.into() },
        };
        let folder = put(to, &source, path)?;
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        self.known.insert(path.into(), folder.clone());
        Ok(folder)
    }

    /// The source that a folder lies in: the deepest one.
    fn source_of(&mut self, to: &Connection, path: &[u8]) -> Result<Option<Source>, StoreError> {
        if self.sources.is_none() {
            let mut statement = to.prepare_cached("SELECT id, path FROM sources")?;
            let read = |row: &rusqlite::Row<'_>| {
                Ok(Source { id: row.get(0)?, path: row.get::<_, Vec<u8>>(1)?.into() })
            };
            self.sources = Some(statement.query_map([], read)?.collect::<Result<_, _>>()?);
        }
        let sources = self.sources.iter().flatten();
        // A source may be a single file: its folder hangs from it.
        let holds =
            |source: &&Source| contains(&source.path, path) || split_path(&source.path).0 == path;
        Ok(sources.filter(holds).max_by_key(|source| source.path.len()).cloned())
    }
}

/// Whether `path` is `folder` or lies under it.
pub(super) fn contains(folder: &[u8], path: &[u8]) -> bool {
    let separator = MAIN_SEPARATOR as u8;
    path.strip_prefix(folder).is_some_and(|rest| {
        rest.is_empty() || folder.ends_with(&[separator]) || rest.starts_with(&[separator])
    })
}

/// Where paths under a folder begin and end, in the order of bytes.
pub(super) fn bounds(folder: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut first = trimmed(folder).to_vec();
    let separator = MAIN_SEPARATOR as u8;
    if !first.ends_with(&[separator]) {
        first.push(separator);
    }
    let mut end = first.clone();
    end.pop();
    end.push(separator + 1);
    (first, end)
}

/// A path without separators at its end; the root keeps its own.
pub(super) fn trimmed(path: &[u8]) -> &[u8] {
    let mut path = path;
    while let Some(shorter) = path.strip_suffix(&[MAIN_SEPARATOR as u8]) {
        if shorter.is_empty() {
            break;
        }
        path = shorter;
    }
    path
}

fn put(to: &Connection, source: &Source, path: &[u8]) -> Result<Folder, StoreError> {
    let find = "SELECT id, source, top FROM folders WHERE path = ?1";
    let mut find = to.prepare_cached(find)?;
    let words = words_of(source, path);
    let found = find
        .query_row([path], |row| {
            Ok(Folder {
                id: row.get(0)?,
                source: row.get(1)?,
                top: row.get(2)?,
                words: String::new(),
            })
        })
        .optional()?;
    if let Some(found) = found {
        return Ok(Folder { words, ..found });
    }
    let is_root = path == &*source.path || !contains(&source.path, path);
    let (above, _) = split_path(path);
    let parent = if is_root || above == path { None } else { Some(put(to, source, above)?) };
    let top = parent.as_ref().map_or(0, |parent| parent.top);
    let insert =
        "INSERT INTO folders (source, parent, top, path, display) VALUES (?1, ?2, ?3, ?4, ?5)";
    let parent_id = parent.as_ref().map(|parent| parent.id);
    to.prepare_cached(insert)?.execute(params![source.id, parent_id, top, path, display(path)])?;
    let id = to.last_insert_rowid() as u32;
    let hangs_from_root = parent.is_some_and(|parent| parent.top == 0);
    if hangs_from_root {
        to.prepare_cached("UPDATE folders SET top = id WHERE id = ?1")?.execute([id])?;
    }
    Ok(Folder { id, source: source.id, top: if hangs_from_root { id } else { top }, words })
}

fn words_of(source: &Source, path: &[u8]) -> String {
    let (above, _) = split_path(&source.path);
    let from = if contains(above, path) { above.len() } else { 0 };
    super::words::fold(&display(path.get(from..).unwrap_or(path)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::store::schema::{INDEX_STEPS, migrate};

    #[test]
    fn folders_hang_from_their_source_by_all_that_lie_between() {
        let mut index = Connection::open_in_memory().unwrap();
        migrate(&mut index, INDEX_STEPS).unwrap();
        let mut folders = Folders::default();
        let source = folders.source(&index, b"/music/packs/").unwrap();
        let deep = folders.folder(&index, b"/music/packs/a/b/c").unwrap();
        let root = folders.folder(&index, b"/music/packs").unwrap();
        assert_eq!((deep.source, root.source, root.top), (source, source, 0));
        assert_eq!(deep.words, "/packs/a/b/c");
        let a = folders.folder(&index, b"/music/packs/a").unwrap();
        assert_eq!((deep.top, a.top), (a.id, a.id));
        let other = folders.folder(&index, b"/music/packsaddle").unwrap();
        assert_ne!(other.source, source);
        let count: u32 =
            index.query_row("SELECT count(*) FROM folders", [], |it| it.get(0)).unwrap();
        assert_eq!(count, 5);
        folders.forget();
        assert_eq!(folders.folder(&index, b"/music/packs/a/b/c").unwrap(), deep);
    }

    #[test]
    fn bounds_hold_what_lies_under_a_folder_and_nothing_else() {
        let (first, end) = bounds(b"/a/b");
        let inside = |path: &[u8]| *path >= *first && *path < *end;
        assert!(inside(b"/a/b/c") && inside(b"/a/b/\xFF\xFF"));
        assert!(!inside(b"/a/b") && !inside(b"/a/b0") && !inside(b"/a/b c"));
        assert_eq!(bounds(b"/").0, b"/");
    }
}
