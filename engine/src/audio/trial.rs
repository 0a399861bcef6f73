//! What the tests play with: an instrument one can calculate with, and small songs.

use super::player::{Player, PlayerConfig};
use super::stage::MakeSynth;
use super::synth::Synth;
use crate::model::{
    Channel, Clip, ClipId, Event, EventKind, Mix, Note, Notes, Output, Project, Release, Track,
    TrackColor, TrackId,
};
use crate::sequence::{HeldNotes, Message, StateTable};
use crate::time::Tick;
use parking_lot::Mutex;
use std::sync::Arc;

/// Every key that is down adds velocity / 1,270 to both sides, from the frame on that it is told.
#[derive(Default)]
pub(super) struct DcSynth {
    held: HeldNotes,
    state: StateTable,
    log: Arc<Mutex<Vec<Message>>>,
}

impl Synth for DcSynth {
    fn message(&mut self, channel: u8, status: u8, data1: u8, data2: u8) {
        let message = Message::new(status, channel, data1, data2);
        self.held.apply(message);
        self.state.apply(message);
        self.log.lock().push(message);
    }

    fn system_exclusive(&mut self, _: &[u8]) {}

    fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        let level: f32 = self.held.iter().map(|(.., velocity)| level_of(velocity)).sum();
        left.fill(level);
        right.fill(level);
    }

    fn active_voices(&self) -> usize {
        self.held.iter().count()
    }

    fn all_sound_off(&mut self) {
        self.held.clear();
    }

    fn reset(&mut self) {
        self.held.clear();
        self.state.reset();
    }
}

pub(super) fn level_of(velocity: u8) -> f32 {
    f32::from(velocity) / 1_270.0
}

/// A player of [`DcSynth`]s, offline, and everything they are told.
pub(super) fn player() -> (Player, Arc<Mutex<Vec<Message>>>) {
    let log: Arc<Mutex<Vec<Message>>> = Arc::default();
    let told = Arc::clone(&log);
    let make: MakeSynth = Arc::new(move |_, _| {
        Some(Box::new(DcSynth { log: Arc::clone(&told), ..DcSynth::default() }))
    });
    let player = Player::with_synth(PlayerConfig::default(), make, Arc::new(|| {}));
    (player, log)
}

/// Renders and gives the left side back.
pub(super) fn hear(player: &mut Player, frames: usize) -> Vec<f32> {
    let (mut left, mut right) = (vec![0.0; frames], vec![0.0; frames]);
    player.render_offline(&mut left, &mut right);
    left
}

/// A note: onset and length in ticks, key, velocity.
pub(super) type Written = (u64, u32, u8, u8);

/// A track on channel 1 with one clip.
pub(super) fn track(id: u32, notes: &[Written], events: &[(u64, EventKind)]) -> Arc<Track> {
    let notes: Notes = notes
        .iter()
        .zip(0..)
        .map(|(&(start, length, key, velocity), index)| Note {
            start: Tick(start),
            length,
            id: index,
            off_order: 0,
            key,
            velocity,
            release: Release::DEFAULT,
            channel: Channel::new(0),
        })
        .collect();
    let events: Arc<[Event]> = events
        .iter()
        .zip(0..)
        .map(|((tick, kind), order)| Event { tick: Tick(*tick), order, kind: kind.clone() })
        .collect();
    let clip = Clip {
        id: ClipId(id + 10_000),
        name: "clip".into(),
        start: Tick::ZERO,
        length: 1_000_000,
        notes,
        events: Arc::from([]),
        next_note: 100_000,
    };
    Arc::new(Track {
        id: TrackId(id),
        name: format!("track {id}").into(),
        name_meta: None,
        color: TrackColor(0),
        mtrk: 0,
        channel: Channel::new(0),
        mix: Mix::default(),
        output: Output::Synth,
        clips: Arc::from([Arc::new(clip)]),
        events,
    })
}

/// A song at 960 PPQ and 120 bpm: a tick is 25 frames at 48 kHz.
pub(super) fn song(tracks: &[Arc<Track>]) -> Arc<Project> {
    Arc::new(Project { tracks: tracks.into(), ..Project::new("trial") })
}

/// A tick of [`song`] in frames.
pub(super) const TICK: usize = 25;
