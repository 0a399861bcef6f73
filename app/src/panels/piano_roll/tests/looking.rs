//! Scrolling, zooming, hearing, and what the panel says about itself.

use super::*;

#[test]
fn notes_and_keys_sound_while_they_are_held() {
    let mut roll = Roll::new("72@960+960");
    let pos = roll.at(72, 1400.0);
    roll.click(pos, NONE);
    assert_eq!(roll.host().live, [[0x90, 72, 96], [0x80, 72, 64]]);
    roll.harness.state_mut().live.clear();
    let keys = |roll: &Roll, key| pos2(20.0, roll.at(key, 0.0).y);
    let (from, to) = (keys(&roll, 65), keys(&roll, 64));
    roll.press(from, NONE);
    roll.drag_to(to);
    roll.release(to);
    let expected = [[0x90, 65, 96], [0x80, 65, 64], [0x90, 64, 96], [0x80, 64, 64]];
    assert_eq!(roll.host().live, expected);
}

#[test]
fn a_click_in_the_ruler_moves_the_playhead() {
    let mut roll = Roll::new("");
    let layout = roll.layout();
    let pos = pos2(layout.x_from_tick(1000.0), layout.ruler.center().y);
    roll.click(pos, NONE);
    assert_eq!(roll.host().studio.transport().position, 960.0);
}

#[test]
fn the_wheel_scrolls_and_zooms_at_the_pointer() {
    let viewport = |roll: &Roll| roll.host().view.live.shown.unwrap().1;
    let mut roll = Roll::new("72@12000+960");
    let pos = roll.at(70, 4000.0);
    roll.wheel(pos, vec2(0.0, -1.0), NONE);
    assert_eq!(viewport(&roll), Viewport { top: 47.0, ..VIEWPORT });
    roll.wheel(pos, vec2(0.0, -1.0), SHIFT);
    assert!((viewport(&roll).left - 480.0).abs() < 1e-6);

    let before = roll.layout().spot(pos);
    roll.wheel(pos, vec2(0.0, 2.0), CTRL);
    let after = roll.layout().spot(pos);
    assert!(viewport(&roll).scale > SCALE * 1.3);
    assert!((before.tick - after.tick).abs() < 0.5, "{before:?} {after:?}");

    roll.wheel(pos, vec2(0.0, 1.0), CTRL.plus(SHIFT));
    let after = roll.layout().spot(pos);
    assert!(viewport(&roll).row_height > ROW * 1.2);
    assert!((before.row - after.row).abs() < 0.01, "{before:?} {after:?}");
}

#[test]
fn a_pinch_zooms_time() {
    let mut roll = Roll::new("72@12000+960");
    let pos = roll.at(70, 4000.0);
    let before = roll.layout().spot(pos);
    roll.harness.hover_at(pos);
    roll.harness.event(Event::Zoom(1.5));
    roll.step();
    assert!((roll.layout().viewport.scale - 1.5 * SCALE).abs() < 1e-9);
    assert!((before.tick - roll.layout().spot(pos).tick).abs() < 0.5);
}

#[test]
fn the_middle_button_and_space_pan() {
    let mut roll = Roll::new("72@12000+960");
    let (from, to) = (roll.at(70, 4000.0), roll.at(72, 3000.0));
    roll.button(from, PointerButton::Middle, true, NONE);
    roll.drag_to(to);
    roll.button(to, PointerButton::Middle, false, NONE);
    let viewport = roll.layout().viewport;
    assert!((viewport.left - 1000.0).abs() < 1.0 && (viewport.top - 45.0).abs() < 0.1);

    roll.harness.key_down(Key::Space);
    roll.step();
    roll.press(to, NONE);
    roll.drag_to(from);
    roll.release(from);
    roll.harness.key_up(Key::Space);
    roll.step();
    let viewport = roll.layout().viewport;
    assert!(viewport.left.abs() < 1.0 && (viewport.top - 43.0).abs() < 0.1, "{viewport:?}");
}

#[test]
fn the_view_follows_a_playhead_that_leaves_it_unless_it_was_scrolled_away() {
    let mut roll = Roll::new("72@12000+960");
    let play = |roll: &mut Roll, tick: u64| {
        let host = roll.harness.state_mut();
        host.studio.seek(Tick(tick));
        host.studio.play();
        roll.harness.run_steps(2);
    };
    play(&mut roll, 9000);
    assert_eq!(roll.layout().viewport.left, 0.0);
    play(&mut roll, 10_100);
    let (from, to) = roll.layout().visible_ticks();
    assert!(from < 10_100.0 && to > 15_000.0, "{from}..{to}");
    roll.harness.state_mut().studio.stop();
    roll.harness.run_steps(2);
    roll.harness.state_mut().view.live.shown.as_mut().unwrap().1 = VIEWPORT;
    play(&mut roll, 11_000);
    assert_eq!(roll.layout().viewport.left, 0.0);
}

#[test]
fn what_the_pointer_is_over_is_explained() {
    let mut roll = Roll::new("72@960+960");
    let layout = roll.layout();
    let over_note = roll.at(72, 1400.0);
    let mut hint = |pos: Pos2| {
        roll.harness.hover_at(pos);
        roll.step();
        roll.host().last_hint.clone()
    };
    assert!(hint(over_note).starts_with("Drag moves · Ctrl+drag copies"));
    assert!(hint(over_note + vec2(0.0, 40.0)).starts_with("Drag selects"));
    assert!(hint(layout.keys.center()).starts_with("Click or drag plays"));
    assert!(hint(layout.lane.center()).starts_with("Click or drag paints values"));
}

