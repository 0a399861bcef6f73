//! Where other programs' keys differ from this one's.
//!
//! Presets approximate: they hold the keys of commands that both programs have and that are
//! widely known, and leave everything else as it is in the standard keymap.

use crate::command::Action;
use crate::command::actions::keys;
use crate::state::GesturePreset;
use egui::KeyboardShortcut;

/// A command and the keys it has instead.
type Difference = (Action, &'static [KeyboardShortcut]);

/// Tools by letters; Ctrl+B repeats, Ctrl+D lets go of the selection.
const FL: &[Difference] = &[
    (Action::ToolSelect, keys![NONE E, NONE Num1]),
    (Action::ToolDraw, keys![NONE P, NONE Num2]),
    (Action::ToolErase, keys![NONE D, NONE Num3]),
    (Action::ToolKnife, keys![NONE C, NONE Num4]),
    (Action::Duplicate, keys![CTRL B]),
    (Action::Join, keys![CTRL G, NONE J]),
    (Action::SelectNone, keys![CTRL D, CTRL_SHIFT A]),
];

/// R repeats, W goes to the start, ? lists the commands.
const REAPER: &[Difference] = &[
    (Action::ToggleLoop, keys![NONE R]),
    (Action::ToStart, keys![NONE W, NONE Home]),
    (Action::Palette, keys![CTRL P, NONE Questionmark]),
];

/// The grid by Ctrl and a digit, Ctrl+U quantizes, Ctrl+E splits, X goes back a zoom.
const LIVE: &[Difference] = &[
    (Action::FinerGrid, keys![CTRL Num1]),
    (Action::CoarserGrid, keys![CTRL Num2]),
    (Action::TripletGrid, keys![CTRL Num3]),
    (Action::ToggleSnap, keys![CTRL Num4]),
    (Action::ShowPianoRoll, keys![ALT Num3]),
    (Action::ShowEvents, keys![ALT Num4]),
    (Action::ShowProfiler, &[]),
    (Action::ZoomBack, keys![NONE X]),
    (Action::Quantize, keys![CTRL U, NONE Q]),
    (Action::QuantizeWith, keys![CTRL_SHIFT U, ALT Q]),
    (Action::Split, keys![CTRL E, NONE S]),
    (Action::ExportMidi, keys![CTRL_SHIFT R]),
    (Action::AddTrack, keys![CTRL_SHIFT T, CTRL T]),
];

/// The keys of a command in a preset.
pub(super) fn keys(preset: GesturePreset, action: Action) -> &'static [KeyboardShortcut] {
    let differences = match preset {
        GesturePreset::Standard => &[],
        GesturePreset::Fl => FL,
        GesturePreset::Reaper => REAPER,
        GesturePreset::Live => LIVE,
    };
    let other = differences.iter().find(|(other, _)| *other == action);
    other.map_or(action.info().keys, |(_, keys)| keys)
}
