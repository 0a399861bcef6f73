//! The real application without a window: for screenshots, measurements and tests.
//!
//! Draws with wgpu on whatever adapter there is, a real GPU first. Time is simulated:
//! one frame is 1/60 s, and the sequencer steps with it. Runs on the calling thread.

mod gpu;
mod scenario;
mod screenshot;
mod session;

pub use gpu::{Gpu, GpuError};
pub use scenario::Scenario;
pub use screenshot::{Screenshot, ScreenshotError, View, take};
pub use session::{Session, SessionOptions};
