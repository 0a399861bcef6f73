//! The chord that each set of pitch classes over each bass is called: a table, made once from
//! the templates of `theory`, so that hearing a chord is a look-up.

use super::super::pulses::{Pulse, SILENCE};
use crate::theory::{Chord, ChordKind, PitchClass, Spelling};
use std::num::NonZero;
use std::sync::LazyLock;

/// Sets of pitch classes.
const MASKS: usize = 1 << 12;
/// No chord.
const NAMELESS: u16 = u16::MAX;

static BOOK: LazyLock<Book> = LazyLock::new(Book::write);

/// Every set over every bass, also one that is not in it.
pub(super) struct Book {
    /// By set × 12 + bass.
    entries: Box<[Option<Named>]>,
}

/// A chord of the book, packed: half a bar asks for several and tells one or two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// Its pitch classes, with those that were left out; never 0.
    mask: NonZero<u16>,
    /// Its place in [`ChordKind::ALL`], and 128 where all of its notes sounded, but for a fifth
    /// under a seventh.
    kind: u8,
    /// Root in the lower, bass in the upper four bits.
    tones: u8,
}

impl Book {
    pub(super) fn get() -> &'static Self {
        &BOOK
    }

    /// The chord that explains most of what sounds: of the pitch classes that take a tenth of
    /// the time, or of those that take a sixth, or else the triad that covers most. `total` is
    /// that of the pulse.
    pub(super) fn fit(&self, pulse: &Pulse, total: u32) -> Option<Named> {
        if total == 0 || pulse.lowest == SILENCE {
            return None;
        }
        let bass = usize::from(pulse.bass().index());
        let look = |mask: u16| *self.entries.get(usize::from(mask) * 12 + bass)?;
        let found = look(pulse.mask(total / 10)).or_else(|| look(pulse.mask(total / 6)));
        found.or_else(|| triad(pulse, total))
    }

    fn write() -> Self {
        let names = Names::write();
        let sets = 0..MASKS as u16;
        let entries = sets.flat_map(|mask| PitchClass::ALL.map(|bass| names.look(mask, bass)));
        Self { entries: entries.collect() }
    }
}

/// What the entries are made of: every set over each of its own notes.
struct Names {
    /// By set × 12 + bass: kind and root, or [`NAMELESS`].
    names: Box<[u16]>,
}

impl Names {
    /// The chord of a set; a bass outside it is left aside.
    fn look(&self, mask: u16, bass: PitchClass) -> Option<Named> {
        let inside = mask >> bass.index() & 1 == 1;
        // Upwards from the bass, so that a transposed chord is looked up alike.
        let up = rotated(mask, bass.transposed(-2 * i32::from(bass.index()))).trailing_zeros();
        let heard = if inside { bass } else { bass.transposed(up as i32) };
        let entry = *self.names.get(usize::from(mask) * 12 + usize::from(heard.index()))?;
        if entry == NAMELESS {
            return None;
        }
        let root = PitchClass::new(i32::from(entry >> 8));
        let bass = if inside { bass } else { root };
        Named::new(usize::from(entry & 0xFF), root, bass, mask.count_ones() > 2)
    }

    /// The earlier a pass, the better its names: a name is never overwritten.
    fn write() -> Self {
        let mut names = vec![NAMELESS; MASKS * 12].into_boxed_slice();
        let mut enter = |mask: u16, bass: PitchClass, kind: usize, root: PitchClass| {
            let entry = usize::from(mask) * 12 + usize::from(bass.index());
            if let Some(name) = names.get_mut(entry).filter(|name| **name == NAMELESS) {
                *name = kind as u16 | u16::from(root.index()) << 8;
            }
        };
        let kinds = || ChordKind::ALL.iter().enumerate();
        for lacking in [false, true] {
            for inverted in [false, true] {
                for (place, kind) in kinds() {
                    let full = kind.mask();
                    let mask = if lacking { full & !FIFTH } else { full };
                    if lacking && !may_lack_fifth(full) {
                        continue;
                    }
                    // Over each bass the roots from it upwards, as `Chord::recognize` does.
                    for bass in PitchClass::ALL {
                        for up in 0..12 {
                            let root = bass.transposed(up);
                            let mask = rotated(mask, root);
                            if mask >> bass.index() & 1 == 1 && (root != bass) == inverted {
                                enter(mask, bass, place, root);
                            }
                        }
                    }
                }
            }
        }
        // A third alone is the triad on its lower note.
        for (third, kind) in [(4, 0), (3, 1)] {
            for root in PitchClass::ALL {
                let mask = rotated(1 | 1 << third, root);
                for bass in [root, root.transposed(third)] {
                    enter(mask, bass, kind, root);
                }
            }
        }
        Self { names }
    }
}

