//! Keys and chords as people type them.

use super::words::Token;
use crate::theory::{Key, PitchClass};

/// What follows a root in the name of a chord; the plain letter and `m` apart.
const SUFFIXES: [&str; 58] = [
    "maj", "min", "dim", "aug", "sus", "sus2", "sus4", "5", "6", "7", "9", "11", "13", "m6", "m7",
    "m9", "m11", "m13", "maj6", "maj7", "maj9", "maj11", "maj13", "min6", "min7", "min9", "min11",
    "dim7", "aug7", "add2", "add9", "add11", "madd9", "7sus4", "7sus2", "9sus4", "7b5", "7#5",
    "7b9", "7#9", "7#11", "m7b5", "mmaj7", "maj7#11", "69", "m69", "6add9", "13sus4", "7alt",
    "alt", "mb5", "M7", "M9", "7b13", "9b5", "9#5", "minmaj7", "min7b5",
];

/// A key, and whether its name could hardly mean anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) key: Key,
    is_sure: bool,
}

/// The keys that a name speaks of, the surest first in the order they stand. A name that is a
/// progression (`has_chords`) names no key by a bare chord.
pub(super) fn keys_in(name: &str, words: &[Token<'_>], has_chords: bool) -> Vec<Found> {
    let mut found = Vec::new();
    let looks_like_a_pack = name.contains(['_', '-']);
    for (index, word) in words.iter().enumerate() {
        let next = words.get(index + 1).map(|next| next.text).unwrap_or_default();
        if let Some(key) = german(word.text, next) {
            found.push(Found { key, is_sure: true });
            continue;
        }
        let Some((tonic, rest)) = root(word.text) else { continue };
        let before = index.checked_sub(1).and_then(|at| words.get(at));
        let before = before.map(|before| before.text).unwrap_or_default();
        let is_capital = word.text.starts_with(|letter: char| letter.is_ascii_uppercase());
        let after_key = before.eq_ignore_ascii_case("key") || before.eq_ignore_ascii_case("of");
        let has_sign = word
            .text
            .chars()
            .nth(1)
            .is_some_and(|it| matches!(it, '#' | '\u{266f}' | '\u{266d}' | 'b'));
        let read = match mode(rest) {
            Some(minor) => Some((minor, true)),
            None if rest == "m" => {
                // `I Am` is no key.
                let sure = has_sign || after_key;
                let fine = is_capital && looks_like_a_pack || sure;
                (fine && !before.eq_ignore_ascii_case("i")).then_some((true, sure))
            }
            None if rest.is_empty() => match next.to_ascii_lowercase().as_str() {
                "sharp" | "flat" => {
                    let sharp = next.eq_ignore_ascii_case("sharp");
                    let after = words.get(index + 2).map(|it| it.text).unwrap_or_default();
                    let tonic = tonic.transposed(if sharp { 1 } else { -1 });
                    if let Some(minor) = mode(after) {
                        found.push(Found { key: Key { tonic, minor }, is_sure: true });
                    }
                    None
                }
                next => match mode(next) {
                    Some(minor) => Some((minor, true)),
                    None if after_key && is_capital => Some((false, true)),
                    None if has_sign && is_capital && looks_like_a_pack => Some((false, false)),
                    None => None,
                },
            },
            None => None,
        };
        if let Some((minor, is_sure)) = read.filter(|(_, sure)| *sure || !has_chords) {
            found.push(Found { key: Key { tonic, minor }, is_sure });
        }
    }
    found.sort_by_key(|it| !it.is_sure);
    found
}

/// The first of the keys; where it and its relative are both named (`B Major - G# Minor`) the
/// one in which the file's own numeral and chord agree: `VII - F#maj9` is in G# minor.
pub(super) fn choose(keys: &[Found], words: &[Token<'_>]) -> Option<Key> {
    let first = keys.first()?.key;
    let numeral = words.iter().find_map(|word| degree(word.text));
    let chord = words.iter().find_map(|word| chord_root(word.text));
    if let Some((numeral, chord)) = numeral.zip(chord) {
        let agrees = |key: &Key| {
            const MAJOR: [u8; 7] = [0, 2, 4, 5, 7, 9, 11];
            const MINOR: [u8; 7] = [0, 2, 3, 5, 7, 8, 10];
            let degrees = if key.minor { MINOR } else { MAJOR };
            degrees.get(numeral) == Some(&key.tonic.up_to(chord))
        };
        let others = keys.iter().map(|found| found.key);
        let relative = |key: &Key| key.signature() == first.signature();
        return others.filter(relative).find(agrees).or(Some(first));
    }
    Some(first)
}

/// Whether a word is a key with its mode: `Gmin`, `F#m`, `Bbmaj`.
pub(super) fn is_key(word: &str) -> bool {
    root(word).is_some_and(|(_, rest)| rest == "m" || mode(rest).is_some())
}

/// Whether a word is a roman numeral from II to VII, or I in either case.
pub(super) fn is_numeral(word: &str) -> bool {
    degree(word).is_some()
}

/// The longest run of chords in a name, as it is written: two and more, or a single one that
/// can be nothing else (`F#maj9`); or of at least two numerals (`ii-V-I`).
pub(super) fn chords_in<'n>(name: &'n str, words: &[Token<'_>]) -> Option<&'n str> {
    let sure = |word: &str| chord_root(word).is_some();
    let fair = |word: &str| sure(word) || root(word).is_some_and(|(_, rest)| plain(word, rest));
    let chords =
        longest(words, fair, |run| run.len() > 2 || run.iter().any(|word| sure(word.text)));
    let numerals = longest(words, |word| degree(word).is_some(), |run| run.len() > 1);
    let best = match (chords, numerals) {
        (Some(a), Some(b)) => {
            if b.len() > a.len() {
                b
            } else {
                a
            }
        }
        (a, b) => a.or(b)?,
    };
    name.get(best.first()?.start..best.last()?.end())
}

fn longest<'w, 't>(
    words: &'w [Token<'t>],
    fits: impl Fn(&str) -> bool,
    counts: impl Fn(&[Token<'t>]) -> bool,
) -> Option<&'w [Token<'t>]> {
    let runs = words.chunk_by(|a, b| fits(a.text) && fits(b.text));
    let runs = runs.filter(|run| run.iter().all(|word| fits(word.text)) && counts(run));
    // The first of equals.
    runs.reduce(|best, run| if run.len() > best.len() { run } else { best })
}

/// A capital letter, or a minor chord: a chord only beside others.
fn plain(word: &str, rest: &str) -> bool {
    word.starts_with(|letter: char| letter.is_ascii_uppercase()) && (rest.is_empty() || rest == "m")
}

/// The root of a word that can only be a chord.
fn chord_root(word: &str) -> Option<PitchClass> {
    let (root, rest) = root(word)?;
    let is_capital = word.starts_with(|letter: char| letter.is_ascii_uppercase());
    let known = SUFFIXES.iter().skip(2).any(|suffix| *suffix == rest);
    // `A5` and `E7` are keys of a keyboard as well as chords: fine either way. `B11` is not.
    (is_capital && known).then_some(root)
}

/// A letter from A to G with its signs, and what follows it.
fn root(word: &str) -> Option<(PitchClass, &str)> {
    let (pitch, rest) = PitchClass::read(word, 1)?;
    // With a sign no word follows that would be another.
    let has_sign = rest.len() + 1 < word.len();
    for (sign, by) in [("sharp", 1), ("flat", -1)] {
        if !has_sign && rest.get(..sign.len()).is_some_and(|it| it.eq_ignore_ascii_case(sign)) {
            let rest = rest.get(sign.len()..).unwrap_or_default();
            return Some((pitch.transposed(by), rest));
        }
    }
    Some((pitch, rest))
}

/// A key as German writes it: `cis-moll`, `Es-Dur`; H is B, and B is B flat.
fn german(word: &str, next: &str) -> Option<Key> {
    let is = |mode: &str| next.eq_ignore_ascii_case(mode);
    if !is("moll") && !is("dur") {
        return None;
    }
    let word = word.to_ascii_lowercase();
    let natural = match word.chars().next()? {
        'c' => 0,
        'd' => 2,
        'e' => 4,
        'f' => 5,
        'g' => 7,
        'a' => 9,
        'b' => 10,
        'h' => 11,
        _ => return None,
    };
    let by = match word.get(1..)? {
        "" => 0,
        "is" => 1,
        "es" | "s" => -1,
        _ => return None,
    };
    Some(Key { tonic: PitchClass::new(natural + by), minor: is("moll") })
}

/// Whether a word says minor or major; none when it says neither.
fn mode(word: &str) -> Option<bool> {
    const MINOR: [&str; 4] = ["min", "minor", "moll", "mineur"];
    const MAJOR: [&str; 4] = ["maj", "major", "dur", "majeur"];
    let is = |words: &[&str]| words.iter().any(|it| word.eq_ignore_ascii_case(it));
    if is(&MINOR) { Some(true) } else { is(&MAJOR).then_some(false) }
}

/// The degree of a roman numeral, counted from 0. Sevenths and the like may follow.
fn degree(word: &str) -> Option<usize> {
    let bare = word.trim_start_matches(['b', '#', '\u{266d}', '\u{266f}']);
    let end = bare.find(|letter: char| !matches!(letter, 'I' | 'V' | 'i' | 'v'));
    let (roman, rest) = bare.split_at(end.unwrap_or(bare.len()));
    let known = rest.is_empty() || rest == "o" || SUFFIXES.contains(&rest);
    let index = ["i", "ii", "iii", "iv", "v", "vi", "vii"].iter().position(|it| {
        *it == roman || roman.eq_ignore_ascii_case(it) && roman.to_uppercase() == roman
    });
    index.filter(|_| known)
}
