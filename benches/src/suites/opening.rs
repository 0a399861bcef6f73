//! From a file, or from nothing, to the first frame that shows it. Wall time: several
//! threads work on it.
//!
//! While a file opens no pixels are made: without a GPU the software driver would draw the
//! frames that wait on the very cores that read the file. What it takes for the first frame
//! of the file stands beside.

use crate::inputs::{million_notes, notes_in_tracks};
use crate::measure::{RUNS, Samples};
use crate::report::Row;
use anyhow::{Result, ensure};
use midi_daw::command::{Action, AppCommand};
use midi_daw::headless::{Session, SessionOptions};
use profiling::thread_cpu;
use std::path::Path;
use std::time::{Duration, Instant};

const MILLION: usize = 1_000_000;
/// Times that the largest file is opened.
const LARGE_RUNS: usize = 3;
/// The longest that a file may take before the run is given up.
const PATIENCE: Duration = Duration::from_mins(1);

/// Start of the program with the demo song, and opening a million notes.
///
/// # Errors
/// When there is no graphics adapter or a file cannot be written.
pub fn rows() -> Result<Vec<Row>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("million.mid");
    std::fs::write(&path, million_notes())?;
    let mut starts = Vec::new();
    let mut opens = Vec::new();
    let mut cpu = Vec::new();
    let mut pixels = Vec::new();
    for _ in 0..RUNS {
        let since = Instant::now();
        let mut session = Session::new(SessionOptions::default())?;
        session.app_mut().send(Action::OpenDemo);
        show(&mut session)?;
        starts.push(since.elapsed().as_secs_f64() * 1e3);
        let before = thread_cpu::process_now();
        session.set_rasterize(false);
        opens.push(open(&mut session, &path, MILLION)?);
        cpu.push(thread_cpu::process_now().saturating_sub(before).as_secs_f64() * 1e3);
        session.set_rasterize(true);
        let since = Instant::now();
        session.frame(Vec::new())?;
        pixels.push(since.elapsed().as_secs_f64() * 1e3);
    }
    let large = folder.path().join("large.mid");
    std::fs::write(&large, notes_in_tracks(10 * MILLION))?;
    let mut large_opens = Vec::new();
    for _ in 0..LARGE_RUNS {
        let mut session = Session::new(SessionOptions::default())?;
        session.set_rasterize(false);
        large_opens.push(open(&mut session, &large, 10 * MILLION)?);
    }
    let (starts, opens) = (Samples::new(starts), Samples::new(opens));
    let row = |id, what: &str, samples: &Samples, budget| Row {
        id,
        what: format!("{what}, wall time, best of {}", samples.len()),
        value: samples.percentile(0.0),
        budget: Some(budget),
        unit: "ms",
        beside: vec![("p50", samples.median()), ("max", samples.max())],
    };
    let mut opening = row("open_1m", "a file of 1,000,000 notes to its first frame", &opens, 300.0);
    opening.beside.push(("cpu_of_all_threads", Samples::new(cpu).percentile(0.0)));
    opening.beside.push(("with_pixels", Samples::new(pixels).percentile(0.0)));
    let what = "a file of 10,000,000 notes to its first frame";
    Ok(vec![
        row("start", "start to the first frame with the demo song", &starts, 500.0),
        opening,
        row("open_10m", what, &Samples::new(large_opens), 3000.0),
    ])
}

fn open(session: &mut Session, path: &Path, notes: usize) -> Result<f64> {
    let since = Instant::now();
    session.app_mut().send(AppCommand::Open(vec![path.to_path_buf()]));
    while session.app().studio().snapshot().note_count() < notes {
        ensure!(since.elapsed() < PATIENCE, "the file does not open");
        std::thread::sleep(Duration::from_millis(1));
        session.frame(Vec::new())?;
    }
    session.frame(Vec::new())?;
    Ok(since.elapsed().as_secs_f64() * 1e3)
}

fn show(session: &mut Session) -> Result<()> {
    let since = Instant::now();
    while session.app().studio().snapshot().note_count() == 0 {
        ensure!(since.elapsed() < PATIENCE, "the demo song does not open");
        session.frame(Vec::new())?;
    }
    session.frame(Vec::new())?;
    Ok(())
}
