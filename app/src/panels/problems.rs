//! What was wrong with a file, place by place.

use crate::theme::{fonts, size};
use crate::view_ctx::{ScrollReport, ViewCtx};
use egui::{Align2, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};
use engine::smf::Problem;
use lucide_icons::Icon;

/// Height of a row.
const ROW: f32 = 22.0;

/// Draws the list. Costs what the visible rows cost.
pub fn problems_ui(ctx: &ViewCtx<'_>, ui: &mut Ui, problems: &[Problem]) {
    puffin::profile_function!();
    let theme = ctx.theme;
    let all = ui.max_rect();
    ui.painter().rect_filled(all, 0.0, theme.bg);
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical().auto_shrink(false).show_rows(ui, ROW, problems.len(), |ui, rows| {
        ctx.report.scroll(ScrollReport {
            list: "problems",
            total: problems.len(),
            start: rows.start,
            end: rows.end,
            row_height: ROW,
        });
        for problem in problems.get(rows).unwrap_or_default() {
            row(ctx, ui, problem);
        }
    });
}

fn row(ctx: &ViewCtx<'_>, ui: &mut Ui, problem: &Problem) {
    let theme = ctx.theme;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, problem.to_string()));
    if !ui.is_rect_visible(rect) {
        return;
    }
    let painter = ui.painter_at(rect);
    if response.hovered() {
        painter.rect_filled(rect, 0.0, theme.line_soft);
    }
    let (icon, color) =
        if problem.is_repair() { (Icon::Wrench, theme.marker) } else { (Icon::Info, theme.muted) };
    let y = rect.center().y;
    let at = |x: f32| pos2(rect.left() + x, y);
    painter.text(at(20.0), Align2::CENTER_CENTER, char::from(icon), fonts::icon(13.0), color);
    let track = problem
        .track
        .map_or_else(|| "file".to_owned(), |track| format!("track {}", u32::from(track) + 1));
    painter.text(at(40.0), Align2::LEFT_CENTER, track, fonts::text(12.0), theme.muted);
    let offset = format!("{:>10}", problem.offset);
    painter.text(at(190.0), Align2::RIGHT_CENTER, offset, fonts::mono(12.0), theme.muted);
    let text = problem.to_string();
    let words = text.split_once(": ").map_or(text.as_str(), |(_, words)| words);
    painter.text(at(206.0), Align2::LEFT_CENTER, words, fonts::text(size::BODY - 0.5), theme.text);
}
