//! Lanes under the notes: every gesture as (before, gesture, after).

use super::*;
use crate::panels::piano_roll::LaneView;
use egui_kittest::kittest::NodeT;
use engine::edit::{CurveShape, Lane, LaneData, LaneEdit, LaneKind, LanePoint};
use engine::model::Channel;

const MODULATION: LaneKind = LaneKind::Controller(1);
const CHANNEL: Channel = Channel::new(0);

impl Roll {
    /// A roll with one lane of this kind under the notes, and `tick:value` points in it.
    fn with_lane(notes: &str, kind: LaneKind, points: &str) -> Self {
        let mut roll = Self::new(notes);
        roll.show(&[kind]);
        let points: Vec<LanePoint> = points
            .split_whitespace()
            .map(|word| {
                let (tick, value) = word.split_once(':').unwrap();
                LanePoint::new(Tick(tick.parse().unwrap()), value.parse().unwrap())
            })
            .collect();
        if !points.is_empty() {
            let range = TickRange::between(Tick(0), Tick(4 * 3840));
            roll.edit(kind, LaneEdit::Draw { range, points: points.into() });
        }
        roll
    }

    fn show(&mut self, kinds: &[LaneKind]) {
        let lane = |&kind: &LaneKind| LaneView { kind, channel: None, height: 100.0 };
        self.harness.state_mut().view.lanes.shown = kinds.iter().map(lane).collect();
        self.harness.run_steps(2);
    }

    fn edit(&mut self, kind: LaneKind, edit: LaneEdit) {
        let host = self.harness.state_mut();
        let clip = host.selection.clip().unwrap();
        let lane = Lane { kind, channel: CHANNEL };
        host.studio.apply(&Command::Lane { clip, lane, edit }).unwrap();
        self.harness.run_steps(2);
    }

    /// The lane's points as they were written.
    fn points(&self, kind: LaneKind) -> String {
        let project = self.host().studio.snapshot();
        let track = &project.tracks[0];
        let lane = Lane { kind, channel: CHANNEL };
        let data = match kind {
            LaneKind::Tempo => LaneData::of_tempo(&project.conductor),
            _ => LaneData::of_clip(track, &track.clips[0], lane),
        };
        let word = |point: &LanePoint| format!("{}:{:.0}", point.tick.0, point.value);
        data.points().iter().map(word).collect::<Vec<_>>().join(" ")
    }

    /// The ticks of the points that are chosen.
    fn chosen(&self) -> Option<(u64, u64)> {
        let (_, range) = self.host().view.live.lanes.chosen()?;
        Some((range.start().0, range.end().0))
    }

    /// Where a value of the only lane is. `share` is of the lane's values, 0 at the bottom.
    fn in_lane(&self, tick: f64, share: f32) -> Pos2 {
        let layout = self.layout();
        let (floor, ceiling) = (layout.lanes.bottom() - 6.0, layout.lanes.top() + 10.0);
        pos2(layout.x_from_tick(tick), floor - (floor - ceiling) * share)
    }

    fn right_drag(&mut self, from: Pos2, to: Pos2) {
        self.button(from, PointerButton::Secondary, true, NONE);
        self.drag_to(from + (to - from) / 2.0);
        self.drag_to(to);
        self.button(to, PointerButton::Secondary, false, NONE);
        self.step();
    }

    fn right_click(&mut self, pos: Pos2) {
        self.button(pos, PointerButton::Secondary, true, NONE);
        self.button(pos, PointerButton::Secondary, false, NONE);
        self.harness.run_steps(3);
    }

    fn choose(&mut self, label: &str) {
        self.harness.get_by_label(label).click();
        self.harness.run_steps(3);
    }
}

impl Roll {
    /// Types a number into a field of the open menu.
    fn number(&mut self, field: &str, text: &str) {
        self.harness.get_by_role_and_label(egui::accesskit::Role::SpinButton, field).click();
        self.harness.run_steps(2);
        self.harness.event(Event::Text(text.to_owned()));
        self.harness.run_steps(2);
        self.key(Key::Enter, NONE);
    }
}

/// A drag in a lane from one (tick, share of its values) to another; then undoes it.
fn check_lane(
    kind: LaneKind,
    before: &str,
    modifiers: Modifiers,
    from: (f64, f32),
    to: (f64, f32),
    after: &str,
) {
    let mut roll = Roll::with_lane("", kind, before);
    let (start, end) = (roll.in_lane(from.0, from.1), roll.in_lane(to.0, to.1));
    roll.drag(start, end, modifiers);
    assert_eq!(roll.points(kind), after, "{kind:?} {before} dragged with {modifiers:?}");
    roll.undo();
    assert_eq!(roll.points(kind), before, "one undo step");
}

