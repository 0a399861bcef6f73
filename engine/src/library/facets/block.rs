//! The facets of 65,536 neighbouring files: columns of numbers, and a set for each value that
//! a file may have many of. Written to the index as one blob.

use super::FacetRow;
use super::buckets::{
    BAR_STEPS, DURATION_STEPS, Facet, FacetValue, NOTE_STEPS, SINGLE, meter_value, step_of,
};
use super::order::Ranks;
use super::set::{BLOCK, Bits, Set, has, no_bits, set};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// The first byte of a block's blob.
const FORM: u8 = 2;
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
    /// Where its files stand in the order of names.
    pub(super) ranks: Ranks,
}

/// What is known of each file of a block, by the low bits of its id; 0 where nothing is.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Columns {
    /// Hundredths of a beat a minute.
    pub(super) bpm: Vec<u16>,
    pub(super) bars: Vec<u16>,
    pub(super) tracks: Vec<u16>,
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
            ranks: Ranks::default(),
        }
    }

    /// Puts a file in, in place of what was known of it. It keeps its rank.
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
        sets + BLOCK * 18 + BLOCK / 8 + self.totals.0.len() * 4 + self.ranks.heap_bytes()
    }

    /// As bytes, without what the user's own database says; a digest stands at the end.
    pub(super) fn bytes(&mut self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.heap_bytes());
        out.push(FORM);
        out.extend(self.files.iter().flat_map(|word| word.to_le_bytes()));
        out.extend(self.totals.0.iter().flat_map(|count| count.to_le_bytes()));
        let Columns { bpm, bars, tracks, millis, notes, key, meter, drums, year } = &self.columns;
        for column in [bpm, bars, tracks] {
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
        let Columns { bpm, bars, tracks, millis, notes, key, meter, drums, year } =
            &mut block.columns;
        for column in [bpm, bars, tracks] {
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
            tracks: vec![0; BLOCK],
            millis: vec![0; BLOCK],
            notes: vec![0; BLOCK],
            key: vec![0; BLOCK],
            meter: vec![0; BLOCK],
            drums: vec![0; BLOCK],
            year: vec![0; BLOCK],
        }
    }

    fn put(&mut self, id: usize, row: &FacetRow) {
        let Self { bpm, bars, tracks, millis, notes, key, meter, drums, year } = self;
        put(bpm, id, Self::hundredths(row.bpm));
        put(bars, id, row.bars.map_or(0, |it| it.min(65_535) as u16));
        put(tracks, id, row.tracks);
        put(millis, id, Self::thousandths(row.secs));
        put(notes, id, row.notes.min(u64::from(u32::MAX)) as u32);
        put(key, id, row.key.map_or(0, |code| code.saturating_add(1)));
        put(meter, id, row.meter.map_or(0, |(above, below)| meter_value(above, below)));
        put(drums, id, row.class | row.feel << 2);
        let years = |year: i64| (year.clamp(YEARS.0, YEARS.1) - YEARS.0) as u8 + 1;
        put(year, id, row.year.map_or(0, years));
    }

    /// A tempo as it is kept. One that is there is never written as none.
    pub(super) fn hundredths(bpm: Option<f64>) -> u16 {
        bpm.map_or(0, |it| ((it * 100.0).round() as u16).max(1))
    }

    /// A length as it is kept.
    pub(super) fn thousandths(secs: f64) -> u32 {
        (secs * 1000.0).round() as u32
    }

    /// The bits of the files that have a value of a facet that comes from a column; also of
    /// files that there are not.
    pub(super) fn with_value(&self, facet: Facet, value: u32) -> Box<Bits> {
        let Some(place) = value.checked_sub(first_value(facet)) else { return no_bits() };
        let byte = u8::try_from(place);
        let after = byte.ok().and_then(|byte| byte.checked_add(1));
        let one = |column: &[u8], byte: Option<u8>| {
            byte.map_or_else(no_bits, |byte| bits_within(column, &(byte..=byte)))
        };
        match facet {
            Facet::Key => one(&self.key, after),
            Facet::Year => one(&self.year, after),
            Facet::Meter => one(&self.meter, byte.ok().filter(|it| *it > 0)),
            Facet::Tempo => {
                let first = place.checked_mul(1_000).and_then(|it| u16::try_from(it).ok());
                let range = first.map(|first| first.max(1)..=first.saturating_add(999));
                range.map_or_else(no_bits, |range| bits_within(&self.bpm, &range))
            }
            Facet::Duration => {
                let steps = step_range(&DURATION_STEPS, place);
                let end = |last: u32| last.checked_add(1).map_or(u32::MAX, |it| it * 1_000 - 1);
                let millis = steps.map(|(first, last)| first * 1_000..=end(last));
                millis.map_or_else(no_bits, |range| bits_within(&self.millis, &range))
            }
            Facet::Notes => step_range(&NOTE_STEPS, place)
                .map_or_else(no_bits, |(first, last)| bits_within(&self.notes, &(first..=last))),
            Facet::Bars => step_range(&BAR_STEPS, place)
                .map_or_else(no_bits, |(first, last)| bits_between(&self.bars, first, last)),
            Facet::DrumClass => bits_of_pair(&self.drums, 0, place.max(1), place),
            Facet::DrumFeel => bits_of_pair(&self.drums, 2, place.max(1), place),
            _ => no_bits(),
        }
    }

    /// The bits of the files that have any value of such a facet; also of files that there are
    /// not.
    pub(super) fn having(&self, facet: Facet) -> Box<Bits> {
        match facet {
            Facet::Key => bits_within(&self.key, &(1..=u8::MAX)),
            Facet::Tempo => bits_within(&self.bpm, &(1..=u16::MAX)),
            Facet::Meter => bits_within(&self.meter, &(1..=u8::MAX)),
            Facet::Duration | Facet::Notes => Box::new([u64::MAX; BLOCK / 64]),
            Facet::Bars => bits_within(&self.bars, &(1..=u16::MAX)),
            Facet::DrumClass => bits_of_pair(&self.drums, 0, 1, 3),
            Facet::DrumFeel => bits_of_pair(&self.drums, 2, 1, 3),
            Facet::Year => bits_within(&self.year, &(1..=u8::MAX)),
            _ => no_bits(),
        }
    }
}

