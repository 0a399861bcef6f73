//! What the main panels look like, in both themes, drawn by the real application offscreen.
//!
//! Readouts that differ from run to run (load, frame times) are left out of the pictures.
//! `scripts/test.sh snapshots --accept` accepts what is drawn now.
#![expect(clippy::unwrap_used, reason = "a test that cannot draw has failed")]

use egui::{Event, Modifiers, PointerButton, Pos2, pos2};
use egui_kittest::image_snapshot;
use engine::edit::{Command, CurveShape, Lane, LaneEdit, LaneKind, LanePoint, curve};
use engine::model::ClipRef;
use engine::time::{Tick, TickRange};
use image::RgbaImage;
use image::imageops::crop_imm;
use midi_daw::command::{Action, AppCommand};
use midi_daw::headless::{Session, SessionOptions};
use midi_daw::panels::piano_roll::{
    ChordLook, Fold, GridChoice, LaneView, NoteValue, PianoRollView, ScaleChoice,
};
use midi_daw::state::{EditorTab, Layout, RollTool, Selection};
use midi_daw::theme::ThemeKind;

const SIZE: [u32; 2] = [1280, 720];
const EDITOR: f32 = 300.0;

/// The whole interface with the demo song or with an empty one, once nothing moves.
fn picture(theme: ThemeKind, demo: bool) -> RgbaImage {
    let layout = Layout { theme, editor_height: EDITOR, ..Layout::default() };
    let options = SessionOptions { size: SIZE, layout, ..SessionOptions::default() };
    let mut session = Session::new(options).unwrap();
    if demo {
        session.app_mut().send(Action::OpenDemo);
    }
    session.settle().unwrap();
    session.image().unwrap()
}

fn check(picture: &RgbaImage, name: &str, [x, y, width, height]: [u32; 4]) {
    image_snapshot(&crop_imm(picture, x, y, width, height).to_image(), name);
}

fn check_panels(theme: ThemeKind, name: &str) {
    let picture = picture(theme, true);
    check(&picture, &format!("transport_{name}"), [0, 0, 920, 44]);
    check(&picture, &format!("arrangement_{name}"), [0, 44, 640, 260]);
    check(&picture, &format!("piano_roll_{name}"), [0, SIZE[1] - 24 - 300, 640, 300]);
}

#[test]
fn the_panels_look_as_they_did_in_the_dark_theme() {
    check_panels(ThemeKind::Dark, "dark");
}

#[test]
fn the_panels_look_as_they_did_in_the_light_theme() {
    check_panels(ThemeKind::Light, "light");
}

/// The roll with the demo song, a marked row, and a tool dragged from one place to another.
fn drag(tool: RollTool, from: Pos2, to: Pos2) -> RgbaImage {
    let layout = Layout { editor_height: EDITOR, ..Layout::default() };
    let options = SessionOptions { size: SIZE, layout, ..SessionOptions::default() };
    let mut session = Session::new(options).unwrap();
    session.app_mut().send(Action::OpenDemo);
    session.settle().unwrap();
    let roll = &mut session.app_mut().layout_mut().piano_roll;
    (roll.tool, roll.grid) = (tool, GridChoice::Fixed(NoteValue::straight(16)));
    let button = |pos: Pos2, button: PointerButton, pressed: bool| {
        let modifiers = Modifiers::NONE;
        vec![Event::PointerMoved(pos), Event::PointerButton { pos, button, pressed, modifiers }]
    };
    let key = pos2(20.0, 500.0);
    session.frame(vec![Event::PointerMoved(key)]).unwrap();
    session.frame(button(key, PointerButton::Secondary, true)).unwrap();
    session.frame(button(key, PointerButton::Secondary, false)).unwrap();
    session.frame(vec![Event::PointerMoved(from)]).unwrap();
    session.frame(button(from, PointerButton::Primary, true)).unwrap();
    for pos in [from.lerp(to, 0.5), to, to] {
        session.frame(vec![Event::PointerMoved(pos)]).unwrap();
    }
    session.image().unwrap()
}

#[test]
fn tools_show_what_they_are_about_to_do() {
    let knife = drag(RollTool::Knife, pos2(248.0, 570.0), pos2(252.0, 490.0));
    check(&knife, "roll_knife", [0, SIZE[1] - 24 - 300, 480, 300]);
    let ramp = drag(RollTool::Ramp, pos2(90.0, 590.0), pos2(420.0, 480.0));
    check(&ramp, "roll_ramp", [0, SIZE[1] - 24 - 300, 480, 300]);
}

