//! Sound: synthesizer, the realtime callback, devices, offline bounce.

pub mod bank;
pub mod soundfont;
pub mod synth;
