//! How long a search may go on: until its time is over, or a newer one has begun.

use crate::library::store::StoreError;
use rusqlite::{Connection, ErrorCode, Row, ToSql};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Time that a search may take, by default.
pub const TIME_LIMIT: Duration = Duration::from_millis(200);
/// Instructions of SQLite's machine between two looks at the clock; some 50 µs.
const BETWEEN_LOOKS: i32 = 1_000;

/// The right to search: gone when a newer ticket has been drawn.
#[derive(Clone, Debug)]
pub struct Ticket {
    newest: Arc<AtomicU64>,
    number: u64,
}

impl Ticket {
    pub(super) fn drawn(newest: &Arc<AtomicU64>) -> Self {
        let number = newest.fetch_add(1, Ordering::AcqRel) + 1;
        Self { newest: Arc::clone(newest), number }
    }

    /// Whether a newer one has been drawn.
    pub fn is_stale(&self) -> bool {
        self.newest.load(Ordering::Acquire) != self.number
    }
}

/// The time that is left.
#[derive(Clone, Debug)]
pub(super) struct Budget {
    until: Instant,
    ticket: Ticket,
}

impl Budget {
    pub(super) fn new(limit: Duration, ticket: &Ticket) -> Self {
        let now = Instant::now();
        Self { until: now.checked_add(limit).unwrap_or(now), ticket: ticket.clone() }
    }

    pub(super) fn is_over(&self) -> bool {
        self.ticket.is_stale() || Instant::now() >= self.until
    }

    pub(super) fn is_stale(&self) -> bool {
        self.ticket.is_stale()
    }
}

/// A connection on which statements end when the budget does.
pub(super) struct Bounded<'a> {
    connection: &'a Connection,
    budget: Budget,
    profiling: Option<&'a profiling::ProfilingState>,
}

impl Drop for Bounded<'_> {
    fn drop(&mut self) {
        // The connection goes back to others. Taking a handler off fails only on a connection
        // that is not its own.
        let off = self.connection.progress_handler(0, None::<fn() -> bool>);
        debug_assert!(off.is_ok(), "the connection is its own");
    }
}

impl<'a> Bounded<'a> {
    pub(super) fn new(
        connection: &'a Connection,
        budget: &Budget,
        profiling: Option<&'a profiling::ProfilingState>,
    ) -> Result<Self, StoreError> {
        let over = budget.clone();
        connection.progress_handler(BETWEEN_LOOKS, Some(move || over.is_over()))?;
        Ok(Self { connection, budget: budget.clone(), profiling })
    }

    pub(super) fn is_over(&self) -> bool {
        self.budget.is_over()
    }

    pub(super) const fn budget(&self) -> &Budget {
        &self.budget
    }

    pub(super) const fn connection(&self) -> &'a Connection {
        self.connection
    }

    /// Runs a statement row by row, until `each` breaks or the time is over. Returns whether
    /// it came to its end or was broken off by `each`: false when time ran out.
    pub(super) fn rows(
        &self,
        sql: &str,
        parameters: &[&dyn ToSql],
        mut each: impl FnMut(&Row<'_>) -> rusqlite::Result<ControlFlow<()>>,
    ) -> Result<bool, StoreError> {
        let start = Instant::now();
        let mut seen = 0u64;
        let mut run = || {
            let mut statement = self.connection.prepare_cached(sql)?;
            let mut rows = statement.query(parameters)?;
            while let Some(row) = rows.next()? {
                seen += 1;
                if seen.is_multiple_of(64) && self.is_over() {
                    return Ok(false);
                }
                if each(row)?.is_break() {
                    break;
                }
            }
            Ok(true)
        };
        let done = match run() {
            Err(error) if is_interrupt(&error) => Ok(false),
            done => done.map_err(StoreError::from),
        };
        self.record(sql, start.elapsed(), seen);
        done
    }

    fn record(&self, sql: &str, took: Duration, rows: u64) {
        let Some(profiling) = self.profiling else { return };
        profiling.record_query(sql, took.as_secs_f64() * 1e3, rows);
        if !profiling.wants_query_plan(sql) {
            return;
        }
        let mut plan = Vec::new();
        let explained = self.connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}"));
        let explained = explained.and_then(|mut statement| {
            let mut rows = statement.raw_query();
            while let Some(row) = rows.next()? {
                plan.push(row.get::<_, String>("detail")?);
            }
            Ok(())
        });
        // A plan that could not be had, as when time ran out, is asked for again.
        if explained.is_ok() {
            profiling.set_query_plan(sql, &plan.join("\n"));
        }
    }
}

fn is_interrupt(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted)
}
