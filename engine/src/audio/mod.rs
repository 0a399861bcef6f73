//! Sound: synthesizer, the realtime callback, devices, offline bounce.

pub mod bank;
pub mod bounce;
mod boundary;
mod device;
mod devices;
mod meters;
mod player;
mod publish;
mod rt;
pub mod soundfont;
mod stage;
pub mod synth;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod trial;

pub use device::DeviceState;
pub use devices::output_devices;
pub use meters::{Level, Meters};
pub use player::{AudioStats, Player, PlayerConfig, TransportView};
pub use rt::{CEILING, LOOKAHEAD};
