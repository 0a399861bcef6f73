//! Any text as a query: parsed, written again, completed, and asked of a small library.
#![no_main]

use engine::library::query::parse;
use engine::library::row::path_bytes;
use engine::library::scan::{Cancel, Progress, ScanOptions, scan};
use engine::library::search::{Request, Searcher};
use engine::library::store::{Store, StoreOptions};
use libfuzzer_sys::fuzz_target;
use profiling::thread_cpu;
use std::sync::LazyLock;
use std::time::Duration;

/// Three small files, scanned once.
static SEARCHER: LazyLock<Searcher> = LazyLock::new(|| {
    let root = tempfile::tempdir().expect("a folder").keep();
    let song =
        b"MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk\0\0\0\x0C\0\x90\x40\x40\x60\x80\x40\0\0\xFF\x2F\0";
    for name in ["120bpm Am Piano.mid", "C# Bass AC-DC.mid", "夜曲ピアノ.mid"] {
        std::fs::write(root.join(name), song).expect("a file");
    }
    let (store, _) = Store::open(StoreOptions::new(root.join("library.db"))).expect("a library");
    store.writer().expect("a writer").add_source(path_bytes(&root)).expect("a source");
    scan(&store, &[root], &ScanOptions::default(), &Progress::default(), &Cancel::default())
        .expect("a scan");
    Searcher::new(store, None)
});

fuzz_target!(|text: &str| {
    let (query, problems) = parse(text);
    for problem in problems {
        assert!(text.get(problem.span.start..problem.span.end).is_some(), "points into the text");
    }
    let (again, _) = parse(&query.to_string());
    assert_eq!(again.to_string(), query.to_string(), "what is written is read as it was");
    // Of processor, since a busy machine is no finding.
    let started = thread_cpu::process_now();
    let ticket = SEARCHER.ticket();
    let request = Request { query: query.clone(), limit: 10, after: None };
    SEARCHER.page(&request, &ticket).expect("no error escapes");
    SEARCHER.facets(&query, &ticket).expect("no error escapes");
    let taken = thread_cpu::process_now().saturating_sub(started);
    assert!(taken < Duration::from_secs(2), "it ends");
});
