//! Measures every row of the budget table whose part exists, and fails when one is over.
//!
//! `cargo run --release -p midi-daw-benches --bin budgets -- [--json] [--only WORD]`
//!
//! Times are CPU time of the thread that does the work, the best of five runs, beside a
//! fixed calibration loop. Exit code 1 says that a budget is broken.

use anyhow::Result;
use clap::Parser;
use midi_daw_benches::report::Row;
use midi_daw_benches::{measure, suites};
use profiling::alloc::CountingAlloc;
use std::io::Write as _;
use std::process::ExitCode;

/// Counts live bytes for the memory suite.
#[global_allocator]
static ALLOC: CountingAlloc = CountingAlloc::system();

#[derive(Parser)]
#[command(about = "Measures the performance budgets; exit code 1 when one is broken")]
struct Arguments {
    /// One JSON object a line instead of a table
    #[arg(long)]
    json: bool,
    /// Only suites whose name contains this word
    #[arg(long, value_name = "WORD")]
    only: Option<String>,
}

type Suite = fn() -> Result<Vec<Row>>;

/// Memory first, while nothing else has been.
const SUITES: &[(&str, Suite)] = &[
    ("memory", suites::memory::rows),
    ("opening", suites::opening::rows),
    ("reading", suites::reading::rows),
    ("schedule", || Ok(suites::schedule::rows())),
    ("editing", suites::editing::rows),
    ("callback", || Ok(suites::callback::rows())),
    ("frames", suites::frames::rows),
];

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let mut out = std::io::stdout().lock();
    let calibration = measure::calibration_ms();
    if arguments.json {
        writeln!(out, "{}", serde_json::json!({ "calibration_ms": calibration }))?;
    } else {
        writeln!(out, "calibration loop: {calibration:.2} ms")?;
        if cfg!(debug_assertions) {
            writeln!(out, "not an optimised build: these figures mean nothing")?;
        }
    }
    let mut all_hold = true;
    for (name, rows) in SUITES {
        if arguments.only.as_ref().is_some_and(|word| !name.contains(word.as_str())) {
            continue;
        }
        for row in rows()? {
            all_hold &= row.holds();
            if arguments.json {
                writeln!(out, "{}", row.to_json())?;
            } else {
                writeln!(out, "{row}")?;
            }
        }
    }
    Ok(if all_hold { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
