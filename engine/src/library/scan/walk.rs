//! Finds files: folder by folder, in the order in which the system lists them.
//!
//! Runs on the walker's thread. Reads folders, never files; follows no symbolic links; enters
//! each folder once, whatever leads to it.

use super::progress::Cancel;
use crate::library::row::{Place, path_bytes};
use std::collections::HashSet;
use std::ffi::OsString;
use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Folders deeper than this below a source are not entered.
pub const DEEPEST: usize = 64;
/// Names handed on together: enough that the channel costs little, few enough that a large
/// folder occupies every reader.
const BATCH: usize = 64;

/// Files of one folder, not all of them when there are many.
#[derive(Clone, Debug)]
pub(super) struct Batch {
    pub(super) folder: Arc<Path>,
    pub(super) names: Vec<(OsString, Kind)>,
}

/// What a file is by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Midi,
    Archive,
}

/// What the walker comes upon.
#[derive(Debug)]
pub(super) enum Step {
    /// What follows lies in this folder.
    Enter(Arc<Path>),
    Files(Batch),
    /// The folder was listed to its end.
    Leave,
    /// Something that ought to be readable and is not.
    Failed {
        place: Place,
        reason: String,
    },
    /// A folder whose files cannot be listed: what is known of them stays.
    Closed(PathBuf),
}

/// What a walk has seen besides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WalkCounts {
    /// Folders listed.
    pub folders: u64,
    /// Files of other kinds, passed over.
    pub other: u64,
    /// Symbolic links, not followed.
    pub links: u64,
}

impl WalkCounts {
    pub(super) fn add(&mut self, more: Self) {
        let Self { folders, other, links } = more;
        self.folders += folders;
        self.other += other;
        self.links += links;
    }
}

/// Walks below `root`, which may be a single file, and gives each step to `step` until it
/// says that nobody listens any more.
pub(super) fn walk(
    root: &Path,
    visited: &mut HashSet<(u64, u64)>,
    cancel: &Cancel,
    step: &mut impl FnMut(Step) -> bool,
) -> WalkCounts {
    let mut counts = WalkCounts::default();
    let mut open = vec![(root.to_path_buf(), 0)];
    if let Ok(metadata) = root.metadata()
        && !metadata.is_dir()
    {
        let folder: Arc<Path> = root.parent().unwrap_or(Path::new(".")).into();
        if let (Some(name), Some(kind)) = (root.file_name(), kind_of(root)) {
            let names = vec![(name.to_owned(), kind)];
            let _heard = step(Step::Enter(Arc::clone(&folder)))
                && step(Step::Files(Batch { folder, names }));
        } else {
            counts.other += 1;
        }
        return counts;
    }
    while let Some((folder, depth)) = open.pop() {
        if cancel.is_set() {
            return counts;
        }
        let mut found = Folder { folders: Vec::new(), depth, counts };
        let listened = match found.list(&folder, visited, step) {
            Ok(listened) => listened,
            Err(error) => {
                let reason = format!("cannot list the folder: {error}");
                step(Step::Failed { place: Place::of(&folder), reason })
                    && step(Step::Closed(folder))
            }
        };
        counts = found.counts;
        if !listened {
            return counts;
        }
        // The last is taken first: listed in order, entered in order.
        open.extend(found.folders.into_iter().rev().map(|folder| (folder, depth + 1)));
    }
    counts
}

struct Folder {
    folders: Vec<PathBuf>,
    depth: usize,
    counts: WalkCounts,
}

impl Folder {
    /// Lists one folder; says whether somebody still listens.
    fn list(
        &mut self,
        path: &Path,
        visited: &mut HashSet<(u64, u64)>,
        step: &mut impl FnMut(Step) -> bool,
    ) -> io::Result<bool> {
        let metadata = path.metadata()?;
        if identity(&metadata).is_some_and(|identity| !visited.insert(identity)) {
            return Ok(true);
        }
        self.counts.folders += 1;
        let folder: Arc<Path> = path.into();
        let mut names = Vec::new();
        let entries = path.read_dir()?;
        if !step(Step::Enter(Arc::clone(&folder))) {
            return Ok(false);
        }
        for entry in entries {
            let entry = entry?;
            let Ok(file_type) = entry.file_type() else { continue };
            let name = entry.file_name();
            if file_type.is_dir() {
                if self.depth < DEEPEST {
                    self.folders.push(entry.path());
                } else {
                    let reason = format!("more than {DEEPEST} folders deep: not entered");
                    if !step(Step::Failed { place: Place::of(&entry.path()), reason }) {
                        return Ok(false);
                    }
                }
                continue;
            }
            let Some(kind) = kind_of(Path::new(&name)) else {
                self.counts.other += 1;
                continue;
            };
            if file_type.is_symlink() {
                self.counts.links += 1;
                continue;
            }
            // Devices, pipes and sockets are refused when they are opened, with their reason.
            names.push((name, kind));
            if names.len() == BATCH {
                let names = std::mem::take(&mut names);
                if !step(Step::Files(Batch { folder: Arc::clone(&folder), names })) {
                    return Ok(false);
                }
            }
        }
        let rest = names.is_empty() || step(Step::Files(Batch { folder, names }));
        Ok(rest && step(Step::Leave))
    }
}

