//! The application: logic first, then the interface. Runs on the UI thread.

use crate::command::{AppCommand, CommandSender};
use crate::panels::arrangement::arrangement_ui;
use crate::panels::piano_roll::piano_roll_ui;
use crate::state::{Layout, Selection};
use crate::theme::{self, Theme, size};
use crate::view_ctx::{FrameReport, HintSlot, ViewCtx};
use egui::{CentralPanel, Context, Frame, Panel, Ui};
use engine::edit::{EditError, NoteSelection};
use engine::studio::{AudioMode, Studio, StudioOptions};
use std::sync::Arc;

/// The whole program as eframe runs it.
pub struct MidiApp {
    studio: Studio,
    layout: Layout,
    selection: Selection,
    commands: CommandSender,
    hint: HintSlot,
    report: FrameReport,
}

impl MidiApp {
    /// Installs fonts and style and starts with an empty song.
    pub fn new(ctx: &Context, layout: Layout) -> Self {
        theme::fonts::install(ctx);
        theme::apply(ctx, Theme::of(layout.theme));
        Self {
            studio: Studio::new(StudioOptions {
                audio: AudioMode::Device,
                soundfont: layout.soundfont.clone(),
                midi: true,
                wake: {
                    let ctx = ctx.clone();
                    Arc::new(move || ctx.request_repaint())
                },
            }),
            layout,
            selection: Selection::default(),
            commands: CommandSender::default(),
            hint: HintSlot::default(),
            report: FrameReport::default(),
        }
    }

    fn edit(
        &mut self,
        change: impl FnOnce(&mut Studio) -> Result<Option<NoteSelection>, EditError>,
    ) {
        if let Ok(Some(notes)) = change(&mut self.studio) {
            self.selection = Selection::of_notes(&notes);
        }
    }

    fn dispatch(&mut self, command: AppCommand) {
        match command {
            AppCommand::Select(selection) => self.selection = selection,
            AppCommand::ShowTab(tab) => {
                self.layout.editor_tab = tab;
                self.layout.editor_open = true;
            }
            AppCommand::SetTheme(kind) => self.layout.theme = kind,
            AppCommand::SetUiScale(scale) => self.layout.ui_scale = scale,
            AppCommand::Apply(command) => self.edit(|studio| studio.apply(&command)),
            AppCommand::Preview(command) => self.edit(|studio| studio.preview(&command)),
            AppCommand::Commit => self.studio.commit(),
            AppCommand::Cancel => self.studio.cancel(),
            AppCommand::Seek(tick) => self.studio.seek(tick),
            AppCommand::SetLoop(range) => self.studio.set_loop(range),
            AppCommand::Live { track, message } => self.studio.live(track, message),
            AppCommand::Run(_) | AppCommand::Open(_) => {}
        }
    }
}

impl eframe::App for MidiApp {
    fn logic(&mut self, _ctx: &Context, _frame: &mut eframe::Frame) {
        for command in self.commands.drain() {
            self.dispatch(command);
        }
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        let Self { studio, layout, selection, commands, hint, report } = self;
        let ctx = ViewCtx {
            theme: Theme::of(layout.theme),
            snapshot: studio.snapshot(),
            revision: studio.revision(),
            transport: studio.transport(),
            meters: studio.meters(),
            selection,
            follow: layout.follow,
            commands,
            hint,
            report,
        };
        let bar = Frame::NONE.fill(ctx.theme.panel);
        Panel::top("top bar").exact_size(size::TOP_BAR).frame(bar).show(ui, |_ui| {});
        Panel::bottom("status bar").exact_size(size::STATUS_BAR).frame(bar).show(ui, |_ui| {});
        if layout.editor_open {
            Panel::bottom("editor")
                .resizable(true)
                .default_size(layout.editor_height)
                .frame(Frame::NONE)
                .show(ui, |ui| piano_roll_ui(&ctx, ui, &mut layout.piano_roll));
        }
        CentralPanel::no_frame().show(ui, |ui| arrangement_ui(&ctx, ui, &mut layout.arrangement));
    }
}
