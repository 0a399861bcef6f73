//! A [`Row`] as a row of `files`, and back.

use super::codes::{
    class_code, class_of, feel_code, feel_of, key_code, key_of, method_code, method_of,
};
use super::{blob, twins, words};
use crate::library::date::year_of;
use crate::library::facets::FacetRow;
use crate::library::row::{Facts, Place, Row, Stamp};
use crate::theory::Key;
use rusqlite::{Statement, params};
use std::path::MAIN_SEPARATOR;

/// Puts a row in, unless its place is taken; 34 parameters.
pub(super) const INSERT: &str = "INSERT OR IGNORE INTO files (
    folder, file, member, name, bytes, mtime, hash, version, absent, bpm, key,
    bpm_declared, bpm_inferred, bpm_method, bpm_confidence,
    key_signature, key_is_default, key_inferred, key_confidence,
    meter_numerator, meter_denominator, duration, bars, note_ons, tracks, salvaged,
    drums, drum_class, drum_feel, families, programs, tags, musical, piece)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
    ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34)";

/// Changes the row whose place the first three of the same parameters name.
pub(super) const UPDATE: &str = "UPDATE files SET
    name = ?4, bytes = ?5, mtime = ?6, hash = ?7, version = ?8, absent = ?9, bpm = ?10,
    key = ?11, bpm_declared = ?12, bpm_inferred = ?13, bpm_method = ?14,
    bpm_confidence = ?15, key_signature = ?16, key_is_default = ?17, key_inferred = ?18,
    key_confidence = ?19, meter_numerator = ?20, meter_denominator = ?21, duration = ?22,
    bars = ?23, note_ons = ?24, tracks = ?25, salvaged = ?26, drums = ?27, drum_class = ?28,
    drum_feel = ?29, families = ?30, programs = ?31, tags = ?32, musical = ?33, piece = ?34
WHERE folder = ?1 AND file = ?2 AND member = ?3";

macro_rules! columns {
    ($first:literal $(, $name:literal)* $(,)?) => {
        /// All that makes a [`Row`] again, its id first; goes on with a `WHERE`. `CROSS` keeps
        /// SQLite from going by folders.
        pub(super) const SELECT: &str = concat!(
            "SELECT ", $first $(, ", ", $name)*,
            " FROM files CROSS JOIN folders ON folders.id = files.folder
              LEFT JOIN details ON details.id = files.id",
        );
        const COLUMNS: &[&str] = &[$first $(, $name)*];
    };
}

columns! {
    "files.id",
    "folders.path",
    "files.file",
    "files.member",
    "files.bytes",
    "files.mtime",
    "files.hash",
    "files.version",
    "files.bpm_declared",
    "files.bpm_inferred",
    "files.bpm_method",
    "files.bpm_confidence",
    "files.key_signature",
    "files.key_is_default",
    "files.key_inferred",
    "files.key_confidence",
    "files.meter_numerator",
    "files.meter_denominator",
    "files.duration",
    "files.bars",
    "files.note_ons",
    "files.tracks",
    "files.salvaged",
    "files.drums",
    "files.drum_class",
    "files.drum_feel",
    "files.families",
    "files.programs",
    "files.tags",
    "files.musical",
    "files.piece",
    "details.data",
}

/// The place of a column of [`SELECT`], found while compiling, as is that there is none: SQLite,
/// asked by name for each value of each row, took longer for it than for reading the row.
const fn at(name: &str) -> usize {
    let mut place = 0;
    while !is_same(COLUMNS[place].as_bytes(), name.as_bytes()) {
        place += 1;
    }
    place
}

const fn is_same(a: &[u8], b: &[u8]) -> bool {
    let mut same = 0;
    while same < a.len() && same < b.len() && a[same] == b[same] {
        same += 1;
    }
    same == a.len() && same == b.len()
}

/// All that makes a [`FacetRow`] again; goes on with a `WHERE`.
pub(super) const SELECT_FACETS: &str = "SELECT
    files.id, bpm, key, meter_numerator, meter_denominator, duration, bars, note_ons,
    drum_class, drum_feel, mtime, families, programs, drums, tags, salvaged, absent,
    folders.source, folders.top, hash, tracks, ifnull(twins.kinds, 0)
FROM files CROSS JOIN folders ON folders.id = files.folder LEFT JOIN twins ON twins.id = files.id";

