//! Lanes of clips as lists of events: (before, edit, after).

use super::*;
use crate::edit::{Command, apply};
use crate::model::{Event, EventKind, FIRST_ORDER_OF_NEW, Note, Project};
use crate::smf::{ExportOptions, Limits, conductor, export, import};
use crate::time::Tempo;
use proptest::prelude::*;

const CH: Channel = Channel::new(0);

/// A song with one clip of 1,000 ticks and these controllers, as if read from a file.
fn song(controls: &[(u64, u8, u8)]) -> (Project, ClipRef) {
    let project = Project::new("song");
    let project = apply(&project, &Command::AddTrack { name: "Lead".into() }).unwrap().project;
    let track = project.tracks[0].id;
    let range = TickRange::between(Tick(0), Tick(1000));
    let mut project = apply(&project, &Command::AddClip { track, range }).unwrap().project;
    let tracks = Arc::make_mut(&mut project.tracks);
    let clips = &mut Arc::make_mut(&mut tracks[0]).clips;
    let clip = Arc::make_mut(&mut Arc::make_mut(clips)[0]);
    let event = |(order, &(tick, number, value)): (usize, &(u64, u8, u8))| Event {
        tick: Tick(tick),
        order: order as u32,
        kind: EventKind::Control { channel: CH, number, value },
    };
    clip.events = controls.iter().enumerate().map(event).collect();
    let clip = clip.id;
    (project, ClipRef { track, clip })
}

fn lane(kind: LaneKind) -> Lane {
    Lane { kind, channel: CH }
}

fn edited(project: &Project, clip: ClipRef, kind: LaneKind, edit: LaneEdit) -> Project {
    apply(project, &Command::Lane { clip, lane: lane(kind), edit }).unwrap().project
}

/// Tick, controller and value of every event of the clip.
fn controls(project: &Project) -> Vec<(u64, u8, u8)> {
    let events = project.tracks[0].clips[0].events.iter();
    let control = |event: &Event| match event.kind {
        EventKind::Control { number, value, .. } => Some((event.tick.0, number, value)),
        _ => None,
    };
    events.filter_map(control).collect()
}

fn data(project: &Project, kind: LaneKind) -> LaneData {
    let track = &project.tracks[0];
    LaneData::of_clip(track, &track.clips[0], lane(kind))
}

fn values(project: &Project, kind: LaneKind) -> Vec<(u64, f64)> {
    data(project, kind).points().iter().map(|point| (point.tick.0, point.value)).collect()
}

fn draw(from: u64, to: u64, points: &[(u64, f64)]) -> LaneEdit {
    let points = points.iter().map(|&(tick, value)| LanePoint::new(Tick(tick), value)).collect();
    LaneEdit::Draw { range: TickRange::between(Tick(from), Tick(to)), points }
}

fn whole() -> TickRange {
    TickRange::between(Tick(0), Tick(1000))
}

#[test]
fn drawing_leaves_other_events_where_they_were() {
    let (before, clip) = song(&[(0, 7, 100), (100, 1, 5), (100, 10, 64), (300, 1, 6)]);
    let after =
        edited(&before, clip, LaneKind::Controller(1), draw(50, 200, &[(100, 9.0), (150, 8.0)]));
    let expected = [(0, 7, 100), (100, 1, 9), (100, 10, 64), (150, 1, 8), (300, 1, 6)];
    assert_eq!(controls(&after), expected);
    let orders: Vec<u32> = after.tracks[0].clips[0].events.iter().map(|e| e.order).collect();
    assert_eq!(orders, [0, 1, 2, FIRST_ORDER_OF_NEW, 3]);
}

