//! What a file becomes in the arrangement, and what the mixer becomes in a file.
#![expect(clippy::unwrap_used, reason = "test code outside the reach of the allow-in-tests keys")]

use engine::model::{Channel, EventKind, Gain, Mix, Pan, Project, Release, Track, UNCLOSED};
use engine::smf::{self, ExportOptions, Limits, Message};
use engine::time::Tick;
use std::sync::Arc;

/// A file at 96 PPQ.
fn file(format: u8, tracks: &[&[u8]]) -> Vec<u8> {
    let mut bytes = b"MThd\0\0\0\x06".to_vec();
    bytes.extend([0, format, 0, tracks.len() as u8, 0, 96]);
    for track in tracks {
        bytes.extend(b"MTrk");
        bytes.extend((track.len() as u32 + 4).to_be_bytes());
        bytes.extend(*track);
        bytes.extend([0, 0xFF, 0x2F, 0]);
    }
    bytes
}

fn import(format: u8, tracks: &[&[u8]]) -> Project {
    let imported = smf::import(file(format, tracks).into(), "song", &Limits::default()).unwrap();
    assert!(!imported.salvaged, "{:?}", imported.problems);
    imported.project
}

fn names(project: &Project) -> Vec<&str> {
    project.tracks.iter().map(|track| &*track.name).collect()
}

/// Controllers of the first track with a number, as (tick, value).
fn controls(bytes: &[u8], wanted: u8) -> Vec<(u64, u8)> {
    let song = smf::read(bytes, &Limits::default()).unwrap();
    let events = song.tracks.iter().flat_map(|track| song.events(track));
    events
        .filter_map(|event| match event.message {
            Message::Channel { status: 0xB0..=0xBF, data: [number, value] } if number == wanted => {
                Some((event.tick, value))
            }
            _ => None,
        })
        .collect()
}

fn with_mix(mut project: Project, mix: Mix) -> Project {
    let tracks = project.tracks.iter();
    project.tracks = tracks.map(|track| Arc::new(Track { mix, ..Track::clone(track) })).collect();
    project
}

const NOTE: &[u8] = &[0, 0x90, 60, 100, 96, 0x80, 60, 0];

#[test]
fn a_track_is_called_what_its_file_calls_it() {
    let mut named = vec![0, 0xFF, 3, 4, b'B', b'a', b's', b's'];
    named.extend(NOTE);
    let project = import(1, &[&named]);
    assert_eq!(names(&project), ["Bass"]);
    assert_eq!(&*project.tracks[0].name_meta.as_ref().unwrap().bytes, b"Bass");
}

#[test]
fn a_nameless_track_is_called_after_its_program() {
    let violin = [0, 0xC0, 40, 0, 0x90, 60, 100, 96, 60, 0];
    let drums = [0, 0x99, 38, 100, 96, 38, 0];
    assert_eq!(
        names(&import(1, &[NOTE, &violin, &drums])),
        ["Acoustic Grand Piano", "Violin", "Drums"]
    );
}

#[test]
fn format_0_opens_as_a_track_for_each_channel() {
    let body =
        [0, 0xFF, 3, 1, b'x', 0, 0x93, 60, 9, 0, 0x91, 60, 9, 5, 0x93, 60, 0, 5, 0x91, 60, 0];
    let project = import(0, &[&body]);
    let channels: Vec<u8> = project.tracks.iter().map(|track| track.channel.index()).collect();
    assert_eq!(channels, [1, 3]);
    assert!(project.tracks.iter().all(|track| track.mtrk == 0 && track.name_meta.is_none()));
    assert_eq!(project.conductor.events.len(), 1);
}

