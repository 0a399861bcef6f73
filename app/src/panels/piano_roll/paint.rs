//! Draws the canvas and what surrounds it. Looks at the visible range alone.

use super::cut::CutLine;
use super::gesture::Gesture;
use super::grid::{Grid, Level};
use super::layout::{Layout, is_black};
use super::looks::{Looks, VelocityLook};
use super::marquee::Marquee;
use super::open::Open;
use super::overlay::Offset;
use crate::render::{
    KeyRows, NoteBox, NoteLayer, NoteRun, NoteShape, NoteSource, NoteStyle, NoteTransform,
};
use crate::theme::{Theme, fonts, mix, size, translucent};
use crate::view_ctx::ViewCtx;
use egui::{Align2, Color32, Painter, Rangef, Rect, Shape, Stroke, pos2, vec2};
use engine::model::{Clip, ClipId, ClipRef, Note, Notes, Track};
use engine::theory::Scale;
use engine::time::{Tick, TickRange};

/// What a frame draws.
pub(super) struct Scene<'a> {
    pub(super) theme: &'a Theme,
    pub(super) layout: &'a Layout,
    pub(super) grid: &'a Grid<'a>,
    /// Every clip that is open and shown.
    pub(super) open: &'a [Open<'a>],
    /// Which of them is active, with its track and its selected notes.
    pub(super) at: ClipRef,
    pub(super) track: &'a Track,
    pub(super) clip: &'a Clip,
    pub(super) chosen: &'a Notes,
    pub(super) gesture: &'a Gesture,
    /// Where the knife would go through, or does.
    pub(super) cut: Option<CutLine>,
    /// How far from their place the selected notes are drawn.
    pub(super) offset: Option<Offset>,
    /// Marked rows, a bit for each key.
    pub(super) marks: u128,
    /// Tracks whose notes show through, the nearest last; none when ghosts are off.
    pub(super) ghosts: Vec<&'a Track>,
    pub(super) loop_range: Option<TickRange>,
    /// Where the playhead is, in ticks.
    pub(super) playhead: f64,
    /// How notes are shown.
    pub(super) looks: Looks,
    /// The scale whose rows are tinted.
    pub(super) scale: Option<Scale>,
    /// The keys that the clip uses, a bit for each.
    pub(super) used: u128,
}

/// Notes that a marquee may light up while it is drawn; beyond, only its rectangle shows.
const MARQUEE_PREVIEW: usize = 20_000;
/// How much of a track's colour the notes of a clip have that is open but not active.
const BESIDE: f32 = 0.72;
/// Row height below which rows of black keys are no longer told apart.
const STRIPES_FROM: f32 = 4.0;

