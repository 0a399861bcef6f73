//! Operations of the library on the file system: nothing is overwritten, everything is undone,
//! whatever fails and whenever.
#![expect(clippy::unwrap_used, reason = "test code outside the reach of the allow-in-tests keys")]

use engine::library::batch::{
    Destination, Disk, Layout, Operation, Outcome, RealDisk, Source, SplitBy, Template, Unchanged,
    Watch, execute, execute_on, plan, sources, undo, undo_on,
};
use engine::testkit::{Rng, SmfShape, smf_file};
use proptest::prelude::*;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

fn song(seed: u64) -> Vec<u8> {
    let shape = SmfShape { tracks: 2, notes: 20, extras: false, ..SmfShape::default() };
    smf_file(seed, &shape)
}

/// The digest of every file below a folder; folders have none.
type Snapshot = BTreeMap<PathBuf, Option<String>>;

fn snapshot(folder: &Path) -> Snapshot {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(snapshot(&path));
            found.insert(path, None);
        } else {
            let digest = blake3::hash(&std::fs::read(&path).unwrap()).to_hex();
            found.insert(path, Some(digest[..16].to_owned()));
        }
    }
    found
}

fn all_digests(folder: &Path) -> Vec<String> {
    let mut digests: Vec<String> = snapshot(folder).into_values().flatten().collect();
    digests.sort();
    digests
}

fn template(text: &str) -> Operation {
    Operation::Rename(text.parse::<Template>().unwrap())
}

fn to_folder(path: &Path) -> Destination {
    Destination::Folder { path: path.into(), layout: Layout::Flat }
}

fn files(folder: &Path, names: &[&str]) -> Vec<Source> {
    let mut sources = Vec::new();
    for (seed, name) in names.iter().enumerate() {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, song(seed as u64)).unwrap();
        sources.push(Source::file(&path));
    }
    sources
}

fn names(folder: &Path) -> Vec<String> {
    let below = |path: PathBuf| path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
    let files = snapshot(folder).into_iter().filter(|(_, bytes)| bytes.is_some());
    files.map(|(path, _)| below(path)).collect()
}

/// Lets the k-th call fail: that one alone, all from there on (a crash), or that one after
/// half of its work (a crash inside a renaming).
struct Failing {
    calls: Cell<usize>,
    fails_at: usize,
    how: How,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum How {
    Once,
    FromThereOn,
    Halfway,
}

impl Failing {
    fn new(fails_at: usize, how: How) -> Self {
        Self { calls: Cell::new(0), fails_at, how }
    }

    fn call(&self, half: impl FnOnce(), whole: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        let call = self.calls.get();
        self.calls.set(call + 1);
        let fails = match self.how {
            How::Once => call == self.fails_at,
            How::FromThereOn | How::Halfway => call >= self.fails_at,
        };
        if !fails {
            return whole();
        }
        if self.how == How::Halfway && call == self.fails_at {
            half();
        }
        Err(io::Error::other("the test says no"))
    }

    fn has_failed(&self) -> bool {
        self.calls.get() > self.fails_at
    }
}

impl Disk for Failing {
    fn create_new(&self, path: &Path) -> io::Result<File> {
        self.call(|| drop(RealDisk.create_new(path)), || Ok(()))?;
        RealDisk.create_new(path)
    }

    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        let mut other = file.try_clone()?;
        let half = || other.write_all(&bytes[..bytes.len() / 2]).unwrap();
        self.call(half, || RealDisk.write(file, bytes))
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        self.call(|| (), || RealDisk.sync(file))
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.call(|| (), || RealDisk.sync_folder(folder))
    }

    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        let half = || std::fs::hard_link(from, to).unwrap_or_default();
        self.call(half, || RealDisk.rename_new(from, to))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.call(|| (), || RealDisk.remove(path))
    }

    fn create_folder(&self, path: &Path) -> io::Result<()> {
        self.call(|| (), || RealDisk.create_folder(path))
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.call(|| (), || RealDisk.remove_folder(path))
    }
}

