use crate::{Place, finish, ids, number, put, rows};
use engine::library::features::distance;
use engine::library::row::{self, Stamp};
use engine::library::store::{Failure, IndexState, Store, StoreError, StoreOptions};
use roaring::RoaringBitmap;
use std::time::Duration;

#[test]
fn rows_come_back_as_they_were_written() {
    let place = Place::new();
    let rows = rows(0..3_000);
    put(&place.open(), &rows);
    let store = place.open();
    for (id, row) in (1..).zip(&rows) {
        assert_eq!(store.row(id).unwrap().as_ref(), Some(row));
    }
    assert_eq!(store.row(3_001).unwrap(), None);
}

#[test]
fn a_file_is_there_once_however_often_it_is_written() {
    let place = Place::new();
    let store = place.open();
    let mut files = rows(0..500);
    let mut writer = store.writer().unwrap();
    assert_eq!(writer.write(&files).unwrap().inserted, 500);
    let before = store.content_digest().unwrap();
    files[7].stamp.bytes += 1;
    files[7].facts.key.inferred = None;
    let written = writer.write(&files).unwrap();
    assert_eq!((written.inserted, written.updated), (0, 500));
    assert_eq!(number(&store, "SELECT count(*) FROM files"), 500);
    assert_ne!(store.content_digest().unwrap(), before);
    writer.write(&rows(0..500)).unwrap();
    assert_eq!(store.content_digest().unwrap(), before);
    assert_eq!(store.facets().len(), 500);
}

#[test]
fn the_digest_does_not_know_in_which_order_files_came() {
    let (one, two) = (Place::new(), Place::new());
    put(&one.open(), &rows(0..1_000));
    let mut backwards = rows(0..1_000);
    backwards.reverse();
    let store = two.open();
    for batch in backwards.chunks(77) {
        put(&store, batch);
    }
    assert_eq!(one.open().content_digest().unwrap(), store.content_digest().unwrap());
    store.writer().unwrap().delete(&[5]).unwrap();
    assert_ne!(one.open().content_digest().unwrap(), store.content_digest().unwrap());
}

#[test]
fn words_built_at_the_end_find_what_words_put_in_one_by_one_find() {
    let (late, early) = (Place::new(), Place::new());
    // From packs of every kind.
    let files: Vec<_> = (0..4_000).map(|it| engine::testkit::library::row(1, it * 37)).collect();
    let late = late.open();
    put(&late, &files);
    assert_eq!(late.state(), IndexState::Building);
    finish(&late);
    assert_eq!(late.state(), IndexState::Ready);
    let early = early.open();
    finish(&early);
    put(&early, &files);
    for query in [
        "SELECT rowid FROM words WHERE words MATCH '\"wonder\"' ORDER BY 1",
        "SELECT rowid FROM words WHERE words MATCH 'tags : \"jazz0\"' ORDER BY 1",
        "SELECT rowid FROM words WHERE words MATCH 'name : \"f#min\"' ORDER BY 1",
        "SELECT rowid FROM words WHERE words MATCH 'folder : \"loops\"' ORDER BY 1",
        "SELECT rowid FROM words WHERE words MATCH '\"cafe\"' ORDER BY 1",
        "SELECT rowid FROM name_trigrams WHERE name LIKE '%onder%' ORDER BY 1",
        "SELECT rowid FROM progressions WHERE progressions MATCH '\"mii jv\"' ORDER BY 1",
        "SELECT id FROM files INDEXED BY files_by_key WHERE key = 21 ORDER BY name COLLATE NOCASE, id",
    ] {
        let found = ids(&late, query);
        assert!(!found.is_empty(), "{query}");
        assert_eq!(found, ids(&early, query), "{query}");
    }
}

