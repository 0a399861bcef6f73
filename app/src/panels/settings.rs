//! Settings: look, sound, ports, keys.

use super::keys::{KeysPage, keys_ui};
use crate::command::{AppCommand, CommandSender, Keymap};
use crate::dialogs::Ask;
use crate::state::{GesturePreset, Layout};
use crate::theme::{Theme, ThemeKind, fonts, size};
use crate::widgets::{TextButton, tab};
use egui::{Align2, Context, Grid, RichText, Slider, Ui, Window, vec2};
use engine::io::ports::PortList;
use engine::studio::DeviceState;

/// What the settings look at.
pub struct SettingsView<'a> {
    /// How things are arranged now.
    pub layout: &'a Layout,
    /// Where sound goes.
    pub device: &'a DeviceState,
    /// What the SoundFont in use calls itself.
    pub font: &'a str,
    /// Whether it is loaded.
    pub font_loaded: bool,
    /// The machine's MIDI ports.
    pub ports: Option<&'a PortList>,
    /// Which keys run what.
    pub keymap: &'a Keymap,
    /// The file that they are kept in.
    pub keymap_file: Option<&'a str>,
    /// Where to send changes.
    pub commands: &'a CommandSender,
}

/// A page of the settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SettingsPage {
    /// Look, sound, ports.
    #[default]
    General,
    /// Every command's keys.
    Keys,
}

/// The settings' own state.
#[derive(Clone, Debug, Default)]
pub struct SettingsState {
    /// Which page is shown.
    pub page: SettingsPage,
    /// The page of keys.
    pub keys: KeysPage,
}

/// Draws the settings as a window; returns whether they stay open.
pub fn settings_ui(
    theme: &Theme,
    ctx: &Context,
    view: &SettingsView<'_>,
    state: &mut SettingsState,
) -> bool {
    // A key that the page waits for may be Escape.
    let closes = !state.keys.listens() && ctx.input(|input| input.key_pressed(egui::Key::Escape));
    let mut open = true;
    Window::new("Settings")
        .open(&mut open)
        .collapsible(false)
        .resizable(false)
        .anchor(Align2::CENTER_CENTER, vec2(0.0, -20.0))
        .show(ctx, |ui| {
            ui.set_width(520.0);
            ui.horizontal(|ui| {
                for (page, name) in
                    [(SettingsPage::General, "General"), (SettingsPage::Keys, "Keys")]
                {
                    if tab(ui, theme, name, state.page == page).clicked() {
                        state.page = page;
                    }
                }
            });
            match state.page {
                SettingsPage::General => general(theme, ui, view),
                SettingsPage::Keys => {
                    ui.add_space(2.0 * size::STEP);
                    let SettingsView { keymap, keymap_file, commands, .. } = *view;
                    keys_ui(theme, ui, &mut state.keys, keymap, keymap_file, commands);
                }
            }
        });
    open && !closes
}

fn general(theme: &Theme, ui: &mut Ui, view: &SettingsView<'_>) {
    heading(theme, ui, "Look");
    rows(ui, "look", |ui| look(ui, view));
    heading(theme, ui, "Sound");
    rows(ui, "sound", |ui| sound(theme, ui, view));
    heading(theme, ui, "MIDI");
    rows(ui, "midi", |ui| midi(theme, ui, view.ports));
}

fn heading(theme: &Theme, ui: &mut Ui, text: &str) {
    ui.add_space(2.0 * size::STEP);
    ui.label(RichText::new(text).font(fonts::strong(12.0)).color(theme.muted));
    ui.add_space(size::STEP);
}

fn rows(ui: &mut Ui, id: &str, content: impl FnOnce(&mut Ui)) {
    Grid::new(id).num_columns(2).spacing(vec2(24.0, 10.0)).min_col_width(120.0).show(ui, content);
}

fn look(ui: &mut Ui, view: &SettingsView<'_>) {
    ui.label("Theme");
    ui.horizontal(|ui| {
        for (kind, name) in [(ThemeKind::Dark, "Dark"), (ThemeKind::Light, "Light")] {
            if ui.selectable_label(view.layout.theme == kind, name).clicked() {
                view.commands.send(AppCommand::SetTheme(kind));
            }
        }
    });
    ui.end_row();
    ui.label("Keys and gestures");
    ui.horizontal(|ui| {
        let now = view.layout.piano_roll.gestures;
        for preset in GesturePreset::ALL {
            let chosen = ui.selectable_label(now == preset, preset.label());
            if chosen.on_hover_text(preset.tooltip()).clicked() {
                view.commands.send(AppCommand::SetPreset(preset));
            }
        }
    });
    ui.end_row();
    let label = ui.label("Size of the interface");
    let mut percent = view.layout.ui_scale * 100.0;
    let slider = Slider::new(&mut percent, 75.0..=250.0).step_by(5.0).suffix(" %");
    let slider = ui.add(slider.update_while_editing(false)).labelled_by(label.id);
    // Only on release: the slider itself would move away under the pointer.
    if slider.drag_stopped() || (slider.changed() && !slider.dragged()) {
        view.commands.send(AppCommand::SetUiScale(percent / 100.0));
    }
    ui.end_row();
}

fn sound(theme: &Theme, ui: &mut Ui, view: &SettingsView<'_>) {
    ui.label("Device");
    let (text, color) = match view.device {
        DeviceState::Running { name, rate, block } => {
            (format!("{name} · {rate} Hz · {block} frames"), theme.text)
        }
        DeviceState::None { why } => (format!("None: {why}"), theme.muted),
        DeviceState::Lost { why } => (format!("Lost: {why}"), theme.record),
    };
    ui.add(egui::Label::new(RichText::new(text).color(color)).wrap());
    ui.end_row();
    ui.label("SoundFont");
    ui.vertical(|ui| {
        // Headless, and for a moment after the start, nothing is loaded yet.
        ui.label(if view.font_loaded { view.font } else { "Loads with the first sound" });
        if let Some(path) = &view.layout.soundfont {
            let path = RichText::new(path.to_string_lossy()).color(theme.muted).size(size::CAPTION);
            ui.add(egui::Label::new(path).truncate());
        }
        ui.horizontal(|ui| {
            if ui.add(TextButton::new(theme, "Choose…")).clicked() {
                view.commands.send(AppCommand::Ask(Ask::SoundFont));
            }
            let built_in = ui.add_enabled_ui(view.layout.soundfont.is_some(), |ui| {
                ui.add(TextButton::new(theme, "Default"))
            });
            if built_in.inner.clicked() {
                view.commands.send(AppCommand::SetSoundFont(None));
            }
        });
    });
    ui.end_row();
}

/// The ports there are. Every input plays the selected track; a track's output is in its menu.
fn midi(theme: &Theme, ui: &mut Ui, ports: Option<&PortList>) {
    let none = PortList::default();
    let ports = ports.unwrap_or(&none);
    for (caption, names) in [("Inputs", &ports.inputs), ("Outputs", &ports.outputs)] {
        ui.label(caption);
        let text = match (&ports.why_none, names.is_empty()) {
            (Some(why), true) => format!("None: {why}"),
            (None, true) => "None connected".to_owned(),
            (_, false) => names.join(", "),
        };
        let color = if names.is_empty() { theme.muted } else { theme.text };
        ui.add(egui::Label::new(RichText::new(text).color(color)).wrap());
        ui.end_row();
    }
}