#[test]
fn every_part_names_itself_and_an_empty_roll_says_what_to_do() {
    let roll = Roll::new("*72@960+960 60@0+480");
    roll.harness.get_by_label("Piano roll of Piano, 2 notes, 1 selected");
    roll.harness.get_by_label("Velocity lane");
    roll.harness.get_by_label("Piano keys");

    let mut roll = Roll::new("");
    roll.harness.state_mut().selection = Selection::of_track(TrackId(1));
    roll.step();
    roll.step();
    roll.harness.get_by_label("Piano roll, no clip selected");
}

#[test]
fn another_clip_comes_into_view_and_ends_a_drag() {
    let mut roll = Roll::new("72@960+960");
    let (from, to) = (roll.at(72, 1400.0), roll.at(75, 2400.0));
    roll.press(from, NONE);
    roll.drag_to(to);
    let host = roll.harness.state_mut();
    let track = host.studio.snapshot().tracks[0].id;
    host.selection = Selection::of_clip(ClipRef { track, clip: ClipId(999) });
    roll.step();
    roll.step();
    let host = roll.harness.state_mut();
    host.selection =
        Selection::of_clip(ClipRef { track, clip: host.studio.snapshot().tracks[0].clips[0].id });
    roll.step();
    assert_eq!(roll.notes(), "72@960+960");
}

#[test]
fn a_double_click_on_another_clip_of_the_track_opens_it() {
    let mut roll = Roll::new("72@960+960");
    let host = roll.harness.state_mut();
    let track = host.studio.snapshot().tracks[0].id;
    let range = TickRange::between(Tick(5 * 3840), Tick(6 * 3840));
    host.studio.apply(&Command::AddClip { track, range }).unwrap();
    host.view.live.shown.as_mut().unwrap().1.scale = 0.04;
    roll.harness.run_steps(2);
    let pos = roll.at(72, 5.5 * 3840.0);
    for _ in 0..2 {
        roll.press(pos, NONE);
        roll.release(pos);
    }
    let clips = &roll.host().studio.snapshot().tracks[0].clips;
    assert_eq!(roll.host().selection.clip(), Some(ClipRef { track, clip: clips[1].id }));
    assert!(clips[1].notes.is_empty());
}

#[test]
fn a_held_modifier_changes_the_hint() {
    let mut roll = Roll::new("72@960+960");
    let over_note = roll.at(72, 1400.0);
    roll.harness.hover_at(over_note);
    roll.hold(CTRL);
    assert_eq!(roll.host().last_hint, "Ctrl+drag copies · Ctrl+click toggles");
    roll.harness.state_mut().view.tool = RollTool::Knife;
    roll.hold(NONE);
    assert!(roll.host().last_hint.starts_with("Click or drag cuts"), "{}", roll.host().last_hint);
}

#[test]
fn turns_of_the_wheel_are_one_zoom_to_go_back_from() {
    let mut roll = Roll::new("72@12000+960");
    let pos = roll.at(70, 4000.0);
    for _ in 0..3 {
        roll.wheel(pos, vec2(0.0, 1.0), CTRL);
    }
    let first = roll.layout().viewport;
    roll.harness.run_steps(60);
    roll.wheel(pos, vec2(0.0, 1.0), CTRL.plus(SHIFT));
    roll.focus();
    roll.key(Key::Z, SHIFT);
    assert_eq!(roll.layout().viewport, first);
    roll.key(Key::Z, SHIFT);
    assert_eq!(roll.layout().viewport, VIEWPORT);
}

#[test]
fn two_fingers_pan_both_ways() {
    let mut roll = Roll::new("72@12000+960");
    let pos = roll.at(70, 4000.0);
    roll.harness.hover_at(pos);
    roll.harness.event(Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(-50.0, 24.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Unknown,
        modifiers: NONE,
    });
    roll.step();
    let viewport = roll.layout().viewport;
    assert!((viewport.left - 500.0).abs() < 1e-6, "{viewport:?}");
    assert!((viewport.top - 41.0).abs() < 1e-3, "{viewport:?}");
}

#[test]
fn a_right_click_on_a_key_marks_its_row_until_the_next() {
    let mut roll = Roll::new("72@0+960");
    let pos = pos2(20.0, roll.at(72, 0.0).y);
    for marks in [1 << 72, 0] {
        roll.button(pos, PointerButton::Secondary, true, NONE);
        roll.let_go(pos, PointerButton::Secondary);
        assert_eq!(roll.host().view.live.marks, marks);
    }
    assert!(roll.host().live.is_empty(), "no sound");
    assert!(roll.host().last_hint.contains("Right click marks the row".to_lowercase().as_str()));
}

#[test]
fn a_glissando_plays_every_key_it_comes_to() {
    let mut roll = Roll::new("");
    let keys = [72, 71, 70].map(|key| pos2(20.0, roll.at(key, 0.0).y));
    roll.press(keys[0], NONE);
    roll.drag_to(keys[1]);
    roll.drag_to(keys[2]);
    roll.release(keys[2]);
    let on: Vec<u8> = roll.host().live.iter().filter(|it| it[0] == 0x90).map(|it| it[1]).collect();
    assert_eq!(on, [72, 71, 70]);
    assert_eq!(roll.host().live.last(), Some(&[0x80, 70, 64]));
}
