//! What reaches the old egui, what it looks like, and what comes back.

#[path = "../../../tests/faces/mod.rs"]
mod faces;

use egui_kittest::Harness;

use super::*;

struct Probe {
    legacy: LegacyEgui,
    /// What the old interface saw.
    seen: Vec<old::Event>,
    /// What is typed into its text field.
    text: String,
    has_faces: bool,
}

/// The old egui in the lower part of a window, with a text field in it.
fn probe() -> Harness<'static, Probe> {
    let probe = Probe {
        legacy: LegacyEgui::default(),
        seen: Vec::new(),
        text: String::new(),
        has_faces: false,
    };
    let builder = Harness::builder().with_size([400.0, 300.0]);
    let mut harness = builder.build_ui_state(
        |ui, probe: &mut Probe| {
            // A face is there from the frame after the one that installs it.
            if !std::mem::replace(&mut probe.has_faces, true) {
                faces::install(ui.ctx());
                return;
            }
            let Probe { legacy, seen, text, .. } = probe;
            ui.add_space(100.0);
            legacy.show(ui, |ui| {
                seen.extend(ui.input(|input| input.events.clone()));
                ui.text_edit_singleline(text);
            });
        },
        probe,
    );
    harness.step();
    harness.step();
    harness
}

/// In the old interface, below its text field.
const INSIDE: egui::Pos2 = egui::pos2(200.0, 250.0);
/// In its text field.
const FIELD: egui::Pos2 = egui::pos2(40.0, 122.0);
/// Above the old interface.
const OUTSIDE: egui::Pos2 = egui::pos2(200.0, 40.0);

fn press(harness: &mut Harness<'static, Probe>, pos: egui::Pos2) {
    harness.event(egui::Event::PointerMoved(pos));
    harness.step();
    for pressed in [true, false] {
        harness.event(egui::Event::PointerButton {
            pos,
            button: egui::PointerButton::Primary,
            pressed,
            modifiers: egui::Modifiers::NONE,
        });
        harness.step();
    }
    harness.step();
    harness.state_mut().seen.clear();
}

/// What the old interface saw of one event.
fn seen(harness: &mut Harness<'static, Probe>, event: egui::Event) -> Vec<old::Event> {
    harness.state_mut().seen.clear();
    harness.event(event);
    harness.step();
    std::mem::take(&mut harness.state_mut().seen)
}

fn wheel(modifiers: egui::Modifiers) -> egui::Event {
    egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Line,
        delta: egui::vec2(0.0, -3.0),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers,
    }
}

fn key(key: egui::Key) -> egui::Event {
    let modifiers = egui::Modifiers::NONE;
    egui::Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers }
}

#[test]
fn the_pointer_is_forwarded_where_it_is_over_the_old_interface() {
    let mut harness = probe();
    let moved = |pos: egui::Pos2| old::Event::PointerMoved(old::pos2(pos.x, pos.y));
    assert!(seen(&mut harness, egui::Event::PointerMoved(OUTSIDE)).is_empty());
    assert!(seen(&mut harness, egui::Event::PointerMoved(INSIDE)).contains(&moved(INSIDE)));
    let left = seen(&mut harness, egui::Event::PointerMoved(OUTSIDE));
    assert!(left.contains(&old::Event::PointerGone), "{left:?}");
}

#[test]
fn the_wheel_is_forwarded_with_its_keys_held() {
    let mut harness = probe();
    assert!(seen(&mut harness, wheel(egui::Modifiers::NONE)).is_empty());
    harness.event(egui::Event::PointerMoved(INSIDE));
    harness.step();
    for modifiers in [egui::Modifiers::NONE, egui::Modifiers::CTRL] {
        let turned = old::Event::MouseWheel {
            unit: old::MouseWheelUnit::Line,
            delta: old::vec2(0.0, -3.0),
            modifiers: old_modifiers(modifiers),
        };
        let seen = seen(&mut harness, wheel(modifiers));
        assert!(seen.contains(&turned), "{seen:?}");
    }
    assert!(seen(&mut harness, egui::Event::Zoom(1.5)).contains(&old::Event::Zoom(1.5)));
}

#[test]
fn keys_text_and_clipboard_are_forwarded_while_it_has_the_focus() {
    let events = [
        key(egui::Key::Space),
        egui::Event::Text("notes".to_owned()),
        egui::Event::Paste("scope".to_owned()),
        egui::Event::Copy,
        egui::Event::Cut,
    ];
    let mut harness = probe();
    for event in events.clone() {
        assert_eq!(seen(&mut harness, event), [], "it has no focus yet");
    }
    press(&mut harness, INSIDE);
    let [space, text, paste, copy, cut] = events.map(|event| seen(&mut harness, event));
    assert!(
        space.iter().any(|event| matches!(
            event,
            old::Event::Key { key: old::Key::Space, pressed: true, .. }
        )),
        "{space:?}"
    );
    assert_eq!(text, [old::Event::Text("notes".to_owned())]);
    assert_eq!(paste, [old::Event::Paste("scope".to_owned())]);
    assert_eq!((copy, cut), (vec![old::Event::Copy], vec![old::Event::Cut]));
}

#[test]
fn one_types_pastes_and_copies_in_the_old_text_field() {
    let mut harness = probe();
    press(&mut harness, FIELD);
    harness.event(egui::Event::Text("flame".to_owned()));
    harness.step();
    harness.event(egui::Event::Paste(" graph".to_owned()));
    harness.step();
    assert_eq!(harness.state().text, "flame graph");
    harness.event(egui::Event::Key {
        key: egui::Key::A,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: egui::Modifiers::COMMAND,
    });
    harness.step();
    harness.event(egui::Event::Copy);
    harness.step();
    let copied = egui::OutputCommand::CopyText("flame graph".to_owned());
    let commands = &harness.output().platform_output.commands;
    assert!(commands.contains(&copied), "{commands:?}");
    harness.event(key(egui::Key::Backspace));
    harness.step();
    assert_eq!(harness.state().text, "");
}

#[test]
fn every_key_that_puffin_listens_to_has_its_old_name() {
    for (new, named) in [
        (egui::Key::Space, old::Key::Space),
        (egui::Key::Enter, old::Key::Enter),
        (egui::Key::Backspace, old::Key::Backspace),
        (egui::Key::Delete, old::Key::Delete),
        (egui::Key::ArrowLeft, old::Key::ArrowLeft),
        (egui::Key::Home, old::Key::Home),
        (egui::Key::A, old::Key::A),
    ] {
        assert_eq!(old_key(new), Some(named));
    }
    for (new, named) in [
        (egui::PointerButton::Primary, old::PointerButton::Primary),
        (egui::PointerButton::Secondary, old::PointerButton::Secondary),
        (egui::PointerButton::Middle, old::PointerButton::Middle),
        (egui::PointerButton::Extra1, old::PointerButton::Extra1),
        (egui::PointerButton::Extra2, old::PointerButton::Extra2),
    ] {
        assert_eq!(old_button(new), named);
    }
}
