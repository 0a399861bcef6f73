//! Cut, copy and paste, as the system's events for them come in.

use super::*;
use engine::edit::{Lane, LaneEdit, LaneKind, LanePoint};

impl Roll {
    fn event(&mut self, event: Event) {
        self.harness.event(event);
        self.step();
        self.step();
    }

    fn seek(&mut self, tick: u64) {
        self.harness.state_mut().studio.seek(Tick(tick));
        self.step();
    }
}

#[test]
fn copied_notes_come_to_the_playhead_as_the_selection_and_as_one_step() {
    let mut roll = Roll::new("*60@240+240 *64@600+120 72@0+480");
    roll.focus();
    roll.event(Event::Copy);
    roll.seek(3840);
    roll.event(Event::Paste("not of this program".to_owned()));
    let pasted = "72@0+480 60@240+240 64@600+120 *60@3840+240 *64@4200+120";
    assert_eq!(roll.notes(), pasted);
    roll.undo();
    assert_eq!(unmarked(&roll.notes()), "72@0+480 60@240+240 64@600+120");
}

#[test]
fn cut_notes_are_gone_until_they_are_pasted() {
    let mut roll = Roll::new("*60@240+240 72@0+480");
    roll.focus();
    roll.event(Event::Cut);
    assert_eq!(roll.notes(), "72@0+480");
    roll.seek(960);
    roll.key(Key::V, CTRL);
    assert_eq!(roll.notes(), "72@0+480 *60@960+240");
}

#[test]
fn pasting_keeps_to_the_grid_unless_it_is_off() {
    let mut roll = Roll::new("*60@0+240");
    roll.focus();
    roll.key(Key::C, CTRL);
    roll.seek(1000);
    roll.key(Key::V, CTRL);
    assert_eq!(roll.notes(), "60@0+240 *60@960+240");
    roll.harness.state_mut().view.snap = false;
    roll.key(Key::V, CTRL);
    assert_eq!(roll.notes(), "60@0+240 60@960+240 *60@1000+240");
}

#[test]
fn notes_of_another_window_come_as_text_at_their_own_resolution() {
    let mut roll = Roll::new("");
    roll.focus();
    roll.event(Event::Paste("MIDI notes 96 1\n10 24 60 77 12 1\n34 48 62 78 - 3\n".to_owned()));
    assert_eq!(roll.notes(), "*60@0+240 *62@240+480");
    let project = Arc::clone(roll.host().studio.snapshot());
    let said =
        |note: &engine::model::Note| (note.velocity, note.release.velocity(), note.channel.index());
    let notes: Vec<_> = project.tracks[0].clips[0].notes.iter().map(said).collect();
    assert_eq!(notes, [(77, Some(12), 0), (78, None, 2)]);
}

#[test]
fn what_is_copied_can_be_read_by_another_window() {
    let mut roll = Roll::new("*60@240+240");
    roll.focus();
    roll.event(Event::Copy);
    let text = roll.host().copied.clone();
    let mut other = Roll::new("");
    other.focus();
    other.event(Event::Paste(text));
    assert_eq!(other.notes(), "*60@0+240");
}

#[test]
fn pasted_points_open_their_lane_when_none_shows() {
    let mut roll = Roll::new("*60@0+240");
    let host = roll.harness.state_mut();
    let (clip, channel) = (host.selection.clip().unwrap(), engine::model::Channel::new(0));
    roll.focus();
    roll.event(Event::Paste("MIDI lane 481 {\"Controller\":1}\n0 5\n480 9\n".to_owned()));
    roll.step();
    let project = Arc::clone(roll.host().studio.snapshot());
    let lane = Lane { kind: LaneKind::Controller(1), channel };
    let (track, clip) = (&project.tracks[0], project.clip(clip).unwrap());
    let data = engine::edit::LaneData::of_clip(track, clip, lane);
    let expected = [LanePoint::new(Tick(0), 5.0), LanePoint::new(Tick(480), 9.0)];
    assert_eq!(data.points(), expected);
    assert!(roll.host().view.lanes.shown.iter().any(|shown| shown.kind == lane.kind));
}

#[test]
fn chosen_points_are_copied_by_the_command_as_by_the_keys() {
    let mut roll = Roll::new("");
    let clip = roll.host().selection.clip().unwrap();
    let lane = Lane { kind: LaneKind::Controller(1), channel: engine::model::Channel::new(0) };
    let range = TickRange::between(Tick(0), Tick(1000));
    let points = [LanePoint::new(Tick(240), 5.0)].into();
    let host = roll.harness.state_mut();
    let draw = Command::Lane { clip, lane, edit: LaneEdit::Draw { range, points } };
    host.studio.apply(&draw).unwrap();
    host.view.lanes.shown.push(super::super::LaneView {
        kind: lane.kind,
        channel: None,
        height: 60.0,
    });
    roll.step();
    roll.harness.get_by_label("Modulation lane").focus();
    roll.harness.run_steps(2);
    roll.key(Key::ArrowRight, CTRL);
    roll.harness.state().commands.send(Action::Cut);
    roll.harness.run_steps(3);
    let events = |roll: &Roll| roll.host().studio.snapshot().clip(clip).unwrap().events.len();
    assert_eq!(events(&roll), 0);
    roll.seek(480);
    roll.harness.state().commands.send(Action::Paste);
    roll.harness.run_steps(3);
    assert_eq!(events(&roll), 1);
}
