//! What is under the pointer, and what is inside a rectangle. Looks only at the notes near it.

use super::layout::{Layout, Spot};
use crate::state::NoteSet;
use egui::Pos2;
use engine::model::{Clip, ClipRef, Key, Note};
use engine::time::{Tick, TickRange};

/// Which part of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The onset's edge.
    Start,
    /// In between.
    Body,
    /// The end's edge.
    End,
}

/// A note under the pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    /// Which note.
    pub(super) note: Note,
    /// Where on it.
    pub(super) part: Part,
    /// In which clip.
    pub(super) at: ClipRef,
    /// Where that clip begins.
    pub(super) origin: Tick,
}

impl Hit {
    /// Its onset on the song's time line.
    pub(super) const fn start(&self) -> f64 {
        self.origin.after(self.note.start.0).0 as f64
    }

    /// Its end on the song's time line.
    pub(super) fn end(&self) -> f64 {
        self.origin.after(self.note.end().0).0 as f64
    }
}

/// How well a note fits a place: selected, then under the pointer rather than near it.
type Rank = (bool, bool);

/// Points on either side of an end that still take hold of it.
const EDGE: f32 = 5.0;
/// Points that a note needs before its onset's edge can be taken; below, only the end can.
const ROOM_FOR_EDGES: f32 = 14.0;

/// The note of a clip at `pos`. Of several, a selected one wins, then the one that begins last.
pub(super) fn ranked(
    layout: &Layout,
    (at, clip): (ClipRef, &Clip),
    selected: &NoteSet,
    pos: Pos2,
) -> Option<(Rank, Hit)> {
    let key = layout.key_from_y(pos.y);
    let reach = f64::from(EDGE.max(layout.hit_reach())) / layout.viewport.scale;
    let ahead = f64::from(layout.hit_reach()) / layout.viewport.scale;
    let tick = layout.tick_from_x(pos.x) - clip.start.0 as f64;
    let candidates = clip
        .notes
        .sounding_in(range(tick - reach, tick + ahead + 1.0))
        .filter(|note| note.key == key);
    let hits = candidates.filter_map(|note| {
        let part = part_at(layout, clip, note, pos.x)?;
        let inside = (note.start.0 as f64) - ahead <= tick && tick < note.end().0 as f64;
        let chosen = selected.contains(note.reference());
        let rank = (chosen && (inside || part != Part::Body), inside);
        Some((rank, Hit { note: *note, part, at, origin: clip.start }))
    });
    hits.max_by_key(|(rank, hit)| (*rank, hit.note.reference()))
}

/// The notes that a rectangle between two spots touches.
pub(super) fn notes_between(clip: &Clip, a: Spot, b: Spot) -> impl Iterator<Item = &Note> {
    let ticks = ticks_between(clip, a, b);
    let keys = keys_between(a, b);
    let inside =
        clip.notes.sounding_in(ticks.unwrap_or(TickRange::between(Tick::ZERO, Tick::ZERO)));
    inside.filter(move |note| ticks.is_some() && keys.0 <= note.key && note.key <= keys.1)
}

/// Whether a rectangle between two spots touches every note of a clip, as far as that can be
/// told without looking at each.
pub(super) fn touches_all(clip: &Clip, a: Spot, b: Spot) -> bool {
    let Some(ticks) = ticks_between(clip, a, b) else { return false };
    let (from, to) = keys_between(a, b);
    let chunks = clip.notes.chunks();
    let (Some(first), Some(last)) = (chunks.first(), chunks.last()) else { return false };
    let inside = ticks.start() <= first.start() && last.last_start() < ticks.end();
    inside && clip.notes.keys().is_some_and(|(low, high)| from <= low && high <= to)
}

/// Whether a rectangle between two spots touches a note, by the same rule as [`notes_between`].
pub(super) fn touches(clip: &Clip, a: Spot, b: Spot, note: &Note) -> bool {
    let Some(ticks) = ticks_between(clip, a, b) else { return false };
    let keys = keys_between(a, b);
    note.start < ticks.end()
        && note.end() > ticks.start()
        && keys.0 <= note.key
        && note.key <= keys.1
}

/// A clip's ticks between two spots; `None` when both lie before the clip.
fn ticks_between(clip: &Clip, a: Spot, b: Spot) -> Option<TickRange> {
    let origin = clip.start.0 as f64;
    let (from, to) = (a.tick.min(b.tick) - origin, a.tick.max(b.tick) - origin);
    (to >= 0.0).then(|| range(from, to))
}

