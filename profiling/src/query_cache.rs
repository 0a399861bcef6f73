//! Results of queries, kept for a while and within a bound of bytes.
//!
//! Owns cached rows; an entry goes when its time is over, when a table it was
//! read from is written ([`QueryCache::invalidate_pattern`]), or when room is
//! needed. Time is passed in where a call ends in `_at`. Any thread; clones
//! share one cache.

use std::{
    collections::BTreeMap,
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use lru::LruCache;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use crate::{HeapSize, memory::CacheStats, memory::MAX_CACHE_ENTRIES};

/// How long a result lives by default: five minutes.
pub const DEFAULT_TTL: Duration = Duration::from_mins(5);
/// Default bound in bytes: 64 MiB.
pub const DEFAULT_MAX_BYTES: usize = 64 * 1024 * 1024;

/// A statement and its parameters; cheap to clone.
///
/// ```
/// use profiling::query_cache::QueryKey;
///
/// let sql = "SELECT * FROM files WHERE id = ?";
/// assert_eq!(QueryKey::from_query(sql, &[42]), QueryKey::from_query(sql, &[42]));
/// assert_ne!(QueryKey::from_query(sql, &[42]), QueryKey::from_query(sql, &[43]));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct QueryKey {
    inner: Arc<KeyParts>,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct KeyParts {
    sql: Box<str>,
    /// Each parameter as `Debug` writes it: `1` and `"1"` differ, and so do
    /// `["a, b"]` and `["a", "b"]`.
    params: Vec<String>,
    /// Identifiers of the statement, lower case, in order.
    identifiers: Vec<Box<str>>,
}

impl QueryKey {
    /// The key of `sql` run with `params`, each of which is told apart by how
    /// `Debug` writes it.
    pub fn from_query<P: fmt::Debug>(sql: &str, params: &[P]) -> Self {
        let sql = sql.trim();
        Self {
            inner: Arc::new(KeyParts {
                sql: sql.into(),
                params: params.iter().map(|param| format!("{param:?}")).collect(),
                identifiers: identifiers(sql),
            }),
        }
    }

    /// The statement.
    pub fn sql(&self) -> &str {
        &self.inner.sql
    }

    /// Whether the statement names `pattern`: a whole identifier, or several
    /// joined by dots that follow each other; in any case, as SQL has it.
    pub fn names(&self, pattern: &str) -> bool {
        self.contains(&identifiers(pattern))
    }

    fn contains(&self, wanted: &[Box<str>]) -> bool {
        !wanted.is_empty() && self.inner.identifiers.windows(wanted.len()).any(|w| w == wanted)
    }

    fn heap_bytes(&self) -> usize {
        let KeyParts { sql, params, identifiers } = &*self.inner;
        let identifiers = identifiers
            .iter()
            .fold(0_usize, |sum, id| sum.saturating_add(id.len() + size_of::<Box<str>>()));
        size_of::<KeyParts>()
            .saturating_add(sql.len())
            .saturating_add(params.heap_bytes())
            .saturating_add(identifiers)
    }
}

/// The identifiers and keywords of a statement, lower case: what stands
/// outside of string literals and comments, quoted or not.
fn identifiers(sql: &str) -> Vec<Box<str>> {
    let mut found = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        rest = match first {
            '\'' => quoted(rest, '\'').1,
            '"' | '`' => {
                let (name, after) = quoted(rest, first);
                found.push(name.to_lowercase().into());
                after
            }
            '[' => {
                let (name, after) = rest[1..].split_once(']').unwrap_or((&rest[1..], ""));
                found.push(name.to_lowercase().into());
                after
            }
            '-' if rest.starts_with("--") => rest.split_once('\n').map_or("", |(_, after)| after),
            '/' if rest.starts_with("/*") => rest.split_once("*/").map_or("", |(_, after)| after),
            c if is_identifier(c) => {
                let end = rest.find(|c| !is_identifier(c)).unwrap_or(rest.len());
                let (name, after) = rest.split_at(end);
                found.push(name.to_lowercase().into());
                after
            }
            c => &rest[c.len_utf8()..],
        };
    }
    found
}

fn is_identifier(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// What stands between the quotes at the start of `text`, and what comes after;
/// a doubled quote stands for itself.
fn quoted(text: &str, quote: char) -> (String, &str) {
    let mut inside = String::new();
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c != quote {
            inside.push(c);
        } else if chars.next_if(|&(_, next)| next == quote).is_some() {
            inside.push(quote);
        } else {
            return (inside, text.get(at + quote.len_utf8()..).unwrap_or(""));
        }
    }
    (inside, "")
}

/// How a query cache is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct QueryCacheStats {
    /// Results held, expired ones among them until they are swept.
    pub entries: usize,
    /// Bytes held, keys included.
    pub current_size: usize,
    /// The bound in bytes.
    pub max_size: usize,
    /// Lookups that found a living result.
    pub hits: u64,
    /// Lookups that did not.
    pub misses: u64,
    /// Results that made room for others.
    pub evictions: u64,
    /// Results whose time was over.
    pub expirations: u64,
    /// Results whose table was written.
    pub invalidations: u64,
    /// hits / (hits + misses); 0 when nothing was looked up.
    pub hit_rate: f64,
}

