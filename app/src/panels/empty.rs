//! What to do when there is nothing to see, and where to let go of a file.

use crate::command::Action;
use crate::theme::{Theme, fonts, size, translucent};
use crate::view_ctx::ViewCtx;
use crate::widgets::{TextButton, shortcut_text};
use egui::{Align2, Area, Context, Id, Order, RichText, StrokeKind, Ui, vec2};

/// An empty song says what to do next.
pub fn empty_ui(ctx: &ViewCtx<'_>, ui: &mut Ui) {
    let all = ui.max_rect();
    ui.painter().rect_filled(all, 0.0, ctx.theme.bg);
    let middle = egui::Rect::from_center_size(all.center(), vec2(420.0, 120.0)).intersect(all);
    ui.scope_builder(egui::UiBuilder::new().max_rect(middle), |ui| {
        ui.vertical_centered(|ui| {
            let open = ctx.keymap.first(Action::Open);
            let keys = open.map(|keys| shortcut_text(ui.ctx(), &keys)).unwrap_or_default();
            ui.label(RichText::new("Nothing here yet").font(fonts::strong(16.0)));
            ui.add_space(size::STEP);
            let text = format!("Drop a MIDI file here, or press {keys} to open one.");
            ui.label(RichText::new(text).color(ctx.theme.muted));
            ui.add_space(3.0 * size::STEP);
            if ui.add(TextButton::new(ctx.theme, "Open the demo song")).clicked() {
                ctx.commands.send(Action::OpenDemo);
            }
        });
    });
}

/// While a file hangs over the window, says what letting go would do.
pub fn drop_target_ui(theme: &Theme, ctx: &Context) {
    if ctx.input(|input| input.raw.hovered_files.is_empty()) {
        return;
    }
    let all = ctx.content_rect();
    Area::new(Id::unique("drop target")).order(Order::Foreground).fixed_pos(all.min).show(
        ctx,
        |ui| {
            let painter = ui.painter();
            painter.rect_filled(all, 0.0, translucent(theme.bg, 200));
            let inner = all.shrink(24.0);
            painter.rect_stroke(inner, 8.0, (2.0, theme.accent), StrokeKind::Inside);
            let font = fonts::strong(18.0);
            painter.text(all.center(), Align2::CENTER_CENTER, "Drop to open", font, theme.text);
        },
    );
}
