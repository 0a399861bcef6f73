//! Scales: which pitches belong, and how to walk along them.

use super::PitchClass;

/// The kind of a scale: its intervals above the root.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScaleKind {
    /// Major, or Ionian.
    #[default]
    Major,
    /// Natural minor, or Aeolian.
    NaturalMinor,
    /// Minor with a raised seventh.
    HarmonicMinor,
    /// Minor with raised sixth and seventh, as it ascends.
    MelodicMinor,
    /// Minor with a raised sixth.
    Dorian,
    /// Minor with a lowered second.
    Phrygian,
    /// Major with a raised fourth.
    Lydian,
    /// Major with a lowered seventh.
    Mixolydian,
    /// Minor with lowered second and fifth.
    Locrian,
    /// Major without fourth and seventh.
    MajorPentatonic,
    /// Minor without second and sixth.
    MinorPentatonic,
    /// Minor pentatonic with the tritone.
    Blues,
    /// Major pentatonic with the minor third.
    MajorBlues,
    /// Six whole steps.
    WholeTone,
    /// Half and whole steps in turn, over dominant chords.
    HalfWholeDiminished,
    /// Whole and half steps in turn, over diminished chords.
    WholeHalfDiminished,
    /// Minor thirds and half steps in turn.
    Augmented,
    /// Major with a lowered sixth.
    HarmonicMajor,
    /// Mixolydian with a raised fourth: the fourth mode of melodic minor.
    LydianDominant,
    /// The seventh mode of melodic minor, over altered dominants.
    Altered,
    /// The fifth mode of harmonic minor: Spanish, Hijaz, Ahava rabbah.
    PhrygianDominant,
    /// Major with lowered second and sixth: Byzantine, Bhairav.
    DoubleHarmonic,
    /// Harmonic minor with a raised fourth: gypsy minor.
    HungarianMinor,
    /// Harmonic minor with a lowered second.
    NeapolitanMinor,
    /// Mixolydian with the major seventh in passing.
    BebopDominant,
    /// Japanese: 1 2 ♭3 5 ♭6.
    Hirajoshi,
    /// Japanese: 1 ♭2 4 5 ♭7.
    InSen,
    /// All twelve.
    Chromatic,
}

impl ScaleKind {
    /// All of them, the usual ones first.
    pub const ALL: [Self; 28] = [
        Self::Major,
        Self::NaturalMinor,
        Self::HarmonicMinor,
        Self::MelodicMinor,
        Self::Dorian,
        Self::Phrygian,
        Self::Lydian,
        Self::Mixolydian,
        Self::Locrian,
        Self::MajorPentatonic,
        Self::MinorPentatonic,
        Self::Blues,
        Self::MajorBlues,
        Self::WholeTone,
        Self::HalfWholeDiminished,
        Self::WholeHalfDiminished,
        Self::Augmented,
        Self::HarmonicMajor,
        Self::LydianDominant,
        Self::Altered,
        Self::PhrygianDominant,
        Self::DoubleHarmonic,
        Self::HungarianMinor,
        Self::NeapolitanMinor,
        Self::BebopDominant,
        Self::Hirajoshi,
        Self::InSen,
        Self::Chromatic,
    ];

