use crate::{Place, finish, number, put, rows};
use engine::library::facets::{Facet, FacetValue};
use engine::library::row::Row;
use engine::library::store::{Notice, Store, StoreOptions, key_of};
use roaring::RoaringBitmap;
use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The files that have a value and the bytes of one of some rows.
fn with(store: &Store, facet: Facet, value: u32) -> RoaringBitmap {
    store.facets().with(FacetValue::new(facet, value))
}

fn of(files: &[&Row], store: &Store) -> RoaringBitmap {
    files.iter().flat_map(|row| store.ids_of(&row.hash).unwrap()).collect()
}

#[test]
fn what_the_user_says_is_counted_at_once_and_after_a_start() {
    let place = Place::new();
    let files = rows(0..300);
    let store = place.open();
    put(&store, &files);
    finish(&store);
    store.rate(&[files[3].hash, files[4].hash], Some(5)).unwrap();
    store.rate(&[files[4].hash], Some(2)).unwrap();
    store.set_favourite(&[files[9].hash], true).unwrap();
    let tag = store.tag(&[files[5].hash, files[6].hash], " For Anna ").unwrap().unwrap();
    assert_eq!(store.tag(&[files[7].hash], "for anna").unwrap(), Some(tag));
    store.untag(&[files[6].hash], tag).unwrap();
    let gig = store.create_collection("Gig").unwrap();
    store.collect(gig, &[files[1].hash, files[2].hash, files[3].hash]).unwrap();
    store.uncollect(gig, &[files[2].hash]).unwrap();
    store.collect(gig, &[files[8].hash, files[1].hash]).unwrap();
    store.reorder(gig, &[files[8].hash]).unwrap();
    let check = |store: &Store| {
        assert_eq!(with(store, Facet::Rating, 5), of(&[&files[3]], store));
        assert_eq!(with(store, Facet::Rating, 2), of(&[&files[4]], store));
        assert_eq!(with(store, Facet::Favourite, 1), of(&[&files[9]], store));
        assert_eq!(with(store, Facet::UserTag, tag), of(&[&files[5], &files[7]], store));
        let collected = [files[8].hash, files[1].hash, files[3].hash];
        assert_eq!(store.collected(gig).unwrap(), collected);
        assert_eq!(
            with(store, Facet::Collection, gig),
            of(&[&files[1], &files[3], &files[8]], store)
        );
        assert_eq!(store.user_tags().unwrap()[0].name, "For Anna");
        assert_eq!(store.mark(&files[3].hash).collections, [gig]);
    };
    check(&store);
    drop(store);
    let store = place.open();
    check(&store);
    store.rename_tag(tag, "Bob").unwrap();
    store.delete_tag(tag).unwrap();
    store.rename_collection(gig, "Later").unwrap();
    store.delete_collection(gig).unwrap();
    assert_eq!((store.user_tags().unwrap(), store.collections().unwrap()), (vec![], vec![]));
    assert!(with(&store, Facet::UserTag, tag).is_empty());
    assert!(with(&store, Facet::Collection, gig).is_empty());
}

#[test]
fn the_users_tempo_and_key_win_until_they_are_taken_back() {
    let place = Place::new();
    let store = place.open();
    put(&store, &rows(0..50));
    let row = &rows(7..8)[0];
    let winners = |store: &Store| {
        let reader = store.reader().unwrap();
        let find = "SELECT bpm, key FROM files WHERE id = 8";
        let found: (Option<f64>, Option<u8>) =
            reader.query_row(find, [], |it| Ok((it.get(0)?, it.get(1)?))).unwrap();
        let numbers = store.facets().numbers(8).unwrap();
        assert_eq!(numbers.key, found.1);
        assert_eq!(numbers.bpm, found.0.map(|it| (it * 100.0).round() / 100.0));
        found
    };
    let before = winners(&store);
    store.set_bpm(&row.hash, Some(77.25)).unwrap();
    store.set_key(&row.hash, key_of(23)).unwrap();
    assert_eq!(winners(&store), (Some(77.25), Some(23)));
    // A new analysis and a new start leave them.
    put(&store, &rows(0..50));
    assert_eq!(winners(&store), (Some(77.25), Some(23)));
    drop(store);
    let store = place.open();
    assert_eq!(winners(&store), (Some(77.25), Some(23)));
    assert_eq!(store.row(8).unwrap().as_ref(), Some(row));
    store.set_bpm(&row.hash, None).unwrap();
    store.set_key(&row.hash, None).unwrap();
    assert_eq!(winners(&store), before);
}

