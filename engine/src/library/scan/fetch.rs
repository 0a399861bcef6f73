//! Gets a file's bytes: read into a buffer from the pool, or mapped when it is large.

use super::map::Mapped;
use crate::library::row::Stamp;
use profiling::memory::{PooledBuffer, SharedPool};
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::ops::Deref;
use std::path::Path;
use std::time::UNIX_EPOCH;

/// Bytes of a pooled buffer: most MIDI files are smaller.
const POOLED: usize = 64 << 10;
/// Buffers that lie ready when the pool is made.
const READY: usize = 64;
/// Buffers that the pool keeps at most: as many as are under way in the channels.
pub(super) const BUFFERS: usize = 256;
/// Files from this size on are mapped: docs/library.md has the measurement.
pub const MAP_FROM: u64 = 1 << 20;

/// The bytes of a file, wherever they lie.
#[derive(Debug)]
pub(super) enum Bytes {
    Pooled(PooledBuffer<u8>),
    Mapped(Mapped),
}

impl Bytes {
    /// Whether the file was cut while it was read.
    pub(super) fn has_shrunk(&self) -> bool {
        matches!(self, Self::Mapped(mapped) if mapped.has_shrunk())
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Pooled(buffer) => buffer,
            Self::Mapped(mapped) => mapped,
        }
    }
}

/// Why there are no bytes.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error("not a regular file")]
    NotAFile,
    #[error("the file has {0} bytes, more than the limit of {1}")]
    TooLarge(u64, u64),
    #[error("cannot read the file: {0}")]
    Io(#[from] io::Error),
}

/// The pool of the scan's buffers, which keeps at most `kept`.
pub(super) fn scan_buffers(kept: usize) -> SharedPool<u8> {
    SharedPool::with_bound(READY.min(kept), POOLED, kept)
}

/// How a file looks from outside; follows no link.
pub(super) fn stamp_of(path: &Path) -> Result<Stamp, FetchError> {
    let metadata = path.symlink_metadata()?;
    if metadata.is_file() { Ok(stamp(&metadata)) } else { Err(FetchError::NotAFile) }
}

/// Opens and reads a regular file of at most `limit` bytes. Files of `map_from` bytes on are
/// mapped, and read when that fails.
pub(super) fn fetch(
    path: &Path,
    limit: u64,
    map_from: u64,
    pool: &SharedPool<u8>,
) -> Result<(Stamp, Bytes), FetchError> {
    let file = open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(FetchError::NotAFile);
    }
    let stamp = stamp(&metadata);
    if stamp.bytes > limit {
        return Err(FetchError::TooLarge(stamp.bytes, limit));
    }
    if stamp.bytes >= map_from
        && let Ok(mapped) = Mapped::new(&file)
    {
        return Ok((stamp, Bytes::Mapped(mapped)));
    }
    let mut buffer = pool.acquire();
    let length = usize::try_from(stamp.bytes).unwrap_or(usize::MAX);
    buffer.reserve(length.saturating_add(1));
    // A file that grows meanwhile gives what it had: its stamp is the older one, so that the
    // next scan reads it again.
    (&file).take(stamp.bytes).read_to_end(&mut buffer)?;
    Ok((stamp, Bytes::Pooled(buffer)))
}

/// Never waits, whatever hides behind the name: opening a pipe without a writer would.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK | libc::O_NOFOLLOW).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

fn stamp(metadata: &Metadata) -> Stamp {
    let mtime = metadata.modified().unwrap_or(UNIX_EPOCH);
    let mtime_nanos = match mtime.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |n| -n),
    };
    Stamp { bytes: metadata.len(), mtime_nanos }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(path: &Path, map_from: u64) -> Result<Vec<u8>, FetchError> {
        fetch(path, 1 << 20, map_from, &scan_buffers(BUFFERS)).map(|(_, bytes)| bytes.to_vec())
    }

    #[test]
    fn read_and_mapped_bytes_are_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one.mid");
        for length in [0_usize, 1, 70_000, 200_000] {
            let written: Vec<u8> = (0..length).map(|index| index as u8).collect();
            std::fs::write(&path, &written).unwrap();
            assert_eq!(bytes(&path, u64::MAX).unwrap(), written);
            assert_eq!(bytes(&path, 1).unwrap(), written);
        }
    }

    #[test]
    fn large_files_and_folders_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large.mid");
        File::create(&path).unwrap().set_len(2 << 20).unwrap();
        assert!(matches!(bytes(&path, 1), Err(FetchError::TooLarge(..))));
        assert!(bytes(folder.path(), 1).is_err());
        assert!(matches!(stamp_of(folder.path()), Err(FetchError::NotAFile)));
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe.mid");
        let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
        assert!(made.success());
        assert!(matches!(bytes(&path, 1), Err(FetchError::NotAFile)));
        assert!(matches!(stamp_of(&path), Err(FetchError::NotAFile)));
    }

    #[test]
    fn the_pool_serves_file_after_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one.mid");
        std::fs::write(&path, [1; 100]).unwrap();
        let pool = scan_buffers(BUFFERS);
        for _ in 0..10 {
            fetch(&path, 1 << 20, MAP_FROM, &pool).unwrap();
        }
        assert_eq!(pool.hit_rate(), 1.0);
    }
}
