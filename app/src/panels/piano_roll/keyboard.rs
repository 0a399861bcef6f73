//! What the keyboard does while the roll has the focus, beyond the shortcuts of
//! [`crate::command::Action`], which are taken before any panel is drawn.

use super::gesture::{Gesture, Wish, World};
use super::interact::{grant, hush, select, settle};
use super::layout::{self, Bounds, Viewport};
use super::view::{Live, neighbour, span};
use crate::command::AppCommand;
use crate::state::NoteSet;
use crate::view_ctx::ViewCtx;
use egui::{Event, EventFilter, Key, Modifiers, Response, Ui};
use engine::edit::{Command, Edge, VelocityChange};
use engine::model::Notes;

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Cancel,
    Delete,
    ZoomTo,
    ZoomBack,
    Transpose(i16),
    /// By grid steps.
    Nudge(i64),
    /// By ticks.
    Creep(i64),
    /// The end, by grid steps.
    Lengthen(i64),
    Velocity(i16),
    Neighbour {
        forward: bool,
    },
}

/// Reads the keys that belong to the roll; returns where to look if that changed.
pub(super) fn keys(
    world: &World<'_>,
    ctx: &ViewCtx<'_>,
    ui: &Ui,
    canvas: &Response,
    bounds: &Bounds,
    live: &mut Live,
) -> Option<Viewport> {
    let focused = canvas.has_focus();
    if focused {
        let filter = EventFilter {
            tab: false,
            horizontal_arrows: true,
            vertical_arrows: true,
            escape: true,
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(canvas.id, filter));
    }
    let mut verbs = Vec::new();
    ui.input_mut(|input| {
        input.events.retain(|event| {
            let Event::Key { key, pressed: true, modifiers, .. } = event else { return true };
            let verb = verb(*key, *modifiers)
                .filter(|verb| focused || (*verb == Verb::Cancel && live.is_busy()));
            verbs.extend(verb);
            verb.is_none()
        });
    });
    let mut viewport = None;
    for verb in verbs {
        if verb == Verb::Cancel {
            cancel(world, ctx, live);
        } else if live.gesture == Gesture::Idle {
            settle(ctx, live);
            viewport = run(world, ctx, ui, bounds, live, verb).or(viewport);
        }
    }
    viewport
}

fn verb(key: Key, modifiers: Modifiers) -> Option<Verb> {
    let Modifiers { alt, shift, command, ctrl, .. } = modifiers;
    Some(match (key, command || ctrl, shift, alt) {
        (Key::Escape, false, false, false) => Verb::Cancel,
        (Key::Backspace, false, false, false) => Verb::Delete,
        (Key::Z, false, false, false) => Verb::ZoomTo,
        (Key::Z, false, true, false) => Verb::ZoomBack,
        (Key::ArrowUp, false, false, false) => Verb::Transpose(1),
        (Key::ArrowDown, false, false, false) => Verb::Transpose(-1),
        (Key::ArrowUp, false, true, false) => Verb::Transpose(12),
        (Key::ArrowDown, false, true, false) => Verb::Transpose(-12),
        (Key::ArrowRight, false, false, false) => Verb::Nudge(1),
        (Key::ArrowLeft, false, false, false) => Verb::Nudge(-1),
        (Key::ArrowRight, false, false, true) => Verb::Creep(1),
        (Key::ArrowLeft, false, false, true) => Verb::Creep(-1),
        (Key::ArrowRight, false, true, false) => Verb::Lengthen(1),
        (Key::ArrowLeft, false, true, false) => Verb::Lengthen(-1),
        (Key::ArrowUp, true, false, false) => Verb::Velocity(8),
        (Key::ArrowDown, true, false, false) => Verb::Velocity(-8),
        (Key::ArrowUp, true, true, false) => Verb::Velocity(1),
        (Key::ArrowDown, true, true, false) => Verb::Velocity(-1),
        (Key::ArrowRight, true, false, false) => Verb::Neighbour { forward: true },
        (Key::ArrowLeft, true, false, false) => Verb::Neighbour { forward: false },
        _ => return None,
    })
}

