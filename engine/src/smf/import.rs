//! Makes a project of a file.

use super::clips::cut;
use super::conductor::conductor;
use super::gather::{Gatherer, Part, Split};
use super::gm;
use super::limits::Limits;
use super::problem::Problem;
use super::song::{ReadError, Song, read};
use super::text::TextEncoding;
use crate::model::{
    AlienChunk, Clip, ClipId, Conductor, EventKind, FileShape, Mix, MtrkShape, Output, Project,
    Track, TrackColor, TrackId,
};
use crate::parallel;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A file that was opened.
#[derive(Clone, Debug)]
pub struct Imported {
    /// What it holds.
    pub project: Project,
    /// What was wrong, and what was done about it.
    pub problems: Vec<Problem>,
    /// Whether anything had to be mended.
    pub salvaged: bool,
}

/// What is done of an import when the file has been walked, and when its tracks have been
/// gathered, as a large file's times are.
const WALKED: f32 = 0.3;
const GATHERED: f32 = 0.8;

/// Reads a file into a project called `name`. A format-0 file opens as one track for each
/// channel; otherwise each MTrk with any channel message is a track.
///
/// # Errors
/// When it is not MIDI, or beyond the limits.
pub fn import(bytes: Arc<[u8]>, name: &str, limits: &Limits) -> Result<Imported, ReadError> {
    import_watched(bytes, name, limits, &|_| ())
}

/// [`import`], telling `reached` which share of the work is done, from any thread.
///
/// # Errors
/// When it is not MIDI, or beyond the limits.
pub fn import_watched(
    bytes: Arc<[u8]>,
    name: &str,
    limits: &Limits,
    reached: &(dyn Fn(f32) + Sync),
) -> Result<Imported, ReadError> {
    puffin::profile_function!();
    let song = read(&bytes, limits)?;
    if song.note_ons() > limits.notes {
        return Err(ReadError::TooManyNotes { notes: song.note_ons(), limit: limits.notes });
    }
    let split = if song.format == 0 { Split::ByChannel } else { Split::Whole };
    let notes = usize::try_from(song.note_ons()).unwrap_or(usize::MAX);
    reached(WALKED);
    let mtrks: Vec<_> = song.tracks.iter().zip(0_u16..).collect();
    let (total, done) = (mtrks.len().max(1), AtomicUsize::new(0));
    let gathered = parallel::map(mtrks, notes, |(track, mtrk)| {
        let gathered = Gatherer::new(mtrk, split).gather(&song, track);
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        reached(WALKED + (GATHERED - WALKED) * done as f32 / total as f32);
        (mtrk, gathered)
    });
    let mut problems = song.problems.clone();
    let mut conductor_events = Vec::new();
    let mut parts: Vec<(u16, Part)> = Vec::new();
    for (mtrk, gathered) in gathered {
        conductor_events.extend(gathered.conductor);
        problems.extend(gathered.problems);
        parts.extend(gathered.parts.into_iter().map(|part| (mtrk, part)));
    }
    let conductor = conductor(song.division, conductor_events);
    let (tracks, next_id) = tracks(parts, &song, &conductor, limits);
    let shape = shape(&song);
    let (division, salvaged) = (song.division, problems.iter().any(Problem::is_repair));
    let salvaged = salvaged || song.salvaged;
    let project = Project {
        name: name.into(),
        division,
        shape: Arc::new(shape),
        conductor,
        tracks,
        source: Some(bytes),
        next_id,
    };
    Ok(Imported { project, problems, salvaged })
}

fn tracks(
    parts: Vec<(u16, Part)>,
    song: &Song<'_>,
    conductor: &Conductor,
    limits: &Limits,
) -> (Arc<[Arc<Track>]>, u32) {
    let encoding = TextEncoding::guess(parts.iter().flat_map(|(_, part)| texts(part)));
    let notes = parts.iter().map(|(_, part)| part.notes.len()).sum();
    let parts = parts.into_iter().enumerate().collect();
    // Ids are given at the end, in order.
    let made = parallel::map(parts, notes, |(index, (mtrk, mut part)): (usize, (u16, Part))| {
        let (channel, name_meta) = (part.channel, part.name_meta.take());
        let own = name_meta.as_ref().map(|meta| encoding.decode(&meta.bytes, limits.text_bytes));
        let name: Arc<str> = match own {
            Some(name) if !name.is_empty() => name.into(),
            _ => gm::track_name(channel, first_program(&part)).into(),
        };
        let (clips, events) = cut(part, &name, song.division, &conductor.meter);
        let track = Track {
            id: TrackId(0),
            name,
            name_meta,
            color: TrackColor(index as u8),
            mtrk,
            channel,
            mix: Mix::default(),
            output: Output::Synth,
            clips: Arc::from([]),
            events: events.into(),
        };
        (track, clips)
    });
    let mut ids = 1..;
    let mut next_id = || ids.next().unwrap_or(u32::MAX);
    let tracks = made
        .into_iter()
        .map(|(track, clips)| {
            let id = TrackId(next_id());
            let named = |clip| Arc::new(Clip { id: ClipId(next_id()), ..clip });
            Arc::new(Track { id, clips: clips.into_iter().map(named).collect(), ..track })
        })
        .collect();
    (tracks, next_id())
}

/// Every text of a part, for guessing its encoding.
fn texts(part: &Part) -> impl Iterator<Item = &[u8]> + Clone {
    let texts = part.events.iter().filter_map(|event| match &event.kind {
        EventKind::Meta { kind: 0x01..=0x0F, data } => Some(&**data),
        _ => None,
    });
    part.name_meta.iter().map(|meta| &*meta.bytes).chain(texts)
}

fn first_program(part: &Part) -> Option<u8> {
    part.events.iter().find_map(|event| match event.kind {
        EventKind::Program { channel, program } if channel == part.channel => Some(program),
        _ => None,
    })
}

fn shape(song: &Song<'_>) -> FileShape {
    FileShape {
        format: song.format,
        mtrks: song.tracks.iter().map(|track| MtrkShape { end: track.end }).collect(),
        alien: song
            .alien
            .iter()
            .map(|chunk| AlienChunk {
                after_mtrks: chunk.after_mtrks,
                kind: chunk.kind,
                data: chunk.data.into(),
            })
            .collect(),
    }
}
