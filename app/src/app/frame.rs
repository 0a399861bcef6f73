//! The second half of a frame: the interface.

use super::MidiApp;
use crate::command::Scope;
use crate::panels::arrangement::arrangement_ui;
use crate::panels::events::events_ui;
use crate::panels::piano_roll::{
    piano_roll_strip_ui, piano_roll_tools_ui, piano_roll_ui, piano_roll_unseen,
};
use crate::panels::{
    self, empty, notices::notices_ui, problems::problems_ui, profiler::ProfilerView,
    profiler::overlay_ui, profiler::profiler_ui, prompt::prompt_ui, question::question_ui,
    settings::settings_ui, status::StatusView, status::status_ui, transport::transport_ui,
};
use crate::state::EditorTab;
use crate::theme::{Theme, size};
use crate::view_ctx::ViewCtx;
use crate::widgets::{IconButton, tab};
use egui::{Align, CentralPanel, Frame, Layout as Flow, Panel, Ui, UiBuilder, pos2};
use lucide_icons::Icon;
use profiling::alloc::apart;
use profiling::overlay::OverlayAction;

/// Height that the arrangement keeps when the editor is pulled up.
const ARRANGEMENT_LEAST: f32 = 140.0;
/// The least height of the editor.
const EDITOR_LEAST: f32 = 120.0;

impl MidiApp {
    /// Draws everything, and carries out what the panels asked for.
    pub fn frame_ui(&mut self, ui: &mut Ui) {
        puffin::profile_function!();
        let from_tab = self.panels_ui(ui);
        let from_window = self.over_ui(ui);
        for action in from_tab.into_iter().chain(from_window) {
            self.take_profiler_action(action);
        }
        self.close_unseen_profiler();
        let hint = self.hint.take();
        if hint != self.shown_hint {
            self.shown_hint = hint;
            ui.ctx().request_repaint();
        }
        let interface = self.interface_bytes(ui.ctx());
        apart(|| {
            self.metering.feed(self.now, &self.studio, &self.report, interface);
            self.drain_after(ui);
        });
    }

    /// What panels asked for happens now, and is drawn in the next frame.
    fn drain_after(&mut self, ui: &Ui) {
        if self.drain_commands() > 0 {
            ui.ctx().request_repaint();
        }
    }

    /// Out of sight, the profiler costs nothing.
    fn close_unseen_profiler(&mut self) {
        if !self.profiler_is_open() {
            self.profiler.close();
        }
    }

    fn panels_ui(&mut self, ui: &mut Ui) -> Option<OverlayAction> {
        let facts = self.facts(ui.ctx());
        let extra = self.profiler_extra();
        let over_everything = self.overlay_open;
        let mut action = None;
        let Self {
            studio,
            layout,
            selection,
            commands,
            hint,
            report,
            metering,
            bar,
            profiler,
            keymap,
            canvas,
            alarm,
            now,
            ..
        } = self;
        let jobs = studio.jobs();
        let none = Vec::new();
        let ctx = ViewCtx {
            theme: Theme::of(layout.theme),
            snapshot: studio.snapshot(),
            revision: studio.revision(),
            transport: studio.transport(),
            meters: studio.meters(),
            selection,
            follow: layout.follow,
            facts,
            keymap,
            costs: metering.costs(),
            lamps: studio.lamps(),
            outputs: studio.ports().map_or(&none, |ports| &ports.outputs),
            commands,
            hint,
            report,
        };
        let plain = Frame::NONE.fill(ctx.theme.panel);
        Panel::top("top bar")
            .exact_size(size::TOP_BAR)
            .show_separator_line(false)
            .frame(plain)
            .show(ui, |ui| transport_ui(&ctx, ui, bar));
        let status = StatusView {
            device: studio.device(),
            jobs: &jobs,
            hint: &self.shown_hint,
            edited: studio.is_edited(),
            alarm: alarm.as_ref().map(|alarm| (alarm, *now - alarm.since)),
            exported: self.exported.as_ref().map(|(when, name)| (self.now - when, name.as_str())),
        };
        Panel::bottom("status bar")
            .exact_size(size::STATUS_BAR)
            .show_separator_line(false)
            .frame(plain)
            .show(ui, |ui| status_ui(&ctx, ui, &status));
        if !layout.editor_open || layout.editor_tab != EditorTab::PianoRoll {
            piano_roll_unseen(&ctx, &mut layout.piano_roll);
        }
        if layout.editor_open {
            let most = (ui.available_height() - ARRANGEMENT_LEAST).max(EDITOR_LEAST);
            let shown = Panel::bottom("editor")
                .resizable(true)
                .default_size(layout.editor_height.clamp(EDITOR_LEAST, most))
                .size_range(EDITOR_LEAST..=most)
                .show_separator_line(false)
                .frame(Frame::NONE.fill(ctx.theme.bg))
                .show(ui, |ui| {
                    // A panel is as large as what is in it.
                    ui.set_min_size(ui.available_size());
                    let problems = studio.problems();
                    let strip = strip_ui(&ctx, ui, layout, problems.len());
                    let rest = ui.max_rect().with_min_y(strip);
                    ui.scope_builder(UiBuilder::new().max_rect(rest), |ui| {
                        ui.set_clip_rect(rest.intersect(ui.clip_rect()));
                        match layout.editor_tab {
                            EditorTab::PianoRoll => {
                                piano_roll_ui(&ctx, ui, &mut layout.piano_roll);
                            }
                            EditorTab::Events => events_ui(&ctx, ui, &mut layout.events),
                            // It is one profiler: over everything, it is not here.
                            EditorTab::Profiler if over_everything => {}
                            EditorTab::Profiler => {
                                let state = &metering.state;
                                let view = ProfilerView { overlay: profiler, state, extra };
                                action = profiler_ui(ctx.theme, ui, view);
                            }
                            EditorTab::Problems => problems_ui(&ctx, ui, problems),
                        }
                    });
                });
            layout.editor_height = shown.response.rect.height();
            if pressed_in(ui, shown.response.rect) {
                *canvas = Scope::Roll;
            }
        }
        CentralPanel::no_frame().show(ui, |ui| {
            if pressed_in(ui, ui.max_rect()) {
                *canvas = Scope::Arrangement;
            }
            if ctx.snapshot.tracks.is_empty() {
                empty::empty_ui(&ctx, ui);
            } else {
                arrangement_ui(&ctx, ui, &mut layout.arrangement);
            }
        });
        action
    }

