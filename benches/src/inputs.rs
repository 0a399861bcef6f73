//! Files and songs to measure on.

use anyhow::{Context as _, Result};
use engine::testkit::{SmfShape, smf_file};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Files of a corpus, or generated ones in a folder that goes when this does.
pub struct Files {
    /// The files.
    pub paths: Vec<PathBuf>,
    /// Where they are from, for the report.
    pub origin: &'static str,
    _folder: Option<TempDir>,
}

impl Files {
    /// Every `.mid` file under the folder that `MIDI_CORPUS` names; without it, 400
    /// generated files of 100 to 8,000 notes.
    ///
    /// # Errors
    /// When the folder cannot be walked or the files cannot be written.
    pub fn find() -> Result<Self> {
        if let Some(corpus) = std::env::var_os("MIDI_CORPUS") {
            let corpus = PathBuf::from(corpus);
            let mut paths = Vec::new();
            collect(&corpus, &mut paths).with_context(|| corpus.display().to_string())?;
            paths.sort();
            if !paths.is_empty() {
                return Ok(Self { paths, origin: "MIDI_CORPUS", _folder: None });
            }
        }
        let folder = tempfile::tempdir()?;
        let mut paths = Vec::new();
        for seed in 0..400u64 {
            let shape = SmfShape {
                format: u8::from(seed % 5 != 0),
                tracks: 1 + (seed % 16) as usize,
                notes: 100 + (seed * 79 % 7900) as usize,
                ..SmfShape::default()
            };
            let path = folder.path().join(format!("{seed}.mid"));
            std::fs::write(&path, smf_file(seed, &shape))?;
            paths.push(path);
        }
        Ok(Self { paths, origin: "generated", _folder: Some(folder) })
    }
}

/// The bytes of a file with a million notes in 16 tracks.
pub fn million_notes() -> Vec<u8> {
    notes_in_tracks(1_000_000)
}

/// The bytes of a file with so many notes in 16 tracks.
pub fn notes_in_tracks(notes: usize) -> Vec<u8> {
    smf_file(1, &SmfShape { tracks: 16, notes, ..SmfShape::default() })
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, into)?;
        } else if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("mid")) {
            into.push(path);
        }
    }
    Ok(())
}
