//! Track headers: who plays, how loud, from where.

use super::controls::{self, Naming, Turn};
use super::layout::{HeaderLayout, Layout};
use super::sound;
use super::{ArrangementView, Held};
use crate::command::AppCommand;
use crate::state::Selection;
use crate::theme::{fonts, mix, size};
use crate::view_ctx::ViewCtx;
use egui::text::{LayoutJob, TextWrapping};
use egui::{Color32, FontId, Id, Key, Modifiers, Painter, Rect, Role, Sense, Ui, WidgetInfo, pos2};
use engine::edit::{Command, TrackChange};
use engine::model::{Gain, Output, Pan, Track, TrackId};
use std::sync::Arc;

/// Draws the headers of the rows in view and sends what is done to them.
pub(super) fn headers_ui(
    ctx: &ViewCtx<'_>,
    ui: &mut Ui,
    layout: &Layout,
    view: &mut ArrangementView,
) {
    let mut ui = clipped(ui, layout.headers);
    ui.painter().rect_filled(layout.headers, 0.0, ctx.theme.panel);
    for row in layout.visible_rows() {
        let Some(track) = view.rows.track(row).cloned() else { continue };
        header_ui(ctx, &mut ui, layout.header(row), &track, view);
    }
    ui.painter().vline(
        layout.headers.right() - 0.5,
        layout.headers.y_range(),
        (1.0, ctx.theme.line),
    );
}

/// A child of `ui` that paints and interacts within `rect` only.
pub(super) fn clipped(ui: &mut Ui, rect: Rect) -> Ui {
    let mut child = ui.new_child(egui::UiBuilder::new().max_rect(rect));
    child.set_clip_rect(rect.intersect(ui.clip_rect()));
    child
}

/// One line of text, cut with … where it does not fit.
pub(super) fn elided(painter: &Painter, rect: Rect, text: &str, font: FontId, color: Color32) {
    if rect.width() < 8.0 || text.is_empty() {
        return;
    }
    let mut job = LayoutJob::simple_singleline(text.to_owned(), font, color);
    // A whole number of points, so that the galley cache is hit while zooming.
    job.wrap = TextWrapping::truncate_at_width(rect.width().floor());
    let galley = painter.layout_job(job);
    let at = pos2(rect.left(), rect.center().y - galley.size().y * 0.5);
    painter.galley(at, galley, color);
}

/// Whether a track is heard, given what is soloed.
pub(super) fn is_audible(track: &Track, any_solo: bool) -> bool {
    !track.mix.muted && (!any_solo || track.mix.soloed)
}

fn header_ui(
    ctx: &ViewCtx<'_>,
    ui: &mut Ui,
    rect: Rect,
    track: &Track,
    view: &mut ArrangementView,
) {
    let theme = ctx.theme;
    let parts = HeaderLayout::new(rect);
    let selected = ctx.selection.track() == Some(track.id);
    let id = header_id(track.id);
    let row = ui.interact(rect, id, Sense::click());
    row.widget_info(|| {
        WidgetInfo::selected(
            Role::ListItem,
            ui.is_enabled(),
            selected,
            format!("Track {}", track.name),
        )
    });
    if row.clicked() || row.secondary_clicked() {
        ctx.commands.send(AppCommand::Select(Selection::of_track(track.id)));
    }
    if row.hovered() {
        ctx.hint.set("Click selects · Double click renames · Right click for colour and more");
    }
    let painter = ui.painter();
    let fill = if selected {
        theme.raised
    } else if row.hovered() {
        mix(theme.panel, theme.raised, 0.4)
    } else {
        theme.panel
    };
    painter.rect_filled(rect, 0.0, fill);
    let color = theme.track(track.color);
    painter.rect_filled(parts.strip, 0.0, color);
    painter.hline(rect.x_range(), rect.bottom() - 0.5, (1.0, theme.line_soft));
    if row.has_focus() {
        painter.rect_stroke(rect, 0.0, (1.0, theme.accent), egui::StrokeKind::Inside);
    }
    if row.double_clicked() && row.interact_pointer_pos().is_some_and(|at| at.x < parts.mute.left())
    {
        view.rename = Some((track.id, track.name.to_string()));
    }
    row.context_menu(|ui| menu_ui(ctx, ui, track, view));

    if view.rename.as_ref().is_some_and(|(id, _)| *id == track.id) {
        rename_ui(ctx, ui, parts.name, track, view);
    } else {
        let audible = is_audible(track, view.rows.any_solo());
        let text = if audible { theme.text } else { theme.muted };
        elided(ui.painter(), parts.name, &track.name, fonts::text(size::BODY), text);
    }
    if let Some(place) = parts.sound {
        let sound = view.rows.sound(track);
        elided(ui.painter(), place, &sound, fonts::text(size::CAPTION), theme.muted);
    }
    buttons_ui(ctx, ui, &parts, track);
    fader_ui(ctx, ui, &parts, track, view);
    pan_ui(ctx, ui, &parts, track, view);
    controls::meter_ui(ui, theme, parts.meter, ctx.meters.track(track.id));
}

