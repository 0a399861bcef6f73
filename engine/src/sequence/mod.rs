//! Snapshot → [`Schedule`]: what the callback plays.
//!
//! Turns the tracks of a [`Project`](crate::model::Project) into lists of wire messages
//! at sample frames. Pure: no I/O, no clocks; runs on the
//! compiler thread, which lets others help with large songs, and its results are read by the callback and the MIDI-out thread.

mod chase;
mod frames;
mod message;
mod plan;
mod schedule;
mod shared;
#[cfg(test)]
mod tests;

pub use chase::{ChannelState, HeldNotes, StateTable};
pub use frames::{FrameCursor, FrameMap};
pub use message::{LAST_FRAME, Message, Timed};
pub use plan::{Chased, TrackPlan};
pub use schedule::{Compiler, Schedule, TrackEntry};
