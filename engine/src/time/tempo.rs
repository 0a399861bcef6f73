//! Tempo map: ticks to seconds and back, exact up to the final division.

use super::{Division, Frame, Tick};
use serde::{Deserialize, Serialize};

/// Microseconds per quarter note, 1..=16,777,215 (the 24 bits of a MIDI tempo event).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Tempo(u32);

impl Tempo {
    /// 120 beats per minute, which a file without a tempo event plays at
    /// (Standard MIDI Files 1.0, "Set Tempo").
    pub const DEFAULT: Self = Self(500_000);

    /// `None` for 0 and for what does not fit 24 bits.
    pub fn from_micros(micros_per_quarter: u32) -> Option<Self> {
        (1..=0x00FF_FFFF).contains(&micros_per_quarter).then_some(Self(micros_per_quarter))
    }

    /// The nearest tempo to `bpm` quarter notes a minute; `None` when not finite or out of range.
    pub fn from_bpm(bpm: f64) -> Option<Self> {
        let micros = (60_000_000.0 / bpm).round();
        (bpm.is_finite() && (1.0..=16_777_215.0).contains(&micros)).then_some(Self(micros as u32))
    }

    /// Microseconds per quarter note.
    pub const fn micros(self) -> u32 {
        self.0
    }

    /// Quarter notes per minute.
    pub fn bpm(self) -> f64 {
        60_000_000.0 / f64::from(self.0)
    }
}

/// A tempo that holds from a tick on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TempoPoint {
    /// From where.
    pub tick: Tick,
    /// How fast.
    pub tempo: Tempo,
}

/// Every tempo of a song; always has a point at tick 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TempoMap {
    division: Division,
    segments: Vec<Segment>,
    declared: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Segment {
    point: TempoPoint,
    /// Time from the start to this segment, in units of 1 / `denominator` seconds.
    /// Exact: 64 bits of ticks times 24 bits of tempo fit.
    elapsed: u128,
}

impl TempoMap {
    /// Builds the map. Points may come in any order; of several at one tick the
    /// last one given wins. Before the first point the default tempo holds.
    /// With an SMPTE division the points are kept but do not change time.
    pub fn new(division: Division, points: impl IntoIterator<Item = TempoPoint>) -> Self {
        let mut given: Vec<TempoPoint> = points.into_iter().collect();
        given.sort_by_key(|point| point.tick);
        let declared = !given.is_empty();
        let mut map = Self { division, segments: Vec::with_capacity(given.len() + 1), declared };
        map.push(TempoPoint { tick: Tick::ZERO, tempo: Tempo::DEFAULT });
        for point in given {
            map.push(point);
        }
        map
    }

    /// What a tick is worth.
    pub const fn division(&self) -> Division {
        self.division
    }

    /// Whether any tempo was given; false means that 120 bpm is only assumed.
    pub const fn is_declared(&self) -> bool {
        self.declared
    }

