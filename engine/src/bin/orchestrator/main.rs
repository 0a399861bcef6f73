//! `orchestrator`: the library on the command line.
//!
//! Results go to standard output, progress and errors to standard error. Exit codes: 0 done,
//! 1 some files failed (listed), 2 bad usage, 3 could not run.

mod args;
mod batch;
mod export;
mod heaps;
mod output;
mod scan;
mod search;
mod show;
mod verify;

use args::{Args, Call};
use clap::Parser;
use engine::library::batch::Operation;
use output::say_wrong;
use std::process::ExitCode;

/// What became of a call.
enum Outcome {
    Done,
    /// Some files failed, and were listed.
    SomeFailed,
}

fn main() -> ExitCode {
    heaps::limit();
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(usage) => {
            // clap's own exit codes: 0 for help and version, 2 for the rest.
            drop(usage.print());
            return ExitCode::from(u8::try_from(usage.exit_code()).unwrap_or(2));
        }
    };
    output::init_log();
    let done = match args.call {
        None if args.scan.source.is_empty() => {
            say_wrong("name a folder to scan with --source DIR, or a subcommand (see --help)");
            return ExitCode::from(2);
        }
        None => scan::run(&args.scan),
        Some(Call::Analyze(call)) => scan::analyze(&call),
        Some(Call::Search(call)) => search::run(&call),
        Some(Call::Show(call)) => show::run(&call),
        Some(Call::Stats(call)) => show::stats(&call),
        Some(Call::Verify(call)) => verify::run(&call),
        Some(Call::Export(call)) => export::run(&call),
        Some(Call::Split { by, files }) => batch::run(Operation::Split(by), &files),
        Some(Call::Convert { format, files }) => batch::run(Operation::Convert { format }, &files),
        Some(Call::Transpose { semitones, files }) => {
            batch::run(Operation::Transpose { semitones }, &files)
        }
        Some(Call::Trim { to, files }) => batch::run(Operation::TrimStart(to), &files),
        Some(Call::Doubles { files }) => batch::run(Operation::RemoveDoubles, &files),
        Some(Call::Repair { files }) => batch::run(Operation::Repair, &files),
        Some(Call::Rename { template, files }) => batch::run(Operation::Rename(template), &files),
        Some(Call::ExportSet { files }) => batch::run(Operation::ExportSet, &files),
        Some(Call::Undo(call)) => batch::take_back(&call),
    };
    match done {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::SomeFailed) => ExitCode::from(1),
        Err(error) => {
            say_wrong(&told(&error));
            ExitCode::from(3)
        }
    }
}

/// An error with its causes, each told once: many tell theirs already.
fn told(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.is_empty() {
            text = cause;
        } else if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}
