//! Analyses every file of a folder and prints what each feature costs, in microseconds a file;
//! with `--show`, what was found.
//!
//! `cargo run --release --example facts -- DIR [TIMES | --show]`
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::expect_used,
    reason = "an example that reports"
)]

use bumpalo::Bump;
use engine::library::features::chords::harmony;
use engine::library::features::drums::drum_facts;
use engine::library::features::form::form;
use engine::library::features::instruments::instruments;
use engine::library::features::phases::Phases;
use engine::library::features::prints::{musical, version};
use engine::library::features::pulses::pulses;
use engine::library::features::stats::note_facts;
use engine::library::features::tags::tags_of;
use engine::library::features::texts::texts;
use engine::library::features::thumbnail::thumbnail;
use engine::library::features::vector::vector;
use engine::library::features::{
    NoteCollector, PlayedNote, Sheet, TagTable, key_of_pulses, melody, named,
};
use engine::library::{InferTempo, facts_of};
use engine::smf::{Limits, Song, read_with};
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A name, and what is measured under it.
struct Stage {
    name: &'static str,
    total: Duration,
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next() else {
        eprintln!("usage: facts DIR [TIMES | --show]");
        return;
    };
    let how = arguments.next().unwrap_or_default();
    let mut paths = Vec::new();
    collect(Path::new(&folder), &mut paths);
    paths.sort();
    let files: Vec<(PathBuf, Vec<u8>)> = paths
        .into_iter()
        .filter_map(|path| std::fs::read(&path).ok().map(|bytes| (path, bytes)))
        .collect();
    if how == "--show" {
        show(&files);
    } else {
        measure(&files, how.parse().unwrap_or(3));
    }
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|it| it.eq_ignore_ascii_case("mid")) {
            paths.push(path);
        }
    }
}

fn show(files: &[(PathBuf, Vec<u8>)]) {
    let tags = TagTable::bundled();
    let mut collector = NoteCollector::default();
    for (path, bytes) in files {
        collector.clear();
        let Ok(song) = read_with(bytes, &Limits::SCAN, &mut collector) else {
            println!("{}: no MIDI", path.display());
            continue;
        };
        let notes = collector.finish();
        let names = path.as_os_str().as_encoded_bytes();
        let mut facts = facts_of(&song, notes, names, &tags, InferTempo::Auto, &Bump::new());
        facts.shape.problems.clear();
        println!("{}\n{}", path.display(), serde_json::to_string(&facts).expect("plain data"));
    }
}

fn measure(files: &[(PathBuf, Vec<u8>)], times: u32) {
    let mut stages: Vec<Stage> = Vec::new();
    let tags = TagTable::bundled();
    let mut collector = NoteCollector::default();
    let mut arena = Bump::new();
    let (mut n_files, mut n_notes, mut n_bytes) = (0_usize, 0_usize, 0_usize);
    for _ in 0..times {
        for (path, bytes) in files {
            let start = Instant::now();
            collector.clear();
            let Ok(song) = read_with(bytes, &Limits::SCAN, &mut collector) else { continue };
            add(&mut stages, "read and pair", start);
            let start = Instant::now();
            let notes = collector.finish();
            add(&mut stages, "sort", start);
            n_files += 1;
            n_notes += notes.len();
            n_bytes += bytes.len();
            each(&song, notes, path, &tags, &arena, &mut stages);
            arena.reset();
            let start = Instant::now();
            let names = path.as_os_str().as_encoded_bytes();
            black_box(facts_of(&song, notes, names, &tags, InferTempo::Auto, &arena));
            add(&mut stages, "ALL of facts_of", start);
            arena.reset();
        }
    }
    let n_files = n_files.max(1);
    println!(
        "{} files, {} notes and {} bytes each",
        n_files / times.max(1) as usize,
        n_notes / n_files,
        n_bytes / n_files
    );
    for Stage { name, total } in stages {
        println!("{name:<20}{:9.2} us", total.as_secs_f64() * 1e6 / n_files as f64);
    }
}

fn each(
    song: &Song<'_>,
    notes: &[PlayedNote],
    path: &Path,
    tags: &TagTable,
    arena: &Bump,
    stages: &mut Vec<Stage>,
) {
    let names = path.as_os_str().as_encoded_bytes();
    macro_rules! stage {
        ($name:literal, $what:expr) => {{
            let start = Instant::now();
            let found = black_box($what);
            add(stages, $name, start);
            found
        }};
    }
    let sheet = stage!("sheet", Sheet::of(song, notes, arena));
    let phases = stage!("phases", Phases::of(sheet.marks));
    let facts = stage!("stats", note_facts(notes, 100.0, &sheet, &phases, arena));
    let playing = stage!("instruments", instruments(notes));
    let heard = stage!("pulses", pulses(&sheet, arena));
    let key = stage!("key", key_of_pulses(heard, sheet.pulses)).map(|it| it.key);
    stage!("tempo fit", phases.fit());
    stage!("chords", harmony(sheet.bars, heard, key));
    stage!("drums", drum_facts(&sheet, arena));
    stage!("form", form(&sheet, arena));
    stage!("texts", texts(&song.texts));
    stage!("names", named(names, tags));
    stage!("thumbnail", thumbnail(&sheet));
    stage!("musical print", musical(&sheet));
    let top = stage!("melody", melody(&sheet, arena));
    stage!("version print", version(top, arena));
    stage!("vector", vector(&sheet, heard, &facts, &playing, Some(120.0), key));
    let known = engine::library::row::Facts { notes: facts, ..Default::default() };
    stage!("tags", tags_of(names, &known, tags));
}

fn add(stages: &mut Vec<Stage>, name: &'static str, start: Instant) {
    let took = start.elapsed();
    match stages.iter_mut().find(|stage| stage.name == name) {
        Some(stage) => stage.total += took,
        None => stages.push(Stage { name, total: took }),
    }
}
