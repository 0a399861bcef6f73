//! Operations on when notes sound.

use super::apply::{Scene, move_to, set_length};
use super::chance::between;
use super::grid::Lines;
use super::{Grid, Percent};
use crate::edit::EditError;
use crate::model::Note;
use crate::time::Tick;
use std::num::NonZeroU32;

/// Which ends of notes move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Edges {
    /// Onsets; lengths stay.
    #[default]
    Start,
    /// Ends; onsets stay.
    End,
    /// Both, each to its own line.
    Both,
}

/// Moves notes towards grid lines. Applying it again with less than full strength
/// moves them further: that is iterative quantizing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantize {
    /// Which lines.
    pub grid: Grid,
    /// What moves.
    pub edges: Edges,
    /// Which share of the way.
    pub strength: Percent,
}

/// Small deviations that make a part less mechanical. Each note draws its own from the seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Humanize {
    /// Names the chance: the same seed gives the same deviations.
    pub seed: u64,
    /// Onsets move by at most this many ticks either way.
    pub ticks: u32,
    /// Velocities change by at most this either way.
    pub velocity: u8,
    /// Lengths change by at most this share either way.
    pub length: Percent,
}

/// A factor as a fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ratio {
    /// Above the line.
    pub numerator: NonZeroU32,
    /// Below it.
    pub denominator: NonZeroU32,
}

impl Ratio {
    /// Twice as fast: half the ticks.
    pub const HALF: Self = Self::of(NonZeroU32::MIN, NonZeroU32::MIN.saturating_add(1));
    /// Half as fast: twice the ticks.
    pub const DOUBLE: Self = Self::of(NonZeroU32::MIN.saturating_add(1), NonZeroU32::MIN);

    /// The fraction of two numbers.
    pub const fn of(numerator: NonZeroU32, denominator: NonZeroU32) -> Self {
        Self { numerator, denominator }
    }

    /// The fraction of two numbers; `None` when one is 0.
    pub fn new(numerator: u32, denominator: u32) -> Option<Self> {
        Some(Self::of(NonZeroU32::new(numerator)?, NonZeroU32::new(denominator)?))
    }

    pub(super) const fn name(self) -> &'static str {
        let (up, down) = (self.numerator.get() as u64, self.denominator.get() as u64);
        if up * 2 == down {
            "Double time"
        } else if up == down * 2 {
            "Half time"
        } else {
            "Stretch"
        }
    }

    /// A distance times this, rounded to the nearest, halves upwards.
    fn times(self, distance: i64) -> i64 {
        let (up, down) = (i64::from(self.numerator.get()), i64::from(self.denominator.get()));
        let narrow = distance.checked_mul(2 * up).and_then(|product| product.checked_add(down));
        narrow.map_or_else(
            || {
                let product = i128::from(distance) * i128::from(2 * up) + i128::from(down);
                let rounded = product.div_euclid(i128::from(2 * down));
                i64::try_from(rounded).unwrap_or(if distance < 0 { i64::MIN } else { i64::MAX })
            },
            |product| product.div_euclid(2 * down),
        )
    }
}

/// What stays in place while the rest is stretched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StretchAnchor {
    /// The first onset.
    #[default]
    Start,
    /// The last end.
    End,
    /// A tick of the clip.
    At(Tick),
    /// A tick of the song, wherever the clip lies.
    OnSong(Tick),
}

/// Stretches onsets and lengths in proportion. What would come before the clip's start
/// pushes the whole selection right, so that it keeps its proportions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// What stays in place.
    pub anchor: StretchAnchor,
    /// How much longer.
    pub factor: Ratio,
}

