//! The small numbers that stand for keys and kinds in the databases. They are never changed:
//! files that exist hold them.

use crate::library::features::BpmMethod;
use crate::library::row::{DrumClass, DrumFeel};
use crate::smf::{Action, ProblemKind};
use crate::theory::{Key, PitchClass};

/// The number of a key: 0..=11 for the major keys from C up, 12..=23 for the minor ones.
pub const fn key_code(key: Key) -> u8 {
    key.tonic.index() + if key.minor { 12 } else { 0 }
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

/// The codes are never changed: blobs that exist hold them. A new kind gets the next one.
pub(super) const fn problem_code(kind: ProblemKind) -> u8 {
    use ProblemKind as It;
    match kind {
        It::LeadingBytes => 0,
        It::Wrapped => 1,
        It::ContainerLength => 2,
        It::MissingHeader => 3,
        It::HeaderLength => 4,
        It::TruncatedHeader => 5,
        It::UnknownFormat => 6,
        It::BadDivision => 7,
        It::TrackCount => 8,
        It::ChunkTooLong => 9,
        It::ChunkTooShort => 10,
        It::StrayBytes => 11,
        It::TrailingBytes => 12,
        It::MissingEndOfTrack => 13,
        It::BytesAfterEndOfTrack => 14,
        It::TrackInsideTrack => 15,
        It::DataByte => 16,
        It::RunningStatus => 17,
        It::MissingStatus => 18,
        It::SystemMessage => 19,
        It::LongNumber => 20,
        It::SysexOverrun => 21,
        It::MetaOverrun => 22,
        It::TruncatedEvent => 23,
        It::BadTempo => 24,
        It::BadMeter => 25,
        It::BadKeySignature => 26,
        It::ShortMeta => 27,
        It::NoteTooLong => 28,
        It::TooManyTracks => 29,
        It::MoreProblems => 30,
        It::OverlappingNotes => 31,
        It::UnclosedNotes => 32,
    }
}

pub(super) const PROBLEMS: [ProblemKind; 33] = {
    use ProblemKind as It;
    [
        It::LeadingBytes,
        It::Wrapped,
        It::ContainerLength,
        It::MissingHeader,
        It::HeaderLength,
        It::TruncatedHeader,
        It::UnknownFormat,
        It::BadDivision,
        It::TrackCount,
        It::ChunkTooLong,
        It::ChunkTooShort,
        It::StrayBytes,
        It::TrailingBytes,
        It::MissingEndOfTrack,
        It::BytesAfterEndOfTrack,
        It::TrackInsideTrack,
        It::DataByte,
        It::RunningStatus,
        It::MissingStatus,
        It::SystemMessage,
        It::LongNumber,
        It::SysexOverrun,
        It::MetaOverrun,
        It::TruncatedEvent,
        It::BadTempo,
        It::BadMeter,
        It::BadKeySignature,
        It::ShortMeta,
        It::NoteTooLong,
        It::TooManyTracks,
        It::MoreProblems,
        It::OverlappingNotes,
        It::UnclosedNotes,
    ]
};

pub(super) const fn action_code(action: Action) -> u8 {
    match action {
        Action::Assumed => 0,
        Action::Unwrapped => 1,
        Action::Skipped => 2,
        Action::Masked => 3,
        Action::Dropped => 4,
        Action::Accepted => 5,
        Action::EndedTrack => 6,
        Action::ReadOn => 7,
        Action::Resynced => 8,
        Action::Shortened => 9,
        Action::Added => 10,
        Action::Counted => 11,
        Action::Reported => 12,
    }
}

pub(super) const ACTIONS: [Action; 13] = [
    Action::Assumed,
    Action::Unwrapped,
    Action::Skipped,
    Action::Masked,
    Action::Dropped,
    Action::Accepted,
    Action::EndedTrack,
    Action::ReadOn,
    Action::Resynced,
    Action::Shortened,
    Action::Added,
    Action::Counted,
    Action::Reported,
];

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

    #[test]
    fn every_problem_and_action_has_a_code_of_its_own() {
        for (code, kind) in PROBLEMS.into_iter().enumerate() {
            assert_eq!(usize::from(problem_code(kind)), code);
        }
        for (code, action) in ACTIONS.into_iter().enumerate() {
            assert_eq!(usize::from(action_code(action)), code);
        }
    }
}
