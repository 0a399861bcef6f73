//! From egui's pointer and wheel to the roll's gestures, and from their wishes to commands.

use super::gesture::{Gesture, How, Wish, World};
use super::hints;
use super::hit;
use super::lanes::LaneParts;
use super::layout::{self, Bounds, Layout, Viewport};
use super::open::Open;
use super::velocity::Paint;
use super::verbs::{Act, Button, Held, Place, Verb};
use super::view::{Live, PianoRollView, Sounding, WheelTrim};
use crate::command::{Action, AppCommand, Family};
use crate::state::{NoteSet, Selection};
use crate::view_ctx::ViewCtx;
use crate::widgets::{menu_row, menu_rows};
use egui::{
    CursorIcon, Event, Modifiers, PointerButton, Popup, Pos2, Response, SetOpenCommand, Ui, Vec2,
    vec2,
};
use engine::edit::{Command, NoteSelection, Selected, VelocityChange};
use engine::model::{ClipRef, Note};
use engine::time::Tick;

/// The panel's parts that take the pointer.
pub(super) struct Parts {
    pub(super) canvas: Response,
    pub(super) keys: Response,
    pub(super) ruler: Response,
    /// The velocity lane.
    pub(super) lane: Response,
    /// All lanes, that one among them.
    pub(super) lanes: LaneParts,
}

/// Seconds between the presses of a double click, and points they may lie apart.
const DOUBLE_CLICK: (f64, f32) = (0.35, 6.0);
/// Seconds without a turn of the wheel after which its changes become a step.
const WHEEL_REST: f64 = 0.5;
/// Notes from which on a drag is drawn, and done on release: doing it again for every move
/// of the pointer would cost more than a frame.
const DEFERRED_FROM: usize = 20_000;
/// Points the view scrolls in a frame when a drag is this many points outside: an eighth.
const EDGE_SCROLL: f32 = 0.125;
/// How hard a key of the strip is struck.
const STRIP_VELOCITY: u8 = 96;

/// Wheel, pinch and middle drag: moves the viewport, or changes velocities.
pub(super) fn navigate(
    world: &World<'_>,
    ctx: &ViewCtx<'_>,
    ui: &Ui,
    parts: &Parts,
    bounds: &Bounds,
    live: &mut Live,
) -> Viewport {
    let mut viewport = world.layout.viewport;
    let everywhere = [&parts.canvas, &parts.keys, &parts.ruler, &parts.lane];
    if let Some(pointer) = ui.input(|input| input.pointer.latest_pos())
        && (everywhere.iter().any(|part| part.contains_pointer()) || parts.lanes.contain_pointer())
    {
        let from_corner = pointer - world.layout.canvas.min;
        let before = viewport;
        for event in ui.input(|input| input.events.clone()) {
            match event {
                Event::Zoom(factor) => {
                    viewport = viewport.zoomed_time(from_corner.x, f64::from(factor), bounds);
                }
                Event::MouseWheel { unit, delta, modifiers, .. } => {
                    let points = layout::wheel_points(unit, delta, bounds.size);
                    let trims = modifiers.alt && parts.canvas.contains_pointer()
                        || modifiers.is_none() && parts.lane.contains_pointer();
                    if parts.lanes.take_wheel(modifiers, &live.lanes) {
                        continue;
                    }
                    if trims {
                        let step = if modifiers.alt { 4 } else { 1 };
                        wheel_trim(world, ctx, ui, live, pointer, points, step);
                    } else {
                        viewport = wheeled(viewport, points, modifiers, from_corner, bounds);
                    }
                }
                _ => {}
            }
        }
        if (viewport.scale, viewport.row_height) != (before.scale, before.row_height) {
            live.remember_turn(before, ui.input(|input| input.time));
        }
    }
    let middle = everywhere.iter().any(|part| part.dragged_by(PointerButton::Middle))
        || parts.lanes.dragged_by_middle();
    let held = live.panning && ui.input(|input| input.pointer.primary_down());
    live.panning &= held;
    if middle || held {
        viewport = viewport.scrolled(-ui.input(|input| input.pointer.delta()), bounds);
        ui.set_cursor_icon(CursorIcon::Grabbing);
    }
    viewport
}

