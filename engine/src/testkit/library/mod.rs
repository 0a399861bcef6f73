//! A library of made-up files, millions of them: names, tempos, keys and texts as in real
//! collections of loops, chords, grooves and songs.

mod measure;
mod questions;
mod tunes;
mod words;

use super::Rng;
use crate::library::features::{BpmMethod, Contour};
use crate::library::row::{
    ANALYSIS_VERSION, DrumClass, DrumFacts, DrumFeel, Facts, Form, Harmony, Instruments, KeyFacts,
    Named, NoteFacts, Place, Prints, Row, Shape, Stamp, TempoFacts, Texts, key_text,
};
use crate::library::store::{Store, StoreError, key_of};
use crate::theory::Key;
pub use measure::Measure;
use std::ops::ControlFlow;
pub use tunes::theme;
use words::{ARTISTS, INSTRUMENTS, MOODS, NOUNS, PACKS, SECTIONS, TAGS, TRACKS};

/// Rows in one transaction.
const BATCH: usize = 4_096;
/// Files in a folder, and folders in a pack.
const FOLDER: u64 = 48;
const PACK: u64 = 30;
/// Every so manieth file has the bytes of an earlier one.
const DOUBLES: u64 = 16;

/// What a pack holds.
#[derive(Clone, Copy)]
enum Kind {
    Loops,
    Songs,
    Chords,
    Grooves,
    Foreign,
}

/// Fills an empty library with `files` made-up ones and builds its indexes; `watch` is told
/// what is being done and how far it is.
pub fn fill(
    store: &Store,
    files: u64,
    seed: u64,
    watch: &mut dyn FnMut(&str, f64),
) -> Result<(), StoreError> {
    let mut writer = store.writer()?;
    writer.add_source(b"/library")?;
    let mut batch = Vec::with_capacity(BATCH);
    for index in 0..files {
        batch.push(row(seed, index));
        if batch.len() == BATCH || index + 1 == files {
            writer.write(&batch)?;
            batch.clear();
            watch("files", (index + 1) as f64 / files as f64);
        }
    }
    writer.finish(|step| {
        watch(step.what, f64::from(step.done));
        ControlFlow::Continue(())
    })?;
    Ok(())
}

/// File `index` of the library that `seed` names.
pub fn row(seed: u64, index: u64) -> Row {
    let folder = index / FOLDER;
    let pack = folder / PACK;
    // A double has the bytes of an earlier file, and a place of its own.
    let original = if index % DOUBLES == DOUBLES - 1 { index / DOUBLES } else { index };
    let (own_kind, pack_name) = pack_of(seed, pack);
    let (kind, _) = pack_of(seed, original / FOLDER / PACK);
    let mut rng = Rng::new(seed.wrapping_add(original.wrapping_mul(0x5851_F42D_4C95_7F2D)));
    let bpm = rng.chance(88).then(|| tempo(&mut rng));
    let key = key_of(KEYS[rng.below(KEYS.len() as u64) as usize]).filter(|_| rng.chance(90));
    let (name, title, instrument) = name(&mut rng, kind, index, bpm, key);
    let folder_name = folder_name(own_kind, folder).replace("AC/DC", "AC-DC");
    let name = name.replace('/', "-");
    let path = format!("/library/{pack_name} {pack}/{folder_name}/{name}.mid");
    let facts = facts(&mut rng, kind, bpm, key, instrument, &title);
    let mut hash = [0; 32];
    for bytes in hash.as_chunks_mut::<8>().0 {
        *bytes = rng.next_u64().to_le_bytes();
    }
    Row {
        place: Place { path: path.into_bytes().into(), member: None },
        stamp: Stamp {
            bytes: 300 + facts.shape.note_ons * 9,
            mtime_nanos: 1_000_000_000_000_000_000
                + (folder * 7_919 % 800_000_000) as i64 * 1_000_000_000,
        },
        hash,
        version: ANALYSIS_VERSION,
        facts,
    }
}

