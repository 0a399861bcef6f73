//! Whatever is typed: no error comes out, nothing takes long, nothing is found twice.

use crate::Library;
use crate::files::{Random, rows};
use engine::library::query::{FIELDS, complete, parse};
use engine::library::search::{Request, Searcher};
use std::time::{Duration, Instant};

/// Strings to try; more by setting QUERY_STRINGS.
const STRINGS: u64 = 3_000;
/// With the way back, on a machine that does other things too.
const LONGEST: Duration = Duration::from_millis(250);

#[test]
fn whatever_is_typed_finds_something_or_nothing_and_never_fails() {
    let strings =
        std::env::var("QUERY_STRINGS").ok().and_then(|it| it.parse().ok()).unwrap_or(STRINGS);
    let library = Library::of(&rows(&mut Random(5), 300));
    let searcher = Searcher::new(library.store().clone(), None);
    let pieces = pieces();
    let values = searcher.values().unwrap();
    let mut slow = Vec::new();
    for number in 0..strings {
        let text = any(&mut Random(number), &pieces);
        let start = Instant::now();
        let (query, problems) = parse(&text);
        for problem in &problems {
            assert!(text.get(problem.span.start..problem.span.end).is_some(), "{text:?}");
        }
        let request = Request { query, limit: 20, after: None };
        let page = searcher.page(&request, &searcher.ticket());
        let page = page.unwrap_or_else(|error| panic!("{text:?}: {error}"));
        let mut ids: Vec<u32> = page.hits.iter().map(|hit| hit.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), page.hits.len(), "{text:?}");
        if start.elapsed() > LONGEST {
            slow.push((text.clone(), start.elapsed()));
        }
        let cursor = Random(number).below(text.len() + 1);
        let completion = complete(&text, cursor, &*values);
        assert!(text.get(completion.span.start..completion.span.end).is_some(), "{text:?}");
    }
    // A machine that stops for a moment is no fault of a query: the same has to be slow again.
    slow.retain(|(text, _)| {
        let start = Instant::now();
        searcher.cache().clear();
        let request = Request { query: parse(text).0, limit: 20, after: None };
        searcher.page(&request, &searcher.ticket()).unwrap();
        start.elapsed() > LONGEST
    });
    assert_eq!(slow, []);
}

fn pieces() -> Vec<String> {
    let mut pieces: Vec<String> = FIELDS.iter().map(|field| format!("{}:", field.name)).collect();
    pieces.extend(FIELDS.iter().flat_map(|field| field.examples).map(|it| (*it).to_owned()));
    let signs = [
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
        "*",
        "(",
        ")",
        "^",
        "{",
        "}",
        "+",
        "NEAR(",
        "AND",
        "OR",
        "NOT",
        "AC/DC",
        "don't",
        "C#",
        "%",
        "_",
        "\\",
        "\0",
        "\u{202E}",
        "ピアノ",
        "กิน",
        "ß",
        "İ",
        "🎹",
        "é",
        "e\u{301}",
        "bass",
        "1",
        "0",
        "9999999999999999999",
        "-1",
        "NaN",
        "inf",
        "/",
        "'",
        ";--",
        "\u{FFFF}",
        "ﷺ",
        "\t",
        "\n",
        "Am F",
        "ii V",
    ];
    pieces.extend(signs.map(str::to_owned));
    pieces
}

/// Pieces of queries, with some characters of any kind among them.
fn any(random: &mut Random, pieces: &[String]) -> String {
    let mut text = String::new();
    for _ in 0..random.below(10) {
        if random.below(4) > 0 {
            text.push_str(random.of(pieces).as_str());
        } else {
            let code = [0x80, 0x800, 0xFFFF, 0x10_FFFF][random.below(4)];
            text.extend(char::from_u32(random.below(code) as u32));
        }
    }
    if random.below(50) == 0 { text.repeat(random.below(90)) } else { text }
}
