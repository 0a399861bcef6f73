//! Commands and the pure functions that apply them: the only way to change a [`Project`].
//!
//! Runs wherever it is called, mostly on the UI thread. Does no I/O, holds no state.

mod events;
mod lanes;
mod merge;
mod notes;
pub mod ops;
mod paste;
pub mod select;
mod selection;
mod several;
mod tracks;
mod watch;
mod weight;

pub use lanes::{
    CurveShape, Lane, LaneData, LaneEdit, LaneKind, LanePoint, curve, densest, lanes_present,
    release_is_set,
};
pub use notes::{Edge, NewNote, VelocityChange};
pub use ops::NoteOp;
pub use paste::CopiedNotes;
pub use selection::{NoteSelection, NoteSet, Selected};
use several::Group;
pub use several::Several;
pub use tracks::TrackChange;
pub use watch::Watch;
pub use weight::weight;

use crate::model::{Channel, ClipId, ClipRef, Event, EventKind, Project, Track, TrackId};
use crate::time::{Tick, TickRange};
use std::sync::Arc;

/// A change to a project, as a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Moves notes in time and pitch; as a group they stop at the clip's start and at keys 0 and 127.
    MoveNotes {
        /// Which notes.
        notes: NoteSelection,
        /// How far in time.
        ticks: i64,
        /// How many semitones up.
        keys: i16,
    },
    /// Like [`Command::MoveNotes`], but leaves the originals where they are.
    CopyNotes {
        /// Which notes.
        notes: NoteSelection,
        /// How far in time.
        ticks: i64,
        /// How many semitones up.
        keys: i16,
    },
    /// Adds notes to a clip.
    AddNotes {
        /// To which clip.
        clip: ClipRef,
        /// What to add.
        notes: Vec<NewNote>,
    },
    /// Adds copied notes to a clip. Notes that were on their track's own channel come to the
    /// own one of this track, others keep theirs.
    PasteNotes {
        /// To which clip.
        clip: ClipRef,
        /// Where the first one goes, in ticks from the start of the clip.
        at: Tick,
        /// What was copied.
        notes: CopiedNotes,
    },
    /// Removes notes.
    DeleteNotes {
        /// Which notes.
        notes: NoteSelection,
    },
    /// Moves one edge of each note; no note gets shorter than a tick.
    ResizeNotes {
        /// Which notes.
        notes: NoteSelection,
        /// Which edge.
        edge: Edge,
        /// How far.
        ticks: i64,
    },
    /// Changes the velocity of notes, within 1..=127.
    ChangeVelocity {
        /// Which notes.
        notes: NoteSelection,
        /// To what.
        change: VelocityChange,
    },
    /// Does something to notes that has parameters of its own.
    Transform {
        /// Which notes.
        notes: NoteSelection,
        /// What.
        op: NoteOp,
    },
    /// Changes the release velocity of notes, within 0..=127.
    ChangeRelease {
        /// Which notes.
        notes: NoteSelection,
        /// To what.
        change: VelocityChange,
    },
    /// Puts notes on another channel.
    ChangeChannel {
        /// Which notes.
        notes: NoteSelection,
        /// Which channel.
        channel: Channel,
    },
    /// Changes one event of a clip that is no note: its tick and what it says, or removes it.
    ChangeEvent {
        /// Of which clip.
        clip: ClipRef,
        /// The event as it is.
        was: Event,
        /// When it is instead, in ticks from the start of the clip, and what; nothing when
        /// it goes.
        to: Option<(Tick, EventKind)>,
    },
    /// Changes a lane of a clip, or the song's tempo.
    Lane {
        /// Of which clip; the tempo is the song's, whatever the clip.
        clip: ClipRef,
        /// Which lane.
        lane: Lane,
        /// How.
        edit: LaneEdit,
    },
    /// Changes something about tracks.
    ChangeTracks {
        /// Which tracks.
        tracks: Arc<[TrackId]>,
        /// What.
        change: TrackChange,
    },
    /// Solos one track and unsolos all others.
    SoloOnly {
        /// Which track.
        track: TrackId,
    },
    /// Unmutes one track and mutes all others.
    MuteOthers {
        /// Which track.
        track: TrackId,
    },
    /// Adds an empty track at the bottom.
    AddTrack {
        /// What it is called.
        name: Arc<str>,
    },
    /// Adds an empty track for drums at the bottom: on the tenth channel.
    AddDrumTrack {
        /// What it is called.
        name: Arc<str>,
    },
    /// Adds an empty clip to a track.
    AddClip {
        /// To which track.
        track: TrackId,
        /// Where on the song's time line.
        range: TickRange,
    },
    /// Adds the tracks of another song below the project's own.
    AddSong {
        /// The other song.
        song: Arc<Project>,
        /// Where its start goes.
        at: Tick,
    },
    /// Several commands as one, mostly the same for notes of several clips; all or none.
    Several(Several),
}

