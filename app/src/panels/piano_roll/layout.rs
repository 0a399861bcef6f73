//! Where things are in the piano roll: pure geometry, no egui context, no project.
//!
//! Horizontally the roll shows the song's time line, vertically keys 127 down to 0, or those of
//! them that are not folded away.

use super::lanes::{LaneRoom, LaneView};
use super::rows::Rows;
use egui::{Pos2, Rect, Vec2, pos2, vec2};
use engine::model::Key;

/// Points that a row of keys is high at least and at most.
pub(super) const ROW_HEIGHTS: (f32, f32) = (3.0, 48.0);
/// Points that a quarter note is wide at most.
pub(super) const MAX_QUARTER_WIDTH: f64 = 4_000.0;
/// Points that a quarter note is wide at least, unless the song needs less to fit.
pub(super) const MIN_QUARTER_WIDTH: f64 = 0.25;
/// Width of the key strip, in points.
pub(super) const KEYS_WIDTH: f32 = 64.0;
/// The same where it has to hold the names of drums in full.
pub(super) const DRUM_KEYS_WIDTH: f32 = 124.0;
/// Height of the strip of chord names under the ruler, in points.
pub(super) const CHORDS_HEIGHT: f32 = 18.0;
/// Height of the ruler, in points.
pub(super) const RULER_HEIGHT: f32 = 20.0;
/// Points left of the song's first tick, so that a note there has an edge to take hold of.
pub(super) const MARGIN: f32 = 8.0;
/// Least height of the note canvas, in points; the lanes give way to it.
pub(super) const MIN_CANVAS_HEIGHT: f32 = 60.0;

/// What the roll looks at: the song tick and key row in its top left corner, and the scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Viewport {
    /// Song tick at the left edge, with its fraction.
    pub(super) left: f64,
    /// Points per tick.
    pub(super) scale: f64,
    /// Rows above the top edge, with a fraction; row 0 is the highest key that is shown.
    pub(super) top: f32,
    /// Points per row.
    pub(super) row_height: f32,
}

/// What may be looked at: limits that keep a [`Viewport`] on the song.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bounds {
    /// Song tick after which there is nothing to see.
    pub(super) end: f64,
    /// Ticks in a quarter note.
    pub(super) quarter: f64,
    /// Size of the canvas, in points.
    pub(super) size: Vec2,
    /// Which keys have a row.
    pub(super) rows: Rows,
}

impl Viewport {
    /// Moved by `points` to the right and down, inside `bounds`.
    #[must_use]
    pub(super) fn scrolled(self, points: Vec2, bounds: &Bounds) -> Self {
        Self {
            left: self.left + f64::from(points.x) / self.scale,
            top: self.top + points.y / self.row_height,
            ..self
        }
        .within(bounds)
    }

    /// Time zoomed by `factor`; what lies `x` points from the left edge stays there.
    #[must_use]
    pub(super) fn zoomed_time(self, x: f32, factor: f64, bounds: &Bounds) -> Self {
        let tick = self.left + f64::from(x) / self.scale;
        let scale = clamp_scale(self.scale * factor, bounds);
        Self { left: tick - f64::from(x) / scale, scale, ..self }.within(bounds)
    }

    /// Rows zoomed by `factor`; what lies `y` points from the top edge stays there.
    #[must_use]
    pub(super) fn zoomed_rows(self, y: f32, factor: f32, bounds: &Bounds) -> Self {
        let row = self.top + y / self.row_height;
        let row_height = clamp_row_height(self.row_height * factor, bounds);
        Self { top: row - y / row_height, row_height, ..self }.within(bounds)
    }

    /// With other rows, of this height if they fill the canvas: what was at the top edge stays
    /// near it.
    #[must_use]
    pub(super) fn refolded(self, before: Rows, after: Rows, row_height: f32) -> Self {
        let row = self.top.floor().clamp(0.0, 127.0);
        let top = f32::from(after.row(before.key(row as u8))) + (self.top - row);
        Self { top, row_height, ..self }
    }

