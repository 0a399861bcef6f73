//! The words of a file: decoded together, sorted by what they are for.

use crate::library::row::Texts;
use crate::smf::{RawText, TextEncoding, is_displayable};

/// Each of the texts is cut here, in bytes.
const MOST_BYTES: usize = 4096;

/// Meta types of texts, from "Standard MIDI Files 1.0".
const TEXT: u8 = 1;
const COPYRIGHT: u8 = 2;
const TRACK_NAME: u8 = 3;
const LYRIC: u8 = 5;
const MARKER: u8 = 6;
const CUE: u8 = 7;

/// The words of a file, in file order. The encoding is guessed from all of them together.
///
/// Karaoke files (.kar) carry their song in texts: those of a track named "Words" and those
/// that begin a line or a page with `/` or `\` are lyrics, and the first `@T` says the title.
pub fn texts(raw: &[RawText<'_>]) -> Texts {
    if raw.is_empty() {
        return Texts::default();
    }
    let encoding = TextEncoding::guess(raw.iter().map(|text| text.bytes));
    let mut found = Texts { encoding: encoding.name().to_owned(), ..Texts::default() };
    let karaoke = raw.iter().any(|text| text.kind == TEXT && text.bytes.starts_with(b"@KMIDI"));
    let words = raw
        .iter()
        .find(|text| text.kind == TRACK_NAME && text.bytes.eq_ignore_ascii_case(b"words"))
        .map(|text| text.track);
    let mut lyrics: Vec<u8> = Vec::new();
    let mut titled = false;
    for text in raw {
        match text.kind {
            TRACK_NAME => {
                let name = encoding.decode(text.bytes, MOST_BYTES);
                if text.track == 0 && found.title.is_empty() {
                    found.title.clone_from(&name);
                }
                line(&mut found.tracks, &name);
            }
            COPYRIGHT => line(&mut found.copyright, &encoding.decode(text.bytes, MOST_BYTES)),
            LYRIC => syllable(&mut lyrics, text.bytes),
            MARKER | CUE => line(&mut found.markers, &encoding.decode(text.bytes, MOST_BYTES)),
            TEXT if karaoke && text.bytes.starts_with(b"@") => {
                let Some(said) = text.bytes.strip_prefix(b"@T") else { continue };
                let said = encoding.decode(said, MOST_BYTES);
                if titled {
                    line(&mut found.other, &said);
                } else if !said.is_empty() {
                    found.title = said;
                    titled = true;
                }
            }
            TEXT if karaoke && words.is_none_or(|track| track == text.track) => {
                syllable(&mut lyrics, text.bytes);
            }
            _ => line(&mut found.other, &encoding.decode(text.bytes, MOST_BYTES)),
        }
    }
    found.lyrics = joined(encoding, &lyrics);
    found
}

/// Adds a line; empty ones and those that the last one has said are left out.
fn line(text: &mut String, line: &str) {
    let room = MOST_BYTES.saturating_sub(text.len() + 1);
    if line.is_empty() || room < line.len() || text.lines().next_back() == Some(line) {
        return;
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(line);
}

/// Adds a syllable; new lines and pages become spaces.
fn syllable(lyrics: &mut Vec<u8>, bytes: &[u8]) {
    if lyrics.len() + bytes.len() >= MOST_BYTES {
        return;
    }
    let (starts_line, rest) = match bytes {
        [b'/' | b'\\', rest @ ..] => (true, rest),
        _ => (false, bytes),
    };
    if starts_line {
        lyrics.push(b'\n');
    }
    lyrics.extend(rest);
}

/// Syllables as text: runs of spaces and line ends are one space.
fn joined(encoding: TextEncoding, lyrics: &[u8]) -> String {
    let mut text = String::with_capacity(lyrics.len());
    for part in lyrics.split(u8::is_ascii_whitespace) {
        let word = encoding.decode(part, MOST_BYTES);
        if !word.is_empty() && word.chars().all(is_displayable) {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&word);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Tick;
    use proptest::prelude::*;

    fn raw(texts: &[(u16, u8, &'static [u8])]) -> Vec<RawText<'static>> {
        let text = |&(track, kind, bytes)| RawText { tick: Tick::ZERO, track, kind, bytes };
        texts.iter().map(text).collect()
    }

    #[test]
    fn words_are_sorted_by_what_they_are_for() {
        let found = texts(&raw(&[
            (0, 3, b"My Song"),
            (0, 2, b"(c) 1999 Me"),
            (1, 3, b"Bass"),
            (1, 6, b"Verse"),
            (1, 6, b"Chorus"),
            (1, 1, b"slowly"),
        ]));
        assert_eq!((found.title.as_str(), found.tracks.as_str()), ("My Song", "My Song\nBass"));
        assert_eq!((found.copyright.as_str(), found.other.as_str()), ("(c) 1999 Me", "slowly"));
        assert_eq!((found.markers.as_str(), found.encoding.as_str()), ("Verse\nChorus", "UTF-8"));
        assert_eq!(texts(&[]), Texts::default());
    }

    #[test]
    fn syllables_become_words() {
        let found =
            texts(&raw(&[(1, 5, b"Hel"), (1, 5, b"lo "), (1, 5, b"world\r"), (1, 5, b"again")]));
        assert_eq!(found.lyrics, "Hello world again");
    }

    #[test]
    fn karaoke_texts_are_lyrics() {
        let found = texts(&raw(&[
            (0, 1, b"@KMIDI KARAOKE FILE"),
            (2, 3, b"Words"),
            (2, 1, b"@TThe Title"),
            (2, 1, b"@TThe Artist"),
            (2, 1, b"\\One"),
            (2, 1, b" line"),
            (2, 1, b"/two"),
        ]));
        assert_eq!(found.title, "The Title");
        assert_eq!(found.lyrics, "One line two");
    }

    #[test]
    fn the_encoding_is_guessed_and_controls_are_stripped() {
        let found = texts(&raw(&[(0, 3, b"Fl\xF6te\x00\x1b"), (0, 2, "\u{202e}x".as_bytes())]));
        assert_eq!((found.title.as_str(), found.encoding.as_str()), ("Fl\u{f6}te", "windows-1252"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken(
            all in prop::collection::vec((0u16..3, 1u8..9, prop::collection::vec(any::<u8>(), 0..30)), 0..12),
        ) {
            let raw: Vec<RawText<'_>> = all.iter().map(|(track, kind, bytes)| RawText {
                tick: Tick::ZERO, track: *track, kind: *kind, bytes,
            }).collect();
            let found = texts(&raw);
            for text in [found.title, found.lyrics] {
                prop_assert!(text.chars().all(is_displayable));
            }
        }
    }
}
