//! Times what is asked of a library, says how much it takes, and whether that holds the goals
//! of the project.

use super::questions::{Question, all};
use crate::library::facets::{Facet, FacetValue};
use crate::library::query::parse;
use crate::library::search::{Request, Searcher};
use crate::library::store::{Store, StoreError};
use profiling::thread_cpu::process_now;
use roaring::RoaringBitmap;
use std::time::{Duration, Instant};

/// How often each question is asked, after once that does not count.
const ROUNDS: usize = 41;
/// What takes long is asked less often: until so much time has gone by, but five times.
const PATIENCE: Duration = Duration::from_secs(4);
const FEWEST_ROUNDS: usize = 5;
/// Longer than a search may take: what it takes is what is asked.
const LIMIT: Duration = Duration::from_secs(20);
/// Hits on a page.
const PAGE: usize = 50;
/// Goals, in milliseconds of processor time at the 95th percentile.
const FIRST_PAGE: f64 = 10.0;
const FACET_COUNTS: f64 = 50.0;
const SIMILAR: f64 = 200.0;
const OPENING: f64 = 1_000.0;
/// Bytes a file without the index of melodies, and bytes of memory.
const BYTES_A_FILE: u64 = 2_048;
const MEMORY: u64 = 300_000_000;

/// Says what is measured, and remembers what does not hold its goal.
pub struct Measure<'a> {
    say: &'a mut dyn FnMut(&str),
    goals: Vec<Goal>,
}

/// One goal, and the worst of what was held against it.
struct Goal {
    what: &'static str,
    most: f64,
    unit: &'static str,
    worst: f64,
    by: String,
    /// How many were over it, of how many.
    over: usize,
    of: usize,
}

/// Processor time, which others on the machine do not change, and the time that went by.
#[derive(Default)]
struct Times {
    cpu: Vec<Duration>,
    wall: Vec<Duration>,
}

impl Times {
    fn add(&mut self, wall: Duration, cpu: Duration) {
        self.wall.push(wall);
        self.cpu.push(cpu);
    }

    /// The percentiles: half and 95 of the processor time, half and 95 of the time.
    fn percentiles(&mut self) -> [f64; 4] {
        let at = |times: &mut Vec<Duration>, share: usize| {
            times.sort_unstable();
            let place = (times.len() * share).div_ceil(100).saturating_sub(1);
            times.get(place).map_or(0.0, |it| it.as_secs_f64() * 1_000.0)
        };
        [
            at(&mut self.cpu, 50),
            at(&mut self.cpu, 95),
            at(&mut self.wall, 50),
            at(&mut self.wall, 95),
        ]
    }
}

impl<'a> Measure<'a> {
    /// Tells `say` line by line.
    pub fn new(say: &'a mut dyn FnMut(&str)) -> Self {
        Self { say, goals: Vec::new() }
    }

    /// Takes note of how long opening took.
    pub fn opened(&mut self, wall: Duration, cpu: Duration) {
        let [wall, cpu] = [wall, cpu].map(|it| it.as_secs_f64() * 1_000.0);
        (self.say)(&format!("opened in {wall:.0} ms, {cpu:.0} ms of processor time"));
        self.hold("opening", OPENING, "ms", wall, "opening");
    }

    /// Asks a library what it is built for.
    pub fn run(&mut self, store: &Store) -> Result<(), StoreError> {
        let files = store.facets().len();
        (self.say)(&format!("{files} files"));
        (self.say)("processor time: half, 95th percentile | time: half, 95th percentile | found");
        self.searches(store)?;
        self.counts(store)?;
        self.parts(store)?;
        self.memory(store);
        self.sizes(store, files)?;
        self.verdict();
        Ok(())
    }

