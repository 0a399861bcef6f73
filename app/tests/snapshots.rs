//! What the main panels look like, in both themes, drawn by the real application offscreen.
//!
//! Readouts that differ from run to run (load, frame times) are left out of the pictures.
//! `scripts/test.sh snapshots --accept` accepts what is drawn now.
#![expect(clippy::unwrap_used, reason = "a test that cannot draw has failed")]

use egui_kittest::image_snapshot;
use image::RgbaImage;
use image::imageops::crop_imm;
use midi_daw::command::Action;
use midi_daw::headless::{Session, SessionOptions};
use midi_daw::state::Layout;
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

#[test]
fn an_empty_song_says_what_to_do_next() {
    let picture = picture(ThemeKind::Dark, false);
    check(&picture, "empty", [220, 60, 840, 300]);
}