impl Named {
    /// `whole` says whether all of its notes sounded, but for a fifth under a seventh.
    fn new(place: usize, root: PitchClass, bass: PitchClass, whole: bool) -> Option<Self> {
        let kind = ChordKind::ALL.get(place)?;
        Some(Self {
            mask: NonZero::new(rotated(kind.mask(), root))?,
            kind: place as u8 | u8::from(whole) << 7,
            tones: root.index() | bass.index() << 4,
        })
    }

    pub(super) fn chord(self) -> Chord {
        let kind = ChordKind::ALL.get(usize::from(self.kind & 0x7F));
        let bass = PitchClass::of(self.tones >> 4);
        Chord { root: self.root(), kind: kind.copied().unwrap_or(ChordKind::Major), bass }
    }

    pub(super) const fn root(self) -> PitchClass {
        PitchClass::of(self.tones & 0x0F)
    }

    /// A triad or less: nothing in it could be a chord of its own.
    pub(super) const fn is_plain(self) -> bool {
        // Without its lowest three notes nothing is left.
        let mask = self.mask.get();
        let mask = mask & (mask - 1);
        let mask = mask & mask.wrapping_sub(1);
        mask & mask.wrapping_sub(1) == 0
    }

    /// Three notes and more of it sounded.
    pub(super) const fn is_whole(self) -> bool {
        self.kind >= 128
    }

    /// Whether at least so many percent of what sounds, `total`, belongs to the chord.
    pub(super) fn covers(self, pulse: &Pulse, total: u32, percent: u32) -> bool {
        pulse.inside(self.mask.get()) * 100 >= total * percent
    }
}

const FIFTH: u16 = 1 << 7;

/// As in `theory`: chords with a perfect fifth, a third and a seventh.
const fn may_lack_fifth(mask: u16) -> bool {
    mask & FIFTH != 0 && mask & 0b1_1000 != 0 && mask & 0b1100_0000_0000 != 0
}

/// A set above C as the same set above `root`.
const fn rotated(mask: u16, root: PitchClass) -> u16 {
    let up = root.index();
    (mask << up | mask >> (12 - up)) & 0x0FFF
}

/// The triad that covers most, the bass as its root counting a quarter more.
fn triad(pulse: &Pulse, total: u32) -> Option<Named> {
    const KINDS: [ChordKind; 3] = [ChordKind::Major, ChordKind::Minor, ChordKind::Diminished];
    let bass = pulse.bass();
    // What sounds from the bass upwards, twice, so that no triad goes round.
    let mut upwards = [0; 24];
    let from = usize::from(bass.index());
    for (place, class) in upwards.iter_mut().zip((from..12).chain(0..12).chain(0..12)) {
        *place = pulse.weights.get(class).copied().map_or(0, u32::from);
    }
    let mut best: Option<(u32, usize, usize, bool)> = None;
    for (up, tones) in upwards.windows(8).enumerate() {
        let &[root, _, _, minor, major, _, flat_fifth, fifth] = tones else { continue };
        if root == 0 {
            continue;
        }
        let favour = if up == 0 { total } else { 0 };
        let each = [(major, fifth), (minor, fifth), (minor, flat_fifth)];
        for (place, (third, fifth)) in each.into_iter().enumerate() {
            let score = (root + third + fifth) * 4 + favour;
            if third > 0 && best.is_none_or(|(highest, ..)| score > highest) {
                best = Some((score, up, place, fifth > 0));
            }
        }
    }
    let (_, up, place, whole) = best?;
    let root = bass.transposed(up as i32);
    let inside = rotated(KINDS[place].mask(), root) >> bass.index() & 1 == 1;
    Named::new(place, root, if inside { bass } else { root }, whole)
}

/// Writes a chord as one types it: `F#m7b5/A`.
pub fn name(chord: Chord, spelling: Spelling, text: &mut String) {
    push(chord.root.name(spelling), text);
    push(chord.kind.suffix(), text);
    if chord.bass != chord.root {
        text.push('/');
        push(chord.bass.name(spelling), text);
    }
}

/// With accidentals as one types them.
fn push(part: &str, text: &mut String) {
    let mut rest = part;
    // Letters of a byte each, up to the next accidental.
    while let Some(at) = rest.bytes().position(|byte| !byte.is_ascii()) {
        let (letters, sign) = rest.split_at_checked(at).unwrap_or((rest, ""));
        text.push_str(letters);
        let mut signs = sign.chars();
        match signs.next() {
            Some('\u{266f}') => text.push('#'),
            Some('\u{266d}') => text.push('b'),
            Some(letter) => text.push(letter),
            None => {}
        }
        rest = signs.as_str();
    }
    text.push_str(rest);
}
