//! What was done, for people and for programs.

use super::apply::{Remark, Unchanged};
use serde::Serialize;
use std::fmt;

/// What an operation did. Paths are as people read them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What was done, in words.
    pub operation: String,
    /// The files that were written or renamed.
    pub written: Vec<Written>,
    /// What was left alone, and why.
    pub unchanged: Vec<(String, Unchanged)>,
    /// What could not be done. The files are as they were.
    pub failed: Vec<Failure>,
    /// Sources that were not reached because the work was broken off.
    pub not_reached: usize,
    /// Bytes written.
    pub bytes: u64,
    /// What undoes it; none when nothing was written.
    pub journal: Option<String>,
}

/// A file that was written or renamed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Written {
    /// What it was made of.
    pub source: String,
    /// Where it lies.
    pub path: String,
    /// Its note-ons; none where files were copied as they are.
    pub notes: Option<u64>,
    /// What one should know of it.
    pub remarks: Vec<Remark>,
}

/// Something that could not be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// To which file.
    pub path: String,
    /// Why not.
    pub reason: String,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operation, written, unchanged, failed, not_reached, journal, .. } = self;
        write!(f, "{operation}: {} done", written.len())?;
        if !unchanged.is_empty() {
            write!(f, ", {} unchanged", unchanged.len())?;
        }
        if !failed.is_empty() {
            write!(f, ", {} failed", failed.len())?;
        }
        if *not_reached > 0 {
            write!(f, ", {not_reached} not reached")?;
        }
        writeln!(f)?;
        for Written { source, path, remarks, .. } in written {
            writeln!(f, "{source} -> {path}")?;
            for remark in remarks {
                writeln!(f, "  {remark}")?;
            }
        }
        for (path, why) in unchanged {
            writeln!(f, "{path}: unchanged, {why}")?;
        }
        for Failure { path, reason } in failed {
            writeln!(f, "{path}: failed, {reason}")?;
        }
        match journal {
            Some(journal) => writeln!(f, "undone by its journal: {journal}"),
            None => Ok(()),
        }
    }
}
