//! Chords by pulse: templates on pitch classes, with any root and any bass.
//!
//! Half bars are heard first, so that a broken chord is one; a bar of one note a pulse is heard as
//! a whole; where two chords share a half bar its pulses are heard one by one. docs/library.md has the rules.

mod book;
mod numerals;

use super::sheet::{Bar, Sheet};
use crate::library::row::Harmony;
use crate::theory::{Chord, ChordKind, Key, PitchClass, Spelling};
pub use book::name;
use book::{Book, Named};
use bumpalo::Bump;
pub use numerals::numeral;
use std::hint::select_unpredictable;

/// Chords are written up to this many.
const MOST_CHORDS: usize = 64;
/// A note is heard in this many pulses at most: what is held longer is a drone.
const LONGEST_PULSES: usize = 16;
/// What sounds in a pulse for less than this, in grains, only grazes it: a quarter of a
/// sixteenth.
const GRAZE: u32 = 12;
/// No key is this low a note.
const SILENCE: u8 = u8::MAX;

/// A chord and from when on it sounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sounding {
    /// Which pulse, counted from 0.
    pub pulse: u32,
    /// The chord.
    pub chord: Chord,
}

/// The chords of a song, equal neighbours joined. `key` says how they are written and what the
/// numerals count from.
pub fn harmony(sheet: &Sheet<'_>, key: Option<Key>, arena: &Bump) -> Harmony {
    let spelling = key.map_or(Spelling::Usual, spelling_in);
    let mut found = Harmony::default();
    let mut last_numeral = "";
    let (mut n_chords, mut n_numerals) = (0, 0);
    chords(sheet, arena, |sounding| {
        if n_chords < MOST_CHORDS {
            push(&mut found.chords, n_chords);
            name(sounding.chord, spelling, &mut found.chords);
            n_chords += 1;
        }
        let Some(key) = key.filter(|_| n_numerals < MOST_CHORDS) else { return };
        let numeral = numeral(sounding.chord, key);
        if numeral != last_numeral {
            push(&mut found.numerals, n_numerals);
            found.numerals.push_str(numeral);
            n_numerals += 1;
            last_numeral = numeral;
        }
    });
    found
}

/// As the signature writes black keys; where it has next to none, by their usual names.
const fn spelling_in(key: Key) -> Spelling {
    if matches!(key.signature(), 0 | 1) { Spelling::Usual } else { key.spelling() }
}

fn push(text: &mut String, already: usize) {
    if already == 0 {
        text.reserve(256);
    } else {
        text.push(' ');
    }
}

/// Calls `hear` with each chord where it begins; neighbours differ.
pub fn chords(sheet: &Sheet<'_>, arena: &Bump, mut hear: impl FnMut(Sounding)) {
    let book = Book::get();
    let heard = pulses(sheet, arena);
    // What was heard last is told when something else begins: until then it may grow clearer.
    let mut held: Option<Sounding> = None;
    let mut tell = |pulse: usize, chord: Named| {
        let next = Sounding { pulse: pulse as u32, chord: chord.chord() };
        match &mut held {
            Some(now) if is_same(now.chord, next.chord) => {
                if now.chord.kind == ChordKind::Fifth {
                    now.chord.kind = next.chord.kind;
                }
            }
            _ => {
                if let Some(before) = held.replace(next) {
                    hear(before);
                }
            }
        }
    };
    for bar in sheet.bars {
        let first = bar.first_pulse as usize;
        let all = heard.get(first..first + bar.pulses as usize).unwrap_or_default();
        if all.len() > 1 && all.iter().all(Pulse::is_single) {
            // A chord broken into one note a pulse takes its time.
            decide(book, all, |pulse, chord| tell(first + pulse, chord));
            continue;
        }
        for (first, count) in halves(*bar) {
            let unit = heard.get(first..first + count).unwrap_or_default();
            decide(book, unit, |pulse, chord| tell(first + pulse, chord));
        }
    }
    if let Some(last) = held {
        hear(last);
    }
}

/// Whether two chords in a row are one to a listener: on one root, and what either has is in
/// the other, whatever the bass. A seventh that leads on is a chord of its own.
fn is_same(now: Chord, next: Chord) -> bool {
    let (a, b) = (now.kind.mask(), next.kind.mask());
    let leads_on = next.kind == ChordKind::Dominant7 && now.kind == ChordKind::Major;
    now.root == next.root && (a & b == a || a & b == b) && !leads_on
}

/// The chords of half a bar: one for all of it, or one for each pulse.
fn decide(book: &Book, unit: &[Pulse], mut tell: impl FnMut(usize, Named)) {
    let mut whole = Pulse::SILENT;
    for pulse in unit {
        whole.add(pulse);
    }
    let total = whole.total();
    if total == 0 {
        return;
    }
    let together = book.fit(&whole, total);
    if let Some(fit) = together
        && (unit.len() == 1 || fit.is_plain() && fit.covers(&whole, total, 85))
    {
        tell(0, fit);
        return;
    }
    // Richer than a triad: one chord, or two that follow each other? Two when each of them
    // stands by itself on a root of its own.
    let mut apart = [None; 8];
    for (fit, pulse) in apart.iter_mut().zip(unit) {
        let total = pulse.total();
        *fit = book.fit(pulse, total).filter(|fit| fit.is_whole() && fit.covers(pulse, total, 75));
    }
    let mut roots = apart.iter().flatten().map(|fit| fit.root());
    let first = roots.next();
    if first.is_some() && roots.any(|root| Some(root) != first) {
        for (pulse, fit) in apart.into_iter().enumerate() {
            if let Some(fit) = fit {
                tell(pulse, fit);
            }
        }
    } else if let Some(fit) = together.filter(|fit| fit.covers(&whole, total, 65)) {
        tell(0, fit);
    }
}