/// The widget of a track's header, whichever row it is on.
pub(super) fn header_id(track: TrackId) -> Id {
    Id::unique(("track header", track))
}

fn buttons_ui(ctx: &ViewCtx<'_>, ui: &Ui, parts: &HeaderLayout, track: &Track) {
    let theme = ctx.theme;
    let id = header_id(track.id);
    let naming = |what| Naming { what, track: &track.name };
    let mute = controls::toggle_ui(
        ui,
        theme,
        parts.mute,
        id.with("mute"),
        ("M", naming("Mute")),
        (track.mix.muted, theme.accent, theme.on_accent),
    );
    let solo = controls::toggle_ui(
        ui,
        theme,
        parts.solo,
        id.with("solo"),
        ("S", naming("Solo")),
        (track.mix.soloed, theme.solo, theme.on_solo),
    );
    let modifiers = ui.input(|input| input.modifiers);
    if mute.clicked() {
        let on = !track.mix.muted;
        ctx.commands.send(toggled(ctx, track.id, modifiers, TrackChange::Mute(on)));
    }
    if solo.clicked() {
        let on = !track.mix.soloed;
        ctx.commands.send(toggled(ctx, track.id, modifiers, TrackChange::Solo(on)));
    }
    if mute.hovered() {
        ctx.hint.set("Mute · Ctrl+Shift all tracks · Ctrl+Alt all others");
    }
    if solo.hovered() {
        ctx.hint.set("Solo · Ctrl+Shift all tracks · Ctrl+Alt this one alone");
    }
}

/// Ctrl+Shift means every track, Ctrl+Alt this one against the others.
fn toggled(
    ctx: &ViewCtx<'_>,
    track: TrackId,
    modifiers: Modifiers,
    change: TrackChange,
) -> Command {
    if modifiers.command && modifiers.alt {
        return match change {
            TrackChange::Mute(_) => Command::MuteOthers { track },
            _ => Command::SoloOnly { track },
        };
    }
    let tracks: Arc<[TrackId]> = if modifiers.command && modifiers.shift {
        ctx.snapshot.tracks.iter().map(|track| track.id).collect()
    } else {
        Arc::from([track])
    };
    Command::ChangeTracks { tracks, change }
}

fn fader_ui(
    ctx: &ViewCtx<'_>,
    ui: &Ui,
    parts: &HeaderLayout,
    track: &Track,
    view: &mut ArrangementView,
) {
    let id = header_id(track.id).with("volume");
    let position = controls::position_from_gain(track.mix.gain);
    let home = controls::position_from_gain(Gain::UNITY);
    let held = view.held.filter(|held| held.id == id).map(|held| held.position);
    let naming = Naming { what: "Volume", track: &track.name };
    let (response, turn) =
        controls::fader_ui(ui, ctx.theme, parts.fader, id, naming, (position, home, held));
    if response.hovered() || response.dragged() {
        let db = controls::db_text(track.mix.gain);
        ctx.hint.set(&format!("Volume {db} · Drag · Ctrl fine · Double click resets"));
    }
    turned(ctx, view, id, (turn, position), |position| {
        let gain = position.map_or(Gain::UNITY, controls::gain_from_position);
        change_one(track.id, TrackChange::Gain(gain))
    });
}

fn pan_ui(
    ctx: &ViewCtx<'_>,
    ui: &Ui,
    parts: &HeaderLayout,
    track: &Track,
    view: &mut ArrangementView,
) {
    let Some(place) = parts.pan else { return };
    let id = header_id(track.id).with("pan");
    let position = controls::position_from_pan(track.mix.pan);
    let held = view.held.filter(|held| held.id == id).map(|held| held.position);
    let naming = Naming { what: "Pan", track: &track.name };
    let (response, turn) = controls::pan_ui(ui, ctx.theme, place, id, naming, (position, held));
    if response.hovered() || response.dragged() {
        let pan = controls::pan_text(track.mix.pan);
        ctx.hint.set(&format!("Pan {pan} · Drag · Ctrl fine · Double click centres"));
    }
    turned(ctx, view, id, (turn, position), |position| {
        let pan = position.map_or(Pan::CENTER, controls::pan_from_position);
        change_one(track.id, TrackChange::Pan(pan))
    });
}

