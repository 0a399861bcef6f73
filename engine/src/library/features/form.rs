//! The form: which bars come back, and where sections begin.
//!
//! Bars are gathered into phrases of four or eight, phrases that sound alike get the same
//! letter, and letters that always follow each other become one section.

use super::prints::mix;
use super::sheet::{Bar, Mark, Sheet};
use crate::library::row::Form;
use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;

/// Letters there are at most.
const MOST_SECTIONS: usize = 64;
/// Two phrases are alike when their bars share this much of what they hold together (Jaccard,
/// 1912): bars of one song in the same key share about a third by chance.
const ALIKE: f32 = 0.6;
/// Bars before the first phrase: none, or one or two that lead in.
const BEGINNINGS: [usize; 3] = [0, 1, 2];
/// Sections go by these.
const LETTERS: [char; 52] = {
    let mut letters = ['A'; 52];
    let mut index = 0;
    while index < 26 {
        letters[index] = (b'A' + index as u8) as char;
        letters[index + 26] = (b'a' + index as u8) as char;
        index += 1;
    }
    letters
};

/// The form of a song.
pub fn form(sheet: &Sheet<'_>, arena: &Bump) -> Form {
    let bars = listen(sheet, arena);
    let n_sounding = bars.iter().filter(|bar| bar.0 != 0).count();
    if n_sounding == 0 {
        return Form::default();
    }
    let repeated = n_repeated(bars, arena) as f32 / n_sounding as f32;
    let (first, size) = phrasing(bars, arena);
    let mut phrases = ArenaVec::new_in(arena);
    if first > 0 {
        phrases.push(Phrase::new(0, bars.get(..first).unwrap_or_default()));
    }
    for (index, chunk) in bars.get(first..).unwrap_or_default().chunks(size).enumerate() {
        phrases.push(Phrase::new(first + index * size, chunk));
    }
    let n_letters = name(&mut phrases, arena);
    let sections = gather(&phrases, n_letters, arena);
    let mut form = Form { repeated, ..Form::default() };
    for section in sections.iter().take(MOST_SECTIONS) {
        form.sections.push(LETTERS.get(section.letter % LETTERS.len()).copied().unwrap_or('A'));
        form.starts.push(section.start as u32);
    }
    form
}

/// What a bar holds. Bits 0..48: pitch class by quarter of the bar; 48..64: drums by sixteenth.
/// 0 for silence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Heard(u64);

/// A few bars.
#[derive(Clone, Copy)]
struct Phrase<'s> {
    start: usize,
    bars: &'s [Heard],
    /// Bits of all its bars.
    bits: u32,
    letter: usize,
}

impl<'s> Phrase<'s> {
    fn new(start: usize, bars: &'s [Heard]) -> Self {
        Self { start, bars, bits: n_bits(bars.iter().map(|bar| bar.0)), letter: 0 }
    }

    /// How much two phrases share, 0..=1; 0 also where one holds so much more than the other
    /// that they cannot be alike.
    fn alike(&self, other: &Self) -> f32 {
        let (less, more) = (self.bits.min(other.bits), self.bits.max(other.bits));
        if (less as f32) < ALIKE * more as f32 {
            return 0.0;
        }
        let shared = n_bits(self.bars.iter().zip(other.bars).map(|(a, b)| a.0 & b.0));
        share(shared, less + more - shared)
    }
}

struct Section {
    start: usize,
    letter: usize,
}

fn listen<'s>(sheet: &Sheet<'_>, arena: &'s Bump) -> &'s [Heard] {
    let heard = arena.alloc_slice_fill_copy(sheet.bars.len(), Heard::default());
    hear(heard, sheet.bars, sheet.pitched, |step, mark| {
        (step.min(15) >> 2) * 12 + mark.class() as u32
    });
    hear(heard, sheet.bars, sheet.drums, |step, _| 48 + (step & 15));
    heard
}

/// Sets in each bar the bits of its marks; `bit_of` says which, from the nearest sixteenth.
#[inline]
fn hear(heard: &mut [Heard], bars: &[Bar], marks: &[Mark], bit_of: impl Fn(u32, Mark) -> u32) {
    let mut bars = heard.iter_mut().zip(bars);
    let (mut bar, mut start, mut end, mut factor) = (&mut Heard::default(), 0, 0, 0);
    for mark in marks {
        while mark.start >= end {
            let Some((next, place)) = bars.next() else { return };
            (bar, start, end) = (next, place.start, place.start + place.length);
            // Sixteenths of the bar to a grain, in fixed point.
            factor = (16 << 16) / place.length;
        }
        let step = ((mark.start - start) * factor + (1 << 15)) >> 16;
        bar.0 |= 1 << bit_of(step, *mark);
    }
}