/// The bits of the entries of which two bits from `shift` on are a number from `first` to
/// `last`.
fn bits_of_pair(column: &[u8], shift: u32, first: u32, last: u32) -> Box<Bits> {
    let mut bits = no_bits();
    let Some(span) = last.checked_sub(first) else { return bits };
    let (words, _) = column.as_chunks::<64>();
    for (word, entries) in bits.iter_mut().zip(words) {
        let mut pairs = [0; 64];
        for (pair, entry) in pairs.iter_mut().zip(entries) {
            *pair = entry >> shift & 3;
        }
        *word = word_between(&pairs, first, span);
    }
    bits
}

/// The bits of the entries in a range.
pub(super) fn bits_within<T: Copy + Into<u32>>(
    column: &[T],
    range: &RangeInclusive<T>,
) -> Box<Bits> {
    bits_between(column, (*range.start()).into(), (*range.end()).into())
}

/// The bits of the entries from `first` to `last`.
pub(super) fn bits_between<T: Copy + Into<u32>>(column: &[T], first: u32, last: u32) -> Box<Bits> {
    let mut bits = no_bits();
    let Some(span) = last.checked_sub(first) else { return bits };
    let (words, _) = column.as_chunks::<64>();
    for (word, entries) in bits.iter_mut().zip(words) {
        *word = word_between(entries, first, span);
    }
    bits
}

/// The same of the entries of one word of bits.
pub(super) fn word_of<T: Copy + Into<u32>>(column: &[T], word: usize, [a, b]: [u32; 2]) -> u64 {
    let (words, _) = column.as_chunks::<64>();
    match (words.get(word), b.checked_sub(a)) {
        (Some(entries), Some(span)) => word_between(entries, a, span),
        _ => 0,
    }
}

/// Sixteen at a time become wide flags, then bytes, then bits: so the compiler compares many at
/// once. Without a closure, whose captures it would read from memory for each entry.
fn word_between<T: Copy + Into<u32>>(entries: &[T; 64], first: u32, span: u32) -> u64 {
    let mut flags = [0_u8; 64];
    let (sixteens, _) = entries.as_chunks::<16>();
    for (flags, entries) in flags.as_chunks_mut::<16>().0.iter_mut().zip(sixteens) {
        let mut wide = [0_u32; 16];
        for (flag, entry) in wide.iter_mut().zip(entries) {
            *flag = u32::from((*entry).into().wrapping_sub(first) <= span);
        }
        for (flag, wide) in flags.iter_mut().zip(wide) {
            *flag = wide as u8;
        }
    }
    packed(&flags)
}

/// 64 bytes of 0 or 1 as bits, eight at a time.
fn packed(flags: &[u8; 64]) -> u64 {
    // Byte n of eight goes to bit 56 + n: the product adds each at places of its own.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let (eights, _) = flags.as_chunks::<8>();
    let eights = eights.iter().enumerate();
    eights.fold(0, |bits, (at, eight)| {
        bits | (u64::from_le_bytes(*eight).wrapping_mul(GATHER) >> 56) << (at * 8)
    })
}

