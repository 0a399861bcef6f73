//! The roll's own view state: what is looked at, the gesture under way, caches by revision.

use super::chords::Chords;
use super::clipboard::Copied;
use super::gesture::{Gesture, NextNote};
use super::grid::GridChoice;
use super::key_strip::StripKeys;
use super::keyboard::Keyed;
use super::lane::StemCache;
use super::lanes::{Lanes, LanesLive};
use super::layout::Viewport;
use super::looks::Looks;
use super::open::Open;
use super::rows::Rows;
use super::scale::Ear;
use super::verbs::{Button, Hand, Held, Place};
use crate::state::{GesturePreset, NoteSet, RollTool, Selection};
use crate::view_ctx::ViewCtx;
use egui::Pos2;
use engine::edit::{Command, LaneEdit, Selected};
use engine::model::{Clip, ClipId, ClipRef, Key, Note, Notes, Track, TrackId};
use engine::time::Tick;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The piano roll's own view state; what is worth keeping survives a restart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PianoRollView {
    /// Which grid.
    pub grid: GridChoice,
    /// Whether gestures keep to it.
    pub snap: bool,
    /// Whether the track's other clips show through.
    pub ghosts: bool,
    /// Height of a row of keys, in points.
    pub row_height: f32,
    /// The lanes under the notes.
    pub lanes: Lanes,
    /// What helps the eye.
    pub looks: Looks,
    /// Whose habits the pointer follows.
    pub gestures: GesturePreset,
    /// What the left button does; a start begins with the first tool.
    #[serde(skip)]
    pub tool: RollTool,
    /// A tool whose key is held: it goes before [`Self::tool`] until the key is let go.
    #[serde(skip)]
    pub momentary_tool: Option<RollTool>,
    /// What lasts no longer than the window.
    #[serde(skip)]
    pub(super) live: Live,
}

impl Default for PianoRollView {
    fn default() -> Self {
        Self {
            grid: GridChoice::Adaptive,
            snap: true,
            ghosts: true,
            row_height: 14.0,
            lanes: Lanes::default(),
            looks: Looks::default(),
            gestures: GesturePreset::Standard,
            tool: RollTool::Select,
            momentary_tool: None,
            live: Live::default(),
        }
    }
}

impl PianoRollView {
    /// The tool in hand: the one whose key is held, else the chosen one.
    pub fn active_tool(&self) -> RollTool {
        self.momentary_tool.unwrap_or(self.tool)
    }

    /// A command is being worked out elsewhere: what it moves is drawn where it will be.
    pub fn await_edit(&mut self, command: Command) {
        self.live.landing = Some(command);
    }

    /// What was being worked out has come, or will not.
    pub fn edit_came(&mut self) {
        self.live.landing = None;
    }

    /// What deletes the chosen points of a lane.
    pub(super) fn delete_points(&self, clip: ClipRef) -> Option<Command> {
        let (lane, range) = self.live.lanes.chosen()?;
        Some(Command::Lane { clip, lane, edit: LaneEdit::Delete { range } })
    }
}

/// What lasts no longer than the window. A copy of the view is made to keep it, and what is
/// kept is compared with it: neither sees anything of this.
#[derive(Debug, Default)]
pub(super) struct Live {
    /// The active clip and what of the song is shown.
    pub(super) shown: Option<(ClipRef, Viewport)>,
    /// The clips that were open in the last frame.
    pub(super) family: Vec<ClipRef>,
    /// Which keys have a row, and whose; they stay while the pointer is busy.
    pub(super) rows: Rows,
    /// Viewports to go back to, the newest last.
    pub(super) zooms: Vec<Viewport>,
    /// What the pointer is doing.
    pub(super) gesture: Gesture,
    /// The button that does it.
    pub(super) button: Button,
    /// Modifiers that have picked its verb, until they are let go.
    pub(super) spent: Held,
    /// The hint for what the pointer was last over, and what that was.
    pub(super) hint: Option<((Hand, Place, Held), String)>,
    /// A release of the right button opens the menu.
    pub(super) menu: bool,
    /// What a drag of very many notes will do on release; it is drawn, not done, meanwhile.
    pub(super) deferred: Option<Command>,
    /// A drag that has ended and is being worked out: drawn where it will be.
    pub(super) landing: Option<Command>,
    /// The key strip plays what the pointer is over.
    pub(super) strip_plays: bool,
    /// Where the keyboard is in the key strip.
    pub(super) strip: StripKeys,
    /// Rows that are marked, a bit for each key.
    pub(super) marks: u128,
    /// When the wheel last zoomed, in seconds of egui's clock.
    pub(super) zoomed: f64,
    /// The canvas follows the pointer.
    pub(super) panning: bool,
    /// What a new note takes over.
    pub(super) next: NextNote,
    /// Where a drag in the ruler has put the playhead.
    pub(super) sought: Option<Tick>,
    /// A key that sounds because someone holds it.
    pub(super) sounding: Option<Sounding>,
    /// Velocities that a wheel is changing.
    pub(super) wheel: Option<WheelTrim>,
    /// Where and when the button last went down on the canvas, for double clicks.
    pub(super) last_press: Option<(Pos2, f64)>,
    /// Where the playhead was in the frame before.
    pub(super) playhead: f64,
    /// What the keyboard has in hand.
    pub(super) keyed: Keyed,
    /// What was copied last.
    pub(super) copied: Option<Copied>,
    /// What the pointer does in the lanes.
    pub(super) lanes: LanesLive,
    /// Derived from the song.
    pub(super) cache: Cache,
}

