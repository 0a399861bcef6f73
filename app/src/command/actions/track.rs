//! The selected track.

use super::{Family, Info, Needs, keys};
use crate::command::Action;
use lucide_icons::Icon;

const fn row(action: Action, id: &'static str, label: &'static str) -> Info {
    Info::new(Family::Track, action, id, label).needs(Needs::Track)
}

pub(super) const TABLE: &[Info] = &[
    row(Action::AddTrack, "track.add", "Add track")
        .icon(Icon::Plus)
        .keys(keys![CTRL T])
        .needs(Needs::Nothing)
        .says("Add an empty track at the bottom"),
    row(Action::AddDrumTrack, "track.add-drums", "Add drum track")
        .icon(Icon::Drum)
        .needs(Needs::Nothing)
        .says("Add an empty track for drums at the bottom"),
    row(Action::AddClip, "track.add-clip", "New clip")
        .icon(Icon::SquarePlus)
        .keys(keys![CTRL_SHIFT N])
        .says("Add an empty clip of four bars to the selected track, at the playhead or behind"),
    row(Action::RenameTrack, "track.rename", "Rename…")
        .separated()
        .icon(Icon::Pencil)
        .keys(keys![NONE F2])
        .says("Give the selected track another name"),
    row(Action::RecolorTrack, "track.recolor", "Next colour")
        .icon(Icon::Palette)
        .says("Give the selected track the next colour"),
    row(Action::NextSound, "track.next-sound", "Next sound")
        .separated()
        .says("Give the selected track the next sound of the bank"),
    row(Action::PreviousSound, "track.previous-sound", "Previous sound")
        .says("Give the selected track the sound before in the bank"),
    row(Action::MuteTrack, "track.mute", "Mute")
        .separated()
        .icon(Icon::VolumeX)
        .says("Silence the selected track, or let it sound again"),
    row(Action::SoloTrack, "track.solo", "Solo")
        .icon(Icon::Headphones)
        .says("Hear only the soloed tracks"),
    row(Action::ResetMix, "track.reset-mix", "Reset volume and pan")
        .icon(Icon::RotateCcw)
        .says("Volume to 0 dB, pan to the middle"),
    row(Action::UnmuteAll, "track.unmute-all", "Unmute and unsolo all")
        .separated()
        .needs(Needs::Tracks)
        .says("Let every track sound"),
];