/// Escape: the gesture first, the selection when there is none.
fn cancel(world: &World<'_>, ctx: &ViewCtx<'_>, live: &mut Live) {
    let mut wishes = Vec::new();
    if let Some(wheel) = live.wheel.take() {
        ctx.commands.send(AppCommand::Cancel);
        select(ctx, world.at, wheel.before);
    } else if live.gesture.cancel(&mut wishes) {
        grant(ctx, world.at, live, 0.0, wishes);
    } else if !world.selection.notes.is_empty() {
        select(ctx, world.at, NoteSet::default());
    }
    live.panning = false;
    hush(ctx, live);
}

fn run(
    world: &World<'_>,
    ctx: &ViewCtx<'_>,
    ui: &Ui,
    bounds: &Bounds,
    live: &mut Live,
    verb: Verb,
) -> Option<Viewport> {
    let chosen = live.cache.chosen(world.clip, &world.selection.notes).clone();
    match verb {
        Verb::Neighbour { forward } => step_to(world, ctx, ui, live, forward),
        Verb::ZoomTo => {
            live.zooms.push(world.layout.viewport);
            let keep = 32;
            let excess = live.zooms.len().saturating_sub(keep);
            live.zooms.drain(..excess);
            return zoom_to(world, bounds, &chosen);
        }
        Verb::ZoomBack => return live.zooms.pop().map(|viewport| viewport.within(bounds)),
        _ => {
            let command = command(world, &chosen, verb)?;
            if let Verb::Transpose(by) = verb
                && let Some(note) = chosen.iter().next()
            {
                let key = (i16::from(note.key) + by).clamp(0, 127) as u8;
                let now = ui.input(|input| input.time);
                grant(ctx, world.at, live, now, vec![Wish::Sound(key, note.velocity)]);
            }
            ctx.commands.send(AppCommand::Apply(command));
        }
    }
    None
}

/// The change to the song that a key asks for; `None` when no note is selected.
fn command(world: &World<'_>, chosen: &Notes, verb: Verb) -> Option<Command> {
    if chosen.is_empty() {
        return None;
    }
    let notes = world.selection_of(&world.selection.notes);
    let step = world.grid.step().whole() as i64;
    Some(match verb {
        Verb::Delete => Command::DeleteNotes { notes },
        Verb::Transpose(keys) => Command::MoveNotes { notes, ticks: 0, keys },
        Verb::Nudge(steps) => Command::MoveNotes { notes, ticks: steps * step, keys: 0 },
        Verb::Creep(ticks) => Command::MoveNotes { notes, ticks, keys: 0 },
        Verb::Lengthen(steps) => {
            Command::ResizeNotes { notes, edge: Edge::End, ticks: steps * step }
        }
        Verb::Velocity(by) => Command::ChangeVelocity { notes, change: VelocityChange::By(by) },
        Verb::Cancel | Verb::ZoomTo | Verb::ZoomBack | Verb::Neighbour { .. } => return None,
    })
}

/// Selects the next note, or the one before, and lets it sound.
fn step_to(world: &World<'_>, ctx: &ViewCtx<'_>, ui: &Ui, live: &mut Live, forward: bool) {
    let refs = world.selection.notes.as_slice();
    let from = if forward { refs.last() } else { refs.first() };
    let Some(note) = neighbour(&world.clip.notes, from.copied(), forward) else { return };
    let now = ui.input(|input| input.time);
    let wishes = vec![
        Wish::Select([note.reference()].into_iter().collect()),
        Wish::Sound(note.key, note.velocity),
    ];
    grant(ctx, world.at, live, now, wishes);
}

/// The selected notes, or the whole clip, with a little room around.
fn zoom_to(world: &World<'_>, bounds: &Bounds, chosen: &Notes) -> Option<Viewport> {
    let notes = if chosen.is_empty() { &world.clip.notes } else { chosen };
    let (low, high) = notes.keys()?;
    let (first, last) = span(notes)?;
    let (from, to) = (world.song_tick(first), world.song_tick(last));
    let room = (to - from) * 0.05;
    let rows = f32::from(high - low) + 5.0;
    let row_height = (bounds.size.y / rows).clamp(6.0, 24.0);
    Some(layout::fitting((from - room).max(0.0), to + room, low, high, row_height, bounds))
}