impl Scene<'_> {
    /// Rows, grid and notes.
    pub(super) fn canvas(&self, painter: &Painter) {
        let painter = painter.with_clip_rect(self.layout.canvas.intersect(painter.clip_rect()));
        self.rows(&painter);
        self.marked_rows(&painter, self.layout.canvas);
        self.lines(&painter, self.layout.canvas);
        self.outside(&painter, self.layout.canvas);
        self.notes(&painter);
        self.gesture(&painter);
        self.playhead(&painter, self.layout.canvas);
    }

    /// Grid lines behind a lane's values.
    pub(super) fn lane_grid(&self, painter: &Painter, lane: Rect) {
        self.lines(painter, lane);
        self.outside(painter, lane);
    }

    /// The playhead across `rect`.
    pub(super) fn playhead(&self, painter: &Painter, rect: Rect) {
        let x = self.layout.x_from_tick(self.playhead);
        if rect.x_range().contains(x) {
            painter.vline(x, rect.y_range(), (1.5, self.theme.playhead));
        }
    }

    /// Bar numbers, the loop and the playhead's head.
    pub(super) fn ruler(&self, painter: &Painter) {
        let Self { theme, layout, .. } = self;
        let rect = layout.ruler;
        let painter = painter.with_clip_rect(rect.intersect(painter.clip_rect()));
        painter.rect_filled(rect, 0.0, theme.panel);
        if let Some(range) = self.loop_range {
            let x0 = layout.x_from_tick(range.start().0 as f64);
            let x1 = layout.x_from_tick(range.end().0 as f64);
            let band = Rect::from_x_y_ranges(x0..=x1, rect.bottom() - 4.0..=rect.bottom() - 1.0);
            painter.rect_filled(band, 0.0, theme.accent);
        }
        if self.open.len() > 1 {
            for part in self.stacked() {
                let x0 = layout.x_from_tick(part.clip.start.0 as f64);
                let x1 = layout.x_from_tick(part.clip.end().0 as f64);
                let height = if part.at == self.at { 4.0 } else { 2.0 };
                let band = Rect::from_x_y_ranges(x0..=x1 - 1.0, rect.top()..=rect.top() + height);
                painter.rect_filled(band, 0.0, theme.track(part.track.color));
            }
        }
        let (from, to) = layout.visible_ticks();
        let stride = self.grid.label_stride(from, to, 44.0);
        let back = 60.0 / layout.viewport.scale;
        for line in self.grid.lines((from - back).max(0.0), to) {
            let Level::Bar { bar } = line.level else { continue };
            let x = layout.x_from_tick(line.tick.0 as f64).round() + 0.5;
            let labelled = bar % stride == 0;
            let top = if labelled { rect.top() + 4.0 } else { rect.bottom() - 5.0 };
            painter.vline(x, Rangef::new(top, rect.bottom()), (1.0, theme.grid_bar));
            if labelled {
                let at = pos2(x + 5.0, rect.center().y);
                let font = fonts::text(size::TINY);
                painter.text(at, Align2::LEFT_CENTER, bar + 1, font, theme.muted);
            }
        }
        painter.hline(rect.x_range(), rect.bottom() - 0.5, (1.0, theme.line));
        let x = layout.x_from_tick(self.playhead);
        let y = rect.bottom();
        let head = vec![pos2(x - 5.0, y - 8.0), pos2(x + 5.0, y - 8.0), pos2(x, y - 1.0)];
        painter.add(Shape::convex_polygon(head, theme.playhead, Stroke::NONE));
    }

    fn rows(&self, painter: &Painter) {
        let Self { theme, layout, .. } = self;
        let canvas = layout.canvas;
        let row = layout.viewport.row_height;
        let (ground, stripe) = match self.tint() {
            Some(_) => (theme.row_foreign, theme.row_scale),
            None => (theme.row_white, theme.bg),
        };
        painter.rect_filled(canvas, 0.0, ground);
        for key in layout.shown_keys().filter(|_| row >= STRIPES_FROM) {
            let fill = match self.tint().map(|scale| scale.degree(key)) {
                Some(Some(0)) => theme.row_root,
                Some(Some(_)) => stripe,
                None if is_black(key) => stripe,
                _ => continue,
            };
            let y = layout.y_from_key(key);
            painter.rect_filled(Rect::from_x_y_ranges(canvas.x_range(), y..=y + row), 0.0, fill);
        }
        let folded = !layout.rows.is_all() && row >= 8.0;
        for key in layout.shown_keys().filter(|key| folded || key % 12 == 0) {
            let y = (layout.y_from_key(key) + row).round() - 0.5;
            let line = if folded && key % 12 == 0 { theme.line } else { theme.line_soft };
            painter.hline(canvas.x_range(), y, (1.0, line));
        }
    }

    /// The scale that rows are tinted by; drums have none.
    fn tint(&self) -> Option<Scale> {
        self.scale.filter(|_| !self.track.is_drums())
    }

    fn lines(&self, painter: &Painter, rect: Rect) {
        let (from, to) = self.layout.visible_ticks();
        for line in self.grid.lines(from, to) {
            let color = match line.level {
                Level::Fine => mix(self.theme.bg, self.theme.line_soft, 0.75),
                Level::Beat => mix(self.theme.line_soft, self.theme.line, 0.6),
                Level::Bar { .. } => self.theme.grid_bar,
            };
            let x = self.layout.x_from_tick(line.tick.0 as f64).round() + 0.5;
            painter.vline(x, rect.y_range(), (1.0, color));
        }
    }

    /// Where no open clip lies it is darker; each clip has its edges.
    fn outside(&self, painter: &Painter, rect: Rect) {
        let Self { theme, layout, .. } = self;
        let mut spans: Vec<(f32, f32)> = self
            .open
            .iter()
            .map(|part| {
                let x = |tick: Tick| layout.x_from_tick(tick.0 as f64);
                (x(part.clip.start), x(part.clip.end()))
            })
            .collect();
        for ((x0, x1), part) in spans.iter().zip(self.open) {
            let edge = translucent(theme.track(part.track.color), 110);
            for x in [*x0, *x1].into_iter().filter(|x| rect.x_range().contains(*x)) {
                painter.vline(x, rect.y_range(), (1.0, edge));
            }
        }
        spans.sort_by(|a, b| a.0.total_cmp(&b.0));
        let veil = translucent(theme.well, 150);
        let mut from = rect.left();
        for (x0, x1) in spans.into_iter().chain([(rect.right(), rect.right())]) {
            if from < x0 && from < rect.right() {
                let range = from..=x0.min(rect.right());
                painter.rect_filled(Rect::from_x_y_ranges(range, rect.y_range()), 0.0, veil);
            }
            from = from.max(x1);
        }
    }

    /// The open clips in view, the active one last, so that it lies over the others.
    pub(super) fn stacked(&self) -> impl Iterator<Item = &'_ Open<'_>> {
        let (from, to) = self.layout.visible_ticks();
        let visible = move |part: &&Open<'_>| {
            (part.clip.start.0 as f64) < to && part.clip.end().0 as f64 > from
        };
        let beside = self.open.iter().filter(|part| part.at != self.at);
        beside.filter(visible).chain(self.open.iter().filter(|part| part.at == self.at))
    }

    /// The colour of an open clip's notes.
    pub(super) fn color(&self, part: &Open<'_>) -> Color32 {
        let color = self.theme.track(part.track.color);
        if part.at == self.at { color } else { mix(self.theme.bg, color, BESIDE) }
    }

    fn notes(&self, painter: &Painter) {
        let Self { theme, layout, .. } = self;
        let mut layer = NoteLayer::new(layout.canvas);
        for ghost in &self.ghosts {
            let color = theme.track(ghost.color);
            let style = self.style(mix(theme.bg, color, 0.10), mix(theme.bg, color, 0.30));
            let is_open = |other: &Clip| self.open.iter().any(|part| part.clip.id == other.id);
            for other in self.visible_clips(ghost).filter(|other| !is_open(other)) {
                layer.push(self.run(other.start, clip_source(other), style));
            }
        }
        let marquee = match self.gesture {
            Gesture::Marquee(marquee) => Some(marquee),
            _ => None,
        };
        for part in self.stacked() {
            let (low, high) = self.fills(part);
            // Where everything is selected it is drawn once: the same notes, the same levels.
            let everything = part.chosen.is_same(&part.clip.notes) && self.offset.is_none();
            if !everything || marquee.is_some() {
                let source = clip_source(part.clip);
                layer.push(self.run(part.clip.start, source, self.style(low, high)));
            }
        }
        for (part, number) in self.stacked().zip(0..) {
            match marquee {
                Some(marquee) => {
                    let boxes = self.marqueed(part, marquee);
                    let source = NoteSource::List(boxes);
                    layer.push(self.run(part.clip.start, source, self.white(part)));
                }
                None if part.chosen.is_empty() => {}
                None => layer.push(self.chosen_run(part, number)),
            }
        }
        layer.paint(painter);
        if self.looks.names {
            for part in self.stacked() {
                self.labels(painter, part, self.fills(part));
            }
        }
    }

    /// The selected notes of a clip, the so manieth that is drawn.
    fn chosen_run(&self, part: &Open<'_>, number: u32) -> NoteRun {
        let source = if part.chosen.is_same(&part.clip.notes) {
            clip_source(part.clip)
        } else {
            // Stands for them towards the renderer, which keeps levels by clip.
            let clip = ClipId(u32::MAX - number);
            NoteSource::Clip { clip, notes: part.chosen.clone() }
        };
        let mut run = self.run(part.clip.start, source, self.white(part));
        if let Some(Offset { ticks, keys }) = self.offset {
            run.transform.left -= ticks as f64;
            run.transform.rows.raise = keys;
        }
        run
    }

    /// How selected notes look.
    fn white(&self, part: &Open<'_>) -> NoteStyle {
        NoteStyle {
            outline: self.theme.track(part.track.color),
            outline_width: if self.layout.viewport.row_height >= 6.0 { 1.5 } else { 0.0 },
            ..self.style(self.theme.note_selected, self.theme.note_selected)
        }
    }

    /// What a clip's notes of the lowest and of the highest velocity are filled with.
    fn fills(&self, part: &Open<'_>) -> (Color32, Color32) {
        let color = self.color(part);
        let high = mix(color, self.theme.note_selected, 0.06);
        match self.looks.velocity {
            VelocityLook::Height => (high, high),
            VelocityLook::Color | VelocityLook::Both => (mix(self.theme.bg, color, 0.16), high),
        }
    }

    /// The clips of a track that are in view.
    fn visible_clips<'b>(
        &self,
        track: &'b Track,
    ) -> impl Iterator<Item = &'b std::sync::Arc<Clip>> {
        let (from, to) = self.layout.visible_ticks();
        let visible = move |clip: &&std::sync::Arc<Clip>| {
            (clip.start.0 as f64) < to && clip.end().0 as f64 > from
        };
        track.clips.iter().filter(visible)
    }

    /// The notes of a clip in view that the marquee would leave selected.
    fn marqueed(&self, part: &Open<'_>, marquee: &Marquee) -> Vec<NoteBox> {
        let (from, to) = self.layout.visible_ticks();
        let origin = part.clip.start.0 as f64;
        let tick = |tick: f64| Tick((tick - origin).max(0.0) as u64);
        let range = TickRange::between(tick(from), tick(to));
        let notes = &part.clip.notes;
        if notes.chunks_in(range).count() * engine::model::CHUNK_TARGET > 10 * MARQUEE_PREVIEW {
            return Vec::new();
        }
        notes
            .sounding_in(range)
            .filter(|note| marquee.shows((part.at, part.clip), note))
            .take(MARQUEE_PREVIEW)
            .map(note_box)
            .collect()
    }

    fn run(&self, origin: Tick, source: NoteSource, style: NoteStyle) -> NoteRun {
        let Layout { viewport, canvas, .. } = self.layout;
        NoteRun {
            source,
            transform: NoteTransform {
                left: viewport.left - origin.0 as f64,
                points_per_tick: viewport.scale,
                bottom: self.layout.bottom(),
                key_height: viewport.row_height,
                rows: KeyRows { shown: self.layout.rows.shown(), raise: 0 },
            },
            x_range: canvas.x_range(),
            style,
        }
    }

    fn style(&self, low: Color32, high: Color32) -> NoteStyle {
        let row = self.layout.viewport.row_height;
        NoteStyle {
            low,
            high,
            radius: if row >= 8.0 { 3.0 } else { 1.0 },
            gap_x: 1.0,
            gap_y: if row >= 6.0 { 1.0 } else { 0.0 },
            min_width: 2.0,
            min_height: 2.0,
            shape: if self.layout.hits { NoteShape::Hit } else { NoteShape::Bar },
            velocity_height: self.looks.velocity != VelocityLook::Color && row >= 6.0,
            ..NoteStyle::default()
        }
    }
}

/// What to say when there is no clip to show.
pub(super) fn empty(ctx: &ViewCtx<'_>, painter: &Painter, rect: Rect) {
    let theme = ctx.theme;
    painter.rect_filled(rect, 0.0, theme.bg);
    let (title, help) = if ctx.snapshot.tracks.is_empty() {
        ("No notes yet", "Open a MIDI file, or drop one into the window")
    } else {
        ("No clip selected", "Click a clip in the arrangement to see and edit its notes here")
    };
    let at = rect.center() - vec2(0.0, 10.0);
    painter.text(at, Align2::CENTER_CENTER, title, fonts::strong(15.0), theme.text);
    let at = rect.center() + vec2(0.0, 12.0);
    painter.text(at, Align2::CENTER_CENTER, help, fonts::text(size::BODY), theme.muted);
}

fn clip_source(clip: &Clip) -> NoteSource {
    NoteSource::Clip { clip: clip.id, notes: clip.notes.clone() }
}

fn note_box(note: &Note) -> NoteBox {
    let Note { start, length, key, velocity, .. } = *note;
    NoteBox { start, length: u64::from(length), key, velocity }
}
