//! What the keyboard does in a lane that has the focus, or whose points are chosen.

use super::super::clipboard::{Copied, CopiedPoints, written_points};
use super::super::view::Live;
use super::LanePart;
use super::interact::step;
use super::stroke::{Ask, LaneWorld};
use crate::command::AppCommand;
use crate::view_ctx::ViewCtx;
use egui::{Event, EventFilter, Key, Modifiers, Response, Ui};
use engine::edit::{Command, LaneEdit, LaneKind, LanePoint};
use engine::time::{Tick, TickRange};

/// What a key, or a command, does to the lane's points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Verb {
    Cancel,
    Delete,
    Copy,
    Cut,
    Paste,
    /// By grid steps.
    Nudge(i64),
    /// By steps of the value.
    Raise(f64),
    Next {
        forward: bool,
    },
    /// A point at the playhead.
    Add,
}

/// Takes the keys that are about the lane's points.
pub(super) fn keys(
    world: &LaneWorld<'_>,
    ctx: &ViewCtx<'_>,
    ui: &Ui,
    part: &LanePart,
    canvas: &Response,
    live: &mut Live,
    asks: &mut Vec<Ask>,
) {
    let has_focus = part.plot.has_focus();
    if has_focus {
        let filter = EventFilter {
            tab: false,
            horizontal_arrows: true,
            vertical_arrows: true,
            escape: true,
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(part.plot.id, filter));
    }
    let chosen = live.lanes.chosen.filter(|(lane, _)| *lane == world.lane).map(|(_, range)| range);
    let busy = live.lanes.is_busy();
    let mine = has_focus || canvas.has_focus() && chosen.is_some();
    let asked = live.lanes.asked.take();
    if !mine && !busy && asked.is_none() {
        return;
    }
    let mut verbs = Vec::from_iter(asked);
    ui.input_mut(|input| {
        input.events.retain(|event| {
            let verb = match event {
                Event::Key { key, pressed: true, modifiers, .. } => verb(*key, *modifiers),
                _ => None,
            };
            let verb = verb.filter(|verb| match verb {
                Verb::Cancel => busy || chosen.is_some(),
                _ => mine,
            });
            verbs.extend(verb);
            verb.is_none()
        });
    });
    for verb in verbs {
        match verb {
            Verb::Cancel => cancel(ctx, live, asks),
            _ if busy => {}
            _ => run(world, ctx, ui, chosen, live, verb, asks),
        }
    }
}

fn verb(key: Key, modifiers: Modifiers) -> Option<Verb> {
    let Modifiers { alt, shift, command, ctrl, .. } = modifiers;
    Some(match (key, command || ctrl, shift, alt) {
        (Key::Escape, false, false, false) => Verb::Cancel,
        (Key::Delete | Key::Backspace, false, false, false) => Verb::Delete,
        (Key::ArrowRight, false, false, false) => Verb::Nudge(1),
        (Key::ArrowLeft, false, false, false) => Verb::Nudge(-1),
        (Key::ArrowUp, false, false, false) => Verb::Raise(1.0),
        (Key::ArrowDown, false, false, false) => Verb::Raise(-1.0),
        (Key::ArrowUp, false, true, false) => Verb::Raise(10.0),
        (Key::ArrowDown, false, true, false) => Verb::Raise(-10.0),
        (Key::ArrowRight, true, false, false) => Verb::Next { forward: true },
        (Key::ArrowLeft, true, false, false) => Verb::Next { forward: false },
        (Key::Enter, false, false, false) => Verb::Add,
        _ => return None,
    })
}

/// Escape: the stroke first, then the wheel, then what is chosen.
pub(super) fn cancel(ctx: &ViewCtx<'_>, live: &mut Live, asks: &mut Vec<Ask>) {
    if let Some((_, stroke)) = live.lanes.stroke.take() {
        stroke.cancel(asks);
    } else if live.lanes.settle() {
        ctx.commands.send(AppCommand::Cancel);
    } else {
        live.lanes.chosen = None;
    }
}