#[test]
fn a_click_draws_a_point_and_on_a_point_changes_it() {
    let mut roll = Roll::with_lane("", MODULATION, "480:10 960:20");
    let pos = roll.in_lane(970.0, 1.0);
    roll.click(pos, NONE);
    assert_eq!(roll.points(MODULATION), "480:10 960:127");
    let pos = roll.in_lane(2000.0, 0.0);
    roll.click(pos, NONE);
    assert_eq!(roll.points(MODULATION), "480:10 960:127 2000:0");
    roll.undo();
    roll.undo();
    assert_eq!(roll.points(MODULATION), "480:10 960:20");
}

#[test]
fn a_drag_paints_and_replaces_what_it_passes() {
    let before = "480:10 960:20 1440:30 2880:40";
    let after = "480:10 800:127 2880:40";
    check_lane(MODULATION, before, NONE, (800.0, 1.0), (1600.0, 1.0), after);
}

#[test]
fn painting_follows_the_pointer_no_denser_than_its_values() {
    let mut roll = Roll::with_lane("", MODULATION, "");
    let (from, to) = (roll.in_lane(1000.0, 0.0), roll.in_lane(2000.0, 1.0));
    roll.drag(from, to, NONE);
    let points = roll.points(MODULATION);
    assert!(points.starts_with("1000:0 ") && points.ends_with(":127"), "{points}");
    // 20 ticks at least lie between two points.
    assert!((40..=52).contains(&points.split(' ').count()), "{points}");
}

#[test]
fn ctrl_dragging_draws_a_ramp_between_grid_lines_whatever_lies_between() {
    let mut roll = Roll::with_lane("", MODULATION, "1100:99");
    let (from, to) = (roll.in_lane(960.0, 0.0), roll.in_lane(1925.0, 1.0));
    roll.press(from, CTRL);
    let detour = roll.in_lane(1500.0, 0.9);
    roll.drag_to(detour);
    roll.drag_to(to);
    roll.release(to);
    let points = roll.points(MODULATION);
    assert!(points.starts_with("960:0 ") && points.ends_with("1920:127"), "{points}");
    assert!(points.contains(" 1440:64 ") && !points.contains("1100:99"), "{points}");
    roll.undo();
    assert_eq!(roll.points(MODULATION), "1100:99");
}

#[test]
fn alt_bends_a_ramp_and_the_caption_chooses_how() {
    for (alt, shape) in [(true, CurveShape::Line), (false, CurveShape::Sine)] {
        let mut roll = Roll::with_lane("", MODULATION, "");
        roll.harness.state_mut().view.lanes.shape = shape;
        let (from, to) = (roll.in_lane(0.0, 0.0), roll.in_lane(1920.0, 1.0));
        roll.press(from, CTRL);
        roll.hold(if alt { CTRL | ALT } else { CTRL });
        roll.drag_to(to);
        roll.release(to);
        // A quarter of the way a cosine has risen to 15 %.
        assert!(roll.points(MODULATION).contains(" 480:19 "), "{}", roll.points(MODULATION));
    }
}

#[test]
fn shift_dragging_chooses_points_which_then_move_with_the_pointer() {
    let mut roll = Roll::with_lane("*60@0+480", MODULATION, "480:10 960:20 1440:30 2880:40");
    let (from, to) = (roll.in_lane(800.0, 0.2), roll.in_lane(1600.0, 0.8));
    roll.drag(from, to, SHIFT);
    assert_eq!(roll.chosen(), Some((800, 1601)));
    assert_eq!(roll.notes(), "60@0+480", "one selection at a time");
    let (from, to) = (roll.in_lane(1000.0, 0.2), roll.in_lane(1490.0, 0.2 + 10.0 / 127.0));
    roll.drag(from, to, NONE);
    assert_eq!(roll.points(MODULATION), "480:10 1440:30 1920:40 2880:40");
    assert_eq!(roll.chosen(), Some((1280, 2081)));
    roll.undo();
    assert_eq!(roll.points(MODULATION), "480:10 960:20 1440:30 2880:40");
}