/// The notes whose onset lies within `x0..=x1` points, in order.
pub(super) fn onsets_between<'a>(
    layout: &Layout,
    clip: &'a Clip,
    x0: f32,
    x1: f32,
) -> impl Iterator<Item = &'a Note> {
    let origin = clip.start.0 as f64;
    let from = layout.tick_from_x(x0.min(x1)) - origin;
    let to = layout.tick_from_x(x0.max(x1)) - origin;
    let ticks = range(from.ceil(), to);
    let inside = to >= 0.0;
    clip.notes.sounding_in(ticks).filter(move |note| inside && ticks.contains(note.start))
}

/// The onset that is nearest to `x`, no further than `reach` points, in ticks of the clip.
pub(super) fn onset_near(layout: &Layout, clip: &Clip, x: f32, reach: f32) -> Option<Tick> {
    let away =
        |note: &&Note| (layout.x_from_tick(clip.start.after(note.start.0).0 as f64) - x).abs();
    onsets_between(layout, clip, x - reach, x + reach)
        .min_by(|a, b| away(a).total_cmp(&away(b)))
        .map(|note| note.start)
}

fn part_at(layout: &Layout, clip: &Clip, note: &Note, x: f32) -> Option<Part> {
    let from = clip.start.after(note.start.0).0 as f64;
    let rect = layout.note_rect(note.key, from, from + f64::from(note.length));
    let (left, right) = (rect.left(), rect.right());
    if layout.hits {
        // The diamond moves; only past it there is a tail with an end to take hold of.
        let half = layout.hit_reach();
        return if (x - left).abs() <= half {
            Some(Part::Body)
        } else if x > left && x >= right - EDGE && x <= right + EDGE {
            Some(Part::End)
        } else {
            (left..=right).contains(&x).then_some(Part::Body)
        };
    }
    let edge = EDGE.min(rect.width() / 3.0);
    if x >= right - edge && x <= right + EDGE {
        Some(Part::End)
    } else if x < left || x > right {
        None
    } else if x <= left + edge && rect.width() >= ROOM_FOR_EDGES {
        Some(Part::Start)
    } else {
        Some(Part::Body)
    }
}

fn keys_between(a: Spot, b: Spot) -> (Key, Key) {
    (a.key().min(b.key()), a.key().max(b.key()))
}

/// Ticks of a clip from `from` to `to`, at least one.
fn range(from: f64, to: f64) -> TickRange {
    let start = Tick(from.max(0.0) as u64);
    TickRange::between(start, Tick((to.max(0.0).floor() as u64).saturating_add(1)).max(start))
}

#[cfg(test)]
mod tests {
    use super::super::layout::{Layout, Viewport};
    use super::*;
    use egui::{Rect, pos2, vec2};
    use engine::model::{Channel, ClipId, NoteRef, Notes, Release, TrackId};

    const AT: ClipRef = ClipRef { track: TrackId(1), clip: ClipId(1) };

    fn note_at(layout: &Layout, clip: &Clip, selected: &NoteSet, pos: Pos2) -> Option<Hit> {
        ranked(layout, (AT, clip), selected, pos).map(|(_, hit)| hit)
    }

    fn note(id: u32, key: u8, start: u64, length: u32) -> Note {
        Note {
            start: Tick(start),
            length,
            id,
            off_order: 0,
            key,
            velocity: 100,
            release: Release::DEFAULT,
            channel: Channel::new(0),
        }
    }

    fn clip(notes: Vec<Note>) -> Clip {
        Clip {
            id: ClipId(1),
            name: "clip".into(),
            start: Tick(1000),
            length: 10_000,
            notes: Notes::new(notes),
            events: [].into(),
            next_note: 100,
        }
    }

    /// Ten ticks a point, rows of ten points, key 67 at the top.
    fn layout() -> Layout {
        let viewport = Viewport { left: 1000.0, scale: 0.1, top: 60.0, row_height: 10.0 };
        Layout::new(Rect::from_min_size(Pos2::ZERO, vec2(1000.0, 400.0)), viewport, 80.0)
    }

    fn hit(clip: &Clip, selected: &NoteSet, tick: f64, key: u8) -> Option<(u32, Part)> {
        let layout = layout();
        let pos = pos2(layout.x_from_tick(tick), layout.y_from_key(key) + 5.0);
        note_at(&layout, clip, selected, pos).map(|hit| (hit.note.id, hit.part))
    }

    #[test]
    fn a_note_has_a_body_and_two_edges() {
        let clip = clip(vec![note(1, 60, 0, 480)]);
        let at = |tick| hit(&clip, &NoteSet::default(), tick, 60);
        assert_eq!(at(1010.0), Some((1, Part::Start)));
        assert_eq!(at(1200.0), Some((1, Part::Body)));
        assert_eq!(at(1460.0), Some((1, Part::End)));
        assert_eq!(at(1520.0), Some((1, Part::End)));
        assert_eq!(at(1600.0), None);
        assert_eq!(hit(&clip, &NoteSet::default(), 1200.0, 61), None);
    }

