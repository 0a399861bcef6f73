//! The operations on notes as the interface offers them: each with parameters that are
//! remembered, all as whole numbers, so that one dialog shows them all.
//!
//! Times are in per cent of a sixteenth, so that they mean the same in every song.

mod build;
mod params;

pub use build::{Bench, song_scale};
pub use params::{Param, Range, Values};

use super::Action;

/// An operation on the selected notes, whatever its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    /// Onto the grid.
    Quantize,
    /// With the feel of another clip.
    Groove,
    /// A little off.
    Humanize,
    /// By semitones.
    Transpose,
    /// By steps of a scale.
    StepInScale,
    /// Until the next note.
    Legato,
    /// Shorter.
    Staccato,
    /// In pieces.
    Split,
    /// Neighbours in one.
    Join,
    /// Backwards.
    Reverse,
    /// Upside down.
    Invert,
    /// By a factor in time.
    Stretch,
    /// Twice as fast.
    DoubleTime,
    /// Half as fast.
    HalfTime,
    /// Ends before the next of the same pitch.
    RemoveOverlaps,
    /// Of two of the same the one.
    RemoveDoubles,
    /// Into a scale.
    FitToScale,
    /// One string after the other.
    Strum,
    /// One after the other.
    Arpeggiate,
    /// Notes above each note.
    Chord,
    /// How hard.
    Velocity,
    /// Nothing but these.
    Crop,
    /// Nothing outside the loop.
    CropToLoop,
    /// Again and again.
    Repeat,
    /// Selected by what they are.
    Select,
    /// Selected if they are like those that are.
    SelectLike,
    /// Selected if they are not.
    SelectInverse,
}

impl Operation {
    /// Every operation with the command that does it at once and the one that asks first.
    const COMMANDS: &[(Self, Option<Action>, Option<Action>)] = &[
        (Self::Quantize, Some(Action::Quantize), Some(Action::QuantizeWith)),
        (Self::Groove, None, Some(Action::GrooveWith)),
        (Self::Humanize, Some(Action::Humanize), Some(Action::HumanizeWith)),
        (Self::Transpose, Some(Action::Transpose), Some(Action::TransposeWith)),
        (Self::StepInScale, None, Some(Action::StepInScaleWith)),
        (Self::Legato, Some(Action::Legato), Some(Action::LegatoWith)),
        (Self::Staccato, Some(Action::Staccato), Some(Action::StaccatoWith)),
        (Self::Split, Some(Action::Split), Some(Action::SplitWith)),
        (Self::Join, Some(Action::Join), Some(Action::JoinWith)),
        (Self::Reverse, Some(Action::Reverse), None),
        (Self::Invert, Some(Action::Invert), Some(Action::InvertWith)),
        (Self::Stretch, None, Some(Action::StretchWith)),
        (Self::DoubleTime, Some(Action::DoubleTime), None),
        (Self::HalfTime, Some(Action::HalfTime), None),
        (Self::RemoveOverlaps, Some(Action::RemoveOverlaps), None),
        (Self::RemoveDoubles, Some(Action::RemoveDoubles), Some(Action::RemoveDoublesWith)),
        (Self::FitToScale, Some(Action::FitToScale), Some(Action::FitToScaleWith)),
        (Self::Strum, Some(Action::Strum), Some(Action::StrumWith)),
        (Self::Arpeggiate, Some(Action::Arpeggiate), Some(Action::ArpeggiateWith)),
        (Self::Chord, Some(Action::Chord), Some(Action::ChordWith)),
        (Self::Velocity, Some(Action::SetVelocity), Some(Action::SetVelocityWith)),
        (Self::Crop, Some(Action::Crop), None),
        (Self::CropToLoop, Some(Action::CropToLoop), None),
        (Self::Repeat, Some(Action::Repeat), Some(Action::RepeatWith)),
        (Self::Select, None, Some(Action::SelectWith)),
        (Self::SelectLike, Some(Action::SelectLike), Some(Action::SelectLikeWith)),
        (Self::SelectInverse, Some(Action::InvertSelection), None),
    ];

