//! `orchestrator --source …` and `orchestrator analyze`.

use crate::Outcome;
use crate::args::{AnalyzeArgs, ScanArgs, WorkArgs};
use crate::output::{say, say_wrong};
use anyhow::{Context, Result};
use engine::library::row::path_bytes;
use engine::library::scan::{
    Cancel, Count, Progress, ScanError, ScanOptions, ScanReport, Watcher, scan,
};
use engine::library::store::Store;
use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

/// How often the bar moves.
const TICK: Duration = Duration::from_millis(100);
/// Files that are listed by name when they fail; the index has them all.
const LISTED: usize = 20;
/// A folder is looked at once nothing has changed in it for this long.
const QUIET: Duration = Duration::from_millis(500);

pub(crate) fn run(args: &ScanArgs) -> Result<Outcome> {
    let sources = absolute(&args.source)?;
    let store = crate::show::open_to_scan(&args.library)?;
    let cancel = cancelled_by_interrupt()?;
    // Before the first scan, so that nothing falls between.
    let watcher = args.watch.then(|| Watcher::new(&sources)).transpose()?;
    let mut writer = store.writer()?;
    for source in &sources {
        writer.add_source(path_bytes(source))?;
    }
    drop(writer);
    let mut outcome = once(&store, &sources, &args.work, &cancel)?;
    while let Some(watcher) = &watcher
        && !cancel.is_set()
    {
        let changed = watcher.wait(QUIET, &cancel);
        if !changed.is_empty() {
            outcome = once(&store, &changed, &args.work, &cancel)?;
        }
    }
    Ok(outcome)
}

pub(crate) fn analyze(args: &AnalyzeArgs) -> Result<Outcome> {
    let store = crate::show::open_to_scan(&args.library)?;
    let cancel = cancelled_by_interrupt()?;
    let sources: Vec<PathBuf> = store.sources()?.into_iter().map(|source| source.path).collect();
    anyhow::ensure!(!sources.is_empty(), "the library has no sources yet: scan one with --source");
    once(&store, &sources, &args.work, &cancel)
}

/// One scan with its bar and its summary.
fn once(store: &Store, roots: &[PathBuf], args: &WorkArgs, cancel: &Cancel) -> Result<Outcome> {
    let mut options =
        ScanOptions { tempo: args.infer_tempo.into(), force: args.force, ..ScanOptions::default() };
    if let Some(workers) = args.workers {
        options.workers = workers.into();
    }
    let progress = Progress::default();
    let report = thread::scope(|scope| -> Result<Result<ScanReport, ScanError>> {
        let named = thread::Builder::new().name("library scan".to_owned());
        let running = named
            .spawn_scoped(scope, || scan(store, roots, &options, &progress, cancel))
            .context("cannot start a thread")?;
        let bar = ProgressBar::new(0).with_style(style());
        while !running.is_finished() {
            show(&bar, &progress);
            thread::sleep(TICK);
        }
        bar.finish_and_clear();
        Ok(running.join().unwrap_or(Err(ScanError::Panicked)))
    })??;
    for problem in &report.tag_problems {
        say_wrong(&format!("{}: {problem}", store.tags_path().display()));
    }
    if args.json {
        say(&serde_json::to_string(&report)?);
    } else {
        for line in summary(&report) {
            say(&line);
        }
    }
    if report.failed == 0 {
        return Ok(Outcome::Done);
    }
    let failed = store.failures(LISTED)?;
    for failure in &failed {
        say_wrong(&format!("{}: {}", failure.place, failure.reason));
    }
    if report.failed > failed.len() as u64 {
        say_wrong(&format!("and {} more", report.failed - failed.len() as u64));
    }
    Ok(Outcome::SomeFailed)
}

fn show(bar: &ProgressBar, progress: &Progress) {
    bar.set_length(progress.get(Count::Seen));
    bar.set_position(progress.done());
    let rate = progress.done() as f64 / progress.elapsed().as_secs_f64().max(0.001);
    let failed = progress.get(Count::Failed);
    let left = progress.time_left().map(|left| format!(", {} s left", left.as_secs()));
    let walking = if progress.is_walked() { "" } else { ", still listing" };
    bar.set_message(format!(
        "{rate:.0} files/s, {failed} failed{}{walking}",
        left.unwrap_or_default()
    ));
}

fn style() -> ProgressStyle {
    // A template of our own that does not parse would be a fault found by the first run.
    ProgressStyle::with_template("{bar:30} {pos}/{len} files, {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}

fn summary(report: &ScanReport) -> Vec<String> {
    let ScanReport { seconds, cpu_secs, stages, .. } = report;
    let mut lines = vec![
        format!(
            "{} files in {} folders: {} analysed, {} unchanged, {} failed{}",
            HumanCount(report.files_seen),
            HumanCount(report.folders),
            HumanCount(report.analysed),
            HumanCount(report.unchanged),
            HumanCount(report.failed),
            if report.cancelled { " (stopped before the end)" } else { "" },
        ),
        format!(
            "{} mended, {} no longer there; passed over: {} other files, {} links",
            HumanCount(report.salvaged),
            HumanCount(report.absent),
            HumanCount(report.other_files),
            HumanCount(report.links),
        ),
        format!(
            "{} in {seconds:.1} s ({cpu_secs:.1} s of CPU): {:.0} files/s; at most {} of memory",
            HumanBytes(report.bytes),
            report.files_per_sec,
            HumanBytes(report.peak_rss_bytes),
        ),
        format!(
            "CPU by stage: walk {:.2} s, fetch {:.2} s, analyse {:.2} s (tempo heard in {} \
             files), write {:.2} s, finish {:.2} s",
            stages.walk,
            stages.fetch,
            stages.analyse,
            HumanCount(report.tempo_heard),
            stages.write,
            stages.finish,
        ),
    ];
    if report.retagged > 0 {
        let retagged = HumanCount(report.retagged);
        lines.push(format!("the table of tags is another one: {retagged} files have other tags"));
    }
    lines.push(format!("{} files in the library", HumanCount(report.rows)));
    lines
}

/// The first interrupt asks the scan to stop; it then ends as it does at its own end.
fn cancelled_by_interrupt() -> Result<Cancel> {
    let cancel = Cancel::default();
    let asked = cancel.clone();
    ctrlc::set_handler(move || asked.set()).context("cannot hear interrupts")?;
    Ok(cancel)
}

fn absolute(sources: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let made = |source: &PathBuf| {
        // What is not there now may have been: its files are marked absent.
        source
            .canonicalize()
            .or_else(|_| std::path::absolute(source))
            .with_context(|| format!("cannot find the folder: {}", source.display()))
    };
    sources.iter().map(made).collect()
}