/// A key that sounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sounding {
    pub(super) track: TrackId,
    pub(super) key: Key,
    /// In seconds of egui's clock; `None` while a button is held.
    pub(super) until: Option<f64>,
}

/// Turns of the wheel that make one undo step together.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct WheelTrim {
    pub(super) notes: Selected,
    pub(super) by: i16,
    /// What was selected before.
    pub(super) before: Selection,
    /// When the step is made, in seconds of egui's clock.
    pub(super) until: f64,
}

impl Clone for Live {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl PartialEq for Live {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// What is derived from the song and expensive to derive.
#[derive(Debug, Default)]
pub(super) struct Cache {
    end: Option<(u64, f64)>,
    track_index: usize,
    /// Where the tracks of the open clips are.
    places: HashMap<TrackId, usize>,
    chosen: HashMap<ClipId, Chosen>,
    used: HashMap<ClipId, (Notes, u128)>,
    /// The key that the notes suggest.
    pub(super) ear: Ear,
    /// The chords that they make.
    pub(super) chords: Chords,
    pub(super) stems: StemCache,
}

#[derive(Debug)]
struct Chosen {
    of: Notes,
    set: NoteSet,
    notes: Notes,
}

impl Cache {
    /// The track and clip that the selection names.
    pub(super) fn clip<'a>(&mut self, ctx: &ViewCtx<'a>) -> Option<(&'a Track, &'a Clip)> {
        let at = ctx.selection.clip()?;
        let tracks = &ctx.snapshot.tracks;
        if tracks.get(self.track_index).is_none_or(|track| track.id != at.track) {
            self.track_index = tracks.iter().position(|track| track.id == at.track)?;
        }
        let track = tracks.get(self.track_index)?;
        Some((track, track.clip(at.clip)?))
    }

    /// The place of the track that [`Cache::clip`] found last.
    pub(super) const fn track_index(&self) -> usize {
        self.track_index
    }

    /// Every open clip that is not hidden. The tracks are searched only when they have moved.
    pub(super) fn open<'a>(&mut self, ctx: &ViewCtx<'a>) -> Vec<Open<'a>> {
        let tracks: &'a [Arc<Track>] = &ctx.snapshot.tracks;
        let parts = || ctx.selection.shown();
        let is_known = |track: TrackId| {
            let place = self.places.get(&track).and_then(|place| tracks.get(*place));
            place.is_some_and(|found| found.id == track)
        };
        if !parts().all(|part| is_known(part.clip.track)) {
            let wanted: HashSet<TrackId> = parts().map(|part| part.clip.track).collect();
            let places = tracks.iter().enumerate();
            let places = places.filter(|(_, track)| wanted.contains(&track.id));
            self.places = places.map(|(place, track)| (track.id, place)).collect();
        }
        let mut open = Vec::with_capacity(ctx.selection.parts().len());
        for part in parts() {
            let place = self.places.get(&part.clip.track);
            let Some(track) = place.and_then(|place| tracks.get(*place)) else { continue };
            let Some(clip) = track.clip(part.clip.clip) else { continue };
            let chosen = self.chosen(clip, &part.notes).clone();
            open.push(Open { at: part.clip, track, clip, chosen });
        }
        if self.chosen.len() > open.len() {
            let is_open = |id: &ClipId| open.iter().any(|part| part.clip.id == *id);
            self.chosen.retain(|id, _| is_open(id));
            self.used.retain(|id, _| is_open(id));
        }
        open
    }

    /// The keys that the notes of some clips are on, a bit for each.
    pub(super) fn used(&mut self, open: &[Open<'_>]) -> u128 {
        let mut all = 0;
        for Open { clip, .. } in open {
            let known = self.used.get(&clip.id).filter(|(of, _)| of.is_same(&clip.notes));
            let used = if let Some((_, used)) = known {
                *used
            } else {
                let used = clip.notes.used_keys();
                self.used.insert(clip.id, (clip.notes.clone(), used));
                used
            };
            all |= used;
        }
        all
    }

    /// First tick after everything.
    pub(super) fn end(&mut self, ctx: &ViewCtx<'_>) -> f64 {
        match self.end {
            Some((revision, end)) if revision == ctx.revision => end,
            _ => {
                let end = ctx.snapshot.end().0 as f64;
                self.end = Some((ctx.revision, end));
                end
            }
        }
    }

    /// The selected notes as notes, made again only when the selection or the clip changed:
    /// a chunked list is drawn and measured like a clip, however long it is.
    pub(super) fn chosen(&mut self, clip: &Clip, set: &NoteSet) -> &Notes {
        let current = |chosen: &Chosen| {
            std::ptr::eq(chosen.of.chunks(), clip.notes.chunks()) && chosen.set.is_same(set)
        };
        if !self.chosen.get(&clip.id).is_some_and(current) {
            self.chosen.remove(&clip.id);
        }
        let chosen = self.chosen.entry(clip.id).or_insert_with(|| Chosen {
            of: clip.notes.clone(),
            set: set.clone(),
            notes: set.of(&clip.notes),
        });
        &chosen.notes
    }
}

