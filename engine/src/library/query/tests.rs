//! What is read, what is said of what cannot be, and that writing is the inverse of reading.

use super::*;
use proptest::prelude::*;

/// The query written plainly, and the problems with what they point at.
fn check(text: &str, plainly: &str, problems: &[(&str, &str)]) {
    let (query, found) = parse(text);
    assert_eq!(query.to_string(), plainly, "{text}");
    let found: Vec<(&str, &str)> =
        found.iter().map(|it| (it.span.of(text), it.message.as_str())).collect();
    assert_eq!(found, problems, "{text}");
    assert_eq!(parse(plainly).0, query, "{text}");
}

#[test]
fn what_is_understood_is_written_plainly() {
    for (text, plainly) in [
        ("wonder bass", "wonder bass"),
        ("  AC/DC   don't C♯ ", "AC/DC don't C♯"),
        ("\"slow blues\" -drums", "\"slow blues\" -drums"),
        ("NEAR( a* \"a\" OR", "NEAR( a* \"a\" OR"),
        ("ピアノ", "ピアノ"),
        ("BPM:110–130 tempo:~124", "bpm:110-130 bpm:~124"),
        ("bpm:>120,<80 -bpm:none", "bpm:>120,<80 -bpm:none"),
        ("bpm>=120 notes<5", "bpm:>=120 notes:<5"),
        ("bpm:90-", "bpm:>=90"),
        ("bpm:130-110", "bpm:110-130"),
        ("bpm:120.50", "bpm:120.50"),
        ("key:gbm,~\"c minor\",8A,minor,none", "key:F#m,~Cm,Am,minor,none"),
        ("meter:3/4,6/8,none", "meter:3/4,6/8,none"),
        ("inst:Piano,\"Slap Bass\"", "inst:piano,\"slap bass\""),
        ("drums:true drum:halftime,swing", "drums:yes drums:half-time,swung"),
        ("dur:<60 dur:1:30-2:00 dur:90s dur:5m", "dur:<1:00 dur:1:30-2:00 dur:1:30 dur:5:00"),
        ("notes:>1k tracks:1 bars:8-16", "notes:>1000 tracks:1 bars:8-16"),
        (
            "tag:Jazz,\"deep house\" rating:>=3 stars:none",
            "tag:jazz,\"deep house\" rating:>=3 rating:none",
        ),
        ("in:Loops in:\"C:\\Music\\My Loops\"", "in:Loops in:\"C:/Music/My Loops\""),
        ("name:174_g,\"(v1) \"", "name:174_g,\"(v1) \""),
        ("chords:\"ii V7 I\" chord:Am", "chords:\"ii V I\" chords:Am"),
        (
            "melody:C4,D4,E4,F,G,A tune:\"60 62 64-65-67-69\"",
            "melody:60-62-64-65-67-69 melody:60-62-64-65-67-69",
        ),
        ("similar:\"/a b/c.mid\"", "similar:\"/a b/c.mid\""),
        ("repaired:yes dup:1 version:no", "salvaged:yes dup:yes version:no"),
        ("x sort:-date", "x sort:-date"),
        ("-sort:date x", "x sort:-date"),
        ("-sort:-date", "sort:date"),
        ("12:30 a:b:c", "12:30 a:b:c"),
        ("", ""),
    ] {
        let (query, _) = parse(text);
        assert_eq!(query.to_string(), plainly, "{text}");
        assert_eq!(parse(plainly).0, query, "{text}");
    }
}

