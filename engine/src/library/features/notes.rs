//! The plain notes that every feature is computed from.

use crate::model::Note;
use crate::smf::{Listener, Message, Paired, Song};
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
    /// The program in force on its channel, 0..=127; on the drum channel it names a kit.
    pub program: u8,
}

/// The end of a note that was not let go yet.
const OPEN: f64 = -1.0;

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
            program: 0,
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

/// Every note of a file that was read, by onset, then key. A key that is pressed again before
/// it was let go is let go in the order it was pressed; one that is never let go sounds until
/// its track ends.
pub fn notes_of(song: &Song<'_>) -> Vec<NoteEvent> {
    let mut collector = NoteCollector::default();
    for track in &song.tracks {
        collector.begin();
        for event in song.events(track) {
            if let Message::Channel { status, data } = event.message {
                if status < 0xA0 {
                    collector.note(event.tick, event.offset, status, data);
                } else {
                    collector.other(event.tick, status, data);
                }
            }
        }
        collector.end(track.end);
    }
    collector.finish(&song.tempo_map());
    collector.notes
}

/// Pairs note-ons and note-offs while a file is read. Made once for a worker: what it holds is
/// reused from file to file.
#[derive(Debug)]
pub struct NoteCollector {
    notes: Vec<NoteEvent>,
    /// Where the notes of the running track begin.
    first: usize,
    /// Of each channel and key, index + 1 (from `first`) of the open note that was pressed
    /// first; 0 for none. Those pressed later are chained through their `ticks`, which mean
    /// nothing while they are open.
    oldest: Box<[u32; 2048]>,
    /// The end of such a chain; means nothing where there is at most one note.
    newest: Box<[u32; 2048]>,
    paired: Paired,
    /// Tick, channel and program.
    programs: Vec<(u64, u8, u8)>,
}

impl Default for NoteCollector {
    fn default() -> Self {
        Self {
            notes: Vec::new(),
            first: 0,
            oldest: Box::new([0; 2048]),
            newest: Box::new([0; 2048]),
            paired: Paired::default(),
            programs: Vec::new(),
        }
    }
}

impl NoteCollector {
    /// Forgets the last file and keeps its memory.
    pub fn clear(&mut self) {
        self.notes.clear();
        self.programs.clear();
        self.oldest.fill(0);
    }

    /// Sorts the notes and tells their times and programs. Ask for it once, after the file was
    /// read; see [`notes_of`] for the order.
    pub fn finish(&mut self, tempo: &TempoMap) -> &[NoteEvent] {
        // Tracks are runs in time, which this sort joins without comparing each with each.
        self.notes.sort_by_key(|note| note.tick);
        sort_chords(&mut self.notes);
        self.programs.sort_by_key(|program| program.0);
        let mut programs = self.programs.iter();
        let mut next = programs.next();
        let mut current = [0_u8; 16];
        let (mut starts, mut ends) = (tempo.clock(), tempo.clock());
        for note in &mut self.notes {
            while let Some((tick, channel, program)) = next
                && *tick <= note.tick
            {
                current[usize::from(channel & 0x0F)] = *program;
                next = programs.next();
            }
            note.program = current[usize::from(note.channel & 0x0F)];
            note.start_secs = starts.secs_from_tick(Tick(note.tick));
            note.end_secs = ends.secs_from_tick(Tick(note.tick + u64::from(note.ticks)));
        }
        &self.notes
    }

    /// A key is pressed that is down already.
    #[cold]
    fn chain(&mut self, slot: usize, link: u32, offset: usize) {
        self.paired.overlap(offset);
        let oldest = self.oldest[slot & 2047];
        let is_single = self.open_note(oldest).is_some_and(|note| note.ticks == 0);
        let last = if is_single { oldest } else { self.newest[slot & 2047] };
        if let Some(last) = self.open_note(last) {
            last.ticks = link;
        }
        self.newest[slot & 2047] = link;
    }

    /// The note that `link` (index + 1) names.
    fn open_note(&mut self, link: u32) -> Option<&mut NoteEvent> {
        self.notes.get_mut(self.first + (link as usize).checked_sub(1)?)
    }
}

impl Listener for NoteCollector {
    fn begin(&mut self) {
        self.first = self.notes.len();
        self.paired = Paired::default();
    }

    #[inline]
    fn note(&mut self, tick: u64, offset: usize, status: u8, data: [u8; 2]) {
        let [key, velocity] = data;
        let channel = status & 0x0F;
        let slot = usize::from(channel) << 7 | usize::from(key & 0x7F);
        let oldest = self.oldest[slot];
        if status >= 0x90 && velocity > 0 {
            let (start_secs, end_secs) = (0.0, OPEN);
            let (ticks, program) = (0, 0);
            self.notes.push(NoteEvent {
                start_secs,
                end_secs,
                tick,
                ticks,
                key,
                velocity,
                channel,
                program,
            });
            let link = (self.notes.len() - self.first) as u32;
            if oldest == 0 {
                self.oldest[slot] = link;
            } else {
                self.chain(slot, link, offset);
            }
        } else if let Some(note) = self.open_note(oldest) {
            let next = note.ticks;
            note.ticks = u32::try_from(tick - note.tick).unwrap_or(u32::MAX);
            note.end_secs = 0.0;
            self.oldest[slot] = next;
            self.paired.ended += 1;
            self.paired.last_end = tick;
        }
    }

    fn other(&mut self, tick: u64, status: u8, data: [u8; 2]) {
        if status & 0xF0 == 0xC0 {
            self.programs.push((tick, status & 0x0F, data[0]));
        }
    }

    fn end(&mut self, end: Tick) -> Paired {
        self.paired.note_ons = (self.notes.len() - self.first) as u64;
        if self.paired.ended < self.paired.note_ons {
            let own = self.notes.iter_mut().skip(self.first);
            for note in own.filter(|note| note.end_secs == OPEN) {
                note.ticks = u32::try_from(end.0 - note.tick).unwrap_or(u32::MAX);
            }
            self.oldest.fill(0);
        }
        self.paired
    }
}

/// Notes that begin together, by key. They are few at a time, and mostly in order.
fn sort_chords(notes: &mut [NoteEvent]) {
    let mut chord = 0;
    for index in 1..notes.len() {
        if notes[index].tick != notes[chord].tick {
            chord = index;
        } else if notes[index].key < notes[index - 1].key {
            let at = notes[chord..index].partition_point(|note| note.key <= notes[index].key);
            notes[chord + at..=index].rotate_right(1);
        }
    }
}
