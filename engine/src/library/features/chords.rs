//! Chords by pulse: templates on pitch classes, with any root and any bass.
//!
//! Half bars are heard first, so that a broken chord is one; a bar of one note a pulse is heard as
//! a whole; where two chords share a half bar its pulses are heard one by one. docs/library.md has the rules.

mod book;
mod numerals;

use super::pulses::Pulse;
use super::sheet::Bar;
use crate::library::row::Harmony;
use crate::theory::{Chord, ChordKind, Key, Spelling};
pub use book::name;
use book::{Book, Named};
pub use numerals::numeral;
use std::ops::ControlFlow;

/// Chords are written up to this many.
const MOST_CHORDS: usize = 64;

/// A chord and from when on it sounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sounding {
    /// Which pulse, counted from 0.
    pub pulse: u32,
    /// The chord.
    pub chord: Chord,
}

/// The chords of a song, equal neighbours joined. `heard` is what sounds in the pulses of its bars;
/// `key` says how chords are written and what the numerals count from.
pub fn harmony(bars: &[Bar], heard: &[Pulse], key: Option<Key>) -> Harmony {
    let spelling = key.map_or(Spelling::Usual, spelling_in);
    let mut found = Harmony::default();
    let mut last_numeral = "";
    let (mut n_chords, mut n_numerals) = (0, 0);
    chords(bars, heard, |sounding| {
        if n_chords < MOST_CHORDS {
            push(&mut found.chords, n_chords);
            name(sounding.chord, spelling, &mut found.chords);
            n_chords += 1;
        }
        if let Some(key) = key.filter(|_| n_numerals < MOST_CHORDS) {
            let numeral = numeral(sounding.chord, key);
            if numeral != last_numeral {
                push(&mut found.numerals, n_numerals);
                found.numerals.push_str(numeral);
                n_numerals += 1;
                last_numeral = numeral;
            }
        }
        let is_full = n_chords == MOST_CHORDS && (key.is_none() || n_numerals == MOST_CHORDS);
        if is_full { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
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

/// Calls `hear` with each chord where it begins, until it has heard enough; neighbours differ.
pub fn chords(bars: &[Bar], heard: &[Pulse], hear: impl FnMut(Sounding) -> ControlFlow<()>) {
    let book = Book::get();
    let mut held = Held { now: None, hear, flow: ControlFlow::Continue(()) };
    for bar in bars {
        let first = bar.first_pulse as usize;
        let all = heard.get(first..first + bar.pulses as usize).unwrap_or_default();
        if all.len() > 1 && all.iter().all(Pulse::is_single) {
            // A chord broken into one note a pulse takes its time.
            decide(book, all, |pulse, chord| held.tell(first + pulse, chord));
            continue;
        }
        for (first, count) in halves(*bar) {
            let unit = heard.get(first..first + count).unwrap_or_default();
            decide(book, unit, |pulse, chord| held.tell(first + pulse, chord));
        }
        if held.flow.is_break() {
            return;
        }
    }
    held.end();
}

/// What was heard last is told when something else begins: until then it may grow clearer.
struct Held<F> {
    now: Option<Sounding>,
    hear: F,
    flow: ControlFlow<()>,
}

impl<F: FnMut(Sounding) -> ControlFlow<()>> Held<F> {
    fn tell(&mut self, pulse: usize, chord: Named) {
        let next = Sounding { pulse: pulse as u32, chord: chord.chord() };
        match &mut self.now {
            Some(now) if is_same(now.chord, next.chord) => {
                if now.chord.kind == ChordKind::Fifth {
                    now.chord.kind = next.chord.kind;
                }
            }
            _ => {
                self.end();
                self.now = Some(next);
            }
        }
    }

    fn end(&mut self) {
        if let Some(last) = self.now.take().filter(|_| self.flow.is_continue()) {
            self.flow = (self.hear)(last);
        }
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

#[cfg(test)]
mod tests;
