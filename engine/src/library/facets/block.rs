//! The facets of 65,536 neighbouring files: columns of numbers, and a set for each value that
//! a file may have many of. Written to the index as one blob.

use super::FacetRow;
use super::buckets::{
    BAR_STEPS, DURATION_STEPS, Facet, FacetValue, NOTE_STEPS, SINGLE, meter_value, step_of,
};
use super::set::{BLOCK, Bits, Set, has, no_bits, set};
use std::collections::BTreeMap;

/// The first byte of a block's blob.
const FORM: u8 = 1;
/// First and last year of [`Facet::Year`]; others count as the nearest of the two.
const YEARS: (i64, i64) = (1970, 2224);
/// How many values each of [`SINGLE`] may have.
const VALUES: [u32; SINGLE.len()] = [24, 66, 256, 8, 8, 8, 4, 4, 256];

/// How many files have each value of the facets that come from columns.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Histogram(Vec<u32>);

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Block {
    /// Which files there are.
    pub(super) files: Box<Bits>,
    pub(super) columns: Columns,
    /// A `BTreeMap`, so that a blob is the same whatever came first.
    pub(super) sets: BTreeMap<FacetValue, Set>,
    pub(super) totals: Histogram,
}

/// What is known of each file of a block, by the low bits of its id; 0 where nothing is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Columns {
    /// Hundredths of a beat a minute.
    pub(super) bpm: Vec<u16>,
    pub(super) bars: Vec<u16>,
    pub(super) millis: Vec<u32>,
    pub(super) notes: Vec<u32>,
    /// The key's code and 1.
    pub(super) key: Vec<u8>,
    pub(super) meter: Vec<u8>,
    /// The class, and four times the feel.
    pub(super) drums: Vec<u8>,
    /// Years since 1970, and 1.
    pub(super) year: Vec<u8>,
}

impl Block {
    pub(super) fn new() -> Self {
        Self {
            files: no_bits(),
            columns: Columns::new(),
            sets: BTreeMap::new(),
            totals: Histogram::new(),
        }
    }

    /// Puts a file in, in place of what was known of it.
    pub(super) fn insert(&mut self, id: u16, row: &FacetRow) {
        self.remove(id);
        set(&mut self.files, id);
        self.columns.put(usize::from(id), row);
        self.totals.count(&self.columns, id, 1);
        row.for_each_value(|value| self.sets.entry(value).or_default().insert(id));
    }

    pub(super) fn remove(&mut self, id: u16) {
        if !has(&self.files, id) {
            return;
        }
        self.totals.count(&self.columns, id, u32::MAX);
        self.columns.put(usize::from(id), &FacetRow::default());
        self.files[usize::from(id >> 6)] &= !(1 << (id & 63));
        for held in self.sets.values_mut() {
            held.remove(id);
        }
    }

    pub(super) fn heap_bytes(&self) -> usize {
        let sets: usize = self.sets.values().map(|set| set.heap_bytes() + 64).sum();
        sets + BLOCK * 16 + BLOCK / 8 + self.totals.0.len() * 4
    }

    /// As bytes, without what the user's own database says; a digest stands at the end.
    pub(super) fn bytes(&mut self) -> Vec<u8> {
        let mut out = vec![FORM];
        out.extend(self.files.iter().flat_map(|word| word.to_le_bytes()));
        out.extend(self.totals.0.iter().flat_map(|count| count.to_le_bytes()));
        let Columns { bpm, bars, millis, notes, key, meter, drums, year } = &self.columns;
        for column in [bpm, bars] {
            out.extend(column.iter().flat_map(|it| it.to_le_bytes()));
        }
        for column in [millis, notes] {
            out.extend(column.iter().flat_map(|it| it.to_le_bytes()));
        }
        for column in [key, meter, drums, year] {
            out.extend_from_slice(column);
        }
        for (value, set) in &mut self.sets {
            set.shrink();
            if value.facet.is_users() || set.len() == 0 {
                continue;
            }
            out.push(value.facet as u8);
            out.extend_from_slice(&value.value.to_le_bytes());
            set.write(&mut out);
        }
        let digest = blake3::hash(&out);
        out.extend_from_slice(digest.as_bytes());
        out
    }

