//! Choosing notes by what they are: the "select by" commands. Pure; O(n).

use super::{EditError, NoteSelection, NoteSet, Selected};
use crate::model::{Channel, Clip, Note, NoteRef, Project};
use crate::theory::{PitchClass, Scale};
use crate::time::{MeterMap, Tick};
use std::num::NonZeroU32;
use std::ops::RangeInclusive;

/// What notes have to be like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Criterion {
    /// Their keys lie within.
    Keys(RangeInclusive<u8>),
    /// This pitch in any octave.
    PitchClass(PitchClass),
    /// Their velocities lie within.
    Velocity(RangeInclusive<u8>),
    /// Their lengths in ticks lie within.
    Length(RangeInclusive<u32>),
    /// Where in the bar they begin.
    Place {
        /// The place.
        place: Place,
        /// Ticks before or after it that still count.
        within: u32,
    },
    /// They are like one of the selected notes.
    Similar(Likeness),
    /// Their pitch belongs to the scale.
    InScale(Scale),
    /// Their pitch is foreign to the scale.
    OutOfScale(Scale),
    /// Every so manieth note, the first one included.
    EveryNth(NonZeroU32),
    /// They are not selected now.
    Inverse,
    /// They are on this channel.
    Channel(Channel),
}

/// A place in the bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A beat, counted from 0; the bar line is beat 0.
    Beat(u8),
    /// Any beat.
    OnBeat,
    /// The middle between two beats.
    OffBeat,
}

/// In what way notes are like another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// The same key.
    Key,
    /// The same pitch in any octave.
    PitchClass,
    /// A velocity at most this far away.
    Velocity(u8),
    /// A length at most this many per cent away.
    Length(u8),
    /// An onset at most this many ticks from the same place in its bar.
    Place(u32),
}

/// Among which notes to look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Among {
    /// All of the clip.
    #[default]
    Clip,
    /// Those selected now.
    Selected,
}

/// The notes of the selection's clips that meet a criterion; similar notes are those that are
/// like one selected in any of the clips.
///
/// # Errors
///
/// When a clip is gone.
pub fn select_in_each(
    project: &Project,
    now: &Selected,
    among: Among,
    criterion: &Criterion,
) -> Result<Selected, EditError> {
    let each = now.parts().iter().map(|part| pick(project, part, now.parts(), among, criterion));
    each.collect()
}

/// The notes of the selection's clip that meet a criterion.
///
/// # Errors
///
/// When the clip is gone.
pub fn select(
    project: &Project,
    now: &NoteSelection,
    among: Among,
    criterion: &Criterion,
) -> Result<NoteSelection, EditError> {
    pick(project, now, std::slice::from_ref(now), among, criterion)
}

/// The notes of one clip; `all` are those that similar ones are like.
fn pick(
    project: &Project,
    now: &NoteSelection,
    all: &[NoteSelection],
    among: Among,
    criterion: &Criterion,
) -> Result<NoteSelection, EditError> {
    let clip = project.clip(now.clip).ok_or(EditError::NoSuchClip(now.clip))?;
    let meter = &project.conductor.meter;
    let pool: Vec<&Note> = match among {
        Among::Clip => clip.notes.iter().collect(),
        Among::Selected => now.notes.among(&clip.notes),
    };
    let chosen: NoteSet = match criterion {
        Criterion::Keys(range) => keep(pool, |note| range.contains(&note.key)),
        Criterion::PitchClass(class) => keep(pool, |note| PitchClass::of(note.key) == *class),
        Criterion::Velocity(range) => keep(pool, |note| range.contains(&note.velocity)),
        Criterion::Length(range) => keep(pool, |note| range.contains(&note.length)),
        Criterion::Place { place, within } => {
            let within = u64::from(*within);
            keep(pool, |note| is_at(meter, clip.start.after(note.start.0), *place, within))
        }
        Criterion::Similar(likeness) => {
            let models = all.iter().filter_map(|part| Some((part, project.clip(part.clip)?)));
            let models = models.flat_map(|(part, clip)| {
                part.notes.among(&clip.notes).into_iter().map(|note| (note, clip.start))
            });
            similar(pool, &models.collect::<Vec<_>>(), *likeness, clip, meter)
        }
        Criterion::InScale(scale) => keep(pool, |note| scale.contains(note.key)),
        Criterion::OutOfScale(scale) => keep(pool, |note| !scale.contains(note.key)),
        Criterion::EveryNth(nth) => {
            refs(pool.into_iter().step_by(usize::try_from(nth.get()).unwrap_or(usize::MAX)))
        }
        Criterion::Inverse if now.notes.is_all_of(&clip.notes) => NoteSet::default(),
        Criterion::Inverse => keep(pool, |note| !now.contains(note.reference())),
        Criterion::Channel(channel) => keep(pool, |note| note.channel == *channel),
    };
    let everything = chosen.len() == clip.notes.len();
    let notes = if everything { NoteSet::all(&clip.notes) } else { chosen };
    Ok(NoteSelection::of(now.clip, notes))
}

