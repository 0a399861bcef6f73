//! Scanning real folders into a real index.
#![expect(clippy::unwrap_used, reason = "a test may")]

use engine::library::row::{Place, path_bytes};
use engine::library::scan::{Cancel, Count, Progress, ScanOptions, ScanReport, scan};
use engine::library::store::{Store, StoreOptions};
use engine::testkit::{SmfShape, smf_file};
use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A library with one source.
struct Library {
    _root: tempfile::TempDir,
    music: PathBuf,
    index: PathBuf,
}

impl Library {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let music = root.path().canonicalize().unwrap().join("music");
        fs::create_dir(&music).unwrap();
        let index = root.path().join("library.db");
        Self { _root: root, music, index }
    }

    fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.music.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    fn store(&self) -> Store {
        let (store, notices) = Store::open(StoreOptions::new(&self.index)).unwrap();
        assert_eq!(notices, []);
        store.writer().unwrap().add_source(path_bytes(&self.music)).unwrap();
        store
    }

    fn scan(&self, store: &Store) -> ScanReport {
        self.scan_with(store, &ScanOptions::default())
    }

    fn scan_with(&self, store: &Store, options: &ScanOptions) -> ScanReport {
        let roots = [self.music.clone()];
        scan(store, &roots, options, &Progress::default(), &Cancel::default()).unwrap()
    }
}

