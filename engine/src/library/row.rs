//! What the index keeps of one file: plain data, kept apart by where it comes from.
//!
//! Declared (in the file), inferred (from notes, with a confidence) and named (from file and
//! folder names) are never mixed. Which of them wins is decided in one place, by the methods
//! of [`Facts`]; what the user has said wins over all and lives in the user's own database.

use super::features::{BpmMethod, Contour};
use crate::smf::Problem;
use crate::theory::Key;
use serde::Serialize;
use std::fmt;
use std::path::{Path, PathBuf};

/// Counts up whenever the analysis would say something else of the same bytes; rows of an
/// older version are analysed again.
pub const ANALYSIS_VERSION: u32 = 5;

/// One file of the library.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Where it lies.
    pub place: Place,
    /// How it looked from outside when it was read.
    pub stamp: Stamp,
    /// BLAKE3 of its bytes.
    pub hash: [u8; 32],
    /// Which analysis has filled `facts`.
    pub version: u32,
    /// What is in it.
    pub facts: Facts,
}

/// Where a file lies: a path, and for a member of an archive its name therein.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The absolute path, as the raw bytes of the system.
    pub path: Box<[u8]>,
    /// The member's name inside the archive at `path`; members of archives in archives are
    /// joined by `!/`.
    pub member: Option<Box<[u8]>>,
}

impl Place {
    /// A file of its own.
    pub fn of(path: &Path) -> Self {
        Self { path: path_bytes(path).into(), member: None }
    }

    /// The path, to open it with.
    pub fn to_path(&self) -> PathBuf {
        bytes_path(&self.path)
    }
}

impl fmt::Display for Place {
    /// For people: what is no text is replaced.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.path))?;
        match &self.member {
            Some(member) => write!(f, "!/{}", String::from_utf8_lossy(member)),
            None => Ok(()),
        }
    }
}

/// A path as the raw bytes of the system.
pub fn path_bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

/// The path that the bytes stand for.
#[cfg(unix)]
pub fn bytes_path(bytes: &[u8]) -> PathBuf {
    <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(bytes).into()
}

/// The path that the bytes stand for; names that are no Unicode are not found again.
#[cfg(not(unix))]
pub fn bytes_path(bytes: &[u8]) -> PathBuf {
    String::from_utf8_lossy(bytes).into_owned().into()
}

/// What tells whether a file has changed without reading it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    /// Its length; of an archive's member, inflated.
    pub bytes: u64,
    /// When it was changed, in nanoseconds since 1970; of an archive's member, the archive.
    pub mtime_nanos: i64,
}

/// Everything that is known of a file's music.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Facts {
    /// What the reader counted.
    pub shape: Shape,
    /// How fast.
    pub tempo: TempoFacts,
    /// In which key.
    pub key: KeyFacts,
    /// The first time signature, as numerator and denominator; none when none is declared.
    pub meter: Option<(u8, u16)>,
    /// What its notes are like.
    pub notes: NoteFacts,
    /// What plays it.
    pub instruments: Instruments,
    /// Its chords.
    pub harmony: Harmony,
    /// Its drums.
    pub drums: DrumFacts,
    /// Its form.
    pub form: Form,
    /// Its words.
    pub text: Texts,
    /// What file and folder names say.
    pub named: Named,
    /// Words of the tag table that names and features bear out, sorted, each once.
    pub tags: Vec<String>,
    /// A small picture of its notes; at most 256 bytes.
    pub thumbnail: Vec<u8>,
    /// What finds it again.
    pub prints: Prints,
}

/// What the reader counted.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Shape {
    /// SMF format: 0, 1 or 2.
    pub format: u8,
    /// Ticks per quarter note; none with an SMPTE division.
    pub ppq: Option<u16>,
    /// MTrk chunks read.
    pub tracks: u16,
    /// Events of every kind.
    pub events: u64,
    /// Note-ons with a velocity above 0.
    pub note_ons: u64,
    /// The latest End of Track, in seconds through the tempo map.
    pub duration_secs: f64,
    /// The end of the last note, in seconds.
    pub last_note_secs: Option<f64>,
    /// Bars up to the end of the last note, by the meter map; none with an SMPTE division.
    pub bars: Option<u32>,
    /// Whether anything had to be mended.
    pub salvaged: bool,
    /// What was wrong.
    pub problems: Vec<Problem>,
}

