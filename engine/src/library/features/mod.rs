//! What the notes alone say: pure functions over plain notes, so that scan, inspect and the
//! piano roll hear the same. docs/library.md has formulas, sources and accuracy.

pub mod chords;
pub mod collector;
pub mod contour;
pub mod drums;
pub mod form;
pub mod instruments;
pub mod key;
pub mod melody;
pub mod names;
pub mod notes;
pub mod onsets;
pub mod phases;
pub mod polyphony;
pub mod prints;
pub mod pulses;
pub mod sheet;
pub mod stats;
pub mod swing;
pub mod tags;
pub mod tempo;
pub mod texts;
pub mod thumbnail;
pub mod vector;

pub use collector::{NoteCollector, notes_of};
pub use contour::Contour;
pub use key::{KeyEstimate, KeyPassage, infer_key, key_of_pulses};
pub use melody::{MelodyNote, melody};
pub use names::named;
pub use notes::{NoteEvent, PlayedNote, timed};
pub use onsets::{batch_detect_onsets_simd, detect_onsets_simd_vectorized, extract_onsets_simd};
pub use sheet::Sheet;
pub use tags::TagTable;
pub use tempo::{
    BpmDetectionResult, BpmMethod, detect_bpm_from_onsets, detect_bpm_hybrid, infer_tempo,
};
pub use thumbnail::Thumbnail;
pub use vector::distance;
