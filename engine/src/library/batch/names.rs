//! Names for new files: legal everywhere, and free.

use crate::smf::is_displayable;
use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// Bytes of a stem; file systems allow 255 for the whole name, and a number must fit.
const LONGEST: usize = 200;

/// Names that Windows keeps for devices.
const DEVICES: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8",
    "com9", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// `text` as one part of a path that every common file system takes: what is illegal becomes
/// a hyphen; dots and spaces at its ends go; never empty.
pub(super) fn clean(text: &str) -> String {
    let legal = |letter: char| match letter {
        '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '-',
        letter => letter,
    };
    let shown: String = text.chars().filter(|&it| is_displayable(it)).map(legal).collect();
    let mut cut = shown.len().min(LONGEST);
    while !shown.is_char_boundary(cut) {
        cut -= 1;
    }
    let cut = shown.get(..cut).unwrap_or_default();
    let trimmed = cut.trim_start().trim_start_matches('.').trim();
    let trimmed = trimmed.trim_end_matches(['.', ' ']);
    let first = trimmed.split('.').next().unwrap_or_default().to_lowercase();
    match trimmed {
        "" => "untitled".into(),
        device if DEVICES.contains(&first.as_str()) => format!("_{device}"),
        fine => fine.into(),
    }
}

/// Hands out names that nobody has, in folders that exist and in those that will. Names that
/// differ in case alone count as one: some file systems say so.
#[derive(Default)]
pub(super) struct Names {
    folders: HashMap<PathBuf, HashSet<String>>,
    /// The number to try next, so that a thousand equal names are not a million questions.
    next: HashMap<(PathBuf, String), u32>,
}

impl Names {
    /// A free path in `folder`, and whether it had to be numbered.
    pub(super) fn claim(
        &mut self,
        folder: &Path,
        stem: &OsStr,
        extension: &str,
    ) -> (PathBuf, bool) {
        let taken = self.folder(folder);
        let plain = numbered(stem, 1, extension);
        if taken.insert(key(&plain)) {
            return (folder.join(plain), false);
        }
        let counter = (folder.to_path_buf(), key(&plain));
        let mut number = self.next.get(&counter).copied().unwrap_or(2);
        loop {
            let name = numbered(stem, number, extension);
            number = number.saturating_add(1);
            if self.folder(folder).insert(key(&name)) || number == u32::MAX {
                self.next.insert(counter, number);
                return (folder.join(name), true);
            }
        }
    }

    /// Frees the name of a file that is about to get another.
    pub(super) fn free(&mut self, path: &Path) {
        if let (Some(folder), Some(name)) = (path.parent(), path.file_name()) {
            self.folder(folder).remove(&key(name));
        }
    }

    fn folder(&mut self, folder: &Path) -> &mut HashSet<String> {
        self.folders.entry(folder.to_path_buf()).or_insert_with(|| {
            let entries = std::fs::read_dir(folder).into_iter().flatten();
            entries.filter_map(Result::ok).map(|entry| key(&entry.file_name())).collect()
        })
    }
}

/// `stem.extension`, from 2 on `stem (2).extension`.
pub(super) fn numbered(stem: &OsStr, number: u32, extension: &str) -> OsString {
    let mut name = stem.to_os_string();
    if number > 1 {
        name.push(format!(" ({number})"));
    }
    if !extension.is_empty() {
        name.push(".");
        name.push(extension);
    }
    name
}

/// The next path to try after `path` was found taken: `a.mid`, `a (2).mid`, `a (3).mid`.
pub(super) fn next_name(path: &Path, number: u32) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default();
    let extension = path.extension().map(|it| it.to_string_lossy()).unwrap_or_default();
    path.with_file_name(numbered(stem, number, &extension))
}

/// What two names that clash have in common.
pub(super) fn key(name: &OsStr) -> String {
    // Bytes that are no text must not make two names one.
    match name.to_str() {
        Some(text) => text.to_lowercase(),
        None => name.as_encoded_bytes().escape_ascii().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_no_file_system_takes_is_replaced() {
        assert_eq!(clean("AC/DC: \"Back?\""), "AC-DC- -Back--");
        assert_eq!(clean("  ..hidden. . "), "hidden");
        assert_eq!(clean("a\u{202e}b\0\n"), "ab");
        assert_eq!(clean("nul"), "_nul");
        assert_eq!(clean("Com1.x"), "_Com1.x");
        for nothing in ["", " ", "..", "\n"] {
            assert_eq!(clean(nothing), "untitled");
        }
        assert_eq!(clean("夜曲"), "夜曲");
    }

    #[test]
    fn a_taken_name_gets_a_number_whatever_its_case() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("Song.MID"), b"").unwrap();
        let mut names = Names::default();
        let mut claim = |stem: &str| {
            let (path, numbered) = names.claim(folder.path(), stem.as_ref(), "mid");
            (path.file_name().unwrap().to_str().unwrap().to_owned(), numbered)
        };
        assert_eq!(claim("song"), ("song (2).mid".into(), true));
        assert_eq!(claim("SONG"), ("SONG (3).mid".into(), true));
        assert_eq!(claim("other"), ("other.mid".into(), false));
        assert_eq!(claim("song (2)"), ("song (2) (2).mid".into(), true));
        names.free(&folder.path().join("song (2).mid"));
        let (path, numbered) = names.claim(folder.path(), "song (2)".as_ref(), "mid");
        assert_eq!((path, numbered), (folder.path().join("song (2).mid"), false));
    }

    proptest! {
        #[test]
        fn clean_names_stay_as_they_are_and_are_one_part(text in "\\PC{0,300}") {
            let once = clean(&text);
            prop_assert_eq!(Path::new(&once).components().count(), 1);
            prop_assert!(once.len() <= LONGEST + 1 && !once.is_empty() && once != "..");
        }
    }
}
