//! Which events make a point of a lane together.

use super::{Lane, LaneKind, LanePoint};
use crate::model::{Channel, Event, EventKind};
use crate::time::Tick;

/// The parameter that means none: 127/127.
pub(super) const NO_PARAMETER: u16 = 0x3FFF;
/// Marks a non-registered parameter, beyond the 14 bits of its number.
const NON_REGISTERED: u16 = 0x8000;

/// The indices of the events that each point is made of.
#[derive(Default)]
pub(super) struct Owned {
    indices: Vec<u32>,
    ends: Vec<u32>,
}

impl Owned {
    pub(super) fn push(&mut self, events: &[u32]) {
        self.indices.extend_from_slice(events);
        self.ends.push(self.indices.len() as u32);
    }

    /// The events of the point with this index, in order.
    pub(super) fn of(&self, index: usize) -> &[u32] {
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).copied();
        let end = self.ends.get(index).copied().unwrap_or_default();
        self.indices.get(start.unwrap_or_default() as usize..end as usize).unwrap_or_default()
    }
}

/// Calls `each` for every point of a lane, in order, with the events that it is made of.
/// Velocities and tempo are not events of a clip: they have no points here.
pub(super) fn walk(events: &[Event], lane: Lane, mut each: impl FnMut(LanePoint, &[u32])) {
    match lane.kind {
        LaneKind::Velocity | LaneKind::ReleaseVelocity | LaneKind::Tempo => {}
        LaneKind::Controller14(number) => walk_pairs(events, lane, number & 0x1F, each),
        LaneKind::Rpn(number) => walk_parameter(events, lane, number & 0x3FFF, each),
        LaneKind::Nrpn(number) => {
            walk_parameter(events, lane, NON_REGISTERED | (number & 0x3FFF), each);
        }
        _ => {
            for (event, index) in events.iter().zip(0..) {
                if let Some((value, key)) = value_of(lane, &event.kind) {
                    each(LanePoint { tick: event.tick, value, key }, &[index]);
                }
            }
        }
    }
}

/// Whether each point of such a lane is one event that means the same wherever it stands.
pub(super) const fn is_plain(kind: LaneKind) -> bool {
    !matches!(kind, LaneKind::Controller14(_) | LaneKind::Rpn(_) | LaneKind::Nrpn(_))
}

/// The value and key of an event that is a point by itself.
fn value_of(lane: Lane, kind: &EventKind) -> Option<(f64, Option<u8>)> {
    if kind.channel() != Some(lane.channel) {
        return None;
    }
    Some(match (lane.kind, kind) {
        (LaneKind::PitchBend, EventKind::PitchBend { value, .. }) => (f64::from(*value), None),
        (LaneKind::ChannelPressure, EventKind::ChannelPressure { value, .. }) => {
            (f64::from(*value), None)
        }
        (LaneKind::PolyPressure(wanted), EventKind::PolyPressure { key, value, .. })
            if wanted.is_none_or(|wanted| wanted == *key) =>
        {
            (f64::from(*value), Some(*key))
        }
        (LaneKind::Program, EventKind::Program { program, .. }) => (f64::from(*program), None),
        (LaneKind::Controller(wanted), EventKind::Control { number, value, .. })
            if wanted == *number =>
        {
            (f64::from(*value), None)
        }
        _ => return None,
    })
}

/// Number and value of a controller of `channel`.
fn control(event: &Event, channel: Channel) -> Option<(u8, u8)> {
    match event.kind {
        EventKind::Control { channel: on, number, value } if on == channel => Some((number, value)),
        _ => None,
    }
}

/// High and low half at one tick are one point, whichever comes first; a half alone is one
/// with the other half as it was.
fn walk_pairs(events: &[Event], lane: Lane, number: u8, mut each: impl FnMut(LanePoint, &[u32])) {
    let mut halves = Halves::of(lane.kind.rest());
    let mut group = Group::default();
    for (event, index) in events.iter().zip(0..) {
        let Some((which, value)) = control(event, lane.channel) else { continue };
        if which != number && which != number + 32 {
            continue;
        }
        let low = which == number + 32;
        if !group.takes(event.tick, low) {
            group.finish(&halves, &mut each);
        }
        halves.set(low, value);
        group.add(event.tick, low, index);
    }
    group.finish(&halves, &mut each);
}

