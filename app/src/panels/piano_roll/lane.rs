//! The velocity lane: a stem for every onset, at most one to a column of points.
//!
//! Where onsets are closer than that, summaries of note groups stand in for the notes,
//! made once for each chunk, so that a frame costs by its width and not by its notes.

use super::layout::Layout;
use crate::theme::Theme;
use egui::{Color32, Mesh, Painter, Rect, Shape, pos2};
use engine::model::{Note, NoteChunk, Notes};
use engine::time::{Tick, TickRange};
use profiling::CacheCounters;
use std::collections::HashMap;

/// Notes in a group of the first level; the second has this many groups of the first.
const FAN: usize = 8;
/// Stems up to which each note has its knob.
const KNOBS: usize = 700;
/// Chunks summarised in a frame at most: about half a millisecond.
const PER_FRAME: usize = 256;
/// Summaries kept without asking whether they are still drawn.
const KEPT: usize = 4096;

/// Loudest note of some neighbouring ones.
#[derive(Clone, Copy, Debug)]
struct Group {
    start: Tick,
    velocity: u8,
}

#[derive(Debug)]
struct Summary {
    /// Groups of 8 notes, of 64, and all of them.
    levels: [Box<[Group]>; 3],
    last_used: u64,
}

/// Summaries of chunks by their id.
#[derive(Debug)]
pub(super) struct StemCache {
    /// How high a note's stem is.
    value: fn(&Note) -> u8,
    summaries: HashMap<u64, Summary>,
    frame: u64,
    allowance: usize,
    /// How often a summary was at hand, and what all of them hold.
    counters: CacheCounters,
}

/// A stem: where, how high, and whether single notes can be told apart there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stem {
    x: f32,
    velocity: u8,
}

impl Default for StemCache {
    /// Stems of velocities.
    fn default() -> Self {
        Self::of(|note| note.velocity)
    }
}

impl StemCache {
    /// Stems of what `value` finds in a note.
    pub(super) fn of(value: fn(&Note) -> u8) -> Self {
        Self {
            value,
            summaries: HashMap::new(),
            frame: 0,
            allowance: 0,
            counters: CacheCounters::new(),
        }
    }

    /// Call once a frame.
    pub(super) fn begin_frame(&mut self) {
        self.frame += 1;
        self.allowance = PER_FRAME;
        if self.counters.take_clear() {
            self.summaries.clear();
            self.counters.set_held(0, 0);
        }
        if self.summaries.len() > KEPT {
            let oldest = self.frame.saturating_sub(60);
            let before = self.summaries.len();
            self.summaries.retain(|_, summary| summary.last_used >= oldest);
            self.counters.evict((before - self.summaries.len()) as u64);
            let bytes = self.summaries.values().map(Summary::heap_bytes).sum();
            self.counters.set_held(self.summaries.len() as u64, bytes);
        }
    }

    /// For the profiler.
    pub(super) const fn counters(&self) -> &CacheCounters {
        &self.counters
    }

    /// The stems of the notes in view, by x. False when some are still to come in a later frame.
    pub(super) fn stems(
        &mut self,
        layout: &Layout,
        origin: Tick,
        notes: &Notes,
        stems: &mut Vec<Stem>,
    ) -> bool {
        stems.clear();
        let (from, to) = layout.visible_ticks();
        let origin = origin.0 as f64;
        if to < origin {
            return true;
        }
        // A knob whose onset is just outside still shows.
        let slack = 4.0 / layout.viewport.scale;
        let start = Tick((from - origin - slack).max(0.0) as u64);
        let end = Tick((to - origin + slack).max(0.0).ceil() as u64);
        let range = TickRange::between(start, end);
        let (mut complete, value) = (true, self.value);
        let mut push = |tick: Tick, velocity: u8| {
            stems.push(Stem { x: layout.x_from_tick(origin + tick.0 as f64), velocity });
        };
        for chunk in notes.chunks_in(range).filter(|chunk| chunk.last_start() >= start) {
            let ticks = chunk.last_start().since(chunk.start()).max(1) as f64;
            let density = chunk.notes().len() as f64 / (ticks * layout.viewport.scale);
            let Some(level) = level_for(density) else {
                let inside = chunk.notes().iter().filter(|note| range.contains(note.start));
                inside.for_each(|note| push(note.start, value(note)));
                continue;
            };
            let Some(summary) = self.summary(chunk) else {
                complete = false;
                continue;
            };
            let groups = summary.levels.get(level).into_iter().flatten();
            groups.for_each(|group| push(group.start, group.velocity));
        }
        complete
    }

    fn summary(&mut self, chunk: &NoteChunk) -> Option<&Summary> {
        let frame = self.frame;
        if self.summaries.contains_key(&chunk.id()) {
            self.counters.hit();
        } else {
            self.allowance = self.allowance.checked_sub(1)?;
            self.counters.miss();
            let summary = Summary::new(chunk, self.value);
            let bytes = self.counters.bytes() + summary.heap_bytes();
            self.summaries.insert(chunk.id(), summary);
            self.counters.set_held(self.summaries.len() as u64, bytes);
        }
        let summary = self.summaries.get_mut(&chunk.id())?;
        summary.last_used = frame;
        Some(summary)
    }
}

