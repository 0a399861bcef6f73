//! How the window is arranged: what survives from one start to the next.

use crate::command::operation::Values;
use crate::panels::arrangement::ArrangementView;
use crate::panels::events::EventsView;
use crate::panels::piano_roll::PianoRollView;
use crate::theme::ThemeKind;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A tab of the editor at the bottom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EditorTab {
    /// The notes of the selected clip.
    #[default]
    PianoRoll,
    /// The same notes, and everything else of the clip, as a list.
    Events,
    /// What the program costs.
    Profiler,
    /// What was wrong with the file.
    Problems,
}

/// Everything that is kept between starts. Unknown and missing fields take their defaults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Layout {
    /// Which palette.
    pub theme: ThemeKind,
    /// Size of the interface: 1 is the system's own.
    pub ui_scale: f32,
    /// Whether the editor at the bottom is open.
    pub editor_open: bool,
    /// Its height, in points.
    pub editor_height: f32,
    /// Its tab.
    pub editor_tab: EditorTab,
    /// Whether the view follows the playhead.
    pub follow: bool,
    /// Size of the window, in points.
    pub window_size: [f32; 2],
    /// Place of the window, in points; `None` lets the system choose.
    pub window_place: Option<[f32; 2]>,
    /// Whether the window fills its screen.
    pub maximized: bool,
    /// The SoundFont to play with; `None` is the built-in bank.
    pub soundfont: Option<PathBuf>,
    /// The last folder a file was opened from or written to.
    pub folder: Option<PathBuf>,
    /// The parameters of operations on notes, as they were used last.
    pub operations: Values,
    /// The commands chosen last from the palette, the newest first, by id.
    pub recent: Vec<String>,
    /// The arrangement's own view.
    pub arrangement: ArrangementView,
    /// The piano roll's own view.
    pub piano_roll: PianoRollView,
    /// The event list's own view.
    pub events: EventsView,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            theme: ThemeKind::Dark,
            ui_scale: 1.0,
            editor_open: true,
            editor_height: 400.0,
            editor_tab: EditorTab::PianoRoll,
            follow: true,
            window_size: [1600.0, 1000.0],
            window_place: None,
            maximized: false,
            soundfont: None,
            folder: None,
            operations: Values::default(),
            recent: Vec::new(),
            arrangement: ArrangementView::default(),
            piano_roll: PianoRollView::default(),
            events: EventsView::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layout_comes_back_as_it_was_left() {
        let layout = Layout { editor_height: 333.0, theme: ThemeKind::Light, ..Layout::default() };
        let text = serde_json::to_string(&layout).unwrap();
        assert_eq!(serde_json::from_str::<Layout>(&text).unwrap(), layout);
    }

    #[test]
    fn a_layout_of_another_version_is_read_as_far_as_it_goes() {
        let layout: Layout = serde_json::from_str(r#"{"ui_scale": 1.5, "gone": 3}"#).unwrap();
        assert_eq!(layout, Layout { ui_scale: 1.5, ..Layout::default() });
    }
}
