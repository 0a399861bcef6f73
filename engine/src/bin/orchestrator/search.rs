//! `orchestrator search`.

use crate::Outcome;
use crate::args::SearchArgs;
use crate::output::{say, say_wrong};
use anyhow::Result;
use engine::library::query::parse;
use engine::library::search::{Hit, LONGEST_PAGE, Request, Searcher};

pub(crate) fn run(args: &SearchArgs) -> Result<Outcome> {
    let searcher = Searcher::new(crate::show::open_to_read(&args.library)?, None);
    let (query, problems) = parse(&args.query);
    for problem in problems {
        let from = args.query.get(..problem.span.start).unwrap_or_default().chars().count();
        say_wrong(&format!("letter {}: {}", from + 1, problem.message));
    }
    let ticket = searcher.ticket();
    let mut left = args.limit;
    let mut after = None;
    while left > 0 {
        let limit = left.min(LONGEST_PAGE);
        let request = Request { query: query.clone(), limit, after: after.take() };
        let page = searcher.page(&request, &ticket)?;
        for hit in &page.hits {
            let line = if args.json { serde_json::to_string(hit)? } else { told(hit) };
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

/// Tempo, key and length in columns, then the path.
fn told(hit: &Hit) -> String {
    let bpm = hit.bpm.map_or_else(|| "-".to_owned(), |bpm| format!("{bpm:.1}"));
    let key = hit.key.as_deref().unwrap_or("-");
    let secs = hit.duration_secs.round() as u64;
    format!("{bpm:>6} {key:<4} {:>3}:{:02}  {}", secs / 60, secs % 60, hit.path)
}