    /// The points in order, the first at tick 0.
    pub fn points(&self) -> impl ExactSizeIterator<Item = TempoPoint> + '_ {
        self.segments.iter().map(|segment| segment.point)
    }

    /// The tempo in force at `tick`.
    pub fn tempo_at(&self, tick: Tick) -> Tempo {
        self.segment_at(tick).point.tempo
    }

    /// Seconds from the start to `tick`.
    pub fn secs_from_tick(&self, tick: Tick) -> f64 {
        self.elapsed(tick) as f64 / self.denominator() as f64
    }

    /// Answers [`Self::secs_from_tick`] for many ticks that lie near each other.
    pub fn clock(&self) -> TempoClock<'_> {
        TempoClock { map: self, start: 0, length: 0, start_secs: 0.0, secs_per_tick: 0.0 }
    }

    /// The tick at `secs`, with its fraction; 0 for negative and non-finite times.
    pub fn tick_from_secs(&self, secs: f64) -> f64 {
        if !secs.is_finite() || secs <= 0.0 {
            return 0.0;
        }
        let units = secs * self.denominator() as f64;
        let index = self.segments.partition_point(|segment| segment.elapsed as f64 <= units);
        let Some(segment) = self.segments.get(index.saturating_sub(1)) else { return 0.0 };
        let rest = units - segment.elapsed as f64;
        segment.point.tick.0 as f64 + rest / self.units_per_tick(segment.point.tempo) as f64
    }

    /// The frame on which `tick` falls at `rate` frames per second, rounded to the nearest.
    pub fn frame_from_tick(&self, tick: Tick, rate: u32) -> Frame {
        let denominator = self.denominator();
        let scaled = self.elapsed(tick).saturating_mul(u128::from(rate));
        Frame(u64::try_from((scaled + denominator / 2) / denominator).unwrap_or(u64::MAX))
    }

    /// The tick that plays at `frame`, with its fraction.
    pub fn tick_from_frame(&self, frame: Frame, rate: u32) -> f64 {
        self.tick_from_secs(frame.0 as f64 / f64::from(rate.max(1)))
    }

    fn push(&mut self, point: TempoPoint) {
        let elapsed = if self.segments.is_empty() { 0 } else { self.elapsed(point.tick) };
        match self.segments.last_mut() {
            Some(last) if last.point.tick == point.tick => last.point = point,
            _ => self.segments.push(Segment { point, elapsed }),
        }
    }

    fn elapsed(&self, tick: Tick) -> u128 {
        let segment = self.segment_at(tick);
        let ticks = u128::from(tick.since(segment.point.tick));
        segment.elapsed + ticks * u128::from(self.units_per_tick(segment.point.tempo))
    }

    fn segment_at(&self, tick: Tick) -> Segment {
        let index = self.segments.partition_point(|segment| segment.point.tick <= tick);
        self.segments.get(index.saturating_sub(1)).copied().unwrap_or(Segment {
            point: TempoPoint { tick: Tick::ZERO, tempo: Tempo::DEFAULT },
            elapsed: 0,
        })
    }

    /// With PPQ a tick lasts `tempo / (ppq × 10⁶)` seconds, with SMPTE a fixed fraction.
    fn units_per_tick(&self, tempo: Tempo) -> u64 {
        self.division.smpte_tick_secs().map_or(u64::from(tempo.micros()), |(num, _)| num)
    }

    fn denominator(&self) -> u128 {
        match self.division.smpte_tick_secs() {
            Some((_, denominator)) => u128::from(denominator),
            None => u128::from(self.division.ticks_per_quarter()) * 1_000_000,
        }
    }
}

/// Remembers in which segment of a [`TempoMap`] it was asked last.
#[derive(Clone, Debug)]
pub struct TempoClock<'a> {
    map: &'a TempoMap,
    /// Where the segment starts and how long it is, in ticks; 0 while there is none.
    start: u64,
    length: u64,
    start_secs: f64,
    secs_per_tick: f64,
}

