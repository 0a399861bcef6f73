//! What the keys of a drum track are called.

use engine::model::Key;

/// The key that [`NAMES`] begins with.
const FIRST: Key = 35;

/// The percussion key map of General MIDI level 1, shortened to fit the key strip.
const NAMES: [&str; 47] = [
    "Kick 2",
    "Kick 1",
    "Side stick",
    "Snare 1",
    "Clap",
    "Snare 2",
    "Low tom 2",
    "Hat closed",
    "Low tom 1",
    "Hat pedal",
    "Mid tom 2",
    "Hat open",
    "Mid tom 1",
    "High tom 2",
    "Crash 1",
    "High tom 1",
    "Ride 1",
    "China",
    "Ride bell",
    "Tambourine",
    "Splash",
    "Cowbell",
    "Crash 2",
    "Vibraslap",
    "Ride 2",
    "High bongo",
    "Low bongo",
    "Conga mute",
    "Conga open",
    "Conga low",
    "High timbale",
    "Low timbale",
    "High agogo",
    "Low agogo",
    "Cabasa",
    "Maracas",
    "Whistle 1",
    "Whistle 2",
    "Guiro short",
    "Guiro long",
    "Claves",
    "High block",
    "Low block",
    "Cuica mute",
    "Cuica open",
    "Tri mute",
    "Tri open",
];

/// The drums that a kit has above all, the first ones first.
pub(super) const KIT: [Key; 12] = [36, 38, 42, 46, 49, 51, 45, 48, 50, 37, 39, 44];

/// The drum on a key; `None` where General MIDI has none.
pub(super) fn drum_name(key: Key) -> Option<&'static str> {
    NAMES.get(usize::from(key.checked_sub(FIRST)?)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drums_are_where_general_midi_has_them() {
        let names = [34, 35, 38, 42, 49, 81, 82].map(drum_name);
        let expected = [
            None,
            Some("Kick 2"),
            Some("Snare 1"),
            Some("Hat closed"),
            Some("Crash 1"),
            Some("Tri open"),
            None,
        ];
        assert_eq!(names, expected);
    }
}
