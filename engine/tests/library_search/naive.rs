//! What a query finds, worked out in the plainest way: one file after the other, term by term.

use crate::files::File;
use engine::library::features::chords::numeral;
use engine::library::query::{
    DrumTest, Flag, KeyTest, NumberField, NumberTest, Numeral, Progression, Query, Sort, SortBy,
    Test, parse,
};
use engine::library::row::{DrumClass, DrumFeel};
use engine::library::store::{key_code, words};
use std::cmp::Ordering;

/// The files that a query finds, in no order.
pub(crate) fn found<'a>(query: &Query, files: &'a [File]) -> Vec<&'a File> {
    let there: Vec<&File> = files.iter().filter(|file| !file.absent).collect();
    let holds = |file: &&&File| {
        query.terms.iter().all(|term| holds(&term.test, file, &there) != term.negated)
    };
    there.iter().filter(holds).copied().collect()
}

fn holds(test: &Test, file: &File, there: &[&File]) -> bool {
    let facts = &file.row.facts;
    match test {
        Test::Words(text) => has_words(file, text, true),
        Test::Phrase(text) => has_words(file, text, false),
        Test::Name(any) => {
            any.iter().any(|part| file.name.to_lowercase().contains(&part.to_lowercase()))
        }
        Test::In(any) => any.iter().any(|folder| {
            let (path, folder) = (file.folder.to_lowercase(), folder.to_lowercase());
            if folder.starts_with('/') {
                format!("{path}/").starts_with(&folder)
            } else {
                format!("{path}/").contains(&format!("/{folder}"))
            }
        }),
        Test::Tag(any) => {
            any.iter().any(|tag| facts.tags.contains(tag) || file.given.contains(tag))
        }
        Test::Number(field, any) => any.iter().any(|test| number_fits(file, *field, *test)),
        Test::Key(any) => any.iter().any(|test| match (test, file.key) {
            (KeyTest::None, key) => key.is_none(),
            (_, None) => false,
            (KeyTest::Is(key), Some(its)) => *key == its,
            (KeyTest::Mode { minor }, Some(its)) => *minor == its.minor,
            (KeyTest::Compatible(key), Some(its)) => {
                let apart = i32::from(key.signature()) - i32::from(its.signature());
                let apart = apart.rem_euclid(12);
                if key.minor == its.minor { matches!(apart, 0 | 1 | 11) } else { apart == 0 }
            }
        }),
        Test::Meter(any) => any.contains(&facts.meter),
        Test::Instrument(any) => any.iter().any(|instrument| {
            let shared = |n: usize| instrument.programs[n] & facts.instruments.programs[n] != 0;
            shared(0) || shared(1) || instrument.drums && facts.instruments.drums
        }),
        Test::Drums(any) => any.iter().any(|test| match test {
            DrumTest::Yes => facts.instruments.drums,
            DrumTest::No => !facts.instruments.drums,
            DrumTest::Groove => facts.drums.class == Some(DrumClass::Groove),
            DrumTest::Fill => facts.drums.class == Some(DrumClass::Fill),
            DrumTest::OneShot => facts.drums.class == Some(DrumClass::OneShot),
            DrumTest::Straight => facts.drums.feel == Some(DrumFeel::Straight),
            DrumTest::Swung => facts.drums.feel == Some(DrumFeel::Swung),
            DrumTest::HalfTime => facts.drums.feel == Some(DrumFeel::HalfTime),
        }),
        Test::Chords(any) => any.iter().any(|progression| goes_through(file, progression)),
        Test::Melody(tune) => goes(file, tune.keys()),
        Test::Similar(_) => true,
        Test::Flag(flag, wanted) => {
            let others = || there.iter().filter(|other| other.id != file.id);
            let is = match flag {
                Flag::Salvaged => facts.shape.salvaged,
                Flag::Duplicate => others().any(|other| other.row.hash == file.row.hash),
                Flag::Version => {
                    let version = facts.prints.version;
                    version != 0 && others().any(|it| it.row.facts.prints.version == version)
                }
            };
            is == *wanted
        }
    }
}

/// Interval by interval, those over fifteen semitones alike.
fn goes(file: &File, keys: &[u8]) -> bool {
    let step = |pair: &[u8]| (i32::from(pair[1]) - i32::from(pair[0])).clamp(-15, 15);
    let wanted: Vec<i32> = keys.windows(2).map(step).collect();
    let melody = file.row.facts.prints.melody.cells();
    let melody: Vec<i32> = melody.into_iter().map(|cell| i32::from(cell) - 16).collect();
    melody.windows(wanted.len()).any(|window| window == wanted)
}

