//! From egui's pointer and wheel to strokes in lanes, and from what they ask for to commands.

use super::super::clipboard::Copied;
use super::super::gesture::{Gesture, World};
use super::super::interact::{pressed, select, settle};
use super::super::layout::wheel_points;
use super::super::verbs::{Act, Button, Held, Place};
use super::super::view::PianoRollView;
use super::cache::Read;
use super::layout;
use super::stroke::{Ask, LaneWorld, REACH, Stroke};
use super::{LanePart, LaneParts, Wheel, keys, menu, words};
use crate::command::AppCommand;
use crate::state::RollTool;
use crate::view_ctx::ViewCtx;
use egui::{CursorIcon, Event, PointerButton, Pos2, Response, Ui, Vec2};
use engine::edit::{Command, LaneEdit, LaneKind, densest};
use engine::time::{Tick, TickRange};

/// Seconds without a turn of the wheel after which its changes become a step.
const WHEEL_REST: f64 = 0.5;

/// Everything that is done with pointer and keys in the lanes. Runs before the canvas looks
/// at keys, so that a lane that has the focus gets them first.
pub(in super::super) fn lanes(
    world: &World<'_>,
    ctx: &ViewCtx<'_>,
    ui: &Ui,
    parts: &LaneParts,
    canvas: &Response,
    view: &mut PianoRollView,
) {
    forget(world, parts, view);
    cancel(ctx, world, view);
    arrange(world, ctx, ui, parts, view);
    let Some((part, read)) = current(world, ctx, ui, parts, canvas, view) else { return };
    let (snap, shape, tool) = (view.snap, view.lanes.shape, view.active_tool());
    let live = &mut view.live;
    let lane_world = LaneWorld {
        lane: part.lane,
        at: world.at,
        clip: world.clip,
        layout: world.layout,
        plot: part.strip.plot,
        axis: live.lanes.axis(part.lane, &read),
        grid: &world.grid,
        snap,
        hand: world.hand,
        spacing: densest(ctx.snapshot.division),
        shape,
        read: &read,
        notes: world.selection.notes(),
    };
    let mut asks = Vec::new();
    keys::keys(&lane_world, ctx, ui, part, canvas, live, &mut asks);
    wheel(&lane_world, ctx, ui, part, live);
    press(&lane_world, ctx, ui, (part, canvas), tool, live, &mut asks);
    follow(&lane_world, ui, live, &mut asks);
    menu::points(&lane_world, ctx, ui, part, live, &mut asks);
    hint(&lane_world, ctx, ui, part, tool, live);
    grant(&lane_world, ctx, live, asks);
}

/// Makes the wheel's changes a step when it has come to rest.
pub(in super::super) fn expire(ctx: &ViewCtx<'_>, ui: &Ui, view: &mut PianoRollView) {
    let now = ui.input(|input| input.time);
    let Some(left) = view.live.lanes.wheel.as_ref().map(|wheel| wheel.until - now) else { return };
    if left > 0.0 {
        ui.request_repaint_after_secs(left as f32 + 0.01);
    } else if view.live.lanes.settle() {
        ctx.commands.send(AppCommand::Commit);
    }
}

/// Turns what a stroke asks for into commands.
fn grant(
    world: &LaneWorld<'_>,
    ctx: &ViewCtx<'_>,
    live: &mut super::super::view::Live,
    asks: Vec<Ask>,
) {
    for ask in asks {
        match ask {
            Ask::Preview(command) => ctx.commands.send(AppCommand::Preview(command)),
            Ask::Apply(command) => ctx.commands.send(AppCommand::Apply(command)),
            Ask::Commit => ctx.commands.send(AppCommand::Commit),
            Ask::Cancel => ctx.commands.send(AppCommand::Cancel),
            Ask::Select(notes) => select(ctx, ctx.selection.with_notes_of(world.at, notes)),
            Ask::Choose(range) => {
                live.lanes.chosen = range.map(|range| (world.lane, range));
                if range.is_some() && !world.notes.is_empty() {
                    // One selection at a time, so that Delete is about what one sees chosen.
                    select(ctx, ctx.selection.cleared());
                }
            }
        }
    }
}

