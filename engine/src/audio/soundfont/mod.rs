//! SoundFonts: checked before the loader sees them, loaded once, shared by every synth.
//!
//! Loading reads files and takes up to a second: never in the callback, never on the UI
//! thread. A loaded font is immutable.

mod check;
mod find;

use profiling::HeapSize;
use std::fmt;
use std::fs::File;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

pub use check::Damage;
pub use find::{Choice, choose, find_system_fonts, search_folders};

use super::bank;
use check::Source;

/// A font ready to be played, shared through its `Arc`.
pub struct SoundFont {
    name: String,
    path: Option<PathBuf>,
    presets: Vec<Preset>,
    bytes: usize,
    loaded: Option<Arc<rustysynth_ext::SoundFont>>,
}

/// One entry of an instrument menu.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Preset {
    /// 0–127 as sent by bank select; 128 holds the drum kits.
    pub bank: u16,
    /// 0–127.
    pub program: u8,
    /// As written in the font.
    pub name: String,
}

/// Why a font was refused. Whatever was loaded before stays as it was.
#[derive(Debug, thiserror::Error)]
pub enum FontError {
    /// The file could not be read.
    #[error("cannot read the SoundFont: {source} ({})", path.display())]
    Io {
        /// What the system said.
        source: io::Error,
        /// The file.
        path: PathBuf,
    },
    /// The bytes are no SoundFont, or a damaged one.
    #[error(transparent)]
    Damaged(#[from] Damage),
    /// The structure is sound, but the loader could not use what it describes.
    #[error("the SoundFont cannot be used: {0}")]
    Unusable(#[from] rustysynth_ext::SoundFontError),
    /// The loader failed in a way it should not.
    #[error("the SoundFont made its loader fail")]
    LoaderFailed,
}

impl SoundFont {
    /// Loads a font file of type sf2 or sf3.
    ///
    /// # Errors
    /// The file cannot be read, is damaged, or holds nothing that can be played.
    pub fn open(path: impl AsRef<Path>) -> Result<Arc<Self>, FontError> {
        let path = path.as_ref();
        let io = |source| FontError::Io { source, path: path.to_path_buf() };
        let mut file = File::open(path).map_err(io)?;
        let len = file.metadata().map_err(io)?.len();
        let mut font = load(&mut check::FileSource { file: &mut file, len })?;
        if font.name.trim().is_empty() {
            font.name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        }
        font.path = Some(path.to_path_buf());
        Ok(Arc::new(font))
    }

    /// Loads a font from memory; `bytes` are not kept.
    ///
    /// # Errors
    /// The bytes are damaged or hold nothing that can be played.
    pub fn from_bytes(bytes: &[u8]) -> Result<Arc<Self>, FontError> {
        Ok(Arc::new(load(&mut check::SliceSource(bytes))?))
    }

    /// The built-in General MIDI bank: generated or read from the cache once a process, then
    /// shared. The first call takes a moment, so it belongs to a worker.
    pub fn built_in() -> Arc<Self> {
        static SHARED: OnceLock<Arc<SoundFont>> = OnceLock::new();
        let font = SHARED.get_or_init(|| match Self::from_bytes(&bank::cached()) {
            Ok(font) => font,
            Err(error) => {
                log::error!("the built-in bank does not load: {error}");
                Self::silent()
            }
        });
        Arc::clone(font)
    }

    /// A font without presets: every instance on it renders silence.
    pub fn silent() -> Arc<Self> {
        Arc::new(Self {
            name: String::from("Silence"),
            path: None,
            presets: Vec::new(),
            bytes: 0,
            loaded: None,
        })
    }

    /// The font's own name, else its file's.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file it came from; none for the built-in bank.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Every preset, by bank, then program; bank 128 holds the drum kits.
    pub fn presets(&self) -> &[Preset] {
        &self.presets
    }

    /// Whether the font has that very preset. Safe in the callback.
    pub fn has(&self, bank: u16, program: u8) -> bool {
        self.find(bank, program).is_some()
    }

    /// The name of the preset that `bank` and `program` select, if there is one.
    pub fn preset_name(&self, bank: u16, program: u8) -> Option<&str> {
        self.find(bank, program).map(|preset| preset.name.as_str())
    }

    pub(super) fn loaded(&self) -> Option<&Arc<rustysynth_ext::SoundFont>> {
        self.loaded.as_ref()
    }

    fn find(&self, bank: u16, program: u8) -> Option<&Preset> {
        let found =
            self.presets.binary_search_by_key(&(bank, program), |p| (p.bank, p.program)).ok()?;
        self.presets.get(found)
    }
}

/// Samples, regions and presets.
impl HeapSize for SoundFont {
    fn heap_bytes(&self) -> usize {
        self.bytes
    }
}

impl fmt::Debug for SoundFont {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SoundFont")
            .field("name", &self.name)
            .field("path", &self.path)
            .field("presets", &self.presets.len())
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

fn load(source: &mut dyn Source) -> Result<SoundFont, FontError> {
    let checked = check::check(source)?;
    let mut stream = checked.stream(source);
    // The loader passed 1,500 damaged fonts, its Ogg decoder is another author's: a panic
    // there costs this font, not the program.
    let loaded = catch_unwind(AssertUnwindSafe(|| rustysynth_ext::SoundFont::new(&mut stream)));
    let loaded = loaded.or(Err(FontError::LoaderFailed))??;
    let mut presets: Vec<Preset> = loaded
        .get_presets()
        .iter()
        .filter_map(|preset| {
            Some(Preset {
                bank: u16::try_from(preset.get_bank_number()).ok()?,
                program: u8::try_from(preset.get_patch_number()).ok().filter(|p| *p < 128)?,
                name: preset.get_name().trim().to_owned(),
            })
        })
        .collect();
    presets.sort();
    presets.dedup_by_key(|preset| (preset.bank, preset.program));
    // A region keeps 61 generators of two bytes and its sample's place.
    let regions: usize = loaded.get_instruments().iter().map(|i| i.get_regions().len()).sum();
    let bytes = loaded.get_wave_data().len() * 2 + regions * 160 + presets.len() * 96;
    Ok(SoundFont {
        name: loaded.get_info().get_bank_name().trim().to_owned(),
        path: None,
        presets,
        bytes,
        loaded: Some(Arc::new(loaded)),
    })
}

#[cfg(test)]
mod tests;
