//! The status bar: sound, background work, help for what the pointer is over, frames, saving.

use crate::app::Alarm;
use crate::command::{Action, AppCommand};
use crate::theme::{fonts, size, translucent};
use crate::view_ctx::ViewCtx;
use crate::widgets::IconButton;
use egui::{
    Align, Button, Color32, CornerRadius, Label, Layout, Rect, RichText, Sense, Stroke, Ui,
    UiBuilder, vec2,
};
use engine::studio::{DeviceState, Job};
use lucide_icons::Icon;
use std::time::Duration;

/// What the bar shows beyond what every panel sees.
pub struct StatusView<'a> {
    /// Where sound goes.
    pub device: &'a DeviceState,
    /// Background work under way.
    pub jobs: &'a [Job],
    /// The line of help that the last frame left.
    pub hint: &'a str,
    /// Whether the song holds what no file does.
    pub edited: bool,
    /// Seconds since the song was written, and the file's name.
    pub exported: Option<(f64, &'a str)>,
    /// What the program says about its own cost, and for how many seconds it has.
    pub alarm: Option<(&'a Alarm, f64)>,
}

/// Draws the bar.
pub fn status_ui(ctx: &ViewCtx<'_>, ui: &mut Ui, view: &StatusView<'_>) {
    puffin::profile_function!();
    let (theme, bar) = (ctx.theme, ui.max_rect());
    ui.painter().hline(bar.x_range(), bar.top() + 0.5, (1.0, theme.line));
    let inner = bar.shrink2(vec2(12.0, 0.0));
    ui.style_mut().override_font_id = Some(fonts::text(size::CAPTION));
    let row = |rect: Rect, flow: Layout| UiBuilder::new().max_rect(rect).layout(flow);
    let left = ui.scope_builder(row(inner, Layout::left_to_right(Align::Center)), |ui| {
        ui.spacing_mut().item_spacing.x = 16.0;
        device(ctx, ui, view.device);
        for job in view.jobs {
            work(ctx, ui, job);
        }
    });
    let rest = inner.with_min_x(left.response.rect.right() + 16.0);
    ui.scope_builder(row(rest, Layout::right_to_left(Align::Center)), |ui| {
        ui.set_clip_rect(rest.intersect(ui.clip_rect()));
        ui.spacing_mut().item_spacing.x = 16.0;
        said(ui, &saved_text(view), if view.edited { theme.marker } else { theme.muted });
        if let Some((alarm, secs)) = view.alarm {
            alarm_ui(ctx, ui, alarm, secs);
        }
        let figures = RichText::new(frames_text(ctx)).font(fonts::mono(size::CAPTION));
        ui.label(figures.color(theme.muted));
        ui.add(Label::new(RichText::new(view.hint).color(theme.muted)).truncate());
    });
}

fn frames_text(ctx: &ViewCtx<'_>) -> String {
    let dropped = ctx.costs.dropped;
    if ctx.costs.fps > 0.0 {
        format!("{:.0} fps · {dropped} dropped", ctx.costs.fps)
    } else {
        format!("idle · {dropped} dropped")
    }
}

fn saved_text(view: &StatusView<'_>) -> String {
    match (view.edited, view.exported) {
        (true, _) => "edited".to_owned(),
        (false, Some((secs, name))) if secs < 60.0 => format!("{name} exported just now"),
        (false, Some((secs, name))) => format!("{name} exported {:.0} min ago", secs / 60.0),
        (false, None) => "no changes".to_owned(),
    }
}

fn device(ctx: &ViewCtx<'_>, ui: &mut Ui, device: &DeviceState) {
    let theme = ctx.theme;
    let (icon, text, color, hint) = match device {
        DeviceState::Running { name, rate, block } => (
            Icon::Volume2,
            format!("Audio {} kHz · {block}", f64::from(*rate) / 1000.0),
            theme.accent,
            format!("Sound goes to {name}"),
        ),
        DeviceState::None { why } => (
            Icon::VolumeX,
            "No audio device".to_owned(),
            theme.muted,
            format!("Everything but hearing works: {why}"),
        ),
        DeviceState::Lost { why } => (
            Icon::VolumeX,
            "Audio device lost".to_owned(),
            theme.record,
            format!("It is looked for: {why}"),
        ),
    };
    let shown = ui.scope(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        ui.label(RichText::new(char::from(icon)).font(fonts::icon(12.0)).color(color));
        said(ui, &text, color);
    });
    if shown.response.hovered() || ui.rect_contains_pointer(shown.response.rect) {
        ctx.hint.set(&hint);
    }
}

/// The chip that says that the program is slow or grows; a click opens the profiler.
fn alarm_ui(ctx: &ViewCtx<'_>, ui: &mut Ui, alarm: &Alarm, secs: f64) {
    let theme = ctx.theme;
    let text = RichText::new(&alarm.short).size(size::CAPTION).color(theme.marker);
    let chip = Button::new(text)
        .fill(translucent(theme.marker, 28))
        .stroke(Stroke::new(1.0, translucent(theme.marker, 110)))
        .corner_radius(CornerRadius::same(7))
        .min_size(vec2(0.0, 16.0));
    let response = ui.scope(|ui| {
        ui.spacing_mut().button_padding = vec2(7.0, 0.0);
        ui.add(chip)
    });
    let response = response.inner;
    if response.hovered() {
        ctx.hint.set("Click to see in the profiler where it goes");
    }
    let when = if secs < 2.0 { "just now".to_owned() } else { format!("{secs:.0} s ago") };
    if response.on_hover_text(format!("{}\n{when}", alarm.text)).clicked() {
        ctx.commands.send(Action::ShowProfiler);
    }
}

fn work(ctx: &ViewCtx<'_>, ui: &mut Ui, job: &Job) {
    let theme = ctx.theme;
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        said(ui, &job.label, theme.text);
        let (rect, _) = ui.allocate_exact_size(vec2(72.0, 4.0), Sense::hover());
        ui.painter().rect_filled(rect, 2.0, theme.well);
        match job.progress {
            Some(done) => {
                let part = rect.with_max_x(rect.left() + rect.width() * done);
                ui.painter().rect_filled(part, 2.0, theme.accent);
                said(ui, &progress_text(done, job.left), theme.muted);
            }
            // How much is done cannot be told: a faint full bar says "at work" without moving.
            None => {
                ui.painter().rect_filled(rect, 2.0, translucent(theme.accent, 90));
            }
        }
        let name = format!("Cancel: {}", job.label);
        if ui.add(IconButton::new(theme, Icon::X, &name).bare().side(18.0)).clicked() {
            ctx.commands.send(AppCommand::CancelJob(job.id));
        }
    });
}

fn progress_text(done: f32, left: Option<Duration>) -> String {
    let percent = (done * 100.0).floor();
    match left {
        Some(left) => format!("{percent:.0} %, {} s left", left.as_secs() + 1),
        None => format!("{percent:.0} %"),
    }
}

fn said(ui: &mut Ui, text: &str, color: Color32) {
    ui.label(RichText::new(text).color(color));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_never_done_before_it_is() {
        assert_eq!(progress_text(0.999, None), "99 %");
        let left = Duration::from_millis(2300);
        assert_eq!(progress_text(0.5, Some(left)), "50 %, 3 s left");
    }
}
