//! The profiler: as a tab of the editor, and over everything with F12.

use crate::theme::{Theme, translucent};
use egui::{Align2, Context, CornerRadius, Frame, Margin, Stroke, Ui, Window, vec2};
use profiling::ProfilingState;
use profiling::overlay::{Overlay, OverlayAction, OverlayExtra};

/// The profiler and what it shows.
pub struct ProfilerView<'a> {
    /// Its own state.
    pub overlay: &'a mut Overlay,
    /// Everything measured.
    pub state: &'a ProfilingState,
    /// Sound and background work.
    pub extra: OverlayExtra,
}

/// Draws the profiler into what is left of `ui`.
pub fn profiler_ui(theme: &Theme, ui: &mut Ui, view: ProfilerView<'_>) -> Option<OverlayAction> {
    ui.painter().rect_filled(ui.max_rect(), 0.0, theme.bg);
    let margin = Margin::symmetric(12, 8);
    let ProfilerView { overlay, state, extra } = view;
    Frame::NONE.inner_margin(margin).show(ui, |ui| overlay.overlay_ui(ui, state, &extra)).inner
}

/// Draws the profiler as a window over everything; returns whether it stays open.
pub fn overlay_ui(
    theme: &Theme,
    ctx: &Context,
    view: ProfilerView<'_>,
) -> (bool, Option<OverlayAction>) {
    let mut open = true;
    let frame = Frame::NONE
        .fill(translucent(theme.bg, 244))
        .stroke(Stroke::new(1.0, theme.line))
        .corner_radius(CornerRadius::same(8))
        .inner_margin(Margin::same(12));
    let ProfilerView { overlay, state, extra } = view;
    let shown = Window::new("Profiler")
        .open(&mut open)
        .frame(frame)
        .default_size(vec2(860.0, 560.0))
        .anchor(Align2::RIGHT_TOP, vec2(-16.0, 60.0))
        .show(ctx, |ui| overlay.overlay_ui(ui, state, &extra));
    (open, shown.and_then(|shown| shown.inner).flatten())
}
