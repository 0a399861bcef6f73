//! The plain notes that every feature is computed from.

use crate::model::Note;
use crate::smf::{Message, Song};
use crate::time::{TempoMap, Tick};

/// The channel of percussion in General MIDI, counted from 0: its keys are instruments, not
/// pitches.
pub const DRUM_CHANNEL: u8 = 9;

/// A note as the analysis sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NoteEvent {
    /// Onset, in seconds through the tempo map.
    pub start_secs: f64,
    /// End, in seconds through the tempo map.
    pub end_secs: f64,
    /// Onset, in ticks.
    pub tick: u64,
    /// Length, in ticks.
    pub ticks: u32,
    /// Pitch, 0..=127.
    pub key: u8,
    /// How hard, 1..=127.
    pub velocity: u8,
    /// Which channel, 0..=15.
    pub channel: u8,
}

impl NoteEvent {
    /// A note of the document, its onset `origin` ticks after the start of the song.
    pub fn of(note: &Note, origin: u64, tempo: &TempoMap) -> Self {
        let tick = note.start.0 + origin;
        let end = tick + u64::from(note.length);
        Self {
            start_secs: tempo.secs_from_tick(Tick(tick)),
            end_secs: tempo.secs_from_tick(Tick(end)),
            tick,
            ticks: note.length,
            key: note.key,
            velocity: note.velocity,
            channel: note.channel.index(),
        }
    }

    /// Whether its key is a pitch: not on the drum channel.
    pub const fn is_pitched(&self) -> bool {
        self.channel != DRUM_CHANNEL
    }

    /// How long it sounds, in seconds.
    pub const fn secs(&self) -> f64 {
        self.end_secs - self.start_secs
    }
}

/// Every note of a file, by onset, then key. A key that is pressed again before it was let go
/// is let go in the order it was pressed; one that is never let go sounds until its track ends.
pub fn notes_of(song: &Song<'_>) -> Vec<NoteEvent> {
    let count = usize::try_from(song.note_ons()).unwrap_or_default();
    let mut notes = Vec::with_capacity(count);
    // Index + 1 of the first and last open note of each channel and key; those between are
    // chained through their `ticks`, which mean nothing while they are open.
    let mut open = vec![(0_u32, 0_u32); 2048];
    for track in &song.tracks {
        let first = notes.len();
        for event in song.events(track) {
            let Message::Channel { status: status @ 0x80..=0x9F, data: [key, velocity] } =
                event.message
            else {
                continue;
            };
            let channel = status & 0x0F;
            let slot = usize::from(channel) << 7 | usize::from(key & 0x7F);
            let Some(open) = open.get_mut(slot) else { continue };
            if status >= 0x90 && velocity > 0 {
                notes.push(NoteEvent {
                    start_secs: 0.0,
                    end_secs: -1.0,
                    tick: event.tick,
                    ticks: 0,
                    key,
                    velocity,
                    channel,
                });
                let index = (notes.len() - first) as u32;
                match open.1.checked_sub(1).and_then(|last| notes.get_mut(first + last as usize)) {
                    Some(last) => last.ticks = index,
                    None => open.0 = index,
                }
                open.1 = index;
            } else if let Some(index) = open.0.checked_sub(1)
                && let Some(note) = notes.get_mut(first + index as usize)
            {
                *open = if note.ticks == 0 { (0, 0) } else { (note.ticks, open.1) };
                note.ticks = u32::try_from(event.tick - note.tick).unwrap_or(u32::MAX);
                note.end_secs = 0.0;
            }
        }
        for note in notes.iter_mut().skip(first).filter(|note| note.end_secs < 0.0) {
            note.ticks = u32::try_from(track.end.0 - note.tick).unwrap_or(u32::MAX);
        }
        open.fill((0, 0));
    }
    notes.sort_by_key(|note| (note.tick, note.key));
    let tempo = song.tempo_map();
    for note in &mut notes {
        note.start_secs = tempo.secs_from_tick(Tick(note.tick));
        note.end_secs = tempo.secs_from_tick(Tick(note.tick + u64::from(note.ticks)));
    }
    notes
}
