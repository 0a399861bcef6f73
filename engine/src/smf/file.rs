//! Gets files in and out of the file system.

use super::limits::Limits;
use super::song::ReadError;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Reads a regular file of at most [`Limits::bytes`] into memory, in one allocation.
///
/// # Errors
/// When it is no regular file, too large, or the file system fails.
pub fn load(path: &Path, limits: &Limits) -> Result<Arc<[u8]>, ReadError> {
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
