//! The `midi-daw` binary.

use std::process::ExitCode;

/// Counts live bytes for the profiler.
#[global_allocator]
static ALLOC: midi_daw::profiling::alloc::CountingAlloc =
    midi_daw::profiling::alloc::CountingAlloc::system();

fn main() -> ExitCode {
    midi_daw::cli::run()
}
