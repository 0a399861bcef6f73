//! Bytes by component, and what changed since a moment ago.
#![expect(clippy::print_stdout, reason = "an example shows what it found")]

use profiling::memory::MemoryTracker;

fn main() {
    let tracker = MemoryTracker::new();
    tracker.track_allocation("sequencer", 1024 * 1024);
    tracker.track_allocation("mixer", 2 * 1024 * 1024);
    tracker.track_allocation("database", 512 * 1024);
    let before = tracker.snapshot();
    println!("{}", before.format_report());

    tracker.track_allocation("sequencer", 256 * 1024);
    tracker.track_deallocation("mixer", 2 * 1024 * 1024);
    let diff = tracker.diff(&before);
    println!("{}", diff.format_report());
    println!("Memory growth: {} bytes", diff.total_allocated());
}
