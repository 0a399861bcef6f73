//! The commands that have a name: label, icon, tooltip, shortcut and menu in one table.

use egui::{Key, KeyboardShortcut, Modifiers};
use lucide_icons::Icon;

/// Which menu a command is in, and which file dispatches it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Opening, writing, leaving.
    File,
    /// Undo and the selection.
    Edit,
    /// The selected track.
    Track,
    /// Playing.
    Transport,
    /// What is shown.
    View,
}

/// A command with a name. Its keys work wherever no text is being typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// An empty song.
    New,
    /// Choose a file and open it.
    Open,
    /// The song that comes with the program.
    OpenDemo,
    /// Write the song in the format it came in.
    ExportMidi,
    /// Write the song as one track.
    ExportType0,
    /// Write the song as many tracks.
    ExportType1,
    /// Theme, sound, ports, scale.
    Settings,
    /// Leave.
    Quit,
    /// Take the last change back.
    Undo,
    /// Make it again.
    Redo,
    /// Every note of the clip.
    SelectAll,
    /// No note.
    SelectNone,
    /// Delete the selected notes.
    Delete,
    /// Copy the selected notes after themselves.
    Duplicate,
    /// An empty track.
    AddTrack,
    /// Another name.
    RenameTrack,
    /// The next colour.
    RecolorTrack,
    /// Silence the track.
    MuteTrack,
    /// Hear soloed tracks only.
    SoloTrack,
    /// Fader and pan to their rest.
    ResetMix,
    /// Let every track sound.
    UnmuteAll,
    /// Play, or stop.
    PlayStop,
    /// Playhead to the beginning.
    ToStart,
    /// Whether the loop repeats.
    ToggleLoop,
    /// Repeat what is selected.
    LoopSelection,
    /// Click on every beat.
    ToggleMetronome,
    /// Silence everything.
    Panic,
    /// Dark or light.
    ToggleTheme,
    /// The editor at the bottom.
    ToggleEditor,
    /// The piano roll's tab.
    ShowPianoRoll,
    /// The profiler's tab.
    ShowProfiler,
    /// The profiler over everything.
    ToggleOverlay,
    /// Whether the view follows the playhead.
    ToggleFollow,
    /// A step larger.
    LargerInterface,
    /// A step smaller.
    SmallerInterface,
    /// The natural size.
    ResetInterface,
    /// Fill the screen.
    FullScreen,
}

/// What is said about a command.
#[derive(Clone, Copy, Debug)]
pub struct Info {
    /// Its menu.
    pub family: Family,
    /// Its name in menus.
    pub label: &'static str,
    /// Its icon.
    pub icon: Option<Icon>,
    /// What it does, in a sentence.
    pub tooltip: &'static str,
    /// Its keys.
    pub shortcut: Option<KeyboardShortcut>,
}

#[expect(clippy::unnecessary_wraps, reason = "so that the table below reads as one")]
const fn keys(modifiers: Modifiers, key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(modifiers, key))
}

const fn info(
    family: Family,
    label: &'static str,
    icon: Option<Icon>,
    shortcut: Option<KeyboardShortcut>,
    tooltip: &'static str,
) -> Info {
    Info { family, label, icon, tooltip, shortcut }
}

impl Action {
    /// Every command, in the order of the menus.
    pub const ALL: &[Self] = &[
        Self::New,
        Self::Open,
        Self::OpenDemo,
        Self::ExportMidi,
        Self::ExportType0,
        Self::ExportType1,
        Self::Settings,
        Self::Quit,
        Self::Undo,
        Self::Redo,
        Self::SelectAll,
        Self::SelectNone,
        Self::Delete,
        Self::Duplicate,
        Self::AddTrack,
        Self::RenameTrack,
        Self::RecolorTrack,
        Self::MuteTrack,
        Self::SoloTrack,
        Self::ResetMix,
        Self::UnmuteAll,
        Self::PlayStop,
        Self::ToStart,
        Self::ToggleLoop,
        Self::LoopSelection,
        Self::ToggleMetronome,
        Self::Panic,
        Self::ToggleTheme,
        Self::ToggleEditor,
        Self::ShowPianoRoll,
        Self::ShowProfiler,
        Self::ToggleOverlay,
        Self::ToggleFollow,
        Self::LargerInterface,
        Self::SmallerInterface,
        Self::ResetInterface,
        Self::FullScreen,
    ];