/// A wheel's turn without Alt.
fn wheeled(
    viewport: Viewport,
    points: Vec2,
    modifiers: Modifiers,
    from_corner: Vec2,
    bounds: &Bounds,
) -> Viewport {
    let turn = if points.y == 0.0 { points.x } else { points.y };
    let factor = (turn / 200.0).clamp(-2.0, 2.0).exp();
    match (modifiers.command || modifiers.ctrl, modifiers.shift) {
        (true, true) => viewport.zoomed_rows(from_corner.y, factor, bounds),
        (true, false) => viewport.zoomed_time(from_corner.x, f64::from(factor), bounds),
        (false, true) => viewport.scrolled(vec2(-turn, 0.0), bounds),
        (false, false) => viewport.scrolled(-points, bounds),
    }
}

/// Everything that is done with the pointer on canvas, lane, ruler and key strip.
pub(super) fn point(
    world: &World<'_>,
    ctx: &ViewCtx<'_>,
    ui: &Ui,
    parts: &Parts,
    view: &mut PianoRollView,
) {
    let live = &mut view.live;
    let mut wishes = Vec::new();
    let (now, modifiers) = ui.input(|input| (input.time, input.modifiers));
    let held = Held::of(modifiers);
    live.spent = live.spent.and(held);
    if live.gesture == Gesture::Idle {
        live.menu = false;
        begin(world, ctx, ui, parts, live, &mut wishes);
    }
    if live.gesture != Gesture::Idle {
        // The position at the release counts too: a fast drag may have no frame in between.
        if let Some(pos) = ui.input(|input| input.pointer.latest_pos()) {
            let hold = world.hand.constraint(held.without(live.spent));
            live.gesture.drag(world, pos, hold, &mut wishes);
        }
        live.menu &= live.gesture.may_open_menu();
        if !ui.input(|input| input.pointer.button_down(live.button.egui())) {
            live.gesture.release(world, &mut wishes);
        }
    }
    grant(ctx, live, now, wishes);
    strip(world, ctx, ui, &parts.keys, live);
    seek(world, ctx, ui, &parts.ruler, &mut live.sought);
    menu(ctx, &parts.canvas, live);
    hint(world, ctx, ui, parts, live);
}

/// A button goes down: on the canvas or in the lane.
fn begin(
    world: &World<'_>,
    ctx: &ViewCtx<'_>,
    ui: &Ui,
    parts: &Parts,
    live: &mut Live,
    wishes: &mut Vec<Wish>,
) {
    let held = Held::of(ui.input(|input| input.modifiers));
    for button in [Button::Right, Button::Left] {
        if let Some(pos) = pressed(ui, &parts.canvas, button.egui()) {
            settle(ctx, live);
            parts.canvas.request_focus();
            live.button = button;
            if button == Button::Left && ui.input(|input| input.key_down(egui::Key::Space)) {
                live.panning = true;
            } else {
                press_canvas(world, ctx, ui, live, pos, held, wishes);
            }
            return;
        }
    }
    if let Some(pos) = pressed(ui, &parts.lane, PointerButton::Primary)
        && !live.lanes.has_stroke()
        && let Some(verb) = world.hand.verb(Place::Lane, Button::Left, held, Act::Drag)
    {
        settle(ctx, live);
        parts.canvas.request_focus();
        live.button = Button::Left;
        live.gesture = Gesture::Paint(Paint::press(world, pos, verb, wishes));
    }
}

/// Turns wishes into commands.
pub(super) fn grant(ctx: &ViewCtx<'_>, live: &mut Live, now: f64, wishes: Vec<Wish>) {
    let held = live.gesture != Gesture::Idle;
    for wish in wishes {
        match wish {
            Wish::Select(selection) => select(ctx, selection),
            Wish::Preview(command) => preview(ctx, live, command),
            Wish::Commit => commit(ctx, live),
            Wish::Cancel => cancel(ctx, live),
            Wish::Apply(command) => ctx.commands.send(AppCommand::Apply(command)),
            Wish::Adopt(next) => live.next = next,
            Wish::Hush => hush(ctx, live),
            Wish::Sound(track, key, velocity) => {
                hush(ctx, live);
                let message = [0x90, key, velocity];
                ctx.commands.send(AppCommand::Live { track, message });
                // A key of the computer's keyboard has no release worth waiting for.
                let until = if held { None } else { Some(now + 0.25) };
                live.sounding = Some(Sounding { track, key, until });
            }
        }
    }
}