    /// Whole searches, through everything that a search box goes through but what it keeps:
    /// first page, second page, number of files, counts of all facets.
    fn searches(&mut self, store: &Store) -> Result<(), StoreError> {
        let searcher = Searcher::new(store.clone(), None).keeping_nothing().with_limit(LIMIT);
        for Question { text, is_slow } in all() {
            let query = parse(&text).0;
            let mut whole = true;
            let mut next = None;
            let first = Request { query: query.clone(), limit: PAGE, after: None };
            self.time(&format!("page 1 of {text:?}"), Some(("first page", FIRST_PAGE)), || {
                let page = searcher.page(&first, &searcher.ticket())?;
                whole &= page.whole;
                next.clone_from(&page.next);
                Ok(page.hits.len())
            })?;
            if let Some(after) = next {
                let second = Request { after: Some(after), ..first.clone() };
                self.time(
                    &format!("page 2 of {text:?}"),
                    Some(("later page", FIRST_PAGE)),
                    || Ok(searcher.page(&second, &searcher.ticket())?.hits.len()),
                )?;
            }
            if is_slow {
                continue;
            }
            self.time(&format!("count of {text:?}"), None, || {
                let count = searcher.count(&query, &searcher.ticket())?;
                whole &= !count.more;
                Ok(count.files as usize)
            })?;
            let goal = Some(("facet counts", FACET_COUNTS));
            self.time(&format!("facet counts of {text:?}"), goal, || {
                let counts = searcher.facets(&query, &searcher.ticket())?;
                whole &= counts.whole;
                Ok(counts.counts.len())
            })?;
            if !whole {
                (self.say)(&format!("  {text:?} is not whole"));
            }
        }
        Ok(())
    }

    /// All facet counts among files that lie everywhere.
    fn counts(&mut self, store: &Store) -> Result<(), StoreError> {
        let all = store.facets().present();
        let goal = Some(("facet counts", FACET_COUNTS));
        for share in [1, 2, 3, 10, 30, 100, 1_000, 10_000] {
            let some = all.iter().filter(|id| scattered(*id).is_multiple_of(share));
            let some: RoaringBitmap = some.collect();
            self.time(&format!("facet counts among 1/{share}"), goal, || {
                Ok(store.facets().counts(Some(&some)).len())
            })?;
        }
        self.time("facet counts among all", goal, || Ok(store.facets().counts(None).len()))
    }

    /// What searches are made of.
    fn parts(&mut self, store: &Store) -> Result<(), StoreError> {
        self.time("all that are there", None, || Ok(store.facets().present().len() as usize))?;
        self.time("files with a key", None, || {
            Ok(store.facets().with(FacetValue::new(Facet::Key, 21)).len() as usize)
        })?;
        self.time("files by tempo", None, || {
            Ok(store.facets().with_bpm(110.0..=130.0).len() as usize)
        })?;
        self.time("files with a tag", None, || {
            Ok(store.facets().with(FacetValue::new(Facet::Tag, 9)).len() as usize)
        })?;
        let files = store.facets().len() as u32;
        let vector = store.row(files / 2)?.map_or([9; 24], |row| row.facts.prints.vector);
        self.time("similar files", Some(("similar files", SIMILAR)), || {
            Ok(store.similar(&vector, PAGE, None, &|| false)?.0.len())
        })?;
        self.time("one whole row", None, || Ok(usize::from(store.row(files / 3)?.is_some())))?;
        let known = store.known()?;
        let folder = "SELECT path FROM folders ORDER BY id DESC LIMIT 1";
        let folder: Vec<u8> = store.reader()?.query_row(folder, [], |it| it.get(0))?;
        self.time("what is known of a folder", None, || Ok(known.folder(&folder)?.files.len()))?;
        let readers = store.readers().stats();
        (self.say)(&format!(
            "readers: {} taken, {} waited for, p99 {:?}",
            readers.acquired, readers.waits, readers.p99
        ));
        Ok(())
    }

