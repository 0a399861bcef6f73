//! What is shown.

use super::{Family, Info, Needs, Scope, keys};
use crate::command::Action;
use lucide_icons::Icon;

const fn row(action: Action, id: &'static str, label: &'static str) -> Info {
    Info::new(Family::View, action, id, label)
}

pub(super) const TABLE: &[Info] = &[
    row(Action::ToggleTheme, "view.light-theme", "Light theme")
        .icon(Icon::Sun)
        .says("Change between the dark and the light theme"),
    row(Action::ToggleEditor, "view.editor", "Editor")
        .separated()
        .icon(Icon::PanelBottom)
        .keys(keys![CTRL J])
        .says("Show or hide the editor at the bottom"),
    row(Action::ShowPianoRoll, "view.piano-roll", "Piano roll")
        .icon(Icon::Piano)
        .keys(keys![CTRL Num1])
        .says("Show the notes of the selected clip, and give them the keyboard"),
    row(Action::ShowEvents, "view.events", "Events")
        .icon(Icon::List)
        .keys(keys![CTRL Num3])
        .says("List the notes and other events of the selected clip"),
    row(Action::ShowProfiler, "view.profiler", "Profiler")
        .icon(Icon::Gauge)
        .keys(keys![CTRL Num2])
        .says("Show what the program costs"),
    row(Action::ToggleOverlay, "view.profiler-overlay", "Profiler overlay")
        .icon(Icon::Activity)
        .keys(keys![NONE F12])
        .says("Show frame times and costs over everything"),
    row(Action::ToggleFollow, "view.follow", "Follow playhead")
        .separated()
        .icon(Icon::LocateFixed)
        .keys(keys![NONE F])
        .says("Keep the playhead in view while playing"),
    row(Action::FoldUsed, "view.fold-used", "Fold to the used pitches")
        .separated()
        .icon(Icon::FoldVertical)
        .scope(Scope::Roll)
        .keys(keys![NONE U])
        .needs(Needs::Clip)
        .says("Show rows for the used pitches or drums alone, or for all keys again"),
    row(Action::FoldScale, "view.fold-scale", "Fold to the scale")
        .scope(Scope::Roll)
        .keys(keys![SHIFT U])
        .needs(Needs::PitchedClip)
        .says("Show rows for the pitches of the scale alone, or for all keys again"),
    row(Action::HighlightScale, "view.highlight-scale", "Highlight the scale")
        .icon(Icon::Highlighter)
        .scope(Scope::Roll)
        .keys(keys![NONE H])
        .needs(Needs::PitchedClip)
        .says("Tint the rows of the scale that was chosen last, or else of the key of the notes"),
    row(Action::ZoomToSelection, "view.zoom-to-selection", "Zoom to the selection")
        .separated()
        .icon(Icon::ZoomIn)
        .scope(Scope::Roll)
        .keys(keys![NONE Z])
        .needs(Needs::ClipNotes)
        .says("Show the selected notes, or else the clip, as large as they fit"),
    row(Action::ZoomBack, "view.zoom-back", "Previous zoom")
        .icon(Icon::ZoomOut)
        .scope(Scope::Roll)
        .keys(keys![SHIFT Z])
        .needs(Needs::Clip)
        .says("Go back to what was shown before the zoom"),
    row(Action::LargerInterface, "view.larger", "Larger interface")
        .separated()
        .icon(Icon::AArrowUp)
        .keys(keys![CTRL Equals, CTRL Plus])
        .says("Make everything a step larger"),
    row(Action::SmallerInterface, "view.smaller", "Smaller interface")
        .icon(Icon::AArrowDown)
        .keys(keys![CTRL Minus])
        .says("Make everything a step smaller"),
    row(Action::ResetInterface, "view.natural-size", "Interface at 100 %")
        .keys(keys![CTRL Num0])
        .says("Make everything its natural size"),
    row(Action::FullScreen, "view.full-screen", "Full screen")
        .keys(keys![NONE F11])
        .says("Fill the screen, or go back to a window"),
];
