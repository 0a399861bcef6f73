//! The façade as the application uses it: files in, edits, sound, files out.
#![expect(clippy::panic, reason = "a test may stop at the first surprise")]

use engine::edit::ops::{Crop, NoteOp, Transpose};
use engine::edit::{
    Command, EditError, Lane, LaneEdit, LaneKind, LanePoint, NoteSelection, NoteSet, TrackChange,
};
use engine::model::{ClipRef, Event, EventKind, Note, Project};
use engine::smf::ExportOptions;
use engine::studio::{AudioMode, Studio, StudioEvent, StudioOptions};
use engine::time::{Tick, TickRange};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Format 1, 96 PPQ, one track: program 0, then C4 for a quarter.
const SONG: &[u8] = b"MThd\0\0\0\x06\0\x01\0\x01\0\x60MTrk\0\0\0\x0F\
    \0\xC0\0\0\x90\x3C\x64\x60\x80\x3C\x40\0\xFF\x2F\0";

fn studio() -> Studio {
    Studio::new(StudioOptions {
        audio: AudioMode::Offline,
        soundfont: None,
        midi: false,
        wake: Arc::new(|| {}),
    })
}

fn wait(studio: &mut Studio) -> StudioEvent {
    let until = Instant::now() + Duration::from_secs(20);
    while Instant::now() < until {
        if let Some(event) = studio.poll().into_iter().next() {
            return event;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    panic!("nothing happened");
}

fn first_clip(studio: &Studio) -> (ClipRef, NoteSelection) {
    let track = &studio.snapshot().tracks[0];
    let clip = ClipRef { track: track.id, clip: track.clips[0].id };
    (clip, NoteSelection::new(clip, track.clips[0].notes.iter().map(Note::reference)))
}

#[test]
fn an_untouched_file_goes_back_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("in.mid"), folder.path().join("out.mid"));
    std::fs::write(&from, SONG).unwrap();
    let mut studio = studio();
    studio.open(from).unwrap();
    let StudioEvent::Opened(opened) = wait(&mut studio) else { panic!("not opened") };
    assert_eq!((opened.name.as_str(), opened.salvaged), ("in", false));
    studio.export(to.clone(), ExportOptions::default()).unwrap();
    assert_eq!(wait(&mut studio), StudioEvent::Exported { path: to.clone() });
    assert_eq!(std::fs::read(to).unwrap(), SONG);
}

#[test]
fn a_file_that_fails_leaves_the_song_as_it_was_and_is_named_last() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("noise.mid");
    std::fs::write(&path, b"nothing of the kind").unwrap();
    let mut studio = studio();
    studio.open_bytes("song", SONG.into()).unwrap();
    let before = Arc::clone(studio.snapshot());
    studio.open(path.clone()).unwrap();
    let StudioEvent::OpenFailed { message, .. } = wait(&mut studio) else { panic!("opened") };
    let file = path.display().to_string();
    assert!(message.ends_with(&file), "{message}");
    assert_eq!(message.matches(&file).count(), 1, "{message}");
    assert!(Arc::ptr_eq(studio.snapshot(), &before));
}

#[test]
fn a_written_file_needs_no_saving_until_the_next_edit() {
    let folder = tempfile::tempdir().unwrap();
    let mut studio = studio();
    studio.open_bytes("song", SONG.into()).unwrap();
    let (_, notes) = first_clip(&studio);
    studio.apply(&Command::MoveNotes { notes, ticks: 96, keys: 2 }).unwrap();
    assert!(studio.is_edited());
    let path = folder.path().join("edited.mid");
    studio.export(path.clone(), ExportOptions::default()).unwrap();
    wait(&mut studio);
    assert!(!studio.is_edited());
    studio.undo();
    assert!(studio.is_edited());
    studio.open(path).unwrap();
    wait(&mut studio);
    let notes: Vec<_> = studio.snapshot().tracks[0].clips[0].notes.iter().copied().collect();
    assert_eq!((notes.len(), notes[0].key, notes[0].length), (1, 62, 96));
}

