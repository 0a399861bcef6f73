//! Files by their melody, out of the blocks of `store::grams` and what is pending; and where in a
//! file a melody begins.

use super::budget::Bounded;
use super::select::{Finder, Found};
use crate::library::features::contour::{FEWEST_NOTES, cell, places, unpack};
use crate::library::features::melody::TOGETHER;
use crate::library::features::sheet::GRAINS;
use crate::library::features::{NoteCollector, Sheet, melody};
use crate::library::query::Query;
use crate::library::shelf::Shelf;
use crate::library::store::StoreError;
use crate::library::store::grams::melodies::{self, Run, both};
use crate::library::store::grams::{BLOCK_FILES, Built, file_of};
use crate::smf::{Limits, ReadError, read_with};
use crate::time::Tick;
use bumpalo::Bump;
use roaring::RoaringBitmap;
use std::ops::ControlFlow;

/// Runs of a phrase that are looked up in a block; the rest is compared with the melodies.
const MOST_RUNS: usize = 4;
/// So few files are compared rather than narrowed down by another run.
const FEW: usize = 4;

/// Where in a song a melody begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MelodyAt {
    /// The onset of its first note, in ticks.
    pub tick: u64,
    /// The same in seconds from the start of the song.
    pub secs: f64,
    /// The bar that it begins in, counted from 0.
    pub bar: u64,
    /// Semitones from what was asked for up to what sounds.
    pub up: i16,
}

/// Where the melodies of a query begin in a file, in order; each place once. Reads the file
/// with all its notes: for those that are looked at, not for whole libraries.
///
/// # Errors
/// When the bytes are no MIDI file.
pub fn melody_at(bytes: &[u8], query: &Query) -> Result<Vec<MelodyAt>, ReadError> {
    let mut collector = NoteCollector::default();
    let song = read_with(bytes, &Limits::SCAN, &mut collector)?;
    let (tempo, meters) = (song.tempo_map(), song.meter_map());
    let notes = collector.finish();
    let arena = Bump::new();
    let sheet = Sheet::new(song.division, &meters, notes, &arena);
    let line = melody(&sheet, &arena);
    // The melody may be longer than what is kept of it.
    let pairs = line.iter().zip(line.iter().skip(1));
    let cells: Vec<u8> = pairs.map(|(a, b)| cell(a.key, b.key)).collect();
    let per_grain = f64::from(song.division.ticks_per_quarter()) / f64::from(GRAINS);
    let mut found = Vec::new();
    for tune in query.melodies() {
        let asked = tune.keys().first().copied().unwrap_or_default();
        let phrase = tune.contour().cells();
        for first in places(&phrase, &cells).filter_map(|at| line.get(at)) {
            let tick = (f64::from(first.start) * per_grain).round() as u64;
            let near = (f64::from(TOGETHER + 1) * per_grain).ceil() as u64;
            // A note of a chord, or one between two grains, begins beside it.
            let from = notes.partition_point(|note| note.tick + near < tick);
            let around = notes.get(from..).unwrap_or_default().iter();
            let around = around.take_while(|note| note.tick <= tick + near);
            let sounding = around.filter(|note| note.key() == first.key && note.is_pitched());
            let note = sounding.min_by_key(|note| note.tick.abs_diff(tick));
            let tick = note.map_or(tick, |note| note.tick);
            found.push(MelodyAt {
                tick,
                secs: tempo.secs_from_tick(Tick(tick)),
                bar: meters.position(Tick(tick)).bar,
                up: i16::from(first.key) - i16::from(asked),
            });
        }
    }
    found.sort_by_key(|it| it.tick);
    found.dedup_by_key(|it| it.tick);
    Ok(found)
}

impl super::Searcher {
    /// Where the melodies of a query begin in a file that it finds; nothing where it asks for
    /// none or the file cannot be read now. Bytes come from `shelf`.
    ///
    /// # Errors
    /// What the store says.
    pub fn melody_at(
        &self,
        id: u32,
        query: &Query,
        shelf: &Shelf,
    ) -> Result<Option<Vec<MelodyAt>>, StoreError> {
        if !query.has_melody() {
            return Ok(Some(Vec::new()));
        }
        let Some(row) = self.store.row(id)? else { return Ok(None) };
        let bytes = shelf.bytes(&row.place).ok();
        Ok(bytes.and_then(|bytes| melody_at(&bytes, query).ok()))
    }
}

