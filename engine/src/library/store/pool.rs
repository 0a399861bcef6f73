//! The readers: connections that are open and warm before anyone asks.

use super::StoreError;
use parking_lot::Mutex;
use profiling::report::PoolReport;
use profiling::state::PoolSource;
use r2d2::{Pool, PooledConnection};
use r2d2_sqlite::SqliteConnectionManager;
use rusqlite::{Connection, OpenFlags};
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Kilobytes of pages that each reader keeps; the system's own cache keeps the rest.
const CACHE_KB: i32 = 4_096;
/// Statements that each reader keeps prepared.
const STATEMENTS: usize = 64;
/// How many of the last acquisitions the percentiles are about.
const RECENT: usize = 1_024;

/// A connection for reading, given back when dropped.
pub struct Reader(PooledConnection<SqliteConnectionManager>);

impl Deref for Reader {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.0
    }
}

/// The pool of readers; clones share it. As many connections as it may have are open from
/// the start and for good; each is checked when it is handed out.
#[derive(Clone)]
pub struct Readers {
    pool: Pool<SqliteConnectionManager>,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    acquired: AtomicU64,
    waits: AtomicU64,
    /// How long the last ones took, in nanoseconds; a ring.
    recent: Mutex<Vec<u64>>,
}

/// How the readers are doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReaderStats {
    /// Readers handed out.
    pub acquired: u64,
    /// How many of them had to be waited for.
    pub waits: u64,
    /// The 99th percentile of the time from asking to having, of the last 1,024.
    pub p99: Duration,
}

impl Readers {
    /// Opens `count` connections to the index at `path`. `immutable` promises that nobody
    /// can write there.
    pub(super) fn open(
        path: &Path,
        count: u32,
        immutable: bool,
        timeout: Duration,
    ) -> Result<Self, StoreError> {
        let file = if immutable { immutable_uri(path) } else { path.to_owned() };
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_URI;
        let manager = SqliteConnectionManager::file(file).with_flags(flags).with_init(warm);
        let count = count.max(1);
        let pool = Pool::builder()
            .max_size(count)
            .min_idle(Some(count))
            .max_lifetime(None)
            .idle_timeout(None)
            .test_on_check_out(true)
            .connection_timeout(timeout)
            .build(manager)
            .map_err(StoreError::NoReader)?;
        Ok(Self { pool, counts: Arc::default() })
    }

    /// A reader: at once when one is free.
    ///
    /// # Errors
    ///
    /// [`StoreError::NoReader`] when none came free in time.
    pub fn get(&self) -> Result<Reader, StoreError> {
        let start = Instant::now();
        let free = self.pool.try_get();
        let counts = &self.counts;
        let number = counts.acquired.fetch_add(1, Ordering::Relaxed);
        let reader = if let Some(reader) = free {
            reader
        } else {
            counts.waits.fetch_add(1, Ordering::Relaxed);
            self.pool.get().map_err(StoreError::NoReader)?
        };
        let nanos = start.elapsed().as_nanos() as u64;
        let mut recent = counts.recent.lock();
        match recent.get_mut(number as usize % RECENT) {
            Some(place) => *place = nanos,
            None => recent.push(nanos),
        }
        Ok(Reader(reader))
    }

    /// How they are doing.
    pub fn stats(&self) -> ReaderStats {
        let mut recent = self.counts.recent.lock().clone();
        recent.sort_unstable();
        let p99 = recent.get(recent.len().saturating_sub(1) * 99 / 100).copied().unwrap_or(0);
        ReaderStats {
            acquired: self.counts.acquired.load(Ordering::Relaxed),
            waits: self.counts.waits.load(Ordering::Relaxed),
            p99: Duration::from_nanos(p99),
        }
    }

    /// How many were handed out so far.
    pub fn acquired(&self) -> u64 {
        self.counts.acquired.load(Ordering::Relaxed)
    }

    /// How many there are.
    pub fn size(&self) -> u32 {
        self.pool.max_size()
    }
}

impl PoolSource for Readers {
    fn report(&self) -> PoolReport {
        let ReaderStats { acquired, waits, .. } = self.stats();
        let hits = acquired - waits;
        let state = self.pool.state();
        let out = u64::from(state.connections.saturating_sub(state.idle_connections));
        PoolReport {
            acquired,
            released: acquired.saturating_sub(out),
            hits,
            misses: waits,
            hit_rate: profiling::units::share(hits, acquired),
        }
    }

    fn available(&self) -> usize {
        self.pool.state().idle_connections as usize
    }

    fn reset(&self) {
        self.counts.acquired.store(0, Ordering::Relaxed);
        self.counts.waits.store(0, Ordering::Relaxed);
        self.counts.recent.lock().clear();
    }
}

fn warm(connection: &mut Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "cache_size", -CACHE_KB)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.busy_timeout(Duration::from_secs(5))?;
    // Reads the schema, which would else be read in the first search.
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
}

/// A path as an address that promises that nothing changes there.
fn immutable_uri(path: &Path) -> std::path::PathBuf {
    let mut uri = String::from("file:");
    for character in path.to_string_lossy().chars() {
        match character {
            '%' => uri.push_str("%25"),
            '?' => uri.push_str("%3f"),
            '#' => uri.push_str("%23"),
            _ => uri.push(character),
        }
    }
    uri.push_str("?immutable=1");
    uri.into()
}
