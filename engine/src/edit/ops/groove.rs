//! Grooves: how far from the grid and how hard a clip's notes are played, step by step.

use super::apply::{Scene, move_to};
use super::grid::Lines;
use super::timing::toward;
use super::{Grid, Percent};
use crate::edit::EditError;
use crate::model::{Clip, Note};
use crate::time::{MeterMap, Tick};
use std::num::NonZeroU32;
use std::sync::Arc;

/// More steps than any bar that is played has.
const MOST_STEPS: usize = 4096;

/// What happens at one step of a bar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GrooveStep {
    /// How many ticks late, on average; early when negative.
    pub offset: i32,
    /// How hard, on average; `None` where nothing is played.
    pub velocity: Option<u8>,
}

/// The feel of a clip over a bar: a deviation and a velocity for each step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Groove {
    /// Ticks between steps.
    pub step: NonZeroU32,
    /// The steps from the bar line on.
    pub steps: Arc<[GrooveStep]>,
}

impl Groove {
    /// Takes the groove of a clip: each note counts for the step it lies nearest to, and
    /// all bars count alike. `None` when the clip has no notes.
    pub fn of_clip(clip: &Clip, meter: &MeterMap, step: NonZeroU32) -> Option<Self> {
        #[derive(Clone, Copy, Default)]
        struct Sum {
            count: i64,
            offset: i64,
            velocity: i64,
        }
        let mut lines = Lines::new(meter, Grid::straight(step.get()));
        let mut sums: Vec<Sum> = Vec::new();
        for note in clip.notes.iter() {
            let tick = clip.start.after(note.start.0).0;
            let line = lines.nearest(tick);
            let index = usize::try_from(line.index).unwrap_or(usize::MAX);
            if index >= MOST_STEPS {
                continue;
            }
            if sums.len() <= index {
                sums.resize(index + 1, Sum::default());
            }
            if let Some(sum) = sums.get_mut(index) {
                sum.count += 1;
                sum.offset += i64::try_from(tick).unwrap_or(i64::MAX)
                    - i64::try_from(line.tick).unwrap_or(i64::MAX);
                sum.velocity += i64::from(note.velocity);
            }
        }
        let step_of = |sum: &Sum| match sum.count {
            0 => GrooveStep::default(),
            count => GrooveStep {
                offset: mean(sum.offset, count) as i32,
                velocity: Some(mean(sum.velocity, count).clamp(1, 127) as u8),
            },
        };
        (!sums.is_empty()).then(|| Self { step, steps: sums.iter().map(step_of).collect() })
    }
}

/// Moves notes towards the places and velocities of a groove.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplyGroove {
    /// Whose feel.
    pub groove: Arc<Groove>,
    /// Which share of the way onsets go.
    pub timing: Percent,
    /// Which share of the way velocities go.
    pub velocity: Percent,
}

pub(super) fn apply(
    scene: &Scene<'_>,
    notes: &mut [Note],
    op: &ApplyGroove,
) -> Result<(), EditError> {
    let base = scene.clip.start.0;
    let mut lines = Lines::new(scene.meter, Grid::straight(op.groove.step.get()));
    scene.each(notes, |note| {
        let tick = base.saturating_add(note.start.0);
        let line = lines.nearest(tick);
        let index = usize::try_from(line.index).unwrap_or(usize::MAX);
        let step = op.groove.steps.get(index).copied().unwrap_or_default();
        let target = line.tick.saturating_add_signed(i64::from(step.offset));
        move_to(note, Tick(toward(tick, target, op.timing).saturating_sub(base)));
        if let Some(velocity) = step.velocity {
            let old = i64::from(note.velocity);
            let new = old + op.velocity.of(i64::from(velocity) - old);
            note.velocity = new.clamp(1, 127) as u8;
        }
    })
}

/// Rounded to the nearest, halves away from zero.
const fn mean(sum: i64, count: i64) -> i64 {
    let half = if sum < 0 { -(count / 2) } else { count / 2 };
    (sum + half) / count
}
