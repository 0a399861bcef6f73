//! What can be done to files, as values.

use super::template::Template;
use std::fmt;
use std::str::FromStr;

/// What is done to each file of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Makes several files of one.
    Split(SplitBy),
    /// Writes SMF format 0 (one track) or 1 (a track each).
    Convert {
        /// 0 or 1.
        format: u8,
    },
    /// Moves all notes but those of the drum channel, and the key signatures with them. Notes
    /// that would leave the keyboard stay on it, in the nearest octave.
    Transpose {
        /// Semitones up.
        semitones: i8,
    },
    /// Removes what is silent before the first note.
    TrimStart(TrimTo),
    /// Removes notes that begin with another of the same key and channel: the louder stays, of
    /// equally loud ones the longer.
    RemoveDoubles,
    /// Writes the mended form of a damaged file, and ends notes that are never let go.
    Repair,
    /// Gives names made of a template.
    Rename(Template),
    /// Copies files as they are.
    ExportSet,
}

impl Operation {
    /// One word for it, as the command line and the journal call it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Split(_) => "split",
            Self::Convert { .. } => "convert",
            Self::Transpose { .. } => "transpose",
            Self::TrimStart(_) => "trim",
            Self::RemoveDoubles => "doubles",
            Self::Repair => "repair",
            Self::Rename(_) => "rename",
            Self::ExportSet => "export-set",
        }
    }

    /// Whether the bytes of a file go on as they are.
    pub(super) const fn keeps_bytes(&self) -> bool {
        matches!(self, Self::Rename(_) | Self::ExportSet)
    }
}

/// What a file falls into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SplitBy {
    /// Its tracks; a file of format 0 falls into its channels.
    Track,
    /// Its channels.
    Channel,
    /// What plays: the program in force when a note begins, and the drum channel.
    Instrument,
}

/// To where the start is trimmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TrimTo {
    /// To the bar line before the first note.
    Bar,
    /// To the first note.
    Note,
}

/// A word that names none of what it should.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{word:?} is none of {known}")]
pub struct UnknownWord {
    /// What was given.
    pub word: String,
    /// What there is.
    pub known: &'static str,
}

impl FromStr for SplitBy {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        match word {
            "track" => Ok(Self::Track),
            "channel" => Ok(Self::Channel),
            "instrument" => Ok(Self::Instrument),
            _ => Err(UnknownWord { word: word.into(), known: "track, channel, instrument" }),
        }
    }
}

impl FromStr for TrimTo {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        match word {
            "bar" => Ok(Self::Bar),
            "note" => Ok(Self::Note),
            _ => Err(UnknownWord { word: word.into(), known: "bar, note" }),
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Split(SplitBy::Track) => write!(f, "split by track"),
            Self::Split(SplitBy::Channel) => write!(f, "split by channel"),
            Self::Split(SplitBy::Instrument) => write!(f, "split by instrument"),
            Self::Convert { format } => write!(f, "convert to format {format}"),
            Self::Transpose { semitones } => write!(f, "transpose by {semitones:+}"),
            Self::TrimStart(TrimTo::Bar) => write!(f, "trim the start to the bar"),
            Self::TrimStart(TrimTo::Note) => write!(f, "trim the start to the first note"),
            Self::RemoveDoubles => write!(f, "remove doubled notes"),
            Self::Repair => write!(f, "repair"),
            Self::Rename(template) => write!(f, "rename to {template}"),
            Self::ExportSet => write!(f, "copy"),
        }
    }
}
