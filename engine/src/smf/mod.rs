//! Standard MIDI Files: tolerant reader, lossless writer.
