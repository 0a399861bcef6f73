use super::*;
use crate::edit::ops::{Invert, Period, Ratio, Repeat, Stretch, StretchAnchor, Transpose};
use crate::edit::{NewNote, NoteSet, VelocityChange, apply};
use crate::model::{ClipRef, TrackId};
use crate::time::TickRange;
use std::num::NonZeroU16;

/// A track for each part, with a clip from its tick on that holds notes at "key@tick".
fn song(parts: &[(u64, &str)]) -> (Project, Vec<ClipRef>) {
    let mut project = Project::new("test");
    let mut clips = Vec::new();
    for (start, notes) in parts {
        let add = Command::AddTrack { name: "Track".into() };
        project = apply(&project, &add).unwrap().project;
        let track = project.tracks.last().unwrap().id;
        let range = TickRange::between(Tick(*start), Tick(start + 3840));
        project = apply(&project, &Command::AddClip { track, range }).unwrap().project;
        let clip = ClipRef { track, clip: project.tracks.last().unwrap().clips[0].id };
        let note = |word: &str| {
            let (key, start) = word.split_once('@').unwrap();
            let (key, start) = (key.parse().unwrap(), Tick(start.parse().unwrap()));
            NewNote { start, length: 480, key, velocity: 100, channel: None }
        };
        let notes = notes.split(' ').map(note).collect();
        project = apply(&project, &Command::AddNotes { clip, notes }).unwrap().project;
        clips.push(clip);
    }
    (project, clips)
}

fn all(project: &Project, clip: ClipRef) -> NoteSelection {
    NoteSelection::of(clip, NoteSet::all(&project.clip(clip).unwrap().notes))
}

fn written(project: &Project, clips: &[ClipRef]) -> Vec<String> {
    let one = |note: &Note| format!("{}@{}", note.key, note.start.0);
    let notes = |clip: &ClipRef| {
        let notes = &project.clip(*clip).unwrap().notes;
        notes.iter().map(one).collect::<Vec<_>>().join(" ")
    };
    clips.iter().map(notes).collect()
}

/// Does the same to all notes of all clips at once.
fn check(parts: &[(u64, &str)], command: impl Fn(NoteSelection) -> Command, after: &[&str]) {
    let (project, clips) = song(parts);
    let commands = clips.iter().map(|clip| command(all(&project, *clip)));
    let command = Command::several(commands).unwrap();
    let edited = apply(&project, &command).unwrap();
    assert_eq!(written(&edited.project, &clips), after);
    assert_eq!(edited.selection.unwrap().parts().len(), clips.len());
}

fn transform(op: NoteOp) -> impl Fn(NoteSelection) -> Command {
    move |notes| Command::Transform { notes, op: op.clone() }
}

#[test]
fn notes_of_several_clips_move_as_one_group_and_stop_together() {
    let by = |ticks, keys| move |notes| Command::MoveNotes { notes, ticks, keys };
    let parts = [(0, "60@960"), (3840, "64@240 70@480")];
    check(&parts, by(480, 2), &["62@1440", "66@720 72@960"]);
    check(&parts, by(-960, 0), &["60@720", "64@0 70@240"]);
    check(&parts, by(0, 120), &["117@960", "121@240 127@480"]);
    let copy = |notes| Command::CopyNotes { notes, ticks: -960, keys: 0 };
    check(&parts, copy, &["60@720 60@960", "64@0 64@240 70@240 70@480"]);
}

#[test]
fn operations_go_by_the_span_of_everything_selected() {
    let parts = [(0, "60@0"), (0, "72@960")];
    let half = Stretch { anchor: StretchAnchor::Start, factor: Ratio::HALF };
    check(&parts, transform(NoteOp::Stretch(half)), &["60@0", "72@480"]);
    check(&parts, transform(NoteOp::Reverse), &["60@960", "72@0"]);
    let invert = Invert { axis: Axis::Middle, scale: None };
    check(&parts, transform(NoteOp::Invert(invert)), &["72@0", "60@960"]);
    let up = NoteOp::Transpose(Transpose::Octaves(9));
    check(&parts, transform(up), &["108@0", "120@960"]);
    let repeat = Repeat { times: NonZeroU16::MIN, period: Period::Span };
    check(&parts, transform(NoteOp::Repeat(repeat)), &["60@0 60@1440", "72@960 72@2400"]);
}

