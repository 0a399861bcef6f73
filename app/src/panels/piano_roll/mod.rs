//! The notes of the selected clip: keys, grid, notes, and lanes under them.
//!
//! Looks at the song and sends commands; holds nothing of it but caches by revision.
//! Nothing a frame does costs by the number of all notes. UI thread.

mod chords;
mod clipboard;
mod clips_menu;
mod cursor;
mod cut;
mod drags;
mod drums;
mod gesture;
mod grid;
mod header;
mod hints;
mod hit;
mod interact;
mod key_strip;
mod keyboard;
mod labels;
mod lane;
mod lanes;
mod layout;
mod looks;
mod looks_menu;
mod making;
mod marquee;
mod open;
mod overlay;
mod paint;
mod perform;
mod ramp;
mod rows;
mod scale;
mod speech;
#[cfg(test)]
mod tests;
mod tools;
mod velocity;
mod verbs;
mod view;

pub use grid::{Feel, GridChoice, NoteValue};
pub use header::piano_roll_strip_ui;
pub use lanes::{LaneView, Lanes};
pub use looks::{ChordLook, Looks, VelocityLook};
pub use perform::perform;
pub use rows::Fold;
pub use scale::ScaleChoice;
pub use tools::piano_roll_tools_ui;
pub use view::PianoRollView;

use crate::view_ctx::{ScrollReport, ViewCtx};
use chords::ChordStrip;
use egui::{Role, Sense, Ui, WidgetInfo};
use engine::model::{Clip, ClipRef, Track};
use engine::theory::{Scale, Spelling};
use engine::time::{Tick, TickRange};
use gesture::World;
use grid::Grid;
use interact::Parts;
use key_strip::LitKeys;
use layout::{Bounds, Frame, Layout, Viewport};
use open::Open;
use paint::Scene;
use rows::Rows;
use verbs::Hand;
use view::Live;

/// Draws the piano roll into what is left of `ui`.
pub fn piano_roll_ui(ctx: &ViewCtx<'_>, ui: &mut Ui, view: &mut PianoRollView) {
    puffin::profile_function!();
    let rect = ui.available_rect_before_wrap();
    ui.advance_cursor_after_rect(rect);
    let (Some((track, clip)), Some(at)) = (view.live.cache.clip(ctx), ctx.selection.clip()) else {
        leave(ctx, &mut view.live);
        let response = ui.interact(rect, ui.scope_id().with("roll"), Sense::hover());
        response
            .widget_info(|| WidgetInfo::labeled(Role::Label, true, "Piano roll, no clip selected"));
        paint::empty(ctx, ui.painter(), rect);
        return;
    };
    view.live.cache.stems.begin_frame();
    let open = view.live.cache.open(ctx);
    let goes_on = view.live.goes_on(at, ctx.selection);
    let probe = Viewport { left: 0.0, scale: 1.0, top: 0.0, row_height: 1.0 };
    let frame = frame(track, &view.looks);
    let scroll = view.live.lanes.scroll();
    let probe = Layout::with_lanes(rect, probe, frame, &view.lanes.shown, scroll);
    let (scale, rows) = rows(ctx, (track, clip), &open, goes_on, view);
    let quarter = ctx.snapshot.division.ticks_per_quarter();
    let end = view.live.cache.end(ctx).max(clip.end().0 as f64);
    let bounds = Bounds { end, quarter: f64::from(quarter), size: probe.canvas.size(), rows };
    let viewport = shown(ctx, &bounds, (at, clip), goes_on, view);
    let layout = sized(Layout { viewport, rows, ..probe }, track, quarter, &view.looks);
    let parts = parts(ctx, ui, &layout, (track, clip), &open, view);

    let grid = Grid::new(&ctx.snapshot.conductor.meter, view.grid, quarter, viewport.scale);
    let chosen = view.live.cache.chosen(clip, ctx.selection.notes()).clone();
    let hand = Hand { preset: view.gestures, tool: view.active_tool() };
    let world = World {
        layout: &layout,
        open: &open,
        track,
        clip,
        at,
        selection: ctx.selection,
        chosen: &chosen,
        grid,
        snap: view.snap,
        next: view.live.next,
        hand,
    };
    lanes::lanes(&world, ctx, ui, &parts.lanes, &parts.canvas, view);
    let mut next = interact::navigate(&world, ctx, ui, &parts, &bounds, &mut view.live);
    if let Some(keyed) = keyboard::keys(&world, ctx, ui, &parts.canvas, &bounds, &mut view.live) {
        next = keyed;
    }
    if let Some(keyed) = key_strip::keyboard(&world, ctx, ui, &parts.keys, &bounds, &mut view.live)
    {
        next = keyed;
    }
    interact::point(&world, ctx, ui, &parts, view);
    interact::expire(ctx, ui, &mut view.live);
    lanes::expire(ctx, ui, view);
    if let Some(points) = interact::edge_scroll(&layout, ui, &view.live.gesture) {
        next = next.scrolled(points, &bounds);
    }
    if next.row_height != viewport.row_height {
        view.row_height = next.row_height;
    }
    view.live.shown = Some((at, next));
    view.live.family.clear();
    view.live.family.extend(open.iter().map(|part| part.at));

    if ui.is_rect_visible(rect) {
        // What was scrolled or zoomed in this frame is drawn in this frame.
        let layout = sized(Layout { viewport: next, ..layout }, track, quarter, &view.looks);
        let grid = Grid::new(&ctx.snapshot.conductor.meter, view.grid, quarter, next.scale);
        let world = World { layout: &layout, grid, ..world };
        draw(ctx, ui, &world, &parts, scale, view);
        let (first, last) = layout.visible_rows();
        ctx.report.scroll(ScrollReport {
            list: "keys",
            total: usize::from(rows.len()),
            start: usize::from(first),
            end: usize::from(last) + 1,
            row_height: next.row_height,
        });
    }
}

