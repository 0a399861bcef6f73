//! Seeded generators of files and projects, for tests, benches and training runs.
//!
//! The same seed and sizes give the same bytes on every machine. The file generator
//! encodes by itself, so that it can accuse reader and writer alike. Compiled with the
//! feature `testkit` alone; no shipped code calls it. Runs on the caller's thread, does no
//! I/O; only [`library::fill`] writes, through the library's own writer.

mod collection;
pub mod commands;
mod damage;
mod encode;
pub mod library;
mod music;
mod project;
mod rng;
mod smf;
pub mod songs;

pub use collection::{CollectionFile, collection};
pub use damage::damaged;
pub use project::{one_clip, project};
pub use rng::Rng;
pub use smf::{SmfShape, smf_file};
