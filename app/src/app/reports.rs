//! Profiling reports in files: saved and read on a thread of their own.

use super::MidiApp;
use crate::dialogs::Ask;
use crate::profile_dir::{Kept, ProfileDirError};
use profiling::Report;
use profiling::overlay::{OverlayAction, OverlayExtra, OverlayJob};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What came of a file.
enum Outcome {
    Written(String),
    Loaded(String, Box<Report>),
    Kept(Box<Kept>),
    Failed(String),
}

/// Reports on their way to and from files.
pub(super) struct Reports {
    /// Waits for the user to say where.
    pending: Option<Box<Report>>,
    sender: flume::Sender<Outcome>,
    receiver: flume::Receiver<Outcome>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl Reports {
    pub(super) fn new(wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        let (sender, receiver) = flume::bounded(4);
        Self { pending: None, sender, receiver, wake }
    }

    /// Writes the report that waits.
    pub(super) fn save(&mut self, path: PathBuf) {
        if let Some(report) = self.pending.take() {
            self.work(move || save(&path, &report));
        }
    }

    /// Reads a report to compare with.
    pub(super) fn load(&self, path: PathBuf) {
        self.work(move || load(&path));
    }

    fn work(&self, work: impl FnOnce() -> Outcome + Send + 'static) {
        let (sender, wake) = (self.sender.clone(), Arc::clone(&self.wake));
        let thread = std::thread::Builder::new().name("report".to_owned()).spawn(move || {
            // A closed channel means that the window is gone.
            drop(sender.send(work()));
            wake();
        });
        if let Err(error) = thread {
            let failed = Outcome::Failed(format!("the report was left alone: {error}"));
            drop(self.sender.try_send(failed));
        }
    }
}

impl MidiApp {
    /// Does what the profiler asks for.
    pub(super) fn take_profiler_action(&mut self, action: OverlayAction) {
        let folder = self.layout.folder.clone();
        match action {
            OverlayAction::SaveReport(report) => {
                self.reports.pending = Some(report);
                self.dialogs.ask(Ask::SaveReport, folder.as_deref(), "report.json");
            }
            OverlayAction::LoadBaseline => {
                self.dialogs.ask(Ask::LoadReport, folder.as_deref(), "");
            }
        }
    }

    /// Takes in what the thread has done.
    pub(super) fn take_reports(&mut self) {
        while let Ok(outcome) = self.reports.receiver.try_recv() {
            match outcome {
                Outcome::Written(name) => self.notices.done(&format!("Saved {name}")),
                Outcome::Loaded(name, report) => self.profiler.set_baseline(name, *report),
                Outcome::Kept(kept) => self.take_kept(*kept),
                Outcome::Failed(message) => self.notices.error(&message),
            }
        }
    }

    /// What the profiler shows beside its own figures.
    pub(super) fn profiler_extra(&self) -> OverlayExtra {
        let job =
            |job: engine::studio::Job| OverlayJob { label: job.label, progress: job.progress };
        OverlayExtra {
            audio_load: Some(f64::from(self.studio.audio_stats().load)),
            jobs: self.studio.jobs().into_iter().map(job).collect(),
        }
    }
}

/// Keeps a report on a thread of its own.
pub(super) fn write_in_background(
    reports: &Reports,
    work: impl FnOnce() -> Result<Kept, ProfileDirError> + Send + 'static,
) {
    reports.work(move || match work() {
        Ok(kept) => Outcome::Kept(Box::new(kept)),
        Err(error) => Outcome::Failed(error.to_string()),
    });
}

fn save(path: &Path, report: &Report) -> Outcome {
    let failed = |error: &dyn std::fmt::Display| {
        Outcome::Failed(format!("the report was not written: {error}: {}", path.display()))
    };
    let text = match report.to_json() {
        Ok(text) => text,
        Err(error) => return failed(&error),
    };
    match engine::smf::save_atomically(path, text.as_bytes()) {
        Ok(()) => Outcome::Written(name(path)),
        Err(error) => failed(&error),
    }
}

fn load(path: &Path) -> Outcome {
    let failed = |error: &dyn std::fmt::Display| {
        Outcome::Failed(format!("the report cannot be read: {error}: {}", path.display()))
    };
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => return failed(&error),
    };
    match Report::from_json(&text) {
        Ok(report) => Outcome::Loaded(name(path), Box::new(report)),
        Err(error) => failed(&error),
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
