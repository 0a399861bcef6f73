//! Compiled tracks against the simplest program that could compile them.

use super::{Chased, Compiler, FrameMap, LAST_FRAME, Message, Timed, TrackPlan};
use crate::edit::{Command, Lane, LaneEdit, LaneKind, LanePoint, apply};
use crate::model::{
    Channel, Clip, ClipId, ClipRef, Event, EventKind, Mix, Note, Notes, Output, Project, Release,
    Track, TrackColor, TrackId,
};
use crate::time::{Division, Tempo, TempoMap, TempoPoint, Tick, TickRange};
use proptest::prelude::*;
use std::sync::Arc;

const RATE: u32 = 48_000;

/// Onset, length, key, channel.
type Written = (u64, u32, u8, u8);
/// Tick, kind, first data byte, channel.
type Said = (u64, u8, u8, u8);

fn kind((_, kind, data, channel): Said) -> EventKind {
    let channel = Channel::new(channel);
    match kind {
        0 => EventKind::Program { channel, program: data },
        1 => EventKind::PitchBend { channel, value: i16::from(data) * 64 },
        2 => EventKind::ChannelPressure { channel, value: data },
        number => EventKind::Control { channel, number, value: data },
    }
}

fn track(id: u32, clips: &[(u64, Vec<Written>)], said: &[Said]) -> Track {
    let mut events: Vec<Event> = said
        .iter()
        .zip(0..)
        .map(|(said, order)| Event { tick: Tick(said.0), order, kind: kind(*said) })
        .collect();
    events.sort_by_key(|event| (event.tick, event.order));
    let clip = |(index, (start, notes)): (u32, &(u64, Vec<Written>))| {
        let notes: Notes = notes
            .iter()
            .zip(0..)
            .map(|(&(start, length, key, channel), id)| Note {
                start: Tick(start),
                length,
                id,
                off_order: 0,
                key,
                velocity: 100,
                release: Release::DEFAULT,
                channel: Channel::new(channel),
            })
            .collect();
        Arc::new(Clip {
            id: ClipId(index),
            name: "clip".into(),
            start: Tick(*start),
            length: 10_000,
            notes,
            events: Arc::from([]),
            next_note: 10_000,
        })
    };
    let mut clips: Vec<Arc<Clip>> = (0..).zip(clips).map(clip).collect();
    clips.sort_by_key(|clip| clip.start);
    Track {
        id: TrackId(id),
        name: "track".into(),
        name_meta: None,
        color: TrackColor(0),
        mtrk: 0,
        channel: Channel::new(0),
        mix: Mix::default(),
        output: Output::Synth,
        clips: clips.into(),
        events: events.into(),
    }
}

fn song(tracks: Vec<Track>) -> Project {
    Project { tracks: tracks.into_iter().map(Arc::new).collect(), ..Project::new("trial") }
}

/// Every message with its rank at its frame, sorted, and note-offs of keys that are still
/// held by another note left out.
fn naive(track: &Track, tempo: &TempoMap) -> Vec<Timed> {
    let frame = |tick: Tick| tempo.frame_from_tick(tick, RATE).0.min(u64::from(LAST_FRAME)) as u32;
    let mut all: Vec<(u32, u8, Tick, u64, Message)> = Vec::new();
    for (clip, note) in track.clips.iter().flat_map(|c| c.notes.iter().map(move |n| (c, n))) {
        let start = clip.start.after(note.start.0);
        let (on, channel) = (frame(start), note.channel.index());
        let off = frame(start.after(u64::from(note.length))).max(on + RATE / 100);
        all.push((on, 2, start, 0, Message::note_on(channel, note.key, note.velocity)));
        let message = Message::note_off(channel, note.key);
        all.push((off, 0, Tick::ZERO, u64::from(channel) << 8 | u64::from(note.key), message));
    }
    for event in track.events.iter() {
        let message = super::plan::message_of(&event.kind).unwrap();
        all.push((frame(event.tick), 1, event.tick, u64::from(event.order), message));
    }
    all.sort_by_key(|&(frame, rank, tick, order, _)| (frame, rank, tick, order));
    let mut down = [[0_u32; 128]; 16];
    let mut events = Vec::new();
    for (frame, _, _, _, message) in all {
        let held = &mut down[usize::from(message.channel())][usize::from(message.data1)];
        if message.is_note_on() {
            *held += 1;
        } else if message.is_note_off() {
            *held -= 1;
            if *held > 0 {
                continue;
            }
        }
        events.push(Timed::new(frame, message));
    }
    events
}

