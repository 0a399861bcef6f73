//! What lies in the lanes: grid, clips with their notes, playhead.

use super::ArrangementView;
use super::grid::{Grid, Line};
use super::headers::{elided, is_audible};
use super::layout::Layout;
use crate::render::{KeyRows, NoteLayer, NoteRun, NoteSource, NoteStyle, NoteTransform};
use crate::theme::{Theme, fonts, mix, size, translucent};
use crate::view_ctx::ViewCtx;
use egui::{Color32, CornerRadius, Painter, Rect, Stroke, StrokeKind, pos2};
use engine::model::{Clip, ClipRef, Track};
use std::sync::Arc;

/// Height of a clip's title strip.
const TITLE: f32 = 14.0;
/// Clips narrower than this are drawn together with their neighbours.
const CRUMB: f32 = 4.0;
/// Clips narrower than this show no notes.
const NOTES_FROM: f32 = 6.0;
/// At least this many keys fit into a clip's height, so that a lone note is not a wall.
const LEAST_KEYS: f32 = 14.0;

/// Draws the lanes in view.
pub(super) fn lanes(
    ctx: &ViewCtx<'_>,
    painter: &Painter,
    layout: &Layout,
    grid: Grid,
    view: &mut ArrangementView,
) {
    let theme = ctx.theme;
    painter.rect_filled(layout.lanes, 0.0, theme.bg);
    rows(ctx, painter, layout, view);
    lines(ctx, painter, layout, grid);
    let mut open: Vec<ClipRef> = ctx.selection.parts().iter().map(|part| part.clip).collect();
    open.sort_unstable();
    let active = ctx.selection.clip();
    let mut titles = Vec::new();
    let mut notes = NoteLayer::new(layout.lanes);
    for row in layout.visible_rows() {
        let Some(track) = view.rows.track(row).cloned() else { continue };
        let look = Look::new(theme, &track, is_audible(&track, view.rows.any_solo()));
        let lane = layout.lane(row);
        clips(&track, layout, |clip, x0, x1| {
            let body = Rect::from_min_max(
                pos2(x0, lane.top() + 1.0),
                pos2(x1.max(x0 + 1.5), lane.bottom() - 2.0),
            );
            let at = ClipRef { track: track.id, clip: clip.id };
            let selected = open.binary_search(&at).is_ok();
            paint_clip(painter, layout, (clip, body, &look, selected), view, &mut notes);
            if selected || body.width() > 24.0 {
                let stroke = match (selected, active == Some(at)) {
                    (false, _) => None,
                    (true, true) => Some(Stroke::new(1.5, theme.text)),
                    (true, false) => Some(Stroke::new(1.0, theme.muted)),
                };
                titles.push((Arc::clone(clip), body, look, stroke));
            }
        });
    }
    notes.paint(painter);
    for (clip, body, look, stroke) in &titles {
        paint_title(painter, layout, clip, *body, look);
        if let Some(stroke) = stroke {
            painter.rect_stroke(*body, CornerRadius::same(4), *stroke, StrokeKind::Inside);
        }
    }
}

/// Draws the playhead over ruler and lanes.
pub(super) fn playhead(ctx: &ViewCtx<'_>, painter: &Painter, layout: &Layout) {
    let x = layout.x_from_tick(ctx.transport.position);
    if !layout.lanes.x_range().expand(8.0).contains(x) {
        return;
    }
    let color = ctx.theme.playhead;
    painter.vline(x, layout.rect.y_range(), Stroke::new(1.5, color));
    let y = layout.ruler.bottom();
    painter.add(egui::Shape::convex_polygon(
        vec![pos2(x - 5.0, y - 7.0), pos2(x + 5.0, y - 7.0), pos2(x, y)],
        color,
        Stroke::NONE,
    ));
}

/// The colours of one track's clips.
#[derive(Clone, Copy)]
struct Look {
    body: Color32,
    title: Color32,
    title_text: Color32,
    note_low: Color32,
    note_high: Color32,
}

impl Look {
    fn new(theme: &Theme, track: &Track, audible: bool) -> Self {
        let color = theme.track(track.color);
        let color = if audible { color } else { mix(color, theme.dim, 0.8) };
        let (body, title) = if theme.is_dark() { (0.26, 0.74) } else { (0.22, 0.55) };
        let filled = mix(theme.bg, color, body);
        Self {
            // A little of the grid shows through.
            body: translucent(filled, 235),
            title: mix(theme.bg, color, title),
            title_text: theme.clip_title,
            note_low: mix(filled, color, 0.65),
            note_high: color,
        }
    }
}

