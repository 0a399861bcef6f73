//! Folded rows, hits, chords: gestures go where the eye sees them.

use super::*;
use crate::panels::piano_roll::{ChordLook, Fold, Looks, ScaleChoice};

const C_MAJOR: ScaleChoice = ScaleChoice::Fixed { root: 0, kind: 0 };

fn looking(notes: &str, looks: Looks) -> Roll {
    let mut roll = Roll::new(notes);
    roll.harness.state_mut().view.looks = looks;
    roll.step();
    roll.step();
    roll
}

fn folded(notes: &str) -> Roll {
    looking(notes, Looks { fold: Fold::Used, ..Looks::default() })
}

#[test]
fn in_a_fold_a_drag_upwards_goes_to_the_next_pitch_that_is_shown() {
    let mut roll = folded("60@0+960 64@1920+960");
    let (from, to) = (roll.at(60, 400.0), roll.at(64, 400.0));
    assert!((from.y - to.y - roll.layout().viewport.row_height).abs() < 0.5, "neighbours");
    roll.drag(from, to, NONE);
    assert_eq!(roll.notes(), "*64@0+960 64@1920+960");
    roll.undo();
    assert_eq!(unmarked(&roll.notes()), "60@0+960 64@1920+960");
}

#[test]
fn rows_stay_where_they_are_during_a_drag() {
    let mut roll = folded("60@0+960 64@1920+960");
    let (from, to) = (roll.at(64, 2300.0), roll.at(60, 2300.0));
    roll.press(from, NONE);
    roll.drag_to(to);
    let rows = roll.host().view.live.rows;
    roll.step();
    assert_eq!(roll.host().view.live.rows, rows, "64 is used by nothing, and keeps its row");
    assert_eq!(roll.notes(), "60@0+960 *60@1920+960");
    roll.release(to);
}

#[test]
fn a_marquee_in_a_fold_takes_the_rows_it_covers() {
    let mut roll = folded("60@0+480 64@0+480 90@0+480");
    let (from, to) = (roll.at(64, 1500.0), roll.at(60, 100.0));
    roll.drag(from, to, NONE);
    assert_eq!(roll.notes(), "*60@0+480 *64@0+480 90@0+480");
}

#[test]
fn folded_to_a_scale_new_notes_are_in_it() {
    let looks = Looks { fold: Fold::Scale, scale: C_MAJOR, ..Looks::default() };
    let mut roll = looking("61@0+480", looks);
    let layout = roll.layout();
    assert_eq!(layout.rows.row(60) - layout.rows.row(62), 2, "61 is used, and shown between");
    assert_eq!(layout.rows.row(65) - layout.rows.row(67), 1);
    let pos = roll.at(67, 1000.0);
    for _ in 0..2 {
        roll.press(pos, NONE);
        roll.release(pos);
    }
    assert_eq!(unmarked(&roll.notes()), "61@0+480 67@960+240");
}

#[test]
fn the_cursor_skips_what_is_folded_away() {
    let mut roll = folded("60@0+240 64@1920+240");
    let pos = roll.at(60, 1000.0);
    roll.click(pos, NONE);
    roll.key(Key::ArrowUp, NONE);
    roll.key(Key::Enter, NONE);
    assert_eq!(unmarked(&roll.notes()), "60@0+240 64@960+240 64@1920+240");
}

#[test]
fn folding_keeps_what_was_looked_at_and_unfolding_the_height_of_rows() {
    let mut roll = Roll::new("60@0+240 64@1920+240 72@0+240");
    let set = |roll: &mut Roll, fold| {
        roll.harness.state_mut().view.looks.fold = fold;
        roll.step();
        roll.step();
    };
    roll.harness.state_mut().view.row_height = ROW;
    set(&mut roll, Fold::Used);
    assert!(roll.layout().viewport.row_height > ROW, "few rows fill the canvas");
    set(&mut roll, Fold::All);
    assert!((roll.layout().viewport.row_height - ROW).abs() < 0.01);
    let (low, high) = roll.layout().visible_keys();
    assert!(low <= 60 && high >= 60, "{low} to {high}");
}

#[test]
fn chord_names_take_a_strip_only_for_the_whole_clip() {
    let height =
        |chords| looking("60@0+960", Looks { chords, ..Looks::default() }).layout().chords.height();
    assert_eq!(height(ChordLook::Selected), 0.0);
    assert!(height(ChordLook::Clip) > 10.0);
}
