//! The application: logic first, then the interface. Runs on the UI thread.
//!
//! Holds the studio and the view state; panels see them through [`ViewCtx`](crate::view_ctx::ViewCtx) and send
//! commands, which are carried out here between two frames.

mod alarm;
mod asking;
mod files;
mod frame;
mod keys;
mod reports;
mod start;
mod window;

pub use alarm::Alarm;
pub use files::Guarded;
pub use start::Start;

use crate::command::{self, AppCommand, CommandSender, Facts, Keymap, Scope, shortcuts::HeldKeys};
use crate::dialogs::Dialogs;
use crate::metering::Metering;
use crate::notices::Notices;
use crate::panels::operation::OperationDialog;
use crate::panels::palette::Palette;
use crate::panels::piano_roll::ScaleChoice;
use crate::panels::settings::SettingsState;
use crate::panels::{TransportBar, prompt::Prompt};
use crate::state::{EditorTab, Layout, LayoutStore, Selection};
use crate::theme::{Theme, ThemeKind};
use crate::view_ctx::{FrameReport, HintSlot};
use egui::Context;
use engine::model::{Key, TrackId, Velocity};
use engine::studio::Studio;
use engine::time::TickRange;
use profiling::alloc::apart;
use profiling::render_metrics::PhaseTimes;
use std::time::Instant;

/// The whole program, but for the window around it.
pub struct MidiApp {
    pub(crate) studio: Studio,
    pub(crate) layout: Layout,
    pub(crate) selection: Selection,
    pub(crate) notices: Notices,
    pub(crate) dialogs: Dialogs,
    pub(crate) prompt: Option<Prompt>,
    pub(crate) settings_open: bool,
    settings: SettingsState,
    pub(crate) history_open: bool,
    pub(crate) palette: Option<Palette>,
    /// The operation whose parameters are asked for.
    pub(crate) operation: Option<OperationDialog>,
    pub(crate) overlay_open: bool,
    /// What the loop button switches on again.
    pub(crate) last_loop: Option<TickRange>,
    /// Changes of the song in this frame.
    pub(crate) updates: usize,
    pub(crate) metering: Metering,
    profiler: profiling::overlay::Overlay,
    reports: reports::Reports,
    commands: CommandSender,
    hint: HintSlot,
    /// The line of help that the last frame left.
    shown_hint: String,
    report: FrameReport,
    held: HeldKeys,
    /// A key that sounds for a moment, and until when.
    struck: Option<(TrackId, Key, f64)>,
    /// Which keys run what, and the file that says so.
    pub(crate) keymap: Keymap,
    pub(crate) keymap_store: Option<command::keymap::store::KeymapStore>,
    /// Which canvas has the keys while nothing has the focus: the one pressed last.
    canvas: Scope,
    bar: TransportBar,
    /// What waits for an answer about unsaved changes.
    question: Option<Guarded>,
    /// What follows once the song is written.
    after_export: Option<Guarded>,
    /// When the song was last written, in seconds of the interface's clock, and where.
    exported: Option<(f64, String)>,
    /// Whether the user chose the SoundFont that is being loaded.
    font_asked: bool,
    quitting: bool,
    full_screen: bool,
    apply_full_screen: bool,
    /// Palette and scale that egui's style was last made for.
    styled: Option<(ThemeKind, f32)>,
    store: Option<LayoutStore>,
    now: f64,
    /// When the layout was last looked at.
    kept: f64,
    /// For what is asked of it when no frame is under way.
    pub(crate) ctx: Context,
    alarm: Option<Alarm>,
    keeping: Option<alarm::Keeping>,
    /// The renderer's caches are registered.
    knows_renderer: bool,
}

/// Seconds that a struck key sounds.
const STRUCK: f64 = 0.25;

impl MidiApp {
    /// Queues a command, as if a panel had sent it.
    pub fn send(&self, command: impl Into<AppCommand>) {
        self.commands.send(command);
    }

    /// The song, its sound and its files.
    pub const fn studio(&self) -> &Studio {
        &self.studio
    }

    /// The same, to step it by hand in headless runs.
    pub const fn studio_mut(&mut self) -> &mut Studio {
        &mut self.studio
    }

    /// What is selected.
    pub const fn selection(&self) -> &Selection {
        &self.selection
    }

    /// How the window is arranged.
    pub const fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The same, to arrange it from outside.
    pub const fn layout_mut(&mut self) -> &mut Layout {
        &mut self.layout
    }

    /// Records a frame whose phases were measured outside, as headless runs do.
    pub fn record_frame(&mut self, ctx: &Context, phases: &PhaseTimes) {
        apart(|| {
            self.take_uploads(ctx);
            self.metering.record(phases);
        });
    }

