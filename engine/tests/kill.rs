//! A scan that is killed at any moment goes on where it was: no committed row is lost, none is
//! there twice, and the library ends with the same content as without.
//!
//! `KILLS=500 FILES=100000 cargo test --release -p midi-daw-engine --all-features --test kill`
//! is the long form; 20 kills and 1,500 files are the default.
#![cfg(unix)]
#![expect(clippy::expect_used, reason = "a test may")]

use engine::library::store::{Store, StoreOptions};
use engine::testkit::{Rng, collection};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Instant;

fn number(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn orchestrator(music: &Path, index: &Path, force: bool) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_orchestrator"));
    command.arg("--source").arg(music).arg("--db").arg(index).arg("--json");
    if force {
        command.arg("--force");
    }
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn open(index: &Path) -> Store {
    let (store, notices) = Store::open(StoreOptions::new(index)).expect("it can be opened");
    assert_eq!(notices, [], "nothing was damaged");
    store
}

#[test]
fn a_scan_that_is_killed_at_random_ends_with_the_same_content() {
    let (kills, files) = (number("KILLS", 20), number("FILES", 1_500));
    let root = tempfile::tempdir().unwrap();
    let music = root.path().canonicalize().unwrap().join("music");
    for (name, bytes) in collection(7, files, 40) {
        let path = music.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let whole = root.path().join("whole.db");
    let started = Instant::now();
    assert_eq!(orchestrator(&music, &whole, false).status().unwrap().code(), Some(1));
    let usual = started.elapsed();
    let expected = open(&whole).content_digest().unwrap();

    let index = root.path().join("killed.db");
    let mut rng = Rng::new(kills as u64);
    let (mut rows, mut failed, mut ends) = (0, 0, 0);
    for kill in 0..kills {
        // Once it has come to its end, everything is read and written again.
        let mut child = orchestrator(&music, &index, ends > 0).spawn().unwrap();
        sleep(usual.mul_f64(rng.below(1_000) as f64 / 1_000.0));
        child.kill().unwrap();
        let ended = child.wait().unwrap().code().is_some();
        ends += u32::from(ended);
        if !index.exists() {
            continue;
        }
        let counts = open(&index).counts().unwrap();
        assert!(counts.files >= rows, "kill {kill}: {} rows of {rows}", counts.files);
        assert!(counts.failed >= failed, "kill {kill}: {} of {failed} refused", counts.failed);
        (rows, failed) = (counts.files, counts.failed);
    }
    assert_eq!(orchestrator(&music, &index, false).status().unwrap().code().map(|_| ()), Some(()));
    let store = open(&index);
    assert_eq!(store.content_digest().unwrap(), expected);
    assert!(store.verify().unwrap());
    // What was made of names and melodies is what it would be without.
    assert!(store.verify_grams().unwrap());
    assert!(store.verify_order().unwrap());
    println!("{kills} kills over {files} files, {ends} of them after the end; {usual:?} without");
}
