//! One page of results: few files are fetched and sorted; of many an index is walked where
//! what is found lies everywhere in the order, else the facets know the first (`first`).

use super::budget::Bounded;
use super::order::{Place, compare, walk};
use super::rank::{Asked, score};
use super::select::{Beside, Finder, Found};
use crate::library::facets::{Along, Facet, FacetValue};
use crate::library::query::{Interval, NumberField, Plan, Set, Sort, SortBy, WordPlan};
use crate::library::store::{IndexState, Store, StoreError};
use roaring::RoaringBitmap;
use rusqlite::ToSql;
use rusqlite::types::Value;
use std::cmp::Ordering;
use std::ops::ControlFlow;

/// Files that are ranked at most.
pub const MOST_RANKED: usize = 1_000;
/// Files that are ranked by their melody at most: each is read for it, which takes 10 µs.
const MOST_MELODIES: u64 = 400;
/// Files that are always few, where nothing else knows the first of them.
const FEW: u64 = 500;
/// Files that are fetched and sorted as quickly as the first of them are found.
const FEWEST: u64 = 64;
/// Steps along an index after which a page should be full, for it to be walked at all, and
/// after which the walk is given up: then what is found lies close together farther down.
const FEW_STEPS: u64 = 1_000;
const MOST_STEPS: u64 = 4_000;
/// The same by key and tempo, where walking saves finding the whole set.
const STEPS_BY_KEY: u64 = 20_000;
/// Files that are sorted while there are no indexes.
const MOST_WITHOUT_INDEX: usize = 20_000;
/// What a step along an index costs of what fetching a file does.
const STEP_OF_FETCH: f64 = 0.17;

/// The places of a page, and whether they are what they should be.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// One more than was asked for where there are more.
    pub(super) found: Vec<Place>,
    pub(super) whole: bool,
    pub(super) best_only: bool,
}

impl Places {
    /// Puts them in order and leaves the first after a place.
    pub(super) fn cut(&mut self, order: Sort, after: Option<&Place>, limit: usize) {
        if let Some(after) = after {
            self.found.retain(|place| compare(order, place, after) == Ordering::Greater);
        }
        self.found.sort_unstable_by(|a, b| compare(order, a, b));
        self.found.truncate(limit);
    }
}

/// Which files a walk takes: those with a value of the index's first column, that a test takes.
pub(super) type Taken<'a> = (Option<Value>, &'a dyn Fn(u32) -> bool);

/// What a page is made of.
pub(super) struct Pager<'a> {
    pub(super) store: &'a Store,
    pub(super) on: &'a Bounded<'a>,
    pub(super) plan: &'a Plan,
    pub(super) limit: usize,
    pub(super) after: Option<&'a Place>,
}

