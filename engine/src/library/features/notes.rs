//! The plain notes that every feature is computed from.

use crate::model::Note;
use crate::smf::{Listener, Message, Song};
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
                collector.channel(event.tick, status, data);
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
    /// Index + 1 of the first and last open note of each channel and key, counted from
    /// `first`; those between are chained through their `ticks`, which mean nothing while
    /// they are open.
    open: Box<[(u32, u32)]>,
    /// How many notes of the running track are open.
    n_open: usize,
    /// Tick, channel and program.
    programs: Vec<(u64, u8, u8)>,
}

impl Default for NoteCollector {
    fn default() -> Self {
        Self {
            notes: Vec::new(),
            first: 0,
            open: vec![(0, 0); 16 << 7].into_boxed_slice(),
            n_open: 0,
            programs: Vec::new(),
        }
    }
}

impl NoteCollector {
    /// Forgets the last file and keeps its memory.
    pub fn clear(&mut self) {
        self.notes.clear();
        self.programs.clear();
        self.forget_open();
    }

    /// Sorts the notes and tells their times and programs. Ask for it once, after the file was
    /// read; see [`notes_of`] for the order.
    pub fn finish(&mut self, tempo: &TempoMap) -> &[NoteEvent] {
        // Tracks are runs in time, which this sort joins without comparing each with each;
        // chords within them mostly are not in order of key.
        self.notes.sort_by_key(|note| note.tick);
        for chord in self.notes.chunk_by_mut(|a, b| a.tick == b.tick) {
            if !chord.is_sorted_by_key(|note| note.key) {
                chord.sort_by_key(|note| note.key);
            }
        }
        self.programs.sort_by_key(|program| program.0);
        let mut programs = self.programs.iter().peekable();
        let mut current = [0_u8; 16];
        let mut clock = tempo.clock();
        let mut ends = tempo.clock();
        for note in &mut self.notes {
            while let Some((_, channel, program)) =
                programs.next_if(|(tick, ..)| *tick <= note.tick)
            {
                if let Some(current) = current.get_mut(usize::from(*channel)) {
                    *current = *program;
                }
            }
            note.program = current.get(usize::from(note.channel)).copied().unwrap_or_default();
            note.start_secs = clock.secs_from_tick(Tick(note.tick));
            note.end_secs = ends.secs_from_tick(Tick(note.tick + u64::from(note.ticks)));
        }
        &self.notes
    }

    /// The note that `link` (index + 1) names.
    fn linked(&mut self, link: u32) -> Option<&mut NoteEvent> {
        self.notes.get_mut(self.first + link.checked_sub(1)? as usize)
    }

    fn forget_open(&mut self) {
        if self.n_open > 0 {
            self.open.fill((0, 0));
            self.n_open = 0;
        }
    }
}

impl Listener for NoteCollector {
    fn begin(&mut self) {
        self.first = self.notes.len();
    }

    #[inline]
    fn channel(&mut self, tick: u64, status: u8, data: [u8; 2]) {
        let [key, velocity] = data;
        let channel = status & 0x0F;
        if status >= 0xA0 {
            if status & 0xF0 == 0xC0 {
                self.programs.push((tick, channel, key));
            }
            return;
        }
        let slot = usize::from(channel) << 7 | usize::from(key & 0x7F);
        let Some(&(oldest, newest)) = self.open.get(slot) else { return };
        let opened;
        if status >= 0x90 && velocity > 0 {
            self.notes.push(NoteEvent {
                start_secs: 0.0,
                end_secs: OPEN,
                tick,
                ticks: 0,
                key,
                velocity,
                channel,
                program: 0,
            });
            let link = (self.notes.len() - self.first) as u32;
            self.n_open += 1;
            opened = if oldest == 0 {
                (link, link)
            } else {
                if let Some(last) = self.linked(newest) {
                    last.ticks = link;
                }
                (oldest, link)
            };
        } else {
            let Some(note) = self.linked(oldest) else { return };
            let next = note.ticks;
            note.ticks = u32::try_from(tick - note.tick).unwrap_or(u32::MAX);
            note.end_secs = 0.0;
            self.n_open -= 1;
            opened = if next == 0 { (0, 0) } else { (next, newest) };
        }
        if let Some(slot) = self.open.get_mut(slot) {
            *slot = opened;
        }
    }

    fn end(&mut self, tick: Tick) {
        if self.n_open > 0 {
            for note in self.notes.iter_mut().skip(self.first).filter(|note| note.end_secs == OPEN)
            {
                note.ticks = u32::try_from(tick.0 - note.tick).unwrap_or(u32::MAX);
            }
            self.forget_open();
        }
    }
}
