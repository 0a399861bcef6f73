//! What is said about every command, in one table for each menu.
//!
//! Menus, palette, keys, settings and buttons are all made from these tables, in their order.

mod edit;
mod file;
mod notes;
mod roll;
mod track;
mod transport;
mod view;

use super::Action;
use egui::{KeyboardShortcut, Modifiers};
use lucide_icons::Icon;
use std::sync::LazyLock;

/// Which menu a command is in, and which file dispatches it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// Opening, writing, leaving.
    File,
    /// Undo and the selection.
    Edit,
    /// What happens to notes, and the note cursor.
    Notes,
    /// The selected track.
    Track,
    /// Playing.
    Transport,
    /// What is shown.
    View,
}

impl Family {
    /// Every menu, from left to right.
    pub const ALL: [Self; 6] =
        [Self::File, Self::Edit, Self::Notes, Self::Track, Self::Transport, Self::View];

    /// What its menu is called.
    pub const fn label(self) -> &'static str {
        match self {
            Self::File => "File",
            Self::Edit => "Edit",
            Self::Notes => "Notes",
            Self::Track => "Track",
            Self::Transport => "Play",
            Self::View => "View",
        }
    }
}

/// Where a command's keys work. Its menu row and its place in the palette work everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Wherever no text is being typed.
    Global,
    /// While the piano roll has the keyboard.
    Roll,
    /// While the arrangement has it.
    Arrangement,
    /// While the library has it.
    Library,
    /// While text is being typed.
    TextField,
}

impl Scope {
    /// Whether a key can reach both, so that they may not want the same one.
    pub const fn overlaps(self, other: Self) -> bool {
        match (self, other) {
            (Self::TextField, Self::TextField) => true,
            (Self::TextField, _) | (_, Self::TextField) => false,
            (Self::Global, _) | (_, Self::Global) => true,
            (one, other) => one as u8 == other as u8,
        }
    }

    /// How it is named in settings.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Global => "Everywhere",
            Self::Roll => "Piano roll",
            Self::Arrangement => "Arrangement",
            Self::Library => "Library",
            Self::TextField => "Text",
        }
    }
}

/// What has to be there for a command to do anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// A step to take back.
    Undo,
    /// A step to make again.
    Redo,
    /// A song with tracks.
    Tracks,
    /// A selected track.
    Track,
    /// A clip in the piano roll.
    Clip,
    /// Several clips in the piano roll.
    Clips,
    /// Selected notes.
    Notes,
    /// Selected notes, and a loop.
    NotesAndLoop,
    /// Selected notes, or else a clip.
    NotesOrClip,
    /// A clip of a track that is not for drums.
    PitchedClip,
    /// A clip with notes.
    ClipNotes,
    /// Selected notes, or chosen points of a lane.
    Copyable,
    /// A clip, and something on the clipboard.
    Copied,
}

/// What is said about a command.
#[derive(Clone, Copy, Debug)]
pub struct Info {
    /// Which command.
    pub action: Action,
    /// What it is called in the keymap file; never changes.
    pub id: &'static str,
    /// Its menu.
    pub family: Family,
    /// Its submenu, if it is in one.
    pub submenu: Option<&'static str>,
    /// Whether a line in the menu stands before it.
    pub separated: bool,
    /// Where its keys work.
    pub scope: Scope,
    /// Its name in menus.
    pub label: &'static str,
    /// Its icon.
    pub icon: Option<Icon>,
    /// What it does, in a sentence.
    pub tooltip: &'static str,
    /// Its keys in the standard keymap; what they are now, [`super::Keymap`] knows.
    pub keys: &'static [KeyboardShortcut],
    /// What has to be there.
    pub needs: Needs,
}

impl Info {
    const fn new(family: Family, action: Action, id: &'static str, label: &'static str) -> Self {
        Self {
            action,
            id,
            family,
            submenu: None,
            separated: false,
            scope: Scope::Global,
            label,
            icon: None,
            tooltip: "",
            keys: &[],
            needs: Needs::Nothing,
        }
    }

    const fn says(self, tooltip: &'static str) -> Self {
        Self { tooltip, ..self }
    }