fn song(seed: u64) -> Vec<u8> {
    smf_file(seed, &SmfShape { tracks: 2, notes: 60, ..SmfShape::default() })
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn absent(store: &Store) -> u64 {
    store.counts().unwrap().absent
}

#[test]
fn what_has_not_changed_is_not_read_again() {
    let library = Library::new();
    for seed in 0..50 {
        library.put(&format!("{}/{seed}.mid", seed % 7), &song(seed));
    }
    let store = library.store();
    let first = library.scan(&store);
    assert_eq!((first.files_seen, first.analysed, first.failed, first.rows), (50, 50, 0, 50));
    assert_eq!(first.folders, 8);
    let digest = store.content_digest().unwrap();
    let again = library.scan(&store);
    assert_eq!((again.unchanged, again.analysed, again.bytes), (50, 0, 0));
    assert_eq!(store.content_digest().unwrap(), digest);
    let forced = library.scan_with(&store, &ScanOptions { force: true, ..ScanOptions::default() });
    assert_eq!((forced.unchanged, forced.analysed, forced.rows), (0, 50, 50));
    assert_eq!(store.content_digest().unwrap(), digest);
}

#[test]
fn the_number_of_threads_does_not_show_in_the_result() {
    let library = Library::new();
    for seed in 0..40 {
        library.put(&format!("{seed}.mid"), &song(seed));
    }
    library.put("pack.zip", &zipped(&[("in/one.mid", &song(90)), ("two.mid", &song(91))]));
    let digest = |workers, readers| {
        let index = library.index.with_extension(format!("{workers}.db"));
        let (store, _) = Store::open(StoreOptions::new(index)).unwrap();
        store.writer().unwrap().add_source(path_bytes(&library.music)).unwrap();
        let options = ScanOptions { workers, readers, ..ScanOptions::default() };
        assert_eq!(library.scan_with(&store, &options).analysed, 42);
        store.content_digest().unwrap()
    };
    assert_eq!(digest(1, 1), digest(4, 8));
}

#[test]
fn a_changed_file_is_read_again_and_keeps_its_row() {
    let library = Library::new();
    let path = library.put("one.mid", &song(1));
    library.put("two.mid", &song(2));
    let store = library.store();
    library.scan(&store);
    let id = store.find(&Place::of(&path)).unwrap().unwrap();
    let before = store.row(id).unwrap().unwrap();
    // The same length: the time alone tells.
    fs::write(&path, song(1)).unwrap();
    let later = SystemTime::now() + Duration::from_secs(5);
    fs::File::options().append(true).open(&path).unwrap().set_modified(later).unwrap();
    let report = library.scan(&store);
    assert_eq!((report.analysed, report.unchanged, report.rows), (1, 1, 2));
    fs::write(&path, song(3)).unwrap();
    library.scan(&store);
    let after = store.row(id).unwrap().unwrap();
    assert_ne!(after.hash, before.hash);
    assert_eq!(after.place, before.place);
}

#[test]
fn what_is_gone_is_marked_and_comes_back() {
    let library = Library::new();
    let path = library.put("a/one.mid", &song(1));
    library.put("b/two.mid", &song(2));
    library.put("b/deep/three.mid", &song(3));
    let store = library.store();
    library.scan(&store);
    fs::remove_file(&path).unwrap();
    fs::rename(library.music.join("b"), library.music.with_extension("away")).unwrap();
    let report = library.scan(&store);
    assert_eq!((report.absent, report.rows, absent(&store)), (3, 3, 3));
    assert_eq!(library.scan(&store).absent, 0, "told once");
    fs::rename(library.music.with_extension("away"), library.music.join("b")).unwrap();
    let report = library.scan(&store);
    assert_eq!((report.unchanged, report.analysed, absent(&store)), (2, 0, 1));
}

#[test]
fn a_source_that_is_away_loses_nothing() {
    let library = Library::new();
    library.put("a/one.mid", &song(1));
    let store = library.store();
    library.scan(&store);
    let away = library.music.with_extension("away");
    fs::rename(&library.music, &away).unwrap();
    let report = library.scan(&store);
    assert_eq!((report.rows, absent(&store)), (1, 1));
    fs::rename(&away, &library.music).unwrap();
    let report = library.scan(&store);
    assert_eq!((report.unchanged, absent(&store)), (1, 0));
}

#[test]
fn a_moved_tree_is_found_by_its_bytes() {
    let library = Library::new();
    for seed in 0..5 {
        library.put(&format!("old/{seed}.mid"), &song(seed));
    }
    let store = library.store();
    library.scan(&store);
    fs::rename(library.music.join("old"), library.music.join("new")).unwrap();
    let report = library.scan(&store);
    assert_eq!((report.analysed, report.rows, absent(&store)), (5, 5, 0));
}

#[test]
fn members_of_archives_are_files_with_two_part_addresses() {
    let library = Library::new();
    let bytes = zipped(&[
        ("a/120 bpm.mid", &song(1)),
        ("b.mid", &song(2)),
        ("text.mid", b"no music"),
        ("c.txt", b"no"),
    ]);
    let path = library.put("pack.zip", &bytes);
    let store = library.store();
    let report = library.scan(&store);
    assert_eq!((report.analysed, report.failed, report.rows), (2, 1, 2));
    let place = Place { member: Some(b"a/120 bpm.mid".as_slice().into()), ..Place::of(&path) };
    let row = store.row(store.find(&place).unwrap().unwrap()).unwrap().unwrap();
    assert_eq!((row.facts.named.bpm, row.stamp.bytes), (Some(120.0), song(1).len() as u64));
    let report = library.scan(&store);
    assert_eq!((report.unchanged, report.analysed, report.failed), (3, 0, 0));
    fs::write(&path, zipped(&[("b.mid", &song(2))])).unwrap();
    library.scan(&store);
    assert_eq!(absent(&store), 1);
}

#[test]
fn files_that_cannot_be_read_are_quarantined_with_their_reason() {
    let library = Library::new();
    library.put("text.mid", b"no music");
    library.put("good.mid", &song(1));
    fs::File::create(library.music.join("huge.mid")).unwrap().set_len(33 << 20).unwrap();
    let store = library.store();
    let report = library.scan(&store);
    assert_eq!((report.analysed, report.failed), (1, 2));
    let mut reasons: Vec<String> =
        store.failures(10).unwrap().into_iter().map(|failure| failure.reason).collect();
    reasons.sort();
    assert!(reasons[0].starts_with("not a MIDI file"), "{reasons:?}");
    assert!(reasons[1].contains("more than the limit"), "{reasons:?}");
    let again = library.scan(&store);
    assert_eq!((again.unchanged, again.failed), (3, 0), "left alone until they change");
    library.put("text.mid", &song(2));
    fs::remove_file(library.music.join("huge.mid")).unwrap();
    library.scan(&store);
    assert_eq!(store.failures(10).unwrap(), []);
}

#[test]
fn a_cancelled_scan_goes_on_where_it_was() {
    let library = Library::new();
    for seed in 0..300 {
        library.put(&format!("{}/{seed}.mid", seed % 9), &song(seed));
    }
    let store = library.store();
    let (progress, cancel) = (Progress::default(), Cancel::default());
    let roots = [library.music.clone()];
    let options = ScanOptions { workers: 1, readers: 1, ..ScanOptions::default() };
    let report = std::thread::scope(|scope| {
        scope.spawn(|| {
            while progress.get(Count::Analysed) < 40 {
                std::thread::yield_now();
            }
            cancel.set();
        });
        scan(&store, &roots, &options, &progress, &cancel).unwrap()
    });
    assert!(report.cancelled && report.analysed < 300, "{report:?}");
    assert_eq!(absent(&store), 0, "what was not looked at is not missing");
    let written = progress.get(Count::Written);
    let rest = library.scan(&store);
    assert_eq!((rest.unchanged, rest.analysed, rest.rows), (written, 300 - written, 300));
}

#[cfg(unix)]
#[test]
fn names_that_are_no_unicode_are_kept_as_they_are() {
    use std::os::unix::ffi::OsStrExt;
    let library = Library::new();
    let name = std::ffi::OsStr::from_bytes(b"caf\xE9 \xFF.mid");
    let path = library.music.join(name);
    fs::write(&path, song(1)).unwrap();
    let store = library.store();
    library.scan(&store);
    let id = store.find(&Place::of(&path)).unwrap().expect("found by its bytes");
    assert_eq!(store.row(id).unwrap().unwrap().place.to_path(), path);
    assert_eq!(library.scan(&store).unchanged, 1);
}

#[cfg(unix)]
#[test]
fn links_pipes_and_closed_folders_neither_stop_nor_mislead() {
    use std::os::unix::fs::symlink;
    let library = Library::new();
    library.put("a/one.mid", &song(1));
    symlink(&library.music, library.music.join("a/loop")).unwrap();
    let pipe = library.music.join("pipe.mid");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let store = library.store();
    let report = library.scan(&store);
    assert_eq!((report.analysed, report.failed), (1, 1));
    assert_eq!(store.failures(1).unwrap()[0].reason, "not a regular file");
}

/// What the shell sees: exit codes, and one JSON object.
#[test]
fn the_command_line_says_what_it_did_by_its_exit_code() {
    let library = Library::new();
    library.put("good.mid", &song(1));
    let call = |arguments: &[&str]| {
        let program = env!("CARGO_BIN_EXE_orchestrator");
        std::process::Command::new(program).args(arguments).output().unwrap()
    };
    let (music, index) = (library.music.to_str().unwrap(), library.index.to_str().unwrap());
    let scan = ["--source", music, "--db", index, "--json"];
    let done = call(&scan);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    let report: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    for key in [
        "files_seen",
        "unchanged",
        "analysed",
        "salvaged",
        "failed",
        "bytes",
        "seconds",
        "cpu_secs",
        "peak_rss_bytes",
        "stages",
        "pool_hit_rate",
        "connection_waits",
        "files_per_sec",
        "rows",
    ] {
        assert!(report.get(key).is_some(), "{key}: {report}");
    }
    library.put("bad.mid", b"no music");
    let done = call(&scan);
    assert_eq!(done.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&done.stderr).contains("bad.mid"));
    assert_eq!(call(&["--workers", "0"]).status.code(), Some(2));
    assert_eq!(call(&[]).status.code(), Some(2));
    assert_eq!(call(&["stats", "--db", &format!("{index}.missing")]).status.code(), Some(3));
    let good = library.music.join("good.mid");
    let shown = call(&["show", good.to_str().unwrap(), "--db", index, "--json"]);
    let shown: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(shown["shape"]["note_ons"], 60);
    assert_eq!(Path::new(shown["path"].as_str().unwrap()), good);
    let found = call(&["search", "good notes:>10", "--db", index, "--json"]);
    let hit: serde_json::Value = serde_json::from_slice(&found.stdout).unwrap();
    for key in [
        "path",
        "name",
        "bytes",
        "note_ons",
        "tracks",
        "duration_secs",
        "bpm",
        "bpm_method",
        "bpm_declared",
        "bpm_inferred",
        "key",
        "key_inferred",
        "key_confidence",
        "key_signature",
        "salvaged",
        "problems",
    ] {
        assert!(hit.get(key).is_some(), "{key}: {hit}");
    }
    let found = call(&["search", "key:H#", "--db", index]);
    assert!(String::from_utf8_lossy(&found.stderr).contains("letter 5"), "{found:?}");
    let table = call(&["export", "--format", "csv", "--db", index]);
    assert_eq!(String::from_utf8_lossy(&table.stdout).matches("good.mid").count(), 2);
}

