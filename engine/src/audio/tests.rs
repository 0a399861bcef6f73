//! The player and the callback, heard through an instrument one can calculate with.

use super::rt::LOOKAHEAD;
use super::trial::{TICK, Written, hear, level_of, player, song, track};
use crate::model::{Channel, EventKind, Project, Track, TrackId};
use crate::time::{Division, Tempo, TempoMap, TempoPoint, Tick, TickRange};
use proptest::prelude::*;
use std::sync::Arc;

/// Asserts that `sound` is `level` from `from` to `until`.
#[track_caller]
fn assert_level(sound: &[f32], from: usize, until: usize, level: f32) {
    for (index, sample) in sound.iter().enumerate().take(until).skip(from) {
        assert!((sample - level).abs() < 1e-4, "frame {index}: {sample} instead of {level}");
    }
}

/// The song with one track's strip changed.
fn remixed(project: &Project, index: usize, change: impl Fn(&mut Track)) -> Arc<Project> {
    let mut tracks = project.tracks.to_vec();
    let mut track = Track::clone(&tracks[index]);
    change(&mut track);
    tracks[index] = Arc::new(track);
    Arc::new(Project { tracks: tracks.into(), ..project.clone() })
}

fn range(start: u64, end: u64) -> TickRange {
    TickRange::between(Tick(start), Tick(end))
}

#[test]
fn a_note_sounds_from_its_frame_to_its_frame() {
    let (mut player, _) = player();
    player.set_project(song(&[track(1, &[(100, 40, 60, 100)], &[])]));
    player.play();
    let sound = hear(&mut player, 200 * TICK);
    let (on, off) = (100 * TICK + LOOKAHEAD, 140 * TICK + LOOKAHEAD);
    assert_level(&sound, 0, on, 0.0);
    assert_level(&sound, on, off, level_of(100));
    assert_level(&sound, off, sound.len(), 0.0);
    assert!((player.view().position - 200.0).abs() < 1e-6);
}

#[test]
fn a_wish_shows_before_it_has_come_true() {
    let (mut player, _) = player();
    player.seek(Tick(960));
    player.play();
    let view = player.view();
    assert!(view.playing);
    assert_eq!((view.position, view.secs), (960.0, 0.5));
}

#[test]
fn playing_from_inside_a_note_strikes_it_with_its_program() {
    let (mut player, told) = player();
    let program = EventKind::Program { channel: Channel::new(0), program: 33 };
    player.set_project(song(&[track(1, &[(100, 400, 60, 100)], &[(50, program)])]));
    player.seek(Tick(300));
    player.play();
    let sound = hear(&mut player, 300 * TICK);
    assert_level(&sound, LOOKAHEAD, 200 * TICK + LOOKAHEAD, level_of(100));
    assert_level(&sound, 200 * TICK + LOOKAHEAD, sound.len(), 0.0);
    let told = told.lock();
    let place = |kind: u8, data: u8| {
        told.iter().position(|message| message.kind() == kind && message.data1 == data).unwrap()
    };
    assert!(place(0xC0, 33) < place(0x90, 60));
}

#[test]
fn stopping_lets_every_note_go_and_keeps_the_place() {
    let (mut player, _) = player();
    player.set_project(song(&[track(1, &[(0, 9_600, 60, 100), (0, 9_600, 64, 50)], &[])]));
    player.play();
    hear(&mut player, 1_000);
    player.stop();
    let sound = hear(&mut player, 1_000);
    assert_level(&sound, LOOKAHEAD, sound.len(), 0.0);
    assert_eq!(player.stats().voices, 0);
    assert!((player.view().position - 40.0).abs() < 1e-6);
}

#[test]
fn a_loop_repeats_without_a_gap() {
    let (mut player, _) = player();
    let notes: Vec<Written> = (0..8).map(|i| (960 + i * 120, 100, 60, 40 + i as u8 * 8)).collect();
    player.set_project(song(&[track(1, &notes, &[])]));
    player.set_loop(Some(range(960, 1_921)));
    player.seek(Tick(960));
    player.play();
    let period = 961 * TICK;
    let sound = hear(&mut player, 5 * period);
    for index in LOOKAHEAD..4 * period {
        assert_eq!(sound[index], sound[index + period], "frame {index}");
    }
    let position = player.view().position;
    assert!((960.0..1_921.0).contains(&position), "{position}");
}

#[test]
fn a_note_held_over_the_loop_end_is_let_go() {
    let (mut player, _) = player();
    player.set_project(song(&[track(1, &[(1_400, 9_600, 60, 100)], &[])]));
    player.set_loop(Some(range(960, 1_440)));
    player.seek(Tick(960));
    player.play();
    let sound = hear(&mut player, 2 * 480 * TICK);
    assert_level(&sound, 440 * TICK + LOOKAHEAD, 480 * TICK + LOOKAHEAD, level_of(100));
    assert_level(&sound, 480 * TICK + LOOKAHEAD, 920 * TICK + LOOKAHEAD, 0.0);
}