#[test]
fn tempo_meter_keys_and_markers_go_to_the_conductor() {
    let body = [
        0, 0xFF, 0x51, 3, 0x0F, 0x42, 0x40, 0, 0xFF, 0x58, 4, 3, 2, 24, 8, 0, 0xFF, 0x59, 2, 0xFF,
        1, 5, 0xFF, 6, 1, b'A',
    ];
    let project = import(1, &[&body, NOTE]);
    assert_eq!(project.tracks.len(), 1, "a track without a channel message is no row");
    assert_eq!(project.tracks[0].mtrk, 1);
    assert_eq!(project.conductor.tempo.tempo_at(Tick::ZERO).micros(), 1_000_000);
    assert_eq!(project.conductor.meter.meter_at(Tick::ZERO).numerator, 3);
    let key = project.conductor.keys[0];
    assert_eq!((key.sharps, key.minor), (-1, true));
    let marker = &project.conductor.markers[0];
    assert_eq!((marker.tick, &*marker.name), (Tick(5), "A"));
}

#[test]
fn a_track_is_cut_at_two_silent_bars_and_not_at_one() {
    // At 96 PPQ in 4/4 a bar is 384 ticks. 0x83 0x00 is 384.
    let one_bar = [0, 0x90, 60, 9, 0x83, 0, 60, 0, 0x83, 0, 60, 9, 9, 60, 0];
    assert_eq!(import(1, &[&one_bar]).tracks[0].clips.len(), 1);
    let two_bars = [0, 0x90, 60, 9, 0x83, 0, 60, 0, 0x86, 0, 60, 9, 9, 60, 0];
    let project = import(1, &[&two_bars]);
    let clips: Vec<(u64, u64)> =
        project.tracks[0].clips.iter().map(|clip| (clip.start.0, clip.length)).collect();
    assert_eq!(clips, [(0, 384), (3 * 384, 384)]);
    assert_eq!(project.tracks[0].clips[1].notes.iter().next().unwrap().start, Tick::ZERO);
}

#[test]
fn a_track_of_very_many_pieces_stays_whole() {
    let mut body = Vec::new();
    for _ in 0..300 {
        body.extend([0x8F, 0, 0x90, 60, 9, 9, 60, 0]);
    }
    let project = import(1, &[&body]);
    assert_eq!(project.tracks[0].clips.len(), 1);
    assert_eq!(project.tracks[0].clips[0].notes.len(), 300);
}

#[test]
fn events_inside_a_clip_move_with_it_and_others_do_not() {
    let body = [0, 0xB0, 7, 9, 0x86, 0, 0xB0, 7, 8, 0, 0x90, 60, 9, 9, 60, 0, 0x86, 0, 0xB0, 7, 7];
    let project = import(1, &[&body]);
    let track = &project.tracks[0];
    assert_eq!(track.events.iter().map(|event| event.tick.0).collect::<Vec<_>>(), [0, 1545]);
    let clip = &track.clips[0];
    assert_eq!((clip.start, clip.events[0].tick), (Tick(768), Tick::ZERO));
}

#[test]
fn overlapping_notes_end_first_in_first_out() {
    let body = [0, 0x90, 60, 1, 5, 60, 2, 5, 0x80, 60, 33, 5, 0x90, 60, 0, 5, 0x80, 60, 9];
    let project = import(1, &[&body]);
    let clip = &project.tracks[0].clips[0];
    let notes: Vec<_> =
        clip.notes.iter().map(|note| (note.start.0, note.length, note.release)).collect();
    assert_eq!(notes, [(0, 10, Release::note_off(33)), (5, 10, Release::NOTE_ON_ZERO)]);
    let stray = &clip.events[0].kind;
    assert!(matches!(stray, EventKind::StrayNoteOff { key: 60, .. }), "{stray:?}");
}

#[test]
fn a_note_that_is_never_let_go_ends_with_its_track() {
    let project = import(1, &[&[0, 0x90, 60, 1, 50, 0xFF, 1, 0]]);
    let note = *project.tracks[0].clips[0].notes.iter().next().unwrap();
    assert_eq!((note.length, note.off_order), (50, UNCLOSED));
}

