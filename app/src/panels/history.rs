//! The steps that can be taken back or made again, and a jump to any of them.

use crate::command::{AppCommand, CommandSender};
use crate::theme::{Theme, fonts, size};
use egui::{
    Align2, Context, CornerRadius, Response, Role, ScrollArea, Sense, Ui, WidgetInfo, Window, pos2,
    vec2,
};
use lucide_icons::Icon;

/// A step as the list shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// What was done.
    pub name: &'a str,
    /// Whether it is done rather than undone.
    pub done: bool,
}

/// Height of a row, in points.
const ROW: f32 = 24.0;
/// Width of the list, in points.
const WIDTH: f32 = 280.0;

/// Draws the list; returns whether it stays open. `row` gives each of the `count` steps, the
/// oldest first.
pub fn history_ui<'a>(
    theme: &Theme,
    ctx: &Context,
    commands: &CommandSender,
    count: usize,
    row: impl Fn(usize) -> Option<Row<'a>>,
) -> bool {
    let mut open = true;
    let done = (0..count).rev().find(|&at| row(at).is_some_and(|row| row.done));
    let now = done.map_or(0, |last| last + 1);
    Window::new("History")
        .open(&mut open)
        .collapsible(false)
        .resizable(false)
        .anchor(Align2::RIGHT_TOP, vec2(-20.0, 60.0))
        .show(ctx, |ui| {
            ui.set_width(WIDTH);
            ui.spacing_mut().item_spacing.y = 0.0;
            // The song as it came stands above the first step.
            let area = ScrollArea::vertical().max_height(12.0 * ROW).auto_shrink([false, true]);
            area.stick_to_bottom(true).show_rows(ui, ROW, count + 1, |ui, range| {
                for place in range {
                    let step = place.checked_sub(1).and_then(&row);
                    let name = step.map_or("As it came", |step| step.name);
                    let ahead = place > now;
                    if row_ui(theme, ui, name, place == now, ahead).clicked() && place != now {
                        commands.send(AppCommand::Jump(place));
                    }
                }
            });
        });
    open && !ctx.input(|input| input.key_pressed(egui::Key::Escape))
}

fn row_ui(theme: &Theme, ui: &mut Ui, name: &str, now: bool, ahead: bool) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let said = if ahead { format!("{name}, undone") } else { name.to_owned() };
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, now, &said));
    if ui.is_rect_visible(rect) {
        let hot = response.hovered() || response.has_focus();
        let painter = ui.painter();
        if now || hot {
            let fill = if now { theme.selection } else { theme.raised_hover };
            painter.rect_filled(rect, CornerRadius::same(4), fill);
        }
        let ink = if ahead { theme.muted } else { theme.text };
        let icon = match (now, ahead) {
            (true, _) => Some(Icon::ChevronRight),
            (_, true) => Some(Icon::Redo2),
            _ => None,
        };
        if let Some(icon) = icon {
            let at = pos2(rect.left() + 14.0, rect.center().y);
            let font = fonts::icon(13.0);
            painter.text(at, Align2::CENTER_CENTER, char::from(icon), font, ink);
        }
        let at = pos2(rect.left() + 30.0, rect.center().y);
        painter.text(at, Align2::LEFT_CENTER, name, fonts::text(size::BODY), ink);
    }
    response
}
