//! Writes changed points back among a clip's events.

use super::groups::{self, Selector};
use super::{Lane, LaneKind, LanePoint};
use crate::model::{Event, EventKind, FIRST_ORDER_OF_NEW};
use crate::time::Tick;
use std::collections::BTreeMap;

/// A point that goes, and the events that it is made of.
pub(super) struct Removed<'a> {
    pub(super) point: &'a LanePoint,
    pub(super) events: &'a [u32],
}

/// `events` without those of the removed points and with those of the inserted ones, which
/// are sorted. A new point at the tick of a removed one takes its place and order; others
/// come after what is there at their tick. Everything else is as it was.
pub(super) fn rewritten<'a>(
    events: &[Event],
    lane: Lane,
    removed: impl Iterator<Item = Removed<'a>>,
    inserted: &[LanePoint],
) -> Vec<Event> {
    let mut gone: Vec<u32> = Vec::new();
    let mut places: BTreeMap<(Tick, Option<u8>), u32> = BTreeMap::new();
    for Removed { point, events } in removed {
        gone.extend_from_slice(events);
        if let Some(&first) = events.first() {
            places.entry((point.tick, point.key)).or_insert(first);
        }
    }
    gone.sort_unstable();
    gone.dedup();
    let (mut replacing, mut fresh) = (Vec::new(), Vec::new());
    for point in inserted {
        match places.remove(&(point.tick, point.key)) {
            Some(place) => replacing.push((place, *point)),
            None => fresh.push(*point),
        }
    }
    replacing.sort_unstable_by_key(|(place, _)| *place);
    let mut writer = Writer {
        lane,
        parameter: groups::parameter_of(lane.kind),
        selector: Selector::default(),
        out: Vec::with_capacity(events.len() + inserted.len()),
    };
    let mut gone = gone.into_iter().peekable();
    let mut replacing = replacing.into_iter().peekable();
    let mut fresh = fresh.into_iter().peekable();
    for (event, index) in events.iter().zip(0..) {
        let goes_before = |point: &LanePoint| {
            point.tick < event.tick || point.tick == event.tick && goes_first(lane, event)
        };
        while let Some(point) = fresh.next_if(goes_before) {
            let order = if point.tick == event.tick { event.order } else { FIRST_ORDER_OF_NEW };
            writer.point(point, order);
        }
        if let Some((_, point)) = replacing.next_if(|(place, _)| *place == index) {
            writer.point(point, event.order);
        }
        if gone.next_if(|&gone| gone == index).is_none() {
            writer.event(event.clone());
        }
    }
    for point in fresh {
        writer.point(point, FIRST_ORDER_OF_NEW);
    }
    writer.out
}

/// A bank takes effect with the program after it.
fn goes_first(lane: Lane, event: &Event) -> bool {
    let is_bank = matches!(lane.kind, LaneKind::Controller(0 | 32) | LaneKind::Controller14(0));
    is_bank && matches!(event.kind, EventKind::Program { channel, .. } if channel == lane.channel)
}

struct Writer {
    lane: Lane,
    /// The lane's parameter, if it is a parameter's lane.
    parameter: Option<u16>,
    selector: Selector,
    out: Vec<Event>,
}

impl Writer {
    fn event(&mut self, event: Event) {
        if self.parameter.is_some()
            && let EventKind::Control { channel, number, value } = event.kind
            && channel == self.lane.channel
        {
            self.selector.hear(number, value);
        }
        self.out.push(event);
    }

    /// The events of a point. Their order is at least that of what stands before them.
    fn point(&mut self, point: LanePoint, order: u32) {
        let last = self.out.last().filter(|last| last.tick == point.tick);
        let order = last.map_or(order, |last| order.max(last.order));
        let Lane { kind, channel } = self.lane;
        let value = kind.nearest(point.value);
        let (seven, fourteen) = (value.clamp(0.0, 127.0) as u8, value.max(0.0) as u16);
        let halves = [(fourteen >> 7 & 0x7F) as u8, (fourteen & 0x7F) as u8];
        match kind {
            LaneKind::PitchBend => {
                let value = value as i16;
                self.push(point.tick, order, EventKind::PitchBend { channel, value });
            }
            LaneKind::ChannelPressure => {
                let pressure = EventKind::ChannelPressure { channel, value: seven };
                self.push(point.tick, order, pressure);
            }
            LaneKind::PolyPressure(_) => {
                let Some(key) = point.key else { return };
                let pressure = EventKind::PolyPressure { channel, key, value: seven };
                self.push(point.tick, order, pressure);
            }
            LaneKind::Program => {
                let program = EventKind::Program { channel, program: seven };
                self.push(point.tick, order, program);
            }
            LaneKind::Controller(number) => self.controls(point.tick, order, &[(number, seven)]),
            LaneKind::Controller14(number) => {
                let [high, low] = halves;
                let number = number & 0x1F;
                self.controls(point.tick, order, &[(number, high), (number + 32, low)]);
            }
            LaneKind::Rpn(_) | LaneKind::Nrpn(_) => self.parameter(point.tick, order, halves),
            LaneKind::Velocity | LaneKind::ReleaseVelocity | LaneKind::Tempo => {}
        }
    }

    /// Selects the parameter unless it is selected, sets it, and selects what was selected.
    fn parameter(&mut self, tick: Tick, order: u32, [high, low]: [u8; 2]) {
        let Some(parameter) = self.parameter else { return };
        let before = self.selector.selected();
        if before != parameter {
            self.controls(tick, order, &groups::selecting(parameter));
        }
        self.controls(tick, order, &[(6, high), (38, low)]);
        if before != parameter {
            self.controls(tick, order, &groups::selecting(before));
        }
    }

    fn controls(&mut self, tick: Tick, order: u32, controls: &[(u8, u8)]) {
        let channel = self.lane.channel;
        for &(number, value) in controls {
            let number = number & 0x7F;
            self.push(tick, order, EventKind::Control { channel, number, value });
        }
    }

    fn push(&mut self, tick: Tick, order: u32, kind: EventKind) {
        self.event(Event { tick, order, kind });
    }
}