/// What a pack holds, and its name.
fn pack_of(seed: u64, pack: u64) -> (Kind, &'static str) {
    let mut rng = Rng::new(seed ^ pack.wrapping_mul(0x9E37));
    let kind = match rng.below(100) {
        0..45 => Kind::Loops,
        45..75 => Kind::Songs,
        75..88 => Kind::Chords,
        88..97 => Kind::Grooves,
        _ => Kind::Foreign,
    };
    (kind, pick(&mut rng, PACKS))
}

/// Common keys come several times.
const KEYS: [u8; 40] = [
    0, 0, 0, 0, 2, 2, 5, 5, 5, 7, 7, 7, 9, 10, 3, 4, 8, 1, 6, 11, 21, 21, 21, 21, 21, 14, 14, 16,
    16, 16, 19, 19, 12, 12, 17, 17, 23, 18, 13, 20,
];

fn tempo(rng: &mut Rng) -> f32 {
    match rng.below(10) {
        0..3 => 120.0,
        3..8 => rng.between(70, 175) as f32,
        _ => (60_000_000.0 / rng.between(300_000, 900_000) as f64) as f32,
    }
}

fn folder_name(kind: Kind, folder: u64) -> String {
    let mut rng = Rng::new(folder);
    match kind {
        Kind::Loops => format!("{} Loops {}", pick(&mut rng, INSTRUMENTS), folder % PACK),
        Kind::Songs => format!("{} {}", pick(&mut rng, ARTISTS), folder % PACK),
        Kind::Chords => {
            format!("{:02} - Progressions/{}", folder % PACK + 1, pick(&mut rng, MOODS))
        }
        Kind::Grooves => format!("{} Grooves {}", pick(&mut rng, MOODS), folder % PACK),
        Kind::Foreign => format!("夜曲コレクション {}", folder % PACK),
    }
}

fn name(
    rng: &mut Rng,
    kind: Kind,
    index: u64,
    bpm: Option<f32>,
    key: Option<Key>,
) -> (String, String, &'static str) {
    let instrument = pick(rng, INSTRUMENTS);
    let (mood, noun) = (pick(rng, MOODS), pick(rng, NOUNS));
    let bpm = bpm.map_or(120, |it| it.round() as u32);
    let key = key.map_or_else(|| "C".to_owned(), key_text);
    // The number keeps places apart.
    let number = index % FOLDER;
    let name = match kind {
        Kind::Loops => format!("OS_RFL_{bpm}_{key}in_{mood} {instrument} {number:02}"),
        Kind::Songs => format!("{} - {mood} {noun} {number}", pick(rng, ARTISTS)),
        Kind::Chords => format!("VII - {key}maj9 (V{number}) {mood}"),
        Kind::Grooves => format!("{bpm} {mood} Groove {number:03} {}", pick(rng, SECTIONS)),
        Kind::Foreign => format!("ピアノ協奏曲 第{number}番 {noun}"),
    };
    (name, format!("{mood} {noun}"), instrument)
}

