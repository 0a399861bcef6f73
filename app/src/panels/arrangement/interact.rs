//! Wheel, pinch, pointer and keys over the arrangement.

use super::ArrangementView;
use super::headers::header_id;
use super::layout::Layout;
use crate::command::{Action, AppCommand};
use crate::state::{EditorTab, Selection};
use crate::view_ctx::ViewCtx;
use egui::{
    CursorIcon, Event, EventFilter, Key, Modifiers, MouseWheelUnit, PointerButton, Pos2, Response,
    Ui, Vec2,
};
use engine::edit::Command;
use engine::model::{Clip, ClipRef, Track};
use engine::time::{Tick, TickRange};
use std::sync::Arc;

/// Points that one notch of a wheel scrolls.
const NOTCH: f32 = 60.0;
/// Factor by which one notch of a wheel zooms.
const ZOOM_NOTCH: f64 = 1.2;

/// What the pointer is over in the lanes.
pub(super) enum Target {
    /// A clip of a track.
    Clip(Arc<Track>, Arc<Clip>),
    /// A track's lane, between clips.
    Lane(Arc<Track>),
    /// Below the last track.
    Nothing,
}

/// Scrolls and zooms. Raw wheel events are used, since egui's own scrolling is smoothed
/// and cannot zoom at the pointer.
pub(super) fn scroll_and_zoom(ui: &Ui, layout: &Layout, view: &mut ArrangementView) {
    if !ui.rect_contains_pointer(layout.rect) {
        return;
    }
    let Some(pointer) = ui.input(|input| input.pointer.hover_pos()) else { return };
    let x = pointer.x.max(layout.lanes.left());
    let events: Vec<Event> = ui.input(|input| {
        let wanted = |event: &&Event| matches!(event, Event::MouseWheel { .. } | Event::Zoom(_));
        input.events.iter().filter(wanted).cloned().collect()
    });
    for event in events {
        match event {
            Event::MouseWheel { unit, delta, modifiers, .. } => {
                let (points, notches) = match unit {
                    MouseWheelUnit::Point => (delta, f64::from(delta.y / NOTCH)),
                    MouseWheelUnit::Line => (delta * NOTCH, f64::from(delta.y)),
                    MouseWheelUnit::Page => (delta * layout.lanes.size(), f64::from(delta.y) * 4.0),
                };
                wheel(points, notches, modifiers, Pos2::new(x, pointer.y), layout, view);
            }
            Event::Zoom(factor) => view.zoom_time(f64::from(factor), x, layout),
            _ => {}
        }
    }
}

fn wheel(
    points: Vec2,
    notches: f64,
    modifiers: Modifiers,
    at: Pos2,
    layout: &Layout,
    view: &mut ArrangementView,
) {
    // Some systems turn the axis themselves while Shift is held.
    let along = if points.y == 0.0 { points.x } else { points.y };
    if modifiers.command && modifiers.shift {
        let notches = if notches == 0.0 { f64::from(points.x / NOTCH) } else { notches };
        view.zoom_height(ZOOM_NOTCH.powf(notches) as f32, at.y, layout);
    } else if modifiers.command {
        view.zoom_time(ZOOM_NOTCH.powf(notches), at.x, layout);
    } else if modifiers.shift {
        view.pan(Vec2::new(along, 0.0), layout);
    } else {
        view.pan(points, layout);
    }
}

/// Pans while the middle button, or Space and the first button, are held over the panel.
/// Whether it did.
pub(super) fn pan_by_drag(ui: &Ui, layout: &Layout, view: &mut ArrangementView) -> bool {
    let (origin, delta, held) = ui.input(|input| {
        let pointer = &input.pointer;
        let space = pointer.primary_down() && input.key_down(Key::Space);
        (pointer.press_origin(), pointer.delta(), pointer.middle_down() || space)
    });
    let ours = origin.is_some_and(|origin| layout.lanes.contains(origin));
    if !held || !ours || ui.text_edit_focused() {
        return false;
    }
    view.pan(delta, layout);
    ui.set_cursor_icon(CursorIcon::Grabbing);
    true
}