    /// Nearest viewport whose scale is allowed and that shows something of the song.
    #[must_use]
    pub(super) fn within(self, bounds: &Bounds) -> Self {
        let scale = clamp_scale(self.scale, bounds);
        let row_height = clamp_row_height(self.row_height, bounds);
        // The song may be scrolled until a quarter of the canvas is left of it, no further.
        let last = bounds.end - f64::from(bounds.size.x) / scale * 0.25;
        let rows = f32::from(bounds.rows.len()) - bounds.size.y / row_height;
        Self {
            left: self.left.clamp(-f64::from(MARGIN) / scale, last.max(0.0)),
            scale,
            top: self.top.clamp(0.0, rows.max(0.0)),
            row_height,
        }
    }
}

/// What surrounds the canvas besides the lanes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Frame {
    /// Width of the key strip, in points.
    pub(super) keys_width: f32,
    /// Height of the strip of chord names, in points.
    pub(super) chords_height: f32,
}

impl Frame {
    /// A keyboard and no chords.
    #[cfg(test)]
    pub(super) const PLAIN: Self = Self { keys_width: KEYS_WIDTH, chords_height: 0.0 };
}

/// The parts of the panel. All ruler, canvas and lane share one time axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Layout {
    /// What is looked at.
    pub(super) viewport: Viewport,
    /// Which keys have a row.
    pub(super) rows: Rows,
    /// Notes are hits: diamonds on their onset, which reach half a row before it.
    pub(super) hits: bool,
    /// The corner above the key strip.
    pub(super) corner: Rect,
    /// Bars; click to seek.
    pub(super) ruler: Rect,
    /// Chord names, under the ruler.
    pub(super) chords: Rect,
    /// The key strip.
    pub(super) keys: Rect,
    /// Notes.
    pub(super) canvas: Rect,
    /// Left of the velocity lane.
    pub(super) lane_caption: Rect,
    /// Velocities.
    pub(super) lane: Rect,
    /// All lanes, as far as they show.
    pub(super) lanes: Rect,
    /// How high all lanes may be together.
    pub(super) lanes_room: f32,
}

impl Layout {
    /// Cuts `rect` up with one lane, of velocities, as high as the canvas allows.
    #[cfg(test)]
    pub(super) fn new(rect: Rect, viewport: Viewport, lane_height: f32) -> Self {
        let lane = LaneView { height: lane_height, ..LaneView::VELOCITY };
        Self::with_lanes(rect, viewport, Frame::PLAIN, &[lane], 0.0)
    }

    /// Cuts `rect` up; the lanes take what they want if the canvas has enough left.
    pub(super) fn with_lanes(
        rect: Rect,
        viewport: Viewport,
        frame: Frame,
        lanes: &[LaneView],
        scroll: f32,
    ) -> Self {
        let keys_right = (rect.left() + frame.keys_width).min(rect.right());
        let ruler_bottom = (rect.top() + RULER_HEIGHT).min(rect.bottom());
        let top = (ruler_bottom + frame.chords_height).min(rect.bottom());
        let above = top - rect.top() + MIN_CANVAS_HEIGHT;
        let LaneRoom { area, room, velocity } =
            LaneRoom::new(rect, above, keys_right, lanes, scroll);
        let lane_top = area.top();
        let (lane_caption, lane) = velocity;
        let part = |x0, y0, x1, y1| Rect::from_min_max(pos2(x0, y0), pos2(x1, y1));
        Self {
            viewport,
            rows: Rows::ALL,
            hits: false,
            corner: part(rect.left(), rect.top(), keys_right, top),
            ruler: part(keys_right, rect.top(), rect.right(), ruler_bottom),
            chords: part(keys_right, ruler_bottom, rect.right(), top),
            keys: part(rect.left(), top, keys_right, lane_top),
            canvas: part(keys_right, top, rect.right(), lane_top),
            lane_caption,
            lane,
            lanes: area,
            lanes_room: room,
        }
    }

    /// Where a song tick lies on the x axis.
    pub(super) fn x_from_tick(&self, tick: f64) -> f32 {
        ((tick - self.viewport.left) * self.viewport.scale) as f32 + self.canvas.left()
    }

    /// The song tick at `x`, with its fraction; negative left of the song.
    pub(super) fn tick_from_x(&self, x: f32) -> f64 {
        self.viewport.left + f64::from(x - self.canvas.left()) / self.viewport.scale
    }

