//! What the notes alone say: pure functions over plain notes, so that scan, inspect and the
//! piano roll hear the same. docs/library.md has formulas, sources and accuracy.

pub mod key;
pub mod notes;
pub mod onsets;
pub mod tempo;

pub use key::{KeyEstimate, KeyPassage, infer_key};
pub use notes::{NoteCollector, NoteEvent, notes_of};
pub use onsets::{batch_detect_onsets_simd, detect_onsets_simd_vectorized, extract_onsets_simd};
pub use tempo::{
    BpmDetectionResult, BpmMethod, detect_bpm_from_onsets, detect_bpm_hybrid, infer_tempo,
};
