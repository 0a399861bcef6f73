//! The note cursor: where the keyboard writes the next note. Counts on the clip's time line.

use super::grid::Grid;
use super::layout::{Layout, Viewport};
use crate::theme::{Theme, translucent};
use egui::{Painter, Rect, StrokeKind, pos2};
use engine::model::{Clip, ClipRef, Key, Note};
use engine::time::{Tick, TickRange};

/// A place for a note in a clip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    /// In which clip.
    pub(super) at: ClipRef,
    /// Where, in ticks from the clip's start.
    pub(super) tick: Tick,
    /// On which row.
    pub(super) key: Key,
}

impl Cursor {
    /// Where a clip's cursor stands before it is moved: at its start, on its first note's row.
    pub(super) fn first(at: ClipRef, clip: &Clip) -> Self {
        let key = clip.notes.iter().next().map_or(60, |note| note.key);
        Self { at, tick: Tick::ZERO, key }
    }

    /// At a tick of the clip, at most a bar behind the clip's end.
    #[must_use]
    pub(super) fn put(self, tick: Tick, clip: &Clip, bar: u64) -> Self {
        Self { tick: tick.min(Tick(clip.length.saturating_add(bar))), ..self }
    }

    /// To the next line of the grid, or the one before.
    #[must_use]
    pub(super) fn stepped(self, forward: bool, grid: &Grid<'_>, clip: &Clip, bar: u64) -> Self {
        let song = clip.start.after(self.tick.0).0 as f64;
        let line = if forward { grid.after(song) } else { grid.before(song) };
        self.put(Tick(line.since(clip.start)), clip, bar)
    }

    /// The note that sounds at the cursor on its row.
    pub(super) fn note(self, clip: &Clip) -> Option<Note> {
        let here = TickRange::between(self.tick, self.tick.after(1));
        clip.notes.sounding_in(here).find(|note| note.key == self.key).copied()
    }

    /// Draws it as a caret across its row, as wide as the note it would write.
    pub(super) fn paint(
        self,
        painter: &Painter,
        theme: &Theme,
        layout: &Layout,
        clip: &Clip,
        length: u64,
    ) {
        let from = clip.start.after(self.tick.0).0 as f64;
        let rect = layout.note_rect(self.key, from, from + length as f64);
        let painter = painter.with_clip_rect(layout.canvas.intersect(painter.clip_rect()));
        painter.rect_filled(rect, 2.0, translucent(theme.accent, 36));
        painter.rect_stroke(rect, 2.0, (1.0, theme.accent), StrokeKind::Inside);
        let bar = Rect::from_min_max(
            pos2(rect.left() - 1.0, rect.top() - 3.0),
            pos2(rect.left() + 1.0, rect.bottom() + 3.0),
        );
        painter.rect_filled(bar, 0.0, theme.accent);
    }
}

/// `viewport` scrolled as little as it takes to show a place, with a little room around.
pub(super) fn reveal(tick: f64, key: Key, layout: &Layout, viewport: Viewport) -> Viewport {
    let size = layout.canvas.size();
    let (width, rows) = (f64::from(size.x) / viewport.scale, size.y / viewport.row_height);
    let room = (width * 0.08, (rows * 0.1).min(2.0));
    let row = f32::from(layout.rows.row(key));
    let mut shown = viewport;
    if tick < viewport.left {
        shown.left = tick - room.0;
    } else if tick > viewport.left + width - room.0 {
        shown.left = tick - width + 2.0 * room.0;
    }
    if row < viewport.top {
        shown.top = row - room.1;
    } else if row + 1.0 > viewport.top + rows {
        shown.top = row + 1.0 - rows + room.1;
    }
    shown
}
