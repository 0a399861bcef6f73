//! MIDI Software Center: the application.
//!
//! Owns windows, panels and drawing; owns no music logic, which lives in [`engine`].

pub mod app;
pub mod cli;
pub mod command;
pub mod demo;
pub mod dialogs;
pub mod headless;
pub mod metering;
pub mod notices;
pub mod panels;
pub mod profile_dir;
pub mod render;
pub mod state;
pub mod theme;
pub mod view_ctx;
pub mod widgets;
pub mod wording;

pub use profiling;
