//! Times what is asked of a library, and says how much it takes.

use crate::library::facets::{Facet, FacetValue};
use crate::library::search::{Request, Searcher};
use crate::library::store::{Store, StoreError};
use profiling::thread_cpu::process_now;
use roaring::RoaringBitmap;
use std::time::{Duration, Instant};

/// How often each question is asked.
const ROUNDS: usize = 21;

/// Asks a library what it is built for, and says how long each answer took: the median, and
/// the 95th percentile, and the processor time, which others on the machine do not change.
pub fn measure(store: &Store, say: &mut dyn FnMut(&str)) -> Result<(), StoreError> {
    let files = store.facets().len();
    let per_file = |bytes: u64| bytes as f64 / files.max(1) as f64;
    let size = std::fs::metadata(store.path()).map_or(0, |it| it.len());
    say(&format!("{files} files, {size} bytes, {:.0} a file", per_file(size)));
    let heap = store.facets().heap_bytes() as u64;
    say(&format!("facets: {heap} bytes on the heap, {:.1} a file", per_file(heap)));
    say(&format!("all of Rust's heap: {} bytes", profiling::alloc::live_bytes()));
    for (table, bytes) in tables(store)? {
        say(&format!("  {table}: {:.0} bytes a file", per_file(bytes)));
    }

    let all = store.facets().present();
    for share in [1, 2, 3, 10, 100, 10_000] {
        let some: RoaringBitmap =
            all.iter().filter(|id| scattered(*id).is_multiple_of(share)).collect();
        let what = format!("facet counts among 1/{share}");
        time(&what, say, || Ok(store.facets().counts(Some(&some)).len()))?;
    }
    time("facet counts among all", say, || Ok(store.facets().counts(None).len()))?;
    time("files with a key", say, || {
        Ok(store.facets().with(FacetValue::new(Facet::Key, 21)).len() as usize)
    })?;
    time("files by tempo", say, || Ok(store.facets().with_bpm(110.0..=130.0).len() as usize))?;
    time("files with a tag", say, || {
        Ok(store.facets().with(FacetValue::new(Facet::Tag, 9)).len() as usize)
    })?;

    let vector = store.row(files as u32 / 2)?.map_or([9; 24], |row| row.facts.prints.vector);
    time("similar files", say, || Ok(store.similar(&vector, 50, None, &|| false)?.0.len()))?;
    time("one whole row", say, || Ok(usize::from(store.row(files as u32 / 3)?.is_some())))?;
    for (what, query) in [
        (
            "a page by key and tempo in the order of names",
            "SELECT id FROM files INDEXED BY files_by_key WHERE key = 21
             AND bpm BETWEEN 110 AND 130 ORDER BY name COLLATE NOCASE, bpm, id LIMIT 50",
        ),
        (
            "1,000 files by a word",
            "SELECT rowid FROM words WHERE words MATCH '\"wonder\"' LIMIT 1000",
        ),
        (
            "1,000 files by the beginning of a word",
            "SELECT rowid FROM words WHERE words MATCH '\"w\" *' LIMIT 1000",
        ),
        (
            "1,000 files by two words",
            "SELECT rowid FROM words WHERE words MATCH '\"wonder\" \"bass\"' LIMIT 1000",
        ),
        (
            "1,000 files by part of a name",
            "SELECT rowid FROM name_trigrams WHERE name LIKE '%onder%' LIMIT 1000",
        ),
        (
            "1,000 files by a progression",
            "SELECT rowid FROM progressions WHERE progressions MATCH '\"mii jv ji\"' LIMIT 1000",
        ),
    ] {
        time(what, say, || {
            let reader = store.reader()?;
            let mut statement = reader.prepare_cached(query)?;
            let mut rows = statement.query([])?;
            let mut count = 0;
            while rows.next()?.is_some() {
                count += 1;
            }
            Ok(count)
        })?;
    }
    searches(store, say)?;
    let known = store.known()?;
    let folder: Vec<u8> = store.reader()?.query_row(
        "SELECT path FROM folders ORDER BY id DESC LIMIT 1",
        [],
        |it| it.get(0),
    )?;
    time("what is known of a folder", say, || Ok(known.folder(&folder)?.files.len()))?;
    let readers = store.readers().stats();
    say(&format!(
        "readers: {} taken, {} waited for, p99 {:?}",
        readers.acquired, readers.waits, readers.p99
    ));
    let process = profiling::process::ProcessSampler::new().sample();
    say(&format!("process: {process:?}"));
    Ok(())
}