#[test]
fn a_ramp_rises_from_the_first_clip_to_the_last() {
    let (project, clips) = song(&[(0, "60@0 60@480"), (3840, "72@0")]);
    let op = NoteOp::Velocity(VelocityOp::Ramp { from: 10, to: 90 });
    let ramp = |clip: &ClipRef| transform(op.clone())(all(&project, *clip));
    let command = Command::several(clips.iter().map(ramp)).unwrap();
    let project = apply(&project, &command).unwrap().project;
    let velocities = |clip: ClipRef| -> Vec<u8> {
        project.clip(clip).unwrap().notes.iter().map(|note| note.velocity).collect()
    };
    assert_eq!((velocities(clips[0]), velocities(clips[1])), (vec![10, 20], vec![90]));
}

#[test]
fn a_stretch_keeps_its_proportions_over_clips_that_begin_elsewhere() {
    let parts = [(0, "60@0 60@1920"), (1920, "72@1920")];
    let to = |tick, factor| {
        transform(NoteOp::Stretch(Stretch { anchor: StretchAnchor::OnSong(Tick(tick)), factor }))
    };
    check(&parts, to(0, Ratio::DOUBLE), &["60@0 60@3840", "72@5760"]);
    // The later clip would lose its note over its start: everything is pushed right.
    check(&parts, to(0, Ratio::new(1, 4).unwrap()), &["60@960 60@1440", "72@0"]);
}

#[test]
fn what_would_leave_its_clip_is_mirrored_in_its_own() {
    let parts = [(0, "60@0 61@960"), (3840, "72@0 73@480")];
    check(&parts, transform(NoteOp::Reverse), &["61@0 60@960", "73@0 72@480"]);
}

#[test]
fn all_is_done_or_nothing() {
    let (project, clips) = song(&[(0, "60@0"), (0, "62@0")]);
    let gone = ClipRef { track: TrackId(999), ..clips[0] };
    let change = |clip| Command::ChangeVelocity {
        notes: NoteSelection::of(clip, all(&project, clips[0]).notes),
        change: VelocityChange::To(3),
    };
    let several = Command::several([change(clips[0]), change(gone)]).unwrap();
    assert_eq!(apply(&project, &several), Err(EditError::NoSuchClip(gone)));
}

#[test]
fn several_are_flat_and_called_by_what_they_do() {
    let add = |name: &str| Command::AddTrack { name: name.into() };
    assert_eq!(Command::several([]), None);
    assert_eq!(Command::several([add("A")]), Some(add("A")));
    let two = Command::several([add("A"), add("B")]).unwrap();
    let Some(Command::Several(four)) = Command::several([two.clone(), two]) else {
        panic!("not several");
    };
    assert_eq!((four.commands().len(), four.name()), (4, "Add track"));
    let mixed = Command::several([add("A"), Command::SoloOnly { track: TrackId(1) }]).unwrap();
    assert_eq!(
        (mixed.name(), mixed.changes_file(), mixed.clips()),
        ("Several changes", true, None)
    );
}

#[test]
fn progress_runs_once_through_all_of_them() {
    let watch = Watch::default();
    let mut seen = Vec::new();
    for part in 0..4 {
        watch.part(part, 4);
        for share in [0.0, 0.5, 1.0] {
            watch.reached(share).unwrap();
            seen.push(watch.progress());
        }
    }
    assert!(seen.is_sorted() && seen[1] == 0.125 && seen.last() == Some(&1.0), "{seen:?}");
    watch.part(0, 1);
    watch.reached(0.5).unwrap();
    assert_eq!(watch.progress(), 0.5);
}
