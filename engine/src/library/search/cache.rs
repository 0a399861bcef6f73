//! Answers that are kept: pages, counts and the sets they come from.

use super::hit::Page;
use super::select::Found;
use super::values::KnownValues;
use crate::library::facets::FacetCount;
use profiling::HeapSize;
use profiling::query_cache::{QueryCache, QueryKey};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What answers may take in memory.
const MOST_BYTES: usize = 24 * 1024 * 1024;

/// How many files a query finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// So many.
    pub files: u64,
    /// And more: counting stopped there.
    pub more: bool,
}

/// The values of all facets among the files that a query finds.
#[derive(Clone, Debug, PartialEq)]
pub struct FacetCounts {
    /// Sorted by facet and value.
    pub counts: Vec<FacetCount>,
    /// How many files were counted.
    pub files: u64,
    /// False when time ran out before all files were found.
    pub whole: bool,
}

impl HeapSize for FacetCounts {
    fn heap_bytes(&self) -> usize {
        self.counts.capacity() * size_of::<FacetCount>()
    }
}

/// What was answered: pages, counts, and the sets that they come from.
#[derive(Clone, Debug)]
pub struct Answer(pub(super) Kept);

/// What is kept.
#[derive(Clone, Debug)]
pub(super) enum Kept {
    Page(Arc<Page>),
    Set(Arc<Found>),
    Facets(Arc<FacetCounts>),
    Count(Count),
    Values(Arc<KnownValues>),
}

impl HeapSize for Answer {
    fn heap_bytes(&self) -> usize {
        match &self.0 {
            Kept::Page(page) => page.heap_bytes(),
            Kept::Set(found) => found.heap_bytes(),
            Kept::Facets(facets) => facets.heap_bytes(),
            Kept::Count(_) => 0,
            Kept::Values(values) => values.heap_bytes(),
        }
    }
}

/// Answers to the library as it is now.
#[derive(Clone, Debug)]
pub(super) struct Answers {
    cache: QueryCache<Answer>,
    revision: Arc<AtomicU64>,
}

impl Answers {
    pub(super) fn new() -> Self {
        Self::of_at_most(MOST_BYTES)
    }

    /// Nothing finds room in it.
    pub(super) fn none() -> Self {
        Self::of_at_most(0)
    }

    fn of_at_most(bytes: usize) -> Self {
        let ttl = profiling::query_cache::DEFAULT_TTL;
        Self { cache: QueryCache::with_limits(ttl, bytes), revision: Arc::default() }
    }

    pub(super) fn cache(&self) -> &QueryCache<Answer> {
        &self.cache
    }

    /// Forgets what was answered before the library became what it is at `revision`.
    pub(super) fn keep_up(&self, revision: u64) {
        if self.revision.swap(revision, Ordering::AcqRel) != revision {
            self.cache.invalidate_pattern("files");
        }
    }

    pub(super) fn get(&self, key: &QueryKey) -> Option<Kept> {
        self.cache.get(key).map(|answer| answer.0)
    }

    /// Keeps an answer that was worked out at `revision`, unless the library has changed.
    pub(super) fn put(&self, key: QueryKey, answer: Kept, revision: u64) {
        if self.revision.load(Ordering::Acquire) == revision {
            self.cache.insert(key, Answer(answer));
        }
    }
}

/// The key of an answer: what is asked of the files, and how.
pub(super) fn key(what: &str, parameters: &[String]) -> QueryKey {
    QueryKey::from_query(&format!("SELECT {what} FROM files"), parameters)
}
