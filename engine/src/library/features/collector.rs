//! Pairs note-ons and note-offs while a file is read.

use super::notes::PlayedNote;
use crate::smf::{ChannelEvent, Listener, Message, Paired, RawEvent, Song};
use crate::time::Tick;
use std::hint::select_unpredictable;

/// Every note of a file that was read, by onset, then key. A key that is pressed again before
/// it was let go is let go in the order it was pressed; one that is never let go sounds until
/// its track ends.
pub fn notes_of(song: &Song<'_>) -> Vec<PlayedNote> {
    let mut collector = NoteCollector::default();
    for track in &song.tracks {
        collector.begin();
        for event in song.events(track) {
            let RawEvent { tick, message, .. } = event;
            if let Message::Channel { status, data: [first, second] } = message {
                let bytes = [status, first, second, 0];
                collector.hear(tick, &[ChannelEvent { delta: 0, bytes }]);
            }
        }
        collector.end(track.end);
    }
    collector.finish().to_vec()
}

/// Pairs note-ons and note-offs while a file is read. Made once for a worker: what it holds is
/// reused from file to file.
#[derive(Debug)]
pub struct NoteCollector {
    /// The notes of the tracks read so far, and room for more.
    raw: Vec<PlayedNote>,
    n_notes: usize,
    /// Where each track's notes begin.
    tracks: Vec<usize>,
    /// Of each channel and key, index + 1 of the open note that was pressed first; 0 for none.
    /// With [`SEVERAL`] others were pressed later, chained by index + 1 through their `ticks`,
    /// which mean nothing while they are open.
    open: Box<[u32; 2048]>,
    /// The end of such a chain; means nothing where there is none.
    newest: Box<[u32; 2048]>,
    paired: Paired,
    /// Whether a track has begun that has not ended; when one has, no note is open.
    is_reading: bool,
    /// Tick, channel and program.
    programs: Vec<(u64, u8, u8)>,
    /// The earlier of two tracks while they are joined.
    spare: Vec<PlayedNote>,
}

/// More than one note is open on a key; no file has so many notes that an index gets here.
const SEVERAL: u32 = 1 << 31;
/// There is room for this many notes from the first on.
const FEWEST_KEPT: usize = 1 << 12;
/// Room for more notes than this is given back after a file: one of a million must not take its
/// place for ever.
const MOST_KEPT: usize = 1 << 17;

impl Default for NoteCollector {
    fn default() -> Self {
        Self {
            raw: Vec::new(),
            n_notes: 0,
            tracks: Vec::new(),
            open: Box::new([0; 2048]),
            newest: Box::new([0; 2048]),
            paired: Paired::default(),
            is_reading: false,
            programs: Vec::new(),
            spare: Vec::new(),
        }
    }
}

impl NoteCollector {
    /// Forgets the last file and keeps its memory, unless that was out of the ordinary.
    pub fn clear(&mut self) {
        if self.raw.len() > MOST_KEPT {
            *self = Self::default();
        }
        self.n_notes = 0;
        self.tracks.clear();
        self.programs.clear();
        if std::mem::take(&mut self.is_reading) {
            self.open.fill(0);
        }
    }

    /// Sorts the notes and tells their programs. Ask for it once, after the file was read; see
    /// [`notes_of`] for the order.
    pub fn finish(&mut self) -> &[PlayedNote] {
        self.join_tracks();
        let notes = self.raw.get_mut(..self.n_notes).unwrap_or_default();
        // Notes begin with program 0, and many files have no other.
        if self.programs.iter().any(|program| program.2 != 0) {
            self.programs.sort_by_key(|program| program.0);
            let mut current = [0_u8; 16];
            let mut rest = &mut *notes;
            for &(from, channel, program) in &self.programs {
                let before = rest.partition_point(|note| note.tick < from);
                rest = tell_programs(rest, before, &current);
                current[usize::from(channel & 0x0F)] = program;
            }
            tell_programs(rest, usize::MAX, &current);
        }
        notes
    }

    /// Merges neighbours until all notes are one run. A sort would have to find out first that
    /// tracks are in order.
    fn join_tracks(&mut self) {
        let Self { raw, n_notes, tracks, spare, .. } = self;
        // Those without notes begin where the next one does.
        tracks.dedup();
        while tracks.len() > 1 {
            let end_of = |track: usize| tracks.get(track).copied().unwrap_or(*n_notes);
            for (pair, starts) in tracks.chunks_exact(2).enumerate() {
                if let &[first, second] = starts
                    && let Some(both) = raw.get_mut(first..end_of(2 * pair + 2))
                {
                    merge(both, second - first, spare);
                }
            }
            let mut index = 0;
            tracks.retain(|_| {
                index += 1;
                index % 2 == 1
            });
        }
    }

