//! Where everything lies: pure geometry between ticks, rows and points.

use super::ArrangementView;
use crate::theme::size;
use egui::{Rangef, Rect, Vec2, pos2, vec2};
use engine::model::Project;
use engine::time::{Tick, TickRange};
use std::ops::Range;

/// Zoom in points per quarter note: a long song on a small screen, and single ticks.
pub(super) const ZOOM: (f64, f64) = (0.002, 4000.0);

/// One frame's geometry. Ticks are fractional: a pixel may be less than one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Layout {
    /// The whole panel.
    pub(super) rect: Rect,
    /// Above the headers: how many tracks, and the filter.
    pub(super) corner: Rect,
    /// Above the lanes.
    pub(super) ruler: Rect,
    /// Left of the lanes.
    pub(super) headers: Rect,
    /// Where clips are.
    pub(super) lanes: Rect,
    /// The tick at the left edge of the lanes.
    pub(super) left: f64,
    /// Zoom.
    pub(super) points_per_tick: f64,
    /// Points of rows above the top edge of the lanes.
    pub(super) top: f64,
    /// Height of a row.
    pub(super) row_height: f32,
    /// How many rows there are, visible or not.
    pub(super) n_rows: usize,
}

impl Layout {
    /// The geometry of `view` in `rect`.
    pub(super) fn new(
        rect: Rect,
        view: &ArrangementView,
        project: &Project,
        n_rows: usize,
    ) -> Self {
        let header = size::TRACK_HEADER.min(rect.width() * 0.6);
        let split = pos2(rect.left() + header, rect.top() + size::RULER.min(rect.height()));
        let quarter = f64::from(project.division.ticks_per_quarter());
        Self {
            rect,
            corner: Rect::from_min_max(rect.min, split),
            ruler: Rect::from_min_max(pos2(split.x, rect.top()), pos2(rect.right(), split.y)),
            headers: Rect::from_min_max(pos2(rect.left(), split.y), pos2(split.x, rect.bottom())),
            lanes: Rect::from_min_max(split, rect.max),
            left: view.left,
            points_per_tick: view.points_per_quarter / quarter,
            top: view.top,
            row_height: view.row_height,
            n_rows,
        }
    }

    /// Where a tick lies, on screen or beyond.
    pub(super) fn x_from_tick(&self, tick: f64) -> f32 {
        let x = f64::from(self.lanes.left()) + (tick - self.left) * self.points_per_tick;
        // Far outside there is nothing to be exact about, and shapes want sane numbers.
        x.clamp(-1e6, 1e6) as f32
    }

    /// Which tick lies at `x`; not below 0.
    pub(super) fn tick_from_x(&self, x: f32) -> f64 {
        (self.left + f64::from(x - self.lanes.left()) / self.points_per_tick).max(0.0)
    }

    /// The ticks in view.
    pub(super) fn visible_ticks(&self) -> TickRange {
        TickRange::between(
            Tick(self.tick_from_x(self.lanes.left()).floor() as u64),
            Tick(self.tick_from_x(self.lanes.right()).ceil() as u64),
        )
    }

    /// The rows in view, the first and last perhaps in part.
    pub(super) fn visible_rows(&self) -> Range<usize> {
        let row = f64::from(self.row_height);
        let first = (self.top / row).floor().max(0.0) as usize;
        let end = ((self.top + f64::from(self.lanes.height())) / row).ceil().max(0.0) as usize;
        first.min(self.n_rows)..end.min(self.n_rows)
    }

    /// From top to bottom of a row.
    pub(super) fn row_range(&self, row: usize) -> Rangef {
        let top = row as f64 * f64::from(self.row_height) - self.top;
        let y = self.lanes.top() + top.clamp(-1e6, 1e6) as f32;
        Rangef::new(y, y + self.row_height)
    }

    /// The row at `y`; `None` below the last one and above the lanes.
    pub(super) fn row_from_y(&self, y: f32) -> Option<usize> {
        if y < self.lanes.top() {
            return None;
        }
        let row = (self.top + f64::from(y - self.lanes.top())) / f64::from(self.row_height);
        Some(row as usize).filter(|&row| row < self.n_rows)
    }

    /// A row's lane.
    pub(super) fn lane(&self, row: usize) -> Rect {
        Rect::from_x_y_ranges(self.lanes.x_range(), self.row_range(row))
    }

    /// A row's header.
    pub(super) fn header(&self, row: usize) -> Rect {
        Rect::from_x_y_ranges(self.headers.x_range(), self.row_range(row))
    }