fn clips() -> impl Strategy<Value = Vec<(u64, Vec<Written>)>> {
    let note = (0u64..3_000, 0u32..2_000, 60u8..66, 0u8..3);
    proptest::collection::vec((0u64..8_000, proptest::collection::vec(note, 0..150)), 0..4)
}

fn said() -> impl Strategy<Value = Vec<Said>> {
    proptest::collection::vec((0u64..10_000, prop_oneof![0u8..3, 7u8..12], 0u8..128, 0u8..3), 0..80)
}

proptest! {
    #[test]
    fn a_plan_is_what_the_naive_program_says(clips in clips(), said in said(), bpm in 20.0..400.0) {
        let point = TempoPoint { tick: Tick(1_000), tempo: Tempo::from_bpm(bpm).unwrap() };
        let tempo = TempoMap::new(Division::Ppq(480), [point]);
        let track = track(1, &clips, &said);
        let plan = TrackPlan::compile(&track, &[], &FrameMap::new(&tempo, RATE));
        prop_assert_eq!(plan.events(), naive(&track, &tempo));
    }

    #[test]
    fn chasing_a_place_is_playing_up_to_it(clips in clips(), said in said(), at in 0.0..1.0) {
        let tempo = TempoMap::new(Division::Ppq(480), []);
        let track = track(1, &clips, &said);
        let plan = TrackPlan::compile(&track, &[], &FrameMap::new(&tempo, RATE));
        let index = (plan.events().len() as f64 * at) as usize;
        let mut chased = Chased::default();
        plan.chase(index, &mut chased);
        let mut played = Chased::default();
        for event in &plan.events()[..index] {
            played.state.apply(event.message());
            played.held.apply(event.message());
        }
        prop_assert_eq!(&chased.state, &played.state);
        let held = |chased: &Chased| chased.held.iter().collect::<Vec<_>>();
        prop_assert_eq!(held(&chased), held(&played));
        let frame = plan.events().get(index).map_or(0, |event| event.frame());
        prop_assert!(played.held.is_empty() || frame == 0 || plan.is_busy_at(frame.saturating_sub(1)));
    }

    #[test]
    fn every_note_that_begins_ends(clips in clips()) {
        let tempo = TempoMap::new(Division::Ppq(480), []);
        let plan = TrackPlan::compile(&track(1, &clips, &[]), &[], &FrameMap::new(&tempo, RATE));
        let mut chased = Chased::default();
        plan.chase(usize::MAX, &mut chased);
        prop_assert!(chased.held.is_empty());
    }
}

#[test]
fn a_note_without_length_sounds() {
    let project = song(vec![track(1, &[(0, vec![(480, 0, 60, 0)])], &[])]);
    let schedule = Compiler::new().compile(&project, RATE);
    let frames: Vec<u32> = schedule.tracks[0].plan.events().iter().map(|e| e.frame()).collect();
    assert_eq!(frames, [12_000, 12_480]);
}

#[test]
fn a_change_of_the_mix_keeps_every_plan() {
    let notes = vec![(0, vec![(0, 480, 60, 0)])];
    let project = song(vec![track(1, &notes, &[]), track(2, &notes, &[])]);
    let mut compiler = Compiler::new();
    let before = compiler.compile(&project, RATE);
    let mut tracks = project.tracks.to_vec();
    let mut muted = Track::clone(&tracks[0]);
    muted.mix.muted = true;
    tracks[0] = Arc::new(muted);
    let after = compiler.compile(&Project { tracks: tracks.into(), ..project }, RATE);
    assert!(!after.tracks[0].is_audible() && after.tracks[1].is_audible());
    for (before, after) in before.tracks.iter().zip(&after.tracks) {
        assert!(Arc::ptr_eq(&before.plan, &after.plan));
    }
}

