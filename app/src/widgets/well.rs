//! Sunken fields with figures that do not jump.

use crate::theme::{Theme, fonts, size};
use egui::{
    Color32, CornerRadius, FontId, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo,
    pos2, vec2,
};
use std::sync::Arc;

/// One figure of a well.
#[derive(Clone, Debug)]
pub struct Readout<'a> {
    /// A small caption before it; may be empty.
    pub caption: &'a str,
    /// What it says.
    pub text: String,
    /// The widest text it will ever say: it keeps this much room.
    pub widest: &'a str,
    /// In which face.
    pub font: FontId,
    /// In which colour.
    pub color: Color32,
}

/// A sunken field that holds readouts side by side.
#[derive(Clone, Debug)]
pub struct Well<'a> {
    theme: &'a Theme,
    name: &'a str,
    readouts: Vec<Readout<'a>>,
    sense: Sense,
}

/// Space before the first and after the last readout.
const PAD: f32 = 12.0;
/// Space between readouts.
const GAP: f32 = 14.0;
/// Height of a well.
const HEIGHT: f32 = 30.0;

impl<'a> Well<'a> {
    /// An empty well that screen readers call `name`.
    pub fn new(theme: &'a Theme, name: &'a str) -> Self {
        Self { theme, name, readouts: Vec::new(), sense: Sense::hover() }
    }

    /// Adds a readout at the right.
    #[must_use]
    pub fn with(mut self, readout: Readout<'a>) -> Self {
        self.readouts.push(readout);
        self
    }

    /// What it answers to.
    #[must_use]
    pub fn sense(mut self, sense: Sense) -> Self {
        self.sense = sense;
        self
    }

    /// How wide it will be, in points.
    pub fn width(&self, ui: &Ui) -> f32 {
        let parts: f32 = self.readouts.iter().map(|readout| part_width(ui, readout)).sum();
        2.0 * PAD + parts + GAP * self.readouts.len().saturating_sub(1) as f32
    }

    /// Draws it.
    pub fn ui(self, ui: &mut Ui) -> Response {
        let width = self.width(ui);
        let (rect, response) = ui.allocate_exact_size(vec2(width, HEIGHT), self.sense);
        let said = || {
            let parts = self.readouts.iter().map(|part| format!("{} {}", part.caption, part.text));
            format!("{}: {}", self.name, parts.collect::<Vec<_>>().join(", "))
        };
        let role = if self.sense.senses_click() { Role::Button } else { Role::Label };
        response.widget_info(|| WidgetInfo::labeled(role, true, said()));
        if ui.is_rect_visible(rect) {
            self.paint(ui, rect, response.hovered() && self.sense.senses_click());
        }
        response
    }

    fn paint(&self, ui: &Ui, rect: Rect, hot: bool) {
        let Self { theme, readouts, .. } = self;
        let radius = CornerRadius::same(size::RADIUS);
        let line = if hot { theme.line } else { theme.line_soft };
        ui.painter().rect(rect, radius, theme.well, Stroke::new(1.0, line), StrokeKind::Inside);
        let mut x = rect.left() + PAD;
        for readout in readouts {
            let width = part_width(ui, readout);
            if !readout.caption.is_empty() {
                let caption = caption_galley(ui, theme, readout.caption);
                let y = rect.center().y - caption.size().y / 2.0 + 1.0;
                ui.painter().galley(pos2(x, y), Arc::clone(&caption), theme.muted);
                x += caption.size().x + 5.0;
            }
            let galley = ui.painter().layout_no_wrap(
                readout.text.clone(),
                readout.font.clone(),
                readout.color,
            );
            let at = pos2(x, rect.center().y - galley.size().y / 2.0);
            ui.painter().galley(at, galley, readout.color);
            x += width - caption_width(ui, theme, readout.caption) + GAP;
        }
    }
}

fn part_width(ui: &Ui, readout: &Readout<'_>) -> f32 {
    let galley = |text: &str| {
        let width = ui.painter().layout_no_wrap(
            text.to_owned(),
            readout.font.clone(),
            Color32::PLACEHOLDER,
        );
        width.size().x
    };
    galley(readout.widest).max(galley(&readout.text))
        + caption_width(ui, &crate::theme::DARK, readout.caption)
}

fn caption_width(ui: &Ui, theme: &Theme, caption: &str) -> f32 {
    if caption.is_empty() { 0.0 } else { caption_galley(ui, theme, caption).size().x + 5.0 }
}

fn caption_galley(ui: &Ui, theme: &Theme, caption: &str) -> Arc<egui::Galley> {
    ui.painter().layout_no_wrap(caption.to_owned(), fonts::text(size::TINY), theme.muted)
}
