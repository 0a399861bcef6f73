//! What the notes alone say.

pub mod notes;

pub use notes::{NoteEvent, notes_of};
