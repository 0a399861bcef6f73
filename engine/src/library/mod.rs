//! The library: what a file's notes say about it.
//!
//! Pure functions over slices, for any thread. Nothing here reads a file or a clock.

pub mod features;
