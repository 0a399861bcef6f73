//! The command line: what can be called, and what each call does.
//!
//! Results go to standard output, errors to standard error with what, why and which file.
//! Exit codes: 0 done, 1 failed, 2 usage.

mod args;
mod convert;
mod inspect;
mod ports;
mod render;
mod screenshot;
mod song;
mod tour;
mod window;

pub use args::{Args, Call};

use clap::Parser;
use std::io::Write;
use std::process::ExitCode;

/// Runs the program as the command line says.
pub fn run() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(usage) => {
            // clap's own exit codes: 0 for help and version, 2 for the rest.
            drop(usage.print());
            return ExitCode::from(u8::try_from(usage.exit_code()).unwrap_or(2));
        }
    };
    init_log();
    let done = match args.call {
        None => window::run(&args.window),
        Some(Call::Screenshot(call)) => screenshot::run(&call),
        Some(Call::Inspect(call)) => inspect::run(&call),
        Some(Call::Convert(call)) => convert::run(&call),
        Some(Call::Render(call)) => render::run(&call),
        Some(Call::Tour(call)) => tour::run(&call),
        Some(Call::Ports) => {
            ports::run();
            Ok(())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say_wrong(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Writes a line to standard output; a closed pipe is no reason to fail.
fn say(line: &str) {
    drop(writeln!(std::io::stdout().lock(), "{line}"));
}

/// Writes a line to standard error.
fn say_wrong(line: &str) {
    drop(writeln!(std::io::stderr().lock(), "midi-daw: {line}"));
}

/// Warnings and errors of the program go to standard error; libraries keep to errors.
struct StderrLog;

impl log::Log for StderrLog {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        let own = ["midi_daw", "engine", "profiling"];
        let ours = own.iter().any(|name| metadata.target().starts_with(name));
        metadata.level() <= if ours { log::Level::Warn } else { log::Level::Error }
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            say_wrong(&format!("{}", record.args()));
        }
    }

    fn flush(&self) {}
}

fn init_log() {
    static LOG: StderrLog = StderrLog;
    if log::set_logger(&LOG).is_ok() {
        log::set_max_level(log::LevelFilter::Warn);
    }
}
