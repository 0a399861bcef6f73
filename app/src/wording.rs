//! How numbers and keys are written for people. Pure text: no interface, no state.

use engine::model::{Key, KeySignature};
use engine::smf::key_name;
use engine::theory::{PitchClass, Spelling};

/// A count with its thousands set apart: "1,024".
pub fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A key's name with its octave, black keys as sharps; key 60 is C4.
pub fn note_name(key: Key) -> String {
    format!("{}{}", PitchClass::of(key).name(Spelling::Sharps), i16::from(key / 12) - 1)
}

/// A key signature as a tonic, short: "F♯m", "E♭".
pub fn tonic(key: KeySignature) -> String {
    key_name(key.sharps, key.minor).replace('#', "♯").replace('b', "♭")
}

/// A key signature in full: "F♯ minor".
pub fn key_in_full(key: KeySignature) -> String {
    let tonic = tonic(key);
    match tonic.strip_suffix('m') {
        Some(tonic) => format!("{tonic} minor"),
        None => format!("{tonic} major"),
    }
}
