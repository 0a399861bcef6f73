//! What a walk has looked at, so that what it has not met can be marked as no longer there.

use super::progress::Cancel;
use super::walk::WalkCounts;
use crate::library::row::path_bytes;
use crate::library::store::{Known, StoreError, Writer};
use roaring::RoaringBitmap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// The folders of the index that a walk has met, below which roots.
#[derive(Debug, Default)]
pub(super) struct Looked {
    roots: Vec<PathBuf>,
    /// Ids of folders that are there, or that cannot be listed now.
    pub(super) seen: RoaringBitmap,
    /// The largest id of a folder with files when the walk began: those above are new.
    newest: u32,
    pub(super) counts: WalkCounts,
}

impl Looked {
    /// A walk of `root` begins.
    pub(super) fn begin(&mut self, known: &Known, root: &Path) -> Result<(), StoreError> {
        self.roots.push(root.into());
        known.for_folders_under(path_bytes(root), |id, _| self.newest = self.newest.max(id))
    }

    /// A folder cannot be listed: what is known of it stays as it is.
    pub(super) fn keep(&mut self, known: &Known, folder: &Path) -> Result<(), StoreError> {
        // A source that is not there at all is away with everything in it.
        if self.roots.iter().any(|root| root == folder) && !folder.exists() {
            return Ok(());
        }
        known.for_folders_under(path_bytes(folder), |id, _| {
            self.seen.insert(id);
        })
    }

    /// Marks what was not met, and ends a first import; gives how many files are absent now.
    pub(super) fn conclude(&self, mut writer: Writer, cancel: &Cancel) -> Result<u64, StoreError> {
        let mut seen = self.seen.clone();
        seen.insert_range(self.newest.saturating_add(1)..);
        let mut absent = 0;
        for root in &self.roots {
            absent += writer.set_unseen_absent(path_bytes(root), &seen)?;
        }
        writer.finish(|_step| {
            if cancel.is_set() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        writer.forget_moved()?;
        Ok(absent)
    }
}
