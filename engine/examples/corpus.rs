//! Runs the reader over a corpus of real files and prints how it did.
//!
//! `MIDI_CORPUS=DIR cargo run --release --example corpus [broken|speed]`: `broken` compares
//! with `DIR/broken/manifest.tsv`, `speed` walks every file against a plain read and midly.
#![expect(clippy::print_stdout, reason = "an example that reports")]

use engine::smf::{self, Limits, Message};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let Some(corpus) = std::env::var_os("MIDI_CORPUS").map(PathBuf::from) else {
        println!("MIDI_CORPUS is not set: nothing to read");
        return Ok(());
    };
    match std::env::args().nth(1).as_deref() {
        Some("speed") => speed(&corpus),
        _ => broken(&corpus.join("broken")),
    }
}

fn broken(folder: &Path) -> Result<(), Box<dyn Error>> {
    let manifest = std::fs::read_to_string(folder.join("manifest.tsv"))?;
    let (mut good, mut all) = (0, 0);
    for line in manifest.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let &[name, _, _, odd, class, expect, floor, tracks, ..] = columns.as_slice() else {
            continue;
        };
        let expect: u64 = expect.parse()?;
        let floor: u64 = floor.parse()?;
        let bytes = std::fs::read(folder.join(name))?;
        let read = smf::read(&bytes, &Limits::default());
        let found = read.as_ref().map(smf::Song::note_ons).ok();
        let salvaged = read.as_ref().is_ok_and(|song| song.salvaged);
        let near = |found: u64| found.abs_diff(expect) * 100 <= expect;
        let ok = match (class, found) {
            ("N", found) => found.is_none(),
            ("A", Some(found)) => near(found),
            ("B", Some(found)) => (floor..=expect).contains(&found) || near(found),
            ("C", Some(_)) => salvaged,
            _ => false,
        };
        all += 1;
        good += u32::from(ok);
        let n_tracks = read.as_ref().map_or(0, |song| song.tracks.len());
        let odd_tracks = n_tracks.to_string() != tracks && class != "N";
        if !ok || odd_tracks || (found.is_some_and(|found| found != expect)) {
            let anomalies = columns.get(12).copied().unwrap_or_default();
            println!(
                "{} {class} {name} [{odd}]: {found:?} of {floor}..{expect}, {n_tracks} of {tracks} tracks, salvaged {salvaged}; {anomalies}",
                if ok { "odd " } else { "FAIL" },
            );
        } else if !salvaged && class != "N" {
            println!("unmarked {class} {name}: {}", columns.get(12).copied().unwrap_or_default());
        }
    }
    println!("{good} of {all} as expected");
    Ok(())
}

fn speed(corpus: &Path) -> Result<(), Box<dyn Error>> {
    let mut files = Vec::new();
    for folder in ["pop909", "asap"] {
        collect(&corpus.join(folder), &mut files)?;
    }
    let loads = || files.iter().map(|path| std::fs::read(path).unwrap_or_default());
    let kept: Vec<Vec<u8>> = loads().collect();
    let total: usize = kept.iter().map(Vec::len).sum();
    println!("{} files, {total} bytes", files.len());
    let best = |name: &str, base: f64, work: &mut dyn FnMut() -> u64| {
        let (mut best, mut sum) = (f64::MAX, 0);
        for _ in 0..25 {
            let start = Instant::now();
            sum = work();
            best = best.min(start.elapsed().as_secs_f64());
        }
        let ratio = if base > 0.0 { best / base } else { 1.0 };
        let rate = total as f64 / best / 1e6;
        println!("{name}: {:.2} ms, {rate:.0} MB/s, {ratio:.2} x read ({sum})", best * 1e3);
        best
    };
    let read = best("plain read", 0.0, &mut || loads().map(|bytes| bytes.len() as u64).sum());
    let limits = Limits::default();
    best("read and walk with pairing", read, &mut || {
        loads().map(|bytes| smf::read(&bytes, &limits).map_or(0, |song| song.note_ons())).sum()
    });
    best("read() from memory", read, &mut || {
        kept.iter().map(|bytes| smf::read(bytes, &limits).map_or(0, |song| song.note_ons())).sum()
    });
    best("events only, from memory, second walk", read, &mut || {
        let mut sum = 0;
        for bytes in &kept {
            let Ok(song) = smf::read(bytes, &limits) else { continue };
            for track in &song.tracks {
                sum += song.events(track).filter(is_note_on).count() as u64;
            }
        }
        sum
    });
    best("midly, lazy, from memory", read, &mut || {
        let mut sum = 0;
        for bytes in &kept {
            let Ok((_, tracks)) = midly::parse(bytes) else { continue };
            for event in tracks.flatten().flatten().flatten() {
                if let midly::TrackEventKind::Midi {
                    message: midly::MidiMessage::NoteOn { vel, .. },
                    ..
                } = event.kind
                {
                    sum += u64::from(vel.as_int() > 0);
                }
            }
        }
        sum
    });
    Ok(())
}

fn is_note_on(event: &smf::RawEvent<'_>) -> bool {
    matches!(event.message, Message::Channel { status: 0x90..=0x9F, data: [_, 1..=127] })
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "mid") {
            files.push(path);
        }
    }
    Ok(())
}
