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

    proptest! {
        #[test]
        fn going_up_to_a_class_arrives_there(from in 0i32..12, to in 0i32..12) {
            let (from, to) = (PitchClass::new(from), PitchClass::new(to));
            prop_assert_eq!(from.transposed(i32::from(from.up_to(to))), to);
        }
    }
}
