//! A lane read for looking at.

use super::groups::{self, Selector};
use super::{Lane, LaneKind, LanePoint};
use crate::model::{Channel, Clip, Conductor, EventKind, Release, Track};
use crate::time::{Tick, TickRange};
use std::collections::BTreeSet;

/// The points of a lane, sorted by tick, and what holds before the first of them.
///
/// Made once for each version of a clip's events, in one pass over them; after that the
/// points in view are found by bisection.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LaneData {
    points: Box<[LanePoint]>,
    before: f64,
}

impl LaneData {
    /// A lane of these points, sorted by tick, with what holds before them.
    pub fn new(points: Vec<LanePoint>, before: f64) -> Self {
        Self { points: points.into(), before }
    }

    /// Reads a lane of a clip. `track` is the clip's own: what holds where the clip begins
    /// may have been said before it.
    pub fn of_clip(track: &Track, clip: &Clip, lane: Lane) -> Self {
        let mut points = Vec::new();
        groups::walk(&clip.events, lane, |point, _| points.push(point));
        Self { points: points.into(), before: value_before(track, clip, lane) }
    }

    /// Reads the tempo lane; its ticks are the song's.
    pub fn of_tempo(conductor: &Conductor) -> Self {
        let points = super::tempo::points(conductor).into_iter().map(|(point, _)| point);
        Self { points: points.collect(), before: LaneKind::Tempo.rest() }
    }

    /// Every point.
    pub const fn points(&self) -> &[LanePoint] {
        &self.points
    }

    /// What holds before the first point.
    pub const fn before(&self) -> f64 {
        self.before
    }

    /// The indices of the points within `range`.
    pub fn indices_in(&self, range: TickRange) -> std::ops::Range<usize> {
        let from = self.points.partition_point(|point| point.tick < range.start());
        let to = self.points.partition_point(|point| point.tick < range.end());
        from..to.max(from)
    }

    /// The points within `range`.
    pub fn points_in(&self, range: TickRange) -> &[LanePoint] {
        self.points.get(self.indices_in(range)).unwrap_or_default()
    }

    /// The value that holds at `tick`.
    pub fn value_at(&self, tick: Tick) -> f64 {
        let after = self.points.partition_point(|point| point.tick <= tick);
        after
            .checked_sub(1)
            .and_then(|index| self.points.get(index))
            .map_or(self.before, |point| point.value)
    }

    /// Heap bytes.
    pub const fn heap_bytes(&self) -> usize {
        size_of_val::<[LanePoint]>(&self.points)
    }
}

/// The last value that the track says before the clip begins.
fn value_before(track: &Track, clip: &Clip, lane: Lane) -> f64 {
    let mut last: Option<(Tick, f64)> = None;
    let mut hear = |start: Tick, events: &[crate::model::Event]| {
        groups::walk(events, lane, |point, _| {
            let tick = start.after(point.tick.0);
            if tick < clip.start && last.is_none_or(|(before, _)| before <= tick) {
                last = Some((tick, point.value));
            }
        });
    };
    hear(Tick::ZERO, &track.events);
    for other in track.clips.iter().filter(|other| other.start < clip.start) {
        hear(other.start, &other.events);
    }
    last.map_or(lane.kind.rest(), |(_, value)| value)
}

/// The lanes that a clip has events for, in the order of [`LaneKind`]. Pairs of controllers
/// and parameters are named as such and their parts left out. One pass over the events:
/// keep the answer with the version of the clip it is about.
pub fn lanes_present(clip: &Clip) -> Vec<Lane> {
    let mut lanes = BTreeSet::new();
    let mut controls = [0_u128; 16];
    let mut selectors = [Selector::default(); 16];
    for event in clip.events.iter() {
        let Some(channel) = event.kind.channel() else { continue };
        let kind = match event.kind {
            EventKind::PolyPressure { .. } => LaneKind::PolyPressure(None),
            EventKind::Program { .. } => LaneKind::Program,
            EventKind::ChannelPressure { .. } => LaneKind::ChannelPressure,
            EventKind::PitchBend { .. } => LaneKind::PitchBend,
            EventKind::Control { number, value, .. } => {
                let index = usize::from(channel.index());
                let (Some(seen), Some(selector)) =
                    (controls.get_mut(index), selectors.get_mut(index))
                else {
                    continue;
                };
                *seen |= 1 << (number & 0x7F);
                selector.hear(number, value);
                match (number, groups::lane_of(selector.selected())) {
                    (6 | 38, Some(kind)) => kind,
                    _ => continue,
                }
            }
            _ => continue,
        };
        lanes.insert(Lane { kind, channel });
    }
    for (seen, channel) in controls.into_iter().zip((0..).map(Channel::new)) {
        let has = |number: u8| seen >> number & 1 == 1;
        let has_parameters = lanes.iter().any(|lane| {
            lane.channel == channel && matches!(lane.kind, LaneKind::Rpn(_) | LaneKind::Nrpn(_))
        });
        for number in (0..128).filter(|&number| has(number)) {
            let is_pair = |high: u8| high < 32 && has(high) && has(high + 32);
            let kind = match number {
                6 | 38 | 96..=101 if has_parameters => continue,
                32..64 if is_pair(number - 32) => continue,
                _ if is_pair(number) => LaneKind::Controller14(number),
                _ => LaneKind::Controller(number),
            };
            lanes.insert(Lane { kind, channel });
        }
    }
    lanes.into_iter().collect()
}

/// Whether any note of a clip is let go with a velocity of its own.
pub fn release_is_set(clip: &Clip) -> bool {
    clip.notes
        .iter()
        .any(|note| note.release != Release::DEFAULT && note.release.velocity().is_some())
}
