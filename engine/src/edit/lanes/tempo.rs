//! The tempo lane: the conductor's own events.

use super::reshape::{Reshaped, reshaped};
use super::{LaneEdit, LaneKind, LanePoint};
use crate::edit::EditError;
use crate::model::{Conductor, ConductorEvent, Event, EventKind, FIRST_ORDER_OF_NEW};
use crate::time::{Division, Tempo, TempoMap, TempoPoint, Tick};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The meta event that sets a tempo (Standard MIDI Files 1.0, "Set Tempo").
const SET_TEMPO: u8 = 0x51;

/// The points of the tempo lane and the events that each is made of: several at one tick,
/// in whatever tracks of the file, are one, and the last of them counts.
pub(super) fn points(conductor: &Conductor) -> Vec<(LanePoint, Vec<usize>)> {
    let mut points: BTreeMap<Tick, (LanePoint, Vec<usize>)> = BTreeMap::new();
    for (index, item) in conductor.events.iter().enumerate() {
        let Some(tempo) = tempo_of(&item.event.kind) else { continue };
        let point = LanePoint::new(item.event.tick, tempo.bpm());
        let (slot, events) = points.entry(point.tick).or_insert_with(|| (point, Vec::new()));
        *slot = point;
        events.push(index);
    }
    points.into_values().collect()
}

/// The conductor after an edit of its tempo lane.
pub(super) fn edited(
    conductor: &Conductor,
    division: Division,
    edit: &LaneEdit,
) -> Result<Conductor, EditError> {
    let (before, owned): (Vec<LanePoint>, Vec<Vec<usize>>) = points(conductor).into_iter().unzip();
    let Reshaped { removed, inserted } = reshaped(LaneKind::Tempo, &before, edit, Tick(u64::MAX));
    if removed.is_empty() && inserted.is_empty() {
        edit.came_to_nothing()?;
        return Ok(conductor.clone());
    }
    let mut gone: Vec<usize> = Vec::new();
    // Where a new tempo takes the place of an old one: its track and order.
    let mut places: BTreeMap<Tick, (u16, u32)> = BTreeMap::new();
    for events in removed.iter().filter_map(|&index| owned.get(index)) {
        gone.extend(events);
        let last = events.last().and_then(|&last| conductor.events.get(last));
        places.extend(last.map(|item| (item.event.tick, (item.mtrk, item.event.order))));
    }
    gone.sort_unstable();
    let home = conductor.events.iter().find(|item| tempo_of(&item.event.kind).is_some());
    let home = home.map_or(0, |item| item.mtrk);
    let mut events: Vec<ConductorEvent> = conductor
        .events
        .iter()
        .enumerate()
        .filter(|(index, _)| gone.binary_search(index).is_err())
        .map(|(_, item)| item.clone())
        .collect();
    events.extend(inserted.iter().map(|point| {
        let place = places.get(&point.tick);
        let (mtrk, order) = place.copied().unwrap_or((home, FIRST_ORDER_OF_NEW));
        let kind = event_of(Tempo::from_bpm(point.value).unwrap_or(Tempo::DEFAULT));
        ConductorEvent { mtrk, event: Event { tick: point.tick, order, kind } }
    }));
    events.sort_by_key(|item| (item.mtrk, item.event.tick, item.event.order));
    let tempos = events.iter().filter_map(|item| {
        let tempo = tempo_of(&item.event.kind)?;
        Some(TempoPoint { tick: item.event.tick, tempo })
    });
    let tempo = Arc::new(TempoMap::new(division, tempos));
    Ok(Conductor { events: events.into(), tempo, ..conductor.clone() })
}

fn tempo_of(kind: &EventKind) -> Option<Tempo> {
    let EventKind::Meta { kind: SET_TEMPO, data } = kind else { return None };
    let [high, middle, low, ..] = **data else { return None };
    Tempo::from_micros(u32::from_be_bytes([0, high, middle, low]))
}

fn event_of(tempo: Tempo) -> EventKind {
    let [_, high, middle, low] = tempo.micros().to_be_bytes();
    EventKind::Meta { kind: SET_TEMPO, data: [high, middle, low].into() }
}