fn run(
    world: &LaneWorld<'_>,
    ctx: &ViewCtx<'_>,
    ui: &Ui,
    chosen: Option<TickRange>,
    live: &mut Live,
    verb: Verb,
    asks: &mut Vec<Ask>,
) {
    let edit = match (verb, chosen) {
        (Verb::Next { forward }, _) => {
            asks.extend(next(world, chosen, forward));
            return;
        }
        (Verb::Paste, _) => {
            let at = chosen.map_or_else(|| playhead(world, ctx), TickRange::start);
            asks.extend(paste(world, live.copied.as_ref(), at));
            return;
        }
        (Verb::Add, _) if world.lane.kind.is_of_notes() => return,
        (Verb::Add, _) => {
            let tick = playhead(world, ctx);
            let range = TickRange::between(tick, tick.after(1));
            asks.push(Ask::Choose(Some(range)));
            let value = world.read.data.value_at(tick);
            LaneEdit::Draw { range, points: [LanePoint::new(tick, value)].into() }
        }
        (Verb::Copy | Verb::Cut, Some(range)) => {
            if let Some(copied) = copy(world, range) {
                ui.ctx().copy_text(written_points(&copied));
                live.copied = Some(Copied::Points(copied));
            }
            if verb == Verb::Copy {
                return;
            }
            LaneEdit::Delete { range }
        }
        (Verb::Delete, Some(range)) => LaneEdit::Delete { range },
        (Verb::Raise(by), Some(range)) => {
            let by = by * step(world.lane.kind, false);
            LaneEdit::Move { range, ticks: 0, by }
        }
        (Verb::Nudge(steps), Some(range)) => {
            let ticks = steps * world.grid.step().whole() as i64;
            let points = world.read.data.points_in(range);
            let (Some(first), Some(last)) = (points.first(), points.last()) else { return };
            let most = world.end().saturating_sub(1).saturating_sub(last.tick.0) as i64;
            let ticks = ticks.clamp(-(first.tick.0 as i64), most.max(0));
            let moved = TickRange::between(range.start().offset(ticks), range.end().offset(ticks));
            asks.push(Ask::Choose(Some(moved)));
            LaneEdit::Move { range, ticks, by: 0.0 }
        }
        _ => return,
    };
    asks.push(Ask::Apply(Command::Lane { clip: world.at, lane: world.lane, edit }));
}

/// The playhead on the lane's own time line, inside it.
fn playhead(world: &LaneWorld<'_>, ctx: &ViewCtx<'_>) -> Tick {
    let tick = (ctx.transport.position - world.origin()).max(0.0) as u64;
    if tick < world.end() { Tick(tick) } else { Tick::ZERO }
}

/// Chooses the point after the chosen ones, or the one before.
fn next(world: &LaneWorld<'_>, chosen: Option<TickRange>, forward: bool) -> Option<Ask> {
    let points = world.read.data.points();
    let index = match (chosen, forward) {
        (None, true) => 0,
        (None, false) => points.len().checked_sub(1)?,
        (Some(range), true) => points.partition_point(|point| point.tick < range.end()),
        (Some(range), false) => {
            points.partition_point(|point| point.tick < range.start()).checked_sub(1)?
        }
    };
    let tick = points.get(index)?.tick;
    Some(Ask::Choose(Some(TickRange::between(tick, tick.after(1)))))
}

/// The points of a range, counting from its start.
pub(super) fn copy(world: &LaneWorld<'_>, range: TickRange) -> Option<CopiedPoints> {
    let kind = world.lane.kind;
    let from_start = |tick: Tick| Tick(tick.since(range.start()));
    let points: Vec<LanePoint> = if kind.is_of_notes() {
        let onsets = world.clip.notes.sounding_in(range).filter(|note| range.contains(note.start));
        let value = |note| super::stroke::value_of(kind, note);
        onsets.map(|note| LanePoint::new(from_start(note.start), value(note))).collect()
    } else {
        let points = world.read.data.points_in(range).iter();
        points.map(|point| LanePoint { tick: from_start(point.tick), ..*point }).collect()
    };
    if points.is_empty() {
        return None;
    }
    // As far as the points go: what is after them is not copied, and not replaced.
    let last = points.last().map_or(0, |point| point.tick.0);
    Some(CopiedPoints { kind, length: last + 1, points: points.into() })
}

/// Puts copied points at `at`, their values brought into the lane's own range.
pub(super) fn paste(world: &LaneWorld<'_>, copied: Option<&Copied>, at: Tick) -> Option<Ask> {
    let copied = copied?.points()?;
    let kind = world.lane.kind;
    let convert = |point: &LanePoint| LanePoint {
        value: converted(copied.kind, kind, point.value),
        ..*point
    };
    let points = copied.points.iter().map(convert).collect();
    let edit = LaneEdit::Paste { at, length: copied.length, points };
    Some(Ask::Apply(Command::Lane { clip: world.at, lane: world.lane, edit }))
}

/// A value of one lane in another: at the same share of its range, unless both mean the same.
fn converted(from: LaneKind, to: LaneKind, value: f64) -> f64 {
    let range = |kind: LaneKind| match kind {
        LaneKind::Tempo => (20.0, 300.0),
        LaneKind::Velocity => (0.0, 127.0),
        _ => kind.range(),
    };
    let ((low, high), (to_low, to_high)) = (range(from), range(to));
    if from == to || (low, high) == (to_low, to_high) {
        return value;
    }
    to_low + (value - low) / (high - low) * (to_high - to_low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_share_of_the_range() {
        let modulation = LaneKind::Controller(1);
        assert_eq!(converted(modulation, LaneKind::Controller(7), 99.0), 99.0);
        assert_eq!(converted(modulation, LaneKind::PitchBend, 0.0), -8192.0);
        assert_eq!(converted(LaneKind::PitchBend, modulation, 8191.0), 127.0);
    }
}
