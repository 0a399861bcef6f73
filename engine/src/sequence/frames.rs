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
#[derive(Clone, Copy, Debug, Default)]
struct Segment {
    tick: u64,
    base: u64,
    rest: u64,
    step: u64,
}

/// The segment of a [`FrameMap`] that the last tick was in.
#[derive(Clone, Copy, Debug, Default)]
pub struct FrameCursor {
    segment: Segment,
    /// First tick after it; a fresh cursor is in no segment.
    end: u64,
    safe_ticks: u64,
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

    /// The frame of `tick`; `None` past [`LAST_FRAME`]. `cursor` remembers the segment:
    /// the next tick is usually in the same one.
    #[inline]
    pub fn frame(&self, cursor: &mut FrameCursor, tick: Tick) -> Option<u32> {
        let tick = tick.0;
        if tick < cursor.segment.tick || tick >= cursor.end {
            *cursor = self.find(tick)?;
        }
        let segment = &cursor.segment;
        let ticks = tick - segment.tick;
        let frames = if ticks <= cursor.safe_ticks {
            self.divide(segment.rest + ticks * segment.step)
        } else {
            let units = u128::from(ticks) * u128::from(segment.step);
            let frames = (units + u128::from(segment.rest)) / u128::from(self.denominator);
            u64::try_from(frames).ok()?
        };
        let frame = segment.base.checked_add(frames)?;
        (frame <= u64::from(LAST_FRAME)).then_some(frame as u32)
    }

    fn find(&self, tick: u64) -> Option<FrameCursor> {
        let after = self.segments.partition_point(|segment| segment.tick <= tick);
        let segment = *self.segments.get(after.checked_sub(1)?)?;
        let end = self.segments.get(after).map_or(u64::MAX, |next| next.tick);
        // So far a product stays below 2⁶², and its quotient is found from a float.
        Some(FrameCursor { segment, end, safe_ticks: (1 << 62) / segment.step.max(1) })
    }

    /// A product with the inverse, put right by at most one: a 64-bit division
    /// costs five times as much.
    fn divide(&self, units: u64) -> u64 {
        // Signed conversions are one instruction each; `units` is below 2⁶³.
        let guess = (units as i64 as f64 * self.inverse) as i64 as u64;
        if guess > u64::from(u32::MAX) * 2 {
            return units / self.denominator;
        }
        // The float has 53 bits and the quotient 33, so it is off by one at most.
        let left = units.wrapping_sub(guess * self.denominator) as i64;
        if left < 0 { guess - 1 } else { guess + u64::from(left as u64 >= self.denominator) }
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
            let mut cursor = FrameCursor::default();
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
        assert_eq!(map.frame(&mut FrameCursor::default(), Tick(u64::MAX)), None);
        assert_eq!(map.frame(&mut FrameCursor::default(), Tick(2)), Some(48_000));
    }
}
