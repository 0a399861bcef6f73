//! What can be asked for.

use clap::{Args as Group, Parser, Subcommand, ValueEnum};
use engine::library::InferTempo;
use std::path::PathBuf;

/// Scans, analyses and searches a library of MIDI files.
#[derive(Debug, Parser)]
#[command(name = "orchestrator", version, args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) call: Option<Call>,
    #[command(flatten)]
    pub(crate) scan: ScanArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Call {
    /// Analyses again what an older version has analysed
    Analyze(AnalyzeArgs),
    /// Tells everything that is known of a file
    Show(ShowArgs),
    /// Tells what the library holds
    Stats(StatsArgs),
}

/// Which library.
#[derive(Clone, Debug, Group)]
pub(crate) struct LibraryArgs {
    /// The index; the user's own data lies beside it in FILE.user [default: in the user's data
    /// folder]
    #[arg(long, value_name = "FILE")]
    pub(crate) db: Option<PathBuf>,
}

#[derive(Clone, Debug, Group)]
pub(crate) struct ScanArgs {
    /// Folders, archives or files to scan
    #[arg(long, value_name = "DIR", num_args = 1.., action = clap::ArgAction::Append)]
    pub(crate) source: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) library: LibraryArgs,
    #[command(flatten)]
    pub(crate) work: WorkArgs,
    /// Goes on watching for changes until it is interrupted
    #[arg(long)]
    pub(crate) watch: bool,
}

#[derive(Clone, Debug, Group)]
pub(crate) struct WorkArgs {
    /// Analysing threads [default: one a core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) workers: Option<u16>,
    /// For which files the tempo is heard in the notes: where the declared one cannot be
    /// trusted, or always
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(crate) infer_tempo: Infer,
    /// Reads files again that have not changed
    #[arg(long)]
    pub(crate) force: bool,
    /// Prints one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Debug, Group)]
pub(crate) struct AnalyzeArgs {
    #[command(flatten)]
    pub(crate) library: LibraryArgs,
    #[command(flatten)]
    pub(crate) work: WorkArgs,
}

#[derive(Clone, Debug, Group)]
pub(crate) struct ShowArgs {
    /// The file; a member of an archive as ARCHIVE!/MEMBER
    pub(crate) path: PathBuf,
    #[command(flatten)]
    pub(crate) library: LibraryArgs,
    /// Prints one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Debug, Group)]
pub(crate) struct StatsArgs {
    #[command(flatten)]
    pub(crate) library: LibraryArgs,
    /// Adds a digest of all that the index holds: the same for the same contents
    #[arg(long)]
    pub(crate) digest: bool,
    /// Prints one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Infer {
    Auto,
    Always,
}

impl From<Infer> for InferTempo {
    fn from(infer: Infer) -> Self {
        match infer {
            Infer::Auto => Self::Auto,
            Infer::Always => Self::Always,
        }
    }
}
