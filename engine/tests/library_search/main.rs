//! Searching the library: what is found is what a plain look at every file finds.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test's helpers fail the test")]

mod any_string;
mod files;
mod melodies;
mod naive;
mod orders;
mod pages;
mod said;
mod same;
mod twins;

use engine::library::query::parse;
use engine::library::row::Row;
use engine::library::search::{Page, Request, Searcher};
use engine::library::store::{Store, StoreOptions};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// No test is about how long a search takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// A library in a folder that goes away with it.
struct Library {
    searcher: Searcher,
    _folder: TempDir,
}

impl Library {
    /// Without its indexes.
    fn building(rows: &[Row]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options =
            StoreOptions { readers: 3, ..StoreOptions::new(folder.path().join("library.db")) };
        let (store, notices) = Store::open(options).unwrap();
        assert_eq!(notices, []);
        let mut writer = store.writer().unwrap();
        writer.add_source(b"/music").unwrap();
        writer.write(rows).unwrap();
        drop(writer);
        let searcher = Searcher::new(store, None).with_limit(PATIENCE);
        Self { searcher, _folder: folder }
    }

    fn of(rows: &[Row]) -> Self {
        let library = Self::building(rows);
        let mut writer = library.store().writer().unwrap();
        assert!(writer.finish(|_| ControlFlow::Continue(())).unwrap());
        // Few files are looked at one by one: here blocks are what is to be tried.
        writer.remake_grams().unwrap();
        drop(writer);
        library
    }

    /// Closed and opened again.
    fn reopened(self) -> Self {
        let Self { searcher, _folder: folder } = self;
        let path = searcher.store().path().to_owned();
        drop(searcher);
        let (store, notices) = Store::open(StoreOptions::new(path)).unwrap();
        assert_eq!(notices, []);
        Self { searcher: Searcher::new(store, None).with_limit(PATIENCE), _folder: folder }
    }

    fn store(&self) -> &Store {
        self.searcher.store()
    }

    fn page(&self, query: &str, limit: usize) -> Arc<Page> {
        let request = Request { query: parse(query).0, limit, after: None };
        self.searcher.page(&request, &self.searcher.ticket()).unwrap()
    }

    /// The names of what a query finds, in order.
    fn names(&self, query: &str) -> Vec<String> {
        let page = self.page(query, 1_000);
        assert!(page.whole, "{query}");
        page.hits.iter().map(|hit| hit.name.clone()).collect()
    }

    /// The ids of all pages of a query, in order.
    fn paged(&self, query: &str, limit: usize) -> Vec<u32> {
        let mut request = Request { query: parse(query).0, limit, after: None };
        let mut ids = Vec::new();
        loop {
            let page = self.searcher.page(&request, &self.searcher.ticket()).unwrap();
            assert!(page.whole && page.hits.len() <= limit, "{query}");
            ids.extend(page.hits.iter().map(|hit| hit.id));
            let Some(next) = page.next.clone() else { return ids };
            request.after = Some(next);
        }
    }
}
