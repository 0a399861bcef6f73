//! General MIDI names: programs, their families, drum keys.
//! From "General MIDI System Level 1" and, for the outer drum keys, "General MIDI 2".

use crate::model::{Channel, Key};

/// What a program is called; programs count from 0, and 128 and above wrap.
pub fn program_name(program: u8) -> &'static str {
    PROGRAMS.get(usize::from(program & 0x7F)).copied().unwrap_or("Acoustic Grand Piano")
}

/// What the family of eight that a program belongs to is called.
pub fn family_name(program: u8) -> &'static str {
    FAMILIES.get(usize::from(program & 0x7F) / 8).copied().unwrap_or("Piano")
}

/// What a key of the drum channel strikes; `None` where the standard names nothing.
pub fn drum_name(key: Key) -> Option<&'static str> {
    let index = key.checked_sub(FIRST_DRUM)?;
    DRUMS.get(usize::from(index)).copied()
}

/// What a track without a name is called: after its program, "Drums" on channel 10.
pub fn track_name(channel: Channel, program: Option<u8>) -> &'static str {
    if channel == Channel::DRUMS { "Drums" } else { program_name(program.unwrap_or(0)) }
}

/// All program names, from 0 to 127.
pub const PROGRAMS: [&str; 128] = [
    "Acoustic Grand Piano",
    "Bright Acoustic Piano",
    "Electric Grand Piano",
    "Honky-tonk Piano",
    "Electric Piano 1",
    "Electric Piano 2",
    "Harpsichord",
    "Clavinet",
    "Celesta",
    "Glockenspiel",
    "Music Box",
    "Vibraphone",
    "Marimba",
    "Xylophone",
    "Tubular Bells",
    "Dulcimer",
    "Drawbar Organ",
    "Percussive Organ",
    "Rock Organ",
    "Church Organ",
    "Reed Organ",
    "Accordion",
    "Harmonica",
    "Tango Accordion",
    "Acoustic Guitar (nylon)",
    "Acoustic Guitar (steel)",
    "Electric Guitar (jazz)",
    "Electric Guitar (clean)",
    "Electric Guitar (muted)",
    "Overdriven Guitar",
    "Distortion Guitar",
    "Guitar Harmonics",
    "Acoustic Bass",
    "Electric Bass (finger)",
    "Electric Bass (pick)",
    "Fretless Bass",
    "Slap Bass 1",
    "Slap Bass 2",
    "Synth Bass 1",
    "Synth Bass 2",
    "Violin",
    "Viola",
    "Cello",
    "Contrabass",
    "Tremolo Strings",
    "Pizzicato Strings",
    "Orchestral Harp",
    "Timpani",
    "String Ensemble 1",
    "String Ensemble 2",
    "Synth Strings 1",
    "Synth Strings 2",
    "Choir Aahs",
    "Voice Oohs",
    "Synth Voice",
    "Orchestra Hit",
    "Trumpet",
    "Trombone",
    "Tuba",
    "Muted Trumpet",
    "French Horn",
    "Brass Section",
    "Synth Brass 1",
    "Synth Brass 2",
    "Soprano Sax",
    "Alto Sax",
    "Tenor Sax",
    "Baritone Sax",
    "Oboe",
    "English Horn",
    "Bassoon",
    "Clarinet",
    "Piccolo",
    "Flute",
    "Recorder",
    "Pan Flute",
    "Blown Bottle",
    "Shakuhachi",
    "Whistle",
    "Ocarina",
    "Lead 1 (square)",
    "Lead 2 (sawtooth)",
    "Lead 3 (calliope)",
    "Lead 4 (chiff)",
    "Lead 5 (charang)",
    "Lead 6 (voice)",
    "Lead 7 (fifths)",
    "Lead 8 (bass + lead)",
    "Pad 1 (new age)",
    "Pad 2 (warm)",
    "Pad 3 (polysynth)",
    "Pad 4 (choir)",
    "Pad 5 (bowed)",
    "Pad 6 (metallic)",
    "Pad 7 (halo)",
    "Pad 8 (sweep)",
    "FX 1 (rain)",
    "FX 2 (soundtrack)",
    "FX 3 (crystal)",
    "FX 4 (atmosphere)",
    "FX 5 (brightness)",
    "FX 6 (goblins)",
    "FX 7 (echoes)",
    "FX 8 (sci-fi)",
    "Sitar",
    "Banjo",
    "Shamisen",
    "Koto",
    "Kalimba",
    "Bagpipe",
    "Fiddle",
    "Shanai",
    "Tinkle Bell",
    "Agogo",
    "Steel Drums",
    "Woodblock",
    "Taiko Drum",
    "Melodic Tom",
    "Synth Drum",
    "Reverse Cymbal",
    "Guitar Fret Noise",
    "Breath Noise",
    "Seashore",
    "Bird Tweet",
    "Telephone Ring",
    "Helicopter",
    "Applause",
    "Gunshot",
];

