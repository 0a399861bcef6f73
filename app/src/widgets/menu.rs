//! Commands as menu rows and as buttons: label, icon, tooltip and shortcut come from the command.

use super::{IconButton, shortcut_text};
use crate::command::{Action, Family, Info};
use crate::theme::{fonts, size};
use crate::view_ctx::ViewCtx;
use egui::containers::menu::SubMenuButton;
use egui::{
    Align2, Button, Color32, CornerRadius, Response, RichText, Role, Sense, Ui, WidgetInfo, pos2,
    vec2,
};
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
        if let Some(shortcut) = ctx.keymap.first(action) {
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

/// Every row of a menu, its submenus in the places of their first rows.
pub fn menu_rows(ctx: &ViewCtx<'_>, ui: &mut Ui, family: Family) {
    let rows: Vec<&Info> =
        Action::all().iter().map(|action| action.info()).filter(|it| it.family == family).collect();
    let mut opened: Vec<&str> = Vec::new();
    for (index, info) in rows.iter().enumerate() {
        let Some(submenu) = info.submenu else {
            if info.separated && index > 0 {
                separator(ctx, ui);
            }
            menu_row(ctx, ui, info.action);
            continue;
        };
        if opened.contains(&submenu) {
            continue;
        }
        opened.push(submenu);
        submenu_ui(ctx, ui, submenu, |ui| {
            let inside = rows.iter().filter(|row| row.submenu == Some(submenu));
            for (index, row) in inside.enumerate() {
                if row.separated && index > 0 {
                    separator(ctx, ui);
                }
                menu_row(ctx, ui, row.action);
            }
        });
    }
}

/// A row that opens a menu beside it.
fn submenu_ui(ctx: &ViewCtx<'_>, ui: &mut Ui, name: &str, content: impl FnOnce(&mut Ui)) {
    let text = RichText::new(name).font(fonts::text(size::BODY)).color(ctx.theme.text);
    let button = Button::new(text)
        .right_text(RichText::new(char::from(Icon::ChevronRight)).font(fonts::icon(14.0)))
        .frame_when_inactive(false)
        .min_size(vec2(WIDTH, HEIGHT));
    ui.scope(|ui| {
        ui.spacing_mut().button_padding.x = 32.0;
        SubMenuButton::from_button(button).ui(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            content(ui);
        });
    });
}

fn separator(ctx: &ViewCtx<'_>, ui: &mut Ui) {
    let (rect, _) = ui.allocate_exact_size(vec2(WIDTH, 7.0), Sense::hover());
    ui.painter().hline(rect.x_range(), rect.center().y, (1.0, ctx.theme.line));
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
        let keys =
            ctx.keymap.first(action).map(|keys| shortcut_text(ui.ctx(), &keys)).unwrap_or_default();
        let gap = if keys.is_empty() { "" } else { " · " };
        ctx.hint.set(&format!("{}{gap}{keys}", info.tooltip));
    }
    if response.clicked() {
        ctx.commands.send(action);
    }
}