/// Forgets what is chosen in a lane that is not there any more, or once notes are selected.
fn forget(world: &World<'_>, parts: &LaneParts, view: &mut PianoRollView) {
    let live = &mut view.live.lanes;
    let shows = |lane| parts.lanes.iter().any(|part| part.lane == lane);
    live.chosen = live.chosen.filter(|(lane, _)| shows(*lane) && !world.selection.has_notes());
}

/// A command that cancels is about the lanes as long as something is under way there.
fn cancel(ctx: &ViewCtx<'_>, world: &World<'_>, view: &mut PianoRollView) {
    let live = &mut view.live;
    let concerned = live.lanes.is_busy() || live.lanes.chosen.is_some();
    if !concerned || !std::mem::take(&mut live.keyed.cancels) {
        return;
    }
    let mut asks = Vec::new();
    keys::cancel(ctx, live, &mut asks);
    for ask in asks {
        match ask {
            Ask::Cancel => ctx.commands.send(AppCommand::Cancel),
            Ask::Select(notes) => select(ctx, ctx.selection.with_notes_of(world.at, notes)),
            _ => {}
        }
    }
}

/// Heights, what lanes there are, and scrolling among them.
fn arrange(
    world: &World<'_>,
    ctx: &ViewCtx<'_>,
    ui: &Ui,
    parts: &LaneParts,
    view: &mut PianoRollView,
) {
    let mut change = None;
    for part in &parts.lanes {
        if part.divider.dragged() {
            let height = part.strip.plot.height() - part.divider.drag_delta().y;
            if let Some(lane) = view.lanes.shown.get_mut(part.index) {
                lane.height = height.clamp(layout::HEIGHTS.0, layout::HEIGHTS.1);
            }
        }
        if part.divider.contains_pointer() {
            ctx.hint.set("Drag to change the height of the lane");
        } else if part.caption.contains_pointer() {
            ctx.hint.set("Click to choose what this lane shows");
        } else if part.add.contains_pointer() {
            ctx.hint.set("Click to add a lane below this one");
        } else if part.close.contains_pointer() {
            ctx.hint.set("Click to close this lane; its data stays in the clip");
        }
        if part.close.clicked() {
            change = Some(menu::Change::Close(part.index));
        }
        let shape = view.lanes.shape;
        let live = &mut view.live.lanes;
        let shown = &view.lanes.shown;
        let mut choose = |response: &Response, adds| {
            menu::lanes(world, ctx, response, shown, shape, live, (part.index, adds))
        };
        change = choose(&part.caption, false).or(change);
        change = choose(&part.add, true).or(change);
    }
    if let Some(first) = &parts.first {
        let (shape, live) = (view.lanes.shape, &mut view.live.lanes);
        change =
            menu::lanes(world, ctx, first, &view.lanes.shown, shape, live, (0, true)).or(change);
        if first.contains_pointer() {
            ctx.hint.set("Click to add a lane under the notes");
        }
    }
    if let Some(change) = change {
        menu::carry_out(change, &mut view.lanes);
    }
    let over_caption = ui
        .input(|input| input.pointer.latest_pos())
        .is_some_and(|pos| parts.area.contains(pos) && pos.x < world.layout.canvas.left());
    if parts.overflow > 0.0 && over_caption {
        for event in ui.input(|input| input.events.clone()) {
            if let Event::MouseWheel { unit, delta, .. } = event {
                let points = wheel_points(unit, delta, parts.area.size());
                view.live.lanes.scroll -= points.y;
            }
        }
    }
}