fn similar(
    pool: Vec<&Note>,
    models: &[(&Note, Tick)],
    likeness: Likeness,
    clip: &Clip,
    meter: &MeterMap,
) -> NoteSet {
    // Tables and sorted lists, so that a thousand models cost no more than one.
    match likeness {
        Likeness::Key => {
            let keys = table(models.iter().map(|(note, _)| (note.key, note.key)));
            keep(pool, |note| keys.get(usize::from(note.key)) == Some(&true))
        }
        Likeness::PitchClass => {
            let classes = table(models.iter().map(|(note, _)| (note.key % 12, note.key % 12)));
            keep(pool, |note| classes.get(usize::from(note.key % 12)) == Some(&true))
        }
        Likeness::Velocity(within) => {
            let near = |(note, _): &(&Note, Tick)| {
                (note.velocity.saturating_sub(within), note.velocity.saturating_add(within))
            };
            let velocities = table(models.iter().map(near));
            keep(pool, |note| velocities.get(usize::from(note.velocity)) == Some(&true))
        }
        Likeness::Length(percent) => {
            let lengths = sorted(models.iter().map(|(note, _)| u64::from(note.length)));
            keep(pool, |note| {
                let within = u64::from(note.length) * u64::from(percent) / 100;
                is_near(&lengths, u64::from(note.length), within)
            })
        }
        Likeness::Place(within) => {
            let into_bar = |note: &Note, start: Tick| {
                let tick = start.after(note.start.0);
                tick.since(meter.floor_to_bar(tick))
            };
            let places = sorted(models.iter().map(|(note, start)| into_bar(note, *start)));
            keep(pool, |note| is_near(&places, into_bar(note, clip.start), u64::from(within)))
        }
    }
}

fn is_at(meter: &MeterMap, tick: Tick, place: Place, within: u64) -> bool {
    let beat = meter.beat_ticks_at(tick);
    let position = meter.position(tick);
    let to_next = beat - position.tick.min(beat);
    let next_bar = || meter.bar_start(position.bar + 1).since(tick) <= within;
    match place {
        Place::OnBeat => position.tick <= within || to_next <= within || next_bar(),
        Place::OffBeat => position.tick.abs_diff(beat / 2) <= within,
        Place::Beat(0) => (position.beat == 0 && position.tick <= within) || next_bar(),
        Place::Beat(wanted) => {
            let wanted = u64::from(wanted);
            (position.beat == wanted && position.tick <= within)
                || (position.beat + 1 == wanted && to_next <= within && !next_bar())
        }
    }
}

fn keep(pool: Vec<&Note>, fits: impl Fn(&Note) -> bool) -> NoteSet {
    refs(pool.into_iter().filter(|note| fits(note)))
}

fn refs<'a>(notes: impl Iterator<Item = &'a Note>) -> NoteSet {
    notes.map(Note::reference).collect::<Vec<NoteRef>>().into_iter().collect()
}

/// Which numbers below 128 lie in one of the ranges.
fn table(ranges: impl Iterator<Item = (u8, u8)>) -> [bool; 128] {
    let mut table = [false; 128];
    for (low, high) in ranges {
        if let Some(range) = table.get_mut(usize::from(low)..=usize::from(high.min(127))) {
            range.fill(true);
        }
    }
    table
}

fn sorted(values: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut values: Vec<u64> = values.collect();
    values.sort_unstable();
    values.dedup();
    values
}