impl Command {
    /// What the Edit menu calls it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::MoveNotes { .. } => "Move notes",
            Self::CopyNotes { .. } => "Copy notes",
            Self::AddNotes { .. } => "Add notes",
            Self::PasteNotes { .. } => "Paste notes",
            Self::DeleteNotes { .. } => "Delete notes",
            Self::ResizeNotes { .. } => "Resize notes",
            Self::ChangeVelocity { .. } => "Change velocity",
            Self::Transform { op, .. } => op.name(),
            Self::ChangeRelease { .. } => "Change release velocity",
            Self::ChangeChannel { .. } => "Change channel",
            Self::ChangeEvent { to: Some(_), .. } => "Change event",
            Self::ChangeEvent { to: None, .. } => "Delete event",
            Self::Lane { lane, edit, .. } => edit.name(*lane),
            Self::ChangeTracks { change, .. } => change.name(),
            Self::SoloOnly { .. } => "Solo this track alone",
            Self::MuteOthers { .. } => "Mute other tracks",
            Self::AddTrack { .. } => "Add track",
            Self::AddDrumTrack { .. } => "Add drum track",
            Self::AddClip { .. } => "Add clip",
            Self::AddSong { .. } => "Add song",
            Self::Several(several) => several.name(),
        }
    }

    /// Whether a MIDI file written afterwards would differ. Mute, solo, colour and
    /// output have no place in one.
    pub fn changes_file(&self) -> bool {
        match self {
            Self::ChangeTracks { change, .. } => change.changes_file(),
            Self::SoloOnly { .. } | Self::MuteOthers { .. } => false,
            Self::Several(several) => several.commands().iter().any(Self::changes_file),
            _ => true,
        }
    }

    /// The notes it works on, if it works on notes that exist.
    pub fn selection(&self) -> Option<Selected> {
        match self {
            Self::Several(several) => several.selection(),
            _ => self.notes().cloned().map(Selected::from),
        }
    }

    /// How many notes that exist it works on.
    pub fn n_notes(&self) -> usize {
        match self {
            Self::Several(several) => several.commands().iter().map(Self::n_notes).sum(),
            _ => self.notes().map_or(0, NoteSelection::len),
        }
    }

    /// The notes of one clip that it works on.
    pub(crate) const fn notes(&self) -> Option<&NoteSelection> {
        match self {
            Self::MoveNotes { notes, .. }
            | Self::CopyNotes { notes, .. }
            | Self::DeleteNotes { notes }
            | Self::ResizeNotes { notes, .. }
            | Self::ChangeVelocity { notes, .. }
            | Self::ChangeRelease { notes, .. }
            | Self::ChangeChannel { notes, .. }
            | Self::Transform { notes, .. } => Some(notes),
            _ => None,
        }
    }

    /// The one clip that it changes, if it changes nothing else.
    pub const fn clip(&self) -> Option<ClipRef> {
        match self {
            Self::AddNotes { clip, .. }
            | Self::PasteNotes { clip, .. }
            | Self::ChangeEvent { clip, .. } => Some(*clip),
            Self::Lane { clip, lane, .. } => match lane.kind {
                LaneKind::Tempo => None,
                _ => Some(*clip),
            },
            _ => match self.notes() {
                Some(selection) => Some(selection.clip),
                None => None,
            },
        }
    }

    /// The clips that it changes; `None` if it changes anything else.
    pub fn clips(&self) -> Option<Vec<ClipRef>> {
        match self {
            Self::Several(several) => several.commands().iter().map(Self::clip).collect(),
            _ => Some(vec![self.clip()?]),
        }
    }
}