impl Pager<'_> {
    /// The places after `after`. `found` is asked for the files that the plan finds where all
    /// of them have to be known.
    pub(super) fn places(
        &self,
        found: &dyn Fn() -> Result<std::sync::Arc<Found>, StoreError>,
    ) -> Result<Places, StoreError> {
        let order = self.plan.order;
        if let Some(path) = &self.plan.similar {
            return self.similar(path, &found()?.ids);
        }
        if let (SortBy::Relevance, Some(words)) = (order.by, &self.plan.words) {
            return self.ranked(words);
        }
        if let (SortBy::Relevance, Some(phrase)) = (order.by, self.plan.melodies.first()) {
            return self.ranked_by_melody(phrase);
        }
        if self.store.state() == IndexState::Ready
            && let Some((key, tempo)) = key_and_tempo(self.plan)
            && let Some(page) = self.by_key(key, tempo)?
        {
            return Ok(page);
        }
        if let Some(page) = self.named()? {
            return Ok(page);
        }
        let found = found()?;
        let mut page = if order.by == SortBy::Rating {
            self.by_rating(&found.ids)?
        } else {
            self.in_order(order, &found.ids, self.after, self.limit + 1)?
        };
        page.whole &= found.whole;
        Ok(page)
    }

    /// The first of some files in an order that is not of words, stars or nearness.
    pub(super) fn in_order(
        &self,
        order: Sort,
        ids: &RoaringBitmap,
        after: Option<&Place>,
        limit: usize,
    ) -> Result<Places, StoreError> {
        if ids.len() <= FEWEST || self.store.state() == IndexState::Building {
            return self.sorted(order, ids, after, limit);
        }
        let accepts = |id| ids.contains(id);
        let is_ranked = matches!(order.by, SortBy::Name | SortBy::Key);
        if is_ranked
            && self.steps_to(ids.len(), limit) <= FEW_STEPS
            && let Some(page) =
                self.walked_far(order, after, limit, (None, &accepts), MOST_STEPS)?
        {
            return Ok(page);
        }
        if let Some(along) = along(order.by)
            && let Some(page) = self.first(along, order, ids, after, limit)?
        {
            return Ok(page);
        }
        if self.are_few(ids.len()) {
            return self.sorted(order, ids, after, limit);
        }
        self.walked(order, after, limit, (None, &accepts))
    }

    /// Whether the facets know the first files in the order that is asked for.
    pub(super) fn is_in_memory(&self) -> bool {
        along(self.plan.order.by).is_some()
    }

    /// Steps along an index until a page is full, where what is found lies everywhere in it.
    fn steps_to(&self, files: u64, limit: usize) -> u64 {
        self.store.facets().len() / files.max(1) * limit as u64
    }

    /// Whether fetching and sorting these costs less than walking past the others.
    fn are_few(&self, files: u64) -> bool {
        let all = self.store.facets().len() as f64;
        let walked = STEP_OF_FETCH * all * (self.limit + 1) as f64;
        let files_squared = (files as f64).powi(2);
        files <= FEW || files_squared < walked || self.store.state() == IndexState::Building
    }

    fn sorted(
        &self,
        order: Sort,
        ids: &RoaringBitmap,
        after: Option<&Place>,
        limit: usize,
    ) -> Result<Places, StoreError> {
        let building = self.store.state() == IndexState::Building;
        let most = if building { MOST_WITHOUT_INDEX } else { usize::MAX };
        let mut page = self.fetched(ids.iter().take(most))?;
        page.whole &= ids.len() <= most as u64;
        page.cut(order, after, limit);
        Ok(page)
    }

    /// Puts places in the order that was asked for and leaves those of the page.
    fn cut(&self, page: &mut Places) {
        page.cut(self.plan.order, self.after, self.limit + 1);
    }

    pub(super) fn fetched(&self, ids: impl Iterator<Item = u32>) -> Result<Places, StoreError> {
        let mut page = Places { whole: true, ..Places::default() };
        for (nth, id) in ids.enumerate() {
            if nth % 64 == 63 && self.on.is_over() {
                page.whole = false;
                break;
            }
            page.found.extend(self.place(id)?);
        }
        Ok(page)
    }

    fn place(&self, id: u32) -> Result<Option<Place>, StoreError> {
        const FIND: &str = "SELECT name, bpm, key, duration, mtime FROM files WHERE id = ?1";
        let mut found = None;
        self.on.rows(FIND, &[&id], |row| {
            found = Some(Place {
                id,
                name: row.get(0)?,
                bpm: row.get(1)?,
                key: row.get(2)?,
                duration: row.get(3)?,
                mtime: row.get(4)?,
                rating: None,
                score: 0.0,
            });
            Ok(ControlFlow::Break(()))
        })?;
        if let Some(place) = &mut found {
            let facets = self.store.facets();
            let rated =
                |stars: &u8| facets.has(id, FacetValue::new(Facet::Rating, (*stars).into()));
            place.rating = (1..=5).find(rated);
        }
        Ok(found)
    }

    /// The next places along the index of an order, of those that are taken.
    fn walked(
        &self,
        order: Sort,
        after: Option<&Place>,
        limit: usize,
        taken: Taken<'_>,
    ) -> Result<Places, StoreError> {
        let page = self.walked_far(order, after, limit, taken, u64::MAX)?;
        Ok(page.unwrap_or_default())
    }

    /// The same, but none when the page is not full after so many steps.
    fn walked_far(
        &self,
        order: Sort,
        after: Option<&Place>,
        limit: usize,
        (only, accepts): Taken<'_>,
        most: u64,
    ) -> Result<Option<Places>, StoreError> {
        let Some(walk) = walk(order.by) else { return Ok(None) };
        let (mut ids, mut whole, mut steps) = (Vec::new(), true, 0);
        for stretch in walk.stretches(order.descending, after, only) {
            if ids.len() == limit || !whole || steps > most {
                break;
            }
            let values: Vec<&dyn ToSql> = stretch.values.iter().map(|it| it as _).collect();
            whole &= self.on.rows(&stretch.sql, &values, |row| {
                steps += 1;
                let id = row.get(0)?;
                if accepts(id) {
                    ids.push(id);
                }
                let ends = ids.len() == limit || steps > most;
                Ok(if ends { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
            })?;
        }
        if steps > most && ids.len() < limit {
            return Ok(None);
        }
        let mut page = self.fetched(ids.into_iter())?;
        page.whole &= whole;
        Ok(Some(page))
    }

    /// By key and tempo in the order of names the index that has all three is walked, unless
    /// files of that tempo lie far down.
    fn by_key(&self, key: u8, tempo: Option<Interval>) -> Result<Option<Places>, StoreError> {
        let accepts = |id| {
            let facets = self.store.facets();
            let fits = |interval: Interval| {
                let bpm = facets.numbers(id).and_then(|numbers| numbers.bpm);
                bpm.is_some_and(|bpm| interval.contains(NumberField::Bpm, bpm))
            };
            facets.is_present(id) && tempo.is_none_or(fits)
        };
        let order = Sort { by: SortBy::Key, descending: self.plan.order.descending };
        let only = Some(Value::Integer(key.into()));
        self.walked_far(order, self.after, self.limit + 1, (only, &accepts), STEPS_BY_KEY)
    }

    /// Star by star; within as many stars names rise, whichever way the stars go.
    fn by_rating(&self, ids: &RoaringBitmap) -> Result<Places, StoreError> {
        let order = self.plan.order;
        let by_name = Sort { by: SortBy::Name, descending: false };
        let mut groups: Vec<Option<u8>> = (1..=5).map(Some).collect();
        if order.descending {
            groups.reverse();
        }
        groups.push(None);
        if let Some(after) = self.after {
            let before = groups.iter().take_while(|stars| **stars != after.rating).count();
            groups.drain(..before);
        }
        let mut page = Places { whole: true, ..Places::default() };
        for stars in groups {
            let left = (self.limit + 1).saturating_sub(page.found.len());
            if left == 0 || !page.whole {
                break;
            }
            let group = match stars {
                Some(stars) => {
                    let value = FacetValue::new(Facet::Rating, stars.into());
                    ids & self.store.facets().with(value)
                }
                None => ids - self.store.facets().having(Facet::Rating),
            };
            let after = self.after.filter(|place| place.rating == stars);
            let more = self.in_order(by_name, &group, after, left)?;
            page.found.extend(more.found);
            page.whole &= more.whole;
        }
        Ok(page)
    }

    /// The best of at most [`MOST_RANKED`], first of those that have all words in their name.
    fn ranked(&self, words: &WordPlan) -> Result<Places, StoreError> {
        let finder = Finder { store: self.store, on: self.on };
        let beside = finder.beside(self.plan)?;
        let mut ids = RoaringBitmap::new();
        let mut whole = beside.is_whole();
        let mut take = |id: u32| {
            if beside.contains(id) {
                ids.insert(id);
            }
            let full = ids.len() >= MOST_RANKED as u64;
            if full { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        if self.store.state() == IndexState::Building {
            whole &= finder.words_in_names(words, &mut take)?.whole;
        } else {
            for expression in [&words.in_name, &words.anywhere] {
                whole &= finder.with_words(expression, &mut take)?.whole;
            }
        }
        let best_only = ids.len() >= MOST_RANKED as u64;
        let mut page = self.fetched(ids.iter())?;
        let asked = Asked::all(&words.texts);
        for place in &mut page.found {
            place.score = score(&place.name, &asked);
        }
        self.cut(&mut page);
        Ok(Places { whole: whole && page.whole, best_only, ..page })
    }

    /// The first [`MOST_MELODIES`] files with a melody, those first of which it is most.
    fn ranked_by_melody(&self, phrase: &[u8]) -> Result<Places, StoreError> {
        let finder = Finder { store: self.store, on: self.on };
        let beside = finder.beside_melody(self.plan)?;
        let within = match &beside {
            Beside::Any(_) => None,
            Beside::Some(found) => Some(&found.ids),
        };
        let mut ids = RoaringBitmap::new();
        let found = finder.melody(phrase, within, |id| {
            if beside.contains(id) {
                ids.insert(id);
            }
            let full = ids.len() >= MOST_MELODIES;
            if full { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        let best_only = ids.len() >= MOST_MELODIES;
        let mut shares = Vec::with_capacity(ids.len() as usize);
        for id in &ids {
            shares.push((finder.share_of_melody(id, phrase)?, id));
        }
        let on_page = self.likely(shares);
        let mut page = self.fetched(on_page.iter().map(|(_, id)| *id))?;
        for place in &mut page.found {
            let share = on_page.iter().find(|(_, id)| *id == place.id);
            place.score = share.map_or(0.0, |(share, _)| *share);
        }
        self.cut(&mut page);
        let whole = found.whole && beside.is_whole() && page.whole;
        Ok(Places { whole, best_only, ..page })
    }

    /// Of files with their scores those that may be on this page: names, which decide between
    /// equals, are fetched of these alone.
    fn likely(&self, mut scored: Vec<(f64, u32)>) -> Vec<(f64, u32)> {
        scored.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        if self.plan.order.descending {
            scored.reverse();
        }
        let turned = |score: f64| if self.plan.order.descending { score } else { -score };
        let first = self.after.map_or(0, |after| {
            scored.partition_point(|(score, _)| turned(*score) < turned(after.score))
        });
        // All that are as good as the last place before, and as the last one on the page.
        let before = self.after.map_or(0, |after| {
            scored.partition_point(|(score, _)| turned(*score) <= turned(after.score))
        });
        let last = scored.get(before + self.limit).map(|(score, _)| turned(*score));
        let end = last.map_or(scored.len(), |last| {
            scored.partition_point(|(score, _)| turned(*score) <= last)
        });
        scored.get(first..end).map(<[_]>::to_vec).unwrap_or_default()
    }

    /// Files that sound like one, the nearest first; itself not among them.
    fn similar(&self, path: &str, among: &RoaringBitmap) -> Result<Places, StoreError> {
        let Some(id) = self.file_at(path)? else {
            return Ok(Places { whole: true, ..Places::default() });
        };
        let Some(row) = self.store.row(id)? else { return Ok(Places::default()) };
        let mut among = among.clone();
        among.remove(id);
        let budget = self.on.budget().clone();
        let stop = move || budget.is_over();
        let vector = &row.facts.prints.vector;
        let (near, whole) = self.store.similar(vector, MOST_RANKED, Some(&among), &stop)?;
        let best_only = near.len() == MOST_RANKED;
        let mut page = self.fetched(near.iter().map(|near| near.id))?;
        for (place, near) in page.found.iter_mut().zip(&near) {
            place.score = -f64::from(near.distance);
        }
        self.cut(&mut page);
        Ok(Places { best_only, whole: whole && page.whole, ..page })
    }

    /// The file at a path; of an archive's member, with `!/` before its name.
    fn file_at(&self, path: &str) -> Result<Option<u32>, StoreError> {
        const FIND: &str = "SELECT files.id FROM folders JOIN files ON files.folder = folders.id \
            WHERE folders.path = ?1 AND files.file = ?2 AND files.member = ?3";
        let (file, member) = path.split_once("!/").unwrap_or((path, ""));
        let separator = |c: char| c == '/' || c == std::path::MAIN_SEPARATOR;
        let Some(cut) = file.rfind(separator) else { return Ok(None) };
        let (folder, name) = file.split_at(cut);
        let folder = if folder.is_empty() { "/" } else { folder };
        let name = name.trim_start_matches(separator);
        let mut found = None;
        let values = [folder.as_bytes(), name.as_bytes(), member.as_bytes()];
        self.on.rows(FIND, &[&values[0], &values[1], &values[2]], |row| {
            found = row.get(0)?;
            Ok(ControlFlow::Break(()))
        })?;
        Ok(found)
    }
}

/// What the facets know the first files by.
const fn along(by: SortBy) -> Option<Along> {
    match by {
        SortBy::Name => Some(Along::Name),
        SortBy::Key => Some(Along::Key),
        SortBy::Bpm => Some(Along::Bpm),
        SortBy::Duration => Some(Along::Duration),
        SortBy::Date | SortBy::Rating | SortBy::Relevance => None,
    }
}

/// The key and perhaps the tempo of a plan that asks for nothing else, in the order of names.
fn key_and_tempo(plan: &Plan) -> Option<(u8, Option<Interval>)> {
    if plan.order.by != SortBy::Name || plan.words.is_some() || !plan.melodies.is_empty() {
        return None;
    }
    let (mut key, mut tempo) = (None, None);
    for clause in &plan.clauses {
        match clause.any.as_slice() {
            _ if clause.negated => return None,
            [Set::With(value)] if value.facet == Facet::Key && key.is_none() => {
                key = u8::try_from(value.value).ok();
            }
            [Set::Number(NumberField::Bpm, interval)] if tempo.is_none() => tempo = Some(*interval),
            _ => return None,
        }
    }
    key.map(|key| (key, tempo))
}
