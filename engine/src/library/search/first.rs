//! The first files of any set in an order, as the facets know it: by ranks, or by columns.
//!
//! Where a page goes on after a place, the ranks that lie after it have to be known. The index
//! is asked for the first file after the place that has a rank: of files with a rank, those
//! that are not before that one in the ranks are just those after the place, since a file with
//! a rank has been as it is ever since the order was read. Files without one are fetched, and
//! compared with the place.

use super::order::{Place, walk};
use super::page::{Pager, Places};
use crate::library::facets::Along;
use crate::library::query::{Sort, SortBy};
use crate::library::store::StoreError;
use roaring::RoaringBitmap;
use rusqlite::ToSql;
use std::ops::ControlFlow;

/// Pending files of a set that are fetched at most: each takes some 8 µs.
const MOST_PENDING: usize = 2_000;

impl Pager<'_> {
    /// The first of some files after a place; none when too many are pending.
    pub(super) fn first(
        &self,
        along: Along,
        order: Sort,
        ids: &RoaringBitmap,
        after: Option<&Place>,
        limit: usize,
    ) -> Result<Option<Places>, StoreError> {
        let number = self.store.facets().order();
        let mut whole = true;
        let from = match after {
            None => Some(0),
            Some(place) if matches!(along, Along::Bpm | Along::Duration) => {
                place.in_column(order).checked_add(1)
            }
            Some(place) => self.first_after(along, order, place, &mut whole)?,
        };
        // After the last, there may still be some that are pending.
        let from = from.unwrap_or(u64::MAX);
        let found = {
            let facets = self.store.facets();
            if facets.order() != number {
                return Ok(None);
            }
            facets.first_along(along, order.descending, ids, from, [limit, MOST_PENDING])
        };
        let Some(found) = found else { return Ok(None) };
        let mut page = self.fetched(found.ranked.into_iter().chain(found.pending))?;
        page.cut(order, after, limit);
        page.whole &= whole;
        Ok(Some(page))
    }

    /// Where the first file after a place stands that has a rank; none when there is no such
    /// file, or, which is then not whole, when time ran out.
    fn first_after(
        &self,
        along: Along,
        order: Sort,
        place: &Place,
        whole: &mut bool,
    ) -> Result<Option<u64>, StoreError> {
        let Some(walk) = walk(order.by) else { return Ok(None) };
        debug_assert!(matches!(order.by, SortBy::Name | SortBy::Key), "others need no index");
        let mut found = None;
        for stretch in walk.stretches(order.descending, Some(place), None) {
            let values: Vec<&dyn ToSql> = stretch.values.iter().map(|it| it as _).collect();
            *whole &= self.on.rows(&stretch.sql, &values, |row| {
                let id = row.get(0)?;
                found = self.store.facets().place_along(along, order.descending, id);
                let is_found = found.is_some();
                Ok(if is_found { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
            })?;
            if found.is_some() || !*whole {
                break;
            }
        }
        Ok(found)
    }
}