/// Shows what a gesture would do; of very many notes only how far they have gone.
fn preview(ctx: &ViewCtx<'_>, live: &mut Live, command: Command) {
    let count = command.n_notes();
    if count < DEFERRED_FROM {
        live.deferred = None;
        ctx.commands.send(AppCommand::Preview(command));
    } else {
        live.deferred = Some(command);
    }
}

/// Makes what was shown, or put off, a step.
fn commit(ctx: &ViewCtx<'_>, live: &mut Live) {
    ctx.commands.send(match live.deferred.take() {
        // Takes a preview of fewer notes back by itself.
        Some(command) => AppCommand::Apply(command),
        None => AppCommand::Commit,
    });
}

/// Takes back what was shown.
pub(super) fn cancel(ctx: &ViewCtx<'_>, live: &mut Live) {
    live.deferred = None;
    ctx.commands.send(AppCommand::Cancel);
}

/// Replaces the selection.
pub(super) fn select(ctx: &ViewCtx<'_>, selection: Selection) {
    ctx.commands.send(AppCommand::Select(selection));
}

/// Lets the sounding key end.
pub(super) fn hush(ctx: &ViewCtx<'_>, live: &mut Live) {
    if let Some(Sounding { track, key, .. }) = live.sounding.take() {
        ctx.commands.send(AppCommand::Live { track, message: [0x80, key, 64] });
    }
}

/// Makes the wheel's changes a step, if there are any.
pub(super) fn settle(ctx: &ViewCtx<'_>, live: &mut Live) {
    if live.wheel.take().is_some() | live.lanes.settle() {
        commit(ctx, live);
    }
}

/// Ends what has had its time: the wheel's step, a key struck from the keyboard.
pub(super) fn expire(ctx: &ViewCtx<'_>, ui: &Ui, live: &mut Live) {
    let now = ui.input(|input| input.time);
    let rest = live.wheel.as_ref().map(|wheel| wheel.until - now);
    if rest.is_some_and(|rest| rest <= 0.0) {
        settle(ctx, live);
    }
    let ring = live.sounding.and_then(|sounding| sounding.until).map(|until| until - now);
    if ring.is_some_and(|ring| ring <= 0.0) {
        hush(ctx, live);
    }
    for left in [rest, ring].into_iter().flatten().filter(|left| *left > 0.0) {
        ui.request_repaint_after_secs(left as f32 + 0.01);
    }
}

/// How far the view has to scroll because a drag is outside of the canvas.
pub(super) fn edge_scroll(layout: &Layout, ui: &Ui, gesture: &Gesture) -> Option<Vec2> {
    let pos = ui.input(|input| input.pointer.latest_pos()).filter(|_| gesture.scrolls())?;
    let outside = pos - layout.canvas.clamp(pos);
    (outside != Vec2::ZERO).then(|| {
        ui.request_repaint();
        outside * EDGE_SCROLL
    })
}

/// Where the button went down on `part` in this frame.
pub(super) fn pressed(ui: &Ui, part: &Response, button: PointerButton) -> Option<Pos2> {
    let (down, origin) =
        ui.input(|input| (input.pointer.button_pressed(button), input.pointer.press_origin()));
    origin.filter(|_| down && part.is_pointer_button_down_on() && part.contains_pointer())
}

fn press_canvas(
    world: &World<'_>,
    ctx: &ViewCtx<'_>,
    ui: &Ui,
    live: &mut Live,
    pos: Pos2,
    held: Held,
    wishes: &mut Vec<Wish>,
) {
    let button = live.button;
    let again = button == Button::Left && is_second_click(live, pos, ui.input(|input| input.time));
    if again && let Some(other) = neighbour_clip(world, pos) {
        select(ctx, Selection::of_clip(other));
        return;
    }
    let (gesture, spent) = Gesture::press(world, pos, How { button, held, again }, wishes);
    live.menu = gesture.may_open_menu();
    (live.gesture, live.spent) = (gesture, spent);
}