    /// The upper half of the ruler, where a range is dragged.
    pub(super) fn ruler_range(&self) -> Rect {
        self.ruler.with_max_y(self.ruler.center().y)
    }

    /// The lower half of the ruler, where the playhead is put.
    pub(super) fn ruler_seek(&self) -> Rect {
        self.ruler.with_min_y(self.ruler.center().y)
    }

    /// The furthest that the view goes: the song's end at a quarter of the lanes.
    pub(super) fn last_left(&self, end: Tick) -> f64 {
        let width = f64::from(self.lanes.width()) / self.points_per_tick;
        (end.0 as f64 - width * 0.25).max(0.0)
    }

    /// Height of the content, in points.
    pub(super) fn content_height(&self) -> f64 {
        self.n_rows as f64 * f64::from(self.row_height)
    }
}

impl ArrangementView {
    /// Moves the content by `points`: a positive x shows what lies further left.
    pub(super) fn pan(&mut self, points: Vec2, layout: &Layout) {
        self.left -= f64::from(points.x) / layout.points_per_tick;
        self.top -= f64::from(points.y);
    }

    /// Zooms time by `factor`; what is at `x` stays there.
    pub(super) fn zoom_time(&mut self, factor: f64, x: f32, layout: &Layout) {
        let before = self.points_per_quarter;
        self.points_per_quarter = (before * factor).clamp(ZOOM.0, ZOOM.1);
        let scale = self.points_per_quarter / before;
        let from_left = f64::from(x - layout.lanes.left()) / layout.points_per_tick;
        self.left += from_left * (1.0 - 1.0 / scale);
    }

    /// Zooms the rows' height by `factor`; the row at `y` stays there.
    pub(super) fn zoom_height(&mut self, factor: f32, y: f32, layout: &Layout) {
        let before = self.row_height;
        self.row_height = (before * factor).clamp(size::TRACK_ROW.0, size::TRACK_ROW.2);
        let at = self.top + f64::from(y - layout.lanes.top());
        self.top += at * (f64::from(self.row_height / before) - 1.0);
    }

    /// Keeps the view on the song: not before its start, not a screen past its end.
    pub(super) fn clamp(&mut self, layout: &Layout, end: Tick) {
        self.left = self.left.clamp(0.0, layout.last_left(end));
        let below = layout.content_height() - f64::from(layout.lanes.height());
        self.top = self.top.clamp(0.0, below.max(0.0));
    }

    /// Brings a row into view, moving no further than needed.
    pub(super) fn reveal_row(&mut self, row: usize, layout: &Layout) {
        let height = f64::from(layout.row_height);
        let top = row as f64 * height;
        let highest = top + height - f64::from(layout.lanes.height());
        self.top = self.top.clamp(highest.min(top), top);
    }
}

/// The space of a header, cut up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct HeaderLayout {
    /// The colour at its left edge.
    pub(super) strip: Rect,
    /// The track's name.
    pub(super) name: Rect,
    /// What it sounds like; `None` when the row is too low.
    pub(super) sound: Option<Rect>,
    /// The M button.
    pub(super) mute: Rect,
    /// The S button.
    pub(super) solo: Rect,
    /// The pan pot; `None` when the row is too low.
    pub(super) pan: Option<Rect>,
    /// The volume fader.
    pub(super) fader: Rect,
    /// The level meter.
    pub(super) meter: Rect,
}