    /// What lies over the panels: messages, questions, settings.
    fn over_ui(&mut self, ui: &Ui) -> Option<OverlayAction> {
        let ctx = ui.ctx();
        let theme = Theme::of(self.layout.theme);
        if let Some(closed) = notices_ui(theme, ctx, &self.notices) {
            self.notices.close(closed);
        }
        if self.settings_open {
            let file = self.keymap_store.as_ref().map(|store| store.path().to_string_lossy());
            let keymap_file = file.map(std::borrow::Cow::into_owned);
            let view = panels::settings::SettingsView {
                layout: &self.layout,
                device: self.studio.device(),
                font: self.studio.font().name(),
                font_loaded: !self.studio.font().presets().is_empty(),
                ports: self.studio.ports(),
                keymap: &self.keymap,
                keymap_file: keymap_file.as_deref(),
                commands: &self.commands,
            };
            self.settings_open = settings_ui(theme, ctx, &view, &mut self.settings);
        }
        self.asking_ui(ctx);
        if let Some(prompt) = &mut self.prompt
            && let Some(reply) = prompt_ui(theme, ctx, prompt)
        {
            self.take_reply(reply);
        }
        if self.question.is_some()
            && let Some(choice) = question_ui(theme, ctx, &self.studio.snapshot().name)
        {
            self.take_choice(choice);
        }
        panels::empty::drop_target_ui(theme, ctx);
        if !self.overlay_open {
            return None;
        }
        let extra = self.profiler_extra();
        let state = &self.metering.state;
        let view = ProfilerView { overlay: &mut self.profiler, state, extra };
        let (open, action) = overlay_ui(theme, ctx, view);
        self.overlay_open = open;
        action
    }

    /// Heap bytes of the interface: what panels, renderer and flame graph remember. Textures and shapes
    /// are egui's and the GPU's business.
    pub(super) fn interface_bytes(&self, ctx: &egui::Context) -> usize {
        let levels = crate::render::counters(ctx).map_or(0, |counters| counters.heap_bytes());
        size_of::<Self>()
            + self.selection.heap_bytes()
            + self.report.cache_bytes()
            + self.profiler.flame_bytes()
            + usize::try_from(levels).unwrap_or(usize::MAX)
    }
}

/// Whether a button went down in `rect` in this frame, with nothing over it.
fn pressed_in(ui: &Ui, rect: egui::Rect) -> bool {
    let pressed = ui.input(|input| input.pointer.any_pressed());
    pressed && ui.rect_contains_pointer(rect)
}

/// The editor's tabs; returns where the strip ends.
fn strip_ui(
    ctx: &ViewCtx<'_>,
    ui: &mut Ui,
    layout: &mut crate::state::Layout,
    problems: usize,
) -> f32 {
    let all = ui.max_rect();
    let strip = all.with_max_y(all.top() + size::TAB_STRIP);
    ui.painter().rect_filled(strip, 0.0, ctx.theme.panel);
    ui.painter().hline(strip.x_range(), strip.top() + 0.5, (1.0, ctx.theme.line));
    let row = |flow: Flow| UiBuilder::new().max_rect(strip).layout(flow);
    let mut tabs = vec![
        (EditorTab::PianoRoll, "Piano roll".to_owned()),
        (EditorTab::Events, "Events".to_owned()),
        (EditorTab::Profiler, "Profiler".to_owned()),
    ];
    if problems > 0 {
        tabs.push((EditorTab::Problems, format!("Problems ({problems})")));
    }
    let left = ui.scope_builder(row(Flow::left_to_right(Align::Center)), |ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        ui.add_space(2.0);
        for (which, name) in tabs {
            if tab(ui, ctx.theme, &name, layout.editor_tab == which).clicked() {
                layout.editor_tab = which;
            }
        }
        if layout.editor_tab == EditorTab::PianoRoll {
            piano_roll_tools_ui(ctx, ui, &layout.piano_roll);
        }
    });
    let rest = strip.with_min_x(left.response.rect.right() + 12.0);
    let right = UiBuilder::new().max_rect(rest).layout(Flow::right_to_left(Align::Center));
    ui.scope_builder(right, |ui| {
        ui.set_clip_rect(rest.intersect(ui.clip_rect()));
        ui.add_space(size::STEP);
        let close =
            ui.add(IconButton::new(ctx.theme, Icon::X, "Close the editor").bare().side(24.0));
        if close.hovered() {
            ctx.hint.set("Close the editor · Ctrl+J brings it back");
        }
        if close.clicked() {
            layout.editor_open = false;
        }
        if layout.editor_tab == EditorTab::PianoRoll {
            piano_roll_strip_ui(ctx, ui, &mut layout.piano_roll);
        }
    });
    pos2(0.0, strip.bottom()).y
}
