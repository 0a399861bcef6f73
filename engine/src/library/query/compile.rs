//! From a query to what the store can be asked: sets of files, by facets in memory and by
//! statements with bound parameters. Text of the user never becomes part of a statement; into
//! the language of the word index it goes in quotes.

use super::ast::{DrumTest, Flag, NumberField, Query, Sort, Test};
use super::instrument::Instrument;
use super::number::{Interval, NumberTest};
use super::progression::Progression;
use crate::library::facets::{Facet, FacetValue, meter_value};
use crate::library::features::chords::numeral;
use crate::library::row::{DrumClass, DrumFeel};
use crate::library::store::{class_code, feel_code, key_code, words};
use crate::theory::Key;

/// What a query asks of the store.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// All must hold, the cheapest first.
    pub clauses: Vec<Clause>,
    /// What the words ask, all at once.
    pub words: Option<WordPlan>,
    /// The melodies that all must be there, as cells (`features::contour`).
    pub melodies: Vec<Vec<u8>>,
    /// The file that results are to sound like.
    pub similar: Option<String>,
    /// The order of the results.
    pub order: Sort,
}

/// Files of one of these sets, or of none.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// Of none.
    pub negated: bool,
    /// The sets.
    pub any: Vec<Set>,
}

/// A set of files.
#[derive(Clone, Debug, PartialEq)]
pub enum Set {
    /// Those with a value of a facet.
    With(FacetValue),
    /// Those with any value of a facet.
    Having(Facet),
    /// Those with a tag, found or given.
    Tag(String),
    /// Those with a number in an interval.
    Number(NumberField, Interval),
    /// Those whose id a statement gives.
    Ids(Statement),
    /// Those whose name holds a text, in any case; `like` finds no fewer.
    Name {
        /// The pattern for `LIKE`.
        like: String,
        /// The text in small letters.
        part: String,
    },
    /// Those in folders whose path has this text, in small letters, after a slash; in front
    /// of it, where it begins with one.
    In(String),
    /// Those whose melody goes through this, as cells.
    Melody(Vec<u8>),
    /// Those with the same bytes as another, or that are another version.
    Twins(Flag),
    /// Those in both.
    Both(Box<(Self, Self)>),
    /// All others.
    Not(Box<Self>),
}

/// A statement and what is bound to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// The statement; its parameters are `?1` and so on.
    pub sql: &'static str,
    /// Its parameters.
    pub values: Vec<Value>,
}

/// What can be bound.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A text.
    Text(String),
    /// A whole number.
    Whole(i64),
}

/// What the words of a query ask of the word index, in its own language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordPlan {
    /// Where words may stand anywhere.
    pub anywhere: String,
    /// Where all stand in the name.
    pub in_name: String,
    /// The texts themselves, with whether their last word may go on.
    pub texts: Vec<(String, bool)>,
}

/// Asks the word index.
pub const BY_WORDS: &str = "SELECT rowid FROM words WHERE words MATCH ?1";
const BY_DEGREES: &str = "SELECT rowid FROM progressions WHERE progressions MATCH ?1";

/// What a query asks of the store.
pub fn compile(query: &Query) -> Plan {
    let mut clauses = Vec::new();
    let mut texts = Vec::new();
    for term in &query.terms {
        match &term.test {
            Test::Words(text) if !term.negated => texts.push((text.clone(), true)),
            Test::Phrase(text) if !term.negated => texts.push((text.clone(), false)),
            Test::Similar(_) => {}
            Test::Melody(_) if !term.negated => {}
            test => clauses.push(Clause { negated: term.negated, any: sets(test) }),
        }
    }
    clauses.sort_by_key(|clause| clause.any.iter().map(Set::cost).max());
    let in_column = |column: &str| {
        let parts: Vec<String> =
            texts.iter().flat_map(|(text, goes_on)| matches(text, *goes_on, column)).collect();
        parts.join(" AND ")
    };
    let (anywhere, in_name) = (in_column("- grams"), in_column("name"));
    let words = (!texts.is_empty()).then_some(WordPlan { anywhere, in_name, texts });
    let melodies = query.melodies().map(|tune| tune.contour().cells()).collect();
    let similar = query.similar().map(str::to_owned);
    Plan { clauses, words, melodies, similar, order: query.order() }
}