/// By extension: MIDI files and their containers, and archives. Everything else is passed over.
fn kind_of(name: &Path) -> Option<Kind> {
    let extension = name.extension()?;
    let is = |known: &str| path_bytes(extension.as_ref()).eq_ignore_ascii_case(known.as_bytes());
    if ["mid", "midi", "kar", "rmi", "smf"].into_iter().any(is) {
        Some(Kind::Midi)
    } else {
        is("zip").then_some(Kind::Archive)
    }
}

/// Whether a member of an archive is worth inflating, by its name.
pub(super) fn kind_of_member(name: &[u8]) -> Option<Kind> {
    let dot = name.iter().rposition(|&byte| byte == b'.')?;
    let name = String::from_utf8_lossy(name.get(dot..)?);
    kind_of(Path::new(&format!("x{name}")))
}

/// Device and inode: what tells that two paths lead to one folder.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems cannot tell")]
fn identity(metadata: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.dev(), metadata.ino()))
}

/// Without symbolic links followed, no folder is met twice.
#[cfg(not(unix))]
fn identity(_metadata: &Metadata) -> Option<(u64, u64)> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(root: &Path) -> (Vec<String>, WalkCounts) {
        let mut found = Vec::new();
        let counts = walk(root, &mut HashSet::new(), &Cancel::default(), &mut |step| {
            match step {
                Step::Files(batch) => found.extend(
                    batch.names.iter().map(|(name, _)| name.to_string_lossy().into_owned()),
                ),
                Step::Failed { reason, .. } => found.push(reason),
                Step::Enter(_) | Step::Leave | Step::Closed(_) => {}
            }
            true
        });
        found.sort();
        (found, counts)
    }

    #[test]
    fn midi_files_and_archives_are_found_at_any_depth_and_others_counted() {
        let root = tempfile::tempdir().unwrap();
        let deep = root.path().join("a/b/c");
        std::fs::create_dir_all(&deep).unwrap();
        for name in ["one.mid", "a/TWO.MIDI", "a/b/three.zip", "a/b/c/four.kar", "a/readme.txt"] {
            std::fs::write(root.path().join(name), b"x").unwrap();
        }
        let (found, counts) = names(root.path());
        assert_eq!(found, ["TWO.MIDI", "four.kar", "one.mid", "three.zip"]);
        assert_eq!(counts, WalkCounts { folders: 4, other: 1, links: 0 });
    }

    #[test]
    fn a_source_may_be_one_file() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("one.mid");
        std::fs::write(&path, b"x").unwrap();
        assert_eq!(names(&path).0, ["one.mid"]);
    }

    #[cfg(unix)]
    #[test]
    fn loops_of_links_end_and_links_are_counted() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("a")).unwrap();
        std::fs::write(root.path().join("a/one.mid"), b"x").unwrap();
        std::os::unix::fs::symlink(root.path(), root.path().join("a/loop")).unwrap();
        let link = root.path().join("a/link.mid");
        std::os::unix::fs::symlink(root.path().join("a/one.mid"), link).unwrap();
        let (found, counts) = names(root.path());
        assert_eq!(found, ["one.mid"]);
        assert_eq!((counts.folders, counts.links), (2, 1));
    }

    #[test]
    fn folders_too_deep_are_named_and_not_entered() {
        let root = tempfile::tempdir().unwrap();
        let deep = vec!["d"; DEEPEST + 2].join("/");
        std::fs::create_dir_all(root.path().join(&deep)).unwrap();
        std::fs::write(root.path().join(&deep).join("one.mid"), b"x").unwrap();
        let (found, counts) = names(root.path());
        assert_eq!(found, ["more than 64 folders deep: not entered"]);
        assert_eq!(counts.folders, DEEPEST as u64 + 1);
    }

    #[test]
    fn a_missing_source_is_a_failure_with_its_reason() {
        let root = tempfile::tempdir().unwrap();
        let (found, _) = names(&root.path().join("gone"));
        assert!(found.iter().any(|reason| reason.starts_with("cannot list the folder")));
    }
}
