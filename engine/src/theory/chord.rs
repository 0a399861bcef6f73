//! Chords: what a set of pitches is called.

use super::{PitchClass, Spelling};

/// The quality of a chord: its intervals above the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChordKind {
    /// 1 3 5.
    Major,
    /// 1 ♭3 5.
    Minor,
    /// 1 ♭3 ♭5.
    Diminished,
    /// 1 3 ♯5.
    Augmented,
    /// 1 4 5.
    Sus4,
    /// 1 2 5.
    Sus2,
    /// 1 3 5 ♭7.
    Dominant7,
    /// 1 3 5 7.
    Major7,
    /// 1 ♭3 5 ♭7.
    Minor7,
    /// 1 ♭3 5 7.
    MinorMajor7,
    /// 1 ♭3 ♭5 ♭7.
    HalfDiminished7,
    /// 1 ♭3 ♭5 ♭♭7.
    Diminished7,
    /// 1 3 5 6.
    Major6,
    /// 1 ♭3 5 6.
    Minor6,
    /// 1 4 5 ♭7.
    Dominant7Sus4,
    /// 1 3 ♯5 ♭7.
    Augmented7,
    /// 1 3 ♯5 7.
    AugmentedMajor7,
    /// 1 3 ♭5 ♭7.
    Dominant7Flat5,
    /// 1 3 5 9.
    Add9,
    /// 1 ♭3 5 9.
    MinorAdd9,
    /// 1 3 4 5.
    Add11,
    /// 1 3 5 6 9.
    SixNine,
    /// 1 ♭3 5 6 9.
    MinorSixNine,
    /// 1 3 5 ♭7 9.
    Dominant9,
    /// 1 3 5 7 9.
    Major9,
    /// 1 ♭3 5 ♭7 9.
    Minor9,
    /// 1 4 5 ♭7 9.
    Dominant9Sus4,
    /// 1 3 5 ♭7 ♭9.
    Dominant7Flat9,
    /// 1 3 5 ♭7 ♯9.
    Dominant7Sharp9,
    /// 1 3 5 7 ♯11.
    Major7Sharp11,
    /// 1 3 5 ♭7 ♯11.
    Dominant7Sharp11,
    /// 1 3 5 ♭7 9 11.
    Dominant11,
    /// 1 ♭3 5 ♭7 9 11.
    Minor11,
    /// 1 3 5 ♭7 9 13.
    Dominant13,
    /// 1 3 5 7 9 13.
    Major13,
    /// 1 ♭3 5 ♭7 9 13.
    Minor13,
    /// 1 5: a power chord.
    Fifth,
}

impl ChordKind {
    /// All of them, the simplest first: of two names that fit equally well the earlier wins.
    pub const ALL: [Self; 37] = [
        Self::Major,
        Self::Minor,
        Self::Diminished,
        Self::Augmented,
        Self::Sus4,
        Self::Sus2,
        Self::Dominant7,
        Self::Major7,
        Self::Minor7,
        Self::MinorMajor7,
        Self::HalfDiminished7,
        Self::Diminished7,
        Self::Major6,
        Self::Minor6,
        Self::Dominant7Sus4,
        Self::Augmented7,
        Self::AugmentedMajor7,
        Self::Dominant7Flat5,
        Self::Add9,
        Self::MinorAdd9,
        Self::Add11,
        Self::SixNine,
        Self::MinorSixNine,
        Self::Dominant9,
        Self::Major9,
        Self::Minor9,
        Self::Dominant9Sus4,
        Self::Dominant7Flat9,
        Self::Dominant7Sharp9,
        Self::Major7Sharp11,
        Self::Dominant7Sharp11,
        Self::Dominant11,
        Self::Minor11,
        Self::Dominant13,
        Self::Major13,
        Self::Minor13,
        Self::Fifth,
    ];

