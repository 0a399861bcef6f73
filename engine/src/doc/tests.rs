use super::*;
use crate::edit::{Edge, NewNote, NoteSelection, TrackChange, VelocityChange};
use crate::model::{ClipRef, Gain, Note, TrackId};
use crate::time::{Tick, TickRange};
use proptest::prelude::*;

/// A document with one track and one clip of a bar, holding a note per key given, a beat apart.
fn document(keys: &[u8]) -> (Document, ClipRef) {
    let project = Project::new("test");
    let project = apply(&project, &Command::AddTrack { name: "Piano".into() }).unwrap().project;
    let track = project.tracks[0].id;
    let range = TickRange::between(Tick(0), Tick(3840));
    let project = apply(&project, &Command::AddClip { track, range }).unwrap().project;
    let clip = ClipRef { track, clip: project.tracks[0].clips[0].id };
    let notes = keys.iter().enumerate().map(|(i, &key)| NewNote {
        start: Tick(i as u64 * 960),
        length: 480,
        key,
        velocity: 100,
        channel: None,
    });
    let add = Command::AddNotes { clip, notes: notes.collect() };
    let project = apply(&project, &add).unwrap().project;
    (Document::new(Arc::new(project)), clip)
}

fn all(document: &Document, clip: ClipRef) -> NoteSelection {
    let notes = &document.current().clip(clip).unwrap().notes;
    NoteSelection::new(clip, notes.iter().map(Note::reference))
}