/// What opens over the panels, without the field on top, whose caret blinks.
fn check_over(theme: ThemeKind, action: Action, name: &str, part: [u32; 4]) {
    let layout = Layout { theme, editor_height: EDITOR, ..Layout::default() };
    let options = SessionOptions { size: SIZE, layout, ..SessionOptions::default() };
    let mut session = Session::new(options).unwrap();
    session.app_mut().send(Action::OpenDemo);
    session.settle().unwrap();
    session.app_mut().send(Action::SelectAll);
    session.app_mut().send(action);
    // Until it has faded in.
    for _ in 0..4 {
        session.settle().unwrap();
    }
    check(&session.image().unwrap(), name, part);
}

#[test]
fn the_palette_and_an_operation_look_as_they_did() {
    let palette = [300, 140, 680, 420];
    check_over(ThemeKind::Dark, Action::Palette, "palette_dark", palette);
    check_over(ThemeKind::Light, Action::Palette, "palette_light", palette);
    let dialog = [420, 50, 440, 260];
    check_over(ThemeKind::Dark, Action::QuantizeWith, "operation_dark", dialog);
}

#[test]
fn lanes_of_every_form_lie_under_the_notes() {
    let lane = |kind| LaneView { kind, channel: None, height: 54.0 };
    let kinds = [
        LaneKind::PitchBend,
        LaneKind::Controller(1),
        LaneKind::Controller(64),
        LaneKind::Program,
        LaneKind::Tempo,
    ];
    let mut layout = Layout { editor_height: 460.0, ..Layout::default() };
    layout.piano_roll.lanes.shown = kinds.map(lane).into();
    let options = SessionOptions { size: SIZE, layout, ..SessionOptions::default() };
    let mut session = Session::new(options).unwrap();
    session.app_mut().send(Action::OpenDemo);
    session.settle().unwrap();
    let app = session.app_mut();
    let clip = app.selection().clip().unwrap();
    let channel = app.studio().snapshot().track(clip.track).unwrap().channel;
    let range = TickRange::between(Tick(0), Tick(3840));
    let draw = |kind, points: Vec<LanePoint>| {
        let edit = LaneEdit::Draw { range, points: points.into() };
        app.send(Command::Lane { clip, lane: Lane { kind, channel }, edit });
    };
    let ramp = |kind, shape, to| curve(kind, shape, (Tick(240), 0.0), (Tick(1440), to), 20);
    let steps = |values: &[(u64, f64)]| {
        values.iter().map(|&(tick, value)| LanePoint::new(Tick(tick), value)).collect()
    };
    draw(LaneKind::PitchBend, ramp(LaneKind::PitchBend, CurveShape::Sine, 8191.0));
    draw(LaneKind::Controller(1), ramp(LaneKind::Controller(1), CurveShape::Line, 127.0));
    draw(LaneKind::Controller(64), steps(&[(0, 127.0), (480, 0.0), (960, 127.0), (1800, 0.0)]));
    draw(LaneKind::Program, steps(&[(0, 48.0), (960, 73.0)]));
    draw(LaneKind::Tempo, steps(&[(0, 90.0), (960, 140.0)]));
    session.settle().unwrap();
    let picture = session.image().unwrap();
    check(&picture, "roll_lanes", [0, SIZE[1] - 24 - 290, 640, 290]);
}

#[test]
fn an_empty_song_says_what_to_do_next() {
    let picture = picture(ThemeKind::Dark, false);
    check(&picture, "empty", [220, 60, 840, 300]);
}

/// The roll with the demo's clip of one track, as a view says.
fn roll(theme: ThemeKind, drums: bool, change: impl FnOnce(&mut PianoRollView)) -> RgbaImage {
    let mut layout = Layout { theme, editor_height: EDITOR, ..Layout::default() };
    change(&mut layout.piano_roll);
    let options = SessionOptions { size: SIZE, layout, ..SessionOptions::default() };
    let mut session = Session::new(options).unwrap();
    session.app_mut().send(Action::OpenDemo);
    session.settle().unwrap();
    let project = std::sync::Arc::clone(session.app().studio().snapshot());
    let track = project.tracks.iter().find(|track| track.is_drums() == drums).unwrap();
    let at = ClipRef { track: track.id, clip: track.clips[0].id };
    session.app_mut().send(AppCommand::Select(Selection::of_clip(at)));
    session.settle().unwrap();
    session.image().unwrap()
}

const ROLL: [u32; 4] = [0, SIZE[1] - 24 - 300, 640, 216];

#[test]
fn a_folded_roll_shows_used_pitches_on_a_scale() {
    for (theme, name) in [(ThemeKind::Dark, "roll_fold"), (ThemeKind::Light, "roll_fold_light")] {
        let picture = roll(theme, false, |view| {
            view.looks.fold = Fold::Used;
            view.looks.scale = ScaleChoice::FromNotes;
            view.looks.chords = ChordLook::Clip;
        });
        check(&picture, name, ROLL);
    }
}