#[test]
fn a_cancelled_job_brings_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("in.mid");
    std::fs::write(&path, SONG).unwrap();
    let mut studio = studio();
    let job = studio.open(path).unwrap();
    studio.cancel_job(job);
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(studio.poll(), []);
    assert!(studio.snapshot().tracks.is_empty() && studio.jobs().is_empty());
}

#[test]
fn an_edit_is_heard_and_a_muted_track_is_not() {
    let mut studio = studio();
    studio.open_bytes("song", SONG.into()).unwrap();
    let loudest = |studio: &mut Studio| {
        studio.seek(engine::time::Tick::ZERO);
        studio.play();
        let mut peak = 0.0_f32;
        for _ in 0..40 {
            studio.advance(800);
            studio.poll();
            peak = peak.max(studio.meters().master.peak());
        }
        studio.stop();
        for _ in 0..600 {
            studio.advance(800);
            studio.poll();
        }
        peak
    };
    assert!(loudest(&mut studio) > 0.001);
    let (clip, _) = first_clip(&studio);
    let mute = TrackChange::Mute(true);
    studio.apply(&Command::ChangeTracks { tracks: [clip.track].into(), change: mute }).unwrap();
    let peak = loudest(&mut studio);
    assert!(peak < 1e-4, "{peak}");
}

#[test]
fn another_file_is_added_as_one_undo_step() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("more.mid");
    std::fs::write(&path, SONG).unwrap();
    let mut studio = studio();
    studio.open_bytes("song", SONG.into()).unwrap();
    studio.add(path, engine::time::Tick::ZERO).unwrap();
    assert!(matches!(wait(&mut studio), StudioEvent::Added(_)));
    assert_eq!(studio.snapshot().tracks.len(), 2);
    studio.undo();
    assert_eq!(studio.snapshot().tracks.len(), 1);
}

#[test]
fn several_files_open_as_one_song_and_the_bad_ones_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("one.mid"), SONG).unwrap();
    std::fs::write(path("two.mid"), b"no music").unwrap();
    std::fs::write(path("three.mid"), SONG).unwrap();
    let mut studio = studio();
    studio.open_with(path("one.mid"), vec![path("two.mid"), path("three.mid")]).unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    let mut events = Vec::new();
    while events.is_empty() && Instant::now() < until {
        events = studio.poll();
    }
    let [StudioEvent::Opened(_), StudioEvent::OpenFailed { path: bad, .. }, StudioEvent::Added(_)] =
        &events[..]
    else {
        panic!("{events:?}");
    };
    assert_eq!((bad, studio.snapshot().tracks.len()), (&path("two.mid"), 2));
}

#[test]
fn playback_stops_when_the_song_has_rung_out() {
    let mut studio = studio();
    studio.open_bytes("song", SONG.into()).unwrap();
    studio.play();
    for _ in 0..2_000 {
        studio.advance(800);
        studio.poll();
    }
    let transport = studio.transport();
    assert_eq!((transport.playing, transport.position), (false, 0.0));
}

/// A studio with one clip of so many notes, and all of them selected.
fn large(notes: usize) -> (Studio, NoteSelection) {
    let mut studio = studio();
    studio.open_project(engine::testkit::one_clip(1, notes));
    let at = first_clip(&studio).0;
    let all = NoteSet::all(&studio.snapshot().tracks[0].clips[0].notes);
    (studio, NoteSelection::of(at, all))
}

fn up(notes: &NoteSelection) -> Command {
    Command::Transform { notes: notes.clone(), op: NoteOp::Transpose(Transpose::Keys(1)) }
}

fn keys(project: &Project) -> u64 {
    project.tracks[0].clips[0].notes.iter().map(|note| u64::from(note.key)).sum()
}

#[test]
fn a_slow_edit_comes_back_from_its_worker_as_one_step() {
    let (mut studio, notes) = large(60_000);
    let before = keys(studio.snapshot());
    assert!(studio.is_slow(&up(&notes)));
    studio.apply_in_background(up(&notes)).unwrap();
    assert_eq!(studio.jobs().len(), 1);
    assert_eq!(keys(studio.snapshot()), before);
    let StudioEvent::Edited { name, selection } = wait(&mut studio) else { panic!("not edited") };
    assert_eq!((name, selection.unwrap().len()), ("Transpose", 60_000));
    assert_eq!(keys(studio.snapshot()), before + 60_000);
    assert_eq!((studio.jobs(), studio.undo_name()), (vec![], Some("Transpose")));
    studio.undo();
    assert_eq!((keys(studio.snapshot()), studio.undo_name()), (before, None));
}