#[test]
fn a_fader_scales_volume_events_and_leaves_notes_alone() {
    let mut body = vec![0, 0xB0, 7, 80];
    body.extend(NOTE);
    let project = import(1, &[&body]);
    let quieter = with_mix(project, Mix { gain: Gain::new(0.25), ..Mix::default() });
    let bytes = smf::export(&quieter, ExportOptions::default()).unwrap();
    assert_eq!(controls(&bytes, 7), [(0, 40)]);
    assert_eq!(smf::read(&bytes, &Limits::default()).unwrap().note_ons(), 1);
}

#[test]
fn a_fader_and_a_pan_pot_put_in_what_is_missing_before_the_first_note() {
    let mix = Mix { gain: Gain::new(0.25), pan: Pan::new(-1.0), ..Mix::default() };
    let bytes = smf::export(&with_mix(import(1, &[NOTE]), mix), ExportOptions::default()).unwrap();
    assert_eq!((controls(&bytes, 7), controls(&bytes, 10)), (vec![(0, 50)], vec![(0, 0)]));
    let song = smf::read(&bytes, &Limits::default()).unwrap();
    let first = song.events(&song.tracks[0]).next().unwrap();
    assert!(matches!(first.message, Message::Channel { status: 0xB0, .. }));
}

#[test]
fn one_track_of_format_0_can_be_turned_down_alone() {
    let body = [0, 0x90, 60, 9, 0, 0x91, 60, 9, 5, 0x90, 60, 0, 5, 0x91, 60, 0];
    let mut project = import(0, &[&body]);
    let mut tracks = project.tracks.to_vec();
    tracks[1] = Arc::new(Track {
        mix: Mix { gain: Gain::new(0.25), ..Mix::default() },
        ..Track::clone(&tracks[1])
    });
    project.tracks = tracks.into();
    let bytes = smf::export(&project, ExportOptions::default()).unwrap();
    let reread = smf::import(bytes.into(), "again", &Limits::default()).unwrap().project;
    let volumes = |track: &Track| track.clips.iter().map(|clip| clip.events.len()).sum::<usize>();
    assert_eq!(reread.tracks.iter().map(|track| volumes(track)).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(reread.tracks[1].channel, Channel::new(1));
}

#[test]
fn a_muted_track_is_written_all_the_same() {
    let muted = with_mix(import(1, &[NOTE]), Mix { muted: true, ..Mix::default() });
    let bytes = smf::export(&muted, ExportOptions::default()).unwrap();
    assert_eq!(bytes, file(1, &[NOTE]));
}

#[test]
fn other_chunks_keep_their_place() {
    let mut bytes = file(1, &[NOTE, NOTE]);
    let at = bytes.len() / 2 + 7;
    let chunk = b"XFIH\0\0\0\x02hi";
    bytes.splice(at..at, chunk.iter().copied());
    let mut project = smf::import(bytes.clone().into(), "x", &Limits::default()).unwrap().project;
    assert_eq!(project.shape.alien.len(), 1);
    project.source = None;
    assert_eq!(smf::export(&project, ExportOptions::default()).unwrap(), bytes);
}

#[test]
fn a_damaged_file_goes_back_as_it_came_unless_repair_is_asked_for() {
    let mut bytes = file(1, &[NOTE]);
    bytes.extend(b"rubbish");
    let project = smf::import(bytes.clone().into(), "x", &Limits::default()).unwrap().project;
    let as_it_came = smf::export(&project, ExportOptions::default()).unwrap();
    assert_eq!(as_it_came, bytes);
    let repaired = smf::export(&project, ExportOptions { repair: true, format: None }).unwrap();
    assert_eq!(repaired, file(1, &[NOTE]));
}

#[test]
fn a_new_project_is_a_valid_file() {
    let bytes = smf::export(&Project::new("x"), ExportOptions::default()).unwrap();
    let song = smf::read(&bytes, &Limits::default()).unwrap();
    assert_eq!((song.tracks.len(), song.salvaged, song.format), (1, false, 1));
}
