//! What the keyboard does in the piano roll: moving and writing notes, the note cursor, tools.

use super::{Family, Info, Needs, Scope, keys};
use crate::command::Action;
use lucide_icons::Icon;

/// A command whose keys work in the piano roll.
const fn row(action: Action, id: &'static str, label: &'static str) -> Info {
    Info::new(Family::Notes, action, id, label).scope(Scope::Roll).needs(Needs::Clip)
}

const MOVE: &str = "Move";
const LENGTH: &str = "Lengths";
const VELOCITY: &str = "Dynamics";
const SELECT: &str = "Select";
const CLIPS: &str = "Clips";
const CURSOR: &str = "Note cursor";
const TOOLS: &str = "Tools and grid";

pub(super) const TABLE: &[Info] = &[
    row(Action::TransposeUp, "roll.up", "Up a semitone")
        .within(MOVE)
        .icon(Icon::ArrowUp)
        .keys(keys![NONE ArrowUp])
        .says("Move the selected notes, or else the note cursor, up a semitone"),
    row(Action::TransposeDown, "roll.down", "Down a semitone")
        .within(MOVE)
        .icon(Icon::ArrowDown)
        .keys(keys![NONE ArrowDown])
        .says("Move the selected notes, or else the note cursor, down a semitone"),
    row(Action::OctaveUp, "roll.octave-up", "Up an octave")
        .within(MOVE)
        .keys(keys![SHIFT ArrowUp])
        .says("Move the selected notes, or else the note cursor, up an octave"),
    row(Action::OctaveDown, "roll.octave-down", "Down an octave")
        .within(MOVE)
        .keys(keys![SHIFT ArrowDown])
        .says("Move the selected notes, or else the note cursor, down an octave"),
    row(Action::NudgeLeft, "roll.left", "Left by the grid")
        .within(MOVE)
        .separated()
        .icon(Icon::ArrowLeft)
        .keys(keys![NONE ArrowLeft])
        .says("Move the selected notes, or else the note cursor, a grid step to the left"),
    row(Action::NudgeRight, "roll.right", "Right by the grid")
        .within(MOVE)
        .icon(Icon::ArrowRight)
        .keys(keys![NONE ArrowRight])
        .says("Move the selected notes, or else the note cursor, a grid step to the right"),
    row(Action::TickLeft, "roll.tick-left", "Left by a tick")
        .within(MOVE)
        .keys(keys![ALT ArrowLeft])
        .says("Move the selected notes, or else the note cursor, a tick to the left"),
    row(Action::TickRight, "roll.tick-right", "Right by a tick")
        .within(MOVE)
        .keys(keys![ALT ArrowRight])
        .says("Move the selected notes, or else the note cursor, a tick to the right"),
    row(Action::Lengthen, "roll.longer", "Longer by the grid")
        .within(LENGTH)
        .separated()
        .keys(keys![SHIFT ArrowRight])
        .says("Make the selected notes, or else the next new one, a grid step longer"),
    row(Action::Shorten, "roll.shorter", "Shorter by the grid")
        .within(LENGTH)
        .keys(keys![SHIFT ArrowLeft])
        .says("Make the selected notes, or else the next new one, a grid step shorter"),
    row(Action::Louder, "roll.louder", "Louder by 8")
        .within(VELOCITY)
        .separated()
        .keys(keys![CTRL ArrowUp])
        .says("Raise the velocity of the selected notes, or else of the next new one, by 8"),
    row(Action::Softer, "roll.softer", "Softer by 8")
        .within(VELOCITY)
        .keys(keys![CTRL ArrowDown])
        .says("Lower the velocity of the selected notes, or else of the next new one, by 8"),
    row(Action::LittleLouder, "roll.little-louder", "Louder by 1")
        .within(VELOCITY)
        .keys(keys![CTRL_SHIFT ArrowUp])
        .says("Raise the velocity of the selected notes, or else of the next new one, by 1"),
    row(Action::LittleSofter, "roll.little-softer", "Softer by 1")
        .within(VELOCITY)
        .keys(keys![CTRL_SHIFT ArrowDown])
        .says("Lower the velocity of the selected notes, or else of the next new one, by 1"),
    row(Action::NextClip, "roll.next-clip", "Next open clip")
        .within(CLIPS)
        .separated()
        .icon(Icon::ChevronsRight)
        .keys(keys![CTRL PageDown])
        .needs(Needs::Clips)
        .says("Make the next of the open clips active: new notes go there, lanes show it"),
    row(Action::PreviousClip, "roll.previous-clip", "Previous open clip")
        .within(CLIPS)
        .icon(Icon::ChevronsLeft)
        .keys(keys![CTRL PageUp])
        .needs(Needs::Clips)
        .says("Make the open clip before active: new notes go there, lanes show it"),
    row(Action::ShowAllClips, "roll.show-all-clips", "Show all open clips")
        .within(CLIPS)
        .needs(Needs::Clips)
        .says("Show the open clips that were hidden again"),
    row(Action::ClipAlone, "roll.clip-alone", "Active clip alone")
        .within(CLIPS)
        .needs(Needs::Clips)
        .says("Close every open clip but the active one"),
    row(Action::NextNote, "roll.next-note", "Next note")
        .within(SELECT)
        .icon(Icon::ChevronRight)
        .keys(keys![CTRL ArrowRight])
        .needs(Needs::ClipNotes)
        .says("Select the next note alone, and hear it"),
    row(Action::PreviousNote, "roll.previous-note", "Previous note")
        .within(SELECT)
        .icon(Icon::ChevronLeft)
        .keys(keys![CTRL ArrowLeft])
        .needs(Needs::ClipNotes)
        .says("Select the note before alone, and hear it"),
    row(Action::ExtendNext, "roll.extend-next", "Extend to the next note")
        .within(SELECT)
        .keys(keys![CTRL_SHIFT ArrowRight])
        .needs(Needs::ClipNotes)
        .says("Move the moving end of the selection to the next note"),
    row(Action::ExtendPrevious, "roll.extend-previous", "Extend to the previous note")
        .within(SELECT)
        .keys(keys![CTRL_SHIFT ArrowLeft])
        .needs(Needs::ClipNotes)
        .says("Move the moving end of the selection to the note before"),
    row(Action::ExtendToStart, "roll.extend-to-start", "Extend to the clip's start")
        .within(SELECT)
        .keys(keys![CTRL_SHIFT Home])
        .needs(Needs::ClipNotes)
        .says("Select everything from the selection, or the note cursor, to the clip's start"),
    row(Action::ExtendToEnd, "roll.extend-to-end", "Extend to the clip's end")
        .within(SELECT)
        .keys(keys![CTRL_SHIFT End])
        .needs(Needs::ClipNotes)
        .says("Select everything from the selection, or the note cursor, to the clip's end"),
    row(Action::InsertNote, "roll.insert", "Insert a note")
        .within(CURSOR)
        .icon(Icon::Plus)
        .keys(keys![NONE Enter, NONE Insert])
        .says("Write a note at the note cursor, which goes on behind it; on a note, select it"),
    row(Action::InsertChordNote, "roll.insert-chord-note", "Insert a note and stay")
        .within(CURSOR)
        .keys(keys![SHIFT Enter])
        .says("Write a note at the note cursor, which stays, for chords; on a note, add it to the selection"),
    row(Action::CursorNextBar, "roll.cursor-next-bar", "Next bar")
        .within(CURSOR)
        .separated()
        .keys(keys![NONE PageDown])
        .says("Move the note cursor to the next bar line"),
    row(Action::CursorPreviousBar, "roll.cursor-previous-bar", "Previous bar")
        .within(CURSOR)
        .keys(keys![NONE PageUp])
        .says("Move the note cursor to the bar line before"),
    row(Action::CursorToStart, "roll.cursor-to-start", "Start of the clip")
        .within(CURSOR)
        .keys(keys![CTRL Home])
        .says("Move the note cursor to the start of the clip"),
    row(Action::CursorToEnd, "roll.cursor-to-end", "End of the clip's notes")
        .within(CURSOR)
        .keys(keys![CTRL End])
        .says("Move the note cursor to the first grid line after the last note"),
    row(Action::ToolSelect, "roll.tool-select", "Select")
        .within(TOOLS)
        .icon(Icon::MousePointer2)
        .keys(keys![NONE Num1])
        .needs(Needs::Nothing)
        .says("Select, move and resize notes; held, for this moment"),
    row(Action::ToolDraw, "roll.tool-draw", "Draw")
        .within(TOOLS)
        .icon(Icon::Pencil)
        .keys(keys![NONE Num2])
        .needs(Needs::Nothing)
        .says("Draw notes; held, for this moment"),
    row(Action::ToolErase, "roll.tool-erase", "Erase")
        .within(TOOLS)
        .icon(Icon::Eraser)
        .keys(keys![NONE Num3])
        .needs(Needs::Nothing)
        .says("Sweep over notes to delete them; held, for this moment"),
    row(Action::ToolKnife, "roll.tool-knife", "Knife")
        .within(TOOLS)
        .icon(Icon::Slice)
        .keys(keys![NONE Num4])
        .needs(Needs::Nothing)
        .says("Cut notes in two; held, for this moment"),
    row(Action::ToolRamp, "roll.tool-ramp", "Ramp")
        .within(TOOLS)
        .icon(Icon::TrendingUp)
        .keys(keys![NONE Num5])
        .needs(Needs::Nothing)
        .says("Draw velocities along a line; held, for this moment"),
    row(Action::ToggleDraw, "roll.toggle-draw", "Draw or select")
        .within(TOOLS)
        .keys(keys![NONE B])
        .needs(Needs::Nothing)
        .says("Change between drawing and selecting; held, for this moment"),
    row(Action::ToggleSnap, "roll.snap", "Snap to the grid")
        .within(TOOLS)
        .separated()
        .icon(Icon::Magnet)
        .keys(keys![NONE N])
        .needs(Needs::Nothing)
        .says("Whether gestures keep to the grid"),
    row(Action::FinerGrid, "roll.finer-grid", "Finer grid")
        .within(TOOLS)
        .keys(keys![NONE Period])
        .needs(Needs::Nothing)
        .says("Halve the distance of the grid's lines"),
    row(Action::CoarserGrid, "roll.coarser-grid", "Coarser grid")
        .within(TOOLS)
        .keys(keys![NONE Comma])
        .needs(Needs::Nothing)
        .says("Double the distance of the grid's lines"),
    row(Action::TripletGrid, "roll.triplet-grid", "Triplet grid")
        .within(TOOLS)
        .keys(keys![NONE T])
        .needs(Needs::Nothing)
        .says("Three grid steps in the time of two, or not"),
];