#[test]
fn an_edit_compiles_its_track_alone() {
    let notes = vec![(0, vec![(0, 480, 60, 0)])];
    let project = song(vec![track(1, &notes, &[]), track(2, &notes, &[])]);
    let mut compiler = Compiler::new();
    let before = compiler.compile(&project, RATE);
    let mut tracks = project.tracks.to_vec();
    tracks[1] = Arc::new(track(2, &[(960, vec![(0, 480, 60, 0)])], &[]));
    let after = compiler.compile(&Project { tracks: tracks.into(), ..project }, RATE);
    assert!(Arc::ptr_eq(&before.tracks[0].plan, &after.tracks[0].plan));
    assert!(!Arc::ptr_eq(&before.tracks[1].plan, &after.tracks[1].plan));
}

#[test]
fn a_track_takes_from_others_what_it_does_not_say_itself() {
    let notes = vec![(0, vec![(0, 480, 60, 0)])];
    let right = track(1, &notes, &[(0, 0, 5, 0), (10, 64, 127, 0), (0, 7, 90, 0)]);
    let left = track(2, &notes, &[(0, 7, 60, 0)]);
    let elsewhere = track(3, &[(0, vec![(0, 480, 60, 1)])], &[]);
    let schedule = Compiler::new().compile(&song(vec![right, left, elsewhere]), RATE);
    let state = |index: usize| {
        let mut chased = Chased::default();
        schedule.tracks[index].plan.chase(usize::MAX, &mut chased);
        chased.state
    };
    let left = *state(1).channel(0);
    assert_eq!((left.program(), left.control(64), left.control(7)), (5, 127, 60));
    assert_eq!(state(2).channel(0).program(), 0);
}

#[test]
fn silence_between_notes_counts_as_one_sounding_track_at_a_time() {
    let tracks =
        (0..20).map(|id| track(id, &[(0, vec![(u64::from(id) * 9_600, 480, 60, 0)])], &[]));
    let schedule = Compiler::new().compile(&song(tracks.collect()), RATE);
    assert_eq!(schedule.most_sounding, 1);
}

#[test]
fn what_is_drawn_in_a_lane_is_played() {
    let project = song(vec![track(1, &[(0, vec![(0, 480, 60, 0)])], &[])]);
    let clip = ClipRef { track: TrackId(1), clip: project.tracks[0].clips[0].id };
    let drawn = |project: &Project, kind, points: &[(u64, f64)]| {
        let range = TickRange::between(Tick(0), Tick(5_000));
        let points = points.iter().map(|&(tick, value)| LanePoint::new(Tick(tick), value));
        let lane = Lane { kind, channel: Channel::new(0) };
        let edit = LaneEdit::Draw { range, points: points.collect() };
        apply(project, &Command::Lane { clip, lane, edit }).unwrap().project
    };
    let bent = drawn(&project, LaneKind::PitchBend, &[(0, -8192.0), (480, 8191.0)]);
    let slowed = drawn(&bent, LaneKind::Tempo, &[(0, 60.0)]);
    let mut compiler = Compiler::new();
    for (project, frames) in [(bent, [0, 12_000]), (slowed, [0, 24_000])] {
        let schedule = compiler.compile(&project, RATE);
        let bends = schedule.tracks[0].plan.events().iter().filter_map(|timed| {
            let message = timed.message();
            (message.kind() == 0xE0).then_some((timed.frame(), message.data1, message.data2))
        });
        let expected = [(frames[0], 0, 0), (frames[1], 127, 127)];
        assert_eq!(bends.collect::<Vec<_>>(), expected);
    }
}
