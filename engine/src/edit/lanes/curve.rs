//! Straight and bent ramps as the steps that a file can hold.

use super::{LaneKind, LanePoint};
use crate::time::{Division, Tick};
use serde::{Deserialize, Serialize};

/// How a ramp gets from one value to the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CurveShape {
    /// Straight.
    #[default]
    Line,
    /// Slow at both ends: half a turn of a cosine.
    Sine,
    /// Slow at first: the square of the way.
    EaseIn,
    /// Slow at last.
    EaseOut,
    /// In like ratios, 1 to 64: slow where values are small, as a decay is.
    Exponential,
}

impl CurveShape {
    /// Every shape.
    pub const ALL: [Self; 5] =
        [Self::Line, Self::Sine, Self::EaseIn, Self::EaseOut, Self::Exponential];

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Line => "Straight",
            Self::Sine => "S-curve",
            Self::EaseIn => "Slow start",
            Self::EaseOut => "Slow end",
            Self::Exponential => "Exponential",
        }
    }

    /// The value at `share` (0..=1) of the way from `from` to `to`.
    pub fn between(self, from: f64, to: f64, share: f64) -> f64 {
        let share = share.clamp(0.0, 1.0);
        let bent = |share: f64| match self {
            Self::Line => share,
            Self::Sine => (1.0 - (std::f64::consts::PI * share).cos()) / 2.0,
            Self::EaseIn => share * share,
            Self::EaseOut => 1.0 - (1.0 - share) * (1.0 - share),
            Self::Exponential => (64.0_f64.powf(share) - 1.0) / 63.0,
        };
        if self == Self::Exponential && to < from {
            to + (from - to) * bent(1.0 - share)
        } else {
            from + (to - from) * bent(share)
        }
    }
}

/// Ticks between the points of a curve at least: 48 to a quarter, a hundredth of a second
/// at 125 beats a minute. More could hardly be heard and would fill a MIDI cable.
pub fn densest(division: Division) -> u64 {
    u64::from(division.ticks_per_quarter() / 48).max(1)
}

/// The points of a ramp from one point to another, whichever comes first: its two ends, and
/// between them a point wherever the value has changed by [`LaneKind::step`], but no more
/// than one in `spacing` ticks.
pub fn curve(
    kind: LaneKind,
    shape: CurveShape,
    from: (Tick, f64),
    to: (Tick, f64),
    spacing: u64,
) -> Vec<LanePoint> {
    let ((start, first), (end, last)) = if from.0 <= to.0 { (from, to) } else { (to, from) };
    let last = kind.nearest(last);
    let length = end.since(start);
    if length == 0 {
        return vec![LanePoint::new(end, kind.nearest(to.1))];
    }
    let mut held = kind.nearest(first);
    let mut points = vec![LanePoint::new(start, held)];
    let spacing = usize::try_from(spacing.max(1)).unwrap_or(usize::MAX);
    for ticks in (0..length).step_by(spacing).skip(1) {
        let value = kind.nearest(shape.between(first, last, ticks as f64 / length as f64));
        if (value - held).abs() >= kind.step() {
            held = value;
            points.push(LanePoint::new(start.after(ticks), held));
        }
    }
    if held.to_bits() != last.to_bits() {
        points.push(LanePoint::new(end, last));
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values(kind: LaneKind, shape: CurveShape, from: f64, to: f64) -> Vec<(u64, f64)> {
        curve(kind, shape, (Tick(0), from), (Tick(400), to), 100)
            .iter()
            .map(|point| (point.tick.0, point.value))
            .collect()
    }

    #[test]
    fn a_straight_ramp_has_a_step_where_the_value_changes() {
        let kind = LaneKind::Controller(1);
        let line = [(0, 0.0), (100, 25.0), (200, 50.0), (300, 75.0), (400, 100.0)];
        assert_eq!(values(kind, CurveShape::Line, 0.0, 100.0), line);
        assert_eq!(
            values(kind, CurveShape::Line, 10.0, 12.0),
            [(0, 10.0), (100, 11.0), (300, 12.0)]
        );
        assert_eq!(values(kind, CurveShape::Line, 7.0, 7.0), [(0, 7.0)]);
    }

    #[test]
    fn shapes_bend_the_way_between_the_same_ends() {
        let at = |shape: CurveShape, share| shape.between(0.0, 100.0, share).round();
        for shape in CurveShape::ALL {
            assert_eq!((at(shape, 0.0), at(shape, 1.0)), (0.0, 100.0), "{shape:?}");
        }
        assert_eq!((at(CurveShape::Sine, 0.25), at(CurveShape::Sine, 0.5)), (15.0, 50.0));
        assert_eq!((at(CurveShape::EaseIn, 0.5), at(CurveShape::EaseOut, 0.5)), (25.0, 75.0));
        assert_eq!(at(CurveShape::Exponential, 0.5), 11.0);
        assert_eq!(CurveShape::Exponential.between(100.0, 0.0, 0.5).round(), 11.0);
    }

    proptest! {
        #[test]
        fn a_curve_stays_between_its_ends_and_no_denser_than_asked(
            from in 0.0..127.0f64, to in 0.0..127.0f64, length in 1u64..5_000, spacing in 1u64..200,
            shape in 0usize..5,
        ) {
            let (kind, shape) = (LaneKind::Controller(1), CurveShape::ALL[shape]);
            let points = curve(kind, shape, (Tick(10), from), (Tick(10 + length), to), spacing);
            prop_assert_eq!(points[0], LanePoint::new(Tick(10), from.round()));
            prop_assert_eq!(points[points.len() - 1].value, to.round());
            let (low, high) = (from.min(to).round(), from.max(to).round());
            prop_assert!(points.iter().all(|point| (low..=high).contains(&point.value)));
            prop_assert!(points.windows(2).all(|pair| pair[0].tick < pair[1].tick));
            prop_assert!(points.len() as u64 <= length.div_ceil(spacing) + 1);
            prop_assert!(points.len() <= 130);
        }
    }
}
