//! Files and what may not be lost: opening, writing, the question before closing.

use super::MidiApp;
use crate::command::{AppCommand, file_ask_where};
use crate::dialogs::{Answer, Ask};
use crate::panels::prompt::{Prompt, Purpose, Reply};
use crate::panels::question::Choice;
use crate::state::{EditorTab, Selection};
use engine::edit::{Command, Selected, TrackChange};
use engine::studio::{Opened, StudioEvent};
use std::path::PathBuf;

/// Something that takes the song away, and so asks first when it was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Guarded {
    /// An empty song.
    New,
    /// The demo song.
    Demo,
    /// Files: the first takes the song's place, the others are added to it.
    Open(Vec<PathBuf>),
    /// Leaving.
    Quit,
}

impl MidiApp {
    /// Does it at once, or asks first when the song was changed.
    pub(crate) fn guard(&mut self, what: Guarded) {
        if self.studio.is_edited() {
            self.question = Some(what);
        } else {
            self.go(what);
        }
    }

    pub(super) fn go(&mut self, what: Guarded) {
        match what {
            Guarded::New => {
                self.studio.new_project();
                self.show_song();
            }
            Guarded::Demo => self.open_demo(),
            Guarded::Open(mut paths) => {
                if paths.is_empty() {
                    return;
                }
                let first = paths.remove(0);
                self.layout.folder = first.parent().map(PathBuf::from);
                if let Err(error) = self.studio.open_with(first, paths) {
                    self.notices.error(&format!("Nothing was opened: {error}"));
                }
            }
            Guarded::Quit => self.quitting = true,
        }
    }

    fn open_demo(&mut self) {
        match self.studio.open_bytes(crate::demo::NAME, crate::demo::song()) {
            Ok(_) => self.show_song(),
            Err(error) => self.notices.error(&format!("The demo song was not opened: {error}")),
        }
    }

    /// Writes the song in the background.
    pub(crate) fn write_to(&mut self, path: PathBuf, format: Option<u8>) {
        let options = engine::smf::ExportOptions { format, repair: false };
        if let Err(error) = self.studio.export(path, options) {
            self.after_export = None;
            self.notices.error(&format!("Nothing was written: {error}"));
        }
    }

    pub(crate) fn use_soundfont(&mut self, path: Option<PathBuf>) {
        self.font_asked = true;
        self.studio.choose_font(path.clone());
        self.layout.soundfont = path;
    }

    pub(super) fn take_event(&mut self, event: StudioEvent) {
        match event {
            StudioEvent::Opened(opened) => self.opened(&opened),
            StudioEvent::Added(added) => self.notices.done(&format!("Added {}", added.name)),
            // At the start a font is loaded without anybody asking: no news.
            StudioEvent::FontLoaded { name } => {
                if std::mem::take(&mut self.font_asked) {
                    self.notices.done(&format!("Playing with {name}"));
                }
            }
            StudioEvent::FontFailed { message } => {
                self.font_asked = false;
                self.layout.soundfont = None;
                self.notices.error(&message);
            }
            StudioEvent::OpenFailed { message, .. } | StudioEvent::ExportFailed { message, .. } => {
                self.after_export = None;
                self.notices.error(&message);
            }
            StudioEvent::Edited { selection, .. } => {
                self.layout.piano_roll.edit_came();
                self.show_notes(selection.as_ref());
            }
            StudioEvent::Failed { message } => self.notices.error(&message),
            StudioEvent::Exported { path } => {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                self.notices.done(&format!("Exported {name}"));
                self.exported = Some((self.now, name));
                if let Some(next) = self.after_export.take() {
                    self.go(next);
                }
            }
        }
    }

    /// Selects what an edit wants selected; when it wants nothing, what was selected stays so
    /// as far as it is still there. Open clips stay open.
    pub(crate) fn show_notes(&mut self, notes: Option<&Selected>) {
        self.selection = match notes {
            Some(notes) => self.selection.showing(notes),
            None => self.selection.within(self.studio.snapshot()),
        };
    }

    fn opened(&mut self, opened: &Opened) {
        self.show_song();
        self.exported = None;
        if opened.salvaged {
            self.layout.editor_tab = EditorTab::Problems;
            self.layout.editor_open = true;
            self.notices.warning(&format!(
                "{} was damaged and has been mended in memory: {} listed under Problems",
                opened.name,
                plural(opened.problems, "place"),
            ));
        } else if self.layout.editor_tab == EditorTab::Problems {
            self.layout.editor_tab = EditorTab::PianoRoll;
        }
    }

    /// Points the editors at a song that has just come: its first clip with notes.
    pub(super) fn show_song(&mut self) {
        self.last_loop = None;
        self.metering.weigh_soon();
        self.layout.arrangement.show_start();
        let tracks = &self.studio.snapshot().tracks;
        let first = tracks.iter().find_map(|track| {
            let clip = track.clips.iter().find(|clip| !clip.notes.is_empty())?;
            Some(engine::model::ClipRef { track: track.id, clip: clip.id })
        });
        let track = tracks.first().map(|track| track.id);
        let selection = match (first, track) {
            (Some(clip), _) => Selection::of_clip(clip),
            (None, Some(track)) => Selection::of_track(track),
            (None, None) => Selection::default(),
        };
        self.select(selection);
    }

    /// Takes what a file dialog brought.
    pub(super) fn take_answers(&mut self) {
        match self.dialogs.poll() {
            Some(Answer::Chosen(ask, path)) => self.chosen(ask, path),
            Some(Answer::Cancelled) => self.after_export = None,
            Some(Answer::NoDialog(ask, path)) => {
                self.prompt = Some(Prompt::new(Purpose::Path(ask), &path.to_string_lossy()));
            }
            None => {}
        }
    }

    fn chosen(&mut self, ask: Ask, path: PathBuf) {
        match ask {
            Ask::Open => self.send(AppCommand::Open(vec![path])),
            Ask::Export(format) => self.send(AppCommand::Export(path, format)),
            Ask::SoundFont => self.send(AppCommand::SetSoundFont(Some(path))),
            Ask::SaveReport => self.reports.save(path),
            Ask::LoadReport => self.reports.load(path),
        }
    }

    pub(super) fn take_reply(&mut self, reply: Reply) {
        self.prompt = None;
        match reply {
            Reply::Given(Purpose::Path(ask), text) => self.chosen(ask, PathBuf::from(text)),
            Reply::Given(Purpose::RenameTrack(track), text) => {
                let change = TrackChange::Rename(text.into());
                let tracks = [track].into();
                self.send(Command::ChangeTracks { tracks, change });
            }
            Reply::Dropped => self.after_export = None,
        }
    }

    pub(super) fn take_choice(&mut self, choice: Choice) {
        let Some(what) = self.question.take() else { return };
        match choice {
            Choice::Export => {
                self.after_export = Some(what);
                file_ask_where(self, None);
            }
            Choice::Discard => self.go(what),
            Choice::Cancel => {}
        }
    }
}

/// "1 place", "2 places".
fn plural(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}