/// The lane that a command is about: the one with the keyboard or the chosen points, else one
/// of the kind that was copied.
fn asked<'p>(parts: &'p LaneParts, live: &super::super::view::Live) -> Option<&'p LanePart> {
    live.lanes.asked?;
    let chosen = live.lanes.chosen.map(|(lane, _)| lane);
    let copied = live.copied.as_ref().and_then(Copied::points).map(|points| points.kind);
    let find = |wanted: &dyn Fn(&LanePart) -> bool| parts.lanes.iter().find(|part| wanted(part));
    find(&|part| part.plot.has_focus())
        .or_else(|| find(&|part| Some(part.lane) == chosen))
        .or_else(|| find(&|part| Some(part.lane.kind) == copied))
}

/// The lane that is being worked in: the stroke's own, else the one under the pointer, else
/// the one with an open menu, the focus or the chosen points. Its points come with it.
fn current<'p>(
    world: &World<'_>,
    ctx: &ViewCtx<'_>,
    ui: &Ui,
    parts: &'p LaneParts,
    canvas: &Response,
    view: &mut PianoRollView,
) -> Option<(&'p LanePart, std::sync::Arc<Read>)> {
    let asked = asked(parts, &view.live);
    let live = &mut view.live.lanes;
    let find = |wanted: &dyn Fn(&LanePart) -> bool| parts.lanes.iter().find(|part| wanted(part));
    let held = live.stroke.as_ref().map(|(lane, _)| *lane);
    if let Some(lane) = held
        && find(&|part| part.lane == lane).is_none()
    {
        // Its lane was closed meanwhile.
        live.stroke = None;
        ctx.commands.send(AppCommand::Cancel);
    }
    let wheel = live.wheel.as_ref().map(|wheel| wheel.lane);
    let chosen = live.chosen.map(|(lane, _)| lane).filter(|_| canvas.has_focus());
    let by_lane = |lane| find(&move |part: &LanePart| Some(part.lane) == lane);
    let part = held
        .and_then(|lane| by_lane(Some(lane)))
        .or_else(|| find(&|part| part.plot.context_menu_opened()))
        .or_else(|| find(&|part| part.plot.contains_pointer()))
        .or_else(|| find(&|part| part.plot.has_focus()))
        .or_else(|| wheel.and_then(|lane| by_lane(Some(lane))))
        .or_else(|| chosen.and_then(|lane| by_lane(Some(lane))));
    let part = asked.or(part)?;
    // Keys belong to the lane that has them, wherever the pointer rests.
    let has_keys = ui.input(|input| {
        input.events.iter().any(|event| matches!(event, Event::Key { pressed: true, .. }))
    });
    let keyed =
        find(&|part| part.plot.has_focus()).or_else(|| chosen.and_then(|lane| by_lane(Some(lane))));
    let part =
        if has_keys && held.is_none() && asked.is_none() { keyed.unwrap_or(part) } else { part };
    Some((part, live.cache.read(ctx, world.track, world.clip, part.lane)))
}

fn wheel(
    world: &LaneWorld<'_>,
    ctx: &ViewCtx<'_>,
    ui: &Ui,
    part: &LanePart,
    live: &mut super::super::view::Live,
) {
    if !part.plot.contains_pointer() || live.lanes.stroke.is_some() || live.gesture != Gesture::Idle
    {
        return;
    }
    let chosen = live.lanes.chosen.filter(|(lane, _)| *lane == world.lane);
    // The velocity lane's stems have a wheel of their own.
    if world.lane.kind == LaneKind::Velocity && chosen.is_none() {
        return;
    }
    for event in ui.input(|input| input.events.clone()) {
        let Event::MouseWheel { unit, delta, modifiers, .. } = event else { continue };
        let points = wheel_points(unit, delta, Vec2::splat(100.0));
        // With Alt some systems turn the wheel sideways.
        let turn = if points.y == 0.0 { points.x } else { points.y };
        let fine = modifiers.alt && !modifiers.shift && !modifiers.command;
        if turn == 0.0 || !(modifiers.is_none() || fine) {
            continue;
        }
        let step = step(world.lane.kind, fine).copysign(f64::from(turn));
        let under = || {
            let pos = ui.input(|input| input.pointer.latest_pos())?;
            under(world, pos)
        };
        let begun = match live.lanes.wheel.take() {
            Some(wheel) if wheel.lane == world.lane => Some(wheel),
            other => {
                if other.is_some() {
                    ctx.commands.send(AppCommand::Commit);
                }
                settle(ctx, live);
                let range = chosen.map(|(_, range)| range).or_else(under);
                range.map(|range| Wheel { lane: world.lane, range, by: 0.0, until: 0.0 })
            }
        };
        let Some(mut wheel) = begun else { continue };
        wheel.by += step;
        wheel.until = ui.input(|input| input.time) + WHEEL_REST;
        let edit = LaneEdit::Move { range: wheel.range, ticks: 0, by: wheel.by };
        ctx.commands.send(AppCommand::Preview(Command::Lane {
            clip: world.at,
            lane: world.lane,
            edit,
        }));
        live.lanes.wheel = Some(wheel);
    }
}

