//! The arrangement under a real pointer.

use super::{ArrangementView, arrangement_ui};
use crate::command::{AppCommand, CommandSender, Facts};
use crate::state::{EditorTab, Selection};
use crate::theme::{self, Theme, ThemeKind};
use crate::view_ctx::{Costs, FrameReport, HintSlot, Meters, MidiLamps, TransportView, ViewCtx};
use egui::{Event, Modifiers, MouseWheelUnit, PointerButton, Pos2, TouchPhase, Vec2, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use engine::doc::Document;
use engine::model::{Gain, Project, Track};
use engine::testkit;
use engine::time::{Tick, TickRange};
use std::sync::Arc;

const SIZE: Vec2 = vec2(1260.0, 460.0);
/// Where the lanes begin.
const LANES: Pos2 = pos2(theme::size::TRACK_HEADER, theme::size::RULER);

/// What an application would hold around the panel.
struct Stage {
    document: Document,
    view: ArrangementView,
    selection: Selection,
    transport: TransportView,
    tab: Option<EditorTab>,
    hint: String,
    kind: ThemeKind,
}

impl Stage {
    fn new(project: Project) -> Self {
        Self {
            document: Document::new(Arc::new(project)),
            view: ArrangementView::default(),
            selection: Selection::default(),
            transport: TransportView::default(),
            tab: None,
            hint: String::new(),
            kind: ThemeKind::Dark,
        }
    }

    fn ui(&mut self, ui: &mut egui::Ui) {
        let (commands, hint, report) =
            (CommandSender::default(), HintSlot::default(), FrameReport::default());
        let ctx = ViewCtx {
            theme: Theme::of(self.kind),
            snapshot: self.document.current(),
            revision: self.document.revision(),
            transport: self.transport,
            meters: &Meters::default(),
            selection: &self.selection,
            follow: true,
            facts: Facts::default(),
            keymap: crate::command::Keymap::standard(),
            costs: Costs::default(),
            lamps: MidiLamps::default(),
            outputs: &["TR-8".to_owned()],
            commands: &commands,
            hint: &hint,
            report: &report,
        };
        arrangement_ui(&ctx, ui, &mut self.view);
        self.hint = hint.take();
        commands.drain().into_iter().for_each(|command| self.dispatch(command));
    }

    fn dispatch(&mut self, command: AppCommand) {
        match command {
            AppCommand::Apply(command) => drop(self.document.apply(&command).unwrap()),
            AppCommand::Preview(command) => drop(self.document.preview(&command).unwrap()),
            AppCommand::Commit => self.document.commit(),
            AppCommand::Cancel => self.document.cancel(),
            AppCommand::Select(selection) => self.selection = selection,
            AppCommand::Seek(tick) => self.transport.position = tick.0 as f64,
            AppCommand::SetLoop(range) => self.transport.loop_range = range,
            AppCommand::ShowTab(tab) => self.tab = Some(tab),
            other => panic!("unexpected {other:?}"),
        }
    }

    fn track(&self, index: usize) -> &Track {
        &self.document.current().tracks[index]
    }

    fn undo_steps(&mut self) -> usize {
        std::iter::from_fn(|| {
            self.document.undo_name()?;
            self.document.undo();
            Some(())
        })
        .count()
    }
}

fn harness(project: Project) -> Harness<'static, Stage> {
    harness_of(Stage::new(project))
}

fn harness_of(stage: Stage) -> Harness<'static, Stage> {
    let mut harness = Harness::builder()
        .with_size(SIZE)
        .with_step_dt(1.0 / 60.0)
        .with_context_setup(theme::fonts::install)
        .build_ui_state(
            |ui, stage: &mut Stage| {
                let all = egui::UiBuilder::new().max_rect(ui.ctx().content_rect());
                ui.scope_builder(all, |ui| stage.ui(ui));
            },
            stage,
        );
    theme::apply(&harness.ctx, Theme::of(harness.state().kind));
    harness.run();
    harness
}

fn song() -> Project {
    testkit::project(7, 12, 6000)
}

