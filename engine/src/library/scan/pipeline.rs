//! The three stages and the channels between them.

use super::analyst::Analyst;
use super::archive::{ArchiveLimits, Member, members};
use super::fetch::{BUFFERS, Bytes, FetchError, MAP_FROM, fetch, scan_buffers, stamp_of};
use super::looked::Looked;
use super::news::{News, ROWS, write_news};
use super::progress::{Cancel, Count, Progress, Timer};
use super::report::{ScanReport, StageSecs};
use super::retag;
use super::walk::{Batch, Kind, Step, walk};
use crate::library::InferTempo;
use crate::library::features::TagTable;
use crate::library::row::{ANALYSIS_VERSION, Place, Stamp, path_bytes};
use crate::library::store::{Failure, KnownFile, KnownFolder, Store, StoreError};
use crate::smf::Limits;
use flume::{Receiver, Sender, bounded};
use profiling::memory::SharedPool;
use profiling::thread_cpu;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// Readers: as many as keep a disk busy when nothing is cached; they mostly wait.
const READERS: usize = 8;
/// Files handed on together: a channel's cost is shared, and few buffers are under way.
const TOGETHER: usize = 16;

/// How to scan.
#[derive(Clone, Debug)]
pub struct ScanOptions {
    /// Analysing threads; default: one a core.
    pub workers: usize,
    /// Reading threads; default 8.
    pub readers: usize,
    /// For which files the tempo is heard in the notes.
    pub tempo: InferTempo,
    /// Whether files that have not changed are read again.
    pub force: bool,
    /// The words that become tags; default the program's table with the user's own on top,
    /// which lies beside the index.
    pub tags: Option<Arc<TagTable>>,
    /// Files from this size on are mapped into memory; default [`MAP_FROM`].
    pub map_from: u64,
    /// Rows of one transaction; default 2,000.
    pub rows: usize,
    /// Read buffers that are kept for reuse; default 256.
    pub buffers: usize,
    /// What archives may cost.
    pub archives: ArchiveLimits,
}

impl Default for ScanOptions {
    fn default() -> Self {
        Self {
            workers: thread::available_parallelism().map_or(1, usize::from),
            readers: READERS,
            tempo: InferTempo::Auto,
            force: false,
            tags: None,
            map_from: MAP_FROM,
            rows: ROWS,
            buffers: BUFFERS,
            archives: ArchiveLimits::default(),
        }
    }
}

/// Why a scan could not go on. What was written until then stays.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The index cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The system gives no thread.
    #[error("cannot start a thread: {0}")]
    Thread(std::io::Error),
    /// A stage has panicked.
    #[error("a part of the scan has broken off; this is a fault of the program")]
    Panicked,
}

