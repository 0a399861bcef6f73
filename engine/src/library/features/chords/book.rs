//! The chord that each set of pitch classes over each bass is called: a table, made once from
//! the templates of `theory`, so that hearing a chord is a look-up.

use super::{Pulse, SILENCE};
use crate::theory::{Chord, ChordKind, PitchClass, Spelling};
use std::sync::LazyLock;

/// Sets of pitch classes.
const MASKS: usize = 1 << 12;
/// No chord.
const NAMELESS: u16 = u16::MAX;

static BOOK: LazyLock<Book> = LazyLock::new(Book::write);

/// Every set over every bass.
pub(super) struct Book {
    /// By set × 12 + bass: kind and root, or [`NAMELESS`].
    names: Box<[u16]>,
}

/// A chord of the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Named {
    chord: Chord,
    /// Its pitch classes, with those that were left out.
    mask: u16,
    /// Whether all of its notes sounded, but for a fifth under a seventh.
    whole: bool,
}

impl Book {
    pub(super) fn get() -> &'static Self {
        &BOOK
    }

    /// The chord that explains most of what sounds: of the pitch classes that take a tenth of
    /// the time, or of those that take a sixth, or else the triad that covers most.
    pub(super) fn fit(&self, pulse: &Pulse) -> Option<Named> {
        let total = pulse.total();
        if total == 0 || pulse.lowest == SILENCE {
            return None;
        }
        let bass = pulse.bass();
        let many = pulse.mask(total / 10);
        if let Some(found) = self.look(many, bass) {
            return Some(found);
        }
        let few = pulse.mask(total / 6);
        if few != many
            && let Some(found) = self.look(few, bass)
        {
            return Some(found);
        }
        triad(pulse, total)
    }

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
        let kind = *ChordKind::ALL.get(usize::from(entry & 0xFF))?;
        let bass = if inside { bass } else { root };
        let whole = mask.count_ones() > 2;
        Some(Named { chord: Chord { root, kind, bass }, mask: rotated(kind.mask(), root), whole })
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
    pub(super) const fn chord(self) -> Chord {
        self.chord
    }

    pub(super) const fn root(self) -> PitchClass {
        self.chord.root
    }

    /// A triad or less: nothing in it could be a chord of its own.
    pub(super) const fn is_plain(self) -> bool {
        self.mask.count_ones() <= 3
    }

    /// Three notes and more of it sounded.
    pub(super) const fn is_whole(self) -> bool {
        self.whole
    }

    /// Whether at least so many percent of what sounds belongs to the chord.
    pub(super) fn covers(self, pulse: &Pulse, percent: u32) -> bool {
        pulse.inside(self.mask) * 100 >= pulse.total() * percent
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
    let mut best: Option<(u32, Named)> = None;
    let twice: [u16; 24] =
        std::array::from_fn(|at| pulse.weights.get(at % 12).copied().unwrap_or_default());
    let at = |index: usize| u32::from(twice.get(index).copied().unwrap_or_default());
    for root in (0..12).map(|up| pulse.bass().transposed(up)) {
        let up = usize::from(root.index());
        if at(up) == 0 {
            continue;
        }
        for (kind, [third, fifth]) in KINDS.into_iter().zip([[4, 7], [3, 7], [3, 6]]) {
            let (third, fifth) = (at(up + third), at(up + fifth));
            let covered = at(up) + third + fifth;
            let score = covered * 4 + if root == pulse.bass() { total } else { 0 };
            if third > 0 && best.is_none_or(|(highest, _)| score > highest) {
                let mask = rotated(kind.mask(), root);
                let inside = mask >> pulse.bass().index() & 1 == 1;
                let bass = if inside { pulse.bass() } else { root };
                let whole = fifth > 0;
                best = Some((score, Named { chord: Chord { root, kind, bass }, mask, whole }));
            }
        }
    }
    best.map(|(_, found)| found)
}

/// Writes a chord as one types it: `F#m7b5/A`.
pub fn name(chord: Chord, spelling: Spelling, text: &mut String) {
    let bass = (chord.bass != chord.root).then_some(chord.bass);
    let root = chord.root.name(spelling);
    let parts = [root, chord.kind.suffix()];
    let parts = parts.into_iter().chain(bass.into_iter().flat_map(|it| ["/", it.name(spelling)]));
    for letter in parts.flat_map(str::chars) {
        text.push(match letter {
            '\u{266f}' => '#',
            '\u{266d}' => 'b',
            letter => letter,
        });
    }
}
