//! The names of all folders, in memory, to find those that a text names: some 40 bytes a folder.
//!
//! What is looked for is the beginning of a folder's name, or of several joined by slashes, in
//! any case. Folders hang from each other, so each is looked at once, by its own name and by how
//! much of the text its folder above ends with. Folders only come; when any is gone, all are
//! read anew.

use super::{Store, StoreError};
use crate::library::facets::{Facet, FacetValue};
use rusqlite::Connection;
use std::collections::HashMap;

/// The folders of the library, as they were read.
#[derive(Debug, Default)]
pub(super) struct FolderNames {
    /// Each folder's own names in small letters, with slashes between; of the first of a tree,
    /// its whole path.
    text: String,
    folders: Vec<Folder>,
    /// Places among `folders` by id.
    places: HashMap<u32, u32>,
    /// When they were read: how often folders had gone.
    removals: u64,
    last: u32,
}

#[derive(Debug)]
struct Folder {
    /// Where its names end in the text.
    end: u32,
    id: u32,
    /// The place of the folder above.
    above: Option<u32>,
    source: u32,
    top: u32,
}

/// The folders that a text names, and what tells all files that lie in them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedFolders {
    /// Whole sources and whole folders just under a source, as the facets have them.
    pub values: Vec<FacetValue>,
    /// Other folders, each with those under it.
    pub folders: Vec<u32>,
}

impl Store {
    /// The folders that a text in small letters names; one that begins with a slash has to
    /// stand at the start of their path.
    pub fn folders_named(&self, text: &str) -> Result<NamedFolders, StoreError> {
        let removals = self.0.removals.load(std::sync::atomic::Ordering::Acquire);
        let mut names = self.0.folder_names.lock();
        if names.removals != removals {
            *names = FolderNames { removals, ..FolderNames::default() };
        }
        names.read_more(&*self.reader()?)?;
        Ok(names.named(text))
    }
}

impl FolderNames {
    fn read_more(&mut self, from: &Connection) -> Result<(), StoreError> {
        const LIST: &str = "SELECT id, parent, source, top, display FROM folders WHERE id > ?1
            ORDER BY id";
        let mut list = from.prepare_cached(LIST)?;
        let mut rows = list.query([self.last])?;
        while let Some(row) = rows.next()? {
            let above: Option<u32> = row.get(1)?;
            self.add((row.get(0)?, above), row.get(2)?, row.get(3)?, row.get_ref(4)?.as_str()?);
        }
        Ok(())
    }

    fn add(&mut self, (id, above): (u32, Option<u32>), source: u32, top: u32, path: &str) {
        let path = path.to_lowercase().replace('\\', "/");
        let above = above.and_then(|above| self.places.get(&above).copied());
        // Of what hangs from another, only its own name.
        let own = match above {
            Some(_) => path.rsplit('/').next().unwrap_or_default(),
            None => &path,
        };
        self.text.push_str(own);
        self.places.insert(id, self.folders.len() as u32);
        self.folders.push(Folder { end: self.text.len() as u32, id, above, source, top });
        self.last = id;
    }

    fn named(&self, asked: &str) -> NamedFolders {
        let at_start = asked.starts_with('/');
        let parts: Vec<&str> = asked.strip_prefix('/').unwrap_or(asked).split('/').collect();
        let mut found = NamedFolders::default();
        // More parts than a path has are in none.
        let Some((last, before)) = parts.split_last().filter(|_| parts.len() < 64) else {
            return found;
        };
        // Bit n: the path up to here ends with the first n parts. None: the text is in it.
        let mut states: Vec<Option<u64>> = Vec::with_capacity(self.folders.len());
        let mut whole: Vec<bool> = Vec::with_capacity(self.folders.len());
        let mut from = 0;
        for folder in &self.folders {
            let names = self.text.get(from..folder.end as usize).unwrap_or_default();
            from = folder.end as usize;
            let above = folder.above.and_then(|above| states.get(above as usize).copied());
            let mut state = above.unwrap_or(Some(1));
            // The slash that a path begins with stands before its first name.
            let names = if above.is_none() && at_start {
                names.strip_prefix('/').unwrap_or("\0")
            } else {
                names
            };
            for name in names.split('/') {
                let Some(bits) = state else { break };
                if bits >> before.len() & 1 == 1 && name.starts_with(last) {
                    state = None;
                    break;
                }
                let on = before
                    .iter()
                    .enumerate()
                    .filter(|(nth, part)| bits >> nth & 1 == 1 && name == **part);
                let next = on.fold(u64::from(!at_start), |next, (nth, _)| next | 2 << nth);
                // A slash at the end of the text is one after any name.
                let is_whole = last.is_empty() && next >> before.len() & 1 == 1;
                state = (!is_whole).then_some(next);
            }
            states.push(state);
            let is_in_whole = folder.above.is_some_and(|it| whole.get(it as usize) == Some(&true));
            let value = match folder.above {
                _ if state.is_some() || is_in_whole => None,
                None => Some(FacetValue::new(Facet::Source, folder.source)),
                Some(_) if folder.top == folder.id => {
                    Some(FacetValue::new(Facet::Folder, folder.id))
                }
                Some(_) => {
                    found.folders.push(folder.id);
                    None
                }
            };
            found.values.extend(value);
            whole.push(is_in_whole || value.is_some());
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Whether a folder, or one above it, begins so.
    fn lies_in(folder: &str, asked: &str) -> bool {
        if asked.starts_with('/') {
            return folder.starts_with(asked) || format!("{folder}/").starts_with(asked);
        }
        format!("/{folder}/").contains(&format!("/{asked}"))
    }

    proptest! {
        #[test]
        fn folders_are_named_as_a_plain_look_at_their_paths_says(
            folders in proptest::collection::vec((0..12_usize, "[ab]{1,2}"), 1..14),
            asked in "/?[ab]{0,2}(/[ab]{1,2}){0,2}/?",
            root in proptest::sample::select(vec!["/a", "/b/a b", "c:/ab"]),
        ) {
            let mut names = FolderNames::default();
            let mut paths = vec![(root.to_owned(), 0, 1)];
            names.add((1, None), 1, 0, root);
            for (above, name) in folders {
                let above = above % paths.len();
                let path = format!("{}/{name}", paths[above].0);
                if paths.iter().any(|(it, ..)| *it == path) {
                    continue;
                }
                let id = paths.len() as u32 + 1;
                let top = if above == 0 { id } else { paths[above].1 };
                names.add((id, Some(above as u32 + 1)), 1, top, &path);
                paths.push((path, top, id));
            }
            if asked.chars().any(|it| it != '/') {
                let found = names.named(&asked);
                for (path, top, id) in &paths {
                    let is_found = found.folders.contains(id)
                        || found.values.contains(&FacetValue::new(Facet::Source, 1))
                        || *id > 1 && found.values.contains(&FacetValue::new(Facet::Folder, *top));
                    prop_assert_eq!(is_found, lies_in(path, &asked), "{} in {}", asked, path);
                }
            }
        }
    }
}
