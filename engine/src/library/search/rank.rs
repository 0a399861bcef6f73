//! How well a file's name fits the words that were asked for. Pure.

use crate::library::store::words;

/// Words and signs of a text as the word index has them: small letters between what is
/// neither letter nor digit nor a sharp sign.
pub(super) fn tokens(text: &str) -> Vec<String> {
    let folded = words::fold(text).to_lowercase();
    let parts = folded.split(|c: char| !c.is_alphanumeric() && c != '#');
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// A text that was asked for.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    tokens: Vec<String>,
    goes_on: bool,
    /// A text in a script without spaces may stand inside of a word.
    inside: Option<String>,
}

impl Asked {
    pub(super) fn all(texts: &[(String, bool)]) -> Vec<Self> {
        let asked = |(text, goes_on): &(String, bool)| Self {
            tokens: tokens(text),
            goes_on: *goes_on,
            inside: text.chars().any(words::is_spaceless).then(|| text.to_lowercase()),
        };
        texts.iter().map(asked).collect()
    }

    /// Where in a name it stands, and whether its last word is whole there.
    pub(super) fn place_in(&self, name: &[String]) -> Option<(usize, bool)> {
        if let Some(inside) = &self.inside {
            let place = name.iter().position(|token| token.contains(inside.as_str()));
            return place.map(|place| (place, name.get(place) == Some(inside)));
        }
        let (last, before) = self.tokens.split_last()?;
        let mut found = None;
        for (place, run) in name.windows(self.tokens.len()).enumerate() {
            let Some((end, start)) = run.split_last() else { continue };
            let whole = end == last;
            let fits = start == before && (whole || self.goes_on && end.starts_with(last.as_str()));
            if fits && (whole || found.is_none()) {
                found = Some((place, whole));
                if whole {
                    break;
                }
            }
        }
        found
    }
}

/// How well a name fits, from 0; what is asked for and not in the name stands elsewhere in the
/// file. Whole words count 5, beginnings 3, a place at the start 1 more, and of two equals the
/// shorter name is ahead.
pub(super) fn score(name: &str, asked: &[Asked]) -> f64 {
    let name = tokens(name);
    let points: f64 = asked
        .iter()
        .map(|asked| match asked.place_in(&name) {
            None => 0.0,
            Some((place, whole)) => {
                let at_start = if place == 0 { 1.0 } else { 0.0 };
                at_start + if whole { 5.0 } else { 3.0 }
            }
        })
        .sum();
    points + 1.0 / (1.0 + name.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_that_says_just_that_comes_first() {
        let asked = Asked::all(&[("bass".to_owned(), true)]);
        let mut names = [
            "Bassoon Trio",
            "Bass",
            "Nothing of it",
            "Wonder Bass",
            "Contrabass",
            "The Bassline",
            "Bass 01",
        ];
        names.sort_by(|a, b| score(b, &asked).total_cmp(&score(a, &asked)));
        assert_eq!(
            names,
            [
                "Bass",
                "Bass 01",
                "Wonder Bass",
                "Bassoon Trio",
                "The Bassline",
                "Contrabass",
                "Nothing of it",
            ]
        );
    }

    #[test]
    fn words_between_signs_follow_each_other() {
        let [asked] = &Asked::all(&[("AC/DC".to_owned(), true)])[..] else { panic!() };
        assert!(asked.place_in(&tokens("AC-DC - Thunder")).is_some());
        assert!(asked.place_in(&tokens("DC AC")).is_none());
        let [asked] = &Asked::all(&[("ピアノ".to_owned(), true)])[..] else { panic!() };
        assert!(asked.place_in(&tokens("夜曲ピアノ")).is_some());
    }
}
