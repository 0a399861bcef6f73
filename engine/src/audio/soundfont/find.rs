//! Where fonts are found: the user's own, the system's, then the built-in bank.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{FontError, SoundFont};

/// General MIDI fonts that distributions install, best first; others follow by name.
const KNOWN: [&str; 6] =
    ["default-gm", "musescore_general", "fluidr3_gm", "generaluser", "timgm6mb", "fluidr3mono"];

/// The font to play, and those that were passed over.
#[derive(Debug)]
pub struct Choice {
    /// Always playable.
    pub font: Arc<SoundFont>,
    /// Fonts that exist but did not load, with the reason.
    pub refused: Vec<(PathBuf, FontError)>,
}

/// The user's font if it loads, else the first system font that does, else the built-in
/// bank. Reads files: for a worker.
pub fn choose(user: Option<&Path>) -> Choice {
    let mut refused = Vec::new();
    for path in user.map(Path::to_path_buf).into_iter().chain(find_system_fonts()) {
        match SoundFont::open(&path) {
            Ok(font) => return Choice { font, refused },
            Err(error) => refused.push((path, error)),
        }
    }
    Choice { font: SoundFont::built_in(), refused }
}

/// Every font file in [`search_folders`], best first.
pub fn find_system_fonts() -> Vec<PathBuf> {
    search_folders().iter().flat_map(|folder| fonts_in(folder)).collect()
}

/// The folders a system keeps SoundFonts in, in the order they are asked.
pub fn search_folders() -> Vec<PathBuf> {
    let home = env::var_os("HOME").or_else(|| env::var_os("USERPROFILE")).map(PathBuf::from);
    let mut folders = Vec::new();
    if cfg!(target_os = "macos") {
        folders.extend(home.iter().map(|home| home.join("Library/Audio/Sounds/Banks")));
        folders.push(PathBuf::from("/Library/Audio/Sounds/Banks"));
    } else if cfg!(windows) {
        folders.extend(home.iter().map(|home| home.join("Documents").join("SoundFonts")));
        folders.push(PathBuf::from(r"C:\soundfonts"));
    } else {
        folders.extend(
            ["/usr/share/sounds/sf2", "/usr/share/sounds/sf3", "/usr/share/soundfonts"]
                .map(PathBuf::from),
        );
        folders.extend(home.iter().map(|home| home.join(".local/share/soundfonts")));
    }
    folders
}

fn fonts_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = folder.read_dir() else { return Vec::new() };
    let mut fonts: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            let kind = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
            matches!(kind.as_str(), "sf2" | "sf3") && path.is_file()
        })
        .collect();
    fonts.sort_by_key(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        let rank = KNOWN.iter().position(|known| name.starts_with(known)).unwrap_or(KNOWN.len());
        (rank, name)
    });
    fonts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_fonts_come_before_others_and_other_files_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a-zither.sf2", "FluidR3_GM.sf2", "notes.txt", "default-GM.sf3"] {
            std::fs::write(folder.path().join(name), b"x").unwrap();
        }
        let names: Vec<String> = fonts_in(folder.path())
            .iter()
            .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        assert_eq!(names, ["default-GM.sf3", "FluidR3_GM.sf2", "a-zither.sf2"]);
    }

    #[test]
    fn a_user_font_that_does_not_load_is_named_and_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.sf2");
        std::fs::write(&path, b"RIFF but not really").unwrap();
        let choice = choose(Some(&path));
        assert!(choice.refused.iter().any(|(refused, _)| *refused == path));
        assert!(!choice.font.presets().is_empty());
    }
}
