//! The library, stage by stage, and what is asked of it.
//!
//! `library_scan` are the stages that a file goes through, each over the same 200 files: reading,
//! hashing, walking, pairing notes, features, all of it, and writing rows (into bare tables, as a
//! first import does, and into indexes). `library_ask` asks a made-up library of 20,000 files,
//! without what a searcher keeps of earlier answers.
//!
//! Small, so that it runs in a minute. Files of yours: `MIDI_CORPUS=DIR`. What millions cost
//! `testkit library` and `testkit measure` tell.

#![expect(clippy::expect_used, reason = "what cannot begin says why")]

use bumpalo::Bump;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use engine::library::features::{NoteCollector, PlayedNote, TagTable};
use engine::library::query::parse;
use engine::library::row::{Place, Row, Stamp, path_bytes};
use engine::library::scan::Analyst;
use engine::library::search::{Request, Searcher};
use engine::library::store::{Store, StoreOptions};
use engine::library::{InferTempo, facts_of};
use engine::smf::{Limits, Song, read, read_with};
use engine::testkit::library::{fill, row, theme};
use midi_daw_benches::inputs::Files;
use std::fs::File;
use std::hint::black_box;
use std::io::Read as _;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

const FILES: usize = 200;
/// Rows that are written in a round.
const ROWS: u64 = 2_000;
/// Files of the library that is asked.
const LIBRARY: u64 = 20_000;

fn scanning(criterion: &mut Criterion) {
    let files = Files::find().expect("the files are there");
    let paths = files.paths.get(..FILES).unwrap_or(&files.paths);
    let bytes: Vec<Vec<u8>> = paths.iter().filter_map(|path| std::fs::read(path).ok()).collect();
    let mut notes = NoteCollector::default();
    let paired: Vec<(Song<'_>, Vec<PlayedNote>)> =
        bytes.iter().filter_map(|bytes| pair(bytes, &mut notes)).collect();
    let tags = Arc::new(TagTable::bundled());
    let mut group = criterion.benchmark_group("library_scan");
    group.throughput(Throughput::Elements(bytes.len() as u64)).sample_size(10);
    group.measurement_time(Duration::from_secs(3)).warm_up_time(Duration::from_millis(500));
    let mut buffer = Vec::new();
    group.bench_function("read", |b| {
        b.iter(|| paths.iter().map(|path| read_into(path, &mut buffer)).sum::<usize>());
    });
    group.bench_function("hash", |b| {
        b.iter(|| {
            for bytes in &bytes {
                black_box(blake3::hash(bytes));
            }
        });
    });
    group.bench_function("walk", |b| {
        b.iter(|| bytes.iter().filter(|bytes| read(bytes, &Limits::SCAN).is_ok()).count());
    });
    group.bench_function("pair", |b| {
        b.iter(|| bytes.iter().filter_map(|bytes| heard(bytes, &mut notes)).sum::<usize>());
    });
    let mut arena = Bump::new();
    group.bench_function("features", |b| {
        b.iter(|| {
            for (song, notes) in &paired {
                arena.reset();
                black_box(facts_of(song, notes, b"a.mid", &tags, InferTempo::Auto, &arena));
            }
        });
    });
    let mut analyst = Analyst::new(Arc::clone(&tags), InferTempo::Auto, Arc::from([]));
    group.bench_function("analyse", |b| {
        b.iter(|| {
            let mut row = |bytes| analyst.row(Place::default(), Stamp::default(), bytes).ok();
            bytes.iter().filter_map(|bytes| row(bytes)).count()
        });
    });
    group.finish();
}

fn writing(criterion: &mut Criterion) {
    let rows: Vec<Row> = (0..ROWS).map(|index| row(1, index)).collect();
    let mut group = criterion.benchmark_group("library_insert");
    group.throughput(Throughput::Elements(ROWS)).sample_size(10);
    group.measurement_time(Duration::from_secs(4)).warm_up_time(Duration::from_millis(500));
    for (name, indexed) in [("bare", false), ("indexed", true)] {
        group.bench_function(name, |b| {
            b.iter_batched(
                || empty(indexed),
                |(store, folder)| {
                    let written = store.writer().and_then(|mut writer| writer.write(&rows));
                    (written.is_ok(), store, folder)
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

fn asking(criterion: &mut Criterion) {
    let (store, _folder) = empty(false);
    fill(&store, LIBRARY, 1, &mut |_, _| {}).expect("there is room for a library");
    let theme = |notes: usize| {
        let keys: Vec<String> = theme(0).iter().take(notes).map(u8::to_string).collect();
        format!("melody:{}", keys.join("-"))
    };
    let (six, twelve) = (theme(6), theme(12));
    let mut group = criterion.benchmark_group("library_ask");
    group.sample_size(10).measurement_time(Duration::from_secs(2));
    group.warm_up_time(Duration::from_millis(300));
    for (name, query) in [
        ("page_of_words", "wonder ba"),
        ("page_by_key_and_tempo", "key:Am bpm:110-130"),
        ("page_by_tracks", "tracks:1"),
        ("page_by_two_letters", "name:ab"),
        ("page_of_doubles", "dup:yes"),
        ("page_by_six_notes", &six),
        ("page_by_twelve_notes", &twelve),
    ] {
        group.bench_function(name, |b| b.iter(|| page(&store, query)));
    }
    group.bench_function("facets", |b| {
        b.iter(|| {
            let searcher = Searcher::new(store.clone(), None);
            searcher.facets(&parse("drums:no").0, &searcher.ticket()).map(|it| it.files).ok()
        });
    });
    let vector = store.row(9).ok().flatten().map_or([9; 24], |row| row.facts.prints.vector);
    group.bench_function("similar", |b| {
        b.iter(|| store.similar(&vector, 50, None, &|| false).map(|(near, _)| near.len()).ok());
    });
    group.finish();
}

/// A library of its own: without indexes as while a first import runs, or with all of them.
fn empty(indexed: bool) -> (Store, TempDir) {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let options = StoreOptions::new(folder.path().join("library.db"));
    let (store, _) = Store::open(options).expect("a new library opens");
    if indexed {
        let mut writer = store.writer().expect("nobody else writes");
        writer.add_source(path_bytes(Path::new("/library"))).expect("it can be written");
        writer.finish(|_| ControlFlow::Continue(())).expect("there is nothing to index");
    }
    (store, folder)
}

fn page(store: &Store, query: &str) -> usize {
    let searcher = Searcher::new(store.clone(), None);
    let request = Request { query: parse(query).0, limit: 50, after: None };
    searcher.page(&request, &searcher.ticket()).map_or(0, |page| page.hits.len())
}

fn pair<'b>(bytes: &'b [u8], notes: &mut NoteCollector) -> Option<(Song<'b>, Vec<PlayedNote>)> {
    notes.clear();
    let song = read_with(bytes, &Limits::SCAN, notes).ok()?;
    let heard = notes.finish().to_vec();
    Some((song, heard))
}

fn heard(bytes: &[u8], notes: &mut NoteCollector) -> Option<usize> {
    notes.clear();
    read_with(bytes, &Limits::SCAN, notes).ok()?;
    Some(notes.finish().len())
}

fn read_into(path: &Path, buffer: &mut Vec<u8>) -> usize {
    buffer.clear();
    File::open(path).and_then(|mut file| file.read_to_end(buffer)).unwrap_or(0)
}

criterion_group!(benches, scanning, writing, asking);
criterion_main!(benches);
