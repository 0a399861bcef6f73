//! Pages in every order, of sets that lie anywhere in it, while files come, go and change.

use crate::Library;
use crate::files::{Random, row};
use engine::library::query::parse;
use engine::library::row::{Facts, Row};
use engine::library::search::Request;
use engine::theory::Key;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

const FILES: usize = 6_000;

/// What a file is ordered by.
#[derive(Clone, Debug, PartialEq)]
struct Known {
    name: String,
    bpm: Option<f64>,
    key: Option<u8>,
    secs: f64,
    mtime: i64,
}

/// A file whose name tells what lies close together: the last tenth begins with `zz`.
fn made(random: &mut Random, nth: usize) -> Row {
    let start = if nth.is_multiple_of(10) { "zz" } else { *random.of(&["a", "B", "_", "m", "Zy"]) };
    let name = format!("{start} {:02}", random.below(40));
    let mut facts = Facts::default();
    facts.tempo.declared = *random.of(&[None, Some(119.999), Some(120.0), Some(90.0)]);
    facts.key.inferred = Key::all().nth(random.below(30));
    facts.shape.duration_secs = *random.of(&[1.0, 1.0004, 2.5, 700.0]);
    facts.shape.tracks = random.below(9) as u16;
    facts.tags = vec![if nth.is_multiple_of(7) { "late" } else { "early" }.to_owned()];
    let mut row = row(&format!("/music/{nth}/{name}.mid"), facts);
    row.stamp.mtime_nanos = random.below(90) as i64;
    row
}

fn read(library: &Library) -> BTreeMap<u32, Known> {
    let reader = library.store().reader().unwrap();
    let list = "SELECT id, name, bpm, key, duration, mtime FROM files";
    let mut list = reader.prepare(list).unwrap();
    let known = |row: &rusqlite::Row<'_>| {
        let [name, bpm] = [1, 2];
        Ok((
            row.get(0)?,
            Known {
                name: row.get(name)?,
                bpm: row.get(bpm)?,
                key: row.get(3)?,
                secs: row.get(4)?,
                mtime: row.get(5)?,
            },
        ))
    };
    list.query_map([], known).unwrap().collect::<Result<_, _>>().unwrap()
}

fn compare(sort: &str, (a_id, a): (u32, &Known), (b_id, b): (u32, &Known)) -> Ordering {
    let descending = sort.starts_with('-');
    let turned = |order: Ordering| if descending { order.reverse() } else { order };
    let tempo = |it: &Known| it.bpm.map_or(i64::MIN, |bpm| (bpm * 1e6) as i64);
    let names = |a: &Known, b: &Known| {
        let [one, other] = [a, b].map(|it| (it.name.to_ascii_lowercase(), tempo(it)));
        one.cmp(&other)
    };
    let ids = a_id.cmp(&b_id);
    match sort.trim_start_matches('-') {
        "name" => turned(names(a, b).then(ids)),
        "key" => {
            let rest = a.key.cmp(&b.key).then(names(a, b)).then(ids);
            a.key.is_none().cmp(&b.key.is_none()).then(turned(rest))
        }
        "bpm" => {
            let hundredths = |it: &Known| it.bpm.map(|bpm| (bpm * 100.0).round() as i64);
            let rest = hundredths(a).cmp(&hundredths(b)).then(ids);
            a.bpm.is_none().cmp(&b.bpm.is_none()).then(turned(rest))
        }
        "duration" => {
            let millis = |it: &Known| (it.secs * 1e3).round() as i64;
            turned(millis(a).cmp(&millis(b)).then(ids))
        }
        _ => turned(a.mtime.cmp(&b.mtime).then(ids)),
    }
}

