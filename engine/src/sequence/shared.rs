//! Channels that several tracks of a file speak on.
//!
//! In a MIDI file a channel's program, controllers and bend are one, whichever track
//! says them: a piano's left hand often has its pedal and program in the right hand's
//! track. Here every track has its own instrument, so a track takes from the others
//! what it does not say itself about a channel it plays on. Only events that were read
//! from a file are shared: what is drawn here belongs to its track.

use super::message::Message;
use super::plan::{Control, message_of};
use crate::model::{Event, FIRST_ORDER_OF_NEW, Track};
use crate::time::Tick;
use profiling::HeapSize;
use std::collections::HashMap;
use std::sync::Arc;

/// Controls one channel may share: a file that has more keeps its tracks apart.
const MOST_SHARED: usize = 65_536;

/// What a track says and plays on one channel.
#[derive(Clone, Copy, Debug, Default)]
struct Said {
    plays: bool,
    /// A bit for each controller, then program with bank, pressure, bend.
    kinds: [u128; 2],
}

/// What a track says and plays; kept with the track, since it never changes.
#[derive(Debug, Default)]
pub(super) struct Habits {
    channels: [Said; 16],
    shareable: Vec<Control>,
}

impl HeapSize for Habits {
    fn heap_bytes(&self) -> usize {
        self.shareable.capacity() * size_of::<Control>()
    }
}

impl Habits {
    pub(super) fn of(track: &Track) -> Self {
        let mut habits = Self::default();
        let mut played = 0_u16;
        for clip in track.clips.iter() {
            for chunk in clip.notes.chunks() {
                played |= chunk.notes().iter().fold(0, |all, n| all | 1 << n.channel.index());
            }
        }
        for (said, channel) in habits.channels.iter_mut().zip(0..) {
            said.plays = played & (1 << channel) != 0;
        }
        habits.listen(Tick::ZERO, &track.events);
        for clip in track.clips.iter() {
            habits.listen(clip.start, &clip.events);
        }
        habits.shareable.sort_by_key(|control| (control.tick, control.order));
        habits
    }

    fn listen(&mut self, start: Tick, events: &[Event]) {
        for event in events {
            let Some(message) = message_of(&event.kind) else { continue };
            let Some((word, bit)) = kind_of(message) else { continue };
            if let Some(said) = self.channels.get_mut(usize::from(message.channel()))
                && let Some(kinds) = said.kinds.get_mut(word)
            {
                *kinds |= bit;
            }
            if event.order < FIRST_ORDER_OF_NEW {
                let tick = start.after(event.tick.0);
                self.shareable.push(Control { tick, order: event.order, message });
            }
        }
    }

    fn wants(&self, message: Message) -> bool {
        let Some((word, bit)) = kind_of(message) else { return false };
        self.channels
            .get(usize::from(message.channel()))
            .is_some_and(|said| said.plays && said.kinds.get(word).is_none_or(|k| k & bit == 0))
    }
}

impl Said {
    /// Whether the track plays here and something of `kinds` is not said by itself.
    fn lacks_any(self, kinds: [u128; 2]) -> bool {
        let [controls, others] = self.kinds;
        let [shared_controls, shared_others] = kinds;
        self.plays && (shared_controls & !controls != 0 || shared_others & !others != 0)
    }
}

/// Bank, program and data entry count as the group they belong to.
fn kind_of(message: Message) -> Option<(usize, u128)> {
    match message.kind() {
        0xB0 => match message.data1 {
            0 | 32 => Some((1, 1)),
            6 | 38 | 96..=101 => Some((1, 2)),
            // Notes off and the like act on the track that says them.
            120.. => None,
            number => Some((0, 1 << number)),
        },
        0xC0 => Some((1, 1)),
        0xD0 => Some((1, 4)),
        0xE0 => Some((1, 8)),
        _ => None,
    }
}

/// For every track the controls that it takes from others; most take none.
pub(super) fn inherited(habits: &[Arc<Habits>]) -> Vec<Arc<[Control]>> {
    let nothing: Arc<[Control]> = Arc::from([]);
    let mut pools: [Vec<(usize, Control)>; 16] = std::array::from_fn(|_| Vec::new());
    for (index, habit) in habits.iter().enumerate() {
        for control in &habit.shareable {
            if let Some(pool) = pools.get_mut(usize::from(control.message.channel())) {
                pool.push((index, *control));
            }
        }
    }
    for pool in &mut pools {
        if pool.len() > MOST_SHARED {
            pool.clear();
        }
        pool.sort_by_key(|(index, control)| (control.tick, *index, control.order));
    }
    // Most tracks say what they need themselves; they are seen at a glance.
    let kinds: [[u128; 2]; 16] = std::array::from_fn(|channel| {
        pools.get(channel).map_or([0; 2], |pool| {
            pool.iter().filter_map(|(_, control)| kind_of(control.message)).fold(
                [0; 2],
                |[controls, others], (word, bit)| match word {
                    0 => [controls | bit, others],
                    _ => [controls, others | bit],
                },
            )
        })
    });
    // Tracks that lack the same share one list.
    let mut lists: HashMap<Vec<Control>, Arc<[Control]>> = HashMap::new();
    habits
        .iter()
        .enumerate()
        .map(|(index, habit)| {
            let wanted: Vec<Control> = pools
                .iter()
                .zip(&kinds)
                .zip(&habit.channels)
                .filter(|((_, kinds), said)| said.lacks_any(**kinds))
                .flat_map(|((pool, _), _)| pool)
                .filter(|(from, control)| *from != index && habit.wants(control.message))
                .map(|(_, control)| *control)
                .collect();
            if wanted.is_empty() {
                return Arc::clone(&nothing);
            }
            let list = wanted.as_slice().into();
            Arc::clone(lists.entry(wanted).or_insert(list))
        })
        .collect()
}
