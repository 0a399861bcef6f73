//! What may stand at the cursor: fields, and what they take.

use super::ast::Span;
use super::field::{Choice, DRUMS, FIELDS, FLAGS, Field, Kind, SORTS};
use super::lex::{ItemKind, Piece, items};
use super::write::quoted;
use crate::library::row::key_text;
use crate::smf::gm;
use crate::theory::Key;
use std::fmt;

/// At most so many candidates are offered.
pub const MOST_CANDIDATES: usize = 24;

/// What may stand at the cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// What a candidate replaces.
    pub span: Span,
    /// The likeliest first.
    pub candidates: Vec<Candidate>,
}

/// Something that may stand at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What is put in.
    pub text: String,
    /// What it is, for people; empty where the text says it.
    pub help: String,
    /// How many files it finds by itself, where that is known.
    pub files: Option<u64>,
    /// Whether something has to follow: a field without a value.
    pub goes_on: bool,
}

/// Values that the library has, with how many files each.
pub trait Values {
    /// Values of the field that may be offered, the most frequent first, as they are written
    /// in a query but without quotes. `typed` is what is there already: values that do not
    /// begin so, in any case, need not be told.
    fn values(&self, kind: Kind, typed: &str) -> Vec<(String, u64)>;
}

/// Knows of no values.
#[derive(Clone, Copy, Debug)]
pub struct NoValues;

impl Values for NoValues {
    fn values(&self, _: Kind, _: &str) -> Vec<(String, u64)> {
        Vec::new()
    }
}

/// What may stand at `cursor`, a byte of `text`: behind a field's colon its values, with those
/// of the library in `known`, elsewhere the fields and tags that begin so.
pub fn complete(text: &str, cursor: usize, known: &dyn Values) -> Completion {
    let cursor = text.floor_char_boundary(cursor);
    let items = items(text, &|name| Field::named(name).is_some());
    let here = |span: Span| span.start <= cursor && cursor <= span.end;
    let Some(item) = items.into_iter().rev().find(|item| here(item.span)) else {
        return Completion { span: Span::new(cursor, cursor), candidates: fields("") };
    };
    match item.kind {
        ItemKind::Phrase(_) => Completion::default(),
        ItemKind::Word(word) => {
            let span = Span::new(item.span.end - word.len(), item.span.end);
            let typed = Span::new(span.start, cursor.max(span.start)).of(text);
            let mut candidates = fields(typed);
            if !typed.is_empty() {
                candidates.extend(tags(typed, known));
            }
            candidates.truncate(MOST_CANDIDATES);
            Completion { span, candidates }
        }
        ItemKind::Field { name, name_span, values } => {
            let piece = values.into_iter().find(|piece| here(piece.span));
            if let (Some(piece), Some(field)) = (piece, Field::named(name)) {
                return of_value(text, cursor, &piece, field, known);
            }
            // On the name of a field: another may take its place, with its colon.
            let colon = text.get(name_span.end..).is_some_and(|it| it.starts_with(':'));
            let span = Span::new(name_span.start, name_span.end + usize::from(colon));
            let typed = Span::new(span.start, cursor.min(name_span.end)).of(text);
            Completion { span, candidates: fields(typed) }
        }
    }
}

/// Fields whose name, or another that they answer to, begins so.
fn fields(typed: &str) -> Vec<Candidate> {
    let begins = |field: &&Field| {
        let mut names = [field.name].into_iter().chain(field.aliases.iter().copied());
        names.any(|name| starts(name, typed))
    };
    let candidate = |field: &Field| Candidate {
        text: format!("{}:", field.name),
        help: field.help.to_owned(),
        files: None,
        goes_on: true,
    };
    FIELDS.iter().filter(begins).map(candidate).collect()
}

fn tags(typed: &str, known: &dyn Values) -> Vec<Candidate> {
    let tags = known.values(Kind::Tag, typed).into_iter().filter(|(tag, _)| starts(tag, typed));
    let candidate = |(tag, files): (String, u64)| Candidate {
        text: format!("tag:{}", Quoted(&tag)),
        help: String::new(),
        files: Some(files),
        goes_on: false,
    };
    tags.take(MOST_CANDIDATES / 2).map(candidate).collect()
}

fn of_value(
    text: &str,
    cursor: usize,
    piece: &Piece,
    field: &Field,
    known: &dyn Values,
) -> Completion {
    let typed = Span::new(piece.span.start, cursor).of(text);
    let typed: String = typed.chars().filter(|c| *c != '"').collect();
    // What stands before a name: about, or the other way round.
    let sign = match field.kind {
        Kind::Key => "~",
        Kind::Sort => "-",
        _ => "",
    };
    let sign = if typed.starts_with(sign) { sign } else { "" };
    let begin = typed.strip_prefix(sign).unwrap_or(&typed);
    let counted = known.values(field.kind, begin);
    let files = |name: &str| {
        let same =
            |(value, files): &(String, u64)| value.eq_ignore_ascii_case(name).then_some(*files);
        counted.iter().find_map(same).filter(|_| sign != "~")
    };
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut offer = |name: &str, help: &str| {
        let value = format!("{sign}{name}");
        let text = Quoted(&value).to_string();
        if starts(name, begin) && !candidates.iter().any(|it| it.text == text) {
            let files = files(name);
            candidates.push(Candidate { text, help: help.to_owned(), files, goes_on: false });
        }
    };
    for (value, _) in &counted {
        offer(value, "");
    }
    offer_fixed(field, &mut offer);
    if candidates.is_empty() && begin.is_empty() {
        for example in field.examples {
            let text = (*example).to_owned();
            let help = "for example".to_owned();
            candidates.push(Candidate { text, help, files: None, goes_on: false });
        }
    }
    candidates.truncate(MOST_CANDIDATES);
    Completion { span: piece.span, candidates }
}

