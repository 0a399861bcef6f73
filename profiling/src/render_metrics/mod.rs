//! Frame times by phase, virtual lists, batched updates of the interface.
//!
//! A frame's time is its work, from input to GPU submission; waiting for
//! vsync or idling is none of it. Intervals between presents are kept apart.
//! Plain data, no clock, no I/O; [`crate::state::ProfilingState`] shares it
//! between threads.

mod frames;
mod phases;
mod ui_updates;
mod virtual_scroll;

pub use frames::{DEFAULT_BUDGET_MS, DEFAULT_HISTORY, DEFAULT_TARGET_FPS, RenderMetrics};
pub use phases::{Phase, PhaseTimes};
pub use ui_updates::UiUpdateMetrics;
pub use virtual_scroll::VirtualScrollMetrics;
