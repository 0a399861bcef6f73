//! Writes generated files: songs for `assets/`, healthy files of any size, damaged ones.
//!
//! `cargo run -p midi-daw-engine --features testkit --bin testkit -- songs assets`

use engine::testkit::{SmfShape, damaged, smf_file, songs};
use std::io::Write as _;
use std::process::ExitCode;

const USAGE: &str = "usage:
  testkit songs FOLDER                     writes the bundled songs
  testkit smf OUT.mid SEED TRACKS NOTES    writes a healthy file
  testkit damage IN OUT SEED               writes a damaged copy";

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
        ["damage", from, path, seed] => {
            let bytes = std::fs::read(from).map_err(|error| format!("{error}: {from}"))?;
            write(path, &damaged(number(seed)?, &bytes))
        }
        _ => Err(USAGE.to_owned()),
    }
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|error| format!("{error}: {text}"))
}

fn write(path: &str, bytes: &[u8]) -> Result<(), String> {
    std::fs::write(path, bytes).map_err(|error| format!("{error}: {path}"))
}
