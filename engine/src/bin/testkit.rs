//! Writes generated files: songs for `assets/`, healthy files of any size, damaged ones.
//!
//! `cargo run -p midi-daw-engine --features testkit --bin testkit -- songs assets`

use engine::library::store::{Store, StoreOptions};
use engine::testkit::{SmfShape, collection, damaged, library, smf_file, songs};
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

#[global_allocator]
static ALLOCATOR: profiling::alloc::CountingAlloc = profiling::alloc::CountingAlloc::system();

const USAGE: &str = "usage:
  testkit songs FOLDER                     writes the bundled songs
  testkit smf OUT.mid SEED TRACKS NOTES    writes a healthy file
  testkit damage IN OUT SEED               writes a damaged copy
  testkit collection FOLDER SEED COUNT NOTES   writes COUNT files as people have them
  testkit library DB N SEED                fills a library with N made-up files
  testkit measure DB                       opens a library and times what is asked of it";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let Err(complaint) = run(&arguments) else { return ExitCode::SUCCESS };
    // Nobody is left to tell when even this fails.
    writeln!(std::io::stderr(), "{complaint}").ok();
    ExitCode::from(if complaint == USAGE { 2 } else { 1 })
}

fn run(arguments: &[&str]) -> Result<(), String> {
    match arguments {
        ["songs", folder] => {
            for (name, bytes) in songs::bundled() {
                write(&format!("{folder}/{name}"), &bytes)?;
            }
            Ok(())
        }
        ["smf", path, seed, tracks, notes] => {
            let tracks = number(tracks)? as usize;
            let notes = number(notes)? as usize;
            let shape = SmfShape { tracks, notes, ..SmfShape::default() };
            write(path, &smf_file(number(seed)?, &shape))
        }
        ["collection", folder, seed, count, notes] => {
            let (count, notes) = (number(count)? as usize, number(notes)? as usize);
            for (path, bytes) in collection(number(seed)?, count, notes) {
                let path = format!("{folder}/{path}");
                if let Some(parent) = Path::new(&path).parent() {
                    std::fs::create_dir_all(parent).map_err(|error| format!("{error}: {path}"))?;
                }
                write(&path, &bytes)?;
            }
            Ok(())
        }
        ["damage", from, path, seed] => {
            let bytes = std::fs::read(from).map_err(|error| format!("{error}: {from}"))?;
            write(path, &damaged(number(seed)?, &bytes))
        }
        ["library", path, files, seed] => {
            let start = Instant::now();
            let store = open(path)?;
            let (files, seed) = (number(files)?, number(seed)?);
            let mut last = start;
            library::fill(&store, files, seed, &mut |what, done| {
                if last.elapsed().as_secs() >= 5 {
                    last = Instant::now();
                    say(&format!(
                        "{:6.1} s, {:6.1} s of processor time: {what} {:.1} %",
                        start.elapsed().as_secs_f64(),
                        profiling::thread_cpu::process_now().as_secs_f64(),
                        done * 100.0
                    ));
                }
            })
            .map_err(|error| error.to_string())?;
            let cpu = profiling::thread_cpu::process_now().as_secs_f64();
            let wall = start.elapsed().as_secs_f64();
            say(&format!("{files} files in {wall:.1} s, {cpu:.1} s of processor time"));
            Ok(())
        }
        ["measure", path] => {
            let (start, cpu) = (Instant::now(), profiling::thread_cpu::process_now());
            let store = open(path)?;
            let mut tell = say;
            let mut measure = library::Measure::new(&mut tell);
            let cpu = profiling::thread_cpu::process_now().saturating_sub(cpu);
            measure.opened(start.elapsed(), cpu);
            measure.run(&store).map_err(|error| error.to_string())
        }
        _ => Err(USAGE.to_owned()),
    }
}

fn open(path: &str) -> Result<Store, String> {
    // Looking through it for damage, while nobody asks anything, would be measured too.
    let options = StoreOptions { check_from: u64::MAX, ..StoreOptions::new(path) };
    let (store, notices) = Store::open(options).map_err(|error| error.to_string())?;
    for notice in notices {
        say(&format!("{notice:?}"));
    }
    Ok(store)
}

fn say(line: &str) {
    writeln!(std::io::stdout(), "{line}").ok();
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|error| format!("{error}: {text}"))
}

fn write(path: &str, bytes: &[u8]) -> Result<(), String> {
    std::fs::write(path, bytes).map_err(|error| format!("{error}: {path}"))
}
