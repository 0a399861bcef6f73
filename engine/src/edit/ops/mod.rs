//! Note operations: what a musician does to the selected notes in one go.
//!
//! Every operation is pure and deterministic (what is random is seeded), takes O(n) or
//! O(n log n), and keeps notes inside their clip, keys within 0..=127 and velocities
//! within 1..=127. Notes that an operation leaves as they are stay so bit for bit.

mod apply;
mod chance;
mod grid;
mod groove;
mod length;
mod pattern;
mod pitch;
mod timing;
mod velocity;

pub use grid::{Grid, Percent, Swing};
pub use groove::{ApplyGroove, Groove, GrooveStep};
pub use length::{Join, Legato, RemoveDoubles, Split, Staccato};
pub use pattern::{ArpOrder, Arpeggiate, Crop, Period, Repeat, Strum, StrumDirection};
pub use pitch::{Axis, ChordShape, FitToScale, Invert, Toward, Transpose};
pub use timing::{Edges, Humanize, Quantize, Ratio, Stretch, StretchAnchor};
pub use velocity::VelocityOp;

pub(super) use apply::transform;
pub(crate) use pitch::into_keyboard;

use crate::theory::{ChordKind, Scale};
use std::num::{NonZeroU16, NonZeroU32};

/// An operation on notes, with its parameters. Applied by [`super::Command::Transform`].
#[derive(Clone, Debug, PartialEq)]
pub enum NoteOp {
    /// Moves onsets, ends or both towards grid lines.
    Quantize(Quantize),
    /// Moves onsets and velocities towards another clip's feel.
    Groove(ApplyGroove),
    /// Gives onsets, lengths and velocities small seeded deviations.
    Humanize(Humanize),
    /// Moves pitches by semitones, octaves or steps of a scale.
    Transpose(Transpose),
    /// Makes each note last until the next begins.
    Legato(Legato),
    /// Shortens each note to a share of its length.
    Staccato(Staccato),
    /// Cuts notes in two, at a grid, or into equal parts.
    Split(Split),
    /// Makes neighbours of the same pitch one note.
    Join(Join),
    /// Mirrors the selection in time.
    Reverse,
    /// Mirrors pitches.
    Invert(Invert),
    /// Stretches onsets and lengths in proportion: double and half time are this.
    Stretch(Stretch),
    /// Ends notes where the next of the same pitch and channel begins; of those that begin
    /// together the longest stays.
    RemoveOverlaps,
    /// Removes notes that repeat another of the same pitch and channel at the same time.
    RemoveDoubles(RemoveDoubles),
    /// Moves pitches that are foreign to a scale into it.
    FitToScale(FitToScale),
    /// Spreads the onsets of chords, as a hand over strings does.
    Strum(Strum),
    /// Plays the notes of chords one after the other.
    Arpeggiate(Arpeggiate),
    /// Adds the notes of a chord above each note.
    Chord(ChordShape),
    /// Changes velocities.
    Velocity(VelocityOp),
    /// Removes what lies outside.
    Crop(Crop),
    /// Copies the notes after themselves, several times.
    Repeat(Repeat),
}

impl NoteOp {
    /// What menus and the history call it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Quantize(quantize) => match quantize.edges {
                Edges::Start => "Quantize",
                Edges::End => "Quantize ends",
                Edges::Both => "Quantize starts and ends",
            },
            Self::Groove(_) => "Apply groove",
            Self::Humanize(_) => "Humanize",
            Self::Transpose(Transpose::Keys(_)) => "Transpose",
            Self::Transpose(Transpose::Octaves(_)) => "Transpose by octaves",
            Self::Transpose(Transpose::Steps { .. }) => "Transpose in scale",
            Self::Legato(_) => "Legato",
            Self::Staccato(_) => "Staccato",
            Self::Split(_) => "Split notes",
            Self::Join(_) => "Join notes",
            Self::Reverse => "Reverse",
            Self::Invert(_) => "Invert",
            Self::Stretch(stretch) => stretch.factor.name(),
            Self::RemoveOverlaps => "Remove overlaps",
            Self::RemoveDoubles(_) => "Remove doubles",
            Self::FitToScale(_) => "Fit to scale",
            Self::Strum(_) => "Strum",
            Self::Arpeggiate(_) => "Arpeggiate",
            Self::Chord(_) => "Add chord",
            Self::Velocity(change) => change.name(),
            Self::Crop(Crop::Others) => "Delete other notes",
            Self::Crop(Crop::Range(_)) => "Crop to range",
            Self::Repeat(_) => "Repeat",
        }
    }

    /// Every operation once, with parameters that make sense to begin with, in the order
    /// in which menus show them. `quarter` is the project's ticks in a quarter note; scales
    /// are `scale`, the song's own. Applying a groove is not among them: it needs a clip to take it from.
    pub fn defaults(quarter: u32, scale: Scale) -> Vec<Self> {
        let sixteenth = NonZeroU32::new(quarter / 4).unwrap_or(NonZeroU32::MIN);
        let grid = Grid { step: sixteenth, swing: Swing::STRAIGHT };
        let two = NonZeroU16::MIN.saturating_add(1);
        vec![
            Self::Quantize(Quantize { grid, edges: Edges::Start, strength: Percent::FULL }),
            Self::Humanize(Humanize {
                seed: 1,
                ticks: quarter / 48,
                velocity: 8,
                length: Percent::new(5),
            }),
            Self::Transpose(Transpose::Keys(1)),
            Self::Transpose(Transpose::Octaves(1)),
            Self::Transpose(Transpose::Steps { scale, steps: 1 }),
            Self::Legato(Legato { overlap: 0 }),
            Self::Staccato(Staccato { share: Percent::HALF }),
            Self::Split(Split::Into(two)),
            Self::Join(Join { gap: quarter }),
            Self::Reverse,
            Self::Invert(Invert { axis: Axis::Middle, scale: None }),
            Self::Stretch(Stretch { anchor: StretchAnchor::Start, factor: Ratio::HALF }),
            Self::Stretch(Stretch { anchor: StretchAnchor::Start, factor: Ratio::DOUBLE }),
            Self::RemoveOverlaps,
            Self::RemoveDoubles(RemoveDoubles { within: quarter / 32 }),
            Self::FitToScale(FitToScale { scale, toward: Toward::Nearest }),
            Self::Strum(Strum { direction: StrumDirection::Up, ticks: quarter / 16, curve: 0 }),
            Self::Arpeggiate(Arpeggiate {
                order: ArpOrder::Up,
                step: sixteenth,
                gate: Percent::new(90),
                octaves: 1,
            }),
            Self::Chord(ChordShape::Fixed(ChordKind::Major)),
            Self::Chord(ChordShape::InScale { scale, notes: 3 }),
            Self::Velocity(VelocityOp::Fixed(100)),
            Self::Velocity(VelocityOp::Scale(110)),
            Self::Velocity(VelocityOp::Add(10)),
            Self::Velocity(VelocityOp::Random { seed: 1, low: 70, high: 110 }),
            Self::Velocity(VelocityOp::Ramp { from: 40, to: 110 }),
            Self::Velocity(VelocityOp::Compress { toward: 90, ratio: Percent::HALF }),
            Self::Crop(Crop::Others),
            Self::Repeat(Repeat { times: NonZeroU16::MIN, period: Period::Bars }),
        ]
    }
}

#[cfg(test)]
mod tests;
