//! `midi-daw screenshot`: draw for a while, write the picture and what it cost.

use super::{GpuError, Scenario, Session, SessionOptions};
use crate::app::Guarded;
use crate::notices::Grade;
use crate::profile_dir::ProfileDir;
use crate::state::{EditorTab, Layout};
use crate::theme::ThemeKind;
use std::path::PathBuf;
use std::time::Instant;

/// What to show. Views that the program does not have are not values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum View {
    /// The arrangement alone.
    Arrangement,
    /// The piano roll, large.
    PianoRoll,
    /// The event list, large.
    Events,
    /// The settings over the window.
    Settings,
    /// The profiler, large.
    Profiler,
}

/// What to draw and where to put it.
#[derive(Clone, Debug)]
pub struct Screenshot {
    /// A MIDI file, or "demo".
    pub input: PathBuf,
    /// Size of the picture, in pixels.
    pub size: [u32; 2],
    /// Pixels a point has.
    pub pixels_per_point: f32,
    /// Frames to draw once everything is loaded; the last one is the picture.
    pub frames: u32,
    /// What to show; the whole window when `None`.
    pub view: Option<View>,
    /// What happens meanwhile.
    pub scenario: Option<Scenario>,
    /// Which palette.
    pub theme: ThemeKind,
    /// Where its report is kept, if anywhere.
    pub profile_dir: Option<ProfileDir>,
}

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum ScreenshotError {
    /// Nothing could be drawn.
    #[error(transparent)]
    Gpu(#[from] GpuError),
    /// The song could not be opened.
    #[error("{0}")]
    Open(String),
}

/// Draws; returns the session, whose [`Session::image`] and [`Session::metrics`] are the result.
///
/// # Errors
/// When there is no graphics adapter or the song does not open.
pub fn take(what: &Screenshot) -> Result<Session, ScreenshotError> {
    let mut layout = Layout { theme: what.theme, ..Layout::default() };
    let height = what.size[1] as f32 / what.pixels_per_point;
    match what.view {
        None | Some(View::Settings) => {}
        Some(View::Arrangement) => layout.editor_open = false,
        Some(View::PianoRoll) => layout.editor_height = height * 0.7,
        Some(View::Events) => {
            layout.editor_tab = EditorTab::Events;
            layout.editor_height = height * 0.7;
        }
        Some(View::Profiler) => {
            layout.editor_tab = EditorTab::Profiler;
            layout.editor_height = height * 0.7;
        }
    }
    let options = SessionOptions {
        size: what.size,
        pixels_per_point: what.pixels_per_point,
        layout,
        system_fonts: true,
        rasterize: true,
    };
    let mut session = Session::new(options)?;
    let song = if what.input.as_os_str() == "demo" {
        Guarded::Demo
    } else {
        Guarded::Open(vec![what.input.clone()])
    };
    session.app_mut().guard(song);
    session.app_mut().show_settings(what.view == Some(View::Settings));
    if let Some(dir) = &what.profile_dir {
        session.app_mut().keep_reports(dir.clone(), Instant::now());
    }
    if what.scenario.is_some() {
        // Like the device's own start, no part of any frame.
        session.app_mut().studio_mut().load_wanted_font();
    }
    session.settle()?;
    if let Some(failed) = session.app().notices().iter().find(|it| it.grade == Grade::Error) {
        return Err(ScreenshotError::Open(failed.text.clone()));
    }
    for index in 0..what.frames.max(1) {
        let events = what.scenario.map(|it| it.step(&mut session, index)).unwrap_or_default();
        session.frame(events)?;
    }
    Ok(session)
}