/// Selects, opens and makes clips.
pub(super) fn lanes(
    ctx: &ViewCtx<'_>,
    ui: &Ui,
    response: &Response,
    layout: &Layout,
    view: &mut ArrangementView,
) {
    let target = |at: Option<Pos2>| at.map(|at| (at, find(layout, view, at)));
    if let Some((_, target)) = target(response.hover_pos()) {
        ctx.hint.set(match target {
            Target::Clip(..) => "Click selects · Shift+click adds · Ctrl+click toggles · Double click opens in the roll",
            Target::Lane(_) => {
                "Drag selects clips · Double click makes one · Ctrl+wheel zooms · Ctrl+Shift+wheel row height"
            }
            Target::Nothing => "Wheel scrolls · Shift+wheel sideways · Middle drag pans",
        });
    }
    if !response.clicked() && !response.secondary_clicked() {
        return;
    }
    let Some((at, target)) = target(response.interact_pointer_pos()) else { return };
    match target {
        Target::Clip(track, clip) => {
            let clip = ClipRef { track: track.id, clip: clip.id };
            clicked_clip(ctx, ui, response, view, clip);
            if response.double_clicked_by(PointerButton::Primary) {
                ctx.commands.send(AppCommand::ShowTab(EditorTab::PianoRoll));
            }
        }
        Target::Lane(track) => {
            if response.double_clicked_by(PointerButton::Primary) {
                if let Some(range) = free_bar(ctx, layout, &track, at.x) {
                    ctx.commands.send(Command::AddClip { track: track.id, range });
                }
            } else {
                ctx.commands.send(AppCommand::Select(Selection::of_track(track.id)));
            }
        }
        Target::Nothing if ui.input(|input| input.modifiers.is_none()) => {
            ctx.commands.send(AppCommand::Select(Selection::default()));
        }
        Target::Nothing => {}
    }
}

/// A click on a clip: alone, with Shift beside those that are open, with Ctrl there or not.
/// The right button leaves several open if it is one of them, and so does a double click.
fn clicked_clip(
    ctx: &ViewCtx<'_>,
    ui: &Ui,
    response: &Response,
    view: &mut ArrangementView,
    clip: ClipRef,
) {
    let modifiers = ui.input(|input| input.modifiers);
    let (now, double) = (ctx.selection, response.double_clicked_by(PointerButton::Primary));
    let closed = view.closed.take();
    let after = if modifiers.command || modifiers.ctrl {
        // The second click of two is no second toggle.
        if now.is_open(clip) && !double { now.without_clip(clip) } else { now.with_clip(clip) }
    } else if modifiers.shift || response.secondary_clicked() && now.is_open(clip) {
        now.with_clip(clip)
    } else if let Some(several) = closed.filter(|closed| double && closed.is_open(clip)) {
        several.activated(clip)
    } else if now.clip() == Some(clip) && now.parts().len() == 1 {
        return;
    } else {
        if now.parts().len() > 1 && now.is_open(clip) {
            view.closed = Some(now.clone());
        }
        Selection::of_clip(clip)
    };
    if !now.is_open(clip) && !after.is_open(clip) {
        let most = Selection::MOST_CLIPS;
        ctx.hint.set(&format!("No more than {most} clips can be open together"));
    }
    if after != *now {
        ctx.commands.send(AppCommand::Select(after));
    }
}

/// What lies at a place in the lanes.
pub(super) fn find(layout: &Layout, view: &ArrangementView, at: Pos2) -> Target {
    let Some(track) = layout.row_from_y(at.y).and_then(|row| view.rows.track(row)) else {
        return Target::Nothing;
    };
    let tick = layout.tick_from_x(at.x);
    let after = track.clips.partition_point(|clip| clip.start.0 as f64 <= tick);
    match after.checked_sub(1).and_then(|index| track.clips.get(index)) {
        Some(clip) if tick < clip.end().0 as f64 => {
            Target::Clip(Arc::clone(track), Arc::clone(clip))
        }
        _ => Target::Lane(Arc::clone(track)),
    }
}

/// The bar at `x` as far as no clip is on it.
fn free_bar(ctx: &ViewCtx<'_>, layout: &Layout, track: &Track, x: f32) -> Option<TickRange> {
    let meter = &ctx.snapshot.conductor.meter;
    let at = Tick(layout.tick_from_x(x) as u64);
    let bar = meter.position(at).bar;
    let (start, end) = (meter.bar_start(bar), meter.bar_start(bar + 1));
    let after = track.clips.partition_point(|clip| clip.start <= at);
    let before = after.checked_sub(1).and_then(|index| track.clips.get(index));
    let start = before.map_or(start, |clip| clip.end().max(start));
    let end = track.clips.get(after).map_or(end, |clip| clip.start.min(end));
    (start < end).then(|| TickRange::between(start, end))
}

