use super::*;
use crate::library::row::{DrumClass, DrumFacts, Instruments};

fn tags(path: &str) -> Vec<String> {
    tags_of(path.as_bytes(), &Facts::default(), &TagTable::bundled())
}

#[test]
fn the_shipped_table_reads_without_a_problem() {
    let (table, problems) = TagTable::with_user("");
    assert_eq!(problems, []);
    assert!(table.tags().len() > 100);
    assert!(table.tags().is_sorted_by(|a, b| a.name < b.name));
}

#[test]
fn words_are_matched_whole() {
    assert_eq!(tags("Home.mid"), [""; 0]);
    assert_eq!(tags("HOUSE.mid"), ["house"]);
    assert_eq!(tags("Housework.mid"), [""; 0]);
    assert_eq!(tags("DeepHouse Loop_120.mid"), ["house", "loop"]);
    assert_eq!(tags("drum & bass/x.mid"), ["bass", "drum and bass", "drums"]);
}

#[test]
fn a_phrase_goes_before_its_words() {
    let mut first = None;
    TagTable::bundled().search("My electric piano", |tag| {
        first.get_or_insert(tag.name.clone());
    });
    assert_eq!(first.as_deref(), Some("electric piano"));
}

#[test]
fn only_the_nearest_folders_speak() {
    assert_eq!(tags("house/a/b/c/x.mid"), [""; 0]);
    assert_eq!(tags("house/b/c/x.mid"), ["house"]);
}

#[test]
fn track_names_say_instruments_and_titles_everything() {
    let mut facts = Facts::default();
    facts.text.tracks = "Rock Organ".to_owned();
    assert_eq!(tags_of(b"x.mid", &facts, &TagTable::bundled()), ["organ"]);
    facts.text.title = "Sad Rock".to_owned();
    assert_eq!(tags_of(b"x.mid", &facts, &TagTable::bundled()), ["organ", "rock", "sad"]);
}

#[test]
fn notes_bear_tags_out() {
    let mut facts = Facts::default();
    facts.shape.note_ons = 10;
    facts.instruments = Instruments { programs: [1, 0], channels: 1, ..Instruments::default() };
    facts.tempo.declared = Some(60.0);
    facts.notes.density = 5.0;
    facts.notes.polyphony_mean = 2.0;
    assert_eq!(tags_of(b"x.mid", &facts, &TagTable::bundled()), ["piano", "slow"]);
    facts.instruments = Instruments { channels: 1 << 9, drums: true, ..Instruments::default() };
    facts.tempo.declared = None;
    facts.drums = DrumFacts { class: Some(DrumClass::Fill), ..DrumFacts::default() };
    assert_eq!(tags_of(b"x.mid", &facts, &TagTable::bundled()), ["drums", "fill"]);
}

#[test]
fn the_users_rows_go_before_ours() {
    let user = "# mine\n-house\ngenre\tvaporwave\tvaporwave, mall soft\nmood\tfast\tzippy\n\
                genre\nwhat\tis\tthis\n-nothing\nstyle\tx\ty\tloud:very\nstyle\tx\ta b c d\n";
    let (table, problems) = TagTable::with_user(user);
    let tags = |path: &str| tags_of(path.as_bytes(), &Facts::default(), &table);
    assert_eq!(tags("house.mid"), [""; 0]);
    assert_eq!(tags("Mall Soft.mid"), ["vaporwave"]);
    assert_eq!((tags("zippy.mid"), tags("presto.mid")), (vec!["fast".to_owned()], Vec::new()));
    let lines: Vec<usize> = problems.iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [5, 6, 7, 8, 9]);
    assert!(problems[2].to_string().contains("takes away a tag that is not there"));
}

#[test]
fn conditions_read_as_they_are_written() {
    for text in ["bpm<80", "drums:only", "meter:3/4", "program:0-7", "only:32-39", "feel:swung"] {
        assert!(Condition::parse(text).is_some(), "{text}");
    }
    for text in ["bpm", "bpm<x", "volume>3", "drums:loud", "meter:3", "program:9-3", "only:1-128"] {
        assert_eq!(Condition::parse(text), None, "{text}");
    }
}
