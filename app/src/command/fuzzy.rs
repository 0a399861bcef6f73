//! Finds what somebody means by a few letters. Pure.

/// How well a text matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// Higher is better; only to be compared with others of the same query.
    pub score: i32,
    /// Which letters of the text were meant, counted from 0.
    pub places: Vec<usize>,
}

/// For a letter where a word begins.
const WORD_START: i32 = 10;
/// For a letter right after the one before.
const NEXT: i32 = 7;
/// For the very first letter.
const FIRST: i32 = 5;
/// For each letter that was jumped over, down to the last.
const GAP: (i32, i32) = (-1, -6);

/// Matches the letters of `query` in their order, ignoring case and spaces between words of
/// the query. `None` when a letter is missing. An empty query matches everything equally.
pub fn find(query: &str, text: &str) -> Option<Match> {
    let wanted: Vec<char> = query
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect();
    // One letter for one letter, so that places stay true.
    let letters: Vec<char> =
        text.chars().map(|letter| letter.to_lowercase().next().unwrap_or(letter)).collect();
    let Some(&first) = wanted.first() else {
        return Some(Match { score: 0, places: Vec::new() });
    };
    let starts = letters.iter().enumerate().filter(|(_, letter)| **letter == first);
    let best = starts
        .filter_map(|(start, _)| from(start, &wanted, &letters))
        .max_by(|one, other| one.score.cmp(&other.score).then(other.places.cmp(&one.places)))?;
    // Of two that match alike, the shorter one is meant.
    Some(Match { score: best.score * 4 - letters.len().min(60) as i32, ..best })
}

/// Matches greedily from one letter on: next to the last one if it is there, else at the next
/// beginning of a word, else wherever it comes next.
fn from(start: usize, wanted: &[char], letters: &[char]) -> Option<Match> {
    let mut places = vec![start];
    let mut score = bonus(letters, start);
    let mut last = start;
    for &letter in wanted.iter().skip(1) {
        let is_it = |place: &usize| letters.get(*place) == Some(&letter);
        let next = Some(last + 1).filter(is_it);
        let word = || (last + 1..letters.len()).find(|&at| begins_word(letters, at) && is_it(&at));
        let any = || (last + 1..letters.len()).find(is_it);
        let place = next.or_else(word).or_else(any)?;
        let gap = (place - last - 1) as i32;
        score += if gap == 0 { NEXT } else { (gap * GAP.0).max(GAP.1) };
        score += bonus(letters, place);
        places.push(place);
        last = place;
    }
    Some(Match { score, places })
}

fn bonus(letters: &[char], place: usize) -> i32 {
    let first = if place == 0 { FIRST } else { 0 };
    first + if begins_word(letters, place) { WORD_START } else { 0 }
}

fn begins_word(letters: &[char], place: usize) -> bool {
    let before = place.checked_sub(1).and_then(|before| letters.get(before));
    let is_letter = letters.get(place).is_some_and(|letter| letter.is_alphanumeric());
    is_letter && before.is_none_or(|before| !before.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The texts that match, the best first.
    fn ranked<'a>(query: &str, texts: &[&'a str]) -> Vec<&'a str> {
        let mut found: Vec<(i32, &str)> =
            texts.iter().filter_map(|text| Some((find(query, text)?.score, *text))).collect();
        found.sort_by_key(|(score, _)| -score);
        found.into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn letters_have_to_come_in_order() {
        assert!(find("qtz", "Quantize").is_some());
        assert!(find("ztq", "Quantize").is_none());
        assert!(find("quantizes", "Quantize").is_none());
    }

    #[test]
    fn first_letters_of_words_beat_letters_in_the_middle() {
        let texts = ["Remove doubles", "Reverse", "Set velocity", "Add chord"];
        assert_eq!(ranked("rd", &texts)[0], "Remove doubles");
        assert_eq!(ranked("sv", &texts), ["Set velocity"]);
    }

    #[test]
    fn a_beginning_beats_a_middle_and_a_short_text_a_long_one() {
        let texts = ["Previous note", "Select the next note", "Note cursor", "Notes"];
        assert_eq!(ranked("note", &texts)[..2], ["Notes", "Note cursor"]);
        assert_eq!(ranked("quantize", &["Quantize…", "Quantize"]), ["Quantize", "Quantize…"]);
    }

    #[test]
    fn places_are_the_letters_that_were_meant() {
        assert_eq!(find("rd", "Remove doubles").unwrap().places, [0, 7]);
        assert_eq!(find("u o", "Up an octave").unwrap().places, [0, 6]);
    }

    #[test]
    fn an_empty_query_matches_everything_alike() {
        assert_eq!(find(" ", "anything"), find("", "else"));
    }
}
