//! `orchestrator search`.

use crate::Outcome;
use crate::args::SearchArgs;
use crate::output::{say, say_wrong};
use anyhow::Result;
use engine::library::Shelf;
use engine::library::query::parse;
use engine::library::search::{Hit, LONGEST_PAGE, MelodyAt, Request, Searcher};
use serde::Serialize;

/// A hit, and where in it the melody begins that was asked for.
#[derive(Serialize)]
struct Line<'h> {
    #[serde(flatten)]
    hit: &'h Hit,
    #[serde(flatten)]
    places: Option<Places>,
}

/// Where a melody begins; null where the file cannot be read now.
#[derive(Serialize)]
struct Places {
    /// In seconds from the start of the song.
    melody_at: Option<Vec<f64>>,
    /// The bars that they lie in, counted from 1.
    melody_bars: Option<Vec<u64>>,
}

impl Places {
    fn of(found: Option<&[MelodyAt]>) -> Self {
        Self {
            melody_at: found.map(|found| found.iter().map(|it| it.secs).collect()),
            melody_bars: found.map(|found| found.iter().map(|it| it.bar + 1).collect()),
        }
    }
}

pub(crate) fn run(args: &SearchArgs) -> Result<Outcome> {
    let searcher = Searcher::new(crate::show::open_to_read(&args.library)?, None);
    let (query, problems) = parse(&args.query);
    for problem in problems {
        let from = args.query.get(..problem.span.start).unwrap_or_default().chars().count();
        say_wrong(&format!("letter {}: {}", from + 1, problem.message));
    }
    let ticket = searcher.ticket();
    let shelf = Shelf::default();
    let mut left = args.limit;
    let mut after = None;
    while left > 0 {
        let limit = left.min(LONGEST_PAGE);
        let request = Request { query: query.clone(), limit, after: after.take() };
        let page = searcher.page(&request, &ticket)?;
        for hit in &page.hits {
            let places = if query.has_melody() {
                let found = searcher.melody_at(hit.id, &query, &shelf)?;
                Some(Places::of(found.as_deref()))
            } else {
                None
            };
            let line = if args.json {
                serde_json::to_string(&Line { hit, places })?
            } else {
                told(hit, places)
            };
            if !say(&line) {
                return Ok(Outcome::Done);
            }
        }
        if !page.whole {
            say_wrong("there was not time for all of it: ask for less");
        }
        left -= page.hits.len().min(left);
        if page.next.is_none() {
            break;
        }
        after.clone_from(&page.next);
    }
    Ok(Outcome::Done)
}

/// Tempo, key and length in columns, then the path, and the bars in which a melody begins.
fn told(hit: &Hit, places: Option<Places>) -> String {
    let bpm = hit.bpm.map_or_else(|| "-".to_owned(), |bpm| format!("{bpm:.1}"));
    let key = hit.key.as_deref().unwrap_or("-");
    let secs = hit.duration_secs.round() as u64;
    let bars = places.and_then(|places| places.melody_bars).unwrap_or_default();
    let bars: Vec<String> = bars.iter().map(u64::to_string).collect();
    let bars = if bars.is_empty() { String::new() } else { format!("  bar {}", bars.join(", ")) };
    format!("{bpm:>6} {key:<4} {:>3}:{:02}  {}{bars}", secs / 60, secs % 60, hit.path)
}
