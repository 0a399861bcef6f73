//! Operations on how hard notes are struck.

use super::Percent;
use super::apply::Scene;
use super::chance::between;
use super::timing::signed;
use crate::edit::EditError;
use crate::model::Note;

/// What happens to velocities; results are kept within 1..=127.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VelocityOp {
    /// All become this.
    Fixed(u8),
    /// All are multiplied by this many per cent.
    Scale(u16),
    /// All move by this.
    Add(i16),
    /// Each draws its own within a range.
    Random {
        /// Names the chance.
        seed: u64,
        /// The least.
        low: u8,
        /// The most.
        high: u8,
    },
    /// They rise or fall in a straight line from the first onset to the last.
    Ramp {
        /// At the first onset.
        from: u8,
        /// At the last.
        to: u8,
    },
    /// They come closer to one value.
    Compress {
        /// To which.
        toward: u8,
        /// Which share of their distance remains.
        ratio: Percent,
    },
}

impl VelocityOp {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Fixed(_) => "Set velocity",
            Self::Scale(_) => "Scale velocities",
            Self::Add(_) => "Change velocities",
            Self::Random { .. } => "Random velocities",
            Self::Ramp { .. } => "Velocity ramp",
            Self::Compress { .. } => "Compress velocities",
        }
    }
}

pub(super) fn change(
    scene: &Scene<'_>,
    notes: &mut [Note],
    change: VelocityOp,
) -> Result<(), EditError> {
    let start = |note: Option<&Note>| note.map_or(0, |note| signed(note.start));
    let own = || (start(notes.first()), start(notes.last()));
    let (first, last) = scene.group().map_or_else(own, |group| group.onsets(scene.clip.start));
    let span = last.saturating_sub(first).max(1) as f64;
    scene.each(notes, |note| {
        let old = i64::from(note.velocity);
        let new = match change {
            VelocityOp::Fixed(velocity) => i64::from(velocity),
            VelocityOp::Scale(percent) => (old * i64::from(percent) + 50) / 100,
            VelocityOp::Add(delta) => old + i64::from(delta),
            VelocityOp::Random { seed, low, high } => {
                between(seed, note.id, 3, i64::from(low.min(high)), i64::from(high.max(low)))
            }
            VelocityOp::Ramp { from, to } => {
                let share = signed(note.start).saturating_sub(first) as f64 / span;
                let height = f64::from(from) + (f64::from(to) - f64::from(from)) * share;
                height.round() as i64
            }
            VelocityOp::Compress { toward, ratio } => {
                i64::from(toward) + ratio.of(old - i64::from(toward))
            }
        };
        note.velocity = new.clamp(1, 127) as u8;
    })
}
