//! Turns a file's bytes into a row: hash, parse, features. One for each worker.

use crate::library::features::{NoteCollector, TagTable};
use crate::library::row::{ANALYSIS_VERSION, Facts, Place, Row, Stamp, path_bytes};
use crate::library::store::Failure;
use crate::library::{InferTempo, facts_of};
use crate::smf::{Limits, ReadError, read_with};
use bumpalo::Bump;
use profiling::thread_cpu;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// CPU time that one file may take; what takes longer is quarantined.
pub const FILE_TIME: Duration = Duration::from_secs(2);

/// Analyses file after file; keeps its memory from one to the next.
#[derive(Debug)]
pub struct Analyst {
    notes: NoteCollector,
    /// Holds the features' scratch; reset for each file.
    arena: Bump,
    tags: Arc<TagTable>,
    tempo: InferTempo,
    limits: Limits,
    /// What the user added: above it, folders say nothing of music.
    sources: Arc<[PathBuf]>,
}

impl Analyst {
    /// With the limits of a scan.
    pub fn new(tags: Arc<TagTable>, tempo: InferTempo, sources: Arc<[PathBuf]>) -> Self {
        let (notes, arena) = (NoteCollector::default(), Bump::new());
        Self { notes, arena, tags, tempo, limits: Limits::SCAN, sources }
    }

    /// Analyses one file.
    ///
    /// # Errors
    /// With the reason, for people, why there is nothing to analyse.
    pub fn row(&mut self, place: Place, stamp: Stamp, bytes: &[u8]) -> Result<Row, Failure> {
        let started = thread_cpu::now();
        // A panic is our fault, not the file's: it costs this file, and the reason says so.
        let facts = match catch_unwind(AssertUnwindSafe(|| self.facts(&place, bytes))) {
            Ok(facts) => facts.map_err(|error| error.to_string()),
            Err(_panic) => {
                self.notes = NoteCollector::default();
                Err("the analysis broke off; this is a fault of the program".to_owned())
            }
        };
        let spent = thread_cpu::now().saturating_sub(started);
        let facts = facts.and_then(|facts| {
            if spent <= FILE_TIME {
                return Ok(facts);
            }
            let secs = spent.as_secs_f64();
            Err(format!(
                "the analysis took {secs:.1} s of CPU, more than {} s",
                FILE_TIME.as_secs()
            ))
        });
        match facts {
            Ok(facts) => {
                let hash = *blake3::hash(bytes).as_bytes();
                Ok(Row { place, stamp, hash, version: ANALYSIS_VERSION, facts })
            }
            Err(reason) => Err(Failure { place, stamp, version: ANALYSIS_VERSION, reason }),
        }
    }

    fn facts(&mut self, place: &Place, bytes: &[u8]) -> Result<Facts, ReadError> {
        self.arena.reset();
        self.notes.clear();
        let song = read_with(bytes, &self.limits, &mut self.notes)?;
        let notes = self.notes.finish();
        let names = names_of(place, &self.sources);
        Ok(facts_of(&song, notes, &names, &self.tags, self.tempo, &self.arena))
    }
}

/// A file's path from its source's own name on, an archive's member below the archive.
pub(super) fn names_of(place: &Place, sources: &[PathBuf]) -> Vec<u8> {
    let path = place.to_path();
    let source = sources.iter().filter(|source| path.starts_with(source));
    let above = source.max_by_key(|source| source.as_os_str().len()).and_then(|it| it.parent());
    let below = above.and_then(|above| path.strip_prefix(above).ok()).unwrap_or(&path);
    let mut names = path_bytes(below).to_vec();
    if cfg!(windows) {
        names.iter_mut().filter(|byte| **byte == b'\\').for_each(|byte| *byte = b'/');
    }
    if let Some(member) = &place.member {
        names.push(b'/');
        names.extend_from_slice(member);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::{SmfShape, smf_file};

    fn analyst() -> Analyst {
        let sources = Arc::from([PathBuf::from("/disk/piano player/music")]);
        Analyst::new(Arc::new(TagTable::bundled()), InferTempo::Auto, sources)
    }

    fn place(path: &str, member: Option<&str>) -> Place {
        let member = member.map(|member| member.as_bytes().into());
        Place { member, ..Place::of(path.as_ref()) }
    }

    #[test]
    fn names_begin_with_the_source() {
        let sources =
            [PathBuf::from("/disk/piano player/music"), "/disk/piano player/music/x".into()];
        let names =
            |path, member| String::from_utf8(names_of(&place(path, member), &sources)).unwrap();
        assert_eq!(names("/disk/piano player/music/a/b.mid", None), "music/a/b.mid");
        assert_eq!(names("/disk/piano player/music/x/b.zip", Some("c.mid")), "x/b.zip/c.mid");
        assert_eq!(names("/elsewhere/b.mid", None), "/elsewhere/b.mid");
    }

    #[test]
    fn a_row_says_what_the_file_holds_whatever_came_before() {
        let mut analyst = analyst();
        let shape = SmfShape { tracks: 3, notes: 300, ..SmfShape::default() };
        let bytes = smf_file(1, &shape);
        let stamp = Stamp { bytes: bytes.len() as u64, mtime_nanos: 7 };
        let row = analyst.row(place("/m/120bpm.mid", None), stamp, &bytes).unwrap();
        assert_eq!((row.facts.shape.note_ons, row.stamp), (300, stamp));
        assert_eq!(row.facts.named.bpm, Some(120.0));
        assert_eq!(row.hash, *blake3::hash(&bytes).as_bytes());
        let refused = analyst.row(place("/m/text.mid", None), stamp, b"no music").unwrap_err();
        assert!(refused.reason.starts_with("not a MIDI file"), "{}", refused.reason);
        let again = analyst.row(place("/m/120bpm.mid", None), stamp, &bytes).unwrap();
        assert_eq!(again, row);
    }
}
