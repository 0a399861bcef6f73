//! From egui's pointer and wheel to the roll's gestures, and from their wishes to commands.

use super::gesture::{Gesture, Wish, World};
use super::hit::{self, Part};
use super::layout::{self, Bounds, Layout, Viewport};
use super::velocity::Paint;
use super::view::{Live, PianoRollView, Sounding, WheelTrim};
use crate::command::{Action, AppCommand};
use crate::state::NoteSet;
use crate::view_ctx::ViewCtx;
use crate::widgets::menu_row;
use egui::{CursorIcon, Event, Modifiers, PointerButton, Pos2, Response, Ui, Vec2, vec2};
use engine::edit::{Command, NoteSelection, VelocityChange};
use engine::model::{ClipRef, Note};
use engine::time::Tick;

/// The panel's parts that take the pointer.
pub(super) struct Parts {
    pub(super) canvas: Response,
    pub(super) keys: Response,
    pub(super) ruler: Response,
    pub(super) lane: Response,
    /// Between canvas and lane.
    pub(super) divider: Response,
}

/// Seconds between the presses of a double click, and points they may lie apart.
const DOUBLE_CLICK: (f64, f32) = (0.35, 6.0);
/// Seconds without a turn of the wheel after which its changes become a step.
const WHEEL_REST: f64 = 0.5;
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
        && everywhere.iter().any(|part| part.contains_pointer())
    {
        let from_corner = pointer - world.layout.canvas.min;
        for event in ui.input(|input| input.events.clone()) {
            match event {
                Event::Zoom(factor) => {
                    viewport = viewport.zoomed_time(from_corner.x, f64::from(factor), bounds);
                }
                Event::MouseWheel { unit, delta, modifiers, .. } => {
                    let points = layout::wheel_points(unit, delta, bounds.size);
                    let trims = modifiers.alt && parts.canvas.contains_pointer()
                        || modifiers.is_none() && parts.lane.contains_pointer();
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
    }
    let middle = everywhere.iter().any(|part| part.dragged_by(PointerButton::Middle));
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
    if let Some(pos) = pressed(ui, &parts.canvas, PointerButton::Secondary) {
        settle(ctx, live);
        parts.canvas.request_focus();
        live.gesture = Gesture::press_right(world, pos, &mut wishes);
    }
    if let Some(pos) = pressed(ui, &parts.canvas, PointerButton::Primary) {
        settle(ctx, live);
        parts.canvas.request_focus();
        if ui.input(|input| input.key_down(egui::Key::Space)) {
            live.panning = true;
        } else {
            press_canvas(world, ctx, live, pos, modifiers, now, &mut wishes);
        }
    }
    if let Some(pos) = pressed(ui, &parts.lane, PointerButton::Primary) {
        settle(ctx, live);
        parts.canvas.request_focus();
        live.gesture = Gesture::Paint(Paint::press(world, pos, modifiers, &mut wishes));
    }
    if live.gesture != Gesture::Idle {
        // The position at the release counts too: a fast drag may have no frame in between.
        if let Some(pos) = ui.input(|input| input.pointer.latest_pos()) {
            live.gesture.drag(world, pos, modifiers, &mut wishes);
        }
        let erases = matches!(live.gesture, Gesture::Erase(_));
        let button = if erases { PointerButton::Secondary } else { PointerButton::Primary };
        if !ui.input(|input| input.pointer.button_down(button)) {
            live.gesture.release(world, &mut wishes);
        }
    }
    grant(ctx, world.at, live, now, wishes);
    strip(world, ctx, ui, &parts.keys, live);
    seek(world, ctx, ui, &parts.ruler, &mut live.sought);
    parts.canvas.context_menu(|ui| menu_ui(ctx, ui));
    if parts.divider.dragged() {
        let height = view.lane_height - parts.divider.drag_delta().y;
        view.lane_height = height.clamp(layout::LANE_HEIGHTS.0, layout::LANE_HEIGHTS.1);
    }
    hint(world, ctx, ui, parts, &view.live.gesture);
}

/// Turns wishes into commands.
pub(super) fn grant(ctx: &ViewCtx<'_>, at: ClipRef, live: &mut Live, now: f64, wishes: Vec<Wish>) {
    let held = live.gesture != Gesture::Idle;
    for wish in wishes {
        match wish {
            Wish::Select(notes) => select(ctx, at, notes),
            Wish::Preview(command) => ctx.commands.send(AppCommand::Preview(command)),
            Wish::Commit => ctx.commands.send(AppCommand::Commit),
            Wish::Cancel => ctx.commands.send(AppCommand::Cancel),
            Wish::Adopt(next) => live.next = next,
            Wish::Hush => hush(ctx, live),
            Wish::Sound(key, velocity) => {
                hush(ctx, live);
                let message = [0x90, key, velocity];
                ctx.commands.send(AppCommand::Live { track: at.track, message });
                // A key of the computer's keyboard has no release worth waiting for.
                let until = if held { None } else { Some(now + 0.25) };
                live.sounding = Some(Sounding { track: at.track, key, until });
            }
        }
    }
}

/// Selects notes of the clip.
pub(super) fn select(ctx: &ViewCtx<'_>, at: ClipRef, notes: NoteSet) {
    let selection = crate::state::Selection { track: Some(at.track), clip: Some(at), notes };
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
    if live.wheel.take().is_some() {
        ctx.commands.send(AppCommand::Commit);
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
fn pressed(ui: &Ui, part: &Response, button: PointerButton) -> Option<Pos2> {
    let (down, origin) =
        ui.input(|input| (input.pointer.button_pressed(button), input.pointer.press_origin()));
    origin.filter(|_| down && part.is_pointer_button_down_on() && part.contains_pointer())
}

fn press_canvas(
    world: &World<'_>,
    ctx: &ViewCtx<'_>,
    live: &mut Live,
    pos: Pos2,
    modifiers: Modifiers,
    now: f64,
    wishes: &mut Vec<Wish>,
) {
    let (secs, points) = DOUBLE_CLICK;
    let before = live.last_press.replace((pos, now));
    let again = before.is_some_and(|(at, then)| now - then <= secs && at.distance(pos) <= points);
    if again {
        // A third click begins anew.
        live.last_press = None;
        if let Some(other) = neighbour_clip(world, pos) {
            ctx.commands.send(AppCommand::Select(crate::state::Selection::of_clip(other)));
            return;
        }
    }
    live.gesture = Gesture::press(world, pos, modifiers, again, wishes);
}

/// Another clip of the track at `pos`, where the shown one is not.
fn neighbour_clip(world: &World<'_>, pos: Pos2) -> Option<ClipRef> {
    let tick = Tick(world.layout.tick_from_x(pos.x).max(0.0) as u64);
    if world.clip.range().contains(tick) {
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
        let before = world.selection.notes.clone();
        let notes =
            if before.is_empty() { under(world, pointer)? } else { world.selection_of(&before) };
        Some(WheelTrim { notes, by: 0, before, until: 0.0 })
    });
    let Some(mut wheel) = begun else { return };
    wheel.by = (wheel.by + if turn > 0.0 { step } else { -step }).clamp(-127, 127);
    wheel.until = ui.input(|input| input.time) + WHEEL_REST;
    let change = VelocityChange::By(wheel.by);
    let notes = wheel.notes.clone();
    ctx.commands.send(AppCommand::Preview(Command::ChangeVelocity { notes, change }));
    select(ctx, world.at, wheel.before.clone());
    live.wheel = Some(wheel);
}

/// The note or the chord's stems under the pointer, when nothing is selected.
fn under(world: &World<'_>, pointer: Pos2) -> Option<NoteSelection> {
    let Layout { canvas, .. } = world.layout;
    if canvas.contains(pointer) {
        let hit = hit::note_at(world.layout, world.clip, &NoteSet::default(), pointer)?;
        return Some(NoteSelection::new(world.at, [hit.note.reference()]));
    }
    let near = hit::onset_near(world.layout, world.clip, pointer.x, 5.0)?;
    let x = world.layout.x_from_tick(world.song_tick(near.start));
    let chord = hit::onsets_between(world.layout, world.clip, x - 0.5, x + 0.5);
    Some(NoteSelection::new(world.at, chord.map(Note::reference)))
}

/// The key strip: a drag is a glissando, Alt+click selects a pitch.
fn strip(world: &World<'_>, ctx: &ViewCtx<'_>, ui: &Ui, keys: &Response, live: &mut Live) {
    let down = ui.input(|input| input.pointer.primary_down());
    let modifiers = ui.input(|input| input.modifiers);
    let Some(pos) = ui.input(|input| input.pointer.latest_pos()) else { return };
    let key = world.layout.key_from_y(pos.y);
    if pressed(ui, keys, PointerButton::Primary).is_some() && modifiers.alt {
        let of_pitch = world.clip.notes.iter().filter(|note| note.key == key);
        select(ctx, world.at, of_pitch.map(Note::reference).collect());
        return;
    }
    let plays = keys.is_pointer_button_down_on() && down && !modifiers.alt;
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
    let free = !world.snap || ui.input(|input| input.modifiers.shift);
    let tick = if free { Tick(tick.round() as u64) } else { world.grid.snap(tick) };
    // While it plays the playhead moves on: only a new place is worth another jump.
    if sought.replace(tick) != Some(tick) {
        ctx.commands.send(AppCommand::Seek(tick));
    }
}

/// What a right click offers.
fn menu_ui(ctx: &ViewCtx<'_>, ui: &mut Ui) {
    for action in [Action::Duplicate, Action::Delete] {
        menu_row(ctx, ui, action);
    }
    ui.separator();
    for action in [Action::SelectAll, Action::SelectNone, Action::LoopSelection] {
        menu_row(ctx, ui, action);
    }
}

/// Names the gestures for what the pointer is over, and shows them by its shape.
fn hint(world: &World<'_>, ctx: &ViewCtx<'_>, ui: &Ui, parts: &Parts, gesture: &Gesture) {
    let during = match gesture {
        Gesture::Idle | Gesture::Press(_) => None,
        Gesture::Erase(_) => {
            Some((CursorIcon::Crosshair, "Sweep over notes to erase them · Esc cancels"))
        }
        Gesture::Shift(_) => {
            Some((CursorIcon::Grabbing, "Shift no snap · Alt locks axis · Esc cancels"))
        }
        Gesture::Resize(_) => Some((CursorIcon::ResizeHorizontal, "Shift no snap · Esc cancels")),
        Gesture::Marquee(_) => Some((CursorIcon::Crosshair, "Release to select · Esc cancels")),
        Gesture::Create(_) => Some((
            CursorIcon::ResizeHorizontal,
            "Drag sets the length · Shift no snap · Esc cancels",
        )),
        Gesture::Paint(_) => Some((CursorIcon::Crosshair, "Paints velocities · Esc cancels")),
        Gesture::Trim(_) => {
            Some((CursorIcon::ResizeVertical, "Up is louder, down is softer · Esc cancels"))
        }
    };
    if let Some((cursor, text)) = during {
        ui.set_cursor_icon(cursor);
        match gesture {
            Gesture::Trim(trim) => ctx.hint.set(&format!("Velocity {} · {text}", trim.velocity())),
            _ => ctx.hint.set(text),
        }
        return;
    }
    let over = |part: &Response| part.contains_pointer();
    if over(&parts.divider) {
        ui.set_cursor_icon(CursorIcon::ResizeVertical);
        ctx.hint.set("Drag to change the height of the velocity lane");
    } else if over(&parts.canvas) {
        let pos = ui.input(|input| input.pointer.latest_pos()).unwrap_or_default();
        let hit = hit::note_at(world.layout, world.clip, &world.selection.notes, pos);
        match hit.map(|hit| hit.part) {
            Some(Part::Body) => {
                if ui.input(|input| input.modifiers.command) {
                    ui.set_cursor_icon(CursorIcon::Copy);
                }
                ctx.hint.set(
                    "Drag note to move · Ctrl copies · Shift no snap · Alt locks axis · \
                     Alt+drag or Alt+wheel velocity · Right drag erases",
                );
            }
            Some(Part::Start | Part::End) => {
                ui.set_cursor_icon(CursorIcon::ResizeHorizontal);
                ctx.hint.set("Drag edge to resize all selected · Shift no snap");
            }
            None if neighbour_clip(world, pos).is_some() => {
                ctx.hint.set("Double click to open this clip · Drag to select");
            }
            None => ctx.hint.set(
                "Drag to select · Shift adds · Ctrl toggles · Double click, keep dragging: \
                 new note · Ctrl+wheel zooms",
            ),
        }
    } else if over(&parts.keys) {
        ctx.hint.set(
            "Click or drag to hear · Alt+click selects the pitch · Ctrl+Shift+wheel row height",
        );
    } else if over(&parts.ruler) {
        ctx.hint.set("Click or drag to move the playhead · Shift no snap");
    } else if over(&parts.lane) {
        ctx.hint.set("Drag to paint velocities · Ctrl+drag straight ramp · Wheel ±1");
    }
}