    /// Semitones above the root in close position, the root's 0 first; ninths and above
    /// lie over the octave. The formulas are those of common practice, as in Levine,
    /// "The Jazz Theory Book" (1995).
    pub const fn intervals(self) -> &'static [u8] {
        match self {
            Self::Major => &[0, 4, 7],
            Self::Minor => &[0, 3, 7],
            Self::Diminished => &[0, 3, 6],
            Self::Augmented => &[0, 4, 8],
            Self::Sus4 => &[0, 5, 7],
            Self::Sus2 => &[0, 2, 7],
            Self::Dominant7 => &[0, 4, 7, 10],
            Self::Major7 => &[0, 4, 7, 11],
            Self::Minor7 => &[0, 3, 7, 10],
            Self::MinorMajor7 => &[0, 3, 7, 11],
            Self::HalfDiminished7 => &[0, 3, 6, 10],
            Self::Diminished7 => &[0, 3, 6, 9],
            Self::Major6 => &[0, 4, 7, 9],
            Self::Minor6 => &[0, 3, 7, 9],
            Self::Dominant7Sus4 => &[0, 5, 7, 10],
            Self::Augmented7 => &[0, 4, 8, 10],
            Self::AugmentedMajor7 => &[0, 4, 8, 11],
            Self::Dominant7Flat5 => &[0, 4, 6, 10],
            Self::Add9 => &[0, 4, 7, 14],
            Self::MinorAdd9 => &[0, 3, 7, 14],
            Self::Add11 => &[0, 4, 7, 17],
            Self::SixNine => &[0, 4, 7, 9, 14],
            Self::MinorSixNine => &[0, 3, 7, 9, 14],
            Self::Dominant9 => &[0, 4, 7, 10, 14],
            Self::Major9 => &[0, 4, 7, 11, 14],
            Self::Minor9 => &[0, 3, 7, 10, 14],
            Self::Dominant9Sus4 => &[0, 5, 7, 10, 14],
            Self::Dominant7Flat9 => &[0, 4, 7, 10, 13],
            Self::Dominant7Sharp9 => &[0, 4, 7, 10, 15],
            Self::Major7Sharp11 => &[0, 4, 7, 11, 18],
            Self::Dominant7Sharp11 => &[0, 4, 7, 10, 18],
            Self::Dominant11 => &[0, 4, 7, 10, 14, 17],
            Self::Minor11 => &[0, 3, 7, 10, 14, 17],
            Self::Dominant13 => &[0, 4, 7, 10, 14, 21],
            Self::Major13 => &[0, 4, 7, 11, 14, 21],
            Self::Minor13 => &[0, 3, 7, 10, 14, 21],
            Self::Fifth => &[0, 7],
        }
    }

    /// What follows the root in a chord's name, such as "m7♭5"; nothing for a major triad.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Major => "",
            Self::Minor => "m",
            Self::Diminished => "dim",
            Self::Augmented => "aug",
            Self::Sus4 => "sus4",
            Self::Sus2 => "sus2",
            Self::Dominant7 => "7",
            Self::Major7 => "maj7",
            Self::Minor7 => "m7",
            Self::MinorMajor7 => "m(maj7)",
            Self::HalfDiminished7 => "m7♭5",
            Self::Diminished7 => "dim7",
            Self::Major6 => "6",
            Self::Minor6 => "m6",
            Self::Dominant7Sus4 => "7sus4",
            Self::Augmented7 => "7♯5",
            Self::AugmentedMajor7 => "maj7♯5",
            Self::Dominant7Flat5 => "7♭5",
            Self::Add9 => "add9",
            Self::MinorAdd9 => "m(add9)",
            Self::Add11 => "add11",
            Self::SixNine => "6/9",
            Self::MinorSixNine => "m6/9",
            Self::Dominant9 => "9",
            Self::Major9 => "maj9",
            Self::Minor9 => "m9",
            Self::Dominant9Sus4 => "9sus4",
            Self::Dominant7Flat9 => "7♭9",
            Self::Dominant7Sharp9 => "7♯9",
            Self::Major7Sharp11 => "maj7♯11",
            Self::Dominant7Sharp11 => "7♯11",
            Self::Dominant11 => "11",
            Self::Minor11 => "m11",
            Self::Dominant13 => "13",
            Self::Major13 => "maj13",
            Self::Minor13 => "m13",
            Self::Fifth => "5",
        }
    }

    /// The pitch classes as bits above the root.
    pub const fn mask(self) -> u16 {
        const MASKS: [u16; ChordKind::ALL.len()] = {
            let mut masks = [0; ChordKind::ALL.len()];
            let mut place = 0;
            while place < masks.len() {
                let kind = ChordKind::ALL[place];
                let intervals = kind.intervals();
                let mut index = 0;
                while index < intervals.len() {
                    masks[kind as usize] |= 1 << (intervals[index] % 12);
                    index += 1;
                }
                place += 1;
            }
            masks
        };
        MASKS[self as usize]
    }

    /// Whether players leave out its fifth: chords of four notes and more with a perfect one,
    /// a third and a seventh.
    fn may_lack_fifth(self) -> bool {
        let mask = self.mask();
        mask & FIFTH != 0 && mask & THIRDS != 0 && mask & SEVENTHS != 0
    }
}

const FIFTH: u16 = 1 << 7;
const THIRDS: u16 = (1 << 3) | (1 << 4);
const SEVENTHS: u16 = (1 << 10) | (1 << 11);

/// A chord and its lowest note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Chord {
    /// What it stands on in name.
    pub root: PitchClass,
    /// Its quality.
    pub kind: ChordKind,
    /// The lowest note that sounds; another than the root in an inversion.
    pub bass: PitchClass,
}