/// Runs `prepare`d work once for every call that can fail, in every way, and checks what is
/// left, then that an undo brings everything back; also an undo that fails itself.
fn survives_every_failure(
    prepare: impl Fn(&Path) -> (Vec<Source>, Operation, Destination),
    check: impl Fn(&Snapshot, &Path),
) {
    let mut trials = 0;
    for how in [How::Once, How::FromThereOn, How::Halfway] {
        for fails_at in 0.. {
            assert!(fails_at < 10_000, "it ends");
            let root = tempfile::tempdir().unwrap();
            let folder = root.path().join("music");
            std::fs::create_dir(&folder).unwrap();
            let (sources, operation, destination) = prepare(&folder);
            let before = snapshot(&folder);
            let journal = root.path().join("undo.jsonl");
            let planned = plan(sources, operation, destination, &Watch::silent()).unwrap();
            assert_eq!(snapshot(&folder), before, "a preview changes nothing");
            let disk = Failing::new(fails_at, how);
            let done = execute_on(&disk, &planned, &journal, &Watch::silent());
            check(&before, &folder);
            if done.is_err() && !journal.exists() {
                assert_eq!(snapshot(&folder), before, "without a journal nothing is done");
                continue;
            }
            // A crash while the first line is written leaves a journal that says nothing.
            if done.is_err() {
                assert_eq!(snapshot(&folder), before, "without a journal nothing is done");
                continue;
            }
            // Every other trial, the undo is broken off first.
            if fails_at % 2 == 1 {
                let again = Failing::new(fails_at / 2, How::FromThereOn);
                undo_on(&again, &journal).ok();
                check(&before, &folder);
            }
            let undone = undo(&journal).unwrap();
            assert_eq!(undone.kept, [], "{how:?} at {fails_at}");
            assert_eq!(snapshot(&folder), before, "{how:?} at {fails_at}");
            trials += 1;
            if !disk.has_failed() {
                break;
            }
        }
    }
    assert!(trials > 60, "{trials} trials");
}

#[test]
fn copies_survive_every_failure_and_leave_the_originals_alone() {
    survives_every_failure(
        |folder| {
            let sources = files(folder, &["a.mid", "b.mid", "sub/a.mid"]);
            let out = folder.join("new/out");
            (sources, Operation::Split(SplitBy::Track), to_folder(&out))
        },
        |before, folder| {
            let now = snapshot(folder);
            for (path, bytes) in before {
                assert_eq!(now.get(path), Some(bytes), "{}", path.display());
            }
        },
    );
}

#[test]
fn renames_survive_every_failure_and_lose_no_file() {
    survives_every_failure(
        |folder| {
            // A chain (0 to 1 to 2), a ring (3 and 4), and one that goes where nobody is.
            let sources = files(folder, &["0.mid", "1.mid", "x/3.mid", "x/4.mid", "5.mid"]);
            let wanted = ["1", "2", "4", "3", "six"];
            let sources = sources.into_iter().zip(wanted).map(|(source, wanted)| {
                let mut facts = engine::library::row::Facts::default();
                facts.text.title = wanted.to_owned();
                Source { facts: Some(facts.into()), ..source }
            });
            (sources.collect(), template("{title}"), Destination::InPlace)
        },
        |before, folder| {
            let mut wanted: Vec<String> = before.values().flatten().cloned().collect();
            wanted.sort();
            let mut now = all_digests(folder);
            // A renaming that was broken off may leave a file under both names.
            now.dedup();
            assert_eq!(now, wanted);
        },
    );
}

#[test]
fn a_chain_and_a_ring_of_names_are_done_and_undone() {
    let folder = tempfile::tempdir().unwrap();
    let journal = tempfile::tempdir().unwrap();
    let music = files(folder.path(), &["01 x.mid", "02 x.mid", "03 x.mid"]);
    let before = snapshot(folder.path());
    let shifted: Vec<Source> = music.iter().cycle().skip(2).take(3).cloned().collect();
    let plan = plan(shifted, template("{n:2} x"), Destination::InPlace, &Watch::silent()).unwrap();
    let report = execute(&plan, &journal.path().join("j"), &Watch::silent()).unwrap();
    assert_eq!((report.written.len(), report.failed.len()), (3, 0), "{report}");
    let after = snapshot(folder.path());
    let at = |name: &str| folder.path().join(name);
    assert_eq!(after[&at("01 x.mid")], before[&at("03 x.mid")]);
    assert_eq!(after[&at("02 x.mid")], before[&at("01 x.mid")]);
    assert_eq!(after.len(), 3);
    let undone = undo(&journal.path().join("j")).unwrap();
    assert_eq!(snapshot(folder.path()), before);
    assert_eq!(undone.kept, []);
    assert!(undo(&journal.path().join("j")).unwrap().was_undone);
    assert_eq!(snapshot(folder.path()), before);
}

