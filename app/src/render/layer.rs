//! What a panel says about the notes it wants to see. Plain data; no GPU here.

use super::callback::NoteCallback;
use super::rows::KeyRows;
use egui::{Color32, Painter, Rangef, Rect};
use engine::model::{ClipId, Key, Notes, Velocity};
use engine::time::{Tick, TickRange};

/// Notes of one panel, drawn in one go at the place in the painter's order where
/// [`NoteLayer::paint`] is called.
#[derive(Debug)]
pub struct NoteLayer {
    rect: Rect,
    runs: Vec<NoteRun>,
}

/// Notes that share a transform and a style: a clip, or a list of single ones.
#[derive(Clone, Debug)]
pub struct NoteRun {
    /// Which notes.
    pub source: NoteSource,
    /// Where they go.
    pub transform: NoteTransform,
    /// They are cut off outside of this, in points on the screen.
    pub x_range: Rangef,
    /// How they look.
    pub style: NoteStyle,
}

/// Which notes a run draws.
#[derive(Clone, Debug)]
pub enum NoteSource {
    /// All of a clip's; only the visible part costs anything.
    Clip {
        /// Whose coarser levels may stand in while an edit's are being built.
        clip: ClipId,
        /// The notes; cloning them copies a pointer.
        notes: Notes,
    },
    /// Just these, uploaded every frame. Give those in view alone.
    List(Vec<NoteBox>),
}

/// A single note to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoteBox {
    /// Onset, in ticks on the run's own time line.
    pub start: Tick,
    /// Length in ticks.
    pub length: u64,
    /// Pitch.
    pub key: Key,
    /// How hard; picks the colour.
    pub velocity: Velocity,
}

/// From ticks and keys to points on the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NoteTransform {
    /// The tick at the left edge of the layer's rectangle, counted like the notes'
    /// (from the clip's start); negative when the clip begins further right.
    pub left: f64,
    /// Zoom.
    pub points_per_tick: f64,
    /// Screen y of the bottom edge of the lowest row, which is key 0's unless keys are left
    /// out; higher keys lie further up.
    pub bottom: f32,
    /// From one row to the next.
    pub key_height: f32,
    /// Which keys have a row.
    pub rows: KeyRows,
}

/// What a note is drawn as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NoteShape {
    /// A bar from onset to end.
    #[default]
    Bar,
    /// A diamond on the onset, with a thin tail to the end.
    Hit,
}

/// How notes look. Lengths are in points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NoteStyle {
    /// Fill at velocity 0; the fill between is mixed.
    pub low: Color32,
    /// Fill at velocity 127.
    pub high: Color32,
    /// Colour of the outline, which lies inside the note.
    pub outline: Color32,
    /// 0 draws none.
    pub outline_width: f32,
    /// Of the corners.
    pub radius: f32,
    /// Taken off on the right, so that repeated notes stay apart.
    pub gap_x: f32,
    /// Taken off at the bottom.
    pub gap_y: f32,
    /// No note is narrower.
    pub min_width: f32,
    /// No note is lower.
    pub min_height: f32,
    /// What a note is drawn as.
    pub shape: NoteShape,
    /// Whether loud notes are higher than soft ones, standing on the bottom of their row.
    pub velocity_height: bool,
}

impl Default for NoteStyle {
    /// Square and transparent: give at least the two fills.
    fn default() -> Self {
        Self {
            low: Color32::TRANSPARENT,
            high: Color32::TRANSPARENT,
            outline: Color32::TRANSPARENT,
            outline_width: 0.0,
            radius: 0.0,
            gap_x: 0.0,
            gap_y: 0.0,
            min_width: 1.0,
            min_height: 1.0,
            shape: NoteShape::Bar,
            velocity_height: false,
        }
    }
}

impl NoteLayer {
    /// A layer that fills `rect`, still empty.
    pub const fn new(rect: Rect) -> Self {
        Self { rect, runs: Vec::new() }
    }

    /// Adds notes over those added before.
    pub fn push(&mut self, run: NoteRun) {
        self.runs.push(run);
    }

    /// How many runs it has.
    pub const fn len(&self) -> usize {
        self.runs.len()
    }

    /// Whether it has none.
    pub const fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Draws over what `painter` has drawn so far.
    pub fn paint(self, painter: &Painter) {
        let visible = self.rect.intersect(painter.clip_rect());
        if self.runs.is_empty() || !visible.is_positive() {
            return;
        }
        let callback =
            NoteCallback::new(painter.ctx().clone(), self.rect.left(), visible, self.runs);
        painter.add(egui_wgpu::Callback::new_paint_callback(visible, callback));
    }
}

impl NoteTransform {
    /// The ticks that show between two places, `left` being the layer's left edge.
    pub(super) fn ticks_in(&self, left: f32, x_range: Rangef) -> TickRange {
        let tick = |x: f32| self.left + f64::from(x - left) / self.points_per_tick.max(1e-12);
        TickRange::between(
            Tick(tick(x_range.min).floor().max(0.0) as u64),
            Tick(tick(x_range.max).ceil().max(0.0) as u64),
        )
    }
}
