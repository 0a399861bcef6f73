use crate::{Place, finish, number, rows};
use engine::library::store::{IndexState, StoreError};
use engine::testkit::{Rng, library};
use std::ops::ControlFlow;
use std::process::{Command, Stdio};
use std::time::Duration;

const FILES: u64 = 30_000;

#[test]
fn an_import_that_is_killed_again_and_again_ends_as_one_that_is_not() {
    let (killed, whole) = (Place::new(), Place::new());
    let mut rng = Rng::new(5);
    let mut seen = 0;
    for _ in 0..12 {
        let mut import = Command::new(env!("CARGO_BIN_EXE_testkit"))
            .args(["library", killed.path().to_str().unwrap(), &FILES.to_string(), "1"])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(30 + rng.below(1_500)));
        import.kill().unwrap();
        import.wait().unwrap();
        let (store, notices) = killed.open_with_notices();
        assert_eq!(notices, []);
        let count = number(&store, "SELECT count(*) FROM files");
        assert!(count >= seen, "{count} of {seen} are left");
        assert_eq!(count as u64, store.facets().len());
        assert_eq!(number(&store, "SELECT count(*) FROM details"), count);
        seen = count;
    }
    for place in [&killed, &whole] {
        library::fill(&place.open(), FILES, 1, &mut |_, _| {}).unwrap();
    }
    let (killed, whole) = (killed.open(), whole.open());
    assert_eq!(killed.content_digest().unwrap(), whole.content_digest().unwrap());
    assert_eq!(number(&killed, "SELECT count(*) FROM files"), FILES as i64);
    for found in [
        "SELECT count(*) FROM words WHERE words MATCH '\"wonder\"'",
        "SELECT count(*) FROM twins WHERE kinds & 1",
        "SELECT count(*) FROM melodies",
        "SELECT sum(length(data)) FROM melody_grams",
    ] {
        assert!(number(&whole, found) > 100, "{found}");
        assert_eq!(number(&killed, found), number(&whole, found), "{found}");
    }
    assert!(killed.verify_grams().unwrap() && whole.verify_grams().unwrap());
    assert!(killed.verify_order().unwrap() && whole.verify_order().unwrap());
    assert_eq!(whole.facets().pending(), 0);
}

#[test]
fn building_goes_on_where_it_was_broken_off() {
    let place = Place::new();
    let files = rows(0..40_000);
    let steps_until = |stop: usize| {
        let store = place.open();
        let mut writer = store.writer().unwrap();
        let mut steps = 0;
        let built = writer.finish(|_| {
            steps += 1;
            if steps > stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        (built.unwrap(), steps)
    };
    place.open().writer().unwrap().write(&files).unwrap();
    assert!(!steps_until(3).0);
    assert_eq!(place.open().state(), IndexState::Building);
    // All indexes and the first part of the words.
    assert!(!steps_until(11).0);
    // A file whose words are in is changed before the rest are.
    let mut changed = files[9].clone();
    changed.facts.text.title = "Xylograph".to_owned();
    place.open().writer().unwrap().write(&[changed]).unwrap();
    assert!(steps_until(99).0);
    let store = place.open();
    assert_eq!(store.state(), IndexState::Ready);
    let found = "SELECT rowid FROM words WHERE words MATCH '\"xylograph\"'";
    assert_eq!(number(&store, found), 10);
    let docs = "SELECT count(*) FROM words_docsize";
    assert_eq!(number(&store, docs), 40_000);
}

#[test]
fn a_full_disk_takes_nothing_away_and_work_goes_on_when_there_is_room() {
    let place = Place::new();
    place.open().writer().unwrap().write(&rows(0..2_000)).unwrap();
    let store = place.open();
    finish(&store);
    let before = store.content_digest().unwrap();
    let pages = number(&store, "PRAGMA page_count") as u32;
    drop(store);
    let mut options = place.options();
    options.most_pages = Some(pages + 20);
    let (store, _) = engine::library::store::Store::open(options).unwrap();
    let mut writer = store.writer().unwrap();
    let full = writer.write(&rows(2_000..6_000));
    assert!(matches!(full, Err(StoreError::Full)), "{full:?}");
    assert_eq!(store.content_digest().unwrap(), before);
    assert_eq!(store.facets().len(), 2_000);
    // Small changes still find room, and the writer still knows what is there.
    writer.write(&rows(0..10)).unwrap();
    assert_eq!(store.content_digest().unwrap(), before);
    drop(writer);
    drop(store);
    let store = place.open();
    store.writer().unwrap().write(&rows(2_000..6_000)).unwrap();
    assert_eq!(number(&store, "SELECT count(*) FROM files"), 6_000);
}
