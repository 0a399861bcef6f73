//! The application: logic first, then the interface. Runs on the UI thread.

use crate::command::{AppCommand, CommandSender};
use crate::panels::arrangement::arrangement_ui;
use crate::panels::piano_roll::piano_roll_ui;
use crate::state::{Layout, Selection};
use crate::theme::{self, Theme, size};
use crate::view_ctx::{FrameReport, HintSlot, Level, Meters, TransportView, ViewCtx};
use egui::{CentralPanel, Context, Frame, Panel, Ui};
use engine::model::{Project, TrackId};
use std::sync::Arc;

/// Levels when nothing plays.
struct Silence;

impl Meters for Silence {
    fn track(&self, _id: TrackId) -> Level {
        Level::default()
    }

    fn master(&self) -> Level {
        Level::default()
    }
}

/// The whole program as eframe runs it.
pub struct MidiApp {
    project: Arc<Project>,
    layout: Layout,
    selection: Selection,
    commands: CommandSender,
    hint: HintSlot,
    report: FrameReport,
    transport: TransportView,
}

impl MidiApp {
    /// Installs fonts and style and starts with an empty song.
    pub fn new(ctx: &Context, layout: Layout) -> Self {
        theme::fonts::install(ctx);
        theme::apply(ctx, Theme::of(layout.theme));
        Self {
            project: Arc::new(Project::new("Untitled")),
            layout,
            selection: Selection::default(),
            commands: CommandSender::default(),
            hint: HintSlot::default(),
            report: FrameReport::default(),
            transport: TransportView::default(),
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
            AppCommand::Run(_)
            | AppCommand::Seek(_)
            | AppCommand::SetLoop(_)
            | AppCommand::Live { .. }
            | AppCommand::Open(_) => {}
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
        let Self { project, layout, selection, commands, hint, report, transport } = self;
        let ctx = ViewCtx {
            theme: Theme::of(layout.theme),
            snapshot: project,
            revision: 0,
            transport: *transport,
            meters: &Silence,
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