fn is_second_click(live: &mut Live, pos: Pos2, now: f64) -> bool {
    let (secs, points) = DOUBLE_CLICK;
    let before = live.last_press.replace((pos, now));
    let again = before.is_some_and(|(at, then)| now - then <= secs && at.distance(pos) <= points);
    if again {
        // A third click begins anew.
        live.last_press = None;
    }
    again
}

/// Another clip of the track at `pos`, where none that is open is.
fn neighbour_clip(world: &World<'_>, pos: Pos2) -> Option<ClipRef> {
    let tick = Tick(world.layout.tick_from_x(pos.x).max(0.0) as u64);
    if world.open.iter().any(|part| part.clip.range().contains(tick)) {
        return None;
    }
    let other = world.track.clips.iter().find(|clip| clip.range().contains(tick))?;
    Some(ClipRef { track: world.at.track, clip: other.id })
}

fn wheel_trim(
    world: &World<'_>,
    ctx: &ViewCtx<'_>,
    ui: &Ui,
    live: &mut Live,
    pointer: Pos2,
    points: Vec2,
    step: i16,
) {
    // With Alt some systems turn the wheel sideways.
    let turn = if points.y == 0.0 { points.x } else { points.y };
    if live.gesture != Gesture::Idle || turn == 0.0 {
        return;
    }
    let begun = live.wheel.take().or_else(|| {
        let before = world.selection.clone();
        let notes = before.selected().or_else(|| under(world, pointer))?;
        Some(WheelTrim { notes, by: 0, before, until: 0.0 })
    });
    let Some(mut wheel) = begun else { return };
    wheel.by = (wheel.by + if turn > 0.0 { step } else { -step }).clamp(-127, 127);
    wheel.until = ui.input(|input| input.time) + WHEEL_REST;
    let by = wheel.by;
    let command = wheel.notes.each(|notes| {
        let change = VelocityChange::By(by);
        Command::ChangeVelocity { notes, change }
    });
    if let Some(command) = command {
        preview(ctx, live, command);
    }
    select(ctx, wheel.before.clone());
    live.wheel = Some(wheel);
}

/// The note or the chord's stems under the pointer, when nothing is selected.
fn under(world: &World<'_>, pointer: Pos2) -> Option<Selected> {
    let Layout { canvas, .. } = world.layout;
    if canvas.contains(pointer) {
        let hit = world.any_note_at(pointer)?;
        return Some(NoteSelection::new(hit.at, [hit.note.reference()]).into());
    }
    let near = world.onset_near(pointer.x, 5.0)?;
    let x = world.layout.x_from_tick(near.0 as f64);
    let chord = |part: &Open<'_>| {
        let notes = hit::onsets_between(world.layout, part.clip, x - 0.5, x + 0.5);
        NoteSelection::new(part.at, notes.map(Note::reference))
    };
    Some(world.open.iter().map(chord).collect())
}

/// The key strip: keys sound, pitches are selected, rows are marked.
fn strip(world: &World<'_>, ctx: &ViewCtx<'_>, ui: &Ui, keys: &Response, live: &mut Live) {
    let (down, modifiers, pos) = ui
        .input(|input| (input.pointer.primary_down(), input.modifiers, input.pointer.latest_pos()));
    let Some(pos) = pos else { return };
    let key = world.layout.key_from_y(pos.y);
    for button in [Button::Left, Button::Right] {
        if pressed(ui, keys, button.egui()).is_none() {
            continue;
        }
        match world.hand.verb(Place::Keys, button, Held::of(modifiers), Act::Click) {
            Some(Verb::SelectPitch) => {
                let of_pitch = |part: &Open<'_>| {
                    let notes = part.clip.notes.iter().filter(|note| note.key == key);
                    (part.at, notes.map(Note::reference).collect::<NoteSet>())
                };
                select(ctx, world.selection.with_each(world.open.iter().map(of_pitch)));
            }
            Some(Verb::MarkRow) => live.marks ^= 1 << (key & 127),
            Some(Verb::Play) => live.strip_plays = true,
            _ => {}
        }
    }
    live.strip_plays &= down;
    let plays = live.strip_plays;
    if plays && live.sounding.is_none_or(|sounding| sounding.key != key) {
        hush(ctx, live);
        let message = [0x90, key, STRIP_VELOCITY];
        ctx.commands.send(AppCommand::Live { track: world.at.track, message });
        live.sounding = Some(Sounding { track: world.at.track, key, until: None });
    }
    let idle = live.gesture == Gesture::Idle && !plays;
    if idle && live.sounding.is_some_and(|sounding| sounding.until.is_none()) {
        hush(ctx, live);
    }
}

