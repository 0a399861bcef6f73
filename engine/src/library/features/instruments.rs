//! What plays: the programs in force where notes begin, and the keys of the drum kit.

use super::notes::{DRUM_CHANNEL, PlayedNote};
use crate::library::row::Instruments;

/// The instruments of notes in any order. Drums are what sounds on channel 10, whatever its
/// pitches; a channel that no program change has reached plays program 0, as General MIDI has
/// it.
pub fn instruments(notes: &[PlayedNote]) -> Instruments {
    let mut found = Instruments::default();
    // Of notes, then of drums: programs, and keys of the kit.
    let mut playing = [[0_u64; 2]; 2];
    for note in notes {
        found.channels |= 1 << note.channel();
        // Without a branch: drums and other notes alternate unpredictably.
        let what = if note.is_pitched() { note.program() } else { note.key() };
        playing[usize::from(!note.is_pitched())][usize::from(what >> 6)] |= 1 << (what & 63);
    }
    let [programs, kit] = playing;
    found.drums = found.channels & (1 << DRUM_CHANNEL) != 0;
    found.programs = programs;
    found.kit = kit;
    for (family, members) in programs.into_iter().flat_map(u64::to_le_bytes).enumerate() {
        found.families |= u16::from(members != 0) << family;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::NoteEvent;
    use super::super::sheet::tests::{drum, note, played};
    use super::*;

    #[test]
    fn programs_and_families_are_those_of_notes() {
        let with = |program| NoteEvent { program, ..note(0.0, 1.0, 60) };
        let found = instruments(&played(&[with(40), with(73), with(79)]));
        assert_eq!(found.programs, [1 << 40, 1 << 9 | 1 << 15]);
        assert_eq!((found.families, found.channels, found.drums), (1 << 5 | 1 << 9, 1, false));
        assert_eq!(instruments(&[]), Instruments::default());
    }

    #[test]
    fn drums_are_the_tenth_channel_and_no_instrument() {
        let kit =
            instruments(&played(&[drum(0.0, 36), NoteEvent { program: 16, ..drum(1.0, 70) }]));
        assert_eq!((kit.programs, kit.families, kit.drums), ([0, 0], 0, true));
        assert_eq!((kit.kit, kit.channels), ([1 << 36, 1 << 6], 1 << 9));
    }
}
