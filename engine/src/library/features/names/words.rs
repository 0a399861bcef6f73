//! Names cut into words.

/// A word of a name: letters and digits, with the signs of keys and the point of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'t> {
    pub(super) text: &'t str,
    /// Where it begins in its name, in bytes.
    pub(super) start: usize,
}

impl Token<'_> {
    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// What lies between this word and the next.
    pub(super) fn gap<'n>(&self, name: &'n str, next: Option<&Token<'_>>) -> &'n str {
        let end = next.map_or(name.len(), |next| next.start);
        name.get(self.end()..end).unwrap_or_default()
    }
}

/// Cuts a name at everything that is neither letter nor digit nor `#`, sharp or flat, nor a
/// full stop between digits.
pub(super) fn tokens(name: &str) -> Vec<Token<'_>> {
    let mut found = Vec::with_capacity(16);
    let mut start = None;
    let mut before = ' ';
    for (at, letter) in name.char_indices() {
        let is_point = letter == '.'
            && before.is_ascii_digit()
            && name.as_bytes().get(at + 1).is_some_and(u8::is_ascii_digit);
        if is_inside(letter) || is_point {
            start.get_or_insert(at);
        } else if let Some(start) = start.take() {
            found.extend(name.get(start..at).map(|text| Token { text, start }));
        }
        before = letter;
    }
    if let Some(start) = start {
        found.extend(name.get(start..).map(|text| Token { text, start }));
    }
    found
}

fn is_inside(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '#' | '\u{266f}' | '\u{266d}')
}

/// Calls `hear` with each word of a text in lower case: letters apart from digits, `WonderBass`
/// as two words, `&` as `and`, apostrophes left out. Longer words than 32 bytes are cut.
pub fn for_each_word(text: &str, mut hear: impl FnMut(&[u8])) {
    let mut word = Word { bytes: [0; 32], length: 0 };
    let mut before = ' ';
    for letter in text.chars() {
        let joins = match letter {
            '\'' | '\u{2019}' => continue,
            '&' | '+' => {
                word.end(&mut hear);
                hear(b"and");
                before = ' ';
                continue;
            }
            _ => letter.is_alphanumeric(),
        };
        let begins = letter.is_uppercase() && before.is_lowercase()
            || letter.is_numeric() != before.is_numeric();
        if !joins || begins {
            word.end(&mut hear);
        }
        if joins {
            word.push(letter);
        }
        before = letter;
    }
    word.end(&mut hear);
}

struct Word {
    bytes: [u8; 32],
    length: usize,
}

impl Word {
    fn push(&mut self, letter: char) {
        let mut push = |letter: char| {
            let mut room = [0; 4];
            let encoded = letter.encode_utf8(&mut room).as_bytes();
            if let Some(place) = self.bytes.get_mut(self.length..self.length + encoded.len()) {
                place.copy_from_slice(encoded);
                self.length += encoded.len();
            }
        };
        if letter.is_ascii() {
            push(letter.to_ascii_lowercase());
        } else {
            letter.to_lowercase().for_each(push);
        }
    }

    fn end(&mut self, hear: &mut impl FnMut(&[u8])) {
        if self.length > 0 {
            hear(self.bytes.get(..self.length).unwrap_or_default());
            self.length = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        for_each_word(text, |word| found.push(String::from_utf8_lossy(word).into_owned()));
        found
    }

    #[test]
    fn words_end_where_letters_end() {
        assert_eq!(words("Deep-House_120bpm"), ["deep", "house", "120", "bpm"]);
        assert_eq!(words("WonderBass R&B don't"), ["wonder", "bass", "r", "and", "b", "dont"]);
        assert_eq!(words("DJ \u{c9}T\u{c9}"), ["dj", "\u{e9}t\u{e9}"]);
        assert_eq!(words("  "), [""; 0]);
        assert_eq!(words(&"x".repeat(99)), ["x".repeat(32)]);
    }

    #[test]
    fn tokens_keep_the_signs_of_keys_and_numbers() {
        let texts: Vec<&str> =
            tokens("OS_98.5_F#m-B\u{266d} (V1).").iter().map(|it| it.text).collect();
        assert_eq!(texts, ["OS", "98.5", "F#m", "B\u{266d}", "V1"]);
    }
}
