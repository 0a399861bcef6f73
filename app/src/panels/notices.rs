//! Messages in the lower right corner. They never take the keyboard and never block.

use crate::notices::{Grade, Notices};
use crate::theme::{Theme, fonts, size};
use crate::widgets::IconButton;
use egui::{
    Align, Align2, Area, Context, Frame, Id, Label, Layout, Margin, Order, RichText, Stroke, vec2,
};
use lucide_icons::Icon;

/// Width of a message.
const WIDTH: f32 = 380.0;

/// Draws the messages; returns which one was closed.
pub fn notices_ui(theme: &Theme, ctx: &Context, notices: &Notices) -> Option<usize> {
    let mut closed = None;
    notices.iter().next()?;
    let corner = vec2(-12.0, -(size::STATUS_BAR + 12.0));
    Area::new(Id::unique("notices"))
        .order(Order::Foreground)
        .anchor(Align2::RIGHT_BOTTOM, corner)
        .show(ctx, |ui| {
            for (index, notice) in notices.iter().enumerate() {
                let (icon, color) = match notice.grade {
                    Grade::Done => (Icon::CircleCheck, theme.accent),
                    Grade::Warning => (Icon::TriangleAlert, theme.marker),
                    Grade::Error => (Icon::CircleX, theme.record),
                };
                Frame::NONE
                    .fill(theme.raised)
                    .stroke(Stroke::new(1.0, theme.line))
                    .corner_radius(6.0)
                    .inner_margin(Margin::symmetric(12, 10))
                    .show(ui, |ui| {
                        ui.set_width(WIDTH);
                        ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
                            let button = IconButton::new(theme, Icon::X, "Close this message");
                            if ui.add(button.bare().side(20.0)).clicked() {
                                closed = Some(index);
                            }
                            ui.with_layout(Layout::left_to_right(Align::Min), |ui| {
                                let icon = RichText::new(char::from(icon)).font(fonts::icon(15.0));
                                ui.label(icon.color(color));
                                ui.add(Label::new(&notice.text).wrap());
                            });
                        });
                    });
            }
        });
    closed
}
