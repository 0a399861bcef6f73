//! The songs that come with the program, composed for it, as code.
//!
//! `assets/*.mid` are what these functions return, byte for byte; a test holds them
//! together. To change a song, change its code and run the binary `testkit songs assets`.

mod harmony;
mod night_ferry;
mod paper_boats;
mod score;

/// "Night Ferry": F♯ minor, 124 bpm, twelve tracks, 64 bars. Opens at first start.
pub fn demo() -> Vec<u8> {
    night_ferry::compose()
}

/// Every bundled song, by its file name in `assets/`.
pub fn bundled() -> [(&'static str, Vec<u8>); 2] {
    [("demo.mid", demo()), ("paper-boats.mid", paper_boats::compose())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_in_assets_are_what_is_composed_here() {
        let assets = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets");
        for (name, bytes) in bundled() {
            let file = std::fs::read(assets.join(name)).unwrap();
            assert!(file == bytes, "{name} differs: run the binary testkit with `songs assets`");
        }
    }

    #[test]
    fn the_demo_has_tracks_bars_and_notes_enough_to_show_the_program() {
        let bytes = demo();
        let song = midly::Smf::parse(&bytes).unwrap();
        let end: u32 =
            song.tracks.iter().map(|t| t.iter().map(|e| e.delta.as_int()).sum()).max().unwrap();
        assert_eq!((song.tracks.len(), u64::from(end) / score::BAR), (13, 64));
        for track in &song.tracks[1..] {
            let notes = track.iter().filter(|event| is_onset(event)).count();
            assert!(notes >= 60, "a track of only {notes} notes");
        }
    }

    #[test]
    fn no_note_of_a_bundled_song_begins_while_its_like_still_sounds() {
        for (name, bytes) in bundled() {
            for track in &midly::Smf::parse(&bytes).unwrap().tracks {
                let mut sounding = [[false; 128]; 16];
                for event in track {
                    let midly::TrackEventKind::Midi { channel, message } = event.kind else {
                        continue;
                    };
                    let (key, on) = match message {
                        midly::MidiMessage::NoteOn { key, .. } => (key, true),
                        midly::MidiMessage::NoteOff { key, .. } => (key, false),
                        _ => continue,
                    };
                    let keys = &mut sounding[usize::from(channel.as_int())];
                    let state = &mut keys[usize::from(key.as_int())];
                    assert!(*state != on, "{name}: key {key} twice {on}");
                    *state = on;
                }
            }
        }
    }

    fn is_onset(event: &midly::TrackEvent<'_>) -> bool {
        matches!(
            event.kind,
            midly::TrackEventKind::Midi { message: midly::MidiMessage::NoteOn { .. }, .. }
        )
    }
}
