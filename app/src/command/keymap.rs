//! Which keys run which command: the table's own, the preset's, and the user's.
//!
//! Pure: knows no file. [`mod@file`] reads and writes the text, [`store`] keeps it.

pub mod file;
mod presets;
pub mod store;

use super::{Action, Scope};
use crate::state::GesturePreset;
use egui::{Key, KeyboardShortcut, Modifiers};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The keys of every command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keymap {
    preset: GesturePreset,
    /// What the user decided, an empty list for "no keys".
    own: BTreeMap<Action, Vec<KeyboardShortcut>>,
    /// What holds now, by the command's number. No two that overlap share a key.
    keys: Vec<Vec<KeyboardShortcut>>,
}

impl Default for Keymap {
    fn default() -> Self {
        Self::of(GesturePreset::Standard, BTreeMap::new())
    }
}

impl Keymap {
    /// The keymap of a fresh start.
    pub fn standard() -> &'static Self {
        static STANDARD: LazyLock<Keymap> = LazyLock::new(Keymap::default);
        &STANDARD
    }

    /// A preset with the user's own decisions on top: a command that the user gave a key
    /// takes it away from one that only the preset gave it.
    pub fn of(preset: GesturePreset, own: BTreeMap<Action, Vec<KeyboardShortcut>>) -> Self {
        let mut keymap = Self { preset, own, keys: vec![Vec::new(); Action::COUNT] };
        keymap.settle();
        keymap
    }

    /// Its preset.
    pub const fn preset(&self) -> GesturePreset {
        self.preset
    }

    /// Goes over to another preset; what the user decided stays.
    pub fn set_preset(&mut self, preset: GesturePreset) {
        self.preset = preset;
        self.settle();
    }

    /// The keys of a command, the one that menus show first.
    pub fn keys(&self, action: Action) -> &[KeyboardShortcut] {
        self.keys.get(action as usize).map_or(&[], Vec::as_slice)
    }

    /// The keys that menus show.
    pub fn first(&self, action: Action) -> Option<KeyboardShortcut> {
        self.keys(action).first().copied()
    }

    /// What the user decided for a command; `None` when that is the preset's business.
    pub fn own(&self, action: Action) -> Option<&[KeyboardShortcut]> {
        self.own.get(&action).map(Vec::as_slice)
    }

    /// Every decision of the user.
    pub fn all_own(&self) -> impl Iterator<Item = (Action, &[KeyboardShortcut])> {
        self.own.iter().map(|(action, keys)| (*action, keys.as_slice()))
    }

    /// The command that these keys run while `scope` has the keyboard.
    pub fn find(&self, scope: Scope, modifiers: Modifiers, key: Key) -> Option<Action> {
        let with = |modifiers: Modifiers| {
            let runs = |action: &Action| {
                let theirs = action.info().scope;
                let reached =
                    theirs == scope || (theirs == Scope::Global && scope != Scope::TextField);
                reached && self.keys(*action).iter().any(|keys| is_pressed(*keys, modifiers, key))
            };
            Action::all().iter().copied().find(runs)
        };
        // Some keyboards reach a sign such as the plus with Shift only.
        let unshifted = Modifiers { shift: false, ..modifiers };
        with(modifiers).or_else(|| with(unshifted).filter(|_| modifiers.shift && is_sign(key)))
    }

    /// The command that would lose `keys` if `action` got them.
    pub fn clash(&self, action: Action, keys: KeyboardShortcut) -> Option<Action> {
        let scope = action.info().scope;
        Action::all().iter().copied().find(|&other| {
            other != action
                && other.info().scope.overlaps(scope)
                && self.keys(other).iter().any(|theirs| is_same(*theirs, keys))
        })
    }

    /// Gives a command these keys and no others. Whoever had one of them loses it.
    pub fn bind(&mut self, action: Action, keys: Vec<KeyboardShortcut>) {
        for &wanted in &keys {
            while let Some(loser) = self.clash(action, wanted) {
                let left: Vec<_> =
                    self.keys(loser).iter().copied().filter(|k| !is_same(*k, wanted)).collect();
                self.own.insert(loser, left);
                self.settle();
            }
        }
        self.own.insert(action, keys);
        self.settle();
    }

    /// Gives a command its preset's keys again.
    pub fn reset(&mut self, action: Action) {
        self.own.remove(&action);
        self.settle();
    }

    /// Forgets all that the user decided.
    pub fn reset_all(&mut self) {
        self.own.clear();
        self.settle();
    }

    /// Works out what holds: the user's decisions first, then what is left of the preset.
    fn settle(&mut self) {
        let mut keys: Vec<Vec<KeyboardShortcut>> = vec![Vec::new(); Action::COUNT];
        let taken = |keys: &[Vec<KeyboardShortcut>], action: Action, wanted| {
            Action::all().iter().any(|&other| {
                other != action
                    && other.info().scope.overlaps(action.info().scope)
                    && keys
                        .get(other as usize)
                        .is_some_and(|theirs| theirs.iter().any(|k| is_same(*k, wanted)))
            })
        };
        let ours = self.own.iter().map(|(action, keys)| (*action, keys.as_slice()));
        let theirs = Action::all().iter().filter(|action| !self.own.contains_key(action));
        let theirs = theirs.map(|&action| (action, presets::keys(self.preset, action)));
        for (action, wanted) in ours.chain(theirs) {
            let free: Vec<_> =
                wanted.iter().copied().filter(|&wanted| !taken(&keys, action, wanted)).collect();
            if let Some(slot) = keys.get_mut(action as usize) {
                *slot = free;
            }
        }
        self.keys = keys;
    }
}

