//! Ticks to frames for whole tracks: as exact as [`TempoMap::frame_from_tick`], ten times faster.

use super::message::LAST_FRAME;
use crate::time::{TempoMap, Tick};

/// The tempo map at one sample rate, ready to convert notes by the million.
#[derive(Clone, Debug)]
pub struct FrameMap {
    segments: Vec<Segment>,
    /// A frame is this many units; see [`Segment`].
    denominator: u64,
    inverse: f64,
    rate: u32,
}

/// From `tick` on, tick `t` falls on frame
/// `base + (rest + (t - tick) * step) / denominator`, rounded down: half a frame is in `rest`.
#[derive(Clone, Copy, Debug)]
struct Segment {
    tick: u64,
    base: u64,
    rest: u64,
    step: u64,
}

impl FrameMap {
    /// Takes the map apart for `rate` frames per second.
    pub fn new(tempo: &TempoMap, rate: u32) -> Self {
        let smpte = tempo.division().smpte_tick_secs();
        let denominator = smpte.map_or_else(
            || u64::from(tempo.division().ticks_per_quarter()) * 1_000_000,
            |(_, denominator)| denominator,
        );
        let mut segments = Vec::with_capacity(tempo.points().len());
        let mut elapsed = 0_u128;
        let mut previous: Option<(u64, u64)> = None;
        for point in tempo.points() {
            if let Some((tick, units)) = previous {
                elapsed += u128::from(point.tick.0 - tick) * u128::from(units);
            }
            let units = smpte.map_or_else(|| u64::from(point.tempo.micros()), |(num, _)| num);
            previous = Some((point.tick.0, units));
            let scaled = elapsed.saturating_mul(u128::from(rate)) + u128::from(denominator / 2);
            segments.push(Segment {
                tick: point.tick.0,
                base: u64::try_from(scaled / u128::from(denominator)).unwrap_or(u64::MAX),
                rest: (scaled % u128::from(denominator)) as u64,
                step: units * u64::from(rate),
            });
        }
        Self { segments, denominator, inverse: 1.0 / denominator as f64, rate }
    }

    /// Frames per second.
    pub const fn rate(&self) -> u32 {
        self.rate
    }

    /// The frame of `tick`; `None` past [`LAST_FRAME`]. `cursor` remembers the place:
    /// ticks that do not go far back are found at once.
    pub fn frame(&self, cursor: &mut usize, tick: Tick) -> Option<u32> {
        let tick = tick.0;
        let starts_before = |index: usize| self.segments.get(index).is_some_and(|s| s.tick <= tick);
        if !starts_before(*cursor) {
            *cursor = self.segments.partition_point(|s| s.tick <= tick).saturating_sub(1);
        }
        // A few steps cover the end of most notes; a far jump is searched.
        for _ in 0..4 {
            if !starts_before(*cursor + 1) {
                break;
            }
            *cursor += 1;
        }
        if starts_before(*cursor + 1) {
            *cursor = self.segments.partition_point(|s| s.tick <= tick).saturating_sub(1);
        }
        let segment = self.segments.get(*cursor)?;
        let ticks = tick - segment.tick;
        let frames = match ticks.checked_mul(segment.step) {
            Some(units) if units < 1 << 62 => self.divide(segment.rest + units),
            _ => {
                let units = u128::from(ticks) * u128::from(segment.step);
                let frames = (units + u128::from(segment.rest)) / u128::from(self.denominator);
                u64::try_from(frames).ok()?
            }
        };
        let frame = segment.base.checked_add(frames)?;
        (frame <= u64::from(LAST_FRAME)).then_some(frame as u32)
    }

    /// A product with the inverse, put right by at most a few steps: a 64-bit division
    /// costs five times as much.
    fn divide(&self, units: u64) -> u64 {
        let guess = (units as f64 * self.inverse) as u64;
        if guess > u64::from(u32::MAX) * 2 {
            return units / self.denominator;
        }
        let mut quotient = guess;
        while quotient * self.denominator > units {
            quotient -= 1;
        }
        while (quotient + 1) * self.denominator <= units {
            quotient += 1;
        }
        quotient
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{Division, Tempo, TempoPoint};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn frames_are_those_of_the_tempo_map(
            points in proptest::collection::vec((0u64..1_000_000, 1u32..0x00FF_FFFF), 0..20),
            ticks in proptest::collection::vec(0u64..3_000_000, 1..40),
            ppq in 1u16..2000,
            rate in prop_oneof![Just(44_100u32), Just(48_000), Just(192_000)],
        ) {
            let tempo = TempoMap::new(Division::Ppq(ppq), points.iter().map(|&(tick, micros)| {
                TempoPoint { tick: Tick(tick), tempo: Tempo::from_micros(micros).unwrap() }
            }));
            let map = FrameMap::new(&tempo, rate);
            let mut cursor = 0;
            for &tick in &ticks {
                let exact = tempo.frame_from_tick(Tick(tick), rate).0;
                let exact = u32::try_from(exact).ok().filter(|frame| *frame <= LAST_FRAME);
                prop_assert_eq!(map.frame(&mut cursor, Tick(tick)), exact);
            }
        }
    }

    #[test]
    fn the_end_of_time_has_no_frame() {
        let map = FrameMap::new(&TempoMap::new(Division::Ppq(1), []), 48_000);
        assert_eq!(map.frame(&mut 0, Tick(u64::MAX)), None);
        assert_eq!(map.frame(&mut 0, Tick(2)), Some(48_000));
    }
}
