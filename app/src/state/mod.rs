//! View state: selection, layout, tool. Nothing here is part of the song.

pub mod layout;
mod persist;
mod selection;

pub use layout::{EditorTab, Layout};
pub use persist::LayoutStore;
pub use selection::{NoteSet, Selection};
