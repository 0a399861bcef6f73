//! The piano roll's tools: what the left button does to notes.

use lucide_icons::Icon;

/// What the left button does in the piano roll.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RollTool {
    /// Selects, moves, resizes.
    #[default]
    Select,
    /// Makes notes.
    Draw,
    /// Deletes notes.
    Erase,
    /// Cuts notes in two.
    Knife,
    /// Draws velocities along a line.
    Ramp,
}

impl RollTool {
    /// Every tool, in the order of its keys.
    pub const ALL: [Self; 5] = [Self::Select, Self::Draw, Self::Erase, Self::Knife, Self::Ramp];

    /// What it is called.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Select => "Select",
            Self::Draw => "Draw",
            Self::Erase => "Erase",
            Self::Knife => "Knife",
            Self::Ramp => "Ramp",
        }
    }

    /// What it does, in a sentence.
    pub const fn tooltip(self) -> &'static str {
        match self {
            Self::Select => "Select, move and resize notes",
            Self::Draw => "Draw notes; Ctrl paints one on every grid step",
            Self::Erase => "Sweep over notes to delete them",
            Self::Knife => "Cut notes in two; sweep up or down to cut several",
            Self::Ramp => "Draw velocities along a line",
        }
    }

    /// How it is drawn.
    pub const fn icon(self) -> Icon {
        match self {
            Self::Select => Icon::MousePointer2,
            Self::Draw => Icon::Pencil,
            Self::Erase => Icon::Eraser,
            Self::Knife => Icon::Slice,
            Self::Ramp => Icon::TrendingUp,
        }
    }
}
