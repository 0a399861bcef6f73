//! Asks for an operation's parameters while the notes show what they do.

use crate::command::operation::{Operation, Param, Range, Values};
use crate::state::Selection;
use crate::theme::{Theme, fonts, size};
use crate::widgets::TextButton;
use egui::{
    Align2, Color32, ComboBox, Context, Frame, Grid, Id, Key, Modal, RichText, Slider, Ui, vec2,
};
use engine::edit::Selected;
use engine::model::Project;

/// Notes up to which changes are shown while they are chosen: beyond, a frame would wait.
const SHOWN_LIVE: usize = 100_000;

/// The question.
#[derive(Clone, Debug)]
pub struct OperationDialog {
    /// What is asked about.
    pub operation: Operation,
    /// The parameters as they are chosen now.
    pub values: Values,
    /// The notes it is about.
    pub notes: Selected,
    /// What was selected before.
    pub before: Selection,
    /// The names of what can be chosen, for each parameter.
    options: Vec<Vec<String>>,
    /// What was last shown by the notes.
    shown: Option<Values>,
    fresh: bool,
}

/// What the user wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// To see what the values do.
    Preview,
    /// To have it so.
    Apply,
    /// To have it as it was.
    Drop,
}

impl OperationDialog {
    /// Asks about an operation, beginning with `values`.
    pub fn new(
        operation: Operation,
        values: Values,
        notes: Selected,
        before: Selection,
        project: &Project,
    ) -> Self {
        let options = operation.params().iter().map(|param| param.range.options(project)).collect();
        Self { operation, values, notes, before, options, shown: None, fresh: true }
    }

    /// Whether the notes show what the values do before they are applied.
    pub fn is_live(&self) -> bool {
        self.notes.len() <= SHOWN_LIVE
    }
}

/// Draws the question; `None` while nothing changes.
pub fn operation_ui(theme: &Theme, ctx: &Context, dialog: &mut OperationDialog) -> Option<Wanted> {
    let entered = ctx.input(|input| input.key_pressed(Key::Enter))
        && !ctx.text_edit_focused()
        && !egui::Popup::is_any_open(ctx);
    let mut wanted = None;
    let id = Id::unique("operation");
    // The notes stay visible: nothing is dimmed, and the window keeps to the top.
    let area = Modal::default_area(id).anchor(Align2::CENTER_TOP, vec2(0.0, 60.0));
    let modal = Modal::new(id).area(area).frame(Frame::window(&ctx.global_style()));
    let modal = modal.backdrop_color(Color32::TRANSPARENT).show(ctx, |ui| {
        ui.set_width(380.0);
        ui.label(RichText::new(dialog.operation.label()).font(fonts::strong(15.0)));
        let count = dialog.notes.len();
        let about = if dialog.operation.selects() {
            "The notes that are found are selected at once".to_owned()
        } else if count == 1 {
            "1 note".to_owned()
        } else {
            format!("{} notes", crate::wording::grouped(count))
        };
        ui.label(RichText::new(about).color(theme.muted));
        ui.add_space(2.0 * size::STEP);
        let on_field = fields(ui, dialog);
        if !dialog.is_live() {
            let text = "Too many notes to show this beforehand";
            ui.add_space(size::STEP);
            ui.label(RichText::new(text).color(theme.muted));
        }
        ui.add_space(3.0 * size::STEP);
        ui.horizontal(|ui| {
            let apply = ui.add(TextButton::new(theme, "Apply").main());
            if std::mem::take(&mut dialog.fresh) {
                apply.request_focus();
            }
            if apply.clicked() || (entered && on_field) {
                wanted = Some(Wanted::Apply);
            }
            if ui.add(TextButton::new(theme, "Cancel")).clicked() {
                wanted = Some(Wanted::Drop);
            }
        });
    });
    if wanted.is_none() && modal.should_close() {
        wanted = Some(Wanted::Drop);
    }
    let changed = dialog.shown.as_ref() != Some(&dialog.values);
    if wanted.is_none() && changed && dialog.is_live() {
        dialog.shown = Some(dialog.values.clone());
        wanted = Some(Wanted::Preview);
    }
    wanted
}

/// Draws the parameters that matter; returns whether one has the focus that Enter leaves alone.
fn fields(ui: &mut Ui, dialog: &mut OperationDialog) -> bool {
    let OperationDialog { operation, values, options, .. } = dialog;
    let mut focused = false;
    Grid::new("parameters").num_columns(2).spacing(vec2(20.0, 8.0)).min_col_width(96.0).show(
        ui,
        |ui| {
            for (param, names) in operation.params().iter().zip(options) {
                if values.shows(*operation, param) {
                    focused |= field(ui, *operation, values, param, names);
                    ui.end_row();
                }
            }
        },
    );
    focused
}

fn field(
    ui: &mut Ui,
    operation: Operation,
    values: &mut Values,
    param: &Param,
    names: &[String],
) -> bool {
    let before = values.get(operation, param);
    let mut value = before;
    let label = ui.label(param.label);
    let focused = if let Range::Number { low, high, unit } = param.range {
        let slider = Slider::new(&mut value, low..=high).suffix(unit);
        ui.add(slider).labelled_by(label.id).has_focus()
    } else {
        let name = |at: i32| usize::try_from(at).ok().and_then(|at| names.get(at));
        let chosen = name(value).map_or("–", String::as_str);
        let combo = ComboBox::from_id_salt(param.key).width(210.0).selected_text(chosen);
        let shown = combo.show_ui(ui, |ui| {
            for (at, name) in (0..).zip(names) {
                ui.selectable_value(&mut value, at, name);
            }
        });
        shown.response.labelled_by(label.id);
        false
    };
    if value != before {
        values.set(operation, param, value);
    }
    focused
}
