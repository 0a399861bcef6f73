//! The library: what a file's notes say about it, beside what it declares.
//!
//! Pure functions over slices, for any thread. Nothing here reads a file or a clock.

mod analysis;
pub mod features;

pub use analysis::{Analysis, analyse};
