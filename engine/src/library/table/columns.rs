//! The columns, in their order.

use super::Entry;
use crate::library::features::BpmMethod;
use crate::library::row::{DrumClass, DrumFeel, key_text};
use crate::smf::gm;
use crate::theory::Key;

/// One column of the table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// What it is called.
    pub name: &'static str,
    /// What its values are.
    pub kind: Kind,
    /// The value of an entry.
    pub get: fn(&Entry) -> Value,
}

/// What the values of a column are; any may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Yes or no.
    Bool,
    /// A whole number.
    Int,
    /// A number.
    Float,
    /// A text.
    Text,
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// There is none.
    Missing,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// A text.
    Text(String),
}

/// A column without the words that every one of them would repeat.
const fn column(name: &'static str, kind: Kind, get: fn(&Entry) -> Value) -> Column {
    Column { name, kind, get }
}

/// Every column. Times are in seconds, sizes in bytes; `bpm` and `key` are the winners, the
/// user's own word included, and the columns beside them say where they come from. Lists are
/// separated by semicolons.
pub const COLUMNS: &[Column] = &[
    column("path", Kind::Text, |it| text(&String::from_utf8_lossy(&it.row.place.path))),
    column("member", Kind::Text, |it| {
        text(&String::from_utf8_lossy(it.row.place.member.as_deref().unwrap_or_default()))
    }),
    column("name", Kind::Text, |it| text(&name(it))),
    column("bytes", Kind::Int, |it| int(it.row.stamp.bytes)),
    column("modified_secs", Kind::Int, |it| {
        Value::Int(it.row.stamp.mtime_nanos.div_euclid(1_000_000_000))
    }),
    column("hash", Kind::Text, |it| text(&blake3::Hash::from_bytes(it.row.hash).to_hex())),
    column("version", Kind::Int, |it| int(it.row.version)),
    column("format", Kind::Int, |it| int(it.row.facts.shape.format)),
    column("ppq", Kind::Int, |it| it.row.facts.shape.ppq.map_or(Value::Missing, int)),
    column("tracks", Kind::Int, |it| int(it.row.facts.shape.tracks)),
    column("events", Kind::Int, |it| int(it.row.facts.shape.events)),
    column("note_ons", Kind::Int, |it| int(it.row.facts.shape.note_ons)),
    column("duration_secs", Kind::Float, |it| Value::Float(it.row.facts.shape.duration_secs)),
    column("last_note_secs", Kind::Float, |it| {
        it.row.facts.shape.last_note_secs.map_or(Value::Missing, Value::Float)
    }),
    column("bars", Kind::Int, |it| it.row.facts.shape.bars.map_or(Value::Missing, int)),
    column("salvaged", Kind::Bool, |it| Value::Bool(it.row.facts.shape.salvaged)),
    column("problems", Kind::Int, |it| int(it.row.facts.shape.problems.len() as u64)),
    column("bpm", Kind::Float, |it| float(it.own.bpm.or_else(|| it.row.facts.bpm()))),
    column("bpm_method", Kind::Text, |it| text(method(it.row.facts.tempo.method))),
    column("bpm_confidence", Kind::Float, |it| float(Some(it.row.facts.tempo.confidence))),
    column("bpm_declared", Kind::Float, |it| float(it.row.facts.tempo.declared)),
    column("bpm_first", Kind::Float, |it| float(it.row.facts.tempo.first)),
    column("bpm_min", Kind::Float, |it| float(it.row.facts.tempo.min)),
    column("bpm_max", Kind::Float, |it| float(it.row.facts.tempo.max)),
    column("bpm_inferred", Kind::Float, |it| float(it.row.facts.tempo.inferred)),
    column("bpm_named", Kind::Float, |it| float(it.row.facts.named.bpm)),
    column("key", Kind::Text, |it| key(it.own.key.or_else(|| it.row.facts.key()))),
    column("key_signature", Kind::Text, |it| key(it.row.facts.key.declared)),
    column("key_inferred", Kind::Text, |it| key(it.row.facts.key.inferred)),
    column("key_confidence", Kind::Float, |it| float(Some(it.row.facts.key.confidence))),
    column("key_named", Kind::Text, |it| key(it.row.facts.named.key)),
    column("modulations", Kind::Int, |it| int(it.row.facts.key.modulations)),
    column("meter", Kind::Text, |it| match it.row.facts.meter {
        Some((beats, unit)) => Value::Text(format!("{beats}/{unit}")),
        None => Value::Missing,
    }),
    column("lowest", Kind::Int, |it| it.row.facts.notes.lowest.map_or(Value::Missing, int)),
    column("highest", Kind::Int, |it| it.row.facts.notes.highest.map_or(Value::Missing, int)),
    column("density", Kind::Float, |it| float(Some(it.row.facts.notes.density))),
    column("polyphony_mean", Kind::Float, |it| float(Some(it.row.facts.notes.polyphony_mean))),
    column("polyphony_max", Kind::Int, |it| int(it.row.facts.notes.polyphony_max)),
    column("velocity_min", Kind::Int, |it| int(it.row.facts.notes.velocity_min)),
    column("velocity_mean", Kind::Float, |it| float(Some(it.row.facts.notes.velocity_mean))),
    column("velocity_max", Kind::Int, |it| int(it.row.facts.notes.velocity_max)),
    column("velocity_deviation", Kind::Float, |it| {
        float(Some(it.row.facts.notes.velocity_deviation))
    }),
    column("swing", Kind::Float, |it| float(it.row.facts.notes.swing)),
    column("off_grid", Kind::Float, |it| float(Some(it.row.facts.notes.off_grid))),
    column("instruments", Kind::Text, |it| text(&instruments(it.row.facts.instruments.programs))),
    column("channels", Kind::Int, |it| int(it.row.facts.instruments.channels.count_ones())),
    column("drums", Kind::Bool, |it| Value::Bool(it.row.facts.instruments.drums)),
    column("drum_class", Kind::Text, |it| match it.row.facts.drums.class {
        Some(DrumClass::Groove) => text("groove"),
        Some(DrumClass::Fill) => text("fill"),
        Some(DrumClass::OneShot) => text("one_shot"),
        None => Value::Missing,
    }),
    column("drum_feel", Kind::Text, |it| match it.row.facts.drums.feel {
        Some(DrumFeel::Straight) => text("straight"),
        Some(DrumFeel::Swung) => text("swung"),
        Some(DrumFeel::HalfTime) => text("half_time"),
        None => Value::Missing,
    }),
    column("chords", Kind::Text, |it| text(&it.row.facts.harmony.chords)),
    column("numerals", Kind::Text, |it| text(&it.row.facts.harmony.numerals)),
    column("chords_named", Kind::Text, |it| given(it.row.facts.named.chords.as_deref())),
    column("sections", Kind::Text, |it| text(&it.row.facts.form.sections)),
    column("repeated", Kind::Float, |it| float(Some(it.row.facts.form.repeated))),
    column("title", Kind::Text, |it| text(&it.row.facts.text.title)),
    column("track_names", Kind::Text, |it| text(&it.row.facts.text.tracks)),
    column("copyright", Kind::Text, |it| text(&it.row.facts.text.copyright)),
    column("lyrics", Kind::Text, |it| text(&it.row.facts.text.lyrics)),
    column("markers", Kind::Text, |it| text(&it.row.facts.text.markers)),
    column("texts", Kind::Text, |it| text(&it.row.facts.text.other)),
    column("artist", Kind::Text, |it| given(it.row.facts.named.artist.as_deref())),
    column("section", Kind::Text, |it| given(it.row.facts.named.section.as_deref())),
    column("instrument_named", Kind::Text, |it| given(it.row.facts.named.instrument.as_deref())),
    column("bars_named", Kind::Int, |it| it.row.facts.named.bars.map_or(Value::Missing, int)),
    column("tags", Kind::Text, |it| text(&it.row.facts.tags.join(";"))),
    column("own_tags", Kind::Text, |it| text(&it.own.tags.join(";"))),
    column("rating", Kind::Int, |it| it.own.rating.map_or(Value::Missing, int)),
    column("favourite", Kind::Bool, |it| Value::Bool(it.own.favourite)),
    column("musical_hash", Kind::Text, |it| print(it.row.facts.prints.musical)),
    column("version_group", Kind::Text, |it| print(it.row.facts.prints.version)),
];