fn is_near(sorted: &[u64], value: u64, within: u64) -> bool {
    let from = sorted.partition_point(|&other| other < value.saturating_sub(within));
    sorted.get(from).is_some_and(|&other| other <= value.saturating_add(within))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::{Command, NewNote, apply};
    use crate::model::ClipRef;
    use crate::theory::ScaleKind;
    use crate::time::TickRange;

    /// A clip in 4/4 at 960 PPQ: keys with onset, length and velocity.
    const NOTES: [(u8, u64, u32, u8); 6] = [
        (60, 0, 480, 100),
        (61, 480, 240, 90),
        (64, 970, 480, 60),
        (72, 3830, 500, 100),
        (67, 3840, 100, 20),
        (66, 4320, 960, 127),
    ];

    fn project() -> (Project, ClipRef) {
        let project = Project::new("test");
        let project = apply(&project, &Command::AddTrack { name: "Piano".into() }).unwrap().project;
        let track = project.tracks[0].id;
        let range = TickRange::between(Tick(0), Tick(7680));
        let project = apply(&project, &Command::AddClip { track, range }).unwrap().project;
        let clip = ClipRef { track, clip: project.tracks[0].clips[0].id };
        let notes = NOTES.map(|(key, start, length, velocity)| {
            let channel = (key == 72).then(|| Channel::new(5));
            NewNote { start: Tick(start), length, key, velocity, channel }
        });
        let add = Command::AddNotes { clip, notes: notes.to_vec() };
        (apply(&project, &add).unwrap().project, clip)
    }

    /// The keys that a criterion selects when the first `selected` notes are.
    fn keys(selected: usize, among: Among, criterion: &Criterion) -> Vec<u8> {
        let (project, clip) = project();
        let notes = &project.clip(clip).unwrap().notes;
        let now = NoteSelection::new(clip, notes.iter().take(selected).map(Note::reference));
        let chosen = select(&project, &now, among, criterion).unwrap();
        chosen.notes.of(notes).iter().map(|note| note.key).collect()
    }

    fn all(criterion: &Criterion) -> Vec<u8> {
        keys(1, Among::Clip, criterion)
    }

    #[test]
    fn notes_are_chosen_by_what_they_are() {
        assert_eq!(all(&Criterion::Keys(61..=66)), [61, 64, 66]);
        assert_eq!(all(&Criterion::PitchClass(PitchClass::C)), [60, 72]);
        assert_eq!(all(&Criterion::Velocity(0..=60)), [64, 67]);
        assert_eq!(all(&Criterion::Length(481..=u32::MAX)), [72, 66]);
        assert_eq!(all(&Criterion::Channel(Channel::new(5))), [72]);
        let c = Scale::new(PitchClass::C, ScaleKind::Major);
        assert_eq!(all(&Criterion::OutOfScale(c)), [61, 66]);
        assert_eq!(all(&Criterion::InScale(c)), [60, 64, 72, 67]);
        assert_eq!(all(&Criterion::EveryNth(NonZeroU32::new(4).unwrap())), [60, 67]);
    }

    #[test]
    fn places_in_the_bar_have_a_tolerance() {
        let at = |place, within| all(&Criterion::Place { place, within });
        assert_eq!(at(Place::Beat(0), 0), [60, 67]);
        assert_eq!(at(Place::Beat(0), 10), [60, 72, 67]);
        assert_eq!(at(Place::Beat(1), 10), [64]);
        assert_eq!(at(Place::OnBeat, 10), [60, 64, 72, 67]);
        assert_eq!(at(Place::OffBeat, 0), [61, 66]);
        assert_eq!(at(Place::Beat(4), 10), [0u8; 0]);
    }

    #[test]
    fn similar_notes_are_like_one_of_the_selected() {
        let like = |likeness| all(&Criterion::Similar(likeness));
        assert_eq!(like(Likeness::Key), [60]);
        assert_eq!(like(Likeness::PitchClass), [60, 72]);
        assert_eq!(like(Likeness::Velocity(10)), [60, 61, 72]);
        assert_eq!(like(Likeness::Length(5)), [60, 64, 72]);
        assert_eq!(like(Likeness::Place(0)), [60, 67]);
    }

    #[test]
    fn notes_of_several_clips_are_like_one_selected_in_any_of_them() {
        let (project, clip) = project();
        let add = Command::AddClip {
            track: clip.track,
            range: TickRange::between(Tick(7680), Tick(15_360)),
        };
        let project = apply(&project, &add).unwrap().project;
        let other = ClipRef { clip: project.tracks[0].clips[1].id, ..clip };
        let note = |key| NewNote { start: Tick(960), length: 1, key, velocity: 1, channel: None };
        let add = Command::AddNotes { clip: other, notes: vec![note(72), note(71)] };
        let project = apply(&project, &add).unwrap().project;
        let notes = &project.clip(clip).unwrap().notes;
        let first = NoteSelection::new(clip, notes.iter().take(1).map(Note::reference));
        let now = [first, NoteSelection::new(other, [])].into_iter().collect();
        let like = Criterion::Similar(Likeness::PitchClass);
        let chosen = select_in_each(&project, &now, Among::Clip, &like).unwrap();
        let keys = |at| -> Vec<u8> {
            let notes = &project.clip(at).unwrap().notes;
            chosen.of(at).unwrap().of(notes).iter().map(|note| note.key).collect()
        };
        assert_eq!((keys(clip), keys(other)), (vec![60, 72], vec![72]));
    }

    #[test]
    fn the_search_may_stay_within_the_selection_or_turn_it_round() {
        assert_eq!(keys(3, Among::Selected, &Criterion::Keys(61..=127)), [61, 64]);
        assert_eq!(keys(3, Among::Clip, &Criterion::Inverse), [72, 67, 66]);
        assert_eq!(keys(0, Among::Clip, &Criterion::Inverse).len(), 6);
    }
}
