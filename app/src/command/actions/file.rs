//! Opening, writing, leaving.

use super::{Family, Info, Needs, keys};
use crate::command::Action;
use lucide_icons::Icon;

const fn row(action: Action, id: &'static str, label: &'static str) -> Info {
    Info::new(Family::File, action, id, label)
}

pub(super) const TABLE: &[Info] = &[
    row(Action::New, "file.new", "New")
        .icon(Icon::FilePlus)
        .keys(keys![CTRL N])
        .says("Start an empty song"),
    row(Action::Open, "file.open", "Open…")
        .icon(Icon::FolderOpen)
        .keys(keys![CTRL O])
        .says("Choose a MIDI file and open it"),
    row(Action::OpenDemo, "file.open-demo", "Open the demo song")
        .icon(Icon::Music)
        .says("Open the song that comes with the program"),
    row(Action::ExportMidi, "file.export", "Export MIDI…")
        .separated()
        .icon(Icon::Download)
        .keys(keys![CTRL E])
        .needs(Needs::Tracks)
        .says("Write the song as a MIDI file, in the format it came in"),
    row(Action::ExportType0, "file.export-type-0", "Export as type 0…")
        .needs(Needs::Tracks)
        .says("Write the song as a MIDI file with a single track"),
    row(Action::ExportType1, "file.export-type-1", "Export as type 1…")
        .needs(Needs::Tracks)
        .says("Write the song as a MIDI file with a track for every part"),
    row(Action::Settings, "file.settings", "Settings…")
        .separated()
        .icon(Icon::Settings)
        .keys(keys![CTRL Comma])
        .says("Theme, sound, MIDI ports, keys and size of the interface"),
    row(Action::Quit, "file.quit", "Quit")
        .icon(Icon::LogOut)
        .keys(keys![CTRL Q])
        .says("Leave the program"),
];