#[test]
fn what_was_done_to_files_is_shown_first_and_can_be_taken_back() {
    let library = Library::new();
    let good = library.put("good.mid", &song(1));
    let call = |arguments: &[&str]| {
        let program = env!("CARGO_BIN_EXE_orchestrator");
        std::process::Command::new(program).args(arguments).output().unwrap()
    };
    let (good, out) = (good.to_str().unwrap(), library.music.join("parts"));
    let split = ["split", good, "--by", "track", "--out", out.to_str().unwrap()];
    let shown = call(&[&split[..], &["--preview"]].concat());
    assert_eq!(shown.status.code(), Some(0), "{shown:?}");
    assert_eq!(String::from_utf8_lossy(&shown.stdout).matches(" -> ").count(), 2);
    assert!(!out.exists(), "a preview writes nothing");
    let done = call(&[&split[..], &["--json"]].concat());
    let report: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    let parts = || {
        out.read_dir().unwrap().filter(|it| {
            it.as_ref().is_ok_and(|it| it.path().extension().is_some_and(|ending| ending == "mid"))
        })
    };
    assert_eq!((report["written"].as_array().unwrap().len(), parts().count()), (2, 2));
    let undone = call(&["undo", report["journal"].as_str().unwrap()]);
    assert_eq!(undone.status.code(), Some(0), "{undone:?}");
    assert_eq!(parts().count(), 0);
    assert_eq!(fs::read(good).unwrap(), song(1));
}

