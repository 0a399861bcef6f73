//! Reads a file once, from end to end: what is in it, where, and what was wrong.

use super::chunk::{Chunks, Found, RawChunk};
use super::cursor::{TrackCursor, TrackPlace};
use super::event::{ChannelEvent, Message, RawEvent, meta};
use super::header::{Header, read_header};
use super::limits::Limits;
use super::listener::{Counter, Listener};
use super::problem::{Action, Problem, ProblemKind, Problems};
use crate::model::KeySignature;
use crate::time::{Division, Meter, MeterMap, MeterPoint, Tempo, TempoMap, TempoPoint, Tick};
use std::io;
use std::path::PathBuf;

/// Channel messages that are read before they are heard: two loops that each keep what they need
/// in registers take half the time of one that does both. They fit the first cache beside the
/// notes.
const BATCH: usize = 128;

/// Why a file could not be read at all. Damage is no reason: it is a [`Problem`].
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Neither a header nor a track anywhere.
    #[error("not a MIDI file: it has neither a header (MThd) nor a track (MTrk)")]
    NotMidi,
    /// Larger than [`Limits::bytes`].
    #[error("the file has {bytes} bytes, more than the limit of {limit}")]
    TooLarge {
        /// What it has.
        bytes: u64,
        /// What is allowed.
        limit: u64,
    },
    /// More notes than [`Limits::notes`].
    #[error("the file has {notes} notes, more than the limit of {limit}")]
    TooManyNotes {
        /// What it has.
        notes: u64,
        /// What is allowed.
        limit: u64,
    },
    /// The file system said no.
    #[error("cannot read the file: {source}: {}", path.display())]
    Io {
        /// Why.
        source: io::Error,
        /// Which file.
        path: PathBuf,
    },
    /// A folder, a device, a pipe.
    #[error("not a regular file: {}", path.display())]
    NotAFile {
        /// What it is called.
        path: PathBuf,
    },
}

/// What a file holds. Borrows from its bytes; its events are walked, not stored.
#[derive(Debug)]
pub struct Song<'a> {
    /// SMF format 0, 1 or 2, after repairs.
    pub format: u8,
    /// The format that the header has written; `None` without a header.
    pub written_format: Option<u16>,
    /// What a tick is worth.
    pub division: Division,
    /// The MTrk chunks that were read, in order.
    pub tracks: Vec<RawTrack<'a>>,
    /// The other chunks, in order.
    pub alien: Vec<RawChunk<'a>>,
    /// Tempo events of all tracks, in file order.
    pub tempos: Vec<TempoPoint>,
    /// Time signatures of all tracks, in file order.
    pub meters: Vec<MeterPoint>,
    /// Key signatures of all tracks, in file order.
    pub keys: Vec<KeySignature>,
    /// Texts of all tracks, in file order.
    pub texts: Vec<RawText<'a>>,
    /// What was wrong, in the order it was met.
    pub problems: Vec<Problem>,
    /// Whether anything had to be mended.
    pub salvaged: bool,
    bytes: &'a [u8],
}

/// One MTrk chunk: what a single walk over it counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawTrack<'a> {
    /// Events that were kept, End of Track included.
    pub events: u64,
    /// Note-ons with a velocity above 0.
    pub note_ons: u64,
    /// Where End of Track stands, or where it should.
    pub end: Tick,
    /// End of the note that ends last; a note that is never let go ends with the track.
    pub last_note_end: Option<Tick>,
    /// Its first track name (FF 03), as bytes.
    pub name: Option<&'a [u8]>,
    /// Bit n is set when there are events on channel n.
    pub channels: u16,
    place: TrackPlace,
}

/// A text of the file, as it stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawText<'a> {
    /// Its meta type, 1..=15: 1 text, 2 copyright, 3 track name, 4 instrument, 5 lyric,
    /// 6 marker, 7 cue point, 8 program, 9 device (Standard MIDI Files 1.0 and RP-019).
    pub kind: u8,
    /// In which MTrk chunk, counted from 0.
    pub track: u16,
    /// When, in ticks.
    pub tick: Tick,
    /// In an encoding that the file does not tell.
    pub bytes: &'a [u8],
}

