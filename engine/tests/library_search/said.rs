//! What people type finds what they mean.

use crate::Library;
use crate::files::row;
use engine::library::query::{Flag, complete, parse};
use engine::library::row::{Facts, Row};
use engine::library::store::IndexState;

fn named(names: &[&str]) -> Vec<Row> {
    let file = |name: &&str| row(&format!("/music/{name}.mid"), Facts::default());
    names.iter().map(file).collect()
}

fn check(names: &[&str], expected: &[(&str, &[&str])]) {
    let library = Library::of(&named(names));
    for (query, found) in expected {
        assert_eq!(&library.names(&format!("{query} sort:name")), found, "{query}");
    }
}

#[test]
fn signs_are_part_of_what_is_meant() {
    check(
        &[
            "AC-DC Thunder",
            "DC AC",
            "don't stop",
            "don",
            "C# Ballad",
            "C Ballad",
            "Db",
            "C♯7",
            "near",
        ],
        &[
            ("AC/DC", &["AC-DC Thunder"]),
            ("don't", &["don't stop"]),
            ("C#", &["C# Ballad", "C♯7"]),
            ("c♯", &["C# Ballad", "C♯7"]),
            ("-C# ballad", &["C Ballad"]),
            ("NEAR(", &["near"]),
            ("a* OR", &[]),
        ],
    );
}

#[test]
fn what_has_no_letter_or_digit_finds_everything() {
    let library = Library::of(&named(&["a", "b", "c"]));
    for text in ["\"", "*", "(", "", "- -", "^:"] {
        assert_eq!(library.names(text), ["a", "b", "c"], "{text}");
        let says = !parse(text).1.is_empty();
        assert_eq!(says, !text.is_empty(), "{text}");
    }
}

#[test]
fn words_come_in_any_order_and_script() {
    check(
        &["Wonder Bass", "Bassoon Trio", "夜曲ピアノ", "Ｂａｓｓ", "Straße", "Naïve"],
        &[
            ("bass won", &["Wonder Bass"]),
            ("bass", &["Bassoon Trio", "Wonder Bass", "Ｂａｓｓ"]),
            ("\"bass\"", &["Wonder Bass", "Ｂａｓｓ"]),
            ("\"bass wonder\"", &[]),
            ("ピアノ", &["夜曲ピアノ"]),
            ("曲", &["夜曲ピアノ"]),
            ("naive", &["Naïve"]),
            ("straße", &["Straße"]),
            ("name:\"der b\"", &["Wonder Bass"]),
        ],
    );
}

#[test]
fn the_best_comes_first() {
    let names = ["My Contrabass Bass Line", "Bassoon", "Bass", "A Bass", "Bass Two"];
    let library = Library::of(&named(&names));
    assert_eq!(
        library.names("bass"),
        ["Bass", "Bass Two", "A Bass", "My Contrabass Bass Line", "Bassoon"]
    );
}

#[test]
fn a_result_says_what_the_command_line_tells() {
    let mut facts = Facts::default();
    facts.tempo.declared = Some(97.5);
    facts.tempo.method = engine::library::features::BpmMethod::Declared;
    facts.shape.note_ons = 7;
    let library = Library::of(&[row("/music/a/Blue Moon.mid", facts)]);
    let page = library.page("blue", 10);
    let json = serde_json::to_value(&page.hits[0]).unwrap();
    for field in [
        "path",
        "name",
        "bytes",
        "note_ons",
        "tracks",
        "duration_secs",
        "bpm",
        "bpm_method",
        "bpm_declared",
        "bpm_inferred",
        "key",
        "key_inferred",
        "key_confidence",
        "key_signature",
        "salvaged",
        "problems",
    ] {
        assert!(json.get(field).is_some(), "{field}");
    }
    assert_eq!(json["path"], "/music/a/Blue Moon.mid");
    assert_eq!((&json["bpm"], &json["bpm_method"]), (&97.5.into(), &"declared".into()));
}

#[test]
fn files_that_sound_alike_come_by_nearness_without_the_file_itself() {
    let file = |name: &str, first: u8| {
        let mut facts = Facts::default();
        facts.prints.vector = [first; 24];
        row(&format!("/music/{name}.mid"), facts)
    };
    let rows = [file("a", 10), file("b", 90), file("c", 12), file("d", 11), file("silent", 0)];
    let library = Library::of(&rows);
    assert_eq!(library.names("similar:/music/a.mid"), ["d", "c", "b"]);
    assert_eq!(library.names("similar:/music/a.mid -b sort:-name"), ["d", "c"]);
    assert_eq!(library.names("similar:/music/nowhere.mid"), [""; 0]);
    assert_eq!(library.paged("similar:/music/a.mid", 1).len(), 3);
}

#[test]
fn copies_are_grouped_with_the_one_to_keep_first() {
    let file = |name: &str, hash: u8, piece: u64, notes: u64| {
        let mut facts = Facts::default();
        facts.prints.version = piece;
        facts.shape.note_ons = notes;
        Row { hash: [hash; 32], ..row(&format!("/music/{name}.mid"), facts) }
    };
    let rows = [
        file("Moon (1)", 1, 0, 9),
        file("Moon", 1, 0, 9),
        file("Sun", 2, 5, 9),
        file("Sun long", 3, 5, 99),
        file("Star", 4, 6, 9),
    ];
    let library = Library::of(&rows);
    let searcher = &library.searcher;
    let names = |flag| {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let groups = searcher.groups(flag, after.as_ref(), 1, &searcher.ticket()).unwrap();
            for group in groups.groups {
                all.push(group.copies.into_iter().map(|it| it.name).collect::<Vec<_>>());
            }
            after = groups.next;
            if after.is_none() {
                return all;
            }
        }
    };
    assert_eq!(names(Flag::Duplicate), [["Moon", "Moon (1)"]]);
    assert_eq!(names(Flag::Version), [["Sun long", "Sun"]]);
    assert_eq!(library.names("dup:yes"), ["Moon", "Moon (1)"]);
    assert_eq!(library.names("version:no"), ["Moon", "Moon (1)", "Star"]);
}

#[test]
fn while_a_first_import_runs_names_are_searched() {
    let library = Library::building(&named(&["Wonder Bass", "Bassoon", "Trio", "夜曲ピアノ"]));
    assert_eq!(library.names("bass"), ["Wonder Bass", "Bassoon"]);
    assert_eq!(library.names("ピア"), ["夜曲ピアノ"]);
    assert_eq!(library.names("sort:-name"), ["夜曲ピアノ", "Wonder Bass", "Trio", "Bassoon"]);
    assert_eq!(library.page("bass", 9).state, IndexState::Building);
    // What needs an index that is not there says so.
    assert!(!library.page("dup:yes", 9).whole);
}

#[test]
fn completion_offers_what_the_library_has() {
    let with_tag = |name: &str, tag: &str| {
        let facts = Facts { tags: vec![tag.to_owned()], ..Facts::default() };
        row(&format!("/music/{name}.mid"), facts)
    };
    let rows = [with_tag("a", "jazz"), with_tag("b", "deep house"), with_tag("c", "deep house")];
    let library = Library::of(&rows);
    let values = library.searcher.values().unwrap();
    let offered = complete("tag:", 4, &*values);
    let offered: Vec<_> =
        offered.candidates.iter().map(|it| (it.text.as_str(), it.files)).collect();
    assert_eq!(offered, [("\"deep house\"", Some(2)), ("jazz", Some(1))]);
}