    const fn icon(self, icon: Icon) -> Self {
        Self { icon: Some(icon), ..self }
    }

    const fn keys(self, keys: &'static [KeyboardShortcut]) -> Self {
        Self { keys, ..self }
    }

    const fn needs(self, needs: Needs) -> Self {
        Self { needs, ..self }
    }

    const fn separated(self) -> Self {
        Self { separated: true, ..self }
    }

    const fn within(self, submenu: &'static str) -> Self {
        Self { submenu: Some(submenu), ..self }
    }

    const fn scope(self, scope: Scope) -> Self {
        Self { scope, ..self }
    }
}

pub(in crate::command) const NONE: Modifiers = Modifiers::NONE;
pub(in crate::command) const SHIFT: Modifiers = Modifiers::SHIFT;
pub(in crate::command) const ALT: Modifiers = Modifiers::ALT;
pub(in crate::command) const CTRL: Modifiers = Modifiers::COMMAND;
pub(in crate::command) const CTRL_SHIFT: Modifiers = CTRL.plus(SHIFT);

/// `keys![CTRL Z, NONE Delete]`: shortcuts as a constant slice.
macro_rules! keys {
    ($($modifiers:ident $key:ident),+) => {
        &[$(egui::KeyboardShortcut {
            modifiers: $crate::command::actions::$modifiers,
            logical_key: egui::Key::$key,
        }),+]
    };
}
pub(in crate::command) use keys;

/// The tables, in the order of the menus.
const TABLES: [&[Info]; 7] = [
    file::TABLE,
    edit::TABLE,
    notes::TABLE,
    roll::TABLE,
    track::TABLE,
    transport::TABLE,
    view::TABLE,
];

/// Every command, in the order of the menus.
static ALL: LazyLock<Vec<Action>> =
    LazyLock::new(|| TABLES.iter().flat_map(|table| *table).map(|info| info.action).collect());

/// The row of each command, by its number.
static BY_ACTION: LazyLock<Vec<&'static Info>> = LazyLock::new(|| {
    let mut rows: Vec<&Info> = TABLES.iter().flat_map(|table| *table).collect();
    rows.sort_by_key(|info| info.action as usize);
    rows
});

impl Action {
    /// Every command, in the order of the menus.
    pub fn all() -> &'static [Self] {
        &ALL
    }

    /// What is said about it.
    pub fn info(self) -> &'static Info {
        // A test sees to it that every command has its row, once.
        BY_ACTION.get(self as usize).copied().unwrap_or(&UNKNOWN)
    }

    /// The command with this id.
    pub fn of_id(id: &str) -> Option<Self> {
        Self::all().iter().copied().find(|action| action.info().id == id)
    }
}

/// Stands for a command that no table knows.
static UNKNOWN: Info = Info::new(Family::File, Action::New, "", "");

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_command_has_one_row_of_its_own() {
        for (number, info) in BY_ACTION.iter().enumerate() {
            assert_eq!(info.action as usize, number, "{:?} is missing or there twice", info.action);
        }
        assert_eq!(BY_ACTION.len(), Action::COUNT);
    }

    #[test]
    fn every_command_says_what_it_is() {
        let mut ids = BTreeSet::new();
        for action in Action::all() {
            let info = action.info();
            assert!(!info.label.is_empty() && !info.tooltip.is_empty(), "{action:?}");
            assert!(!info.tooltip.ends_with('.'), "{action:?}: no full stop in a tooltip");
            assert!(ids.insert(info.id), "{action:?}: its id is taken");
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c);
            assert!(info.id.contains('.') && info.id.chars().all(plain), "{}", info.id);
        }
    }

    #[test]
    fn everything_overlaps_with_global_and_with_itself() {
        use Scope::{Arrangement, Global, Library, Roll, TextField};
        for context in [Roll, Arrangement, Library, Global] {
            assert!(Global.overlaps(context) && context.overlaps(context));
            assert!(!TextField.overlaps(context));
        }
        assert!(!Roll.overlaps(Arrangement) && !Library.overlaps(Roll));
    }
}