/// What came of a command.
#[derive(Clone, Debug, PartialEq)]
pub struct Edited {
    /// The new project; shares everything that was not touched.
    pub project: Project,
    /// The notes to select now, when the command was about notes.
    pub selection: Option<Selected>,
}

impl Edited {
    /// With notes of one clip to select.
    fn of(project: Project, notes: NoteSelection) -> Self {
        Self { project, selection: Some(notes.into()) }
    }
}

/// Why a command did nothing. The project is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The track is gone.
    #[error("there is no such track any more")]
    NoSuchTrack(TrackId),
    /// The clip is gone.
    #[error("there is no such clip any more")]
    NoSuchClip(ClipRef),
    /// None of the notes is there.
    #[error("none of these notes is there any more")]
    NoSuchNotes,
    /// There is nothing in the lane that the command would change.
    #[error("there is nothing there to change in this lane")]
    NoSuchPoints,
    /// The event is gone.
    #[error("this event is not there any more")]
    NoSuchEvent,
    /// The clip has used up its two thousand million note numbers, or one operation would
    /// make millions.
    #[error("this clip cannot take more notes")]
    TooManyNotes,
    /// A MIDI file holds at most 65,535 tracks.
    #[error("a song cannot have more than 65,535 tracks")]
    TooManyTracks,
    /// Somebody gave the edit up while it was worked out.
    #[error("the edit was cancelled")]
    Cancelled,
    /// A slow edit that stands in the way is not done.
    #[error("“{0}” is still being worked out: wait for it, or cancel it")]
    Busy(&'static str),
    /// The system gives no thread for a slow edit.
    #[error("the system gives no thread for it")]
    NoThread,
}

/// Applies a command. Pure: the same project and command give the same result.
///
/// # Errors
///
/// [`EditError`] says why nothing could be done.
pub fn apply(project: &Project, command: &Command) -> Result<Edited, EditError> {
    apply_watched(project, command, &Watch::default())
}

/// [`apply`], saying how far it is and stopping when it is no longer wanted.
///
/// # Errors
///
/// [`EditError`] says why nothing could be done.
pub fn apply_watched(
    project: &Project,
    command: &Command,
    watch: &Watch,
) -> Result<Edited, EditError> {
    puffin::profile_function!();
    let mut edited = apply_in(project, command, None, watch)?;
    if command.changes_file() {
        edited.project.source = None;
    }
    watch.reached(1.0)?;
    Ok(edited)
}