/// Notes as "key@start+length~velocity", which the tests compare.
fn written(document: &Document, clip: ClipRef) -> String {
    let one = |n: &Note| format!("{}@{}+{}~{}", n.key, n.start.0, n.length, n.velocity);
    let notes = &document.current().clip(clip).unwrap().notes;
    notes.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// Applies a command to all notes and checks what it gives, and that undo and redo agree.
fn check(keys: &[u8], command: impl Fn(NoteSelection) -> Command, expect: &str) {
    let (mut document, clip) = document(keys);
    let before = Arc::clone(document.current());
    let command = command(all(&document, clip));
    document.apply(&command).unwrap();
    assert_eq!(written(&document, clip), expect);
    let after = Arc::clone(document.current());
    assert_eq!(document.undo(), command.selection());
    assert_eq!(document.current(), &before);
    document.redo();
    assert_eq!(document.current(), &after);
}

#[test]
fn notes_move_as_a_group_and_stop_at_the_edges() {
    let by = |ticks, keys| move |notes| Command::MoveNotes { notes, ticks, keys };
    check(&[60, 64], by(240, 12), "72@240+480~100 76@1200+480~100");
    check(&[60, 64], by(-999, 0), "60@0+480~100 64@960+480~100");
    check(&[60, 120], by(0, 12), "67@0+480~100 127@960+480~100");
    check(&[3, 64], by(0, -12), "0@0+480~100 61@960+480~100");
}

#[test]
fn copies_leave_the_originals() {
    let copy = |notes| Command::CopyNotes { notes, ticks: 480, keys: 0 };
    check(&[60], copy, "60@0+480~100 60@480+480~100");
}

#[test]
fn edges_stop_one_tick_before_the_other_edge() {
    let by = |edge, ticks| move |notes| Command::ResizeNotes { notes, edge, ticks };
    check(&[60], by(Edge::End, 480), "60@0+960~100");
    check(&[60], by(Edge::End, -9999), "60@0+1~100");
    check(&[60], by(Edge::Start, 9999), "60@479+1~100");
    check(&[60, 62], by(Edge::Start, 100), "60@100+380~100 62@1060+380~100");
}

#[test]
fn velocities_stay_within_1_to_127() {
    let change = |change: VelocityChange| {
        move |notes| Command::ChangeVelocity { notes, change: change.clone() }
    };
    check(&[60], change(VelocityChange::By(50)), "60@0+480~127");
    check(&[60], change(VelocityChange::By(-200)), "60@0+480~1");
    check(&[60], change(VelocityChange::To(64)), "60@0+480~64");
}

#[test]
fn deleting_leaves_nothing_selected() {
    check(&[60, 62], |notes| Command::DeleteNotes { notes }, "");
}

#[test]
fn a_clip_grows_to_the_bar_its_notes_reach() {
    let (mut document, clip) = document(&[60]);
    let command = Command::MoveNotes { notes: all(&document, clip), ticks: 5000, keys: 0 };
    document.apply(&command).unwrap();
    assert_eq!(document.current().clip(clip).unwrap().length, 7680);
}

#[test]
fn dragging_a_note_is_one_undo_step() {
    let (mut document, clip) = document(&[60]);
    let notes = all(&document, clip);
    for ticks in [100, 200, 480] {
        document.preview(&Command::MoveNotes { notes: notes.clone(), ticks, keys: 0 }).unwrap();
    }
    document.commit();
    assert_eq!(written(&document, clip), "60@480+480~100");
    document.undo();
    assert_eq!(written(&document, clip), "60@0+480~100");
    assert_eq!(document.undo_name(), None);
}

#[test]
fn several_commands_are_one_step_or_none() {
    let (mut document, clip) = document(&[60, 62]);
    let before = Arc::clone(document.current());
    let notes = all(&document, clip);
    let up = |notes| Command::MoveNotes { notes, ticks: 0, keys: 1 };
    let add = Command::AddTrack { name: "Bass".into() };
    let both = Command::several([add.clone(), up(notes.clone())]).unwrap();
    document.apply(&both).unwrap();
    assert_eq!(written(&document, clip), "61@0+480~100 63@960+480~100");
    assert_eq!((document.history().len(), document.undo_name()), (1, Some("Several changes")));
    assert_eq!(document.undo(), Some(notes.into()));
    assert_eq!(document.current(), &before);
    let gone = NoteSelection::new(ClipRef { track: TrackId(999), ..clip }, []);
    let fails = Command::several([add, up(gone)]).unwrap();
    document.apply(&fails).unwrap_err();
    assert!(Arc::ptr_eq(document.current(), &before) && document.undo_name().is_none());
}

#[test]
fn a_cancelled_drag_leaves_no_trace() {
    let (mut document, clip) = document(&[60]);
    let before = Arc::clone(document.current());
    let notes = all(&document, clip);
    document.preview(&Command::MoveNotes { notes, ticks: 100, keys: 3 }).unwrap();
    document.cancel();
    assert!(Arc::ptr_eq(document.current(), &before));
    assert!(!document.is_edited());
}

#[test]
fn a_drag_that_ends_where_it_began_is_no_step() {
    let (mut document, clip) = document(&[60]);
    let notes = all(&document, clip);
    document.preview(&Command::MoveNotes { notes: notes.clone(), ticks: 9, keys: 0 }).unwrap();
    document.preview(&Command::MoveNotes { notes, ticks: 0, keys: 0 }).unwrap();
    document.commit();
    assert_eq!((document.undo_name(), document.is_edited()), (None, false));
}

#[test]
fn muting_is_undone_but_does_not_ask_to_be_saved() {
    let (mut document, clip) = document(&[60]);
    let mute =
        |on| Command::ChangeTracks { tracks: [clip.track].into(), change: TrackChange::Mute(on) };
    document.apply(&mute(true)).unwrap();
    assert!(document.current().tracks[0].mix.muted);
    assert!(!document.is_edited());
    document.undo();
    assert!(!document.current().tracks[0].mix.muted);
}

#[test]
fn undoing_back_to_what_is_on_disk_needs_no_saving() {
    let (mut document, clip) = document(&[60]);
    let delete = Command::DeleteNotes { notes: all(&document, clip) };
    document.apply(&delete).unwrap();
    assert!(document.is_edited());
    document.undo();
    assert!(!document.is_edited());
    document.redo();
    document.mark_saved(document.content());
    assert!(!document.is_edited());
    document.undo();
    assert!(document.is_edited());
}

#[test]
fn an_edit_of_the_music_drops_the_source_and_undo_brings_it_back() {
    let (document, clip) = document(&[60]);
    let mut project = Project::clone(document.current());
    project.source = Some(Arc::from(*b"bytes"));
    let mut document = Document::new(Arc::new(project));
    let solo = Command::SoloOnly { track: clip.track };
    document.apply(&solo).unwrap();
    assert!(document.current().source.is_some());
    document.apply(&Command::DeleteNotes { notes: all(&document, clip) }).unwrap();
    assert!(document.current().source.is_none());
    document.undo();
    assert!(document.current().source.is_some());
}

#[test]
fn another_project_is_a_new_revision_without_a_history() {
    let (mut document, clip) = document(&[60]);
    document.apply(&Command::DeleteNotes { notes: all(&document, clip) }).unwrap();
    let revision = document.revision();
    document.replace(Arc::new(Project::new("other")));
    assert!(document.revision() > revision);
    assert_eq!((document.undo_name(), document.is_edited()), (None, false));
}

#[test]
fn a_command_about_what_is_gone_says_so_and_changes_nothing() {
    let (mut document, clip) = document(&[60]);
    let revision = document.revision();
    let gone = Command::SoloOnly { track: TrackId(999) };
    assert_eq!(document.apply(&gone), Err(EditError::NoSuchTrack(TrackId(999))));
    let none = Command::DeleteNotes { notes: NoteSelection::new(clip, []) };
    assert_eq!(document.apply(&none), Err(EditError::NoSuchNotes));
    assert_eq!((document.revision(), document.undo_name()), (revision, None));
}

#[test]
fn the_history_keeps_within_its_bytes_but_never_loses_the_newest_step() {
    let (document, clip) = document(&[60; 2000]);
    let mut document = Document::with_history(Arc::clone(document.current()), 100_000);
    for _ in 0..20 {
        let notes = all(&document, clip);
        document.apply(&Command::MoveNotes { notes, ticks: 10, keys: 0 }).unwrap();
    }
    assert!(document.history_bytes() <= 100_000, "{}", document.history_bytes());
    let steps = std::iter::from_fn(|| document.undo()).count();
    assert!((1..5).contains(&steps), "{steps}");
}

#[test]
fn the_history_lists_every_step_and_any_of_them_can_be_gone_to() {
    let (mut document, clip) = document(&[60]);
    let notes = all(&document, clip);
    let versions: Vec<Arc<Project>> = std::iter::once(Arc::clone(document.current()))
        .chain([12, 24, 36].map(|keys| {
            let notes = all(&document, clip);
            document.apply(&Command::MoveNotes { notes, ticks: 0, keys: 12 }).unwrap();
            assert_eq!(u32::try_from(keys).unwrap() % 12, 0);
            Arc::clone(document.current())
        }))
        .collect();
    document.apply(&Command::DeleteNotes { notes }).unwrap();
    let steps = |document: &Document| {
        let mark = |step: HistoryStep| if step.done { step.name } else { "-" };
        document.history().map(mark).collect::<Vec<_>>()
    };
    assert_eq!(steps(&document), ["Move notes", "Move notes", "Move notes", "Delete notes"]);
    for to in [1, 3, 0, 2] {
        let selected = document.jump(to).unwrap();
        assert_eq!(document.current(), &versions[to]);
        assert_eq!(selected.parts()[0].notes.of(&versions[to].clip(clip).unwrap().notes).len(), 1);
    }
    assert_eq!(steps(&document), ["Move notes", "Move notes", "-", "-"]);
    assert_eq!(document.jump(2), None);
    document.jump(99);
    assert_eq!(document.redo_name(), None);
    let names: Vec<&str> = document.history().map(|step| step.name).collect();
    assert_eq!(names, ["Move notes", "Move notes", "Move notes", "Delete notes"]);
}

#[test]
fn undone_steps_are_listed_in_the_order_in_which_they_come_back() {
    let (mut document, clip) = document(&[60]);
    document.apply(&Command::AddTrack { name: "A".into() }).unwrap();
    document.apply(&Command::SoloOnly { track: clip.track }).unwrap();
    document.jump(0);
    let names: Vec<&str> = document.history().map(|step| step.name).collect();
    assert_eq!(names, ["Add track", "Solo this track alone"]);
    document.redo();
    assert_eq!(document.undo_name(), Some("Add track"));
}

#[test]
fn a_slow_edit_lands_as_one_step() {
    let (mut document, clip) = document(&[60, 62]);
    let base = document.base();
    let command = Command::MoveNotes { notes: all(&document, clip), ticks: 240, keys: 0 };
    let edited = apply(&base.project, &command).unwrap();
    let selected = document.land(&base, &command, edited).unwrap();
    assert_eq!(selected, Some(all(&document, clip).into()));
    assert_eq!(written(&document, clip), "60@240+480~100 62@1200+480~100");
    assert_eq!(document.undo(), command.selection());
    assert!(Arc::ptr_eq(document.current(), &base.project));
}

#[test]
fn a_slow_edit_lands_beside_what_was_changed_elsewhere_meanwhile() {
    let (mut document, clip) = document(&[60]);
    let base = document.base();
    let command = Command::MoveNotes { notes: all(&document, clip), ticks: 240, keys: 0 };
    let edited = apply(&base.project, &command).unwrap();
    let mute = TrackChange::Mute(true);
    document.apply(&Command::ChangeTracks { tracks: [clip.track].into(), change: mute }).unwrap();
    document.apply(&Command::AddTrack { name: "New".into() }).unwrap();
    document.land(&base, &command, edited).unwrap();
    assert_eq!(written(&document, clip), "60@240+480~100");
    assert!(document.current().tracks[0].mix.muted && document.current().tracks.len() == 2);
    assert_eq!(document.undo_name(), Some("Move notes"));
}

#[test]
fn a_slow_edit_of_a_clip_that_was_changed_meanwhile_is_stale() {
    let (mut document, clip) = document(&[60]);
    let base = document.base();
    let command = Command::MoveNotes { notes: all(&document, clip), ticks: 240, keys: 0 };
    let edited = || apply(&base.project, &command).unwrap();
    let up = Command::MoveNotes { notes: all(&document, clip), ticks: 0, keys: 1 };
    document.apply(&up).unwrap();
    let before = Arc::clone(document.current());
    assert_eq!(document.land(&base, &command, edited()), Err(Stale));
    assert!(Arc::ptr_eq(document.current(), &before));
    document.undo();
    // The clip is what it was: the edit fits again.
    assert!(document.land(&base, &command, edited()).is_ok());
}

#[test]
fn nothing_lands_in_the_middle_of_a_drag() {
    let (mut document, clip) = document(&[60]);
    let base = document.base();
    let command = Command::DeleteNotes { notes: all(&document, clip) };
    let edited = apply(&base.project, &command).unwrap();
    let drag = Command::MoveNotes { notes: all(&document, clip), ticks: 9, keys: 0 };
    document.preview(&drag).unwrap();
    assert_eq!(document.land(&base, &command, edited), Err(Stale));
}

#[test]
fn previews_worked_out_elsewhere_make_one_step() {
    let (mut document, clip) = document(&[60]);
    let notes = all(&document, clip);
    document.begin();
    let base = document.base();
    for ticks in [100, 200, 480] {
        let command = Command::MoveNotes { notes: notes.clone(), ticks, keys: 0 };
        let edited = apply(&base.project, &command).unwrap();
        document.land_preview(&base, &command, edited).unwrap();
    }
    document.commit();
    assert_eq!(written(&document, clip), "60@480+480~100");
    assert_eq!(document.undo(), Some(notes.clone().into()));
    assert_eq!(document.undo_name(), None);
    let late = Command::MoveNotes { notes, ticks: 1, keys: 0 };
    let edited = apply(&base.project, &late).unwrap();
    assert_eq!(document.land_preview(&base, &late, edited), Err(Stale));
}

/// One of the commands, from numbers that proptest can shrink.
fn command_of(
    document: &Document,
    clip: ClipRef,
    (kind, every, ticks, keys): (u8, usize, i64, i16),
) -> Command {
    let notes = &document.current().clip(clip).unwrap().notes;
    let notes = NoteSelection::new(clip, notes.iter().step_by(every).map(Note::reference));
    match kind {
        0 => Command::MoveNotes { notes, ticks, keys },
        1 => Command::CopyNotes { notes, ticks, keys },
        2 => Command::DeleteNotes { notes },
        3 => Command::ResizeNotes { notes, edge: Edge::Start, ticks },
        4 => Command::ResizeNotes { notes, edge: Edge::End, ticks },
        5 => Command::ChangeVelocity { notes, change: VelocityChange::By(keys) },
        6 => {
            let start = Tick(ticks.unsigned_abs());
            let key = keys.unsigned_abs() as u8;
            let note = NewNote { start, length: 99, key, velocity: 1, channel: None };
            Command::AddNotes { clip, notes: vec![note] }
        }
        7 => Command::ChangeTracks {
            tracks: [clip.track].into(),
            change: TrackChange::Gain(Gain::from_db(f32::from(keys))),
        },
        _ => Command::AddTrack { name: "New".into() },
    }
}

proptest! {
    #[test]
    fn undoing_everything_gives_back_every_version_and_redoing_too(
        commands in proptest::collection::vec((0u8..9, 1usize..4, -2000i64..2000, -20i16..20), 1..60),
    ) {
        let (mut document, clip) = document(&[60, 62, 64, 65, 67]);
        let mut versions = vec![Arc::clone(document.current())];
        for numbers in commands {
            let command = command_of(&document, clip, numbers);
            if document.apply(&command).is_ok() {
                versions.push(Arc::clone(document.current()));
            }
        }
        for version in versions.iter().rev().skip(1) {
            document.undo();
            prop_assert_eq!(document.current(), version);
        }
        prop_assert!(!document.is_edited());
        for version in versions.iter().skip(1) {
            document.redo();
            prop_assert_eq!(document.current(), version);
        }
    }
}