fn drag(harness: &mut Harness<'_, Stage>, from: Pos2, to: Pos2, modifiers: Modifiers) {
    let press = |pressed, pos| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers,
    };
    harness.event(Event::ModifiersChanged(modifiers));
    harness.event(Event::PointerMoved(from));
    harness.step();
    harness.event(press(true, from));
    harness.step();
    for step in 1..=4 {
        harness.event(Event::PointerMoved(from + (to - from) * (step as f32 / 4.0)));
        harness.step();
    }
    harness.event(press(false, to));
    harness.step();
    harness.event(Event::ModifiersChanged(Modifiers::NONE));
    harness.run();
}

fn primary(pressed: bool, pos: Pos2) -> Event {
    Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    }
}

fn click(harness: &mut Harness<'_, Stage>, at: Pos2, times: usize) {
    for pressed in [true, false].repeat(times) {
        harness.event(Event::PointerMoved(at));
        harness.event(primary(pressed, at));
        harness.step();
    }
    harness.run();
}

fn wheel(harness: &mut Harness<'_, Stage>, at: Pos2, delta: Vec2, modifiers: Modifiers) {
    harness.event(Event::PointerMoved(at));
    harness.step();
    harness.event(Event::MouseWheel {
        unit: MouseWheelUnit::Line,
        delta,
        phase: TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers,
    });
    harness.step();
}

#[test]
fn clicking_m_mutes_and_clicking_again_unmutes() {
    let mut harness = harness(song());
    let name = harness.state().track(0).name.to_string();
    harness.get_by_label(&format!("Mute {name}")).click();
    harness.run();
    assert!(harness.state().track(0).mix.muted);
    harness.get_by_label(&format!("Mute {name}")).click();
    harness.run();
    assert!(!harness.state().track(0).mix.muted);
}

#[test]
fn s_with_ctrl_alt_solos_this_track_alone_and_with_ctrl_shift_all() {
    let mut harness = harness(song());
    let name = harness.state().track(1).name.to_string();
    let label = format!("Solo {name}");
    harness.get_by_label(&label).click_modifiers(Modifiers::COMMAND | Modifiers::SHIFT);
    harness.run();
    assert!(harness.state().document.current().tracks.iter().all(|track| track.mix.soloed));
    harness.get_by_label(&label).click_modifiers(Modifiers::COMMAND | Modifiers::ALT);
    harness.run();
    let soloed: Vec<bool> =
        harness.state().document.current().tracks.iter().map(|track| track.mix.soloed).collect();
    assert_eq!(soloed.iter().filter(|&&on| on).count(), 1);
    assert!(soloed[1]);
}

#[test]
fn dragging_a_fader_is_one_undo_step() {
    let mut harness = harness(song());
    let label = format!("Volume {}", harness.state().track(0).name);
    let from = harness.get_by_label(&label).rect().center();
    drag(&mut harness, from, from - vec2(30.0, 0.0), Modifiers::NONE);
    let stage = harness.state_mut();
    assert!(stage.track(0).mix.gain < Gain::UNITY);
    assert_eq!(stage.undo_steps(), 1);
    assert_eq!(stage.track(0).mix.gain, Gain::UNITY);
}

#[test]
fn ctrl_makes_a_fader_ten_times_finer() {
    let db_after = |modifiers| {
        let mut harness = harness(song());
        let label = format!("Volume {}", harness.state().track(0).name);
        let from = harness.get_by_label(&label).rect().center();
        drag(&mut harness, from, from - vec2(20.0, 0.0), modifiers);
        harness.state().track(0).mix.gain.db()
    };
    let (coarse, fine) = (db_after(Modifiers::NONE), db_after(Modifiers::COMMAND));
    assert!(fine < -0.1 && fine > coarse * 0.2, "{fine} and {coarse} dB");
}

#[test]
fn a_double_click_resets_a_fader() {
    let mut project = song();
    let mut tracks = project.tracks.to_vec();
    Arc::make_mut(&mut tracks[0]).mix.gain = Gain::new(0.25);
    project.tracks = tracks.into();
    let mut harness = harness(project);
    let label = format!("Volume {}", harness.state().track(0).name);
    let at = harness.get_by_label(&label).rect().center();
    click(&mut harness, at, 2);
    assert_eq!(harness.state().track(0).mix.gain, Gain::UNITY);
}