/// A place cut as the index keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Split<'a> {
    pub(super) folder: &'a [u8],
    pub(super) file: &'a [u8],
    /// Empty for a file that is no member.
    pub(super) member: &'a [u8],
}

impl<'a> Split<'a> {
    pub(super) fn of(place: &'a Place) -> Self {
        let (folder, file) = split_path(&place.path);
        Self { folder, file, member: place.member.as_deref().unwrap_or_default() }
    }

    /// For display, without an extension.
    pub(super) fn name(&self) -> String {
        let name = if self.member.is_empty() { self.file } else { split_last(self.member).1 };
        let name = display(name);
        match name.rfind('.') {
            Some(dot) if dot > 0 => name.get(..dot).unwrap_or(&name).to_owned(),
            _ => name,
        }
    }
}

/// A path as its folder and the rest; the folder of a file at the root is the root.
pub(super) fn split_path(path: &[u8]) -> (&[u8], &[u8]) {
    let (folder, file) = split_last(path);
    if folder.is_empty() { path.split_at(path.len() - file.len()) } else { (folder, file) }
}

fn split_last(path: &[u8]) -> (&[u8], &[u8]) {
    let separator = |byte: &u8| *byte == b'/' || *byte == MAIN_SEPARATOR as u8;
    match path.iter().rposition(separator) {
        Some(at) => (path.get(..at).unwrap_or_default(), path.get(at + 1..).unwrap_or_default()),
        None => (&[], path),
    }
}

/// A folder's path and a file's name as one path.
pub(super) fn join_path(folder: &[u8], file: &[u8]) -> Box<[u8]> {
    let separator = MAIN_SEPARATOR as u8;
    let between: &[u8] = if folder.ends_with(&[separator]) { &[] } else { &[separator] };
    [folder, between, file].concat().into()
}

/// Bytes of a path as text that can be shown: without control and bidirectional characters.
pub(super) fn display(bytes: &[u8]) -> String {
    let shown = |it: &char| !it.is_control() && crate::smf::is_displayable(*it);
    String::from_utf8_lossy(bytes).chars().filter(shown).collect()
}

/// What the user's own database says of the winners.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Edits {
    pub(super) bpm: Option<f32>,
    pub(super) key: Option<Key>,
}

/// Runs [`INSERT`] or [`UPDATE`]; returns how many rows it changed.
pub(super) fn put(
    statement: &mut Statement<'_>,
    folder: u32,
    row: &Row,
    tags: &[u16],
    edits: Edits,
) -> rusqlite::Result<usize> {
    let split = Split::of(&row.place);
    let Facts { shape, tempo, key, meter, instruments, drums, prints, .. } = &row.facts;
    let code = |key: Option<Key>| key.map(key_code);
    let float = |it: Option<f32>| it.map(f64::from);
    let tags: Vec<u8> = tags.iter().flat_map(|tag| tag.to_le_bytes()).collect();
    statement.execute(params![
        folder,
        split.file,
        split.member,
        split.name(),
        row.stamp.bytes as i64,
        row.stamp.mtime_nanos,
        row.hash,
        row.version,
        false,
        float(edits.bpm.or(row.facts.bpm())),
        code(edits.key.or(row.facts.key())),
        float(tempo.declared),
        float(tempo.inferred),
        method_code(tempo.method),
        f64::from(tempo.confidence),
        code(key.declared),
        key.declared_is_default,
        code(key.inferred),
        f64::from(key.confidence),
        meter.map(|it| it.0),
        meter.map(|it| it.1),
        shape.duration_secs,
        shape.bars,
        shape.note_ons as i64,
        shape.tracks,
        shape.salvaged,
        instruments.drums,
        drums.class.map(class_code),
        drums.feel.map(feel_code),
        instruments.families,
        programs_blob(instruments.programs),
        tags,
        prints.musical as i64,
        prints.version as i64,
    ])
}

/// What the facets take in of a row.
pub(super) fn facet_row(row: &Row, tags: Vec<u16>, edits: Edits) -> FacetRow {
    let Facts { shape, meter, instruments, drums, .. } = &row.facts;
    FacetRow {
        bpm: edits.bpm.or(row.facts.bpm()).map(f64::from),
        key: edits.key.or(row.facts.key()).map(key_code),
        meter: *meter,
        secs: shape.duration_secs,
        bars: shape.bars,
        notes: shape.note_ons,
        tracks: shape.tracks,
        class: drums.class.map_or(0, class_code),
        feel: drums.feel.map_or(0, feel_code),
        year: Some(year_of(row.stamp.mtime_nanos)),
        families: instruments.families,
        programs: instruments.programs,
        drums: instruments.drums,
        tags,
        salvaged: shape.salvaged,
        ..FacetRow::default()
    }
}

