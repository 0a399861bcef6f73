//! The roll's part of the frame that belongs to the keyboard: focus, the note cursor, what
//! the last command asked of the view, and what a screen reader is told.
//!
//! Keys become commands in [`crate::command::shortcuts`]; commands are carried out in
//! [`super::perform()`].

use super::cursor::{Cursor, reveal};
use super::gesture::{Wish, World};
use super::interact::{self, grant, hush, select};
use super::layout::{self, Bounds, Viewport};
use super::open::Open;
use super::speech::Speech;
use super::view::Live;
use crate::state::NoteSet;
use crate::view_ctx::ViewCtx;
use egui::{EventFilter, Id, Response, Ui};
use engine::model::{Key, NoteRef, Notes, Velocity};
use engine::time::Tick;

/// What the keyboard has in hand, and what commands ask of the next frame.
#[derive(Debug, Default)]
pub(super) struct Keyed {
    /// Where the next note goes; `None` until it is used.
    pub(super) cursor: Option<Cursor>,
    /// A selection that the keyboard extends.
    pub(super) reach: Option<Reach>,
    /// What is said.
    pub(super) speech: Speech,
    /// The canvas, to ask whether it has the focus.
    pub(super) canvas: Option<Id>,
    /// Take the focus.
    pub(super) wants_focus: bool,
    /// Take back what is under way, or select nothing.
    pub(super) cancels: bool,
    /// Let a key sound.
    pub(super) strike: Option<(Key, Velocity)>,
    /// Look elsewhere.
    pub(super) look: Option<Look>,
}

/// Where to look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Look {
    /// At the selection, or the clip, as large as it fits.
    AtSelection,
    /// Where the view was before.
    Back,
    /// At a song tick on a row, scrolled as little as that takes.
    At(f64, Key),
}

/// A selection with a fixed and a moving end.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reach {
    pub(super) anchor: NoteRef,
    pub(super) head: NoteRef,
    /// What is selected by it: another selection ends it.
    pub(super) set: NoteSet,
}

/// Does what is left to the frame; returns where to look if that changed.
pub(super) fn keys(
    world: &World<'_>,
    ctx: &ViewCtx<'_>,
    ui: &Ui,
    canvas: &Response,
    bounds: &Bounds,
    live: &mut Live,
) -> Option<Viewport> {
    if std::mem::take(&mut live.keyed.wants_focus) {
        canvas.request_focus();
    }
    live.keyed.canvas = Some(canvas.id);
    if canvas.has_focus() {
        let filter = EventFilter {
            tab: false,
            horizontal_arrows: true,
            vertical_arrows: true,
            escape: true,
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(canvas.id, filter));
    }
    put_cursor(world, ui, canvas, live);
    if std::mem::take(&mut live.keyed.cancels) {
        cancel(world, ctx, live);
    }
    if let Some((key, velocity)) = live.keyed.strike.take() {
        let now = ui.input(|input| input.time);
        grant(ctx, live, now, vec![Wish::Sound(world.at.track, key, velocity)]);
    }
    let meter = &ctx.snapshot.conductor.meter;
    if !live.is_busy() {
        live.keyed.speech.watch(meter, world.open, world.selection, ctx.revision);
    }
    live.keyed.speech.ui(ui, canvas.id, canvas.rect);
    look(world, bounds, live)
}

/// A press on the canvas puts the note cursor there.
fn put_cursor(world: &World<'_>, ui: &Ui, canvas: &Response, live: &mut Live) {
    if let Some(cursor) = live.keyed.cursor.filter(|cursor| cursor.at != world.at) {
        // In another open clip it stays where it is in the song, as far as that clip goes.
        live.keyed.cursor = world.part(cursor.at).and_then(|from| {
            let song = from.song(cursor.tick);
            let tick = Tick(song.since(world.clip.start).min(world.clip.length));
            (song >= world.clip.start).then_some(Cursor { at: world.at, tick, ..cursor })
        });
    }
    let pressed = ui.input(|input| input.pointer.primary_pressed());
    if !pressed || !canvas.is_pointer_button_down_on() {
        return;
    }
    if let Some(pos) = ui.input(|input| input.pointer.press_origin()) {
        let tick = world.grid.floor(world.layout.tick_from_x(pos.x));
        if world.clip.range().contains(tick) {
            let key = world.layout.key_from_y(pos.y);
            let tick = Tick(tick.since(world.clip.start));
            live.keyed.cursor = Some(Cursor { at: world.at, tick, key });
        }
    }
}

/// Escape: the gesture first, the selection when there is none.
fn cancel(world: &World<'_>, ctx: &ViewCtx<'_>, live: &mut Live) {
    let mut wishes = Vec::new();
    if let Some(wheel) = live.wheel.take() {
        interact::cancel(ctx, live);
        select(ctx, wheel.before);
    } else if live.gesture.cancel(&mut wishes) {
        grant(ctx, live, 0.0, wishes);
    } else if world.selection.has_notes() {
        select(ctx, world.selection.cleared());
    }
    live.panning = false;
    hush(ctx, live);
}

fn look(world: &World<'_>, bounds: &Bounds, live: &mut Live) -> Option<Viewport> {
    match live.keyed.look.take()? {
        Look::AtSelection => {
            live.remember(world.layout.viewport);
            zoom_to(world, bounds)
        }
        Look::Back => live.zooms.pop().map(|viewport| viewport.within(bounds)),
        Look::At(tick, key) => {
            Some(reveal(tick, key, world.layout, world.layout.viewport).within(bounds))
        }
    }
}

/// The selected notes, or everything that is open, with a little room around.
fn zoom_to(world: &World<'_>, bounds: &Bounds) -> Option<Viewport> {
    let any = world.selection.has_notes();
    let notes = |part: &Open<'_>| if any { part.chosen.clone() } else { part.clip.notes.clone() };
    let shown: Vec<(&Open<'_>, Notes)> =
        world.open.iter().map(|part| (part, notes(part))).collect();
    let keys = || shown.iter().filter_map(|(_, notes)| notes.keys());
    let low = keys().map(|(low, _)| low).min()?;
    let high = keys().map(|(_, high)| high).max()?;
    let spans = || {
        shown.iter().filter_map(|(part, notes)| {
            let (first, last) = notes.span()?;
            Some((part.song(first).0 as f64, part.song(last).0 as f64))
        })
    };
    let from = spans().map(|(from, _)| from).min_by(f64::total_cmp)?;
    let to = spans().map(|(_, to)| to).max_by(f64::total_cmp)?;
    let room = (to - from) * 0.05;
    let rows = f32::from(high - low) + 5.0;
    let row_height = (bounds.size.y / rows).clamp(6.0, 24.0);
    Some(layout::fitting((from - room).max(0.0), to + room, low, high, row_height, bounds))
}