#[test]
fn nothing_is_ever_overwritten_not_even_what_came_after_the_preview() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    std::fs::create_dir(&out).unwrap();
    std::fs::write(out.join("A.MID"), b"mine").unwrap();
    let sources = files(folder.path(), &["a.mid", "x/a.mid"]);
    let plan = plan(sources, Operation::ExportSet, to_folder(&out), &Watch::silent()).unwrap();
    std::fs::write(out.join("a (2).mid"), b"mine too").unwrap();
    let journal = folder.path().join("j");
    let report = execute(&plan, &journal, &Watch::silent()).unwrap();
    assert_eq!(report.failed, []);
    assert_eq!(std::fs::read(out.join("A.MID")).unwrap(), b"mine");
    assert_eq!(std::fs::read(out.join("a (2).mid")).unwrap(), b"mine too");
    assert_eq!(std::fs::read_dir(&out).unwrap().count(), 4);
    let undone = undo(&journal).unwrap();
    assert_eq!((undone.removed, undone.kept.len()), (2, 0));
    assert_eq!(names(&out), ["A.MID", "a (2).mid"]);
}

#[test]
fn an_undo_keeps_copies_that_were_changed_and_names_that_were_taken() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let sources = files(folder.path(), &["a.mid", "b.mid"]);
    let journal = folder.path().join("j");
    let copies =
        plan(sources.clone(), Operation::ExportSet, to_folder(&out), &Watch::silent()).unwrap();
    execute(&copies, &journal, &Watch::silent()).unwrap();
    std::fs::write(out.join("a.mid"), b"edited").unwrap();
    let undone = undo(&journal).unwrap();
    assert_eq!((undone.removed, undone.kept.len()), (1, 1));
    assert_eq!(std::fs::read(out.join("a.mid")).unwrap(), b"edited");

    let journal = folder.path().join("k");
    let renamed =
        plan(sources, template("{name} new"), Destination::InPlace, &Watch::silent()).unwrap();
    execute(&renamed, &journal, &Watch::silent()).unwrap();
    std::fs::write(folder.path().join("a.mid"), b"another").unwrap();
    let undone = undo(&journal).unwrap();
    assert_eq!(undone.renamed, 1);
    assert_eq!(std::fs::read(folder.path().join("a.mid")).unwrap(), b"another");
    assert_eq!(std::fs::read(folder.path().join("a new.mid")).unwrap(), song(0));
}

#[test]
fn a_source_that_changed_since_the_preview_is_not_worked_on() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let sources = files(folder.path(), &["a.mid", "b.mid", "c.mid"]);
    let plan = plan(sources, Operation::ExportSet, to_folder(&out), &Watch::silent()).unwrap();
    std::fs::write(folder.path().join("a.mid"), song(99)).unwrap();
    std::fs::remove_file(folder.path().join("b.mid")).unwrap();
    let report = execute(&plan, &folder.path().join("j"), &Watch::silent()).unwrap();
    assert_eq!((report.written.len(), report.failed.len()), (1, 2), "{report}");
    assert!(report.failed[0].reason.contains("changed since the preview"));
    assert_eq!(names(&out), ["c.mid"]);
}