#[test]
fn nothing_to_change_is_said_so() {
    let (project, clip) = song(&[(0, 7, 100)]);
    let thin = LaneEdit::Thin { range: whole(), tolerance: 1.0 };
    for edit in [LaneEdit::Delete { range: whole() }, thin] {
        let command = Command::Lane { clip, lane: lane(LaneKind::Controller(1)), edit };
        assert_eq!(apply(&project, &command), Err(EditError::NoSuchPoints));
    }
    // A drag may pass through this.
    let outside = edited(&project, clip, LaneKind::Controller(1), draw(5000, 6000, &[(5500, 1.0)]));
    assert_eq!(controls(&outside), [(0, 7, 100)]);
}

#[test]
fn a_pair_of_controllers_is_one_point() {
    let (before, clip) = song(&[(0, 1, 64), (0, 33, 5), (100, 33, 6), (200, 1, 65)]);
    let kind = LaneKind::Controller14(1);
    let expected = [(0, 8197.0), (100, 8198.0), (200, 8326.0)];
    assert_eq!(values(&before, kind), expected);
    let after = edited(&before, clip, kind, draw(0, 150, &[(50, 16_383.0)]));
    assert_eq!(controls(&after), [(50, 1, 127), (50, 33, 127), (200, 1, 65)]);
    let present = lanes_present(&before.tracks[0].clips[0]);
    assert_eq!(present, [lane(kind)]);
}

#[test]
fn a_registered_parameter_is_one_point_that_leaves_nothing_selected() {
    let (empty, clip) = song(&[]);
    let kind = LaneKind::Rpn(0);
    let drawn = edited(&empty, clip, kind, draw(0, 500, &[(10, 1536.0), (20, 256.0)]));
    let one = |tick, high| {
        [
            (tick, 101, 0),
            (tick, 100, 0),
            (tick, 6, high),
            (tick, 38, 0),
            (tick, 101, 127),
            (tick, 100, 127),
        ]
    };
    assert_eq!(controls(&drawn), [one(10, 12), one(20, 2)].concat());
    assert_eq!(values(&drawn, kind), [(10, 1536.0), (20, 256.0)]);
    assert_eq!(lanes_present(&drawn.tracks[0].clips[0]), [lane(kind)]);
    let range = TickRange::between(Tick(0), Tick(15));
    let after = edited(&drawn, clip, kind, LaneEdit::Delete { range });
    assert_eq!(controls(&after), one(20, 2));
}

#[test]
fn what_selects_a_parameter_stays_while_something_counts_on_it() {
    // One selection, then data for it twice; another parameter's increment is left alone.
    let before = [
        (0, 101, 0),
        (0, 100, 0),
        (0, 6, 12),
        (100, 6, 7),
        (200, 99, 1),
        (200, 98, 8),
        (200, 96, 0),
    ];
    let (project, clip) = song(&before);
    let kind = LaneKind::Rpn(0);
    assert_eq!(values(&project, kind), [(0, 1536.0), (100, 896.0)]);
    let first = LaneEdit::Delete { range: TickRange::between(Tick(0), Tick(1)) };
    let after = edited(&project, clip, kind, first);
    assert_eq!(values(&after, kind), [(100, 896.0)]);
    assert_eq!(controls(&after).len(), 6);
    let new = edited(&project, clip, LaneKind::Nrpn(136), draw(50, 60, &[(50, 1.0)]));
    assert_eq!(values(&new, kind), values(&project, kind), "the selection is given back");
    let all = edited(&new, clip, LaneKind::Nrpn(136), LaneEdit::Delete { range: whole() });
    assert_eq!(controls(&all), before);
}

#[test]
fn the_value_before_a_clip_comes_from_what_its_track_said_earlier() {
    let (mut project, _) = song(&[(100, 7, 90)]);
    let kind = LaneKind::Controller(7);
    assert_eq!(data(&project, kind).before(), 100.0);
    let track = Arc::make_mut(&mut Arc::make_mut(&mut project.tracks)[0]);
    let control = EventKind::Control { channel: CH, number: 7, value: 33 };
    track.events = [Event { tick: Tick(0), order: 0, kind: control }].into();
    let clip = Arc::make_mut(&mut Arc::make_mut(&mut track.clips)[0]);
    clip.start = Tick(5000);
    let data = data(&project, kind);
    assert_eq!((data.value_at(Tick(99)), data.value_at(Tick(100))), (33.0, 90.0));
}

