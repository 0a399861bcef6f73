//! The library's store: what is put in comes back, whatever happens to process, disk and file.
#![expect(clippy::unwrap_used, reason = "a test's helpers fail the test")]

mod broken;
mod check;
mod contents;
mod facets;
mod killed;
mod user;

use engine::library::facets::Facets;
use engine::library::row::Row;
use engine::library::store::{Notice, Store, StoreOptions};
use engine::testkit::library;
use std::ops::ControlFlow;
use std::path::PathBuf;
use tempfile::TempDir;

/// A library in a folder that goes away with it.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("library.db")
    }

    fn options(&self) -> StoreOptions {
        StoreOptions { readers: 2, ..StoreOptions::new(self.path()) }
    }

    fn open(&self) -> Store {
        let (store, notices) = Store::open(self.options()).unwrap();
        assert_eq!(notices, []);
        store
    }

    fn open_with_notices(&self) -> (Store, Vec<Notice>) {
        Store::open(self.options()).unwrap()
    }

    /// The names of the files in the folder that begin with `start`, sorted.
    fn files(&self, start: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let names = entries.map(|it| it.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.filter(|it| it.starts_with(start)).collect();
        names.sort_unstable();
        names
    }
}

fn rows(range: std::ops::Range<u64>) -> Vec<Row> {
    range.map(|index| library::row(1, index)).collect()
}

fn put(store: &Store, rows: &[Row]) {
    store.writer().unwrap().write(rows).unwrap();
}

fn finish(store: &Store) {
    assert!(store.writer().unwrap().finish(|_| ControlFlow::Continue(())).unwrap());
}

fn ids(store: &Store, query: &str) -> Vec<u32> {
    let reader = store.reader().unwrap();
    let mut statement = reader.prepare(query).unwrap();
    let found = statement.query_map([], |it| it.get(0)).unwrap();
    found.map(Result::unwrap).collect()
}

fn number(store: &Store, query: &str) -> i64 {
    store.reader().unwrap().query_row(query, [], |it| it.get(0)).unwrap()
}

/// What the facets say, without what they say of the user.
fn counted(facets: &Facets) -> Vec<(String, u64)> {
    let counts = facets.counts(None).into_iter();
    counts.map(|it| (format!("{:?}", it.value), it.files)).collect()
}