#[test]
fn archives_give_their_files_and_no_name_leads_out_of_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let inner = zipped(&[("deep.mid", &song(1))]);
    let outer = zipped(&[
        ("a/one.mid", &song(2)),
        ("../../evil.mid", &song(3)),
        ("C:\\evil.mid", &song(4)),
        ("readme.txt", b"no"),
        ("more.zip", &inner),
    ]);
    std::fs::create_dir(folder.path().join("in")).unwrap();
    std::fs::write(folder.path().join("in/pack.zip"), outer).unwrap();
    std::fs::write(folder.path().join("in/own.MID"), song(5)).unwrap();
    let (found, failed) = sources(&[folder.path().join("in")]);
    assert_eq!((found.len(), failed.len()), (5, 0));
    let (one, _) = sources(&[folder.path().join("in/pack.zip!/more.zip!/deep.mid")]);
    assert_eq!(one[0].place, found.iter().find(|it| it.place == one[0].place).unwrap().place);
    let (gone, _) = sources(&[folder.path().join("in/none.mid")]);
    let to_out = to_folder(&folder.path().join("out"));
    let nothing = plan(gone, Operation::ExportSet, to_out, &Watch::silent()).unwrap();
    assert!(matches!(nothing.items[0].outcome, Outcome::Failed(_)));
    let before = snapshot(folder.path());
    for (layout, expected) in [
        (
            Layout::Tree,
            [
                "own.MID",
                "pack/C-/evil.mid",
                "pack/a/one.mid",
                "pack/evil.mid",
                "pack/more.zip!/deep.mid",
            ],
        ),
        (Layout::Flat, ["deep.mid", "evil (2).mid", "evil.mid", "one.mid", "own.MID"]),
    ] {
        let out = folder.path().join("out");
        let destination = Destination::Folder { path: out.clone(), layout };
        let plan =
            plan(found.clone(), Operation::ExportSet, destination, &Watch::silent()).unwrap();
        let journal = tempfile::tempdir().unwrap();
        let report = execute(&plan, &journal.path().join("j"), &Watch::silent()).unwrap();
        assert_eq!(report.failed, []);
        assert_eq!(names(&out), expected);
        undo(&journal.path().join("j")).unwrap();
        assert_eq!(snapshot(folder.path()), before);
    }
    let in_place =
        plan(found, template("{name} x"), Destination::InPlace, &Watch::silent()).unwrap();
    let failed = in_place.items.iter().filter(|it| matches!(it.outcome, Outcome::Failed(_)));
    assert_eq!((failed.count(), in_place.outputs()), (4, 1));
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn only_renaming_works_in_place() {
    let folder = tempfile::tempdir().unwrap();
    let sources = files(folder.path(), &["a.mid"]);
    let try_in_place =
        |operation| plan(sources.clone(), operation, Destination::InPlace, &Watch::silent());
    assert!(try_in_place(Operation::Repair).is_err());
    assert!(try_in_place(template("{folder}/{name}")).is_err());
    let same = try_in_place(template("{name}")).unwrap();
    assert_eq!(same.items[0].outcome, Outcome::Unchanged(Unchanged::ThatName));
    let file = to_folder(&folder.path().join("a.mid"));
    assert!(plan(sources.clone(), Operation::ExportSet, file, &Watch::silent()).is_err());
}

#[test]
fn names_come_from_the_file_where_the_library_knows_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let sources = files(folder.path(), &["set/a.mid"]);
    let operation =
        template("{folder}/{title} {meter} {tracks} {notes} {format} {artist|nobody}.mid");
    let plan = plan(sources, operation, to_folder(&out), &Watch::silent()).unwrap();
    execute(&plan, &folder.path().join("j"), &Watch::silent()).unwrap();
    assert_eq!(names(&out), ["set/Generated 4-4 3 20 1 nobody.mid"]);
}

#[test]
fn work_that_is_broken_off_says_what_was_not_reached() {
    use std::sync::atomic::{AtomicBool, Ordering};
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let sources = files(folder.path(), &["a.mid", "b.mid", "c.mid"]);
    let plan = plan(sources, Operation::ExportSet, to_folder(&out), &Watch::silent()).unwrap();
    let cancel = AtomicBool::new(false);
    let stop = |done: usize, _: usize| cancel.store(done == 1, Ordering::Relaxed);
    let journal = folder.path().join("j");
    let report = execute(&plan, &journal, &Watch::new(&cancel, &stop)).unwrap();
    assert_eq!((report.written.len(), report.not_reached), (1, 2));
    assert_eq!(undo(&journal).unwrap().removed, 1);
    assert!(!out.exists());
}