    /// Hears messages for as long as a note-on finds its key free and a note-off one note on it,
    /// as nearly always; tells which message is the first that needs care. `tick` is moved up to
    /// that message.
    ///
    /// Both are done by the same steps, without branching on which it is: they alternate
    /// unpredictably, and a wrong guess costs more than all of this.
    #[inline(never)]
    fn hear_straight(&mut self, tick: &mut u64, events: &[ChannelEvent]) -> Option<usize> {
        let Self { raw, open, paired, .. } = self;
        let raw = raw.as_mut_slice();
        let (mut n_notes, mut last_end, mut now) = (self.n_notes, paired.last_end, *tick);
        let unusual = events.iter().position(|event| {
            now += u64::from(event.delta);
            let is_on = event.is_note_on();
            let first = open[event.slot()];
            let at = select_unpredictable(is_on, n_notes, (first as usize).wrapping_sub(1));
            let is_plain = event.is_note() && is_on == (first == 0);
            if !is_plain || at >= raw.len() || n_notes >= raw.len() {
                return true;
            }
            // A note-off writes a note too, where the next note-on will.
            raw[n_notes] = PlayedNote { tick: now, ticks: 0, bytes: event.bytes };
            raw[at].end(now);
            open[event.slot()] = select_unpredictable(is_on, at as u32 + 1, 0);
            n_notes += usize::from(is_on);
            last_end = select_unpredictable(is_on, last_end, now);
            false
        });
        let n_heard = unusual.unwrap_or(events.len());
        paired.ended += (n_heard - (n_notes - self.n_notes)) as u64;
        self.n_notes = n_notes;
        paired.last_end = last_end;
        *tick = now;
        unusual
    }

    /// A note-on where a note is open, or without room for another; a note-off where no note is
    /// open, or several; a message that is no note. Tells whether the key sounds already.
    fn hear_with_care(&mut self, tick: u64, event: ChannelEvent) -> bool {
        let [status, first, ..] = event.bytes;
        if !event.is_note() {
            if status & 0xF0 == 0xC0 {
                self.programs.push((tick, event.channel(), first));
            }
            return false;
        }
        if self.n_notes == self.raw.len() {
            self.raw.resize((self.n_notes * 2).max(FEWEST_KEPT), PlayedNote::default());
        }
        let (open, newest) = (&mut self.open[event.slot()], &mut self.newest[event.slot()]);
        if event.is_note_on() {
            if let Some(free) = self.raw.get_mut(self.n_notes) {
                *free = PlayedNote { tick, ticks: 0, bytes: event.bytes };
            }
            self.n_notes += 1;
            let link = self.n_notes as u32;
            if *open == 0 {
                *open = link;
                return false;
            }
            let last = if *open & SEVERAL == 0 { *open } else { *newest };
            if let Some(last) = last.checked_sub(1).and_then(|at| self.raw.get_mut(at as usize)) {
                last.ticks = link;
            }
            *newest = link;
            *open |= SEVERAL;
            return true;
        }
        if let Some(oldest) = (*open & !SEVERAL).checked_sub(1)
            && let Some(note) = self.raw.get_mut(oldest as usize)
        {
            let next = if *open & SEVERAL == 0 { 0 } else { note.ticks };
            note.end(tick);
            *open = if next == 0 || next == *newest { next } else { next | SEVERAL };
            self.paired.ended += 1;
            self.paired.last_end = tick;
        }
        false
    }

    /// Ends what was never let go.
    #[cold]
    fn end_open_notes(&mut self, end: Tick) {
        for open in self.open.iter_mut().filter(|open| **open != 0) {
            let mut link = std::mem::take(open) & !SEVERAL;
            while let Some(note) = link.checked_sub(1).and_then(|at| self.raw.get_mut(at as usize))
            {
                link = note.ticks;
                note.end(end.0);
            }
        }
    }
}

impl PlayedNote {
    #[inline]
    fn end(&mut self, tick: u64) {
        self.ticks = u32::try_from(tick - self.tick).unwrap_or(u32::MAX);
    }

    #[inline]
    const fn is_before(&self, other: &Self) -> bool {
        self.place() < other.place()
    }

    /// Onset and key as one number: a file that could be read has no tick beyond 57 bits.
    const fn place(&self) -> u64 {
        self.tick << 7 | self.bytes[1] as u64
    }
}

impl Listener for NoteCollector {
    fn begin(&mut self) {
        self.tracks.push(self.n_notes);
        self.paired = Paired::default();
        self.is_reading = true;
    }

    fn hear(&mut self, mut tick: u64, events: &[ChannelEvent]) -> Option<usize> {
        let mut first_overlap = None;
        let mut heard = 0;
        while let Some(rest) = events.get(heard..)
            && let Some(unusual) = self.hear_straight(&mut tick, rest)
            && let Some(&event) = rest.get(unusual)
        {
            if self.hear_with_care(tick, event) {
                first_overlap.get_or_insert(heard + unusual);
            }
            heard += unusual + 1;
        }
        first_overlap
    }

    fn end(&mut self, end: Tick) -> Paired {
        let first = self.tracks.last().copied().unwrap_or_default();
        self.paired.note_ons = (self.n_notes - first) as u64;
        if self.paired.ended < self.paired.note_ons {
            self.end_open_notes(end);
        }
        self.is_reading = false;
        if let Some(own) = self.raw.get_mut(first..self.n_notes) {
            sort_chords(own);
        }
        self.paired
    }
}

