//! Pitch classes and how they are written.

/// A pitch without its octave: 0 is C, 11 is B.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PitchClass(u8);

/// Which of its two names a black key goes by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Spelling {
    /// The more usual of both: C♯, E♭, F♯, A♭, B♭.
    #[default]
    Usual,
    /// C♯, D♯, F♯, G♯, A♯.
    Sharps,
    /// D♭, E♭, G♭, A♭, B♭.
    Flats,
}

const USUAL: [&str; 12] = ["C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"];
/// The names of the twelve classes from C up, black keys as sharps.
pub const SHARPS: [&str; 12] = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"];
const FLATS: [&str; 12] = ["C", "D♭", "D", "E♭", "E", "F", "G♭", "G", "A♭", "A", "B♭", "B"];

impl PitchClass {
    /// C.
    pub const C: Self = Self(0);

    /// All twelve, from C up.
    pub const ALL: [Self; 12] = {
        let mut all = [Self(0); 12];
        let mut class = 0;
        while class < 12 {
            all[class] = Self(class as u8);
            class += 1;
        }
        all
    };

    /// The class of a pitch counted in semitones from any C, below or above it.
    pub const fn new(semitones: i32) -> Self {
        Self(semitones.rem_euclid(12) as u8)
    }

    /// The class of a key number.
    pub const fn of(key: u8) -> Self {
        Self(key % 12)
    }

    /// 0..=11.
    pub const fn index(self) -> u8 {
        self.0
    }

    /// Semitones from here up to `other`, 0..=11.
    pub const fn up_to(self, other: Self) -> u8 {
        (other.0 + 12 - self.0) % 12
    }

    /// This class moved by semitones.
    #[must_use]
    pub const fn transposed(self, semitones: i32) -> Self {
        Self::new(self.0 as i32 + semitones % 12)
    }

    /// Reads a letter from A to G, in any case, with its signs (`#`, `♯`, `b`, `♭`; at most
    /// `most_signs`) off the front of a text; also gives what follows.
    pub fn read(text: &str, most_signs: usize) -> Option<(Self, &str)> {
        let (semitones, rest) = semitones_above_c(text, most_signs)?;
        Some((Self::new(semitones), rest))
    }

    /// Its name, such as "F♯".
    pub fn name(self, spelling: Spelling) -> &'static str {
        let names = match spelling {
            Spelling::Usual => &USUAL,
            Spelling::Sharps => &SHARPS,
            Spelling::Flats => &FLATS,
        };
        names.get(usize::from(self.0)).copied().unwrap_or("")
    }
}

/// The number of the key of that name: `F#3`, `e♭4`, `C-1`; `C4` is 60. None where there is no
/// such key from 0 to 127, or more than a name.
pub fn key_named(text: &str) -> Option<u8> {
    let (semitones, octave) = semitones_above_c(text, 2)?;
    let digits = octave.strip_prefix('-').unwrap_or(octave);
    let fits = (1..=2).contains(&digits.len()) && digits.bytes().all(|it| it.is_ascii_digit());
    let octave: i32 = octave.parse().ok().filter(|_| fits)?;
    key_at(semitones, octave)
}

/// The number of a key: its semitones above the C of an octave, which is the fourth for
/// middle C.
pub fn key_at(semitones: i32, octave: i32) -> Option<u8> {
    let key = octave.checked_add(1)?.checked_mul(12)?.checked_add(semitones)?;
    u8::try_from(key).ok().filter(|key| *key < 128)
}

/// How far a letter with its signs lies above the C below it, and what follows; `Cb` lies
/// below it.
pub fn semitones_above_c(text: &str, most_signs: usize) -> Option<(i32, &str)> {
    let mut chars = text.chars();
    let mut semitones = match chars.next()?.to_ascii_uppercase() {
        'C' => 0,
        'D' => 2,
        'E' => 4,
        'F' => 5,
        'G' => 7,
        'A' => 9,
        'B' => 11,
        _ => return None,
    };
    let mut rest = chars.as_str();
    for _ in 0..most_signs {
        if let Some(after) = rest.strip_prefix(['#', '♯']) {
            (semitones, rest) = (semitones + 1, after);
        } else if let Some(after) = rest.strip_prefix(['b', '♭']) {
            (semitones, rest) = (semitones - 1, after);
        } else {
            break;
        }
    }
    Some((semitones, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_follow_the_spelling() {
        assert_eq!(PitchClass::of(61).name(Spelling::Sharps), "C♯");
        assert_eq!(PitchClass::of(61).name(Spelling::Flats), "D♭");
        assert_eq!(PitchClass::new(-1).name(Spelling::Flats), "B");
    }

    #[test]
    fn letters_are_read_with_as_many_signs_as_are_wanted() {
        let read = |text, most| PitchClass::read(text, most).map(|it| (it.0.index(), it.1));
        assert_eq!(read("f♯maj", 1), Some((6, "maj")));
        assert_eq!((read("Bbb", 1), read("Bbb", 2)), (Some((10, "b")), Some((9, ""))));
        assert_eq!((read("Cb", 2), read("G", 0)), (Some((11, "")), Some((7, ""))));
        assert_eq!((read("H", 2), read("", 2), read("♯", 2)), (None, None, None));
    }

    #[test]
    fn keys_are_named_with_their_octave() {
        for (name, key) in [
            ("C4", Some(60)),
            ("f#3", Some(54)),
            ("E♭4", Some(63)),
            ("Cb4", Some(59)),
            ("B#3", Some(60)),
            ("C-1", Some(0)),
            ("G9", Some(127)),
            ("G#9", None),
            ("Cb-1", None),
            ("C", None),
            ("C+4", None),
            ("C4x", None),
            ("C99999999999", None),
            ("60", None),
            ("", None),
        ] {
            assert_eq!(key_named(name), key, "{name}");
        }
    }

    proptest! {
        #[test]
        fn going_up_to_a_class_arrives_there(from in 0i32..12, to in 0i32..12) {
            let (from, to) = (PitchClass::new(from), PitchClass::new(to));
            prop_assert_eq!(from.transposed(i32::from(from.up_to(to))), to);
        }
    }
}