/// The same out of a row of [`SELECT_FACETS`], with its id and the file's hash.
pub(super) fn facet_row_of(row: &rusqlite::Row<'_>) -> rusqlite::Result<(u32, [u8; 32], FacetRow)> {
    let above: Option<u8> = row.get(3)?;
    let below: Option<u16> = row.get(4)?;
    let kinds: u8 = row.get(21)?;
    let facets = FacetRow {
        bpm: row.get(1)?,
        key: row.get(2)?,
        meter: above.zip(below),
        secs: row.get(5)?,
        bars: row.get(6)?,
        notes: row.get::<_, i64>(7)? as u64,
        tracks: row.get(20)?,
        has_copy: kinds & twins::SAME_BYTES != 0,
        has_version: kinds & twins::SAME_PIECE != 0,
        class: row.get::<_, Option<u8>>(8)?.unwrap_or(0),
        feel: row.get::<_, Option<u8>>(9)?.unwrap_or(0),
        year: Some(year_of(row.get(10)?)),
        families: row.get(11)?,
        programs: programs_of(row.get_ref(12)?.as_blob()?),
        drums: row.get(13)?,
        tags: tags_of(row.get_ref(14)?.as_blob()?),
        salvaged: row.get(15)?,
        absent: row.get(16)?,
        source: row.get(17)?,
        folder: row.get(18)?,
        user: Vec::new(),
    };
    Ok((row.get(0)?, row.get(19)?, facets))
}

/// The row behind a row of [`SELECT`]; its vector and the names of its tags are not there
/// yet. A blob that cannot be read makes the version 0, so that the file is analysed again.
pub(super) fn row_of(row: &rusqlite::Row<'_>) -> rusqlite::Result<(Row, Vec<u16>)> {
    let mut facts = Facts::default();
    let key = |column: usize| -> rusqlite::Result<Option<Key>> {
        Ok(row.get::<_, Option<u8>>(column)?.and_then(key_of))
    };
    let float = |column: usize| -> rusqlite::Result<Option<f32>> {
        Ok(row.get::<_, Option<f64>>(column)?.map(|it| it as f32))
    };
    facts.tempo.declared = float(const { at("files.bpm_declared") })?;
    let mut version = row.get(const { at("files.version") })?;
    let whole = match row.get_ref(const { at("details.data") })?.as_blob_or_null()? {
        Some(data) => blob::decode(data, &mut facts).is_some(),
        None => false,
    };
    if !whole {
        facts = Facts::default();
        facts.tempo.declared = float(const { at("files.bpm_declared") })?;
        version = 0;
    }
    facts.tempo.inferred = float(const { at("files.bpm_inferred") })?;
    facts.tempo.method = method_of(row.get(const { at("files.bpm_method") })?);
    facts.tempo.confidence = float(const { at("files.bpm_confidence") })?.unwrap_or(0.0);
    facts.key.declared = key(const { at("files.key_signature") })?;
    facts.key.declared_is_default = row.get(const { at("files.key_is_default") })?;
    facts.key.inferred = key(const { at("files.key_inferred") })?;
    facts.key.confidence = float(const { at("files.key_confidence") })?.unwrap_or(0.0);
    let above: Option<u8> = row.get(const { at("files.meter_numerator") })?;
    facts.meter = above.zip(row.get(const { at("files.meter_denominator") })?);
    facts.shape.duration_secs = row.get(const { at("files.duration") })?;
    facts.shape.bars = row.get(const { at("files.bars") })?;
    facts.shape.note_ons = row.get::<_, i64>(const { at("files.note_ons") })? as u64;
    facts.shape.tracks = row.get(const { at("files.tracks") })?;
    facts.shape.salvaged = row.get(const { at("files.salvaged") })?;
    facts.instruments.drums = row.get(const { at("files.drums") })?;
    facts.instruments.families = row.get(const { at("files.families") })?;
    facts.instruments.programs =
        programs_of(row.get_ref(const { at("files.programs") })?.as_blob()?);
    facts.drums.class =
        row.get::<_, Option<u8>>(const { at("files.drum_class") })?.and_then(class_of);
    facts.drums.feel = row.get::<_, Option<u8>>(const { at("files.drum_feel") })?.and_then(feel_of);
    facts.prints.musical = row.get::<_, i64>(const { at("files.musical") })? as u64;
    facts.prints.version = row.get::<_, i64>(const { at("files.piece") })? as u64;
    let member: Box<[u8]> = row.get::<_, Vec<u8>>(const { at("files.member") })?.into();
    let path = join_path(
        row.get_ref(const { at("folders.path") })?.as_blob()?,
        row.get_ref(const { at("files.file") })?.as_blob()?,
    );
    let tags = tags_of(row.get_ref(const { at("files.tags") })?.as_blob()?);
    let row = Row {
        place: Place { path, member: (!member.is_empty()).then_some(member) },
        stamp: Stamp {
            bytes: row.get::<_, i64>(const { at("files.bytes") })? as u64,
            mtime_nanos: row.get(const { at("files.mtime") })?,
        },
        hash: row.get(const { at("files.hash") })?,
        version,
        facts,
    };
    Ok((row, tags))
}