#[test]
fn pressure_without_a_key_goes_to_the_keys_that_sound() {
    let (project, clip) = song(&[]);
    let note = |key, start, length| crate::edit::NewNote {
        start: Tick(start),
        length,
        key,
        velocity: 90,
        channel: None,
    };
    let notes = vec![note(60, 0, 500), note(64, 200, 500)];
    let project = apply(&project, &Command::AddNotes { clip, notes }).unwrap().project;
    let edit = draw(0, 1000, &[(100, 10.0), (300, 20.0), (900, 30.0)]);
    let after = edited(&project, clip, LaneKind::PolyPressure(None), edit);
    let points = data(&after, LaneKind::PolyPressure(None));
    let points: Vec<_> = points.points().iter().map(|p| (p.tick.0, p.key, p.value)).collect();
    assert_eq!(points, [(100, Some(60), 10.0), (300, Some(60), 20.0), (300, Some(64), 20.0)]);
    assert_eq!(values(&after, LaneKind::PolyPressure(Some(64))), [(300, 20.0)]);
}

#[test]
fn a_bank_goes_before_the_program_it_is_for() {
    let (project, clip) = song(&[]);
    let project = edited(&project, clip, LaneKind::Program, draw(0, 10, &[(5, 40.0)]));
    let project = edited(&project, clip, LaneKind::Controller(0), draw(0, 10, &[(5, 8.0)]));
    let events = &project.tracks[0].clips[0].events;
    assert!(matches!(events[0].kind, EventKind::Control { number: 0, value: 8, .. }));
    assert!(matches!(events[1].kind, EventKind::Program { program: 40, .. }));
}

#[test]
fn velocities_and_releases_are_lanes_too() {
    let (project, clip) = song(&[]);
    let note = |start| crate::edit::NewNote {
        start: Tick(start),
        length: 50,
        key: 60,
        velocity: 80,
        channel: None,
    };
    let notes = vec![note(0), note(100), note(200)];
    let project = apply(&project, &Command::AddNotes { clip, notes }).unwrap().project;
    let read = |project: &Project, kind| -> Vec<f64> {
        project.tracks[0].clips[0].notes.iter().map(|n| notes::value_of(kind, n)).collect()
    };
    let tilt = LaneEdit::Tilt { range: whole(), from: 0.0, to: 60.0 };
    let after = edited(&project, clip, LaneKind::Velocity, tilt);
    assert_eq!(read(&after, LaneKind::Velocity), [80.0, 110.0, 127.0]);
    let after =
        edited(&after, clip, LaneKind::ReleaseVelocity, draw(50, 1000, &[(50, 10.0), (150, 20.0)]));
    assert_eq!(read(&after, LaneKind::ReleaseVelocity), [64.0, 10.0, 20.0]);
    let selection = crate::edit::NoteSelection::new(
        clip,
        after.tracks[0].clips[0].notes.iter().map(Note::reference),
    );
    let change = crate::edit::VelocityChange::By(-15);
    let after = apply(&after, &Command::ChangeRelease { notes: selection, change }).unwrap();
    assert_eq!(read(&after.project, LaneKind::ReleaseVelocity), [49.0, 0.0, 5.0]);
}

#[test]
fn the_tempo_is_the_songs() {
    let (project, clip) = song(&[]);
    let edit = draw(0, 5000, &[(0, 60.0), (960, 240.0)]);
    let after = edited(&project, clip, LaneKind::Tempo, edit);
    let division = after.division;
    assert_eq!(after.conductor, conductor(division, after.conductor.events.to_vec()));
    assert_eq!(after.conductor.tempo.secs_from_tick(Tick(1920)), 1.25);
    let points = LaneData::of_tempo(&after.conductor);
    assert_eq!((points.value_at(Tick(959)), points.value_at(Tick(960))), (60.0, 240.0));
    let slow = edited(&after, clip, LaneKind::Tempo, draw(0, 1, &[(0, 0.001)]));
    assert_eq!(slow.conductor.tempo.tempo_at(Tick(0)), Tempo::from_bpm(3.58).unwrap());
    assert_eq!(slow.conductor.events.len(), 2);
}

