//! What each part of the library's machinery brings: on and off in one run on the same files.
//!
//! `cargo run --release -p midi-daw-engine --features testkit --example switches [FOLDER]`;
//! without a folder on a generated collection of 10,000 files. Each line is the best of five
//! rounds, taken in turns. docs/library.md has the table.
#![expect(clippy::print_stdout, reason = "an example that reports")]

use engine::library::InferTempo;
use engine::library::features::onsets::detect_onsets_scalar;
use engine::library::features::{NoteCollector, TagTable, detect_onsets_simd_vectorized};
use engine::library::row::{Place, Stamp, path_bytes};
use engine::library::scan::{Analyst, Cancel, Progress, ScanOptions, ScanReport, scan};
use engine::library::store::{Store, StoreOptions};
use engine::smf::{self, Limits};
use engine::testkit::collection;
use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

type Outcome<T> = Result<T, Box<dyn Error>>;

const ROUNDS: usize = 5;

fn main() -> Outcome<()> {
    let scratch = tempfile::tempdir()?;
    let folder = match std::env::args_os().nth(1) {
        Some(folder) => PathBuf::from(folder).canonicalize()?,
        None => generated(scratch.path())?,
    };
    let mut files = Vec::new();
    collect(&folder, &mut files)?;
    let bytes: u64 = files.iter().filter_map(|path| path.metadata().ok()).map(|it| it.len()).sum();
    println!("{} files, {bytes} bytes\n", files.len());
    let plain = stages(&files);
    onsets();
    imports(&folder, scratch.path(), plain)
}

/// What a file costs on one thread, each stage on top of the one before; gives the seconds of a
/// plain read of all.
fn stages(files: &[PathBuf]) -> f64 {
    let kept: Vec<Vec<u8>> = files.iter().filter_map(|path| fs::read(path).ok()).collect();
    let limits = Limits::SCAN;
    let mut notes = NoteCollector::default();
    let tags = Arc::new(TagTable::bundled());
    let analyst = |tempo| Analyst::new(Arc::clone(&tags), tempo, Arc::from([]));
    let (mut auto, mut always) = (analyst(InferTempo::Auto), analyst(InferTempo::Always));
    let mut best = [f64::MAX; 7];
    for _ in 0..ROUNDS {
        let turns: [&mut dyn FnMut() -> usize; 7] = [
            &mut || files.iter().filter_map(|path| fs::read(path).ok()).map(|it| it.len()).sum(),
            &mut || {
                let mut buffer = Vec::new();
                let read = |path: &PathBuf| read_into(path, &mut buffer);
                files.iter().map(read).sum()
            },
            &mut || kept.iter().map(|it| usize::from(blake3::hash(it).as_bytes()[0])).sum(),
            &mut || kept.iter().filter(|it| smf::read(it, &limits).is_ok()).count(),
            &mut || {
                let mut paired = |bytes: &Vec<u8>| {
                    notes.clear();
                    smf::read_with(bytes, &limits, &mut notes).ok()?;
                    Some(notes.finish().len())
                };
                kept.iter().filter_map(&mut paired).sum()
            },
            &mut || rows(&mut auto, &kept),
            &mut || rows(&mut always, &kept),
        ];
        for (best, turn) in best.iter_mut().zip(turns) {
            *best = best.min(timed(turn).as_secs_f64());
        }
    }
    let names = [
        "plain read",
        "read into one buffer",
        "hash, from memory",
        "walk, from memory",
        "walk and pair notes",
        "walk, pair, features, hash",
        "the same, and every tempo heard",
    ];
    println!("| Stage | µs a file | of a plain read |\n|---|---|---|");
    for (name, secs) in names.iter().zip(best) {
        println!("| {name} | {:.1} | {:.1}× |", secs * 1e6 / files.len() as f64, secs / best[0]);
    }
    best[0]
}

fn read_into(path: &Path, buffer: &mut Vec<u8>) -> usize {
    buffer.clear();
    let read = fs::File::open(path).and_then(|mut file| {
        use std::io::Read as _;
        file.read_to_end(buffer)
    });
    read.unwrap_or_default()
}

fn rows(analyst: &mut Analyst, files: &[Vec<u8>]) -> usize {
    let row = |bytes: &Vec<u8>| analyst.row(Place::default(), Stamp::default(), bytes).is_ok();
    files.iter().map(row).filter(|is_ok| *is_ok).count()
}

