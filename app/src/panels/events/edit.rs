//! Values of the list that are typed, or turned by the wheel: each a command.

use super::list::Item;
use super::text::{self, Column, Wrong};
use super::{Live, ROW, Sheet};
use crate::theme::fonts;
use crate::wording::read_position;
use egui::{Key, Rect, TextEdit, Ui, pos2, vec2};
use engine::edit::{Command, Edge, NoteSelection, VelocityChange};
use engine::model::{Channel, ClipRef, Event, EventKind, Note, NoteRef};
use engine::time::Tick;

/// What a cell is about.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Target {
    Note(NoteRef),
    Event(Event),
}

impl Target {
    pub(super) fn of(item: Item<'_>) -> Self {
        match item {
            Item::Note(note) => Self::Note(note.reference()),
            Item::Event(event) => Self::Event(event.clone()),
        }
    }
}

/// A cell that is being typed into.
#[derive(Clone, Debug)]
pub(super) struct Editing {
    target: Target,
    column: Column,
    text: String,
    /// It wants the keyboard.
    fresh: bool,
    /// What is wrong with what was typed.
    wrong: Option<Wrong>,
}

impl Sheet<'_> {
    /// Opens a cell, if what it says can be changed.
    pub(super) fn begin(&self, row: usize, column: Column, live: &mut Live) {
        let Some(item) = live.list.from(row).next() else { return };
        if !text::can_type(item, column) {
            return;
        }
        let text = text::cell(item, column, self.clip, &self.ctx.snapshot.conductor.meter);
        let target = Target::of(item);
        live.editing = Some(Editing { target, column, text, fresh: true, wrong: None });
    }

    /// The cell that is open, as long as its row is in view.
    pub(super) fn editor_ui(&self, ui: &mut Ui, live: &mut Live) {
        let Some(editing) = &mut live.editing else { return };
        let above = live.list.row_of(&editing.target).map(|row| row as f64 - live.top);
        let Some(above) = above.filter(|rows| (-0.5..self.page).contains(rows)) else {
            live.editing = None;
            return;
        };
        let top = self.rect.top() + (above * f64::from(ROW)) as f32;
        let left = self.rect.left() + editing.column.left() - 4.0;
        let cell = Rect::from_min_size(pos2(left, top), vec2(editing.column.width(), ROW));
        let ink = if editing.wrong.is_some() { self.ctx.theme.record } else { self.ctx.theme.text };
        let edit = TextEdit::singleline(&mut editing.text)
            .font(fonts::mono(12.0))
            .margin(egui::Margin::symmetric(4, 2))
            .text_color(ink)
            .desired_width(cell.width());
        let response = ui.put(cell, edit).accessible_name(editing.column.label());
        if let Some(Wrong(reason)) = editing.wrong {
            self.ctx.hint.set(reason);
        }
        if response.changed() {
            editing.wrong = None;
        }
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
        match self.typed(&done) {
            Ok(command) => self.change(command, live),
            // It stays open, and says why.
            Err(wrong) => {
                live.editing = Some(Editing { wrong: Some(wrong), fresh: true, ..done });
            }
        }
    }

    /// Sends a change; the keyboard follows an event to its new place.
    fn change(&self, command: Option<Command>, live: &mut Live) {
        let Some(command) = command else { return };
        if let Command::ChangeEvent { to: Some((tick, kind)), .. } = &command {
            live.moved = Some((*tick, kind.clone()));
        }
        self.ctx.commands.send(command);
    }

    /// What is typed as a command; nothing when it is the old value.
    fn typed(&self, editing: &Editing) -> Result<Option<Command>, Wrong> {
        let Some(at) = self.ctx.selection.clip() else { return Ok(None) };
        let Editing { column, text, .. } = editing;
        match &editing.target {
            Target::Note(reference) => {
                let Some(note) = self.clip.notes.get(*reference) else { return Ok(None) };
                self.typed_of_note(note, at, *column, text)
            }
            Target::Event(event) => self.typed_of_event(event, at, *column, text),
        }
    }

    fn typed_of_note(
        &self,
        note: &Note,
        at: ClipRef,
        column: Column,
        text: &str,
    ) -> Result<Option<Command>, Wrong> {
        let notes = NoteSelection::new(at, [note.reference()]);
        Ok(match column {
            Column::Position => {
                let ticks = self.place(text)?.0 as i64 - note.start.0 as i64;
                (ticks != 0).then_some(Command::MoveNotes { notes, ticks, keys: 0 })
            }
            Column::Value => {
                let keys = i16::from(text::read_key(text)?) - i16::from(note.key);
                (keys != 0).then_some(Command::MoveNotes { notes, ticks: 0, keys })
            }
            Column::Velocity => {
                let velocity = text::read_within(text, 1..=127, Wrong::VELOCITY)? as u8;
                let change = VelocityChange::To(velocity);
                (velocity != note.velocity).then_some(Command::ChangeVelocity { notes, change })
            }
            Column::Length => {
                let length = text::read_within(text, 1..=i64::from(u32::MAX), Wrong::LENGTH)?;
                let ticks = length - i64::from(note.length);
                let edge = Edge::End;
                (ticks != 0).then_some(Command::ResizeNotes { notes, edge, ticks })
            }
            Column::Channel => {
                let channel = text::read_channel(text)?;
                (channel != note.channel).then_some(Command::ChangeChannel { notes, channel })
            }
            Column::Kind => None,
        })
    }

    fn typed_of_event(
        &self,
        event: &Event,
        clip: ClipRef,
        column: Column,
        text: &str,
    ) -> Result<Option<Command>, Wrong> {
        let to = match column {
            Column::Position => (self.place(text)?, event.kind.clone()),
            Column::Value => (event.tick, text::read_value(&event.kind, text)?),
            Column::Channel => (event.tick, event.kind.on_channel(text::read_channel(text)?)),
            Column::Kind | Column::Velocity | Column::Length => return Ok(None),
        };
        Ok(self.changed(event, clip, to))
    }

    /// Puts something else in an event's place, unless it is the same.
    fn changed(&self, was: &Event, clip: ClipRef, to: (Tick, EventKind)) -> Option<Command> {
        // Nothing of a clip lies behind its end.
        let tick = to.0.min(Tick(self.clip.length.saturating_sub(1)));
        let same = (tick, &to.1) == (was.tick, &was.kind);
        let to = Some((tick, to.1));
        (!same).then(|| Command::ChangeEvent { clip, was: was.clone(), to })
    }

    /// A typed position, from the clip's start.
    fn place(&self, text: &str) -> Result<Tick, Wrong> {
        let tick =
            read_position(&self.ctx.snapshot.conductor.meter, text).ok_or(Wrong::POSITION)?;
        if tick < self.clip.start {
            return Err(Wrong::BEFORE);
        }
        Ok(Tick(tick.since(self.clip.start)))
    }

    /// Deletes the event that the keyboard is on.
    pub(super) fn delete_event(&self, live: &Live) {
        let item = live.list.from(live.cursor).next();
        if let (Some(Item::Event(event)), Some(clip)) = (item, self.ctx.selection.clip()) {
            self.ctx.commands.send(Command::ChangeEvent { clip, was: event.clone(), to: None });
        }
    }

    /// A turn of the wheel over a cell: all selected notes if its note is one of them.
    pub(super) fn trim(&self, ui: &Ui, live: &mut Live, turn: f32) {
        let Some(pos) = ui.input(|input| input.pointer.latest_pos()) else { return };
        let Some(at) = self.ctx.selection.clip().filter(|_| turn != 0.0) else { return };
        let up = if turn > 0.0 { 1 } else { -1 };
        let column = Column::at(pos.x - self.rect.left());
        let command = match live.list.from(self.row_at(pos.y, live)).next() {
            Some(Item::Note(note)) => self.trim_note(note, at, column, up),
            Some(Item::Event(event)) => self.trim_event(event, at, column, up),
            None => None,
        };
        self.change(command, live);
    }

    /// Ticks of a sixteenth: a turn of the wheel over a position.
    fn turn_ticks(&self) -> i64 {
        i64::from(self.ctx.snapshot.division.ticks_per_quarter() / 4).max(1)
    }

    fn trim_note(&self, note: &Note, at: ClipRef, column: Column, up: i16) -> Option<Command> {
        let chosen = self.ctx.selection.notes();
        let notes = if chosen.contains(note.reference()) {
            NoteSelection::of(at, chosen.clone())
        } else {
            NoteSelection::new(at, [note.reference()])
        };
        let ticks = i64::from(up) * self.turn_ticks();
        Some(match column {
            Column::Position => Command::MoveNotes { notes, ticks, keys: 0 },
            Column::Value => Command::MoveNotes { notes, ticks: 0, keys: up },
            Column::Velocity => Command::ChangeVelocity { notes, change: VelocityChange::By(up) },
            Column::Length => Command::ResizeNotes { notes, edge: Edge::End, ticks },
            Column::Channel => {
                let channel = next_channel(note.channel, up).filter(|to| *to != note.channel)?;
                Command::ChangeChannel { notes, channel }
            }
            Column::Kind => return None,
        })
    }

    fn trim_event(&self, event: &Event, at: ClipRef, column: Column, up: i16) -> Option<Command> {
        let to = match column {
            Column::Position => {
                let tick = event.tick.offset(i64::from(up) * self.turn_ticks());
                (tick, event.kind.clone())
            }
            Column::Value => (event.tick, text::raised(&event.kind, up)?),
            Column::Channel => {
                let channel = next_channel(event.kind.channel()?, up)?;
                (event.tick, event.kind.on_channel(channel))
            }
            Column::Kind | Column::Velocity | Column::Length => return None,
        };
        self.changed(event, at, to)
    }
}

/// The channel after one, or before; `None` behind the last.
fn next_channel(channel: Channel, up: i16) -> Option<Channel> {
    let next = i16::from(channel.index()) + up;
    u8::try_from(next).ok().filter(|next| *next < 16).map(Channel::new)
}
