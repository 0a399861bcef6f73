//! Which facets there are, and how numbers become the values of a facet.

/// What files can be counted and narrowed down by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Facet {
    /// The winning key; values are `store::key_code`s.
    Key = 1,
    /// The winning tempo; value n is from 10 n up to, but without, 10 n + 10 beats a minute.
    Tempo = 2,
    /// The first time signature; [`meter_of`] reads the values.
    Meter = 3,
    /// How long it lasts; value n is the n-th step of [`DURATION_STEPS`].
    Duration = 4,
    /// Bars; value n is the n-th step of [`BAR_STEPS`].
    Bars = 5,
    /// Note-ons; value n is the n-th step of [`NOTE_STEPS`].
    Notes = 6,
    /// What the drums are for; values are `store::class_code`s.
    DrumClass = 7,
    /// How the drums move; values are `store::feel_code`s.
    DrumFeel = 8,
    /// The year in which the file was changed last.
    Year = 9,
    /// A General MIDI family that sounds, 0..=15.
    Family = 32,
    /// A program that sounds, 0..=127.
    Program = 33,
    /// Value 1: the drum channel has notes.
    Drums = 34,
    /// A word of the tag table, by its id.
    Tag = 35,
    /// What the user added to the library, by the source's id.
    Source = 36,
    /// The folder just under the source, by its id; 0 for the source's own.
    Folder = 37,
    /// Value 1: something had to be mended.
    Salvaged = 38,
    /// Value 1: not there at the last look.
    Absent = 39,
    /// Value 1: another file has the same bytes.
    Duplicate = 40,
    /// Value 1: another file is a version of the same piece.
    Version = 41,
    /// A tag of the user's, by its id in the user database.
    UserTag = 64,
    /// The user's rating, 1..=5.
    Rating = 65,
    /// Value 1: a favourite.
    Favourite = 66,
    /// A collection of the user's, by its id.
    Collection = 67,
}

/// One value of one facet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FacetValue {
    /// Which facet.
    pub facet: Facet,
    /// Which of its values; the facet says what it means. At most 2²⁴ − 1.
    pub value: u32,
}

/// Where the steps of [`Facet::Duration`] begin, in seconds; they end where the next begins.
pub const DURATION_STEPS: [u32; 8] = [0, 5, 15, 30, 60, 120, 240, 480];

/// Where the steps of [`Facet::Bars`] begin.
pub const BAR_STEPS: [u32; 8] = [1, 2, 3, 5, 9, 17, 33, 65];

/// Where the steps of [`Facet::Notes`] begin.
pub const NOTE_STEPS: [u32; 8] = [0, 1, 16, 64, 256, 1_024, 4_096, 16_384];

/// The facets of which every file has at most one value, which is worked out from a column.
pub(super) const SINGLE: [Facet; 9] = [
    Facet::Key,
    Facet::Tempo,
    Facet::Meter,
    Facet::Duration,
    Facet::Bars,
    Facet::Notes,
    Facet::DrumClass,
    Facet::DrumFeel,
    Facet::Year,
];

/// The facets of which a file may have many values, and those that few files have.
pub(super) const MANY: [Facet; 14] = [
    Facet::Family,
    Facet::Program,
    Facet::Drums,
    Facet::Tag,
    Facet::Source,
    Facet::Folder,
    Facet::Salvaged,
    Facet::Absent,
    Facet::Duplicate,
    Facet::Version,
    Facet::UserTag,
    Facet::Rating,
    Facet::Favourite,
    Facet::Collection,
];

impl Facet {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        SINGLE.into_iter().chain(MANY)
    }

    /// Whether the user's own database says it, not the index.
    pub const fn is_users(self) -> bool {
        self as u8 >= Self::UserTag as u8
    }

    pub(super) fn of_code(code: u8) -> Option<Self> {
        Self::all().find(|it| *it as u8 == code)
    }
}

impl FacetValue {
    /// One value of one facet.
    pub const fn new(facet: Facet, value: u32) -> Self {
        Self { facet, value }
    }
}

/// The value of a time signature: the denominators 1 to 64 with numerators 1 to 36 have one
/// of their own, all others share 255.
pub const fn meter_value(numerator: u8, denominator: u16) -> u8 {
    if !denominator.is_power_of_two() || denominator > 64 || numerator == 0 || numerator > 36 {
        return 255;
    }
    1 + denominator.trailing_zeros() as u8 * 36 + (numerator - 1)
}

/// The time signature of a value of [`Facet::Meter`]; none for the rare ones that share one.
pub const fn meter_of(value: u32) -> Option<(u8, u16)> {
    if value == 0 || value > 252 {
        return None;
    }
    let index = value - 1;
    Some(((index % 36) as u8 + 1, 1 << (index / 36)))
}

/// The last step that begins at or below a number; none below the first.
pub(super) fn step_of(steps: &[u32; 8], it: u32) -> Option<u32> {
    // Without a branch: this runs once for each file that is counted.
    let reached: u32 = steps.iter().map(|step| u32::from(*step <= it)).sum();
    reached.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_common_meter_has_a_value_of_its_own() {
        for denominator in [1, 2, 4, 8, 16, 32, 64] {
            for numerator in 1..=36 {
                let value = meter_value(numerator, denominator);
                assert_eq!(meter_of(u32::from(value)), Some((numerator, denominator)));
            }
        }
        assert_eq!((meter_value(4, 3), meter_value(99, 4), meter_of(255)), (255, 255, None));
    }

    #[test]
    fn a_number_belongs_to_the_last_step_that_it_reaches() {
        assert_eq!(step_of(&BAR_STEPS, 0), None);
        assert_eq!([1, 2, 4, 8, 1000].map(|it| step_of(&BAR_STEPS, it).unwrap()), [0, 1, 2, 3, 7]);
    }

    #[test]
    fn facets_are_read_back_from_their_codes() {
        for facet in Facet::all() {
            assert_eq!(Facet::of_code(facet as u8), Some(facet));
        }
    }
}
