//! Thin scroll bars over the edges of the lanes, for songs longer than the wheel's patience.

use super::ArrangementView;
use super::layout::Layout;
use crate::theme::{Theme, translucent};
use crate::view_ctx::ViewCtx;
use egui::{CornerRadius, Id, PointerButton, Rect, Role, Sense, Ui, WidgetInfo};
use engine::time::Tick;

/// How wide a bar is.
const WIDTH: f32 = 9.0;
/// No thumb is shorter.
const LEAST: f32 = 28.0;

/// A stretch seen of a whole, in any unit.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Span {
    offset: f64,
    visible: f64,
    total: f64,
}

/// Draws the bars of both axes where there is more than is seen.
pub(super) fn scroll_bars_ui(
    ctx: &ViewCtx<'_>,
    ui: &Ui,
    layout: &Layout,
    end: Tick,
    view: &mut ArrangementView,
) {
    let lanes = layout.lanes;
    let id = ui.make_persistent_id("scroll bars");
    let height = f64::from(lanes.height());
    let down = Span { offset: layout.top, visible: height, total: layout.content_height() };
    let rail = lanes.with_min_x(lanes.right() - WIDTH).with_max_y(lanes.bottom() - WIDTH);
    if let Some(top) = bar_ui(ui, ctx.theme, rail, (id.with("rows"), "Scroll tracks"), down) {
        view.top = top;
    }
    let width = f64::from(lanes.width()) / layout.points_per_tick;
    let along = Span { offset: layout.left, visible: width, total: layout.last_left(end) + width };
    let rail = lanes.with_min_y(lanes.bottom() - WIDTH).with_max_x(lanes.right() - WIDTH);
    if let Some(left) = bar_ui(ui, ctx.theme, rail, (id.with("time"), "Scroll time"), along) {
        view.left = left;
    }
}

/// One bar; the longer side of `rail` is its way. Returns where it was dragged to.
fn bar_ui(ui: &Ui, theme: &Theme, rail: Rect, (id, label): (Id, &str), span: Span) -> Option<f64> {
    let upright = rail.height() > rail.width();
    let way = rail.height().max(rail.width());
    let thumb = span.thumb(way)?;
    let response = ui.interact(rail, id, Sense::click_and_drag());
    response.widget_info(|| WidgetInfo {
        value: Some(span.offset),
        ..WidgetInfo::labeled(Role::ScrollBar, ui.is_enabled(), label)
    });
    let along = |from: f32, length: f32| {
        if upright {
            let top = rail.top() + from;
            Rect::from_x_y_ranges(rail.x_range(), top..=top + length)
        } else {
            let left = rail.left() + from;
            Rect::from_x_y_ranges(left..=left + length, rail.y_range())
        }
    };
    let alpha = if response.hovered() || response.dragged() { 170 } else { 70 };
    let shape = along(thumb.0, thumb.1).shrink(2.0);
    ui.painter().rect_filled(shape, CornerRadius::same(3), translucent(theme.muted, alpha));
    let axis = |vec: egui::Vec2| if upright { vec.y } else { vec.x };
    if response.dragged_by(PointerButton::Primary) {
        return Some(span.moved(axis(response.drag_delta()), way));
    }
    let at = response.interact_pointer_pos().filter(|_| response.clicked())?;
    let to = axis(at - rail.min) - thumb.1 * 0.5;
    Some(span.moved(to - thumb.0, way))
}

impl Span {
    /// Where the thumb begins on its way and how long it is; `None` when all is seen.
    fn thumb(self, way: f32) -> Option<(f32, f32)> {
        if self.total <= self.visible * 1.001 || way < 2.0 * LEAST {
            return None;
        }
        let length = (f64::from(way) * self.visible / self.total).max(f64::from(LEAST)) as f32;
        let share = (self.offset / (self.total - self.visible)).clamp(0.0, 1.0);
        Some(((f64::from(way - length) * share) as f32, length))
    }

    /// The offset after the thumb has moved by so many points.
    fn moved(self, points: f32, way: f32) -> f64 {
        let Some((_, length)) = self.thumb(way) else { return self.offset };
        let room = self.total - self.visible;
        let by = f64::from(points) * room / f64::from((way - length).max(1.0));
        (self.offset + by).clamp(0.0, room)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_to_scroll_draws_no_bar() {
        assert_eq!(Span { offset: 0.0, visible: 500.0, total: 500.0 }.thumb(400.0), None);
    }

    proptest! {
        #[test]
        fn a_thumb_moves_as_far_as_it_is_dragged(
            total in 2000.0f64..5e6,
            share in 0.1f64..0.5,
            points in 0.0f32..100.0,
        ) {
            let span = Span { offset: share * (total - 500.0), visible: 500.0, total };
            let after = Span { offset: span.moved(points, 480.0), ..span };
            let (from, to) = (span.thumb(480.0).unwrap().0, after.thumb(480.0).unwrap().0);
            prop_assert!((to - from - points).abs() < 0.1, "{} for {points}", to - from);
        }
    }
}
