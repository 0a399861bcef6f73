//! The roll's menus for what helps the eye: scale, rows, names, velocity, chords.

use super::looks::{ChordLook, VelocityLook};
use super::rows::Fold;
use super::scale::{ScaleChoice, estimate_text, scale_text};
use super::view::PianoRollView;
use crate::theme::{fonts, size};
use crate::view_ctx::ViewCtx;
use egui::containers::menu::MenuButton;
use egui::{Button, Label, RichText, ScrollArea, Ui};
use engine::model::{Clip, Track};
use engine::theory::{PitchClass, Scale, ScaleKind, Spelling};

/// The scale menu: off, from the notes, or a root and a kind.
pub(super) fn scale_menu(
    ctx: &ViewCtx<'_>,
    ui: &mut Ui,
    view: &mut PianoRollView,
    (track, clip): (&Track, &Clip),
    button: fn(&ViewCtx<'_>, String) -> Button<'static>,
) {
    let busy = view.live.is_busy();
    let ear = &mut view.live.cache.ear;
    let mut heard = || ear.key(ctx.snapshot, ctx.revision, busy, (track, clip));
    let scale = match view.looks.scale {
        ScaleChoice::Off => None,
        ScaleChoice::FromNotes => heard().map(|heard| heard.key.scale()),
        ScaleChoice::Fixed { .. } => view.looks.scale.named(),
    };
    let label = match (view.looks.scale, scale) {
        (ScaleChoice::Off, _) => "Scale off".to_owned(),
        (ScaleChoice::FromNotes, None) => "Scale unknown".to_owned(),
        (_, Some(scale)) => format!("Scale {}", scale_text(scale)),
        (ScaleChoice::Fixed { .. }, None) => "Scale".to_owned(),
    };
    let (response, _) = MenuButton::from_button(button(ctx, label)).ui(ui, |ui| {
        ui.set_min_width(212.0);
        let choice = view.looks.scale;
        let mut chosen_now = None;
        if ui.selectable_label(choice == ScaleChoice::Off, "Off").clicked() {
            chosen_now = Some(ScaleChoice::Off);
            ui.close();
        }
        let from_notes = match heard() {
            Some(heard) => format!("From the notes: {}", estimate_text(heard)),
            None => "From the notes: they suggest no key".to_owned(),
        };
        if ui.selectable_label(choice == ScaleChoice::FromNotes, from_notes).clicked() {
            chosen_now = Some(ScaleChoice::FromNotes);
            ui.close();
        }
        ui.separator();
        let now = scale.unwrap_or_default();
        let chosen = scale.filter(|_| choice != ScaleChoice::FromNotes);
        if let Some(root) = roots_ui(ui, chosen.map(|scale| scale.root)) {
            chosen_now = Some(ScaleChoice::fixed(Scale::new(root, now.kind)));
        }
        ui.separator();
        ScrollArea::vertical().max_height(260.0).show(ui, |ui| {
            for kind in ScaleKind::ALL {
                let on = chosen.is_some_and(|scale| scale.kind == kind);
                if ui.selectable_label(on, kind.name()).clicked() {
                    chosen_now = Some(ScaleChoice::fixed(Scale::new(now.root, kind)));
                    ui.close();
                }
            }
        });
        if let Some(choice) = chosen_now {
            view.looks.tint(choice);
        }
    });
    if response.hovered() {
        ctx.hint.set("The scale tints its rows · Steps and operations in the scale go by it");
    }
    response.on_hover_text("Which scale is highlighted");
}

/// Twelve roots in two rows; the one that was clicked.
fn roots_ui(ui: &mut Ui, chosen: Option<PitchClass>) -> Option<PitchClass> {
    let mut clicked = None;
    egui::Grid::new("scale roots").spacing(egui::vec2(2.0, 2.0)).show(ui, |ui| {
        for root in PitchClass::ALL {
            let name = root.name(Spelling::Usual);
            let button =
                Button::new(name).selected(chosen == Some(root)).frame_when_inactive(false);
            if ui.add_sized(egui::vec2(32.0, 22.0), button).clicked() {
                clicked = Some(root);
            }
            if root.index() == 5 {
                ui.end_row();
            }
        }
    });
    clicked
}

/// The view menu: which rows, and how notes look.
pub(super) fn view_menu(
    ctx: &ViewCtx<'_>,
    ui: &mut Ui,
    view: &mut PianoRollView,
    track: &Track,
    button: fn(&ViewCtx<'_>, String) -> Button<'static>,
) {
    let looks = &mut view.looks;
    let folded = looks.fold_of(track.is_drums()) != Fold::All;
    let label = if folded { "Look · folded" } else { "Look" };
    let (response, _) = MenuButton::from_button(button(ctx, label.to_owned())).ui(ui, |ui| {
        ui.set_min_width(200.0);
        caption(ctx, ui, "Rows");
        if track.is_drums() {
            for (fold, label) in [(true, "Used drums"), (false, "All keys")] {
                ui.radio_value(&mut looks.drum_fold, fold, label);
            }
            ui.checkbox(&mut looks.drum_hits, "Hits rather than bars");
        } else {
            for fold in Fold::ALL {
                ui.radio_value(&mut looks.fold, fold, fold.label());
            }
        }
        ui.separator();
        caption(ctx, ui, "Velocity on notes");
        for look in VelocityLook::ALL {
            ui.radio_value(&mut looks.velocity, look, look.label());
        }
        ui.separator();
        caption(ctx, ui, "Chord names");
        for look in ChordLook::ALL {
            ui.radio_value(&mut looks.chords, look, look.label());
        }
        ui.separator();
        ui.checkbox(&mut looks.names, "Note names where they fit");
    });
    if response.hovered() {
        ctx.hint.set("Which rows are shown, and how notes look");
    }
    response.on_hover_text("Rows, velocity, chord names, note names");
}

fn caption(ctx: &ViewCtx<'_>, ui: &mut Ui, text: &str) {
    let text = RichText::new(text).font(fonts::text(size::CAPTION)).color(ctx.theme.muted);
    ui.add(Label::new(text).selectable(false));
}