#[test]
fn a_problem_points_at_its_token_and_the_rest_still_searches() {
    check(
        "bass bpm:fast key:Am",
        "bass key:Am",
        &[("fast", "“fast” is not a tempo, such as 120 or 110-130")],
    );
    check("key:Am,H,C", "key:Am,C", &[("H", "“H” is not a key, such as F#m, Eb or 8A")]);
    check("bpm:", "", &[("bpm:", "wants something behind it, such as bpm:120")]);
    check("dur:1:30-x", "", &[("1:30-x", "“x” is not a time, such as 90, 1:30 or 5m")]);
    check("notes:none", "", &[("none", "every file has this")]);
    check(
        "insrt:piano",
        "insrt:piano",
        &[("insrt", "there is no field insrt:, it is looked for as words; inst: is one")],
    );
    check(
        "keys:Am",
        "keys:Am",
        &[("keys", "there is no field keys:, it is looked for as words; key: is one")],
    );
    check(
        "meter:3/5 drums:loud",
        "",
        &[
            ("3/5", "“3/5” is not a time signature, such as 3/4"),
            (
                "loud",
                "“loud” is none of yes, no, groove, fill, one-shot, straight, swung, half-time",
            ),
        ],
    );
    check(
        "inst:theremin a",
        "a",
        &[("theremin", "no instrument of General MIDI is called “theremin”")],
    );
    check(
        "sort:size sort:name",
        "sort:name",
        &[("size", "sorts by relevance, name, bpm, key, duration, date, rating")],
    );
    check(
        "sort:bpm sort:name,key",
        "sort:name",
        &[("key", "sorts by one thing"), ("sort:name,key", "sorts by the last that is asked for")],
    );
    check(
        "similar:a similar:b -similar:c",
        "similar:a",
        &[
            ("similar:b", "only one file can be sounded like"),
            ("-similar:c", "only one file can be sounded like"),
        ],
    );
    let few = "a melody has at least 6 notes, such as 60-62-64-65-67-69 or C4,D4,E4,F4,G4,A4";
    check("a melody:C4,D4,E4", "a", &[("C4,D4,E4", few)]);
    check("melody:60-62 64", "64", &[("60-62", few)]);
    check("melody:60-62-H4-64-65-67", "", &[("H4", "“H4” is not a note, such as 60, C4 or F#3")]);
    check("melody:C4,,D#4x", "", &[("D#4x", "“D#4x” is not a note, such as 60, C4 or F#3")]);
    check(
        "melody:",
        "",
        &[("melody:", "wants something behind it, such as melody:60-62-64-65-67-69")],
    );
    check("salvaged:yes,no", "salvaged:yes", &[("no", "wants yes or no")]);
    check("a \"b c", "a \"b c\"", &[("\"b c", "the quote is not closed: it goes on to the end")]);
    check("a * b", "a b", &[("*", "“*” has no letter or digit")]);
    check("chords:\"ii X\"", "", &[("\"ii X\"", "“ii” is not a chord among these")]);
}

#[test]
fn a_query_without_letter_or_digit_finds_everything_and_says_so() {
    for text in ["\"", "*", "(", "#", "-", "--", "\"\"", "♯ ?!", ":", "🎹"] {
        check(text, "", &[(text, "no letter or digit: everything is listed")]);
    }
    check("   ", "", &[]);
}

#[test]
fn a_query_is_cut_where_it_is_longer_than_anyone_types() {
    let long = "ä".repeat(MOST_CHARS + 3);
    let (query, problems) = parse(&long);
    assert_eq!(query.to_string(), "ä".repeat(MOST_CHARS));
    assert_eq!(problems[0].span.of(&long), "äää");
    let many = "a ".repeat(MOST_TERMS + 2);
    let (query, problems) = parse(&many);
    assert_eq!((query.terms.len(), problems.len()), (MOST_TERMS, 2));
    let any = format!("bpm:{}", "1,".repeat(MOST_ALTERNATIVES + 1));
    let (query, problems) = parse(&any);
    assert!(matches!(&query.terms[0].test, Test::Number(_, any) if any.len() == MOST_ALTERNATIVES));
    assert_eq!(problems.len(), 2);
}

/// Texts that look like queries more often than chance would have them.
fn queries() -> impl Strategy<Value = String> {
    let token = prop_oneof![
        4 => proptest::sample::select(samples()),
        1 => "\\PC{0,6}",
        1 => any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(token, 0..12).prop_map(|tokens| tokens.concat())
}

fn samples() -> Vec<String> {
    let mut samples: Vec<String> = FIELDS.iter().map(|field| format!("{}:", field.name)).collect();
    samples.extend(FIELDS.iter().flat_map(|field| field.examples).map(|it| (*it).to_owned()));
    let signs = [
        " ",
        " ",
        " ",
        " ",
        "-",
        "\"",
        ",",
        ":",
        "~",
        ">",
        "<=",
        "..",
        "–",
        "/",
        "1.5k",
        "2:30",
        "C♯",
        "don't",
        "AC/DC",
        "NEAR(",
        "*",
        "ピアノ",
        "i",
        "V7",
        "Cmaj7/E",
        "90",
        "~F#m",
    ];
    samples.extend(signs.map(str::to_owned));
    samples
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_is_written_is_read_as_the_same(text in queries()) {
        let (query, problems) = parse(&text);
        let plainly = query.to_string();
        let (again, _) = parse(&plainly);
        prop_assert_eq!(&again, &query, "{:?} written as {:?}", text, plainly);
        for problem in problems {
            prop_assert!(text.get(problem.span.start..problem.span.end).is_some());
            prop_assert!(!problem.message.is_empty());
        }
        for term in &query.terms {
            let alone = parse(term.span.of(&text)).0;
            prop_assert_eq!(&alone.terms[..], std::slice::from_ref(term));
        }
    }
}