/// The vectorised form against its scalar twin.
fn onsets() {
    println!("\n| Velocities | vectorised | scalar | gain |\n|---|---|---|---|");
    for count in [500_usize, 5_000, 500_000] {
        let velocities: Vec<u8> = (0..count).map(|index| (index * 31 % 7 * 18) as u8).collect();
        let repeats = 20_000_000 / count;
        let time = |find: fn(&[u8]) -> Vec<usize>| {
            let once = || (0..repeats).map(|_| find(black_box(&velocities)).len()).sum();
            let best = (0..ROUNDS).map(|_| timed(&mut || once())).min();
            best.unwrap_or_default().as_secs_f64() * 1e9 / repeats as f64
        };
        let (vectorised, scalar) =
            (time(detect_onsets_simd_vectorized), time(detect_onsets_scalar));
        println!("| {count} | {vectorised:.0} ns | {scalar:.0} ns | {:.2}× |", scalar / vectorised);
    }
}

/// Whole imports with one thing changed at a time.
fn imports(folder: &Path, scratch: &Path, plain: f64) -> Outcome<()> {
    let usual = ScanOptions::default();
    let cases = [
        ("as it is shipped", usual.clone()),
        ("every file mapped", ScanOptions { map_from: 1, ..usual.clone() }),
        ("no file mapped", ScanOptions { map_from: u64::MAX, ..usual.clone() }),
        ("one row a transaction", ScanOptions { rows: 1, ..usual.clone() }),
        ("100 rows a transaction", ScanOptions { rows: 100, ..usual.clone() }),
        ("no buffer kept", ScanOptions { buffers: 0, ..usual.clone() }),
        ("one reader, one worker", ScanOptions { readers: 1, workers: 1, ..usual.clone() }),
        ("one reader", ScanOptions { readers: 1, ..usual.clone() }),
        ("every tempo heard", ScanOptions { tempo: InferTempo::Always, ..usual.clone() }),
    ];
    let mut best: Vec<Option<ScanReport>> = vec![None; cases.len()];
    for round in 0..ROUNDS {
        for (index, (best, (_, options))) in best.iter_mut().zip(&cases).enumerate() {
            let db = scratch.join(format!("{round}-{index}.db"));
            let report = import(folder, &db, options)?;
            if best.as_ref().is_none_or(|best| report.cpu_secs < best.cpu_secs) {
                *best = Some(report);
            }
            for ending in ["", "-wal", "-shm", ".user", ".user-wal", ".user-shm", ".lock"] {
                fs::remove_file(format!("{}{ending}", db.display())).ok();
            }
        }
    }
    println!("\n| Import | CPU µs a file | of a plain read | wall s | files/s | peak MB |");
    println!("|---|---|---|---|---|---|");
    for ((name, _), report) in cases.iter().zip(best.into_iter().flatten()) {
        let ScanReport { cpu_secs, seconds, files_seen, .. } = report;
        println!(
            "| {name} | {:.1} | {:.1}× | {seconds:.2} | {:.0} | {:.0} |",
            cpu_secs * 1e6 / files_seen as f64,
            cpu_secs / plain,
            report.files_per_sec,
            report.peak_rss_bytes as f64 / 1e6,
        );
        if name.starts_with("as it is") {
            println!("| … by stage: {:?}, {} tempi heard |||||", report.stages, report.tempo_heard);
        }
    }
    Ok(())
}

fn import(folder: &Path, db: &Path, options: &ScanOptions) -> Outcome<ScanReport> {
    let (store, _) = Store::open(StoreOptions::new(db))?;
    store.writer()?.add_source(path_bytes(folder))?;
    let roots = [folder.to_path_buf()];
    Ok(scan(&store, &roots, options, &Progress::default(), &Cancel::default())?)
}

fn timed(work: &mut dyn FnMut() -> usize) -> Duration {
    let started = Instant::now();
    black_box(work());
    started.elapsed()
}

fn generated(scratch: &Path) -> Outcome<PathBuf> {
    let folder = scratch.canonicalize()?.join("collection");
    for (name, bytes) in collection(7, 10_000, 400) {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, bytes)?;
    }
    Ok(folder)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Outcome<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("mid")) {
            files.push(path);
        }
    }
    Ok(())
}