    /// The pitches as bits: bit `n` is set when `n` semitones above the root belong. Bit 0 always is.
    pub const fn mask(self) -> u16 {
        match self {
            Self::Major => of(&[0, 2, 4, 5, 7, 9, 11]),
            Self::NaturalMinor => of(&[0, 2, 3, 5, 7, 8, 10]),
            Self::HarmonicMinor => of(&[0, 2, 3, 5, 7, 8, 11]),
            Self::MelodicMinor => of(&[0, 2, 3, 5, 7, 9, 11]),
            Self::Dorian => of(&[0, 2, 3, 5, 7, 9, 10]),
            Self::Phrygian => of(&[0, 1, 3, 5, 7, 8, 10]),
            Self::Lydian => of(&[0, 2, 4, 6, 7, 9, 11]),
            Self::Mixolydian => of(&[0, 2, 4, 5, 7, 9, 10]),
            Self::Locrian => of(&[0, 1, 3, 5, 6, 8, 10]),
            Self::MajorPentatonic => of(&[0, 2, 4, 7, 9]),
            Self::MinorPentatonic => of(&[0, 3, 5, 7, 10]),
            Self::Blues => of(&[0, 3, 5, 6, 7, 10]),
            Self::MajorBlues => of(&[0, 2, 3, 4, 7, 9]),
            Self::WholeTone => of(&[0, 2, 4, 6, 8, 10]),
            Self::HalfWholeDiminished => of(&[0, 1, 3, 4, 6, 7, 9, 10]),
            Self::WholeHalfDiminished => of(&[0, 2, 3, 5, 6, 8, 9, 11]),
            Self::Augmented => of(&[0, 3, 4, 7, 8, 11]),
            Self::HarmonicMajor => of(&[0, 2, 4, 5, 7, 8, 11]),
            Self::LydianDominant => of(&[0, 2, 4, 6, 7, 9, 10]),
            Self::Altered => of(&[0, 1, 3, 4, 6, 8, 10]),
            Self::PhrygianDominant => of(&[0, 1, 4, 5, 7, 8, 10]),
            Self::DoubleHarmonic => of(&[0, 1, 4, 5, 7, 8, 11]),
            Self::HungarianMinor => of(&[0, 2, 3, 6, 7, 8, 11]),
            Self::NeapolitanMinor => of(&[0, 1, 3, 5, 7, 8, 11]),
            Self::BebopDominant => of(&[0, 2, 4, 5, 7, 9, 10, 11]),
            Self::Hirajoshi => of(&[0, 2, 3, 7, 8]),
            Self::InSen => of(&[0, 1, 5, 7, 10]),
            Self::Chromatic => 0x0FFF,
        }
    }

    /// What musicians call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Major => "Major",
            Self::NaturalMinor => "Natural minor",
            Self::HarmonicMinor => "Harmonic minor",
            Self::MelodicMinor => "Melodic minor",
            Self::Dorian => "Dorian",
            Self::Phrygian => "Phrygian",
            Self::Lydian => "Lydian",
            Self::Mixolydian => "Mixolydian",
            Self::Locrian => "Locrian",
            Self::MajorPentatonic => "Major pentatonic",
            Self::MinorPentatonic => "Minor pentatonic",
            Self::Blues => "Blues",
            Self::MajorBlues => "Major blues",
            Self::WholeTone => "Whole tone",
            Self::HalfWholeDiminished => "Diminished (half–whole)",
            Self::WholeHalfDiminished => "Diminished (whole–half)",
            Self::Augmented => "Augmented",
            Self::HarmonicMajor => "Harmonic major",
            Self::LydianDominant => "Lydian dominant",
            Self::Altered => "Altered",
            Self::PhrygianDominant => "Phrygian dominant",
            Self::DoubleHarmonic => "Double harmonic",
            Self::HungarianMinor => "Hungarian minor",
            Self::NeapolitanMinor => "Neapolitan minor",
            Self::BebopDominant => "Bebop dominant",
            Self::Hirajoshi => "Hirajoshi",
            Self::InSen => "In-sen",
            Self::Chromatic => "Chromatic",
        }
    }

    /// How many pitches it has in an octave.
    pub const fn degrees(self) -> u8 {
        self.mask().count_ones() as u8
    }
}

/// A scale: a root and a kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scale {
    /// Its first pitch.
    pub root: PitchClass,
    /// Its intervals.
    pub kind: ScaleKind,
}

impl Scale {
    /// The scale of that kind on that root.
    pub const fn new(root: PitchClass, kind: ScaleKind) -> Self {
        Self { root, kind }
    }

    /// Whether a key belongs.
    pub const fn contains(self, key: u8) -> bool {
        self.kind.mask() >> self.root.up_to(PitchClass::of(key)) & 1 == 1
    }