/// Brings the index up to date with what lies below `roots`: folders or single files that are
/// sources or lie below one.
///
/// # Errors
/// When the index fails. Files that fail are no error: they are counted, and the index has
/// their reasons.
pub fn scan(
    store: &Store,
    roots: &[PathBuf],
    options: &ScanOptions,
    progress: &Progress,
    cancel: &Cancel,
) -> Result<ScanReport, ScanError> {
    let started = Instant::now();
    let cpu = thread_cpu::process_now();
    let sources = store.sources()?.into_iter().map(|source| source.path).collect();
    let (tags, tag_problems) = if let Some(tags) = &options.tags {
        (Arc::clone(tags), Vec::new())
    } else {
        let (table, problems) = store.tag_table();
        (Arc::new(table), problems.iter().map(ToString::to_string).collect())
    };
    retag::begin(store, &tags)?;
    let pool = scan_buffers(options.buffers);
    let stages = Stages { store, options, progress, cancel, pool, sources, tags };
    let (found, to_read) = bounded(options.readers.max(1) * 2);
    let (read, to_analyse) = bounded(options.workers.max(1) * 2);
    let (ready, to_write) = bounded(options.workers.max(1) * 4);
    let (looked, written) = thread::scope(|scope| {
        let spawn = |name: &str| thread::Builder::new().name(format!("library {name}"));
        let writer = spawn("write")
            .spawn_scoped(scope, || write_news(store, to_write, options.rows, progress, cancel))
            .map_err(ScanError::Thread)?;
        for _ in 0..options.workers.max(1) {
            let (from, to) = (to_analyse.clone(), ready.clone());
            spawn("analyse")
                .spawn_scoped(scope, || stages.analyse(from, to))
                .map_err(ScanError::Thread)?;
        }
        for _ in 0..options.readers.max(1) {
            let (from, to, news) = (to_read.clone(), read.clone(), ready.clone());
            spawn("read")
                .spawn_scoped(scope, || stages.read(from, to, news))
                .map_err(ScanError::Thread)?;
        }
        // Each stage ends when the one before it has hung up, or the one after it.
        drop((to_read, to_analyse, read));
        let looked = stages.walk(roots, found, ready);
        let written = writer.join().map_err(|_panic| ScanError::Panicked)??;
        Ok::<_, ScanError>((looked?, written))
    })?;
    let finishing = thread_cpu::process_now();
    let mut absent = written.absent;
    let mut retagged = 0;
    if !cancel.is_set() {
        absent += looked.conclude(written.writer, cancel)?;
        retagged = retag::retag(store, &stages.tags, &stages.sources, cancel)?;
    }
    let finish = thread_cpu::process_now().saturating_sub(finishing);
    let seconds = started.elapsed().as_secs_f64();
    let get = |count| progress.get(count);
    let secs = |count| Duration::from_nanos(get(count)).as_secs_f64();
    let counts = looked.counts;
    Ok(ScanReport {
        files_seen: get(Count::Seen),
        unchanged: get(Count::Unchanged),
        analysed: get(Count::Analysed),
        salvaged: get(Count::Salvaged),
        failed: get(Count::Failed),
        absent,
        other_files: counts.other,
        links: counts.links,
        folders: counts.folders,
        bytes: get(Count::Bytes),
        cancelled: cancel.is_set(),
        seconds,
        cpu_secs: thread_cpu::process_now().saturating_sub(cpu).as_secs_f64(),
        peak_rss_bytes: profiling::process::peak_rss_bytes(),
        stages: StageSecs {
            walk: secs(Count::WalkNanos),
            fetch: secs(Count::FetchNanos),
            analyse: secs(Count::AnalyseNanos),
            write: secs(Count::WriteNanos),
            finish: finish.as_secs_f64(),
        },
        pool_hit_rate: stages.pool.hit_rate(),
        connection_waits: store.readers().stats().waits,
        tempo_heard: get(Count::TempoHeard),
        retagged,
        tag_problems,
        files_per_sec: get(Count::Seen) as f64 / seconds.max(1e-9),
        rows: store.counts()?.files,
    })
}

/// What every stage may use.
struct Stages<'a> {
    store: &'a Store,
    options: &'a ScanOptions,
    progress: &'a Progress,
    cancel: &'a Cancel,
    pool: SharedPool<u8>,
    sources: Arc<[PathBuf]>,
    tags: Arc<TagTable>,
}

/// Files to look at, with what the index knows of their folder.
struct Job {
    batch: Batch,
    known: Arc<KnownFolder>,
}

/// A file's bytes on their way to a worker.
struct Fetched {
    place: Place,
    stamp: Stamp,
    bytes: Bytes,
}