#[test]
fn words_follow_their_files() {
    let place = Place::new();
    let store = place.open();
    put(&store, &rows(0..200));
    finish(&store);
    let mut changed = rows(3..4);
    changed[0].facts.text.title = "Xylograph".to_owned();
    changed[0].facts.tags.push("zither".to_owned());
    changed[0].facts.harmony.numerals = "bVI bVII bII bII".to_owned();
    put(&store, &changed);
    let find = |what: &str| ids(&store, &format!("SELECT rowid FROM {what}"));
    assert_eq!(find("words WHERE words MATCH '\"xylo\" *'"), [4]);
    assert_eq!(find("words WHERE words MATCH 'tags : \"zither\"'"), [4]);
    assert_eq!(find("progressions WHERE progressions MATCH '\"fjii fjii\"'"), [4]);
    put(&store, &rows(3..4));
    assert_eq!(find("words WHERE words MATCH '\"xylo\" *'"), [0; 0]);
    let name: String = store
        .reader()
        .unwrap()
        .query_row("SELECT name FROM files WHERE id = 9", [], |it| it.get(0))
        .unwrap();
    let like = format!("name_trigrams WHERE name LIKE '%{name}%'");
    assert_eq!(find(&like), [9]);
    store.writer().unwrap().delete(&[9]).unwrap();
    assert_eq!((find(&like), store.row(9).unwrap()), (vec![], None));
}

#[test]
fn paths_that_are_no_text_are_kept_byte_for_byte() {
    let place = Place::new();
    let mut files = rows(0..3);
    files[0].place.path = (*b"/library/\xFF\xFE/a\x80.mid").into();
    files[1].place.path = (*b"/library/\xFF\xFE/pack.zip").into();
    files[1].place.member = Some((*b"in/\xC3\x28.mid").into());
    files[2].place.path = (*b"/library/\xFF\xFE/pack.zip").into();
    files[2].place.member = Some((*b"in/other.mid").into());
    put(&place.open(), &files);
    let store = place.open();
    for (id, file) in (1..).zip(&files) {
        assert_eq!(store.row(id).unwrap().as_ref(), Some(file));
    }
    let known = store.known().unwrap().folder(b"/library/\xFF\xFE").unwrap();
    assert_eq!(known.get(b"a\x80.mid").len(), 1);
    assert_eq!(known.get(b"pack.zip").len(), 2);
    assert_eq!(known.get(b"pack").len(), 0);
}

#[test]
fn a_scan_is_told_what_it_need_not_read() {
    let place = Place::new();
    let store = place.open();
    let mut files = rows(0..100);
    files[1].version = 0;
    put(&store, &files);
    let mut writer = store.writer().unwrap();
    let (failed, again) = (&files[2], &files[3]);
    let stamp = Stamp { bytes: 1, mtime_nanos: -5 };
    let failure = |row: &row::Row| Failure {
        place: row.place.clone(),
        stamp,
        version: 9,
        reason: "took too long".to_owned(),
    };
    writer.fail(&[failure(failed), failure(again)]).unwrap();
    writer.set_absent(&[5], true).unwrap();
    writer.write(&files[3..4]).unwrap();
    let known = store.known().unwrap();
    let path = &files[0].place.path;
    let cut = path.iter().rposition(|it| *it == b'/').unwrap();
    let folder = known.folder(&path[..cut]).unwrap();
    assert_eq!(folder.files.len(), 48);
    assert!(folder.files.is_sorted_by_key(|it| it.file.clone()));
    for (id, row) in (1..).zip(&files[..48]) {
        let [found] = folder.get(&row.place.path[cut + 1..]) else { panic!("{id}") };
        if id == 3 {
            assert_eq!((found.id, found.stamp, found.version), (None, stamp, 9));
        } else {
            assert_eq!((found.id, found.stamp, found.version), (Some(id), row.stamp, row.version));
        }
        assert_eq!(found.absent, id == 5);
    }
    assert_eq!(known.outdated(1, 0, 9).unwrap(), [(2, files[1].place.clone())]);
    assert_eq!(known.outdated(1, 2, 9).unwrap(), []);
    let mut folders = Vec::new();
    known.for_folders_under(b"/library", |id, path| folders.push((id, path.to_vec()))).unwrap();
    assert_eq!(folders.len(), 3);
    writer.unfail(&failed.place).unwrap();
    assert_eq!(number(&store, "SELECT count(*) FROM failed"), 0);
}

