//! The fields of the language, each defined once: the parser, the help, the completion and
//! the table in docs/library.md all come from here.

use super::ast::{DrumTest, Flag, NumberField, SortBy};

/// One field.
#[derive(Debug)]
pub struct Field {
    /// What stands before the colon.
    pub name: &'static str,
    /// Other names that are understood.
    pub aliases: &'static [&'static str],
    /// What may stand after it.
    pub kind: Kind,
    /// What it finds, for people.
    pub help: &'static str,
    /// Examples of what may stand after the colon.
    pub examples: &'static [&'static str],
}

/// What stands after a colon, and is to be done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A number, a range or a comparison.
    Number(NumberField),
    /// A key.
    Key,
    /// A time signature.
    Meter,
    /// A General MIDI program or family.
    Instrument,
    /// One of [`DRUMS`].
    Drums,
    /// A tag.
    Tag,
    /// The beginning of a folder's name.
    In,
    /// A part of a file's name.
    Name,
    /// Chords.
    Chords,
    /// Notes that follow each other.
    Melody,
    /// A file.
    Similar,
    /// One of [`FLAGS`].
    Flag(Flag),
    /// One of [`SORTS`].
    Sort,
}

/// All fields, the most used first.
pub static FIELDS: [Field; 20] = [
    Field {
        name: "bpm",
        aliases: &["tempo"],
        kind: Kind::Number(NumberField::Bpm),
        help: "beats a minute; `~` takes half and double too, within 3 %",
        examples: &["120", "110-130", ">120", "~124", "none"],
    },
    Field {
        name: "key",
        aliases: &[],
        kind: Kind::Key,
        help: "the key, by any spelling or as on the Camelot wheel; `~` takes its relative and \
               the keys a fifth away too",
        examples: &["F#m", "Eb", "~F#m", "8A", "minor", "none"],
    },
    Field {
        name: "inst",
        aliases: &["instrument"],
        kind: Kind::Instrument,
        help: "what plays: a family or a program of General MIDI by words of its name, a \
               program by its number from 1, or `drums`",
        examples: &["piano", "sax", "\"slap bass\"", "33"],
    },
    Field {
        name: "drums",
        aliases: &["drum"],
        kind: Kind::Drums,
        help: "whether there are drums, and of what kind",
        examples: &["yes", "no", "groove", "half-time"],
    },
    Field {
        name: "dur",
        aliases: &["duration", "length"],
        kind: Kind::Number(NumberField::Duration),
        help: "how long it lasts, in seconds or as minutes and seconds",
        examples: &["<60", "1:30-2:00", ">5m"],
    },
    Field {
        name: "bars",
        aliases: &[],
        kind: Kind::Number(NumberField::Bars),
        help: "bars up to the end of the last note",
        examples: &["4", "8-16"],
    },
    Field {
        name: "notes",
        aliases: &[],
        kind: Kind::Number(NumberField::Notes),
        help: "how many notes",
        examples: &[">1000", "10k-20k", "0"],
    },
    Field {
        name: "tracks",
        aliases: &[],
        kind: Kind::Number(NumberField::Tracks),
        help: "how many tracks",
        examples: &["1", ">=16"],
    },
    Field {
        name: "meter",
        aliases: &["time"],
        kind: Kind::Meter,
        help: "the first time signature",
        examples: &["3/4", "6/8", "none"],
    },
    Field {
        name: "chords",
        aliases: &["chord"],
        kind: Kind::Chords,
        help: "chords that follow each other, as roman numerals in its key or by name; sevenths \
               and more make no difference",
        examples: &["\"ii V I\"", "\"Am F C G\""],
    },
    Field {
        name: "tag",
        aliases: &["tags", "genre"],
        kind: Kind::Tag,
        help: "a tag, found or given by you",
        examples: &["jazz", "\"deep house\""],
    },
    Field {
        name: "rating",
        aliases: &["stars"],
        kind: Kind::Number(NumberField::Rating),
        help: "your stars, 1 to 5",
        examples: &[">=3", "5", "none"],
    },
    Field {
        name: "in",
        aliases: &["folder"],
        kind: Kind::In,
        help: "the beginning of the name of a folder that it lies in, however deep, or of \
               several joined by `/`",
        examples: &["loops", "\"drum loops/funk\""],
    },
    Field {
        name: "name",
        aliases: &["file"],
        kind: Kind::Name,
        help: "a part of the file's name, letter by letter, in any case",
        examples: &["174_g", "\"(v1)\""],
    },
    Field {
        name: "melody",
        aliases: &["tune"],
        kind: Kind::Melody,
        help: "notes that follow each other in its melody, six or more, in any key and at any \
               tempo: numbers of keys, or names; a name without octave is the nearest to the \
               note before it",
        examples: &["60-62-64-65-67-69", "C4,D4,E4,F4,G4,A4", "\"E D C D E E E\""],
    },
    Field {
        name: "similar",
        aliases: &["like"],
        kind: Kind::Similar,
        help: "files that sound like the one at this path, the nearest first",
        examples: &["\"/music/loops/bass 1.mid\""],
    },
    Field {
        name: "salvaged",
        aliases: &["repaired"],
        kind: Kind::Flag(Flag::Salvaged),
        help: "whether something had to be mended to read it",
        examples: &["yes", "no"],
    },
    Field {
        name: "dup",
        aliases: &["duplicate"],
        kind: Kind::Flag(Flag::Duplicate),
        help: "whether there is another file with the same bytes",
        examples: &["yes", "no"],
    },
    Field {
        name: "version",
        aliases: &["versions"],
        kind: Kind::Flag(Flag::Version),
        help: "whether there is another version of the same piece",
        examples: &["yes", "no"],
    },
    Field {
        name: "sort",
        aliases: &["order"],
        kind: Kind::Sort,
        help: "the order of the results; `-` turns it round",
        examples: &["name", "-date", "bpm", "key", "duration", "rating", "relevance"],
    },
];

