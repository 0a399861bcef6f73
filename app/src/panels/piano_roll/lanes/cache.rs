//! Lanes as they were read last: made again only when a lane's events changed, summed up in
//! levels, so that a million points cost by the width they are drawn on.

use crate::view_ctx::ViewCtx;
use engine::edit::{Lane, LaneData, LaneKind, lanes_present, release_is_set};
use engine::model::{Clip, ConductorEvent, Event, Track};
use std::collections::HashMap;
use std::sync::Arc;

/// Points, or spans of the level below, in a span.
const FAN: usize = 8;
/// Points between two marks: what is left to look through lies in a few cache lines, and the
/// marks of a million points fit into the cache beside it.
const MARKED: usize = 64;
/// Lanes kept; a roll shows a handful.
const KEPT: usize = 32;

/// Lowest and highest of some neighbouring values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Span {
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Span {
    const fn of(value: f64) -> Self {
        Self { low: value, high: value }
    }

    const fn with(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }
}

/// A lane's points with their summaries.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) data: LaneData,
    /// Spans of 8 points, of 64, and so on.
    levels: Vec<Box<[Span]>>,
    /// The tick of every 64th point.
    marks: Box<[u64]>,
}

impl Read {
    pub(super) fn new(data: LaneData) -> Self {
        let mut levels: Vec<Box<[Span]>> = Vec::new();
        let merged = |spans: &mut dyn Iterator<Item = Span>| spans.reduce(Span::with);
        let mut spans: Box<[Span]> = data
            .points()
            .chunks(FAN)
            .filter_map(|points| merged(&mut points.iter().map(|point| Span::of(point.value))))
            .collect();
        while spans.len() > 1 {
            let next = spans.chunks(FAN).filter_map(|s| merged(&mut s.iter().copied())).collect();
            levels.push(std::mem::replace(&mut spans, next));
        }
        levels.push(spans);
        let marks = data.points().iter().step_by(MARKED).map(|point| point.tick.0).collect();
        Self { data, levels, marks }
    }

    /// The first point from `from` on that is not before `tick`; the number of points when
    /// all are. Costs by how far it is from there.
    pub(super) fn at_or_after(&self, tick: f64, from: usize) -> usize {
        let points = self.data.points();
        let passed = from / MARKED + 1;
        let marks = self.marks.get(passed..).unwrap_or_default();
        let mut reach = 1;
        while marks.get(reach - 1).is_some_and(|mark| (*mark as f64) < tick) {
            reach *= 2;
        }
        let (low, high) = (reach / 2, reach.min(marks.len()));
        let near = marks.get(low..high).unwrap_or_default();
        let mark = passed + low.min(marks.len()) + near.partition_point(|it| (*it as f64) < tick);
        let (low, high) = (((mark - 1) * MARKED).max(from), (mark * MARKED).min(points.len()));
        let rest = points.get(low..high).unwrap_or_default();
        low.min(points.len()) + rest.partition_point(|point| (point.tick.0 as f64) < tick)
    }

    /// Lowest and highest value of all points.
    pub(super) fn extent(&self) -> Option<Span> {
        self.levels.last().and_then(|level| level.first()).copied()
    }

    /// Lowest and highest value of the points `from..to`; looks at no more than a few spans
    /// of each level.
    pub(super) fn span(&self, from: usize, to: usize) -> Option<Span> {
        let points = self.data.points();
        let mut found: Option<Span> = None;
        let mut add = |span: Span| found = Some(found.map_or(span, |found| found.with(span)));
        let (mut from, mut to) = (from, to.min(points.len()));
        // Edges that do not fill a span of the next level are looked at here, the rest there.
        while from < to && !from.is_multiple_of(FAN) {
            points.get(from).into_iter().for_each(|point| add(Span::of(point.value)));
            from += 1;
        }
        while from < to && !to.is_multiple_of(FAN) {
            to -= 1;
            points.get(to).into_iter().for_each(|point| add(Span::of(point.value)));
        }
        for level in &self.levels {
            (from, to) = (from / FAN, to / FAN);
            while from < to && !from.is_multiple_of(FAN) {
                level.get(from).into_iter().for_each(|span| add(*span));
                from += 1;
            }
            while from < to && !to.is_multiple_of(FAN) {
                to -= 1;
                level.get(to).into_iter().for_each(|span| add(*span));
            }
        }
        found
    }
}

/// What a lane was read from. Held, so that an equal pointer means equal events.
#[derive(Debug)]
enum Source {
    Clip { events: Arc<[Event]>, start: u64, outside: Arc<[Event]>, earlier: Vec<Arc<[Event]>> },
    Song(Arc<[ConductorEvent]>),
}

#[derive(Debug)]
struct Entry {
    revision: u64,
    source: Source,
    read: Arc<Read>,
}

/// Lanes by what they show. Knows one clip at a time.
#[derive(Debug, Default)]
pub(super) struct LaneCache {
    entries: HashMap<Lane, Entry>,
    present: Option<Present>,
}

#[derive(Debug)]
struct Present {
    revision: u64,
    clip: u32,
    lanes: Arc<[Lane]>,
}