/// Tells the first `count` notes the programs in force; gives the others.
fn tell_programs<'n>(
    notes: &'n mut [PlayedNote],
    count: usize,
    programs: &[u8; 16],
) -> &'n mut [PlayedNote] {
    let (own, rest) = notes.split_at_mut(count.min(notes.len()));
    for note in own {
        note.bytes[3] = programs[usize::from(note.channel())];
    }
    rest
}

/// Notes of a track by key where they begin together: few at a time, and mostly in order.
fn sort_chords(notes: &mut [PlayedNote]) {
    let mut before = 0;
    for index in 0..notes.len() {
        let note = notes[index];
        if note.place() >= before {
            before = note.place();
            continue;
        }
        let earlier = notes[..index].iter().rev().take_while(|it| note.is_before(it));
        let at = index - earlier.count();
        notes[at..=index].rotate_right(1);
    }
}

/// Two runs in order as one, in their place; of equals those before `middle` come first. Takes
/// the one or the other without a branch: nobody can guess which.
fn merge(both: &mut [PlayedNote], middle: usize, spare: &mut Vec<PlayedNote>) {
    let (Some(first), Some(_)) = (both.get(..middle), both.get(middle)) else { return };
    spare.clear();
    spare.extend_from_slice(first);
    let (mut from_first, mut from_second) = (0, middle);
    while let (Some(a), Some(b)) = (spare.get(from_first), both.get(from_second)) {
        let takes_b = b.is_before(a);
        let next = *select_unpredictable(takes_b, b, a);
        // Never beyond what was taken from the second run.
        if let Some(place) = both.get_mut(from_first + from_second - middle) {
            *place = next;
        }
        from_first += usize::from(!takes_b);
        from_second += usize::from(takes_b);
    }
    // What is left of the second run is in its place already.
    let rest = spare.get(from_first..).unwrap_or_default();
    if let Some(places) = both.get_mut(from_first + from_second - middle..from_second) {
        places.copy_from_slice(rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::VecDeque;

    /// Onset, length, channel, key and velocity.
    type Plain = (u64, u64, u8, u8, u8);

    /// As a book would pair them, one message after the other.
    fn plain(tracks: &[Vec<ChannelEvent>]) -> Vec<Plain> {
        let mut notes: Vec<Plain> = Vec::new();
        for track in tracks {
            let mut open = vec![VecDeque::new(); 2048];
            let mut tick = 0;
            for event in track {
                tick += u64::from(event.delta);
                let [_, key, velocity, _] = event.bytes;
                if !event.is_note() {
                    continue;
                }
                if event.is_note_on() {
                    open[event.slot()].push_back(notes.len());
                    notes.push((tick, u64::MAX, event.channel(), key, velocity));
                } else if let Some(index) = open[event.slot()].pop_front() {
                    notes[index].1 = tick - notes[index].0;
                }
            }
            for note in notes.iter_mut().filter(|note| note.1 == u64::MAX) {
                note.1 = tick - note.0;
            }
        }
        notes.sort_by_key(|note| (note.0, note.3));
        notes
    }

    proptest! {
        #[test]
        fn notes_are_paired_as_a_book_would_pair_them(
            tracks in prop::collection::vec(
                prop::collection::vec((0u32..30, 0usize..5, 0u8..2, 58u8..62, 0u8..3), 0..300),
                0..5,
            ),
            batch in 1usize..200,
        ) {
            let of = |&(delta, kind, channel, key, velocity): &(u32, usize, u8, u8, u8)| {
                let status = [0x80, 0x90, 0x90, 0x90, 0xB0][kind] | channel;
                ChannelEvent { delta, bytes: [status, key, velocity, 0] }
            };
            let tracks: Vec<Vec<ChannelEvent>> =
                tracks.iter().map(|track| track.iter().map(of).collect()).collect();
            let mut collector = NoteCollector::default();
            for track in &tracks {
                collector.begin();
                let mut tick = 0;
                for events in track.chunks(batch) {
                    collector.hear(tick, events);
                    tick += events.iter().map(|event| u64::from(event.delta)).sum::<u64>();
                }
                collector.end(Tick(tick));
            }
            let found: Vec<Plain> = collector
                .finish()
                .iter()
                .map(|it| (it.tick, u64::from(it.ticks), it.channel(), it.key(), it.velocity()))
                .collect();
            prop_assert_eq!(found, plain(&tracks));
        }
    }

    #[test]
    fn the_first_key_that_sounds_already_is_told() {
        let on = |key: u8| ChannelEvent { delta: 1, bytes: [0x90, key, 64, 0] };
        let mut collector = NoteCollector::default();
        collector.begin();
        assert_eq!(collector.hear(0, &[on(60), on(61), on(62)]), None);
        assert_eq!(collector.hear(3, &[on(63), on(61), on(60)]), Some(1));
    }
}
