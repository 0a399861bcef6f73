//! The file that the keymap is kept in. Read and written on threads of its own, but for the
//! first reading, which the first frame needs.

use super::Keymap;
use super::file::{Remark, parse, updated};
use crate::state::write_whole;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The user's keymap file.
pub struct KeymapStore {
    path: PathBuf,
    /// What the file held when it was last read or written.
    text: String,
    sender: flume::Sender<Outcome>,
    receiver: flume::Receiver<Outcome>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

/// What a thread comes back with.
enum Outcome {
    Read(String),
    NotWritten(String),
}

/// News of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// Somebody changed it: the keymap it holds now, and what is wrong with it.
    Changed(Keymap, Vec<Remark>),
    /// It could not be written, and why.
    NotWritten(String),
}

impl KeymapStore {
    /// In this file; `wake` asks for a frame when there is news.
    pub fn at(path: PathBuf, wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        let (sender, receiver) = flume::bounded(4);
        Self { path, text: String::new(), sender, receiver, wake }
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads it for the first time. A file that is not there says nothing.
    pub fn load(&mut self) -> (Keymap, Vec<Remark>) {
        self.text = read(&self.path);
        parse(&self.text)
    }

    /// Reads it again in the background; [`Self::poll`] tells if it was changed.
    pub fn look(&self) {
        let path = self.path.clone();
        self.work(move || Some(Outcome::Read(read(&path))));
    }

    /// Writes the keymap into it in the background.
    pub fn save(&mut self, keymap: &Keymap) {
        let text = updated(&self.text, keymap);
        if text == self.text {
            return;
        }
        self.text.clone_from(&text);
        let path = self.path.clone();
        self.work(move || {
            let why = write_whole(&path, &text).err()?;
            Some(Outcome::NotWritten(format!("{why}: {}", path.display())))
        });
    }

    /// What has happened to it.
    pub fn poll(&mut self) -> Option<News> {
        match self.receiver.try_recv().ok()? {
            Outcome::NotWritten(why) => Some(News::NotWritten(why)),
            Outcome::Read(text) if text == self.text => None,
            Outcome::Read(text) => {
                self.text = text;
                let (keymap, remarks) = parse(&self.text);
                Some(News::Changed(keymap, remarks))
            }
        }
    }

    fn work(&self, work: impl FnOnce() -> Option<Outcome> + Send + 'static) {
        let (sender, wake) = (self.sender.clone(), Arc::clone(&self.wake));
        let thread = std::thread::Builder::new().name("keymap".to_owned()).spawn(move || {
            if let Some(outcome) = work() {
                // A full or closed channel: somebody else has told already, or nobody listens.
                drop(sender.try_send(outcome));
                wake();
            }
        });
        if let Err(error) = thread {
            drop(self.sender.try_send(Outcome::NotWritten(error.to_string())));
        }
    }
}

/// A file that cannot be read is an empty one: the keys are the preset's then.
fn read(path: &Path) -> String {
    match std::fs::read(path) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) => {
            if error.kind() != std::io::ErrorKind::NotFound {
                log::warn!("the keymap was not read: {error}: {}", path.display());
            }
            String::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Action;
    use egui::{Key, KeyboardShortcut, Modifiers};

    fn store(path: &Path) -> KeymapStore {
        KeymapStore::at(path.to_owned(), Arc::new(|| {}))
    }

    /// Waits for what a thread brings.
    fn news(store: &mut KeymapStore) -> Option<News> {
        for _ in 0..500 {
            if let Some(news) = store.poll() {
                return Some(news);
            }
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        None
    }

    #[test]
    fn what_is_saved_is_loaded_and_a_change_by_hand_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep").join("keymap.txt");
        let mut keymap = Keymap::default();
        assert_eq!(store(&path).load(), (keymap.clone(), vec![]));
        keymap.bind(Action::Panic, vec![KeyboardShortcut::new(Modifiers::ALT, Key::F9)]);
        store(&path).save(&keymap);
        let mut second = store(&path);
        for _ in 0..500 {
            if path.exists() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        assert_eq!(second.load().0, keymap);
        std::fs::write(&path, "play.loop = F3\nwrong\n").unwrap();
        second.look();
        let Some(News::Changed(changed, remarks)) = news(&mut second) else { panic!("no news") };
        assert_eq!(changed.first(Action::ToggleLoop).map(|keys| keys.logical_key), Some(Key::F3));
        assert_eq!(remarks.len(), 1);
    }

    #[test]
    fn a_file_that_cannot_be_written_is_told_of() {
        let folder = tempfile::tempdir().unwrap();
        let blocked = folder.path().join("file");
        std::fs::write(&blocked, "").unwrap();
        let mut store = store(&blocked.join("keymap.txt"));
        let mut keymap = Keymap::default();
        keymap.bind(Action::Panic, vec![]);
        store.save(&keymap);
        assert!(matches!(news(&mut store), Some(News::NotWritten(_))));
    }
}