    /// What a command does, and whether it asks for parameters first.
    pub fn of(action: Action) -> Option<(Self, bool)> {
        Self::COMMANDS.iter().find_map(|(operation, now, with)| {
            let asks = *with == Some(action);
            (asks || *now == Some(action)).then_some((*operation, asks))
        })
    }

    /// Whether it changes what is selected rather than notes.
    pub const fn selects(self) -> bool {
        matches!(self, Self::Select | Self::SelectLike | Self::SelectInverse)
    }

    /// The command that does it, or asks for its parameters: where its name stands.
    pub fn action(self) -> Action {
        let row = Self::COMMANDS.iter().find(|(operation, ..)| *operation == self);
        row.and_then(|(_, now, with)| now.or(*with)).unwrap_or(Action::Quantize)
    }

    /// What it is called.
    pub fn label(self) -> &'static str {
        self.action().info().label.trim_end_matches('…')
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::edit::NoteOp;
    use engine::theory::{PitchClass, Scale, ScaleKind};
    use std::collections::BTreeSet;

    /// The names of what an operation becomes over all values of its choices.
    fn reach(operation: Operation, bench: &Bench<'_>, names: &mut BTreeSet<&'static str>) {
        let mut all = vec![Values::default()];
        for param in operation.params() {
            let tried: Vec<i32> = match param.range {
                Range::Choice(options) => (0..options.len() as i32).collect(),
                Range::Number { low, high, .. } if operation == Operation::Transpose => {
                    vec![low, high, param.start]
                }
                _ => vec![param.start],
            };
            let each = |values: &Values| {
                let with = |choice: &i32| values.clone().with(operation, param, *choice);
                tried.iter().map(with).collect::<Vec<_>>()
            };
            all = all.iter().flat_map(each).collect();
        }
        for values in all {
            let op = bench.build(operation, &values);
            names.insert(op.unwrap_or_else(|| panic!("{operation:?} becomes nothing")).name());
        }
    }

    #[test]
    fn every_operation_of_the_engine_is_reached_by_a_command() {
        let project = engine::testkit::one_clip(1, 50);
        let selection = {
            let (track, clip) = (&project.tracks[0], &project.tracks[0].clips[0]);
            let at = engine::model::ClipRef { track: track.id, clip: clip.id };
            crate::state::Selection::of_clip(at)
                .with_notes(clip.notes.iter().map(engine::model::Note::reference).collect())
        };
        let clip = &project.tracks[0].clips[0];
        let looped = Some(clip.range());
        let bench = Bench::new(&project, &selection, 240, None, looped).unwrap();
        let mut names = BTreeSet::new();
        for (operation, now, with) in Operation::COMMANDS {
            assert!(now.is_some() || with.is_some(), "{operation:?}");
            if operation.selects() {
                continue;
            }
            reach(*operation, &bench, &mut names);
        }
        let scale = Scale::new(PitchClass::C, ScaleKind::Major);
        for op in NoteOp::defaults(960, scale) {
            assert!(names.contains(op.name()), "no command does “{}”", op.name());
        }
        assert!(names.contains("Apply groove") && names.contains("Crop to range"));
    }

    #[test]
    fn every_parameter_has_a_name_of_its_own_and_begins_inside_its_range() {
        for (operation, _, with) in Operation::COMMANDS {
            let mut keys = BTreeSet::new();
            assert_eq!(with.is_none(), operation.params().is_empty(), "{operation:?}");
            for param in operation.params() {
                assert!(keys.insert(param.key), "{operation:?} {}", param.key);
                if let Range::Number { low, high, .. } = param.range {
                    assert!((low..=high).contains(&param.start), "{operation:?} {}", param.key);
                }
            }
        }
    }
}
