//! Waits for changes below the sources.

use super::progress::Cancel;
use flume::{Receiver, RecvTimeoutError, bounded};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Paths that may wait. Past it everything is looked at again, which is right at any rate.
const WAITING: usize = 4_096;
/// However busy a folder is, it is looked at this often.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// How often the wish to stop is looked for.
const LOOK: Duration = Duration::from_millis(200);

/// Why a folder cannot be watched.
#[derive(Debug, thiserror::Error)]
#[error("cannot watch for changes: {source}: {}", path.display())]
pub struct WatchError {
    source: notify::Error,
    path: PathBuf,
}

/// Hears of changes below the sources.
pub struct Watcher {
    sources: Vec<PathBuf>,
    changed: Receiver<PathBuf>,
    /// Changes were lost: look at everything.
    lost: Arc<AtomicBool>,
    // Dropping it ends the watch.
    _alive: RecommendedWatcher,
}

impl std::fmt::Debug for Watcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watcher").field("sources", &self.sources).finish_non_exhaustive()
    }
}

impl Watcher {
    /// Watches below every source from now on. Start it before the first scan, so that nothing
    /// falls between.
    ///
    /// # Errors
    /// When the system does not watch a source: it is not there, or there are too many folders.
    pub fn new(sources: &[PathBuf]) -> Result<Self, WatchError> {
        let (sender, changed) = bounded(WAITING);
        let lost = Arc::new(AtomicBool::new(false));
        let losing = Arc::clone(&lost);
        let hear = move |event: notify::Result<notify::Event>| match event {
            Ok(event) if event.need_rescan() => losing.store(true, Ordering::Relaxed),
            // Being read is no change, and a scan reads.
            Ok(event) if matches!(event.kind, EventKind::Access(_)) => {}
            Ok(event) => {
                for path in event.paths {
                    if sender.try_send(path).is_err() {
                        losing.store(true, Ordering::Relaxed);
                    }
                }
            }
            Err(_) => losing.store(true, Ordering::Relaxed),
        };
        let failed = |path: &Path| {
            let path = path.to_path_buf();
            move |source| WatchError { source, path }
        };
        let mut watcher = notify::recommended_watcher(hear).map_err(failed(Path::new("")))?;
        for source in sources {
            watcher.watch(source, RecursiveMode::Recursive).map_err(failed(source))?;
        }
        Ok(Self { sources: sources.to_vec(), changed, lost, _alive: watcher })
    }

    /// Waits until something has changed and then nothing more for `quiet`. Gives the folders
    /// to look at, none below another; none at all once `cancel` is set.
    pub fn wait(&self, quiet: Duration, cancel: &Cancel) -> Vec<PathBuf> {
        let mut folders = BTreeSet::new();
        let mut first: Option<Instant> = None;
        let mut last = Instant::now();
        while !cancel.is_set() {
            match self.changed.recv_timeout(LOOK.min(quiet)) {
                Ok(path) => {
                    first.get_or_insert_with(Instant::now);
                    last = Instant::now();
                    folders.insert(self.folder_of(&path));
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Vec::new(),
            }
            let lost = self.lost.load(Ordering::Relaxed);
            let due = first.is_some_and(|first| first.elapsed() >= LONGEST_WAIT);
            if (lost || first.is_some()) && (due || last.elapsed() >= quiet) {
                if self.lost.swap(false, Ordering::Relaxed) {
                    return self.sources.clone();
                }
                return outermost(folders);
            }
        }
        Vec::new()
    }

    /// The folder whose listing tells of the change: the one that `path` lies in, and never one
    /// above a source.
    fn folder_of(&self, path: &Path) -> PathBuf {
        match path.parent() {
            Some(parent) if !self.sources.iter().any(|source| source == path) => parent.into(),
            _ => path.into(),
        }
    }
}

/// Without those that lie below others.
fn outermost(folders: BTreeSet<PathBuf>) -> Vec<PathBuf> {
    let mut kept: Vec<PathBuf> = Vec::new();
    // Sorted by components, a folder stands before everything below it.
    for folder in folders {
        if !kept.last().is_some_and(|last| folder.starts_with(last)) {
            kept.push(folder);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_names_its_folder_once_things_are_quiet() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("a")).unwrap();
        let watcher = Watcher::new(&[root.path().to_path_buf()]).unwrap();
        for name in ["a/one.mid", "a/two.mid"] {
            std::fs::write(root.path().join(name), b"x").unwrap();
        }
        let changed = watcher.wait(Duration::from_millis(100), &Cancel::default());
        assert_eq!(changed, [root.path().join("a")]);
    }

    #[test]
    fn waiting_ends_when_it_is_cancelled() {
        let root = tempfile::tempdir().unwrap();
        let watcher = Watcher::new(&[root.path().to_path_buf()]).unwrap();
        let cancel = Cancel::default();
        cancel.set();
        assert_eq!(watcher.wait(Duration::from_mins(1), &cancel), [""; 0].map(PathBuf::from));
    }

    #[test]
    fn a_folder_stands_for_all_below_it() {
        let folders = ["/a/b", "/a/b/c", "/a/bc", "/d/e"].map(PathBuf::from);
        let kept = outermost(folders.into_iter().collect());
        assert_eq!(kept, ["/a/b", "/a/bc", "/d/e"].map(PathBuf::from));
    }

    #[test]
    fn a_missing_source_is_named() {
        let root = tempfile::tempdir().unwrap();
        let error = Watcher::new(&[root.path().join("gone")]).unwrap_err().to_string();
        assert!(error.contains("gone"), "{error}");
    }
}