#[test]
fn mute_fades_a_track_out_and_back_in() {
    let (mut player, _) = player();
    let both =
        song(&[track(1, &[(0, 96_000, 60, 100)], &[]), track(2, &[(0, 96_000, 60, 50)], &[])]);
    player.set_project(Arc::clone(&both));
    player.play();
    hear(&mut player, 4_800);
    player.set_project(remixed(&both, 0, |track| track.mix.muted = true));
    let sound = hear(&mut player, 4_800);
    let steps = sound.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
    assert!(steps < level_of(100) * 0.05, "a step of {steps} clicks");
    assert_level(&sound, 3_000, 4_800, level_of(50));
    assert_eq!(player.stats().voices, 1);
    player.set_project(both);
    let sound = hear(&mut player, 4_800);
    assert_level(&sound, 3_000, 4_800, level_of(100) + level_of(50));
}

#[test]
fn solo_keeps_the_others_quiet() {
    let (mut player, _) = player();
    let both =
        song(&[track(1, &[(0, 96_000, 60, 100)], &[]), track(2, &[(0, 96_000, 60, 50)], &[])]);
    player.set_project(remixed(&both, 1, |track| track.mix.soloed = true));
    player.play();
    let sound = hear(&mut player, 4_800);
    assert_level(&sound, LOOKAHEAD, 4_800, level_of(50));
}

#[test]
fn an_edit_lets_go_of_notes_that_are_gone_and_leaves_the_others_alone() {
    let (mut player, told) = player();
    let kept = track(2, &[(0, 96_000, 62, 50)], &[]);
    player.set_project(song(&[track(1, &[(0, 96_000, 60, 100)], &[]), Arc::clone(&kept)]));
    player.play();
    hear(&mut player, 4_800);
    player.set_project(song(&[track(1, &[(48_000, 96_000, 60, 100)], &[]), kept]));
    let sound = hear(&mut player, 4_800);
    assert_level(&sound, LOOKAHEAD, 4_800, level_of(50));
    let strikes = told.lock().iter().filter(|m| m.is_note_on() && m.data1 == 62).count();
    assert_eq!(strikes, 1);
}

#[test]
fn a_removed_track_falls_silent() {
    let (mut player, _) = player();
    player.set_project(song(&[track(1, &[(0, 96_000, 60, 100)], &[])]));
    player.play();
    hear(&mut player, 4_800);
    player.set_project(song(&[]));
    assert_level(&hear(&mut player, 4_800), LOOKAHEAD, 4_800, 0.0);
    assert_eq!(player.stats().voices, 0);
}

#[test]
fn a_new_tempo_keeps_the_musical_place() {
    let (mut player, _) = player();
    let project = song(&[track(1, &[(0, 240, 60, 100)], &[])]);
    player.set_project(Arc::clone(&project));
    player.play();
    hear(&mut player, 480 * TICK);
    let mut slower = Project::clone(&project);
    let tempo = TempoPoint { tick: Tick::ZERO, tempo: Tempo::from_bpm(60.0).unwrap() };
    slower.conductor.tempo = Arc::new(TempoMap::new(Division::DEFAULT, [tempo]));
    player.set_project(Arc::new(slower));
    hear(&mut player, 100 * 2 * TICK);
    let view = player.view();
    assert!((view.position - 580.0).abs() < 0.1, "{view:?}");
    assert!((view.secs - 580.0 / 960.0).abs() < 1e-3, "{view:?}");
}

#[test]
fn live_notes_sound_while_stopped_and_stay_when_the_song_stops() {
    let (mut player, _) = player();
    player.set_project(song(&[track(7, &[(0, 240, 60, 100)], &[])]));
    player.live(TrackId(7), [0x90, 72, 80]);
    assert_level(&hear(&mut player, 1_000), LOOKAHEAD, 1_000, level_of(80));
    player.play();
    hear(&mut player, 1_000);
    player.stop();
    assert_level(&hear(&mut player, 1_000), LOOKAHEAD, 1_000, level_of(80));
    player.live(TrackId(7), [0x80, 72, 0]);
    assert_level(&hear(&mut player, 1_000), LOOKAHEAD, 1_000, 0.0);
}

#[test]
fn panic_silences_live_notes_too() {
    let (mut player, _) = player();
    player.set_project(song(&[track(7, &[], &[])]));
    player.live(TrackId(7), [0x90, 72, 80]);
    hear(&mut player, 1_000);
    player.panic();
    assert_level(&hear(&mut player, 1_000), LOOKAHEAD, 1_000, 0.0);
}

#[test]
fn the_metronome_clicks_on_every_beat_and_louder_on_the_first() {
    let (mut player, _) = player();
    player.set_project(song(&[]));
    player.set_metronome(true);
    player.play();
    let beat = 960 * TICK;
    let sound = hear(&mut player, 5 * beat);
    let peak = |from: usize, frames: usize| {
        sound[from..from + frames].iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()))
    };
    let strikes: Vec<f32> = (0..5).map(|i| peak(i * beat + LOOKAHEAD, 2_000)).collect();
    assert!(strikes[0] > strikes[1] + 0.1 && strikes[4] > strikes[3] + 0.1, "{strikes:?}");
    assert!((1..4).all(|i| (strikes[i] - strikes[1]).abs() < 0.01), "{strikes:?}");
    assert_eq!(peak(beat / 2, beat / 2), 0.0);
}

