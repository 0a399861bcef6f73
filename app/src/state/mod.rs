//! View state: selection, layout, tool. Nothing here is part of the song.

mod gestures;
pub mod layout;
mod persist;
mod selection;
mod tool;

pub use gestures::GesturePreset;
pub use layout::{EditorTab, Layout};
pub(crate) use persist::write_whole;
pub use persist::{LayoutStore, config_folder};
pub use selection::{NoteSet, Part, Selection};
pub use tool::RollTool;
