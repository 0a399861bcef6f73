//! Derives tempo map, meter map, keys and markers from the conductor's events.

use super::event::meta;
use super::song::{key_of, meter_of, tempo_of};
use super::text::TextEncoding;
use crate::model::{Conductor, ConductorEvent, EventKind, KeySignature, Marker};
use crate::time::{Division, MeterMap, MeterPoint, TempoMap, TempoPoint};
use std::sync::Arc;

/// Longest marker name that is decoded.
const MARKER_BYTES: usize = 1 << 10;

/// Makes a conductor of events in any order; sorts them as [`Conductor`] wants them.
pub fn conductor(division: Division, mut events: Vec<ConductorEvent>) -> Conductor {
    events.sort_by_key(|item| (item.mtrk, item.event.tick, item.event.order));
    let texts = events.iter().filter_map(|item| match &item.event.kind {
        EventKind::Meta { kind: 0x01..=0x0F, data } => Some(&**data),
        _ => None,
    });
    let encoding = TextEncoding::guess(texts);
    let (mut tempos, mut meters) = (Vec::new(), Vec::new());
    let (mut keys, mut markers) = (Vec::new(), Vec::new());
    for item in &events {
        let tick = item.event.tick;
        let EventKind::Meta { kind, data } = &item.event.kind else { continue };
        if let Some(tempo) = tempo_of(*kind, data) {
            tempos.push(TempoPoint { tick, tempo });
        } else if let Some(meter) = meter_of(*kind, data) {
            meters.push(MeterPoint { tick, meter });
        } else if let Some((sharps, minor)) = key_of(*kind, data) {
            keys.push(KeySignature { tick, sharps, minor });
        } else if *kind == meta::MARKER {
            markers.push(Marker { tick, name: encoding.decode(data, MARKER_BYTES).into() });
        }
    }
    keys.sort_by_key(|key| key.tick);
    markers.sort_by_key(|marker| marker.tick);
    Conductor {
        events: events.into(),
        tempo: Arc::new(TempoMap::new(division, tempos)),
        meter: Arc::new(MeterMap::new(division, meters)),
        keys: keys.into(),
        markers: markers.into(),
    }
}