/// How many bits are set in at most 1,023 words: those of four bytes of each are added up beside
/// each other, and only in the end to one number. (An instruction that counts them all is not to
/// be had on every processor.)
fn n_bits(words: impl Iterator<Item = u64>) -> u32 {
    /// The lower half of each two, four, eight and sixteen bits, and their lowest one.
    const PAIRS: u64 = u64::MAX / 0x3;
    const FOURS: u64 = u64::MAX / 0x5;
    const BYTES: u64 = u64::MAX / 0x11;
    const WORDS: u64 = u64::MAX / 0x101;
    const EACH: u64 = u64::MAX / 0xFFFF;
    let sums = words.fold(0_u64, |sums, bits| {
        let twos = bits - (bits >> 1 & PAIRS);
        let fours = (twos & FOURS) + (twos >> 2 & FOURS);
        let bytes = (fours + (fours >> 4)) & BYTES;
        sums + (bytes & WORDS) + (bytes >> 8 & WORDS)
    });
    (sums.wrapping_mul(EACH) >> 48) as u32
}

/// Bars that sound and have occurred before.
fn n_repeated(bars: &[Heard], arena: &Bump) -> usize {
    // A table open to their hashes, at most half full.
    let seen = arena.alloc_slice_fill_copy((bars.len() * 2).next_power_of_two(), 0_u64);
    let last = seen.len() - 1;
    let mut n_repeated = 0;
    for bar in bars.iter().filter(|bar| bar.0 != 0) {
        let mut at = mix(bar.0) as usize & last;
        while let Some(place) = seen.get_mut(at) {
            if *place == 0 || *place == bar.0 {
                n_repeated += usize::from(*place != 0);
                *place = bar.0;
                break;
            }
            at = (at + 1) & last;
        }
    }
    n_repeated
}

/// Where the first whole phrase begins, and how many bars a phrase has: what makes the most
/// bars come back one or two phrases later. Long songs are cut into 64 phrases.
fn phrasing(bars: &[Heard], arena: &Bump) -> (usize, usize) {
    let n_bars = bars.len();
    let size = match n_bars {
        0..8 => 1,
        8..16 => 2,
        16..48 => 4,
        _ => 8.max(n_bars.div_ceil(MOST_SECTIONS - 1).next_power_of_two()),
    };
    if size < 4 {
        return (0, size);
    }
    // What each bar shares with the one a phrase or two later, looked at once for all places
    // where a phrase may begin.
    let bits = &*arena.alloc_slice_fill_iter(bars.iter().map(|bar| bar.0.count_ones()));
    let mut likeness = [0_u32; 3];
    for distance in [size, 2 * size] {
        let n_pairs = bars.len().saturating_sub(distance);
        let pair = arena.alloc_slice_fill_copy(n_pairs, (0, 0));
        let (later, more) = (bars.get(distance..), bits.get(distance..));
        let later = later.unwrap_or_default().iter().zip(more.unwrap_or_default());
        for ((pair, (a, bits)), (b, more)) in pair.iter_mut().zip(bars.iter().zip(bits)).zip(later)
        {
            let shared = (a.0 & b.0).count_ones();
            *pair = (shared, bits + more - shared);
        }
        for (found, first) in likeness.iter_mut().zip(BEGINNINGS) {
            let phrases = pair.get(first..).unwrap_or_default().chunks_exact(size);
            let sums = phrases.map(|phrase| {
                phrase.iter().fold((0, 0), |sum, bar| (sum.0 + bar.0, sum.1 + bar.1))
            });
            *found += sums.filter(|&(shared, all)| share(shared, all) >= ALIKE).count() as u32;
        }
    }
    let each = BEGINNINGS.into_iter().zip(likeness);
    // The first of equals.
    let best = each.reduce(|best, next| if next.1 > best.1 { next } else { best });
    (best.map_or(0, |(first, _)| first), size)
}

/// Two silences are alike.
fn share(shared: u32, all: u32) -> f32 {
    if all == 0 { 1.0 } else { shared as f32 / all as f32 }
}

