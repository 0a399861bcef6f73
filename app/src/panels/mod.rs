//! The panels. Each looks at a [`crate::view_ctx::ViewCtx`], draws, and sends commands.

pub mod arrangement;
pub mod piano_roll;
