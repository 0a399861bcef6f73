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
