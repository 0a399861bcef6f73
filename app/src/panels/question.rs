//! The question before something unsaved is lost.

use crate::theme::{Theme, fonts, size};
use crate::widgets::TextButton;
use egui::{Context, Id, Key, Modal, RichText};

/// What the user wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Write it first.
    Export,
    /// Let it go.
    Discard,
    /// Stay.
    Cancel,
}

/// Asks; `None` as long as there is no answer.
pub fn question_ui(theme: &Theme, ctx: &Context, song: &str) -> Option<Choice> {
    let mut choice = None;
    let modal = Modal::new(Id::unique("unsaved changes")).show(ctx, |ui| {
        ui.set_width(400.0);
        ui.label(RichText::new(format!("“{song}” was changed")).font(fonts::strong(15.0)));
        ui.add_space(size::STEP);
        let text = "Export it as a MIDI file first? What is not exported is lost.";
        ui.label(RichText::new(text).color(theme.muted));
        ui.add_space(3.0 * size::STEP);
        ui.horizontal(|ui| {
            if ui.add(TextButton::new(theme, "Export…").main()).clicked() {
                choice = Some(Choice::Export);
            }
            if ui.add(TextButton::new(theme, "Discard")).clicked() {
                choice = Some(Choice::Discard);
            }
            if ui.add(TextButton::new(theme, "Cancel")).clicked() {
                choice = Some(Choice::Cancel);
            }
        });
        if ui.input(|input| input.key_pressed(Key::Enter)) {
            choice = Some(Choice::Export);
        }
    });
    if choice.is_none() && modal.should_close() {
        choice = Some(Choice::Cancel);
    }
    choice
}
