//! The keymap as text: a line `command = keys` for each decision, `preset = Name`, comments.
//!
//! Reading never fails: a line that says nothing useful is told of and passed over.

use super::{Keymap, is_same};
use crate::command::Action;
use crate::state::GesturePreset;
use egui::{Key, KeyboardShortcut, Modifiers};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What a new file says at its top.
const HEAD: &str = "\
# The keys of MIDI Software Center. One command a line, as in
#     edit.duplicate = Ctrl+D, Ctrl+B
#     play.metronome = none
# What has no line here has the keys of the preset: Standard, FL, Reaper or Live.
# Settings, Keys lists every command with its name; it writes this file too.
";

/// A line that was passed over, or that has an effect worth knowing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Which line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: String,
}

/// Reads a keymap and says what was wrong with it.
pub fn parse(text: &str) -> (Keymap, Vec<Remark>) {
    let mut preset = GesturePreset::Standard;
    let mut own: BTreeMap<Action, Vec<KeyboardShortcut>> = BTreeMap::new();
    let mut remarks = Vec::new();
    let mut lines: BTreeMap<Action, usize> = BTreeMap::new();
    for (line, text) in (1..).zip(text.lines()) {
        let read = match statement(text) {
            Ok(None) => Ok(()),
            Ok(Some(Statement::Preset(chosen))) => {
                preset = chosen;
                Ok(())
            }
            Ok(Some(Statement::Keys(action, keys))) => {
                take(action, &keys, &own, &lines).map(|()| {
                    own.insert(action, keys);
                    lines.insert(action, line);
                })
            }
            Err(what) => Err(what),
        };
        if let Err(what) = read {
            remarks.push(Remark { line, what });
        }
    }
    remarks.extend(bereaved(preset, &own, &lines));
    remarks.sort_by_key(|remark| remark.line);
    (Keymap::of(preset, own), remarks)
}

/// `text` with its lines brought up to date with `keymap`. Comments, order and lines that
/// could not be read stay as they are.
pub fn updated(text: &str, keymap: &Keymap) -> String {
    let mut left: BTreeMap<Action, &[KeyboardShortcut]> = keymap.all_own().collect();
    let mut preset_written = false;
    let mut new = String::new();
    if text.trim().is_empty() {
        new.push_str(HEAD);
    }
    for line in text.lines() {
        match statement(line) {
            Ok(Some(Statement::Preset(_))) if preset_written => {}
            Ok(Some(Statement::Preset(_))) => {
                preset_written = true;
                preset_line(&mut new, keymap.preset());
            }
            Ok(Some(Statement::Keys(action, _))) => {
                if let Some(keys) = left.remove(&action) {
                    keys_line(&mut new, action, keys);
                }
            }
            Ok(None) | Err(_) => {
                new.push_str(line);
                new.push('\n');
            }
        }
    }
    if !preset_written && keymap.preset() != GesturePreset::Standard {
        preset_line(&mut new, keymap.preset());
    }
    for (action, keys) in left {
        keys_line(&mut new, action, keys);
    }
    new
}

/// Keys as the file writes them: "Ctrl+Shift+Z".
pub fn keys_text(keys: KeyboardShortcut) -> String {
    let Modifiers { alt, ctrl, shift, mac_cmd, command } = keys.modifiers;
    let mut text = String::new();
    for (held, name) in [(ctrl || command || mac_cmd, "Ctrl+"), (shift, "Shift+"), (alt, "Alt+")] {
        text.push_str(if held { name } else { "" });
    }
    text + keys.logical_key.name()
}

