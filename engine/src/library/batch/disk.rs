//! Everything that changes the file system goes through here, so that a test can let the k-th
//! call fail.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

/// What changes files. Nothing here ever replaces a file that exists.
pub trait Disk {
    /// Makes a file that does not exist yet.
    ///
    /// # Errors
    /// Also when there is one of that name.
    fn create_new(&self, path: &Path) -> io::Result<File>;

    /// Appends all of `bytes`.
    ///
    /// # Errors
    /// When not all could be written.
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()>;

    /// Brings a file to the medium.
    ///
    /// # Errors
    /// When the medium cannot take it.
    fn sync(&self, file: &File) -> io::Result<()>;

    /// Brings the names of a folder to the medium, where file systems can do that.
    ///
    /// # Errors
    /// When the medium cannot take them.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;

    /// Gives a file another name; never takes one that exists.
    ///
    /// # Errors
    /// [`io::ErrorKind::AlreadyExists`] when there is a file of that name. The file then still
    /// has its old name.
    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// When it cannot be removed.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Makes a folder in one that exists.
    ///
    /// # Errors
    /// Also when there is one of that name.
    fn create_folder(&self, path: &Path) -> io::Result<()>;

    /// Removes an empty folder.
    ///
    /// # Errors
    /// Also when it is not empty.
    fn remove_folder(&self, path: &Path) -> io::Result<()>;
}

/// The file system itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn create_new(&self, path: &Path) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).open(path)
    }

    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_all()
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        // Some file systems cannot open or sync a folder: what was renamed is renamed.
        if let Ok(folder) = File::open(folder) {
            folder.sync_all().ok();
        }
        Ok(())
    }

    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        if differs_in_case_only(from, to) && is_same_file(from, to) {
            return std::fs::rename(from, to);
        }
        match std::fs::hard_link(from, to) {
            // Two names are one too many: when the old one stays, the new one goes.
            Ok(()) => std::fs::remove_file(from).inspect_err(|_| {
                std::fs::remove_file(to).ok();
            }),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(error),
            // Sticks and some network drives know no hard links: claim the name with an empty
            // file, then replace that.
            Err(_) => {
                self.create_new(to)?;
                std::fs::rename(from, to).inspect_err(|_| {
                    std::fs::remove_file(to).ok();
                })
            }
        }
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }

    fn create_folder(&self, path: &Path) -> io::Result<()> {
        std::fs::create_dir(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_dir(path)
    }
}

/// Whether something has this name, a dangling link included.
pub(super) fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Whether two names stand for one file: a rename that was broken off leaves both.
#[cfg(unix)]
pub(super) fn is_same_file(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |path: &Path| path.symlink_metadata().ok().map(|it| (it.dev(), it.ino()));
    id(a).is_some_and(|a| Some(a) == id(b))
}

/// Whether two names stand for one file: here, whether one path leads to both.
#[cfg(not(unix))]
pub(super) fn is_same_file(a: &Path, b: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    real(a).is_some_and(|a| Some(a) == real(b))
}

fn differs_in_case_only(a: &Path, b: &Path) -> bool {
    let lower = |path: &Path| path.to_string_lossy().to_lowercase();
    a != b && lower(a) == lower(b)
}

/// The BLAKE3 of a file that is not changed; none when it cannot be read.
pub(super) fn hash_of(path: &Path) -> Option<[u8; 32]> {
    let mut file = File::open(path).ok()?;
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; 64 << 10];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Some(*hasher.finalize().as_bytes()),
            Ok(read) => {
                hasher.update(buffer.get(..read).unwrap_or_default());
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renaming_never_takes_a_name_that_exists() {
        let folder = tempfile::tempdir().unwrap();
        let (a, b) = (folder.path().join("a"), folder.path().join("b"));
        std::fs::write(&a, b"a").unwrap();
        std::fs::write(&b, b"b").unwrap();
        let refused = RealDisk.rename_new(&a, &b).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(
            (std::fs::read(&a).unwrap(), std::fs::read(&b).unwrap()),
            (b"a".into(), b"b".into())
        );
        let c = folder.path().join("c");
        RealDisk.rename_new(&a, &c).unwrap();
        assert!(!exists(&a));
        assert_eq!(std::fs::read(&c).unwrap(), b"a");
        let other_case = folder.path().join("C");
        RealDisk.rename_new(&c, &other_case).unwrap();
        assert_eq!(std::fs::read(&other_case).unwrap(), b"a");
    }
}