#[test]
fn every_order_is_that_of_a_plain_sort_while_files_come_go_and_change() {
    let mut random = Random(29);
    let rows: Vec<Row> = (0..FILES).map(|nth| made(&mut random, nth)).collect();
    let mut library = Library::of(&rows);
    assert_eq!(library.store().facets().pending(), 0);
    assert!(library.store().verify_order().unwrap());
    let mut next = FILES;
    for round in 0..24 {
        let what = *random.of(&["name:zz", "name:z", "tag:late", "tracks:>3", "name:zz tracks:2"]);
        let sort =
            *random.of(&["name", "-name", "key", "-key", "bpm", "-bpm", "duration", "-date"]);
        let limit = *random.of(&[60, 150]);
        let mut request =
            Request { query: parse(&format!("{what} sort:{sort}")).0, limit, after: None };
        let before = read(&library);
        let found = |library: &Library| {
            let searcher = &library.searcher;
            searcher.ids(&request.query, &searcher.ticket()).unwrap().0
        };
        let there = found(&library);
        let mut touched = BTreeSet::new();
        let mut seen: Vec<u32> = Vec::new();
        // Every third time nothing happens in between.
        let is_still = round % 3 == 0;
        loop {
            let page = library.searcher.page(&request, &library.searcher.ticket()).unwrap();
            assert!(page.whole);
            let now = read(&library);
            let hits: Vec<(u32, &Known)> =
                page.hits.iter().map(|hit| (hit.id, &now[&hit.id])).collect();
            assert!(hits.is_sorted_by(|a, b| compare(sort, *a, *b).is_lt()), "{what} by {sort}");
            seen.extend(page.hits.iter().map(|hit| hit.id));
            let Some(after) = page.next.clone() else { break };
            request.after = Some(after);
            if !is_still {
                disturb(&library, &mut random, &mut next, &before, &mut touched);
            }
        }
        let text = format!("{what} by {sort}, {limit} a page, round {round}");
        let still: Vec<u32> = seen.iter().copied().filter(|id| !touched.contains(id)).collect();
        let mut expected: Vec<u32> = there.iter().filter(|id| !touched.contains(id)).collect();
        expected.sort_by(|a, b| compare(sort, (*a, &before[a]), (*b, &before[b])));
        let came: BTreeSet<u32> = still.iter().copied().filter(|id| !there.contains(*id)).collect();
        let old: Vec<u32> = still.iter().copied().filter(|id| there.contains(*id)).collect();
        assert_eq!(old, expected, "{text}");
        assert_eq!(came.len() + old.len(), still.len(), "each once: {text}");
        assert!(library.store().verify_order().unwrap());
        match random.below(6) {
            0 => library.store().renew_order().unwrap(),
            1 => library = library.reopened(),
            _ => {}
        }
        if is_still {
            // What was written is what is read, and what a fresh look finds.
            let again = found(&library);
            assert_eq!(again, there, "{text}");
        }
    }
}

/// Files come, go, are renamed, and get another tempo or key.
fn disturb(
    library: &Library,
    random: &mut Random,
    next: &mut usize,
    before: &BTreeMap<u32, Known>,
    touched: &mut BTreeSet<u32>,
) {
    let store = library.store();
    let some = |random: &mut Random| {
        let nth = random.below(before.len());
        *before.keys().nth(nth).unwrap()
    };
    match random.below(5) {
        0 => {
            let rows: Vec<Row> = (*next..*next + 20).map(|nth| made(random, nth)).collect();
            *next += 20;
            store.writer().unwrap().write(&rows).unwrap();
        }
        1 => {
            let gone: Vec<u32> = (0..9).map(|_| some(random)).collect();
            store.writer().unwrap().delete(&gone).unwrap();
            touched.extend(gone);
        }
        2 => {
            for _ in 0..3 {
                let id = some(random);
                let Some(file) = store.row(id).unwrap() else { continue };
                let bpm = *random.of(&[None, Some(61.5), Some(120.0)]);
                store.set_bpm(&file.hash, bpm).unwrap();
                store.set_key(&file.hash, Key::all().nth(random.below(24))).unwrap();
                touched.insert(id);
            }
        }
        3 => {
            // Away and back: where it stands does not change.
            let ids: Vec<u32> = (0..9).map(|_| some(random)).collect();
            let mut writer = store.writer().unwrap();
            writer.set_absent(&ids, true).unwrap();
            writer.set_absent(&ids, false).unwrap();
        }
        _ => store.renew_order().unwrap(),
    }
}
