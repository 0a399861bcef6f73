//! Whose habits the pointer follows in the piano roll.

use serde::{Deserialize, Serialize};

/// A set of habits: which button and modifier does what. Presets other than the standard
/// approximate the program they are named after, as far as this one has the same verbs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GesturePreset {
    /// The program's own.
    #[default]
    Standard,
    /// A click draws, the right button erases.
    Fl,
    /// A drag draws, the right button selects.
    Reaper,
    /// A double click makes a note, and deletes one.
    Live,
}

impl GesturePreset {
    /// Every preset, in the order of the settings.
    pub const ALL: [Self; 4] = [Self::Standard, Self::Fl, Self::Reaper, Self::Live];

    /// What it is called.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Standard => "Standard",
            Self::Fl => "FL",
            Self::Reaper => "Reaper",
            Self::Live => "Live",
        }
    }

    /// What is different about it, in a sentence.
    pub const fn tooltip(self) -> &'static str {
        match self {
            Self::Standard => "Drag selects, double click draws, right drag erases",
            Self::Fl => "Click draws, right click erases, Ctrl+drag selects, Shift+drag copies",
            Self::Reaper => "Drag draws, right drag selects, double click on a note deletes it",
            Self::Live => "Double click draws and deletes, drag selects, Alt leaves the grid",
        }
    }
}