#[test]
fn another_table_of_tags_gives_files_other_tags_without_reading_them() {
    let library = Library::new();
    for name in ["house/one.mid", "zippy/two.mid", "zippy/three.mid"] {
        library.put(name, &song(name.len() as u64));
    }
    let store = library.store();
    let first = library.scan(&store);
    assert_eq!((first.retagged, first.analysed), (0, 3), "what is new is tagged as it is read");
    let tags = |store: &Store| -> Vec<(String, Vec<String>)> {
        let mut all: Vec<_> = (1..=3)
            .map(|id| store.row(id).unwrap().unwrap())
            .map(|row| (row.place.to_string(), row.facts.tags))
            .map(|(path, tags)| (path.rsplit('/').next().unwrap().to_owned(), tags))
            .collect();
        all.sort();
        all
    };
    let before = tags(&store);
    assert!(before[0].1.contains(&"house".to_owned()), "{before:?}");
    let lines = "# mine\n-house\nwhat\tis\tthis\nmood\tzippy\tzippy\n";
    fs::write(store.tags_path(), lines).unwrap();
    let second = library.scan(&store);
    assert_eq!((second.retagged, second.analysed, second.unchanged), (3, 0, 3));
    assert_eq!(second.tag_problems.len(), 1);
    assert!(second.tag_problems[0].starts_with("line 3 of the tag table"), "{second:?}");
    let after = tags(&store);
    assert!(!after[0].1.contains(&"house".to_owned()));
    assert!(after[1..].iter().all(|it| it.1.contains(&"zippy".to_owned())), "{after:?}");
    assert_eq!(library.scan(&store).retagged, 0);
    // Read again they have the same tags.
    let digest = store.content_digest().unwrap();
    library.scan_with(&store, &ScanOptions { force: true, ..ScanOptions::default() });
    assert_eq!(store.content_digest().unwrap(), digest);
    fs::remove_file(store.tags_path()).unwrap();
    assert_eq!(library.scan(&store).retagged, 3);
    assert_eq!(tags(&store), before);
}