impl Set {
    /// Facets are in memory; ids are streamed; names, folders and melodies may need a long look.
    fn cost(&self) -> u8 {
        match self {
            Self::With(_) | Self::Having(_) | Self::Tag(_) => 0,
            Self::Name { .. } => 4,
            Self::Melody(_) => 5,
            Self::Twins(_) | Self::Number(..) => 1,
            Self::Ids(_) => 2,
            Self::In(_) => 3,
            Self::Both(both) => both.0.cost().max(both.1.cost()),
            Self::Not(set) => set.cost(),
        }
    }
}

fn sets(test: &Test) -> Vec<Set> {
    match test {
        Test::Words(text) => vec![by_words(matches(text, true, "- grams").join(" AND "))],
        Test::Phrase(text) => vec![by_words(matches(text, false, "- grams").join(" AND "))],
        Test::Name(any) => any.iter().map(|part| named(part)).collect(),
        Test::In(any) => any.iter().map(|folder| Set::In(folder.to_lowercase())).collect(),
        Test::Tag(any) => any.iter().cloned().map(Set::Tag).collect(),
        Test::Number(field, any) => any.iter().flat_map(|test| numbers(*field, *test)).collect(),
        Test::Key(any) => {
            let keys = any.iter().flat_map(|test| test.keys());
            let none = any.iter().filter(|test| test.keys().is_empty());
            keys.map(with_key).chain(none.map(|_| without(Facet::Key))).collect()
        }
        Test::Meter(any) => any.iter().map(|meter| with_meter(*meter)).collect(),
        Test::Instrument(any) => any.iter().flat_map(instruments).collect(),
        Test::Drums(any) => any.iter().map(|test| drums(*test)).collect(),
        Test::Chords(any) => any.iter().flat_map(progression).collect(),
        Test::Melody(tune) => vec![Set::Melody(tune.contour().cells())],
        Test::Similar(_) => Vec::new(),
        Test::Flag(flag, value) => {
            let set = match flag {
                Flag::Salvaged => with(Facet::Salvaged, 1u8),
                Flag::Duplicate | Flag::Version => Set::Twins(*flag),
            };
            vec![if *value { set } else { Set::Not(Box::new(set)) }]
        }
    }
}

fn with(facet: Facet, value: impl Into<u32>) -> Set {
    Set::With(FacetValue::new(facet, value.into()))
}

fn without(facet: Facet) -> Set {
    Set::Not(Box::new(Set::Having(facet)))
}

fn with_key(key: Key) -> Set {
    with(Facet::Key, key_code(key))
}

/// A time signature that shares its facet's value with others is looked up.
fn with_meter(meter: Option<(u8, u16)>) -> Set {
    const BY_METER: &str =
        "SELECT id FROM files WHERE meter_numerator = ?1 AND meter_denominator = ?2";
    let Some((beats, unit)) = meter else { return without(Facet::Meter) };
    match meter_value(beats, unit) {
        255 => {
            let values = vec![Value::Whole(beats.into()), Value::Whole(unit.into())];
            Set::Ids(Statement { sql: BY_METER, values })
        }
        value => with(Facet::Meter, value),
    }
}

fn numbers(field: NumberField, test: NumberTest) -> Vec<Set> {
    let facet = match field {
        NumberField::Bpm => Facet::Tempo,
        NumberField::Bars => Facet::Bars,
        NumberField::Rating => Facet::Rating,
        _ => Facet::Notes,
    };
    if test == NumberTest::None {
        return vec![without(facet)];
    }
    let intervals = test.intervals(field).into_iter();
    match field {
        NumberField::Rating => intervals
            .flat_map(|interval| (0..=5).filter(move |n| interval.contains(field, f64::from(*n))))
            .map(|stars: u32| if stars == 0 { without(facet) } else { with(facet, stars) })
            .collect(),
        _ => intervals.map(|interval| Set::Number(field, interval)).collect(),
    }
}

