//! Commands about notes.

use super::{EditError, Edited, NoteSelection, NoteSet, grown_end, with_track};
use crate::model::{
    Channel, Clip, ClipRef, FIRST_ORDER_OF_NEW, Key, Note, NoteRef, Notes, Project, Release,
    UNCLOSED, Velocity,
};
use crate::time::Tick;
use std::sync::Arc;

/// A note to add.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewNote {
    /// Onset, in ticks from the start of the clip.
    pub start: Tick,
    /// Length in ticks; a note is at least one tick long.
    pub length: u32,
    /// Pitch; clamped to 0..=127.
    pub key: Key,
    /// How hard; clamped to 1..=127.
    pub velocity: Velocity,
    /// On which channel; the track's own when `None`.
    pub channel: Option<Channel>,
}

/// Which end of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// The onset; the end stays.
    Start,
    /// The end; the onset stays.
    End,
}

/// What happens to velocities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VelocityChange {
    /// All become this.
    To(Velocity),
    /// All move by this.
    By(i16),
    /// Each takes its own value; sorted by reference here.
    Each(Vec<(NoteRef, Velocity)>),
}

pub(super) fn shift(
    project: &Project,
    selection: &NoteSelection,
    ticks: i64,
    keys: i16,
) -> Result<Edited, EditError> {
    let clip = find(project, selection.clip)?;
    let chosen = chosen(clip, selection)?;
    let moved = shifted(&chosen, ticks, keys);
    if moved.first() == chosen.first().copied() {
        // Held at an edge, or not moved at all: nothing is different, so everything is shared.
        return Ok(Edited::of(project.clone(), selection.clone()));
    }
    replace(project, selection, moved)
}

pub(super) fn copy(
    project: &Project,
    selection: &NoteSelection,
    ticks: i64,
    keys: i16,
) -> Result<Edited, EditError> {
    let clip = find(project, selection.clip)?;
    let chosen = chosen(clip, selection)?;
    insert_new(project, selection.clip, shifted(&chosen, ticks, keys))
}

pub(super) fn add(project: &Project, at: ClipRef, new: &[NewNote]) -> Result<Edited, EditError> {
    let track = project.track(at.track).ok_or(EditError::NoSuchTrack(at.track))?;
    let notes = new.iter().map(|new| Note {
        start: new.start,
        length: new.length.max(1),
        id: 0,
        off_order: 0,
        key: new.key.min(127),
        velocity: new.velocity.clamp(1, 127),
        release: Release::DEFAULT,
        channel: new.channel.unwrap_or(track.channel),
    });
    insert_new(project, at, notes.collect())
}

pub(super) fn delete(project: &Project, selection: &NoteSelection) -> Result<Edited, EditError> {
    let clip = find(project, selection.clip)?;
    chosen(clip, selection)?;
    let project = with_clip(project, selection.clip, |clip| {
        clip.notes = without(clip, selection, Vec::new());
        Ok(())
    })?;
    Ok(Edited::of(project, NoteSelection::new(selection.clip, [])))
}

pub(super) fn resize(
    project: &Project,
    selection: &NoteSelection,
    edge: Edge,
    ticks: i64,
) -> Result<Edited, EditError> {
    let clip = find(project, selection.clip)?;
    let chosen = chosen(clip, selection)?;
    let resized = chosen.iter().map(|note| match edge {
        Edge::End => closed(Note { length: stretched(note.length, ticks), ..**note }),
        Edge::Start => {
            let last = note.end().offset(-1).max(note.start);
            let start = note.start.offset(ticks).min(last);
            let length = note.end().since(start).clamp(1, u64::from(u32::MAX)) as u32;
            closed(Note { start, length, ..**note })
        }
    });
    replace(project, selection, resized.collect())
}

pub(super) fn change_velocity(
    project: &Project,
    selection: &NoteSelection,
    change: &VelocityChange,
) -> Result<Edited, EditError> {
    change_each(project, selection, change, |change, note| {
        let velocity = change.of(note, note.velocity).clamp(1, 127);
        Note { velocity, ..*note }
    })
}

pub(super) fn change_release(
    project: &Project,
    selection: &NoteSelection,
    change: &VelocityChange,
) -> Result<Edited, EditError> {
    change_each(project, selection, change, |change, note| {
        let before = note.release.velocity().unwrap_or(Release::DEFAULT_VELOCITY);
        let release = Release::note_off(change.of(note, before).min(127));
        Note { release, ..*note }
    })
}

