//! Chords as degrees of a key.

use crate::theory::{Chord, ChordKind, Key};

/// Degrees by semitones above the tonic: upper case for major thirds, lower case for minor
/// ones, and diminished.
const DEGREES: [[&str; 3]; 12] = [
    ["I", "i", "i\u{b0}"],
    ["bII", "bii", "bii\u{b0}"],
    ["II", "ii", "ii\u{b0}"],
    ["bIII", "biii", "biii\u{b0}"],
    ["III", "iii", "iii\u{b0}"],
    ["IV", "iv", "iv\u{b0}"],
    ["#IV", "#iv", "#iv\u{b0}"],
    ["V", "v", "v\u{b0}"],
    ["bVI", "bvi", "bvi\u{b0}"],
    ["VI", "vi", "vi\u{b0}"],
    ["bVII", "bvii", "bvii\u{b0}"],
    ["VII", "vii", "vii\u{b0}"],
];
/// The same where the third, sixth and seventh degrees are those of natural minor.
const MINOR_DEGREES: [[&str; 3]; 12] = [
    ["I", "i", "i\u{b0}"],
    ["bII", "bii", "bii\u{b0}"],
    ["II", "ii", "ii\u{b0}"],
    ["III", "iii", "iii\u{b0}"],
    ["#III", "#iii", "#iii\u{b0}"],
    ["IV", "iv", "iv\u{b0}"],
    ["#IV", "#iv", "#iv\u{b0}"],
    ["V", "v", "v\u{b0}"],
    ["VI", "vi", "vi\u{b0}"],
    ["#VI", "#vi", "#vi\u{b0}"],
    ["VII", "vii", "vii\u{b0}"],
    ["#VII", "#vii", "#vii\u{b0}"],
];

/// The degree that a chord stands on, and its third: `V`, `ii`, `vii°`, `bVI`. Sevenths and
/// inversions are left out, so that a progression is found however it is voiced. In a minor
/// key III, VI and VII are the degrees of natural minor.
pub fn numeral(chord: Chord, key: Key) -> &'static str {
    let degrees = if key.minor { &MINOR_DEGREES } else { &DEGREES };
    let up = usize::from(key.tonic.up_to(chord.root));
    let third = match chord.kind {
        ChordKind::Diminished | ChordKind::Diminished7 | ChordKind::HalfDiminished7 => 2,
        kind if kind.mask() & 0b1_1000 == 0b0_1000 => 1,
        // Without a third a chord is what the key makes of it.
        kind if kind.mask() & 0b1_1000 == 0 => usize::from(is_minor_degree(up, key.minor)),
        _ => 0,
    };
    degrees.get(up).and_then(|degree| degree.get(third)).copied().unwrap_or("")
}

/// Whether the triad of the scale on this degree has a minor third.
const fn is_minor_degree(up: usize, minor: bool) -> bool {
    if minor { matches!(up, 0 | 2 | 5 | 7) } else { matches!(up, 2 | 4 | 9 | 11) }
}