/// How fast, by origin.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TempoFacts {
    /// The declared tempo that lasts longest; none when no event says one.
    pub declared: Option<f32>,
    /// The first declared tempo.
    pub first: Option<f32>,
    /// The slowest declared tempo.
    pub min: Option<f32>,
    /// The fastest declared tempo.
    pub max: Option<f32>,
    /// What the notes alone say; none also where it was not asked for.
    pub inferred: Option<f32>,
    /// How the winner was found.
    pub method: BpmMethod,
    /// How sure the winner is, 0..=1.
    pub confidence: f32,
    /// What else the notes may say.
    pub alternatives: Vec<f32>,
}

/// In which key, by origin.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct KeyFacts {
    /// The first declared key signature.
    #[serde(serialize_with = "written")]
    pub declared: Option<Key>,
    /// Whether the declared one is a lone C major, which programs write that know nothing of
    /// keys.
    pub declared_is_default: bool,
    /// What the notes alone say.
    #[serde(serialize_with = "written")]
    pub inferred: Option<Key>,
    /// The probability of the inferred key, 0..=1.
    pub confidence: f32,
    /// How often the inferred key changes.
    pub modulations: u16,
}

/// What the notes are like.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct NoteFacts {
    /// Lowest pitch outside the drum channel.
    pub lowest: Option<u8>,
    /// Highest pitch outside the drum channel.
    pub highest: Option<u8>,
    /// Note-ons a second, from the first onset to the end of the last note.
    pub density: f32,
    /// Notes that sound together, on average while any sounds.
    pub polyphony_mean: f32,
    /// Notes that sound together at most.
    pub polyphony_max: u16,
    /// Softest velocity.
    pub velocity_min: u8,
    /// Mean velocity.
    pub velocity_mean: f32,
    /// Loudest velocity.
    pub velocity_max: u8,
    /// Standard deviation of the velocities.
    pub velocity_deviation: f32,
    /// Share of notes of a sixteenth or less, an eighth, a quarter, a half, and more; each
    /// class reaches up to the geometric mean with the next. All 0 with an SMPTE division.
    pub length_classes: [f32; 5],
    /// Where the second eighth (or sixteenth) of a pair lies: 1 straight, 2 triplets; none
    /// where too few pairs say.
    pub swing: Option<f32>,
    /// Mean distance of the onsets from the nearest sixteenth or triplet eighth, as a share of
    /// a quarter.
    pub off_grid: f32,
}

/// What plays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Instruments {
    /// Bit n is set when program n sounds on a channel other than the drums'.
    pub programs: [u64; 2],
    /// Bit n is set when a program of General MIDI family n sounds.
    pub families: u16,
    /// Channels with notes.
    pub channels: u16,
    /// Whether the drum channel has notes.
    pub drums: bool,
    /// Bit n is set when key n of the drum kit is struck.
    pub kit: [u64; 2],
}

/// The chords.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Harmony {
    /// The chords of the beats, equal neighbours joined, as chord names separated by spaces;
    /// at most 64.
    pub chords: String,
    /// The same as roman numerals in the key of the file; empty without a key.
    pub numerals: String,
}

/// The drums.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DrumFacts {
    /// Groove, fill or one-shot; none without drums.
    pub class: Option<DrumClass>,
    /// Straight, swung or half time; none without a groove.
    pub feel: Option<DrumFeel>,
    /// The likeliest bar as 16 steps: bit n is set when a kick falls on step n.
    pub kick: u16,
    /// The same for the snare.
    pub snare: u16,
}

/// What a drum part is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DrumClass {
    /// A pattern that repeats.
    Groove,
    /// A bar or two that do not.
    Fill,
    /// A single stroke.
    OneShot,
}

/// How a groove moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DrumFeel {
    /// Even.
    Straight,
    /// Long and short.
    Swung,
    /// The backbeat once a bar.
    HalfTime,
}