impl RawTrack<'_> {
    /// Whether it has any channel message.
    pub const fn has_channels(&self) -> bool {
        self.channels != 0
    }
}

/// Reads a whole file, mending what can be mended.
///
/// # Errors
/// When there is nothing to mend: no header and no track, or more bytes than the limit.
pub fn read<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Song<'a>, ReadError> {
    read_with(bytes, limits, &mut Counter::default())
}

/// As [`read`], and `listener` hears every channel message.
///
/// # Errors
/// As [`read`].
pub fn read_with<'a>(
    bytes: &'a [u8],
    limits: &Limits,
    listener: &mut impl Listener,
) -> Result<Song<'a>, ReadError> {
    if bytes.len() as u64 > limits.bytes {
        return Err(ReadError::TooLarge { bytes: bytes.len() as u64, limit: limits.bytes });
    }
    let mut problems = Problems::new(limits.problems);
    let header = read_header(bytes, &mut problems).ok_or(ReadError::NotMidi)?;
    let within = bytes.get(..header.end).unwrap_or(bytes);
    let mut song = Song {
        format: header.format,
        written_format: header.written_format,
        division: header.division,
        tracks: Vec::new(),
        alien: Vec::new(),
        tempos: Vec::new(),
        meters: Vec::new(),
        keys: Vec::new(),
        texts: Vec::new(),
        problems: Vec::new(),
        salvaged: false,
        bytes: within,
    };
    let mut chunks = Chunks::new(within, &header, limits.tracks);
    let mut batch = [ChannelEvent::default(); BATCH];
    while let Some(found) = chunks.next(&mut problems) {
        match found {
            Found::Alien(chunk) => song.alien.push(chunk),
            Found::Track(place) => {
                let mut cursor = TrackCursor::new(within, place);
                song.read_track(&mut cursor, place, &mut problems, listener, &mut batch);
                chunks.leave_track(place, &cursor, &mut problems);
            }
        }
    }
    song.check_header(&header, chunks.tracks(), &mut problems);
    (song.problems, song.salvaged) = problems.into_parts();
    // The letters MTrk stand in texts too: without a header, music has to bear them out.
    let headless = song.problems.iter().any(|problem| problem.kind == ProblemKind::MissingHeader);
    if headless && song.note_ons() == 0 {
        return Err(ReadError::NotMidi);
    }
    Ok(song)
}

