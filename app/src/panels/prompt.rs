//! One line of text that a command needs: a name, or a path where there is no file dialog.

use crate::dialogs::Ask;
use crate::theme::{Theme, fonts, size};
use egui::{Align2, Area, Context, Frame, Id, Key, Order, RichText, TextEdit, vec2};
use engine::model::TrackId;

/// What the text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A file, since the system has no dialog.
    Path(Ask),
    /// A track's name.
    RenameTrack(TrackId),
}

/// A question with one line for its answer.
#[derive(Clone, Debug)]
pub struct Prompt {
    /// What it is for.
    pub purpose: Purpose,
    /// What is typed so far.
    pub text: String,
    fresh: bool,
}

/// What the user did with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Enter, or the button.
    Given(Purpose, String),
    /// Escape, or Cancel.
    Dropped,
}

impl Prompt {
    /// A question with a first suggestion.
    pub fn new(purpose: Purpose, text: &str) -> Self {
        Self { purpose, text: text.to_owned(), fresh: true }
    }

    const fn words(&self) -> (&'static str, &'static str, &'static str) {
        match self.purpose {
            Purpose::Path(Ask::Open) => {
                ("Open a MIDI file", "This system offers no file dialog. Type the path:", "Open")
            }
            Purpose::Path(Ask::Export(_)) => {
                ("Export MIDI", "This system offers no file dialog. Type the path:", "Export")
            }
            Purpose::Path(Ask::SoundFont) => {
                ("Choose a SoundFont", "This system offers no file dialog. Type the path:", "Use")
            }
            Purpose::Path(Ask::SaveReport) => (
                "Save the profiling report",
                "This system offers no file dialog. Type the path:",
                "Save",
            ),
            Purpose::Path(Ask::LoadReport) => (
                "Compare with a report",
                "This system offers no file dialog. Type the path:",
                "Compare",
            ),
            Purpose::RenameTrack(_) => ("Rename track", "The track's new name:", "Rename"),
        }
    }
}

/// Draws the question in the middle of the window.
pub fn prompt_ui(theme: &Theme, ctx: &Context, prompt: &mut Prompt) -> Option<Reply> {
    let (title, caption, verb) = prompt.words();
    let mut reply = None;
    Area::new(Id::unique("prompt"))
        .order(Order::Foreground)
        .anchor(Align2::CENTER_CENTER, vec2(0.0, -40.0))
        .show(ctx, |ui| {
            Frame::window(ui.style()).show(ui, |ui| {
                ui.set_width(440.0);
                ui.label(RichText::new(title).font(fonts::strong(15.0)));
                ui.add_space(size::STEP);
                let caption = ui.label(RichText::new(caption).color(theme.muted));
                ui.add_space(size::STEP);
                let text = TextEdit::singleline(&mut prompt.text)
                    .desired_width(f32::INFINITY)
                    .margin(vec2(8.0, 6.0));
                let field = ui.add(text).labelled_by(caption.id);
                if std::mem::take(&mut prompt.fresh) {
                    field.request_focus();
                }
                let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
                ui.add_space(2.0 * size::STEP);
                ui.horizontal(|ui| {
                    let given = !prompt.text.trim().is_empty();
                    if ui.add_enabled(given, egui::Button::new(verb)).clicked()
                        || (entered && given)
                    {
                        reply = Some(Reply::Given(prompt.purpose, prompt.text.trim().to_owned()));
                    }
                    if ui.button("Cancel").clicked()
                        || ui.input(|input| input.key_pressed(Key::Escape))
                    {
                        reply = Some(Reply::Dropped);
                    }
                });
            });
        });
    reply
}