impl Stages<'_> {
    /// Lists folders; tells the writer what is no longer there.
    #[expect(clippy::needless_pass_by_value, reason = "dropping them is what tells the others")]
    fn walk(
        &self,
        roots: &[PathBuf],
        jobs: Sender<Job>,
        news: Sender<Vec<News>>,
    ) -> Result<Looked, ScanError> {
        let timer = Timer::start(self.progress, Count::WalkNanos);
        let known = self.store.known()?;
        let mut looked = Looked::default();
        let mut visited = HashSet::new();
        let mut failed = None;
        for root in roots {
            looked.begin(&known, root)?;
            let mut current = Listing::default();
            let counts = walk(root, &mut visited, self.cancel, &mut |step| match step {
                Step::Enter(folder) => match known.folder(path_bytes(&folder)) {
                    Ok(entries) => {
                        looked.seen.extend(entries.id);
                        current = Listing::new(&folder, entries);
                        true
                    }
                    Err(error) => {
                        failed.get_or_insert(error);
                        false
                    }
                },
                Step::Files(batch) => {
                    self.progress.add(Count::Seen, batch.names.len() as u64);
                    batch.names.iter().for_each(|(name, _)| current.see(name.as_encoded_bytes()));
                    jobs.send(Job { batch, known: Arc::clone(&current.known) }).is_ok()
                }
                Step::Leave => {
                    let gone = current.gone();
                    gone.is_empty() || news.send(gone).is_ok()
                }
                Step::Failed { place, reason } => {
                    self.progress.add(Count::Failed, 1);
                    let failure = failure(place, Stamp::default(), reason);
                    news.send(vec![News::Failed(failure)]).is_ok()
                }
                Step::Closed(folder) => match looked.keep(&known, &folder) {
                    Ok(()) => true,
                    Err(error) => {
                        failed.get_or_insert(error);
                        false
                    }
                },
            });
            looked.counts.add(counts);
        }
        if !self.cancel.is_set() {
            self.progress.set_walked();
        }
        drop(timer);
        failed.map_or(Ok(looked), |error| Err(error.into()))
    }

    /// Skips what has not changed, gets the bytes of the rest.
    fn read(&self, jobs: Receiver<Job>, files: Sender<Vec<Fetched>>, news: Sender<Vec<News>>) {
        let mut reader = Reader { stages: self, files, news, batch: Vec::with_capacity(TOGETHER) };
        for job in jobs {
            let timer = Timer::start(self.progress, Count::FetchNanos);
            let goes_on = reader.read(&job);
            drop(timer);
            if !goes_on || self.cancel.is_set() {
                return;
            }
        }
    }

    /// Turns bytes into rows.
    #[expect(clippy::needless_pass_by_value, reason = "dropping it is what tells the others")]
    fn analyse(&self, files: Receiver<Vec<Fetched>>, ready: Sender<Vec<News>>) {
        let mut analyst = self.analyst();
        for batch in files {
            let timer = Timer::start(self.progress, Count::AnalyseNanos);
            let news = batch.into_iter().map(|file| self.news_of(&mut analyst, file)).collect();
            drop(timer);
            if ready.send(news).is_err() || self.cancel.is_set() {
                return;
            }
        }
    }

    fn analyst(&self) -> Analyst {
        let tags = Arc::clone(&self.tags);
        Analyst::new(tags, self.options.tempo, Arc::clone(&self.sources))
    }

    fn news_of(&self, analyst: &mut Analyst, file: Fetched) -> News {
        let Fetched { place, stamp, bytes } = file;
        let outcome = analyst.row(place, stamp, &bytes);
        let outcome = outcome.and_then(|row| {
            if bytes.has_shrunk() {
                let reason = "the file became shorter while it was read".to_owned();
                return Err(failure(row.place, Stamp::default(), reason));
            }
            Ok(row)
        });
        match outcome {
            Ok(row) => {
                self.progress.add(Count::Analysed, 1);
                self.progress.add(Count::Salvaged, u64::from(row.facts.shape.salvaged));
                self.progress.add(Count::TempoHeard, u64::from(row.facts.tempo.inferred.is_some()));
                News::Row(Box::new(row))
            }
            Err(failure) => {
                self.progress.add(Count::Failed, 1);
                News::Failed(failure)
            }
        }
    }
}

/// What the index knows of the folder that is being listed, and what of it was met.
#[derive(Default)]
struct Listing {
    folder: PathBuf,
    known: Arc<KnownFolder>,
    met: HashSet<Box<[u8]>>,
}

impl Listing {
    fn new(folder: &Path, known: KnownFolder) -> Self {
        Self { folder: folder.into(), known: Arc::new(known), met: HashSet::new() }
    }

    fn see(&mut self, name: &[u8]) {
        // In a folder that is new nothing can be missing.
        if !self.known.files.is_empty() {
            self.met.insert(name.into());
        }
    }

    /// What is known and was not met.
    fn gone(&self) -> Vec<News> {
        let missing = self.known.files.iter().filter(|file| !self.met.contains(&file.file));
        let news = missing.filter_map(|file| match file.id {
            Some(id) => (!file.absent).then_some(News::Absent(id)),
            None => Some(News::NoLongerFailed(self.place(file))),
        });
        news.collect()
    }

    fn place(&self, file: &KnownFile) -> Place {
        let member = (!file.member.is_empty()).then(|| file.member.clone());
        let path = self.folder.join(crate::library::row::bytes_path(&file.file));
        Place { member, ..Place::of(&path) }
    }
}

fn failure(place: Place, stamp: Stamp, reason: String) -> Failure {
    Failure { place, stamp, version: ANALYSIS_VERSION, reason }
}

/// One reading thread.
struct Reader<'a> {
    stages: &'a Stages<'a>,
    files: Sender<Vec<Fetched>>,
    news: Sender<Vec<News>>,
    batch: Vec<Fetched>,
}