#[test]
fn more_sounding_tracks_than_instruments_share_them_and_let_go() {
    let (mut player, _) = player();
    let tracks: Vec<_> =
        (0..400).map(|id| track(id, &[(u64::from(id), 9_600, 60, 1)], &[])).collect();
    player.set_project(song(&tracks));
    player.play();
    hear(&mut player, 1_000 * TICK);
    let stats = player.stats();
    assert_eq!((stats.instruments, stats.instruments_active), (256, 256));
    player.stop();
    assert_level(&hear(&mut player, 1_000), LOOKAHEAD, 1_000, 0.0);
}

#[test]
fn silent_tracks_cost_no_instruments() {
    let (mut player, _) = player();
    let tracks: Vec<_> =
        (0..1_000).map(|id| track(id, &[(u64::from(id) * 4_800, 480, 60, 100)], &[])).collect();
    player.set_project(song(&tracks));
    player.play();
    hear(&mut player, 10 * 4_800 * TICK);
    let stats = player.stats();
    assert!(stats.instruments <= 8, "{stats:?}");
    assert!(stats.instruments_active <= 1, "{stats:?}");
}

#[test]
fn meters_show_tracks_and_their_sum() {
    let (mut player, _) = player();
    player.set_project(song(&[
        track(1, &[(0, 96_000, 60, 100)], &[]),
        track(2, &[(0, 96_000, 60, 50)], &[]),
    ]));
    player.play();
    hear(&mut player, 48_000);
    player.poll();
    let meters = player.meters();
    assert!((meters.track(TrackId(1)).peak() - level_of(100)).abs() < 1e-3);
    assert!((meters.track(TrackId(2)).rms[0] - level_of(50)).abs() < 1e-2);
    assert!((meters.master.peak() - level_of(100) - level_of(50)).abs() < 1e-3);
    assert_eq!(meters.track(TrackId(3)).peak(), 0.0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn no_note_hangs_whatever_the_transport_did(
        notes in proptest::collection::vec((0u64..4_000, 0u32..3_000, 50u8..60, 1u8..9), 1..60),
        moves in proptest::collection::vec((0u8..7, 0u64..5_000, 1u64..2_000), 1..40),
    ) {
        let (mut player, _) = player();
        let (front, back) = notes.split_at(notes.len() / 2);
        let project = song(&[track(1, front, &[]), track(2, back, &[])]);
        player.set_project(Arc::clone(&project));
        for (kind, tick, length) in moves {
            match kind {
                0 => player.play(),
                1 => player.stop(),
                2 => player.seek(Tick(tick)),
                3 => player.set_loop(Some(range(tick, tick + length))),
                4 => player.set_loop(None),
                5 => player.set_project(remixed(&project, 0, |t| t.mix.muted = tick % 2 == 0)),
                _ => player.set_project(song(&[track(1, back, &[]), track(2, front, &[])])),
            }
            hear(&mut player, length as usize * 4);
        }
        player.stop();
        let sound = hear(&mut player, 1_000);
        prop_assert!(sound[LOOKAHEAD..].iter().all(|sample| *sample == 0.0));
        prop_assert_eq!(player.stats().voices, 0);
    }
}

#[test]
fn a_machine_without_a_sound_card_keeps_time_in_silence() {
    let (mut player, _) = player();
    player.set_project(song(&[track(1, &[(0, 96_000, 60, 100)], &[])]));
    let state = player.open_device();
    assert_ne!(state, super::DeviceState::Lost { why: String::new() });
    player.play();
    let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while player.view().position < 1.0 || player.stats().voices == 0 {
        assert!(std::time::Instant::now() < until, "{state:?} {:?}", player.view());
        std::thread::sleep(std::time::Duration::from_millis(5));
        player.poll();
    }
}

#[test]
fn when_too_many_voices_sound_the_oldest_tracks_fade_out() {
    let (mut player, _) = player();
    let chord = |start: u64| (0..40).map(move |key| (start, 96_000, 40 + key, 1));
    let tracks: Vec<_> =
        (0..12).map(|id| track(id, &chord(u64::from(id) * 100).collect::<Vec<_>>(), &[])).collect();
    player.set_project(song(&tracks));
    player.play();
    let sound = hear(&mut player, 1_400 * TICK);
    assert!(player.stats().voices <= 256, "{:?}", player.stats());
    let steps = sound.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
    assert!(steps < 41.0 * level_of(1), "only a beginning chord may step: {steps}");
    let tail = sound.len() - 1_000;
    assert!(sound[tail..].iter().all(|sample| *sample > 200.0 * level_of(1)));
}
