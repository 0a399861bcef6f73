//! Any bytes as a MIDI file: read, analysed, imported and written again.
#![no_main]

use engine::library::InferTempo;
use engine::library::features::{NoteCollector, TagTable};
use engine::library::row::{Place, Stamp};
use engine::library::scan::Analyst;
use engine::smf::{self, ExportOptions, Limits};
use libfuzzer_sys::fuzz_target;
use std::sync::{Arc, LazyLock};

static TAGS: LazyLock<Arc<TagTable>> = LazyLock::new(|| Arc::new(TagTable::bundled()));

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits::SCAN;
    let mut notes = NoteCollector::default();
    let Ok(song) = smf::read_with(bytes, &limits, &mut notes) else { return };
    let found = notes.finish().len() as u64;
    assert_eq!(found, song.note_ons(), "the reader counts what it pairs");
    // The tempo of notes costs more than all the rest: not every time.
    let tempo = if bytes.len() % 8 == 0 { InferTempo::Always } else { InferTempo::Auto };
    let mut analyst = Analyst::new(Arc::clone(&TAGS), tempo, Arc::from([]));
    let row = analyst.row(Place::default(), Stamp::default(), bytes);
    // A panic inside is caught there and becomes a reason.
    let row = row.unwrap_or_else(|failure| panic!("{}", failure.reason));
    assert_eq!(row.facts.shape.note_ons, found);
    let Ok(imported) = smf::import(Arc::from(bytes), "fuzz", &limits) else { return };
    assert_eq!(imported.project.note_count() as u64, found, "nothing is lost on the way in");
    let options = ExportOptions { repair: true, ..ExportOptions::default() };
    if let Ok(written) = smf::export(&imported.project, options) {
        let again = smf::read(&written, &limits).expect("what we write we can read");
        assert_eq!(again.note_ons(), found, "nothing is lost on the way out");
    }
});
