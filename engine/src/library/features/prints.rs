//! What finds a piece again: the same music, and versions of it.

use super::melody::MelodyNote;
use super::sheet::{GRAINS, Sheet, class_of};
use bumpalo::Bump;

/// Grains that count as the same place: a 24th of a quarter.
const PLACE: u32 = GRAINS / 24;
/// Intervals in a shingle. Of 5 to 10, 8 found most versions and nearly nothing else:
/// docs/library.md.
const SHINGLE: usize = 8;
/// A shingle of fewer different intervals is a scale or a trill, which every piece has.
const FEWEST_INTERVALS: u32 = 4;
/// Fewer shingles say nothing.
const FEWEST_SHINGLES: usize = 4;

/// The same for the same music in another tempo, key or velocity, with its tracks and channels
/// in another order, or later by whole 24ths of a quarter; 0 without notes.
///
/// The sum of a hash of each note: its onset after the first one, its length, and how far it
/// lies above the lowest note; of drums only onset and key. A sum does not see the order.
pub fn musical(sheet: &Sheet<'_>) -> u64 {
    let Some(first) = sheet.marks.first() else { return 0 };
    let (lowest, _) = sheet.pitches.unwrap_or_default();
    let place = |grain: u32| u64::from((grain + PLACE / 2) / PLACE);
    let origin = place(first.start);
    let mut sum = 0_u64;
    for mark in sheet.pitched {
        let (length, above) = (place(u32::from(mark.length)), u64::from(mark.key - lowest));
        sum = sum.wrapping_add(mix((place(mark.start) - origin) << 24 | length << 8 | above));
    }
    for mark in sheet.drums {
        let drum = u64::from(mark.key) | 1 << 7;
        sum = sum.wrapping_add(mix((place(mark.start) - origin) << 24 | drum));
    }
    // 0 is kept for silence.
    mix(sum).max(1)
}

/// The same for versions of a piece: with other chords, another key or tempo, notes added, left
/// out or changed here and there. 0 where the melody is too short or too plain to tell.
///
/// The shingle of eight intervals that the melody has most often, octaves aside; of equals the
/// one with the lowest hash, as in a minimum hash (Broder, "On the resemblance and containment of
/// documents", 1997). What comes back is what versions keep: a change spoils one place of many.
pub fn version(melody: &[MelodyNote], arena: &Bump) -> u64 {
    let mut counts = Counts::new(melody.len(), arena);
    let mut shingle = Shingle::default();
    for pair in melody.windows(2) {
        let &[a, b] = pair else { continue };
        // Octaves aside: versions lie in other registers, and a skyline leaps.
        let up = class_of(b.key) + 12 - class_of(a.key);
        shingle.push(if up >= 12 { up - 12 } else { up } as u32);
        if shingle.is_telling() {
            counts.add(shingle.intervals);
        }
    }
    if counts.n_shingles < FEWEST_SHINGLES { 0 } else { counts.best.1 }
}

/// How often each shingle was seen: a table open to its hashes, at most half full.
struct Counts<'s> {
    /// Shingle and count; no telling shingle is 0.
    table: &'s mut [(u32, u32)],
    n_shingles: usize,
    /// The most often seen so far, and the hash of that shingle.
    best: (u32, u64),
}

impl<'s> Counts<'s> {
    fn new(most: usize, arena: &'s Bump) -> Self {
        let table = arena.alloc_slice_fill_copy((most * 2).next_power_of_two(), (0, 0));
        Self { table, n_shingles: 0, best: (0, 0) }
    }

    fn add(&mut self, intervals: u32) {
        self.n_shingles += 1;
        let hash = mix(u64::from(intervals)).max(1);
        let last = self.table.len() - 1;
        let mut at = hash as usize & last;
        while let Some((seen, count)) = self.table.get_mut(at) {
            if *count == 0 || *seen == intervals {
                *seen = intervals;
                *count += 1;
                if *count > self.best.0 || *count == self.best.0 && hash < self.best.1 {
                    self.best = (*count, hash);
                }
                return;
            }
            at = (at + 1) & last;
        }
    }
}

/// The last eight intervals, four bits each with the newest lowest.
#[derive(Default)]
struct Shingle {
    intervals: u32,
    length: usize,
    /// How often each interval is among them, and how many of them differ.
    counts: [u8; 16],
    different: u32,
}

impl Shingle {
    const fn push(&mut self, interval: u32) {
        if self.length >= SHINGLE {
            let oldest = &mut self.counts[(self.intervals >> (SHINGLE * 4 - 4) & 15) as usize];
            *oldest -= 1;
            self.different -= (*oldest == 0) as u32;
        }
        let newest = &mut self.counts[(interval & 15) as usize];
        self.different += (*newest == 0) as u32;
        *newest += 1;
        self.intervals = self.intervals << 4 | interval;
        self.length += 1;
    }

