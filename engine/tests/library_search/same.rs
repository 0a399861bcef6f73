//! Any query finds what a plain look at every file finds, in the order that was asked for.

use crate::Library;
use crate::files::{File, Random, known, rows};
use crate::naive;
use engine::library::query::{SortBy, parse};
use std::collections::BTreeSet;

/// Enough that some queries walk an index and others fetch and sort.
const FILES: usize = 1_400;
/// Queries to try; more by setting QUERY_CASES.
const CASES: u64 = 250;

const TERMS: [&str; 96] = [
    "wonder",
    "bass",
    "won",
    "BASS",
    "AC/DC",
    "ac-dc",
    "acdc",
    "don't",
    "dont",
    "C#",
    "c♯",
    "C",
    "#1",
    "1",
    "NEAR(",
    "a*",
    "near",
    "gmin",
    "174_gmin",
    "naive",
    "naïve",
    "straße",
    "100%",
    "\"slow blues\"",
    "\"blues slow\"",
    "\"slow blu\"",
    "slow/blu",
    "夜曲",
    "ピアノ",
    "ピ",
    "ノ",
    "夜曲ピアノ",
    "\"ピアノ\" solo",
    "กิน",
    "กินข้าว",
    "abc",
    "zzz",
    "piano",
    "violin grand",
    "jazz",
    "bpm:120",
    "bpm:119.5",
    "bpm:110-130",
    "bpm:>120",
    "bpm:<=120",
    "bpm:~124",
    "bpm:none",
    "bpm:77",
    "bpm:60,400",
    "key:C",
    "key:F#m,Gb",
    "key:~Am",
    "key:~Eb",
    "key:minor",
    "key:none",
    "key:none,major",
    "inst:piano",
    "inst:sax",
    "inst:\"slap bass\"",
    "inst:drums,strings",
    "inst:33",
    "drums:yes",
    "drums:no",
    "drums:groove,fill",
    "drums:half-time",
    "dur:<60",
    "dur:1:30",
    "dur:60",
    "dur:>=1:00",
    "bars:4",
    "bars:none",
    "bars:8-",
    "notes:>1000",
    "notes:0,1k",
    "tracks:1",
    "tracks:>=16",
    "meter:3/4,6/8",
    "meter:none",
    "meter:37/4",
    "chords:\"ii V I\"",
    "chords:\"iv\",\"bVII IV\"",
    "chords:\"Am F C G\"",
    "chords:\"Dm G C\"",
    "tag:jazz",
    "tag:\"deep house\",keep",
    "rating:>=3",
    "rating:none",
    "rating:1,5",
    "in:loops",
    "in:\"drum loops\"",
    "in:ピ",
    "in:/music/jazz",
    "name:_",
    "name:%",
    "name:ピア,wonder",
    "salvaged:yes",
];
const MORE_TERMS: [&str; 21] = [
    "dup:yes",
    "dup:no",
    "version:yes",
    "version:no",
    "name:\"C♯ M\"",
    "name:Ä",
    "name:a",
    "name:_b",
    "name:♯",
    "name:C♯",
    "name:夜曲",
    "name:夜曲ピアノ",
    "name:SS",
    "tracks:5-9",
    "tracks:>70000",
    "melody:60-62-64-62-60-60",
    "melody:60-60-62-62-64-84-82-84",
    "melody:60,62,64,66,68,68,68,66,64",
    "melody:60-62-60-60-60-80 melody:60-58-60-60-62-62",
    "in:My_Songs/a%",
    "salvaged:no",
];
const SORTS: [&str; 8] = [
    "",
    "sort:name",
    "sort:bpm",
    "sort:key",
    "sort:duration",
    "sort:date",
    "sort:rating",
    "sort:relevance",
];

#[test]
fn any_query_finds_what_a_plain_look_finds() {
    let cases = std::env::var("QUERY_CASES").ok().and_then(|it| it.parse().ok()).unwrap_or(CASES);
    let mut random = Random(11);
    let rows = rows(&mut random, FILES);
    let library = Library::of(&rows);
    let files = known(&library, rows, &mut random);
    let terms: Vec<&str> = TERMS.into_iter().chain(MORE_TERMS).collect();
    // Each term by itself, and turned round.
    for term in &terms {
        check(&library, &files, term, 50, false);
        check(&library, &files, &format!("-{term} sort:-key"), 300, false);
    }
    for case in 0..cases {
        let mut random = Random(1_000 + case);
        let mut query = String::new();
        for _ in 0..random.below(4) {
            let minus = if random.below(3) == 0 { "-" } else { "" };
            query.extend([minus, *random.of(&terms), " "]);
        }
        let sort = random.of(&SORTS);
        let turned = random.below(2) == 0;
        query.push_str(&if turned { sort.replace(':', ":-") } else { (*sort).to_owned() });
        let limit = *random.of(&[3, 40, 400, 1_000]);
        check(&library, &files, &query, limit, case % 4 == 0);
    }
}

fn check(library: &Library, files: &[File], text: &str, limit: usize, thoroughly: bool) {
    let (query, _) = parse(text);
    let mut expected = naive::found(&query, files);
    let searcher = &library.searcher;
    let (ids, whole) = searcher.ids(&query, &searcher.ticket()).unwrap();
    let wanted: BTreeSet<u32> = expected.iter().map(|file| file.id).collect();
    assert_eq!((ids.iter().collect::<BTreeSet<u32>>(), whole), (wanted, true), "{text}");
    let count = searcher.count(&query, &searcher.ticket()).unwrap();
    assert_eq!((count.files, count.more), (expected.len() as u64, false), "{text}");
    let facets = searcher.facets(&query, &searcher.ticket()).unwrap();
    assert_eq!((facets.files, facets.whole), (expected.len() as u64, true), "{text}");
    // Reading every page of a large result is what takes the time of this test.
    if expected.len() > 250 && !thoroughly {
        return;
    }
    let order = query.order();
    // The least pages that still go on several times.
    let limit = limit.max(expected.len() / 12);
    let mut paged = library.paged(text, limit.max(1));
    if order.by == SortBy::Relevance {
        // What is best is for its own test; here all are there, each once.
        paged.sort_unstable();
        expected.sort_by_key(|file| file.id);
    } else {
        expected.sort_by(|a, b| naive::order(order, a, b));
    }
    let expected: Vec<u32> = expected.iter().map(|file| file.id).collect();
    assert_eq!(paged, expected, "{text} by {limit}");
}
