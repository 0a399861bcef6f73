//! Writes a project as a MIDI file.
//!
//! What was not touched goes back exactly: byte for byte while the project still has its
//! source, event for event afterwards. [`Event::order`] and the orders of notes say where
//! each event stood among those of its tick.

use super::encode::{TooLong, TrackEncoder, chunk};
use super::event::meta;
use super::fold::{self, Fold};
use super::header::read_header;
use super::limits::Limits;
use super::problem::Problems;
use super::song::read;
use crate::model::{
    Clip, ConductorEvent, Event, EventKind, FIRST_ORDER_OF_NEW, NameMeta, Note, Project, Track,
    UNCLOSED,
};
use crate::time::{Division, Tick};
use std::collections::BTreeMap;

/// How to write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExportOptions {
    /// SMF format 0 or 1; `None` keeps the project's own.
    pub format: Option<u8>,
    /// Write the mended form of a damaged file rather than its own bytes.
    pub repair: bool,
}

/// Why a project cannot be written as a MIDI file.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The format is not 0, 1 or 2.
    #[error("there is no MIDI file format {0}")]
    NoSuchFormat(u8),
    /// More track chunks than a header can count.
    #[error("a MIDI file holds at most 65,535 tracks, not {0}")]
    TooManyTracks(usize),
    /// An event or a track longer than its length field can say.
    #[error("track {0} is too long for a MIDI file")]
    TooLong(usize),
}

/// Writes `project` as the bytes of a MIDI file.
///
/// # Errors
/// When a MIDI file cannot hold it.
pub fn export(project: &Project, options: ExportOptions) -> Result<Vec<u8>, ExportError> {
    puffin::profile_function!();
    let format = options.format.unwrap_or(project.shape.format);
    if format > 2 {
        return Err(ExportError::NoSuchFormat(format));
    }
    if let Some(source) = untouched_source(project, options) {
        return Ok(source.to_vec());
    }
    let mut mtrks = gather(project);
    if format == 0 && mtrks.len() > 1 {
        mtrks = vec![merge(mtrks)];
    } else if format == 1 && project.shape.format == 0 {
        mtrks = split(project);
    }
    encode(project, format, mtrks)
}

/// The project's own bytes, if they are what is asked for.
fn untouched_source(project: &Project, options: ExportOptions) -> Option<&[u8]> {
    let source = project.source.as_deref()?;
    if project.tracks.iter().any(|track| Fold::of(track).is_some()) {
        return None;
    }
    if let Some(format) = options.format {
        let header = read_header(source, &mut Problems::deaf())?;
        if header.written_format != Some(u16::from(format)) {
            return None;
        }
    }
    let needs_repair = || read(source, &Limits::default()).is_ok_and(|song| song.salvaged);
    (!options.repair || !needs_repair()).then_some(source)
}

/// One MTrk to be written: its items in order, and where it ends at the earliest.
#[derive(Default)]
struct Mtrk<'a> {
    items: Vec<Item<'a>>,
    end: Tick,
}

struct Item<'a> {
    tick: Tick,
    order: u32,
    what: What<'a>,
}

