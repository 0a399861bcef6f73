//! Finds where the song begins in a file, and reads its header.

use super::chunk::{find, is_plausible_chunk, is_track_chunk, read_u32};
use super::problem::{Action, ProblemKind, Problems};
use crate::time::Division;

/// How far into a file its header is looked for (MacBinary, byte-order marks, HTTP headers).
const SEARCH: usize = 64 << 10;

/// What a file without a usable division is read with.
const ASSUMED_DIVISION: Division = Division::Ppq(480);

/// What MThd says, after repairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// The format as written.
    pub(super) written_format: Option<u16>,
    /// 0, 1 or 2.
    pub(super) format: u8,
    /// How many tracks it announces; 0 when it does not say.
    pub(super) announced_tracks: u16,
    /// What a tick is worth.
    pub(super) division: Division,
    /// Where the chunks after the header begin.
    pub(super) first_chunk: usize,
    /// Where the song's bytes end: before the file does when it is wrapped.
    pub(super) end: usize,
}

/// Finds the header; `None` when this is not a MIDI file.
pub(super) fn read_header(bytes: &[u8], problems: &mut Problems) -> Option<Header> {
    let (start, end) = unwrap_riff(bytes, problems).unwrap_or((0, bytes.len()));
    let within = bytes.get(..end).unwrap_or(bytes);
    let near = within.get(start..end.min(start.saturating_add(SEARCH))).unwrap_or_default();
    if let Some(skip) = find(near, *b"MThd") {
        if skip > 0 {
            problems.push(None, start, ProblemKind::LeadingBytes, Action::Skipped);
        }
        return Some(parse(within, start + skip, problems));
    }
    let skip = find(near, *b"MTrk").filter(|&skip| is_track_chunk(within, start + skip))?;
    problems.push(None, start, ProblemKind::MissingHeader, Action::Assumed);
    Some(Header {
        written_format: None,
        format: 1,
        announced_tracks: 0,
        division: ASSUMED_DIVISION,
        first_chunk: start + skip,
        end,
    })
}

/// The `data` chunk of a RIFF RMID file, as a range of the file.
fn unwrap_riff(bytes: &[u8], problems: &mut Problems) -> Option<(usize, usize)> {
    if !bytes.starts_with(b"RIFF") || bytes.get(8..12)? != b"RMID" {
        return None;
    }
    let announced = u32::from_le_bytes(*bytes.get(4..)?.first_chunk::<4>()?) as usize;
    // Writers disagree about whether the head and a pad byte count.
    let fits = announced <= bytes.len() && announced + 9 >= bytes.len();
    let mut at = 12;
    while let Some(size) = bytes.get(at + 4..).and_then(|rest| rest.first_chunk::<4>()) {
        let size = u32::from_le_bytes(*size) as usize;
        let body = at + 8;
        let end = body.saturating_add(size);
        if bytes.get(at..at + 4) == Some(b"data") {
            problems.push(None, 0, ProblemKind::Wrapped, Action::Unwrapped);
            if !fits || end > bytes.len() {
                problems.push(None, at, ProblemKind::ContainerLength, Action::Accepted);
            }
            return Some((body, end.min(bytes.len())));
        }
        at = end.saturating_add(size & 1);
    }
    None
}

fn parse(bytes: &[u8], at: usize, problems: &mut Problems) -> Header {
    let length = read_u32(bytes, at + 4).unwrap_or_default() as usize;
    let body = at + 8;
    let announced = body.saturating_add(length);
    let mut first_chunk = announced;
    if announced >= bytes.len() || length < 6 || !is_plausible_chunk(bytes, announced) {
        let rest = bytes.get(body..).unwrap_or_default();
        let found = find(rest, *b"MTrk").filter(|&skip| length != 6 || skip >= 6);
        first_chunk = found.map_or(announced.min(bytes.len()), |skip| body + skip);
        if found.is_some() && first_chunk != announced {
            problems.push(None, at + 4, ProblemKind::HeaderLength, Action::Resynced);
        }
    } else if length != 6 {
        problems.push(None, at + 4, ProblemKind::HeaderLength, Action::Accepted);
    }
    let fields = bytes.get(body..).and_then(|rest| rest.first_chunk::<6>());
    let fields = fields.filter(|_| first_chunk >= body + 6);
    let Some(&[f0, f1, t0, t1, d0, d1]) = fields else {
        problems.push(None, at, ProblemKind::TruncatedHeader, Action::Assumed);
        return Header {
            written_format: None,
            format: 1,
            announced_tracks: 0,
            division: ASSUMED_DIVISION,
            first_chunk,
            end: bytes.len(),
        };
    };
    let written = u16::from_be_bytes([f0, f1]);
    if written > 2 {
        problems.push(None, body, ProblemKind::UnknownFormat, Action::Assumed);
    }
    Header {
        written_format: Some(written),
        format: if written > 2 { 1 } else { f1 },
        announced_tracks: u16::from_be_bytes([t0, t1]),
        division: parse_division(d0, d1).unwrap_or_else(|| {
            problems.push(None, body + 4, ProblemKind::BadDivision, Action::Assumed);
            ASSUMED_DIVISION
        }),
        first_chunk,
        end: bytes.len(),
    }
}

fn parse_division(high: u8, low: u8) -> Option<Division> {
    if high < 0x80 {
        let ppq = u16::from_be_bytes([high, low]);
        return (ppq > 0).then_some(Division::Ppq(ppq));
    }
    let fps = high.cast_signed().unsigned_abs();
    let known = matches!(fps, 24 | 25 | 29 | 30) && low > 0;
    known.then_some(Division::Smpte { fps, ticks_per_frame: low })
}
