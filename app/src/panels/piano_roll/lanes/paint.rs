//! Draws the lanes. What a frame costs depends on how wide a lane is, not on its points.

use super::super::lane;
use super::super::layout::Layout;
use super::super::open::Open;
use super::super::paint::Scene;
use super::cache::Read;
use super::layout::Axis;
use super::{LanePart, LaneParts, LanesLive, words};
use crate::theme::{fonts, mix, size, translucent};
use crate::view_ctx::ViewCtx;
use egui::{Align2, Color32, FontId, Mesh, Painter, Rect, Shape, Ui, pos2, vec2};
use engine::edit::{LaneKind, LanePoint};
use engine::model::{Note, Notes};
use engine::time::{Tick, TickRange};
use lucide_icons::Icon;
use std::sync::Arc;

/// Points up to which each is drawn by itself.
const SINGLE: usize = 700;
/// Points up to which each has a knob.
const KNOBS: usize = 240;
/// Points left of every caption.
const CAPTION_LEFT: f32 = 8.0;
/// Points between two knobs at least.
const KNOB_GAP: f32 = 6.0;
/// Width from which a program has its name.
const NAME_WIDTH: f32 = 24.0;

/// Draws every lane with its caption.
pub(in super::super) fn paint(
    ctx: &ViewCtx<'_>,
    ui: &Ui,
    scene: &Scene<'_>,
    parts: &LaneParts,
    live: &mut LanesLive,
    stems: &mut lane::StemCache,
) {
    let theme = ctx.theme;
    let painter = ui.painter().with_clip_rect(parts.area.intersect(ui.clip_rect()));
    painter.rect_filled(parts.area, 0.0, theme.panel);
    live.releases.begin_frame();
    for part in parts.lanes.iter().filter(|part| part.strip.plot.intersects(parts.area)) {
        let read = live.cache.read(ctx, scene.track, scene.clip, part.lane);
        let lane = Drawn { scene, part, axis: live.axis(part.lane, &read), read };
        lane.caption(ui, &painter, &part.name);
        let plot = painter.with_clip_rect(part.shown.intersect(painter.clip_rect()));
        let complete = match part.lane.kind {
            LaneKind::Velocity => lane.stems(&plot, stems),
            LaneKind::ReleaseVelocity => lane.stems(&plot, &mut live.releases),
            _ => {
                lane.values(&plot);
                true
            }
        };
        if !complete {
            ui.request_repaint();
        }
        lane.chosen(&plot, live);
        scene.playhead(&plot, part.strip.plot);
        if part.plot.has_focus() {
            let stroke = (1.0, translucent(theme.accent, 90));
            plot.rect_stroke(part.shown.shrink(0.5), 0.0, stroke, egui::StrokeKind::Inside);
        }
        let (left, right) = (part.strip.caption.left(), part.strip.plot.right());
        painter.hline(left..=right, part.strip.plot.top() + 0.5, (1.0, theme.line));
    }
    if let Some(first) = &parts.first {
        let ink = if first.hovered() { theme.text } else { theme.muted };
        icon(&painter, first.rect.left_center() + vec2(12.0, 0.0), Icon::Plus, ink);
        let at = first.rect.left_center() + vec2(22.0, 0.0);
        painter.text(at, Align2::LEFT_CENTER, "Lane", fonts::text(size::CAPTION), ink);
        painter.hline(parts.area.x_range(), parts.area.top() + 0.5, (1.0, theme.line));
    }
    if parts.overflow > 0.0 {
        let share = parts.area.height() / (parts.area.height() + parts.overflow);
        let from = live.scroll / (parts.area.height() + parts.overflow);
        let top = parts.area.top() + from * parts.area.height();
        let bar = Rect::from_min_size(
            pos2(parts.area.right() - 5.0, top),
            vec2(3.0, share * parts.area.height()),
        );
        painter.rect_filled(bar, 2.0, translucent(theme.muted, 120));
    }
}

/// A lane while it is drawn.
struct Drawn<'a> {
    scene: &'a Scene<'a>,
    part: &'a LanePart,
    axis: Axis,
    read: Arc<Read>,
}