enum What<'a> {
    On(&'a Note),
    Off(&'a Note),
    Event(&'a EventKind),
    /// An event that the mixer changed or added.
    Folded(EventKind),
    Name(&'a NameMeta),
}

/// Everything, in the MTrks it belongs to.
fn gather(project: &Project) -> Vec<Mtrk<'_>> {
    let mut mtrks: BTreeMap<u16, Mtrk<'_>> = BTreeMap::new();
    for (index, shape) in project.shape.mtrks.iter().enumerate() {
        mtrks.insert(index as u16, Mtrk { items: Vec::new(), end: shape.end });
    }
    for ConductorEvent { mtrk, event } in project.conductor.events.iter() {
        mtrks.entry(*mtrk).or_default().items.push(outside(event));
    }
    for track in project.tracks.iter() {
        mtrks.entry(track.mtrk).or_default().push_track(track);
    }
    for mtrk in mtrks.values_mut() {
        mtrk.sort();
    }
    mtrks.into_values().collect()
}

/// All MTrks in one; at one tick the earlier MTrk comes first.
fn merge(mtrks: Vec<Mtrk<'_>>) -> Mtrk<'_> {
    let mut all = Mtrk::default();
    for mtrk in mtrks {
        all.end = all.end.max(mtrk.end);
        all.items.extend(mtrk.items);
    }
    all.items.sort_by_key(|item| item.tick);
    all
}

/// A format-0 song as format 1: the conductor first, then each track.
fn split(project: &Project) -> Vec<Mtrk<'_>> {
    let end = project.shape.mtrks.iter().map(|mtrk| mtrk.end).max().unwrap_or(Tick::ZERO);
    let items = project.conductor.events.iter().map(|item| outside(&item.event)).collect();
    let mut mtrks = vec![Mtrk { items, end }];
    for track in project.tracks.iter() {
        let mut mtrk = Mtrk::default();
        mtrk.push_track(track);
        mtrks.push(mtrk);
    }
    for mtrk in &mut mtrks {
        mtrk.sort();
    }
    mtrks
}

impl<'a> Mtrk<'a> {
    fn push_track(&mut self, track: &'a Track) {
        let first = self.items.len();
        self.items.reserve(track.note_count() * 2 + track.events.len());
        let fold = Fold::of(track);
        if let Some(meta) = &track.name_meta {
            self.items.push(Item { tick: meta.tick, order: meta.order, what: What::Name(meta) });
        }
        self.items.extend(track.events.iter().map(outside));
        for clip in track.clips.iter() {
            self.push_clip(clip);
        }
        if let Some(fold) = fold {
            for item in self.items.iter_mut().skip(first) {
                if let What::Event(kind) = item.what
                    && let Some(folded) = fold.apply(kind)
                {
                    item.what = What::Folded(folded);
                }
            }
            let (tick, order) = fold::place(track);
            let missing = fold.missing(track).into_iter();
            // In front of a first note that has the same order: sorting keeps equals in place.
            let added = missing.map(|kind| Item { tick, order, what: What::Folded(kind) });
            self.items.splice(first..first, added);
        }
    }

    fn push_clip(&mut self, clip: &'a Clip) {
        let at = |tick: Tick| clip.start.after(tick.0);
        self.items.extend(clip.events.iter().map(|event| Item {
            tick: at(event.tick),
            order: order_in_file(clip, event),
            what: What::Event(&event.kind),
        }));
        for note in clip.notes.iter() {
            self.items.push(Item { tick: at(note.start), order: note.id, what: What::On(note) });
            if note.off_order != UNCLOSED {
                // A note without length must not end before it begins.
                let order =
                    if note.length == 0 { note.off_order.max(note.id) } else { note.off_order };
                self.items.push(Item { tick: at(note.end()), order, what: What::Off(note) });
            }
        }
    }

    fn sort(&mut self) {
        self.items.sort_by_key(|item| (item.tick, item.order));
    }
}

/// What was drawn at the tick of a note acts on that note: it is written before the first
/// one, behind everything else. Sorting keeps equals in place, and events are put in first.
fn order_in_file(clip: &Clip, event: &Event) -> u32 {
    if event.order < FIRST_ORDER_OF_NEW {
        return event.order;
    }
    let note = clip.notes.first_from(event.tick).filter(|note| note.start == event.tick);
    note.map_or(event.order, |note| event.order.min(note.id))
}

fn outside(event: &Event) -> Item<'_> {
    Item { tick: event.tick, order: event.order, what: What::Event(&event.kind) }
}

fn encode(project: &Project, format: u8, mtrks: Vec<Mtrk<'_>>) -> Result<Vec<u8>, ExportError> {
    let n_tracks =
        u16::try_from(mtrks.len()).ok().ok_or(ExportError::TooManyTracks(mtrks.len()))?;
    let division = match project.division {
        Division::Ppq(ppq) => ppq.to_be_bytes(),
        Division::Smpte { fps, ticks_per_frame } => [fps.wrapping_neg(), ticks_per_frame],
    };
    let mut header = [0; 6];
    header[1] = format;
    header[2..4].copy_from_slice(&n_tracks.to_be_bytes());
    header[4..].copy_from_slice(&division);
    let too_long = |index: usize| move |_: TooLong| ExportError::TooLong(index + 1);
    let mut bytes = chunk(*b"MThd", &header).map_err(too_long(0))?;
    // Other chunks keep their place only while the tracks keep theirs.
    let mut alien = project.shape.alien.iter().peekable();
    for (index, mtrk) in mtrks.into_iter().enumerate() {
        while let Some(other) = alien.next_if(|other| usize::from(other.after_mtrks) <= index) {
            bytes.extend(chunk(other.kind, &other.data).map_err(too_long(index))?);
        }
        bytes.extend(encode_mtrk(mtrk).map_err(too_long(index))?);
    }
    for other in alien {
        bytes.extend(chunk(other.kind, &other.data).map_err(too_long(usize::from(n_tracks)))?);
    }
    Ok(bytes)
}

fn encode_mtrk(mtrk: Mtrk<'_>) -> Result<Vec<u8>, TooLong> {
    let last = mtrk.items.last().map_or(Tick::ZERO, |item| item.tick);
    let mut encoder = TrackEncoder::new(mtrk.items.len());
    for Item { tick: Tick(tick), what, .. } in mtrk.items {
        match what {
            What::On(note) => encoder.note_on(tick, note),
            What::Off(note) => encoder.note_off(tick, note.channel, note.key, note.release),
            What::Event(kind) => encoder.event(tick, kind)?,
            What::Folded(kind) => encoder.event(tick, &kind)?,
            What::Name(name) => encoder.meta(tick, meta::TRACK_NAME, &name.bytes)?,
        }
    }
    encoder.finish(mtrk.end.max(last).0)
}
