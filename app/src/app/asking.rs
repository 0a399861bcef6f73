//! What commands ask for while they run: the palette, an operation's parameters, the history.

use super::MidiApp;
use crate::command::{AppCommand, build_operation, choose_notes, missing_for};
use crate::panels::history::{Row, history_ui};
use crate::panels::operation::{OperationDialog, Wanted, operation_ui};
use crate::panels::palette::{PaletteView, Picked, palette_ui};
use crate::theme::Theme;
use egui::Context;
use engine::edit::Command;

/// Commands that the palette remembers.
const RECENT: usize = 12;

impl MidiApp {
    /// Draws what is asked, and takes the answers.
    pub(super) fn asking_ui(&mut self, ctx: &Context) {
        let theme = Theme::of(self.layout.theme);
        if self.history_open {
            let steps: Vec<_> = self.studio.history().collect();
            let row = |at: usize| steps.get(at).map(|it| Row { name: it.name, done: it.done });
            self.history_open = history_ui(theme, ctx, &self.commands, steps.len(), row);
        }
        if let Some(mut dialog) = self.operation.take() {
            match operation_ui(theme, ctx, &mut dialog) {
                None => self.operation = Some(dialog),
                Some(Wanted::Preview) => {
                    self.preview_operation(&dialog);
                    self.operation = Some(dialog);
                }
                Some(Wanted::Apply) => self.apply_operation(&dialog),
                Some(Wanted::Drop) => self.drop_operation(dialog),
            }
        }
        if self.palette.is_some() {
            self.palette_ui(theme, ctx);
        }
    }

    fn palette_ui(&mut self, theme: &Theme, ctx: &Context) {
        let facts = self.facts(ctx);
        let Some(palette) = &mut self.palette else { return };
        let view = PaletteView {
            theme,
            project: self.studio.snapshot(),
            revision: self.studio.revision(),
            facts: &facts,
            keymap: &self.keymap,
            recent: &self.layout.recent,
        };
        let Some(picked) = palette_ui(ctx, palette, &view) else { return };
        self.palette = None;
        if let Picked::Run(command) = picked {
            if let AppCommand::Run(action) = &command {
                let id = action.info().id;
                let recent = &mut self.layout.recent;
                recent.retain(|other| other != id);
                recent.insert(0, id.to_owned());
                recent.truncate(RECENT);
            }
            self.send(command);
        }
        ctx.request_repaint();
    }

    /// The command that the dialog asks about.
    fn operation_command(&self, dialog: &OperationDialog) -> Option<Command> {
        build_operation(self, dialog.operation, &dialog.values, &dialog.notes)
    }

    fn preview_operation(&self, dialog: &OperationDialog) {
        if dialog.operation.selects() {
            let OperationDialog { operation, values, before, .. } = dialog;
            if let Some(chosen) = choose_notes(self, *operation, values, before) {
                self.send(AppCommand::Select(chosen));
            }
            return;
        }
        match self.operation_command(dialog) {
            Some(command) => self.send(AppCommand::Preview(command)),
            None => self.send(AppCommand::Cancel),
        }
    }

    fn apply_operation(&mut self, dialog: &OperationDialog) {
        self.layout.operations.keep(dialog.operation, &dialog.values);
        if dialog.operation.selects() {
            return self.preview_operation(dialog);
        }
        match self.operation_command(dialog) {
            // The preview is what is applied, and so one step.
            Some(_) if dialog.is_live() => self.send(AppCommand::Commit),
            Some(command) => self.send(AppCommand::Apply(command)),
            None => {
                self.send(AppCommand::Cancel);
                self.notices.warning(&missing_for(dialog.operation));
            }
        }
    }

    fn drop_operation(&self, dialog: OperationDialog) {
        if dialog.operation.selects() {
            return self.send(AppCommand::Select(dialog.before));
        }
        if dialog.is_live() {
            self.send(AppCommand::Cancel);
            self.send(AppCommand::Select(dialog.before));
        }
    }
}
