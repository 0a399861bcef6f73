//! Files by a part of their names, out of the blocks of `store::grams` and what is pending.
//!
//! The blocks tell which names have all pairs of characters of a text: all names that hold the
//! text, and few others. A text of one or two characters is found so for sure. Of a longer one
//! names have to be looked at; a page looks at those that would be on it.

use super::page::{Pager, Places};
use super::select::{Finder, Found};
use crate::library::query::{Plan, Set};
use crate::library::store::grams::{Built, names};
use crate::library::store::{IndexState, StoreError};
use roaring::RoaringBitmap;
use std::ops::ControlFlow;

/// How often a page is looked for among names that may not hold the text; of twice as many
/// names each time.
const MOST_LOOKS: u32 = 5;
/// Pairs of characters that are looked up: of a longer text the rarest.
const MOST_PAIRS: usize = 4;

/// Whether the blocks alone tell which names hold a text.
pub(super) fn is_sure(part: &str) -> bool {
    part.chars().nth(2).is_none()
}

impl Finder<'_> {
    /// All files whose names hold a text in small letters, and few others.
    pub(super) fn perhaps_named(&self, part: &str) -> Result<Found, StoreError> {
        let mut found = Found { whole: true, ..Found::default() };
        let _view = self.on.view()?;
        let built = Built::read(self.on.connection())?;
        let mut grams = names::Gram::all_of(part);
        for block in built.blocks() {
            if grams.len() > MOST_PAIRS {
                let mut lengths = Vec::with_capacity(grams.len());
                for gram in grams {
                    let list = self.blob(names::BY_GRAM, gram.row_of(block))?;
                    lengths.push((list.map_or(0, |list| list.len()), gram));
                }
                lengths.sort_unstable();
                grams = lengths.into_iter().take(MOST_PAIRS).map(|(_, gram)| gram).collect();
            }
            let mut with_all: Option<RoaringBitmap> = None;
            for gram in &grams {
                let Some(list) = self.blob(names::BY_GRAM, gram.row_of(block))? else {
                    found.whole = false;
                    return Ok(found);
                };
                let with = names::with_gram(block, &list);
                let left = match with_all {
                    Some(files) => files & with,
                    None => with,
                };
                let is_none = left.is_empty();
                with_all = Some(left);
                if is_none {
                    break;
                }
            }
            found.ids |= with_all.unwrap_or_default();
            if self.on.is_over() {
                found.whole = false;
                return Ok(found);
            }
        }
        found.ids -= self.dirty(built)?;
        found.whole &= self.on.rows(names::PENDING, &[&built.upto], |row| {
            if row.get_ref(1)?.as_str()?.to_lowercase().contains(part) {
                found.ids.insert(row.get(0)?);
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(found)
    }

    /// Those of some files whose names hold a text.
    pub(super) fn surely_named(&self, part: &str, perhaps: Found) -> Result<Found, StoreError> {
        const NAME: &str = "SELECT name FROM files WHERE id = ?1";
        let mut found = Found { whole: perhaps.whole, ..Found::default() };
        for id in perhaps.ids {
            if self.on.is_over() {
                found.whole = false;
                break;
            }
            found.whole &= self.on.rows(NAME, &[&id], |row| {
                if row.get_ref(0)?.as_str()?.to_lowercase().contains(part) {
                    found.ids.insert(id);
                }
                Ok(ControlFlow::Break(()))
            })?;
        }
        Ok(found)
    }
}

impl Pager<'_> {
    /// A page of a plan that asks for one part of names, perhaps beside facets: names are
    /// looked at where they are fetched anyway. None where all of them have to be looked at.
    pub(super) fn named(&self) -> Result<Option<Places>, StoreError> {
        let Some((rest, part)) = one_name(self.plan) else { return Ok(None) };
        if self.store.state() == IndexState::Building || !self.is_in_memory() {
            return Ok(None);
        }
        let finder = Finder { store: self.store, on: self.on };
        let mut found = finder.perhaps_named(part)?;
        if rest.clauses.is_empty() {
            found.ids &= self.store.facets().present();
        } else {
            let others = finder.all(&rest)?;
            found.ids &= others.ids;
            found.whole &= others.whole;
        }
        let limit = self.limit + 1;
        let mut page = Places { whole: found.whole, ..Places::default() };
        let mut after = self.after.cloned();
        for look in 0..MOST_LOOKS {
            let most = limit << look;
            let more = self.in_order(self.plan.order, &found.ids, after.as_ref(), most)?;
            let is_last = more.found.len() < most;
            page.whole &= more.whole;
            after = more.found.last().cloned().or(after);
            let holds = |name: &str| name.to_lowercase().contains(part);
            page.found.extend(more.found.into_iter().filter(|place| holds(&place.name)));
            if is_last || page.found.len() >= limit || !page.whole {
                page.found.truncate(limit);
                return Ok(Some(page));
            }
        }
        Ok(None)
    }
}

/// The plan without its only part of a name, and that part; none where more is asked of names.
fn one_name(plan: &Plan) -> Option<(Plan, &str)> {
    if plan.words.is_some() || !plan.melodies.is_empty() || plan.similar.is_some() {
        return None;
    }
    let is_name = |set: &Set| matches!(set, Set::Name { .. });
    let mut with_names =
        plan.clauses.iter().enumerate().filter(|(_, it)| it.any.iter().any(is_name));
    let (place, clause) = with_names.next()?;
    let [Set::Name { part, .. }] = clause.any.as_slice() else { return None };
    if clause.negated || with_names.next().is_some() || is_sure(part) {
        return None;
    }
    let mut rest = plan.clone();
    rest.clauses.remove(place);
    Some((rest, part))
}