#[test]
fn a_new_index_finds_all_that_the_user_has_said() {
    let place = Place::new();
    let store = place.open();
    let files = rows(0..100);
    put(&store, &files);
    store.rate(&[files[20].hash], Some(4)).unwrap();
    store.set_bpm(&files[20].hash, Some(61.0)).unwrap();
    drop(store);
    fs::write(place.path(), b"this was an index once").unwrap();
    let (store, notices) = place.open_with_notices();
    assert!(matches!(&notices[..], [Notice::IndexSetAside(_)]));
    // They come back from somewhere else.
    let moved: Vec<Row> = files
        .iter()
        .cloned()
        .map(|mut row| {
            row.place.path = [b"/elsewhere", &row.place.path[..]].concat().into();
            row
        })
        .collect();
    put(&store, &moved);
    assert_eq!(with(&store, Facet::Rating, 4), of(&[&files[20]], &store));
    assert_eq!(number(&store, "SELECT count(*) FROM files WHERE bpm = 61"), 1);
}

#[test]
fn a_damaged_user_database_is_kept_and_the_newest_backup_taken() {
    let place = Place::new();
    let store = place.open();
    store.rate(&[[7; 32]], Some(3)).unwrap();
    assert!(store.backup_if_due().unwrap());
    store.rate(&[[8; 32]], Some(1)).unwrap();
    let user = store.user_path();
    drop(store);
    let mut bytes = fs::read(&user).unwrap();
    let end = bytes.len();
    bytes[4_096..end].fill(0xAA);
    fs::write(&user, &bytes).unwrap();
    let (store, notices) = place.open_with_notices();
    let [Notice::UserRestored { kept, backup }] = &notices[..] else { panic!("{notices:?}") };
    assert_eq!(fs::read(kept).unwrap(), bytes);
    assert!(backup.exists());
    assert_eq!((store.mark(&[7; 32]).rating, store.mark(&[8; 32]).rating), (Some(3), None));
    drop(store);

    // Without a good backup they are lost, but kept.
    for backup in place.open().backups() {
        fs::write(backup, b"rubbish").unwrap();
    }
    fs::write(&user, &bytes).unwrap();
    let (store, notices) = place.open_with_notices();
    assert!(matches!(&notices[..], [Notice::UserLost(_)]), "{notices:?}");
    store.rate(&[[7; 32]], Some(1)).unwrap();
}

static DAY: AtomicU64 = AtomicU64::new(0);

fn someday() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(86_400 * DAY.load(Ordering::Relaxed))
}

#[test]
fn seven_backups_are_kept_one_for_each_day_with_changes() {
    let place = Place::new();
    let options = StoreOptions { now: someday, ..place.options() };
    for day in 0..12 {
        DAY.store(20_000 + day, Ordering::Relaxed);
        let (store, _) = Store::open(options.clone()).unwrap();
        // Nothing has changed since yesterday on every third day.
        if day % 3 != 2 {
            store.rate(&[[day as u8; 32]], Some(1)).unwrap();
            assert!(store.backup_if_due().unwrap());
        }
        assert!(!store.backup_if_due().unwrap());
    }
    let names = place.files("library.db.user.backup-");
    let days = ["10-07", "10-08", "10-10", "10-11", "10-13", "10-14"];
    assert_eq!(names.len(), 7, "{names:?}");
    assert_eq!(names[1..], days.map(|day| format!("library.db.user.backup-2024-{day}")));
}
