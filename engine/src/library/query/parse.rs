//! From text to a [`Query`]. Never fails: what is not understood is left out or looked for as
//! words, and a problem points at it.

use super::ast::{Query, QueryProblem, Sort, Span, Term, Test};
use super::field::{Choice, DRUMS, FIELDS, FLAGS, Field, Kind, SORTS};
use super::instrument::Instrument;
use super::lex::{Item, ItemKind, Piece, items};
use super::number::NumberTest;
use super::progression::Progression;
use super::tune::{Tune, TuneReader, Wrong};
use super::{names, words};

/// What lies beyond is not read.
pub const MOST_CHARS: usize = 1024;
/// Terms beyond are left out.
pub const MOST_TERMS: usize = 32;
/// Alternatives of one field beyond are left out.
pub const MOST_ALTERNATIVES: usize = 32;

/// Reads a query. What could not be understood is told beside it, in the order of the text.
pub fn parse(text: &str) -> (Query, Vec<QueryProblem>) {
    let mut parser = Parser::default();
    let end = text.char_indices().nth(MOST_CHARS).map_or(text.len(), |(at, _)| at);
    let (read, beyond) = text.split_at(end);
    let items = items(read, &|name| Field::named(name).is_some());
    let silent = !words::has_word(read);
    if silent && !read.trim().is_empty() {
        parser.problem(Span::new(0, end), "no letter or digit: everything is listed");
    }
    for item in items.into_iter().filter(|_| !silent) {
        parser.item(item);
    }
    if !beyond.is_empty() {
        let message = format!("a query ends after {MOST_CHARS} characters");
        parser.problem(Span::new(end, text.len()), message);
    }
    (parser.query, parser.problems)
}

#[derive(Default)]
struct Parser {
    query: Query,
    problems: Vec<QueryProblem>,
}

impl Parser {
    fn problem(&mut self, span: Span, message: impl Into<String>) {
        self.problems.push(QueryProblem { span, message: message.into() });
    }

    fn item(&mut self, item: Item<'_>) {
        let Item { negated, span, kind } = item;
        let test = match kind {
            ItemKind::Word(word) => self.word(word, span),
            ItemKind::Phrase(piece) => self.phrase(&piece),
            ItemKind::Field { name, name_span, values } => {
                let Some(field) = Field::named(name) else { return };
                let name_span = Span::new(name_span.start, name_span.end + 1);
                if field.kind == Kind::Sort {
                    return self.sort(negated, &values, span);
                }
                self.open_quotes(&values);
                self.field(field, &values, name_span)
            }
        };
        if let Some(test) = test {
            self.push(negated, test, span);
        }
    }

    fn push(&mut self, negated: bool, test: Test, span: Span) {
        let similar = |term: &Term| matches!(term.test, Test::Similar(_));
        if self.query.terms.len() == MOST_TERMS {
            self.problem(span, format!("a query has at most {MOST_TERMS} terms"));
        } else if matches!(test, Test::Similar(_)) && self.query.terms.iter().any(similar) {
            self.problem(span, "only one file can be sounded like");
        } else if matches!(test, Test::Similar(_)) && negated {
            self.problem(span, "there is no opposite of a file");
        } else {
            self.query.terms.push(Term { negated, test, span });
        }
    }

    fn word(&mut self, word: &str, span: Span) -> Option<Test> {
        if words::has_word(word) {
            self.unknown(word, span);
            return Some(Test::Words(word.to_owned()));
        }
        self.problem(span, format!("“{word}” has no letter or digit"));
        None
    }

    fn phrase(&mut self, piece: &Piece) -> Option<Test> {
        self.open_quotes(std::slice::from_ref(piece));
        if words::has_word(&piece.text) {
            return Some(Test::Phrase(piece.text.clone()));
        }
        self.problem(piece.span, "there is no letter or digit between the quotes");
        None
    }

    fn open_quotes(&mut self, pieces: &[Piece]) {
        for piece in pieces.iter().filter(|piece| piece.open) {
            self.problem(piece.span, "the quote is not closed: it goes on to the end");
        }
    }