/// What goes into the word index of a file: its texts and what its names say, folded and cut.
pub(super) fn indexed_text(facts: &Facts) -> String {
    let text = &facts.text;
    let named = &facts.named;
    let named = [&named.section, &named.instrument, &named.artist].into_iter().flatten();
    let texts = [&text.title, &text.tracks, &text.markers, &text.copyright];
    let mut all = String::new();
    for part in texts.into_iter().chain(named).chain([&text.other, &text.lyrics]) {
        let left = words::MOST_INDEXED_TEXT.saturating_sub(all.len() + 1);
        if left == 0 {
            break;
        }
        if !part.is_empty() {
            all.push('\n');
            all.push_str(words::cut(part, left));
        }
    }
    words::fold(all.trim_start())
}

fn programs_blob(programs: [u64; 2]) -> Vec<u8> {
    let [low, high] = programs;
    (0..128_u8).filter(|n| (if *n < 64 { low } else { high }) >> (n & 63) & 1 == 1).collect()
}

fn programs_of(blob: &[u8]) -> [u64; 2] {
    let bit = |n: &u8, first: u8| (*n & 127).checked_sub(first).filter(|it| *it < 64);
    let word = |first| blob.iter().filter_map(|n| bit(n, first)).fold(0, |word, n| word | 1 << n);
    [word(0), word(64)]
}

pub(super) fn tags_of(blob: &[u8]) -> Vec<u16> {
    blob.as_chunks().0.iter().map(|tag| u16::from_le_bytes(*tag)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(path: &str, member: Option<&str>) -> Place {
        Place { path: path.as_bytes().into(), member: member.map(|it| it.as_bytes().into()) }
    }

    #[test]
    fn places_are_cut_and_put_together_again() {
        for (path, folder, file) in
            [("/a/b/c.mid", "/a/b", "c.mid"), ("/c.mid", "/", "c.mid"), ("/a/b/x", "/a/b", "x")]
        {
            let (found, rest) = split_path(path.as_bytes());
            assert_eq!((found, rest), (folder.as_bytes(), file.as_bytes()));
            assert_eq!(&*join_path(found, rest), path.as_bytes());
        }
    }

    #[test]
    fn names_are_shown_without_extension_and_control() {
        let name = |path, member| Split::of(&place(path, member)).name();
        assert_eq!(name("/a/Blue.Moon.mid", None), "Blue.Moon");
        assert_eq!(name("/a/.hidden", None), ".hidden");
        assert_eq!(name("/a/pack.zip", Some("in/Bass 01.MID")), "Bass 01");
        assert_eq!(display(b"a\x1b\xFFb"), "a\u{FFFD}b");
    }

    #[test]
    fn programs_come_back_from_their_bytes() {
        let programs = [1 | 1 << 63, 1 << 3];
        assert_eq!(programs_blob(programs), [0, 63, 67]);
        assert_eq!(programs_of(&programs_blob(programs)), programs);
    }

    #[test]
    fn indexed_text_is_cut_to_its_limit() {
        let mut facts = Facts::default();
        facts.text.title = "Title".to_owned();
        facts.text.lyrics = "la ♯".repeat(1_000);
        let text = indexed_text(&facts);
        assert!(text.starts_with("Title\nla #la #") && text.len() <= words::MOST_INDEXED_TEXT);
    }
}