    /// Top edge of a key's row, or of where it would lie.
    pub(super) fn y_from_key(&self, key: Key) -> f32 {
        let row = f32::from(self.rows.row(key));
        (row - self.viewport.top) * self.viewport.row_height + self.canvas.top()
    }

    /// The key whose row holds `y`; the first or last one beyond them.
    pub(super) fn key_from_y(&self, y: f32) -> Key {
        let row = (y - self.canvas.top()) / self.viewport.row_height + self.viewport.top;
        self.key_of_row(row)
    }

    /// Bottom edge of the last row, shown or not.
    pub(super) fn bottom(&self) -> f32 {
        let rows = f32::from(self.rows.len()) - self.viewport.top;
        rows * self.viewport.row_height + self.canvas.top()
    }

    fn key_of_row(&self, row: f32) -> Key {
        self.rows.key(row.floor().clamp(0.0, 127.0) as u8)
    }

    /// Half the width of a hit, in points; 0 where notes are bars.
    pub(super) fn hit_reach(&self) -> f32 {
        if self.hits { (self.viewport.row_height * 0.5).max(2.0) } else { 0.0 }
    }

    /// Where the head of a velocity's stem lies in the lane.
    pub(super) fn y_from_velocity(&self, velocity: f32) -> f32 {
        let floor = self.lane_floor();
        floor - (floor - self.lane_ceiling()) * (velocity / 127.0)
    }

    /// The velocity at `y`, 1..=127.
    pub(super) fn velocity_from_y(&self, y: f32) -> u8 {
        let height = (self.lane_floor() - self.lane_ceiling()).max(1.0);
        ((self.lane_floor() - y) / height * 127.0).round().clamp(1.0, 127.0) as u8
    }

    /// Where stems stand.
    pub(super) fn lane_floor(&self) -> f32 {
        self.lane.bottom() - 6.0
    }

    /// The box of a note from one song tick to another; at least a point wide.
    pub(super) fn note_rect(&self, key: Key, from: f64, to: f64) -> Rect {
        let (x0, x1) = (self.x_from_tick(from), self.x_from_tick(to));
        let y = self.y_from_key(key);
        Rect::from_min_max(pos2(x0, y), pos2(x1.max(x0 + 1.0), y + self.viewport.row_height))
    }

    /// Song ticks from the left to the right edge; never before the song.
    pub(super) fn visible_ticks(&self) -> (f64, f64) {
        let right = self.tick_from_x(self.canvas.right());
        (self.viewport.left.max(0.0), right.max(self.viewport.left).max(0.0))
    }

    /// Lowest and highest key with a visible row.
    pub(super) fn visible_keys(&self) -> (Key, Key) {
        (self.key_from_y(self.canvas.bottom() - 0.01), self.key_from_y(self.canvas.top()))
    }

    /// First and last visible row.
    pub(super) fn visible_rows(&self) -> (u8, u8) {
        let (low, high) = self.visible_keys();
        (self.rows.row(high), self.rows.row(low))
    }

    /// The keys of the visible rows, from the top down.
    pub(super) fn shown_keys(&self) -> impl Iterator<Item = Key> + Clone + use<> {
        let (first, last) = self.visible_rows();
        self.rows.keys(first, last)
    }

    /// The place at `pos` in musical terms, which scrolling does not change.
    pub(super) fn spot(&self, pos: Pos2) -> Spot {
        let row = (pos.y - self.canvas.top()) / self.viewport.row_height + self.viewport.top;
        Spot { tick: self.tick_from_x(pos.x), row, key: self.key_of_row(row) }
    }

    /// Where a spot is now.
    pub(super) fn pos(&self, spot: Spot) -> Pos2 {
        let y = (spot.row - self.viewport.top) * self.viewport.row_height + self.canvas.top();
        pos2(self.x_from_tick(spot.tick), y)
    }

    fn lane_ceiling(&self) -> f32 {
        (self.lane.top() + 10.0).min(self.lane_floor() - 1.0)
    }
}

/// A point of the canvas in musical terms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spot {
    /// Song tick, with its fraction.
    pub(super) tick: f64,
    /// Rows below the top of the first one, with a fraction.
    pub(super) row: f32,
    /// The key of that row.
    pub(super) key: Key,
}

