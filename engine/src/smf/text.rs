//! Turns the bytes of names, lyrics and markers into text. Never fails.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, SHIFT_JIS, UTF_8, WINDOWS_1252};

/// How the texts of one file are encoded: they are short, so all of them are looked
/// at together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextEncoding(&'static Encoding);

impl TextEncoding {
    /// UTF-8 if every text is; else Shift-JIS if every text could be and reads like it;
    /// else CP1252, which agrees with Latin-1 where that prints anything.
    pub fn guess<'a>(texts: impl Iterator<Item = &'a [u8]>) -> Self {
        let texts: Vec<&[u8]> = texts.collect();
        let is = |encoding: &'static Encoding| {
            texts.iter().all(|text| {
                encoding.decode_without_bom_handling_and_without_replacement(text).is_some()
            })
        };
        if is(UTF_8) {
            return Self(UTF_8);
        }
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        for text in &texts {
            detector.feed(text, false);
            // Keeps the end of one text and the start of the next from making one letter.
            detector.feed(b"\n", false);
        }
        detector.feed(b"", true);
        let guess = detector.guess(None, Utf8Detection::Allow);
        Self(if guess == SHIFT_JIS && is(SHIFT_JIS) { SHIFT_JIS } else { WINDOWS_1252 })
    }

    /// The text for display: decoded, control and bidi characters stripped, spaces
    /// around it trimmed. Of more than `max_bytes` the rest is left out.
    pub fn decode(self, bytes: &[u8], max_bytes: usize) -> String {
        let bytes = bytes.get(..max_bytes).unwrap_or(bytes);
        let (text, _) = self.0.decode_without_bom_handling(bytes);
        let clean: String = text.chars().filter(|&letter| is_displayable(letter)).collect();
        clean.trim().into()
    }

    /// What it is called, such as `Shift_JIS`.
    pub fn name(self) -> &'static str {
        self.0.name()
    }
}

/// Whether a character may be shown: no control, no bidi override, no invisible mark.
pub fn is_displayable(letter: char) -> bool {
    !(letter.is_control()
        || matches!(letter,
            '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decode(texts: &[&[u8]]) -> Vec<String> {
        let encoding = TextEncoding::guess(texts.iter().copied());
        texts.iter().map(|text| encoding.decode(text, 1 << 16)).collect()
    }

    #[test]
    fn utf_8_is_taken_as_it_is() {
        assert_eq!(decode(&["Caf\u{e9}".as_bytes(), b"Bass"]), ["Caf\u{e9}", "Bass"]);
    }

    #[test]
    fn shift_jis_is_recognised_from_all_texts_of_a_file() {
        // "Piano" and "Melody" in katakana.
        let piano: &[u8] = &[0x83, 0x73, 0x83, 0x41, 0x83, 0x6D];
        let melody: &[u8] = &[0x83, 0x81, 0x83, 0x8D, 0x83, 0x66, 0x83, 0x42, 0x81, 0x5B];
        assert_eq!(
            decode(&[piano, melody]),
            ["\u{30d4}\u{30a2}\u{30ce}", "\u{30e1}\u{30ed}\u{30c7}\u{30a3}\u{30fc}"]
        );
    }

    #[test]
    fn western_bytes_are_cp1252() {
        assert_eq!(decode(&[b"Fl\xF6te", b"\x93Solo\x94"]), ["Fl\u{f6}te", "\u{201c}Solo\u{201d}"]);
    }

    #[test]
    fn control_and_bidi_characters_are_stripped_and_spaces_trimmed() {
        assert_eq!(decode(&["  a\u{202e}b\0\u{1b}[c\n ".as_bytes()]), ["ab[c"]);
    }

    #[test]
    fn a_long_text_is_cut() {
        let encoding = TextEncoding::guess(std::iter::empty());
        assert_eq!(encoding.decode(&[b'x'; 100], 10).len(), 10);
    }

    proptest! {
        #[test]
        fn decoding_never_fails(texts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..6)) {
            let texts: Vec<&[u8]> = texts.iter().map(Vec::as_slice).collect();
            for text in decode(&texts) {
                prop_assert!(text.chars().all(is_displayable));
            }
        }
    }
}
