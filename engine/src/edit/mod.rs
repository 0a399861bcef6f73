//! Commands and the pure functions that apply them.
