//! The synthesizer trait and its implementation.
