//! Several commands that are one step: mostly the same one for the notes of several clips.
//!
//! Such notes are one group: they stop together at the edges, and an operation that goes by
//! the selection's span goes by the span of them all.

use super::ops::{Axis, Invert, NoteOp, VelocityOp};
use super::{Command, EditError, Edited, NoteSelection, Selected, Watch, apply_in};
use crate::model::{Note, Notes, Project};
use crate::time::Tick;
use std::sync::Arc;

/// Two commands or more, none of which is several itself; made by [`Command::several`].
#[derive(Clone, Debug, PartialEq)]
pub struct Several(Arc<[Command]>);

impl Several {
    /// What is done, in order.
    pub fn commands(&self) -> &[Command] {
        &self.0
    }

    pub(super) fn name(&self) -> &'static str {
        let mut names = self.0.iter().map(Command::name);
        match names.next() {
            Some(first) if names.all(|name| name == first) => first,
            _ => "Several changes",
        }
    }

    pub(super) fn selection(&self) -> Option<Selected> {
        let parts: Vec<NoteSelection> = self.0.iter().filter_map(Command::notes).cloned().collect();
        (!parts.is_empty()).then(|| parts.into_iter().collect())
    }
}

impl Command {
    /// These commands as one step; a single one as it is, `None` when there is none.
    pub fn several(commands: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut flat: Vec<Self> = Vec::new();
        for command in commands {
            match command {
                Self::Several(several) => flat.extend(several.commands().iter().cloned()),
                other => flat.push(other),
            }
        }
        if flat.len() < 2 { flat.pop() } else { Some(Self::Several(Several(flat.into()))) }
    }
}

/// All of them, or nothing when one of them fails.
pub(super) fn apply(
    project: &Project,
    several: &Several,
    watch: &Watch,
) -> Result<Edited, EditError> {
    let commands = several.commands();
    let group = Group::of(project, commands);
    let mut project = project.clone();
    let mut selected: Vec<NoteSelection> = Vec::new();
    let mut is_about_notes = false;
    for (index, command) in commands.iter().enumerate() {
        watch.part(index, commands.len());
        let edited = apply_in(&project, command, group.as_ref(), watch)?;
        watch.reached(1.0)?;
        project = edited.project;
        if let Some(after) = edited.selection {
            is_about_notes = true;
            selected.extend(after.parts().iter().cloned());
        }
    }
    watch.part(0, 1);
    let selection = is_about_notes.then(|| selected.into_iter().collect());
    Ok(Edited { project, selection })
}

/// How far a command moves or copies notes.
const fn way(command: &Command) -> Option<(i64, i16)> {
    match command {
        Command::MoveNotes { ticks, keys, .. } | Command::CopyNotes { ticks, keys, .. } => {
            Some((*ticks, *keys))
        }
        _ => None,
    }
}

/// What the notes of several commands have in common. Ticks are on the song's time line.
#[derive(Debug)]
pub(super) struct Group {
    places: Vec<Place>,
    /// The lowest key and the highest.
    keys: (u8, u8),
}

/// Where the notes of one clip lie.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// Where the clip begins.
    clip: i64,
    /// The first onset, the last one, and the last end.
    first: i64,
    last: i64,
    end: i64,
}

impl Group {
    /// `None` unless all commands do the same and go by what their notes have in common.
    fn of(project: &Project, commands: &[Command]) -> Option<Self> {
        let first = commands.first()?;
        let goes_by_all = match first {
            Command::MoveNotes { .. } | Command::CopyNotes { .. } => true,
            Command::Transform { op, .. } => matches!(
                op,
                NoteOp::Transpose(_)
                    | NoteOp::Reverse
                    | NoteOp::Invert(Invert { axis: Axis::Middle, .. })
                    | NoteOp::Stretch(_)
                    | NoteOp::Velocity(VelocityOp::Ramp { .. })
                    | NoteOp::Repeat(_)
            ),
            _ => false,
        };
        let does_the_same = |other: &Command| match (first, other) {
            (Command::Transform { op, .. }, Command::Transform { op: other, .. }) => op == other,
            (Command::MoveNotes { .. }, Command::MoveNotes { .. })
            | (Command::CopyNotes { .. }, Command::CopyNotes { .. }) => way(first) == way(other),
            _ => false,
        };
        if !goes_by_all || !commands.iter().all(does_the_same) {
            return None;
        }
        Self::among(project, commands)
    }

