//! Searching the library: from a [`Query`] to pages, counts and facets.
//!
//! A [`Searcher`] stands before a [`Store`], on any thread but the one that draws: a search may
//! take [`TIME_LIMIT`], and ends earlier when a newer [`Ticket`] is drawn. It then gives what it
//! has, and says so. Answers are kept until the library changes.
//!
//! Numbers, keys, tags and instruments are looked up in memory ([`Facets`]); words in the word
//! index. Pages go on after their last place, so they neither skip nor repeat when files come
//! in between; no search counts what lies before a page.
//!
//! [`Facets`]: super::facets::Facets

mod budget;
mod cache;
mod first;
mod groups;
mod hit;
mod melody;
mod names;
mod order;
mod page;
mod rank;
mod select;
mod values;

pub use budget::{TIME_LIMIT, Ticket};
pub use cache::{Answer, Count, FacetCounts};
pub use groups::{Copy, Group, Groups};
pub use hit::{Hit, Page};
pub use melody::{MelodyAt, melody_at};
pub use order::Place;
pub use page::MOST_RANKED;
pub use values::KnownValues;

use super::query::{Flag, Plan, Query, compile};
use super::store::{Store, StoreError};
use budget::{Bounded, Budget};
use cache::{Answers, Kept, key};
use page::Pager;
use profiling::ProfilingState;
use profiling::query_cache::QueryCache;
use roaring::RoaringBitmap;
use select::{Finder, Found};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

/// Files are counted exactly up to here where words are asked for; then there are more.
pub const MOST_COUNTED: u64 = 10_000;
/// Hits on a page at most.
pub const LONGEST_PAGE: usize = 1_000;

/// What is wanted of a query.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// What is asked for.
    pub query: Query,
    /// Hits on a page; at most [`LONGEST_PAGE`].
    pub limit: usize,
    /// Where the page before ended.
    pub after: Option<Place>,
}

/// Searches a library; clones share what they know.
#[derive(Clone)]
pub struct Searcher {
    store: Store,
    answers: Answers,
    newest: Arc<AtomicU64>,
    limit: Duration,
    profiling: Option<ProfilingState>,
}

impl Searcher {
    /// Searches `store`. What statements cost is told to `profiling`, where the answers that
    /// are kept show as the cache `library answers`.
    pub fn new(store: Store, profiling: Option<ProfilingState>) -> Self {
        let answers = Answers::new();
        if let Some(profiling) = &profiling {
            profiling.register_cache("library answers", answers.cache().clone());
        }
        Self { store, answers, newest: Arc::default(), limit: TIME_LIMIT, profiling }
    }

