//! What commands need to know to say whether they are enabled, on, and what they are called now.

use super::{Action, Needs};
use crate::panels::piano_roll::Fold;
use crate::state::RollTool;
use crate::theme::ThemeKind;
use std::borrow::Cow;

/// The state of the program as far as menus and buttons care. Made once a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Facts {
    /// What undo would take back.
    pub undo: Option<&'static str>,
    /// What redo would do again.
    pub redo: Option<&'static str>,
    /// Whether the pointer is in the middle of something in the piano roll.
    pub dragging: bool,
    /// Whether there is anything to play or to write.
    pub has_tracks: bool,
    /// Whether a clip is selected.
    pub has_clip: bool,
    /// Whether several clips are open in the piano roll.
    pub has_clips: bool,
    /// Whether an open clip has notes.
    pub has_clip_notes: bool,
    /// Whether that clip is of a track for drums.
    pub drums: bool,
    /// Which rows its roll shows.
    pub fold: Fold,
    /// Whether the roll tints the rows of a scale.
    pub scale: bool,
    /// Whether notes are selected.
    pub has_notes: bool,
    /// Whether points of a lane are chosen.
    pub has_points: bool,
    /// Whether anything was copied.
    pub has_copied: bool,
    /// The selected track's mute and solo; `None` when no track is selected.
    pub track: Option<(bool, bool)>,
    /// Whether it plays.
    pub playing: bool,
    /// Whether the loop repeats.
    pub looping: bool,
    /// Whether the metronome clicks.
    pub metronome: bool,
    /// Which palette.
    pub theme: ThemeKind,
    /// Whether the editor is open.
    pub editor_open: bool,
    /// Whether the profiler lies over everything.
    pub overlay_open: bool,
    /// Whether the view follows the playhead.
    pub follow: bool,
    /// Whether the window fills the screen.
    pub full_screen: bool,
    /// Whether keys go to the piano roll.
    pub roll_keys: bool,
    /// Which tool the piano roll has in hand.
    pub tool: RollTool,
    /// Whether its gestures keep to the grid.
    pub snap: bool,
    /// Whether its grid is one of triplets.
    pub triplets: bool,
}

impl Action {
    /// Whether it would do anything.
    pub fn enabled(self, facts: &Facts) -> bool {
        self.missing(facts).is_none()
    }

    /// What it lacks to do anything, in a few words; `None` when it lacks nothing.
    pub fn missing(self, facts: &Facts) -> Option<&'static str> {
        let (there, lack) = match self.info().needs {
            Needs::Nothing => return None,
            // A drag is taken back, whatever was done before.
            Needs::Undo => (facts.undo.is_some() || facts.dragging, "nothing to undo"),
            Needs::Redo => (facts.redo.is_some(), "nothing to redo"),
            Needs::Tracks => (facts.has_tracks, "the song has no tracks"),
            Needs::Track => (facts.track.is_some(), "no track is selected"),
            Needs::Clip => (facts.has_clip, "no clip is selected"),
            Needs::Clips => (facts.has_clips, "only one clip is open"),
            Needs::NotesAndLoop if !facts.looping => (false, "there is no loop"),
            Needs::Notes | Needs::NotesAndLoop => (facts.has_notes, "no notes are selected"),
            Needs::NotesOrClip => (facts.has_notes || facts.has_clip, "nothing is selected"),
            Needs::ClipNotes => (facts.has_clip_notes, "the clip has no notes"),
            Needs::Copyable => (facts.has_notes || facts.has_points, "nothing is selected"),
            Needs::PitchedClip | Needs::Copied if !facts.has_clip => (false, "no clip is selected"),
            Needs::PitchedClip => (!facts.drums, "drums have no scale"),
            Needs::Copied => (facts.has_copied, "nothing was copied"),
        };
        (!there).then_some(lack)
    }

    /// Whether it is on; `None` for what is done rather than switched.
    pub fn checked(self, facts: &Facts) -> Option<bool> {
        match self {
            Self::MuteTrack => Some(facts.track.is_some_and(|(muted, _)| muted)),
            Self::SoloTrack => Some(facts.track.is_some_and(|(_, soloed)| soloed)),
            Self::PlayStop => Some(facts.playing),
            Self::ToggleLoop => Some(facts.looping),
            Self::ToggleMetronome => Some(facts.metronome),
            Self::ToggleTheme => Some(facts.theme == ThemeKind::Light),
            Self::ToggleEditor => Some(facts.editor_open),
            Self::ToggleOverlay => Some(facts.overlay_open),
            Self::ToggleFollow => Some(facts.follow),
            Self::FullScreen => Some(facts.full_screen),
            Self::ToolSelect => Some(facts.tool == RollTool::Select),
            Self::ToolDraw => Some(facts.tool == RollTool::Draw),
            Self::ToolErase => Some(facts.tool == RollTool::Erase),
            Self::ToolKnife => Some(facts.tool == RollTool::Knife),
            Self::ToolRamp => Some(facts.tool == RollTool::Ramp),
            Self::FoldUsed => Some(facts.fold == Fold::Used),
            Self::FoldScale => Some(facts.fold == Fold::Scale),
            Self::HighlightScale => Some(facts.scale),
            Self::ToggleSnap => Some(facts.snap),
            Self::TripletGrid => Some(facts.triplets),
            _ => None,
        }
    }

    /// What it is called right now: undo and redo name what they are about.
    pub fn label(self, facts: &Facts) -> Cow<'static, str> {
        let about = match self {
            Self::Undo => facts.undo,
            Self::Redo => facts.redo,
            _ => None,
        };
        let label = self.info().label;
        about.map_or(Cow::Borrowed(label), |name| Cow::Owned(format!("{label} {}", lower(name))))
    }
}

/// `name` with its first letter small, since it stands inside a phrase.
fn lower(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_lowercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undo_says_what_it_takes_back() {
        let facts = Facts { undo: Some("Move notes"), ..Facts::default() };
        assert_eq!(Action::Undo.label(&facts), "Undo move notes");
        assert_eq!(Action::Redo.label(&facts), "Redo");
        assert!(Action::Undo.enabled(&facts) && !Action::Redo.enabled(&facts));
    }
}
