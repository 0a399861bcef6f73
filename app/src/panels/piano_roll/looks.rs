//! How the roll shows notes: what helps the eye, kept between starts.

use super::rows::{Fold, Rows};
use super::scale::{ScaleChoice, scale_text};
use crate::command::Action;
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
    /// The scale that is tinted when tints are switched on again.
    pub last_scale: ScaleChoice,
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
            last_scale: ScaleChoice::FromNotes,
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
    /// Does a command that is about looks; returns what to tell, `None` for any other command.
    pub fn change(&mut self, action: Action, track: &Track) -> Option<String> {
        let drums = track.is_drums();
        let fold = match action {
            Action::FoldUsed => Fold::Used,
            Action::FoldScale if !drums => Fold::Scale,
            Action::HighlightScale => {
                let on = self.scale == ScaleChoice::Off;
                self.tint(if on { self.last_scale } else { ScaleChoice::Off });
                return Some(match (on, self.scale.named()) {
                    (false, _) => "Scale off".to_owned(),
                    (true, Some(scale)) => format!("Scale {}", scale_text(scale)),
                    (true, None) => "Scale from the notes".to_owned(),
                });
            }
            _ => return None,
        };
        let fold = if self.fold_of(drums) == fold { Fold::All } else { fold };
        if drums {
            self.drum_fold = fold == Fold::Used;
        } else {
            self.fold = fold;
        }
        Some(format!("Rows: {}", fold.label().to_lowercase()))
    }

    /// Which rows a track's roll shows.
    pub const fn fold_of(&self, drums: bool) -> Fold {
        match (drums, self.drum_fold) {
            (true, true) => Fold::Used,
            (true, false) => Fold::All,
            (false, _) => self.fold,
        }
    }

    /// Tints the rows of another scale, or of none.
    pub fn tint(&mut self, scale: ScaleChoice) {
        if scale != ScaleChoice::Off {
            self.last_scale = scale;
        } else if self.scale != ScaleChoice::Off {
            self.last_scale = self.scale;
        }
        self.scale = scale;
    }

    /// The scale for a clip; `None` when it is off or the notes suggest none.
    pub fn scale_in(&self, project: &Project, track: &Track, clip: &Clip) -> Option<Scale> {
        self.scale.of(project, track, clip)
    }

    /// The rows of a track whose shown notes are on these keys.
    pub(super) fn rows(&self, track: &Track, used: u128, scale: Option<Scale>) -> Rows {
        let drums = track.is_drums();
        Rows::new(self.fold_of(drums), used, scale, drums)
    }

    /// What the notes of a track are drawn as when a quarter is this many points wide.
    pub(super) fn shape(&self, track: &Track, row_height: f32, quarter: f64) -> NoteShape {
        // Closer together, and lower, diamonds are no longer told apart.
        let clear = row_height >= 6.0 && quarter >= 20.0;
        if track.is_drums() && self.drum_hits && clear { NoteShape::Hit } else { NoteShape::Bar }
    }
}
