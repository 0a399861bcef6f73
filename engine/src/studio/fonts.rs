//! Which SoundFont plays.

use super::jobs::{Outcome, Ticket};
use super::{Studio, StudioEvent};
use crate::audio::soundfont::{Choice, SoundFont, choose};
use std::path::PathBuf;
use std::sync::Arc;

/// What a run without a device plays with, once it plays.
pub(super) enum Wanted {
    /// Not the system's font: a headless run sounds the same everywhere.
    BuiltIn,
    File(PathBuf),
}

impl From<Option<PathBuf>> for Wanted {
    fn from(path: Option<PathBuf>) -> Self {
        path.map_or(Self::BuiltIn, Self::File)
    }
}

impl Studio {
    /// The SoundFont that plays; silent until one has been loaded.
    pub const fn font(&self) -> &Arc<SoundFont> {
        &self.font
    }

    /// Looks for a SoundFont in the background: this one, else the system's, else the
    /// built-in bank. [`StudioEvent::FontLoaded`] tells which it was.
    pub fn choose_font(&mut self, path: Option<PathBuf>) {
        let started = self.jobs.start("Preparing instruments".to_owned(), move |_: &Ticket| {
            let choice = choose(path.as_deref());
            let outcome: Outcome = Box::new(move |studio: &mut Self| {
                let asked =
                    choice.refused.first().filter(|(refused, _)| Some(refused) == path.as_ref());
                let event = asked.map(|(path, error)| StudioEvent::FontFailed {
                    message: format!("could not use the SoundFont: {error}: {}", path.display()),
                });
                let loaded = studio.take_in_font(choice);
                vec![event.unwrap_or(loaded)]
            });
            outcome
        });
        if let Err(error) = started {
            log::error!("no thread to load a SoundFont: {error}");
        }
    }

    /// Offline: loads the SoundFont that was asked for, at once. The first sound does the same.
    pub fn load_wanted_font(&mut self) {
        let choice = match self.font_wanted.take() {
            Some(Wanted::File(path)) => choose(Some(&path)),
            Some(Wanted::BuiltIn) => Choice { font: SoundFont::built_in(), refused: Vec::new() },
            None => return,
        };
        self.take_in_font(choice);
    }

    fn take_in_font(&mut self, choice: Choice) -> StudioEvent {
        for (path, error) in &choice.refused {
            log::warn!("SoundFont not used: {error}: {}", path.display());
        }
        let name = choice.font.name().to_owned();
        self.player.set_font(Arc::clone(&choice.font));
        self.font = choice.font;
        StudioEvent::FontLoaded { name }
    }
}
