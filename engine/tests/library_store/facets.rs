use crate::{Place, counted, finish, number, put, rows};
use engine::library::facets::{Facet, FacetValue};
use engine::library::store::{Store, StoreOptions};
use engine::testkit::Rng;
use std::ops::ControlFlow;

/// Counts by SQL what the facets count by themselves.
fn check(store: &Store) {
    let facets = store.facets();
    let count = |facet, value| facets.with(FacetValue::new(facet, value)).len() as i64;
    let asked = |what: &str| number(store, &format!("SELECT count(*) FROM files WHERE {what}"));
    assert_eq!(facets.len() as i64, asked("TRUE"));
    assert_eq!(facets.present().len() as i64, asked("absent = 0"));
    for key in 0..24 {
        assert_eq!(count(Facet::Key, key), asked(&format!("key = {key}")), "key {key}");
    }
    for ten in 5..20 {
        let (low, high) = (ten * 10, ten * 10 + 10);
        let tempo = format!("round(bpm, 2) >= {low} AND round(bpm, 2) < {high}");
        assert_eq!(count(Facet::Tempo, ten), asked(&tempo), "{tempo}");
    }
    for family in 0..16 {
        let family_sounds = format!("families >> {family} & 1");
        assert_eq!(count(Facet::Family, family), asked(&family_sounds));
    }
    for program in [0, 32, 33, 80, 127] {
        let sounds = format!("instr(programs, x'{program:02x}') > 0");
        assert_eq!(count(Facet::Program, program), asked(&sounds), "program {program}");
    }
    assert_eq!(count(Facet::Drums, 1), asked("drums"));
    assert_eq!(count(Facet::DrumClass, 2), asked("drum_class = 2"));
    assert_eq!(count(Facet::Salvaged, 1), asked("salvaged"));
    let tags = number(store, "SELECT sum(length(tags) / 2) FROM files") as u64;
    let counts = facets.counts(None);
    let of = |facet| counts.iter().filter(move |it| it.value.facet == facet).map(|it| it.files);
    assert_eq!(of(Facet::Tag).sum::<u64>(), tags);
    assert_eq!(of(Facet::Source).sum::<u64>(), facets.len());
    let short = facets.with_duration(0.0..=9.999).len() as i64;
    assert_eq!(short, asked("round(duration, 3) <= 9.999"));
    let few = facets.with_notes(10..=100).len() as i64;
    assert_eq!(few, asked("note_ons BETWEEN 10 AND 100"));
}

#[test]
fn facets_are_what_the_index_says_through_any_changes_and_starts() {
    let place = Place::new();
    let mut rng = Rng::new(3);
    let mut store = place.open();
    for round in 0..14 {
        // As a program opens it that only scans.
        let is_blind = round % 4 == 1 || round == 6;
        if is_blind {
            drop(store);
            let options = StoreOptions { facets: false, ..place.options() };
            store = Store::open(options).unwrap().0;
        }
        let mut writer = store.writer().unwrap();
        for _ in 0..3 {
            let first = rng.below(4_000);
            let mut files = rows(first..first + rng.below(300));
            for row in &mut files {
                if rng.chance(40) {
                    let other = &rows(first + 7..first + 8)[0];
                    row.facts = other.facts.clone();
                }
            }
            writer.write(&files).unwrap();
            let some: Vec<u32> = (0..20).map(|_| rng.below(900) as u32).collect();
            match rng.below(3) {
                0 => writer.delete(&some).unwrap(),
                1 => writer.set_absent(&some, true).unwrap(),
                _ => writer.set_absent(&some, false).unwrap(),
            }
        }
        if round == 6 {
            writer.finish(|_| ControlFlow::Continue(())).unwrap();
        }
        if is_blind {
            // What has changed is saved without having been in memory.
            drop(writer);
            assert_eq!(number(&store, "SELECT count(*) FROM facets_dirty"), 0);
            drop(store);
            store = place.open();
            check(&store);
            assert!(store.verify_order().unwrap());
            if round == 6 {
                // The order of names was read and kept, too.
                assert_eq!((store.facets().order(), store.facets().pending()), (1, 0));
            }
            continue;
        }
        check(&store);
        let before = counted(&store.facets());
        // As a process leaves it that is killed now: what has changed since the facets were
        // saved is read from the files.
        let killed = Place::new();
        for file in ["library.db", "library.db-wal", "library.db.user", "library.db.user-wal"] {
            let to = killed.folder.path().join(file);
            std::fs::copy(place.folder.path().join(file), to).unwrap();
        }
        let killed = killed.open();
        assert_eq!(counted(&killed.facets()), before);
        assert!(killed.verify_order().unwrap() && store.verify_order().unwrap());
        drop(writer);
        drop(store);
        store = place.open();
        assert_eq!(counted(&store.facets()), before);
    }
    check(&store);
}

#[test]
fn blocks_that_are_damaged_are_read_from_the_files() {
    let place = Place::new();
    let store = place.open();
    put(&store, &rows(0..2_000));
    finish(&store);
    let before = counted(&store.facets());
    drop(store);
    let index = rusqlite::Connection::open(place.path()).unwrap();
    index.execute("UPDATE facets SET data = zeroblob(1000)", []).unwrap();
    drop(index);
    let store = place.open();
    assert_eq!(counted(&store.facets()), before);
}
