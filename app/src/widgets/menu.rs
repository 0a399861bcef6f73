//! Commands as menu rows and as buttons: label, icon, tooltip and shortcut come from the command.

use super::{IconButton, shortcut_text};
use crate::command::Action;
use crate::theme::{fonts, size};
use crate::view_ctx::ViewCtx;
use egui::{Align2, Color32, CornerRadius, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use lucide_icons::Icon;

/// Width of a menu.
const WIDTH: f32 = 248.0;
/// Height of a row.
const HEIGHT: f32 = 25.0;

/// A row of a menu; choosing it sends the command and closes the menu.
pub fn menu_row(ctx: &ViewCtx<'_>, ui: &mut Ui, action: Action) -> Response {
    let (info, theme) = (action.info(), ctx.theme);
    let enabled = action.enabled(&ctx.facts);
    let checked = action.checked(&ctx.facts).unwrap_or(false);
    let label = action.label(&ctx.facts);
    let sense = if enabled { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(vec2(WIDTH, HEIGHT), sense);
    response.widget_info(|| WidgetInfo::selected(Role::Button, enabled, checked, &label));
    if ui.is_rect_visible(rect) {
        let hot = enabled && (response.hovered() || response.has_focus());
        let fill = if hot { theme.raised_hover } else { Color32::TRANSPARENT };
        let ink = if enabled { theme.text } else { theme.dim };
        let side = if enabled { theme.muted } else { theme.dim };
        let painter = ui.painter();
        painter.rect_filled(rect, CornerRadius::same(4), fill);
        let icon = if checked { Some(Icon::Check) } else { info.icon };
        if let Some(icon) = icon {
            let at = pos2(rect.left() + 15.0, rect.center().y);
            let color = if checked { theme.accent } else { side };
            painter.text(at, Align2::CENTER_CENTER, char::from(icon), fonts::icon(14.0), color);
        }
        let at = pos2(rect.left() + 32.0, rect.center().y);
        painter.text(at, Align2::LEFT_CENTER, &label, fonts::text(size::BODY), ink);
        if let Some(shortcut) = info.shortcut {
            let at = pos2(rect.right() - 10.0, rect.center().y);
            let text = shortcut_text(ui.ctx(), &shortcut);
            painter.text(at, Align2::RIGHT_CENTER, text, fonts::text(size::CAPTION), side);
        }
    }
    if response.hovered() {
        ctx.hint.set(info.tooltip);
    }
    if response.clicked() {
        ctx.commands.send(action);
        ui.close();
    }
    response
}

/// A button for a command, with its icon, tooltip and shortcut.
pub fn command_button(ctx: &ViewCtx<'_>, ui: &mut Ui, action: Action, icon: Icon, filled: bool) {
    let info = action.info();
    let on = action.checked(&ctx.facts).unwrap_or(false);
    let response = ui.add(
        IconButton::new(ctx.theme, icon, info.label)
            .on(on)
            .filled(on && filled)
            .enabled(action.enabled(&ctx.facts)),
    );
    if response.hovered() {
        let keys = info.shortcut.map(|keys| shortcut_text(ui.ctx(), &keys)).unwrap_or_default();
        let gap = if keys.is_empty() { "" } else { " · " };
        ctx.hint.set(&format!("{}{gap}{keys}", info.tooltip));
    }
    if response.clicked() {
        ctx.commands.send(action);
    }
}