impl Drawn<'_> {
    fn caption(&self, ui: &Ui, painter: &Painter, name: &str) {
        let Self { scene, part, .. } = self;
        let theme = scene.theme;
        let rect = part.strip.caption;
        let painter = &painter.with_clip_rect(rect.intersect(painter.clip_rect()));
        let hot = part.caption.hovered() || part.caption.has_focus();
        let ink = if hot { theme.text } else { theme.muted };
        let font = fonts::text(size::CAPTION);
        let width = rect.width() - CAPTION_LEFT;
        let galley = painter.layout(name.to_owned(), fitting(painter, name, width), ink, width);
        painter.galley(rect.left_top() + vec2(CAPTION_LEFT, 8.0), galley, ink);
        for (response, symbol) in [(&part.add, Icon::Plus), (&part.close, Icon::X)] {
            let hot = response.hovered() || response.has_focus();
            if hot {
                painter.rect_filled(response.rect, 3.0, theme.raised_hover);
            }
            let ink = if hot { theme.text } else { theme.muted };
            icon(painter, response.rect.center(), symbol, ink);
        }
        let pointer = ui.input(|input| input.pointer.latest_pos());
        let Some(pos) = pointer.filter(|_| part.plot.contains_pointer()) else { return };
        let value = self.axis.value_from_y(part.strip.plot, pos.y);
        let kind = part.lane.kind;
        let text = words::short(kind, kind.nearest(value));
        let at = rect.right_bottom() - vec2(5.0, 9.0);
        painter.text(at, Align2::RIGHT_CENTER, text, font, theme.text);
    }

    /// The same layout with this lane in the place of the velocity lane.
    fn layout(&self) -> Layout {
        let plot = self.part.strip.plot;
        Layout { lane: plot, lane_caption: self.part.strip.caption, ..*self.scene.layout }
    }

    /// Values of notes; whether all could be drawn in this frame.
    fn stems(&self, painter: &Painter, cache: &mut lane::StemCache) -> bool {
        let Self { scene, .. } = self;
        let theme = scene.theme;
        let layout = &self.layout();
        lane::paint_ground(painter, layout, theme);
        scene.lane_grid(painter, layout.lane);
        let (mut stems, mut complete) = (Vec::new(), true);
        let mut draw = |part: &Open<'_>, notes: &Notes, color: Color32| {
            complete &= cache.stems(layout, part.clip.start, notes, &mut stems);
            lane::paint(painter, layout, &stems, color, None);
        };
        // Velocities are painted in every open clip, release velocities in the active one.
        let all = self.part.lane.kind == LaneKind::Velocity;
        for part in scene.stacked().filter(|part| all || part.at == scene.at) {
            draw(part, &part.clip.notes, scene.color(part));
        }
        let chosen = scene.stacked().filter(|part| all || part.at == scene.at);
        for part in chosen.filter(|part| !part.chosen.is_empty()) {
            draw(part, &part.chosen, theme.note_selected);
        }
        complete
    }

    /// The song tick of the lane's tick 0.
    fn origin(&self) -> f64 {
        if self.part.lane.kind == LaneKind::Tempo { 0.0 } else { self.scene.clip.start.0 as f64 }
    }

    fn x(&self, tick: f64) -> f32 {
        self.scene.layout.x_from_tick(self.origin() + tick)
    }

    fn y(&self, value: f64) -> f32 {
        self.axis.y_from_value(self.part.strip.plot, value)
    }

    fn values(&self, painter: &Painter) {
        let Self { scene, part, axis, .. } = self;
        let (theme, plot) = (scene.theme, part.strip.plot);
        painter.rect_filled(plot, 0.0, theme.bg);
        scene.lane_grid(painter, plot);
        let ground = self.y(axis.ground());
        for value in [f64::midpoint(axis.low, axis.high), axis.high] {
            painter.hline(plot.x_range(), self.y(value).round() + 0.5, (1.0, theme.line_soft));
        }
        painter.hline(plot.x_range(), ground.round() + 0.5, (1.0, theme.line));
        let color = match part.lane.kind {
            LaneKind::Tempo => theme.marker,
            _ => theme.track(scene.track.color),
        };
        let (from, to) = scene.layout.visible_ticks();
        let start = (from - self.origin()).max(0.0);
        let end = self.end().min((to - self.origin()).max(0.0));
        if end <= start {
            return;
        }
        let range = TickRange::between(Tick(start as u64), Tick(end.ceil() as u64));
        let seen = self.read.data.indices_in(range);
        if part.lane.kind == LaneKind::PolyPressure(None) {
            self.pressures(painter, seen, color);
        } else if part.lane.kind == LaneKind::Program && seen.len() <= SINGLE {
            self.programs(painter, seen, (start, end), color);
        } else if seen.len() <= SINGLE {
            self.steps(painter, seen, (start, end), color);
        } else {
            self.columns(painter, (start, end), color);
        }
        if part.lane.kind == LaneKind::Tempo {
            let font = fonts::text(size::TINY);
            for value in [axis.low, axis.high] {
                // At the right: at the left the playhead rests.
                let at = pos2(plot.right() - 8.0, self.y(value));
                let align = if value > axis.low { Align2::RIGHT_TOP } else { Align2::RIGHT_BOTTOM };
                painter.text(at, align, format!("{value:.0}"), font.clone(), theme.muted);
            }
        }
    }

    /// First tick after the lane.
    fn end(&self) -> f64 {
        if self.part.lane.kind == LaneKind::Tempo {
            f64::INFINITY
        } else {
            self.scene.clip.length as f64
        }
    }

    /// From where to where each value holds in view.
    fn holds(
        &self,
        seen: std::ops::Range<usize>,
        (start, end): (f64, f64),
    ) -> impl Iterator<Item = (f32, f32, f64)> + '_ {
        let points = self.read.data.points();
        let first = seen.start.checked_sub(1).and_then(|index| points.get(index));
        let before = first.map_or(self.read.data.before(), |point| point.value);
        let inside = points.get(seen).unwrap_or_default();
        let starts = std::iter::once((start, before))
            .chain(inside.iter().map(|point| (point.tick.0 as f64, point.value)));
        let ends = inside.iter().map(|point| point.tick.0 as f64).chain([end]);
        starts
            .zip(ends)
            .map(|((from, value), to)| (self.x(from), self.x(to), value))
            .filter(|(from, to, _)| to > from)
    }

    /// Each value as long as it holds.
    fn steps(
        &self,
        painter: &Painter,
        seen: std::ops::Range<usize>,
        view: (f64, f64),
        color: Color32,
    ) {
        let ground = self.y(self.axis.ground());
        let fill = translucent(color, 46);
        let mut mesh = Mesh::default();
        let mut last: Option<f32> = None;
        for (from, to, value) in self.holds(seen.clone(), view) {
            let y = self.y(value);
            mesh.add_colored_rect(Rect::from_two_pos(pos2(from, y), pos2(to, ground)), fill);
            let line = Rect::from_min_max(pos2(from, y - 0.75), pos2(to, y + 0.75));
            mesh.add_colored_rect(line, color);
            if let Some(before) = last {
                let edge = Rect::from_two_pos(pos2(from - 0.75, before), pos2(from + 0.75, y));
                mesh.add_colored_rect(edge, color);
            }
            last = Some(y);
        }
        painter.add(Shape::mesh(mesh));
        if seen.len() <= KNOBS {
            self.knobs(painter, self.read.data.points().get(seen).unwrap_or_default(), color);
        }
    }

    /// Knobs as far as they can be told apart.
    fn knobs(&self, painter: &Painter, points: &[LanePoint], color: Color32) {
        let mut free = f32::NEG_INFINITY;
        for (index, point) in points.iter().enumerate() {
            let x = self.x(point.tick.0 as f64);
            if x >= free || index + 1 == points.len() {
                self.knob(painter, point, color);
                free = x + KNOB_GAP;
            }
        }
    }

    fn knob(&self, painter: &Painter, point: &LanePoint, color: Color32) {
        let at = pos2(self.x(point.tick.0 as f64), self.y(point.value));
        painter.circle_filled(at, 2.5, color);
    }

    /// So many values that each column of points shows from its lowest to its highest one.
    fn columns(&self, painter: &Painter, (start, end): (f64, f64), color: Color32) {
        let plot = self.part.strip.plot;
        let ground = self.y(self.axis.ground());
        let fill = translucent(color, 46);
        let points = self.read.data.points();
        let mut mesh = Mesh::default();
        let left = self.x(start).max(plot.left()).floor();
        let right = self.x(end).min(plot.right());
        let mut x = left;
        mesh.reserve_vertices(((right - left).max(0.0) as usize + 1) * 8);
        let tick = |x: f32| (self.scene.layout.tick_from_x(x) - self.origin()).max(0.0);
        let mut from = self.read.at_or_after(tick(left), 0);
        while x < right {
            let to = self.read.at_or_after(tick(x + 1.0), from);
            let before = from.checked_sub(1).and_then(|index| points.get(index));
            let held = before.map_or(self.read.data.before(), |point| point.value);
            let span = self.read.span(from, to);
            let (low, high) = span.map_or((held, held), |s| (s.low.min(held), s.high.max(held)));
            let (top, bottom) = (self.y(high), self.y(low));
            let edge = if (ground - top).abs() > (ground - bottom).abs() { top } else { bottom };
            mesh.add_colored_rect(Rect::from_two_pos(pos2(x, edge), pos2(x + 1.0, ground)), fill);
            let line = Rect::from_min_max(pos2(x, top - 0.75), pos2(x + 1.0, bottom + 0.75));
            mesh.add_colored_rect(line, color);
            from = to;
            x += 1.0;
        }
        painter.add(Shape::mesh(mesh));
    }

    /// Pressures of many keys: a stem each, at most one to a column.
    fn pressures(&self, painter: &Painter, seen: std::ops::Range<usize>, color: Color32) {
        let floor = self.y(self.axis.low);
        let points = self.read.data.points();
        let mut mesh = Mesh::default();
        let few = seen.len() <= SINGLE;
        let mut from = seen.start;
        while let Some(point) = points.get(from).filter(|_| from < seen.end) {
            let x = self.x(point.tick.0 as f64);
            let column = self.scene.layout.tick_from_x(x.floor() + 1.0) - self.origin();
            let rest = points.get(from..seen.end).unwrap_or_default();
            let n = rest.partition_point(|other| (other.tick.0 as f64) < column).max(1);
            let high = self.read.span(from, from + n).map_or(point.value, |span| span.high);
            let top = self.y(high);
            mesh.add_colored_rect(
                Rect::from_min_max(pos2(x - 0.75, top.min(floor)), pos2(x + 0.75, floor)),
                color,
            );
            if few && seen.len() <= KNOBS {
                for point in rest.iter().take(n) {
                    self.knob(painter, point, color);
                }
            }
            from += n;
        }
        painter.add(Shape::mesh(mesh));
    }

    /// Programs as blocks with their names.
    fn programs(
        &self,
        painter: &Painter,
        seen: std::ops::Range<usize>,
        view: (f64, f64),
        color: Color32,
    ) {
        let theme = self.scene.theme;
        let plot = self.part.strip.plot;
        let inner = plot.shrink2(vec2(0.0, 6.0));
        let is_said = seen.start > 0 || self.read.data.before() > LaneKind::Program.rest();
        let n_before = self.holds(seen.clone(), view).count().saturating_sub(seen.len());
        for (index, (from, to, value)) in self.holds(seen, view).enumerate() {
            // What nobody chose is no block.
            if index < n_before && !is_said {
                continue;
            }
            let (from, to) = (from.max(plot.left() - 8.0), to.min(plot.right() + 8.0));
            let block = Rect::from_x_y_ranges(from + 0.5..=to - 0.5, inner.y_range());
            painter.rect_filled(block, 3.0, mix(theme.bg, color, 0.28));
            let y = self.y(value);
            painter.hline(from..=to, y, (1.5, color));
            if to - from >= NAME_WIDTH {
                let painter = painter.with_clip_rect(block.intersect(painter.clip_rect()));
                let text = words::value(LaneKind::Program, value);
                let at = pos2(from.max(plot.left()) + 5.0, inner.top() + 3.0);
                painter.text(at, Align2::LEFT_TOP, text, fonts::text(size::TINY), theme.text);
            }
        }
    }

    /// The chosen points, or those that are being chosen.
    fn chosen(&self, painter: &Painter, live: &LanesLive) {
        let lane = self.part.lane;
        let under_way = live.stroke.as_ref().filter(|(other, _)| *other == lane);
        let choosing = under_way.and_then(|(_, stroke)| stroke.choosing(self.end() as u64));
        let chosen = live.chosen.filter(|(other, _)| *other == lane);
        let Some(range) = choosing.or(chosen.map(|(_, range)| range)) else { return };
        let theme = self.scene.theme;
        let plot = self.part.strip.plot;
        let x = |tick: Tick| self.x(tick.0 as f64).clamp(plot.left() - 2.0, plot.right() + 2.0);
        let band = Rect::from_x_y_ranges(x(range.start())..=x(range.end()), plot.y_range());
        painter.rect_filled(band, 0.0, translucent(theme.accent, 28));
        painter.rect_stroke(band, 0.0, (1.0, theme.accent), egui::StrokeKind::Inside);
        let points = self.read.data.points_in(range);
        if points.len() <= KNOBS {
            self.knobs(painter, points, theme.note_selected);
        }
    }
}

/// The font of a caption: smaller where a word would be broken in its middle.
fn fitting(painter: &Painter, name: &str, width: f32) -> FontId {
    let font = fonts::text(size::CAPTION);
    let wide = |word: &str| {
        painter.layout_no_wrap(word.to_owned(), font.clone(), Color32::PLACEHOLDER).size().x
    };
    let widest = name.split(' ').map(wide).fold(1.0, f32::max);
    // A point is left, since a size that fits exactly may be broken by rounding.
    let size = size::CAPTION * ((width - 1.0) / widest).min(1.0);
    fonts::text((size * 2.0).floor() / 2.0)
}

/// The velocity that a stem of the release lane stands for.
pub(super) fn release_of(note: &Note) -> u8 {
    note.release.velocity().unwrap_or(64)
}

fn icon(painter: &Painter, at: egui::Pos2, icon: Icon, color: Color32) {
    painter.text(at, Align2::CENTER_CENTER, char::from(icon), fonts::icon(12.0), color);
}
