//! A rectangle that selects clips: drawn from an empty place in the lanes.

use super::ArrangementView;
use super::interact::{Target, find};
use super::layout::Layout;
use crate::command::AppCommand;
use crate::state::Selection;
use crate::theme::translucent;
use crate::view_ctx::ViewCtx;
use egui::{Modifiers, Painter, PointerButton, Pos2, Rect, Response, StrokeKind, Ui, pos2};
use engine::model::ClipRef;

/// Between where the pointer was pressed and where it is, in ticks and points of rows, so that
/// it stays where it is while the view scrolls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Marquee {
    from: (f64, f64),
    to: (f64, f64),
}

/// Begins, follows and ends the rectangle.
pub(super) fn marquee(
    ctx: &ViewCtx<'_>,
    ui: &Ui,
    lanes: &Response,
    layout: &Layout,
    view: &mut ArrangementView,
    panned: bool,
) {
    let (pos, origin, modifiers) = ui
        .input(|input| (input.pointer.latest_pos(), input.pointer.press_origin(), input.modifiers));
    let space = ui.input(|input| input.key_down(egui::Key::Space));
    if lanes.drag_started_by(PointerButton::Primary) && !panned && !space {
        let from = origin.filter(|at| !matches!(find(layout, view, *at), Target::Clip(..)));
        let from = from.map(|at| spot(layout, at));
        view.marquee = from.map(|from| Marquee { from, to: from });
    }
    let Some(mut marquee) = view.marquee else { return };
    if let Some(pos) = pos {
        marquee.to = spot(layout, pos);
        view.marquee = Some(marquee);
        ctx.hint.set("Release to select · Shift adds · Ctrl toggles · Esc cancels");
    }
    if !ui.input(|input| input.pointer.primary_down()) {
        view.marquee = None;
        let touched = touched(&marquee, layout, view);
        let after = selected(ctx.selection, &touched, modifiers);
        if after != *ctx.selection {
            ctx.commands.send(AppCommand::Select(after));
        }
    }
}

/// What is selected once these clips were touched.
fn selected(now: &Selection, touched: &[ClipRef], modifiers: Modifiers) -> Selection {
    if modifiers.command || modifiers.ctrl {
        touched.iter().fold(now.clone(), |selection, clip| {
            if now.is_open(*clip) {
                selection.without_clip(*clip)
            } else {
                selection.with_clip(*clip)
            }
        })
    } else if modifiers.shift {
        touched.iter().fold(now.clone(), |selection, clip| selection.with_clip(*clip))
    } else {
        match touched.first() {
            Some(first) => Selection::of_clips(touched.iter().copied(), *first),
            None => now.track().map_or_else(Selection::default, Selection::of_track),
        }
    }
}

/// The clips that the rectangle touches, from the top down; no more than can be open.
fn touched(marquee: &Marquee, layout: &Layout, view: &ArrangementView) -> Vec<ClipRef> {
    let ((tick, y), (other_tick, other_y)) = (marquee.from, marquee.to);
    let (left, right) = (tick.min(other_tick), tick.max(other_tick));
    let row = |y: f64| (y / f64::from(layout.row_height)).floor().max(0.0) as usize;
    let (first, last) = (row(y.min(other_y)), row(y.max(other_y)));
    let rows = first..(last + 1).min(layout.n_rows);
    let clips = rows.filter_map(|row| view.rows.track(row)).flat_map(|track| {
        // Clips do not overlap, so their ends are sorted like their starts.
        let from = track.clips.partition_point(|clip| clip.end().0 as f64 <= left);
        let end = track.clips.partition_point(|clip| (clip.start.0 as f64) <= right);
        let inside = track.clips.get(from..end).unwrap_or_default().iter();
        inside.map(|clip| ClipRef { track: track.id, clip: clip.id })
    });
    clips.take(Selection::MOST_CLIPS).collect()
}

/// Draws the rectangle.
pub(super) fn paint(ctx: &ViewCtx<'_>, painter: &Painter, layout: &Layout, view: &ArrangementView) {
    let Some(marquee) = &view.marquee else { return };
    let corner = |(tick, y): (f64, f64)| {
        let y = f64::from(layout.lanes.top()) + (y - layout.top).clamp(-1e6, 1e6);
        pos2(layout.x_from_tick(tick), y as f32)
    };
    let rect = Rect::from_two_pos(corner(marquee.from), corner(marquee.to));
    painter.rect_filled(rect, 2.0, translucent(ctx.theme.accent, 28));
    painter.rect_stroke(rect, 2.0, (1.0, ctx.theme.accent), StrokeKind::Inside);
}

fn spot(layout: &Layout, at: Pos2) -> (f64, f64) {
    (layout.tick_from_x(at.x), layout.top + f64::from(at.y - layout.lanes.top()))
}
