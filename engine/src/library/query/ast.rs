//! What a query means: terms that must all hold, each with the place it was read from.

use super::instrument::Instrument;
use super::number::NumberTest;
use super::progression::Progression;
use super::tune::Tune;
use crate::theory::Key;

/// Bytes of a text: from the first to the one after the last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Span {
    /// The bytes from `start` to before `end`.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// What of `text` lies here; nothing where it does not reach.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or("")
    }
}

/// Something in a query that was not understood; the rest still searches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryProblem {
    /// Where.
    pub span: Span,
    /// What, for people.
    pub message: String,
}

/// A query. Without terms it finds everything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// All of them must hold.
    pub terms: Vec<Term>,
    /// The order that was asked for.
    pub sort: Option<Sort>,
}

/// One condition. Two are equal when they mean the same, wherever they stand.
#[derive(Clone, Debug)]
pub struct Term {
    /// Whether it must not hold.
    pub negated: bool,
    /// What must hold.
    pub test: Test,
    /// Where it was read, with its minus.
    pub span: Span,
}

impl PartialEq for Term {
    fn eq(&self, other: &Self) -> bool {
        let Self { negated, test, span: _ } = self;
        *negated == other.negated && *test == other.test
    }
}

/// What a term asks of a file. Alternatives stand side by side: one of them must hold.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// Words in this order, the last of which may go on: `wond` finds *wonder*.
    Words(String),
    /// Whole words in this order.
    Phrase(String),
    /// The file's name holds one of these, letter by letter, in any case.
    Name(Vec<String>),
    /// A folder on its path begins with one of these.
    In(Vec<String>),
    /// It has one of these tags.
    Tag(Vec<String>),
    /// A number lies in one of these.
    Number(NumberField, Vec<NumberTest>),
    /// It is in one of these keys.
    Key(Vec<KeyTest>),
    /// Its first time signature is one of these; `None` is none.
    Meter(Vec<Option<(u8, u16)>>),
    /// One of these plays.
    Instrument(Vec<Instrument>),
    /// Its drums are one of these.
    Drums(Vec<DrumTest>),
    /// Its chords go through one of these.
    Chords(Vec<Progression>),
    /// Its melody goes through this, in any key and at any tempo.
    Melody(Tune),
    /// It sounds like the file at this path.
    Similar(String),
    /// It is so, or is not.
    Flag(Flag, bool),
}

/// A number that is known of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NumberField {
    /// Beats a minute.
    Bpm,
    /// Seconds.
    Duration,
    /// Bars up to the end of the last note.
    Bars,
    /// Note-ons.
    Notes,
    /// Tracks.
    Tracks,
    /// The user's stars, 1 to 5.
    Rating,
}

/// Which key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyTest {
    /// This one.
    Is(Key),
    /// This one, its relative, or one a fifth away: neighbours on the Camelot wheel.
    Compatible(Key),
    /// Any minor key, or any major one.
    Mode {
        /// Minor.
        minor: bool,
    },
    /// None.
    None,
}

impl KeyTest {
    /// The keys that pass; none for [`KeyTest::None`].
    pub fn keys(self) -> Vec<Key> {
        match self {
            Self::Is(key) => vec![key],
            Self::Compatible(key) => compatible(key).to_vec(),
            Self::Mode { minor } => Key::all().filter(|key| key.minor == minor).collect(),
            Self::None => Vec::new(),
        }
    }
}

/// The keys that mix with `key`: itself, a fifth up, a fifth down, and its relative.
pub fn compatible(key: Key) -> [Key; 4] {
    let to_relative = if key.minor { 3 } else { -3 };
    let relative = Key { minor: !key.minor, ..key.transposed(to_relative) };
    [key, key.transposed(7), key.transposed(-7), relative]
}

/// What drums.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DrumTest {
    /// Any.
    Yes,
    /// None.
    No,
    /// A pattern that repeats.
    Groove,
    /// A bar or two that do not.
    Fill,
    /// A single stroke.
    OneShot,
    /// An even groove.
    Straight,
    /// A swung groove.
    Swung,
    /// A groove in half time.
    HalfTime,
}

/// What a file may or may not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flag {
    /// Something had to be mended to read it.
    Salvaged,
    /// There is another file with the same bytes.
    Duplicate,
    /// There is another version of the same piece.
    Version,
}

/// An order of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sort {
    /// By what.
    pub by: SortBy,
    /// From the last to the first.
    pub descending: bool,
}

/// What results are sorted by; files that lack it come last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SortBy {
    /// What fits best, with `similar:` what sounds nearest, with `melody:` what consists most
    /// of it, comes first.
    Relevance,
    /// The file's name.
    Name,
    /// Beats a minute.
    Bpm,
    /// The key: major from C up, then minor.
    Key,
    /// Seconds.
    Duration,
    /// When the file was changed.
    Date,
    /// The user's stars.
    Rating,
}

impl Query {
    /// Whether it asks for words, by which results can be ranked.
    pub fn has_words(&self) -> bool {
        let words = |term: &&Term| matches!(term.test, Test::Words(_) | Test::Phrase(_));
        self.terms.iter().filter(words).any(|term| !term.negated)
    }

    /// The file that results are to sound like.
    pub fn similar(&self) -> Option<&str> {
        self.terms.iter().find_map(|term| match &term.test {
            Test::Similar(path) if !term.negated => Some(path.as_str()),
            _ => None,
        })
    }

    /// Whether it asks for melodies, by which results can be ranked.
    pub fn has_melody(&self) -> bool {
        self.melodies().next().is_some()
    }

    /// The melodies that it asks for.
    pub fn melodies(&self) -> impl Iterator<Item = &Tune> {
        self.terms.iter().filter_map(|term| match &term.test {
            Test::Melody(tune) if !term.negated => Some(tune),
            _ => None,
        })
    }

    /// The order of the results: what was asked for; else by relevance where there is
    /// something to rank by, and by name where there is not.
    pub fn order(&self) -> Sort {
        let ranked = self.has_words() || self.similar().is_some() || self.has_melody();
        let by_default = if ranked { SortBy::Relevance } else { SortBy::Name };
        match self.sort {
            Some(sort) if sort.by != SortBy::Relevance || ranked => sort,
            _ => Sort { by: by_default, descending: false },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compatible_keys_are_the_neighbours_on_the_wheel() {
        let f_sharp_minor = Key::of_signature(3, true);
        let names = compatible(f_sharp_minor).map(crate::library::row::key_text);
        assert_eq!(names, ["F#m", "C#m", "Bm", "A"]);
        let c = Key::of_signature(0, false);
        assert_eq!(compatible(c).map(crate::library::row::key_text), ["C", "G", "F", "Am"]);
    }

    #[test]
    fn relevance_needs_something_to_rank_by() {
        let by_name = Sort { by: SortBy::Name, descending: false };
        let relevance = Sort { by: SortBy::Relevance, descending: false };
        let mut query = Query { terms: Vec::new(), sort: Some(relevance) };
        assert_eq!(query.order(), by_name);
        let test = Test::Words("bass".to_owned());
        query.terms.push(Term { negated: false, test, span: Span::default() });
        assert_eq!(query.order(), relevance);
        query.sort = Some(by_name);
        assert_eq!(query.order(), by_name);
    }
}
