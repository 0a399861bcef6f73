//! How much work an edit is, before it is done.

use super::ops::{Arpeggiate, ChordShape, Crop, NoteOp, Split};
use super::{Command, NoteSelection, lanes};
use crate::model::{CHUNK_TARGET, Clip, Project};

/// Chunks looked at to guess how many a selection touches.
const SAMPLES: usize = 256;
/// Copying a note of a touched chunk costs this many times less than changing one.
const COPY: usize = 16;

/// How heavy a command is: the number of notes or events it changes or makes, more or less.
/// Notes that are copied because others in their chunk change count a little, and so does
/// every event of a clip when one of them changes. Too high at worst for operations that cut
/// long notes. Costs a few microseconds.
pub fn weight(project: &Project, command: &Command) -> usize {
    match command {
        Command::PasteNotes { notes, .. } => notes.len(),
        Command::Lane { clip, lane, edit } => {
            let (touched, beside) = lanes::touched(project, *clip, *lane, edit);
            touched.saturating_add(beside / COPY)
        }
        Command::ChangeEvent { clip, .. } => {
            project.clip(*clip).map_or(0, |clip| clip.events.len() / COPY)
        }
        Command::AddSong { song, .. } => song.note_count(),
        Command::AddNotes { notes, .. } => notes.len(),
        Command::Several(several) => {
            several.commands().iter().map(|command| weight(project, command)).sum()
        }
        Command::Transform { notes, op } => {
            let clip = project.clip(notes.clip);
            let made = clip.map_or(1, |clip| made_of_each(op, clip));
            match (op, clip) {
                (NoteOp::Crop(Crop::Others), Some(clip)) => clip.notes.len(),
                _ => notes.len().saturating_mul(made).saturating_add(copied(project, notes)),
            }
        }
        _ => command.notes().map_or(0, |notes| notes.len().saturating_add(copied(project, notes))),
    }
}

/// Notes that take the place of one, at most.
fn made_of_each(op: &NoteOp, clip: &Clip) -> usize {
    let steps = |step: u32| usize::try_from(clip.length / u64::from(step)).unwrap_or(usize::MAX);
    match op {
        NoteOp::Split(Split::Into(parts)) => usize::from(parts.get()),
        NoteOp::Split(Split::Grid(grid)) => steps(grid.step.get()).max(1),
        NoteOp::Arpeggiate(Arpeggiate { step, .. }) => steps(step.get()).max(1),
        NoteOp::Chord(ChordShape::Fixed(kind)) => kind.intervals().len(),
        NoteOp::Chord(ChordShape::InScale { notes, .. }) => usize::from((*notes).max(1)),
        NoteOp::Repeat(repeat) => usize::from(repeat.times.get()) + 1,
        _ => 1,
    }
}

/// The weight of the chunks that a selection touches: neighbours share them, notes far
/// apart have one each.
fn copied(project: &Project, selection: &NoteSelection) -> usize {
    let Some(clip) = project.clip(selection.clip) else { return 0 };
    let chunks = clip.notes.chunks().len();
    if selection.notes.is_all_of(&clip.notes) {
        return 0;
    }
    let refs = selection.refs();
    let step = refs.len().div_ceil(SAMPLES).max(1);
    let mut places = refs.iter().step_by(step).map(|&note| clip.notes.chunk_index(note));
    let mut last = places.next();
    let mut touched = usize::from(last.is_some());
    for place in places {
        touched += usize::from(last != Some(place));
        last = Some(place);
    }
    let touched = if touched >= SAMPLES / 2 { refs.len().min(chunks) } else { touched };
    touched * CHUNK_TARGET / COPY
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::{Lane, LaneEdit, LaneKind, LanePoint, with_track};
    use crate::model::{Channel, ClipRef, Event, EventKind};
    use crate::testkit::one_clip;
    use crate::time::{Tick, TickRange};
    use std::sync::Arc;

    /// A clip of so many notes, and of so many values of controller 1, one a tick.
    fn song(notes: usize, events: u32) -> (Project, ClipRef) {
        let project = one_clip(1, notes);
        let track = project.tracks[0].id;
        let at = ClipRef { track, clip: project.tracks[0].clips[0].id };
        let event = |tick: u32| Event {
            tick: Tick(u64::from(tick)),
            order: tick,
            kind: EventKind::Control { channel: Channel::new(0), number: 1, value: 64 },
        };
        let project = with_track(&project, track, |track| {
            let clip = &mut Arc::make_mut(&mut track.clips)[0];
            Arc::make_mut(clip).events = (0..events).map(event).collect();
            Ok(())
        });
        (project.unwrap(), at)
    }

    fn of(song: &(Project, ClipRef), kind: LaneKind, edit: LaneEdit) -> usize {
        let lane = Lane { kind, channel: Channel::new(0) };
        weight(&song.0, &Command::Lane { clip: song.1, lane, edit })
    }

    fn range(from: u64, to: u64) -> TickRange {
        TickRange::between(Tick(from), Tick(to))
    }

    #[test]
    fn a_lane_edit_weighs_the_events_that_it_passes_and_copies() {
        let song = song(10, 60_000);
        let scale = |range| LaneEdit::Scale { range, base: 0.0, factor: 0.5 };
        let modulation = LaneKind::Controller(1);
        assert_eq!(of(&song, modulation, scale(range(0, 60_000))), 60_000);
        assert_eq!(of(&song, modulation, scale(range(100, 200))), 100 + 59_900 / COPY);
        let pair = LaneKind::Controller14(1);
        assert_eq!(of(&song, pair, scale(range(100, 200))), 60_000, "pairs are looked for");
        let points: Arc<[LanePoint]> =
            (0..50_000).map(|tick| LanePoint::new(Tick(tick), 1.0)).collect();
        let paste = LaneEdit::Paste { at: Tick(90_000), length: 50_000, points };
        assert_eq!(of(&song, modulation, paste), 50_000 + 60_000 / COPY);
    }

    #[test]
    fn a_lane_of_velocities_weighs_the_notes_that_it_passes() {
        let song = song(50_000, 0);
        let end = song.0.clip(song.1).unwrap().notes.last_end();
        let tilt = |range| LaneEdit::Tilt { range, from: 0.0, to: 9.0 };
        let all = of(&song, LaneKind::Velocity, tilt(range(0, end.0)));
        assert!((50_000..=50_000 + CHUNK_TARGET).contains(&all), "{all}");
        let few = of(&song, LaneKind::Velocity, tilt(range(0, end.0 / 1000)));
        assert!(few <= 2 * CHUNK_TARGET, "{few}");
    }
}