/// Hands out the clips in view, those too narrow to tell apart as one.
fn clips(track: &Track, layout: &Layout, mut draw: impl FnMut(&Arc<Clip>, f32, f32)) {
    let view = layout.visible_ticks();
    // Clips do not overlap, so their ends are sorted like their starts.
    let first = track.clips.partition_point(|clip| clip.end() <= view.start());
    let end = track.clips.partition_point(|clip| clip.start < view.end());
    let mut crumbs: Option<(&Arc<Clip>, f32, f32)> = None;
    for clip in track.clips.get(first..end).unwrap_or_default() {
        let x0 = layout.x_from_tick(clip.start.0 as f64);
        let x1 = layout.x_from_tick(clip.end().0 as f64);
        if let Some((clip, left, right)) = crumbs
            && (x1 - x0 >= CRUMB || x0 - right > 1.0)
        {
            draw(clip, left, right);
            crumbs = None;
        }
        if x1 - x0 >= CRUMB {
            draw(clip, x0, x1);
        } else {
            let left = crumbs.map_or(x0, |(_, left, _)| left);
            crumbs = Some((clip, left, x1));
        }
    }
    if let Some((clip, left, right)) = crumbs {
        draw(clip, left, right);
    }
}

fn rows(ctx: &ViewCtx<'_>, painter: &Painter, layout: &Layout, view: &ArrangementView) {
    let theme = ctx.theme;
    for row in layout.visible_rows() {
        let lane = layout.lane(row);
        if view.rows.track(row).is_some_and(|track| Some(track.id) == ctx.selection.track()) {
            painter.rect_filled(lane, 0.0, mix(theme.bg, theme.raised, 0.35));
        }
        painter.hline(lane.x_range(), lane.bottom() - 0.5, (1.0, theme.line_soft));
    }
}

fn lines(ctx: &ViewCtx<'_>, painter: &Painter, layout: &Layout, grid: Grid) {
    let theme = ctx.theme;
    grid.lines(layout, &ctx.snapshot.conductor.meter, |tick, line| {
        let x = layout.x_from_tick(tick.0 as f64).round() + 0.5;
        let color = match line {
            Line::Numbered(_) => theme.line,
            Line::Bar => theme.line_soft,
            Line::Beat => translucent(theme.line_soft, 120),
        };
        painter.vline(x, layout.lanes.y_range(), (1.0, color));
    });
    if let Some(range) = ctx.transport.loop_range {
        for tick in [range.start(), range.end()] {
            let x = layout.x_from_tick(tick.0 as f64).round() + 0.5;
            painter.vline(x, layout.lanes.y_range(), (1.0, translucent(theme.accent, 110)));
        }
    }
}

/// The title strip's height in a lane this high; none where only the notes have room.
fn title_height(body: Rect) -> f32 {
    if body.height() >= 34.0 { TITLE } else { 0.0 }
}

fn paint_clip(
    painter: &Painter,
    layout: &Layout,
    (clip, body, look, selected): (&Arc<Clip>, Rect, &Look, bool),
    view: &mut ArrangementView,
    notes: &mut NoteLayer,
) {
    let visible = body.intersect(layout.lanes.expand(8.0));
    let round = CornerRadius::same(if body.width() > 8.0 { 4 } else { 1 });
    let fill = if selected { mix(look.body, look.note_high, 0.12) } else { look.body };
    painter.rect_filled(visible, round, fill);
    if body.width() < NOTES_FROM {
        return;
    }
    let Some((lowest, highest)) = view.rows.keys(clip.id, &clip.notes) else { return };
    let inner =
        body.with_min_y(body.top() + title_height(body) + 3.0).with_max_y(body.bottom() - 3.0);
    if inner.height() < 3.0 {
        return;
    }
    let n_keys = f32::from(highest - lowest) + 1.0;
    let shown = n_keys.max(LEAST_KEYS);
    let key_height = inner.height() / shown;
    // Notes that span fewer keys than are shown lie in the middle.
    let below = f32::from(lowest) - (shown - n_keys) * 0.5;
    notes.push(NoteRun {
        source: NoteSource::Clip { clip: clip.id, notes: clip.notes.clone() },
        transform: NoteTransform {
            left: layout.left - clip.start.0 as f64,
            points_per_tick: layout.points_per_tick,
            bottom: inner.bottom() + below * key_height,
            key_height,
            rows: KeyRows::ALL,
        },
        x_range: body.shrink2(egui::vec2(1.0, 0.0)).x_range(),
        style: NoteStyle {
            low: look.note_low,
            high: look.note_high,
            gap_x: 0.5,
            min_width: 1.0,
            min_height: (inner.height() / 14.0).clamp(1.5, 3.0),
            ..NoteStyle::default()
        },
    });
}

fn paint_title(painter: &Painter, layout: &Layout, clip: &Clip, body: Rect, look: &Look) {
    let height = title_height(body);
    if height == 0.0 {
        return;
    }
    let strip = body.with_max_y(body.top() + height).intersect(layout.lanes.expand(8.0));
    let round = CornerRadius { nw: 4, ne: 4, sw: 0, se: 0 };
    painter.rect_filled(strip, round, look.title);
    // The name stays in view while the clip's start is not.
    let left = strip.left().max(layout.lanes.left()) + 5.0;
    let place = strip.with_min_x(left).with_max_x(strip.right() - 3.0);
    elided(painter, place, &clip.name, fonts::text(size::TINY), look.title_text);
}