fn int(value: impl Into<u64>) -> Value {
    i64::try_from(value.into()).map_or(Value::Missing, Value::Int)
}

/// The number that the fewest digits say: 120.1, not 120.09999847.
fn float(value: Option<f32>) -> Value {
    let number = value.and_then(|value| value.to_string().parse().ok());
    number.filter(|number: &f64| number.is_finite()).map_or(Value::Missing, Value::Float)
}

fn text(value: &str) -> Value {
    if value.is_empty() { Value::Missing } else { Value::Text(value.into()) }
}

fn given(value: Option<&str>) -> Value {
    text(value.unwrap_or_default())
}

fn key(value: Option<Key>) -> Value {
    value.map_or(Value::Missing, |key| Value::Text(key_text(key)))
}

fn print(value: u64) -> Value {
    if value == 0 { Value::Missing } else { Value::Text(format!("{value:016x}")) }
}

fn name(entry: &Entry) -> String {
    let place = &entry.row.place;
    let whole = place.member.as_deref().unwrap_or(&place.path);
    let last = whole.rsplit(|&byte| byte == b'/' || byte == b'\\').next().unwrap_or_default();
    String::from_utf8_lossy(last).into_owned()
}

fn instruments(programs: [u64; 2]) -> String {
    let bits = u128::from(programs[0]) | u128::from(programs[1]) << 64;
    let set = (0..128u8).filter(|program| bits >> program & 1 == 1);
    set.map(gm::program_name).collect::<Vec<_>>().join(";")
}

const fn method(method: BpmMethod) -> &'static str {
    match method {
        BpmMethod::Declared => "declared",
        BpmMethod::Onsets => "onsets",
        BpmMethod::Hybrid => "hybrid",
        BpmMethod::None => "",
    }
}
