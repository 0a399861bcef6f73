//! The events of a clip as one list in time order, of which any row is found at once.
//!
//! Notes lie in their chunks and other events in theirs; a row of the list that both make
//! together is found by halving, so that ten million rows cost what a screen of them costs.
//! Pure: no interface.

use super::edit::Target;
use engine::model::{Clip, Event, EventKind, Note, NoteRef, Notes};
use engine::time::Tick;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Which events are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventFilter {
    /// All.
    #[default]
    All,
    /// Notes.
    Notes,
    /// Controllers.
    Controllers,
    /// Program changes.
    Programs,
    /// Pitch bend and pressure.
    Bends,
    /// Texts, system exclusive and whatever else there is.
    Others,
}

impl EventFilter {
    /// Every choice, in the order of the buttons.
    pub const ALL: [Self; 6] =
        [Self::All, Self::Notes, Self::Controllers, Self::Programs, Self::Bends, Self::Others];

    /// What it is called.
    pub const fn label(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::Notes => "Notes",
            Self::Controllers => "Controllers",
            Self::Programs => "Programs",
            Self::Bends => "Bend and pressure",
            Self::Others => "Others",
        }
    }

    const fn has_notes(self) -> bool {
        matches!(self, Self::All | Self::Notes)
    }

    const fn has(self, kind: &EventKind) -> bool {
        match self {
            Self::All => true,
            Self::Notes => false,
            Self::Controllers => matches!(kind, EventKind::Control { .. }),
            Self::Programs => matches!(kind, EventKind::Program { .. }),
            Self::Bends => matches!(
                kind,
                EventKind::PitchBend { .. }
                    | EventKind::ChannelPressure { .. }
                    | EventKind::PolyPressure { .. }
            ),
            Self::Others => matches!(
                kind,
                EventKind::StrayNoteOff { .. }
                    | EventKind::Meta { .. }
                    | EventKind::Sysex(_)
                    | EventKind::Escape(_)
            ),
        }
    }
}

