//! Bars, histograms and lines; colours are the host's.

use egui::{Align2, Color32, FontId, Pos2, Rect, Response, Sense, Stroke, TextStyle, Ui, Vec2};

use super::snapshot::Series;
use crate::units::format_bytes;

/// Bars of the histogram.
const BINS: usize = 40;

fn canvas(ui: &mut Ui, height: f32, name: &str) -> (Response, Rect) {
    let size = Vec2::new(ui.available_width().max(40.0), height);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, name));
    if ui.is_rect_visible(rect) {
        let visuals = ui.visuals();
        ui.painter().rect_filled(
            rect,
            visuals.widgets.inactive.corner_radius,
            visuals.extreme_bg_color,
        );
    }
    (response, rect.shrink(4.0))
}

/// Says what will fill the chart.
fn empty(ui: &Ui, rect: Rect) {
    let text = "The next frames fill this";
    let muted = ui.visuals().weak_text_color();
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, text, caption_font(ui), muted);
}

fn caption_font(ui: &Ui) -> FontId {
    TextStyle::Small.resolve(ui.style())
}

/// Colour of what keeps the budget and of what does not.
fn time_color(ui: &Ui, ms: f64, budget_ms: f64) -> Color32 {
    let visuals = ui.visuals();
    if ms > budget_ms { visuals.error_fg_color } else { accent(ui) }
}

/// The host's accent.
pub(super) fn accent(ui: &Ui) -> Color32 {
    ui.visuals().hyperlink_color
}

/// The newest frames, one bar each, with the budget as a line.
pub(super) fn frame_bars(ui: &mut Ui, height: f32, times: &[f64], budget_ms: f64) {
    let name = format!("Frame times of the newest {} frames", times.len());
    let (response, rect) = canvas(ui, height, &name);
    if !ui.is_rect_visible(response.rect) || !rect.is_positive() {
        return;
    }
    if times.is_empty() {
        empty(ui, rect);
        return;
    }
    let step = 3.0;
    let room = (rect.width() / step).floor().max(1.0) as usize;
    let shown = times.get(times.len().saturating_sub(room)..).unwrap_or_default();
    let top = shown.iter().copied().fold(budget_ms * 1.25, f64::max).max(1e-6);
    let y_from_ms = |ms: f64| rect.bottom() - (ms / top) as f32 * rect.height();
    let painter = ui.painter();
    for (idx, &ms) in shown.iter().enumerate() {
        let x = rect.right() - (shown.len() - idx) as f32 * step;
        let bar = Rect::from_min_max(
            Pos2::new(x, y_from_ms(ms).min(rect.bottom() - 1.0)),
            Pos2::new(x + step - 1.0, rect.bottom()),
        );
        painter.rect_filled(bar, 0.0, time_color(ui, ms, budget_ms));
    }
    let y = y_from_ms(budget_ms);
    let line = Stroke::new(1.0, ui.visuals().warn_fg_color);
    painter.hline(rect.x_range(), y, line);
    painter.text(
        Pos2::new(rect.left(), y - 1.0),
        Align2::LEFT_BOTTOM,
        format!("{budget_ms:.2} ms"),
        caption_font(ui),
        ui.visuals().warn_fg_color,
    );
    if let Some(pos) = response.hover_pos() {
        let back = ((rect.right() - pos.x) / step).floor().max(0.0) as usize;
        if let Some(ms) = shown.len().checked_sub(back + 1).and_then(|idx| shown.get(idx)) {
            response.on_hover_text_at_pointer(format!("{ms:.2} ms, {back} frames ago"));
        }
    }
}

/// How many frames took how long, up to twice the budget; the last bar holds
/// what took longer still.
pub(super) fn histogram(
    ui: &mut Ui,
    height: f32,
    times: &[f64],
    budget_ms: f64,
    marks: &[(f64, &str)],
) {
    let name = format!("Histogram of {} frame times", times.len());
    let (response, rect) = canvas(ui, height, &name);
    if !ui.is_rect_visible(response.rect) || !rect.is_positive() {
        return;
    }
    if times.is_empty() {
        empty(ui, rect);
        return;
    }
    let longest = times.iter().copied().fold(0.0, f64::max);
    // A smooth program would be one bar at the left: the axis follows the data.
    let range = (longest * 1.05).clamp(1.0, (budget_ms * 2.0).max(1.0));
    let counts = bins(times, range);
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    // Above it the marks, below it the axis.
    let chart = Rect::from_min_max(
        Pos2::new(rect.left(), rect.top() + 14.0),
        Pos2::new(rect.right(), rect.bottom() - 14.0),
    );
    let x_from_ms = |ms: f64| chart.left() + (ms / range).clamp(0.0, 1.0) as f32 * chart.width();
    let width = chart.width() / BINS as f32;
    let painter = ui.painter();
    for (bin, &count) in counts.iter().enumerate() {
        if count == 0 {
            continue;
        }
        // One frame among a thousand must still be seen.
        let tall = (count as f32 / most as f32 * chart.height()).max(2.0);
        let left = chart.left() + bin as f32 * width;
        let bar = Rect::from_min_max(
            Pos2::new(left + 0.5, chart.bottom() - tall),
            Pos2::new(left + width - 0.5, chart.bottom()),
        );
        let ms = (bin as f64 + 0.5) * range / BINS as f64;
        painter.rect_filled(bar, 1.0, time_color(ui, ms, budget_ms));
    }
    let muted = ui.visuals().weak_text_color();
    let mut free_from = chart.left();
    for &(ms, label) in marks {
        let x = x_from_ms(ms);
        painter.vline(x, chart.y_range(), Stroke::new(1.0, muted));
        let align = if x > chart.center().x { Align2::RIGHT_TOP } else { Align2::LEFT_TOP };
        let galley = painter.layout_no_wrap(label.to_owned(), caption_font(ui), muted);
        let text = align.anchor_size(Pos2::new(x, rect.top() - 2.0), galley.size());
        // Labels that would run into each other are left out; the table has them.
        if text.left() >= free_from {
            painter.galley(text.min, galley, muted);
            free_from = text.right() + 4.0;
        }
    }
    for (x, align, ms) in [
        (chart.left(), Align2::LEFT_BOTTOM, 0.0),
        (chart.center().x, Align2::CENTER_BOTTOM, range / 2.0),
        (chart.right(), Align2::RIGHT_BOTTOM, range),
    ] {
        let pos = Pos2::new(x, rect.bottom() + 2.0);
        painter.text(pos, align, format!("{ms:.1} ms"), caption_font(ui), muted);
    }
}