/// The two halves of a value of 14 bits.
struct Halves {
    high: u8,
    low: u8,
}

impl Halves {
    fn of(value: f64) -> Self {
        let bits = value.clamp(0.0, 16_383.0) as u16;
        Self { high: (bits >> 7) as u8, low: (bits & 0x7F) as u8 }
    }

    const fn set(&mut self, low: bool, value: u8) {
        *(if low { &mut self.low } else { &mut self.high }) = value & 0x7F;
    }

    fn value(&self) -> f64 {
        f64::from(u16::from(self.high) << 7 | u16::from(self.low))
    }
}

/// A point in the making.
#[derive(Default)]
struct Group {
    tick: Tick,
    has: [bool; 2],
    events: Vec<u32>,
}

impl Group {
    const fn is_empty(&self) -> bool {
        let [high, low] = self.has;
        !high && !low
    }

    fn takes(&self, tick: Tick, low: bool) -> bool {
        let [has_high, has_low] = self.has;
        self.is_empty() || self.tick == tick && !(if low { has_low } else { has_high })
    }

    fn add(&mut self, tick: Tick, low: bool, index: u32) {
        self.tick = tick;
        let [has_high, has_low] = &mut self.has;
        *(if low { has_low } else { has_high }) = true;
        self.events.push(index);
    }

    fn finish(&mut self, halves: &Halves, each: &mut impl FnMut(LanePoint, &[u32])) {
        if !self.is_empty() {
            each(LanePoint::new(self.tick, halves.value()), &self.events);
        }
        self.has = [false; 2];
        self.events.clear();
    }
}

/// Which parameter data entry is about. Follows the controllers of one channel.
#[derive(Clone, Copy)]
pub(super) struct Selector {
    /// What is selected; [`NO_PARAMETER`] when nothing is.
    selected: u16,
    /// Whether high and low half of it came since the last data entry.
    fresh: [bool; 2],
}

impl Default for Selector {
    fn default() -> Self {
        Self { selected: NO_PARAMETER, fresh: [false; 2] }
    }
}

impl Selector {
    /// What is selected.
    pub(super) const fn selected(self) -> u16 {
        if self.selected & NO_PARAMETER == NO_PARAMETER { NO_PARAMETER } else { self.selected }
    }

    /// Takes note of a controller; whether it was one that selects.
    pub(super) fn hear(&mut self, number: u8, value: u8) -> bool {
        let kind = if matches!(number, 98 | 99) { NON_REGISTERED } else { 0 };
        let old = self.selected;
        if old & NON_REGISTERED != kind {
            self.fresh = [false; 2];
        }
        let [high, low] = &mut self.fresh;
        match number {
            99 | 101 => {
                *high = true;
                self.selected = kind | u16::from(value & 0x7F) << 7 | (old & 0x7F);
            }
            98 | 100 => {
                *low = true;
                self.selected = kind | (old & 0x3F80) | u16::from(value & 0x7F);
            }
            _ => return false,
        }
        true
    }

    fn is_fresh(self) -> bool {
        self.fresh == [true; 2]
    }
}

/// The controllers that select a parameter: high half, then low half.
pub(super) const fn selecting(parameter: u16) -> [(u8, u8); 2] {
    let numbers = if parameter & NON_REGISTERED == 0 { (101, 100) } else { (99, 98) };
    [(numbers.0, (parameter >> 7 & 0x7F) as u8), (numbers.1, (parameter & 0x7F) as u8)]
}

/// The parameter of a lane as [`Selector`] names it; `None` for other lanes.
pub(super) const fn parameter_of(kind: LaneKind) -> Option<u16> {
    match kind {
        LaneKind::Rpn(number) => Some(number & 0x3FFF),
        LaneKind::Nrpn(number) => Some(NON_REGISTERED | (number & 0x3FFF)),
        _ => None,
    }
}

