//! Live MIDI ports.
