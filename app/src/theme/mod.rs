//! How everything looks: colours, sizes, fonts, and egui's style made from them.
//!
//! Panels take colours and sizes from here and from nowhere else.

mod contrast;
pub mod fonts;
mod style;
mod tokens;

pub use contrast::contrast_ratio;
pub use style::apply;
pub use tokens::{Tokens, mix, translucent};

use egui::Color32;
use engine::model::TrackColor;
use serde::{Deserialize, Serialize};
use std::ops::Deref;

/// Which palette.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThemeKind {
    /// Light on dark.
    #[default]
    Dark,
    /// Dark on light.
    Light,
}

/// A palette with its track colours; derefs to its [`Tokens`], so `theme.accent` is a colour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Which one this is.
    pub kind: ThemeKind,
    tokens: Tokens,
    tracks: [Color32; 10],
}

/// The dark theme.
pub static DARK: Theme =
    Theme { kind: ThemeKind::Dark, tokens: tokens::DARK, tracks: tokens::TRACKS_DARK };

/// The light theme.
pub static LIGHT: Theme =
    Theme { kind: ThemeKind::Light, tokens: tokens::LIGHT, tracks: tokens::TRACKS_LIGHT };

impl Theme {
    /// The theme of this kind.
    pub fn of(kind: ThemeKind) -> &'static Self {
        match kind {
            ThemeKind::Dark => &DARK,
            ThemeKind::Light => &LIGHT,
        }
    }

    /// Whether it is the dark one.
    pub fn is_dark(&self) -> bool {
        self.kind == ThemeKind::Dark
    }

    /// The colour of a track.
    pub fn track(&self, color: TrackColor) -> Color32 {
        let index = usize::from(color.0) % self.tracks.len();
        self.tracks.get(index).copied().unwrap_or(self.accent)
    }

    /// All track colours, in the order of [`TrackColor`].
    pub fn tracks(&self) -> &[Color32] {
        &self.tracks
    }
}

impl Deref for Theme {
    type Target = Tokens;

    fn deref(&self) -> &Tokens {
        &self.tokens
    }
}

/// Sizes in points. Spacing goes in steps of 4.
pub mod size {
    /// Height of the top bar.
    pub const TOP_BAR: f32 = 44.0;
    /// Height of the status bar.
    pub const STATUS_BAR: f32 = 24.0;
    /// Height of the editor's tab strip.
    pub const TAB_STRIP: f32 = 32.0;
    /// Height of a track row: at least, usually, at most.
    pub const TRACK_ROW: (f32, f32, f32) = (24.0, 46.0, 160.0);
    /// Width of the track headers.
    pub const TRACK_HEADER: f32 = 230.0;
    /// Height of the arrangement's ruler.
    pub const RULER: f32 = 30.0;
    /// Width of the key strip.
    pub const KEY_STRIP: f32 = 64.0;
    /// Height of a lane under the piano roll.
    pub const LANE: f32 = 84.0;
    /// Corner radius.
    pub const RADIUS: u8 = 5;
    /// One step of spacing.
    pub const STEP: f32 = 4.0;
    /// Height of a button in a bar.
    pub const BUTTON: f32 = 28.0;
    /// Body text.
    pub const BODY: f32 = 13.0;
    /// Captions.
    pub const CAPTION: f32 = 11.0;
    /// The smallest text there is.
    pub const TINY: f32 = 10.5;
    /// Figures in readouts.
    pub const READOUT: f32 = 15.0;
}
