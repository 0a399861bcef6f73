//! What plays: the programs in force where notes begin, and the keys of the drum kit.

use super::notes::{DRUM_CHANNEL, PlayedNote};
use crate::library::row::Instruments;

/// The instruments of notes in any order. Drums are what sounds on channel 10, whatever its
/// pitches; a channel that no program change has reached plays program 0, as General MIDI has it.
pub fn instruments(notes: &[PlayedNote]) -> Instruments {
    let mut found = Instruments::default();
    // A byte for each program of each channel, as a set of bits takes twice as long to add to.
    let mut playing = [[0_u8; 128]; 16];
    for note in notes {
        playing[usize::from(note.channel())][usize::from(note.program())] = 1;
    }
    let mut programs = [0_u64; 2];
    for (eight, place) in playing.as_flattened().as_chunks::<8>().0.iter().zip(0_usize..) {
        if *eight == [0; 8] {
            continue;
        }
        let (channel, first) = (place / 16, place % 16 * 8);
        found.channels |= 1 << channel;
        if channel != usize::from(DRUM_CHANNEL) {
            let bits = eight.iter().rev().fold(0, |bits, &plays| bits << 1 | u64::from(plays));
            programs[first / 64] |= bits << (first % 64);
        }
    }
    found.drums = found.channels & (1 << DRUM_CHANNEL) != 0;
    found.programs = programs;
    if found.drums {
        found.kit = kit(notes);
    }
    for (family, members) in programs.into_iter().flat_map(u64::to_le_bytes).enumerate() {
        found.families |= u16::from(members != 0) << family;
    }
    found
}

/// The keys of the drums, as a set.
fn kit(notes: &[PlayedNote]) -> [u64; 2] {
    let mut kit = [0; 2];
    for note in notes {
        // Without a branch: drums and other notes alternate unpredictably.
        let bit = u64::from(!note.is_pitched()) << (note.key() & 63);
        kit[usize::from(note.key() >> 6)] |= bit;
    }
    kit
}

#[cfg(test)]
mod tests {
    use super::super::NoteEvent;
    use super::super::sheet::tests::{drum, note, played};
    use super::*;

    fn found(notes: &[NoteEvent]) -> Instruments {
        instruments(&played(notes))
    }

    #[test]
    fn programs_and_families_are_those_of_notes() {
        let with = |program| NoteEvent { program, ..note(0.0, 1.0, 60) };
        let found = self::found(&[with(40), with(73), with(79)]);
        assert_eq!(found.programs, [1 << 40, 1 << 9 | 1 << 15]);
        assert_eq!((found.families, found.channels, found.drums), (1 << 5 | 1 << 9, 1, false));
        assert_eq!(self::found(&[]), Instruments::default());
    }

    #[test]
    fn drums_are_the_tenth_channel_and_no_instrument() {
        let kit = found(&[drum(0.0, 36), NoteEvent { program: 16, ..drum(1.0, 70) }]);
        assert_eq!((kit.programs, kit.families, kit.drums), ([0, 0], 0, true));
        assert_eq!((kit.kit, kit.channels), ([1 << 36, 1 << 6], 1 << 9));
    }
}