    /// What is said about it.
    pub const fn info(self) -> Info {
        use Family::{Edit, File, Track, Transport, View};
        const NONE: Modifiers = Modifiers::NONE;
        const CTRL: Modifiers = Modifiers::COMMAND;
        const CTRL_SHIFT: Modifiers = CTRL.plus(Modifiers::SHIFT);
        match self {
            Self::New => {
                info(File, "New", Some(Icon::FilePlus), keys(CTRL, Key::N), "Start an empty song")
            }
            Self::Open => info(
                File,
                "Open…",
                Some(Icon::FolderOpen),
                keys(CTRL, Key::O),
                "Choose a MIDI file and open it",
            ),
            Self::OpenDemo => info(
                File,
                "Open the demo song",
                Some(Icon::Music),
                None,
                "Open the song that comes with the program",
            ),
            Self::ExportMidi => info(
                File,
                "Export MIDI…",
                Some(Icon::Download),
                keys(CTRL, Key::E),
                "Write the song as a MIDI file, in the format it came in",
            ),
            Self::ExportType0 => info(
                File,
                "Export as type 0…",
                None,
                None,
                "Write the song as a MIDI file with a single track",
            ),
            Self::ExportType1 => info(
                File,
                "Export as type 1…",
                None,
                None,
                "Write the song as a MIDI file with a track for every part",
            ),
            Self::Settings => info(
                File,
                "Settings…",
                Some(Icon::Settings),
                keys(CTRL, Key::Comma),
                "Theme, sound, MIDI ports and size of the interface",
            ),
            Self::Quit => {
                info(File, "Quit", Some(Icon::LogOut), keys(CTRL, Key::Q), "Leave the program")
            }
            Self::Undo => info(
                Edit,
                "Undo",
                Some(Icon::Undo2),
                keys(CTRL, Key::Z),
                "Take the last change back",
            ),
            Self::Redo => info(
                Edit,
                "Redo",
                Some(Icon::Redo2),
                keys(CTRL_SHIFT, Key::Z),
                "Make the change again",
            ),
            Self::SelectAll => info(
                Edit,
                "Select all notes",
                Some(Icon::ListChecks),
                keys(CTRL, Key::A),
                "Select every note of the clip in the piano roll",
            ),
            Self::SelectNone => info(
                Edit,
                "Select nothing",
                None,
                keys(CTRL_SHIFT, Key::A),
                "Clear the selection of notes",
            ),
            Self::Delete => info(
                Edit,
                "Delete notes",
                Some(Icon::Trash2),
                keys(NONE, Key::Delete),
                "Delete the selected notes",
            ),
            Self::Duplicate => info(
                Edit,
                "Duplicate after",
                Some(Icon::CopyPlus),
                keys(CTRL, Key::D),
                "Copy the selected notes to right after themselves",
            ),
            Self::AddTrack => info(
                Track,
                "Add track",
                Some(Icon::Plus),
                keys(CTRL, Key::T),
                "Add an empty track at the bottom",
            ),
            Self::RenameTrack => info(
                Track,
                "Rename…",
                Some(Icon::Pencil),
                keys(NONE, Key::F2),
                "Give the selected track another name",
            ),
            Self::RecolorTrack => info(
                Track,
                "Next colour",
                Some(Icon::Palette),
                None,
                "Give the selected track the next colour",
            ),
            Self::MuteTrack => info(
                Track,
                "Mute",
                Some(Icon::VolumeX),
                None,
                "Silence the selected track, or let it sound again",
            ),
            Self::SoloTrack => {
                info(Track, "Solo", Some(Icon::Headphones), None, "Hear only the soloed tracks")
            }
            Self::ResetMix => info(
                Track,
                "Reset volume and pan",
                Some(Icon::RotateCcw),
                None,
                "Volume to 0 dB, pan to the middle",
            ),
            Self::UnmuteAll => {
                info(Track, "Unmute and unsolo all", None, None, "Let every track sound")
            }
            Self::PlayStop => info(
                Transport,
                "Play or stop",
                Some(Icon::Play),
                keys(NONE, Key::Space),
                "Play from the playhead, or stop there",
            ),
            Self::ToStart => info(
                Transport,
                "To start",
                Some(Icon::SkipBack),
                keys(NONE, Key::Home),
                "Move the playhead to the beginning",
            ),
            Self::ToggleLoop => info(
                Transport,
                "Loop",
                Some(Icon::Repeat),
                keys(NONE, Key::L),
                "Repeat the range marked in the ruler",
            ),
            Self::LoopSelection => info(
                Transport,
                "Loop the selection",
                None,
                keys(CTRL, Key::L),
                "Repeat the selected notes, or else the selected clip",
            ),
            Self::ToggleMetronome => info(
                Transport,
                "Metronome",
                Some(Icon::Metronome),
                keys(NONE, Key::K),
                "Click on every beat while playing",
            ),
            Self::Panic => info(
                Transport,
                "All sound off",
                Some(Icon::OctagonX),
                keys(CTRL, Key::Period),
                "Silence every voice and every port at once",
            ),
            Self::ToggleTheme => info(
                View,
                "Light theme",
                Some(Icon::Sun),
                None,
                "Change between the dark and the light theme",
            ),
            Self::ToggleEditor => info(
                View,
                "Editor",
                Some(Icon::PanelBottom),
                keys(CTRL, Key::J),
                "Show or hide the editor at the bottom",
            ),
            Self::ShowPianoRoll => info(
                View,
                "Piano roll",
                Some(Icon::Piano),
                keys(CTRL, Key::Num1),
                "Show the notes of the selected clip",
            ),
            Self::ShowProfiler => info(
                View,
                "Profiler",
                Some(Icon::Gauge),
                keys(CTRL, Key::Num2),
                "Show what the program costs",
            ),
            Self::ToggleOverlay => info(
                View,
                "Profiler overlay",
                Some(Icon::Activity),
                keys(NONE, Key::F12),
                "Show frame times and costs over everything",
            ),
            Self::ToggleFollow => info(
                View,
                "Follow playhead",
                Some(Icon::LocateFixed),
                keys(NONE, Key::F),
                "Keep the playhead in view while playing",
            ),
            Self::LargerInterface => info(
                View,
                "Larger interface",
                Some(Icon::ZoomIn),
                keys(CTRL, Key::Equals),
                "Make everything a step larger",
            ),
            Self::SmallerInterface => info(
                View,
                "Smaller interface",
                Some(Icon::ZoomOut),
                keys(CTRL, Key::Minus),
                "Make everything a step smaller",
            ),
            Self::ResetInterface => info(
                View,
                "Interface at 100 %",
                None,
                keys(CTRL, Key::Num0),
                "Make everything its natural size",
            ),
            Self::FullScreen => info(
                View,
                "Full screen",
                None,
                keys(NONE, Key::F11),
                "Fill the screen, or go back to a window",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_says_what_it_is() {
        for action in Action::ALL {
            let info = action.info();
            assert!(!info.label.is_empty() && !info.tooltip.is_empty(), "{action:?}");
            assert!(!info.tooltip.ends_with('.'), "{action:?}: no full stop in a tooltip");
        }
    }

    #[test]
    fn no_two_shortcuts_clash() {
        for (index, one) in Action::ALL.iter().enumerate() {
            for other in Action::ALL.iter().skip(index + 1) {
                let (a, b) = (one.info().shortcut, other.info().shortcut);
                assert!(a.is_none() || a != b, "{one:?} and {other:?}");
            }
        }
    }
}