/// Gives each phrase the letter whose first phrase it is likest, if it is alike; gives how many
/// letters there are.
fn name(phrases: &mut [Phrase<'_>], arena: &Bump) -> usize {
    let mut firsts: ArenaVec<'_, Phrase<'_>> = ArenaVec::new_in(arena);
    for phrase in phrases {
        let mut best = (ALIKE, None);
        for (letter, first) in firsts.iter().enumerate() {
            let found = first.alike(phrase);
            if found > best.0 || found == best.0 && best.1.is_none() {
                best = (found, Some(letter));
            }
        }
        phrase.letter = best.1.unwrap_or(firsts.len());
        if best.1.is_none() {
            firsts.push(*phrase);
        }
    }
    firsts.len()
}

/// Joins neighbours that belong together: a phrase and the next one where each always comes
/// with the other, and phrases in a row that never come back.
fn gather<'s>(phrases: &[Phrase<'_>], n_letters: usize, arena: &'s Bump) -> ArenaVec<'s, Section> {
    let counts = arena.alloc_slice_fill_copy(n_letters, 0_usize);
    for phrase in phrases {
        if let Some(count) = counts.get_mut(phrase.letter) {
            *count += 1;
        }
    }
    // Of each letter what follows it, if it is always the same: n_letters is the end of the
    // song, n_letters + 1 is "it differs".
    let differs = n_letters + 1;
    let next = arena.alloc_slice_fill_copy(n_letters, usize::MAX);
    let previous = arena.alloc_slice_fill_copy(n_letters, usize::MAX);
    let note = |of: &mut [usize], at: usize, other: usize| {
        if let Some(known) = of.get_mut(at) {
            *known = if *known == usize::MAX || *known == other { other } else { differs };
        }
    };
    for (index, phrase) in phrases.iter().enumerate() {
        let after = phrases.get(index + 1).map_or(n_letters, |phrase| phrase.letter);
        note(next, phrase.letter, after);
        if after < n_letters {
            note(previous, after, phrase.letter);
        }
    }
    let count = |letter: usize| counts.get(letter).copied().unwrap_or_default();
    let joined = |a: usize, b: usize| {
        let together = next.get(a) == Some(&b) && previous.get(b) == Some(&a);
        a != b && count(a) == count(b) && together
    };
    let names = arena.alloc_slice_fill_copy(n_letters, usize::MAX);
    let mut n_names = 0;
    let mut sections = ArenaVec::new_in(arena);
    let mut before = usize::MAX;
    for phrase in phrases {
        let begins = before == usize::MAX || !joined(before, phrase.letter);
        if begins && let Some(name) = names.get_mut(phrase.letter) {
            if *name == usize::MAX {
                *name = n_names;
                n_names += 1;
            }
            sections.push(Section { start: phrase.start, letter: *name });
        }
        before = phrase.letter;
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::super::NoteEvent;
    use super::super::prints::mix;
    use super::super::sheet::tests::{note, sheet};
    use super::*;

    fn found(mut notes: Vec<NoteEvent>) -> Form {
        let arena = Bump::new();
        let sheet = sheet(&mut notes, &arena);
        form(&sheet, &arena)
    }

    /// Four bars of its own for each letter: quarters in a row.
    fn song(letters: &str) -> Vec<NoteEvent> {
        let phrase = |(index, letter): (usize, char)| {
            (0..16).map(move |beat: u32| {
                let key = 60 + (mix(u64::from(letter) * 16 + u64::from(beat)) % 12) as u8;
                note(index as f64 * 16.0 + f64::from(beat), 1.0, key)
            })
        };
        letters.chars().enumerate().flat_map(phrase).collect()
    }

    #[test]
    fn a_song_form_is_heard() {
        let form = found(song("AABA"));
        assert_eq!((form.sections.as_str(), form.starts), ("AABA", vec![0, 4, 8, 12]));
        assert_eq!(form.repeated, 0.5);
    }

    #[test]
    fn phrases_that_always_go_together_are_one_section() {
        let form = found(song("ABCABCD"));
        assert_eq!((form.sections.as_str(), form.starts), ("AAB", vec![0, 12, 24]));
    }

    #[test]
    fn bits_are_counted_right() {
        let words = |n: u64| (0..n).map(mix);
        for n in [0, 1, 2, 100, 1_000] {
            assert_eq!(n_bits(words(n)), words(n).map(u64::count_ones).sum::<u32>());
        }
        assert_eq!(n_bits([u64::MAX; 1_023].into_iter()), 64 * 1_023);
    }

    #[test]
    fn what_never_comes_back_is_one_section() {
        assert_eq!(found(song("ABCDEF")).sections, "A");
        assert_eq!(found(song("ABCDEF")).repeated, 0.0);
        assert_eq!(found(Vec::new()), Form::default());
    }

    #[test]
    fn a_loop_of_a_bar_is_all_repetition() {
        let notes = (0..16).map(|beat: u8| note(f64::from(beat), 1.0, 60 + beat % 4));
        let form = found(notes.collect());
        assert_eq!((form.sections.as_str(), form.repeated), ("AAAA", 0.75));
    }
}