impl Finder<'_> {
    /// The files whose melody goes through a phrase, as cells, as long as `each` goes on; only
    /// those in `within` are looked at.
    pub(super) fn melody(
        &self,
        phrase: &[u8],
        within: Option<&RoaringBitmap>,
        mut each: impl FnMut(u32) -> ControlFlow<()>,
    ) -> Result<Found, StoreError> {
        let mut found = Found { whole: true, ..Found::default() };
        let _view = self.on.view()?;
        let built = Built::read(self.on.connection())?;
        let dirty = self.dirty(built)?;
        let mut runs: Vec<(Run, usize)> =
            Run::all_of(phrase).into_iter().map(|run| (run, 0)).collect();
        // A single run is the whole phrase: there is nothing to compare.
        let is_exact = phrase.len() + 1 == FEWEST_NOTES;
        for block in built.blocks() {
            if self.on.is_over() {
                found.whole = false;
                return Ok(found);
            }
            if !meets(within, block) {
                continue;
            }
            let Some(low) = self.with_runs(&mut runs, block)? else {
                found.whole = false;
                return Ok(found);
            };
            // What was rare so far comes first.
            runs.sort_by_key(|(_, seen)| *seen);
            for id in low.into_iter().map(|low| file_of(block, low)) {
                if dirty.contains(id) || within.is_some_and(|within| !within.contains(id)) {
                    continue;
                }
                if !is_exact {
                    match self.holds(id, phrase)? {
                        Some(true) => {}
                        Some(false) => continue,
                        None => {
                            found.whole = false;
                            return Ok(found);
                        }
                    }
                }
                found.ids.insert(id);
                if each(id).is_break() {
                    return Ok(found);
                }
            }
        }
        let mut cells = Vec::new();
        found.whole &= self.on.rows(melodies::PENDING, &[&built.upto], |row| {
            let id = row.get(0)?;
            if within.is_some_and(|within| !within.contains(id)) {
                return Ok(ControlFlow::Continue(()));
            }
            unpack(row.get_ref(1)?.as_blob()?, &mut cells);
            if places(phrase, &cells).next().is_none() {
                return Ok(ControlFlow::Continue(()));
            }
            found.ids.insert(id);
            Ok(each(id))
        })?;
        Ok(found)
    }

    /// How much of a file's melody a phrase is, 0..=1.
    pub(super) fn share_of_melody(&self, id: u32, phrase: &[u8]) -> Result<f64, StoreError> {
        let mut share = 0.0;
        self.on.rows(melodies::BY_ID, &[&id], |row| {
            let mut cells = Vec::new();
            unpack(row.get_ref(0)?.as_blob()?, &mut cells);
            // What overlaps counts once.
            let (mut covered, mut end) = (0, 0);
            for at in places(phrase, &cells) {
                covered += at + phrase.len() - end.max(at);
                end = at + phrase.len();
            }
            share = covered as f64 / cells.len().max(1) as f64;
            Ok(ControlFlow::Break(()))
        })?;
        Ok(share)
    }

    /// The files of a block that have all of some runs, or enough of them to be looked at; none
    /// when time is over. Counts how many have each.
    fn with_runs(
        &self,
        runs: &mut [(Run, usize)],
        block: u32,
    ) -> Result<Option<Vec<u16>>, StoreError> {
        let mut files: Option<Vec<u16>> = None;
        for (run, seen) in runs.iter_mut().take(MOST_RUNS) {
            let Some(bucket) = self.blob(melodies::BY_BUCKET, run.row_of(block))? else {
                return Ok(None);
            };
            let with_run = run.files(&bucket);
            *seen += with_run.len();
            let left = files.map_or_else(|| with_run.clone(), |files| both(&files, &with_run));
            let is_enough = left.len() <= FEW;
            files = Some(left);
            if is_enough {
                break;
            }
        }
        Ok(Some(files.unwrap_or_default()))
    }

    /// Whether a file's melody goes through a phrase; none when time is over.
    fn holds(&self, id: u32, phrase: &[u8]) -> Result<Option<bool>, StoreError> {
        if self.on.is_over() {
            return Ok(None);
        }
        let mut holds = false;
        let mut cells = Vec::new();
        let whole = self.on.rows(melodies::BY_ID, &[&id], |row| {
            unpack(row.get_ref(0)?.as_blob()?, &mut cells);
            holds = places(phrase, &cells).next().is_some();
            Ok(ControlFlow::Break(()))
        })?;
        Ok(whole.then_some(holds))
    }

    /// A blob by its id, empty where there is none; none when time is over.
    pub(super) fn blob(&self, sql: &str, id: i64) -> Result<Option<Vec<u8>>, StoreError> {
        let mut data = Vec::new();
        let whole = self.on.rows(sql, &[&id], |row| {
            data.extend_from_slice(row.get_ref(0)?.as_blob()?);
            Ok(ControlFlow::Break(()))
        })?;
        Ok(whole.then_some(data))
    }

    /// The files of blocks that are pending.
    pub(super) fn dirty(&self, built: Built) -> Result<RoaringBitmap, StoreError> {
        const DIRTY: &str = "SELECT id FROM grams_dirty WHERE id <= ?1";
        let mut dirty = RoaringBitmap::new();
        self.on.rows(DIRTY, &[&built.upto], |row| {
            dirty.insert(row.get(0)?);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(dirty)
    }
}

/// Whether any of some files lies in a block.
fn meets(within: Option<&RoaringBitmap>, block: u32) -> bool {
    let first = block * BLOCK_FILES;
    within.is_none_or(|within| within.range(first..=first | (BLOCK_FILES - 1)).next().is_some())
}

impl<'a> Bounded<'a> {
    /// One view of the index for all that is read until it is dropped.
    pub(super) fn view(&self) -> Result<rusqlite::Transaction<'a>, StoreError> {
        Ok(self.connection().unchecked_transaction()?)
    }
}