fn seek(
    world: &World<'_>,
    ctx: &ViewCtx<'_>,
    ui: &Ui,
    ruler: &Response,
    sought: &mut Option<Tick>,
) {
    let held = ruler.is_pointer_button_down_on() && ui.input(|input| input.pointer.primary_down());
    let pos = ui.input(|input| input.pointer.latest_pos()).filter(|_| held);
    let Some(pos) = pos else {
        *sought = None;
        return;
    };
    let tick = world.layout.tick_from_x(pos.x).max(0.0);
    let held = Held::of(ui.input(|input| input.modifiers));
    let free = world.is_free(world.hand.constraint(held));
    let tick = if free { Tick(tick.round() as u64) } else { world.grid.snap(tick) };
    // While it plays the playhead moves on: only a new place is worth another jump.
    if sought.replace(tick) != Some(tick) {
        ctx.commands.send(AppCommand::Seek(tick));
    }
}

/// Opens the menu where the map says so, and keeps it open.
fn menu(ctx: &ViewCtx<'_>, canvas: &Response, live: &mut Live) {
    let opens = canvas.secondary_clicked() && std::mem::take(&mut live.menu);
    let change = if opens {
        Some(SetOpenCommand::Bool(true))
    } else {
        canvas.clicked().then_some(SetOpenCommand::Bool(false))
    };
    Popup::menu(canvas).open_memory(change).at_pointer_fixed().show(|ui| menu_ui(ctx, ui));
}

/// What a right click offers.
fn menu_ui(ctx: &ViewCtx<'_>, ui: &mut Ui) {
    for action in [Action::Duplicate, Action::Delete] {
        menu_row(ctx, ui, action);
    }
    ui.separator();
    // The second route of what Alt does, too.
    menu_rows(ctx, ui, Family::Notes);
    ui.separator();
    for action in [Action::SelectAll, Action::SelectNone, Action::LoopSelection] {
        menu_row(ctx, ui, action);
    }
}

/// Names what the pointer would do where it is, and shows it by its shape.
fn hint(world: &World<'_>, ctx: &ViewCtx<'_>, ui: &Ui, parts: &Parts, live: &mut Live) {
    if let Some((cursor, text)) = hints::during(world.hand, &live.gesture) {
        ui.set_cursor_icon(cursor);
        ctx.hint.set(&match &live.deferred {
            Some(command) => format!("{} on release · {text}", command.name()),
            None => text,
        });
        return;
    }
    let (pos, modifiers) = ui.input(|input| (input.pointer.latest_pos(), input.modifiers));
    let held = Held::of(modifiers);
    let over = |part: &Response| part.contains_pointer();
    if live.lanes.has_stroke() {
        return;
    }
    let place = if over(&parts.canvas) {
        let pos = pos.unwrap_or_default();
        if neighbour_clip(world, pos).is_some() {
            ctx.hint.set("Double click opens this clip");
            return;
        }
        Place::of(world.note_at(pos))
    } else if over(&parts.keys) {
        Place::Keys
    } else if over(&parts.ruler) {
        Place::Ruler
    } else if over(&parts.lane) {
        Place::Lane
    } else {
        return;
    };
    if let Some(cursor) = hints::cursor(world.hand, place, held) {
        ui.set_cursor_icon(cursor);
    }
    let asked = (world.hand, place, held);
    let kept = live.hint.take().filter(|(answered, _)| *answered == asked);
    let (_, text) = kept.unwrap_or_else(|| (asked, hints::over(world.hand, place, held)));
    ctx.hint.set(&text);
    live.hint = Some((asked, text));
}
