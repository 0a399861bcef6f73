//! The system's file dialogs, each on a thread of its own: the window never waits.
//!
//! A system without a dialog (no portal on Linux) is a normal state: the answer says so,
//! and the application offers a field for the path.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What to ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// A MIDI file to open.
    Open,
    /// A file to write the song to, as this SMF format or as it came.
    Export(Option<u8>),
    /// A SoundFont to play with.
    SoundFont,
    /// Where to write a profiling report.
    SaveReport,
    /// A profiling report to compare with.
    LoadReport,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A file.
    Chosen(Ask, PathBuf),
    /// The user thought better of it.
    Cancelled,
    /// There is no dialog on this system; the name that was suggested comes back.
    NoDialog(Ask, PathBuf),
}

/// A dialog that closes without a choice sooner than this was never seen: people are slower.
const UNSEEN: Duration = Duration::from_millis(250);

/// The dialogs of the window; at most one is open.
pub struct Dialogs {
    sender: flume::Sender<Answer>,
    receiver: flume::Receiver<Answer>,
    open: bool,
    available: bool,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl Dialogs {
    /// `available` false never tries the system's dialog, as in headless runs.
    pub fn new(available: bool, wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        let (sender, receiver) = flume::bounded(1);
        Self { sender, receiver, open: false, available, wake }
    }

    /// Opens a dialog, unless one is open already.
    pub fn ask(&mut self, ask: Ask, folder: Option<&Path>, name: &str) {
        if self.open {
            return;
        }
        let folder = folder.filter(|folder| folder.is_dir()).map(Path::to_owned);
        let suggestion = folder.clone().unwrap_or_default().join(name);
        self.open = true;
        let answer = Answer::NoDialog(ask, suggestion.clone());
        if !self.available || !system_has_dialogs() {
            drop(self.sender.try_send(answer));
            (self.wake)();
            return;
        }
        let (sender, wake, name) = (self.sender.clone(), Arc::clone(&self.wake), name.to_owned());
        let thread = std::thread::Builder::new().name("dialog".to_owned()).spawn(move || {
            let since = Instant::now();
            let answer = match (pollster::block_on(show(ask, folder.as_deref(), &name)), since) {
                (Some(path), _) => Answer::Chosen(ask, path),
                (None, since) if since.elapsed() < UNSEEN => Answer::NoDialog(ask, suggestion),
                (None, _) => Answer::Cancelled,
            };
            // A closed channel means that the window is gone.
            drop(sender.send(answer));
            wake();
        });
        if thread.is_err() {
            drop(self.sender.try_send(answer));
        }
    }

    /// The answer, once there is one.
    pub fn poll(&mut self) -> Option<Answer> {
        let answer = self.receiver.try_recv().ok()?;
        self.open = false;
        if matches!(answer, Answer::NoDialog(..)) {
            self.available = false;
        }
        Some(answer)
    }
}

async fn show(ask: Ask, folder: Option<&Path>, name: &str) -> Option<PathBuf> {
    let mut dialog = rfd::AsyncFileDialog::new();
    if let Some(folder) = folder {
        dialog = dialog.set_directory(folder);
    }
    let midi = ["mid", "midi", "kar", "rmi", "MID", "MIDI", "KAR", "RMI"];
    let chosen = match ask {
        Ask::Open => {
            dialog
                .set_title("Open a MIDI file")
                .add_filter("MIDI files", &midi)
                .add_filter("All files", &["*"])
                .pick_file()
                .await
        }
        Ask::SoundFont => {
            dialog
                .set_title("Choose a SoundFont")
                .add_filter("SoundFonts", &["sf2", "sf3", "SF2", "SF3"])
                .pick_file()
                .await
        }
        Ask::SaveReport => {
            dialog
                .set_title("Save the profiling report")
                .set_file_name(name)
                .add_filter("Reports", &["json"])
                .save_file()
                .await
        }
        Ask::LoadReport => {
            dialog
                .set_title("Compare with a profiling report")
                .add_filter("Reports", &["json"])
                .pick_file()
                .await
        }
        Ask::Export(_) => {
            dialog
                .set_title("Export MIDI")
                .set_file_name(name)
                .add_filter("MIDI files", &["mid"])
                .save_file()
                .await
        }
    };
    chosen.map(|file| file.path().to_owned())
}

/// Whether it makes sense to try: on Linux the portal is reached over the session bus.
fn system_has_dialogs() -> bool {
    if !cfg!(target_os = "linux") {
        return true;
    }
    let named = std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some_and(|bus| !bus.is_empty());
    let usual = std::env::var_os("XDG_RUNTIME_DIR")
        .is_some_and(|folder| Path::new(&folder).join("bus").exists());
    named || usual
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_dialog_the_suggested_path_comes_back() {
        let mut dialogs = Dialogs::new(false, Arc::new(|| {}));
        dialogs.ask(Ask::Export(None), None, "song.mid");
        let expected = Answer::NoDialog(Ask::Export(None), PathBuf::from("song.mid"));
        assert_eq!(dialogs.poll(), Some(expected));
        assert_eq!(dialogs.poll(), None);
    }
}
