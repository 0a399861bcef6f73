//! What notes must be like for a tag.

use crate::library::row::{DrumClass, DrumFeel, Facts};

/// One condition of a tag.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Condition {
    /// A figure lies under a limit.
    Below(Figure, f32),
    /// A figure lies over a limit.
    Above(Figure, f32),
    /// Whether there are drums.
    Drums(bool),
    /// Nothing but drums.
    OnlyDrums,
    /// What the drums are for.
    Class(DrumClass),
    /// How the drums move.
    Feel(DrumFeel),
    /// A minor key rather than a major one.
    Minor(bool),
    /// A time signature.
    Meter(u8, u16),
    /// One of these programs sounds.
    Program(u8, u8),
    /// Nothing but these programs sounds, beside drums.
    OnlyProgram(u8, u8),
}

/// A figure of [`Facts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// Beats a minute.
    Bpm,
    /// Notes a second.
    Density,
    /// Mean polyphony.
    Voices,
    /// Note-ons.
    Notes,
    /// Swing ratio.
    Swing,
    /// Distance from the grid, in quarters.
    OffGrid,
}

impl Condition {
    /// Reads a condition as the table writes it: `bpm<80`, `drums:only`.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some((name, limit)) = text.split_once(['<', '>']) {
            let figure = match name {
                "bpm" => Figure::Bpm,
                "density" => Figure::Density,
                "voices" => Figure::Voices,
                "notes" => Figure::Notes,
                "swing" => Figure::Swing,
                "offgrid" => Figure::OffGrid,
                _ => return None,
            };
            let limit: f32 = limit.parse().ok()?;
            let below = text.contains('<');
            return Some(if below {
                Self::Below(figure, limit)
            } else {
                Self::Above(figure, limit)
            });
        }
        Some(match text.split_once(':')? {
            ("drums", "yes") => Self::Drums(true),
            ("drums", "no") => Self::Drums(false),
            ("drums", "only") => Self::OnlyDrums,
            ("drums", "groove") => Self::Class(DrumClass::Groove),
            ("drums", "fill") => Self::Class(DrumClass::Fill),
            ("drums", "one_shot") => Self::Class(DrumClass::OneShot),
            ("feel", "straight") => Self::Feel(DrumFeel::Straight),
            ("feel", "swung") => Self::Feel(DrumFeel::Swung),
            ("feel", "half_time") => Self::Feel(DrumFeel::HalfTime),
            ("key", "minor") => Self::Minor(true),
            ("key", "major") => Self::Minor(false),
            ("meter", meter) => {
                let (beats, of) = meter.split_once('/')?;
                Self::Meter(beats.parse().ok()?, of.parse().ok()?)
            }
            ("program", range) => {
                let (first, last) = programs(range)?;
                Self::Program(first, last)
            }
            ("only", range) => {
                let (first, last) = programs(range)?;
                Self::OnlyProgram(first, last)
            }
            _ => return None,
        })
    }

    /// Whether it holds; what is not known holds nothing.
    pub fn holds(&self, facts: &Facts) -> bool {
        let drums = facts.instruments.drums;
        let only_drums = drums && facts.instruments.channels.is_power_of_two();
        let sounding = u128::from(facts.instruments.programs[0])
            | u128::from(facts.instruments.programs[1]) << 64;
        match *self {
            Self::Below(figure, limit) => figure.of(facts).is_some_and(|value| value < limit),
            Self::Above(figure, limit) => figure.of(facts).is_some_and(|value| value > limit),
            Self::Drums(wanted) => facts.shape.note_ons > 0 && drums == wanted,
            Self::OnlyDrums => only_drums,
            // With other instruments a class says nothing of the file as a whole.
            Self::Class(class) => only_drums && facts.drums.class == Some(class),
            Self::Feel(feel) => facts.drums.feel == Some(feel),
            Self::Minor(minor) => facts.key().is_some_and(|key| key.minor == minor),
            Self::Meter(beats, of) => facts.meter == Some((beats, of)),
            Self::Program(first, last) => sounding & range(first, last) != 0,
            Self::OnlyProgram(first, last) => sounding != 0 && sounding & !range(first, last) == 0,
        }
    }
}

impl Figure {
    fn of(self, facts: &Facts) -> Option<f32> {
        if facts.shape.note_ons == 0 {
            return None;
        }
        match self {
            Self::Bpm => facts.bpm(),
            Self::Density => Some(facts.notes.density),
            Self::Voices => Some(facts.notes.polyphony_mean),
            Self::Notes => Some(facts.shape.note_ons as f32),
            Self::Swing => facts.notes.swing,
            Self::OffGrid => Some(facts.notes.off_grid),
        }
    }
}

/// `0-7`: first and last, both below 128.
fn programs(range: &str) -> Option<(u8, u8)> {
    let (first, last) = range.split_once('-')?;
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (first <= last && last < 128).then_some((first, last))
}

const fn range(first: u8, last: u8) -> u128 {
    (u128::MAX >> (127 - last)) & (u128::MAX << first)
}