fn number_fits(file: &File, field: NumberField, test: NumberTest) -> bool {
    let shape = &file.row.facts.shape;
    let value = match field {
        NumberField::Bpm => file.bpm,
        NumberField::Duration => Some(shape.duration_secs),
        NumberField::Bars => shape.bars.map(f64::from),
        NumberField::Notes => Some(shape.note_ons as f64),
        NumberField::Tracks => Some(f64::from(shape.tracks)),
        NumberField::Rating => file.rating.map(f64::from),
    };
    let Some(value) = value else { return test == NumberTest::None };
    test.intervals(field).into_iter().any(|interval| interval.contains(field, value))
}

fn goes_through(file: &File, progression: &Progression) -> bool {
    let wanted = match progression {
        Progression::Numerals(numerals) => numerals.clone(),
        Progression::Chords(chords) => {
            let Some(key) = file.key else { return false };
            let numerals: Vec<&str> = chords.iter().map(|chord| numeral(*chord, key)).collect();
            numerals_of(&numerals.join(" "))
        }
    };
    let there = numerals_of(&file.row.facts.harmony.numerals);
    there.windows(wanted.len()).any(|run| run == wanted)
}

fn numerals_of(text: &str) -> Vec<Numeral> {
    let (query, _) = parse(&format!("chords:\"{text}\""));
    match query.terms.first().map(|term| &term.test) {
        Some(Test::Chords(any)) => match &any[..] {
            [Progression::Numerals(numerals)] => numerals.clone(),
            other => panic!("{other:?}"),
        },
        _ => Vec::new(),
    }
}

fn has_words(file: &File, text: &str, goes_on: bool) -> bool {
    let facts = &file.row.facts;
    let columns =
        [file.name.clone(), file.folder.clone(), facts.text.title.clone(), facts.tags.join("\n")];
    let has = |tokens: &[String]| columns.iter().any(|it| runs(&tokens_of(it), tokens, goes_on));
    let terms = words::gram_terms(&words::fold(text));
    if terms.is_empty() {
        return has(&tokens_of(text));
    }
    let there = words::grams(&columns[..3].join("\n"));
    let pairs = terms.iter().all(|term| there.split(' ').any(|it| it.starts_with(term.as_str())));
    let spaceless = |token: &String| token.chars().any(words::is_spaceless);
    let plain = tokens_of(text).into_iter().filter(|token| !spaceless(token));
    pairs && plain.into_iter().all(|token| has(&[token]))
}

fn runs(there: &[String], wanted: &[String], goes_on: bool) -> bool {
    let Some((last, before)) = wanted.split_last() else { return false };
    there.windows(wanted.len()).any(|run| {
        let (end, start) = run.split_last().unwrap();
        start == before && (end == last || goes_on && end.starts_with(last.as_str()))
    })
}

fn tokens_of(text: &str) -> Vec<String> {
    let plain = |c: char| match c {
        'ï' => 'i',
        c => c,
    };
    let text: String = words::fold(text).to_lowercase().chars().map(plain).collect();
    let tokens = text.split(|c: char| !c.is_alphanumeric() && c != '#');
    tokens.filter(|token| !token.is_empty()).map(str::to_owned).collect()
}

/// How two files lie in an order, relevance aside.
pub(crate) fn order(sort: Sort, a: &File, b: &File) -> Ordering {
    let name = |it: &File| {
        let tempo = it.bpm.map_or(i64::MIN, |bpm| (bpm * 1e6) as i64);
        (it.name.to_ascii_lowercase(), tempo, it.id)
    };
    // To a hundredth.
    let tempo = |it: &File| it.bpm.map(|bpm| (bpm * 100.0).round() as i64);
    let key = |it: &File| it.key.map(key_code);
    let turned = |order: Ordering| if sort.descending { order.reverse() } else { order };
    let lacking = |a: bool, b: bool| a.cmp(&b);
    match sort.by {
        SortBy::Name | SortBy::Relevance => turned(name(a).cmp(&name(b))),
        SortBy::Bpm => lacking(a.bpm.is_none(), b.bpm.is_none())
            .then(turned((tempo(a), a.id).cmp(&(tempo(b), b.id)))),
        SortBy::Key => lacking(a.key.is_none(), b.key.is_none())
            .then(turned((key(a), name(a)).cmp(&(key(b), name(b))))),
        SortBy::Duration => {
            let millis = |it: &File| (it.row.facts.shape.duration_secs * 1e3).round() as i64;
            turned((millis(a), a.id).cmp(&(millis(b), b.id)))
        }
        SortBy::Date => {
            let changed = |it: &File| it.row.stamp.mtime_nanos;
            turned((changed(a), a.id).cmp(&(changed(b), b.id)))
        }
        SortBy::Rating => lacking(a.rating.is_none(), b.rating.is_none())
            .then(turned(a.rating.cmp(&b.rating)))
            .then(name(a).cmp(&name(b))),
    }
}