pub(super) fn change_channel(
    project: &Project,
    selection: &NoteSelection,
    channel: Channel,
) -> Result<Edited, EditError> {
    let chosen = chosen(find(project, selection.clip)?, selection)?;
    replace(project, selection, chosen.iter().map(|note| Note { channel, ..**note }).collect())
}

/// Puts what `changed` makes of each selected note in its place.
fn change_each(
    project: &Project,
    selection: &NoteSelection,
    change: &VelocityChange,
    changed: impl Fn(&VelocityChange, &Note) -> Note,
) -> Result<Edited, EditError> {
    let clip = find(project, selection.clip)?;
    let chosen = chosen(clip, selection)?;
    let change = change.by_reference();
    replace(project, selection, chosen.iter().map(|note| changed(&change, note)).collect())
}

impl VelocityChange {
    /// The same change with the references sorted, so that each is found at once.
    fn by_reference(&self) -> Self {
        let mut sorted = self.clone();
        if let Self::Each(each) = &mut sorted {
            each.sort_unstable_by_key(|(reference, _)| *reference);
        }
        sorted
    }

    /// What becomes of one note's value, within 0..=127.
    fn of(&self, note: &Note, before: Velocity) -> Velocity {
        match self {
            Self::To(velocity) => *velocity,
            Self::By(delta) => i16::from(before).saturating_add(*delta).clamp(0, 127) as u8,
            Self::Each(each) => each
                .binary_search_by_key(&note.reference(), |(reference, _)| *reference)
                .ok()
                .and_then(|index| each.get(index))
                .map_or(before, |(_, velocity)| *velocity),
        }
    }
}

/// The notes moved as a group: it stops where its first note would leave the clip
/// or its outermost key the keyboard, and keeps its shape.
fn shifted(chosen: &[&Note], ticks: i64, keys: i16) -> Vec<Note> {
    let first = chosen.iter().map(|note| note.start.0).min().unwrap_or(0);
    let ticks = ticks.max(-(i64::try_from(first).unwrap_or(i64::MAX)));
    let lowest = chosen.iter().map(|note| note.key).min().unwrap_or(0);
    let highest = chosen.iter().map(|note| note.key).max().unwrap_or(127);
    let keys = keys.clamp(-i16::from(lowest), 127 - i16::from(highest.min(127)));
    if (ticks, keys) == (0, 0) {
        return chosen.iter().map(|note| **note).collect();
    }
    let moved = |note: &&Note| Note {
        start: note.start.offset(ticks),
        key: (i16::from(note.key) + keys).clamp(0, 127) as u8,
        off_order: off_order_moved(note),
        ..**note
    };
    chosen.iter().map(moved).collect()
}

/// A note-off that stands where its file did not put it comes before what begins there.
const fn off_order_moved(note: &Note) -> u32 {
    if note.off_order == UNCLOSED { UNCLOSED } else { 0 }
}

fn stretched(length: u32, ticks: i64) -> u32 {
    i64::from(length).saturating_add(ticks).clamp(1, i64::from(u32::MAX)) as u32
}

/// A note whose end was set by hand has one, even if its file had none, and it comes
/// before what begins there.
fn closed(note: Note) -> Note {
    Note { off_order: 0, ..note }
}

fn replace(
    project: &Project,
    selection: &NoteSelection,
    changed: Vec<Note>,
) -> Result<Edited, EditError> {
    let at = selection.clip;
    let mut after = NoteSet::default();
    let refs: Vec<NoteRef> = if changed.len() == find(project, at)?.notes.len() {
        Vec::new()
    } else {
        changed.iter().map(Note::reference).collect()
    };
    let project = with_clip(project, at, |clip| {
        clip.notes = without(clip, selection, changed);
        after =
            if refs.is_empty() { NoteSet::all(&clip.notes) } else { refs.into_iter().collect() };
        Ok(())
    })?;
    Ok(Edited::of(project, NoteSelection::of(at, after)))
}

/// The clip's notes less the selected ones, plus these.
fn without(clip: &Clip, selection: &NoteSelection, insert: Vec<Note>) -> Notes {
    if selection.notes.is_all_of(&clip.notes) {
        return Notes::new(insert);
    }
    clip.notes.edited(selection.refs().to_vec(), insert)
}

/// Adds notes to a clip under new ids; they are selected then.
pub(super) fn insert_new(
    project: &Project,
    at: ClipRef,
    mut notes: Vec<Note>,
) -> Result<Edited, EditError> {
    let mut after = Vec::with_capacity(notes.len());
    let project = with_clip(project, at, |clip| {
        name_new(clip, &mut notes)?;
        after.extend(notes.iter().map(Note::reference));
        clip.notes = clip.notes.edited(Vec::new(), notes);
        Ok(())
    })?;
    Ok(Edited::of(project, NoteSelection::new(at, after)))
}