fn instruments(instrument: &Instrument) -> Vec<Set> {
    if instrument.drums {
        return vec![with(Facet::Drums, 1u8)];
    }
    match instrument.families() {
        Some(families) => {
            let one = |family: &u32| families >> family & 1 == 1;
            (0..16).filter(one).map(|family| with(Facet::Family, family)).collect()
        }
        None => instrument.each_program().map(|program| with(Facet::Program, program)).collect(),
    }
}

fn drums(test: DrumTest) -> Set {
    let class = |class| with(Facet::DrumClass, class_code(class));
    let feel = |feel| with(Facet::DrumFeel, feel_code(feel));
    match test {
        DrumTest::Yes => with(Facet::Drums, 1u8),
        DrumTest::No => without(Facet::Drums),
        DrumTest::Groove => class(DrumClass::Groove),
        DrumTest::Fill => class(DrumClass::Fill),
        DrumTest::OneShot => class(DrumClass::OneShot),
        DrumTest::Straight => feel(DrumFeel::Straight),
        DrumTest::Swung => feel(DrumFeel::Swung),
        DrumTest::HalfTime => feel(DrumFeel::HalfTime),
    }
}

/// Numerals are one phrase of the index; chords by name are one in each key.
fn progression(progression: &Progression) -> Vec<Set> {
    let by_degrees = |numerals: String| {
        let phrase = format!("\"{}\"", words::degrees(&numerals));
        Set::Ids(Statement { sql: BY_DEGREES, values: vec![Value::Text(phrase)] })
    };
    match progression {
        Progression::Numerals(_) => vec![by_degrees(progression.to_string())],
        Progression::Chords(chords) => Key::all()
            .map(|key| {
                let numerals: Vec<&str> = chords.iter().map(|it| numeral(*it, key)).collect();
                Set::Both(Box::new((with_key(key), by_degrees(numerals.join(" ")))))
            })
            .collect(),
    }
}

fn named(part: &str) -> Set {
    // What `LIKE` would not take as it is stands for any character; the name is looked at
    // again. Escapes would keep it off the index.
    let plain = |c: char| c.is_ascii() && !matches!(c, '%' | '_' | '\0');
    let like: String = part.chars().map(|c| if plain(c) { c } else { '_' }).collect();
    Set::Name { like: format!("%{like}%"), part: part.to_lowercase() }
}

fn by_words(expression: String) -> Set {
    Set::Ids(Statement { sql: BY_WORDS, values: vec![Value::Text(expression)] })
}

/// What a text asks of the word index: all of these. Its words in a row, in `column`; in
/// scripts without spaces, its pairs of characters instead.
fn matches(text: &str, goes_on: bool, column: &str) -> Vec<String> {
    let text: String =
        words::fold(text).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let star = if goes_on { " *" } else { "" };
    let grams = words::gram_terms(&text);
    if grams.is_empty() {
        return vec![format!("{column} : {}{star}", quoted(&text))];
    }
    let spaceless = |word: &&str| word.chars().any(words::is_spaceless);
    let others = text.split(|c: char| !is_word(c)).filter(|word| !word.is_empty());
    let others = others.filter(|word| !spaceless(word) && word.chars().any(char::is_alphanumeric));
    let others = others.map(|word| format!("{column} : {}{star}", quoted(word)));
    grams.iter().map(|gram| format!("grams : {} *", quoted(gram))).chain(others).collect()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '#'
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> String {
        compile(&super::super::parse(text).0).words.map_or_else(String::new, |it| it.anywhere)
    }

    #[test]
    fn text_goes_into_the_word_index_in_quotes() {
        for (text, expected) in [
            ("AC/DC", r#"- grams : "AC/DC" *"#),
            ("don't C♯", r#"- grams : "don't" * AND - grams : "C#" *"#),
            ("NEAR( a* OR", r#"- grams : "NEAR(" * AND - grams : "a*" * AND - grams : "OR" *"#),
            ("\"a\"\"b\"", r#"- grams : "a""b""#),
            ("夜曲ピ solo", r#"grams : "夜曲" * AND grams : "曲ピ" * AND - grams : "solo" *"#),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }
}
