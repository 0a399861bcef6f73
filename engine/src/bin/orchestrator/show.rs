//! `orchestrator show` and `orchestrator stats`, and how every call opens the library.

use crate::Outcome;
use crate::args::{LibraryArgs, ShowArgs, StatsArgs};
use crate::output::{say, say_wrong};
use anyhow::{Context, Result};
use engine::library::default_index;
use engine::library::row::{Facts, Place};
use engine::library::store::{Notice, Store, StoreOptions};
use indicatif::{HumanBytes, HumanCount};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Opens the library to scan, made anew where there is none. Nothing can be searched in it.
pub(crate) fn open_to_scan(args: &LibraryArgs) -> Result<Store> {
    open_with(StoreOptions { facets: false, ..StoreOptions::new(index(args)?) })
}

/// Opens the library to look at it, whoever else has it open.
pub(crate) fn open_to_read(args: &LibraryArgs) -> Result<Store> {
    open_with(StoreOptions { read_only: true, ..existing(args)? })
}

/// Opens the library to change it, where there is one.
pub(crate) fn open_existing(args: &LibraryArgs) -> Result<Store> {
    open_with(existing(args)?)
}

fn existing(args: &LibraryArgs) -> Result<StoreOptions> {
    let index = index(args)?;
    anyhow::ensure!(
        index.exists(),
        "there is no library yet: make one with --source DIR: {}",
        index.display()
    );
    Ok(StoreOptions::new(index))
}

fn open_with(options: StoreOptions) -> Result<Store> {
    let index = options.index.clone();
    let (store, notices) = Store::open(options)
        .with_context(|| format!("cannot open the library: {}", index.display()))?;
    for notice in notices {
        say_wrong(&told(&notice));
    }
    Ok(store)
}

fn index(args: &LibraryArgs) -> Result<PathBuf> {
    let index = args.db.clone().or_else(default_index);
    index.context("the system names no folder for the user's data: say where with --db FILE")
}

fn told(notice: &Notice) -> String {
    match notice {
        Notice::IndexSetAside(kept) => format!(
            "the index was damaged and a new one is begun; scan again. The damaged one is kept: {}",
            kept.display()
        ),
        Notice::UserRestored { kept, backup } => format!(
            "your own data were damaged and are back from the backup {}. The damaged ones are \
             kept: {}",
            backup.display(),
            kept.display()
        ),
        Notice::UserLost(kept) => {
            format!(
                "your own data were damaged and there is no backup. They are kept: {}",
                kept.display()
            )
        }
        Notice::OpenElsewhere => {
            "another program has the library open: it is only read here".to_owned()
        }
        Notice::CannotWrite => "the library lies where nothing can be written".to_owned(),
    }
}

/// Everything that is known of a file.
#[derive(Serialize)]
struct Shown {
    path: String,
    bytes: u64,
    blake3: String,
    bpm: Option<f32>,
    key: Option<String>,
    #[serde(flatten)]
    facts: Facts,
}

pub(crate) fn run(args: &ShowArgs) -> Result<Outcome> {
    let store = open_to_read(&args.library)?;
    let place = place(&args.path)?;
    let missing = || format!("not in the library: {place}");
    let id = store.find(&place)?.with_context(missing)?;
    let row = store.row(id)?.with_context(missing)?;
    let shown = Shown {
        path: row.place.to_string(),
        bytes: row.stamp.bytes,
        blake3: hex(row.hash),
        bpm: row.facts.bpm(),
        key: row.facts.key().map(engine::library::row::key_text),
        facts: row.facts,
    };
    if args.json {
        say(&serde_json::to_string(&shown)?);
        return Ok(Outcome::Done);
    }
    let serde_json::Value::Object(parts) = serde_json::to_value(&shown)? else {
        return Ok(Outcome::Done);
    };
    for (name, value) in parts {
        match value {
            serde_json::Value::Object(inner) => {
                say(&format!("{name}:"));
                for (name, value) in inner {
                    say(&format!("  {name}: {value}"));
                }
            }
            serde_json::Value::String(text) => {
                say(&format!("{name}: {text}"));
            }
            other => {
                say(&format!("{name}: {other}"));
            }
        }
    }
    Ok(Outcome::Done)
}

/// What the library holds.
#[derive(Serialize)]
struct Stats {
    rows: u64,
    absent: u64,
    failed: u64,
    sources: Vec<String>,
    index_bytes: u64,
    state: &'static str,
    content_digest: Option<String>,
}

pub(crate) fn stats(args: &StatsArgs) -> Result<Outcome> {
    let store = open_to_read(&args.library)?;
    let counts = store.counts()?;
    let stats = Stats {
        rows: counts.files,
        absent: counts.absent,
        failed: counts.failed,
        sources: store.sources()?.iter().map(|source| source.path.display().to_string()).collect(),
        index_bytes: store.path().metadata().map_or(0, |metadata| metadata.len()),
        state: match store.state() {
            engine::library::store::IndexState::Building => "building",
            engine::library::store::IndexState::Ready => "ready",
        },
        content_digest: if args.digest { Some(hex(store.content_digest()?)) } else { None },
    };
    if args.json {
        say(&serde_json::to_string(&stats)?);
        return Ok(Outcome::Done);
    }
    say(&format!(
        "{} files, {} of them not there now; {} could not be read",
        HumanCount(stats.rows),
        HumanCount(stats.absent),
        HumanCount(stats.failed)
    ));
    say(&format!("index: {} ({})", HumanBytes(stats.index_bytes), stats.state));
    for source in &stats.sources {
        say(&format!("source: {source}"));
    }
    if let Some(digest) = &stats.content_digest {
        say(&format!("content: {digest}"));
    }
    Ok(Outcome::Done)
}

fn hex(hash: [u8; 32]) -> String {
    blake3::Hash::from_bytes(hash).to_hex().to_string()
}

/// A path, or ARCHIVE!/MEMBER.
fn place(path: &Path) -> Result<Place> {
    let absolute = |path: &Path| {
        path.canonicalize()
            .or_else(|_| std::path::absolute(path))
            .with_context(|| format!("cannot find the file: {}", path.display()))
    };
    if let Some((archive, member)) = path.to_str().and_then(|text| text.split_once("!/"))
        && !path.exists()
    {
        let place = Place::of(&absolute(Path::new(archive))?);
        return Ok(Place { member: Some(member.as_bytes().into()), ..place });
    }
    Ok(Place::of(&absolute(path)?))
}