/// Whole searches, through everything that a search box goes through but what it keeps.
fn searches(store: &Store, say: &mut dyn FnMut(&str)) -> Result<(), StoreError> {
    let theme = |number, notes| {
        let keys = super::theme(number).into_iter().take(notes);
        keys.map(|key| key.to_string()).collect::<Vec<_>>().join("-")
    };
    let melodies = [(0, 6), (0, 8), (0, 12), (200, 6), (200, 12)];
    let melodies = melodies.map(|(number, notes)| format!("melody:{}", theme(number, notes)));
    let scale = ["melody:60-62-64-65-67-69", "melody:60-62-64-65-67-69 sort:name"];
    let others = [
        "tracks:1",
        "tracks:>=8",
        "dup:yes",
        "dup:no",
        "version:yes",
        "version:no",
        "name:a",
        "name:ab",
        "name:_7",
        "name:夜曲",
        "name:第1番",
        "key:Am bpm:120-130",
        "wonder",
    ];
    let mut texts: Vec<String> = melodies.into();
    texts.extend(scale.into_iter().chain(others).map(str::to_owned));
    for text in &texts {
        let mut whole = true;
        let mut pages = true;
        for counted in [false, true] {
            let what = if counted { "count" } else { "first page" };
            let query = crate::library::query::parse(text).0;
            time(&format!("{what} of {text}"), say, || {
                // A searcher of its own, so that no answer is kept.
                let searcher = Searcher::new(store.clone(), None);
                let ticket = searcher.ticket();
                if counted {
                    let count = searcher.count(&query, &ticket)?;
                    whole &= !count.more;
                    return Ok(count.files as usize);
                }
                let request = Request { query: query.clone(), limit: 50, after: None };
                let page = searcher.page(&request, &ticket)?;
                pages &= page.whole;
                Ok(page.hits.len())
            })?;
        }
        if !whole || !pages {
            say(&format!("  {text}: not whole ({pages} {whole})"));
        }
    }
    Ok(())
}

fn time(
    what: &str,
    say: &mut dyn FnMut(&str),
    mut ask: impl FnMut() -> Result<usize, StoreError>,
) -> Result<(), StoreError> {
    let mut times = Vec::with_capacity(ROUNDS);
    let mut cpu_times = Vec::with_capacity(ROUNDS);
    let mut found = 0;
    for _ in 0..ROUNDS {
        let (start, cpu) = (Instant::now(), process_now());
        found = ask()?;
        times.push(start.elapsed());
        cpu_times.push(process_now().saturating_sub(cpu));
    }
    times.sort_unstable();
    cpu_times.sort_unstable();
    let millis = |it: Option<&Duration>| it.map_or(0.0, |it| it.as_secs_f64() * 1000.0);
    let (median, late) = (millis(times.get(ROUNDS / 2)), millis(times.get(ROUNDS * 95 / 100)));
    let cpu = millis(cpu_times.get(ROUNDS / 2));
    say(&format!("{what}: {median:.3} ms, p95 {late:.3} ms, CPU {cpu:.3} ms ({found})"));
    Ok(())
}

/// Bytes of each table and index.
fn tables(store: &Store) -> Result<Vec<(String, u64)>, StoreError> {
    let reader = store.reader()?;
    let list = "SELECT name, sum(pgsize) FROM dbstat WHERE aggregate = TRUE GROUP BY name
                ORDER BY 2 DESC LIMIT 24";
    let mut list = reader.prepare(list)?;
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64));
    Ok(list.query_map([], read)?.collect::<Result<_, _>>()?)
}

/// An id among all, so that a share of them lies everywhere.
const fn scattered(id: u32) -> u32 {
    id.wrapping_mul(0x9E37_79B1) >> 7
}