    /// Tells where a word looks like a field that does not exist.
    fn unknown(&mut self, word: &str, span: Span) {
        let word = word.trim_start_matches('-');
        let Some((name, _)) = word.split_once(':') else { return };
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return;
        }
        let alike = |field: &&Field| {
            let names = [field.name].into_iter().chain(field.aliases.iter().copied());
            names.map(|other| same_start(other, name)).max().unwrap_or(0)
        };
        let hint = FIELDS.iter().max_by_key(alike).filter(|field| alike(field) >= 2);
        let hint = hint.map_or_else(String::new, |field| format!("; {}: is one", field.name));
        let start = span.end - word.len();
        let message = format!("there is no field {name}:, it is looked for as words{hint}");
        self.problem(Span::new(start, start + name.len()), message);
    }

    fn sort(&mut self, negated: bool, values: &[Piece], span: Span) {
        let Some(first) = values.first() else { return };
        let (descending, name) =
            first.text.strip_prefix('-').map_or((false, first.text.as_str()), |name| (true, name));
        let Some(by) = Choice::named(&SORTS, name) else {
            let message = format!("sorts by {}", listed(&SORTS));
            return self.problem(if name.is_empty() { span } else { first.span }, message);
        };
        if let Some(second) = values.get(1) {
            self.problem(second.span, "sorts by one thing");
        }
        if self.query.sort.is_some() {
            self.problem(span, "sorts by the last that is asked for");
        }
        self.query.sort = Some(Sort { by: by.value, descending: descending != negated });
    }

    fn field(&mut self, field: &'static Field, values: &[Piece], name: Span) -> Option<Test> {
        let [only] = values else { return self.read(field, values) };
        if only.text.trim().is_empty() {
            let message = format!("wants something behind it, such as {}", field.example());
            self.problem(Span::new(name.start, only.span.end), message);
            return None;
        }
        self.read(field, values)
    }

    fn read(&mut self, field: &'static Field, values: &[Piece]) -> Option<Test> {
        match field.kind {
            Kind::Number(number) => {
                let read = |text: &str| NumberTest::read(text, number);
                self.any(values, read).map(|any| Test::Number(number, any))
            }
            Kind::Key => self.any(values, names::key_test).map(Test::Key),
            Kind::Meter => self.any(values, names::meter).map(Test::Meter),
            Kind::Instrument => self.any(values, Instrument::named).map(Test::Instrument),
            Kind::Drums => self.any(values, |text| chosen(&DRUMS, text)).map(Test::Drums),
            Kind::Chords => self.any(values, Progression::read).map(Test::Chords),
            Kind::Melody => self.tune(values).map(Test::Melody),
            Kind::Tag => self.any(values, tag).map(Test::Tag),
            Kind::In => self.any(values, folder).map(Test::In),
            Kind::Name => self.any(values, name_part).map(Test::Name),
            Kind::Similar => self.one(values, "one file", path).map(Test::Similar),
            Kind::Flag(flag) => self
                .one(values, "yes or no", |text| chosen(&FLAGS, text))
                .map(|value| Test::Flag(flag, value)),
            Kind::Sort => None,
        }
    }

    /// One melody, whose notes may stand between commas.
    fn tune(&mut self, values: &[Piece]) -> Option<Tune> {
        let mut reader = TuneReader::default();
        for piece in values {
            if let Err(Wrong { place, message }) = reader.read(&piece.text) {
                // In quotes places are not those of the text.
                let is_plain = piece.text.len() == piece.span.end - piece.span.start;
                let place = place
                    .filter(|_| is_plain)
                    .map(|at| Span::new(piece.span.start + at.start, piece.span.start + at.end));
                self.problem(place.unwrap_or(piece.span), message);
                return None;
            }
        }
        let whole = Span::new(values.first()?.span.start, values.last()?.span.end);
        match reader.finish() {
            Ok(tune) => Some(tune),
            Err(Wrong { message, .. }) => {
                self.problem(whole, message);
                None
            }
        }
    }

    /// The alternatives that can be read; nothing when none can.
    fn any<T>(
        &mut self,
        values: &[Piece],
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Option<Vec<T>> {
        let mut any = Vec::new();
        for value in values {
            match read(&value.text) {
                Ok(_) if any.len() == MOST_ALTERNATIVES => {
                    let message = format!("at most {MOST_ALTERNATIVES} alternatives");
                    self.problem(value.span, message);
                }
                Ok(read) => any.push(read),
                Err(message) => self.problem(value.span, message),
            }
        }
        (!any.is_empty()).then_some(any)
    }

    fn one<T>(
        &mut self,
        values: &[Piece],
        wanted: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        let mut read = self.any(values, read)?.into_iter();
        let first = read.next();
        if let (Some(_), Some(second)) = (read.next(), values.get(1)) {
            self.problem(second.span, format!("wants {wanted}"));
        }
        first
    }
}

fn chosen<T: Copy + PartialEq>(choices: &'static [Choice<T>], text: &str) -> Result<T, String> {
    let choice = Choice::named(choices, text.trim());
    choice
        .map(|choice| choice.value)
        .ok_or_else(|| format!("“{text}” is none of {}", listed(choices)))
}

fn listed<T>(choices: &[Choice<T>]) -> String {
    let names: Vec<&str> = choices.iter().map(|choice| choice.name).collect();
    names.join(", ")
}

fn tag(text: &str) -> Result<String, String> {
    let tag = text.trim().to_lowercase();
    if tag.is_empty() { Err("a tag is missing".to_owned()) } else { Ok(tag) }
}

fn folder(text: &str) -> Result<String, String> {
    let folder = text.trim().replace('\\', "/");
    let bare = folder.trim_matches('/').is_empty() && folder != "/";
    if bare { Err("a folder is missing".to_owned()) } else { Ok(folder) }
}

fn name_part(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        return Err("a part of a name is missing".to_owned());
    }
    Ok(text.to_owned())
}

fn path(text: &str) -> Result<String, String> {
    if text.trim().is_empty() { Err("a file is missing".to_owned()) } else { Ok(text.to_owned()) }
}

/// Letters that two names have in common at their start.
fn same_start(one: &str, other: &str) -> usize {
    let pairs = one.bytes().zip(other.bytes());
    pairs.take_while(|(one, other)| one.eq_ignore_ascii_case(other)).count()
}