    const fn is_telling(&self) -> bool {
        self.length >= SHINGLE && self.different >= FEWEST_INTERVALS
    }
}

/// The finalizer of SplitMix64 (Steele, Lea and Flood 2014): every bit of the result depends
/// on every bit of `bits`.
pub(super) const fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::super::NoteEvent;
    use super::super::melody::melody;
    use super::super::sheet::tests::{drum, note, played, sheet};
    use super::*;
    use crate::time::{Division, MeterMap};
    use proptest::prelude::*;

    fn both(notes: &mut [NoteEvent]) -> (u64, u64) {
        let arena = Bump::new();
        let sheet = sheet(notes, &arena);
        (musical(&sheet), version(melody(&sheet, &arena), &arena))
    }

    /// A tune of eight bars that comes twice, over a bass.
    fn tune() -> Vec<NoteEvent> {
        const KEYS: [u8; 32] = [
            60, 64, 67, 65, 64, 62, 59, 60, 69, 67, 72, 71, 67, 64, 66, 67, 60, 62, 68, 67, 65, 71,
            72, 65, 62, 60, 74, 71, 69, 66, 64, 60,
        ];
        let all = KEYS.iter().chain(&KEYS).enumerate();
        let mut notes: Vec<NoteEvent> =
            all.map(|(beat, &key)| note(beat as f64, 1.0, key + 12)).collect();
        notes.extend((0..16).map(|bar| note(f64::from(bar) * 4.0, 4.0, 40)));
        notes
    }

    #[test]
    fn silence_has_no_prints() {
        assert_eq!(both(&mut []), (0, 0));
        assert_eq!(both(&mut [drum(0.0, 36)]).1, 0);
        assert_ne!(both(&mut [drum(0.0, 36)]).0, 0);
    }

    #[test]
    fn another_note_is_other_music_but_a_version_of_it() {
        let (music, version) = both(&mut tune());
        let mut kept = 0;
        for edited in 0..64 {
            let mut notes = tune();
            notes[edited].key += 1;
            let (other, same) = both(&mut notes);
            assert_ne!(other, music);
            kept += usize::from(same == version);
        }
        assert!(kept >= 40, "{kept} of 64");
        let mut fuller = tune();
        fuller.extend((0..64).map(|beat| note(f64::from(beat) + 0.5, 0.5, 52)));
        assert_eq!(both(&mut fuller).1, version);
    }

    #[test]
    fn another_melody_is_no_version() {
        let mut other = tune();
        for (index, note) in other.iter_mut().enumerate() {
            note.key = 70 + (index * index % 11) as u8;
        }
        assert_ne!(both(&mut other).1, both(&mut tune()).1);
    }

    #[test]
    fn scales_and_trills_group_nothing() {
        let mut trill: Vec<NoteEvent> =
            (0..64).map(|beat| note(f64::from(beat), 1.0, 60 + beat as u8 % 2)).collect();
        assert_eq!(both(&mut trill).1, 0);
    }

    proptest! {
        #[test]
        fn key_velocity_channel_and_order_change_nothing(
            notes in prop::collection::vec((0u16..400, 1u8..20, 30u8..90, 1u8..128, 0u8..9), 1..80),
            by in -20i8..20, velocity in 1u8..128, wait in 0u8..9,
        ) {
            let of = |&(start, length, key, velocity, channel): &(u16, u8, u8, u8, u8)| NoteEvent {
                velocity,
                channel,
                ..note(f64::from(start) / 12.0, f64::from(length) / 12.0, key)
            };
            let mut here: Vec<NoteEvent> = notes.iter().map(of).collect();
            let mut there: Vec<NoteEvent> = notes.iter().rev().map(|note| {
                let (start, length, key, _, channel) = *note;
                let start = start + u16::from(wait) * 12;
                of(&(start, length, key.saturating_add_signed(by), velocity, 8 - channel))
            }).collect();
            prop_assert_eq!(both(&mut here).0, both(&mut there).0);
        }

        #[test]
        fn another_division_changes_nothing(
            notes in prop::collection::vec((0u32..400, 1u32..20, 30u8..90), 1..40),
        ) {
            let arena = Bump::new();
            let print = |ppq: u32| {
                let note = |&(start, length, key): &(u32, u32, u8)| NoteEvent {
                    tick: u64::from(start * ppq / 24),
                    ticks: length * ppq / 24,
                    ..note(0.0, 1.0, key)
                };
                let mut notes: Vec<NoteEvent> = notes.iter().map(note).collect();
                notes.sort_by_key(|note| (note.tick, note.key));
                let division = Division::Ppq(ppq as u16);
                musical(&Sheet::new(division, &MeterMap::new(division, []), &played(&notes), &arena))
            };
            prop_assert_eq!(print(96), print(480));
        }
    }
}
