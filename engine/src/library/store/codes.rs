//! The small numbers that stand for keys and kinds in the databases. They are never changed:
//! files that exist hold them.

use crate::library::features::BpmMethod;
use crate::library::row::{DrumClass, DrumFeel};
use crate::theory::{Key, PitchClass};

/// The number of a key: 0..=11 for the major keys from C up, 12..=23 for the minor ones.
pub const fn key_code(key: Key) -> u8 {
    key.tonic.index() as u8 + if key.minor { 12 } else { 0 }
}

/// The key of a number; none above 23.
pub const fn key_of(code: u8) -> Option<Key> {
    if code > 23 {
        return None;
    }
    Some(Key { tonic: PitchClass::new((code % 12) as i32), minor: code >= 12 })
}

/// The number of a method, as in `files.bpm_method`.
pub const fn method_code(method: BpmMethod) -> u8 {
    match method {
        BpmMethod::None => 0,
        BpmMethod::Declared => 1,
        BpmMethod::Onsets => 2,
        BpmMethod::Hybrid => 3,
    }
}

/// The method of a number; none for one that says nothing.
pub const fn method_of(code: u8) -> BpmMethod {
    match code {
        1 => BpmMethod::Declared,
        2 => BpmMethod::Onsets,
        3 => BpmMethod::Hybrid,
        _ => BpmMethod::None,
    }
}

/// The number of a drum class, as in `files.drum_class`.
pub const fn class_code(class: DrumClass) -> u8 {
    match class {
        DrumClass::Groove => 1,
        DrumClass::Fill => 2,
        DrumClass::OneShot => 3,
    }
}

/// The drum class of a number.
pub const fn class_of(code: u8) -> Option<DrumClass> {
    match code {
        1 => Some(DrumClass::Groove),
        2 => Some(DrumClass::Fill),
        3 => Some(DrumClass::OneShot),
        _ => None,
    }
}

/// The number of a feel, as in `files.drum_feel`.
pub const fn feel_code(feel: DrumFeel) -> u8 {
    match feel {
        DrumFeel::Straight => 1,
        DrumFeel::Swung => 2,
        DrumFeel::HalfTime => 3,
    }
}

/// The feel of a number.
pub const fn feel_of(code: u8) -> Option<DrumFeel> {
    match code {
        1 => Some(DrumFeel::Straight),
        2 => Some(DrumFeel::Swung),
        3 => Some(DrumFeel::HalfTime),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_of_the_keys_are_their_places_among_all_keys() {
        for (index, key) in Key::all().enumerate() {
            assert_eq!((usize::from(key_code(key)), key_of(index as u8)), (index, Some(key)));
        }
        assert_eq!(key_of(24), None);
    }

    #[test]
    fn every_kind_comes_back_from_its_code() {
        for code in 0..=3 {
            assert_eq!(method_code(method_of(code)), code);
            assert_eq!(class_of(code).map_or(0, class_code), code);
            assert_eq!(feel_of(code).map_or(0, feel_code), code);
        }
    }
}
