//! Values of the list that are typed, or turned by the wheel: each a command.

use super::list::Item;
use super::text::{self, Column};
use super::{Live, ROW, Sheet};
use crate::theme::fonts;
use egui::{Key, Rect, TextEdit, Ui, pos2, vec2};
use engine::edit::{Command, Edge, NoteSelection, VelocityChange};
use engine::model::NoteRef;

/// A cell that is being typed into.
#[derive(Clone, Debug)]
pub(super) struct Editing {
    note: NoteRef,
    column: Column,
    text: String,
    /// It has not had the keyboard yet.
    fresh: bool,
}

impl Sheet<'_> {
    /// Opens a cell of a note.
    pub(super) fn begin(&self, row: usize, column: Column, live: &mut Live) {
        if matches!(column, Column::Kind | Column::Channel) {
            return;
        }
        let Some(item @ Item::Note(note)) = live.list.from(row).next() else { return };
        let text = text::cell(item, column, self.clip, &self.ctx.snapshot.conductor.meter);
        let editing = Editing { note: note.reference(), column, text, fresh: true };
        live.editing = Some(editing);
    }

    /// The cell that is open, as long as its row is in view.
    pub(super) fn editor_ui(&self, ui: &mut Ui, live: &mut Live) {
        let Some(editing) = &mut live.editing else { return };
        let above = live.list.row_of(editing.note).map(|row| row as f64 - live.top);
        let Some(above) = above.filter(|rows| (-0.5..self.page).contains(rows)) else {
            live.editing = None;
            return;
        };
        let top = self.rect.top() + (above * f64::from(ROW)) as f32;
        let left = self.rect.left() + editing.column.left() - 4.0;
        let cell = Rect::from_min_size(pos2(left, top), vec2(92.0, ROW));
        let edit = TextEdit::singleline(&mut editing.text)
            .font(fonts::mono(12.0))
            .margin(egui::Margin::symmetric(4, 2))
            .desired_width(cell.width());
        let response = ui.put(cell, edit).accessible_name(editing.column.label());
        if std::mem::take(&mut editing.fresh) {
            response.request_focus();
            return;
        }
        if !response.lost_focus() {
            return;
        }
        let (given_up, entered) =
            ui.input(|input| (input.key_pressed(Key::Escape), input.key_pressed(Key::Enter)));
        let Some(done) = live.editing.take().filter(|_| entered && !given_up) else { return };
        if let Some(command) = self.typed(&done) {
            self.ctx.commands.send(command);
        }
    }

    /// What is typed as a command; `None` when it is no such value, or the old one.
    fn typed(&self, editing: &Editing) -> Option<Command> {
        let note = self.clip.notes.get(editing.note)?;
        let notes = NoteSelection::new(self.ctx.selection.clip()?, [editing.note]);
        let Editing { column, text, .. } = editing;
        match column {
            Column::Position => {
                let tick = text::read_position(&self.ctx.snapshot.conductor.meter, text)?;
                let ticks = tick.0 as i64 - self.clip.start.after(note.start.0).0 as i64;
                (ticks != 0).then_some(Command::MoveNotes { notes, ticks, keys: 0 })
            }
            Column::Value => {
                let keys = i16::from(text::read_key(text)?) - i16::from(note.key);
                (keys != 0).then_some(Command::MoveNotes { notes, ticks: 0, keys })
            }
            Column::Velocity => {
                let velocity = text::read_number(text)?.clamp(1, 127) as u8;
                let change = VelocityChange::To(velocity);
                (velocity != note.velocity).then_some(Command::ChangeVelocity { notes, change })
            }
            Column::Length => {
                let ticks = i64::from(text::read_number(text)?.max(1)) - i64::from(note.length);
                let edge = Edge::End;
                (ticks != 0).then_some(Command::ResizeNotes { notes, edge, ticks })
            }
            Column::Kind | Column::Channel => None,
        }
    }

    /// A turn of the wheel over a cell: all selected notes if its note is one of them.
    pub(super) fn trim(&self, ui: &Ui, live: &Live, turn: f32) {
        let Some(pos) = ui.input(|input| input.pointer.latest_pos()) else { return };
        let Some(at) = self.ctx.selection.clip().filter(|_| turn != 0.0) else { return };
        let Some(Item::Note(note)) = live.list.from(self.row_at(pos.y, live)).next() else {
            return;
        };
        let chosen = self.ctx.selection.notes();
        let notes = if chosen.contains(note.reference()) {
            NoteSelection::of(at, chosen.clone())
        } else {
            NoteSelection::new(at, [note.reference()])
        };
        let up = if turn > 0.0 { 1 } else { -1 };
        let sixteenth = i64::from(self.ctx.snapshot.division.ticks_per_quarter() / 4).max(1);
        let ticks = i64::from(up) * sixteenth;
        self.ctx.commands.send(match Column::at(pos.x - self.rect.left()) {
            Column::Position => Command::MoveNotes { notes, ticks, keys: 0 },
            Column::Value => Command::MoveNotes { notes, ticks: 0, keys: up },
            Column::Velocity => Command::ChangeVelocity { notes, change: VelocityChange::By(up) },
            Column::Length => Command::ResizeNotes { notes, edge: Edge::End, ticks },
            Column::Kind | Column::Channel => return,
        });
    }
}