    /// Which degree a key is, counted from 0; `None` when it does not belong.
    pub const fn degree(self, key: u8) -> Option<u8> {
        if !self.contains(key) {
            return None;
        }
        let below = (1 << self.root.up_to(PitchClass::of(key))) - 1;
        Some((self.kind.mask() & below).count_ones() as u8)
    }

    /// The nearest key that belongs; of two equally near the lower one. Every scale has
    /// keys on both sides within the keyboard's 128.
    pub fn nearest(self, key: u8) -> u8 {
        let near = (0..12u8).find_map(|distance| {
            let down = key.checked_sub(distance).filter(|&key| self.contains(key));
            down.or_else(|| {
                key.checked_add(distance).filter(|&key| key < 128 && self.contains(key))
            })
        });
        near.unwrap_or(key)
    }

    /// The first key at or below that belongs; the first above it at the keyboard's low end.
    pub fn floor(self, key: u8) -> u8 {
        (0..=key).rev().find(|&key| self.contains(key)).unwrap_or_else(|| self.nearest(key))
    }

    /// The first key at or above that belongs; the first below it at the keyboard's high end.
    pub fn ceil(self, key: u8) -> u8 {
        (key..128).find(|&key| self.contains(key)).unwrap_or_else(|| self.nearest(key))
    }

    /// The key `steps` degrees up (down when negative); `None` past the ends of the keyboard.
    /// A key that does not belong keeps its distance to the degree below it, but never
    /// passes the next degree.
    pub fn step(self, key: u8, steps: i32) -> Option<u8> {
        let (index, above) = self.index_below(key);
        let to = index.checked_add(steps)?;
        let (low, high) = (self.pitch_at(to), self.pitch_at(to.checked_add(1)?));
        let pitch = (low + above).min(if above == 0 { low } else { high });
        u8::try_from(pitch).ok().filter(|&key| key < 128)
    }

    /// The key mirrored by degrees so that `low` and `high` change places; all are taken as
    /// the degree at or below them. May leave the keyboard, hence the wide number.
    pub fn mirrored(self, key: u8, low: u8, high: u8) -> i32 {
        let [key, low, high] = [key, low, high].map(|key| self.index_below(key).0);
        self.pitch_at(low + high - key)
    }

    /// Its pitch classes from the root up.
    pub fn pitch_classes(self) -> impl Iterator<Item = PitchClass> {
        (0..12)
            .filter(move |interval| self.kind.mask() >> interval & 1 == 1)
            .map(move |interval| self.root.transposed(interval))
    }

    /// Degrees from the root in octave 0 up to the degree at or below `key`, and how many
    /// semitones `key` lies above that degree.
    fn index_below(self, key: u8) -> (i32, i32) {
        let mask = u32::from(self.kind.mask());
        let from_root = i32::from(key) - i32::from(self.root.index());
        let (octave, interval) = (from_root.div_euclid(12), from_root.rem_euclid(12));
        let up_to_here = mask & ((2 << interval) - 1);
        let degree = up_to_here.count_ones() as i32 - 1;
        let lies_at = 31 - up_to_here.leading_zeros() as i32;
        (octave * i32::from(self.kind.degrees()) + degree, interval - lies_at)
    }

    /// The pitch of a degree counted from the root in octave 0.
    fn pitch_at(self, index: i32) -> i32 {
        let count = i32::from(self.kind.degrees());
        let (octave, degree) = (index.div_euclid(count), index.rem_euclid(count));
        let interval = (0..12)
            .filter(|interval| self.kind.mask() >> interval & 1 == 1)
            .nth(degree as usize)
            .unwrap_or(0);
        i32::from(self.root.index())
            .saturating_add(octave.saturating_mul(12))
            .saturating_add(interval)
    }
}