/// A data entry for the parameter is a point. What selects the parameter for it belongs to
/// the point too, if it stands at the same tick and nothing later counts on it; and so does
/// what selects another one, or none, right afterwards.
fn walk_parameter(
    events: &[Event],
    lane: Lane,
    wanted: u16,
    mut each: impl FnMut(LanePoint, &[u32]),
) {
    let mut walk = ParameterWalk {
        wanted,
        halves: Halves::of(lane.kind.rest()),
        selector: Selector::default(),
        run: Vec::new(),
        before_run: NO_PARAMETER,
        run_tick: Tick::ZERO,
        open: None,
    };
    for (event, index) in events.iter().zip(0..) {
        let Some((number, value)) = control(event, lane.channel) else { continue };
        match number {
            98..=101 => walk.select(event.tick, index, number, value, &mut each),
            6 | 38 => walk.enter(event.tick, index, number == 38, value, &mut each),
            96 | 97 => walk.settle(walk.selector.is_fresh(), &mut each),
            _ => {}
        }
    }
    walk.settle(true, &mut each);
}

struct ParameterWalk {
    wanted: u16,
    halves: Halves,
    selector: Selector,
    /// Events that select, at one tick, since the last data entry.
    run: Vec<u32>,
    run_tick: Tick,
    before_run: u16,
    open: Option<OpenPoint>,
}

/// A point whose data is known, but not yet what else belongs to it.
struct OpenPoint {
    group: Group,
    value: f64,
    selection: Vec<u32>,
    closing: Vec<u32>,
    /// What was selected before its own selection.
    before: u16,
    /// It leaves selected what was selected before: nothing later can miss it.
    is_whole: bool,
}

impl ParameterWalk {
    fn select(
        &mut self,
        tick: Tick,
        index: u32,
        number: u8,
        value: u8,
        each: &mut impl FnMut(LanePoint, &[u32]),
    ) {
        if self.run.is_empty() || self.run_tick != tick {
            self.run.clear();
            self.run_tick = tick;
            self.before_run = self.selector.selected();
        }
        self.run.push(index);
        self.selector.hear(number, value);
        let Self { selector, run, open, .. } = self;
        let Some(point) = open.as_mut() else { return };
        let closes = selector.selected() == point.before || selector.selected() == NO_PARAMETER;
        let own = point.group.tick == tick && !point.selection.is_empty();
        if own && closes && selector.is_fresh() && point.closing.is_empty() {
            point.closing.append(run);
            point.is_whole = selector.selected() == point.before;
            selector.fresh = [false; 2];
            self.before_run = selector.selected();
            if point.is_whole {
                self.settle(true, each);
            }
        }
    }

    fn enter(
        &mut self,
        tick: Tick,
        index: u32,
        low: bool,
        value: u8,
        each: &mut impl FnMut(LanePoint, &[u32]),
    ) {
        let is_ours = self.selector.selected() == self.wanted;
        let goes_on = is_ours
            && self.run.is_empty()
            && self
                .open
                .as_ref()
                .is_some_and(|point| point.closing.is_empty() && point.group.takes(tick, low));
        if !goes_on {
            self.settle(self.selector.is_fresh(), each);
        }
        let selection = std::mem::take(&mut self.run);
        let selects = self.selector.is_fresh() && self.run_tick == tick;
        self.selector.fresh = [false; 2];
        if !is_ours {
            return;
        }
        self.halves.set(low, value);
        let before = self.before_run;
        let point = self.open.get_or_insert_with(|| OpenPoint {
            group: Group::default(),
            value: 0.0,
            selection: if selects { selection } else { Vec::new() },
            closing: Vec::new(),
            before,
            is_whole: false,
        });
        point.group.add(tick, low, index);
        point.value = self.halves.value();
    }

    /// The open point is done; it keeps its selection if nothing later counts on it.
    fn settle(&mut self, selected_anew: bool, each: &mut impl FnMut(LanePoint, &[u32])) {
        let Some(point) = self.open.take() else { return };
        let mut events = point.group.events;
        if selected_anew || point.is_whole {
            events.extend(point.selection);
            events.extend(point.closing);
            events.sort_unstable();
        }
        each(LanePoint::new(point.group.tick, point.value), &events);
    }
}

/// The lane of a selected parameter; `None` when none is.
pub(super) const fn lane_of(parameter: u16) -> Option<LaneKind> {
    let number = parameter & 0x3FFF;
    if number == NO_PARAMETER {
        None
    } else if parameter & NON_REGISTERED == 0 {
        Some(LaneKind::Rpn(number))
    } else {
        Some(LaneKind::Nrpn(number))
    }
}