#[test]
fn shift_leaves_the_grid_and_alt_locks_the_axis_of_chosen_points() {
    for (modifiers, after) in [(SHIFT, "1330:43"), (ALT, "1440:20")] {
        let mut roll = Roll::with_lane("", MODULATION, "960:20");
        let (from, to) = (roll.in_lane(900.0, 0.2), roll.in_lane(1020.0, 0.2));
        roll.drag(from, to, SHIFT);
        let from = roll.in_lane(960.0, 0.2);
        let to = from + vec2(37.0, -84.0 * 23.0 / 127.0);
        roll.press(from, NONE);
        roll.hold(modifiers);
        roll.drag_to(to);
        roll.release(to);
        assert_eq!(roll.points(MODULATION), after, "{modifiers:?}");
    }
}

#[test]
fn a_shift_click_chooses_one_point_and_a_click_elsewhere_none() {
    let mut roll = Roll::with_lane("", MODULATION, "960:20 1440:30");
    let pos = roll.in_lane(965.0, 0.9);
    roll.click(pos, SHIFT);
    assert_eq!(roll.chosen(), Some((960, 961)));
    let pos = roll.in_lane(3000.0, 0.5);
    roll.click(pos, NONE);
    assert_eq!(roll.chosen(), None);
}

#[test]
fn sweeping_with_the_right_button_erases_points_as_one_step() {
    let mut roll = Roll::with_lane("", MODULATION, "480:10 960:20 1440:30 2880:40");
    let (from, to) = (roll.in_lane(900.0, 0.5), roll.in_lane(1500.0, 0.9));
    roll.right_drag(from, to);
    assert_eq!(roll.points(MODULATION), "480:10 2880:40");
    roll.undo();
    assert_eq!(roll.points(MODULATION), "480:10 960:20 1440:30 2880:40");
}

#[test]
fn the_tools_ramp_and_erase_work_in_lanes_too() {
    let mut roll = Roll::with_lane("", MODULATION, "480:10 960:20");
    roll.harness.state_mut().view.tool = RollTool::Erase;
    let (from, to) = (roll.in_lane(940.0, 0.5), roll.in_lane(1100.0, 0.9));
    roll.drag(from, to, NONE);
    assert_eq!(roll.points(MODULATION), "480:10");
    roll.harness.state_mut().view.tool = RollTool::Ramp;
    let (from, to) = (roll.in_lane(960.0, 0.0), roll.in_lane(1920.0, 1.0));
    roll.drag(from, to, NONE);
    assert!(roll.points(MODULATION).contains(" 1440:64 "));
}

#[test]
fn turns_of_the_wheel_change_the_value_that_holds_and_make_one_step() {
    let mut roll = Roll::with_lane("", MODULATION, "480:10 960:20");
    let pos = roll.in_lane(2000.0, 0.5);
    roll.wheel(pos, vec2(0.0, 1.0), NONE);
    roll.wheel(pos, vec2(0.0, 1.0), NONE);
    assert_eq!(roll.points(MODULATION), "480:10 960:22");
    roll.harness.run_steps(60);
    roll.undo();
    assert_eq!(roll.points(MODULATION), "480:10 960:20");
    let left = roll.host().view.live.shown.unwrap().1.left;
    roll.wheel(pos, vec2(0.0, -1.0), SHIFT);
    assert!(roll.host().view.live.shown.unwrap().1.left > left, "Shift scrolls as everywhere");
}

#[test]
fn escape_takes_a_stroke_back_and_then_forgets_what_is_chosen() {
    let mut roll = Roll::with_lane("", MODULATION, "480:10");
    let (from, to) = (roll.in_lane(900.0, 0.5), roll.in_lane(1500.0, 0.9));
    roll.press(from, NONE);
    roll.drag_to(to);
    assert_ne!(roll.points(MODULATION), "480:10");
    roll.key(Key::Escape, NONE);
    assert_eq!(roll.points(MODULATION), "480:10");
    roll.release(to);
    assert_eq!(roll.points(MODULATION), "480:10");
    let (from, to) = (roll.in_lane(300.0, 0.5), roll.in_lane(1500.0, 0.9));
    roll.drag(from, to, SHIFT);
    assert!(roll.chosen().is_some());
    roll.key(Key::Escape, NONE);
    assert_eq!(roll.chosen(), None);
}