/// Up and Down choose a track, F2 renames it, Enter opens its clip.
pub(super) fn keys(
    ctx: &ViewCtx<'_>,
    ui: &Ui,
    layout: &Layout,
    view: &mut ArrangementView,
    lanes: &Response,
) {
    let selected = ctx.selection.track();
    let focused = ui.memory(egui::Memory::focused);
    let on_header = selected.is_some_and(|track| focused == Some(header_id(track)));
    let on_lanes = focused == Some(lanes.id);
    let free = focused.is_none() && ui.rect_contains_pointer(layout.rect);
    if !on_header && !on_lanes && !free {
        return;
    }
    if let Some(id) = focused {
        let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    }
    let (up, down, rename, open) = ui.input_mut(|input| {
        let mut key = |key| input.consume_key(Modifiers::NONE, key);
        (key(Key::ArrowUp), key(Key::ArrowDown), key(Key::F2), key(Key::Enter))
    });
    let row = selected_row(ctx, view);
    let next = match (up, down, row) {
        (true, _, Some(row)) => Some(row.saturating_sub(1)),
        (_, true, Some(row)) => Some(row + 1),
        (true, _, None) | (_, true, None) => Some(0),
        _ => None,
    };
    if let Some(row) = next
        && let Some(track) = view.rows.track(row)
    {
        let id = track.id;
        ctx.commands.send(AppCommand::Select(Selection::of_track(id)));
        if on_header {
            ui.memory_mut(|memory| memory.request_focus(header_id(id)));
        }
        view.reveal_row(row, layout);
    }
    if let Some(track) = row.and_then(|row| view.rows.track(row)) {
        if rename {
            view.rename = Some((track.id, track.name.to_string()));
        }
        if open && let Some(clip) = track.clips.first() {
            let first = ClipRef { track: track.id, clip: clip.id };
            if ctx.selection.clip().is_none() {
                ctx.commands.send(AppCommand::Select(Selection::of_clip(first)));
            }
            ctx.commands.send(AppCommand::ShowTab(EditorTab::PianoRoll));
        }
    }
}

/// The selected track's row; searched for only when a key asks, or where it was last.
fn selected_row(ctx: &ViewCtx<'_>, view: &mut ArrangementView) -> Option<usize> {
    let selected = ctx.selection.track()?;
    let is_at = |row: usize, view: &ArrangementView| {
        view.rows.track(row).is_some_and(|track| track.id == selected)
    };
    if !is_at(view.cursor, view) {
        view.cursor = (0..view.rows.len()).find(|&row| is_at(row, view))?;
    }
    Some(view.cursor)
}

/// What the lanes' menu offers at the place where it was opened.
pub(super) fn menu_ui(ctx: &ViewCtx<'_>, ui: &mut Ui, layout: &Layout) {
    let clip = ctx.selection.clip().and_then(|at| ctx.snapshot.clip(at));
    if let Some(clip) = clip {
        let label = match ctx.selection.parts().len() {
            0 | 1 => "Open in the piano roll".to_owned(),
            many => format!("Open {many} clips in the piano roll"),
        };
        if ui.button(label).clicked() {
            ctx.commands.send(AppCommand::ShowTab(EditorTab::PianoRoll));
            ui.close();
        }
        if ui.button("Loop this clip").clicked() {
            ctx.commands.send(AppCommand::SetLoop(Some(clip.range())));
            ui.close();
        }
        if ui.button("Playhead to its start").clicked() {
            ctx.commands.send(AppCommand::Seek(clip.start));
            ui.close();
        }
        return;
    }
    if let Some(track) = ctx.selection.track().and_then(|id| ctx.snapshot.track(id)) {
        if ui.button("New clip at the playhead").clicked() {
            let x = layout.x_from_tick(ctx.transport.position);
            if let Some(range) = free_bar(ctx, layout, track, x) {
                ctx.commands.send(Command::AddClip { track: track.id, range });
            }
            ui.close();
        }
        ui.separator();
    }
    if ui.button("Play or stop").clicked() {
        ctx.commands.send(Action::PlayStop);
        ui.close();
    }
}

/// Turns the page when the playhead runs out of view.
pub(super) fn follow(ctx: &ViewCtx<'_>, ui: &Ui, layout: &Layout, view: &mut ArrangementView) {
    let held = ui.input(|input| input.pointer.any_down());
    if !ctx.follow || !ctx.transport.playing || held {
        return;
    }
    let width = f64::from(layout.lanes.width()) / layout.points_per_tick;
    let into = ctx.transport.position - view.left;
    if into < 0.0 || into > width * 0.95 {
        view.left = (ctx.transport.position - width * 0.08).max(0.0);
    }
}