    /// What it costs.
    pub const fn metering(&self) -> &Metering {
        &self.metering
    }

    /// The same, for who makes the device and draws the frames.
    pub const fn metering_mut(&mut self) -> &mut Metering {
        &mut self.metering
    }

    /// Everything measured until now, weighed at this moment.
    pub fn profiling_report(&self, ctx: &Context) -> profiling::Report {
        self.metering.weigh(&self.studio, self.interface_bytes(ctx));
        self.metering.state.report()
    }

    /// The messages on show.
    pub const fn notices(&self) -> &Notices {
        &self.notices
    }

    /// Whether a command would do anything now.
    pub fn can_run(&self, ctx: &Context, action: command::Action) -> bool {
        action.enabled(&self.facts(ctx))
    }

    /// Opens or closes the settings.
    pub const fn show_settings(&mut self, open: bool) {
        self.settings_open = open;
    }

    /// Replaces the selection; live input follows the selected track.
    pub fn select(&mut self, selection: Selection) {
        if selection.track() != self.selection.track() {
            self.studio.set_live_track(selection.track());
        }
        self.selection = selection;
    }

    /// The first half of a frame: everything but drawing.
    pub fn logic(&mut self, ctx: &Context) {
        apart(|| self.logic_apart(ctx));
    }

    fn logic_apart(&mut self, ctx: &Context) {
        puffin::profile_scope!("logic");
        self.now = ctx.input(|input| input.time);
        self.updates = 0;
        let facts = self.facts(ctx);
        match self.scope(ctx) {
            Some(scope) => {
                let Self { keymap, held, commands, .. } = self;
                command::shortcuts::take(ctx, scope, keymap, &facts, held, commands);
            }
            None => command::shortcuts::let_go(&mut self.held, &self.commands),
        }
        self.take_keymap_news(ctx);
        self.take_answers();
        self.take_reports();
        self.take_window_events(ctx);
        for event in self.studio.poll() {
            self.take_event(event);
        }
        if self.studio.jobs().is_empty() {
            // One that was given up tells nobody.
            self.layout.piano_roll.edit_came();
        }
        self.drain_commands();
        self.let_go_of_struck(ctx);
        self.style(ctx);
        self.keep_moving(ctx);
        self.keep_layout(ctx);
        self.watch_costs(ctx, Instant::now());
        self.leave(ctx);
    }

    /// Who gets the keys; `None` while something waits for text or an answer.
    fn scope(&self, ctx: &Context) -> Option<Scope> {
        let asks = self.prompt.is_some() || self.question.is_some() || self.operation.is_some();
        let listens = self.settings_open && self.settings.keys.listens();
        if asks || listens || self.palette.is_some() || ctx.text_edit_focused() {
            return None;
        }
        let rolls = self.layout.editor_open && self.layout.editor_tab == EditorTab::PianoRoll;
        let windows = self.settings_open || self.history_open;
        let covered = windows || egui::Popup::is_any_open(ctx);
        let free = ctx.memory(egui::Memory::focused).is_none();
        Some(match () {
            () if covered => Scope::Global,
            () if self.layout.piano_roll.has_focus(ctx) => Scope::Roll,
            () if !free => Scope::Global,
            () if self.canvas == Scope::Roll && rolls => Scope::Roll,
            () => Scope::Arrangement,
        })
    }

    pub(crate) fn facts(&self, ctx: &Context) -> Facts {
        let (project, transport) = (self.studio.snapshot(), self.studio.transport());
        let track = self.selection.track().and_then(|id| project.track(id));
        let clip = self.selection.clip().and_then(|at| project.clip(at));
        let roll = &self.layout.piano_roll;
        let shown = self.selection.clip().and_then(|at| project.track(at.track));
        let drums = shown.is_some_and(|track| track.is_drums());
        Facts {
            undo: self.studio.undo_name(),
            redo: self.studio.redo_name(),
            dragging: roll.is_busy(),
            has_tracks: !project.tracks.is_empty(),
            has_clip: clip.is_some(),
            has_clips: self.selection.parts().len() > 1,
            has_clip_notes: self
                .selection
                .shown()
                .any(|part| project.clip(part.clip).is_some_and(|clip| !clip.notes.is_empty())),
            drums,
            fold: roll.looks.fold_of(drums),
            scale: roll.looks.scale != ScaleChoice::Off,
            has_notes: self.selection.has_notes(),
            has_points: roll.has_points(),
            has_copied: roll.has_copied(),
            track: track.map(|track| (track.mix.muted, track.mix.soloed)),
            playing: transport.playing,
            looping: transport.loop_range.is_some(),
            metronome: transport.metronome,
            theme: self.layout.theme,
            editor_open: self.layout.editor_open,
            overlay_open: self.overlay_open,
            follow: self.layout.follow,
            full_screen: self.full_screen,
            roll_keys: self.scope(ctx) == Some(Scope::Roll),
            tool: roll.active_tool(),
            snap: roll.snap,
            triplets: roll.has_triplets(),
        }
    }