#[test]
fn folders_that_are_gone_are_absent_and_moved_files_forgotten() {
    let place = Place::new();
    let store = place.open();
    let mut writer = store.writer().unwrap();
    let source = writer.add_source(b"/library").unwrap();
    let files = rows(0..144);
    writer.write(&files).unwrap();
    writer.finish(|_| std::ops::ControlFlow::Continue(())).unwrap();
    let seen: RoaringBitmap =
        ids(&store, "SELECT folder FROM files WHERE id <= 96").into_iter().collect();
    assert_eq!(writer.set_unseen_absent(b"/library", &seen).unwrap(), 48);
    assert_eq!(store.facets().present().len(), 96);
    assert_eq!(writer.set_unseen_absent(b"/lib", &seen).unwrap(), 0);

    // Two of the lost files turn up elsewhere; doubles among the others count as found too.
    let mut moved = files[100..102].to_vec();
    for row in &mut moved {
        row.place.path = [b"/library/new", &row.place.path[..]].concat().into();
    }
    writer.write(&moved).unwrap();
    assert!(writer.forget_moved().unwrap() >= 2);
    assert_eq!((store.row(101).unwrap(), store.row(102).unwrap()), (None, None));
    assert_eq!(store.facets().present().len(), 98);

    writer.set_source_absent(source, true).unwrap();
    assert_eq!(store.facets().present().len(), 0);
    drop(writer);
    drop(store);
    let store = place.open();
    assert_eq!(store.facets().present().len(), 0);
    let mut writer = store.writer().unwrap();
    writer.set_source_absent(source, false).unwrap();
    assert_eq!(store.facets().present().len(), 98);
    writer.remove_source(source).unwrap();
    assert_eq!((number(&store, "SELECT count(*) FROM files"), store.facets().len()), (0, 0));
}

#[test]
fn pages_by_key_follow_each_other_without_gap_or_double_while_files_come() {
    let place = Place::new();
    let store = place.open();
    put(&store, &rows(0..6_000));
    finish(&store);
    let all = "SELECT id FROM files WHERE key = 21 ORDER BY name COLLATE NOCASE, bpm, id";
    let expected = ids(&store, all);
    assert!(expected.len() > 200);
    let page = "SELECT name, ifnull(bpm, -1), id FROM files INDEXED BY files_by_key WHERE key = 21
         AND (name COLLATE NOCASE > ?1 OR name = ?1 COLLATE NOCASE
              AND (ifnull(bpm, -1) > ?2 OR ifnull(bpm, -1) = ?2 AND id > ?3))
         ORDER BY name COLLATE NOCASE, bpm, id LIMIT 37";
    let (mut last, mut found) = ((String::new(), -2.0_f64, 0_u32), Vec::new());
    let mut more = 6_000;
    loop {
        let reader = store.reader().unwrap();
        let mut statement = reader.prepare_cached(page).unwrap();
        let read = |it: &rusqlite::Row<'_>| Ok((it.get(0)?, it.get(1)?, it.get(2)?));
        let rows_found: Vec<(String, f64, u32)> = statement
            .query_map(rusqlite::params![last.0, last.1, last.2], read)
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let Some(end) = rows_found.last() else { break };
        last = end.clone();
        found.extend(rows_found.into_iter().map(|it| it.2).filter(|id| *id <= 6_000));
        drop(statement);
        put(&store, &rows(more..more + 20));
        more += 20;
    }
    assert_eq!(found, expected);
}

