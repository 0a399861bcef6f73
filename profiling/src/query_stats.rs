//! What each SQL statement costs.
//!
//! Fed by the engine: times of real runs, plans from `EXPLAIN QUERY PLAN`; no
//! statement is ever run for the sake of a sample. Plain data; shared through
//! [`crate::state::ProfilingState`].

use lru::LruCache;
use serde::{Deserialize, Serialize};

use crate::window::{Window, counted_ms};

/// Statements that are kept; the one used longest ago makes room.
pub const MAX_STATEMENTS: usize = 256;
/// Runs of a statement that its percentiles are of.
const RUNS: usize = 256;

/// One statement's figures; percentiles are of its newest 256 runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StatementStats {
    /// The statement, with its parameters as placeholders.
    pub sql: String,
    /// Runs so far.
    pub count: u64,
    /// Median time.
    pub p50_ms: f64,
    /// 95th percentile.
    pub p95_ms: f64,
    /// The longest ever.
    pub max_ms: f64,
    /// Rows returned or changed, in all.
    pub rows: u64,
    /// What SQLite plans to do; empty until it was asked.
    pub plan: String,
}

#[derive(Debug)]
struct Statement {
    times: Window,
    count: u64,
    max_ms: f64,
    rows: u64,
    plan: String,
}

/// Every statement that was run lately.
///
/// ```
/// use profiling::query_stats::QueryStats;
///
/// let mut stats = QueryStats::new();
/// stats.record("SELECT * FROM files WHERE id = ?", 0.5, 1);
/// stats.set_plan("SELECT * FROM files WHERE id = ?", "SEARCH files USING INTEGER PRIMARY KEY");
/// assert_eq!(stats.statements()[0].count, 1);
/// ```
#[derive(Debug)]
pub struct QueryStats {
    statements: LruCache<String, Statement>,
    ignored: u64,
}

impl Default for QueryStats {
    fn default() -> Self {
        Self::new()
    }
}

impl QueryStats {
    /// No statement yet.
    pub fn new() -> Self {
        Self { statements: LruCache::unbounded(), ignored: 0 }
    }

    /// A run of `sql` took `ms` and gave `rows`; a time that is negative or
    /// not finite is ignored and counted.
    pub fn record(&mut self, sql: &str, ms: f64, rows: u64) {
        let Some(ms) = counted_ms(ms) else {
            self.ignored = self.ignored.saturating_add(1);
            return;
        };
        let statement = self.statement(sql);
        statement.times.push(ms);
        statement.count = statement.count.saturating_add(1);
        statement.max_ms = statement.max_ms.max(ms);
        statement.rows = statement.rows.saturating_add(rows);
    }

    /// The plan of `sql`, as `EXPLAIN QUERY PLAN` tells it.
    pub fn set_plan(&mut self, sql: &str, plan: &str) {
        plan.clone_into(&mut self.statement(sql).plan);
    }

    /// Whether a plan is known, so that the engine asks once.
    pub fn has_plan(&self, sql: &str) -> bool {
        self.statements.peek(sql).is_some_and(|s| !s.plan.is_empty())
    }

    /// All statements, the slowest 95th percentile first; equal ones by text.
    pub fn statements(&self) -> Vec<StatementStats> {
        let mut all: Vec<StatementStats> = self
            .statements
            .iter()
            .map(|(sql, s)| {
                let sorted = s.times.sorted();
                StatementStats {
                    sql: sql.clone(),
                    count: s.count,
                    p50_ms: sorted.percentile(50.0),
                    p95_ms: sorted.percentile(95.0),
                    max_ms: s.max_ms,
                    rows: s.rows,
                    plan: s.plan.clone(),
                }
            })
            .collect();
        all.sort_by(|a, b| b.p95_ms.total_cmp(&a.p95_ms).then_with(|| a.sql.cmp(&b.sql)));
        all
    }

    /// Runs whose time was negative or not finite.
    pub fn ignored(&self) -> u64 {
        self.ignored
    }

    /// Forgets everything.
    pub fn reset(&mut self) {
        *self = Self::new();
    }

    fn statement(&mut self, sql: &str) -> &mut Statement {
        if !self.statements.contains(sql) && self.statements.len() >= MAX_STATEMENTS {
            self.statements.pop_lru();
        }
        self.statements.get_or_insert_mut(sql.to_owned(), || Statement {
            times: Window::new(RUNS),
            count: 0,
            max_ms: 0.0,
            rows: 0,
            plan: String::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_has_its_percentiles_rows_and_plan() {
        let mut stats = QueryStats::new();
        for ms in 1..=100 {
            stats.record("SELECT 1", f64::from(ms), 2);
        }
        stats.set_plan("SELECT 1", "SCAN CONSTANT ROW");
        assert_eq!(
            stats.statements(),
            [StatementStats {
                sql: "SELECT 1".to_owned(),
                count: 100,
                p50_ms: 50.0,
                p95_ms: 95.0,
                max_ms: 100.0,
                rows: 200,
                plan: "SCAN CONSTANT ROW".to_owned(),
            }]
        );
        assert!(stats.has_plan("SELECT 1") && !stats.has_plan("SELECT 2"));
    }

    #[test]
    fn the_slowest_statement_comes_first() {
        let mut stats = QueryStats::new();
        stats.record("fast", 1.0, 0);
        stats.record("slow", 9.0, 0);
        stats.record("also fast", 1.0, 0);
        let order: Vec<_> = stats.statements().into_iter().map(|s| s.sql).collect();
        assert_eq!(order, ["slow", "also fast", "fast"]);
    }

    #[test]
    fn statements_are_bounded_and_bad_times_counted() {
        let mut stats = QueryStats::new();
        for n in 0..(MAX_STATEMENTS + 10) {
            stats.record(&format!("SELECT {n}"), 1.0, u64::MAX);
        }
        stats.record("SELECT 0", f64::NAN, 1);
        assert_eq!(stats.statements().len(), MAX_STATEMENTS);
        assert_eq!(stats.ignored(), 1);
        stats.reset();
        assert_eq!((stats.statements().len(), stats.ignored()), (0, 0));
    }
}
