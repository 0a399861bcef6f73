//! The panels. Each looks at a [`crate::view_ctx::ViewCtx`], draws, and sends commands.

pub mod arrangement;
pub mod empty;
pub mod events;
#[cfg(test)]
mod fixture;
pub mod history;
pub mod keys;
pub mod notices;
pub mod operation;
pub mod palette;
pub mod piano_roll;
pub mod problems;
pub mod profiler;
pub mod prompt;
pub mod question;
pub mod settings;
pub mod status;
pub mod transport;

pub use transport::TransportBar;