/// Gives new notes ids that the clip has not used.
fn name_new(clip: &mut Clip, notes: &mut [Note]) -> Result<(), EditError> {
    let first = clip.next_note.max(FIRST_ORDER_OF_NEW);
    let count = u32::try_from(notes.len()).ok().ok_or(EditError::TooManyNotes)?;
    // The last number is kept back: as an order it would sort behind everything.
    clip.next_note =
        first.checked_add(count).filter(|&n| n < u32::MAX).ok_or(EditError::TooManyNotes)?;
    for (note, id) in notes.iter_mut().zip(first..) {
        note.id = id;
        note.off_order = 0;
    }
    Ok(())
}

/// Removes and inserts notes under the ids they have, and adds `made` under new ones;
/// `kept` and those are selected then. Nothing to do shares the whole clip.
pub(super) fn put(
    project: &Project,
    at: ClipRef,
    removed: Vec<NoteRef>,
    inserted: &[Note],
    kept: &[Note],
    mut made: Vec<Note>,
) -> Result<Edited, EditError> {
    if removed.is_empty() && inserted.is_empty() && made.is_empty() {
        let all = kept.len() == find(project, at)?.notes.len();
        let kept = kept.iter().map(Note::reference);
        let notes = match project.clip(at) {
            Some(clip) if all => NoteSet::all(&clip.notes),
            _ => kept.collect(),
        };
        return Ok(Edited::of(project.clone(), NoteSelection::of(at, notes)));
    }
    made.sort_by_key(|note| note.start);
    let mut notes = NoteSet::default();
    let project = with_clip(project, at, |clip| {
        name_new(clip, &mut made)?;
        let selected = kept.len() + made.len();
        let all = selected == clip.notes.len() - removed.len() + inserted.len() + made.len();
        let mut refs = Vec::new();
        if !all {
            refs.reserve_exact(selected);
            refs.extend(kept.iter().chain(&made).map(Note::reference));
        }
        made.extend_from_slice(inserted);
        clip.notes = if removed.len() == clip.notes.len() {
            Notes::new(made)
        } else {
            clip.notes.edited(removed, made)
        };
        notes = if all { NoteSet::all(&clip.notes) } else { refs.into_iter().collect() };
        Ok(())
    })?;
    Ok(Edited::of(project, NoteSelection::of(at, notes)))
}

/// Puts these notes, and `made` under new ids, in place of all that a clip holds; they are
/// selected then.
pub(super) fn rebuild(
    project: &Project,
    at: ClipRef,
    mut notes: Vec<Note>,
    mut made: Vec<Note>,
) -> Result<Edited, EditError> {
    made.sort_by_key(|note| note.start);
    let mut all = NoteSet::default();
    let project = with_clip(project, at, |clip| {
        name_new(clip, &mut made)?;
        notes.append(&mut made);
        clip.notes = Notes::new(notes);
        all = NoteSet::all(&clip.notes);
        Ok(())
    })?;
    Ok(Edited::of(project, NoteSelection::of(at, all)))
}

pub(super) fn find(project: &Project, at: ClipRef) -> Result<&Arc<Clip>, EditError> {
    project.clip(at).ok_or(EditError::NoSuchClip(at))
}

pub(super) fn chosen<'a>(
    clip: &'a Clip,
    selection: &NoteSelection,
) -> Result<Vec<&'a Note>, EditError> {
    let chosen = selection.notes.among(&clip.notes);
    if chosen.is_empty() { Err(EditError::NoSuchNotes) } else { Ok(chosen) }
}

/// Changes one clip, which then grows to the next bar line if its notes reach past its end.
fn with_clip(
    project: &Project,
    at: ClipRef,
    change: impl FnOnce(&mut Clip) -> Result<(), EditError>,
) -> Result<Project, EditError> {
    with_track(project, at.track, |track| {
        let index = track
            .clips
            .iter()
            .position(|clip| clip.id == at.clip)
            .ok_or(EditError::NoSuchClip(at))?;
        let clips = Arc::make_mut(&mut track.clips);
        let clip = clips.get_mut(index).ok_or(EditError::NoSuchClip(at))?;
        let clip = Arc::make_mut(clip);
        change(clip)?;
        let end = clip.start.after(clip.notes.last_end().0);
        clip.length = grown_end(project, clip.range(), end).since(clip.start);
        Ok(())
    })
}
