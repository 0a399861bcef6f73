//! From a [`Query`] back to its text: what is written here is read as the same.

use super::ast::{KeyTest, Query, Sort, Term, Test};
use super::field::{Choice, DRUMS, FLAGS, Field, Kind, SORTS};
use crate::library::row::key_text;
use std::fmt::{self, Display, Formatter};

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut space = "";
        for term in &self.terms {
            write!(f, "{space}{term}")?;
            space = " ";
        }
        self.sort.map_or(Ok(()), |sort| write!(f, "{space}{sort}"))
    }
}

impl Display for Sort {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let minus = if self.descending { "-" } else { "" };
        write!(f, "sort:{minus}{}", Choice::name_of(&SORTS, self.by))
    }
}

impl Display for Term {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let minus = if self.negated { "-" } else { "" };
        write!(f, "{minus}{}", self.test)
    }
}

impl Display for Test {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(field) = self.kind().and_then(Field::of) {
            write!(f, "{}:", field.name)?;
        }
        match self {
            Self::Words(text) => f.write_str(text),
            Self::Phrase(text) => in_quotes(text, f),
            Self::Name(any) | Self::In(any) | Self::Tag(any) => {
                each(any, f, |text, f| quoted(text, f))
            }
            Self::Number(field, any) => each(any, f, |test, f| test.write(*field, f)),
            Self::Key(any) => each(any, f, |test, f| key(*test, f)),
            Self::Meter(any) => each(any, f, |meter, f| match meter {
                Some((beats, unit)) => write!(f, "{beats}/{unit}"),
                None => f.write_str("none"),
            }),
            Self::Instrument(any) => each(any, f, |it, f| quoted(&it.name, f)),
            Self::Drums(any) => each(any, f, |it, f| f.write_str(Choice::name_of(&DRUMS, *it))),
            Self::Chords(any) => each(any, f, |it, f| quoted(&it.to_string(), f)),
            Self::Melody(tune) => write!(f, "{tune}"),
            Self::Similar(path) => quoted(path, f),
            Self::Flag(_, value) => f.write_str(Choice::name_of(&FLAGS, *value)),
        }
    }
}

impl Test {
    /// The kind of field that it is written with; none for plain words.
    pub fn kind(&self) -> Option<Kind> {
        Some(match self {
            Self::Words(_) | Self::Phrase(_) => return None,
            Self::Name(_) => Kind::Name,
            Self::In(_) => Kind::In,
            Self::Tag(_) => Kind::Tag,
            Self::Number(field, _) => Kind::Number(*field),
            Self::Key(_) => Kind::Key,
            Self::Meter(_) => Kind::Meter,
            Self::Instrument(_) => Kind::Instrument,
            Self::Drums(_) => Kind::Drums,
            Self::Chords(_) => Kind::Chords,
            Self::Melody(_) => Kind::Melody,
            Self::Similar(_) => Kind::Similar,
            Self::Flag(flag, _) => Kind::Flag(*flag),
        })
    }
}

fn each<T>(
    any: &[T],
    f: &mut Formatter<'_>,
    write: impl Fn(&T, &mut Formatter<'_>) -> fmt::Result,
) -> fmt::Result {
    for (nth, one) in any.iter().enumerate() {
        if nth > 0 {
            f.write_str(",")?;
        }
        write(one, f)?;
    }
    Ok(())
}

fn key(test: KeyTest, f: &mut Formatter<'_>) -> fmt::Result {
    match test {
        KeyTest::Is(key) => f.write_str(&key_text(key)),
        KeyTest::Compatible(key) => write!(f, "~{}", key_text(key)),
        KeyTest::Mode { minor: false } => f.write_str("major"),
        KeyTest::Mode { minor: true } => f.write_str("minor"),
        KeyTest::None => f.write_str("none"),
    }
}

/// In quotes where it could not stand without.
pub(super) fn quoted(text: &str, f: &mut Formatter<'_>) -> fmt::Result {
    let bare = |c: char| !c.is_whitespace() && c != '"' && c != ',';
    if !text.is_empty() && text.chars().all(bare) { f.write_str(text) } else { in_quotes(text, f) }
}

fn in_quotes(text: &str, f: &mut Formatter<'_>) -> fmt::Result {
    write!(f, "\"{}\"", text.replace('"', "\"\""))
}