impl Summary {
    fn heap_bytes(&self) -> u64 {
        let groups: usize = self.levels.iter().map(|level| size_of_val::<[Group]>(level)).sum();
        (groups + size_of::<(u64, Self)>()) as u64
    }

    fn new(chunk: &NoteChunk, value: fn(&Note) -> u8) -> Self {
        let notes: Vec<Group> = chunk
            .notes()
            .iter()
            .map(|note| Group { start: note.start, velocity: value(note) })
            .collect();
        let first = merged(&notes, FAN);
        let second = merged(&first, FAN);
        let third = merged(&second, second.len().max(1));
        Self { levels: [first, second, third], last_used: 0 }
    }
}

/// Draws `stems` as columns, with a knob for each while they are few.
pub(super) fn paint(
    painter: &Painter,
    layout: &Layout,
    stems: &[Stem],
    color: Color32,
    knob: Option<Color32>,
) {
    let floor = layout.lane_floor();
    let with_knobs = stems.len() <= KNOBS;
    let width = if with_knobs { 2.0 } else { 1.0 };
    let mut mesh = Mesh::default();
    mesh.reserve_vertices(4 * stems.len().min(8192));
    let mut stems_left = stems;
    while let Some(first) = stems_left.first() {
        let column = first.x.floor();
        let n = stems_left.iter().take_while(|stem| stem.x.floor() == column).count().max(1);
        let (here, rest) = stems_left.split_at(n);
        stems_left = rest;
        let loudest = here.iter().map(|stem| stem.velocity).max().unwrap_or(0);
        let x = if with_knobs { first.x } else { column + 0.5 };
        let top = layout.y_from_velocity(f32::from(loudest));
        mesh.add_colored_rect(
            Rect::from_min_max(pos2(x - width / 2.0, top), pos2(x + width / 2.0, floor)),
            color,
        );
    }
    painter.add(Shape::mesh(mesh));
    if with_knobs {
        let knob = knob.unwrap_or(color);
        for stem in stems {
            let y = layout.y_from_velocity(f32::from(stem.velocity));
            painter.circle_filled(pos2(stem.x, y), 3.0, knob);
        }
    }
}

/// Draws what lies under the stems.
pub(super) fn paint_ground(painter: &Painter, layout: &Layout, theme: &Theme) {
    painter.rect_filled(layout.lane, 0.0, theme.bg);
    for share in [0.5, 1.0] {
        let y = layout.y_from_velocity(127.0 * share).round() + 0.5;
        painter.hline(layout.lane.x_range(), y, (1.0, theme.line_soft));
    }
    painter.hline(layout.lane.x_range(), layout.lane_floor() + 0.5, (1.0, theme.line));
}

/// The level at which a group is no wider than a point, for so many notes a point.
fn level_for(density: f64) -> Option<usize> {
    let fan = FAN as f64;
    if density < fan {
        None
    } else if density < fan * fan {
        Some(0)
    } else if density < 1024.0 {
        Some(1)
    } else {
        Some(2)
    }
}

fn merged(groups: &[Group], fan: usize) -> Box<[Group]> {
    let loudest = |groups: &[Group]| {
        let start = groups.first()?.start;
        let velocity = groups.iter().map(|group| group.velocity).max()?;
        Some(Group { start, velocity })
    };
    groups.chunks(fan.max(1)).filter_map(loudest).collect()
}

#[cfg(test)]
mod tests {
    use super::super::layout::Viewport;
    use super::*;
    use egui::{Pos2, vec2};

    fn stems_at(notes: &Notes, scale: f64) -> Vec<Stem> {
        let viewport = Viewport { left: 0.0, scale, top: 40.0, row_height: 12.0 };
        let rect = Rect::from_min_size(Pos2::ZERO, vec2(1600.0, 400.0));
        let layout = Layout::new(rect, viewport, 80.0);
        let (mut cache, mut stems) = (StemCache::default(), Vec::new());
        loop {
            cache.begin_frame();
            if cache.stems(&layout, Tick::ZERO, notes, &mut stems) {
                return stems;
            }
        }
    }

    #[test]
    fn close_up_every_onset_in_view_has_a_stem() {
        let project = engine::testkit::one_clip(3, 20_000);
        let notes = &project.tracks[0].clips[0].notes;
        let scale = 0.05;
        let end = 1536.0 / scale + 4.0 / scale;
        let expected = notes.iter().filter(|note| (note.start.0 as f64) < end).count();
        assert!(stems_at(notes, scale).len().abs_diff(expected) <= 2);
    }

    #[test]
    fn however_many_notes_the_stems_stay_few_and_the_loudest_shows() {
        let project = engine::testkit::one_clip(3, 300_000);
        let notes = &project.tracks[0].clips[0].notes;
        let end = notes.last_end().0 as f64;
        for zoom in [1.0, 8.0, 64.0, 512.0] {
            let stems = stems_at(notes, 1536.0 * zoom / end);
            assert!(stems.len() < 20_000, "{} stems at zoom {zoom}", stems.len());
        }
        let loudest = notes.iter().map(|note| note.velocity).max();
        let stems = stems_at(notes, 1536.0 / end);
        assert_eq!(stems.iter().map(|stem| stem.velocity).max(), loudest);
    }
}