/// How many times fall into each part of `0..range`; the last takes the rest.
fn bins(times: &[f64], range: f64) -> [u32; BINS] {
    let mut counts = [0_u32; BINS];
    for ms in times {
        let bin = (ms / range * BINS as f64) as usize;
        if let Some(count) = counts.get_mut(bin.min(BINS - 1)) {
            *count = count.saturating_add(1);
        }
    }
    counts
}

/// A bar that says how much of the whole something is.
pub(super) fn share_bar(ui: &mut Ui, width: f32, share: f64, color: Color32) {
    let height = ui.text_style_height(&TextStyle::Small);
    let (rect, _) = ui.allocate_exact_size(Vec2::new(width, height), Sense::hover());
    if ui.is_rect_visible(rect) {
        let filled = share.clamp(0.0, 1.0) as f32 * rect.width();
        let bar = rect.shrink2(Vec2::new(0.0, height * 0.2));
        ui.painter().rect_filled(bar, 2.0, ui.visuals().extreme_bg_color);
        let bar = Rect::from_min_size(bar.min, Vec2::new(filled.max(1.0), bar.height()));
        ui.painter().rect_filled(bar, 2.0, color);
    }
}

/// Colour of the `idx`th of several lines: the accent first, then the host's
/// other signal colours and paler forms of all of them.
pub(super) fn series_color(ui: &Ui, idx: usize) -> Color32 {
    let visuals = ui.visuals();
    let base = [accent(ui), visuals.warn_fg_color, visuals.error_fg_color, visuals.text_color()];
    let color = base.get(idx % base.len()).copied().unwrap_or(visuals.text_color());
    if idx < base.len() { color } else { color.gamma_multiply(0.55) }
}

/// Bytes over time, one line each.
pub(super) fn lines(ui: &mut Ui, height: f32, series: &[Series]) {
    let (response, rect) = canvas(ui, height, "Memory by component over time");
    if !ui.is_rect_visible(response.rect) || !rect.is_positive() {
        return;
    }
    let points = || series.iter().flat_map(|series| &series.points);
    let most = points().map(|point| point.bytes).max().unwrap_or(0);
    let from = points().map(|point| point.secs).fold(f64::INFINITY, f64::min);
    let to = points().map(|point| point.secs).fold(f64::NEG_INFINITY, f64::max);
    let muted = ui.visuals().weak_text_color();
    let font = caption_font(ui);
    let painter = ui.painter();
    let span = to - from;
    // Not above nothing: the span is negative or no number when there are no points.
    if most == 0 || !span.is_finite() || span <= 0.0 {
        let text = "The first samples come within two seconds";
        painter.text(rect.center(), Align2::CENTER_CENTER, text, font, muted);
        return;
    }
    let top = most as f64 * 1.1;
    for (idx, series) in series.iter().enumerate() {
        let line = series
            .points
            .iter()
            .map(|point| {
                let x = ((point.secs - from) / span) as f32;
                let y = (point.bytes as f64 / top) as f32;
                Pos2::new(rect.left() + x * rect.width(), rect.bottom() - y * rect.height())
            })
            .collect();
        painter.line(line, Stroke::new(1.5, series_color(ui, idx)));
    }
    painter.text(rect.left_top(), Align2::LEFT_TOP, format_bytes(most), font.clone(), muted);
    let text = format!("{span:.0} s");
    painter.text(rect.right_bottom(), Align2::RIGHT_BOTTOM, text, font, muted);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_falls_into_one_bin_and_the_longest_into_the_last() {
        let counts = bins(&[0.0, 0.1, 19.9, 20.0, 1e12], 20.0);
        assert_eq!(counts.iter().sum::<u32>(), 5);
        assert_eq!(counts[0], 2);
        assert_eq!(counts[BINS - 1], 3);
    }
}