#[test]
fn drums_are_hits_on_named_rows() {
    check(&roll(ThemeKind::Dark, true, |_| {}), "roll_drums", ROLL);
}

#[test]
fn several_clips_lie_in_one_roll_in_the_colours_of_their_tracks() {
    let mut layout = Layout { editor_height: EDITOR, ..Layout::default() };
    layout.piano_roll.ghosts = false;
    let options = SessionOptions { size: SIZE, layout, ..SessionOptions::default() };
    let mut session = Session::new(options).unwrap();
    session.app_mut().send(Action::OpenDemo);
    session.settle().unwrap();
    let project = std::sync::Arc::clone(session.app().studio().snapshot());
    let tracks = project.tracks.iter().filter(|track| !track.is_drums());
    let clips = tracks.take(3).map(|track| ClipRef { track: track.id, clip: track.clips[0].id });
    let clips: Vec<ClipRef> = clips.collect();
    // Some notes of each clip are selected.
    let some = |at: &ClipRef| {
        let notes = project.clip(*at).unwrap().notes.iter().step_by(5);
        (*at, notes.map(engine::model::Note::reference).collect())
    };
    let selection = Selection::of_clips(clips.iter().copied(), clips[0]);
    let selection = selection.with_each(clips.iter().map(some));
    session.app_mut().send(AppCommand::Select(selection));
    session.app_mut().send(Action::ZoomToSelection);
    session.settle().unwrap();
    let picture = session.image().unwrap();
    check(&picture, "roll_several_clips", [500, SIZE[1] - 24 - 300, 560, 300]);
}

#[test]
fn the_event_list_names_every_event() {
    let mut layout = Layout { editor_height: EDITOR, ..Layout::default() };
    layout.editor_tab = EditorTab::Events;
    let options = SessionOptions { size: SIZE, layout, ..SessionOptions::default() };
    let mut session = Session::new(options).unwrap();
    session.app_mut().send(Action::OpenDemo);
    session.settle().unwrap();
    session.app_mut().send(Action::ShowEvents);
    session.app_mut().send(Action::SelectAll);
    session.settle().unwrap();
    check(&session.image().unwrap(), "events", [0, SIZE[1] - 24 - 300, 760, 220]);
}

#[test]
fn a_million_notes_zoomed_out_are_their_density() {
    let layout = Layout { editor_height: EDITOR, ..Layout::default() };
    let options = SessionOptions { size: SIZE, layout, ..SessionOptions::default() };
    let mut session = Session::new(options).unwrap();
    let project = engine::testkit::one_clip(1, 1_000_000);
    let track = &project.tracks[0];
    let clip = ClipRef { track: track.id, clip: track.clips[0].id };
    session.app_mut().studio_mut().open_project(project);
    session.app_mut().send(AppCommand::Select(Selection::of_clip(clip)));
    session.settle().unwrap();
    session.app_mut().send(Action::ZoomToSelection);
    session.settle().unwrap();
    check(&session.image().unwrap(), "roll_million", [0, SIZE[1] - 24 - 300, 300, 160]);
}

#[test]
fn the_note_cursor_is_a_frame_as_long_as_its_note() {
    let layout = Layout { editor_height: EDITOR, ..Layout::default() };
    let options = SessionOptions { size: SIZE, layout, ..SessionOptions::default() };
    let mut session = Session::new(options).unwrap();
    session.app_mut().send(Action::OpenDemo);
    session.settle().unwrap();
    let roll = &mut session.app_mut().layout_mut().piano_roll;
    roll.grid = GridChoice::Fixed(NoteValue::straight(8));
    for action in [Action::CursorToStart, Action::NudgeRight, Action::NudgeRight] {
        session.app_mut().send(action);
    }
    session.settle().unwrap();
    check(&session.image().unwrap(), "roll_cursor", [0, SIZE[1] - 24 - 300, 360, 216]);
}

#[test]
fn the_history_shows_what_is_done_and_what_is_undone() {
    let layout = Layout { editor_height: EDITOR, ..Layout::default() };
    let options = SessionOptions { size: SIZE, layout, ..SessionOptions::default() };
    let mut session = Session::new(options).unwrap();
    session.app_mut().send(Action::OpenDemo);
    session.settle().unwrap();
    for action in [
        Action::SelectAll,
        Action::OctaveUp,
        Action::Louder,
        Action::Lengthen,
        Action::Undo,
        Action::History,
    ] {
        session.app_mut().send(action);
        session.settle().unwrap();
    }
    // Until it has faded in.
    for _ in 0..4 {
        session.settle().unwrap();
    }
    check(&session.image().unwrap(), "history", [948, 50, 332, 240]);
}
