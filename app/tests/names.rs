//! Everything that can be worked has a name, so that a screen reader can say it and a test
//! can find it: in every tab, in the settings, in the palette, over an empty song.

use egui::accesskit::Role;
use egui::vec2;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use midi_daw::app::{MidiApp, Start};
use midi_daw::command::{Action, AppCommand};
use midi_daw::state::{EditorTab, Layout};

fn start(demo: bool) -> Harness<'static, MidiApp> {
    let mut harness = Harness::builder()
        .with_size(vec2(1600.0, 1000.0))
        .with_step_dt(1.0 / 60.0)
        .with_max_steps(64)
        .build_eframe(|cc| {
            let start = Start { demo, ..Start::headless(Layout::default()) };
            MidiApp::new(&cc.egui_ctx, start)
        });
    harness.run_steps(4);
    harness
}

/// What can be worked or looked at, and so wants a name.
const WORKED: [Role; 16] = [
    Role::Button,
    Role::Canvas,
    Role::CheckBox,
    Role::ColorWell,
    Role::ComboBox,
    Role::DefaultButton,
    Role::Image,
    Role::Link,
    Role::ListBoxOption,
    Role::MenuItem,
    Role::RadioButton,
    Role::Slider,
    Role::SpinButton,
    Role::Splitter,
    Role::Tab,
    Role::TextInput,
];

/// Roles and places of what has no name.
fn nameless(harness: &Harness<'_, MidiApp>) -> Vec<String> {
    let mut found = Vec::new();
    for node in harness.query_all_by(|node| WORKED.contains(&node.role())) {
        let node = node.accesskit_node();
        let says = |text: Option<String>| text.is_some_and(|text| !text.trim().is_empty());
        let labelled = says(node.label()) || node.labelled_by().next().is_some();
        let valued = node.role() == Role::Button && says(node.value());
        if !labelled && !valued {
            found.push(format!("{:?} at {:?}", node.role(), node.bounding_box()));
        }
    }
    found
}

#[track_caller]
fn check(harness: &mut Harness<'_, MidiApp>, command: impl Into<AppCommand>) {
    let command = command.into();
    harness.state().send(command.clone());
    harness.run_steps(4);
    let found = nameless(harness);
    assert!(found.is_empty(), "without a name after {command:?}: {found:#?}");
}

#[test]
fn the_roll_names_everything() {
    let mut harness = start(true);
    check(&mut harness, AppCommand::ShowTab(EditorTab::PianoRoll));
    let known = ["Piano keys", "Piano roll ruler", "Clips", "Play or stop"];
    for label in known {
        assert!(harness.query_all_by_label(label).next().is_some(), "{label}");
    }
}

#[test]
fn the_profiler_names_everything() {
    let mut harness = start(true);
    check(&mut harness, AppCommand::ShowTab(EditorTab::Profiler));
    check(&mut harness, Action::ToggleOverlay);
}

#[test]
fn an_empty_song_names_everything() {
    let mut harness = start(false);
    check(&mut harness, AppCommand::ShowTab(EditorTab::PianoRoll));
    check(&mut harness, Action::AddTrack);
    check(&mut harness, Action::AddClip);
}

#[test]
fn settings_palette_and_questions_name_everything() {
    let open = [
        Action::Settings,
        Action::Palette,
        Action::History,
        Action::RenameTrack,
        Action::QuantizeWith,
        Action::ExportMidi,
    ];
    for action in open {
        let mut harness = start(true);
        harness.state().send(Action::SelectAll);
        harness.run_steps(2);
        let before = harness.query_all_by(|_| true).count();
        check(&mut harness, action);
        let after = harness.query_all_by(|_| true).count();
        assert!(after > before, "{action:?} shows nothing");
    }
}

#[test]
fn every_menu_names_everything() {
    for family in midi_daw::command::Family::ALL {
        let mut harness = start(true);
        let menu = harness.query_all_by_label(family.label()).next().unwrap();
        menu.click();
        harness.run_steps(4);
        let found = nameless(&harness);
        assert!(found.is_empty(), "without a name in {}: {found:#?}", family.label());
    }
}
