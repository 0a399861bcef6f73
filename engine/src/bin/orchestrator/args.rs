//! What can be asked for.

use clap::{Args as Group, Parser, Subcommand, ValueEnum};
use engine::library::InferTempo;
use engine::library::batch::{SplitBy, Template, TrimTo};
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
    /// Finds files
    Search(SearchArgs),
    /// Tells everything that is known of a file
    Show(ShowArgs),
    /// Tells what the library holds
    Stats(StatsArgs),
    /// Reads the whole index and checks that it is sound; files are not looked at
    Verify(VerifyArgs),
    /// Writes the whole table for spreadsheets and other programs
    Export(ExportArgs),
    /// Makes several files of each, by track, channel or instrument
    Split {
        /// track, channel or instrument
        #[arg(long, value_name = "WHAT", default_value = "track")]
        by: SplitBy,
        #[command(flatten)]
        files: DoArgs,
    },
    /// Writes SMF format 0 (one track) or 1 (a track each)
    Convert {
        /// 0 or 1
        #[arg(long = "type", value_name = "TYPE", value_parser = clap::value_parser!(u8).range(0..=1))]
        format: u8,
        #[command(flatten)]
        files: DoArgs,
    },
    /// Moves all notes but the drums'
    Transpose {
        /// Semitones up; negative ones down
        #[arg(long, allow_negative_numbers = true)]
        semitones: i8,
        #[command(flatten)]
        files: DoArgs,
    },
    /// Removes what is silent before the first note
    Trim {
        /// To the bar line before it (bar) or to the note itself (note)
        #[arg(long, value_name = "WHERE", default_value = "bar")]
        to: TrimTo,
        #[command(flatten)]
        files: DoArgs,
    },
    /// Removes notes that begin with another of the same key and channel
    Doubles {
        #[command(flatten)]
        files: DoArgs,
    },
    /// Writes the mended form of damaged files
    Repair {
        #[command(flatten)]
        files: DoArgs,
    },
    /// Gives names made of a template: copies into a folder, or renames in place without --out
    Rename {
        /// Such as '<{artist} - >{title|name} {bpm} {key}'
        #[arg(long)]
        template: Template,
        #[command(flatten)]
        files: DoArgs,
    },
    /// Copies files as they are, members of archives too
    ExportSet {
        #[command(flatten)]
        files: DoArgs,
    },
    /// Takes back what one of the calls above has done
    Undo(UndoArgs),
}

/// Which library.
#[derive(Clone, Debug, Group)]
pub(crate) struct LibraryArgs {
    /// The index; the user's own data lies beside it in FILE.user, and a table of tags of yours
    /// may lie in FILE.tags.tsv [default: in the user's data
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
pub(crate) struct SearchArgs {
    /// What to look for: words, "phrases", -not, and fields such as bpm:110-130, key:F#m,
    /// inst:piano, dur:<60 (docs/library.md has them all)
    #[arg(allow_hyphen_values = true)]
    pub(crate) query: String,
    #[command(flatten)]
    pub(crate) library: LibraryArgs,
    /// How many to list
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(crate) limit: usize,
    /// Prints one JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
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

#[derive(Clone, Debug, Group)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    pub(crate) library: LibraryArgs,
    /// Prints one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Debug, Group)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    pub(crate) library: LibraryArgs,
    /// How
    #[arg(long)]
    pub(crate) format: Format,
    /// Where to, a file that does not exist yet [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// What is done to files, and where the results go.
#[derive(Clone, Debug, Group)]
pub(crate) struct DoArgs {
    #[command(flatten)]
    pub(crate) places: Places,
    /// Says what would be done, and does nothing
    #[arg(long)]
    pub(crate) preview: bool,
    /// Where the journal is written that undoes it [default: beside the results]
    #[arg(long, value_name = "FILE")]
    pub(crate) journal: Option<PathBuf>,
    /// Prints one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Debug, Group)]
pub(crate) struct Places {
    /// Files, folders and archives
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// The folder for the results; nothing there is overwritten
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Keeps folders below --out as they are
    #[arg(long)]
    pub(crate) tree: bool,
}

#[derive(Clone, Debug, Group)]
pub(crate) struct UndoArgs {
    /// The journal that the call has named
    pub(crate) journal: PathBuf,
    /// Prints one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

/// What a table is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Csv,
    Parquet,
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
