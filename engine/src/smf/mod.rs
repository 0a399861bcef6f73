//! Standard MIDI Files: a reader that mends what it can, a writer that loses nothing.
//!
//! [`read`] walks a file once and says what is in it, [`import`] makes a
//! [`Project`](crate::model::Project) of it, [`export`] writes one back, [`inspect`]
//! sums it up. Pure functions over bytes, for any thread; only [`load`] and
//! [`save_atomically`] do I/O. Nothing here fails on damage: what was mended is a
//! [`Problem`] with its track and byte offset.

mod chunk;
mod clips;
mod conductor;
mod cursor;
mod encode;
mod event;
mod export;
mod file;
mod fold;
mod gather;
pub mod gm;
mod header;
mod import;
mod inspect;
mod limits;
mod listener;
mod problem;
mod song;
mod text;

pub use chunk::RawChunk;
pub use conductor::conductor;
pub use event::{ChannelEvent, Message, RawEvent};
pub use export::{ExportError, ExportOptions, export};
pub use file::{file_buffers, load, save_atomically};
pub use import::{Imported, import, import_watched};
pub use inspect::{Inspection, KeyEntry, MeterEntry, TempoEntry, describe, inspect, key_name};
pub use limits::Limits;
pub use listener::{Listener, Paired};
pub use problem::{Action, Problem, ProblemKind};
pub use song::{Events, RawText, RawTrack, ReadError, Song, read, read_with};
pub use text::{TextEncoding, is_displayable};
