//! Templates for names: `<{artist} - >{title|name} {bpm} {key}`.
//!
//! `{field}` is a placeholder, `{field|other}` falls back to another field or to a word,
//! `{n:3}` writes a number with three digits at least. What stands in `<…>` is left out when
//! one of its placeholders has nothing to say. `{{` and `}}` are braces; `/` makes folders,
//! where files are copied. An extension at the end stands for the file's own.

use super::fields::{Field, Fields};
use super::names::clean;
use std::fmt;
use std::str::FromStr;

/// A template that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    text: String,
    pieces: Vec<Piece>,
    has_folders: bool,
}

/// Why a template is not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// There is nothing in it.
    #[error("the template is empty")]
    Empty,
    /// A placeholder that there is not.
    #[error("at letter {at}: there is no placeholder {{{name}}}; there are {known}", known = Field::known())]
    Unknown {
        /// The letter it stands at, counted from 1.
        at: usize,
        /// What it says.
        name: String,
    },
    /// A width that is no number from 1 to 9.
    #[error("at letter {at}: {width:?} is no width from 1 to 9")]
    Width {
        /// The letter its placeholder stands at, counted from 1.
        at: usize,
        /// What it says.
        width: String,
    },
    /// A brace or an angle that has no partner.
    #[error("at letter {at}: this {letter:?} has no partner")]
    Unpaired {
        /// The letter it stands at, counted from 1.
        at: usize,
        /// Which.
        letter: char,
    },
    /// Optional parts in optional parts.
    #[error("at letter {at}: what stands in < > cannot hold another <")]
    Nested {
        /// The letter it stands at, counted from 1.
        at: usize,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Placeholder(Placeholder),
    Optional(Vec<Self>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Placeholder {
    field: Field,
    width: usize,
    fallback: Option<Fallback>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Fallback {
    Field(Field),
    Word(String),
}

impl Template {
    /// Whether it makes folders.
    pub const fn has_folders(&self) -> bool {
        self.has_folders
    }

    /// The parts of a path, from the outermost folder to the stem; each clean, the stem never
    /// empty.
    pub(super) fn fill(&self, fields: &Fields) -> Vec<String> {
        let (text, _) = fill(&self.pieces, fields);
        let mut parts: Vec<&str> = text.split('/').collect();
        let stem = parts.pop().unwrap_or_default();
        let tidied = parts.into_iter().map(tidy).filter(|part| !part.is_empty());
        let mut path: Vec<String> = tidied.map(|part| clean(&part)).collect();
        path.push(clean(&tidy(stem)));
        path
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Template {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Self, TemplateError> {
        let extensions = [".mid", ".midi", ".kar", ".rmi"];
        let lower = text.to_ascii_lowercase();
        let own = extensions.iter().find(|own| lower.ends_with(**own)).map_or(0, |own| own.len());
        let body = text.get(..text.len() - own).unwrap_or(text);
        let mut parser = Parser { letters: body.chars().collect(), at: 0 };
        let pieces = parser.pieces(false)?;
        if body.trim().is_empty() {
            return Err(TemplateError::Empty);
        }
        Ok(Self { text: text.into(), pieces, has_folders: body.contains('/') })
    }
}

/// The text, and whether a placeholder had nothing to say.
fn fill(pieces: &[Piece], fields: &Fields) -> (String, bool) {
    let (mut text, mut lacks) = (String::new(), false);
    for piece in pieces {
        match piece {
            Piece::Text(plain) => text.push_str(plain),
            Piece::Placeholder(placeholder) => {
                let value = placeholder.value(fields);
                lacks |= value.is_empty();
                // A slash in a title makes no folder.
                text.push_str(&value.replace(['/', '\\'], "-"));
            }
            Piece::Optional(pieces) => {
                let (inside, lacks) = fill(pieces, fields);
                if !lacks {
                    text.push_str(&inside);
                }
            }
        }
    }
    (text, lacks)
}

impl Placeholder {
    fn value(&self, fields: &Fields) -> String {
        let own = fields.text(self.field, self.width);
        match &self.fallback {
            Some(Fallback::Field(other)) if own.is_empty() => fields.text(*other, self.width),
            Some(Fallback::Word(word)) if own.is_empty() => word.clone(),
            _ => own,
        }
    }
}

/// What empty placeholders leave behind goes: empty brackets, doubled spaces, separators that
/// separate nothing.
fn tidy(text: &str) -> String {
    let mut tidy = text.to_owned();
    for empty in ["()", "[]", "{}", "( )", "[ ]"] {
        tidy = tidy.replace(empty, "");
    }
    let words: Vec<&str> = tidy.split_whitespace().collect();
    let is_separator = |word: &str| matches!(word, "-" | "_" | "–" | "," | "+" | "&");
    let mut kept: Vec<&str> = Vec::with_capacity(words.len());
    for word in words {
        let follows = kept.last().is_some_and(|last| !is_separator(last));
        if !is_separator(word) || follows {
            kept.push(word);
        }
    }
    while kept.last().is_some_and(|last| is_separator(last)) {
        kept.pop();
    }
    kept.join(" ").trim_matches(['_', ' ']).to_owned()
}

struct Parser {
    letters: Vec<char>,
    at: usize,
}

impl Parser {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.letters.get(self.at + ahead).copied()
    }

    /// Up to the end, or up to the closing angle of an optional part.
    fn pieces(&mut self, optional: bool) -> Result<Vec<Piece>, TemplateError> {
        let opened = self.at;
        let mut pieces = Vec::new();
        let mut text = String::new();
        let flush = |text: &mut String, pieces: &mut Vec<Piece>| {
            if !text.is_empty() {
                pieces.push(Piece::Text(std::mem::take(text)));
            }
        };
        while let Some(letter) = self.peek(0) {
            let at = self.at + 1;
            match letter {
                '{' | '}' if self.peek(1) == Some(letter) => {
                    text.push(letter);
                    self.at += 2;
                }
                '{' => {
                    flush(&mut text, &mut pieces);
                    pieces.push(Piece::Placeholder(self.placeholder()?));
                }
                '<' if optional => return Err(TemplateError::Nested { at }),
                '<' => {
                    flush(&mut text, &mut pieces);
                    self.at += 1;
                    pieces.push(Piece::Optional(self.pieces(true)?));
                }
                '>' if optional => {
                    self.at += 1;
                    flush(&mut text, &mut pieces);
                    return Ok(pieces);
                }
                '}' | '>' => return Err(TemplateError::Unpaired { at, letter }),
                letter => {
                    text.push(letter);
                    self.at += 1;
                }
            }
        }
        if optional {
            return Err(TemplateError::Unpaired { at: opened, letter: '<' });
        }
        flush(&mut text, &mut pieces);
        Ok(pieces)
    }

    fn placeholder(&mut self) -> Result<Placeholder, TemplateError> {
        let at = self.at + 1;
        let rest = self.letters.get(at..).unwrap_or_default();
        let end = rest.iter().position(|&letter| letter == '}');
        let end = end.ok_or(TemplateError::Unpaired { at, letter: '{' })?;
        let inside: String = rest.get(..end).unwrap_or_default().iter().collect();
        self.at += end + 2;
        let (head, fallback) = match inside.split_once('|') {
            Some((head, fallback)) => (head, Some(fallback)),
            None => (inside.as_str(), None),
        };
        let (name, width) = head.split_once(':').unwrap_or((head, "1"));
        let Ok(width @ 1..=9) = width.parse() else {
            return Err(TemplateError::Width { at, width: width.into() });
        };
        let unknown = || TemplateError::Unknown { at, name: name.trim().into() };
        Ok(Placeholder {
            field: Field::named(name.trim()).ok_or_else(unknown)?,
            width,
            fallback: fallback.map(|word| match Field::named(word.trim()) {
                Some(field) => Fallback::Field(field),
                None => Fallback::Word(word.into()),
            }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn filled(template: &str, fields: &[(&str, &str)]) -> String {
        let template: Template = template.parse().unwrap();
        let fields = fields.iter().map(|(name, value)| (Field::named(name).unwrap(), *value));
        template.fill(&Fields::made(fields)).join("/")
    }

    #[test]
    fn placeholders_are_filled_and_the_extension_is_the_files_own() {
        let song = [("artist", "Ana"), ("title", "Rain"), ("bpm", "120"), ("key", "F#m")];
        assert_eq!(filled("{artist} - {title} {bpm} {key}.mid", &song), "Ana - Rain 120 F#m");
        assert_eq!(filled("{{{title}}}", &song), "{Rain}");
        assert_eq!(filled("{n:3} {title}", &[("n", "7"), ("title", "x")]), "007 x");
        assert_eq!(filled("{artist}/{title}", &song), "Ana/Rain");
        assert_eq!(filled("{title}", &[("title", "AC/DC")]), "AC-DC");
    }

    #[test]
    fn empty_placeholders_leave_no_trace() {
        let only = [("title", "Rain")];
        assert_eq!(filled("{artist} - {title} ({bpm}) [{key}]", &only), "Rain");
        assert_eq!(filled("{artist} - {bpm} - {title}", &only), "Rain");
        assert_eq!(filled("<{artist} - >{title}< in {key}>", &only), "Rain");
        assert_eq!(filled("{artist|Unknown} - {title}", &only), "Unknown - Rain");
        assert_eq!(filled("{section|title}", &only), "Rain");
        assert_eq!(filled("{artist}", &only), "untitled");
        assert_eq!(filled("{artist}/{title}", &only), "Rain");
        assert_eq!(filled("{title}_{key}", &only), "Rain");
    }

    #[test]
    fn what_is_not_understood_is_named_with_its_place() {
        let error = |text: &str| text.parse::<Template>().unwrap_err();
        assert_eq!(error(".mid"), TemplateError::Empty);
        assert_eq!(error("a {nmae}"), TemplateError::Unknown { at: 3, name: "nmae".into() });
        assert!(error("{nmae}").to_string().contains("{title}"));
        assert_eq!(error("ab{title"), TemplateError::Unpaired { at: 3, letter: '{' });
        assert_eq!(error("ab}"), TemplateError::Unpaired { at: 3, letter: '}' });
        assert_eq!(error("<{title}"), TemplateError::Unpaired { at: 1, letter: '<' });
        assert_eq!(error("<a<b>>"), TemplateError::Nested { at: 3 });
        assert_eq!(error("{n:x}"), TemplateError::Width { at: 1, width: "x".into() });
    }

    proptest! {
        #[test]
        fn whatever_is_filled_in_is_one_legal_path(
            template in "[a-z{}<>|:/ ]{0,30}",
            title in "\\PC{0,40}",
        ) {
            if let Ok(template) = template.parse::<Template>() {
                let fields = Fields::made([(Field::named("title").unwrap(), title.as_str())]);
                for part in template.fill(&fields) {
                    prop_assert!(!part.is_empty() && !part.contains('/') && part != "..");
                }
            }
        }
    }
}