/// What a turn of the wheel or a key is worth: one, or of 14 bits a hundredth.
pub(super) const fn step(kind: LaneKind, fine: bool) -> f64 {
    match kind {
        LaneKind::PitchBend | LaneKind::Controller14(_) | LaneKind::Rpn(_) | LaneKind::Nrpn(_)
            if !fine =>
        {
            128.0
        }
        LaneKind::Tempo if fine => 0.1,
        _ => 1.0,
    }
}

/// The point at the pointer, else the one whose value holds there.
fn under(world: &LaneWorld<'_>, pos: Pos2) -> Option<TickRange> {
    if world.lane.kind.is_of_notes() {
        let near = super::super::hit::onset_near(world.layout, world.clip, pos.x, REACH)?;
        return Some(TickRange::between(near, near.after(1)));
    }
    let tick = world.near(pos.x).map_or_else(
        || {
            let now = Tick(world.tick_from_x(pos.x).max(0.0) as u64);
            let points = world.read.data.points();
            let after = points.partition_point(|point| point.tick <= now);
            Some(points.get(after.checked_sub(1)?)?.tick)
        },
        |point| Some(point.tick),
    )?;
    Some(TickRange::between(tick, tick.after(1)))
}

fn press(
    world: &LaneWorld<'_>,
    ctx: &ViewCtx<'_>,
    ui: &Ui,
    (part, canvas): (&LanePart, &Response),
    tool: RollTool,
    live: &mut super::super::view::Live,
    asks: &mut Vec<Ask>,
) {
    if live.lanes.stroke.is_some() || live.gesture != Gesture::Idle {
        return;
    }
    let held = Held::of(ui.input(|input| input.modifiers));
    if let Some(pos) = pressed(ui, &part.plot, PointerButton::Secondary) {
        settle(ctx, live);
        part.plot.request_focus();
        live.lanes.fields.open_at(world, pos);
        live.lanes.stroke = Stroke::press_right(world, pos).map(|stroke| (world.lane, stroke));
        live.lanes.held_axis = Some(world.axis);
    }
    let Some(pos) = pressed(ui, &part.plot, PointerButton::Primary) else { return };
    if ui.input(|input| input.key_down(egui::Key::Space)) {
        return;
    }
    settle(ctx, live);
    let chosen = live.lanes.chosen.filter(|(lane, _)| *lane == world.lane).map(|(_, range)| range);
    let verb = world.hand.verb(Place::Lane, Button::Left, held, Act::Drag);
    let stroke = Stroke::press(world, pos, verb, tool, chosen, asks);
    let keeps = matches!(stroke, Some(Stroke::Choose { .. } | Stroke::Shift(_)));
    if live.lanes.chosen.is_some() && !keeps {
        live.lanes.chosen = None;
    }
    // Where velocities are painted the keys are the canvas's own.
    let keyed = if stroke.is_some() { &part.plot } else { canvas };
    keyed.request_focus();
    live.lanes.stroke = stroke.map(|stroke| (world.lane, stroke));
    live.lanes.held_axis = Some(world.axis);
}

