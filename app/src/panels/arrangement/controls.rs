//! The small controls of a track header: buttons, fader, pan pot, meter.
//!
//! Each allocates nothing, interacts in the rectangle it is given, paints, and names itself.

use crate::theme::{Theme, fonts, mix, size};
use egui::{
    Align2, CornerRadius, CursorIcon, EventFilter, Id, Key, PointerButton, Rect, Response, Role,
    Sense, Stroke, Ui, WidgetInfo, pos2, vec2,
};
use engine::model::{Gain, Pan};
use engine::studio::Level;

/// How a control reads to a screen reader, in the status bar and to tests.
#[derive(Clone, Copy, Debug)]
pub(super) struct Naming<'a> {
    /// "Volume".
    pub(super) what: &'a str,
    /// The track's name.
    pub(super) track: &'a str,
}

impl Naming<'_> {
    fn label(self) -> String {
        format!("{} {}", self.what, self.track)
    }
}

/// What was done to a fader or pan pot in this frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Turn {
    /// Dragged to here, and still held. 0..=1.
    To(f32),
    /// Let go.
    Done,
    /// Double click: back to what it starts with.
    Reset,
    /// A key, by this share of its way: a step of its own.
    Nudge(f32),
}

/// A small square button that stays down.
pub(super) fn toggle_ui(
    ui: &Ui,
    theme: &Theme,
    rect: Rect,
    id: Id,
    (letter, naming): (&str, Naming<'_>),
    (on, fill, on_fill): (bool, egui::Color32, egui::Color32),
) -> Response {
    let response = ui.interact(rect, id, Sense::click());
    response
        .widget_info(|| WidgetInfo::selected(Role::Button, ui.is_enabled(), on, naming.label()));
    let (fill, text) = match (on, response.hovered()) {
        (true, _) => (fill, on_fill),
        (false, true) => (mix(theme.raised_hover, theme.text, 0.1), theme.text),
        (false, false) => (theme.raised_hover, theme.muted),
    };
    let painter = ui.painter();
    painter.rect_filled(rect, CornerRadius::same(4), fill);
    if response.has_focus() {
        focus_ring(ui, theme, rect);
    }
    painter.text(rect.center(), Align2::CENTER_CENTER, letter, fonts::text(size::CAPTION), text);
    response
}

/// Where a fader stands for a gain: the cube root of the half, so that 0 dB lies
/// at four fifths and the upper part has most of the way.
pub(super) fn position_from_gain(gain: Gain) -> f32 {
    (gain.linear() * 0.5).cbrt()
}

/// The inverse of [`position_from_gain`].
pub(super) fn gain_from_position(position: f32) -> Gain {
    Gain::new(2.0 * position.clamp(0.0, 1.0).powi(3))
}

/// Where a pot stands for a place between left and right.
pub(super) fn position_from_pan(pan: Pan) -> f32 {
    0.5 + 0.5 * pan.position()
}

/// The inverse of [`position_from_pan`].
pub(super) fn pan_from_position(position: f32) -> Pan {
    Pan::new(position.clamp(0.0, 1.0) * 2.0 - 1.0)
}

/// A gain in words: "−3.2 dB".
pub(super) fn db_text(gain: Gain) -> String {
    if gain.linear() <= 0.0 {
        return "−∞ dB".to_owned();
    }
    let db = gain.db();
    let sign = if db > 0.05 {
        "+"
    } else if db < -0.05 {
        "−"
    } else {
        ""
    };
    format!("{sign}{:.1} dB", db.abs())
}

/// A pan position in words: "centre", "30 left".
pub(super) fn pan_text(pan: Pan) -> String {
    let percent = (pan.position() * 100.0).round() as i32;
    match percent {
        0 => "centre".to_owned(),
        left if left < 0 => format!("{} left", -left),
        right => format!("{right} right"),
    }
}

/// A horizontal fader at `position` (0..=1) with a mark at `home`.
/// `held` is where the drag under way has got to.
pub(super) fn fader_ui(
    ui: &Ui,
    theme: &Theme,
    rect: Rect,
    id: Id,
    naming: Naming<'_>,
    (position, home, held): (f32, f32, Option<f32>),
) -> (Response, Option<Turn>) {
    let response = ui.interact(rect, id, Sense::click_and_drag());
    response
        .widget_info(|| WidgetInfo::slider(ui.is_enabled(), f64::from(position), naming.label()));
    let turn = turn(ui, &response, position, held, rect.width());
    let rail = Rect::from_center_size(rect.center(), vec2(rect.width(), 4.0));
    let painter = ui.painter();
    let round = CornerRadius::same(2);
    painter.rect_filled(rail, round, theme.well);
    let x = egui::lerp(rail.x_range(), position);
    let active = response.hovered() || response.dragged() || response.has_focus();
    painter.rect_filled(rail.with_max_x(x), round, theme.accent);
    if active {
        let home_x = egui::lerp(rail.x_range(), home);
        painter.vline(home_x, rail.y_range().expand(2.0), Stroke::new(1.0, theme.dim));
        let thumb = Rect::from_center_size(pos2(x, rail.center().y), vec2(5.0, 12.0));
        painter.rect_filled(thumb, round, theme.text);
    }
    if response.has_focus() {
        focus_ring(ui, theme, rect);
    }
    (response.on_hover_cursor(CursorIcon::ResizeHorizontal), turn)
}

/// A pot whose line shows how far from the middle it is turned.
pub(super) fn pan_ui(
    ui: &Ui,
    theme: &Theme,
    rect: Rect,
    id: Id,
    naming: Naming<'_>,
    (position, held): (f32, Option<f32>),
) -> (Response, Option<Turn>) {
    let response = ui.interact(rect, id, Sense::click_and_drag());
    response
        .widget_info(|| WidgetInfo::slider(ui.is_enabled(), f64::from(position), naming.label()));
    let turn = turn(ui, &response, position, held, 120.0);
    let painter = ui.painter();
    let radius = rect.height() * 0.5 - 1.0;
    let active = response.hovered() || response.dragged() || response.has_focus();
    let fill = if active { mix(theme.raised_hover, theme.text, 0.1) } else { theme.raised_hover };
    painter.circle_filled(rect.center(), radius, fill);
    // From seven o'clock over the top to five o'clock.
    let angle = (position - 0.5) * 1.6 * std::f32::consts::PI;
    let direction = vec2(angle.sin(), -angle.cos());
    let centred = (position - 0.5).abs() < 0.005;
    let color = if centred { theme.muted } else { theme.accent };
    let line = [rect.center() + direction * radius * 0.25, rect.center() + direction * radius];
    painter.line_segment(line, Stroke::new(2.0, color));
    if response.has_focus() {
        focus_ring(ui, theme, rect);
    }
    (response.on_hover_cursor(CursorIcon::ResizeHorizontal), turn)
}

/// A vertical level meter from −60 dB to +6 dB: the bar is the RMS, the line the peak.
pub(super) fn meter_ui(ui: &Ui, theme: &Theme, rect: Rect, level: Level) {
    let share = |linear: [f32; 2]| {
        let loudest = linear[0].max(linear[1]);
        if loudest <= 0.0 { 0.0 } else { ((20.0 * loudest.log10() + 60.0) / 66.0).clamp(0.0, 1.0) }
    };
    let painter = ui.painter();
    painter.rect_filled(rect, CornerRadius::same(1), theme.raised);
    let (rms, peak) = (share(level.rms), share(level.peak));
    if peak <= 0.0 {
        return;
    }
    let y = |share: f32| egui::lerp(rect.bottom()..=rect.top(), share);
    painter.rect_filled(rect.with_min_y(y(rms.min(peak))), CornerRadius::same(1), theme.accent);
    let over = level.peak[0].max(level.peak[1]) >= 1.0;
    let color = if over { theme.record } else { mix(theme.accent, theme.text, 0.5) };
    painter.hline(rect.x_range(), y(peak), Stroke::new(1.5, color));
}

/// Pointer and keys of a control whose whole way is `travel` points long.
fn turn(
    ui: &Ui,
    response: &Response,
    position: f32,
    held: Option<f32>,
    travel: f32,
) -> Option<Turn> {
    if response.double_clicked() {
        return Some(Turn::Reset);
    }
    if response.drag_stopped_by(PointerButton::Primary) {
        return Some(Turn::Done);
    }
    if response.dragged_by(PointerButton::Primary) {
        let moved = response.drag_delta();
        let fine = if ui.input(|input| input.modifiers.command) { 0.1 } else { 1.0 };
        let from = held.unwrap_or(position);
        return Some(Turn::To((from + (moved.x - moved.y) / travel * fine).clamp(0.0, 1.0)));
    }
    if response.has_focus() {
        let arrows = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
        let steps = ui.input(|input| {
            input.num_presses(Key::ArrowRight) as f32 - input.num_presses(Key::ArrowLeft) as f32
        });
        return (steps != 0.0).then_some(Turn::Nudge(steps * 0.02));
    }
    None
}

fn focus_ring(ui: &Ui, theme: &Theme, rect: Rect) {
    ui.painter().rect_stroke(
        rect.expand(1.0),
        CornerRadius::same(size::RADIUS),
        Stroke::new(1.0, theme.accent),
        egui::StrokeKind::Outside,
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn unity_is_at_four_fifths_and_reads_so() {
        let position = position_from_gain(Gain::UNITY);
        assert!((0.78..0.8).contains(&position), "{position}");
        assert_eq!(db_text(Gain::UNITY), "0.0 dB");
        assert_eq!(db_text(Gain::new(0.5)), "−6.0 dB");
        assert_eq!(db_text(Gain::new(0.0)), "−∞ dB");
        assert_eq!(pan_text(Pan::new(-0.3)), "30 left");
    }

    proptest! {
        #[test]
        fn fader_and_gain_are_inverse(position in 0.0f32..=1.0) {
            let back = position_from_gain(gain_from_position(position));
            prop_assert!((back - position).abs() < 1e-4);
        }

        #[test]
        fn pot_and_pan_are_inverse(position in 0.0f32..=1.0) {
            let back = position_from_pan(pan_from_position(position));
            prop_assert!((back - position).abs() < 1e-4);
        }
    }
}