fn facts(
    rng: &mut Rng,
    kind: Kind,
    bpm: Option<f32>,
    key: Option<Key>,
    instrument: &str,
    title: &str,
) -> Facts {
    let bars = match kind {
        Kind::Songs | Kind::Foreign => rng.between(24, 160) as u32,
        _ => rng.pick(&[1_u32, 2, 4, 4, 4, 8, 8, 16]).unwrap_or(4),
    };
    let is_song = bars >= 24;
    let notes = u64::from(bars) * rng.between(6, if is_song { 60 } else { 16 }) as u64;
    let drums = matches!(kind, Kind::Grooves) || is_song && rng.chance(70);
    let secs = f64::from(bars) * 240.0 / f64::from(bpm.unwrap_or(120.0));
    let mut instruments = Instruments { channels: 1, drums, ..Instruments::default() };
    let sounds = if is_song { rng.between(3, 9) } else { 1 };
    if !matches!(kind, Kind::Grooves) {
        for _ in 0..sounds {
            // Pianos, basses, guitars, strings and leads are in nearly everything.
            let common = rng.pick(&[0_u64, 0, 0, 32, 33, 38, 25, 48, 80, 81]).unwrap_or(0);
            let program = if rng.chance(70) { common } else { rng.below(128) };
            instruments.programs[(program >> 6) as usize] |= 1 << (program & 63);
            instruments.families |= 1 << (program >> 3);
        }
        instruments.channels = sounds as u16;
    }
    if drums {
        instruments.kit = [1 << 36 | 1 << 38 | 1 << 42 | 1 << 46 | 1 << 49, 0];
    }
    let inferred = rng.chance(25).then(|| tempo(rng));
    Facts {
        shape: Shape {
            format: u8::from(is_song),
            ppq: rng.pick(&[96, 120, 480, 480, 960]),
            tracks: if is_song { sounds as u16 + 2 } else { 1 },
            events: notes * 2 + 40,
            note_ons: notes,
            duration_secs: secs,
            last_note_secs: Some(secs - 0.013),
            bars: Some(bars),
            salvaged: rng.chance(3),
            problems: Vec::new(),
        },
        tempo: TempoFacts {
            declared: bpm,
            first: bpm,
            min: bpm,
            max: bpm,
            inferred,
            method: if bpm.is_some() { BpmMethod::Declared } else { BpmMethod::Onsets },
            confidence: rng.below(1000) as f32 / 1000.0,
            alternatives: inferred.map(|it| vec![it * 2.0, it / 2.0]).unwrap_or_default(),
        },
        key: KeyFacts {
            declared: key.filter(|_| rng.chance(30)),
            declared_is_default: false,
            inferred: key,
            confidence: rng.below(1000) as f32 / 1000.0,
            modulations: rng.below(4) as u16,
        },
        meter: rng.pick(&[(4, 4); 18]).map(|it| match rng.below(20) {
            0 => (3, 4),
            1 => (6, 8),
            _ => it,
        }),
        notes: note_facts(rng, notes, secs),
        instruments,
        harmony: if matches!(kind, Kind::Grooves) {
            Harmony::default()
        } else {
            harmony(rng, bars)
        },
        drums: DrumFacts {
            class: drums.then_some(if rng.chance(80) {
                DrumClass::Groove
            } else {
                DrumClass::Fill
            }),
            feel: drums.then_some(if rng.chance(75) {
                DrumFeel::Straight
            } else {
                DrumFeel::Swung
            }),
            kick: if drums { 0x0101 } else { 0 },
            snare: if drums { 0x1010 } else { 0 },
        },
        form: if is_song {
            Form {
                sections: "ABABCBB".to_owned(),
                starts: vec![0, 8, 16, 24, 32, 40, 48],
                repeated: 0.6,
            }
        } else {
            Form { sections: "A".to_owned(), starts: vec![0], repeated: 0.0 }
        },
        text: texts(rng, is_song, instrument, title),
        named: Named { bpm, key, instrument: Some(instrument.to_owned()), ..Named::default() },
        tags: tags(rng, instrument),
        thumbnail: thumbnail(rng, if is_song { 256 } else { 96 }),
        prints: Prints {
            musical: rng.next_u64(),
            version: if is_song { rng.next_u64() } else { 0 },
            vector: vector(rng),
            melody: melody(rng, kind, notes),
        },
    }
}

fn note_facts(rng: &mut Rng, notes: u64, secs: f64) -> NoteFacts {
    let mut share = || rng.below(1 << 20) as f32 / (1 << 20) as f32;
    NoteFacts {
        density: notes as f32 / secs as f32,
        polyphony_mean: 1.0 + share() * 4.0,
        velocity_mean: 60.0 + share() * 50.0,
        velocity_deviation: share() * 20.0,
        length_classes: [share(), share(), share(), 0.0, 0.0],
        swing: Some(1.0 + share()),
        off_grid: share() / 10.0,
        lowest: Some(36),
        highest: Some(84),
        polyphony_max: 6,
        velocity_min: 30,
        velocity_max: 127,
    }
}

