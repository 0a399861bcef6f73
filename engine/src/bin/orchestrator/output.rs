//! Where words go.

use std::io::Write;

/// Writes a line to standard output. False when nobody reads any more: a closed pipe is no
/// reason to fail, and none to go on.
pub(crate) fn say(line: &str) -> bool {
    writeln!(std::io::stdout().lock(), "{line}").is_ok()
}

/// Writes a line to standard error.
pub(crate) fn say_wrong(line: &str) {
    drop(writeln!(std::io::stderr().lock(), "orchestrator: {line}"));
}

/// Warnings and errors of the engine go to standard error.
struct StderrLog;

impl log::Log for StderrLog {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        let ours = ["engine", "profiling"].iter().any(|name| metadata.target().starts_with(name));
        metadata.level() <= if ours { log::Level::Warn } else { log::Level::Error }
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            say_wrong(&record.args().to_string());
        }
    }

    fn flush(&self) {}
}

pub(crate) fn init_log() {
    static LOG: StderrLog = StderrLog;
    if log::set_logger(&LOG).is_ok() {
        log::set_max_level(log::LevelFilter::Warn);
    }
}
