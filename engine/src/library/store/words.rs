//! How text goes into the word indexes, and how a search has to write what it looks for.
//! Pure functions.

/// Bytes of a file's texts that are indexed.
pub const MOST_INDEXED_TEXT: usize = 1_024;

/// Text as the word index takes it: sharp and flat signs as `#` and `b`, full-width letters as
/// plain ones. Case and accents are folded by the index's own tokenizer.
pub fn fold(text: &str) -> String {
    text.chars().map(fold_char).collect()
}

/// The pairs of neighbouring characters in a text's runs of Han, kana, Hangul, Thai, Lao,
/// Khmer and Myanmar, and the last character of each run, separated by spaces; the column
/// `grams` holds them. Scripts without spaces are found inside longer runs by these alone.
pub fn grams(text: &str) -> String {
    let mut out = String::new();
    for_runs(text, |run| {
        for pair in run.windows(2) {
            push_gram(&mut out, pair);
        }
        push_gram(&mut out, run.last_chunk::<1>().map_or(&[], |last| last));
    });
    out
}

/// What a searched text has to have in the column `grams`: terms that must all be there, each
/// as the beginning of a token. Empty when nothing in it is of a script without spaces.
pub fn gram_terms(text: &str) -> Vec<String> {
    let mut terms = Vec::new();
    for_runs(text, |run| {
        let mut term = String::new();
        if let [_] = run {
            push_gram(&mut term, run);
            terms.push(term);
            return;
        }
        for pair in run.windows(2) {
            push_gram(&mut term, pair);
            terms.push(std::mem::take(&mut term));
        }
    });
    for term in &mut terms {
        term.truncate(term.trim_end().len());
    }
    terms
}

/// Whether a character belongs to a script that is written without spaces.
pub const fn is_spaceless(it: char) -> bool {
    matches!(it,
        '\u{0E00}'..='\u{0EFF}'
        | '\u{1000}'..='\u{11FF}'
        | '\u{1780}'..='\u{17FF}'
        | '\u{3005}'..='\u{3007}'
        | '\u{3040}'..='\u{30FF}'
        | '\u{3130}'..='\u{318F}'
        | '\u{31F0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{AC00}'..='\u{D7AF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{FF66}'..='\u{FF9D}'
        | '\u{20000}'..='\u{3134F}')
}

/// Roman numerals as tokens of the table `progressions`: one for each, its degree without
/// extensions and inversions. `ii7 V7 bIII` becomes `mii jv fjiii`, so that minor and major
/// stay apart in an index that folds case.
pub fn degrees(numerals: &str) -> String {
    let mut out = String::new();
    for numeral in numerals.split_whitespace() {
        let Some(token) = degree(numeral) else { continue };
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&token);
    }
    out
}

/// A text cut to at most `bytes`, between two characters.
pub fn cut(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or(text)
}

fn degree(numeral: &str) -> Option<String> {
    let mut token = String::new();
    let mut rest = numeral;
    while let Some(sign) = rest.chars().next() {
        match sign {
            '#' | '♯' => token.push('s'),
            'b' | '♭' => token.push('f'),
            _ => break,
        }
        rest = rest.get(sign.len_utf8()..).unwrap_or("");
    }
    let is_roman: fn(char) -> bool = match rest.chars().next()? {
        'I' | 'V' => |it| matches!(it, 'I' | 'V'),
        'i' | 'v' => |it| matches!(it, 'i' | 'v'),
        _ => return None,
    };
    token.push(if rest.starts_with(['I', 'V']) { 'j' } else { 'm' });
    let roman = rest.chars().take_while(|it| is_roman(*it));
    token.extend(roman.map(|it| it.to_ascii_lowercase()));
    Some(token)
}

const fn fold_char(it: char) -> char {
    match it {
        '♯' | '\u{FF03}' => '#',
        '♭' => 'b',
        '\u{FF01}'..='\u{FF5E}' => match char::from_u32(it as u32 - 0xFEE0) {
            Some(plain) => plain,
            None => it,
        },
        _ => it,
    }
}

fn for_runs(text: &str, mut run_found: impl FnMut(&[char])) {
    let mut run = Vec::new();
    for it in text.chars() {
        if is_spaceless(it) {
            run.push(it);
        } else if !run.is_empty() {
            run_found(&run);
            run.clear();
        }
    }
    if !run.is_empty() {
        run_found(&run);
    }
}

fn push_gram(out: &mut String, gram: &[char]) {
    if !out.is_empty() {
        out.push(' ');
    }
    out.extend(gram.iter().map(|it| whole(*it)));
}

/// The tokenizer takes letters, digits and private characters; vowel signs and tone marks
/// would split a pair, so the scripts that have them are moved to the private area.
const fn whole(it: char) -> char {
    let moved = match it {
        '\u{0E00}'..='\u{17FF}' => it as u32 + 0xD200,
        '\u{3099}' | '\u{309A}' => it as u32 + 0xC000,
        _ => return it,
    };
    match char::from_u32(moved) {
        Some(private) => private,
        None => it,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_and_wide_letters_are_written_plainly() {
        assert_eq!(fold("C♯m in E♭ Ｐｉａｎｏ＃２"), "C#m in Eb Piano#2");
    }

    #[test]
    fn runs_become_pairs_and_their_last_character() {
        assert_eq!(grams("夜曲ピアノ solo 音"), "夜曲 曲ピ ピア アノ ノ 音");
        assert_eq!(grams("plain"), "");
        assert_eq!(gram_terms("ピアノ"), ["ピア", "アノ"]);
        assert_eq!(gram_terms("ノ"), ["ノ"]);
        assert_eq!(gram_terms("piano"), [""; 0]);
    }

    #[test]
    fn marks_of_thai_stay_with_their_letters() {
        let pairs = grams("กิน");
        assert!(pairs.chars().all(|it| it == ' ' || ('\u{E000}'..'\u{F8FF}').contains(&it)));
        assert_eq!(gram_terms("กิ"), [pairs.split(' ').next().unwrap()]);
    }

    #[test]
    fn numerals_become_degrees_that_keep_their_case() {
        assert_eq!(degrees("ii7 V7 Imaj7 bVII #iv°7 V/V ?"), "mii jv ji fjvii smiv jv");
    }

    #[test]
    fn a_cut_falls_between_characters() {
        assert_eq!((cut("aé", 2), cut("aé", 3), cut("aé", 9)), ("a", "aé", "aé"));
    }
}
