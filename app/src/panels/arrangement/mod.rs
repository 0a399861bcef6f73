//! Track headers and clip lanes.

use crate::view_ctx::ViewCtx;
use egui::Ui;
use serde::{Deserialize, Serialize};

/// The arrangement's own view state; what is worth keeping survives a restart.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ArrangementView {}

/// Draws the arrangement into what is left of `ui`.
pub fn arrangement_ui(ctx: &ViewCtx<'_>, ui: &mut Ui, _view: &mut ArrangementView) {
    ui.painter().rect_filled(ui.available_rect_before_wrap(), 0.0, ctx.theme.bg);
}
