//! Where the layout is kept between starts.
//!
//! Writing happens on a thread of its own. A layout that cannot be read is a first start;
//! one that cannot be written costs nothing but the log line that says so.

use super::Layout;
use std::path::{Path, PathBuf};

/// The file that holds the layout.
#[derive(Debug)]
pub struct LayoutStore {
    path: PathBuf,
    written: Option<Layout>,
    writer: Option<std::thread::JoinHandle<()>>,
}

impl LayoutStore {
    /// In the user's configuration folder; `None` when the system names none.
    pub fn of_user() -> Option<Self> {
        Some(Self::at(config_folder()?.join("layout.json")))
    }

    /// In this file.
    pub const fn at(path: PathBuf) -> Self {
        Self { path, written: None, writer: None }
    }

    /// What was kept, or the defaults; and whether this is the first start.
    pub fn load(&mut self) -> (Layout, bool) {
        let text = std::fs::read_to_string(&self.path);
        let Ok(text) = text else { return (Layout::default(), true) };
        match serde_json::from_str::<Layout>(&text) {
            Ok(layout) => {
                self.written = Some(layout.clone());
                (layout, false)
            }
            Err(error) => {
                log::warn!(
                    "the layout is unreadable and starts anew: {error}: {}",
                    self.path.display()
                );
                (Layout::default(), false)
            }
        }
    }

    /// Writes `layout` in the background if it is not what was written last.
    pub fn save(&mut self, layout: &Layout) {
        if self.written.as_ref() == Some(layout) {
            return;
        }
        self.finish();
        let Ok(text) = serde_json::to_string_pretty(layout) else { return };
        let path = self.path.clone();
        let writer = std::thread::Builder::new().name("layout".to_owned()).spawn(move || {
            if let Err(error) = write_whole(&path, &text) {
                log::warn!("the layout was not kept: {error}: {}", path.display());
            }
        });
        self.writer = writer.ok();
        self.written = Some(layout.clone());
    }

    fn finish(&mut self) {
        if let Some(writer) = self.writer.take() {
            // A writer that panicked has said so by itself.
            drop(writer.join());
        }
    }
}

impl Drop for LayoutStore {
    fn drop(&mut self) {
        self.finish();
    }
}

/// Beside, then renamed, so that a crash leaves the old one.
pub(crate) fn write_whole(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let beside = path.with_extension("new");
    std::fs::write(&beside, text)?;
    std::fs::rename(&beside, path)
}

/// The program's own folder for what the user has set; `None` when the system names none.
pub fn config_folder() -> Option<PathBuf> {
    Some(users_config_folder()?.join("midi-daw"))
}

fn users_config_folder() -> Option<PathBuf> {
    let folder =
        |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if cfg!(windows) {
        folder("APPDATA")
    } else if cfg!(target_os = "macos") {
        folder("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        folder("XDG_CONFIG_HOME").or_else(|| folder("HOME").map(|home| home.join(".config")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_saved_is_loaded() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep").join("layout.json");
        let layout = Layout { editor_height: 222.0, ..Layout::default() };
        assert_eq!(LayoutStore::at(path.clone()).load(), (Layout::default(), true));
        LayoutStore::at(path.clone()).save(&layout);
        assert_eq!(LayoutStore::at(path).load(), (layout, false));
    }

    #[test]
    fn rubbish_is_a_fresh_start() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("layout.json");
        std::fs::write(&path, "{ nonsense").unwrap();
        assert_eq!(LayoutStore::at(path).load().0, Layout::default());
    }
}