/// The first and last number of a step.
fn step_range(steps: &[u32; 8], place: u32) -> Option<(u32, u32)> {
    let first = *steps.get(place as usize)?;
    let next = steps.get(place as usize + 1);
    Some((first, next.map_or(u32::MAX, |next| next - 1)))
}

impl Histogram {
    pub(super) fn new() -> Self {
        Self(vec![0; VALUES.iter().sum::<u32>() as usize])
    }

    /// Counts one file by `step`, which is 1 or, to take it back, `u32::MAX`.
    pub(super) fn count(&mut self, columns: &Columns, id: u16, step: u32) {
        let Columns { bpm, bars, tracks: _, millis, notes, key, meter, drums, year } = columns;
        let mut rest = &mut *self.0;
        let at = usize::from(id);
        for (facet, values) in SINGLE.into_iter().zip(VALUES) {
            let Some((counts, others)) = rest.split_at_mut_checked(values as usize) else { return };
            let place = match facet {
                Facet::Key => key.get(at).copied().and_then(key_place),
                Facet::Tempo => bpm.get(at).copied().and_then(tempo_place),
                Facet::Meter => meter.get(at).copied().and_then(meter_place),
                Facet::Duration => millis.get(at).copied().and_then(duration_place),
                Facet::Bars => bars.get(at).copied().and_then(bars_place),
                Facet::Notes => notes.get(at).copied().and_then(notes_place),
                Facet::DrumClass => drums.get(at).copied().and_then(class_place),
                Facet::DrumFeel => drums.get(at).copied().and_then(feel_place),
                _ => year.get(at).copied().and_then(year_place),
            };
            let last = counts.len().saturating_sub(1);
            if let Some(place) = place
                && let Some(count) = counts.get_mut((place as usize).min(last))
            {
                *count = count.wrapping_add(step);
            }
            rest = others;
        }
    }

    /// Counts `files` at a place of a facet, which wraps where they are taken back.
    pub(super) fn add_at(&mut self, facet: Facet, place: u32, files: u32) {
        let mut first = 0;
        for (it, values) in SINGLE.into_iter().zip(VALUES) {
            if it == facet {
                let place = first + place.min(values - 1);
                if let Some(count) = self.0.get_mut(place as usize) {
                    *count = count.wrapping_add(files);
                }
                return;
            }
            first += values;
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (mine, more) in self.0.iter_mut().zip(&other.0) {
            *mine = mine.wrapping_add(*more);
        }
    }

    /// The values that any file has, with how many.
    pub(super) fn values(&self) -> impl Iterator<Item = (FacetValue, u32)> + '_ {
        let facets = SINGLE.into_iter().zip(VALUES);
        let values = facets.flat_map(|(facet, values)| (0..values).map(move |it| (facet, it)));
        values.zip(&self.0).filter(|(_, count)| **count > 0).map(|((facet, place), count)| {
            let first = first_value(facet);
            (FacetValue::new(facet, first + place), *count)
        })
    }
}

/// The value that stands at the first place of a facet's counts.
const fn first_value(facet: Facet) -> u32 {
    if matches!(facet, Facet::Year) { YEARS.0 as u32 } else { 0 }
}

// What an entry of a column counts as: a place among the facet's counts.

pub(super) fn key_place(it: u8) -> Option<u32> {
    u32::from(it).checked_sub(1)
}

pub(super) fn tempo_place(it: u16) -> Option<u32> {
    (it > 0).then_some(u32::from(it) / 1000)
}

pub(super) fn meter_place(it: u8) -> Option<u32> {
    (it > 0).then_some(u32::from(it))
}

pub(super) fn duration_place(it: u32) -> Option<u32> {
    step_of(&DURATION_STEPS, it / 1000)
}

pub(super) fn bars_place(it: u16) -> Option<u32> {
    step_of(&BAR_STEPS, u32::from(it))
}

pub(super) fn notes_place(it: u32) -> Option<u32> {
    step_of(&NOTE_STEPS, it)
}

pub(super) fn class_place(it: u8) -> Option<u32> {
    (it & 3 > 0).then_some(u32::from(it & 3))
}

pub(super) fn feel_place(it: u8) -> Option<u32> {
    class_place(it >> 2)
}

pub(super) fn year_place(it: u8) -> Option<u32> {
    u32::from(it).checked_sub(1)
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
