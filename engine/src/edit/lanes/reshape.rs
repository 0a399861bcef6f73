//! What becomes of a lane's points: pure lists in, pure lists out.

use super::{LaneEdit, LaneKind, LanePoint};
use crate::model::Key;
use crate::time::{Tick, TickRange};
use std::collections::BTreeMap;

/// Points to take out, by index, and points to put in, both sorted.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Reshaped {
    pub(super) removed: Vec<usize>,
    pub(super) inserted: Vec<LanePoint>,
}

/// What an edit does to `points` of a lane that ends at `end`.
pub(super) fn reshaped(
    kind: LaneKind,
    points: &[LanePoint],
    edit: &LaneEdit,
    end: Tick,
) -> Reshaped {
    let mut change = match edit {
        LaneEdit::Draw { range, points: new } => drawn(points, *range, new.iter().copied()),
        LaneEdit::Paste { at, length, points: new } => {
            let range = TickRange::between(*at, at.after(*length));
            let placed = |point: &LanePoint| LanePoint { tick: at.after(point.tick.0), ..*point };
            drawn(points, range, new.iter().map(placed))
        }
        LaneEdit::Delete { range } => {
            Reshaped { removed: indices_in(points, *range).collect(), inserted: Vec::new() }
        }
        LaneEdit::Move { range, ticks, by } => moved(points, *range, *ticks, *by, end),
        LaneEdit::Scale { range, base, factor } => {
            revalued(points, *range, |value, _| base + (value - base) * factor)
        }
        LaneEdit::Tilt { range, from, to } => {
            revalued(points, *range, |value, share| value + from + (to - from) * share)
        }
        LaneEdit::Thin { range, tolerance } => {
            let removed = thinned(points, *range, *tolerance);
            Reshaped { removed, inserted: Vec::new() }
        }
    };
    change.inserted.retain(|point| point.tick < end);
    for point in &mut change.inserted {
        point.value = kind.nearest(point.value);
        if let LaneKind::PolyPressure(Some(key)) = kind {
            point.key = Some(key);
        } else if !matches!(kind, LaneKind::PolyPressure(None)) {
            point.key = None;
        }
    }
    change.drop_unchanged(points);
    change
}

impl Reshaped {
    /// A point that comes back as it was is left alone.
    fn drop_unchanged(&mut self, points: &[LanePoint]) {
        let mut again: BTreeMap<(Tick, Option<Key>), f64> =
            self.inserted.iter().map(|point| ((point.tick, point.key), point.value)).collect();
        self.removed.retain(|&index| {
            let Some(point) = points.get(index) else { return false };
            let place = (point.tick, point.key);
            let same =
                again.get(&place).is_some_and(|value| value.to_bits() == point.value.to_bits());
            if same {
                again.remove(&place);
            }
            !same
        });
        self.inserted.retain(|point| again.contains_key(&(point.tick, point.key)));
    }
}

fn indices_in(points: &[LanePoint], range: TickRange) -> std::ops::Range<usize> {
    let from = points.partition_point(|point| point.tick < range.start());
    let to = points.partition_point(|point| point.tick < range.end());
    from..to.max(from)
}

/// New points in place of what lies in a range; of several at one tick the last one counts.
fn drawn(points: &[LanePoint], range: TickRange, new: impl Iterator<Item = LanePoint>) -> Reshaped {
    let new: BTreeMap<(Tick, Option<Key>), LanePoint> = new
        .filter(|point| range.contains(point.tick))
        .map(|point| ((point.tick, point.key), point))
        .collect();
    Reshaped { removed: indices_in(points, range).collect(), inserted: new.into_values().collect() }
}

fn moved(points: &[LanePoint], range: TickRange, ticks: i64, by: f64, end: Tick) -> Reshaped {
    let chosen = indices_in(points, range);
    let moving = points.get(chosen.clone()).unwrap_or_default();
    let (Some(first), Some(last)) = (moving.first(), moving.last()) else {
        return Reshaped::default();
    };
    let least = -i64::try_from(first.tick.0).unwrap_or(i64::MAX);
    let most = i64::try_from(end.since(last.tick.after(1))).unwrap_or(i64::MAX);
    let ticks = ticks.clamp(least, most.max(least));
    let place = |point: &LanePoint| LanePoint {
        tick: point.tick.offset(ticks),
        value: point.value + by,
        ..*point
    };
    let landed = TickRange::between(first.tick.offset(ticks), last.tick.offset(ticks).after(1));
    let mut removed: Vec<usize> = chosen.chain(indices_in(points, landed)).collect();
    removed.sort_unstable();
    removed.dedup();
    Reshaped { removed, inserted: moving.iter().map(place).collect() }
}

/// New values for the points of a range: `value` gets the old one and how far along the
/// range's points it is, 0..=1.
fn revalued(points: &[LanePoint], range: TickRange, value: impl Fn(f64, f64) -> f64) -> Reshaped {
    let chosen = indices_in(points, range);
    let changing = points.get(chosen.clone()).unwrap_or_default();
    let first = changing.first().map_or(Tick::ZERO, |point| point.tick);
    let last = changing.last().map_or(Tick::ZERO, |point| point.tick);
    let length = last.since(first).max(1) as f64;
    let change = |point: &LanePoint| {
        let share = point.tick.since(first) as f64 / length;
        LanePoint { value: value(point.value, share), ..*point }
    };
    Reshaped { removed: chosen.collect(), inserted: changing.iter().map(change).collect() }
}