    #[test]
    fn the_body_of_a_following_note_beats_the_edge_of_the_one_before() {
        let clip = clip(vec![note(1, 60, 0, 480), note(2, 60, 480, 480)]);
        assert_eq!(hit(&clip, &NoteSet::default(), 1490.0, 60), Some((2, Part::Start)));
    }

    #[test]
    fn a_selected_note_wins_under_another() {
        let clip = clip(vec![note(1, 60, 0, 960), note(2, 60, 240, 480)]);
        let selected: NoteSet = [NoteRef { start: Tick(0), id: 1 }].into_iter().collect();
        assert_eq!(hit(&clip, &NoteSet::default(), 1400.0, 60), Some((2, Part::Body)));
        assert_eq!(hit(&clip, &selected, 1400.0, 60), Some((1, Part::Body)));
    }

    #[test]
    fn a_rectangle_takes_the_notes_it_touches() {
        let notes = vec![note(1, 60, 0, 100), note(2, 62, 50, 100), note(3, 64, 500, 100)];
        let clip = clip(notes);
        let layout = layout();
        let spot = |tick, key| layout.spot(pos2(layout.x_from_tick(tick), layout.y_from_key(key)));
        let (a, b) = (spot(1120.0, 65), spot(1600.0, 59));
        let ids: Vec<u32> = notes_between(&clip, a, b).map(|note| note.id).collect();
        assert_eq!(ids, [2, 3]);
        let touched: Vec<u32> =
            clip.notes.iter().filter(|note| touches(&clip, a, b, note)).map(|n| n.id).collect();
        assert_eq!(touched, ids);
    }

    #[test]
    fn a_rectangle_before_the_clip_takes_nothing() {
        let clip = clip(vec![note(1, 60, 0, 100)]);
        let layout = layout();
        let spot = |tick, key| layout.spot(pos2(layout.x_from_tick(tick), layout.y_from_key(key)));
        let (a, b) = (spot(500.0, 62), spot(990.0, 58));
        assert_eq!(notes_between(&clip, a, b).count(), 0);
        assert!(!touches_all(&clip, a, b));
        assert!(!clip.notes.iter().any(|note| touches(&clip, a, b, note)));
    }

    #[test]
    fn a_rectangle_around_everything_is_known_by_its_corners() {
        let clip = clip(vec![note(1, 60, 100, 100), note(2, 64, 500, 4000)]);
        let layout = layout();
        let spot = |tick, key| layout.spot(pos2(layout.x_from_tick(tick), layout.y_from_key(key)));
        let all = |from, to, low, high| touches_all(&clip, spot(from, high), spot(to, low));
        assert!(all(1000.0, 1600.0, 60, 64) && all(1100.0, 9000.0, 50, 70));
        assert!(!all(1150.0, 1600.0, 60, 64), "the first begins before");
        assert!(!all(1000.0, 1490.0, 60, 64), "the last begins behind");
        assert!(!all(1000.0, 1600.0, 61, 64) && !all(1000.0, 1600.0, 60, 63), "a pitch is outside");
    }

    #[test]
    fn stems_are_found_by_their_onset() {
        let clip = clip(vec![note(1, 60, 0, 5000), note(2, 62, 500, 10)]);
        let layout = layout();
        let x = layout.x_from_tick(1520.0);
        assert_eq!(onset_near(&layout, &clip, x, 5.0), Some(Tick(500)));
        assert_eq!(onset_near(&layout, &clip, x + 40.0, 5.0), None);
    }

    #[test]
    fn a_hit_is_its_diamond_and_keeps_an_end_to_take_hold_of() {
        let clip = clip(vec![note(1, 60, 480, 480)]);
        let layout = Layout { hits: true, ..layout() };
        let at = |tick: f64| {
            let pos = pos2(layout.x_from_tick(tick), layout.y_from_key(60) + 5.0);
            note_at(&layout, &clip, &NoteSet::default(), pos).map(|hit| hit.part)
        };
        // The diamond reaches half a row, five points or fifty ticks, to both sides.
        assert_eq!([1440.0, 1480.0, 1520.0].map(at), [Some(Part::Body); 3]);
        assert_eq!((at(1700.0), at(1950.0)), (Some(Part::Body), Some(Part::End)));
        assert_eq!((at(1420.0), at(2020.0)), (None, None));
    }
}
