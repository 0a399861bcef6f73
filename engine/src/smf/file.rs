//! Gets files in and out of the file system.

use super::limits::Limits;
use super::song::ReadError;
use profiling::memory::SharedPool;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

/// Bytes of a pooled buffer: most MIDI files are smaller.
const POOLED: usize = 64 << 10;

/// The buffers that small files are read into before they are kept at their true length,
/// which is known only then. A larger file is read in place.
pub fn file_buffers() -> &'static SharedPool<u8> {
    static POOL: LazyLock<SharedPool<u8>> = LazyLock::new(|| SharedPool::with_bound(0, POOLED, 4));
    &POOL
}

/// Reads a regular file of at most [`Limits::bytes`] into memory, in one allocation.
///
/// # Errors
/// When it is no regular file, too large, or the file system fails.
pub fn load(path: &Path, limits: &Limits) -> Result<Arc<[u8]>, ReadError> {
    puffin::profile_function!();
    let io = |source| ReadError::Io { source, path: path.into() };
    let metadata = std::fs::metadata(path).map_err(io)?;
    if !metadata.is_file() {
        return Err(ReadError::NotAFile { path: path.into() });
    }
    if metadata.len() > limits.bytes {
        return Err(ReadError::TooLarge { bytes: metadata.len(), limit: limits.bytes });
    }
    let mut file = File::open(path).map_err(io)?;
    let length = metadata.len() as usize;
    if length < POOLED {
        let mut buffer = file_buffers().acquire();
        // One byte more than there should be: a file that grew meanwhile is read in place.
        (&mut file).take(POOLED as u64).read_to_end(&mut buffer).map_err(io)?;
        if buffer.len() < POOLED {
            return Ok(Arc::from(buffer.as_slice()));
        }
        file = File::open(path).map_err(io)?;
    }
    let mut bytes: Arc<[u8]> = std::iter::repeat_n(0, length).collect();
    let target = Arc::get_mut(&mut bytes).unwrap_or_default();
    let read = fill(&mut file, target).map_err(io)?;
    Ok(if read == length { bytes } else { bytes.get(..read).unwrap_or_default().into() })
}

/// Writes a file so that its path holds either the old bytes or all of the new ones:
/// a temporary file in the same folder, synced, then renamed, then the folder synced.
/// Permissions of a file that is replaced are kept; a symbolic link is followed.
///
/// # Errors
/// When the file system fails; the old file is then untouched.
pub fn save_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let target: PathBuf = path.canonicalize().unwrap_or_else(|_| path.into());
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".midi-daw-").suffix(".tmp");
    let permissions = std::fs::metadata(&target).ok().map(|metadata| metadata.permissions());
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions)?;
    }
    file.as_file().sync_all()?;
    file.persist(&target).map_err(|failed| failed.error)?;
    // Some file systems cannot sync a folder; the rename itself has happened.
    #[cfg(unix)]
    if let Ok(folder) = File::open(folder) {
        folder.sync_all().ok();
    }
    Ok(())
}

fn fill(file: &mut File, target: &mut [u8]) -> io::Result<usize> {
    let mut read = 0;
    while let Some(rest) = target.get_mut(read..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(count) => read += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_saved_is_loaded_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("song.mid");
        for bytes in [&b"first"[..], b"second and longer", b""] {
            save_atomically(&path, bytes).unwrap();
            assert_eq!(&*load(&path, &Limits::default()).unwrap(), bytes);
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_cannot_be_written_leaves_the_error_and_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("missing").join("song.mid");
        assert!(save_atomically(&path, b"x").is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn folders_missing_files_and_large_files_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let limits = Limits { bytes: 3, ..Limits::default() };
        assert!(matches!(load(folder.path(), &limits), Err(ReadError::NotAFile { .. })));
        let path = folder.path().join("song.mid");
        assert!(matches!(load(&path, &limits), Err(ReadError::Io { .. })));
        std::fs::write(&path, b"four").unwrap();
        assert!(matches!(load(&path, &limits), Err(ReadError::TooLarge { bytes: 4, limit: 3 })));
    }

    #[cfg(unix)]
    #[test]
    fn saving_keeps_permissions_and_follows_links() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("song.mid"), folder.path().join("link.mid"));
        std::fs::write(&path, b"old").unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).unwrap();
        symlink(&path, &link).unwrap();
        save_atomically(&link, b"new").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    }
}
