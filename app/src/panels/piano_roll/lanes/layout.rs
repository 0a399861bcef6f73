//! Where lanes are: pure geometry, no egui context, no song.

use super::LaneView;
use super::cache::Span;
use egui::{Rangef, Rect, pos2};
use engine::edit::LaneKind;

/// Heights that a lane may take, in points.
pub(super) const HEIGHTS: (f32, f32) = (36.0, 320.0);
/// Height of what is left when there is no lane: room for the button that adds one.
pub(super) const NONE_HEIGHT: f32 = 20.0;
/// Points kept free under and over a lane's values.
const ROOM: (f32, f32) = (6.0, 10.0);

/// A lane's parts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Strip {
    /// Left of it: name, value, buttons.
    pub(super) caption: Rect,
    /// Its values.
    pub(super) plot: Rect,
}

/// How high all lanes are together, and how much of that shows in `room` points.
pub(super) fn total(lanes: &[LaneView], room: f32) -> (f32, f32) {
    let heights = heights(lanes, room);
    let total = if lanes.is_empty() { NONE_HEIGHT.min(room) } else { heights.iter().sum() };
    (total, total.min(room))
}

/// Cuts `area` into lanes from top to bottom; `scroll` points of them are above it.
pub(super) fn strips(
    lanes: &[LaneView],
    area: Rect,
    room: f32,
    keys_right: f32,
    scroll: f32,
) -> Vec<Strip> {
    let mut top = area.top() - scroll;
    let mut strips = Vec::with_capacity(lanes.len());
    for height in heights(lanes, room) {
        let bottom = top + height;
        strips.push(Strip {
            caption: Rect::from_min_max(pos2(area.left(), top), pos2(keys_right, bottom)),
            plot: Rect::from_min_max(pos2(keys_right, top), pos2(area.right(), bottom)),
        });
        top = bottom;
    }
    strips
}

/// Each lane's height: what it wants, or its share of what there is, but never so little
/// that nothing can be seen. A lane alone takes what there is.
fn heights(lanes: &[LaneView], room: f32) -> Vec<f32> {
    let (least, most) = HEIGHTS;
    let wanted = lanes.iter().map(|lane| lane.height.clamp(least, most));
    let total: f32 = wanted.clone().sum();
    if lanes.len() == 1 {
        return wanted.map(|height| height.min(room)).collect();
    }
    let slack: f32 = wanted.clone().map(|height| height - least).sum();
    let share = if slack > 0.0 { ((total - room) / slack).clamp(0.0, 1.0) } else { 0.0 };
    wanted.map(|height| height - (height - least) * share).collect()
}

/// Which values a lane shows between its bottom and its top.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Axis {
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Axis {
    /// The whole range; for tempo what is usual, and what the song has besides.
    pub(super) fn of(kind: LaneKind, extent: Option<Span>) -> Self {
        match kind {
            LaneKind::Velocity => Self { low: 0.0, high: 127.0 },
            LaneKind::Tempo => {
                let Span { low, high } = extent.unwrap_or(Span { low: 120.0, high: 120.0 });
                Self {
                    low: ((low / 20.0).floor() * 20.0).min(40.0),
                    high: ((high / 20.0).ceil() * 20.0).max(200.0),
                }
            }
            _ => {
                let (low, high) = kind.range();
                Self { low, high }
            }
        }
    }

    /// Where a value lies in a lane.
    pub(super) fn y_from_value(self, plot: Rect, value: f64) -> f32 {
        let Rangef { min: ceiling, max: floor } = inside(plot);
        let share = (value - self.low) / (self.high - self.low).max(1e-9);
        floor - (floor - ceiling) * share.clamp(0.0, 1.0) as f32
    }

    /// The value at `y`.
    pub(super) fn value_from_y(self, plot: Rect, y: f32) -> f64 {
        let Rangef { min: ceiling, max: floor } = inside(plot);
        let share = f64::from((floor - y) / (floor - ceiling).max(1.0));
        self.low + (self.high - self.low) * share.clamp(0.0, 1.0)
    }

    /// Values that a point of the screen is worth.
    pub(super) fn per_point(self, plot: Rect) -> f64 {
        (self.high - self.low) / f64::from(inside(plot).span().max(1.0))
    }

    /// Where fills begin: the middle of what goes both ways, else the bottom.
    pub(super) fn ground(self) -> f64 {
        if self.low < 0.0 { 0.0 } else { self.low }
    }
}

/// From the highest to the lowest value.
fn inside(plot: Rect) -> Rangef {
    let (under, over) = ROOM;
    let floor = plot.bottom() - under;
    Rangef::new((plot.top() + over).min(floor - 1.0), floor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{Pos2, vec2};
    use proptest::prelude::*;

    fn lanes(heights: &[f32]) -> Vec<LaneView> {
        let lane = |&height: &f32| LaneView { kind: LaneKind::PitchBend, channel: None, height };
        heights.iter().map(lane).collect()
    }

    #[test]
    fn lanes_shrink_before_they_scroll() {
        let lanes = lanes(&[100.0, 60.0, 36.0]);
        assert_eq!(heights(&lanes, 500.0), [100.0, 60.0, 36.0]);
        let shrunk = heights(&lanes, 152.0);
        assert_eq!(shrunk, [68.0, 48.0, 36.0]);
        assert_eq!(total(&lanes, 90.0), (108.0, 90.0));
        assert_eq!(total(&lanes[..1], 10.0), (10.0, 10.0));
        assert_eq!(total(&[], 300.0), (NONE_HEIGHT, NONE_HEIGHT));
    }

    proptest! {
        #[test]
        fn values_and_y_are_inverse(height in 36.0..320.0f32, share in 0.0..1.0f64, kind in 0usize..4) {
            let kind = [LaneKind::PitchBend, LaneKind::Controller(1), LaneKind::Tempo, LaneKind::Rpn(0)][kind];
            let axis = Axis::of(kind, None);
            let plot = Rect::from_min_size(Pos2::ZERO, vec2(100.0, height));
            let value = axis.low + (axis.high - axis.low) * share;
            let back = axis.value_from_y(plot, axis.y_from_value(plot, value));
            prop_assert!((back - value).abs() <= axis.per_point(plot) * 0.01);
        }

        #[test]
        fn lanes_lie_one_under_the_other(heights in proptest::collection::vec(10.0..400.0f32, 1..8), room in 0.0..800.0f32) {
            let lanes = lanes(&heights);
            let (all, shown) = total(&lanes, room);
            let area = Rect::from_min_size(pos2(10.0, 50.0), vec2(500.0, shown));
            let strips = strips(&lanes, area, room, 74.0, 0.0);
            prop_assert!(shown <= room + 0.01);
            prop_assert!(strips.windows(2).all(|pair| pair[0].plot.bottom() == pair[1].plot.top()));
            prop_assert!((strips[strips.len() - 1].plot.bottom() - area.top() - all).abs() < 0.01);
        }
    }
}