impl HeaderLayout {
    /// Two lines where there is room, one where there is not.
    pub(super) fn new(header: Rect) -> Self {
        const BUTTON: Vec2 = vec2(20.0, 18.0);
        let strip = header.with_max_x(header.left() + 4.0);
        let meter = Rect::from_min_max(
            pos2(header.right() - 9.0, header.top() + 5.0),
            pos2(header.right() - 4.0, header.bottom() - 5.0),
        );
        let text_left = header.left() + 14.0;
        if header.height() < 38.0 {
            let y = header.center().y;
            let at = |x: f32, size: Vec2| {
                Rect::from_center_size(pos2(x + size.x * 0.5, y), size.min(vec2(999.0, 18.0)))
            };
            let fader = at(meter.left() - 44.0, vec2(36.0, 16.0));
            let solo = at(fader.left() - 26.0, BUTTON);
            let mute = at(solo.left() - 23.0, BUTTON);
            let name = Rect::from_x_y_ranges(
                text_left..=(mute.left() - 8.0).max(text_left),
                header.y_range(),
            );
            return Self { strip, name, sound: None, mute, solo, pan: None, fader, meter };
        }
        // The two lines sit in the middle of a low row and at the top of a high one.
        let top = header.top() + ((header.height() - 38.0) * 0.5).min(10.0);
        let right = meter.left() - 10.0;
        let pan = Rect::from_min_size(pos2(right - 20.0, top), vec2(20.0, 18.0));
        let solo = Rect::from_min_size(pos2(pan.left() - 24.0, top), BUTTON);
        let mute = Rect::from_min_size(pos2(solo.left() - 23.0, top), BUTTON);
        let text = Rangef::new(text_left, (mute.left() - 8.0).max(text_left));
        Self {
            strip,
            name: Rect::from_x_y_ranges(text, top..=top + 20.0),
            sound: Some(Rect::from_x_y_ranges(text, top + 20.0..=top + 36.0)),
            mute,
            solo,
            pan: Some(pan),
            fader: Rect::from_min_max(pos2(mute.left(), top + 21.0), pos2(right, top + 37.0)),
            meter,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn layout(left: f64, zoom: f64, top: f64, row_height: f32, n_rows: usize) -> Layout {
        let view = ArrangementView {
            left,
            top,
            points_per_quarter: zoom,
            row_height,
            ..ArrangementView::default()
        };
        let rect = Rect::from_min_size(pos2(7.0, 40.0), vec2(1200.0, 500.0));
        Layout::new(rect, &view, &Project::new("Test"), n_rows)
    }

    #[test]
    fn a_header_keeps_its_parts_apart_and_inside() {
        for height in [24.0, 30.0, 38.0, 46.0, 90.0, 160.0] {
            let header = Rect::from_min_size(pos2(0.0, 0.0), vec2(size::TRACK_HEADER, height));
            let parts = HeaderLayout::new(header);
            let all = [Some(parts.mute), Some(parts.solo), parts.pan, Some(parts.fader)];
            let all: Vec<Rect> =
                all.into_iter().flatten().chain([parts.name, parts.meter]).collect();
            for (i, a) in all.iter().enumerate() {
                assert!(header.contains_rect(*a), "{height}: {a:?}");
                for b in &all[i + 1..] {
                    assert!(!a.intersects(b.shrink(0.5)), "{height}: {a:?} and {b:?}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn ticks_and_points_are_inverse(
            left in 0.0f64..1e9,
            zoom in 0.01f64..500.0,
            x in 237.0f32..1207.0,
        ) {
            let layout = layout(left, zoom, 0.0, 46.0, 10);
            let back = layout.x_from_tick(layout.tick_from_x(x));
            prop_assert!((back - x).abs() < 0.01, "{x} came back as {back}");
        }

        #[test]
        fn rows_and_points_are_inverse(
            top in 0.0f64..4_000_000.0,
            row_height in 24.0f32..160.0,
            y in 70.0f32..540.0,
        ) {
            let layout = layout(0.0, 10.0, top, row_height, 1_000_000);
            let row = layout.row_from_y(y).unwrap();
            let range = layout.row_range(row);
            prop_assert!(range.min <= y + 0.1 && y <= range.max + 0.1);
            prop_assert!(layout.visible_rows().contains(&row));
        }

        #[test]
        fn zooming_keeps_what_is_under_the_pointer(
            left in 0.0f64..1e7,
            zoom in 1.0f64..100.0,
            factor in 0.2f64..5.0,
            x in 240.0f32..1200.0,
        ) {
            let mut view = ArrangementView {
                left, points_per_quarter: zoom, ..ArrangementView::default()
            };
            let project = Project::new("Test");
            let rect = Rect::from_min_size(pos2(7.0, 40.0), vec2(1200.0, 500.0));
            let before = Layout::new(rect, &view, &project, 5);
            view.zoom_time(factor, x, &before);
            let after = Layout::new(rect, &view, &project, 5);
            // Not through `tick_from_x`, which stops at zero.
            let tick = |layout: &Layout| {
                layout.left + f64::from(x - layout.lanes.left()) / layout.points_per_tick
            };
            prop_assert!((tick(&before) - tick(&after)).abs() < 1e-3);
        }

        #[test]
        fn a_revealed_row_is_in_view(row in 0usize..100_000, top in 0.0f64..4_000_000.0) {
            let mut view = ArrangementView { top, ..ArrangementView::default() };
            let project = Project::new("Test");
            let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(1200.0, 500.0));
            view.reveal_row(row, &Layout::new(rect, &view, &project, 100_000));
            let layout = Layout::new(rect, &view, &project, 100_000);
            let range = layout.row_range(row);
            prop_assert!(range.min >= layout.lanes.top() - 0.1);
            prop_assert!(range.max <= layout.lanes.bottom() + 0.1);
        }
    }
}