#[test]
fn keys_reach_move_copy_and_delete_points() {
    let mut roll = Roll::with_lane("", MODULATION, "480:10 960:20");
    roll.harness.get_by_label("Modulation lane").focus();
    roll.harness.run_steps(2);
    roll.key(Key::ArrowRight, CTRL);
    roll.key(Key::ArrowRight, CTRL);
    assert_eq!(roll.chosen(), Some((960, 961)));
    roll.key(Key::ArrowUp, NONE);
    roll.key(Key::ArrowDown, SHIFT);
    roll.key(Key::ArrowRight, NONE);
    assert_eq!(roll.points(MODULATION), "480:10 1200:11");
    roll.harness.event(Event::Copy);
    roll.step();
    roll.key(Key::ArrowLeft, CTRL);
    roll.key(Key::Delete, NONE);
    assert_eq!(roll.points(MODULATION), "1200:11");
    roll.harness.event(Event::Paste("not of a lane".into()));
    roll.harness.run_steps(2);
    assert_eq!(roll.points(MODULATION), "480:11 1200:11");
    roll.key(Key::Escape, NONE);
    roll.key(Key::Enter, NONE);
    assert_eq!(roll.points(MODULATION), "0:0 480:11 1200:11", "at the playhead");
}

#[test]
fn copied_points_keep_their_share_of_the_range_in_another_lane() {
    let mut roll = Roll::with_lane("", MODULATION, "480:0 960:127");
    let text = "MIDI lane 481 {\"Controller\":1}\n0 0\n480 127\n";
    roll.show(&[LaneKind::PitchBend]);
    roll.harness.get_by_label("Pitch bend lane").focus();
    roll.harness.run_steps(2);
    roll.harness.event(Event::Paste(text.into()));
    roll.harness.run_steps(2);
    assert_eq!(roll.points(LaneKind::PitchBend), "0:-8192 480:8191");
}

#[test]
fn the_menu_scales_tilts_thins_sets_and_pastes() {
    let before = "0:40 480:60 960:80";
    for (fields, button, after) in [
        (&[("To", "50"), ("around", "60")][..], "Scale", "0:50 480:60 960:70"),
        (&[("First by", "10"), ("last by", "-10")], "Tilt", "0:50 480:60 960:70"),
        (&[("Off by at most", "30")], "Thin", "0:40 960:80"),
        (&[("Value", "7")], "Set", "0:7 480:7 960:7"),
        (&[], "Delete points", ""),
    ] {
        let mut roll = Roll::with_lane("", MODULATION, before);
        let pos = roll.in_lane(1200.0, 0.5);
        roll.right_click(pos);
        for (field, text) in fields {
            roll.number(field, text);
        }
        roll.choose(button);
        assert_eq!(roll.points(MODULATION), after, "{button}");
        roll.undo();
        assert_eq!(roll.points(MODULATION), before, "{button} is one step");
    }
    let mut roll = Roll::with_lane("", MODULATION, before);
    let pos = roll.in_lane(1200.0, 1.0);
    roll.right_click(pos);
    roll.choose("Set");
    assert_eq!(roll.points(MODULATION), "0:127 480:127 960:127");
    roll.right_click(pos);
    roll.choose("Copy points");
    roll.right_click(pos);
    roll.choose("Paste here");
    assert_eq!(roll.points(MODULATION), "0:127 480:127 960:127 1200:127 1680:127 2160:127",);
    roll.right_click(pos);
    roll.choose("Thin");
    assert_eq!(roll.points(MODULATION), "0:127");
}

#[test]
fn pedals_are_down_or_up_on_the_grid() {
    let sustain = LaneKind::Controller(64);
    let mut roll = Roll::with_lane("", sustain, "");
    let (from, to) = (roll.in_lane(300.0, 0.9), roll.in_lane(900.0, 0.8));
    roll.drag(from, to, NONE);
    assert_eq!(roll.points(sustain), "240:127");
    let pos = roll.in_lane(1000.0, 0.2);
    roll.click(pos, NONE);
    assert_eq!(roll.points(sustain), "240:127 960:0");
}

#[test]
fn the_tempo_lane_is_the_songs_own() {
    let mut roll = Roll::with_lane("", LaneKind::Tempo, "");
    // From 40 to 200 quarters a minute.
    let pos = roll.in_lane(1000.0, 0.5);
    roll.click(pos, NONE);
    assert_eq!(roll.points(LaneKind::Tempo), "960:120");
    assert!(roll.host().studio.snapshot().conductor.tempo.is_declared());
    roll.wheel(pos, vec2(0.0, 1.0), NONE);
    assert_eq!(roll.points(LaneKind::Tempo), "960:121");
    let end = roll.in_lane(4.0 * 3840.0 * 0.6, 0.25);
    roll.drag(pos, end, CTRL);
    assert!(roll.points(LaneKind::Tempo).ends_with("9120:80"), "{}", roll.points(LaneKind::Tempo));
}

