//! A session of browsing, seeded: how often files and answers are found in memory.

use engine::library::Shelf;
use engine::library::query::parse;
use engine::library::row::path_bytes;
use engine::library::scan::{Cancel, Progress, ScanOptions, scan};
use engine::library::search::{Request, Searcher};
use engine::library::store::{Store, StoreOptions};
use engine::testkit::{Rng, collection};
use std::fs;

/// What somebody looks for in an evening; each word is typed letter by letter.
const WISHES: [&str; 12] = [
    "bass",
    "piano key:Am",
    "drums bpm:120-130",
    "house",
    "jazz piano",
    "strings",
    "guitar key:~G",
    "lead bpm:~128",
    "chords",
    "trap drums",
    "arp key:F#m",
    "pad",
];

/// Types wishes, pages down, goes back, listens: most wishes come back, and of what was heard
/// the last few are heard again.
#[test]
fn browsing_finds_most_files_and_answers_in_memory() {
    let root = tempfile::tempdir().unwrap();
    let music = root.path().canonicalize().unwrap().join("music");
    for (name, bytes) in collection(3, 2_000, 40) {
        let path = music.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let (store, _) = Store::open(StoreOptions::new(root.path().join("library.db"))).unwrap();
    store.writer().unwrap().add_source(path_bytes(&music)).unwrap();
    let options = ScanOptions::default();
    scan(&store, &[music], &options, &Progress::default(), &Cancel::default()).unwrap();

    let (searcher, shelf, mut rng) = (Searcher::new(store, None), Shelf::default(), Rng::new(9));
    let mut heard = Vec::new();
    for _ in 0..300 {
        // The favourites of the evening are wished for most.
        let wish = WISHES[(rng.below(WISHES.len() as u64).min(rng.below(14))) as usize];
        for typed in 1..=wish.len() {
            let (query, _) = parse(&wish[..typed]);
            let ticket = searcher.ticket();
            let request = Request { query: query.clone(), limit: 50, after: None };
            let mut page = searcher.page(&request, &ticket).unwrap();
            searcher.count(&query, &ticket).unwrap();
            if typed < wish.len() {
                continue;
            }
            for _ in 0..rng.below(3) {
                let Some(next) = page.next.clone() else { break };
                let request = Request { query: query.clone(), limit: 50, after: Some(next) };
                page = searcher.page(&request, &ticket).unwrap();
            }
            // Down the list with the arrow keys, hearing each; then back to the best ones.
            let first = rng.below(4) as usize;
            for hit in page.hits.iter().skip(first).take(6) {
                let row = searcher.store().row(hit.id).unwrap().unwrap();
                shelf.bytes(&row.place).unwrap();
                heard.push(row.place);
            }
            for _ in 0..rng.below(8) {
                let back = rng.below(heard.len().min(12) as u64) as usize;
                let place = heard.iter().rev().nth(back).unwrap();
                shelf.bytes(place).unwrap();
            }
        }
    }
    let files = shelf.stats();
    let answers = searcher.cache().stats();
    println!("files: {files:?}\nanswers: {answers:?}");
    assert!(files.hit_rate > 0.8, "{files:?}");
    assert!(answers.hit_rate > 0.7, "{answers:?}");
}