impl<'a> Song<'a> {
    /// The events of one track, mended the same way every time they are walked.
    pub fn events(&self, track: &RawTrack<'_>) -> Events<'a> {
        Events { cursor: TrackCursor::new(self.bytes, track.place), problems: Problems::deaf() }
    }

    /// Ticks to seconds, from the tempo events of all tracks.
    pub fn tempo_map(&self) -> TempoMap {
        TempoMap::new(self.division, self.tempos.iter().copied())
    }

    /// Ticks to bars, from the time signatures of all tracks.
    pub fn meter_map(&self) -> MeterMap {
        MeterMap::new(self.division, self.meters.iter().copied())
    }

    /// Note-ons with a velocity above 0, of all tracks.
    pub fn note_ons(&self) -> u64 {
        self.tracks.iter().map(|track| track.note_ons).sum()
    }

    /// The latest End of Track.
    pub fn end(&self) -> Tick {
        self.tracks.iter().map(|track| track.end).max().unwrap_or(Tick::ZERO)
    }

    /// The end of the last note; `None` when there are no notes.
    pub fn last_note_end(&self) -> Option<Tick> {
        self.tracks.iter().filter_map(|track| track.last_note_end).max()
    }

    fn read_track(
        &mut self,
        cursor: &mut TrackCursor<'a>,
        place: TrackPlace,
        problems: &mut Problems,
        listener: &mut impl Listener,
        batch: &mut [ChannelEvent; BATCH],
    ) {
        listener.begin();
        let mut track = RawTrack {
            events: 0,
            note_ons: 0,
            end: Tick::ZERO,
            last_note_end: None,
            name: None,
            channels: 0,
            place,
        };
        let mut first_overlap = None;
        loop {
            loop {
                let (from, tick) = (cursor.straight(), cursor.tick());
                let read = cursor.read_straight(batch);
                if let Some(overlap) = listener.hear(tick, read) {
                    first_overlap.get_or_insert_with(|| from.position_after(overlap));
                }
                track.events += read.len() as u64;
                if read.len() < BATCH {
                    break;
                }
            }
            let Some(event) = cursor.next_careful(problems) else { break };
            let RawEvent { tick, offset, message } = event;
            match message {
                Message::Channel { status, data: [first, second] } => {
                    let event = ChannelEvent { delta: 0, bytes: [status, first, second, 0] };
                    if listener.hear(tick, &[event]).is_some() {
                        first_overlap.get_or_insert(offset);
                    }
                }
                Message::Meta { kind, data } => {
                    if kind == meta::TRACK_NAME && track.name.is_none() {
                        track.name = Some(data);
                    }
                    self.read_meta(place.index, tick, kind, data);
                }
                Message::Sysex(_) | Message::Escape(_) | Message::EndOfTrack => {}
            }
            track.events += 1;
        }
        track.channels = cursor.channels();
        track.end = Tick(cursor.tick());
        let paired = listener.end(track.end);
        track.note_ons = paired.note_ons;
        let index = Some(place.index);
        if let Some(offset) = first_overlap {
            problems.push(index, offset, ProblemKind::OverlappingNotes, Action::Reported);
        }
        track.last_note_end = (paired.ended > 0).then_some(Tick(paired.last_end));
        if paired.ended < track.note_ons {
            let kind = ProblemKind::UnclosedNotes;
            problems.push(index, cursor.position(), kind, Action::Reported);
            track.last_note_end = Some(track.end);
        }
        self.tracks.push(track);
    }

    fn read_meta(&mut self, track: u16, tick: u64, kind: u8, data: &'a [u8]) {
        let tick = Tick(tick);
        if meta::TEXTS.contains(&kind) {
            self.texts.push(RawText { kind, track, tick, bytes: data });
        } else if let Some(tempo) = tempo_of(kind, data) {
            self.tempos.push(TempoPoint { tick, tempo });
        } else if let Some(meter) = meter_of(kind, data) {
            self.meters.push(MeterPoint { tick, meter });
        } else if let Some((sharps, minor)) = key_of(kind, data) {
            self.keys.push(KeySignature { tick, sharps, minor });
        }
    }

    fn check_header(&mut self, header: &Header, tracks: u16, problems: &mut Problems) {
        if header.written_format.is_some() && header.announced_tracks != tracks {
            problems.push(None, 0, ProblemKind::TrackCount, Action::Counted);
        }
        if self.format == 0 && tracks > 1 {
            self.format = 1;
            problems.push(None, 0, ProblemKind::UnknownFormat, Action::Assumed);
        }
    }
}

/// Walks the events of one track; allocates nothing.
#[derive(Debug)]
pub struct Events<'a> {
    cursor: TrackCursor<'a>,
    problems: Problems,
}

impl<'a> Iterator for Events<'a> {
    type Item = RawEvent<'a>;

    #[inline]
    fn next(&mut self) -> Option<RawEvent<'a>> {
        self.cursor.next(&mut self.problems)
    }
}

/// The tempo that a meta event sets.
pub(super) fn tempo_of(kind: u8, data: &[u8]) -> Option<Tempo> {
    let (meta::TEMPO, [a, b, c, ..]) = (kind, data) else { return None };
    Tempo::from_micros(u32::from_be_bytes([0, *a, *b, *c]))
}

/// The time signature that a meta event sets.
pub(super) fn meter_of(kind: u8, data: &[u8]) -> Option<Meter> {
    let (meta::METER, [numerator, power, ..]) = (kind, data) else { return None };
    Some(Meter { numerator: *numerator, denominator_power: *power })
}

/// The key signature that a meta event sets: sharps, and whether it is minor.
pub(super) fn key_of(kind: u8, data: &[u8]) -> Option<(i8, bool)> {
    let (meta::KEY, [sharps, scale, ..]) = (kind, data) else { return None };
    Some((sharps.cast_signed(), *scale == 1))
}
