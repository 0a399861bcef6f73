//! The song as plain, immutable data behind `Arc`s.
//!
//! A [`Project`] is a value: cloning it copies a few pointers, and an edit makes a
//! new one that shares whatever it did not touch. Nothing here does I/O or locks.

mod clip;
mod conductor;
mod event;
mod note;
mod notes;
mod project;
mod track;

pub use clip::{Clip, ClipId, ClipRef};
pub use conductor::{Conductor, ConductorEvent, KeySignature, Marker};
pub use event::{Channel, Event, EventKind, FIRST_ORDER_OF_NEW};
pub use note::{Key, Note, NoteRef, Release, UNCLOSED, Velocity};
pub use notes::{CHUNK_TARGET, NoteChunk, Notes};
pub use project::{AlienChunk, FileShape, MtrkShape, Project};
pub use track::{Gain, Mix, NameMeta, Output, Pan, Track, TrackColor, TrackId};