    /// Of the notes that the commands are about.
    fn among(project: &Project, commands: &[Command]) -> Option<Self> {
        let mut places = Vec::with_capacity(commands.len());
        let mut keys = (127, 0);
        for notes in commands.iter().filter_map(Command::notes) {
            let Some(clip) = project.clip(notes.clip) else { continue };
            let origin = signed(clip.start);
            let on_song = |tick: Tick| origin.saturating_add(signed(tick));
            let Some((first, last, end, (low, high))) = extent(&clip.notes, notes) else {
                continue;
            };
            let (first, last, end) = (on_song(first), on_song(last), on_song(end));
            places.push(Place { clip: origin, first, last, end });
            keys = (keys.0.min(low), keys.1.max(high));
        }
        (!places.is_empty()).then_some(Self { places, keys })
    }

    /// How far the notes go when they stop together, where the first of them would leave its
    /// clip or the outermost the keyboard.
    pub(super) fn held(&self, ticks: i64, keys: i16) -> (i64, i16) {
        let room = self.places.iter().map(|place| place.first.saturating_sub(place.clip)).min();
        let (low, high) = self.keys;
        let keys = keys.clamp(-i16::from(low), 127 - i16::from(high.min(127)));
        (ticks.max(room.unwrap_or(0).saturating_neg()), keys)
    }

    /// The lowest key and the highest.
    pub(super) const fn keys(&self) -> (u8, u8) {
        self.keys
    }

    /// The first onset and the last end, counted from `origin`.
    pub(super) fn span(&self, origin: Tick) -> (i64, i64) {
        let (first, _, end) = self.ends();
        (first.saturating_sub(signed(origin)), end.saturating_sub(signed(origin)))
    }

    /// The first onset and the last, counted from `origin`.
    pub(super) fn onsets(&self, origin: Tick) -> (i64, i64) {
        let (first, last, _) = self.ends();
        (first.saturating_sub(signed(origin)), last.saturating_sub(signed(origin)))
    }

    fn ends(&self) -> (i64, i64, i64) {
        let places = || self.places.iter();
        (
            places().map(|place| place.first).min().unwrap_or(0),
            places().map(|place| place.last).max().unwrap_or(0),
            places().map(|place| place.end).max().unwrap_or(0),
        )
    }

    /// By how much the notes have to go right when `place`, which counts from `origin`, puts
    /// their first onsets before their clips.
    pub(super) fn push(&self, origin: Tick, place: impl Fn(i64) -> i64) -> i64 {
        let origin = signed(origin);
        let lack = |part: &Place| {
            let at = place(part.first.saturating_sub(origin));
            part.clip.saturating_sub(origin).saturating_sub(at)
        };
        self.places.iter().map(lack).max().unwrap_or(0).max(0)
    }

    /// Whether every note stays in its clip when all are mirrored in their common span.
    pub(super) fn mirrors(&self) -> bool {
        let (first, _, end) = self.ends();
        let whole = first.saturating_add(end);
        self.places.iter().all(|place| whole.saturating_sub(place.end) >= place.clip)
    }
}

/// The first onset, the last, the last end, and the outermost keys of some notes.
fn extent(notes: &Notes, chosen: &NoteSelection) -> Option<(Tick, Tick, Tick, (u8, u8))> {
    if chosen.notes.is_all_of(notes) {
        let (first, end) = notes.span()?;
        return Some((first, notes.chunks().last()?.last_start(), end, notes.keys()?));
    }
    let among = chosen.notes.among(notes);
    let (first, last) = (among.first()?.start, among.last()?.start);
    let end = among.iter().map(|note| note.end()).max()?;
    let keys = |note: &&Note| note.key;
    Some((first, last, end, (among.iter().map(keys).min()?, among.iter().map(keys).max()?)))
}

fn signed(tick: Tick) -> i64 {
    i64::try_from(tick.0).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