/// Applies a command; `group` is what the selected notes of several clips have in common.
fn apply_in(
    project: &Project,
    command: &Command,
    group: Option<&Group>,
    watch: &Watch,
) -> Result<Edited, EditError> {
    match command {
        Command::MoveNotes { notes, ticks, keys } => {
            let (ticks, keys) = group.map_or((*ticks, *keys), |group| group.held(*ticks, *keys));
            notes::shift(project, notes, ticks, keys)
        }
        Command::CopyNotes { notes, ticks, keys } => {
            let (ticks, keys) = group.map_or((*ticks, *keys), |group| group.held(*ticks, *keys));
            notes::copy(project, notes, ticks, keys)
        }
        Command::AddNotes { clip, notes } => notes::add(project, *clip, notes),
        Command::PasteNotes { clip, at, notes } => paste::paste(project, *clip, *at, notes),
        Command::DeleteNotes { notes } => notes::delete(project, notes),
        Command::ResizeNotes { notes, edge, ticks } => notes::resize(project, notes, *edge, *ticks),
        Command::ChangeVelocity { notes, change } => notes::change_velocity(project, notes, change),
        Command::Transform { notes, op } => ops::transform(project, notes, op, group, watch),
        Command::ChangeRelease { notes, change } => notes::change_release(project, notes, change),
        Command::ChangeChannel { notes, channel } => {
            notes::change_channel(project, notes, *channel)
        }
        Command::ChangeEvent { clip, was, to } => {
            let to = to.as_ref().map(|(tick, kind)| (*tick, kind));
            events::change(project, *clip, was, to)
        }
        Command::Lane { clip, lane, edit } => lanes::apply(project, *clip, *lane, edit),
        Command::ChangeTracks { tracks, change } => tracks::change(project, tracks, change),
        Command::SoloOnly { track } => tracks::solo_only(project, *track),
        Command::MuteOthers { track } => tracks::mute_others(project, *track),
        Command::AddTrack { name } => tracks::add_track(project, name, None),
        Command::AddDrumTrack { name } => {
            tracks::add_track(project, name, Some(crate::model::Channel::DRUMS))
        }
        Command::AddClip { track, range } => tracks::add_clip(project, *track, *range),
        Command::AddSong { song, at } => merge::add_song(project, song, *at),
        Command::Several(several) => several::apply(project, several, watch),
    }
}

/// `current` with the clips that an edit of `base` made; `None` unless these clips and the
/// meter of both are the same values.
pub(crate) fn graft(
    current: &Project,
    base: &Project,
    edited: &Project,
    clips: &[ClipRef],
) -> Option<Project> {
    let same = Arc::ptr_eq(&current.conductor.meter, &base.conductor.meter)
        && current.division == base.division;
    let mut grafted = Project { source: None, ..current.clone() };
    for at in clips {
        let is_untouched = same && Arc::ptr_eq(current.clip(*at)?, base.clip(*at)?);
        let new = edited.clip(*at).filter(|_| is_untouched)?;
        let put = with_track(&grafted, at.track, |track| {
            let clips = Arc::make_mut(&mut track.clips).iter_mut();
            for clip in clips.filter(|clip| clip.id == at.clip) {
                *clip = Arc::clone(new);
            }
            Ok(())
        });
        grafted = put.ok()?;
    }
    Some(grafted)
}

/// `project` with one track replaced by what `change` makes of it.
fn with_track(
    project: &Project,
    id: TrackId,
    change: impl FnOnce(&mut Track) -> Result<(), EditError>,
) -> Result<Project, EditError> {
    let index =
        project.tracks.iter().position(|track| track.id == id).ok_or(EditError::NoSuchTrack(id))?;
    let mut tracks = Arc::clone(&project.tracks);
    let slot = Arc::make_mut(&mut tracks).get_mut(index).ok_or(EditError::NoSuchTrack(id))?;
    change(Arc::make_mut(slot))?;
    Ok(Project { tracks, ..project.clone() })
}

/// Ids are never used again, so the next one is simply counted up.
fn take_id(project: &mut Project) -> u32 {
    let id = project.next_id;
    project.next_id = id.saturating_add(1);
    id
}

/// A clip without notes.
fn empty_clip(id: ClipId, name: &Arc<str>, range: TickRange) -> crate::model::Clip {
    crate::model::Clip {
        id,
        name: Arc::clone(name),
        start: range.start(),
        length: range.len(),
        notes: crate::model::Notes::default(),
        events: Arc::from([]),
        next_note: crate::model::FIRST_ORDER_OF_NEW,
    }
}

/// Where a clip of `range` has to end so that it covers `end` and stops at a bar line.
fn grown_end(project: &Project, range: TickRange, end: Tick) -> Tick {
    if end <= range.end() { range.end() } else { project.conductor.meter.ceil_to_bar(end) }
}