/// First pulse and number of pulses of the units of a bar: its halves where it has an even
/// number of pulses, else all of it; in bars of more than eight pulses fours.
fn halves(bar: Bar) -> impl Iterator<Item = (usize, usize)> {
    let pulses = bar.pulses as usize;
    let size = match pulses {
        2 => 1,
        4 => 2,
        6 | 8 => pulses / 2,
        1 | 3 | 5 | 7 => pulses,
        _ => 4,
    };
    let first = bar.first_pulse as usize;
    let starts = std::iter::successors(Some(0), move |at| Some(at + size));
    starts.take_while(move |at| *at < pulses).map(move |at| (first + at, size.min(pulses - at)))
}

/// The bit of each lane.
const BITS: [u16; 16] = {
    let mut bits = [1; 16];
    let mut lane = 1;
    while lane < bits.len() {
        bits[lane] = bits[lane - 1] << 1;
        lane += 1;
    }
    bits
};

/// What sounds in a pulse, or in several.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pulse {
    /// Grains by pitch class, and four lanes that stay empty: sixteen make one vector.
    weights: [u16; 16],
    /// The lowest key; [`SILENCE`] without any.
    lowest: u8,
}

impl Pulse {
    const SILENT: Self = Self { weights: [0; 16], lowest: SILENCE };

    fn add(&mut self, other: &Self) {
        for (weight, more) in self.weights.iter_mut().zip(&other.weights) {
            *weight = weight.saturating_add(*more);
        }
        // The bass of several pulses is that of the first that has one.
        if self.lowest == SILENCE {
            self.lowest = other.lowest;
        }
    }

    /// Hears a key for so many grains. Nobody can guess which notes only graze a pulse: nothing
    /// branches on it.
    #[inline]
    fn hear(&mut self, class: usize, key: u8, grains: u32) {
        if let Some(weight) = self.weights.get_mut(class) {
            *weight = weight.saturating_add(grains as u16);
        }
        let bass = select_unpredictable(grains >= GRAZE, key, SILENCE);
        self.lowest = select_unpredictable(bass < self.lowest, bass, self.lowest);
    }

    fn total(&self) -> u32 {
        self.weights.iter().map(|&weight| u32::from(weight)).sum()
    }

    /// Bit n is set when pitch class n has at least `least`.
    #[inline]
    fn mask(&self, least: u32) -> u16 {
        let least = u16::try_from(least.max(1)).unwrap_or(u16::MAX);
        let lane = |lane: usize| if self.weights[lane] >= least { BITS[lane] } else { 0 };
        // Halved by hand, as a fold over sixteen is widened to half of one a word.
        let eight: [u16; 8] = std::array::from_fn(|at| lane(at) | lane(at + 8));
        let four: [u16; 4] = std::array::from_fn(|at| eight[at] | eight[at + 4]);
        (four[0] | four[2]) | (four[1] | four[3])
    }

    /// How much of it belongs to the pitch classes of `mask`.
    fn inside(&self, mask: u16) -> u32 {
        let own = |(&weight, bit): (&u16, u16)| if mask & bit == 0 { 0 } else { weight };
        self.weights.iter().zip(BITS).map(own).map(u32::from).sum()
    }

    /// Whether no two pitch classes sound.
    fn is_single(&self) -> bool {
        let mask = self.mask(1);
        mask & mask.wrapping_sub(1) == 0
    }

    fn bass(&self) -> PitchClass {
        PitchClass::of(self.lowest)
    }
}

/// Time by pitch class for each pulse. A pulse that a note only grazes does not hear it, unless
/// the note begins there.
fn pulses<'s>(sheet: &Sheet<'_>, arena: &'s Bump) -> &'s [Pulse] {
    let n_pulses = sheet.pulses.len().saturating_sub(1);
    let ends = sheet.pulses.get(1..).unwrap_or_default();
    // One more than there are: what sounds on from the last pulse is heard there, and forgotten.
    let heard = arena.alloc_slice_fill_copy(n_pulses + 1, Pulse::SILENT);
    let end_of = |pulse: usize| ends.get(pulse).copied().unwrap_or(u32::MAX);
    let (mut first, mut first_end, mut second_end) = (0, end_of(0), end_of(1));
    for mark in sheet.marks {
        while first_end <= mark.start {
            first += 1;
            (first_end, second_end) = (second_end, end_of(first + 1));
        }
        if mark.is_drum() {
            continue;
        }
        let (class, end) = (mark.class(), mark.end());
        let Some([one, two]) = heard.get_mut(first..).and_then(<[_]>::first_chunk_mut::<2>) else {
            continue;
        };
        // Half of all notes end in the first pulse, most others in the second: both hear it,
        // the second often for no time.
        one.hear(class, mark.key, end.min(first_end) - mark.start);
        let sounds = end.min(second_end).saturating_sub(first_end);
        two.hear(class, mark.key, select_unpredictable(sounds >= GRAZE, sounds, 0));
        if end <= second_end || sounds < GRAZE {
            continue;
        }
        let mut from = second_end;
        let later = heard.iter_mut().zip(ends).skip(first + 2).take(LONGEST_PULSES - 2);
        for (pulse, &to) in later {
            let sounds = end.min(to) - from;
            if sounds < GRAZE {
                break;
            }
            pulse.hear(class, mark.key, sounds);
            if end <= to {
                break;
            }
            from = to;
        }
    }
    heard.get(..n_pulses).unwrap_or_default()
}

#[cfg(test)]
mod tests;
