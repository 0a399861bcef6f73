//! Operations on the selected notes: at once with the parameters used last, or asking first.

use super::{Family, Info, Needs, Scope, keys};
use crate::command::Action;
use lucide_icons::Icon;

/// A command for the selected notes whose keys work in the piano roll.
const fn row(action: Action, id: &'static str, label: &'static str) -> Info {
    Info::new(Family::Notes, action, id, label).scope(Scope::Roll).needs(Needs::Notes)
}

const TIME: &str = "Time";
const PITCH: &str = "Pitch";
const LENGTHS: &str = "Lengths";
const DYNAMICS: &str = "Dynamics";
const PATTERNS: &str = "Chords and patterns";
const CLEANING: &str = "Cleaning up";

pub(super) const TABLE: &[Info] = &[
    row(Action::Quantize, "notes.quantize", "Quantize")
        .within(TIME)
        .icon(Icon::Grid3x3)
        .keys(keys![NONE Q])
        .says("Move the selected notes to the grid, as it was set last"),
    row(Action::QuantizeWith, "notes.quantize-with", "Quantize…")
        .within(TIME)
        .keys(keys![ALT Q])
        .says("Quantize with another grid, strength or swing; starts, ends or both"),
    row(Action::GrooveWith, "notes.groove-with", "Apply groove…")
        .within(TIME)
        .says("Give the selected notes the timing and the accents of another clip"),
    row(Action::Humanize, "notes.humanize", "Humanize")
        .within(TIME)
        .icon(Icon::PersonStanding)
        .says("Move onsets, lengths and velocities a little, as hands do"),
    row(Action::HumanizeWith, "notes.humanize-with", "Humanize…")
        .within(TIME)
        .says("Choose how far onsets, lengths and velocities stray"),
    row(Action::Reverse, "notes.reverse", "Reverse")
        .within(TIME)
        .separated()
        .keys(keys![ALT R])
        .says("Mirror the selected notes in time"),
    row(Action::DoubleTime, "notes.double-time", "Double time")
        .within(TIME)
        .says("Squeeze the selected notes into half their time"),
    row(Action::HalfTime, "notes.half-time", "Half time")
        .within(TIME)
        .says("Spread the selected notes over twice their time"),
    row(Action::StretchWith, "notes.stretch-with", "Stretch…")
        .within(TIME)
        .says("Stretch the selected notes in proportion by any factor"),
    row(Action::ScaleUp, "notes.scale-up", "Up a step in the scale")
        .within(PITCH)
        .keys(keys![ALT ArrowUp])
        .needs(Needs::Clip)
        .says("Move the selected notes, or else the note cursor, a step of the scale up"),
    row(Action::ScaleDown, "notes.scale-down", "Down a step in the scale")
        .within(PITCH)
        .keys(keys![ALT ArrowDown])
        .needs(Needs::Clip)
        .says("Move the selected notes, or else the note cursor, a step of the scale down"),
    row(Action::Transpose, "notes.transpose", "Transpose")
        .within(PITCH)
        .separated()
        .says("Move the selected notes by as many semitones as last time"),
    row(Action::TransposeWith, "notes.transpose-with", "Transpose…")
        .within(PITCH)
        .says("Move the selected notes by any number of semitones"),
    row(Action::StepInScaleWith, "notes.step-in-scale-with", "Transpose in the scale…")
        .within(PITCH)
        .says("Move the selected notes by steps of any scale"),
    row(Action::Invert, "notes.invert", "Invert")
        .within(PITCH)
        .separated()
        .keys(keys![ALT I])
        .says("Mirror the selected notes in pitch"),
    row(Action::InvertWith, "notes.invert-with", "Invert…")
        .within(PITCH)
        .says("Mirror pitches around a key or within a scale"),
    row(Action::FitToScale, "notes.fit-to-scale", "Fit to scale")
        .within(PITCH)
        .says("Move pitches that are foreign to the scale into it"),
    row(Action::FitToScaleWith, "notes.fit-to-scale-with", "Fit to scale…")
        .within(PITCH)
        .says("Choose the scale and which way foreign pitches go"),
    row(Action::Legato, "notes.legato", "Legato")
        .within(LENGTHS)
        .keys(keys![ALT L])
        .says("Let each note last until the next begins"),
    row(Action::LegatoWith, "notes.legato-with", "Legato…")
        .within(LENGTHS)
        .says("Choose how far notes reach into the next, or how far apart they stay"),
    row(Action::Staccato, "notes.staccato", "Staccato")
        .within(LENGTHS)
        .keys(keys![ALT S])
        .says("Shorten the selected notes to a share of their length"),
    row(Action::StaccatoWith, "notes.staccato-with", "Staccato…")
        .within(LENGTHS)
        .says("Choose the share of their length that remains"),
    row(Action::Split, "notes.split", "Split")
        .within(LENGTHS)
        .separated()
        .icon(Icon::Scissors)
        .keys(keys![NONE S])
        .says("Cut the selected notes at the note cursor or the playhead, or else in two"),
    row(Action::SplitWith, "notes.split-with", "Split…")
        .within(LENGTHS)
        .says("Cut the selected notes into parts or at a grid"),
    row(Action::Join, "notes.join", "Join")
        .within(LENGTHS)
        .icon(Icon::Link2)
        .keys(keys![NONE J])
        .says("Make neighbours of the same pitch one note"),
    row(Action::JoinWith, "notes.join-with", "Join…")
        .within(LENGTHS)
        .says("Choose the gap that notes are joined across"),
    row(Action::SetVelocity, "notes.velocity", "Set velocity")
        .within(DYNAMICS)
        .says("Change velocities as last time"),
    row(Action::SetVelocityWith, "notes.velocity-with", "Set velocity…")
        .within(DYNAMICS)
        .says("Set velocities: to a value, by an amount, at random, in a line, closer together"),
    row(Action::Chord, "notes.chord", "Add chord")
        .within(PATTERNS)
        .says("Add the notes of a chord above each selected note"),
    row(Action::ChordWith, "notes.chord-with", "Add chord…")
        .within(PATTERNS)
        .says("Choose the chord: thirds in a scale, or a fixed kind"),
    row(Action::Strum, "notes.strum", "Strum")
        .within(PATTERNS)
        .says("Spread the onsets of chords, as a hand over strings does"),
    row(Action::StrumWith, "notes.strum-with", "Strum…")
        .within(PATTERNS)
        .says("Choose the direction and the time that a strum takes"),
    row(Action::Arpeggiate, "notes.arpeggiate", "Arpeggiate")
        .within(PATTERNS)
        .says("Play the notes of chords one after the other"),
    row(Action::ArpeggiateWith, "notes.arpeggiate-with", "Arpeggiate…")
        .within(PATTERNS)
        .says("Choose the order, the grid and the octaves of an arpeggio"),
    row(Action::Repeat, "notes.repeat", "Repeat")
        .within(PATTERNS)
        .separated()
        .icon(Icon::CopyPlus)
        .says("Copy the selected notes after themselves, as often as last time"),
    row(Action::RepeatWith, "notes.repeat-with", "Repeat…")
        .within(PATTERNS)
        .says("Choose how often, and how far apart"),
    row(Action::RemoveOverlaps, "notes.remove-overlaps", "Remove overlaps")
        .within(CLEANING)
        .keys(keys![ALT O])
        .says("End notes where the next of the same pitch begins"),
    row(Action::RemoveDoubles, "notes.remove-doubles", "Remove doubles")
        .within(CLEANING)
        .says("Of notes of the same pitch at the same time leave one"),
    row(Action::RemoveDoublesWith, "notes.remove-doubles-with", "Remove doubles…")
        .within(CLEANING)
        .says("Choose how close notes count as doubles"),
    row(Action::Crop, "notes.crop", "Delete other notes")
        .within(CLEANING)
        .separated()
        .icon(Icon::Crop)
        .says("Keep the selected notes alone in their clip"),
    row(Action::CropToLoop, "notes.crop-to-loop", "Crop to the loop")
        .within(CLEANING)
        .needs(Needs::NotesAndLoop)
        .says("Remove what of the selected notes lies outside the loop"),
];
