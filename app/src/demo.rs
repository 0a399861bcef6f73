//! The song that comes with the program.

use std::sync::Arc;

/// The demo song as a MIDI file, composed for this project.
static DEMO: &[u8] = include_bytes!("../../assets/demo.mid");

/// What the demo song is called.
pub const NAME: &str = "Night Ferry";

/// The demo song's bytes.
pub fn song() -> Arc<[u8]> {
    Arc::from(DEMO)
}
