//! The grid: which lines to draw, and where things snap to. Pure.
//!
//! Lines count from the start of each bar, so that a meter change begins a new grid.

use engine::time::{BarPosition, MeterMap, Tick};

/// A distance that things snap to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum NoteValue {
    /// So many bars, counted from the first.
    Bars(u8),
    /// A part of a whole note, such as 1/16.
    Part {
        /// 16 for a sixteenth; a power of two, 1..=128.
        denominator: u16,
        /// Straight, or not.
        feel: Feel,
    },
}

/// How long a note value is for its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feel {
    /// As long as its name says.
    Straight,
    /// Three in the time of two.
    Triplet,
    /// Half as long again.
    Dotted,
}

/// Denominators, from long to short.
const DENOMINATORS: [u16; 8] = [1, 2, 4, 8, 16, 32, 64, 128];

impl NoteValue {
    /// A straight note value.
    pub const fn straight(denominator: u16) -> Self {
        Self::Part { denominator, feel: Feel::Straight }
    }

    /// A triplet note value.
    pub const fn triplet(denominator: u16) -> Self {
        Self::Part { denominator, feel: Feel::Triplet }
    }

    /// A dotted note value.
    pub const fn dotted(denominator: u16) -> Self {
        Self::Part { denominator, feel: Feel::Dotted }
    }

    /// Every value there is, from long to short: bars, then straight, triplet and dotted
    /// ones of each name. A row of the menu each.
    pub fn rows() -> impl Iterator<Item = [Self; 3]> {
        let parts = DENOMINATORS.map(|denominator| {
            [Self::straight(denominator), Self::triplet(denominator), Self::dotted(denominator)]
        });
        std::iter::once([4, 2, 1].map(Self::Bars)).chain(parts)
    }

    /// How it is written: `1/16`, `1/16 T`, `1/16 D`, `4 bars`.
    pub fn label(self) -> String {
        match self {
            Self::Bars(1) => "1 bar".to_owned(),
            Self::Bars(bars) => format!("{bars} bars"),
            Self::Part { denominator, feel } => {
                let feel = match feel {
                    Feel::Straight => "",
                    Feel::Triplet => " T",
                    Feel::Dotted => " D",
                };
                format!("1/{denominator}{feel}")
            }
        }
    }

    /// Half as long, down to 1/128.
    #[must_use]
    pub fn finer(self) -> Self {
        match self {
            Self::Bars(0 | 1) => Self::straight(2),
            Self::Bars(bars) => Self::Bars(bars / 2),
            Self::Part { denominator, feel } => {
                Self::Part { denominator: denominator.saturating_mul(2).min(128), feel }
            }
        }
    }

    /// Twice as long, up to four bars.
    #[must_use]
    pub const fn coarser(self) -> Self {
        match self {
            Self::Bars(0 | 1) | Self::Part { denominator: 0 | 1, feel: Feel::Straight } => {
                Self::Bars(2)
            }
            Self::Bars(_) => Self::Bars(4),
            Self::Part { denominator: 0 | 1, .. } => self,
            Self::Part { denominator, feel } => Self::Part { denominator: denominator / 2, feel },
        }
    }

    /// In triplets if it was not, straight if it was.
    #[must_use]
    pub const fn in_triplets_or_not(self) -> Self {
        match self {
            Self::Bars(_) => Self::triplet(1),
            Self::Part { denominator, feel: Feel::Triplet } => Self::straight(denominator),
            Self::Part { denominator, .. } => Self::triplet(denominator),
        }
    }

    /// Whether it is one of triplets.
    pub const fn is_triplet(self) -> bool {
        matches!(self, Self::Part { feel: Feel::Triplet, .. })
    }

    /// Its length in whole ticks, for a quarter and a bar in ticks; at least one.
    pub fn whole_ticks(self, quarter: u32, bar: u64) -> u32 {
        u32::try_from(self.ticks(quarter, bar).whole()).unwrap_or(u32::MAX)
    }

    /// Its length as an exact fraction of ticks; of bars, that of the first ones.
    fn ticks(self, quarter: u32, bar: u64) -> Step {
        match self {
            Self::Bars(bars) => Step { num: bar.max(1) * u64::from(bars.max(1)), den: 1 },
            Self::Part { denominator, feel } => {
                let (up, down) = match feel {
                    Feel::Straight => (1, 1),
                    Feel::Triplet => (2, 3),
                    Feel::Dotted => (3, 2),
                };
                let den = u64::from(denominator.max(1)) * down;
                Step { num: u64::from(quarter) * 4 * up, den }
            }
        }
    }
}

/// What the grid follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum GridChoice {
    /// The finest value whose lines stay apart at this zoom.
    #[default]
    Adaptive,
    /// Always this one.
    Fixed(NoteValue),
}

