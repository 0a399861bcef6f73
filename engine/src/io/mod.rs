//! Live MIDI: ports in and out, and the clock that ties them to the song.
//!
//! A machine without a sequencer device is a normal state: lists are empty and say why.

mod clock;
mod dispatch;
mod input;
mod output;
pub mod ports;

pub use clock::{ClockReading, PlayClock};
pub use input::{InputMessage, Inputs};
pub use output::Outputs;
pub use ports::PortList;
