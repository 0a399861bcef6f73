//! Lanes: what changes over time beside the notes, as points that can be drawn.
//!
//! A [`Lane`] is a view of a clip's events of one kind on one channel. Pairs of controllers
//! and the sequences of registered parameters are one point each, tempo is the song's own.
//! [`LaneData`] reads a lane, [`LaneEdit`] changes one; events that a change is not about
//! keep their place and their order.

mod curve;
mod data;
mod groups;
mod kind;
mod notes;
mod reshape;
mod rewrite;
mod tempo;
#[cfg(test)]
mod tests;

pub use curve::{CurveShape, curve, densest};
pub use data::{LaneData, lanes_present, release_is_set};
pub use kind::LaneKind;

use super::{EditError, Edited, with_track};
use crate::model::{Channel, ClipRef, Key, Project};
use crate::time::{Tick, TickRange};
use groups::is_plain;
use reshape::Reshaped;
use std::sync::Arc;

/// Which lane: what it shows, and of which channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lane {
    /// What it shows.
    pub kind: LaneKind,
    /// Of which channel; means nothing for velocities and tempo.
    pub channel: Channel,
}

/// One point of a lane: from `tick` on the value holds until the next point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LanePoint {
    /// When: from the clip's start, for tempo from the song's.
    pub tick: Tick,
    /// In the lane's own unit; see [`LaneKind::range`].
    pub value: f64,
    /// Whose pressure it is; `None` in every other lane. Where a new point of the lane of
    /// all keys names none, it is about each key that sounds at its tick.
    pub key: Option<Key>,
}

impl LanePoint {
    /// A point that is about no key.
    pub const fn new(tick: Tick, value: f64) -> Self {
        Self { tick, value, key: None }
    }
}

/// A change to a lane. Ranges count like the lane's points; values are clamped.
#[derive(Clone, Debug, PartialEq)]
pub enum LaneEdit {
    /// Puts these points in place of what lies in the range; those outside it are left out.
    Draw {
        /// What is replaced.
        range: TickRange,
        /// By what.
        points: Arc<[LanePoint]>,
    },
    /// Moves the points of a range in time, as a group that stays inside its clip, and in
    /// value. What lies where they come to lie is replaced.
    Move {
        /// Which points.
        range: TickRange,
        /// How far in time.
        ticks: i64,
        /// How far up.
        by: f64,
    },
    /// Removes the points of a range.
    Delete {
        /// Which points.
        range: TickRange,
    },
    /// Makes the distance from a value larger or smaller.
    Scale {
        /// Of which points.
        range: TickRange,
        /// The value that stays.
        base: f64,
        /// By what the distance from it is multiplied.
        factor: f64,
    },
    /// Adds a straight line to the values.
    Tilt {
        /// Of which points.
        range: TickRange,
        /// What is added to the first of them.
        from: f64,
        /// What is added to the last of them.
        to: f64,
    },
    /// Drops points as long as no value is off by more than a tolerance.
    Thin {
        /// Which points.
        range: TickRange,
        /// How far a value may be off.
        tolerance: f64,
    },
    /// Puts copied points at a place, instead of what lies there.
    Paste {
        /// Where their tick 0 goes.
        at: Tick,
        /// How much is replaced, from `at` on.
        length: u64,
        /// The points, counting from 0.
        points: Arc<[LanePoint]>,
    },
}

impl LaneEdit {
    /// The ticks of every point that it may take away or put in.
    fn touches(&self) -> TickRange {
        match self {
            Self::Draw { range, .. }
            | Self::Delete { range }
            | Self::Scale { range, .. }
            | Self::Tilt { range, .. }
            | Self::Thin { range, .. } => *range,
            Self::Paste { at, length, .. } => TickRange::between(*at, at.after(*length)),
            // The group may stop on its way, but it never goes further.
            Self::Move { range, ticks, .. } => {
                let (start, end) = (range.start(), range.end());
                let (to_start, to_end) = (start.offset(*ticks), end.offset(*ticks));
                TickRange::between(start.min(to_start), end.max(to_end))
            }
        }
    }

    /// What a drag passes through may change nothing for a moment; a command that finds
    /// nothing says so.
    const fn came_to_nothing(&self) -> Result<(), EditError> {
        match self {
            Self::Draw { .. } | Self::Move { .. } | Self::Paste { .. } => Ok(()),
            _ => Err(EditError::NoSuchPoints),
        }
    }

