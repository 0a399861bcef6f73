//! `orchestrator split`, `convert`, `transpose`, `trim`, `doubles`, `repair`, `rename`,
//! `export-set` and `undo`: what can be done to files.

use crate::Outcome;
use crate::args::{DoArgs, Places, UndoArgs};
use crate::output::{say, say_wrong};
use anyhow::{Context, Result};
use engine::library::batch::{
    Destination, Layout, Operation, Plan, Report, Source, Watch, execute, free_journal, plan,
    sources, undo,
};
use std::path::{Path, PathBuf};

pub(crate) fn run(operation: Operation, args: &DoArgs) -> Result<Outcome> {
    let Places { files, out, tree } = &args.places;
    let layout = if *tree { Layout::Tree } else { Layout::Flat };
    let destination = match out {
        Some(path) => Destination::Folder { path: path.clone(), layout },
        None => Destination::InPlace,
    };
    let (found, missing) = sources(files);
    for (path, error) in &missing {
        say_wrong(&format!("{}: {error}", path.display()));
    }
    let plan = plan(found, operation, destination, &Watch::silent())?;
    if args.preview {
        return Ok(show(&plan, missing.is_empty()));
    }
    let journal = journal(args, &plan)?;
    let report = execute(&plan, &journal, &Watch::silent())?;
    if args.json {
        say(&serde_json::to_string(&report)?);
    } else {
        say(report.to_string().trim_end());
    }
    let Report { failed, .. } = report;
    Ok(if failed.is_empty() && missing.is_empty() { Outcome::Done } else { Outcome::SomeFailed })
}

/// The journal lies where the results do, unless another place is named.
fn journal(args: &DoArgs, plan: &Plan) -> Result<PathBuf> {
    if let Some(journal) = &args.journal {
        return Ok(journal.clone());
    }
    let folder = match &plan.destination {
        Destination::Folder { path, .. } => path.clone(),
        Destination::InPlace => {
            let first = plan.items.first().context("there is no file to rename")?;
            let path = first.source.place.to_path();
            path.parent().unwrap_or(Path::new(".")).to_path_buf()
        }
    };
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make the folder: {}", folder.display()))?;
    Ok(free_journal(&folder))
}

/// What would be done; nothing is.
fn show(plan: &Plan, all_found: bool) -> Outcome {
    use engine::library::batch::Outcome as Planned;
    let mut all_well = all_found;
    for item in &plan.items {
        let Source { place, .. } = &item.source;
        match &item.outcome {
            Planned::Write(outputs) => {
                for output in outputs {
                    let notes = output.notes.map(|notes| format!(" ({notes} notes)"));
                    let notes = notes.unwrap_or_default();
                    say(&format!("{place} -> {}{notes}", output.path.display()));
                }
            }
            Planned::Unchanged(why) => {
                say(&format!("{place}: unchanged, {why}"));
            }
            Planned::Failed(why) => {
                all_well = false;
                say_wrong(&format!("{place}: {why}"));
            }
        }
        for remark in &item.remarks {
            say(&format!("  {remark}"));
        }
    }
    if all_well { Outcome::Done } else { Outcome::SomeFailed }
}

pub(crate) fn take_back(args: &UndoArgs) -> Result<Outcome> {
    let report =
        undo(&args.journal).with_context(|| format!("cannot undo: {}", args.journal.display()))?;
    if args.json {
        say(&serde_json::to_string(&report)?);
    } else {
        say(report.to_string().trim_end());
    }
    Ok(if report.kept.is_empty() { Outcome::Done } else { Outcome::SomeFailed })
}
