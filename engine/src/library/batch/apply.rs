//! Applies an operation to the bytes of one file.

use super::music::{self, Part};
use super::operation::Operation;
use crate::model::Project;
use crate::smf::{ExportError, ExportOptions, Limits, ReadError, export, import, read};
use serde::Serialize;
use std::fmt;
use std::sync::Arc;

/// One file that an operation makes.
#[derive(Debug)]
pub(super) struct Made {
    /// What tells it from the others of its source.
    pub(super) label: Option<String>,
    pub(super) bytes: Arc<[u8]>,
    /// Note-ons; none where nobody looked.
    pub(super) notes: Option<u64>,
}

/// What an operation comes to.
#[derive(Debug)]
pub(super) enum Applied {
    Files(Vec<Made>),
    Unchanged(Unchanged),
}

/// Why an operation leaves a file alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unchanged {
    /// There is no note in it.
    NoNotes,
    /// It would fall into one part.
    OnePart,
    /// It has that format.
    ThatFormat,
    /// Nothing in it moves: drums alone, or by no semitone.
    NothingToMove,
    /// Its first note is at the start.
    NothingBlank,
    /// No note is doubled.
    NoDoubles,
    /// Nothing has to be mended.
    Healthy,
    /// It has that name.
    ThatName,
}

impl fmt::Display for Unchanged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoNotes => "it has no notes",
            Self::OnePart => "it has one part only",
            Self::ThatFormat => "it has that format already",
            Self::NothingToMove => "nothing in it moves",
            Self::NothingBlank => "nothing is blank before the first note",
            Self::NoDoubles => "no note is doubled",
            Self::Healthy => "nothing has to be mended",
            Self::ThatName => "it has that name already",
        })
    }
}

/// What one should know of a file that is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Remark {
    /// The source is damaged: so many things were mended in what is written.
    Mended(usize),
    /// So many notes would have left the keyboard and are in another octave.
    OtherOctave(usize),
    /// So many doubled notes were removed.
    DoublesRemoved(usize),
    /// So many ticks were removed.
    TicksRemoved(u64),
    /// So many notes that were never let go end with their track now.
    NotesEnded(usize),
    /// Several tracks use these channels (counted from 1): in format 0 they are one.
    SharedChannels(Vec<u8>),
    /// The name was taken, so it has a number.
    Numbered,
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mended(n) => write!(f, "the source is damaged, {n} things were mended"),
            Self::OtherOctave(n) => {
                write!(f, "{n} notes would leave the keyboard and stay in another octave")
            }
            Self::DoublesRemoved(n) => write!(f, "{n} doubled notes removed"),
            Self::TicksRemoved(n) => write!(f, "{n} blank ticks removed"),
            Self::NotesEnded(n) => write!(f, "{n} notes that were never let go end now"),
            Self::SharedChannels(channels) => {
                f.write_str("several tracks share the channels")?;
                for channel in channels {
                    write!(f, " {channel}")?;
                }
                f.write_str(", in format 0 they are one")
            }
            Self::Numbered => f.write_str("the name was taken, so it has a number"),
        }
    }
}

/// Why an operation cannot be done to a file.
#[derive(Debug, thiserror::Error)]
pub(super) enum ApplyError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Export(#[from] ExportError),
    #[error("its tracks are songs of their own (format 2): split it by track")]
    SeveralSongs,
    /// What was written is read again before it counts.
    #[error("what would be written does not hold the notes: {found} instead of {expected}")]
    Unproven { expected: u64, found: u64 },
}

/// Applies `operation` to a file called `stem`; pure and deterministic.
pub(super) fn apply(
    operation: &Operation,
    bytes: &Arc<[u8]>,
    stem: &str,
    limits: &Limits,
) -> Result<(Applied, Vec<Remark>), ApplyError> {
    if operation.keeps_bytes() {
        let made = Made { label: None, bytes: Arc::clone(bytes), notes: None };
        return Ok((Applied::Files(vec![made]), Vec::new()));
    }
    let imported = import(Arc::clone(bytes), stem, limits)?;
    let (project, salvaged) = (imported.project, imported.salvaged);
    let mut remarks = Vec::new();
    if salvaged {
        let mended = imported.problems.iter().filter(|problem| problem.is_repair()).count();
        remarks.push(Remark::Mended(mended));
    }
    let unchanged = |why| Ok((Applied::Unchanged(why), Vec::new()));
    let several = project.shape.format == 2;
    let (parts, format) = match operation {
        Operation::Split(by) => {
            if project.note_count() == 0 {
                return unchanged(Unchanged::NoNotes);
            }
            let parts = music::split(&project, *by).ok_or(ApplyError::SeveralSongs)?;
            if parts.len() < 2 {
                return unchanged(Unchanged::OnePart);
            }
            (parts, None)
        }
        Operation::Convert { format } => {
            if several {
                return Err(ApplyError::SeveralSongs);
            }
            if project.shape.format == *format && !salvaged {
                return unchanged(Unchanged::ThatFormat);
            }
            let shared = music::shared_channels(&project);
            if *format == 0 && !shared.is_empty() {
                remarks.push(Remark::SharedChannels(shared));
            }
            (vec![whole(project)], Some(*format))
        }
        Operation::Transpose { semitones } => {
            let Some((project, folded)) = music::transpose(&project, *semitones) else {
                return unchanged(Unchanged::NothingToMove);
            };
            remarks.extend((folded > 0).then_some(Remark::OtherOctave(folded)));
            (vec![whole(project)], None)
        }
        Operation::TrimStart(to) => {
            if several {
                return Err(ApplyError::SeveralSongs);
            }
            if project.note_count() == 0 {
                return unchanged(Unchanged::NoNotes);
            }
            let Some((project, ticks)) = music::trim_start(&project, *to) else {
                return unchanged(Unchanged::NothingBlank);
            };
            remarks.push(Remark::TicksRemoved(ticks));
            (vec![whole(project)], None)
        }
        Operation::RemoveDoubles => {
            let Some((project, removed)) = music::remove_doubles(&project) else {
                return unchanged(Unchanged::NoDoubles);
            };
            remarks.push(Remark::DoublesRemoved(removed));
            (vec![whole(project)], None)
        }
        Operation::Repair => {
            let (project, ended) = music::end_notes(project);
            if ended == 0 && !salvaged {
                return unchanged(Unchanged::Healthy);
            }
            remarks.extend((ended > 0).then_some(Remark::NotesEnded(ended)));
            (vec![whole(project)], None)
        }
        Operation::Rename(_) | Operation::ExportSet => (Vec::new(), None),
    };
    let made = parts.into_iter().map(|part| make(part, format, limits));
    Ok((Applied::Files(made.collect::<Result<_, _>>()?), remarks))
}

fn whole(project: Project) -> Part {
    Part { label: None, project }
}

/// Writes a part and reads it again: it must be sound and hold every note.
fn make(part: Part, format: Option<u8>, limits: &Limits) -> Result<Made, ApplyError> {
    let Part { label, mut project } = part;
    project.source = None;
    let bytes = export(&project, ExportOptions { format, repair: true })?;
    let expected = project.note_count() as u64;
    let song = read(&bytes, limits)?;
    let found = song.note_ons();
    if found != expected || song.salvaged {
        return Err(ApplyError::Unproven { expected, found });
    }
    Ok(Made { label, bytes: bytes.into(), notes: Some(found) })
}
