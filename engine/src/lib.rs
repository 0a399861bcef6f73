//! Everything but the interface: MIDI files, document, sequencing, sound, ports.
//!
//! Knows nothing of egui or wgpu. Modules import downwards only:
//! `studio` → `library` → `audio` → `io` → `sequence` → `doc` → `edit` → `smf` → `model` → `theory` → `time`.

pub mod audio;
pub mod doc;
pub mod edit;
pub mod io;
pub mod library;
pub mod model;
mod parallel;
pub mod sequence;
pub mod smf;
pub mod studio;
#[cfg(feature = "testkit")]
pub mod testkit;
pub mod theory;
pub mod time;
