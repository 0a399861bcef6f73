//! `orchestrator export`: the whole table for other programs.

use crate::Outcome;
use crate::args::{ExportArgs, Format};
use crate::output::say_wrong;
use anyhow::{Context, Result};
use engine::library::store::{Store, StoreError};
use engine::library::table::{Entry, Own, TableError, write_csv, write_parquet};
use std::fs::File;
use std::io::{self, BufWriter, Write};

/// Ids that are asked for at a time.
const PART: u32 = 4_096;

pub(crate) fn run(args: &ExportArgs) -> Result<Outcome> {
    let store = crate::show::open_to_read(&args.library)?;
    let out: Box<dyn Write + Send> = match &args.out {
        Some(path) => {
            let made = File::create_new(path);
            Box::new(made.with_context(|| format!("cannot write: {}", path.display()))?)
        }
        None => Box::new(io::stdout()),
    };
    let mut out = BufWriter::new(out);
    let entries = Entries { store, part: Vec::new().into_iter(), after: 0, is_over: false };
    let written = match args.format {
        Format::Csv => write_csv(entries, &mut out),
        Format::Parquet => write_parquet(entries, &mut out),
    };
    let count = match written {
        // Whoever reads has seen enough.
        Err(error) if is_broken_pipe(&error) => return Ok(Outcome::Done),
        written => written?,
    };
    out.flush()?;
    if args.out.is_some() {
        say_wrong(&format!("{count} files written"));
    }
    Ok(Outcome::Done)
}

fn is_broken_pipe(error: &TableError) -> bool {
    let io = match error {
        TableError::Io(error) => Some(error),
        TableError::Csv(error) => match error.kind() {
            csv::ErrorKind::Io(error) => Some(error),
            _ => None,
        },
        _ => None,
    };
    io.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// Every file of the library, by id.
struct Entries {
    store: Store,
    part: std::vec::IntoIter<u32>,
    after: u32,
    is_over: bool,
}

impl Entries {
    fn next_entry(&mut self) -> Result<Option<Entry>, StoreError> {
        loop {
            for id in self.part.by_ref() {
                self.after = id;
                // Taken out meanwhile: there is nothing to tell.
                let Some(row) = self.store.row(id)? else { continue };
                let mark = self.store.mark(&row.hash);
                let tags = if mark.tags.is_empty() { Vec::new() } else { self.tags(&mark.tags)? };
                let (bpm, key) = (mark.bpm, mark.key);
                let own = Own { rating: mark.rating, favourite: mark.favourite, tags, bpm, key };
                return Ok(Some(Entry { row, own }));
            }
            self.part = self.store.ids_after(self.after, PART)?.into_iter();
            if self.part.len() == 0 {
                return Ok(None);
            }
        }
    }

    fn tags(&self, ids: &[u32]) -> Result<Vec<String>, StoreError> {
        let all = self.store.user_tags()?;
        Ok(all.into_iter().filter(|tag| ids.contains(&tag.id)).map(|tag| tag.name).collect())
    }
}

impl Iterator for Entries {
    type Item = Result<Entry, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let next = self.next_entry().transpose();
        self.is_over = !matches!(next, Some(Ok(_)));
        next
    }
}