/// Whether two shortcuts are the same keys.
pub fn is_same(one: KeyboardShortcut, other: KeyboardShortcut) -> bool {
    is_pressed(one, other.modifiers, other.logical_key)
}

/// Whether these keys are the shortcut: exactly, with Ctrl standing for Command.
fn is_pressed(shortcut: KeyboardShortcut, modifiers: Modifiers, key: Key) -> bool {
    let plain = |m: Modifiers| (m.command || m.ctrl || m.mac_cmd, m.shift, m.alt);
    shortcut.logical_key == key && plain(shortcut.modifiers) == plain(modifiers)
}

/// Whether a key is a sign, which some keyboards have on another level.
const fn is_sign(key: Key) -> bool {
    matches!(
        key,
        Key::Plus
            | Key::Minus
            | Key::Equals
            | Key::Comma
            | Key::Period
            | Key::Colon
            | Key::Semicolon
            | Key::Slash
            | Key::Backslash
            | Key::Pipe
            | Key::Questionmark
            | Key::Exclamationmark
            | Key::OpenBracket
            | Key::CloseBracket
            | Key::OpenCurlyBracket
            | Key::CloseCurlyBracket
            | Key::Backtick
            | Key::Quote
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ctrl(key: Key) -> KeyboardShortcut {
        KeyboardShortcut::new(Modifiers::COMMAND, key)
    }

    #[test]
    fn no_two_shortcuts_clash_in_any_preset_where_their_scopes_overlap() {
        for preset in GesturePreset::ALL {
            let mut clashes = Vec::new();
            for (index, &one) in Action::all().iter().enumerate() {
                for &other in Action::all().iter().skip(index + 1) {
                    let both = one.info().scope.overlaps(other.info().scope);
                    let theirs = presets::keys(preset, other);
                    for &keys in presets::keys(preset, one).iter().filter(|_| both) {
                        if theirs.iter().any(|k| is_same(*k, keys)) {
                            clashes.push((one, other, file::keys_text(keys)));
                        }
                    }
                }
            }
            assert_eq!(clashes, [], "in {preset:?}");
        }
    }

    #[test]
    fn modifiers_have_to_be_those_and_no_others() {
        let keymap = Keymap::standard();
        let find = |modifiers, key| keymap.find(Scope::Roll, modifiers, key);
        assert_eq!(find(Modifiers::COMMAND, Key::Z), Some(Action::Undo));
        assert_eq!(find(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z), Some(Action::Redo));
        assert_eq!(find(Modifiers::SHIFT, Key::Z), Some(Action::ZoomBack));
        assert_eq!(find(Modifiers::COMMAND | Modifiers::ALT, Key::Z), None);
    }

    #[test]
    fn the_rolls_keys_work_in_the_roll_and_global_ones_wherever_no_text_is_typed() {
        let keymap = Keymap::standard();
        assert_eq!(keymap.find(Scope::Arrangement, Modifiers::NONE, Key::ArrowUp), None);
        assert_eq!(keymap.find(Scope::TextField, Modifiers::COMMAND, Key::Z), None);
        for scope in [Scope::Global, Scope::Roll, Scope::Arrangement, Scope::Library] {
            assert_eq!(keymap.find(scope, Modifiers::NONE, Key::K), Some(Action::ToggleMetronome));
        }
    }

    #[test]
    fn a_sign_is_found_with_shift_too_and_a_letter_is_not() {
        let find = |key| Keymap::standard().find(Scope::Global, Modifiers::SHIFT, key);
        assert_eq!(find(Key::K), None);
        let plus = Keymap::standard().find(
            Scope::Global,
            Modifiers::COMMAND | Modifiers::SHIFT,
            Key::Plus,
        );
        assert_eq!(plus, Some(Action::LargerInterface));
    }

    #[test]
    fn a_key_that_is_given_away_is_taken_from_who_had_it() {
        let mut keymap = Keymap::default();
        assert_eq!(keymap.clash(Action::New, ctrl(Key::Y)), Some(Action::Redo));
        keymap.bind(Action::New, vec![ctrl(Key::Y)]);
        assert_eq!(keymap.keys(Action::New), [ctrl(Key::Y)]);
        assert_eq!(keymap.keys(Action::Redo).len(), 1, "its other keys stay");
        assert_eq!(keymap.clash(Action::New, ctrl(Key::Y)), None);
        keymap.reset_all();
        assert_eq!(keymap, Keymap::default());
    }

    #[test]
    fn a_reset_does_not_take_back_what_another_command_was_given() {
        let mut keymap = Keymap::default();
        keymap.bind(Action::Quit, vec![ctrl(Key::N)]);
        keymap.reset(Action::New);
        assert_eq!(keymap.keys(Action::New), []);
        assert_eq!(keymap.find(Scope::Global, Modifiers::COMMAND, Key::N), Some(Action::Quit));
    }

    #[test]
    fn what_the_user_decided_outlives_a_change_of_preset() {
        let mut keymap = Keymap::default();
        keymap.bind(Action::Panic, vec![ctrl(Key::F5)]);
        for preset in GesturePreset::ALL {
            keymap.set_preset(preset);
            assert_eq!(keymap.keys(Action::Panic), [ctrl(Key::F5)]);
        }
    }
}