impl Spot {
    /// The key whose row this is in.
    pub(super) const fn key(self) -> Key {
        self.key
    }
}

/// Whether a key is black on a piano.
pub(super) const fn is_black(key: Key) -> bool {
    matches!(key % 12, 1 | 3 | 6 | 8 | 10)
}

fn clamp_scale(scale: f64, bounds: &Bounds) -> f64 {
    let fits = f64::from(bounds.size.x.max(1.0)) / bounds.end.max(1.0);
    let least = (MIN_QUARTER_WIDTH / bounds.quarter).min(fits);
    let most = (MAX_QUARTER_WIDTH / bounds.quarter).max(least);
    if scale.is_finite() { scale.clamp(least, most) } else { most }
}

fn clamp_row_height(height: f32, bounds: &Bounds) -> f32 {
    // Rows never leave part of the canvas empty, however high it is and few they are.
    let (least, most) = ROW_HEIGHTS;
    let least = least.max(bounds.size.y / f32::from(bounds.rows.len()));
    let most = most.max(least);
    if height.is_finite() { height.clamp(least, most) } else { least }
}

/// A viewport that shows ticks `from..to` and centres on the keys `low..=high`.
pub(super) fn fitting(
    from: f64,
    to: f64,
    low: Key,
    high: Key,
    row_height: f32,
    bounds: &Bounds,
) -> Viewport {
    let (first, last) = (bounds.rows.row(high), bounds.rows.row(low));
    let middle = (f32::from(first) + f32::from(last) + 1.0) / 2.0;
    let row_height = clamp_row_height(row_height, bounds);
    let width = f64::from((bounds.size.x - MARGIN).max(1.0));
    let scale = clamp_scale(width / (to - from).max(1.0), bounds);
    Viewport {
        left: from - f64::from(MARGIN) / scale,
        scale,
        top: middle - bounds.size.y / row_height / 2.0,
        row_height,
    }
    .within(bounds)
}

/// The `rows` neighbouring keys that most of `keys` are on: the lowest and the highest.
/// Where several stretches hold as many, the one in their middle.
pub(super) fn busiest(keys: impl Iterator<Item = Key>, rows: u8) -> (Key, Key) {
    let rows = usize::from(rows.clamp(1, 128));
    let mut below = [0_usize; 129];
    for key in keys {
        if let Some(count) = below.get_mut(usize::from(key) + 1) {
            *count += 1;
        }
    }
    // From counts of each key to counts of all keys below.
    let mut sum = 0;
    for count in &mut below {
        sum += *count;
        *count = sum;
    }
    let held = below.iter().zip(below.iter().skip(rows)).map(|(low, high)| high - low);
    let most = held.clone().max().unwrap_or(0);
    let first = held.clone().position(|count| count == most).unwrap_or(0);
    let run = held.skip(first).take_while(|count| *count == most).count().max(1);
    let low = first + (run - 1) / 2;
    (low as Key, (low + rows - 1) as Key)
}

