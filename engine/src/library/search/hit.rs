//! What a result says of a file.

use super::order::Place;
use crate::library::features::BpmMethod;
use crate::library::row::{Row, key_text};
use crate::library::store::{IndexState, Store, StoreError, key_of};
use crate::smf::Problem;
use profiling::HeapSize;
use serde::Serialize;

/// A file that was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hit {
    /// The file's id in the index.
    #[serde(skip)]
    pub id: u32,
    /// Its path; of an archive's member, the archive's path, `!/` and the member's name.
    pub path: String,
    /// Its name for display, without extension.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// Note-ons with a velocity above 0.
    pub note_ons: u64,
    /// MTrk chunks.
    pub tracks: u16,
    /// How long it lasts.
    pub duration_secs: f64,
    /// The winning tempo, the user's own edit included.
    pub bpm: Option<f64>,
    /// How the tempo was found.
    pub bpm_method: BpmMethod,
    /// What the file declares.
    pub bpm_declared: Option<f32>,
    /// What its notes say.
    pub bpm_inferred: Option<f32>,
    /// The winning key, the user's own edit included.
    pub key: Option<String>,
    /// What its notes say.
    pub key_inferred: Option<String>,
    /// How sure that is, 0..=1.
    pub key_confidence: f32,
    /// What the file declares.
    pub key_signature: Option<String>,
    /// The first time signature.
    pub meter: Option<String>,
    /// Bars up to the end of the last note.
    pub bars: Option<u32>,
    /// The user's stars.
    pub rating: Option<u8>,
    /// Its tags, those of the user not among them.
    pub tags: Vec<String>,
    /// Whether anything had to be mended.
    pub salvaged: bool,
    /// What was wrong.
    pub problems: Vec<Problem>,
    /// A small picture of its notes.
    #[serde(skip)]
    pub thumbnail: Vec<u8>,
    /// BLAKE3 of its bytes.
    #[serde(skip)]
    pub hash: [u8; 32],
}

impl Hit {
    /// What is known of a file at its place; none when it is gone.
    pub(super) fn read(store: &Store, place: &Place) -> Result<Option<Self>, StoreError> {
        let Some(Row { place: at, stamp, hash, version: _, facts }) = store.row(place.id)? else {
            return Ok(None);
        };
        let mut path = String::from_utf8_lossy(&at.path).into_owned();
        if let Some(member) = &at.member {
            path.push_str("!/");
            path.push_str(&String::from_utf8_lossy(member));
        }
        Ok(Some(Self {
            id: place.id,
            path,
            name: place.name.clone(),
            bytes: stamp.bytes,
            note_ons: facts.shape.note_ons,
            tracks: facts.shape.tracks,
            duration_secs: facts.shape.duration_secs,
            bpm: place.bpm,
            bpm_method: facts.tempo.method,
            bpm_declared: facts.tempo.declared,
            bpm_inferred: facts.tempo.inferred,
            key: place.key.and_then(key_of).map(key_text),
            key_inferred: facts.key.inferred.map(key_text),
            key_confidence: facts.key.confidence,
            key_signature: facts.key.declared.map(key_text),
            meter: facts.meter.map(|(beats, unit)| format!("{beats}/{unit}")),
            bars: facts.shape.bars,
            rating: place.rating,
            tags: facts.tags,
            salvaged: facts.shape.salvaged,
            problems: facts.shape.problems,
            thumbnail: facts.thumbnail,
            hash,
        }))
    }
}

impl HeapSize for Hit {
    fn heap_bytes(&self) -> usize {
        let texts = [&self.key, &self.key_inferred, &self.key_signature, &self.meter];
        let texts: usize = texts.into_iter().flatten().map(String::capacity).sum();
        self.path.capacity()
            + self.name.capacity()
            + texts
            + self.tags.heap_bytes()
            + self.problems.capacity() * size_of::<Problem>()
            + self.thumbnail.capacity()
    }
}

/// Results, and how to go on.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// In the order that was asked for.
    pub hits: Vec<Hit>,
    /// Where the next page begins; none on the last.
    pub next: Option<Place>,
    /// False when time ran out before all that should be here was found.
    pub whole: bool,
    /// Whether only the best of all that fit are ranked, and pages end with them.
    pub best_only: bool,
    /// Whether a first import still runs: then words are looked for in names alone.
    pub state: IndexState,
}

impl HeapSize for Page {
    fn heap_bytes(&self) -> usize {
        self.hits.heap_bytes() + self.next.as_ref().map_or(0, |place| place.name.capacity())
    }
}