/// One row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Item<'a> {
    Note(&'a Note),
    Event(&'a Event),
}

/// The rows of a clip.
#[derive(Debug, Default)]
pub(super) struct List {
    filter: EventFilter,
    notes: Notes,
    /// Notes before each chunk.
    before: Vec<usize>,
    n_notes: usize,
    events: Arc<[Event]>,
    /// Places of those events that pass the filter; all when `None`.
    kept: Option<Vec<u32>>,
}

impl List {
    /// Whether it lists exactly this.
    pub(super) fn is_of(&self, clip: &Clip, filter: EventFilter) -> bool {
        self.filter == filter
            && self.notes.is_same(&clip.notes)
            && Arc::ptr_eq(&self.events, &clip.events)
    }

    /// Looks at every chunk and every other event once.
    pub(super) fn new(clip: &Clip, filter: EventFilter) -> Self {
        let mut n_notes = 0;
        let chunks = clip.notes.chunks().iter().filter(|_| filter.has_notes());
        let before = chunks.map(|chunk| {
            n_notes += chunk.notes().len();
            n_notes - chunk.notes().len()
        });
        let before: Vec<usize> = before.collect();
        let kept = (filter != EventFilter::All).then(|| {
            let events = (0_u32..).zip(clip.events.iter());
            events.filter(|(_, event)| filter.has(&event.kind)).map(|(place, _)| place).collect()
        });
        let (notes, events) = (clip.notes.clone(), Arc::clone(&clip.events));
        Self { filter, notes, before, n_notes, events, kept }
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.n_notes + self.n_events()
    }

    /// The rows from one on.
    pub(super) fn from(&self, row: usize) -> impl Iterator<Item = Item<'_>> {
        let mut n_notes = self.notes_before(row);
        let mut n_events = row - n_notes.min(row);
        std::iter::from_fn(move || {
            let (note, event) = (self.note(n_notes), self.event(n_events));
            let note_first = match (note, event) {
                (Some(note), Some(event)) => key_of_note(note) < key_of_event(event),
                (note, _) => note.is_some(),
            };
            if note_first {
                n_notes += 1;
                note.map(Item::Note)
            } else {
                n_events += 1;
                event.map(Item::Event)
            }
        })
    }

    /// The row of a note or an event; `None` when it is not listed.
    pub(super) fn row_of(&self, target: &Target) -> Option<usize> {
        match target {
            Target::Note(reference) => self.row_of_note(*reference),
            Target::Event(event) => {
                self.row_of_event(event.tick, |other| other.order == event.order && other == event)
            }
        }
    }

    /// The row of the first event at a tick of which something is so.
    pub(super) fn row_of_event(&self, tick: Tick, is_it: impl Fn(&Event) -> bool) -> Option<usize> {
        let before =
            tick.0.checked_sub(1).map_or(0, |last| self.events_before((Tick(last), u32::MAX)));
        let here = (before..self.n_events()).map_while(|place| Some((place, self.event(place)?)));
        let mut here = here.take_while(|(_, event)| event.tick == tick);
        let (place, event) = here.find(|(_, event)| is_it(event))?;
        Some(place + self.notes_up_to(key_of_event(event)))
    }

    fn row_of_note(&self, reference: NoteRef) -> Option<usize> {
        let chunks = self.notes.chunks();
        let chunk = chunks
            .partition_point(|chunk| chunk.notes().first().map(Note::reference) <= Some(reference))
            .checked_sub(1)?;
        let notes = chunks.get(chunk)?.notes();
        let place = notes.binary_search_by_key(&reference, Note::reference).ok()?;
        let n_notes = self.before.get(chunk)? + place;
        Some(n_notes + self.events_before((reference.start, reference.id)))
    }

    fn n_events(&self) -> usize {
        self.kept.as_ref().map_or(self.events.len(), Vec::len)
    }

    fn note(&self, place: usize) -> Option<&Note> {
        let chunk = self.before.partition_point(|before| *before <= place).checked_sub(1)?;
        self.notes.chunks().get(chunk)?.notes().get(place - self.before.get(chunk)?)
    }

    fn event(&self, place: usize) -> Option<&Event> {
        match &self.kept {
            None => self.events.get(place),
            Some(kept) => self.events.get(*kept.get(place)? as usize),
        }
    }

    /// How many of the first `row` rows are notes.
    fn notes_before(&self, row: usize) -> usize {
        let (mut low, mut high) = (row.saturating_sub(self.n_events()), row.min(self.n_notes));
        while low < high {
            let middle = usize::midpoint(low, high);
            let earlier = match (self.note(middle), self.event(row - middle - 1)) {
                (Some(note), Some(event)) => key_of_note(note) < key_of_event(event),
                (note, _) => note.is_some(),
            };
            if earlier {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// How many listed notes stand before an event with this key.
    fn notes_up_to(&self, key: (Tick, u32)) -> usize {
        if self.before.is_empty() {
            return 0;
        }
        let chunks = self.notes.chunks();
        let chunk =
            chunks.partition_point(|chunk| chunk.notes().first().map(key_of_note) < Some(key));
        let Some(chunk) = chunk.checked_sub(1) else { return 0 };
        let notes = chunks.get(chunk).map_or(&[][..], |chunk| chunk.notes());
        let inside = notes.partition_point(|note| key_of_note(note) < key);
        self.before.get(chunk).map_or(0, |before| before + inside)
    }

    fn events_before(&self, key: (Tick, u32)) -> usize {
        match &self.kept {
            None => self.events.partition_point(|event| key_of_event(event) <= key),
            Some(kept) => kept.partition_point(|place| {
                self.events.get(*place as usize).is_some_and(|event| key_of_event(event) <= key)
            }),
        }
    }
}

/// A note's id is its place among the events of its tick.
const fn key_of_note(note: &Note) -> (Tick, u32) {
    (note.start, note.id)
}

const fn key_of_event(event: &Event) -> (Tick, u32) {
    (event.tick, event.order)
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::model::{Channel, ClipId, Release};
    use proptest::prelude::*;

    fn clip(notes: &[u64], events: &[u64]) -> Clip {
        let note = |(id, start): (u32, &u64)| Note {
            start: Tick(*start),
            length: 10,
            id: id * 2,
            off_order: 0,
            key: 60,
            velocity: 100,
            release: Release::DEFAULT,
            channel: Channel::new(0),
        };
        let mut events: Vec<Event> = (0_u32..)
            .zip(events)
            .map(|(order, tick)| {
                let channel = Channel::new(0);
                let kind = if order % 3 == 0 {
                    EventKind::Program { channel, program: 1 }
                } else {
                    EventKind::Control { channel, number: 7, value: 100 }
                };
                Event { tick: Tick(*tick), order: order * 2 + 1, kind }
            })
            .collect();
        events.sort_by_key(|event| (event.tick, event.order));
        Clip {
            id: ClipId(1),
            name: "clip".into(),
            start: Tick(0),
            length: 10_000,
            notes: (0_u32..).zip(notes).map(note).collect(),
            events: events.into(),
            next_note: 100_000,
        }
    }

    fn key(item: Item<'_>) -> (Tick, u32) {
        match item {
            Item::Note(note) => key_of_note(note),
            Item::Event(event) => key_of_event(event),
        }
    }

    proptest! {
        #[test]
        fn every_row_is_found_at_once_and_in_order(
            notes in proptest::collection::vec(0u64..500, 0..3000),
            events in proptest::collection::vec(0u64..500, 0..300),
            which in 0usize..EventFilter::ALL.len(),
            row in 0usize..3500,
        ) {
            let clip = clip(&notes, &events);
            let filter = EventFilter::ALL[which];
            let list = List::new(&clip, filter);
            let all: Vec<(Tick, u32)> = list.from(0).map(key).collect();
            let mut expected: Vec<(Tick, u32)> = Vec::new();
            if filter.has_notes() {
                expected.extend(clip.notes.iter().map(key_of_note));
            }
            expected.extend(clip.events.iter().filter(|e| filter.has(&e.kind)).map(key_of_event));
            expected.sort_unstable();
            prop_assert_eq!(&all, &expected);
            prop_assert_eq!(list.len(), expected.len());
            for (row, item) in list.from(0).enumerate() {
                prop_assert_eq!(list.row_of(&Target::of(item)), Some(row));
            }
            let row = row.min(expected.len());
            prop_assert_eq!(list.from(row).next().map(key), expected.get(row).copied());
            if filter.has_notes() {
                for note in clip.notes.iter().step_by(97) {
                    let row = list.row_of(&Target::Note(note.reference())).unwrap();
                    prop_assert_eq!(list.from(row).next(), Some(Item::Note(note)));
                }
            }
        }
    }
}