#[test]
fn release_velocities_are_painted_like_velocities() {
    let mut roll = Roll::new("60@0+480 60@960+480 60@1920+480");
    roll.show(&[LaneKind::ReleaseVelocity]);
    let releases = |roll: &Roll| -> Vec<u8> {
        let clip = &roll.host().studio.snapshot().tracks[0].clips[0];
        clip.notes.iter().map(|note| note.release.velocity().unwrap()).collect()
    };
    let (from, to) = (roll.in_lane(960.0, 0.0), roll.in_lane(1980.0, 0.0));
    roll.drag(from, to, NONE);
    assert_eq!(releases(&roll), [64, 0, 0]);
    roll.undo();
    assert_eq!(releases(&roll), [64, 64, 64]);
}

#[test]
fn velocities_in_a_chosen_range_move_together() {
    let mut roll = Roll::new("60@0+480 60@960+480 60@1920+480");
    let (from, to) = (roll.in_lane(900.0, 0.5), roll.in_lane(2000.0, 0.5));
    roll.drag(from, to, SHIFT);
    let from = roll.in_lane(1500.0, 0.5);
    roll.drag(from, from - vec2(0.0, 10.0), NONE);
    let velocities = roll.velocities();
    assert!(velocities[0] == 96 && velocities[1] > 105 && velocities[1] == velocities[2]);
    roll.undo();
    assert_eq!(roll.velocities(), [96; 3]);
}

#[test]
fn lanes_are_added_changed_closed_and_resized() {
    let mut roll = Roll::with_lane("", MODULATION, "480:10");
    roll.show(&[LaneKind::Velocity]);
    roll.choose("Add a lane below Velocity");
    roll.choose("Modulation");
    let kinds = |roll: &Roll| -> Vec<LaneKind> {
        roll.host().view.lanes.shown.iter().map(|lane| lane.kind).collect()
    };
    assert_eq!(kinds(&roll), [LaneKind::Velocity, MODULATION]);
    roll.choose("Modulation lane: choose what it shows");
    roll.choose("Pitch bend");
    assert_eq!(kinds(&roll), [LaneKind::Velocity, LaneKind::PitchBend]);
    let height = roll.host().view.lanes.shown[1].height;
    let edge = roll.harness.get_by_label("Height of the pitch bend lane").rect().center();
    roll.drag(edge, edge - vec2(0.0, 30.0), NONE);
    assert_eq!(roll.host().view.lanes.shown[1].height, height + 30.0);
    roll.choose("Close the Velocity lane");
    roll.choose("Close the Pitch bend lane");
    assert_eq!(kinds(&roll), []);
    roll.choose("Add a lane");
    roll.choose("Modulation");
    assert_eq!(kinds(&roll), [MODULATION]);
}

#[test]
fn many_lanes_leave_the_canvas_its_room_and_name_their_values() {
    let mut roll = Roll::with_lane("", MODULATION, "0:77");
    roll.show(&[MODULATION; 1]);
    let node = roll.harness.get_by_label("Modulation lane");
    assert_eq!(node.accesskit_node().numeric_value(), Some(77.0));
    let kinds: Vec<LaneKind> = (20..40).map(LaneKind::Controller).collect();
    roll.show(&kinds);
    let layout = roll.layout();
    assert!(layout.canvas.height() >= 60.0 && layout.lanes.bottom() <= roll.host().rect.bottom());
    // Over the captions the wheel scrolls the lanes.
    let over = layout.lanes.left_center() + vec2(10.0, 0.0);
    roll.wheel(over, vec2(0.0, -3.0), NONE);
    assert!(roll.host().view.live.lanes.scroll() > 0.0);
}

#[test]
fn a_closed_clip_takes_a_stroke_back() {
    let mut roll = Roll::with_lane("", MODULATION, "480:10");
    let (from, to) = (roll.in_lane(900.0, 0.5), roll.in_lane(1500.0, 0.9));
    roll.press(from, NONE);
    roll.drag_to(to);
    let host = roll.harness.state_mut();
    let clip = host.selection.clip().unwrap();
    host.selection = Selection::of_clip(ClipRef { clip: ClipId(999), ..clip });
    roll.harness.run_steps(2);
    assert_eq!(roll.points(MODULATION), "480:10");
}
