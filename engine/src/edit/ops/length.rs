//! Operations on how long notes sound, and on how many there are of them.

use super::Grid;
use super::Percent;
use super::apply::{Scene, set_length, too_many};
use super::grid::Lines;
use crate::edit::EditError;
use crate::model::Note;
use crate::time::Tick;
use std::num::NonZeroU16;

/// Makes each note last until the next onset. Notes struck together count as one chord;
/// the last keep their length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Legato {
    /// Ticks by which a note reaches into the next; a gap when negative.
    pub overlap: i32,
}

/// Shortens each note; a note is at least one tick long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Staccato {
    /// Which share of its length remains.
    pub share: Percent,
}

/// Where notes are cut. The first part keeps the note's identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// At a tick of the clip: notes that sound across it.
    At(Tick),
    /// At every grid line.
    Grid(Grid),
    /// Into parts of equal length, as far as there are ticks for them.
    Into(NonZeroU16),
}

/// Makes neighbours of the same pitch and channel one note, as hard as the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Join {
    /// They may lie this many ticks apart.
    pub gap: u32,
}

/// Removes notes that begin with another of the same pitch and channel; the loudest
/// stays, then the longest, then the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemoveDoubles {
    /// Onsets this many ticks apart count as together.
    pub within: u32,
}

pub(super) fn legato(
    scene: &Scene<'_>,
    notes: &mut [Note],
    legato: Legato,
) -> Result<(), EditError> {
    let window = scene.together();
    let mut ahead = notes.iter().map(|note| note.start).collect::<Vec<_>>().into_iter().peekable();
    scene.each(notes, |note| {
        while ahead.next_if(|next| next.0 <= note.start.0.saturating_add(window)).is_some() {}
        if let Some(next) = ahead.peek() {
            let length = next.since(note.start).saturating_add_signed(i64::from(legato.overlap));
            set_length(note, length);
        }
    })
}

pub(super) fn staccato(
    scene: &Scene<'_>,
    notes: &mut [Note],
    staccato: Staccato,
) -> Result<(), EditError> {
    scene.each(notes, |note| {
        let length = staccato.share.of(i64::from(note.length));
        set_length(note, length.unsigned_abs());
    })
}

/// Shortens the notes to their first parts and returns the others.
pub(super) fn split(
    scene: &Scene<'_>,
    notes: &mut [Note],
    split: Split,
) -> Result<Vec<Note>, EditError> {
    let base = scene.clip.start.0;
    let mut lines = match split {
        Split::Grid(grid) => Some(Lines::new(scene.meter, grid)),
        Split::At(_) | Split::Into(_) => None,
    };
    if let (Split::Grid(grid), Some(total)) =
        (split, notes.iter().map(|note| u64::from(note.length)).reduce(u64::saturating_add))
    {
        too_many(total / u64::from(grid.step.get()))?;
    }
    let mut made = Vec::new();
    let mut cuts = Vec::new();
    scene.each(notes, |note| {
        cuts.clear();
        let (start, end) = (note.start.0, note.end().0);
        match (split, &mut lines) {
            (Split::At(tick), _) => cuts.extend((start < tick.0 && tick.0 < end).then_some(tick.0)),
            (Split::Into(parts), _) => {
                let parts = u64::from(parts.get()).min(end - start);
                cuts.extend((1..parts).map(|part| start + (end - start) * part / parts));
            }
            (Split::Grid(_), Some(lines)) => {
                let mut line = lines.around(base.saturating_add(start)).1.tick;
                while line < base.saturating_add(end) {
                    cuts.push(line - base);
                    line = lines.around(line).1.tick;
                }
            }
            (Split::Grid(_), None) => {}
        }
        let Some(&first) = cuts.first() else { return };
        let ends = cuts.iter().skip(1).copied().chain([end]);
        made.extend(cuts.iter().zip(ends).map(|(&cut, end)| Note {
            start: Tick(cut),
            length: (end - cut) as u32,
            ..*note
        }));
        set_length(note, first - start);
    })?;
    too_many(made.len() as u64)?;
    Ok(made)
}

pub(super) fn join(scene: &Scene<'_>, notes: &mut Vec<Note>, join: Join) -> Result<(), EditError> {
    reduce(scene, notes, |kept, note| {
        let near = note.start.0 <= kept.end().0.saturating_add(u64::from(join.gap));
        if near {
            let end = kept.end().max(note.end());
            set_length(kept, end.since(kept.start));
        }
        if near { Fate::GoesUnder } else { Fate::Stays }
    })
}

pub(super) fn remove_overlaps(scene: &Scene<'_>, notes: &mut Vec<Note>) -> Result<(), EditError> {
    reduce(scene, notes, |kept, note| {
        if note.start == kept.start {
            return if note.length > kept.length { Fate::Replaces } else { Fate::GoesUnder };
        }
        if kept.end() > note.start {
            set_length(kept, note.start.since(kept.start));
        }
        Fate::Stays
    })
}

pub(super) fn remove_doubles(
    scene: &Scene<'_>,
    notes: &mut Vec<Note>,
    doubles: RemoveDoubles,
) -> Result<(), EditError> {
    reduce(scene, notes, |kept, note| {
        if note.start.since(kept.start) > u64::from(doubles.within) {
            Fate::Stays
        } else if (note.velocity, note.length) > (kept.velocity, kept.length) {
            Fate::Replaces
        } else {
            Fate::GoesUnder
        }
    })
}

/// What becomes of a note beside the last kept one of its pitch and channel.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Stays,
    /// It is removed.
    GoesUnder,
    /// The kept one is removed in its stead.
    Replaces,
}

/// Shows `judge` each note with the last kept one of its pitch and channel, in order.
fn reduce(
    scene: &Scene<'_>,
    notes: &mut Vec<Note>,
    mut judge: impl FnMut(&mut Note, &Note) -> Fate,
) -> Result<(), EditError> {
    const NONE: usize = usize::MAX;
    let mut last = vec![NONE; 16 * 128];
    let mut gone = vec![false; notes.len()];
    for index in 0..notes.len() {
        scene.step(index, notes.len())?;
        let Some(&note) = notes.get(index) else { break };
        let pitch = usize::from(note.channel.index()) * 128 + usize::from(note.key & 127);
        let Some(slot) = last.get_mut(pitch) else { continue };
        let fate = match notes.get_mut(*slot) {
            Some(kept) => judge(kept, &note),
            None => Fate::Stays,
        };
        let under = if fate == Fate::GoesUnder { index } else { *slot };
        if fate != Fate::Stays
            && let Some(gone) = gone.get_mut(under)
        {
            *gone = true;
        }
        if fate != Fate::GoesUnder {
            *slot = index;
        }
    }
    let mut gone = gone.into_iter();
    notes.retain(|_| !gone.next().unwrap_or(false));
    Ok(())
}