    /// The same with another limit than [`TIME_LIMIT`].
    #[must_use]
    pub fn with_limit(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    /// The same, but that every answer is worked out anew: to measure what it takes.
    #[must_use]
    pub fn keeping_nothing(self) -> Self {
        Self { answers: Answers::none(), ..self }
    }

    /// The library that is searched.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The answers that are kept, for their figures.
    pub fn cache(&self) -> &QueryCache<Answer> {
        self.answers.cache()
    }

    /// The right to search; what was drawn before is stale.
    pub fn ticket(&self) -> Ticket {
        Ticket::drawn(&self.newest)
    }

    /// One page of what a query finds.
    ///
    /// # Errors
    /// [`StoreError::Interrupted`] when the ticket is stale; else what the store says.
    pub fn page(&self, request: &Request, ticket: &Ticket) -> Result<Arc<Page>, StoreError> {
        let limit = request.limit.clamp(1, LONGEST_PAGE);
        let parameters =
            [request.query.to_string(), limit.to_string(), format!("{:?}", request.after)];
        let key = key("page", &parameters);
        let revision = self.keep_up();
        if let Some(Kept::Page(page)) = self.answers.get(&key) {
            return Ok(page);
        }
        let plan = compile(&request.query);
        let budget = Budget::new(self.limit, ticket);
        let mut places = self.bounded(&budget, |on| {
            let after = request.after.as_ref();
            let pager = Pager { store: &self.store, on, plan: &plan, limit, after };
            pager.places(&|| self.found(&request.query, &plan, on, revision))
        })?;
        fresh(&budget)?;
        let more = places.found.len() > limit;
        places.found.truncate(limit);
        let next = places.found.last().filter(|_| more).cloned();
        let mut hits = Vec::with_capacity(places.found.len());
        for place in &places.found {
            hits.extend(Hit::read(&self.store, place)?);
        }
        let (whole, best_only) = (places.whole, places.best_only);
        let state = self.store.state();
        let page = Arc::new(Page { hits, next, whole, best_only, state });
        if whole {
            self.answers.put(key, Kept::Page(Arc::clone(&page)), revision);
        }
        Ok(page)
    }

    /// How many files a query finds: exactly where no words are asked for, else up to
    /// [`MOST_COUNTED`].
    ///
    /// # Errors
    /// As [`Self::page`].
    pub fn count(&self, query: &Query, ticket: &Ticket) -> Result<Count, StoreError> {
        let key = key("count", &[text_of(query)]);
        let revision = self.keep_up();
        if let Some(Kept::Count(count)) = self.answers.get(&key) {
            return Ok(count);
        }
        let plan = compile(query);
        let budget = Budget::new(self.limit, ticket);
        let (count, whole) = self.bounded(&budget, |on| {
            let finder = Finder { store: &self.store, on };
            let Some(words) = &plan.words else {
                let found = self.found(query, &plan, on, revision)?;
                let count = Count { files: found.ids.len(), more: !found.whole };
                return Ok((count, found.whole));
            };
            let beside = finder.beside(&plan)?;
            let mut files = 0;
            let with_words = finder.words(words, |id| {
                files += u64::from(beside.contains(id));
                if files > MOST_COUNTED {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            })?;
            let whole = with_words.whole && beside.is_whole();
            let more = files > MOST_COUNTED || !whole;
            Ok((Count { files: files.min(MOST_COUNTED), more }, whole))
        })?;
        fresh(&budget)?;
        if whole {
            self.answers.put(key, Kept::Count(count), revision);
        }
        Ok(count)
    }

    /// How many of the files that a query finds have each value of each facet.
    ///
    /// # Errors
    /// As [`Self::page`].
    pub fn facets(&self, query: &Query, ticket: &Ticket) -> Result<Arc<FacetCounts>, StoreError> {
        let key = key("facets", &[text_of(query)]);
        let revision = self.keep_up();
        if let Some(Kept::Facets(facets)) = self.answers.get(&key) {
            return Ok(facets);
        }
        let plan = compile(query);
        let budget = Budget::new(self.limit, ticket);
        let found = self.bounded(&budget, |on| self.found(query, &plan, on, revision))?;
        fresh(&budget)?;
        let counts = self.store.facets().counts(Some(&found.ids));
        let whole = found.whole;
        let counts = Arc::new(FacetCounts { counts, files: found.ids.len(), whole });
        if whole {
            self.answers.put(key, Kept::Facets(Arc::clone(&counts)), revision);
        }
        Ok(counts)
    }

    /// The ids of all files that a query finds, and whether these are all: for what is done
    /// with every result.
    ///
    /// # Errors
    /// As [`Self::page`].
    pub fn ids(&self, query: &Query, ticket: &Ticket) -> Result<(RoaringBitmap, bool), StoreError> {
        let revision = self.keep_up();
        let plan = compile(query);
        let budget = Budget::new(self.limit, ticket);
        let found = self.bounded(&budget, |on| self.found(query, &plan, on, revision))?;
        fresh(&budget)?;
        Ok((found.ids.clone(), found.whole))
    }

    /// At most `limit` groups of duplicates or versions, after where the last ended.
    ///
    /// # Errors
    /// As [`Self::page`].
    pub fn groups(
        &self,
        flag: Flag,
        after: Option<&rusqlite::types::Value>,
        limit: usize,
        ticket: &Ticket,
    ) -> Result<Groups, StoreError> {
        let budget = Budget::new(self.limit, ticket);
        let groups =
            self.bounded(&budget, |on| groups::groups(&self.store, on, flag, after, limit.max(1)))?;
        fresh(&budget)?;
        Ok(groups)
    }

    /// What completion can offer out of this library.
    ///
    /// # Errors
    /// What the store says.
    pub fn values(&self) -> Result<Arc<KnownValues>, StoreError> {
        let key = key("values", &[]);
        let revision = self.keep_up();
        if let Some(Kept::Values(values)) = self.answers.get(&key) {
            return Ok(values);
        }
        let counts = self.store.facets().counts(None);
        let values = Arc::new(KnownValues::read(&self.store, &counts)?);
        self.answers.put(key, Kept::Values(Arc::clone(&values)), revision);
        Ok(values)
    }

    /// Forgets what is stale; returns what the library is at.
    fn keep_up(&self) -> u64 {
        let revision = self.store.facets().revision();
        self.answers.keep_up(revision);
        revision
    }

    fn bounded<T>(
        &self,
        budget: &Budget,
        search: impl FnOnce(&Bounded<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        fresh(budget)?;
        let reader = self.store.reader()?;
        let found = search(&Bounded::new(&reader, budget, self.profiling.as_ref())?);
        if let Err(error) = &found {
            self.store.report(error);
        }
        found
    }

    /// The files that a query finds, as kept or found now.
    fn found(
        &self,
        query: &Query,
        plan: &Plan,
        on: &Bounded<'_>,
        revision: u64,
    ) -> Result<Arc<Found>, StoreError> {
        let key = key("set", &[text_of(query)]);
        if let Some(Kept::Set(found)) = self.answers.get(&key) {
            return Ok(found);
        }
        let found = Arc::new(Finder { store: &self.store, on }.all(plan)?);
        if found.whole {
            self.answers.put(key, Kept::Set(Arc::clone(&found)), revision);
        }
        Ok(found)
    }
}

/// A query without its order.
fn text_of(query: &Query) -> String {
    Query { sort: None, terms: query.terms.clone() }.to_string()
}

fn fresh(budget: &Budget) -> Result<(), StoreError> {
    if budget.is_stale() { Err(StoreError::Interrupted) } else { Ok(()) }
}

impl std::fmt::Debug for Searcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Searcher").field("limit", &self.limit).finish_non_exhaustive()
    }
}
