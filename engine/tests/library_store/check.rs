use crate::{Place, finish, ids, number, put, rows};
use engine::library::facets::{Facet, FacetValue};
use engine::library::store::{Check, Notice, Store, StoreOptions};
use std::fs;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

fn filled() -> Place {
    let place = Place::new();
    let store = place.open();
    put(&store, &rows(0..3_000));
    finish(&store);
    place
}

#[test]
fn the_index_is_looked_through_table_by_table_and_goes_on_where_it_was() {
    let place = filled();
    let of = {
        let store = place.open();
        assert_eq!((store.is_check_due().unwrap(), store.checked_at().unwrap()), (false, None));
        let Check::Sound { done: 1, of } = store.check_next(|| false).unwrap() else { panic!() };
        // Broken off it stays where it is.
        while let Check::Sound { done, .. } = store.check_next(|| false).unwrap() {
            if done == of / 2 {
                break;
            }
        }
        of
    };
    let store = place.open();
    let mut looks = 0;
    while store.check_next(|| false).unwrap() != Check::AllSound {
        looks += 1;
    }
    assert_eq!(looks, of - of / 2 - 1);
    assert!(store.checked_at().unwrap().is_some());
}

#[test]
fn a_look_that_is_stopped_is_taken_up_again() {
    let place = filled();
    let store = place.open();
    let mut stopped = 0;
    loop {
        match store.check_next(|| true).unwrap() {
            Check::Stopped => {
                stopped += 1;
                store.check_next(|| false).unwrap();
            }
            Check::Sound { .. } => {}
            Check::AllSound => break,
            Check::Damaged => panic!(),
        }
        if store.checked_at().unwrap().is_some() {
            break;
        }
    }
    assert!(stopped > 0, "some tables take longer than a look at the clock");
}

#[test]
fn damage_that_the_look_finds_is_repaired_at_the_next_start() {
    let place = filled();
    let store = place.open();
    let page = number(&store, "SELECT rootpage FROM sqlite_schema WHERE name = 'details'");
    drop(store);
    let store = place.open();
    // In the middle of a table, and after the start has found everything sound.
    let mut bytes = fs::read(place.path()).unwrap();
    let at = (page as usize - 1) * 8_192;
    bytes[at..at + 64].fill(0x5A);
    fs::write(place.path(), bytes).unwrap();
    let mut found = Check::Stopped;
    for _ in 0..64 {
        found = store.check_next(|| false).unwrap();
        if matches!(found, Check::Damaged | Check::AllSound) {
            break;
        }
    }
    assert_eq!(found, Check::Damaged);
    drop(store);
    let (_, notices) = place.open_with_notices();
    assert!(matches!(&notices[..], [Notice::IndexSetAside(_)]), "{notices:?}");
}

#[test]
fn a_large_index_is_looked_through_when_nobody_asks_anything() {
    let place = filled();
    let options = StoreOptions { check_from: 1, ..place.options() };
    let (store, _) = Store::open(options.clone()).unwrap();
    // Asked without the readers: who asks them is served first.
    let outside = rusqlite::Connection::open(place.path()).unwrap();
    let checked = || {
        let find = "SELECT count(*) FROM meta WHERE name = 'checked_at'";
        outside.query_row(find, [], |it| it.get::<_, i64>(0)).unwrap() == 1
    };
    let started = Instant::now();
    while !checked() && started.elapsed() < Duration::from_mins(1) {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(checked());
    assert!(!store.is_check_due().unwrap());
    drop(store);
    // A week later it is due again, and a clock that was set back does not stop it.
    for now in
        [|| std::time::SystemTime::now() + Duration::from_hours(24 * 8), || std::time::UNIX_EPOCH]
    {
        let (store, _) = Store::open(StoreOptions { now, ..options.clone() }).unwrap();
        assert!(store.is_check_due().unwrap());
    }
}

#[test]
fn files_are_tagged_anew_a_part_at_a_time_and_keep_the_rest() {
    let place = filled();
    let store = place.open();
    let mut writer = store.writer().unwrap();
    writer.set_absent(&[7], true).unwrap();
    let before: Vec<_> = (1..=3_000).map(|id| store.row(id).unwrap().unwrap()).collect();
    let tag = |row: &mut engine::library::row::Row| {
        if row.stamp.bytes.is_multiple_of(2) {
            row.facts.tags.push("zebra crossing".to_owned());
        }
    };
    // Nothing is noted, nothing is done.
    assert_eq!(writer.retag(5, tag, || ControlFlow::Continue(())).unwrap(), 0);
    writer.begin_tagging(5).unwrap();
    let first = writer.retag(5, tag, || ControlFlow::Break(())).unwrap();
    assert!(first > 0);
    drop(writer);
    drop(store);
    let store = place.open();
    let mut writer = store.writer().unwrap();
    writer.begin_tagging(5).unwrap();
    let rest = writer.retag(5, tag, || ControlFlow::Continue(())).unwrap();
    let wanted: Vec<u32> =
        (1..).zip(&before).filter(|(_, row)| row.stamp.bytes % 2 == 0).map(|it| it.0).collect();
    assert_eq!(first + rest, wanted.len() as u64);
    assert_eq!(writer.retag(5, tag, || ControlFlow::Continue(())).unwrap(), 0);
    let found = "SELECT rowid FROM words WHERE words MATCH 'tags : \"zebra crossing\"' ORDER BY 1";
    assert_eq!(ids(&store, found), wanted);
    let zebra = number(&store, "SELECT id FROM tags WHERE name = 'zebra crossing'") as u32;
    let with: Vec<u32> = store.facets().with(FacetValue::new(Facet::Tag, zebra)).iter().collect();
    assert_eq!(with, wanted);
    assert!(!store.facets().is_present(7), "what is away stays away");
    for (id, mut row) in (1..).zip(before) {
        if wanted.contains(&id) {
            row.facts.tags.push("zebra crossing".to_owned());
        }
        assert_eq!(store.row(id).unwrap(), Some(row));
    }
    // Another table takes them away again, from the start.
    writer.begin_tagging(6).unwrap();
    let untag =
        |row: &mut engine::library::row::Row| row.facts.tags.retain(|it| it != "zebra crossing");
    assert_eq!(writer.retag(6, untag, || ControlFlow::Continue(())).unwrap(), wanted.len() as u64);
    assert_eq!(ids(&store, found), [0; 0]);
}
