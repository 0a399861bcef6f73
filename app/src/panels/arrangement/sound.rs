//! What a track sounds like, in words.

use engine::audio::bank::PROGRAM_NAMES;
use engine::model::{Output, Track};

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
    PROGRAM_NAMES.get(usize::from(program)).copied().unwrap_or("Acoustic Grand")
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
