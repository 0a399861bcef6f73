use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn row() -> impl Strategy<Value = FacetRow> {
    let first = (
        proptest::option::of(20.0..300.0_f64),
        proptest::option::of(0..24_u8),
        proptest::option::of((1..9_u8, proptest::sample::select(vec![4_u16, 8, 3]))),
        0.0..900.0_f64,
        proptest::option::of(1..200_u32),
        0..40_000_u64,
    );
    let second = (
        0..4_u8,
        0..4_u8,
        proptest::option::of(1960..2040_i64),
        any::<u16>(),
        any::<u64>(),
        proptest::collection::btree_set(0..9_u16, 0..4),
        any::<[bool; 3]>(),
    );
    (first, second).prop_map(|((bpm, key, meter, secs, bars, notes), rest)| {
        let (class, feel, year, families, programs, tags, [drums, salvaged, absent]) = rest;
        FacetRow {
            bpm,
            key,
            meter,
            secs,
            bars,
            notes,
            tracks: families / 7,
            class,
            feel,
            year,
            families,
            programs: [programs, programs >> 7],
            drums,
            tags: tags.into_iter().collect(),
            source: u32::from(families % 3),
            folder: u32::from(families % 5),
            salvaged,
            absent,
            has_copy: programs & 1 == 1,
            has_version: programs & 2 == 2,
            user: vec![FacetValue::new(Facet::Rating, u32::from(class) + 1)],
        }
    })
}

/// Every value of a row, worked out in the plainest way.
fn values(row: &FacetRow) -> Vec<FacetValue> {
    let mut all = Vec::new();
    row.for_each_value(|value| all.push(value));
    let mut each = |facet, value: u32| all.push(FacetValue::new(facet, value));
    if let Some(bpm) = row.bpm {
        each(Facet::Tempo, ((bpm * 100.0).round() / 1000.0).floor() as u32);
    }
    if let Some(key) = row.key {
        each(Facet::Key, u32::from(key));
    }
    if let Some((above, below)) = row.meter {
        each(Facet::Meter, u32::from(meter_value(above, below)));
    }
    let step = |steps: &[u32; 8], it: u32| {
        steps.iter().rposition(|step| *step <= it).map(|place| place as u32)
    };
    let secs = ((row.secs * 1000.0).round() / 1000.0).floor() as u32;
    each(Facet::Duration, step(&DURATION_STEPS, secs).unwrap());
    if let Some(bars) = row.bars {
        each(Facet::Bars, step(&BAR_STEPS, bars).unwrap());
    }
    each(Facet::Notes, step(&NOTE_STEPS, row.notes as u32).unwrap());
    if row.class > 0 {
        each(Facet::DrumClass, u32::from(row.class));
    }
    if row.feel > 0 {
        each(Facet::DrumFeel, u32::from(row.feel));
    }
    if let Some(year) = row.year {
        each(Facet::Year, year.clamp(1970, 2224) as u32);
    }
    all
}