    /// Reads what [`Self::bytes`] has written; none when it is something else.
    pub(super) fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let (body, digest) = bytes.split_last_chunk::<32>()?;
        let (form, mut rest) = body.split_first()?;
        if *form != FORM || blake3::hash(body).as_bytes() != digest {
            return None;
        }
        let mut block = Self::new();
        for (to, from) in block.files.iter_mut().zip(take::<8>(&mut rest, BLOCK / 64)?) {
            *to = u64::from_le_bytes(*from);
        }
        let totals = take::<4>(&mut rest, block.totals.0.len())?;
        block.totals.0 = totals.iter().map(|it| u32::from_le_bytes(*it)).collect();
        let Columns { bpm, bars, millis, notes, key, meter, drums, year } = &mut block.columns;
        for column in [bpm, bars] {
            *column =
                take::<2>(&mut rest, BLOCK)?.iter().map(|it| u16::from_le_bytes(*it)).collect();
        }
        for column in [millis, notes] {
            *column =
                take::<4>(&mut rest, BLOCK)?.iter().map(|it| u32::from_le_bytes(*it)).collect();
        }
        for column in [key, meter, drums, year] {
            let (bytes, left) = rest.split_at_checked(BLOCK)?;
            *column = bytes.to_vec();
            rest = left;
        }
        while let Some((code, after)) = rest.split_first() {
            let (value, after) = after.split_first_chunk::<4>()?;
            rest = after;
            let value = FacetValue::new(Facet::of_code(*code)?, u32::from_le_bytes(*value));
            block.sets.insert(value, Set::read(&mut rest)?);
        }
        Some(block)
    }
}

impl Columns {
    fn new() -> Self {
        Self {
            bpm: vec![0; BLOCK],
            bars: vec![0; BLOCK],
            millis: vec![0; BLOCK],
            notes: vec![0; BLOCK],
            key: vec![0; BLOCK],
            meter: vec![0; BLOCK],
            drums: vec![0; BLOCK],
            year: vec![0; BLOCK],
        }
    }

    fn put(&mut self, id: usize, row: &FacetRow) {
        let Self { bpm, bars, millis, notes, key, meter, drums, year } = self;
        // A tempo that is there is never written as none.
        let hundredths = |it: f64| ((it * 100.0).round() as u16).max(1);
        put(bpm, id, row.bpm.map_or(0, hundredths));
        put(bars, id, row.bars.map_or(0, |it| it.min(65_535) as u16));
        put(millis, id, (row.secs * 1000.0).round() as u32);
        put(notes, id, row.notes.min(u64::from(u32::MAX)) as u32);
        put(key, id, row.key.map_or(0, |code| code.saturating_add(1)));
        put(meter, id, row.meter.map_or(0, |(above, below)| meter_value(above, below)));
        put(drums, id, row.class | row.feel << 2);
        let years = |year: i64| (year.clamp(YEARS.0, YEARS.1) - YEARS.0) as u8 + 1;
        put(year, id, row.year.map_or(0, years));
    }

    fn value(&self, facet: Facet, id: u16) -> Option<u32> {
        let id = usize::from(id);
        let some = |it: u32| (it > 0).then_some(it);
        match facet {
            Facet::Key => some(self.key.get(id).copied()?.into()).map(|it| it - 1),
            Facet::Tempo => some(self.bpm.get(id).copied()?.into()).map(|it| it / 1000),
            Facet::Meter => some(self.meter.get(id).copied()?.into()),
            Facet::Duration => step_of(&DURATION_STEPS, self.millis.get(id)? / 1000),
            Facet::Bars => step_of(&BAR_STEPS, self.bars.get(id).copied()?.into()),
            Facet::Notes => step_of(&NOTE_STEPS, *self.notes.get(id)?),
            Facet::DrumClass => some(u32::from(self.drums.get(id)? & 3)),
            Facet::DrumFeel => some(u32::from(self.drums.get(id)? >> 2 & 3)),
            Facet::Year => {
                some(self.year.get(id).copied()?.into()).map(|it| it - 1 + YEARS.0 as u32)
            }
            _ => None,
        }
    }