/// The distance of grid lines in ticks, as a fraction; not every value divides the PPQ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    num: u64,
    den: u64,
}

impl Step {
    /// In ticks, with the fraction.
    pub(super) fn as_ticks(self) -> f64 {
        self.num as f64 / self.den as f64
    }

    /// In whole ticks, rounded, at least one.
    pub(super) fn whole(self) -> u64 {
        self.line(1).max(1)
    }

    /// Ticks from the bar line to grid line `n`, rounded to the nearest tick.
    fn line(self, n: u64) -> u64 {
        (n.saturating_mul(self.num) + self.den / 2) / self.den
    }
}

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// Inside a beat.
    Fine,
    /// A beat.
    Beat,
    /// A bar; `bar` counts from 0.
    Bar {
        /// Which one.
        bar: u64,
    },
}

/// A line of the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Where.
    pub(super) tick: Tick,
    /// How much it matters.
    pub(super) level: Level,
}

/// The grid at one zoom.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid<'a> {
    meter: &'a MeterMap,
    value: NoteValue,
    step: Step,
    /// Points per tick.
    scale: f64,
}

/// Points between fine lines at least, when the grid adapts.
const ADAPTIVE_SPACING: f64 = 14.0;
/// Points between drawn lines at least; closer ones are left out.
const DRAWN_SPACING: f64 = 5.0;

impl<'a> Grid<'a> {
    /// The grid of `choice` for a `quarter` in ticks, at `scale` points per tick.
    pub(super) fn new(meter: &'a MeterMap, choice: GridChoice, quarter: u32, scale: f64) -> Self {
        let bar = meter.bar_start(1).since(meter.bar_start(0));
        let value = match choice {
            GridChoice::Fixed(value) => value,
            GridChoice::Adaptive => adaptive(quarter, bar, scale),
        };
        Self { meter, value, step: value.ticks(quarter, bar), scale }
    }

    /// The note value of its lines.
    pub(super) fn value(&self) -> NoteValue {
        self.value
    }

    /// The distance of its lines.
    pub(super) fn step(&self) -> Step {
        self.step
    }

    /// The grid line nearest to `tick`; a bar line counts as one.
    pub(super) fn snap(&self, tick: f64) -> Tick {
        let (below, above) = self.around(tick);
        if tick - below.0 as f64 <= above.0 as f64 - tick { below } else { above }
    }

    /// The last grid line at or before `tick`.
    pub(super) fn floor(&self, tick: f64) -> Tick {
        self.around(tick).0
    }

    /// The first grid line after `tick`.
    pub(super) fn after(&self, tick: f64) -> Tick {
        self.around(tick).1
    }

    /// The last grid line before `tick`; the song's start when there is none.
    pub(super) fn before(&self, tick: f64) -> Tick {
        self.around((tick - 0.5).max(0.0)).0
    }

    /// Lines to draw between two song ticks, in order; none closer than five points.
    pub(super) fn lines(&self, from: f64, to: f64) -> impl Iterator<Item = Line> + use<'a> {
        let Self { meter, step, scale, .. } = *self;
        let from = Tick(from.max(0.0) as u64);
        let to = Tick(to.max(0.0).ceil() as u64);
        let (first, last) = (meter.position(from).bar, meter.position(to).bar);
        let stride = self.bar_stride(from, to, first, last, DRAWN_SPACING);
        let first = first / stride * stride;
        (0..=(last - first) / stride).flat_map(move |n| {
            let bar = first + n * stride;
            let start = meter.bar_start(bar);
            let end = meter.bar_start(bar + 1);
            let beat = meter.beat_ticks_at(start);
            let fine = if stride == 1 { drawn_step(step, beat, scale) } else { None };
            let count = fine.map_or(0, |fine| lines_within(fine, end.since(start)));
            std::iter::once(Line { tick: start, level: Level::Bar { bar } })
                .chain((1..=count).filter_map(move |index| {
                    let into = fine?.line(index);
                    let level = if into % beat == 0 { Level::Beat } else { Level::Fine };
                    (start.after(into) < end).then_some(Line { tick: start.after(into), level })
                }))
                .filter(move |line| line.tick >= from && line.tick <= to)
        })
    }

    /// How many bars apart labels stand so that each has `points` of room: a power of two.
    pub(super) fn label_stride(&self, from: f64, to: f64, points: f64) -> u64 {
        let from = Tick(from.max(0.0) as u64);
        let to = Tick(to.max(0.0).ceil() as u64);
        let (first, last) = (self.meter.position(from).bar, self.meter.position(to).bar);
        self.bar_stride(from, to, first, last, points)
    }

    fn bar_stride(&self, from: Tick, to: Tick, first: u64, last: u64, points: f64) -> u64 {
        let bars = (last - first + 1) as f64;
        let width = (self.meter.bar_start(last + 1).since(self.meter.bar_start(first))) as f64;
        let width = width.max(to.since(from) as f64) * self.scale / bars;
        let bars_apart = (points / width.max(1e-9)).ceil().clamp(1.0, 1e15);
        (bars_apart as u64).next_power_of_two()
    }

    /// The lines at or before, and after, `tick`.
    fn around(&self, tick: f64) -> (Tick, Tick) {
        let whole = Tick(tick.max(0.0) as u64);
        let bar = self.meter.position(whole).bar;
        if let NoteValue::Bars(bars) = self.value {
            let bars = u64::from(bars.max(1));
            let first = bar / bars * bars;
            return (self.meter.bar_start(first), self.meter.bar_start(first + bars));
        }
        let start = self.meter.bar_start(bar);
        let end = self.meter.bar_start(bar + 1);
        // A grid of 1/1 in 3/4, or of 1/2 in 7/8, still has its bar lines.
        let into = tick.max(0.0) - start.0 as f64;
        let mut n = (into / self.step.as_ticks()).floor().max(0.0) as u64;
        // Lines are rounded to ticks, so the neighbour may be the one.
        while n > 0 && self.step.line(n) as f64 > into {
            n -= 1;
        }
        while self.step.line(n + 1) as f64 <= into {
            n += 1;
        }
        (start.after(self.step.line(n)).min(end), start.after(self.step.line(n + 1)).min(end))
    }
}

