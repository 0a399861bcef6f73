//! Meter map: ticks to bars, beats and back.

use super::{Division, Tick};
use serde::{Deserialize, Serialize};

/// A time signature, such as 6/8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Meter {
    /// Beats in a bar, at least 1.
    pub numerator: u8,
    /// The beat's note value as a power of two: 2 is a quarter, 3 an eighth; at most 15.
    pub denominator_power: u8,
}

impl Meter {
    /// 4/4, which a file without a time signature is in.
    pub const DEFAULT: Self = Self { numerator: 4, denominator_power: 2 };

    /// The note value of a beat: 4 for a quarter.
    pub const fn denominator(self) -> u32 {
        1 << if self.denominator_power > 15 { 15 } else { self.denominator_power }
    }

    /// Ticks in a beat, at least 1.
    pub fn beat_ticks(self, division: Division) -> u64 {
        (u64::from(division.ticks_per_quarter()) * 4 / u64::from(self.denominator())).max(1)
    }

    /// Ticks in a bar, at least 1.
    pub fn bar_ticks(self, division: Division) -> u64 {
        self.beat_ticks(division) * u64::from(self.numerator.max(1))
    }
}

/// A meter that holds from a tick on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeterPoint {
    /// From where; a new bar begins here.
    pub tick: Tick,
    /// What holds.
    pub meter: Meter,
}

/// A place counted in bars; everything counts from 0, people read it from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BarPosition {
    /// Bars before this one.
    pub bar: u64,
    /// Beats before this one in the bar.
    pub beat: u64,
    /// Ticks into the beat.
    pub tick: u64,
}

/// Every meter of a song; always has a point at tick 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeterMap {
    division: Division,
    segments: Vec<Segment>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Segment {
    point: MeterPoint,
    /// Bars before this segment. A change inside a bar cuts that bar short.
    first_bar: u64,
}

impl MeterMap {
    /// Builds the map. Points may come in any order; the last given at a tick wins.
    pub fn new(division: Division, points: impl IntoIterator<Item = MeterPoint>) -> Self {
        let mut given: Vec<MeterPoint> = points.into_iter().collect();
        given.sort_by_key(|point| point.tick);
        let first =
            Segment { point: MeterPoint { tick: Tick::ZERO, meter: Meter::DEFAULT }, first_bar: 0 };
        let mut segments = vec![first];
        let mut last = first;
        for point in given {
            if point.tick == last.point.tick {
                last.point = point;
                segments.pop();
            } else {
                let ticks = point.tick.since(last.point.tick);
                let bars = ticks.div_ceil(last.point.meter.bar_ticks(division));
                last = Segment { point, first_bar: last.first_bar + bars };
            }
            segments.push(last);
        }
        Self { division, segments }
    }

    /// The points in order, the first at tick 0.
    pub fn points(&self) -> impl ExactSizeIterator<Item = MeterPoint> + '_ {
        self.segments.iter().map(|segment| segment.point)
    }

    /// The meter in force at `tick`.
    pub fn meter_at(&self, tick: Tick) -> Meter {
        self.segment_at(tick).point.meter
    }

    /// Ticks in a beat at `tick`.
    pub fn beat_ticks_at(&self, tick: Tick) -> u64 {
        self.meter_at(tick).beat_ticks(self.division)
    }

    /// Where `tick` lies.
    pub fn position(&self, tick: Tick) -> BarPosition {
        let segment = self.segment_at(tick);
        let (bar, beat) = self.sizes(segment);
        let into = tick.since(segment.point.tick);
        BarPosition {
            bar: segment.first_bar + into / bar,
            beat: into % bar / beat,
            tick: into % bar % beat,
        }
    }

    /// The tick of a place; a beat or tick past its bar runs into the next.
    pub fn tick(&self, position: BarPosition) -> Tick {
        let segment = self.segment_of_bar(position.bar);
        let (bar, beat) = self.sizes(segment);
        let into = (position.bar - segment.first_bar)
            .saturating_mul(bar)
            .saturating_add(position.beat.saturating_mul(beat))
            .saturating_add(position.tick);
        segment.point.tick.after(into)
    }

    /// The tick on which bar `bar` begins, counted from 0.
    pub fn bar_start(&self, bar: u64) -> Tick {
        self.tick(BarPosition { bar, beat: 0, tick: 0 })
    }

    /// The start of the bar that `tick` lies in.
    pub fn floor_to_bar(&self, tick: Tick) -> Tick {
        self.bar_start(self.position(tick).bar)
    }

    /// The first bar line at or after `tick`.
    pub fn ceil_to_bar(&self, tick: Tick) -> Tick {
        let floor = self.floor_to_bar(tick);
        if floor == tick { tick } else { self.bar_start(self.position(tick).bar + 1) }
    }

    fn sizes(&self, segment: Segment) -> (u64, u64) {
        let meter = segment.point.meter;
        (meter.bar_ticks(self.division), meter.beat_ticks(self.division))
    }

    fn segment_at(&self, tick: Tick) -> Segment {
        self.pick(self.segments.partition_point(|segment| segment.point.tick <= tick))
    }

    fn segment_of_bar(&self, bar: u64) -> Segment {
        self.pick(self.segments.partition_point(|segment| segment.first_bar <= bar))
    }

    fn pick(&self, after: usize) -> Segment {
        self.segments.get(after.saturating_sub(1)).copied().unwrap_or(Segment {
            point: MeterPoint { tick: Tick::ZERO, meter: Meter::DEFAULT },
            first_bar: 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn map(points: &[(u64, u8, u8)]) -> MeterMap {
        MeterMap::new(
            Division::Ppq(480),
            points.iter().map(|&(tick, numerator, denominator_power)| MeterPoint {
                tick: Tick(tick),
                meter: Meter { numerator, denominator_power },
            }),
        )
    }

    #[test]
    fn bars_follow_the_meter() {
        let map = map(&[(0, 4, 2), (3840, 6, 3)]);
        assert_eq!(map.position(Tick(3839)), BarPosition { bar: 1, beat: 3, tick: 479 });
        assert_eq!(map.position(Tick(3840 + 1440 + 240)), BarPosition { bar: 3, beat: 1, tick: 0 });
        assert_eq!(map.bar_start(3), Tick(3840 + 1440));
    }

    #[test]
    fn a_change_inside_a_bar_starts_a_new_bar() {
        let map = map(&[(1000, 3, 2)]);
        assert_eq!(map.position(Tick(1000)), BarPosition { bar: 1, beat: 0, tick: 0 });
        assert_eq!(map.ceil_to_bar(Tick(5)), Tick(1000));
    }

    proptest! {
        #[test]
        fn position_and_tick_are_inverse(
            points in proptest::collection::vec((0u64..100_000, 1u8..13, 0u8..6), 0..12),
            tick in 0u64..200_000,
        ) {
            let map = map(&points);
            prop_assert_eq!(map.tick(map.position(Tick(tick))), Tick(tick));
        }
    }
}
