//! Cuts a track into clips at long silences.

use super::gather::Part;
use crate::model::{Clip, ClipId, Event, FIRST_ORDER_OF_NEW, Note, Notes};
use crate::time::{Division, MeterMap, Tick, TickRange};
use std::sync::Arc;

/// A track that would fall into more pieces stays whole.
const MAX_CLIPS: usize = 256;

/// Silence, in whole bars, at which a track is cut.
const SILENT_BARS: u64 = 2;

/// Cuts `part` and gives its clips, still without ids, and the events outside them.
pub(super) fn cut(
    part: Part,
    name: &Arc<str>,
    division: Division,
    meter: &MeterMap,
) -> (Vec<Clip>, Vec<Event>) {
    let mut pieces = pieces(&part.notes, division, meter);
    if pieces.len() > MAX_CLIPS {
        let end = pieces.iter().map(|piece| piece.last_end).max().unwrap_or(Tick::ZERO);
        pieces.truncate(1);
        if let Some(piece) = pieces.first_mut() {
            piece.notes = part.notes.len();
            piece.last_end = end;
        }
    }
    let (mut notes, mut events) = (part.notes.into_iter(), part.events.into_iter().peekable());
    let (mut clips, mut outside) = (Vec::with_capacity(pieces.len()), Vec::new());
    for piece in pieces {
        let range = bars_around(piece.start, piece.last_end, meter);
        while let Some(event) = events.next_if(|event| event.tick < range.start()) {
            outside.push(event);
        }
        let mut inside = Vec::new();
        while let Some(mut event) = events.next_if(|event| event.tick < range.end()) {
            event.tick = Tick(event.tick.since(range.start()));
            inside.push(event);
        }
        let notes: Vec<Note> = notes
            .by_ref()
            .take(piece.notes)
            .map(|note| Note { start: Tick(note.start.since(range.start())), ..note })
            .collect();
        clips.push(Clip {
            id: ClipId(0),
            name: Arc::clone(name),
            start: range.start(),
            length: range.len(),
            notes: Notes::new(notes),
            events: inside.into(),
            next_note: FIRST_ORDER_OF_NEW,
        });
    }
    outside.extend(events);
    (clips, outside)
}

struct Piece {
    start: Tick,
    last_end: Tick,
    notes: usize,
}

fn pieces(notes: &[Note], division: Division, meter: &MeterMap) -> Vec<Piece> {
    // No gap shorter than this can hold the silence, which spares looking most of them up.
    let shortest = meter.points().map(|point| point.meter.bar_ticks(division)).min();
    let worth_a_look = shortest.unwrap_or_default().saturating_mul(SILENT_BARS);
    let mut pieces: Vec<Piece> = Vec::new();
    for note in notes {
        match pieces.last_mut() {
            Some(piece)
                if note.start.since(piece.last_end) < worth_a_look
                    || whole_bars(piece.last_end, note.start, meter) < SILENT_BARS =>
            {
                piece.notes += 1;
                piece.last_end = piece.last_end.max(note.end());
            }
            _ => pieces.push(Piece { start: note.start, last_end: note.end(), notes: 1 }),
        }
    }
    pieces
}

/// Whole bars between two points.
fn whole_bars(from: Tick, to: Tick, meter: &MeterMap) -> u64 {
    let first = meter.position(meter.ceil_to_bar(from)).bar;
    meter.position(to).bar.saturating_sub(first)
}

/// The bars that notes from `start` to `end` lie in; at least one.
fn bars_around(start: Tick, end: Tick, meter: &MeterMap) -> TickRange {
    let from = meter.floor_to_bar(start);
    let to = meter.ceil_to_bar(end).max(end);
    let to = if to > start { to } else { meter.bar_start(meter.position(start).bar + 1) };
    // At the end of time there is no next bar.
    TickRange::between(from, to.max(start.after(1)))
}
