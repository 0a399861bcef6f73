//! The façade as the application uses it: files in, edits, sound, files out.
#![expect(clippy::panic, reason = "a test may stop at the first surprise")]

use engine::edit::{Command, NoteSelection, TrackChange};
use engine::model::{ClipRef, Note};
use engine::smf::ExportOptions;
use engine::studio::{AudioMode, Studio, StudioEvent, StudioOptions};
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
