//! Melodies are found through the blocks and beside them, whatever has changed since.

use crate::Library;
use crate::files::{Random, row, rows};
use engine::library::Shelf;
use engine::library::features::Contour;
use engine::library::query::parse;
use engine::library::row::{Facts, Row};
use engine::library::search::{TIME_LIMIT, melody_at};
use std::ops::ControlFlow;

const TUNE: [u8; 8] = [60, 62, 64, 60, 67, 65, 64, 62];

fn with_melody(name: &str, keys: &[u8]) -> Row {
    let mut facts = Facts::default();
    facts.prints.melody = Contour::of(keys.iter().copied());
    row(&format!("/music/{name}.mid"), facts)
}

fn up(keys: &[u8], by: u8) -> Vec<u8> {
    keys.iter().map(|key| key + by).collect()
}

#[test]
fn the_file_that_is_most_of_the_melody_comes_first() {
    let long: Vec<u8> = (0..60).map(|at| 40 + at % 11).chain(up(&TUNE, 5)).collect();
    let twice = [&TUNE[..], &[50, 52], &up(&TUNE, 3)].concat();
    let library = Library::of(&[
        with_melody("long", &long),
        with_melody("it", &up(&TUNE, 12)),
        with_melody("other", &(40..90).collect::<Vec<u8>>()),
        with_melody("twice", &twice),
        with_melody("short", &TUNE[..5]),
    ]);
    let query = "melody:60-62-64-60-67-65-64-62";
    assert_eq!(library.names(query), ["it", "twice", "long"]);
    assert_eq!(library.names("melody:C4,D,E,C,G4,F"), ["it", "twice", "long"]);
    assert_eq!(library.names(&format!("-{query}")), ["other", "short"]);
    assert_eq!(library.names(&format!("{query} it")), ["it"]);
    assert_eq!(library.names(&format!("{query} sort:-name")), ["twice", "long", "it"]);
    assert_eq!(library.names("melody:60-62-64-60-67-65-64-63"), [""; 0]);
    for limit in 1..4 {
        assert_eq!(library.paged(query, limit), [2, 4, 1]);
        assert_eq!(library.paged(&format!("{query} sort:-relevance"), limit), [1, 4, 2]);
    }
    // Of as good ones the names decide, on whichever page.
    let same: Vec<Row> = (10..40).rev().map(|n| with_melody(&n.to_string(), &TUNE)).collect();
    let library = Library::of(&same);
    for limit in [1, 7, 29, 30, 31] {
        assert_eq!(library.paged(query, limit), (1..=30).rev().collect::<Vec<_>>());
    }
}

#[test]
fn what_changes_after_the_blocks_were_made_is_found_as_it_is() {
    let mut random = Random(3);
    let mut files = rows(&mut random, 300);
    for file in &mut files {
        file.facts.prints.melody = Contour::default();
    }
    files[7].facts.prints.melody = Contour::of(TUNE);
    files[8].facts.prints.melody = Contour::of(up(&TUNE, 2));
    let library = Library::of(&files);
    let query = "melody:60-62-64-60-67-65-64-62";
    let six = "melody:60-62-64-60-67-65";
    let found = |query: &str| {
        let mut ids = library.paged(query, 50);
        ids.sort_unstable();
        ids
    };
    assert_eq!(found(query), [8, 9]);
    let mut writer = library.store().writer().unwrap();
    // Another melody, one more, one gone; and a file that takes the last one's id.
    files[7].facts.prints.melody = Contour::of(20..90);
    files[20].facts.prints.melody = Contour::of(up(&TUNE, 9));
    writer.write(&[files[7].clone(), files[20].clone()]).unwrap();
    writer.delete(&[9, 300]).unwrap();
    writer.write(&[with_melody("new", &up(&TUNE, 1))]).unwrap();
    for query in [query, six] {
        assert_eq!(found(query), [21, 300], "{query}");
    }
    assert_eq!(library.names("name:ew"), ["new"]);
    assert!(library.store().verify_grams().unwrap());
    // Once more as it was.
    files[7].facts.prints.melody = Contour::of(TUNE);
    writer.write(&files[7..8]).unwrap();
    drop(writer);
    assert_eq!(found(query), [8, 21, 300]);
}

#[test]
fn blocks_that_say_something_else_are_noticed() {
    let mut random = Random(5);
    let library = Library::of(&rows(&mut random, 200));
    assert!(library.store().verify_grams().unwrap());
    for (table, change) in [
        (
            "melody_grams",
            "UPDATE melody_grams SET data = x'05' WHERE id = (SELECT max(id) FROM melody_grams)",
        ),
        ("name_grams", "DELETE FROM name_grams WHERE id = (SELECT min(id) FROM name_grams)"),
        (
            "melodies",
            "UPDATE melodies SET data = (SELECT data FROM melodies AS other
            WHERE length(other.data) > 9 AND other.data <> melodies.data LIMIT 1)
            WHERE id = (SELECT max(id) FROM melodies WHERE length(data) > 9)",
        ),
    ] {
        let library = Library::of(&rows(&mut Random(5), 200));
        let index = rusqlite::Connection::open(library.store().path()).unwrap();
        assert_eq!(index.execute(change, []).unwrap(), 1, "{table}");
        assert!(!library.store().verify_grams().unwrap(), "{table}");
    }
}

