//! Which files a plan finds: sets of ids, cut down one by one.

use super::budget::Bounded;
use super::names::is_sure;
use super::rank::{Asked, tokens};
use crate::library::facets::{Facet, FacetValue};
use crate::library::query::{
    BY_WORDS, Clause, Flag, Interval, NumberField, Plan, Set, Statement, Value, WordPlan,
};
use crate::library::store::{IndexState, NamedFolders, Store, StoreError};
use profiling::HeapSize;
use roaring::RoaringBitmap;
use rusqlite::ToSql;
use std::ops::ControlFlow;

/// Files whose names are looked at one by one rather than by the index of trigrams, which
/// looks at the name of everything in the library that has the letters.
const FEW_NAMES: u64 = 10_000;

/// Files, and whether these are all.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Found {
    pub(super) ids: RoaringBitmap,
    pub(super) whole: bool,
}

impl HeapSize for Found {
    fn heap_bytes(&self) -> usize {
        self.ids.serialized_size()
    }
}

/// Files that are left to be looked through.
pub(super) enum Beside<'a> {
    /// All that are there.
    Any(&'a Store),
    Some(Found),
}

impl Beside<'_> {
    pub(super) fn contains(&self, id: u32) -> bool {
        match self {
            Self::Any(store) => store.facets().is_present(id),
            Self::Some(found) => found.ids.contains(id),
        }
    }

    pub(super) const fn is_whole(&self) -> bool {
        match self {
            Self::Any(_) => true,
            Self::Some(found) => found.whole,
        }
    }
}

/// What finds files.
pub(super) struct Finder<'a> {
    pub(super) store: &'a Store,
    pub(super) on: &'a Bounded<'a>,
}

