//! What a file holds, as one serialisable record.

use super::limits::Limits;
use super::problem::Problem;
use super::song::{ReadError, Song, read};
use super::text::TextEncoding;
use crate::time::Division;
use serde::Serialize;

/// What `midi-daw inspect --json` prints, beside key and tempo. Keys are stable.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Inspection {
    /// SMF format: 0, 1 or 2.
    pub format: u8,
    /// Ticks per quarter note; null with an SMPTE division.
    pub ppq: Option<u16>,
    /// Frames per second and ticks per frame; null with ticks per quarter note.
    pub smpte: Option<[u8; 2]>,
    /// MTrk chunks read.
    pub tracks: usize,
    /// The tracks' own names, decoded; null where a track has none.
    pub track_names: Vec<Option<String>>,
    /// Note-ons with a velocity above 0.
    pub note_ons: u64,
    /// Events of every kind, End of Track included.
    pub events: u64,
    /// The latest End of Track, in seconds through the tempo map.
    pub duration_secs: f64,
    /// The end of the last note, in seconds; null without notes.
    pub last_note_secs: Option<f64>,
    /// Every tempo, from tick 0 on.
    pub tempo_map: Vec<TempoEntry>,
    /// Every meter, from tick 0 on.
    pub meter_map: Vec<MeterEntry>,
    /// Every key signature that the file declares.
    pub key_signatures: Vec<KeyEntry>,
    /// Whether anything had to be mended.
    pub salvaged: bool,
    /// What was wrong, and what was done about it.
    pub problems: Vec<Problem>,
}

/// A tempo that holds from a tick on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct TempoEntry {
    /// From which tick.
    pub tick: u64,
    /// From which second.
    pub secs: f64,
    /// Microseconds per quarter note.
    pub micros: u32,
    /// Quarter notes per minute.
    pub bpm: f64,
}

/// A meter that holds from a tick on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct MeterEntry {
    /// From which tick.
    pub tick: u64,
    /// Beats in a bar.
    pub numerator: u8,
    /// The note value of a beat: 4 for a quarter.
    pub denominator: u32,
}

/// A key signature that holds from a tick on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyEntry {
    /// From which tick.
    pub tick: u64,
    /// Sharps (positive) or flats (negative).
    pub sharps: i8,
    /// Minor rather than major.
    pub minor: bool,
    /// How it is written: `F#m`, `Eb`.
    pub name: String,
}

/// Reads a file and says what is in it.
///
/// # Errors
/// As [`read`].
pub fn inspect(bytes: &[u8], limits: &Limits) -> Result<Inspection, ReadError> {
    Ok(describe(read(bytes, limits)?, limits))
}

/// Says what is in a file that was read.
pub fn describe(song: Song<'_>, limits: &Limits) -> Inspection {
    let tempo = song.tempo_map();
    let names = song.tracks.iter().filter_map(|track| track.name);
    let encoding = TextEncoding::guess(names);
    let (ppq, smpte) = match song.division {
        Division::Ppq(ppq) => (Some(ppq), None),
        Division::Smpte { fps, ticks_per_frame } => (None, Some([fps, ticks_per_frame])),
    };
    Inspection {
        format: song.format,
        ppq,
        smpte,
        tracks: song.tracks.len(),
        track_names: song
            .tracks
            .iter()
            .map(|track| track.name.map(|name| encoding.decode(name, limits.text_bytes)))
            .collect(),
        note_ons: song.note_ons(),
        events: song.tracks.iter().map(|track| track.events).sum(),
        duration_secs: tempo.secs_from_tick(song.end()),
        last_note_secs: song.last_note_end().map(|end| tempo.secs_from_tick(end)),
        tempo_map: tempo
            .points()
            .map(|point| TempoEntry {
                tick: point.tick.0,
                secs: tempo.secs_from_tick(point.tick),
                micros: point.tempo.micros(),
                bpm: point.tempo.bpm(),
            })
            .collect(),
        meter_map: song
            .meter_map()
            .points()
            .map(|point| MeterEntry {
                tick: point.tick.0,
                numerator: point.meter.numerator,
                denominator: point.meter.denominator(),
            })
            .collect(),
        key_signatures: song
            .keys
            .iter()
            .map(|key| KeyEntry {
                tick: key.tick.0,
                sharps: key.sharps,
                minor: key.minor,
                name: key_name(key.sharps, key.minor),
            })
            .collect(),
        salvaged: song.salvaged,
        problems: song.problems,
    }
}

/// How a key signature is written: `F#m`, `Eb`. Sharps outside −7..=7 are clamped.
pub fn key_name(sharps: i8, minor: bool) -> String {
    const FIFTHS: [&str; 18] = [
        "Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#", "G#",
        "D#", "A#",
    ];
    // A minor key has the signature of the major key three fifths below its tonic.
    let index = usize::from(sharps.clamp(-7, 7).saturating_add(7).unsigned_abs());
    let name = FIFTHS.get(index + if minor { 3 } else { 0 }).copied().unwrap_or("C");
    if minor { format!("{name}m") } else { name.into() }
}