#[test]
fn a_library_of_several_blocks_is_searched_in_all_of_them() {
    // Sparse ids stand for very many files.
    let mut files: Vec<Row> = (0..40).map(|n| with_melody(&format!("{n}"), &[60; 9])).collect();
    for at in [0, 13, 39] {
        files[at].facts.prints.melody = Contour::of(up(&TUNE, at as u8));
    }
    let library = Library::building(&files);
    let index = rusqlite::Connection::open(library.store().path()).unwrap();
    for table in ["files", "details", "melodies"] {
        let spread = format!("UPDATE {table} SET id = id * 10007 WHERE id > 1");
        index.execute(&spread, []).unwrap();
    }
    index.execute_batch("DELETE FROM facets; DELETE FROM facets_dirty;").unwrap();
    index.execute("DELETE FROM meta WHERE name = 'facets_upto'", []).unwrap();
    drop(index);
    let library = library.reopened();
    let mut writer = library.store().writer().unwrap();
    assert!(writer.finish(|_| ControlFlow::Continue(())).unwrap());
    writer.remake_grams().unwrap();
    drop(writer);
    assert!(library.store().verify_grams().unwrap());
    let query = "melody:60-62-64-60-67-65-64";
    assert_eq!(library.names(query), ["0", "13", "39"]);
    assert_eq!(library.names(&format!("{query} name:3")), ["13", "39"]);
    assert_eq!(library.page("name:1", 100).hits.len(), 13);
}

#[test]
fn no_melody_search_goes_on_when_it_is_over() {
    let mut random = Random(4);
    let library = Library::of(&rows(&mut random, 500));
    let none = library.searcher.clone().with_limit(std::time::Duration::ZERO);
    for text in ["melody:60-62-64-62-60-60", "melody:60-62-64-62-60-60-62-64", "name:a"] {
        let query = parse(text).0;
        let (_, whole) = none.ids(&query, &none.ticket()).unwrap();
        assert!(!whole, "{text}");
    }
    // The connection is as good as before.
    let library_again = library.searcher.clone().with_limit(TIME_LIMIT * 100);
    let query = parse("melody:60-62-64-62-60-60").0;
    let (ids, whole) = library_again.ids(&query, &library_again.ticket()).unwrap();
    assert!(whole && !ids.is_empty());
}

#[test]
fn places_are_those_of_the_notes_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("song.mid");
    // At 120 beats a minute a quarter is half a second; an accompaniment lies below.
    let line: Vec<u8> = [&TUNE[..], &[50, 55, 51, 57], &up(&TUNE, 7)].concat();
    let notes = line.iter().enumerate().flat_map(|(at, key)| {
        let tick = at as u64 * 480 + 1;
        [(tick, 400_u32, *key), (tick, 900, 30)]
    });
    std::fs::write(&path, smf_of(notes)).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let query = parse("melody:60-62-64-60-67-65-64-62").0;
    let found = melody_at(&bytes, &query).unwrap();
    let told: Vec<_> = found.iter().map(|it| (it.tick, it.bar, it.up)).collect();
    assert_eq!(told, [(1, 0, 0), (12 * 480 + 1, 3, 7)]);
    assert!((found[1].secs - (6.0 + 0.5 / 480.0)).abs() < 1e-9);
    assert_eq!(melody_at(&bytes, &parse("bass").0).unwrap(), []);
    assert!(melody_at(b"no music", &query).is_err());

    let mut file = with_melody("x", &line);
    file.place = engine::library::row::Place::of(&path);
    let library = Library::of(&[file]);
    let at = |shelf: &Shelf| library.searcher.melody_at(1, &query, shelf).unwrap();
    assert_eq!(at(&Shelf::default()), Some(found));
    std::fs::remove_file(&path).unwrap();
    assert_eq!(at(&Shelf::default()), None);
}

/// A file of notes with 480 ticks to the quarter: onset, length and key of each.
fn smf_of(notes: impl Iterator<Item = (u64, u32, u8)>) -> Vec<u8> {
    let ends = |(tick, length, key): (u64, u32, u8)| {
        [(tick, 0x90, key, 100), (tick + u64::from(length), 0x80, key, 0)]
    };
    let mut events: Vec<(u64, u8, u8, u8)> = notes.flat_map(ends).collect();
    events.sort_unstable();
    let (mut track, mut last) = (Vec::new(), 0);
    for (tick, status, key, velocity) in events {
        let delta = tick - last;
        track.extend([(delta >> 7) as u8 | 0x80, delta as u8 & 0x7F, status, key, velocity]);
        last = tick;
    }
    track.extend([0, 0xFF, 0x2F, 0]);
    let length = (track.len() as u32).to_be_bytes();
    let header = b"MThd\0\0\0\x06\0\0\0\x01\x01\xE0MTrk";
    [&header[..], &length, &track].concat()
}