impl Finder<'_> {
    /// Which files the clauses and melodies of a plan leave, words aside. Where there are none,
    /// no set of millions is made.
    pub(super) fn beside(&self, plan: &Plan) -> Result<Beside<'_>, StoreError> {
        self.beside_melodies(plan, &plan.melodies)
    }

    /// The files that all clauses of a plan leave, words and melodies aside.
    fn beside_words(&self, plan: &Plan) -> Result<Found, StoreError> {
        let mut found = Found { ids: self.store.facets().present(), whole: true };
        for clause in &plan.clauses {
            self.narrow(&mut found, clause)?;
        }
        Ok(found)
    }

    /// Which files the clauses and all melodies of a plan but the first leave.
    pub(super) fn beside_melody(&self, plan: &Plan) -> Result<Beside<'_>, StoreError> {
        self.beside_melodies(plan, plan.melodies.get(1..).unwrap_or_default())
    }

    fn beside_melodies(&self, plan: &Plan, melodies: &[Vec<u8>]) -> Result<Beside<'_>, StoreError> {
        if plan.clauses.is_empty() && melodies.is_empty() {
            return Ok(Beside::Any(self.store));
        }
        let mut found = self.beside_words(plan)?;
        self.narrow_by_melodies(&mut found, melodies)?;
        Ok(Beside::Some(found))
    }

    fn narrow_by_melodies(
        &self,
        found: &mut Found,
        melodies: &[Vec<u8>],
    ) -> Result<(), StoreError> {
        for phrase in melodies {
            let with = self.melody(phrase, Some(&found.ids), |_| ControlFlow::Continue(()))?;
            found.ids &= with.ids;
            found.whole &= with.whole;
        }
        Ok(())
    }

    /// The files that a plan finds.
    pub(super) fn all(&self, plan: &Plan) -> Result<Found, StoreError> {
        let mut found = self.beside_words(plan)?;
        if let Some(words) = &plan.words {
            let with_words = self.words(words, |_| ControlFlow::Continue(()))?;
            found.ids &= with_words.ids;
            found.whole &= with_words.whole;
        }
        self.narrow_by_melodies(&mut found, &plan.melodies)?;
        Ok(found)
    }

    /// The files that have words, as long as `each` goes on.
    pub(super) fn words(
        &self,
        words: &WordPlan,
        each: impl FnMut(u32) -> ControlFlow<()>,
    ) -> Result<Found, StoreError> {
        match self.store.state() {
            IndexState::Building => self.words_in_names(words, each),
            IndexState::Ready => self.with_words(&words.anywhere, each),
        }
    }

    /// The files that have words in their names, without the word index.
    pub(super) fn words_in_names(
        &self,
        words: &WordPlan,
        mut each: impl FnMut(u32) -> ControlFlow<()>,
    ) -> Result<Found, StoreError> {
        const NAMES: &str = "SELECT id, name FROM files";
        let asked = Asked::all(&words.texts);
        let mut found = Found::default();
        found.whole = self.on.rows(NAMES, &[], |row| {
            let name = tokens(row.get_ref(1)?.as_str()?);
            if asked.iter().any(|asked| asked.place_in(&name).is_none()) {
                return Ok(ControlFlow::Continue(()));
            }
            let id = row.get(0)?;
            found.ids.insert(id);
            Ok(each(id))
        })?;
        Ok(found)
    }

    /// The files in which the word index finds an expression, in the order of their ids, as
    /// long as `each` goes on.
    pub(super) fn with_words(
        &self,
        expression: &str,
        mut each: impl FnMut(u32) -> ControlFlow<()>,
    ) -> Result<Found, StoreError> {
        let mut found = Found::default();
        if self.store.state() == IndexState::Building {
            return Ok(found);
        }
        found.whole = self.on.rows(BY_WORDS, &[&expression], |row| {
            let id = row.get(0)?;
            found.ids.insert(id);
            Ok(each(id))
        })?;
        Ok(found)
    }

    fn narrow(&self, found: &mut Found, clause: &Clause) -> Result<(), StoreError> {
        let value = |set: &Set| if let Set::With(value) = set { Some(*value) } else { None };
        let values: Vec<FacetValue> = clause.any.iter().filter_map(value).collect();
        let mut any = self.store.facets().with_each(&values);
        for set in clause.any.iter().filter(|set| value(set).is_none()) {
            let one = self.set(set, Some(&found.ids))?;
            any |= one.ids;
            found.whole &= one.whole;
        }
        if clause.negated {
            found.ids -= any;
        } else {
            found.ids &= any;
        }
        Ok(())
    }

    /// The files of a set, at least those that are in `within`.
    fn set(&self, set: &Set, within: Option<&RoaringBitmap>) -> Result<Found, StoreError> {
        let known = |ids| Found { ids, whole: true };
        Ok(match set {
            Set::With(value) => known(self.store.facets().with(*value)),
            Set::Having(facet) => known(self.store.facets().having(*facet)),
            Set::Tag(name) => known(self.with_tag(name)?),
            Set::Number(field, interval) => known(self.with_number(*field, *interval)),
            Set::Ids(statement) => self.ids(statement)?,
            Set::Name { like, part } => self.named(like, part, within)?,
            Set::Melody(phrase) => self.melody(phrase, within, |_| ControlFlow::Continue(()))?,
            Set::In(folder) => self.in_folder(folder)?,
            Set::Twins(flag) => self.twins(*flag)?,
            Set::Both(both) => {
                let (one, other) = &**both;
                let mut one = self.set(one, within)?;
                if !one.ids.is_empty() {
                    let other = self.set(other, within)?;
                    one.ids &= other.ids;
                    one.whole &= other.whole;
                }
                one
            }
            Set::Not(set) => {
                let not = self.set(set, within)?;
                Found { ids: self.store.facets().files() - not.ids, whole: not.whole }
            }
        })
    }

    fn with_number(&self, field: NumberField, interval: Interval) -> RoaringBitmap {
        let (first, last) = interval.steps(field);
        if last < first {
            return RoaringBitmap::new();
        }
        let facets = self.store.facets();
        // What is too large for a number becomes the largest there is, and below 0 it is 0.
        let counts = first as u32..=last as u32;
        let step = field.step();
        match field {
            NumberField::Bpm => facets.with_bpm(first * step..=last * step),
            NumberField::Duration => facets.with_duration(first * step..=last * step),
            NumberField::Bars => facets.with_bars(counts),
            NumberField::Tracks => match u16::try_from(*counts.start()) {
                Ok(first) => {
                    facets.with_tracks(first..=u16::try_from(*counts.end()).unwrap_or(u16::MAX))
                }
                Err(_) => RoaringBitmap::new(),
            },
            _ => facets.with_notes(counts),
        }
    }

    fn ids(&self, statement: &Statement) -> Result<Found, StoreError> {
        let by_index = statement.sql.contains(" MATCH ");
        if by_index && self.store.state() == IndexState::Building {
            return Ok(Found::default());
        }
        let values: Vec<&dyn ToSql> = statement.values.iter().map(Value::bound).collect();
        let mut found = Found::default();
        found.whole = self.on.rows(statement.sql, &values, |row| {
            found.ids.insert(row.get(0)?);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(found)
    }

    fn with_tag(&self, name: &str) -> Result<RoaringBitmap, StoreError> {
        let mut tags: Vec<FacetValue> = Vec::new();
        self.on.rows("SELECT id FROM tags WHERE name = ?1", &[&name], |row| {
            tags.push(FacetValue::new(Facet::Tag, row.get(0)?));
            Ok(ControlFlow::Continue(()))
        })?;
        let given = self.store.user_tags()?.into_iter();
        let given = given.filter(|tag| tag.name.to_lowercase() == name);
        tags.extend(given.map(|tag| FacetValue::new(Facet::UserTag, tag.id)));
        let facets = self.store.facets();
        Ok(tags.into_iter().fold(RoaringBitmap::new(), |all, tag| all | facets.with(tag)))
    }

    fn named(
        &self,
        like: &str,
        part: &str,
        within: Option<&RoaringBitmap>,
    ) -> Result<Found, StoreError> {
        const BY_TRIGRAMS: &str = "SELECT rowid, name FROM name_trigrams WHERE name LIKE ?1";
        const BY_NAME: &str = "SELECT id, name FROM files WHERE name LIKE ?1";
        let building = self.store.state() == IndexState::Building;
        if !building {
            let mut perhaps = self.perhaps_named(part)?;
            if is_sure(part) || !perhaps.whole {
                return Ok(perhaps);
            }
            if let Some(within) = within {
                perhaps.ids &= within;
            }
            if perhaps.ids.len() <= FEW_NAMES || !has_trigram(like) {
                return self.surely_named(part, perhaps);
            }
        }
        let mut found = Found::default();
        let sql = if building { BY_NAME } else { BY_TRIGRAMS };
        found.whole = self.on.rows(sql, &[&like], |row| {
            if row.get_ref(1)?.as_str()?.to_lowercase().contains(part) {
                found.ids.insert(row.get(0)?);
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(found)
    }

    fn in_folder(&self, folder: &str) -> Result<Found, StoreError> {
        const FILES: &str = "SELECT id FROM files INDEXED BY files_by_place WHERE folder = ?1";
        let NamedFolders { values, folders } = self.store.folders_named(folder)?;
        let mut found = Found { ids: self.store.facets().with_each(&values), whole: true };
        for id in folders {
            if self.on.is_over() {
                found.whole = false;
                break;
            }
            found.whole &= self.on.rows(FILES, &[&id], |row| {
                found.ids.insert(row.get(0)?);
                Ok(ControlFlow::Continue(()))
            })?;
        }
        Ok(found)
    }

    /// Files that share their bytes, or their version's print, with another.
    fn twins(&self, flag: Flag) -> Result<Found, StoreError> {
        // Eight bytes of a hash tell six million files apart but for one chance in a million.
        const BY_HASH: &str = "SELECT id, substr(hash, 1, 8) AS start \
            FROM files INDEXED BY files_by_hash ORDER BY start, id";
        const BY_PIECE: &str = "SELECT id, piece FROM files INDEXED BY files_by_piece \
            WHERE piece <> 0 ORDER BY piece, id";
        let mut found = Found::default();
        if self.store.state() == IndexState::Building {
            return Ok(found);
        }
        if self.store.has_twins() {
            let facet = if flag == Flag::Version { Facet::Version } else { Facet::Duplicate };
            let ids = self.store.facets().with(FacetValue::new(facet, 1));
            return Ok(Found { ids, whole: true });
        }
        // A library of an older program, until it is scanned again.
        let present = self.store.facets().present();
        let mut last: Option<(u32, rusqlite::types::Value)> = None;
        let sql = if flag == Flag::Version { BY_PIECE } else { BY_HASH };
        found.whole = self.on.rows(sql, &[], |row| {
            let id = row.get(0)?;
            if !present.contains(id) {
                return Ok(ControlFlow::Continue(()));
            }
            let print: rusqlite::types::Value = row.get(1)?;
            if let Some((before, _)) = last.as_ref().filter(|(_, it)| *it == print) {
                found.ids.insert(*before);
                found.ids.insert(id);
            }
            last = Some((id, print));
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(found)
    }
}

/// Whether a pattern has three characters in a row by which the index of trigrams finds it.
fn has_trigram(like: &str) -> bool {
    like.split(['%', '_']).any(|run| run.chars().count() >= 3)
}

impl Value {
    fn bound(&self) -> &dyn ToSql {
        match self {
            Self::Text(text) => text,
            Self::Whole(number) => number,
        }
    }
}
