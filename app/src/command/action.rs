//! The commands that have a name: label, icon, tooltip, shortcut and menu in one table.

use egui::{Key, KeyboardShortcut, Modifiers};
use lucide_icons::Icon;

/// Where a shortcut works. Two shortcuts clash when they are equal and their places overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// Wherever no text is being typed.
    Global,
    /// Over the piano roll.
    Roll,
    /// Over the arrangement.
    Arrangement,
}

impl Context {
    /// Whether a key could mean both.
    pub fn overlaps(self, other: Self) -> bool {
        self == other || self == Self::Global || other == Self::Global
    }
}

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

/// A command with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// An empty song.
    New,
    /// Choose a file and open it.
    Open,
    /// Write the song as a MIDI file, in the format it came in.
    ExportMidi,
    /// Leave.
    Quit,
    /// Take the last change back.
    Undo,
    /// Make it again.
    Redo,
    /// Play, or stop.
    PlayStop,
    /// Playhead to the beginning.
    ToStart,
    /// Whether the loop repeats.
    ToggleLoop,
    /// Dark or light.
    ToggleTheme,
    /// The editor at the bottom.
    ToggleEditor,
    /// Whether the view follows the playhead.
    ToggleFollow,
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
    /// Where the keys work.
    pub context: Context,
}

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
    Info { family, label, icon, tooltip, shortcut, context: Context::Global }
}

impl Action {
    /// Every command, in the order of the menus.
    pub const ALL: &[Self] = &[
        Self::New,
        Self::Open,
        Self::ExportMidi,
        Self::Quit,
        Self::Undo,
        Self::Redo,
        Self::PlayStop,
        Self::ToStart,
        Self::ToggleLoop,
        Self::ToggleTheme,
        Self::ToggleEditor,
        Self::ToggleFollow,
    ];

    /// What is said about it.
    pub const fn info(self) -> Info {
        use Family::{Edit, File, Transport, View};
        const CTRL: Modifiers = Modifiers::COMMAND;
        match self {
            Self::New => info(File, "New", None, keys(CTRL, Key::N), "Start an empty song"),
            Self::Open => {
                info(File, "Open…", Some(Icon::FolderOpen), keys(CTRL, Key::O), "Open a MIDI file")
            }
            Self::ExportMidi => info(
                File,
                "Export MIDI…",
                Some(Icon::Download),
                keys(CTRL, Key::E),
                "Write the song as a MIDI file, in the format it came in",
            ),
            Self::Quit => info(File, "Quit", None, keys(CTRL, Key::Q), "Leave the program"),
            Self::Undo => {
                info(Edit, "Undo", Some(Icon::Undo2), keys(CTRL, Key::Z), "Take the change back")
            }
            Self::Redo => info(
                Edit,
                "Redo",
                Some(Icon::Redo2),
                keys(CTRL.plus(Modifiers::SHIFT), Key::Z),
                "Make the change again",
            ),
            Self::PlayStop => info(
                Transport,
                "Play or stop",
                Some(Icon::Play),
                keys(Modifiers::NONE, Key::Space),
                "Play from the playhead, or stop there",
            ),
            Self::ToStart => info(
                Transport,
                "To start",
                Some(Icon::SkipBack),
                keys(Modifiers::NONE, Key::Home),
                "Move the playhead to the beginning",
            ),
            Self::ToggleLoop => info(
                Transport,
                "Loop",
                Some(Icon::Repeat),
                keys(Modifiers::NONE, Key::L),
                "Repeat the range marked in the ruler",
            ),
            Self::ToggleTheme => {
                info(View, "Light theme", None, None, "Change between the dark and the light theme")
            }
            Self::ToggleEditor => info(
                View,
                "Editor",
                Some(Icon::PanelBottom),
                keys(CTRL, Key::J),
                "Show or hide the editor",
            ),
            Self::ToggleFollow => info(
                View,
                "Follow playhead",
                None,
                keys(Modifiers::NONE, Key::F),
                "Keep the playhead in view while playing",
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
    fn no_two_shortcuts_clash_where_both_work() {
        for (index, one) in Action::ALL.iter().enumerate() {
            for other in Action::ALL.iter().skip(index + 1) {
                let (a, b) = (one.info(), other.info());
                let same = a.shortcut.is_some() && a.shortcut == b.shortcut;
                assert!(!(same && a.context.overlaps(b.context)), "{one:?} and {other:?}");
            }
        }
    }
}