#[test]
fn the_lower_half_of_the_ruler_puts_the_playhead_on_a_line() {
    let mut harness = harness(song());
    // Bar 3 of a song in 4/4 begins 8 quarters in.
    let x = LANES.x + 8.0 * 10.75;
    click(&mut harness, pos2(x + 2.0, LANES.y - 6.0), 1);
    assert_eq!(harness.state().transport.position, 8.0 * 480.0);
}

#[test]
fn the_upper_half_of_the_ruler_marks_a_loop() {
    let mut harness = harness(song());
    let x = |bar: f32| LANES.x + bar * 4.0 * 10.75;
    let from = pos2(x(2.0) + 1.0, LANES.y - 22.0);
    drag(&mut harness, from, pos2(x(5.0) + 2.0, LANES.y - 22.0), Modifiers::NONE);
    let expected = TickRange::between(Tick(2 * 1920), Tick(5 * 1920));
    assert_eq!(harness.state().transport.loop_range, Some(expected));
    assert_eq!(harness.state().transport.position, 0.0);
}

#[test]
fn the_wheel_scrolls_and_with_ctrl_zooms_at_the_pointer() {
    let mut harness = harness(testkit::project(7, 100, 6000));
    let at = LANES + vec2(400.0, 100.0);
    wheel(&mut harness, at, vec2(0.0, -1.0), Modifiers::NONE);
    assert_eq!(harness.state().view.top, 60.0);
    wheel(&mut harness, at, vec2(0.0, -1.0), Modifiers::SHIFT);
    let left = harness.state().view.left;
    assert!(left > 0.0);
    let zoom = harness.state().view.points_per_quarter;
    wheel(&mut harness, at, vec2(0.0, 1.0), Modifiers::COMMAND);
    let view = &harness.state().view;
    assert!(view.points_per_quarter > zoom * 1.1);
    let under = |left: f64, zoom: f64| left + 400.0 / (zoom / 480.0);
    let moved = under(left, zoom) - under(view.left, view.points_per_quarter);
    assert!(moved.abs() < 0.01, "the tick under the pointer moved by {moved}");
    let height = view.row_height;
    wheel(&mut harness, at, vec2(0.0, 1.0), Modifiers::COMMAND | Modifiers::SHIFT);
    assert!(harness.state().view.row_height > height);
}

#[test]
fn clicking_a_clip_selects_it_and_a_double_click_opens_it() {
    let mut harness = harness(song());
    let clip = &harness.state().track(0).clips[0];
    let expected = clip.id;
    let middle = (clip.start.0 + clip.length / 2).min(80 * 480) as f32 / 480.0 * 10.75;
    let at = LANES + vec2(middle, 23.0);
    click(&mut harness, at, 1);
    assert_eq!(harness.state().selection.clip().map(|at| at.clip), Some(expected));
    assert_eq!(harness.state().tab, None);
    click(&mut harness, at, 2);
    assert_eq!(harness.state().tab, Some(EditorTab::PianoRoll));
}

/// The middle of a track's first clip, as far as it is in view.
fn middle_of(harness: &Harness<'_, Stage>, track: usize) -> Pos2 {
    let clip = &harness.state().track(track).clips[0];
    let middle = (clip.start.0 + clip.length / 2).min(80 * 480) as f32 / 480.0 * 10.75;
    LANES + vec2(middle, 46.0 * track as f32 + 23.0)
}

fn click_with(harness: &mut Harness<'_, Stage>, at: Pos2, modifiers: Modifiers, times: usize) {
    harness.event(Event::ModifiersChanged(modifiers));
    for pressed in [true, false].repeat(times) {
        harness.event(Event::PointerMoved(at));
        let button = PointerButton::Primary;
        harness.event(Event::PointerButton { pos: at, button, pressed, modifiers });
        harness.step();
    }
    harness.event(Event::ModifiersChanged(Modifiers::NONE));
    // Long enough for the next one not to be a double click.
    harness.run_steps(40);
}