pub(super) fn quantize(
    scene: &Scene<'_>,
    notes: &mut [Note],
    quantize: Quantize,
) -> Result<(), EditError> {
    let base = scene.clip.start.0;
    let (mut starts, mut ends) =
        (Lines::new(scene.meter, quantize.grid), Lines::new(scene.meter, quantize.grid));
    scene.each(notes, |note| {
        let (start, end) = (base.saturating_add(note.start.0), base.saturating_add(note.end().0));
        let line = match quantize.edges {
            Edges::End => start,
            Edges::Start | Edges::Both => starts.nearest(start).tick,
        };
        let new_start = toward(start, line, quantize.strength).max(base);
        let new_end = match quantize.edges {
            Edges::Start => None,
            Edges::End | Edges::Both => {
                let mut target = ends.nearest(end).tick;
                if target <= line {
                    target = starts.around(line).1.tick;
                }
                Some(toward(end, target, quantize.strength))
            }
        };
        move_to(note, Tick(new_start - base));
        if let Some(new_end) = new_end {
            set_length(note, new_end.saturating_sub(new_start));
        }
    })
}

pub(super) fn humanize(
    scene: &Scene<'_>,
    notes: &mut [Note],
    humanize: Humanize,
) -> Result<(), EditError> {
    let Humanize { seed, ticks, velocity, length } = humanize;
    let draw = |note: &Note, lane, most: i64| between(seed, note.id, lane, -most, most);
    scene.each(notes, |note| {
        let moved = note.start.offset(draw(note, 0, i64::from(ticks)));
        let louder = i64::from(note.velocity) + draw(note, 1, i64::from(velocity));
        let longer = draw(note, 2, length.of(i64::from(note.length)));
        move_to(note, moved);
        note.velocity = louder.clamp(1, 127) as u8;
        if longer != 0 {
            set_length(note, u64::from(note.length).saturating_add_signed(longer));
        }
    })
}

pub(super) fn reverse(scene: &Scene<'_>, notes: &mut [Note]) -> Result<(), EditError> {
    let (first, last) = match scene.group() {
        Some(group) if group.mirrors() => group.span(scene.clip.start),
        _ => {
            let (first, last) = span(notes);
            (signed(first), signed(last))
        }
    };
    let whole = first.saturating_add(last);
    scene.each(notes, |note| {
        let start = whole.saturating_sub(signed(note.end())).max(0);
        move_to(note, Tick(start.unsigned_abs()));
    })
}

pub(super) fn stretch(
    scene: &Scene<'_>,
    notes: &mut [Note],
    stretch: Stretch,
) -> Result<(), EditError> {
    let (first, last) = scene.span(notes);
    let anchor = match stretch.anchor {
        StretchAnchor::Start => first,
        StretchAnchor::End => last,
        StretchAnchor::At(tick) => signed(tick),
        StretchAnchor::OnSong(tick) => signed(tick).saturating_sub(signed(scene.clip.start)),
    };
    let place =
        |tick: i64| anchor.saturating_add(stretch.factor.times(tick.saturating_sub(anchor)));
    let push = match scene.group() {
        Some(group) => group.push(scene.clip.start, place),
        None => place(first).min(0).saturating_neg(),
    };
    scene.each(notes, |note| {
        let start = place(signed(note.start)).saturating_add(push).max(0);
        let end = place(signed(note.end())).saturating_add(push).max(start);
        move_to(note, Tick(start.unsigned_abs()));
        set_length(note, end.abs_diff(start));
    })
}

/// The first onset and the last end.
pub(super) fn span(notes: &[Note]) -> (Tick, Tick) {
    let first = notes.iter().map(|note| note.start).min().unwrap_or(Tick::ZERO);
    let last = notes.iter().map(Note::end).max().unwrap_or(Tick::ZERO);
    (first, last)
}

/// `from` moved a share of the way to `to`.
pub(super) fn toward(from: u64, to: u64, share: Percent) -> u64 {
    let distance = signed(Tick(to)).saturating_sub(signed(Tick(from)));
    from.saturating_add_signed(share.of(distance))
}

pub(super) fn signed(tick: Tick) -> i64 {
    i64::try_from(tick.0).unwrap_or(i64::MAX)
}
