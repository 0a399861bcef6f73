//! Prints how well key and tempo are inferred on real files with known answers.
//!
//! `MIDI_CORPUS=DIR cargo run --release --example accuracy`: reads `DIR/pop909` and `DIR/asap`
//! with their `truth.tsv`. Declared keys and tempi are not looked at.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::expect_used,
    reason = "an example that reports"
)]

#[path = "../tests/measure/mod.rs"]
mod measure;

fn main() {
    match measure::measure() {
        Some(table) => println!("{table}"),
        None => println!("MIDI_CORPUS is not set: nothing to measure"),
    }
}