/// The tracks whose clips are open, by number, the active one's first.
fn open(harness: &Harness<'_, Stage>) -> Vec<usize> {
    let stage = harness.state();
    let number = |clip: engine::model::ClipRef| {
        let tracks = &stage.document.current().tracks;
        tracks.iter().position(|track| track.id == clip.track).unwrap()
    };
    let active = stage.selection.clip();
    let others = stage.selection.parts().iter().map(|part| part.clip);
    let all = active.into_iter().chain(others.filter(|clip| Some(*clip) != active));
    let mut tracks: Vec<usize> = all.map(number).collect();
    tracks.dedup();
    tracks
}

#[test]
fn shift_adds_clips_ctrl_toggles_them_and_a_plain_click_leaves_one() {
    let mut harness = harness(song());
    let at = [0, 1, 2].map(|track| middle_of(&harness, track));
    click_with(&mut harness, at[0], Modifiers::NONE, 1);
    click_with(&mut harness, at[1], Modifiers::SHIFT, 1);
    assert_eq!(open(&harness), [1, 0]);
    click_with(&mut harness, at[2], Modifiers::COMMAND, 1);
    assert_eq!(open(&harness), [2, 0, 1]);
    click_with(&mut harness, at[1], Modifiers::COMMAND, 1);
    assert_eq!(open(&harness), [2, 0]);
    click_with(&mut harness, at[0], Modifiers::SHIFT, 1);
    assert_eq!(open(&harness), [0, 2], "one that is open becomes the active one");
    click_with(&mut harness, at[2], Modifiers::NONE, 1);
    assert_eq!(open(&harness), [2]);
}

#[test]
fn a_double_click_on_one_of_several_opens_them_all() {
    let mut harness = harness(song());
    let at = [0, 1].map(|track| middle_of(&harness, track));
    click_with(&mut harness, at[0], Modifiers::NONE, 1);
    click_with(&mut harness, at[1], Modifiers::SHIFT, 1);
    click_with(&mut harness, at[0], Modifiers::NONE, 2);
    assert_eq!(open(&harness), [0, 1]);
    assert_eq!(harness.state().tab, Some(EditorTab::PianoRoll));
}

#[test]
fn a_rectangle_selects_the_clips_that_it_touches() {
    let mut project = song();
    let mut tracks = project.tracks.to_vec();
    Arc::make_mut(&mut tracks[1]).clips = Arc::from([]);
    project.tracks = tracks.into();
    let mut harness = harness(project);
    let [first, last] = [0, 2].map(|track| middle_of(&harness, track));
    // From the empty lane between them, up or down.
    let empty = LANES + vec2(first.x - LANES.x, 46.0 + 23.0);
    drag(&mut harness, empty, last, Modifiers::NONE);
    assert_eq!(open(&harness), [2]);
    drag(&mut harness, empty, first, Modifiers::SHIFT);
    assert_eq!(open(&harness), [0, 2]);
    drag(&mut harness, empty, first, Modifiers::COMMAND);
    assert_eq!(open(&harness), [2]);
    drag(&mut harness, empty, empty + vec2(30.0, 5.0), Modifiers::NONE);
    assert_eq!(open(&harness), [0_usize; 0]);
    // A drag from a clip is none.
    drag(&mut harness, first, last, Modifiers::NONE);
    assert_eq!(open(&harness), [0_usize; 0]);
}

#[test]
fn up_and_down_choose_a_track_and_keep_it_in_view() {
    let mut harness = harness(testkit::project(7, 100, 1000));
    click(&mut harness, pos2(60.0, LANES.y + 20.0), 1);
    for _ in 0..30 {
        harness.key_press(egui::Key::ArrowDown);
        harness.run();
    }
    harness.key_press(egui::Key::ArrowUp);
    harness.run();
    let stage = harness.state();
    assert_eq!(stage.selection.track(), Some(stage.track(29).id));
    assert!(stage.view.top > 0.0);
}

#[test]
fn f2_renames_the_selected_track() {
    let mut harness = harness(song());
    click(&mut harness, pos2(60.0, LANES.y + 20.0), 1);
    harness.key_press(egui::Key::F2);
    harness.run();
    harness.key_press_modifiers(Modifiers::COMMAND, egui::Key::A);
    harness.event(Event::Text("Left hand".to_owned()));
    harness.run();
    harness.key_press(egui::Key::Enter);
    harness.run();
    assert_eq!(&*harness.state().track(0).name, "Left hand");
    assert_eq!(harness.state_mut().undo_steps(), 1);
}