/// A lane's points, one a tick.
fn points(count: u64) -> Arc<[LanePoint]> {
    (0..count).map(|tick| LanePoint::new(Tick(tick), (tick % 100) as f64)).collect()
}

#[test]
fn a_stroke_over_very_many_points_is_shown_by_a_worker_and_is_one_step() {
    let (mut studio, notes) = large(60_000);
    let channel = studio.snapshot().tracks[0].channel;
    let lane = Lane { kind: LaneKind::Controller(1), channel };
    let command = |edit| Command::Lane { clip: notes.clip, lane, edit };
    let range = TickRange::between(Tick(0), Tick(40_000));
    let draw = command(LaneEdit::Draw { range, points: points(20_000) });
    assert!(!studio.is_slow(&draw));
    studio.apply(&draw).unwrap();
    let more =
        command(LaneEdit::Paste { at: Tick(20_000), length: 30_000, points: points(30_000) });
    studio.apply(&more).unwrap();
    let events = |studio: &Studio| Arc::clone(&studio.snapshot().clip(notes.clip).unwrap().events);
    let before = events(&studio);

    let range = TickRange::between(Tick(0), Tick(60_000));
    let raise = |by| command(LaneEdit::Move { range, ticks: 0, by });
    assert!(studio.is_slow(&raise(1.0)));
    studio.preview(&raise(1.0)).unwrap();
    assert_eq!(studio.jobs().len(), 1);
    assert!(events(&studio) == before, "not on this thread");
    studio.preview(&raise(2.0)).unwrap();
    studio.commit();
    while !studio.jobs().is_empty() {
        let StudioEvent::Edited { name, .. } = wait(&mut studio) else { panic!("not edited") };
        assert_eq!(name, "Move points");
    }
    let after = events(&studio);
    let value = |events: &[Event], index: usize| match events[index].kind {
        EventKind::Control { value, .. } => value,
        _ => unreachable!("controllers alone"),
    };
    assert_eq!(value(&after, 7), value(&before, 7) + 2);
    studio.undo();
    assert!(events(&studio) == before, "one step");
}

#[test]
fn a_command_that_fails_in_the_middle_of_a_drag_leaves_what_is_heard_as_what_is_seen() {
    let (mut studio, notes) = large(20);
    studio.preview(&up(&notes)).unwrap();
    let nowhere = ClipRef { clip: engine::model::ClipId(9_999), ..notes.clip };
    let failed = studio.apply(&up(&NoteSelection::new(nowhere, [])));
    assert!(failed.is_err());
    assert!(!studio.in_gesture());
    let seen = Arc::clone(studio.snapshot());
    let heard = studio.settled_schedule().unwrap();
    let right = engine::sequence::Compiler::new().compile(&seen, heard.rate);
    assert_eq!(heard.tracks[0].plan.events(), right.tracks[0].plan.events());
}

#[test]
fn a_light_edit_needs_no_worker() {
    let (studio, notes) = large(60_000);
    let few = NoteSelection::new(notes.clip, notes.refs()[500..1500].iter().copied());
    assert!(!studio.is_slow(&up(&few)));
    // Far apart they touch every chunk: more is copied than a frame has time for.
    let (studio, notes) = large(600_000);
    let spread = notes.refs().iter().step_by(600).copied();
    assert!(studio.is_slow(&up(&NoteSelection::new(notes.clip, spread))));
}

#[test]
fn while_a_slow_edit_runs_its_clip_is_closed_and_others_are_open() {
    let (mut studio, notes) = large(60_000);
    studio.apply_in_background(up(&notes)).unwrap();
    assert_eq!(studio.apply(&up(&notes)), Err(EditError::Busy("Transpose")));
    assert_eq!(studio.preview(&up(&notes)), Err(EditError::Busy("Transpose")));
    assert_eq!(studio.apply_in_background(up(&notes)), Err(EditError::Busy("Transpose")));
    studio.apply(&Command::AddTrack { name: "Meanwhile".into() }).unwrap();
    assert!(matches!(wait(&mut studio), StudioEvent::Edited { .. }));
    assert_eq!(studio.snapshot().tracks.len(), 2);
    let names: Vec<&str> = studio.history().map(|step| step.name).collect();
    assert_eq!(names, ["Add track", "Transpose"]);
}