impl Reader<'_> {
    /// Looks at every file of a job; says whether somebody still listens.
    fn read(&mut self, job: &Job) -> bool {
        for (name, kind) in &job.batch.names {
            if self.stages.cancel.is_set() {
                return false;
            }
            let path = job.batch.folder.join(name);
            let known = job.known.get(name.as_encoded_bytes());
            let goes_on = match kind {
                Kind::Midi => self.file(&path, known.first()),
                Kind::Archive => self.archive(&path, known),
            };
            if !goes_on {
                return false;
            }
        }
        // A batch never waits for the next job, which may be long in coming.
        self.flush()
    }

    fn file(&mut self, path: &Path, known: Option<&KnownFile>) -> bool {
        let Stages { options, progress, pool, .. } = self.stages;
        if let Some(known) = known
            && self.is_unchanged(path, known)
        {
            progress.add(Count::Unchanged, 1);
            return self.is_back(known);
        }
        match fetch(path, Limits::SCAN.bytes, options.map_from, pool) {
            Ok((stamp, bytes)) => self.hand_on(Fetched { place: Place::of(path), stamp, bytes }),
            Err(error) => self.fail(Place::of(path), path, &error),
        }
    }

    /// Hands on every member of an archive whose stamp has changed. A member carries the
    /// archive's time, so that one look at the archive tells about all.
    fn archive(&mut self, path: &Path, known: &[KnownFile]) -> bool {
        let Stages { options, progress, pool, .. } = self.stages;
        if known.first().is_some_and(|first| self.is_unchanged(path, first)) {
            // The archive itself was counted when it was seen.
            progress.add(Count::Seen, (known.len() as u64).saturating_sub(1));
            progress.add(Count::Unchanged, known.len() as u64);
            return known.iter().all(|known| self.is_back(known));
        }
        let fetched = fetch(path, options.archives.total_bytes, options.map_from, pool);
        let (archive, bytes) = match fetched {
            Ok(fetched) => fetched,
            Err(error) => return self.fail(Place::of(path), path, &error),
        };
        let mut met = HashSet::new();
        let mut goes_on = true;
        members(&bytes, &options.archives, pool, |member| {
            let place = |name| Place { member: name, ..Place::of(path) };
            goes_on = !self.stages.cancel.is_set()
                && match member {
                    Member::File { name, bytes } => {
                        progress.add(Count::Seen, 1);
                        met.insert(name.clone());
                        let stamp = Stamp { bytes: bytes.len() as u64, ..archive };
                        self.hand_on(Fetched {
                            place: place(Some(name)),
                            stamp,
                            bytes: Bytes::Pooled(bytes),
                        })
                    }
                    Member::Failed { name, reason } => {
                        met.extend(name.clone());
                        progress.add(Count::Failed, 1);
                        self.tell(News::Failed(failure(place(name), archive, reason)))
                    }
                };
            goes_on
        });
        let mut gone = known.iter().filter(|known| !known.absent && !met.contains(&known.member));
        goes_on && gone.all(|known| known.id.is_none_or(|id| self.tell(News::Absent(id))))
    }

    /// A file that is there; says whether somebody listens.
    fn is_back(&self, known: &KnownFile) -> bool {
        let back = known.id.filter(|_| known.absent);
        back.is_none_or(|id| self.tell(News::Present(id)))
    }

    fn is_unchanged(&self, path: &Path, known: &KnownFile) -> bool {
        let is_archived = !known.member.is_empty();
        !self.stages.options.force
            && known.version == ANALYSIS_VERSION
            && stamp_of(path).is_ok_and(|stamp| {
                stamp.mtime_nanos == known.stamp.mtime_nanos
                    && (is_archived || stamp.bytes == known.stamp.bytes)
            })
    }

    fn fail(&mut self, place: Place, path: &Path, error: &FetchError) -> bool {
        self.stages.progress.add(Count::Failed, 1);
        let stamp = stamp_of(path).unwrap_or_default();
        self.tell(News::Failed(failure(place, stamp, error.to_string())))
    }

    fn hand_on(&mut self, file: Fetched) -> bool {
        self.stages.progress.add(Count::Bytes, file.bytes.len() as u64);
        self.batch.push(file);
        self.batch.len() < TOGETHER || self.flush()
    }

    fn flush(&mut self) -> bool {
        let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(TOGETHER));
        batch.is_empty() || self.files.send(batch).is_ok()
    }

    fn tell(&self, news: News) -> bool {
        self.news.send(vec![news]).is_ok()
    }
}
