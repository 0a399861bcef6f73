//! Finds the chunks of a file, however they are wrapped, announced or lost.

use super::cursor::{Ended, TrackCursor, TrackPlace};
use super::header::Header;
use super::problem::{Action, ProblemKind, Problems};

/// A chunk that is neither MThd nor MTrk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawChunk<'a> {
    /// How many MTrk chunks come before it.
    pub after_mtrks: u16,
    /// Its four letters.
    pub kind: [u8; 4],
    /// Its bytes.
    pub data: &'a [u8],
}

/// What stands next in a file.
pub(super) enum Found<'a> {
    Track(TrackPlace),
    Alien(RawChunk<'a>),
}

/// Walks the chunks after the header. After each [`Found::Track`] the caller walks its
/// events and hands the cursor to [`Chunks::leave_track`], since only they tell where it ends.
pub(super) struct Chunks<'a> {
    /// Everything up to where the music may reach.
    bytes: &'a [u8],
    pos: usize,
    announced_tracks: u16,
    tracks: u16,
    max_tracks: u16,
}

impl<'a> Chunks<'a> {
    pub(super) const fn new(bytes: &'a [u8], header: &Header, max_tracks: u16) -> Self {
        Self {
            bytes,
            pos: header.first_chunk,
            announced_tracks: header.announced_tracks,
            tracks: 0,
            max_tracks,
        }
    }

    /// The next chunk; `None` at the end of what is alive.
    pub(super) fn next(&mut self, problems: &mut Problems) -> Option<Found<'a>> {
        loop {
            let rest = self.bytes.get(self.pos..).filter(|rest| !rest.is_empty())?;
            if is_track_chunk(self.bytes, self.pos) {
                return self.enter_track(problems);
            }
            if let Some(chunk) = self.alien() {
                self.pos += 8 + chunk.data.len();
                return Some(Found::Alien(chunk));
            }
            // Past the last announced track, what looks like a track further on is the
            // tail of an older, longer song that this one was written over.
            let all_read = self.announced_tracks > 0 && self.tracks >= self.announced_tracks;
            let next = if all_read { None } else { find(rest, *b"MTrk") };
            let Some(next) = next.filter(|&next| is_track_chunk(rest, next)) else {
                problems.push(None, self.pos, ProblemKind::TrailingBytes, Action::Skipped);
                return None;
            };
            problems.push(None, self.pos, ProblemKind::StrayBytes, Action::Resynced);
            self.pos += next;
        }
    }

    /// Tracks entered so far.
    pub(super) const fn tracks(&self) -> u16 {
        self.tracks
    }

    fn enter_track(&mut self, problems: &mut Problems) -> Option<Found<'a>> {
        if self.tracks >= self.max_tracks {
            problems.push(None, self.pos, ProblemKind::TooManyTracks, Action::Skipped);
            return None;
        }
        let body = self.pos + 8;
        let index = self.tracks;
        let announced = body.saturating_add(self.length_at(self.pos));
        if announced > self.bytes.len() {
            problems.push(Some(index), self.pos, ProblemKind::ChunkTooLong, Action::Accepted);
        }
        self.tracks += 1;
        self.pos = body;
        let announced_end = announced.min(self.bytes.len());
        Some(Found::Track(TrackPlace { index, body, announced_end }))
    }

    /// Decides where the chunk after a walked track begins.
    pub(super) fn leave_track(
        &mut self,
        place: TrackPlace,
        cursor: &TrackCursor<'a>,
        problems: &mut Problems,
    ) {
        let end = place.announced_end;
        let at = cursor.position();
        self.pos = at;
        if at >= end || cursor.ended() == Some(Ended::NextTrack) {
            return;
        }
        if cursor.ended() == Some(Ended::EndOfTrack) {
            let kind = ProblemKind::BytesAfterEndOfTrack;
            problems.push(Some(place.index), at, kind, Action::Skipped);
        }
        // An end of the file that was announced by accident, or clamped, proves nothing.
        let is_next_here = if end == self.bytes.len() {
            is_track_start(self.bytes, at)
        } else {
            self.is_chained(at)
        };
        if is_plausible_chunk(self.bytes, end) && !is_next_here {
            self.pos = end;
        }
    }

    /// Whether a track begins at `at` and another chunk where that one says it ends:
    /// better than an announced end, which may be that of an older track's remains.
    fn is_chained(&self, at: usize) -> bool {
        is_track_start(self.bytes, at)
            && is_plausible_chunk(self.bytes, at.saturating_add(8 + self.length_at(at)))
    }

    fn alien(&self) -> Option<RawChunk<'a>> {
        if !is_alien_chunk(self.bytes, self.pos) {
            return None;
        }
        let kind = *self.bytes.get(self.pos..)?.first_chunk::<4>()?;
        let data = self.bytes.get(self.pos + 8..self.pos + 8 + self.length_at(self.pos))?;
        Some(RawChunk { after_mtrks: self.tracks, kind, data })
    }

    fn length_at(&self, at: usize) -> usize {
        read_u32(self.bytes, at + 4).unwrap_or_default() as usize
    }
}

/// Whether a chunk, or nothing more, stands at `at`.
pub(super) fn is_plausible_chunk(bytes: &[u8], at: usize) -> bool {
    at == bytes.len() || is_track_chunk(bytes, at) || is_alien_chunk(bytes, at)
}

/// Whether `at` is the head of an MTrk chunk, whatever its length says.
pub(super) fn is_track_chunk(bytes: &[u8], at: usize) -> bool {
    bytes.get(at..).is_some_and(|rest| rest.starts_with(b"MTrk") && rest.len() >= 8)
}

/// Whether an MTrk begins at `at` inside another track. Running data may spell the same
/// letters (delta 77, key 84, velocity 114, delta 107), so what follows must look like
/// a chunk too: a length below 2²⁴ or an unknown one, and an event with a status.
pub(super) fn is_track_start(bytes: &[u8], at: usize) -> bool {
    if !is_track_chunk(bytes, at) {
        return false;
    }
    let length = read_u32(bytes, at + 4).unwrap_or_default();
    let body = bytes.get(at + 8..).unwrap_or_default();
    let delta = body.iter().take_while(|&&byte| byte >= 0x80).count();
    let has_status = body.get(delta + 1).is_none_or(|&status| status >= 0x80);
    (length >> 24 == 0 || length == u32::MAX) && (delta >= 4 || has_status)
}

/// Whether a chunk of some other kind stands at `at`, wholly inside the file.
fn is_alien_chunk(bytes: &[u8], at: usize) -> bool {
    let Some(kind) = bytes.get(at..).and_then(|rest| rest.first_chunk::<4>()) else {
        return false;
    };
    let printable = kind.iter().all(|&byte| byte.is_ascii_alphanumeric() || byte == b' ');
    printable
        && read_u32(bytes, at + 4).is_some_and(|length| length as usize <= bytes.len() - at - 8)
}

/// Where `needle` first stands in `bytes`.
pub(super) fn find(bytes: &[u8], needle: [u8; 4]) -> Option<usize> {
    bytes.windows(4).position(|window| window == needle)
}

/// Four bytes at `at`, most significant first.
pub(super) fn read_u32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk::<4>().map(|four| u32::from_be_bytes(*four))
}
