//! The player and the callback, heard through an instrument one can calculate with.

use super::rt::LOOKAHEAD;
use super::trial::{TICK, hear, level_of, player, song, track};
use crate::time::Tick;

/// Asserts that `sound` is `level` from `from` to `until`.
#[track_caller]
fn assert_level(sound: &[f32], from: usize, until: usize, level: f32) {
    for (index, sample) in sound.iter().enumerate().take(until).skip(from) {
        assert!((sample - level).abs() < 1e-6, "frame {index}: {sample} instead of {level}");
    }
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
