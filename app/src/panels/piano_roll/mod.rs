//! The notes of the selected clip: keys, grid, notes, velocity lane.

use crate::view_ctx::ViewCtx;
use egui::Ui;
use serde::{Deserialize, Serialize};

/// The piano roll's own view state; what is worth keeping survives a restart.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PianoRollView {}

/// Draws the piano roll into what is left of `ui`.
pub fn piano_roll_ui(ctx: &ViewCtx<'_>, ui: &mut Ui, _view: &mut PianoRollView) {
    ui.painter().rect_filled(ui.available_rect_before_wrap(), 0.0, ctx.theme.bg);
}

/// Draws the right end of the editor's tab strip: grid, snap and what is selected.
/// `ui` runs from right to left.
pub fn piano_roll_strip_ui(_ctx: &ViewCtx<'_>, _ui: &mut Ui, _view: &mut PianoRollView) {}
