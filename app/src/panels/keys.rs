//! The settings' page of keys: every command, its keys, and how to give it others.

use crate::command::keymap::file::keys_text;
use crate::command::{Action, AppCommand, CommandSender, Keymap, fuzzy};
use crate::theme::{Theme, fonts, size};
use crate::widgets::{IconButton, TextButton, shortcut_text};
use egui::{
    Align, Align2, Button, Event, Key, KeyboardShortcut, Layout, Rect, RichText, ScrollArea,
    TextEdit, Ui, UiBuilder, vec2,
};
use lucide_icons::Icon;

/// Height of a row, in points.
const ROW: f32 = 28.0;
/// Rows that are seen at once.
const ROWS: f32 = 13.0;

/// The page's own state.
#[derive(Clone, Debug, Default)]
pub struct KeysPage {
    search: String,
    /// The command that waits for keys.
    listening: Option<Action>,
    /// Keys that were pressed for it although another command has them.
    contested: Option<(Action, KeyboardShortcut, Action)>,
}

impl KeysPage {
    /// Whether the next key belongs to the page.
    pub const fn listens(&self) -> bool {
        self.listening.is_some()
    }
}

/// Draws the page. `file` is where the keys are kept.
pub fn keys_ui(
    theme: &Theme,
    ui: &mut Ui,
    page: &mut KeysPage,
    keymap: &Keymap,
    file: Option<&str>,
    commands: &CommandSender,
) {
    listen(ui, page, keymap, commands);
    ui.horizontal(|ui| {
        let field = TextEdit::singleline(&mut page.search).hint_text("Search").desired_width(220.0);
        let field = ui.add(field);
        field.widget_info(|| {
            egui::WidgetInfo::labeled(egui::Role::TextInput, true, "Search the commands")
        });
        if ui.add(TextButton::new(theme, "Reset all")).clicked() {
            let mut new = keymap.clone();
            new.reset_all();
            send(commands, new);
        }
        let reload = ui.add_enabled_ui(file.is_some(), |ui| {
            ui.add(TextButton::new(theme, "Read the file again"))
        });
        if reload.inner.clicked() {
            commands.send(AppCommand::ReloadKeymap);
        }
    });
    ui.add_space(size::STEP);
    notice_ui(theme, ui, page, keymap, commands);
    let shown: Vec<Action> = Action::all()
        .iter()
        .copied()
        .filter(|action| matches(*action, keymap, page.search.trim()))
        .collect();
    ui.spacing_mut().item_spacing.y = 0.0;
    let area = ScrollArea::vertical().max_height(ROWS * ROW).min_scrolled_height(ROWS * ROW);
    area.auto_shrink([false, false]).show_rows(ui, ROW, shown.len(), |ui, range| {
        for place in range {
            if let Some(&action) = shown.get(place) {
                row(theme, ui, page, keymap, action, commands);
            }
        }
    });
    if let Some(file) = file {
        ui.add_space(size::STEP);
        let text = RichText::new(file).color(theme.muted).size(size::CAPTION);
        ui.add(egui::Label::new(text).truncate().selectable(true));
    }
}

/// Takes the keys that the page waits for.
fn listen(ui: &Ui, page: &mut KeysPage, keymap: &Keymap, commands: &CommandSender) {
    let Some(action) = page.listening else { return };
    let pressed = ui.input_mut(|input| {
        let mut pressed = None;
        input.events.retain(|event| match event {
            Event::Key { key, pressed: true, modifiers, .. } if !is_modifier(*key) => {
                pressed = Some(KeyboardShortcut::new(plain(*modifiers), *key));
                false
            }
            _ => true,
        });
        pressed
    });
    let Some(pressed) = pressed else { return };
    page.listening = None;
    if pressed == KeyboardShortcut::new(egui::Modifiers::NONE, Key::Escape) {
        return;
    }
    match keymap.clash(action, pressed) {
        Some(other) => page.contested = Some((action, pressed, other)),
        None => bind(keymap, action, pressed, commands),
    }
}