/// The points that can go without any value being off by more than `tolerance`.
///
/// A point goes when the value that is held before it is near enough; the last one of a
/// range stays unless it says nothing new, since it may hold for long. Not the lines of
/// Ramer (1972), Douglas and Peucker (1973): between its points a lane holds its value, and
/// where they leave two points of a ramp from 0 to 127, it would be off by 127.
fn thinned(points: &[LanePoint], range: TickRange, tolerance: f64) -> Vec<usize> {
    let chosen = indices_in(points, range);
    let mut held: BTreeMap<Option<Key>, f64> = BTreeMap::new();
    let mut lasts: BTreeMap<Option<Key>, usize> = BTreeMap::new();
    for index in chosen.clone() {
        if let Some(point) = points.get(index) {
            lasts.insert(point.key, index);
        }
    }
    let tolerance = tolerance.max(0.0);
    chosen
        .filter(|&index| {
            let Some(point) = points.get(index) else { return false };
            let near = if lasts.get(&point.key) == Some(&index) { 0.0 } else { tolerance };
            let goes = held.get(&point.key).is_some_and(|held| (point.value - held).abs() <= near);
            if !goes {
                held.insert(point.key, point.value);
            }
            goes
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn points(values: &[(u64, f64)]) -> Vec<LanePoint> {
        values.iter().map(|&(tick, value)| LanePoint::new(Tick(tick), value)).collect()
    }

    fn all() -> TickRange {
        TickRange::between(Tick(0), Tick(1000))
    }

    /// The lane after an edit, as (tick, value).
    fn after(before: &[(u64, f64)], edit: &LaneEdit) -> Vec<(u64, f64)> {
        let before = points(before);
        let change = reshaped(LaneKind::Controller(1), &before, edit, Tick(1000));
        let kept = before.iter().enumerate().filter(|(index, _)| !change.removed.contains(index));
        let mut after: Vec<(u64, f64)> = kept
            .map(|(_, point)| point)
            .chain(&change.inserted)
            .map(|point| (point.tick.0, point.value))
            .collect();
        after.sort_by_key(|(tick, _)| *tick);
        after
    }

    #[test]
    fn drawing_replaces_what_lies_in_its_range_alone() {
        let range = TickRange::between(Tick(100), Tick(200));
        let new = points(&[(50, 1.0), (120, 300.0), (120, 64.4), (200, 2.0)]);
        let edit = LaneEdit::Draw { range, points: new.into() };
        let before = [(0, 5.0), (100, 6.0), (150, 7.0), (200, 8.0)];
        assert_eq!(after(&before, &edit), [(0, 5.0), (120, 64.0), (200, 8.0)]);
    }

    #[test]
    fn points_move_as_a_group_and_push_aside_where_they_land() {
        let range = TickRange::between(Tick(100), Tick(300));
        let before = [(0, 5.0), (100, 6.0), (200, 120.0), (450, 8.0), (600, 9.0)];
        let edit = |ticks, by| LaneEdit::Move { range, ticks, by };
        let moved = [(0, 5.0), (400, 16.0), (500, 127.0), (600, 9.0)];
        assert_eq!(after(&before, &edit(300, 10.0)), moved);
        assert_eq!(after(&before, &edit(-500, 0.0))[..2], [(0, 6.0), (100, 120.0)]);
        assert_eq!(after(&before, &edit(5000, 0.0))[3..], [(899, 6.0), (999, 120.0)]);
    }

    #[test]
    fn scaling_keeps_the_base_and_tilting_adds_a_line() {
        let before = [(0, 44.0), (100, 64.0), (200, 84.0)];
        let scale = LaneEdit::Scale { range: all(), base: 64.0, factor: 0.5 };
        assert_eq!(after(&before, &scale), [(0, 54.0), (100, 64.0), (200, 74.0)]);
        let tilt = LaneEdit::Tilt { range: all(), from: 0.0, to: 20.0 };
        assert_eq!(after(&before, &tilt), [(0, 44.0), (100, 74.0), (200, 104.0)]);
    }

    #[test]
    fn a_thinned_ramp_stays_a_ramp() {
        let ramp: Vec<(u64, f64)> = (0..128).map(|i| (i * 5, i as f64)).collect();
        let thin = LaneEdit::Thin { range: all(), tolerance: 2.0 };
        assert_eq!(after(&ramp, &thin).len(), 44);
        assert_eq!(after(&ramp, &thin).last(), ramp.last());
        let same = LaneEdit::Thin { range: all(), tolerance: 0.0 };
        assert_eq!(after(&[(0, 5.0), (10, 5.0), (20, 6.0)], &same), [(0, 5.0), (20, 6.0)]);
    }

    #[test]
    fn a_point_that_stays_as_it_is_is_not_touched() {
        let before = points(&[(0, 5.0), (100, 64.0)]);
        let range = TickRange::between(Tick(0), Tick(200));
        let edit = LaneEdit::Draw { range, points: before.clone().into() };
        assert_eq!(
            reshaped(LaneKind::Controller(1), &before, &edit, Tick(1000)),
            Reshaped::default()
        );
    }

    proptest! {
        #[test]
        fn thinning_is_never_off_by_more_than_its_tolerance(
            steps in proptest::collection::vec((1u64..50, 0u8..128), 1..200),
            tolerance in 0.0..20.0f64,
        ) {
            let mut tick = 0;
            let before: Vec<(u64, f64)> = steps
                .iter()
                .map(|&(gap, value)| {
                    tick += gap;
                    (tick, f64::from(value))
                })
                .collect();
            let range = TickRange::between(Tick(0), Tick(u64::MAX));
            let list = points(&before);
            let removed = thinned(&list, range, tolerance);
            let kept: Vec<LanePoint> = list
                .iter()
                .enumerate()
                .filter(|(index, _)| !removed.contains(index))
                .map(|(_, point)| *point)
                .collect();
            for point in &list {
                let held = kept[kept.partition_point(|kept| kept.tick <= point.tick) - 1];
                prop_assert!((held.value - point.value).abs() <= tolerance);
            }
        }
    }
}
