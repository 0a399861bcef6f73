//! A collection as people have it: packs in folders, names that tell tempo and key, short loops
//! and long songs, doubles, damage, and files that are no MIDI.

use super::damage::damaged;
use super::rng::Rng;
use super::smf::{SmfShape, smf_file};

/// A file of a collection: its path below the root, with `/`, and its bytes.
pub type CollectionFile = (String, Vec<u8>);

const PACKS: [&str; 12] = [
    "Midnight Soul",
    "Jazz Standards",
    "Techno Tools",
    "House Grooves",
    "Film Strings",
    "Latin Percussion",
    "Lo-Fi Keys",
    "Trap Drums",
    "Classical Piano",
    "Reggae Roots",
    "Ambient Pads",
    "Rock Riffs",
];
const PARTS: [&str; 10] =
    ["Bass", "Piano", "Lead", "Pad", "Drums", "Chords", "Arp", "Guitar", "Strings", "Brass"];
const KEYS: [&str; 12] = ["C", "Am", "G", "Em", "D", "Bm", "F", "Dm", "Bb", "Gm", "Eb", "F#m"];
const SECTIONS: [&str; 5] = ["Intro", "Verse", "Chorus", "Bridge", "Fill"];

/// `count` files that `seed` names, one after the other; `notes` is how many most of them have.
/// One in twenty repeats the bytes of an earlier file, one in fifty is damaged, one in two
/// hundred is no MIDI file at all.
pub fn collection(seed: u64, count: usize, notes: usize) -> impl Iterator<Item = CollectionFile> {
    (0..count).map(move |index| {
        let mut rng = Rng::new(seed ^ (index as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let path = path(&mut rng, index);
        let original =
            if index > 0 && rng.chance(5) { rng.below(index as u64) } else { index as u64 };
        let mut bytes = music(seed.wrapping_add(original), notes);
        if rng.below(50) == 0 {
            bytes = damaged(rng.next_u64(), &bytes);
        } else if rng.below(200) == 0 {
            bytes = b"This is a text that somebody has given the wrong name.\n".to_vec();
        }
        (path, bytes)
    })
}

/// A hundred files a folder, as packs come.
fn path(rng: &mut Rng, index: usize) -> String {
    let pick = |rng: &mut Rng, from: &[&'static str]| rng.pick(from).unwrap_or_default();
    let pack = pick(&mut Rng::new(index as u64 / 100), &PACKS);
    let volume = index / 100;
    let (part, key) = (pick(rng, &PARTS), pick(rng, &KEYS));
    let bpm = 60 + rng.below(120);
    let name = match rng.below(4) {
        0 => format!("{bpm}_{key}_{part}_{index}"),
        1 => format!("{pack} - {part} {} {index}", pick(rng, &SECTIONS)),
        2 => format!("{part} {bpm}bpm {key} ({index})"),
        _ => format!("OS_RFL_{bpm}_{key}in_{part}_{index}"),
    };
    format!("{pack} Vol {volume}/{part}/{name}.mid")
}

fn music(seed: u64, notes: usize) -> Vec<u8> {
    let mut rng = Rng::new(seed.wrapping_mul(0xBF58_476D_1CE4_E5B9));
    // Mostly loops, some songs of many times their size.
    let factor = match rng.below(20) {
        0 => 8,
        1..=4 => 2,
        _ => 1,
    };
    let tracks = if factor == 1 { 1 } else { 2 + rng.below(8) as usize };
    let shape = SmfShape {
        format: u8::from(!rng.chance(20)),
        ppq: rng.pick(&[96, 120, 192, 384, 480, 960]).unwrap_or(480),
        tracks,
        notes: notes / 2 + rng.below(notes as u64 * factor + 1) as usize,
        running_status: rng.chance(70),
        extras: rng.chance(30),
    };
    smf_file(seed, &shape)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_collection_has_doubles_damage_and_no_path_twice() {
        let files: Vec<CollectionFile> = collection(1, 600, 20).collect();
        assert_eq!(files, collection(1, 600, 20).collect::<Vec<_>>());
        let paths: HashSet<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
        let bytes: HashSet<&[u8]> = files.iter().map(|(_, bytes)| bytes.as_slice()).collect();
        assert_eq!(paths.len(), files.len());
        assert!(bytes.len() < files.len());
        assert!(files.iter().any(|(_, bytes)| !bytes.starts_with(b"MThd")));
    }
}