impl Chord {
    /// The chord that these keys sound, octaves and doublings aside; `None` when it is none
    /// that has a name. Only a perfect fifth may be missing, and only under a seventh.
    ///
    /// Of several names (C6 is Am7 too) a whole chord wins over one without its fifth, then
    /// one that stands on its root, then the simpler quality.
    pub fn recognize(keys: impl IntoIterator<Item = u8>) -> Option<Self> {
        let (mut classes, mut lowest) = (0u16, u8::MAX);
        for key in keys {
            classes |= 1 << (key % 12);
            lowest = lowest.min(key);
        }
        if classes.count_ones() < 2 {
            return None;
        }
        let bass = PitchClass::of(lowest);
        let named = |lacking: bool| {
            let roots = (0..12).map(|up| bass.transposed(up));
            let roots = roots.filter(|root| classes >> root.index() & 1 == 1);
            roots
                .filter_map(|root| {
                    let mask = above(classes, root);
                    let fits = |kind: &&ChordKind| {
                        if lacking {
                            kind.may_lack_fifth() && kind.mask() & !FIFTH == mask
                        } else {
                            kind.mask() == mask
                        }
                    };
                    let place = ChordKind::ALL.iter().position(|kind| fits(&kind))?;
                    Some((root != bass, place, root))
                })
                .min_by_key(|&(inverted, place, _)| (inverted, place))
        };
        let (_, place, root) = named(false).or_else(|| named(true))?;
        Some(Self { root, kind: *ChordKind::ALL.get(place)?, bass })
    }

    /// Its name, such as "Cmaj7/E".
    pub fn name(self, spelling: Spelling) -> String {
        let root = self.root.name(spelling);
        let suffix = self.kind.suffix();
        if self.bass == self.root {
            format!("{root}{suffix}")
        } else {
            format!("{root}{suffix}/{}", self.bass.name(spelling))
        }
    }

    /// The chord moved by semitones.
    #[must_use]
    pub const fn transposed(self, semitones: i32) -> Self {
        Self {
            root: self.root.transposed(semitones),
            kind: self.kind,
            bass: self.bass.transposed(semitones),
        }
    }
}

/// Pitch classes as bits above `root` rather than above C.
const fn above(classes: u16, root: PitchClass) -> u16 {
    let up = root.index();
    ((classes >> up) | (classes << (12 - up))) & 0x0FFF
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn name(keys: &[u8]) -> String {
        Chord::recognize(keys.iter().copied())
            .map_or_else(|| "–".to_owned(), |chord| chord.name(Spelling::Usual))
    }

    #[test]
    fn chords_go_by_their_usual_names() {
        for (keys, expected) in [
            (&[60, 64, 67][..], "C"),
            (&[64, 67, 72], "C/E"),
            (&[52, 60, 64, 67, 71], "Cmaj7/E"),
            (&[54, 57, 60, 64], "F♯m7♭5"),
            (&[60, 64, 67, 69], "C6"),
            (&[57, 60, 64, 67], "Am7"),
            (&[60, 65, 67], "Csus4"),
            (&[60, 62, 67], "Csus2"),
            (&[60, 64, 67, 74], "Cadd9"),
            (&[60, 64, 70], "C7"),
            (&[58, 62, 65, 68, 72], "B♭9"),
            (&[60, 64, 67, 69, 74], "C6/9"),
            (&[60, 63, 66, 69], "Cdim7"),
            (&[60, 64, 68], "Caug"),
            (&[60, 63, 67, 71], "Cm(maj7)"),
            (&[48, 55, 64, 70, 75], "C7♯9"),
            (&[60, 67], "C5"),
            (&[60, 61, 62], "–"),
            (&[60, 72], "–"),
            (&[], "–"),
        ] {
            assert_eq!(name(keys), expected, "{keys:?}");
        }
    }

    #[test]
    fn every_kind_in_close_position_is_recognized_as_itself() {
        for kind in ChordKind::ALL {
            let keys = kind.intervals().iter().map(|interval| 48 + interval);
            let chord = Chord::recognize(keys).unwrap();
            assert_eq!((chord.kind, chord.root), (kind, PitchClass::C));
        }
    }

    proptest! {
        #[test]
        fn transposing_the_notes_moves_the_chord(
            keys in proptest::collection::vec(24u8..96, 2..6), by in 0u8..24,
        ) {
            let here = Chord::recognize(keys.iter().copied());
            let there = Chord::recognize(keys.iter().map(|key| key + by));
            prop_assert_eq!(there, here.map(|chord| chord.transposed(i32::from(by))));
        }

        #[test]
        fn doubling_a_note_an_octave_up_changes_nothing(
            keys in proptest::collection::vec(24u8..96, 2..6), which in 0usize..6,
        ) {
            let doubled = keys.iter().copied().chain([keys[which % keys.len()] + 12]);
            prop_assert_eq!(Chord::recognize(doubled), Chord::recognize(keys.iter().copied()));
        }
    }
}
