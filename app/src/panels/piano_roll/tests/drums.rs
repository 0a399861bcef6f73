//! Gestures on a drum track: its rows are the kit's, its notes are hits on their onset.

use super::*;

/// Rows of the kit are folded to twelve: kick 36, snare 38, closed hat 42 and open hat 46 are
/// always among them.
fn drums(notes: &str) -> Roll {
    Roll::on(&Command::AddDrumTrack { name: "Drums".into() }, notes)
}

#[test]
fn a_hit_is_taken_by_its_diamond_on_either_side_of_its_onset() {
    for off in [-30.0, 30.0] {
        let mut roll = drums("38@960+120");
        assert!(roll.layout().hits, "drawn as diamonds");
        let (from, to) = (roll.at(38, 960.0 + off), roll.at(42, 1920.0 + off));
        roll.drag(from, to, NONE);
        assert_eq!(roll.notes(), "*42@1920+120", "{off}: to the row of the hat");
        roll.undo();
        assert_eq!(unmarked(&roll.notes()), "38@960+120");
    }
}

#[test]
fn the_end_of_a_hits_tail_makes_it_longer() {
    let mut roll = drums("38@960+960");
    let (from, to) = (roll.at(38, 1915.0), roll.at(38, 2395.0));
    roll.drag(from, to, NONE);
    assert_eq!(roll.notes(), "*38@960+1440");
}

#[test]
fn ctrl_and_a_drag_copy_a_hit() {
    let mut roll = drums("38@960+120");
    let (from, to) = (roll.at(38, 960.0), roll.at(38, 1920.0));
    roll.drag(from, to, CTRL);
    assert_eq!(roll.notes(), "38@960+120 *38@1920+120");
}

#[test]
fn drawing_writes_hits_on_the_rows_of_the_kit_and_they_sound_as_drums() {
    let mut roll = drums("");
    roll.harness.state_mut().view.tool = RollTool::Draw;
    roll.step();
    let pos = roll.at(36, 10.0);
    roll.click(pos, NONE);
    let pos = roll.at(42, 490.0);
    roll.click(pos, NONE);
    assert_eq!(unmarked(&roll.notes()), "36@0+240 42@480+240");
    let clip = Arc::clone(&roll.host().studio.snapshot().tracks[0].clips[0]);
    assert!(clip.notes.iter().all(|note| note.channel == engine::model::Channel::DRUMS));
    let struck: Vec<u8> = roll.host().live.iter().filter(|m| m[0] == 0x90).map(|m| m[1]).collect();
    assert_eq!(struck, [36, 42], "each is heard");
}

#[test]
fn painting_with_ctrl_fills_the_steps_of_a_row() {
    let mut roll = drums("42@480+240");
    roll.harness.state_mut().view.tool = RollTool::Draw;
    roll.step();
    let (from, to) = (roll.at(42, 10.0), roll.at(42, 900.0));
    roll.drag(from, to, CTRL);
    assert_eq!(unmarked(&roll.notes()), "42@0+240 42@240+240 42@480+240 42@720+240");
}

#[test]
fn erasing_sweeps_over_the_diamonds() {
    let mut roll = drums("36@0+120 36@960+120 36@1920+120 38@960+120");
    roll.harness.state_mut().view.tool = RollTool::Erase;
    roll.step();
    let (from, to) = (roll.at(36, 600.0), roll.at(36, 2100.0));
    roll.drag(from, to, NONE);
    assert_eq!(unmarked(&roll.notes()), "36@0+120 38@960+120");
}

#[test]
fn the_arrows_go_from_drum_to_drum_that_has_a_row() {
    let mut roll = drums("*36@0+120");
    roll.focus();
    roll.key(Key::Escape, NONE);
    let pos = roll.at(36, 2000.0);
    roll.click(pos, NONE);
    let rows = roll.host().view.live.rows;
    roll.key(Key::ArrowUp, NONE);
    roll.key(Key::Enter, NONE);
    let next = rows.stepped(36, 1);
    let words = roll.notes();
    assert!(words.contains(&format!("{next}@")), "{words}: {next} is the next drum up");
}