/// Turns what was done to a control into commands: one undo step a drag.
/// `command` makes one from a position, or from none for the reset.
fn turned(
    ctx: &ViewCtx<'_>,
    view: &mut ArrangementView,
    id: Id,
    (turn, position): (Option<Turn>, f32),
    command: impl Fn(Option<f32>) -> Command,
) {
    match turn {
        Some(Turn::To(to)) => {
            let dragging = view.held.is_some_and(|held| held.id == id);
            view.held = Some(Held { id, position: to });
            // Pressing alone changes nothing.
            if dragging || to != position {
                ctx.commands.send(AppCommand::Preview(command(Some(to))));
            }
        }
        Some(Turn::Done) => {
            view.held = None;
            ctx.commands.send(AppCommand::Commit);
        }
        Some(Turn::Reset) => {
            view.held = None;
            ctx.commands.send(command(None));
        }
        Some(Turn::Nudge(by)) => {
            ctx.commands.send(command(Some((position + by).clamp(0.0, 1.0))));
        }
        None => {}
    }
}

fn change_one(track: TrackId, change: TrackChange) -> Command {
    Command::ChangeTracks { tracks: Arc::from([track]), change }
}

fn menu_ui(ctx: &ViewCtx<'_>, ui: &mut Ui, track: &Track, view: &mut ArrangementView) {
    if ui.button("Rename").clicked() {
        view.rename = Some((track.id, track.name.to_string()));
        ui.close();
    }
    ui.menu_button("Colour", |ui| {
        egui::Grid::new("track colours").num_columns(5).spacing([4.0, 4.0]).show(ui, |ui| {
            for (color, index) in ctx.theme.tracks().iter().zip(0u8..) {
                let (rect, response) =
                    ui.allocate_exact_size(egui::vec2(22.0, 22.0), Sense::click());
                let name = format!("Colour {}", index + 1);
                response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
                ui.painter().rect_filled(rect.shrink(2.0), size::RADIUS, *color);
                if response.hovered() || response.has_focus() {
                    let stroke = (1.5, ctx.theme.text);
                    ui.painter().rect_stroke(rect, size::RADIUS, stroke, egui::StrokeKind::Inside);
                }
                if response.clicked() {
                    let change = TrackChange::Recolor(engine::model::TrackColor(index));
                    ctx.commands.send(change_one(track.id, change));
                    ui.close();
                }
                if index % 5 == 4 {
                    ui.end_row();
                }
            }
        });
    });
    ui.menu_button("Sound", |ui| sound::sound_ui(ctx, ui, track));
    ui.menu_button("Output", |ui| output_ui(ctx, ui, track));
    ui.separator();
    if ui.button("Mute all others").clicked() {
        ctx.commands.send(Command::MuteOthers { track: track.id });
        ui.close();
    }
    if ui.button("Solo this track alone").clicked() {
        ctx.commands.send(Command::SoloOnly { track: track.id });
        ui.close();
    }
    if ui.button("Reset volume and pan").clicked() {
        ctx.commands.send(change_one(track.id, TrackChange::Gain(Gain::UNITY)));
        ctx.commands.send(change_one(track.id, TrackChange::Pan(Pan::CENTER)));
        ui.close();
    }
}

/// Where a track may play to. A port that is gone stays listed while it is chosen.
fn output_ui(ctx: &ViewCtx<'_>, ui: &mut Ui, track: &Track) {
    let choice = |ui: &mut Ui, name: &str, output: Output| {
        if ui.radio(track.output == output, name).clicked() {
            ctx.commands.send(change_one(track.id, TrackChange::Route(output)));
            ui.close();
        }
    };
    choice(ui, "Built-in synthesizer", Output::Synth);
    for port in ctx.outputs {
        choice(ui, port, Output::Port(port.as_str().into()));
    }
    if let Output::Port(port) = &track.output
        && !ctx.outputs.iter().any(|known| **known == **port)
    {
        choice(ui, &format!("{port} (not connected)"), track.output.clone());
    } else if ctx.outputs.is_empty() {
        ui.label(egui::RichText::new("No MIDI output ports").color(ctx.theme.muted));
    }
}

fn rename_ui(
    ctx: &ViewCtx<'_>,
    ui: &mut Ui,
    rect: Rect,
    track: &Track,
    view: &mut ArrangementView,
) {
    let Some((_, text)) = &mut view.rename else { return };
    let id = header_id(track.id).with("name");
    let edit = egui::TextEdit::singleline(text)
        .id(id)
        .font(fonts::text(size::BODY))
        .margin(egui::Margin::symmetric(4, 0))
        .desired_width(rect.width());
    let first = ui.memory(|memory| memory.focused() != Some(id)) && !view.renaming;
    let response = ui
        .put(rect.expand2(egui::vec2(4.0, 0.0)), edit)
        .accessible_name(format!("Name of {}", track.name));
    if first {
        response.request_focus();
        view.renaming = true;
    }
    if response.lost_focus() {
        let name = text.trim().to_owned();
        let cancelled = ui.input(|input| input.key_pressed(Key::Escape));
        view.rename = None;
        view.renaming = false;
        if !cancelled && !name.is_empty() && *name != *track.name {
            ctx.commands.send(change_one(track.id, TrackChange::Rename(name.into())));
        }
    }
}
