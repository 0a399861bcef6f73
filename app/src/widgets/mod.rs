//! Small things that panels share: buttons with an icon, wells, tabs, menu rows.
//!
//! egui only. A widget is four steps: size, allocate, interact, paint if visible;
//! each names itself to a screen reader.

mod button;
mod menu;
mod tab;
mod well;

pub use button::{IconButton, TextButton};
pub use menu::{command_button, menu_row, menu_rows};
pub use tab::tab;
pub use well::{Readout, Well};

use egui::{Context, KeyboardShortcut, ModifierNames};

/// How a shortcut is written here, such as "Ctrl+Shift+Z".
pub fn shortcut_text(ctx: &Context, shortcut: &KeyboardShortcut) -> String {
    let mac = ctx.os().is_mac();
    shortcut.format(if mac { &ModifierNames::SYMBOLS } else { &ModifierNames::NAMES }, mac)
}
