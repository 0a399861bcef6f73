//! Undo and the selection.

use super::{Family, Info, Needs, Scope, keys};
use crate::command::Action;
use lucide_icons::Icon;

const fn row(action: Action, id: &'static str, label: &'static str) -> Info {
    Info::new(Family::Edit, action, id, label)
}

pub(super) const TABLE: &[Info] = &[
    row(Action::Undo, "edit.undo", "Undo")
        .icon(Icon::Undo2)
        .keys(keys![CTRL Z])
        .needs(Needs::Undo)
        .says("Take the last change back"),
    row(Action::Redo, "edit.redo", "Redo")
        .icon(Icon::Redo2)
        .keys(keys![CTRL_SHIFT Z, CTRL Y])
        .needs(Needs::Redo)
        .says("Make the change again"),
    row(Action::Cut, "edit.cut", "Cut")
        .separated()
        .icon(Icon::Scissors)
        .keys(keys![CTRL X])
        .needs(Needs::Copyable)
        .says("Copy the selected notes, or the chosen points of a lane, and delete them"),
    row(Action::Copy, "edit.copy", "Copy")
        .icon(Icon::Copy)
        .keys(keys![CTRL C])
        .needs(Needs::Copyable)
        .says("Keep the selected notes, or the chosen points of a lane, to be pasted"),
    row(Action::Paste, "edit.paste", "Paste")
        .icon(Icon::ClipboardPaste)
        .keys(keys![CTRL V])
        .needs(Needs::Copied)
        .says("Put what was copied at the playhead: notes into the clip, points into their lane"),
    row(Action::SelectAll, "edit.select-all", "Select all notes")
        .separated()
        .icon(Icon::ListChecks)
        .keys(keys![CTRL A])
        .needs(Needs::Clip)
        .says("Select every note of the clip in the piano roll"),
    row(Action::SelectNone, "edit.select-none", "Select nothing")
        .keys(keys![CTRL_SHIFT A])
        .needs(Needs::Notes)
        .says("Clear the selection of notes"),
    row(Action::InvertSelection, "edit.invert-selection", "Invert the selection")
        .keys(keys![CTRL I])
        .needs(Needs::ClipNotes)
        .says("Select the notes of the clip that are not selected"),
    row(Action::SelectLike, "edit.select-like", "Select alike")
        .needs(Needs::Notes)
        .says("Select the notes that are like the selected ones, as last time"),
    row(Action::SelectLikeWith, "edit.select-like-with", "Select alike…")
        .needs(Needs::Notes)
        .says("Select the notes of the same pitch, velocity, length or place in the bar"),
    row(Action::SelectWith, "edit.select-with", "Select by…")
        .keys(keys![CTRL_SHIFT F])
        .needs(Needs::ClipNotes)
        .says("Select notes by pitch, velocity, length, place in the bar, scale or channel"),
    row(Action::Cancel, "edit.cancel", "Cancel, then select nothing")
        .scope(Scope::Roll)
        .keys(keys![NONE Escape])
        .needs(Needs::Clip)
        .says("Take back the drag under way; without one, clear the selection"),
    row(Action::Delete, "edit.delete", "Delete notes")
        .separated()
        .icon(Icon::Trash2)
        .scope(Scope::Roll)
        .keys(keys![NONE Delete, NONE Backspace])
        .needs(Needs::Clip)
        .says("Delete the selected notes, or else the note before the note cursor"),
    row(Action::Duplicate, "edit.duplicate", "Duplicate after")
        .icon(Icon::CopyPlus)
        .keys(keys![CTRL D])
        .needs(Needs::Notes)
        .says("Copy the selected notes to right after themselves"),
    row(Action::History, "edit.history", "History…")
        .separated()
        .icon(Icon::History)
        .keys(keys![CTRL H])
        .says("List the steps that can be taken back or made again, and jump among them"),
    row(Action::Palette, "edit.palette", "Find a command…")
        .icon(Icon::Search)
        .keys(keys![CTRL P])
        .says("Find any command by a few letters of its name, and run it"),
];
