//! What was wrong with a file, where, and what the reader did about it.

use serde::Serialize;
use std::fmt;

/// One thing that was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// In which MTrk chunk, counted from 0; `None` for the file as a whole.
    pub track: Option<u16>,
    /// Where, in bytes from the start of the file.
    pub offset: u64,
    /// What.
    pub kind: ProblemKind,
    /// What was done about it.
    pub action: Action,
}

impl Problem {
    /// Whether the reader had to mend something; warnings are about music that is
    /// odd but whole.
    pub const fn is_repair(&self) -> bool {
        !matches!(self.kind, ProblemKind::OverlappingNotes | ProblemKind::UnclosedNotes)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(track) = self.track {
            write!(f, "track {}, ", u32::from(track) + 1)?;
        }
        write!(f, "byte {}: {}", self.offset, self.kind.text())?;
        match self.action.text() {
            "" => Ok(()),
            action => write!(f, "; {action}"),
        }
    }
}

/// What can be wrong with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// Something stands before the header.
    LeadingBytes,
    /// The song is wrapped in a RIFF file (RMID).
    Wrapped,
    /// The RIFF wrapper's lengths contradict the file.
    ContainerLength,
    /// No MThd chunk.
    MissingHeader,
    /// The MThd chunk is not 6 bytes long, or no chunk follows it.
    HeaderLength,
    /// The file ends inside MThd.
    TruncatedHeader,
    /// A format above 2, or format 0 with several tracks.
    UnknownFormat,
    /// A division that means no time.
    BadDivision,
    /// The header announces another number of tracks than there are.
    TrackCount,
    /// A chunk announces more bytes than it has.
    ChunkTooLong,
    /// A track goes on after the end that its chunk announces.
    ChunkTooShort,
    /// Bytes that are no chunk stand between chunks.
    StrayBytes,
    /// Bytes follow the last chunk.
    TrailingBytes,
    /// A track without End of Track.
    MissingEndOfTrack,
    /// Bytes follow End of Track inside the chunk.
    BytesAfterEndOfTrack,
    /// The next track begins before this one's chunk ends.
    TrackInsideTrack,
    /// A data byte with its top bit set.
    DataByte,
    /// Running status after a meta event or sysex.
    RunningStatus,
    /// Data bytes before any status.
    MissingStatus,
    /// A system message that has no place in a file.
    SystemMessage,
    /// A variable-length number of more than four bytes.
    LongNumber,
    /// A sysex longer than what is left.
    SysexOverrun,
    /// A meta event longer than what is left.
    MetaOverrun,
    /// The track ends inside an event.
    TruncatedEvent,
    /// A tempo of 0.
    BadTempo,
    /// A time signature that means nothing.
    BadMeter,
    /// A key signature that means nothing.
    BadKeySignature,
    /// A meta event too short for what it says.
    ShortMeta,
    /// A note of 2³² ticks or more.
    NoteTooLong,
    /// More tracks than the limit allows.
    TooManyTracks,
    /// More problems than the limit lists.
    MoreProblems,
    /// A key is struck again before it was let go (a warning; the first place in its track).
    OverlappingNotes,
    /// A key is never let go (a warning; at the end of its track).
    UnclosedNotes,
}