#[test]
fn the_filter_leaves_the_tracks_that_match() {
    let mut harness = harness(song());
    harness.state_mut().view.filter = "drum".to_owned();
    harness.run();
    let shown: Vec<_> =
        harness.query_all_by_role(egui::Role::ListItem).map(|node| node.rect()).collect();
    assert_eq!(shown.len(), 1);
}

#[test]
fn a_double_click_on_an_empty_lane_makes_a_clip_of_a_bar() {
    let mut project = song();
    let mut tracks = project.tracks.to_vec();
    Arc::make_mut(&mut tracks[0]).clips = Arc::from([]);
    project.tracks = tracks.into();
    let mut harness = harness(project);
    click(&mut harness, LANES + vec2(4.5 * 4.0 * 10.75, 20.0), 2);
    let clips = &harness.state().track(0).clips;
    assert_eq!(clips.len(), 1);
    assert_eq!((clips[0].start, clips[0].length), (Tick(4 * 1920), 1920));
}

#[test]
fn a_frame_draws_as_much_for_a_hundred_thousand_tracks_as_for_a_thousand() {
    let shapes = |tracks| {
        let mut stage = Stage::new(testkit::project(3, tracks, 100_000));
        stage.view.top = 46.0 * 400.0;
        harness_of(stage).output().shapes.len()
    };
    let (few, many) = (shapes(1000), shapes(100_000));
    assert!(many <= few, "{few} shapes for 1,000 tracks, {many} for 100,000");
}

#[test]
fn esc_gives_a_fader_back_what_it_was() {
    let mut harness = harness(song());
    let label = format!("Volume {}", harness.state().track(0).name);
    let from = harness.get_by_label(&label).rect().center();
    harness.event(Event::PointerMoved(from));
    harness.step();
    harness.event(primary(true, from));
    harness.step();
    for x in [10.0, 20.0] {
        harness.event(Event::PointerMoved(from - vec2(x, 0.0)));
        harness.step();
    }
    assert!(harness.state().track(0).mix.gain < Gain::UNITY);
    harness.key_press(egui::Key::Escape);
    harness.step();
    harness.event(Event::PointerMoved(from - vec2(25.0, 0.0)));
    harness.step();
    harness.event(primary(false, from));
    harness.run();
    assert_eq!(harness.state().track(0).mix.gain, Gain::UNITY);
    assert_eq!(harness.state_mut().undo_steps(), 0);
}

#[test]
fn the_middle_button_drags_the_view() {
    let mut harness = harness(testkit::project(7, 100, 20_000));
    harness.state_mut().view.left = 10_000.0;
    let at = LANES + vec2(500.0, 200.0);
    let middle = |pressed, pos| Event::PointerButton {
        pos,
        button: PointerButton::Middle,
        pressed,
        modifiers: Modifiers::NONE,
    };
    harness.event(Event::PointerMoved(at));
    harness.event(middle(true, at));
    harness.step();
    harness.event(Event::PointerMoved(at - vec2(43.0, 30.0)));
    harness.step();
    harness.event(middle(false, at - vec2(43.0, 30.0)));
    harness.run();
    let view = &harness.state().view;
    assert!((view.left - 11_920.0).abs() < 1.0 && view.top == 30.0, "{} {}", view.left, view.top);
}

#[test]
fn dragging_the_scroll_bar_down_reaches_the_last_track() {
    let mut harness = harness(testkit::project(7, 1000, 2000));
    let from = harness.get_by_label("Scroll tracks").rect().center_top() + vec2(0.0, 5.0);
    drag(&mut harness, from, from + vec2(0.0, 600.0), Modifiers::NONE);
    let last = harness.state().track(999).name.to_string();
    assert!(harness.query_by_label(&format!("Track {last}")).is_some());
}

#[test]
fn a_million_ticks_of_song_end_where_the_view_ends() {
    let mut harness = harness(song());
    let at = LANES + vec2(400.0, 100.0);
    for _ in 0..200 {
        wheel(&mut harness, at, vec2(0.0, -20.0), Modifiers::SHIFT);
    }
    let end = harness.state().document.current().end().0 as f64;
    assert!(harness.state().view.left < end);
}