fn harmony(rng: &mut Rng, bars: u32) -> Harmony {
    const CHORDS: [(&str, &str); 8] = [
        ("C", "I"),
        ("Am", "vi"),
        ("F", "IV"),
        ("G7", "V7"),
        ("Dm7", "ii7"),
        ("Em", "iii"),
        ("Fmaj7", "IVmaj7"),
        ("Bbsus4", "bVIIsus4"),
    ];
    let count = (bars * 2).min(64);
    let chosen: Vec<_> = (0..count).filter_map(|_| rng.pick(&CHORDS)).collect();
    let join = |of: fn(&(&'static str, &'static str)) -> &'static str| {
        chosen.iter().map(of).collect::<Vec<_>>().join(" ")
    };
    Harmony { chords: join(|it| it.0), numerals: join(|it| it.1) }
}

fn texts(rng: &mut Rng, is_song: bool, instrument: &str, title: &str) -> Texts {
    let mut texts = Texts { encoding: "utf-8".to_owned(), ..Texts::default() };
    if !is_song {
        instrument.clone_into(&mut texts.title);
        texts.tracks.clone_from(&texts.title);
        return texts;
    }
    title.clone_into(&mut texts.title);
    let tracks = rng.between(4, 14);
    texts.tracks = (0..tracks).map(|_| pick(rng, TRACKS)).collect::<Vec<_>>().join("\n");
    if rng.chance(50) {
        texts.copyright = format!("Copyright {} by {}", 1980 + rng.below(45), pick(rng, ARTISTS));
    }
    if rng.chance(25) {
        texts.markers = SECTIONS.join("\n");
    }
    if rng.chance(8) {
        let words: Vec<_> = (0..rng.between(80, 300)).map(|_| pick(rng, NOUNS)).collect();
        texts.lyrics = words.join(" ");
    }
    texts
}

fn tags(rng: &mut Rng, instrument: &str) -> Vec<String> {
    let mut tags = vec![instrument.to_lowercase()];
    for _ in 0..rng.between(1, 5) {
        // The first words of the table are far more common than the last.
        let most = rng.below(TAGS.len() as u64 * 4) as usize + 1;
        let nth = rng.below(most as u64) as usize;
        tags.extend(TAGS.get(nth % TAGS.len()).map(|tag| format!("{tag}{}", nth / TAGS.len())));
    }
    tags.sort_unstable();
    tags.dedup();
    tags
}

fn thumbnail(rng: &mut Rng, bytes: usize) -> Vec<u8> {
    (0..bytes).map(|_| (rng.below(16) * 16 + rng.below(16)) as u8).collect()
}

/// The highest voice of what has more than drums: of songs a third of the notes, of chords one
/// in three, of loops nearly all.
fn melody(rng: &mut Rng, kind: Kind, notes: u64) -> Contour {
    let notes = match kind {
        Kind::Grooves => 0,
        Kind::Loops => notes * 4 / 5,
        Kind::Songs | Kind::Foreign | Kind::Chords => notes / 3,
    };
    tunes::tune(&mut Rng::new(rng.next_u64()), notes as usize)
}

/// Around one of 64 middles, as pieces of a kind are.
fn vector(rng: &mut Rng) -> [u8; 24] {
    let mut middle = Rng::new(rng.below(64));
    let mut vector = [0; 24];
    for value in &mut vector {
        *value = (middle.below(200) + rng.below(28) + rng.below(28)) as u8;
    }
    vector
}

fn pick(rng: &mut Rng, words: &[&'static str]) -> &'static str {
    rng.pick(words).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_file_has_a_place_of_its_own_and_some_have_the_same_bytes() {
        let rows: Vec<Row> = (0..20_000).map(|index| row(7, index)).collect();
        let places: HashSet<_> = rows.iter().map(|row| &row.place).collect();
        assert_eq!(places.len(), rows.len());
        let hashes: HashSet<_> = rows.iter().map(|row| row.hash).collect();
        assert!(hashes.len() < rows.len() * 95 / 100);
        assert_eq!(row(7, 1234), rows[1234]);
    }
}