    /// The bits of the files that have a value of a facet that comes from a column; also of
    /// files that there are not.
    pub(super) fn with_value(&self, facet: Facet, value: u32) -> Box<Bits> {
        let byte = |it: u32| u8::try_from(it).unwrap_or(u8::MAX);
        match facet {
            Facet::Key => bits_where(&self.key, |it| it == byte(value.saturating_add(1))),
            Facet::Meter => bits_where(&self.meter, |it| it == byte(value)),
            Facet::Tempo => bits_where(&self.bpm, |it| it > 0 && u32::from(it) / 1000 == value),
            Facet::DrumClass => bits_where(&self.drums, |it| u32::from(it & 3) == value),
            Facet::DrumFeel => bits_where(&self.drums, |it| u32::from(it >> 2 & 3) == value),
            Facet::Duration => {
                bits_where(&self.millis, |it| step_of(&DURATION_STEPS, it / 1000) == Some(value))
            }
            Facet::Bars => {
                bits_where(&self.bars, |it| step_of(&BAR_STEPS, u32::from(it)) == Some(value))
            }
            Facet::Notes => bits_where(&self.notes, |it| step_of(&NOTE_STEPS, it) == Some(value)),
            Facet::Year => {
                bits_where(&self.year, |it| it > 0 && u32::from(it) - 1 + YEARS.0 as u32 == value)
            }
            _ => no_bits(),
        }
    }
}

/// The bits of the entries that hold.
pub(super) fn bits_where<T: Copy>(column: &[T], holds: impl Fn(T) -> bool) -> Box<Bits> {
    let mut bits = no_bits();
    let (words, _) = column.as_chunks::<64>();
    for (word, entries) in bits.iter_mut().zip(words) {
        for (bit, entry) in entries.iter().enumerate() {
            *word |= u64::from(holds(*entry)) << bit;
        }
    }
    bits
}

impl Histogram {
    pub(super) fn new() -> Self {
        Self(vec![0; VALUES.iter().sum::<u32>() as usize])
    }

    /// Counts a file by `step`, which is 1 or, to take it back, `u32::MAX`.
    pub(super) fn count(&mut self, columns: &Columns, id: u16, step: u32) {
        let mut first = 0;
        for (facet, values) in SINGLE.into_iter().zip(VALUES) {
            if let Some(value) = columns.value(facet, id) {
                let place = first + Self::place(facet, value).min(values - 1);
                if let Some(count) = self.0.get_mut(place as usize) {
                    *count = count.wrapping_add(step);
                }
            }
            first += values;
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (mine, more) in self.0.iter_mut().zip(&other.0) {
            *mine += more;
        }
    }

    /// What is left of these counts when `other`, which is part of them, is taken away.
    pub(super) fn without(mut self, other: &Self) -> Self {
        for (mine, less) in self.0.iter_mut().zip(&other.0) {
            *mine = mine.saturating_sub(*less);
        }
        self
    }

    /// The values that any file has, with how many.
    pub(super) fn values(&self) -> impl Iterator<Item = (FacetValue, u32)> + '_ {
        let facets = SINGLE.into_iter().zip(VALUES);
        let values = facets.flat_map(|(facet, values)| (0..values).map(move |it| (facet, it)));
        values.zip(&self.0).filter(|(_, count)| **count > 0).map(|((facet, place), count)| {
            let first = if facet == Facet::Year { YEARS.0 as u32 } else { 0 };
            (FacetValue::new(facet, first + place), *count)
        })
    }

    const fn place(facet: Facet, value: u32) -> u32 {
        if matches!(facet, Facet::Year) { value - YEARS.0 as u32 } else { value }
    }
}

fn put<T>(column: &mut [T], id: usize, value: T) {
    if let Some(place) = column.get_mut(id) {
        *place = value;
    }
}

/// `count` entries of `N` bytes off the front.
fn take<'a, const N: usize>(bytes: &mut &'a [u8], count: usize) -> Option<&'a [[u8; N]]> {
    let (taken, rest) = bytes.split_at_checked(count * N)?;
    *bytes = rest;
    Some(taken.as_chunks().0)
}
