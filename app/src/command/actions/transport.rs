//! Playing.

use super::{Family, Info, Needs, keys};
use crate::command::Action;
use lucide_icons::Icon;

const fn row(action: Action, id: &'static str, label: &'static str) -> Info {
    Info::new(Family::Transport, action, id, label)
}

pub(super) const TABLE: &[Info] = &[
    row(Action::PlayStop, "play.play-stop", "Play or stop")
        .icon(Icon::Play)
        .keys(keys![NONE Space])
        .says("Play from the playhead, or stop there"),
    row(Action::ToStart, "play.to-start", "To start")
        .icon(Icon::SkipBack)
        .keys(keys![NONE Home])
        .says("Move the playhead to the beginning"),
    row(Action::ToggleLoop, "play.loop", "Loop")
        .separated()
        .icon(Icon::Repeat)
        .keys(keys![NONE L])
        .says("Repeat the range marked in the ruler"),
    row(Action::LoopSelection, "play.loop-selection", "Loop the selection")
        .keys(keys![CTRL L])
        .needs(Needs::NotesOrClip)
        .says("Repeat the selected notes, or else the selected clip"),
    row(Action::ToggleMetronome, "play.metronome", "Metronome")
        .icon(Icon::Metronome)
        .keys(keys![NONE K])
        .says("Click on every beat while playing"),
    row(Action::Panic, "play.all-sound-off", "All sound off")
        .separated()
        .icon(Icon::OctagonX)
        .keys(keys![CTRL Period])
        .says("Silence every voice and every port at once"),
];