    /// What the Edit menu calls it.
    pub(super) const fn name(&self, lane: Lane) -> &'static str {
        match (self, lane.kind) {
            (Self::Draw { .. } | Self::Move { .. }, LaneKind::Tempo) => "Change tempo",
            (Self::Draw { .. }, _) => "Draw in lane",
            (Self::Move { .. }, _) => "Move points",
            (Self::Delete { .. }, _) => "Delete points",
            (Self::Scale { .. }, _) => "Scale lane",
            (Self::Tilt { .. }, _) => "Tilt lane",
            (Self::Thin { .. }, _) => "Thin lane",
            (Self::Paste { .. }, _) => "Paste into lane",
        }
    }
}

/// How many events or notes an edit passes or makes, and how many it copies beside them.
pub(super) fn touched(
    project: &Project,
    at: ClipRef,
    lane: Lane,
    edit: &LaneEdit,
) -> (usize, usize) {
    let made = match edit {
        LaneEdit::Draw { points, .. } | LaneEdit::Paste { points, .. } => points.len(),
        _ => 0,
    };
    let Some(clip) = project.clip(at) else { return (made, 0) };
    let range = edit.touches();
    match lane.kind {
        // The maps of the whole song are made anew.
        LaneKind::Tempo => (made + project.conductor.events.len(), 0),
        LaneKind::Velocity | LaneKind::ReleaseVelocity => {
            (clip.notes.chunks_in(range).map(|chunk| chunk.notes().len()).sum(), 0)
        }
        kind if is_plain(kind) => {
            let index = |tick: Tick| clip.events.partition_point(|event| event.tick < tick);
            let passed = index(range.end()).saturating_sub(index(range.start()));
            (made + passed, clip.events.len() - passed)
        }
        _ => (made + clip.events.len(), 0),
    }
}

/// Changes a lane of a clip, or the song's tempo.
pub(super) fn apply(
    project: &Project,
    at: ClipRef,
    lane: Lane,
    edit: &LaneEdit,
) -> Result<Edited, EditError> {
    let project = match lane.kind {
        LaneKind::Tempo => {
            let conductor = tempo::edited(&project.conductor, project.division, edit)?;
            Project { conductor, ..project.clone() }
        }
        LaneKind::Velocity | LaneKind::ReleaseVelocity => change_clip(project, at, |clip| {
            clip.notes = notes::edited(&clip.notes, lane.kind, edit)?;
            Ok(())
        })?,
        _ => change_clip(project, at, |clip| {
            let (mut points, mut owned) = (Vec::new(), groups::Owned::default());
            // A stroke in a long lane looks at the events that it passes, not at all.
            let touched = if is_plain(lane.kind) {
                edit.touches()
            } else {
                TickRange::between(Tick::ZERO, Tick(u64::MAX))
            };
            let index = |tick: Tick| clip.events.partition_point(|event| event.tick < tick);
            let (from, to) = (index(touched.start()), index(touched.end()));
            let (before, rest) = clip.events.split_at(from.min(to));
            let (events, after) = rest.split_at(to.saturating_sub(from));
            groups::walk(events, lane, |point, events| {
                points.push(point);
                owned.push(events);
            });
            let Reshaped { removed, mut inserted } =
                reshape::reshaped(lane.kind, &points, edit, Tick(clip.length));
            if lane.kind == LaneKind::PolyPressure(None) {
                inserted = notes::on_sounding_keys(&clip.notes, lane.channel, inserted);
            }
            if removed.is_empty() && inserted.is_empty() {
                return edit.came_to_nothing();
            }
            let removed = removed.iter().filter_map(|&index| {
                Some(rewrite::Removed { point: points.get(index)?, events: owned.of(index) })
            });
            let rewritten = rewrite::rewritten(events, lane, removed, &inserted);
            let all = before.iter().cloned().chain(rewritten).chain(after.iter().cloned());
            clip.events = all.collect();
            Ok(())
        })?,
    };
    Ok(Edited { project, selection: None })
}

/// `project` with one clip replaced by what `change` makes of it.
fn change_clip(
    project: &Project,
    at: ClipRef,
    change: impl FnOnce(&mut crate::model::Clip) -> Result<(), EditError>,
) -> Result<Project, EditError> {
    with_track(project, at.track, |track| {
        let index = track.clips.iter().position(|clip| clip.id == at.clip);
        let clips = Arc::make_mut(&mut track.clips);
        let clip = index.and_then(|index| clips.get_mut(index));
        change(Arc::make_mut(clip.ok_or(EditError::NoSuchClip(at))?))
    })
}
