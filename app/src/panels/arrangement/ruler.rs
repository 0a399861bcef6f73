//! The ruler: bars, markers, what repeats; a click puts the playhead, a drag marks a range.

use super::ArrangementView;
use super::grid::{Grid, Line};
use super::headers::{clipped, elided};
use super::layout::Layout;
use crate::command::AppCommand;
use crate::theme::{fonts, size, translucent};
use crate::view_ctx::ViewCtx;
use egui::{Align2, CursorIcon, PointerButton, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2};
use engine::model::Marker;
use engine::time::{Tick, TickRange};

/// Points around an end of the loop within which a drag takes hold of it.
const GRIP: f32 = 5.0;

/// Draws the ruler and sends what is done to it.
pub(super) fn ruler_ui(
    ctx: &ViewCtx<'_>,
    ui: &mut Ui,
    layout: &Layout,
    grid: Grid,
    view: &mut ArrangementView,
) {
    let mut ui = clipped(ui, layout.ruler);
    let id = ui.make_persistent_id("ruler");
    let range = ui.interact(layout.ruler_range(), id.with("range"), Sense::click_and_drag());
    let seek = ui.interact(layout.ruler_seek(), id.with("seek"), Sense::click_and_drag());
    range.widget_info(|| WidgetInfo::labeled(Role::Slider, ui.is_enabled(), "Loop range"));
    seek.widget_info(|| WidgetInfo::labeled(Role::Slider, ui.is_enabled(), "Playhead position"));
    mark_range(ctx, &ui, &range, layout, grid, view);
    put_playhead(ctx, &ui, &seek, layout, grid);
    range.context_menu(|ui| {
        let has_loop = ctx.transport.loop_range.is_some();
        if ui.add_enabled(has_loop, egui::Button::new("Clear loop")).clicked() {
            ctx.commands.send(AppCommand::SetLoop(None));
            ui.close();
        }
    });
    paint(ctx, &mut ui, layout, grid);
}

/// A place under the pointer, snapped unless Shift is held.
fn place(ctx: &ViewCtx<'_>, ui: &Ui, x: f32, layout: &Layout, grid: Grid) -> Tick {
    let tick = layout.tick_from_x(x);
    if ui.input(|input| input.modifiers.shift) {
        Tick(tick.round() as u64)
    } else {
        grid.snap(tick, &ctx.snapshot.conductor.meter)
    }
}

fn put_playhead(ctx: &ViewCtx<'_>, ui: &Ui, response: &Response, layout: &Layout, grid: Grid) {
    if response.hovered() {
        ctx.hint.set("Click puts the playhead · Drag moves it · Shift no snap");
    }
    let pressed = response.is_pointer_button_down_on()
        && ui.input(|input| input.pointer.primary_pressed() || input.pointer.is_moving());
    if (pressed || response.clicked() || response.dragged_by(PointerButton::Primary))
        && let Some(at) = response.interact_pointer_pos()
    {
        let tick = place(ctx, ui, at.x, layout, grid);
        if tick != ctx.playhead() {
            ctx.commands.send(AppCommand::Seek(tick));
        }
    }
}

fn mark_range(
    ctx: &ViewCtx<'_>,
    ui: &Ui,
    response: &Response,
    layout: &Layout,
    grid: Grid,
    view: &mut ArrangementView,
) {
    let near = |x: f32| {
        let ends = ctx.transport.loop_range?;
        let (start, end) = (ends.start(), ends.end());
        let close = |tick: Tick| (layout.x_from_tick(tick.0 as f64) - x).abs() <= GRIP;
        // Holding one end, the other stays.
        if close(end) { Some(start) } else { close(start).then_some(end) }
    };
    if let Some(at) = response.hover_pos() {
        ctx.hint.set(if near(at.x).is_some() {
            "Drag the end of the loop · Shift no snap"
        } else {
            "Drag marks what repeats · Click a marker to go there · Shift no snap"
        });
        if near(at.x).is_some() {
            ui.set_cursor_icon(CursorIcon::ResizeHorizontal);
        }
    }
    if response.drag_started_by(PointerButton::Primary)
        && let Some(origin) = ui.input(|input| input.pointer.press_origin())
    {
        let anchor = near(origin.x).unwrap_or_else(|| place(ctx, ui, origin.x, layout, grid));
        view.range_from = Some(anchor);
    }
    if let (Some(anchor), Some(at)) = (view.range_from, response.interact_pointer_pos()) {
        let range = TickRange::between(anchor, place(ctx, ui, at.x, layout, grid));
        let range = Some(range).filter(|range| !range.is_empty());
        if range.is_some() && range != ctx.transport.loop_range {
            ctx.commands.send(AppCommand::SetLoop(range));
        }
    }
    if !response.dragged() {
        view.range_from = None;
    }
    if response.clicked()
        && let Some(at) = response.interact_pointer_pos()
        && let Some(marker) = marker_at(ctx, layout, at.x)
    {
        ctx.commands.send(AppCommand::Seek(marker.tick));
    }
}

