use crate::{Place, counted, finish, number, put, rows};
use engine::library::store::{Notice, Store, StoreError, StoreOptions};
use engine::testkit::Rng;
use std::fs;

fn filled() -> Place {
    let place = Place::new();
    let store = place.open();
    put(&store, &rows(0..1_500));
    finish(&store);
    drop(store);
    place
}

#[test]
fn a_damaged_index_is_kept_and_a_new_one_begun() {
    let damages: [fn(&mut Vec<u8>); 6] = [
        |bytes| bytes.truncate(bytes.len() / 2),
        |bytes| bytes.truncate(50),
        |bytes| bytes.fill(0),
        |bytes| bytes[..100].fill(0),
        |bytes| bytes[8_192..40_960].fill(0),
        |bytes| bytes[3] ^= 0x20,
    ];
    for damage in damages {
        let place = filled();
        let mut bytes = fs::read(place.path()).unwrap();
        damage(&mut bytes);
        fs::write(place.path(), &bytes).unwrap();
        let (store, notices) = place.open_with_notices();
        let [Notice::IndexSetAside(kept)] = &notices[..] else { panic!("{notices:?}") };
        assert_eq!(fs::read(kept).unwrap(), bytes);
        assert_eq!(store.facets().len(), 0);
        put(&store, &rows(0..10));
        drop(store);
        assert_eq!(place.open().facets().len(), 10);
    }
}

#[test]
fn the_log_of_a_damaged_index_goes_with_it() {
    let place = filled();
    let mut bytes = fs::read(place.path()).unwrap();
    bytes.fill(7);
    fs::write(place.path(), &bytes).unwrap();
    fs::write(place.folder.path().join("library.db-wal"), b"something").unwrap();
    let (_store, notices) = place.open_with_notices();
    let [Notice::IndexSetAside(kept)] = &notices[..] else { panic!("{notices:?}") };
    let log = format!("{}-wal", kept.display());
    assert_eq!(fs::read(log).unwrap(), b"something");
}

#[test]
fn bytes_that_change_anywhere_never_stop_the_start() {
    let place = filled();
    let whole = fs::read(place.path()).unwrap();
    let mut rng = Rng::new(11);
    for _ in 0..60 {
        let mut bytes = whole.clone();
        for _ in 0..=rng.below(6) {
            let at = rng.below(bytes.len() as u64) as usize;
            bytes[at] ^= 1 << rng.below(8);
        }
        fs::write(place.path(), &bytes).unwrap();
        let (store, notices) = place.open_with_notices();
        let set_aside = notices.iter().any(|it| matches!(it, Notice::IndexSetAside(_)));
        assert_eq!(store.facets().is_empty(), set_aside, "{notices:?}");
        for id in 1..=store.facets().len() as u32 {
            // A row that is damaged says so, or is to be analysed again.
            if let Err(error) = store.row(id) {
                store.report(&error);
            }
        }
        drop(store);
        for file in place.files("library.db") {
            fs::remove_file(place.folder.path().join(file)).unwrap();
        }
    }
}

#[test]
fn a_row_whose_facts_are_damaged_is_to_be_analysed_again() {
    let place = filled();
    let index = rusqlite::Connection::open(place.path()).unwrap();
    index.execute("UPDATE details SET data = zeroblob(40) WHERE id = 3", []).unwrap();
    drop(index);
    let row = place.open().row(3).unwrap().unwrap();
    assert_eq!((row.version, &row.place), (0, &rows(2..3)[0].place));
}

#[test]
fn damage_that_reading_meets_is_repaired_at_the_next_start() {
    let place = filled();
    let store = place.open();
    assert!(!store.report(&StoreError::Busy));
    assert!(store.report(&StoreError::Damaged("made up".to_owned())));
    drop(store);
    let (store, notices) = place.open_with_notices();
    assert!(matches!(&notices[..], [Notice::IndexSetAside(_)]));
    drop(store);
    place.open();
}

#[test]
fn what_is_not_ours_or_newer_is_refused_and_left_alone() {
    let place = filled();
    let index = rusqlite::Connection::open(place.path()).unwrap();
    index.pragma_update(None, "user_version", 99).unwrap();
    drop(index);
    let newer = Store::open(place.options());
    assert!(matches!(newer, Err(StoreError::Newer { found: 99, .. })));

    let place = Place::new();
    let other = rusqlite::Connection::open(place.path()).unwrap();
    other.execute_batch("CREATE TABLE songs (name TEXT)").unwrap();
    drop(other);
    let before = fs::read(place.path()).unwrap();
    assert!(matches!(Store::open(place.options()), Err(StoreError::Foreign(_))));
    assert_eq!(fs::read(place.path()).unwrap(), before);
}

