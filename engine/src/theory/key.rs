//! Keys: a tonic and a mode.

use super::{PitchClass, Scale, ScaleKind, Spelling};

/// A major or minor key. Which one music is in, `library::features` infers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// Its first degree.
    pub tonic: PitchClass,
    /// Minor rather than major.
    pub minor: bool,
}

impl Key {
    /// All 24: the major keys from C up, then the minor ones.
    pub fn all() -> impl Iterator<Item = Self> {
        [false, true]
            .into_iter()
            .flat_map(|minor| PitchClass::ALL.map(|tonic| Self { tonic, minor }))
    }

    /// The key that a key signature stands for; sharps are positive, flats negative.
    pub const fn of_signature(sharps: i8, minor: bool) -> Self {
        // A fifth up is a sharp more; a minor tonic lies three semitones under its major.
        let major = PitchClass::new(sharps as i32 * 7);
        Self { tonic: if minor { major.transposed(-3) } else { major }, minor }
    }

    /// Its signature as −5 (five flats) to 6 (six sharps): of two spellings the shorter one,
    /// and six sharps rather than six flats.
    pub const fn signature(self) -> i8 {
        // Seven fifths up are one semitone up, so the tonic's distance in fifths is its
        // distance in semitones times seven.
        let fifths = (self.major_tonic().index() as i8 * 7) % 12;
        if fifths > 6 { fifths - 12 } else { fifths }
    }

    /// Major or natural minor on the tonic.
    pub const fn scale(self) -> Scale {
        let kind = if self.minor { ScaleKind::NaturalMinor } else { ScaleKind::Major };
        Scale::new(self.tonic, kind)
    }

    /// How its black keys are written: as its key signature does.
    pub const fn spelling(self) -> Spelling {
        if self.signature() < 0 { Spelling::Flats } else { Spelling::Sharps }
    }

    /// This key moved by semitones.
    #[must_use]
    pub const fn transposed(self, semitones: i32) -> Self {
        Self { tonic: self.tonic.transposed(semitones), minor: self.minor }
    }

    const fn major_tonic(self) -> PitchClass {
        if self.minor { self.tonic.transposed(3) } else { self.tonic }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_and_keys_name_each_other() {
        for key in Key::all() {
            assert_eq!(Key::of_signature(key.signature(), key.minor), key);
        }
        assert_eq!(Key::all().count(), 24);
        let f_sharp_minor = Key { tonic: PitchClass::new(6), minor: true };
        assert_eq!(f_sharp_minor.signature(), 3);
        assert_eq!(Key::of_signature(-3, false).tonic, PitchClass::new(3));
    }

    #[test]
    fn a_key_writes_its_pitches_as_its_signature_does() {
        let spelling = |tonic, minor| Key { tonic: PitchClass::new(tonic), minor }.spelling();
        assert_eq!(spelling(3, false), Spelling::Flats);
        assert_eq!(spelling(0, true), Spelling::Flats);
        assert_eq!(spelling(4, false), Spelling::Sharps);
        assert_eq!(spelling(1, true), Spelling::Sharps);
        assert_eq!(spelling(6, true), Spelling::Sharps);
    }

    #[test]
    fn a_key_holds_its_scale() {
        let a_minor = Key { tonic: PitchClass::new(9), minor: true };
        assert_eq!(a_minor.scale(), Scale::new(PitchClass::new(9), ScaleKind::NaturalMinor));
        assert_eq!(a_minor.transposed(3).scale().root.index(), 0);
    }
}