/// Names the folder in which this test, started again by itself, renames until it is killed.
const KILLED: &str = "BATCH_KILLED_IN";

#[test]
fn killed_at_any_moment_an_operation_is_undone() {
    if let Ok(root) = std::env::var(KILLED) {
        let root = Path::new(&root);
        let (sources, _) = sources(&[root.join("music")]);
        let shifted: Vec<Source> =
            sources.iter().cycle().skip(1).take(sources.len()).cloned().collect();
        let planned =
            plan(shifted, template("{n:3}"), Destination::InPlace, &Watch::silent()).unwrap();
        execute(&planned, &root.join("j"), &Watch::silent()).unwrap();
        return;
    }
    let mut rng = Rng::new(5);
    let mut broken_off = 0;
    for trial in 0..20 {
        let root = tempfile::tempdir().unwrap();
        let (music, journal) = (root.path().join("music"), root.path().join("j"));
        std::fs::create_dir(&music).unwrap();
        for number in 1..=40 {
            std::fs::write(music.join(format!("{number:03}.mid")), song(number)).unwrap();
        }
        let before = snapshot(&music);
        let mut child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "killed_at_any_moment_an_operation_is_undone"])
            .env(KILLED, root.path())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        // Killed once so many lines are written; the last trial is left to end.
        let lines = if trial == 19 { u64::MAX } else { rng.below(42) };
        let written = || std::fs::read(&journal).unwrap_or_default();
        let count = || written().split(|byte| *byte == b'\n').count() as u64 - 1;
        while child.try_wait().unwrap().is_none() && count() <= lines {
            std::thread::sleep(std::time::Duration::from_micros(200));
        }
        broken_off += u32::from(child.try_wait().unwrap().is_none());
        child.kill().ok();
        child.wait().unwrap();
        let mut survivors = all_digests(&music);
        survivors.dedup();
        assert_eq!(survivors.len(), 40, "no file is lost");
        assert_eq!(undo(&journal).unwrap().kept, []);
        assert_eq!(snapshot(&music), before);
    }
    assert!(broken_off > 5, "{broken_off} of 20 were killed on the way");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Any folder of files with clashing names, renamed in place by any of some templates or
    /// worked on into a folder below: an undo restores it byte for byte.
    #[test]
    fn undo_restores_the_folder_byte_for_byte(seed in any::<u64>(), n in 1usize..9, what in 0usize..6) {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("music");
        let mut rng = Rng::new(seed);
        let stems = ["a", "A", "b", "1", "2", "a (2)", "01 a", "x/a", "x/1"];
        let mut picked: Vec<&str> = (0..n).filter_map(|_| rng.pick(&stems)).collect();
        picked.sort_unstable();
        picked.dedup();
        let with_extension: Vec<String> = picked.iter().map(|stem| format!("{stem}.mid")).collect();
        let borrowed: Vec<&str> = with_extension.iter().map(String::as_str).collect();
        let mut sources = files(&folder, &borrowed);
        if rng.chance(50) {
            sources.reverse();
        }
        let before = snapshot(&folder);
        let journal = root.path().join("j");
        let (operation, destination) = match what {
            0 => (template("{n}"), Destination::InPlace),
            1 => (template("a"), Destination::InPlace),
            2 => (template("{key}< {bpm}>"), Destination::InPlace),
            3 => (template("{folder}/{n} {name}"), to_folder(&folder.join("x"))),
            4 => (Operation::Split(SplitBy::Channel), to_folder(&folder)),
            _ => (Operation::Convert { format: 0 }, to_folder(&folder.join("new/er"))),
        };
        let planned = plan(sources, operation, destination, &Watch::silent()).unwrap();
        let report = execute(&planned, &journal, &Watch::silent()).unwrap();
        prop_assert_eq!(report.failed, []);
        prop_assert_eq!(report.written.len(), planned.outputs());
        // Whatever was there is still there, under whatever name.
        let now = all_digests(&folder);
        for bytes in before.values().flatten() {
            prop_assert!(now.contains(bytes));
        }
        if planned.outputs() > 0 {
            prop_assert_eq!(undo(&journal).unwrap().kept, []);
        }
        prop_assert_eq!(snapshot(&folder), before);
    }
}