/// The last marker that begins at most a name's length left of `x`.
fn marker_at<'a>(ctx: &'a ViewCtx<'_>, layout: &Layout, x: f32) -> Option<&'a Marker> {
    let markers = &ctx.snapshot.conductor.markers;
    let tick = Tick(layout.tick_from_x(x) as u64);
    let after = markers.partition_point(|marker| marker.tick <= tick);
    let marker = markers.get(after.checked_sub(1)?)?;
    (x - layout.x_from_tick(marker.tick.0 as f64) <= 90.0).then_some(marker)
}

fn paint(ctx: &ViewCtx<'_>, ui: &mut Ui, layout: &Layout, grid: Grid) {
    let theme = ctx.theme;
    let painter = ui.painter();
    let rect = layout.ruler;
    painter.rect_filled(rect, 0.0, theme.panel);
    if let Some(range) = ctx.transport.loop_range {
        let x = |tick: Tick| layout.x_from_tick(tick.0 as f64);
        let band = rect.with_min_x(x(range.start())).with_max_x(x(range.end()));
        painter.rect_filled(band, 0.0, translucent(theme.selection, 150));
        painter.rect_filled(band.with_min_y(band.bottom() - 4.0), 0.0, theme.accent);
        for edge in [band.left(), band.right()] {
            painter.vline(edge, rect.y_range(), (1.0, theme.accent));
        }
    }
    grid.lines(layout, &ctx.snapshot.conductor.meter, |tick, line| {
        let x = layout.x_from_tick(tick.0 as f64).round() + 0.5;
        match line {
            Line::Numbered(bar) => {
                painter.vline(x, rect.bottom() - 7.0..=rect.bottom(), (1.0, theme.dim));
                painter.text(
                    pos2(x + 4.0, rect.bottom() - 1.0),
                    Align2::LEFT_BOTTOM,
                    bar + 1,
                    fonts::mono(size::TINY),
                    theme.muted,
                );
            }
            Line::Bar => {
                painter.vline(x, rect.bottom() - 4.0..=rect.bottom(), (1.0, theme.grid_bar));
            }
            Line::Beat => {}
        }
    });
    paint_markers(ctx, ui, layout);
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, (1.0, theme.line));
}

/// Markers closer than a flag's width to the one before are left out.
fn paint_markers(ctx: &ViewCtx<'_>, ui: &Ui, layout: &Layout) {
    const FLAG: f32 = 12.0;
    let markers = &ctx.snapshot.conductor.markers;
    let half = layout.ruler_range();
    let view = layout.visible_ticks();
    // One further left, since its name may reach into view.
    let mut index = markers.partition_point(|marker| marker.tick < view.start()).saturating_sub(1);
    while let Some(marker) = markers.get(index) {
        if marker.tick > view.end() {
            return;
        }
        let x = layout.x_from_tick(marker.tick.0 as f64);
        let beside = Tick(layout.tick_from_x(x + FLAG) as u64);
        let next = markers.partition_point(|other| other.tick <= beside).max(index + 1);
        let end = markers
            .get(next)
            .map_or(half.right(), |next| layout.x_from_tick(next.tick.0 as f64).min(half.right()));
        let place =
            Rect::from_min_max(pos2(x + 3.0, half.top() + 1.0), pos2(end - 4.0, half.bottom()));
        let painter = ui.painter();
        let y = layout.ruler.y_range();
        painter.vline(x.round() + 0.5, y, (1.0, translucent(ctx.theme.marker, 110)));
        // Too short for a letter: the flag alone.
        let text =
            if place.width() < 26.0 { "▸".to_owned() } else { format!("▸ {}", marker.name) };
        elided(painter, place, &text, fonts::text(size::CAPTION), ctx.theme.marker);
        index = next;
    }
}
