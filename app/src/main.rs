//! The `midi-daw` binary.
fn main() {}
