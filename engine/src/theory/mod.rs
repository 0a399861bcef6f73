//! Music theory: pitch classes, scales, chords, keys.
//!
//! Pure arithmetic on key numbers (0..=127, 60 is middle C): knows no project, does no I/O.

mod chord;
mod key;
mod pitch;
mod scale;

pub use chord::{Chord, ChordKind};
pub use key::Key;
pub use pitch::{PitchClass, SHARPS, Spelling, key_at, key_named, semitones_above_c};
pub use scale::{Scale, ScaleKind};
