//! Operations on which pitches sound.

use super::apply::{Scene, too_many};
use crate::edit::EditError;
use crate::model::Note;
use crate::theory::{ChordKind, Scale};

/// How far pitches move. The selection keeps its shape: it stops where its outermost key
/// would leave the keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transpose {
    /// By semitones.
    Keys(i16),
    /// By octaves.
    Octaves(i8),
    /// By steps of a scale; foreign notes keep their distance to the degree below.
    Steps {
        /// Which scale.
        scale: Scale,
        /// How many steps up.
        steps: i16,
    },
}

/// What pitches are mirrored around.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Axis {
    /// The middle between the lowest and the highest selected key.
    #[default]
    Middle,
    /// A key, which stays itself.
    Key(u8),
}

/// Mirrors pitches. What would leave the keyboard is brought back by octaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invert {
    /// Around what.
    pub axis: Axis,
    /// By steps of this scale rather than semitones; foreign notes go into it.
    pub scale: Option<Scale>,
}

/// Where a foreign pitch goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Toward {
    /// To the nearest; of two equally near the lower one.
    #[default]
    Nearest,
    /// Down.
    Down,
    /// Up.
    Up,
}

/// Moves foreign pitches into a scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FitToScale {
    /// Which scale.
    pub scale: Scale,
    /// Which way.
    pub toward: Toward,
}

/// The notes added above each note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChordShape {
    /// Those of a chord on it.
    Fixed(ChordKind),
    /// Thirds stacked within a scale.
    InScale {
        /// Which scale.
        scale: Scale,
        /// How many notes the chord has in all, the given one included; at most 7.
        notes: u8,
    },
}

pub(super) fn transpose(
    scene: &Scene<'_>,
    notes: &mut [Note],
    by: Transpose,
) -> Result<(), EditError> {
    let (low, high) = keys(scene, notes);
    let to = |key: u8, distance: i32| match by {
        Transpose::Keys(_) => fits(i32::from(key) + distance),
        Transpose::Octaves(_) => fits(i32::from(key) + distance * 12),
        Transpose::Steps { scale, .. } => scale.step(key, distance),
    };
    let mut distance = match by {
        Transpose::Keys(keys) => i32::from(keys),
        Transpose::Octaves(octaves) => i32::from(octaves),
        Transpose::Steps { steps, .. } => i32::from(steps),
    }
    .clamp(-128, 128);
    while distance != 0 && (to(low, distance).is_none() || to(high, distance).is_none()) {
        distance -= distance.signum();
    }
    // A table, since there may be a million notes but never more than 128 keys.
    let table: [u8; 128] = std::array::from_fn(|key| {
        if distance == 0 { None } else { to(key as u8, distance) }.unwrap_or(key as u8)
    });
    map_keys(scene, notes, &table)
}

pub(super) fn invert(
    scene: &Scene<'_>,
    notes: &mut [Note],
    invert: Invert,
) -> Result<(), EditError> {
    let (low, high) = match invert.axis {
        Axis::Middle => keys(scene, notes),
        Axis::Key(key) => (key.min(127), key.min(127)),
    };
    let table: [u8; 128] = std::array::from_fn(|key| {
        let mirrored = match invert.scale {
            None => i32::from(low) + i32::from(high) - key as i32,
            Some(scale) => scale.mirrored(key as u8, low, high),
        };
        into_keyboard(mirrored)
    });
    map_keys(scene, notes, &table)
}

pub(super) fn fit(
    scene: &Scene<'_>,
    notes: &mut [Note],
    FitToScale { scale, toward }: FitToScale,
) -> Result<(), EditError> {
    let table: [u8; 128] = std::array::from_fn(|key| match toward {
        Toward::Nearest => scale.nearest(key as u8),
        Toward::Down => scale.floor(key as u8),
        Toward::Up => scale.ceil(key as u8),
    });
    map_keys(scene, notes, &table)
}

/// The notes to add; what would lie above the keyboard is left out.
pub(super) fn chord(
    scene: &Scene<'_>,
    notes: &[Note],
    shape: ChordShape,
) -> Result<Vec<Note>, EditError> {
    let above: Vec<Vec<u8>> = (0..128).map(|key| keys_above(key, shape)).collect();
    let of = |note: &Note| above.get(usize::from(note.key)).map_or(&[][..], Vec::as_slice);
    too_many(notes.iter().map(|note| of(note).len() as u64).sum())?;
    let mut made = Vec::new();
    scene.look(notes, |note| {
        made.extend(of(note).iter().map(|&key| Note { key, ..*note }));
    })?;
    Ok(made)
}

fn keys_above(key: u8, shape: ChordShape) -> Vec<u8> {
    match shape {
        ChordShape::Fixed(kind) => {
            let above = kind.intervals().iter().skip(1);
            above.filter_map(|&interval| fits(i32::from(key) + i32::from(interval))).collect()
        }
        ChordShape::InScale { scale, notes } => (1..i32::from(notes.min(7)))
            .filter_map(|third| scale.step(key, third * 2))
            .filter(|&above| above > key)
            .collect(),
    }
}

fn map_keys(scene: &Scene<'_>, notes: &mut [Note], table: &[u8; 128]) -> Result<(), EditError> {
    scene.each(notes, |note| {
        note.key = table.get(usize::from(note.key)).copied().unwrap_or(note.key);
    })
}

/// The outermost keys of everything selected.
fn keys(scene: &Scene<'_>, notes: &[Note]) -> (u8, u8) {
    if let Some(group) = scene.group() {
        return group.keys();
    }
    let low = notes.iter().map(|note| note.key).min().unwrap_or(0);
    let high = notes.iter().map(|note| note.key).max().unwrap_or(127);
    (low, high)
}

fn fits(key: i32) -> Option<u8> {
    u8::try_from(key).ok().filter(|&key| key < 128)
}

/// Moved by octaves until it lies on the keyboard.
pub(crate) fn into_keyboard(key: i32) -> u8 {
    let octaves = if key < 0 { (-key + 11) / 12 } else { -((key - 127).max(0) + 11) / 12 };
    (key + octaves * 12).clamp(0, 127) as u8
}