#[test]
fn libraries_of_every_form_become_the_newest() {
    let forms =
        [include_str!("../fixtures/library-1.sql"), include_str!("../fixtures/library-2.sql")];
    for (form, index) in (1..).zip(forms) {
        let place = Place::new();
        for (path, script) in [
            (place.path(), index),
            (place.options().user_path(), include_str!("../fixtures/library-1.user.sql")),
        ] {
            rusqlite::Connection::open(path).unwrap().execute_batch(script).unwrap();
        }
        becomes_the_newest(&place, form);
    }
}

fn becomes_the_newest(place: &Place, form: u32) {
    let store = place.open();
    finish(&store);
    let row = store.row(1).unwrap().unwrap();
    assert_eq!(row.place.path, (*b"/music/Blue Moon.mid").into());
    assert_eq!((row.facts.shape.note_ons, row.facts.tempo.declared), (321, Some(97.5)));
    assert_eq!((store.mark(&row.hash).rating, store.mark(&row.hash).bpm), (Some(4), Some(98.0)));
    let found = "SELECT count(*) FROM words WHERE words MATCH '\"moon\"'";
    assert_eq!(number(&store, found), 1);
    assert_eq!(row.facts.prints.melody.is_empty(), form < 2);
    assert!(store.verify_grams().unwrap() && store.has_twins());
    assert_eq!(store.facets().with_tracks(5..=5).len(), 1);

    // The same tables and columns as in a library that is new.
    let fresh = Place::new();
    let forms = |store: &Store| -> Vec<(String, String)> {
        let reader = store.reader().unwrap();
        let list = "SELECT t.name, c.name || ' ' || c.type || c.\"notnull\" || c.pk
                    FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
                    WHERE t.type = 'table' ORDER BY 1, 2";
        let mut list = reader.prepare(list).unwrap();
        let read = list.query_map([], |it| Ok((it.get(0)?, it.get(1)?))).unwrap();
        read.map(Result::unwrap).collect()
    };
    let fresh = fresh.open();
    finish(&fresh);
    assert_eq!(forms(&store), forms(&fresh));
}

#[test]
fn a_library_of_the_first_form_that_was_finished_goes_on() {
    let place = Place::new();
    let index = rusqlite::Connection::open(place.path()).unwrap();
    index.execute_batch(include_str!("../fixtures/library-1.sql")).unwrap();
    // As an import leaves it, with a copy of its file and facets of the old form.
    for (_, statement) in engine::library::store::schema::SECONDARY {
        index.execute_batch(statement).unwrap();
    }
    index
        .execute_batch(
            "INSERT INTO files SELECT 2, folder, CAST('Copy.mid' AS BLOB), member, 'Copy', bytes,
                mtime, hash, version, absent, bpm, key, bpm_declared, bpm_inferred, bpm_method,
                bpm_confidence, key_signature, key_is_default, key_inferred, key_confidence,
                meter_numerator, meter_denominator, duration, bars, note_ons, tracks, salvaged,
                drums, drum_class, drum_feel, families, programs, tags, musical, piece
             FROM files;
             INSERT INTO facets (block, data) VALUES (0, zeroblob(1000));
             INSERT INTO meta (name, value) VALUES ('facets_upto', 2);
             DELETE FROM meta WHERE name = 'bulk';",
        )
        .unwrap();
    drop(index);
    let copies = |store: &Store| {
        let copy = engine::library::facets::Facet::Duplicate;
        store.facets().having(copy).len()
    };
    let store = place.open();
    assert_eq!((store.facets().len(), store.has_twins(), copies(&store)), (2, false, 0));
    finish(&store);
    assert_eq!((store.has_twins(), copies(&store)), (true, 2));
    drop(store);
    let store = place.open();
    assert_eq!((store.has_twins(), copies(&store)), (true, 2));
}

#[test]
fn who_only_reads_brings_an_older_index_to_the_newest_form() {
    let place = Place::new();
    let store = place.open();
    put(&store, &rows(0..50));
    finish(&store);
    let before = counted(&store.facets());
    drop(store);
    let index = rusqlite::Connection::open(place.path()).unwrap();
    let form = |index: &rusqlite::Connection| {
        index.pragma_query_value(None, "user_version", |it| it.get::<_, u32>(0)).unwrap()
    };
    let newest = form(&index);
    index.execute_batch("DROP TABLE ranks; PRAGMA user_version = 2").unwrap();
    drop(index);
    let options = StoreOptions { read_only: true, ..place.options() };
    let store = Store::open(options).unwrap().0;
    assert!(store.is_read_only());
    assert_eq!(counted(&store.facets()), before);
    drop(store);
    assert_eq!(form(&rusqlite::Connection::open(place.path()).unwrap()), newest);
}