const fn of(intervals: &[u8]) -> u16 {
    let mut mask = 0;
    let mut index = 0;
    while index < intervals.len() {
        mask |= 1 << intervals[index];
        index += 1;
    }
    mask
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scales() -> impl Strategy<Value = Scale> {
        (0i32..12, 0usize..ScaleKind::ALL.len())
            .prop_map(|(root, kind)| Scale::new(PitchClass::new(root), ScaleKind::ALL[kind]))
    }

    #[test]
    fn every_kind_has_its_root_and_a_name_of_its_own() {
        let mut names: Vec<&str> = ScaleKind::ALL.iter().map(|kind| kind.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ScaleKind::ALL.len());
        let mut masks: Vec<u16> = ScaleKind::ALL.iter().map(|kind| kind.mask()).collect();
        assert!(masks.iter().all(|mask| mask & 1 == 1));
        masks.sort_unstable();
        masks.dedup();
        assert_eq!(masks.len(), ScaleKind::ALL.len(), "two kinds have the same pitches");
    }

    #[test]
    fn degrees_count_from_the_root() {
        let e_minor = Scale::new(PitchClass::of(64), ScaleKind::NaturalMinor);
        assert_eq!([64, 66, 67, 71].map(|key| e_minor.degree(key)), [0, 1, 2, 4].map(Some));
        assert_eq!(e_minor.degree(65), None);
    }

    #[test]
    fn a_step_walks_along_the_scale_and_a_foreign_note_keeps_its_distance() {
        let c = Scale::new(PitchClass::C, ScaleKind::Major);
        assert_eq!([1, 2, 7, -1].map(|steps| c.step(64, steps)), [65, 67, 76, 62].map(Some));
        assert_eq!(c.step(61, 1), Some(63));
        assert_eq!(c.step(63, 1), Some(65));
        assert_eq!((c.step(127, 1), c.step(0, -1)), (None, None));
    }

    #[test]
    fn the_nearest_key_is_the_lower_of_two() {
        let c = Scale::new(PitchClass::C, ScaleKind::Major);
        assert_eq!((c.nearest(61), c.floor(61), c.ceil(61)), (60, 60, 62));
        let gapped = Scale::new(PitchClass::C, ScaleKind::InSen);
        assert_eq!((gapped.nearest(64), gapped.nearest(62)), (65, 61));
    }

    #[test]
    fn relative_scales_hold_the_same_pitches() {
        let c = Scale::new(PitchClass::C, ScaleKind::Major);
        let a = Scale::new(PitchClass::of(69), ScaleKind::NaturalMinor);
        assert!((0..128).all(|key| c.contains(key) == a.contains(key)));
    }

    proptest! {
        #[test]
        fn steps_up_and_down_are_inverse_inside_the_scale(
            scale in scales(), key in 0u8..128, steps in -20i32..20,
        ) {
            let key = scale.nearest(key);
            if let Some(there) = scale.step(key, steps) {
                prop_assert!(scale.contains(there));
                prop_assert_eq!(scale.step(there, -steps), Some(key));
            }
        }

        #[test]
        fn transposing_scale_and_key_together_changes_nothing(
            scale in scales(), key in 12u8..100, by in 0u8..12,
        ) {
            let moved = Scale { root: scale.root.transposed(i32::from(by)), ..scale };
            prop_assert_eq!(moved.degree(key + by), scale.degree(key));
            prop_assert_eq!(moved.step(key + by, 3), scale.step(key, 3).map(|key| key + by));
            prop_assert_eq!(moved.nearest(key + by), scale.nearest(key) + by);
        }

        #[test]
        fn a_step_keeps_the_order_of_keys(scale in scales(), key in 0u8..127, steps in -9i32..9) {
            if let (Some(low), Some(high)) = (scale.step(key, steps), scale.step(key + 1, steps)) {
                prop_assert!(low <= high);
            }
        }

        #[test]
        fn mirroring_twice_gives_a_scale_pitch_back(scale in scales(), key in 40u8..90, axis in 50u8..80) {
            let key = scale.nearest(key);
            if let Ok(mirrored) = u8::try_from(scale.mirrored(key, axis, axis)) {
                prop_assert_eq!(scale.mirrored(mirrored, axis, axis), i32::from(key));
            }
        }
    }
}
