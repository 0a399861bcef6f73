//! What a track sounds like, in words.

use engine::model::{Output, Track};

/// The General MIDI sound set (GM 1, table 2), short enough for a track header.
const PROGRAMS: [&str; 128] = [
    "Acoustic Grand",
    "Bright Piano",
    "Electric Grand",
    "Honky-tonk",
    "E-Piano 1",
    "E-Piano 2",
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
    "Perc. Organ",
    "Rock Organ",
    "Church Organ",
    "Reed Organ",
    "Accordion",
    "Harmonica",
    "Bandoneon",
    "Nylon Guitar",
    "Steel Guitar",
    "Jazz Guitar",
    "Clean Guitar",
    "Muted Guitar",
    "Overdriven Gtr",
    "Distortion Gtr",
    "Gtr Harmonics",
    "Acoustic Bass",
    "Finger Bass",
    "Pick Bass",
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
    "Pizzicato",
    "Harp",
    "Timpani",
    "Strings 1",
    "Strings 2",
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
    "Bottle",
    "Shakuhachi",
    "Whistle",
    "Ocarina",
    "Square Lead",
    "Saw Lead",
    "Calliope Lead",
    "Chiff Lead",
    "Charang Lead",
    "Voice Lead",
    "Fifths Lead",
    "Bass + Lead",
    "New Age Pad",
    "Warm Pad",
    "Polysynth Pad",
    "Choir Pad",
    "Bowed Pad",
    "Metallic Pad",
    "Halo Pad",
    "Sweep Pad",
    "Rain",
    "Soundtrack",
    "Crystal",
    "Atmosphere",
    "Brightness",
    "Goblins",
    "Echoes",
    "Sci-fi",
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
    "Taiko",
    "Melodic Tom",
    "Synth Drum",
    "Reverse Cymbal",
    "Fret Noise",
    "Breath Noise",
    "Seashore",
    "Bird Tweet",
    "Telephone",
    "Helicopter",
    "Applause",
    "Gunshot",
];

/// Drum kits that have a name of their own (GS and GM 2 agree on these).
const KITS: [(u8, &str); 9] = [
    (0, "Standard"),
    (8, "Room"),
    (16, "Power"),
    (24, "Electronic"),
    (25, "TR-808"),
    (32, "Jazz"),
    (40, "Brush"),
    (48, "Orchestra"),
    (56, "Effects"),
];

/// The sound and where it comes from: "Strings 1 · ch 2", "MIDI out: TR-8".
pub(super) fn describe(track: &Track) -> String {
    match &track.output {
        Output::Port(port) => format!("MIDI out: {port}"),
        Output::Synth => format!("{} · ch {}", name(track), track.channel.index() + 1),
    }
}

fn name(track: &Track) -> &'static str {
    let program = track.program().unwrap_or(0);
    if track.is_drums() {
        let kit = KITS.iter().rev().find(|(first, _)| *first <= program);
        return kit.map_or("Standard", |(_, name)| name);
    }
    PROGRAMS.get(usize::from(program)).copied().unwrap_or("Acoustic Grand")
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::testkit;

    #[test]
    fn a_track_says_what_it_sounds_like() {
        let project = testkit::project(1, 4, 400);
        let says: Vec<String> = project.tracks.iter().map(|track| describe(track)).collect();
        assert!(says[0].starts_with("Acoustic Grand · ch "), "{says:?}");
        assert!(says.iter().any(|one| one == "Standard · ch 10"), "{says:?}");
    }

    #[test]
    fn a_track_on_a_port_names_the_port() {
        let project = testkit::project(1, 1, 10);
        let mut track = (*project.tracks[0]).clone();
        track.output = Output::Port("TR-8".into());
        assert_eq!(describe(&track), "MIDI out: TR-8");
    }
}