#[test]
fn a_tempo_keeps_its_place_in_the_file_when_its_value_changes() {
    let mut project = song(&[]).0;
    let tempo = |mtrk, tick, order, micros: [u8; 3]| crate::model::ConductorEvent {
        mtrk,
        event: Event {
            tick: Tick(tick),
            order,
            kind: EventKind::Meta { kind: 0x51, data: micros.into() },
        },
    };
    let events = vec![tempo(0, 0, 3, [7, 0xA1, 0x20]), tempo(1, 100, 9, [7, 0xA1, 0x20])];
    project.conductor = conductor(project.division, events);
    let clip = ClipRef { track: project.tracks[0].id, clip: project.tracks[0].clips[0].id };
    let after = edited(&project, clip, LaneKind::Tempo, draw(0, 200, &[(0, 120.0), (100, 60.0)]));
    let places: Vec<_> = after.conductor.events.iter().map(|e| (e.mtrk, e.event.order)).collect();
    assert_eq!(places, [(0, 3), (1, 9)]);
    assert_eq!(after.conductor.events[0], project.conductor.events[0]);
    assert_eq!(LaneData::of_tempo(&after.conductor).points()[1].value, 60.0);
}

#[test]
fn what_is_drawn_at_a_note_is_written_before_it() {
    let mut bytes = b"MThd\0\0\0\x06\0\0\0\x01\x01\xE0MTrk\0\0\0\x0C".to_vec();
    bytes.extend([0, 0x90, 60, 100, 0x60, 0x80, 60, 64, 0, 0xFF, 0x2F, 0]);
    let project = import(bytes.into(), "file", &Limits::default()).unwrap().project;
    let clip = ClipRef { track: project.tracks[0].id, clip: project.tracks[0].clips[0].id };
    let project = edited(&project, clip, LaneKind::Program, draw(0, 10, &[(0, 24.0)]));
    let written = export(&project, ExportOptions::default()).unwrap();
    assert_eq!(
        written[22..],
        [0, 0xC0, 24, 0, 0x90, 60, 100, 0x60, 0x80, 60, 64, 0, 0xFF, 0x2F, 0]
    );
}

/// One of the lanes, or the tempo.
fn any_kind() -> impl Strategy<Value = LaneKind> {
    prop_oneof![
        Just(LaneKind::PitchBend),
        Just(LaneKind::ChannelPressure),
        Just(LaneKind::PolyPressure(Some(60))),
        Just(LaneKind::Program),
        Just(LaneKind::Controller(1)),
        Just(LaneKind::Controller(6)),
        Just(LaneKind::Controller14(1)),
        Just(LaneKind::Rpn(0)),
        Just(LaneKind::Rpn(5)),
        Just(LaneKind::Nrpn(136)),
        Just(LaneKind::Tempo),
    ]
}

fn any_edit() -> impl Strategy<Value = LaneEdit> {
    let range = (0u64..1200, 0u64..1200).prop_map(|(a, b)| TickRange::between(Tick(a), Tick(b)));
    let points = proptest::collection::vec((0u64..1100, -9000.0..17_000.0f64), 0..12);
    prop_oneof![
        (range.clone(), points.clone()).prop_map(|(range, points)| LaneEdit::Draw {
            range,
            points: points.iter().map(|&(t, v)| LanePoint::new(Tick(t), v)).collect(),
        }),
        (range.clone(), -500i64..500, -50.0..50.0f64)
            .prop_map(|(range, ticks, by)| LaneEdit::Move { range, ticks, by }),
        range.clone().prop_map(|range| LaneEdit::Delete { range }),
        (range.clone(), 0.0..127.0f64, -2.0..2.0f64)
            .prop_map(|(range, base, factor)| LaneEdit::Scale { range, base, factor }),
        (range.clone(), 0.0..30.0f64)
            .prop_map(|(range, tolerance)| LaneEdit::Thin { range, tolerance }),
        (0u64..1000, 0u64..500, points).prop_map(|(at, length, points)| LaneEdit::Paste {
            at: Tick(at),
            length,
            points: points.iter().map(|&(t, v)| LanePoint::new(Tick(t / 4), v)).collect(),
        }),
    ]
}