#[test]
fn a_slow_edit_waits_for_a_gesture_to_end() {
    let (mut studio, notes) = large(60_000);
    studio.apply_in_background(up(&notes)).unwrap();
    let fader = |gain| Command::ChangeTracks {
        tracks: [notes.clip.track].into(),
        change: TrackChange::Gain(engine::model::Gain::new(gain)),
    };
    studio.preview(&fader(0.5)).unwrap();
    while !studio.jobs().is_empty() {
        assert_eq!(studio.poll(), []);
    }
    assert_eq!(studio.poll(), []);
    studio.preview(&fader(0.25)).unwrap();
    studio.commit();
    assert!(matches!(wait(&mut studio), StudioEvent::Edited { .. }));
    assert!((studio.snapshot().tracks[0].mix.gain.linear() - 0.25).abs() < 1e-6);
    let names: Vec<&str> = studio.history().map(|step| step.name).collect();
    assert_eq!(names, ["Set volume", "Transpose"]);
}

#[test]
fn a_slow_edit_is_given_up_by_cancel_undo_or_another_song() {
    let (mut studio, notes) = large(60_000);
    let before = Arc::clone(studio.snapshot());
    let id = studio.apply_in_background(up(&notes)).unwrap();
    studio.cancel_job(id);
    studio.apply_in_background(up(&notes)).unwrap();
    assert_eq!((studio.undo(), studio.jobs()), (None, vec![]));
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(studio.poll(), []);
    assert!(Arc::ptr_eq(studio.snapshot(), &before));
    studio.apply_in_background(up(&notes)).unwrap();
    studio.new_project();
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(studio.poll(), []);
    assert!(studio.snapshot().tracks.is_empty() && studio.undo_name().is_none());
}

#[test]
fn dragging_many_notes_shows_the_newest_place_and_is_one_step() {
    let (mut studio, notes) = large(60_000);
    let before = keys(studio.snapshot());
    let drag = |keys| Command::MoveNotes { notes: notes.clone(), ticks: 0, keys };
    for by in [1, -1, 2, -2, 3] {
        assert_eq!(studio.preview(&drag(by)), Ok(None));
    }
    studio.commit();
    // The first and the newest are worked out, those between never.
    let mut shown = Vec::new();
    while !studio.jobs().is_empty() {
        shown.extend(studio.poll());
    }
    assert_eq!(shown.len(), 2, "{shown:?}");
    assert_eq!(keys(studio.snapshot()), before + 3 * 60_000);
    assert_eq!(studio.history().count(), 1);
    studio.undo();
    assert_eq!(keys(studio.snapshot()), before);
}

#[test]
fn a_cancelled_drag_of_many_notes_leaves_no_trace() {
    let (mut studio, notes) = large(60_000);
    let before = Arc::clone(studio.snapshot());
    studio.preview(&Command::MoveNotes { notes, ticks: 0, keys: 1 }).unwrap();
    studio.cancel();
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(studio.poll(), []);
    assert!(Arc::ptr_eq(studio.snapshot(), &before) && studio.jobs().is_empty());
}

#[test]
fn a_slow_edit_that_fails_says_why() {
    let (mut studio, notes) = large(60_000);
    let gone = NoteSelection::new(
        notes.clip,
        [engine::model::NoteRef { start: engine::time::Tick(1), id: 1 }],
    );
    let command = Command::Transform { notes: gone, op: NoteOp::Crop(Crop::Others) };
    assert!(studio.is_slow(&command));
    studio.apply_in_background(command).unwrap();
    let StudioEvent::Failed { message } = wait(&mut studio) else { panic!("did not fail") };
    assert_eq!(message, format!("Nothing was changed: {}", EditError::NoSuchNotes));
}