/// What is being asked: for keys, or whether to take them from another command.
fn notice_ui(
    theme: &Theme,
    ui: &mut Ui,
    page: &mut KeysPage,
    keymap: &Keymap,
    commands: &CommandSender,
) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 34.0), egui::Sense::hover());
    let inside = UiBuilder::new().max_rect(rect).layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(inside, |ui| match (page.listening, page.contested) {
        (Some(action), _) => {
            let text = format!("Press the keys for “{}” · Esc leaves it", action.info().label);
            ui.label(RichText::new(text).color(theme.accent));
        }
        (None, Some((action, keys, other))) => {
            let (name, keys_name) = (other.info().label, shortcut_text(ui.ctx(), &keys));
            let text = format!("{keys_name} means “{name}” now.");
            ui.label(RichText::new(text).color(theme.marker));
            if ui.add(TextButton::new(theme, "Take it").main()).clicked() {
                bind(keymap, action, keys, commands);
                page.contested = None;
            }
            if ui.add(TextButton::new(theme, "Leave it")).clicked() {
                page.contested = None;
            }
        }
        (None, None) => {
            let text = "Click a command's keys to give it others";
            ui.label(RichText::new(text).color(theme.muted));
        }
    });
}

fn row(
    theme: &Theme,
    ui: &mut Ui,
    page: &mut KeysPage,
    keymap: &Keymap,
    action: Action,
    commands: &CommandSender,
) {
    let info = action.info();
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), egui::Sense::hover());
    let rect = Rect::from_min_max(rect.min, rect.max - vec2(12.0, 0.0));
    let place = match info.submenu {
        Some(submenu) => format!("{} · {submenu}", info.family.label()),
        None => info.family.label().to_owned(),
    };
    let font = fonts::text(size::BODY);
    let name =
        ui.painter().text(rect.left_center(), Align2::LEFT_CENTER, info.label, font, theme.text);
    let at = egui::pos2(name.right() + 10.0, rect.center().y);
    let font = fonts::text(size::CAPTION);
    ui.painter().text(at, Align2::LEFT_CENTER, place, font, theme.muted);
    let right = UiBuilder::new().max_rect(rect).layout(Layout::right_to_left(Align::Center));
    ui.scope_builder(right, |ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let own = keymap.own(action).is_some();
        let reset = format!("Reset the keys of {}", info.label);
        let button = IconButton::new(theme, Icon::RotateCcw, &reset).bare().side(22.0);
        if ui.add(button.enabled(own)).clicked() {
            let mut new = keymap.clone();
            new.reset(action);
            send(commands, new);
        }
        let clear = format!("Take the keys from {}", info.label);
        let button = IconButton::new(theme, Icon::X, &clear).bare().side(22.0);
        if ui.add(button.enabled(!keymap.keys(action).is_empty())).clicked() {
            let mut new = keymap.clone();
            new.bind(action, Vec::new());
            send(commands, new);
        }
        let all: Vec<String> =
            keymap.keys(action).iter().map(|keys| shortcut_text(ui.ctx(), keys)).collect();
        let text = match (page.listening == Some(action), all.is_empty()) {
            (true, _) => "Press keys…".to_owned(),
            (false, true) => "–".to_owned(),
            (false, false) => all.join("  "),
        };
        let ink = if own { theme.accent } else { theme.text };
        let response =
            ui.add(Button::new(RichText::new(&text).color(ink)).min_size(vec2(96.0, 22.0)));
        let said = format!("Keys of {}: {text}", info.label);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &said));
        if response.clicked() {
            page.listening = Some(action);
            page.contested = None;
            // The key that is waited for is no other widget's.
            response.surrender_focus();
        }
    });
}

/// Whether a command is looked for: by its name, its menu, its id or its keys.
fn matches(action: Action, keymap: &Keymap, search: &str) -> bool {
    let info = action.info();
    let keys =
        || keymap.keys(action).iter().any(|keys| keys_text(*keys).eq_ignore_ascii_case(search));
    let words = format!("{} {} {}", info.label, info.family.label(), info.submenu.unwrap_or(""));
    search.is_empty()
        || keys()
        || info.id.contains(&search.to_lowercase())
        || search.split_whitespace().all(|word| fuzzy::find(word, &words).is_some())
}

fn bind(keymap: &Keymap, action: Action, keys: KeyboardShortcut, commands: &CommandSender) {
    let mut new = keymap.clone();
    new.bind(action, vec![keys]);
    send(commands, new);
}

fn send(commands: &CommandSender, keymap: Keymap) {
    commands.send(AppCommand::SetKeymap(Box::new(keymap)));
}

/// As the keymap writes them: Ctrl stands for Command.
fn plain(modifiers: egui::Modifiers) -> egui::Modifiers {
    let command = modifiers.command || modifiers.ctrl;
    egui::Modifiers { command, ctrl: false, mac_cmd: false, ..modifiers }
}

const fn is_modifier(key: Key) -> bool {
    matches!(
        key,
        Key::ShiftLeft
            | Key::ShiftRight
            | Key::ControlLeft
            | Key::ControlRight
            | Key::AltLeft
            | Key::AltRight
            | Key::SuperLeft
            | Key::SuperRight
    )
}