/// The form.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Form {
    /// One letter for each section, equal ones alike: `AABA`; at most 64.
    pub sections: String,
    /// Where the sections begin, in bars from 0; as many as letters.
    pub starts: Vec<u32>,
    /// Share of bars that have occurred before, 0..=1.
    pub repeated: f32,
}

/// The words of a file, decoded; control and bidirectional characters are stripped.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Texts {
    /// The name of the first track, which names the song by custom.
    pub title: String,
    /// The names of all tracks, each on its line.
    pub tracks: String,
    /// The copyright notice.
    pub copyright: String,
    /// Lyrics, joined.
    pub lyrics: String,
    /// Markers and cue points, each on its line.
    pub markers: String,
    /// Other texts, each on its line.
    pub other: String,
    /// The encoding that was guessed.
    pub encoding: String,
}

/// What file and folder names say.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Named {
    /// Beats a minute.
    pub bpm: Option<f32>,
    /// The key.
    #[serde(serialize_with = "written")]
    pub key: Option<Key>,
    /// Bars.
    pub bars: Option<u32>,
    /// Which part of a song: verse, chorus, fill.
    pub section: Option<String>,
    /// The instrument.
    pub instrument: Option<String>,
    /// The artist.
    pub artist: Option<String>,
    /// A chord progression, as it is written.
    pub chords: Option<String>,
}

/// What finds a file again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Prints {
    /// The same for the same music in another tempo, key, velocity or order of tracks; 0
    /// without notes.
    pub musical: u64,
    /// The same for versions of one piece; 0 where none can be told.
    pub version: u64,
    /// Where it stands among all music: near files sound alike.
    pub vector: [u8; 24],
    /// Its melody, to be searched by.
    #[serde(skip)]
    pub melody: Contour,
}

impl Facts {
    /// Beats a minute: declared where the notes do not contradict it, else inferred, else
    /// declared, else named.
    pub fn bpm(&self) -> Option<f32> {
        let TempoFacts { declared, inferred, method, .. } = self.tempo;
        match method {
            BpmMethod::Onsets => inferred.or(declared).or(self.named.bpm),
            _ => declared.or(inferred).or(self.named.bpm),
        }
    }

    /// The key: declared unless it is a lone C major, else inferred, else declared, else named.
    pub fn key(&self) -> Option<Key> {
        let KeyFacts { declared, declared_is_default, inferred, .. } = self.key;
        let trusted = declared.filter(|_| !declared_is_default);
        trusted.or(inferred).or(self.named.key).or(declared)
    }
}

/// A key as it is written: `F#m`, `Eb`.
pub fn key_text(key: Key) -> String {
    crate::smf::key_name(key.signature(), key.minor)
}

#[expect(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference to the field"
)]
fn written<S: serde::Serializer>(key: &Option<Key>, serializer: S) -> Result<S::Ok, S::Error> {
    key.map(key_text).serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_notes_contradict_ranks_after_what_they_say() {
        let mut facts = Facts::default();
        assert_eq!(facts.bpm(), None);
        facts.named.bpm = Some(90.0);
        assert_eq!(facts.bpm(), Some(90.0));
        facts.tempo.inferred = Some(97.0);
        facts.tempo.declared = Some(120.0);
        facts.tempo.method = BpmMethod::Declared;
        assert_eq!(facts.bpm(), Some(120.0));
        facts.tempo.method = BpmMethod::Onsets;
        assert_eq!(facts.bpm(), Some(97.0));
    }

    #[test]
    fn a_lone_c_major_ranks_after_what_notes_and_names_say() {
        let c = Key::of_signature(0, false);
        let f = Key::of_signature(-1, false);
        let mut facts = Facts::default();
        facts.key.declared = Some(c);
        facts.key.declared_is_default = true;
        assert_eq!(facts.key(), Some(c));
        facts.named.key = Some(f);
        assert_eq!(facts.key(), Some(f));
        facts.key.inferred = Some(c);
        assert_eq!(facts.key(), Some(c));
        facts.key.inferred = None;
        facts.key.declared_is_default = false;
        assert_eq!(facts.key(), Some(c));
    }
}