/// The finest straight value whose lines keep their distance.
fn adaptive(quarter: u32, bar: u64, scale: f64) -> NoteValue {
    let apart =
        |value: &NoteValue| value.ticks(quarter, bar).as_ticks() * scale >= ADAPTIVE_SPACING;
    let parts = [64, 32, 16, 8, 4, 2, 1].map(NoteValue::straight);
    let values = parts.into_iter().chain([NoteValue::Bars(1), NoteValue::Bars(2)]);
    values.into_iter().find(apart).unwrap_or(NoteValue::Bars(4))
}

/// The step that is drawn inside a bar: the grid's, a coarser beat, or nothing.
fn drawn_step(step: Step, beat: u64, scale: f64) -> Option<Step> {
    if step.as_ticks() * scale >= DRAWN_SPACING {
        return Some(step);
    }
    (beat as f64 * scale >= DRAWN_SPACING).then_some(Step { num: beat, den: 1 })
}

/// How many lines of `step` may lie within `length` ticks, the one at 0 not counted.
fn lines_within(step: Step, length: u64) -> u64 {
    (length as f64 / step.as_ticks()).ceil() as u64
}

/// Bar and beat as people read them, from 1: `5.3`.
pub(super) fn bar_label(position: BarPosition) -> String {
    format!("{}.{}", position.bar + 1, position.beat + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::time::{Division, Meter, MeterPoint};
    use proptest::prelude::*;

    fn meters(points: &[(u64, u8, u8)]) -> MeterMap {
        MeterMap::new(
            Division::Ppq(480),
            points.iter().map(|&(tick, numerator, denominator_power)| MeterPoint {
                tick: Tick(tick),
                meter: Meter { numerator, denominator_power },
            }),
        )
    }

    fn grid(meter: &MeterMap, value: NoteValue) -> Grid<'_> {
        Grid::new(meter, GridChoice::Fixed(value), 480, 0.2)
    }

    #[test]
    fn snapping_takes_the_nearest_line() {
        let meter = meters(&[]);
        let grid = grid(&meter, NoteValue::straight(16));
        let snapped = [0.0, 59.0, 61.0, 130.0, 1919.0].map(|tick| grid.snap(tick).0);
        assert_eq!(snapped, [0, 0, 120, 120, 1920]);
    }

    #[test]
    fn triplets_snap_to_thirds() {
        let meter = meters(&[]);
        let grid = grid(&meter, NoteValue::triplet(8));
        assert_eq!([150.0, 310.0, 470.0].map(|tick| grid.snap(tick).0), [160, 320, 480]);
    }

    #[test]
    fn a_value_that_does_not_divide_the_ppq_does_not_drift() {
        let meter = meters(&[]);
        let grid = Grid::new(&meter, GridChoice::Fixed(NoteValue::triplet(64)), 100, 2.0);
        // 400 ticks a bar, 96 triplet 64ths in it.
        let lines: Vec<u64> = grid.lines(0.0, 400.0).map(|line| line.tick.0).collect();
        assert_eq!((lines.first(), lines.last()), (Some(&0), Some(&400)));
        assert!(lines.contains(&200));
    }

    #[test]
    fn a_new_meter_begins_a_new_grid() {
        let meter = meters(&[(0, 3, 2), (1440, 6, 3)]);
        let grid = grid(&meter, NoteValue::straight(2));
        let lines: Vec<u64> = grid.lines(0.0, 2880.0).map(|line| line.tick.0).collect();
        assert_eq!(lines, [0, 960, 1440, 2400, 2880]);
        assert_eq!(grid.snap(1300.0), Tick(1440));
    }

    #[test]
    fn lines_say_bar_beat_or_fine() {
        let meter = meters(&[]);
        let grid = grid(&meter, NoteValue::straight(8));
        let levels: Vec<Level> = grid.lines(1680.0, 2400.0).map(|line| line.level).collect();
        let expected = [Level::Fine, Level::Bar { bar: 1 }, Level::Fine, Level::Beat];
        assert_eq!(levels, expected);
    }

    #[test]
    fn zooming_out_leaves_lines_out() {
        let meter = meters(&[]);
        for scale in [1e-6, 1e-4, 1e-2, 1.0] {
            let width = 1600.0 / scale;
            let grid = Grid::new(&meter, GridChoice::Adaptive, 480, scale);
            let count = grid.lines(0.0, width).count();
            assert!(count <= 340, "{count} lines at {scale}");
        }
    }

    #[test]
    fn the_adaptive_grid_follows_the_zoom() {
        let meter = meters(&[]);
        let value = |scale| Grid::new(&meter, GridChoice::Adaptive, 480, scale).value().label();
        assert_eq!([0.01, 0.15, 1.0].map(value), ["1/1", "1/16", "1/64"]);
        assert_eq!([0.005, 0.0001].map(value), ["2 bars", "4 bars"]);
    }

    #[test]
    fn dotted_values_are_half_as_long_again() {
        let meter = meters(&[]);
        let grid = grid(&meter, NoteValue::dotted(8));
        // Three and a bit of them in a bar; the bar line counts too.
        let lines: Vec<u64> = grid.lines(0.0, 1920.0).map(|line| line.tick.0).collect();
        assert_eq!(lines, [0, 360, 720, 1080, 1440, 1800, 1920]);
        assert_eq!([350.0, 1790.0, 1880.0].map(|tick| grid.snap(tick).0), [360, 1800, 1920]);
    }

    #[test]
    fn bars_are_counted_from_the_first_whatever_their_meter() {
        // Two bars of 3/4, then 4/4.
        let meter = meters(&[(0, 3, 2), (2880, 4, 2)]);
        let snaps = |bars, ticks: [f64; 3]| {
            let grid = grid(&meter, NoteValue::Bars(bars));
            ticks.map(|tick| grid.snap(tick).0)
        };
        assert_eq!(snaps(1, [1400.0, 3000.0, 4700.0]), [1440, 2880, 4800]);
        assert_eq!(snaps(2, [1400.0, 1500.0, 4000.0]), [0, 2880, 2880]);
        assert_eq!(snaps(4, [1400.0, 4000.0, 9000.0]), [0, 6720, 6720]);
    }

    #[test]
    fn finer_and_coarser_go_through_every_straight_value_and_stop() {
        let mut value = NoteValue::Bars(4);
        let mut seen = vec![value.label()];
        while value.finer() != value {
            value = value.finer();
            seen.push(value.label());
        }
        let expected =
            ["4 bars", "2 bars", "1 bar", "1/2", "1/4", "1/8", "1/16", "1/32", "1/64", "1/128"];
        assert_eq!(seen, expected);
        while value.coarser() != value {
            value = value.coarser();
        }
        assert_eq!(value, NoteValue::Bars(4));
        assert_eq!(NoteValue::triplet(16).coarser(), NoteValue::triplet(8));
        assert_eq!(NoteValue::straight(8).in_triplets_or_not(), NoteValue::triplet(8));
        assert!(NoteValue::triplet(8).is_triplet());
    }

    fn parts() -> Vec<NoteValue> {
        NoteValue::rows().skip(1).flatten().collect()
    }

    proptest! {
        #[test]
        fn snapping_is_idempotent_and_near(
            tick in 0.0..1e6f64, which in 0usize..24, change in 1u64..9000,
        ) {
            let meter = meters(&[(0, 4, 2), (change, 7, 3)]);
            let grid = grid(&meter, parts()[which]);
            let once = grid.snap(tick);
            prop_assert_eq!(grid.snap(once.0 as f64), once);
            prop_assert!((once.0 as f64 - tick).abs() <= grid.step().as_ticks() / 2.0 + 1.0);
        }

        #[test]
        fn drawn_lines_are_snap_points(from in 0.0..1e5f64, which in 0usize..24) {
            let meter = meters(&[(0, 4, 2), (3000, 5, 2)]);
            let grid = Grid::new(&meter, GridChoice::Fixed(parts()[which]), 480, 1.0);
            for line in grid.lines(from, from + 4000.0) {
                prop_assert_eq!(grid.snap(line.tick.0 as f64), line.tick);
            }
        }
    }
}
