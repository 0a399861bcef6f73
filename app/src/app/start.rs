//! How the program begins.

use super::{Guarded, MidiApp};
use crate::command::{CommandSender, Keymap, Scope};
use crate::dialogs::Dialogs;
use crate::metering::Metering;
use crate::notices::Notices;
use crate::panels::TransportBar;
use crate::profile_dir::ProfileDir;
use crate::state::{Layout, LayoutStore, Selection};
use crate::theme;
use egui::Context;
use engine::studio::{AudioMode, Studio, StudioOptions, Wake};
use profiling::overlay::Overlay;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

/// What to begin with.
pub struct Start {
    /// How the window is arranged.
    pub layout: Layout,
    /// Where the arrangement is kept; `None` keeps it nowhere, as in headless runs and tests.
    pub store: Option<LayoutStore>,
    /// The file with the user's keys; `None` keeps to the standard ones.
    pub keymap: Option<PathBuf>,
    /// Files to open as one song; with none it is the demo song.
    pub files: Vec<PathBuf>,
    /// Whether to open the demo song when no file is given.
    pub demo: bool,
    /// Whether this is a window: with devices, ports and dialogs.
    pub window: bool,
    /// Whether characters that the embedded faces lack are looked for in the system's fonts.
    /// Not in snapshots: every machine has other ones.
    pub system_fonts: bool,
    /// Whether puffin's scopes stay on when the profiler closes: somebody else reads them.
    pub keep_scopes: bool,
    /// Where profiling reports are kept, if anywhere.
    pub profile_dir: Option<ProfileDir>,
}

impl Start {
    /// A headless start: no devices, no dialogs, nothing kept.
    pub fn headless(layout: Layout) -> Self {
        Self {
            layout,
            store: None,
            keymap: None,
            files: Vec::new(),
            demo: false,
            window: false,
            system_fonts: false,
            keep_scopes: false,
            profile_dir: None,
        }
    }
}

impl MidiApp {
    /// Installs fonts and style, opens the studio, and begins to open what was asked for.
    pub fn new(ctx: &Context, start: Start) -> Self {
        let Start {
            layout,
            store,
            keymap,
            files,
            demo,
            window,
            system_fonts,
            keep_scopes,
            profile_dir,
        } = start;
        theme::fonts::install(ctx);
        if system_fonts {
            theme::fonts::add_system(ctx);
        }
        // Scaling is the layout's business, so that it is kept.
        ctx.options_mut(|options| options.zoom_with_keyboard = false);
        let ctx_to_wake = ctx.clone();
        let wake: Wake = Arc::new(move || ctx_to_wake.request_repaint());
        let studio = Studio::new(StudioOptions {
            audio: if window { AudioMode::Device } else { AudioMode::Offline },
            soundfont: layout.soundfont.clone(),
            midi: window,
            wake: Arc::clone(&wake),
        });
        let mut profiler = Overlay::new();
        profiler.keep_scopes_on = keep_scopes;
        let mut app = Self {
            studio,
            layout,
            selection: Selection::default(),
            notices: Notices::default(),
            reports: super::reports::Reports::new(Arc::clone(&wake)),
            dialogs: Dialogs::new(window, Arc::clone(&wake)),
            prompt: None,
            settings_open: false,
            settings: crate::panels::settings::SettingsState::default(),
            history_open: false,
            palette: None,
            operation: None,
            overlay_open: false,
            last_loop: None,
            updates: 0,
            metering: Metering::new(window),
            profiler,
            commands: CommandSender::default(),
            hint: crate::view_ctx::HintSlot::default(),
            shown_hint: String::new(),
            report: crate::view_ctx::FrameReport::default(),
            held: crate::command::shortcuts::HeldKeys::default(),
            struck: None,
            keymap: Keymap::default(),
            keymap_store: None,
            canvas: Scope::Roll,
            bar: TransportBar::default(),
            question: None,
            after_export: None,
            exported: None,
            font_asked: false,
            quitting: false,
            full_screen: false,
            apply_full_screen: false,
            styled: None,
            store,
            now: 0.0,
            kept: 0.0,
            ctx: ctx.clone(),
            alarm: None,
            keeping: None,
            knows_renderer: false,
        };
        let state = &app.metering.state;
        for (name, counters) in app.studio.caches() {
            state.register_cache(name, counters.clone());
        }
        state.register_pool("file_buffers", engine::smf::file_buffers().clone());
        if let Some(path) = keymap {
            app.open_keymap(path, wake);
        }
        if let Some(dir) = profile_dir {
            app.keep_reports(dir, Instant::now());
        }
        if !files.is_empty() {
            app.go(Guarded::Open(files));
        } else if demo {
            app.go(Guarded::Demo);
        }
        app.style(ctx);
        app
    }
}
