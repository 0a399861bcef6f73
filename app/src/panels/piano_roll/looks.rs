//! How the roll shows notes: what helps the eye, kept between starts.

use super::rows::{Fold, Rows};
use super::scale::ScaleChoice;
use crate::render::NoteShape;
use engine::model::{Clip, Project, Track};
use engine::theory::Scale;
use serde::{Deserialize, Serialize};

/// How velocity shows on notes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VelocityLook {
    /// Loud notes are brighter.
    #[default]
    Color,
    /// Loud notes are higher.
    Height,
    /// Both.
    Both,
}

impl VelocityLook {
    /// Every choice, in the order of the menu.
    pub const ALL: [Self; 3] = [Self::Color, Self::Height, Self::Both];

    /// What it is called.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Color => "As colour",
            Self::Height => "As height",
            Self::Both => "As both",
        }
    }
}

/// Whose chords are named over the bars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChordLook {
    /// Nobody's.
    Off,
    /// The selected notes', while there are some.
    #[default]
    Selected,
    /// The selected notes', else those of the whole clip.
    Clip,
}

impl ChordLook {
    /// Every choice, in the order of the menu.
    pub const ALL: [Self; 3] = [Self::Off, Self::Selected, Self::Clip];

    /// What it is called.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Off => "Off",
            Self::Selected => "Of the selected notes",
            Self::Clip => "Of the clip, or the selected notes",
        }
    }
}

/// What helps the eye.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Looks {
    /// The scale whose rows are tinted.
    pub scale: ScaleChoice,
    /// Which keys have a row.
    pub fold: Fold,
    /// Whether drum tracks show the drums that are used alone.
    pub drum_fold: bool,
    /// Whether the notes of drum tracks are hits on their onset rather than bars.
    pub drum_hits: bool,
    /// Whether notes say what they are called.
    pub names: bool,
    /// How velocity shows.
    pub velocity: VelocityLook,
    /// Whose chords are named.
    pub chords: ChordLook,
}

impl Default for Looks {
    fn default() -> Self {
        Self {
            scale: ScaleChoice::Off,
            fold: Fold::All,
            drum_fold: true,
            drum_hits: true,
            names: true,
            velocity: VelocityLook::Color,
            chords: ChordLook::Selected,
        }
    }
}

impl Looks {
    /// The scale for a clip; `None` when it is off or the notes suggest none.
    pub fn scale_in(&self, project: &Project, track: &Track, clip: &Clip) -> Option<Scale> {
        self.scale.of(project, track, clip)
    }

    /// The rows of a track whose shown notes are on these keys.
    pub(super) fn rows(&self, track: &Track, used: u128, scale: Option<Scale>) -> Rows {
        let drums = track.is_drums();
        let fold = match (drums, self.drum_fold) {
            (true, true) => Fold::Used,
            (true, false) => Fold::All,
            (false, _) => self.fold,
        };
        Rows::new(fold, used, scale, drums)
    }

    /// What the notes of a track are drawn as when a quarter is this many points wide.
    pub(super) fn shape(&self, track: &Track, row_height: f32, quarter: f64) -> NoteShape {
        // Closer together, and lower, diamonds are no longer told apart.
        let clear = row_height >= 6.0 && quarter >= 20.0;
        if track.is_drums() && self.drum_hits && clear { NoteShape::Hit } else { NoteShape::Bar }
    }
}