/// Reads "Ctrl+Shift+Z". Cmd is another word for Ctrl, and Option for Alt.
///
/// # Errors
/// What is wrong with it.
pub fn parse_keys(text: &str) -> Result<KeyboardShortcut, String> {
    let mut parts: Vec<&str> = text.split('+').map(str::trim).collect();
    let name = parts.pop().unwrap_or_default();
    let mut modifiers = Modifiers::NONE;
    for part in parts {
        modifiers |= match part.to_ascii_lowercase().as_str() {
            "ctrl" | "control" | "cmd" | "command" => Modifiers::COMMAND,
            "shift" => Modifiers::SHIFT,
            "alt" | "option" => Modifiers::ALT,
            _ => return Err(format!("“{part}” is none of Ctrl, Shift and Alt")),
        };
    }
    let key = Key::from_name(name)
        .or_else(|| Key::ALL.iter().copied().find(|key| key.name().eq_ignore_ascii_case(name)))
        .ok_or_else(|| format!("there is no key “{name}”"))?;
    Ok(KeyboardShortcut::new(modifiers, key))
}

/// What a line says.
enum Statement {
    Preset(GesturePreset),
    Keys(Action, Vec<KeyboardShortcut>),
}

/// Reads a line; `None` for an empty one and a comment.
fn statement(line: &str) -> Result<Option<Statement>, String> {
    let said = line.split('#').next().unwrap_or_default().trim();
    if said.is_empty() {
        return Ok(None);
    }
    let (name, value) =
        said.split_once('=').ok_or("it does not read “command = keys”".to_owned())?;
    let (name, value) = (name.trim(), value.trim());
    if name == "preset" {
        let preset = GesturePreset::ALL
            .into_iter()
            .find(|preset| preset.label().eq_ignore_ascii_case(value))
            .ok_or_else(|| format!("there is no preset “{value}”"))?;
        return Ok(Some(Statement::Preset(preset)));
    }
    let action = Action::of_id(name).ok_or_else(|| format!("there is no command “{name}”"))?;
    if value.eq_ignore_ascii_case("none") {
        return Ok(Some(Statement::Keys(action, Vec::new())));
    }
    let keys = value.split(',').map(parse_keys).collect::<Result<_, _>>()?;
    Ok(Some(Statement::Keys(action, keys)))
}

/// Whether a line's keys can be had beside those of the lines before.
fn take(
    action: Action,
    keys: &[KeyboardShortcut],
    own: &BTreeMap<Action, Vec<KeyboardShortcut>>,
    lines: &BTreeMap<Action, usize>,
) -> Result<(), String> {
    if let Some(line) = lines.get(&action) {
        return Err(format!("“{}” has a line already: line {line}", action.info().id));
    }
    for (other, theirs) in own {
        if !other.info().scope.overlaps(action.info().scope) {
            continue;
        }
        if let Some(shared) = keys.iter().find(|k| theirs.iter().any(|other| is_same(*other, **k)))
        {
            let (keys, id) = (keys_text(*shared), other.info().id);
            let line = lines.get(other).copied().unwrap_or_default();
            return Err(format!("{keys} already means “{id}”: line {line}"));
        }
    }
    Ok(())
}

/// Tells which commands lose a key of the preset to a line without a line of their own.
fn bereaved(
    preset: GesturePreset,
    own: &BTreeMap<Action, Vec<KeyboardShortcut>>,
    lines: &BTreeMap<Action, usize>,
) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for (action, keys) in own {
        for &key in keys {
            let loses = |other: &Action| {
                other != action
                    && !own.contains_key(other)
                    && other.info().scope.overlaps(action.info().scope)
                    && super::presets::keys(preset, *other).iter().any(|k| is_same(*k, key))
            };
            let line = lines.get(action).copied().unwrap_or_default();
            for loser in Action::all().iter().copied().filter(loses) {
                let (keys, id) = (keys_text(key), loser.info().id);
                let what = format!("{keys} is taken from “{id}”, which has no line of its own");
                remarks.push(Remark { line, what });
            }
        }
    }
    remarks
}

fn preset_line(text: &mut String, preset: GesturePreset) {
    // Writing to a text cannot fail.
    let _never = writeln!(text, "preset = {}", preset.label());
}

