//! The grid that operations refer to: lines counted from each bar line.

use crate::time::{MeterMap, Tick};
use std::num::NonZeroU32;

/// A share, 0..=100 %.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(u8);

impl Percent {
    /// All of it.
    pub const FULL: Self = Self(100);
    /// Half of it.
    pub const HALF: Self = Self(50);
    /// Nothing of it.
    pub const NONE: Self = Self(0);

    /// At most 100.
    pub const fn new(percent: u8) -> Self {
        Self(if percent > 100 { 100 } else { percent })
    }

    /// 0..=100.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// This share of a distance, rounded to the nearest, halves away from zero.
    pub(super) const fn of(self, distance: i64) -> i64 {
        if self.0 == 100 {
            return distance;
        }
        let half = if distance < 0 { -50 } else { 50 };
        (distance.saturating_mul(self.0 as i64).saturating_add(half)) / 100
    }
}

/// How late every second grid line comes: the share of a pair of steps that the first takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Swing(u16);

impl Swing {
    /// None: both steps of a pair are alike.
    pub const STRAIGHT: Self = Self(500);
    /// Two to one, as triplets are.
    pub const TRIPLET: Self = Self(667);

    /// In per mille of a pair of steps, 500 (straight) to 750.
    pub const fn from_per_mille(per_mille: u16) -> Self {
        Self(if per_mille < 500 {
            500
        } else if per_mille > 750 {
            750
        } else {
            per_mille
        })
    }

    /// 500..=750.
    pub const fn per_mille(self) -> u16 {
        self.0
    }

    /// How many ticks the second line of a pair is late.
    fn delay(self, step: u64) -> u64 {
        (step * 2 * u64::from(self.0) + 500) / 1000 - step
    }
}

/// A grid: lines a step apart, counted anew from each bar line of the song.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Grid {
    /// Ticks between lines. Of a step longer than a bar only the bar lines remain.
    pub step: NonZeroU32,
    /// How late every second line comes.
    pub swing: Swing,
}

impl Grid {
    /// Without swing; a step of 0 counts as 1.
    pub fn straight(step: u32) -> Self {
        Self { step: NonZeroU32::new(step).unwrap_or(NonZeroU32::MIN), swing: Swing::STRAIGHT }
    }
}

/// The lines of a grid on the song's time line. Looking at neighbouring ticks one after the
/// other is cheap, since the bar is remembered.
pub(super) struct Lines<'a> {
    meter: &'a MeterMap,
    step: u64,
    delay: u64,
    /// The bar looked at last: its first tick and the next bar's.
    bar: (u64, u64),
}

/// A line of a grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Where on the song's time line.
    pub(super) tick: u64,
    /// How many lines come before it in its bar.
    pub(super) index: u64,
}

impl<'a> Lines<'a> {
    pub(super) fn new(meter: &'a MeterMap, grid: Grid) -> Self {
        let step = u64::from(grid.step.get());
        Self { meter, step, delay: grid.swing.delay(step), bar: (0, 0) }
    }

    /// The last line at or before `tick`, and the first after it.
    pub(super) fn around(&mut self, tick: u64) -> (Line, Line) {
        let (start, end) = self.bar_of(tick);
        let mut below = (tick - start) / self.step;
        // A late line may lie behind the tick that its straight place lies before.
        if self.place(start, end, below) > tick {
            below -= 1;
        }
        let line = |index: u64| {
            let tick = self.place(start, end, index);
            Line { tick, index: if tick == end { 0 } else { index } }
        };
        (line(below), line(below + 1))
    }

    /// The line nearest to `tick`; of two equally near the later one.
    pub(super) fn nearest(&mut self, tick: u64) -> Line {
        let (below, above) = self.around(tick);
        if above.tick - tick <= tick - below.tick { above } else { below }
    }

    fn place(&self, start: u64, end: u64, index: u64) -> u64 {
        let late = if index % 2 == 1 { self.delay } else { 0 };
        (start + index * self.step + late).min(end)
    }

    fn bar_of(&mut self, tick: u64) -> (u64, u64) {
        if !(self.bar.0 <= tick && tick < self.bar.1) {
            let bar = self.meter.position(Tick(tick)).bar;
            let start = self.meter.bar_start(bar).0;
            self.bar = (start, self.meter.bar_start(bar + 1).0.max(tick.saturating_add(1)));
        }
        self.bar
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{Division, Meter, MeterPoint};
    use proptest::prelude::*;

    fn lines_of(meter: &MeterMap, step: u32, swing: Swing, ticks: &[u64]) -> Vec<u64> {
        let grid = Grid { swing, ..Grid::straight(step) };
        let mut lines = Lines::new(meter, grid);
        ticks.iter().map(|&tick| lines.nearest(tick).tick).collect()
    }

    #[test]
    fn lines_count_from_each_bar_line() {
        let three_four =
            MeterPoint { tick: Tick(0), meter: Meter { numerator: 3, denominator_power: 2 } };
        let meter = MeterMap::new(Division::Ppq(960), [three_four]);
        // Dotted quarters: the third would lie on 2880, where the next bar begins.
        let near = lines_of(&meter, 1440, Swing::STRAIGHT, &[100, 1400, 2700, 2881, 4400]);
        assert_eq!(near, [0, 1440, 2880, 2880, 4320]);
        // A step that does not divide the bar begins anew with each.
        assert_eq!(
            lines_of(&meter, 1000, Swing::STRAIGHT, &[2100, 2600, 3900]),
            [2000, 2880, 3880]
        );
    }

    #[test]
    fn swing_moves_every_second_line() {
        let meter = MeterMap::new(Division::Ppq(960), []);
        let near = lines_of(&meter, 480, Swing::TRIPLET, &[0, 480, 640, 900, 1440]);
        assert_eq!(near, [0, 640, 640, 960, 1600]);
    }

    #[test]
    fn a_share_is_rounded_to_the_nearest() {
        let half = Percent::HALF;
        assert_eq!([3, -3, 1, 0].map(|distance| half.of(distance)), [2, -2, 1, 0]);
        assert_eq!(Percent::NONE.of(7), 0);
    }

    proptest! {
        #[test]
        fn every_tick_lies_between_its_two_lines(
            step in 1u32..5000, swing in 400u16..900, ticks in proptest::collection::vec(0u64..50_000, 1..20),
            change in 0u64..20_000,
        ) {
            let point = MeterPoint { tick: Tick(change), meter: Meter { numerator: 7, denominator_power: 3 } };
            let meter = MeterMap::new(Division::Ppq(480), [point]);
            let grid = Grid { swing: Swing::from_per_mille(swing), ..Grid::straight(step) };
            let mut lines = Lines::new(&meter, grid);
            for tick in ticks {
                let (below, above) = lines.around(tick);
                prop_assert!(below.tick <= tick && tick < above.tick);
                let on_line = Lines::new(&meter, grid).nearest(below.tick);
                prop_assert_eq!(on_line.tick, below.tick);
            }
        }
    }
}