impl TempoClock<'_> {
    /// As [`TempoMap::secs_from_tick`], but for the rounding of two operations in place of one.
    #[inline]
    pub fn secs_from_tick(&mut self, tick: Tick) -> f64 {
        // What lies before wraps around and is far behind; so one comparison tells both.
        if tick.0.wrapping_sub(self.start) >= self.length {
            self.seek(tick);
        }
        let since = tick.0.wrapping_sub(self.start);
        // As a signed number: from others processors convert in many steps.
        let since = if since >> 63 == 0 { since.cast_signed() as f64 } else { since as f64 };
        self.start_secs + since * self.secs_per_tick
    }

    #[cold]
    fn seek(&mut self, tick: Tick) {
        let segment = self.map.segment_at(tick);
        let denominator = self.map.denominator() as f64;
        let next = self.map.segments.partition_point(|segment| segment.point.tick <= tick);
        self.start = segment.point.tick.0;
        let until = self.map.segments.get(next).map_or(u64::MAX, |next| next.point.tick.0);
        self.length = until - self.start;
        self.start_secs = segment.elapsed as f64 / denominator;
        self.secs_per_tick = self.map.units_per_tick(segment.point.tempo) as f64 / denominator;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn map(ppq: u16, points: &[(u64, f64)]) -> TempoMap {
        TempoMap::new(
            Division::Ppq(ppq),
            points.iter().map(|&(tick, bpm)| TempoPoint {
                tick: Tick(tick),
                tempo: Tempo::from_bpm(bpm).unwrap(),
            }),
        )
    }

    #[test]
    fn no_tempo_event_means_120_bpm_assumed_not_declared() {
        let map = map(480, &[]);
        assert!(!map.is_declared());
        assert_eq!(map.secs_from_tick(Tick(960)), 1.0);
    }

    #[test]
    fn tempo_changes_add_up_exactly() {
        let map = map(480, &[(0, 120.0), (480, 60.0), (960, 240.0)]);
        assert_eq!(map.secs_from_tick(Tick(480)), 0.5);
        assert_eq!(map.secs_from_tick(Tick(960)), 1.5);
        assert_eq!(map.secs_from_tick(Tick(1440)), 1.75);
        assert_eq!(map.frame_from_tick(Tick(1440), 48_000), Frame(84_000));
    }

    #[test]
    fn the_last_of_several_tempos_at_one_tick_wins() {
        let map = map(480, &[(480, 60.0), (480, 240.0)]);
        assert_eq!(map.secs_from_tick(Tick(960)), 0.75);
    }

    #[test]
    fn smpte_ticks_ignore_tempo() {
        let division = Division::Smpte { fps: 25, ticks_per_frame: 40 };
        let slow = TempoPoint { tick: Tick::ZERO, tempo: Tempo::from_bpm(30.0).unwrap() };
        assert_eq!(TempoMap::new(division, [slow]).secs_from_tick(Tick(1000)), 1.0);
        let drop = Division::Smpte { fps: 29, ticks_per_frame: 100 };
        let secs = TempoMap::new(drop, []).secs_from_tick(Tick(30_000));
        assert!((secs - 10.01).abs() < 1e-12, "{secs}");
    }

    #[test]
    fn the_end_of_time_does_not_overflow() {
        let map = map(1, &[(0, 4.0), (u64::MAX - 1, 5.0)]);
        assert!(map.secs_from_tick(Tick(u64::MAX)).is_finite());
        assert_eq!(map.frame_from_tick(Tick(u64::MAX), 192_000), Frame(u64::MAX));
    }

    proptest! {
        #[test]
        fn ticks_and_seconds_are_inverse(
            points in proptest::collection::vec((0u64..1_000_000, 20.0f64..400.0), 0..20),
            tick in 0u64..2_000_000,
        ) {
            let map = map(480, &points);
            let back = map.tick_from_secs(map.secs_from_tick(Tick(tick)));
            prop_assert!((back - tick as f64).abs() < 1e-3, "{tick} came back as {back}");
        }

        #[test]
        fn time_never_runs_backwards(
            points in proptest::collection::vec((0u64..1_000_000, 4.0f64..1000.0), 0..20),
            a in 0u64..2_000_000, b in 0u64..2_000_000,
        ) {
            let map = map(96, &points);
            let (a, b) = (a.min(b), a.max(b));
            prop_assert!(map.secs_from_tick(Tick(a)) <= map.secs_from_tick(Tick(b)));
            prop_assert!(map.frame_from_tick(Tick(a), 48_000) <= map.frame_from_tick(Tick(b), 48_000));
        }
    }

    proptest! {
        #[test]
        fn a_clock_says_what_its_map_says(
            points in prop::collection::vec((0_u64..5_000, 20.0..300.0), 0..8),
            ticks in prop::collection::vec(prop_oneof![0_u64..6_000, any::<u64>()], 1..40),
        ) {
            let map = map(96, &points);
            let mut clock = map.clock();
            for tick in ticks.into_iter().map(Tick) {
                let (expected, told) = (map.secs_from_tick(tick), clock.secs_from_tick(tick));
                prop_assert!((told - expected).abs() <= expected * 1e-15 * 4.0, "{told} {expected}");
            }
        }
    }
}
