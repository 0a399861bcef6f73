//! The profiler: as a tab of the editor, and over everything with F12.

use crate::theme::{Theme, fonts, size};
use crate::view_ctx::ViewCtx;
use egui::{Context, Frame, Margin, RichText, ScrollArea, Ui, Window};
use profiling::ProfilingState;

/// Draws the profiler into what is left of `ui`.
pub fn profiler_ui(ctx: &ViewCtx<'_>, ui: &mut Ui, state: &ProfilingState) {
    puffin::profile_function!();
    ui.painter().rect_filled(ui.max_rect(), 0.0, ctx.theme.bg);
    Frame::NONE.inner_margin(Margin::same(12)).show(ui, |ui| figures(ctx.theme, ui, state));
}

/// Draws the profiler as a window; returns whether it stays open.
pub fn overlay_ui(theme: &Theme, ctx: &Context, state: &ProfilingState) -> bool {
    let mut open = true;
    Window::new("Profiler").open(&mut open).default_size([520.0, 400.0]).show(ctx, |ui| {
        figures(theme, ui, state);
    });
    open
}

fn figures(theme: &Theme, ui: &mut Ui, state: &ProfilingState) {
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.horizontal_top(|ui| {
            for text in [state.render_metrics.read().format_report(), state.get_memory_report()] {
                let text = RichText::new(text).font(fonts::mono(12.0)).color(theme.text);
                ui.label(text);
                ui.add_space(8.0 * size::STEP);
            }
        });
    });
}
