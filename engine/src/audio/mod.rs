//! Sound: synthesizer, the realtime callback, devices, offline bounce.

pub mod bank;
mod boundary;
mod device;
mod meters;
mod player;
mod publish;
mod rt;
pub mod soundfont;
pub mod synth;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod trial;

pub use device::DeviceState;
pub use meters::{Level, Meters};
pub use player::{AudioStats, Player, PlayerConfig, TransportView};
pub use rt::{CEILING, LOOKAHEAD};