fn counted(rows: &BTreeMap<u32, FacetRow>, among: impl Fn(u32) -> bool) -> Vec<FacetCount> {
    let mut counts = BTreeMap::new();
    for (_, row) in rows.iter().filter(|(id, _)| among(**id)) {
        for value in values(row) {
            *counts.entry(value).or_default() += 1;
        }
    }
    counts.into_iter().map(|(value, files)| FacetCount { value, files }).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn facets_say_what_the_rows_say(
        edits in proptest::collection::vec((0..90_u32, proptest::option::weighted(0.8, row())), 1..120),
        among in proptest::collection::btree_set(0..100_u32, 0..100),
    ) {
        let (mut facets, mut rows) = (Facets::default(), BTreeMap::new());
        for (place, row) in edits {
            // Spread over three blocks.
            let id = place * 1_500;
            if let Some(row) = row {
                facets.insert(id, &row);
                rows.insert(id, row);
            } else {
                facets.remove(id);
                rows.remove(&id);
            }
        }
        prop_assert_eq!(facets.counts(None), counted(&rows, |_| true));
        let some: RoaringBitmap = among.iter().map(|place| place * 1_500).collect();
        prop_assert_eq!(facets.counts(Some(&some)), counted(&rows, |id| some.contains(id)));
        prop_assert_eq!(facets.len(), rows.len() as u64);
        for FacetCount { value, .. } in facets.counts(None) {
            let having = rows.iter().filter(|(_, row)| values(row).contains(&value));
            let having: RoaringBitmap = having.map(|(id, _)| *id).collect();
            prop_assert_eq!(facets.with(value), having);
        }
        let present = rows.iter().filter(|(_, row)| !row.absent).map(|(id, _)| *id);
        prop_assert_eq!(facets.present(), present.collect::<RoaringBitmap>());
        let fast = rows.iter().filter(|(_, row)| row.bpm.is_some_and(|it| (it * 100.0).round() > 10_000.0));
        let fast: RoaringBitmap = fast.map(|(id, _)| *id).collect();
        prop_assert_eq!(facets.with_bpm(100.01..=9999.0), fast);
        let short = rows.iter().filter(|(_, row)| row.secs < 59.9994).map(|(id, _)| *id);
        prop_assert_eq!(facets.with_duration(0.0..=59.999), short.collect::<RoaringBitmap>());
        let some = rows.iter().filter(|(_, row)| (100..=4_000).contains(&row.tracks));
        let some: RoaringBitmap = some.map(|(id, _)| *id).collect();
        prop_assert_eq!(facets.with_tracks(100..=4_000), some);
    }

    #[test]
    fn blocks_come_back_from_their_bytes(
        rows in proptest::collection::vec(row(), 1..40), flip in any::<proptest::sample::Index>(),
    ) {
        let mut facets = Facets::default();
        for (id, row) in rows.iter().enumerate() {
            facets.insert(id as u32 * 9, &FacetRow { user: Vec::new(), ..row.clone() });
        }
        let mut bytes = facets.block_bytes(0).unwrap();
        let mut read = Facets::default();
        read.put_blocks([(0, read_block(&bytes).unwrap())]);
        prop_assert_eq!(read.counts(None), facets.counts(None));
        prop_assert_eq!(read.block_bytes(0).unwrap(), bytes.clone());
        let place = flip.index(bytes.len());
        bytes[place] ^= 0x10;
        prop_assert!(read_block(&bytes).is_none());
    }
}

#[test]
fn counts_of_large_parts_are_those_of_the_rest_taken_away() {
    let mut facets = Facets::default();
    let mut rows = BTreeMap::new();
    for id in 0..150_000_u32 {
        let row = FacetRow {
            key: Some((id % 24) as u8),
            tags: vec![(id % 700) as u16],
            families: 1 << (id % 16),
            ..FacetRow::default()
        };
        facets.insert(id, &row);
        rows.insert(id, row);
    }
    for step in [2, 3, 50, 5_000] {
        let most: RoaringBitmap = (0..150_000).filter(|id| id % step != 0).collect();
        assert_eq!(facets.counts(Some(&most)), counted(&rows, |id| id % step != 0));
        let few: RoaringBitmap = (0..150_000).filter(|id| id % step == 0).collect();
        assert_eq!(facets.counts(Some(&few)), counted(&rows, |id| id % step == 0));
    }
}

#[test]
fn an_absent_source_takes_its_files_away_and_brings_them_back() {
    let mut facets = Facets::default();
    for id in 0..10 {
        facets.insert(id, &FacetRow { source: id % 2, ..FacetRow::default() });
    }
    facets.set_absent_sources(vec![1]);
    assert_eq!(facets.present(), (0..10).step_by(2).collect::<RoaringBitmap>());
    facets.set_absent_sources(Vec::new());
    assert_eq!(facets.present(), facets.files());
}

#[test]
fn marks_are_only_given_to_files_that_there_are() {
    let loved = FacetValue::new(Facet::Favourite, 1);
    let mut facets = Facets::default();
    facets.insert(3, &FacetRow::default());
    facets.mark(3, loved, true);
    facets.mark(4, loved, true);
    assert!(facets.has(3, loved) && !facets.has(4, loved));
    facets.forget(|value| value.facet.is_users());
    assert_eq!(facets.with(loved), RoaringBitmap::new());
}

#[test]
fn numbers_of_a_file_are_those_it_was_put_in_with() {
    let mut facets = Facets::default();
    facets
        .insert(70_000, &FacetRow { bpm: Some(97.31), secs: 1.5, notes: 9, ..FacetRow::default() });
    let numbers = Numbers { bpm: Some(97.31), secs: 1.5, notes: 9, ..Numbers::default() };
    assert_eq!((facets.numbers(70_000), facets.numbers(3)), (Some(numbers), None));
}