impl ProblemKind {
    const fn text(self) -> &'static str {
        match self {
            Self::LeadingBytes => "something stands before the header",
            Self::Wrapped => "the song is wrapped in a RIFF file",
            Self::ContainerLength => "the RIFF wrapper has a wrong length",
            Self::MissingHeader => "there is no header",
            Self::HeaderLength => "the header has a wrong length",
            Self::TruncatedHeader => "the file ends inside its header",
            Self::UnknownFormat => "the header's format does not fit the file",
            Self::BadDivision => "the header's division means no time",
            Self::TrackCount => "the header announces another number of tracks",
            Self::ChunkTooLong => "the chunk announces more bytes than it has",
            Self::ChunkTooShort => "the track goes on after its announced end",
            Self::StrayBytes => "bytes that are no chunk",
            Self::TrailingBytes => "bytes after the last track",
            Self::MissingEndOfTrack => "the track has no End of Track",
            Self::BytesAfterEndOfTrack => "bytes after End of Track",
            Self::TrackInsideTrack => "the next track begins inside this one",
            Self::DataByte => "a data byte above 127",
            Self::RunningStatus => "running status after a meta event or sysex",
            Self::MissingStatus => "data without a status",
            Self::SystemMessage => "a system message that has no place in a file",
            Self::LongNumber => "a number of more than four bytes",
            Self::SysexOverrun => "a sysex longer than what is left",
            Self::MetaOverrun => "a meta event longer than what is left",
            Self::TruncatedEvent => "the track ends inside an event",
            Self::BadTempo => "a tempo of 0",
            Self::BadMeter => "a meaningless time signature",
            Self::BadKeySignature => "a meaningless key signature",
            Self::ShortMeta => "a meta event that is too short",
            Self::NoteTooLong => "a note of more than four thousand million ticks",
            Self::TooManyTracks => "more tracks than the limit",
            Self::MoreProblems => "more problems than are listed",
            Self::OverlappingNotes => "notes of one key overlap from here on",
            Self::UnclosedNotes => "notes are never let go",
        }
    }
}

/// What the reader did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Took a usual value instead.
    Assumed,
    /// Took what is inside.
    Unwrapped,
    /// Left the bytes out.
    Skipped,
    /// Used the low seven bits.
    Masked,
    /// Left out the event, kept the music.
    Dropped,
    /// Went on as if it were right.
    Accepted,
    /// Ended the track, kept what came before.
    EndedTrack,
    /// Read past the announced end.
    ReadOn,
    /// Looked for the next track and went on there.
    Resynced,
    /// Shortened it to what makes sense.
    Shortened,
    /// Put in what is missing.
    Added,
    /// Counted what is there.
    Counted,
    /// Nothing: it is only said.
    Reported,
}

impl Action {
    const fn text(self) -> &'static str {
        match self {
            Self::Assumed => "a usual value was assumed",
            Self::Unwrapped => "unwrapped",
            Self::Skipped => "skipped",
            Self::Masked => "its low seven bits were used",
            Self::Dropped => "the event was dropped",
            Self::Accepted => "accepted",
            Self::EndedTrack => "the track ends here",
            Self::ReadOn => "read on",
            Self::Resynced => "went on at the next track",
            Self::Shortened => "shortened",
            Self::Added => "added",
            Self::Counted => "the real number was taken",
            Self::Reported => "",
        }
    }
}

/// Gathers problems up to a limit; can be told to listen to nothing.
#[derive(Debug)]
pub(super) struct Problems {
    list: Vec<Problem>,
    limit: usize,
    unlisted: u64,
    salvaged: bool,
}

impl Problems {
    pub(super) const fn new(limit: usize) -> Self {
        Self { list: Vec::new(), limit, unlisted: 0, salvaged: false }
    }

    /// For a second walk over what was already reported.
    pub(super) const fn deaf() -> Self {
        Self::new(0)
    }

    pub(super) fn push(
        &mut self,
        track: Option<u16>,
        offset: usize,
        kind: ProblemKind,
        action: Action,
    ) {
        let problem = Problem { track, offset: offset as u64, kind, action };
        self.salvaged |= problem.is_repair();
        if self.list.len() < self.limit {
            self.list.push(problem);
        } else {
            self.unlisted += 1;
        }
    }

    /// The list, its last entry saying so if there were more.
    pub(super) fn into_parts(self) -> (Vec<Problem>, bool) {
        let Self { mut list, unlisted, salvaged, .. } = self;
        if let (Some(last), 1..) = (list.last_mut(), unlisted) {
            last.kind = ProblemKind::MoreProblems;
            last.action = Action::Reported;
        }
        (list, salvaged)
    }
}
