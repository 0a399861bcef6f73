//! The order of names: reading it from the index, and keeping it beside the facets.
//!
//! The facets know where each file stood when the order was read last (`facets::order`), so
//! that the first files of any set are found in memory, however far down they lie. What has
//! changed since is pending, and a search looks at it by itself; when that is too much, all is
//! read again: a second or two for six million files, on a connection of its own, while others
//! search and write.
//!
//! `ranks` has what was read, written in one transaction, with `order` in `meta` as its number;
//! blocks of another number do not count. When the facets' blocks are written, so are the ranks
//! of those blocks: files that have changed since are listed as the facets' are, and are pending
//! after the next start.

use super::saved::save_ranks;
use super::{IndexState, Inner, Store, StoreError, meta_number, set_meta_number};
use crate::library::facets::Order;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// The number of the order in `meta`.
pub(super) const NUMBER: &str = "order";
/// So many pending files are worth reading the order at the end of a scan, and at the start.
const WORTH_READING: u64 = 512;
/// So many are worth it in the middle of a scan, and this share of all files.
const MOST_PENDING: u64 = 16_384;
const SHARE: u64 = 32;
/// Between two looks whether the library is still open.
const ROWS_BETWEEN_LOOKS: u64 = 65_536;
const IN_ORDER: &str =
    "SELECT id FROM files INDEXED BY files_by_name ORDER BY name COLLATE NOCASE, bpm, id";

impl Store {
    /// Whether the ranks of all files rise as their names do; takes a second for each three
    /// million files.
    pub fn verify_order(&self) -> Result<bool, StoreError> {
        if self.state() == IndexState::Building {
            return Ok(true);
        }
        let reader = self.reader()?;
        let mut list = reader.prepare(IN_ORDER)?;
        let mut rows = list.query([])?;
        let (number, mut last) = (self.facets().order(), 0);
        while let Some(row) = rows.next()? {
            let id = row.get(0)?;
            let facets = self.facets();
            if facets.order() != number {
                // It has just been read.
                return Ok(true);
            }
            if let Some(rank) = facets.rank(id) {
                if rank <= last {
                    return Ok(false);
                }
                last = rank;
            }
        }
        Ok(true)
    }

    /// Reads the order of names anew.
    pub fn renew_order(&self) -> Result<(), StoreError> {
        renew(&Arc::downgrade(&self.0)).map(drop)
    }

    /// Reads it in the background when much is pending.
    pub(super) fn renew_order_if_due(&self) {
        if !is_due(&self.0) {
            return;
        }
        let weak = Arc::downgrade(&self.0);
        let named = std::thread::Builder::new().name("library order".to_owned());
        let read = move || {
            if let Err(error) = renew(&weak) {
                log::warn!("the order of names could not be read: {error}");
            }
        };
        if let Err(error) = named.spawn(read) {
            log::warn!("the order of names is not read: {error}");
        }
    }
}

/// Whether so much is pending that the order should be read, when nothing else is to be done.
fn is_due(inner: &Inner) -> bool {
    can_be_due(inner) && inner.facets.read().pending() >= WORTH_READING
}

/// Whether so much is pending that it should be read in the middle of a scan.
pub(super) fn is_due_meanwhile(inner: &Inner) -> bool {
    can_be_due(inner) && {
        let facets = inner.facets.read();
        facets.pending() >= MOST_PENDING.max(facets.len() / SHARE)
    }
}

/// Nobody knows what is pending where there are no facets.
fn can_be_due(inner: &Inner) -> bool {
    let is_building = inner.building.load(Ordering::Acquire);
    inner.index.is_some() && !is_building && inner.options.facets
}

/// Whether the order has to be read at the end of a scan that has put in or taken out so many
/// files.
pub(super) fn is_due_after(inner: &Inner, changed: u64) -> Result<bool, StoreError> {
    if inner.options.facets {
        return Ok(is_due(inner));
    }
    let has_none = meta_number(&inner.index()?.lock(), NUMBER)?.is_none();
    Ok(has_none && changed > 0 || changed >= WORTH_READING)
}

/// Reads the order and takes it in. Keeps the library open only for moments: when it is closed
/// meanwhile, nothing has happened. Returns whether it was read.
pub(super) fn renew(library: &Weak<Inner>) -> Result<bool, StoreError> {
    let Some(inner) = library.upgrade() else { return Ok(false) };
    if inner.ordering.swap(true, Ordering::AcqRel) {
        return Ok(false);
    }
    let done = read_and_take_in(inner, library);
    if let Some(inner) = library.upgrade() {
        inner.ordering.store(false, Ordering::Release);
    }
    done
}

fn read_and_take_in(inner: Arc<Inner>, library: &Weak<Inner>) -> Result<bool, StoreError> {
    let mut connection = inner.connection()?;
    let view = {
        // Nobody is between a change of the index and that of the facets.
        let _index = inner.index()?.lock();
        inner.facets.write().begin_order();
        begin(&mut connection)?
    };
    drop(inner);
    let Some(order) = read(&view, library)? else { return Ok(false) };
    let Some(inner) = library.upgrade() else { return Ok(false) };
    inner.take_in_order(order)?;
    Ok(true)
}

/// One view of the index, from now on.
fn begin(connection: &mut Connection) -> Result<Transaction<'_>, StoreError> {
    let view = connection.transaction()?;
    meta_number(&view, NUMBER)?;
    Ok(view)
}

fn read(view: &Connection, library: &Weak<Inner>) -> Result<Option<Order>, StoreError> {
    let mut order = Order::default();
    let mut list = view.prepare(IN_ORDER)?;
    let mut rows = list.query([])?;
    let mut seen = 0_u64;
    while let Some(row) = rows.next()? {
        order.push(row.get(0)?);
        seen += 1;
        if seen.is_multiple_of(ROWS_BETWEEN_LOOKS) && library.strong_count() == 0 {
            return Ok(None);
        }
    }
    Ok(Some(order))
}

impl Inner {
    fn connection(&self) -> Result<Connection, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.options.index, flags)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        Ok(connection)
    }

    fn take_in_order(&self, order: Order) -> Result<(), StoreError> {
        let mut index = self.index()?.lock();
        let kept = meta_number(&index, NUMBER)?.unwrap_or(0) as u64;
        let transaction = index.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute("DELETE FROM ranks", [])?;
        let mut facets = self.facets.write();
        let number = kept.max(facets.order()) + 1;
        if self.options.facets {
            facets.put_order(order, number);
            let blocks = facets.indexes();
            drop(facets);
            for block in blocks {
                let bytes = self.facets.read().rank_bytes(block);
                save_ranks(&transaction, block, bytes)?;
            }
        } else {
            for (block, bytes) in facets.bytes_of_order(order, number) {
                save_ranks(&transaction, block, Some(bytes))?;
            }
        }
        set_meta_number(&transaction, NUMBER, number as i64)?;
        transaction.commit()?;
        super::give_back_memory(&index);
        Ok(())
    }
}
