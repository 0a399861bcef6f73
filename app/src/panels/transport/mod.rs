//! The top bar: menus, transport, readouts, what it all costs.

mod position;
mod readouts;

use crate::command::{Action, Family};
use crate::theme::{fonts, size};
use crate::view_ctx::ViewCtx;
use crate::widgets::{command_button, menu_rows};
use egui::containers::menu::MenuButton;
use egui::style::StyleModifier;
use egui::{Align, Layout, Rect, RichText, Ui, UiBuilder, pos2, vec2};
use engine::edit::{Command, TrackChange};
use engine::model::Output;
use lucide_icons::Icon;

/// The top bar's own view state.
#[derive(Clone, Debug, Default)]
pub struct TransportBar {
    /// What is being typed into the position readout.
    typing: Option<String>,
    /// Width of the middle group as it was last drawn, to centre it.
    middle: f32,
    /// Ticks that a drag on the position has moved so far.
    dragged: f32,
}

/// Space between things in the bar.
const GAP: f32 = 8.0;

/// Draws the top bar.
pub fn transport_ui(ctx: &ViewCtx<'_>, ui: &mut Ui, view: &mut TransportBar) {
    puffin::profile_function!();
    let bar = ui.max_rect();
    ui.painter().hline(bar.x_range(), bar.bottom() - 0.5, (1.0, ctx.theme.line));
    let inner = bar.shrink2(vec2(12.0, 0.0));
    let row = |align: Layout| UiBuilder::new().max_rect(inner).layout(align);
    let flow = row(Layout::left_to_right(Align::Center));
    let left = ui.scope_builder(flow, |ui| menus(ctx, ui)).inner;
    let right = ui
        .scope_builder(row(Layout::right_to_left(Align::Center)), |ui| {
            ui.spacing_mut().item_spacing.x = GAP;
            command_button(ctx, ui, Action::Settings, Icon::Settings, false);
            readouts::costs(ctx, ui);
        })
        .response
        .rect;
    // The middle group is centred in what the others leave, and never under them.
    let (from, to) = (left + GAP, right.left() - GAP);
    let start = (from + ((to - from) - view.middle) / 2.0).max(from);
    let room =
        Rect::from_min_max(pos2(start.round(), bar.top()), pos2(to.max(start), bar.bottom()));
    let middle = UiBuilder::new().max_rect(room).layout(Layout::left_to_right(Align::Center));
    let drawn = ui.scope_builder(middle, |ui| {
        ui.set_clip_rect(room.intersect(ui.clip_rect()));
        ui.spacing_mut().item_spacing.x = GAP;
        buttons(ctx, ui);
        ui.add_space(size::STEP);
        readouts::position(ctx, ui, &mut view.typing, &mut view.dragged);
        readouts::song(ctx, ui);
    });
    let width = drawn.response.rect.width();
    if (width - view.middle).abs() > 0.5 {
        view.middle = width;
        ui.ctx().request_repaint();
    }
}

fn buttons(ctx: &ViewCtx<'_>, ui: &mut Ui) {
    let play = if ctx.facts.playing { Icon::Square } else { Icon::Play };
    command_button(ctx, ui, Action::ToStart, Icon::SkipBack, false);
    command_button(ctx, ui, Action::PlayStop, play, true);
    command_button(ctx, ui, Action::ToggleLoop, Icon::Repeat, false);
    command_button(ctx, ui, Action::ToggleMetronome, Icon::Metronome, false);
}

/// The program's name and its menus; returns where they end.
fn menus(ctx: &ViewCtx<'_>, ui: &mut Ui) -> f32 {
    ui.label(RichText::new("MIDI Software Center").font(fonts::strong(size::BODY)));
    let mut end = ui.min_rect().right();
    let looks = StyleModifier::new(|style| {
        egui::containers::menu::menu_style(style);
        style.spacing.button_padding = vec2(8.0, 4.0);
        style.spacing.item_spacing.x = 0.0;
    });
    egui::MenuBar::new().style(looks).ui(ui, |ui| {
        for family in Family::ALL {
            let title = RichText::new(family.label()).color(ctx.theme.muted);
            let (button, _) = MenuButton::new(title).ui(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 1.0;
                rows(ctx, ui, family);
            });
            end = button.rect.right();
        }
    });
    end
}

fn rows(ctx: &ViewCtx<'_>, ui: &mut Ui, family: Family) {
    menu_rows(ctx, ui, family);
    if family == Family::Track {
        outputs(ctx, ui);
    }
}

/// Where the selected track plays to: the synthesizer or a MIDI port.
fn outputs(ctx: &ViewCtx<'_>, ui: &mut Ui) {
    let Some(track) = ctx.selection.track().and_then(|id| ctx.snapshot.track(id)) else { return };
    if ctx.outputs.is_empty() && track.output == Output::Synth {
        return;
    }
    let mut choices = vec![("Synthesizer", Output::Synth)];
    choices
        .extend(ctx.outputs.iter().map(|port| (port.as_str(), Output::Port(port.as_str().into()))));
    if let Output::Port(port) = &track.output
        && !ctx.outputs.iter().any(|name| **name == **port)
    {
        choices.push((port, track.output.clone()));
    }
    ui.menu_button("      Output", |ui| {
        for (name, output) in choices {
            if ui.selectable_label(track.output == output, name).clicked() {
                let change = TrackChange::Route(output);
                ctx.commands.send(Command::ChangeTracks { tracks: [track.id].into(), change });
                ui.close();
            }
        }
    });
}
