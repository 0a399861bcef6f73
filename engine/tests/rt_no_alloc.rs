//! The callback runs under an allocator that aborts when it is used.

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use engine::audio::soundfont::SoundFont;
use engine::audio::{Player, PlayerConfig};
use engine::model::{
    Channel, Clip, ClipId, Event, EventKind, Mix, Note, Notes, Output, Project, Release, Track,
    TrackColor, TrackId,
};
use engine::time::{Tick, TickRange};
use std::sync::Arc;
use std::time::{Duration, Instant};

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

const BLOCK: usize = 256;

/// A track with `n_notes` notes, controllers and a program; `turn` moves its notes.
fn track(id: u32, n_notes: u64, turn: u64) -> Arc<Track> {
    let channel = Channel::new((id % 16) as u8);
    let notes: Notes = (0..n_notes)
        .map(|index| Note {
            start: Tick(index * 120 + turn * 7 % 500),
            length: 60 + (index % 9 * 40) as u32,
            id: index as u32,
            off_order: 0,
            key: 40 + (index * 7 % 40) as u8,
            velocity: 60,
            release: Release::DEFAULT,
            channel,
        })
        .collect();
    let program = EventKind::Program { channel, program: (id * 5 % 128) as u8 };
    let mut events = vec![Event { tick: Tick::ZERO, order: 0, kind: program }];
    for index in 0..200 {
        let value = (index % 128) as u8;
        let kind = EventKind::Control { channel, number: 1 + value % 70, value };
        events.push(Event { tick: Tick(index * 50), order: 1, kind });
    }
    let clip = Clip {
        id: ClipId(id + 100_000),
        name: "clip".into(),
        start: Tick::ZERO,
        length: 1_000_000,
        notes,
        events: Arc::from([]),
        next_note: 1_000_000,
    };
    Arc::new(Track {
        id: TrackId(id),
        name: "track".into(),
        name_meta: None,
        color: TrackColor(0),
        mtrk: 0,
        channel,
        mix: Mix { muted: turn % 11 == 3 && id.is_multiple_of(5), ..Mix::default() },
        output: Output::Synth,
        clips: Arc::from([Arc::new(clip)]),
        events: events.into(),
    })
}

/// A song whose number of tracks and whose notes depend on `turn`.
fn song(turn: u64) -> Arc<Project> {
    let n_tracks = 12 + (turn % 60) as u32;
    let tracks = (0..n_tracks).map(|id| track(id, 100, if id % 3 == 0 { turn } else { 0 }));
    Arc::new(Project { tracks: tracks.collect(), ..Project::new("trial") })
}

struct Checked {
    player: Player,
    left: Vec<f32>,
    right: Vec<f32>,
    loudest: f32,
}

impl Checked {
    fn block(&mut self) {
        let Self { player, left, right, loudest } = self;
        assert_no_alloc(|| player.render_block(left, right));
        *loudest = left.iter().chain(right.iter()).fold(*loudest, |peak, s| peak.max(s.abs()));
    }
}

#[test]
fn the_callback_never_allocates() {
    let player = Player::new(PlayerConfig::default(), SoundFont::built_in(), Arc::new(|| {}));
    let mut checked =
        Checked { player, left: vec![0.0; BLOCK], right: vec![0.0; BLOCK], loudest: 0.0 };
    checked.player.set_project(song(0));
    checked.player.advance_offline(BLOCK);
    checked.player.play();
    checked.player.set_metronome(true);
    let until = Instant::now() + Duration::from_mins(1);
    let mut turn = 0;
    while checked.player.stats().schedules < 300 {
        assert!(Instant::now() < until, "{:?}", checked.player.stats());
        turn += 1;
        checked.player.set_project(song(turn));
        match turn % 9 {
            0 => checked.player.seek(Tick(turn * 97 % 12_000)),
            1 => {
                let range = TickRange::between(Tick(turn % 900), Tick(turn % 900 + 300));
                checked.player.set_loop(Some(range));
            }
            2 => checked.player.set_loop(None),
            3 => checked.player.live(TrackId(turn as u32 % 20), [0x90, 60, 90]),
            4 => checked.player.live(TrackId((turn as u32 - 1) % 20), [0x80, 60, 0]),
            5 if turn % 4 == 0 => checked.player.stop(),
            6 => checked.player.play(),
            7 if turn % 5 == 0 => checked.player.panic(),
            _ => {}
        }
        for _ in 0..3 {
            checked.block();
        }
    }
    assert!(checked.loudest > 0.01, "nothing was heard");
    assert!(checked.loudest < 1.0, "{}", checked.loudest);
    checked.player.stop();
    checked.player.panic();
    for _ in 0..20 {
        checked.block();
    }
    assert_eq!(checked.player.stats().voices, 0);
}