fn keys_line(text: &mut String, action: Action, keys: &[KeyboardShortcut]) {
    let all: Vec<String> = keys.iter().map(|keys| keys_text(*keys)).collect();
    let all = if all.is_empty() { "none".to_owned() } else { all.join(", ") };
    let _never = writeln!(text, "{} = {all}", action.info().id);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remarks(text: &str) -> Vec<String> {
        parse(text).1.iter().map(|remark| format!("{}: {}", remark.line, remark.what)).collect()
    }

    #[test]
    fn a_line_gives_a_command_its_keys() {
        let (keymap, remarks) = parse(
            "# mine\n\nplay.metronome = Ctrl+Shift+M, cmd+option+up # both\nplay.loop=none\n",
        );
        assert_eq!(remarks, []);
        let metronome: Vec<String> =
            keymap.keys(Action::ToggleMetronome).iter().map(|keys| keys_text(*keys)).collect();
        assert_eq!(metronome, ["Ctrl+Shift+M", "Ctrl+Alt+Up"]);
        assert_eq!(keymap.keys(Action::ToggleLoop), []);
    }

    #[test]
    fn a_wrong_line_is_told_of_and_passed_over() {
        assert_eq!(
            remarks(
                "nonsense\nplay.nothing = K\nplay.metronome = Ctrl+Foo\nplay.loop = Hyper+L\n\
                 preset = Sonar\nplay.metronome = F7"
            ),
            [
                "1: it does not read “command = keys”",
                "2: there is no command “play.nothing”",
                "3: there is no key “Foo”",
                "4: “Hyper” is none of Ctrl, Shift and Alt",
                "5: there is no preset “Sonar”",
            ]
        );
        let (keymap, _) = parse("nonsense\nplay.metronome = F7");
        assert_eq!(keymap.first(Action::ToggleMetronome).map(keys_text), Some("F7".to_owned()));
    }

    #[test]
    fn two_lines_that_want_the_same_keys_where_they_overlap_are_told_of() {
        let text = "edit.select-all = F7\nplay.metronome = F7\nplay.metronome = F8\n\
                    play.metronome = F9";
        assert_eq!(
            remarks(text),
            [
                "2: F7 already means “edit.select-all”: line 1",
                "4: “play.metronome” has a line already: line 3"
            ]
        );
    }

    #[test]
    fn a_line_that_takes_a_presets_key_says_so_and_gets_it() {
        let text = "file.new = Ctrl+Z";
        assert_eq!(
            remarks(text),
            ["1: Ctrl+Z is taken from “edit.undo”, which has no line of its own"]
        );
        assert_eq!(parse(text).0.keys(Action::Undo), []);
        assert_eq!(remarks("file.new = Ctrl+Z\nedit.undo = Ctrl+N"), [""; 0], "a swap is fine");
    }

    #[test]
    fn an_update_leaves_comments_and_order_alone() {
        let before = "# top\nplay.loop = F3\nrubbish\nplay.metronome = F4\n# end\n";
        let (mut keymap, _) = parse(before);
        keymap.bind(Action::ToggleLoop, vec![]);
        keymap.reset(Action::ToggleMetronome);
        keymap.bind(Action::Panic, vec![KeyboardShortcut::new(Modifiers::ALT, Key::F9)]);
        keymap.set_preset(GesturePreset::Reaper);
        assert_eq!(
            updated(before, &keymap),
            "# top\nplay.loop = none\nrubbish\n# end\npreset = Reaper\n\
             play.all-sound-off = Alt+F9\n"
        );
    }

    #[test]
    fn what_is_written_is_read_again() {
        for preset in GesturePreset::ALL {
            let mut keymap = Keymap::of(preset, BTreeMap::new());
            keymap.bind(
                Action::ToggleLoop,
                vec![KeyboardShortcut::new(Modifiers::ALT, Key::ArrowUp)],
            );
            keymap.bind(Action::Undo, vec![]);
            let text = updated("", &keymap);
            assert_eq!(parse(&text), (keymap, vec![]), "{text}");
        }
    }

    #[test]
    fn every_key_can_be_written_and_read() {
        for &key in Key::ALL {
            let keys = KeyboardShortcut::new(Modifiers::COMMAND | Modifiers::ALT, key);
            assert_eq!(parse_keys(&keys_text(keys)), Ok(keys), "{key:?}");
        }
    }
}