impl From<QueryCacheStats> for CacheStats {
    fn from(stats: QueryCacheStats) -> Self {
        Self {
            entries: stats.entries,
            current_size: stats.current_size,
            max_size: stats.max_size,
            hits: stats.hits,
            misses: stats.misses,
            evictions: stats.evictions,
            hit_rate: stats.hit_rate,
        }
    }
}

#[derive(Debug)]
struct Entry<T> {
    value: T,
    bytes: usize,
    /// `None` where the end lies beyond what the clock can tell: never.
    expires: Option<(Instant, u64)>,
}

#[derive(Debug)]
struct Inner<T> {
    entries: LruCache<QueryKey, Entry<T>>,
    /// Ends of life in order, so that sweeping costs what it removes. The
    /// number tells apart what ends at the same instant.
    ends: BTreeMap<(Instant, u64), QueryKey>,
    next_id: u64,
    current: usize,
    max: usize,
    hits: u64,
    misses: u64,
    evictions: u64,
    expirations: u64,
    invalidations: u64,
}

/// A cache of query results, bounded in time and in bytes.
///
/// `get` returns a clone: make large results `Arc`s. Expired results go on
/// every insert, and on [`Self::cleanup_expired`], which the owner calls every
/// 30 seconds.
///
/// ```
/// use profiling::query_cache::{QueryCache, QueryKey};
///
/// let cache = QueryCache::with_default_ttl();
/// let key = QueryKey::from_query("SELECT * FROM files WHERE id = ?", &[42]);
/// cache.insert(key.clone(), vec!["result".to_string()]);
/// assert_eq!(cache.get(&key), Some(vec!["result".to_string()]));
///
/// cache.invalidate_pattern("files");
/// assert_eq!(cache.get(&key), None);
/// ```
#[derive(Debug)]
pub struct QueryCache<T> {
    ttl: Duration,
    inner: Arc<Mutex<Inner<T>>>,
}

impl<T> Clone for QueryCache<T> {
    fn clone(&self) -> Self {
        Self { ttl: self.ttl, inner: Arc::clone(&self.inner) }
    }
}

impl<T: Clone> QueryCache<T> {
    /// Results live for `ttl`, in at most 64 MiB.
    pub fn new(ttl: Duration) -> Self {
        Self::with_limits(ttl, DEFAULT_MAX_BYTES)
    }

    /// Results live for 300 s, in at most 64 MiB.
    pub fn with_default_ttl() -> Self {
        Self::new(DEFAULT_TTL)
    }

    /// Results live for `ttl`, in at most `max_bytes`, keys included.
    pub fn with_limits(ttl: Duration, max_bytes: usize) -> Self {
        let inner = Inner {
            entries: LruCache::unbounded(),
            ends: BTreeMap::new(),
            next_id: 0,
            current: 0,
            max: max_bytes,
            hits: 0,
            misses: 0,
            evictions: 0,
            expirations: 0,
            invalidations: 0,
        };
        Self { ttl, inner: Arc::new(Mutex::new(inner)) }
    }

    /// Keeps a result for the cache's time to live, and says whether it did:
    /// one larger than the whole cache is refused and evicts nothing.
    pub fn insert(&self, key: QueryKey, value: T) -> bool
    where
        T: HeapSize,
    {
        self.insert_at(key, value, Instant::now())
    }

    /// [`Self::insert`], taking the time to be `now`.
    pub fn insert_at(&self, key: QueryKey, value: T, now: Instant) -> bool
    where
        T: HeapSize,
    {
        self.insert_with_ttl_at(key, value, self.ttl, now)
    }

    /// Keeps a result for a time of its own.
    pub fn insert_with_ttl(&self, key: QueryKey, value: T, ttl: Duration) -> bool
    where
        T: HeapSize,
    {
        self.insert_with_ttl_at(key, value, ttl, Instant::now())
    }

    /// [`Self::insert_with_ttl`], taking the time to be `now`.
    pub fn insert_with_ttl_at(&self, key: QueryKey, value: T, ttl: Duration, now: Instant) -> bool
    where
        T: HeapSize,
    {
        let bytes = value
            .heap_bytes()
            .saturating_add(size_of::<Entry<T>>())
            .saturating_add(key.heap_bytes());
        let mut out = Vec::new();
        let kept = {
            let mut inner = self.inner.lock();
            inner.sweep(now, &mut out);
            inner.insert(key, value, bytes, now.checked_add(ttl), &mut out)
        };
        // Old results are freed outside the lock: they may be large.
        drop(out);
        kept
    }

    /// A clone of a living result, which is now the newest.
    pub fn get(&self, key: &QueryKey) -> Option<T> {
        self.get_at(key, Instant::now())
    }

