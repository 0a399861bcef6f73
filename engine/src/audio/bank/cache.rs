//! The generated bank on disk: read if whole and current, else made anew.

use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{GENERATOR_VERSION, sf2_bytes};

/// Follows the font in the file; outside RIFF, so other programs can open it too.
const SEAL: &[u8; 8] = b"midibank";
const SEAL_BYTES: usize = SEAL.len() + 8;

/// The bank's bytes: from the cache file if it is whole and of this version, else generated
/// and written there. A folder that cannot be written costs the next start its second, no
/// more.
pub fn cached() -> Vec<u8> {
    match cache_folder() {
        // Tests never see a file that an older generator left.
        Some(folder) if !cfg!(test) => cached_in(&folder, sf2_bytes),
        _ => sf2_bytes(),
    }
}

/// Where the cache file lives: the user's cache folder for this program.
pub fn cache_folder() -> Option<PathBuf> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = if cfg!(target_os = "macos") {
        set("HOME").map(|home| home.join("Library/Caches"))
    } else if cfg!(windows) {
        set("LOCALAPPDATA")
    } else {
        set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")))
    };
    base.map(|base| base.join("midi-daw"))
}

/// The cache file of `folder`, else what `make` makes.
pub(super) fn cached_in(folder: &Path, make: impl FnOnce() -> Vec<u8>) -> Vec<u8> {
    let path = folder.join(format!("general-midi-{GENERATOR_VERSION}.sf2"));
    if let Some(bytes) = fs::read(&path).ok().and_then(unsealed) {
        return bytes;
    }
    let bytes = make();
    if let Err(error) = write_sealed(folder, &path, &bytes) {
        log::info!("the built-in bank is not cached: {error} ({})", path.display());
    }
    bytes
}

fn write_sealed(folder: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.write_all(SEAL)?;
    file.write_all(&digest(bytes).to_le_bytes())?;
    file.persist(path)?;
    Ok(())
}

fn unsealed(mut bytes: Vec<u8>) -> Option<Vec<u8>> {
    let len = bytes.len().checked_sub(SEAL_BYTES)?;
    let (font, seal) = bytes.split_at_checked(len)?;
    let (name, sum) = seal.split_at_checked(SEAL.len())?;
    if name != SEAL || sum != digest(font).to_le_bytes() {
        return None;
    }
    bytes.truncate(len);
    Some(bytes)
}

/// FNV-1a over words of eight bytes: notices damage, defends against nobody.
fn digest(bytes: &[u8]) -> u64 {
    bytes.chunks(8).fold(0xCBF2_9CE4_8422_2325, |hash, chunk| {
        let mut word = [0; 8];
        for (to, from) in word.iter_mut().zip(chunk) {
            *to = *from;
        }
        (hash ^ u64::from_le_bytes(word)).wrapping_mul(0x0100_0000_01B3).rotate_left(5)
    })
}