impl LaneCache {
    /// A lane of the clip, or the song's tempo.
    pub(super) fn read(
        &mut self,
        ctx: &ViewCtx<'_>,
        track: &Track,
        clip: &Clip,
        lane: Lane,
    ) -> Arc<Read> {
        if self.entries.len() > KEPT {
            self.entries.clear();
        }
        if let Some(entry) = self.entries.get_mut(&lane) {
            let known = Some(clip).filter(|_| lane.kind != LaneKind::Tempo);
            let same_clip = known.is_none_or(|clip| entry.source.is_of(clip));
            if same_clip
                && (entry.revision == ctx.revision || entry.source.is_current(ctx, track, clip))
            {
                entry.revision = ctx.revision;
                return Arc::clone(&entry.read);
            }
        }
        let (source, data) = if lane.kind == LaneKind::Tempo {
            let conductor = &ctx.snapshot.conductor;
            (Source::Song(Arc::clone(&conductor.events)), LaneData::of_tempo(conductor))
        } else {
            (Source::of_clip(track, clip), LaneData::of_clip(track, clip, lane))
        };
        let read = Arc::new(Read::new(data));
        let entry = Entry { revision: ctx.revision, source, read: Arc::clone(&read) };
        self.entries.insert(lane, entry);
        read
    }

    /// The lanes that the clip has something in.
    pub(super) fn present(&mut self, ctx: &ViewCtx<'_>, clip: &Clip) -> Arc<[Lane]> {
        let current =
            |present: &&Present| present.revision == ctx.revision && present.clip == clip.id.0;
        if let Some(present) = self.present.as_ref().filter(current) {
            return Arc::clone(&present.lanes);
        }
        let channel = engine::model::Channel::new(0);
        let of_song = |kind| Lane { kind, channel };
        let mut lanes = lanes_present(clip);
        if release_is_set(clip) {
            lanes.insert(0, of_song(LaneKind::ReleaseVelocity));
        }
        if ctx.snapshot.conductor.tempo.is_declared() {
            lanes.push(of_song(LaneKind::Tempo));
        }
        let lanes: Arc<[Lane]> = lanes.into();
        let present =
            Present { revision: ctx.revision, clip: clip.id.0, lanes: Arc::clone(&lanes) };
        self.present = Some(present);
        lanes
    }
}

impl Source {
    fn of_clip(track: &Track, clip: &Clip) -> Self {
        Self::Clip {
            events: Arc::clone(&clip.events),
            start: clip.start.0,
            outside: Arc::clone(&track.events),
            earlier: earlier(track, clip).map(Arc::clone).collect(),
        }
    }

    /// Whether it may be of this clip at all: a revision has many clips.
    fn is_of(&self, clip: &Clip) -> bool {
        match self {
            Self::Clip { events, start, .. } => {
                Arc::ptr_eq(events, &clip.events) && *start == clip.start.0
            }
            Self::Song(_) => true,
        }
    }

    fn is_current(&self, ctx: &ViewCtx<'_>, track: &Track, clip: &Clip) -> bool {
        match self {
            Self::Song(events) => Arc::ptr_eq(events, &ctx.snapshot.conductor.events),
            Self::Clip { events, start, outside, earlier: before } => {
                Arc::ptr_eq(events, &clip.events)
                    && *start == clip.start.0
                    && Arc::ptr_eq(outside, &track.events)
                    && earlier(track, clip).count() == before.len()
                    && earlier(track, clip).zip(before).all(|(now, then)| Arc::ptr_eq(now, then))
            }
        }
    }
}

/// What the track's clips before this one hold.
fn earlier<'a>(track: &'a Track, clip: &Clip) -> impl Iterator<Item = &'a Arc<[Event]>> {
    let start = clip.start;
    track.clips.iter().take_while(move |other| other.start < start).map(|other| &other.events)
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::edit::LanePoint;
    use engine::time::Tick;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_span_is_that_of_its_points(
            values in proptest::collection::vec(0u8..128, 1..2_000), a in 0usize..2_000, b in 0usize..2_000,
        ) {
            let points = values.iter().zip(0..).map(|(&v, t)| LanePoint::new(Tick(t), f64::from(v)));
            let read = Read::new(LaneData::new(points.collect(), 0.0));
            let (from, to) = (a.min(b).min(values.len()), a.max(b).min(values.len()));
            let plain = &values[from..to];
            let expected = plain.iter().min().zip(plain.iter().max());
            let expected =
                expected.map(|(&low, &high)| Span { low: f64::from(low), high: f64::from(high) });
            prop_assert_eq!(read.span(from, to), expected);
        }

        #[test]
        fn a_place_is_the_one_that_bisecting_all_points_finds(
            steps in proptest::collection::vec(0u64..5, 0..1_000), from in 0usize..1_000, tick in 0u64..3_000,
        ) {
            let ticks: Vec<u64> = steps.iter().scan(0, |at, step| { *at += step; Some(*at) }).collect();
            let points = ticks.iter().map(|at| LanePoint::new(Tick(*at), 0.0)).collect();
            let read = Read::new(LaneData::new(points, 0.0));
            let from = from.min(ticks.len());
            let tick = tick as f64 + 0.5;
            let expected = from + ticks[from..].partition_point(|at| (*at as f64) < tick);
            prop_assert_eq!(read.at_or_after(tick, from), expected);
        }
    }
}
