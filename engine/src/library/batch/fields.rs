//! What the placeholders of a template say of a file.

use super::source::Source;
use crate::library::features::{TagTable, notes_of};
use crate::library::row::{Facts, key_text};
use crate::library::{InferTempo, facts_of};
use crate::smf::{Limits, gm, read};
use bumpalo::Bump;
use std::collections::HashMap;

/// What a template can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Field {
    Name,
    Folder,
    Number,
    Artist,
    Title,
    Bpm,
    Key,
    Meter,
    Bars,
    Duration,
    Notes,
    Tracks,
    Format,
    Section,
    Instrument,
    Tags,
    Hash,
}

/// Every placeholder by its name.
const NAMES: [(&str, Field); 17] = [
    ("name", Field::Name),
    ("folder", Field::Folder),
    ("n", Field::Number),
    ("artist", Field::Artist),
    ("title", Field::Title),
    ("bpm", Field::Bpm),
    ("key", Field::Key),
    ("meter", Field::Meter),
    ("bars", Field::Bars),
    ("duration", Field::Duration),
    ("notes", Field::Notes),
    ("tracks", Field::Tracks),
    ("format", Field::Format),
    ("section", Field::Section),
    ("instrument", Field::Instrument),
    ("tags", Field::Tags),
    ("hash", Field::Hash),
];

impl Field {
    pub(super) fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(own, _)| *own == name).map(|(_, field)| *field)
    }

    /// All placeholders, for people.
    pub(super) fn known() -> String {
        let names: Vec<String> = NAMES.iter().map(|(name, _)| format!("{{{name}}}")).collect();
        names.join(" ")
    }
}

/// What is known of one file.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields(HashMap<Field, String>);

impl Fields {
    /// What a field says, numbers with `width` digits at least; empty where nothing is known.
    pub(super) fn text(&self, field: Field, width: usize) -> String {
        let text = self.0.get(&field).map_or("", String::as_str);
        if !text.is_empty() && text.bytes().all(|letter| letter.is_ascii_digit()) {
            return format!("{text:0>width$}");
        }
        text.into()
    }

    #[cfg(test)]
    pub(super) fn made<'a>(fields: impl IntoIterator<Item = (Field, &'a str)>) -> Self {
        Self(fields.into_iter().map(|(field, text)| (field, text.to_owned())).collect())
    }

    /// Of the file `number` of a set: what the library knows, else what its bytes say.
    pub(super) fn of(source: &Source, number: usize, bytes: &[u8], tags: &TagTable) -> Self {
        let mut fields = Self::default();
        fields.put(Field::Name, &source.stem().to_string_lossy());
        fields.put(Field::Folder, &source.folder_name());
        fields.put(Field::Number, &number);
        let hash = blake3::hash(bytes).to_hex();
        fields.put(Field::Hash, hash.get(..8).unwrap_or_default());
        if let Some(facts) = &source.facts {
            fields.put_facts(facts);
        } else if let Ok(song) = read(bytes, &Limits::SCAN) {
            let names = source.place.to_string().replace("!/", "/");
            let (notes, arena) = (notes_of(&song), Bump::new());
            let names = names.as_bytes();
            fields.put_facts(&facts_of(&song, &notes, names, tags, InferTempo::Auto, &arena));
        }
        fields
    }

    fn put(&mut self, field: Field, text: &(impl ToString + ?Sized)) {
        let text = text.to_string();
        if !text.trim().is_empty() {
            self.0.insert(field, text.trim().into());
        }
    }

    fn put_facts(&mut self, facts: &Facts) {
        let Facts { shape, named, .. } = facts;
        self.put(Field::Title, &facts.text.title);
        self.put(Field::Artist, &named.artist.as_deref().unwrap_or_default());
        self.put(Field::Section, &named.section.as_deref().unwrap_or_default());
        if let Some(bpm) = facts.bpm() {
            self.put(Field::Bpm, &bpm.round());
        }
        if let Some(key) = facts.key() {
            self.put(Field::Key, &key_text(key));
        }
        if let Some((beats, unit)) = facts.meter {
            self.put(Field::Meter, &format!("{beats}-{unit}"));
        }
        if let Some(bars) = shape.bars.or(named.bars) {
            self.put(Field::Bars, &bars);
        }
        let programs = facts.instruments.programs;
        let programs = u128::from(programs[0]) | u128::from(programs[1]) << 64;
        let heard = instrument(programs, facts.instruments.drums);
        self.put(Field::Instrument, named.instrument.as_deref().unwrap_or(heard));
        self.put(Field::Tags, &facts.tags.join(" "));
        self.put(Field::Duration, &clock(shape.duration_secs));
        self.put(Field::Notes, &shape.note_ons);
        self.put(Field::Tracks, &shape.tracks);
        self.put(Field::Format, &shape.format);
    }
}

/// What plays alone; several instruments have no name.
fn instrument(programs: u128, drums: bool) -> &'static str {
    match (programs.count_ones(), drums) {
        (1, false) => gm::program_name(programs.trailing_zeros() as u8),
        (0, true) => "Drums",
        _ => "",
    }
}

/// Minutes and seconds without a colon, which is illegal in names.
fn clock(secs: f64) -> String {
    let secs = secs.round().max(0.0) as u64;
    format!("{}m{:02}s", secs / 60, secs % 60)
}