/// What surrounds the canvas.
fn frame(track: &Track, looks: &Looks) -> Frame {
    let keys_width = if track.is_drums() { layout::DRUM_KEYS_WIDTH } else { layout::KEYS_WIDTH };
    let chords_height = if looks.chords == ChordLook::Clip { layout::CHORDS_HEIGHT } else { 0.0 };
    Frame { keys_width, chords_height }
}

/// The layout with its notes as bars or as hits, by how large they are.
fn sized(layout: Layout, track: &Track, quarter: u32, looks: &Looks) -> Layout {
    let Viewport { row_height, scale, .. } = layout.viewport;
    let shape = looks.shape(track, row_height, f64::from(quarter) * scale);
    Layout { hits: shape == crate::render::NoteShape::Hit, ..layout }
}

/// The scale that the roll goes by, and which keys have a row: these stay while the pointer
/// is busy, so that a note that is dragged over them does not move them.
fn rows(
    ctx: &ViewCtx<'_>,
    (track, clip): (&Track, &Clip),
    open: &[Open<'_>],
    goes_on: bool,
    view: &mut PianoRollView,
) -> (Option<Scale>, Rows) {
    let PianoRollView { looks, live, .. } = view;
    let busy = live.is_busy();
    let mut heard = || {
        let heard = live.cache.ear.key(ctx.snapshot, ctx.revision, busy, (track, clip));
        heard.map(|heard| heard.key.scale())
    };
    let scale = match looks.scale {
        ScaleChoice::Off if looks.fold == Fold::Scale => heard(),
        ScaleChoice::Off => None,
        ScaleChoice::FromNotes => heard(),
        ScaleChoice::Fixed { .. } => looks.scale.named(),
    };
    if !goes_on || !live.is_busy() {
        let used = live.cache.used(open);
        let rows = looks.rows(track, used, scale);
        let before = std::mem::replace(&mut live.rows, rows);
        if before != rows
            && let Some((_, viewport)) = &mut live.shown
        {
            *viewport = viewport.refolded(before, rows, view.row_height);
        }
    }
    (scale.filter(|_| looks.scale != ScaleChoice::Off), live.rows)
}

/// What the roll has to end in a frame that it is not drawn in: nobody else would make a step
/// of the wheel's changes, or see a drag's button go up.
pub fn piano_roll_unseen(ctx: &ViewCtx<'_>, view: &mut PianoRollView) {
    let live = &mut view.live;
    interact::hush(ctx, live);
    live.keyed.cancels = false;
    if !live.is_busy() {
        return;
    }
    let mut wishes = Vec::new();
    if ctx.selection.clip().is_some_and(|at| live.goes_on(at, ctx.selection)) {
        // What was selected before the drag is selected again.
        live.gesture.cancel(&mut wishes);
        interact::grant(ctx, live, 0.0, wishes);
    }
    end(ctx, live);
}

/// Something else is shown now: what was under way ends.
fn leave(ctx: &ViewCtx<'_>, live: &mut Live) {
    end(ctx, live);
    live.shown = None;
    live.family.clear();
    live.zooms.clear();
}

/// Ends what pointer and wheel were in the middle of.
fn end(ctx: &ViewCtx<'_>, live: &mut Live) {
    leave_lanes(ctx, live);
    interact::hush(ctx, live);
    live.panning = false;
    let mut wishes = Vec::new();
    if live.gesture.cancel(&mut wishes) {
        // Its notes are gone from view: take the change back, leave the new selection alone.
        interact::cancel(ctx, live);
    }
}

/// Another clip is active now: what was done to the lanes of the one before ends.
fn leave_lanes(ctx: &ViewCtx<'_>, live: &mut Live) {
    interact::settle(ctx, live);
    if live.lanes.leave() {
        interact::cancel(ctx, live);
    }
}

/// What to look at: where the view was left, at the clip when it is a new one, after the playhead.
fn shown(
    ctx: &ViewCtx<'_>,
    bounds: &Bounds,
    (at, clip): (ClipRef, &Clip),
    goes_on: bool,
    view: &mut PianoRollView,
) -> Viewport {
    let viewport = match view.live.shown {
        Some((shown, viewport)) if shown == at => viewport,
        Some((_, viewport)) if goes_on => {
            leave_lanes(ctx, &mut view.live);
            if view.live.is_busy() { viewport } else { turned_to(viewport, clip, bounds) }
        }
        _ => {
            leave(ctx, &mut view.live);
            view.live.playhead = ctx.transport.position;
            first_look(bounds, clip, view.row_height)
        }
    };
    let before = std::mem::replace(&mut view.live.playhead, ctx.transport.position);
    let viewport = viewport.within(bounds);
    let follows = ctx.follow && ctx.transport.playing && !view.live.is_busy();
    if follows { followed(viewport, before, ctx.transport.position, bounds) } else { viewport }
}

/// `viewport` as it is where it shows something of a clip, else scrolled to its beginning.
fn turned_to(viewport: Viewport, clip: &Clip, bounds: &Bounds) -> Viewport {
    let right = viewport.left + f64::from(bounds.size.x) / viewport.scale;
    let in_view = (clip.start.0 as f64) < right && clip.end().0 as f64 > viewport.left;
    let left = if in_view { viewport.left } else { clip.start.0 as f64 };
    let shown = f64::from(bounds.size.y / viewport.row_height);
    let top = f64::from(viewport.top);
    let row = |key| f64::from(bounds.rows.row(key));
    let seen = |(low, high): (u8, u8)| row(high) < top + shown && row(low) + 1.0 > top;
    let keys = clip.notes.keys().filter(|keys| !seen(*keys));
    let top = keys
        .map_or(viewport.top, |(low, high)| ((row(low) + row(high) + 1.0 - shown) / 2.0) as f32);
    Viewport { left, top, ..viewport }.within(bounds)
}

/// The beginning of a clip at a readable zoom, where its notes are.
fn first_look(bounds: &Bounds, clip: &Clip, row_height: f32) -> Viewport {
    // Enough to see where they are, few enough to cost nothing in the densest clip.
    const LOOKED_AT: usize = 4096;
    let width = f64::from(bounds.size.x.max(1.0));
    // Between 48 and 96 points a quarter: a sixteenth can be seen and taken hold of.
    let (most, least) = (width / 48.0 * bounds.quarter, width / 96.0 * bounds.quarter);
    let ticks = (clip.length as f64).clamp(least.min(most), most);
    let range = TickRange::between(Tick::ZERO, Tick(ticks as u64));
    let keys = || clip.notes.sounding_in(range).take(LOOKED_AT).map(|note| note.key);
    let rows = (bounds.size.y / row_height.max(1.0)) as u8;
    let (low, high) = match keys().next() {
        Some(_) => layout::busiest(keys(), rows),
        None => clip.notes.keys().unwrap_or((60, 72)),
    };
    let from = clip.start.0 as f64;
    layout::fitting(from, from + ticks, low, high, row_height, bounds)
}

/// Turns the page when the playhead leaves it; a view that was scrolled elsewhere stays there.
fn followed(viewport: Viewport, before: f64, now: f64, bounds: &Bounds) -> Viewport {
    let page = f64::from(bounds.size.x) / viewport.scale;
    let shows = |tick: f64| (viewport.left..=viewport.left + page * 0.97).contains(&tick);
    if shows(before) && !shows(now) {
        Viewport { left: now - page * 0.08, ..viewport }.within(bounds)
    } else {
        viewport
    }
}

/// Allocates what takes the pointer, and names it for screen readers.
fn parts(
    ctx: &ViewCtx<'_>,
    ui: &Ui,
    layout: &Layout,
    (track, clip): (&Track, &Clip),
    open: &[Open<'_>],
    view: &mut PianoRollView,
) -> Parts {
    let id = ui.scope_id().with("roll canvas");
    let canvas = ui.interact(layout.canvas, id, Sense::click_and_drag());
    // What these do the keyboard does on the canvas: they would only be in its way.
    let sense = Sense::CLICK | Sense::DRAG;
    let part = |name: &str, rect| ui.interact(rect, ui.scope_id().with(name), sense);
    let strip = ui.scope_id().with("roll keys");
    let keys = ui.interact(layout.keys, strip, Sense::click_and_drag());
    let ruler = part("roll ruler", layout.ruler);
    let lanes = lanes::parts(ctx, ui, layout, (track, clip), &view.lanes, &mut view.live.lanes);
    let lane = lanes.velocity().cloned();
    let lane = lane.unwrap_or_else(|| part("roll no velocities", layout.lane));
    canvas.widget_info(|| {
        let n: usize = open.iter().map(|part| part.clip.notes.len()).sum();
        let n_selected = ctx.selection.n_notes();
        let what = match open.len() {
            0 | 1 => clip.name.to_string(),
            many => format!("{many} clips, {} active", clip.name),
        };
        let text = format!("Piano roll of {what}, {n} notes, {n_selected} selected");
        WidgetInfo::labeled(Role::Canvas, true, text)
    });
    key_strip::name_strip(&keys, track.is_drums(), &view.live);
    ruler.widget_info(|| WidgetInfo::labeled(Role::Group, true, "Piano roll ruler"));
    Parts { canvas, keys, ruler, lane, lanes }
}

fn draw(
    ctx: &ViewCtx<'_>,
    ui: &Ui,
    world: &World<'_>,
    parts: &Parts,
    scale: Option<Scale>,
    view: &mut PianoRollView,
) {
    let theme = ctx.theme;
    let World { layout, track, clip, chosen, .. } = *world;
    let pointer = ui.input(|input| input.pointer.latest_pos());
    let used = view.live.cache.used(world.open);
    let scene = Scene {
        theme,
        layout,
        grid: &world.grid,
        open: world.open,
        at: world.at,
        track,
        clip,
        chosen,
        gesture: &view.live.gesture,
        cut: overlay::cut_line(world, ui, &parts.canvas, &view.live),
        offset: overlay::offset(world.open, &view.live),
        marks: view.live.marks,
        ghosts: if view.ghosts {
            ghosts(ctx, view.live.cache.track_index(), track)
        } else {
            Vec::new()
        },
        loop_range: ctx.transport.loop_range,
        playhead: ctx.transport.position,
        looks: view.looks,
        scale,
        used,
    };
    let painter = ui.painter();
    painter.rect_filled(layout.corner, 0.0, theme.panel);
    scene.canvas(painter);
    scene.ruler(painter);
    chords_ui(ctx, painter, &scene, &mut view.live.cache.chords);
    let near = parts.canvas.contains_pointer() || parts.keys.contains_pointer();
    let hovered = pointer.filter(|_| near).map(|pos| layout.key_from_y(pos.y));
    let sounding = view.live.sounding.map(|sounding| sounding.key);
    let playing = if ctx.transport.playing { playing_keys(ctx, world.open) } else { 0 };
    let focused = view.live.strip.focused(&parts.keys);
    scene.keys(painter, LitKeys { hovered, focused, sounding, playing });
    let stems = &mut view.live.cache.stems;
    ctx.report.cache("note_stems", stems.counters());
    lanes::paint(ctx, ui, &scene, &parts.lanes, &mut view.live.lanes, stems);
    if let Some(cursor) = view.live.keyed.cursor.filter(|_| ctx.facts.roll_keys) {
        let length = view.live.next.length.map_or_else(|| world.grid.step().whole(), u64::from);
        cursor.paint(painter, theme, layout, clip, length);
    }
    if parts.canvas.has_focus() {
        let rect = layout.canvas.shrink(0.5);
        let stroke = (1.0, crate::theme::translucent(theme.accent, 90));
        painter.rect_stroke(rect, 0.0, stroke, egui::StrokeKind::Inside);
    }
}

/// Chord names: in a strip of their own, or over the notes while some are selected.
fn chords_ui(
    ctx: &ViewCtx<'_>,
    painter: &egui::Painter,
    scene: &Scene<'_>,
    chords: &mut chords::Chords,
) {
    let Scene { layout, chosen, clip, track, looks, .. } = scene;
    let strip = looks.chords == ChordLook::Clip;
    if looks.chords == ChordLook::Off || track.is_drums() || !strip && chosen.is_empty() {
        return;
    }
    let over = layout.canvas.with_max_y(layout.canvas.top() + layout::CHORDS_HEIGHT);
    let key = ctx.snapshot.conductor.key_at(clip.start);
    let spelling = match key.map(|key| key.sharps.signum()) {
        Some(1) => Spelling::Sharps,
        Some(-1) => Spelling::Flats,
        _ => Spelling::Usual,
    };
    let strip = ChordStrip {
        rect: if strip { layout.chords } else { over },
        notes: if chosen.is_empty() { &clip.notes } else { chosen },
        revision: ctx.revision,
        spelling,
    };
    scene.chords(painter, &strip, &ctx.snapshot.conductor.meter, chords);
}

/// Tracks that show through behind `track`: itself for its other clips, last, and before it
/// the nearest ones that have pitches too.
fn ghosts<'a>(ctx: &ViewCtx<'a>, at: usize, track: &'a Track) -> Vec<&'a Track> {
    const NEIGHBOURS: usize = 3;
    // Far enough to get past a block of drum tracks, near enough to cost nothing.
    const REACH: usize = 16;
    let tracks = &ctx.snapshot.tracks;
    let around = (1..=REACH).flat_map(|away| [at.checked_sub(away), at.checked_add(away)]);
    let mut ghosts: Vec<&Track> = around
        .filter_map(|index| tracks.get(index?))
        .map(|other| &**other)
        .filter(|other| !track.is_drums() && !other.is_drums() && !other.mix.muted)
        .take(NEIGHBOURS)
        .collect();
    ghosts.reverse();
    ghosts.push(track);
    ghosts
}

/// The keys that the open clips' notes at the playhead are on, a bit for each.
fn playing_keys(ctx: &ViewCtx<'_>, open: &[Open<'_>]) -> u128 {
    let now = ctx.playhead();
    let here = open.iter().map(|part| part.clip).filter(|clip| clip.range().contains(now));
    let sounding = here.flat_map(|clip| {
        let at = Tick(now.since(clip.start));
        clip.notes.sounding_in(TickRange::between(at, at.after(1)))
    });
    sounding.fold(0, |keys, note| keys | 1 << (note.key & 127))
}