/// The sixteen families of eight programs.
pub const FAMILIES: [&str; 16] = [
    "Piano",
    "Chromatic Percussion",
    "Organ",
    "Guitar",
    "Bass",
    "Strings",
    "Ensemble",
    "Brass",
    "Reed",
    "Pipe",
    "Synth Lead",
    "Synth Pad",
    "Synth Effects",
    "Ethnic",
    "Percussive",
    "Sound Effects",
];

/// The key that the first of the drum names belongs to.
const FIRST_DRUM: Key = 27;

const DRUMS: [&str; 61] = [
    "High Q",
    "Slap",
    "Scratch Push",
    "Scratch Pull",
    "Sticks",
    "Square Click",
    "Metronome Click",
    "Metronome Bell",
    "Acoustic Bass Drum",
    "Bass Drum 1",
    "Side Stick",
    "Acoustic Snare",
    "Hand Clap",
    "Electric Snare",
    "Low Floor Tom",
    "Closed Hi-Hat",
    "High Floor Tom",
    "Pedal Hi-Hat",
    "Low Tom",
    "Open Hi-Hat",
    "Low-Mid Tom",
    "Hi-Mid Tom",
    "Crash Cymbal 1",
    "High Tom",
    "Ride Cymbal 1",
    "Chinese Cymbal",
    "Ride Bell",
    "Tambourine",
    "Splash Cymbal",
    "Cowbell",
    "Crash Cymbal 2",
    "Vibraslap",
    "Ride Cymbal 2",
    "Hi Bongo",
    "Low Bongo",
    "Mute Hi Conga",
    "Open Hi Conga",
    "Low Conga",
    "High Timbale",
    "Low Timbale",
    "High Agogo",
    "Low Agogo",
    "Cabasa",
    "Maracas",
    "Short Whistle",
    "Long Whistle",
    "Short Guiro",
    "Long Guiro",
    "Claves",
    "Hi Wood Block",
    "Low Wood Block",
    "Mute Cuica",
    "Open Cuica",
    "Mute Triangle",
    "Open Triangle",
    "Shaker",
    "Jingle Bell",
    "Belltree",
    "Castanets",
    "Mute Surdo",
    "Open Surdo",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_where_the_standard_puts_them() {
        assert_eq!(program_name(0), "Acoustic Grand Piano");
        assert_eq!(program_name(40), "Violin");
        assert_eq!(program_name(127), "Gunshot");
        assert_eq!(family_name(40), "Strings");
        assert_eq!(drum_name(35), Some("Acoustic Bass Drum"));
        assert_eq!(drum_name(60), Some("Hi Bongo"));
        assert_eq!(drum_name(81), Some("Open Triangle"));
        assert_eq!((drum_name(26), drum_name(88)), (None, None));
    }

    #[test]
    fn a_nameless_track_is_called_after_what_it_plays() {
        assert_eq!(track_name(Channel::DRUMS, Some(40)), "Drums");
        assert_eq!(track_name(Channel::new(0), Some(33)), "Electric Bass (finger)");
        assert_eq!(track_name(Channel::new(0), None), "Acoustic Grand Piano");
    }
}
