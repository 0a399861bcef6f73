//! Made files, and what is known of each without asking the library.

use crate::Library;
use engine::library::features::{BpmMethod, Contour};
use engine::library::row::{DrumClass, DrumFeel, Facts, Place, Row, Stamp};
use engine::theory::{Key, PitchClass};

/// What the naive evaluator looks at.
pub(crate) struct File {
    pub(crate) id: u32,
    pub(crate) row: Row,
    pub(crate) name: String,
    pub(crate) folder: String,
    pub(crate) absent: bool,
    pub(crate) rating: Option<u8>,
    pub(crate) given: Vec<String>,
    pub(crate) bpm: Option<f64>,
    pub(crate) key: Option<Key>,
}

const NAMES: [&str; 28] = [
    "Wonder Bass",
    "wonder bass",
    "Bassoon Trio",
    "AC-DC Thunder",
    "acdc",
    "don't stop",
    "C# Ballad",
    "C♯ minor groove",
    "C Ballad",
    "Cb",
    "夜曲ピアノ",
    "ピアノ solo",
    "音",
    "กินข้าว",
    "NEAR the river",
    "174_Gmin_Wonder",
    "174 gmin",
    "Straße",
    "naïve song",
    "NAIVE",
    "100% a_b",
    "axb",
    "Song #1",
    "Song 1 (v1)",
    "Slow Blues",
    "blues slow",
    "Ａｂｃ",
    "Z",
];
const FOLDERS: [&str; 6] =
    ["Drum Loops", "drum loops/Funk", "Jazz/Standards (C#)", "ピアノ", "Loops", "My_Songs/a%b"];
const TEXTS: [&str; 5] = ["", "Grand Piano\nViolin", "don't look", "夜曲", "slow blues in C"];
const NUMERALS: [&str; 6] =
    ["", "I vi ii V I", "ii V I", "i iv v i", "I V vi IV I V vi IV", "bVII IV I"];
const TEMPOS: [f32; 14] = [
    119.49, 119.5, 119.9999, 120.0, 120.49, 120.5, 109.9999, 130.0002, 62.0, 124.0, 248.0, 60.0,
    90.04, 400.0,
];
const SECONDS: [f64; 9] = [0.0, 0.5, 59.9994, 59.999, 60.0, 60.001, 89.5, 90.4999, 300.0];

/// A random number generator: splitmix64, by Steele, Lea and Flood (2014).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((it ^ (it >> 31)) % bound as u64) as usize
    }

    pub(crate) fn of<'a, T>(&mut self, some: &'a [T]) -> &'a T {
        &some[self.below(some.len())]
    }

    fn chance(&mut self, one_in: usize) -> bool {
        self.below(one_in) == 0
    }
}

/// A file with what is given, and nothing else.
pub(crate) fn row(path: &str, facts: Facts) -> Row {
    let hash = *blake3::hash(path.as_bytes()).as_bytes();
    let place = Place { path: path.as_bytes().into(), member: None };
    Row { place, stamp: Stamp { bytes: 100, mtime_nanos: 0 }, hash, version: 1, facts }
}

pub(crate) fn rows(random: &mut Random, count: usize) -> Vec<Row> {
    (0..count).map(|nth| any_row(random, nth)).collect()
}

fn any_row(random: &mut Random, nth: usize) -> Row {
    let folder = random.of(&FOLDERS);
    let path = format!("/music/{folder}/{nth}/{}.mid", random.of(&NAMES));
    let mut row = row(&path, any_facts(random));
    row.stamp.mtime_nanos = random.below(50) as i64 * 1_000_000_000_000_000;
    row.stamp.bytes = random.below(9_999) as u64;
    if random.chance(3) {
        row.hash = [random.below(20) as u8; 32];
    }
    row
}

