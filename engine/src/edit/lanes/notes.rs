//! Lanes whose values are the notes' own: velocity and release velocity.

use super::{LaneEdit, LaneKind, LanePoint};
use crate::edit::EditError;
use crate::model::{Channel, Note, Notes, Release};
use crate::time::{Tick, TickRange};

/// The notes with the values that an edit gives to those whose onset lies in its range.
pub(super) fn edited(notes: &Notes, kind: LaneKind, edit: &LaneEdit) -> Result<Notes, EditError> {
    let changed: Vec<Note> = match edit {
        LaneEdit::Draw { range, points } => held(notes, kind, *range, points, Tick::ZERO),
        LaneEdit::Paste { at, length, points } => {
            held(notes, kind, TickRange::between(*at, at.after(*length)), points, *at)
        }
        LaneEdit::Move { range, by, .. } => revalued(notes, kind, *range, |value, _| value + by),
        LaneEdit::Scale { range, base, factor } => {
            revalued(notes, kind, *range, |value, _| base + (value - base) * factor)
        }
        LaneEdit::Tilt { range, from, to } => {
            revalued(notes, kind, *range, |value, share| value + from + (to - from) * share)
        }
        LaneEdit::Delete { range } if kind == LaneKind::ReleaseVelocity => {
            revalued(notes, kind, *range, |_, _| kind.rest())
        }
        LaneEdit::Delete { .. } | LaneEdit::Thin { .. } => Vec::new(),
    };
    if changed.is_empty() {
        edit.came_to_nothing()?;
        return Ok(notes.clone());
    }
    let remove = changed.iter().map(Note::reference).collect();
    Ok(notes.edited(remove, changed))
}

/// A note's value in a lane.
pub(super) fn value_of(kind: LaneKind, note: &Note) -> f64 {
    match kind {
        LaneKind::ReleaseVelocity => {
            f64::from(note.release.velocity().unwrap_or(Release::DEFAULT_VELOCITY))
        }
        _ => f64::from(note.velocity),
    }
}

/// Each key that sounds at a point's tick gets the point that names no key.
pub(super) fn on_sounding_keys(
    notes: &Notes,
    channel: Channel,
    points: Vec<LanePoint>,
) -> Vec<LanePoint> {
    let mut placed = Vec::with_capacity(points.len());
    for point in points {
        if point.key.is_some() {
            placed.push(point);
            continue;
        }
        let now = TickRange::between(point.tick, point.tick.after(1));
        let sounding = notes.sounding_in(now).filter(|note| note.channel == channel);
        let mut keys: Vec<u8> = sounding.map(|note| note.key).collect();
        keys.sort_unstable();
        keys.dedup();
        placed.extend(keys.into_iter().map(|key| LanePoint { key: Some(key), ..point }));
    }
    placed
}

fn with_value(kind: LaneKind, note: &Note, value: f64) -> Note {
    let value = kind.nearest(value) as u8;
    match kind {
        LaneKind::ReleaseVelocity => Note { release: Release::note_off(value), ..*note },
        _ => Note { velocity: value, ..*note },
    }
}

/// The notes whose onset lies within `range`.
fn onsets(notes: &Notes, range: TickRange) -> impl Iterator<Item = &Note> + Clone {
    notes.sounding_in(range).filter(move |note| range.contains(note.start))
}

/// Each note takes the value that the points, moved by `origin`, hold at its onset.
fn held(
    notes: &Notes,
    kind: LaneKind,
    range: TickRange,
    points: &[LanePoint],
    origin: Tick,
) -> Vec<Note> {
    let value_at = |tick: Tick| {
        let after = points.partition_point(|point| origin.after(point.tick.0) <= tick);
        points.get(after.saturating_sub(1)).map(|point| point.value)
    };
    let changed =
        onsets(notes, range).filter_map(|note| Some(with_value(kind, note, value_at(note.start)?)));
    changed.collect()
}

fn revalued(
    notes: &Notes,
    kind: LaneKind,
    range: TickRange,
    value: impl Fn(f64, f64) -> f64,
) -> Vec<Note> {
    let chosen = onsets(notes, range);
    let first = chosen.clone().next().map_or(Tick::ZERO, |note| note.start);
    let last = chosen.clone().last().map_or(Tick::ZERO, |note| note.start);
    let length = last.since(first).max(1) as f64;
    let change = |note: &Note| {
        let share = note.start.since(first) as f64 / length;
        with_value(kind, note, value(value_of(kind, note), share))
    };
    chosen.map(change).collect()
}
