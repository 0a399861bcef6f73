//! Pages, and what is kept of them.

use crate::files::row;
use crate::{Library, PATIENCE};
use engine::library::query::parse;
use engine::library::row::{Facts, Row};
use engine::library::search::{Request, Searcher};
use engine::library::store::StoreError;
use profiling::ProfilingState;
use std::sync::Arc;
use std::time::Duration;

fn numbered(range: std::ops::Range<usize>, step: usize) -> Vec<Row> {
    let file = |nth: usize| row(&format!("/music/{:05} bass.mid", nth * step), Facts::default());
    range.map(file).collect()
}

#[test]
fn pages_neither_skip_nor_repeat_when_files_come_in_between() {
    for query in ["sort:name", "sort:-name", "-nothing sort:date", "bass sort:name"] {
        let library = Library::of(&numbered(0..900, 2));
        let mut request = Request { query: parse(query).0, limit: 50, after: None };
        let mut seen = Vec::new();
        let mut odd = 1;
        loop {
            let page = library.searcher.page(&request, &library.searcher.ticket()).unwrap();
            seen.extend(page.hits.iter().map(|hit| hit.name.clone()));
            let Some(next) = page.next.clone() else { break };
            request.after = Some(next);
            let more: Vec<Row> =
                (0..30).flat_map(|it| numbered(odd + it..odd + it + 1, 1)).step_by(2).collect();
            library.store().writer().unwrap().write(&more).unwrap();
            odd += 60;
        }
        let mut even: Vec<&String> =
            seen.iter().filter(|name| name[..5].parse::<usize>().unwrap() % 2 == 0).collect();
        even.sort();
        even.dedup();
        assert_eq!(even.len(), 900, "{query}");
        let all = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), all, "{query}");
    }
}

#[test]
fn an_answer_is_kept_until_the_library_changes() {
    let library = Library::of(&numbered(0..20, 1));
    let searcher = &library.searcher;
    let first = library.page("bass", 5);
    assert!(Arc::ptr_eq(&first, &library.page("  bass ", 5)), "the same query is answered once");
    let facets = |query: &str| searcher.facets(&parse(query).0, &searcher.ticket()).unwrap();
    assert!(Arc::ptr_eq(&facets("bass sort:name"), &facets("bass")));
    assert_eq!(searcher.cache().stats().hits, 2);
    let hash = first.hits[0].hash;
    library.store().rate(&[hash], Some(4)).unwrap();
    let second = library.page("bass", 5);
    assert_eq!((first.hits[0].rating, second.hits[0].rating), (None, Some(4)));
    library.store().writer().unwrap().write(&numbered(20..21, 1)).unwrap();
    assert_eq!(facets("bass").files, 21);
    assert!(searcher.cache().stats().invalidations >= 2);
}

#[test]
fn a_newer_search_ends_an_older_one() {
    let library = Library::of(&numbered(0..3, 1));
    let searcher = &library.searcher;
    let old = searcher.ticket();
    let new = searcher.ticket();
    assert!(old.is_stale() && !new.is_stale());
    let request = Request { query: parse("bass").0, limit: 5, after: None };
    assert!(matches!(searcher.page(&request, &old), Err(StoreError::Interrupted)));
    assert_eq!(searcher.page(&request, &new).unwrap().hits.len(), 3);
}

#[test]
fn when_time_is_over_what_there_is_comes_with_a_word_about_it() {
    let library = Library::of(&numbered(0..5_000, 1));
    let hurried = Searcher::new(library.store().clone(), None).with_limit(Duration::ZERO);
    for query in ["bass", "name:bass", "name:ba sort:date", "melody:60-62-64-65-67-69"] {
        let request = Request { query: parse(query).0, limit: 5, after: None };
        let page = hurried.page(&request, &hurried.ticket()).unwrap();
        assert!(!page.whole, "{query}");
    }
    let count = hurried.count(&parse("bass").0, &hurried.ticket()).unwrap();
    assert!(count.more && count.files < 5_000);
    // What was broken off is not kept.
    let patient = hurried.clone().with_limit(PATIENCE);
    let count = patient.count(&parse("bass").0, &patient.ticket()).unwrap();
    assert_eq!((count.files, count.more), (5_000, false));
    // The connection is as it was before: nothing interrupts who has it next.
    for _ in 0..8 {
        assert_eq!(library.paged("sort:name", 1_000).len(), 5_000);
    }
}

#[test]
fn of_many_that_have_the_words_the_best_are_ranked() {
    let mut rows = numbered(0..1_500, 1);
    rows.push(row("/music/Bass.mid", Facts::default()));
    let library = Library::of(&rows);
    let page = library.page("bass", 10);
    assert!(page.whole && page.best_only);
    assert_eq!(library.paged("bass", 300).len(), 1_000);
    let count = library.searcher.count(&parse("bass").0, &library.searcher.ticket()).unwrap();
    assert_eq!((count.files, count.more), (1_501, false));
}

#[test]
fn statements_are_told_with_their_plans() {
    let library = Library::of(&numbered(0..900, 1));
    let profiling = ProfilingState::new();
    let searcher = Searcher::new(library.store().clone(), Some(profiling.clone()));
    for query in ["bass", "key:none sort:name", "sort:-bpm"] {
        let request = Request { query: parse(query).0, limit: 5, after: None };
        searcher.page(&request, &searcher.ticket()).unwrap();
    }
    let statements = profiling.query_stats.lock().statements();
    let walked = statements.iter().find(|it| it.sql.contains("files_by_name")).unwrap();
    assert!(walked.plan.contains("COVERING INDEX files_by_name"), "{}", walked.plan);
    assert!(statements.iter().all(|it| !it.plan.contains("TEMP B-TREE")), "{statements:?}");
    assert!(profiling.get_cache_stats().contains_key("library answers"));
}

#[test]
fn by_key_and_tempo_one_index_serves_the_order_of_names() {
    let mut rows = numbered(0..40, 1);
    for (nth, row) in rows.iter_mut().enumerate() {
        row.facts.key.inferred = engine::theory::Key::all().nth(nth % 3);
        row.facts.tempo.declared = Some(100.0 + nth as f32);
    }
    let library = Library::of(&rows);
    let profiling = ProfilingState::new();
    let searcher = Searcher::new(library.store().clone(), Some(profiling.clone()));
    let request = Request { query: parse("key:C bpm:110-130").0, limit: 5, after: None };
    let page = searcher.page(&request, &searcher.ticket()).unwrap();
    let names: Vec<&str> = page.hits.iter().map(|hit| hit.name.as_str()).collect();
    assert_eq!(names, ["00012 bass", "00015 bass", "00018 bass", "00021 bass", "00024 bass"]);
    let statements = profiling.query_stats.lock().statements();
    let plan = &statements.iter().find(|it| it.sql.contains("files_by_key")).unwrap().plan;
    assert_eq!(plan, "SEARCH files USING COVERING INDEX files_by_key (key=?)");
}
