//! The bytes of files that are looked at and listened to, kept while they are likely to be
//! asked for again: whoever browses comes back.

use super::batch::{Reader, SourceError};
use super::row::{Place, path_bytes};
use crate::smf::{Limits, ReadError};
use parking_lot::Mutex;
use profiling::memory::{CacheStats, MemoryCache};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Bytes that are kept, unless said otherwise.
pub const SHELF_BYTES: usize = 64 << 20;

/// Files and members of archives, read once while they stay the same; clones share one shelf.
/// Any thread; waits for the disk.
#[derive(Clone)]
pub struct Shelf {
    kept: MemoryCache<Arc<[u8]>>,
    /// Keeps the archive open that was read last: its members come one after the other.
    reader: Arc<Mutex<Reader>>,
}

impl Default for Shelf {
    fn default() -> Self {
        Self::new(SHELF_BYTES)
    }
}

impl std::fmt::Debug for Shelf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shelf").field("stats", &self.stats()).finish_non_exhaustive()
    }
}

impl Shelf {
    /// Keeps at most `max_bytes`.
    pub fn new(max_bytes: usize) -> Self {
        Self { kept: MemoryCache::new(max_bytes), reader: Arc::default() }
    }

    /// The bytes of a file, read when they are not here or when the file has changed since.
    ///
    /// # Errors
    /// When it cannot be read, or is larger than [`Limits::SCAN`] allows.
    pub fn bytes(&self, place: &Place) -> Result<Arc<[u8]>, SourceError> {
        let key = key(place)?;
        if let Some(bytes) = self.kept.get(&key) {
            return Ok(bytes);
        }
        let bytes = match place.member {
            Some(_) => self.reader.lock().read(place, &Limits::SCAN)?,
            // A plain file needs no turn.
            None => Reader::default().read(place, &Limits::SCAN)?,
        };
        self.kept.insert(key, Arc::clone(&bytes), bytes.len());
        Ok(bytes)
    }

    /// Hits, misses and what is held.
    pub fn stats(&self) -> CacheStats {
        self.kept.stats()
    }

    /// The cache itself, for the profiler's report.
    pub fn cache(&self) -> &MemoryCache<Arc<[u8]>> {
        &self.kept
    }
}

/// A place and how its file looks now: a file that has changed is another one.
fn key(place: &Place) -> Result<String, SourceError> {
    let path = place.to_path();
    let metadata =
        path.metadata().map_err(|source| ReadError::Io { source, path: path.clone() })?;
    let changed = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
    let nanos = changed.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    // Two names that are no Unicode may look the same: the bytes tell them apart.
    let path = path_bytes(&path).escape_ascii();
    let member = place.member.as_deref().unwrap_or_default().escape_ascii();
    Ok(format!("{} {nanos} {path}!/{member}", metadata.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Write};

    #[test]
    fn a_file_is_read_once_until_it_changes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one.mid");
        std::fs::write(&path, b"first").unwrap();
        let (shelf, place) = (Shelf::default(), Place::of(&path));
        for _ in 0..4 {
            assert_eq!(&*shelf.bytes(&place).unwrap(), b"first");
        }
        assert_eq!((shelf.stats().hits, shelf.stats().misses), (3, 1));
        std::fs::write(&path, b"second").unwrap();
        assert_eq!(&*shelf.bytes(&place).unwrap(), b"second");
        std::fs::remove_file(&path).unwrap();
        assert!(shelf.bytes(&place).is_err(), "what is gone is not played from memory");
    }

    #[test]
    fn members_of_archives_are_kept_too() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pack.zip");
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for name in ["a.mid", "b.mid"] {
            writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(name.as_bytes()).unwrap();
        }
        std::fs::write(&path, writer.finish().unwrap().into_inner()).unwrap();
        let shelf = Shelf::default();
        let read = |name: &str| {
            let member = Some(name.as_bytes().into());
            shelf.bytes(&Place { member, ..Place::of(&path) })
        };
        for name in ["a.mid", "b.mid", "a.mid"] {
            assert_eq!(&*read(name).unwrap(), name.as_bytes());
        }
        assert_eq!(shelf.stats().hits, 1);
        assert!(read("c.mid").is_err());
    }

    #[test]
    fn no_more_is_kept_than_was_allowed() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(250);
        for index in 0..5 {
            let path = folder.path().join(format!("{index}.mid"));
            std::fs::write(&path, [0; 100]).unwrap();
            shelf.bytes(&Place::of(&path)).unwrap();
        }
        assert!(shelf.stats().current_size <= 250, "{:?}", shelf.stats());
    }
}