/// One of a few words that a field takes.
#[derive(Debug)]
pub struct Choice<T: 'static> {
    /// How it is written.
    pub name: &'static str,
    /// What else is understood.
    pub aliases: &'static [&'static str],
    /// What it means.
    pub value: T,
    /// What it finds, for people.
    pub help: &'static str,
}

const fn choice<T>(
    name: &'static str,
    aliases: &'static [&'static str],
    value: T,
    help: &'static str,
) -> Choice<T> {
    Choice { name, aliases, value, help }
}

/// What `drums:` takes.
pub static DRUMS: [Choice<DrumTest>; 8] = [
    choice("yes", &["true", "any"], DrumTest::Yes, "with drums"),
    choice("no", &["false", "none"], DrumTest::No, "without drums"),
    choice("groove", &["loop", "beat"], DrumTest::Groove, "a pattern that repeats"),
    choice("fill", &["break"], DrumTest::Fill, "a bar or two that do not repeat"),
    choice("one-shot", &["oneshot", "hit"], DrumTest::OneShot, "a single stroke"),
    choice("straight", &["even"], DrumTest::Straight, "an even groove"),
    choice("swung", &["swing", "shuffle"], DrumTest::Swung, "long and short in turn"),
    choice("half-time", &["halftime", "half"], DrumTest::HalfTime, "the backbeat once a bar"),
];

/// What the fields of yes and no take.
pub static FLAGS: [Choice<bool>; 2] = [
    choice("yes", &["true", "y", "1"], true, "those that are"),
    choice("no", &["false", "n", "0"], false, "those that are not"),
];

/// What `sort:` takes.
pub static SORTS: [Choice<SortBy>; 7] = [
    choice("relevance", &["rank", "best"], SortBy::Relevance, "what fits best first"),
    choice("name", &["file"], SortBy::Name, "by the file's name"),
    choice("bpm", &["tempo"], SortBy::Bpm, "the slowest first"),
    choice("key", &[], SortBy::Key, "major keys from C up, then minor ones"),
    choice("duration", &["dur", "length"], SortBy::Duration, "the shortest first"),
    choice("date", &["changed", "time"], SortBy::Date, "the oldest change first"),
    choice("rating", &["stars"], SortBy::Rating, "the fewest stars first"),
];

impl Field {
    /// The field that is called so, in any case.
    pub fn named(name: &str) -> Option<&'static Self> {
        FIELDS.iter().find(|field| answers(field.name, field.aliases, name))
    }

    /// The field of that kind.
    pub fn of(kind: Kind) -> Option<&'static Self> {
        FIELDS.iter().find(|field| field.kind == kind)
    }

    /// Its first example, written as in a query.
    pub fn example(&self) -> String {
        format!("{}:{}", self.name, self.examples.first().copied().unwrap_or(""))
    }
}

impl<T: Copy + PartialEq> Choice<T> {
    /// The choice that is called so, in any case.
    pub fn named(choices: &'static [Self], name: &str) -> Option<&'static Self> {
        choices.iter().find(|choice| answers(choice.name, choice.aliases, name))
    }

    /// How a value is written.
    pub fn name_of(choices: &'static [Self], value: T) -> &'static str {
        choices.iter().find(|choice| choice.value == value).map_or("", |choice| choice.name)
    }
}

fn answers(name: &str, aliases: &[&str], asked: &str) -> bool {
    name.eq_ignore_ascii_case(asked)
        || aliases.iter().any(|alias| alias.eq_ignore_ascii_case(asked))
}

/// The fields as a table in Markdown.
pub fn table() -> String {
    let mut lines = vec!["| Field | Finds | Examples |".to_owned(), "|---|---|---|".to_owned()];
    for Field { name, aliases, kind, help, examples } in &FIELDS {
        let names = [*name].into_iter().chain(aliases.iter().copied());
        let names = joined(names.map(|name| format!("`{name}:`")), ", ");
        let words = match kind {
            Kind::Drums => listed(DRUMS.iter().map(|drum| drum.name)),
            Kind::Sort => listed(SORTS.iter().map(|sort| sort.name)),
            _ => String::new(),
        };
        let examples = joined(examples.iter().map(|example| format!("`{name}:{example}`")), " ");
        lines.push(format!("| {names} | {help}{words} | {examples} |"));
    }
    lines.push(String::new());
    lines.join("\n")
}

fn listed(names: impl Iterator<Item = &'static str>) -> String {
    format!(": {}", joined(names.map(|name| format!("`{name}`")), ", "))
}

fn joined(texts: impl Iterator<Item = String>, between: &str) -> String {
    texts.collect::<Vec<_>>().join(between)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_fields_answer_to_one_name() {
        let mut names: Vec<&str> = FIELDS
            .iter()
            .flat_map(|field| [field.name].into_iter().chain(field.aliases.iter().copied()))
            .collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn every_example_is_understood() {
        for field in &FIELDS {
            for example in field.examples {
                let text = format!("{}:{example}", field.name);
                let (_, problems) = crate::library::query::parse(&text);
                assert_eq!(problems, [], "{text}");
            }
        }
    }

    #[test]
    fn the_guide_has_the_table_of_fields() {
        let guide = include_str!("../../../../docs/library.md");
        assert!(guide.contains(&table()), "docs/library.md wants this table:\n{}", table());
    }
}