    /// [`Self::get`], taking the time to be `now`. A result lives until its
    /// time is over, exclusive: with a time to live of 0 it is never found.
    pub fn get_at(&self, key: &QueryKey, now: Instant) -> Option<T> {
        let mut inner = self.inner.lock();
        let is_over = |entry: &Entry<T>| entry.expires.is_some_and(|(expires, _)| expires <= now);
        if inner.entries.peek(key).is_some_and(is_over) {
            inner.expirations = inner.expirations.saturating_add(1);
            let over = inner.take(key);
            inner.misses = inner.misses.saturating_add(1);
            drop(inner);
            drop(over);
            return None;
        }
        let found = inner.entries.get(key).map(|entry| entry.value.clone());
        let counter = if found.is_some() { &mut inner.hits } else { &mut inner.misses };
        *counter = counter.saturating_add(1);
        found
    }

    /// Takes a result out, expired or not.
    pub fn remove(&self, key: &QueryKey) -> Option<T> {
        self.inner.lock().take(key)
    }

    /// Forgets every result whose statement names `pattern` (see
    /// [`QueryKey::names`]) and returns how many: `files` matches the table
    /// `files`, not `profiles`. To be called with each table a commit wrote.
    pub fn invalidate_pattern(&self, pattern: &str) -> usize {
        let wanted = identifiers(pattern);
        let mut inner = self.inner.lock();
        let stale: Vec<QueryKey> = inner
            .entries
            .iter()
            .filter(|(key, _)| key.contains(&wanted))
            .map(|(key, _)| key.clone())
            .collect();
        let out: Vec<_> = stale.iter().filter_map(|key| inner.take(key)).collect();
        inner.invalidations = inner.invalidations.saturating_add(out.len() as u64);
        drop(inner);
        out.len()
    }

    /// Forgets results whose time is over and returns how many.
    pub fn cleanup_expired(&self) -> usize {
        self.cleanup_expired_at(Instant::now())
    }

    /// [`Self::cleanup_expired`], taking the time to be `now`.
    pub fn cleanup_expired_at(&self, now: Instant) -> usize {
        let mut out = Vec::new();
        self.inner.lock().sweep(now, &mut out);
        out.len()
    }

    /// Forgets all results; the counters stay.
    pub fn clear(&self) {
        let mut inner = self.inner.lock();
        let old = std::mem::replace(&mut inner.entries, LruCache::unbounded());
        inner.ends.clear();
        inner.current = 0;
        drop(inner);
        drop(old);
    }

    /// Sets the counters to zero; the results stay.
    pub fn reset(&self) {
        let mut inner = self.inner.lock();
        (inner.hits, inner.misses, inner.evictions) = (0, 0, 0);
        (inner.expirations, inner.invalidations) = (0, 0);
    }

    /// How the cache is doing.
    pub fn stats(&self) -> QueryCacheStats {
        let inner = self.inner.lock();
        QueryCacheStats {
            entries: inner.entries.len(),
            current_size: inner.current,
            max_size: inner.max,
            hits: inner.hits,
            misses: inner.misses,
            evictions: inner.evictions,
            expirations: inner.expirations,
            invalidations: inner.invalidations,
            hit_rate: CacheStats::rate(inner.hits, inner.misses),
        }
    }
}

impl<T> Inner<T> {
    /// Results that leave go to `out`.
    fn insert(
        &mut self,
        key: QueryKey,
        value: T,
        bytes: usize,
        expires: Option<Instant>,
        out: &mut Vec<T>,
    ) -> bool {
        if bytes > self.max {
            out.push(value);
            return false;
        }
        out.extend(self.take(&key));
        let expires = expires.map(|end| (end, self.next_id));
        self.next_id = self.next_id.wrapping_add(1);
        if let Some(end) = expires {
            self.ends.insert(end, key.clone());
        }
        self.entries.put(key, Entry { value, bytes, expires });
        self.current = self.current.saturating_add(bytes);
        while self.current > self.max || self.entries.len() > MAX_CACHE_ENTRIES {
            let Some((_, entry)) = self.entries.pop_lru() else { break };
            self.evictions = self.evictions.saturating_add(1);
            out.push(self.account(entry));
        }
        true
    }

    /// Removes what ends at `now` or before.
    fn sweep(&mut self, now: Instant, out: &mut Vec<T>) {
        while let Some((&(end, id), _)) = self.ends.first_key_value()
            && end <= now
        {
            let Some(key) = self.ends.remove(&(end, id)) else { break };
            self.expirations = self.expirations.saturating_add(1);
            out.extend(self.take(&key));
        }
    }

    fn take(&mut self, key: &QueryKey) -> Option<T> {
        let entry = self.entries.pop(key)?;
        Some(self.account(entry))
    }

    /// Books an entry out that has left the map.
    fn account(&mut self, entry: Entry<T>) -> T {
        if let Some(end) = entry.expires {
            self.ends.remove(&end);
        }
        self.current = self.current.saturating_sub(entry.bytes);
        entry.value
    }
}