    /// Carries out what is queued; returns how many commands that were.
    fn drain_commands(&mut self) -> usize {
        let commands = self.commands.drain();
        if commands.is_empty() {
            return 0;
        }
        let timer = profiling::thread_cpu::ThreadCpuTimer::start();
        let (count, before) = (commands.len(), self.updates);
        for command in commands {
            command::dispatch(self, command);
        }
        if self.updates > before {
            self.metering.state.record_update_batch(self.updates - before, timer.elapsed_ms());
        }
        count
    }

    /// The others have done their part of the frame.
    pub(crate) fn leave_foreign(&mut self, ctx: &Context) {
        let own = self.interface_bytes(ctx);
        self.metering.leave_foreign(own);
    }

    /// What went to the GPU since the frame before is a batch of updates; returns the
    /// milliseconds it took.
    fn take_uploads(&mut self, ctx: &Context) -> f64 {
        let Some(counters) = crate::render::counters(ctx) else { return 0.0 };
        if !std::mem::replace(&mut self.knows_renderer, true) {
            for (name, cache) in counters.caches() {
                self.metering.state.register_cache(name, cache.clone());
            }
        }
        let (instances, ms) = counters.take_upload();
        if instances > 0 {
            let instances = usize::try_from(instances).unwrap_or(usize::MAX);
            self.metering.state.record_update_batch(instances, ms);
        }
        ms
    }

    fn style(&mut self, ctx: &Context) {
        let wanted = (self.layout.theme, self.layout.ui_scale);
        if self.styled == Some(wanted) {
            return;
        }
        crate::theme::apply(ctx, Theme::of(wanted.0));
        ctx.set_zoom_factor(wanted.1);
        self.styled = Some(wanted);
    }

    /// Lets a key sound for a moment, instead of another that does.
    pub(crate) fn strike(&mut self, track: TrackId, key: Key, velocity: Velocity) {
        self.release_struck();
        self.studio.live(track, [0x90, key, velocity]);
        self.struck = Some((track, key, self.now + STRUCK));
    }

    fn release_struck(&mut self) {
        if let Some((track, key, _)) = self.struck.take() {
            self.studio.live(track, [0x80, key, 64]);
        }
    }

    fn let_go_of_struck(&mut self, ctx: &Context) {
        match self.struck {
            Some((_, _, until)) if until > self.now => {
                ctx.request_repaint_after_secs((until - self.now) as f32 + 0.01);
            }
            _ => self.release_struck(),
        }
    }

    /// Asks for another frame only if something will have moved by then.
    fn keep_moving(&mut self, ctx: &Context) {
        let playing = self.studio.transport().playing;
        self.metering.set_animating(playing);
        let lamps = self.studio.lamps();
        if lamps.input || lamps.output {
            // A lamp goes out again.
            ctx.request_repaint_after_secs(0.13);
        }
        if playing || !self.studio.meters().is_silent() {
            ctx.request_repaint();
        } else if !self.studio.jobs().is_empty() {
            ctx.request_repaint_after_secs(0.1);
        }
        if let Some(left) = self.notices.age(self.now) {
            ctx.request_repaint_after_secs(left.max(0.05) as f32);
        }
    }
}

impl eframe::App for MidiApp {
    fn logic(&mut self, ctx: &Context, frame: &mut eframe::Frame) {
        self.leave_foreign(ctx);
        let upload_ms = self.take_uploads(ctx);
        self.metering.finish_window_frame(frame.info().cpu_usage, upload_ms);
        self.metering.begin();
        Self::logic(self, ctx);
        self.metering.end_logic();
        self.metering.enter_foreign();
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.metering.begin();
        self.frame_ui(ui);
        self.metering.end_ui();
    }

    fn clear_color(&self, _visuals: &egui::Visuals) -> [f32; 4] {
        Theme::of(self.layout.theme).bg.to_normalized_gamma_f32()
    }

    fn on_exit(&mut self) {
        self.save_layout();
        let ctx = self.ctx.clone();
        match self.keep_last_report(&ctx) {
            Some(Ok(kept)) => {
                for regression in &kept.regressions {
                    log::warn!("{regression}");
                }
            }
            Some(Err(error)) => log::error!("{error}"),
            None => {}
        }
    }
}