/// How far a wheel's movement goes, in points: a line is 48, a page the canvas.
pub(super) fn wheel_points(unit: egui::MouseWheelUnit, delta: Vec2, page: Vec2) -> Vec2 {
    match unit {
        egui::MouseWheelUnit::Point => delta,
        egui::MouseWheelUnit::Line => delta * 48.0,
        egui::MouseWheelUnit::Page => vec2(delta.x * page.x, delta.y * page.y),
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows::Fold;
    use super::*;
    use crate::wording::note_name;
    use proptest::prelude::*;

    fn layout(left: f64, scale: f64, top: f32, row_height: f32) -> Layout {
        let rect = Rect::from_min_size(pos2(40.0, 300.0), vec2(1200.0, 420.0));
        Layout::new(rect, Viewport { left, scale, top, row_height }, 86.0)
    }

    #[test]
    fn the_lane_gives_way_when_the_panel_is_low() {
        let viewport = Viewport { left: 0.0, scale: 0.1, top: 0.0, row_height: 12.0 };
        let layout =
            Layout::new(Rect::from_min_size(Pos2::ZERO, vec2(500.0, 90.0)), viewport, 86.0);
        assert_eq!((layout.canvas.height(), layout.lane.height()), (60.0, 10.0));
    }

    #[test]
    fn the_busiest_keys_come_into_view() {
        let drums = [36, 36, 38, 42, 42, 42, 46, 81];
        assert_eq!(busiest(drums.into_iter(), 12), (35, 46));
        assert_eq!(busiest([60, 64].into_iter(), 25), (50, 74));
        assert_eq!(busiest([].into_iter(), 200), (0, 127));
    }

    #[test]
    fn middle_c_is_c4_and_f_sharp_is_black() {
        assert_eq!((note_name(60), note_name(66), is_black(66)), ("C4".into(), "F♯4".into(), true));
    }

    proptest! {
        #[test]
        fn ticks_and_x_are_inverse(
            left in 0.0..1e8f64, scale in 1e-4..4.0f64, x in 104.0..1240.0f32,
        ) {
            let layout = layout(left, scale, 0.0, 12.0);
            prop_assert!((layout.x_from_tick(layout.tick_from_x(x)) - x).abs() < 0.01);
        }

        #[test]
        fn keys_and_y_are_inverse(top in 0.0..100.0f32, row in 3.0..48.0f32, key in 0u8..128) {
            let layout = layout(0.0, 1.0, top, row);
            prop_assert_eq!(layout.key_from_y(layout.y_from_key(key) + row / 2.0), key);
        }

        #[test]
        fn folded_keys_and_y_are_inverse(used in 0..u128::MAX, top in 0.0..12.0f32) {
            let rows = Rows::new(Fold::Used, used, None, false);
            let layout = Layout { rows, ..layout(0.0, 1.0, top, 12.0) };
            for key in rows.keys(0, rows.len() - 1) {
                let y = layout.y_from_key(key) + 6.0;
                prop_assert_eq!(layout.key_from_y(y), key);
                prop_assert_eq!(layout.spot(pos2(200.0, y)).key(), key);
            }
            let shown: Vec<Key> = layout.shown_keys().collect();
            prop_assert!(shown.is_sorted_by(|a, b| a > b));
        }

        #[test]
        fn velocities_and_y_are_inverse(velocity in 1u8..128) {
            let layout = layout(0.0, 1.0, 0.0, 12.0);
            // The lane is 70 points high at 127 values: off by one at most.
            let back = layout.velocity_from_y(layout.y_from_velocity(f32::from(velocity)));
            prop_assert_eq!(back, velocity);
        }

        #[test]
        fn spots_and_positions_are_inverse(
            left in 0.0..1e7f64, scale in 1e-3..4.0f64, top in 0.0..90.0f32,
            x in 104.0..1240.0f32, y in 320.0..600.0f32,
        ) {
            let layout = layout(left, scale, top, 11.0);
            let back = layout.pos(layout.spot(pos2(x, y)));
            prop_assert!((back - pos2(x, y)).length() < 0.05);
        }

        #[test]
        fn zoom_keeps_what_is_under_the_pointer(
            left in 1e4..1e6f64, scale in 0.01..0.5f64, x in 0.0..1000.0f32, factor in 0.5..2.0f64,
        ) {
            let bounds = Bounds { end: 1e8, quarter: 480.0, size: vec2(1000.0, 300.0), rows: Rows::ALL };
            let before = Viewport { left, scale, top: 30.0, row_height: 12.0 };
            let after = before.zoomed_time(x, factor, &bounds);
            let tick = |viewport: Viewport| viewport.left + f64::from(x) / viewport.scale;
            prop_assume!(after.left > 0.0);
            prop_assert!((tick(before) - tick(after)).abs() * after.scale < 0.01);
        }

        #[test]
        fn a_viewport_always_shows_something(
            left in -1e9..1e9f64, scale in 1e-9..1e9f64, top in -1e3..1e3f32, row in 0.0..1e4f32,
            end in 0.0..1e8f64,
        ) {
            let bounds = Bounds { end, quarter: 480.0, size: vec2(1000.0, 300.0), rows: Rows::ALL };
            let viewport = Viewport { left, scale, top, row_height: row }.within(&bounds);
            prop_assert!(viewport.left * viewport.scale >= -8.01 && viewport.left <= end.max(0.0));
            prop_assert!(viewport.top >= 0.0 && viewport.top < 128.0);
            prop_assert_eq!(viewport.within(&bounds), viewport);
        }
    }
}
