//! What file and folder names say: tempo, key, bars, section, instrument, artist, chords.
//!
//! Names are cut into words; nothing is found inside one. The file's own name goes before those
//! of its folders, the nearest first. What a bare number or letter means is only guessed where
//! names are written as sample packs write them: `OS_RFL_174_Gmin_Wonder Bass.mid`.

mod harmony;
mod words;

use super::tags::{TagKind, TagTable};
use crate::library::row::Named;
use harmony::{chords_in, keys_in};
pub use words::for_each_word;
use words::{Token, tokens};

/// Folders that are looked at.
const FOLDERS: usize = 3;
/// A number without a word beside it is a tempo within these.
const BARE_BPM: std::ops::RangeInclusive<f32> = 60.0..=200.0;
/// A number beside "bpm" is a tempo within these.
const BPM: std::ops::RangeInclusive<f32> = 20.0..=400.0;
/// What a section of a song is called: as it is written in one word, and its name.
const SECTIONS: [(&str, &str); 24] = [
    ("intro", "intro"),
    ("verse", "verse"),
    ("prechorus", "prechorus"),
    ("chorus", "chorus"),
    ("refrain", "chorus"),
    ("hook", "hook"),
    ("bridge", "bridge"),
    ("break", "break"),
    ("breakdown", "breakdown"),
    ("buildup", "buildup"),
    ("build", "buildup"),
    ("drop", "drop"),
    ("solo", "solo"),
    ("interlude", "interlude"),
    ("outro", "outro"),
    ("ending", "ending"),
    ("coda", "coda"),
    ("fill", "fill"),
    ("fills", "fill"),
    ("turnaround", "turnaround"),
    ("strophe", "verse"),
    ("preverse", "preverse"),
    ("postchorus", "postchorus"),
    ("middle8", "bridge"),
];
/// Numbers after these are no tempo.
const NUMBERED: [&str; 28] = [
    "op", "opus", "no", "nr", "k", "kv", "bwv", "hwv", "d", "rv", "hob", "vol", "volume", "part",
    "pt", "take", "track", "trk", "page", "symphony", "sonata", "etude", "prelude", "v", "ver",
    "version", "psalm", "hymn",
];

/// What the names of a path say. Folders are parted by `/` or `\`; bytes in no encoding are
/// looked over.
pub fn named(path: &[u8], tags: &TagTable) -> Named {
    let path = String::from_utf8_lossy(path);
    let mut parts = path.rsplit(['/', '\\']).filter(|part| !part.is_empty());
    let Some(file) = parts.next() else { return Named::default() };
    let stem = match file.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && extension.len() <= 5 => stem,
        _ => file,
    };
    let mut found = Named::default();
    let own = tokens(stem);
    found.bpm = bpm_beside_word(&own).or_else(|| bare_bpm(stem, &own));
    found.bars = bars(&own);
    found.section = section(&own);
    found.instrument = instrument(stem, tags);
    found.chords = chords_in(stem, &own).map(str::to_owned);
    found.artist = artist(stem, &own);
    let mut keys = keys_in(stem, &own, found.chords.is_some());
    for folder in parts.take(FOLDERS) {
        let words = tokens(folder);
        found.bpm = found.bpm.or_else(|| bpm_beside_word(&words));
        found.bars = found.bars.or_else(|| bars(&words));
        found.section = found.section.take().or_else(|| section(&words));
        found.instrument = found.instrument.take().or_else(|| instrument(folder, tags));
        if keys.is_empty() {
            keys = keys_in(folder, &words, false);
        }
    }
    found.key = harmony::choose(&keys, &own);
    found
}