fn any_facts(random: &mut Random) -> Facts {
    let mut facts = Facts::default();
    let key = |random: &mut Random| {
        let tonic = PitchClass::new(random.below(12) as i32);
        (!random.chance(5)).then(|| Key { tonic, minor: random.chance(2) })
    };
    facts.key.inferred = key(random);
    facts.key.declared = key(random).filter(|_| random.chance(3));
    facts.key.confidence = 0.5;
    facts.tempo.declared = (!random.chance(5)).then(|| *random.of(&TEMPOS));
    facts.tempo.inferred = random.chance(3).then(|| *random.of(&TEMPOS));
    facts.tempo.method = if random.chance(3) { BpmMethod::Onsets } else { BpmMethod::Declared };
    facts.meter = *random.of(&[
        None,
        Some((3, 4)),
        Some((4, 4)),
        Some((4, 4)),
        Some((6, 8)),
        Some((37, 4)),
        Some((38, 4)),
    ]);
    facts.shape.duration_secs = *random.of(&SECONDS);
    facts.shape.bars = (!random.chance(4)).then(|| 1 + random.below(20) as u32);
    facts.shape.note_ons = *random.of(&[0, 1, 999, 1000, 1001, 20_000]);
    facts.shape.tracks = 1 + random.below(20) as u16;
    facts.shape.salvaged = random.chance(6);
    facts.instruments.drums = random.chance(2);
    for _ in 0..random.below(4) {
        let program = *random.of(&[0u8, 5, 32, 36, 37, 48, 65, 66, 81, 127]);
        facts.instruments.programs[usize::from(program / 64)] |= 1 << (program % 64);
        facts.instruments.families |= 1 << (program / 8);
    }
    facts.drums.class = *random.of(&[
        None,
        Some(DrumClass::Groove),
        Some(DrumClass::Fill),
        Some(DrumClass::OneShot),
    ]);
    facts.drums.feel = *random.of(&[
        None,
        Some(DrumFeel::Straight),
        Some(DrumFeel::Swung),
        Some(DrumFeel::HalfTime),
    ]);
    facts.harmony.numerals.push_str(random.of::<&str>(&NUMERALS));
    facts.text.title.push_str(random.of::<&str>(&TEXTS));
    for tag in ["deep house", "funk", "jazz"] {
        if random.chance(4) {
            facts.tags.push(tag.to_owned());
        }
    }
    facts.prints.version = random.below(40) as u64;
    facts.prints.melody = Contour::of(melody(random));
    facts.prints.vector = std::array::from_fn(|_| 1 + random.below(200) as u8);
    facts
}

/// Few steps, so that melodies have much in common.
fn melody(random: &mut Random) -> Vec<u8> {
    let mut key = 60_i32;
    let notes = *random.of(&[0, 5, 6, 7, 12, 40, 90]);
    let mut note = |random: &mut Random| {
        key = (key + *random.of(&[0, 0, 2, 2, -2, -2, 20])).clamp(20, 100);
        key as u8
    };
    (0..notes).map(|_| note(random)).collect()
}

/// Marks files of a library, and says what is to be known of each.
pub(crate) fn known(library: &Library, rows: Vec<Row>, random: &mut Random) -> Vec<File> {
    let store = library.store();
    let some = |random: &mut Random| random.of(&rows).hash;
    for stars in 1..=5 {
        let files: Vec<_> = (0..12).map(|_| some(random)).collect();
        store.rate(&files, Some(stars)).unwrap();
    }
    for tag in ["Jazz", "keep"] {
        let files: Vec<_> = (0..30).map(|_| some(random)).collect();
        store.tag(&files, tag).unwrap();
    }
    for _ in 0..5 {
        store.set_bpm(&some(random), Some(77.0)).unwrap();
        store.set_key(&some(random), Some(Key { tonic: PitchClass::C, minor: true })).unwrap();
    }
    let tags = store.user_tags().unwrap();
    let mut files: Vec<File> = rows
        .into_iter()
        .enumerate()
        .map(|(nth, row)| {
            let mark = store.mark(&row.hash);
            let path = String::from_utf8(row.place.path.to_vec()).unwrap();
            let (folder, name) = path.rsplit_once('/').unwrap();
            File {
                id: nth as u32 + 1,
                name: name.strip_suffix(".mid").unwrap().to_owned(),
                folder: folder.to_owned(),
                absent: nth % 17 == 3,
                rating: mark.rating,
                given: tags
                    .iter()
                    .filter(|tag| mark.tags.contains(&tag.id))
                    .map(|tag| tag.name.to_lowercase())
                    .collect(),
                bpm: mark.bpm.or(row.facts.bpm()).map(f64::from),
                key: mark.key.or(row.facts.key()),
                row,
            }
        })
        .collect();
    files.sort_by_key(|file| file.id);
    let absent: Vec<u32> = files.iter().filter(|file| file.absent).map(|file| file.id).collect();
    store.writer().unwrap().set_absent(&absent, true).unwrap();
    for file in &files {
        let there = store.row(file.id).unwrap().unwrap();
        assert_eq!(there.place, file.row.place, "ids follow the order of writing");
    }
    files
}
