//! Looking through the whole index for damage, a table at a time, while nothing else goes on.
//!
//! A small index is checked whole at every start (`super::damage`). A larger one is looked
//! through once a week: a thread waits until nobody reads or writes, checks one table on a
//! connection of its own, and breaks off as soon as somebody comes. How far it is and when it
//! came to its end is in `meta`, so that it goes on at the next start. What is damaged is noted,
//! and put aside when the library is opened the next time.

use super::{Inner, Store, StoreError, meta_number, set_meta_number};
use crate::library::date::secs_of;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// Seconds from one look through the index to the next: a week.
const BETWEEN: i64 = 7 * 24 * 60 * 60;
/// For so long nobody has to have asked anything.
const QUIET: Duration = Duration::from_secs(2);
/// Instructions of SQLite's machine between two looks whether to go on.
const BETWEEN_LOOKS: i32 = 2_000;
const LAST: &str = "checked_at";
const NEXT: &str = "check_next";

/// How far a look through the index has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// One more table is sound.
    Sound {
        /// Tables that were looked at.
        done: u32,
        /// How many there are.
        of: u32,
    },
    /// All tables are sound.
    AllSound,
    /// It was broken off, and goes on with the same table.
    Stopped,
    /// The index is damaged. It is put aside when the library is opened the next time.
    Damaged,
}

impl Store {
    /// Whether the index is to be looked through: it is large, and a week has gone by.
    pub fn is_check_due(&self) -> Result<bool, StoreError> {
        if self.is_read_only() {
            return Ok(false);
        }
        let size = self.path().metadata().map_or(0, |it| it.len());
        if size < self.0.options.check_from {
            return Ok(false);
        }
        let last = meta_number(&*self.reader()?, LAST)?;
        let now = secs_of((self.0.options.now)());
        // A clock that was set back makes no check wait for years.
        Ok(last.is_none_or(|last| !(0..BETWEEN).contains(&(now - last))))
    }

    /// Looks through the next table of the index, on a connection of its own, until `stop`
    /// says so.
    pub fn check_next(
        &self,
        stop: impl Fn() -> bool + Send + 'static,
    ) -> Result<Check, StoreError> {
        self.0.take_in(check_table(self.path(), stop))
    }

    /// When all tables were found sound last, in seconds since 1970.
    pub fn checked_at(&self) -> Result<Option<i64>, StoreError> {
        meta_number(&*self.reader()?, LAST)
    }

    /// Checks the index in the background when that is due.
    pub(super) fn check_when_idle(&self) {
        match self.is_check_due() {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => return log::warn!("the index is not checked: {error}"),
        }
        let (weak, path) = (Arc::downgrade(&self.0), self.path().to_owned());
        let named = std::thread::Builder::new().name("library check".to_owned());
        if let Err(error) = named.spawn(move || check_in_quiet(&weak, &path)) {
            log::warn!("the index is not checked: {error}");
        }
    }
}

impl Inner {
    /// Remembers what became of a look at a table.
    fn take_in(&self, looked: Result<Looked, StoreError>) -> Result<Check, StoreError> {
        let Looked { done, of } = match looked {
            Ok(looked) => looked,
            Err(StoreError::Interrupted) => return Ok(Check::Stopped),
            Err(StoreError::Damaged(what)) => {
                log::error!("the index of the library is damaged: {what}");
                self.note_damage();
                return Ok(Check::Damaged);
            }
            Err(error) => return Err(error),
        };
        let index = self.index()?.lock();
        if done < of {
            set_meta_number(&index, NEXT, i64::from(done))?;
            return Ok(Check::Sound { done, of });
        }
        set_meta_number(&index, NEXT, 0)?;
        set_meta_number(&index, LAST, secs_of((self.options.now)()))?;
        Ok(Check::AllSound)
    }
}

/// Tables that were looked at, of how many.
struct Looked {
    done: u32,
    of: u32,
}

fn check_table(
    path: &Path,
    stop: impl Fn() -> bool + Send + 'static,
) -> Result<Looked, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.progress_handler(BETWEEN_LOOKS, Some(stop))?;
    let list = "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage <> 0
                ORDER BY name";
    let mut list = connection.prepare(list)?;
    let names: Vec<String> = list.query_map([], |it| it.get(0))?.collect::<Result<_, _>>()?;
    let next = meta_number(&connection, NEXT)?.unwrap_or(0).max(0) as u32;
    if let Some(name) = names.get(next as usize) {
        let check = format!("PRAGMA quick_check(\"{name}\")");
        let verdict: String = connection.query_row(&check, [], |it| it.get(0))?;
        if verdict != "ok" {
            return Err(StoreError::Damaged(verdict));
        }
    }
    Ok(Looked { done: next + 1, of: names.len() as u32 })
}

/// The thread that looks through the index while nobody else does anything. It keeps no store
/// open: when the last one is dropped it ends.
fn check_in_quiet(store: &Weak<Inner>, path: &Path) {
    loop {
        let Some(asked) = store.upgrade().map(|inner| inner.readers.acquired()) else { return };
        std::thread::sleep(QUIET);
        loop {
            let of = Weak::clone(store);
            let is_busy = move || {
                of.upgrade().is_none_or(|inner| {
                    inner.writing.load(Ordering::Acquire) || inner.readers.acquired() != asked
                })
            };
            if is_busy() {
                break;
            }
            let looked = check_table(path, is_busy);
            let Some(inner) = store.upgrade() else { return };
            match inner.take_in(looked) {
                Ok(Check::Sound { .. }) => {}
                Ok(Check::Stopped) => break,
                Ok(Check::AllSound | Check::Damaged) => return,
                Err(error) => return log::warn!("the index could not be checked: {error}"),
            }
        }
    }
}