/// Viewports that are kept to go back to.
const ZOOMS_KEPT: usize = 32;
/// Seconds without a turn of the wheel after which the next one is a new zoom.
const ZOOM_REST: f64 = 0.8;

impl Live {
    /// Keeps a viewport to go back to.
    pub(super) fn remember(&mut self, before: Viewport) {
        self.zooms.push(before);
        let excess = self.zooms.len().saturating_sub(ZOOMS_KEPT);
        self.zooms.drain(..excess);
    }

    /// Keeps the viewport before a zoom by wheel or pinch; turns close together are one zoom.
    pub(super) fn remember_turn(&mut self, before: Viewport, now: f64) {
        if now - self.zoomed > ZOOM_REST || self.zooms.is_empty() {
            self.remember(before);
        }
        self.zoomed = now;
    }

    /// Whether what is open now goes on from what was: it is looked at from the same place.
    pub(super) fn goes_on(&self, at: ClipRef, selection: &Selection) -> bool {
        let before = self.shown.map(|(before, _)| before);
        before.is_some_and(|before| selection.is_open(before)) || self.family.contains(&at)
    }

    /// Whether the pointer or the wheel is in the middle of something.
    pub(super) fn is_busy(&self) -> bool {
        self.gesture != Gesture::Idle
            || self.wheel.is_some()
            || self.panning
            || self.lanes.is_busy()
    }
}

/// The note after `reference`, or before it; the first or last one when it is `None`.
pub(super) fn neighbour(
    notes: &Notes,
    reference: Option<engine::model::NoteRef>,
    forward: bool,
) -> Option<Note> {
    let chunks = notes.chunks();
    let Some(reference) = reference else {
        let note =
            if forward { chunks.first()?.notes().first() } else { chunks.last()?.notes().last() };
        return note.copied();
    };
    let first = |chunk: &Arc<engine::model::NoteChunk>| chunk.notes().first().map(Note::reference);
    if forward {
        let at = chunks.partition_point(|chunk| first(chunk) <= Some(reference));
        let here = chunks.get(at.saturating_sub(1))?.notes();
        let next = here.partition_point(|note| note.reference() <= reference);
        here.get(next).or_else(|| chunks.get(at)?.notes().first()).copied()
    } else {
        let at = chunks.partition_point(|chunk| first(chunk) < Some(reference));
        let here = chunks.get(at.checked_sub(1)?)?.notes();
        let before = here.partition_point(|note| note.reference() < reference);
        here.get(before.checked_sub(1)?).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notes(count: usize) -> Notes {
        let project = engine::testkit::one_clip(1, count);
        project.tracks[0].clips[0].notes.clone()
    }

    #[test]
    fn neighbours_walk_through_every_note_both_ways() {
        let notes = notes(5000);
        for forward in [true, false] {
            let (mut at, mut count) = (None, 0);
            while let Some(note) = neighbour(&notes, at, forward) {
                (at, count) = (Some(note.reference()), count + 1);
            }
            assert_eq!(count, notes.len());
        }
    }
}
