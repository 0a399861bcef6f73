//! The library through its command line: what is asked of the program comes out of it.
#![expect(clippy::unwrap_used, reason = "a test may")]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

/// Twelve notes that step about, so that no other file has them.
const TUNE: [u8; 12] = [60, 62, 64, 60, 67, 65, 64, 62, 69, 67, 65, 71];

/// A folder of music and a library of it.
struct Library {
    root: tempfile::TempDir,
}

impl Library {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("music")).unwrap();
        Self { root }
    }

    fn music(&self, name: &str) -> PathBuf {
        self.root.path().canonicalize().unwrap().join("music").join(name)
    }

    fn index(&self) -> PathBuf {
        self.root.path().join("library.db")
    }

    fn call(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_orchestrator"));
        command.args(arguments).arg("--db").arg(self.index()).output().unwrap()
    }

    /// The lines that a call prints as JSON, when it is done with the exit code.
    fn json(&self, arguments: &[&str], code: i32) -> Vec<serde_json::Value> {
        let output = self.call(&[arguments, &["--json"]].concat());
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {errors}");
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn scan(&self) -> serde_json::Value {
        let music = self.music("");
        self.json(&["--source", music.to_str().unwrap()], 0).remove(0)
    }

    fn names(&self, query: &str) -> Vec<String> {
        let hits = self.json(&["search", query], 0);
        hits.iter().map(|hit| hit["name"].as_str().unwrap().to_owned()).collect()
    }
}

/// A file with a note a quarter, at 120 beats a minute.
fn song(keys: &[u8]) -> Vec<u8> {
    let mut track = Vec::new();
    for key in keys {
        track.extend([0, 0x90, *key, 100, 0x83, 0x60, 0x80, *key, 0]);
    }
    track.extend([0, 0xFF, 0x2F, 0]);
    let length = (track.len() as u32).to_be_bytes();
    let header = b"MThd\0\0\0\x06\0\0\0\x01\x01\xE0MTrk";
    [&header[..], &length, &track].concat()
}

#[test]
fn a_melody_is_found_with_the_places_where_it_begins() {
    let library = Library::new();
    let higher: Vec<u8> = TUNE.iter().map(|key| key + 3).collect();
    fs::write(library.music("first.mid"), song(&TUNE)).unwrap();
    fs::write(library.music("later.mid"), song(&[&[40; 8][..], &higher].concat())).unwrap();
    fs::write(library.music("other.mid"), song(&(40..70).collect::<Vec<u8>>())).unwrap();
    library.scan();
    let query = "melody:60-62-64-60-67-65-64-62";
    let hits = library.json(&["search", query], 0);
    let told: Vec<_> = hits.iter().map(|it| (&it["name"], &it["melody_at"])).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!((told[0].0, told[0].1[0].as_f64()), (&"first".into(), Some(0.0)));
    assert_eq!((told[1].0, told[1].1[0].as_f64()), (&"later".into(), Some(4.0)));
    assert_eq!(hits[1]["melody_bars"], serde_json::json!([3]));
    assert_eq!(library.names("melody:C4,D4,E4,C4,G4,F4 -first"), ["later"]);
    assert!(library.json(&["search", "name:other"], 0)[0].get("melody_at").is_none());
    // What is wrong is told with its place.
    let wrong = library.call(&["search", "x melody:60-62-H4"]);
    let told = String::from_utf8(wrong.stderr).unwrap();
    assert!(told.contains("letter 16: “H4” is not a note"), "{told}");
    // The file is gone, the index still knows.
    fs::remove_file(library.music("later.mid")).unwrap();
    let hits = library.json(&["search", "melody:60-62-64-60-67-65 -first"], 0);
    assert_eq!((hits.len(), &hits[0]["melody_at"]), (1, &serde_json::Value::Null));
}

#[test]
fn what_a_rescan_changes_is_found_as_it_is() {
    let library = Library::new();
    fs::write(library.music("a.mid"), song(&TUNE)).unwrap();
    fs::write(library.music("b.mid"), song(&TUNE)).unwrap();
    library.scan();
    let query = "melody:60-62-64-60-67-65-64";
    assert_eq!((library.names(query).len(), library.names("dup:yes").len()), (2, 2));
    fs::write(library.music("a.mid"), song(&(40..71).collect::<Vec<u8>>())).unwrap();
    fs::write(library.music("c.mid"), song(&TUNE)).unwrap();
    library.scan();
    assert_eq!(library.names(query), ["b", "c"]);
    assert_eq!(library.names("dup:yes"), ["b", "c"]);
    fs::remove_file(library.music("c.mid")).unwrap();
    library.scan();
    assert_eq!((library.names(query), library.names("dup:yes")), (vec!["b".to_owned()], vec![]));
    assert_eq!(library.names("name:a"), ["a"]);
    assert_eq!(library.names("tracks:1 sort:-name"), ["b", "a"]);
}

#[test]
fn a_table_of_tags_of_yours_is_read_and_its_mistakes_are_told() {
    let library = Library::new();
    fs::write(library.music("mallsoft.mid"), song(&TUNE)).unwrap();
    library.scan();
    assert_eq!(library.names("tag:vaporwave"), [""; 0]);
    let table = library.root.path().join("library.db.tags.tsv");
    fs::write(&table, "genre\tvaporwave\tmallsoft\nthis is nothing\n").unwrap();
    let music = library.music("");
    let output = library.call(&["--source", music.to_str().unwrap()]);
    let (told, errors) = (output.stdout, output.stderr);
    let (told, errors) = (String::from_utf8(told).unwrap(), String::from_utf8(errors).unwrap());
    assert!(told.contains("the table of tags is another one: 1 files have other tags"), "{told}");
    assert!(errors.contains("tags.tsv: line 2 of the tag table names no kind of tag"), "{errors}");
    assert_eq!(library.names("tag:vaporwave"), ["mallsoft"]);
}

#[test]
fn an_index_is_verified() {
    let library = Library::new();
    let none = library.call(&["verify"]);
    assert_eq!(none.status.code(), Some(3));
    // So many that blocks are made of them.
    for number in 0..1_100_u32 {
        let keys: Vec<u8> =
            TUNE.iter().map(|key| key + (number % 7 * (number % 3)) as u8).collect();
        fs::write(library.music(&format!("{number}.mid")), song(&keys)).unwrap();
    }
    library.scan();
    let verified = library.json(&["verify"], 0).remove(0);
    assert_eq!((&verified["sound"], &verified["grams"]), (&true.into(), &true.into()));
    // What was made of the names is made anew where it is wrong.
    let index = rusqlite::Connection::open(library.index()).unwrap();
    assert!(index.execute("DELETE FROM name_grams WHERE id > 0", []).unwrap() > 0);
    drop(index);
    assert_eq!(library.json(&["verify"], 1)[0]["grams"], false);
    assert_eq!(library.json(&["verify"], 0)[0]["grams"], true);
    let found = library.names("name:7 name:70 -name:77 sort:name");
    assert_eq!(found[..2], ["1070", "170"]);
}