proptest! {
    #[test]
    fn edits_leave_other_lanes_alone_and_survive_a_file(
        before in proptest::collection::vec(
            (0u64..1000, prop_oneof![Just(1u8), Just(33), Just(6), Just(38), Just(98), Just(99),
                Just(100), Just(101), Just(96), Just(7)], 0u8..3), 0..40),
        edits in proptest::collection::vec((any_kind(), any_edit()), 1..6),
    ) {
        let mut before = before;
        before.sort_by_key(|(tick, ..)| *tick);
        let (mut project, clip) = song(&before);
        for (kind, edit) in edits {
            let command = Command::Lane { clip, lane: lane(kind), edit };
            let Ok(edited) = apply(&project, &command) else { continue };
            let events = &edited.project.tracks[0].clips[0].events;
            prop_assert!(events.is_sorted_by_key(|event| (event.tick, event.order)));
            prop_assert!(events.iter().all(|event| event.tick < Tick(1000)));
            // Volume never belongs to the edited lane.
            let other = LaneKind::Controller(7);
            prop_assert_eq!(values(&edited.project, other), values(&project, other));
            for (other, own) in [(LaneKind::Controller14(1), LaneKind::Controller(1)),
                (LaneKind::Rpn(0), LaneKind::Rpn(0)), (LaneKind::Nrpn(136), LaneKind::Nrpn(136))] {
                // Parameters share their controllers with a plain lane of data entry.
                if kind != other && kind != own && kind != LaneKind::Controller(6) {
                    prop_assert_eq!(values(&edited.project, other), values(&project, other));
                }
            }
            project = edited.project;
        }
        // In one MTrk with tempo, at a resolution that a file keeps.
        let bytes = export(&project, ExportOptions::default()).unwrap();
        let back = import(bytes.into(), "song", &Limits::default()).unwrap().project;
        let tempo = |project: &Project| LaneData::of_tempo(&project.conductor);
        prop_assert_eq!(tempo(&back), tempo(&project));
        let read = |project: &Project| -> Vec<(Tick, EventKind)> {
            project.tracks.iter().flat_map(|track| {
                let inside = track.clips.iter().flat_map(|clip| clip.events.iter().map(|event| {
                    (clip.start.after(event.tick.0), event.kind.clone())
                }));
                let outside = track.events.iter().map(|event| (event.tick, event.kind.clone()));
                outside.chain(inside).collect::<Vec<_>>()
            }).collect()
        };
        prop_assert_eq!(read(&back), read(&project));
    }

    #[test]
    fn what_is_drawn_is_read_back(
        kind in any_kind(),
        points in proptest::collection::btree_map(0u64..1000, -9000.0..17_000.0f64, 1..20),
    ) {
        let (project, clip) = song(&[]);
        let drawn: Vec<(u64, f64)> = points.into_iter().collect();
        let after = edited(&project, clip, kind, draw(0, 1000, &drawn));
        let expected: Vec<(u64, f64)> =
            drawn.iter().map(|&(tick, value)| (tick, kind.nearest(value))).collect();
        let read = match kind {
            LaneKind::Tempo => LaneData::of_tempo(&after.conductor),
            _ => data(&after, kind),
        };
        let read: Vec<(u64, f64)> = read.points().iter().map(|p| (p.tick.0, p.value)).collect();
        prop_assert_eq!(read, expected);
    }
}