fn follow(
    world: &LaneWorld<'_>,
    ui: &Ui,
    live: &mut super::super::view::Live,
    asks: &mut Vec<Ask>,
) {
    let Some((lane, mut stroke)) = live.lanes.stroke.take() else { return };
    let held = world.hand.constraint(Held::of(ui.input(|input| input.modifiers)));
    let pos = ui.input(|input| input.pointer.latest_pos()).unwrap_or(world.plot.center());
    // The position at the release counts too: a fast drag may have no frame in between.
    stroke.follow(world, pos, held, asks);
    let is_right = matches!(&stroke, Stroke::Erase(erase) if erase.is_right);
    let button = if is_right { PointerButton::Secondary } else { PointerButton::Primary };
    if ui.input(|input| input.pointer.button_down(button)) {
        live.lanes.stroke = Some((lane, stroke));
    } else {
        stroke.release(world, pos, asks);
    }
}

/// Names the gestures for what the pointer is over, with the value that it is at.
fn hint(
    world: &LaneWorld<'_>,
    ctx: &ViewCtx<'_>,
    ui: &Ui,
    part: &LanePart,
    tool: RollTool,
    live: &super::super::view::Live,
) {
    let stroke = live.lanes.stroke.as_ref().map(|(_, stroke)| stroke);
    if stroke.is_none() && !part.plot.contains_pointer() {
        return;
    }
    let pos = ui.input(|input| input.pointer.latest_pos()).unwrap_or_default();
    let kind = world.lane.kind;
    let value = words::value(kind, world.value_from_y(pos.y));
    let name = kind.name();
    match stroke {
        Some(Stroke::Paint(_) | Stroke::Notes(_)) => {
            ctx.hint.set(&format!("{name} {value} · Esc cancels"));
        }
        Some(Stroke::Ramp(_)) => {
            ctx.hint.set(&format!("Ramp to {value} · Shift no snap · Alt bends it · Esc cancels"));
        }
        Some(Stroke::Choose { .. }) => ctx.hint.set("Release to choose the points · Esc cancels"),
        Some(Stroke::Shift(_)) => {
            ui.set_cursor_icon(CursorIcon::Grabbing);
            ctx.hint.set("Shift no snap · Alt locks axis · Esc cancels");
        }
        Some(Stroke::Erase(_)) => ctx.hint.set("Sweep over points to erase them · Esc cancels"),
        None if chosen_under(world, live, pos) => {
            ui.set_cursor_icon(CursorIcon::Grab);
            ctx.hint.set(
                "Drag to move the chosen points · Wheel changes them · Delete removes them · \
                 Right click scales, tilts, thins",
            );
        }
        None if kind == LaneKind::Velocity => ctx.hint.set(
            "Drag to paint velocities · Ctrl+drag straight ramp · Wheel ±1 · Shift+drag chooses",
        ),
        None if kind == LaneKind::ReleaseVelocity => ctx.hint.set(
            "Drag to paint release velocities · Ctrl+drag straight ramp · Wheel ±1 · \
             Shift+drag chooses",
        ),
        None if tool == RollTool::Erase => ctx.hint.set("Drag over points to erase them"),
        None => ctx.hint.set(&format!(
            "{name} {value} · Drag draws · Ctrl+drag ramp · Shift+drag chooses · Right drag \
             erases · Wheel ±{}",
            step(kind, false),
        )),
    }
}

fn chosen_under(world: &LaneWorld<'_>, live: &super::super::view::Live, pos: Pos2) -> bool {
    let Some((lane, range)) = live.lanes.chosen else { return false };
    let tick = world.tick_from_x(pos.x);
    lane == world.lane && (range.start().0 as f64..range.end().0 as f64).contains(&tick)
}