    fn memory(&mut self, store: &Store) {
        let files = store.facets().len().max(1);
        let heap = store.facets().heap_bytes() as u64;
        (self.say)(&format!(
            "facets: {heap} bytes on the heap, {:.1} a file",
            heap as f64 / files as f64
        ));
        (self.say)(&format!("all of Rust's heap: {} bytes", profiling::alloc::live_bytes()));
        let process = profiling::process::ProcessSampler::new().sample();
        (self.say)(&format!("process: {process:?}"));
        let bytes = process.rss_bytes as f64;
        self.hold("memory", MEMORY as f64 / 1e6, "MB", bytes / 1e6, "the process");
    }

    /// Bytes of each table and index.
    fn sizes(&mut self, store: &Store, files: u64) -> Result<(), StoreError> {
        let size = std::fs::metadata(store.path()).map_or(0, |it| it.len());
        let per_file = |bytes: u64| bytes as f64 / files.max(1) as f64;
        (self.say)(&format!("{size} bytes, {:.0} a file", per_file(size)));
        let reader = store.reader()?;
        let list = "SELECT name, sum(pgsize) FROM dbstat WHERE aggregate = TRUE GROUP BY name
                    ORDER BY 2 DESC";
        let mut list = reader.prepare(list)?;
        let mut rows = list.query([])?;
        let mut melodies = 0;
        while let Some(row) = rows.next()? {
            let (table, bytes): (String, i64) = (row.get(0)?, row.get(1)?);
            let bytes = bytes as u64;
            if table.starts_with("melod") {
                melodies += bytes;
            }
            if per_file(bytes) >= 0.5 {
                (self.say)(&format!("  {table}: {:.1} bytes a file", per_file(bytes)));
            }
        }
        let rest = per_file(size.saturating_sub(melodies));
        self.hold("size", BYTES_A_FILE as f64, "bytes", rest, "a file, without melodies");
        Ok(())
    }

    fn time(
        &mut self,
        what: &str,
        goal: Option<(&'static str, f64)>,
        mut ask: impl FnMut() -> Result<usize, StoreError>,
    ) -> Result<(), StoreError> {
        let mut times = Times::default();
        let mut found = ask()?;
        let begun = Instant::now();
        for round in 0..ROUNDS {
            if round >= FEWEST_ROUNDS && begun.elapsed() > PATIENCE {
                break;
            }
            let (start, cpu) = (Instant::now(), process_now());
            found = ask()?;
            times.add(start.elapsed(), process_now().saturating_sub(cpu));
        }
        let [cpu, cpu_late, wall, wall_late] = times.percentiles();
        let over = goal.is_some_and(|(_, most)| cpu_late > most);
        (self.say)(&format!(
            "{} {cpu:8.3} {cpu_late:8.3} | {wall:8.3} {wall_late:8.3} | {found:7} {what}",
            if over { "!" } else { " " },
        ));
        if let Some((name, most)) = goal {
            self.hold(name, most, "ms", cpu_late, what);
        }
        Ok(())
    }

    fn hold(&mut self, what: &'static str, most: f64, unit: &'static str, took: f64, by: &str) {
        let place = self.goals.iter().position(|goal| goal.what == what).unwrap_or_else(|| {
            let by = String::new();
            self.goals.push(Goal { what, most, unit, worst: -1.0, by, over: 0, of: 0 });
            self.goals.len() - 1
        });
        let Some(goal) = self.goals.get_mut(place) else { return };
        goal.of += 1;
        goal.over += usize::from(took > most);
        if took > goal.worst {
            goal.worst = took;
            by.clone_into(&mut goal.by);
        }
    }

    fn verdict(&mut self) {
        for Goal { what, most, unit, worst, by, over, of } in &self.goals {
            let holds = if *over == 0 {
                "holds".to_owned()
            } else {
                format!("DOES NOT HOLD in {over} of {of}")
            };
            (self.say)(&format!(
                "{what}: at most {most:.0} {unit} {holds}; worst {worst:.1} {unit} ({by})"
            ));
        }
    }
}

/// An id among all, so that a share of them lies everywhere.
const fn scattered(id: u32) -> u32 {
    id.wrapping_mul(0x9E37_79B1) >> 7
}