/// The number beside "bpm", before it or after it: `120bpm`, `120 BPM`, `bpm_98.5`.
fn bpm_beside_word(words: &[Token<'_>]) -> Option<f32> {
    let is_word = |text: &str| text.eq_ignore_ascii_case("bpm");
    let number = |token: Option<&Token<'_>>| number(token?.text);
    let tempo = words.iter().enumerate().find_map(|(index, word)| {
        if is_word(word.text) {
            let before = index.checked_sub(1).and_then(|before| number(words.get(before)));
            return before.or_else(|| number(words.get(index + 1)));
        }
        let (head, tail) = parted(word.text);
        if is_word(tail) { head.parse().ok() } else { tail.parse().ok().filter(|_| is_word(head)) }
    });
    tempo.filter(|bpm| BPM.contains(bpm))
}

/// A number that stands alone between underscores or dashes, or beside a key, in a name of
/// three words and more: the way sample packs are named. Never the first word, which counts.
fn bare_bpm(stem: &str, words: &[Token<'_>]) -> Option<f32> {
    if words.len() < 3 {
        return None;
    }
    let mut candidates = words.iter().enumerate().skip(1).filter_map(|(index, word)| {
        let bpm = number(word.text).filter(|bpm| BARE_BPM.contains(bpm))?;
        let before = words.get(index - 1)?;
        let is_numbered = NUMBERED.iter().any(|other| before.text.eq_ignore_ascii_case(other));
        let beside_key = [words.get(index - 1), words.get(index + 1)]
            .into_iter()
            .flatten()
            .any(|other| harmony::is_key(other.text));
        let marks = ['_', '-'];
        let alone =
            word.gap(stem, words.get(index + 1)).contains(marks) || index + 1 == words.len();
        let alone = alone && before.gap(stem, Some(word)).contains(marks);
        (!is_numbered && (alone || beside_key)).then_some(bpm)
    });
    let only = candidates.next()?;
    candidates.next().is_none().then_some(only)
}

/// `4 bars`, `8bar`, `2 measures`.
fn bars(words: &[Token<'_>]) -> Option<u32> {
    let is_word = |text: &str| {
        ["bar", "bars", "measure", "measures"].iter().any(|it| text.eq_ignore_ascii_case(it))
    };
    let bars = words.iter().enumerate().find_map(|(index, word)| {
        if is_word(word.text) {
            return words.get(index.checked_sub(1)?)?.text.parse::<u32>().ok();
        }
        let (head, tail) = parted(word.text);
        is_word(tail).then(|| head.parse().ok()).flatten()
    });
    bars.filter(|bars| (1..=999).contains(bars))
}

fn section(words: &[Token<'_>]) -> Option<String> {
    words.iter().enumerate().find_map(|(index, word)| {
        // `Verse2` and `pre chorus` too.
        let text = word.text.trim_end_matches(|letter: char| letter.is_ascii_digit());
        let before = index.checked_sub(1).and_then(|before| words.get(before));
        if text.eq_ignore_ascii_case("chorus")
            && before.is_some_and(|before| before.text.eq_ignore_ascii_case("pre"))
        {
            return Some("prechorus".to_owned());
        }
        let text = if text.eq_ignore_ascii_case("middle") { word.text } else { text };
        let known = SECTIONS.iter().find(|(written, _)| text.eq_ignore_ascii_case(written));
        known.map(|(_, name)| (*name).to_owned())
    })
}

fn instrument(part: &str, tags: &TagTable) -> Option<String> {
    let mut found = None;
    tags.search(part, |tag| {
        if tag.kind == TagKind::Instrument && found.is_none() {
            found = Some(tag.name.clone());
        }
    });
    found
}

/// What stands before ` - `, or in capitals before the first full stop: `ARTIST.Title_k`. A
/// number, a key, a chord or a section is nobody.
fn artist(stem: &str, words: &[Token<'_>]) -> Option<String> {
    let (before, after) = if let Some(parts) = stem.split_once(" - ") {
        parts
    } else {
        let parts = stem.split_once('.')?;
        let is_capitals = !parts.0.chars().any(char::is_lowercase);
        is_capitals.then_some(parts)?
    };
    let has_letters = |text: &str| text.chars().filter(|it| it.is_alphabetic()).count() >= 2;
    if !has_letters(before) || !has_letters(after) {
        return None;
    }
    let first: Vec<Token<'_>> =
        words.iter().filter(|word| word.start < before.len()).copied().collect();
    let is_music = section(&first).is_some()
        || !keys_in(before, &first, false).is_empty()
        || chords_in(before, &first).is_some()
        || bpm_beside_word(&first).is_some()
        || bars(&first).is_some()
        || first.iter().all(|word| harmony::is_numeral(word.text));
    let name = before.replace('_', " ");
    // A track number may stand before: `03 Somebody - Something`.
    let name = name.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '.');
    let name = name.trim();
    (!is_music && has_letters(name)).then(|| name.to_owned())
}

/// A number of up to three digits, with or without a fraction.
fn number(text: &str) -> Option<f32> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    (plain && text.len() <= 7).then(|| text.parse().ok()).flatten()
}

/// Where digits end or begin: `120bpm` is `120` and `bpm`, `bpm120` is `bpm` and `120`.
fn parted(text: &str) -> (&str, &str) {
    let is_digit = |byte: u8| byte.is_ascii_digit() || byte == b'.';
    let first = text.bytes().next().is_some_and(is_digit);
    let at = text.bytes().position(|byte| is_digit(byte) != first).unwrap_or(text.len());
    text.split_at_checked(at).unwrap_or((text, ""))
}

#[cfg(test)]
mod tests;
