//! What comes from and goes to the window itself: closing, dropped files, size and place.

use super::{Guarded, MidiApp};
use crate::command::AppCommand;
use egui::{Context, ViewportCommand};

/// Seconds between two looks at whether the arrangement of the window has changed.
const KEEP_EVERY_SECS: f64 = 2.0;

impl MidiApp {
    pub(super) fn take_window_events(&mut self, ctx: &Context) {
        let (closing, dropped) = ctx.input(|input| {
            let files = input.raw.dropped_files.iter();
            let paths: Vec<_> = files.map(|file| file.path().to_owned()).collect();
            (input.viewport().close_requested(), paths)
        });
        if closing && !self.quitting && self.studio.is_edited() {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            self.guard(Guarded::Quit);
        }
        if !dropped.is_empty() {
            self.send(AppCommand::Open(dropped));
        }
    }

    pub(super) fn leave(&self, ctx: &Context) {
        if self.quitting {
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
    }

    pub(crate) fn toggle_full_screen(&mut self) {
        self.full_screen = !self.full_screen;
        self.apply_full_screen = true;
    }

    /// Notes how the window stands, and writes it down when it has changed.
    pub(super) fn keep_layout(&mut self, ctx: &Context) {
        if std::mem::take(&mut self.apply_full_screen) {
            ctx.send_viewport_cmd(ViewportCommand::Fullscreen(self.full_screen));
        }
        if self.store.is_none() {
            return;
        }
        let scale = self.layout.ui_scale;
        ctx.input(|input| {
            let window = input.viewport();
            let filled = window.maximized == Some(true) || window.fullscreen == Some(true);
            self.layout.maximized = window.maximized == Some(true);
            if filled {
                return;
            }
            if let Some(rect) = window.inner_rect {
                let size = rect.size() * scale;
                self.layout.window_size = [size.x.round(), size.y.round()];
            }
            if let Some(rect) = window.outer_rect {
                let place = rect.min.to_vec2() * scale;
                self.layout.window_place = Some([place.x.round(), place.y.round()]);
            }
        });
        if self.now - self.kept >= KEEP_EVERY_SECS {
            self.kept = self.now;
            self.save_layout();
        }
    }

    /// Writes the layout down, on a thread of its own, if it is not what was last written.
    pub(super) fn save_layout(&mut self) {
        if let Some(store) = &mut self.store {
            store.save(&self.layout);
        }
    }
}