/// The values that a field always takes.
fn offer_fixed(field: &Field, offer: &mut dyn FnMut(&str, &str)) {
    match field.kind {
        Kind::Drums => choices(&DRUMS, offer),
        Kind::Flag(_) => choices(&FLAGS, offer),
        Kind::Sort => choices(&SORTS, offer),
        Kind::Key => {
            for key in Key::all() {
                offer(&key_text(key), "");
            }
            for (name, help) in
                [("major", "any major key"), ("minor", "any minor key"), ("none", "without a key")]
            {
                offer(name, help);
            }
        }
        Kind::Instrument => {
            for family in gm::FAMILIES {
                offer(&family.to_lowercase(), "family");
            }
            offer("drums", "the drum channel");
            for (number, program) in gm::PROGRAMS.iter().enumerate() {
                offer(&program.to_lowercase(), &format!("program {}", number + 1));
            }
        }
        Kind::Number(number) if number.is_optional() => offer("none", "where it is not known"),
        _ => {}
    }
}

fn choices<T>(choices: &[Choice<T>], offer: &mut dyn FnMut(&str, &str)) {
    for choice in choices {
        offer(choice.name, choice.help);
    }
}

fn starts(name: &str, typed: &str) -> bool {
    let mut name = name.chars().flat_map(char::to_lowercase);
    typed.chars().flat_map(char::to_lowercase).all(|typed| name.next() == Some(typed))
}

/// A value as it is written in a query.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        quoted(self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    struct Known;

    impl Values for Known {
        fn values(&self, kind: Kind, _: &str) -> Vec<(String, u64)> {
            let values: &[(&str, u64)] = match kind {
                Kind::Tag => &[("jazz", 9), ("deep house", 4), ("drum and bass", 2)],
                Kind::Key => &[("Am", 7), ("C", 5)],
                _ => &[],
            };
            values.iter().map(|(value, files)| ((*value).to_owned(), *files)).collect()
        }
    }

    /// The texts of the candidates at `|`, and what they replace.
    fn at(text: &str) -> (Vec<String>, String) {
        let cursor = text.find('|').unwrap();
        let text = text.replace('|', "");
        let Completion { span, candidates } = complete(&text, cursor, &Known);
        let texts = candidates.into_iter().map(|it| it.text).collect();
        (texts, span.of(&text).to_owned())
    }

    #[test]
    fn a_word_may_become_a_field_or_a_tag() {
        assert_eq!(
            at("bass d|r"),
            (
                vec![
                    "drums:".into(),
                    "dur:".into(),
                    "dup:".into(),
                    "tag:\"deep house\"".into(),
                    "tag:\"drum and bass\"".into()
                ],
                "dr".to_owned(),
            )
        );
        assert_eq!(at("|").0.len(), FIELDS.len());
        assert_eq!(at("a | b").0.len(), FIELDS.len());
        assert_eq!(at("-te|").0, ["bpm:"]);
        assert_eq!(at("ke|y:Am"), (vec!["key:".into()], "key:".to_owned()));
        assert_eq!(at("\"ke|").0, [""; 0]);
    }

    #[test]
    fn a_value_is_offered_by_frequency_and_replaces_only_itself() {
        assert_eq!(
            at("tag:jazz,d|"),
            (vec!["\"deep house\"".into(), "\"drum and bass\"".into()], "d".to_owned(),)
        );
        assert_eq!(
            at("tag:\"deep h|\" x"),
            (vec!["\"deep house\"".into()], "\"deep h\"".to_owned(),)
        );
        assert_eq!(at("key:|").0[..3], ["Am", "C", "Db"]);
        assert_eq!(at("key:~f|").0, ["~F", "~F#", "~Fm", "~F#m"]);
        assert_eq!(at("sort:-d|").0, ["-duration", "-date"]);
        assert_eq!(at("drums:h|").0, ["half-time"]);
        assert_eq!(at("inst:slap|").0, ["\"slap bass 1\"", "\"slap bass 2\""]);
        assert_eq!(at("bpm:n|").0, ["none"]);
        assert_eq!(at("meter:|").0, ["3/4", "6/8", "none"]);
        assert_eq!(at("bpm>|").0, [""; 0]);
    }

    #[test]
    fn counts_stand_beside_what_is_counted() {
        let of = |text: &str| complete(text, text.len(), &Known).candidates[0].files;
        assert_eq!(
            (of("key:am"), of("key:~am"), of("tag:j"), of("key:e")),
            (Some(7), None, Some(9), None)
        );
    }

    proptest! {
        #[test]
        fn any_candidate_anywhere_fits_in(text in "[a-z:\"~, -äノ]{0,20}", cursor in 0usize..24) {
            let Completion { span, candidates } = complete(&text, cursor, &Known);
            prop_assert!(text.get(span.start..span.end).is_some());
            prop_assert!(candidates.len() <= MOST_CANDIDATES);
        }
    }
}
