//! What a track sounds like, in words.

use crate::view_ctx::ViewCtx;
use egui::Ui;
use engine::audio::bank::PROGRAM_NAMES;
use engine::edit::{Command, TrackChange};
use engine::model::{Output, Track};
use engine::smf::gm::FAMILIES;

/// Drum kits that have a name of their own (GS and GM 2 agree on these).
const KITS: [(u8, &str); 9] = [
    (0, "Standard"),
    (8, "Room"),
    (16, "Power"),
    (24, "Electronic"),
    (25, "TR-808"),
    (32, "Jazz"),
    (40, "Brush"),
    (48, "Orchestra"),
    (56, "Effects"),
];

/// The sound and where it comes from: "Strings 1 · ch 2", "MIDI out: TR-8".
pub(super) fn describe(track: &Track) -> String {
    match &track.output {
        Output::Port(port) => format!("MIDI out: {port}"),
        Output::Synth => format!("{} · ch {}", name(track), track.channel.index() + 1),
    }
}

fn name(track: &Track) -> &'static str {
    let program = track.program().unwrap_or(0);
    if track.is_drums() {
        let kit = KITS.iter().rev().find(|(first, _)| *first <= program);
        return kit.map_or("Standard", |(_, name)| name);
    }
    PROGRAM_NAMES.get(usize::from(program)).copied().unwrap_or("Acoustic Grand")
}

/// The drum kit so many steps after this one, around the end.
pub(crate) fn kit_after(program: u8, by: i16) -> u8 {
    let now = KITS.iter().rposition(|(first, _)| *first <= program).unwrap_or(0) as i16;
    let next = (now + by).rem_euclid(KITS.len() as i16) as usize;
    KITS.get(next).map_or(0, |(first, _)| *first)
}

/// The sounds that a track may begin with, by family; drum kits for drums.
pub(super) fn sound_ui(ctx: &ViewCtx<'_>, ui: &mut Ui, track: &Track) {
    let now = track.program().unwrap_or(0);
    let choice = |ui: &mut Ui, name: &str, program: u8| {
        if ui.radio(now == program, name).clicked() {
            let change = TrackChange::Program(program);
            ctx.commands.send(Command::ChangeTracks { tracks: [track.id].into(), change });
            ui.close();
        }
    };
    if track.is_drums() {
        for (program, name) in KITS {
            choice(ui, name, program);
        }
        return;
    }
    for (family, first) in FAMILIES.iter().zip((0u8..).step_by(8)) {
        ui.menu_button(*family, |ui| {
            let names = PROGRAM_NAMES.iter().zip(0u8..).skip(usize::from(first)).take(8);
            names.for_each(|(name, program)| choice(ui, name, program));
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::testkit;

    #[test]
    fn a_track_says_what_it_sounds_like() {
        let project = testkit::project(1, 4, 400);
        let says: Vec<String> = project.tracks.iter().map(|track| describe(track)).collect();
        assert!(says[0].starts_with("Acoustic Grand · ch "), "{says:?}");
        assert!(says.iter().any(|one| one == "Standard · ch 10"), "{says:?}");
    }

    #[test]
    fn a_track_on_a_port_names_the_port() {
        let project = testkit::project(1, 1, 10);
        let mut track = (*project.tracks[0]).clone();
        track.output = Output::Port("TR-8".into());
        assert_eq!(describe(&track), "MIDI out: TR-8");
    }
}
