//! View state: selection, layout, tool. Nothing here is part of the song.

pub mod layout;
mod selection;

pub use layout::{EditorTab, Layout};
pub use selection::{NoteSet, Selection};
