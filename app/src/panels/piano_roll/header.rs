//! The line above the roll: grid, snap, key signature, velocity, what is selected.

use super::grid::{Feel, Grid, GridChoice, NoteValue};
use super::open::Open;
use super::view::PianoRollView;
use super::{clips_menu, looks_menu};
use crate::theme::fonts;
use crate::view_ctx::ViewCtx;
use crate::wording::{grouped, key_in_full};
use egui::containers::menu::MenuButton;
use egui::{Button, Label, RichText, Role, Ui, WidgetInfo};
use engine::model::Clip;

/// Points that the buttons need: with fewer the key is not named.
const ROOM_FOR_KEY: f32 = 560.0;

/// Draws the right end of the editor's tab strip: grid, snap and what is selected.
/// `ui` runs from right to left.
pub fn piano_roll_strip_ui(ctx: &ViewCtx<'_>, ui: &mut Ui, view: &mut PianoRollView) {
    let Some((track, clip)) = view.live.cache.clip(ctx) else { return };
    ui.spacing_mut().item_spacing.x = 14.0;
    ui.spacing_mut().button_padding.x = 2.0;
    let open = view.live.cache.open(ctx);
    let caption = |text: String| RichText::new(text).font(fonts::text(12.0)).color(ctx.theme.muted);
    let count = ctx.selection.n_notes();
    let n_notes: usize = open.iter().map(|part| part.clip.notes.len()).sum();
    let total = grouped(n_notes);
    let selected = match count {
        0 => format!("{total} {}", if n_notes == 1 { "note" } else { "notes" }),
        _ => format!("{} of {total} notes selected", grouped(count)),
    };
    ui.add(Label::new(caption(selected)).selectable(false));
    let velocity = velocity_text(&open).unwrap_or_else(|| view.live.next.velocity.to_string());
    ui.add(Label::new(caption(format!("Velocity {velocity}"))).selectable(false))
        .on_hover_text("Of the selected notes, or of the next new one");
    let key = ctx.snapshot.conductor.key_at(clip.start);
    // What can be used goes before what can be read.
    if let Some(key) = key.filter(|_| ui.available_width() > ROOM_FOR_KEY) {
        ui.add(Label::new(caption(format!("Key {}", key_in_full(key)))).selectable(false));
    }
    clips_menu::clips_menu(ctx, ui, quiet);
    looks_menu::view_menu(ctx, ui, view, track, quiet);
    looks_menu::scale_menu(ctx, ui, view, (track, clip), quiet);
    toggle(
        ctx,
        ui,
        "Ghosts",
        &mut view.ghosts,
        "Show the notes of neighbouring tracks and clips behind these",
    );
    toggle(ctx, ui, "Snap", &mut view.snap, "Keep to the grid; Shift while dragging does not");
    grid_menu(ctx, ui, view, clip);
}

fn grid_menu(ctx: &ViewCtx<'_>, ui: &mut Ui, view: &mut PianoRollView, clip: &Clip) {
    let conductor = &ctx.snapshot.conductor;
    let quarter = ctx.snapshot.division.ticks_per_quarter();
    let scale = view.live.shown.map_or(0.1, |(_, viewport)| viewport.scale);
    let grid = Grid::new(&conductor.meter, view.grid, quarter, scale);
    let label = match view.grid {
        GridChoice::Adaptive => format!("Grid {} auto", grid.value().label()),
        GridChoice::Fixed(value) => format!("Grid {}", value.label()),
    };
    let (response, _) = MenuButton::from_button(quiet(ctx, label)).ui(ui, |ui| {
        ui.set_min_width(110.0);
        if ui.selectable_label(view.grid == GridChoice::Adaptive, "Adaptive").clicked() {
            view.grid = GridChoice::Adaptive;
            ui.close();
        }
        ui.separator();
        egui::Grid::new("grid values").spacing(egui::vec2(4.0, 2.0)).show(ui, |ui| {
            for row in NoteValue::rows() {
                for value in row {
                    let choice = GridChoice::Fixed(value);
                    let label = ui.selectable_label(view.grid == choice, value.label());
                    if label.on_hover_text(feel_text(value)).clicked() {
                        view.grid = choice;
                        ui.close();
                    }
                }
                ui.end_row();
            }
        });
    });
    let position = conductor.meter.position(clip.start);
    response.on_hover_text(format!(
        "Distance of the grid's lines; the clip begins at bar {}",
        super::grid::bar_label(position),
    ));
}

fn feel_text(value: NoteValue) -> &'static str {
    match value {
        NoteValue::Bars(_) => "Whole bars, counted from the first",
        NoteValue::Part { feel: Feel::Straight, .. } => "Straight",
        NoteValue::Part { feel: Feel::Triplet, .. } => "Triplets: three in the time of two",
        NoteValue::Part { feel: Feel::Dotted, .. } => "Dotted: half as long again",
    }
}

fn toggle(ctx: &ViewCtx<'_>, ui: &mut Ui, label: &str, on: &mut bool, help: &str) {
    let state = if *on { "on" } else { "off" };
    let response = ui.add(quiet(ctx, format!("{label} {state}"))).on_hover_text(help);
    if response.clicked() {
        *on = !*on;
    }
    let on = *on;
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, on, label));
}

/// A button that looks like the captions beside it until the pointer is over it.
fn quiet(ctx: &ViewCtx<'_>, label: String) -> Button<'static> {
    let text = RichText::new(label).font(fonts::text(12.0)).color(ctx.theme.muted);
    Button::new(text).frame_when_inactive(false)
}

/// Lowest and highest velocity of the first notes; looking at all would cost by their number.
fn velocity_text(open: &[Open<'_>]) -> Option<String> {
    let chosen = || open.iter().flat_map(|part| part.chosen.iter());
    let looked_at = || chosen().take(1024).map(|note| note.velocity);
    let (low, high) = (looked_at().min()?, looked_at().max()?);
    let more = if chosen().nth(1024).is_some() { "~" } else { "" };
    Some(if low == high { format!("{more}{low}") } else { format!("{more}{low}–{high}") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::model::KeySignature;
    use engine::time::Tick;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!([0, 999, 1000, 1_048_576].map(grouped), ["0", "999", "1,000", "1,048,576"]);
    }

    #[test]
    fn key_signatures_have_their_names() {
        let name = |sharps, minor| key_in_full(KeySignature { tick: Tick::ZERO, sharps, minor });
        assert_eq!(
            [name(3, true), name(-3, false), name(0, false)],
            ["F♯ minor", "E♭ major", "C major"]
        );
    }
}
