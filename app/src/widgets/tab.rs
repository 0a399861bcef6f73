//! A tab of a strip: a word with a line under it.

use crate::theme::{Theme, fonts, size};
use egui::{Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

/// Draws a tab and says whether it was pressed.
pub fn tab(ui: &mut Ui, theme: &Theme, text: &str, on: bool) -> Response {
    let galley =
        ui.painter().layout_no_wrap(text.to_owned(), fonts::text(12.0), egui::Color32::PLACEHOLDER);
    let wanted = vec2(galley.size().x + 20.0, size::TAB_STRIP);
    let (rect, response) = ui.allocate_exact_size(wanted, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, on, text));
    if ui.is_rect_visible(rect) {
        let hot = response.hovered() || response.has_focus();
        let ink = if on || hot { theme.text } else { theme.muted };
        let place = rect.center() - galley.size() / 2.0;
        if on {
            let y = rect.bottom() - 2.0;
            let line = egui::Rect::from_min_max(
                pos2(place.x, y),
                pos2(place.x + galley.size().x, rect.bottom()),
            );
            ui.painter().rect_filled(line, 0.0, theme.accent);
        }
        ui.painter().galley(place, galley, ink);
    }
    response
}