#[test]
fn similar_files_are_the_nearest_of_all() {
    let place = Place::new();
    let store = place.open();
    let files = rows(0..9_000);
    put(&store, &files);
    store.writer().unwrap().delete(&[1]).unwrap();
    let to = files[4_321].facts.prints.vector;
    let among: RoaringBitmap = (0..9_001).filter(|id| id % 3 != 0).collect();
    for among in [None, Some(&among)] {
        let mut nearest: Vec<(u32, u32)> = (1..)
            .zip(&files)
            .skip(1)
            .filter(|(id, _)| among.is_none_or(|among| among.contains(*id)))
            .map(|(id, row)| (distance(&row.facts.prints.vector, &to), id))
            .collect();
        nearest.sort_unstable();
        let found = store.similar(&to, 40, among, &|| false).unwrap().0;
        let found: Vec<_> = found.into_iter().map(|near| (near.distance, near.id)).collect();
        assert_eq!(found, nearest[..40]);
    }
    // A search that is over gives what it has.
    let looks = std::sync::atomic::AtomicU32::new(0);
    let stop = || looks.fetch_add(1, std::sync::atomic::Ordering::Relaxed) >= 3;
    let (some, whole) = store.similar(&to, 9_000, None, &stop).unwrap();
    assert!(!whole && (2_000..3_100).contains(&some.len()), "{}", some.len());
    assert_eq!(store.similar(&to, 40, None, &|| true).unwrap(), (vec![], false));
}

#[test]
fn there_is_one_writer_at_a_time() {
    let place = Place::new();
    let store = place.open();
    let writer = store.writer().unwrap();
    assert!(matches!(store.writer(), Err(StoreError::Writing)));
    drop(writer);
    store.writer().unwrap();
}

#[test]
fn a_second_program_reads_while_the_first_writes() {
    let place = Place::new();
    let first = place.open();
    put(&first, &rows(0..50));
    let (second, notices) = place.open_with_notices();
    assert_eq!(notices, [engine::library::store::Notice::OpenElsewhere]);
    assert!(matches!(second.writer(), Err(StoreError::ReadOnly)));
    assert!(matches!(second.rate(&[[0; 32]], Some(3)), Err(StoreError::ReadOnly)));
    assert_eq!(second.facets().len(), 50);
    put(&first, &rows(50..80));
    assert_eq!(number(&second, "SELECT count(*) FROM files"), 80);
    assert!(second.refresh().unwrap());
    assert_eq!(second.facets().len(), 80);
    assert!(!second.refresh().unwrap());
    drop(first);
    drop(second);
    put(&place.open(), &rows(80..81));
}

#[test]
fn who_waits_too_long_for_a_reader_is_told_so_and_counted() {
    let place = Place::new();
    let options =
        StoreOptions { readers: 1, acquire_timeout: Duration::from_millis(20), ..place.options() };
    let (store, _) = Store::open(options).unwrap();
    let before = store.readers().stats();
    let held = store.reader().unwrap();
    assert!(matches!(store.reader(), Err(StoreError::NoReader(_))));
    drop(held);
    store.reader().unwrap();
    let stats = store.readers().stats();
    assert_eq!((stats.acquired - before.acquired, stats.waits - before.waits), (3, 1));
    assert!(store.reader().unwrap().execute("DELETE FROM files", []).is_err());
}

#[test]
fn blocks_of_names_and_melodies_are_made_when_much_is_pending() {
    let place = Place::new();
    let store = place.open();
    finish(&store);
    let upto = "SELECT ifnull(max(value), 0) FROM meta WHERE name = 'grams_upto'";
    put(&store, &rows(0..2_000));
    assert_eq!(number(&store, upto), 0, "few are looked at one by one");
    let mut writer = store.writer().unwrap();
    for batch in rows(2_000..17_000).chunks(3_000) {
        writer.write(batch).unwrap();
    }
    assert_eq!(number(&store, upto), 17_000);
    // What changes then is listed, unless its melody is what it was.
    writer.write(&rows(0..5)).unwrap();
    assert_eq!(number(&store, "SELECT count(*) FROM grams_dirty"), 0);
    let mut changed = rows(0..1);
    changed[0].facts.prints.melody = engine::library::features::Contour::of(50..70);
    writer.write(&changed).unwrap();
    assert_eq!(number(&store, "SELECT min(id) FROM grams_dirty"), 1);
    assert!(store.verify_grams().unwrap());
}
